import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from .coworking_program import SWITCHES

_logger = logging.getLogger(__name__)

# After how long what failed is tried again by itself.
RETRY_HOURS = 20


class CoworkingMonthRun(models.Model):
    """Steps of a month that nobody asks for: the switches of a program do."""

    _inherit = "coworking.month.run"

    @api.model
    def _cron_steer(self):
        """Note what the switches of the programs let be done now, a program, step and month at a
        time: the scheduled action of the runs does it, a few spaces a commit. What failed yesterday
        is tried again. A program of which that fails does not hold the others up.
        """
        cron = self.env["ir.cron"]
        self._try_failed_again()
        programs = self.env["coworking.program"].search(
            Domain.OR(Domain(switch, "=", True) for switch in SWITCHES.values())
        )
        cron._commit_progress(remaining=len(programs))
        for program in programs:
            try:
                for step in SWITCHES:
                    self._ask_by_program(program, step)
            except Exception:
                self.env.cr.rollback()  # what was noted before is committed
                _logger.exception("The automatic pilot of program %s failed.", program.id)
            if not cron._commit_progress(1):
                return

    @api.model
    def _ask_by_program(self, program, step):
        """Ask, in nobody's name, for a step of what is due and was not asked for."""
        asked = self.env["coworking.month.run.line"].search(
            Domain("run_id.by_program", "=", True)
            & Domain("run_id.step", "=", step)
            & Domain("program_id", "=", program.id)
            & Domain("state", "in", ("todo", "failed"))
        )
        due = self.env["coworking.statement"]._get_due(step, Domain("program_id", "=", program.id))
        due -= asked.statement_id
        for month, statements in due.grouped("date_from").items():
            run = self.with_user(SUPERUSER_ID).create(
                {
                    "step": step,
                    "date_from": month,
                    "by_program": True,
                    "line_ids": [
                        fields.Command.create(row._prepare_run_line()) for row in statements
                    ],
                }
            )
            run._wake()

    @api.model
    def _try_failed_again(self):
        lines = self.env["coworking.month.run.line"].search(
            Domain("run_id.by_program", "=", True)
            & Domain("run_id.stopped", "=", False)
            & Domain("state", "=", "failed")
            & Domain("write_date", "<", self.env.cr.now() - timedelta(hours=RETRY_HOURS))
        )
        if lines:
            lines.run_id._try_again(lines)

    def action_resume(self):
        """What a program does by itself goes on for those who may turn its switch."""
        for step in set(self.filtered("by_program").mapped("step")):
            self.env["coworking.program"]._check_may_turn(SWITCHES[step])
        return super().action_resume()

    def _tell_author(self):
        """A program is told nothing: who is responsible finds what failed on the statement."""
        if not self.by_program:
            return super()._tell_author()
        (self.line_ids - self.failed_line_ids)._forget_failure()
        return self.failed_line_ids._report_failure()
