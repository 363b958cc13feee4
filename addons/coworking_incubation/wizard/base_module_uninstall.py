from odoo import models


class BaseModuleUninstall(models.TransientModel):
    """What goes with an addon, told before it goes."""

    _inherit = "base.module.uninstall"

    def _get_models(self):
        """What the books stand on and what is sealed, too: Odoo names what has discussions."""
        names = {
            "coworking.audit",
            *self.env["coworking.audit"]._get_audited(),
            *self.env["coworking.books"]._get_sealed(),
        }
        return super()._get_models() | self.env["ir.model"].search([("model", "in", list(names))])
