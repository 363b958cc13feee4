from odoo import api, models

# Triggers without which funders could take part in more than was paid, or what was claimed move.
TRIGGERS = {
    "coworking_allocation": ("frozen", "insert", "sum", "update"),
    "coworking_cost": ("paid",),
}


class CoworkingBooks(models.AbstractModel):
    """What keeps costs and their shares has to be there too."""

    _inherit = "coworking.books"

    @api.model
    def _get_modules(self):
        return super()._get_modules() | {"coworking_incubation_funding"}

    @api.model
    def _get_triggers(self):
        return super()._get_triggers() | {
            f"{table}.coworking_funding_{name}_trg"
            for table, names in TRIGGERS.items()
            for name in names
        }
