from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    def unlink(self):
        # sudo: whoever deletes a contact need not know the months that it confirmed or billed, nor
        # the files that it sent, archived or not: they stay, without it
        env = self.sudo().with_context(active_test=False).env
        accounts = env["res.partner.bank"].search([("partner_id", "in", self.ids)])
        of_operators = env["coworking.space"]._get_run_by(accounts.partner_id)
        # PostgreSQL takes them along when nothing tells any more whose they were
        accounts.filtered(
            lambda account: (
                account.active and account.partner_id.commercial_partner_id in of_operators
            )
        ).unlink()
        billed = Domain("operator_id", "in", self.ids)
        confirmed = Domain("confirmed_by", "in", self.ids)
        if not (
            env["coworking.statement"].search_count(billed | confirmed, limit=1)
            or env["coworking.invoice.file"].search_count(billed, limit=1)
        ):
            return super().unlink()
        with self.env["coworking.audit"]._saying_who():
            return super().unlink()
