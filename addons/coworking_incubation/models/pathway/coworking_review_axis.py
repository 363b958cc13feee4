from odoo import fields, models


class CoworkingReviewAxis(models.Model):
    """One line of the grid of a review: isolation, maturity of the project, autonomy..."""

    _name = "coworking.review.axis"
    _description = "Axis of Reviews"
    _inherit = ["coworking.of.program.mixin", "coworking.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True, help="What the lowest and the highest rating mean.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    program_ids = fields.Many2many(help="Empty: in the reviews of all programs.")
    reference_entry = fields.Integer(string="Reference at Entry", default=2, aggregator=None)
    reference_interim = fields.Integer(
        string="Reference at Three Months", default=3, aggregator=None
    )
    reference_final = fields.Integer(string="Reference at the End", default=4, aggregator=None)

    _reference_range = models.Constraint(
        "CHECK (reference_entry BETWEEN 0 AND 5 AND reference_interim BETWEEN 0 AND 5"
        " AND reference_final BETWEEN 0 AND 5)",
        "References are ratings from 0 to 5.",
    )

    def _get_reference(self, kind):
        """The rating one hopes for in a kind of review; monthly ones are compared with mid-way."""
        self.ensure_one()
        return {
            "entry": self.reference_entry,
            "monthly": self.reference_interim,
            "interim": self.reference_interim,
            "final": self.reference_final,
        }[kind]
