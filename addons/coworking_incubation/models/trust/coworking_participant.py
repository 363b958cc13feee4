from odoo import models
from odoo.exceptions import AccessError


class CoworkingParticipant(models.Model):
    _inherit = "coworking.participant"

    def action_get_all_data(self):
        """Everything held on this person, in one archive, to be handed to them."""
        self.ensure_one()
        self._check_may_get_all_data()
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation/person/{self.id}/data",
            "target": "download",
        }

    def _check_may_get_all_data(self):
        self.check_access("read")
        if not self.env.user.has_group("coworking_incubation.group_coworking_coordinator"):
            raise AccessError(
                self.env._("Only a coordinator makes the file of everything held on a person.")
            )

    def _make_all_data(self):
        """The archive, as a file open at its beginning."""
        self.ensure_one()
        # sudo: the contact, of which the archive reads what the user may
        partner = self.sudo().partner_id.with_env(self.env)
        stream, made = self.env["coworking.person.data"]._make_zip(partner)
        made.files._trace("exported", format="zip", count=sum(map(len, made.ids.values())))
        return stream
