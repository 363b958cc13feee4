from odoo import fields, models


class CoworkingObjectiveTheme(models.Model):
    """What an objective is about: the project, the network, the way back to work..."""

    _name = "coworking.objective.theme"
    _description = "Theme of Objectives"
    _inherit = ["coworking.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
