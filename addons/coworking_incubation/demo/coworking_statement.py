from dateutil.relativedelta import relativedelta

from odoo import models


class CoworkingStatement(models.Model):
    """What the spaces of the demonstration answer and send."""

    _inherit = "coworking.statement"

    def _get_demo_contact(self):
        return self.space_id.manager_ids[:1] or self.operator_id

    def _confirm_by_demo_spaces(self):
        """Each space says yes by its page."""
        for statement in self:
            statement._confirm_lines(partner=statement._get_demo_contact(), channel="portal")

    def _prepare_demo_document(self):
        """Number and date of the bill that the space made of this month."""
        self.ensure_one()
        return {
            "ref": self.name.replace(self.program_id.code, "F", 1),
            "invoice_date": self.date_from + relativedelta(months=1, day=5),
        }

    def _receive_demo_bill(self):
        """The space hands its electronic bill in, and it says what was expected.

        Odoo's decoders commit, which the loading of a demonstration cannot: the bill is completed
        as it is once they have read such a file.
        """
        self.ensure_one()
        bill, document = self.bill_id, self._prepare_demo_document()
        content = self.env["ir.qweb"]._render(
            "coworking_incubation.coworking_bill_demo", {"statement": self, "document": document}
        )
        file = self.env["coworking.invoice.file"]._receive_file(
            f"{document['ref']}.xml",
            content.strip().encode(),
            source="portal",
            statement=self,
            sender=self._get_demo_contact(),
        )
        file._attach_to(bill)
        bill.write(document)
        file._conclude_reading("decoded", "completed", move=bill)
