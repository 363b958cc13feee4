from ..common import d
from ..matching.common import MatchingCase
from ..matching.test_twelve_seats import NAMES
from .common import TourCase

MAY = d("1/5")
REST = 180.0 * 9 + 90.0 + 240.0


class TestMatchingTour(MatchingCase, TourCase):
    """Twelve seats of May, and three planted errors: somebody who had left, a wrong first day, an
    old price.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = "fr_FR"
        cls.tax_included.name = "TVA 20 % comprise"
        for name in NAMES[:9]:
            cls._new_seat("1/4", "31/8", name)
        cls._new_seat("17/5", "31/8", NAMES[9])
        cls.tariff.proration = "half_month"
        fixed = cls._new_tariff("Fixe", 225.0, prices=[("2015-05-01", 240.0)])
        cls._new_seat("1/5", "31/8", NAMES[10], fixed)
        cls._new_seat("1/3", "30/4", NAMES[11])
        cls.statement = cls._settle(MAY)

    def _tour_of(self, bill, picture):
        self.assertEqual(self.statement.payable_total, REST)
        self.assertEqual(self.statement.gap_amount, 255.0)
        self._tour(
            "matching",
            self.accountant,
            space=self.space.name,
            gap="255,00",
            errors=[
                (NAMES[9], "Jour d'arrivée"),
                (NAMES[10], "Prix"),
                (NAMES[11], "Départ"),
            ],
            right=NAMES[:9],
            picture=picture,
        )
        decisions = {
            match.participant_id.partner_id.name: (match.cause, match.decision)
            for match in self._matches(bill)
        }
        self.assertEqual(
            decisions,
            dict.fromkeys(NAMES[:9], (False, "matched"))
            | {
                NAMES[9]: ("start_day", "disputed"),
                NAMES[10]: ("price", "accepted"),
                NAMES[11]: ("departed", "asked"),
            },
        )
        self.assertSumsHold(bill)

    def test_by_lines(self):
        billed = [180.0] * 10 + [225.0, 180.0]
        bill = self._receive(
            *[(f"Place de {name}", amount) for name, amount in zip(NAMES, billed, strict=True)],
            invoice_date=d("3/6"),
            ref="2015-117",
        )
        self._tour_of(bill, "month")

    def test_as_a_single_total(self):
        bill = self._receive(
            ("Coworking mai 2015, douze places", REST + 255.0),
            invoice_date=d("3/6"),
            ref="2015-118",
        )
        self._tour_of(bill, "month_total")
