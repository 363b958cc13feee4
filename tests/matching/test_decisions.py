"""What the accountant does with the month, line by line, and what becomes of it."""

import re

from odoo.exceptions import AccessError
from odoo.tests import Form

from odoo.addons.coworking_incubation.models.matching.coworking_month_line import VIEW

from ..common import JUNE, d
from .common import MatchingCase


class DecisionCase(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.camille = cls._new_seat("1/6", "30/6", "Camille Roux")
        cls.farid = cls._new_seat("1/6", "30/6", "Farid Benali")
        cls.statement = cls._settle()

    @classmethod
    def _month(cls, *domain, user=None):
        cls.env["coworking.month.line"].invalidate_model()
        lines = cls.env["coworking.month.line"].with_user(user or cls.accountant)
        return lines.search([("date_from", "=", JUNE), *domain])

    def _line(self, seat):
        return self._month(("seat_id", "=", seat.id))

    def _decide(self, lines, action, reason="Because.", **values):
        act = getattr(lines, action)()
        wizard = Form(self.env[act["res_model"]].with_user(self.accountant).browse(act["res_id"]))
        for name, value in {**values, "reason": reason}.items():
            setattr(wizard, name, value)
        return wizard.save().action_apply()


class TestMonth(DecisionCase):
    def test_whatever_a_line_is_made_of_is_written_before_it_is_read(self):
        models = {
            "charge": "coworking.charge",
            "company": "res.company",
            "line": "account.move.line",
            "match": "coworking.match",
            "move": "account.move",
            "operator": "res.partner",
            "seat": "coworking.seat",
            "space": "coworking.space",
            "statement": "coworking.statement",
        }
        read = set(re.findall(rf"\b({'|'.join(models)})\.(\w+)", VIEW))
        self.assertEqual({alias for alias, __ in read}, {*models})
        depends = self.env["coworking.month.line"]._depends
        missing = [
            f"{models[alias]}.{name}"
            for alias, name in read
            if name != "id" and name not in depends.get(models[alias], ())
        ]
        self.assertFalse(missing)

    def test_lines_are_found_by_their_id_without_reading_all_charges_and_matches(self):
        self._receive(("Camille Roux", 180.0), ("Salle de réunion", 24.0))
        lines = self._month()
        self.assertIn(1, [line.id % 2 for line in lines])
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM coworking_month_line WHERE id IN %s", [tuple(lines.ids)]
        )
        plan = "\n".join(row for (row,) in self.env.cr.fetchall())
        self.assertIn("Index Cond: ((id * 2) = ANY", plan)
        self.assertIn("Index Cond: (((id * 2) + 1) = ANY", plan)

    def test_before_the_bill_each_charge_is_a_line_without_a_gap(self):
        self.assertRecordValues(
            self._month().sorted(lambda line: line.seat_id.id),
            [
                {
                    "seat_id": seat.id,
                    "space_id": self.space.id,
                    "expected": 180.0,
                    "invoiced": 0.0,
                    "gap": 0.0,
                    "cause": False,
                    "status": "bill_missing",
                    "payment": False,
                }
                for seat in (self.camille, self.farid)
            ],
        )

    def test_with_the_bill_it_shows_the_gap_its_cause_the_bill_and_the_payment(self):
        bill = self._receive(("Camille Roux", 180.0), ("Salle de réunion", 24.0), ref="F-1")
        self.assertRecordValues(
            self._month().sorted(lambda line: (line.gap, line.id)),
            [
                {"seat_id": self.farid.id, "gap": -180.0, "cause": "missing", "move_id": False},
                {"seat_id": self.camille.id, "gap": 0.0, "cause": False, "move_id": bill.id},
                {"seat_id": False, "gap": 24.0, "cause": "not_covered", "move_id": bill.id},
            ],
        )
        self.assertEqual(set(self._month().mapped("status")), {"to_match"})
        self.assertEqual(set(self._month(("move_id", "!=", False)).mapped("payment")), {"draft"})
        bill.action_post()
        line = self._line(self.camille)
        self.assertEqual((line.payment, line.bill_reference), ("not_paid", "F-1"))

    def test_a_bill_wholly_reversed_reads_so_and_the_next_one_counts_alone(self):
        bill = self._receive(("Camille Roux", 180.0), ("Farid Benali", 180.0), ref="F-1")
        bill.action_post()
        note = bill._reverse_moves([{"invoice_date": bill.invoice_date, "ref": "A-1"}], cancel=True)
        self.assertEqual((bill.payment_state, note.state), ("reversed", "posted"))
        self.assertEqual(self._line(self.camille).payment, "reversed")
        again = self._receive(("Camille Roux", 180.0), ("Farid Benali", 180.0), ref="F-2")
        again.action_post()
        self.assertEqual(self._line(self.camille).payment, "not_paid")

    def test_the_totals_are_those_of_the_statement(self):
        self._receive(("Camille Roux", 200.0), ("Farid Benali", 180.0), ("Nobody", 60.0))
        (line,) = self.env["coworking.month.line"]._read_group(
            [("date_from", "=", JUNE), ("company_id", "=", self.company.id)],
            ["space_id"],
            ["expected:sum", "invoiced:sum", "gap:sum"],
        )
        self.assertEqual(line, (self.space, 360.0, 440.0, 80.0))
        self.assertEqual(self.statement.gap_amount, 80.0)

    def test_a_bill_that_waits_is_a_line_of_the_month_before_it(self):
        bill = self._receive(("Coworking mai 2015", 100.0), invoice_date=d("3/6"))
        line = self.env["coworking.month.line"].search([("move_id", "=", bill.id)])
        self.assertRecordValues(
            line, [{"date_from": d("1/5"), "space_id": self.space.id, "status": "to_match"}]
        )

    def test_coordinators_read_it_and_nobody_else(self):
        self.assertEqual(len(self._month(user=self.coordinator)), 2)
        with self.assertRaises(AccessError):
            self._month(user=self.coordinator).action_match()
        for user in (self.accompanist, self.employee, self.manager):
            with self.assertRaises(AccessError):
                self._month(user=user)


class TestMatch(DecisionCase):
    def test_all_within_tolerance_are_matched_at_once(self):
        self._receive(("Camille Roux", 180.05), ("Farid Benali", 181.0))
        told = self._month().action_match()
        self.assertIn("1 lines matched; 1 left", told["params"]["message"])
        self.assertRecordValues(
            self._line(self.camille), [{"decision": "matched", "status": "matched"}]
        )
        self.assertRecordValues(self._line(self.farid), [{"decision": False, "status": "to_match"}])
        self.assertEqual(self._line(self.camille).match_ids.user_id, self.accountant)

    def test_nothing_is_matched_before_its_statement_is_confirmed(self):
        self.statement.action_withdraw()
        self._receive(("Camille Roux", 180.0), ("Farid Benali", 180.0))
        with self.assertRefused(self.statement.name, "Confirm"):
            self._month().action_match()

    def test_a_line_without_a_bill_is_not_matched(self):
        self._month().action_match()
        self.assertFalse(self.statement.match_ids)


class TestDecide(DecisionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bill = cls._receive(("Camille Roux", 200.0), ("Farid Benali", 180.0), ref="F-1")

    def test_each_decision_keeps_who_and_why(self):
        for action, decision, status in (
            ("action_accept", "accepted", "matched"),
            ("action_dispute", "disputed", "waiting"),
            ("action_decide", "credit_note", "waiting"),
        ):
            with self.subTest(decision):
                self._decide(self._line(self.camille), action, "New price, we were told late.")
                self.assertRecordValues(
                    self._line(self.camille),
                    [
                        {
                            "decision": decision,
                            "reason": "New price, we were told late.",
                            "status": status,
                        }
                    ],
                )
                self.assertEqual(self._line(self.camille).match_ids.user_id, self.accountant)
        body = "".join(self.statement.message_ids.mapped("body"))
        self.assertIn(self.camille.name, body)
        self.assertIn("New price, we were told late.", body)
        self.assertNotIn("Camille", body)

    def test_a_decision_needs_a_reason(self):
        with self.assertRefused("why"):
            self._decide(self._line(self.camille), "action_accept", " ")

    def test_what_is_settled_stays_so_among_others(self):
        self._month().action_match()
        self._decide(self._month(), "action_dispute")
        self.assertEqual(self._line(self.farid).decision, "matched")
        self.assertEqual(self._line(self.camille).decision, "disputed")

    def test_what_was_decided_of_a_part_of_a_line_holds_while_that_part_is_the_same(self):
        self.bill.button_cancel()
        bill = self._receive(("Coworking juin 2015", 400.0), ref="F-2")
        self.assertEqual(sum(self._matches(bill).mapped("gap")), 40.0)
        gap = self._matches(bill).filtered("gap")
        gap.with_user(self.accountant)._record_decision("disputed", "Too much by 40.00.")
        bill.payment_reference = "Juin"
        again = self._matches(bill).filtered("gap")
        self.assertFalse(gap.exists() and gap != again)
        self.assertRecordValues(
            again,
            [
                {
                    "gap": 40.0,
                    "decision": "disputed",
                    "reason": "Too much by 40.00.",
                    "user_id": self.accountant.id,
                }
            ],
        )
        bill.invoice_line_ids.price_unit = 410.0
        self.assertEqual(self._matches(bill).filtered("gap").mapped("decision"), [False])

    def test_who_types_on_a_bill_leaves_in_the_trail_who_decided_of_it_once(self):
        self.bill.button_cancel()
        bill = self._receive(("Coworking juin 2015", 400.0), ref="F-2")
        matches = self._matches(bill)
        gap = matches.filtered("gap")
        gap.with_user(self.accountant)._record_decision("disputed", "Too much by 40.00.")
        self._put_back_a_week(gap)
        bill.payment_reference = "Juin"
        self.env.flush_all()
        self.assertEqual(self._matches(bill), matches, "what is the same stays")
        self.assertLess(gap.write_date, self.env.cr.now(), "it waits since it was decided")
        trail = self.env["coworking.audit"].search(
            [("res_model", "=", "coworking.match"), ("res_id", "in", matches.ids)]
        )
        self.assertRecordValues(trail, [{"action": "disputed", "user_id": self.accountant.id}])

    def test_so_does_what_has_the_month_computed_anew(self):
        self.bill.button_cancel()
        self.statement.action_withdraw()
        bill = self._receive(("Coworking juin 2015", 400.0), ref="F-2")
        gap = self._matches(bill).filtered("gap")
        gap.with_user(self.accountant)._record_decision("disputed", "Too much by 40.00.")
        self.env["coworking.matching"]._match_lines_anew(bill.invoice_line_ids)
        self.env.flush_all()
        self.assertRecordValues(gap, [{"gap": 40.0, "user_id": self.accountant.id}])
        trail = self.env["coworking.audit"].search(
            [("res_model", "=", "coworking.match"), ("user_id", "!=", self.accountant.id)]
        )
        self.assertFalse(trail.filtered(lambda row: row.res_id in self._matches(bill).ids))

    def test_a_credit_note_that_is_matched_along_takes_back_what_it_did(self):
        """Of the bill after it, whose turn is still to come, nothing counts meanwhile."""
        self.bill.button_cancel()
        first = self._receive(("Camille Roux", 180.0), ("Farid Benali", 180.0), ref="F-2")
        note = self._receive(("Farid Benali", 180.0), move_type="in_refund", ref="A-1")
        again = self._receive(("Farid Benali", 180.0), ref="F-3")
        row = self._matches(again)
        row.with_user(self.accountant)._record_decision("accepted", "Told by telephone.")
        taken_back = [{"expected": -180.0, "cause": "reversal"}]
        self.assertRecordValues(self._matches(note), taken_back)
        lines = first.invoice_line_ids[0] | again.invoice_line_ids
        self.env["coworking.matching"]._match_lines_anew(lines)
        self.assertRecordValues(self._matches(note), taken_back)
        self.assertEqual(self._matches(again), row)
        self.assertRecordValues(row, [{"decision": "accepted", "expected": 180.0}])

    def _put_back_a_week(self, matches):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_match SET write_date = write_date - interval '7 days'"
            " WHERE id = ANY(%s)",
            [matches.ids],
        )
        self.env.invalidate_all()

    def test_that_it_is_never_billed_again_holds_while_all_of_it_is_accepted(self):
        self.bill.button_cancel()
        bill = self._receive(("Camille Roux", 180.0), ("Farid Benali", 180.0), ref="F-2")
        bill.action_post()
        note = self._receive(("Camille Roux juin 2015", 180.0), move_type="in_refund", ref="A-1")
        note.action_post()
        self._decide(self._line(self.camille), "action_accept")
        self.assertEqual(self._get_accrued("31/7"), [])
        bill.button_draft()  # what was decided of it is open
        bill.action_post()
        matches = (bill | note)._coworking_matches().filtered("seat_id")
        decisions = matches.grouped("seat_id")[self.camille].mapped("decision")
        self.assertEqual(sorted(decisions, key=str), [False, "accepted"])
        self.assertEqual(self._get_accrued("31/7"), [(self.camille, 180.0)])

    def _get_accrued(self, day):
        month_end = self.env["coworking.month.end"].create(
            {"date": d(day), "company_id": self.company.id}
        )
        month_end._make_lines()
        accrued = month_end.line_ids.filtered(lambda line: line.kind == "accrued")
        return [(line.seat_id, line.amount_total) for line in accrued]

    def test_what_is_too_much_comes_back_and_what_is_missing_will_come(self):
        for amount, decision in ((200.0, "credit_note"), (150.0, "rebilled")):
            self.bill.invoice_line_ids[0].price_unit = amount
            act = self._line(self.camille).action_decide()
            self.assertEqual(self.env[act["res_model"]].browse(act["res_id"]).decision, decision)

    def test_what_will_come_is_waited_for(self):
        self.bill.invoice_line_ids[0].price_unit = 150.0
        self._decide(self._line(self.camille), "action_decide")
        line = self._line(self.camille)
        self.assertEqual((line.decision, line.status), ("rebilled", "waiting"))

    def test_a_question_needs_a_statement_to_be_kept_on(self):
        bill = self._receive(("Coworking mai 2015", 100.0), invoice_date=d("3/6"))
        line = self.env["coworking.month.line"].search([("move_id", "=", bill.id)])
        with self.assertRefused("Coworking mai 2015", "no statement"):
            self._decide(line.with_user(self.accountant), "action_ask", "What is it for?")

    def test_that_nobody_can_be_asked_is_said_before_the_question_is_typed(self):
        bill = self._receive(("Coworking mai 2015", 100.0), invoice_date=d("3/6"))
        lines = self.env["coworking.month.line"].with_user(self.accountant)
        line = lines.search([("move_id", "=", bill.id)])
        with self.assertRefused("Coworking mai 2015", "no statement"):
            line.action_ask()
        # the same, where one comes to it from another decision
        action = line.action_dispute()
        wizard = self.env[action["res_model"]].with_user(self.accountant).browse(action["res_id"])
        self.assertIn("no statement", wizard.refusal_to_ask)
        wizard.write({"decision": "asked", "reason": "What is it for?"})
        with self.assertRefused("Coworking mai 2015", "no statement"):
            wizard.action_apply()
        self.assertFalse(line.decision)
        asked = self._line(self.camille).action_ask()
        self.assertFalse(self.env[asked["res_model"]].browse(asked["res_id"]).refusal_to_ask)

    def test_it_can_be_taken_back(self):
        self._decide(self._line(self.camille), "action_dispute")
        self._line(self.camille).action_reopen()
        self.assertRecordValues(
            self._line(self.camille), [{"decision": False, "reason": False, "status": "to_match"}]
        )

    def test_a_question_is_a_mail_to_the_manager(self):
        self._decide(self._line(self.camille), "action_ask", "Is 200 the new price?")
        message = self.statement.message_ids.filtered(
            lambda row: row.partner_ids == self.manager.partner_id
        )
        self.assertEqual(len(message), 1)
        self.assertIn("Is 200 the new price?", message.body)
        self.assertIn(self.camille.name, message.body)
        self.assertNotIn(self.farid.name, message.body)
        self.assertIn(self.statement.name, message.subject)
        self.assertNotIn("Camille", message.subject)
        self.assertEqual(self._line(self.camille).decision, "asked")

    def test_nobody_to_ask(self):
        self.space.manager_ids = False
        with self.assertRefused("Atelier Test", "no manager"):
            self._decide(self._line(self.camille), "action_ask", "Well?")

    def test_the_credit_note_that_was_expected_settles_it(self):
        self._decide(self._line(self.camille), "action_decide", "They made a mistake.")
        self.assertEqual(self._line(self.camille).status, "waiting")
        self._receive(("Avoir Camille Roux", 20.0), move_type="in_refund")
        self.assertEqual(self._line(self.camille).gap, 0.0)
        self.assertNotEqual(self._line(self.camille).status, "waiting")

    def test_what_was_not_recognised_is_given_to_its_charge(self):
        self.bill.button_cancel()
        self._receive(("Zed, juin 2015", 180.0), ("Farid Benali", 180.0))
        line = self._month(("cause", "=", "unknown"))
        charge = self.statement.charge_ids.filtered(lambda row: row.seat_id == self.camille)
        self._decide(line, "action_accept", "His nickname.", charge_id=charge)
        self.assertEqual(charge._get_remaining_to_invoice(), 0.0)
        self.assertRecordValues(
            self._line(self.camille), [{"expected": 180.0, "invoiced": 180.0, "gap": 0.0}]
        )

    def test_what_is_given_to_a_charge_pays_no_more_than_is_left_of_it(self):
        self.bill.button_cancel()
        self.camille.date_start = d("16/6")
        back = self._settle(d("1/7")).charge_ids
        charge = self.statement.charge_ids.filtered(lambda row: row.seat_id == self.farid)
        bill = self._receive(("Camille Roux", 180.0), ("Zoé", 60.0), ("Zed", 200.0), ("Bob", 9.0))
        __, zoe, zed, bob = self._matches(bill)
        for match, given in ((zoe, charge), (zed, charge), (bob, back)):
            match._assign_charge(given)
        self.assertRecordValues(
            zoe | zed | bob,
            [
                {"charge_id": charge.id, "expected": 60.0, "gap": 0.0},
                {"charge_id": charge.id, "expected": 120.0, "gap": 80.0},
                {"charge_id": back.id, "expected": 0.0, "gap": 9.0},
            ],
        )


class TestPaidByTheParticipant(DecisionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.charge = cls.statement.charge_ids.filtered(lambda row: row.seat_id == cls.camille)

    def test_what_the_space_does_not_bill_any_more_is_reimbursed(self):
        self._receive(("Farid Benali", 180.0))
        self._decide(
            self._line(self.camille),
            "action_decide",
            "Paid at the desk on the first day.",
            decision="reimbursement",
            participant_paid_amount=180.0,
        )
        self.assertEqual(self.charge.participant_paid_amount, 180.0)
        line = self._line(self.camille)
        self.assertRecordValues(
            line,
            [{"invoiced": 180.0, "gap": 0.0, "decision": "reimbursement", "status": "matched"}],
        )
        receipt = line.match_ids.move_id
        self.assertRecordValues(
            receipt,
            [
                {
                    "move_type": "in_receipt",
                    "partner_id": self.camille.partner_id.id,
                    "amount_total": 180.0,
                    "state": "draft",
                }
            ],
        )
        self.assertEqual(self.statement.gap_amount, 0.0)
        self.assertEqual(
            receipt.invoice_line_ids.analytic_distribution,
            {str(self.analytic_account.id): 100.0},
            "the program pays it, as it pays bills",
        )
        # what is reimbursed in the end is what the receipt says
        receipt.invoice_line_ids.price_unit = 100.0
        self.assertRecordValues(line.match_ids, [{"expected": 100.0, "invoiced": 100.0}])
        self.assertEqual(self.charge._get_remaining_to_invoice(), 80.0)
        # whatever contact the file has then
        for contact in (self.camille.partner_id, self.env["res.partner"].create({"name": "Other"})):
            self.camille.participant_id.partner_id = contact
            self.env.flush_all()
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self.assertEqual(self.env["coworking.books"]._check(self.company), [])

    def test_what_is_reimbursed_in_parts_is_recorded_as_their_sum(self):
        self._receive(("Farid Benali", 180.0))
        for paid, recorded in ((60.0, 60.0), (120.0, 180.0)):
            self._decide(
                self._line(self.camille),
                "action_decide",
                "Paid at the desk.",
                decision="reimbursement",
                participant_paid_amount=paid,
            )
            self.assertEqual(self.charge.participant_paid_amount, recorded)
        self.assertEqual(self.charge._get_remaining_to_invoice(), 0.0)

    def test_a_receipt_that_is_set_right_again_leaves_nothing_for_the_space_to_bill(self):
        self._receive(("Farid Benali", 180.0))
        self._decide(
            self._line(self.camille),
            "action_decide",
            "Paid at the desk.",
            decision="reimbursement",
            participant_paid_amount=150.0,
        )
        match = self._line(self.camille).match_ids
        # typed wrongly, then rightly; what is above what was paid is a gap
        for price, expected, left in (
            (100.0, 100.0, 80.0),
            (150.0, 150.0, 30.0),
            (170.0, 150.0, 30.0),
        ):
            match.move_line_id.price_unit = price
            self.assertRecordValues(match, [{"expected": expected, "invoiced": price}])
            self.assertEqual(self.charge._get_remaining_to_invoice(), left)

    def test_what_was_paid_of_a_line_that_is_for_nobody_is_refused_and_not_lost(self):
        self._receive(("Camille Roux", 180.0), ("Salle de réunion", 24.0))
        line = self._month(("cause", "=", "not_covered"))
        with self.assertRefused("Choose one seat"):
            self._decide(
                line,
                "action_decide",
                decision="credit_note",
                participant_paid_amount=24.0,
            )
        self.assertFalse(line.decision)

    def test_what_was_typed_as_paid_before_another_decision_is_chosen_is_not_recorded(self):
        self._receive(("Camille Roux", 180.0), ("Salle de réunion", 24.0))
        line = self._month(("cause", "=", "not_covered"))
        act = line.action_decide()
        wizard = Form(self.env[act["res_model"]].with_user(self.accountant).browse(act["res_id"]))
        wizard.charge_id, wizard.reason = self.charge, "Typed in the wrong place."
        wizard.decision, wizard.participant_paid_amount = "credit_note", 24.0
        wizard.decision = "accepted"
        wizard.save().action_apply()
        self.assertEqual(self.charge.participant_paid_amount, 0.0)

    def test_what_the_space_billed_too_waits_for_its_credit_note(self):
        self._receive(("Farid Benali", 180.0), ("Camille Roux", 180.0))
        with self.assertRefused("credit note"):
            self._decide(
                self._line(self.camille),
                "action_decide",
                "Paid twice.",
                decision="reimbursement",
                participant_paid_amount=180.0,
            )
        self._decide(
            self._line(self.camille), "action_decide", "Paid twice.", participant_paid_amount=180.0
        )
        self.assertEqual(self._line(self.camille).decision, "credit_note")
        self.assertEqual(self.charge.participant_paid_amount, 180.0)

    def test_what_was_recorded_explains_a_bill_that_is_less(self):
        self.charge.participant_paid_amount = 60.0
        bill = self._receive(("Coworking juin 2015", 300.0))
        self.assertCauses(bill, ("Camille Roux", "already_paid", -60.0))


class TestProposals(DecisionCase):
    def _open(self, bill):
        line = self._month(("move_id", "=", bill.id), ("gap", "!=", 0))[:1]
        act = line.action_explain()
        return self.env[act["res_model"]].with_user(self.accountant).browse(act["res_id"])

    def test_each_explanation_is_accepted_by_one_button(self):
        bill = self._receive(("Coworking juin 2015", 180.0))
        self.assertCauses(bill, (False, "missing", -180.0))
        self.assertIn("2", self._matches(bill).filtered("gap").explanation)
        wizard = self._open(bill)
        self.assertEqual(
            wizard.proposal_ids.mapped("text"),
            [
                f"{name}: one whole seat that was not billed"
                for name in ("Camille Roux", "Farid Benali")
            ],
        )
        wizard.proposal_ids[1].action_accept()
        self.assertEqual(self._matches(bill).seat_id, self.camille)
        self.assertRecordValues(
            self._line(self.farid), [{"gap": -180.0, "cause": "missing", "status": "to_match"}]
        )
        self.assertSumsHold(bill)

    def test_a_gap_that_nothing_explains_says_so(self):
        bill = self._receive(("Coworking juin 2015", 361.37))
        self.assertCauses(bill, (False, False, 1.37))
        wizard = self._open(bill)
        self.assertFalse(wizard.proposal_ids)
        self.assertRecordValues(wizard, [{"told": "", "rest": 1.37, "to_choose": False}])

    def test_a_bill_by_lines_says_what_is_known_and_leaves_nothing_to_choose(self):
        bill = self._receive(("Camille Roux", 180.0), ("Salle", 24.0), ("Zed", 12.0))
        wizard = self._open(bill)
        told = wizard.told.split("\n")
        self.assertEqual(len(told), 2)
        self.assertIn("24", told[0])
        self.assertIn("12", told[1])
        causes = self._matches(bill).filtered("gap").mapped("explanation")
        self.assertTrue(all(why in line for why, line in zip(causes, told, strict=True)))
        self.assertRecordValues(wizard, [{"gap": 36.0, "rest": 0.0, "to_choose": False}])

    def test_a_correction_that_was_not_billed_names_its_month(self):
        nour = self._new_seat("16/6", "30/6", "Nour Haddad")
        july = self._settle(d("1/7"))
        correction = july.charge_ids
        self.assertRecordValues(correction, [{"kind": "adjustment", "payable_total": 90.0}])
        facts, _seats = self.env["coworking.matching"]._get_facts(
            july, correction, {correction.id: 90.0}
        )
        (missing,) = [fact for fact in facts if fact.cause == "missing"]
        words = self.env["coworking.matching"]._describe_fact(missing, nour)
        self.assertIn("Nour Haddad: the correction of ", words)
        self.assertIn(" 2015 was not billed", words)
