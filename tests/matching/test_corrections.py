"""June is corrected on July's statement, and billed as we ask, or otherwise: no gap at the end.

A seat costs 216.00 with tax. Camille came on 16 June in truth: July's statement carries June's
-108.00 beside July's 216.00.
"""

from itertools import permutations

from odoo import Command

from ..common import JULY, JUNE, d
from .common import MatchingCase


class CorrectionCase(MatchingCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.tariff.price_ids.price = 180.0
        cls.tariff.tax_included = False
        cls.camille = cls._new_seat("1/6", "31/7", "Camille Avril")
        cls.farid = cls._new_seat("1/6", "31/7", "Farid Benali")
        cls.june = cls._settle(JUNE)
        cls.june_bill = cls._receive(
            ("Camille Avril juin 2015", 216.0), ("Farid Benali juin 2015", 216.0), ref="F-6"
        )

    @classmethod
    def _correct(cls, *seats, start="16/6"):
        for seat in seats:
            seat.date_start = d(start)
        return cls._settle(JULY)

    def _charge(self, statement, seat, kind="adjustment"):
        return statement.charge_ids.filtered(
            lambda charge: charge.seat_id == seat and charge.kind == kind
        )

    def _our_lines(self, statement, lang="en_US"):
        charges = statement.charge_ids.with_context(lang=lang)
        return [
            (name, charge.payable_total) for charge, name in charges._get_bill_line_names().items()
        ]

    def assertEven(self, *statements):
        """Nothing is left to invoice, and nothing has a gap, a cause, or an unknown line."""
        for statement in statements:
            self.assertEqual(
                [
                    (charge.kind, charge._get_remaining_to_invoice())
                    for charge in statement.charge_ids
                ],
                [(charge.kind, 0.0) for charge in statement.charge_ids],
            )
            self.assertEqual(statement.gap_amount, 0.0)
            self.assertEqual(statement.invoiced_amount, statement.payable_total)
            for match in statement.match_ids:
                self.assertEqual((match.gap, match.cause), (0.0, False))
                self.assertTrue(match.charge_id)


class TestBilledAsWeAsk(CorrectionCase):
    """The month of a bill line is that of its charge, wherever the statement of that is."""

    def test_in_any_order_in_french_and_english(self):
        july = self._correct(self.camille, self.farid)
        self.assertEqual(july.payable_total, 216.0)
        for lang in ("en_US", "fr_FR"):
            lines = self._our_lines(july, lang)
            for number, shuffled in enumerate(permutations(lines)):
                if number % 5:
                    continue
                with self.subTest(lang=lang, number=number):
                    bill = self._receive(*shuffled, invoice_date=d("3/8"))
                    self.assertEven(self.june, july)
                    for match in self._matches(bill):
                        self.assertIn(match.seat_id.name, match.move_line_id.name)
                        self.assertEqual(match.charge_id.payable_total, match.invoiced)
                    bill.unlink()

    def test_the_statement_is_quoted_or_not(self):
        july = self._correct(self.camille)
        bill = self._receive(*self._our_lines(july), ref=f"F-7 {july.name}")
        self.assertEven(self.june, july)
        self.assertSumsHold(bill)

    def test_with_a_credit_note_of_its_own_before_or_after(self):
        july = self._correct(self.camille, self.farid)
        for lang in ("en_US", "fr_FR"):
            lines = self._our_lines(july, lang)
            due = [line for line in lines if line[1] > 0]
            back = [(text, -amount) for text, amount in lines if amount < 0]
            for first in ("bill", "note"):
                with self.subTest(lang=lang, first=first):
                    moves = self.env["account.move"]
                    for what in ("bill", "note") if first == "bill" else ("note", "bill"):
                        if what == "bill":
                            moves |= self._receive(*due, invoice_date=d("3/8"))
                        else:
                            moves |= self._receive(
                                *back, move_type="in_refund", invoice_date=d("4/8")
                            )
                    self.assertEven(self.june, july)
                    self.assertSumsHold(*moves)
                    moves.unlink()

    def test_with_a_credit_note_a_seat(self):
        july = self._correct(self.camille, self.farid)
        for text, amount in reversed(self._our_lines(july)):
            refund = amount < 0
            self._receive((text, abs(amount)), move_type="in_refund" if refund else "in_invoice")
        self.assertEven(self.june, july)

    def test_typed_in_other_words(self):
        july = self._correct(self.camille)
        self.assertEqual(self._charge(july, self.camille).period, JUNE)
        bill = self._receive(
            (f"{self.camille.name} juillet 2015", 216.0),
            (f"{self.camille.name} régularisation juin 2015", -108.0),
            (f"{self.farid.name} juillet 2015", 216.0),
        )
        self.assertEven(self.june, july)
        self.assertSumsHold(bill)

    def test_several_corrections_of_somebody_in_one_line(self):
        """June and July are corrected on August's statement: one line, or one credit note."""
        self.farid.date_end = d("31/8")
        self._settle(JULY)
        self._receive(("Camille Avril juillet 2015", 216.0), ("Farid Benali juillet 2015", 216.0))
        self.camille.date_start = d("16/7")
        august = self._settle(d("1/8"))
        back = self._owed_for(august, self.camille)
        corrections = august.charge_ids.filtered(lambda charge: charge.seat_id == self.camille)
        self.assertEqual(sorted(corrections.mapped("period")), [JUNE, JULY])
        for text in ("Camille Avril, juin et juillet 2015", "Camille Avril, régularisations"):
            with self.subTest(text=text):
                note = self._receive((text, -back), move_type="in_refund", invoice_date=d("3/9"))
                bill = self._receive(("Farid Benali août 2015", 216.0), invoice_date=d("3/9"))
                self.assertEven(august)
                (note | bill).unlink()
        bill = self._receive(
            ("Camille Avril, régularisations", back),
            ("Farid Benali août 2015", 216.0),
            invoice_date=d("3/9"),
        )
        self.assertEven(august)
        self.assertSumsHold(bill)

    @staticmethod
    def _owed_for(statement, seat):
        own = statement.charge_ids.filtered(lambda charge: charge.seat_id == seat)
        return statement.currency_id.round(sum(own.mapped("payable_total")))

    def test_by_total(self):
        july = self._correct(self.camille, self.farid)
        for text in ("Coworking juillet 2015", f"Coworking {july.name}", "Coworking"):
            with self.subTest(text=text):
                bill = self._receive((text, 216.0), invoice_date=d("3/8"))
                self.assertEven(self.june, july)
                bill.unlink()

    def test_by_total_with_a_credit_note_by_total(self):
        july = self._correct(self.camille, self.farid)
        for order in ((432.0, 216.0), (216.0, 432.0)):
            with self.subTest(order=order):
                moves = self.env["account.move"]
                for amount in order:
                    moves |= self._receive(
                        ("Coworking juillet 2015" if amount > 300 else "Avoir", amount),
                        move_type="in_invoice" if amount > 300 else "in_refund",
                        invoice_date=d("3/8"),
                    )
                self.assertEven(self.june, july)
                moves.unlink()

    def test_a_credit_note_that_names_the_month_corrected_only(self):
        july = self._correct(self.camille, self.farid)
        self._receive(("Coworking juillet 2015", 432.0), invoice_date=d("3/8"))
        note = self._receive(("Avoir juin 2015", 216.0), move_type="in_refund")
        self.assertEven(self.june, july)
        self.assertSumsHold(note)

    def test_a_credit_note_before_the_correction_was_known(self):
        note = self._receive(
            (f"{self.camille.name} juin 2015, arrivée le 16", 108.0), move_type="in_refund"
        )
        self.assertEqual(self._matches(note).cause, "reversal")
        july = self._correct(self.camille)
        self._receive(("Coworking juillet 2015", 432.0), invoice_date=d("3/8"))
        self.assertEven(self.june, july)
        self.assertSumsHold(note)

    def test_a_credit_note_by_odoo_s_wizard_before_the_correction_was_known(self):
        """The correction awaits no second one, and the rest of its month is billed beside it."""
        self.june_bill.action_post()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.june_bill.ids)
            .create({"date": d("15/7"), "journal_id": self.june_bill.journal_id.id})
        )
        wizard.reverse_moves()
        note = wizard.new_move_ids
        note.invoice_line_ids[1].unlink()
        note.invoice_line_ids.price_unit = 108.0
        note.ref = "A-6"
        note.action_post()
        july = self._correct(self.camille)
        self.assertEqual(self._matches(note).charge_id, self._charge(july, self.camille))
        bill = self._bill(july)
        self.assertRecordValues(bill, [{"move_type": "in_invoice", "amount_total": 432.0}])
        with self.assertRefused(july.name):
            july.action_create_bill()
        self.assertEven(self.june, july)
        self.assertSumsHold(note)

    def test_the_rest_of_a_month_beside_an_early_credit_note_is_to_bill(self):
        july = self._correct(self.camille)
        note = self._receive(
            (f"{self.camille.name} juin 2015, arrivée le 16", 108.0), move_type="in_refund"
        )
        self.assertEqual(self._matches(note).charge_id, self._charge(july, self.camille))
        self.assertEqual(july.state, "confirmed")
        self.assertToBill(july, 432.0)
        with self.assertRefused(july.name, "billed in part"):
            july.action_withdraw()
        july.action_create_bill()
        self.assertEqual(july.state, "billed")
        self.assertToBill(july, 0.0)
        bill = july._get_standing_bills() - note
        self.assertRecordValues(bill, [{"move_type": "in_invoice", "amount_total": 432.0}])
        bill.button_cancel()
        self.assertEqual(july.state, "confirmed")
        self.assertToBill(july, 432.0)
        self.assertFalse(self.env["coworking.books"]._check(self.company))
        july.state = "billed"
        self.env.flush_all()
        findings = self.env["coworking.books"]._check(self.company)
        self.assertIn(("state", july), [(row.rule, row.record) for row in findings])

    def assertToBill(self, statement, amount):
        """Nothing is missing: the statement, the lines of the month and the workbook agree."""
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self.env["coworking.month.line"].search([("statement_id", "=", statement.id)])
        sums = lines._sum_by_month([("statement_id", "=", statement.id)])
        workbook, day = self.env["coworking.reconciliation"], statement.date_from
        rows = workbook._prepare_rows(*workbook._get_month(self.program, day), day)
        told = [
            (statement.not_invoiced_amount, statement.gap_amount),
            *(
                (sum(row[0] for row in own), sum(row[1] for row in own))
                for own in (
                    [(line.not_invoiced, line.gap) for line in lines],
                    [(row["not_invoiced"], row["gap"]) for row in sums],
                    [(row.not_invoiced, row.gap) for row in rows],
                )
            ),
        ]
        self.assertEqual(told, [(amount, 0.0)] * 4)
        self.assertNotIn("missing", lines.mapped("cause"))

    def test_of_an_open_month_the_seat_that_an_early_bill_leaves_out_is_missing(self):
        july = self._generate(JULY)
        self._receive((f"{self.camille.name} juillet 2015", 216.0))
        self.assertEqual((july.state, july.not_invoiced_amount), ("draft", 0.0))
        self.assertEqual(july.gap_amount, -216.0)

    def test_what_was_billed_and_taken_back_as_a_whole_is_to_bill_again(self):
        july = self._settle(JULY)
        bill = self._bill(july)
        bill.write({"invoice_date": d("3/8"), "ref": "F-7"})
        bill.action_post()
        self.assertToBill(july, 0.0)
        bill._reverse_moves([{"invoice_date": d("5/8"), "ref": "A-7"}], cancel=True)
        self.assertEqual(july.state, "confirmed")
        self.assertToBill(july, 432.0)
        july.action_create_bill()
        self.assertToBill(july, 0.0)

    def test_beside_what_a_participant_paid_the_rest_is_to_bill(self):
        july = self._correct(self.camille)
        charge = self._charge(july, self.camille, kind="regular")
        self.env["coworking.match.decide"].create(
            {
                "line_ids": [Command.set([charge.id * 2])],
                "decision": "reimbursement",
                "reason": "Paid at the desk",
                "participant_paid_amount": 216.0,
                "participant_paid_on": d("3/7"),
            }
        ).action_apply()
        self.assertEqual(july.state, "confirmed")
        july.action_create_bill()
        self.assertEqual(july.state, "billed")
        made = july.bill_ids.filtered(lambda bill: bill.move_type == "in_invoice")
        self.assertNotIn(charge, made.invoice_line_ids.coworking_charge_id)
        self.assertEqual(made.amount_total, 108.0)

    def test_a_surname_is_no_month(self):
        july = self._correct(self.farid)
        bill = self._receive(
            ("Camille Avril - juillet 2015", 216.0),
            ("Farid Benali - juillet 2015", 216.0),
            ("Farid Benali - juin 2015, avoir", -108.0),
        )
        self.assertEven(self.june, july)
        self.assertSumsHold(bill)

    def test_one_line_a_person(self):
        july = self._correct(self.camille)
        bill = self._receive(
            (f"{self.camille.name} juin et juillet 2015", 108.0),
            (f"{self.farid.name} juillet 2015", 216.0),
        )
        self.assertEven(self.june, july)
        self.assertSumsHold(bill)

    def test_two_months_corrected_on_one_statement(self):
        """One who came in the middle of July was billed from the first of June."""
        self._settle(JULY)
        self.camille.write({"date_start": d("16/7"), "date_end": d("31/8")})
        august = self._settle(d("1/8"))
        adjustments = august.charge_ids.filtered(lambda charge: charge.kind == "adjustment")
        self.assertGreater(len(adjustments), 1)
        bill = self._receive(*reversed(self._our_lines(august, "fr_FR")), invoice_date=d("3/9"))
        self.assertEven(august)
        self.assertSumsHold(bill)


class TestStories(CorrectionCase):
    """Credit notes, cancelled, reset and reversed bills, in unusual orders."""

    def assertExplained(self, *bills, statement=None):
        """Each bill is wholly matched, each charge expected once, and each gap has its cause."""
        self.assertSumsHold(*bills)
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for charge in (statement or self.june).charge_ids:
            matches = self.env["coworking.match"].search([("charge_id", "=", charge.id)])
            total = sum(matches.mapped("expected"))
            low, high = sorted((0.0, charge.payable_total))
            self.assertTrue(low <= total <= high, (charge.display_name, total))
        for match in self.env["coworking.match"].search([("move_id", "in", [b.id for b in bills])]):
            if match.gap:
                self.assertTrue(match.cause, match.move_line_id.name)

    def _reverse(self, bill, ref="A-1"):
        if bill.state == "draft":
            bill.action_post()
        return bill._reverse_moves([{"invoice_date": d("4/7"), "date": d("4/7"), "ref": ref}])

    def _cancel(self, move):
        if move.state == "posted":
            move.button_draft()
        move.button_cancel()

    def test_a_credit_note_cancelled_after_billing_again(self):
        """Nothing is expected twice: what was billed again is billed twice."""
        for end in (
            lambda note: note.button_cancel(),
            lambda note: note.unlink(),
            lambda note: (note.action_post(), note.button_draft(), note.button_cancel()),
            lambda note: note.write({"invoice_line_ids": [Command.clear()]}),
            lambda note: note.invoice_line_ids.unlink(),
        ):
            for text in ("Camille Avril juin 2015", "Farid Benali juin 2015"):
                with self.subTest(text=text), self.env.cr.savepoint() as savepoint:
                    note = self._reverse(self.june_bill)
                    self.assertEqual(self.june.invoiced_amount, 0.0)
                    again = self._receive(
                        ("Camille Avril juin 2015", 216.0),
                        ("Farid Benali juin 2015", 216.0),
                        ref="F-6 bis",
                    )
                    self.assertEqual(self.june.gap_amount, 0.0)
                    end(note)
                    self.assertExplained(self.june_bill, again)
                    self.assertEqual(set(self._matches(again).mapped("cause")), {"duplicate"})
                    self.assertEqual(self.june.gap_amount, 432.0)
                    savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_by_total_it_is_billed_twice_as_well(self):
        note = self._reverse(self.june_bill)
        again = self._receive(("Coworking juin 2015", 432.0), ref="F-6 bis")
        self.assertEqual(self.june.gap_amount, 0.0)
        note.button_cancel()
        self.assertExplained(self.june_bill, again)
        self.assertEqual(set(self._matches(again).mapped("cause")), {"duplicate"})
        self._cancel(self.june_bill)
        self.assertExplained(again)

    def test_the_first_bill_cancelled_under_its_credit_note(self):
        note = self._reverse(self.june_bill)
        again = self._receive(
            ("Camille Avril juin 2015", 216.0), ("Farid Benali juin 2015", 216.0), ref="F-6 bis"
        )
        self._cancel(self.june_bill)
        self.assertExplained(note, again)
        self.assertEqual(self.june.invoiced_amount, 0.0)
        self._cancel(again)
        self.assertExplained(note)
        self.assertEqual(self.june.invoiced_amount, -432.0)
        for charge in self.june.charge_ids:
            self.assertEqual(charge._get_remaining_to_invoice(), 216.0)

    def test_a_bill_with_corrections_reversed_as_a_whole(self):
        july = self._correct(self.camille)
        bill = self._receive(*self._our_lines(july), invoice_date=d("3/8"), ref="F-7")
        note = self._reverse(bill)
        self.assertExplained(bill, note, statement=july)
        self.assertEqual(july.invoiced_amount, 0.0)
        self.assertEqual(set(self._matches(note).mapped("cause")), {"reversal"})
        for charge in july.charge_ids:
            self.assertEqual(charge._get_remaining_to_invoice(), charge.payable_total)
        again = self._receive(*self._our_lines(july, "fr_FR"), invoice_date=d("3/8"), ref="F-7b")
        self.assertEqual(july.gap_amount, 0.0)
        note.button_cancel()
        self.assertExplained(bill, again, statement=july)
        self.assertEqual(set(self._matches(again).mapped("cause")), {"duplicate"})

    def test_a_bill_reversed_as_a_whole_is_no_correction_that_is_expected(self):
        july = self._correct(self.camille, start="1/7")
        note = self._reverse(self.june_bill)
        self.assertExplained(note)
        self.assertEqual(self._matches(note).charge_id, self.june.charge_ids)
        self.assertEqual(self.june.invoiced_amount, 0.0)
        self.assertEqual(self._charge(july, self.camille)._get_remaining_to_invoice(), -216.0)

    def test_what_was_billed_for_nobody_we_know_is_given_back_for_nobody(self):
        july = self._settle(JULY)
        lines = [(f"{name} juillet 2015", 216.0) for name in ("Camille Avril", "Jean Inconnu")]
        bill = self._receive(*lines, invoice_date=d("3/8"))
        camille = self._charge(july, self.camille, kind="regular")
        for line, given_back in zip(reversed(lines), (0.0, 216.0), strict=True):
            note = self._receive(line, move_type="in_refund", reversed_entry_id=bill.id)
            self.assertEqual(camille._get_remaining_to_invoice(), given_back, line)
            self.assertEqual(
                self._matches(note).charge_id, camille if given_back else july.charge_ids[:0]
            )
            self.assertExplained(bill, note, statement=july)

    def test_a_month_reversed_then_billed_right(self):
        """June taken back whole and billed again at half: the correction is in it."""
        july = self._correct(self.camille)
        note = self._receive(("Camille Avril juin 2015", 216.0), move_type="in_refund")
        right = self._receive(("Camille Avril juin 2015 du 16 au 30", 108.0))
        bill = self._receive(
            ("Camille Avril juillet 2015", 216.0), ("Farid Benali juillet 2015", 216.0)
        )
        self.assertExplained(note, right, bill)
        for statement in self.june | july:
            for charge in statement.charge_ids:
                self.assertEqual(charge._get_remaining_to_invoice(), 0.0)
        self.assertEqual(sum((self.june | july).mapped("gap_amount")), 0.0)

    def test_a_credit_note_of_two_bills_is_no_more_than_each(self):
        july = self._settle(JULY)
        self._receive(("Camille Avril juillet 2015", 216.0), ("Farid Benali juillet 2015", 216.0))
        (self.june_bill | july.bill_ids).action_post()
        note = self._receive(
            *(
                (f"{name} {month} 2015", 216.0)
                for month in ("juin", "juillet")
                for name in ("Camille Avril", "Farid Benali")
            ),
            move_type="in_refund",
            reversed_entry_id=self.june_bill.id,
        )
        note.action_post()
        self.assertEqual(self._find_credited_too_much(), [])
        again = self._receive(
            *((f"{name} juin 2015", 216.0) for name in ("Camille Avril", "Farid Benali")),
            move_type="in_refund",
            reversed_entry_id=self.june_bill.id,
        )
        again.action_post()
        self.assertEqual(self._find_credited_too_much(), [self.june_bill])

    def _find_credited_too_much(self):
        findings = self.env["coworking.books"]._check(self.company)
        return [finding.record for finding in findings if finding.rule == "credit_note"]

    def test_a_credit_note_takes_back_the_month_it_names(self):
        july = self._settle(JULY)
        self._receive(("Camille Avril juillet 2015", 216.0), ("Farid Benali juillet 2015", 216.0))
        note = self._receive(("Camille Avril juin 2015", 216.0), move_type="in_refund")
        self.assertEqual(self._matches(note).charge_id.period, JUNE)
        other = self._receive(("Farid Benali juillet 2015", 216.0), move_type="in_refund")
        self.assertEqual(self._matches(other).charge_id.period, JULY)
        self.assertEqual((self.june.gap_amount, july.gap_amount), (-216.0, -216.0))

    def test_nothing_is_taken_back_of_a_month_that_is_not_billed(self):
        note = self._receive(("Camille Avril juillet 2015", 216.0), move_type="in_refund")
        self.assertFalse(self._matches(note).charge_id)
        self.assertEqual(self.june.gap_amount, 0.0)
        self.assertSumsHold(note)

    def test_the_correction_of_one_is_not_that_of_another(self):
        july = self._correct(self.camille)
        note = self._receive(("Farid Benali juin 2015", 108.0), move_type="in_refund")
        self.assertEqual(self._matches(note).seat_id, self.farid)
        self.assertEqual(self._charge(july, self.camille)._get_remaining_to_invoice(), -108.0)
        self.assertExplained(note)

    def test_a_correction_given_back_twice_is_a_duplicate(self):
        july = self._correct(self.camille)
        first = self._receive(("Camille Avril juin 2015", 108.0), move_type="in_refund")
        second = self._receive(("Camille Avril juin 2015", 108.0), move_type="in_refund", ref="A-2")
        self.assertFalse(self._matches(first).cause)
        self.assertEqual(self._matches(second).cause, "duplicate")
        self.assertExplained(first, second, statement=july)
        first.button_cancel()
        second.ref = "A-3"
        self.assertFalse(self._matches(second).cause)

    def test_less_than_the_correction_that_is_expected(self):
        july = self._correct(self.camille)
        note = self._receive(("Camille Avril juin 2015", 100.0), move_type="in_refund")
        self.assertRecordValues(
            self._matches(note),
            [{"charge_id": self._charge(july, self.camille).id, "expected": -108.0, "gap": 8.0}],
        )

    def test_a_bill_whose_supplier_was_wrong_pays_nothing(self):
        self.june_bill.partner_id = self.env["res.partner"].create({"name": "Printer"})
        self.assertFalse(self._matches(self.june_bill))
        self.assertEqual(self.june.state, "confirmed")
        self.june_bill.partner_id = self.space.operator_id
        self.assertEven(self.june)

    def test_a_bill_that_is_a_credit_note_after_all(self):
        self.june_bill.action_switch_move_type()
        self.assertExplained(self.june_bill)
        self.assertLess(self.june.invoiced_amount, 0.0)

    def test_the_month_before_that_has_no_statement_yet_is_waited_for(self):
        bill = self._receive(("Coworking", 432.0), invoice_date=d("3/8"))
        self.assertFalse(self._matches(bill).statement_id)
        july = self._settle(JULY)
        self.assertEven(self.june, july)


class TestSumsWhateverHappens(CorrectionCase):
    """The database itself refuses sums that exceed either side."""

    def test_deleting_what_holds_the_rest_up(self):
        note = self.june_bill._reverse_moves([{"invoice_date": d("4/7"), "ref": "A-1"}])
        self._receive(
            ("Camille Avril juin 2015", 216.0), ("Farid Benali juin 2015", 216.0), ref="F-6 bis"
        )
        self.env.flush_all()
        with self.assertRefused("The matches of a charge"):
            self.env.cr.execute(
                "DELETE FROM coworking_match WHERE id IN %s", [tuple(self._matches(note).ids)]
            )
        with self.assertRefused("The matches of a charge"):
            self._matches(note)[0].unlink()

    def test_moving_it_to_another_charge(self):
        note = self.june_bill._reverse_moves([{"invoice_date": d("4/7"), "ref": "A-1"}])
        matches = self._matches(note)
        with self.assertRefused("The matches of a charge"):
            matches[0].charge_id = matches[1].charge_id

    def test_a_line_that_becomes_less_than_what_is_matched_of_it(self):
        self.env.flush_all()
        with self.assertRefused("The matches of a bill line"):
            self.env.cr.execute(
                "UPDATE account_move_line SET price_total = 10 WHERE id = %s",
                [self.june_bill.invoice_line_ids[0].id],
            )
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_a_charge_that_becomes_less_than_what_is_matched_of_it(self):
        july = self._generate(JULY)
        self._receive(("Camille Avril juillet 2015", 216.0), ("Farid Benali juillet 2015", 216.0))
        self.env.flush_all()
        with self.assertRefused("The matches of a charge"):
            self.env.cr.execute(
                "UPDATE coworking_charge SET payable_total = 10 WHERE id = %s",
                [july.charge_ids[0].id],
            )
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
