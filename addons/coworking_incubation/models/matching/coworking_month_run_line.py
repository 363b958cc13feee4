from odoo import api, models


class CoworkingMonthRunLine(models.Model):
    """Decisions on the gaps of a month, a statement at a time."""

    _inherit = "coworking.month.run.line"

    @api.model
    def _get_steps_done_again(self):
        return (*super()._get_steps_done_again(), "decide")

    def _decide(self):
        return self._ask_dialog()
