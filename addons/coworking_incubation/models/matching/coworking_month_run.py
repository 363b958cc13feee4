from odoo import fields, models


class CoworkingMonthRun(models.Model):
    _inherit = "coworking.month.run"

    step = fields.Selection(
        selection_add=[("decide", "Decide on the gaps")], ondelete={"decide": "cascade"}
    )
