from collections import defaultdict
from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.intervals import Intervals

from ... import pricing
from ...pricing_inputs import PRICING_INPUTS
from ...tools import KNOWN, to_decimal
from ..base.coworking_thread_mixin import COMPANY
from ..base.discussion import get_address_words
from ..base.processing import NETWORK
from ..base.whole import WholeOne2many
from .public_holidays import get_public_holidays
from .territories import get_territory, get_time_zone

# Where Odoo itself says which fiscal position a partner has.
ODOO_POSITIONS = "odoo.addons.account.models.partner"
# Of taxes, what says which one is in force and what it takes.
TAX_FIELDS = ["active", "amount", "amount_type", "company_id", "tax_exigibility"]
# Hours of the first and of the last day of a closure.
WHOLE_DAYS = (0.0, 24.0)


def _get_bounds(day, zone):
    """The midnights between which a day lies in a time zone."""
    return tuple(
        zone.localize(datetime.combine(day + timedelta(days=later), time.min)) for later in (0, 1)
    )


class CoworkingSpace(models.Model):
    """One site where seats are paid. The legal entity that bills may run several sites."""

    _name = "coworking.space"
    _description = "Coworking Space"
    _processing = NETWORK
    _marks = {"operator_id": KNOWN}
    _inherit = [
        "coworking.thread.mixin",
        "mail.activity.mixin",
        "image.mixin",
        "coworking.code.mixin",
        "coworking.portal.mixin",
        "coworking.archive.mixin",
        "coworking.record.mixin",
    ]
    _order = "name"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, required=True, precompute=True
    )
    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="Short code that ends the reference of each monthly statement, such as MUTUALAB.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Site",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        help="Contact that holds the address of the site.",
    )
    operator_id = fields.Many2one(
        "res.partner",
        compute="_compute_operator_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Legal entity that sends the bills. The site itself unless it says otherwise.",
    )
    bills_without_vat = fields.Boolean(
        string="Bills without VAT",
        compute="_compute_bills_without_vat",
        inverse="_inverse_bills_without_vat",
        help="The operator owes no VAT: it is below the threshold, or exempt.",
    )
    manager_ids = fields.Many2many(
        "res.partner",
        "coworking_space_manager_rel",
        string="Managers",
        check_company=True,
        help="Contacts who welcome people, confirm arrivals and statements.",
    )
    substitute_ids = fields.Many2many(
        "res.partner",
        "coworking_space_substitute_rel",
        string="Second Contacts",
        check_company=True,
        help="They receive the mails and may do the same while a manager is away.",
    )
    absence_ids = fields.One2many(
        "coworking.space.absence",
        "space_id",
        string="Absences",
        groups="coworking_incubation.group_coworking_accompanist",
    )
    contact_words = fields.Char(
        string="Written To",
        compute="_compute_contact_words",
        compute_sudo=True,
        help="Who gets the mails of this space today, and at which address.",
    )
    seat_capacity = fields.Integer(
        string="Places Offered",
        tracking=True,
        help="How many people the program may place here on one day. Lowering it keeps those"
        " present. Pilotage shows past months with the number they had; one that is mended on the"
        " day the space is typed, or on the next, counts from the beginning.",
    )
    lock_version = fields.Integer(
        default=0,
        copy=False,
        readonly=True,
        help="Raised by the database each time places or months of this space are given out, so "
        "that "
        "two simultaneous transactions cannot both believe the last one is free.",
    )
    state = fields.Selection(
        [
            ("prospect", "Prospect"),
            ("partner", "Partner"),
            ("suspended", "Suspended"),
            ("closed", "Closed Down"),
        ],
        required=True,
        default="prospect",
        tracking=True,
    )
    date_partner = fields.Date(string="Partner Since", tracking=True)
    date_closed = fields.Date(string="Closed On", tracking=True)
    tariff_ids = fields.One2many("coworking.tariff", "space_id")
    amenity_ids = fields.Many2many("coworking.amenity", string="Amenities")
    sector_ids = fields.Many2many("coworking.sector", string="Sectors")
    membership_ids = WholeOne2many("coworking.space.membership", "space_id")
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Opening Hours",
        check_company=True,
        help="Hours, closures and time zone of the site.",
    )
    time_zone = fields.Char(
        compute="_compute_time_zone",
        help="By which clock it is today here: that of the opening hours, or else of the address"
        " (country and postcode), or else of the company's hours.",
    )
    opens_on_holidays = fields.Boolean(
        string="Open on Public Holidays",
        help="Otherwise public holidays are closed days in the grids of presences. What is charged"
        " does not depend on them.",
    )
    description = fields.Html()
    price_source = fields.Char(help="Where the prices come from, and how sure they are.")

    _code_company_uniq = models.Constraint(
        "UNIQUE(code, company_id)", "Two spaces of one company cannot have the same code."
    )
    _capacity_positive = models.Constraint(
        "CHECK (seat_capacity >= 0)", "The places of a space cannot be negative."
    )
    _dates = models.Constraint(
        "CHECK (date_closed IS NULL OR date_partner IS NULL OR date_closed >= date_partner)",
        "A space cannot close before it is a partner.",
    )
    _partner_dated = models.Constraint(
        "CHECK (state = 'prospect' OR date_partner IS NOT NULL)",
        "Say since when this space is a partner.",
    )
    _closed_dated = models.Constraint(
        "CHECK (state != 'closed' OR date_closed IS NOT NULL)",
        "Say on which day this space closed.",
    )

    @api.model
    def _get_portal_fields(self):
        return {"name", "code", "state", "seat_capacity", "currency_id"}

    @api.depends("partner_id")
    def _compute_name(self):
        for space in self:
            space.name = space.name or space.partner_id.name

    @api.depends("partner_id")
    def _compute_operator_id(self):
        for space in self:
            space.operator_id = space.operator_id or space.partner_id.commercial_partner_id

    @api.depends("name")
    def _compute_code(self):
        for space, code in self._propose_codes(letters=12).items():
            space.code = code

    @api.depends("operator_id", "company_id")
    def _compute_bills_without_vat(self):
        for space in self:
            operator = space.operator_id.with_company(space.company_id)
            position = operator.property_account_position_id
            space.bills_without_vat = position and not position.tax_ids

    def _inverse_bills_without_vat(self):
        """By Odoo's own means: the fiscal position of whoever bills."""
        for space in self:
            # sudo: who is in a branch alone may not read the company whose chart it has
            company = space.company_id.root_id.sudo()
            exempt = company._coworking_get_exempt_position()
            if space.bills_without_vat and not exempt:
                raise UserError(company._coworking_describe_missing_chart())
            operator = space.operator_id.with_company(space.company_id)
            position = operator.property_account_position_id
            if space.bills_without_vat != bool(position and not position.tax_ids):
                operator.property_account_position_id = space.bills_without_vat and exempt

    @api.depends("manager_ids", "substitute_ids", "absence_ids")
    def _compute_contact_words(self):
        for space in self:
            space.contact_words = get_address_words(space._get_contacts_to_write_to())

    @api.depends(
        "resource_calendar_id.tz",
        "partner_id.country_id",
        "partner_id.zip",
        "company_id.resource_calendar_id.tz",
    )
    def _compute_time_zone(self):
        for space in self:
            space.time_zone = space._get_zone()

    def _get_today(self):
        """Today at the space: the day of its calendar's time zone, never UTC's."""
        return self._get_day(fields.Datetime.now())

    def _get_day(self, moment):
        """The day of a moment in UTC, at the space."""
        local = self.with_context(tz=self._get_zone())
        return fields.Datetime.context_timestamp(local, moment).date()

    def _get_zone(self):
        """The name of its time zone: that of its opening hours, or else of its address, or else of
        its company's hours.
        """
        self.ensure_one()
        # sudo: when it is noon at a space is no secret
        space = self.sudo()
        return (
            space.resource_calendar_id.tz
            or get_time_zone(*space._get_whereabouts())
            or space.company_id.resource_calendar_id.tz
            or self.env.user.tz
            or "UTC"
        )

    def _get_whereabouts(self):
        """(code of the country, postcode) of the site; an address without a country is abroad for
        nobody: it is in that of the company.
        """
        # of what is asked alone, or Odoo reads all of a contact and of a country
        site = self.partner_id.with_context(prefetch_fields=False)
        return (site.country_id or self.company_id.country_id).code, site.zip

    @api.model
    def _get_half_day_border(self):
        """The hour at which the afternoon begins, in hours: 13:30 unless a setting says else."""
        return self.env["ir.config_parameter"]._coworking_get("half_day_border")

    def _open_half_days(self, first, last):
        """Half-days on which these spaces are open, by their opening hours, their closures and
        public holidays.

        :return: dict space id -> set of (date, 'am' or 'pm'); a space that has no opening hours of
            its own, or open at all hours, is left out but for its closures
        """
        border = self._get_half_day_border()
        closures = self._get_closures()
        result = {}
        for calendar, spaces in self.grouped("resource_calendar_id").items():
            if not calendar:
                continue
            zone, half_days = timezone(calendar.tz or "UTC"), set()
            for begin, end, __ in (
                self._get_opening_hours(calendar, first, last) - closures[calendar]
            ):
                begin, end = begin.astimezone(zone), end.astimezone(zone)
                day = begin.date()
                while day <= end.date():
                    midnight, tomorrow = _get_bounds(day, zone)
                    noon = zone.localize(datetime.combine(day, time.min) + timedelta(hours=border))
                    if max(begin, midnight) < min(end, noon):
                        half_days.add((day, "am"))
                    if max(begin, noon) < min(end, tomorrow):
                        half_days.add((day, "pm"))
                    day += timedelta(days=1)
            for space in spaces:
                holidays = space._get_holidays(first, last)
                result[space.id] = {row for row in half_days if row[0] not in holidays}
        return result

    def _get_holidays(self, first, last):
        """Public holidays on which this space is closed."""
        self.ensure_one()
        if self.opens_on_holidays:
            return set()
        # sudo: in which country a space is, is no secret
        where = get_territory(*self.sudo()._get_whereabouts())
        return get_public_holidays(where, first, last)

    def _describe_closed(self, day):
        """Why nobody is here on a day that is not among the open ones, in words."""
        self.ensure_one()
        if day in self._get_holidays(day, day):
            return self.env._(
                "%(space)s is closed on public holidays. If it opens on them, say so on the space.",
                space=self.name,
            )
        return self.env._("%(space)s is closed then.", space=self.name)

    def _get_closed_days(self):
        """Days on which closures leave nothing of the opening hours of these spaces.

        They are the days without an open half-day that closures touch; public holidays, which
        change no price, are none of them. A day on which a space never opens counts from the
        earliest to the latest hour of its week, so that the Sunday of a week of closure is one of
        its days; where it is open at all hours, from midnight to midnight.

        :return: dict space id -> set of dates
        """
        closures = self._get_closures()
        result = {}
        for calendar, spaces in self.grouped("resource_calendar_id").items():
            if not calendar:
                continue
            closed, zone = closures[calendar], timezone(calendar.tz or "UTC")
            days, partly = set(), set()
            for begin, end, __ in closed:
                midnight, tomorrow = _get_bounds(begin.date(), zone)
                while midnight < end:
                    whole = begin <= midnight and tomorrow <= end
                    (days if whole else partly).add(midnight.date())
                    midnight, tomorrow = _get_bounds(tomorrow.date(), zone)
            if partly:
                hours = self._get_opening_hours(calendar, min(partly), max(partly))
                # sudo: as opening hours
                week = calendar.sudo()._get_global_attendances()
                for day in partly:
                    opened = hours & Intervals([(*_get_bounds(day, zone), calendar)])
                    if not opened and week:
                        earliest, latest = (
                            zone.localize(datetime.combine(day, time.min) + timedelta(hours=hour))
                            for hour in (min(week.mapped("hour_from")), max(week.mapped("hour_to")))
                        )
                        opened = Intervals([(earliest, latest, calendar)])
                    if not opened - closed:
                        days.add(day)
            result.update(dict.fromkeys(spaces.ids, days))
        return result

    @api.model
    def _get_opening_hours(self, calendar, first, last):
        """When a calendar says that one works from a day to another, closures left aside.

        :return: ``Intervals``, in the calendar's time zone
        """
        zone = timezone(calendar.tz or "UTC")
        start, stop = _get_bounds(first, zone)[0], _get_bounds(last, zone)[1]
        # sudo: the opening hours of a space are no secret to who may know the space
        calendar = calendar.sudo()
        if calendar.flexible_hours or not calendar.attendance_ids:
            return Intervals([(start, stop, calendar)])
        return calendar._attendance_intervals_batch(start, stop)[False]

    def _get_closures(self):
        """When these spaces are closed, those days that touch taken together.

        :return: dict calendar -> ``Intervals``, in the calendar's time zone
        """
        return {calendar: Intervals(spans) for calendar, spans in self._get_leaves().items()}

    def _get_leaves(self):
        """The leaves of the calendars of these spaces that are everybody's.

        A minute that is begun is closed: until 23:59 is until midnight.

        :return: dict calendar -> list of (begin, end, leave), in the calendar's time zone
        """
        calendars = self.resource_calendar_id
        # sudo: as opening hours
        leaves = self.env["resource.calendar.leaves"].sudo()
        leaves = leaves.search_fetch(
            leaves._get_closing_domain(calendars),
            ["calendar_id", "company_id", "date_from", "date_to"],
        )
        result = {calendar: [] for calendar in calendars}
        for leave in leaves:
            own = leave.calendar_id
            for calendar in own or calendars.filtered_domain(
                [("company_id", "=", leave.company_id.id)]
            ):
                calendar = calendar.with_env(calendars.env)
                zone = timezone(calendar.tz or "UTC")
                begin, end = self._get_bounds_of_leave(leave, zone)
                if own or not self._is_public_holiday(leave.company_id, begin, end):
                    result[calendar].append((begin, end, leave))
        return result

    @api.model
    def _get_bounds_of_leave(self, leave, zone):
        begin, end = (
            utc.localize(moment).astimezone(zone) for moment in (leave.date_from, leave.date_to)
        )
        if end.second:
            end += timedelta(seconds=60 - end.second)
        if (end.hour, end.minute) == (23, 59):
            end += timedelta(minutes=1)
        return begin, zone.normalize(end)

    @api.model
    def _is_public_holiday(self, company, begin, end):
        """Whether a company's days off are public holidays only: these close spaces by the calendar
        alone, unless they open on them, and change no price.
        """
        first, last = begin.date(), (end - timedelta(seconds=1)).date()
        where = get_territory(company.country_id.code, company.zip)
        days = (last - first).days + 1
        return len(get_public_holidays(where, first, last)) == days

    def _get_pricing_closures(self):
        """Whole days on which each space is closed.

        :return: dict space id -> tuple of ``pricing.Span``
        """
        result = {}
        for space_id, days in self._get_closed_days().items():
            spans = []
            for day in sorted(days):
                if spans and spans[-1][1] == day - timedelta(days=1):
                    spans[-1][1] = day
                else:
                    spans.append([day, day])
            result[space_id] = tuple(pricing.Span(*span) for span in spans)
        return result

    def _has_own_calendar(self):
        """Whether the opening hours are those of this space alone."""
        self.ensure_one()
        calendar = self.resource_calendar_id
        if not calendar or calendar == self.company_id.resource_calendar_id:
            return False
        return not self.with_context(active_test=False).search_count(
            [("resource_calendar_id", "=", calendar.id), ("id", "!=", self.id)], limit=1
        )

    def _get_own_calendar(self):
        """The opening hours of this space alone: those shared with others are copied first."""
        self.ensure_one()
        calendar = self.resource_calendar_id or self.company_id.resource_calendar_id
        if not self._has_own_calendar():
            # sudo: who says when a space is open need not make the calendars of everybody
            values = {"company_id": self.company_id.id, "tz": self._get_zone()}
            own = calendar.sudo().copy(values)
            own.name = self.name
            self.resource_calendar_id = own.id
        return self.resource_calendar_id

    def _get_purchase_taxes(self, product, position=None, operator=None):
        """Taxes of a bill of the operator for a product.

        They are the product's, mapped by the operator's fiscal position: a space under the French
        VAT exemption (article 293 B) is such a position.

        :param position: the operator's, where it was looked up before: ``_get_fiscal_positions``
        :param operator: who billed, where it is not who bills now: see ``coworking.statement``
        """
        self.ensure_one()
        # Seats that were put away are priced all the same; taxes that were are not in force.
        self = self.with_context(active_test=True)
        product = product.with_env(self.env)
        position = position if position is None else position.with_env(self.env)
        company = self.company_id
        product = product.with_company(company)
        if position is None:
            position = (
                self.env["account.fiscal.position"]
                .with_company(company)
                ._get_fiscal_position(operator or self.operator_id)
            )
        # a position knows many, of which Odoo would read all columns
        known = product.with_context(active_test=False).supplier_taxes_id
        (known | position.with_context(active_test=False).tax_ids).fetch(TAX_FIELDS)
        taxes = product.supplier_taxes_id._filter_taxes_by_company(company)
        return position.map_tax(taxes) if position else taxes

    def _get_fiscal_positions(self):
        """The fiscal position of each operator, with one search for all spaces of a company: what
        Odoo's ``_get_fiscal_position`` does, which is asked where another module extends it.

        :return: dict space -> ``account.fiscal.position``
        """
        result = {}
        for company, spaces in self.grouped("company_id").items():
            model = self.env["account.fiscal.position"].with_company(company)
            if model._get_fiscal_position.__module__ != ODOO_POSITIONS:
                for space in spaces:
                    result[space] = model._get_fiscal_position(space.operator_id)
                continue
            model = model.with_context(active_test=True)
            automatic = None
            # no more than is asked: of these Odoo reads some fifty columns, and a hundred
            # sudo: as Odoo reads companies
            spaces.operator_id.with_company(company).fetch(PRICING_INPUTS["res.partner"])
            company.sudo().fetch(COMPANY)
            for space in spaces:
                operator = space.operator_id.with_company(company)
                result[space] = operator.property_account_position_id
                if result[space] or not operator.country_id:
                    continue
                if automatic is None:
                    automatic = model.search_fetch(
                        [*model._check_company_domain(company), ("auto_apply", "=", True)]
                    )
                result[space] = automatic._get_first_matching_fpos(operator)
        # with these alone, or Odoo reads how all there are map taxes; in an order, as it has them
        used = tuple({position.id for position in result.values()})
        return {space: position.with_prefetch(used) for space, position in result.items()}

    def _get_tax_rate(self, product, position):
        """Rate of the purchase tax of a product here, 0.20 for 20 %."""
        taxes = self._get_purchase_taxes(product, position)
        return to_decimal(sum(taxes.mapped("amount"))) / 100

    @api.model
    def _taxes_changed(self, domain):
        """The tax of bills of some spaces may have changed. Settled months keep the one they have.

        :param domain: of the spaces; what was put away, there and here, is priced all the same
        """
        # sudo: whoever keeps the taxes need not know the programme's spaces
        self.sudo().with_context(active_test=False).search(domain)._prices_changed()

    # === HOOKS OF THE ROOMS ABOVE ===#

    def _prices_changed(self):
        """A price, a fee or a tax of these spaces changed: who computes what seats cost is told."""

    def _close(self, first, last, reason, hours=WHOLE_DAYS):
        """Days on which this space alone is closed, from midnight to midnight where it stands, or
        from an hour of the first day to one of the last.

        They are given as defaults: with hr_holidays, what is given to ``create`` is moved from
        the time zone of whoever is logged in to that of the calendar.
        """
        self.check_access("write")
        start, stop = self._get_bounds_of_closure(first, last, hours)
        # sudo: who keeps a space says when it is closed; Odoo leaves that of all to administrators
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .with_context(default_date_from=start, default_date_to=stop)
        )
        values = {
            "name": reason,
            "calendar_id": self._get_own_calendar().id,
            "company_id": self.company_id.id,
        }
        return leaves.create(values).with_env(self.env)

    def _get_bounds_of_closure(self, first, last, hours=WHOLE_DAYS):
        """When a closure from a day to another begins and ends, to the second before: in UTC."""
        zone = timezone(self._get_own_calendar().tz or "UTC")
        begin, end = (
            datetime.combine(day, time.min) + timedelta(hours=hour)
            for day, hour in zip((first, last), hours, strict=True)
        )
        return [
            zone.localize(moment).astimezone(utc).replace(tzinfo=None)
            for moment in (begin, end - timedelta(seconds=1))
        ]

    def _closures_changed(self, day):
        """Days from this one on are closed here, or open again."""

    def _operator_changed(self):
        """Somebody else bills for these spaces from now on."""
        self._prices_changed()

    # === MANAGERS ===#

    @api.model
    def _get_managed_by_domain(self, partner):
        """Spaces that a contact manages today: as manager, or in place of one who is away."""
        return Domain("manager_ids", "in", partner.ids) | (
            Domain("substitute_ids", "in", partner.ids)
            & Domain(
                "absence_ids", "any", [("date_from", "<=", "today"), ("date_to", ">=", "today")]
            )
        )

    def _get_contacts(self):
        """Everybody who may act for this space today."""
        self.ensure_one()
        away = self.absence_ids._filter_current()
        return self.manager_ids | (self.substitute_ids if away else self.substitute_ids.browse())

    def _get_contacts_to_write_to(self):
        """Who gets today's mails: the managers, or the second contacts for those who are away."""
        self.ensure_one()
        away = self.absence_ids._filter_current().partner_id
        contacts = self.manager_ids - away
        if away & self.manager_ids:
            contacts |= self.substitute_ids
        return contacts or self.manager_ids

    def _note_contacts_changed(self, gone, back):
        """Of those who act for these spaces, some left or came back."""

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        """A space of which only the name is known gets a contact of that name.

        It is the site, and who bills until somebody says otherwise.
        """
        vals_list = [dict(vals) for vals in vals_list]
        unknown = [vals for vals in vals_list if vals.get("name") and not vals.get("partner_id")]
        sites = self.env["res.partner"].create(
            [{"name": vals["name"], "is_company": True} for vals in unknown]
        )
        for vals, site in zip(unknown, sites, strict=True):
            vals["partner_id"] = site.id
            if not vals.get("operator_id"):
                vals.pop("operator_id", None)
        return super().create(vals_list)

    def write(self, vals):
        calendars = self.resource_calendar_id if "resource_calendar_id" in vals else None
        sold = self.browse()
        if "operator_id" in vals:
            sold = self.filtered(lambda space: space.operator_id.id != vals["operator_id"])
        before = {}
        if {"manager_ids", "substitute_ids"} & vals.keys():
            before = {space: space.manager_ids | space.substitute_ids for space in self}
        result = super().write(vals)
        if calendars is not None and calendars != self.resource_calendar_id:
            leaves = self.env["resource.calendar.leaves"]
            leaves = leaves.search(
                leaves._get_closing_domain(calendars | self.resource_calendar_id)
            )
            for day in leaves._get_coworking_days().values():
                self._closures_changed(day)
        changed = defaultdict(self.browse)
        for space, contacts in before.items():
            after = space.manager_ids | space.substitute_ids
            changed[contacts - after, after - contacts] |= space
        for (gone, back), spaces in changed.items():
            spaces._note_contacts_changed(gone, back)
        if gone := self.env["res.partner"].union(*(gone for gone, __ in changed)):
            self.env["coworking.portal.link"]._revoke_lost_links(gone)
        if sold:
            sold._operator_changed()
        return result

    # === ACTION METHODS ===#

    def action_invite_managers(self):
        """Odoo's own invitation to the portal, for the managers of this space."""
        self.ensure_one()
        if not self.manager_ids:
            raise UserError(
                self.env._("%s has no manager: add one, with an e-mail address.", self.name)
            )
        wizard = self.env["portal.wizard"].with_context(active_ids=self.manager_ids.ids)
        return wizard.action_open_wizard()
