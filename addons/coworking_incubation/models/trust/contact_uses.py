from collections import defaultdict

from odoo.tools import SQL

from .evidence_eraser import EvidenceEraser
from .fates import ACCOUNTING, OTHER_PARTS, PLUMBING, USER_ROWS_GO, USER_ROWS_KEEP


class ContactUses(EvidenceEraser):
    """Whether the contact of somebody whose data ends has another life in this Odoo."""

    def __init__(self, env):
        super().__init__(env)
        self.uses = {}  # id of a contact that stays -> tables that use it
        self.elsewhere = env["coworking.participant"]  # files of who stays in another organisation

    def _find_uses(self):
        """Contacts with another life here: another file, another part, a document, a user."""
        ids = tuple(self.partners.ids)
        tables = [
            (table, column)
            for table, column, __ in self._references_to("res_partner")
            if table not in PLUMBING and not self._is_transient(table)
        ]
        checks = [
            SQL(
                "SELECT DISTINCT %s::int, %s FROM %s WHERE %s IN %s",
                SQL.identifier(column),
                table,
                SQL.identifier(table),
                SQL.identifier(column),
                ids,
            )
            for table, column in [*tables, *OTHER_PARTS]
            if (table, column) != ("res_partner", "commercial_partner_id")
        ]
        checks.append(
            SQL(
                "SELECT DISTINCT commercial_partner_id, 'res_partner' FROM res_partner"
                " WHERE commercial_partner_id IN %s AND id != commercial_partner_id",
                ids,
            )
        )
        checks.append(  # somebody's contact person
            SQL(
                "SELECT id, 'res_partner' FROM res_partner"
                " WHERE id IN %s AND parent_id IS NOT NULL",
                ids,
            )
        )
        checks += self._look_at_users(ids)
        checks.append(self._look_at_meetings(ids))
        self.uses = defaultdict(set)
        for partner_id, table in self._fetch_rows(SQL(" UNION ALL ").join(checks)):
            self.uses[partner_id].add(table)
        self._look_at_other_files(ids)
        return self.uses

    def _look_at_other_files(self, ids):
        """A contact stays for another file. Where all of these, and nothing else, are of other
        organisations, the one whose file ends is left all the same.
        """
        others = defaultdict(set)
        for partner_id, company_id in self._fetch_rows(
            "SELECT DISTINCT partner_id, company_id FROM coworking_participant"
            " WHERE partner_id IN %s AND purged_on IS NULL AND id NOT IN %s",
            ids,
            tuple(self.files.ids),
        ):
            others[partner_id].add(company_id)
        self.elsewhere = self.files.filtered(
            lambda file: (
                file.partner_id.id in others
                and file.partner_id.id not in self.uses
                and file.company_id.id not in others[file.partner_id.id]
            )
        )
        for partner_id in others:
            self.uses[partner_id].add("coworking_participant")

    def _look_at_meetings(self, ids):
        """Places at meetings of others, which are no appointment of ours: still to come, or after
        the last contact that counts here.
        """
        # sudo: as for files
        rows = self.env["coworking.retention"].sudo().browse(self.files.ids)
        seen = [(row.participant_id.partner_id.id, row.last_contact) for row in rows]
        return SQL(
            """SELECT DISTINCT guest.res_partner_id, 'calendar_event'
                 FROM calendar_event_res_partner_rel guest
                 JOIN calendar_event event ON event.id = guest.calendar_event_id
                WHERE guest.res_partner_id IN %s AND event.active
                  AND event.coworking_kind IS NULL AND event.stop::date > (
                      SELECT MAX(day) FROM unnest(%s::int[], %s::date[]) seen (partner_id, day)
                       WHERE seen.partner_id = guest.res_partner_id)""",
            ids,
            [partner for partner, __ in seen],
            [day for __, day in seen],
        )

    def _look_at_users(self, ids):
        """Of the users of contacts: those who work here, and those whom anything refers to."""
        return [
            SQL(
                "SELECT DISTINCT partner_id, 'res_users' FROM res_users"
                " WHERE partner_id IN %s AND share IS NOT TRUE",
                ids,
            ),
            *(
                SQL(
                    "SELECT DISTINCT account.partner_id, 'res_users' FROM %s line"
                    " JOIN res_users account ON account.id = line.%s"
                    " WHERE account.partner_id IN %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    ids,
                )
                for table, column, __ in self._references_to("res_users")
                if table not in USER_ROWS_KEEP | USER_ROWS_GO and not self._is_transient(table)
            ),
        ]

    def _find_billed(self, uses):
        """Contacts that live on only in our own invoices: of these the name and the postal address
        stay, which accounting documents say.
        """
        billed = self.partners.filtered(
            lambda partner: partner.id in uses and uses[partner.id] <= ACCOUNTING
        )
        if not billed:
            return billed
        partners = tuple(billed.ids)
        ours = self._fetch_column(
            """SELECT move.id FROM account_move move
            LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
                WHERE move.partner_id IN %s AND COALESCE(
                      move.coworking_statement_id, reversed.coworking_statement_id) IS NOT NULL""",
            partners,
        )
        if not ours:
            return billed.browse()
        invoiced = self._fetch_column(
            "SELECT partner_id FROM account_move WHERE id IN %s", tuple(ours)
        )
        others = self._find_paying_otherwise(partners, tuple(ours))
        return billed.filtered(lambda partner: partner.id in {*invoiced} - others)

    def _find_paying_otherwise(self, partners, ours):
        """Of contacts, those with an invoice, an entry, a payment, a bank line or a transaction
        that does not belong to our invoices.
        """
        theirs = SQL("partner_id IN %s", partners)
        settling = self._find_settling(ours)
        checks = [
            SQL("account_move WHERE %s AND move_type != 'entry' AND id NOT IN %s", theirs, ours),
            SQL("account_move_line WHERE %s AND move_id NOT IN %s", theirs, settling),
            SQL(
                """account_analytic_line analytic WHERE %s AND NOT EXISTS (
                    SELECT FROM account_move_line line
                     WHERE line.id = analytic.move_line_id AND line.move_id IN %s)""",
                theirs,
                settling,
            ),
            SQL("account_bank_statement_line WHERE %s AND move_id NOT IN %s", theirs, settling),
            SQL(
                """account_payment payment WHERE %s AND (move_id IN %s) IS NOT TRUE
                   AND NOT EXISTS (SELECT FROM account_move__account_payment paid
                                    WHERE paid.payment_id = payment.id AND invoice_id IN %s)""",
                theirs,
                settling,
                ours,
            ),
        ]
        # not each Odoo has each of its modules
        if "payment_transaction" in {table for table, *__ in self._references_to("res_partner")}:
            linked = {table for table, *__ in self._references_to("account_move")}
            of_ours = SQL(
                "SELECT transaction_id FROM account_invoice_transaction_rel WHERE invoice_id IN %s",
                ours,
            )
            of_ours = of_ours if "account_invoice_transaction_rel" in linked else SQL("NULL")
            checks.append(
                SQL("payment_transaction WHERE %s AND (id IN (%s)) IS NOT TRUE", theirs, of_ours)
            )
        found = [SQL("SELECT partner_id FROM %s", check) for check in checks]
        return set(self._fetch_column(SQL(" UNION ").join(found)))

    def _find_settling(self, ours):
        """Entries of our invoices, of what paid them, and of the bank lines that these came with.
        Other payments in the same bank line are for something else.
        """
        return tuple(
            self._fetch_column(
                """WITH RECURSIVE settling (id) AS (
                    SELECT unnest(%(ours)s)
                 UNION
                    SELECT found.id FROM settling, LATERAL (
                        SELECT payment.move_id FROM account_move__account_payment paid
                          JOIN account_payment payment ON payment.id = paid.payment_id
                         WHERE paid.invoice_id = settling.id AND settling.id = ANY(%(ours)s)
                     UNION ALL
                        SELECT move.id FROM account_move_line line
                          JOIN account_partial_reconcile part
                            ON line.id IN (part.debit_move_id, part.credit_move_id)
                          JOIN account_move_line other
                            ON other.id IN (part.debit_move_id, part.credit_move_id)
                          JOIN account_move move
                            ON move.id IN (other.move_id, part.exchange_move_id)
                         WHERE line.move_id = settling.id
                           AND (settling.id = ANY(%(ours)s)
                                OR move.statement_line_id IS NOT NULL
                                OR move.id = part.exchange_move_id)
                     UNION ALL
                        SELECT id FROM account_move
                         WHERE tax_cash_basis_origin_move_id = settling.id) found (id)
                ) SELECT id FROM settling WHERE id IS NOT NULL""",
                ours=list(ours),
            )
        )

    def _is_transient(self, table):
        return any(
            model._table == table and model._transient for model in self.env.registry.values()
        )
