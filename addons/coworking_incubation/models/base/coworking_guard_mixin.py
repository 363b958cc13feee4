from odoo import models


class CoworkingGuardMixin(models.AbstractModel):
    """For models of which code alone writes some fields: nobody types them, on no path of the ORM,
    defaults of a call included. Methods that do write them say so with ``sudo()``.

    A model lists what code writes, or what people type where that is shorter. What has to hold for
    code too is kept by PostgreSQL.
    """

    _name = "coworking.guard.mixin"
    _description = "Fields Written by Code Alone"

    # Names of the fields that code alone writes.
    _code_fields = frozenset()
    # Names of all that people type, besides messages and activities; None where it is the rest.
    _typed_fields = None

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su and self._is_for_code(field.name):
            return False
        return super()._has_field_access(field, operation)

    def _is_for_code(self, name):
        if self._typed_fields is None:
            return name in self._code_fields
        return name not in self._typed_fields and not any(
            name in self.env[mixin]._fields for mixin in ("mail.thread", "mail.activity.mixin")
        )
