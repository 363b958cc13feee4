from odoo import fields, models

from odoo.addons.coworking_incubation.models.base.processing import MONEY
from odoo.addons.coworking_incubation.tools import KNOWN

FILE_KINDS = [
    ("bill", "Bill"),
    ("payment", "Proof of payment"),
    ("signature", "Signed document"),
    ("certificate", "Certificate of payment"),
]

FILE_TRIGGER = """
CREATE OR REPLACE FUNCTION coworking_funding_claim_file_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    claims integer[];
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'coworking_claim_file' THEN
        IF (OLD.claim_id, OLD.kind, OLD.name, OLD.digest)
           IS NOT DISTINCT FROM (NEW.claim_id, NEW.kind, NEW.name, NEW.digest)
           AND (NEW.attachment_id IS NULL OR NEW.attachment_id = OLD.attachment_id)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    IF TG_OP <> 'TRUNCATE' THEN
        IF TG_TABLE_NAME = 'coworking_claim_file' THEN
            claims := ARRAY[OLD.claim_id, NEW.claim_id];
        ELSE
            SELECT array_agg(claim_id) INTO claims FROM coworking_claim_line
             WHERE id IN (OLD.line_id, NEW.line_id);
        END IF;
        PERFORM FROM coworking_claim
          WHERE id = ANY(claims) AND step IN ('submitted', 'accepted');
        IF NOT FOUND THEN
            RETURN COALESCE(NEW, OLD);
        END IF;
    END IF;
    RAISE EXCEPTION 'proofs of claims that were sent stay: % refused', TG_OP
        USING ERRCODE = '23514', TABLE = 'coworking_claim_file',
              CONSTRAINT = 'coworking_claim_file_kept';
END $$;
DROP TRIGGER IF EXISTS coworking_funding_claim_file_trg ON coworking_claim_file;
CREATE TRIGGER coworking_funding_claim_file_trg
    BEFORE INSERT OR UPDATE OR DELETE ON coworking_claim_file
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_claim_file_keep();
DROP TRIGGER IF EXISTS coworking_funding_claim_file_truncate_trg ON coworking_claim_file;
CREATE TRIGGER coworking_funding_claim_file_truncate_trg BEFORE TRUNCATE ON coworking_claim_file
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_funding_claim_file_keep();
"""
# The same of which proofs are of which line; its table is made with the lines.
PROOF_TRIGGER = """
DROP TRIGGER IF EXISTS coworking_funding_claim_proof_trg ON coworking_claim_line_file_rel;
CREATE TRIGGER coworking_funding_claim_proof_trg
    BEFORE INSERT OR UPDATE OR DELETE ON coworking_claim_line_file_rel
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_claim_file_keep();
DROP TRIGGER IF EXISTS coworking_funding_claim_proof_truncate_trg
    ON coworking_claim_line_file_rel;
CREATE TRIGGER coworking_funding_claim_proof_truncate_trg
    BEFORE TRUNCATE ON coworking_claim_line_file_rel
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_funding_claim_file_keep();
"""


class CoworkingClaimFile(models.Model):
    """A proof that went with a claim: its fingerprint, and the file while it is kept."""

    _name = "coworking.claim.file"
    _description = "Proof of a Claim"
    _processing = MONEY
    _marks = {"attachment_id": KNOWN}
    _inherit = ["coworking.guard.mixin", "coworking.record.mixin"]
    _order = "claim_id, kind, id"
    _typed_fields = set()

    claim_id = fields.Many2one("coworking.claim", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="claim_id.company_id", store=True, precompute=True)
    kind = fields.Selection(FILE_KINDS, required=True)
    name = fields.Char(export_string_translation=False)
    digest = fields.Char(string="Fingerprint", required=True, help="SHA-256.")
    attachment_id = fields.Many2one("ir.attachment", index="btree_not_null", ondelete="set null")
    line_ids = fields.Many2many(
        "coworking.claim.line",
        "coworking_claim_line_file_rel",
        "file_id",
        "line_id",
        string="Lines That It Proves",
    )

    # Never violated by itself: it carries the message of the trigger made in init().
    _kept = models.Constraint(
        "CHECK (true)",
        "The proofs of a claim that was sent stay as they were sent: have the claim returned to"
        " change them.",
    )

    def init(self):
        """What was sent stays as it was: see the triggers."""
        self.env.cr.execute(FILE_TRIGGER)
        self.env.cr.execute(PROOF_TRIGGER)
        return super().init()
