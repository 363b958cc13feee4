"""The demonstration's claims, every figure recomputed by SQL that knows nothing of the code."""

from collections import defaultdict
from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from ..reference import Reference, cents

# What the lines of each claim, and the shares that they are about, sum to.
SUMS = """
    SELECT claim.id, SUM(line.amount)::numeric(12, 2)::text,
           SUM(line.amount_admitted)::numeric(12, 2)::text, COUNT(*),
           SUM(share.amount)::numeric(12, 2)::text,
           SUM(share.amount - share.amount_rejected)::numeric(12, 2)::text
      FROM coworking_claim claim
      JOIN coworking_claim_line line ON line.claim_id = claim.id
      JOIN coworking_allocation share ON share.id = line.allocation_id
     WHERE claim.agreement_id = share.agreement_id
  GROUP BY claim.id
"""
# What was paid of the bills, by the reconciliation, and what became of it.
WHOLE = """
    SELECT (SELECT SUM(partial.amount)
              FROM account_partial_reconcile partial
              JOIN account_move_line item ON item.id = partial.credit_move_id
              JOIN account_move bill ON bill.id = item.move_id
             WHERE bill.move_type = 'in_invoice' AND EXISTS (
                   SELECT FROM coworking_statement statement
                    WHERE statement.id = bill.coworking_statement_id
                      AND statement.program_id = %(program)s)),
           (SELECT SUM(line.amount_admitted) FROM coworking_claim_line line
              JOIN coworking_claim claim ON claim.id = line.claim_id
              JOIN coworking_agreement_program_rel rel ON rel.agreement_id = claim.agreement_id
             WHERE rel.program_id = %(program)s),
           (SELECT SUM(amount) FROM coworking_allocation
             WHERE program_id = %(program)s AND agreement_id IS NULL)
"""


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    def _claims(self, *names):
        refs = [f"coworking_incubation.coworking_funding_agreement_{name}" for name in names]
        agreements = self.env["coworking.funding.agreement"].browse(
            [self.env.ref(ref).id for ref in refs]
        )
        return self.env["coworking.claim"].search(
            [("agreement_id", "in", agreements.ids)], order="id"
        )

    def test_three_claims_of_2015_are_admitted_but_for_a_line(self):
        claims = self._claims("mel_2015", "direccte_2015", "region_2015")
        self.assertEqual(len(claims), 3)
        self.assertLessEqual(set(claims.mapped("state")), {"accepted", "paid"})
        rejected = claims.line_ids.filtered("amount_rejected")
        self.assertEqual(len(rejected), 1)
        self.assertTrue(rejected.admission_reason)
        elsewhere = (
            claims.line_ids.filtered(lambda line: line.cost_id == rejected.cost_id) - rejected
        )
        self.assertTrue(elsewhere.allocation_id.filtered(lambda share: share.reason == "held"))

    def test_every_figure_is_that_of_the_rows(self):
        self.env.flush_all()
        self.env.cr.execute(SUMS)
        rows = self.env.cr.fetchall()
        self.assertTrue(rows)
        for claim_id, asked, admitted, count, shared, taken in rows:
            claim = self.env["coworking.claim"].browse(claim_id)
            self.assertEqual((f"{claim.amount_claimed:.2f}", claim.line_count), (asked, count))
            self.assertEqual(asked, shared)
            if claim.step == "accepted":
                self.assertEqual(f"{claim.amount_admitted:.2f}", admitted)
                rejected = Decimal(asked) - Decimal(admitted)
                self.assertEqual(f"{claim.amount_rejected:.2f}", str(rejected))
                self.assertEqual(admitted, taken)

    def test_each_claim_is_what_terms_charges_and_payments_give(self):
        """Counted anew from the rates, grants and ceilings, from what charges owe, from bills and
        the days of their payments.
        """
        program = self.env.ref("coworking_incubation.coworking_program_2015")
        reference = Reference(self.env, program)
        due = defaultdict(int)
        for (_item, agreement), amount in reference.shares.items():
            due[agreement] += amount
        claims = self._claims("mel_2015", "direccte_2015", "region_2015")
        for claim in claims:
            with self.subTest(claim=claim.name):
                self.assertEqual(cents(claim.amount_admitted), due[claim.agreement_id.id])
                found = defaultdict(int)
                for line in claim.line_ids:
                    charge = line.cost_id.charge_id
                    kind = charge.corrected_kind or charge.kind
                    key = (charge.period, charge.seat_id.id, kind), claim.agreement_id.id
                    found[key] += cents(line.amount_admitted)
                expected = {
                    key: amount
                    for key, amount in reference.shares.items()
                    if key[1] == claim.agreement_id.id and amount
                }
                self.assertEqual({key: one for key, one in found.items() if one}, expected)

    def test_claimed_and_own_funds_are_what_was_paid(self):
        program = self.env.ref("coworking_incubation.coworking_program_2015")
        self.env.flush_all()
        self.env.cr.execute(WHOLE, {"program": program.id})
        ((paid, admitted, own),) = self.env.cr.fetchall()
        self.assertEqual(round(paid, 2), round(admitted + own, 2))

    def test_the_current_one_misses_two_things(self):
        claim = self._claims("mel_current")
        self.assertEqual((claim.state, claim.gap_count), ("draft", 1))
        self.assertEqual(claim.gap_line_ids.missing_codes, "bill signature")
