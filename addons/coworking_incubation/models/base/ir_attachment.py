import contextlib
import os

from odoo import api, models

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

    @api.model
    def _file_write(self, bin_value, checksum):
        """A file is there whole, or not at all. Odoo leaves what fitted on a full disk, or what was
        written when its process was killed: nobody could hand in that document any more, since it
        "collides with an existing file".
        """
        fname, path = self._get_path(bin_value, checksum)
        if not os.path.exists(path):
            part = f"{path}.{os.getpid()}"
            self._mark_for_gc(fname)
            try:
                with open(part, "wb") as file:
                    file.write(bin_value)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(part, path)
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(part)
                raise
        return super()._file_write(bin_value, checksum)

    def _check_not_kept(self):
        """Hook of the models whose documents may not be changed or deleted.

        :raise UserError: one of these is such a document
        """
