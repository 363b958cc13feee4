from odoo import fields, models


class CoworkingCriterion(models.Model):
    """One reason a person may be admitted. Criteria are not cumulative (see the program)."""

    _name = "coworking.criterion"
    _description = "Eligibility Criterion"
    _inherit = ["coworking.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    proof_expected = fields.Char(translate=True, help="Document that proves it.")
    proof_max_age_days = fields.Integer(
        aggregator=None,
        string="Proof Holds (days)",
        help="0: for ever. Counted from the document's date.",
    )
    keep_copy = fields.Boolean(
        help="Whether a copy must be kept. Otherwise it is enough that somebody saw the document."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
