from odoo import api, models
from odoo.fields import Domain

from .account_payment_line import ON_ITS_WAY


class AccountMove(models.Model):
    _inherit = "account.move"

    def _coworking_get_refusals_to_pay(self):
        """What is in an order is paid by it, and by nothing else."""
        return self._coworking_get_refusals_of_orders() | super()._coworking_get_refusals_to_pay()

    def _coworking_get_refusals_of_orders(self):
        """Which of these bills another order will pay.

        :return: dict move -> sentence
        """
        # sudo: who pays by hand need not know payment orders
        lines = self.env["account.payment.line"].sudo()._coworking_search_of_moves(self)
        own = self.env.context.get("coworking_payment_order")
        return {
            line.move_line_id.move_id.with_env(self.env): self.env._(
                "Already in payment order %(order)s.", order=line.order_id.name
            )
            for line in lines.filtered(lambda line: line.order_id.id != own)
        }

    @api.model
    def _coworking_get_open_money_domain(self):
        """A credit note in an order is taken off by it."""
        ordered = Domain("payment_line_ids", "any", [("state", "in", ON_ITS_WAY)])
        return super()._coworking_get_open_money_domain() & ~ordered

    def _coworking_get_refusal_of_account(self):
        if not self.payment_mode_id and not self.partner_bank_id:
            return self.env._(
                "No payment mode, and so no bank account: choose one on the bill, or on"
                " %(operator)s for those to come.",
                operator=self.commercial_partner_id.name,
            )
        return super()._coworking_get_refusal_of_account()

    def _coworking_get_refusals_to_order(self):
        """Why some of these bills, which are right, do not go into a payment order.

        :return: dict move -> sentence
        """
        refusal = self.env._(
            "No payment mode that goes into payment orders: choose one on the bill, or pay it by"
            " hand."
        )
        return {
            move: refusal
            for move in self
            if not move.payment_mode_id.payment_order_ok
            or move.payment_mode_id.payment_type != "outbound"
        }
