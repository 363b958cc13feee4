"""A program as it stands, in the rows of the workbook that a take-over reads: what leaves can come
back. What has no column there is listed in ``docs/en/take-over.md``.
"""

from collections import Counter
from datetime import time, timedelta

from odoo.fields import Domain

from ..models.agenda.calendar_event import SHARED_KINDS
from ..models.seat.coworking_seat import HOLDING_STATES
from ..spreadsheet import DECIMALS, as_lines, plain, write_openings
from ..tools import words_of
from .take_over_cells import SEVERAL, CellReader
from .take_over_contacts import get_rights
from .take_over_network import TELLING, find_companies, read_lines
from .take_over_openings import get_words_for_unnamed, name_closures, read_openings
from .take_over_pathway import name_worked_on, write_clock
from .take_over_people import details_of
from .take_over_sheets import ABSENCE, ACTION, EVENT, FEE, FUNDING, PARTNER, PRICE, SHEETS

# Whose row it is, where what is said of it stands in another one.
OWNER = "owner"
# A closure: when it begins, when it ends, and the leaves that it is.
CLOSURE = "closure"
# Of whom an absence is, where what is said of them stands in another row.
CONTACT = "contact"
NUMBERS = ("amount", "number", "integer", "rate", "hours")
TAKEN_OVER_STATES = ("requested", *HOLDING_STATES)


def number_names(records, owner):
    """dict record -> its name, numbered where another of the same owner has it too: each keeps what
    is its own.
    """
    taken = {(record[owner], plain(record.name)) for record in records}
    names, given = {}, set()
    for record in records:
        name, number = record.name, 1
        while (record[owner], plain(name)) in (given if number == 1 else given | taken):
            number += 1
            name = f"{record.name} ({number})"
        given.add((record[owner], plain(name)))
        names[record] = name
    return names


def write_hour(moment):
    """The hour of a moment, as 13:30; nothing at midnight."""
    return f"{moment:%H:%M}" if moment.time() != time() else None


class ExportedRows:
    """The cells of each sheet, of what the user may read.

    :param take_over: the ``coworking.take.over`` of a program
    """

    def __init__(self, take_over):
        self.take_over = take_over
        self.env = take_over.env
        self.program = take_over.program_id
        self.company = self.program.company_id
        self.cells = CellReader(take_over)
        self.columns = {key: take_over._get_offered_columns(sheet) for key, sheet in SHEETS.items()}
        self.people = self._find_people()
        self.rank = {file: number for number, file in enumerate(self.people)}
        self.seats = self.env["coworking.seat"].search(
            [("participant_id", "in", self.people.ids), ("state", "in", TAKEN_OVER_STATES)],
            order="date_start, id",
        )
        self.candidates = self._find_candidates()
        self.spaces = self._find_spaces()
        self.namesakes = self.people.grouped(lambda file: words_of(file.partner_name))
        self.spaces_of_name = Counter()
        self.tariffs, self.names, self.telling, self.users, self.objectives = {}, {}, {}, {}, {}
        self.openings, self.unnamed = {}, get_words_for_unnamed(self.cells.languages)

    def _find_people(self):
        """A file a person: the open one, or the last one that was closed."""
        files = self.env["coworking.participant"].search(
            [("program_id", "=", self.program.id)], order="id"
        )
        by_person = files.grouped("partner_id").values()
        kept = [
            (each.filtered(lambda file: file.phase != "closed") or each)[-1:] for each in by_person
        ]
        return files.browse().union(*kept).sorted("id")

    def _find_spaces(self):
        """Those of the company, and where somebody of the program sat that was archived since."""
        spaces = self.env["coworking.space"].search([("company_id", "=", self.company.id)])
        return (spaces | self.seats.space_id).sorted(lambda space: (plain(space.name), space.id))

    def get_rows(self):
        """dict key of the sheet -> list of rows: dict key of the column -> date, number or text;
        what is empty is left out.
        """
        return {
            key: [
                self._read_row(sheet, records)
                for records in getattr(self, f"_find_{key}_records")()
            ]
            for key, sheet in SHEETS.items()
        }

    def _read_row(self, sheet, records):
        """The cells of what stands in one row.

        :param records: dict model -> record; a model that is not there leaves its cells empty
        """
        cells = {}
        for column in self.columns[sheet.key]:
            record = records.get(column.model or sheet.model)
            special = getattr(self, f"_read_{sheet.key}_{column.key}", None)
            if column.about or column.option:
                cell = getattr(self, f"_read_{column.kind}")(column, records)
            elif special:
                cell = special(records)
            else:
                cell = self._read_cell(column, record) if record else None
            if cell is not None and cell != "":
                cells[column.key] = cell
        return cells

    def _read_cell(self, column, record):
        """What a field says as a cell of its column. No, or zero, where nothing would be taken for
        something else.
        """
        field, value = record._fields[column.field], record[column.field]
        if column.kind == "references":  # what is archived is still said of it
            value = record.with_context(active_test=False)[column.field]
            return f"{SEVERAL} ".join(value.mapped("name"))
        if not value and not (column.required or field.default or field.compute):
            return None
        if column.kind == "long":
            return as_lines(value)
        if column.kind in NUMBERS:
            return round(value, DECIMALS)
        if column.kind == "flag":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "selection":
            return self._get_label(record, column.field)
        if field.type == "many2one":
            return value.name or None
        return value or None

    # === WHAT STANDS IN EACH ROW === #

    def _find_program_records(self):
        yield {"coworking.program": self.program}

    def _find_spaces_records(self):
        for space in self.spaces:
            yield {"coworking.space": space, PARTNER: space.partner_id}

    def _find_fees_records(self):
        """Those of before and to come too; none stands in the row of its space."""
        for space in self.spaces:
            yield from ({FEE: fee} for fee in space.membership_ids.sorted("date_start"))

    def _find_tariffs_records(self):
        """A row a price; what is said of the tariff is said in its first."""
        for tariff in self._find_tariffs():
            prices = tariff.price_ids.sorted(lambda price: (price.date_start, price.rank))
            for price in prices:
                terms = {"coworking.tariff": tariff} if price == prices[0] else {}
                yield {PRICE: price, **terms}

    def _find_tariffs(self):
        """Space by space, those in use before those that are not offered any more."""
        tariffs = self.spaces.with_context(active_test=False).tariff_ids
        order = {space: number for number, space in enumerate(self.spaces)}
        return tariffs.sorted(
            lambda row: (order[row.space_id], not row.active, row.sequence, row.id)
        )

    def _find_closures_records(self):
        """Those that end once the program has begun; those that touch as one."""
        closures = self.spaces._get_closures()
        for space in self.spaces:
            for begin, end, leaves in closures.get(space.resource_calendar_id, ()):
                if end.date() >= self.program.date_start:
                    yield {OWNER: space, CLOSURE: (begin, end, leaves)}

    def _find_contacts_records(self):
        """A row an absence that ends once the program has begun; what is said of the contact is
        said in its first.
        """
        for space in self.spaces:
            for contact in (space.manager_ids | space.substitute_ids).sorted("id"):
                absences = space.absence_ids.filtered(
                    lambda row, contact=contact: (
                        row.partner_id == contact and row.date_to >= self.program.date_start
                    )
                ).sorted("date_from")
                yield {OWNER: space, CONTACT: contact, PARTNER: contact, ABSENCE: absences[:1]}
                for absence in absences[1:]:
                    yield {OWNER: space, CONTACT: contact, ABSENCE: absence}

    def _find_people_records(self):
        for file in self.people:
            documents = {document.type_id.id: document for document in file.document_ids}
            yield {"coworking.participant": file, "coworking.document": documents}

    def _find_counsellors_records(self):
        assignments = self._sort_by_person(self.people.assignment_ids, "date_from")
        return ({"coworking.assignment": assignment} for assignment in assignments)

    def _find_suspensions_records(self):
        suspensions = self._sort_by_person(self.people.suspension_ids, "date_from")
        return ({"coworking.suspension": suspension} for suspension in suspensions)

    def _find_extensions_records(self):
        extensions = self._sort_by_person(self.people.extension_ids)
        return ({"coworking.extension": extension} for extension in extensions)

    def _find_seats_records(self):
        """A row a rate; what is said of the seat is said in its first."""
        for seat in self.seats:
            yield {"coworking.seat": seat, OWNER: seat}
            for funding in seat.funding_ids.sorted("date_from"):
                yield {FUNDING: funding, OWNER: seat}

    def _find_presences_records(self):
        """A half-day a row, or a day where both halves say the same."""
        presences = self.env["coworking.presence"].search(
            [("seat_id", "in", self.seats.ids), ("state", "!=", False)]
        )
        order = {seat: number for number, seat in enumerate(self.seats)}
        days = presences.grouped(lambda row: (row.date, order[row.seat_id]))
        for key in sorted(days):
            halves = days[key].sorted("slot")
            same = len({(half.state, half.hours) for half in halves}) == 1
            rows = [halves] if same else halves
            yield from ({"coworking.presence": row} for row in rows)

    def _sort_by_person(self, records, *names):
        return records.sorted(
            lambda row: (self.rank[row.participant_id], *(row[name] for name in names), row.id)
        )

    def _find_proofs_records(self):
        proofs = self._sort_by_person(self.people.proof_ids, "date_seen")
        return ({"coworking.proof": proof} for proof in proofs)

    def _find_objectives_records(self):
        """A row an action; what is said of the objective is said in its first."""
        for objective in self._sort_by_person(self.people.objective_ids):
            actions = objective.action_ids.sorted("id")
            yield {"coworking.objective": objective, ACTION: actions[:1], OWNER: objective}
            for action in actions[1:]:
                yield {ACTION: action, OWNER: objective}

    def _find_meetings_records(self):
        """Whoever is on their lists, also nobody."""
        events = self.env[EVENT].search(
            [
                ("coworking_program_id", "=", self.program.id),
                ("coworking_kind", "in", SHARED_KINDS),
            ],
            order="start, id",
        )
        return ({EVENT: event} for event in events)

    def _find_candidates(self):
        """Who is on a list without a file; of addresses that nobody confirmed, who came: the others
        may not be anybody's, and would come back as if they were.
        """
        attendances = self.env["coworking.attendance"]
        return attendances.search(
            Domain("participant_id", "=", False)
            & Domain("program_id", "=", self.program.id)
            & Domain("kind", "in", SHARED_KINDS)
            & Domain("state", "in", self._get_choices("candidates", "state"))
            & Domain("purged_on", "=", False)
            & (Domain("state", "=", "present") | Domain(attendances._get_answering_domain())),
            order="start, registered_at, id",
        )

    def _find_candidates_records(self):
        return ({"coworking.attendance": row, EVENT: row.event_id} for row in self.candidates)

    def _find_appointments_records(self):
        """Where they are expected or wait for a place, or it was noted whether they came."""
        listed = self._get_choices("appointments", "state")
        rows = self.env["coworking.attendance"].search(
            [
                ("participant_id", "in", self.people.ids),
                ("program_id", "=", self.program.id),
                ("state", "in", listed),
            ]
        )
        for row in self._sort_by_person(rows, "date", "start"):
            yield {"coworking.attendance": row, EVENT: row.event_id}

    def _find_reviews_records(self):
        for review in self._sort_by_person(self.people.review_ids, "date"):
            lines = {line.axis_id.id: line for line in review.line_ids}
            yield {"coworking.review": review, "coworking.review.line": lines}

    def _find_followups_records(self):
        rows = self.people.followup_ids.filtered(
            lambda row: row.state in self._get_choices("followups", "state")
        )
        return ({"coworking.followup": row} for row in self._sort_by_person(rows, "months"))

    def _get_choices(self, key, column_key):
        """What may stand in a column with a list."""
        sheet = SHEETS[key]
        choices = self.cells.get_choices(sheet, sheet.get_column(column_key), self.env)
        return [choice for choice, __ in choices]

    def _find_grants_records(self):
        agreements = self.program.agreement_ids.sorted(lambda row: (row.date_from, row.id))
        return ({"coworking.funding.agreement": agreement} for agreement in agreements)

    # === CELLS THAT NAME SOMETHING ELSE === #

    def _name_space(self, space):
        """Its name, or its code where others are called the same."""
        if not self.spaces_of_name:
            found = self.env["coworking.space"].with_context(active_test=False)
            for each in found.search([("company_id", "=", self.company.id)]):
                for name in {plain(each.name), plain(each.code)}:
                    self.spaces_of_name[name] += 1
        return space.name if self.spaces_of_name[plain(space.name)] == 1 else space.code

    def _name_tariff(self, tariff):
        """Its name, numbered where a former tariff of the space is called the same: each keeps its
        own terms.
        """
        if not self.tariffs:
            self.tariffs = number_names(self._find_tariffs(), "space_id")
        return self.tariffs[tariff]

    def _name_user(self, key, column_key, user):
        """Whom a list of this column offers, or may have for what is past: by name, or by login
        where several are called the same.
        """
        if column_key not in self.users:
            column = SHEETS[key].get_column(column_key)
            users = self.cells.get_records(column, archived=True)
            names = Counter(plain(each.name) for each in users)
            self.users[column_key] = {
                each: each.name if names[plain(each.name)] == 1 else each.login for each in users
            }
        return self.users[column_key].get(user)

    def _name_company(self, company):
        """Its name, or what tells it from others of that name."""
        if company not in self.names:
            telling = filter(
                None, (company.name, *(company[name] for name in TELLING), company.email)
            )
            self.names[company] = next(
                (text for text in telling if find_companies(self.company, text) == company),
                company.name,
            )
        return self.names[company]

    def _tell_apart(self, file):
        """What this person alone has among those of the same name; nothing for who has none."""
        others = self.namesakes[words_of(file.partner_name)] - file
        if others and file not in self.telling:
            taken = [details_of(other).items() for other in others]
            self.telling[file] = next(
                (
                    str(file[key])
                    for key, value in details_of(file).items()
                    if not any((key, value) in items for items in taken)
                ),
                None,
            )
        return self.telling.get(file)

    def _read_program_coordinator_id(self, records):
        return self._name_user("program", "coordinator_id", self.program.user_id)

    def _read_program_accompanist_ids(self, records):
        names = [
            self._name_user("program", "accompanist_ids", user)
            for user in self.program.with_context(active_test=False).accompanist_ids
        ]
        return f"{SEVERAL} ".join(filter(None, names))

    def _read_spaces_active(self, records):
        return self._say_no(records["coworking.space"].active)

    def _read_tariffs_active(self, records):
        tariff = records.get("coworking.tariff")
        return tariff and self._say_no(tariff.active)

    def _read_people_is_opposed(self, records):
        return self._say_yes(records["coworking.participant"].is_opposed)

    def _read_people_coworking_accident_cover(self, records):
        return self._say_yes(
            records["coworking.participant"].prescriber_id.coworking_accident_cover
        )

    def _say_yes(self, value):
        """Only where it is so: most are not, and nobody says it of them."""
        return self.env._("Yes") if value else None

    def _say_no(self, value):
        return None if value else self.env._("No")

    def _read_spaces_operator_id(self, records):
        space = records["coworking.space"]
        if space.operator_id == space.partner_id.commercial_partner_id:
            return None
        return self._name_company(space.operator_id)

    def _read_tariffs_space_id(self, records):
        return self._name_space(records[PRICE].space_id)

    def _read_tariffs_name(self, records):
        return self._name_tariff(records[PRICE].tariff_id)

    def _read_tariffs_product_id(self, records):
        product = records.get("coworking.tariff", self.env["coworking.tariff"]).product_id
        proposed = self.company._coworking_get_product("seat")
        return product.name if product and product != proposed else None

    def _read_people_user_id(self, records):
        return self._name_user("people", "user_id", records["coworking.participant"].user_id)

    def _read_people_prescriber_id(self, records):
        prescriber = records["coworking.participant"].prescriber_id
        return self._name_company(prescriber) if prescriber else None

    def _read_people_prescriber_contact_id(self, records):
        adviser = records["coworking.participant"].prescriber_contact_id
        return (adviser.email_formatted if adviser.email else adviser.name) or None

    def _read_people_project_description(self, records):
        return read_lines(records["coworking.participant"], "project_description")

    def _read_openings(self, column, records):
        # sudo: when a space is open is everybody's, calendars are not
        calendar = records["coworking.space"].sudo().resource_calendar_id
        if not calendar:
            return None
        if calendar not in self.openings:
            self.openings[calendar] = read_openings(calendar)
        return write_openings(self.openings[calendar][column.option])

    def _read_closures_space_id(self, records):
        return self._name_space(records[OWNER])

    def _read_closures_date_from(self, records):
        return records[CLOSURE][0].date()

    def _read_closures_closes_at(self, records):
        return write_hour(records[CLOSURE][0])

    def _read_closures_date_to(self, records):
        return (records[CLOSURE][1] - timedelta(seconds=1)).date()

    def _read_closures_opens_at(self, records):
        return write_hour(records[CLOSURE][1])

    def _read_closures_name(self, records):
        return name_closures(records[CLOSURE][2], self.unnamed)

    def _read_contacts_space_id(self, records):
        return self._name_space(records[OWNER])

    def _read_contacts_name(self, records):
        return records[CONTACT].name

    def _read_contacts_email(self, records):
        return records[CONTACT].email or None

    def _read_contacts_rights(self, records):
        if PARTNER not in records:
            return None
        rights = get_rights(records[OWNER], records[CONTACT])
        line = self.env["coworking.take.over.line"]
        return dict(line._fields["rights"]._description_selection(self.env))[rights]

    def _read_contacts_away_from(self, records):
        return records[ABSENCE].date_from or None

    def _read_contacts_away_to(self, records):
        return records[ABSENCE].date_to or None

    def _read_spaces_description(self, records):
        return read_lines(records["coworking.space"], "description")

    def _read_spaces_bills_without_vat(self, records):
        return self._say_yes(records["coworking.space"].bills_without_vat)

    def _read_fees_space_id(self, records):
        return self._name_space(records[FEE].space_id)

    def _read_fees_product_id(self, records):
        product = records[FEE].product_id
        return (
            None if product == self.company._coworking_get_product("membership") else product.name
        )

    def _read_counsellors_participant_id(self, records):
        return records["coworking.assignment"].participant_id.partner_name

    def _read_counsellors_tell_apart(self, records):
        return self._tell_apart(records["coworking.assignment"].participant_id)

    def _read_counsellors_counsellor_id(self, records):
        user = records["coworking.assignment"].user_id
        return self._name_user("counsellors", "counsellor_id", user)

    def _read_suspensions_participant_id(self, records):
        return records["coworking.suspension"].participant_id.partner_name

    def _read_suspensions_tell_apart(self, records):
        return self._tell_apart(records["coworking.suspension"].participant_id)

    def _read_extensions_participant_id(self, records):
        return records["coworking.extension"].participant_id.partner_name

    def _read_extensions_tell_apart(self, records):
        return self._tell_apart(records["coworking.extension"].participant_id)

    def _read_extensions_decided_by_id(self, records):
        decided_by = records["coworking.extension"].decided_by_id
        return self._name_user("extensions", "decided_by_id", decided_by)

    def _read_seats_participant_id(self, records):
        return records[OWNER].participant_id.partner_name

    def _read_seats_tell_apart(self, records):
        return self._tell_apart(records[OWNER].participant_id)

    def _read_seats_space_id(self, records):
        return self._name_space(records[OWNER].space_id)

    def _read_seats_tariff_id(self, records):
        return self._name_tariff(records[OWNER].tariff_id)

    def _read_seats_date_start(self, records):
        return records[OWNER].date_start

    def _read_seats_funding_from(self, records):
        return FUNDING in records and records[FUNDING].date_from or None

    def _read_seats_funding_rate(self, records):
        funding = records.get(FUNDING)
        return round(funding.rate if funding else records[OWNER].funding_rate, DECIMALS)

    def _read_seats_funding_cap(self, records):
        funding = records.get(FUNDING)
        return round(funding.cap if funding else records[OWNER].funding_cap, DECIMALS)

    def _read_seats_billed_from(self, records):
        """Nothing where the program says it: read with another first month, that one counts."""
        if "coworking.seat" not in records:
            return None
        seat = records["coworking.seat"]
        first = self.program.billed_from
        own = first and seat.billed_from == first.replace(day=1)
        return None if own else seat.billed_from or None

    def _read_presences_participant_id(self, records):
        return records["coworking.presence"].seat_id.participant_id.partner_name

    def _read_presences_tell_apart(self, records):
        return self._tell_apart(records["coworking.presence"].seat_id.participant_id)

    def _read_presences_date(self, records):
        return records["coworking.presence"][:1].date

    def _read_presences_slot(self, records):
        halves = records["coworking.presence"]
        return self.env._("Day") if len(halves) > 1 else self._get_label(halves, "slot")

    def _read_presences_state(self, records):
        return self._get_label(records["coworking.presence"][:1], "state")

    def _read_presences_hours(self, records):
        return round(sum(records["coworking.presence"].mapped("hours")), DECIMALS) or None

    def _read_document(self, column, records):
        """The day on which it was seen, or else the word for where it is."""
        document = records["coworking.document"].get(column.about[1])
        if not document or document.state == "missing":
            return None
        return document.date_seen or self._get_label(document, "state")

    def _read_rating(self, column, records):
        line = records["coworking.review.line"].get(column.about[1])
        if not line or not line.rating:
            return None
        return f"{line.rating}: {line.note}" if line.note else int(line.rating)

    def _read_proofs_participant_id(self, records):
        return records["coworking.proof"].participant_id.partner_name

    def _read_proofs_tell_apart(self, records):
        return self._tell_apart(records["coworking.proof"].participant_id)

    def _read_proofs_seen_by_id(self, records):
        return self._name_user("proofs", "seen_by_id", records["coworking.proof"].seen_by_id)

    def _read_objectives_participant_id(self, records):
        return records[OWNER].participant_id.partner_name

    def _read_objectives_tell_apart(self, records):
        return self._tell_apart(records[OWNER].participant_id)

    def _read_objectives_name(self, records):
        return self._name_objective(records[OWNER])

    def _name_objective(self, objective):
        """Numbered where somebody has two of the same words."""
        if not self.objectives:
            objectives = self._sort_by_person(self.people.objective_ids)
            self.objectives = number_names(objectives, "participant_id")
        return self.objectives[objective]

    def _read_objectives_action(self, records):
        return records[ACTION].name or None

    def _read_objectives_action_deadline(self, records):
        return records[ACTION].date_deadline or None

    def _read_appointments_participant_id(self, records):
        return records["coworking.attendance"].participant_id.partner_name

    def _read_appointments_tell_apart(self, records):
        return self._tell_apart(records["coworking.attendance"].participant_id)

    def _read_appointments_start_time(self, records):
        return write_clock(records["coworking.attendance"])

    def _read_appointments_kind(self, records):
        return self._get_label(records["coworking.attendance"], "kind")

    def _read_appointments_waiting_rank(self, records):
        return records["coworking.attendance"].waiting_rank or None

    def _read_appointments_objective_ids(self, records):
        """By the names that they have in their sheet."""
        worked_on = records["coworking.attendance"].objective_ids
        return "\n".join(self._name_objective(objective) for objective in worked_on)

    def _read_appointments_document_ids(self, records):
        seen = records["coworking.attendance"].document_ids
        told = seen.filtered(lambda document: document.state not in (False, "missing"))
        return "\n".join(map(name_worked_on, told))

    def _read_candidates_start_time(self, records):
        return self._read_appointments_start_time(records)

    def _read_candidates_kind(self, records):
        return self._read_appointments_kind(records)

    def _read_candidates_subject(self, records):
        return records[EVENT].name

    def _read_candidates_coworking_space_id(self, records):
        return self._read_appointments_coworking_space_id(records)

    def _read_candidates_waiting_rank(self, records):
        return self._read_appointments_waiting_rank(records)

    def _read_meetings_date(self, records):
        return records[EVENT]._coworking_local(records[EVENT].start).date()

    def _read_meetings_start_time(self, records):
        return f"{records[EVENT]._coworking_local(records[EVENT].start):%H:%M}"

    def _read_meetings_kind(self, records):
        return self._get_label(records[EVENT], "coworking_kind")

    def _read_meetings_subject(self, records):
        return records[EVENT].name

    def _read_meetings_duration(self, records):
        event = records[EVENT]
        return round((event.stop - event.start).total_seconds() / 3600, DECIMALS)

    def _read_meetings_led_by_id(self, records):
        return self._name_user("meetings", "led_by_id", records[EVENT].user_id)

    def _read_meetings_coworking_space_id(self, records):
        return self._read_appointments_coworking_space_id(records)

    def _read_appointments_subject(self, records):
        return records[EVENT].name

    def _read_appointments_led_by_id(self, records):
        return self._name_user("appointments", "led_by_id", records[EVENT].user_id)

    def _read_appointments_coworking_space_id(self, records):
        space = records[EVENT].coworking_space_id
        return self._name_space(space) if space in self.spaces else None

    def _read_appointments_report(self, records):
        return read_lines(records["coworking.attendance"], "report")

    def _read_reviews_participant_id(self, records):
        return records["coworking.review"].participant_id.partner_name

    def _read_reviews_tell_apart(self, records):
        return self._tell_apart(records["coworking.review"].participant_id)

    def _read_reviews_held_by_id(self, records):
        return self._name_user("reviews", "held_by_id", records["coworking.review"].user_id)

    def _read_followups_participant_id(self, records):
        return records["coworking.followup"].participant_id.partner_name

    def _read_followups_tell_apart(self, records):
        return self._tell_apart(records["coworking.followup"].participant_id)

    def _read_grants_note(self, records):
        return read_lines(records["coworking.funding.agreement"], "note")

    def _read_grants_partner_id(self, records):
        return self._name_company(records["coworking.funding.agreement"].partner_id)

    def _get_label(self, record, name):
        return dict(record._fields[name]._description_selection(self.env)).get(record[name])
