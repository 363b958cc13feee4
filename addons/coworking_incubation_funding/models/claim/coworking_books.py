from odoo import api, models


class CoworkingBooks(models.AbstractModel):
    """What keeps claims as they were sent has to be there too."""

    _inherit = "coworking.books"

    @api.model
    def _get_triggers(self):
        kept = {
            "coworking_claim": "coworking_funding_claim",
            "coworking_claim_line": "coworking_funding_claim_line",
            "coworking_claim_file": "coworking_funding_claim_file",
            "coworking_claim_line_file_rel": "coworking_funding_claim_proof",
            "coworking_claim_sending": "coworking_funding_sending",
        }
        ends = ("_trg", "_truncate_trg")
        return super()._get_triggers() | {
            f"{table}.{name}{end}" for table, name in kept.items() for end in ends
        }
