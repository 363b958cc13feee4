from odoo import fields, models


class CoworkingEventPlanLine(models.TransientModel):
    _name = "coworking.event.plan.line"
    _description = "Date to Plan"
    _inherit = ["coworking.record.mixin"]
    _order = "start, id"

    plan_id = fields.Many2one("coworking.event.plan", required=True, ondelete="cascade", index=True)
    start = fields.Datetime(required=True)
    duration = fields.Float(string="Hours", required=True, default=2.0)

    _duration_possible = models.Constraint(
        "CHECK (duration > 0 AND duration <= 24)", "A date lasts up to 24 hours."
    )
