from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..common import JUNE, CoworkingCase, d


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
