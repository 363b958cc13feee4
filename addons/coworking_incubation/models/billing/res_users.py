from odoo import models
from odoo.fields import Domain

BANK_ACCOUNT = "coworking_incubation.mail_activity_type_bank_account"


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_handed_over_domain(self):
        domain = super()._get_handed_over_domain()
        kind = self.env.ref(BANK_ACCOUNT, raise_if_not_found=False)
        if kind:
            domain |= Domain("user_id", "in", self.ids) & Domain("activity_type_id", "=", kind.id)
        return domain

    def _get_heir(self, activity):
        """New bank details are verified by another accountant."""
        if activity.activity_type_id == self.env.ref(BANK_ACCOUNT, raise_if_not_found=False):
            company = activity.user_id.company_id
            accountants = self._filter_staying(company._coworking_accountants())
            if accountants:
                return accountants[:1]
        return super()._get_heir(activity)
