import logging
import time
from collections import defaultdict
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_date
from odoo.tools.constants import GC_UNLINK_LIMIT

from ...tools import keep_environments
from .coworking_statement_generation import PATIENCE, PAUSE

_logger = logging.getLogger(__name__)

# Not more than a part of what is left is done in one transaction, so that others may help.
LEFT_PART = 4
# How often they are begun again at once, where somebody else has just let go of one.
TRIES = 2
# For how many days what was done is told.
KEPT_DAYS = 30
# For how long mails of a month wait for what is still being sent.
HELD_BACK_DAYS = 1


class CoworkingMonthRun(models.Model):
    """What somebody asked for a month, done space by space: who did what, and what is still to do.

    A few spaces are done in each transaction, by the screen of who asked, by the scheduled action,
    or by both at once, on any number of hosts: what one of them holds the others leave out. It may
    be stopped and goes on where it was. A space that cannot be done does not hold the others up.
    """

    _name = "coworking.month.run"
    _description = "Work on a Month"
    _inherit = ["coworking.record.mixin"]
    _order = "id desc"

    step = fields.Selection(
        [
            ("generate", "Generate"),
            ("send", "Send"),
            ("confirm", "Confirm for the spaces"),
            ("bill", "Create the bills"),
            ("post", "Post the bills"),
        ],
        required=True,
        readonly=True,
    )
    dialog_model = fields.Char(string="Type of Dialog", readonly=True)
    dialog_id = fields.Many2oneReference(
        model_field="dialog_model",
        readonly=True,
        export_string_translation=False,
        help="The dialog that holds what was answered, which does this step itself.",
    )
    date_from = fields.Date(
        string="Month", readonly=True, help="First day of the month, where it is about one alone."
    )
    stopped = fields.Boolean(readonly=True, help="Nothing more is done until somebody goes on.")
    left_out = fields.Text(
        string="Not Asked For", readonly=True, help="What was chosen and cannot be done, and why."
    )
    told = fields.Boolean(
        readonly=True, help="Who asked was told that it is done, or saw it on the screen at once."
    )
    asked_at = fields.Datetime(
        string="Asked On",
        required=True,
        readonly=True,
        default=lambda self: self.env.cr.now(),
        help="When it was asked for, or tried again.",
    )
    line_ids = fields.One2many("coworking.month.run.line", "run_id", readonly=True)
    failed_line_ids = fields.One2many(
        "coworking.month.run.line", "run_id", domain=[("state", "=", "failed")], readonly=True
    )
    by_program = fields.Boolean(
        string="By the Program",
        readonly=True,
        help="Nobody asked for it: a switch of the program lets it be done by itself.",
    )
    is_mine = fields.Boolean(
        compute="_compute_is_mine", help="Who asked for it does it; colleagues may stop it."
    )
    line_count = fields.Integer(string="Spaces", compute="_compute_progress", compute_sudo=True)
    todo_count = fields.Integer(
        string="Still to Do", compute="_compute_progress", compute_sudo=True
    )
    failed_count = fields.Integer(string="In Error", compute="_compute_progress", compute_sudo=True)
    progress = fields.Float(
        compute="_compute_progress", compute_sudo=True, help="What is done, in percent."
    )
    state = fields.Selection(
        [
            ("running", "Under way"),
            ("stopped", "Stopped"),
            ("failed", "Done but for errors"),
            ("done", "Done"),
        ],
        compute="_compute_progress",
        compute_sudo=True,
    )
    outcome = fields.Char(
        compute="_compute_progress",
        compute_sudo=True,
        help="What is done and by whom, and what is still to do.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("step", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        steps = dict(self._fields["step"]._description_selection(self.env))
        for run in self:
            month = run.date_from and format_date(self.env, run.date_from, date_format="MMMM y")
            run.display_name = " · ".join(filter(None, (steps.get(run.step), month)))

    @api.depends_context("uid")
    def _compute_is_mine(self):
        for run in self:
            run.is_mine = run.create_uid == self.env.user

    @api.depends("line_ids.state", "line_ids.user_id", "stopped")
    @api.depends_context("lang", "uid")
    def _compute_progress(self):
        counts = defaultdict(list)
        for run, state, user, count in self.env["coworking.month.run.line"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state", "user_id"], ["__count"]
        ):
            counts[run.id].append((state, user, count))
        for run in self:
            rows = counts[run.id]
            by_state = defaultdict(int)
            for state, _user, count in rows:
                by_state[state] += count
            run.line_count = sum(by_state.values())
            run.todo_count = by_state["todo"]
            run.failed_count = by_state["failed"]
            done = run.line_count - by_state["todo"]
            run.progress = 100 * done / run.line_count if run.line_count else 100
            if by_state["todo"]:
                run.state = "stopped" if run.stopped else "running"
            else:
                run.state = "failed" if by_state["failed"] else "done"
            run.outcome = run._say_outcome(rows)

    def _say_outcome(self, rows):
        """:param rows: list of (state of lines, who did them, how many)"""
        if self.by_program:
            done = self.env._("Done by the program: %(count)s")
        elif self.is_mine:
            done = self.env._("Done for you: %(count)s")
        else:
            done = self.env._("Done for %(author)s: %(count)s")
        words = {
            "done": done,
            "elsewhere": self.env._("Already done by %(name)s: %(count)s"),
            "moot": self.env._("Nothing to do any more: %(count)s"),
            "failed": self.env._("In error: %(count)s"),
            "todo": self.env._("Still to do: %(count)s"),
        }
        author = self.create_uid.name
        return ", ".join(
            words[state] % {"count": count, "name": user.name, "author": author}
            for known in words
            for state, user, count in rows
            if state == known
        )

    # === WHAT IS ASKED ===#

    @api.model
    def _start(self, step, targets, month=None, dialog=None, left_out=""):
        """Note what is to be done, and do it if it is little.

        :param targets: list of dicts of ``program_id``, ``space_id``, ``date_from`` and, of the
            steps after the generation, ``statement_id``; of a bill to post, ``move_id``
        :param month: the first day of the month, if it is one
        :param dialog: what was answered to do it, see ``_ask_dialog``
        :param left_out: what was chosen and cannot be done, and why, a line each
        :return: the run
        :raise UserError: nothing of what was chosen can be done
        """
        if not targets and left_out:
            raise UserError(left_out)
        at_once = len(targets) <= self.env["coworking.space"]._spaces_at_once
        # sudo: written by code alone; who asks is its author all the same
        run_sudo = self.sudo().create(
            {
                "step": step,
                "date_from": month,
                "dialog_model": dialog and dialog._name,
                "dialog_id": dialog and dialog.id,
                "left_out": left_out,
                "told": at_once,
                "line_ids": [fields.Command.create(values) for values in targets],
            }
        )
        run = run_sudo.sudo(self.env.su)
        if at_once:
            run._work()
        if run.todo_count:
            run_sudo.told = False
            run._wake()
        return run

    def _wake(self):
        """The scheduled action helps along, and goes on when nobody looks any more."""
        # sudo: whichever companies the screen shows
        todo = self.sudo().line_ids.filtered(lambda line: line.state == "todo")
        self.env["ir.cron"]._wake("coworking_incubation.ir_cron_month_runs", todo)

    def _work(self, among=None):
        """Do some spaces, in the transaction that is under way.

        :param among: lines to choose from; all by default
        :return: whether there were any that nobody else holds
        :raise SerializationFailure: somebody else has just let go of one: to be begun again
        """
        lines = self._claim(among)._enter_companies()
        left = lines - lines._mark_gone()
        self._do(left - left._mark_done_elsewhere())
        self._finish()
        return bool(lines)

    def _claim(self, among=None):
        """Take the next lines whose spaces nobody holds, with these.

        They are locked and written as ``coworking.space._lock_for_generation`` explains.

        :param among: see ``_work``
        """
        Line = self.env["coworking.month.run.line"]
        runs = self.filtered(lambda run: not run.stopped)
        if not runs:
            return Line
        self.env.flush_all()
        most = runs._get_spaces_at_once() if among is None else len(among)
        # Where somebody has just let go of one, Odoo begins again: nothing to log.
        self.env.cr.execute(
            """SELECT line.id
                 FROM coworking_month_run_line line
                 JOIN coworking_space space ON space.id = line.space_id
                WHERE line.run_id IN %s AND line.state = 'todo'
                  AND (%s OR line.id = ANY(%s))
             ORDER BY line.id
                LIMIT %s
                  FOR NO KEY UPDATE SKIP LOCKED""",
            [tuple(runs.ids), among is None, (among or Line).ids, most],
            log_exceptions=False,
        )
        lines = Line.browse(row[0] for row in self.env.cr.fetchall())
        # sudo: a space is taken by whoever may work on its statements
        lines_sudo = lines.sudo()
        taken = lines_sudo.space_id._lock_for_generation()
        return lines_sudo.filtered(lambda line: line.space_id in taken).sudo(self.env.su)

    def _get_spaces_at_once(self):
        """How many spaces are done in one transaction, by the seats of the next of them."""
        # sudo: how many there are, whoever asks
        runs = self.sudo()
        lines, spaces = (runs.env[f"coworking.{name}"] for name in ("month.run.line", "space"))
        todo = Domain("run_id", "in", runs.ids) & Domain("state", "=", "todo")
        most = min(lines.search_count(todo) // LEFT_PART, spaces._small_spaces_at_once)
        if most <= spaces._spaces_at_once:
            return spaces._spaces_at_once
        lines = lines.search(todo, order="id", limit=most)
        spaces = spaces.browse(line.space_id.id for line in lines)
        return spaces._count_at_once(max(lines.mapped("date_from")))

    def _do(self, lines):
        """Do these together; fewer where that fails, then one by one: each has its own error."""
        if not lines:
            return
        lines_sudo = lines.sudo()  # sudo: written by code alone
        try:
            with keep_environments(self.env), self.env.cr.savepoint():
                problems = getattr(lines, f"_{self.step}")() or {}
                for line in lines_sudo:
                    problem = problems.get(line)
                    line.write({"state": "failed" if problem else "done", "error": problem})
            return
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            if len(lines) == 1:
                return  # somebody else is at it: still to do
        except Exception as error:
            if len(lines) == 1:
                lines_sudo.write({"state": "failed", "error": self._describe_error(lines, error)})
                return
        few = self.env["coworking.space"]._spaces_at_once
        fewer = few if len(lines) > few else 1
        for start in range(0, len(lines), fewer):
            self._do(lines[start : start + fewer])

    def _describe_error(self, line, error):
        """What is told of a space that could not be done; what nobody foresaw is logged."""
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, IntegrityError):
            return self.env["coworking.statement"]._sql_error_to_message(error)
        _logger.error("Step %s of a month failed: line %s.", self.step, line.id, exc_info=error)
        return self.env._(
            "An unexpected error: the log of the server says more. Tell an administrator."
        )

    def _ask_dialog(self, statements):
        """Have the dialog that holds what was answered do its step for these.

        :return: dict statement -> what is wrong, of those that were left as they are
        :raise UserError: the dialog is gone, as dialogs go after some time
        """
        self.ensure_one()
        dialog = self.env[self.dialog_model].browse(self.dialog_id).exists()
        if not dialog:
            raise UserError(
                self.env._("What was answered is no longer there: choose it, and answer again.")
            )
        return dialog._do_month_step(statements)

    @api.model
    def _cron_work(self):
        """Go on with what was asked, for who asked it, a few spaces a commit.

        What is asked of one does not hold the others up, whatever becomes of it.
        """
        cron = self.env["ir.cron"]
        runs = self.search(
            Domain("stopped", "=", False)
            & (Domain("told", "=", False) | Domain("line_ids", "any", [("state", "=", "todo")])),
            order="id",
        )
        cron._commit_progress(remaining=sum(runs.mapped("todo_count")))
        for run in runs:
            try:
                has_time = run._work_on()
            except Exception:
                self.env.cr.rollback()  # what was done before is committed
                _logger.exception("Work %s on a month failed: tried again later.", run.id)
                has_time = cron._commit_progress(run.todo_count)  # of the next hour
            if not has_time:
                break

    def _work_on(self):
        """Do what is left of this run; what others hold is come back to some times, and left to
        the next run of the scheduled action.

        :return: whether there is time for more
        """
        run = self._enter_author()
        if not run:
            return bool(self.env["ir.cron"]._commit_progress(self.todo_count))
        tries, left = 0, run.todo_count
        while left and tries < PATIENCE and not run.stopped:
            before = left
            run._try_work()
            left = run.todo_count
            if not self.env["ir.cron"]._commit_progress(max(before - left, 0)):
                return False
            run.invalidate_recordset()  # others commit too
            left = run.todo_count
            tries = 0 if left < before else tries + 1
            if 0 < tries < PATIENCE:
                time.sleep(PAUSE)
        run._finish()
        return bool(self.env["ir.cron"]._commit_progress())

    def _get_work_lang(self):
        """The language of what is noted: that of who asked; a program has that of its staff."""
        if self.by_program:
            return self.line_ids.program_id.company_id[:1].partner_id.lang or self.env.lang
        return self.create_uid.lang

    def _try_work(self, among=None):
        """``_work``, but that what somebody else is at stays to do: to be called where all that was
        done before is committed.

        :return: whether there may be more: some were done, or are to be begun again
        """
        found = True
        for _try in range(TRIES):
            try:
                found = self._work(among)
                self.env.flush_all()
                break
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()  # what they let go of is free by now, and seen
                _logger.info("Work %s on a month: begun again, others are at the same", self.id)
        self.invalidate_recordset()
        return found

    def _enter_author(self):
        """This run as who asked for it; none where they may not go on: then it is stopped."""
        if not self._has_author():
            _logger.warning("Work %s on a month is stopped: who asked may not go on.", self.id)
            self._stop()
            return self.browse()
        return self.with_user(self.create_uid).with_context(lang=self._get_work_lang())

    def _has_author(self):
        """Whether who asked is still there, and may still work on months."""
        author = self.create_uid
        return (
            bool(author)
            and (author.active or author._is_superuser())
            and self.with_user(author).has_access("read")
        )

    def _finish(self):
        """Whoever does the last of it tells who asked, once; mails that waited for it leave."""
        # sudo: written by code alone
        run = self.sudo()
        lines = self.env["coworking.month.run.line"].sudo()
        todo = [("run_id", "=", run.id), ("state", "=", "todo")]
        if not run.told and not lines.search_count(todo, limit=1):
            run.told = True
            run._let_mails_go()
            run._tell_author()

    def _let_mails_go(self):
        """What was sent until now is written to the spaces: see ``_get_spaces_being_sent``."""
        if "send" in self.mapped("step"):
            self.env["coworking.statement"]._ask_spaces()

    @api.model
    def _get_spaces_being_sent(self):
        """Spaces whose statements somebody is sending, month by month: their managers are written
        to once all are sent, or for a day at most.

        :return: dict first day of month -> ``coworking.space`` records
        """
        # sudo: whoever asked for it, of whatever company
        groups = (
            self.env["coworking.month.run.line"]
            .sudo()
            ._read_group(
                Domain("state", "=", "todo")
                & Domain("run_id.step", "=", "send")
                & Domain("run_id.stopped", "=", False)
                & Domain(
                    "run_id.asked_at", ">", self.env.cr.now() - timedelta(days=HELD_BACK_DAYS)
                ),
                ["date_from:month"],
                ["space_id:recordset"],
            )
        )
        return {fields.Date.to_date(month): spaces for month, spaces in groups}

    def _tell_author(self):
        """Who asked hears that it is done, wherever they are by now, in their own language."""
        author = self.create_uid
        # sudo: what they asked is theirs to hear, whatever rights they lost meanwhile
        run = self.with_user(author).sudo().with_context(lang=author.lang)
        author._bus_send(
            "simple_notification",
            {
                "type": "warning" if run.failed_count else "success",
                "title": run.display_name,
                "message": run.outcome,
                "sticky": True,
            },
        )

    # === ACTION METHODS ===#

    def action_work(self):
        """The screen of who asked does the next spaces, and shows how far it is.

        :return: see ``_try_work``
        """
        self.ensure_one()
        self._check_mine()
        # Odoo would wait for up to two seconds before it begins again, and others do the rest.
        return self._try_work()

    def _check_mine(self, or_by_program=False):
        """What was asked is done with the rights of who asked.

        :param or_by_program: whether what nobody asked for is everybody's who may see it
        """
        self.check_access("read")
        others = self.filtered(lambda run: not (run.is_mine or or_by_program and run.by_program))
        if others:
            raise AccessError(
                self.env._(
                    "%(work)s was asked by %(name)s, who goes on with it. You may stop it, and ask"
                    " for the same yourself.",
                    work=others[0].display_name,
                    name=others[0].sudo().create_uid.name,  # sudo: of whatever company
                )
            )

    def action_stop(self):
        """Do nothing more of it: for who asked, and for coordinators of its companies."""
        self.check_access("read")
        self._stop()
        return True

    def _stop(self):
        # sudo: written by code alone
        self.sudo().stopped = True
        self._let_mails_go()

    def action_resume(self):
        """Go on, and try again what failed."""
        self._check_mine(or_by_program=True)
        # sudo: written by code alone
        runs = self.sudo()
        runs._try_again(runs.line_ids.filtered(lambda line: line.state == "failed"))
        return True

    def _try_again(self, lines):
        """Go on with these, which failed.

        :param lines: ``coworking.month.run.line`` of these runs
        """
        self.write({"stopped": False, "told": False, "asked_at": self.env.cr.now()})
        lines.write({"state": "todo", "error": False})
        self._wake()

    def action_open_statements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        lines = self.line_ids
        statements = lines.statement_id
        if self.step == "generate":
            statements = statements.search(
                [
                    ("program_id", "in", lines.program_id.ids),
                    ("space_id", "in", lines.space_id.ids),
                    ("date_from", "in", lines.mapped("date_from")),
                    ("state", "!=", "cancelled"),
                ]
            )
        action["context"] = {}
        action["domain"] = [("id", "in", statements.ids)]
        if len(statements) == 1:
            action.update(res_id=statements.id, views=[(False, "form")])
        return action

    def _get_outcome_action(self, everything_done):
        """What is shown to who asked: how far it is, unless all was done for them at once.

        :param everything_done: the action that is opened then
        """
        self.ensure_one()
        if not self.left_out and all(line.state == "done" for line in self.line_ids):
            return everything_done
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_month_run_action"
        )
        return {**action, "res_id": self.id, "views": [(False, "form")]}

    @api.autovacuum
    def _gc_runs(self):
        old = self.sudo().search(  # sudo: nobody deletes them by hand
            Domain("create_date", "<", fields.Datetime.now() - timedelta(days=KEPT_DAYS))
            # What somebody stopped would be asked for anew, if nothing told that it was.
            & (
                Domain("by_program", "=", False)
                | Domain("stopped", "=", False)
                | ~Domain("line_ids", "any", [("state", "in", ("todo", "failed"))])
            ),
            limit=GC_UNLINK_LIMIT,
        )
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT
