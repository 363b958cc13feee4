from odoo import api, fields, models


class CoworkingCostChange(models.Model):
    """Something changed that decides costs or shares: bills to be read again, programs to be
    parted again. Rows are only added, so that nobody waits for anybody; the scheduled action that
    is woken takes them off.
    """

    _name = "coworking.cost.change"
    _description = "Change That Concerns Costs"
    _inherit = ["coworking.record.mixin"]
    _order = "id"

    move_id = fields.Many2one("account.move", index="btree_not_null", ondelete="set null")
    program_id = fields.Many2one("coworking.program", index="btree_not_null", ondelete="cascade")

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
        """The costs of these programs are to be parted again."""
        self._note([{"program_id": program.id} for program in programs])
