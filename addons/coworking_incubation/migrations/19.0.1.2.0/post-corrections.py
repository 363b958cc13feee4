"""Who is to be checked, and the fiscal position that settled statements had."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    cr.execute(
        "UPDATE coworking_participant SET pending_changes = 1 WHERE recheck_from IS NOT NULL"
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    statements = env["coworking.statement"].search([("state", "in", ("confirmed", "billed"))])
    positions = statements.space_id._fiscal_positions()
    for space, own in statements.grouped("space_id").items():
        own.fiscal_position_id = positions[space]
