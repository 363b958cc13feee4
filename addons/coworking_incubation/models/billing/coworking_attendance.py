from odoo import fields, models

from .coworking_statement import SETTLED_STATES


class CoworkingAttendance(models.Model):
    _inherit = "coworking.attendance"

    def _closed_months(self):
        """Months that are over and whose statements are all settled, of these programs.

        :return: set of (program id, first of the month)
        """
        months = {row.date.replace(day=1) for row in self if row.date}
        if not months:
            return set()
        # sudo: whoever notes attendance need not be allowed to read statements
        states = (
            self.env["coworking.statement"]
            .sudo()
            ._read_group(
                [
                    ("program_id", "in", self.program_id.ids),
                    ("date_from", "in", list(months)),
                    ("state", "!=", "cancelled"),
                ],
                ["program_id", "date_from:month"],
                ["state:array_agg"],
            )
        )
        this_month = fields.Date.context_today(self).replace(day=1)
        return {
            (program.id, fields.Date.to_date(month))
            for program, month, found in states
            if set(found) <= set(SETTLED_STATES) and fields.Date.to_date(month) < this_month
        }
