"""Funders never take part in more than was paid, when two people part the same cost at once."""

from psycopg2.errors import CheckViolation, SerializationFailure

from odoo import Command

from ...reliability.common import RaceCase


class TestRaces(RaceCase):
    @classmethod
    def _make(cls, env):
        super()._make(env)
        company = env.ref("base.main_company")
        funder = env["res.partner"].create({"name": "Race funder", "is_company": True})
        agreement = env["coworking.funding.agreement"].create(
            {
                "reference": "RACE",
                "partner_id": funder.id,
                "company_id": company.id,
                "program_ids": [Command.set(cls.ids["program"])],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "amount_granted": 1000.0,
            }
        )
        cost = env["coworking.cost"].create(
            {
                "name": "Race",
                "kind": "direct",
                "program_id": cls.ids["program"][0],
                "date": "2015-06-01",
                "date_from": "2015-06-01",
                "date_to": "2015-06-30",
                "amount": 100.0,
                "paid_amount": 100.0,
            }
        )
        cls.ids |= {"agreement": agreement.ids, "funder": funder.ids, "cost": cost.ids}

    @classmethod
    def _remove(cls):
        with cls.commit() as env:
            env["coworking.cost"].browse(cls.ids["cost"]).unlink()
            env["coworking.funding.agreement"].browse(cls.ids["agreement"]).unlink()
            env["coworking.cost.change"].search([("program_id", "in", cls.ids["program"])]).unlink()
            env["res.partner"].browse(cls.ids["funder"]).unlink()
        super()._remove()

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
