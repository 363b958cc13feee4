"""Records the rows of a take-over, one by one and each wholly or not at all."""

from collections import defaultdict

import psycopg2

from odoo.exceptions import RedirectWarning, UserError

from ..spreadsheet import plain, to_day
from .take_over_cells import CellReader, RowProblem
from .take_over_contacts import ContactRows
from .take_over_meetings import MeetingRows
from .take_over_network import NetworkRows
from .take_over_openings import OpeningRows
from .take_over_pathway import PathwayRows
from .take_over_people import PeopleRows
from .take_over_seats import SeatRows
from .take_over_sheets import SHEETS
from .take_over_stay import StayRows

# Where the whole row is refused: the cell that decides it most.
DECIDING = {
    "fees": "date_start",
    "closures": "date_from",
    "contacts": "away_from",
    "counsellors": "date_from",
    "suspensions": "date_from",
    "extensions": "days",
    "seats": "date_start",
    "proofs": "date_document",
    "meetings": "subject",
    "candidates": "name",
    "appointments": "date",
    "reviews": "kind",
    "followups": "state",
}
# Whose rows are looked at together before each is recorded.
PREPARED = (
    *("spaces", "contacts", "people", "extensions"),
    *("proofs", "objectives", "appointments"),
)
# Nobody is written to about people who have been there for months.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
}


class TakeOverRecorder(
    *(NetworkRows, OpeningRows, ContactRows, PeopleRows, StayRows, SeatRows, MeetingRows),
    PathwayRows,
):
    """What is there and what was recorded, to which later rows refer by name.

    :param take_over: the ``coworking.take.over``
    :param trial: whether everything will be taken back: no reference is drawn then
    """

    def __init__(self, take_over, trial=False):
        self.take_over = take_over.with_context(**QUIET)
        self.env = self.take_over.env
        self.trial = trial
        self.program = self.take_over.program_id
        self.company = self.program.company_id
        self.cells = CellReader(self.take_over)
        self.outcome = {}
        self.spaces = defaultdict(self.env["coworking.space"].browse)
        self.people = defaultdict(self.env["coworking.participant"].browse)
        self.last, self.capacities = {}, {}
        # Meetings that these rows tell of; dict row -> what it says of its meeting, and when it
        # comes on a waiting list.
        met = (self.take_over.told or {}).get("meetings", ())
        self.met = self.env["calendar.event"].browse(met).exists()
        self.meeting_of, self.turns = {}, {}
        # Rows that cannot be recorded yet, on which others wait, by sheet.
        self.kept_back = defaultdict(list)
        self.row_of_file, self.rows_of_name, self.rows_of_space = {}, {}, {}
        self.emails_of_contact = {}
        # Follow-ups that these rows planned, of which none of them spoke yet.
        self.planned = self.env["coworking.followup"]
        # Periods of counsellors that these rows opened, likewise.
        self.opened = self.env["coworking.assignment"]
        # dict row -> (what is there of it, the first cell that says otherwise)
        self.there, self.told = defaultdict(lambda: (None, None)), {}
        self._learn_spaces(self._search("coworking.space", "company_id", self.company))
        self._learn_people(self._search("coworking.participant", "program_id", self.program))

    def _search(self, model, owner, record):
        """What of a model is there already, archived records included."""
        found = self.env[model].with_context(active_test=False).search([(owner, "=", record.id)])
        return found.with_env(self.env)

    def record(self, lines):
        """Record these rows.

        :return: dict line -> (whether it was there already, what is wrong or False, the key of
            the column to mend or ``None``)
        """
        first_month = self.take_over.billed_from
        first_month = first_month and first_month.replace(day=1)
        if self.program.billed_from != first_month:
            self.program.billed_from = first_month
        self._keep_back(self.take_over.line_ids - lines)
        waiting = self._find_waiting(lines)
        by_sheet = (lines - waiting).sorted("id").grouped("sheet")
        for key in SHEETS:
            rows = by_sheet.get(key, lines.browse())
            if key == "presences":
                self._record_presences(rows)
                continue
            if key in PREPARED:
                getattr(self, f"_prepare_{key}")(rows)
            for group in self._group_rows(key, rows):
                self._record_group(key, group)
        for line in waiting:
            self._record_group(line.sheet, line)
        self._finish_what_ended()
        self._finish_meetings()
        return self.outcome

    def _keep_back(self, lines):
        for line in lines:
            self.kept_back[line.sheet].append(line)

    def _group_rows(self, key, lines):
        """Rows that make one record together: prices of a tariff, rates of a seat, actions of an
        objective. Suspensions come by their days: one may lie in the time that another gives. Of
        meetings, those that say where come first: another is none of these.
        """
        keys = SHEETS[key].grouped_by
        if key == "suspensions":
            return list(lines.sorted(lambda line: str(to_day(line.cells.get("date_from")) or "")))
        if key == "meetings":
            return list(lines.sorted(lambda line: not line.cells.get("coworking_space_id")))
        if not keys:
            return list(lines)
        groups = lines.grouped(
            lambda line: tuple(to_day(cell) or plain(cell) for cell in map(line.cells.get, keys))
        )
        return list(groups.values())

    def _record_group(self, key, lines):
        """One record: a problem of one row keeps all of it from being recorded."""
        line, problem, column, known, learn = lines[:1], False, None, {}, None
        try:
            with self.env.cr.savepoint():
                rows = []
                for line in lines:  # the row at fault is the one at which this stops
                    rows.append((line, self.cells.read_row(line)))
                line = lines[:1]
                known, learn = getattr(self, f"_record_{key}")(rows)
        except RowProblem as error:
            line, problem, column = error.line or line, str(error), error.column
        except (UserError, RedirectWarning) as error:
            problem, column = str(error.args[0]), DECIDING.get(key)
        except psycopg2.IntegrityError as error:
            problem, column = self._describe_database_error(error), DECIDING.get(key)
        for each in lines:
            if problem and each != line:
                waits = self.env._("Waits for line %s, about the same record.", line.number)
                self.outcome[each] = (False, waits, None)
            else:
                self.outcome[each] = (known.get(each, False), problem, column)
        if problem:
            self._keep_back(lines)
        if not problem and learn:
            learn()

    def _describe_database_error(self, error):
        table = error.diag.table_name
        model = next((name for name in self.env if self.env[name]._table == table), "base")
        return self.env[model]._sql_error_to_message(error)
