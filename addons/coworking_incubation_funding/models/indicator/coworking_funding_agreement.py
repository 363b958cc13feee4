from odoo import fields, models


class CoworkingFundingAgreement(models.Model):
    """What the funder expects in figures, and the reports that were made of them."""

    _inherit = "coworking.funding.agreement"

    target_ids = fields.One2many(
        "coworking.funding.target", "agreement_id", string="Targets in Figures"
    )

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
