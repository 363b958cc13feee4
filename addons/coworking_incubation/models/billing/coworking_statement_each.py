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

    def action_post_bill_each(self):
        """Post the draft bills of these: one that cannot be posted does not hold the others up."""
        self._check_may_bill()
        drafts = self.bill_ids.filtered(lambda bill: bill.state == "draft")
        without = self.filtered(lambda statement: not statement.bill_ids & drafts)
        left_out = self.env._("Without a draft bill to post: %s", ", ".join(without.mapped("name")))
        return drafts._coworking_post_each(left_out if without else "")

    def _run_each(self, step, dialog=None, left_out=""):
        """:return: the ``coworking.month.run`` of a step for each of these"""
        self.check_access("write")
        return self.env["coworking.month.run"]._start(
            step,
            [statement._prepare_run_line() for statement in self],
            self._get_only_month(),
            dialog,
            left_out,
        )

    def _prepare_run_line(self, bill=None):
        self.ensure_one()
        return {
            "program_id": self.program_id.id,
            "space_id": self.space_id.id,
            "date_from": self.date_from,
            "statement_id": self.id,
            "move_id": bill and bill.id,
        }

    def _get_only_month(self):
        """The first day of the month of these, if it is one."""
        months = set(self.mapped("date_from"))
        return months.pop() if len(months) == 1 else None
