from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..base.processing import PATHWAY


class CoworkingFollowup(models.Model):
    """What became of somebody 3, 6 and 12 months after the exit: an answer, or attempts."""

    _name = "coworking.followup"
    _description = "Follow-up after Exit"
    _processing = PATHWAY
    _inherit = [
        "coworking.participant.row.mixin",
        "coworking.form.lock.mixin",
        "coworking.thread.mixin",
        "mail.activity.mixin",
    ]
    _order = "date_due, id"

    participant_id = fields.Many2one(
        "coworking.participant", required=True, ondelete="cascade", index=True
    )
    program_id = fields.Many2one(
        related="participant_id.program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="participant_id.company_id", store=True, precompute=True)
    user_id = fields.Many2one(
        related="participant_id.user_id", string="Counsellor", store=True, precompute=True
    )
    months = fields.Integer(string="Months after Exit", required=True, aggregator=None)
    date_due = fields.Date(string="Due On", required=True)
    state = fields.Selection(
        [
            ("pending", "To do"),
            ("answered", "Answered"),
            ("unreachable", "Not reached"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="pending",
        tracking=True,
    )
    attempt_count = fields.Integer(string="Attempts", readonly=True)
    last_attempt = fields.Date(readonly=True)
    date_answer = fields.Date(readonly=True)
    exit_reason_id = fields.Many2one(
        "coworking.exit.reason", string="Situation", help="Where the person is now.", tracking=True
    )
    category = fields.Selection(related="exit_reason_id.category", store=True)
    in_space = fields.Boolean(
        string="Still in the Space", help="Stays in the coworking space at their own cost."
    )
    note = fields.Text()

    _months_uniq = models.UniqueIndex(
        "(participant_id, months) WHERE state != 'cancelled'",
        "This follow-up is already planned for this participant.",
    )

    @api.depends("participant_id.display_name", "months")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for followup in self:
            person = followup.participant_id.display_name
            followup.display_name = person and self.env._(
                "%(participant)s, %(months)s months", participant=person, months=followup.months
            )

    @api.constrains("state", "exit_reason_id", "attempt_count")
    def _check_told(self):
        """An answer says where the person is; nobody is out of reach before one tried."""
        for followup in self:
            if followup.state == "answered" and not followup.exit_reason_id:
                raise ValidationError(
                    self.env._(
                        "Say in which situation %s is now.", followup.participant_id.display_name
                    )
                )
            if followup.state == "unreachable" and not followup.attempt_count:
                raise ValidationError(
                    self.env._(
                        "Try to reach %s at least once first.", followup.participant_id.display_name
                    )
                )

    def action_attempt(self):
        """One more call or mail without an answer."""
        self._check_pending()
        for followup in self:
            followup.write(
                {
                    "attempt_count": followup.attempt_count + 1,
                    "last_attempt": fields.Date.context_today(followup),
                }
            )
        return True

    def action_answered(self):
        self._check_pending()
        self.write({"state": "answered", "date_answer": fields.Date.context_today(self)})
        return True

    def action_unreachable(self):
        self._check_pending()
        self.state = "unreachable"
        return True

    def _check_pending(self):
        for followup in self:
            if followup.state != "pending":
                raise UserError(
                    self.env._(
                        "The follow-up of %s is not to do any more.",
                        followup.participant_id.display_name,
                    )
                )
