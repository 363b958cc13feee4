from odoo import api, fields, models

from ..models.coworking_matching import Bill


class CoworkingMatchExplain(models.TransientModel):
    """The sets of facts that explain a bill to the cent, to choose from."""

    _name = "coworking.match.explain"
    _description = "Explanations of a Gap"

    move_id = fields.Many2one("account.move", string="Bill", required=True)
    currency_id = fields.Many2one(related="move_id.currency_id")
    gap = fields.Monetary(compute="_compute_gap")
    proposal_ids = fields.One2many(
        "coworking.match.proposal", "explain_id", compute="_compute_proposal_ids", store=True
    )

    @api.depends("move_id")
    def _compute_gap(self):
        for wizard in self:
            matches = self.env["coworking.match"].search([("move_id", "=", wizard.move_id.id)])
            wizard.gap = sum(matches.mapped("gap"))

    @api.depends("move_id")
    def _compute_proposal_ids(self):
        for wizard in self:
            wizard.proposal_ids = [
                fields.Command.create({"number": number, "text": text})
                for number, text in enumerate(Bill.of(wizard.move_id).proposals())
            ]
