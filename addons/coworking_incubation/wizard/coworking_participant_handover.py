from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CoworkingParticipantHandover(models.TransientModel):
    """Files, open activities and appointments pass to another accompanist from a date, at once."""

    _name = "coworking.participant.handover"
    _description = "Hand Files Over"
    _inherit = ["coworking.record.mixin"]

    from_user_id = fields.Many2one(
        "res.users", string="From Counsellor", required=True, default=lambda self: self.env.user
    )
    to_user_id = fields.Many2one("res.users", string="To Counsellor", required=True)
    date_from = fields.Date(
        string="Appointments From",
        required=True,
        default=lambda self: fields.Date.context_today(self),
    )
    participant_ids = fields.Many2many(
        "coworking.participant",
        compute="_compute_participant_ids",
        store=True,
        readonly=False,
        string="Participants",
    )

    @api.depends("from_user_id")
    def _compute_participant_ids(self):
        for wizard in self:
            wizard.participant_ids = self.env["coworking.participant"].search(
                [("user_id", "=", wizard.from_user_id.id), ("phase", "!=", "closed")]
            )

    def action_hand_over(self):
        self.ensure_one()
        if self.from_user_id == self.to_user_id:
            raise UserError(self.env._("Choose two different counsellors."))
        files = self.participant_ids
        strangers = files.filtered(lambda file: file.user_id != self.from_user_id)
        if strangers:
            raise UserError(
                self.env._(
                    "%(people)s are not accompanied by %(user)s.",
                    people=", ".join(strangers.mapped("display_name")),
                    user=self.from_user_id.name,
                )
            )
        records = (
            files,
            files.objective_ids,
            files.review_ids,
            files.followup_ids,
            files.seat_ids,
            files.seat_ids.hosting_ids,
        )
        activities = self.env["mail.activity"].search(
            Domain("user_id", "=", self.from_user_id.id)
            & Domain.OR(
                Domain("res_model", "=", kind._name) & Domain("res_id", "in", kind.ids)
                for kind in records
            )
        )
        events = self.env["calendar.event"].search(
            Domain("coworking_attendance_ids.participant_id", "in", files.ids)
            & Domain("coworking_kind", "=", "appointment")
            & Domain("user_id", "=", self.from_user_id.id)
            & Domain("start", ">=", fields.Datetime.to_datetime(self.date_from))
        )
        events -= events.browse(event.id for event in events._coworking_signed())
        reviews = files.review_ids.filtered(
            lambda review: review.state == "planned" and review.user_id == self.from_user_id
        )
        # the files last: until then they are still those of who hands them over
        activities.write({"user_id": self.to_user_id.id})
        reviews.write({"user_id": self.to_user_id.id})
        for event in events:
            event.write(
                {
                    "user_id": self.to_user_id.id,
                    "partner_ids": [
                        fields.Command.unlink(self.from_user_id.partner_id.id),
                        fields.Command.link(self.to_user_id.partner_id.id),
                    ],
                }
            )
        files.write({"user_id": self.to_user_id.id})
        return {"type": "ir.actions.act_window_close"}
