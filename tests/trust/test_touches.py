"""What staff had to do for a month, click by click: what spaces and the robot do is none."""

from collections import Counter
from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import freeze_time
from odoo.tools import formatLang

from ..common import JULY, JUNE, CoworkingCase


@freeze_time("2015-07-03 10:00:00")
class TestTouches(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moment = datetime(2015, 7, 3, 10)
        for who, tariff in (("Camille", cls.tariff), ("Farid", cls.tariff_b)):
            cls._new_seat("1/6", "31/7", who, tariff)
        cls.bank = cls._new_bank()

    def setUp(self):
        super().setUp()
        self.clicks = Counter()
        self.acting = self.env

    def _click(self, user, step=None):
        """As one transaction of a user: the time of it, and who it is, are what tells one click
        from another.

        :param step: counted among the clicks that are expected, if it is one of staff
        """
        self.acting.flush_all()
        self.moment += timedelta(seconds=1)
        self.cr._now = self.moment  # what Odoo takes for the time of the transaction
        self.cr.execute("SELECT set_config('coworking.act', %s, true)", [str(self.moment)])
        self.clicks.update([step] if step else [])
        self.acting = self.env.transaction.default_env = self.env(user=user)
        return self.acting

    def _generate_by(self, user, month=JUNE):
        env = self._click(user, "generate")
        env["coworking.statement.generate"].create(
            {"date_from": month, "program_ids": [Command.set(self.program.ids)]}
        ).action_generate()
        return self.env["coworking.statement"].search(
            [("program_id", "=", self.program.id), ("date_from", "=", month)]
        )

    def _touches(self, *domain):
        self.env.flush_all()
        domain = [("program_id", "=", self.program.id), *domain]
        return self.env["coworking.touch"].with_user(self.coordinator).search(domain)

    def _count(self, *domain):
        return dict(Counter(self._touches(*domain).mapped("step")))

    def _run_month(self):
        """From the statements to the payment, one click after the other."""
        statements = self._generate_by(self.coordinator)
        env = self._click(self.coordinator, "send")
        statements.with_env(env).action_send_each()
        here, there = (
            statements.filtered(lambda row, space=space: row.space_id == space)
            for space in (self.space, self.space_b)
        )
        env = self._click(self.manager)  # the space itself
        here.with_env(env).sudo()._confirm_lines(self.manager.partner_id, "portal")
        env = self._click(self.coordinator, "confirm")
        env["coworking.statement.behalf"].create(
            {"statement_ids": there.ids, "channel": "staff", "note": "No answer"}
        ).action_confirm()
        env = self._click(self.accountant, "bill")
        statements.with_env(env).action_create_bill_each()
        bills = statements.bill_ids
        bills.invoice_date = "2015-07-03"
        for bill in bills:
            env = self._click(self.accountant, "post")
            bill.with_env(env).action_post()
        env = self._click(self.accountant, "pay")
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bills.ids
        ).create({"group_payment": False, "journal_id": self.bank.id}).action_create_payments()
        self._click(self.env.user)
        return statements

    def test_each_click_of_staff_is_one_touch_of_its_step_however_many_statements(self):
        self._run_month()
        self.assertEqual(self._count(), dict(self.clicks))
        self.assertEqual(sum(self.clicks.values()), 7)
        sent = self._touches(("step", "=", "send"))
        self.assertEqual((sent.statement_count, sent.user_id), (2, self.coordinator))
        self.assertEqual(set(self._touches().mapped("month")), {JUNE})

    def test_the_robot_and_the_spaces_touch_nothing(self):
        env = self._click(self.env.ref("base.user_root"))
        statements = env["coworking.statement"]._generate(self.program, JUNE)
        statements.action_send()
        self._click(self.manager)
        statements.with_user(self.manager).sudo()._confirm_lines(self.manager.partner_id, "portal")
        self.assertFalse(self._touches())

    def test_what_is_asked_of_many_spaces_is_one_touch_in_however_many_transactions(self):
        for number in range(12):
            space = self._new_space(f"Space {number:02}", f"T{number:02}")
            tariff = self._new_tariff("Nomad", 100.0, space=space)
            self._new_seat("1/6", "30/6", f"Person {number:02}", tariff)
        self._generate_by(self.coordinator)
        run = self.env["coworking.month.run"].search([], limit=1).with_user(self.coordinator)
        while run.state == "running":
            self._click(self.coordinator)
            run._work()
        self._click(self.env.user)
        touch = self._touches()
        self.assertEqual((touch.step, touch.statement_count), ("generate", 14))

    def test_taking_back_is_a_touch_more_and_of_the_same_step(self):
        statements = self._generate_by(self.coordinator)
        self._click(self.coordinator, "confirm")
        statements.with_user(self.coordinator).action_confirm()
        self._click(self.coordinator, "confirm")
        statements.with_user(self.coordinator).action_withdraw()
        self._click(self.env.user)
        self.assertEqual(self._count(), dict(self.clicks))

    def test_a_decision_counts_also_when_its_match_is_gone(self):
        statements = self._generate_by(self.coordinator)
        self._click(self.env.ref("base.user_root"))
        statements.action_confirm()
        statements.action_create_bill()
        lines = self.env["coworking.month.line"].with_user(self.accountant)
        self._click(self.accountant, "match")
        self.env["coworking.match.decide"].with_user(self.accountant).create(
            {
                "line_ids": lines.search([("statement_id", "in", statements.ids)]).ids,
                "decision": "disputed",
                "reason": "Seen",
            }
        ).action_apply()
        self._click(self.env.ref("base.user_root"))
        self.env["coworking.match"].search([("statement_id", "in", statements.ids)]).unlink()
        self._click(self.env.user)
        self.assertEqual(self._count(("step", "=", "match")), {"match": 1})

    def test_two_months_are_counted_apart_and_another_organisation_sees_none(self):
        self._run_month()
        self._generate_by(self.coordinator, JUNE.replace(month=7))
        self._click(self.env.user)
        self.assertEqual(self._count(("month", "=", "2015-07-01")), {"generate": 1})
        self.assertEqual(len(self._touches()), 8)
        self.assertEqual(len(set(self._touches().ids)), 8)
        other = self._new_company("Elsewhere")
        stranger = self.coordinator.copy(
            {"login": "stranger", "company_id": other.id, "company_ids": [other.id]}
        )
        domain = [("program_id", "=", self.program.id)]
        theirs = self.env["coworking.touch"].with_user(stranger)
        theirs = theirs.with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search(domain))

    def test_a_bill_is_of_each_month_that_it_is_matched_with_and_once_of_its_own(self):
        bill = self._run_month().bill_ids[:1]
        july = self._generate_by(self.coordinator, JULY)[:1]
        self._click(self.env.user)
        line = bill.invoice_line_ids[:1]
        self.env["coworking.match"].create({"statement_id": july.id, "move_line_id": line.id})
        self.assertEqual(
            self._count(("month", "=", JULY)), {"generate": 1, "bill": 1, "post": 1, "pay": 1}
        )
        del self.clicks["generate"]
        self.assertEqual(self._count(("month", "=", JUNE)), {"generate": 1, **self.clicks})

    def test_pilotage_shows_them_by_seat_and_month_as_sql_counts_them(self):
        statements = self._run_month()
        self._generate_by(self.coordinator, JUNE.replace(month=7))
        self._click(self.env.user)
        self.env.flush_all()
        self.cr.execute(
            """SELECT COUNT(DISTINCT (audit.user_id, audit.act_at))
                 FROM coworking_audit audit
                WHERE audit.user_id IN %s AND audit.act_at > '2015-07-03'
                  AND audit.act_at < '2015-07-04'
                  AND (audit.res_model = 'coworking.statement'
                       OR audit.res_model IN ('coworking.match', 'account.move')
                       OR audit.res_model = 'account.partial.reconcile')""",
            [(self.coordinator.id, self.accountant.id)],
        )
        touches = self.cr.fetchone()[0]
        self.cr.execute(
            """SELECT COUNT(DISTINCT (charge.seat_id, statement.date_from))
                 FROM coworking_charge charge
                 JOIN coworking_statement statement ON statement.id = charge.statement_id
                WHERE statement.program_id = %s""",
            [self.program.id],
        )
        seats = self.cr.fetchone()[0]
        self.assertEqual((touches, seats, len(statements)), (8, 4, 2))
        for user in (self.coordinator, self.accountant):
            dashboard = self.env["coworking.dashboard"].with_user(user)
            picture = dashboard._prepare_picture({"program": self.program.id})
            tiles = {tile["name"]: tile for row in picture["groups"] for tile in row["tiles"]}
            tile = tiles["touches"]
            self.assertEqual((tile["value"], tile["rows"]), (touches / seats, touches))
            self.assertEqual(
                self.env["coworking.touch"].with_user(user).search_count(tile["domain"]), touches
            )
            *steps, whole = tiles["touches_by_step"]["lines"]
            cells = [cell for line in steps for cell in line["cells"]]
            self.assertEqual(sum(cell["value"] for cell in cells), touches)
            self.assertEqual([cell["value"] for cell in whole["cells"]], [touches])
            for cell in (*cells, *whole["cells"]):
                found = self.env["coworking.touch"].with_user(user).search_count(cell["domain"])
                self.assertEqual(found, cell["rows"])

    def _count_both_ways(self, user, months, company=None):
        """What Pilotage counts at once, and the list row by row."""
        company = company or self.company
        touches = self.env["coworking.touch"].with_user(user)
        touches = touches.with_context(allowed_company_ids=company.ids)
        program = Domain("program_id", "=", self.program.id)
        rows = touches.search(program & Domain("month", "in", months))
        counted = touches._count_of_months(
            program & Domain("month", "in", months), program & Domain("date_from", "in", months)
        )
        one_by_one = Counter((row.step, row.program_id.id, row.month) for row in rows)
        return {tuple(key): count for *key, count in counted}, dict(one_by_one)

    def test_counted_at_once_they_are_those_of_the_list(self):
        bill = self._run_month().bill_ids[:1]
        july = self._generate_by(self.coordinator, JULY)[:1]
        self._click(self.accountant)
        line = bill.invoice_line_ids[:1]
        self.env["coworking.match"].create({"statement_id": july.id, "move_line_id": line.id})
        self._click(self.accountant)
        bill.line_ids.remove_move_reconcile()
        self._click(self.env.user)
        for months in ([JUNE], [JULY], [JUNE, JULY]):
            counted, listed = self._count_both_ways(self.coordinator, months)
            self.assertTrue(listed)
            self.assertEqual(counted, listed)
        other = self._new_company("Elsewhere")
        stranger = self.coordinator.copy(
            {"login": "stranger", "company_id": other.id, "company_ids": [other.id]}
        )
        self.assertEqual(self._count_both_ways(stranger, [JUNE, JULY], other), ({}, {}))
        with self.assertRaises(AccessError):
            self._count_both_ways(self.accompanist, [JUNE])

    def test_where_somebody_sees_the_own_touches_alone_no_others_are_counted(self):
        self._run_month()
        self._click(self.env.user)
        self.env["ir.rule"].create(
            {
                "name": "Own touches",
                "model_id": self.env["ir.model"]._get_id("coworking.touch"),
                "domain_force": "[('user_id', '=', user.id)]",
            }
        )
        counted, listed = self._count_both_ways(self.accountant, [JUNE])
        self.assertEqual({step for step, *__ in listed}, {"bill", "post", "pay"})
        self.assertEqual(counted, listed)

    def test_months_by_hand_stand_beside_those_with_the_automatic_pilot(self):
        july = JUNE.replace(month=7)
        self._run_month()
        statements = self._generate_by(self.coordinator, july)
        self._click(self.env.user)
        statements[:1].sudo().sent_by_program_at = self.moment
        self.env.flush_all()
        self.assertEqual(
            {(row.month, row.by_program) for row in self._touches()}, {(JUNE, False), (july, True)}
        )
        dashboard = self.env["coworking.dashboard"].with_user(self.coordinator)
        wanted = {"program": self.program.id, "tile": "touches_by_step"}
        tile = dashboard._prepare_picture(wanted)["groups"][0]["tiles"][0]
        self.assertEqual(
            [column["label"] for column in tile["columns"]],
            ["By Hand (2 seats)", "With the Automatic Pilot (2 seats)"],
        )
        self.assertEqual(
            [(cell["value"], cell["text"]) for cell in tile["lines"][-1]["cells"]],
            [(7, formatLang(self.env, 3.5)), (1, formatLang(self.env, 0.5))],
        )

    def test_a_bill_that_the_pilot_posted_makes_its_month_one_with_the_pilot(self):
        statements = self._run_month()
        statements.bill_ids[:1].sudo().coworking_posted_by_program_at = self.moment
        self.env.flush_all()
        self.assertEqual(set(self._touches().mapped("by_program")), {True})
        dashboard = self.env["coworking.dashboard"].with_user(self.coordinator)
        scope, __ = dashboard._choose_scope(self.program, {"program": self.program.id})
        self.assertEqual(dashboard._get_months_by_program(scope), {(self.program.id, JUNE)})

    def test_bills_of_months_are_looked_up_among_however_many(self):
        """PostgreSQL may not join: it would read each match and each bill that there is."""
        self._run_month()
        self.env.flush_all()
        dashboard = self.env["coworking.dashboard"].with_user(self.coordinator)
        scope, __ = dashboard._choose_scope(self.program, {"program": self.program.id})
        self._expect_many_rows()
        before = self._count_read("account_move", "coworking_match")
        self.assertTrue(dashboard._count_touches(scope))
        self.assertLess(self._count_read("account_move", "coworking_match") - before, 50)
        self.assertGreater(self.env["account.move"].search_count([]), 100)

    def test_counsellors_see_nothing_of_it(self):
        touches = self.env["coworking.touch"].with_user(self.accompanist)
        self.assertFalse(touches.has_access("read"))
