from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import clean_context

from ...pricing_inputs import PRICING_INPUTS


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        # What is made from here on has defaults of its own.
        env = self.env(context=clean_context(self.env.context))
        leaves.with_env(env)._coworking_closures_changed()
        return leaves

    def write(self, vals):
        if not PRICING_INPUTS[self._name] & vals.keys():
            return super().write(vals)
        self._coworking_closures_changed()
        result = super().write(vals)
        self._coworking_closures_changed()
        return result

    def unlink(self):
        days = self._get_coworking_days()
        result = super().unlink()
        for whose, day in days.items():
            whose._get_coworking_spaces()._closures_changed(day)
        return result

    def _get_coworking_days(self):
        """The first day that these closures of a whole place may credit.

        :return: dict ``resource.calendar``, or ``res.company`` of those for all of its calendars,
            -> date
        """
        leaves = self.filtered(lambda leave: not leave.resource_id)
        return {
            # Where it is a day earlier than in UTC.
            whose: min(own.mapped("date_from")).date() - timedelta(days=1)
            for whose, own in leaves.grouped(
                lambda leave: leave.calendar_id or leave.company_id
            ).items()
        }

    @api.model
    def _get_closing_domain(self, calendars):
        """The days off of everybody who works by one of these calendars: its own, and those that
        its company has for all calendars, as Odoo's time off has them.
        """
        own = (
            Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("calendar_id", "in", calendars.ids)
        )
        return own | self._get_closing_domain_of(calendars.company_id)

    @api.model
    def _get_closing_domain_of(self, companies):
        """The days off that these companies have for all of their calendars."""
        return (
            Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("calendar_id", "=", False)
            & Domain("company_id", "in", companies.ids)
        )

    def _coworking_closures_changed(self):
        for whose, day in self._get_coworking_days().items():
            whose._get_coworking_spaces()._closures_changed(day)
