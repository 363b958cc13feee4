"""What becomes of these fields when a person's data ends: see ``fates.py`` of the core."""

from odoo.addons.coworking_incubation.models.trust.fates import FATES, Fate

FATES |= {
    "coworking.funding.agreement": FATES["coworking.funding.agreement"]._replace(
        keep=f"{FATES['coworking.funding.agreement'].keep} public_domain"
    ),
    "coworking.funding.heading": Fate(keep="name"),
    "coworking.funding.instalment": Fate(scrub="condition"),
    "coworking.funding.person": Fate("participant_id", erase="belongs", keep="participant_id"),
    "coworking.charge.kind": Fate(keep="code name"),
}
