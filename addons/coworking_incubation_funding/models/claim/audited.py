"""What PostgreSQL writes down in the audit trail by itself: see ``audited.py`` of the core."""

from odoo.addons.coworking_incubation.models.trust.audited import AUDITED, Audited

_AGREEMENT = AUDITED["coworking.funding.agreement"]
_INSTALMENT = AUDITED["coworking.funding.instalment"]
AUDITED |= {
    "coworking.funding.agreement": _AGREEMENT._replace(
        columns=(*_AGREEMENT.columns, "date_claims_closed")
    ),
    "coworking.claim": Audited(
        columns=("state", "agreement_id", "date_from", "date_to", "certificate_on"),
        actions={
            "state": {
                "submitted": "sent",
                "returned": "refused",
                "accepted": "accepted",
                "paid": "settled",
                "cancelled": "cancelled",
            }
        },
        noted=("agreement_id", "number", "amount_claimed", "amount_admitted"),
    ),
    # Lines are made and taken off by the thousand while a claim is a draft.
    "coworking.claim.line": Audited(
        columns=("amount_admitted", "overridden_by_id"),
        actions={"overridden_by_id": {"*": "overridden"}},
        noted=("claim_id", "number", "amount"),
        on="u",
        at_once=True,
    ),
    "coworking.funding.instalment": _INSTALMENT._replace(noted=("agreement_id", "claim_id")),
}
