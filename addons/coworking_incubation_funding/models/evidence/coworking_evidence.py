from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.coworking_incubation.models.base.coworking_record_mixin import EXPORT_GROUP
from odoo.addons.coworking_incubation.models.base.processing import MONEY

COORDINATOR = "coworking_incubation.group_coworking_coordinator"
ACCOUNTANT = "coworking_incubation.group_coworking_accountant"

KINDS = [("agreement", "Agreement"), ("claim", "Claim"), ("person", "Participant")]
# What a file of each kind is of.
SUBJECTS = {"agreement": "agreement_id", "claim": "claim_id", "person": "participant_id"}
SCOPES = [
    ("all", "Everything: bills, payments, and the proofs about people"),
    ("money", "Bills and payments alone"),
]
NAMES = [("clear", "Names"), ("token", "Tokens in place of names")]
STATES = [
    ("waiting", "Waiting"),
    ("sealed", "Sealed"),
    ("failed", "Failed"),
    ("gone", "Deleted at Its Term"),
]

# What a sealed file is never changed in; an archive that went leaves its row for good, without what
# was missing of people.
TRIGGERS = """
CREATE OR REPLACE FUNCTION coworking_funding_evidence_is_over(evidence integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(BOOL_AND(COALESCE(agreement.evidence_until < CURRENT_DATE, FALSE)), FALSE)
      FROM coworking_evidence_agreement_rel link
      JOIN coworking_funding_agreement agreement ON agreement.id = link.agreement_id
     WHERE link.evidence_id = evidence
$$;
CREATE OR REPLACE FUNCTION coworking_funding_keep_evidence() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['write_uid', 'write_date'];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state = 'sealed' AND NEW.state = 'gone'
           AND COALESCE(NEW.missing, '') = ''
           AND coworking_funding_evidence_is_over(OLD.id) THEN
            free := free || ARRAY['state', 'gone_on', 'missing'];
        END IF;
        IF to_jsonb(OLD) - free = to_jsonb(NEW) - free THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a file of evidence is sealed: % refused', TG_OP
        USING ERRCODE = '23514', TABLE = 'coworking_evidence',
              CONSTRAINT = 'coworking_evidence_sealed_stays';
END $$;
DROP TRIGGER IF EXISTS coworking_funding_keep_evidence_trg ON coworking_evidence;
CREATE TRIGGER coworking_funding_keep_evidence_trg BEFORE UPDATE OR DELETE ON coworking_evidence
    FOR EACH ROW WHEN (OLD.state IN ('sealed', 'gone'))
    EXECUTE FUNCTION coworking_funding_keep_evidence();
DROP TRIGGER IF EXISTS coworking_funding_truncate_evidence_trg ON coworking_evidence;
CREATE TRIGGER coworking_funding_truncate_evidence_trg BEFORE TRUNCATE ON coworking_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_funding_keep_evidence();
CREATE OR REPLACE FUNCTION coworking_funding_keep_archive() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM coworking_evidence WHERE id = OLD.res_id AND state = 'sealed'
                AND (TG_OP = 'DELETE' OR coworking_funding_is_changed(OLD, NEW)
                     OR (NEW.store_fname IS NULL
                         AND encode(sha256(COALESCE(NEW.db_datas, '')), 'hex') != digest)))
    THEN
        RAISE EXCEPTION 'the archive of evidence % is sealed: % refused', OLD.res_id, TG_OP
            USING ERRCODE = '23514', TABLE = 'coworking_evidence',
                  CONSTRAINT = 'coworking_evidence_sealed_stays';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
DROP TRIGGER IF EXISTS coworking_funding_keep_archive_trg ON ir_attachment;
CREATE TRIGGER coworking_funding_keep_archive_trg BEFORE UPDATE OR DELETE ON ir_attachment
    FOR EACH ROW WHEN (OLD.res_model = 'coworking.evidence')
    EXECUTE FUNCTION coworking_funding_keep_archive();
CREATE OR REPLACE FUNCTION coworking_funding_keep_term() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM coworking_evidence WHERE id = OLD.evidence_id AND state = 'sealed')
    THEN
        RAISE EXCEPTION 'evidence % is sealed: whose it is stays', OLD.evidence_id
            USING ERRCODE = '23514', TABLE = 'coworking_evidence',
                  CONSTRAINT = 'coworking_evidence_sealed_stays';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
DROP TRIGGER IF EXISTS coworking_funding_keep_term_trg ON coworking_evidence_agreement_rel;
CREATE TRIGGER coworking_funding_keep_term_trg
    BEFORE UPDATE OR DELETE ON coworking_evidence_agreement_rel
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_keep_term();
"""


class CoworkingEvidence(models.Model):
    """A file of evidence: what proves what a funder paid for, in one sealed archive.

    It is made once, of an agreement, a claim or a person, and never changes: PostgreSQL refuses
    it, for the archive as well. A newer one is another record. The archive is read by nobody but
    ``_open_archive``, which asks for the right, looks at the seal and leaves a trace; it is deleted
    at the term of its agreements by a scheduled action, never before.
    """

    _name = "coworking.evidence"
    _description = "File of Evidence"
    _processing = MONEY
    _inherit = ["coworking.guard.mixin", "coworking.record.mixin"]
    _order = "id desc"
    _check_company_auto = True
    # Nobody types anything here: see the dialog.
    _typed_fields = frozenset()

    name = fields.Char(compute="_compute_name", search="_search_name")
    kind = fields.Selection(KINDS, string="Of", required=True, readonly=True)
    scope = fields.Selection(SCOPES, string="What Is In", required=True, readonly=True)
    names = fields.Selection(
        NAMES,
        string="People By",
        required=True,
        readonly=True,
        help="In the lists and in the names of files. Documents stay as they are: whoever signed is"
        " named there.",
    )
    agreement_id = fields.Many2one(
        "coworking.funding.agreement",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    claim_id = fields.Many2one(
        "coworking.claim",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    participant_id = fields.Many2one(
        "coworking.participant",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    agreement_ids = fields.Many2many(
        "coworking.funding.agreement",
        "coworking_evidence_agreement_rel",
        "evidence_id",
        "agreement_id",
        string="Kept For",
        readonly=True,
        ondelete="restrict",
        help="The agreements whose funders may ask for it: it is kept until the last of their"
        " terms.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Made By",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, default="waiting", index=True
    )
    sealed_on = fields.Datetime(readonly=True)
    gone_on = fields.Date(string="Deleted On", readonly=True)
    attempt_count = fields.Integer(string="Attempts", readonly=True)
    error = fields.Char(readonly=True, help="Why the last attempt failed.")
    sealed_file = fields.Binary(string="Archive", attachment=True, groups=fields.NO_ACCESS)
    digest = fields.Char(
        string="Seal", readonly=True, help="SHA-256 of the whole archive, as it was sealed."
    )
    file_size = fields.Integer(string="Size", readonly=True, aggregator=None, help="In bytes.")
    document_count = fields.Integer(string="Documents", readonly=True, aggregator=None)
    missing_count = fields.Integer(string="Missing Items", readonly=True, aggregator=None)
    missing = fields.Text(
        string="What Is Missing",
        readonly=True,
        help="It was listed as missing in the archive too, which says more of it. Emptied when the"
        " archive is deleted.",
    )
    evidence_until = fields.Date(
        string="Kept Until",
        compute="_compute_evidence_until",
        help="The last of the terms of its agreements; empty where one of them says none: it stays"
        " until somebody says so.",
    )

    _subject = models.Constraint(
        "CHECK (num_nonnulls(agreement_id, claim_id, participant_id) = 1)",
        "A file of evidence is of one agreement, claim or person.",
    )
    _whole = models.Constraint(
        "CHECK (state NOT IN ('sealed', 'gone') OR digest IS NOT NULL AND sealed_on IS NOT NULL)",
        "What is sealed has a seal.",
    )
    # Never violated by itself: it carries the message of the triggers made in init().
    _sealed_stays = models.Constraint(
        "CHECK (true)",
        "A sealed file of evidence is never changed, nor deleted before the term of its agreements:"
        " make a new one.",
    )

    def init(self):
        self.env.cr.execute(TRIGGERS)

    # === COMPUTE METHODS ===#

    @api.depends("kind", "agreement_id.reference", "claim_id.name", "participant_id", "sealed_on")
    @api.depends_context("lang", "tz")
    def _compute_name(self):
        for evidence in self:
            subject = evidence._get_subject().display_name
            if evidence.sealed_on:
                day = fields.Datetime.context_timestamp(evidence, evidence.sealed_on).date()
                subject = f"{subject}, {format_date(self.env, day)}"
            evidence.name = self.env._("Evidence %s", subject)

    def _search_name(self, operator, value):
        """By the one record that it is of."""
        return Domain.OR(
            Domain(f"{name}.display_name", operator, value) for name in SUBJECTS.values()
        )

    @api.depends("agreement_ids.evidence_until")
    def _compute_evidence_until(self):
        for evidence in self:
            # sudo: until when it is kept, whoever's agreements these are
            terms = evidence.sudo().with_context(active_test=False).agreement_ids
            days = terms.mapped("evidence_until")
            evidence.evidence_until = all(days) and max(days, default=False)

    def _get_subject(self):
        """What it is of."""
        self.ensure_one()
        return self[SUBJECTS[self.kind]]

    # === CRUD METHODS ===#

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed(self):
        if self.filtered(lambda evidence: evidence.state in ("sealed", "gone")):
            raise UserError(
                self.env._(
                    "A sealed file of evidence is kept until the term of its agreements, and its"
                    " line stays afterwards."
                )
            )

    def _get_person_domain(self, partner, files):
        """Those of agreements are about nobody alone."""
        return Domain("participant_id", "in", files.ids)

    # === RIGHTS ===#

    @api.model
    def _pick_names(self, names):
        """By what people are told: by tokens alone to who may not export personal data."""
        may_name = self.env.su or self.env.user.has_group(EXPORT_GROUP)
        return names if may_name else "token"

    @api.model
    def _check_may_take(self, scope, names="token"):
        """Whoever makes such a file may take it out of Odoo, and the other way round.

        :raise AccessError: the user may not
        """
        user = self.env.user
        is_books = scope == "money" and user.has_group(ACCOUNTANT)
        if self.env.su or is_books and self._pick_names(names) == names:
            return
        if not is_books and not user.has_group(COORDINATOR):
            raise AccessError(
                self.env._(
                    "A file of evidence is made by a coordinator; an accountant makes one with"
                    " bills and payments alone."
                )
            )
        if not user.has_group(EXPORT_GROUP):
            raise AccessError(
                self.env._(
                    "Only the group “Export of Personal Data” makes or takes a file of evidence, as"
                    " it names people: ask an administrator for that right."
                )
            )

    def action_download(self):
        """The archive, by an address that looks at the seal and leaves a trace."""
        self.ensure_one()
        self._check_may_download()
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation_funding/evidence/{self.id}",
            "target": "download",
        }

    def _check_may_download(self):
        """
        :raise AccessError: the user may not
        :raise UserError: there is no archive (yet, or any more)
        """
        self.check_access("read")
        self._check_may_take(self.scope, self.names)
        if self.state == "gone":
            raise UserError(
                self.env._(
                    "%(name)s was deleted on %(day)s, at the term of its agreements.",
                    name=self.name,
                    day=format_date(self.env, self.gone_on),
                )
            )
        if self.state != "sealed":
            raise UserError(
                self.env._("%s is not sealed yet: come back in some minutes.", self.name)
            )

    @api.model
    def _open_dialog(self, kind, subject):
        """The dialog in which somebody says what is to be in.

        :raise AccessError: the user may take none
        """
        self._check_may_take("all" if self.env.user.has_group(COORDINATOR) else "money")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("File of evidence"),
            "res_model": "coworking.evidence.make",
            "view_mode": "form",
            "target": "new",
            "context": {"default_kind": kind, f"default_{SUBJECTS[kind]}": subject.id},
        }
