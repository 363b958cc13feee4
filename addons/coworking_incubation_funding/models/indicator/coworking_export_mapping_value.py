from odoo import api, fields, models

from odoo.addons.coworking_incubation.spreadsheet import plain


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
    label = fields.Char(string="Shown As", compute="_compute_label")
    code = fields.Char(help="As the other system wants it.")

    @api.depends("value", "line_id.path")
    @api.depends_context("lang")
    def _compute_label(self):
        """What the screens call the value; what they do not know is told as it was typed."""
        for row in self:
            fields_ = row.line_id._get_fields()
            labels = row.line_id._get_labels(fields_[-1]) if fields_ else {}
            known = {plain(str(key)): label for key, label in labels.items()}
            row.label = known.get(plain(row.value), row.value)
