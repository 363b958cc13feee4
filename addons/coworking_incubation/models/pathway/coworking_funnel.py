from odoo import fields, models, tools


class CoworkingFunnel(models.Model):
    """How many files of a program went as far as each phase, and how many of those before them.

    A phase is reached by a passage into it or into a later one. Files taken over in the middle of
    a program have no earlier passages: their entry and their exit speak for them.
    """

    _name = "coworking.funnel"
    _description = "Funnel of the Pathway"
    _inherit = ["coworking.ordered.selection.mixin", "coworking.record.mixin"]
    _ordered_selections = ("phase",)
    _auto = False
    _order = "program_id, rank"

    program_id = fields.Many2one("coworking.program", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    rank = fields.Integer(readonly=True, aggregator=None)
    phase = fields.Selection(
        [
            ("recruitment", "Recruitment"),
            ("selection", "Selection"),
            ("incubation", "Incubation"),
            ("followup", "Follow-up"),
        ],
        readonly=True,
    )
    files = fields.Integer(
        string="Went That Far", readonly=True, help="Files that reached this phase or a later one."
    )
    from_previous = fields.Float(
        string="Of the Phase Before (%)", digits=(5, 1), readonly=True, aggregator=None
    )
    from_start = fields.Float(string="Of All (%)", digits=(5, 1), readonly=True, aggregator=None)

    def init(self):
        # Each programme by itself: those that are not asked for are not counted, and none is where
        # it is only asked how many lines there are.
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            """
            CREATE VIEW coworking_funnel AS
            SELECT program.id * 4 + step.rank AS id, program.id AS program_id,
                   program.company_id, step.rank, step.phase, counted.files[step.rank] AS files,
                   100.0 * counted.files[step.rank] / NULLIF(counted.files[step.rank - 1], 0)
                       AS from_previous,
                   100.0 * counted.files[step.rank] / NULLIF(counted.files[1], 0) AS from_start
              FROM coworking_program program
        CROSS JOIN (VALUES (1, 'recruitment'), (2, 'selection'), (3, 'incubation'),
                           (4, 'followup')) AS step (rank, phase)
         LEFT JOIN LATERAL (
                   SELECT ARRAY[COUNT(*),
                                COUNT(*) FILTER (WHERE reached.rank >= 2),
                                COUNT(*) FILTER (WHERE reached.rank >= 3),
                                COUNT(*) FILTER (WHERE reached.rank >= 4)] AS files
                     FROM (SELECT GREATEST(
                                      1,
                                      moved.rank,
                                      CASE WHEN file.date_entry IS NOT NULL THEN 3 END,
                                      CASE WHEN file.date_entry IS NOT NULL
                                            AND file.date_exit IS NOT NULL THEN 4 END
                                  ) AS rank
                             FROM coworking_participant file
                        LEFT JOIN (
                                  SELECT participant_id,
                                         MAX(CASE to_phase WHEN 'selection' THEN 2
                                                           WHEN 'incubation' THEN 3
                                                           WHEN 'followup' THEN 4 END) AS rank
                                    FROM coworking_move
                                   WHERE program_id = program.id AND changes_phase IS TRUE
                                     AND taken_back IS NOT TRUE
                                GROUP BY participant_id) AS moved
                               ON moved.participant_id = file.id
                            WHERE file.program_id = program.id) AS reached) AS counted ON TRUE
            """
        )
