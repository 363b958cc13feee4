"""What statements say of funders where one takes first: charge by charge, and without reading all
that was ever funded.
"""

from collections import defaultdict
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.coworking_incubation import pricing
from odoo.addons.coworking_incubation.tools import to_decimal

from ...billing import test_history_queries
from ...common import d


class TestTakenFirst(test_history_queries.TestFundingSplit):
    def _walk(self, charges):
        agreements = self.program.agreement_ids._in_order()
        granted = {agreement: to_decimal(agreement.amount_granted) for agreement in agreements}
        left, result = dict(granted), defaultdict(Decimal)
        everything = self.env["coworking.charge"].search(
            [("program_id", "=", self.program.id), ("state", "!=", "forecast")], order="period, id"
        )
        for charge in everything.filtered(lambda row: row.period <= max(charges.mapped("period"))):
            admitting = agreements.filtered(
                lambda row, charge=charge: row._admits_in(
                    charge.corrected_kind or charge.kind, charge.period
                )
            )
            rest, parts = to_decimal(charge.funded_amount), []
            for agreement in admitting.filtered(lambda row: row.method == "priority"):
                part = max(min(rest, left[agreement]), left[agreement] - granted[agreement])
                parts.append((agreement, part))
                rest -= part
            parts += pricing.split(
                rest,
                [
                    (agreement, to_decimal(agreement.rate), left[agreement])
                    for agreement in admitting.filtered(lambda row: row.method == "rate")
                ],
            )
            for agreement, amount in parts:
                if agreement:
                    left[agreement] -= amount
                if amount and charge in charges:
                    result[agreement or agreements.browse()] += amount
        return dict(result)

    def test_who_takes_first_takes_of_each_charge_in_turn_wherever_a_grant_ends(self):
        first = self._agree("P", 0.0, 0.0, method="priority", sequence=1)
        second = self._agree("Q", 0.0, 50.0, method="priority", sequence=2, date_from="2015-03-01")
        self._agree("A", 50.0, 900.0, sequence=4)
        self._agree("B", 33.33, 400.0, sequence=3, date_to="2015-07-31")
        for grants in ((0.0, 50.0), (61.37, 0.0), (180.0, 200.0), (700.01, 1.0), (9000.0, 10.0)):
            first.amount_granted, second.amount_granted = grants
            for statement in self.statements:
                with self.subTest(grants=grants, month=statement.date_from):
                    charges = statement.charge_ids
                    self.assertEqual(
                        dict(self.program._split_over_funders(charges)), self._walk(charges)
                    )

    def test_no_month_but_its_own_is_read_where_the_grant_lasts_or_ended_before(self):
        # January, in which nothing was taken before, gives back.
        first = self._agree("P", 0.0, 100_000.0, method="priority", date_from="2015-02-01")
        self._agree("A", 50.0, 100_000.0)
        last = self.statements.filtered(lambda row: row.date_from == d("1/8"))
        charge = self.env.registry["coworking.charge"]
        read = charge.search_fetch

        def read_no_month(rows, domain, *args, **kwargs):
            self.assertNotIn("period", str(domain), "history is read")
            return read(rows, domain, *args, **kwargs)

        with patch.object(charge, "search_fetch", read_no_month):
            self.assertIn("Funder P", last.funding_split)
            first.amount_used_before = 100_000.0
            last.invalidate_recordset(["funding_split"])
            self.assertNotIn("Funder P", last.funding_split)
            self.assertIn("Funder A", last.funding_split)
