from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

# Nobody looks at more people at once; more are told to choose a narrower list.
MOST_ROWS = 200


class CoworkingGridMixin(models.AbstractModel):
    """A grid of people and half-days, filled in from the keyboard and saved at once.

    A grid belongs to a *choice* (a space, a program) and to a week or month. What it shows is read
    in a number of queries that does not depend on how many people there are.
    """

    _name = "coworking.grid.mixin"
    _description = "Grid of People and Half-days"

    @api.model
    def _get_grid_states(self):
        """What a key writes into a cell: list of dicts ``value, label, key, letter, color``."""
        raise NotImplementedError

    @api.model
    def _get_grid_choices(self):
        """Records one may choose from, in order."""
        raise NotImplementedError

    @api.model
    def _get_grid_default(self, choices, first, last):
        """The choice that is shown first: where there is most to note down."""
        raise NotImplementedError

    @api.model
    def _fill_grid(self, choice, first, last):
        """``groups``, ``columns`` and ``rows`` of the grid of a choice, from a day to another."""
        raise NotImplementedError

    @api.model
    def _save_grid(self, choice, changes):
        """Write down some changes: dicts with ``row``, ``column``, ``state`` and ``hours``, and, as
        the screen showed the cell, ``shown`` and ``shown_hours``.

        :return: what could not be written down while the rest was, in words, if anything
        """
        raise NotImplementedError

    @api.model
    def _is_noted_otherwise(self, change, state, hours=None):
        """Whether somebody noted in a cell what the screen neither showed nor says.

        :param state: what is noted now
        :param hours: as well, where they count
        """
        if change.get("shown") is None:
            return False
        if state not in (change["shown"], change["state"]):
            return True
        if hours is None or state != "present":
            return False
        # 1:20 is kept as 1.33
        said = (change.get("shown_hours") or 0.0, change.get("hours") or 0.0)
        return round(hours, 2) not in [round(number, 2) for number in said]

    @api.model
    def _format_refused(self, refused):
        return refused and self.env._("Not saved, unlike the rest:\n%s", "\n".join(refused))

    @api.model
    def _get_grid_period(self, day, span):
        """First and last day of the week or month of a day."""
        if span == "month":
            first = day.replace(day=1)
            return first, first + relativedelta(months=1, days=-1)
        first = day - relativedelta(days=day.weekday())
        return first, first + relativedelta(days=6)

    @api.model
    def _read_grid(self, choice_id=None, date=None, span="week"):
        """Everything the screen shows, as plain values."""
        choices = self._get_grid_choices()
        day = fields.Date.to_date(date) or fields.Date.context_today(self)
        first, last = self._get_grid_period(day, span)
        choice = choices.filtered(lambda record: record.id == choice_id)
        choice = choice or self._get_grid_default(choices, first, last) or choices[:1]
        step = relativedelta(months=1) if span == "month" else relativedelta(days=7)
        title = (
            format_date(self.env, first, date_format="MMMM y")
            if span == "month"
            else self.env._(
                "Week of %(day)s", day=format_date(self.env, first, date_format="d MMMM y")
            )
        )
        content = self._fill_grid(choice, first, last) if choice else {}
        return {
            "choices": [{"id": record.id, "name": record.display_name} for record in choices],
            "choice": choice.id,
            "span": span,
            "date": fields.Date.to_string(day),
            "title": title[:1].upper() + title[1:],
            "previous": fields.Date.to_string(first - step),
            "next": fields.Date.to_string(first + step),
            "states": self._get_grid_states(),
            "groups": [],
            "columns": [],
            "rows": [],
            "locks": {},
            **content,
        }

    @api.model
    def _make_grid_group(self, day, span, muted=False):
        """Heading of a day."""
        return {
            "label": format_date(self.env, day, date_format="EEE d"),
            "title": format_date(self.env, day, date_format="EEEE d MMMM y"),
            "span": span,
            "muted": muted,
            "today": day == fields.Date.context_today(self),
        }
