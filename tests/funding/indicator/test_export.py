"""Exports of participants: columns and codes that are edited on the screen."""

import io

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import IndicatorCase


class ExportCase(IndicatorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mapping = cls._new_mapping(
            ("Nom", "partner_name", {}),
            ("Sexe", "gender", {"female": "F", "Homme": "H"}),
            ("Entrée", "date_entry", {}),
        )

    @classmethod
    def _new_mapping(cls, *columns, **values):
        return cls.env["coworking.export.mapping"].create(
            {
                "name": "Test export",
                "line_ids": [
                    Command.create(
                        {
                            "name": name,
                            "path": path,
                            "value_ids": [
                                Command.create({"value": value, "code": code})
                                for value, code in codes.items()
                            ],
                        }
                    )
                    for name, path, codes in columns
                ],
                **values,
            }
        )

    def _rows(self, mapping, user=None, basis="entered"):
        mapping = mapping.with_user(user or self.all_reader)
        files = mapping._find_files(self.program, basis, "2015-01-01", "2015-12-31")
        book = openpyxl.load_workbook(io.BytesIO(mapping._make_workbook(files)))
        return list(book.active.iter_rows(values_only=True))


@tagged("post_install", "-at_install")
class TestColumns(ExportCase):
    def test_fields_and_values_are_called_as_on_the_screens(self):
        mapping = self._new_mapping(
            ("A", "gender", {"female": "F", "Homme": "H", "": "X"}),
            ("B", "program_id.name", {}),
            ("C", "is_gone", {"yes": "1"}),
        )
        mapping = mapping.with_user(self.all_reader).with_context(lang="en_US")
        gender, program, gone = mapping.line_ids
        self.assertEqual(gender.path_text, "Gender")
        self.assertEqual(gender.codes, "Woman → F, Homme → H, ∅ → X")
        self.assertEqual(program.path_text, "Program ‣ Name")
        self.assertEqual((gone.path_text, gone.codes), ("is_gone", "yes → 1"))

    def test_fields_are_chosen_from_those_of_a_participant(self):
        widgets = self.env["coworking.export.mapping"].get_view()["arch"]
        self.assertIn("field_selector", widgets)
        self.assertEqual(self.mapping.line_ids[0].model_name, "coworking.participant")

    def test_days_of_the_preview_are_written_as_in_the_file(self):
        preview = self.mapping.with_user(self.all_reader).with_context(lang="fr_FR").preview
        self.assertIn("02/03/2015", preview)

    def test_decimals_of_the_preview_are_written_as_the_reader_does(self):
        mapping = self._new_mapping(("Heures", "support_hours", {}))
        preview = mapping.with_user(self.all_reader).with_context(lang="fr_FR").preview
        self.assertIn("0,00", preview)


@tagged("post_install", "-at_install")
class TestExport(ExportCase):
    def test_each_value_leaves_as_its_code(self):
        head, first, *rest = self._rows(self.mapping)
        self.assertEqual(head, ("Nom", "Sexe", "Entrée"))
        self.assertEqual((first[0], first[1], str(first[2])[:10]), ("Woman 0", "F", "2015-03-02"))
        self.assertEqual([row[1] for row in rest].count("H"), 3)

    def test_a_value_without_a_code_stops_the_export_and_is_named(self):
        self._enter("Somebody", gender="other")
        self._enter("Nobody")
        with self.assertRefused(
            "Test export exports nothing",
            "“Sexe”: no code for “Other or not said” (1 files)",
            "no code for “(nothing)” (1 files)",
        ):
            self._rows(self.mapping)
        self.mapping.line_ids[1].other_code = "NSP"
        self.assertEqual([row[1] for row in self._rows(self.mapping)].count("NSP"), 2)

    def test_a_field_that_is_gone_is_told_by_column(self):
        self.mapping.line_ids[0].path = "partner_id.nickname"
        self.mapping.line_ids[2].path = "gone_field"
        self.assertIn("“Nom”", self.mapping.problems)
        with self.assertRefused("“Nom”: the field “partner_id.nickname” is gone", "“gone_field”"):
            self._rows(self.mapping)

    def test_a_column_that_one_may_not_read_is_told_too(self):
        mapping = self.mapping.with_user(self.coordinator)
        self.assertIn("you may not read", mapping.problems)

    def test_no_text_is_a_formula(self):
        for place, text in enumerate(("=1+1", "+1", "-1", "@SUM(A1)")):
            self.women[place].partner_id.name = text
        self.assertEqual(
            [row[0] for row in self._rows(self.mapping)[1:5]], ["=1+1", "+1", "-1", "@SUM(A1)"]
        )

    def test_it_needs_the_right_to_export_and_is_traced(self):
        with self.assertRaises(AccessError):
            self._rows(self.mapping, self.coordinator)
        self._rows(self.mapping)
        line = self.env["coworking.audit"].search(
            [("action", "=", "exported"), ("res_model", "=", "coworking.participant")], limit=1
        )
        self.assertEqual(line.user_id, self.all_reader)
        self.assertEqual(line.changes["fields"], ["date_entry", "gender", "partner_name"])
        self.assertEqual(sorted(line.changes["ids"]), sorted((self.women | self.men).ids))

    def test_the_first_ten_rows_show_and_looking_is_traced(self):
        self.env["coworking.audit"].flush_model()
        mapping = self.mapping.with_user(self.all_reader)
        self.assertEqual(mapping.preview.count("<tr"), 11)
        line = self.env["coworking.audit"].search(
            [("action", "=", "looked"), ("user_id", "=", self.all_reader.id)], limit=1
        )
        self.assertEqual(line.changes["fields"], ["gender"])


@tagged("post_install", "-at_install")
class TestWithoutNames(ExportCase):
    def test_it_has_tokens_of_its_own_months_and_no_name(self):
        mapping = self._new_mapping(
            *(
                ("Jeton", "funding_token", {}),
                ("Né", "birth_date", {}),
                ("Entrée", "date_entry", {}),
            ),
            is_pseudonymous=True,
        )
        rows = self._rows(mapping)[1:]
        self.assertEqual(rows[0][1:], ("1995", "2015-03"))
        tokens = {row[0] for row in rows}
        self.assertEqual(len(tokens), 12)
        self.assertFalse(tokens & set((self.women | self.men).mapped("funding_token")))
        self.assertEqual(self._rows(mapping)[1:], rows)

    def test_what_may_name_somebody_is_refused(self):
        for path in (
            "partner_name",
            "partner_id",
            "user_id",
            "project",
            "situation_note",
            "partner_id.zip",
            "prescriber_contact_id",
            # records are called by the name of the person whose they are
            "seat_ids",
            "followup_ids",
            "activity_ids",
            # as good as a name, for who has the database
            "id",
        ):
            with self.subTest(path=path):
                mapping = self._new_mapping(("X", path, {}), is_pseudonymous=True)
                self.assertIn("may name somebody", mapping.with_user(self.all_reader).problems)
                with self.assertRefused("exports nothing"):
                    self._rows(mapping)

    def test_the_mapping_that_is_shipped_names_nobody(self):
        mapping = self.env.ref("coworking_incubation_funding.coworking_export_mapping_research")
        self.assertFalse(mapping.with_user(self.all_reader).problems)
        text = str(self._rows(mapping))
        self.assertNotIn("Woman", text.replace("'Woman'", ""))


@tagged("post_install", "-at_install")
class TestDownload(HttpCase, ExportCase):
    def test_the_dialog_gives_the_file_to_who_asked_for_it(self):
        wizard = (
            self.env["coworking.export"]
            .with_user(self.all_reader)
            .create(
                {
                    "mapping_id": self.mapping.id,
                    "program_ids": [Command.set(self.program.ids)],
                    "basis": "entered",
                    "date_from": "2015-01-01",
                    "date_to": "2015-12-31",
                }
            )
        )
        self.assertEqual(wizard.file_count, 12)
        url = wizard.action_download()["url"]
        self.authenticate(self.all_reader.login, self.all_reader.login)
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        self.assertEqual(book.active.max_row, 13)
        self.authenticate(self.coordinator.login, self.coordinator.login)
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_a_report_comes_as_a_workbook_to_who_reads_reports(self):
        report = self._new_report()
        report.action_count()
        url = report.action_download()["url"]
        self.authenticate(self.accountant.login, self.accountant.login)
        answer = self.url_open(url)
        self.assertEqual(openpyxl.load_workbook(io.BytesIO(answer.content)).active.max_column, 2)
        self.authenticate(self.accompanist.login, self.accompanist.login)
        self.assertEqual(self.url_open(url).status_code, 404)
