"""What closes a space: whole days for what a seat costs, half-days for who may have come."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import users

from ..common import CoworkingCase, d


class TestClosedDays(CoworkingCase):
    """Opening hours of Paris: Monday to Friday, 9 to 12 and 13 to 18. June 2015 begins a Monday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._new_calendar("Europe/Paris")
        cls.space.resource_calendar_id = cls.calendar
        cls.tariff.closure_rule = "credited"
        cls.seat = cls._new_seat("1/6", "30/6")

    @classmethod
    def _new_calendar(cls, zone, hours=((9, 12, "morning"), (13, 18, "afternoon"))):
        return cls.env["resource.calendar"].create(
            {
                "name": zone,
                "tz": zone,
                "company_id": cls.company.id,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": stop,
                            "day_period": period,
                        }
                    )
                    for day in range(5)
                    for start, stop, period in hours
                ],
            }
        )

    def test_what_hr_holidays_does_to_the_hours_that_are_given_moves_no_closure(self):
        model = self.registry["resource.calendar.leaves"]
        create = model.create

        def moved(leaves, vals_list):
            """As for somebody in UTC who types hours: they are taken for those of the calendar."""
            for vals in [vals_list] if isinstance(vals_list, dict) else vals_list:
                for name in {"date_from", "date_to"} & vals.keys():
                    vals[name] -= timedelta(hours=2)
            return create(leaves, vals_list)

        with patch.object(model, "create", moved):
            closure = self.space._close(d("8/6"), d("12/6"), "Works")
        days = self.env["coworking.portal.space"]._get_closure_days(closure)
        self.assertEqual(days, (d("8/6"), d("12/6")))
        self.assertEqual(len(self.space._get_closed_days()[self.space.id]), 5)
        with patch.object(model, "create", moved):
            wizard = self.env["coworking.space.close"].create(
                {
                    "space_ids": [Command.set(self.space.ids)],
                    "date_from": "2015-06-22",
                    "date_to": "2015-06-23",
                }
            )
            wizard.action_apply()
        closed = self.space._get_closed_days()[self.space.id]
        self.assertEqual(max(closed), d("23/6"))

    @users("t_coordinator")
    def test_a_coordinator_closes_spaces_whosever_their_hours(self):
        """One that has hours of its own, and one that has none yet."""
        spaces = self.space | self.space_b
        wizard = self.env["coworking.space.close"].create(
            {
                "space_ids": [Command.set(spaces.ids)],
                "date_from": "2015-06-22",
                "date_to": "2015-06-23",
            }
        )
        wizard.action_apply()
        for days in spaces._get_closed_days().values():
            self.assertEqual(days, {d("22/6"), d("23/6")})
        with self.assertRaises(AccessError):
            self.space.with_user(self.accompanist)._close(d("24/6"), d("24/6"), "Works")

    def _close(self, start, stop, **values):
        """From and to, in UTC as they are kept: '2015-06-10 08:00:00'."""
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.space.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": start,
                "date_to": stop,
                **values,
            }
        )

    def assertClosed(self, *days):
        """These days are closed, 6.00 each of 180.00 are credited, and no half-day of them is
        open.
        """
        self.env.flush_all()
        charges = self._generate().charge_ids
        self.assertEqual(sum(charges.mapped("amount_total")), 180.0 - 6.0 * len(days))
        closed = self.space._get_closed_days()[self.space.id]
        self.assertEqual(sorted(closed), [d(day) for day in days])
        opened = self.space._open_half_days(d("1/6"), d("30/6"))[self.space.id]
        self.assertFalse([day for day, __ in opened if day in closed])
        return opened

    def test_an_hour_credits_nothing_and_closes_no_half_day(self):
        self._close("2015-06-10 08:00:00", "2015-06-10 09:00:00")
        opened = self.assertClosed()
        self.assertLessEqual({(d("10/6"), "am"), (d("10/6"), "pm")}, opened)

    def test_a_morning_credits_nothing_and_closes_the_morning(self):
        self._close("2015-06-10 07:00:00", "2015-06-10 11:30:00")
        opened = self.assertClosed()
        self.assertNotIn((d("10/6"), "am"), opened)
        self.assertIn((d("10/6"), "pm"), opened)

    def test_the_opening_hours_of_a_day_are_the_day(self):
        self._close("2015-06-10 07:00:00", "2015-06-10 16:00:00")
        self.assertClosed("10/6")

    def test_a_minute_before_the_closing_hour_is_the_closing_hour(self):
        self._close("2015-06-10 07:00:00", "2015-06-10 15:59:59")
        self.assertClosed("10/6")

    def test_an_hour_short_of_the_opening_hours_is_not_the_day(self):
        self._close("2015-06-10 08:00:00", "2015-06-10 16:00:00")
        self.assertClosed()

    def test_two_closures_that_together_cover_the_day_close_it(self):
        self._close("2015-06-10 07:00:00", "2015-06-10 10:00:00")
        self._close("2015-06-10 11:00:00", "2015-06-10 16:00:00")
        self.assertClosed("10/6")

    def test_several_days_are_closed_from_the_first_whole_to_the_last_whole_one(self):
        # Wednesday 14:00 to Monday noon: Thursday to Sunday
        self._close("2015-06-10 12:00:00", "2015-06-15 10:00:00")
        self.assertClosed("11/6", "12/6", "13/6", "14/6")

    def test_the_sunday_of_a_week_of_closure_is_one_of_its_days(self):
        # Monday 9:00 to Sunday 18:00, as one types it
        self._close("2015-06-08 07:00:00", "2015-06-14 16:00:00")
        self.assertClosed("8/6", "9/6", "10/6", "11/6", "12/6", "13/6", "14/6")

    def test_an_hour_of_a_sunday_credits_nothing(self):
        self._close("2015-06-14 08:00:00", "2015-06-14 09:00:00")
        self.assertClosed()

    def test_days_are_those_of_the_space_never_utc_s(self):
        self.space.resource_calendar_id = self._new_calendar("America/Martinique")
        # the 10th from midnight to midnight in Martinique, the 10th 4:00 to the 11th 4:00 in UTC
        self._close("2015-06-10 04:00:00", "2015-06-11 03:59:59")
        self.assertClosed("10/6")

    def test_the_day_on_which_the_clock_changes_is_one_day(self):
        self.seat.write({"date_start": "2015-03-01", "date_end": "2015-10-31"})
        self._close("2015-03-28 23:00:00", "2015-03-29 21:59:59")
        self._close("2015-10-24 22:00:00", "2015-10-25 22:59:59")
        self.assertEqual(self.space._get_closed_days()[self.space.id], {d("29/3"), d("25/10")})

    def test_a_space_open_at_all_hours_closes_from_midnight_to_midnight(self):
        self.calendar.attendance_ids.unlink()
        self._close("2015-06-10 07:00:00", "2015-06-10 16:00:00")
        self._close("2015-06-11 22:00:00", "2015-06-12 21:59:00")
        self.assertClosed("12/6")

    def test_leaves_of_somebody_and_what_is_no_leave_close_nothing(self):
        resource = self.env["resource.resource"].create(
            {"name": "Host", "calendar_id": self.calendar.id, "company_id": self.company.id}
        )
        whole = ("2015-06-09 22:00:00", "2015-06-10 21:59:59")
        self._close(*whole, resource_id=resource.id)
        other = self._close(*whole, time_type="other")
        opened = self.assertClosed()
        self.assertIn((d("10/6"), "am"), opened)
        other.time_type = "leave"
        self.assertClosed("10/6")

    def test_the_closures_of_another_calendar_are_not_this_space_s(self):
        other = self._new_calendar("Europe/Paris")
        self._close("2015-06-09 22:00:00", "2015-06-10 21:59:59", calendar_id=other.id)
        self.assertIn((d("10/6"), "am"), self.assertClosed())

    def test_days_off_of_the_whole_company_close_its_spaces_and_are_credited(self):
        """As Odoo's time off enters them: without a calendar."""
        leave = self._close("2015-06-09 22:00:00", "2015-06-10 21:59:59", calendar_id=False)
        self.assertNotIn((d("10/6"), "am"), self.assertClosed("10/6"))
        leave.unlink()
        self.assertIn((d("10/6"), "am"), self.assertClosed())
        other = self._new_company("Other incubator")
        leaves = self.env["resource.calendar.leaves"].with_company(other)
        leaves.create(
            {
                "name": "Elsewhere",
                "calendar_id": False,
                "date_from": "2015-06-09 22:00:00",
                "date_to": "2015-06-10 21:59:59",
            }
        )
        self.assertIn((d("10/6"), "am"), self.assertClosed())

    def test_the_sheet_of_the_space_says_the_hours_of_part_of_a_day(self):
        Sheet = self.env["coworking.portal.space"]
        hour = self._close("2015-06-10 08:00:00", "2015-06-10 09:00:00")
        self.assertRegex(Sheet._prepare_closure(hour, self.space)["words"], "10:00.* to 11:00")
        day = self._close("2015-06-11 07:00:00", "2015-06-11 16:00:00")
        self.assertEqual(
            Sheet._prepare_closure(day, self.space)["words"], Sheet._format_day(d("11/6"))
        )

    def test_spans_of_days_that_follow_each_other_are_one(self):
        self._close("2015-06-09 22:00:00", "2015-06-10 21:59:59")
        self._close("2015-06-10 22:00:00", "2015-06-11 21:59:59")
        (span,) = self.space._get_pricing_closures()[self.space.id]
        self.assertEqual((span.date_from, span.date_to), (d("10/6"), d("11/6")))

    def test_a_public_holiday_is_closed_in_the_grids_and_changes_no_price(self):
        """14 July 2015 is a Tuesday; nothing was typed for it."""
        days = (d("13/7"), d("15/7"))
        half_days = self.space._open_half_days(*days)[self.space.id]
        self.assertEqual({day for day, __ in half_days}, set(days))
        self.assertFalse(self.space._get_closed_days()[self.space.id])
        self.space.opens_on_holidays = True
        half_days = self.space._open_half_days(*days)[self.space.id]
        self.assertIn((d("14/7"), "am"), half_days)

    def test_holidays_are_those_of_the_country_of_the_space(self):
        self.space.partner_id.country_id = self.env.ref("base.be")
        half_days = self.space._open_half_days(d("14/7"), d("14/7"))[self.space.id]
        self.assertEqual(half_days, {(d("14/7"), "am"), (d("14/7"), "pm")})

    def test_who_was_there_on_a_holiday_is_told_what_to_change(self):
        seat = self._new_seat("1/7", "31/7", "Noor")
        row = {"date": d("14/7"), "slot": "am", "state": "present"}
        by = self.accompanist.partner_id
        with self.assertRefused("closed on public holidays", self.space.name):
            seat._record_presences([row], source="staff", by=by)
        self.space.opens_on_holidays = True
        self.assertTrue(seat._record_presences([row], source="staff", by=by))
