from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from odoo.addons.coworking_incubation.invoice_reader import normal_id
from odoo.addons.coworking_incubation.tools import to_decimal

DOCUMENTS = ("in_invoice", "in_refund", "out_invoice", "out_refund")
REFUNDS = ("in_refund", "out_refund")
# How many numbers one search asks for.
BATCH = 5000


class AccountMove(models.Model):
    """Bills, credit notes and invoices that other books pay."""

    _inherit = "account.move"

    @api.model
    def _coworking_get_books_domain(self, company):
        """The posted documents that programs cause: what operators bill, what is made from
        statements, and what is posted on the analytic account of a program.
        """
        companies = company._accessible_branches()
        # sudo: which accounts are those of programs; what is posted on them is the accountant's
        programs = self.env["coworking.program"].sudo().with_context(active_test=False)
        accounts = programs.search([("company_id", "in", companies.ids)]).analytic_account_id
        ours = Domain("coworking_statement_id", "!=", False)
        ours |= Domain("move_type", "in", ("in_invoice", "in_refund")) & Domain(
            "commercial_partner_id.is_coworking_space", "=", True
        )
        if accounts:
            ours |= Domain("invoice_line_ids.analytic_distribution", "in", accounts.ids)
        return (
            Domain("company_id", "in", companies.ids)
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", DOCUMENTS)
            & ours
        )

    @api.model
    def _coworking_find_numbered(self, numbers):
        """Documents of all companies of the user that bear these numbers: ours, or the supplier's.

        :param numbers: as somebody wrote them
        :return: dict number as ``normal_id`` writes it -> documents
        """
        moves = self.with_context(allowed_company_ids=self.env.user._get_company_ids())
        found, result = moves.browse(), defaultdict(moves.browse)
        for some in split_every(BATCH, sorted({*numbers, *map(normal_id, numbers)} - {""})):
            found |= moves.search_fetch(
                Domain("move_type", "in", DOCUMENTS)
                & (
                    Domain("name", "in", some)
                    | Domain("ref", "in", some)
                    | Domain("coworking_supplier_ref", "in", some)
                ),
                ["name", "ref"],
            )
        for move in found:
            for number in {normal_id(move.name), normal_id(move.ref)} - {""}:
                result[number] |= move
        return result

    def _coworking_lock(self):
        """Nobody else settles these until this is over; who comes second is started again by Odoo,
        and sees what the first did.
        """
        if self:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM account_move WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                    tuple(self.ids),
                )
            )

    def _coworking_get_open_terms(self):
        """The items of these documents that are still to be settled."""
        return self.line_ids.filtered(
            lambda line: (
                line.account_type in ("liability_payable", "asset_receivable")
                and not line.reconciled
            )
        )

    def _coworking_get_sign(self):
        """-1 of a credit note, 1 of a bill or an invoice."""
        self.ensure_one()
        return -1 if self.move_type in REFUNDS else 1

    def _coworking_get_set_off(self, pairs):
        """How much of these documents credit notes set off.

        :param pairs: set of (one of these, credit note)
        :return: dict of the pairs that do -> ``Decimal``
        """
        result = defaultdict(Decimal)
        for move in self:
            terms = move.line_ids
            for partials, side in (
                (terms.matched_debit_ids, "debit_move_id"),
                (terms.matched_credit_ids, "credit_move_id"),
            ):
                for partial in partials:
                    pair = (move, partial[side].move_id)
                    if pair in pairs:
                        result[pair] += to_decimal(partial.amount)
        return result
