"""Sheets of a month, sign-in sheets, certificates and the register: what they hold, on paper and in
a workbook."""

import io
import re
import zipfile
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time
from odoo.tools.pdf import PdfFileReader

from odoo.addons.coworking_incubation.report import sheet as sheet_module

from ..common import CoworkingCase, d


class SheetCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.space.seat_capacity = 60
        cls.daily = cls._new_tariff("Day", 20.0, unit="day")
        funder = cls.env["res.partner"].create({"name": "Métropole Test", "is_company": True})
        cls.env["coworking.funding.agreement"].create(
            {
                "reference": "MEL-1",
                "partner_id": funder.id,
                "program_ids": cls.program.ids,
                "company_id": cls.company.id,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        cls.seat = cls._new_seat("8/6", "30/6", who="Zoé Lambert", tariff=cls.daily)
        cls.env["coworking.presence"].create(
            [
                {"seat_id": cls.seat.id, "date": d(day), "slot": slot, "state": state}
                for day, slot, state in (
                    ("8/6", "am", "present"),
                    ("8/6", "pm", "absent"),
                    ("9/6", "am", "absent"),
                    ("10/6", "am", "present"),
                )
            ]
        )
        cls.seat._sign_presences(
            [
                {"date": d("9/6"), "slot": "am", "state": "present"},
                {"date": d("10/6"), "slot": "am", "state": "present"},
            ],
            source="tablet",
        )

    def _sheet(self, user=None, **values):
        return (
            self.env["coworking.presence.sheet"]
            .with_user(user or self.accompanist)
            .create({"space_id": self.space.id, "month": "2015-06-15", **values})
        )

    def _event(self, *people, start="2015-06-10 07:00:00", stop="2015-06-10 15:00:00"):
        event = self.env["calendar.event"].create(
            {
                "name": "Atelier budget",
                "start": start,
                "stop": stop,
                "coworking_kind": "collective",
                "coworking_program_id": self.program.id,
                "event_tz": "Europe/Paris",
            }
        )
        self.env["coworking.attendance"].create(
            [{"event_id": event.id, "participant_id": person.id} for person in people]
        )
        return event


@freeze_time("2015-06-20 09:00:00")
class TestSheetPages(SheetCase):
    def test_a_page_in_short_then_a_page_a_person(self):
        self._new_seat("1/6", "30/6", who="Émile Roy", tariff=self.daily)
        pages = self._sheet()._prepare_sheet_pages()
        self.assertEqual([page["kind"] for page in pages], ["summary", "person", "person"])
        self.assertEqual(
            [page["seat"].occupant_name for page in pages[1:]], ["Émile Roy", "Zoé Lambert"]
        )
        self.assertEqual([(p["number"], p["count"]) for p in pages], [(1, 3), (2, 3), (3, 3)])

    def test_the_summary_counts_what_is_proven(self):
        (row,) = self._sheet()._prepare_sheet_pages()[0]["rows"]
        self.assertEqual((row["present"], row["absent"], row["settle"]), (2, 1, 1))

    def test_days_of_the_stay_on_which_the_space_is_open(self):
        days = self._sheet()._prepare_sheet_pages()[1]["days"]
        self.assertEqual(len(days), 17)  # Monday 8 to Tuesday 30 June
        self.assertIn("8", days[0]["day"])

    def test_a_cell_says_who_says_what(self):
        days = self._sheet()._prepare_sheet_pages()[1]["days"]
        first, second, third = (day["cells"][0] for day in days[:3])
        self.assertEqual((first["said"], first["signed"], first["settle"]), ("Present", "", False))
        self.assertEqual((second["said"], second["settle"]), ("Absent", True))
        self.assertIn("Present, signed on", third["signed"])
        self.assertIn("(tablet)", third["signed"])

    def test_a_sheet_for_the_hand_is_empty_and_has_no_summary(self):
        pages = self._sheet(blank=True)._prepare_sheet_pages()
        self.assertEqual([page["kind"] for page in pages], ["person"])
        cells = [cell for day in pages[0]["days"] for cell in day["cells"]]
        self.assertFalse(any(cell["said"] or cell["signed"] or cell["settle"] for cell in cells))

    def test_people_of_other_programs_are_not_shown_to_who_may_not_see_them(self):
        with self.assertRefused("Nobody has a seat at"):
            self._sheet(self.other_accompanist).action_print()

    def test_a_space_must_be_chosen_for_paper(self):
        with self.assertRefused("Choose the space"):
            self._sheet(space_id=False).action_print()

    def test_a_long_list_is_cut_in_pages(self):
        for number in range(30):
            self._new_seat("1/6", "30/6", who=f"P{number:02}", tariff=self.daily)
        pages = self._sheet()._prepare_sheet_pages()
        summaries = [page for page in pages if page["kind"] == "summary"]
        self.assertEqual([len(page["rows"]) for page in summaries], [24, 7])
        self.assertFalse(summaries[0]["total"])
        self.assertEqual(summaries[1]["total"]["present"], 2)


@freeze_time("2015-06-20 09:00:00")
class TestSheetPdf(SheetCase, HttpCase):
    def _pdf_pages(self, report, records):
        # in tests Odoo makes no PDF unless asked to
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = reports._render_qweb_pdf(report, records.ids)
        self.assertEqual(kind, "pdf")
        return len(PdfFileReader(io.BytesIO(content)).pages)

    def _html(self, report, records):
        return self.env["ir.actions.report"]._render_qweb_html(report, records.ids)[0].decode()

    def test_the_month_is_one_page_a_person(self):
        for number in range(30):
            self._new_seat("1/6", "30/6", who=f"P{number:02} with a long name", tariff=self.daily)
        sheet = self._sheet(self.env.user)
        self.assertEqual(
            self._pdf_pages("coworking_incubation.report_presence_sheet", sheet), 2 + 31
        )

    def test_every_page_has_its_heading_in_the_body(self):
        html = self._html("coworking_incubation.report_presence_sheet", self._sheet(self.env.user))
        __, *pages = html.split('<div class="o_sheet')
        self.assertEqual(len(pages), 2)
        for number, page in enumerate(pages, 1):
            text = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page))
            for words in ("Test Incubator", "Métropole Test", "Test 2015", "Zoé Lambert"):
                self.assertIn(words, text)
            self.assertIn(f"Page {number} / 2", text)

    def test_boxes_have_the_same_size_whatever_the_engine(self):
        sheet = self._sheet(self.env.user)
        info = sheet_module._wkhtml()
        for patched, zoom in ((True, "zoom: 1"), (False, "zoom: 1.3")):
            build = info._replace(is_patched_qt=patched)
            with patch.object(sheet_module, "_wkhtml", return_value=build):
                self.assertIn(
                    f'style="{zoom}"',
                    self._html("coworking_incubation.report_presence_sheet", sheet),
                )

    def test_several_events_are_one_document(self):
        events = self._event(self.seat.participant_id) | self._event(self.seat.participant_id)
        html = self._html("coworking_incubation.report_attendance_sheet", events)
        self.assertEqual(html.count('class="article"'), 1)
        self.assertEqual(html.count("Atelier budget"), 2)

    def test_an_event_over_noon_is_signed_twice(self):
        event = self._event(self.seat.participant_id)
        html = self._html("coworking_incubation.report_attendance_sheet", event)
        self.assertIn("Signature, morning", re.sub(r"\s+", " ", re.sub("<[^>]+>", "", html)))
        self.assertIn("Signature, afternoon", re.sub(r"\s+", " ", re.sub("<[^>]+>", "", html)))
        morning = self._event(self.seat.participant_id, stop="2015-06-10 10:00:00")
        html = self._html("coworking_incubation.report_attendance_sheet", morning)
        self.assertNotIn("afternoon", html)

    def test_one_signature_of_a_whole_day_is_printed_once_by_the_clock_of_the_place(self):
        event = self._event(self.seat.participant_id)
        self.space.resource_calendar_id.tz = "Europe/Paris"
        event.coworking_attendance_ids.sudo().write(
            {"state": "present", "signed_how": "tablet", "signed_at": "2015-06-10 13:05:00"}
        )
        html = self._html("coworking_incubation.report_attendance_sheet", event)
        self.assertEqual(html.count("Signed on"), 1)
        self.assertRegex(html, r"15:05|3:05")

    def test_free_lines_are_left_for_those_who_walk_in(self):
        report = self.env["report.coworking_incubation.report_attendance_sheet"]
        people = [self._new_participant(f"P{number}") for number in range(12)]
        pages = report._prepare_pages(self._event(*people))
        self.assertEqual([len(page["lines"]) for page in pages], [13, 2])
        self.assertEqual([bool(line["row"]) for line in pages[1]["lines"]], [False, False])

    def test_the_certificate_counts_proven_half_days_and_hours(self):
        participant = self.seat.participant_id
        participant.date_entry = d("1/6")
        event = self._event(participant)
        event.coworking_attendance_ids.state = "present"
        facts = self.env["report.coworking_incubation.report_certificate"]._get_facts(participant)
        (row,) = facts[participant.id]["rows"]
        self.assertEqual(row[1:], (2, 8.0, 0.0))
        html = self._html("coworking_incubation.report_certificate", participant)
        self.assertIn("Zoé Lambert", html)
        self.assertNotIn("To settle", html)

    def test_nothing_is_certified_for_who_never_came(self):
        never = self.env["coworking.participant"].create(
            {"partner_name": "Ana Roy", "program_id": self.program.id}
        )
        report = "coworking_incubation.report_certificate"
        for files in (never, never + self.seat.participant_id):
            with self.assertRaisesRegex(UserError, "certify for Ana Roy yet"):
                self._html(report, files)
        event = self._event(never)
        event.coworking_attendance_ids.state = "present"
        self.assertIn("Ana Roy", self._html(report, never))

    def test_the_certificate_of_who_left_is_of_the_past(self):
        participant = self.seat.participant_id
        participant.date_entry = d("1/6")
        report = "coworking_incubation.report_certificate"
        reason = "coworking_incubation.coworking_exit_reason_jobseeking"
        participant.write({"date_exit": d("30/6"), "exit_reason_id": self.env.ref(reason).id})
        self.assertIn("takes part", self._html(report, participant))
        participant.date_exit = d("12/6")
        html = self._html(report, participant)
        self.assertIn("took part", html)
        self.assertNotIn("takes part", html)

    def test_a_name_that_is_code_is_text(self):
        self.seat.occupant_name = "<img src=x onerror=alert(1)>"
        html = self._html("coworking_incubation.report_presence_sheet", self._sheet(self.env.user))
        self.assertNotIn("<img src=x", html)
        self.assertIn("&lt;img src=x", html)


@freeze_time("2015-06-20 09:00:00")
class TestRegister(SheetCase, HttpCase):
    def _load(self, sheet):
        self.authenticate(self.accompanist.login, self.accompanist.login)
        response = self.url_open(sheet.action_register()["url"])
        self.assertEqual(response.status_code, 200)
        self.assertRegex(
            response.headers["Content-Disposition"], r"regist(er|re)-atelier-2015-06\.xlsx"
        )
        return openpyxl.load_workbook(io.BytesIO(response.content)), response.content

    def test_the_workbook_is_what_the_database_holds(self):
        event = self._event(self.seat.participant_id)
        event.coworking_space_id = self.space
        event.coworking_attendance_ids.state = "present"
        book, __ = self._load(self._sheet())
        presences, attendance = book.worksheets
        rows = list(presences.iter_rows(min_row=2, values_only=True))
        says = {None: False, "Present": "present", "Présence": "present"}
        says |= {"Absent": "absent", "Absence": "absent"}
        known = self.seat.presence_ids.sorted(lambda row: (row.date, row.slot))
        self.assertEqual(
            [(row[2], row[3], row[4].date(), says[row[6]], says[row[11]]) for row in rows],
            [
                (self.seat.name, "Zoé Lambert", row.date, row.state, row.participant_state)
                for row in known
            ],
        )
        self.assertEqual(sum(row[15] for row in rows), 2)
        ((program, __, title, person, day, *rest),) = attendance.iter_rows(
            min_row=2, values_only=True
        )
        self.assertEqual(
            (program, title, person, day.date(), rest[3]),
            ("Test 2015", "Atelier budget", "Zoé Lambert", d("10/6"), 8),
        )

    def test_what_people_typed_is_never_a_formula(self):
        self.seat.occupant_name = '=HYPERLINK("http://x")'
        book, content = self._load(self._sheet())
        cell = book.worksheets[0]["D2"]
        self.assertEqual((cell.value, cell.data_type), ('=HYPERLINK("http://x")', "s"))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertNotIn("<f>", archive.read("xl/worksheets/sheet1.xml").decode())

    def test_it_is_for_who_asked(self):
        sheet = self._sheet()
        for user in (self.other_accompanist, self.employee, self.manager):
            self.authenticate(user.login, user.login)
            with self.subTest(user=user.login):
                response = self.url_open(sheet.action_register()["url"])
                self.assertEqual(response.status_code, 404)

    def test_it_costs_the_same_for_few_and_many(self):
        def queries():
            sheet = self._sheet(self.env.user)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sheet._register_sheets()
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for number in range(20):
            seat = self._new_seat("1/6", "30/6", who=f"P{number}", tariff=self.daily)
            self._new_presences(seat, *self._whole_days(10, "1/6"))
        self.assertLessEqual(queries() - few, 3)

    def test_an_empty_month_is_an_empty_book(self):
        sheet = self._sheet(month="2015-01-01")
        self.assertEqual([rows for __, __, rows in sheet._register_sheets()], [[], []])
