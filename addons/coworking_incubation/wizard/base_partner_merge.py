from datetime import date
from itertools import pairwise

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.seat.coworking_seat import HOLDING_STATES
from ..tools import saying_who


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Contacts that are one: what each of them may have once is theirs once."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        partners = src_partners | dst_partner
        self._coworking_check_merge(partners)
        self._coworking_check_companies(src_partners, dst_partner)
        # sudo: whoever merges contacts need not know what they were asked, and told
        self.env["coworking.portal.request"].sudo()._forget_repeated(partners)
        self.env["coworking.announcement"].sudo()._forget_repeated(partners)
        with saying_who(self.env):  # it is done in SQL
            self._coworking_merge_into(str(dst_partner.id))
            result = super()._update_foreign_keys(src_partners, dst_partner)
            self._coworking_merge_into("")
        self.env.invalidate_all()
        self.env["coworking.space"]._taxes_changed(Domain("operator_id", "=", dst_partner.id))
        return result

    @api.model
    def _coworking_merge_into(self, partner_id):
        """Settled charges of an operator whose contact goes are those of the one that is kept."""
        self.env.cr.execute("SELECT SET_CONFIG('coworking.merged_into', %s, true)", [partner_id])

    @api.model
    def _coworking_check_companies(self, src_partners, dst_partner):
        """Bills stay with the company that they came from: who is kept is a contact of it, too."""
        own, partners = dst_partner.commercial_partner_id, src_partners | dst_partner
        moved = src_partners.filtered(
            lambda one: one.commercial_partner_id - partners != own - partners
        )
        self.env["coworking.contact"]._check_may_change_company(moved)

    @api.model
    def _coworking_check_merge(self, partners):
        """What two of these have, and one contact may not: the database would refuse it."""
        # sudo: as above; the message names nothing but what is in the way
        Move, File = self.env["account.move"].sudo(), self.env["coworking.participant"].sudo()
        bills = Domain("commercial_partner_id", "in", partners.ids)
        made = Domain("coworking_statement_id", "!=", False) & Domain("state", "!=", "cancel")
        purchase = Domain("move_type", "in", ("in_invoice", "in_refund"))
        invoices = Domain("partner_id", "in", partners.ids) & ~Domain(
            "payment_state", "=", "reversed"
        )
        self._coworking_refuse_repeated(
            Move,
            bills & Domain("state", "=", "posted") & Domain("coworking_supplier_ref", "!=", False),
            ["company_id", "move_type", "coworking_supplier_ref"],
            self.env._(
                "These contacts cannot be merged yet: %s have the same number. If they are one"
                " bill, reset one of them to draft and cancel it; otherwise correct its number."
            ),
        )
        for domain in (bills & made & purchase, invoices & made & ~purchase):
            self._coworking_refuse_repeated(
                Move,
                domain,
                ["coworking_statement_id"],
                self.env._(
                    "These contacts cannot be merged: %s are for one statement, which makes one"
                    " document for a contact. Cancel them, merge the contacts and make it again: it"
                    " will be one. Where they are due as they are, keep both contacts and archive"
                    " the old one."
                ),
            )
        self._coworking_refuse_seats_at_once(partners)
        self._coworking_refuse_half_billed(partners)
        purged = File.search(
            Domain("partner_id", "in", partners.ids) & Domain("purged_on", "!=", False), limit=1
        )
        if purged:
            raise UserError(purged._describe_purged())
        self._coworking_refuse_repeated(
            File,
            Domain("partner_id", "in", partners.ids) & Domain("phase", "!=", "closed"),
            ["program_id"],
            self.env._(
                "These contacts cannot be merged yet: %s are open files of one program. Close or"
                " archive the one that should not be there."
            ),
        )

    @api.model
    def _coworking_refuse_seats_at_once(self, partners):
        """One person has one seat at a time."""
        # sudo: as above
        seats = self.env["coworking.seat"].sudo().with_context(active_test=False)
        held = seats.search(
            Domain("partner_id", "in", partners.ids) & Domain("state", "in", HOLDING_STATES),
            order="date_start, id",
        )
        for seat, following in pairwise(held):
            if (seat.date_end or date.max) >= following.date_start:
                raise UserError(
                    self.env._(
                        "These contacts cannot be merged yet: %(seats)s are held on the same days,"
                        " and a person has one seat at a time. Cancel or end the one that should"
                        " not be there; where both were used, keep both contacts.",
                        seats=", ".join((seat | following).mapped("display_name")),
                    )
                )

    @api.model
    def _coworking_refuse_half_billed(self, partners):
        """Where the bill or invoice of one of these stands, no other could be made of what is due
        to another of them, or from them: they would be one contact, which has its document.
        """
        for statement, documents, waiting in (
            *self._coworking_find_bills(partners),
            *self._coworking_find_invoices(partners),
        ):
            if documents and waiting:
                raise UserError(
                    self.env._(
                        "These contacts cannot be merged: %(document)s is for statement"
                        " %(statement)s, which has something for %(contact)s, too, of which no"
                        " document is made. Cancel %(document)s, merge the contacts and make it"
                        " again: it will be one. Where it is due as it is, make that of %(contact)s"
                        " as well, keep both contacts and archive the old one.",
                        document=", ".join(documents.mapped("display_name")),
                        statement=statement.name,
                        contact=", ".join(waiting.mapped("display_name")),
                    )
                )

    @api.model
    def _coworking_find_bills(self, partners):
        """Settled months that owe something to several of these contacts.

        :return: iterator of (statement, their bills, those who have none for what is due)
        """
        # sudo: whoever merges contacts need not know what is due
        charges = self.env["coworking.charge"].sudo()
        for (statement,) in charges._read_group(
            Domain("operator_id", "in", partners.ids) & Domain("state", "=", "settled"),
            ["statement_id"],
            having=[("operator_id:count_distinct", ">", 1)],
        ):
            bills = statement._get_standing_bills().filtered_domain(
                [("commercial_partner_id", "in", partners.ids)]
            )
            yield statement, bills, statement._get_charges_to_bill().operator_id & partners

    @api.model
    def _coworking_find_invoices(self, partners):
        """Settled months of which several of these contacts pay a part themselves.

        :return: iterator of (statement, their invoices, those who have none for their part)
        """
        # sudo: as above
        parts = (
            self.env["coworking.charge"]
            .sudo()
            .search_fetch(
                Domain("seat_id.partner_id", "in", partners.ids)
                & Domain("state", "=", "settled")
                & Domain("copayment_amount", "!=", 0),
                ["statement_id", "seat_id"],
            )
        )
        for statement, own in parts.grouped("statement_id").items():
            invoices = statement.copayment_invoice_ids._coworking_standing().filtered(
                lambda move: (move._coworking_get_files().partner_id | move.partner_id) & partners
            )
            asked = invoices._coworking_get_files().partner_id | invoices.partner_id
            yield statement, invoices, own.seat_id.partner_id - asked

    @api.model
    def _coworking_refuse_repeated(self, model, domain, keys, message):
        groups = model._read_group(domain, keys, ["id:recordset"], having=[("__count", ">", 1)])
        for *__, records in groups:
            raise UserError(message % ", ".join(records.mapped("display_name")))
