"""Bills as they come, and what was matched of them."""

from odoo import Command
from odoo.tools import SQL

from odoo.addons.coworking_incubation.models.matching.coworking_month_line import (
    BEFORE_LINES,
    LINES_OF_STATEMENTS,
)

from ..common import CoworkingCase, d


def read_lines(env):
    """All lines of the month: as they are read at once for sums, and as the list shows them."""
    lines = env["coworking.month.line"]
    stored = [name for name, row in lines._fields.items() if row.store and row.column_type]
    names = SQL(", ").join(map(SQL.identifier, stored))
    statements = SQL("(SELECT id, date_from, operator_id FROM coworking_statement)")
    before = SQL(BEFORE_LINES, statements=statements)
    at_once = SQL(LINES_OF_STATEMENTS, statements=statements)
    return (
        env.execute_query(
            SQL("WITH %s SELECT %s FROM (%s) AS line ORDER BY id", before, names, at_once)
        ),
        env.execute_query(SQL("SELECT %s FROM coworking_month_line ORDER BY id", names)),
    )


class MatchingCase(CoworkingCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.space.seat_capacity = 20
        cls.tax_included = cls._new_tax("20% included", included=True)

    @classmethod
    def _receive(cls, *lines, move_type="in_invoice", space=None, tax=True, **values):
        """A bill of the operator as it came: ``lines`` are (text, amount with tax)."""
        return cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (space or cls.space).operator_id.id,
                "invoice_date": d("3/7"),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": text,
                            "quantity": 1.0,
                            "price_unit": amount,
                            "account_id": cls.accounts["expense"].id,
                            "tax_ids": [Command.set(cls.tax_included.ids if tax else [])],
                        }
                    )
                    for text, amount in lines
                ],
                **values,
            }
        )

    @staticmethod
    def _matches(bill):
        return bill.env["coworking.match"].search([("move_id", "=", bill.id)], order="id")

    def assertSumsHold(self, *bills):
        """What is matched of a bill is the bill, and of a statement no more than it owes."""
        for bill in bills:
            sign = -1 if bill.move_type == "in_refund" else 1
            self.assertAlmostEqual(
                sum(self._matches(bill).mapped("invoiced")), sign * bill.amount_total, 2
            )

    def assertCauses(self, bill, *expected):
        """(name of the person or False, cause, gap) of the rows that have a gap."""
        found = [
            (row.participant_id.partner_id.name, row.cause, row.gap)
            for row in self._matches(bill)
            if row.gap or row.cause
        ]
        self.assertEqual(sorted(found, key=str), sorted(expected, key=str))
