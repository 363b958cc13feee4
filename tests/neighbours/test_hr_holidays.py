"""Beside Odoo's time off: what closes a space, and what closes the company."""

from datetime import datetime, timedelta

from ..common import CoworkingCase, d


class TestTimeOff(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tariff.closure_rule = "credited"
        cls.space.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Atelier", "tz": "Europe/Paris", "company_id": cls.company.id}
        )
        cls.seat = cls._new_seat("1/6", "30/6")
        cls.Leaves = cls.env["resource.calendar.leaves"]

    def _enter_holiday(self, first, last, name="Holiday", **values):
        """As Odoo's menu of public holidays does: for all calendars of the company."""
        return self.Leaves.create(
            {
                "name": name,
                "company_id": self.company.id,
                "date_from": datetime.combine(first, datetime.min.time()) - timedelta(hours=2),
                "date_to": datetime.combine(last, datetime.max.time()) - timedelta(hours=2),
                **values,
            }
        )

    def _get_closed(self):
        return sorted(self.space._get_closed_days()[self.space.id])

    def test_a_closure_from_the_portal_is_stored_as_it_was_given_from_any_time_zone(self):
        portal = self.env["coworking.portal.space"].with_user(self.manager).sudo()
        today = self.space._get_today()
        monday = today + timedelta(days=7 - today.weekday())
        for week, zone in enumerate(("UTC", "Pacific/Auckland", "America/New_York", False)):
            self.manager.tz = self.env.user.tz = zone
            first = monday + timedelta(days=7 * week)
            last = first + timedelta(days=4)
            portal._save_closure(
                self.manager.partner_id, "portal", self.space, first, last, f"Works {zone}"
            )
            closure = self.Leaves.search([("name", "=", f"Works {zone}")])
            self.assertEqual(portal._get_closure_days(closure), (first, last))
            later = last + timedelta(days=1)
            portal._save_closure(
                self.manager.partner_id, "portal", self.space, first, later, "More", closure
            )
            self.assertEqual(portal._get_closure_days(closure), (first, later))
            closure.unlink()

    def test_a_public_holiday_and_the_closure_of_a_space_are_both_entered(self):
        self.space._close(d("8/6"), d("12/6"), "Works")
        self._enter_holiday(d("10/6"), d("10/6"))
        self._enter_holiday(d("22/6"), d("22/6"))
        self.space._close(d("22/6"), d("23/6"), "More works")
        self.assertEqual([day.day for day in self._get_closed()], [8, 9, 10, 11, 12, 22, 23])

    def test_two_public_holidays_of_the_company_are_still_refused(self):
        self._enter_holiday(d("10/6"), d("10/6"))
        with self.assertRefused("overlap"):
            self._enter_holiday(d("10/6"), d("11/6"))

    def test_hours_by_which_the_company_works_have_its_holidays(self):
        self.company.resource_calendar_id = self.space.resource_calendar_id
        self._assert_closure_and_holiday_overlap()

    def test_hours_by_which_somebody_works_have_the_holidays_of_the_company(self):
        self.env["resource.resource"].create(
            {
                "name": "Somebody",
                "company_id": self.company.id,
                "calendar_id": self.space.resource_calendar_id.id,
            }
        )
        self._assert_closure_and_holiday_overlap()

    def _assert_closure_and_holiday_overlap(self):
        hours = self.space.resource_calendar_id
        self._enter_holiday(d("8/6"), d("12/6"), "Works", calendar_id=hours.id)
        with self.assertRefused("overlap"):
            self._enter_holiday(d("10/6"), d("10/6"))

    def test_for_the_absence_of_a_person_no_space_is_looked_up(self):
        person = self.env["resource.resource"].create(
            {"name": "Somebody", "company_id": self.company.id}
        )
        absence = self._enter_holiday(d("10/6"), d("10/6"), resource_id=person.id)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):  # whose it is
            absence._check_compare_dates()

    def test_a_holiday_of_the_whole_company_closes_the_days_and_is_credited(self):
        june = self._generate()
        before = june.charge_ids.amount_total
        holiday = self._enter_holiday(d("8/6"), d("12/6"), "Bridge")
        self.env.flush_all()
        self.assertEqual([day.day for day in self._get_closed()], [8, 9, 10, 11, 12])
        open_days = self.space._open_half_days(d("8/6"), d("15/6"))[self.space.id]
        self.assertEqual({day.day for day, __ in open_days}, {15})
        self.assertTrue(june.pending_changes)
        self._generate()
        self.assertLess(june.charge_ids.amount_total, before)
        holiday.unlink()
        self._generate()
        self.assertEqual(june.charge_ids.amount_total, before)

    def test_a_public_holiday_that_the_company_enters_changes_no_price(self):
        june = self._generate()
        before = june.charge_ids.amount_total
        self._enter_holiday(d("14/7"), d("14/7"), "14 juillet")
        self.assertEqual(self._get_closed(), [])
        self.assertEqual(june.charge_ids.amount_total, before)

    def test_the_holiday_of_another_company_closes_nothing(self):
        other = self._new_company("Other incubator")
        self.Leaves = self.Leaves.with_company(other)
        self.assertEqual(
            self._enter_holiday(d("8/6"), d("12/6"), company_id=other.id).company_id, other
        )
        self.assertEqual(self._get_closed(), [])
