"""Days unlike the others, clocks that are wrong, users elsewhere: the books stay in order."""

from odoo.tests import freeze_time

from ..common import CoworkingCase

# Moments in UTC at which a month is closed by somebody, somewhere.
MOMENTS = {
    "31 December, already 1 January in Paris": "2015-12-31 23:30:00",
    "the last minute of a leap day": "2016-02-29 22:59:00",
    "the hour that does not exist, in spring": "2015-03-29 01:30:00",
    "the hour that is there twice, in autumn": "2015-10-25 00:30:00",
    "the same hour again": "2015-10-25 01:30:00",
}
ZONES = ("Europe/Paris", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Indian/Reunion")


class TestClock(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Programs of the demonstration would be caught up along.
        cls._archive_at_once(
            cls.env["coworking.program"].sudo().search([("id", "!=", cls.program.id)])
        )
        cls.program.write({"date_end": "2016-12-31", "funding_rate": 80.0, "funding_cap": 120.0})
        cls.space.seat_capacity = 5
        cls.day_tariff = cls._new_tariff("Day", 20.0, unit="day", uses_place=False)

    def assertInOrder(self):
        books = self.env["coworking.books"]
        findings = books._check(self.company)
        self.assertEqual(findings, [], books._to_text(findings))

    def _close(self, env=None):
        """What runs and what people do at the end of a month."""
        Statement = (env or self.env)["coworking.statement"]
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_end_seats").method_direct_trigger()
            self.env.ref("coworking_incubation.ir_cron_generate_statements").method_direct_trigger()
        opened = Statement.search([("program_id", "=", self.program.id), ("state", "=", "draft")])
        return opened

    def _charged(self):
        return self.env["coworking.charge"].search_count(
            [("program_id", "=", self.program.id), ("state", "!=", "forecast")]
        )

    def test_each_strange_moment_in_each_zone(self):
        for words, moment in MOMENTS.items():
            for zone in ZONES:
                with (
                    self.subTest(f"{words}, {zone}"),
                    self.env.cr.savepoint() as savepoint,
                    freeze_time(moment),
                ):
                    self.space.resource_calendar_id = self.env["resource.calendar"].create(
                        {"name": zone, "tz": zone, "company_id": self.company.id}
                    )
                    self.accountant.tz = self.coordinator.tz = zone
                    self._new_seat("1/2", "28/2", "Early")
                    self._new_seat("1/2", None, "Whole")
                    visitor = self._new_seat("1/3", None, "Days", self.day_tariff)
                    self._new_presences(visitor, "29/3", "25/10", "31/12", "29/2/16")
                    env = self.env(user=self.coordinator, context={**self.env.context, "tz": zone})
                    opened = self._close(env)
                    self.assertTrue(opened)
                    opened.sudo().sorted("date_from").action_confirm()
                    self.assertInOrder()
                    charged = self._charged()
                    self._close(env)
                    self.assertEqual(self._charged(), charged)
                    self.assertInOrder()
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_a_clock_set_back_neither_bills_again_nor_forgets(self):
        self._new_seat("1/5", "31/7")
        with freeze_time("2015-07-10"):
            self._close().sorted("date_from")[:2].action_confirm()
            charged = self._charged()
        for wrong in ("2015-05-28", "2015-01-01", "1999-12-31"):
            with freeze_time(wrong):
                self._close()
                self.assertEqual(self._charged(), charged, wrong)
                self.assertInOrder()
        with freeze_time("2015-08-03"):
            self._close().action_confirm()
        self.assertEqual(self._charged(), 3)
        self.assertInOrder()

    def test_a_clock_set_forward_leaves_nothing_to_be_billed(self):
        """Months opened by mistake cannot be confirmed before they begin, and are empty then."""
        seat = self._new_seat("1/5", None)
        with freeze_time("2015-12-20"):
            self._close()
        with freeze_time("2015-07-10"):
            seat.date_end = "2015-06-30"
            opened = self._close().sorted("date_from").filtered("charge_ids")
            opened[:2].action_confirm()
            with self.assertRefused("2015"):
                opened[-1].action_confirm()
            self.assertInOrder()
        with freeze_time("2016-01-05"):
            self._close()
        charges = self.env["coworking.charge"].search(
            [("program_id", "=", self.program.id), ("state", "!=", "forecast")]
        )
        self.assertEqual(
            charges.sorted("period").mapped(lambda row: (row.state, row.amount_total)),
            [("settled", 180.0), ("settled", 180.0)],
        )
        self.assertInOrder()
