from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.processing import ACCESS

RULES = [
    ("file", "Months after the last contact"),
    ("application", "Months after the last contact, without entry"),
    ("registration", "Registration that no file was made of"),
    ("evidence", "Evidence whose term is over"),
]


class CoworkingPurge(models.Model):
    """What was anonymised: of whom, without saying it, by which rule, and how much.

    Rows are made by the purge alone; PostgreSQL refuses that one is changed or deleted, or all of
    them at once.
    """

    _name = "coworking.purge"
    _description = "Purge Log"
    _inherit = ["coworking.record.mixin"]
    _processing = ACCESS
    _order = "date desc, id desc"
    _rec_name = "masked_name"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        string="Done By",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    program_id = fields.Many2one(
        "coworking.program", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    participant_id = fields.Many2one(
        "coworking.participant",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    masked_name = fields.Char(string="Name", readonly=True)
    masked_email = fields.Char(string="Email", readonly=True)
    rule = fields.Selection(RULES, required=True, readonly=True)
    months = fields.Integer(string="Kept (months)", readonly=True, aggregator=None)
    last_contact = fields.Date(readonly=True)
    contact = fields.Selection(
        [
            ("erased", "Anonymised"),
            ("billed", "Name and address stay, for invoices"),
            ("kept", "Stays: it has another life in this Odoo"),
        ],
        readonly=True,
    )
    contact_uses = fields.Char(
        string="Contact Used By",
        readonly=True,
        help="Tables of this organisation that use the contact, which stays. Without any, it stays"
        " for another organisation of this Odoo, and what was written here of the person is masked"
        " all the same.",
    )
    evidence_until = fields.Date(readonly=True, help="Evidence that stays, and until when.")
    record_count = fields.Integer(string="Records", readonly=True)
    counts = fields.Json(readonly=True, help="How many of each kind.")
    counts_text = fields.Text(string="What Went", compute="_compute_counts_text")

    # Never violated by itself: it carries the message of the trigger made in init().
    _kept = models.Constraint("CHECK (true)", "The purge log is never changed.")

    def init(self):
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION coworking_purge_keep() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the purge log is kept as it was written: % refused', TG_OP
                    USING ERRCODE = '23514', TABLE = 'coworking_purge',
                          CONSTRAINT = 'coworking_purge_kept';
            END $$;
            DROP TRIGGER IF EXISTS coworking_purge_keep_trg ON coworking_purge;
            CREATE TRIGGER coworking_purge_keep_trg BEFORE UPDATE OR DELETE
                ON coworking_purge FOR EACH ROW EXECUTE FUNCTION coworking_purge_keep();
            DROP TRIGGER IF EXISTS coworking_purge_truncate_trg ON coworking_purge;
            CREATE TRIGGER coworking_purge_truncate_trg BEFORE TRUNCATE
                ON coworking_purge FOR EACH STATEMENT EXECUTE FUNCTION coworking_purge_keep();
            """
        )

    def _compute_counts_text(self):
        for row in self:
            row.counts_text = "\n".join(
                f"{kind}: {count}" for kind, count in sorted((row.counts or {}).items())
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_logged(self):
        raise UserError(self.env._("The purge log is kept."))

    def _log_purge(self, vals_list):
        """Write purges down: the one place through which each of them goes."""
        # sudo: nobody types the log
        purges = self.sudo().create(vals_list)
        for rule, rows in purges.grouped("rule").items():
            self.env["coworking.audit"]._record("purged", rows, rule=rule)
        return purges


def mask(text):
    """A name or an address of which the first letters are left, as Odoo masks them."""

    def hide(words, mark):
        return mark.join(word[0] + "*" * (len(word) - 1) for word in words.split(mark) if word)

    text = text or ""
    if "@" not in text:
        return hide(text, " ")
    user, __, domain = text.rpartition("@")
    name, __, end = domain.rpartition(".")
    return f"{hide(user, '.')}@{hide(name, '.')}.{end}"
