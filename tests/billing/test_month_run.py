"""Steps of a month for many spaces: done in parts, told to who asked, by whom and what is left."""

import weakref
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time
from odoo.tools import SQL, mute_logger

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

    def _new_colleague(self):
        """:return: another coordinator of the same company"""
        return self.coordinator.copy({"login": "colleague", "name": "Colleague"})

    def _listen(self):
        """:return: list that what people are told from here on is added to"""
        told = []
        self.patch(
            self.registry["res.users"],
            "_bus_send",
            lambda user, kind, message, **options: told.append((user, kind, message)),
        )
        return told

    def _work_in_background(self, cron="ir_cron_month_runs"):
        with self.enter_registry_test_mode():
            self.env.ref(f"coworking_incubation.{cron}").method_direct_trigger()
        self.env.invalidate_all()

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
        self.assertEqual(run.outcome, "Done for you: 12")
        self.assertEqual(sum(self._statements().mapped("payable_total")), 1200.0)
        self.assertFalse(run.action_work())
        opened = self.env["coworking.statement"].search(run.action_open_statements()["domain"])
        self.assertEqual(opened, self._statements())

    def test_of_few_seats_each_more_are_done_at_a_time_and_some_are_left_to_others(self):
        run, _action = self._ask()
        for seats, done in ((4, 4), (250, 8), (250, 10)):
            with self._at_once(2, seats), patch(f"{LOGGER}.LEFT_PART", 2):
                run.action_work()
            self.assertEqual(len(self._statements()), done)

    def test_small_spaces_that_come_first_do_not_bring_large_ones_with_them(self):
        large = self.seats[3].space_id
        large.seat_capacity = 9
        for number in range(3):
            self._new_seat("1/6", "30/6", f"Other {number}", self.seats[3].tariff_id)
        run, _action = self._ask()
        with self._at_once(2, 6), patch(f"{LOGGER}.LEFT_PART", 2):
            run.action_work()
        self.assertEqual(self._statements().space_id, self.seats[:3].space_id)

    def test_of_many_at_a_time_one_in_error_does_not_hold_the_others_up(self):
        self._put_off(self.seats[1].tariff_id, "1/7")
        run, _action = self._ask()
        Statement = self.registry["coworking.statement"]
        generate, tried = Statement._generate, []

        def count(statements, programs, month, spaces, **options):
            tried.append(len(spaces))
            return generate(statements, programs, month, spaces, **options)

        with (
            self._at_once(3),
            patch(f"{LOGGER}.LEFT_PART", 1),
            patch.object(Statement, "_generate", count),
        ):
            run.action_work()
        self.assertEqual(tried, [12, 3, 1, 1, 1, 3, 3, 3])
        self.assertEqual((run.state, len(self._statements())), ("failed", 11))

    def test_a_closed_screen_leaves_the_rest_to_the_scheduled_action_which_tells(self):
        run, _action = self._ask()
        run.action_work()
        told = self._listen()
        self._work_in_background()
        self.assertEqual(run.state, "done")
        self.assertEqual(len(self._statements()), 12)
        ((user, kind, message),) = told
        self.assertEqual((user, kind), (self.coordinator, "simple_notification"))
        words = run.with_context(lang=self.coordinator.lang).outcome
        self.assertEqual(message["message"], words)
        self.assertEqual(message["message"].split()[-1], "12")

    def test_who_does_the_last_of_it_tells_once(self):
        told = self._listen()
        run, _action = self._ask()
        run.action_work()
        self.assertFalse(told)
        run.action_work()
        self.assertEqual([user for user, *_rest in told], [self.coordinator])
        run.action_work()
        self._work_in_background()
        self.assertEqual(len(told), 1)

    def test_where_two_did_the_last_of_it_at_once_the_scheduled_action_tells(self):
        told = self._listen()
        run, _action = self._ask()
        with patch.object(self.registry["coworking.month.run"], "_finish"):
            run.action_work()
            run.action_work()
        self.assertFalse(told)
        self._work_in_background()
        self.assertEqual(len(told), 1)

    def test_what_is_done_at_once_is_told_by_the_screen_alone(self):
        self.seats[3:].state = "cancelled"
        told = self._listen()
        run, _action = self._ask()
        self.assertEqual(run.state, "done")
        self._work_in_background()
        self.assertFalse(told)

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
        self._work_in_background()
        self.assertFalse(self._statements())
        run.action_resume()
        self.assertTrue(run.action_work())
        self.assertEqual(len(self._statements()), 10)

    def test_environments_that_odoo_makes_for_a_moment_are_kept_until_a_step_is_done(self):
        made = []

        def make(lines):
            for amount in (1.0, 2.0):
                made.append(weakref.ref(lines.env(context={"amount": amount})))
            self.assertTrue(all(env() for env in made))

        run, _action = self._ask()
        self.patch(self.registry["coworking.month.run.line"], "_generate", make)
        run.action_work()
        self.assertEqual(len(made), 2)
        self.assertFalse(any(env() for env in made))

    def test_what_a_colleague_has_just_let_go_of_is_begun_again_in_the_same_call(self):
        run, _action = self._ask()
        claim, refused = type(run)._claim, []

        def refuse_once(run, among=None):
            if not refused:
                refused.append(run)
                raise SerializationFailure
            return claim(run, among)

        begun_again = self.startPatcher(patch.object(self.env.cr, "rollback"))
        self.patch(self.registry["coworking.month.run"], "_claim", refuse_once)
        self.assertTrue(run.action_work())
        begun_again.assert_called_once()
        self.assertEqual(run.todo_count, 2)

    def test_what_is_refused_again_and_again_is_left_to_the_next_call(self):
        def refuse(run, among=None):
            raise SerializationFailure

        run, _action = self._ask()
        begun_again = self.startPatcher(patch.object(self.env.cr, "rollback"))
        with patch.object(self.registry["coworking.month.run"], "_claim", refuse):
            self.assertTrue(run.action_work())
        self.assertEqual(begun_again.call_count, 2)
        self.assertTrue(run.action_work())
        self.assertEqual(run.todo_count, 2)

    def test_of_the_spaces_that_wait_those_alone_are_read_that_are_done(self):
        run, _action = self._ask()
        lines = run.line_ids
        self.env.flush_all()
        self.env.invalidate_all()
        run.action_work()
        read = lines._fields["date_from"]._get_cache(self.env)
        self.assertEqual(len(read.keys() & set(lines.ids)), 10)

    def test_a_space_is_taken_once(self):
        run, _action = self._ask()
        spaces = run.line_ids[:10].space_id
        before = spaces.mapped("lock_version")
        run.action_work()
        self.assertEqual(spaces.mapped("lock_version"), [count + 1 for count in before])

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
class TestMails(RunCase):
    """However many transactions a month is sent in, a manager gets one mail."""

    def setUp(self):
        super().setUp()
        self.manager = self.env["res.partner"].create({"name": "Mona", "email": "m@example.com"})
        self.seats.space_id.manager_ids = self.manager
        run, _action = self._ask()
        run.action_work()
        run.action_work()
        self._statements().with_user(self.coordinator).action_send_each()
        self.run = self.env["coworking.month.run"].search([], limit=1, order="id desc")
        self.run = self.run.with_user(self.coordinator)

    def _count_mails(self):
        self._work_in_background("ir_cron_ask_spaces")
        return self.env["mail.mail"].search_count([("email_to", "ilike", self.manager.email)])

    def _count_wakes(self):
        cron = self.env.ref("coworking_incubation.ir_cron_ask_spaces")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def test_a_manager_of_many_spaces_is_written_to_once_all_are_sent(self):
        self.run.action_work()
        self.assertEqual(self._statements().mapped("state").count("sent"), 10)
        self.assertEqual(self._count_mails(), 0)
        self.run.action_work()
        self.assertEqual(self.run.state, "done")
        self.assertEqual(self._count_mails(), 1)
        self.assertEqual(self._count_mails(), 1)

    def test_managers_of_what_is_sent_already_do_not_wait_for_others(self):
        other = self.env["res.partner"].create({"name": "Otto", "email": "o@example.com"})
        self.seats[10:].space_id.manager_ids = other
        self.run.action_work()
        self.assertEqual(self._count_mails(), 1)

    def test_stopped_what_was_sent_is_written(self):
        self.run.action_work()
        self.assertEqual(self._count_mails(), 0)
        wakes = self._count_wakes()
        self.run.action_stop()
        self.assertGreater(self._count_wakes(), wakes)
        self.assertEqual(self._count_mails(), 1)

    def test_where_the_last_cannot_be_sent_the_others_are_written_all_the_same(self):
        self.run.action_work()
        self._statements().filtered(lambda row: row.state == "draft").action_confirm()
        wakes = self._count_wakes()
        self.run.action_work()
        self.assertEqual((self.run.state, self.run.failed_count), ("failed", 2))
        self.assertGreater(self._count_wakes(), wakes)
        self.assertEqual(self._count_mails(), 1)

    def test_what_never_ends_holds_no_mail_back_for_more_than_a_day(self):
        self.run.action_work()
        self.run.sudo().asked_at = "2015-07-02 09:00:00"
        self.assertEqual(self._count_mails(), 1)


@freeze_time("2015-07-03 10:00:00")
class TestErrors(RunCase):
    SPACES = 4

    def setUp(self):
        super().setUp()
        self.bad = self.seats[1]
        self._put_off(self.bad.tariff_id, "1/7")

    def test_a_space_in_error_is_named_and_does_not_hold_the_others_up(self):
        run, action = self._ask()
        self.assertEqual(action["res_model"], run._name)
        self.assertEqual(len(self._statements()), 3)
        self.assertEqual(run.state, "failed")
        self.assertEqual(run.outcome, "Done for you: 3, In error: 1")
        self.assertEqual(run.failed_line_ids.space_id, self.bad.space_id)
        for words in (self.bad.name, "Nomad", "price"):
            self.assertIn(words, run.failed_line_ids.error)

    def test_once_mended_it_is_tried_again(self):
        run, _action = self._ask()
        self.bad.tariff_id.price_ids.date_start = d("1/6")
        run.action_resume()
        self.assertEqual(run.state, "running")
        run.action_work()
        self.assertEqual((run.state, run.outcome), ("done", "Done for you: 4"))
        self.assertFalse(run.failed_line_ids)
        self.assertEqual(sum(self._statements().mapped("payable_total")), 400.0)

    def test_what_a_colleague_did_before_it_is_tried_again_is_done_anew(self):
        run, _action = self._ask()
        self.bad.tariff_id.price_ids.date_start = d("1/6")
        other, _action = self._ask(self._new_colleague())
        self.assertEqual(other.state, "done")
        self.bad.tariff_id.price_ids.price = 120.0
        now = self.env.cr.now()
        self._set_moment(run, "create_date", now - timedelta(hours=2))
        self._set_moment(run, "asked_at", now - timedelta(hours=2))
        self._set_moment(other.line_ids, "write_date", now - timedelta(hours=1))
        run.action_resume()
        run.action_work()
        self.assertEqual(run.outcome, "Done for you: 4")
        self.assertEqual(sum(self._statements().mapped("payable_total")), 420.0)

    def _set_moment(self, records, name, moment):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id IN %s",
                SQL.identifier(records._table),
                SQL.identifier(name),
                moment,
                tuple(records.ids),
            )
        )
        self.env.invalidate_all()

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
        self.statements.space_id.manager_ids = self.env["res.partner"].create(
            {"name": "Mona", "email": "m@example.com"}
        )
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
            self._run().with_user(admin).outcome,
            f"Done for you: 2, Already done by {self.accountant.name}: 1",
        )

    def test_a_bill_that_came_before_is_not_told_as_made_by_somebody_else(self):
        self.statements[1:].action_confirm()
        early = self.statements[0]
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "company_id": self.company.id,
                "partner_id": early.space_id.operator_id.id,
                "coworking_statement_id": early.id,
                "invoice_line_ids": [
                    Command.create({"product_id": self.seat_product.id, "price_unit": 100.0})
                ],
            }
        )
        self.assertEqual((early.state, early.bill_ids), ("draft", bill))
        self.statements.with_user(self.accountant).action_create_bill_each()
        run = self._run()
        self.assertEqual(run.failed_line_ids.statement_id, early)
        self.assertNotIn("elsewhere", run.line_ids.mapped("state"))

    def test_a_statement_that_is_gone_is_in_error_and_says_so(self):
        for step in ("send", "bill"):
            with self.subTest(step=step):
                lines = [
                    {
                        "program_id": row.program_id.id,
                        "space_id": row.space_id.id,
                        "date_from": JUNE,
                    }
                    for row in self.statements
                ]
                run = self.env["coworking.month.run"]._start(step, lines)
                self.assertEqual((run.state, run.failed_count), ("failed", 3))
                self.assertIn("deleted", run.failed_line_ids[0].error)

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
class TestBackground(RunCase):
    """What is wrong with the work of one does not hold up that of the others."""

    def setUp(self):
        super().setUp()
        self.first, _action = self._ask()
        self.colleague = self._new_colleague()
        self.second, _action = self._ask(self.colleague)

    def _check_second_goes_on(self, state="stopped"):
        Cron, left = self.registry["ir.cron"], []
        commit = Cron._commit_progress

        def note(cron, processed=0, *, remaining=None, **options):
            left.append(-processed if remaining is None else remaining)
            return commit(cron, processed, remaining=remaining, **options)

        with mute_logger(LOGGER), patch.object(Cron, "_commit_progress", note):
            self._work_in_background()
        self.assertEqual(sum(left), 0, "nothing is tried again before the next hour")
        self.assertEqual(self.first.sudo().state, state)
        self.assertEqual(self.second.state, "done")
        self.assertEqual(len(self._statements()), 12)

    def test_a_run_that_raises_is_left_for_later(self):
        Run = self.registry["coworking.month.run"]
        claim, first = Run._claim, self.first

        def fail(run, among=None):
            if run == first:
                raise KeyError("never seen")
            return claim(run, among)

        with patch.object(Run, "_claim", fail):
            self._check_second_goes_on("running")

    def test_who_lost_the_right_to_months_has_it_stopped(self):
        self.coordinator.group_ids = self.env.ref("base.group_user")
        self._check_second_goes_on()

    def test_who_left_has_it_stopped(self):
        self.coordinator.active = False
        self._check_second_goes_on()

    def test_of_whom_nothing_is_left_it_is_not_done_with_every_right(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_month_run SET create_uid = NULL WHERE id = %s", [self.first.id]
        )
        self.env.invalidate_all()
        self._check_second_goes_on()

    def test_who_may_no_longer_read_it_is_told_all_the_same(self):
        self.first.action_work()
        told = self._listen()
        self.coordinator.group_ids = self.env.ref("base.group_user")
        self.first.sudo().line_ids.state = "done"
        self.first._finish()
        self.assertEqual([user for user, *_rest in told], [self.coordinator])


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

    def test_an_accountant_sees_what_they_asked_and_what_nobody_did(self):
        run, _action = self._ask()
        theirs = [
            (self.env["coworking.month.run"].with_user(self.accountant), [("id", "=", run.id)]),
            (
                self.env["coworking.month.run.line"].with_user(self.accountant),
                [("run_id", "=", run.id)],
            ),
        ]
        for asked_by, by_program, seen in (
            (self.coordinator, False, False),
            (self.coordinator, True, True),
            (self.accountant, False, True),
        ):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE coworking_month_run SET create_uid = %s, by_program = %s WHERE id = %s",
                [asked_by.id, by_program, run.id],
            )
            self.env.invalidate_all()
            for records, domain in theirs:
                with self.subTest(
                    model=records._name, asked_by=asked_by.login, by_program=by_program
                ):
                    self.assertEqual(bool(records.search(domain)), seen)

    def test_a_coordinator_of_the_company_sees_and_stops_it_and_who_asked_goes_on(self):
        run, _action = self._ask()
        theirs = run.with_user(self._new_colleague())
        self.assertFalse(theirs.is_mine)
        self.assertEqual(theirs.todo_count, 12)
        self.assertEqual(len(theirs.line_ids.mapped("space_id.name")), 12)
        for call in ("action_work", "action_resume"):
            with (
                self.subTest(call=call),
                self.assertRefused(self.coordinator.name, "stop it", error=AccessError),
            ):
                getattr(theirs, call)()
        theirs.action_stop()
        self.assertEqual(run.state, "stopped")
        run.action_resume()
        run.action_work()
        theirs.invalidate_recordset()
        self.assertEqual(theirs.outcome, f"Done for {self.coordinator.name}: 10, Still to do: 2")

    def test_of_two_companies_it_is_for_who_coordinates_both(self):
        run, _action = self._ask()
        colleague = self._new_colleague()
        statement = self.env["coworking.statement"].search(
            [("company_id", "!=", self.company.id)], limit=1
        )
        run.line_ids[:1].sudo().copy(
            {"program_id": statement.program_id.id, "space_id": statement.space_id.id}
        )
        Run = self.env["coworking.month.run"].with_user(colleague)
        self.assertFalse(Run.search([("id", "=", run.id)]))
        colleague.company_ids |= statement.company_id
        Run = Run.with_context(allowed_company_ids=colleague.company_ids.ids)
        self.assertEqual(Run.search([("id", "=", run.id)]), run)

    def test_a_coordinator_of_another_company_does_not_see_it(self):
        run, _action = self._ask()
        company = self._new_company("Elsewhere")
        other = self._new_colleague()
        other.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        theirs = run.with_user(other).with_context(allowed_company_ids=company.ids)
        self.assertNotIn(run, theirs.search([]))
        with mute_logger("odoo.addons.base.models.ir_rule"), self.assertRaises(AccessError):
            theirs.action_stop()

    def test_whichever_company_the_screen_shows_it_is_done_in_its_own(self):
        company = self._new_company("Elsewhere")
        self.coordinator.company_ids += company
        run, _action = self._ask()
        run.with_context(allowed_company_ids=company.ids).action_work()
        run.invalidate_recordset()
        self.assertEqual((run.failed_count, run.todo_count), (0, 2))

    def test_it_is_sent_in_its_own_company_too(self):
        company = self._new_company("Elsewhere")
        self.coordinator.company_ids += company
        run, _action = self._ask()
        run.action_work()
        run.action_work()
        self._statements().with_user(self.coordinator).action_send_each()
        sending = self.env["coworking.month.run"].search([], limit=1, order="id desc")
        sending = sending.with_user(self.coordinator)
        sending.with_context(allowed_company_ids=company.ids).action_work()
        self.env.invalidate_all()
        self.assertEqual((sending.failed_count, sending.todo_count), (0, 2))
        self.coordinator.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        sending.with_context(allowed_company_ids=company.ids).action_work()
        self.env.invalidate_all()
        self.assertEqual(sending.failed_count, 2)

    def test_it_is_forgotten_after_a_month(self):
        run, _action = self._ask()
        run.sudo()._gc_runs()
        self.assertTrue(run.exists())
        with freeze_time("2030-01-01"):
            run.sudo()._gc_runs()
        self.assertFalse(run.exists())
