from odoo import fields, models


class CoworkingCriterion(models.Model):
    """One reason a person may be admitted. Criteria are not cumulative (see the program)."""

    _name = "coworking.criterion"
    _description = "Eligibility Criterion"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
