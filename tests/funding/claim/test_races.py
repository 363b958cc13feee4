"""Two people send, or make, a claim at once: real transactions."""

import base64

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo.exceptions import UserError

from ..races import PAID, FundingRaceCase


class TestClaimRaces(FundingRaceCase):
    @classmethod
    def _make(cls, env):
        super()._make(env)
        cost = env["coworking.cost"].browse(cls.ids["cost"])
        cost.write(PAID)
        env["coworking.cost.change"].search([("program_id", "in", cls.ids["program"])]).unlink()
        cost._allocate_programs(cost.program_id)

    @classmethod
    def _remove(cls):
        cls._forget_claims()
        super()._remove()

    @classmethod
    def _forget_claims(cls):
        """What was sent stays: only without the triggers it goes."""
        tables = ("coworking_claim_sending", "coworking_claim_line", "coworking_claim")
        with cls.commit() as env:
            for table in (*tables, "coworking_allocation"):
                env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            claims = "SELECT id FROM coworking_claim WHERE agreement_id = %s"
            for table in tables[:2]:
                env.cr.execute(
                    f"DELETE FROM {table} WHERE claim_id IN ({claims})", cls.ids["agreement"]
                )
            env.cr.execute(
                f"DELETE FROM coworking_claim WHERE id IN ({claims})", cls.ids["agreement"]
            )
            env.cr.execute(
                "UPDATE coworking_allocation SET frozen = FALSE WHERE cost_id = %s", cls.ids["cost"]
            )
            for table in (*tables, "coworking_allocation"):
                env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def tearDown(self):
        self._forget_claims()
        super().tearDown()

    def _claim(self, env):
        return env["coworking.claim"].create(
            {
                "agreement_id": self.ids["agreement"][0],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "certificate": base64.b64encode(b"%PDF-1.4"),
            }
        )

    def test_of_two_who_send_it_at_once_one_wins_and_the_other_is_told(self):
        with self.commit() as env:
            claim = self._claim(env)
            claim_id = claim.id
            self.assertEqual(claim.line_ids.mapped("amount"), [100.0])
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.claim"].browse(claim_id).action_submit()
            with self.assertRaises(SerializationFailure):
                b["coworking.claim"].browse(claim_id).action_submit()
        # as Odoo does
        with self.transaction() as again, self.assertRaises(UserError) as refused:
            again["coworking.claim"].browse(claim_id).action_submit()
        self.assertIn("RACE, claim 1 was sent on", str(refused.exception))
        with self.transaction() as env:
            self.assertEqual(len(env["coworking.claim"].browse(claim_id).sending_ids), 1)

    def test_of_two_who_make_one_at_once_only_one_has_the_expense(self):
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                self._claim(a)
            with self.assertRaises(UniqueViolation):
                self._claim(b)
                b.flush_all()
        with self.transaction() as again:
            self.assertFalse(self._claim(again).line_ids)

    def test_a_bill_that_changes_while_it_is_sent_starts_it_again(self):
        with self.commit() as env:
            claim_id = self._claim(env).id
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                cost = a["coworking.cost"].browse(self.ids["cost"])
                cost.write({"paid_amount": 50.0, "payments": [["2015-07-20", "50.00"]]})
                cost._allocate_programs(cost.program_id)
            with self.assertRaises(SerializationFailure):
                b["coworking.claim"].browse(claim_id).action_submit()
                b.flush_all()
        with self.commit() as env:
            cost = env["coworking.cost"].browse(self.ids["cost"])
            cost.write(PAID)
            cost._allocate_programs(cost.program_id)

    def test_a_rejection_that_is_typed_while_it_is_accepted_starts_again(self):
        with self.commit() as env:
            claim = self._claim(env)
            claim.action_submit()
            claim_id, line_id = claim.id, claim.line_ids.id
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                a["coworking.claim"].browse(claim_id).action_accept()
            with self.assertRaises(SerializationFailure):
                b["coworking.claim.line"].browse(line_id).write(
                    {"amount_admitted": 50.0, "admission_reason": "Not eligible"}
                )
                b.flush_all()
        with self.transaction() as env:
            claim = env["coworking.claim"].browse(claim_id)
            self.assertEqual((claim.amount_admitted, claim.amount_rejected), (100.0, 0.0))
            self.assertEqual(claim.line_ids.amount_admitted, 100.0)
