import re
from collections import defaultdict
from typing import NamedTuple

from odoo.tools import SQL, email_normalize, email_normalize_all

from ...tools import phone_key, plain_words, words_of
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
    email_pattern,
    name_pattern,
    phone_pattern,
    trace_patterns,
)

MASK = "[…]"
SEALED = ("validated", "superseded")
# How other people are called and reached, which the person may share: not masked for them.
IDENTITY = {
    "coworking.attendance": {
        *("name", "email", "phone", "email_normalized", "phone_key", "name_key", "identity"),
        "adviser_email",
    },
    "coworking.seat": {"occupant_name"},
}


class Person(NamedTuple):
    """How somebody is recognised in what others wrote."""

    name: str
    emails: tuple  # normalised
    phones: tuple  # as ``phone_key`` gives them
    ways: tuple  # patterns: full name, addresses, phones
    traces: tuple  # patterns, of which each way has one: soon looked for

    @property
    def email(self):
        return next(iter(self.emails), "")


def recognise(name, emails, phones):
    words = [word for word in plain_words(name) if len(word) > 1]
    emails = tuple(sorted(email.lower() for email in emails if email))
    keys = tuple(sorted({phone_key(phone) for phone in phones} - {False}))
    words = words if len(words) > 1 else []
    ways = [name_pattern(words)] if words else []
    ways += [*map(email_pattern, emails), *map(phone_pattern, keys)]
    return Person(name or "", emails, keys, tuple(ways), tuple(trace_patterns(words, emails, keys)))


class Named(NamedTuple):
    """What somebody is called or reached by, in which organisation, and whose it is."""

    company_id: int
    partner_id: int
    file_id: int
    identity: str
    text: str

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
        others = [
            row.text
            for row in named
            if (company_id is None or row.company_id in (company_id, None))
            and not row.is_of(partners, ending, identities)
        ]
        return {
            file: [
                way
                for way in self.leaving[file].ways
                if not any(re.search(way, text, re.IGNORECASE) for text in others)
            ]
            for file in files
        }

    def _find_named(self):
        """Who is called or reached as one of the people is, these included."""
        people = self.leaving.values()
        traces = "|".join(sorted({trace for person in people for trace in person.traces}))
        union = "|".join(sorted({way for person in people for way in person.ways}))
        if not union:
            return []
        return [
            Named(*row)
            for row in self._fetch_rows(
                """SELECT * FROM (
                    SELECT company_id, id, NULL::int, NULL, concat_ws(' | ', name, email, phone)
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
                 LEFT JOIN coworking_participant file ON file.id = seat.participant_id
                ) named (company_id, partner_id, file_id, identity, text)
                 WHERE CASE WHEN text ~* %s THEN text ~* %s END""",
                traces,
                union,
            )
        ]

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
        for partner in self.going:
            files = self.files.filtered(lambda file, partner=partner: file.partner_id == partner)
            owned.setdefault("res.partner", {})[partner.id] = files[:1].id
        for model, ids in owned.items():
            if not ids:
                continue
            rows = tuple(ids)
            self._erase_attachments(model, ids)
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
        mine = self._find_addresses()
        mails = going and self._fetch_rows(
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
                      SELECT mail_message_id FROM mail_mail WHERE email_to ~* %s
                UNION SELECT sent.mail_message_id FROM mail_mail sent
                        JOIN mail_mail_res_partner_rel rel ON rel.mail_mail_id = sent.id
                       WHERE rel.res_partner_id IN %s)""",
            "|".join(map(email_pattern, sorted(set().union(*mine.values())))) or None,
            tuple(going),
        )
        companies = self._find_companies({row[1:3] for row in mails or ()})
        theirs = defaultdict(lambda: True)
        for message_id, model, row_id, typed, partners in mails or ():
            alone = mine[companies.get((model, row_id))]
            emails = set(email_normalize_all(typed))
            known = bool(partners or emails) and bool(emails or not typed.strip(" ,"))
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
            if not row_id or not (model or "").startswith("coworking.") or model not in self.env:
                continue
            if self._has_company(model):
                ids[model].append(row_id)
        queries = [
            SQL(
                "SELECT %s, id, company_id FROM %s WHERE id IN %s",
                model,
                SQL.identifier(self.env[model]._table),
                tuple(rows),
            )
            for model, rows in ids.items()
        ]
        found = self._fetch_rows(SQL(" UNION ALL ").join(queries)) if queries else []
        return {(model, row_id): company_id for model, row_id, company_id in found}

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
        self._delete_agreements(SQL("participant_id IN %s AND state NOT IN %s", files, SEALED))

    def _stored(self, model, names):
        return [name for name in names.split() if self.env[model]._fields[name].type != "binary"]

    # === WHAT OTHERS WROTE ===#

    def _mask_elsewhere(self):
        """Full names, addresses and phones in all words of our records, in the person's company; of
        who is in no other one, also in what is of no company in particular.
        """
        ways = defaultdict(set)
        for file, alone in self.ways.items():
            ways[file.company_id.id].update(alone)
        for alone in self.ways_anywhere.values():
            ways[None].update(alone)
        for company_id, known in ways.items():
            if known:
                self._mask_company("|".join(sorted(known)), company_id)
        self._mask_invoices()

    def _mask_company(self, pattern, company_id):
        """:param company_id: None for what is of no company"""
        of_company = SQL("= %s", company_id) if company_id else SQL("IS NULL")
        company = SQL("company_id %s", of_company)
        ours = {name: fate for name, fate in self.fates.items() if name.startswith("coworking.")}
        for model, fate in ours.items():
            names = [
                name
                for name in f"{fate.scrub} {fate.erase}".split()
                if name not in IDENTITY.get(model, ()) and self._holds_words(model, name)
            ]
            if names:
                self._mask(self.env[model]._table, names, pattern, company)
        self._mask(
            "coworking_attendance",
            ["report", "decisions"],
            pattern,
            SQL("signed_at IS NULL AND host_signed_at IS NULL AND %s", company),
        )
        records = [
            SQL(
                "SELECT %s, id FROM %s WHERE %s",
                model,
                SQL.identifier(self.env[model]._table),
                company,
            )
            for model in ours
            if self._has_company(model)
        ]
        records.append(
            SQL(
                """SELECT 'calendar.event', event.id FROM calendar_event event
                LEFT JOIN coworking_program program ON program.id = event.coworking_program_id
                    WHERE event.coworking_kind IS NOT NULL AND program.company_id %s""",
                of_company,
            )
        )
        bills = SQL(
            """SELECT 'account.move', id FROM account_move
                WHERE coworking_statement_id IS NOT NULL AND %s""",
            company,
        )
        for table, (columns, where) in ODOO_SCRUB.items():
            where = SQL(where, records=SQL(" UNION ALL ").join(records), bills=bills)
            self._mask(table, columns, pattern, where)

    def _mask_invoices(self):
        """The address from which the person wrote on the invoices that stay."""
        emails = [
            email_pattern(email)
            for file, person in self.leaving.items()
            for email in person.emails
            if email_pattern(email) in self.ways[file]
        ]
        if emails and self.billed:
            self._mask(
                "mail_message",
                ["email_from"],
                "|".join(emails),
                SQL(
                    """model = 'account.move' AND res_id IN (
                        SELECT id FROM account_move WHERE partner_id IN %s)""",
                    tuple(self.billed.ids),
                ),
            )

    def _has_company(self, model):
        field = self.env[model]._fields.get("company_id")
        return bool(field and field.store)

    def _holds_words(self, model, name):
        field = self.env[model]._fields[name]
        return field.store and field.type in ("char", "text", "html") and not field.translate

    def _mask(self, table, columns, pattern, where):
        columns = list(columns)
        found = self._fetch_rows(
            "SELECT id, %s FROM %s WHERE (%s) AND (%s)",
            SQL(", ").join(SQL.identifier(name) for name in columns),
            SQL.identifier(table),
            SQL(" OR ").join(SQL("%s ~* %s", SQL.identifier(name), pattern) for name in columns),
            where,
        )
        known = re.compile(pattern, re.IGNORECASE)
        for row_id, *texts in found:
            masked = [text and known.sub(MASK, text) for text in texts]
            self._fetch_rows(
                "UPDATE %s SET %s WHERE id = %s RETURNING 1",
                SQL.identifier(table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), text)
                    for name, text in zip(columns, masked, strict=True)
                ),
                row_id,
            )

    # === REGISTRATIONS ===#

    def erase_registrations(self, ids):
        """People who came to a meeting, or only registered, and of whom no file was made."""
        rows = self._fetch_rows(
            "SELECT id, name, email, phone FROM coworking_attendance WHERE id IN %s", tuple(ids)
        )
        self.env.flush_all()
        owned = dict.fromkeys(ids, 0)
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
