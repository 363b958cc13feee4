from odoo import api, fields, models

BATCH = 20


class CoworkingEvidence(models.Model):
    """How a file of evidence ends: by itself, at the term of its agreements."""

    _inherit = "coworking.evidence"

    @api.model
    def _cron_end_evidence(self):
        """Delete the archives that no funder may ask for any more; their line stays."""
        cron = self.env["ir.cron"]
        ids = self._find_over().ids
        cron._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            # after each commit, whether it still is over is looked at again
            self._find_over(batch)._delete_archives()
            if not cron._commit_progress(len(batch)):
                return

    @api.model
    def _find_over(self, ids=None):
        """Sealed, and each of its agreements says a term, and that one is over."""
        today = fields.Date.context_today(self)
        domain = [
            ("state", "=", "sealed"),
            ("agreement_ids", "!=", False),
            ("agreement_ids", "not any", [("evidence_until", "=", False)]),
            ("agreement_ids", "not any", [("evidence_until", ">=", today)]),
        ]
        if ids is not None:
            domain.append(("id", "in", ids))
        # sudo: the end of data is for all
        return self.sudo().with_context(active_test=False).search(domain, order="id")

    def _delete_archives(self):
        locked = self.try_lock_for_update()
        if not locked:
            return
        archives = locked._get_archive()
        today = fields.Date.context_today(self)
        logged = [evidence._prepare_purge_log() for evidence in locked]
        locked.write({"state": "gone", "gone_on": today, "missing": False})
        # first its state, which PostgreSQL looks at: see the triggers
        locked.flush_recordset()
        archives.unlink()
        self.env["coworking.purge"]._log_purge(logged)

    def _prepare_purge_log(self):
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "program_id": self.participant_id.program_id.id,
            "participant_id": self.participant_id.id,
            "rule": "evidence",
            "evidence_until": self.evidence_until,
            "record_count": self.document_count,
            "counts": {"files": self.document_count},
        }
