from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    coworking_program_ids = fields.Many2many(
        "coworking.program",
        "coworking_program_accompanist_rel",
        "res_users_id",
        "coworking_program_id",
        string="Programs Counselled",
        copy=False,
        groups=fields.NO_ACCESS,
    )
