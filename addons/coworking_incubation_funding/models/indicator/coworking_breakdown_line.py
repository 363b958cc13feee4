from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.coworking_incubation.tools import fields_of, parse_domain, try_domain

# What decides of whom a line tells.
TELLING = {"breakdown_id", "domain", "has_age", "age_from", "age_to"}


class CoworkingBreakdownLine(models.Model):
    """One line of a list: a filter on files, an age, or both."""

    _name = "coworking.breakdown.line"
    _description = "Line of a Breakdown"
    _inherit = ["coworking.record.mixin"]
    _order = "breakdown_id, sequence, id"

    breakdown_id = fields.Many2one(
        "coworking.breakdown", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="As the reference list of the funder has it.")
    domain = fields.Char(
        string="Who Is Counted", default="[]", help="Which participants, as an Odoo filter."
    )
    has_age = fields.Boolean(string="By Age", help="Only people of these ages at entry.")
    age_from = fields.Integer(string="From (years)")
    age_to = fields.Integer(string="To (years)", default=99)

    _ages = models.Constraint(
        "CHECK (age_from >= 0 AND age_to >= age_from)",
        "The ages of a line go from the younger to the older.",
    )

    @api.constrains("domain")
    def _check_domain(self):
        for line in self:
            try:
                try_domain(self.env["coworking.participant"], line.domain)
            except ValidationError as error:
                raise ValidationError(
                    self.env._(
                        "The filter of line “%(line)s” cannot be used: %(reason)s",
                        line=line.name,
                        reason=error,
                    )
                ) from error

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.breakdown_id._check_may_narrow()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if TELLING & vals.keys():
            self.breakdown_id._check_may_narrow()
        return result

    # === BUSINESS METHODS ===#

    def _parse_domain(self):
        self.ensure_one()
        return parse_domain(self.domain)

    def _get_names(self):
        """Names of the fields of a file that it asks about."""
        self.ensure_one()
        names = set(fields_of(self._parse_domain()))
        return names | {"birth_date"} if self.has_age else names

    def _get_key(self):
        """By which figures know the line: also once it is gone."""
        return f"line{self._origin.id or self.id}"
