from odoo import api, models
from odoo.exceptions import UserError


class CoworkingContact(models.AbstractModel):
    """Bills stay with the company that they came from: so does who billed."""

    _inherit = "coworking.contact"

    @api.model
    def _check_may_change_company(self, partners):
        """:raise UserError: one of these billed a month: its bills would be of somebody else"""
        # sudo: whoever changes a contact need not know the programme's statements
        statement = (
            self.env["coworking.statement"]
            .sudo()
            .search(
                [("operator_id", "in", partners.ids), ("match_ids.move_id", "!=", False)], limit=1
            )
        )
        if statement:
            raise UserError(
                self.env._(
                    "%(contact)s billed %(statement)s as a contact of %(company)s, and stays one:"
                    " else its months would be to bill once more. For the company that bills from"
                    " now on, make another contact and choose it as the operator of its spaces.",
                    contact=statement.operator_id.name,
                    statement=statement.name,
                    company=statement.match_ids.move_id[:1].commercial_partner_id.name,
                )
            )
        return super()._check_may_change_company(partners)
