"""A month whose bill was taken back by a credit note of all of it may be billed again."""

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
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["coworking.statement"].browse(row for (row,) in cr.fetchall())._update_billed()
