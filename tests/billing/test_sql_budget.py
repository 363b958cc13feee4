"""What one more seat costs in SQL queries, which no noise of a machine can blur.

Between 50 and 100 seats of one space the number of statements and bills is the same, so a query a
seat would show as 1.0. What is left are the batches of rows that Odoo writes.
"""

from odoo import Command

from ..common import JULY, CoworkingCase, d

FEW, MANY = 50, 100
BUDGET = 0.15


class TestSqlBudget(CoworkingCase):
    """50 people in one space, 100 in another, with all that can hang on a seat."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        cls.coordinator.group_ids |= cls.env.ref("coworking_incubation.group_coworking_accountant")
        warm_up = cls._new_space("Warm-up", "WARM")
        fee = cls._new_product("Fee")
        for space in cls.space | cls.space_b | warm_up:
            space.seat_capacity = MANY
            # Fiscal positions are looked for where the country is known.
            space.operator_id.country_id = cls.env.ref("base.fr")
            space.membership_ids = [
                Command.create({"date_start": "2015-01-01", "fee": 12.0, "product_id": fee.id})
            ]
        cls._people(cls._new_tariff("Warm-up", 95.55, warm_up), 2)
        cls._people(cls.tariff, FEW)
        cls._people(cls.tariff_b, MANY)
        # The first time reads what a process reads once.
        cls._month(warm_up).action_create_copayment_invoices()

    @classmethod
    def _people(cls, tariff, count):
        participants = cls.env["coworking.participant"].create(
            [
                {
                    "partner_name": f"{tariff.name} {number}",
                    "program_id": cls.program.id,
                    "date_entry": d("1/6"),
                    "suspension_ids": [
                        Command.create(
                            {
                                "date_from": d("6/7"),
                                "date_to": d("10/7"),
                                "reason": "Personal",
                            }
                        )
                    ],
                }
                for number in range(count)
            ]
        )
        cls.env["coworking.seat"].create(
            [
                {
                    "participant_id": participant.id,
                    "space_id": tariff.space_id.id,
                    "tariff_id": tariff.id,
                    "date_start": d("1/6"),
                    "date_end": d("31/7"),
                    "funding_ids": [Command.create({"date_from": JULY, "rate": 60.0, "cap": 90.0})],
                    "state": "confirmed",
                }
                for participant in participants
            ]
        )

    @classmethod
    def _statement(cls, space):
        """The month of July of a space, by somebody with the rights to and no more."""
        statements = cls.env["coworking.statement"].with_user(cls.coordinator)
        return statements._generate(
            cls.program.with_user(cls.coordinator), JULY, space.with_user(cls.coordinator)
        )

    @classmethod
    def _month(cls, space):
        statement = cls._statement(space)
        statement.action_confirm()
        statement.action_create_bill()
        return statement

    def _queries(self, act, *args):
        """How many queries it takes to do something and write it, starting from the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = act(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def assertBudget(self, act, budget=BUDGET):
        """``act`` on the space of 50 and on that of 100; it returns the statement."""
        few, first = self._queries(act, self.space)
        many, second = self._queries(act, self.space_b)
        seats = [len(statement.charge_ids.seat_id) for statement in (first, second)]
        self.assertEqual(seats, [FEW, MANY])
        marginal = (many - few) / (MANY - FEW)
        self.assertLessEqual(marginal, budget, f"{few} queries for 50 seats, {many} for 100")

    def test_a_month_from_its_forecasts(self):
        self.assertBudget(self._month)

    def test_a_month_without_forecasts(self):
        self.env["coworking.charge"].search(
            [("program_id", "=", self.program.id), ("state", "=", "forecast")]
        ).unlink()
        self.assertBudget(self._month)

    def test_a_month_generated_again(self):
        for space in self.space | self.space_b:
            self._statement(space)
        self.assertBudget(self._statement)

    def test_copayments(self):
        """One invoice a participant: few queries an invoice, where Odoo alone takes eight."""
        statements = {space: self._month(space) for space in self.space | self.space_b}

        def invoice(space):
            statements[space].action_create_copayment_invoices()
            return statements[space]

        self.assertBudget(invoice, budget=0.5)
        self.assertEqual(len(statements[self.space_b].copayment_invoice_ids), MANY)

    def test_lines_of_a_new_bill_are_inserted_as_they_stay(self):
        """Of what Odoo computes when lines are there, nothing is left for an update; its bill is
        updated by Odoo alone: what PostgreSQL notes of a bill that is matched is there from the
        start.
        """
        tables = ("account_move_line", "account_move", "coworking_statement")
        for space, seats in ((self.space, FEW), (self.space_b, MANY)):
            statement = self._statement(space)
            statement.action_confirm()
            before = {table: self._rows_updated(table) for table in tables}
            statement.action_create_bill()
            updated = [self._rows_updated(table) - before[table] for table in tables]
            self.assertGreaterEqual(len(statement.bill_id.invoice_line_ids), seats)
            self.assertEqual(updated, [0, 2, 2])

    def _rows_updated(self, table):
        """How many rows of a table this transaction updated so far."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = %s", [table]
        )
        return self.env.cr.fetchone()[0]
