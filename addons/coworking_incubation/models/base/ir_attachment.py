import base64
import contextlib
import itertools
import os
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.base.models.ir_attachment import SECURITY_FIELDS
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ... import invoice_reader
from ...tools import KNOWN, PREFIX, draw_picture, fetch_together, filter_known, find_referred, peek
from .coworking_record_mixin import check_may_be_noted
from .known import keep_marks


class IrAttachment(models.Model):
    """Documents that are kept as they are."""

    _inherit = "ir.attachment"

    coworking_known = fields.Boolean(string="Known to the Incubation", copy=False, readonly=True)

    def write(self, vals):
        # What addons add to a file says how it looks, or where it lies.
        said = vals.keys() - {"access_token", "description"}
        if any("base" in field._modules for name in said if (field := self._fields.get(name))):
            try:
                self._check_may_change()
            except UserError:
                if not self._is_moved(vals):
                    raise
        result = super().write(keep_marks(vals))
        if {"res_id", "res_model"} & vals.keys():
            self._check_owners()
        return result

    def _is_moved(self, vals):
        """Whether this is what is there already: so do Odoo and addons move a file to where files
        are kept from now on, its folder, the database or an object store.
        """
        if vals.keys() - {"datas", "mimetype", "raw"} or len(self) != 1:
            return False
        content = self._get_given(vals)
        if len(content) != self.file_size:  # of what is lost nothing is there
            return False
        same_kind = vals.get("mimetype", self.mimetype) == self.mimetype
        return same_kind and content == (self.raw or b"")

    @api.model
    def _get_given(self, values):
        content = values.get("raw") or base64.b64decode(values.get("datas") or b"")
        return content.encode() if isinstance(content, str) else content

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._check_owners()
        return files

    def _check_owners(self):
        """Nothing is filed on a record that is over. Odoo files by sudo what people hand in; what
        is in a field was looked at as the record was written.
        """
        if not self._are_on_ours():
            return
        # sudo: on which record it is, whoever files it
        filed = self.sudo().filtered(lambda file: not file.res_field)
        env = self.with_user(self.env.user).env
        for model, files in filed.grouped("res_model").items():
            check_may_be_noted(env, model, (file.res_id for file in files))

    def _check_contents(self, values):
        """Of a picture on a record of ours, what is seen is kept: drawn anew, without the place
        where it was taken, its camera, and whatever hides in it or stands behind its end. One that
        cannot be drawn is kept as it came, to be downloaded and never shown.
        """
        # A copy is made by the attachment that it is of: whose it is, its values say.
        named = values.get("res_model")
        owners = [named] if named else self.mapped("res_model")
        if not any(model and model.startswith(PREFIX) for model in owners):
            return super()._check_contents(values)
        content = self._get_given(values)
        if content and not named and self._is_moved({"raw": content}):  # it was drawn when it came
            values.setdefault("mimetype", self.mimetype)
            unchanged = self.with_context(image_no_postprocess=True)
            return super(IrAttachment, unchanged)._check_contents(values)
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
                return draw_picture(self.env, content)
        return None

    def unlink(self):
        if not self.env.context.get(MODULE_UNINSTALL_FLAG):
            self._check_may_change()
        return super().unlink()

    def _get_local_path(self):
        """Where its content is on the disk of this machine, or should be; ``None`` where it is in
        the database, or in an object store, of which the name is an address: that is read whole.
        """
        name = self.store_fname
        return self._full_path(name) if name and "://" not in name else None

    @api.model
    def _same_content(self, bin_data, filepath):
        """A file that a full disk or a killed process cut short is written anew. Odoo would say for
        ever that the document "collides with an existing file": nobody could hand it in again.
        """
        same = super()._same_content(bin_data, filepath)
        if not same and os.path.getsize(filepath) < len(bin_data):
            with open(filepath, "rb") as file:
                cut_short = bin_data.startswith(file.read())
            if cut_short:
                self._replace_file(bin_data, filepath)
                return True
        return same

    @api.model
    def _replace_file(self, bin_data, filepath):
        """At once: another request may be writing that very file now, and commit it. What a killed
        process leaves beside it, Odoo's collection of files takes away.
        """
        beside = f"{filepath}-{uuid.uuid4().hex}"
        self._mark_for_gc(os.path.relpath(beside, self._filestore()))
        try:
            with open(beside, "xb") as file:
                file.write(bin_data)
            os.replace(beside, filepath)
        except OSError:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(beside)
            raise
        self._mark_for_gc(os.path.relpath(filepath, self._filestore()))

    def _check_may_change(self):
        """Most files of a database are no documents of ours, and none of ours leads to them."""
        fetch_together(self, (self._fields[name] for name in (*SECURITY_FIELDS, KNOWN)))
        kept = self.env["coworking.kept"]
        if self._are_on_ours() or (
            (known := filter_known(self)) and find_referred(known, *kept._get_keepers())
        ):
            kept._check_not_kept(self)

    def _are_on_ours(self):
        """Whether one of these is on a record of ours, whoever asks."""
        return any(model and model.startswith(PREFIX) for model in peek(self, "res_model"))

    # === WHO READS THEM ===#

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        """What was attached to a record of ours may be for fewer people than the record."""
        found = super()._inaccessible_comodel_records(model_and_ids, operation)
        if any(model and model.startswith(PREFIX) for model in model_and_ids):
            found = itertools.chain(found, self.env["coworking.kept"]._get_hidden(model_and_ids))
        return found

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not kwargs.get("bypass_access"):
            for model in self.env["coworking.kept"]._get_hidden_models():
                domain = Domain(domain) & Domain("res_model", "!=", model)
        return super()._search(domain, *args, **kwargs)
