from odoo import api, fields, models
from odoo.fields import Domain


class CoworkingParticipant(models.Model):
    """What of a person is read by whom: health and social data by the people who need them, as each
    field says itself; names and nothing more by an accountant who is not staff of the pathway.
    """

    _inherit = "coworking.participant"

    birth_date = fields.Date(groups="coworking_incubation.group_coworking_sensitive")
    gender = fields.Selection(
        [("female", "Woman"), ("male", "Man"), ("other", "Other or not said")],
        groups="coworking_incubation.group_coworking_sensitive",
    )
    labour_status = fields.Selection(
        [
            ("unemployed", "Unemployed"),
            ("inactive", "Inactive"),
            ("employed", "Employed or self-employed"),
        ],
        string="Status at Entry",
        groups="coworking_incubation.group_coworking_sensitive",
    )
    unemployment_duration = fields.Selection(
        [
            ("01", "< 6 months"),
            ("02", "6-11 months"),
            ("03", "12-23 months"),
            ("04", "24 months or more"),
        ],
        string="Time without Work",
        groups="coworking_incubation.group_coworking_sensitive",
    )
    education_level = fields.Selection(
        [
            ("isced_0_2", "Lower secondary or less"),
            ("isced_3_4", "Upper secondary"),
            ("isced_5_8", "Higher education"),
        ],
        groups="coworking_incubation.group_coworking_sensitive",
    )
    allowance = fields.Selection(
        [("none", "None"), ("are", "ARE"), ("ass", "ASS"), ("rsa", "RSA"), ("other", "Other")],
        groups="coworking_incubation.group_coworking_sensitive",
    )
    priority_district = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("undisclosed", "Not said")],
        string="Priority District (QPV)",
        groups="coworking_incubation.group_coworking_sensitive",
    )
    disability = fields.Selection(
        [("yes", "Recognised"), ("no", "No"), ("undisclosed", "Not said")],
        groups="coworking_incubation.group_coworking_sensitive",
        help="Health data: the recognition of a worker's disability (RQTH).",
    )
    situation_note = fields.Text(groups="coworking_incubation.group_coworking_sensitive")

    # === NAMES ALONE ===#

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
