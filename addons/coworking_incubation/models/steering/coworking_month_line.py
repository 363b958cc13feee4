from odoo import api, fields, models
from odoo.fields import Domain

# Decisions that leave a line open: somebody else has to answer.
CONTESTED = ("disputed", "asked")


class CoworkingMonthLine(models.Model):
    """What of a month still waits for somebody."""

    _inherit = "coworking.month.line"

    bill_is_ready = fields.Boolean(related="statement_id.bill_is_ready", string="Ready to Post")

    @api.model
    def _get_open_lines(self, matches):
        """Lines of the statements of these matches, and their own, that somebody has to look at
        before their bill is posted: no decision, and a gap that is not tolerated; or contested.
        """
        lines = self.search(
            # never by their bill, which PostgreSQL would look up for each line that ever was
            (
                Domain("statement_id", "in", matches.statement_id.ids)
                | Domain("id", "in", matches._get_month_line_ids())
            )
            & (
                Domain("status", "in", ("to_match", "bill_missing"))
                | Domain("decision", "in", CONTESTED)
            )
        )
        return lines.filtered(lambda line: line.decision in CONTESTED or not line._is_tolerated())
