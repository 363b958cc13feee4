from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    coworking_charge_id = fields.Many2one(
        "coworking.charge",
        copy=False,
        readonly=True,
        index="btree_not_null",
        # No check of the company: code alone links a line to a charge, thousands at a time.
        # Only open charges are ever deleted: their lines, if any, are those of a cancelled
        # document.
        ondelete="set null",
        help="Seat and month this line pays.",
    )
