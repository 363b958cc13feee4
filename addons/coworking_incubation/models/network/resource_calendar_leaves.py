from datetime import timedelta

from odoo import api, models
from odoo.tools.misc import clean_context

from ...pricing_inputs import PRICING_INPUTS


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        # What is made from here on has defaults of its own.
        clean = self.env(context=clean_context(self.env.context))
        leaves.with_env(clean)._coworking_closures_changed()
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
        for calendar, day in days.items():
            calendar._get_coworking_spaces()._closures_changed(day)
        return result

    def _get_coworking_days(self):
        """The first day that these closures of a whole place may credit.

        :return: dict ``resource.calendar`` -> date
        """
        leaves = self.filtered(lambda leave: leave.calendar_id and not leave.resource_id)
        return {
            # Where it is a day earlier than in UTC.
            calendar: min(own.mapped("date_from")).date() - timedelta(days=1)
            for calendar, own in leaves.grouped("calendar_id").items()
        }

    def _coworking_closures_changed(self):
        for calendar, day in self._get_coworking_days().items():
            calendar._get_coworking_spaces()._closures_changed(day)
