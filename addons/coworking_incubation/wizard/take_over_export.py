"""A program as it stands, in the rows of the workbook that a take-over reads: what leaves can come
back. What has no column there is listed in ``docs/en/take-over.md``.
"""

from collections import Counter

from ..models.seat.coworking_seat import HOLDING_STATES
from ..spreadsheet import DECIMALS, plain
from ..tools import words_of
from .take_over_cells import CellReader
from .take_over_network import TELLING, find_companies
from .take_over_people import details_of
from .take_over_sheets import FEE, PARTNER, PRICE, SHEETS

NUMBERS = ("amount", "number", "integer", "rate", "hours")
TAKEN_OVER_STATES = ("requested", *HOLDING_STATES)


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
        self.people = self._find_people()
        self.seats = self.env["coworking.seat"].search(
            [("participant_id", "in", self.people.ids), ("state", "in", TAKEN_OVER_STATES)],
            order="date_start, id",
        )
        self.spaces = self._find_spaces()
        self.namesakes = self.people.grouped(lambda file: words_of(file.partner_name))
        self.spaces_of_name, self.names, self.telling = Counter(), {}, {}

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
        """Partners of the company, and where somebody of the program sat."""
        partners = self.env["coworking.space"].search(
            [("company_id", "=", self.company.id), ("state", "=", "partner")]
        )
        return (partners | self.seats.space_id).sorted(lambda space: (plain(space.name), space.id))

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
        for column in self.take_over._filter_columns(sheet):
            record = records.get(column.model or sheet.model)
            special = getattr(self, f"_read_{sheet.key}_{column.key}", None)
            if special:
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
        if not value and not (column.required or field.default or field.compute):
            return None
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

    def _find_spaces_records(self):
        for space in self.spaces:
            fees = space.membership_ids.filtered("fee").sorted("date_start")
            today = space._get_today()
            fee = fees.filtered(lambda fee, today=today: fee.date_start <= today)[-1:] or fees[:1]
            yield {"coworking.space": space, PARTNER: space.partner_id, FEE: fee}

    def _find_tariffs_records(self):
        """A row a price; what is said of the tariff is said in its first."""
        for space in self.spaces:
            used = self.seats.tariff_id.filtered(lambda row, space=space: row.space_id == space)
            for tariff in (space.tariff_ids | used).sorted(lambda row: (row.sequence, row.id)):
                prices = tariff.price_ids.sorted(lambda price: (price.date_start, price.rank))
                for price in prices:
                    terms = {"coworking.tariff": tariff} if price == prices[0] else {}
                    yield {PRICE: price, **terms}

    def _find_people_records(self):
        return ({"coworking.participant": file} for file in self.people)

    def _find_seats_records(self):
        return ({"coworking.seat": seat} for seat in self.seats)

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

    def _read_spaces_operator_id(self, records):
        space = records["coworking.space"]
        if space.operator_id == space.partner_id.commercial_partner_id:
            return None
        return self._name_company(space.operator_id)

    def _read_tariffs_space_id(self, records):
        return self._name_space(records[PRICE].space_id)

    def _read_tariffs_name(self, records):
        return records[PRICE].tariff_id.name

    def _read_tariffs_product_id(self, records):
        product = records.get("coworking.tariff", self.env["coworking.tariff"]).product_id
        proposed = self.company._coworking_get_product("seat")
        return product.name if product and product != proposed else None

    def _read_people_user_id(self, records):
        """Who left is nobody's counsellor."""
        user = records["coworking.participant"].user_id
        users = self.cells.get_records(SHEETS["people"].get_column("user_id"))
        if user not in users:
            return None
        names = users.mapped(lambda each: plain(each.name))
        return user.name if names.count(plain(user.name)) == 1 else user.login

    def _read_people_prescriber_id(self, records):
        prescriber = records["coworking.participant"].prescriber_id
        return self._name_company(prescriber) if prescriber else None

    def _read_seats_participant_id(self, records):
        return records["coworking.seat"].participant_id.partner_name

    def _read_seats_tell_apart(self, records):
        return self._tell_apart(records["coworking.seat"].participant_id)

    def _read_seats_space_id(self, records):
        return self._name_space(records["coworking.seat"].space_id)

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

    def _read_grants_partner_id(self, records):
        return self._name_company(records["coworking.funding.agreement"].partner_id)

    def _get_label(self, record, name):
        return dict(record._fields[name]._description_selection(self.env)).get(record[name])
