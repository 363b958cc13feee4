from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ...indicators import percent

# In place of a figure that is hidden: "secret statistique", as public statistics write it.
HIDDEN = "s"


@dataclass
class FigureRow:
    """A line of the table of an indicator, as somebody may see it: figures are ``HIDDEN``, or None
    where there is none.
    """

    table: Any = None  # of which indicator: several may have one name
    indicator: str = ""
    code: str = ""
    breakdown: str = ""
    line_code: str = ""
    label: str = ""
    count: Any = None
    splits: dict = field(default_factory=dict)  # label of the column -> number
    among_label: str = ""
    among: Any = None
    answered: Any = None
    rate: Decimal | str | None = None
    response: Decimal | str | None = None

    @property
    def is_total(self):
        return not self.breakdown

    @property
    def is_hidden(self):
        """Whether something of the line is."""
        return HIDDEN in (self.count, self.among, self.answered, *self.splits.values())

    def take(self, figure, is_reader):
        """
        :param figure: dict or record of ``coworking.report.figure``
        :param is_reader: whether who looks may read the list behind it
        """
        if figure["split_key"]:
            hidden = figure["is_masked"] and not is_reader
            self.splits[figure["split_label"]] = HIDDEN if hidden else figure["count"]
        else:
            self.fill(figure, is_reader)

    def fill(self, figure, is_reader):
        """See :meth:`take`; of a column alone as well."""
        hidden = figure["is_masked"] and not is_reader
        self.table = figure["indicator_id"]
        self.indicator = figure["indicator_name"]
        self.code = figure["indicator_code"] or ""
        self.breakdown = figure["breakdown_name"] or ""
        self.line_code = figure["line_code"] or ""
        self.label = figure["line_label"]
        self.count = HIDDEN if hidden else figure["count"]
        if figure["has_rate"]:
            self._take_rate(figure, hidden, is_reader)

    def _take_rate(self, figure, hidden, is_reader):
        """A rate tells of all that it is made of."""
        among_hidden = hidden or (figure["among_masked"] and not is_reader)
        answered_hidden = hidden or (figure["answered_masked"] and not is_reader)
        of_answered = figure["rate_of"] == "answered"
        self.among_label = figure["among_label"] or ""
        self.among = HIDDEN if among_hidden else figure["among"]
        self.answered = HIDDEN if answered_hidden else figure["answered"]
        base = figure["answered" if of_answered else "count"]
        rate_hidden = among_hidden or (of_answered and answered_hidden)
        self.rate = HIDDEN if rate_hidden else percent(figure["among"], base)
        self.response = HIDDEN if answered_hidden else percent(figure["answered"], figure["count"])
