"""Who is to be checked, and the fiscal position that settled statements had."""

from odoo import SUPERUSER_ID, api
from odoo.tools.sql import column_exists


def migrate(cr, version):
    if not column_exists(cr, "coworking_participant", "recheck_from"):
        return  # done before: the column goes at the end of the update
    cr.execute(
        "UPDATE coworking_participant SET pending_changes = 1 WHERE recheck_from IS NOT NULL"
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    keep_fiscal_positions(env["coworking.statement"])


def keep_fiscal_positions(statements):
    """That of the bill; where none was made, the one of who runs the space today."""
    settled = statements.search([("state", "in", ("confirmed", "billed"))])
    bills = statements.env["account.move"].search(
        [
            ("coworking_statement_id", "in", settled.ids),
            ("move_type", "in", ("in_invoice", "in_refund")),
            ("state", "!=", "cancel"),
        ]
    )
    for position, own in bills.grouped("fiscal_position_id").items():
        own.coworking_statement_id.fiscal_position_id = position
    rest = settled - bills.coworking_statement_id
    positions = rest.space_id._get_fiscal_positions()
    for space, own in rest.grouped("space_id").items():
        own.fiscal_position_id = positions[space]
