from odoo import fields, models


class CoworkingAmenity(models.Model):
    """Something a space offers: Wi-Fi, a printer, a kitchen, a prototyping workshop."""

    _name = "coworking.amenity"
    _description = "Amenity"
    _inherit = ["coworking.record.mixin"]
    _order = "kind, sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(aggregator=None)
    kind = fields.Selection(
        [
            ("work", "Work"),
            ("printing", "Printing"),
            ("prototyping", "Prototyping"),
            ("comfort", "Comfort"),
            ("access", "Access"),
            ("service", "Services"),
        ],
        required=True,
        default="work",
    )

    _name_uniq = models.Constraint("UNIQUE(name)", "There is already an amenity with this name.")
