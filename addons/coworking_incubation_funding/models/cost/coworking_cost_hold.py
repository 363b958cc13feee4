from odoo import models


class CoworkingCost(models.Model):
    """What people decide of costs, in place of the terms of the agreements."""

    _inherit = "coworking.cost"

    def _get_hold_key(self):
        """What a decision is about, as text that stays when the cost is made anew."""
        self.ensure_one()
        if self.charge_id:
            return self.item
        if self.staff_time_id:
            return f"staff {self.staff_time_id.id}"
        if self.heading_id:
            return f"flat {self.heading_id.id} {self.date_from}"
        line = self.reversed_line_id or self.move_line_id
        return f"line {line.id}" if line else f"cost {self.id}"

    def _get_siblings(self):
        """The costs that are parted together with this one, itself included."""
        self.ensure_one()
        return self.search([("item", "=", self.item), ("program_id", "=", self.program_id.id)])

    def _get_taken(self):
        """What each agreement takes of this cost and its siblings: dict agreement -> amount."""
        self.ensure_one()
        shares = self._get_siblings().allocation_ids.filtered("agreement_id")
        return {
            agreement: self.currency_id.round(sum(own.mapped("amount_effective")))
            for agreement, own in shares.grouped("agreement_id").items()
        }

    def _hold(self, source, target, amount, reason):
        """Somebody moves an amount of this cost; it is parted anew at once.

        :param source: the agreement that gives it; empty: own funds
        :param target: the agreement that gets it; empty: own funds
        :param amount: below zero of what is given back
        :param reason: why, as it was typed
        """
        self.ensure_one()
        # sudo: the dialog says who may; the rows themselves are not typed
        self.env["coworking.allocation.hold"].sudo().create(
            {
                "program_id": self.program_id.id,
                "item": self._get_hold_key(),
                "source_id": source.id,
                "target_id": target.id,
                "amount": amount,
                "reason": reason,
                "user_id": self.env.uid,
            }
        )
        for agreement, sign in ((source, -1), (target, 1)):
            if agreement:
                # sudo: who places money need not be allowed to write the agreement
                agreement.sudo()._message_log(
                    body=self.env._(
                        "Placed by hand: %(amount)s of %(cost)s. %(reason)s",
                        amount=self.currency_id.format(sign * amount),
                        cost=self.display_name,
                        reason=reason,
                    ),
                    author_id=self.env.user.partner_id.id,
                )
        # sudo: parting reads files that who places money does not
        self.sudo()._part_at_once()
