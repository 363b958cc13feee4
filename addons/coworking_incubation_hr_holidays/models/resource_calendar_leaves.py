from odoo import api, models
from odoo.fields import Domain


class ResourceCalendarLeaves(models.Model):
    """The closure of a space is no public holiday of whoever works for the company: Odoo's time off
    would keep the one from being entered where the other is.
    """

    _inherit = "resource.calendar.leaves"

    @api.constrains("date_from", "date_to", "calendar_id")
    def _check_compare_dates(self):
        # Odoo compares these alone: the absence of one person is none of them.
        public = self.filtered(lambda leave: not leave.resource_id)
        if not public:
            return None
        calendars = self._get_calendars_of_spaces()
        holidays = public.filtered(lambda leave: leave.calendar_id not in calendars)
        if holidays:
            beside = holidays.with_context(coworking_calendars_left_out=calendars.ids)
            return super(ResourceCalendarLeaves, beside)._check_compare_dates()
        return None

    @api.model
    def _search(self, domain, *args, **kwargs):
        left_out = self.env.context.get("coworking_calendars_left_out")
        if left_out:
            domain = Domain(domain) & Domain("calendar_id", "not in", left_out)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _get_calendars_of_spaces(self):
        """Opening hours of spaces by which nobody of the company works."""
        # sudo: whoever enters a holiday need not know the spaces
        spaces = self.env["coworking.space"].sudo().with_context(active_test=False)
        calendars = spaces.search([("resource_calendar_id", "!=", False)]).resource_calendar_id
        # sudo: nor who works by which hours
        employed = self.env["resource.resource"].sudo()
        employed = employed.search([("calendar_id", "in", calendars.ids)]).calendar_id
        # sudo: nor of other companies
        companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        return (calendars - employed - companies.resource_calendar_id).with_env(self.env)
