from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.coworking_incubation.models.base.processing import NETWORK
from odoo.addons.coworking_incubation.tools import to_decimal

# What came: the payments of these states.
CAME = ("in_process", "paid")


class Receipt(NamedTuple):
    """What was received of an instalment on a day."""

    date: date
    amount: Decimal


PAYMENT_ONCE = """
CREATE UNIQUE INDEX IF NOT EXISTS coworking_funding_instalment_payment_once
    ON account_payment_coworking_funding_instalment_rel (account_payment_id)
"""


class CoworkingFundingInstalment(models.Model):
    """When a part of a grant is to be paid, on which condition, and what came."""

    _name = "coworking.funding.instalment"
    _description = "Instalment of a Grant"
    _processing = NETWORK
    _inherit = ["coworking.guard.mixin", "coworking.record.mixin"]
    _order = "agreement_id, date_planned, id"
    _check_company_auto = True
    _code_fields = frozenset({"company_id"})

    agreement_id = fields.Many2one(
        "coworking.funding.agreement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [("advance", "Advance"), ("interim", "Interim payment"), ("balance", "Balance")],
        required=True,
        default="advance",
    )
    date_planned = fields.Date(string="Expected On")
    amount = fields.Monetary()
    condition = fields.Char(help="What the funder asks before it pays.")
    funder_id = fields.Many2one(
        related="agreement_id.partner_id.commercial_partner_id", export_string_translation=False
    )
    payment_ids = fields.Many2many(
        "account.payment",
        string="Payments Received",
        check_company=True,
        domain="[('company_id', '=', company_id), ('coworking_instalment_ids', '=', False),"
        " '|', ('payment_type', '=', 'inbound'), ('partner_id', 'child_of', funder_id)]",
        help="What the funder paid, less what was given back to it.",
        groups="coworking_incubation.group_coworking_accountant",
    )
    amount_received = fields.Monetary(
        string="Received",
        compute="_compute_amount_received",
        store=True,
        readonly=False,
        help="By the payments received; typed where the books are kept elsewhere.",
    )
    date_received = fields.Date(
        string="Received On",
        compute="_compute_amount_received",
        store=True,
        readonly=False,
    )

    _amounts_positive = models.Constraint(
        "CHECK (amount >= 0 AND amount_received >= 0)",
        "What an instalment is, and what was received of it, cannot be negative.",
    )

    def init(self):
        """Of two who record one payment at once, the second starts again and is told."""
        self.env.cr.execute(PAYMENT_ONCE)

    # A payment says what is written of it, see account.payment: what Odoo computes of bills would
    # come by here.
    @api.depends("payment_ids")
    def _compute_amount_received(self):
        # sudo: a coordinator sees what came, not the payments themselves
        for instalment in self.sudo():
            if not instalment.payment_ids:
                continue  # as it was typed
            payments = instalment.payment_ids.filtered(lambda payment: payment.state in CAME)
            instalment.amount_received = sum(payments.mapped("amount_company_currency_signed"))
            instalment.date_received = max(payments.mapped("date"), default=False)

    def _take_back_receipts(self):
        """Payments of these were deleted: where none is left, what they said was not typed."""
        self.filtered(lambda row: not row.payment_ids).write(
            {"amount_received": 0.0, "date_received": False}
        )
        self.modified(["payment_ids"])

    @api.constrains("amount_received", "date_received")
    def _check_date_received(self):
        for instalment in self:
            if instalment.amount_received and not instalment.date_received:
                raise ValidationError(
                    self.env._(
                        "%(instalment)s: say on which day %(amount)s were received.",
                        instalment=instalment.display_name,
                        amount=instalment.currency_id.format(instalment.amount_received),
                    )
                )

    @api.constrains("amount_received", "date_received", "payment_ids")
    def _check_as_paid(self):
        """What payments of the books say is not typed otherwise."""
        # sudo: see _compute_amount_received
        for instalment in self.sudo().filtered("payment_ids"):
            receipts = instalment._get_receipts()[instalment]
            received = float(sum((one.amount for one in receipts), to_decimal(0)))
            day = max((one.date for one in receipts), default=False)
            if (
                instalment.currency_id.compare_amounts(instalment.amount_received, received)
                or instalment.date_received != day
            ):
                raise ValidationError(
                    self.env._(
                        "%(instalment)s: its payments in the books say %(amount)s. Take them off"
                        " first to type something else.",
                        instalment=instalment.display_name,
                        amount=instalment.currency_id.format(received),
                    )
                )

    @api.constrains("payment_ids")
    def _check_given_back(self):
        """A funder is given back what it paid, and no more: whoever takes a payment back first
        reads which others stand on it.
        """
        # sudo: see _compute_amount_received
        for instalment in self.sudo().filtered("payment_ids"):
            came = sum(
                (receipt.amount for receipt in instalment._get_receipts()[instalment]), Decimal(0)
            )
            if came < 0:
                back = instalment.payment_ids.filtered(
                    lambda payment: payment.payment_type == "outbound" and payment.state in CAME
                )
                raise ValidationError(
                    self.env._(
                        "%(instalment)s: the funder would be given back %(amount)s more than came"
                        " of it. Reset what is given back to draft, or take it off, first:"
                        " %(payments)s.",
                        instalment=instalment.display_name,
                        amount=instalment.currency_id.format(float(-came)),
                        payments=", ".join(back.mapped("display_name")),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_received(self):
        for instalment in self.filtered("amount_received"):
            raise UserError(
                self.env._(
                    "%(instalment)s: %(amount)s were received of it, and would be gone. If they"
                    " were recorded by mistake, take them off first.",
                    instalment=instalment.display_name,
                    amount=instalment.currency_id.format(instalment.amount_received),
                )
            )

    def _get_receipts(self):
        """What came of each, day by day: by the payments, or as it was typed.

        :return: dict instalment -> list of ``Receipt``
        """
        result = {}
        # sudo: see _compute_amount_received
        for instalment in self.sudo():
            rows = [
                Receipt(payment.date, to_decimal(payment.amount_company_currency_signed))
                for payment in instalment.payment_ids
                if payment.state in CAME
            ]
            if not instalment.payment_ids and instalment.date_received:
                rows = [Receipt(instalment.date_received, to_decimal(instalment.amount_received))]
            result[instalment] = rows
        return result

    @api.constrains("payment_ids")
    def _check_payments_once(self):
        there = self.search([("payment_ids", "in", self.payment_ids.ids)])
        owners = {}
        for instalment in there | self:
            for payment in instalment.payment_ids:
                other = owners.setdefault(payment, instalment)
                if other != instalment:
                    raise ValidationError(
                        self.env._(
                            "The payment %(payment)s is recorded for %(other)s already: it counts"
                            " once. Choose another, or take it off there first.",
                            payment=payment.display_name,
                            other=other.display_name,
                        )
                    )

    @api.depends("kind", "agreement_id.reference")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for instalment in self:
            instalment.display_name = " ".join(
                filter(None, (instalment.agreement_id.reference, kinds.get(instalment.kind)))
            )
