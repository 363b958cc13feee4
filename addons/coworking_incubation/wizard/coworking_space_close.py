from odoo import api, fields, models
from odoo.exceptions import UserError


class CoworkingSpaceClose(models.TransientModel):
    """Close spaces for some days, such as August, in one action.

    Whether these days are charged is said by each tariff (closure rule).
    """

    _name = "coworking.space.close"
    _description = "Close Spaces for Some Days"
    _inherit = ["coworking.record.mixin"]

    space_ids = fields.Many2many(
        "coworking.space",
        string="Spaces",
        required=True,
        default=lambda self: self._default_space_ids(),
    )
    date_from = fields.Date(string="First Day", required=True)
    date_to = fields.Date(string="Last Day", required=True)
    name = fields.Char(string="Reason", required=True, default=lambda self: self.env._("Closure"))

    @api.model
    def _default_space_ids(self):
        if self.env.context.get("active_model") == "coworking.space":
            return self.env.context.get("active_ids")
        return []

    def action_apply(self):
        self.ensure_one()
        if self.date_to < self.date_from:
            raise UserError(self.env._("The last day of a closure cannot be before the first."))
        for space in self.space_ids:
            space._close(self.date_from, self.date_to, self.name)
        return {"type": "ir.actions.act_window_close"}
