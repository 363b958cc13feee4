from odoo import models

from ...pricing_inputs import PRICING_INPUTS


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        if not PRICING_INPUTS[self._name] & vals.keys():
            return super().write(vals)
        if "company_id" in vals:
            self._coworking_hours_changed()  # the days off of that company close no more
        result = super().write(vals)
        self._coworking_hours_changed()
        return result

    def _coworking_hours_changed(self):
        """Whether a day off closes a space all day depends on when it is open."""
        for calendar in self:
            if spaces := calendar._get_coworking_spaces():
                leaves = self.env["resource.calendar.leaves"]
                leaves = leaves.search(leaves._get_closing_domain(calendar))
                for day in leaves._get_coworking_days().values():
                    spaces._closures_changed(day)

    def _get_coworking_spaces(self):
        """Spaces that are open as one of these says."""
        # sudo: whoever edits opening hours need not know the programme's spaces
        return self.env["coworking.space"].sudo().search([("resource_calendar_id", "in", self.ids)])
