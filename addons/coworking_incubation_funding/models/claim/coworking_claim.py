from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date, format_datetime

from odoo.addons.coworking_incubation.models.base.processing import MONEY
from odoo.addons.coworking_incubation.tools import to_decimal

STATES = [
    ("draft", "Draft"),
    ("submitted", "Sent"),
    ("returned", "Returned"),
    ("accepted", "Accepted"),
    ("paid", "Paid"),
    ("cancelled", "Cancelled"),
]
# While a claim is one of these it is put together; in the others it never moves.
OPEN_STEPS = ("draft", "returned")
# In these the funder will say what it admits, once more or for the first time.
WAITING_STEPS = ("submitted", "returned")

# What was sent stays as it was sent, whoever writes and by whatever way; and steps follow each
# other as they may.
CLAIM_TRIGGER = """
CREATE OR REPLACE FUNCTION coworking_funding_claim_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.step, NEW.step) IN (
               ('draft', 'submitted'), ('draft', 'cancelled'), ('submitted', 'returned'),
               ('submitted', 'accepted'), ('accepted', 'submitted'), ('returned', 'submitted'),
               ('returned', 'cancelled'))
           OR OLD.step = NEW.step
        THEN
            IF COALESCE(OLD.number, 0) = 0
               OR OLD.step IN ('draft', 'returned', 'cancelled')
                  AND (OLD.agreement_id, OLD.number)
                  IS NOT DISTINCT FROM (NEW.agreement_id, NEW.number)
               OR (OLD.agreement_id, OLD.number, OLD.date_from, OLD.date_to, OLD.amount_claimed,
                   OLD.digest, OLD.date_submitted)
                  IS NOT DISTINCT FROM
                  (NEW.agreement_id, NEW.number, NEW.date_from, NEW.date_to, NEW.amount_claimed,
                   NEW.digest, NEW.date_submitted)
            THEN
                RETURN NEW;
            END IF;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        IF COALESCE(OLD.number, 0) = 0 THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'claims that were sent stay: % refused', TG_OP
        USING ERRCODE = '23514', TABLE = 'coworking_claim', CONSTRAINT = 'coworking_claim_kept';
END $$;
DROP TRIGGER IF EXISTS coworking_funding_claim_trg ON coworking_claim;
CREATE TRIGGER coworking_funding_claim_trg BEFORE UPDATE OR DELETE ON coworking_claim
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_claim_keep();
DROP TRIGGER IF EXISTS coworking_funding_claim_truncate_trg ON coworking_claim;
CREATE TRIGGER coworking_funding_claim_truncate_trg BEFORE TRUNCATE ON coworking_claim
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_funding_claim_keep();
"""


class CoworkingClaim(models.Model):
    """What is asked of a funder for a period: all shares of its agreement that were paid and served
    by then, and that it was not asked for before (``_find_shares``).

    What others read:

    - ``state``: draft, submitted, returned, accepted, paid, cancelled. ``step`` is the same but
      for ``paid``, which follows from what was received on the agreement;
    - ``number``: of the claims of its agreement, given when it is sent first; 0 before;
    - ``date_from``, ``date_to``: the period; ``date_submitted``, ``date_accepted``: moments (UTC);
    - ``amount_claimed``, ``amount_admitted``, ``amount_rejected``, ``amount_received``: exact sums
      of the lines, and what was received for it;
    - ``line_ids``: ``coworking.claim.line``, frozen values while it is sent or accepted;
    - ``file_ids``: ``coworking.claim.file``, each proof with its SHA-256;
    - ``sending_ids``: ``coworking.claim.sending``, each time it was sent: the canonical text of all
      of it, and the SHA-256 of that; ``digest``: that of the last.
    """

    _name = "coworking.claim"
    _description = "Claim"
    _processing = MONEY
    _inherit = [
        "coworking.guard.mixin",
        "coworking.audited.mixin",
        "coworking.thread.mixin",
        "mail.activity.mixin",
        "coworking.record.mixin",
    ]
    _order = "date_to desc, id desc"
    _check_company_auto = True
    _typed_fields = {
        *("agreement_id", "date_from", "date_to", "certificate", "certificate_name"),
        *("certificate_on", "open_months_reason", "line_ids", "instalment_ids"),
    }

    name = fields.Char(compute="_compute_name", store=True)
    number = fields.Integer(
        readonly=True, copy=False, help="Of the claims of the agreement, in their order."
    )
    agreement_id = fields.Many2one(
        "coworking.funding.agreement",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="agreement_id.partner_id")
    program_ids = fields.Many2many(related="agreement_id.program_ids")
    date_from = fields.Date(
        string="From",
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    step = fields.Selection(
        [state for state in STATES if state[0] != "paid"],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        store=True,
        default="draft",
        tracking=True,
        help="Paid: what was received for it, and what else was received on the agreement, covers"
        " what was admitted.",
    )
    date_submitted = fields.Datetime(string="Sent On", readonly=True, copy=False)
    submitted_by_id = fields.Many2one("res.users", string="Sent By", readonly=True, copy=False)
    date_returned = fields.Datetime(string="Returned On", readonly=True, copy=False)
    return_comment = fields.Text(string="The Funder's Comment", readonly=True, copy=False)
    date_accepted = fields.Datetime(string="Accepted On", readonly=True, copy=False)
    certificate = fields.Binary(
        string="Certificate of Payment",
        attachment=True,
        copy=False,
        help="Signed by an accountant or an auditor: it proves all payments of the claim, in place"
        " of receipts or bank statements.",
    )
    certificate_name = fields.Char(string="Name of the Certificate", copy=False)
    certificate_on = fields.Date(
        string="Certified On",
        copy=False,
        help="What was paid after this day is proven otherwise, or certified anew.",
    )
    line_ids = fields.One2many("coworking.claim.line", "claim_id", readonly=False)
    instalment_ids = fields.One2many(
        "coworking.funding.instalment", "claim_id", string="Payments Received"
    )
    file_ids = fields.One2many("coworking.claim.file", "claim_id", readonly=True)
    sending_ids = fields.One2many("coworking.claim.sending", "claim_id", readonly=True)
    digest = fields.Char(
        string="Seal", readonly=True, copy=False, help="SHA-256 of all that was sent."
    )
    amount_claimed = fields.Monetary(string="Asked", compute="_compute_amounts", store=True)
    amount_admitted = fields.Monetary(
        string="Admitted", compute="_compute_amounts", store=True, help="Once it is accepted."
    )
    amount_rejected = fields.Monetary(string="Rejected", compute="_compute_amounts", store=True)
    sum_admitted = fields.Monetary(
        string="Admitted So Far", compute="_compute_sum_admitted", help="As the lines say now."
    )
    amount_received = fields.Monetary(
        string="Received",
        compute="_compute_state",
        store=True,
        help="What was received for it, then what else was received on the agreement, the oldest"
        " claims first.",
    )

    _number_uniq = models.UniqueIndex(
        "(agreement_id, number) WHERE number > 0", "There is one claim of each number."
    )
    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "A claim cannot end before it begins."
    )
    # Never violated by itself: it carries the message of the trigger made in init().
    _kept = models.Constraint(
        "CHECK (true)",
        "A claim that was sent stays as it was sent: have it returned to change it.",
    )

    def init(self):
        """What was sent stays as it was: see the trigger."""
        self.env.cr.execute(CLAIM_TRIGGER)

    # === COMPUTE METHODS ===#

    @api.depends("agreement_id.reference", "number", "step")
    def _compute_name(self):
        for claim in self:
            if claim.step in ("submitted", "accepted") and claim.name:
                claim.name = claim.name  # as it was sent, whatever the agreement is called since
                continue
            reference = claim.agreement_id.reference or ""
            claim.name = (
                self.env._("%(agreement)s, claim %(n)s", agreement=reference, n=claim.number)
                if claim.number
                else self.env._("%s, draft claim", reference)
                if reference
                else self.env._("New Claim")
            )

    @api.depends("agreement_id")
    def _compute_dates(self):
        """From where the last other claim of the agreement ended, to the end of the last month, or
        of the one in which it begins.
        """
        last = dict(
            self._read_group(
                [
                    ("agreement_id", "in", self.agreement_id.ids),
                    ("id", "not in", self._origin.ids),
                    ("step", "!=", "cancelled"),
                ],
                ["agreement_id"],
                ["date_to:max"],
            )
        )
        month = fields.Date.context_today(self).replace(day=1)
        for claim in self:
            agreement = claim.agreement_id
            if not agreement:
                claim.date_from = claim.date_from or False
                claim.date_to = claim.date_to or False
                continue
            before = last.get(agreement._origin)
            first = fields.Date.add(before, days=1) if before else agreement.date_from
            # what is paid after the services end is claimed too
            claim.date_from = first
            ended = fields.Date.subtract(month, days=1)
            claim.date_to = ended if ended >= first else fields.Date.end_of(first, "month")

    @api.depends("line_ids.amount", "line_ids.amount_admitted", "step")
    def _compute_amounts(self):
        for claim in self:
            lines = claim.line_ids
            claimed = sum(map(to_decimal, lines.mapped("amount")))
            admitted = sum(map(to_decimal, lines.mapped("amount_admitted")))
            decided = claim.step == "accepted"
            claim.amount_claimed = float(claimed)
            claim.amount_admitted = float(admitted) if decided else 0.0
            claim.amount_rejected = float(claimed - admitted) if decided else 0.0

    @api.depends("line_ids.amount_admitted")
    def _compute_sum_admitted(self):
        for claim in self:
            admitted = claim.line_ids.mapped("amount_admitted")
            claim.sum_admitted = float(sum(map(to_decimal, admitted)))

    @api.depends(
        "step",
        "amount_admitted",
        "agreement_id.amount_used_before",
        "agreement_id.instalment_ids.amount_received",
        "agreement_id.instalment_ids.claim_id",
        "agreement_id.claim_ids.step",
        "agreement_id.claim_ids.amount_admitted",
    )
    def _compute_state(self):
        """What was received for a claim pays it; what else was received, and what claims give back,
        goes to the others in the order of their acceptance.
        """
        received = {}
        for agreement in self.agreement_id:
            paying, left = defaultdict(Decimal), agreement._get_received_here()
            for row in agreement.instalment_ids:
                paying[row.claim_id._origin] += to_decimal(row.amount_received)
            claims = agreement.claim_ids.filtered(lambda claim: claim.step == "accepted")
            claims = claims.sorted(lambda row: (row.date_accepted, row._origin.id))
            # of one that is decided on again, it waits for that
            waiting = agreement.claim_ids.filtered(lambda claim: claim.step in WAITING_STEPS)
            left -= sum(paying[claim._origin] for claim in waiting)
            for claim in claims:
                own = min(to_decimal(claim.amount_admitted), paying[claim._origin])
                received[claim._origin] = own
                left -= own
            for claim in claims:
                more = min(to_decimal(claim.amount_admitted) - received[claim._origin], left)
                received[claim._origin] += more
                left -= more
        for claim in self:
            got = received.get(claim._origin) if claim.step == "accepted" else None
            claim.amount_received = float(got or 0)
            paid = got is not None and got >= to_decimal(claim.amount_admitted)
            claim.state = "paid" if paid else claim.step

    # === CONSTRAINT METHODS ===#

    @api.constrains("agreement_id", "date_from", "date_to")
    def _check_period(self):
        for claim in self:
            if claim.date_to < claim.agreement_id.date_from:
                raise ValidationError(
                    self.env._(
                        "%(claim)s ends before the agreement begins, on %(day)s: choose a later"
                        " period.",
                        claim=claim.name,
                        day=format_date(self.env, claim.agreement_id.date_from),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        for claim in self.filtered("number"):
            raise UserError(
                self.env._(
                    "%s was sent to the funder: it cannot be deleted. Cancel it once it is"
                    " returned.",
                    claim.name,
                )
            )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        """A claim is made with what it asks for."""
        claims = super().create(vals_list)
        claims._check_not_closed()
        claims._collect()
        return claims

    def write(self, vals):
        # lines and what was received say themselves what may be
        if vals.keys() & self._typed_fields - {"line_ids", "instalment_ids"}:
            for claim in self.filtered(lambda row: row.step not in OPEN_STEPS):
                raise UserError(claim._describe_sent())
        result = super().write(vals)
        if vals.keys() & {"agreement_id", "date_from", "date_to"}:
            self._check_not_closed()
            self._collect()
        return result

    # === ACTION METHODS ===#

    def action_refresh(self):
        """Put an open claim together again: what there is to ask for now."""
        self._check_may_change(OPEN_STEPS)
        self._collect()
        return True

    def action_submit(self):
        """Send it: from now on its lines never move."""
        self._check_may_change(OPEN_STEPS)
        for claim in self:
            claim._submit()
        return True

    def action_cancel(self):
        """Nothing is asked; its lines go to the next claim."""
        self._check_may_change(OPEN_STEPS)
        # sudo: lines and steps are written by code alone
        self.sudo().line_ids.unlink()
        self.sudo().file_ids.unlink()
        self.sudo().step = "cancelled"
        return True

    # === BUSINESS METHODS ===#

    def _check_may_change(self, steps):
        """Who may change claims does, one at a time: of two at once the second starts again, and is
        told what the first did.

        :param steps: of which these have to be
        """
        self.check_access("write")
        self._meet()
        for claim in self:
            if claim.step not in steps:
                raise UserError(claim._describe_sent())

    def _meet(self):
        """Rows are really updated, so that PostgreSQL lets one through."""
        self.flush_recordset()
        if self:
            self.env.cr.execute(
                SQL("UPDATE coworking_claim SET step = step WHERE id IN %s", tuple(self.ids))
            )
            self.invalidate_recordset()

    def _check_not_closed(self):
        for claim in self:
            day = claim.agreement_id.date_claims_closed
            if day and claim.step in OPEN_STEPS:
                raise UserError(
                    self.env._(
                        "%(agreement)s is closed for good since %(day)s: nothing more is claimed."
                        " What changed since is to be settled with the funder.",
                        agreement=claim.agreement_id.reference,
                        day=format_date(self.env, day),
                    )
                )

    def _describe_sent(self):
        """Why it cannot be changed, and since when."""
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        if not self.date_submitted:
            return self.env._(
                "%(claim)s: this cannot be done with a claim that is “%(state)s”. Reload the page.",
                claim=self.name,
                state=states[self.state],
            )
        return self.env._(
            "%(claim)s was sent on %(date)s by %(who)s and is “%(state)s”: it stays as it was sent."
            " Reload the page.",
            claim=self.name,
            date=format_datetime(self.env, self.date_submitted),
            who=self.submitted_by_id.name,
            state=states[self.state],
        )

    def _get_audited_with(self):
        return [*super()._get_audited_with(), self.line_ids, self.instalment_ids]
