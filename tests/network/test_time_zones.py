"""By which clock it is at a space: in La Réunion, whoever works from wherever."""

from datetime import datetime

from odoo.tests import Form, freeze_time, new_test_user

from odoo.addons.coworking_incubation.models.network.territories import get_time_zone

from ..common import COORDINATOR, CoworkingCase, d


@freeze_time("2015-06-30 21:30:00")  # 1 July, 1:30 in La Réunion; 9:30 in Auckland
class TestReunion(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.fr")
        cls.company.resource_calendar_id.tz = "Europe/Paris"
        cls.space.resource_calendar_id = False
        cls.space.partner_id.write({"zip": "97400", "country_id": cls.env.ref("base.fr").id})
        cls.away = new_test_user(
            cls.env,
            login="t_auckland",
            groups=COORDINATOR,
            company_id=cls.company.id,
            tz="Pacific/Auckland",
            lang="en_US",
        )

    def test_the_clock_is_that_of_the_address(self):
        site = self.space.partner_id
        for country, postcode, zone in (
            ("base.fr", "97400", "Indian/Reunion"),
            ("base.re", False, "Indian/Reunion"),
            (False, "97 200", "America/Martinique"),
            ("base.fr", "59000", "Europe/Paris"),
            ("base.be", "1000", "Europe/Brussels"),
        ):
            with self.subTest(country=country, postcode=postcode):
                site.write({"zip": postcode, "country_id": country and self.env.ref(country).id})
                self.assertEqual(self.space._get_zone(), zone)
                self.assertEqual(self.space.time_zone, zone)

    def test_hours_of_its_own_say_it_before_the_address_and_the_company_after(self):
        self.space.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Sud", "tz": "Indian/Mayotte", "company_id": self.company.id}
        )
        self.assertEqual(self.space._get_zone(), "Indian/Mayotte")
        self.space.resource_calendar_id = False
        self.space.partner_id.write({"zip": False, "country_id": False})
        self.assertEqual(self.space._get_zone(), "Europe/Paris")

    def test_a_country_of_several_zones_does_not_tell(self):
        self.assertFalse(get_time_zone("US", "10001"))
        self.assertFalse(get_time_zone("FR", False))
        self.assertFalse(get_time_zone(None, None))
        self.assertEqual(get_time_zone("FR", "98714"), "Pacific/Tahiti")

    def test_where_many_spaces_are_is_read_at_once(self):
        sites = [self.space.partner_id.copy() for _number in range(6)]
        spaces = self.env["coworking.space"].union(
            *(
                self.space.copy({"partner_id": site.id, "code": f"S{number}"})
                for number, site in enumerate(sites)
            )
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(5):
            self.assertEqual({space._get_whereabouts() for space in spaces}, {("FR", "97400")})

    def test_it_is_today_there_whoever_looks(self):
        for zone in ("Europe/Paris", "Pacific/Auckland", "America/Martinique"):
            with self.subTest(zone):
                self.away.tz = zone
                self.assertEqual(self.space.with_user(self.away)._get_today(), d("1/7"))

    def test_days_closed_from_afar_are_days_of_the_space(self):
        form = Form(
            self.env(user=self.away)["coworking.space.close"].with_context(
                active_ids=self.space.ids, active_model="coworking.space"
            )
        )
        form.date_from = form.date_to = d("13/7")
        form.save().action_apply()
        calendar = self.space.resource_calendar_id
        self.assertEqual(calendar.tz, "Indian/Reunion", "its own, with the clock of the address")
        leave = calendar.leave_ids.filtered("date_from")
        self.assertEqual(leave.date_from, datetime(2015, 7, 12, 20, 0))
        self.assertEqual(self.space._get_closed_days()[self.space.id], {d("13/7")})

    def test_the_public_holiday_of_the_department_is_one(self):
        self.assertIn(d("20/12"), self.space._get_holidays(d("1/12"), d("31/12")))
        self.space.partner_id.zip = "59000"
        self.assertNotIn(d("20/12"), self.space._get_holidays(d("1/12"), d("31/12")))

    def test_an_appointment_is_told_by_the_clock_of_its_space(self):
        """Who plans it at 14:00 by the clock of La Réunion sees 22:00 in Auckland."""
        event = (
            self.env["calendar.event"]
            .with_user(self.away)
            .with_context(tz="Pacific/Auckland")
            .create(
                {
                    "name": "Point",
                    "coworking_kind": "appointment",
                    "coworking_program_id": self.program.id,
                    "coworking_space_id": self.space.id,
                    "start": "2015-07-02 10:00:00",
                    "stop": "2015-07-02 11:00:00",
                }
            )
        )
        self.assertIn("14:00 to 15:00", event._coworking_when())

    def test_a_presence_of_this_very_day_is_recorded_from_afar(self):
        seat = self._new_seat("1/6")
        for day, refused in ((d("1/7"), False), (d("2/7"), True)):
            rows = [
                {"seat_id": seat.id, "date": day, "slot": "am", "state": "present", "hours": 0.0}
            ]
            problems = (
                self.env["coworking.presence"]
                .with_user(self.away)
                ._get_problems_by_row(self.env["coworking.presence"]._normalise_rows(seat, rows))
            )
            self.assertEqual(bool(problems), refused, day)

    def test_a_space_that_is_taken_over_has_hours_by_its_own_clock(self):
        take_over = self.env["coworking.take.over"].create({"program_id": self.program.id})
        self.env["coworking.take.over.line"].create(
            {
                "take_over_id": take_over.id,
                "sheet": "spaces",
                "number": 2,
                "cells": {
                    "name": "Kaz",
                    "seat_capacity": "2",
                    "zip": "97410",
                    "dayofweek_0": "9:00-12:00",
                },
            }
        )
        take_over._try_rows()
        take_over.action_record()
        space = self.env["coworking.space"].search([("name", "=", "Kaz")])
        self.assertEqual(space.resource_calendar_id.tz, "Indian/Reunion")
