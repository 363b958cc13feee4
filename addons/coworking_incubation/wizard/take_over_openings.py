"""When the spaces of a take-over are open, and when they close."""

from datetime import datetime, time, timedelta

from pytz import timezone

from odoo import Command
from odoo.tools import format_date
from odoo.tools.intervals import Intervals, intervals_overlap

from ..spreadsheet import DAY, fold_weeks, join_openings, write_openings
from .take_over_cells import RowProblem
from .take_over_sheets import SPACES

HOURS = {column.option: column for column in SPACES.columns if column.option}
# The hour at which an afternoon has begun, wherever.
NOON = 13 * 60
# A day on which a space does not close.
ALL_HOURS = (((0, DAY),),)


def read_openings(calendar):
    """The opening hours of a calendar: dict key of the day -> as ``to_openings`` gives them.

    :param calendar: ``resource.calendar``; as superuser, where the user may not read it
    """
    rows = calendar.attendance_ids.filtered(
        lambda row: not row.display_type and row.day_period != "lunch"
    )
    if calendar.flexible_hours or not calendar.attendance_ids:
        return dict.fromkeys(HOURS, ALL_HOURS)
    weeks = range(2 if calendar.two_weeks_calendar else 1)
    openings = {}
    for day in HOURS:
        own = rows.filtered(lambda row, day=day: row.dayofweek == day)
        openings[day] = fold_weeks(
            join_openings(
                (round(row.hour_from * 60), round(row.hour_to * 60))
                for row in own
                if len(weeks) == 1 or int(row.week_type) == week
            )
            for week in weeks
        )
    return openings


def get_words_for_unnamed(languages):
    """What a closure is called to which nobody gave a name.

    :param languages: any record in each of the languages
    :return: set of words
    """
    return {each.env._("Closure") for each in languages}


def name_closures(leaves, unnamed):
    """What closures are called that touch, of those that have a name.

    :param unnamed: set of the words that are none
    """
    names = dict.fromkeys(leaves.sorted("date_from").mapped("name"))
    return ", ".join(name for name in names if name and name not in unnamed)


class OpeningRows:
    """The part of ``TakeOverRecorder`` about opening hours and closures."""

    # === OPENING HOURS === #

    def _take_hours(self, space, row):
        """The opening hours that the row of a space says, for one that has none.

        :return: whether they are new
        :raise RowProblem: where it has others
        """
        said = {day: row[column.key] for day, column in HOURS.items() if column.key in row}
        if said and not any(any(weeks) for weeks in said.values()):
            column = HOURS[next(iter(said))]
            raise RowProblem(self.env._("A space is open on one day at least."), column.key)
        # sudo: when a space is open is everybody's, calendars are not
        calendar = space.sudo().resource_calendar_id
        if said and not calendar:
            self._open_space(space, said)
            space.opens_on_holidays = row.get("opens_on_holidays", space.opens_on_holidays)
            return True
        if said:
            self._check_same_hours(space, said, read_openings(calendar))
        if row.get("opens_on_holidays", space.opens_on_holidays) != space.opens_on_holidays:
            raise RowProblem(self._describe_otherwise_there(), "opens_on_holidays")
        return False

    def _check_same_hours(self, space, said, there):
        for day, column in HOURS.items():
            if said.get(day, ((),)) != there[day]:
                raise RowProblem(
                    self.env._(
                        "%(space)s opens otherwise on this day: %(hours)s. Write the same for the"
                        " whole week, empty it, or change it there.",
                        space=space.name,
                        hours=write_openings(there[day]) or self.env._("closed"),
                    ),
                    column.key,
                )

    def _open_space(self, space, said):
        """A calendar of these hours: what is closed on the calendar of the company is said in the
        workbook, or not closed here.

        :param said: dict key of the day -> openings
        """
        # sudo: coordinators say when a space is open, administrators alone make calendars
        Calendar = self.env["resource.calendar"].sudo()
        by_turns = max(map(len, said.values())) > 1
        calendar = Calendar.create(
            {
                "name": space.name,
                "company_id": self.company.id,
                "tz": space._get_zone(),
                "two_weeks_calendar": by_turns,
                "attendance_ids": [
                    Command.clear(),
                    *map(Command.create, self._prepare_hours(said, by_turns)),
                ],
                "global_leave_ids": [Command.clear()],
            }
        )
        space.resource_calendar_id = calendar.id

    def _prepare_hours(self, said, by_turns):
        """Values of the hours of a calendar, in the order in which it shows them; of two weeks by
        turns each below its title.
        """
        attendance = self.env["resource.calendar.attendance"]
        names, numbers = (
            dict(attendance._fields[name]._description_selection(self.env))
            for name in ("dayofweek", "week_type")
        )
        rows = []
        for week in ("0", "1") if by_turns else (False,):
            if by_turns:
                title = {"name": numbers[week], "display_type": "line_section"}
                rows.append({**title, "week_type": week})
            rows += [
                {
                    "name": names[day],
                    "dayofweek": day,
                    "week_type": week,
                    "hour_from": first / 60,
                    "hour_to": last / 60,
                    "day_period": "morning"
                    if last <= NOON
                    else "afternoon"
                    if first >= NOON
                    else "full_day",
                }
                for day, weeks in said.items()
                for first, last in weeks[-1 if week == "1" else 0]
            ]
        return [{**row, "sequence": number} for number, row in enumerate(rows)]

    # === CLOSURES === #

    def _record_closures(self, rows):
        ((line, row),) = rows
        space = self._find_space(row["space_id"])
        hours = row.get("closes_at", 0.0), row.get("opens_at", 24.0)
        begin, end = (
            datetime.combine(row[key], time()) + timedelta(minutes=round(hour * 60))
            for key, hour in zip(("date_from", "date_to"), hours, strict=True)
        )
        if end <= begin:
            early = row["date_to"] < row["date_from"]
            raise RowProblem(
                self.env._("The last day of a closure cannot be before the first.")
                if early
                else self.env._("This closure ends before it begins."),
                "date_to" if early else "opens_at",
            )
        if self._is_closed(space, row, begin, end):
            return {line: True}, None
        # sudo: as opening hours
        if not space.sudo().resource_calendar_id:
            # hours of its own from now on, not those of the company with what is closed there
            self._open_space(space, dict.fromkeys(HOURS, ALL_HOURS))
        space._close(
            row["date_from"], row["date_to"], row.get("name") or self.env._("Closure"), hours
        )
        return {}, None

    def _is_closed(self, space, row, begin, end):
        """Whether the closure of a row is there: one of the space, or several that touch.

        :raise RowProblem: where some of its days are closed otherwise
        """
        calendar = space.resource_calendar_id
        if not calendar:
            return False
        zone = timezone(calendar.tz or "UTC")
        begin, end = zone.localize(begin), zone.localize(end)
        leaves_there = space._get_leaves()[calendar]
        there = [*leaves_there, *Intervals(leaves_there)]
        unnamed = get_words_for_unnamed(self.cells.languages)
        same = [
            name_closures(leaves, unnamed) for *bounds, leaves in there if bounds == [begin, end]
        ]
        if same and row.get("name") not in (None, *same, *unnamed):
            raise RowProblem(self._describe_otherwise_there(), "name")
        for first, last, leaves in there:
            if not same and intervals_overlap((first, last), (begin, end)):
                raise RowProblem(
                    self.env._(
                        "%(space)s is closed from %(first)s to %(last)s already (%(name)s): write"
                        " these days here, or change them there.",
                        space=space.name,
                        first=format_date(self.env, first),
                        last=format_date(self.env, last - timedelta(seconds=1)),
                        name=name_closures(leaves, unnamed) or self.env._("Closure"),
                    ),
                    "date_to" if first == begin else "date_from",
                )
        return bool(same)
