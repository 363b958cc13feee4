import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CoworkingCost(models.Model):
    """Costs are parted over the agreements by themselves."""

    _inherit = "coworking.cost"

    # === WHEN ===#

    @api.model
    def _cron_refresh(self, batch_size=200):
        """Read again the bills that changed, then part again the programs concerned."""
        # sudo: the books follow from facts, whoever's they are
        costs, go_on = self.sudo(), self.env["ir.cron"]._commit_progress
        try:
            costs._refresh_changed(go_on, batch_size)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # With nothing done yet, it would wait for the next hour.
            self.env.cr.rollback()
            go_on(remaining=costs.env["coworking.cost.change"].search_count([]))

    @api.model
    def _cron_note_running(self):
        """Once a day all that may still change is parted again, whatever was missed."""
        day = fields.Date.subtract(fields.Date.today(), years=1)
        programs = (
            self.env["coworking.program"]
            .with_context(active_test=False)
            .search([("date_end", ">=", day)])
        )
        shared = self.env["coworking.allocation"]._read_group(
            [("program_id", "in", programs.ids), ("agreement_id", "!=", False)], ["program_id"]
        )
        left = programs.browse(program.id for (program,) in shared)
        self.env["coworking.cost.change"]._note_programs(programs.filtered("agreement_ids") | left)

    @api.model
    def _refresh_changed(self, commit_progress=None, batch_size=200):
        """Do what ``coworking.cost.change`` holds. What fails is logged and left for the next
        time, and keeps nothing else waiting.

        :param commit_progress: called after each piece of work, with how many changes are done and
            ``remaining``, those that are left but for what failed; says whether to go on
        """
        Change = self.env["coworking.cost.change"]
        go_on = commit_progress or (lambda count, remaining: True)
        failed = []
        for step, domain, limit in (
            (self._refresh_noted_moves, [("program_id", "=", False)], batch_size),
            (self._refresh_noted_programs, [("program_id", "!=", False)], 1),
        ):
            while changes := Change.search([*domain, ("id", "not in", failed)], limit=limit):
                try:
                    with self.env.cr.savepoint():
                        count = step(changes)
                        self._check_kept()
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    raise  # somebody else was faster: all of it is tried again
                except Exception:
                    _logger.exception("Costs: %s of %s failed", step.__name__, changes.ids)
                    if limit > 1:
                        limit = 1
                        continue
                    count, failed = 0, failed + self._get_noted_with(changes).ids
                if not go_on(count, remaining=Change.search_count([("id", "not in", failed)])):
                    return

    @api.model
    def _refresh_noted_moves(self, changes):
        """Read these documents again, and note the programs that are to be parted.

        :return: how many changes are done
        """
        lowered, rows = self.browse(), set()
        for company, moves in changes.move_id.grouped("company_id").items():
            changed, less = self._in_words_of(company)._refresh_moves(moves)
            rows |= changed
            lowered |= less
        lowered._part_at_once()
        changes._note_rows(rows)
        count = len(changes)
        changes.unlink()
        return count

    @api.model
    def _refresh_noted_programs(self, changes):
        """Part what changed of a program, and of all that share its agreements, or all of them; see
        ``_refresh_noted_moves``.
        """
        programs = self._get_sharing(changes.program_id)
        done = self._get_noted_with(changes)
        if all(change.item or change.seat_id or change.date for change in done):
            seats = tuple(done.seat_id.ids) or (None,)
            items = self._prove_presences(programs, SQL("cost.seat_id IN %s", seats))
            items |= set(done.mapped("item")) - {False}
            days = {(change.program_id.id, change.date) for change in done if change.date}
            lost = any(change.item and change.date for change in done)
            self._allocate_items(programs, items, days, lost)
        else:
            self._allocate_programs(programs)
        count = len(done)
        done.unlink()
        return count

    @api.model
    def _get_noted_with(self, changes):
        """These, and all that is done together with them."""
        programs = self._get_sharing(changes.program_id)
        return changes | changes.search([("program_id", "in", programs.ids)])

    @api.model
    def _check_kept(self):
        """What PostgreSQL checks when it commits, it checks now: who fails keeps nobody waiting."""
        self.env.flush_all()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    def _in_words_of(self, company):
        """What is written by itself is in the language of those who read it."""
        return self.with_context(lang=company.partner_id.lang or self.env.lang)
