from collections import defaultdict
from typing import NamedTuple

from odoo.tools import SQL, email_normalize, email_normalize_all

from ...tools import words_of
from ..hosting.coworking_hosting import SEALED_STATES
from .contact_uses import ContactUses
from .evidence_eraser import BLANK
from .fates import (
    BILLED_KEEPS,
    FATES,
    GO_WITH_CONTACT,
    ODOO_SCRUB,
    PARTNER_KEEPS,
    USER_KEEPS,
    USER_ROWS_GO,
)
from .recognition import Recognition, email_pattern, recognise

READ_ROWS, READ_TEXTS = 500, 50  # at a time: some texts are those of whole files
# Of other bills, the text of whole files would be read in vain.
ON_BILLS = """own.res_model = 'account.move' AND own.res_id IN (
              SELECT id FROM account_move WHERE coworking_statement_id > 0)"""
# How other people are called and reached, which the person may share: not masked for them.
IDENTITY = {
    "coworking.attendance": {
        *("name", "email", "phone", "email_normalized", "phone_key", "name_key", "identity"),
        "adviser_email",
    },
    "coworking.seat": {"occupant_name"},
}


class Named(NamedTuple):
    """What somebody is called or reached by, in which organisation, and whose it is."""

    company_id: int
    partner_id: int
    file_id: int
    identity: str
    ways: set  # by which it is the same, of all that the people are recognised by

    def is_of(self, partners, files, identities):
        return self.partner_id in partners or self.file_id in files or self.identity in identities


class Eraser(ContactUses):
    """Makes a batch of rows anonymous, by SQL: what ``write`` would track is what is to go.

    The order matters: who the people are is read before names change; then what hangs on their
    records goes, their own words, their contact, what others wrote of them.
    """

    def __init__(self, env):
        super().__init__(env)
        self.billed = self.env["res.partner"]  # of which only our own invoices say the name
        # Addons add their own, for databases in which they are installed.
        self.fates = {model: fate for model, fate in FATES.items() if model in self.env}

    # === FILES ===#

    def erase_files(self, files, over):
        """:param over: those of the files whose evidence is to go too"""
        self.env.flush_all()
        self.files, self.over = files, files & over
        self.partners = files.partner_id
        self.people = self._recognise_people()
        self.own = self._find_own()
        self._find_going()
        # not of somebody whose contact stays: they may be named in another part
        self.leaving = {
            file: person
            for file, person in self.people.items()
            if file.partner_id in self.going or file in self.elsewhere
        }
        self.recognition = Recognition(self.leaving.values())
        self._find_all_ways()
        self._erase_around()
        self._erase_own()
        self._erase_contacts()
        self._mask_elsewhere()
        self.erase_evidence(self.over)
        self.env.invalidate_all(flush=False)

    def look_at(self, files):
        """What would go with the files, of which nothing is changed.

        :return: how many records of their own, and messages on these
        """
        self.env.flush_all()
        self.files, self.partners = files, files.partner_id
        self._find_going()
        own = {model: list(ids) for model, ids in self._find_own().items() if ids}
        messages = sum(
            self.env["mail.message"].search_count([("model", "=", model), ("res_id", "in", ids)])
            for model, ids in own.items()
        )
        return sum(map(len, own.values())), messages

    def _find_going(self):
        self._find_uses()
        self._look_at_accounting()
        self.billed = self._find_billed()
        self.going = self.billed | self.partners.filtered(
            lambda partner: partner.id not in self.uses
        )
        self.elsewhere = self.files.filtered(
            lambda file: file.partner_id not in self.going and self._is_elsewhere(file)
        )

    def get_fate(self, partner):
        """What becomes of a contact, as the purge log says it."""
        if partner in self.billed:
            return "billed"
        return "erased" if partner in self.going else "kept"

    def _recognise_people(self):
        """file -> Person, by all that is known of how they are called and reached."""
        given = defaultdict(lambda: (set(), set()))
        for file_id, email, phone in self._fetch_rows(
            "SELECT participant_id, email, phone FROM coworking_attendance"
            " WHERE participant_id IN %s",
            tuple(self.files.ids),
        ):
            given[file_id][0].add(email_normalize(email or ""))
            given[file_id][1].add(phone)
        people = {}
        for file in self.files:
            partner = file.partner_id
            emails, phones = given[file.id]
            logins = {
                login
                for login in partner.with_context(active_test=False).user_ids.mapped("login")
                if "@" in login
            }
            emails |= {email_normalize(partner.email or ""), *logins}
            people[file] = recognise(partner.name, emails, phones | {partner.phone})
        return people

    def _find_own(self):
        """model -> {id: file id} of all rows that are one person's own."""
        own = {}
        for model, fate in self.fates.items():
            if not fate.owner:
                continue
            own[model] = dict(
                self._fetch_rows(
                    "SELECT id, %s FROM %s WHERE %s IN %s",
                    SQL.identifier(fate.owner),
                    SQL.identifier(self.env[model]._table),
                    SQL.identifier(fate.owner),
                    tuple(self.files.ids),
                )
            )
        return own

    def _find_all_ways(self):
        """For what is of the file's organisation, and for what is of none."""
        named = self._find_named()
        leaving = self.files.filtered(lambda file: file in self.leaving)
        self.ways = {}
        for company, files in leaving.grouped("company_id").items():
            self.ways |= self._find_ways(named, files, company.id)
        self.ways_anywhere = self._find_ways(named, leaving - self.elsewhere)

    def _find_ways(self, named, files, company_id=None):
        """file -> the patterns by which the person alone is meant in an organisation, or anywhere:
        what anybody else there is called, or is reached by, is left to them. What other
        organisations hold of the same people is not somebody else's.
        """
        partners = {*self.going.ids, *files.partner_id.ids}
        ending = {*self.files.ids}
        identities = self._find_identities(files)
        of_others = set()
        for row in named:
            here = company_id is None or row.company_id in (company_id, None)
            if here and not row.is_of(partners, ending, identities):
                of_others |= row.ways
        return {file: self.leaving[file].ways.keys() - of_others for file in files}

    def _find_named(self):
        """Who is called or reached as one of the people is, these included."""
        return [
            Named(*row, ways)
            for rows in self._read_along(
                SQL(
                    """SELECT company_id, id, NULL::int, NULL, concat_ws(' | ', name, email, phone)
                      FROM res_partner
                    UNION ALL
                    SELECT cid, partner_id, NULL, NULL, login
                      FROM res_users JOIN res_company_users_rel ON user_id = id
                    UNION ALL
                    SELECT attendance.company_id, file.partner_id, file.id, identity,
                           concat_ws(' | ', name, email, phone, prescriber_name, adviser_email)
                      FROM coworking_attendance attendance
                 LEFT JOIN coworking_participant file ON file.id = attendance.participant_id
                     WHERE attendance.purged_on IS NULL
                    UNION ALL
                    SELECT seat.company_id, file.partner_id, file.id, NULL, occupant_name
                      FROM coworking_seat seat
                 LEFT JOIN coworking_participant file ON file.id = seat.participant_id"""
                )
            )
            for *row, text in rows
            if (ways := self.recognition.find(text))
        ]

    def _read_along(self, query, at_once=READ_ROWS):
        """What may be more than memory should hold.

        :return: iterator of lists of rows
        """
        self._fetch_rows("DECLARE coworking_read NO SCROLL CURSOR FOR %s", query)
        rows = [None] * at_once
        while len(rows) == at_once:
            rows = self._fetch_rows("FETCH %s FROM coworking_read", at_once)
            yield rows
        self._fetch_rows("CLOSE coworking_read")

    def _find_identities(self, files):
        """By which a registration is theirs that nobody linked to their file."""
        attendances = self.env["coworking.attendance"]
        identities = set()
        for person in map(self.leaving.get, files):
            words = " ".join(sorted(words_of(person.name)))
            keys = {*map(attendances._get_email_key, person.emails), *person.phones} - {False}
            identities |= {f"{key} {words}" for key in keys if words}
        return identities

    # === CONTACTS ===#

    def _erase_contacts(self):
        bare = self.going - self.billed
        for file in self.files.filtered(lambda file: file.partner_id not in bare):
            self._give_other_contact(file)
        if not self.going:
            return
        ids = tuple(self.going.ids)
        known = {(table, column) for table, column, __ in self._references_to("res_partner")}
        for table, column in GO_WITH_CONTACT:
            if (table, column) in known:  # not each Odoo has each of its modules
                self._delete(table, SQL("%s IN %s", SQL.identifier(column), ids))
        if self.billed and ("payment_transaction", "partner_id") in known:
            # they are all of our invoices: see _find_paying_otherwise
            self._fetch_rows(
                "UPDATE payment_transaction SET partner_email = NULL, partner_phone = NULL"
                " WHERE partner_id IN %s RETURNING 1",
                tuple(self.billed.ids),
            )
        self._erase_bank_accounts(ids)
        self._erase_users()
        self._empty_contacts(self.billed, PARTNER_KEEPS | BILLED_KEEPS)
        self._empty_contacts(bare, PARTNER_KEEPS)
        if bare:
            self._fetch_rows(
                "UPDATE res_partner SET name = %s || id, complete_name = %s || id,"
                " zip = LEFT(zip, 2), state_id = NULL WHERE id IN %s RETURNING 1",
                self._anonymous_name(),
                self._anonymous_name(),
                tuple(bare.ids),
            )
        gone = (person for file, person in self.people.items() if file.partner_id in self.going)
        self._erase_oppositions(tuple({email for person in gone for email in person.emails}))
        self._fetch_rows(
            "UPDATE ir_model_data SET name = 'anonymised_' || model || '_' || res_id"
            " WHERE module IN ('__import__', '__export__') AND model = 'res.partner'"
            " AND res_id IN %s RETURNING 1",
            ids,
        )

    def _empty_contacts(self, partners, kept):
        if partners:
            erased = [name for name in self._find_columns("res_partner") if name not in kept]
            self._fetch_rows(
                """UPDATE res_partner SET %s, parent_id = NULL, user_id = NULL, industry_id = NULL,
                          partner_latitude = NULL, partner_longitude = NULL,
                          commercial_partner_id = id, active = FALSE
                    WHERE id IN %s RETURNING 1""",
                SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in erased),
                tuple(partners.ids),
            )

    def _erase_bank_accounts(self, partners):
        """All but those that a journal entry, a payment, whatever else refers to."""
        used = [
            SQL(
                "id IN (SELECT %s FROM %s WHERE %s IS NOT NULL)",
                SQL.identifier(column),
                SQL.identifier(table),
                SQL.identifier(column),
            )
            for table, column, __ in self._references_to("res_partner_bank")
            if not self._is_transient(table)
        ]
        kept = SQL(" OR ").join([SQL("FALSE"), *used])
        self._delete("res_partner_bank", SQL("partner_id IN %s AND NOT (%s)", partners, kept))
        self._fetch_rows(
            "UPDATE res_partner_bank SET active = FALSE WHERE partner_id IN %s RETURNING 1",
            partners,
        )

    def _anonymous_name(self):
        return self.env._("Anonymised file %s", "")

    def _erase_users(self):
        """Portal users of contacts that go: nobody comes in any more, nothing says who did."""
        users = tuple(
            self._fetch_column(
                "SELECT id FROM res_users WHERE partner_id IN %s", tuple(self.going.ids)
            )
        )
        if not users:
            return
        for table, column, __ in self._references_to("res_users"):
            if table in USER_ROWS_GO:
                self._delete(table, SQL("%s IN %s", SQL.identifier(column), users))
        erased = [name for name in self._find_columns("res_users") if name not in USER_KEEPS]
        self._fetch_rows(
            "UPDATE res_users SET %s, login = 'anonymised-' || id, active = FALSE"
            " WHERE id IN %s RETURNING 1",
            SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in erased),
            users,
        )

    def _give_other_contact(self, file):
        """The contact has another life: it stays as it is, and the file leads to it no more."""
        old = file.partner_id
        blank = (
            self.env["res.partner"]
            .with_context(tracking_disable=True, mail_create_nosubscribe=True)
            .create(
                {
                    "name": self._anonymous_name() + str(file.id),
                    "company_id": old.company_id.id,
                    "active": False,
                }
            )
        )
        self.env.flush_all()
        for model, fate in self.fates.items():
            for name in fate.person.split() if fate.owner else ():
                self._fetch_rows(
                    "UPDATE %s SET %s = %s WHERE %s = %s AND %s = %s RETURNING 1",
                    SQL.identifier(self.env[model]._table),
                    SQL.identifier(name),
                    blank.id,
                    SQL.identifier(fate.owner),
                    file.id,
                    SQL.identifier(name),
                    old.id,
                )

    # === WHAT HANGS ON THE RECORDS ===#

    def _erase_around(self):
        """Attachments, activities, messages with all that hangs on them, followers, links."""
        owned = {model: ids for model, ids in self.own.items() if ids}
        owned["calendar.event"] = self._erase_appointments()
        for partner, files in self.files.grouped("partner_id").items():
            if partner in self.going:
                owned.setdefault("res.partner", {})[partner.id] = files[:1].id
        for model, ids in owned.items():
            if not ids:
                continue
            rows = tuple(ids)
            self._erase_attachments(model, ids)
            self._erase_mails_of_links(model, rows)
            for table, model_name, row_id, kind in (
                ("mail_activity", "res_model", "res_id", "activities"),
                ("mail_message", "model", "res_id", "messages"),
                ("mail_scheduled_message", "model", "res_id", "messages"),
                ("mail_followers", "res_model", "res_id", "followers"),
                ("coworking_portal_link", "res_model", "res_id", "links"),
            ):
                gone = self._fetch_column(
                    "DELETE FROM %s WHERE %s = %s AND %s IN %s RETURNING res_id",
                    SQL.identifier(table),
                    SQL.identifier(model_name),
                    model,
                    SQL.identifier(row_id),
                    rows,
                )
                for row in gone:
                    self.counts[ids[row]][kind] += 1
        self._erase_mails()
        self._erase_guests(owned["calendar.event"])

    def _erase_mails_of_links(self, model, rows):
        """Mails are about the links in them."""
        links = SQL("SELECT id FROM coworking_portal_link WHERE res_model = %s", model)
        mine = SQL(
            "model = 'coworking.portal.link' AND res_id IN (%s AND res_id IN %s)", links, rows
        )
        self._delete("mail_message", mine)

    def _erase_mails(self):
        """Mails to the people alone."""
        alone = self._find_mails()
        if alone:
            self._delete("mail_message", SQL("id IN %s", alone))

    def _erase_guests(self, events):
        """Of contacts that stay, the place at their own appointments: no other calendar is touched.

        :param events: of the files alone, as ``_erase_appointments`` finds them
        """
        staying = self.partners - self.going
        if not staying or not events:
            return
        for table, column, event in (
            ("calendar_attendee", "partner_id", "event_id"),
            ("calendar_event_res_partner_rel", "res_partner_id", "calendar_event_id"),
        ):
            self._delete(
                table,
                SQL(
                    "%s IN %s AND %s IN %s",
                    SQL.identifier(column),
                    tuple(staying.ids),
                    SQL.identifier(event),
                    tuple(events),
                ),
            )

    def _find_mails(self):
        """Messages that were sent to nobody but the people, at addresses that are theirs alone."""
        going = set(self.going.ids)
        if not going:
            return ()
        mine = self._find_addresses()
        ways = set(map(email_pattern, set().union(*mine.values())))
        typed = [
            message_id
            for rows in self._read_along(
                SQL("SELECT mail_message_id, email_to FROM mail_mail WHERE email_to != ''")
            )
            for message_id, text in rows
            if ways & self.recognition.find(text)
        ]
        mails = self._fetch_rows(
            """SELECT message.id, message.model, message.res_id,
                      concat_ws(',', mail.email_to, mail.email_cc),
                      ARRAY(SELECT res_partner_id FROM mail_mail_res_partner_rel
                             WHERE mail_mail_id = mail.id
                      UNION SELECT res_partner_id FROM mail_notification
                             WHERE mail_message_id = message.id AND res_partner_id IS NOT NULL
                      UNION SELECT res_partner_id FROM mail_message_res_partner_rel
                             WHERE mail_message_id = message.id)
                 FROM mail_mail mail JOIN mail_message message ON message.id = mail.mail_message_id
                WHERE (message.model IS NULL OR starts_with(message.model, 'coworking.')
                       OR message.model = 'res.users')
                  AND message.id IN (
                      SELECT unnest(%s::int[])
                UNION SELECT sent.mail_message_id FROM mail_mail sent
                        JOIN mail_mail_res_partner_rel rel ON rel.mail_mail_id = sent.id
                       WHERE rel.res_partner_id IN %s)""",
            typed,
            tuple(going),
        )
        companies = self._find_companies({row[1:3] for row in mails})
        theirs = defaultdict(lambda: True)
        for message_id, model, row_id, sent_to, partners in mails:
            alone = mine[companies.get((model, row_id))]
            emails = set(email_normalize_all(sent_to))
            known = bool(partners or emails) and bool(emails or not sent_to.strip(" ,"))
            theirs[message_id] &= known and emails <= alone and going.issuperset(partners)
        return tuple(message_id for message_id, goes in theirs.items() if goes)

    def _find_addresses(self):
        """id of a company, None for what is of none -> addresses of these people alone there"""
        mine = defaultdict(set)
        for file, person in self.leaving.items():
            if file in self.elsewhere:
                continue
            for email in person.emails:
                if email_pattern(email) in self.ways[file]:
                    mine[file.company_id.id].add(email)
                if email_pattern(email) in self.ways_anywhere[file]:
                    mine[None].add(email)
        return mine

    def _find_companies(self, records):
        """(model, id) -> id of its company, of those of our records that have one"""
        ids = defaultdict(list)
        for model, row_id in records:
            ids[model].append(row_id)
        queries = [
            SQL(
                "SELECT %s, id, company_id FROM (%s) of_ours WHERE id IN %s",
                model,
                query,
                tuple(ids[model]),
            )
            for model, query in self._select_companies().items()
            if model in ids
        ]
        found = self._fetch_rows(SQL(" UNION ALL ").join(queries)) if queries else []
        return {(model, row_id): company_id for model, row_id, company_id in found}

    def _select_companies(self):
        """model -> query of the id and the company of our records, meetings and bills"""
        return {
            **{
                model: SQL("SELECT id, company_id FROM %s", SQL.identifier(self.env[model]._table))
                for model in self.env.registry
                if model.startswith("coworking.") and self._has_company(model)
            },
            "calendar.event": SQL(
                """SELECT event.id, program.company_id FROM calendar_event event
                LEFT JOIN coworking_program program ON program.id = event.coworking_program_id
                    WHERE event.coworking_kind IS NOT NULL"""
            ),
            "account.move": SQL(
                "SELECT id, company_id FROM account_move WHERE coworking_statement_id > 0"
            ),
        }

    def _erase_appointments(self):
        """What appointments of one person alone say of it; how many there were stays.

        :return: dict of id of the event -> id of the file
        """
        events = dict(
            self._fetch_rows(
                """SELECT event_id, MIN(participant_id) FROM coworking_attendance
                    WHERE event_id IN (SELECT event_id FROM coworking_attendance
                                        WHERE participant_id IN %s)
                      AND kind = 'appointment'
                 GROUP BY event_id
                   HAVING BOOL_AND(COALESCE(participant_id IN %s, FALSE))
                      AND COUNT(DISTINCT participant_id) = 1""",
                tuple(self.files.ids),
                tuple(self.files.ids),
            )
        )
        if events:
            self._fetch_rows(
                "UPDATE calendar_event SET name = %s, description = NULL, location = NULL,"
                " videocall_location = NULL WHERE id IN %s RETURNING 1",
                self.env._("Appointment"),
                tuple(events),
            )
        return events

    # === THEIR OWN WORDS ===#

    def _erase_own(self):
        files = tuple(self.files.ids)
        # the year, and the month: what statistics need of a birth and of a job
        self._fetch_rows(
            "UPDATE coworking_participant SET birth_date = date_trunc('year', birth_date),"
            " job_start = date_trunc('month', job_start), kept_until = NULL, kept_by_id = NULL"
            " WHERE id IN %s RETURNING 1",
            files,
        )
        for model, fate in self.fates.items():
            ids = self.own.get(model)
            if not ids:
                continue
            names = self._stored(model, fate.erase)
            if names:
                self._empty(model, names, SQL("id IN %s", tuple(ids)))
            for file_id in ids.values():
                self.counts[file_id][model.removeprefix("coworking.")] += 1
        self._empty(
            "coworking.attendance",
            ["report", "decisions"],
            SQL(
                "participant_id IN %s AND NOT (report_signed IS TRUE"
                " AND (signed_at IS NOT NULL OR host_signed_at IS NOT NULL))",
                files,
            ),
        )
        self._delete_agreements(
            SQL("participant_id IN %s AND state NOT IN %s", files, SEALED_STATES)
        )

    def _stored(self, model, names):
        return [name for name in names.split() if self.env[model]._fields[name].type != "binary"]

    # === WHAT OTHERS WROTE ===#

    def _mask_elsewhere(self):
        """Full names, addresses and phones in all words of our records, in the person's company; of
        who is in no other one, also in what is of no company in particular.
        """
        alone = defaultdict(set)
        for file, ways in self.ways.items():
            alone[file.company_id.id] |= ways
        for ways in self.ways_anywhere.values():
            alone[None] |= ways
        if any(alone.values()):
            places = list(self._list_places())
            for rows in self._read_along(self._select_words(places), READ_TEXTS):
                self._mask(rows, places, alone)
        self._mask_invoices()

    def _list_places(self):
        """Where others may have written of the people.

        :return: iterator of (table, columns, model and id of the record a row is of, source)
        """
        ours = {name: fate for name, fate in self.fates.items() if name.startswith("coworking.")}
        for model, fate in ours.items():
            names = [
                name
                for name in f"{fate.scrub} {fate.erase}".split()
                if name not in IDENTITY.get(model, ()) and self._holds_words(model, name)
            ]
            if names:
                yield self._list_own_place(model, names)
        not_signed = "signed_at IS NULL AND host_signed_at IS NULL"
        yield self._list_own_place("coworking.attendance", ["report", "decisions"], not_signed)
        records = [model for model in ours if self._has_company(model)]
        for table, (columns, (model, record_id), source) in ODOO_SCRUB.items():
            read = SQL("%s IN %s", SQL(model), (*records, "calendar.event"))
            if table == "ir_attachment":
                read = SQL("(%s OR %s)", read, SQL(ON_BILLS))
            where = SQL("%s WHERE %s", SQL(source), read)
            yield table, columns, SQL("%s, %s", SQL(model), SQL(record_id)), where

    def _list_own_place(self, model, names, where="TRUE"):
        table = self.env[model]._table
        source = SQL("%s own WHERE %s", SQL.identifier(table), SQL(where))
        return table, names, SQL("%s, own.id", model), source

    def _select_words(self, places):
        """Query of (number of the place, id of the row, model and id of the record, words)."""
        queries = []
        for number, (__, columns, record, source) in enumerate(places):
            words = [SQL("%s::text", SQL.identifier("own", column)) for column in columns]
            words = SQL(", ").join(words)
            queries.append(
                SQL(
                    "SELECT %s, own.id, %s, ARRAY[%s] FROM %s AND num_nonnulls(%s) > 0",
                    *(number, record, words, source, words),
                )
            )
        return SQL(" UNION ALL ").join(queries)

    def _mask(self, rows, places, alone):
        """Mask what is found in rows of ``_select_words``.

        :param alone: id of a company, None for what is of none -> patterns to be masked there
        """
        found = []
        for number, row_id, model, record_id, texts in rows:
            ways = set().union(*map(self.recognition.find, texts))
            if ways:
                found.append((number, row_id, (model, record_id), texts, ways))
        companies = self._find_companies({record for __, __, record, *__ in found})
        for number, row_id, record, texts, ways in found:
            ways = ways & alone[companies[record]] if record in companies else ()
            if ways:
                table, columns, *__ = places[number]
                self._write_masked(table, row_id, columns, texts, ways)

    def _write_masked(self, table, row_id, columns, texts, ways):
        self._fetch_rows(
            "UPDATE %s SET %s WHERE id = %s RETURNING 1",
            SQL.identifier(table),
            SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), self.recognition.mask(text, ways))
                for name, text in zip(columns, texts, strict=True)
            ),
            row_id,
        )

    def _mask_invoices(self):
        """The address from which the person wrote on the invoices that stay."""
        ways = {
            email_pattern(email)
            for file, person in self.leaving.items()
            for email in person.emails
            if email_pattern(email) in self.ways[file]
        }
        if not ways or not self.billed:
            return
        for row_id, text in self._fetch_rows(
            """SELECT id, email_from FROM mail_message
                WHERE email_from != '' AND model = 'account.move' AND res_id IN (
                      SELECT id FROM account_move WHERE partner_id IN %s)""",
            tuple(self.billed.ids),
        ):
            found = ways & self.recognition.find(text)
            if found:
                self._write_masked("mail_message", row_id, ["email_from"], [text], found)

    def _has_company(self, model):
        field = self.env[model]._fields.get("company_id")
        return bool(field and field.store)

    def _holds_words(self, model, name):
        field = self.env[model]._fields[name]
        return field.store and field.type in ("char", "text", "html") and not field.translate

    # === REGISTRATIONS ===#

    def erase_registrations(self, ids):
        """People who came to a meeting, or only registered, and of whom no file was made."""
        rows = self._fetch_rows(
            "SELECT id, name, email, phone FROM coworking_attendance WHERE id IN %s", tuple(ids)
        )
        self.env.flush_all()
        owned = dict.fromkeys(ids, 0)
        self._erase_mails_of_links("coworking.attendance", tuple(ids))
        for table, model_name in (
            ("mail_message", "model"),
            ("mail_activity", "res_model"),
            ("coworking_portal_link", "res_model"),
        ):
            self._delete(
                table,
                SQL(
                    "%s = 'coworking.attendance' AND res_id IN %s",
                    SQL.identifier(model_name),
                    tuple(ids),
                ),
            )
        self._erase_attachments("coworking.attendance", owned)
        names = [*FATES["coworking.attendance"].erase.split(), "purged_on"]
        self._fetch_rows(
            "UPDATE coworking_attendance SET %s WHERE id IN %s RETURNING 1",
            SQL(", ").join(
                SQL(
                    "%s = %s",
                    SQL.identifier(name),
                    BLANK
                    if name == "name"
                    else SQL("CURRENT_DATE")
                    if name == "purged_on"
                    else None,
                )
                for name in names
            ),
            tuple(ids),
        )
        self._empty(
            "coworking.attendance",
            ["report", "decisions"],
            SQL("id IN %s AND signed_at IS NULL AND host_signed_at IS NULL", tuple(ids)),
        )
        self.env.invalidate_all(flush=False)
        return {
            row_id: recognise(name, {email_normalize(email or "")}, {phone})
            for row_id, name, email, phone in rows
        }
