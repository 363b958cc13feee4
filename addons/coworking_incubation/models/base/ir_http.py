from odoo import models
from odoo.http import request

from ...tools import PREFIX

# What our addresses begin with.
OURS = ("/incubation", "/my/coworking", "/my/incubation", "/my/agreements", "/coworking_incubation")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _serve_fallback(cls):
        """Where there is no page, Odoo looks for a file of that name: none has a NUL in it, and
        PostgreSQL takes none.
        """
        path = request.httprequest.path
        if "\0" in path and path.startswith(OURS):
            return None
        return super()._serve_fallback()

    def session_info(self):
        """Of which models the screens offer no download: see ``coworking.record.mixin``."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["coworking_export_refused"] = sorted(
                name
                for name, model in self.env.items()
                if name.startswith(PREFIX)
                and hasattr(model, "_is_export_refused")
                and model._is_export_refused()
            )
        return info

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """The words of our scripts, in the language of whoever reads the public pages."""
        return [*super()._get_translation_frontend_modules_name(), "coworking_incubation"]
