"""Pilotage over the demonstration: every figure again by SQL that knows nothing of its code."""

from collections import Counter
from datetime import timedelta
from statistics import median

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from ..matching.common import read_lines
from .common import PictureCase, get_today

HOLDING = "state IN ('confirmed', 'active', 'ended')"
# What is billed of a seat that no statement asks for any more is of the program of that seat.
MATCHES = (
    "coworking_match match"
    " LEFT JOIN coworking_statement row ON row.id = match.statement_id"
    " LEFT JOIN coworking_seat seat ON seat.id = match.seat_id"
)


@tagged("post_install", "-at_install")
class TestDashboardOfTheDemonstration(PictureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = get_today(cls.env)

    def _rows(self, query, *values):
        self.env.flush_all()
        self.cr.execute(query, values)
        return self.cr.fetchall()

    def _number(self, query, *values):
        return self._rows(query, *values)[0][0] or 0

    def _months(self, program):
        """(first day, last day) of each month of a program."""
        record = self.programs[program]
        first = record.date_start.replace(day=1)
        while first <= record.date_end:
            yield first, first + relativedelta(day=31)
            first += relativedelta(months=1)

    # === What is behind each figure === #

    def test_the_list_behind_each_figure_has_as_many_rows_as_it_says(self):
        self.assertGreater(self._count_all_rows(), 500)

    def test_so_have_the_lists_of_one_counsellor_and_of_some_days(self):
        user = self.env["res.users"].search([("login", "=", "accompagnement")])
        names = {tile.name for tile in self.env["coworking.dashboard"]._get_tiles() if tile.of_one}
        looked_at = Counter()
        for name, record in self.programs.items():
            first = record.date_start + timedelta(days=40)
            days = {"date_from": first, "date_to": first + timedelta(days=100)}
            for wanted in ({"user": user.id}, days, {"user": user.id, **days}):
                looked_at += self._count_rows("coordination", program=record.id, **wanted)
            whole, some = self._tiles(name), self._tiles(name, **days)
            self.assertLess(some["attendance"]["rows"], whole["attendance"]["rows"])
        self.assertLessEqual(names, {name for __, name in looked_at})

    def test_sums_are_those_of_the_rows_behind_them(self):
        fields = {"expected": "expected", "invoiced": "invoiced", "gaps": "gap"}
        for program in self.programs:
            tiles = self._tiles(program)
            for name, field in fields.items():
                for __, cell in self._cells(tiles[name]):
                    lines = self.env["coworking.month.line"].search(cell["domain"])
                    self.assertAlmostEqual(sum(lines.mapped(field)), cell["value"], 2)

    def test_lines_read_at_once_are_those_of_the_list(self):
        self.env.flush_all()
        at_once, shown = read_lines(self.env)
        self.assertEqual(at_once, shown)
        self.assertGreater(len(shown), 200)

    def test_what_is_paid_of_a_month_is_what_is_spread_over_its_lines(self):
        lines = self.env["coworking.month.line"]
        at_once, spread = Counter(), Counter()
        for row in lines._sum_by_month([]):
            at_once[row["month"]] += row["amount_paid"]
        months = {line.id: line.date_from for line in lines.search([])}
        matches = self.env["coworking.match"].search([])
        paid = self.env["coworking.reconciliation"]._get_paid(matches)
        for match, payments in paid.items():
            line_id = match.charge_id.id * 2 or match.id * 2 + 1
            spread[months[line_id]] += sum(amount for when, amount in payments if when)
        self.assertEqual(+at_once, +spread)
        self.assertGreater(len(+spread), 5)

    # === The same by SQL === #

    def test_people_of_today(self):
        program = self.programs["current"].id
        tiles = self._tiles("current")
        count = "SELECT COUNT(*) FROM coworking_participant WHERE program_id = %s AND "
        soon = self.today + timedelta(days=30)
        stayed = "date_entry IS NOT NULL AND date_exit IS NULL AND "
        for name, condition, values in (
            ("incubated", "phase = 'incubation'", ()),
            ("waiting", "selection_result = 'waiting' AND phase = 'selection'", ()),
            ("ending_soon", f"{stayed} date_exit_planned BETWEEN %s AND %s", (self.today, soon)),
            ("overdue", f"{stayed} date_exit_planned < %s", (self.today,)),
        ):
            with self.subTest(tile=name):
                found = self._number(count + condition, program, *values)
                self.assertEqual(tiles[name]["value"], found)

    def _taken(self, program, day, more="", *values):
        return self._number(
            f"SELECT COUNT(*) FROM coworking_seat WHERE {HOLDING} AND uses_place"
            " AND date_start <= %s"
            f" AND COALESCE(date_end, 'infinity') >= %s AND program_id = %s {more}",
            day,
            day,
            self.programs[program].id,
            *values,
        )

    def _offered(self, day):
        """{name of the space: its places on a day}; no space of the demonstration is suspended."""
        return dict(
            self._rows(
                "SELECT name, seat_capacity FROM coworking_space"
                " WHERE state IN ('partner', 'closed')"
                " AND date_partner <= %s AND COALESCE(date_closed, 'infinity') >= %s",
                day,
                day,
            )
        )

    def test_places_by_month_and_by_space(self):
        for program in self.programs:
            tiles = self._tiles(program)
            taken, free = (row["cells"] for row in tiles["places"]["series"][:2])
            for index, (first, last) in enumerate(self._months(program)):
                day = self.today if first <= self.today <= last else last
                offered = self._offered(day)
                everybody = sum(self._taken(name, day) for name in self.programs)
                self.assertEqual(taken[index]["value"], self._taken(program, day))
                self.assertEqual(free[index]["value"], sum(offered.values()) - everybody)
                for line in tiles["places_by_space"]["lines"]:
                    space = "AND space_id IN (SELECT id FROM coworking_space WHERE name = %s)"
                    here = self._taken(program, day, space, line["label"])
                    self.assertEqual(line["cells"][index]["value"], here)
                    places = offered.get(line["label"], 0)
                    text = f"{here}/{places}" if places else ""
                    self.assertEqual(line["cells"][index]["text"], text)

    def test_places_of_today(self):
        tiles = self._tiles("current")
        offered = sum(self._offered(self.today).values())
        self.assertEqual(tiles["places_taken"]["value"], self._taken("current", self.today))
        self.assertIn(f" {offered} ", tiles["places_taken"]["note"])
        taken = sum(self._taken(name, self.today) for name in self.programs)
        self.assertEqual(tiles["places_free"]["value"], offered - taken)

    def test_entries_and_exits_by_month(self):
        for program, record in self.programs.items():
            series = self._tiles(program)["moves"]["series"]
            found = {row["label"]: [cell["value"] for cell in row["cells"]] for row in series}
            arrival = (
                "COALESCE(date_entry, (SELECT MIN(date_start) FROM coworking_seat"
                " WHERE participant_id = coworking_participant.id AND state = 'confirmed'))"
            )
            leaving = (
                "COALESCE(date_exit, CASE WHEN date_entry IS NOT NULL THEN date_exit_planned END)"
            )
            conditions = {
                "Entrées": "date_entry BETWEEN %s AND %s AND date_entry <= %s",
                "Entrées prévues": f"{arrival} BETWEEN %s AND %s AND {arrival} > %s",
                "Sorties": "date_exit BETWEEN %s AND %s AND date_exit <= %s",
                "Sorties prévues": f"{leaving} BETWEEN %s AND %s"
                " AND (date_exit IS NULL OR date_exit > %s)",
            }
            for label, condition in conditions.items():
                expected = [
                    self._number(
                        "SELECT COUNT(*) FROM coworking_participant WHERE program_id = %s AND "
                        + condition,
                        record.id,
                        max(first, record.date_start),
                        min(last, record.date_end),
                        self.today,
                    )
                    for first, last in self._months(program)
                ]
                # what is planned, and is nothing, is no series
                self.assertEqual(found.get(label, [0] * len(expected)), expected)
            if program == "current":
                self.assertEqual(sum(found["Entrées prévues"]), 1)

    def assertRate(self, tile, part, whole):
        self.assertEqual((tile["value"], tile["rows"]), (part, whole))
        self.assertEqual(tile["percent"], round(100 * part / whole) if whole else 0)

    def test_rates(self):
        for program, record in self.programs.items():
            tiles = self._tiles(program)
            period = (record.id, record.date_start, record.date_end)
            ((came, whole),) = self._rows(
                "SELECT COUNT(*) FILTER (WHERE state = 'present'), COUNT(*)"
                " FROM coworking_attendance WHERE state IN ('present', 'absent')"
                " AND program_id = %s AND date BETWEEN %s AND %s",
                *period,
            )
            self.assertRate(tiles["attendance"], came, whole)
            categories = Counter(
                category
                for (category,) in self._rows(
                    "SELECT reason.category FROM coworking_participant file"
                    " JOIN coworking_exit_reason reason ON reason.id = file.exit_reason_id"
                    " WHERE program_id = %s AND date_exit BETWEEN %s AND %s",
                    *period,
                )
            )
            dynamic = sum(categories[name] for name in ("durable", "transition", "positive"))
            self.assertRate(tiles["exits"], dynamic, dynamic + categories["other"])
            found = {bar["label"]: bar["value"] for bar in tiles["exit_categories"]["bars"]}
            words = self._words("coworking.participant", "exit_category")
            self.assertEqual(found, {words[name]: count for name, count in categories.items()})
            ((answered, due),) = self._rows(
                "SELECT COUNT(*) FILTER (WHERE row.state = 'answered'), COUNT(*)"
                " FROM coworking_followup row"
                " JOIN coworking_participant file ON file.id = row.participant_id"
                " WHERE file.program_id = %s AND file.date_exit BETWEEN %s AND %s"
                " AND row.months = 6 AND row.state != 'cancelled' AND row.date_due <= %s",
                *period,
                self.today,
            )
            self.assertRate(tiles["responses"], answered, due)
            later = Counter(
                category
                for (category,) in self._rows(
                    "SELECT reason.category FROM coworking_followup row"
                    " JOIN coworking_participant file ON file.id = row.participant_id"
                    " JOIN coworking_exit_reason reason ON reason.id = row.exit_reason_id"
                    " WHERE file.program_id = %s AND file.date_exit BETWEEN %s AND %s"
                    " AND row.months = 6 AND row.state = 'answered' AND row.date_due <= %s",
                    *period,
                    self.today,
                )
            )
            dynamic = sum(later[name] for name in ("durable", "transition", "positive"))
            self.assertRate(tiles["exits_later"], dynamic, dynamic + later["other"])
            if due:
                self.assertEqual(tiles["exits_later"]["note"], f"{answered} réponses sur {due}")
            delays = [
                (met - asked).days
                for asked, met in self._rows(
                    "SELECT date_application, date_support FROM coworking_participant"
                    " WHERE program_id = %s AND date_application BETWEEN %s AND %s"
                    " AND date_support IS NOT NULL",
                    *period,
                )
            ]
            for name, days in (("met_15", 15), ("met_30", 30)):
                self.assertRate(tiles[name], sum(delay <= days for delay in delays), len(delays))

    def _words(self, model, name):
        """{value of a selection: its label in French}"""
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env(context={"lang": "fr_FR"})))

    def test_attendance_by_kind(self):
        words = self._words("coworking.attendance", "kind")
        for program, record in self.programs.items():
            kinds = self._rows(
                "SELECT kind, COUNT(*) FILTER (WHERE state = 'present'), COUNT(*)"
                " FROM coworking_attendance WHERE state IN ('present', 'absent')"
                " AND program_id = %s AND date BETWEEN %s AND %s GROUP BY kind",
                record.id,
                record.date_start,
                record.date_end,
            )
            bars = self._tiles(program)["attendance_by_kind"]["bars"]
            self.assertEqual(
                {bar["label"]: (bar["value"], bar["rows"]) for bar in bars},
                {words[kind]: (came, whole) for kind, came, whole in kinds},
            )

    def test_delays_by_stage(self):
        for program, record in self.programs.items():
            days = {}
            for stage, number in self._rows(
                "SELECT stage.name->>'fr_FR', move.days FROM coworking_move move"
                " JOIN coworking_stage stage ON stage.id = move.from_stage_id"
                " WHERE move.program_id = %s AND move.taken_back IS NOT TRUE"
                " AND (move.date AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris')::date"
                " BETWEEN %s AND %s",
                record.id,
                record.date_start,
                record.date_end,
            ):
                days.setdefault(stage, []).append(float(number or 0))
            bars = self._tiles(program)["stage_delays"]["bars"]
            self.assertEqual(
                {bar["label"]: bar["rows"] for bar in bars}, {k: len(v) for k, v in days.items()}
            )
            for bar in bars:
                self.assertAlmostEqual(float(bar["value"]), median(days[bar["label"]]), 2)

    def test_money(self):
        for program, record in self.programs.items():
            tiles = self._tiles(program)
            by_month = {row["color"]: row["cells"] for row in tiles["money_by_month"]["series"]}
            totals = Counter()
            for index, (first, __) in enumerate(self._months(program)):
                expected = self._number(
                    "SELECT SUM(charge.payable_total) FROM coworking_charge charge"
                    " JOIN coworking_statement row ON row.id = charge.statement_id"
                    " WHERE row.program_id = %s AND row.date_from = %s",
                    record.id,
                    first,
                )
                ((invoiced, paid),) = self._rows(
                    "SELECT COALESCE(SUM(match.invoiced), 0), COALESCE(SUM(match.invoiced)"
                    " FILTER (WHERE move.amount_residual = 0 AND move.state = 'posted'), 0)"
                    f" FROM {MATCHES} JOIN account_move move ON move.id = match.move_id"
                    " WHERE COALESCE(row.program_id, seat.program_id) = %s"
                    " AND COALESCE(row.date_from, DATE_TRUNC('month',"
                    " move.invoice_date - INTERVAL '1 month')) = %s",
                    record.id,
                    first,
                )
                later = self._number(
                    "SELECT SUM(payable_total) FROM coworking_charge"
                    " WHERE program_id = %s AND period = %s AND state = 'forecast'",
                    record.id,
                    first,
                )
                waiting = self._number(
                    "SELECT SUM(row.payable_total) FROM coworking_statement row"
                    " WHERE row.program_id = %s AND row.date_from = %s AND NOT EXISTS ("
                    "SELECT FROM coworking_match WHERE statement_id = row.id"
                    " AND move_line_id IS NOT NULL)",
                    record.id,
                    first,
                )
                for color, amount in (
                    ("main", paid),
                    ("out", invoiced - paid),
                    ("calm", waiting),
                    ("other", later),
                    ("in", expected),
                ):
                    found = by_month[color][index]["value"] if color in by_month else 0
                    self.assertAlmostEqual(found, float(amount), 2)
                totals.update(
                    expected=expected,
                    invoiced=invoiced,
                    paid=paid,
                    forecast=later,
                    left=invoiced - paid,
                )
            for name in ("expected", "invoiced", "paid", "forecast"):
                found = tiles[name]["value"] if name in tiles else 0
                self.assertAlmostEqual(found, float(totals[name]), 2)
            self.assertAlmostEqual(tiles["left_to_pay"]["value"], float(totals["left"]), 2)

    def test_gaps_answers_and_decisions(self):
        for program, record in self.programs.items():
            tiles = self._tiles(program)
            gaps = self._rows(
                f"SELECT match.cause, SUM(match.gap) FROM {MATCHES}"
                " WHERE COALESCE(row.program_id, seat.program_id) = %s"
                " AND match.gap != 0 AND match.move_line_id IS NOT NULL GROUP BY 1",
                record.id,
            )
            found = {bar["label"]: bar["value"] for bar in tiles["gaps"]["bars"]}
            words = self._words("coworking.month.line", "cause")
            self.assertEqual(found, {words[cause]: float(gap) for cause, gap in gaps})
            answers = self._number(
                "SELECT COUNT(*) FROM coworking_statement WHERE program_id = %s AND state = 'sent'",
                record.id,
            )
            # of a program that is over, only what is left to do is told of today
            self.assertEqual(tiles.get("unanswered", {"value": 0})["value"], answers)
            undecided = self._number(
                f"SELECT COUNT(DISTINCT COALESCE(charge_id, -match.id)) FROM {MATCHES}"
                " WHERE decision IS NULL AND move_line_id IS NOT NULL"
                " AND COALESCE(row.program_id, seat.program_id) = %s",
                record.id,
            )
            self.assertEqual(tiles["to_decide"]["value"], undecided)

    def test_seats_paid_and_not_used(self):
        tile = self._tiles("current")["unused_seats"]
        since = self.today - timedelta(days=21)
        expected = {}
        for seat_id, start in self._rows(
            "SELECT id, date_start FROM coworking_seat WHERE state IN ('confirmed', 'active')"
            " AND program_id = %s AND COALESCE(date_end, 'infinity') >= %s",
            self.programs["current"].id,
            self.today,
        ):
            paid = self._number(
                "SELECT SUM(payable_total) FROM coworking_charge"
                " WHERE seat_id = %s AND period = %s",
                seat_id,
                self.today.replace(day=1),
            )
            ((last,),) = self._rows(
                "SELECT MAX(date) FROM coworking_presence WHERE seat_id = %s"
                " AND (state = 'present' OR participant_state = 'present')",
                seat_id,
            )
            months = self._number(
                "SELECT COUNT(*) FROM coworking_seat_month WHERE seat_id = %s AND came != 'no'"
                " AND month >= %s",
                seat_id,
                (since - timedelta(days=27)).replace(day=1),
            )
            if paid and (last or start) <= since and not months:
                expected[seat_id] = paid
        self.assertEqual(tile["value"], len(expected))
        currency = self.env.company.currency_id.with_context(lang="fr_FR")
        self.assertLessEqual(
            {(seat["id"], seat["cost"]) for seat in tile["seats"]},
            {(seat_id, currency.format(float(cost))) for seat_id, cost in expected.items()},
        )
        self.assertIn(currency.format(float(sum(expected.values()))), tile["note"])
