"""Funders never take part in more than was paid, when two people part the same cost at once."""

from psycopg2.errors import CheckViolation, SerializationFailure

from ..races import PAID, FundingRaceCase


class TestRaces(FundingRaceCase):
    @classmethod
    def _make(cls, env):
        super()._make(env)
        cost = env["coworking.cost"].browse(cls.ids["cost"])
        cost.paid_amount = 100.0
        other = cost.copy({"name": "Race again", "paid_amount": 0.0})
        cls.ids["cost"] = (cost | other).ids

    def tearDown(self):
        with self.commit() as env:
            env["coworking.allocation"].search([("cost_id", "in", self.ids["cost"])]).unlink()
        super().tearDown()

    def _take(self, env, amount):
        share = env["coworking.allocation"].create(
            {
                "cost_id": self.ids["cost"][0],
                "agreement_id": self.ids["agreement"][0],
                "program_id": self.ids["program"][0],
                "company_id": env.ref("base.main_company").id,
                "amount": amount,
                "reason": "rate",
                "date_paid": "2015-07-20",
            }
        )
        env.flush_all()
        return share

    def test_of_two_who_part_a_cost_at_once_the_second_starts_again(self):
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                self._take(a, 60.0)
            with self.assertRaises(SerializationFailure):
                self._take(b, 60.0)

    def _pay_and_part(self, env, number):
        cost = env["coworking.cost"].browse(self.ids["cost"][number])
        cost.write(PAID)
        cost._allocate_programs(cost.program_id)
        env.flush_all()

    def test_of_two_who_draw_on_one_grant_at_once_the_second_starts_again(self):
        """Different costs, 50.00 left: each alone would have taken them."""
        with self.commit() as env:
            agreement = env["coworking.funding.agreement"].browse(self.ids["agreement"])
            agreement.write({"rate": 100.0, "amount_granted": 50.0})
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                self._pay_and_part(a, 0)
            with self.assertRaises(SerializationFailure):
                self._pay_and_part(b, 1)
        with self.commit() as b:
            self._pay_and_part(b, 1)
            taken = b["coworking.allocation"].search(
                [("agreement_id", "in", self.ids["agreement"])]
            )
            self.assertEqual(sum(taken.mapped("amount")), 50.0)

    def test_and_then_finds_that_it_is_too_much(self):
        with self.commit() as a:
            self._take(a, 60.0)
        with self.transaction() as b:
            self._take(b, 60.0)
            with self.assertRaises(CheckViolation):
                b.cr.commit()

    def test_on_the_way_it_may_be_more(self):
        with self.commit() as a:
            share = self._take(a, 60.0)
            self._take(a, 60.0)
            share.unlink()
        with self.transaction() as b:
            shares = b["coworking.allocation"].search([("cost_id", "in", self.ids["cost"])])
            self.assertEqual(sum(shares.mapped("amount")), 60.0)
