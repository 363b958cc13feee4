from dataclasses import replace
from decimal import Decimal

from odoo import models


class CoworkingFundingAgreement(models.Model):
    """What may be promised of a grant yet."""

    _inherit = "coworking.funding.agreement"

    def _to_agreement_left(self, positions):
        """The terms, with what is left of the grant and of the headings in their place: of what is
        closed for good, nothing.
        """
        self.ensure_one()
        terms = self._to_agreement()

        def left(heading):
            closed = self.date_claims_closed
            return Decimal(0) if closed else max(positions[self, heading].left, Decimal(0))

        headings = zip(self.heading_ids, terms.headings, strict=True)
        return replace(
            terms,
            granted=left(False),
            headings=tuple(
                replace(one, ceiling=None if one.ceiling is None else left(heading))
                for heading, one in headings
            ),
        )
