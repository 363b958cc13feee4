"""What docs/deploy.md says to watch a server by: it is quiet where all is well, and is not where it
is not.
"""

import re
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import CompletionStatus

GUIDE = Path(__file__).parents[2] / "docs" / "deploy.md"
ALARM = timedelta(hours=2)


@tagged("post_install", "-at_install")
class TestWatched(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (row,) = re.findall(r"^\| scheduled actions pass \|.*$", GUIDE.read_text("utf-8"), re.M)
        cls.late, cls.failures, cls.off = re.findall(r"`(SELECT [^`]+)`", row)
        cls.now = fields.Datetime.now()
        cls.crons = cls.env["ir.cron"].search([])
        cls.crons.write({"nextcall": cls.now + timedelta(hours=1), "failure_count": 0})

    def _ask(self, query):
        self.env.flush_all()
        self.env.cr.execute(query)
        return self.env.cr.fetchone()[0]

    def test_what_runs_once_a_month_is_not_late_in_between(self):
        self.crons[0].write({"interval_type": "months", "lastcall": self.now - timedelta(days=20)})
        self.assertLess(self._ask(self.late), ALARM)

    def test_where_nothing_runs_any_more_it_is_told(self):
        self.crons[0].nextcall = self.now - timedelta(hours=3)
        self.assertGreater(self._ask(self.late), ALARM)

    def test_what_fails_is_told(self):
        self.assertEqual(self._ask(self.failures), 0)
        self.crons[0].failure_count = 1
        self.assertEqual(self._ask(self.failures), 1)

    @mute_logger("odoo.addons.base.models.ir_cron")
    def test_what_odoo_gave_up_is_told(self):
        self.assertEqual(self._ask(self.off), 0)
        ours = self.env.ref("coworking_incubation.ir_cron_autopilot")
        ours._update_failure_count(
            {
                "id": ours.id,
                "cron_name": ours.name,
                "active": True,
                "failure_count": 4,
                "first_failure_date": self.now - timedelta(days=8),
            },
            CompletionStatus.FAILED,
        )
        ours.invalidate_recordset()
        self.assertEqual(self._ask(self.failures), 0, "as if it were well")
        self.assertEqual(self._ask(self.off), 1)
