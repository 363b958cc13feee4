"""Half-days: two testimonies, who may say what of which day, and closed months."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import format_date

from ..common import JUNE, CoworkingCase, d


class PresenceCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daily = cls._new_tariff("Day", 20.0, unit="day")
        cls.seat = cls._new_seat("8/6", "30/6", tariff=cls.daily, state="active")
        cls.host = cls.manager.partner_id

    def _date(self, day):
        return format_date(self.env, d(day))

    def _row(self, day, slot="am", state="present", **more):
        return {"date": d(day), "slot": slot, "state": state, **more}

    def _record(self, *rows, seat=None, **values):
        return (seat or self.seat)._record_presences(
            list(rows), **{"source": "host", "by": self.host, **values}
        )

    def _sign(self, *rows, **values):
        return self.seat._sign_presences(list(rows), **{"source": "portal", **values})


@freeze_time("2015-06-20 09:00:00")
class TestPresence(PresenceCase):
    def test_many_at_once_ask_once_which_seats_are_priced_by_them(self):
        seats, times = self.registry["coworking.seat"], []
        for days in (("8/6am",), ("9/6", "10/6", "11/6")):
            with patch.object(
                seats, "_filter_priced_by_use", autospec=True, side_effect=lambda seat: seat
            ) as asked:
                self._new_presences(self.seat, *days)
            times.append(asked.call_count)
        self.assertEqual(times[0], times[1])

    def test_whether_a_month_is_closed_is_asked_of_the_space_of_the_seat_alone(self):
        values = {"program_id": self.program.id, "date_from": d("1/6"), "state": "confirmed"}
        Statement = self.env["coworking.statement"]
        Statement.create({**values, "space_id": self.space_b.id})
        self.assertEqual(self.seat._get_last_closed_days(d("1/6"), d("30/6")), {})
        Statement.create({**values, "space_id": self.space.id, "confirmed_at": "2015-06-19 08:00"})
        closed = self.seat._get_closed_months(d("1/6"), d("30/6"))
        self.assertEqual(closed.last_day(self.seat, JUNE), d("19/6"))

    def test_only_the_presences_of_one_seat_have_a_calendar(self):
        menu = self.env.ref("coworking_incubation.coworking_presence_action")
        self.assertNotIn("calendar", menu.view_mode)
        opened = self.seat.with_user(self.accompanist).action_open_presences()
        self.assertEqual([kind for __, kind in opened["views"][:2]], ["list", "calendar"])
        self.assertEqual(opened["domain"], [("seat_id", "=", self.seat.id)])
        # all of them, whatever the day
        self.assertEqual(opened["context"], {"default_seat_id": self.seat.id})

    def test_what_the_space_says_is_kept_with_who_and_when(self):
        presence = self._record(self._row("8/6"))
        self.assertRecordValues(
            presence,
            [
                {
                    "seat_id": self.seat.id,
                    "state": "present",
                    "source": "host",
                    "host_by": self.host.id,
                    "participant_state": False,
                    "to_settle": False,
                }
            ],
        )
        self.assertEqual(presence.host_at.isoformat(), "2015-06-20T09:00:00")

    def test_what_the_space_noted_is_signed_though_it_says_by_now_that_it_was_closed(self):
        presence = self._record(self._row("13/6"))
        self.space.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Weekdays", "company_id": self.company.id, "tz": "Europe/Paris"}
        )
        self._sign(self._row("13/6"))
        self.assertEqual(presence.participant_state, "present")
        with self.assertRefused("closed"):
            self._sign(self._row("14/6"))

    def test_what_the_participant_signs_is_kept_beside(self):
        presence = self._sign(self._row("8/6"))
        self.assertRecordValues(
            presence,
            [
                {
                    "state": False,
                    "source": False,
                    "host_at": False,
                    "participant_state": "present",
                    "participant_source": "portal",
                    "participant_by": self.seat.partner_id.id,
                    "to_settle": False,
                }
            ],
        )

    def test_a_half_day_of_two_words_is_to_settle_and_priced_as_the_space_says(self):
        self._record(self._row("8/6", state="present"), self._row("9/6", state="present"))
        differs = self._sign(self._row("8/6", state="absent"), self._row("9/6"))
        self.assertEqual(differs.sorted("date").mapped("to_settle"), [True, False])
        self.assertEqual(differs.sorted("date").mapped("state"), ["present", "present"])
        self._generate()
        self.assertAmounts(self._charges(self.seat), ("regular", 40.0))

    def test_a_half_day_to_settle_proves_nothing(self):
        rows = self._record(self._row("8/6"), self._row("9/6"), self._row("10/6", state="absent"))
        self._sign(self._row("8/6", state="absent"))
        self._sign(self._row("11/6"))
        proof = self.env["coworking.presence"].search(
            [("seat_id", "=", self.seat.id), *rows._get_proof_domain()]
        )
        self.assertEqual(sorted(proof.mapped("date")), [d("9/6"), d("11/6")])

    def test_settled_as_the_participant_says(self):
        presence = self._record(self._row("8/6", state="absent"))
        self._sign(self._row("8/6"))
        presence.with_user(self.accompanist).action_follow_participant()
        self.assertRecordValues(
            presence,
            [
                {
                    "state": "present",
                    "source": "staff",
                    "host_by": self.accompanist.partner_id.id,
                    "to_settle": False,
                }
            ],
        )

    def test_the_same_word_said_again_keeps_its_first_date(self):
        presence = self._record(self._row("8/6"))
        first = presence.host_at
        with freeze_time("2015-06-21 09:00:00"):
            self._record(self._row("8/6"))
        self.assertEqual(presence.host_at, first)

    def test_clearing_removes_the_row(self):
        presence = self._record(self._row("8/6"))
        self.assertFalse(self._record(self._row("8/6", state=False)))
        self.assertFalse(presence.exists())

    def test_clearing_keeps_what_the_other_side_said(self):
        presence = self._record(self._row("8/6"))
        self._sign(self._row("8/6"))
        self._record(self._row("8/6", state=False))
        self.assertRecordValues(
            presence, [{"state": False, "host_by": False, "participant_state": "present"}]
        )

    def test_clearing_what_was_never_filled_in_is_nothing(self):
        self.assertFalse(self._record(self._row("8/6", state=False)))

    def test_everything_wrong_is_said_at_once(self):
        with self.assertRaises(UserError) as caught:
            self._record(
                self._row("7/6"),
                self._row("1/7"),
                self._row("25/6"),
                self._row("8/6"),
                self._row("8/6"),
                self._row("9/6", hours=25.0),
            )
        lines = str(caught.exception).split("\n")
        self.assertEqual(len(lines), 5)
        for line, words in zip(
            lines,
            (
                f"{self._date('7/6')}, morning: the seat begins on {self._date('8/6')}",
                f"{self._date('8/6')}, morning: this half-day is given twice",
                f"{self._date('9/6')}, morning: a half-day holds",
                f"{self._date('25/6')}, morning: this day has not come yet",
                f"{self._date('1/7')}, morning: the seat ended on {self._date('30/6')}",
            ),
            strict=True,
        ):
            self.assertIn(words, line)
            self.assertIn("Camille", line)
        self.assertFalse(self.seat.presence_ids)

    def test_a_seat_that_is_only_requested_has_no_presence(self):
        seat = self._new_seat("8/6", "30/6", who="Sacha", tariff=self.daily, state="requested")
        with self.assertRefused(seat.name, "Requested"):
            self._record(self._row("8/6"), seat=seat)

    def test_several_seats_at_once(self):
        other = self._new_seat("8/6", "30/6", who="Sacha", tariff=self.daily)
        seats = self.seat | other
        seats._record_presences(
            [self._row("8/6", seat_id=self.seat.id), self._row("9/6", seat_id=other.id)],
            source="host_bulk",
            by=self.host,
        )
        self.assertEqual(
            [(row.seat_id, row.date) for row in seats.presence_ids.sorted("date")],
            [(self.seat, d("8/6")), (other, d("9/6"))],
        )

    def test_a_row_of_another_seat_is_refused(self):
        other = self._new_seat("8/6", "30/6", who="Sacha", tariff=self.daily)
        with self.assertRaises(ValueError):
            self._record(self._row("8/6", seat_id=other.id))

    def test_thirty_people_and_twenty_half_days_cost_the_same_queries(self):
        self.space.seat_capacity = 40
        seats = self.env["coworking.seat"].concat(
            *(
                self._new_seat("8/6", "30/6", who=f"P{number}", tariff=self.daily)
                for number in range(30)
            )
        )
        days = [d(f"{day}/6") for day in (8, 9, 10, 11, 12, 15, 16, 17, 18, 19)]

        def fill(people, state):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            people._record_presences(
                [
                    {"seat_id": seat.id, "date": day, "slot": slot, "state": state}
                    for seat in people
                    for day in days
                    for slot in ("am", "pm")
                ],
                source="staff",
                by=self.host,
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        fill(seats[:5], "present")  # what a process reads once
        few, many = fill(seats[5:10], "present"), fill(seats[10:], "present")
        self.assertEqual(len(seats.presence_ids), 600)
        self.assertLess(many - few, 30, f"{few} queries for 5 people, {many} for 20")


@freeze_time("2015-06-20 09:00:00")
class TestOpeningHours(PresenceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Mornings and Tuesday",
                "company_id": cls.company.id,
                "tz": "Europe/Paris",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Open",
                                "dayofweek": day,
                                "hour_from": start,
                                "hour_to": stop,
                                "day_period": "morning",
                            }
                        )
                        for day, start, stop in (("0", 9, 13), ("1", 9, 13), ("1", 14, 18))
                    ),
                ],
            }
        )
        cls.space.resource_calendar_id = cls.calendar

    def test_nobody_comes_when_the_space_is_closed(self):
        self._record(self._row("8/6"), self._row("9/6"), self._row("9/6", "pm"))
        with self.assertRefused(
            f"{self._date('8/6')}, afternoon", f"{self._date('10/6')}, morning", "Atelier Test"
        ):
            self._record(self._row("8/6", "pm"), self._row("10/6"))

    def test_nobody_comes_on_a_closure(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Works",
                "calendar_id": self.calendar.id,
                "date_from": "2015-06-09 05:00:00",
                "date_to": "2015-06-09 11:30:00",  # 13:30 in Paris
            }
        )
        self._record(self._row("9/6", "pm"))
        with self.assertRefused(f"{self._date('9/6')}, morning", "is closed then"):
            self._record(self._row("9/6"))

    def test_what_was_said_of_a_closed_half_day_can_be_cleared(self):
        self._new_presences(self.seat, "10/6")
        self._record(self._row("10/6", state=False), self._row("10/6", "pm", state=False))
        self.assertFalse(self.seat.presence_ids)

    def test_the_border_of_the_half_days_is_a_setting(self):
        self.env["ir.config_parameter"].set_param("coworking_incubation.half_day_border", "12:00")
        self._record(self._row("8/6", "pm"))  # 12:00 to 13:00

    def test_a_row_by_the_api_is_refused_as_the_grid_refuses_it(self):
        presences = self.env["coworking.presence"].with_user(self.accompanist)
        values = {"seat_id": self.seat.id, "slot": "am", "state": "present"}
        for day, words in (("2015-06-10", "Atelier Test"), ("2015-06-22", "has not come yet")):
            with self.subTest(day=day), self.assertRefused(words):
                presences.create({**values, "date": day})
        presence = presences.create({**values, "date": "2015-06-08"})
        with self.assertRefused("has not come yet"):
            presence.date = "2015-06-22"

    def test_a_space_without_hours_is_open_every_day(self):
        self.space.resource_calendar_id = False
        self._record(self._row("13/6"), self._row("14/6", "pm"))


class TestClosedMonth(PresenceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2015-07-06 09:00:00"))
        cls._new_presences(cls.seat, "8/6", "9/6")
        cls._settle(JUNE)

    def test_nobody_records_in_a_closed_month(self):
        with self.assertRefused("the month is closed", f"{self._date('6/7')}", "coordinator"):
            self._record(self._row("10/6"))

    def test_a_closed_month_goes_on_being_signed_and_its_price_stays(self):
        before = self.seat.charge_ids.mapped("amount_total")
        signed = self._sign(self._row("8/6"), self._row("10/6", state="absent")).sorted("date")
        self.assertEqual(signed.mapped("participant_state"), ["present", "absent"])
        self.assertEqual(signed.mapped("state"), ["present", False])
        statements = self.env["coworking.statement"]._generate(self.program, d("1/7"))
        self.assertFalse(statements.charge_ids)
        self.assertEqual(self.seat.charge_ids.mapped("amount_total"), before)

    def test_who_signs_otherwise_in_a_closed_month_leaves_it_to_be_settled(self):
        signed = self._sign(self._row("8/6", state="absent"))
        self.assertRecordValues(signed, [{"state": "present", "to_settle": True}])

    def test_a_closed_month_is_closed_on_every_path(self):
        for user in (self.accompanist, self.coordinator):
            presences = self.seat.presence_ids.with_user(user)
            for act in (
                lambda rows: rows[:1].write({"state": "absent"}),
                lambda rows: rows[:1].unlink(),
                lambda rows: rows[:1].write({"date": "2015-06-10"}),
                lambda rows: rows.create(
                    {"seat_id": self.seat.id, "date": "2015-06-11", "slot": "am"}
                ),
            ):
                with self.assertRefused("the month is closed"):
                    act(presences)

    def test_a_coordinator_corrects_with_a_reason_and_the_next_month_carries_it(self):
        self.env["coworking.presence.correct"].with_user(self.coordinator).create(
            {
                "seat_id": self.seat.id,
                "date": "2015-06-10",
                "state": "present",
                "reason": "Signed sheet found",
            }
        ).action_apply()
        message = self.seat.message_ids[:1].body
        self.assertIn("Signed sheet found", message)
        self.assertIn("not filled in, now present", message)
        statements = self.env["coworking.statement"]._generate(self.program, d("1/7"))
        self.assertAmounts(
            statements.charge_ids,
            ("adjustment", 20.0),
        )

    def test_an_accompanist_does_not_correct_a_closed_month(self):
        with self.assertRefused("the month is closed"):
            self.seat.with_user(self.accompanist)._record_presences(
                [self._row("10/6")],
                source="staff",
                by=self.accompanist.partner_id,
                reason="I was there",
            )

    def test_a_month_confirmed_in_advance_is_open_for_the_days_to_come(self):
        july = self._new_seat("1/7", "31/7", who="Sacha", tariff=self.tariff)
        with freeze_time("2015-07-08 09:00:00"):
            self._settle(d("1/7"))
        with freeze_time("2015-07-20 09:00:00"):
            with self.assertRefused("the month is closed"):
                self._record(self._row("8/7"), seat=july)
            self._record(self._row("9/7"), seat=july)

    def test_the_day_a_month_was_closed_is_that_of_the_space_whoever_asks(self):
        july = self._new_seat("1/7", "31/7", who="Sacha", tariff=self.tariff)
        with freeze_time("2015-07-08 22:30:00"):  # the 9th in Paris
            self._settle(d("1/7"))
        with freeze_time("2015-07-20 09:00:00"):
            for zone in ("Europe/Paris", "Pacific/Honolulu", "UTC"):
                with self.subTest(zone=zone), self.assertRefused("the month is closed"):
                    self._record(self._row("9/7"), seat=july.with_context(tz=zone))
            self._record(self._row("10/7"), seat=july.with_context(tz="Pacific/Auckland"))


@freeze_time("2015-06-20 09:00:00")
class TestWhoSays(PresenceCase):
    def test_what_staff_type_is_theirs(self):
        presence = (
            self.env["coworking.presence"]
            .with_user(self.accompanist)
            .create({"seat_id": self.seat.id, "date": "2015-06-08", "slot": "am"})
        )
        self.assertRecordValues(
            presence, [{"source": "staff", "host_by": self.accompanist.partner_id.id}]
        )
        self.assertTrue(presence.host_at)

    def test_nobody_types_the_word_of_another(self):
        presence = self._record(self._row("8/6")).with_user(self.coordinator)
        for values in (
            {"host_by": self.host.id},
            {"host_at": "2015-06-01 08:00:00"},
            {"participant_state": "present"},
            {"participant_signed_at": "2015-06-01 08:00:00"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                presence.write(values)

    def test_what_was_signed_is_not_deleted(self):
        presence = self._sign(self._row("8/6"))
        with self.assertRefused("was signed by the participant"):
            presence.with_user(self.coordinator).unlink()

    def test_what_was_signed_attests_its_own_half_day_and_no_other(self):
        presence = self._sign(self._row("8/6")).with_user(self.coordinator)
        other = self._new_seat("8/6", "30/6", who="Sacha", tariff=self.daily)
        for values in ({"date": "2015-06-09"}, {"slot": "pm"}, {"seat_id": other.id}):
            with self.subTest(values=values), self.assertRefused("no longer moves"):
                presence.write(values)
        presence.write(
            {"date": "2015-06-08", "slot": "am", "seat_id": self.seat.id, "state": "present"}
        )
        self.assertEqual((presence.state, presence.source), ("present", "staff"))

    def test_what_nobody_signed_moves_to_the_right_day(self):
        presence = self._record(self._row("8/6")).with_user(self.accompanist)
        presence.write({"date": "2015-06-09", "slot": "pm"})
        self.assertEqual((presence.date, presence.slot), (d("9/6"), "pm"))

    def test_an_accompanist_of_another_program_records_nothing(self):
        with self.assertRaises(AccessError):
            self.seat.with_user(self.other_accompanist)._record_presences(
                [self._row("8/6")], source="staff", by=self.other_accompanist.partner_id
            )

    def test_an_accountant_records_nothing(self):
        with self.assertRaises(AccessError):
            self.seat.with_user(self.accountant)._record_presences(
                [self._row("8/6")], source="staff", by=self.accountant.partner_id
            )

    def test_a_row_of_which_nobody_said_anything_cannot_be(self):
        with self.assertRefused("Nobody said anything", error=ValidationError):
            self.env["coworking.presence"].create(
                {"seat_id": self.seat.id, "date": "2015-06-08", "slot": "am", "state": False}
            )
