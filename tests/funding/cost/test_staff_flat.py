"""Hours of staff that are typed, and flat amounts that are a part of other headings."""

from odoo import Command

from ...common import d
from ..common import FundingCase


class TestStaff(FundingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 50.0)
        cls.heading = cls.env["coworking.funding.heading"].create(
            {"agreement_id": cls.agreement.id, "name": "Salaries", "kind": "staff"}
        )
        cls.time = (
            cls.env["coworking.staff.time"]
            .with_user(cls.coordinator)
            .create(
                {
                    "program_id": cls.program.id,
                    "partner_id": cls.accompanist.partner_id.id,
                    "month": "2015-06-10",
                    "hours": 35.5,
                    "hourly_cost": 21.33,
                }
            )
        )

    def _cost(self):
        return self.env["coworking.cost"].search([("staff_time_id", "=", self.time.id)])

    def test_hours_cost_what_they_cost(self):
        self.assertRecordValues(
            self._cost(),
            [
                {
                    "kind": "staff",
                    "amount": 757.22,
                    "paid_amount": 0.0,
                    "date_from": d("1/6"),
                    "date_to": d("30/6"),
                }
            ],
        )

    def test_funders_take_part_once_the_salary_is_paid(self):
        self.assertShares(self._cost())
        self.time.date_paid = "2015-06-30"
        self.assertShares(self._cost(), A=378.61, own=378.61)
        self.time.hours = 10.0
        self._check_as_committed()
        self.assertShares(self._cost(), A=106.65, own=106.65)

    def test_what_was_claimed_is_taken_back_and_not_deleted(self):
        self.time.date_paid = "2015-06-30"
        self._refresh()
        self._cost().allocation_ids.filtered("agreement_id")._freeze()
        with self.assertRefused("payment date"):
            self.time.unlink()
        self.time.date_paid = False
        self._check_as_committed()
        self.assertShares(self._cost())

    def test_deleted_it_is_no_cost(self):
        cost = self._cost()
        self.time.unlink()
        self.assertFalse(cost.exists())

    def test_a_month_of_a_person_is_typed_once(self):
        with self.assertRefused("typed already"):
            self.time.copy({"month": "2015-06-30"})


class TestFlat(FundingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 50.0)
        cls.flat = cls.env["coworking.funding.heading"].create(
            {
                "agreement_id": cls.agreement.id,
                "name": "General costs",
                "kind": "flat",
                "flat_rate": 15.0,
                "flat_heading_ids": [Command.set(cls.agreement.heading_ids.ids)],
            }
        )

    def _flat(self):
        return self.env["coworking.cost"].search([("heading_id", "=", self.flat.id)])

    def test_a_flat_amount_follows_what_is_admitted(self):
        bill = self._new_bill("Camille")
        self._refresh()
        self.assertFalse(self._flat())
        self._pay(bill, 100.0)
        self._refresh()
        self.assertRecordValues(
            self._flat(),
            [{"kind": "flat", "amount": 15.0, "date_from": d("1/7"), "date_to": d("31/7")}],
        )
        self.assertShares(self._flat(), A=7.5, own=7.5)
        self._pay(bill, 80.0, "3/8")
        self._refresh()
        self.assertEqual(sorted(self._flat().mapped("amount")), [12.0, 15.0])

    def test_it_is_of_its_agreement_alone(self):
        self._new_agreement("B", 50.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self._refresh()
        self.assertShares(self._flat(), A=13.5, own=13.5)

    def test_nothing_is_admitted_any_more_and_it_goes(self):
        bill = self._new_bill("Camille")
        payment = self._pay(bill)
        self._refresh()
        self.assertTrue(self._flat())
        payment.action_draft()
        self._refresh()
        self.assertFalse(self._flat())
