from odoo import api, fields, models


class CoworkingClaimDialog(models.TransientModel):
    """A few words about a claim, or about lines of it: the funder's comment, why something is sent
    without its proofs, a correction of so many per cent.
    """

    _name = "coworking.claim.dialog"
    _description = "Words About a Claim"
    _inherit = ["coworking.record.mixin"]

    kind = fields.Selection(
        [("return", "Returned"), ("override", "Sent without"), ("correct", "Flat correction")],
        required=True,
        readonly=True,
    )
    claim_id = fields.Many2one("coworking.claim", required=True, readonly=True)
    line_ids = fields.Many2many("coworking.claim.line", string="Lines", readonly=True)
    line_count = fields.Integer(compute="_compute_line_count")
    percent = fields.Float(string="Correction (%)", digits=(5, 2))
    reason = fields.Text(required=True)

    _percent_range = models.Constraint(
        "CHECK (kind <> 'correct' OR percent > 0 AND percent <= 100)",
        "A flat correction is above 0 and at most 100 %.",
    )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for dialog in self:
            dialog.line_count = len(dialog.line_ids)

    def action_apply(self):
        self.ensure_one()
        reason = " ".join((self.reason or "").split())
        if self.kind == "return":
            self.claim_id._return(self.reason)
        elif self.kind == "override":
            self.line_ids._override(reason)
        else:
            self.claim_id._correct(self.percent, reason)
        return {"type": "ir.actions.act_window_close"}
