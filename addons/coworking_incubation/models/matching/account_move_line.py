from odoo import api, models

from ...tools import filter_known, find_referred

# What a bill line is recognised by, and what it is worth.
MATCHED_ON = {"discount", "name", "price_unit", "product_id", "quantity", "tax_ids"}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._coworking_match()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if MATCHED_ON & vals.keys():
            self._coworking_match()
        return result

    def unlink(self):
        """Whose match a deleted line was is to be invoiced again."""
        if not self or not filter_known(self.move_id):  # as most lines that Odoo deletes
            return super().unlink()
        matched = find_referred(
            self.filtered(lambda line: line.display_type == "product"),
            ("coworking.match", "move_line_id"),
        )
        if not matched:
            return super().unlink()
        # sudo: matches follow from bills, whoever changes those
        matches = self.env["coworking.match"].sudo().search([("move_line_id", "in", matched.ids)])
        others = matches._unlink_matches()
        result = super().unlink()
        self.env["coworking.matching"].sudo()._match_bills(others.exists(), unmatched=True)
        return result

    def _coworking_match(self):
        """A line that is changed outside its document: see ``account.move``."""
        if self.env["account.move"]._coworking_is_match_due():
            lines = self.filtered(lambda line: line.display_type == "product")
            lines.move_id._coworking_match()
