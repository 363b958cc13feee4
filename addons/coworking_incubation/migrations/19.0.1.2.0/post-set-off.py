"""A bill that the correction of another month pays stands, as does what an entry sets off: it was
held to be taken back, and could be made again. Where that was done, what was made in its place
stays the one that stands.
"""

from odoo import SUPERUSER_ID, api
from odoo.fields import Domain


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    moves = env["account.move"].search(
        Domain("payment_state", "=", "reversed")
        & (
            Domain("coworking_statement_id", "!=", False)
            | Domain("coworking_match_version", "!=", False)
        ),
        order="id",
    )
    statements = env["coworking.statement"]
    for move in moves._coworking_of_months().filtered(lambda move: move._coworking_is_set_off()):
        # People of one company are asked each by itself.
        whose = "partner_id" if move.is_sale_document() else "commercial_partner_id"
        others = move.coworking_statement_id.move_ids._coworking_standing().filtered(
            lambda other, move=move, whose=whose: (
                other.is_sale_document() == move.is_sale_document() and other[whose] == move[whose]
            )
        )
        if not others:
            move.payment_state = "paid"
            move.flush_recordset(["payment_state"])
            statements |= move.coworking_statement_id | move._coworking_matches().statement_id
    statements._update_billed()
