from contextlib import contextmanager

from odoo import api, fields, models

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
