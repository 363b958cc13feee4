from dataclasses import replace

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.billing.account_move_month_end import Item
from ..tools import to_decimal


class CoworkingMonthEndLine(models.TransientModel):
    _name = "coworking.month.end.line"
    _description = "Month End Line"
    _inherit = ["coworking.record.mixin"]
    _order = "kind, program_id, space_id, period, id"

    month_end_id = fields.Many2one("coworking.month.end", required=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("accrued", "408 Used, not billed"),
            ("credit", "4098 Credit note to come"),
            ("prepaid", "486 Billed, not used yet"),
            ("to_invoice", "418 Co-payment not invoiced"),
        ],
        string="Accounting Entry",
        required=True,
    )
    charge_id = fields.Many2one(
        "coworking.charge", ondelete="cascade", help="Empty: somebody nobody expected."
    )
    # PostgreSQL looks for it whenever anybody's line goes.
    bill_line_id = fields.Many2one("account.move.line", ondelete="cascade", index="btree_not_null")
    bill_id = fields.Many2one(related="bill_line_id.move_id", string="Bill")
    program_id = fields.Many2one("coworking.program")
    space_id = fields.Many2one("coworking.space")
    operator_id = fields.Many2one("res.partner")
    seat_id = fields.Many2one("coworking.seat")
    period = fields.Date(string="Month")
    charge_kind = fields.Selection(related="charge_id.kind", string="Kind")
    date_from = fields.Date(related="charge_id.date_from")
    date_to = fields.Date(related="charge_id.date_to")
    statement_id = fields.Many2one("coworking.statement")
    explanation = fields.Char()
    currency_id = fields.Many2one(related="month_end_id.company_id.currency_id")
    used = fields.Monetary(
        help="With tax, of what the program owes the space; of a co-payment, what the participant"
        " owes."
    )
    billed = fields.Monetary(help="With tax, by bills posted on that day at the latest.")
    amount_untaxed = fields.Monetary(string="Untaxed")
    amount_tax = fields.Monetary(string="VAT")
    amount_total = fields.Monetary(string="With Tax")
    cost = fields.Monetary(
        string="Effect on Expenses",
        help="Amount of the entry: with tax where VAT is not recovered, without it elsewhere. Below"
        " zero when it takes off expenses of the month.",
    )
    income = fields.Monetary(
        string="Effect on Income", help="Amount of the entry of a co-payment, without tax."
    )

    def action_create_entries(self):
        """Make the entries of the whole list, whichever lines are selected."""
        month_end = self.month_end_id or self.env["coworking.month.end"].browse(
            self.env.context.get("coworking_month_end_id")
        )
        return month_end.action_create_entries()

    def action_open_source(self):
        """What tells why: the bill whose amount is wrong, or else the statement, or the seat."""
        self.ensure_one()
        if self.kind == "credit" and self.bill_id:
            return self.env["coworking.statement"]._action_open_moves(self.bill_id, "in_invoice")
        record = self.statement_id or self.seat_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    # === ENTRIES ===#

    def _prepare_entry_items(self):
        """What to enter for these lines of one month end, each with its counterpart.

        :return: list of ``Item``, which sum to zero
        """
        result, known, counterparts = [], {}, {}
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        charge_names = self.charge_id._get_bill_line_names()
        for line in self:
            amount = to_decimal(line.cost) - to_decimal(line.income)
            if not amount:
                continue
            company = line.month_end_id.company_id
            account, distribution = line._get_entry_account(known)
            if line.kind not in counterparts:
                counterparts[line.kind] = company._coworking_month_end_account(line.kind)
            gap = line.bill_line_id if line.kind == "credit" else line.bill_line_id.browse()
            item = Item(
                account=account,
                partner=line.seat_id.partner_id if line.kind == "to_invoice" else line.operator_id,
                seat=line.seat_id,
                bill_line=gap,
                distribution=distribution,
                name=line._get_entry_name(charge_names),
                balance=amount,
            )
            counterpart = replace(
                item,
                account=counterparts[line.kind],
                seat=line.seat_id.browse(),
                bill_line=gap.browse(),
                distribution={},
                name=kinds[line.kind],
                balance=-amount,
            )
            result += [item, counterpart]
        return result

    def _get_entry_account(self, known):
        """The expense or income account of a line and its analytic distribution.

        They are those of the bill, if there is one: what was entered there is corrected here.
        Otherwise those that the bill, or the participant's invoice, will have.

        :param known: answers so far, a dict that the caller keeps
        """
        self.ensure_one()
        if self.bill_line_id:
            # sudo: what a bill says of accounts, to whoever may enter the month end
            bill_line = self.bill_line_id.sudo()
            return bill_line.account_id, bill_line.analytic_distribution or {}
        if self.kind == "to_invoice":
            product, kind = self.program_id.copayment_product_id, "income"
            partner, analytic = (
                self.seat_id.partner_id,
                self.program_id.browse().analytic_account_id,
            )
        else:
            product, kind = self.charge_id._get_billing_terms().product_id, "expense"
            partner, analytic = self.operator_id, self.program_id.analytic_account_id
        key = product, kind, partner, analytic
        if key not in known:
            known[key] = self._read_account(product, kind, partner, analytic)
        return known[key]

    def _read_account(self, product, kind, partner, analytic):
        company = self.month_end_id.company_id
        product = product.with_company(company)
        position = (
            self.env["account.fiscal.position"].with_company(company)._get_fiscal_position(partner)
        )
        account = company._coworking_get_account(product, kind, position)
        if not account:
            raise UserError(
                self.env._(
                    "%(seat)s cannot be entered: product %(product)s has no account. Choose one on"
                    " the product, or on its category.",
                    seat=self.seat_id.display_name,
                    product=product.display_name or self.env._("of the co-payment"),
                )
            )
        models = self.env["account.analytic.distribution.model"]._get_distribution(
            {
                "product_id": product.id,
                "product_categ_id": product.categ_id.id,
                "partner_id": partner.id,
                "partner_category_id": partner.category_id.ids,
                "account_prefix": account.code,
                "company_id": company.id,
                "related_root_plan_ids": analytic.root_plan_id,
            }
        )
        own = {str(analytic.id): 100.0} if analytic else {}
        return account, own | models

    def _get_entry_name(self, charge_names):
        """What the journal item says, so that it explains itself: never a person's name.

        :param charge_names: see ``coworking.charge._get_bill_line_names``
        """
        self.ensure_one()
        money = self.currency_id.format
        if self.kind == "to_invoice":
            return self.env._(
                "%(seat)s, %(month)s: co-payment of %(due)s, %(invoiced)s invoiced",
                seat=self.seat_id.name,
                month=format_date(self.env, self.period, date_format="MMMM y"),
                due=money(self.used),
                invoiced=money(self.billed),
            )
        if not self.charge_id:
            return self.env._(
                "Bill %(bill)s, %(line)s: credit note to come",
                bill=self.bill_id.ref or self.bill_id.name,
                line=self.explanation,
            )
        return self.env._(
            "%(line)s; used %(used)s, billed %(billed)s",
            line=charge_names[self.charge_id],
            used=money(self.used),
            billed=money(self.billed),
        )
