"""Pages cost the same number of queries for ten people as for two hundred."""

from odoo.tests import freeze_time

from ..common import JUNE, d
from .common import PortalCase

NOW = "2015-07-02 09:00:00"
FEW, MANY = 10, 200
# Queries of a page, at most, whatever the number of seats.
BUDGET = 45


class BudgetCase(PortalCase):
    def _queries(self, partner, page):
        """Queries that preparing a page takes, all caches empty."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        page(partner)  # what depends on nobody: views, languages
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        page(partner)
        return self.cr.sql_log_count - before


@freeze_time(NOW)
class TestSqlBudget(BudgetCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.manager.partner_id
        cls.space.seat_capacity = cls.space_b.seat_capacity = MANY
        cls.day_tariff = cls._new_tariff("Day", 20.0, unit="day")
        cls.day_tariff_b = cls._new_tariff("Day", 20.0, space=cls.space_b, unit="day")
        cls.space_b.manager_ids = cls.manager_b.partner_id
        cls._fill(FEW, cls.day_tariff_b, cls.tariff_b)
        cls._fill(MANY, cls.day_tariff, cls.tariff)
        cls._sent()

    @classmethod
    def _fill(cls, number, *tariffs):
        files = cls.env["coworking.participant"].create(
            [
                {
                    "partner_name": f"{tariffs[0].space_id.code} {index:03}",
                    "program_id": cls.program.id,
                    "user_id": cls.accompanist.id,
                }
                for index in range(2 * number)
            ]
        )
        seats = cls.env["coworking.seat"].create(
            [
                {
                    "participant_id": file.id,
                    "space_id": tariffs[0].space_id.id,
                    "tariff_id": tariffs[index % 2].id,
                    "date_start": d("1/6"),
                    "state": "confirmed" if index % 10 == 0 else "active",
                }
                for index, file in enumerate(files)
            ]
        )
        by_day = seats.filtered(lambda seat: seat.tariff_id == tariffs[0])
        cls.env["coworking.presence"].create(
            [
                {"seat_id": seat.id, "date": d(day), "slot": "am"}
                for seat in by_day
                for day in ("2/6", "1/7")
            ]
        )
        return seats

    def test_no_page_counts_its_people(self):
        env = self.env
        spaces = {self.partner: self.space, self.manager_b.partner_id: self.space_b}
        presence = env["coworking.portal.presence"]
        pages = {
            "home": env["coworking.portal"]._prepare_home,
            "arrivals": env["coworking.portal"]._prepare_arrivals,
            "people": env["coworking.portal"]._prepare_people,
            "count": env["coworking.portal"]._get_waiting_count,
            "presences": lambda partner: presence._prepare_presences(
                partner, spaces[partner], d("29/6"), d("5/7")
            ),
            "presences of a month": lambda partner: presence._prepare_presences(
                partner, spaces[partner], d("1/6"), d("30/6")
            ),
            "months": env["coworking.portal.month"]._prepare_months,
            "month": lambda partner: env["coworking.portal.month"]._prepare_month(partner, JUNE),
            "prices": env["coworking.portal.space"]._prepare_prices,
            "space": lambda partner: env["coworking.portal.space"]._prepare_sheet(
                partner, spaces[partner]
            ),
        }
        for name, page in pages.items():
            with self.subTest(page=name):
                few = self._queries(self.manager_b.partner_id, page)
                many = self._queries(self.partner, page)
                # Odoo reads records by the thousand: one more read is not one a person.
                self.assertLessEqual(many, few + 3)
                self.assertLessEqual(many, BUDGET)

    def test_a_week_of_taps_is_saved_in_one_go(self):
        seats = self.env["coworking.seat"].search(
            [("tariff_id", "=", self.day_tariff.id), ("state", "=", "active")]
        )

        def save(number, day):
            rows = [
                {"seat": seat.id, "date": day, "slot": "pm", "state": "present", "before": ""}
                for seat in seats[:number]
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            answer = self.env["coworking.portal.presence"]._save_presences(
                self.partner, "portal", rows
            )
            self.env.flush_all()
            self.assertEqual(len(answer["saved"]), number)
            return self.cr.sql_log_count - before

        one = save(2, "2015-07-01")
        self.assertLessEqual(save(90, "2015-07-02"), one + 2 * 90)

    def test_the_mails_of_a_day_read_everything_at_once(self):
        requests = self.env["coworking.portal.request"]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        waiting = requests._get_waiting()
        self.assertGreater(len(waiting), 20)
        self.assertLessEqual(self.cr.sql_log_count - before, 8)


@freeze_time(NOW)
class TestSpacesOfAManager(BudgetCase):
    def test_a_month_of_ten_spaces_that_are_paid_is_read_as_that_of_one(self):
        many = self.manager.partner_id
        for number in range(FEW):
            space = self._new_space(f"Space {number}", f"S{number}", manager_ids=many.ids)
            self._new_seat("1/6", "30/6", tariff=self._new_tariff("Month", 100.0, space=space))
        self._new_seat("1/6", "30/6", tariff=self.tariff_b)
        self.space_b.manager_ids = self.manager_b.partner_id
        statements = self._sent()
        statements.action_confirm()
        bills = self._bill(statements)
        for number, bill in enumerate(bills):
            bill.write({"ref": f"B-{number}", "invoice_date": d("1/7")})
        bills.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bills.ids
        ).create({"payment_date": d("2/7"), "journal_id": self._new_bank().id})._create_payments()
        shown = self.env["coworking.portal.month"]

        def page(partner):
            return shown._prepare_month(partner, JUNE)

        self.assertEqual(len(page(many)["statements"]), FEW)
        few = self._queries(self.manager_b.partner_id, page)
        self.assertLessEqual(self._queries(many, page), few + 3)
