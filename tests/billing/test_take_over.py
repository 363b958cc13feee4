"""A program that already runs, from the workbook that the addon makes to its first right month."""

import base64
import csv
import io
import pathlib
import re

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from odoo.addons.coworking_incubation.wizard.take_over_sheets import SHEETS

from ..common import JULY, JUNE, CoworkingCase, d


class TakeOverCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.coworking_seat_product_id = cls.seat_product
        cls.company.coworking_membership_product_id = cls.seat_product
        cls.edition = cls._new_program("Reprise", "REP", funding_rate=80.0, billed_from=JUNE)
        cls.incubation = cls.env.ref("coworking_incubation.coworking_stage_incubation")

    def _take_over(self, content=b"", user=None, **values):
        take_over = (
            self.env["coworking.take.over"]
            .with_user(user or self.coordinator)
            .create(
                {
                    "program_id": self.edition.id,
                    "file": base64.b64encode(content),
                    **values,
                }
            )
        )
        if content:
            take_over.action_read()
        return take_over

    def _make_file(self, **sheets):
        """A workbook with these sheets: key -> list of dicts of cells, headings as shown."""
        book, take_over = openpyxl.Workbook(), self._take_over()
        book.remove(book.active)
        for key, rows in sheets.items():
            sheet = book.create_sheet(take_over._get_title(SHEETS[key])[:31])
            headings = take_over._get_headings(SHEETS[key])
            sheet.append(list(headings.values()))
            for row in rows:
                sheet.append([row.get(column, row.get(headings[column])) for column in headings])
        output = io.BytesIO()
        book.save(output)
        return output.getvalue()

    def _read(self, **sheets):
        return self._take_over(self._make_file(**sheets))

    def _problems(self, take_over):
        return {
            (line.sheet, line.number): (line.column, line.problem)
            for line in take_over.line_ids
            if line.problem
        }

    def _count(self):
        """How many records there are of all that a take-over makes."""
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in (
                "coworking.space",
                "coworking.tariff",
                "coworking.tariff.price",
                "coworking.space.membership",
                "coworking.participant",
                "coworking.seat",
                "coworking.presence",
                "coworking.proof",
                "coworking.document",
                "coworking.objective",
                "coworking.objective.action",
                "coworking.review",
                "coworking.review.line",
                "coworking.attendance",
                "coworking.attendance.signature",
                "calendar.event",
                "coworking.charge",
                "coworking.move",
                "res.partner",
                "mail.mail",
                "mail.message",
                "mail.activity",
                "mail.followers",
            )
        }

    def _speak_up(self):
        """Mails, notes and followers as users have them: tests go without."""
        keys = ("tracking_disable", "mail_notrack", "mail_create_nolog", "mail_create_nosubscribe")
        self.env = self.env(context={**self.env.context, **dict.fromkeys(keys, False)})

    def assertSilent(self, before):
        after = self._count()
        for model in ("mail.mail", "mail.message", "mail.activity", "mail.followers"):
            self.assertEqual(after[model], before[model], model)

    def assertProblem(self, take_over, where, column, *words):
        problems = self._problems(take_over)
        self.assertIn(where, problems, problems)
        found, problem = problems[where]
        self.assertEqual(found, column, problem)
        for text in words:
            self.assertIn(text, problem)


PERSON = {"partner_name": "Camille Roy", "stage_id": "Incubation", "date_entry": "02/02/2015"}
SEAT = {
    "participant_id": "Camille Roy",
    "space_id": "Atelier Test",
    "tariff_id": "Nomad",
    "date_start": "02/02/2015",
}


@freeze_time("2015-06-20 09:00:00")
class TestShippedWorkbook(TakeOverCase):
    def test_the_workbook_with_examples_is_imported_as_it_is_and_its_month_is_right(self):
        content = self._take_over()._make_workbook(examples=True)
        take_over = self._take_over(content)
        self.assertFalse(self._problems(take_over))
        self.assertFalse(take_over.not_read)
        take_over.action_record()
        self.assertEqual(take_over.recorded_count, 2 + 5 + 3 + 3 + 2 + 1 + 3 + 3 + 2 + 1)

        seats = self.env["coworking.seat"].search(
            [("program_id", "=", self.edition.id)], order="date_start"
        )
        self.assertEqual(
            [(seat.tariff_id.name, seat.state, seat.billed_from) for seat in seats],
            [
                ("Forfait nomade", "active", JUNE),
                ("Carnet", "active", JUNE),
                ("Résident", "ended", JUNE),
            ],
        )
        nomad, pack, resident = seats
        self.assertEqual(nomad.participant_id.email, "camille@example.org")
        self.assertEqual(resident.participant_id.phone, "06 39 98 01 03")
        self.assertNotEqual(nomad.partner_id, resident.partner_id)
        self.assertEqual(nomad.hosting_state, "validated", "signed on paper")
        self.assertFalse(nomad.hosting_todo)
        self.assertEqual(pack.hosting_todo, "agreement")

        file = pack.participant_id
        self.assertEqual(file.attendance_ids.mapped("state"), ["present"] * 2)
        self.assertEqual(file.attendance_ids.mapped("duration"), [3.0, 1.5])
        self.assertEqual(file.review_ids.mapped("state"), ["done"] * 2)
        self.assertEqual(file.review_ids.mapped("average"), [3.0, 2.0])
        self.assertEqual(file.proof_ids.date_expiry, d("31/12"))
        self.assertEqual(file.objective_ids.actions_label, "1/2")
        self.assertEqual(nomad.participant_id.documents_missing, 0)

        self._generate(JUNE, self.edition)
        # By hand. Nomad: 150.00 from 1 June, at 80 %: 120.00 and 30.00. The fee of 10.00 was paid
        # in February, before. Resident, half months: 1 to 15 June is half of 180.00, at 80 %:
        # 72.00 and 18.00. Pack: three half-days, that is 3 tickets of the 4.5 taken over: nothing.
        self.assertAmounts(
            self._charges(nomad) | self._charges(pack) | self._charges(resident),
            ("regular", 150.0, 120.0, 30.0, JUNE),
            ("regular", 90.0, 72.0, 18.0, JUNE),
            fields=("kind", "amount_total", "funded_amount", "copayment_amount", "period"),
        )
        self.assertFalse(
            self._generate(d("1/5"), self.edition), "months before were settled elsewhere"
        )
        # 3,200.00 of 20,000.00 were used elsewhere.
        self.edition.invalidate_recordset()
        self.assertEqual((self.edition.amount_granted, self.edition.amount_spent), (20000, 3200))

    def test_the_same_in_french_and_read_by_somebody_in_english(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.coordinator.lang = "fr_FR"
        french = self._take_over().with_context(lang="fr_FR")
        content = french._make_workbook(examples=True)
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertIn("Places financées", book.sheetnames)
        headings = [cell.value for cell in book["Places financées"][1]]
        self.assertIn("Date de début", headings)
        english = self._take_over(content)
        self.assertEqual(english.env.lang, "en_US")
        self.assertFalse(self._problems(english))
        self.assertEqual(english.good_count, 25)

    def test_the_empty_workbook_holds_no_row_and_lists_to_choose_from(self):
        content = self._take_over()._make_workbook()
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertEqual({sheet.max_row for sheet in book.worksheets[1:-1]}, {1})
        self.assertEqual(book.worksheets[-1].sheet_state, "hidden")
        rules = book["Tariffs"].data_validations.dataValidation
        self.assertTrue(any(rule.type == "list" and "Spaces" in rule.formula1 for rule in rules))
        with self.assertRefused("holds no row"):
            self._take_over(content)

    def test_birth_dates_are_for_who_may_see_them(self):
        def headings(user):
            content = self._take_over(user=user)._make_workbook()
            book = openpyxl.load_workbook(io.BytesIO(content))
            return [cell.value for cell in book["Participants"][1]]

        self.assertNotIn("Birth Date", headings(self.coordinator))
        self.coordinator.group_ids += self.env.ref("coworking_incubation.group_coworking_sensitive")
        self.assertIn("Birth Date", headings(self.coordinator))


@freeze_time("2015-06-20 09:00:00")
class TestTakeOver(TakeOverCase):
    def test_reading_makes_nothing_and_draws_no_reference(self):
        content = self._take_over()._make_workbook(examples=True)
        sequence = self.env.ref("coworking_incubation.ir_sequence_coworking_seat")
        before, number = self._count(), sequence._get_number_next_actual()
        take_over = self._take_over(content)
        take_over.action_check()
        self.assertEqual(take_over.good_count, 25)
        self.assertEqual(self._count(), before)
        self.assertEqual(sequence._get_number_next_actual(), number)

    def test_the_same_file_again_does_nothing(self):
        content = self._take_over()._make_workbook(examples=True)
        self._take_over(content).action_record()
        before = self._count()
        again = self._take_over(content)
        self.assertFalse(self._problems(again))
        self.assertEqual((again.good_count, again.known_count), (0, 25))
        with self.assertRefused("No row can be recorded"):
            again.action_record()
        self.assertEqual(self._count(), before)

    def test_nobody_is_written_to_about_people_who_are_there_for_months(self):
        self._speak_up()
        before = self._count()
        self._take_over(self._take_over()._make_workbook(examples=True)).action_record()
        self.assertSilent(before)

    def test_amounts_and_dates_as_french_spreadsheets_write_them(self):
        row = {"space_id": "Atelier Test", "unit": "Month"}
        take_over = self._read(
            tariffs=[
                {**row, "name": "A", "price": "140,00"},
                {**row, "name": "B", "price": "1 234,50 €", "date_start": "01/02/2015"},
                {**row, "name": "C", "price": "1,234"},
                {**row, "name": "D", "price": 140.0, "date_start": "31/02/2015"},
                {**row, "name": "E", "price": 95.55, "date_start": d("1/3")},
            ]
        )
        self.assertProblem(take_over, ("tariffs", 4), "price", "not an amount: 1,234")
        self.assertProblem(take_over, ("tariffs", 5), "date_start", "not a date: 31/02/2015")
        take_over.action_record()
        prices = self.space.tariff_ids.price_ids.filtered(lambda row: row.tariff_id != self.tariff)
        self.assertEqual(
            [(row.tariff_id.name, row.price, row.date_start) for row in prices.sorted("price")],
            [
                ("E", 95.55, d("1/3")),
                ("A", 140.0, d("1/1")),
                ("B", 1234.5, d("1/2")),
            ],
        )

    def test_a_csv_file_is_known_by_its_headings(self):
        output = io.StringIO()
        writer = csv.writer(output, delimiter=";")
        writer.writerow(["Space", "Name", "Unit", "Price"])
        writer.writerow(["Atelier Test", "Carte", "Day", "12,50"])
        take_over = self._take_over(output.getvalue().encode("cp1252"))
        self.assertFalse(self._problems(take_over))
        take_over.action_record()
        tariff = self.space.tariff_ids.filtered(lambda tariff: tariff.name == "Carte")
        self.assertEqual((tariff.unit, tariff.price_ids.price), ("day", 12.5))

    def test_a_refused_row_names_the_cell_and_is_mended_in_the_list(self):
        take_over = self._read(
            people=[PERSON, {**PERSON, "partner_name": "Zoé Petit", "stage_id": "Incubatoin"}],
            seats=[SEAT, {**SEAT, "participant_id": "Zoé Petit", "space_id": "Atelier Tset"}],
        )
        self.assertProblem(take_over, ("people", 3), "stage_id", "Nothing is called Incubatoin")
        self.assertProblem(take_over, ("seats", 3), "participant_id", "Nobody is called Zoé Petit")
        line = take_over.line_ids.filtered(lambda row: (row.sheet, row.number) == ("people", 3))
        self.assertEqual((line.column_label, line.value), ("Stage", "Incubatoin"))
        line.value = "Incubation"
        take_over.action_check()
        self.assertEqual(self._problems(take_over).keys(), {("seats", 3)})
        self.assertProblem(take_over, ("seats", 3), "space_id", "No space is called Atelier Tset")
        take_over.line_ids.filtered("problem").value = "atelier test"
        take_over.action_record()
        self.assertFalse(take_over.line_ids)
        self.assertEqual(
            sorted(self.edition.participant_ids.seat_ids.mapped("occupant_name")),
            ["Camille Roy", "Zoé Petit"],
        )

    def test_a_row_is_shown_with_its_days_as_the_language_writes_them(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        days = (d("2/3"), "hier")
        take_over = self._read(people=[PERSON], seats=[{**SEAT, "date_start": day} for day in days])
        shown = take_over.with_context(lang="fr_FR").line_ids.filtered(lambda r: r.sheet == "seats")
        ends = [line.summary.split(" · ")[-1] for line in shown.sorted("number")]
        self.assertEqual(ends, ["02/03/2015", "hier"])

    def test_the_workbook_with_examples_has_a_name_of_its_own(self):
        take_over = self._take_over()
        self.assertEqual(take_over._get_workbook_name(), "take-over-rep.xlsx")
        self.assertEqual(take_over._get_workbook_name(examples=True), "take-over-rep-examples.xlsx")

    def test_what_is_right_is_recorded_and_the_rest_stays_in_the_list(self):
        take_over = self._read(
            people=[PERSON, {**PERSON, "partner_name": "Zoé Petit", "date_entry": "hier"}],
            seats=[SEAT],
        )
        take_over.action_record()
        self.assertEqual(take_over.recorded_count, 2)
        self.assertEqual(take_over.line_ids.mapped("summary"), ["Zoé Petit · Incubation"])
        self.assertEqual(self.edition.participant_ids.mapped("partner_name"), ["Camille Roy"])

    def test_a_row_that_was_right_when_it_was_shown_and_is_not_any_more_stays_in_the_list(self):
        take_over = self._read(people=[PERSON], seats=[SEAT])
        self.assertEqual(take_over.good_count, 2)
        self.space.seat_capacity = 0
        take_over.action_record()
        self.assertEqual(take_over.recorded_count, 1)
        self.assertProblem(take_over, ("seats", 2), "date_start", "has no place left")

    def test_a_person_whose_row_is_refused_leaves_no_contact_behind(self):
        before = self._count()
        take_over = self._read(people=[{**PERSON, "date_exit": "01/06/2015"}])
        self.assertIn("choose an exit reason", take_over.line_ids.problem)
        with self.assertRefused("No row can be recorded"):
            take_over.action_record()
        self.assertEqual(self._count(), before)

    def test_a_space_that_is_full_is_said_of_the_seat_that_is_too_many(self):
        names = ["Ana", "Bob", "Cléo", "Dan"]
        take_over = self._read(
            people=[{**PERSON, "partner_name": name} for name in names],
            seats=[{**SEAT, "participant_id": name} for name in names],
        )
        self.assertEqual(self._problems(take_over).keys(), {("seats", 5)})
        self.assertProblem(take_over, ("seats", 5), "date_start", "Atelier Test has no place left")

    def test_two_seats_on_one_day_name_the_person_once(self):
        take_over = self._read(
            people=[PERSON],
            seats=[SEAT, {**SEAT, "space_id": "Fabrique Test", "tariff_id": "Desk"}],
        )
        self.assertProblem(
            take_over, ("seats", 3), "date_start", "Camille Roy already has seat Camille Roy"
        )

    def test_only_a_coordinator_takes_a_program_over(self):
        with self.assertRefused(error=AccessError):
            self._take_over(user=self.accompanist)

    def test_what_is_not_read_is_said(self):
        content = self._make_file(people=[PERSON])
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book["Participants"]
        sheet.cell(1, sheet.max_column + 1).value = "Couleur préférée"
        book.create_sheet("Mes notes").append(["à appeler"])
        output = io.BytesIO()
        book.save(output)
        take_over = self._take_over(output.getvalue())
        self.assertIn("Couleur préférée", take_over.not_read)
        self.assertIn("Mes notes", take_over.not_read)
        self.assertEqual(take_over.good_count, 1)

    def test_what_is_no_workbook_of_ours_is_refused_in_words(self):
        for content, words in (
            (b"a;b\nc;d\n", "No sheet of this file"),
            (b"PK\x03\x04 not a book", "cannot be read"),
            (b"Name;Stage\n" + b"A;Incubation\n" * 5001, "more than 5000 rows"),
            (b"Name;Stage\n" + b"A;Incubation\n" * 501, "more than 500 rows of spaces"),
            (b"Participant;Objective\n" + b"A;B\n" * 2001, "more than 2000 rows of proofs"),
            (b"x" * (5 * 1024 * 1024 + 1), "too large"),
        ):
            with self.subTest(words=words), self.assertRefused(words):
                self._take_over(content)
        with self.assertRefused("Choose the file first"):
            self._take_over().action_read()

    def test_a_sheet_of_ours_without_a_column_it_needs_is_refused(self):
        book = openpyxl.Workbook()
        book.active.title = "Tariffs"
        book.active.append(["Space", "Price"])
        output = io.BytesIO()
        book.save(output)
        with self.assertRefused("The sheet Tariffs needs the columns: Space, Name, Unit, Price"):
            self._take_over(output.getvalue())


@freeze_time("2015-06-20 09:00:00")
class TestTakeOverPeople(TakeOverCase):
    def _files(self):
        return self.edition.participant_ids

    def test_people_of_one_name_are_told_apart_by_what_each_has(self):
        rows = [{**PERSON, "email": "roy@example.org"}, {**PERSON, "phone": "06 39 98 01 07"}]
        seats = [
            {**SEAT, "tell_apart": "ROY@example.org"},
            {
                **SEAT,
                "tell_apart": "+33 6 39 98 01 07",
                "space_id": "Fabrique Test",
                "tariff_id": "Desk",
            },
        ]
        for _again in range(2):
            take_over = self._read(people=rows, seats=seats)
            self.assertFalse(self._problems(take_over))
            if take_over.good_count:
                take_over.action_record()
        self.assertEqual(len(self._files()), 2)
        self.assertEqual(len(self._files().partner_id), 2)
        by_email = self._files().filtered("email")
        self.assertEqual(by_email.seat_ids.space_id, self.space)
        self.assertEqual((self._files() - by_email).seat_ids.space_id, self.space_b)

    def test_a_birth_date_tells_them_apart_for_who_may_see_it(self):
        self.coordinator.group_ids += self.env.ref("coworking_incubation.group_coworking_sensitive")
        rows = [{**PERSON, "birth_date": "01/02/1990"}, {**PERSON, "birth_date": "03/04/1985"}]
        take_over = self._read(people=rows, seats=[{**SEAT, "tell_apart": "3/4/1985"}])
        self.assertFalse(self._problems(take_over))
        take_over.action_record()
        seat = self._files().seat_ids
        self.assertEqual(seat.participant_id.birth_date, d("3/4").replace(year=1985))

    def test_a_birth_date_is_refused_from_who_may_not_see_it(self):
        take_over = self._read(people=[{**PERSON, "birth_date": "01/02/1990"}])
        self.assertProblem(take_over, ("people", 2), "birth_date", "Sensitive Data")

    def test_one_name_twice_with_nothing_else_is_refused(self):
        take_over = self._read(people=[PERSON, PERSON], seats=[SEAT])
        self.assertProblem(take_over, ("people", 2), "email", "Line 3 has the same name")
        self.assertProblem(take_over, ("people", 3), "email", "Line 2 has the same name")

    def test_one_person_in_two_rows_is_refused_once(self):
        row = {**PERSON, "email": "roy@example.org"}
        take_over = self._read(people=[row, row])
        self.assertEqual(self._problems(take_over).keys(), {("people", 3)})
        self.assertProblem(take_over, ("people", 3), "partner_name", "in line 2 already")

    def test_a_seat_of_two_people_of_one_name_asks_which(self):
        rows = [{**PERSON, "email": "roy@example.org"}, {**PERSON, "phone": "06 39 98 01 07"}]
        take_over = self._read(people=rows, seats=[SEAT])
        self.assertProblem(take_over, ("seats", 2), "tell_apart", "Several people are called")

    def test_somebody_known_by_name_alone_is_taken_for_no_one_else(self):
        self._new_participant("Camille Roy", self.edition)
        take_over = self._read(people=[{**PERSON, "email": "roy@example.org"}])
        self.assertProblem(take_over, ("people", 2), "email", "in this program already")
        take_over = self._read(people=[PERSON])
        self.assertEqual((take_over.known_count, take_over.good_count), (1, 0))

    def test_the_contact_with_this_e_mail_is_taken_up(self):
        partner = self.env["res.partner"].create(
            {"name": "ROY Camille", "email": "roy@example.org"}
        )
        self._read(people=[{**PERSON, "email": "Roy@example.org"}]).action_record()
        self.assertEqual(self._files().partner_id, partner)

    def test_stages_beyond_recruitment_need_no_other_column_and_start_nothing(self):
        self._read(people=[PERSON]).action_record()
        file = self._files()
        self.assertEqual((file.stage_id, file.date_entry), (self.incubation, d("2/2")))
        self.assertEqual(file.move_ids.mapped("reason"), ["Taken over"])
        self.assertFalse(file.activity_ids)
        self.assertFalse(file.user_id, "who follows them is not who imports them")


@freeze_time("2015-06-20 09:00:00")
class TestTakeOverTariffs(TakeOverCase):
    ROW = {"space_id": "Atelier Test", "name": "Équipe", "unit": "Month"}

    def test_the_ranks_of_a_tariff_stand_or_fall_together(self):
        rows = [
            {**self.ROW, "price": 180, "rank": 1},
            {**self.ROW, "price": 150, "rank": 2},
            {**self.ROW, "price": 190, "rank": 1, "date_start": "01/05/2015"},
            {**self.ROW, "price": 160, "rank": 2, "date_start": "01/05/2015"},
        ]
        take_over = self._read(tariffs=rows)
        self.assertFalse(self._problems(take_over))
        take_over.action_record()
        (tariff,) = self.space.tariff_ids - self.tariff
        self.assertEqual(len(tariff.price_ids), 4)
        rows[1]["rank"] = 3
        take_over = self._read(tariffs=[{**row, "name": "Autre"} for row in rows])
        self.assertIn("have no rank 2", take_over.line_ids[0].problem)
        self.assertEqual(take_over.good_count, 0)

    def test_terms_are_said_in_one_of_the_rows(self):
        rows = [
            {**self.ROW, "unit": "", "price": 180},
            {**self.ROW, "unit": "Day", "price": 150, "date_start": "01/05/2015"},
        ]
        take_over = self._read(tariffs=rows)
        self.assertFalse(self._problems(take_over))
        take_over.action_record()
        self.assertEqual((self.space.tariff_ids - self.tariff).unit, "day")
        take_over = self._read(tariffs=[{**rows[0], "name": "Autre"}])
        self.assertProblem(take_over, ("tariffs", 2), "unit", "“Unit” is empty")

    def test_a_tariff_that_is_there_gets_the_price_it_lacks(self):
        row = {"space_id": "Atelier Test", "name": "Nomad", "unit": "Month"}
        take_over = self._read(
            tariffs=[
                {**row, "price": 180},
                {**row, "price": 200, "date_start": "01/07/2015"},
            ]
        )
        self.assertEqual((take_over.known_count, take_over.good_count), (1, 1))
        take_over.action_record()
        self.assertEqual(sorted(self.tariff.price_ids.mapped("price")), [180.0, 200.0])

    def test_another_price_of_the_same_day_is_not_written_over(self):
        row = {"space_id": "Atelier Test", "name": "Nomad", "unit": "Month", "price": 170}
        take_over = self._read(tariffs=[row])
        self.assertProblem(take_over, ("tariffs", 2), "price", "180", "change it on the tariff")

    def test_other_terms_than_those_that_are_there_are_refused(self):
        row = {"space_id": "Atelier Test", "name": "Nomad", "unit": "Day", "price": 180}
        self.assertProblem(self._read(tariffs=[row]), ("tariffs", 2), "unit", "is there already")

    def test_a_choice_that_is_none_says_which_there_are(self):
        row = {**self.ROW, "price": 20, "unit": "Mois lunaire"}
        self.assertProblem(self._read(tariffs=[row]), ("tariffs", 2), "unit", "Half-day", "Month")

    def test_what_seats_and_fees_are_posted_on_is_what_the_company_proposes(self):
        """Not what some tariff had last."""
        fee_product = self._new_product("Fee", self.tax_lost)
        self.company.coworking_membership_product_id = fee_product
        self._new_tariff("Last", 10.0, product_id=self._new_product("Odd").id)
        space = {"name": "Le Quai", "seat_capacity": 2, "fee": "10,00"}
        self._read(spaces=[space], tariffs=[{**self.ROW, "price": 20}]).action_record()
        made = self.space.tariff_ids.filtered(lambda tariff: tariff.name == "Équipe")
        self.assertEqual(made.product_id, self.seat_product)
        quai = self.env["coworking.space"].search([("name", "=", "Le Quai")])
        self.assertEqual(quai.membership_ids.product_id, fee_product)

    def test_without_a_product_that_is_proposed_the_accountant_is_asked(self):
        self.company.coworking_seat_product_id = False
        self.company.coworking_membership_product_id = False
        space = {"name": "Le Quai", "seat_capacity": 2, "fee": "10,00"}
        take_over = self._read(spaces=[space], tariffs=[{**self.ROW, "price": 20}])
        self.assertProblem(take_over, ("tariffs", 2), "product_id", "Accounts and Taxes")
        self.assertProblem(take_over, ("spaces", 2), "fee", "Accounts and Taxes")


@freeze_time("2015-06-20 09:00:00")
class TestTakeOverGrants(TakeOverCase):
    ROW = {"reference": "MEL-1", "partner_id": "Metropolis", "amount_used_before": "900,00"}

    def test_what_funders_paid_before_counts_against_their_grants(self):
        row = {**self.ROW, "amount_granted": "1 000,00", "rate": 100}
        self._read(grants=[row]).action_record()
        (agreement,) = self.edition.agreement_ids
        self.assertEqual(
            (agreement.date_from, agreement.date_to), (d("1/1"), d("31/12")), "the program's"
        )
        self._new_seat("1/6", "30/6", who=self._new_participant("Zoé", self.edition))
        charges = self._generate(JUNE, self.edition).charge_ids
        # 80 % of 180.00 are 144.00, of which 100.00 are left of the grant
        split = self.edition._split_over_funders(charges)
        self.assertEqual(float(split[agreement]), 100.0)
        self.assertEqual(float(split[agreement.browse()]), 44.0)

    def test_an_agreement_that_is_there_says_it_once(self):
        agreement = self.env["coworking.funding.agreement"].create(
            {
                "reference": "MEL-1",
                "partner_id": self.env["res.partner"].create({"name": "Metropolis"}).id,
                "program_ids": self.edition.ids,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        self._read(grants=[self.ROW]).action_record()
        self.assertEqual(agreement.amount_used_before, 900.0)
        self.assertEqual(self._read(grants=[self.ROW]).known_count, 1)
        other = self._read(grants=[{**self.ROW, "amount_used_before": "901,00"}])
        self.assertProblem(other, ("grants", 2), "amount_used_before", "already")
        agreement.program_ids = self.program
        self.assertProblem(
            self._read(grants=[self.ROW]), ("grants", 2), "reference", "another program"
        )

    def test_an_agreement_that_is_to_be_made_needs_its_funder(self):
        take_over = self._read(grants=[{**self.ROW, "partner_id": ""}])
        self.assertProblem(take_over, ("grants", 2), "partner_id", "No agreement is called MEL-1")


@freeze_time("2015-06-20 09:00:00")
class TestTakeOverSeats(TakeOverCase):
    def test_the_program_says_once_from_which_month_it_is_billed_here(self):
        self.edition.billed_from = False
        take_over = self._take_over(
            self._make_file(people=[PERSON], seats=[SEAT]), billed_from="2015-07-15"
        )
        take_over.action_record()
        self.assertEqual(self.edition.billed_from, JULY)
        seat = self.edition.participant_ids.seat_ids
        self.assertEqual(seat.billed_from, JULY)
        later = self._new_seat("1/8", who=self._new_participant("Zoé", self.edition))
        self.assertFalse(later.billed_from, "it begins here")
        later.date_start = d("15/5")
        self.assertEqual(later.billed_from, JULY, "it was here before, after all")
        later.billed_from = d("1/8")
        later.date_start = d("14/5")
        self.assertEqual(later.billed_from, d("1/8"), "what was typed stays")
        self.assertFalse(self._generate(JUNE, self.edition))
        self.assertEqual(self._charges(seat).ids, [])

    def test_a_first_month_that_is_emptied_is_emptied(self):
        """As the dialog says of it: all months of the seats are billed here."""
        self.assertEqual(self.edition.billed_from, JUNE)
        take_over = self._take_over(
            self._make_file(people=[PERSON], seats=[SEAT]), billed_from=False
        )
        take_over.action_record()
        self.assertFalse(self.edition.billed_from)
        self.assertFalse(self.edition.participant_ids.seat_ids.billed_from)
        self.assertTrue(self._generate(d("1/3"), self.edition))

    def test_a_rate_is_in_percent(self):
        take_over = self._read(people=[PERSON], seats=[{**SEAT, "funding_rate": 0.8}])
        self.assertProblem(take_over, ("seats", 2), "funding_rate", "write 80 for 80 %")
        take_over.line_ids.filtered("problem").value = "80 %"
        take_over.action_record()
        self.assertEqual(self.edition.participant_ids.seat_ids.funding_rate, 80.0)

    def test_where_a_seat_is_follows_from_its_dates(self):
        names = ["Ana", "Bob", "Cléo"]
        dates = [("02/02/2015", "31/03/2015"), ("02/02/2015", ""), ("01/07/2015", "")]
        self._read(
            people=[{**PERSON, "partner_name": name} for name in names],
            seats=[
                {**SEAT, "participant_id": name, "date_start": start, "date_end": end}
                for name, (start, end) in zip(names, dates, strict=True)
            ],
        ).action_record()
        seats = self.edition.participant_ids.seat_ids.sorted("occupant_name")
        self.assertEqual(seats.mapped("state"), ["ended", "active", "confirmed"])

    def test_presences_follow_the_seat_of_their_day(self):
        daily = self._new_tariff("Journée", 20.0, unit="day")
        seat = {**SEAT, "tariff_id": daily.name}
        who = {"participant_id": "Camille Roy", "state": "Present"}
        rows = [
            {**who, "date": "02/06/2015", "slot": "Morning"},
            {**who, "date": "03/06/2015"},
            {**who, "date": "04/06/2015", "slot": "soir"},
            {**who, "date": "25/06/2015"},
            {**who, "date": "03/06/2015", "slot": "am"},
        ]
        take_over = self._read(people=[PERSON], seats=[seat], presences=rows)
        self.assertProblem(take_over, ("presences", 4), "slot", "Morning, afternoon or day?")
        self.assertProblem(take_over, ("presences", 5), "date", "has not come yet")
        self.assertProblem(take_over, ("presences", 6), "date", "given twice")
        take_over.action_record()
        seat = self.edition.participant_ids.seat_ids
        self.assertEqual(
            sorted((row.date.day, row.slot) for row in seat.presence_ids),
            [(2, "am"), (3, "am"), (3, "pm")],
        )
        again = self._read(presences=[rows[0], {**rows[0], "state": "Absent"}])
        self.assertEqual(again.known_count, 1)
        self.assertProblem(again, ("presences", 3), "date", "given twice")
        other = self._read(presences=[{**rows[0], "state": "Absent"}])
        self.assertProblem(other, ("presences", 2), "state", "said otherwise")

    def test_a_presence_is_never_taken_for_granted(self):
        """Without the column, or under a heading that is not ours, the absent would be billed."""
        row = {"participant_id": "Camille Roy", "date": "02/06/2015"}
        take_over = self._read(
            people=[PERSON], seats=[SEAT], presences=[{**row, "state": "Present"}, row]
        )
        self.assertProblem(take_over, ("presences", 3), "state")
        with self.assertRefused("headings"):
            self._take_over(b"Participant;Date;Dit par lui\nCamille Roy;02/06/2015;Absent")


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
