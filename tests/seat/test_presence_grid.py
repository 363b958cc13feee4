"""The grid of presences: what it shows, what it writes, whatever the number of people."""

import json

from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time

from ..common import JUNE, CoworkingCase, d


class GridCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daily = cls._new_tariff("Day", 20.0, unit="day")
        cls.hourly = cls._new_tariff("Hour", 4.0, unit="hour")
        cls.emile = cls._new_seat("10/6", "30/6", who="Émile", tariff=cls.daily)
        cls.zoe = cls._new_seat("1/6", "9/6", who="Zoé", tariff=cls.hourly)
        cls.grid = cls.env["coworking.presence.grid"].with_user(cls.accompanist)

    def _read(self, date="2015-06-09", span="week", grid=None):
        return (self.grid if grid is None else grid)._read_grid(self.space.id, date, span)

    def _cells(self, data, seat):
        row = next(row for row in data["rows"] if row["id"] == seat.id)
        return dict(zip((c["key"] for c in data["columns"]), row["cells"], strict=True))

    def _save(self, seat, column, state, hours=0, grid=None):
        (self.grid if grid is None else grid)._save_grid(
            self.space, [{"row": seat.id, "column": column, "state": state, "hours": hours}]
        )


@freeze_time("2015-06-11 09:00:00")
class TestPresenceGrid(GridCase):
    def test_it_shows_the_people_of_the_week_in_the_order_of_their_names(self):
        self._new_seat("20/6", "30/6", who="Later", tariff=self.daily)
        data = self._read()
        self.assertEqual([row["name"] for row in data["rows"]], ["Émile", "Zoé"])
        self.assertEqual((data["previous"], data["next"]), ("2015-06-01", "2015-06-15"))
        self.assertIn("Week of 8", data["title"])
        self.assertEqual([row["hours"] for row in data["rows"]], [False, True])

    def test_what_somebody_noted_since_it_was_shown_is_not_written_over(self):
        def save(seat, state, shown, hours=0, shown_hours=0):
            return self.grid._save_grid(
                self.space,
                [
                    {
                        "row": seat.id,
                        "column": "2015-06-10/am" if seat == self.emile else "2015-06-08/am",
                        "state": state,
                        "hours": hours,
                        "shown": shown,
                        "shown_hours": shown_hours,
                    }
                ],
            )

        host = self.manager.partner_id
        row = {"date": d("10/6"), "slot": "am", "state": "absent"}
        self.emile._record_presences([row], source="host", by=host)
        refused = save(self.emile, "present", shown=False)
        for fragment in ("Émile", "10", host.name, "absent"):
            self.assertIn(fragment, refused)
        presence = self.env["coworking.presence"].search([("seat_id", "=", self.emile.id)])
        self.assertEqual(presence.state, "absent")
        self.assertFalse(save(self.emile, "absent", shown=False), "both say the same")
        self.assertFalse(save(self.emile, "present", shown="absent"), "once it was seen")
        self.assertEqual(presence.state, "present")
        self.assertFalse(save(self.zoe, "present", shown=False, hours=3))
        self.assertIn("Zoé", save(self.zoe, "present", "present", hours=4, shown_hours=2))
        self.assertFalse(save(self.zoe, "present", "present", hours=4, shown_hours=3))
        self.assertFalse(save(self.zoe, "present", "present", hours=4 / 3, shown_hours=4))
        self.assertFalse(save(self.zoe, "present", "present", hours=2, shown_hours=4 / 3))

    def test_a_month_is_a_month(self):
        data = self._read(span="month")
        self.assertEqual(len(data["columns"]), 60)
        self.assertEqual((data["previous"], data["next"]), ("2015-05-01", "2015-07-01"))

    def test_days_on_which_the_space_is_closed_are_not_shown_unless_filled_in(self):
        self.space.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Weekdays", "company_id": self.company.id, "tz": "Europe/Paris"}
        )
        self.assertEqual(len(self._read()["groups"]), 5)
        self._new_presences(self.emile, "13/6am")
        data = self._read()
        self.assertEqual([group["muted"] for group in data["groups"]], [False] * 5 + [True])
        cells = self._cells(data, self.emile)
        self.assertEqual(cells["2015-06-13/am"]["lock"], "future")
        self.assertEqual(cells["2015-06-13/pm"]["lock"], "future")

    def test_it_says_which_half_days_cannot_be_written_and_why(self):
        cells = self._cells(self._read(), self.zoe)
        self.assertEqual(cells["2015-06-09/pm"]["lock"], False)
        self.assertEqual(cells["2015-06-10/am"]["lock"], "outside")
        cells = self._cells(self._read(), self.emile)
        self.assertEqual(cells["2015-06-09/pm"]["lock"], "outside")
        self.assertEqual(cells["2015-06-11/pm"]["lock"], False)
        self.assertEqual(cells["2015-06-12/am"]["lock"], "future")

    def test_a_closed_month_is_locked(self):
        with freeze_time("2015-07-02 09:00:00"):
            self._new_presences(self.emile, "10/6")
            self._settle(JUNE)
            cells = self._cells(self._read(), self.emile)
            self.assertEqual(cells["2015-06-10/am"]["lock"], "closed")
            with self.assertRefused("the month is closed"):
                self._save(self.emile, "2015-06-10/am", "absent")

    def test_what_is_written_is_read_again(self):
        self._save(self.zoe, "2015-06-08/pm", "present", hours=3.5)
        cell = self._cells(self._read(), self.zoe)["2015-06-08/pm"]
        self.assertEqual((cell["state"], cell["hours"], cell["settle"]), ("present", 3.5, False))
        self.assertEqual(cell["tip"], "Present (Staff)")
        self._save(self.zoe, "2015-06-08/pm", False)
        self.assertEqual(
            self._cells(self._read(), self.zoe)["2015-06-08/pm"], {"state": False, "lock": False}
        )

    def test_a_half_day_to_settle_shows(self):
        self._save(self.emile, "2015-06-10/am", "absent")
        self.emile._sign_presences(
            [{"date": d("10/6"), "slot": "am", "state": "present"}], source="portal"
        )
        cell = self._cells(self._read(), self.emile)["2015-06-10/am"]
        self.assertTrue(cell["settle"])
        self.assertEqual(cell["tip"], "Absent (Staff) · signed by the participant: present")

    def test_nothing_is_written_if_one_change_is_refused(self):
        with self.assertRaises(UserError):
            self.grid._save_grid(
                self.space,
                [
                    {"row": self.emile.id, "column": "2015-06-10/am", "state": "present"},
                    {"row": self.emile.id, "column": "2015-06-12/am", "state": "present"},
                ],
            )
        self.assertFalse(self.emile.presence_ids)

    def test_a_seat_of_another_space_is_not_written(self):
        other = self._new_seat("1/6", "30/6", who="Other", tariff=self.tariff_b)
        with self.assertRaises(ValueError):
            self._save(other, "2015-06-08/pm", "present")

    def test_an_accompanist_of_another_program_sees_nobody(self):
        grid = self.grid.with_user(self.other_accompanist)
        self.assertEqual(grid._read_grid()["choices"], [])
        self.assertEqual(self._read(grid=grid)["rows"], [])

    def test_an_accountant_looks_and_does_not_write(self):
        grid = self.grid.with_user(self.accountant)
        cells = self._cells(self._read(grid=grid), self.emile)
        self.assertEqual(cells["2015-06-10/am"]["lock"], "reader")

    def test_the_space_with_most_people_comes_first(self):
        self._new_seat("1/6", "30/6", who="Elsewhere", tariff=self.tariff_b)
        self.assertEqual(self.grid._read_grid(date="2015-06-09")["choice"], self.space.id)
        self.assertEqual(self.grid._read_grid(date="2015-06-22")["choice"], self.space.id)
        self.assertEqual(
            self.grid._read_grid(self.space_b.id, "2015-06-22")["choice"], self.space_b.id
        )

    def test_reading_costs_the_same_for_few_and_many(self):
        self.space.seat_capacity = 60
        few = self._queries()
        for number in range(30):
            self._new_seat("8/6", "30/6", who=f"P{number}", tariff=self.daily)
        self.assertLessEqual(self._queries() - few, 2)

    def _queries(self):
        self._read(span="month")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._read(span="month")
        return self.env.cr.sql_log_count - before


@freeze_time("2015-06-11 09:00:00")
class TestGridRoutes(GridCase, HttpCase):
    def _call(self, path, user, **params):
        self.authenticate(user and user.login, user and user.login)
        response = self.url_open(
            path,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def test_staff_read_and_write(self):
        change = {"row": self.emile.id, "column": "2015-06-10/am", "state": "present"}
        answer = self._call(
            "/coworking_incubation/grid/save",
            self.accompanist,
            kind="presence",
            choice=self.space.id,
            date="2015-06-10",
            span="week",
            changes=[change],
        )
        self.assertEqual(self.emile.presence_ids.source, "staff")
        self.assertEqual(answer["result"]["rows"][0]["name"], "Émile")

    def test_nobody_else_does(self):
        for user in (self.manager, self.employee, None):
            for path, params in (
                ("/coworking_incubation/grid", {}),
                (
                    "/coworking_incubation/grid/save",
                    {
                        "choice": self.space.id,
                        "date": "2015-06-10",
                        "span": "week",
                        "changes": [
                            {"row": self.emile.id, "column": "2015-06-10/am", "state": "present"}
                        ],
                    },
                ),
            ):
                answer = self._call(path, user, kind="presence", **params)
                with self.subTest(user=user and user.login, path=path):
                    self.assertIn("error", answer)
                    self.assertNotIn("Émile", json.dumps(answer, ensure_ascii=False))
        self.assertFalse(self.emile.presence_ids)

    def test_a_grid_that_is_none_is_refused(self):
        self.assertIn(
            "error", self._call("/coworking_incubation/grid", self.accompanist, kind="res.users")
        )
