from odoo import fields, models, tools


class CoworkingStageDelay(models.Model):
    """Median days that files spent in each stage they left, by program."""

    _name = "coworking.stage.delay"
    _description = "Delays by Stage"
    _inherit = ["coworking.record.mixin"]
    _auto = False
    _order = "program_id, sequence"

    stage_id = fields.Many2one("coworking.stage", readonly=True)
    program_id = fields.Many2one("coworking.program", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    sequence = fields.Integer(readonly=True)
    phase = fields.Selection(related="stage_id.phase")
    passages = fields.Integer(string="Moves", readonly=True, help="Files that left the stage.")
    median_days = fields.Float(readonly=True, digits=(8, 1), aggregator="avg")
    average_days = fields.Float(readonly=True, digits=(8, 1), aggregator="avg")

    def init(self):
        # Each programme by itself: the moves of those that are not asked for are not read.
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            """
            CREATE VIEW coworking_stage_delay AS
            SELECT delay.id, delay.stage_id, program.id AS program_id, delay.company_id,
                   delay.sequence, delay.passages, delay.median_days, delay.average_days
              FROM coworking_program program
        CROSS JOIN LATERAL (
                   SELECT MIN(move.id) AS id, move.from_stage_id AS stage_id, move.company_id,
                          stage.sequence, COUNT(*) AS passages,
                          PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY move.days) AS median_days,
                          AVG(move.days) AS average_days
                     FROM coworking_move move
                     JOIN coworking_stage stage ON stage.id = move.from_stage_id
                    WHERE move.program_id = program.id AND move.taken_back IS NOT TRUE
                 GROUP BY move.from_stage_id, move.company_id, stage.sequence) AS delay
            """
        )
