from odoo import api, fields, models


class CoworkingInvoiceFile(models.Model):
    _inherit = "coworking.invoice.file"

    source = fields.Selection(
        selection_add=[("peppol", "Peppol")],
        ondelete={"peppol": lambda files: files.write({"source": "upload"})},
    )

    def _conclude_reading(self, state, cause, detail=None, move=None):
        self._answer_for(self.move_id, move)
        return super()._conclude_reading(state, cause, detail, move)

    def _drop_draft(self, bill, draft):
        self._answer_for(bill, draft)
        return super()._drop_draft(bill, draft)

    @api.model
    def _answer_for(self, came, bill):
        """What answers go to through the access point is the bill that stays, not the draft that
        the message made.
        """
        if bill and came != bill and came.peppol_message_uuid:
            bill.write(
                {
                    "peppol_move_state": came.peppol_move_state,
                    "peppol_message_uuid": came.peppol_message_uuid,
                }
            )
