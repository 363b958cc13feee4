from contextlib import contextmanager, nullcontext
from datetime import date

from odoo import api, fields, models

from ...tools import (
    filter_filled,
    filter_known,
    find_referred,
    find_referred_by_each,
    saying_who,
)
from ..billing import account_move as billing

# What a bill is recognised by, and what it says.
MATCHED_ON = {
    "currency_id",
    "invoice_date",
    "invoice_line_ids",
    "invoice_origin",
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
            if {"partner_id", "currency_id", "move_type"} & vals.keys()
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
        """A cancelled bill pays nothing; what was decided of one that is a draft again is open."""
        if state == "posted":
            return
        # sudo: see write()
        known = filter_known(self).sudo()
        if not known:
            return
        if state == "cancel":
            known._coworking_forget_matches()
        elif state == "draft":
            known._coworking_matches().write({"decision": False, "reason": False, "user_id": False})

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
