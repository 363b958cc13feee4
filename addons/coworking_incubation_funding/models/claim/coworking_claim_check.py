from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ... import funding
from .coworking_claim import OPEN_STEPS

# What may be missing of a line, in the order of telling; proofs may be overridden with a reason.
PROOFS = ("bill", "payment", "presence", "signature")
MISSING = (*PROOFS, "heading")
# How many lines an error names.
MOST_LINES = 20


class CoworkingClaimLine(models.Model):
    """What is missing before a line may be sent, and what became of its share since."""

    _inherit = "coworking.claim.line"

    missing_codes = fields.Char(
        compute="_compute_missing", export_string_translation=False, compute_sudo=True
    )
    missing_text = fields.Char(string="Missing", compute="_compute_missing_text")
    misses_bill = fields.Boolean(compute="_compute_misses", export_string_translation=False)
    misses_payment = fields.Boolean(compute="_compute_misses", export_string_translation=False)
    misses_presence = fields.Boolean(compute="_compute_misses", export_string_translation=False)
    misses_signature = fields.Boolean(compute="_compute_misses", export_string_translation=False)
    misses_heading = fields.Boolean(compute="_compute_misses", export_string_translation=False)
    problem = fields.Char(compute="_compute_missing", compute_sudo=True)

    @api.depends("claim_id.step", "override_codes", "allocation_id", "amount")
    @api.depends_context("lang")
    def _compute_missing(self):
        """Of open claims alone: codes of ``MISSING`` that nobody overrode, and what is wrong."""
        self.missing_codes = self.problem = False
        for claim in self.claim_id:
            own = self.filtered(lambda line, claim=claim: line.claim_id == claim)
            if claim.step not in OPEN_STEPS:
                continue
            proofs = claim._origin._find_proofs()
            for line in own:
                codes = line._find_missing(proofs.get(line._origin, {}))
                overridden = (line.override_codes or "").split()
                line.missing_codes = " ".join(code for code in codes if code not in overridden)
                line.problem = line._find_problem()

    @api.depends("missing_codes")
    @api.depends_context("lang")
    def _compute_missing_text(self):
        words = self._get_missing_words()
        for line in self:
            codes = (line.missing_codes or "").split()
            line.missing_text = ", ".join(words[code] for code in codes)

    @api.depends("missing_codes")
    def _compute_misses(self):
        for line in self:
            codes = (line.missing_codes or "").split()
            for code in MISSING:
                line[f"misses_{code}"] = code in codes

    @api.model
    def _get_missing_words(self):
        return {
            "bill": self.env._("the file of the bill"),
            "payment": self.env._("the proof of payment"),
            "presence": self.env._("the proof of presence"),
            "signature": self.env._("the signed document"),
            "heading": self.env._("the heading of the agreement"),
        }

    def _find_missing(self, proofs):
        """Codes of ``MISSING``, whether overridden or not.

        :param proofs: see ``coworking.claim._find_proofs``
        """
        self.ensure_one()
        cost, codes = self.cost_id, []
        agreement = self.claim_id.agreement_id
        if not self.heading_id:
            codes.append("heading")
        if cost.kind == "flat" or cost.withdrawn:
            return codes
        if cost.move_id and not proofs.get("bill"):
            codes.append("bill")
        if self.amount < 0:  # what is given back needs no other proof
            return [code for code in MISSING if code in codes]
        if not proofs.get("paid"):
            codes.append("payment")
        proves = cost.charge_kind in funding.PRESENCE_KINDS
        if proves and not agreement.eligible_without_presence and not cost.presence_proven:
            codes.append("presence")
        if (cost.seat_id or cost.kind == "staff") and not proofs.get("signature"):
            codes.append("signature")
        return [code for code in MISSING if code in codes]

    def _find_problem(self):
        """What became of the share since the claim was put together, in words; empty: nothing."""
        self.ensure_one()
        share, cost, agreement = self.allocation_id, self.cost_id, self.claim_id.agreement_id
        if share and share.frozen:
            return self.env._("it was claimed already")
        moved = not share or share.agreement_id != agreement
        # what stays of an expense that was withdrawn sets off what was claimed of it
        offsets = cost.withdrawn and not moved
        unposted = not offsets and cost.move_id.state not in (False, "posted")
        if self.amount > 0 and unposted or moved and (not cost or cost.withdrawn):
            return self.env._("its bill is a draft again, was cancelled or deleted")
        if moved and cost.currency_id.is_zero(cost.paid_amount):
            return self.env._("it is not paid any more")
        if moved:
            return self.env._("it is shared out otherwise now")
        if cost.currency_id.compare_amounts(share.amount, self.amount):
            return self.env._(
                "its share is now %(now)s, and was %(before)s",
                now=cost.currency_id.format(share.amount),
                before=cost.currency_id.format(self.amount),
            )
        if self.amount > 0 and cost.kind != "flat" and not offsets:
            return self._find_outside(cost, agreement)
        return False

    def _find_outside(self, cost, agreement):
        """What the agreement says of the days of an expense, in words."""
        if cost.date_to < agreement.date_from or cost.date_from > agreement.date_to:
            return self.env._(
                "it was served outside %(first)s to %(last)s",
                first=format_date(self.env, agreement.date_from),
                last=format_date(self.env, agreement.date_to),
            )
        limit = agreement.date_paid_limit
        # what was paid in time may be parted anew by what came back later
        paid = limit and self.date_paid > limit and cost._get_siblings()
        if paid and not any(row.amount > 0 and row.date <= limit for row in paid._walk_payments()):
            return self.env._("it was paid after %s", format_date(self.env, limit))
        return False

    # === LINKS TO WHAT IS MISSING ===#

    def action_open_bill(self):
        self.ensure_one()
        return self.cost_id.move_id.get_formview_action()

    def action_open_payment(self):
        """The bill, where its payments are; of staff, the hours."""
        self.ensure_one()
        return (self.cost_id.move_id or self.cost_id.staff_time_id).get_formview_action()

    def action_open_proof(self):
        """The seat, with its presences and agreements; of staff, the hours with their sheet."""
        self.ensure_one()
        return (self.cost_id.seat_id or self.cost_id.staff_time_id).get_formview_action()

    def action_open_heading(self):
        self.ensure_one()
        return self.claim_id.agreement_id.get_formview_action()

    def action_open_cost(self):
        self.ensure_one()
        return self.cost_id.get_formview_action()

    def _override(self, reason):
        """Somebody sends these without the proofs that are missing, and says why.

        :raise UserError: something else than a proof is missing, or nothing is
        """
        self.claim_id._check_may_change(OPEN_STEPS)
        for line in self:
            codes = [code for code in (line.missing_codes or "").split() if code in PROOFS]
            if not codes:
                raise UserError(
                    self.env._(
                        "%s: no proof is missing. Of a heading or a share, mend what is wrong"
                        " instead.",
                        line.display_name,
                    )
                )
            before = (line.override_codes or "").split()
            # sudo: that this was done by them is written by code alone
            line.sudo().write(
                {
                    "override_codes": " ".join(
                        code for code in PROOFS if code in codes or code in before
                    ),
                    "override_reason": reason,
                    "overridden_by_id": self.env.uid,
                }
            )


class CoworkingClaim(models.Model):
    """What is missing before a claim may be sent."""

    _inherit = "coworking.claim"

    open_months = fields.Text(
        string="Not Closed",
        compute="_compute_open_months",
        compute_sudo=True,
        help="While a month is not closed, more may come: it goes to the next claim.",
    )
    open_months_reason = fields.Char(
        string="Sent All the Same, Because", help="Months of the period are not closed."
    )
    gap_line_ids = fields.Many2many(
        "coworking.claim.line", string="Lines to Complete", compute="_compute_gaps"
    )
    gap_count = fields.Integer(string="To Complete", compute="_compute_gaps")
    line_count = fields.Integer(string="Lines", compute="_compute_gaps")
    # What there is to ask for is not what the lines say any more.
    has_changed = fields.Boolean(compute="_compute_gaps", export_string_translation=False)
    has_differences = fields.Boolean(compute="_compute_gaps", export_string_translation=False)
    earlier_amount = fields.Monetary(
        string="Earlier, Not Claimed",
        compute="_compute_gaps",
        help="Shares that were paid and served before the period, and that no claim asks for.",
    )

    @api.depends(
        *("line_ids.missing_codes", "line_ids.problem", "line_ids.difference_of"),
        *("step", "date_from"),
    )
    def _compute_gaps(self):
        for claim in self:
            open_ = claim.step in OPEN_STEPS
            gaps = claim.line_ids.filtered(lambda line: line.missing_codes or line.problem)
            claim.gap_line_ids = gaps
            claim.gap_count = len(gaps)
            claim.line_count = len(claim.line_ids)
            claim.has_differences = any(claim.line_ids.mapped("difference_of"))
            claim.has_changed = open_ and bool(claim.id) and claim._find_whether_changed()
            claim.earlier_amount = claim._get_earlier_amount() if open_ and claim.id else 0.0

    def _find_whether_changed(self):
        """Whether looking at an open claim again would make other lines."""
        self.ensure_one()
        shares = self.env["coworking.allocation"].search(self._get_share_domain(), order="id")
        return any(self.line_ids.mapped("problem")) or shares != self.line_ids.allocation_id

    def _get_earlier_amount(self):
        self.ensure_one()
        domain = self._get_unclaimed_domain() & ~self._get_share_domain()
        ((amount,),) = self.env["coworking.allocation"]._read_group(
            domain & fields.Domain("date_paid", "<", self.date_from),
            aggregates=["amount:sum"],
        )
        return amount or 0.0

    @api.depends("agreement_id", "date_from", "date_to", "step")
    def _compute_open_months(self):
        reports = self.env["coworking.report"]
        for claim in self:
            claim.open_months = False
            if claim.step in OPEN_STEPS and claim.date_from and claim.date_to:
                period = reports.new(
                    {
                        "program_ids": claim.agreement_id.program_ids.ids,
                        "date_from": claim.date_from,
                        "date_to": claim.date_to,
                    }
                )
                claim.open_months = "\n".join(period._find_open_months())

    def _check_complete(self):
        """:raise UserError: all that keeps a claim from being sent, line by line"""
        self.ensure_one()
        told = []
        if self._find_whether_changed():
            told.append(self.env._("there is something else to ask for: choose “Look Again”"))
        elif not self.line_ids:
            told.append(
                self.env._("nothing was paid and served in its period that no other claim asks for")
            )
        told += self._find_rates_above()
        for line in self.line_ids.filtered(lambda line: line.problem or line.missing_codes):
            what = [line.problem] if line.problem else []
            if line.missing_text:
                what.append(self.env._("missing: %s", line.missing_text))
            told.append(
                self.env._("%(line)s: %(what)s", line=line.display_name, what="; ".join(what))
            )
        if self.open_months and not self.open_months_reason:
            told += [
                self.env._("month that is not closed, %s", month)
                for month in self.open_months.split("\n")
            ]
        if not told:
            return
        more = len(told) - MOST_LINES
        rows = [f"- {row}" for row in told[:MOST_LINES]]
        if more > 0:
            rows.append(self.env._("- and %s more", more))
        raise UserError(
            "\n".join(
                [
                    self.env._("%s cannot be sent yet:", self.name),
                    *rows,
                    self.env._(
                        "Complete what is missing, or say line by line why it is sent without;"
                        " where a line changed, look at the claim again."
                    ),
                ]
            )
        )

    def _find_rates_above(self):
        """Days on which the rates of funders are above 100 %: list of sentences."""
        found = []
        # sudo: agreements of the same programs, also those that somebody else may change alone
        for program in self.sudo().program_ids:
            try:
                program.agreement_ids._check_rates_of_program(program)
            except ValidationError as error:
                found.append(str(error))
        return found
