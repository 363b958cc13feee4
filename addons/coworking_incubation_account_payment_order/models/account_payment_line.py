from odoo import Command, models

# An order in one of these is to pay what is in it: it was not uploaded yet, nor cancelled.
ON_ITS_WAY = ("draft", "open", "generated")


class AccountPaymentLine(models.Model):
    _inherit = "account.payment.line"

    def _coworking_search_of_moves(self, moves):
        """Lines of orders that will pay these bills."""
        return self.search(
            [("move_line_id.move_id", "in", moves.ids), ("state", "in", ON_ITS_WAY)], order="id"
        )

    def _prepare_account_payment_vals(self):
        """Payments of bills of spaces say what the bank will say of them, on its day.

        The bank tells of a transfer by its communication: the reconciliation finds the payment by
        it. One by a method without an account has no entry to reconcile: Odoo knows by a link which
        bills it pays, and so they are not paid again meanwhile.
        """
        vals = super()._prepare_account_payment_vals()
        bills = self.move_line_id.move_id._coworking_of_operators()
        if bills:
            vals["invoice_ids"] = [Command.set(bills.ids)]
            vals["memo"] = f"{vals['memo']} {vals['payment_reference']}"
            vals["date"] = self[:1].date
        return vals

    def _coworking_get_refusal(self):
        """What changed of the bill since it went into the order, in words; False if nothing."""
        self.ensure_one()
        item = self.move_line_id
        if self.partner_bank_id != item.move_id.partner_bank_id:
            return self.env._("The bank account of the bill is not that of the order any more.")
        of_item = self.order_id.payment_line_ids.filtered(lambda line: line.move_line_id == item)
        left = -item.amount_residual_currency
        if self.currency_id.compare_amounts(sum(of_item.mapped("amount_currency")), left) > 0:
            return self.env._(
                "Only %(left)s is left to pay of it.", left=self.currency_id.format(left)
            )
        return False
