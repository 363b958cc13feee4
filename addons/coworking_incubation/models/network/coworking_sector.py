from odoo import fields, models


class CoworkingSector(models.Model):
    """Sector of activity, of a space's community and of a participant's project."""

    _name = "coworking.sector"
    _description = "Sector of Activity"
    _inherit = ["coworking.record.mixin"]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(aggregator=None)

    _name_uniq = models.Constraint("UNIQUE(name)", "There is already a sector with this name.")
