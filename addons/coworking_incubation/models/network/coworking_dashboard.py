from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

ACCOMPANIST = "coworking_incubation.group_coworking_accompanist"
COORDINATOR = "coworking_incubation.group_coworking_coordinator"
ACCOUNTANT = "coworking_incubation.group_coworking_accountant"
# Who sees which tiles. An accompanist sees people and no money, an accountant money and no people.
PEOPLE = (ACCOMPANIST,)
PLACES = (ACCOMPANIST, ACCOUNTANT)
MONEY = (COORDINATOR, ACCOUNTANT)
# Groups that one sees as Pilotage opens; the others are asked for right after them.
SEEN_FIRST = ("today", "places")
# Months that a chart can show; and, of all that run, those around today.
MOST_MONTHS = 60
MONTHS_BEFORE, MONTHS_AFTER = 11, 6
# Archived records count in what was, not in what is.
ARCHIVED_TOO = Domain("active", "in", (True, False))


class Tile(NamedTuple):
    """A question that Pilotage answers; ``_prepare_tile_<name>(scope)`` does.

    ``of_one`` says that it can be asked of the people of one counsellor; ``today``, that it means
    nothing once the program is over. Within a group, small ranks come first.
    """

    name: str
    group: str
    seen_by: tuple
    of_one: bool = False
    today: bool = False
    rank: int = 50


class Month(NamedTuple):
    """A civil month, or the part of it that lies within the period."""

    first: date
    last: date
    label: str


@dataclass(frozen=True)
class Scope:
    """What is looked at: some programs, a period, the people of one counsellor or of all.

    ``facts`` keeps what several tiles are made of, so that it is counted once.
    """

    programs: models.Model
    date_from: date
    date_to: date
    today: date
    user: models.Model
    months: tuple = ()
    facts: dict = field(default_factory=dict)

    def get_domain(self, user_field="user_id"):
        """Records of the programs, of the counsellor's people where one was chosen."""
        domain = Domain("program_id", "in", self.programs.ids)
        return domain & Domain(user_field, "=", self.user.id) if self.user else domain

    def get_period_domain(self, name, month=None):
        """Records whose date lies within the period, or within one month of it."""
        first, last = (month.first, month.last) if month else (self.date_from, self.date_to)
        return Domain(name, ">=", first) & Domain(name, "<=", last)

    def get_fact(self, name, count):
        """
        :param name: of the fact; with what it is about, where that differs
        :param count: given the scope, what it is
        """
        if name not in self.facts:
            self.facts[name] = count(self)
        return self.facts[name]


class CoworkingDashboard(models.AbstractModel):
    """Pilotage: the picture of a program.

    Each room adds its tiles: it extends ``_get_tiles`` and has a ``_prepare_tile_<name>`` for each.
    Every figure goes with the domain of the list behind it, so that a click opens what was counted.
    """

    _name = "coworking.dashboard"
    _description = "Pilotage"

    # === TILES ===#

    @api.model
    def _get_groups(self):
        """Titles of the groups of tiles, by name, in the order in which they are shown."""
        return {
            "today": self.env._("Today"),
            "places": self.env._("Places"),
            "people": self.env._("Entries and Exits"),
            "outcomes": self.env._("Attendance, Outcomes and Delays"),
            "money": self.env._("Money"),
            "unused": self.env._("Seats Paid and Not Used"),
        }

    @api.model
    def _get_tiles(self):
        """Every tile, in the order in which they are shown within their group.

        :return: list of ``Tile``
        """
        return []

    @api.model
    def _may_see(self, tile):
        return any(self.env.user.has_group(group) for group in tile.seen_by)

    # === WHAT IS LOOKED AT ===#

    @api.model
    def _prepare_picture(self, wanted):
        """All that the screen shows, in one answer.

        :param wanted: dict of the filters, each of them optional: ``program`` (id), ``date_from``,
            ``date_to`` (dates), ``user`` (id of a counsellor), ``tile`` (name of the only one); and
            ``part``: the ``first``, as one sees it, or the ``rest``
        :return: dict of ``filters`` as they hold, ``programs`` and ``users`` to choose from,
            ``notes`` and ``message`` (sentences, and what to do), ``groups`` of tiles, and whether
            nothing is left to be asked for (``is_whole``); of the rest, these two alone
        :raise AccessError: the user has no role in programs, or may not see the tile
        :raise UserError: there is no such tile
        """
        self._check_may_look()
        tiles = self._choose_tiles(wanted.get("tile"))
        programs = self.env["coworking.program"].search(self._get_programs_domain())
        scope, message = self._choose_scope(programs, wanted)
        part = None if wanted.get("tile") else wanted.get("part")
        if part == "rest" and not message:
            return self._prepare_part(scope, tiles, part)
        result = {
            "programs": [{"id": row.id, "name": row.name} for row in programs],
            "users": self._get_counsellors(scope.programs),
            "filters": {
                "program": wanted.get("program") or False,
                "date_from": scope.date_from,
                "date_to": scope.date_to,
                "user": scope.user.id,
                "tile": wanted.get("tile") or False,
            },
            "message": message or self._get_first_step(scope),
            "notes": [],
            "groups": [],
            "is_whole": True,
        }
        if not result["message"]:
            result |= self._prepare_part(scope, tiles, part)
            result["notes"] = self._get_notes(scope)
        return result

    @api.model
    def _check_may_look(self):
        if not any(self.env.user.has_group(group) for group in PLACES):
            raise AccessError(
                self.env._(
                    "Pilotage is for counsellors, coordinators and accountants of programs. Ask an"
                    " administrator for the role that you need."
                )
            )

    @api.model
    def _choose_tiles(self, name):
        """The tiles that the user may see: all of them, or the one that was asked for."""
        tiles = self._get_tiles()
        if not name:
            return [tile for tile in tiles if self._may_see(tile)]
        tiles = [tile for tile in tiles if tile.name == name]
        if not tiles:
            raise UserError(
                self.env._("Pilotage has no tile “%(name)s”: look at the whole.", name=name)
            )
        if not self._may_see(tiles[0]):
            raise AccessError(
                self.env._("Money and people are each for other roles: this tile is not for yours.")
                if tiles[0].seen_by != MONEY
                else self.env._(
                    "What seats cost is for coordinators and accountants: this tile is not for"
                    " counsellors. Look at the whole: it shows the people that you follow."
                )
            )
        return tiles

    @api.model
    def _get_programs_domain(self):
        """Those that the user has something to do with: an accompanist, with the own ones."""
        company = Domain("company_id", "=", self.env.company.id)
        if any(self.env.user.has_group(group) for group in MONEY):
            return company
        return company & self._get_own_programs_domain()

    @api.model
    def _get_own_programs_domain(self):
        return Domain("accompanist_ids", "in", self.env.uid)

    @api.model
    def _get_counsellors(self, programs):
        # sudo: names of colleagues, those who left included
        users = programs.sudo().accompanist_ids | self._get_following(programs)
        return [{"id": user.id, "name": user.name} for user in users.sorted("name")]

    @api.model
    def _get_following(self, programs):
        """Who follows people of these programs, added to them or not."""
        return self.env["res.users"]

    @api.model
    def _choose_scope(self, programs, wanted):
        """The scope, and what is wrong with it in words where nothing can be shown."""
        today = fields.Date.context_today(self)
        chosen, message = self._choose_programs(programs, wanted.get("program"), today)
        first, last = self._choose_period(chosen, wanted, today)
        user, stranger = self._choose_user(chosen, wanted.get("user"))
        message = message or self._get_period_problem(first, last) or stranger
        months = () if message else tuple(self._split_period(first, last))
        return Scope(chosen, first, last, today, user, months), message

    @api.model
    def _choose_programs(self, programs, program_id, today):
        """One program, or those that are under way; and a sentence where there is none."""
        if program_id:
            chosen = programs.filtered(lambda program: program.id == program_id)
            text = self.env._("This program is no longer there, or is not yours to look at.")
            return chosen, not chosen and self._prepare_message(
                text, self.env._("Choose another one above.")
            )
        chosen = programs.filtered(lambda row: row.date_start <= today <= row.date_end)
        if chosen:
            return chosen, False
        if programs:
            text = self.env._("No program is under way today.")
            return chosen, self._prepare_message(
                text, self.env._("Choose above the one that you want to look at.")
            )
        if self.env.user.has_group(COORDINATOR):
            return chosen, self._prepare_message(
                self.env._("There is no program yet."),
                self.env._("A program says who is hosted, from when to when, and who pays."),
                self.env._("Create a Program"),
                "coworking_incubation.coworking_program_action",
            )
        return chosen, self._prepare_message(
            self.env._("You are in no program yet."),
            self.env._("A coordinator adds you to the counsellors of a program."),
        )

    @api.model
    def _choose_user(self, programs, user_id):
        """The counsellor that was chosen, and a sentence where it is none of these programs."""
        users = self.env["res.users"]
        if not user_id:
            return users, False
        if any(row["id"] == user_id for row in self._get_counsellors(programs)):
            return users.browse(user_id), False
        return users, self._prepare_message(
            self.env._("This counsellor follows nobody here."),
            self.env._("Choose another one above, or all of them."),
            self.env._("Look at the Whole"),
        )

    @api.model
    def _choose_period(self, programs, wanted, today):
        """The dates that were chosen; else those of the program, of several those around today."""
        month = today.replace(day=1)
        first = min(programs.mapped("date_start"), default=month)
        last = max(programs.mapped("date_end"), default=month + relativedelta(months=1, days=-1))
        if not wanted.get("program"):
            first = max(first, month - relativedelta(months=MONTHS_BEFORE))
            last = min(last, month + relativedelta(months=MONTHS_AFTER, day=31))
        return wanted.get("date_from") or first, wanted.get("date_to") or last

    @api.model
    def _get_period_problem(self, first, last):
        if first > last:
            return self._prepare_message(
                self.env._(
                    "The period ends on %(last)s, before it begins on %(first)s.",
                    first=format_date(self.env, first),
                    last=format_date(self.env, last),
                ),
                self.env._("Choose other dates above."),
            )
        if first + relativedelta(months=MOST_MONTHS) <= last:
            return self._prepare_message(
                self.env._("The period is longer than %s months.", MOST_MONTHS),
                self.env._("Choose other dates above."),
            )
        return False

    @api.model
    def _split_period(self, first, last):
        start = first.replace(day=1)
        while start <= last:
            end = start + relativedelta(day=31)
            label = format_date(self.env, start, date_format="MMM yy")
            yield Month(max(first, start), min(last, end), label)
            start += relativedelta(months=1)

    # === WORDS ===#

    @api.model
    def _prepare_message(self, text, advice="", button="", action=""):
        """A sentence in place of figures, what to do about it, and the button that does."""
        return {"text": text, "advice": advice, "button": button, "action": action}

    @api.model
    def _get_first_step(self, scope):
        """What to do first in programs where nothing happened yet; False where something did."""
        return False

    @api.model
    def _get_notes(self, scope):
        notes = []
        if all(program.date_end < scope.today for program in scope.programs):
            last = max(scope.programs.mapped("date_end"))
            notes.append(self.env._("Over since %s.", format_date(self.env, last)))
        elif all(program.date_start > scope.today for program in scope.programs):
            first = min(scope.programs.mapped("date_start"))
            notes.append(self.env._("Begins on %s.", format_date(self.env, first)))
        if scope.user:
            notes.append(
                self.env._(
                    "The people of %s. Places and money are those of the whole program: they are"
                    " seen with all counsellors.",
                    # sudo: the name of a colleague, whoever looks
                    scope.user.sudo().name,
                )
            )
        return notes

    @api.model
    def _get_nothing_found(self, groups):
        tiles = [tile for group in groups for tile in group["tiles"]]
        if any(not tile["is_empty"] for tile in tiles):
            return False
        return self._prepare_message(
            self.env._("Nothing was found for these filters."),
            self.env._("Choose another period above, or all counsellors."),
        )

    # === GROUPS ===#

    @api.model
    def _prepare_part(self, scope, tiles, part):
        """All of it, or what is asked for by itself; all as well where nothing is seen first."""
        first = [tile for tile in tiles if tile.group in SEEN_FIRST]
        rest = [tile for tile in tiles if tile.group not in SEEN_FIRST]
        if part == "rest":
            return {"groups": self._prepare_groups(scope, rest), "is_whole": True}
        groups = self._prepare_groups(scope, first)
        if part == "first" and rest and not self._get_nothing_found(groups):
            return {"groups": groups, "is_whole": False}
        groups += self._prepare_groups(scope, rest)
        return {"groups": groups, "message": self._get_nothing_found(groups)}

    @api.model
    def _prepare_groups(self, scope, tiles):
        """The tiles with what they say, by group; a group without any is left out."""
        over = all(program.date_end < scope.today for program in scope.programs)
        result = defaultdict(list)
        for tile in sorted(tiles, key=lambda tile: tile.rank):
            if (scope.user and not tile.of_one) or (over and tile.today):
                continue
            content = getattr(self, f"_prepare_tile_{tile.name}")(scope)
            if over and tile.group == "today" and content["is_empty"]:
                continue
            result[tile.group].append({"name": tile.name, "is_empty": False, **content})
        return [
            {"name": name, "title": title, "tiles": result[name]}
            for name, title in self._get_groups().items()
            if result[name]
        ]

    # === KINDS OF TILES ===#

    @api.model
    def _prepare_cell(self, value, domain, rows=None, text=None, **more):
        """A figure, and the list that it opens.

        :param rows: how many records the list has; the figure itself, where it counts them
        :param text: the figure as it is read; the number, where nothing is said
        """
        return {
            "value": value,
            "rows": value if rows is None else rows,
            "text": self._format_count(value) if text is None else text,
            "domain": list(Domain(domain)),
            **more,
        }

    @api.model
    def _format_count(self, number):
        return formatLang(self.env, number, digits=0)

    @api.model
    def _count_words(self, number, one, many):
        """
        :param one: the words for one
        :param many: the words for several, with their number as ``%s``
        """
        return one if number == 1 else many % self._format_count(number)

    @api.model
    def _format_share(self, part, whole):
        """``83 %``; a dash of nothing."""
        return self.env._("%s %%", round(100 * part / whole)) if whole else "–"

    @api.model
    def _prepare_figure(self, title, cell, action, note="", tone=""):
        """:param tone: ``warning`` or ``danger`` where the figure asks for something"""
        return {
            "kind": "figure",
            "title": title,
            "note": note,
            "tone": tone if cell["value"] else "",
            "action": action,
            "is_empty": not cell["value"],
            **cell,
        }

    @api.model
    def _prepare_rate(self, title, part, whole, domain, action, nothing):
        """
        :param part: of ``whole``, the records of the domain
        :param nothing: said where there is no whole
        """
        note = self.env._(
            "%(part)s of %(whole)s",
            part=self._format_count(part),
            whole=self._format_count(whole),
        )
        return {
            "kind": "rate",
            "title": title,
            "note": note if whole else nothing,
            "percent": round(100 * part / whole) if whole else 0,
            "action": action,
            "is_empty": not whole,
            **self._prepare_cell(part, domain, whole, self._format_share(part, whole)),
        }

    @api.model
    def _prepare_chart(self, title, scope, series, action, nothing, note="", is_money=False):
        """
        :param series: list of dicts: ``label``, ``color`` (see ``dashboard_tiles.js``), ``stack``,
            ``cells``, one a month, ``is_forecast``: left out where it is empty, and ``is_line``:
            drawn over the bars
        :param nothing: said in place of a chart without a figure
        """
        return {
            "kind": "chart",
            "title": title,
            "note": note,
            "labels": [month.label for month in scope.months],
            "series": [
                row
                for row in series
                if not row.get("is_forecast") or any(cell["value"] for cell in row["cells"])
            ],
            "action": action,
            "nothing": nothing,
            "is_money": is_money,
            "is_empty": not any(cell["value"] for row in series for cell in row["cells"]),
        }

    @api.model
    def _prepare_bars(self, title, bars, action, nothing, note=""):
        """
        :param bars: list of cells with a ``label`` and, in percent of the width, a ``share``
        """
        return {
            "kind": "bars",
            "title": title,
            "note": note,
            "bars": bars,
            "action": action,
            "nothing": nothing,
            "is_empty": not bars,
        }
