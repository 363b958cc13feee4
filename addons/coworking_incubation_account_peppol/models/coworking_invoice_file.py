from odoo import fields, models


class CoworkingInvoiceFile(models.Model):
    _inherit = "coworking.invoice.file"

    source = fields.Selection(
        selection_add=[("peppol", "Peppol")],
        ondelete={"peppol": lambda files: files.write({"source": "upload"})},
    )

    def _drop_draft(self, bill, draft):
        """What answers go to through the access point is the bill that stays."""
        draft.write(
            {
                "peppol_move_state": bill.peppol_move_state,
                "peppol_message_uuid": bill.peppol_message_uuid,
            }
        )
        return super()._drop_draft(bill, draft)
