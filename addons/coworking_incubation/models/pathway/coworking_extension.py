from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..base.processing import PATHWAY


class CoworkingExtension(models.Model):
    """More days than the program's duration: asked, then granted or refused with a reason."""

    _name = "coworking.extension"
    _description = "Extension of an Incubation"
    _processing = PATHWAY
    _inherit = [
        "coworking.thread.mixin",
        "mail.activity.mixin",
        "coworking.request.mixin",
        "coworking.record.mixin",
    ]
    _order = "create_date desc, id desc"
    _request_type = "coworking_incubation.mail_activity_type_extension_request"

    participant_id = fields.Many2one(
        "coworking.participant", required=True, ondelete="cascade", index=True
    )
    program_id = fields.Many2one(
        related="participant_id.program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="participant_id.company_id", store=True, precompute=True)
    days = fields.Integer(required=True, tracking=True)
    reason = fields.Char(required=True, help="Why the person needs more time.")
    state = fields.Selection(
        [("asked", "Requested"), ("granted", "Granted"), ("refused", "Refused")],
        required=True,
        default="asked",
        readonly=True,
        tracking=True,
    )
    decision_reason = fields.Char(tracking=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Date(readonly=True)

    _days_positive = models.Constraint("CHECK (days > 0)", "An extension has at least one day.")

    @api.depends("participant_id.display_name", "days")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for extension in self:
            person = extension.participant_id.display_name
            extension.display_name = person and self.env._(
                "%(participant)s: %(days)s days more", participant=person, days=extension.days
            )

    @api.onchange("participant_id", "days")
    def _onchange_days(self):
        """A request that waits for an answer already is told of before a second one is made."""
        others = self.participant_id._origin.extension_ids - self._origin
        waiting = others.filtered(lambda extension: extension.state == "asked")
        if not waiting or self.state != "asked":
            return None
        return {
            "warning": {
                "title": self.env._("A request is open already"),
                "message": self.env._(
                    "%s: this request waits for an answer.", waiting[0].display_name
                ),
                "type": "notification",
            }
        }

    @api.constrains("participant_id")
    def _check_entered(self):
        for extension in self:
            if not extension.participant_id.date_entry:
                raise ValidationError(
                    self.env._(
                        "%s has not entered yet: there is nothing to extend.",
                        extension.participant_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """An accompanist asks; that one is decided is a coordinator's to say, imports included."""
        extensions = super().create(vals_list)
        if any(extension.state != "asked" for extension in extensions) and not (
            self.env.su
            or self.env.user.has_group("coworking_incubation.group_coworking_coordinator")
        ):
            raise AccessError(self.env._("Only a coordinator grants or refuses an extension."))
        asked = extensions.filtered(lambda extension: extension.state == "asked")
        asked._ask_coordinator()
        (extensions - asked).participant_id._refresh_forecast()
        return extensions

    def write(self, vals):
        participants = self.participant_id
        result = super().write(vals)
        if {"participant_id", "days", "state"} & vals.keys():
            # Whoever it was, and whoever it is now.
            (participants | self.participant_id)._refresh_forecast()
        return result

    def unlink(self):
        participants = self.participant_id
        result = super().unlink()
        participants._refresh_forecast()
        return result

    def action_grant(self):
        self._decide_extension("granted")
        return True

    def action_refuse(self):
        for extension in self:
            if not extension.decision_reason:
                raise UserError(
                    self.env._(
                        "Say why the extension of %s is refused.",
                        extension.participant_id.display_name,
                    )
                )
        self._decide_extension("refused")
        return True

    def _decide_extension(self, state):
        for extension in self:
            if extension.state != "asked":
                raise UserError(
                    self.env._(
                        "The extension of %(participant)s was decided on %(date)s.",
                        participant=extension.participant_id.display_name,
                        date=format_date(self.env, extension.decided_on),
                    )
                )
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Date.context_today(self),
            }
        )
        self._close_request()

    def _describe_request(self):
        return self.env._(
            "Answer the request of more time: %(person)s, %(days)s days",
            person=self.participant_id.display_name,
            days=self.days,
        )
