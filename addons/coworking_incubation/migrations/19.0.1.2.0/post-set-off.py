"""A bill that the correction of another month pays stands: it was held to be taken back, and could
be made again. Where that was done, the bill made in its place stays the one that stands.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    moves = env["account.move"].search(
        [("coworking_statement_id", "!=", False), ("payment_state", "=", "reversed")], order="id"
    )
    for move in moves.filtered(lambda move: move._coworking_is_set_off()):
        others = move.coworking_statement_id.move_ids._coworking_standing().filtered(
            lambda other, move=move: (
                other.is_sale_document() == move.is_sale_document()
                and other.commercial_partner_id == move.commercial_partner_id
            )
        )
        if not others:
            move.payment_state = "paid"
            move.flush_recordset(["payment_state"])
