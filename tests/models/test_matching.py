"""Bills that come by themselves are matched with what was expected, and every gap has a name."""

from odoo import Command

from ..common import CoworkingCase, d

NAMES = (
    "Aline Adam",
    "Bruno Blanc",
    "Chloé Caron",
    "David Duval",
    "Elsa Evrard",
    "Farid Fontaine",
    "Gaëlle Girard",
    "Hugo Henry",
    "Inès Imbert",
    "Jules Jacquet",
    "Karim Klein",
    "Léa Lambert",
)


class MatchingCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
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


class TestTwelveSeats(MatchingCase):
    """Twelve seats at 180.00, and an invoice with three planted errors."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tariff.price_ids[0].price = 170.0
        cls.tariff.price_ids = [Command.create({"date_start": "2015-04-01", "price": 180.0})]
        seats = cls.env["coworking.seat"]
        for name in NAMES[:9]:
            seats |= cls._new_seat("1/4", "31/8", name)
        # One began in the middle of the month; she was billed from the first: +90.00
        seats |= cls._new_seat("16/6", "31/8", NAMES[9])
        # One has a desk of another tariff, billed at the old price: -15.00
        other = cls._new_tariff("Fixed", 225.0, prices=[("2015-05-01", 240.0)], seat_type="fixed")
        seats |= cls._new_seat("1/5", "31/8", NAMES[10], other)
        # One left in May, and was billed: +180.00
        cls.gone = cls._new_seat("1/4", "31/5", NAMES[11])
        cls.seats = seats
        cls.statement = cls._settle()
        cls.expected = 9 * 180.0 + 90.0 + 240.0

    def _lines(self):
        lines = [(f"Place de {name}", 180.0) for name in NAMES[:9]]
        lines.append((f"Place de {NAMES[9]}", 180.0))
        lines.append((f"Place de {NAMES[10]}", 225.0))
        lines.append((f"Place de {NAMES[11]}", 180.0))
        return lines

    def test_by_lines_each_error_is_named_on_its_line(self):
        bill = self._receive(*self._lines(), ref="F-1")
        self.assertCauses(
            bill,
            (NAMES[9], "start_day", 90.0),
            (NAMES[10], "price", -15.0),
            (NAMES[11], "departed", 180.0),
        )
        self.assertEqual(self.statement.gap_amount, 255.0)
        self.assertSumsHold(bill)

    def test_as_a_single_total_the_three_errors_are_found(self):
        bill = self._receive(("Coworking juin 2015", self.expected + 255.0), ref="F-1")
        self.assertCauses(
            bill,
            (NAMES[9], "start_day", 90.0),
            (NAMES[10], "price", -15.0),
            (NAMES[11], "departed", 180.0),
        )
        self.assertEqual(self.statement.gap_amount, 255.0)
        self.assertSumsHold(bill)

    def test_a_single_total_that_is_equal_matches_all_its_seats(self):
        bill = self._receive(("Coworking juin 2015", self.expected))
        self.assertCauses(bill)
        self.assertEqual(len(self._matches(bill)), 11)
        self.assertEqual(self._matches(bill).charge_id, self.statement.charge_ids)
        self.assertSumsHold(bill)

    def test_within_the_tolerance_too(self):
        bill = self._receive(("Coworking juin 2015", self.expected + 0.05))
        self.assertEqual(self._matches(bill).charge_id, self.statement.charge_ids)
        self.assertCauses(bill, (NAMES[10], "rounding", 0.05))
        self.assertSumsHold(bill)

    def test_by_lines_that_name_nobody_equal_amounts_are_paired(self):
        amounts = self.statement.charge_ids.mapped("payable_total")
        bill = self._receive(*[("Poste", amount) for amount in amounts], ref="juin 2015")
        self.assertCauses(bill)
        self.assertEqual(self._matches(bill).charge_id, self.statement.charge_ids)
