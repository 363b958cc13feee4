from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ... import pricing
from ...pricing_inputs import PRICING_INPUTS
from ...tools import to_decimal, to_decimal_or_none
from ..base.whole import WholeOne2many

# In the context: the other prices that are written with these are still to come. No call from
# outside says so.
TO_COME = object()


class CoworkingTariff(models.Model):
    """One formula of a space: a unit, dated prices and the rules that turn days into an amount.

    What a period costs is computed by ``pricing``; this model only holds the terms. Terms without
    a date are locked once a settled charge has used them: a new price is a new dated row, a new
    rule is a new tariff.
    """

    _name = "coworking.tariff"
    _description = "Tariff of a Coworking Space"
    _inherit = [
        "coworking.thread.mixin",
        "coworking.portal.mixin",
        "coworking.billed.mixin",
        "coworking.record.mixin",
    ]
    _order = "space_id, sequence, id"
    _check_company_auto = True
    _purpose = "seat"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    space_id = fields.Many2one("coworking.space", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(
        related="space_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit = fields.Selection(
        [
            ("hour", "Hour"),
            ("half_day", "Half-day"),
            ("day", "Day"),
            ("week", "Week"),
            ("month", "Month"),
            ("pack", "Pack of tickets"),
        ],
        required=True,
        default="month",
        tracking=True,
    )
    price_ids = WholeOne2many("coworking.tariff.price", "tariff_id", copy=True)
    tax_included = fields.Boolean(
        string="Prices Include Tax",
        default=True,
        tracking=True,
        help="Whether the space publishes its prices with tax (TTC) or without (HT).",
    )
    seat_type = fields.Selection(
        [("nomad", "Nomad desk"), ("fixed", "Fixed desk"), ("office", "Office")],
        required=True,
        default="nomad",
    )
    uses_place = fields.Boolean(
        string="Holds a Place",
        compute="_compute_uses_place",
        store=True,
        readonly=False,
        precompute=True,
        help="Whether a seat on this tariff takes one of the places offered every day. Tickets and "
        "packs do not.",
    )
    period = fields.Selection(
        [("calendar", "Civil month"), ("anniversary", "From the start date")],
        required=True,
        default="calendar",
        tracking=True,
    )
    proration = fields.Selection(
        [
            ("daily", "Days covered / days of the month"),
            ("daily_30", "Days covered / 30"),
            ("half_month", "Half months"),
            ("working_days", "Working days covered / of the month"),
            ("none", "Whole month owed"),
        ],
        required=True,
        default="daily",
        tracking=True,
        help="What a month that is not covered from end to end costs.",
    )
    half_day_quantity = fields.Float(
        default=1.0,
        digits=(3, 2),
        tracking=True,
        help="What one half-day alone counts in days: 1, or 0.5.",
    )
    absence_rule = fields.Selection(
        [("charged", "Charged"), ("credited", "Not charged")],
        required=True,
        default="charged",
        tracking=True,
        help="Whether the days of a suspension are owed.",
    )
    closure_rule = fields.Selection(
        [("charged", "Charged"), ("credited", "Not charged")],
        required=True,
        default="charged",
        tracking=True,
        help="Whether the days on which the space is closed are owed.",
    )
    counts = fields.Selection(
        [("day", "Days"), ("hour", "Hours")],
        string="Included Quantity and Tickets Are",
        required=True,
        default="day",
        tracking=True,
    )
    daily_cap = fields.Monetary(tracking=True, help="The most one day costs. 0: no limit.")
    monthly_cap = fields.Monetary(tracking=True, help="The most one month costs. 0: no limit.")
    included_quantity = fields.Float(
        string="Days Included",
        digits=(6, 2),
        tracking=True,
        help="Days that a month pays for; those beyond it cost the overage price. 0: all of them.",
    )
    pack_size = fields.Float(string="Tickets in a Pack", digits=(6, 2), tracking=True)
    pack_validity_months = fields.Integer(tracking=True, help="0: without limit.")
    min_commitment_months = fields.Integer(
        string="Minimum Commitment (months)", tracking=True, aggregator=None
    )
    notice_days = fields.Integer(string="Notice (days)", tracking=True, aggregator=None)
    notice_rule = fields.Selection(
        [("date", "From the day of the notice"), ("month_end", "To the end of a month")],
        required=True,
        default="date",
        tracking=True,
    )
    billing_timing = fields.Selection(
        [("arrears", "After the month"), ("advance", "Before the month")],
        required=True,
        default="arrears",
        tracking=True,
    )
    source = fields.Char(help="Where these prices were published, or who gave them.")
    source_year = fields.Integer()
    first_price = fields.Monetary(
        string="Current Price",
        compute="_compute_first_price",
        inverse="_inverse_first_price",
        help="The price of today. A tariff that has none yet gets this one, from the day on which"
        " the program starts.",
    )
    price_summary = fields.Char(
        compute="_compute_price_summary",
        compute_sudo=True,
        help="The price of today, in words.",
    )

    _half_day_range = models.Constraint(
        "CHECK (half_day_quantity > 0 AND half_day_quantity <= 1)",
        "A half-day counts for more than 0 and at most 1 day.",
    )
    _amounts_positive = models.Constraint(
        "CHECK (daily_cap >= 0 AND monthly_cap >= 0 AND included_quantity >= 0 AND pack_size >= 0"
        " AND pack_validity_months >= 0 AND min_commitment_months >= 0 AND notice_days >= 0)",
        "The amounts, quantities and durations of a tariff cannot be negative.",
    )
    _pack_has_size = models.Constraint(
        "CHECK (unit != 'pack' OR pack_size > 0)", "Say how many tickets the pack holds."
    )

    @api.model
    def _get_portal_fields(self):
        return {
            "name",
            "sequence",
            "space_id",
            "currency_id",
            "unit",
            "tax_included",
            "seat_type",
            "price_summary",
        }

    @api.model
    def _get_locked_terms(self):
        """Fields without a date that decide amounts: they may not change under settled charges."""
        return sorted(PRICING_INPUTS[self._name] | {"billing_timing"})

    @api.depends("name", "space_id.name")
    @api.depends_context("coworking_space_shown")
    def _compute_display_name(self):
        hide_space = self.env.context.get("coworking_space_shown")
        for tariff in self:
            parts = (tariff.name,) if hide_space else (tariff.space_id.name, tariff.name)
            tariff.display_name = " · ".join(filter(None, parts))

    @api.model
    def _search_display_name(self, operator, value):
        """A tariff is also found by "Space · Tariff", as it is shown: imports need it."""
        domain = Domain(super()._search_display_name(operator, value))
        if operator.startswith("not ") or operator == "!=":
            return domain
        for text in [value] if isinstance(value, str) else value:
            if isinstance(text, str) and " · " in text:
                space, name = text.split(" · ", 1)
                wanted = "=" if operator == "in" else operator
                domain |= Domain("space_id.name", wanted, space) & Domain("name", wanted, name)
        return domain

    @api.depends("unit")
    def _compute_uses_place(self):
        for tariff in self:
            tariff.uses_place = tariff.unit in ("week", "month")

    @api.depends(
        "price_ids.price", "price_ids.date_start", "price_ids.rank", "unit", "tax_included"
    )
    def _compute_price_summary(self):
        for tariff in self:
            price = tariff._price_on(tariff.space_id._get_today()) if tariff.space_id else None
            tariff.price_summary = tariff._price_in_words(price) if price else False

    @api.depends("price_ids.price", "price_ids.date_start", "price_ids.rank")
    def _compute_first_price(self):
        for tariff in self:
            row = tariff._price_on(tariff.space_id._get_today()) if tariff.space_id else None
            tariff.first_price = row.price if row else 0.0

    def _inverse_first_price(self):
        """A price is never rewritten: it changes on a day."""
        start = self.env["coworking.tariff.price"]._get_first_day()
        for tariff in self:
            if not tariff.price_ids:
                rows = [Command.create({"date_start": start, "price": tariff.first_price})]
                tariff.price_ids = rows if tariff.first_price else []
            elif tariff.currency_id.compare_amounts(
                tariff.first_price, tariff._price_on(tariff.space_id._get_today()).price
            ):
                raise UserError(
                    self.env._(
                        "Tariff %(tariff)s has a price already. It changes on a day: open the"
                        " tariff, then New Price.",
                        tariff=tariff.display_name,
                    )
                )

    def _filter_with_ranks(self):
        """Those of these tariffs whose price depends on who comes first."""
        return self & self.price_ids.filtered(lambda row: row.rank > 1).tariff_id

    def _price_on(self, day):
        """The first-rank price row in force on a day, or an empty recordset."""
        self.ensure_one()
        return self.price_ids.filtered(lambda row: row.date_start <= day and row.rank == 1).sorted(
            "date_start"
        )[-1:]

    def _get_ladder_on(self, day):
        """The price rows in force on a day, by rank."""
        self.ensure_one()
        begun = self.price_ids.filtered(lambda row: row.date_start <= day)
        start = max(begun.mapped("date_start"), default=None)
        return begun.filtered(lambda row: row.date_start == start).sorted("rank")

    def _price_in_words(self, price):
        """For people: ``140,00 € TTC par mois``."""
        self.ensure_one()
        units = {
            "hour": self.env._("an hour"),
            "half_day": self.env._("a half-day"),
            "day": self.env._("a day"),
            "week": self.env._("a week"),
            "month": self.env._("a month"),
            "pack": self.env._(
                "for %(size)s tickets", size=formatLang(self.env, self.pack_size, digits=0)
            ),
        }
        return self.env._(
            "%(amount)s %(tax)s %(unit)s",
            amount=self.currency_id.format(price.price),
            tax=self.env._("incl. VAT") if self.tax_included else self.env._("excl. VAT"),
            unit=units[self.unit],
        )

    def _describe_binding(self):
        """How long one is bound, for people: commitment, then notice; nothing where free."""
        parts = []
        if self.min_commitment_months:
            parts.append(
                self.env._("1 month of commitment")
                if self.min_commitment_months == 1
                else self.env._(
                    "%(months)s months of commitment", months=self.min_commitment_months
                )
            )
        if self.notice_days:
            parts.append(self.env._("%(days)s days of notice", days=self.notice_days))
        return parts

    @api.constrains("unit", "pack_size", "half_day_quantity")
    def _check_terms(self):
        """The terms hold together, as ``pricing`` understands them."""
        for tariff in self.exists():
            try:
                tariff._to_terms()
            except pricing.PricingError as error:
                raise ValidationError(tariff._get_terms_problem(error)) from error

    def _check_prices(self):
        """The prices hold together: of those that are written with their tariff, once all are."""
        if self.env.context.get("coworking_prices") is not TO_COME:
            self._check_terms()
            self._check_ladders()

    def _check_ladders(self):
        """Prices that list fewer ranks than those before change the others: not unless meant."""
        for tariff in self.exists():
            before = self.env["coworking.tariff.price"]
            for start in sorted(set(tariff.price_ids.mapped("date_start"))):
                ladder = tariff._get_ladder_on(start)
                last = ladder[-1:]
                lost = before.filtered(lambda row, last=last: row.rank > last.rank)
                if lost and not last.fewer_ranks:
                    raise ValidationError(
                        self.env._(
                            "Tariff %(tariff)s: the prices from %(date)s end with rank %(rank)s,"
                            " those before with rank %(before)s. %(changes)s\nGive these ranks"
                            " their price too (the button New Price lists them all), or tick"
                            " “Fewer Ranks on Purpose” on the last one.",
                            tariff=tariff.display_name,
                            date=format_date(self.env, start),
                            rank=last.rank,
                            before=lost[-1:].rank,
                            changes=tariff._describe_lost_ranks(lost, last.price),
                        )
                    )
                before = ladder

    def _describe_lost_ranks(self, lost, price):
        """What seats pay whose rank no longer has a price: ``Rank 2: 190,00 € instead of...``.

        :param lost: price rows of these ranks, as they were
        :param price: what they pay now
        """
        money = self.currency_id.format
        return " ".join(
            self.env._(
                "Rank %(rank)s: %(price)s instead of %(before)s.",
                rank=row.rank,
                price=money(price),
                before=money(row.price),
            )
            for row in lost
        )

    def _get_terms_problem(self, error):
        """A ``PricingError`` about these terms in the user's words, with what to do."""
        self.ensure_one()
        facts = error.facts
        if error.code == "rank_hole":
            return self.env._(
                "Tariff %(tariff)s: the prices from %(date)s have no rank %(rank)s. The prices of"
                " one day are numbered 1, 2, 3... without a hole.",
                tariff=self.display_name,
                date=format_date(self.env, facts["date"]),
                rank=facts["rank"],
            )
        if error.code == "duplicate_price":
            return self.env._(
                "Tariff %(tariff)s has two prices of rank %(rank)s from %(date)s. Keep one.",
                tariff=self.display_name,
                date=format_date(self.env, facts["date"]),
                rank=facts["rank"],
            )
        if error.code == "pack_without_size":
            return self.env._(
                "Tariff %(tariff)s: say how many tickets the pack holds.", tariff=self.display_name
            )
        return self.env._(
            "Tariff %(tariff)s cannot be priced: %(error)s", tariff=self.display_name, error=error
        )

    @api.constrains("unit", "included_quantity", "period")
    def _check_terms_fit(self):
        for tariff in self:
            if tariff.unit != "month" and (
                tariff.included_quantity or tariff.period == "anniversary"
            ):
                raise ValidationError(
                    self.env._(
                        "Tariff %(tariff)s: days included and periods from the start date are for"
                        " tariffs by month only.",
                        tariff=tariff.display_name,
                    )
                )

    # === CRUD METHODS ===#

    def write(self, vals):
        changed = [
            name
            for name in self._get_locked_terms()
            if name in vals
            and any(
                tariff._fields[name].convert_to_cache(vals[name], tariff)
                != tariff._fields[name].convert_to_cache(tariff[name], tariff)
                for tariff in self
            )
        ]
        if changed:
            self._check_terms_may_change(changed)
        if "price_ids" in vals:
            tariffs = self.with_context(coworking_prices=TO_COME)
            result = super(CoworkingTariff, tariffs).write(vals)
            self._check_prices()
        else:
            result = super().write(vals)
        if changed:
            self.flush_recordset()  # the database refuses in words what nobody can compute with
            self._prices_changed()
        return result

    # === ACTION METHODS ===#

    def action_increase(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accept a new price"),
            "res_model": "coworking.tariff.increase",
            "view_mode": "form",
            "target": "new",
            "context": {"default_tariff_id": self.id},
        }

    # === BUSINESS METHODS ===#

    def _check_terms_may_change(self, names):
        """Hook of who settles months with these terms.

        :param names: fields without a date that are about to change
        """

    def _prices_changed(self):
        """Hook of who computes what seats cost: a price or a term of these tariffs changed."""

    def _get_name_in_messages(self):
        return self.env._("Tariff %(tariff)s", tariff=self.display_name)

    def _to_terms(self):
        """These terms as ``pricing.Terms``."""
        self.ensure_one()
        return pricing.Terms(
            unit=self.unit,
            prices=tuple(row._to_price() for row in self.price_ids),
            tax_included=self.tax_included,
            period=self.period,
            proration=self.proration,
            half_day_quantity=to_decimal(self.half_day_quantity),
            counts=self.counts,
            absence_rule=self.absence_rule,
            closure_rule=self.closure_rule,
            daily_cap=to_decimal_or_none(self.daily_cap),
            monthly_cap=to_decimal_or_none(self.monthly_cap),
            included_quantity=to_decimal_or_none(self.included_quantity),
            pack_size=to_decimal_or_none(self.pack_size),
            pack_validity_months=self.pack_validity_months or None,
            min_commitment_months=self.min_commitment_months,
            notice_days=self.notice_days,
            notice_rule=self.notice_rule,
            step=to_decimal(self.currency_id.rounding),
        )
