from odoo import fields, models


class CoworkingStatement(models.Model):
    """What a space is told of its money."""

    _inherit = "coworking.statement"

    paid_told_at = fields.Datetime(
        string="Told That It Is Paid",
        readonly=True,
        copy=False,
        help="When the space was written to, once, that its bill of this month is paid. Where it"
        " was paid long before, when this was noticed: nobody is written to.",
    )

    def _get_link_words(self, purpose, partner):
        """Of a month that is paid, what was paid on which day, for all sites of the contact."""
        words = super()._get_link_words(purpose, partner)
        if purpose != "month" or not self._get_paid_on():
            return words
        months = self.env["coworking.portal.month"]
        rows = months._get_statements(partner, self.date_from)
        bills = self.browse(row.id for row in rows._get_paid_on()).bill_ids
        facts = bills._coworking_payment_facts()
        month = months._get_month_words(self.date_from)
        return {
            **words,
            "subject": self.env._("Your coworkers in %(month)s: paid", month=month),
            "text": "\n".join(
                [
                    self.env._("Your invoice of %(month)s is paid.", month=month),
                    *(
                        self.env._("%(invoice)s: %(payment)s", invoice=bill.ref, payment=payment)
                        if bill.ref
                        else payment
                        for bill in bills
                        for payment in months._paid_words(facts[bill], bill.company_currency_id)
                    ),
                ]
            ),
        }
