"""Every cause has its case, by records and in words; the rest of the mathematics is in unit/."""

from odoo import Command

from odoo.addons.coworking_incubation import matching

from ..common import JULY, d
from .common import MatchingCase

MAY = d("1/5")


class TestCauses(MatchingCase):
    """One person, one total, one mistake."""

    def assertFound(self, expected, billed, cause, *words, **values):
        """A bill of one line, for a month expected at an amount: its gap has this cause."""
        statement = self._settle()
        self.assertEqual(statement.payable_total, expected)
        bill = self._receive(("Coworking juin 2015", billed), **values)
        rows = self._matches(bill).filtered("gap")
        self.assertEqual(rows.mapped("cause"), [cause])
        self.assertAlmostEqual(sum(rows.mapped("gap")), billed - expected, 2)
        for word in words:
            self.assertIn(word, rows.explanation)
        self.assertSumsHold(bill)
        return rows

    def assertNotBilled(self, statement, cause, gap):
        """What a bill leaves out is a line of the month, and stays to be invoiced."""
        line = self.env["coworking.month.line"].search(
            [("statement_id", "=", statement.id), ("gap", "!=", 0)]
        )
        self.assertRecordValues(line, [{"cause": cause, "gap": gap, "move_id": False}])
        self.assertEqual(line.charge_id._get_remaining_to_invoice(), -gap)

    def test_each_cause_that_may_be_found_can_be_kept_and_told(self):
        kept = dict(self.env["coworking.match"]._fields["cause"].selection)
        for cause in matching.CAUSES:
            with self.subTest(cause):
                self.assertIn(cause, kept)
                words = self.env["coworking.matching"]
                self.assertTrue(callable(getattr(words, f"_describe_{cause}", None)))

    def test_start_day(self):
        self._new_seat("16/6", "31/7", "Camille Roux")
        self.assertFound(90.0, 180.0, "start_day", "Camille Roux", "01/06/2015", "16/06/2015")

    def test_departed_this_month(self):
        self._new_seat("1/5", "10/6", "Camille Roux")
        self.assertFound(60.0, 180.0, "departed", "Camille Roux", "30/06/2015", "10/06/2015")

    def test_departed_before(self):
        self._new_seat("1/4", "31/5", "Camille Roux")
        self._new_seat("1/6", "30/6", "Farid Benali", self._new_tariff("Fixed", 250.0))
        row = self.assertFound(250.0, 430.0, "departed", "Camille Roux", "31/05/2015")
        self.assertFalse(row.charge_id)
        self.assertEqual(row.participant_id.partner_id.name, "Camille Roux")

    def test_who_left_more_than_six_months_before_is_not_suspected(self):
        self._new_seat("1/2", "30/4", "Camille Roux")
        self._new_seat("1/10", "30/11", "Farid Benali", self._new_tariff("Fixed", 250.0))
        for month, cause in ((d("1/10"), "departed"), (d("1/11"), False)):
            statement = self._settle(month)
            bill = self._receive((f"Coworking {statement.name}", 430.0))
            self.assertEqual(self._matches(bill).filtered("gap").mapped("cause"), [cause])

    def test_who_comes_later_and_is_named(self):
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._new_seat("1/7", "31/7", "Nour Haddad")
        self._settle()
        bill = self._receive(("Camille Roux", 180.0), ("Nour Haddad", 180.0))
        self.assertCauses(bill, ("Nour Haddad", "start_day", 180.0))
        self.assertIn("01/07/2015", self._matches(bill).filtered("gap").explanation)

    def test_departed_long_ago_and_named_without_a_month(self):
        """It is for the month billed now, not the last one of the stay billed twice."""
        self._new_seat("1/4", "30/4", "Camille Roux")
        statement = self._settle(d("1/4"))
        self._receive((statement.name, 180.0), invoice_date=d("3/5"))
        bill = self._receive(("Place de Camille Roux", 180.0))
        self.assertCauses(bill, ("Camille Roux", "departed", 180.0))
        self.assertFalse(self._matches(bill).statement_id)
        self._new_seat("1/6", "30/6", "Farid Benali")
        june = self._settle()
        self.assertCauses(bill, ("Camille Roux", "departed", 180.0))
        self.assertEqual(self._matches(bill).statement_id, june)

    def test_who_left_is_billed_to_their_program_where_no_statement_is_sent_any_more(self):
        self._new_seat("1/4", "30/4", "Camille Roux")
        self._receive((self._settle(d("1/4")).name, 180.0), invoice_date=d("3/5"))
        bill = self._receive(("Place de Camille Roux", 180.0))
        self.assertFalse(self._matches(bill).statement_id)
        line = self.env["coworking.month.line"].search([("move_id", "=", bill.id)])
        self.assertEqual((line.program_id, line.gap), (self.program, 180.0))
        dashboard = self.env["coworking.dashboard"].with_user(self.coordinator)
        picture = dashboard._prepare_picture({"program": self.program.id})
        tiles = {tile["name"]: tile for group in picture["groups"] for tile in group["tiles"]}
        self.assertEqual([bar["value"] for bar in tiles["gaps"]["bars"]], [180.0])
        self.assertIn(line, line.search(tiles["to_decide"]["domain"]))

    def test_price(self):
        tariff = self._new_tariff("Dated", 170.0, prices=[("2015-05-01", 180.0)])
        self._new_seat("1/5", "31/7", "Camille Roux", tariff)
        self.assertFound(180.0, 170.0, "price", "170", "01/01/2015")

    def test_price_of_all_the_seats_of_a_tariff(self):
        tariff = self._new_tariff("Dated", 170.0, prices=[("2015-05-01", 180.0)])
        for name in ("Camille Roux", "Farid Benali", "Nour Haddad"):
            self._new_seat("1/5", "31/7", name, tariff)
        statement = self._settle()
        bill = self._receive(("Coworking juin 2015", 510.0))
        self.assertEqual(set(self._matches(bill).mapped("cause")), {"price"})
        self.assertEqual(self._matches(bill).charge_id, statement.charge_ids)
        self.assertEqual(set(self._matches(bill).mapped("gap")), {-10.0})

    def test_price_of_a_second_seat(self):
        """170/140, then 180/150: the second seat at 140 is at its own old price; at the price of
        the first one it is 30 too much.
        """
        tariff = self._new_tariff("Team", 170.0, prices=[("2015-05-01", 180.0)])
        tariff.price_ids = [
            Command.create({"date_start": day, "price": price, "rank": 2})
            for day, price in (("2015-01-01", 140.0), ("2015-05-01", 150.0))
        ]
        for name in ("Camille Roux", "Farid Benali"):
            self._new_seat("1/5", "31/7", name, tariff)
        self.assertEqual(self._settle().payable_total, 330.0)
        for billed, gap in ((140.0, -10.0), (180.0, 30.0)):
            bill = self._receive(("Camille Roux", 180.0), ("Farid Benali", billed))
            self.assertCauses(bill, ("Farid Benali", "price", gap))
            bill.button_cancel()
        # Arrived on 1 May, and billed by the half of May as well: nothing of it is a price.
        bill = self._receive(("Camille Roux", 180.0), ("Farid Benali", 75.0))
        self.assertCauses(bill, ("Farid Benali", False, -75.0))

    def test_a_seat_that_was_cancelled_since_leaves_the_bill_to_be_typed(self):
        tariff = self._new_tariff("Team", 180.0)
        tariff.price_ids = [Command.create({"date_start": "2015-01-01", "price": 150.0, "rank": 2})]
        self._new_seat("1/5", "31/7", "Camille Roux", tariff)
        second = self._new_seat("1/5", "31/7", "Farid Benali", tariff)
        statement = self._generate()
        self.assertEqual(statement.payable_total, 330.0)
        second.action_cancel()
        bill = self._receive(("Camille Roux", 170.0), ("Farid Benali", 150.0))
        self.assertTrue(self._matches(bill))

    def test_suspension(self):
        tariff = self._new_tariff("Credited", 180.0, absence_rule="credited")
        person = self._new_participant("Camille Roux", date_entry=d("1/5"))
        person.suspension_ids = [
            Command.create({"date_from": d("1/6"), "date_to": d("10/6"), "reason": "Training"})
        ]
        self._new_seat("1/5", "31/7", person, tariff)
        self.assertFound(120.0, 180.0, "suspension", "Camille Roux")

    def test_closure(self):
        tariff = self._new_tariff("Credited", 180.0, closure_rule="credited")
        self._new_seat("1/5", "31/7", "Camille Roux", tariff)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Works",
                "calendar_id": self.space._get_own_calendar().id,
                "date_from": "2015-06-01 00:00:00",
                "date_to": "2015-06-05 21:00:00",
            }
        )
        self.assertFound(150.0, 180.0, "closure", "Camille Roux")

    def test_presence(self):
        seat = self._new_seat(
            "1/6", "30/6", "Camille Roux", self._new_tariff("Day", 20.0, unit="day")
        )
        self._new_presences(seat, "1/6", "2/6", "3/6")
        self.assertFound(60.0, 80.0, "presence", "Camille Roux", "1")

    def test_membership(self):
        product = self._new_product("Fee")
        self._new_seat("1/6", "30/6", "Camille Roux")
        self.space.membership_ids = [
            Command.create({"date_start": "2015-01-01", "fee": 12.0, "product_id": product.id})
        ]
        tariff = self._new_tariff("Fixed", 250.0)
        other = self._new_seat("1/6", "30/6", "Farid Benali", tariff)
        other.membership_paid_on = d("1/6")
        statement = self._settle()
        self._receive(("Coworking juin 2015", 430.0))
        self.assertNotBilled(statement, "membership", -12.0)

    def test_membership_that_is_not_due_at_the_fee_of_that_month(self):
        product = self._new_product("Fee")
        self.space.membership_ids = [
            Command.create({"date_start": day, "fee": fee, "product_id": product.id})
            for day, fee in (("2015-01-01", 12.0), ("2015-06-01", 15.0), ("2015-07-01", 20.0))
        ]
        seat = self._new_seat("1/6", "30/6", "Camille Roux")
        seat.membership_paid_on = d("1/6")
        self._settle()
        for fee, cause in ((12.0, False), (15.0, "membership"), (20.0, False)):
            bill = self._receive(("Coworking juin 2015", 180.0 + fee))
            self.assertEqual(self._matches(bill).filtered("gap").mapped("cause"), [cause], fee)
            bill.button_cancel()

    def test_a_fee_that_is_not_due_is_found_to_the_thousandth(self):
        self.company.currency_id = self.env.ref("base.TND")
        self.company.currency_id.active = True
        self.tariff.price_ids.price = 123.457
        product = self._new_product("Fee")
        self.space.membership_ids = [
            Command.create({"date_start": "2015-01-01", "fee": 12.345, "product_id": product.id})
        ]
        seat = self._new_seat("1/6", "30/6", "Camille Roux")
        seat.membership_paid_on = d("1/6")
        self._settle()
        bill = self._receive(("Coworking juin 2015", 135.802))
        self.assertEqual(self._matches(bill).filtered("gap").mapped("cause"), ["membership"])

    def test_commitment(self):
        tariff = self._new_tariff("Bound", 180.0, notice_days=15)
        seat = self._new_seat("1/5", "10/6", "Camille Roux", tariff)
        seat.notice_date = d("10/6")
        statement = self._settle()
        self.assertIn("commitment", statement.charge_ids.mapped("kind"))
        regular = statement.charge_ids.filtered(lambda row: row.kind == "regular")
        self._receive(("Coworking juin 2015", regular.payable_total))
        due = statement.payable_total - regular.payable_total
        self.assertNotBilled(statement, "commitment", -due)

    def test_deposit(self):
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._settle()
        bill = self._receive(("Camille Roux", 180.0), ("Dépôt de garantie", 180.0))
        self.assertCauses(bill, (False, "deposit", 180.0))

    def test_deposit_in_the_total_of_the_first_month(self):
        self._new_seat("16/6", "31/7", "Camille Roux")
        self.assertFound(90.0, 270.0, "deposit", "Camille Roux")

    def test_not_covered(self):
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._settle()
        bill = self._receive(
            ("Camille Roux", 180.0),
            ("Location salle de réunion", 24.0),
            ("Impressions couleur", 3.6),
            ("Commande personnelle Camille Roux", 12.0),
        )
        self.assertCauses(
            bill,
            (False, "not_covered", 24.0),
            (False, "not_covered", 3.6),
            ("Camille Roux", "not_covered", 12.0),
        )
        self.assertSumsHold(bill)

    def test_unknown_person(self):
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._settle()
        bill = self._receive(("Camille Roux", 180.0), ("Zed Nobody", 180.0))
        self.assertCauses(bill, (False, "unknown", 180.0))

    def test_a_small_rest_that_names_nobody_is_no_part_of_a_seat(self):
        for name in ("Camille Roux", "Farid Benali"):
            self._new_seat("1/6", "30/6", name)
        statement = self._settle()
        bill = self._receive(("Place", 180.0), ("Divers", 60.0))
        self.assertCauses(bill, (False, "unknown", 60.0))
        left = [charge._get_remaining_to_invoice() for charge in statement.charge_ids]
        self.assertEqual(sorted(left), [0.0, 180.0])

    def test_a_bill_that_quotes_what_was_billed_pays_nothing_of_another_program_or_space(self):
        other = self._new_program("Other 2015", "OTH")
        self.space_b.operator_id = self.space.operator_id
        self._new_seat("1/6", "30/6", self._new_participant("Nour Haddad", program=other))
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._new_seat("1/6", "30/6", "Farid Benali", self.tariff_b)
        statements = self._settle() | self._settle(program=other)
        ours = statements.filtered(
            lambda row: row.program_id == self.program and row.space_id == self.space
        )
        self._receive((f"Place {ours.name}", 180.0), ref="F-1")
        for amount, cause in ((180.0, "duplicate"), (170.0, "unknown"), (140.0, "unknown")):
            bill = self._receive((f"Place {ours.name}", amount), ref=f"F-{amount}")
            self.assertCauses(bill, (False, cause, amount))
            self.assertEqual(self._matches(bill).statement_id, ours)
            self.assertEqual((statements - ours).mapped("invoiced_amount"), [0.0, 0.0])
            bill.button_cancel()
        bill = self._receive((f"Nour Haddad, {ours.name}", 180.0), ref="F-3")
        self.assertEqual(self._matches(bill).charge_id.program_id, other, "whom it names")

    def test_other_month(self):
        self._new_seat("1/5", "30/6", "Camille Roux")
        self._settle(MAY)
        statement = self._settle()
        bill = self._receive(("Coworking juin 2015", 360.0), ref="sans mois")
        # the invoice names June, and holds two whole months
        self.assertEqual(self._matches(bill).statement_id, statement)
        self.assertEqual(statement.gap_amount, 180.0)
        bill.button_cancel()
        bill = self._receive(("Coworking", 360.0))
        self.assertCauses(bill)
        self.assertEqual(len(self._matches(bill).statement_id), 2)

    def _line_of(self, charge):
        self.env["coworking.month.line"].invalidate_model()
        return self.env["coworking.month.line"].search([("charge_id", "=", charge.id)])

    def test_a_seat_of_another_month_in_a_total_is_shown_as_such(self):
        self._new_seat("1/5", "30/6", "Camille Roux")
        farid = self._new_seat("16/5", "30/6", "Farid Benali")
        may, june = self._settle(MAY), self._settle()
        bill = self._receive(("Coworking", 360.0 + 92.90))
        self.assertCauses(bill, ("Farid Benali", "other_month", 0.0))
        self.assertEqual((may.gap_amount, june.gap_amount), (-180.0, 0.0))
        charge = may.charge_ids.filtered(lambda row: row.seat_id == farid)
        line = self._line_of(charge)
        self.assertRecordValues(line, [{"cause": "other_month", "gap": 0.0, "status": "to_match"}])
        self.assertIn("2015", line.cause_explanation)
        line.with_user(self.accountant).action_match()
        self.assertEqual(self._line_of(charge).status, "matched")
        self.assertSumsHold(bill)

    def test_a_seat_of_another_program_in_a_total_is_shown_as_such(self):
        other = self._new_program("Other 2015", "OTH")
        nour = self._new_seat("16/6", "30/6", self._new_participant("Nour Haddad", program=other))
        self._new_seat("1/6", "30/6", self._new_participant("Zoé Descamps", program=other))
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._new_seat("1/6", "30/6", "Farid Benali")
        theirs, ours = self._settle(program=other), self._settle()
        bill = self._receive(("Coworking", 360.0 + 90.0))
        self.assertCauses(bill, ("Nour Haddad", "other_program", 0.0))
        self.assertEqual((theirs.gap_amount, ours.gap_amount), (-180.0, 0.0))
        line = self._line_of(theirs.charge_ids.filtered(lambda row: row.seat_id == nour))
        self.assertRecordValues(line, [{"cause": "other_program", "gap": 0.0}])
        self.assertIn("Other 2015", line.cause_explanation)

    def test_other_program(self):
        other = self._new_program("Other 2015", "OTH")
        self._new_seat("1/6", "30/6", self._new_participant("Nour Haddad", program=other))
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._settle(program=other)
        statement = self._settle()
        bill = self._receive((f"{statement.name}", 180.0), ("Nour Haddad", 180.0))
        self.assertCauses(bill)
        self.assertEqual(self._matches(bill).statement_id.program_id, self.program | other)

    def test_duplicate(self):
        self._new_seat("1/6", "30/6", "Camille Roux")
        statement = self._settle()
        first = self._receive(("Camille Roux, juin 2015", 180.0), ref="F-1")
        again = self._receive(("Camille Roux, juin 2015", 180.0), ref="F-2")
        self.assertCauses(first)
        self.assertCauses(again, ("Camille Roux", "duplicate", 180.0))
        self.assertEqual(self._matches(again).charge_id, statement.charge_ids)

    def test_already_paid_by_the_participant(self):
        self.program.funding_rate = 80.0
        self._new_seat("1/6", "30/6", "Camille Roux", self._new_tariff("Odd", 182.5))
        self.assertFound(182.5, 146.0, "already_paid", "Camille Roux")

    def test_the_part_of_the_participant_that_the_space_collects_is_billed_too(self):
        self.program.write({"funding_rate": 80.0, "copayment_collector": "space"})
        self._new_seat("1/6", "30/6", "Camille Roux", self._new_tariff("Odd", 182.5))
        self.assertFound(146.0, 182.5, "already_paid", "Camille Roux")

    def test_tax_left_out_and_added(self):
        self._new_seat("1/6", "30/6", "Camille Roux")
        self._new_seat("1/6", "30/6", "Farid Benali")
        self._settle()
        for billed, gap in ((300.0, -30.0), (432.0, 36.0)):
            bill = self._receive(("Coworking juin 2015", billed))
            self.assertCauses(bill, ("Camille Roux", "tax", gap), ("Farid Benali", "tax", gap))
            bill.button_cancel()

    def test_rounding(self):
        self._new_seat("1/6", "30/6", "Camille Roux")
        self.assertFound(180.0, 180.03, "rounding", tax=False)

    def test_one_of_several_seats_is_said_so(self):
        for name in ("Camille Roux", "Farid Benali", "Nour Haddad"):
            self._new_seat("1/6", "31/7", name)
        self._settle()
        bill = self._receive(("Coworking juin 2015", 360.0))
        row = self._matches(bill).filtered("gap")
        self.assertEqual((row.cause, row.gap, row.charge_id.id), ("missing", -180.0, False))
        self.assertIn("3", row.explanation)

    def test_two_causes_that_are_as_likely_are_told_and_neither_is_chosen(self):
        self._new_seat("16/6", "31/7", "Camille Roux")
        self._new_seat("1/5", "15/6", "Farid Benali")
        row = self.assertFound(180.0, 270.0, False, "2 explications possibles")
        self.assertEqual((row.gap, row.charge_id.id, row.seat_id.id), (90.0, False, False))

    def test_what_is_certain_is_told_of_its_seat_beside_what_may_be_of_several(self):
        self._new_seat("16/6", "31/7", "Camille Roux", self._new_tariff("Odd", 203.0))
        for name in ("Farid Benali", "Nour Haddad"):
            self._new_seat("1/6", "31/7", name)
        self._settle()
        bill = self._receive(("Coworking juin 2015", 203.0 + 180.0))
        self.assertCauses(bill, ("Camille Roux", "start_day", 101.5), (False, "missing", -180.0))
        self.assertSumsHold(bill)

    def test_it_is_said_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "fr_FR"
        self._new_seat("16/6", "31/7", "Camille Roux")
        self.assertFound(
            90.0, 180.0, "start_day", "Camille Roux\xa0: facturé depuis le 01/06/2015, arrivée le"
        )

    def test_two_hundred_seats_do_not_hang(self):
        self.space.seat_capacity = 200
        people = self.env["coworking.participant"].create(
            [{"partner_name": f"P{number}", "program_id": self.program.id} for number in range(200)]
        )
        self.env["coworking.seat"].create(
            [
                {
                    "participant_id": person.id,
                    "space_id": self.space.id,
                    "tariff_id": self.tariff.id,
                    "date_start": d(f"{number % 28 + 1}/6"),
                    "date_end": d("31/8"),
                    "state": "confirmed",
                }
                for number, person in enumerate(people)
            ]
        )
        statement = self._settle()
        bill = self._receive(("Coworking juin 2015", statement.payable_total + 123.45), tax=False)
        self.assertSumsHold(bill)
        self.assertEqual(self._matches(bill).charge_id, statement.charge_ids)
        self.assertFalse(self._settle(JULY).filtered(lambda row: row.gap_amount))
