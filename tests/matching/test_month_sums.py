"""What bills of a month come to, whatever was settled of them and however."""

from odoo.tools import SQL

from odoo.addons.coworking_incubation.models.matching.coworking_month_line import (
    BEFORE_LINES,
    SETTLED,
    UNPAID_OF_ALL,
    UNPAID_OF_BILLS,
)

from ..common import d
from .common import MatchingCase


class TestUnpaid(MatchingCase):
    """Bills that something else than money settled: their lines are paid by none of it."""

    def setUp(self):
        super().setUp()
        people = ("Camille", "Dominique", "Sacha", "Louison")
        for name in people:
            self._new_seat("1/6", "30/6", name)
        self.statement = self._settle()
        self.paid, self.credited, self.left, self.discounted = (
            self._receive((name, 180.0), ref=f"F-{name}") for name in people
        )
        (self.paid | self.credited | self.left | self.discounted).action_post()
        self.bank = self._new_bank()
        self._pay(self.paid)
        self._pay(
            self.discounted,
            amount=176.4,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.accounts["income"].id,
        )
        self.credited._reverse_moves([{"invoice_date": d("5/7"), "ref": "A-1"}], cancel=True)

    def _pay(self, bill, **values):
        context = {"active_model": "account.move", "active_ids": bill.ids}
        self.env["account.payment.register"].with_context(**context).create(
            {"payment_date": d("10/7"), "journal_id": self.bank.id, **values}
        )._create_payments()

    def _find(self, query):
        self.env.flush_all()
        statements = SQL("coworking_statement")
        return {move_id for (move_id,) in self.env.execute_query(SQL(query, statements=statements))}

    def test_they_are_the_same_found_bill_by_bill_and_among_all(self):
        bills = self._find(f"WITH {BEFORE_LINES} SELECT move_id FROM bills")
        own = self.paid | self.credited | self.left | self.discounted
        self.assertLessEqual(set(own.ids), bills)
        unpaid = self._find(UNPAID_OF_ALL) & bills
        self.assertEqual(unpaid & set(own.ids), {self.credited.id, self.discounted.id})
        # one by one, of those that look paid alone: the others are none, whatever settled them
        settled = self._find(f"SELECT id FROM account_move move WHERE {SETTLED}")
        found = self._find(f"WITH {BEFORE_LINES} {UNPAID_OF_BILLS}")
        self.assertEqual(found, unpaid & settled)
        self.assertIn(self.discounted.id, found)

    def test_the_sums_are_those_of_the_lines_one_by_one(self):
        line = self.env["coworking.month.line"]
        rows = line._sum_by_month([("statement_id", "=", self.statement.id)])
        sums = [sum(row[name] for row in rows) for name in ("amount_paid", "amount_written_off")]
        self.assertEqual([str(amount) for amount in sums], ["356.40", "3.60"])

    def test_how_many_groups_there_are_is_told_with_those_that_are_shown(self):
        lines = self.env["coworking.month.line"]
        read = {}
        for limit in (4, 80, 3):  # the first warms up
            before = self.env.cr.sql_log_count
            found = lines.web_read_group(
                [("statement_id", "=", self.statement.id)],
                ["participant_id"],
                ["expected:sum"],
                limit=limit,
            )
            read[limit] = found["groups"], found["length"], self.env.cr.sql_log_count - before
        (groups, length, queries), (few, told, asked) = read[80], read[3]
        self.assertEqual((length, few), (4, groups[:3]))
        self.assertEqual((told, asked), (length, queries))

    def test_months_that_odoo_adds_between_those_with_lines_are_counted_too(self):
        filled = {"fill_from": "2015-05-01", "fill_to": "2015-08-31"}
        lines = self.env["coworking.month.line"].with_context(fill_temporal=filled)
        domain = [("statement_id", "=", self.statement.id)]
        found = lines.web_read_group(domain, ["date_from:month"])
        self.assertEqual((found["length"], len(found["groups"])), (4, 4))
        self.assertEqual(sum(group["__count"] for group in found["groups"]), 4)


class TestMonthsOfPrograms(MatchingCase):
    """Programs run in months of their own."""

    def test_in_its_months_all_statements_of_a_program_are_expected(self):
        """Expected as if months knew nothing of programs, these were a quarter of them all."""
        other = self._new_program("Another", "ANOTHER")
        self.env.cr.execute(
            """INSERT INTO coworking_statement
                      (program_id, space_id, company_id, state, date_from)
               SELECT (ARRAY[%s, %s])[1 + month / 12], %s, %s, 'cancelled',
                      (DATE '1990-01-01' + make_interval(months => month))::date
                 FROM GENERATE_SERIES(0, 23) AS month, GENERATE_SERIES(1, 200)""",
            [self.program.id, other.id, self.space.id, self.company.id],
        )
        self.env.cr.execute("ANALYZE coworking_statement")
        found = self.env["coworking.statement"]._search(
            [
                ("program_id", "=", self.program.id),
                ("date_from", ">=", "1990-01-01"),
                ("date_from", "<=", "1990-12-01"),
            ]
        )
        ((plan,),) = self.env.execute_query(SQL("EXPLAIN (FORMAT JSON) %s", found.select()))
        self.assertAlmostEqual(plan[0]["Plan"]["Plan Rows"], 2400, delta=120)
