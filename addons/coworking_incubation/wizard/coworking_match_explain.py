from odoo import api, fields, models

from ..models.matching.bill_matcher import BillMatcher


class CoworkingMatchExplain(models.TransientModel):
    """The sets of facts that explain a bill to the cent, to choose from."""

    _name = "coworking.match.explain"
    _description = "Explanations of a Gap"
    _inherit = ["coworking.record.mixin"]

    move_id = fields.Many2one("account.move", string="Bill", required=True)
    currency_id = fields.Many2one(related="move_id.currency_id")
    gap = fields.Monetary(compute="_compute_gap")
    told = fields.Text(compute="_compute_gap", help="What is known already, amount by amount.")
    rest = fields.Monetary(compute="_compute_gap", help="What nothing explains yet.")
    proposal_ids = fields.One2many(
        "coworking.match.proposal", "explain_id", compute="_compute_proposal_ids", store=True
    )
    to_choose = fields.Boolean(compute="_compute_to_choose")

    @api.depends("move_id")
    def _compute_gap(self):
        Match = self.env["coworking.match"]
        causes = dict(Match._fields["cause"]._description_selection(self.env))
        for wizard in self:
            matches = Match.search([("move_id", "=", wizard.move_id.id)])
            known = matches.filtered(lambda match: match.gap and match.cause)
            wizard.gap = sum(matches.mapped("gap"))
            wizard.rest = sum((matches - known).mapped("gap"))
            wizard.told = "\n".join(
                self.env._(
                    "%(amount)s: %(why)s",
                    amount=match.currency_id.format(match.gap),
                    why=match.explanation or causes[match.cause],
                )
                for match in known
            )

    @api.depends("proposal_ids", "rest")
    def _compute_to_choose(self):
        for wizard in self:
            wizard.to_choose = len(wizard.proposal_ids) > (0 if wizard.rest else 1)

    @api.depends("move_id")
    def _compute_proposal_ids(self):
        for wizard in self:
            wizard.proposal_ids = [
                fields.Command.create({"number": number, "text": text})
                for move in wizard.move_id
                for number, text in enumerate(BillMatcher.of(move).proposals())
            ]
