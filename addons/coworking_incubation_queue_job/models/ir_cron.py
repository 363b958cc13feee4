from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# After so many minutes nobody seems to run the jobs, or not enough: scheduled actions do.
PATIENCE = 10


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _hand_out(self, pieces):
        """To jobs, unless those that are there wait in vain.

        One that waits already may begin before what is asked of it now is committed: then the
        scheduled action is woken too.
        """
        if self._are_jobs_late():
            return super()._hand_out(pieces)
        return pieces._delay_work()

    @api.model
    def _are_jobs_late(self):
        since = fields.Datetime.now() - timedelta(minutes=PATIENCE)
        waiting = Domain("eta", "=", False) & Domain("date_created", "<", since)
        # sudo: whoever asks for work need not know the queue
        return bool(
            self.env["queue.job"]
            .sudo()
            .search_count(
                Domain("method_name", "=", "_do_as_job")
                & Domain("state", "=", "pending")
                & (waiting | Domain("eta", "<", since)),
                limit=1,
            )
        )
