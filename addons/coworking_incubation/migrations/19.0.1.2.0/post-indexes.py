"""Half-days to settle have an index of their own, what a statement may have once one for bills and
invoices, by which they are looked up too, and drafts and what is due Odoo's; lines of bills are
found by their charge or seat in indexes of other conditions, contacts by their letters in one; the
program of a month end has none, nor has what is decided of a match. Those of before, which Odoo
does not drop itself, go.
"""

GONE = (
    "coworking_presence__to_settle_index",
    "coworking_match__company_id_index",
    "coworking_match__decision_index",
    "account_move__coworking_program_id_index",
    "account_move__coworking_statement_id_index",
    "account_move__coworking_posted_by_program_at_index",
    "account_move_coworking_bill_once",
    "account_move_coworking_copayment_once",
    "account_move_coworking_draft_idx",
    "account_move_coworking_due_idx",
    "account_move_line__coworking_charge_id_index",
    "account_move_line__coworking_seat_id_index",
    "res_partner_coworking_name_idx",
    "res_partner_coworking_email_idx",
    "res_partner_coworking_phone_idx",
)


def migrate(cr, version):
    for name in GONE:
        cr.execute(f"DROP INDEX IF EXISTS {name}")  # nosec B608 # of constants
