from odoo import api, models


class CoworkingInvoiceFile(models.Model):
    """What became of a received file, in words: for the accountant, and for who sent it. Whether it
    waits for somebody.
    """

    _inherit = "coworking.invoice.file"

    # The bill says when it was posted, cancelled or deleted: see account.move.
    @api.depends("state", "cause", "active", "move_id", "statement_id", "operator_id")
    def _compute_to_handle(self):
        sent_again = self._get_sent_again()
        for file in self:
            typed = file.state == "to_type" and file.move_id.state not in ("posted", "cancel")
            doubt = file.state == "decoded" and file.move_id.state == "draft"
            refused = file.state == "refused" and file not in sent_again
            file.to_handle = file.active and (typed or doubt or refused)

    def _get_sent_again(self):
        """Those refused of whose month the operator sent a document since that could be kept: they
        were told so, and nobody has to ask for it.
        """
        refused = self.filtered(lambda file: file.state == "refused" and file.statement_id)
        kept = self.with_context(active_test=False)._read_group(
            [
                ("statement_id", "in", refused.statement_id.ids),
                ("state", "in", ("decoded", "to_type")),
            ],
            ["statement_id", "operator_id"],
            ["id:max"],
        )
        last = {(statement, operator): file_id for statement, operator, file_id in kept}
        return refused.filtered(
            lambda file: file._origin.id < last.get((file.statement_id, file.operator_id), 0)
        )

    @api.model
    def _get_untouched_domain(self):
        """To be typed on a draft on which nobody has begun."""
        return [
            ("state", "=", "to_type"),
            ("move_id.state", "=", "draft"),
            ("move_id.ref", "=", False),
            ("move_id.invoice_date", "=", False),
            ("move_id.invoice_line_ids", "=", False),
        ]

    def _get_messages(self):
        """What each cause means, in words: what, and what to do."""
        return {
            **self._get_reading_messages(),
            **self._get_refusal_messages(),
            **self._get_repeat_messages(),
        }

    def _describe_replaced(self, bill, total, tax):
        """What a document says, beside what was expected: of equal totals, their tax."""
        if bill.currency_id.compare_amounts(total, bill.amount_total):
            found, expected = bill.amount_total, total
            words = self.env._("%(document)s instead of %(expected)s")
        else:
            found, expected = bill.amount_tax, tax
            words = self.env._("%(document)s of tax instead of %(expected)s")
        return words % {
            "document": self._format_money(found),
            "expected": self._format_money(expected),
        }

    def _describe_other_total(self, bill, total):
        """Of a posted bill with the number of this document: what each comes to, if they differ.

        :param total: of the document, a ``Decimal``, or ``None``
        """
        if total is None or bill.state != "posted":
            return ""
        if not bill.currency_id.compare_amounts(float(abs(total)), bill.amount_total):
            return ""
        return self.env._(
            "%(bill)s, %(document)s instead of %(expected)s",
            bill=bill.display_name,
            document=self._format_money(total),
            expected=self._format_money(bill.amount_total),
        )

    def _get_reading_messages(self):
        return {
            "waiting": self.env._("Received. It will be read in a moment."),
            "decoded": self.env._("Read: the draft bill has what the document says."),
            "completed": self.env._(
                "Read: the bill made from the statement has the number and the dates of the"
                " document. Their totals are equal."
            ),
            "replaced": self.env._(
                "Read: the amounts of the document are not those of the statement. The lines of the"
                " draft bill are now those of the document: %s."
            ),
            "second": self.env._(
                "Read: bill %s of this month exists as well. Check that both are due."
            ),
            "credit_note": self.env._("Read: a credit note that corrects bill %s."),
            "total_differs": self.env._(
                "Read, but the draft bill does not have the total of the document (%s): check its"
                " taxes before posting."
            ),
            "currency": self.env._(
                "The document is in %s: it is kept as a draft bill, apart from the statement. Ask"
                " for a document in the currency of the company, or type the amounts in it."
            ),
            "typed": self.env._(
                "A document without an electronic invoice: type its number, its date and its"
                " amounts on the draft bill."
            ),
            "not_decoded": self.env._(
                "The electronic invoice could not be decoded: type its number, its date and its"
                " amounts on the draft bill."
            ),
            "unknown_operator": self.env._(
                "Nobody knows who sends this bill (%s): choose the operator, then read again."
            ),
            "other_statement": self.env._(
                "The document names %s, and was handed in for another month or space: choose the"
                " month it is for, then read again."
            ),
            "other_operator": self.env._(
                "The document names %s, which is another operator's, and none of this one: choose"
                " the operator and the month it is for, then read again."
            ),
            "other_seller": self.env._(
                "The document is a bill of %s, not of this operator: choose the right operator"
                " and read again, or ask for another document."
            ),
        }

    def _get_refusal_messages(self):
        return {
            "too_large": self.env._(
                "More than 10 MB or 50 pages: the file is kept but not read. Ask for the bill"
                " alone."
            ),
            "wrong_type": self.env._(
                "Neither a PDF, nor an XML file, nor a photo (JPEG, PNG): the file is kept but not"
                " read. Ask for the bill as a PDF, Factur-X or UBL file."
            ),
            "locked": self.env._(
                "Protected by a password: the file is kept but not read. Ask for it without"
                " protection."
            ),
            "hostile": self.env._(
                "The file could harm the computer that opens it: it is kept, do not open it. Ask"
                " the sender, by telephone, for another one."
            ),
            "unreadable": self.env._(
                "The file is damaged: it is kept but cannot be read. Ask for it again."
            ),
            "failed": self.env._(
                "Reading stopped on an error: read again, or type the bill. The error is in the"
                " log of the server."
            ),
        }

    def _get_repeat_messages(self):
        return {
            "same_file": self.env._("The same file was received before: %s. Nothing to do."),
            "same_moment": self.env._(
                "The same file was received at the same moment: it is read once. Nothing to do."
            ),
            "same_reference": self.env._(
                "This operator's bill with that number was received before: %s. Nothing to do,"
                " unless they differ."
            ),
            "same_number": self.env._(
                "A bill of this operator with that number is posted already, of another total: %s."
                " Ask which one is right. If it is the first, archive this file; if it is this one,"
                " cancel the first and read again, or ask for a credit note and another number."
            ),
        }

    def _get_sender_messages(self):
        """What the sender is told, by cause where they can do something, else by state."""
        received = self.env._("Received. The program's accountant takes care of it.")
        return {
            "waiting": self.env._("Received. It will be read in a moment."),
            "decoded": self.env._("Received and read."),
            "to_type": received,
            "recorded": self.env._("Received and recorded."),
            "duplicate": self.env._("You have already sent this bill: nothing more to do."),
            "elsewhere": self.env._(
                "You have already sent this bill, for another month: please send the one of this"
                " month."
            ),
            "refused": received,
            "too_large": self.env._(
                "More than 10 MB or 50 pages: please send the bill alone, in a smaller file."
            ),
            "wrong_type": self.env._(
                "Neither a PDF, nor an XML file, nor a photo (JPEG, PNG): please send the bill as"
                " one of these."
            ),
            "locked": self.env._("Protected by a password: please send it without protection."),
            "unreadable": self.env._("The file is damaged: please send it again."),
            "other_statement": self.env._(
                "Received. It names another month or space than this one: the program's accountant"
                " looks at what it is for."
            ),
            "other_seller": self.env._(
                "This bill is in the name of another company: please check that it is the right"
                " one."
            ),
        }
