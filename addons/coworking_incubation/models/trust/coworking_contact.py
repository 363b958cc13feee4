from odoo import api, models
from odoo.fields import Domain


class CoworkingContact(models.AbstractModel):
    _inherit = "coworking.contact"

    @api.model
    def _prepare_unlink(self, partners):
        # sudo: whoever deletes a contact need not know the months that it confirmed or billed, nor
        # the files that it sent, archived or not: they stay, without it
        env = self.sudo().with_context(active_test=False).env
        accounts = env["res.partner.bank"].search([("partner_id", "in", partners.ids)])
        of_operators = env["coworking.space"]._filter_operators(
            accounts.partner_id.commercial_partner_id
        )
        # PostgreSQL takes them along when nothing tells any more whose they were
        accounts.filtered(
            lambda account: (
                account.active and account.partner_id.commercial_partner_id in of_operators
            )
        ).unlink()
        billed = Domain("operator_id", "in", partners.ids)
        confirmed = Domain("confirmed_by", "in", partners.ids)
        return bool(
            env["coworking.statement"].search_count(billed | confirmed, limit=1)
            or env["coworking.invoice.file"].search_count(billed, limit=1)
            or super()._prepare_unlink(partners)
        )
