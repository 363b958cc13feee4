import logging
from collections import defaultdict

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding

_logger = logging.getLogger(__name__)

# A half-day on which the space and the participant differ proves nothing.
PRESENCES = """
    UPDATE coworking_cost cost SET presence_proven = found.proven
      FROM (SELECT cost.id, EXISTS (
                   SELECT FROM coworking_presence presence
                    WHERE presence.seat_id = cost.seat_id
                      AND presence.date BETWEEN cost.date_from AND cost.date_to
                      AND NOT COALESCE(presence.to_settle, FALSE)
                      AND COALESCE(presence.state, presence.participant_state) = 'present'
                   ) AS proven
              FROM coworking_cost cost
             WHERE cost.charge_id IS NOT NULL AND cost.program_id IN %(programs)s) AS found
     WHERE found.id = cost.id AND cost.presence_proven IS DISTINCT FROM found.proven
"""

TOUCH = """
    UPDATE coworking_funding_agreement agreement SET sequence = agreement.sequence
      FROM (SELECT id FROM coworking_funding_agreement WHERE id IN %(ids)s ORDER BY id FOR UPDATE)
           AS own
     WHERE own.id = agreement.id
"""


class CoworkingCost(models.Model):
    """Costs are parted over the agreements by themselves."""

    _inherit = "coworking.cost"

    # === WHEN ===#

    @api.model
    def _cron_refresh(self, batch_size=200):
        """Read again the bills that changed, then part again the programs concerned."""
        # sudo: the books follow from facts, whoever's they are
        self.sudo()._refresh_changed(self.env["ir.cron"]._commit_progress, batch_size)

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

        :param commit_progress: called with a count after each piece of work; says whether to go on
        """
        Change = self.env["coworking.cost.change"]
        go_on = commit_progress or (lambda count: True)
        for step, domain, limit in (
            (self._refresh_noted_moves, [("program_id", "=", False)], batch_size),
            (self._refresh_noted_programs, [("program_id", "!=", False)], 1),
        ):
            failed = []
            while changes := Change.search([*domain, ("id", "not in", failed)], limit=limit):
                try:
                    with self.env.cr.savepoint():
                        count = step(changes)
                except OperationalError:  # somebody else was faster: all of it is tried again
                    raise
                except Exception:
                    _logger.exception("Costs: %s of %s failed", step.__name__, changes.ids)
                    failed += changes.ids if limit == 1 else []
                    limit = 1
                    continue
                if not go_on(count):
                    return

    @api.model
    def _refresh_noted_moves(self, changes):
        """Read these documents again, and note the programs that are to be parted.

        :return: how many changes are done
        """
        programs = at_once = self.env["coworking.program"]
        for company, moves in changes.move_id.grouped("company_id").items():
            changed, lowered = self._in_words_of(company)._refresh_moves(moves)
            programs |= changed
            at_once |= lowered
        self._part_at_once(at_once)
        noted = changes.search([("program_id", "in", programs.ids)]).program_id
        changes.create([{"program_id": program.id} for program in programs - noted])
        count = len(changes)
        changes.unlink()
        return count

    @api.model
    def _refresh_noted_programs(self, changes):
        """Part a program, and all that share its agreements; see ``_refresh_noted_moves``."""
        programs = self._get_sharing(changes.program_id)
        done = changes.search([("program_id", "in", programs.ids)])
        self._allocate_programs(programs)
        count = len(done)
        done.unlink()
        return count

    def _in_words_of(self, company):
        """What is written by itself is in the language of those who read it."""
        return self.with_context(lang=company.partner_id.lang or self.env.lang)

    # === PARTING ===#

    @api.model
    def _part_at_once(self, programs):
        """Part what cannot wait for the scheduled action: less is paid than funders take."""
        while programs:
            sharing = self._get_sharing(programs[0])
            self._allocate_programs(sharing)
            programs -= sharing

    @api.model
    def _get_sharing(self, programs):
        """These programs, and all that draw on the same agreements, directly or not."""
        programs = programs.with_context(active_test=False)
        while others := programs.agreement_ids.program_ids - programs:
            programs |= others
        return programs

    @api.model
    def _allocate_programs(self, programs):
        """Part all costs of some programs anew; what was claimed stays, see ``funding.allocate``.

        :param programs: all that draw on the same agreements: see ``_get_sharing``
        """
        self._meet_on_grants(programs)
        self._prove_presences(programs)
        costs = self.search([("program_id", "in", programs.ids)])
        frozen = self.env["coworking.allocation"].search(
            [("cost_id", "in", costs.ids), ("frozen", "=", True)]
        )
        agreements = self._get_agreements(programs, frozen)
        terms = [agreement._to_agreement() for agreement in agreements]
        if "flat" in agreements.heading_ids.mapped("kind") or "flat" in costs.mapped("kind"):
            costs = self._refresh_flat(costs, agreements, terms)
        # sudo: whom an agreement counts follows from files that who pays bills does not read
        people = self.env["coworking.funding.person"].sudo()
        public = people._look_up(agreements.sudo(), costs.sudo().participant_id)
        facts = [
            cost._to_cost(cost._get_possible(agreements, public.get(cost.participant_id.id)))
            for cost in costs
        ]
        claimed = [share._to_frozen() for share in frozen]
        parts = funding.allocate(terms, facts, claimed, costs._get_held())
        self._write_refusals(costs, agreements, terms, facts)
        self._write_parts(costs, funding.differences(parts, claimed), frozen)

    @api.model
    def _meet_on_grants(self, programs):
        """Of two who part costs of one grant at once, the second starts again and sees what the
        first took: its row is really updated, in the order of ids.
        """
        agreements = programs.with_context(active_test=False).agreement_ids
        if agreements:
            self.env.flush_all()
            self.env.cr.execute(SQL(TOUCH, ids=tuple(sorted(agreements.ids))))

    @api.model
    def _prove_presences(self, programs):
        if not programs:
            return
        self.env.flush_all()
        self.env.cr.execute(SQL(PRESENCES, programs=tuple(programs.ids)))
        self.invalidate_model(["presence_proven"])

    @api.model
    def _get_agreements(self, programs, frozen):
        """The agreements that take part, in their order; archived ones only where they were asked
        for something.
        """
        agreements = programs.with_context(active_test=False).agreement_ids
        return agreements.filtered(
            lambda agreement: agreement.active or agreement in frozen.agreement_id
        ).sorted(lambda agreement: (agreement.sequence, agreement.date_from, agreement.id))

    def _get_held(self):
        """What people decided of these costs, in its order: list of ``funding.Held``."""
        items = {(cost.program_id.id, cost._get_hold_key()): cost._get_item() for cost in self}
        rows = self.env["coworking.allocation.hold"].search(
            [("program_id", "in", self.program_id.ids)], order="id"
        )
        return [
            row._to_held(items[row.program_id.id, row.item])
            for row in rows
            if (row.program_id.id, row.item) in items
        ]

    def _get_possible(self, agreements, public):
        """Ids of the agreements of the program whose public the person is of, or whose public has
        nothing to do with this cost.

        :param public: ids of the agreements to whose public the person belongs
        """
        self.ensure_one()
        own = agreements.filtered(lambda row: self.program_id in row.program_ids)
        return own._ids if public is None else tuple(set(own._ids) & public)

    @api.model
    def _write_refusals(self, costs, agreements, terms, facts):
        for cost, fact in zip(costs, facts, strict=True):
            refusals = {
                str(one.key): reasons
                for agreement, one in zip(agreements, terms, strict=True)
                if cost.program_id in agreement.program_ids
                and (reasons := funding.refusals(one, fact))
            }
            if (cost.refusals or {}) != refusals:
                cost.refusals = refusals

    @api.model
    def _write_parts(self, costs, parts, frozen):
        """Make the shares that are not claimed what these parts say."""
        Share = self.env["coworking.allocation"]
        items = {cost.id: cost._get_item() for cost in costs}
        origins = {}
        for share in frozen.sorted("id"):
            origins[items[share.cost_id.id], share.agreement_id.id] = share.id
        wanted = defaultdict(lambda: to_decimal(0))
        for part in parts:
            key = (part.cost, part.date, part.agreement, part.heading, part.reason, part.instead)
            wanted[key] += part.amount
        shares = Share.search([("cost_id", "in", costs.ids), ("frozen", "=", False)])
        gone = Share
        for share in shares:
            key = share._get_key()
            amount = wanted.pop(key, None)
            if not amount:
                gone |= share
            elif to_decimal(share.amount) != amount:
                share.amount = float(amount)
        gone.unlink()
        owners = {cost.id: cost for cost in costs}
        Share._insert(
            [
                (*key, amount, owners[key[0]], origins.get((items[key[0]], key[2])))
                for key, amount in wanted.items()
                if amount
            ]
        )
