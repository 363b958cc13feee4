from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

STATES = ("present", "absent", False)


class CoworkingPortalPresence(models.AbstractModel):
    """Presences, as far as the price needs them: half-days, or whether somebody came at all."""

    _name = "coworking.portal.presence"
    _description = "Presences Given by a Manager"
    _inherit = ["coworking.portal"]

    # === PAGE ===#

    @api.model
    def _monday(self, text, today):
        """The Monday of the week of a day such as "2015-06-15"; of this week by default."""
        try:
            day = date.fromisoformat(text or "")
        except ValueError:
            day = today
        day = min(max(day, date(2000, 1, 1)), today + timedelta(days=366))
        return day - timedelta(days=day.weekday())

    @api.model
    def _presences(self, partner, space, monday):
        """A week of a space: who is there by month, who by half-day, and what was said of them."""
        sunday = monday + timedelta(days=6)
        seats = self.env["coworking.seat"].search(
            Domain("space_id", "=", space.id)
            & Domain("state", "in", ("active", "ended"))
            & Domain("date_start", "<=", sunday)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", monday))
        )
        by_use = seats._priced_by_use()
        month = min(monday, space._today()).replace(day=1)
        month_end = fields.Date.end_of(month, "month")
        by_month = self.env["coworking.seat"].search(
            Domain("space_id", "=", space.id)
            & Domain("state", "in", ("active", "ended"))
            & Domain("date_start", "<=", month_end)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", month))
        )
        by_month -= by_month._priced_by_use()
        today = space._today()
        return {
            "space": {"id": space.id, "name": space.name},
            "spaces": [
                {"id": other.id, "name": other.name} for other in self._spaces(partner)
            ],
            "monday": f"{monday:%Y-%m-%d}",
            "previous": f"{monday - timedelta(days=7):%Y-%m-%d}",
            "next": f"{monday + timedelta(days=7):%Y-%m-%d}" if sunday < today else None,
            "week": self.env._(
                "%(first)s to %(last)s",
                first=format_date(self.env, monday, date_format="d MMMM"),
                last=self._day(sunday),
            ),
            "month": self._month_words(month),
            "month_key": f"{month:%Y-%m}",
            "people": self._week_cards(space, by_use, monday),
            "visits": self._visit_lines(by_month, month),
            "months": self._shown_months(partner, space, {monday.replace(day=1), month}),
        }

    @api.model
    def _shown_months(self, partner, space, months):
        """Keys of the months that have a page, to go back to."""
        rows = self.env["coworking.statement"]._read_group(
            self.env["coworking.statement"]._domain_shown_to(partner)
            & Domain("space_id", "=", space.id)
            & Domain("date_from", "in", list(months)),
            ["date_from:month"],
        )
        return [
            {"key": f"{month:%Y-%m}", "words": self._month_words(month)} for (month,) in rows
        ]

    @api.model
    def _week_cards(self, space, seats, monday):
        """A card a person: half-days that can be tapped, with what is known of each."""
        days = [monday + timedelta(days=offset) for offset in range(7)]
        presences = self.env["coworking.presence"].search(
            [
                ("seat_id", "in", seats.ids),
                ("date", ">=", days[0]),
                ("date", "<=", days[-1]),
            ]
        )
        known = {(row.seat_id.id, row.date, row.slot): row for row in presences}
        closed = self._closed_months(seats, {day.replace(day=1) for day in days})
        shut = self._shut_days(space, days)
        # Saturday and Sunday only where somebody comes on them.
        weekend = {row.date for row in presences if row.date.weekday() > 4}
        days = [day for day in days if day.weekday() < 5 or day in weekend]
        today = space._today()
        cards = []
        for seat in seats.sorted("occupant_name"):
            columns = []
            for day in days:
                locked = (space.id, seat.program_id.id, day.replace(day=1)) in closed
                outside = day < seat.date_start or (seat.date_end and day > seat.date_end)
                columns.append(
                    {
                        "key": f"{day:%Y-%m-%d}",
                        "name": format_date(self.env, day, date_format="EEE d"),
                        "words": format_date(self.env, day, date_format="EEEE d MMMM"),
                        "open": not (locked or outside or day > today or day in shut),
                        "locked": locked,
                        "slots": [
                            {"slot": slot, "state": self._said(known.get((seat.id, day, slot)))}
                            for slot in ("am", "pm")
                        ],
                    }
                )
            cards.append(
                {
                    "seat": seat.id,
                    "name": seat.occupant_name,
                    "tariff": seat.tariff_id.name,
                    "hours": seat.tariff_id.unit == "hour",
                    "days": columns,
                    "may_fill": any(column["open"] for column in columns),
                    "locked": any(column["locked"] for column in columns),
                }
            )
        return cards

    @api.model
    def _said(self, presence):
        """What the space said of a half-day: present, absent, or nothing."""
        return presence.state if presence else ""

    @api.model
    def _shut_days(self, space, days):
        """Days of these on which the space is closed."""
        spans = self.env["coworking.seat"].search([("space_id", "=", space.id)], limit=1)
        spans = spans._pricing_closures().get(space.id, ())
        return {
            day for day in days if any(span.date_from <= day <= span.date_to for span in spans)
        }

    @api.model
    def _visit_lines(self, seats, month):
        """« Venue ce mois-ci ? », a line a person."""
        rows = self.env["coworking.seat.month"].search(
            [("seat_id", "in", seats.ids), ("month", "=", month)]
        )
        known = {row.seat_id.id: row for row in rows}
        closed = self._closed_months(seats, {month})
        lines = []
        for seat in seats.sorted("occupant_name"):
            row = known.get(seat.id)
            lines.append(
                {
                    "seat": seat.id,
                    "name": seat.occupant_name,
                    "came": row.came if row else "",
                    "left": f"{row.date_left:%Y-%m-%d}" if row and row.date_left else "",
                    "by": row
                    and self.env._(
                        "%(person)s, %(date)s", person=row.partner_id.name, date=self._day(row.date)
                    ),
                    "open": (seat.space_id.id, seat.program_id.id, month) not in closed,
                    "first": f"{seat.date_start:%Y-%m-%d}",
                    "today": f"{seat.space_id._today():%Y-%m-%d}",
                }
            )
        return lines

    # === ANSWERS ===#

    @api.model
    def _save(self, partner, channel, rows, bulk=False):
        """Take down half-days that a manager tapped.

        Each row says what the page believed before: when somebody else has said otherwise
        meanwhile, nothing of that half-day is changed, and the page is told what is true now.

        :param rows: list of dicts: seat, date, slot, state ('present', 'absent', False), before
        :return: dict of ``saved`` and ``conflicts``: lists of dicts seat, date, slot, state
        """
        if not isinstance(rows, list) or not 0 < len(rows) <= 100:
            raise UserError(self.env._("There is nothing to save."))
        wanted = [self._clean_row(row) for row in rows]
        seats = self.env["coworking.seat"].search(
            self._domain_theirs(partner)
            & Domain("state", "in", ("active", "ended"))
            & Domain("id", "in", [row["seat_id"] for row in wanted])
        )
        if {row["seat_id"] for row in wanted} - set(seats.ids):
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
            before = row.pop("before")
            presence = known.get((row["seat_id"], row["date"], row["slot"]))
            now = self._said(presence) or False
            if now not in (before, row["state"]):
                conflicts.append(
                    {
                        "seat": row["seat_id"],
                        "date": f"{row['date']:%Y-%m-%d}",
                        "slot": row["slot"],
                        "state": now or "",
                        "words": self.env._(
                            "%(person)s, %(day)s: %(who)s has just said otherwise. Tap again to"
                            " change it.",
                            person=seats.browse(row["seat_id"]).occupant_name,
                            day=format_date(self.env, row["date"], date_format="EEEE d MMMM"),
                            who=(presence.host_by.name if presence else False)
                            or self.env._("somebody"),
                        ),
                    }
                )
            else:
                saved.append(row)
        changed = [
            row
            for row in saved
            if row["state"]
            != (self._said(known.get((row["seat_id"], row["date"], row["slot"]))) or False)
        ]
        if changed:
            concerned = seats.browse({row["seat_id"] for row in changed})
            concerned._record_presences(
                changed, source="host_bulk" if bulk else "host", by=partner
            )
        return {
            "saved": [
                {
                    "seat": row["seat_id"],
                    "date": f"{row['date']:%Y-%m-%d}",
                    "slot": row["slot"],
                    "state": row["state"] or "",
                }
                for row in saved
            ],
            "conflicts": conflicts,
            "message": self.env._("Saved") if saved else "",
        }

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
            }
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(self.env._("There is nothing to save.")) from error
        if cleaned["slot"] not in ("am", "pm") or state not in STATES or before not in STATES:
            raise UserError(self.env._("There is nothing to save."))
        return cleaned

    @api.model
    def _save_visit(self, partner, channel, seat, month, came, date_left=None):
        """Whether somebody on a monthly plan came in a month."""
        if came not in ("yes", "no", "left"):
            raise UserError(self.env._("There is nothing to save."))
        if self._closed_months(seat, {month}):
            raise UserError(
                self.env._(
                    "%(month)s is confirmed: it cannot change any more. Report what is wrong"
                    " instead.",
                    month=self._month_words(month).capitalize(),
                )
            )
        row = self.env["coworking.seat.month"]._answer(seat, month, came, date_left, partner)
        self.env["coworking.portal.answer"]._log(
            "visits",
            seat,
            partner,
            channel,
            note=f"{month:%Y-%m}: {dict(row._fields['came']._description_selection(row.env))[came]}",
        )
        return row
