"""What one more line of a bill costs, however many names and amounts are wrong."""

from unittest.mock import patch

from odoo import Command

from odoo.addons.coworking_incubation import matching
from odoo.addons.coworking_incubation.models.matching.bill_matcher import BillMatcher

from ..common import d
from .common import MatchingCase

FEW, MANY = 6, 12


class TestLargeBills(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.space.seat_capacity = MANY
        cls.names = [f"Camille {'ABCDEFGHIJKL'[number]}aron" for number in range(MANY)]
        for name in cls.names:
            cls._new_seat("1/6", "30/6", name)
        cls.statement = cls._settle()

    def _measure(self, lines, function=None):
        """Queries, and calls of a function, that a bill of these lines takes to be matched."""
        Matching = self.env["coworking.matching"]
        with patch.object(type(Matching), "_match_bills"):
            bill = self._receive(*lines)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        name = function or "plain"
        with patch.object(matching, name, wraps=getattr(matching, name)) as called:
            Matching._match_bills(bill)
        self.env.flush_all()
        queries = self.env.cr.sql_log_count - before
        self.assertSumsHold(bill)
        matches = self._matches(bill)
        bill.button_cancel()
        return queries, called.call_count, matches

    def test_queries_are_those_of_a_small_bill_whose_amounts_are_all_wrong(self):
        counts = []
        for count in (2, FEW, MANY):  # the first bill reads what a process reads once
            lines = [(name, 90.5 + number) for number, name in enumerate(self.names[:count])]
            queries, _calls, _matches = self._measure(lines)
            counts.append(queries)
        self.assertLessEqual(counts[2], counts[1])

    def test_names_nobody_knows_are_read_line_by_line_and_not_once_a_charge(self):
        calls = []
        for count in (2, FEW, MANY):
            lines = [(f"Zoé Z{'abcdefghijkl'[number]}z", 1.5 + number) for number in range(count)]
            calls.append(self._measure(lines)[1])
        self.assertLess(
            (calls[2] - calls[1]) / (MANY - FEW), MANY, "reads of a text that one more line costs"
        )

    def test_lines_that_are_parted_are_not_compared_each_with_each(self):
        bill = self._bill(self.statement)
        bill.invoice_date = d("3/7")
        calls = []
        for count in (FEW, MANY):
            parted = [
                command
                for line in bill.invoice_line_ids[:count]
                for command in (
                    Command.update(line.id, {"price_unit": line.price_unit - 5.0}),
                    Command.create(
                        {
                            "name": line.name,
                            "price_unit": 5.0,
                            "tax_ids": [Command.set(line.tax_ids.ids)],
                        }
                    ),
                )
            ]
            with patch.object(
                BillMatcher, "_filter_named", autospec=True, side_effect=BillMatcher._filter_named
            ) as called:
                bill.invoice_line_ids = parted
            calls.append(called.call_count)
            self.assertEqual(set(self._matches(bill).mapped("gap")), {0.0})
        self.assertLess((calls[1] - calls[0]) / (MANY - FEW), FEW, calls)

    def test_the_text_of_a_bill_is_read_once_however_many_months_its_operator_has(self):
        self._new_seat("1/1", "31/12", "Camille Zaron", self.tariff_b)
        self.space_b.operator_id = self.space.operator_id
        texts = []
        for month in ("1/1", "1/2", "1/3", "1/4"):
            self._settle(d(month))
            with patch.object(matching, "plain", wraps=matching.plain) as plain:
                bill = self._receive(("Camille Zaron", 140.0), invoice_date=d("3/7"))
                texts.append(sum(" \n " in call.args[0] for call in plain.call_args_list))
            bill.button_cancel()
        self.assertEqual(len(set(texts)), 1, texts)

    def test_of_all_that_an_operator_may_bill_only_what_is_compared_is_read(self):
        Matching = self.env["coworking.matching"]
        with patch.object(type(Matching), "_match_bills"):
            bill = self._receive((self.names[0], 100.0))
        self.env.flush_all()
        self.env.invalidate_all()
        matcher = BillMatcher(bill, Matching._get_spaces_of(bill)[bill])
        matcher._read_charges(bill.invoice_line_ids)
        self.assertEqual(len(matcher.known), MANY)
        for records, name in (
            (matcher.known, "explanation"),
            (matcher.statements, "dispute_reason"),
            (matcher.known.seat_id, "date_start"),
            (matcher.known.seat_id.partner_id, "email"),
        ):
            read = records._fields[name]._get_cache(self.env)
            self.assertFalse(read.keys() & set(records.ids), name)

    def test_sums_are_searched_once_for_all_lines(self):
        lines = [(f"Zoé Z{'abcdefghijkl'[number]}z", 1.5 + number) for number in range(MANY)]
        few = self._measure(lines[:FEW], "_combinations")[1]
        self.assertEqual(few, self._measure(lines, "_combinations")[1])

    def test_one_line_may_be_more_charges_than_odoo_inserts_at_a_time(self):
        """The sums held at the end of each hundred, and a large bill with a gap was refused."""
        with patch("odoo.orm.models.INSERT_BATCH_SIZE", 3):
            bill = self._receive(("Places de juin", 1000.0), invoice_date=d("3/7"))
        self.assertSumsHold(bill)
        self.assertEqual(self._matches(bill).charge_id, self.statement.charge_ids)
        with patch.object(type(self.env.cr), "IN_MAX", 3):
            self._matches(bill).unlink()
        with self.assertRefused("The matches of a bill line"):
            self.env["coworking.match"].create(
                [
                    {
                        "statement_id": self.statement.id,
                        "move_line_id": bill.invoice_line_ids.id,
                        "invoiced": amount,
                    }
                    for amount in (1001.0, -0.5)
                ]
            )
