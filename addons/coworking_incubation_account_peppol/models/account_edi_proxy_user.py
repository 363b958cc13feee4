from odoo import api, models

from odoo.addons.coworking_incubation import invoice_reader


class AccountEdiProxyClientUser(models.Model):
    """Bills of operators come through an access point as by every other way: kept, read within
    bounds, and completing the draft of their month.
    """

    _inherit = "account_edi_proxy_client.user"

    def _peppol_import_invoice(self, attachment, peppol_state, uuid, journal=None):
        operator = self.env["account.move"]._coworking_find_seller(
            attachment.raw or b"", self.company_id
        )
        if not operator and self._coworking_is_readable(attachment):
            return super()._peppol_import_invoice(attachment, peppol_state, uuid, journal=journal)
        journal = journal or self.company_id.peppol_purchase_journal_id
        if not journal:
            return {}  # as Odoo does: it waits at the access point
        move = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "move_type": "in_invoice",
                "peppol_move_state": peppol_state,
                "peppol_message_uuid": uuid,
            }
        )
        # What comes is acknowledged, and so is there once it is read, its draft or not.
        file = self.env["coworking.invoice.file"]._receive_file(
            attachment.name,
            attachment.raw or b"",
            source="peppol",
            operator=operator,
            company=self.company_id,
            move=move,
        )
        # Received before, it is that bill which is answered, and the empty one is gone.
        kept_on = file.move_id or file
        attachment.write({"res_model": kept_on._name, "res_id": kept_on.id})
        return {"uuid": uuid, "move": move.exists()}

    @api.model
    def _coworking_is_readable(self, attachment):
        """Whether Odoo may decode it: of what may not be, whoever sends it, it would expect the
        content all the same, fail, and receive nothing that comes after.
        """
        try:
            invoice_reader.parse_file(attachment.raw or b"")
        except invoice_reader.UploadRefused:
            return False
        return True
