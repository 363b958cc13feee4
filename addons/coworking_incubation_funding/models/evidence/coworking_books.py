from odoo import api, models

# Triggers of this addon, by table, beside those of claims: without them funders could take part in
# more than was paid, and what was claimed, reported or sealed could change.
TRIGGERS = {
    "coworking_allocation": (
        "coworking_funding_frozen_trg",
        "coworking_funding_insert_trg",
        "coworking_funding_sum_trg",
        "coworking_funding_update_trg",
    ),
    "coworking_cost": ("coworking_funding_paid_trg",),
    "coworking_evidence": (
        "coworking_funding_keep_evidence_trg",
        "coworking_funding_truncate_evidence_trg",
    ),
    "coworking_evidence_agreement_rel": ("coworking_funding_keep_term_trg",),
    "coworking_financial_report": ("coworking_funding_report_sealed_trg",),
    "coworking_financial_report_line": ("coworking_funding_report_frozen_trg",),
    "coworking_report": ("coworking_report_frozen_trg",),
    "coworking_report_figure": ("coworking_report_figure_frozen_trg",),
    "ir_attachment": ("coworking_funding_keep_archive_trg",),
}


class CoworkingBooks(models.AbstractModel):
    """What keeps what was paid, claimed, reported and sealed has to be there too."""

    _inherit = "coworking.books"

    @api.model
    def _get_modules(self):
        return super()._get_modules() | {"coworking_incubation_funding"}

    @api.model
    def _get_sealed(self):
        own = {"coworking.evidence": "digest", "coworking.financial.report": "file_hash"}
        return super()._get_sealed() | own

    @api.model
    def _get_triggers(self):
        kept = {f"{table}.{name}" for table, names in TRIGGERS.items() for name in names}
        return super()._get_triggers() | kept
