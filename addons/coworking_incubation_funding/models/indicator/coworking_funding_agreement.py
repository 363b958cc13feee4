from odoo import fields, models


class CoworkingFundingAgreement(models.Model):
    """What the funder expects in figures, and the reports that were made of them."""

    _inherit = "coworking.funding.agreement"

    target_ids = fields.One2many(
        "coworking.funding.target", "agreement_id", string="Targets in Figures"
    )

    def write(self, vals):
        """A target that is counted from the first day, or to reach by the last, goes along, but for
        one that would be due before it is counted.
        """
        before = {}
        if {"date_from", "date_to"} & vals.keys():
            before = {agreement: (agreement.date_from, agreement.date_to) for agreement in self}
        result = super().write(vals)
        for agreement, (first, last) in before.items():
            for target in agreement.target_ids:
                day = agreement.date_to if target.date == last else target.date
                since = agreement.date_from if target.date_from == first else target.date_from
                if since <= day:
                    target.write({"date": day, "date_from": since})
        return result

    def action_open_reports(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_report_action"
        )
        return {
            **action,
            "domain": [("agreement_id", "=", self.id)],
            "context": {
                "default_agreement_id": self.id,
                "default_program_ids": self.program_ids.ids,
            },
        }
