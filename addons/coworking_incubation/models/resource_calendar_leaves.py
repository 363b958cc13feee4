from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._coworking_facts_changed()
        return leaves

    def write(self, vals):
        if not {"calendar_id", "resource_id", "time_type", "date_from", "date_to"} & vals.keys():
            return super().write(vals)
        self._coworking_facts_changed()
        result = super().write(vals)
        self._coworking_facts_changed()
        return result

    def unlink(self):
        touched = self._coworking_participants()
        result = super().unlink()
        for participants, day in touched:
            participants._facts_changed(day)
        return result

    def _coworking_participants(self):
        """Participants whose price depends on these closures of their space, and from which day.

        :return: list of (participants, first day)
        """
        leaves = self.filtered(lambda leave: leave.calendar_id and not leave.resource_id)
        if not leaves:
            return []
        # sudo: opening hours are not the programme's; whoever edits them need not see its seats
        seats = (
            self.env["coworking.seat"]
            .sudo()
            .search(
                [
                    ("space_id.resource_calendar_id", "in", leaves.calendar_id.ids),
                    ("tariff_id.closure_rule", "=", "credited"),
                    ("state", "in", self.env["coworking.seat"]._holding_states()),
                ]
            )
        )
        result = []
        for leave in leaves:
            touched = seats.filtered(
                lambda seat, calendar=leave.calendar_id: (
                    seat.space_id.resource_calendar_id == calendar
                )
            )
            if touched:
                result.append((touched.participant_id, leave.date_from.date()))
        return result

    def _coworking_facts_changed(self):
        for participants, day in self._coworking_participants():
            participants._facts_changed(day)
