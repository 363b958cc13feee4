"""The months of the demonstration's edition that runs, as people of the staff settled them."""

from contextlib import contextmanager
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields, models

from ..models.steering.coworking_program import SWITCHES

# Who does what in the demonstration.
COORDINATION, ACCOUNTANT = "res_users_coordination", "res_users_comptabilite"


class Clicks:
    """What people do for one month, an act after the other, each with its own moment: they are
    counted as those of anybody are, though a demonstration is made in one transaction.
    """

    def __init__(self, env, month):
        self.env = env
        self.moment = datetime.combine(month + relativedelta(months=1), time(9))

    @contextmanager
    def by(self, name):
        """:param name: of the user, in the demonstration
        :return: the environment of that user, in whose name all is written meanwhile
        """
        self.moment += timedelta(minutes=1)
        env = self.env(user=self.env.ref(f"coworking_incubation.{name}"), su=False)
        transaction = self.env.transaction
        with self.env["coworking.audit"]._in_act(self.moment):
            before, transaction.default_env = transaction.default_env, env
            try:
                yield env
                env.flush_all()
            finally:
                transaction.default_env = before


class CoworkingProgram(models.Model):
    _inherit = "coworking.program"

    def _settle_demo_months(self, last):
        """Settle every month from the first one on: by hand, and the last one with the automatic
        pilot, which is tried for that month.

        :param last: first day of the last of them
        """
        self.ensure_one()
        month = self.date_start.replace(day=1)
        last = fields.Date.to_date(last)
        while month < last:
            self._settle_demo_by_hand(month)
            month += relativedelta(months=1)
        self._settle_demo_by_pilot(last)

    def _get_demo_statements(self, month):
        self.ensure_one()
        return self.env["coworking.statement"].search(
            [("program_id", "=", self.id), ("date_from", "=", month), ("state", "!=", "cancelled")],
            order="name",
        )

    # === BY HAND ===#

    def _settle_demo_by_hand(self, month):
        """The coordinator makes the month and sends it; the accountant makes the bills, posts each
        with what its paper says, and pays. The spaces answer by themselves, as they do with the
        pilot: what differs is what the staff does.
        """
        if not self.env["coworking.statement"]._get_seats_to_charge(self, month):
            return
        clicks = Clicks(self.env, month)
        with clicks.by(COORDINATION) as env:
            statements = env["coworking.statement"]._generate(self.with_env(env), month)
        with clicks.by(COORDINATION) as env:
            statements.action_send()
        statements = statements.with_env(self.env).sorted("name")
        statements._confirm_by_demo_spaces()
        with clicks.by(ACCOUNTANT) as env:
            statements.with_env(env).action_create_bill()
        for statement in statements:
            with clicks.by(ACCOUNTANT) as env:
                bill = statement.bill_id.with_env(env)
                bill.write(statement._prepare_demo_document())
                bill.action_post()
        with clicks.by(ACCOUNTANT) as env:
            self._pay_demo_bills(statements.bill_id.with_env(env), month)

    def _pay_demo_bills(self, bills, month):
        """Pay those of these bills that are right, on the 5th of the month after the one in which
        they came; not on a day to come.
        """
        day = min(month + relativedelta(months=2, day=5), fields.Date.context_today(self))
        action = bills.action_coworking_pay()
        if action["res_model"] == "coworking.bill.payment":
            action = bills.env[action["res_model"]].browse(action["res_id"])
            action = action.action_register_payment()
        bills.env["account.payment.register"].with_context(**action["context"]).create(
            {"payment_date": day, "group_payment": True}
        ).action_create_payments()

    # === WITH THE AUTOMATIC PILOT ===#

    def _settle_demo_by_pilot(self, month):
        """The program sends, bills and posts by itself; it is the accountant who pays, later.

        The day on which a month of the past would have been sent is over, and nothing is sent late
        by itself: here it is done as on that day.
        """
        self._turn_demo_pilot(month, True)
        statements = self.env["coworking.statement"]._generate(self, month)
        run = self.env["coworking.month.run"].create(
            {
                "step": "send",
                "date_from": month,
                "by_program": True,
                "line_ids": [Command.create(row._prepare_run_line()) for row in statements],
            }
        )
        run.line_ids._send()
        run.line_ids.state = "done"
        statements._confirm_by_demo_spaces()
        self._run_demo_pilot("bill")
        for statement in statements.filtered("bill_id"):
            statement._receive_demo_bill()
        self._run_demo_pilot("post")
        self._turn_demo_pilot(month, False)

    def _turn_demo_pilot(self, month, on):
        """Each switch is turned by somebody who may."""
        clicks = Clicks(self.env, month)
        for step in SWITCHES:
            with clicks.by(ACCOUNTANT if step == "post" else COORDINATION) as env:
                program = self.with_env(env).with_context(coworking_turn_on=on)
                getattr(program, f"action_switch_{step}")()

    def _run_demo_pilot(self, step):
        runs = self.env["coworking.month.run"]
        runs._ask_by_program(self, step)
        runs.search([("by_program", "=", True), ("step", "=", step)], limit=1)._work()

    def _pay_demo_month(self, month, but):
        """The accountant pays a month that the pilot posted.

        :param month: first day of the month
        :param but: the space whose bill still waits
        """
        month = fields.Date.to_date(month)
        statements = self._get_demo_statements(month).filtered(lambda row: row.space_id != but)
        with Clicks(self.env, month).by(ACCOUNTANT) as env:
            self._pay_demo_bills(statements.bill_id.with_env(env), month)
