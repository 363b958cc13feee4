"""A programme with one funder of 1,000.00 and an expense of 100.00, committed."""

from odoo import Command

from ..reliability.common import RaceCase

PAID = {"paid_amount": 100.0, "payments": [["2015-07-20", "100.00"]]}


class FundingRaceCase(RaceCase):
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
        env["coworking.funding.heading"].create(
            {"agreement_id": agreement.id, "name": "Direct", "kind": "direct"}
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
