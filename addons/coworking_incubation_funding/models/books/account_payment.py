from odoo import Command, api, models


class AccountPayment(models.Model):
    """Payments that were made in other books."""

    _inherit = "account.payment"

    @api.model
    def _coworking_record_outside(self, rows):
        """Post a payment for each of these, and settle the document it pays.

        An ordinary payment of Odoo, made as its own dialog makes it, with an entry on a journal of
        its own: what reads payments, here and in Odoo, needs to know nothing of other books. One a
        document, so that each is paid what the other books say, also where one transfer pays many.

        :param rows: list of (document, day, amount above zero, words for the books); never more
            than is left of a document
        :return: payments, in the same order
        """
        payments = self.create(
            [
                {
                    **self._coworking_prepare_outside(move),
                    "date": day,
                    "amount": float(amount),
                    "memo": memo,
                }
                for move, day, amount, memo in rows
            ]
        )
        payments.action_post()
        plan = []
        for payment, (move, *__) in zip(payments, rows, strict=True):
            terms = move._coworking_get_open_terms()
            own = payment.move_id.line_ids.filtered(
                lambda line, terms=terms: line.account_id in terms.account_id
            )
            plan.append(
                own | terms.filtered(lambda line, own=own: line.account_id == own.account_id)
            )
        self.env["account.move.line"]._reconcile_plan(plan)
        return payments

    def _coworking_prepare_outside(self, move):
        """Values of a payment of this document, but for its day and amount."""
        journal = move.company_id._coworking_get_outside_journal()
        way = "outbound" if move.is_outbound() else "inbound"
        terms = move._coworking_get_open_terms()[:1]
        return {
            "journal_id": journal.id,
            "payment_type": way,
            "partner_type": "supplier" if move.is_purchase_document() else "customer",
            "partner_id": terms.partner_id.id,
            "destination_account_id": terms.account_id.id,
            "currency_id": move.company_currency_id.id,
            "payment_method_line_id": journal[f"{way}_payment_method_line_ids"][:1].id,
            "invoice_ids": [Command.link(move.id)],
        }
