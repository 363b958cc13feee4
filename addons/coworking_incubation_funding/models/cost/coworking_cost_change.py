from odoo import api, fields, models


class CoworkingCostChange(models.Model):
    """Something changed that decides costs or shares: bills to be read again; items of a program
    to be parted again, or those that the presences of a seat prove, or all. Rows are only added, so
    that nobody waits for anybody; the scheduled action that is woken takes them off.
    """

    _name = "coworking.cost.change"
    _description = "Change That Concerns Costs"
    _inherit = ["coworking.record.mixin"]
    _order = "id"

    move_id = fields.Many2one("account.move", index="btree_not_null", ondelete="set null")
    program_id = fields.Many2one("coworking.program", index="btree_not_null", ondelete="cascade")
    # Of the costs that changed, or are gone.
    item = fields.Char(export_string_translation=False)
    # Without an item: something is paid no more on that day, which flat amounts counted. With one:
    # funders took part in what was paid then of a cost that is gone.
    date = fields.Date(export_string_translation=False)
    # Of which the presences changed.
    seat_id = fields.Many2one(
        "coworking.seat",
        index="btree_not_null",
        ondelete="set null",
        export_string_translation=False,
    )

    @api.model
    def _note(self, vals_list):
        if vals_list:
            # sudo: whoever posts, pays or ticks a presence need not know the funders
            self.sudo().create(vals_list)
            job = self.env.ref(
                "coworking_incubation_funding.ir_cron_refresh_costs", raise_if_not_found=False
            )
            if job:  # gone first when the addon is uninstalled
                job.sudo()._trigger()

    @api.model
    def _note_moves(self, moves):
        """These documents were posted, paid, matched, withdrawn..."""
        self._note([{"move_id": move.id} for move in moves])

    @api.model
    def _note_programs(self, programs):
        """All costs of these programs are to be parted again."""
        self._note([{"program_id": program.id} for program in programs])

    @api.model
    def _note_seats(self, seats):
        """Presences of these seats changed."""
        self._note([{"program_id": seat.program_id.id, "seat_id": seat.id} for seat in seats])

    @api.model
    def _note_items(self, costs):
        """What decides whose these are changed: their items are parted again."""
        self._note_rows(costs._get_noted())

    @api.model
    def _note_gone(self, costs):
        """These costs go: what is left of their items is parted again, and what follows."""
        rows = costs._get_noted() | costs._get_days_paid()
        for cost, day in self.env["coworking.allocation"]._read_group(
            [("cost_id", "in", costs.ids)], ["cost_id", "date_paid:day"]
        ):
            rows.add((cost.program_id.id, cost.item, day))
        self._note_rows(rows)

    @api.model
    def _note_rows(self, rows):
        """
        :param rows: see ``coworking.cost._refresh_moves``
        """
        self._note(
            [{"program_id": program, "item": item, "date": day} for program, item, day in rows]
        )
