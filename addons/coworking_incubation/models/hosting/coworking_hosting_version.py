from odoo import fields, models

from ..base.processing import AGREEMENTS
from .coworking_hosting_signatory import KEEP


class CoworkingHostingVersion(models.Model):
    """A text that was sent and then replaced: kept as it was, with who had signed it."""

    _name = "coworking.hosting.version"
    _description = "Earlier Text of a Hosting Agreement"
    _processing = AGREEMENTS
    _inherit = ["coworking.record.mixin"]
    _order = "hosting_id, number desc"
    _rec_name = "number"

    hosting_id = fields.Many2one(
        "coworking.hosting", required=True, readonly=True, ondelete="cascade", index=True
    )
    participant_id = fields.Many2one(
        related="hosting_id.participant_id", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(related="hosting_id.program_id", store=True, precompute=True)
    company_id = fields.Many2one(related="hosting_id.company_id", store=True, precompute=True)
    number = fields.Integer(required=True, readonly=True)
    body = fields.Html(string="Text", readonly=True)
    text_hash = fields.Char(string="Fingerprint", readonly=True)
    signatures = fields.Text(readonly=True, help="Who had signed this text, when and how.")
    replaced_by_id = fields.Many2one("res.users", readonly=True)
    replaced_on = fields.Datetime(readonly=True)

    _number_uniq = models.Constraint(
        "UNIQUE(hosting_id, number)", "A version of an agreement has one number."
    )

    def init(self):
        self.env.cr.execute(KEEP)
        self.env.cr.execute(
            """
            DROP TRIGGER IF EXISTS coworking_hosting_version_truncate_trg
                ON coworking_hosting_version;
            CREATE TRIGGER coworking_hosting_version_truncate_trg
                BEFORE TRUNCATE ON coworking_hosting_version
                FOR EACH STATEMENT EXECUTE FUNCTION coworking_hosting_keep();
            """
        )
