from odoo import models


class CoworkingMonthRunLine(models.Model):
    """Reminders to the spaces that somebody asked for."""

    _inherit = "coworking.month.run.line"

    def _remind(self):
        since = self.run_id.asked_at.replace(microsecond=0)
        problems = self.statement_id._remind(since)
        return {line: problems[line.statement_id] for line in self if line.statement_id in problems}
