"""Our work as jobs of the OCA's queue: what becomes a job, who does it, and what becomes of it."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.coworking_incubation.models.trust.eraser import Eraser
from odoo.addons.coworking_incubation.tools import hold
from odoo.addons.coworking_incubation_funding.models.evidence import coworking_evidence_seal
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job

from ..billing.test_month_run import RunCase
from ..common import JUNE
from ..funding.evidence.common import EvidenceCase
from ..matching.received import ReceivedCase, ubl
from ..trust.purge_case import PurgeCase

PURGE = "odoo.addons.coworking_incubation.models.trust.coworking_participant_purge"


class QueueMixin:
    """What waits in the queue; nobody runs it but these tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jobs = cls.env["queue.job"].search([])

    def _get_jobs(self, model, state="pending"):
        return (self.env["queue.job"].search([]) - self.jobs).filtered(
            lambda job: job.model_name == model and job.state == state
        )

    def _do(self, jobs):
        """As the runner does, apart from its transactions."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            for job in jobs.sorted("id").with_env(self.env(cr=cr)):
                job.records._do_as_job()
                job.state = "done"
        self.env.invalidate_all()

    def _count_wakes(self, cron, addon="coworking_incubation"):
        return self.env["ir.cron.trigger"].search_count(
            [("cron_id", "=", self.env.ref(f"{addon}.{cron}").id)]
        )

    def _make_late(self, jobs):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET date_created = %s WHERE id IN %s",
            [fields.Datetime.now() - timedelta(minutes=11), tuple(jobs.ids)],
        )
        self.env.invalidate_all()


class TestMonths(QueueMixin, RunCase):
    def _ask_and_spread(self):
        run, _action = self._ask()
        self._do(self._get_jobs("coworking.month.run.line"))
        return run, self._get_jobs("coworking.month.run.line")

    def test_a_month_is_a_job_a_space_which_who_asks_does_not_wait_for(self):
        wakes = self._count_wakes("ir_cron_month_runs")
        run, _action = self._ask()
        only = self._get_jobs("coworking.month.run.line")
        self.assertEqual((len(only), only.records), (1, run.sudo().line_ids))
        self._do(only)
        jobs = self._get_jobs("coworking.month.run.line")
        self.assertEqual(len(jobs), self.SPACES)
        self.assertEqual(set(jobs.mapped("channel")), {"root.coworking.month_run_line"})
        self.assertEqual(self._count_wakes("ir_cron_month_runs"), wakes)
        self.assertFalse(self._statements())
        told = self._listen()
        self._do(jobs)
        self.assertEqual(run.outcome, f"Done for you: {self.SPACES}")
        self.assertEqual(set(self._statements().mapped("payable_total")), {100.0})
        self.assertEqual(self._statements().create_uid, self.coordinator)
        self.assertEqual(
            [user for user, kind, _message in told if "simple" in kind], [run.create_uid]
        )

    def test_asked_again_a_space_has_one_job(self):
        run, jobs = self._ask_and_spread()
        run.action_resume()
        self._do(self._get_jobs("coworking.month.run.line") - jobs)
        self.assertEqual(self._get_jobs("coworking.month.run.line"), jobs)

    def test_what_is_stopped_waits_no_more_and_what_goes_on_waits_again(self):
        run, jobs = self._ask_and_spread()
        self._do(jobs[:2])
        run.action_stop()
        self.assertEqual(
            (set(jobs[2:].mapped("state")), set(jobs[:2].mapped("state"))),
            ({"cancelled"}, {"done"}),
        )
        run.action_resume()
        self._do(self._get_jobs("coworking.month.run.line"))
        self._do(self._get_jobs("coworking.month.run.line"))
        self.assertEqual((run.state, len(self._statements())), ("done", self.SPACES))

    def test_a_job_of_what_was_stopped_meanwhile_does_nothing_and_is_over(self):
        run, jobs = self._ask_and_spread()
        run.sudo().stopped = True
        self._do(jobs)
        self.assertFalse(self._statements())
        self.assertEqual(run.todo_count, self.SPACES)

    def test_a_space_that_somebody_holds_is_come_back_to(self):
        run, jobs = self._ask_and_spread()
        with (
            patch.object(
                self.registry["coworking.space"], "_lock_for_generation", lambda spaces: spaces[:0]
            ),
            self.assertRaises(RetryableJobError),
        ):
            self._do(jobs[:1])
        self.assertEqual(run.todo_count, self.SPACES)
        self._do(jobs)
        self.assertEqual(run.state, "done")

    def test_what_is_held_for_long_is_come_back_to_less_and_less_often_for_an_hour(self):
        _run, jobs = self._ask_and_spread()
        job, pauses = Job.load(self.env, jobs[0].uuid), []
        for number in range(1, job.max_retries):
            job.retry = number
            pauses.append(job._get_retry_seconds())
        self.assertEqual(pauses, [5] * 4 + [30] * 5 + [300] * 10)

    def test_a_space_in_error_is_told_on_the_run_and_its_job_is_over(self):
        run, jobs = self._ask_and_spread()
        Statement = self.registry["coworking.statement"]
        real = Statement._generate

        def generate(statements, program, month, spaces=None, **how):
            if self.seats[0].space_id in spaces:
                raise ValueError("broken")
            return real(statements, program, month, spaces, **how)

        with (
            patch.object(Statement, "_generate", generate),
            mute_logger("odoo.addons.coworking_incubation.models.billing.coworking_month_run"),
        ):
            self._do(jobs)
        self.assertEqual((run.state, run.failed_count), ("failed", 1))
        self.assertEqual(len(self._statements()), self.SPACES - 1)

    def test_where_who_asked_is_gone_it_is_stopped_and_its_jobs_are_taken_back(self):
        run, jobs = self._ask_and_spread()
        self.coordinator.sudo().active = False
        with mute_logger("odoo.addons.coworking_incubation.models.billing.coworking_month_run"):
            self._do(jobs[:1])
        self.assertTrue(run.sudo().stopped)
        self.assertEqual(set(jobs[1:].mapped("state")), {"cancelled"})
        self.assertFalse(self._statements())

    def test_where_nobody_runs_the_jobs_the_scheduled_action_does_as_without_them(self):
        run, jobs = self._ask_and_spread()
        self._make_late(jobs[:1])
        wakes = self._count_wakes("ir_cron_month_runs")
        run.action_resume()
        self.assertEqual(self._count_wakes("ir_cron_month_runs"), wakes + 1)
        self.assertEqual(self._get_jobs("coworking.month.run.line"), jobs)
        self._work_in_background()
        self.assertEqual(run.state, "done")
        self._do(jobs)  # the runner is there again: nothing twice
        self.assertEqual(len(self._statements()), self.SPACES)

    def test_a_job_that_is_to_be_tried_later_is_not_late(self):
        run, jobs = self._ask_and_spread()
        self._make_late(jobs)
        jobs.eta = fields.Datetime.now() + timedelta(minutes=1)
        wakes = self._count_wakes("ir_cron_month_runs")
        run.action_resume()
        self.assertEqual(self._count_wakes("ir_cron_month_runs"), wakes)


class TestBills(QueueMixin, ReceivedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_seat("1/6", "30/6")
        cls.june = cls._settle(JUNE)

    def _receive(self, number):
        content = ubl(150, 30, reference=f"F-{number}", note=self.june.name)
        return self.Files._receive_file(f"{number}.xml", content, source="upload")

    def test_each_bill_is_a_job_that_reads_and_matches_it(self):
        wakes = self._count_wakes("ir_cron_read_invoice_files")
        file, _second = self._receive(1), self._receive(2)
        jobs = self._get_jobs("coworking.invoice.file")
        self.assertEqual(len(jobs), 2)
        self.assertEqual(set(jobs.mapped("channel")), {"root.coworking.invoice_file"})
        self.assertEqual(self._count_wakes("ir_cron_read_invoice_files"), wakes)
        self._do(jobs[0] if jobs[0].records == file else jobs[1])
        self.assertFile(file, "decoded", "decoded", statement_id=self.june.id)
        self.assertEqual((self.june.gap_amount, self.june.invoiced_amount), (0.0, 180.0))

    def test_who_hands_one_in_needs_no_right_on_the_queue_and_it_is_read_by_code(self):
        file = self.Files.with_user(self.manager)._receive_file(
            "1.xml", ubl(150, 30), source="portal"
        )
        job = self._get_jobs("coworking.invoice.file")
        self.assertEqual(job.records, file.sudo())
        self.assertTrue(job.user_id._is_superuser())

    def test_one_that_another_process_reads_is_left_to_it_and_read_once(self):
        file = self._receive(1)
        with self.registry.cursor() as other, hold(other, file._table, file.id) as is_held:
            self.assertTrue(is_held)
            self.assertFalse(file._work_apart())
        self.assertEqual(file.state, "waiting")
        jobs = self._get_jobs("coworking.invoice.file")
        self._do(jobs)
        bill = file.move_id
        self.assertEqual(file.state, "decoded")
        self._do(jobs)
        self.assertEqual(file.move_id, bill)

    def test_one_to_be_read_again_while_its_job_waits_wakes_the_scheduled_action_too(self):
        file = self._receive(1)
        file.state = "refused"
        wakes = self._count_wakes("ir_cron_read_invoice_files")
        file.action_read_again()
        self.assertEqual(len(self._get_jobs("coworking.invoice.file")), 1)
        self.assertEqual(self._count_wakes("ir_cron_read_invoice_files"), wakes + 1)

    def test_a_bill_that_is_gone_before_its_turn_is_no_error(self):
        file = self._receive(1)
        jobs = self._get_jobs("coworking.invoice.file")
        file.sudo().unlink()
        self._do(jobs)


class TestEndOfData(QueueMixin, PurgeCase):
    def setUp(self):
        super().setUp()
        values = {"date_start": "2015-01-01", "date_end": "2045-12-31"}
        self.other, nothing = (self._new_program(code, code, **values) for code in ("OTHER", "NO"))
        (self.other | nothing).retention_confirmed_on = "2015-01-01"
        self.theirs = self._gone("Ali Benali", program=self.other)
        self._gone("Nadia Roux", months=1, program=nothing)
        self._make_old()
        for file in (self.person, self.theirs):
            self._told(file, self._ago(days=31))

    def _run_and_get_jobs(self):
        """:return: the jobs of the program, and of the other one"""
        self._run()
        jobs = self._get_jobs("coworking.program")
        mine = jobs.filtered(lambda job: job.records == self.program.sudo())
        return mine, jobs - mine

    def _count_logged(self):
        return self.env["coworking.purge"].sudo().search_count([])

    def test_each_program_with_files_whose_term_is_over_is_a_job_that_ends_its_own(self):
        mine, theirs = self._run_and_get_jobs()
        self.assertEqual((len(mine), theirs.records), (1, self.other.sudo()))
        self.assertEqual(set((mine | theirs).mapped("channel")), {"root.coworking.program"})
        self.assertNotIn("Benali", str((mine | theirs).read()))
        self._do(theirs)
        self.assertTrue(self.theirs.purged_on)
        self.assertFalse(self.person.purged_on)
        self._do(mine)
        self.assertTrue(self.person.purged_on)
        logged = self._count_logged()
        self._do(mine | theirs)
        self._run()
        self.assertEqual(self._count_logged(), logged)
        self.assertFalse(self._get_jobs("coworking.program"))

    def test_it_waits_for_its_turn_however_long_somebody_else_is_at_it(self):
        mine, _theirs = self._run_and_get_jobs()
        self.assertEqual(mine.max_retries, 0)
        with (
            self.registry.cursor() as other,
            hold(other, "coworking_end_data"),
            self.assertRaises(RetryableJobError),
        ):
            self._do(mine)
        self.assertFalse(self.person.purged_on)
        self._do(mine)
        self.assertTrue(self.person.purged_on)

    def test_a_program_that_fails_keeps_no_other_from_its_turn(self):
        mine, theirs = self._run_and_get_jobs()
        real = Eraser.erase_files

        def erase(eraser, files, over):
            if self.person in files:
                raise ValueError("broken")
            real(eraser, files, over)

        with patch.object(Eraser, "erase_files", erase), mute_logger(PURGE):
            self._do(mine | theirs)
        self.assertTrue(self.theirs.purged_on)
        self.assertFalse(self.person.purged_on)
        self.assertTrue(self.person.purge_failed_on)

    def test_where_nobody_ran_the_jobs_of_yesterday_the_scheduled_action_ends_the_data(self):
        mine, theirs = self._run_and_get_jobs()
        self._make_late(mine)
        self._run()
        self.assertTrue(self.person.purged_on and self.theirs.purged_on)
        logged = self._count_logged()
        self._do(mine | theirs)  # the runner is there again: nothing twice
        self.assertEqual(self._count_logged(), logged)


class TestEvidence(QueueMixin, EvidenceCase):
    def test_a_large_file_of_evidence_is_a_job_that_names_nobody(self):
        with patch.object(coworking_evidence_seal, "AT_ONCE", 0):
            evidence = self._make(self.camille)
        (job,) = self._get_jobs("coworking.evidence")
        self.assertEqual(job.channel, "root.coworking.evidence")
        self.assertIn("Camille", evidence.name)
        (said,) = job.read()
        self.assertNotIn("Camille", str(said))
        self._do(job)
        self.assertEqual((evidence.state, evidence.attempt_count), ("sealed", 1))
