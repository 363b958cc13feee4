from odoo import api, fields, models

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
    def _get_reached_before(self):
        """How far into its list the run just before this one came, where time cut it short.

        A scheduled action of whose work some stays in its list once done (what is open is brought
        up to date every day) and some leaves it begins after that: it would do the beginning again
        and again, and never the end.

        :return: what ``_note_reached`` was given; an empty list to begin at the beginning
        """
        # sudo: whoever a job runs as need not be allowed to read how it goes
        runs = self.env["ir.cron.progress"].sudo()
        current = self.env.context.get("ir_cron_progress_id")
        if not current:
            return []
        last = runs.search(
            [("cron_id", "=", self.env.context["cron_id"]), ("id", "<", current)],
            order="id DESC",
            limit=1,
        )
        return (last.remaining and last.coworking_reached) or []

    @api.model
    def _note_reached(self, key):
        """Note how far into its list this run is: to be committed with its progress.

        :param list key: what the list is in the order of, as JSON has it
        """
        # sudo: as _get_reached_before
        runs = self.env["ir.cron.progress"].sudo()
        runs.browse(self.env.context.get("ir_cron_progress_id")).coworking_reached = key


class IrCronProgress(models.Model):
    _inherit = "ir.cron.progress"

    coworking_reached = fields.Json(
        readonly=True, help="How far into its list of work this run came."
    )
