from odoo import fields, models


class CoworkingCost(models.Model):
    _inherit = "coworking.cost"

    staff_time_id = fields.Many2one(
        "coworking.staff.time",
        index="btree_not_null",
        ondelete="set null",
        help="Of staff: the hours that were typed.",
    )
