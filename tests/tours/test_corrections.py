"""A settled month turns out to be wrong: the coordinator, the manager, the accountant."""

import re

from odoo.tests import freeze_time

from ..common import JULY, JUNE, d
from ..matching.common import MatchingCase
from .common import TourCase

NOW = "2015-08-03 09:00:00"


def fr(text):
    """With the spaces that French puts before a colon and a currency: they do not break."""
    return text.replace(" :", "\N{NO-BREAK SPACE}:").replace(" €", "\N{NO-BREAK SPACE}€")


# What July's statement says.
MOVED = (
    "correction (juin 2015) : 90,00 € au lieu de 180,00 € TTC (15 jours sur 30 à 180,00 € par mois)"
)
LEFT = (
    "correction (juin 2015) : 60,00 € au lieu de 180,00 € TTC (10 jours sur 30 à 180,00 € par mois)"
)
BOUND = (
    "correction (juin 2015) : 50,00 € au lieu de 150,00 € TTC (10 jours sur 30 à 150,00 € par mois)"
)
BOUND_JUNE = "juin 2015, engagement ou préavis, pas encore compté : 100,00 € TTC"
BOUND_JULY = "juillet 2015, engagement ou préavis, pas encore compté : 150,00 € TTC"
FORGOTTEN = "juin 2015, pas encore compté : 126,00 € TTC (21 jours sur 30 à 180,00 € par mois)"
WHOLE = "1 mois à 180,00 €"


@freeze_time(NOW, tick=True)
class TestCorrections(MatchingCase, TourCase):
    """3 August 2015, June is settled. 180.00 a month with tax, by the day.

    Inès started on 16 June, not on the 1st: 15 days of 30. Rayan left on the 10th: 10 of 30.
    Sofia, who is bound for two months at 150.00, left on the 10th as well: 50.00, and 100.00 +
    150.00 of commitment. Camille has been there since the 10th: 21 of 30, and nobody said so.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = "fr_FR"
        cls.manager.partner_id.write({"name": "Julie Lemaire", "lang": "fr_FR"})
        cls.tax_included.name = "TVA 20 % comprise"
        cls.moved = cls._hosted_seat("Inès Carpentier")
        cls.left = cls._hosted_seat("Rayan Diallo")
        bound = cls._new_tariff("Bureau fermé", 150.0, min_commitment_months=2)
        cls.bound = cls._hosted_seat("Sofia Marchand", bound)
        cls.gone = cls._hosted_seat("Léo Fabre", cls.tariff_b)
        cls.forgotten = cls._hosted("Camille Moreau")
        cls._settle(JUNE)
        cls.bound.write({"date_end": d("10/6"), "state": "ended"})
        cls.gone.write({"date_end": d("10/6"), "state": "ended"})

    @classmethod
    def _hosted(cls, name):
        return cls._new_participant(
            name,
            stage_id=cls.stages["incubation"].id,
            move_reason="Reprise",
            date_entry=d("1/6"),
        )

    @classmethod
    def _hosted_seat(cls, name, tariff=None):
        return cls._new_seat("1/6", None, cls._hosted(name), tariff, state="active")

    def _assert_corrected(self, statement, forgotten):
        """Each line of July's statement, and the price that June has in the end."""
        self.assertEqual(
            sorted(
                (line.seat_id.name, line.corrected_kind or "", line.explanation, line.payable_total)
                for line in statement.charge_ids
            ),
            sorted(
                [
                    (self.moved.name, "regular", fr(MOVED), -90.0),
                    (self.moved.name, "", fr(WHOLE), 180.0),
                    (self.left.name, "regular", fr(LEFT), -120.0),
                    (self.bound.name, "regular", fr(BOUND), -100.0),
                    (self.bound.name, "commitment", fr(BOUND_JUNE), 100.0),
                    (self.bound.name, "commitment", fr(BOUND_JULY), 150.0),
                    (forgotten.name, "regular", fr(FORGOTTEN), 126.0),
                    (forgotten.name, "", fr(WHOLE), 180.0),
                ]
            ),
        )
        self.assertEqual(statement.payable_total, 426.0)
        june = statement.charge_ids.search(
            [("seat_id.space_id", "=", self.space.id), ("period", "=", JUNE)]
        )
        self.assertEqual(
            {
                seat: sum(rows.mapped("payable_total"))
                for seat, rows in june.grouped("seat_id").items()
            },
            {self.moved: 90.0, self.left: 60.0, self.bound: 150.0, forgotten: 126.0},
        )

    def _assert_matched(self, statement):
        self.assertEqual((statement.state, statement.gap_amount), ("billed", 0.0))
        self.assertEqual(set(statement.match_ids.mapped("gap")), {0.0})
        self.assertEqual(set(statement.match_ids.mapped("decision")), {"matched"})
        self.assertEqual(statement.match_ids.charge_id, statement.charge_ids)
        self.assertSumsHold(*statement.bill_ids)

    def _july(self, space):
        return self.env["coworking.statement"].search(
            [("space_id", "=", space.id), ("date_from", "=", JULY)]
        )

    OWED = (
        (MOVED, "-90,00"),
        (LEFT, "-120,00"),
        (BOUND, "-100,00"),
        (BOUND_JUNE, "100,00"),
        (BOUND_JULY, "150,00"),
        (FORGOTTEN, "126,00"),
    )
    UNTAXED = (
        (MOVED, "-75,00"),
        (LEFT, "-100,00"),
        (BOUND, "-83,33"),
        (BOUND_JUNE, "83,33"),
        (BOUND_JULY, "125,00"),
        (FORGOTTEN, "105,00"),
    )

    def test_three_facts_of_a_settled_month_are_corrected_confirmed_billed_and_matched(self):
        self.space.seat_capacity = 6
        name = "INC-2015-07-ATELIER"
        self._tour(
            "corrections",
            self.coordinator,
            moved="Inès Carpentier",
            left="Rayan Diallo",
            forgotten="Camille Moreau",
            space=self.space.name,
            tariff=self.tariff.name,
            statement=name,
            lines=self.OWED,
        )
        statement = self._july(self.space)
        self._assert_corrected(statement, self.forgotten.seat_ids)
        self.browser_size, self.touch_enabled = "390x844", True
        self._tour(
            "corrections_manager",
            self.manager,
            "/my/coworking/month/2015-07",
            # Odoo's minus does not part from its number; to a tour, what keeps them is a space.
            lines=[(text, owed.replace("-", "- ")) for text, owed in self.OWED],
        )
        self.browser_size, self.touch_enabled = "1440x900", False
        self.assertRecordValues(
            statement, [{"state": "confirmed", "confirmed_by": self.manager.partner_id.id}]
        )
        self._tour("corrections_bill", self.accountant, statement=name, lines=self.UNTAXED)
        bill = statement.bill_id
        self.assertRecordValues(bill, [{"state": "posted", "amount_total": 426.0}])
        self.assertIn(fr(f"{self.moved.name}, {MOVED}"), bill.invoice_line_ids.mapped("name"))
        self._tour("corrections_matched", self.accountant, space=self.space.name, lines=self.OWED)
        self._assert_matched(statement)

    def test_the_operator_s_bill_that_copies_our_lines_is_matched_without_a_gap(self):
        self.moved.date_start = d("16/6")
        self.left.write({"date_end": d("10/6"), "state": "ended"})
        forgotten = self._new_seat("10/6", None, self.forgotten, state="active")
        statement = self._settle(JULY).filtered(lambda row: row.space_id == self.space)
        self._assert_corrected(statement, forgotten)
        names = statement.charge_ids.with_context(lang="fr_FR")._get_bill_line_names()
        bill = self._receive(
            *[(names[charge], charge.payable_total) for charge in statement.charge_ids],
            invoice_date=d("3/8"),
            ref="F-2015-72",
        )
        self.assertEqual(statement.bill_ids, bill)
        self._tour("corrections_matched", self.accountant, space=self.space.name, lines=self.OWED)
        self._assert_matched(statement)

    def test_a_month_that_is_given_back_is_a_credit_note_that_waits_for_its_document(self):
        """La Fabrique: 140.00 for June, of which 10 days of 30 are left, and nobody in July."""
        statement = self._settle(JULY).filtered(lambda row: row.space_id == self.space_b)
        line = (
            "correction (juin 2015) : 46,67 € au lieu de 140,00 € TTC"
            " (10 jours sur 30 à 140,00 € par mois)"
        )
        self._tour(
            "corrections_credit_note",
            self.accountant,
            statement=statement.name,
            operator=self.space_b.operator_id.name,
            line=(line, "-93,33"),
            untaxed="77,78",
            total="93,33",
        )
        note = statement.bill_id
        self.assertRecordValues(
            note, [{"move_type": "in_refund", "state": "draft", "amount_total": 93.33}]
        )
        portal = self.env["coworking.portal.month"].with_context(lang="fr_FR")
        asked = portal._get_bill_text(statement)
        self.assertRegex(asked, rf"{re.escape(fr(line))}\s: 77,78\s€ HT")
        self.assertRegex(asked, r"Total TTC\s: 93,33\s€")
        with self.assertRefused("Avoir attendu"):
            note.with_context(lang="fr_FR").action_post()
