from collections import defaultdict
from datetime import date, timedelta

from psycopg2.errors import CheckViolation, ExclusionViolation

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, plaintext2html

from .. import pricing
from ..pricing_inputs import PRICING_INPUTS
from ..tools import to_decimal, to_decimal_or_none
from .coworking_hosting import HOSTING_STATES, OPEN_STATES, STATE_RANK

# States in which a seat holds its place, may not overlap another of the same person, and is
# charged.
HOLDING_STATES = ("confirmed", "active", "ended")
# Who holds which place on which days; the other inputs decide the price alone.
PLACE_FIELDS = {"participant_id", "space_id", "tariff_id", "date_start", "date_end", "state"}
PRICE_FIELDS = PRICING_INPUTS["coworking.seat"] - PLACE_FIELDS


class CoworkingSeat(models.Model):
    """A funded seat: one participant, one space, one tariff, from a day to another.

    PostgreSQL guarantees that a person never has two seats on one day and that a space never gives
    more places than it offers; Odoo's transactions are REPEATABLE READ, so that no check in Python
    could (see ``init``). Python only says it in words, before.
    """

    _name = "coworking.seat"
    _description = "Funded Seat"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "coworking.portal.mixin",
        "coworking.link.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        copy=False,
        index="trigram",
    )
    participant_id = fields.Many2one(
        "coworking.participant",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    partner_id = fields.Many2one(
        related="participant_id.partner_id",
        string="Person",
        store=True,
        precompute=True,
        index=True,
    )
    program_id = fields.Many2one(
        related="participant_id.program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="participant_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        related="participant_id.user_id", string="Accompanist", store=True, precompute=True
    )
    space_id = fields.Many2one(
        "coworking.space",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    tariff_id = fields.Many2one(
        "coworking.tariff",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('space_id', '=', space_id)]",
        tracking=True,
    )
    uses_place = fields.Boolean(
        related="tariff_id.uses_place", string="Holds a Place", store=True, precompute=True
    )
    price_summary = fields.Char(related="tariff_id.price_summary", string="Price")
    date_start = fields.Date(required=True, tracking=True)
    date_end = fields.Date(
        tracking=True, help="Last day of the seat. Empty while the end is not known."
    )
    notice_date = fields.Date(
        tracking=True, help="Day on which the space was told that the seat ends."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("confirmed", "Confirmed"),
            ("active", "Under Way"),
            ("ended", "Ended"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        group_expand="_read_group_states",
    )
    funding_rate = fields.Float(
        string="Funding Rate (%)",
        compute="_compute_funding",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 2),
        tracking=True,
    )
    funding_cap = fields.Monetary(
        compute="_compute_funding",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The most the program pays for this person and civil month. 0: no cap.",
    )
    funding_ids = fields.One2many("coworking.seat.funding", "seat_id", string="Dated Funding")
    offer_summary = fields.Char(
        compute="_compute_offer_summary",
        help="What a full month, day, half-day, hour or pack costs, who pays what, and how long "
        "one is "
        "bound: to be said before anybody signs.",
    )
    price_guaranteed_until = fields.Date(
        help="The price of the first day stays until then, whatever the tariff becomes."
    )
    billed_from = fields.Date(
        help="For a program taken over while it runs: the first month billed here. Earlier ones "
        "were"
        " settled elsewhere.",
    )
    opening_pack_quantity = fields.Float(
        string="Tickets Taken Over",
        digits=(6, 2),
        help="Tickets left from a pack that was bought before the take-over.",
    )
    opening_pack_valid_until = fields.Date(string="Tickets Valid Until")
    membership_paid_on = fields.Date(
        help="For a yearly fee paid elsewhere: before the take-over, or by the person.",
    )
    occupant_name = fields.Char(
        compute="_compute_occupant_name",
        store=True,
        readonly=False,
        precompute=True,
        help="The name the space's manager sees.",
    )
    presence_ids = fields.One2many("coworking.presence", "seat_id")
    presence_count = fields.Integer(compute="_compute_presence_count")
    charge_ids = fields.One2many("coworking.charge", "seat_id")
    charged_total = fields.Monetary(
        compute="_compute_charged_total", help="What this seat cost the program up to now."
    )
    hosting_ids = fields.One2many("coworking.hosting", "seat_id", string="Hosting Agreements")
    hosting_count = fields.Integer(compute="_compute_hosting_count")
    hosting_state = fields.Selection(
        HOSTING_STATES,
        string="Agreement",
        compute="_compute_hosting_state",
        store=True,
        help="Of the agreement that counts: the one signed by all, else the one under way.",
    )
    hosting_todo = fields.Selection(
        [("agreement", "Agreement"), ("amendment", "Amendment"), ("open", "Under Way")],
        compute="_compute_hosting_todo",
        help="What the seat needs: an agreement, or an amendment because it changed since.",
    )
    active = fields.Boolean(default=True)

    _dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)",
        "A seat cannot end before it starts.",
    )
    _ended_dated = models.Constraint(
        "CHECK (state != 'ended' OR date_end IS NOT NULL)",
        "Say on which day the seat ended.",
    )
    _funding_rate_range = models.Constraint(
        "CHECK (funding_rate >= 0 AND funding_rate <= 100)",
        "The funding rate of a seat is between 0 and 100 %.",
    )
    _funding_cap_positive = models.Constraint(
        "CHECK (funding_cap >= 0)", "The funding cap of a seat cannot be negative."
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(partner_id, partner_id, '[]') WITH &&,"
        " daterange(date_start, date_end, '[]') WITH &&)"
        " WHERE (state IN ('confirmed', 'active', 'ended'))",
        "This person already has a seat on some of these days.",
    )
    # Never violated by itself: it carries the message of the trigger made in init().
    _capacity = models.Constraint(
        "CHECK (true)", "No place is left in this space on some of these days."
    )
    _name_uniq = models.UniqueIndex("(name, company_id)", "This seat reference is taken.")
    _space_dates_idx = models.Index(
        "(space_id, date_start, date_end) WHERE state IN ('confirmed', 'active', 'ended')"
    )

    def init(self):
        """Capacity, in PostgreSQL: never more seats than places on any day.

        The trigger really updates the space's row. Two transactions that take the last place then
        cannot both go on: the second one fails with a serialization error, which Odoo answers by
        starting it again with a fresh view, and then finds the space full. A seat that only keeps
        days it already held is not checked, so that lowering the capacity keeps those present.
        """
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION coworking_seat_check_capacity() RETURNS trigger
            LANGUAGE plpgsql AS $$
            DECLARE
                places integer;
                peak integer;
                held daterange := 'empty';
                taken daterange := daterange(NEW.date_start, NEW.date_end, '[]');
            BEGIN
                IF NEW.state NOT IN ('confirmed', 'active', 'ended') OR NEW.uses_place IS NOT TRUE
                THEN RETURN NULL; END IF;
                IF TG_OP = 'UPDATE' AND OLD.state IN ('confirmed', 'active', 'ended')
                    AND OLD.uses_place IS TRUE AND OLD.space_id = NEW.space_id
                THEN
                    held := daterange(OLD.date_start, OLD.date_end, '[]');
                    IF taken <@ held THEN RETURN NULL; END IF;
                END IF;
                UPDATE coworking_space SET lock_version = lock_version + 1
                    WHERE id = NEW.space_id RETURNING seat_capacity INTO places;
                SELECT MAX(present) INTO peak FROM (
                    SELECT (SELECT COUNT(*) FROM coworking_seat other
                             WHERE other.space_id = NEW.space_id
                               AND other.state IN ('confirmed', 'active', 'ended')
                               AND other.uses_place IS TRUE
                               AND other.date_start <= days.day
                               AND COALESCE(other.date_end, 'infinity') >= days.day) AS present
                      FROM (SELECT NEW.date_start AS day
                             UNION SELECT upper(held) WHERE NOT isempty(held)
                             UNION SELECT other.date_start FROM coworking_seat other
                                    WHERE other.space_id = NEW.space_id
                                      AND other.state IN ('confirmed', 'active', 'ended')
                                      AND other.uses_place IS TRUE) AS days
                     WHERE days.day <@ taken AND NOT days.day <@ held) AS peaks;
                IF peak > places THEN
                    RAISE EXCEPTION 'no place left in space % (% of %)', NEW.space_id, peak, places
                        USING ERRCODE = '23514', TABLE = 'coworking_seat',
                              CONSTRAINT = 'coworking_seat_capacity';
                END IF;
                RETURN NULL;
            END $$;
            DROP TRIGGER IF EXISTS coworking_seat_capacity_trg ON coworking_seat;
            CREATE TRIGGER coworking_seat_capacity_trg
                AFTER INSERT OR UPDATE OF space_id, date_start, date_end, state, uses_place
                ON coworking_seat FOR EACH ROW EXECUTE FUNCTION coworking_seat_check_capacity();
            """
        )

    @api.model
    def _holding_states(self):
        return HOLDING_STATES

    @api.model
    def _domain_placed_on(self, day):
        """Seats that take one of their space's places on a day."""
        return (
            Domain("state", "in", HOLDING_STATES)
            & Domain("uses_place", "=", True)
            & Domain("date_start", "<=", day)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", day))
        )

    @api.model
    def _portal_fields(self):
        return {
            "name",
            "space_id",
            "tariff_id",
            "currency_id",
            "date_start",
            "date_end",
            "state",
            "occupant_name",
            "price_summary",
        }

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Funded Seats"),
                "template": "/coworking_incubation/static/xls/coworking_seats.xlsx",
            }
        ]

    # === COMPUTE METHODS ===#

    @api.depends("participant_id")
    def _compute_funding(self):
        for seat in self:
            seat.funding_rate = seat.program_id.funding_rate
            seat.funding_cap = seat.program_id.funding_cap

    @api.depends(
        "tariff_id.price_summary", "date_start", "funding_rate", "funding_cap", "program_id"
    )
    def _compute_offer_summary(self):
        for seat in self:
            seat.offer_summary = seat._offer_in_words()

    def _offer_in_words(self):
        """``180,00 € incl. VAT a month, of which 120,00 € funded, 60,00 € for the
        participant...``
        """
        self.ensure_one()
        tariff, program = self.tariff_id, self.program_id
        price = tariff and self.date_start and tariff._price_on(self.date_start)
        if not price:
            return False
        untaxed, tax, total = pricing.tax_split(
            to_decimal(price.price),
            tariff._tax_rate(),
            tariff.tax_included,
            to_decimal(self.currency_id.rounding),
        )
        base = total if program.funding_base == "total" else untaxed
        cap = to_decimal_or_none(self.funding_cap)
        if cap and tariff.unit == "pack":
            cap *= tariff.pack_validity_months or 1
        funded = pricing.tax_split(
            base * to_decimal(self.funding_rate) / 100,
            0,
            False,
            to_decimal(self.currency_id.rounding),
        )[0]
        funded = min(funded, cap) if cap else funded
        rest = base - funded
        if program.funding_base == "untaxed" and untaxed:
            rest += tax * rest / untaxed  # people always see amounts with tax
        money = self.currency_id.format
        words = tariff._price_in_words(price)
        if tax and not tariff.tax_included:
            # people always see what they pay, with tax
            words = self.env._(
                "%(price)s, that is %(total)s incl. VAT", price=words, total=money(float(total))
            )
        parts = [
            words,
            self.env._(
                "of which %(funded)s funded and %(rest)s for the participant",
                funded=money(float(total - rest)),
                rest=money(float(rest)),
            ),
        ]
        return ", ".join([*parts, *tariff._binding_in_words()])

    @api.depends("participant_id")
    def _compute_occupant_name(self):
        for seat in self:
            seat.occupant_name = seat.participant_id.partner_id.name

    def _compute_presence_count(self):
        counts = dict(
            self.env["coworking.presence"]._read_group(
                [("seat_id", "in", self.ids), ("state", "=", "present")], ["seat_id"], ["__count"]
            )
        )
        for seat in self:
            seat.presence_count = counts.get(seat, 0)

    @api.depends("hosting_ids.state")
    def _compute_hosting_state(self):
        for seat in self:
            states = set(seat.hosting_ids.mapped("state"))
            seat.hosting_state = next((state for state in STATE_RANK if state in states), False)

    def _compute_hosting_count(self):
        counts = dict(
            self.env["coworking.hosting"]._read_group(
                [("seat_id", "in", self.ids)], ["seat_id"], ["__count"]
            )
        )
        for seat in self:
            seat.hosting_count = counts.get(seat, 0)

    @api.depends("state", "hosting_ids.state", "hosting_ids.is_outdated")
    def _compute_hosting_todo(self):
        for seat in self:
            signed = seat.hosting_ids.filtered(lambda row: row.state == "validated")
            if seat.hosting_ids.filtered(lambda row: row.state in OPEN_STATES):
                seat.hosting_todo = "open"
            elif seat.state not in ("requested", "confirmed", "active"):
                seat.hosting_todo = False
            elif signed:
                seat.hosting_todo = "amendment" if any(signed.mapped("is_outdated")) else False
            else:
                seat.hosting_todo = "agreement"

    def _compute_charged_total(self):
        totals = dict(
            self.env["coworking.charge"]._read_group(
                [("seat_id", "in", self.ids), ("state", "!=", "forecast")],
                ["seat_id"],
                ["payable_total:sum"],
            )
        )
        for seat in self:
            seat.charged_total = totals.get(seat, 0.0)

    @api.model
    def _read_group_states(self, states, domain):
        """Columns of the board in the order of a seat's life; its ends only when they hold
        seats.
        """
        order = [state for state, __ in self._fields["state"].selection]
        always = ("draft", "requested", "confirmed", "active")
        return [state for state in order if state in always or state in states]

    # === CONSTRAINT METHODS ===#

    @api.constrains("space_id", "tariff_id")
    def _check_tariff_of_space(self):
        for seat in self:
            if seat.tariff_id.space_id != seat.space_id:
                raise ValidationError(
                    self.env._(
                        "Tariff %(tariff)s is not one of %(space)s. Choose a tariff of this space"
                        " for seat %(seat)s.",
                        tariff=seat.tariff_id.display_name,
                        space=seat.space_id.name,
                        seat=seat.name,
                    )
                )

    @api.constrains("participant_id", "space_id", "tariff_id", "date_start", "date_end", "state")
    def _check_dates_fit(self):
        """Everything that is wrong with the seat's days, at once."""
        for seat in self.filtered(lambda seat: seat.state not in ("refused", "cancelled")):
            problems = seat._date_problems()
            if problems:
                raise ValidationError("\n".join(problems))

    def _date_problems(self):
        self.ensure_one()
        problems = []
        program, space, tariff = self.program_id, self.space_id, self.tariff_id
        if (
            self.date_start < program.date_start
            or (self.date_end or self.date_start) > program.date_end
        ):
            problems.append(
                self.env._(
                    "Seat %(seat)s is outside the dates of program %(program)s, %(start)s to"
                    " %(end)s. Change the dates of the seat.",
                    seat=self.name,
                    program=program.name,
                    start=format_date(self.env, program.date_start),
                    end=format_date(self.env, program.date_end),
                )
            )
        if space.state == "prospect" or not space.date_partner:
            problems.append(
                self.env._(
                    "%(space)s is not a partner yet: seat %(seat)s cannot start. Sign the"
                    " partnership first.",
                    space=space.name,
                    seat=self.name,
                )
            )
        elif self.date_start < space.date_partner:
            problems.append(
                self.env._(
                    "%(space)s is a partner since %(since)s: seat %(seat)s cannot start on"
                    " %(start)s. Change the start.",
                    space=space.name,
                    since=format_date(self.env, space.date_partner),
                    seat=self.name,
                    start=format_date(self.env, self.date_start),
                )
            )
        if (
            space.date_closed
            and (self.date_end or space.date_closed + timedelta(1)) > space.date_closed
        ):
            problems.append(
                self.env._(
                    "%(space)s closed on %(closed)s: give seat %(seat)s an end by that day.",
                    space=space.name,
                    closed=format_date(self.env, space.date_closed),
                    seat=self.name,
                )
            )
        if not tariff._price_on(self.date_start):
            problems.append(
                self.env._(
                    "Tariff %(tariff)s has no price on %(start)s, the first day of seat %(seat)s."
                    " Add a dated price to the tariff.",
                    tariff=tariff.display_name,
                    start=format_date(self.env, self.date_start),
                    seat=self.name,
                )
            )
        if self.state in HOLDING_STATES:
            fees = space.membership_ids._in_force(self.date_start, self.date_end)
            for billed in (tariff, fees):
                problems += billed._billing_problems(program.funding_base)
        return problems

    @api.constrains("billed_from")
    def _check_billed_from(self):
        for seat in self:
            if seat.billed_from and seat.billed_from.day != 1:
                raise ValidationError(
                    self.env._(
                        "Seat %(seat)s: billing is taken over from the first day of a month.",
                        seat=seat.name,
                    )
                )

    @api.constrains("date_start", "date_end")
    def _check_presences_within(self):
        for seat in self:
            outside = self.env["coworking.presence"].search(
                Domain("seat_id", "=", seat.id)
                & (
                    Domain("date", "<", seat.date_start)
                    | Domain("date", ">", seat.date_end or "9999-12-31")
                ),
                limit=1,
            )
            if outside:
                raise ValidationError(
                    self.env._(
                        "Seat %(seat)s holds a presence on %(date)s, outside its new dates. Remove"
                        " the presence first.",
                        seat=seat.name,
                        date=format_date(self.env, outside.date),
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_may_hold(vals)
            if not vals.get("name"):
                vals["name"] = self.env["ir.sequence"].next_by_code("coworking.seat")
        try:
            with self.env.cr.savepoint():
                seats = super().create(vals_list)
                seats.flush_recordset()
        except (ExclusionViolation, CheckViolation) as error:
            self._raise_in_words(error, vals_list)
        seats.filtered(lambda seat: seat.state in HOLDING_STATES)._facts_changed()
        return seats

    def write(self, vals):
        self._check_may_hold(vals)
        if not PRICING_INPUTS[self._name] & vals.keys():
            return super().write(vals)
        self._check_terms_not_settled(vals)
        before = {seat.id: seat._place_values() for seat in self}
        try:
            with self.env.cr.savepoint():
                result = super().write(vals)
                self.flush_recordset()
        except (ExclusionViolation, CheckViolation) as error:
            self._raise_in_words(
                error, [{**before[seat.id], **vals, "id": seat.id} for seat in self]
            )
        self._facts_changed(before)
        return result

    def _check_terms_not_settled(self, vals):
        """What has no date cannot change under settled months: it would rewrite the days before."""
        names = [
            name
            for name in ("participant_id", "space_id", "tariff_id", "funding_rate", "funding_cap")
            if name in vals
        ]
        if not names:
            return
        changed = self.filtered(
            lambda seat: any(
                seat._fields[name].convert_to_cache(vals[name], seat)
                != seat._fields[name].convert_to_cache(seat[name], seat)
                for name in names
            )
        )
        settled = changed.charge_ids.filtered(lambda charge: charge.state == "settled").seat_id[:1]
        if settled:
            raise UserError(
                self.env._(
                    "Seat %(seat)s has settled months: change its tariff, rate or cap from a date"
                    " (button Change), which leaves the days before as they are.",
                    seat=settled.name,
                )
            )

    def _facts_changed(self, before=None):
        """Settled months that these seats touch are to be checked again, forecasts made again.

        :param before: dict seat id -> values before the change; empty for new seats
        """
        files = defaultdict(list)
        for seat in self:
            old = (before or {}).get(seat.id)
            days = seat._get_days_touched(old) if old else seat._get_days_taken()
            if not days:
                continue
            files[seat.participant_id] += days
            if old and old["participant_id"] != seat.participant_id.id:
                files[seat.participant_id.browse(old["participant_id"])] += days
            if old and old["tariff_id"] != seat.tariff_id.id:
                # Those who stay there may come first now.
                left = seat.tariff_id.browse(old["tariff_id"])._with_ranks()
                for participant in left.seat_ids.participant_id:
                    files[participant] += days
        for participant, days in files.items():
            participant._facts_changed(min(days))

    def _get_rank_rivals(self):
        """Seats of the same programs on the same tariffs, where the price depends on who comes
        first.
        """
        ranked = self.tariff_id._with_ranks()
        if not ranked:
            return self.browse()
        return self.search(
            Domain("tariff_id", "in", ranked.ids)
            & Domain("program_id", "in", self.program_id.ids)
            & Domain("state", "in", HOLDING_STATES)
        )

    def _get_days_taken(self):
        """First day of this seat, and the last day of the one before of the same person in the
        same space: what is due after that depends on whether they went on.
        """
        self.ensure_one()
        before = self.search(
            Domain("participant_id", "=", self.participant_id.id)
            & Domain("space_id", "=", self.space_id.id)
            & Domain("state", "in", HOLDING_STATES)
            & Domain("date_end", "<", self.date_start),
            order="date_end desc",
            limit=1,
        )
        return [day for day in (self.date_start, before.date_end) if day]

    def _get_days_touched(self, old):
        """First days whose price may differ from what it was with the old values."""
        self.ensure_one()
        days = []
        moved = any(
            old[name] != self[name].id for name in ("participant_id", "space_id", "tariff_id")
        )
        # Arrived, ended: the price is the same.
        held = {old["state"], self.state} <= set(HOLDING_STATES)
        if (
            moved
            or old["date_start"] != self.date_start
            or (old["state"] != self.state and not held)
        ):
            days += [old["date_start"], *self._get_days_taken()]
        if old["date_end"] != self.date_end:
            days.append(min(filter(None, (old["date_end"], self.date_end))))
        if any(old[name] != self[name] for name in PRICE_FIELDS):
            days.append(self.date_start)
        return days

    def _place_values(self):
        self.ensure_one()
        return {
            "participant_id": self.participant_id.id,
            "space_id": self.space_id.id,
            "tariff_id": self.tariff_id.id,
            "date_start": self.date_start,
            "date_end": self.date_end,
            "state": self.state,
            **{name: self[name] for name in PRICE_FIELDS},
        }

    def _raise_in_words(self, error, wanted):
        """What the database refused, naming the other seat or the first day without a place.

        :param error: the ``psycopg2`` error, after the savepoint was rolled back
        :param wanted: list of values of the seats that were to be made or changed
        """
        constraint = error.diag.constraint_name
        for vals in wanted:
            start = fields.Date.to_date(vals.get("date_start"))
            end = fields.Date.to_date(vals.get("date_end")) or None
            if not start or (end and end < start):
                continue
            others = self.search(
                Domain("id", "!=", vals.get("id", 0))
                & Domain("state", "in", HOLDING_STATES)
                & Domain("date_start", "<=", end or date.max)
                & (Domain("date_end", "=", False) | Domain("date_end", ">=", start))
            )
            if constraint == "coworking_seat_no_overlap":
                person = self.env["coworking.participant"].browse(vals["participant_id"]).partner_id
                other = others.filtered(lambda seat, person=person: seat.partner_id == person)[:1]
                if other:
                    raise ValidationError(
                        self.env._(
                            "%(person)s already has seat %(seat)s at %(space)s, from %(start)s to"
                            " %(end)s. A person has one seat at a time: end that one first.",
                            person=person.name,
                            seat=other.name,
                            space=other.space_id.name,
                            start=format_date(self.env, other.date_start),
                            end=format_date(self.env, other.date_end) if other.date_end else "…",
                        )
                    ) from error
            if constraint == "coworking_seat_capacity":
                space = self.env["coworking.space"].browse(vals["space_id"])
                here = others.filtered(
                    lambda seat, space=space: seat.uses_place and seat.space_id == space
                )
                full = here._first_day_with(space.seat_capacity, start, end)
                if full:
                    raise ValidationError(
                        self.env._(
                            "%(space)s has no place left on %(date)s: its %(capacity)s places are"
                            " taken. Choose other days or another space.",
                            space=space.name,
                            date=format_date(self.env, full),
                            capacity=space.seat_capacity,
                        )
                    ) from error
        if constraint in ("coworking_seat_no_overlap", "coworking_seat_capacity"):
            # The seats asked for together do not fit together.
            Participant, Space = self.env["coworking.participant"], self.env["coworking.space"]
            names = (
                Participant.browse({vals["participant_id"] for vals in wanted}).mapped(
                    "display_name"
                )
                if constraint == "coworking_seat_no_overlap"
                else Space.browse({vals["space_id"] for vals in wanted}).mapped("name")
            )
            raise ValidationError(
                self.env._(
                    "%(names)s: %(problem)s",
                    names=", ".join(names),
                    problem=self._sql_error_to_message(error),
                )
            ) from error
        raise error

    def _first_day_with(self, number, start, end=None):
        """The first day from ``start`` to ``end`` on which at least ``number`` of these seats
        hold.
        """
        days = {start, *(seat.date_start for seat in self if seat.date_start > start)}
        for day in sorted(days):
            if end and day > end:
                break
            present = self.filtered(
                lambda seat, day=day: (
                    seat.date_start <= day and (not seat.date_end or seat.date_end >= day)
                )
            )
            if len(present) >= number:
                return day
        return None

    def _check_may_hold(self, vals):
        """Giving a place commits money: it takes a coordinator, on every path, RPC and import
        included.

        Record rules are not checked again after a write, so they cannot tell.
        """
        if self.env.su or self.env.user.has_group(
            "coworking_incubation.group_coworking_coordinator"
        ):
            return
        if vals.get("state") in HOLDING_STATES:
            raise AccessError(
                self.env._("Only a coordinator confirms a seat. Request it: they will be told.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for seat in self:
            if seat.state not in ("draft", "refused", "cancelled"):
                raise UserError(
                    self.env._(
                        "Seat %(seat)s is %(state)s: cancel it instead of deleting it.",
                        seat=seat.name,
                        state=dict(self._fields["state"]._description_selection(self.env))[
                            seat.state
                        ],
                    )
                )

    # === ACTION METHODS ===#

    def action_request(self):
        self._check_state_in("draft")
        self.state = "requested"

    def action_confirm(self):
        self._check_state_in("draft", "requested")
        self.state = "confirmed"
        self._announce_arrivals()

    def action_start(self):
        """The person arrived."""
        self._check_state_in("confirmed")
        self.state = "active"

    def action_end(self):
        self._check_state_in("confirmed", "active")
        for seat in self:
            seat.write({"state": "ended", "date_end": seat.date_end or seat.space_id._today()})

    def action_refuse(self):
        self._check_state_in("requested")
        self.state = "refused"

    def action_cancel(self):
        self._check_state_in("draft", "requested", "confirmed")
        for seat in self:
            if seat.charge_ids.filtered(lambda charge: charge.state == "settled"):
                raise UserError(
                    self.env._(
                        "Seat %(seat)s has settled months: give it an end instead of cancelling "
                        "it.",
                        seat=seat.name,
                    )
                )
        self.state = "cancelled"

    def action_draft(self):
        self._check_state_in("refused", "cancelled")
        self.state = "draft"

    def _check_state_in(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for seat in self:
            if seat.state not in states:
                raise UserError(
                    self.env._(
                        "Seat %(seat)s is %(state)s: this is for seats that are %(expected)s.",
                        seat=seat.name,
                        state=labels[seat.state],
                        expected=", ".join(labels[state] for state in states),
                    )
                )

    def action_change(self):
        return self._open_wizard("coworking.seat.change", self.env._("Change tariff or funding"))

    def action_move(self):
        return self._open_wizard("coworking.seat.move", self.env._("Move to another space"))

    def action_leave(self):
        return self._open_wizard("coworking.seat.leave", self.env._("Record a departure"))

    def _open_wizard(self, model, name):
        self.ensure_one()
        self._check_state_in("confirmed", "active")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_seat_id": self.id},
        }

    def action_prepare_hosting(self):
        """The agreement of this seat, or its amendment: made if need be, and opened."""
        self.ensure_one()
        hosting = self.hosting_ids.filtered(lambda row: row.state in OPEN_STATES)[:1]
        if not hosting:
            hosting = self.env["coworking.hosting"].create({"seat_id": self.id})
        return self._open_hostings(hosting)

    def action_open_hostings(self):
        self.ensure_one()
        return self._open_hostings(self.hosting_ids)

    def _open_hostings(self, hostings):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_hosting_action"
        )
        action["context"] = {"default_seat_id": self.id}
        if len(hostings) == 1:
            action.update(res_id=hostings.id, views=[(False, "form")])
        else:
            action["domain"] = [("seat_id", "=", self.id)]
        return action

    def action_open_presences(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_presence_action"
        )
        action["domain"] = [("seat_id", "=", self.id)]
        action["context"] = {"default_seat_id": self.id}
        return action

    def action_open_charges(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_charge_action"
        )
        action["domain"] = [("seat_id", "=", self.id)]
        action["context"] = {}
        return action

    @api.model
    def _cron_end_seats(self):
        """Seats whose last day is past are ended: a fact nobody has to type."""
        seats = self.search(
            [("state", "=", "active"), ("date_end", "!=", False), ("date_end", "<", "today")]
        )
        seats.filtered(lambda seat: seat.date_end < seat.space_id._today()).state = "ended"

    # === PORTAL ===#

    def _announce_arrivals(self):
        """The spaces are written to at once; the daily run writes what was not, and reminds."""
        # sudo: what was asked of a space is written by code
        self.env["coworking.portal.request"].sudo()._ask_arrivals(self)

    def _report_to_staff(self, summary, note="", urgent=False):
        """An activity for whoever follows the person: what a space says never ends a seat."""
        self.ensure_one()
        user = self.user_id or self.program_id.user_id or self.env.ref("base.user_admin")
        self.activity_schedule(
            "mail.mail_activity_data_warning" if urgent else "mail.mail_activity_data_todo",
            summary=summary,
            note=plaintext2html(note),
            user_id=user.id,
        )

    def _link_holders(self, purpose):
        self.ensure_one()
        return self.space_id._contacts()

    def _link_is_open(self, purpose, partner):
        """As long as somebody is to arrive at a space of this contact."""
        self.ensure_one()
        spaces = Domain("space_id", "any", self.space_id._domain_managed_by(partner))
        return bool(self.search_count(spaces & self._domain_arriving(), limit=1))

    @api.model
    def _domain_arriving(self):
        """Seats whose person nobody has seen yet, and that are not over."""
        return Domain("state", "=", "confirmed") & (
            Domain("date_end", "=", False) | Domain("date_end", ">=", "today")
        )

    def _link_target(self, purpose):
        return "/my/coworking/arrivals"

    def _link_words(self, purpose, partner):
        self.ensure_one()
        return {
            "subject": self.env._(
                "An arrival at %(space)s on %(date)s",
                space=self.space_id.name,
                date=format_date(self.env, self.date_start),
            ),
            "text": self.env._(
                "Somebody of our programme is to join you. Tell us when they have arrived, or why"
                " they cannot come."
            ),
            "button": self.env._("See who arrives"),
        }

    # === BUSINESS METHODS ===#

    def _replace_from(self, day, vals):
        """End this seat the day before and go on with another from that day, in one movement.

        :param day: first day of the new seat
        :param vals: what differs: space, tariff, rate, cap
        :return: the new seat
        """
        self.ensure_one()
        if not self.date_start < day <= (self.date_end or day):
            raise UserError(
                self.env._(
                    "Seat %(seat)s runs from %(start)s to %(end)s: choose a later day within it.",
                    seat=self.name,
                    start=format_date(self.env, self.date_start),
                    end=format_date(self.env, self.date_end) if self.date_end else "…",
                )
            )
        later = self.presence_ids.filtered(lambda presence: presence.date >= day)
        if later:
            raise UserError(
                self.env._(
                    "Seat %(seat)s holds presences from %(date)s on. Remove them, or choose a "
                    "later day.",
                    seat=self.name,
                    date=format_date(self.env, min(later.mapped("date"))),
                )
            )
        values = {
            "participant_id": self.participant_id.id,
            "space_id": self.space_id.id,
            "tariff_id": self.tariff_id.id,
            "date_start": day,
            "date_end": self.date_end,
            "funding_rate": self._funding_on(day).rate,
            "funding_cap": self._funding_on(day).cap,
            "occupant_name": self.occupant_name,
            "funding_ids": [
                Command.create({"date_from": row.date_from, "rate": row.rate, "cap": row.cap})
                for row in self.funding_ids
                if row.date_from > day
            ],
            "state": self.state
            if vals.get("space_id", self.space_id.id) == self.space_id.id
            else "confirmed",
            **vals,
        }
        last_day = day - timedelta(days=1)
        self.write({"date_end": last_day})
        seat = self.create(values)
        self.message_post(
            body=self.env._(
                "Goes on as %(seat)s at %(space)s, %(tariff)s, from %(date)s.",
                seat=seat.name,
                space=seat.space_id.name,
                tariff=seat.tariff_id.name,
                date=format_date(self.env, day),
            )
        )
        seat._announce_arrivals()
        return seat

    def _funding_on(self, day):
        """The rate and cap in force on a day, as ``pricing.Funding``."""
        self.ensure_one()
        return self._to_pricing()[self.id].funding_on(day.replace(day=1))

    def _record_presences(self, rows, *, source, by, reason=None):
        """Take down what the space says of half-days of these seats, all or nothing.

        :param rows: list of dicts: ``date``, ``slot`` ('am', 'pm'), ``state`` ('present', 'absent',
            or False to clear what was said), ``hours`` for tariffs by the hour, and ``seat_id``
            where there are several seats
        :param source: how the word came: 'host', 'host_bulk', 'staff', 'sheet' or 'import'
        :param by: the partner who speaks
        :param reason: why a settled month is corrected; coordinators only
        :return: the presences that hold what was said
        :raise UserError: all that is wrong, a line each: outside the stay, closed month, closed
            space, a day to come
        """
        return self.env["coworking.presence"]._record(
            self, rows, source=source, by=by, reason=reason
        )

    def _sign_presences(self, rows, *, source, by=None):
        """Take down what the participant says of half-days of this seat, beside the space's word.

        :param rows: as in ``_record_presences``, without hours
        :param source: how it was signed: 'portal', 'tablet', 'link' or 'paper'
        :param by: the partner who signs or who types a signed sheet; the participant by default
        :return: the presences that hold what was signed
        :raise UserError: see ``_record_presences``
        """
        self.ensure_one()
        return self.env["coworking.presence"]._sign(
            self, rows, source=source, by=by or self.partner_id
        )

    def _to_pricing(self):
        """These seats as ``pricing.Seat``, in batch.

        :return: dict seat id -> ``pricing.Seat``
        """
        seats = self | self._get_companions()
        result = seats._prepare_pricing()
        for own in seats.grouped(lambda seat: (seat.participant_id, seat.space_id)).values():
            if len(own) > 1:
                carried = pricing.carry_commitments([result[seat.id] for seat in own])
                result.update({seat.key: seat for seat in carried})
        return {seat.id: result[seat.id] for seat in self}

    def _get_companions(self):
        """Other seats of the same people in the same spaces, where a commitment or a notice may
        go from one to the next.
        """
        others = self.search(
            Domain("participant_id", "in", self.participant_id.ids)
            & Domain("space_id", "in", self.space_id.ids)
            & Domain("state", "in", HOLDING_STATES)
            & Domain("id", "not in", self.ids)
        )
        bound = {
            (seat.participant_id, seat.space_id)
            for seat in self | others
            if seat.tariff_id.min_commitment_months or seat.notice_date
        }
        here = {(seat.participant_id, seat.space_id) for seat in self}
        return others.filtered(lambda seat: (seat.participant_id, seat.space_id) in bound & here)

    def _prepare_pricing(self):
        """Each of these seats by itself: see ``_to_pricing``."""
        seats = self.with_context(prefetch_fields=True)
        terms, rates = {}, {}
        for tariff, taxes in seats.tariff_id._taxes_each().items():
            terms[tariff.id] = tariff._to_terms()
            rates[tariff.id] = tariff._rate_of(taxes)
        presences = seats._pricing_presences()
        suspensions = seats.participant_id._pricing_suspensions()
        closures = seats.space_id._pricing_closures()
        result = {}
        for seat in seats:
            program = seat.program_id
            result[seat.id] = pricing.Seat(
                key=seat.id,
                person=seat.participant_id.id,
                terms=terms[seat.tariff_id.id],
                date_start=seat.date_start,
                date_end=seat.date_end or None,
                tax_rate=rates[seat.tariff_id.id],
                fundings=(
                    pricing.Funding(
                        date_from=None,
                        rate=to_decimal(seat.funding_rate),
                        cap=to_decimal_or_none(seat.funding_cap),
                    ),
                    *(funding._to_funding() for funding in seat.funding_ids),
                ),
                presences=presences.get(seat.id, ()),
                suspensions=suspensions.get(seat.participant_id.id, ()),
                closures=closures.get(seat.space_id.id, ()),
                notice_date=seat.notice_date or None,
                price_guaranteed_until=seat.price_guaranteed_until or None,
                billed_from=seat.billed_from or None,
                funding_base=program.funding_base,
                collector=program.copayment_collector,
            )
        return result

    def _priced_by_use(self):
        """Those of these seats whose price depends on presences."""
        return self.filtered(
            lambda seat: (
                seat.tariff_id.unit in ("hour", "half_day", "day", "pack")
                or seat.tariff_id.included_quantity
            )
        )

    def _pricing_presences(self):
        """Half-days present of the seats whose price depends on them."""
        used = self._priced_by_use()
        result = defaultdict(list)
        if used:
            rows = self.env["coworking.presence"]._read_group(
                [("seat_id", "in", used.ids), ("state", "=", "present")],
                ["seat_id", "date:day", "slot"],
                ["hours:sum"],
            )
            for seat, day, slot, hours in rows:
                result[seat.id].append(
                    pricing.Presence(date=day, slot=slot, hours=to_decimal_or_none(hours))
                )
        return {seat_id: tuple(presences) for seat_id, presences in result.items()}
