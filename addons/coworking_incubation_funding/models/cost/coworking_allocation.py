from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.coworking_incubation.models.base.processing import MONEY
from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding

REASONS = [
    ("rate", "By rate"),
    ("priority", "First"),
    ("held", "Placed by hand"),
    ("own", "Own funds"),
    ("copayment", "Participant's part"),
    ("refused", "No funder admits it"),
    ("ceiling", "Ceiling of the heading reached"),
    ("grant", "Grant used up"),
    ("rejected", "Rejected by the funder"),
]

# What a share is, apart from its amount.
KEY = ("cost_id", "date_paid", "agreement_id", "heading_id", "reason", "instead_id")
INSERT = """
    INSERT INTO coworking_allocation (
           cost_id, date_paid, agreement_id, heading_id, reason, instead_id, amount, program_id,
           company_id, participant_id, origin_id, amount_rejected, frozen, create_uid, create_date,
           write_uid, write_date)
    VALUES %s
"""

# Funders never take part in more than was paid of a cost (F8). Checked at the end of the
# transaction: on the way, parts are made anew one after the other. The row of the cost is really
# updated at once, so that of two transactions that part the same cost the second fails with a
# serialization error, which Odoo answers by starting it again with a fresh view.
SUM_TRIGGERS = """
CREATE OR REPLACE FUNCTION coworking_funding_touch_costs() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE coworking_cost SET allocation_version = allocation_version + 1
     WHERE id IN (SELECT cost_id FROM changed);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION coworking_funding_check_sum() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    wrong integer;
BEGIN
    IF TG_TABLE_NAME = 'coworking_cost' THEN
        wrong := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        wrong := OLD.cost_id;
    ELSE
        wrong := NEW.cost_id;
    END IF;
    PERFORM FROM coworking_cost cost,
         LATERAL (SELECT COALESCE(SUM(amount - amount_rejected), 0) AS taken
                    FROM coworking_allocation
                   WHERE cost_id = cost.id AND agreement_id IS NOT NULL) AS shares
     WHERE cost.id = wrong
       AND taken NOT BETWEEN LEAST(cost.paid_amount, 0) AND GREATEST(cost.paid_amount, 0);
    IF FOUND THEN
        RAISE EXCEPTION 'funders take part in more of cost % than was paid', wrong
            USING ERRCODE = '23514', TABLE = 'coworking_allocation',
                  CONSTRAINT = 'coworking_allocation_never_above_paid';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS coworking_funding_insert_trg ON coworking_allocation;
CREATE TRIGGER coworking_funding_insert_trg AFTER INSERT ON coworking_allocation
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_funding_touch_costs();
DROP TRIGGER IF EXISTS coworking_funding_update_trg ON coworking_allocation;
CREATE TRIGGER coworking_funding_update_trg AFTER UPDATE ON coworking_allocation
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_funding_touch_costs();
DROP TRIGGER IF EXISTS coworking_funding_sum_trg ON coworking_allocation;
CREATE CONSTRAINT TRIGGER coworking_funding_sum_trg
    AFTER INSERT OR DELETE OR UPDATE OF amount, amount_rejected, agreement_id, cost_id
    ON coworking_allocation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_check_sum();
DROP TRIGGER IF EXISTS coworking_funding_paid_trg ON coworking_cost;
CREATE CONSTRAINT TRIGGER coworking_funding_paid_trg AFTER UPDATE OF paid_amount ON coworking_cost
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_check_sum();
"""

FROZEN_TRIGGER = """
CREATE OR REPLACE FUNCTION coworking_funding_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen AND (
        TG_OP = 'DELETE'
        OR NEW.frozen AND (NEW.cost_id, NEW.agreement_id, NEW.heading_id, NEW.amount, NEW.date_paid)
           IS DISTINCT FROM
           (OLD.cost_id, OLD.agreement_id, OLD.heading_id, OLD.amount, OLD.date_paid)
    ) THEN
        RAISE EXCEPTION 'allocation % is claimed', OLD.id
            USING ERRCODE = '23514', TABLE = 'coworking_allocation',
                  CONSTRAINT = 'coworking_allocation_frozen_stays';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
DROP TRIGGER IF EXISTS coworking_funding_frozen_trg ON coworking_allocation;
CREATE TRIGGER coworking_funding_frozen_trg BEFORE UPDATE OR DELETE ON coworking_allocation
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_frozen();
"""


class CoworkingAllocation(models.Model):
    """A share of what was paid of a cost: which funder takes part in it, or own funds, and why.

    The shares of a cost sum to what was paid of it, payment day by payment day. They are made anew
    by ``coworking.cost._allocate_programs`` whenever a fact changes, but for those that are
    ``frozen``. For whoever makes claims:

    - to be claimed: ``agreement_id`` set, not ``frozen``; ``date_paid`` (the day that this part was
      paid) and ``date_from``, ``date_to`` (the service) say the period; ``amount`` below zero takes
      something back. ``origin_id`` then is a share claimed before of the same charge;
    - ``_freeze()`` when a claim is sent: the share never moves again, PostgreSQL refuses it. What
      changes later comes out as another share beside it (F10). ``_thaw()`` when it is returned;
    - ``amount_rejected`` (``_reject()``) is what the funder did not admit: it is to be placed
      elsewhere, by hand. ``amount`` is never overwritten;
    - ``to_place``: own funds that no funder takes because of a ceiling, a grant or a rejection;
      ``instead_id`` is the agreement that did not take it.
    """

    _name = "coworking.allocation"
    _description = "Share of a Cost"
    _processing = MONEY
    _inherit = ["coworking.record.mixin"]
    _order = "date_paid desc, cost_id, agreement_id, id"
    # Code alone makes them, of one company: no check a share.

    cost_id = fields.Many2one("coworking.cost", required=True, index=True, ondelete="cascade")
    agreement_id = fields.Many2one(
        "coworking.funding.agreement",
        index="btree_not_null",
        # what was claimed is held by the trigger, the rest is parted anew
        ondelete="set null",
        help="Empty: own funds.",
    )
    heading_id = fields.Many2one(
        "coworking.funding.heading", index="btree_not_null", ondelete="set null"
    )
    amount = fields.Monetary(required=True, readonly=True)
    amount_rejected = fields.Monetary(string="Rejected", readonly=True, default=0.0)
    amount_effective = fields.Monetary(
        string="Admitted or Pending", compute="_compute_amount_effective"
    )
    reason = fields.Selection(REASONS, required=True, readonly=True)
    to_place = fields.Boolean(compute="_compute_to_place", search="_search_to_place")
    instead_id = fields.Many2one(
        "coworking.funding.agreement",
        string="Not Taken By",
        index="btree_not_null",
        ondelete="cascade",
        help="The agreement that would have taken it.",
    )
    date_paid = fields.Date(string="Paid On", required=True, readonly=True)
    frozen = fields.Boolean(string="Claimed", readonly=True, default=False)
    origin_id = fields.Many2one(
        "coworking.allocation",
        string="Changes",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="A share of the same charge that was claimed before.",
    )
    program_id = fields.Many2one("coworking.program", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    participant_id = fields.Many2one("coworking.participant", index="btree_not_null")
    kind = fields.Selection(related="cost_id.kind")
    move_id = fields.Many2one(related="cost_id.move_id")
    partner_id = fields.Many2one(related="cost_id.partner_id")
    charge_id = fields.Many2one(related="cost_id.charge_id")
    date_from = fields.Date(related="cost_id.date_from")
    date_to = fields.Date(related="cost_id.date_to")

    # Never violated by themselves: they carry the messages of the triggers made in init().
    _never_above_paid = models.Constraint(
        "CHECK (true)", "Funders cannot take part in more than was paid of a cost."
    )
    _frozen_stays = models.Constraint(
        "CHECK (true)",
        "What was claimed from a funder never moves: what changes becomes a difference in the next"
        " claim.",
    )
    _unclaimed_idx = models.Index("(agreement_id, date_paid) WHERE frozen IS NOT TRUE")

    def init(self):
        """What PostgreSQL guarantees: see the triggers."""
        self.env.cr.execute(SUM_TRIGGERS)
        self.env.cr.execute(FROZEN_TRIGGER)

    # === COMPUTE METHODS ===#

    @api.depends("amount", "amount_rejected")
    def _compute_amount_effective(self):
        for share in self:
            share.amount_effective = share.currency_id.round(share.amount - share.amount_rejected)

    @api.depends("agreement_id", "reason")
    def _compute_to_place(self):
        for share in self:
            share.to_place = not share.agreement_id and share.reason in funding.TO_PLACE

    @api.model
    def _search_to_place(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("agreement_id", "=", False) & Domain("reason", "in", funding.TO_PLACE)

    @api.depends("cost_id.name", "agreement_id.reference", "reason")
    @api.depends_context("lang")
    def _compute_display_name(self):
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for share in self:
            whose = share.agreement_id.reference or reasons.get(share.reason)
            share.display_name = f"{share.cost_id.name} / {whose}"

    # === CLAIMS ===#

    @api.model
    def _get_answered_domain(self):
        """Hook of who makes claims: of which of those that are claimed the funder said what it
        admits.
        """
        return Domain.FALSE

    def _freeze(self):
        """These are claimed: they never move again.

        :raise UserError: one is own funds, or claimed already
        """
        for share in self:
            if not share.agreement_id or share.frozen:
                raise UserError(
                    self.env._(
                        "%(share)s cannot be claimed: it is own funds, or was claimed already.",
                        share=share.display_name,
                    )
                )
        # sudo: nobody types what is claimed
        self.sudo().frozen = True
        self.sudo().cost_id._note_kept()

    def _thaw(self):
        """The claim of these was returned or withdrawn: they follow the facts again."""
        # sudo: see _freeze
        shares = self.sudo()
        # these took part only while something of theirs was claimed
        archived = shares.agreement_id.filtered(lambda agreement: not agreement.active)
        shares.write({"frozen": False, "amount_rejected": 0.0})
        self._part_freed()
        archived._funding_terms_changed()

    def _reject(self, amounts):
        """What the funder did not admit, whatever it said before.

        :param amounts: dict share -> amount, between 0 and what was claimed
        :raise UserError: one is not claimed, or less was asked than is rejected
        """
        for share, amount in amounts.items():
            low, high = sorted((0.0, share.amount))
            compare = share.currency_id.compare_amounts
            if not share.frozen or compare(amount, low) < 0 or compare(amount, high) > 0:
                raise UserError(
                    self.env._(
                        "Of %(share)s no more can be rejected than the %(amount)s that were"
                        " claimed.",
                        share=share.display_name,
                        amount=share.currency_id.format(share.amount),
                    )
                )
            # sudo: see _freeze
            share.sudo().amount_rejected = amount
        self.browse([share.id for share in amounts])._part_freed()

    def _part_freed(self):
        """What others were given in place of these may be more than there is now."""
        # sudo: parting reads files that who makes claims does not
        self.sudo().cost_id._part_at_once(freed=True)

    # === PARTING ===#

    def _get_key(self):
        self.ensure_one()
        return tuple(
            self[name] if name in ("date_paid", "reason") else self[name].id or None for name in KEY
        )

    def _to_frozen(self):
        """These claimed shares as list of ``funding.Frozen``."""
        return [
            funding.Frozen(
                cost=share.cost_id.id,
                date=share.date_paid,
                agreement=share.agreement_id.id,
                amount=to_decimal(share.amount),
                rejected=to_decimal(share.amount_rejected),
                heading=share.heading_id.id or None,
            )
            for share in self
        ]

    @api.model
    def _insert(self, rows):
        """All of these shares in one query; the triggers check them like any other.

        :param rows: list of (the fields of ``KEY``, amount, cost, id of the origin or ``None``)
        """
        if not rows:
            return
        self.env["coworking.cost"].flush_model()
        self.flush_model()
        now = fields.Datetime.now()
        values = [
            (
                *key,
                amount,
                cost.program_id.id,
                cost.company_id.id,
                cost.participant_id.id or None,
                origin,
                *(0, False, self.env.uid, now, self.env.uid, now),
            )
            for *key, amount, cost, origin in rows
        ]
        self.env.cr.execute_values(INSERT, values, page_size=len(values))
        self.env["coworking.cost"].invalidate_model(["allocation_ids", "allocation_version"])
        self.invalidate_model()

    # === ACTION METHODS ===#

    def action_place(self):
        """Give this share, or a part of it, to another funder or to own funds, with a reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Place"),
            "res_model": "coworking.allocation.place",
            "view_mode": "form",
            "target": "new",
            "context": {"default_allocation_id": self.id},
        }
