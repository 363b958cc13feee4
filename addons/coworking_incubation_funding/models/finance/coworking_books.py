from odoo import api, models


class CoworkingBooks(models.AbstractModel):
    """What keeps the file of a final report has to be there too."""

    _inherit = "coworking.books"

    @api.model
    def _get_triggers(self):
        return super()._get_triggers() | {
            "ir_attachment.coworking_funding_keep_report_trg",
            "ir_attachment.coworking_funding_one_report_trg",
        }
