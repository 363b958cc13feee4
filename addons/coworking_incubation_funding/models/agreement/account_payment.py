from odoo import fields, models


class AccountPayment(models.Model):
    """Of which instalment of a grant a payment is: of one at most."""

    _inherit = "account.payment"

    coworking_instalment_ids = fields.Many2many(
        "coworking.funding.instalment",
        string="Instalments of Grants",
        readonly=True,
        copy=False,
        groups="coworking_incubation.group_coworking_accountant",
    )

    def write(self, vals):
        result = super().write(vals)
        if {"amount", "date", "state"} & vals.keys():
            # sudo: whoever posts a payment need not know the funders
            instalments = self.sudo().coworking_instalment_ids
            instalments.modified(["payment_ids"])
            instalments._check_given_back()
        return result

    def unlink(self):
        if not self:  # see account.move: it deletes those that it has not, bill by bill
            return super().unlink()
        # sudo: whoever deletes a payment need not know the funders
        instalments = self.sudo().coworking_instalment_ids
        result = super().unlink()
        instalments._take_back_receipts()
        return result
