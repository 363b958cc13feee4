from odoo import fields, models

from ..models.matching.bill_matcher import BillMatcher


class CoworkingMatchProposal(models.TransientModel):
    """One set of facts that explains a bill."""

    _name = "coworking.match.proposal"
    _description = "Explanation of a Gap"
    _inherit = ["coworking.record.mixin"]
    _order = "number"

    explain_id = fields.Many2one("coworking.match.explain", required=True, ondelete="cascade")
    number = fields.Integer()
    text = fields.Text(string="Explanation")

    def action_accept(self):
        """Match the bill as this explanation says. What is done about each gap is still decided."""
        self.ensure_one()
        self.env["coworking.match"].check_access("write")
        BillMatcher.of(self.explain_id.move_id).match(self.number)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
