from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_fields_naming_operators(self):
        return [*super()._get_fields_naming_operators(), ("coworking.statement", "operator_id")]

    def _compute_coworking_roles(self):
        """Who billed a month of a space stays one who ran it."""
        result = super()._compute_coworking_roles()
        # sudo: roles are facts about organisations, the same for everybody
        for (partner,) in (
            self.env["coworking.statement"]
            .sudo()
            ._read_group([("operator_id", "in", self.ids)], ["operator_id"])
        ):
            partner.with_env(self.env).is_coworking_space = True
        return result
