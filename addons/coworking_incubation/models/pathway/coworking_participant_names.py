from odoo import api, models
from odoo.fields import Domain


class CoworkingParticipant(models.Model):
    """An accountant who is not staff of the pathway reads the names of people, nothing more."""

    _inherit = "coworking.participant"

    def _reads_names_only(self):
        return not self.env.su and self._knows_names_only()

    def _knows_names_only(self):
        """Whether the user is an accountant who is not staff of the pathway, under sudo too."""
        # Asked at every reading of a field, thousands of times for a board: found out once.
        known = self.env.cr.cache.setdefault("coworking_reads_names_only", {})
        uid = self.env.uid
        if uid not in known:
            user = self.env.user
            known[uid] = user.has_group(
                "coworking_incubation.group_coworking_accountant"
            ) and not user.has_group("coworking_incubation.group_coworking_accompanist")
        return known[uid]

    def _has_field_access(self, field, operation):
        env = self.env
        if not env.su:  # as _reads_names_only(), without two calls for each field of each card
            known = env.cr.cache.get("coworking_reads_names_only") or ()
            names_only = known[env.uid] if env.uid in known else self._knows_names_only()
            if names_only and field.name not in self._get_accountant_fields():
                return False
        return super()._has_field_access(field, operation)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """What was said and planned about a person is for those who may write the file.

        Odoo asks under sudo as well (``mail.message._get_with_access``), hence the user.
        """
        if message_operation == "read" and self._knows_names_only():
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    @api.model
    def _get_accountant_fields(self):
        return {
            "id",
            "display_name",
            "partner_id",
            "partner_name",
            "program_id",
            "company_id",
            "currency_id",
            "active",
            "may_write",
        }

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """A list of names for who reads names only, whatever list was asked for."""
        if view_type in ("list", "kanban", "search") and self._reads_names_only():
            view_id = self.env["ir.model.data"]._xmlid_to_res_id(
                f"coworking_incubation.coworking_participant_view_{view_type}_names"
            )
        return super().get_view(view_id, view_type, **options)

    # === DATA ABOUT PEOPLE ===#

    @api.model
    def _get_person_domain(self, partner, files):
        return Domain("id", "in", files.ids)
