"""What becomes of these fields when a person's data ends: see ``fates.py`` of the core."""

from odoo.addons.coworking_incubation.models.trust.fates import ACCOUNTING, FATES, Fate

FATES |= {
    "coworking.cost": Fate(
        "participant_id",
        scrub="name",
        keep="charge_kind item participant_id partner_id seat_id payments refusals",
    ),
    "coworking.cost.change": Fate(keep="item seat_id"),
    "coworking.staff.time": Fate(keep="partner_id sheet sheet_name"),
    "coworking.allocation": Fate("participant_id", keep="participant_id"),
    "coworking.allocation.hold": Fate(scrub="reason", keep="item"),
}
# what an accounting document of theirs is counted by
ACCOUNTING |= {"coworking_cost"}
