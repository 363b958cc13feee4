from odoo import api, models

from ...pricing_inputs import PRICING_INPUTS


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "coworking.used.mixin"]

    def write(self, vals):
        if not PRICING_INPUTS[self._name] & vals.keys():
            return super().write(vals)
        if "company_id" in vals:
            self._coworking_hours_changed()  # the days off of that company close no more
        result = super().write(vals)
        self._coworking_hours_changed()
        return result

    def unlink(self):
        # sudo: whoever deletes opening hours need not see who is away
        leaves = self.env["resource.calendar.leaves"].sudo()
        leaves = leaves.search([("calendar_id", "in", self.ids)])
        result = super().unlink()
        leaves._coworking_closures_changed()  # the database leaves them to all calendars
        return result

    @api.model
    def _get_restricting_fields(self):
        return [*super()._get_restricting_fields(), ("coworking.space", "resource_calendar_id")]

    def _coworking_hours_changed(self):
        """Whether a day off closes a space all day depends on when it is open."""
        for calendar in self:
            if spaces := calendar._get_coworking_spaces():
                leaves = self.env["resource.calendar.leaves"]
                leaves = leaves.search(leaves._get_closing_domain(calendar))
                for day in leaves._get_coworking_days().values():
                    spaces._closures_changed(day)

    def _get_coworking_spaces(self):
        """Spaces that are open as one of these says: those put away are priced all the same."""
        # sudo: whoever edits opening hours need not know the programme's spaces
        spaces = self.env["coworking.space"].sudo().with_context(active_test=False)
        return spaces.search([("resource_calendar_id", "in", self.ids)])
