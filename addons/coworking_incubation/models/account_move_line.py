from contextlib import contextmanager

from odoo import api, fields, models

from ..tools import to_decimal
from .account_move_month_end import Item

# What a bill line is recognised by, and what it is worth.
MATCHED_ON = {"discount", "name", "price_unit", "product_id", "quantity", "tax_ids"}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    coworking_charge_id = fields.Many2one(
        "coworking.charge",
        copy=False,
        readonly=True,
        index="btree_not_null",
        # No check of the company: code alone links a line to a charge, thousands at a time.
        # Only open charges are ever deleted: their lines, if any, are those of a cancelled
        # document.
        ondelete="set null",
        help="Seat and month this line pays.",
        groups="base.group_user",
    )
    coworking_seat_id = fields.Many2one(
        "coworking.seat",
        string="Funded Seat",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Seat that this line of a month end is for.",
        groups="base.group_user",
    )
    coworking_bill_line_id = fields.Many2one(
        "account.move.line",
        string="Line of the Bill",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Line of a bill for which a credit note is to come.",
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._coworking_take_up()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if MATCHED_ON & vals.keys():
            self._coworking_take_up()
        return result

    def unlink(self):
        """Whose match a deleted line was is to be invoiced again."""
        # sudo: matches follow from bills, whoever changes those
        products = self.filtered(lambda line: line.display_type == "product")
        matches = self.env["coworking.match"].sudo().search([("move_line_id", "in", products.ids)])
        others = matches._forget()
        result = super().unlink()
        self.env["coworking.matching"].sudo()._take_up(others.exists(), unmatched=True)
        return result

    @contextmanager
    def _sync_invoice(self, container):
        """Compute what waits before Odoo reads the lines back, and so has to write them.

        What is computed later takes a second update of each row, which enters it into all indexes
        once more: it shows where lines are made by the thousand.
        """
        with super()._sync_invoice(container):
            yield
        if self.env.context.get("coworking_in_bulk"):
            lines = container["records"].filtered(lambda line: line.display_type == "product")
            lines._recompute_recordset(["amount_residual", "no_followup"])

    def _coworking_take_up(self):
        """A line that is changed outside its document: see ``account.move``."""
        if self.env.context.get("coworking_take_up", True):
            lines = self.filtered(lambda line: line.display_type == "product")
            lines.move_id._coworking_take_up()

    # === MONTH END ===#

    def action_open_coworking_source(self):
        """What a line of a month end was made for: a bill, or what its seat costs."""
        self.ensure_one()
        if self.coworking_bill_line_id:
            return self.env["coworking.statement"]._action_open_moves(
                self.coworking_bill_line_id.move_id, "in_invoice"
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_charge_action"
        )
        action["domain"] = [("seat_id", "=", self.coworking_seat_id.id)]
        action["context"] = {"create": False}
        return action

    def _coworking_to_items(self):
        return [
            Item(
                account=line.account_id,
                partner=line.partner_id,
                seat=line.coworking_seat_id,
                bill_line=line.coworking_bill_line_id,
                distribution=line.analytic_distribution or {},
                name=line.name,
                balance=to_decimal(line.balance),
            )
            for line in self
        ]
