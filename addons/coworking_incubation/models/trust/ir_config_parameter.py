from odoo import models

from ..base.ir_config_parameter import PREFIX


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    def unlink(self):
        if not any(parameter.key.startswith(PREFIX) for parameter in self):
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
