from unittest.mock import patch

from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_cron

from ..common import JULY, JUNE, CoworkingCase, d

LOGGER = "odoo.addons.coworking_incubation.models.billing.coworking_statement_generation"


class CronCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Programs of the demonstration would be caught up along.
        cls._archive_at_once(
            cls.env["coworking.program"].sudo().search([("id", "!=", cls.program.id)])
        )
        cls.cron = cls.env.ref("coworking_incubation.ir_cron_generate_statements")

    def _run(self, day):
        with freeze_time(f"{day} 10:00:00"), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def _statements(self):
        return self.env["coworking.statement"].search(
            [("program_id", "=", self.program.id)], order="date_from, name"
        )

    def _months(self):
        return [
            (statement.date_from, statement.space_id.code, statement.payable_total)
            for statement in self._statements()
        ]


class TestCatchUp(CronCase):
    def test_every_month_begun_is_opened(self):
        self._new_seat("16/5", None, "A")
        self._new_seat("1/6", "30/6", "B", self.tariff_b)
        self._run("2015-07-10")
        self.assertEqual(
            self._months(),
            [
                (d("1/5"), "ATELIER", 92.90),
                (JUNE, "ATELIER", 180.0),
                (JUNE, "FABRIQUE", 140.0),
                (JULY, "ATELIER", 180.0),
            ],
        )

    def test_running_again_changes_nothing(self):
        self._new_seat("16/5", None, "A")
        self._run("2015-07-10")
        self.env.cr.execute("SELECT id, ctid::text FROM coworking_charge ORDER BY id")
        before = self.env.cr.fetchall()
        self._run("2015-07-10")
        self.env.cr.execute("SELECT id, ctid::text FROM coworking_charge ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_a_run_cut_short_is_gone_on_with_by_the_next_one(self):
        """Every open month is looked at every day: without that, the first ones alone would be."""
        self._new_seat("1/5", "31/7")
        with (
            patch.object(ir_cron, "MIN_TIME_PER_JOB", 0),
            patch.object(ir_cron, "MIN_RUNS_PER_JOB", 1),
        ):
            opened = []
            for _run in range(4):
                self._run("2015-07-10")
                opened.append(len(self._statements()))
        self.assertEqual(opened, [1, 2, 3, 3])
        # The fourth run began anew; this one goes on from there, the next one sees the first month.
        self.env["coworking.seat"].search(
            [("program_id", "=", self.program.id)]
        ).date_end = "2015-05-05"
        self._run("2015-07-11")
        self._run("2015-07-12")
        self.assertEqual(self._months(), [(d("1/5"), "ATELIER", 29.03)])

    def test_open_months_follow_the_facts_and_settled_ones_do_not(self):
        seat = self._new_seat("1/6", "31/7")
        june = self._settle()
        self._generate(JULY)
        seat.date_end = d("15/7")
        self._run("2015-07-20")
        self.assertEqual(june.payable_total, 180.0)
        self.assertEqual(self._months()[1], (JULY, "ATELIER", 87.10))

    def test_what_a_settled_month_needs_is_corrected_in_the_current_one(self):
        seat = self._new_seat("1/6", "31/7")
        self._settle()
        seat.date_start = d("16/6")
        self._run("2015-07-20")
        self.assertEqual(self._months()[1], (JULY, "ATELIER", 90.0))

    def test_a_correction_is_made_even_if_nobody_has_a_seat_any_more(self):
        seat = self._new_seat("1/6", "30/6")
        self._settle()
        seat.date_start = d("16/6")
        self._run("2015-08-20")
        self.assertEqual(self._months()[1:], [(d("1/8"), "ATELIER", -90.0)])
        self._run("2015-08-21")
        self._run("2015-09-21")
        self.assertEqual(self._months()[1:], [(d("1/8"), "ATELIER", -90.0)])

    def test_a_seat_cancelled_since_leaves_its_open_month(self):
        seat = self._new_seat("1/6", "30/6")
        self._generate()
        seat.action_cancel()
        self._run("2015-07-10")
        self.assertFalse(self._months())

    def test_from_the_20th_next_month_where_it_is_billed_in_advance(self):
        advance = self._new_tariff("Advance", 100.0, billing_timing="advance")
        self._new_seat("1/7", None, "A", advance)
        self._new_seat("1/7", None, "B", self.tariff_b)
        self._run("2015-06-19")
        self.assertFalse(self._months())
        self._run("2015-06-20")
        self.assertEqual(self._months(), [(JULY, "ATELIER", 100.0)])

    def test_no_program_runs_it_for_nothing(self):
        self._run("2015-07-10")
        self.assertFalse(self._months())


class TestOneBadSpace(CronCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls._new_seat("1/6", "30/6", "A")
        # Its price comes into force after the seat's first day: nobody can say what it costs.
        cls.unpriced = cls._new_tariff("Unpriced", 140.0, space=cls.space_b)
        cls.bad = cls._new_seat("1/6", "30/6", "B", cls.unpriced)
        cls._put_off(cls.unpriced, "1/7")

    def _warnings(self):
        return self.space_b.activity_ids

    def _run_with_warning(self, day):
        with mute_logger(LOGGER):
            self._run(day)

    def test_it_does_not_hold_the_others_up(self):
        self._run_with_warning("2015-06-10")
        self.assertEqual(self._months(), [(JUNE, "ATELIER", 180.0)])

    def test_the_coordinator_is_told_once_on_the_space_with_what_to_do(self):
        self._run_with_warning("2015-06-10")
        warning = self._warnings()
        self.assertEqual(len(warning), 1)
        self.assertEqual(warning.user_id, self.coordinator)
        for fragment in (self.bad.name, "Unpriced", "price"):
            self.assertIn(fragment, str(warning.note))
        self.assertNotIn("Camille", str(warning.note))
        self._run_with_warning("2015-06-11")
        self.assertEqual(self._warnings(), warning)

    def test_the_log_says_so_without_naming_anybody(self):
        with self.assertLogs(LOGGER, "WARNING") as logs:
            self._run("2015-06-10")
        self.assertEqual(len(logs.output), 1)
        self.assertIn(str(self.space_b.id), logs.output[0])
        self.assertNotIn("Fabrique", logs.output[0])

    def test_once_mended_the_next_run_makes_it(self):
        self._run_with_warning("2015-06-10")
        self.unpriced.price_ids.date_start = d("1/6")
        self._run("2015-06-11")
        self.assertEqual(self._months(), [(JUNE, "ATELIER", 180.0), (JUNE, "FABRIQUE", 140.0)])

    def test_the_run_itself_succeeds(self):
        self._run_with_warning("2015-06-10")
        self.assertEqual(self.cron.failure_count, 0)


class TestProgress(CronCase):
    def test_the_scheduled_actions_run_daily(self):
        for name in ("ir_cron_generate_statements", "ir_cron_end_seats"):
            cron = self.env.ref(f"coworking_incubation.{name}")
            self.assertRecordValues(
                cron, [{"interval_number": 1, "interval_type": "days", "active": True}]
            )

    def test_it_stops_when_time_is_up_and_the_next_run_goes_on(self):
        self._new_seat("1/3", "31/7")
        calls = []

        def progress(cron, processed=0, *, remaining=None, deactivate=False):
            calls.append(processed)
            return 0 if sum(calls) >= 2 else 10

        self.patch(self.registry["ir.cron"], "_commit_progress", progress)
        with freeze_time("2015-07-10 10:00:00"):
            self.env["coworking.statement"]._cron_generate()
        done = len(self._statements())
        self.assertTrue(0 < done < 5, done)
        calls.clear()
        self.patch(
            self.registry["ir.cron"],
            "_commit_progress",
            lambda cron, processed=0, *, remaining=None, deactivate=False: 10,
        )
        with freeze_time("2015-07-10 10:00:00"):
            self.env["coworking.statement"]._cron_generate()
        self.assertEqual(len(self._statements()), 5)

    def _run_once(self, is_cut=False):
        """As Odoo runs it, a space a commit; one that is cut has time for one space alone."""
        progress = self.env["ir.cron.progress"].create({"cron_id": self.cron.id})
        job = self.env["coworking.statement"].with_context(
            cron_id=self.cron.id,
            ir_cron_progress_id=progress.id,
            cron_end_time=0 if is_cut else float("inf"),
        )
        with (
            patch.object(self.env.cr, "commit", self.env.flush_all),
            freeze_time("2015-07-10 10:00:00"),
            self._at_once(1, seats=0),
        ):
            job._cron_generate()
        return progress

    def test_runs_cut_short_skip_nothing_of_what_leaves_the_list_once_done(self):
        for number in range(6):
            space = self._new_space(f"S{number}", f"S{number}")
            self._new_seat("1/6", "30/6", f"P{number}", self._new_tariff("T", 1.0, space=space))
        self._run_once()
        statements = self._statements()
        self.assertEqual(len(statements), 6)
        self.env.cr.execute("UPDATE coworking_statement SET create_date = '2015-06-01'")
        self.env.invalidate_all()
        statements.pending_changes = 1
        for done in (1, 2):
            self.assertGreater(self._run_once(is_cut=True).remaining, 0)
            self.assertEqual(len(statements.filtered("pending_changes")), 6 - done)
        self.assertEqual(self._run_once().remaining, 0)
        self.assertFalse(statements.filtered("pending_changes"))

    def test_after_the_end_it_begins_at_the_beginning(self):
        for number in range(3):
            space = self._new_space(f"S{number}", f"S{number}")
            self._new_seat("1/6", "30/6", f"P{number}", self._new_tariff("T", 1.0, space=space))
        self._run_once()
        space = self._new_space("S3", "S3")  # after where the last one ended
        self._new_seat("1/6", "30/6", "P3", self._new_tariff("T", 1.0, space=space))
        first = self._statements().sorted("space_id")[:1]
        first.pending_changes = 1
        self._run_once(is_cut=True)
        self.assertFalse(first.pending_changes)

    def test_it_commits_a_few_spaces_at_a_time_and_more_where_they_have_few_seats(self):
        for number in range(7):
            space = self._new_space(f"S{number}", f"S{number}")
            tariff = self._new_tariff("T", 1.0, space=space)
            for seat in range(1 + 2 * (number == 3)):
                self._new_seat("1/6", "30/6", f"P{number}.{seat}", tariff)
        made = []

        def progress(cron, processed=0, *, remaining=None, deactivate=False):
            made.append(len(self._statements()))
            return 10

        self.patch(self.registry["ir.cron"], "_commit_progress", progress)
        with freeze_time("2015-06-10 10:00:00"), self._at_once(2, seats=4):
            self.env["coworking.statement"]._cron_generate()
        self.assertEqual(made, [0, 3, 5, 7])
