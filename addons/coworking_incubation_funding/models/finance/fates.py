"""What becomes of these fields when a person's data ends: see ``fates.py`` of the core."""

from odoo.addons.coworking_incubation.models.trust.fates import FATES, Fate

FATES |= {
    # Evidence of what was claimed, with tokens for people.
    "coworking.financial.report": Fate(
        keep="file file_hash funder_name name program_names", scrub="explanation"
    ),
}
