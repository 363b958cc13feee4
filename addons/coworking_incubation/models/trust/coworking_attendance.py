from odoo import api, fields, models

from .coworking_participant_row_mixin import check_not_purged
from .coworking_purge import mask


class CoworkingAttendance(models.Model):
    """When somebody of whom no file was made was forgotten."""

    _inherit = "coworking.attendance"

    purged_on = fields.Date(string="Anonymised On", readonly=True, copy=False)

    @api.constrains("participant_id")
    def _check_participant_not_purged(self):
        check_not_purged(self)

    def _prepare_purge_log(self):
        """What the purge log keeps of a registration, whosever it was."""
        self.ensure_one()
        return {
            "company_id": (self.company_id or self.env.company).id,
            "program_id": self.program_id.id,
            "last_contact": self.date,
        }

    def _prepare_evidence_log(self):
        self.ensure_one()
        signatures = self.signature_ids
        return {
            **self._prepare_purge_log(),
            "rule": "evidence",
            "masked_name": mask(
                signatures.filtered(lambda row: row.signer == "participant")[:1].name
            ),
            "record_count": len(signatures),
            "counts": {"attendance.signature": len(signatures)},
        }
