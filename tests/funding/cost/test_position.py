"""Where a grant is: what is committed, claimed, admitted and left always sum to it (F17)."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.fields import Domain
from odoo.tests import Form

from ...common import JUNE, d
from ..common import FundingCase


@freeze_time("2015-06-20")
class TestPosition(FundingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 50.0, amount_granted=1000.0)
        cls.heading = cls.agreement.heading_ids
        cls.space.seat_capacity = 50

    def assertPosition(self, record, committed, claimed, admitted, left):
        self._refresh()
        self.env.invalidate_all()
        found = [record[f"amount_{name}"] for name in ("committed", "claimed", "admitted", "left")]
        self.assertEqual(found, [committed, claimed, admitted, left])
        whole = (
            record.amount_granted
            if record == self.agreement
            else (record.ceiling or record.planned)
        )
        self.assertAlmostEqual(sum(found), whole, 2)

    def _freeze(self, *moves):
        self._refresh()
        shares = self._costs(*moves).allocation_ids.filtered("agreement_id")
        shares._freeze()
        return shares

    def _answer(self):
        """As claims do, of which the funder said what it admits."""
        model = self.registry["coworking.allocation"]
        return patch.object(model, "_get_answered_domain", lambda model: Domain.TRUE)

    def test_a_grant_that_nothing_draws_on_is_left(self):
        self.assertPosition(self.agreement, 0.0, 0.0, 0.0, 1000.0)

    def test_a_stay_is_committed_from_its_forecast_on(self):
        seat = self._new_seat("1/6", "31/7", "Camille")
        self._new_presences(seat, "10/6")
        self.assertPosition(self.agreement, 180.0, 0.0, 0.0, 820.0)
        bill = self._post_bill(self._bill(self._settle(JUNE)))
        self.assertPosition(self.agreement, 180.0, 0.0, 0.0, 820.0)
        self._pay(bill, 100.0)
        self.assertPosition(self.agreement, 180.0, 0.0, 0.0, 820.0)
        self._pay(bill, 80.0)
        self.assertPosition(self.agreement, 180.0, 0.0, 0.0, 820.0)

    def test_claimed_then_admitted_with_a_part_rejected(self):
        bill = self._new_bill("Camille")
        self._pay(bill)
        shares = self._freeze(bill)
        self.assertPosition(self.agreement, 0.0, 90.0, 0.0, 910.0)
        shares._reject({shares: 10.0})
        with self._answer():
            self.assertPosition(self.agreement, 0.0, 0.0, 80.0, 920.0)

    def test_a_charge_whose_claimed_bill_is_a_draft_again_is_committed_again(self):
        """80.00 of 180.00 are paid and claimed, 40.00 of them asked; all is to be paid anew."""
        bill = self._new_bill("Camille")
        self._pay(bill, 80.0)
        self._freeze(bill)
        self.assertPosition(self.agreement, 50.0, 40.0, 0.0, 910.0)
        bill.button_draft()
        self.assertPosition(self.agreement, 50.0, 40.0, 0.0, 910.0)

    def test_what_was_used_before_the_take_over_is_admitted(self):
        self.agreement.amount_used_before = 400.0
        self._new_seat("1/7", "31/7", "Camille")
        self.assertPosition(self.agreement, 90.0, 0.0, 400.0, 510.0)

    def test_no_more_is_committed_than_there_is(self):
        self.agreement.amount_granted = 50.0
        self._new_seat("1/7", "31/7", "Camille")
        self.assertPosition(self.agreement, 50.0, 0.0, 0.0, 0.0)

    def test_a_heading_is_bound_by_its_ceiling(self):
        self.heading.ceiling = 70.0
        self._new_seat("1/7", "31/7", "Camille")
        self.assertPosition(self.heading, 70.0, 0.0, 0.0, 0.0)
        self.assertPosition(self.agreement, 70.0, 0.0, 0.0, 930.0)

    def test_what_ends_outside_the_dates_is_not_committed(self):
        self.agreement.date_to = "2015-07-15"
        self._new_seat("1/7", "31/7", "Camille")
        self.assertPosition(self.agreement, 43.55, 0.0, 0.0, 956.45)

    def test_a_credit_note_to_come_gives_back(self):
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertPosition(self.agreement, 90.0, 0.0, 0.0, 910.0)
        note = bill._reverse_moves([{"invoice_date": d("5/7"), "date": d("5/7"), "ref": "CN"}])
        note.action_post()
        self.assertPosition(self.agreement, 0.0, 0.0, 0.0, 1000.0)

    def test_a_flat_amount_of_what_is_to_come_is_committed_too(self):
        flat = self.env["coworking.funding.heading"].create(
            {
                "agreement_id": self.agreement.id,
                "name": "General costs",
                "kind": "flat",
                "flat_rate": 10.0,
                "flat_heading_ids": [Command.set(self.heading.ids)],
                "planned": 100.0,
            }
        )
        self._new_seat("1/7", "31/7", "Camille")
        self.assertPosition(flat, 9.0, 0.0, 0.0, 91.0)
        self.assertPosition(self.agreement, 99.0, 0.0, 0.0, 901.0)

    def test_only_people_of_the_public_are_committed(self):
        self.agreement.public_domain = "[('gender', '=', 'female')]"
        people = [
            self._new_participant(name, gender=gender)
            for name, gender in (("Camille", "female"), ("Sacha", "male"))
        ]
        for file in people:
            self._new_seat("1/7", "31/7", file)
        self.assertPosition(self.agreement, 90.0, 0.0, 0.0, 910.0)

    def test_two_programs_and_agreements_on_one_grant(self):
        other = self._new_program("Other", "OTH", analytic_account_id=False)
        self.agreement.program_ids |= other
        second = self._new_agreement("B", 50.0, amount_granted=60.0, sequence=20)
        for file in (self._new_participant("A"), self._new_participant("B", program=other)):
            self._new_seat("1/7", "31/7", file)
        self.assertPosition(self.agreement, 180.0, 0.0, 0.0, 820.0)
        self.env.invalidate_all()
        self.assertEqual((second.amount_committed, second.amount_left), (60.0, 0.0))

    def test_who_sees_it_sees_the_same(self):
        self._new_seat("1/7", "31/7", "Camille")
        for user in (self.coordinator, self.accountant):
            with self.subTest(user=user.login):
                agreement = self.agreement.with_user(user)
                self.assertEqual(agreement.amount_committed, 90.0)
                self.assertEqual(agreement.heading_ids.amount_committed, 90.0)
        with Form(self.agreement.with_user(self.coordinator)) as form:
            self.assertEqual(form.amount_left, 910.0)

    def test_ten_agreements_ask_as_much_as_one(self):
        self._new_seat("1/7", "31/7", "Camille")

        def count(agreements):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            agreements.mapped("amount_left")
            return self.env.cr.sql_log_count - before

        count(self.agreement)
        one = count(self.agreement)
        more = self.agreement
        for number in range(9):
            program = self._new_program(f"P{number}", f"P{number}", analytic_account_id=False)
            more |= self._new_agreement(f"A{number}", 10.0, programs=program)
            self._new_seat("1/7", "31/7", self._new_participant("Somebody", program=program))
        self.assertLessEqual(count(more), one + 3)
