from datetime import timedelta

from dateutil.relativedelta import relativedelta
from psycopg2.errors import CheckViolation, ExclusionViolation

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, mute_logger

from ... import pricing
from ...pricing_inputs import PRICING_INPUTS
from ...tools import period_in_words, to_decimal, to_decimal_or_none
from ..base.processing import SEATS

# States in which a seat holds its place, may not overlap another of the same person, and is
# charged.
HOLDING_STATES = ("confirmed", "active", "ended")
# Who holds which place on which days; the other inputs decide the price alone.
PLACE_FIELDS = {"participant_id", "space_id", "tariff_id", "date_start", "date_end", "state"}


class CoworkingSeat(models.Model):
    """A funded seat: one participant, one space, one tariff, from a day to another.

    PostgreSQL guarantees that a person never has two seats on one day and that a space never gives
    more places than it offers; Odoo's transactions are REPEATABLE READ, so that no check in Python
    could (see ``init``). Python only says it in words, before.
    """

    _name = "coworking.seat"
    _description = "Funded Seat"
    _processing = SEATS
    _inherit = [
        "coworking.thread.mixin",
        "mail.activity.mixin",
        "coworking.portal.mixin",
        "coworking.link.mixin",
        "coworking.request.mixin",
        "coworking.state.mixin",
        "coworking.form.lock.mixin",
        "coworking.record.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _request_type = "coworking_incubation.mail_activity_type_seat_request"

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
        related="participant_id.user_id", string="Counsellor", store=True, precompute=True
    )
    space_id = fields.Many2one(
        "coworking.space",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    contact_words = fields.Char(related="space_id.contact_words")
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
        copy=False, tracking=True, help="Day on which the space was told that the seat ends."
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
        aggregator=None,
        compute="_compute_funding",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 2),
        tracking=True,
    )
    funding_cap = fields.Monetary(
        aggregator=None,
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
        copy=False,
        compute="_compute_billed_from",
        store=True,
        readonly=False,
        precompute=True,
        help="For a program taken over while it runs: the first month billed here. Earlier ones "
        "were"
        " settled elsewhere.",
    )
    opening_pack_quantity = fields.Float(
        copy=False,
        string="Tickets Taken Over",
        digits=(6, 2),
        help="Tickets left from a pack that was bought before the take-over.",
    )
    opening_pack_valid_until = fields.Date(string="Tickets Valid Until", copy=False)
    membership_paid_on = fields.Date(
        copy=False,
        help="For a yearly fee paid elsewhere: before the take-over, or by the person.",
    )
    occupant_name = fields.Char(
        compute="_compute_occupant_name",
        store=True,
        readonly=False,
        precompute=True,
        help="The name the space's manager sees.",
    )
    other_request_id = fields.Many2one(
        "coworking.seat",
        compute="_compute_other_request_id",
        help="Another seat that was asked for, for the same person, and is not answered.",
    )
    presence_ids = fields.One2many("coworking.presence", "seat_id")
    presence_count = fields.Integer(compute="_compute_presence_count")
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
    _name_uniq = models.UniqueIndex(
        "(name, company_id)",
        "This seat reference is taken: have the administrator set the next number of their sequence"
        " above it.",
    )
    _space_dates_idx = models.Index(
        "(space_id, date_start, date_end) WHERE state IN ('confirmed', 'active', 'ended')"
    )

    @api.model
    def _get_placed_on_domain(self, day):
        """Seats that take one of their space's places on a day."""
        return (
            Domain("state", "in", HOLDING_STATES)
            & Domain("uses_place", "=", True)
            & Domain("date_start", "<=", day)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", day))
        )

    @api.model
    def _get_going_on_domain(self):
        """Seats that somebody asked for, or that are confirmed or under way and not over."""
        return Domain("state", "=", "requested") | (
            Domain("state", "in", ("confirmed", "active"))
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", "today"))
        )

    def _describe_going_on(self):
        """Why what these seats belong to cannot be archived: see ``coworking.archive.mixin``."""
        if not self:
            return []
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_seat_action"
        )
        words = [
            self.env._(
                "seat %(seat)s of %(person)s at %(space)s is %(state)s: end or cancel it first",
                seat=seat.name,
                person=seat.partner_id.name,
                space=seat.space_id.name,
                state=dict(self._fields["state"]._description_selection(self.env))[seat.state],
            )
            for seat in self
        ]
        action |= {"domain": [("id", "in", self.ids)], "context": {}}
        return [(text, action, self.env._("See the seats")) for text in words]

    @api.model
    def _get_portal_fields(self):
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

    # === COMPUTE METHODS ===#

    @api.depends("participant_id")
    def _compute_funding(self):
        for seat in self:
            seat.funding_rate = seat.program_id.funding_rate
            seat.funding_cap = seat.program_id.funding_cap

    @api.depends("participant_id", "date_start")
    def _compute_billed_from(self):
        """That of the program, for a seat that began before: a program says it once. A month that
        was typed stays.
        """
        for seat in self:
            first = seat.program_id.billed_from
            first = first and first.replace(day=1)
            if seat.billed_from and seat.billed_from != first:
                continue
            early = first and (not seat.date_start or seat.date_start < first)
            seat.billed_from = early and first

    @api.depends(
        "tariff_id.price_summary", "date_start", "funding_rate", "funding_cap", "program_id"
    )
    def _compute_offer_summary(self):
        for seat in self:
            seat.offer_summary = seat._describe_offer()

    def _describe_offer(self):
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
            tariff._get_tax_rate(),
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
        return ", ".join([*parts, *tariff._describe_binding()])

    @api.depends("participant_id")
    def _compute_occupant_name(self):
        for seat in self:
            seat.occupant_name = seat.participant_id.partner_id.name

    @api.depends("participant_id", "state")
    def _compute_other_request_id(self):
        open_requests = self.search(
            [("partner_id", "in", self.participant_id.partner_id.ids), ("state", "=", "requested")]
        )
        for seat in self:
            others = self.browse()
            if seat.state in ("draft", "requested"):
                others = open_requests.filtered(
                    lambda other, seat=seat: (
                        other.partner_id == seat.participant_id.partner_id and other != seat._origin
                    )
                )
            seat.other_request_id = others[:1]

    def _compute_presence_count(self):
        counts = dict(
            self.env["coworking.presence"]._read_group(
                [("seat_id", "in", self.ids), ("state", "=", "present")], ["seat_id"], ["__count"]
            )
        )
        for seat in self:
            seat.presence_count = counts.get(seat, 0)

    @api.model
    def _read_group_states(self, states, domain):
        """Columns of the board in the order of a seat's life; its ends only when they hold
        seats.
        """
        order = [state for state, __ in self._fields["state"].selection]
        always = ("draft", "requested", "confirmed", "active")
        return [state for state in order if state in always or state in states]

    # === ONCHANGE METHODS ===#

    @api.onchange("participant_id")
    def _onchange_participant_id(self):
        """Where there is but one partner space, it is that one."""
        if self.participant_id and not self.space_id:
            spaces = self.env["coworking.space"].search(
                [("company_id", "=", self.company_id.id), ("state", "=", "partner")], limit=2
            )
            self.space_id = spaces if len(spaces) == 1 else False

    @api.onchange("space_id")
    def _onchange_space_id(self):
        """A tariff of another space goes; where there is but one, it is that one."""
        if self.tariff_id.space_id != self.space_id:
            tariffs = self.space_id.tariff_ids
            self.tariff_id = tariffs if len(tariffs) == 1 else False

    @api.onchange("participant_id", "date_start")
    def _onchange_date_start(self):
        """A seat lasts as long as the incubation: what is planned, or the program's months."""
        if self.participant_id and self.date_start and not self.date_end:
            program = self.program_id
            planned = self.participant_id.date_exit_planned or min(
                self.date_start + relativedelta(months=program.duration_months, days=-1),
                program.date_end,
            )
            self.date_end = planned if planned >= self.date_start else False

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

    @api.constrains("occupant_name")
    def _check_occupant_name(self):
        for seat in self.filtered(lambda seat: not (seat.occupant_name or "").strip()):
            seat._refuse_missing(self._fields["occupant_name"])

    @api.constrains("active", "state")
    def _check_may_archive(self):
        archived = self.filtered(lambda seat: not seat.active)
        archived._check_state_in("draft", "ended", "refused", "cancelled")

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

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]  # named below, one by one
        for number, vals in enumerate(vals_list, 1):
            self._check_may_hold(vals)
            vals["name"] = vals.get("name") or self._draw_name(number)
            if not str(vals.get("occupant_name") or "").strip():
                vals.pop("occupant_name", None)  # as where it is not given: the person's
        try:
            # what PostgreSQL refuses is told in words: no error of the server
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                seats = super().create(vals_list)
                seats.flush_recordset()
        except (ExclusionViolation, CheckViolation) as error:
            self._raise_in_words(error, vals_list)
        held = seats.filtered(lambda seat: seat.state in HOLDING_STATES)
        held._check_may_be_billed()
        held._notify_pricing_inputs_changed()
        seats.filtered(lambda seat: seat.state == "requested")._ask_coordinator()
        return seats

    @api.model
    def _draw_name(self, number):
        """The next reference. None is drawn where all is tried and taken back, as by the test of an
        import: its numbers would be missing for ever.

        :param number: of the seat among those that are made at once
        """
        if self.env.context.get("coworking_trial"):
            # sudo: no two of the trial are called the same, whoever tries
            last = self.sudo().search([], order="id desc", limit=1)
            return f"({last.id + number})"
        return self.env["ir.sequence"].next_by_code("coworking.seat")

    def write(self, vals):
        self._check_may_hold(vals)
        if not PRICING_INPUTS[self._name] & vals.keys():
            return super().write(vals)
        self._check_terms_not_settled(vals)
        if "participant_id" in vals:
            # sudo: whether it is the same person, whose file one may read or not
            file = self.env["coworking.participant"].sudo().browse(vals["participant_id"])
            self.filtered(
                lambda seat: seat.partner_id != file.partner_id
            )._check_may_change_person()
        if "state" in vals and vals["state"] not in HOLDING_STATES:
            self.filtered(lambda seat: seat.state in HOLDING_STATES)._check_may_cancel()
        taken = (PLACE_FIELDS - {"date_end"}) & vals.keys()
        before = {seat.id: seat._get_place_values(taken) for seat in self}
        asked = self.filtered(lambda seat: seat.state == "requested")
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                result = super().write(vals)
                self.flush_recordset()
        except (ExclusionViolation, CheckViolation) as error:
            self._raise_in_words(
                error, [{**before[seat.id], **vals, "id": seat.id} for seat in self]
            )
        self.filtered(lambda seat: seat._is_given_anew(before[seat.id]))._check_may_be_billed()
        self._notify_pricing_inputs_changed(before)
        (self - asked).filtered(lambda seat: seat.state == "requested")._ask_coordinator()
        asked.filtered(lambda seat: seat.state != "requested")._close_request()
        return result

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
        return True

    def action_confirm(self):
        self._check_state_in("draft", "requested")
        self.state = "confirmed"
        self._announce_arrivals()
        return True

    def action_welcome(self):
        """Confirm the seats of people who are there already: their files enter incubation too."""
        self.action_confirm()
        for seat in self:
            file, program = seat.participant_id, seat.program_id
            if file.phase not in ("recruitment", "selection"):
                continue
            stages = self.env["coworking.stage"].search([("phase", "=", "incubation")])
            file.write(
                {
                    "stage_id": stages._filter_of_program(program)[:1].id,
                    "date_entry": seat.date_start,
                    "move_reason": self.env._("Already there when the program began here"),
                }
            )
        return True

    def action_start(self):
        """The person arrived."""
        self._check_state_in("confirmed")
        self.state = "active"
        return True

    def action_refuse(self):
        self._check_state_in("requested")
        self.state = "refused"
        return True

    def action_cancel(self):
        self._check_state_in("draft", "requested", "confirmed")
        self.state = "cancelled"
        return True

    def action_draft(self):
        self._check_state_in("refused", "cancelled")
        self.state = "draft"
        return True

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

    def action_open_presences(self):
        """Of one seat there is a calendar too: of all of them it would show a thousand a day."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_presence_action"
        )
        action["domain"] = [("seat_id", "=", self.id)]
        action["context"] = {"default_seat_id": self.id}
        action["views"].insert(1, (False, "calendar"))
        action["view_mode"] = ",".join(kind for __, kind in action["views"])
        return action

    @api.model
    def _cron_end_seats(self):
        """Seats whose last day is past are ended: a fact nobody has to type."""
        seats = self.search(
            [("state", "=", "active"), ("date_end", "!=", False), ("date_end", "<", "today")]
        )
        seats._end_past()

    # === HOOKS OF THE ROOMS ABOVE ===#

    def _check_terms_not_settled(self, vals):
        """Who settles months refuses what has no date and would rewrite the days before."""

    def _announce_arrivals(self):
        """Somebody is to arrive on these seats: the spaces are told."""

    # === BUSINESS METHODS ===#

    def _end_past(self):
        """Of these, those that are held and whose last day is past where they are, are ended."""
        held = self.filtered(lambda seat: seat.state == "active" and seat.date_end)
        held.filtered(lambda seat: seat.date_end < seat.space_id._get_today()).state = "ended"

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
                    "Seat %(seat)s runs %(period)s: choose a later day within it.",
                    seat=self.name,
                    period=period_in_words(self.env, self.date_start, self.date_end),
                )
            )
        stays = vals.get("space_id", self.space_id.id) == self.space_id.id
        rate, cap = self._get_funding_on(day)
        values = {
            "participant_id": self.participant_id.id,
            "space_id": self.space_id.id,
            "tariff_id": self.tariff_id.id,
            "date_start": day,
            "date_end": self.date_end,
            # the space was told that the person leaves, whatever the tariff is until then
            "notice_date": stays and self.notice_date,
            "funding_rate": rate,
            "funding_cap": cap,
            "occupant_name": self.occupant_name,
            "funding_ids": [
                Command.create({"date_from": row.date_from, "rate": row.rate, "cap": row.cap})
                for row in self.funding_ids
                if row.date_from > day
            ],
            "state": self.state if stays else "confirmed",
            **({"billed_from": self.billed_from} if (self.billed_from or day) > day else {}),
            **vals,
        }
        self.write({"date_end": day - timedelta(days=1)})
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
