from odoo import api, models


class CoworkingPortalMixin(models.AbstractModel):
    """For models that coworking managers may read: nothing but a short list of fields.

    Record rules say which records a portal user reaches; this says which fields. A field that is
    added later is closed to them until somebody puts it on the list, and the check holds on every
    path of the ORM: read, search, order, group, export, related field.
    """

    _name = "coworking.portal.mixin"
    _description = "Fields Open to the Portal"

    @api.model
    def _get_portal_fields(self):
        """Names of the fields that portal and public users may read."""
        return set()

    def _has_field_access(self, field, operation):
        # asked at each reading of each field: without the sudo of ``_is_internal``
        if not self.env.su and not self.env.user._has_group("base.group_user"):
            if operation != "read":
                return False
            # active: Odoo reads it in every search
            if field.name not in self._get_portal_fields() | {"id", "display_name", "active"}:
                return False
        return super()._has_field_access(field, operation)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """What staff write to each other is theirs: reading a record opens only the messages that
        are addressed to the reader, or their own. Asked under sudo too, hence the user.
        """
        if message_operation == "read" and not self.env.user._is_internal():
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)
