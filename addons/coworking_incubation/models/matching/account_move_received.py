import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.mimetypes import guess_mimetype

from ... import invoice_reader

# Pixels of the shorter side of a photo on which a bill can be read: logos have fewer.
MIN_PHOTO_SIDE = 600


class AccountMove(models.Model):
    """Bills as they come, by mail or dropped on a draft: kept, and read within bounds."""

    _inherit = "account.move"

    def _message_post_after_hook(self, new_message, message_values):
        """Bills that an operator sends to the alias of a journal are received like all others.

        Odoo would decode them at once, whatever is in them, and make a bill of each: here they are
        kept, read within bounds, and complete the draft of the month.
        """
        move, file = self, None
        if (
            self.env.context.get("from_alias")
            and self.journal_id.type == "purchase"
            and not self.env.context.get("disable_attachment_import")
        ):
            file = self._coworking_receive_mail(new_message)
        if file:
            move = self.with_context(disable_attachment_import=True)
        result = super(AccountMove, move)._message_post_after_hook(new_message, message_values)
        if file and file.move_id != self:
            message_values["coworking_file"] = file  # see _notify_thread
        return result

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """The draft that a mail made goes away once the mail is posted, if its file needs none."""
        file = msg_vals.pop("coworking_file", None) if msg_vals else None
        result = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if file:
            file._drop_empty(self)
        return result

    @api.model
    def _get_xml_tree(self, file_data):
        """An XML file that is dropped on a bill, or uploaded in a list of bills, is read within
        bounds: with a document type, or without end, it is kept and not decoded.
        """
        mimetype = file_data["mimetype"]
        if not mimetype.endswith("/xml") and "text/plain" not in mimetype:
            return super()._get_xml_tree(file_data)
        try:
            invoice_reader.parse_file(file_data["raw"] or b"")
        except invoice_reader.UploadRefused as refused:
            if mimetype.endswith("/xml") or file_data["name"].endswith(".xml"):
                file_data["coworking_refused"] = refused.code
            return None
        return super()._get_xml_tree(file_data)

    @api.model
    def _unwrap_attachment(self, file_data, recurse=True):
        """The XML files in a PDF as Odoo finds them, by the bounded reader: Odoo would unpack all
        that is in the file, whatever its size, in the process that serves everybody.
        """
        if file_data["import_file_type"] != "pdf":
            return super()._unwrap_attachment(file_data, recurse=recurse)
        try:
            files = invoice_reader.embedded_files_elsewhere(file_data["raw"] or b"")
        except invoice_reader.UploadRefused as refused:
            file_data["coworking_refused"] = refused.code
            return []
        embedded = []
        for name, raw in files:
            one = {
                "name": name,
                "raw": raw,
                "mimetype": guess_mimetype(raw),
                "attachment": None,
                "origin_attachment": file_data["origin_attachment"],
                "origin_import_file_type": file_data["origin_import_file_type"],
            }
            one["xml_tree"] = self._get_xml_tree(one)
            one["import_file_type"] = self._get_import_file_type(one)
            embedded.append(one)
        if embedded and recurse:
            embedded.extend(self._unwrap_attachments(embedded))
        return embedded

    def _extend_with_attachments(self, files_data, new=False):
        """Whoever brought a file that was kept and not read is told what to do."""
        for file_data in files_data:
            code = file_data.pop("coworking_refused", None)
            # Of what is damaged or locked Odoo says nothing either: it may be no bill at all.
            if code == "hostile":
                problem = self.env["coworking.invoice.file"]._get_messages()[code]
                self.message_post(
                    body=self.env._(
                        "%(file)s: %(problem)s", file=file_data["name"], problem=problem
                    )
                )
            elif code == "too_large":
                # Here pages are not counted, and whoever brought the file has the bill to type.
                self.message_post(
                    body=self.env._(
                        "%s is larger than 10 MB: it is kept, and not read. Type the bill in, or"
                        " bring a smaller file: its XML alone, for example.",
                        file_data["name"],
                    )
                )
        return super()._extend_with_attachments(files_data, new=new)

    @api.model
    def _coworking_is_in_text(self, attachment, message):
        """Whether a picture is shown in the text of a mail, as signatures are."""
        return bool(re.search(rf"/web/image/{attachment.id}\b", message.body or ""))

    @api.model
    def _coworking_find_seller(self, content, company):
        """The operator that an electronic invoice says it is from, if it is one of who runs a
        space; of one whose numbers nobody entered, whose statement it quotes. A bill that is made
        in our own name, by self-billing, is not.
        """
        # sudo: whoever brings a bill need not know the spaces
        files = self.env["coworking.invoice.file"].sudo()
        operators = files._get_operators(company)
        if not operators:
            return self.env["res.partner"]
        try:
            document = invoice_reader.read(content)
        except invoice_reader.UploadRefused:
            return self.env["res.partner"]
        if not document.is_invoice:
            return self.env["res.partner"]
        facts = invoice_reader.describe(document.root)
        operator = files._find_operator_by_ids(facts.seller_ids, company)
        # Of most that others bill, no statement is to be looked for.
        if not operator and not all(map(files._get_ids_of, operators)):
            quoted = files.new({"company_id": company.id})._find_quoted_statement(facts.text)
            if not files._get_ids_of(quoted.operator_id):
                operator = quoted.operator_id
        return operator.with_env(self.env)

    def _coworking_receive_mail(self, message):
        """Receive the attachments of a mail if it comes from an operator, or could do harm.

        :return: the file that this draft waits for, or waited for in vain; none if Odoo's own
            decoders may see the attachments
        """
        self.ensure_one()
        # The mail is being posted on this draft: it must not go away meanwhile.
        Files = self.env["coworking.invoice.file"].with_context(coworking_keep_draft=True)
        received = Files.browse()
        if not Files._get_operators(self.company_id):
            return received
        operator = self._coworking_operator_of(self.partner_id)
        candidates, refused = {}, False
        for attachment in message.attachment_ids:
            is_image = attachment.mimetype.startswith("image/")
            if is_image and (not operator or self._coworking_is_in_text(attachment, message)):
                continue
            try:
                document = invoice_reader.read(attachment.raw or b"")
            except invoice_reader.UploadRefused as reason:
                # No logo is as large as a picture that is refused for its size.
                if not is_image or reason.code == "too_large":
                    candidates[attachment] = None
                    refused |= reason.code != "wrong_type"
                continue
            if document.kind == "photo" and document.side < MIN_PHOTO_SIDE:
                continue  # signatures and logos
            candidates[attachment] = document
            if not operator and document.is_invoice:
                facts = invoice_reader.describe(document.root)
                operator = Files._find_operator_by_ids(facts.seller_ids, self.company_id)
        if not candidates or not (operator or refused):
            return received
        # The first one that can be read takes this draft; each other one finds or makes its own.
        order = sorted(candidates, key=lambda row: (candidates[row] is None, row.id))
        # One electronic invoice with PDF files beside it: these show the same bill.
        invoices = [row for row in order if candidates[row] and candidates[row].is_invoice]
        beside = message.attachment_ids.filtered(
            lambda row: len(invoices) == 1 and candidates.get(row) and candidates[row].root is None
        )
        order = [row for row in order if row not in beside]
        for position, attachment in enumerate(order):
            file = Files._receive_file(
                attachment.name,
                attachment.raw or b"",
                source="mail",
                operator=operator,
                sender=self.partner_id,
                company=self.company_id,
                move=None if position else self,
            )
            received = received or file
            self._coworking_take_drawn(candidates[attachment], attachment, file.attachment_id)
            if attachment in invoices:
                for other in beside:
                    kept = other.copy({"res_model": file._name, "res_id": file.id})
                    self._coworking_take_drawn(candidates[other], other, kept)
        return received

    @api.model
    def _coworking_take_drawn(self, document, attachment, kept):
        """What the mail left on the draft is the very photo that was drawn anew and kept."""
        if document and document.kind == "photo":
            attachment.with_context(image_no_postprocess=True).raw = kept.raw

    def _coworking_operator_of(self, partner):
        """The operator that somebody writes for: itself, one of its people, or a manager of a
        space. One that no longer runs its space still bills its months.
        """
        if not partner:
            return partner
        # sudo: the mail gateway acts for whoever owns the alias
        spaces = self.env["coworking.space"].sudo()
        here = Domain("company_id", "=", self.company_id.id)
        theirs = Domain("operator_id", "in", (partner | partner.commercial_partner_id).ids)
        spaces = spaces.search(
            here
            & (
                theirs
                | Domain("partner_id", "in", (partner | partner.commercial_partner_id).ids)
                | Domain("manager_ids", "in", partner.ids)
            )
        )
        # sudo: as above
        ((former,),) = (
            self.env["coworking.statement"]
            .sudo()
            ._read_group(here & theirs, [], ["operator_id:recordset"])
        )
        operators = spaces.operator_id | former
        return operators if len(operators) == 1 else partner.browse()
