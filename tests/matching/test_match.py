from odoo import Command

from ..common import JULY, CoworkingCase, d


class TestGenerated(CoworkingCase):
    """Bills made from a statement are matched with it, line by line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/6", "31/7")
        cls.other = cls._new_seat("16/6", "31/7", "Farid")
        cls.statement = cls._settle()
        cls.bill = cls._bill(cls.statement)

    def test_each_line_pays_its_charge(self):
        self.assertRecordValues(
            self.statement.match_ids.sorted("charge_id"),
            [
                {
                    "charge_id": line.coworking_charge_id.id,
                    "seat_id": line.coworking_charge_id.seat_id.id,
                    "move_line_id": line.id,
                    "move_id": self.bill.id,
                    "company_id": self.company.id,
                    "origin": "generated",
                    "expected": line.coworking_charge_id.payable_total,
                    "invoiced": line.price_total,
                    "gap": 0.0,
                    "cause": False,
                    "decision": "matched",
                }
                for line in self.bill.invoice_line_ids.sorted("coworking_charge_id")
            ],
        )

    def test_the_statement_shows_what_was_invoiced(self):
        self.assertRecordValues(
            self.statement,
            [
                {
                    "invoiced_amount": 270.0,
                    "gap_amount": 0.0,
                    "bill_ids": self.bill.ids,
                    "bill_id": self.bill.id,
                    "state": "billed",
                }
            ],
        )

    def test_a_cancelled_bill_pays_nothing(self):
        self.bill.button_cancel()
        self.assertFalse(self.statement.match_ids)
        self.assertRecordValues(
            self.statement, [{"invoiced_amount": 0.0, "gap_amount": 0.0, "state": "confirmed"}]
        )

    def test_a_deleted_bill_pays_nothing(self):
        self.bill.unlink()
        self.assertFalse(self.statement.match_ids)
        self.assertRecordValues(
            self.statement, [{"invoiced_amount": 0.0, "gap_amount": 0.0, "state": "confirmed"}]
        )

    def test_a_bill_that_is_a_draft_again_is_to_be_decided_again(self):
        self.bill.invoice_date = d("2/7")
        self.bill.action_post()
        self.assertEqual(set(self.statement.match_ids.mapped("decision")), {"matched"})
        self.bill.button_draft()
        self.assertEqual(set(self.statement.match_ids.mapped("decision")), {False})
        self.assertEqual(self.statement.invoiced_amount, 270.0)

    def test_a_line_that_was_parted_pays_its_charge_with_what_was_parted_from_it(self):
        """As an accountant does who books a part of a seat on another account."""
        line = self.bill.invoice_line_ids.filtered(
            lambda row: row.coworking_charge_id.seat_id == self.seat
        )
        parted = {
            "name": line.name,
            "product_id": line.product_id.id,
            "tax_ids": [Command.set(line.tax_ids.ids)],
        }
        price = line.price_unit
        self.bill.invoice_date = d("3/7")
        self.bill.invoice_line_ids = [
            Command.update(line.id, {"price_unit": price - 30.0}),
            Command.create({**parted, "price_unit": 30.0}),
        ]
        matches = self.env["coworking.match"].search([("seat_id", "=", self.seat.id)])
        self.assertEqual(sorted(matches.mapped("expected")), [36.0, 144.0])
        self.assertEqual(matches.mapped("gap"), [0.0, 0.0])
        self.assertEqual((self.statement.gap_amount, self.bill.amount_total), (0.0, 270.0))
        # more than it was is no part of it
        (self.bill.invoice_line_ids - line)[-1].price_unit = 40.0
        self.assertEqual(self.statement.gap_amount, 12.0)

    def test_a_line_that_is_worth_nothing_any_more_pays_nothing(self):
        """As where a space gives a month away, or takes somebody off its bill."""
        line = self.bill.invoice_line_ids.filtered(
            lambda row: row.coworking_charge_id.seat_id == self.other
        )
        self.bill.invoice_date = d("3/7")
        for name, none, all_of_it in (
            ("discount", 100.0, 0.0),
            ("price_unit", 0.0, line.price_unit),
            ("quantity", 0.0, 1.0),
        ):
            with self.subTest(name):
                self.bill.invoice_line_ids = [Command.update(line.id, {name: none})]
                self.env.flush_all()
                self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
                self.assertRecordValues(self.statement.match_ids, [{"seat_id": self.seat.id}])
                self.assertRecordValues(
                    self.statement, [{"invoiced_amount": 180.0, "gap_amount": -90.0}]
                )
                self.assertEqual(self.env["coworking.books"]._check(self.company), [])
                self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")
                self.bill.invoice_line_ids = [Command.update(line.id, {name: all_of_it})]
                self.assertRecordValues(
                    self.statement, [{"invoiced_amount": 270.0, "gap_amount": 0.0}]
                )

    def test_corrections_below_zero_are_matched_with_their_credit_note(self):
        self.bill.button_cancel()
        self.seat.date_end = d("30/6")
        self.other.date_end = d("30/6")
        self.seat.date_start = d("16/6")
        statement = self._settle(JULY)
        self._bill(statement)
        self.assertRecordValues(
            statement.match_ids,
            [{"expected": -90.0, "invoiced": -90.0, "gap": 0.0, "decision": "matched"}],
        )


class TestSums(CoworkingCase):
    """The database holds the sums, whoever writes what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_seat("1/6", "30/6")
        cls.statement = cls._settle()
        cls.bill = cls._bill(cls.statement)
        cls.match = cls.statement.match_ids

    def assertSumRefused(self, who, **values):
        with self.assertRefused(f"The matches of a {who}"):
            self.env["coworking.match"].create({"statement_id": self.statement.id, **values})

    def test_a_charge_is_never_expected_twice(self):
        self.assertSumRefused("charge", charge_id=self.match.charge_id.id, expected=0.01)

    def test_nor_by_a_default_of_the_call(self):
        matches = self.env["coworking.match"].with_context(
            default_charge_id=self.match.charge_id.id, default_statement_id=self.statement.id
        )
        with self.assertRefused("The matches of a charge"):
            matches.create({"expected": 0.01})

    def test_nor_more_than_once_by_a_write(self):
        with self.assertRefused("The matches of a charge"):
            self.match.expected = 180.01

    def test_a_line_never_pays_more_than_it_says(self):
        line = self.match.move_line_id
        self.assertSumRefused("bill line", move_line_id=line.id, invoiced=0.01)

    def test_nor_less_than_nothing(self):
        with self.assertRefused("The matches of a bill line"):
            self.match.invoiced = -0.01
        with self.assertRefused("The matches of a charge"):
            self.match.expected = -0.01

    def test_parts_up_to_the_whole_are_right(self):
        self.match.write({"expected": 100.0, "invoiced": 100.0})
        self.match.copy({"expected": 80.0, "invoiced": 80.0})
        self.env.flush_all()
        self.assertEqual(self.statement.invoiced_amount, 180.0)

    def test_a_match_is_about_something(self):
        with self.assertRefused("a charge, a bill line, or both"):
            self.env["coworking.match"].create({"statement_id": self.statement.id})
