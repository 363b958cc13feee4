from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    coworking_charge_id = fields.Many2one(
        "coworking.charge",
        string="Coworking Charge",
        copy=False,
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Seat and month this line pays.",
    )
