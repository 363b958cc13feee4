from odoo import fields, models

from .coworking_participant import MONEY_GROUPS

SALARIES = "64"  # accounts of salaries and of what employers pay on them


class CoworkingProgram(models.Model):
    _inherit = "coworking.program"

    staff_time_ids = fields.One2many("coworking.staff.time", "program_id", groups=MONEY_GROUPS)

    def _counts_by_hours(self, account):
        """Whether what is booked on this account are salaries of which the hours are typed: these
        are what funders take part in, not both.
        """
        self.ensure_one()
        code = account.with_company(self.company_id).code or ""
        return code.startswith(SALARIES) and bool(self.staff_time_ids)

    def write(self, vals):
        if "agreement_ids" in vals:
            self.agreement_ids._funding_terms_changed()  # of those that they leave
        result = super().write(vals)
        if "analytic_account_id" in vals:
            self.env["coworking.cost"]._note_lines_of(self)
        if vals.keys() & {"agreement_ids", "analytic_account_id", "funding_base"}:
            self.env["coworking.cost.change"]._note_programs(self)
            self.agreement_ids._funding_terms_changed()
        return result
