"""Tools of the OCA on our models: the audit log, reports of accounts, jobs, exclusive actions."""

from odoo import Command

from ..common import JUNE, d
from ..matching.common import MatchingCase


class TestTools(MatchingCase):
    def test_a_rule_of_the_audit_log_follows_our_files(self):
        rule = self.env["auditlog.rule"].create(
            {
                "name": "Files",
                "model_id": self.env["ir.model"]._get_id("coworking.participant"),
                "log_type": "full",
                "log_read": False,
                "log_create": True,
                "log_write": True,
                "log_unlink": True,
            }
        )
        rule.set_to_confirmed()
        try:
            file = self._new_participant("Camille")
            file.write({"email": "camille@example.com"})
            logs = self.env["auditlog.log"].search(
                [("model_id", "=", rule.model_id.id), ("res_id", "=", file.id)]
            )
            self.assertEqual(set(logs.mapped("method")), {"create", "write"})
        finally:
            rule.set_to_draft()

    def test_a_report_of_mis_builder_says_what_seats_cost(self):
        bill = self._receive(("Seats", 180.0))
        bill.ref = "F-1"
        bill.action_post()
        report = self.env["mis.report"].create({"name": "Seats"})
        report.kpi_ids = [
            Command.create({"name": "seats", "description": "Seats", "expression": "balp[T613%]"})
        ]
        instance = self.env["mis.report.instance"].create(
            {
                "name": "July",
                "report_id": report.id,
                "company_id": self.company.id,
                "period_ids": [
                    Command.create(
                        {
                            "name": "July",
                            "mode": "fix",
                            "manual_date_from": d("1/7"),
                            "manual_date_to": d("31/7"),
                        }
                    )
                ],
            }
        )
        (row,) = instance.compute()["body"]
        # its tax is not recovered
        self.assertEqual(row["cells"][0]["val"], bill.amount_total)

    def test_a_month_is_generated_by_a_job(self):
        self._new_seat("1/6", "30/6")
        statements = self.env["coworking.statement"]
        delayed = statements.with_context(queue_job__no_delay=True).with_delay()
        delayed._generate(self.program, JUNE)
        found = statements.search([("program_id", "=", self.program.id)])
        self.assertEqual(found.mapped("charge_ids.amount_total"), [180.0])

    def test_our_scheduled_actions_may_exclude_one_another(self):
        reader = self.env.ref("coworking_incubation.ir_cron_read_invoice_files")
        other = self.env["ir.cron"].search(
            [("model_id.model", "=like", "coworking.%"), ("id", "!=", reader.id)], limit=1
        )
        reader.mutually_exclusive_cron_ids = other
        with self.enter_registry_test_mode():
            reader.method_direct_trigger()
        self.assertTrue(reader.lastcall)
