from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..base.processing import NETWORK


class CoworkingSpaceAbsence(models.Model):
    """Days on which a manager is away: the second contacts of the space act meanwhile."""

    _name = "coworking.space.absence"
    _description = "Absence of a Manager"
    _processing = NETWORK
    _inherit = ["coworking.record.mixin"]
    _order = "date_from desc, id desc"

    space_id = fields.Many2one("coworking.space", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="space_id.company_id", store=True, precompute=True)
    partner_id = fields.Many2one(
        "res.partner", string="Manager", required=True, index=True, ondelete="cascade"
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)
    substitute = fields.Char(
        string="Replaced By",
        help="Who replaces them, as the manager wrote it: add them to the second contacts.",
    )

    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "An absence cannot end before it starts."
    )

    @api.depends("partner_id", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for absence in self:
            day = format_date(self.env, absence.date_from)
            absence.display_name = " ".join(filter(None, (absence.partner_id.name, day)))

    def _filter_current(self):
        """Those of these absences that last today."""
        return self.filtered(
            lambda absence: absence.date_from <= absence.space_id._get_today() <= absence.date_to
        )

    # === DATA ABOUT PEOPLE ===#

    @api.model
    def _get_person_domain(self, partner, files):
        return Domain("partner_id", "=", partner.id)
