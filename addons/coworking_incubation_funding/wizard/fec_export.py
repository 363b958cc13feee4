from odoo import fields, models
from odoo.fields import Domain


class FecExport(models.TransientModel):
    """Odoo's own FEC, of which other books need our documents alone."""

    _inherit = "l10n_fr.fec.export.wizard"

    coworking_only = fields.Boolean(
        export_string_translation=False,
        help="What the programs cause and nothing else; without a balance brought forward.",
    )

    def _get_base_domain(self):
        domain = super()._get_base_domain()
        if not self.coworking_only:
            return domain
        ours = self.env["account.move"]._coworking_get_books_domain(self.env.company)
        return list(
            Domain(domain) & Domain("move_id", "any", ours) & Domain("date", ">=", self.date_from)
        )
