from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..common import JUNE, CoworkingCase, d


class TestConfirmForSpaces(CoworkingCase):
    """Staff never say that a space confirmed without saying who did, how and when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.env["res.partner"].create({"name": "Maud"})
        cls.manager_b = cls.env["res.partner"].create({"name": "Bruno"})
        cls.space.manager_ids = cls.manager
        cls.space_b.manager_ids = cls.manager_b
        cls._new_seat("1/6", "31/7", "Camille")
        cls._new_seat("1/6", "31/7", "Farid", cls.tariff_b)
        cls.statements = cls._generate()

    def _wizard(self, statements, user=None, **values):
        wizards = self.env["coworking.statement.behalf"].with_user(user or self.coordinator)
        wizards = wizards.with_context(
            active_model="coworking.statement", active_ids=statements.ids
        )
        return wizards.create({"date": "2015-07-02 09:00:00", **values})

    def test_no_button_of_a_statement_confirms_without_asking(self):
        for kind in ("list", "form"):
            arch = (
                self.env["coworking.statement"]
                .with_user(self.coordinator)
                .get_view(view_type=kind)["arch"]
            )
            self.assertNotIn('name="action_confirm"', arch)

    def test_each_space_is_confirmed_by_its_own_manager(self):
        self._wizard(self.statements).action_confirm()
        for statement, manager in zip(
            self.statements.sorted("space_id"), (self.manager, self.manager_b), strict=True
        ):
            self.assertEqual(statement.space_id.manager_ids, manager)
            self.assertEqual(statement.confirmed_by, manager)
            answer = statement.answer_ids
            self.assertEqual((answer.partner_id, answer.channel), (manager, "phone"))

    def test_a_space_with_two_managers_is_confirmed_alone_and_holds_nobody_up(self):
        self.space_b.manager_ids |= self.manager
        action = self._wizard(self.statements).action_confirm()
        alone = self.statements.filtered(lambda row: row.space_id == self.space_b)
        self.assertEqual((alone.state, (self.statements - alone).state), ("draft", "confirmed"))
        run = self.env[action["res_model"]].browse(action["res_id"])
        (left,) = run.failed_line_ids
        self.assertEqual(left.statement_id, alone)
        self.assertIn(self.space_b.name, left.error)
        self.assertEqual(left.action_open()["res_id"], alone.id)
        with self.assertRefused("who answered"):
            self._wizard(alone).action_confirm()
        self._wizard(alone, partner_id=self.manager.id).action_confirm()
        self.assertEqual(alone.confirmed_by, self.manager)

    def test_one_manager_who_spoke_for_all_is_who_confirmed_all(self):
        self.space_b.manager_ids |= self.manager
        self._wizard(self.statements, partner_id=self.manager_b.id).action_confirm()
        there = self.statements.filtered(lambda row: row.space_id == self.space_b)
        self.assertEqual(there.confirmed_by, self.manager_b)
        self.assertEqual((self.statements - there).state, "draft")
        there.action_withdraw()
        self._wizard(self.statements, partner_id=self.manager.id).action_confirm()
        self.assertEqual(self.statements.confirmed_by, self.manager)

    def test_without_an_answer_the_staff_say_that_they_decided_and_why(self):
        statement = self.statements[:1]
        with self.assertRefused("note"):
            self._wizard(statement, channel="staff").action_confirm()
        self._wizard(statement, self.accountant, channel="staff", note="No reply").action_confirm()
        self.assertEqual(statement.confirmed_by, self.accountant.partner_id)
        answer = statement.answer_ids
        self.assertEqual((answer.channel, answer.note), ("staff", "No reply"))

    def test_lines_that_change_meanwhile_keep_their_statement_open_and_show_it(self):
        alone = self.statements.filtered(lambda row: row.space_id == self.space_b)
        before = len(alone.charge_ids)
        wizard = self._wizard(self.statements)
        self._new_seat("1/6", "31/7", "Zoé", self.tariff_b)
        action = wizard.action_confirm()
        self.assertEqual((alone.state, (self.statements - alone).state), ("draft", "confirmed"))
        self.assertEqual(len(alone.charge_ids), before + 1, "there is nothing to look at")
        self.assertFalse(
            self.env["coworking.portal.answer"].search_count([("statement_id", "=", alone.id)])
        )
        run = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("just changed", run.failed_line_ids.error)

    def test_the_rest_is_confirmed_when_the_dialog_is_closed_and_not_once_it_is_gone(self):
        with self._at_once(1):
            action = self._wizard(self.statements).action_confirm()
            run = self.env[action["res_model"]].browse(action["res_id"])
            self.assertEqual(run.todo_count, 2)
            run.with_user(self.coordinator)._work()
            self.assertEqual(sorted(self.statements.mapped("state")), ["confirmed", "draft"])
            self.env["coworking.statement.behalf"].search([]).unlink()
            run.with_user(self.coordinator)._work()
        self.assertEqual(run.state, "failed")
        self.assertIn("answer again", run.failed_line_ids.error)
        self.assertEqual(sorted(self.statements.mapped("state")), ["confirmed", "draft"])

    def test_a_month_that_is_not_over_is_said(self):
        for today, words in (("2015-06-30", "30 "), ("2015-07-01", "")):
            with freeze_time(f"{today} 10:00:00"):
                wizard = self._wizard(self.statements, date=f"{today} 09:00:00")
                self.assertIn(words, wizard.warning or "")
                self.assertEqual(bool(wizard.warning), bool(words))


class TestGenerateWizard(CoworkingCase):
    def _wizard(self, user=None, **values):
        env = self.env(user=user) if user else self.env
        return env["coworking.statement.generate"].create(values)

    @freeze_time("2015-07-03 10:00:00")
    def test_it_proposes_the_month_that_is_over_and_its_programs(self):
        later = self._new_program("Later", "LAT", date_start="2015-07-01")
        ended = self._new_program("Ended", "END", date_end="2015-05-31")
        short = self._new_program("Short", "SHO", date_start="2015-06-30", date_end="2015-06-30")
        wizard = self._wizard(self.coordinator)
        self.assertEqual(wizard.date_from, JUNE)
        self.assertEqual(wizard.program_ids, self.program | short)
        self.assertNotIn(later | ended, wizard.program_ids)

    def test_any_day_of_the_month_does(self):
        self._new_seat("1/6", "30/6")
        action = self._wizard(
            date_from=d("17/6"), program_ids=[Command.set(self.program.ids)]
        ).action_generate()
        statement = self.env["coworking.statement"].search(action["domain"])
        self.assertEqual((statement.date_from, statement.payable_total), (JUNE, 180.0))

    def test_several_programs_at_once(self):
        other = self._new_program("Other", "OTH")
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("1/6", "30/6", self._new_participant("B", other))
        programs = (self.program | other).ids
        action = self._wizard(date_from=JUNE, program_ids=[Command.set(programs)]).action_generate()
        statements = self.env["coworking.statement"].search(action["domain"])
        self.assertEqual(set(statements.program_id.ids), set(programs))

    def test_nobody_to_charge_is_said(self):
        wizard = self._wizard(date_from=JUNE, program_ids=[Command.set(self.program.ids)])
        with self.assertRefused("No seat"):
            wizard.action_generate()

    def test_a_program_must_be_chosen(self):
        wizard = self._wizard(date_from=JUNE, program_ids=[Command.clear()])
        with self.assertRefused("program"):
            wizard.action_generate()

    @freeze_time("2015-05-15 10:00:00")
    def test_a_month_that_has_not_begun_is_refused(self):
        self._new_seat("1/6", "30/6")
        wizard = self._wizard(date_from=JUNE, program_ids=[Command.set(self.program.ids)])
        with self.assertRaises(UserError):
            wizard.action_generate()

    def test_coordinators_and_accountants_generate_and_again(self):
        seat = self._new_seat("1/6", "30/6")
        for user, end, total in (
            (self.coordinator, "30/6", 180.0),
            (self.accountant, "15/6", 90.0),
            (self.coordinator, "10/6", 60.0),
        ):
            with self.subTest(user=user.login, end=end):
                seat.date_end = d(end)
                action = self._wizard(
                    user, date_from=JUNE, program_ids=[Command.set(self.program.ids)]
                ).action_generate()
                statement = self.env["coworking.statement"].search(action["domain"])
                self.assertEqual(statement.payable_total, total)

    def test_an_accountant_opens_a_month_that_nobody_opened(self):
        self._new_seat("1/6", "30/6")
        action = self._wizard(
            self.accountant, date_from=JUNE, program_ids=[Command.set(self.program.ids)]
        ).action_generate()
        self.assertEqual(len(self.env["coworking.statement"].search(action["domain"])), 1)

    def test_an_accountant_generates_what_settled_months_need_too(self):
        seat = self._new_seat("1/6", "31/7")
        self._settle()
        seat.date_start = d("16/6")
        self._wizard(
            self.accountant, date_from=d("1/7"), program_ids=[Command.set(self.program.ids)]
        ).action_generate()
        self.assertEqual(sum(self._charges(seat).mapped("payable_total")), 270.0)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_else_generates(self):
        for user in (self.accompanist, self.employee, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._wizard(user, date_from=JUNE, program_ids=[Command.set(self.program.ids)])
