from collections import defaultdict
from datetime import datetime, time, timedelta

from pytz import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, plaintext2html
from odoo.tools.intervals import Intervals

from .. import pricing
from ..tools import to_decimal


class CoworkingSpace(models.Model):
    """One site where seats are paid. The legal entity that bills may run several sites."""

    _name = "coworking.space"
    _description = "Coworking Space"
    _inherit = ["mail.thread", "mail.activity.mixin", "image.mixin", "coworking.portal.mixin"]
    _order = "name"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, required=True, precompute=True
    )
    code = fields.Char(
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
    absence_ids = fields.One2many("coworking.space.absence", "space_id", string="Absences")
    seat_capacity = fields.Integer(
        string="Places Offered",
        tracking=True,
        help="How many people the program may place here on one day. Lowering it keeps those "
        "present.",
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
    membership_ids = fields.One2many("coworking.space.membership", "space_id")
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Opening Hours",
        check_company=True,
        help="Hours, closures and time zone of the site.",
    )
    seat_ids = fields.One2many("coworking.seat", "space_id")
    seats_today = fields.Integer(string="Occupied Today", compute="_compute_occupancy")
    places_left = fields.Integer(string="Places Left Today", compute="_compute_occupancy")
    occupancy = fields.Float(string="Occupancy (%)", compute="_compute_occupancy")
    seat_count = fields.Integer(compute="_compute_seat_count")
    statement_count = fields.Integer(compute="_compute_statement_count")
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
    def _portal_fields(self):
        return {"name", "code", "state", "seat_capacity", "currency_id"}

    @api.depends("partner_id")
    def _compute_name(self):
        for space in self:
            space.name = space.name or space.partner_id.name

    @api.depends("partner_id")
    def _compute_operator_id(self):
        for space in self:
            space.operator_id = space.operator_id or space.partner_id.commercial_partner_id

    def _today(self):
        """Today at the space: the day of its calendar's time zone, never UTC's."""
        self.ensure_one()
        zone = self.resource_calendar_id.tz or self.company_id.resource_calendar_id.tz
        return fields.Date.context_today(self.with_context(tz=zone or self.env.user.tz))

    @api.model
    def _half_day_border(self):
        """The hour at which the afternoon begins, in hours: 13:30 unless a setting says else."""
        return self.env["ir.config_parameter"]._coworking_get("half_day_border")

    def _open_half_days(self, first, last):
        """Half-days on which these spaces are open, by their opening hours and closures.

        :return: dict space id -> set of (date, 'am' or 'pm'); a space that has no opening hours of
            its own, or open at all hours, is left out but for its closures
        """
        border = self._half_day_border()
        result = {}
        for calendar, spaces in self.grouped("resource_calendar_id").items():
            if not calendar:
                continue
            zone = timezone(calendar.tz or "UTC")
            start = zone.localize(datetime.combine(first, time.min))
            stop = zone.localize(datetime.combine(last + timedelta(days=1), time.min))
            # sudo: the opening hours of a space are no secret to who may know the space
            calendar = calendar.sudo()
            if calendar.flexible_hours or not calendar.attendance_ids:
                closed = calendar._leave_intervals_batch(start, stop)[False]
                opened = Intervals([(start, stop, calendar.browse())]) - closed
            else:
                opened = calendar._work_intervals_batch(start, stop)[False]
            half_days = set()
            for begin, end, __ in opened:
                begin, end = begin.astimezone(zone), end.astimezone(zone)
                day = begin.date()
                while day <= end.date():
                    noon = zone.localize(datetime.combine(day, time.min) + timedelta(hours=border))
                    midnight = zone.localize(datetime.combine(day, time.min))
                    tomorrow = zone.localize(datetime.combine(day + timedelta(days=1), time.min))
                    if max(begin, midnight) < min(end, noon):
                        half_days.add((day, "am"))
                    if max(begin, noon) < min(end, tomorrow):
                        half_days.add((day, "pm"))
                    day += timedelta(days=1)
            result.update(dict.fromkeys(spaces.ids, half_days))
        return result

    def _pricing_closures(self):
        """Whole days on which each space is closed: the leaves of its calendar.

        :return: dict space id -> tuple of ``pricing.Span``
        """
        result = defaultdict(list)
        spaces = self.filtered("resource_calendar_id")
        leaves = (
            self.env["resource.calendar.leaves"]
            .search_fetch(
                [
                    ("calendar_id", "in", spaces.resource_calendar_id.ids),
                    ("resource_id", "=", False),
                ],
                ["calendar_id", "date_from", "date_to"],
            )
            .grouped("calendar_id")
        )
        for space in spaces:
            calendar = space.resource_calendar_id
            for leave in leaves.get(calendar, ()):
                zoned = leave.with_context(tz=calendar.tz)
                first = fields.Datetime.context_timestamp(zoned, leave.date_from)
                last = fields.Datetime.context_timestamp(zoned, leave.date_to)
                result[space.id].append(pricing.Span(first.date(), last.date()))
        return {key: tuple(spans) for key, spans in result.items()}

    @api.depends("seat_ids.state", "seat_ids.date_start", "seat_ids.date_end", "seat_capacity")
    def _compute_occupancy(self):
        today = fields.Date.context_today(self)
        counts = dict(
            self.env["coworking.seat"]._read_group(
                [
                    ("space_id", "in", self.ids),
                    *self.env["coworking.seat"]._domain_placed_on(today),
                ],
                ["space_id"],
                ["__count"],
            )
        )
        for space in self:
            space.seats_today = counts.get(space, 0)
            space.places_left = max(space.seat_capacity - space.seats_today, 0)
            space.occupancy = (
                100.0 * space.seats_today / space.seat_capacity if space.seat_capacity else 0.0
            )

    def _compute_seat_count(self):
        counts = dict(
            self.env["coworking.seat"]._read_group(
                [("space_id", "in", self.ids)], ["space_id"], ["__count"]
            )
        )
        for space in self:
            space.seat_count = counts.get(space, 0)

    def _compute_statement_count(self):
        counts = dict(
            self.env["coworking.statement"]._read_group(
                [("space_id", "in", self.ids)], ["space_id"], ["__count"]
            )
        )
        for space in self:
            space.statement_count = counts.get(space, 0)

    @api.constrains("state", "date_closed")
    def _check_no_seat_after_closing(self):
        for space in self.filtered(lambda space: space.state == "closed"):
            seat = self.env["coworking.seat"].search(
                [
                    ("space_id", "=", space.id),
                    ("state", "in", self.env["coworking.seat"]._holding_states()),
                    "|",
                    ("date_end", "=", False),
                    ("date_end", ">", space.date_closed),
                ],
                limit=1,
            )
            if seat:
                raise ValidationError(
                    self.env._(
                        "%(space)s cannot close on %(date)s: seat %(seat)s goes on after that day."
                        " Give the seat an end, or move the person to another space.",
                        space=space.name,
                        date=format_date(self.env, space.date_closed),
                        seat=seat.name,
                    )
                )

    def _claim(self):
        """Take these spaces for this transaction: those that another one holds are left out.

        Two processes may generate months at the same time. The rows are locked with SKIP LOCKED,
        so that each works on what the other does not hold; and they are really updated, because
        under Odoo's REPEATABLE READ a lock alone lets the second process go on with what it saw
        before the first one finished. The update makes it fail with a serialization error,
        which Odoo answers by starting the call again.

        :return: the spaces taken
        """
        claimed = self.try_lock_for_update()
        if claimed:
            self.env.cr.execute(
                "UPDATE coworking_space SET lock_version = lock_version + 1 WHERE id IN %s",
                [tuple(claimed.ids)],
            )
            claimed.invalidate_recordset(["lock_version"])
        return claimed

    def _own_calendar(self):
        """The opening hours of this space alone: those shared with others are copied first."""
        self.ensure_one()
        calendar = self.resource_calendar_id or self.company_id.resource_calendar_id
        shared = calendar == self.company_id.resource_calendar_id or self.with_context(
            active_test=False
        ).search_count([("resource_calendar_id", "=", calendar.id), ("id", "!=", self.id)], limit=1)
        if shared:
            own = calendar.copy({"company_id": self.company_id.id})
            own.name = self.name
            self.resource_calendar_id = own
        return self.resource_calendar_id

    def _purchase_taxes(self, product, position=None):
        """Taxes of a bill of the operator for a product.

        They are the product's, mapped by the operator's fiscal position: a space under the French
        VAT exemption (article 293 B) is such a position.

        :param position: the operator's, where it was looked up before, see ``_fiscal_positions``
        """
        self.ensure_one()
        company = self.company_id
        taxes = product.with_company(company).supplier_taxes_id._filter_taxes_by_company(company)
        if position is None:
            position = (
                self.env["account.fiscal.position"]
                .with_company(company)
                ._get_fiscal_position(self.operator_id)
            )
        return position.map_tax(taxes) if position else taxes

    def _fiscal_positions(self):
        """The fiscal position of each operator, with one search for all spaces of a company.

        :return: dict space -> ``account.fiscal.position``
        """
        result = {}
        for company, spaces in self.grouped("company_id").items():
            model = self.env["account.fiscal.position"].with_company(company)
            automatic = model.search(
                [*model._check_company_domain(company), ("auto_apply", "=", True)]
            )
            for space in spaces:
                operator = space.operator_id.with_company(company)
                result[space] = operator.property_account_position_id or (
                    automatic._get_first_matching_fpos(operator) if operator.country_id else model
                )
        return result

    def _tax_rate(self, product, position):
        """Rate of the purchase tax of a product here, 0.20 for 20 %."""
        taxes = self._purchase_taxes(product, position)
        return to_decimal(sum(taxes.mapped("amount"))) / 100

    def _mark_statements_outdated(self):
        """The prices of these spaces changed: their open statements are to be computed again."""
        # sudo: whoever writes a price need not be allowed to read statements
        statements = self.env["coworking.statement"].sudo()
        statements.search(
            [("space_id", "in", self.ids), ("state", "in", statements._open_states())]
        )._mark_outdated()

    def _prices_changed(self):
        """What open months and the months to come cost here is computed again."""
        # sudo: whoever writes a price need not be allowed to read what seats cost
        spaces = self.sudo()
        spaces._mark_statements_outdated()
        spaces.env["coworking.seat"].search(
            Domain("space_id", "in", spaces.ids)
            & Domain("state", "in", spaces.env["coworking.seat"]._holding_states())
        ).participant_id._refresh_forecast()

    def _closures_changed(self, day):
        """Days from this one on are closed here, or open again: where a tariff credits them, what
        they cost is computed again.
        """
        # sudo: whoever edits opening hours need not see the programme's seats
        seats = (
            self.sudo()
            .env["coworking.seat"]
            .search(
                Domain("space_id", "in", self.ids)
                & Domain("tariff_id.closure_rule", "=", "credited")
                & Domain("state", "in", self.env["coworking.seat"]._holding_states())
            )
        )
        if seats:
            seats.participant_id._facts_changed(day)

    @api.model
    def _taxes_changed(self, domain):
        """The tax of bills of some spaces may have changed. Settled months keep the one they have.

        :param domain: of the spaces
        """
        # sudo: whoever keeps the taxes need not know the programme's spaces
        self.sudo().search(domain)._prices_changed()

    def _report_problem(self, program, month, problem):
        """Tell the program's coordinator that a month of this space could not be generated."""
        self.ensure_one()
        user = program.user_id or self.env.user
        summary = self.env._(
            "%(month)s cannot be generated",
            month=format_date(self.env, month, date_format="MMMM y").capitalize(),
        )
        if self.activity_ids.filtered(lambda activity: activity.summary == summary):
            return
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=plaintext2html(problem),
            user_id=user.id,
        )

    # === MANAGERS ===#

    @api.model
    def _domain_managed_by(self, partner):
        """Spaces that a contact manages today: as manager, or in place of one who is away."""
        return Domain("manager_ids", "in", partner.ids) | (
            Domain("substitute_ids", "in", partner.ids)
            & Domain(
                "absence_ids", "any", [("date_from", "<=", "today"), ("date_to", ">=", "today")]
            )
        )

    def _managed_by(self, partner):
        """Those of these spaces that a contact manages today."""
        # sudo: a second contact has no rights of their own on the space
        return self.sudo().filtered_domain(self._domain_managed_by(partner))

    def _contacts(self):
        """Everybody who may act for this space today."""
        self.ensure_one()
        away = self.absence_ids._today()
        return self.manager_ids | (self.substitute_ids if away else self.substitute_ids.browse())

    def _contacts_to_write_to(self):
        """Who gets today's mails: the managers, or the second contacts for those who are away."""
        self.ensure_one()
        away = self.absence_ids._today().partner_id
        contacts = self.manager_ids - away
        if away & self.manager_ids:
            contacts |= self.substitute_ids
        return contacts or self.manager_ids

    def write(self, vals):
        calendars = self.resource_calendar_id if "resource_calendar_id" in vals else None
        operators = {space: space.operator_id for space in self} if "operator_id" in vals else {}
        before = self.manager_ids | self.substitute_ids
        result = super().write(vals)
        for space, operator in operators.items():
            if space.operator_id != operator:
                space._prices_changed()
        if calendars is not None and calendars != self.resource_calendar_id:
            leaves = self.env["resource.calendar.leaves"].search(
                [("calendar_id", "in", (calendars | self.resource_calendar_id).ids)]
            )
            for day in leaves._get_coworking_days().values():
                self._closures_changed(day)
        gone = before - (self.manager_ids | self.substitute_ids)
        if gone:
            self.env["coworking.portal.link"]._revoke(gone)
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

    def action_preview(self):
        """The pages as the first manager sees them; nothing can be said from there."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/coworking/preview/{self.id}",
            "target": "new",
        }

    def action_open_seats(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_seat_action"
        )
        action["context"] = {"search_default_space_id": self.id, "default_space_id": self.id}
        return action

    def action_open_statements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        action["context"] = {"search_default_space_id": self.id}
        return action
