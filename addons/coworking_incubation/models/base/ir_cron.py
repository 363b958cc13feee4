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
    def _wake(self, name, pieces=None):
        """Have what waits done soon, by one of our scheduled actions unless another engine does it.

        :param str name: XML id of the scheduled action
        :param pieces: the records that wait, where each may be done apart: see ``_hand_out``
        """
        if not pieces or not self._hand_out(pieces):
            # sudo: waking a scheduled action is for code
            self.env.ref(name).sudo()._trigger()

    @api.model
    def _hand_out(self, pieces):
        """Have another engine than scheduled actions do each of these apart, by any process of any
        host, at the same time as any other: for bridges, there is none here.

        :param pieces: records whose ``_work_apart()`` does what waits of one, commits as it goes
            and returns whether that is over: what somebody else holds is to be come back to
        :return: whether it takes them
        """
        return False

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
