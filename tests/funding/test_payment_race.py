"""Two accountants record the same file at the same moment: real transactions."""

import base64

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import retrying

from ..common import d
from ..reliability.common import RaceCase
from .test_payment_import import sheet


class TestPaymentRace(RaceCase):
    @classmethod
    def _make(cls, env):
        super()._make(env)
        company = env.ref("base.main_company")
        operator = env["coworking.space"].browse(cls.ids["large"]).operator_id
        account = env["account.account"].search(
            [("company_ids", "in", company.ids), ("account_type", "=", "expense")], limit=1
        )
        bill = env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": operator.id,
                "ref": "RACE-1",
                "invoice_date": d("3/7"),
                "date": d("3/7"),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Seats",
                            "price_unit": 180.0,
                            "account_id": account.id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        bill.action_post()
        cls.ids["bill"] = bill.ids

    @classmethod
    def _remove(cls):
        with cls.commit() as env:
            bill = env["account.move"].browse(cls.ids["bill"])
            payments = bill.matched_payment_ids
            payments.action_draft()
            payments.unlink()
            journal = env.ref("base.main_company").coworking_outside_journal_id
            env.ref("base.main_company").coworking_outside_journal_id = False
            account = journal.default_account_id
            journal.unlink()
            account.unlink()
            bill.button_draft()
            bill.unlink()
        super()._remove()

    def _record(self, env, content):
        dialog = env["coworking.payment.import"].create({"file": base64.b64encode(content)})
        dialog.action_read()
        dialog.action_record()
        return dialog.recorded_count

    def _race(self, content):
        """B read the bill before A recorded and committed; Odoo starts B again."""
        tries = []

        def act(env):
            tries.append(1)
            self.look(env)
            if len(tries) == 1:
                with self.commit() as other:
                    self._record(other, content)
            return self._record(env, content)

        with self.transaction() as env:
            try:
                said = retrying(lambda: act(env), env)
            except UserError as error:
                said = str(error)
        with self.transaction() as env:
            bill = env["account.move"].browse(self.ids["bill"])
            return said, len(tries), sorted(bill.matched_payment_ids.mapped("amount"))

    def test_the_same_file_by_two_people_at_once_pays_once(self):
        # the first makes the journal as well
        said, tries, paid = self._race(sheet(("RACE-1", None, d("9/7"), 60)))
        self.assertRegex(said, "No row can be recorded")
        self.assertEqual((tries, paid), (2, [60.0]))
        said, tries, paid = self._race(sheet(("RACE-1", None, d("20/7"), 120)))
        self.assertRegex(said, "No row can be recorded")
        self.assertEqual((tries, paid), (2, [60.0, 120.0]))
        with self.transaction() as env:
            bill = env["account.move"].browse(self.ids["bill"])
            journal = env.ref("base.main_company").coworking_outside_journal_id
            self.assertEqual(bill.matched_payment_ids.journal_id, journal)
            same = env["account.journal"].search([("name", "=", journal.name)])
            self.assertEqual(same, journal)
