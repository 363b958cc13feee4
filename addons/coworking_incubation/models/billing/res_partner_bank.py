from odoo import api, models
from odoo.tools import plaintext2html

from ...tools import saying_who


class ResPartnerBank(models.Model):
    """Somebody who writes in the name of a space and gives a new bank account is a known fraud.

    Odoo trusts no new account until somebody allowed to says so (``allow_out_payment``): here the
    accountants are told of it, on the account and on every bill that would be paid to it.
    """

    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        accounts._coworking_ask_to_verify()
        return accounts

    def write(self, vals):
        result = super().write(vals)
        if {"acc_number", "partner_id", "allow_out_payment"} & vals.keys() or vals.get("active"):
            trusted = self.filtered("allow_out_payment")
            trusted.activity_unlink(["coworking_incubation.mail_activity_type_bank_account"])
            (self - trusted)._coworking_ask_to_verify()
        return result

    def unlink(self):
        # sudo: whoever deletes an account need not know the spaces
        spaces = self.env["coworking.space"].sudo()
        if not spaces._filter_operators(self.partner_id.commercial_partner_id):
            return super().unlink()
        with saying_who(self.env):
            return super().unlink()

    def _coworking_alert(self):
        return self.env._(
            "Do not pay yet: bank details of %(operator)s have changed and nobody has verified them"
            " (%(accounts)s). Call them on a number you already know, then trust the account.",
            accounts=", ".join(self.mapped("acc_number")),
            operator=self.partner_id.commercial_partner_id[:1].name,
        )

    def _coworking_ask_to_verify(self):
        """An activity for an accountant on each account of an operator that nobody trusts yet."""
        # sudo: whoever writes down an account need not know the spaces
        by_operator = self.env["coworking.space"].sudo()._get_run_by(self.partner_id)
        for account in self.filtered(lambda account: not account.allow_out_payment):
            of_operator = by_operator.get(account.partner_id.commercial_partner_id)
            if not of_operator:
                continue
            # sudo: whoever changes an account need not have the right to plan activities on it
            account = account.sudo()
            account.activity_unlink(["coworking_incubation.mail_activity_type_bank_account"])
            account.activity_schedule(
                "coworking_incubation.mail_activity_type_bank_account",
                note=plaintext2html(account._coworking_alert()),
                user_id=of_operator.company_id[:1]._coworking_accountant().id,
            )
