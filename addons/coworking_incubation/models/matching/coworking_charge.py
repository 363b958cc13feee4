from odoo import models


class CoworkingCharge(models.Model):
    _inherit = "coworking.charge"

    _month_line_idx = models.Index("((id * 2))")  # a line of the month is found by its id
    # What the end of a month looks at beside statements that are not over.
    _forecast_idx = models.Index("(program_id) WHERE statement_id IS NULL")
    _free_idx = models.Index("(statement_id) WHERE payable_total = 0")  # of which there is no bill
    _pack_idx = models.Index("(participant_id) WHERE kind = 'pack' OR corrected_kind = 'pack'")

    def unlink(self):
        """Bills that were matched with an open charge that is gone are matched anew."""
        shown = self.filtered(lambda charge: charge.state != "forecast")
        # sudo: matches follow from charges and bills, whoever changes those
        moves = self.env["account.move"].sudo()
        if shown:
            matches = self.env["coworking.match"].sudo().search([("charge_id", "in", shown.ids)])
            moves = matches.move_id
            moves |= matches._unlink_matches()
        result = super().unlink()
        if moves:
            self.env["coworking.matching"].sudo()._match_bills(moves)
        return result

    # === BUSINESS METHODS ===#

    def _get_remaining_to_invoice(self):
        """What no bill pays yet of what the program owes for this charge."""
        self.ensure_one()
        matches = self.env["coworking.match"].search([("charge_id", "=", self.id)])
        return self.currency_id.round(self.payable_total - sum(matches.mapped("expected")))
