from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...tools import short_number, to_decimal
from ..base.processing import NETWORK

# Kinds of charges that a funder may admit, in the order of the screen. What is owed for a
# commitment or a notice is never a funder's.
ADMISSIBLE_KINDS = ("regular", "overage", "pack", "membership", "deposit", "extra")


def make_box(kind, label):
    """A box that says whether a kind of charge is one of ``eligible_kinds``.

    Each has methods of its own: Odoo writes fields of one inverse without knowing the others.
    """
    return fields.Boolean(
        string=label,
        compute=api.depends("eligible_kinds")(lambda self: self._compute_admits(kind)),
        inverse=lambda self: self._inverse_admits(kind),
    )


class CoworkingFundingAgreement(models.Model):
    """What a funder granted: amount, rate, service dates, and until when evidence is kept."""

    _name = "coworking.funding.agreement"
    _description = "Funding Agreement"
    _processing = NETWORK
    _inherit = ["coworking.thread.mixin", "mail.activity.mixin", "coworking.record.mixin"]
    _order = "date_from desc, reference"
    _rec_name = "reference"
    _check_company_auto = True

    reference = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Funder", required=True, index=True, check_company=True, tracking=True
    )
    program_ids = fields.Many2many(
        "coworking.program",
        "coworking_agreement_program_rel",
        "agreement_id",
        "program_id",
        string="Programs",
        check_company=True,
        context={"active_test": False},  # what was granted to one that is over was granted
    )
    commitment_number = fields.Char(help="The funder's own number for this commitment.")
    date_from = fields.Date(string="Services From", required=True, tracking=True)
    date_to = fields.Date(string="Services To", required=True, tracking=True)
    date_paid_limit = fields.Date(
        string="Paid Before", help="Expenses paid after this day are not admitted."
    )
    amount_granted = fields.Monetary(tracking=True)
    amount_used_before = fields.Monetary(
        string="Used Before the Take-Over",
        copy=False,
        tracking=True,
        help="For a program taken over while it runs: what this funder took part in elsewhere, and"
        " is no longer left of the grant.",
    )
    rate = fields.Float(
        string="Rate (%)",
        digits=(5, 2),
        aggregator=None,
        default=lambda self: self._default_rate(),
        tracking=True,
        help="Part of what the program pays for a seat that this funder takes over.",
    )
    eligible_kinds = fields.Char(
        default="regular,overage,pack,membership",
        help="Kinds of charges this funder admits, separated by commas.",
    )
    admits_regular = make_box("regular", "Seat")
    admits_overage = make_box("overage", "Days beyond those included")
    admits_pack = make_box("pack", "Pack of tickets")
    admits_membership = make_box("membership", "Membership fee")
    admits_deposit = make_box("deposit", "Deposit")
    admits_extra = make_box("extra", "Extra")
    eligible_without_presence = fields.Boolean(
        help="Whether the funder admits months that were paid without any presence."
    )
    instalments = fields.Text(help="How and when the grant is paid: advance, interim, balance.")
    targets = fields.Text(help="What the funder expects: number of people, profiles, results.")
    evidence_until = fields.Date(
        string="Keep Evidence Until", help="Bills and attendance are not purged before this day."
    )
    note = fields.Html()

    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "A funding agreement cannot end before it starts."
    )
    _rate_range = models.Constraint(
        "CHECK (rate >= 0 AND rate <= 100)",
        "The rate of a funding agreement is between 0 and 100 %.",
    )
    _amount_positive = models.Constraint(
        "CHECK (amount_granted >= 0)", "The amount granted cannot be negative."
    )
    _amount_used_positive = models.Constraint(
        "CHECK (amount_used_before >= 0)",
        "What was used of a grant before the take-over cannot be negative.",
    )

    @api.model
    def _default_rate(self):
        """What others leave of the programs that it is made for, from its first day on."""
        context = self.env.context
        since = fields.Date.to_date(context.get("default_date_from"))
        since = since or fields.Date.context_today(self)
        # ids or commands, as Odoo takes both
        made_for = self.new({"program_ids": context.get("default_program_ids", [])})
        taken = [
            together._add_rates()
            for program in made_for.program_ids._origin
            for __, together in program.agreement_ids._group_by_day(since)
        ]
        return float(100 - max(taken, default=0))

    def _compute_admits(self, kind):
        for agreement in self:
            agreement[f"admits_{kind}"] = kind in agreement._get_eligible_kinds()

    def _inverse_admits(self, kind):
        for agreement in self:
            kinds = agreement._get_eligible_kinds() - {kind}
            if agreement[f"admits_{kind}"]:
                kinds.add(kind)
            ours = [each for each in ADMISSIBLE_KINDS if each in kinds]
            agreement.eligible_kinds = ",".join([*ours, *sorted(kinds - set(ours))])

    def _get_eligible_kinds(self):
        """Set of the kinds of charges that this funder admits."""
        self.ensure_one()
        kinds = (kind.strip() for kind in (self.eligible_kinds or "").split(","))
        return {kind for kind in kinds if kind}

    @api.constrains("active", "rate", "date_from", "date_to", "program_ids")
    def _check_rates(self):
        for program in self.program_ids:
            program.agreement_ids._check_rates_of_program(program)

    def _check_rates_of_program(self, program):
        """No day on which the rates of these agreements are above 100 % together."""
        for day, together in self._group_by_day():
            if together._add_rates() > 100:
                raise ValidationError(
                    self.env._(
                        "On %(day)s the agreements of program %(program)s fund more than 100 %%:"
                        " %(agreements)s. Lower a rate, or part their dates.",
                        day=format_date(self.env, day),
                        program=program.name,
                        agreements=", ".join(
                            f"{other.reference} {short_number(self.env, other.rate)} %"
                            for other in together
                        ),
                    )
                )

    def _group_by_day(self, since=None):
        """:return: list of (day, agreements that run on it), of each day on which one begins, or
        that is the first of those asked for
        """
        days = {max(agreement.date_from, since or agreement.date_from) for agreement in self}
        return [
            (day, self.filtered(lambda other, day=day: other.date_from <= day <= other.date_to))
            for day in sorted(days)
        ]

    def _add_rates(self):
        """Exactly: added as floats, 22.6, 4.72 and 72.68 are more than 100."""
        return sum(to_decimal(agreement.rate) for agreement in self)

    def _admits_in(self, kind, month):
        """Whether the funder takes part in what is of a kind, in a month within the dates."""
        self.ensure_one()
        return kind in self._get_eligible_kinds() and self.date_from <= month <= self.date_to

    def _get_available(self):
        """What there is to take from of the grant, as ``Decimal``: not what was used elsewhere."""
        self.ensure_one()
        granted, used = to_decimal(self.amount_granted), to_decimal(self.amount_used_before)
        return max(granted - used, to_decimal(0))

    def _lasts(self, left, taken, returned):
        """Whether what is left of the grant is enough in whatever order this is taken from it and
        given back to it.

        :param returned: not above zero
        """
        self.ensure_one()
        return taken <= left
