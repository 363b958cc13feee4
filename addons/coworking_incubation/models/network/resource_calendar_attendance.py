from odoo import api, models

from ...pricing_inputs import PRICING_INPUTS


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        hours = super().create(vals_list)
        hours.calendar_id._coworking_hours_changed()
        return hours

    def write(self, vals):
        calendars = self.calendar_id
        result = super().write(vals)
        if PRICING_INPUTS[self._name] & vals.keys():
            (calendars | self.calendar_id)._coworking_hours_changed()
        return result

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        calendars.exists()._coworking_hours_changed()
        return result
