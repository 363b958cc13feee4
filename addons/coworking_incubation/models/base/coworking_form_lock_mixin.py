from odoo import api, fields, models

# Class of a button that writes nothing of its record: whoever reads it may press it.
FOR_READERS = "o_coworking_for_readers"


class CoworkingFormLockMixin(models.AbstractModel):
    """A form shows as a text what its user may not write.

    Who accompanies a person is a matter of record rules, which Odoo's forms do not know: without
    this, a colleague's file looks editable until it is saved.
    """

    _name = "coworking.form.lock.mixin"
    _description = "Form of What One May Not Write"

    may_write = fields.Boolean(
        compute="_compute_may_write", export_string_translation=False, exportable=False
    )

    @api.depends_context("uid")
    def _compute_may_write(self):
        writable = self._origin._filtered_access("write")
        for record in self:
            record.may_write = not record._origin or record._origin in writable

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            for node in arch.iterfind(".//field"):
                own = next(node.iterancestors("field"), None) is None
                # one that is never typed stays so: what a view says replaces it
                if own and (node.get("readonly") or not self._fields[node.get("name")].readonly):
                    self._lock_node(node, "readonly")
            for node in arch.iterfind(".//header//button"):
                if FOR_READERS not in node.get("class", "").split():
                    self._lock_node(node, "invisible")
        return arch, view

    @api.model
    def _lock_node(self, node, attribute):
        """Read-only or hidden whenever it says so already, and where one may not write."""
        condition = node.get(attribute)
        if condition not in ("1", "True"):
            lock = "not may_write"
            node.set(attribute, f"({condition}) or {lock}" if condition else lock)
