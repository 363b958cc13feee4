"""Posting and deciding many at once: one that cannot be done holds nobody up, and is named."""

from odoo import Command
from odoo.tests import freeze_time

from .common import MatchingCase


@freeze_time("2015-07-03 10:00:00")
class TestManyAtOnce(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for who, tariff in (("Camille", cls.tariff), ("Farid", cls.tariff_b)):
            cls._new_seat("1/6", "30/6", who, tariff)
        cls.statements = cls._generate()
        cls.here = cls.statements.filtered(lambda row: row.space_id == cls.space)
        cls.there = cls.statements - cls.here

    def _get_run(self, action):
        self.assertEqual(action.get("res_model"), "coworking.month.run")
        return self.env["coworking.month.run"].browse(action["res_id"])

    def _lines(self, statements=None):
        self.env.flush_all()
        lines = self.env["coworking.month.line"].with_user(self.accountant)
        lines.invalidate_model()
        return lines.search([("statement_id", "in", (statements or self.statements).ids)])

    def _make_bills(self):
        self.statements.action_confirm()
        self.statements.action_create_bill()
        return self.statements.bill_ids.with_user(self.accountant)

    def test_a_bill_that_cannot_be_posted_holds_no_other_up_and_is_told_with_its_link(self):
        bills = self._make_bills()
        bad = self.there.bill_ids
        (bills - bad).invoice_date = "2015-07-03"
        run = self._get_run(bills.action_coworking_post_each())
        self.assertEqual(((bills - bad).state, bad.state), ("posted", "draft"))
        (failed,) = run.failed_line_ids
        self.assertEqual((failed.move_id, failed.space_id), (bad, self.space_b))
        self.assertIn("date", failed.error)
        action = failed.action_open()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", bad.id))
        bad.invoice_date = "2015-07-03"
        run.with_user(self.accountant).action_resume()
        run.with_user(self.accountant).action_work()
        self.assertEqual((run.state, bad.state), ("done", "posted"))

    def test_a_bill_that_somebody_posted_meanwhile_is_told_to_be_done_by_them(self):
        bill = self._make_bills().filtered(lambda row: row in self.here.bill_ids)
        bill.invoice_date = "2015-07-03"
        run = (
            self.env["coworking.month.run"]
            .with_user(self.accountant)
            .sudo()
            .create(
                {
                    "step": "post",
                    "line_ids": [Command.create(self.here._prepare_run_line(bill.sudo()))],
                }
            )
            .sudo(False)
        )
        bill.with_user(self.coordinator).sudo().action_post()
        run._work()
        self.assertEqual(
            (run.line_ids.state, run.line_ids.user_id), ("elsewhere", self.coordinator)
        )

    def test_of_statements_and_of_lines_it_is_their_drafts_that_are_posted(self):
        self._make_bills().invoice_date = "2015-07-03"
        self.env.flush_all()
        answer = self._lines(self.here).action_post_each()
        self.assertEqual(answer["tag"], "soft_reload")
        self.assertEqual((self.here.bill_ids.state, self.there.bill_ids.state), ("posted", "draft"))
        run = self._get_run(self.statements.with_user(self.accountant).action_post_bill_each())
        self.assertEqual(self.there.bill_ids.state, "posted")
        self.assertIn(self.here.name, run.left_out)
        self.assertNotIn(self.there.name, run.left_out)
        with self.assertRefused(self.here.name, self.there.name):
            self.statements.with_user(self.accountant).action_post_bill_each()

    def test_a_bill_of_no_month_is_named_and_left_alone(self):
        bills = self._make_bills()
        bills.invoice_date = "2015-07-03"
        elsewhere = self._new_space("Elsewhere", "ELS")
        stranger = self._receive(("Coffee", 12.0), space=elsewhere, ref="F-1")
        self.assertFalse(self._matches(stranger).statement_id)
        run = self._get_run(
            (bills | stranger).with_user(self.accountant).action_coworking_post_each()
        )
        self.assertEqual(set(bills.mapped("state")), {"posted"})
        self.assertEqual(stranger.state, "draft")
        self.assertIn(stranger.display_name, run.left_out)

    def test_only_accountants_post(self):
        bills = self._make_bills()
        with self.assertRefused("accountant", error=Exception):
            bills.with_user(self.coordinator).action_coworking_post_each()

    def _decide(self, lines, decision="accepted"):
        wizard = self.env["coworking.match.decide"].with_user(self.accountant)
        return wizard.create(
            {"line_ids": lines.ids, "decision": decision, "reason": "Seen"}
        ).action_apply()

    def test_a_decision_that_one_statement_refuses_holds_for_the_others(self):
        self.here.action_confirm()
        run = self._get_run(self._decide(self._lines()))
        decided = self.env["coworking.match"].search([("decision", "=", "accepted")])
        self.assertEqual(decided.statement_id, self.here)
        self.assertEqual(decided.user_id, self.accountant)
        (failed,) = run.failed_line_ids
        self.assertEqual(failed.statement_id, self.there)
        self.assertIn(self.there.name, failed.error)

    def test_a_question_reaches_the_spaces_that_have_a_manager_and_names_the_other(self):
        self.space_b.manager_ids = False
        lines = self._lines()
        self.assertEqual(lines.action_ask()["res_model"], "coworking.match.decide")
        run = self._get_run(self._decide(lines, "asked"))
        self.assertEqual(run.failed_line_ids.statement_id, self.there)
        self.assertIn(self.space_b.name, run.failed_line_ids.error)
        asked = self.env["coworking.match"].search([("decision", "=", "asked")])
        self.assertEqual(asked.statement_id, self.here)
        with self.assertRefused(self.space_b.name):
            self._lines(self.there).action_ask()

    def test_colleagues_may_each_decide_on_other_lines_of_one_statement(self):
        self.statements.action_confirm()
        self._decide(self._lines())
        self._decide(self._lines(), "disputed")
        self.assertEqual(
            set(self._lines().mapped("decision")), {"disputed"}, "the second was left out"
        )

    def _open_dialog_before(self, lines):
        """The dialog on these, opened a minute ago."""
        dialog = self.env["coworking.match.decide"].with_user(self.accountant)
        dialog = dialog.create({"line_ids": lines.ids, "reason": "Seen"})
        self.env.cr.execute(
            "UPDATE coworking_match_decide SET create_date = create_date - INTERVAL '1 minute'"
            " WHERE id = %s",
            [dialog.id],
        )
        dialog.invalidate_recordset()
        return dialog

    def test_what_a_colleague_decided_meanwhile_stays_and_is_named(self):
        self.statements.action_confirm()
        dialog = self._open_dialog_before(self._lines())
        colleague = self.accountant.copy({"name": "Claire", "login": "t_claire"})
        theirs = self._lines(self.here)
        theirs._get_matches_to_decide().with_user(colleague)._record_decision("disputed", "No")
        run = self._get_run(dialog.action_apply())
        self.assertEqual(self._lines(self.here).decision, "disputed")
        self.assertEqual(self._lines(self.there).decision, "accepted")
        (failed,) = run.failed_line_ids
        self.assertEqual(failed.statement_id, self.here)
        self.assertIn("Claire", failed.error)
        self.assertIn(theirs.display_name, failed.error)
        with self.assertRefused("Claire"):
            self._open_dialog_before(self._lines(self.here)).action_apply()

    def test_a_gap_that_became_another_one_meanwhile_is_looked_at_again(self):
        self.statements.action_confirm()
        bill = self._receive(("Camille", 175.0), ("Coffee", 12.0), ref="F-1")
        lines = self._lines().search([("move_id", "=", bill.id)])
        expected, stranger = (
            lines.filtered("charge_id"),
            lines.filtered(lambda row: not row.charge_id),
        )
        self.assertEqual((expected.gap, stranger.gap), (-5.0, 12.0))
        dialogs = [self._open_dialog_before(line) for line in (expected, stranger)]
        for line, price in zip(bill.invoice_line_ids, (100.0, 60.0), strict=True):
            line.price_unit = price
        with self.assertRefused(expected.display_name, "80"):
            dialogs[0].action_apply()
        with self.assertRefused("matched anew"):
            dialogs[1].action_apply()
        self.assertFalse(any(self._matches(bill).mapped("decision")))

    def test_what_one_decided_oneself_may_be_decided_again(self):
        self.statements.action_confirm()
        dialog = self._open_dialog_before(self._lines(self.here))
        self._decide(self._lines(self.here), "disputed")
        dialog.action_apply()
        self.assertEqual(self._lines(self.here).decision, "accepted")

    def test_lines_of_no_statement_are_decided_together_and_named_among_others(self):
        self.statements.action_confirm()
        elsewhere = self._new_space("Elsewhere", "ELS")
        stranger = self._receive(("Coffee", 12.0), ("Tea", 8.0), space=elsewhere, ref="F-1")
        self.env.flush_all()
        unknown = self._lines().search([("move_id", "=", stranger.id)])
        self.assertEqual(len(unknown), 2)
        run = self._get_run(self._decide(self._lines(self.here) | unknown))
        self.assertIn("Coffee", run.left_out)
        self.assertEqual(self._lines(self.here).decision, "accepted")
        self.assertFalse(any(self._matches(stranger).mapped("decision")))
        self.assertEqual(self._decide(unknown, "disputed")["tag"], "soft_reload")
        self.assertEqual(set(self._matches(stranger).mapped("decision")), {"disputed"})

    def test_what_a_participant_paid_is_asked_of_one_line_alone(self):
        self.statements.action_confirm()
        with self.assertRefused("one seat"):
            self._decide(self._lines(), "reimbursement")

    def test_bills_are_made_of_the_lines_that_are_chosen(self):
        self.statements.action_confirm()
        self._lines(self.here).action_create_bill_each()
        self.assertTrue(self.here.bill_ids)
        self.assertFalse(self.there.bill_ids)
