from datetime import datetime, time, timedelta

from pytz import timezone

from odoo import fields, models
from odoo.tools import format_time

from ...tools import day_in_words
from ..network.public_holidays import get_public_holidays
from ..network.territories import get_territory


class ResCompany(models.Model):
    """On which days the staff of a company works."""

    _inherit = "res.company"

    def _coworking_get_zone(self):
        """The time zone of its hours."""
        self.ensure_one()
        # sudo: by which clock a company works is no secret
        return timezone(self.sudo().resource_calendar_id.tz or "UTC")

    def _coworking_say_by_program(self, done, moment):
        """Sent by the program, 1er décembre 2026, 06:00: by the clock of the staff.

        :param done: what was done, in words
        :param moment: when, in UTC
        """
        self.ensure_one()
        zone = self._coworking_get_zone().zone
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return self.env._(
            "%(done)s by the program, %(day)s, %(time)s",
            done=done,
            day=day_in_words(self.env, local.date()),
            time=format_time(self.env, moment, tz=zone, time_format="HH:mm"),
        )

    def _coworking_get_days_off(self, first, last):
        """Days on which nobody works by the hours of the company: its week, its closures, public
        holidays of where it is. One that has no hours works from Monday to Friday.

        :return: set of dates
        """
        self.ensure_one()
        # sudo: where a company is and when it works is no secret
        company = self.sudo()
        calendar, zone = company.resource_calendar_id, company._coworking_get_zone()
        days = {first + timedelta(days=number) for number in range((last - first).days + 1)}
        if calendar.attendance_ids or calendar.flexible_hours:
            unusual = calendar._get_unusual_days(
                zone.localize(datetime.combine(first, time.min)),
                zone.localize(datetime.combine(last, time.max)),
                company,
            )
            off = {day for day in days if unusual.get(str(day))}
        else:
            off = {day for day in days if day.weekday() > 4}
        territory = get_territory(company.country_id.code, company.zip)
        return off | get_public_holidays(territory, first, last)
