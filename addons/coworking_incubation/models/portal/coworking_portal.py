from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, plaintext2html

from ...tools import day_in_words, typed_text
from ..network.coworking_program import ANNOUNCE_DAYS
from ..seat.coworking_seat import HOLDING_STATES

# What the chart of a space shows, beside this week.
WEEKS_BACK, WEEKS_AHEAD = 4, 8
# Longer than anybody writes on a telephone, short enough to be read.
MAX_TEXT = 2000
# The largest id that PostgreSQL holds; what is beyond does not exist.
MAX_ID = 2**31 - 1


class CoworkingPortal(models.AbstractModel):
    """What the managers of a space see and do, ready to be shown: words and numbers, no records.

    Called with sudo by the pages, because a manager may have no account at all: every method takes
    the contact it answers, and looks up what that contact manages today. What is not theirs is as
    if it did not exist.
    """

    _name = "coworking.portal"
    _description = "Pages of the Managers"

    # === WHAT IS THEIRS ===#

    @api.model
    def _get_spaces(self, partner):
        return self.env["coworking.space"].search(
            self.env["coworking.space"]._get_managed_by_domain(partner)
            & Domain("state", "in", ("partner", "suspended", "closed"))
        )

    @api.model
    def _get_own_domain(self, partner):
        """Records that hang on a space of this contact."""
        return Domain("space_id", "in", self._get_spaces(partner).ids)

    @api.model
    def _find_own(self, model, record_id, domain):
        """The record of that id among those of the domain, or an empty set."""
        if not 0 < record_id <= MAX_ID:
            return self.env[model]
        return self.env[model].search(domain & Domain("id", "=", record_id))

    @api.model
    def _get_space(self, partner, space_id):
        return self._get_spaces(partner).filtered(lambda space: space.id == space_id)

    @api.model
    def _get_seats_domain(self, partner):
        return self._get_own_domain(partner) & Domain("state", "in", ("confirmed", "active"))

    @api.model
    def _get_seat(self, partner, seat_id):
        return self._find_own("coworking.seat", seat_id, self._get_seats_domain(partner))

    @api.model
    def _try_to_act(self, act):
        """Do something, all of it or nothing.

        Where somebody else has just said the same for the first time, Odoo starts again and sees
        it: what is told then is about what they said.
        """
        try:
            with self.env.cr.savepoint():
                return act()
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    # === WORDS ===#

    @api.model
    def _speak_to_staff(self, record, user=None):
        """This page in the language of who reads what is noted on a record, whoever opened it.

        :param user: see ``coworking.thread.mixin``
        """
        return self.with_env(record._speak_to_staff(user).env)

    @api.model
    def _clean_text(self, text, missing=None):
        """What somebody typed, as it is kept.

        :param missing: what to say when there is nothing; without it the text may be empty
        :raise UserError: nothing, or more than anybody would read
        """
        text = typed_text(text)
        if missing and not text:
            raise UserError(missing)
        if len(text) > MAX_TEXT:
            raise UserError(self.env._("This text is too long: %s characters at most.", MAX_TEXT))
        return text

    @api.model
    def _format_day(self, day):
        """25 juin 2015"""
        return day_in_words(self.env, day)

    @api.model
    def _format_moment(self, moment, partner, space):
        """16/06/2015 00:30, where this manager is, or else at the space."""
        zone = partner.tz or space._get_zone()
        return format_datetime(self.env, moment, tz=zone, dt_format="short")

    @api.model
    def _paid_words(self, payments, currency):
        """When how much was paid.

        :param payments: rows of ``account.move._coworking_payment_facts``
        :param currency: that of the company, which these amounts are in
        """
        return [
            self.env._(
                "%(amount)s paid on %(day)s",
                amount=currency.format(float(amount)),
                day=self._format_day(day),
            )
            for day, amount, _line in payments
        ]

    @api.model
    def _get_month_words(self, month):
        return format_date(self.env, month, date_format="MMMM y")

    @api.model
    def _get_contact_of(self, record):
        """The person of the programme to call about a file, a seat or a month."""
        user = record._get_responsible(or_admin=False)
        return {"name": user.name, "phone": user.phone, "email": user.email} if user else None

    # === HOME ===#

    @api.model
    def _get_waiting_count(self, partner):
        """How many things wait for this contact: arrivals, months with a statement, invoices."""
        return (
            len(self._get_arrivals_waiting(partner))
            + len(self._get_months_waiting(partner))
            + len(self.env["coworking.portal.month"]._get_months_to_invoice(partner))
        )

    @api.model
    def _get_months_waiting(self, partner):
        """First days of the months of which a statement waits for this contact."""
        months = self.env["coworking.statement"]._read_group(
            self._get_own_domain(partner) & Domain("state", "=", "sent"),
            ["date_from:month"],
            order="date_from:month",
        )
        return [month for (month,) in months]

    @api.model
    def _get_arrivals_waiting(self, partner):
        """Seats whose person is said to arrive, less those that the space refused."""
        seats = self.env["coworking.seat"].search(
            self._get_own_domain(partner) & self.env["coworking.seat"]._get_arriving_domain(),
            order="date_start, id",
        )
        return seats - seats._get_refusals().seat_id

    @api.model
    def _prepare_home(self, partner):
        spaces = self._get_spaces(partner)
        return {
            "manager": partner.name,
            "arrivals": len(self._get_arrivals_waiting(partner)),
            "months": [
                {"key": f"{month:%Y-%m}", "words": self._get_month_words(month)}
                for month in self._get_months_waiting(partner)
            ],
            "invoices": [
                {"key": f"{month:%Y-%m}", "words": self._get_month_words(month)}
                for month in self.env["coworking.portal.month"]._get_months_to_invoice(partner)
            ],
            "spaces": [self._prepare_space_card(space) for space in spaces],
            "people": self.env["coworking.seat"].search_count(
                self._get_own_domain(partner) & Domain("state", "=", "active")
            ),
            "coming": self._prepare_coming(partner),
            "messages": self._get_messages(partner, spaces),
        }

    @api.model
    def _prepare_space_card(self, space):
        return {
            "id": space.id,
            "name": space.name,
            "seats": space.seats_today,
            "capacity": space.seat_capacity,
            "left": space.places_left,
            "weeks": self._prepare_occupancy(space),
        }

    @api.model
    def _prepare_occupancy(self, space):
        """How many places are taken on each Monday, some weeks back and ahead."""
        today = space._get_today()
        monday = today - timedelta(days=today.weekday())
        days = [monday + timedelta(weeks=week) for week in range(-WEEKS_BACK, WEEKS_AHEAD + 1)]
        seats = self.env["coworking.seat"].search_fetch(
            [
                ("space_id", "=", space.id),
                ("state", "in", HOLDING_STATES),
                ("uses_place", "=", True),
                ("date_start", "<=", days[-1]),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", days[0]),
            ],
            ["date_start", "date_end"],
        )
        taken = [
            sum(
                seat.date_start <= day and (not seat.date_end or seat.date_end >= day)
                for seat in seats
            )
            for day in days
        ]
        top = max(space.seat_capacity, *taken, 1)
        return [
            {
                "day": format_date(self.env, day, date_format="d/M"),
                "words": self.env._(
                    "Week of %(day)s: %(taken)s of %(places)s places",
                    day=self._format_day(day),
                    taken=count,
                    places=space.seat_capacity,
                ),
                "taken": count,
                "percent": round(100 * count / top),
                "now": day == monday,
            }
            for day, count in zip(days, taken, strict=True)
        ]

    # === PEOPLE ===#

    @api.model
    def _prepare_people(self, partner):
        """Those who are here, each with whom to call and, near the end, the last day."""
        seats = self.env["coworking.seat"].search(
            self._get_own_domain(partner) & Domain("state", "=", "active"), order="space_id, id"
        )
        several = len(seats.space_id) > 1
        return [self._prepare_person(seat, several) for seat in seats.sorted("occupant_name")]

    @api.model
    def _prepare_person(self, seat, several=False):
        today = seat.space_id._get_today()
        ends = [day for day in (seat.date_end, seat.participant_id.date_exit_planned) if day]
        last = min(ends, default=None)
        near = last and last <= today + timedelta(days=ANNOUNCE_DAYS)
        return {
            "seat": seat.id,
            "name": seat.occupant_name,
            "space": seat.space_id.name if several else None,
            "tariff": seat.tariff_id.name,
            "since": self._format_day(seat.date_start),
            "end": self._format_day(last) if near else None,
            "contact": self._get_contact_of(seat),
        }

    @api.model
    def _get_report_kinds(self):
        """What can be reported of a person, in the order of the page."""
        return {
            "gone": self.env._("Does not come any more"),
            "leaving": self.env._("Has announced that they leave"),
            "problem": self.env._("There is a problem"),
            "accident": self.env._("Accident"),
        }

    @api.model
    def _report_something(self, partner, channel, seat, kind, day=None, note=None):
        """An activity for the accompanist. Nothing of the seat changes."""
        kinds = self._get_report_kinds()
        note = self._clean_text(note)
        if kind not in kinds:
            raise UserError(self.env._("Say what it is about."))
        if kind in ("gone", "leaving") and not day:
            raise UserError(self.env._("Say since when, or from which day on."))
        if kind == "gone" and day > seat.space_id._get_today():
            raise UserError(
                self.env._(
                    "%(day)s has not come yet: choose “%(leaving)s”, or another day.",
                    day=self._format_day(day),
                    leaving=kinds["leaving"],
                )
            )
        if kind in ("problem", "accident") and not note:
            raise UserError(self.env._("Say in a few words what happened."))
        staff = self._speak_to_staff(seat, seat._get_responsible())
        kinds = staff._get_report_kinds()
        parts = [kinds[kind]]
        if day:
            parts.append(staff._format_day(day))
        if note:
            parts.append(note)
        text = ", ".join(parts)
        seat._report_to_staff(
            staff.env._(
                "%(space)s about %(person)s: %(what)s",
                space=seat.space_id.name,
                person=seat.occupant_name,
                what=kinds[kind],
            ),
            staff.env._("%(manager)s: %(text)s", manager=partner.name, text=text),
            urgent=kind == "accident",
        )
        self.env["coworking.portal.answer"]._log_answer("report", seat, partner, channel, note=text)

    # === MESSAGES ===#

    @api.model
    def _get_messages(self, partner, records, limit=10):
        """What managers and staff wrote to each other about some records of one model.

        Only what a manager of today wrote, or what was sent to one: what staff tell each other in
        the discussion of a record is not theirs to read.
        """
        if not records:
            return []
        spaces = records if records._name == "coworking.space" else records.space_id
        managers = spaces.manager_ids | spaces.substitute_ids
        messages = self.env["mail.message"].search(
            [
                ("model", "=", records._name),
                ("res_id", "in", records.ids),
                ("message_type", "=", "comment"),
                ("subtype_id", "=", self.env.ref("mail.mt_comment").id),
                "|",
                ("author_id", "in", managers.ids),
                ("partner_ids", "in", managers.ids),
            ],
            limit=limit,
        )
        return [
            {
                "author": message.author_id.name,
                "mine": message.author_id in managers,
                "date": self._format_moment(message.date, partner, spaces[:1]),
                "body": message.body,
            }
            for message in reversed(messages)
        ]

    @api.model
    def _log_opposed(self, spoken, partner, opposed):
        """
        :param spoken: the record in whose discussion it is noted, in the words of staff
        """
        words = (
            spoken.env._("Does not want to be written to any more.")
            if opposed
            else spoken.env._("May be written to again.")
        )
        spoken._message_log(body=words, author_id=partner.id)

    @api.model
    def _write_message(self, partner, record, text):
        """A message of a manager in the discussion of a record, for the coordinator."""
        text = self._clean_text(text, self.env._("Write something first."))
        record.message_post(
            body=plaintext2html(text),
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=record._get_responsible().partner_id.ids,
        )

    # === ARRIVALS ===#

    @api.model
    def _prepare_arrivals(self, partner):
        """People who arrive: what to know of them, and whether the day has come."""
        seats = self.env["coworking.seat"].search(
            self._get_own_domain(partner) & self.env["coworking.seat"]._get_arriving_domain(),
            order="date_start, id",
        )
        refused = {answer.seat_id: answer for answer in seats._get_refusals()}
        several = len(seats.space_id) > 1
        result = []
        for seat in seats:
            answer = refused.get(seat)
            result.append(
                {
                    **self._prepare_person(seat, several),
                    "start": self._format_day(seat.date_start),
                    "last_day": self._format_day(seat.date_end) if seat.date_end else None,
                    "price": seat.price_summary,
                    "may_confirm": seat.date_start <= seat.space_id._get_today(),
                    "refused": answer
                    and self.env._(
                        "%(manager)s answered on %(date)s: %(reason)s",
                        manager=answer.partner_id.name,
                        date=self._format_moment(answer.date, partner, seat.space_id),
                        reason=answer.note,
                    ),
                }
            )
        return result

    @api.model
    def _confirm_arrival(self, partner, channel, seat):
        """The person is there: the seat is under way."""
        if seat.state == "active":
            raise UserError(
                self.env._(
                    "The arrival of %(person)s is confirmed already: nothing was changed.",
                    person=seat.occupant_name,
                )
            )
        if seat.date_start > seat.space_id._get_today():
            raise UserError(
                self.env._(
                    "%(person)s arrives on %(date)s: confirm from that day on.",
                    person=seat.occupant_name,
                    date=self._format_day(seat.date_start),
                )
            )
        seat._track_set_author(partner)
        seat.action_start()
        self.env["coworking.portal.answer"]._log_answer("arrived", seat, partner, channel)

    @api.model
    def _refuse_arrival(self, partner, channel, seat, reason):
        """The person did not come, or cannot: staff decide what becomes of the seat."""
        if seat.state == "active":
            raise UserError(
                self.env._(
                    "The arrival of %(person)s is confirmed already: report a departure instead.",
                    person=seat.occupant_name,
                )
            )
        reason = self._clean_text(
            reason, self.env._("%(person)s: say why in a few words.", person=seat.occupant_name)
        )
        staff = seat._speak_to_staff(seat._get_responsible())
        seat._report_to_staff(
            staff.env._(
                "%(space)s does not confirm the arrival of %(person)s",
                space=seat.space_id.name,
                person=seat.occupant_name,
            ),
            staff.env._("%(manager)s: %(text)s", manager=partner.name, text=reason),
        )
        self.env["coworking.portal.answer"]._log_answer(
            "not_arrived", seat, partner, channel, note=reason, shown_hash=str(seat.date_start)
        )
