from odoo import fields, models


class CoworkingMonthRun(models.Model):
    _inherit = "coworking.month.run"

    step = fields.Selection(
        selection_add=[("remind", "Remind the spaces")], ondelete={"remind": "cascade"}
    )
