"""Hours of staff that are typed, and flat amounts that are a part of other headings."""

from odoo import Command
from odoo.exceptions import AccessError

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

    def test_contacts_with_hours_of_one_month_are_not_merged_and_it_is_said_why(self):
        twin = self.accompanist.partner_id.copy()
        hours = self.time.copy({"partner_id": twin.id, "month": "2015-06-30"})
        partners = twin | self.accompanist.partner_id
        merging = self.env["base.partner.merge.automatic.wizard"]
        with self.assertRefused(hours.display_name, self.time.display_name, "hours"):
            merging._merge(partners.ids, partners[0], extra_checks=False)
        hours.program_id = self._new_program("Other", "OTH")
        merging._merge(partners.ids, twin, extra_checks=False)
        self.assertEqual((self.time | hours).partner_id, twin)

    def test_contacts_with_hours_of_two_months_are_merged(self):
        twin = self.accompanist.partner_id.copy()
        hours = self.time.copy({"partner_id": twin.id, "month": "2015-07-01"})
        partners = twin | self.accompanist.partner_id
        merging = self.env["base.partner.merge.automatic.wizard"]
        merging._merge(partners.ids, twin, extra_checks=False)
        self.assertEqual((self.time | hours).partner_id, twin)

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

    def test_nobody_types_what_hours_come_to(self):
        with self.assertRaises(AccessError):
            self.time.amount = 9999.0
        self.assertEqual(self._cost().amount, 757.22)

    def test_a_month_of_a_person_is_typed_once(self):
        with self.assertRefused("typed already"):
            self.time.copy({"month": "2015-06-30"})


class TestSalaries(FundingCase):
    """The hours of June are typed, and the salary is booked as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 50.0)
        cls.agreement.heading_ids.unlink()
        cls.direct, cls.staff = cls.env["coworking.funding.heading"].create(
            [
                {"agreement_id": cls.agreement.id, "name": "All costs", "kind": "direct"},
                {"agreement_id": cls.agreement.id, "name": "Salaries", "kind": "staff"},
            ]
        )
        cls.account = cls.env["account.account"].create(
            {
                "name": "Salaries",
                "code": "641100",
                "account_type": "expense",
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        cls.entry = cls._book(cls.account)

    @classmethod
    def _book(cls, account, amount=1000.0):
        journal = cls.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", cls.company.id)], limit=1
        )
        entry = cls.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": "2015-06-30",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "debit": amount,
                            "analytic_distribution": {str(cls.analytic_account.id): 100.0},
                        }
                    ),
                    Command.create({"account_id": cls.accounts["tax"].id, "credit": amount}),
                ],
            }
        )
        entry.action_post()
        return entry

    def _type(self, paid="2015-06-30"):
        return self.env["coworking.staff.time"].create(
            {
                "program_id": self.program.id,
                "partner_id": self.accompanist.partner_id.id,
                "month": "2015-06-10",
                "hours": 50.0,
                "hourly_cost": 20.0,
                "date_paid": paid,
            }
        )

    def test_a_salary_is_not_taken_twice_and_it_is_said_why(self):
        self.assertShares(self.entry, A=500.0, own=500.0)
        hours = self._type()
        self.assertShares(self.entry, refused=1000.0)
        self.assertIn("counted by the hours", self._costs(self.entry).refusal_text)
        self.assertShares(hours.sudo().cost_ids, A=500.0, own=500.0)

    def test_hours_taken_back_leave_what_is_booked(self):
        for paid in ("2015-06-30", False):
            with self.subTest(paid=paid):
                hours = self._type(paid)
                self.assertShares(self.entry, refused=1000.0)
                hours.unlink()
                self.assertShares(self.entry, A=500.0, own=500.0)

    def test_hours_of_another_program_leave_what_is_booked(self):
        other = self._new_program("Other", "OTHER")
        self.agreement.program_ids |= other
        hours = self._type()
        self.assertShares(self.entry, refused=1000.0)
        hours.program_id = other
        self.assertShares(self.entry, A=500.0, own=500.0)
        self.assertShares(hours.sudo().cost_ids, A=500.0, own=500.0)
        self.assertEqual(hours.sudo().cost_ids.allocation_ids.program_id, other)

    def test_claimed_hours_of_another_program_are_taken_back_once(self):
        other = self._new_program("Other", "OTHER")
        hours = self._type()
        self._refresh()
        claimed = hours.sudo().cost_ids
        claimed.allocation_ids.filtered("agreement_id")._freeze()
        hours.program_id = other
        self._check_as_committed()
        self.assertShares(claimed)
        self.assertShares(hours.sudo().cost_ids - claimed, refused=1000.0)
        hours.program_id = self.program
        self.assertShares(claimed, A=500.0, own=500.0)
        self.assertEqual(hours.sudo().cost_ids, claimed)

    def test_other_expenses_go_on(self):
        self._type()
        self.assertShares(self._book(self.accounts["expense"], 40.0), A=20.0, own=20.0)

    def test_a_heading_that_names_the_account_takes_it(self):
        self._type()
        self.direct.account_ids = self.account
        self.assertShares(self.entry, A=500.0, own=500.0)


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

    def test_claimed_it_is_taken_back_once_and_may_come_back(self):
        bill = self._new_bill("Camille")
        payment = self._pay(bill)
        self._refresh()
        self._flat().allocation_ids.filtered("agreement_id")._freeze()
        payment.action_draft()
        changes = self.env["coworking.cost.change"]
        self.env["coworking.cost"]._allocate_programs(self.program)
        changes.search([("move_id", "=", False)]).unlink()
        self.env["coworking.cost"]._refresh_moves(bill)
        changes.search([]).unlink()
        self.env["coworking.cost"]._allocate_programs(self.program)
        self.assertFalse(changes.search([]))
        self.assertTrue(self._flat().withdrawn)
        self.assertShares(self._flat())
        payment.action_post()
        self._refresh()
        self.assertRecordValues(self._flat(), [{"withdrawn": False, "paid_amount": 27.0}])
        self.assertShares(self._flat(), A=13.5, own=13.5)

    def test_what_was_admitted_within_dates_and_in_time_is_not_judged_again(self):
        """Of June, from the 15th on, are 96.00; paid on the last day of the limit."""
        self.agreement.write(
            {"date_from": "2015-06-15", "date_to": "2015-07-20", "date_paid_limit": "2015-07-20"}
        )
        bill = self._new_bill("Camille")
        self._pay(bill)
        self._refresh()
        self.assertRecordValues(self._flat(), [{"amount": 14.4, "date_paid": d("20/7")}])
        self.assertShares(self._flat(), A=7.2, own=7.2)

    def test_paid_after_the_agreement_ended_it_counts_whole(self):
        self.agreement.date_to = "2015-06-30"
        bill = self._new_bill("Camille")
        self._pay(bill)
        self._refresh()
        self.assertShares(self._flat(), A=13.5, own=13.5)

    def test_of_whom_the_funder_does_not_count_nothing_counts(self):
        bill = self._new_bill("Camille", "Dominique")
        self._pay(bill)
        self._refresh()
        counted, other = self._costs(bill)
        counted.participant_id.gender = "female"
        other.participant_id.gender = "male"
        self.agreement.public_domain = "[('gender', '=', 'female')]"
        self.assertShares(other, refused=180.0)
        self.assertShares(counted, A=90.0, own=90.0)
        self.assertEqual(self._flat().mapped("amount"), [27.0])

    def test_it_goes_with_the_heading_that_is_flat_no_more(self):
        self._pay(self._new_bill("Camille"))
        self._refresh()
        flat = self._flat()
        self.assertTrue(flat)
        self.flat.write({"kind": "direct", "flat_rate": 0.0, "flat_heading_ids": False})
        self._refresh()
        self.assertFalse(self._flat())

    def test_it_goes_with_an_archived_agreement(self):
        self._pay(self._new_bill("Camille"))
        self._refresh()
        self.assertTrue(self._flat())
        self.agreement.active = False
        self._refresh()
        self.assertFalse(self._flat())

    def test_nothing_is_admitted_any_more_and_it_goes(self):
        bill = self._new_bill("Camille")
        payment = self._pay(bill)
        self._refresh()
        self.assertTrue(self._flat())
        payment.action_draft()
        self._refresh()
        self.assertFalse(self._flat())
