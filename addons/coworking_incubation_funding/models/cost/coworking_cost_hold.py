from odoo import models


class CoworkingCost(models.Model):
    """What people decide of costs, in place of the terms of the agreements."""

    _inherit = "coworking.cost"

    def _get_siblings(self):
        """The costs that are parted together with this one, itself included."""
        self.ensure_one()
        charge = self.charge_id
        if not charge:
            return self
        siblings = self.search(
            [
                ("charge_id.seat_id", "=", charge.seat_id.id),
                ("charge_id.period", "=", charge.period),
            ]
        )
        return siblings.filtered(lambda cost: cost._get_item() == self._get_item())

    def _get_taken(self):
        """What each agreement takes of this cost and its siblings: dict agreement -> amount."""
        self.ensure_one()
        shares = self._get_siblings().allocation_ids.filtered("agreement_id")
        return {
            agreement: self.currency_id.round(sum(own.mapped("amount_effective")))
            for agreement, own in shares.grouped("agreement_id").items()
        }

    def _hold(self, amounts, reason):
        """Somebody decides what agreements take of this cost; it is parted anew at once.

        :param amounts: dict agreement -> amount, in place of what its terms would give
        :param reason: why, as it was typed
        """
        self.ensure_one()
        # sudo: the dialog says who may; the rows themselves are not typed
        holds = self.env["coworking.allocation.hold"].sudo()
        known = holds.search([("cost_id", "in", self._get_siblings().ids)])
        for agreement, amount in amounts.items():
            vals = {"amount": amount, "reason": reason, "user_id": self.env.uid}
            hold = known.filtered(lambda row, own=agreement: row.agreement_id == own)[:1]
            if hold:
                hold.write(vals)
            else:
                holds.create({"cost_id": self.id, "agreement_id": agreement.id, **vals})
            # sudo: who places money need not be allowed to write the agreement
            agreement.sudo()._message_log(
                body=self.env._(
                    "Placed by hand: %(amount)s of %(cost)s. %(reason)s",
                    amount=self.currency_id.format(amount),
                    cost=self.display_name,
                    reason=reason,
                ),
                author_id=self.env.user.partner_id.id,
            )
        # sudo: parting reads files that who places money does not
        costs = self.env["coworking.cost"].sudo()
        costs._allocate_programs(costs._get_sharing(self.sudo().program_id))
