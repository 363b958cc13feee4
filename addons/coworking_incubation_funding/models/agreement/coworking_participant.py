from odoo import api, models


class CoworkingParticipant(models.Model):
    """Whom funders count is said when somebody enters: what becomes of them changes nothing."""

    _inherit = "coworking.participant"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files.filtered("date_entry")._look_up_publics()
        return files

    def write(self, vals):
        result = super().write(vals)
        if vals.get("date_entry"):
            self._look_up_publics()
        elif "date_entry" in vals:
            self._forget_publics()
        return result

    def _look_up_publics(self):
        # sudo: whoever lets somebody enter need not know the funders
        files = self.sudo()
        files.env["coworking.funding.person"]._look_up(files.program_id.agreement_ids, files)
        self._note_changed_publics()

    def _forget_publics(self):
        """They did not enter after all: it is said when they do."""
        # sudo: see _look_up_publics
        people = self.env["coworking.funding.person"].sudo()
        people.search([("participant_id", "in", self.ids)]).unlink()
        self._note_changed_publics()

    def _note_changed_publics(self):
        """Hook of who parts costs: other funders may count these from now on."""
