import hashlib
import logging
import os

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ... import evidence_archive
from .coworking_evidence import SUBJECTS
from .evidence_pieces import EvidencePieces, TooLarge
from .evidence_writer import EvidenceWriter

_logger = logging.getLogger(__name__)

# How many pieces are packed while somebody waits for them.
AT_ONCE = 200
# A process that is killed says nothing: what failed so often is not tried again by itself.
MOST_ATTEMPTS = 3


class CoworkingEvidence(models.Model):
    """How a file of evidence is made, sealed and taken out."""

    _inherit = "coworking.evidence"

    @api.model
    def _make(self, values):
        """Ask for a file of evidence: a small one is sealed at once, a large one by the scheduled
        action.

        :param values: dict: kind, scope, names (tokens whatever is asked, for who may not export
            personal data), and the agreement, claim or participant
        :return: the new record
        :raise AccessError: the user may not take what would be in it
        :raise UserError: it would have no term, or be too large
        """
        self._check_may_take(values["scope"])
        name = SUBJECTS[values["kind"]]
        subject = self.env[self._fields[name].comodel_name].browse(values[name])
        subject.check_access("read")
        # sudo: nobody types one, see _check_may_take
        evidence = self.sudo().create(
            {
                **values,
                "names": self._pick_names(values["names"]),
                "user_id": self.env.user.id,
                # sudo: of whose company it is, whoever may read the rest
                "company_id": subject.sudo().company_id.id,
            }
        )
        pieces = EvidencePieces(evidence)
        if not pieces.agreements:
            raise UserError(
                self.env._(
                    "No funding agreement covers the stay of %s: a file of evidence is kept until"
                    " the term of its agreements, and this one would never end. Add the"
                    " programme on the agreement that paid for it, then try again.",
                    subject.display_name,
                )
            )
        evidence.agreement_ids = [Command.set(pieces.agreements.ids)]
        sizes = [piece.get_size() for piece in pieces]
        pieces.check_size(sum(sizes))
        if len(sizes) <= AT_ONCE:
            evidence._seal()
        else:
            evidence._wake_sealer()
        return evidence.with_env(self.env)

    def _wake_sealer(self):
        self.env["ir.cron"]._wake("coworking_incubation_funding.ir_cron_seal_evidence", self)

    def _seal(self):
        """Make the archive and seal it, in this transaction: all of it or nothing.

        :return: whether it was this one who did
        """
        self.ensure_one()
        # sudo: see EvidencePieces
        evidence = self.sudo().try_lock_for_update()
        if not evidence or evidence.state != "waiting":
            return False
        now = fields.Datetime.now()
        # first of all, which keeps Odoo from sweeping the disk meanwhile: see open_part
        archive = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"preuves-{evidence.id}.zip",
                    "type": "binary",
                    "mimetype": "application/zip",
                    "res_model": self._name,
                    "res_id": evidence.id,
                    "res_field": "sealed_file",
                }
            )
        )
        writer = EvidenceWriter(evidence, now)
        made = writer.write_archive()
        self._keep_archive(archive, made)
        if agreements := writer.pieces.agreements:
            evidence.agreement_ids = [Command.set(agreements.ids)]
        evidence.write(
            {
                "state": "sealed",
                "sealed_on": now,
                "digest": made["digest"],
                "file_size": made["size"],
                "document_count": len(writer.get_documents()),
                "missing_count": len(writer.get_missing()),
                "missing": writer.describe_missing(),
                "error": False,
            }
        )
        evidence.with_user(evidence.user_id)._trace(
            "made",
            kind=evidence.kind,
            scope=evidence.scope,
            documents=evidence.document_count,
            missing=evidence.missing_count,
            sha256=evidence.digest,
        )
        return True

    @api.model
    def _keep_archive(self, archive, made):
        """Odoo takes the content of a file as a whole, in memory: this one is on the disk. From
        there it goes, as a whole, where files are kept elsewhere: other machines have other disks.
        """
        archive.flush_recordset()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = %s, checksum = %s, file_size = %s"
            " WHERE id = %s",
            [made["store_fname"], made["checksum"], made["size"], archive.id],
        )
        archive.invalidate_recordset()
        if archive._storage() != "file":
            path = archive._get_local_path()
            archive._migrate()
            os.unlink(path)  # Odoo sweeps the folder no more

    # === BY THE SCHEDULED ACTION ===#

    @api.model
    def _cron_seal(self):
        """The large ones, one after the other, each committed whole."""
        cron = self.env["ir.cron"]
        # sudo: whoever asked for them
        waiting = self.sudo().search([("state", "=", "waiting")], order="id")
        cron._commit_progress(remaining=len(waiting))
        for evidence in waiting:
            evidence._try_seal(cron._commit_progress)
            if not cron._commit_progress(1):
                return

    def _work_apart(self):
        """Seal this one: see ``ir.cron._hand_out``."""
        # sudo: whoever asked for it
        evidence = self.sudo()
        evidence._try_seal(self.env["ir.cron"]._commit_progress)
        return evidence.state != "waiting"

    def _try_seal(self, commit):
        """Seal it, or write down why not.

        :param commit: what keeps an attempt that a killed process would take along
        """
        self.ensure_one()
        if not self.try_lock_for_update() or self.state != "waiting":
            return
        if self.attempt_count >= MOST_ATTEMPTS:
            self._give_up()
            return
        self.attempt_count += 1
        commit()
        try:
            with self.env.cr.savepoint():
                self._seal()
        except TooLarge as error:
            self.invalidate_recordset()
            self.error = str(error)
            self._give_up()
        except Exception as error:
            # what an error quotes may name a person: it goes neither to the log nor to the screen
            told = getattr(error, "strerror", None) or type(error).__name__
            _logger.error("Evidence %s could not be sealed: %s", self.id, told)
            self.invalidate_recordset()
            self.error = told
            if self.attempt_count >= MOST_ATTEMPTS:
                self._give_up()

    def _give_up(self):
        self.write(
            {
                "state": "failed",
                "error": self.error
                or self.env._(
                    "The server stopped before the archive was whole: ask your administrator to"
                    " give scheduled actions more time, or make it of one person or claim."
                ),
            }
        )

    def action_retry(self):
        """What failed is tried again."""
        self.check_access("read")
        for evidence in self:
            evidence._check_may_take(evidence.scope, evidence.names)
            if evidence.state != "failed":
                raise UserError(self.env._("%s did not fail.", evidence.name))
        # sudo: nobody types a state
        self.sudo().write({"state": "waiting", "attempt_count": 0, "error": False})
        self._wake_sealer()
        return True

    # === TAKING IT OUT ===#

    def _get_archive(self):
        # sudo: nobody reads it by the ways of any other file
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "=", "sealed_file"),
                ]
            )
        )

    def _open_archive(self):
        """The attachment to hand out, once its seal was looked at. It is traced.

        :raise AccessError: the user may not
        :raise UserError: there is none, or it is not the one that was sealed
        """
        self.ensure_one()
        self._check_may_download()
        if not self._is_as_sealed():
            raise UserError(
                self.env._(
                    "The archive of %(name)s is lost, or is not the one that was sealed. Ask your"
                    " administrator to restore it from a backup; its seal is %(digest)s.",
                    name=self.name,
                    digest=self.digest,
                )
            )
        self._trace("exported", format="zip", count=self.document_count, sha256=self.digest)
        return self._get_archive()

    def _is_as_sealed(self):
        """Whether the archive is there as it was sealed, or is no more to be there."""
        if self.state == "gone":
            return True
        archive = self._get_archive()
        path = archive._get_local_path()
        if path:
            digest = evidence_archive.hash_file(path)[1] if os.path.isfile(path) else None
        else:
            digest = archive.raw and hashlib.sha256(archive.raw).hexdigest()
        return digest == self.digest
