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
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            """
            CREATE VIEW coworking_funnel AS
            WITH phases (rank, phase) AS (
                VALUES (1, 'recruitment'), (2, 'selection'), (3, 'incubation'), (4, 'followup')
            ),
            reached AS (
                SELECT file.program_id,
                       GREATEST(
                           1,
                           MAX(phases.rank),
                           CASE WHEN file.date_entry IS NOT NULL THEN 3 END,
                           CASE WHEN file.date_entry IS NOT NULL
                                 AND file.date_exit IS NOT NULL THEN 4 END
                       ) AS rank
                  FROM coworking_participant file
             LEFT JOIN coworking_move move
                    ON move.participant_id = file.id AND move.taken_back IS NOT TRUE
             LEFT JOIN phases ON phases.phase = move.to_phase
              GROUP BY file.id
            ),
            counted AS (
                SELECT program.id AS program_id, program.company_id, phases.rank, phases.phase,
                       COUNT(reached.rank) AS files
                  FROM coworking_program program
            CROSS JOIN phases
             LEFT JOIN reached
                    ON reached.program_id = program.id AND reached.rank >= phases.rank
              GROUP BY program.id, program.company_id, phases.rank, phases.phase
            )
            SELECT program_id * 4 + rank AS id, program_id, company_id, rank, phase, files,
                   100.0 * files / NULLIF(LAG(files) OVER steps, 0) AS from_previous,
                   100.0 * files / NULLIF(FIRST_VALUE(files) OVER steps, 0) AS from_start
              FROM counted
            WINDOW steps AS (PARTITION BY program_id ORDER BY rank)
            """
        )
