from odoo import api, fields, models


class CoworkingMonthEndLine(models.TransientModel):
    _name = "coworking.month.end.line"
    _description = "Month End Line"
    _order = "kind, program_id, space_id, period, id"

    month_end_id = fields.Many2one("coworking.month.end", required=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("accrued", "408 Used, not billed"),
            ("credit", "4098 Credit note to come"),
            ("prepaid", "486 Billed, not used yet"),
        ],
        string="Accounting Entry",
        required=True,
    )
    charge_id = fields.Many2one("coworking.charge", required=True, ondelete="cascade")
    program_id = fields.Many2one(related="charge_id.program_id", store=True)
    space_id = fields.Many2one(related="charge_id.space_id", store=True)
    operator_id = fields.Many2one("res.partner", compute="_compute_operator_id", store=True)
    seat_id = fields.Many2one(related="charge_id.seat_id", store=True)
    period = fields.Date(related="charge_id.period", store=True)
    charge_kind = fields.Selection(related="charge_id.kind", string="Kind")
    date_from = fields.Date(related="charge_id.date_from")
    date_to = fields.Date(related="charge_id.date_to")
    statement_id = fields.Many2one(related="charge_id.statement_id", store=True)
    explanation = fields.Char(related="charge_id.explanation")
    currency_id = fields.Many2one(related="charge_id.currency_id")
    used = fields.Monetary(help="With tax, of what the program owes the space.")
    billed = fields.Monetary(help="With tax, by bills posted on that day at the latest.")
    amount_untaxed = fields.Monetary(string="Untaxed")
    amount_tax = fields.Monetary(string="Tax")
    amount_total = fields.Monetary(string="With Tax")
    cost = fields.Monetary(
        string="Effect on Expenses",
        help="Amount of the entry: with tax where VAT is not recovered, without it elsewhere. Below"
        " zero when it takes off expenses of the month.",
    )

    @api.depends("charge_id.statement_id.operator_id", "charge_id.space_id.operator_id")
    def _compute_operator_id(self):
        """Who bills that month; who bills the space now, where it has no statement yet."""
        for line in self:
            charge = line.charge_id
            line.operator_id = charge.statement_id.operator_id or charge.space_id.operator_id
