from odoo import fields, models


class CoworkingParticipant(models.Model):
    """Health and social data, for the people who need them only: each field says so itself."""

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
