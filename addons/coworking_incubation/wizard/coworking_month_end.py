from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import pricing
from ..tools import to_decimal


def _round(amount):
    return amount.quantize(pricing.CENT, ROUND_HALF_UP)


class CoworkingMonthEnd(models.TransientModel):
    """What the accounts of a month need from the seats: entries to make, and the workbook."""

    _name = "coworking.month.end"
    _description = "Month End"

    date = fields.Date(
        string="On", required=True, default=lambda self: self._default_date(), help="Last day."
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    program_ids = fields.Many2many(
        "coworking.program",
        string="Programs",
        required=True,
        default=lambda self: self.env["coworking.program"].search([]),
        domain="[('company_id', '=', company_id)]",
        check_company=True,
    )
    line_ids = fields.One2many("coworking.month.end.line", "month_end_id")

    @api.model
    def _default_date(self):
        return fields.Date.context_today(self) + relativedelta(day=1, days=-1)

    def action_list(self):
        """Open what is to be entered for that day: used and not billed, billed and not used."""
        self.ensure_one()
        self._check_programs()
        self.line_ids.unlink()
        self.env["coworking.month.end.line"].create(self._prepare_lines())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_month_end_line_action"
        )
        action["domain"] = [("month_end_id", "=", self.id)]
        return action

    def action_workbook(self):
        """The reconciliation workbook of the month."""
        self.ensure_one()
        self._check_programs()
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation/reconciliation/{self.id}",
            "target": "download",
        }

    def _check_programs(self):
        if not self.program_ids:
            raise UserError(self.env._("Choose at least one program."))
        self.program_ids.check_access("read")

    def _prepare_lines(self):
        """Values of the lines: each charge whose use, on that day, is not what was billed.

        A charge is used day by day, a pack ticket by ticket; what a bill pays of it is what was
        matched with bills posted on that day at the latest.
        """
        billed = self._billed()
        charges = self.env["coworking.charge"].browse(billed)
        packs = charges.filtered(lambda charge: charge.kind == "pack")
        # sudo: tickets depend on facts that accountants do not read one by one
        packs_used = self.env["coworking.pricing"].sudo()._packs_used(packs.sudo(), self.date)
        result = []
        for charge in charges:
            total = to_decimal(charge.payable_total)
            share = packs_used.get(charge)
            used = _round(total * (self._share(charge) if share is None else share))
            amount = used - billed[charge.id]
            if not amount:
                continue
            untaxed = _round(amount * to_decimal(charge.payable_untaxed) / total)
            on_total = charge.program_id.funding_base == "total"
            result.append(
                {
                    "month_end_id": self.id,
                    "kind": ("accrued" if total > 0 else "credit")
                    if amount * total > 0
                    else "prepaid",
                    "charge_id": charge.id,
                    "used": float(used),
                    "billed": float(billed[charge.id]),
                    "amount_untaxed": float(abs(untaxed)),
                    "amount_tax": float(abs(amount - untaxed)),
                    "amount_total": float(abs(amount)),
                    "cost": float(amount if on_total else untaxed),
                }
            )
        return result

    def _billed(self):
        """What bills of that day or before pay of charges that may not be wholly used or billed.

        :return: dict charge id -> amount with tax
        """
        for model, names in (
            ("coworking.charge", ("payable_total", "date_from", "date_to", "kind", "program_id")),
            ("coworking.match", ("charge_id", "move_id", "expected")),
            ("account.move", ("state", "date")),
        ):
            self.env[model].flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT charge.id, COALESCE(SUM(billed.expected), 0)
                  FROM coworking_charge charge
             LEFT JOIN (SELECT match.charge_id, match.expected
                          FROM coworking_match match
                          JOIN account_move move ON move.id = match.move_id
                         WHERE move.state = 'posted' AND move.date <= %(day)s) AS billed
                    ON billed.charge_id = charge.id
                 WHERE charge.program_id IN %(programs)s AND charge.kind != 'deposit'
                   AND charge.payable_total != 0
                   AND (charge.date_from <= %(day)s OR billed.charge_id IS NOT NULL)
              GROUP BY charge.id
                HAVING COALESCE(SUM(billed.expected), 0) != charge.payable_total
                    OR charge.date_to > %(day)s OR charge.kind = 'pack'
              ORDER BY charge.period, charge.id
                """,
                day=self.date,
                programs=tuple(self.program_ids.ids),
            )
        )
        return {charge_id: to_decimal(amount) for charge_id, amount in rows}

    def _share(self, charge):
        """How much of the days of a charge are over in the evening of that day."""
        if charge.date_to <= self.date:
            return Decimal(1)
        days = (charge.date_to - charge.date_from).days + 1
        return Decimal(max((self.date - charge.date_from).days + 1, 0)) / days
