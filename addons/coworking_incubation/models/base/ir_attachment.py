from odoo import models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class IrAttachment(models.Model):
    """Documents that are kept as they are."""

    _inherit = "ir.attachment"

    def write(self, vals):
        # The picture of its first page is made by whoever looks at it.
        if vals.keys() - {"access_token", "description", "thumbnail"}:
            self._check_not_kept()
        return super().write(vals)

    def unlink(self):
        if not self.env.context.get(MODULE_UNINSTALL_FLAG):
            self._check_not_kept()
        return super().unlink()

    def _check_not_kept(self):
        """Hook of the models whose documents may not be changed or deleted.

        :raise UserError: one of these is such a document
        """
