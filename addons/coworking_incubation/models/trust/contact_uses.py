from collections import defaultdict

from odoo.tools import SQL

from .evidence_eraser import EvidenceEraser
from .fates import ACCOUNTING, OTHER_PARTS, PLUMBING, USER_ROWS_GO, USER_ROWS_KEEP


class ContactUses(EvidenceEraser):
    """Whether the contact of somebody whose data ends has another life in this Odoo."""

    def __init__(self, env):
        super().__init__(env)
        # id of a contact that stays -> table that uses it -> ids of companies, None of whatever
        self.uses = {}
        self.elsewhere = env["coworking.participant"]  # files of who stays in another organisation
        # (contact, company) with invoices of ours, and with something else in accounting
        self.invoiced, self.otherwise = set(), set()

    def get_tables_of(self, partner, companies):
        """Tables that use a contact in these companies, or in no particular one."""
        known = {*companies.ids, None}
        return {table for table, where in self.uses.get(partner.id, {}).items() if where & known}

    def is_used_outside(self, partner, companies):
        """Whether anything uses a contact that is not of these companies."""
        return any(
            where - {*companies.ids, None} for where in self.uses.get(partner.id, {}).values()
        )

    def _find_uses(self):
        """Contacts with another life here: another file, another part, a document, a user."""
        ids = tuple(self.partners.ids)
        tables = [
            (table, column)
            for table, column, __ in self._references_to("res_partner")
            if table not in PLUMBING and not self._is_transient(table)
        ]
        of_company = self._find_tables_of_company()
        checks = [
            SQL(
                "SELECT DISTINCT %s::int, %s, %s FROM %s WHERE %s IN %s",
                SQL.identifier(column),
                table,
                SQL("company_id" if table in of_company else "NULL::int"),
                SQL.identifier(table),
                SQL.identifier(column),
                ids,
            )
            for table, column in [*tables, *OTHER_PARTS]
            if (table, column) != ("res_partner", "commercial_partner_id")
        ]
        checks.append(
            SQL(
                "SELECT DISTINCT commercial_partner_id, 'res_partner', company_id FROM res_partner"
                " WHERE commercial_partner_id IN %s AND id != commercial_partner_id",
                ids,
            )
        )
        checks.append(  # somebody's contact person
            SQL(
                "SELECT id, 'res_partner', company_id FROM res_partner"
                " WHERE id IN %s AND parent_id IS NOT NULL",
                ids,
            )
        )
        checks += self._look_at_users(ids)
        checks.append(self._look_at_meetings(ids))
        checks.append(  # another file
            SQL(
                "SELECT DISTINCT partner_id, 'coworking_participant', company_id"
                " FROM coworking_participant"
                " WHERE partner_id IN %s AND purged_on IS NULL AND id NOT IN %s",
                ids,
                tuple(self.files.ids),
            )
        )
        self.uses = defaultdict(lambda: defaultdict(set))
        for partner_id, table, company_id in self._fetch_rows(SQL(" UNION ALL ").join(checks)):
            self.uses[partner_id][table].add(company_id)

    def _find_tables_of_company(self):
        return {
            *self._fetch_column(
                """SELECT attrelid::regclass::text FROM pg_attribute
                    WHERE attname = 'company_id' AND atttypid = 'int4'::regtype
                      AND NOT attisdropped"""
            )
        }

    def _is_elsewhere(self, file):
        """Whether a contact that stays has its other life in other organisations alone: the one
        whose file ends is left all the same. Its own invoices there say what they say.
        """
        here = self.get_tables_of(file.partner_id, file.company_id)
        pair = (file.partner_id.id, file.company_id.id)
        billed = here <= ACCOUNTING and pair in self.invoiced - self.otherwise
        return not here or billed

    def _look_at_meetings(self, ids):
        """Places at meetings of others, which are no appointment of ours: still to come, or after
        the last contact that counts here. They are of the companies of who leads them.
        """
        # sudo: as for files
        rows = self.env["coworking.retention"].sudo().browse(self.files.ids)
        seen = [(row.participant_id.partner_id.id, row.last_contact) for row in rows]
        return SQL(
            """SELECT DISTINCT guest.res_partner_id, 'calendar_event', leader.cid
                 FROM calendar_event_res_partner_rel guest
                 JOIN calendar_event event ON event.id = guest.calendar_event_id
            LEFT JOIN res_company_users_rel leader ON leader.user_id = event.user_id
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
                "SELECT DISTINCT partner_id, 'res_users', cid FROM res_users"
                " LEFT JOIN res_company_users_rel ON user_id = id"
                " WHERE partner_id IN %s AND share IS NOT TRUE",
                ids,
            ),
            *(
                SQL(
                    "SELECT DISTINCT account.partner_id, 'res_users', NULL::int FROM %s line"
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

    def _look_at_accounting(self):
        partners = tuple(
            partner_id for partner_id, tables in self.uses.items() if tables.keys() & ACCOUNTING
        )
        ours = partners and self._fetch_rows(
            """SELECT move.id, move.partner_id, move.company_id FROM account_move move
            LEFT JOIN account_move reversed ON reversed.id = move.reversed_entry_id
                WHERE move.partner_id IN %s AND (
                      COALESCE(move.coworking_statement_id, reversed.coworking_statement_id)
                          IS NOT NULL
                   OR EXISTS (SELECT FROM coworking_match  -- what was paid to a space by mistake
                               WHERE move_id = COALESCE(reversed.id, move.id)
                                 AND move_line_id IS NOT NULL))""",
            partners,
        )
        if ours:
            self.invoiced = {(partner_id, company_id) for __, partner_id, company_id in ours}
            self.otherwise = self._find_paying_otherwise(partners, tuple(row[0] for row in ours))

    def _find_billed(self):
        """Contacts that live on only in our own invoices: of these the name and the postal address
        stay, which accounting documents say.
        """
        billed = {row[0] for row in self.invoiced} - {row[0] for row in self.otherwise}
        return self.partners.filtered(
            lambda partner: partner.id in billed and self.uses[partner.id].keys() <= ACCOUNTING
        )

    def _find_paying_otherwise(self, partners, ours):
        """(contact, company) pairs with an invoice, an entry, a payment, a bank line or a
        transaction that does not belong to our invoices.
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
        found = [SQL("SELECT partner_id, company_id FROM %s", check) for check in checks]
        return set(self._fetch_rows(SQL(" UNION ").join(found)))

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

    def _erase_oppositions(self, emails):
        """Addresses that objected to mails, and that nothing else is reached by any more."""
        tables = [
            model._table
            for model in self.env.values()
            if model._auto and not model._abstract and not model._transient
            for field in [model._fields.get("email_normalized")]
            if field and field.store
        ]
        used = SQL(" UNION ALL ").join(
            SQL(
                "SELECT email_normalized FROM %s WHERE email_normalized IN %s",
                SQL.identifier(table),
                emails,
            )
            for table in tables
        )
        free = set(emails) - set(self._fetch_column(used)) if emails else ()
        # sudo: only administrators write the list
        known = self.env["mail.blacklist"].sudo().with_context(active_test=False)
        known.search([("email", "in", list(free))]).unlink()

    def _is_transient(self, table):
        return any(
            model._table == table and model._transient for model in self.env.registry.values()
        )
