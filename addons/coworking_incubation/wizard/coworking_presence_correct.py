from odoo import api, fields, models
from odoo.exceptions import AccessError


class CoworkingPresenceCorrect(models.TransientModel):
    """A half-day of a settled month was wrong: the next statement carries the difference."""

    _name = "coworking.presence.correct"
    _description = "Correct a Closed Month"
    _inherit = ["coworking.record.mixin"]

    seat_id = fields.Many2one("coworking.seat", required=True)
    date = fields.Date(required=True)
    slot = fields.Selection([("am", "Morning"), ("pm", "Afternoon")], required=True, default="am")
    before = fields.Selection(
        [("present", "Present"), ("absent", "Absent")], compute="_compute_before"
    )
    state = fields.Selection(
        [("present", "Present"), ("absent", "Absent")],
        string="In Truth",
        help="Empty: nobody can say.",
    )
    hours = fields.Float(help="For tariffs by the hour.")
    reason = fields.Char(required=True, help="How you know: it is kept on the seat.")

    @api.depends("seat_id", "date", "slot")
    def _compute_before(self):
        for correction in self:
            correction.before = (
                self.env["coworking.presence"]
                .search(
                    [
                        ("seat_id", "=", correction.seat_id.id),
                        ("date", "=", correction.date),
                        ("slot", "=", correction.slot),
                    ]
                )
                .state
            )

    def action_apply(self):
        self.ensure_one()
        if not self.env.user.has_group("coworking_incubation.group_coworking_coordinator"):
            raise AccessError(self.env._("Only a coordinator corrects a closed month."))
        self.seat_id._record_presences(
            [{"date": self.date, "slot": self.slot, "state": self.state, "hours": self.hours}],
            source="staff",
            by=self.env.user.partner_id,
            reason=self.reason,
        )
        return True
