from odoo import models
from odoo.fields import Domain


class CoworkingCharge(models.Model):
    """Where a charge that is not settled goes, what pays it is looked at again; and so is what pays
    the others of its item where a correction is settled: it may move the days, or the participant's
    part alone, which no bill will say.
    """

    _inherit = "coworking.charge"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # sudo: whoever settles a month need not read bills
            self.sudo().filtered("corrected_kind")._note_costs_of_items()
        return result

    def unlink(self):
        # sudo: whoever computes a month anew need not read costs
        costs = self.env["coworking.cost"].sudo().search([("charge_id", "in", self.ids)])
        costs.move_id._coworking_note_costs()
        # Without their charge they would be costs of one line that nothing tells apart.
        lowered = costs._withdraw()
        result = super().unlink()
        lowered._part_at_once()
        return result

    def _get_funding_item(self):
        """What is parted together: a charge and all that corrects it. A key that sorts, of text."""
        self.ensure_one()
        kind = self.corrected_kind or self.kind
        return (str(self.period), f"{self.seat_id.id:012d}", kind)

    def _get_siblings_domain(self):
        """Charges of the same seats and months, these included."""
        return Domain("seat_id", "in", self.seat_id.ids) & Domain(
            "period", "in", list(set(self.mapped("period")))
        )

    def _note_costs_of_items(self):
        if not self:
            return
        items = {charge._get_funding_item() for charge in self}
        siblings = self.search(self._get_siblings_domain()).filtered(
            lambda charge: charge._get_funding_item() in items
        )
        self.env["coworking.match"].search([("charge_id", "in", siblings.ids)])._note_costs()
