import re

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.coworking_incubation.models.network.coworking_funding_agreement import (
    ADMISSIBLE_KINDS,
)
from odoo.addons.coworking_incubation.tools import parse_domain, to_decimal

from ... import funding

# What the text of the core says of an instalment, as it is written in French and in English.
INSTALMENT_WORDS = {
    "advance": r"avance|advance",
    "interim": r"acompte|interm[ée]diaire|interim|mi-parcours",
    "balance": r"solde|balance|unique|bilan",
}
# Terms that decide which part of an expense is whose.
TERMS = {
    *("amount_granted", "amount_used_before", "base_kind", "date_from", "date_paid_limit"),
    *("date_to", "eligible_without_presence", "method", "program_ids", "public_domain", "rate"),
    *("sequence", "active"),
}


class CoworkingFundingAgreement(models.Model):
    """The terms on which a funder takes part in what the program pays."""

    _inherit = "coworking.funding.agreement"

    sequence = fields.Integer(
        default=10, help="In this order: who takes first, and who gets the odd cent."
    )
    method = fields.Selection(
        [("rate", "By rate"), ("priority", "First, as far as the grant goes")],
        string="Takes Part",
        required=True,
        default="rate",
        tracking=True,
        help="By rate: its percentage of each expense. First: all of what it admits until its grant"
        " is used up; the others share the rest.",
    )
    base_kind = fields.Selection(
        [
            ("net", "What the program bears (net)"),
            ("gross", "What the space is paid (gross)"),
        ],
        string="Counted On",
        required=True,
        default="net",
        tracking=True,
        help="Net: what participants pay of their seats is taken off before the funder's part is"
        " counted. Gross: it is a resource beside that of the funder.",
    )
    public_domain = fields.Char(
        string="Public",
        groups="coworking_incubation.group_coworking_sensitive",
        help="Whom the funder counts, as they were at their entry. Empty: everybody.",
    )
    cash_window = fields.Integer(
        string="Pays After (Days)",
        default=60,
        help="How many days after a claim was accepted this funder pays, for the cash forecast.",
    )
    heading_ids = fields.One2many("coworking.funding.heading", "agreement_id", string="Headings")
    instalment_ids = fields.One2many(
        "coworking.funding.instalment", "agreement_id", string="Planned Instalments"
    )

    _cash_window_positive = models.Constraint(
        "CHECK (cash_window >= 0)", "A funder cannot pay before the claim is accepted."
    )

    @api.constrains("public_domain")
    def _check_public_domain(self):
        # Odoo checks as superuser: but who writes it may search only by what they may read.
        people = self.env["coworking.participant"].with_user(self.env.user)
        for agreement in self.filtered("public_domain"):
            try:
                domain = parse_domain(agreement.public_domain)
                people._search(domain)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The public of agreement %(agreement)s cannot be read: choose it again with"
                        " the filter.",
                        agreement=agreement.reference,
                    )
                ) from error

    @api.constrains("method")
    def _check_method(self):
        self._check_rates()

    def _group_by_day(self, since=None):
        """Who takes first has no rate."""
        return super(
            CoworkingFundingAgreement, self.filtered(lambda row: row.method == "rate")
        )._group_by_day(since)

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        agreements = super().create(vals_list)
        agreements.filtered(lambda agreement: not agreement.heading_ids)._make_headings()
        agreements._funding_terms_changed()
        return agreements

    def write(self, vals):
        if "program_ids" in vals:
            self._funding_terms_changed()  # of the programs that it leaves
        result = super().write(vals)
        if "eligible_kinds" in vals:
            self._kinds_to_headings()
        if "public_domain" in vals:
            self._forget_public()
            self._trace("changed", fields=["public_domain"])
        if vals.keys() & TERMS:
            self._funding_terms_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_received(self):
        self.instalment_ids._unlink_except_received()

    # === FROM TEXT TO RELATIONS ===#

    def _make_headings(self):
        """The seats that the core says are admitted, as a first heading; nothing, none."""
        kinds = {kind.code: kind.id for kind in self.env["coworking.charge.kind"].search([])}
        vals_list = []
        for agreement in self:
            ids = [kinds[code] for code in agreement._get_eligible_kinds() if code in kinds]
            if ids:
                vals_list.append(
                    {
                        "name": self.env._("Seats in coworking spaces"),
                        "agreement_id": agreement.id,
                        "kind": "seats",
                        "planned": agreement.amount_granted,
                        "charge_kind_ids": [Command.set(ids)],
                    }
                )
        self.env["coworking.funding.heading"].create(vals_list)

    def _kinds_to_headings(self):
        """What is ticked in the core, in the only heading for seats, if there is one."""
        kinds = {kind.code: kind.id for kind in self.env["coworking.charge.kind"].search([])}
        for agreement in self:
            heading = agreement.heading_ids.filtered(lambda row: row.kind == "seats")
            typed = (agreement.eligible_kinds or "").replace(" ", "").split(",")
            ids = [kinds[code] for code in typed if code in kinds]
            if not heading:
                agreement._make_headings()
            elif len(heading) == 1 and ids:
                heading.charge_kind_ids = [Command.set(ids)]

    def _make_instalments(self):
        """What the core has as a text ("Avance de 50 % à la signature, solde sur justificatifs."),
        once, when this addon is installed: one row for each part, with its words as the condition.
        """
        vals_list = []
        for agreement in self:
            parts = [
                part.strip(" .") for part in re.split(r",(?!\d)|[;\n]", agreement.instalments or "")
            ]
            left = agreement.amount_granted
            for part in filter(None, parts):
                percent = re.search(r"(\d+(?:[.,]\d+)?)\s*%", part)
                amount = left
                if percent:
                    rate = to_decimal(percent[1].replace(",", ".")) / 100
                    whole = to_decimal(agreement.amount_granted)
                    step = to_decimal(agreement.currency_id.rounding)
                    amount = min(float(funding.half_up(whole * rate, step)), left)
                elif part != parts[-1] and len(parts) > 1:
                    amount = 0.0
                kinds = (
                    kind
                    for kind, words in INSTALMENT_WORDS.items()
                    if re.search(words, part, re.IGNORECASE)
                )
                left = agreement.currency_id.round(left - amount)
                vals_list.append(
                    {
                        "agreement_id": agreement.id,
                        "kind": next(kinds, "interim"),
                        "amount": amount,
                        "condition": part,
                    }
                )
        self.env["coworking.funding.instalment"].create(vals_list)

    # === PUBLIC ===#

    def _forget_public(self):
        """Who belongs to it is looked up again."""
        people = self.env["coworking.funding.person"]
        # sudo: the rows follow from the agreement, nobody writes them
        people.sudo().search([("agreement_id", "in", self.ids)]).unlink()

    def action_look_up_public(self):
        """Whoever was entered wrongly, and mended, is looked at again."""
        self.check_access("write")
        self._forget_public()
        self._funding_terms_changed()
        return True

    # === BUSINESS METHODS ===#

    def _in_order(self):
        """These in the order in which they take part."""
        return self.sorted(lambda row: (row.sequence, row.date_from, row.id))

    def _get_eligible_kinds(self):
        """Those of the headings, where there are any, in place of the text."""
        kinds = set(self.heading_ids.charge_kind_ids.mapped("code"))
        return kinds & set(ADMISSIBLE_KINDS) if self.heading_ids else super()._get_eligible_kinds()

    def _funding_terms_changed(self):
        """Hook of who parts costs: these take part on other terms from now on."""

    def _lasts(self, left, taken, returned):
        """Who takes first is given back no more than was taken."""
        within = self.method == "rate" or left - returned <= self._get_available()
        return within and super()._lasts(left, taken, returned)

    def _to_agreement(self):
        """This agreement as ``funding.Agreement``."""
        self.ensure_one()
        return funding.Agreement(
            key=self.id,
            date_from=self.date_from,
            date_to=self.date_to,
            rate=to_decimal(self.rate),
            priority=self.method == "priority",
            net=self.base_kind == "net",
            granted=self._get_available(),
            date_paid_limit=self.date_paid_limit or None,
            needs_presence=not self.eligible_without_presence,
            over=not self.active,
            headings=tuple(heading._to_heading() for heading in self.heading_ids),
        )
