from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..base.processing import NETWORK


class CoworkingTariffProposal(models.Model):
    """A new price that a space asks for; a coordinator sees what it costs, then answers."""

    _name = "coworking.tariff.proposal"
    _description = "Price Proposed by a Space"
    _processing = NETWORK
    _inherit = [
        "coworking.thread.mixin",
        "mail.activity.mixin",
        "coworking.link.mixin",
        "coworking.guard.mixin",
        "coworking.record.mixin",
    ]
    _order = "id desc"
    # What the space asks for is theirs; staff write the answer.
    _code_fields = {"state", "price"}

    tariff_id = fields.Many2one(
        "coworking.tariff", required=True, readonly=True, index=True, ondelete="cascade"
    )
    space_id = fields.Many2one(
        related="tariff_id.space_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="tariff_id.company_id", store=True, precompute=True, index=True
    )
    contact_words = fields.Char(related="space_id.contact_words")
    currency_id = fields.Many2one(related="company_id.currency_id")
    price_now = fields.Char(related="tariff_id.price_summary", string="Price Today")
    date_start = fields.Date(string="From", required=True, readonly=True)
    price = fields.Monetary(string="New Price", required=True, readonly=True, aggregator=None)
    note = fields.Char(string="Their Words", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Proposed By", required=True, readonly=True, ondelete="restrict"
    )
    state = fields.Selection(
        [
            ("proposed", "To answer"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="proposed",
        readonly=True,
        index=True,
        tracking=True,
    )
    answer = fields.Char(
        string="Our Answer", tracking=True, help="What the space reads with the decision."
    )

    _price_positive = models.Constraint("CHECK (price >= 0)", "A price cannot be negative.")
    _one_open = models.UniqueIndex(
        "(tariff_id) WHERE state = 'proposed'",
        "A new price of this tariff is already waiting for an answer.",
    )

    @api.depends("tariff_id.display_name", "date_start")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for proposal in self:
            date = proposal.date_start and format_date(self.env, proposal.date_start)
            proposal.display_name = f"{proposal.tariff_id.display_name or ''} · {date or ''}"

    @api.model
    def _get_typed_names(self, vals):
        return ("note", "answer")

    # === ACTION METHODS ===#

    def action_look(self):
        """What the price adds to each stay, and the button that accepts it."""
        self.ensure_one()
        self._check_proposed()
        action = self.tariff_id.action_increase()
        action["context"] = {
            "default_tariff_id": self.tariff_id.id,
            "default_date_start": self.date_start,
            "default_price": self.price,
            "default_proposal_id": self.id,
        }
        return action

    def action_refuse(self):
        for proposal in self:
            proposal._check_proposed()
            if not proposal.answer:
                raise UserError(
                    self.env._(
                        "%(proposal)s: write the answer that the space will read.",
                        proposal=proposal.display_name,
                    )
                )
        self._decide_proposal("refused")
        return True

    def _check_proposed(self):
        if not self.env.su and not self.env.user.has_group(
            "coworking_incubation.group_coworking_coordinator"
        ):
            raise AccessError(self.env._("Only a coordinator answers a price that is proposed."))
        for proposal in self:
            if proposal.state != "proposed":
                raise UserError(
                    self.env._("%(proposal)s is answered already.", proposal=proposal.display_name)
                )

    def _decide_proposal(self, state):
        """Answer, and tell those who manage the space."""
        self.check_access("write")
        # sudo: the state is written by the two actions alone
        self.sudo().write({"state": state})
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for proposal in self:
            for partner in proposal.sudo().space_id._get_contacts_to_write_to():
                self.env["coworking.portal.link"]._send_link(proposal, "price", partner)

    # === LINKS ===#

    def _get_link_holders(self, purpose):
        self.ensure_one()
        return self.space_id._get_contacts()

    def _is_link_open(self, purpose, partner):
        """A decision can be read until its day has come."""
        self.ensure_one()
        return self.date_start >= self.space_id._get_today()

    def _get_link_target(self, purpose):
        return "/my/coworking/prices"

    def _get_link_words(self, purpose, partner):
        self.ensure_one()
        values = {
            "price": self.currency_id.format(self.price),
            "tariff": self.tariff_id.name,
            "date": format_date(self.env, self.date_start),
        }
        if self.state == "accepted":
            text = self.env._(
                "Your new price is accepted: %(price)s for %(tariff)s from %(date)s.", **values
            )
        else:
            text = self.env._(
                "Your new price is not accepted: %(price)s for %(tariff)s from %(date)s.", **values
            )
        return {
            "subject": self.env._("Your prices at %(space)s", space=self.space_id.name),
            "text": "\n".join(filter(None, (text, self.answer))),
            "button": self.env._("See the prices"),
        }
