import base64
import contextlib
import os

from odoo import api, models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ... import invoice_reader
from ...tools import PREFIX


class IrAttachment(models.Model):
    """Documents that are kept as they are."""

    _inherit = "ir.attachment"

    def write(self, vals):
        # The picture of its first page is made by whoever looks at it.
        if vals.keys() - {"access_token", "description", "thumbnail"}:
            self._check_not_kept()
        return super().write(vals)

    def _check_contents(self, values):
        """Of a picture on a record of ours, what is seen is kept: drawn anew, without the place
        where it was taken, its camera, and whatever hides in it or stands behind its end. One that
        cannot be drawn is kept as it came, to be downloaded and never shown.
        """
        models_ours = [values.get("res_model"), *(attachment.res_model for attachment in self)]
        if not any(model and model.startswith(PREFIX) for model in models_ours):
            return super()._check_contents(values)
        content = values.get("raw") or base64.b64decode(values.get("datas") or b"")
        content = content.encode() if isinstance(content, str) else content
        drawn = self._redraw(content)
        if drawn:
            kind = "png" if drawn.startswith(b"\x89PNG") else "jpeg"
            values.pop("datas", None)
            values.update(raw=drawn, mimetype=f"image/{kind}")
        # whatever cannot be drawn here is not to be drawn by Odoo either, which it could break
        self = self.with_context(image_no_postprocess=True) if not drawn else self
        values = super()._check_contents(values)
        if content and not drawn and values["mimetype"].startswith("image/"):
            values["mimetype"] = "application/octet-stream"
        return values

    def _redraw(self, content):
        if content.startswith(invoice_reader.PICTURES):
            with contextlib.suppress(invoice_reader.UploadRefused):
                return invoice_reader.redraw(content)[1]
        return None

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
