from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.coworking_incubation.models.base.processing import MONEY
from odoo.addons.coworking_incubation.tools import to_decimal

# What was sent of a line, in the order of the list of expenses. Links are not among it.
FROZEN_FIELDS = (
    *("number", "label", "token", "heading_name", "supplier_name", "bill_number", "bill_date"),
    *("date_from", "date_to", "date_paid", "payment_means", "amount_cost", "amount_paid", "amount"),
    *("difference_of", "override_codes"),
)

LINE_TRIGGER = """
CREATE OR REPLACE FUNCTION coworking_funding_claim_line_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    reached text;
BEGIN
    IF TG_OP <> 'TRUNCATE' THEN
        -- whoever takes a step of the claim meanwhile meets who changes a line of it
        SELECT step INTO reached FROM coworking_claim
         WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.claim_id ELSE OLD.claim_id END FOR SHARE;
        IF TG_OP = 'UPDATE' AND NEW.claim_id <> OLD.claim_id
           AND COALESCE(reached, 'draft') IN ('draft', 'returned', 'cancelled')
        THEN
            SELECT step INTO reached FROM coworking_claim WHERE id = NEW.claim_id FOR SHARE;
        END IF;
        IF COALESCE(reached, 'draft') IN ('draft', 'returned', 'cancelled') THEN
            RETURN COALESCE(NEW, OLD);
        END IF;
        IF TG_OP = 'UPDATE' AND ({old}, OLD.claim_id, OLD.allocation_id)
                IS NOT DISTINCT FROM ({new}, NEW.claim_id, NEW.allocation_id)
           AND (reached = 'submitted'
                OR OLD.amount_admitted IS NOT DISTINCT FROM NEW.amount_admitted)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'lines of claims that were sent stay: % refused', TG_OP
        USING ERRCODE = '23514', TABLE = 'coworking_claim_line',
              CONSTRAINT = 'coworking_claim_line_kept';
END $$;
DROP TRIGGER IF EXISTS coworking_funding_claim_line_trg ON coworking_claim_line;
CREATE TRIGGER coworking_funding_claim_line_trg
    BEFORE INSERT OR UPDATE OR DELETE ON coworking_claim_line
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_claim_line_keep();
DROP TRIGGER IF EXISTS coworking_funding_claim_line_truncate_trg ON coworking_claim_line;
CREATE TRIGGER coworking_funding_claim_line_truncate_trg BEFORE TRUNCATE ON coworking_claim_line
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_funding_claim_line_keep();
""".format(  # nosec B608 # of constants
    old=", ".join(f"OLD.{name}" for name in FROZEN_FIELDS),
    new=", ".join(f"NEW.{name}" for name in FROZEN_FIELDS),
)


class CoworkingClaimLine(models.Model):
    """A share that is asked of a funder, as it was when the claim was put together: values, which
    PostgreSQL refuses to change once it is sent, beside the links to what they came from.

    - ``allocation_id``: the share, in one claim at most; ``cost_id``, ``participant_id``: whose it
      is, while that is there;
    - ``label``, ``token``, ``supplier_name``, ``bill_number``, ``bill_date``, ``date_from``,
      ``date_to``, ``date_paid``, ``payment_means``: texts and days, no name of a participant;
    - ``amount_cost`` (the expense), ``amount_paid`` (that payment of it), ``amount`` (asked),
      ``amount_admitted``;
    - ``difference_of``: what claim, seat and month it changes, in words; ``origin_id``: that line;
    - ``file_ids``: ``coworking.claim.file``, its proofs as they were sent.
    """

    _name = "coworking.claim.line"
    _description = "Line of a Claim"
    _processing = MONEY
    _inherit = ["coworking.guard.mixin", "coworking.record.mixin"]
    _order = "claim_id, number, id"
    _typed_fields = {"amount_admitted", "admission_reason"}

    claim_id = fields.Many2one("coworking.claim", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="claim_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    agreement_id = fields.Many2one(related="claim_id.agreement_id")
    claim_step = fields.Selection(related="claim_id.step", export_string_translation=False)
    number = fields.Integer(string="No.", aggregator=None, help="In the list of expenses.")
    allocation_id = fields.Many2one(
        "coworking.allocation", string="Share", index="btree_not_null", ondelete="set null"
    )
    cost_id = fields.Many2one(
        "coworking.cost", string="Expense", index="btree_not_null", ondelete="set null"
    )
    participant_id = fields.Many2one(
        "coworking.participant", index="btree_not_null", ondelete="set null"
    )
    heading_id = fields.Many2one(
        "coworking.funding.heading",
        string="Heading of the Agreement",
        index="btree_not_null",
        ondelete="set null",
    )
    heading_name = fields.Char(string="Heading")
    label = fields.Char(string="What")
    token = fields.Char(help="Stands for the person where no name may.")
    supplier_name = fields.Char(string="Supplier")
    bill_number = fields.Char()
    bill_date = fields.Date()
    date_from = fields.Date(string="Served From")
    date_to = fields.Date(string="Served To")
    date_paid = fields.Date(string="Paid On")
    payment_means = fields.Char(string="Paid By")
    amount_cost = fields.Monetary(string="Expense Amount", help="The whole of it.")
    amount_paid = fields.Monetary(string="Paid", help="By this payment.")
    amount = fields.Monetary(string="Asked")
    origin_id = fields.Many2one(
        "coworking.claim.line",
        string="Changes",
        index="btree_not_null",
        ondelete="set null",
        help="The line of an earlier claim that this one changes.",
    )
    difference_of = fields.Char(
        string="Difference", help="What was claimed before, and is changed."
    )
    file_ids = fields.Many2many(
        "coworking.claim.file",
        "coworking_claim_line_file_rel",
        "line_id",
        "file_id",
        string="Proofs",
    )
    override_codes = fields.Char(export_string_translation=False)
    override_reason = fields.Char(string="Sent Without, Because")
    overridden_by_id = fields.Many2one("res.users")
    amount_admitted = fields.Monetary(
        string="Admitted", help="What the funder admits of it: no more than was asked."
    )
    amount_rejected = fields.Monetary(
        string="Rejected", compute="_compute_amount_rejected", store=True
    )
    admission_reason = fields.Char(string="Why It Was Rejected")

    _share_once = models.UniqueIndex(
        "(allocation_id) WHERE allocation_id IS NOT NULL",
        "One of these expenses is in another claim of the agreement already: reload the page, then"
        " look at what there is again.",
    )
    _admitted_range = models.Constraint(
        "CHECK (amount_admitted = amount OR amount_admitted BETWEEN 0 AND amount)",
        "No more is admitted of a line than was asked, and no less than nothing; what it gives"
        " back is admitted whole.",
    )
    # Never violated by itself: it carries the message of the trigger made in init().
    _kept = models.Constraint(
        "CHECK (true)",
        "A line of a claim that was sent stays as it was sent: have the claim returned to change"
        " it.",
    )

    def init(self):
        """What was sent stays as it was: see the trigger."""
        self.env.cr.execute(LINE_TRIGGER)

    @api.depends("amount", "amount_admitted")
    def _compute_amount_rejected(self):
        for line in self:
            line.amount_rejected = float(to_decimal(line.amount) - to_decimal(line.amount_admitted))

    @api.depends("claim_id.name", "number", "label")
    def _compute_display_name(self):
        for line in self:
            number = f" ({line.number})" if line.number else ""
            line.display_name = f"{line.label or line.claim_id.name}{number}"

    @api.constrains("amount_admitted")
    def _check_admitted(self):
        for line in self:
            compare = line.currency_id.compare_amounts
            if line.amount < 0 and compare(line.amount_admitted, line.amount):
                raise ValidationError(
                    self.env._(
                        "%(line)s gives back %(amount)s that were claimed before: the whole of it"
                        " is admitted.",
                        line=line.display_name,
                        amount=line.currency_id.format(-line.amount),
                    )
                )
            low, high = sorted((0.0, line.amount))
            if compare(line.amount_admitted, low) < 0 or compare(line.amount_admitted, high) > 0:
                raise ValidationError(
                    self.env._(
                        "%(line)s: %(amount)s were asked. Between nothing and that can be"
                        " admitted.",
                        line=line.display_name,
                        amount=line.currency_id.format(line.amount),
                    )
                )

    def write(self, vals):
        """People say what the funder admits of what was sent; the rest is written by code."""
        if not self.env.su and vals.keys() & self._typed_fields:
            for claim in self.claim_id.filtered(lambda row: row.step != "submitted"):
                raise UserError(
                    self.env._(
                        "%s: what the funder admits is said once it is sent, and until it is"
                        " accepted.",
                        claim.name,
                    )
                )
        return super().write(vals)
