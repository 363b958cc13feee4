from odoo import models


class CoworkingFundingPositionMixin(models.AbstractModel):
    """As shares and charges say."""

    _inherit = "coworking.funding.position.mixin"

    def _compute_position(self):
        positions = self._get_agreement()._get_positions()
        for record in self:
            position = positions.get(record._get_position_key())
            for name in ("committed", "claimed", "admitted", "left"):
                record[f"amount_{name}"] = float(getattr(position, name)) if position else 0.0
