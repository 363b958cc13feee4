"""A statement's bills and invoices are found by the one index that keeps them apart, however they
are asked for: by Odoo, by SQL of ours, by PostgreSQL as a statement is deleted. So are lines of
bills by their charge or their seat, each by its own.
"""

from psycopg2.errors import ForeignKeyViolation

from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from ..common import JULY, JUNE, CoworkingCase

INDEX = "account_move_coworking_once"


class TestDocumentsOfAStatement(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_seat("1/6")
        cls.statement = cls._settle(JUNE)
        cls.statement.action_create_bill()
        cls.env.flush_all()
        # Of a few bills PostgreSQL would read all, as it may have planned to before.
        cls.env.cr.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_custom_plan"
        )

    def assertByIndex(self, query, index=INDEX):
        self.env.cr.execute(SQL("EXPLAIN %s", query))
        self.assertIn(index, " ".join(line for (line,) in self.env.cr.fetchall()))

    def test_odoo_finds_them_by_the_index(self):
        many = list(range(self.statement.id, self.statement.id + 200))
        for domain in (
            Domain("coworking_statement_id", "=", self.statement.id),
            Domain("coworking_statement_id", "in", many),
            Domain("coworking_statement_id", "any", Domain("program_id", "=", self.program.id)),
            Domain("coworking_statement_id", "any!", Domain("program_id", "=", self.program.id)),
            Domain("coworking_statement_id.space_id.name", "ilike", self.space.name),
            Domain("coworking_statement_id", "!=", False),
        ):
            with self.subTest(str(domain)[:60]):
                self.assertByIndex(self.env["account.move"]._search(domain).subselect())

    def test_lines_are_found_by_their_charge_and_by_their_seat(self):
        lines = self.env["account.move.line"]
        charges, seats = self.statement.charge_ids, self.statement.charge_ids.seat_id
        for name, records in (("charge", charges), ("seat", seats)):
            for domain in (
                Domain(f"coworking_{name}_id", "in", [*range(records.id, records.id + 200)]),
                Domain(f"coworking_{name}_id", "!=", False),
                Domain(f"coworking_{name}_id.space_id", "=", self.space.id),
            ):
                with self.subTest(str(domain)[:60]):
                    index = f"account_move_line_coworking_{name}_idx"
                    self.assertByIndex(lines._search(domain).subselect(), index)
        self.assertEqual(
            lines.search([("coworking_charge_id", "in", charges.ids)]),
            self.statement.bill_id.invoice_line_ids,
        )

    def test_so_does_postgresql_as_a_charge_goes(self):
        open_month = self._generate(JULY)
        before = self._count_scans("account_move_line")
        open_month.charge_ids.unlink()
        self.env.flush_all()
        self.assertEqual(self._count_scans("account_move_line"), before)

    def test_those_of_no_statement_are_found_as_before(self):
        bill = self.statement.bill_id
        stranger = bill.copy({"coworking_statement_id": False})
        for operator, value, expected in (
            ("in", [False], stranger),
            ("in", [False, self.statement.id], bill | stranger),
            ("not in", [self.statement.id], stranger),
            ("not in", [False], bill),
            ("not in", [False, self.statement.id], bill.browse()),
            ("not any", [("id", "=", self.statement.id)], stranger),
        ):
            with self.subTest(f"{operator} {value}"):
                found = Domain("coworking_statement_id", operator, value)
                self.assertEqual(
                    bill.search(found & Domain("id", "in", (bill | stranger).ids)), expected
                )

    def test_so_does_postgresql_as_one_is_deleted_or_kept(self):
        empty = self._generate(JULY)
        empty.charge_ids.unlink()
        self.env.flush_all()
        delete = "DELETE FROM coworking_statement WHERE id = %s"
        before = self._count_scans()
        self.env.cr.execute(delete, [empty.id])
        with (
            self.assertRaises(ForeignKeyViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(delete, [self.statement.id])
        self.assertEqual(self._count_scans(), before)

    def _count_scans(self, table="account_move"):
        """How often all bills, or all their lines, were read."""
        self.env.cr.execute(
            "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = %s", [table]
        )
        return self.env.cr.fetchall()
