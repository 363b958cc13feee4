import logging
import time
from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_date

from ... import pricing
from ..seat.coworking_seat import HOLDING_STATES
from .coworking_statement import OPEN_STATES, SETTLED_STATES

_logger = logging.getLogger(__name__)

# Tariffs billed before the month may be generated from this day of the month before.
ADVANCE_DAY = 20
IN_ADVANCE = Domain("tariff_id.billing_timing", "=", "advance")
# How long before the last daily run a statement may be made, and still be looked at once more.
NEW_DAYS = 2
# How often the scheduled actions come back to what others hold, and after how many seconds.
PATIENCE = 5
PAUSE = 1


class CoworkingStatement(models.Model):
    """How a month is generated: its seats, their charges, and what corrects the months before."""

    _inherit = "coworking.statement"

    # === GENERATION ===#

    @api.model
    def _generate(self, programs, date_from, spaces=None, *, are_taken=False):
        """Make or bring up to date the statements of a month. Running it again changes nothing.

        Settled statements are left as they are; another process that works on the same space at
        the same moment keeps it, and this one goes on with the others.

        :param programs: ``coworking.program`` records
        :param date_from: first day of the month
        :param spaces: only these spaces; all by default
        :param are_taken: whether this transaction holds them already
        :return: the open and settled statements of that month
        :raise UserError: the month has not begun, or a seat cannot be priced: every problem is
            named, and nothing was made
        """
        date_from = fields.Date.to_date(date_from)
        if date_from.day != 1:
            raise UserError(
                self.env._(
                    "A month is named by its first day, not %(date)s.",
                    date=format_date(self.env, date_from),
                )
            )
        self.check_access("create")
        programs.check_access("read")
        # sudo: a month is made of facts that its user may not read or write one by one
        statements = self.sudo().browse()
        for program in programs.sudo():
            statements |= (
                self.sudo()
                .with_company(program.company_id)
                ._generate_program(program, date_from, spaces, are_taken=are_taken)
            )
        return statements.sudo(self.env.su)

    def _generate_program(self, program, month, spaces=None, *, are_taken=False):
        seats = self._get_seats_to_charge(program, month, spaces)
        existing = self.search(
            Domain("program_id", "=", program.id)
            & Domain("date_from", "=", month)
            & Domain("state", "!=", "cancelled")
            & (Domain("space_id", "in", spaces.ids) if spaces is not None else Domain.TRUE)
        )
        settled = existing.filtered(lambda statement: statement.state in SETTLED_STATES)
        stays = self._price_stays(program, month, spaces)
        corrections = self._get_corrections(program, month, stays)
        if spaces is not None:
            corrections = {space: rows for space, rows in corrections.items() if space in spaces}
        targets = seats.space_id | existing.space_id
        targets = targets.union(*corrections) - settled.space_id
        if not targets:
            return existing
        claimed = targets if are_taken else targets._lock_for_generation()
        seats = seats.filtered(lambda seat: seat.space_id in claimed)
        by_space = defaultdict(list)
        others = seats.participant_id - stays.participants
        priced = list(stays.priced)
        if others:
            priced += self.env["coworking.pricing"]._price_months(program, others, [month])
        wanted = set(seats.ids)
        for home, seat, charge in priced:
            if home == month and seat.id in wanted:
                by_space[seat.space_id.id].append((seat, charge))
        self._fold_moved_commitments(month, by_space)
        for space, rows in corrections.items():
            if space in claimed:
                by_space[space.id] += rows
        opened = existing.filtered(
            lambda statement: statement.state in OPEN_STATES and statement.space_id in claimed
        )
        missing = claimed.filtered(
            lambda space: by_space.get(space.id) and space not in opened.space_id
        )
        # That they were made is no news: who and when is kept with each.
        made = self.with_context(mail_create_nolog=True).create(
            [
                {"program_id": program.id, "space_id": space.id, "date_from": month}
                for space in missing
            ]
        )
        opened |= made.with_env(self.env)
        opened._replace_charges(by_space)
        # Before its month begins, a statement has only the seats that are billed in advance.
        early = int(month > fields.Date.context_today(self))
        opened.filtered(lambda row: row.pending_changes != early).pending_changes = early
        empty = opened.filtered(
            lambda statement: statement.state == "draft" and not statement.charge_ids
        )
        there = empty._get_people_there()
        empty.unlink()
        there._refresh_forecast()
        return existing.exists() | opened.exists()

    # === WHAT A MONTH IS MADE OF ===#

    def _get_seats_to_charge(self, program, month, spaces=None):
        """Seats that may cost something in a month.

        Before the month begins, only those on tariffs billed in advance.
        """
        today = fields.Date.context_today(self)
        domain = Domain("program_id", "=", program.id) & self._get_charged_in_domain(month)
        if spaces is not None:
            domain &= Domain("space_id", "in", spaces.ids)
        if month > today:
            opens = self._get_advance_day(month)
            advance = domain & IN_ADVANCE
            if today < opens or not self.env["coworking.seat"].search_count(advance, limit=1):
                raise UserError(
                    self.env._(
                        "%(month)s has not begun. Only seats that are billed in advance can be"
                        " generated, from %(opens)s on.",
                        month=format_date(self.env, month, date_format="MMMM y").capitalize(),
                        opens=format_date(self.env, opens),
                    )
                )
            domain = advance
        seats = self.env["coworking.seat"].with_context(active_test=False)
        return seats.search(domain, order="space_id, id").with_env(self.env)

    def _get_advance_day(self, month):
        """The day from which what is billed in advance of a month may be generated."""
        return month - relativedelta(months=1) + timedelta(days=ADVANCE_DAY - 1)

    def _get_charged_in_domain(self, month):
        """Domain of the seats that may cost something in a month: those that are there in it. What
        is due after their end stands on the month of their departure.
        """
        return (
            Domain("state", "in", HOLDING_STATES)
            & Domain("date_start", "<=", month + relativedelta(months=1, days=-1))
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", month))
        )

    def _get_people_there(self):
        """Who has a seat in the months of these statements, charged on them or not: what no
        statement has any more is forecast again, as the daily run looks for that.

        :return: ``coworking.participant`` records
        """
        seats = self.env["coworking.seat"].with_context(active_test=False)
        there = [
            Domain("program_id", "=", statement.program_id.id)
            & Domain("space_id", "=", statement.space_id.id)
            & self._get_charged_in_domain(statement.date_from)
            for statement in self
        ]
        return seats.search(Domain.OR(there)).participant_id.with_env(self.env)

    def _refresh_lines(self, may_go=False):
        """Compute again the lines of the statements that need it.

        :param may_go: whether a draft of which nothing is left may be deleted
        :return: those whose lines are no longer what they were
        :raise UserError: a statement is being generated by somebody else at this moment, or goes
            without being allowed to
        """
        # sudo: as in _generate; whoever sends or confirms may do so without the right to generate
        outdated = self.sudo().filtered("pending_changes")
        before = {row: (row.name, row._get_lines_hash()) for row in outdated}
        for (program, month), statements in outdated.grouped(
            lambda statement: (statement.program_id, statement.date_from)
        ).items():
            self.sudo().with_company(program.company_id)._generate_program(
                program, month, statements.space_id
            )
        left = outdated.exists()
        if len(left) < len(outdated) and not may_go:
            raise UserError(
                self.env._(
                    "Nothing is left to pay on %(statements)s: the seats were cancelled or moved."
                    " Open it and compute it again: it goes.",
                    statements=", ".join(before[row][0] for row in outdated - left),
                )
            )
        if left.filtered(
            lambda row: row.pending_changes and row.date_from <= fields.Date.context_today(row)
        ):
            raise UserError(
                self.env._(
                    "The lines of this month are being computed at this moment. Open the statements"
                    " again in a minute."
                )
            )
        return left.filtered(lambda row: row._get_lines_hash() != before[row][1]).sudo(self.env.su)

    def _replace_charges(self, by_space):
        """Bring the charges of these open statements to what was just priced, touching no more.

        Forecasts of the same seats and months become the charges of the statement. Bills that came
        before are matched with them (sudo: whoever generates need not know the bills).

        :param by_space: dict space id -> list of (seat, ``pricing.Charge``)
        """
        Charge = self.env["coworking.charge"]
        rows = [row for statement in self for row in by_space.get(statement.space_id.id, ())]
        forecasts = {
            charge._get_key(): charge
            for charge in Charge.search(
                [
                    ("seat_id", "in", [seat.id for seat, __ in rows]),
                    ("period", "in", list({priced.period for __, priced in rows})),
                    ("state", "=", "forecast"),
                ],
                order="id",
            )
        }
        to_create, to_delete = [], Charge
        for statement in self:
            lang = statement.company_id.partner_id.lang or self.env.lang
            explaining = Charge.with_context(lang=lang)
            current = {charge._get_key(): charge for charge in statement.charge_ids}
            changed, adopted = False, Charge
            for seat, priced in by_space.get(statement.space_id.id, ()):
                values = explaining._prepare_values(priced, seat.with_env(explaining.env))
                key = (priced.seat, priced.period, priced.kind, priced.corrected_kind)
                charge = current.pop(key, None) or forecasts.pop(key, None)
                if charge is None:
                    to_create.append({**values, "statement_id": statement.id, "state": "open"})
                    changed = True
                    continue
                differences = charge._get_differences(values)
                told = values["explanation"]
                if differences == {"explanation"} and charge._tells_the_same(told):
                    # said in another language, or after an update: what was answered stays
                    charge.explanation = told
                elif differences:
                    charge.write({**values, "review": "pending"})
                    changed = True
                if charge.state == "forecast":
                    adopted |= charge
            adopted.write({"statement_id": statement.id, "state": "open"})
            for charge in current.values():
                to_delete |= charge
                changed = True
            if (changed or adopted) and statement.state in ("sent", "disputed"):
                statement.changed_since_sent = True
        moved = to_delete.filtered(lambda charge: charge.kind == "commitment").participant_id
        to_delete._unlink_rechecking_fees()
        Charge.create(to_create)
        moved._refresh_forecast()  # as where they leave in another month by now
        self._on_charges_replaced()

    # === EVERY DAY ===#

    @api.model
    def _cron_generate(self):
        """Catch up: every program, every month begun and not settled yet, a few spaces a commit.

        Daily, so that a failure or a stop costs nothing: the next run does what is missing. A space
        that cannot be priced is reported on itself and does not hold the others up.
        """
        cron = self.env["ir.cron"]
        months = self._get_months_to_generate()
        reached = cron._get_reached_before()
        todo = self._split_months(months, reached) or self._split_months(months)
        cron._note_reached(reached)
        cron._commit_progress(remaining=len(todo))
        held = []
        for program, month, spaces in todo:
            held.append((program, month, self._generate_reporting(program, month, spaces)))
            cron._note_reached(self._get_place(program, month, spaces[-1]))
            if not cron._commit_progress(1):
                return
        self._come_back([row for row in held if row[2]])

    @api.model
    def _split_months(self, months, reached=()):
        """A few spaces at a time, in the order of ``_get_place``: see ``_count_at_once``.

        :param months: see ``_get_months_to_generate``
        :param reached: the place after which to begin
        :return: list of (program, first day of month, spaces)
        """
        reached = list(reached)
        result = []
        for program, month, spaces in months:
            left = spaces.sorted("id").filtered(
                lambda space, row=(program, month): self._get_place(*row, space) > reached
            )
            while left:
                count = left._count_at_once(month)
                result.append((program, month, left[:count]))
                left = left[count:]
        return result

    @api.model
    def _get_place(self, program, month, space):
        """Where a month of a space is in the list of the daily run; nothing is before all."""
        return [program.id, fields.Date.to_string(month), space.id]

    @api.model
    def _come_back(self, held):
        """What somebody else worked on is tried again some times, each in a new transaction, then
        left to the next run.

        :param held: list of (program, month, spaces)
        """
        for _try in range(PATIENCE):
            if not held:
                break
            time.sleep(PAUSE)
            rows, held = held, []
            for program, month, spaces in rows:
                spaces = self._generate_reporting(program, month, spaces)
                if spaces:
                    held.append((program, month, spaces))
                if not self.env["ir.cron"]._commit_progress():
                    return

    @api.model
    def _get_spaces_to_generate(self, program, month):
        """Spaces of which a month is to be made or brought up to date: with seats to charge, with
        lines whose seat may be gone, with settled months to correct.

        :return: ``coworking.space`` records without a settled statement
        :raise UserError: the month has not begun
        """
        seats = self._get_seats_to_charge(program, month)
        rechecked = (
            self.env["coworking.participant"]
            ._with_archived()
            .search([("program_id", "=", program.id), ("pending_changes", ">", 0)])
        )
        existing = self.search(
            Domain("program_id", "=", program.id)
            & Domain("date_from", "=", month)
            & Domain("state", "!=", "cancelled")
        )
        settled = existing.filtered(lambda row: row.state in SETTLED_STATES).space_id
        spaces = seats.space_id | existing.space_id | rechecked.seat_ids.space_id
        return spaces.sorted("id") - settled

    @api.model
    def _get_months_to_generate(self):
        """What the daily run has to look at: spaces with seats to charge, with lines whose seat may
        be gone, with settled months to correct.

        An open statement is left alone as long as no fact of it changes, see
        ``_get_to_refresh_domain``.

        :return: list of (program, first day of month, spaces without a settled statement)
        """
        today = fields.Date.context_today(self)
        this_month = today.replace(day=1)
        next_month = this_month + relativedelta(months=1)
        programs = self.env["coworking.program"].search([])  # pylint: disable=no-search-all
        early = self._get_spaces_in_advance(programs, next_month)
        found = defaultdict(self.env["coworking.space"].browse)
        found |= programs._get_spaces_charged(this_month)
        found |= {(program, next_month): spaces for program, spaces in early.items()}
        for (program, month), spaces in self._get_spaces_to_refresh(programs, today).items():
            # Before it begins, a month has what is billed in advance, or nothing.
            if month <= today or (month == next_month and program in early):
                found[program, month] |= spaces
        for key, spaces in self._get_spaces_to_recheck(programs, found, this_month).items():
            found[key] |= spaces
        return [
            (program, month, spaces)
            for (program, month), spaces in sorted(
                found.items(), key=lambda item: (item[0][0].id, item[0][1])
            )
            if spaces
        ]

    def _get_spaces_in_advance(self, programs, month):
        """Spaces that may bill a month before it begins, and have no statement of it yet.

        :param month: first day of the month that comes next
        :return: dict program, of all in which something is billed in advance -> ``coworking.space``
        """
        if fields.Date.context_today(self) < self._get_advance_day(month):
            return {}
        here = Domain("program_id", "in", programs.ids)
        seats = self.env["coworking.seat"].with_context(active_test=False)
        early = seats._read_group(
            here & self._get_charged_in_domain(month) & IN_ADVANCE,
            ["program_id"],
            ["space_id:recordset"],
        )
        made = early and self._read_group(
            here & Domain("date_from", "=", month) & Domain("state", "!=", "cancelled"),
            ["program_id"],
            ["space_id:recordset"],
        )
        made = defaultdict(self.env["coworking.space"].browse, made)
        return {
            program.with_env(self.env): spaces.with_env(self.env) - made[program]
            for program, spaces in early
        }

    def _get_spaces_to_refresh(self, programs, today):
        """:return: dict (program, first day of month) -> spaces whose open statement is to be
        brought up to date
        """
        return {
            (program, fields.Date.to_date(month)): spaces
            for program, month, spaces in self._read_group(
                Domain("program_id", "in", programs.ids)
                & Domain("state", "in", OPEN_STATES)
                & self._get_to_refresh_domain(today),
                ["program_id", "date_from:month"],
                ["space_id:recordset"],
            )
        }

    def _get_to_refresh_domain(self, today):
        """Open statements that are to be computed again today: something that their prices depend
        on changed since. Whoever changes that says so (``pricing_inputs.py``), but for who did it
        while the statement was being made: what is new since the last run, whenever that was, is
        computed once more. One whose month has not begun is marked once (the seats that are billed
        afterwards are not on it yet), and again by what changes.
        """
        last_run = self.env.context.get("lastcall", fields.Datetime.now())
        if not last_run:
            return Domain.TRUE
        return (
            Domain("pending_changes", ">", 1)
            | (Domain("pending_changes", ">", 0) & Domain("date_from", "<=", today))
            | Domain("create_date", ">=", last_run - timedelta(days=NEW_DAYS))
        )

    def _get_spaces_to_recheck(self, programs, found, this_month):
        """Spaces of people whose settled months are to be checked.

        :param found: dict (program, first day of month) -> what else is to be looked at
        :return: the same, in these months, and in all of the program up to this one, of which they
            have no settled statement
        """
        rechecked = (
            self.env["coworking.participant"]
            ._with_archived()
            .search([("program_id", "in", programs.ids), ("pending_changes", ">", 0)])
        ).grouped("program_id")
        concerned = programs.browse().union(*rechecked)
        months = {(program, this_month) for program in rechecked}
        months |= {key for key in found if key[0] in rechecked}
        for program_id, (first, last) in concerned._get_seat_months().items():
            for month in pricing.months_between(first, min(last, this_month)):
                months.add((programs.browse(program_id), month))
        spaces = {program: files.seat_ids.space_id for program, files in rechecked.items()}
        settled = self._get_settled_spaces(spaces, sorted({month for _program, month in months}))
        return {(row, month): spaces[row] - settled[row, month] for row, month in months}

    def _get_settled_spaces(self, wanted, months):
        """:param wanted: dict program -> spaces
        :param months: first days of months
        :return: dict (program, first day of month) -> those of them that settled it
        """
        result = defaultdict(self.env["coworking.space"].browse)
        programs = self.env["coworking.program"].union(*wanted)
        if not programs:
            return result
        spaces = result.default_factory().union(*wanted.values())
        for program, month, settled in self._read_group(
            Domain("program_id", "in", programs.ids)
            & Domain("space_id", "in", spaces.ids)
            & Domain("date_from", "in", months)
            & Domain("state", "in", SETTLED_STATES),
            ["program_id", "date_from:month"],
            ["space_id:recordset"],
        ):
            result[program, fields.Date.to_date(month)] = settled
        return result

    def _generate_reporting(self, program, month, spaces):
        """Generate, space by space when they do not go together; a problem is told on its space.

        :return: the spaces that somebody else works on at this moment
        """
        try:
            with self.env.cr.savepoint():
                taken = spaces._lock_for_generation()
                if taken:
                    self._generate(program, month, taken, are_taken=True)
            return spaces - taken
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            if len(spaces) == 1:
                return spaces
        except UserError as error:
            if len(spaces) == 1:
                _logger.warning(
                    "Month %s of space %s was not generated: it cannot be priced.", month, spaces.id
                )
                spaces._report_problem(program, month, str(error))
                return spaces.browse()
        return spaces.browse().union(
            *(self._generate_reporting(program, month, space) for space in spaces)
        )
