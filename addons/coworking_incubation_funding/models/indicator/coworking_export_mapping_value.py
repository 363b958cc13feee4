from odoo import fields, models


class CoworkingExportMappingValue(models.Model):
    """The code that stands for a value."""

    _name = "coworking.export.mapping.value"
    _description = "Code of an Export"
    _inherit = ["coworking.record.mixin"]
    _order = "line_id, sequence, id"

    line_id = fields.Many2one(
        "coworking.export.mapping.line", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    value = fields.Char(help="As the file shows it, or as Odoo keeps it. Empty: where nothing is.")
    code = fields.Char(help="As the other system wants it.")
