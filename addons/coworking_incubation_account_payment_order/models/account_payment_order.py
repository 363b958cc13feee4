from odoo import models
from odoo.exceptions import UserError


class AccountPaymentOrder(models.Model):
    """What was right when it was chosen is looked at again before the bank hears of it."""

    _inherit = "account.payment.order"

    def draft2open(self):
        self._coworking_check()
        return super().draft2open()

    def open2generated(self):
        self._coworking_check()
        return super().open2generated()

    def _coworking_check(self):
        """Refuse orders with a bill of a space that is not right to pay any more, and name it."""
        for order in self.filtered(lambda order: order.payment_type == "outbound"):
            bills = order.payment_line_ids.move_line_id.move_id._coworking_of_operators()
            bills = bills.filtered(lambda move: move.move_type == "in_invoice")
            bills = bills.with_context(coworking_payment_order=order.id)
            refusals = bills._coworking_claim_and_refuse()
            for line in order.payment_line_ids.filtered(
                lambda line, bills=bills: line.move_line_id.move_id in bills
            ):
                if why := line._coworking_get_refusal():
                    refusals.setdefault(line.move_line_id.move_id, why)
            if refusals:
                raise UserError(
                    self.env._(
                        "Take these bills out of payment order %(order)s, then go on:\n%(bills)s",
                        order=order.name,
                        bills=bills._coworking_list_refusals(refusals),
                    )
                )
