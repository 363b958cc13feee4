from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ... import pricing
from ...tools import to_decimal


class CoworkingStatement(models.Model):
    """Parts of participants that credit notes took back, whole or some of them: what corrects them
    gives that back no second time.

    Of a part that was given up as a whole nobody is asked anything in the end. What somebody gave
    back of one by a credit note of their own, before the month was corrected, counts towards the
    correction.

    The correction stays on the invoice, and beside it a line of the charge that was taken back asks
    as much again. A line of another month than the invoice's is such a line, and counts for no
    month.
    """

    _inherit = "coworking.statement"

    def _get_given_up(self, charges, until=None):
        """What these charges of this statement correct of parts that were taken back already.

        :param until: day after which credit notes do not count, if any
        :return: dict correction -> list of (the charge that was taken back, what not to give back
            of it)
        """
        self.ensure_one()
        corrections, others = self._get_corrected(charges)
        if not corrections:
            return {}
        later = self.env["account.move"]
        if until:
            notes = others.statement_id.copayment_invoice_ids.reversal_move_ids
            later = notes.filtered(lambda move: move.state == "posted" and move.date > until)
        given_up = others.filtered(lambda row: row.statement_id._has_given_up(row, later))
        taken_back = dict.fromkeys(others, to_decimal(0))
        for line, amount in others._get_invoiced_lines()._coworking_get_credited(without=later):
            taken_back[line.coworking_charge_id] += amount
        elsewhere = others._get_asked_elsewhere()
        for line in elsewhere.filtered(lambda row: row.move_id.coworking_statement_id != self):
            taken_back[line.coworking_charge_id] += to_decimal(line.balance)
        by_key = others.grouped(lambda row: row._to_pricing().key)
        result = {}
        for correction in corrections:
            own = by_key.get(correction._to_pricing().key, others.browse())
            rows = self._share_given_up(correction, own, own & given_up, taken_back)
            if rows:
                result[correction] = rows
        return result

    def _get_corrected(self, charges):
        """:return: those of these charges that take something of a part back, and what else is
        settled of these seats and months
        """
        corrections = charges.filtered(lambda row: row.corrected_kind and row.copayment_amount < 0)
        if not corrections:
            return corrections, corrections
        return corrections, self.env["coworking.charge"].search(
            Domain("seat_id", "in", corrections.seat_id.ids)
            & Domain("period", "in", corrections.mapped("period"))
            & Domain("state", "=", "settled")
            & Domain("statement_id", "!=", self.id)
        )

    def _stop_who_gives_back(self):
        """Of who posts a credit note of a part and who posts what corrects it at the same moment,
        the later begins again and sees what the other gave back: it is given back once.
        """
        if self:
            self.env.cr.execute(
                "UPDATE coworking_statement SET write_date = write_date WHERE id = ANY(%s)",
                [self.ids],
            )

    def _find_notes_beside(self, charges):
        """Credit notes that may give back once more what these charges of this statement correct.

        :return: drafts of invoices that ask for what is corrected; and those of the same people
            that say of no invoice what they give back, as far as nobody paid them out
        """
        corrections, others = self._get_corrected(charges)
        kept = self._get_given_up(corrections) if corrections else {}
        kept = {row: sum(amount for __, amount in rows) for row, rows in kept.items()}
        corrections = corrections.filtered(
            lambda row: row.currency_id.compare_amounts(-row.copayment_amount, kept.get(row, 0)) > 0
        )
        notes = self.env["account.move"]
        if not corrections:
            return notes, notes
        own = others.filtered(lambda row: row.seat_id in corrections.seat_id)
        invoices = own._get_invoiced_lines().move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.coworking_statement_id != self
        )
        drafts = invoices.reversal_move_ids.filtered(lambda move: move.state == "draft")
        settling = [item.move_id.id for *__, item in invoices._coworking_get_settled()]
        people = corrections.seat_id.partner_id | invoices.partner_id
        is_open = Domain("payment_state", "in", ("not_paid", "partial"))
        is_posted = Domain("state", "=", "posted") & (is_open | Domain("id", "in", settling))
        unlinked = notes.search(
            Domain("move_type", "=", "out_refund")
            & Domain("company_id", "=", self.company_id.id)
            & Domain("partner_id", "in", people.ids)
            & Domain("reversed_entry_id", "=", False)
            & (is_posted | Domain("state", "=", "draft"))
        )
        return drafts, unlinked.filtered(lambda move: not move.coworking_statement_id)

    def _share_given_up(self, correction, own, gone, taken_back):
        """What a correction does not give back, of which of the charges that it corrects.

        :param own: the settled charges of the same seat, month and kind
        :param gone: those of them that were given up
        :param taken_back: dict charge -> what credit notes took back of invoices that stand, less
            what those of other months ask again
        :return: list of (charge, amount)
        """
        rest = -to_decimal(correction.copayment_amount)
        left = {row: to_decimal(row.copayment_amount) + taken_back[row] for row in gone}
        due = sum(to_decimal(row.copayment_amount) for row in own) - rest
        kept = max(sum(left.values()) - max(due, 0), 0)
        # Each of them asks for its own again: another invoice of its month counts on that.
        left = {row: amount for row, amount in left.items() if amount > 0}
        result = pricing.spread(kept, left.items(), to_decimal(self.currency_id.rounding))
        for charge in own - gone:
            before = sum(max(amount, 0) for __, amount in result)
            result.append((charge, min(taken_back[charge], rest - before)))
        return [(charge, float(amount)) for charge, amount in result if amount > 0]

    def _has_given_up(self, charge, without=()):
        """Whether all that its participant was asked for this month was taken back.

        :param without: credit notes that do not count
        """
        self.ensure_one()
        invoices = self.copayment_invoice_ids.filtered(
            lambda move: charge.participant_id in move._coworking_get_files()
        )
        taken_back = invoices and not invoices._coworking_standing()
        return bool(taken_back) and not any(note in without for note in invoices.reversal_move_ids)

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
