"""What PostgreSQL writes down of decisions on money: see ``audited.py`` of the core."""

from odoo.addons.coworking_incubation.models.trust.audited import AUDITED, Audited

AUDITED |= {
    "coworking.allocation.hold": Audited(
        columns=("program_id", "source_id", "target_id", "amount", "user_id"), made="decided"
    ),
}
