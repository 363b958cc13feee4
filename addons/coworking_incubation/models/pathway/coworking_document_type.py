from odoo import fields, models


class CoworkingDocumentType(models.Model):
    """A line of the checklist at entry: identity, liability insurance, house rules..."""

    _name = "coworking.document.type"
    _description = "Document Asked at Entry"
    _inherit = ["coworking.of.program.mixin", "coworking.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    mandatory = fields.Boolean(
        default=True, help="Counts among the documents that are missing until it is seen."
    )
    on_own_page = fields.Boolean(
        string="Given by the Person",
        default=True,
        help="The person sees it on their page and may send a copy of it. Not for what is only "
        "looked at, such as an identity document, or handed out by us.",
    )
    program_ids = fields.Many2many(help="Empty: asked in all programs.")
