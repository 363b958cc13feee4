"""What becomes of these fields when a person's data ends: see ``fates.py`` of the core. The lists
behind figures are no fields: see ``coworking.report.figure._cut_links``.
"""

from odoo.addons.coworking_incubation.models.trust.fates import FATES, Fate

FATES |= {
    "coworking.breakdown": Fate(keep="field_name name"),
    "coworking.breakdown.line": Fate(keep="code domain name"),
    "coworking.indicator": Fate(
        keep="among_domain among_label answered_domain code description domain name"
    ),
    "coworking.report": Fate(scrub="name"),
    "coworking.report.figure": Fate(
        keep="among_label breakdown_name definition indicator_code indicator_name line_code"
        " line_key line_label split_key split_label"
    ),
    "coworking.export.mapping": Fate(keep="name"),
    "coworking.export.mapping.line": Fate(keep="name other_code path"),
    "coworking.export.mapping.value": Fate(keep="code value"),
}
