"""Bills that come by themselves are matched with what was expected, and every gap has a name."""

from odoo import Command

from .common import MatchingCase

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
