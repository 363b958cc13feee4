"""From 19.0.1.0.0: bills had no matches nor comparable numbers, places at meetings none, signatures
no record of their own, and requirements no screen where they are settled. Two indexes that no
search can use are dropped: Odoo keeps those that a field no longer asks for.
"""

from odoo import SUPERUSER_ID, api

from odoo.addons.coworking_incubation import invoice_reader

REQUIREMENT_SCREENS = {
    "hosting_seat": "seat",
    "incubation_seat": "seat",
    "incubation_objective": "objective",
    "incubation_hosting": "hosting",
    "final_review_held": "review",
    "closed_outcome": "followup",
}


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
        _match(env, missing)
    events = env["calendar.event"].search([("coworking_capacity", ">", 0)])
    events._coworking_number_places()
    _number_posted_bills(env)
    _link_requirements(env)
    _keep_signatures(env)
    _keep_off_own_pages(env)


def _match(env, bills):
    """Match bills made from statements. The demonstration's received bills were matched before, if
    the database is updated with it: what they took of the same charges, they are given after.
    """
    Match = env["coworking.match"]
    charges = bills.invoice_line_ids.coworking_charge_id
    early = Match.search([("charge_id", "in", charges.ids)])
    received = early.move_id | early._unlink_matches()
    Match._insert_generated(bills)
    env["coworking.matching"]._match_bills(received, unmatched=True)


def _keep_off_own_pages(env):
    """An identity document is looked at, a notice handed out: nobody is asked to send them."""
    for name in ("identity", "notice"):
        kind = env.ref(
            f"coworking_incubation.coworking_document_type_{name}", raise_if_not_found=False
        )
        if kind:
            kind.on_own_page = False


def _keep_signatures(env):
    """What was signed is in the history, with its picture; how it came is not known."""
    kept = env["coworking.attendance.signature"]
    signed = env["coworking.attendance"].search(
        [("signed_at", "!=", False), ("signature_ids", "=", False)]
    )
    pictures = env["ir.attachment"].search(
        [
            ("res_model", "=", signed._name),
            ("res_field", "=", "signature"),
            ("res_id", "in", signed.ids),
        ]
    )
    by_id = {picture.res_id: picture.datas for picture in pictures}
    kept.create(
        [
            {
                "attendance_id": row.id,
                "signer": "participant",
                "name": row.display_name,
                "signed_at": row.signed_at,
                "image": by_id.get(row.id),
            }
            for row in signed
        ]
    )


def _link_requirements(env):
    """Where each requirement of the default pathway is settled, unless a coordinator said it."""
    for requirement, screen in REQUIREMENT_SCREENS.items():
        row = env.ref(f"coworking_incubation.coworking_requirement_{requirement}", False)
        if row and not row.action_id:
            row.action_id = env.ref(f"coworking_incubation.coworking_{screen}_action_file")


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
