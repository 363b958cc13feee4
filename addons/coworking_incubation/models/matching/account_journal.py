from odoo import models
from odoo.exceptions import UserError


class AccountJournal(models.Model):
    """Odoo's own upload over a list of bills."""

    _inherit = "account.journal"

    def _create_document_from_attachment(self, attachment_ids):
        """What an operator bills is received as by every other way, and completes the draft of its
        month; all else is Odoo's.
        """
        bills, rest, waiting = self.env["account.move"], [], self.env["coworking.invoice.file"]
        for attachment in self.env["ir.attachment"].browse(attachment_ids):
            file = self._coworking_receive_upload(attachment)
            bill = file.move_id.with_env(self.env).exists()
            if file.state == "waiting":  # somebody else is at it
                waiting |= file
            elif bill:
                bills |= bill
                if not attachment.res_id:
                    attachment.unlink()  # the bill has what was kept
            else:
                rest.append(attachment.id)
        if rest or not (bills or waiting):
            bills |= super()._create_document_from_attachment(rest)
        if not bills:
            raise UserError(
                "\n".join(
                    self.env._("%(file)s: %(problem)s", file=file.name, problem=file.message)
                    for file in waiting
                )
            )
        return bills

    def _coworking_receive_upload(self, attachment):
        """
        :return: the received file that a bill of an operator is, read; none of what is Odoo's
        """
        bills = self.env["account.move"]
        # sudo: as the scheduled action; whoever uploads a bill need not know what is received
        files = self.env["coworking.invoice.file"].sudo()
        journal = self or self.browse(self.env.context.get("default_journal_id"))
        if (
            journal.type != "purchase"
            if journal
            else self.env.context.get("default_move_type") not in bills.get_purchase_types()
        ):
            return files
        company = journal.company_id or self.env.company
        content = attachment.raw or b""
        operator = bills._coworking_find_seller(content, company)
        if not operator:
            return files
        if journal:
            files = files.with_context(default_journal_id=journal.id)
        file = files._receive_file(
            attachment.name, content, source="upload", operator=operator, company=company
        )
        # Read as by the scheduled action, but at once: somebody waits for it. The file stays,
        # whatever becomes of the reading; Odoo's decoders commit as well.
        self.env["ir.cron"]._commit_progress()
        # Where it came before, as by mail, and still waits, that one is read.
        file = file._get_in_reading()[:1] or file
        file._work_apart()
        return file
