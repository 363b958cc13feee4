"""What becomes of these fields when a person's data ends: see ``fates.py`` of the core. A sealed
file stays whole until the term of its funders, and says nobody's name outside itself.
"""

from odoo.addons.coworking_incubation.models.trust.fates import FATES, Fate

FATES |= {
    # no owner: the end of a person's data reaches neither the row nor its archive
    "coworking.evidence": Fate(keep="digest error participant_id sealed_file", evidence="missing"),
}
