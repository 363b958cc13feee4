from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.coworking_incubation.tools import to_decimal


class CoworkingClaim(models.Model):
    """What a claim asks for: shares that nobody asked for before."""

    _inherit = "coworking.claim"

    def _collect(self):
        """Make the lines of open claims what there is to ask for now, as the books say now. What
        somebody decided of a line stays with it.
        """
        # sudo: what changed a moment ago is read and parted, whoever's it is
        self.env["coworking.cost"].sudo()._refresh_changed()
        for claim in self:
            # sudo: lines are written by code alone
            lines = claim.sudo().line_ids
            kept = {
                line.allocation_id.id: {
                    name: line._fields[name].convert_to_write(line[name], line)
                    for name in ("override_codes", "override_reason", "overridden_by_id")
                }
                for line in lines.filtered(lambda row: row.allocation_id and row.override_codes)
            }
            lines.unlink()
            shares = claim._find_shares()
            lines.create(
                [
                    {**vals, **kept.get(vals["allocation_id"], {})}
                    for vals in claim._prepare_lines(shares)
                ]
            )

    def _get_share_domain(self):
        """Shares that were paid and served when the period ends, and one or the other within it.

        What became known late of a period that was claimed comes too, whatever its days: what
        changes a line that was sent, and what was paid before the last claim ended.
        """
        self.ensure_one()
        known = self._get_known_domain(self.date_to)
        within = Domain("date_paid", ">=", self.date_from) | (
            Domain("cost_id.date_to", ">=", self.date_from)
            & Domain(self.agreement_id.date_to >= self.date_from)
        )
        late = Domain("origin_id", "!=", False)
        claimed = self.agreement_id.claim_ids.filtered(
            lambda claim: claim.step in ("submitted", "accepted")
        )
        last = max(claimed.mapped("date_to"), default=None)
        if last:
            late |= self._get_known_domain(last)
        return self._get_unclaimed_domain() & known & (within | late)

    def _get_known_domain(self, day):
        """Shares that are paid and served at the end of a day. Of an expense that is served beyond
        the agreement, such as a fee for a year, the days within it are shared alone.
        """
        self.ensure_one()
        served = Domain("cost_id.date_to", "<=", day) | Domain(self.agreement_id.date_to <= day)
        return Domain("date_paid", "<=", day) & served

    def _get_unclaimed_domain(self):
        """Shares of the agreement that no other claim asks for."""
        self.ensure_one()
        return (
            Domain("agreement_id", "=", self.agreement_id.id)
            & Domain("frozen", "=", False)
            & (
                Domain("claim_line_ids", "=", False)
                | Domain("claim_line_ids.claim_id", "=", self._origin.id)
            )
        )

    def _find_shares(self):
        """The shares that a claim asks for, in the order of the list of expenses.

        :return: ``coworking.allocation``
        """
        shares = self.env["coworking.allocation"].search(self._get_share_domain(), order="id")
        return shares.sorted(
            lambda share: (
                share.heading_id.sequence,
                share.heading_id.id,
                share.cost_id.date_from,
                share.cost_id.seat_id.id,
                share.cost_id.id,
                share.date_paid,
                share.id,
            )
        )

    # === VALUES ===#

    def _prepare_lines(self, shares):
        """Values of the lines for these shares: what they are now, in words and days, of the
        language of the company, whoever collects them.

        :return: list of dicts
        """
        self.ensure_one()
        spoken = self.with_context(lang=self.company_id.partner_id.lang or self.env.lang)
        # sudo: of a file only what stands for it, of a bill what the funder is told
        shares = shares.with_env(spoken.env).sudo()
        words = shares.cost_id._get_words()
        origins = spoken._find_origins(shares)
        means = spoken._get_payment_means(shares)
        told = spoken._get_told(shares.cost_id)
        vals_list = []
        for number, share in enumerate(shares, start=1):
            cost, origin = share.cost_id, origins.get(share.origin_id.id)
            vals_list.append(
                {
                    "claim_id": self.id,
                    "number": number,
                    "allocation_id": share.id,
                    "cost_id": cost.id,
                    "participant_id": cost.participant_id.id,
                    "heading_id": share.heading_id.id,
                    "heading_name": share.heading_id.name,
                    "label": words[cost].label,
                    "token": words[cost].token,
                    "supplier_name": words[cost].supplier_name,
                    "bill_number": words[cost].number,
                    "bill_date": cost.move_id.invoice_date or cost.move_id.date or cost.date,
                    "date_from": cost.date_from,
                    "date_to": cost.date_to,
                    "date_paid": share.date_paid,
                    "payment_means": means[share],
                    "amount_cost": cost.amount,
                    "amount_paid": self._get_paid_on(cost, share.date_paid, told),
                    "amount": share.amount,
                    "amount_admitted": share.amount,
                    "origin_id": origin.id if origin else False,
                    "difference_of": spoken._describe_difference(cost, origin),
                }
            )
        return vals_list

    def _find_origins(self, shares):
        """The lines by which the shares were claimed that these ones change.

        :return: dict share id -> ``coworking.claim.line``
        """
        # sudo: see _prepare_lines
        lines = self.env["coworking.claim.line"].sudo()
        found = lines.search([("allocation_id", "in", shares.origin_id.ids)])
        return {line.allocation_id.id: line for line in found}

    def _describe_difference(self, cost, origin):
        """F10: of which claim, seat and month, as it was claimed, it is a difference."""
        if not origin:
            return False
        parts = [self.env._("Claim %s", origin.claim_id.number), cost.seat_id.name]
        parts.append(format_date(self.env, origin.date_from, date_format="MMMM y"))
        return ", ".join(filter(None, parts))

    def _get_told(self, costs):
        """What was said of these expenses in claims of the agreement that were sent: dict (cost id,
        day) -> what was paid then.
        """
        # sudo: see _prepare_lines
        lines = self.env["coworking.claim.line"].sudo()
        domain = (
            Domain("claim_id.agreement_id", "=", self.agreement_id.id)
            & Domain("claim_id.step", "in", ("submitted", "accepted"))
            & Domain("cost_id", "in", costs.ids)
        )
        rows = lines._read_group(domain, ["cost_id", "date_paid:day"], ["amount_paid:sum"])
        return {(cost.id, day): to_decimal(amount) for cost, day, amount in rows}

    def _get_paid_on(self, cost, day, told):
        """What was paid of an expense on a day, but for what was told before: the lists of an
        agreement sum to what was paid.

        :param told: see ``_get_told``; what is told now is noted there
        """
        payments = (payment.amount for payment in cost._get_payments() if payment.date == day)
        paid, before = sum(payments, to_decimal(0)), told.get((cost.id, day), to_decimal(0))
        told[cost.id, day] = paid
        return float(paid - before)
