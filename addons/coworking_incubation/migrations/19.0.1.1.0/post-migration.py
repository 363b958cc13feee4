"""From 19.0.1.0.0: bills had no matches nor comparable numbers, and places at meetings none.

Two indexes that no search can use are gone: Odoo keeps those that a field no longer asks for.
"""

from odoo import SUPERUSER_ID, api

from odoo.addons.coworking_incubation import invoice_reader


def migrate(cr, version):
    cr.execute(
        "DROP INDEX IF EXISTS coworking_charge__company_id_index, coworking_charge__state_index"
    )
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
    _number_posted_bills(env)


def _number_posted_bills(env):
    """The numbers of posted bills of operators; of two that are equal, the first one's."""
    posted = env["account.move"].search(
        [
            ("state", "=", "posted"),
            ("move_type", "in", ("in_invoice", "in_refund")),
            ("ref", "!=", False),
            ("coworking_supplier_ref", "=", False),
        ],
        order="id",
    )
    seen = set()
    for bill in posted._coworking_of_operators():
        number = invoice_reader.normal_id(bill.ref)
        key = bill.company_id, bill.commercial_partner_id, bill.move_type, number
        if number and key not in seen:
            seen.add(key)
            bill.coworking_supplier_ref = number
