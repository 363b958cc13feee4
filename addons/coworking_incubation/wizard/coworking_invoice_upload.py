from odoo import fields, models
from odoo.exceptions import UserError


class CoworkingInvoiceUpload(models.TransientModel):
    """Hand in bills that came by post, by hand or in somebody's own mailbox."""

    _name = "coworking.invoice.upload"
    _description = "Upload Received Bills"
    _inherit = ["coworking.record.mixin"]

    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    operator_id = fields.Many2one(
        "res.partner",
        domain="[('is_coworking_space', '=', True)]",
        help="May stay empty for electronic invoices: they say who sends them.",
    )
    statement_id = fields.Many2one(
        "coworking.statement",
        domain="[('state', '!=', 'cancelled'), ('operator_id', '=?', operator_id)]",
        help="When the bill is for one month of one space.",
    )

    def action_receive(self):
        """Keep the files and open them: a scheduled action reads them in a moment."""
        self.ensure_one()
        if not self.attachment_ids:
            raise UserError(self.env._("Choose at least one file."))
        files = self.env["coworking.invoice.file"]
        for attachment in self.attachment_ids:
            files |= files._receive_file(
                attachment.name,
                attachment.raw or b"",
                source="upload",
                operator=self.operator_id,
                statement=self.statement_id,
            )
        self.attachment_ids.unlink()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_invoice_file_action"
        )
        if len(files) == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = files.id
        else:
            action["domain"] = [("id", "in", files.ids)]
            action["context"] = {}
        return action
