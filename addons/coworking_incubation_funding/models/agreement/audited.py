"""What PostgreSQL writes down of the terms of agreements: see ``audited.py`` of the core. Whom a
funder counts is a text: that it changed is written down by ``coworking.funding.agreement``.
"""

from odoo.addons.coworking_incubation.models.trust.audited import AUDITED, Audited

_AGREEMENT = AUDITED["coworking.funding.agreement"]
AUDITED |= {
    "coworking.funding.agreement": _AGREEMENT._replace(
        columns=(*_AGREEMENT.columns, "method", "base_kind", "sequence")
    ),
    "coworking.funding.heading": Audited(
        columns=("agreement_id", "kind", "planned", "ceiling", "flat_rate"),
        noted=("agreement_id", "kind"),
    ),
    "coworking.funding.instalment": Audited(
        columns=("kind", "date_planned", "amount", "date_received", "amount_received"),
        noted=("agreement_id",),
    ),
}
