from decimal import ROUND_DOWN

from odoo import models

from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding


class AccountMoveLine(models.Model):
    """A posted line may be given to another analytic account."""

    _inherit = "account.move.line"

    def write(self, vals):
        result = super().write(vals)
        if "analytic_distribution" in vals:
            self.move_id.filtered(lambda move: move.state == "posted")._coworking_note_costs()
        return result

    def _coworking_likeness(self, other):
        """How alike a line of a credit note and one of a bill are, to be compared."""
        same = ("analytic_distribution", "name", "account_id", "price_total")
        return (*(self[name] == other[name] for name in same), -other.id)

    def _coworking_get_money(self, amount):
        """Of what this item of a payment settled, what is money: not what its entry writes off
        beside it, such as a discount for who pays early.

        :param amount: ``Decimal``, above zero
        :return: ``Decimal``; to the cent below where several documents have a part in it; all of
            a payment without an entry
        """
        entry = self.move_id
        accounts = entry.journal_id.default_account_id | entry.journal_id.suspense_account_id
        accounts |= entry.origin_payment_id.outstanding_account_id
        of_money = entry.line_ids.filtered(lambda line: line.account_id in accounts)
        of_others = entry.line_ids.filtered(
            lambda line: line.account_type in ("liability_payable", "asset_receivable")
        )
        money, settled = (
            abs(sum(map(to_decimal, lines.mapped("balance")), to_decimal(0)))
            for lines in (of_money, of_others)
        )
        if not 0 < money < settled:
            return amount
        return (amount * money / settled).quantize(funding.CENT, ROUND_DOWN)
