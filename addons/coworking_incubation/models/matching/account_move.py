from contextlib import contextmanager, nullcontext
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import (
    filter_filled,
    filter_known,
    find_referred,
    find_referred_by_each,
    saying_who,
    to_decimal,
)
from ..billing import account_move as billing

# What a bill is recognised by, and what it says.
MATCHED_ON = {
    "currency_id",
    "invoice_date",
    "invoice_line_ids",
    "invoice_origin",
    "journal_id",  # whose currency Odoo takes
    "line_ids",
    "move_type",
    "narration",
    "partner_id",
    "payment_reference",
    "ref",
}
# What says that we made a bill from something of ours, or matched it.
MADE_FROM = ("coworking_statement_id", "coworking_program_id", "coworking_match_version")
# In the transaction: documents are being written, see _coworking_unmatched.
UNMATCHED = "coworking_unmatched"


class AccountMove(models.Model):
    _inherit = "account.move"
    _known_by = (*billing.AccountMove._known_by, "coworking_match_version")

    # Counted up by PostgreSQL: see coworking.match.
    coworking_match_version = fields.Integer(
        string="Version of the Matching",
        copy=False,
        prefetch="coworking",
        readonly=True,
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        with self._coworking_unmatched():
            moves = super().create(vals_list)
        moves._coworking_match()
        return moves

    def write(self, vals):
        issuers = (
            {move: (move.commercial_partner_id, move.currency_id, move.move_type) for move in self}
            if {"partner_id", "currency_id", "journal_id", "move_type"} & vals.keys()
            else {}
        )
        with self._coworking_unmatched():
            result = super().write(vals)
        for move, issuer in issuers.items():
            if issuer != (move.commercial_partner_id, move.currency_id, move.move_type):
                # sudo: whoever changes the supplier need not know the programme's statements
                move.sudo()._coworking_forget_matches()
        matched = self._coworking_tell_files() if "state" in vals else self.browse()
        if MATCHED_ON & vals.keys():
            self._coworking_match()
        elif "state" in vals:
            rest = self - matched
            receipts = rest.filtered(lambda move: move.move_type == "in_receipt")
            # who bills is read as a bill is posted; else those alone that were matched before
            bills = rest if vals["state"] == "posted" else filter_known(rest)
            (bills._coworking_of_operators() | receipts)._coworking_match()
        return result

    def unlink(self):
        # as for most lines of a bill that Odoo writes, of no bill at all
        if not self or not filter_known(self):
            return super().unlink()
        # sudo: see write()
        files = self.sudo()._coworking_get_received_files()
        # the file that it was made from stays without it, archived or not
        made = files or filter_filled(self, *MADE_FROM)
        with saying_who(self.env) if made else nullcontext():
            statements = self._coworking_get_origins()
            # sudo: see write()
            others = self.sudo()._coworking_matches()._unlink_matches()
            result = super().unlink()
            statements._matches_changed()
            files.modified(["move_id"])
            self.env["coworking.matching"].sudo()._match_bills(others.exists(), unmatched=True)
        return result

    def _coworking_get_statements(self):
        """Also of bills that came by themselves: of several months, the first that they pay."""
        statements = super()._coworking_get_statements()
        matches = (self - self.browse(bill.id for bill in statements))._coworking_matches()
        for match in matches.sorted(lambda row: row.statement_id.date_from or date.max):
            if match.statement_id:
                statements.setdefault(match.move_id, match.statement_id)
        return statements

    def _coworking_matched(self):
        """Those of these of which a line is matched."""
        documents = filter_known(self).filtered(
            lambda move: move.is_purchase_document(include_receipts=True)
        )
        return find_referred(documents, ("coworking.match", "move_id"))

    def _coworking_tell_files(self):
        """What is to be done about the files that these came from follows from their state, which
        was written.

        :return: those of these of which a line is matched, found along
        """
        received, matched = find_referred_by_each(
            self, ("coworking.invoice.file", "move_id"), ("coworking.match", "move_id")
        )
        if received:
            # sudo: see write()
            received.sudo()._coworking_get_received_files().modified(["move_id"])
        return matched.filtered(lambda move: move.is_purchase_document(include_receipts=True))

    def _coworking_matches(self):
        matches, matched = self.env["coworking.match"], self._coworking_matched()
        return matches.search([("move_id", "in", matched.ids)]) if matched else matches

    def _coworking_get_received_files(self):
        """The files that these bills came from, archived or not."""
        files = self.env["coworking.invoice.file"].with_context(active_test=False)
        received = find_referred(self, (files._name, "move_id"))
        return files.search([("move_id", "in", received.ids)]) if received else files

    def _coworking_of_months(self):
        """Also what came by itself."""
        return super()._coworking_of_months() | self._coworking_matched()

    def _coworking_standing_changed(self):
        result = super()._coworking_standing_changed()
        # sudo: see write()
        self.sudo()._coworking_matches().statement_id._matches_changed()
        return result

    def _coworking_may_take_back(self, document):
        """Nor is an operator's credit note for what is expected of it, such as a correction."""
        if not super()._coworking_may_take_back(document):
            return False
        charges = self._coworking_matches().charge_id
        return not charges or bool(charges & document._coworking_matches().charge_id)

    def _coworking_notes_matched(self):
        """What these are matched with changed: whether credit notes among them take back or pay
        what they are set off against follows from it, see ``_coworking_may_take_back``.
        """
        notes = self.exists().filtered(
            lambda move: move.move_type == "in_refund" and move.state == "posted"
        )
        if not notes:
            return
        settled = self.browse(item.move_id.id for *__, item in notes._coworking_get_settled())
        self.env.add_to_compute(
            self._fields["payment_state"], settled and settled._coworking_of_months()
        )

    def _coworking_match_set_off(self):
        """What these credit notes are set against changed: what they give back follows from it,
        where nothing else says of which bill it is and nobody decided.
        """
        if lines := self._coworking_matches().move_line_id:
            self.env["coworking.matching"]._match_undecided_anew(lines)

    def _coworking_hand_over(self, draft):
        """This one is about to go: what was said of it, is planned for it or lies beside it is the
        other one's.
        """
        self.message_change_thread(draft)
        self.activity_ids.res_id = draft.id
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", (self | draft).ids)]
        )
        there = files.filtered(lambda file: file.res_id == draft.id).mapped("checksum")
        files.filtered(lambda file: file.checksum not in there).res_id = draft.id

    def _coworking_on_state_written(self, state):
        """A cancelled bill pays nothing; what was decided of one that is a draft again is open, and
        what a credit note gave back of nobody is looked at again.
        """
        if state == "posted":
            return
        # sudo: see write()
        known = filter_known(self).sudo()
        if not known:
            return
        if state == "cancel":
            known._coworking_forget_matches()
        elif state == "draft":
            matches = known._coworking_matches()
            matches.write({"decision": False, "reason": False, "user_id": False})
            if lines := matches.filtered(
                lambda row: row.move_id.move_type == "in_refund" and not row.charge_id
            ).move_line_id:
                known.env["coworking.matching"]._match_lines_anew(lines)

    def _coworking_forget_matches(self):
        """These pay nothing any more: bills that did not fit beside them are matched anew."""
        others = self._coworking_matches()._unlink_matches()
        self.env["coworking.matching"]._match_bills(others, unmatched=True)

    @contextmanager
    def _coworking_unmatched(self):
        """Documents are matched once they are whole: their lines, and what else is written of them
        meanwhile, set nothing off. A context would say so as well, and have Odoo make each of its
        environments twice.
        """
        cache = self.env.cr.cache
        before = cache.get(UNMATCHED)
        cache[UNMATCHED] = True
        try:
            yield
        finally:
            cache[UNMATCHED] = before

    @api.model
    def _coworking_is_match_due(self):
        env = self.env
        return env.context.get("coworking_match", True) and not env.cr.cache.get(UNMATCHED)

    def _coworking_match(self):
        """Match the bills among these that are an operator's with what was expected of it."""
        if self and self._coworking_is_match_due():
            # sudo: whoever enters a bill need not know the programme's statements
            self.env["coworking.matching"].sudo()._match_bills(self.sudo())

    # === PAYING: WHICH ARE RIGHT TO PAY NOW, AND WHY OTHERS ARE NOT ===#

    def action_coworking_pay(self):
        """Pay those of these bills that are right; the others are named, each with its reason."""
        return self.env["coworking.bill.payment"]._open_for(self)

    def _coworking_get_refusals_to_pay(self):
        """Why some of these documents must not be paid now: those that are not told of are right.

        :return: dict move -> sentence
        """
        # sudo: whoever pays a bill need not know the seats that it is for
        decisions = dict(
            self.env["coworking.match"]
            .sudo()
            ._read_group([("move_id", "in", self.ids)], ["move_id"], ["decision:array_agg"])
        )
        # sudo: dates and amounts of payments, which bills tell anyway
        paid = self.sudo()._coworking_payment_facts()
        open_money = self._coworking_get_refusals_of_open_money()
        # sudo: bank accounts belong to contacts; which of them nobody verified is told anyway
        refusals = {
            move: move._coworking_get_refusal_of_state(paid[move])
            or move._coworking_get_refusal_of_matches(decisions.get(move, []))
            or move.sudo()._coworking_get_refusal_of_account()
            or open_money.get(move)
            for move in self
        }
        return {move: why for move, why in refusals.items() if why}

    def _coworking_get_refusal_of_state(self, paid):
        """What of the document itself, and of what was paid of it, speaks against paying it.

        :param paid: what ``_coworking_payment_facts`` says of it
        """
        self.ensure_one()
        if self.move_type not in ("in_invoice", "in_receipt"):
            return self.env._("No bill to pay: a credit note is taken off a bill of its operator.")
        if self.state != "posted":
            return (
                self.env._("Still a draft: post it first.")
                if self.state == "draft"
                else self.env._("Cancelled.")
            )
        if self.payment_state == "blocked":
            return self.env._("Blocked for payment.")
        under_way = sum(amount for __, amount, line in paid if not line)
        if under_way and self.amount_residual:
            return self.env._(
                "A payment of %(amount)s is under way: wait for the bank.",
                amount=self.company_currency_id.format(float(under_way)),
            )
        if self.payment_state not in ("not_paid", "partial"):
            return self.env._("Already paid.")
        return False

    def _coworking_get_refusal_of_matches(self, decisions):
        """What is not settled of the lines of the bill.

        :param decisions: of all its matches, in any order; None of those that wait for one
        """
        if self.currency_id != self.company_currency_id:  # which no charge is in
            return self.env._(
                "In %(currency)s, and so matched with no seat: pay it by hand.",
                currency=self.currency_id.name,
            )
        if not decisions:
            return self.env._("Nothing of it was matched yet.")
        if "disputed" in decisions:
            return self.env._("Disputed with the space.")
        if "asked" in decisions:
            return self.env._("The space has not answered the question about it yet.")
        waiting = decisions.count(None)
        if waiting:
            return self.env._("Lines to match or decide on: %(count)s.", count=waiting)
        return False

    def _coworking_get_refusal_of_account(self):
        """Money goes to an account that somebody verified, or it does not go."""
        if accounts := self._coworking_accounts_to_verify():
            return accounts._coworking_alert()
        if not self.partner_bank_id.active:  # none, or one that was given up
            return self.env._(
                "No bank account in use on the bill: choose one of %(operator)s that is verified.",
                operator=self.commercial_partner_id.name,
            )
        return False

    def _coworking_get_refusals_of_open_money(self):
        """Money that went to the operator, or that it gives back, and is set against no bill: one
        that was paid, cancelled and made again would be paid twice.

        :return: dict move -> sentence
        """
        items, payments = self._coworking_find_open_money()
        result = {}
        for move in self:
            key = move.company_id.root_id, move.commercial_partner_id
            if item := items.get(key):
                result[move] = item.move_id._coworking_tell_open_money(item)
            elif payment := payments.get(key):
                result[move] = self.env._(
                    "%(payment)s of %(amount)s was made for a bill that is posted no more: cancel"
                    " it if the money did not leave, else pay this bill by hand.",
                    payment=payment.name or payment.memo or payment.display_name,
                    amount=payment.currency_id.format(payment.amount),
                )
        return result

    def _coworking_find_open_money(self):
        """:return: (journal items that are open, payments without an entry of which no bill is
        left), each as dict (root company, operator) -> one record
        """
        whose = Domain("partner_id", "child_of", self.commercial_partner_id.ids) & Domain(
            "company_id", "child_of", self.company_id.root_id.ids
        )
        # sudo: dates and amounts of payments, which bills tell anyway
        sudo = self.env["account.move.line"].sudo()
        items = sudo.search(whose & self._coworking_get_open_money_domain())
        payments = sudo.env["account.payment"].search(
            whose
            & Domain("move_id", "=", False)
            & Domain("state", "=", "in_process")
            & Domain("payment_type", "=", "outbound")
            & Domain("invoice_ids", "!=", False)
        )
        payments = payments.filtered(
            lambda payment: "posted" not in payment.invoice_ids.mapped("state")
        )
        return tuple(
            {(row.company_id.root_id, row.partner_id.commercial_partner_id): row for row in rows}
            for rows in (items, payments)
        )

    @api.model
    def _coworking_get_open_money_domain(self):
        """Which journal items are payments, or credit notes, of which something is set against no
        bill.
        """
        return (
            Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("account_id.account_type", "=", "liability_payable")
            & Domain("amount_residual", ">", 0)
            & (
                Domain("journal_id.type", "in", ("bank", "cash", "credit"))
                | Domain("move_id.move_type", "=", "in_refund")
            )
        )

    def _coworking_tell_open_money(self, item):
        """What is said of an open journal item of this entry."""
        self.ensure_one()
        values = {
            "name": self.name,
            "amount": item.company_currency_id.format(item.amount_residual),
        }
        if self.move_type == "in_refund":
            return self.env._(
                "Credit note %(name)s of its operator, %(amount)s, is set against no bill yet: add"
                " it on this bill if it is for it, else pay this one by hand.",
                **values,
            )
        return self.env._(
            "%(name)s of %(amount)s went to its operator and pays no bill yet: add it on this bill"
            " if it is for it, else pay this one by hand. An advance or a deposit belongs on an"
            " account of its own, and holds nothing back there.",
            **values,
        )

    def _coworking_get_choice_to_pay(self):
        """What these bills are when somebody chooses to pay them, so that a change is noticed.

        :return: list of [id, amount left, id of the bank account]
        """
        return [
            [move.id, str(to_decimal(move.amount_residual)), move.partner_bank_id.id]
            for move in self.sorted("id")
        ]

    def _coworking_claim_to_pay(self, choice):
        """Hold these bills until the end of the transaction, and refuse them if one of them is not
        what it was when it was chosen.

        :param choice: what ``_coworking_get_choice_to_pay`` said then
        """
        refusals = self._coworking_claim_and_refuse()
        chosen = {move_id: facts for move_id, *facts in choice}
        for move_id, *facts in self._coworking_get_choice_to_pay():
            if chosen.get(move_id) != facts:
                refusals.setdefault(
                    self.browse(move_id),
                    self.env._("Its amount or its bank account changed since you chose it."),
                )
        if refusals:
            raise UserError(
                self.env._(
                    "Nothing was paid. Close this, and choose the bills again without these:"
                    "\n%(bills)s",
                    bills=self._coworking_list_refusals(refusals),
                )
            )

    def _coworking_claim_and_refuse(self):
        """Hold these bills until the end of the transaction.

        Two people may pay at the same moment. The rows are locked, and really updated, because
        under Odoo's REPEATABLE READ a lock alone lets the second go on with what was there before
        the first paid: see ``coworking.space._lock_for_generation``.

        :return: dict move -> why it must not be paid, as ``_coworking_get_refusals_to_pay`` has it
        """
        claimed = self.try_lock_for_update(allow_referencing=True)
        if claimed:
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move SET write_date = write_date WHERE id IN %s",
                    tuple(claimed.ids),
                )
            )
        somebody_else = self.env._("Somebody else is paying it at this moment.")
        return claimed._coworking_get_refusals_to_pay() | dict.fromkeys(
            self - claimed, somebody_else
        )

    def _coworking_list_refusals(self, refusals):
        """A line for each bill: its operator, its number, and why it is not paid."""
        return "\n".join(
            self.env._(
                "- %(operator)s, %(bill)s: %(why)s",
                operator=move.commercial_partner_id.name,
                bill=move.ref or move.name or self.env._("draft"),
                why=why,
            )
            for move, why in refusals.items()
        )
