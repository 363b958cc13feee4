from collections import defaultdict
from dataclasses import replace
from itertools import chain

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.coworking_incubation import pricing
from odoo.addons.coworking_incubation.tools import to_decimal

from ... import funding
from ...funding_differences import differences
from .coworking_allocation import KEY

# So many costs are held at once, with their shares.
PIECE = 2000

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
             WHERE cost.charge_id IS NOT NULL AND cost.program_id IN %(programs)s
               AND %(condition)s) AS found
     WHERE found.id = cost.id AND cost.presence_proven IS DISTINCT FROM found.proven
 RETURNING cost.item
"""

TOUCH = """
    UPDATE coworking_funding_agreement agreement SET sequence = agreement.sequence
      FROM (SELECT id FROM coworking_funding_agreement WHERE id IN %(ids)s ORDER BY id FOR UPDATE)
           AS own
     WHERE own.id = agreement.id
"""

# The costs of each item, in the order in which items draw on the grants: see funding.allocate.
ITEMS = """
    SELECT ARRAY_AGG(cost.id)
      FROM coworking_cost cost
     WHERE cost.program_id IN %(programs)s
  GROUP BY cost.item
    HAVING %(condition)s
  ORDER BY MIN(cost.payments #>> '{0,0}') NULLS LAST, cost.item COLLATE "C"
"""
CLAIMED = SQL("""
    BOOL_OR(EXISTS (SELECT FROM coworking_allocation share
                     WHERE share.cost_id = cost.id AND share.frozen))
""")
DAYS = """
    SELECT program_id, (payment ->> 0)::date
      FROM coworking_cost cost, JSONB_ARRAY_ELEMENTS(payments) AS payment
     WHERE item = ANY(%(items)s)
     UNION
    SELECT share.program_id, share.date_paid
      FROM coworking_allocation share
      JOIN coworking_cost cost ON cost.id = share.cost_id
     WHERE cost.item = ANY(%(items)s)
"""

# How much was paid of an item at most; and at least, of those that draw from a day on.
REACHED = """
    SELECT MAX(reached), MIN(reached) FILTER (WHERE first >= %(day)s OR item = ANY(%(items)s))
      FROM (SELECT item, MIN(day) OVER (PARTITION BY item) AS first,
                   SUM(paid) OVER (PARTITION BY item ORDER BY day, id) AS reached
              FROM coworking_cost,
                   LATERAL (SELECT payment ->> 0 AS day, SUM((payment ->> 1)::numeric) AS paid
                              FROM JSONB_ARRAY_ELEMENTS(payments) AS payment
                          GROUP BY 1) AS payments_by_day
             WHERE program_id IN %(programs)s) AS event
"""
TAKEN = """
    SELECT agreement_id, heading_id, SUM(GREATEST(amount, 0)), SUM(amount - amount_rejected)
      FROM coworking_allocation share
     WHERE program_id IN %(programs)s AND agreement_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM UNNEST(%(without)s::integer[]) AS cost (id)
                        WHERE cost.id = share.cost_id)
  GROUP BY 1, 2
"""


def _to_endless(terms):
    """An agreement of which the grant never runs out."""
    headings = tuple(replace(heading, ceiling=None) for heading in terms.headings)
    return replace(terms, granted=None, headings=headings)


class CoworkingCost(models.Model):
    """Costs are parted over the agreements: all of some programs, or what changed of them."""

    _inherit = "coworking.cost"

    # === WHAT IS PARTED ===#

    @api.model
    def _get_sharing(self, programs):
        """These programs, and all that draw on the same agreements, directly or not."""
        programs = programs.with_context(active_test=False)
        while others := programs.agreement_ids.program_ids - programs:
            programs |= others
        return programs

    def _part_at_once(self, freed=False):
        """Part these costs without waiting for the scheduled action: less is paid than funders
        take, or somebody waits.

        :param freed: see ``_allocate_items``
        """
        costs = self
        while costs:
            programs = self._get_sharing(costs[0].program_id)
            own = costs.filtered(lambda cost, programs=programs: cost.program_id in programs)
            self._allocate_items(programs, set(own.mapped("item")), freed=freed)
            costs -= own

    def _note_kept(self):
        """These were claimed: where a grant is short, what is kept for them is no longer there for
        what comes before.
        """
        if not self:
            return
        programs = self._get_sharing(self.program_id)
        items = set(self.mapped("item"))
        first = str(min(day for _program, day in self._get_days(items)))
        if not self._has_room(programs, self._get_agreements(programs), items, first):
            self.env["coworking.cost.change"]._note_programs(programs)

    @api.model
    def _allocate_programs(self, programs):
        """Part all costs of some programs anew; what was claimed stays, see ``funding.allocate``.

        :param programs: all that draw on the same agreements: see ``_get_sharing``
        """
        self._meet_on_grants(programs)
        self._prove_presences(programs)
        agreements = self._get_agreements(programs)
        self._refresh_flat(programs, agreements)
        self._part(programs, agreements)

    @api.model
    def _allocate_items(self, programs, items, days=(), lost=False, freed=False):
        """Part some items anew, so that all is as if everything had been. Where no grant can run
        out, nothing else moves; else what draws from the day on when the first of them did, or
        does.

        :param programs: see ``_allocate_programs``
        :param items: set of ``item`` of costs of these programs, as they are and as they were
        :param days: (program id, day) on which something was paid that is not any more
        :param lost: whether funders took part in costs that are gone: how much, nobody knows
        :param freed: whether less is claimed than before
        """
        self._meet_on_grants(programs)
        chosen = SQL("cost.item = ANY(%s)", list(items))
        self._prove_presences(programs, chosen)
        agreements = self._get_agreements(programs)
        days = {*days, *self._get_days(items)}
        months = {(program, pricing.month_first(day)) for program, day in days}
        flat, flat_days, flat_lost = self._refresh_flat(programs, agreements, months)
        items, days, lost = items | flat, days | flat_days, lost or flat_lost
        chosen = SQL("cost.item = ANY(%s)", list(items))
        first = str(min((day for _program, day in days), default=""))
        if not first:  # nothing was ever paid of them
            return self._part(programs, agreements, chosen, endless=True)
        if not lost and self._has_room(programs, agreements, items, first):
            self._part(programs, agreements, chosen, endless=True)
            if self._has_room(programs, agreements, items, first):
                return None
        if freed or self._order_items(programs, SQL("%s AND %s", chosen, CLAIMED)):
            return self._part(programs, agreements)  # what is kept for it concerns all before it
        since = SQL("(MIN(cost.payments #>> '{0,0}') >= %s OR %s)", first, chosen)
        return self._part(programs, agreements, since)

    @api.model
    def _has_room(self, programs, agreements, items, first):
        """Whether no bound can be met: each grant and ceiling would still hold the largest item if
        all of it were taken, and nothing gives back more than it was paid.

        :param first: the day from which items that are not among these may draw otherwise
        """
        self.env.flush_all()
        ((most, least),) = self.env.execute_query(
            SQL(REACHED, programs=tuple(programs.ids), items=list(items), day=first)
        )
        if (least or 0) < 0:
            return False
        left, most = {}, to_decimal(most)
        for agreement in agreements:
            terms = agreement._to_agreement()
            left[terms.key] = terms.granted
            left |= {(terms.key, heading.key): heading.ceiling for heading in terms.headings}
        for key, heading, taken, _effective in self._get_taken_before(programs):
            for name in (key, (key, heading)):
                if left.get(name) is not None:
                    left[name] -= taken
        return all(amount is None or amount >= most for amount in left.values())

    @api.model
    def _get_taken_before(self, programs, without=()):
        """What agreements took of all costs but some, by heading.

        :return: rows of (agreement id, heading id or ``None``, the sum of what is above zero, the
            sum of all but what was rejected), as ``Decimal``
        """
        query = SQL(TAKEN, programs=tuple(programs.ids), without=list(without))
        return [
            (*key, to_decimal(above), to_decimal(effective))
            for *key, above, effective in self.env.execute_query(query)
        ]

    @api.model
    def _get_days(self, items):
        """(program id, day) on which something is, or was, paid of these items."""
        self.env.flush_all()
        return set(self.env.execute_query(SQL(DAYS, items=list(items))))

    @api.model
    def _order_items(self, programs, condition):
        """Ids of the costs of each item of programs, in the order in which they are parted.

        :param condition: on all costs of an item, ``cost``
        """
        if not programs:
            return []
        self.env.flush_all()
        rows = self.env.execute_query(SQL(ITEMS, programs=tuple(programs.ids), condition=condition))
        return [ids for (ids,) in rows]

    @api.model
    def _iterate_pieces(self, items):
        """Costs of whole items, some thousands at a time: what was read of them is forgotten.

        :param items: see ``_order_items``
        """
        ids = []
        for number, own in enumerate(items, start=1):
            ids += own
            if len(ids) >= PIECE or number == len(items):
                yield self.browse(ids)
                self.invalidate_model()
                self.env["coworking.allocation"].invalidate_model()
                ids = []

    # === PARTING ===#

    @api.model
    def _part(self, programs, agreements, condition=None, endless=False):
        """Part items, and make their shares so.

        :param condition: which of them, see ``_order_items``; none: all
        :param endless: no grant can run out
        """
        everything = SQL("TRUE")
        items = self._order_items(programs, condition or everything)
        terms = [agreement._to_agreement() for agreement in agreements]
        before = {}
        if condition and not endless:
            for key, heading, _above, amount in self._get_taken_before(
                programs, chain.from_iterable(items)
            ):
                before[key, heading] = amount
        sharing = funding.Sharing(map(_to_endless, terms) if endless else terms, before)
        if not endless or any(one.over for one in terms):
            claimed = SQL("%s AND %s", condition or everything, CLAIMED)
            for costs in self._iterate_pieces(self._order_items(programs, claimed)):
                facts = costs._to_costs(costs._get_possible(agreements))
                frozen = costs._get_frozen()._to_frozen()
                sharing.reserve(sharing.collect(facts, frozen, costs._get_held()))
        for costs in self._iterate_pieces(items):
            facts = costs._to_costs(costs._get_possible(agreements))
            frozen = costs._get_frozen()
            claimed = frozen._to_frozen()
            parts = sharing.part(sharing.collect(facts, claimed, costs._get_held()))
            costs._write_refusals(agreements, terms, facts)
            item_of = {cost.id: cost.item for cost in costs}
            costs._write_parts(differences(parts, claimed, item_of), frozen)

    @api.model
    def _meet_on_grants(self, programs):
        """Of two who part costs of one grant at once, the second starts again and sees what the
        first took: its row is really updated, in the order of ids.
        """
        # What reads all costs would take longer to compile than to run.
        self.env.cr.execute("SELECT SET_CONFIG('jit', 'off', true)")
        agreements = programs.with_context(active_test=False).agreement_ids
        if agreements:
            self.env.flush_all()
            self.env.cr.execute(SQL(TOUCH, ids=tuple(sorted(agreements.ids))))

    @api.model
    def _prove_presences(self, programs, condition=None):
        """
        :param condition: which costs are looked at, ``cost``; none: all
        :return: set of ``item`` of those of which it is another now
        """
        if not programs:
            return set()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(PRESENCES, programs=tuple(programs.ids), condition=condition or SQL("TRUE"))
        )
        self.invalidate_model(["presence_proven"])
        return {item for (item,) in rows}

    @api.model
    def _get_agreements(self, programs, claimed=True):
        """The agreements that take part, in their order; archived ones only where they were asked
        for something.

        :param claimed: whether these are among them
        """
        agreements = programs.with_context(active_test=False).agreement_ids
        archived = agreements.filtered(lambda agreement: not agreement.active)
        if archived and claimed:
            rows = self.env["coworking.allocation"]._read_group(
                [
                    ("program_id", "in", programs.ids),
                    ("agreement_id", "in", archived.ids),
                    ("frozen", "=", True),
                ],
                ["agreement_id"],
            )
            archived -= archived.browse(agreement.id for (agreement,) in rows)
        return (agreements - archived)._in_order()

    def _get_frozen(self):
        """The shares of these costs that were claimed."""
        return self.env["coworking.allocation"].search_fetch(
            [("cost_id", "in", self.ids), ("frozen", "=", True)],
            [*KEY, "amount", "amount_rejected"],
            order="id",
        )

    def _get_held(self):
        """What people decided of these costs, in its order: list of ``funding.Held``."""
        rows = self.env["coworking.allocation.hold"].search(
            [("program_id", "in", self.program_id.ids)], order="id"
        )
        if not rows:
            return []
        items = {(cost.program_id.id, cost._get_hold_key()): cost.item for cost in self}
        return [
            row._to_held(items[row.program_id.id, row.item])
            for row in rows
            if (row.program_id.id, row.item) in items
        ]

    def _get_possible(self, agreements):
        """dict cost id -> ids of the agreements of the program whose public the person is of, or
        whose public has nothing to do with this cost; archived ones, where they were asked for it
        """
        # sudo: whom an agreement counts follows from files that who pays bills does not read
        people = self.env["coworking.funding.person"].sudo()
        publics = people._look_up(agreements.sudo(), self.sudo().participant_id)
        own, over = self._get_own(agreements), self._get_over(agreements)
        return {
            cost.id: own[cost.program_id.id]
            & publics.get(cost.participant_id.id, own[cost.program_id.id]) - over[cost.id]
            for cost in self
        }

    def _get_over(self, agreements):
        """What was claimed of an archived agreement stays with it, and it takes part in nothing
        else.

        :return: dict cost id -> ids of the archived ones that were not asked for anything of what
            is parted together with it; these costs are of whole items
        """
        archived = {agreement.id for agreement in agreements if not agreement.active}
        asked = defaultdict(set)
        if archived:
            for cost, agreement in self.env["coworking.allocation"]._read_group(
                [
                    ("cost_id", "in", self.ids),
                    ("agreement_id", "in", list(archived)),
                    ("frozen", "=", True),
                ],
                ["cost_id", "agreement_id"],
            ):
                asked[cost.item].add(agreement.id)
        return {cost.id: archived - asked[cost.item] for cost in self}

    def _get_own(self, agreements):
        """dict program id -> set of ids of those among these agreements that are of it"""
        return {
            program.id: {one.id for one in agreements if program in one.program_ids}
            for program in self.program_id
        }

    def _write_refusals(self, agreements, terms, facts):
        own, over = self._get_own(agreements), self._get_over(agreements)
        for cost, fact in zip(self, facts, strict=True):
            told = own[cost.program_id.id] - over[cost.id]
            refusals = {
                str(one.key): reasons
                for one in terms
                if one.key in told and (reasons := funding.refusals(one, fact))
            }
            if (cost.refusals or {}) != refusals:
                cost.refusals = refusals

    def _write_parts(self, parts, frozen):
        """Make the shares of these costs that are not claimed what these parts say."""
        Share = self.env["coworking.allocation"]
        items = {cost.id: cost.item for cost in self}
        origins = {}
        for share in frozen:
            origins[items[share.cost_id.id], share.agreement_id.id] = share.id
        wanted = defaultdict(lambda: to_decimal(0))
        for part in parts:
            key = (part.cost, part.date, part.agreement, part.heading, part.reason, part.instead)
            wanted[key] += part.amount
        gone = []
        shares = Share.search_fetch(
            [("cost_id", "in", self.ids), ("frozen", "=", False)], [*KEY, "amount"], order="id"
        )
        for share in shares:
            amount = wanted.pop(share._get_key(), None)
            if not amount:
                gone.append(share.id)
            elif to_decimal(share.amount) != amount:
                share.amount = float(amount)
        Share.browse(gone).unlink()
        Share._insert(
            [
                (*key, amount, self.browse(key[0]), origins.get((items[key[0]], key[2])))
                for key, amount in wanted.items()
                if amount
            ]
        )
