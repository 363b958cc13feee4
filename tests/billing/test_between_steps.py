"""Corrections where a fact reaches further than its own month, space, person or program.

180.00 a month, daily, without tax, unless said.
"""

from odoo import Command
from odoo.exceptions import UserError

from ..common import JULY, JUNE, d
from ..matching.common import MatchingCase
from .test_corrections import AUGUST, FEBRUARY, JANUARY, MARCH, CorrectionCase


class TestFactsThatReachBack(CorrectionCase):
    def test_a_presence_after_the_month_changes_the_anniversary_that_began_in_it(self):
        tariff = self._new_tariff(
            "Four days",
            100.0,
            period="anniversary",
            included_quantity=4.0,
            prices=[{"date_start": "2015-02-01", "price": 100.0, "overage_price": 15.0}],
        )
        seat = self._new_seat("15/6", "31/8", tariff=tariff)
        self._new_presences(seat, "16/6", "17/6", "18/6", "19/6")
        self._settle(JUNE)
        self._new_presences(seat, "6/7", "7/7", "8/7")
        july = self._generate(JULY)
        self.assertEqual(self._found(seat, july)[JUNE, "overage"], 45.0)

    def test_a_closure_after_the_departure_changes_the_commitment_settled_with_it(self):
        self.tariff.write({"min_commitment_months": 3, "closure_rule": "credited"})
        seat = self._new_seat("1/1", "20/2")
        self._settle_all(JANUARY, FEBRUARY)
        self.assertEqual(self._sum(seat), 540.0)
        for day in range(9, 16):
            self._close(self.space._get_own_calendar(), f"{day}/3")
        march = self._generate(MARCH)
        self.assertEqual(self._found(seat, march), {(MARCH, "commitment"): -40.65})


class TestPutAway(CorrectionCase):
    def test_a_seat_archived_to_tidy_up_keeps_its_settled_months(self):
        person = self._new_participant("A")
        seat = self._new_seat("1/1", "31/3", person)
        self._settle_all(JANUARY, FEBRUARY, MARCH)
        seat.write({"state": "ended"})
        seat.active = False
        person._pricing_inputs_changed(d("1/1"))
        self._new_seat("1/4", None, "B")
        self._generate(d("1/4"))
        self.assertEqual(self._sum(seat), 540.0)

    def test_a_rival_who_is_archived_keeps_its_rank(self):
        tariff = self._new_tariff(
            "Ranks", 180.0, prices=[{"date_start": "2015-01-01", "price": 150.0, "rank": 2}]
        )
        first = self._new_seat("1/6", "30/6", "A", tariff)
        second = self._new_seat("2/6", "30/6", "B", tariff)
        first.write({"state": "ended"})
        first.active = False
        self._settle(JUNE)
        self.assertEqual(self._get_charges(second).mapped("unit_price"), [150.0])

    def test_a_closure_told_after_a_seat_was_put_away_is_credited(self):
        self.tariff.closure_rule = "credited"
        seat = self._new_seat("1/3", "31/3", "A")
        self._settle(MARCH)
        seat.write({"state": "ended"})
        seat.active = False
        for day in range(9, 16):
            self._close(self.space._get_own_calendar(), f"{day}/3")
        self._new_seat("1/4", None, "B")
        april = self._generate(d("1/4"))
        self.assertEqual(self._found(seat, april), {(MARCH, "regular"): -40.65})

    def test_what_is_owed_to_a_file_that_was_archived_is_still_settled(self):
        person = self._new_participant("A")
        seat = self._new_seat("1/6", "30/6", person)
        self._settle(JUNE)
        seat.date_end = d("15/6")
        person.active = False
        july = self._generate(JULY)
        self.assertEqual(self._found(seat, july), {(JUNE, "regular"): -90.0})


class TestElsewhere(CorrectionCase):
    def test_a_price_of_one_space_changes_what_is_funded_in_another(self):
        self.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        person = self._new_participant("A")
        first = self._new_seat("1/6", "15/6", person, funding_rate=80.0, funding_cap=120.0)
        second = self._new_seat(
            "16/6", "30/6", person, self.tariff_b, funding_rate=80.0, funding_cap=120.0
        )
        self._settle_at(JUNE, self.space_b)
        self.assertEqual(self._get_charges(second).funded_amount, 48.0)
        self.tariff.price_ids = [Command.create({"date_start": "2015-06-01", "price": 120.0})]
        self._settle_at(JUNE, self.space)
        self._settle(JULY)
        self.assertEqual(sum(self._get_charges(first).mapped("funded_amount")), 48.0)
        self.assertEqual(sum(self._get_charges(second).mapped("funded_amount")), 56.0)

    def test_a_fee_given_back_in_one_program_is_asked_in_the_other(self):
        fee = self._new_product("Fee")
        self.space.membership_ids = [
            Command.create({"date_start": "2015-01-01", "fee": 24.0, "product_id": fee.id})
        ]
        other = self._new_program("Other", "OTH")
        self.tariff.absence_rule = "credited"
        ours = self._new_seat("1/6", "30/6", self._new_participant("A", date_entry=d("1/6")))
        partner = ours.partner_id
        theirs = self._new_seat(
            "1/7",
            "31/8",
            self.env["coworking.participant"].create(
                {"partner_id": partner.id, "program_id": other.id}
            ),
        )
        self._settle(JUNE)
        self._settle(JULY, other)
        self.assertEqual(self._found(theirs), {(JULY, "regular"): 180.0})
        self.env["coworking.suspension"].create(
            {
                "participant_id": ours.participant_id.id,
                "date_from": d("1/6"),
                "date_to": d("30/6"),
                "reason": "Never came",
            }
        )
        self._settle(JULY)
        self.assertEqual(self._found(ours), {})
        self._settle(AUGUST, other)
        self.assertEqual(self._found(theirs).get((JULY, "membership")), 24.0)

    def test_a_fee_that_goes_from_an_open_month_is_asked_in_the_other_program(self):
        fee = self._new_product("Fee")
        self.space.membership_ids = [
            Command.create({"date_start": "2015-01-01", "fee": 24.0, "product_id": fee.id})
        ]
        other = self._new_program("Other", "OTH")
        ours = self._new_seat("1/6", "30/6", "A")
        theirs = self._new_seat(
            "1/7",
            "31/8",
            self.env["coworking.participant"].create(
                {"partner_id": ours.partner_id.id, "program_id": other.id}
            ),
        )
        june = self._generate(JUNE)
        self._settle(JULY, other)
        self.assertEqual(self._found(theirs), {(JULY, "regular"): 180.0})
        ours.action_cancel()
        with self.assertRefused(june.name):
            june.action_confirm()
        self.assertEqual(june.action_refresh()["res_model"], "coworking.statement")
        self.assertFalse(june.exists())
        self._settle(AUGUST, other)
        self.assertEqual(self._found(theirs).get((JULY, "membership")), 24.0)

    def test_a_new_price_costs_no_more_queries_for_more_people_elsewhere(self):
        def people(count):
            for number in range(count):
                person = self._new_participant(f"P{number}")
                self._new_seat("1/6", "15/6", person)
                self._new_seat("16/6", "30/6", person, self.tariff_b)

        def count_queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.tariff._prices_changed()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        (self.space | self.space_b).seat_capacity = 20
        people(2)
        count_queries()  # reads what a process reads once
        few = count_queries()
        people(6)
        self.assertLessEqual(count_queries() - few, 6)


class TestGivenToSomebodyElse(CorrectionCase):
    def test_a_suspension_typed_for_the_wrong_person_is_taken_from_one_and_given_to_the_other(self):
        self.tariff.absence_rule = "credited"
        seats = [
            self._new_seat("1/6", "30/6", self._new_participant(name, date_entry=d("1/6")))
            for name in "AB"
        ]
        suspension = self.env["coworking.suspension"].create(
            {
                "participant_id": seats[0].participant_id.id,
                "date_from": d("1/6"),
                "date_to": d("10/6"),
                "reason": "Illness",
            }
        )
        self._settle(JUNE)
        self.assertEqual([self._sum(seat) for seat in seats], [120.0, 180.0])
        suspension.participant_id = seats[1].participant_id
        self._settle(JULY)
        self.assertEqual([self._sum(seat) for seat in seats], [180.0, 120.0])

    def test_a_seat_that_goes_on_elsewhere_leaves_the_commitment_of_the_one_before(self):
        self.tariff.min_commitment_months = 3
        person = self._new_participant("A")
        first = self._new_seat("1/1", "31/1", person)
        following = self._new_seat("1/2", "31/5", person)
        self._settle(JANUARY)
        self.assertEqual(self._sum(first), 180.0)
        following.write({"space_id": self.space_b.id, "tariff_id": self.tariff_b.id})
        self._settle(FEBRUARY)
        found = self._found(first)
        self.assertEqual(
            {key: found.get(key) for key in ((FEBRUARY, "commitment"), (MARCH, "commitment"))},
            {(FEBRUARY, "commitment"): 180.0, (MARCH, "commitment"): 180.0},
        )


class TestTaxesOfThen(CorrectionCase):
    def test_a_settled_fee_keeps_the_tax_it_was_settled_with(self):
        taxed = self._new_product("Fee", self.tax_lost)
        self.space.membership_ids = [
            Command.create(
                {
                    "date_start": "2015-01-01",
                    "fee": 20.0,
                    "tax_included": False,
                    "product_id": taxed.id,
                }
            )
        ]
        seat = self._new_seat("1/6", None, "A")
        self._settle(JUNE)
        self.assertEqual(self._found(seat)[JUNE, "membership"], 24.0)
        taxed.supplier_taxes_id = False
        seat.date_start = d("2/6")
        july = self._settle(JULY)
        self.assertEqual(
            self._found(seat, july), {(JUNE, "regular"): -6.0, (JULY, "regular"): 180.0}
        )

    def test_a_tax_that_a_fiscal_position_replaces_from_now_on_is_seen_before_confirming(self):
        product = self._new_product("Taxed", self.tax_lost)
        self.tariff.product_id = product
        self.space.operator_id.property_account_position_id = self.position
        other = self._new_tax("Another that 293 B replaces")
        replaced = {
            "fiscal_position_ids": [Command.set(self.position.ids)],
            "original_tax_ids": [Command.set(other.ids)],
        }
        self._new_tax("0% 293 B", amount=0.0, **replaced)
        self._new_seat("1/6", "30/6", "A")
        june = self._generate(JUNE)
        june.action_send()
        self.assertEqual(june.payable_total, 216.0)
        replaced["original_tax_ids"] = [Command.set(self.tax_lost.ids)]
        self._new_tax("0% for 293 B", amount=0.0, **replaced)
        self.assertTrue(june.action_confirm(), "settled with a tax nobody saw")
        june.action_confirm()
        self.assertEqual((june.state, june.payable_total), ("confirmed", 180.0))

    def test_a_rate_edited_after_confirming_does_not_hold_up_the_bill(self):
        product = self._new_product("Taxed", self.tax_lost)
        self.tariff.product_id = product
        self._new_seat("1/6", "30/6", "A")
        june = self._settle(JUNE)
        self.tax_lost.amount = 10.0
        bill = self._bill(june)
        self.assertEqual((bill.amount_untaxed, bill.amount_total), (180.0, 216.0))

    def test_a_tax_that_was_archived_is_no_longer_in_force(self):
        old, new = self._new_tax("Old"), self._new_tax("New", amount=10.0)
        product = self._new_product("Taxed", old)
        self.tariff.product_id = product
        seat = self._new_seat("1/6", "30/6", "A")
        product.supplier_taxes_id = [Command.link(new.id)]
        old.active = False
        june = self._generate(JUNE)
        self.assertEqual(self._found(seat), {(JUNE, "regular"): 198.0})
        june.action_confirm()
        self.assertEqual(june.charge_ids.tax_id, new)
        self.assertEqual(self._bill(june).amount_total, 198.0)


class TestToldTwice(CorrectionCase):
    def test_a_commitment_corrected_twice_is_owed_at_once_the_second_time(self):
        self.tariff.min_commitment_months = 12
        seat = self._new_seat("1/1", "31/1")
        self._settle(JANUARY)
        self.assertEqual(self._sum(seat), 2160.0)
        seat.date_end = False
        self._settle(FEBRUARY)
        seat.date_end = d("31/1")
        self._settle(MARCH)
        self.assertEqual(self._sum(seat), 2160.0)

    def test_a_longer_program_shows_what_it_will_cost(self):
        self.program.date_end = d("31/7")
        seat = self._new_seat("1/6", None)
        self.program.date_end = d("31/12")
        forecasts = self.env["coworking.charge"].search([("seat_id", "=", seat.id)])
        self.assertEqual(sum(forecasts.mapped("payable_total")), 7 * 180.0)

    def test_a_seat_that_goes_on_under_another_tariff_is_billed_from_the_month_of_the_first(self):
        seat = self._new_seat("1/5", "31/8", billed_from=JULY)
        desk = self._new_tariff("Desk", 240.0)
        later = seat._replace_from(d("16/6"), {"tariff_id": desk.id})
        self.assertFalse(self._generate(JUNE))
        self.assertEqual(self._generate(JULY).payable_total, 240.0)
        self.assertFalse(later._replace_from(d("16/7"), {"tariff_id": self.tariff.id}).billed_from)

    def test_a_copied_seat_takes_over_nothing(self):
        seat = self._new_seat("1/6", "30/6", billed_from=d("1/6"), membership_paid_on=d("1/1"))
        seat.write({"opening_pack_quantity": 3.0, "opening_pack_valid_until": d("31/12")})
        self.assertRecordValues(
            seat.copy({"state": "draft"}),
            [
                {
                    "billed_from": False,
                    "membership_paid_on": False,
                    "opening_pack_quantity": 0.0,
                    "opening_pack_valid_until": False,
                }
            ],
        )


class TestPaidOrNot(CorrectionCase):
    def test_a_bill_taken_back_by_a_credit_note_is_not_paid(self):
        self._new_seat("1/6", "30/6", "A")
        june = self._settle(JUNE)
        bill = self._bill(june)
        bill.write({"ref": "F-1", "invoice_date": d("2/7")})
        bill.action_post()
        note = bill._reverse_moves([{"ref": "A-1", "invoice_date": d("3/7")}], cancel=True)
        self.assertEqual((bill.payment_state, note.state), ("reversed", "posted"))
        self.env.invalidate_all()
        self.assertEqual(june._get_paid_on(), {})


class TestMonthEndAmounts(CorrectionCase):
    def _month_end(self, day, **values):
        month_end = self.env["coworking.month.end"].create(
            {"date": d(day), "program_ids": self.program.ids, **values}
        )
        month_end._make_lines()
        return month_end.line_ids

    def test_a_pack_bought_by_a_correction_is_used_ticket_by_ticket(self):
        tariff = self._new_tariff(
            "Ten days", 120.0, unit="pack", pack_size=10.0, pack_validity_months=6
        )
        seat = self._new_seat("1/6", "31/12", tariff=tariff)
        days = [f"{day}/6" for day in (1, 2, 3, 4, 5, 8, 9)]
        self._new_presences(seat, *days)
        self._settle(JUNE)
        self._new_presences(seat, *[f"{day}/6" for day in (10, 11, 12, 15, 16)])
        self._settle(JULY)
        self.assertEqual(self._sum(seat), 240.0)
        lines = self._month_end("31/7")
        self.assertAlmostEqual(sum(lines.mapped("cost")), 12 * 12.0, 2)

    def test_seats_of_another_company_are_no_part_of_it(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= company
        program = self._new_program(
            "Theirs",
            "THE",
            company_id=company.id,
            copayment_product_id=False,
            analytic_account_id=False,
        )
        month_end = self.env["coworking.month.end"].with_context(
            allowed_company_ids=[self.company.id, company.id]
        )
        self.assertNotIn(program, month_end.new({"date": d("30/6")}).program_ids._origin)
        with self.assertRaises(UserError):
            month_end.create(
                {"date": d("30/6"), "company_id": self.company.id, "program_ids": program.ids}
            )


class TestOperatorsOfOneStatement(MatchingCase):
    """June was the old operator's; it is corrected in July, the new one's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.space.operator_id
        cls.new = cls.env["res.partner"].create({"name": "New operator", "is_company": True})
        cls.seat = cls._new_seat("1/6", "31/7", "Camille")
        cls.june = cls._settle()
        cls.bill = cls._bill(cls.june)
        cls.bill.write({"invoice_date": d("2/7"), "ref": "OLD-1"})
        cls.bill.action_post()
        cls.space.operator_id = cls.new
        cls.env.flush_all()
        cls.env.invalidate_all()
        cls.seat.date_start = d("16/6")
        cls.july = cls._settle(JULY)

    def test_each_has_its_document(self):
        self.july.action_create_bill()
        documents = self.env["account.move"].search([("coworking_statement_id", "=", self.july.id)])
        self.assertEqual(
            {(move.partner_id, move.move_type, move.amount_total) for move in documents},
            {(self.new, "in_invoice", 180.0), (self.old, "in_refund", 90.0)},
        )

    def test_two_names_of_one_company_are_one_operator(self):
        self.new.parent_id = self.old.commercial_partner_id
        self.new.is_company = False
        self.env.flush_all()
        self.assertEqual(self.new.commercial_partner_id, self.old.commercial_partner_id)
        self.july.action_create_bill()
        self.assertEqual(self.july.bill_id.amount_total, 90.0)

    def test_the_bill_of_one_that_was_cancelled_is_made_again(self):
        self.july.action_create_bill()
        mine = self.july.move_ids.filtered(lambda move: move.partner_id == self.new)
        mine.button_cancel()
        self.assertEqual(self.july.state, "confirmed")
        self.july.action_create_bill()
        standing = self.july.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(
            sorted(standing.mapped("amount_total")),
            [90.0, 180.0],
        )
        with self.assertRefused(self.july.name):
            self.july.action_create_bill()

    def test_a_file_of_one_completes_its_own_draft(self):
        self.july.action_create_bill()
        for operator in (self.new, self.old):
            file = self.env["coworking.invoice.file"].new(
                {"statement_id": self.july.id, "operator_id": operator.id}
            )
            self.assertEqual(file._draft_to_complete().partner_id, operator)

    def test_a_reference_of_the_month_is_known_to_both(self):
        for operator in (self.new, self.old):
            file = self.env["coworking.invoice.file"].new(
                {"operator_id": operator.id, "company_id": self.company.id}
            )
            self.assertEqual(file._find_quoted_statement(f"Réf. {self.july.name}"), self.july)

    def test_a_document_of_each_is_matched_without_a_gap(self):
        bill = self._receive((f"{self.july.name} juillet 2015", 180.0), partner_id=self.new.id)
        note = self._receive(
            (f"{self.july.name} {self.seat.name} juin 2015", 90.0),
            move_type="in_refund",
            partner_id=self.old.id,
        )
        self.assertEqual(self._matches(bill).mapped("gap"), [0.0])
        self.assertEqual(self._matches(note).mapped("gap"), [0.0])
        self.assertEqual(self.july.gap_amount, 0.0)

    def test_the_space_is_asked_for_its_own_lines_alone(self):
        text = self.env["coworking.portal.month"]._get_bill_text(self.july)
        amount = self.july.currency_id.format(180.0)
        self.assertIn(f"Total incl. VAT: {amount}", text)
        self.assertIn(self.old.name, text)

    def test_and_so_it_is_before_it_confirms(self):
        text = self.env["coworking.portal.month"]._get_bill_text(self.july)
        self.july.action_withdraw()
        again = self.env["coworking.portal.month"]._get_bill_text(self.july)
        self.assertEqual(again, text)

    def test_two_names_of_one_company_are_on_one_document(self):
        self.new.parent_id = self.old.commercial_partner_id
        self.new.is_company = False
        text = self.env["coworking.portal.month"]._get_bill_text(self.july)
        amount = self.july.currency_id.format(90.0)
        self.assertIn(f"Total incl. VAT: {amount}", text)
