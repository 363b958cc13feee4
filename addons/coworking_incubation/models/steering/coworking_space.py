from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models

# Nobody is written to by night: from that hour on, by the clock of the space.
HOUR = 6
# For how many months after its own a month may wait for somebody to work again.
PATIENT_MONTHS = 2


class CoworkingSpace(models.Model):
    """When a month that is over may be sent to a space."""

    _inherit = "coworking.space"

    def _get_spaces_due(self, month):
        """Those of these spaces, of one company, to which a month may go by itself: it is over, and
        the first day has come on which the staff works and that is no public holiday at the space;
        not later than in the month of that day: what is sent then was forgotten by somebody.

        :param month: first day of the month
        """
        if not self:
            return self
        after = month + relativedelta(months=1)
        last = after + relativedelta(months=PATIENT_MONTHS, days=-1)
        days_off = self.company_id._coworking_get_days_off(after, last)
        return self.filtered(lambda space: space._is_due(after, last, days_off))

    def _is_due(self, after, last, days_off):
        """:param after: first day of the month after
        :param last: the last day on which the first one to work may be
        :param days_off: set of dates
        """
        now = fields.Datetime.context_timestamp(
            self.with_context(tz=self._get_zone()), fields.Datetime.now()
        )
        closed = days_off | self._get_holidays(after, last)
        first = after
        while first < last and first in closed:
            first += timedelta(days=1)
        return (
            now.date() >= first
            and now.date().replace(day=1) == first.replace(day=1)
            and now.hour >= HOUR
        )
