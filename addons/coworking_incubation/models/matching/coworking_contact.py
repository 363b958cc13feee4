from odoo import api, models
from odoo.exceptions import UserError


class CoworkingContact(models.AbstractModel):
    """Bills stay with the company that they came from: so does who billed."""

    _inherit = "coworking.contact"

    @api.model
    def _check_may_change_company(self, partners):
        """:raise UserError: one of these billed a month: its bills would be of somebody else"""
        # sudo: whoever changes a contact need not know the programme's statements
        match = (
            self.env["coworking.match"]
            .sudo()
            .search(
                [("statement_id.operator_id", "in", partners.ids), ("move_id", "!=", False)],
                order="id desc",
                limit=1,
            )
        )
        if match:
            raise UserError(
                self.env._(
                    "%(contact)s billed %(statement)s as a contact of %(company)s, and stays one:"
                    " else its months would be to bill once more. For the company that bills from"
                    " now on, make another contact and choose it as the operator of its spaces.",
                    contact=match.statement_id.operator_id.name,
                    statement=match.statement_id.name,
                    company=match.move_id.commercial_partner_id.name,
                )
            )
        return super()._check_may_change_company(partners)
