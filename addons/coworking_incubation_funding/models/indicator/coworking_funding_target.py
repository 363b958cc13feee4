from datetime import timedelta
from fractions import Fraction

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

from odoo.addons.coworking_incubation.tools import parse_domain

from ...indicators import PACE_WEEKS, THRESHOLD, percent, project

WEEK = timedelta(days=7)
# What is counted of a target, in the order of the query.
COUNTED = ("count", "among", "answered", "planned", "recent")


class CoworkingFundingTarget(models.Model):
    """What a funder expects: a figure of an indicator, by a day; where it is, and where it goes."""

    _name = "coworking.funding.target"
    _description = "Funding Target"
    _inherit = ["coworking.record.mixin"]
    _order = "date, agreement_id, id"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        "coworking.funding.agreement", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="agreement_id.partner_id", string="Funder")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, precompute=True)
    indicator_id = fields.Many2one(
        "coworking.indicator",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    is_rate = fields.Boolean(related="indicator_id.has_rate")
    value = fields.Float(
        string="Expected",
        required=True,
        digits=(12, 1),
        aggregator=None,
        help="People, or percent of a rate.",
    )
    date_from = fields.Date(
        string="Counted From",
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date = fields.Date(
        string="To Reach By",
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    unit = fields.Char(compute="_compute_unit", help="The sign of percent, of a rate.")
    actual = fields.Float(compute="_compute_actual", digits=(12, 1))
    projected = fields.Float(compute="_compute_actual", digits=(12, 1))
    is_hidden = fields.Boolean(
        compute="_compute_actual", help="A small figure that the user may not read."
    )
    actual_text = fields.Char(string="To Date", compute="_compute_actual")
    projected_text = fields.Char(string="Projection", compute="_compute_actual")
    explanation = fields.Char(
        compute="_compute_actual", help="How the projection comes about, or what the rate is of."
    )
    status = fields.Selection(
        [
            ("reached", "Reached"),
            ("fine", "On the way"),
            ("behind", "Behind"),
            ("missed", "Missed"),
        ],
        compute="_compute_actual",
    )

    _value_positive = models.Constraint("CHECK (value > 0)", "A target expects more than nothing.")
    _dates = models.Constraint(
        "CHECK (date >= date_from)", "A target cannot be due before it begins to be counted."
    )

    @api.depends("indicator_id.name", "agreement_id.reference")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for target in self:
            agreement, indicator = target.agreement_id.reference, target.indicator_id.name
            target.display_name = (agreement and indicator) and self.env._(
                "%(agreement)s: %(indicator)s", agreement=agreement, indicator=indicator
            )

    @api.depends("agreement_id")
    def _compute_dates(self):
        """The service dates of the agreement, unless somebody says otherwise."""
        for target in self:
            target.date_from = target.date_from or target.agreement_id.date_from
            target.date = target.date or target.agreement_id.date_to

    @api.depends("is_rate")
    def _compute_unit(self):
        for target in self:
            target.unit = "%" if target.is_rate else False

    @api.depends(
        *("value", "date_from", "date", "agreement_id.program_ids"),
        *("indicator_id.domain", "indicator_id.among_domain", "indicator_id.answered_domain"),
        *("indicator_id.basis", "indicator_id.has_rate", "indicator_id.rate_of"),
    )
    @api.depends_context("uid", "lang")
    def _compute_actual(self):
        today = fields.Date.context_today(self)
        counted = self._count(today)
        readers = self.env["coworking.indicator"]._get_readers()
        for target in self:
            numbers = counted.get(target, {})
            is_reader = readers[target.indicator_id.is_sensitive]
            target.is_hidden = not is_reader and target._is_small(numbers)
            if target.is_rate:
                target._take_rate(numbers, today)
            else:
                target._take_count(numbers, today)
            if target.is_hidden:
                target.actual = target.projected = 0
                target.actual_text = self.env._("fewer than %s", THRESHOLD)
                target.projected_text = target.explanation = False
                if target.is_rate or target.value < THRESHOLD:
                    target.status = False  # it would tell of the figure
            elif not is_reader and target._tells_of_few(numbers):
                target.projected, target.projected_text, target.explanation = 0, False, False

    def _is_small(self, numbers):
        """Whether so few are counted, or planned where nobody is, or are left out of a rate, that
        one might know them.
        """
        told = {numbers.get("count", 0) or numbers.get("planned", 0)}
        if self.is_rate:
            base, among = self._get_base(numbers), numbers.get("among", 0)
            told |= {base, among, base - among}
        return any(0 < number < THRESHOLD for number in told)

    def _tells_of_few(self, numbers):
        """Whether the projection would tell of the personal situation of few who are planned, or
        came lately.
        """
        told = [] if self.is_rate else [numbers.get("planned", 0), numbers.get("recent", 0)]
        few = any(0 < number < THRESHOLD for number in told)
        return few and self.indicator_id.is_sensitive

    def _get_base(self, numbers):
        """Of how many people a rate is."""
        return numbers.get("answered" if self.indicator_id.rate_of == "answered" else "count", 0)

    def _take_rate(self, numbers, today):
        """A rate is where it is: nothing says who will leave to what."""
        base = self._get_base(numbers)
        rate = percent(numbers.get("among", 0), base)
        self.actual = self.projected = float(rate or 0)
        text = formatLang(self.env, self.actual, digits=1) + " %" if rate is not None else ""
        self.actual_text = self.projected_text = text
        self.explanation = self.env._(
            "%(part)s of %(whole)s people", part=numbers.get("among", 0), whole=base
        )
        self.status = self._get_status(today)

    def _take_count(self, numbers, today):
        """See ``indicators.project``."""
        actual, planned, recent = (numbers.get(name, 0) for name in ("count", "planned", "recent"))
        day = min(today, self.date or today)
        seen = Fraction((day - (self.date_from or day)).days + 1, 7)
        left = Fraction(max(((self.date or day) - day).days, 0), 7)
        self.actual = actual
        self.projected = project(actual, planned, recent, seen, left)
        self.actual_text = str(actual)
        self.projected_text = str(int(self.projected))
        self.status = self._get_status(today)
        if not left:
            self.explanation = self.env._("Counted until %s", format_date(self.env, self.date))
            return
        weeks = max(min(seen, Fraction(PACE_WEEKS)), Fraction(1, 7))
        self.explanation = self.env._(
            "%(actual)s so far + %(planned)s planned + %(pace)s a week (pace of the last %(seen)s"
            " weeks) × %(left)s weeks left",
            actual=actual,
            planned=planned,
            pace=formatLang(self.env, float(recent / weeks), digits=1),
            seen=max(round(weeks), 1),
            left=formatLang(self.env, float(left), digits=1),
        )

    def _get_status(self, today):
        """A number once reached stays so; a rate may still change until its day."""
        is_over = self.date and self.date < today
        if self.actual >= self.value and (is_over or not self.is_rate):
            return "reached"
        if is_over:
            return "missed"
        return "fine" if self.projected >= self.value else "behind"

    # === COUNTING ===#

    def _count(self, today):
        """How many people there are of each target: one query for all of them.

        :return: dict target -> dict count, among, answered, planned, recent
        """
        known = self.filtered(lambda row: row.agreement_id and row.indicator_id and row.date_from)
        if not known:
            return {}
        self.env.flush_all()
        queries = [target._select_counts(place, today) for place, target in enumerate(known)]
        rows = self.env.execute_query(SQL(" UNION ALL ").join(queries))
        return {known[place]: dict(zip(COUNTED, numbers, strict=True)) for place, *numbers in rows}

    def _select_counts(self, place, today):
        indicator, programs = self.indicator_id, self.agreement_id.program_ids._origin
        day = min(today, self.date)
        has_begun = self.date_from <= day
        people = Domain.FALSE
        if has_begun:
            people = indicator._get_people(programs, self.date_from, day)
        lately = max(day - WEEK * PACE_WEEKS + timedelta(days=1), self.date_from)
        planned, recent = Domain.FALSE, indicator._get_people(programs, lately, day)
        if indicator.basis in ("entered", "present"):
            # whoever is there before it begins may be there once it has begun
            planned = indicator._get_people(programs, self.date_from, self.date)
            if has_begun:
                planned &= Domain("date_entry", ">", day)
            recent = people & Domain("date_entry", ">=", lately)
        among = answered = Domain.FALSE
        if indicator.has_rate:
            answered = people & parse_domain(indicator.answered_domain)
            base = answered if indicator.rate_of == "answered" else people
            among = base & parse_domain(indicator.among_domain)
        # sudo: counted for the agreement, whoever looks: see FigureCounter
        files = self.env["coworking.participant"].sudo().with_context(active_test=False)
        return SQL(
            "SELECT %s, %s",
            place,
            SQL(", ").join(
                SQL("(SELECT COUNT(*) FROM %s found)", files._search(domain).subselect())
                for domain in (people, among, answered, planned, recent)
            ),
        )
