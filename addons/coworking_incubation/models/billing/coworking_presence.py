from datetime import timedelta

from odoo import api, fields, models

from .coworking_statement import SETTLED_STATES


class CoworkingPresence(models.Model):
    _inherit = "coworking.presence"

    @api.model
    def _closed_until(self, seats, first, last):
        """Months that are closed for the spaces and programs of some seats.

        A statement that was confirmed before the end of its month, because its tariffs are billed
        in advance, closes the days up to that one: those that follow are still to be lived.

        :return: dict (program id, space id, first of the month) -> last day that is closed
        """
        # sudo: whoever writes presences down need not be allowed to read statements
        statements = (
            self.env["coworking.statement"]
            .sudo()
            .search_fetch(
                [
                    ("program_id", "in", seats.program_id.ids),
                    ("space_id", "in", seats.space_id.ids),
                    ("date_from", ">=", first.replace(day=1)),
                    ("date_from", "<=", last),
                    ("state", "in", SETTLED_STATES),
                ],
                ["program_id", "space_id", "date_from", "confirmed_at"],
            )
        )
        return {
            (row.program_id.id, row.space_id.id, row.date_from): (
                fields.Datetime.context_timestamp(row, row.confirmed_at).date()
                if row.confirmed_at
                else row.date_from + timedelta(days=31)
            )
            for row in statements
        }
