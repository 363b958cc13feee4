"""Of which fields of a file figures are told with care."""

from odoo.addons.coworking_incubation.models.trust.fates import FATES

GROUP = "coworking_incubation.group_coworking_sensitive"
# What the end of people's data takes away or makes coarser: who was counted by it cannot be told
# any more.
ERASED = {
    *FATES["coworking.participant"].erase.split(),
    *("birth_date", "partner_id", "partner_name", "email", "phone"),
}


def sensitive_names(env):
    """Names of the fields of the personal situation."""
    return env["coworking.participant"]._get_sensitive_names()
