"""From 19.0.1.1.0: a credit note that was cancelled after its bill had been billed again left a
charge expected twice. PostgreSQL refuses that from now on: what is there is matched anew.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    cr.execute(
        """
        SELECT match.move_line_id
          FROM coworking_match match
          JOIN coworking_charge charge ON charge.id = match.charge_id
         WHERE match.move_line_id IS NOT NULL
           AND (SELECT SUM(other.expected) FROM coworking_match other
                 WHERE other.charge_id = charge.id)
               NOT BETWEEN LEAST(charge.payable_total, 0) AND GREATEST(charge.payable_total, 0)
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    lines = env["account.move.line"].browse({line for (line,) in cr.fetchall()})
    if lines:
        env["coworking.matching"]._match_lines_anew(lines)
