from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CoworkingBillPayment(models.TransientModel):
    """Bills that somebody chose to pay: how many are right, and why the others are kept out."""

    _name = "coworking.bill.payment"
    _description = "Payment of Bills"
    _inherit = ["coworking.record.mixin"]

    move_ids = fields.Many2many("account.move", string="Bills to Pay", readonly=True)
    line_ids = fields.One2many(
        "coworking.bill.payment.line", "wizard_id", string="Kept Out", readonly=True
    )
    without_bill = fields.Integer(
        readonly=True, help="Lines of the month of which no bill came yet."
    )
    choice = fields.Json(
        readonly=True,
        export_string_translation=False,
        help="What the bills were when they were chosen: see _coworking_get_choice_to_pay.",
    )
    message = fields.Char(compute="_compute_message")

    @api.depends("move_ids")
    def _compute_message(self):
        for wizard in self:
            moves = wizard.move_ids  # of one company, in its currency
            wizard.message = (
                self.env._(
                    "Bills to pay: %(count)s, %(total)s in all.",
                    count=len(moves),
                    total=moves.currency_id.format(sum(moves.mapped("amount_residual"))),
                )
                if moves
                else self.env._("No bill can be paid now.")
            )

    # === ACTION METHODS ===#

    def action_register_payment(self):
        """Go on in Odoo's own dialog, which remembers what the bills were when they were chosen."""
        self.ensure_one()
        self._check_may_pay()
        return self.move_ids.line_ids.action_register_payment(
            ctx={"default_coworking_choice": self.choice}
        )

    # === BUSINESS METHODS ===#

    @api.model
    def _open_for(self, moves, without_bill=0):
        """Ask where there is something to say; otherwise go on.

        :param without_bill: how many lines of the month were chosen of which no bill came
        """
        self._check_may_pay()
        if not moves and not without_bill:
            raise UserError(self.env._("Choose the bills to pay."))
        wizard = self.create(
            {
                "move_ids": [Command.set(moves.ids)],
                "choice": moves._coworking_get_choice_to_pay(),
                "without_bill": without_bill,
            }
        )
        wizard._keep_out(self._get_refusals(moves))
        return wizard._open() if wizard._is_to_be_shown() else wizard.action_register_payment()

    def _open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pay"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _keep_out(self, refusals):
        """:param refusals: dict move -> why it is not paid now"""
        self.write(
            {
                "move_ids": [Command.unlink(move.id) for move in refusals],
                "line_ids": [
                    Command.create({"move_id": move.id, "reason": why})
                    for move, why in refusals.items()
                ],
            }
        )

    @api.model
    def _get_refusals(self, moves):
        """Why some of these are not paid together: Odoo pays bills of one company at a time.

        :return: dict move -> sentence
        """
        refusals = moves._coworking_get_refusals_to_pay()
        right = moves.filtered(lambda move: move not in refusals)
        companies = right.company_id.root_id
        company = self.env.company.root_id
        company = company if company in companies else companies[:1]
        for move in right:
            if move.company_id.root_id != company:
                refusals[move] = self.env._(
                    "Of %(company)s: pay its bills apart.", company=move.company_id.name
                )
        return refusals

    def _is_to_be_shown(self):
        self.ensure_one()
        return bool(self.line_ids or self.without_bill)

    @api.model
    def _check_may_pay(self):
        self.env["coworking.match"].check_access("write")
