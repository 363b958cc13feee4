"""Steps of a month for many spaces: done in parts, told to who asked, by whom and what is left."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..common import JUNE, CoworkingCase, d

MODELS = "odoo.addons.coworking_incubation.models.billing"
LOGGER = f"{MODELS}.coworking_month_run"


class RunCase(CoworkingCase):
    SPACES = 12

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seats = cls.env["coworking.seat"]
        for number in range(cls.SPACES):
            space = cls._new_space(f"Space {number:02}", f"S{number:02}")
            tariff = cls._new_tariff("Nomad", 100.0, space=space)
            cls.seats += cls._new_seat("1/6", "30/6", f"Person {number:02}", tariff)

    def _ask(self, user=None):
        """:return: (the run, the action that was answered)"""
        wizard = self.env["coworking.statement.generate"].with_user(user or self.coordinator)
        action = wizard.create(
            {"date_from": JUNE, "program_ids": [Command.set(self.program.ids)]}
        ).action_generate()
        run = self.env["coworking.month.run"].search([], limit=1, order="id desc")
        return run.with_user(user or self.coordinator), action

    def _statements(self):
        return self.env["coworking.statement"].search([("program_id", "=", self.program.id)])


@freeze_time("2015-07-03 10:00:00")
class TestManySpaces(RunCase):
    def test_many_spaces_are_left_to_the_screen_which_does_some_at_a_time(self):
        run, action = self._ask()
        self.assertEqual((action["res_model"], action["res_id"]), (run._name, run.id))
        self.assertFalse(self._statements())
        self.assertEqual((run.state, run.progress, run.todo_count), ("running", 0, 12))
        self.assertTrue(run.action_work())
        self.assertEqual(len(self._statements()), 10)
        self.assertEqual((run.state, round(run.progress)), ("running", 83))
        self.assertTrue(run.action_work())
        self.assertEqual((run.state, run.progress), ("done", 100))
        self.assertEqual(run.outcome, "12 done for you")
        self.assertEqual(sum(self._statements().mapped("payable_total")), 1200.0)
        self.assertFalse(run.action_work())
        opened = self.env["coworking.statement"].search(run.action_open_statements()["domain"])
        self.assertEqual(opened, self._statements())

    def test_a_closed_screen_leaves_the_rest_to_the_scheduled_action_which_tells(self):
        run, _action = self._ask()
        run.action_work()
        told = []
        self.patch(
            self.registry["res.users"],
            "_bus_send",
            lambda user, kind, message, **options: told.append((user, kind, message)),
        )
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_month_runs").method_direct_trigger()
        run.invalidate_recordset()
        self.assertEqual(run.state, "done")
        self.assertEqual(len(self._statements()), 12)
        ((user, kind, message),) = told
        self.assertEqual((user, kind), (self.coordinator, "simple_notification"))
        self.assertEqual(message["message"].split()[0], "12")  # in the language of who asked

    def test_the_scheduled_action_is_woken_at_once(self):
        cron = self.env.ref("coworking_incubation.ir_cron_month_runs")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._ask()
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers + 1
        )

    def test_stopped_it_waits_until_somebody_goes_on(self):
        run, _action = self._ask()
        run.action_stop()
        self.assertEqual(run.state, "stopped")
        self.assertFalse(run.action_work())
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_month_runs").method_direct_trigger()
        self.assertFalse(self._statements())
        run.invalidate_recordset()
        run.action_resume()
        self.assertTrue(run.action_work())
        self.assertEqual(len(self._statements()), 10)

    def test_queries_do_not_grow_with_the_spaces_that_wait(self):
        def count():
            run, _action = self._ask()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run.action_work()
            queries = self.env.cr.sql_log_count - before
            self._statements().charge_ids.sudo().unlink()
            self._statements().unlink()
            run.sudo().unlink()
            return queries

        count()
        few = count()
        for number in range(12):
            space = self._new_space(f"More {number:02}", f"M{number:02}")
            tariff = self._new_tariff("Nomad", 100.0, space=space)
            self._new_seat("1/6", "30/6", f"Other {number:02}", tariff)
        self.assertLessEqual(count(), few + 3)


@freeze_time("2015-07-03 10:00:00")
class TestErrors(RunCase):
    SPACES = 4

    def setUp(self):
        super().setUp()
        self.bad = self.seats[1]
        self.bad.tariff_id.price_ids.date_start = d("1/7")

    def test_a_space_in_error_is_named_and_does_not_hold_the_others_up(self):
        run, action = self._ask()
        self.assertEqual(action["res_model"], run._name)
        self.assertEqual(len(self._statements()), 3)
        self.assertEqual(run.state, "failed")
        self.assertEqual(run.outcome, "3 done for you, 1 in error")
        self.assertEqual(run.failed_line_ids.space_id, self.bad.space_id)
        for words in (self.bad.name, "Nomad", "price"):
            self.assertIn(words, run.failed_line_ids.error)

    def test_once_mended_it_is_tried_again(self):
        run, _action = self._ask()
        self.bad.tariff_id.price_ids.date_start = d("1/6")
        run.action_resume()
        self.assertEqual(run.state, "running")
        run.action_work()
        self.assertEqual((run.state, run.outcome), ("done", "4 done for you"))
        self.assertFalse(run.failed_line_ids)
        self.assertEqual(sum(self._statements().mapped("payable_total")), 400.0)

    @mute_logger(LOGGER)
    def test_what_nobody_thought_of_does_not_hold_the_others_up_either(self):
        self.bad.tariff_id.price_ids.date_start = d("1/6")
        Statement = self.registry["coworking.statement"]
        create = Statement.create

        def fail(records, vals_list):
            if any(vals.get("space_id") == self.bad.space_id.id for vals in vals_list):
                raise KeyError("never seen")
            return create(records, vals_list)

        with patch.object(Statement, "create", fail):
            run, _action = self._ask()
        self.assertEqual(len(self._statements()), 3)
        self.assertEqual(run.failed_line_ids.space_id, self.bad.space_id)
        self.assertNotIn("never seen", run.failed_line_ids.error)


@freeze_time("2015-07-03 10:00:00")
class TestSteps(RunCase):
    SPACES = 3

    def setUp(self):
        super().setUp()
        self._ask()
        self.statements = self._statements()

    def _run(self):
        return self.env["coworking.month.run"].search([], limit=1, order="id desc")

    def test_sent_together_each_is_sent(self):
        answer = self.statements.with_user(self.coordinator).action_send_each()
        self.assertEqual(answer["tag"], "soft_reload")
        self.assertEqual(set(self.statements.mapped("state")), {"sent"})

    def test_one_that_cannot_be_sent_does_not_hold_the_others_up(self):
        self.statements[0].action_confirm()
        self.statements.with_user(self.coordinator).action_send_each()
        self.assertEqual(self.statements.mapped("state"), ["confirmed", "sent", "sent"])
        self.assertIn(self.statements[0].name, self._run().failed_line_ids.error)

    def test_bills_are_made_together_and_who_made_one_before_is_told(self):
        self.statements.action_confirm()
        other = self.statements[0]
        other.with_user(self.accountant).action_create_bill()
        admin = self.env.ref("base.user_admin")
        admin.group_ids += self.env.ref("coworking_incubation.group_coworking_accountant")
        admin.company_ids += self.company
        Statement = self.env["coworking.statement"].with_user(admin)
        Statement.browse(self.statements.ids).with_context(
            allowed_company_ids=self.company.ids
        ).action_create_bill_each()
        self.assertEqual(len(self.statements.bill_ids), 3)
        self.assertEqual(
            self._run().outcome, f"2 done for you, 1 already done by {self.accountant.name}"
        )

    def test_bills_of_all_are_opened(self):
        self.statements.action_confirm()
        action = self.statements.with_user(self.accountant).action_create_bill_each()
        self.assertEqual(action["res_model"], "account.move")
        self.assertEqual(len(self.statements.bill_ids), 3)

    def test_of_no_statement_nothing_is_made(self):
        none = self.statements.browse().with_user(self.accountant)
        runs = self.env["coworking.month.run"].search_count([])
        none.action_send_each()
        none.action_create_bill_each()
        self.assertEqual(self.env["coworking.month.run"].search_count([]), runs)

    def test_a_coordinator_makes_no_bills(self):
        self.statements.action_confirm()
        with self.assertRaises(AccessError):
            self.statements.with_user(self.coordinator).action_create_bill_each()


@freeze_time("2015-07-03 10:00:00")
class TestWhose(RunCase):
    def test_what_somebody_asked_is_theirs_alone(self):
        run, _action = self._ask()
        for user in (self.accountant, self.accompanist, self.employee):
            for call in ("action_work", "action_stop", "action_resume", "action_open_statements"):
                with (
                    self.subTest(user=user.login, call=call),
                    mute_logger(
                        "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"
                    ),
                    self.assertRaises(AccessError),
                ):
                    getattr(run.with_user(user), call)()

    def test_it_is_forgotten_after_a_month(self):
        run, _action = self._ask()
        run.sudo()._gc_runs()
        self.assertTrue(run.exists())
        with freeze_time("2030-01-01"):
            run.sudo()._gc_runs()
        self.assertFalse(run.exists())
