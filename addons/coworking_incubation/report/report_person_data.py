from odoo import api, models
from odoo.exceptions import AccessError


class ReportPersonData(models.AbstractModel):
    """What ``coworking.person.data`` read, to be printed: it cannot be asked for by itself."""

    _name = "report.coworking_incubation.report_person_data"
    _description = "Everything Held on a Person (PDF)"

    @api.model
    def _get_report_values(self, docids, data=None):
        if not self.env.su:
            raise AccessError(self.env._("This is printed from the file of the person."))
        return data or {}
