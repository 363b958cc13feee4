from odoo import fields, models


class CoworkingInvoiceFile(models.Model):
    """What a draft bill said when it was read from its document."""

    _inherit = "coworking.invoice.file"

    bill_hash = fields.Char(
        string="As It Was Read",
        readonly=True,
        help="Fingerprint of the draft bill as it was read from this file: what is changed on it"
        " afterwards is somebody's doing.",
    )

    def _conclude_reading(self, state, cause, detail=None, move=None):
        result = super()._conclude_reading(state, cause, detail, move)
        self.bill_hash = move and state == "decoded" and move._coworking_get_hash()
        return result
