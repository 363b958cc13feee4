"""What decides amounts leaves with the workbook: elsewhere the same months cost the same."""

from odoo import Command
from odoo.tests import freeze_time

from ..common import JULY, JUNE, SENSITIVE, d
from .test_take_over_export import ExportCase


@freeze_time("2015-08-20 09:00:00")
class TestAmountsComeBack(ExportCase):
    """Two spaces, four people, two months. One space is open from Tuesday to Saturday, and was
    closed for a week of July and a whole day by its hours; a suspension, a rate and a cap that
    change.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat_product.supplier_taxes_id = [Command.clear()]
        cls.space.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "From Tuesday to Saturday",
                "company_id": cls.company.id,
                "tz": "Europe/Paris",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {"name": "Open", "dayofweek": str(day), "hour_from": 9, "hour_to": 18.5}
                    )
                    for day in range(1, 6)
                ],
            }
        )
        cls.space._close(d("13/7"), d("19/7"), "Summer")
        cls.space._close(d("21/7"), d("21/7"), "Works", (9.0, 18.5))
        cls.space._close(d("22/7"), d("22/7"), "Meeting", (9.0, 13.0))
        cls.tariff.write({"closure_rule": "credited", "absence_rule": "credited"})
        cls.daily = cls._new_tariff(
            "Journée",
            20.0,
            unit="day",
            monthly_cap=70.0,
            prices=[{"date_start": JULY, "price": 22.0, "monthly_cap": 50.0}],
        )
        cls.edition.write({"funding_rate": 80.0, "funding_cap": 130.0})
        people = {
            name: cls._new_participant(
                name,
                cls.edition,
                stage_id=cls.incubation.id,
                date_entry=d("2/2"),
                move_reason="Taken over",
            )
            for name in ("Ana", "Bob", "Cléo", "Dan")
        }
        cls.ana, cls.bob, cls.cleo, cls.dan = (
            cls._new_seat("2/2", who=people[name], tariff=tariff, state="active")
            for name, tariff in zip(
                people, (cls.tariff, cls.tariff_b, cls.daily, cls.tariff), strict=True
            )
        )
        cls.bob.funding_cap = 100.0
        people["Ana"].suspension_ids = [
            Command.create({"date_from": d("10/6"), "date_to": d("24/6"), "reason": "Illness"})
        ]
        cls.bob.funding_ids = [Command.create({"date_from": JULY, "rate": 50.0, "cap": 60.0})]
        cls.dan.funding_ids = [Command.create({"date_from": JULY, "rate": 0.0})]
        # 6 and 27 June are Saturdays
        cls._new_presences(cls.cleo, "6/6", "9/6", "10/6", "27/6", "1/7", "2/7", "3/7")

    def _describe(self, charges):
        return sorted(
            (
                charge.space_id.name,
                charge.seat_id.occupant_name,
                charge.period,
                charge.kind,
                charge.date_from,
                charge.date_to,
                charge.quantity,
                charge.amount_untaxed,
                charge.amount_total,
                charge.funded_amount,
                charge.copayment_amount,
            )
            for charge in charges
        )

    def _generate_months(self, program):
        env = self.env(context={**self.env.context, "allowed_company_ids": program.company_id.ids})
        statements = env["coworking.statement"]
        for month in (JUNE, JULY):
            statements |= statements._generate(program.with_env(env), month)
        return self._describe(statements.charge_ids)

    def test_elsewhere_the_same_months_cost_the_same(self):
        self.coordinator.group_ids += self.env.ref(SENSITIVE)
        sheets, copy = self.assertComesBack(self.edition, self.coordinator)
        self.assertEqual(
            {title: len(rows) - 1 for title, rows in sheets.items() if len(rows) > 1},
            {
                "Program": 1,
                "Spaces": 2,
                "Tariffs": 4,
                "Closures": 3,
                "Managers": 2,
                "Participants": 4,
                "Counsellors": 4,
                "Suspensions": 1,
                "Funded Seats": 6,
                "Presences": 7,
            },
        )
        charges = self._generate_months(self.edition)
        self.assertEqual(self._generate_months(copy), charges)
        self.assertEqual(
            [(name, period.month, *rest[-3:]) for __, name, period, *rest in charges],
            [
                # 15 of 30 days at 180.00; then 8 of 31 days closed; 130.00 at most
                ("Ana", 6, 90.0, 72.0, 18.0),
                ("Ana", 7, 133.55, 106.84, 26.71),
                # 4 days at 20.00, 70.00 at most; then 3 at 22.00, 50.00 at most
                ("Cléo", 6, 70.0, 56.0, 14.0),
                ("Cléo", 7, 50.0, 40.0, 10.0),
                ("Dan", 6, 180.0, 130.0, 50.0),
                ("Dan", 7, 133.55, 0.0, 133.55),
                # 100.00 at most
                ("Bob", 6, 140.0, 100.0, 40.0),
                # 50 % of 140.00, 60.00 at most
                ("Bob", 7, 140.0, 60.0, 80.0),
            ],
        )
