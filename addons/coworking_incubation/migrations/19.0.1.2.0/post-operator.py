"""From 19.0.1.1.0: a settled statement followed its space when the operator changed. The bill made
from it says who had billed it.
"""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE coworking_statement statement
           SET operator_id = bill.partner_id
          FROM (SELECT DISTINCT ON (coworking_statement_id) coworking_statement_id, partner_id
                  FROM account_move
                 WHERE coworking_statement_id IS NOT NULL AND state != 'cancel'
                   AND move_type IN ('in_invoice', 'in_refund')
              ORDER BY coworking_statement_id, id) bill
         WHERE bill.coworking_statement_id = statement.id
           AND statement.state IN ('confirmed', 'billed')
           AND bill.partner_id IS DISTINCT FROM statement.operator_id
        """
    )
