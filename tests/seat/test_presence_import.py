"""A sheet of presences from a spreadsheet: shown, mended, recorded, and nothing lost on the way."""

import base64
import io
import zipfile
from datetime import time
from unittest.mock import patch

import openpyxl

from odoo.tests import freeze_time

from odoo.addons.coworking_incubation.spreadsheet import to_hours

from ..common import JUNE, d
from .test_presence import PresenceCase


@freeze_time("2015-06-20 09:00:00")
class TestPresenceImport(PresenceCase):
    def _import(self, content, name="sheet.csv", **values):
        if isinstance(content, str):
            content = content.encode()
        sheet = (
            self.env["coworking.presence.import"]
            .with_user(self.accompanist)
            .create({"file": base64.b64encode(content), "file_name": name, **values})
        )
        sheet.action_read()
        return sheet

    def _book(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        output = io.BytesIO()
        book.save(output)
        return output.getvalue()

    def test_a_workbook_with_dates_and_words_in_french(self):
        sheet = self._import(
            self._book(
                ["Émargement juin"],
                ["Nom", "Date", "Demi-journée", "Présence", "Heures"],
                ["camille", d("8/6"), "Matin", "Présence", None],
                [self.seat.name, d("9/6"), "après-midi", "absent", None],
                ["CAMILLE", "10/06/2015", "journée", "x", "7h30"],
            )
        )
        self.assertEqual(sheet.problem_count, 0)
        sheet.action_record()
        self.assertEqual(
            [
                (row.date.day, row.slot, row.state, row.hours, row.source)
                for row in self.seat.presence_ids.sorted(lambda row: (row.date, row.slot))
            ],
            [
                (8, "am", "present", 0.0, "import"),
                (9, "pm", "absent", 0.0, "import"),
                (10, "am", "present", 3.75, "import"),
                (10, "pm", "present", 3.75, "import"),
            ],
        )
        self.assertEqual(sheet.recorded_count, 4)
        self.assertFalse(sheet.line_ids)

    def test_each_bad_row_is_named_and_kept_and_the_others_are_recorded(self):
        sheet = self._import(
            "Nom;Date;Demi-journée;Présence;Heures\n"
            "Nobody;08/06/2015;matin;x;\n"
            "Camille;31/02/2015;matin;x;\n"
            "Camille;01/06/2015;matin;x;\n"
            "Camille;25/06/2015;matin;x;\n"
            "Camille;08/06/2015;soir;x;\n"
            "Camille;08/06/2015;matin;peut-être;\n"
            "Camille;08/06/2015;matin;x;beaucoup\n"
            "Camille;09/06/2015;matin;x;\n"
        )
        problems = {line.number: line.problem for line in sheet.line_ids}
        for number, words in (
            (2, "Nobody called Nobody has a seat then"),
            (3, "This is not a date: 31/02/2015"),
            (4, "the seat begins on"),
            (5, "this day has not come yet"),
            (6, "Morning, afternoon or day? soir"),
            (7, "Present or absent? peut-être"),
            (8, "This is not a duration: beaucoup"),
        ):
            self.assertIn(words, problems[number])
        self.assertFalse(problems[9])
        sheet.action_record()
        self.assertEqual(self.seat.presence_ids.date, d("9/6"))
        self.assertEqual(len(sheet.line_ids), 7)

    def test_a_year_of_another_age_is_a_bad_row_among_the_others(self):
        for day in ("31/12/9999", "15/06/0215"):
            with self.subTest(day=day):
                sheet = self._import(f"Nom;Date\nCamille;{day}\nCamille;09/06/2015\n")
                self.assertEqual(
                    sheet.line_ids.sorted("number").mapped("problem"),
                    [f"This is not a date: {day}", False],
                )

    def test_hours_as_a_workbook_keeps_them(self):
        sheet = self._import(
            self._book(
                ["Nom", "Date", "Demi-journée", "Heures"],
                ["Camille", d("9/6"), "matin", time(3, 30)],
                ["Camille", d("10/6"), "matin", "3:30"],
                ["Camille", d("11/6"), "matin", "3:30:"],
            )
        )
        self.assertEqual(
            [to_hours(line.hours) for line in sheet.line_ids.sorted("number")], [3.5, 3.5, None]
        )

    def test_a_row_is_mended_in_the_list(self):
        sheet = self._import("Nom;Date\nCamile;08/06/2015\n")
        self.assertEqual(sheet.problem_count, 1)
        sheet.line_ids.who = "Camille"
        sheet.line_ids.slot = "matin"
        sheet.action_record()
        self.assertEqual(self.seat.presence_ids.mapped("slot"), ["am"])

    def test_who_came_is_never_guessed(self):
        for headings, row in (
            ("Nom;Date;Dit par lui", "Camille;08/06/2015;Absent"),
            ("Nom;Date;Demi-journée;", "Camille;08/06/2015;matin;absent"),
        ):
            with self.subTest(headings), self.assertRefused("Call the one that says it Presence"):
                self._import(f"{headings}\n{row}\n")
        sheet = self._import("Nom;Date;Présence;Note\nCamille;08/06/2015;;rien\n")
        self.assertIn("“Presence” is empty", sheet.line_ids.problem)
        sheet.line_ids.state = "absent"
        sheet.action_check()
        sheet.action_record()
        self.assertEqual(set(self.seat.presence_ids.mapped("state")), {"absent"})

    def test_a_sheet_of_those_who_came_says_so_in_the_list(self):
        sheet = self._import("Nom;Date\nCamille;08/06/2015\n")
        self.assertEqual(sheet.line_ids.state, "x")
        sheet.line_ids.state = False
        sheet.action_check()
        self.assertIn("“Presence” is empty", sheet.line_ids.problem)

    def test_more_rows_cost_no_more_queries(self):
        def cost(days):
            rows = "".join(f"Camille;{day:02}/06/2015;matin;x\n" for day in days)
            sheet = self._import(f"Nom;Date;Demi-journée;Présence\n{rows}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sheet.action_check()
            self.env.flush_all()
            self.assertFalse(sheet.problem_count)
            return self.env.cr.sql_log_count - before

        cost([8])
        self.assertEqual(cost(range(8, 13)), cost([8, 9]))

    def test_a_closed_month_is_named(self):
        self._new_presences(self.seat, "8/6")
        with freeze_time("2015-07-06 09:00:00"):
            self._settle(JUNE)
            sheet = self._import("Nom;Date;Demi-journée\nCamille;09/06/2015;matin\n")
        self.assertIn("the month is closed", sheet.line_ids.problem)

    def test_two_people_of_one_name_are_told_apart_by_the_seat(self):
        twin = self._new_seat("8/6", "30/6", who="Camille", tariff=self.daily)
        sheet = self._import("Nom;Date;Demi-journée\nCamille;09/06/2015;matin\n")
        self.assertIn("Several people are called Camille", sheet.line_ids.problem)
        sheet.line_ids.who = twin.name
        sheet.action_record()
        self.assertEqual(len(twin.presence_ids), 1)

    def test_the_same_half_day_twice_is_named_once(self):
        sheet = self._import(
            "Nom;Date;Demi-journée\nCamille;09/06/2015;matin\nCamille;09/06/2015;jour\n"
        )
        self.assertEqual(
            [bool(line.problem) for line in sheet.line_ids.sorted("number")], [False, True]
        )

    def test_what_is_no_sheet_is_refused_in_words(self):
        for content, words in (
            (b"PK\x03\x04 not a book", "cannot be read"),
            (b"\x89PNG\x00\x00", "neither a workbook nor a CSV"),
            ("a;b\nc;d\n", "headings"),
            ("Nom;Date\n" + "Camille;08/06/2015\n" * 5001, "more than 5000 rows"),
            (b"x" * (5 * 1024 * 1024 + 1), "too large"),
        ):
            with self.subTest(words=words), self.assertRefused(words):
                self._import(content)

    def test_a_workbook_that_unpacks_without_end_is_not_unpacked(self):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/sharedStrings.xml", b" " * (60 * 1024 * 1024))
        with patch("openpyxl.load_workbook") as load, self.assertRefused("once it is unpacked"):
            self._import(bomb.getvalue(), name="bomb.xlsx")
        load.assert_not_called()

    def test_the_dialog_keeps_its_french_title_once_the_sheet_is_read(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        sheet = self._import("Nom;Date\nCamille;09/06/2015\n").with_context(lang="fr_FR")
        self.assertEqual(sheet.action_check()["name"], "Importer une feuille de présence")

    def test_seats_that_one_may_not_see_are_nobody(self):
        sheet = (
            self.env["coworking.presence.import"]
            .with_user(self.other_accompanist)
            .create({"file": base64.b64encode(b"Nom;Date\nCamille;08/06/2015\n")})
        )
        sheet.action_read()
        self.assertIn("Nobody called", sheet.line_ids.problem)
