from odoo import SUPERUSER_ID, fields, models

from odoo.addons.coworking_incubation.tools import PREFIX
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job

# Of so many the jobs are made at once, of more by a job: who asked does not wait for it.
AT_ONCE = 5


class CoworkingRecordMixin(models.AbstractModel):
    """What is done apart (see ``ir.cron._hand_out``) is a job, in a channel of its model.

    A job only wakes: what is to be done is in our own tables, so that one that is done twice, or
    lost, or cancelled, neither doubles nor loses anything. It names nobody: those who see the queue
    need not know whose file it is.
    """

    _inherit = "coworking.record.mixin"
    # How often a job is tried while somebody else is at the same: for an hour.
    _most_tries = 20

    def _delay_work(self):
        """Have each of these done by a job, as by a scheduled action: by code, in the language of
        its company.

        :return: whether none of them waited already
        """
        env = self.env(user=SUPERUSER_ID, su=True, context={})
        # the queue shows what is of no company to whoever may see it
        works = self.with_env(
            env(context={"lang": env.company.partner_id.lang, "company_id": False})
        )
        name = works.env["ir.model"]._get(self._name).name
        jobs = [
            work.with_delay(
                channel=f"root.coworking.{self._name.removeprefix(PREFIX).replace('.', '_')}",
                description=f"{name} {', '.join(map(str, work.ids[:AT_ONCE]))}",
                identity_key=work._get_job_key() if len(work) == 1 else None,
                max_retries=self._most_tries,
            )._do_as_job()
            for work in (works if len(works) <= AT_ONCE else [works])
        ]
        return all(isinstance(job, Job) for job in jobs)

    def _get_job_key(self):
        return f"{self._name},{self.id}"

    def _do_as_job(self):
        """
        :raise RetryableJobError: somebody else is at it
        """
        if len(self) > 1:
            for work in self:
                work._delay_work()
        elif self.exists() and not self._work_apart():
            raise RetryableJobError(self.env._("Somebody else is at it: tried again soon."))

    def _cancel_work(self):
        """Take back the jobs of these that nobody has begun."""
        # sudo: whoever stops work need not know the queue
        self.env["queue.job"].sudo().search(
            [
                ("identity_key", "in", [work._get_job_key() for work in self]),
                ("state", "=", "pending"),
            ]
        ).write({"state": "cancelled", "date_cancelled": fields.Datetime.now()})
