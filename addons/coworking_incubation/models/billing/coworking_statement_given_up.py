from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CoworkingStatement(models.Model):
    """Parts of participants that a credit note gave up: what corrects them gives nothing back.

    The correction stays on the invoice, and beside it a line of the charge that was given up asks
    as much again: of that month nobody was asked anything in the end. A line of another month than
    the invoice's is such a line, and counts for no month.
    """

    _inherit = "coworking.statement"

    def _get_given_up(self, charges):
        """What these charges of this statement correct of parts that nobody pays.

        :return: dict correction -> (the charge that was given up, what not to give back of it)
        """
        self.ensure_one()
        corrections = charges.filtered(lambda row: row.corrected_kind and row.copayment_amount < 0)
        if not corrections:
            return {}
        others = self.env["coworking.charge"].search(
            Domain("seat_id", "in", corrections.seat_id.ids)
            & Domain("period", "in", corrections.mapped("period"))
            & Domain("state", "=", "settled")
            & Domain("statement_id", "!=", self.id)
        )
        given_up = others.filtered(lambda row: row.statement_id._has_given_up(row))
        asked_again = given_up._get_asked_elsewhere()
        by_key = others.grouped(lambda row: row._to_pricing().key)
        result = {}
        for correction in corrections:
            own = by_key.get(correction._to_pricing().key, others.browse())
            gone = own & given_up
            again = -sum(
                asked_again.filtered(
                    lambda line, gone=gone: line.coworking_charge_id in gone
                ).mapped("balance")
            )
            asked = sum((own - gone).mapped("copayment_amount")) + again
            amount = self.currency_id.round(
                min(
                    sum(gone.mapped("copayment_amount")) - again,
                    -asked - correction.copayment_amount,
                )
            )
            if self.currency_id.compare_amounts(amount, 0) > 0:
                result[correction] = gone[:1], amount
        return result

    def _has_given_up(self, charge):
        """Whether all that its participant was asked for this month was taken back."""
        self.ensure_one()
        partner = charge.seat_id.partner_id
        invoices = self.copayment_invoice_ids.filtered(
            lambda move: partner in move._coworking_get_payers()
        )
        return bool(invoices) and not invoices._coworking_standing()

    def _check_not_given_up(self, charges):
        """:raise UserError: a later invoice counts on it that nobody pays these"""
        invoices = charges._get_asked_elsewhere().move_id
        if invoices:
            raise UserError(
                self.env._(
                    "The part of %(statement)s was given up, and %(invoices)s corrects it by"
                    " nothing: cancel that one or take it back by a credit note, then make both"
                    " again.",
                    statement=self.name,
                    invoices=", ".join(invoices.mapped("display_name")),
                )
            )
