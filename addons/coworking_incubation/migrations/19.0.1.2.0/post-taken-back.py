"""A month whose bill was taken back by a credit note of all of it may be billed again, and so may
what is left beside a credit note that came for a correction, what a participant paid, or the bill
of one of several operators.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    cr.execute(
        """
        SELECT coworking_statement_id FROM account_move
         WHERE coworking_statement_id IS NOT NULL AND payment_state = 'reversed'
           AND move_type IN ('in_invoice', 'in_refund')
         UNION
        SELECT statement_id FROM coworking_match
         WHERE statement_id IS NOT NULL AND cause = 'reversal'
         UNION
        SELECT match.statement_id FROM coworking_match match
          JOIN account_move move ON move.id = match.move_id
         WHERE match.statement_id IS NOT NULL
           AND (move.move_type IN ('in_refund', 'in_receipt') OR move.payment_state = 'reversed')
         UNION
        SELECT statement_id FROM coworking_charge WHERE statement_id IS NOT NULL
      GROUP BY statement_id HAVING COUNT(DISTINCT operator_id) > 1
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["coworking.statement"].browse(row for (row,) in cr.fetchall())._update_billed()
