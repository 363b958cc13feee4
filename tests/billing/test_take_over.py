"""A program that already runs, from the workbook that the addon makes to its first right month."""

import base64
import csv
import io

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from odoo.addons.coworking_incubation.wizard.take_over_sheets import SHEETS

from ..common import JULY, JUNE, CoworkingCase, d


class TakeOverCase(CoworkingCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
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

    def _record(self, **sheets):
        """Recorded, and again: the second time nothing is new."""
        take_over = self._read(**sheets)
        self.assertFalse(self._problems(take_over))
        take_over.action_record()
        before = self._count()
        again = self._read(**sheets)
        self.assertFalse(self._problems(again))
        self.assertFalse(again.good_count)
        self.assertEqual(self._count(), before)
        return take_over

    def assertKnown(self, **sheets):
        take_over = self._read(**sheets)
        self.assertFalse(self._problems(take_over))
        self.assertFalse(take_over.good_count)

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
                "coworking.space.absence",
                "resource.calendar",
                "resource.calendar.leaves",
                "coworking.participant",
                "coworking.suspension",
                "coworking.extension",
                "coworking.followup",
                "coworking.seat",
                "coworking.seat.funding",
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
        self.assertEqual(
            take_over.recorded_count,
            2 + 7 + 1 + 2 + 3 + 4 + 1 + 1 + 1 + 4 + 2 + 1 + 3 + 2 + 1 + 4 + 2 + 1 + 1,
        )

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

        self.assertEqual(
            [(row.date_from, row.rate, row.cap) for row in nomad.funding_ids],
            [(JULY, 60.0, 100.0)],
        )
        file = pack.participant_id
        self.assertEqual(
            (file.suspension_ids.kind, file.suspension_ids.extends), ("training", True)
        )
        self.assertEqual(file.attendance_ids.mapped("state"), ["expected", *["present"] * 2])
        self.assertEqual(file.attendance_ids.mapped("duration"), [1.0, 3.0, 1.5])
        self.assertEqual(file.extension_ids.mapped("days"), [30])
        self.assertEqual(
            nomad.participant_id.prescriber_contact_id.email_formatted,
            '"Nadia Exemple" <nadia@example.org>',
        )
        gone = self.edition.participant_ids.filtered("date_exit")
        self.assertEqual(gone.followup_ids.mapped("state"), ["answered", "pending", "pending"])
        self.assertEqual(len(nomad.space_id.manager_ids | pack.space_id.manager_ids), 1)
        self.assertEqual(nomad.space_id.substitute_ids.name, "Luc Exemple")
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
        self.assertEqual(english.good_count, 43)

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
        self.assertEqual(take_over.good_count, 43)
        self.assertEqual(self._count(), before)
        self.assertEqual(sequence._get_number_next_actual(), number)

    def test_the_same_file_again_does_nothing(self):
        content = self._take_over()._make_workbook(examples=True)
        self._take_over(content).action_record()
        before = self._count()
        again = self._take_over(content)
        self.assertFalse(self._problems(again))
        self.assertEqual((again.good_count, again.known_count), (0, 43))
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

    def test_a_formula_that_fails_is_no_name_and_no_amount(self):
        take_over = self._read(
            spaces=[{"name": "#REF!", "seat_capacity": 4}],
            people=[{**PERSON, "project": "#N/A"}, {**PERSON, "partner_name": "Zoé #1"}],
            tariffs=[
                {"space_id": "Atelier Test", "name": "A", "unit": "Month", "price": "Err:502"}
            ],
        )
        self.assertProblem(take_over, ("spaces", 2), "name", "formula", "#REF!")
        self.assertProblem(take_over, ("people", 2), "project", "formula", "#N/A")
        self.assertProblem(take_over, ("tariffs", 2), "price", "formula", "Err:502")
        self.assertEqual(len(self._problems(take_over)), 3)

    def test_a_french_telephone_that_was_taken_for_a_number_has_its_zero_again(self):
        france = self.env.ref("base.fr")
        for country, phone, kept in (
            (france, 639980101, "0639980101"),
            (france, "06 39 98 01 02", "06 39 98 01 02"),
            (france, "639980103", "639980103"),
            (self.env.ref("base.es"), 639980104, "639980104"),
        ):
            with self.subTest(phone=phone, country=country.code):
                self.company.country_id = country
                self._record(people=[{**PERSON, "partner_name": f"Ana {kept}", "phone": phone}])
                file = self.edition.participant_ids.sorted("id")[-1:]
                self.assertEqual(file.phone, kept)

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
            (b"Participant;Objective\n" + b"A;B\n" * 2001, "more than 2000 rows of fees, closures"),
            (b"x" * (5 * 1024 * 1024 + 1), "too large"),
        ):
            with self.subTest(words=words), self.assertRefused(words):
                self._take_over(content)
        with self.assertRefused("Choose the file first"):
            self._take_over().action_read()

    def test_a_row_below_the_last_line_that_is_read_is_never_lost(self):
        book = openpyxl.load_workbook(io.BytesIO(self._make_file(people=[PERSON])))
        sheet = book["Participants"]
        for row, allowed in ((5050, True), (5051, False)):
            sheet.cell(row, 1).value = "Zoé Petit"
            output = io.BytesIO()
            book.save(output)
            with self.subTest(row=row):
                if allowed:
                    self.assertIn(
                        ("people", row), self._problems(self._take_over(output.getvalue()))
                    )
                    continue
                with self.assertRefused("Participants goes on below line 5050"):
                    self._take_over(output.getvalue())

    def test_a_sheet_of_ours_without_a_column_it_needs_is_refused(self):
        book = openpyxl.Workbook()
        book.active.title = "Tariffs"
        book.active.append(["Space", "Price"])
        output = io.BytesIO()
        book.save(output)
        with self.assertRefused("The sheet Tariffs needs the columns: Space, Name, Unit, Price"):
            self._take_over(output.getvalue())
