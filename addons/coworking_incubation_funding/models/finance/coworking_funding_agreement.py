from odoo import fields, models


class CoworkingFundingAgreement(models.Model):
    """The financial reports that were made of it."""

    _inherit = "coworking.funding.agreement"

    financial_report_count = fields.Integer(
        string="Financial Reports", compute="_compute_financial_report_count"
    )

    def _compute_financial_report_count(self):
        counts = dict(
            self.env["coworking.financial.report"]._read_group(
                [("agreement_id", "in", self.ids)], ["agreement_id"], ["__count"]
            )
        )
        for agreement in self:
            agreement.financial_report_count = counts.get(agreement._origin, 0)

    def action_open_financial_reports(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_financial_report_action"
        )
        return {
            **action,
            "domain": [("agreement_id", "=", self.id)],
            "context": {"default_agreement_id": self.id},
        }
