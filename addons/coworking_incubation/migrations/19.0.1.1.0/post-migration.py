"""From 19.0.1.0.0: bills had no matches, and places at meetings no numbers."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    bills = env["account.move"].search(
        [
            ("coworking_statement_id", "!=", False),
            ("move_type", "in", ("in_invoice", "in_refund")),
            ("state", "!=", "cancel"),
        ]
    )
    matched = env["coworking.match"].search([("move_id", "in", bills.ids)]).move_id
    if missing := bills - matched:
        env["coworking.match"]._insert_generated(missing)
    events = env["calendar.event"].search([("coworking_capacity", ">", 0)])
    events._coworking_number_places()
