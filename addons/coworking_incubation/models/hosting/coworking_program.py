from odoo import fields, models


class CoworkingProgram(models.Model):
    _inherit = "coworking.program"

    hosting_template_id = fields.Many2one(
        "coworking.hosting.template",
        string="Agreement Template",
        check_company=True,
        ondelete="restrict",
        help="Text of the hosting agreements of this program. Empty: the first template.",
    )
