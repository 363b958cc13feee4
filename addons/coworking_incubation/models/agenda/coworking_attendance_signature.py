import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import KNOWN
from ..base.processing import MEETINGS

SIGNERS = [("participant", "The participant"), ("host", "Who led it")]
WAYS = [("tablet", "Tablet"), ("link", "Personal link"), ("paper", "Signed sheet")]
FINGERPRINTED = ("signer", "name", "how", "signed_at", "address", "content")


class CoworkingAttendanceSignature(models.Model):
    """One signature: whose, when, how, and what was signed, in words.

    A row is never changed, and goes with the end of its evidence alone. A signature that is taken
    back stays, with who took it back and why: what an auditor reads is the whole history.
    """

    _name = "coworking.attendance.signature"
    _description = "Signature of an Attendance"
    _processing = MEETINGS
    _marks = {"sheet_id": KNOWN}
    _inherit = ["coworking.record.mixin"]
    _order = "signed_at desc, id desc"
    _rec_name = "name"

    attendance_id = fields.Many2one(
        "coworking.attendance", required=True, readonly=True, index=True, ondelete="restrict"
    )
    participant_id = fields.Many2one(related="attendance_id.participant_id", store=True)
    program_id = fields.Many2one(related="attendance_id.program_id", store=True)
    company_id = fields.Many2one(related="attendance_id.company_id", store=True)
    signer = fields.Selection(SIGNERS, string="Signs As", required=True, readonly=True)
    name = fields.Char(string="Name Given", readonly=True)
    how = fields.Selection(
        WAYS, string="How It Was Signed", readonly=True, help="Empty: noted by an earlier version."
    )
    signed_at = fields.Datetime(string="Signed On", required=True, readonly=True)
    recorded_by = fields.Many2one(
        "res.partner",
        readonly=True,
        help="Who signed behind a link, held the tablet or typed the sheet.",
    )
    address = fields.Char(string="IP Address", readonly=True)
    image = fields.Binary(string="Signature", attachment=True, readonly=True)
    sheet_id = fields.Many2one(
        "ir.attachment",
        string="Scan of the Sheet",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    content = fields.Text(
        string="What Was Signed", readonly=True, help="As it was when it was signed."
    )
    with_report = fields.Boolean(readonly=True, help="The report of the appointment was signed.")
    digest = fields.Char(
        string="Fingerprint",
        readonly=True,
        help="SHA-256 of all this, with that of the picture or of the scan.",
    )
    intact = fields.Boolean(compute="_compute_intact", help="The fingerprint is still the same.")
    taken_back_at = fields.Datetime(string="Taken Back On", readonly=True)
    taken_back_by = fields.Many2one("res.partner", readonly=True)
    taken_back_reason = fields.Char(string="Taken Back Because", readonly=True)

    _standing_uniq = models.UniqueIndex(
        "(attendance_id, signer) WHERE taken_back_at IS NULL", "This was signed already."
    )
    # Never violated by itself: it carries the message of the trigger made in init().
    _kept = models.Constraint("CHECK (true)", "A signature is never changed.")

    def init(self):
        """A signature stays as it was given, whoever writes and by whatever way."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION coworking_attendance_signature_keep() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'signatures are kept as they were given: % refused', TG_OP
                    USING ERRCODE = '23514', TABLE = 'coworking_attendance_signature',
                          CONSTRAINT = 'coworking_attendance_signature_kept';
            END $$;
            DROP TRIGGER IF EXISTS coworking_attendance_signature_keep_trg
                ON coworking_attendance_signature;
            CREATE TRIGGER coworking_attendance_signature_keep_trg
                BEFORE UPDATE ON coworking_attendance_signature FOR EACH ROW
                WHEN (
                    (OLD.attendance_id, OLD.signer, OLD.name, OLD.how, OLD.signed_at, OLD.address,
                     OLD.sheet_id, OLD.content, OLD.with_report, OLD.digest)
                    IS DISTINCT FROM
                    (NEW.attendance_id, NEW.signer, NEW.name, NEW.how, NEW.signed_at, NEW.address,
                     NEW.sheet_id, NEW.content, NEW.with_report, NEW.digest)
                    OR OLD.taken_back_at IS NOT NULL
                    AND (OLD.taken_back_at, OLD.taken_back_reason)
                        IS DISTINCT FROM (NEW.taken_back_at, NEW.taken_back_reason)
                ) EXECUTE FUNCTION coworking_attendance_signature_keep();
            DROP TRIGGER IF EXISTS coworking_attendance_signature_truncate_trg
                ON coworking_attendance_signature;
            CREATE TRIGGER coworking_attendance_signature_truncate_trg
                BEFORE TRUNCATE ON coworking_attendance_signature
                FOR EACH STATEMENT EXECUTE FUNCTION coworking_attendance_signature_keep();
            """
        )
        return super().init()

    @api.depends("digest")
    def _compute_intact(self):
        for row in self:
            # sudo: whoever reads the signature may check its scan, wherever that one is kept
            kept = row.sudo().with_context(bin_size=False)
            proof = base64.b64decode(kept.image or b"") or kept.sheet_id.raw or b""
            row.intact = not row.digest or row.digest == self._get_fingerprint(kept, proof)

    def _is_as_sealed(self):
        return self.intact

    @api.model
    def _get_fingerprint(self, row, proof):
        """SHA-256 of a signature: a record, or the values of one to come, and its picture."""
        parts = (*(row[name] or "" for name in FINGERPRINTED), hashlib.sha256(proof).hexdigest())
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()

    @api.model
    def _keep_signature(self, vals_list, proof):
        """Write signatures down, sealed by their fingerprint.

        :param proof: bytes of the picture, or of the scan
        """
        # sudo: nobody types a signature; a wide picture is stored as it is, see _get_fingerprint
        kept = self.sudo().with_context(image_no_postprocess=True)
        return kept.create(
            [{**vals, "digest": self._get_fingerprint(vals, proof)} for vals in vals_list]
        )

    def _take_back(self, by, reason):
        # sudo: see _keep_signature; what was signed does not change
        self.sudo().write(
            {
                "taken_back_at": fields.Datetime.now(),
                "taken_back_by": by.id,
                "taken_back_reason": reason,
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A signature is kept, even when it was taken back."))
