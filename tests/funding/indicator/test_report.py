"""Reports: drafts that are counted again, then what they were for good."""

import io

import openpyxl
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...common import JUNE
from ...trust.common import EndOfDataCase
from .common import IndicatorCase


@tagged("post_install", "-at_install")
class TestReports(IndicatorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls._new_report()

    def test_it_takes_the_programs_of_its_agreement(self):
        agreement = self.env["coworking.funding.agreement"].create(
            {
                "reference": "F-1",
                "partner_id": self.env["res.partner"].create({"name": "Funder"}).id,
                "company_id": self.company.id,
                "program_ids": [Command.set(self.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        report = self.env["coworking.report"].create(
            {"agreement_id": agreement.id, "date_from": "2015-01-01", "date_to": "2015-12-31"}
        )
        self.assertEqual(report.program_ids, self.program)
        self.assertIn("F-1", report.name)
        self.assertTrue(report.indicator_ids)

    def test_programs_that_are_archived_are_told_of_all_the_same(self):
        self.report.action_count()
        self.report.action_finalise()
        agreement = self.env["coworking.funding.agreement"].create(
            {
                "reference": "F-1",
                "partner_id": self.env["res.partner"].create({"name": "Funder"}).id,
                "program_ids": [Command.set(self.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        target = self.env["coworking.funding.target"].create(
            {"agreement_id": agreement.id, "indicator_id": self.entered.id, "value": 12}
        )
        self.program.active = False
        self.env.invalidate_all()
        self.assertEqual((target.actual, target.status), (12, "reached"))
        report = self.env["coworking.report"].create(
            {
                "agreement_id": agreement.id,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "indicator_ids": [Command.set(self.entered.ids)],
            }
        )
        self.assertEqual(report.program_ids, self.program)
        report.action_count()
        self.assertEqual(self._numbers(report)["Total"], "12")
        since = self.report.action_compare()
        self.assertFalse(self.env["coworking.report.figure"].search(since["domain"]))

    def test_two_indicators_of_one_name_are_two_tables(self):
        fewer = self._new_indicator(
            self.entered.name, domain="[('gender', '=', 'male')]", description="Men alone"
        )
        report = self._new_report(self.entered, fewer)
        report.action_count()
        first, second = report.with_user(self.all_reader)._prepare_tables()
        totals = [[row.count for row in table["rows"] if row.is_total] for table in (first, second)]
        self.assertEqual(totals, [[12], ["s"]])
        self.assertNotIn("Men alone", first["definition"])
        self.assertIn("Men alone", second["definition"])
        self.assertEqual(len(report._prepare_pages()[0]), 2)

    def test_a_draft_is_counted_again_and_a_final_one_stays(self):
        self.report.action_count()
        self.assertEqual(self._numbers()["Total"], "12")
        self._enter("Late", gender="female")
        self.report.action_count()
        self.assertEqual(self._numbers()["Total"], "13")
        self.report.action_finalise()
        self._enter("Later still", gender="female")
        with self.assertRefused("is final since", self.report.name):
            self.report.action_count()
        self.assertEqual(self._numbers()["Total"], "13")

    def test_who_takes_part_in_two_programs_counts_for_each_as_the_report_says(self):
        other = self._new_program("Other", "OTH")
        file = self._enter("Both", program=other)
        file.partner_id = self.women[0].partner_id
        report = self._new_report(program_ids=[Command.set((self.program | other).ids)])
        report.action_count()
        self.assertEqual(self._numbers(report)["Total"], "13")
        self.assertIn("counts for each", dict(report._get_facts())["What Is Counted"])

    def _numbers(self, report=None):
        figures = (report or self.report).figure_ids.with_user(self.all_reader)
        return {row.line_label: row.number for row in figures}

    def test_a_final_report_is_changed_and_deleted_by_nobody(self):
        self.report.action_finalise()
        report = self.report.with_user(self.all_reader)
        for values in (
            {"date_from": "2015-02-01"},
            {"indicator_ids": [Command.clear()]},
            {"program_ids": [Command.clear()]},
            {"threshold": 0},
        ):
            with self.subTest(values=values), self.assertRefused("is final since"):
                report.write(values)
        with self.assertRefused("is final since"):
            report.unlink()
        for values in ({"state": "draft"}, {"date_final": "2020-01-01"}):
            with self.assertRaises(UserError):
                report.write(values)
        with self.assertRaises(AccessError):
            report.figure_ids.write({"line_label": "Other"})
        report.name = "Final report"  # what it is called is not what it says

    def test_a_month_that_is_not_closed_is_told_line_by_line_and_refused(self):
        seat = self._new_seat("1/6", "31/7", self.women[0])
        self._new_presences(seat, "10/6", "10/7")
        self._generate(JUNE)
        with self.assertRefused(
            "TST-2015-06-ATELIER", "1 expected lines", "Close these months first"
        ):
            self.report.action_finalise()
        self.assertEqual(self.report.state, "draft")
        self.assertIn("TST-2015-06-ATELIER", self.report.open_months)
        self._settle(JUNE)
        with self.assertRefused("1 expected lines"):
            self.report.action_finalise()
        until_june = self._new_report(date_to="2015-06-30")
        until_june.action_finalise()
        self.assertEqual(until_june.state, "final")

    @freeze_time("2015-12-15")
    def test_a_period_that_is_not_over_is_refused(self):
        with self.assertRefused("The period ends on", "2015"):
            self.report.action_finalise()

    def test_a_report_is_about_whole_months(self):
        """Two of them that differ by a day would tell of who came that day."""
        for values in ({"date_from": "2015-01-02"}, {"date_to": "2015-12-30"}):
            with (
                self.subTest(values=values),
                self.assertRefused("whole months", error=ValidationError),
            ):
                self._new_report(**values)

    def test_it_needs_a_program_and_an_indicator(self):
        with self.assertRefused("at least one program", error=ValidationError):
            self._new_report(program_ids=False)

    def test_nobody_makes_a_draft_final_by_hand(self):
        with self.assertRaises(AccessError):
            self.report.with_user(self.all_reader).state = "final"

    def test_what_changed_since_is_told_by_figure_with_who_came_and_who_left(self):
        self.report.action_finalise()
        self.men[0].gender = "female"
        newcomer = self._enter("Late", gender="female")
        action = self.report.with_user(self.all_reader).action_compare()
        figures = self.env["coworking.report.figure"].with_user(self.all_reader)
        found = {row.line_label: row for row in figures.search(action["domain"])}
        self.assertEqual(set(found), {"Total", "Woman", "Man"})
        token = self.env["coworking.participant"]._get_tokens
        woman, man = found["Woman"], found["Man"]
        self.assertEqual((woman.before, woman.number, woman.change), ("9", "11", "+2"))
        self.assertEqual((man.before, man.number, man.change), ("3", "2", "-1"))
        self.assertEqual(
            set(woman.came.split(", ")), set(token([newcomer.id, self.men[0].id]).values())
        )
        self.assertEqual(man.gone, token(self.men[0].ids)[self.men[0].id])
        # asked once more: the same draft, counted anew
        again = self.report.with_user(self.all_reader).action_compare()
        self.assertEqual(again["domain"], action["domain"])
        self.assertEqual(len(self._numbers()), 4)
        self.assertEqual(self._numbers()["Woman"], "9")

    def test_nothing_changed_is_an_empty_list(self):
        self.report.action_finalise()
        action = self.report.action_compare()
        self.assertFalse(self.env["coworking.report.figure"].search(action["domain"]))

    def test_a_token_is_always_the_same_and_says_nothing_of_the_person(self):
        tokens = self.env["coworking.participant"]._get_tokens
        ids = self.women.ids
        self.assertEqual(tokens(ids), tokens(ids))
        self.assertEqual(len(set(tokens(ids).values())), len(ids))
        self.assertFalse(set(tokens(ids).values()) & set(tokens(ids, "research").values()))
        self.assertEqual(self.women[0].funding_token, tokens(ids)[self.women[0].id])

    # === Small figures === #

    def test_of_12_people_9_women_and_3_men_are_hidden_from_who_may_not_read_the_list(self):
        self.report.action_count()
        hidden = {"Total": "12", "Woman": "s", "Man": "s", "Other or not said": "0"}
        for user in (self.accountant, self.coordinator):
            with self.subTest(user=user.login):
                figures = self.report.figure_ids.with_user(user)
                self.assertEqual({row.line_label: row.number for row in figures}, hidden)
                small = figures.filtered(lambda row: row.line_label == "Man")
                self.assertFalse(small.tokens)
                with self.assertRaises(AccessError):
                    small.action_open_people()
        self.assertEqual(self._numbers(), hidden | {"Woman": "9", "Man": "3"})

    def test_who_reads_the_total_does_not_learn_a_small_sensitive_figure_from_it(self):
        """A coordinator without the group sees that they are 3: not that all of them are men."""
        few = self._new_indicator(
            "Few",
            domain=f"[('id', 'in', {self.men.ids})]",
            breakdown_ids=[Command.set(self.sex.ids)],
        )
        report = self._new_report(few)
        report.action_count()
        shown = {
            row.line_label: row.number for row in report.figure_ids.with_user(self.coordinator)
        }
        self.assertEqual(shown, {"Total": "3", "Woman": "s", "Man": "s", "Other or not said": "s"})

    def test_no_way_leads_to_a_hidden_number(self):
        self.report.action_count()
        figures = self.report.figure_ids.with_user(self.accountant)
        for name in ("count", "among", "answered"):
            with self.subTest(name=name):
                with self.assertRaises(AccessError):
                    figures.read([name])
                self.assertNoWay(lambda name=name: figures.search([(name, "=", 3)]))
                self.assertNoWay(lambda name=name: figures._read_group([], [], [f"{name}:sum"]))

    def test_a_coordinator_opens_the_files_behind_a_figure(self):
        everybody = self._new_indicator("Everybody")
        report = self._new_report(everybody)
        report.action_count()
        action = report.figure_ids.with_user(self.coordinator).action_open_people()
        files = self.env["coworking.participant"].search(action["domain"])
        self.assertEqual(files, self.women | self.men)

    def test_the_file_hides_small_figures_unless_it_is_said_otherwise(self):
        self.report.action_count()
        book = self._open(self.report.with_user(self.all_reader))
        self.assertEqual(self._column(book, "How Many"), [12, "s", "s", 0])
        self.report.hide_small = False
        book = self._open(self.report.with_user(self.all_reader))
        self.assertEqual(self._column(book, "How Many"), [12, 9, 3, 0])
        book = self._open(self.report.with_user(self.accountant))
        self.assertEqual(self._column(book, "How Many"), [12, "s", "s", 0])

    def test_the_workbook_says_what_it_is_and_no_text_is_a_formula(self):
        self.entered.write({"name": "=1+1", "description": "-2+cmd|' /C calc'!A0"})
        self.report.action_count()
        book = self._open(self.report.with_user(self.all_reader))
        first, figures = book.worksheets
        told = {row[0].value: row[1].value for row in first.iter_rows() if row[0].value}
        self.assertEqual(told["Programs"], "Test 2015")
        self.assertEqual(told["File Made By"], self.all_reader.name)
        self.assertIn("-2+cmd", told["=1+1"])
        self.assertEqual(figures.freeze_panes, "E2")
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        self.assertFalse([cell for cell in cells if cell.data_type == "f"])
        self.assertEqual(figures["A2"].value, "=1+1")

    def _open(self, report):
        return openpyxl.load_workbook(io.BytesIO(report._make_workbook()))

    def _column(self, book, title):
        rows = list(book.worksheets[1].iter_rows(values_only=True))
        place = rows[0].index(title)
        return [row[place] for row in rows[1:]]

    def test_a_download_is_traced(self):
        self.report.action_count()
        self.report.with_user(self.accountant)._make_workbook()
        line = self.env["coworking.audit"].search([("res_model", "=", "coworking.report")], limit=1)
        self.assertEqual((line.action, line.user_id), ("exported", self.accountant))

    def test_the_page_holds_what_the_screen_shows(self):
        self.report.action_count()
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            "coworking_incubation_funding.report_activity_document", self.report.ids
        )
        text = html.decode()
        for words in ("Test entries", "Draft: these figures may still move", "Test 2015", ">12<"):
            self.assertIn(words, text)
        self.assertNotIn(">9<", text)

    # === Rights === #

    def test_accompanists_and_strangers_read_no_reports(self):
        for user in (self.accompanist, self.employee, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.report.with_user(user).read(["name"])

    def test_accountants_read_and_make_none(self):
        report = self.report.with_user(self.accountant)
        report.read(["name"])
        for act in (report.action_count, report.action_finalise, report.action_compare):
            with self.assertRaises(AccessError):
                act()

    def test_reports_of_another_company_are_not_seen(self):
        other = self._new_company("Other Incubator")
        stranger = self.coordinator.copy(
            {"login": "stranger", "company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        self.assertFalse(
            self.env["coworking.report"]
            .with_user(stranger)
            .with_company(other)
            .with_context(allowed_company_ids=other.ids)
            .search([("id", "=", self.report.id)])
        )


@tagged("post_install", "-at_install")
class TestEndOfData(EndOfDataCase):
    """Two people who left long ago: their files are made anonymous after the report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ref = cls.env.ref
        breakdowns = ("gender", "allowance", "age")
        cls.indicator = cls.env["coworking.indicator"].create(
            {
                "name": "Test entries",
                "breakdown_ids": [
                    Command.set(
                        [
                            ref(f"coworking_incubation_funding.coworking_breakdown_{name}").id
                            for name in breakdowns
                        ]
                    )
                ],
            }
        )
        cls.rsa = cls.env["coworking.indicator"].create(
            {"name": "RSA", "domain": "[('allowance', '=', 'rsa')]"}
        )
        cls.first = cls._gone("Zoé Un", gender="female", allowance="rsa", birth_date="1990-05-17")
        cls.second = cls._gone("Luc Deux", gender="male", allowance="are", birth_date="1950-05-17")
        cls.report = cls._new_report()

    @classmethod
    def _new_report(cls):
        since = cls.first.date_entry.replace(day=1)
        return cls.env["coworking.report"].create(
            {
                "program_ids": [Command.set(cls.program.ids)],
                "date_from": since,
                "date_to": cls.env["coworking.report"]._default_date_to(),
                "indicator_ids": [Command.set((cls.indicator | cls.rsa).ids)],
            }
        )

    def _figures(self, report):
        report.invalidate_recordset()
        return {
            (row.indicator_name, row.breakdown_name, row.line_label): row.number
            for row in report.figure_ids
        }

    def test_a_report_of_before_is_made_again_with_the_same_figures(self):
        self.report.action_finalise()
        before = self._figures(self.report)
        self._purge(self.first)
        self.assertFalse(self.first.allowance)
        self.assertEqual(self._figures(self.report), before)
        again = self._new_report()
        again.action_finalise()
        self.assertEqual(again.previous_id, self.report)
        self.assertEqual(self._figures(again), before)
        self.assertFalse(
            self.env["coworking.report.figure"].search(
                [("report_id", "=", again.id), ("is_changed", "=", True)]
            )
        )
        # and once more, after another one is gone
        self._purge(self.second)
        third = self._new_report()
        third.action_finalise()
        self.assertEqual(self._figures(third), before)

    def test_a_draft_that_is_of_another_period_now_takes_nobody_over(self):
        self.report.action_finalise()
        self._purge(self.first)
        draft = self._new_report()
        draft.action_count()
        self.assertEqual(draft.previous_id, self.report)
        self.assertEqual(self._figures(draft)["RSA", False, "Total"], "1")
        draft.date_from = draft.date_to.replace(day=1)
        draft.action_count()
        self.assertFalse(draft.previous_id)
        self.assertEqual(self._figures(draft)["RSA", False, "Total"], "0")

    def test_what_changed_since_is_of_the_same_period_whatever_became_of_an_earlier_draft(self):
        self.report.action_finalise()
        compared = [("previous_id", "=", self.report.id)]
        self.report.action_compare()
        self.report.action_compare()
        draft = self.report.search(compared)
        self.assertEqual(len(draft), 1)
        draft.date_from = draft.date_to.replace(day=1)
        self.report.action_compare()
        other = self.report.search(compared) - draft
        self.assertEqual(other.date_from, self.report.date_from)

    def test_the_situation_of_who_is_anonymous_leads_to_nobody(self):
        self.report.action_finalise()
        self._purge(self.first)
        figures = self.report.figure_ids
        lines = {(row.indicator_name, row.line_label): row for row in figures}
        self.assertEqual(lines["Test entries", "RSA"].tokens, "1 anonymised")
        self.assertEqual(lines["RSA", "Total"].tokens, "1 anonymised")
        with self.assertRaises(UserError):
            lines["Test entries", "RSA"].action_open_people()
        # that there was a woman is kept of the file, and the token stays
        token = self.env["coworking.participant"]._get_tokens(self.first.ids)[self.first.id]
        self.assertEqual(lines["Test entries", "Woman"].tokens, token)

    def test_a_first_report_after_the_end_of_data_says_what_is_not_known_any_more(self):
        self._purge(self.first)
        self.report.action_finalise()
        figures = self._figures(self.report)
        self.assertEqual(figures["Test entries", False, "Total"], "2")
        self.assertEqual(figures["Test entries", "Allowance", "Anonymised since"], "1")
        self.assertEqual(figures["Test entries", "Sex", "Woman"], "1")
