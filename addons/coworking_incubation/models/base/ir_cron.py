from odoo import api, models

from ...tools import PREFIX


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        """Our scheduled actions speak the language of the company: Odoo gives them none, so that
        what they write would be English. What is for one company or person says so itself.
        """
        # sudo: whoever a job runs as need not be allowed to read actions and models
        action = self.env["ir.actions.server"].sudo().browse(server_action_id)
        lang = self.env.company.partner_id.lang
        if lang and not self.env.lang and (action.model_id.model or "").startswith(PREFIX):
            self = self.with_context(lang=lang)
        return super()._callback(cron_name, server_action_id)

    @api.model
    def _get_done_before(self):
        """How far into its list the runs just before this one came, where time cut them short.

        A scheduled action whose work stays in its list once done (what is open is brought up to
        date every day) begins there: it would do the beginning again and again, and never the end.
        """
        # sudo: whoever a job runs as need not be allowed to read how it goes
        runs = self.env["ir.cron.progress"].sudo()
        current = self.env.context.get("ir_cron_progress_id")
        done = 0
        if current:
            for run in runs.search(
                [("cron_id", "=", self.env.context["cron_id"]), ("id", "<", current)],
                order="id DESC",
            ):
                if not run.remaining:
                    break
                done += run.done
        return done
