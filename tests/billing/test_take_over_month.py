"""Twenty-five people taken over from the files of spreadsheets, and the month after by hand."""

import csv
import io
import pathlib
import re

import openpyxl

from odoo.tests import freeze_time

from ..common import JUNE, d
from .test_take_over import TakeOverCase


@freeze_time("2015-07-02 09:00:00")
class TestTwentyFivePeople(TakeOverCase):
    """Four months were settled elsewhere, packs are begun, two people have one name; the files are
    what a French spreadsheet saves.
    """

    FOLDER = pathlib.Path(__file__).parent / "take_over"
    FILES = (
        *("espaces", "tarifs", "participants", "places", "presences"),
        *("justificatifs", "objectifs", "rendez-vous", "bilans", "conventions"),
    )
    # By hand: price with tax, funded at 80 % up to 120.00 a month, left to the person.
    JUNE_BY_HAND = """
        Mutualis      Camille Martin    regular    140.00  112.00  28.00
        Mutualis      Aïcha Benali      regular    140.00  112.00  28.00
        Mutualis      Bruno Leroy       regular    140.00  112.00  28.00
        Mutualis      Chloé Dumont      regular    140.00  112.00  28.00
        Mutualis      David Nguyen      regular    140.00  112.00  28.00
        Mutualis      Élise Caron       regular    140.00  112.00  28.00
        Mutualis      Farid Haddad      regular     70.00   56.00  14.00
        Mutualis      Gaëlle Morel      membership  10.00    8.00   2.00
        Mutualis      Gaëlle Morel      regular     93.33   74.66  18.67
        Mutualis      Inès Faure        pack       120.00   96.00  24.00
        La Ruche du Nord  Karim Saïdi   regular     99.90   79.92  19.98
        La Ruche du Nord  Léa Vasseur   regular     99.90   79.92  19.98
        La Ruche du Nord  CAMILLE MARTIN  regular   99.90   79.92  19.98
        La Ruche du Nord  Mehdi Roux    regular     99.90   79.92  19.98
        La Ruche du Nord  Nora Blanc    regular     99.90   79.92  19.98
        La Ruche du Nord  Oscar Dubois  regular     99.90   79.92  19.98
        Le Carré      Paula Silva       regular    180.00  120.00  60.00
        Le Carré      Quentin Lambert   regular    150.00  120.00  30.00
        Le Carré      Rosa Mendes       regular    120.00   96.00  24.00
        Le Carré      Samir Aziz        regular     60.00   48.00  12.00
        La Manufacture  Théo Girard     regular    140.00  112.00  28.00
        La Manufacture  Ursula Klein    regular     70.00   56.00  14.00
        La Manufacture  Victor Noël     overage     18.00   14.40   3.60
        La Manufacture  Victor Noël     regular     60.00   48.00  12.00
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.edition.funding_cap = 120.0

    def _read_files(self):
        for name in self.FILES:
            take_over = self._take_over((self.FOLDER / f"{name}.csv").read_bytes())
            self.assertFalse(self._problems(take_over), name)
            yield take_over

    def _read_one_workbook(self):
        """The same rows, a sheet each."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name in self.FILES:
            text = (self.FOLDER / f"{name}.csv").read_text(encoding="utf-8-sig")
            sheet = book.create_sheet(name.capitalize())
            for row in csv.reader(io.StringIO(text), delimiter=";"):
                sheet.append(row)
        output = io.BytesIO()
        book.save(output)
        take_over = self._take_over(output.getvalue())
        self.assertFalse(self._problems(take_over))
        self.assertFalse(take_over.not_read)
        return take_over

    def test_the_month_after_is_what_one_computes_by_hand(self):
        for take_over in self._read_files():
            take_over.action_record()
        self.assertJune()

    def test_one_workbook_of_all_sheets_makes_the_same_month(self):
        self._read_one_workbook().action_record()
        self.assertJune()

    def assertJune(self):
        self.assertEqual(len(self.edition.participant_ids), 25)
        self.assertEqual(len(self.edition.participant_ids.partner_id), 25)
        for month in ("1/2", "1/3", "1/4", "1/5"):
            self.assertFalse(self._generate(d(month), self.edition), "settled elsewhere")
        charges = self._generate(JUNE, self.edition).charge_ids
        expected = [re.split(r"\s{2,}", row.strip()) for row in self.JUNE_BY_HAND.split("\n")]
        self.assertEqual(
            sorted(
                (
                    charge.space_id.name,
                    charge.seat_id.occupant_name,
                    charge.kind,
                    f"{charge.amount_total:.2f}",
                    f"{charge.funded_amount:.2f}",
                    f"{charge.copayment_amount:.2f}",
                )
                for charge in charges
            ),
            sorted(tuple(row) for row in expected if len(row) > 1),
        )
        waiting = self.edition.participant_ids.filtered(
            lambda file: file.selection_result == "waiting"
        )
        self.assertEqual((waiting.partner_name, waiting.date_waiting), ("Wendy Brun", d("3/5")))
        self.assertGrantsAfterJune(charges)

    def assertGrantsAfterJune(self, charges):
        """By hand. Funded in June: 2,000.58. The metropolis takes half of it; the region 30 %, of
        which 500.00 are left of its grant; the rest is the organisation's own.
        """
        split = self.edition._split_over_funders(charges)
        self.assertEqual(
            {agreement.reference: float(amount) for agreement, amount in split.items()},
            {"MEL 2015-113": 1000.29, "REG 2015-7": 500.0, False: 500.29},
        )
        program = self.edition
        charges.statement_id.action_confirm()
        program.invalidate_recordset()
        # used before: 3,200.00 and 4,500.00
        self.assertAlmostEqual(program.amount_spent, 3200.0 + 4500.0 + 2000.58)
        self.assertAlmostEqual(program.amount_left + program.amount_committed, 15299.42)
        self.assertAlmostEqual(program.amount_granted, 25000.0)

    def test_what_was_proven_agreed_and_said_is_each_person_s_own(self):
        """Two people have one name, and not one file."""
        for take_over in self._read_files():
            take_over.action_record()
        by_email, by_phone = self.edition.participant_ids.filtered(
            lambda file: file.partner_name.lower() == "camille martin"
        ).sorted(lambda file: not file.email)
        for file, expected in (
            (by_email, ("open", "present", 2, d("28/1"))),
            (by_phone, ("dropped", "absent", 1, d("29/1"))),
        ):
            self.assertEqual(
                (
                    file.objective_ids.state,
                    file.attendance_ids.state,
                    len(file.review_ids),
                    file.proof_ids.date_seen,
                ),
                expected,
            )
        self.assertEqual(by_email.objective_ids.description, "Au marché,\nou en boutique")
        self.assertEqual(by_email.attendance_ids.duration, 1.5)
        shared = self.edition.participant_ids.attendance_ids.filtered(
            lambda row: row.kind == "collective"
        )
        self.assertEqual((len(shared), len(shared.event_id)), (2, 1))

    def test_the_files_again_add_nothing(self):
        for take_over in self._read_files():
            take_over.action_record()
        before = self._count()
        for again in self._read_files():
            self.assertEqual((again.good_count, again.known_count), (0, len(again.line_ids)))
        self.assertEqual(self._count(), before)
