"""What figures give away to who may not read the lists behind them: by subtraction from one table
to the next, from one report to the next, from one try to the next.
"""

import psycopg2
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import IndicatorCase, TargetCase

KINDS = {"cdi": 12, "cdd_short": 3, "training_qualifying": 6, "jobseeking": 9, "moved_away": 2}


@tagged("post_install", "-at_install")
class TestSideBySide(IndicatorCase):
    def _leave_all(self):
        """32 exits: 12 lasting, 3 transitional, 6 positive, 9 others, 2 withdrawn."""
        files = self.women | self.men
        files |= files.browse().union(
            *(self._enter(f"More {place}", gender="female") for place in range(20))
        )
        left = list(files)
        for name, count in KINDS.items():
            reason = self.env.ref(f"coworking_incubation.coworking_exit_reason_{name}")
            for file in left[:count]:
                self._leave(file, reason=reason)
            left = left[count:]

    def _ref(self, name):
        return self.env.ref(f"coworking_incubation_funding.coworking_{name}")

    def test_two_tables_of_a_report_do_not_give_away_what_each_hides(self):
        """Exits less those that count are the withdrawn ones; the dynamic ones less the lasting and
        the positive ones are the transitional ones.
        """
        self._leave_all()
        report = self._new_report(self._ref("indicator_left"), self._ref("indicator_dynamic"))
        report.action_count()
        shown = {
            (row.indicator_name, row.breakdown_name, row.line_label, row.split_label): row
            for row in report.figure_ids.with_user(self.accountant)
        }
        exits = shown["Exits", False, "Total", ""].number
        dynamic = shown["Dynamic exits", False, "Total", ""]
        category = "Kind of exit (State's categories)"
        kinds = {
            label: row.number
            for (indicator, axis, label, split), row in shown.items()
            if (indicator, axis, split) == ("Exits", category, "")
        }
        self.assertEqual(sum(number == "s" for number in kinds.values()) >= 2, True, kinds)
        self.assertIn("s", (exits, dynamic.number))
        hidden = [dynamic.among_number, kinds["Lasting employment"], kinds["Positive exit"]]
        self.assertIn("s", hidden)
        # who may read the lists reads all of it
        all_shown = report.figure_ids.with_user(self.all_reader).mapped("number")
        self.assertNotIn("s", all_shown)

    def test_a_line_of_two_lists_is_hidden_in_both(self):
        """The RSA is an allowance, and in the State's list."""
        self.women[:5].allowance = "rsa"
        (self.women[5:] | self.men[:1]).allowance = "ass"
        self.men[1:].allowance = "are"
        by_field = self._new_indicator(
            "By allowance", breakdown_ids=[Command.set(self._ref("breakdown_allowance").ids)]
        )
        by_list = self._new_indicator(
            "State", breakdown_ids=[Command.set(self._ref("breakdown_state").ids)]
        )
        report = self._new_report(by_field, by_list)
        report.action_count()
        shown = {
            (row.indicator_name, row.line_label): row.number
            for row in report.figure_ids.with_user(self.accountant)
        }
        self.assertEqual(shown["By allowance", "RSA"], shown["State", "RSA"])
        self.assertEqual(shown["By allowance", "ASS"], shown["State", "ASS"])
        self.assertIn("s", (shown["By allowance", "RSA"], shown["By allowance", "ASS"]))

    def test_of_who_answered_the_one_who_has_no_work_is_not_worked_out(self):
        for file in self.women:
            self._leave(file, "2015-03-31")
        asked = self.women.followup_ids.filtered(lambda row: row.months == 6)
        asked[:6].write({"exit_reason_id": self.cdi.id, "state": "answered"})
        asked[6].write({"exit_reason_id": self.no_news.id, "state": "answered"})
        indicator = self._ref("indicator_followup")
        indicator.breakdown_ids = False
        report = self._new_report(indicator)
        report.action_count()
        row = report.figure_ids.with_user(self.accountant)
        self.assertEqual((row.number, row.among_number, row.rate), ("9", "s", "s"))
        (line,) = report.with_user(self.accountant)._make_file_rows()
        self.assertEqual((line.among, line.answered, line.rate), ("s", "s", "s"))


@tagged("post_install", "-at_install")
class TestOneAfterTheOther(IndicatorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.women[:6].allowance = "rsa"
        (cls.women[6:] | cls.men).allowance = "are"
        cls.entered.breakdown_ids |= cls.env.ref(
            "coworking_incubation_funding.coworking_breakdown_allowance"
        )
        cls.report = cls._new_report()
        cls.report.action_finalise()

    def _numbers(self, report, user):
        return {
            row.line_label: row.number
            for row in report.figure_ids.with_user(user)
            if row.line_label in ("Total", "RSA", "ARE")
        }

    def test_who_came_since_the_last_report_is_not_known_by_subtraction(self):
        """6 had the RSA, 7 have it: the one who came would be known by it."""
        self.assertEqual(
            self._numbers(self.report, self.accountant), {"Total": "12", "RSA": "6", "ARE": "6"}
        )
        self._enter("Newcomer", gender="female", allowance="rsa")
        again = self._new_report()
        again.action_count()
        self.assertEqual(
            self._numbers(again, self.accountant), {"Total": "13", "RSA": "s", "ARE": "s"}
        )
        self.assertEqual(
            self._numbers(again, self.all_reader), {"Total": "13", "RSA": "7", "ARE": "6"}
        )
        hidden = {row.label: row.count for row in again._make_file_rows()}
        self.assertEqual(hidden["RSA"], "s")

    def test_a_report_of_a_longer_period_does_not_tell_either(self):
        longer = self._new_report(date_from="2014-12-01")
        self._enter("Newcomer", gender="female", allowance="rsa")
        longer.action_count()
        self.assertEqual(self._numbers(longer, self.accountant)["RSA"], "s")

    def test_what_changed_since_does_not_list_what_is_hidden(self):
        self._enter("Newcomer", gender="female", allowance="rsa")
        action = self.report.with_user(self.all_reader).action_compare()
        figures = self.env["coworking.report.figure"]

        def listed(user, is_changed=True):
            domain = [*action["domain"][:1], ("is_changed", "=", is_changed)]
            return set(figures.with_user(user).search(domain).mapped("line_label"))

        self.assertIn("RSA", listed(self.all_reader))
        self.assertEqual(listed(self.accountant), {"Total"})
        self.assertNotIn("ARE", listed(self.accountant, False))
        (row,) = figures.with_user(self.accountant).search(
            [*action["domain"][:1], ("line_label", "=", "RSA")]
        )
        self.assertEqual((row.before, row.change, row.came, row.gone), ("s", "s", False, False))

    def test_many_who_came_are_told(self):
        for place in range(5):
            self._enter(f"New {place}", gender="female", allowance="rsa")
        again = self._new_report()
        again.action_count()
        self.assertEqual(self._numbers(again, self.accountant)["RSA"], "11")

    def test_reports_of_other_programs_do_not_matter(self):
        other = self._new_program("Other", "OTH")
        for place in range(7):
            self._enter(f"Other {place}", program=other, gender="female", allowance="rsa")
        report = self._new_report(program_ids=[Command.set(other.ids)])
        report.action_count()
        self.assertEqual(self._numbers(report, self.accountant)["RSA"], "7")


@tagged("post_install", "-at_install")
class TestTries(IndicatorCase):
    """What somebody who may not read the personal situation may try."""

    def _try(self, indicator, user, **values):
        with Form(indicator.with_user(user)) as form:
            form.preview_program_id = self.program
            form.preview_from = values.pop("preview_from", "2015-01-01")
            form.preview_to = values.pop("preview_to", "2015-12-31")
            for name, value in values.items():
                form[name] = value
            preview = form.preview
            for name in values:
                form[name] = indicator[name]
            return preview

    def test_nobody_tries_a_sensitive_table_on_people_whom_they_choose(self):
        domain = f"[('id', '!=', {self.men[0].id})]"
        preview = self._try(self.entered, self.coordinator, domain=domain)
        self.assertIn("personal situation", preview)
        self.assertNotIn("<table", preview)
        self.assertIn("<table", self._try(self.entered, self.all_reader, domain=domain))
        self.assertIn("<table", self._try(self.entered, self.coordinator))

    def test_nobody_tries_it_on_days_that_they_choose(self):
        preview = self._try(self.entered, self.coordinator, preview_to="2015-03-02")
        self.assertIn("whole months", preview)
        self.assertNotIn("<table", preview)

    def test_what_an_indicator_is_tried_on_says_nothing_to_accountants(self):
        preview = self.entered.with_user(self.accountant).preview
        self.assertIn("Only a coordinator", preview)

    def test_nobody_changes_lines_by_which_a_sensitive_table_tells_of_people(self):
        lists = self.env["coworking.breakdown"].with_user(self.coordinator)
        chosen = lists.create(
            {
                "name": "Chosen",
                "kind": "list",
                "line_ids": [
                    Command.create({"name": "All", "domain": "[]"}),
                    Command.create({"name": "But one", "domain": "[('id', '!=', 1)]"}),
                ],
            }
        )
        values = {"split_id": self.sex.id, "breakdown_ids": [Command.set(chosen.ids)]}
        with self.assertRefused("Test entries", "personal situation"):
            self.entered.with_user(self.coordinator).write(values)
        self.entered.with_user(self.all_reader).write(values)
        with self.assertRefused("Chosen", "changes its lines"):
            chosen.line_ids[1].domain = "[('id', '!=', 2)]"
        with self.assertRefused("Age at entry", "changes its lines"):
            self.age.with_user(self.coordinator).line_ids[0].age_to = 24
        chosen.line_ids[1].name = "Another name"  # says nothing

    def test_nobody_lowers_what_is_small_whose_lists_they_may_not_read(self):
        report = self._new_report().with_user(self.coordinator)
        with self.assertRefused(report.name, "fewer than 5"):
            report.threshold = 0
        with self.assertRefused("fewer than 5"):
            report.copy({"threshold": 1})
        report.threshold = 10
        report.with_user(self.all_reader).threshold = 3
        # whoever may chose it for all
        report.action_finalise()
        report.action_compare()

    def test_who_opens_the_people_of_a_sensitive_figure_is_traced(self):
        report = self._new_report()
        report.action_count()
        figures = report.figure_ids.with_user(self.all_reader)
        women = figures.filtered(lambda row: row.line_label == "Woman")
        audit = self.env["coworking.audit"]
        domain = [("action", "=", "looked"), ("user_id", "=", self.all_reader.id)]
        before = audit.search_count(domain)
        figures[0].action_open_people()
        self.assertEqual(audit.search_count(domain), before)
        women.action_open_people()
        line = audit.search(domain, limit=1)
        self.assertEqual(line.changes["fields"], ["gender"])
        self.assertEqual(sorted(line.changes["ids"]), sorted(self.women.ids))

    def test_indicators_of_another_company_are_not_counted(self):
        other = self._new_company("Other Incubator")
        theirs = self._new_indicator("Theirs", company_id=other.id)
        with self.assertRaises(UserError):
            self._new_report(theirs)


@tagged("post_install", "-at_install")
class TestFrozen(IndicatorCase):
    def setUp(self):
        super().setUp()
        self.report = self._new_report()
        self.report.action_finalise()
        self.env.flush_all()

    def test_postgresql_keeps_a_final_report_whoever_writes(self):
        figure = self.report.figure_ids[0]
        for change in (
            f"UPDATE coworking_report SET state = 'draft' WHERE id = {self.report.id}",
            f"UPDATE coworking_report SET date_to = '2015-06-30' WHERE id = {self.report.id}",
            f"DELETE FROM coworking_report WHERE id = {self.report.id}",
            f"UPDATE coworking_report_figure SET count = 13 WHERE id = {figure.id}",
            f"UPDATE coworking_report_figure SET line_label = 'X' WHERE id = {figure.id}",
            f"UPDATE coworking_report_figure SET members = '{{1}}' WHERE id = {figure.id}",
            f"DELETE FROM coworking_report_figure WHERE id = {figure.id}",
            f"INSERT INTO coworking_report_figure (report_id, indicator_id)"
            f" VALUES ({self.report.id}, {self.entered.id})",
        ):
            with (
                self.subTest(change=change),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(change)

    def test_what_it_is_called_and_a_draft_may_change(self):
        self.report.name = "Another name"
        self.report.hide_small = False
        draft = self._new_report()
        draft.action_count()
        draft.action_count()
        draft.unlink()


@tagged("post_install", "-at_install")
class TestDays(IndicatorCase):
    def test_the_year_before_a_29th_of_february_is_whole_months(self):
        for now, first, last in (
            ("2025-03-10", "2024-03-01", "2025-02-28"),
            ("2024-03-10", "2023-03-01", "2024-02-29"),
            ("2016-01-01", "2015-01-01", "2015-12-31"),
        ):
            with self.subTest(now=now), freeze_time(now):
                reports = self.env["coworking.report"]
                days = reports._default_date_from(), reports._default_date_to()
                self.assertEqual(tuple(map(str, days)), (first, last))

    def test_who_was_born_on_a_29th_of_february_is_as_old_in_files_as_in_figures(self):
        """49 on the 28th of February, 50 on the 1st of March."""
        eve = self._enter("Eve", "2018-02-28", birth_date="1968-02-29", program=self._new_2018())
        self.assertEqual(eve.age_at_entry, 49)
        day = self._enter("Day", "2018-03-01", birth_date="1968-02-29", program=eve.program_id)
        self.assertEqual(day.age_at_entry, 50)
        self.entered.breakdown_ids = self.age
        found = self._count(self.entered, "2018-02-01", "2018-03-31", eve.program_id)
        self.assertEqual(
            (found["Age at entry", "26 to 49"], found["Age at entry", "50 and over"]), (1, 1)
        )

    def _new_2018(self):
        return self._new_program("2018", "Y18", date_start="2018-01-01", date_end="2018-12-31")

    def test_who_entered_counts_once_the_file_is_archived_as_in_pilotage(self):
        self.women[0].active = False
        self.assertEqual(self._total(self.entered), 12)
        files = self.env["coworking.export.mapping"]._find_files(
            self.program, "entered", "2015-01-01", "2015-12-31"
        )
        self.assertEqual(len(files), 12)


@tagged("post_install", "-at_install")
class TestTargetsTold(TargetCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dynamic = cls.env.ref("coworking_incubation_funding.coworking_indicator_dynamic")

    def _new_target(self, *args, **values):
        return super()._new_target(*args, **values).with_user(self.accountant)

    @freeze_time("2015-09-01")
    def test_the_one_who_is_left_out_of_a_rate_is_not_told(self):
        for file in self.women[:7]:
            self._leave(file)
        self._leave(self.women[7], reason=self.no_news)
        target = self._new_target(50, self.dynamic)
        self.assertTrue(target.is_hidden)
        self.assertEqual((target.explanation, target.status), (False, False))

    @freeze_time("2015-09-01")
    def test_whether_a_small_target_is_reached_is_not_told_either(self):
        few = self._new_indicator("Few", domain=f"[('id', 'in', {self.men.ids})]")
        self.assertFalse(self._new_target(3, few).status)
        self.assertEqual(self._new_target(40, few).status, "behind")

    @freeze_time("2015-04-01")
    def test_who_comes_before_a_target_is_counted_is_not_planned_for_it(self):
        self._enter("May", "2015-05-15")
        self._enter("July", "2015-07-15")
        target = self._new_target(10, self.entered, date_from="2015-07-01")
        self.assertEqual(target.with_user(self.coordinator).projected, 1)
        self.assertEqual((target.actual, target.projected), (0, 0), "so few are not told to all")

    def test_a_target_counts_by_an_indicator_of_its_company(self):
        other = self._new_company("Other Incubator")
        theirs = self._new_indicator("Theirs", company_id=other.id)
        with self.assertRaises(UserError):
            self._new_target(3, theirs)
