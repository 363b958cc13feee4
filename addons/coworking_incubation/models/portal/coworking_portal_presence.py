import math
import re
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import get_lang

from ...tools import day_in_words, short_number
from ..seat.coworking_seat import HOLDING_STATES
from .coworking_portal import MAX_ID

STATES = ("present", "absent", False)
# Fields of the form of a week; each name ends with what the page showed.
HALF_DAY = re.compile(r"s_(\d{1,10})_(\d{4}-\d\d-\d\d)_(am|pm)_(|present|absent)")
HOURS = re.compile(r"h_(\d{1,10})_(\d{4}-\d\d-\d\d)_(am|pm)_([\d.]*)")
VISIT = re.compile(r"v_(\d{1,10})_(|yes|no|left)_([\d-]*)")
# Hours that half a day holds.
MAX_HOURS = 12
# Half-days that are taken down at once.
MAX_ROWS = 100


class CoworkingPortalPresence(models.AbstractModel):
    """Presences, as far as the price needs them: half-days, or whether somebody came at all."""

    _name = "coworking.portal.presence"
    _description = "Presences Given by a Manager"
    _inherit = ["coworking.portal"]

    # === PAGE ===#

    @api.model
    def _get_monday(self, text, today):
        """The Monday of the week of a day such as "2015-06-15"; of this week by default."""
        try:
            day = date.fromisoformat(text or "")
        except ValueError:
            day = today
        day = min(max(day, date(2000, 1, 1)), today + timedelta(days=366))
        return day - timedelta(days=day.weekday())

    @api.model
    def _get_period(self, day, month, today):
        """(first day, last day) that the page shows: a month such as "2015-06" where one is asked
        for, else the week of a day.
        """
        first = self.env["coworking.portal.month"]._parse_month(month or "")
        if first and date(2000, 1, 1) <= first <= today + timedelta(days=366):
            return first, fields.Date.end_of(first, "month")
        monday = self._get_monday(day, today)
        return monday, monday + timedelta(days=6)

    @api.model
    def _get_query(self, first, last):
        """What the address says to show these days: see ``_get_period``."""
        whole = last - first > timedelta(days=6)
        return f"month={first:%Y-%m}" if whole else f"day={first:%Y-%m-%d}"

    @api.model
    def _get_seats_here_domain(self, first, last):
        """Seats of people who could have come between two days, whether or not somebody has
        confirmed that they arrived.
        """
        return (
            Domain("state", "in", HOLDING_STATES)
            & Domain("date_start", "<=", last)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", first))
        )

    @api.model
    def _prepare_presences(self, partner, space, first, last, months=None):
        """A week or a month of a space: who is there by month, who by half-day, and what was said
        of them.

        :param months: the months that may be written, all by default
        """
        Seat = self.env["coworking.seat"]
        today = space._get_today()
        here = Domain("space_id", "=", space.id) & Domain("date_start", "<=", today)
        by_use = Seat.search(here & self._get_seats_here_domain(first, last))
        by_use = by_use._filter_priced_by_use()
        month = min(last, today).replace(day=1)
        month_end = fields.Date.end_of(month, "month")
        by_month = Seat.search(here & self._get_seats_here_domain(month, month_end))
        by_month -= by_month._filter_priced_by_use()
        return {
            "space": {"id": space.id, "name": space.name},
            "spaces": [{"id": other.id, "name": other.name} for other in self._get_spaces(partner)],
            **self._prepare_period(first, last, month, today, bool(by_use)),
            "month": self._get_month_words(month),
            "month_key": f"{month:%Y-%m}",
            "visits_words": self.env._("Who came in %s?", self._get_month_words(month)),
            "people": self._prepare_cards(space, by_use, first, last, months),
            "visits": self._prepare_visit_lines(by_month, month, months),
            "months": self._get_shown_months(
                partner,
                space,
                {day for day in (first.replace(day=1), month) if months is None or day in months},
            ),
        }

    @api.model
    def _prepare_period(self, first, last, month, today, by_week):
        """Which days are shown, and the ways to those before and after: parts of addresses.

        :param by_week: whether a week can be shown: somebody is there by the half-day
        """
        whole = last - first > timedelta(days=6)
        if whole or not by_week:
            start = first if whole else month
            after = fields.Date.end_of(start, "month") + timedelta(days=1)
            previous, following = f"month={start - timedelta(days=1):%Y-%m}", f"month={after:%Y-%m}"
            words = self._get_month_words(start).capitalize()
        else:
            after = last + timedelta(days=1)
            previous, following = f"day={first - timedelta(days=7)}", f"day={after}"
            words = self.env._(
                "%(first)s to %(last)s",
                first=format_date(self.env, first, date_format="d MMMM"),
                last=self._format_day(last),
            )
        return {
            "whole": whole,
            "day": f"{first:%Y-%m-%d}",
            "query": self._get_query(first, last),
            "words": words,
            "previous": previous,
            "next": following if after <= today else None,
            "week_query": f"day={min(max(first, today), last) if whole else first}",
            "month_query": f"month={month:%Y-%m}",
        }

    @api.model
    def _get_shown_months(self, partner, space, months):
        """Keys of the months that have a page, to go back to."""
        rows = self.env["coworking.statement"]._read_group(
            self.env["coworking.statement"]._get_shown_to_domain(partner)
            & Domain("space_id", "=", space.id)
            & Domain("date_from", "in", list(months)),
            ["date_from:month"],
        )
        return [
            {"key": f"{month:%Y-%m}", "words": self._get_month_words(month)} for (month,) in rows
        ]

    @api.model
    def _prepare_cards(self, space, seats, first, last, months=None):
        """A card a person: half-days that can be tapped week by week, with what is known of each.

        A day of another month than the one that is shown is None.
        """
        presences = self.env["coworking.presence"].search(
            [("seat_id", "in", seats.ids), ("date", ">=", first), ("date", "<=", last)]
        )
        known = {(row.seat_id.id, row.date, row.slot): row for row in presences}
        closed = seats._get_closed_months(first, last)
        opened = space._open_half_days(first, last).get(space.id)
        weeks = self._get_weeks(first, last, presences.mapped("date"))
        today = space._get_today()

        def prepare_column(seat, day):
            locked = closed.holds(seat, day)
            outside = day < seat.date_start or (seat.date_end and day > seat.date_end)
            outside |= months is not None and day.replace(day=1) not in months
            slots = []
            for slot in ("am", "pm"):
                is_open = not (locked or outside or day > today)
                is_open = is_open and (opened is None or (day, slot) in opened)
                presence = known.get((seat.id, day, slot))
                slots.append(self._prepare_slot_values(seat, day, slot, presence, is_open))
            return {
                "key": f"{day:%Y-%m-%d}",
                "name": format_date(self.env, day, date_format="EEE d"),
                "words": day_in_words(self.env, day, "EEEE d MMMM"),
                "locked": locked,
                "slots": slots,
            }

        cards = []
        for seat in seats.sorted("occupant_name"):
            shown = [[day and prepare_column(seat, day) for day in week] for week in weeks]
            columns = [column for week in shown for column in week if column]
            cards.append(
                {
                    "seat": seat.id,
                    "name": seat.occupant_name,
                    "tariff": seat.tariff_id.name,
                    "hours": seat.tariff_id.unit == "hour",
                    "weeks": shown,
                    "may_fill": any(slot["open"] for column in columns for slot in column["slots"]),
                    "locked": any(column["locked"] for column in columns),
                    "ask": self._get_fill_words(seat, first, last),
                }
            )
        return cards

    @api.model
    def _get_weeks(self, first, last, days):
        """The weeks from one day to another, as lists of their days; None before and after.

        Saturday and Sunday only where somebody comes on them.

        :param days: those on which somebody comes
        """
        weekdays = sorted({*range(5), *(day.weekday() for day in days)})
        monday = first - timedelta(days=first.weekday())
        weeks = []
        for start in range(0, (last - monday).days + 1, 7):
            week = [monday + timedelta(days=start + weekday) for weekday in weekdays]
            week = [day if first <= day <= last else None for day in week]
            if any(week):
                weeks.append(week)
        return weeks

    @api.model
    def _get_fill_words(self, seat, first, last):
        """What is asked before all half-days that are shown are filled in at once."""
        if last - first > timedelta(days=6):
            return self.env._(
                "%(person)s was here on all half-days of %(month)s?",
                person=seat.occupant_name,
                month=self._get_month_words(first),
            )
        return self.env._("%s was here all week?", seat.occupant_name)

    @api.model
    def _prepare_slot_values(self, seat, day, slot, presence, is_open):
        said = self._get_said(presence)
        hours = self._get_shown_hours(said, presence.hours if presence else 0.0)
        where = f"{seat.id}_{day:%Y-%m-%d}_{slot}"
        by_hour = seat.tariff_id.unit == "hour"
        return {
            "slot": slot,
            "name": f"h_{where}_{hours}" if by_hour else f"s_{where}_{said or ''}",
            "words": self.env._("morning") if slot == "am" else self.env._("aft."),
            "state": said or "",
            "hours": hours,
            "written": self._write_hours(hours),
            "open": is_open,
        }

    @api.model
    def _get_said(self, presence):
        """What the space said of a half-day: 'present', 'absent' or False."""
        return presence.state if presence else False

    @api.model
    def _write_hours(self, hours):
        """Hours as the reader writes them: 3,5."""
        return hours.replace(".", get_lang(self.env).decimal_point)

    @api.model
    def _get_shown_hours(self, state, hours):
        """The hours of a half-day, as the page tells what it showed."""
        if state == "absent":
            return "0"
        return f"{hours:g}" if state and hours else ""

    @api.model
    def _prepare_visit_lines(self, seats, month, months=None):
        """« Venue ce mois-ci ? », a line a person."""
        rows = self.env["coworking.seat.month"].search(
            [("seat_id", "in", seats.ids), ("month", "=", month)]
        )
        known = {row.seat_id.id: row for row in rows}
        closed = seats._get_closed_months(month, month)
        lines = []
        for seat in seats.sorted("occupant_name"):
            row = known.get(seat.id)
            came = row.came if row else ""
            left = f"{row.date_left:%Y-%m-%d}" if row and row.date_left else ""
            lines.append(
                {
                    "seat": seat.id,
                    "name": seat.occupant_name,
                    "field": f"v_{seat.id}_{came}_{left}",
                    "came": came,
                    "left": left,
                    "by": row
                    and self.env._(
                        "%(person)s, %(date)s",
                        person=row.partner_id.name,
                        date=self._format_day(row.date),
                    ),
                    "open": not closed.holds_month(seat, month)
                    and (months is None or month in months),
                    "first": f"{seat.date_start:%Y-%m-%d}",
                    "today": f"{seat.space_id._get_today():%Y-%m-%d}",
                }
            )
        return lines

    # === ANSWERS ===#

    @api.model
    def _save_presences(self, partner, channel, rows, bulk=False, months=None):
        """Take down half-days that a manager tapped.

        Each row says what the page believed before: when somebody else has said otherwise
        meanwhile, nothing of that half-day is changed, and the page is told what is true now.

        :param rows: list of dicts: seat, date, slot, state ('present', 'absent', False), hours, and
            what the page showed: before, hours_before
        :param months: the months that may be written, all by default
        :return: nothing when a seat or a month is not theirs; dict of ``saved`` and
            ``conflicts``: lists of dicts seat, date, slot, state, hours as the page shows them
        """
        if not isinstance(rows, list) or not 0 < len(rows) <= MAX_ROWS:
            raise UserError(self.env._("There is nothing to save."))
        wanted = [self._clean_row(row) for row in rows]
        seats = self.env["coworking.seat"].search(
            self._get_visited_domain(partner)
            & Domain("id", "in", [row["seat_id"] for row in wanted if 0 < row["seat_id"] <= MAX_ID])
        )
        if {row["seat_id"] for row in wanted} - set(seats.ids):
            return None
        if months is not None and {row["date"].replace(day=1) for row in wanted} - months:
            return None
        presences = self.env["coworking.presence"].search(
            [
                ("seat_id", "in", seats.ids),
                ("date", "in", [row["date"] for row in wanted]),
            ]
        )
        known = {(row.seat_id.id, row.date, row.slot): row for row in presences}
        saved, conflicts = [], []
        for row in wanted:
            seat = seats.browse(row["seat_id"])
            presence = known.get((row["seat_id"], row["date"], row["slot"]))
            if self._is_said_otherwise(row, seat, presence):
                conflicts.append(self._prepare_conflict(row, seat, presence))
            else:
                saved.append(row)
            del row["before"], row["hours_before"]
        changed = [
            row
            for row in saved
            if self._is_different(row, known.get((row["seat_id"], row["date"], row["slot"])))
        ]
        if changed:
            concerned = seats.browse({row["seat_id"] for row in changed})
            concerned._record_presences(changed, source="host_bulk" if bulk else "host", by=partner)
            came = {row["seat_id"] for row in changed if row["state"] == "present"}
            self._note_arrivals(partner, channel, concerned.filtered(lambda seat: seat.id in came))
        return {
            "saved": [self._prepare_half_day(row, row["state"], row["hours"]) for row in saved],
            "conflicts": conflicts,
            "message": self.env._("Saved") if saved else "",
        }

    @api.model
    def _note_arrivals(self, partner, channel, seats):
        """Who was seen has arrived: nobody is asked about it any more."""
        for seat in seats.filtered(lambda seat: seat.state == "confirmed"):
            self._confirm_arrival(partner, channel, seat)

    @api.model
    def _is_said_otherwise(self, row, seat, presence):
        """Whether somebody else has said of a half-day what the page neither showed nor says."""
        now = self._get_said(presence)
        if now not in (row["before"], row["state"]):
            return True
        if now != "present" or seat.tariff_id.unit != "hour":
            return False
        known = {self._get_shown_hours(now, row[name]) for name in ("hours_before", "hours")}
        return self._get_shown_hours(now, presence.hours) not in known

    @api.model
    def _prepare_half_day(self, row, state, hours):
        """A half-day as the page is told of it."""
        return {
            "seat": row["seat_id"],
            "date": f"{row['date']:%Y-%m-%d}",
            "slot": row["slot"],
            "state": state or "",
            "hours": self._get_shown_hours(state, hours),
            "written": self._write_hours(self._get_shown_hours(state, hours)),
        }

    @api.model
    def _prepare_conflict(self, row, seat, presence):
        """A half-day of which somebody else has said otherwise meanwhile, with who."""
        names = {
            "person": seat.occupant_name,
            "day": day_in_words(self.env, row["date"], "EEEE d MMMM"),
            "who": (presence.host_by.name if presence else False) or self.env._("somebody"),
        }
        if seat.tariff_id.unit == "hour":
            words = self.env._(
                "%(person)s, %(day)s: %(who)s has just written what is shown now. Yours is not"
                " saved: write it again to change it.",
                **names,
            )
        else:
            words = self.env._(
                "%(person)s, %(day)s: %(who)s has just said otherwise. Tap again to change it.",
                **names,
            )
        now = self._get_said(presence)
        return {
            **self._prepare_half_day(row, now, presence.hours if presence else 0.0),
            "words": words,
        }

    @api.model
    def _save_form(self, partner, channel, values, months=None):
        """Take down the whole page, where it is used without scripts.

        :param values: dict name of the field -> text, see ``HALF_DAY``; only what differs from
            what the page showed is said
        :param months: the months that may be written, all by default
        :return: nothing when a seat or a month is not theirs; else what stands in the way of some
            half-days, in words
        """
        rows = []
        for name, text in values.items():
            text = text if isinstance(text, str) else ""
            if (found := HALF_DAY.fullmatch(name)) and text != found[4]:
                hours, state, before, hours_before = 0.0, text, found[4], ""
            elif (found := HOURS.fullmatch(name)) and text.replace(",", ".") != found[4]:
                hours = self._parse_hours(text)
                state = "" if hours is None else "present" if hours else "absent"
                before = "" if not found[4] else "present" if found[4] != "0" else "absent"
                hours_before = found[4]
            else:
                continue
            rows.append(
                {
                    "seat": found[1],
                    "date": found[2],
                    "slot": found[3],
                    "state": state,
                    "before": before,
                    "hours": hours,
                    "hours_before": hours_before,
                }
            )
        problems = []
        for first in range(0, len(rows), MAX_ROWS):
            result = self._save_presences(
                partner, channel, rows[first : first + MAX_ROWS], months=months
            )
            if result is None:
                return None
            problems += [row["words"] for row in result["conflicts"]]
        if not self._save_visits(partner, channel, values, months):
            return None
        return problems

    @api.model
    def _parse_hours(self, text):
        """ "3,5" is 3.5; nothing is None."""
        try:
            hours = float(text.replace(",", ".")) if text.strip() else None
        except ValueError as error:
            raise UserError(self.env._("Write the hours as 3.5.")) from error
        self._check_hours(hours or 0.0)
        return hours

    @api.model
    def _check_hours(self, hours):
        if not math.isfinite(hours):
            raise UserError(self.env._("Write the hours as 3.5."))
        if not 0 <= hours <= MAX_HOURS:
            raise UserError(
                self.env._(
                    "%(hours)s hours in half a day? Write between 0 and %(most)s, such as 3.5.",
                    hours=short_number(self.env, hours),
                    most=MAX_HOURS,
                )
            )

    @api.model
    def _save_visits(self, partner, channel, values, months=None):
        """Who came in the month of the page; false when a seat or the month is not theirs."""
        for name, came in values.items():
            found = VISIT.fullmatch(name)
            if not found:
                continue
            left = values.get(f"l_{found[1]}") if came == "left" else ""
            if (came, left) == (found[2], found[3]):
                continue
            seat = self._get_visited(partner, int(found[1]))
            month = self.env["coworking.portal.month"]._parse_month(values.get("visits_month", ""))
            if not seat or not month or (months is not None and month not in months):
                return False
            try:
                last_day = date.fromisoformat(left) if left else None
            except ValueError:
                last_day = None
            self._save_visit(partner, channel, seat, month, came, last_day)
        return True

    @api.model
    def _save_whole(self, partner, channel, space, period, seat_id, months=None):
        """Somebody was there on all half-days of a week or a month that can be said.

        :param period: (first day, last day)
        """
        seat = self._get_visited(partner, seat_id).filtered(lambda row: row.space_id == space)
        if not seat:
            return None
        rows = [
            {
                "seat": seat.id,
                "date": day["key"],
                "slot": slot["slot"],
                "state": "present",
                "before": slot["state"],
                "hours_before": slot["hours"],
            }
            for card in self._prepare_cards(space, seat, *period, months)
            for week in card["weeks"]
            for day in week
            if day
            for slot in day["slots"]
            if slot["open"]
        ]
        return self._save_presences(partner, channel, rows, bulk=True, months=months)

    @api.model
    def _is_different(self, row, presence):
        if row["state"] != self._get_said(presence):
            return True
        return bool(row["hours"] and presence and row["hours"] != presence.hours)

    @api.model
    def _clean_row(self, row):
        """A row of the page, checked: what is malformed was not made by our page."""
        try:
            state, before = row["state"] or False, row["before"] or False
            cleaned = {
                "seat_id": int(row["seat"]),
                "date": date.fromisoformat(row["date"]),
                "slot": row["slot"],
                "state": state,
                "before": before,
                # as the database keeps them
                "hours": round(float(row.get("hours") or 0.0), 2),
                "hours_before": round(float(row.get("hours_before") or 0.0), 2),
            }
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            raise UserError(self.env._("There is nothing to save.")) from error
        if (
            not 2000 <= cleaned["date"].year < 2100
            or cleaned["slot"] not in ("am", "pm")
            or state not in STATES
            or before not in STATES
        ):
            raise UserError(self.env._("There is nothing to save."))
        self._check_hours(cleaned["hours"])
        return cleaned

    @api.model
    def _get_visited(self, partner, seat_id):
        """A seat of theirs that may have been visited, or an empty set."""
        return self._find_own("coworking.seat", seat_id, self._get_visited_domain(partner))

    @api.model
    def _get_visited_domain(self, partner):
        return self._get_own_domain(partner) & Domain("state", "in", HOLDING_STATES)

    @api.model
    def _save_visit(self, partner, channel, seat, month, came, date_left=None):
        """Whether somebody on a monthly plan came in a month."""
        today = seat.space_id._get_today()
        first, last = seat.date_start.replace(day=1), min(seat.date_end or today, today)
        begun = seat.date_start <= today and first <= month <= last
        if came not in ("yes", "no", "left") or not begun:
            raise UserError(self.env._("There is nothing to save."))
        closed = seat._get_closed_months(month, month)
        if closed.holds_month(seat, month):
            raise UserError(
                self.env._(
                    "%(month)s is confirmed: it cannot change any more. Report what is wrong"
                    " instead.",
                    month=self._get_month_words(month).capitalize(),
                )
            )
        row = self.env["coworking.seat.month"]._record_answer(seat, month, came, date_left, partner)
        if came != "no":
            self._note_arrivals(partner, channel, seat)
        staff = self._speak_to_staff(seat)
        words = dict(row._fields["came"]._description_selection(staff.env))[came]
        self.env["coworking.portal.answer"]._log_answer(
            "visits", seat, partner, channel, note=f"{staff._get_month_words(month)}, {words}"
        )
        return row
