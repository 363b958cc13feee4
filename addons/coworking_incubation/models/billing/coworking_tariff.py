from odoo import api, fields, models
from odoo.exceptions import UserError


class CoworkingTariff(models.Model):
    """A tariff under which months were settled keeps its terms."""

    _inherit = "coworking.tariff"

    terms_locked = fields.Boolean(compute="_compute_terms_locked")

    @api.depends("seat_ids.charge_ids.state")
    def _compute_terms_locked(self):
        used = self.env["coworking.charge"]._read_group(
            [("seat_id.tariff_id", "in", self.ids), ("state", "=", "settled")], ["tariff_id"]
        )
        locked = {tariff.id for (tariff,) in used}
        for tariff in self:
            tariff.terms_locked = tariff.id in locked

    # === BUSINESS METHODS ===#

    def _check_terms_may_change(self, names):
        """What has no date cannot change under settled months: it would rewrite them."""
        for tariff in self:
            if tariff.terms_locked:
                raise UserError(
                    self.env._(
                        "Tariff %(tariff)s was used in months that are settled: %(terms)s"
                        " cannot change any more. Create another tariff, or add a dated price.",
                        tariff=tariff.display_name,
                        terms=", ".join(
                            self.env["ir.model.fields"]._get(self._name, name).field_description
                            for name in names
                        ),
                    )
                )
        return super()._check_terms_may_change(names)

    def _prices_changed(self):
        """What open months and the months to come cost is computed again."""
        # sudo: whoever writes a price need not be allowed to read what seats cost
        tariffs = self.sudo()
        tariffs.space_id._mark_statements_outdated()
        tariffs.with_context(active_test=False).seat_ids._recheck_elsewhere()
        return super()._prices_changed()
