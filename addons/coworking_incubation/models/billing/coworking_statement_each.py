from odoo import models


class CoworkingStatement(models.Model):
    """Steps of the month for many statements: each on its own, and who did which is told."""

    _inherit = "coworking.statement"

    # === ACTION METHODS ===#

    def action_send_each(self):
        """Send these: a space that cannot be asked does not hold the others up."""
        if len(self) < 2:
            return self.action_send()
        run = self._run_each("send")
        return run._get_outcome_action({"type": "ir.actions.client", "tag": "soft_reload"})

    def action_create_bill_each(self):
        """Make the draft bills of these: one that cannot be made does not hold the others up."""
        self._check_may_bill()
        if len(self) < 2:
            return self.action_create_bill()
        run = self._run_each("bill")
        return run._get_outcome_action(self._action_open_moves(self.bill_ids, "in_invoice"))

    def _run_each(self, step):
        """:return: the ``coworking.month.run`` of a step for each of these"""
        self.check_access("write")
        months = set(self.mapped("date_from"))
        return self.env["coworking.month.run"]._start(
            step,
            [statement._prepare_run_line() for statement in self],
            months.pop() if len(months) == 1 else None,
        )

    def _prepare_run_line(self):
        self.ensure_one()
        return {
            "program_id": self.program_id.id,
            "space_id": self.space_id.id,
            "date_from": self.date_from,
            "statement_id": self.id,
        }
