from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "coworking.known.mixin"]

    def init(self):
        self._mark_filled()
        return super().init()
