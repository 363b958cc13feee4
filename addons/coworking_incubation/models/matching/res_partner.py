from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _retrieve_partner(
        self, name=None, phone=None, email=None, vat=None, domain=None, company=None
    ):
        """While a received bill is decoded its operator is known: no other contact is looked for,
        and none is made.
        """
        if operator_id := self.env.context.get("coworking_operator_id"):
            return self.env["res.partner"].browse(operator_id)
        return super()._retrieve_partner(
            name=name, phone=phone, email=email, vat=vat, domain=domain, company=company
        )
