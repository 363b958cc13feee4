"""A claim of ten times as many lines takes as many queries."""

import base64

from ...common import d
from .common import PDF, ClaimCase

FEW, MANY = 20, 200


class TestQueries(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 50.0, amount_granted=1000000.0)
        cls._admit_direct(cls.agreement)

    def _measure(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        result = act()
        self.env.flush_all()
        return self.cr.sql_log_count - before, result

    def _go_through(self, count, month):
        """Queries of each step of a claim of so many lines."""
        bill = self._new_direct(*[("Printing", 33.33)] * count, day=f"3/{month}")
        self._pay(bill, day=f"20/{month}")
        self._refresh()
        self._attach(bill)
        steps = {}
        steps["made"], claim = self._measure(
            lambda: self.claims.create(
                {
                    "agreement_id": self.agreement.id,
                    "date_from": d(f"1/{month}"),
                    "date_to": d(f"28/{month}"),
                    "certificate": base64.b64encode(PDF),
                    "open_months_reason": "What is open is small",
                }
            )
        )
        self.assertEqual(len(claim.line_ids), count)
        for name, act in (
            ("looked at", lambda: claim.read(["gap_count", "has_changed", "earlier_amount"])),
            ("refreshed", claim.action_refresh),
            ("sent", claim.action_submit),
            ("returned", lambda: claim._return("Once more")),
            ("sent again", claim.action_submit),
            ("all admitted", claim.action_admit_all),
            ("a part taken off", lambda: claim._correct(5.0, "Late")),
            ("accepted", claim.action_accept),
            ("workbook", claim._make_workbook),
        ):
            steps[name], _result = self._measure(act)
        self._check_as_committed()
        return steps

    def test_they_do_not_grow_with_the_lines(self):
        self._go_through(2, 2)  # what is read once for all
        few, many = self._go_through(FEW, 3), self._go_through(MANY, 4)
        for name, count in few.items():
            with self.subTest(step=name):
                # what PostgreSQL is told by the thousand may take one more
                self.assertLessEqual(many[name], count + 2, f"{name}: {few} {many}")
