import hashlib
import json

from odoo import fields, models

from odoo.addons.coworking_incubation.models.base.processing import MONEY

from .coworking_claim_line import FROZEN_FIELDS

SENDING_TRIGGER = """
CREATE OR REPLACE FUNCTION coworking_funding_sending_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.claim_id, OLD.number, OLD.date, OLD.content, OLD.digest, OLD.amount)
           IS NOT DISTINCT FROM
           (NEW.claim_id, NEW.number, NEW.date, NEW.content, NEW.digest, NEW.amount)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was sent to a funder stays: % refused', TG_OP
        USING ERRCODE = '23514', TABLE = 'coworking_claim_sending',
              CONSTRAINT = 'coworking_claim_sending_kept';
END $$;
DROP TRIGGER IF EXISTS coworking_funding_sending_trg ON coworking_claim_sending;
CREATE TRIGGER coworking_funding_sending_trg BEFORE UPDATE OR DELETE ON coworking_claim_sending
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_sending_keep();
DROP TRIGGER IF EXISTS coworking_funding_sending_truncate_trg ON coworking_claim_sending;
CREATE TRIGGER coworking_funding_sending_truncate_trg BEFORE TRUNCATE ON coworking_claim_sending
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_funding_sending_keep();
"""


class CoworkingClaimSending(models.Model):
    """A time that a claim was sent: all of it as one text, and the fingerprint of that.

    ``content`` is JSON with its keys in order: claim, whose it is, period, lines (the fields
    of ``FROZEN_FIELDS``, amounts as text) each with the fingerprints of its proofs, files by their
    kind and fingerprint. Names of participants are not in it, nor what somebody called a file.
    ``digest`` is the SHA-256 of its UTF-8.
    """

    _name = "coworking.claim.sending"
    _description = "Sending of a Claim"
    _processing = MONEY
    _inherit = ["coworking.guard.mixin", "coworking.record.mixin"]
    _order = "claim_id, number desc"
    _typed_fields = set()

    claim_id = fields.Many2one("coworking.claim", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="claim_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    number = fields.Integer(string="Time", help="1 is the first time that it was sent.")
    date = fields.Datetime(string="Sent On")
    user_id = fields.Many2one("res.users", string="Sent By")
    amount = fields.Monetary(string="Asked")
    content = fields.Text(export_string_translation=False)
    digest = fields.Char(string="Seal", help="SHA-256 of all that was sent.")
    date_returned = fields.Datetime(string="Returned On")
    comment = fields.Text(string="The Funder's Comment")

    # Never violated by itself: it carries the message of the trigger made in init().
    _kept = models.Constraint("CHECK (true)", "What was sent to a funder stays as it was sent.")

    def init(self):
        """What was sent stays as it was: see the trigger."""
        self.env.cr.execute(SENDING_TRIGGER)

    def _record_sending(self, claim):
        """Keep what is sent now of a claim, sealed.

        :return: the row
        """
        claim.ensure_one()
        content = self._make_content(claim)
        # sudo: written by code alone
        return self.sudo().create(
            {
                "claim_id": claim.id,
                "number": len(claim.sending_ids) + 1,
                "date": claim.date_submitted,
                "user_id": claim.submitted_by_id.id,
                "amount": claim.amount_claimed,
                "content": content,
                "digest": hashlib.sha256(content.encode()).hexdigest(),
            }
        )

    def _make_content(self, claim):
        """The canonical text of a claim: the same facts give the same text."""
        lines = claim.line_ids.sorted("number")
        facts = {
            **self._get_names(claim),
            "claim": claim.number,
            "currency": claim.currency_id.name,
            "from": str(claim.date_from),
            "to": str(claim.date_to),
            "amount": self._to_text(claim, "amount_claimed"),
            "files": sorted([row.kind, row.digest] for row in claim.file_ids),
            "lines": [
                {name: self._to_text(line, name) for name in FROZEN_FIELDS}
                | {"files": sorted(line.file_ids.mapped("digest"))}
                for line in lines
            ],
        }
        return json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1)

    def _get_names(self, claim):
        """Whose a claim is, as it is called now."""
        return {
            "agreement": claim.agreement_id.reference,
            "funder": claim.partner_id.name,
            "organisation": claim.company_id.name,
            "programs": ", ".join(claim.program_ids.mapped("name")),
        }

    def _to_text(self, record, name):
        value = record[name]
        if record._fields[name].type == "monetary":
            return f"{value:.{record.currency_id.decimal_places}f}"
        return value if isinstance(value, int) and not isinstance(value, bool) else str(value or "")
