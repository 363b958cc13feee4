"""What PostgreSQL writes down of decisions on money: see ``audited.py`` of the core."""

from odoo.addons.coworking_incubation.models.trust.audited import AUDITED, Audited

AUDITED |= {
    # Parted anew as often as facts change: only what is claimed, and what funders answered.
    "coworking.allocation": Audited(
        columns=("frozen", "amount_rejected"),
        actions={"frozen": {"true": "settled", "false": "reopened"}},
        noted=("cost_id", "agreement_id", "amount"),
        where="{row}.frozen",
        on="u",
        at_once=True,
    ),
    "coworking.staff.time": Audited(
        columns=("program_id", "partner_id", "month", "hours", "hourly_cost", "date_paid"),
        noted=("partner_id", "month"),
    ),
    "coworking.allocation.hold": Audited(
        columns=("program_id", "source_id", "target_id", "amount", "user_id"), made="decided"
    ),
}
