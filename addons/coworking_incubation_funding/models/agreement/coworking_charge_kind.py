from odoo import fields, models


class CoworkingChargeKind(models.Model):
    """A kind of charge of a seat that a funder may admit: what ``coworking.charge`` calls it."""

    _name = "coworking.charge.kind"
    _description = "Kind of Seat Charge"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True, help="As charges call it.")
    sequence = fields.Integer(default=10)

    _code_uniq = models.Constraint("UNIQUE(code)", "There is one kind of charge of each code.")
