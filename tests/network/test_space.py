from odoo.exceptions import ValidationError
from odoo.tests import freeze_time

from ..common import CoworkingCase, d


class TestSpace(CoworkingCase):
    def test_it_is_named_and_billed_like_its_site_unless_it_says_otherwise(self):
        operator = self.env["res.partner"].create({"name": "Operator", "is_company": True})
        site = self.env["res.partner"].create(
            {"name": "Site", "is_company": False, "parent_id": operator.id, "type": "other"}
        )
        space = self.env["coworking.space"].create({"partner_id": site.id, "code": "SITE"})
        self.assertRecordValues(space, [{"name": "Site", "operator_id": operator.id}])
        own = self._new_space("Le Nid", "OWN", operator_id=site.id)
        self.assertRecordValues(own, [{"name": "Le Nid", "operator_id": site.id}])

    def test_a_partner_says_since_when(self):
        with self.assertRefused("since when", error=ValidationError):
            self._new_space("Undated", "UND", date_partner=False)

    def test_two_spaces_of_a_company_never_share_a_code(self):
        with self.assertRefused("same code", error=ValidationError):
            self._new_space("Another", "ATELIER")

    def test_it_does_not_close_before_its_seats_end(self):
        seat = self._new_seat("1/6", "31/7")
        with self.assertRefused("Atelier Test", seat.name, error=ValidationError):
            self.space.write({"state": "closed", "date_closed": "2015-07-30"})
        self.space.write({"state": "closed", "date_closed": "2015-07-31"})

    def test_it_does_not_close_under_a_seat_without_end(self):
        seat = self._new_seat("1/6")
        with self.assertRefused(seat.name, error=ValidationError):
            self.space.write({"state": "closed", "date_closed": "2015-12-31"})

    def test_after_its_closing_nobody_comes(self):
        self.space.write({"state": "closed", "date_closed": "2015-07-31"})
        self._new_seat("1/7", "31/7")
        with self.assertRefused("Atelier Test", "end by that day", error=ValidationError):
            self._new_seat("1/7", "1/8", "B")
        with self.assertRefused("Atelier Test", "end by that day", error=ValidationError):
            self._new_seat("1/7", None, "B")


@freeze_time("2015-06-10 10:00:00")
class TestOccupancy(CoworkingCase):
    def assertOccupied(self, today, left, percent):
        self.space.invalidate_recordset()
        self.assertRecordValues(
            self.space, [{"seats_today": today, "places_left": left, "occupancy": percent}]
        )

    def test_it_counts_who_holds_a_place_today(self):
        self.space.seat_capacity = 4
        self.assertOccupied(0, 4, 0.0)
        self._new_seat("10/6", "10/6", "First and last day")
        self._new_seat("1/6", None, "Open end")
        self.assertOccupied(2, 2, 50.0)
        self._new_seat("1/6", "9/6", "Left")
        self._new_seat("11/6", None, "To come")
        self._new_seat("1/6", None, "Requested", state="requested")
        self.assertOccupied(2, 2, 50.0)

    def test_tickets_hold_no_place(self):
        tickets = self._new_tariff("Tickets", 20.0, unit="day")
        self._new_seat("1/6", None, tariff=tickets)
        self.assertOccupied(0, 3, 0.0)

    def test_more_people_than_places_leave_none(self):
        for name in "ABC":
            self._new_seat("1/6", None, name)
        self.space.seat_capacity = 2
        self.assertOccupied(3, 0, 150.0)

    def test_a_space_that_offers_nothing_is_not_occupied(self):
        self.space.seat_capacity = 0
        self.assertOccupied(0, 0, 0.0)

    def test_counts_of_seats_and_statements(self):
        self._new_seat("1/6", "30/6")
        self._generate()
        self.space.invalidate_recordset()
        self.assertRecordValues(self.space, [{"seat_count": 1, "statement_count": 1}])


class TestToday(CoworkingCase):
    def _calendar(self, tz):
        return self.env["resource.calendar"].create(
            {"name": tz, "tz": tz, "company_id": self.company.id}
        )

    @freeze_time("2015-06-30 22:30:00")
    def test_today_is_the_day_of_the_space_never_utc(self):
        self.space.resource_calendar_id = self._calendar("Europe/Paris")
        self.assertEqual(self.space._get_today(), d("1/7"))
        self.space.resource_calendar_id = self._calendar("America/Martinique")
        self.assertEqual(self.space._get_today(), d("30/6"))


class TestClaim(CoworkingCase):
    def test_a_claim_really_updates_the_spaces(self):
        """Otherwise a second transaction would go on with what it saw before: see security.md."""
        spaces = self.space | self.space_b
        before = spaces.mapped("lock_version")
        self.assertEqual(spaces._lock_for_generation(), spaces)
        self.assertEqual(spaces.mapped("lock_version"), [version + 1 for version in before])
