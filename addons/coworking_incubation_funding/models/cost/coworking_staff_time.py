from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.coworking_incubation import pricing
from odoo.addons.coworking_incubation.models.base.processing import MONEY
from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding


class CoworkingStaffTime(models.Model):
    """The hours that somebody of the staff spent on a program in a month, what an hour costs, and
    the signed sheet that proves it: a cost of the program once the salary is paid.
    """

    _name = "coworking.staff.time"
    _description = "Staff Time on a Program"
    _processing = MONEY
    _inherit = ["coworking.guard.mixin", "coworking.record.mixin"]
    _order = "month desc, partner_id"
    _check_company_auto = True
    _code_fields = frozenset({"amount"})

    program_id = fields.Many2one(
        "coworking.program", required=True, index=True, check_company=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Staff Member", required=True, index=True, check_company=True
    )
    month = fields.Date(required=True, help="Any day of the month.")
    hours = fields.Float(digits=(7, 2), required=True)
    hourly_cost = fields.Monetary(
        required=True, aggregator=None, help="Salary with the employer's charges, for one hour."
    )
    amount = fields.Monetary(compute="_compute_amount", store=True, precompute=True)
    date_paid = fields.Date(
        string="Salary Paid On", help="Empty: not yet. Funders count what was paid."
    )
    sheet = fields.Binary(string="Signed Time Sheet", attachment=True)
    sheet_name = fields.Char(string="Name of the Time Sheet")
    cost_ids = fields.One2many("coworking.cost", "staff_time_id", groups="base.group_system")

    _positive = models.Constraint(
        "CHECK (hours > 0 AND hourly_cost > 0)", "Hours and their cost are more than 0."
    )
    _once = models.UniqueIndex(
        "(program_id, partner_id, (date_trunc('month', month::timestamp)))",
        "This month of this person is typed already for this program.",
    )

    @api.depends("hours", "hourly_cost")
    def _compute_amount(self):
        for row in self:
            amount = to_decimal(row.hours) * to_decimal(row.hourly_cost)
            row.amount = float(funding.half_up(amount, to_decimal(row.currency_id.rounding)))

    @api.depends("partner_id", "month")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " ".join(
                filter(None, (row.partner_id.name, row.month and f"{row.month:%m/%Y}"))
            )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._refresh_costs()
        return rows

    def write(self, vals):
        program = vals.get("program_id")
        moved = self.filtered(lambda row: program and row.program_id.id != program)
        left = moved._take_off_costs()
        result = super().write(vals)
        if set(vals) - {"sheet", "sheet_name"}:
            self._refresh_costs()
            self.env["coworking.cost.change"]._note_programs(left)
        return result

    def unlink(self):
        left = self._take_off_costs()
        result = super().unlink()
        self.env["coworking.cost.change"]._note_programs(left)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_claimed(self):
        # sudo: see _take_off_costs
        if any(self.sudo().cost_ids.allocation_ids.mapped("frozen")):
            raise UserError(
                self.env._(
                    "%s was claimed from a funder: take its payment date off instead, and the next"
                    " claim takes it back.",
                    self[0].display_name,
                )
            )

    # === BUSINESS METHODS ===#

    def _take_off_costs(self):
        """These are no longer of their programs, of which booked salaries may count again.

        :return: the programs
        """
        # sudo: costs follow from what is typed here
        self.sudo().cost_ids._withdraw()._part_at_once()
        return self.program_id

    def _refresh_costs(self):
        # sudo: see _take_off_costs
        costs = self.env["coworking.cost"].sudo()
        lowered = costs.browse()
        for row in self:
            # what was claimed of a program that they left stays with it, withdrawn
            known = row.sudo().cost_ids.filtered(
                lambda cost, program=row.program_id: cost.program_id == program
            )[:1]
            if not known:
                costs.create(row._prepare_cost())
            elif known._write_changed(row._prepare_cost())[1]:
                lowered |= known
        lowered._part_at_once()
        self.env["coworking.cost.change"]._note_programs(self.program_id)

    def _prepare_cost(self):
        self.ensure_one()
        month = pricing.month_first(self.month)
        amount = funding.half_up(to_decimal(self.amount), to_decimal(self.currency_id.rounding))
        paid = [[str(self.date_paid), str(amount)]] if self.date_paid else []
        return {
            "name": self.display_name,
            "kind": "staff",
            "staff_time_id": self.id,
            "program_id": self.program_id.id,
            "partner_id": self.partner_id.id,
            "date": pricing.month_last(month),
            "date_from": month,
            "date_to": pricing.month_last(month),
            "amount": self.amount,
            "paid_amount": self.amount if self.date_paid else 0.0,
            "date_paid": self.date_paid,
            "payments": paid,
            "withdrawn": False,
        }
