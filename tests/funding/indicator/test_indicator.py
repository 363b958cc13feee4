"""Whom an indicator counts, by which date, and how the people are told apart."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import IndicatorCase, TargetCase


@tagged("post_install", "-at_install")
class TestBasis(IndicatorCase):
    def test_both_days_of_the_period_count(self):
        self.assertEqual(self._total(self.entered, "2015-03-02", "2015-03-02"), 12)
        self.assertEqual(self._total(self.entered, "2015-03-03", "2015-12-31"), 0)
        self.assertEqual(self._total(self.entered, "2015-01-01", "2015-03-01"), 0)

    def test_applications_entries_and_exits_are_counted_by_their_own_day(self):
        self._leave(self.women[0], "2015-06-30")
        applied = self._new_indicator("Applied", basis="applied")
        left = self._new_indicator("Left", basis="left")
        self.assertEqual(self._total(applied, "2015-02-01", "2015-02-28"), 12)
        self.assertEqual(self._total(left, "2015-06-30", "2015-06-30"), 1)
        self.assertEqual(self._total(left, "2015-07-01", "2015-12-31"), 0)

    def test_present_is_who_was_there_on_one_day_of_the_period(self):
        self._leave(self.women[0], "2015-06-30")
        present = self._new_indicator("Present", basis="present")
        self.assertEqual(self._total(present, "2015-06-30", "2015-06-30"), 12)
        self.assertEqual(self._total(present, "2015-07-01", "2015-12-31"), 11)
        self.assertEqual(self._total(present, "2015-01-01", "2015-03-01"), 0)

    def test_six_months_after_is_who_is_to_be_asked_then_and_rates_are_of_who_answered(self):
        for file in self.women[:4]:
            self._leave(file, "2015-03-31")
        asked = self.women[:4].followup_ids.filtered(lambda row: row.months == 6)
        asked[0].write({"exit_reason_id": self.cdi.id, "state": "answered"})
        asked[1].write({"exit_reason_id": self.no_news.id, "state": "answered"})
        asked[2].write({"attempt_count": 2, "state": "unreachable"})
        indicator = self.env.ref("coworking_incubation_funding.coworking_indicator_followup")
        row = self._get_total(indicator, "2015-09-30", "2015-09-30")
        self.assertEqual((row.count, row.answered, row.among), (4, 2, 1))
        self.assertEqual((float(row.rate), float(row.response)), (50.0, 50.0))
        self.assertEqual(self._total(indicator, "2015-10-01", "2015-12-31"), 0)

    def test_dynamic_exits_leave_out_the_withdrawn_ones_and_count_who_gave_no_news(self):
        reasons = [self.cdi] * 3 + [self.no_news] * 2 + [self.moved]
        for file, reason in zip(self.women, reasons, strict=False):
            self._leave(file, "2015-06-30", reason)
        indicator = self.env.ref("coworking_incubation_funding.coworking_indicator_dynamic")
        row = self._get_total(indicator)
        self.assertEqual((row.count, row.among, row.answered), (5, 3, 3))
        self.assertEqual((float(row.rate), float(row.response)), (60.0, 60.0))

    def test_people_of_another_program_are_not_counted(self):
        other = self._new_program("Other", "OTH")
        self._enter("Elsewhere", program=other, gender="female")
        self.assertEqual(self._total(self.entered), 12)
        self.assertEqual(self._count(self.entered, program=self.program | other)["", "Total"], 13)

    def _get_total(self, indicator, date_from="2015-01-01", date_to="2015-12-31"):
        counter = indicator._get_counter(self.program, date_from, date_to)
        figures = indicator._prepare_figures(counter.count()).values()
        return indicator._make_rows(figures, {False: True, True: True})[0]


@tagged("post_install", "-at_install")
class TestBreakdowns(IndicatorCase):
    def test_each_value_of_a_field_is_a_line_those_of_nobody_too(self):
        self._enter("Unknown")
        self.assertEqual(
            self._count(self.entered),
            {
                ("", "Total"): 13,
                ("Sex", "Woman"): 9,
                ("Sex", "Man"): 3,
                ("Sex", "Other or not said"): 0,
                ("Sex", "Not filled in"): 1,
            },
        )

    def test_ages_are_those_at_entry(self):
        # 26 on the day of the entry; the day after, 25 at entry
        self._enter("Just", birth_date="1989-03-02")
        self._enter("Not yet", birth_date="1989-03-03")
        self.entered.breakdown_ids = self.age
        found = self._count(self.entered)
        self.assertEqual(found["Age at entry", "Under 26"], 10)
        self.assertEqual(found["Age at entry", "26 to 49"], 4)
        self.assertEqual(found["Age at entry", "50 and over"], 0)

    def test_lines_of_the_states_list_may_overlap(self):
        self.women[:2].write({"allowance": "rsa", "priority_district": "yes"})
        self.men[0].allowance = "rsa"
        state = self.env.ref("coworking_incubation_funding.coworking_breakdown_state")
        self.entered.breakdown_ids = state
        found = self._count(self.entered)
        name = "State's list of publics"
        self.assertEqual(
            [found[name, line] for line in ("RSA", "QPV", "ASS", "Under 26")], [3, 2, 0, 9]
        )

    def test_who_may_not_read_a_field_is_told_its_name_and_does_not_choose_it(self):
        health = self.env["coworking.breakdown"].create(
            {"name": "Health", "kind": "field", "field_name": "disability"}
        )
        told = health.field_label
        self.assertTrue(told)
        for user, may_choose in ((self.coordinator, False), (self.all_reader, True)):
            seen = health.with_user(user)
            self.assertEqual((seen.field_label, seen.may_choose), (told, may_choose))

    def test_several_sectors_of_one_person_are_lines_each(self):
        sectors = self.env["coworking.sector"].create([{"name": "Wood"}, {"name": "Iron"}])
        self.women[0].sector_ids = sectors
        by_sector = self.env["coworking.breakdown"].create(
            {"name": "Sector", "kind": "field", "field_name": "sector_ids"}
        )
        self.assertFalse(by_sector.is_partition)
        self.entered.breakdown_ids = by_sector
        found = self._count(self.entered)
        self.assertEqual((found["Sector", "Wood"], found["Sector", "Iron"]), (1, 1))
        self.assertEqual(found["Sector", "Not filled in"], 11)

    def test_every_line_is_told_for_each_column(self):
        self.entered.write({"breakdown_ids": [Command.set(self.age.ids)], "split_id": self.sex.id})
        counter = self.entered._get_counter(self.program, "2015-01-01", "2015-12-31")
        rows = self.entered._make_rows(
            self.entered._prepare_figures(counter.count()).values(), {False: True, True: True}
        )
        self.assertEqual(rows[0].splits["Woman"], 9)
        self.assertEqual(
            [(row.label, row.splits["Woman"], row.splits["Man"]) for row in rows[1:]],
            [("Under 26", 9, 0), ("26 to 49", 0, 3), ("50 and over", 0, 0)],
        )

    def test_organisations_of_one_name_are_two_columns(self):
        first, second = self.env["res.partner"].create(
            [{"name": "Local Mission", "is_company": True}] * 2
        )
        self.women.prescriber_id, self.men.prescriber_id = first, second
        self.entered.write(
            {
                "breakdown_ids": False,
                "split_id": self.env["coworking.breakdown"]
                .create({"name": "Referred By", "kind": "field", "field_name": "prescriber_id"})
                .id,
            }
        )
        counter = self.entered._get_counter(self.program, "2015-01-01", "2015-12-31")
        (total,) = self.entered._make_rows(
            self.entered._prepare_figures(counter.count()).values(), {False: True, True: True}
        )
        self.assertEqual(total.splits, {"Local Mission": 9, "Local Mission (2)": 3})

    def test_a_line_that_is_called_as_the_second_of_another_name_keeps_its_figures(self):
        split = self.env["coworking.breakdown"].create(
            {
                "name": "Sex",
                "is_partition": True,
                "line_ids": [
                    Command.create({"name": name, "domain": f"[('gender', '=', '{gender}')]"})
                    for name, gender in (("X", "female"), ("X", "other"), ("X (2)", "male"))
                ],
            }
        )
        self.entered.write({"breakdown_ids": False, "split_id": split.id})
        counter = self.entered._get_counter(self.program, "2015-01-01", "2015-12-31")
        (total,) = self.entered._make_rows(
            self.entered._prepare_figures(counter.count()).values(), {False: True, True: True}
        )
        self.assertEqual(total.splits, {"X": 9, "X (3)": 0, "X (2)": 3})

    def test_the_number_of_queries_does_not_depend_on_the_people(self):
        def queries():
            before = self.env.cr.sql_log_count
            self._count(self.entered)
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for place in range(20):
            self._enter(f"More {place}", gender="other")
        self.env.flush_all()
        self.assertEqual(queries(), few)


@tagged("post_install", "-at_install")
class TestOnScreen(IndicatorCase):
    def test_figures_show_while_a_coordinator_changes_the_indicator(self):
        with Form(self.env["coworking.indicator"].with_user(self.all_reader)) as form:
            form.name = "New"
            form.preview_program_id = self.program
            form.preview_from = "2015-01-01"
            form.preview_to = "2015-12-31"
            form.breakdown_ids.add(self.sex)
            self.assertIn(">12<", form.preview)
            self.assertIn(">9<", form.preview)
            form.basis = "left"
            self.assertNotIn(">12<", form.preview)

    def test_who_may_not_read_the_personal_situation_sees_small_figures_hidden(self):
        form = Form(self.entered.with_user(self.coordinator))
        form.preview_program_id = self.program
        form.preview_from = "2015-01-01"
        form.preview_to = "2015-12-31"
        self.assertIn(">12<", form.preview)
        self.assertNotIn(">9<", form.preview)
        self.assertNotIn(">3<", form.preview)

    def test_a_filter_that_cannot_be_used_is_refused_with_the_indicator_and_the_reason(self):
        for name in ("domain", "among_domain", "answered_domain"):
            with (
                self.subTest(name=name),
                self.assertRefused("Broken", "cannot be used", error=ValidationError),
            ):
                self._new_indicator("Broken", **{name: "[('no_such', '=', 1)]"})

    def test_nobody_counts_by_what_they_may_not_read(self):
        """Or a figure that one's own filter makes would tell of one person."""
        indicators = self.env["coworking.indicator"].with_user(self.coordinator)
        with self.assertRefused("cannot be used", error=ValidationError):
            indicators.create({"name": "RQTH", "domain": "[('disability', '=', 'yes')]"})
        lines = self.env["coworking.breakdown.line"].with_user(self.coordinator)
        with self.assertRefused("cannot be used", error=ValidationError):
            lines.create(
                {
                    "breakdown_id": self.age.id,
                    "name": "RQTH",
                    "domain": "[('disability', '=', 'yes')]",
                }
            )

    def test_nobody_narrows_a_sensitive_table_whom_they_may_not_read(self):
        """Two filters that differ by one person would tell of them by subtraction."""
        indicator = self.entered.with_user(self.coordinator)
        with self.assertRefused("Test entries", "personal situation"):
            indicator.domain = f"[('id', '!=', {self.men[0].id})]"
        self.entered.with_user(self.all_reader).domain = f"[('id', '!=', {self.men[0].id})]"

    def test_a_field_that_makes_no_lines_is_refused(self):
        for name in ("no_such", "project", "clock_state", "date_entry"):
            with self.subTest(name=name), self.assertRefused("Odd", name, error=ValidationError):
                self.env["coworking.breakdown"].create(
                    {"name": "Odd", "kind": "field", "field_name": name}
                )

    def test_columns_have_each_person_once(self):
        state = self.env.ref("coworking_incubation_funding.coworking_breakdown_state")
        with self.assertRefused("Test entries", "State's list", error=ValidationError):
            self.entered.split_id = state


@tagged("post_install", "-at_install")
class TestTargets(TargetCase):
    def test_it_runs_over_the_dates_of_the_agreement_unless_said_otherwise(self):
        target = self._new_target(30)
        self.assertEqual((str(target.date_from), str(target.date)), ("2015-01-01", "2015-12-31"))
        self.assertEqual(str(self._new_target(30, date="2015-06-30").date), "2015-06-30")

    def test_it_goes_along_with_the_dates_of_the_agreement_unless_it_has_its_own(self):
        own = {"date_from": "2015-03-01", "date": "2015-06-30"}
        targets = self._new_target(30) | self._new_target(10, **own)
        june = self._new_target(5, date="2015-06-30")
        self.agreement.date_to = "2016-03-31"
        self.assertEqual([str(day) for day in targets.mapped("date")], ["2016-03-31", "2015-06-30"])
        self.agreement.write({"date_from": "2015-02-01", "date_to": "2015-12-31"})
        whole, part = ([str(row.date_from), str(row.date)] for row in targets)
        self.assertEqual(whole, ["2015-02-01", "2015-12-31"])
        self.assertEqual(part, ["2015-03-01", "2015-06-30"])
        self.agreement.date_from = "2015-07-15"
        self.assertEqual([str(june.date_from), str(june.date)], ["2015-02-01", "2015-06-30"])

    def test_one_that_would_be_due_before_it_is_counted_keeps_its_days(self):
        autumn = self._new_target(5, date_from="2015-10-01")
        self.agreement.date_to = "2015-06-30"
        self.assertEqual([str(autumn.date_from), str(autumn.date)], ["2015-10-01", "2015-12-31"])

    @freeze_time("2015-03-30")
    def test_the_projection_is_the_actual_the_planned_and_the_pace(self):
        """12 entries within 89 days, 2 planned, 13 weeks left."""
        self._enter("Planned", "2015-04-13")
        self._enter("Planned too", "2015-06-29")
        self._enter("Too late", "2015-06-30")
        target = self._new_target(30, date="2015-06-29")
        self.assertEqual(target.actual, 12)
        self.assertEqual(target.projected, 26)  # 12 + 2 + 0.944 * 13
        self.assertEqual(target.status, "behind")
        target.value = 26
        target.invalidate_recordset(["status"])
        self.assertEqual(target.status, "fine")

    @freeze_time("2015-03-30")
    def test_before_it_begins_nothing_is_reached(self):
        present = self._new_indicator("Present", basis="present")
        self._enter("Planned", "2015-06-15")
        for indicator, projected in ((present, 13), (self.entered, 1)):
            target = self._new_target(10, indicator, date_from="2015-06-01")
            self.assertEqual((target.actual, target.projected), (0, projected))
        self.assertEqual(self._new_target(13, present, date_from="2015-06-01").status, "fine")

    @freeze_time("2015-09-01")
    def test_once_its_day_is_over_it_is_reached_or_missed(self):
        self.assertEqual(self._new_target(12, date="2015-06-30").status, "reached")
        missed = self._new_target(13, date="2015-06-30")
        self.assertEqual((missed.status, missed.projected), ("missed", 12))

    @freeze_time("2015-09-01")
    def test_a_rate_is_where_it_is(self):
        for file, reason in zip(self.women, [self.cdi, self.cdi, self.no_news], strict=False):
            self._leave(file, "2015-06-30", reason)
        dynamic = self.env.ref("coworking_incubation_funding.coworking_indicator_dynamic")
        target = self._new_target(50, dynamic)
        self.assertEqual((target.actual, target.projected), (66.7, 66.7))
        # until its day a rate may still change
        self.assertEqual((target.status, target.explanation), ("fine", "2 of 3 people"))
        target.date = "2015-08-31"
        self.assertEqual(target.status, "reached")

    @freeze_time("2015-09-01")
    def test_small_figures_are_hidden_from_accountants(self):
        few = self._new_indicator("Few", domain=f"[('id', 'in', {self.men.ids})]")
        target = self._new_target(10, few).with_user(self.accountant)
        self.assertEqual((target.actual, target.projected), (0, 0))
        self.assertEqual((target.actual_text, target.explanation), ("fewer than 5", False))
        self.assertEqual(target.with_user(self.coordinator).actual, 3)
        self.assertEqual(self._new_target(10).with_user(self.accountant).actual, 12)

    @freeze_time("2015-03-30")
    def test_who_is_there_before_it_begins_is_no_less_hidden(self):
        domain = f"[('id', 'in', {self.men.ids})]"
        few = self._new_indicator("Few there", basis="present", domain=domain)
        target = self._new_target(3, few, date_from="2015-06-01").with_user(self.accountant)
        self.assertEqual((target.actual_text, target.projected), ("fewer than 5", 0))
        self.assertEqual((target.projected_text, target.status), (False, False))
        self.assertEqual(target.with_user(self.coordinator).projected, 3)

    @freeze_time("2015-05-11")
    def test_a_projection_does_not_tell_of_few_in_a_situation(self):
        """12 came on 2 March and 2 are planned; then none is, and 3 of the 12 came lately."""
        planned = self._enter("Planned", "2015-05-18") | self._enter("Too", "2015-06-01")
        (self.women | self.men | planned).allowance = "rsa"
        rsa = self._new_indicator("RSA", domain="[('allowance', '=', 'rsa')]")
        values = {"date": "2015-06-29"}
        target = self._new_target(30, rsa, **values).with_user(self.coordinator)
        self.assertEqual((target.actual_text, target.projected_text), ("12", False))
        self.assertEqual((target.projected, target.explanation), (0, False))
        self.assertEqual(target.status, "behind")
        self.assertIn("2 planned", target.with_user(self.all_reader).explanation)
        everybody = self._new_target(30, **values).with_user(self.coordinator)
        self.assertIn("2 planned", everybody.explanation)
        planned.allowance = False
        target.invalidate_recordset()
        self.assertIn("0 planned", target.explanation)
        self.women.write(
            dict.fromkeys(("date_application", "date_support", "date_entry"), "2015-01-05")
        )
        target.invalidate_recordset()
        self.assertEqual((target.actual_text, target.explanation), ("12", False))

    def test_all_of_an_agreement_are_counted_by_one_query(self):
        targets = self._new_target(1) | self._new_target(2) | self._new_target(3)
        targets.mapped("actual")
        targets.invalidate_recordset(["actual", "status"])
        before = self.env.cr.sql_log_count
        targets.mapped("actual")
        self.assertLessEqual(self.env.cr.sql_log_count - before, 2)

    def test_an_indicator_in_use_is_not_deleted(self):
        self._new_target(30)
        with self.assertRaises(UserError):
            self.entered.unlink()
