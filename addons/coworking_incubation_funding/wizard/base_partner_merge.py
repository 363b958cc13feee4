from odoo import api, models
from odoo.fields import Domain


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _coworking_check_merge(self, partners):
        """Somebody of the staff has the hours of a month once."""
        self._coworking_refuse_repeated(
            self.env["coworking.staff.time"].sudo(),  # sudo: the message names what is in the way
            Domain("partner_id", "in", partners.ids),
            ["program_id", "month:month"],
            self.env._(
                "These contacts cannot be merged yet: %s are hours of one month and program. Add"
                " the hours of one to the other, and delete the one that is left over."
            ),
        )
        return super()._coworking_check_merge(partners)
