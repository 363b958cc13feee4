from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    coworking_cover_ids = fields.One2many(
        "coworking.cover",
        "user_id",
        string="Covered During Leave",
        help="Who writes this counsellor's files while they are away.",
    )
