from odoo import models


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    def unlink(self):
        # sudo: whoever deletes an account need not know the spaces
        if (
            not self.env["coworking.space"]
            .sudo()
            ._filter_operators(self.partner_id.commercial_partner_id)
        ):
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
