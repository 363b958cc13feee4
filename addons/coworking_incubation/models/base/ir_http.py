from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """The words of our scripts, in the language of whoever reads the public pages."""
        return [*super()._get_translation_frontend_modules_name(), "coworking_incubation"]
