from datetime import date

from odoo.exceptions import ValidationError

from ..common import JUNE, CoworkingCase, d


class TestProgram(CoworkingCase):
    def test_a_copy_is_a_new_edition_without_people(self):
        self._new_seat("1/6")
        edition = self.program.copy()
        self.assertFalse(edition.participant_ids)
        self.assertEqual(edition.code, "TST2")
        self.assertNotEqual(edition.name, self.program.name)
        self.assertEqual(edition.accompanist_ids, self.program.accompanist_ids)
        self.assertEqual(edition.copayment_product_id, self.copayment_product)

    def test_copies_never_share_a_code_even_with_archived_programs(self):
        self.program.copy().active = False
        self.assertEqual(self.program.copy().code, "TST3")

    def test_two_programs_of_a_company_never_share_a_code(self):
        with self.assertRefused("same code", error=ValidationError):
            self._new_program("Another", "TST")

    def test_places_left_count_the_people_in_incubation(self):
        incubation = self.env.ref("coworking_incubation.coworking_stage_incubation")
        self.program.target_places = 3
        self._new_participant("A", stage_id=incubation.id, date_entry="2015-06-01", move_reason="x")
        self._new_participant("B")
        self.program.invalidate_recordset()
        self.assertRecordValues(
            self.program, [{"participant_count": 2, "incubated_count": 1, "places_left": 2}]
        )

    def test_it_cannot_be_shortened_before_a_seat_ends(self):
        seat = self._new_seat("1/6", "31/7")
        with self.assertRefused(seat.name, "Test 2015", error=ValidationError):
            self.program.date_end = "2015-07-30"
        with self.assertRefused(seat.name, "Test 2015", error=ValidationError):
            self.program.date_start = "2015-06-02"
        self.program.write({"date_start": "2015-06-01", "date_end": "2015-07-31"})

    def test_seats_that_hold_no_place_do_not_bind_its_dates(self):
        self._new_seat("1/6", "31/7", state="requested")
        self.program.date_end = "2015-06-30"

    def test_months_of_its_seats(self):
        self._new_seat("15/6", "14/8")
        self._new_seat("3/5", "4/5", state="draft")
        self.assertEqual(
            self.program._get_seat_months(), {self.program.id: (JUNE, date(2015, 8, 1))}
        )

    def test_months_of_a_seat_without_end_have_no_last(self):
        self._new_seat("15/6")
        first, last = self.program._get_seat_months()[self.program.id]
        self.assertEqual(first, JUNE)
        self.assertGreater(last, d("1/1/99"))

    def test_counts_of_seats_and_statements(self):
        self._new_seat("1/6", "30/6")
        self._generate()
        self.program.invalidate_recordset()
        self.assertRecordValues(self.program, [{"seat_count": 1, "statement_count": 1}])

    def test_money_spent_is_settled_and_committed_is_open_or_forecast(self):
        agreement = self.env["coworking.funding.agreement"].create(
            {
                "reference": "MEL-2015",
                "partner_id": self.env["res.partner"].create({"name": "Metropolis"}).id,
                "program_ids": self.program.ids,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "amount_granted": 1000.0,
                "rate": 100.0,
            }
        )
        self._new_seat("1/6", "31/8")
        self._settle(JUNE)
        self.program.invalidate_recordset()
        self.assertEqual(self.program.agreement_ids, agreement)
        self.assertRecordValues(
            self.program,
            [
                {
                    "amount_granted": 1000.0,
                    "amount_spent": 180.0,
                    "amount_committed": 360.0,
                    "amount_left": 460.0,
                }
            ],
        )
