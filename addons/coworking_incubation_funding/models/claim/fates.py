"""What becomes of these fields when a person's data ends: see ``fates.py`` of the core. What was
sent names people by tokens alone.
"""

from odoo.addons.coworking_incubation.models.trust.fates import FATES, Fate

FATES |= {
    "coworking.claim": Fate(
        scrub="return_comment open_months_reason", keep="name certificate certificate_name digest"
    ),
    "coworking.claim.line": Fate(
        "participant_id",
        scrub="admission_reason override_reason",
        keep="participant_id bill_number difference_of heading_name label override_codes"
        " payment_means supplier_name token",
    ),
    "coworking.claim.file": Fate(keep="digest kind name"),
    "coworking.claim.sending": Fate(scrub="comment", keep="content digest"),
}
