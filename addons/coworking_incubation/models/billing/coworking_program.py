from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ... import pricing
from ...pricing_inputs import PRICING_INPUTS
from ...tools import to_decimal
from .coworking_seat_months import MAY_COST, MAY_LACK, MONTHS_OF_SEAT, STATEMENTS_OF_SEAT
from .coworking_statement import OPEN_STATES, SETTLED_STATES

# Of which months these seats have no statement and may need one, see MAY_COST.
# Nearly all seats have a statement of each month and are marked (made_until); of the others a count
# tells most. OFFSET keeps PostgreSQL from reading all there are. "program_id + 0" keeps it from the
# index on programs, of which each has many.
SPACES_CHARGED = f"""
    WITH lacking AS MATERIALIZED (
         SELECT seat.id, seat.participant_id, seat.program_id, seat.space_id, seat.tariff_id,
                seat.date_start, seat.date_end, span.*, found.made
           FROM coworking_seat seat
          CROSS JOIN LATERAL {MONTHS_OF_SEAT} AS span
          CROSS JOIN LATERAL (SELECT {STATEMENTS_OF_SEAT} AS made OFFSET 0) AS found
          WHERE {MAY_LACK} AND seat.program_id + 0 = ANY (%(programs)s)
            AND CARDINALITY(found.made) < span.count)
    SELECT seat.program_id, month::date, ARRAY_AGG(DISTINCT seat.space_id ORDER BY seat.space_id)
      FROM lacking seat
     CROSS JOIN GENERATE_SERIES(seat.first, seat.last, INTERVAL '1 month') AS month
     WHERE month::date != ALL (seat.made) AND {MAY_COST}
  GROUP BY seat.program_id, month
"""  # nosec B608 # of constants


class CoworkingProgram(models.Model):
    """What a program spends, and what it may not change any more once months are settled."""

    _inherit = "coworking.program"

    statement_count = fields.Integer(compute="_compute_statement_count")
    amount_granted = fields.Monetary(
        compute="_compute_money", help="Sum of the funding agreements of the program."
    )
    amount_spent = fields.Monetary(
        compute="_compute_money",
        help="Funded in months that are settled, here or before the take-over.",
    )
    amount_committed = fields.Monetary(
        compute="_compute_money", help="Funded in open months and in the stays to come."
    )
    amount_left = fields.Monetary(compute="_compute_money")

    @api.depends("agreement_ids.amount_granted", "agreement_ids.amount_used_before")
    def _compute_money(self):
        """Money granted, spent, committed and left, from the expected charges."""
        funded = defaultdict(float)
        for program, state, amount in self.env["coworking.charge"]._read_group(
            [("program_id", "in", self.ids)], ["program_id", "state"], ["funded_amount:sum"]
        ):
            funded[program.id, state == "settled"] += amount
        for program in self:
            # sudo: accompanists see whether one more person fits, not the agreements themselves
            agreements = program.sudo().agreement_ids
            program.amount_granted = sum(agreements.mapped("amount_granted"))
            program.amount_spent = funded[program.id, True] + sum(
                agreements.mapped("amount_used_before")
            )
            program.amount_committed = funded[program.id, False]
            program.amount_left = (
                program.amount_granted - program.amount_spent - program.amount_committed
            )

    def _compute_statement_count(self):
        # sudo: how many there are; accompanists do not read the statements themselves
        counts = dict(
            self.env["coworking.statement"]
            .sudo()
            ._read_group([("program_id", "in", self.ids)], ["program_id"], ["__count"])
        )
        for program in self:
            program.statement_count = counts.get(program, 0)

    # === CRUD METHODS ===#

    def write(self, vals):
        changed = [
            name
            for name in PRICING_INPUTS[self._name]
            if name in vals and any(program[name] != vals[name] for program in self)
        ]
        if changed:
            self._check_no_settled_month()
        result = super().write(vals)
        if changed:
            # sudo: whoever writes the rule need not be allowed to read what seats cost
            statements = self.env["coworking.statement"].sudo()
            statements.search(
                [("program_id", "in", self.ids), ("state", "in", OPEN_STATES)]
            )._mark_outdated()
        if changed or vals.keys() & {"date_start", "date_end", "duration_months"}:
            self.sudo().with_context(active_test=False).participant_ids._refresh_forecast()
        return result

    def _check_no_settled_month(self):
        """Who pays what has no date: it holds for a whole edition."""
        # sudo: whoever writes the rule need not be allowed to read what seats cost
        Charge = self.env["coworking.charge"].sudo()
        settled = Charge.search(
            [("program_id", "in", self.ids), ("state", "=", "settled")], limit=1
        )
        if settled:
            raise UserError(
                self.env._(
                    "Program %(program)s has settled months: what it funds and who collects the"
                    " participants' part cannot change any more. Copy it to a new edition.",
                    program=settled.program_id.display_name,
                )
            )

    def _check_may_change_currency(self):
        """What spaces agreed to would be as much of something else. Odoo itself refuses it from the
        first entry on.
        """
        statement = self.env["coworking.statement"].search(
            [("program_id", "in", self.ids), ("state", "in", SETTLED_STATES)], limit=1
        )
        if statement:
            raise UserError(
                self.env._(
                    "%(statement)s is confirmed in %(currency)s: that stays the currency of"
                    " %(company)s. Withdraw the confirmation of its months first, if none is"
                    " billed.",
                    statement=statement.name,
                    currency=statement.currency_id.name,
                    company=statement.company_id.name,
                )
            )
        return super()._check_may_change_currency()

    def _split_over_funders(self, charges):
        """How the funded part of some charges is spread over the program's agreements.

        Each agreement takes its rate of the funded amount while its grant lasts, in order of date;
        the rest is own funds. All earlier charges draw on the grants first.

        :return: dict agreement (empty recordset: own funds) -> amount, as ``Decimal``
        """
        self.ensure_one()
        left = {agreement: agreement._get_available() for agreement in self.agreement_ids}
        result, own_ids = defaultdict(Decimal), set(charges.ids)
        shown, one_by_one = charges.sorted("id").grouped("period"), {}
        months = self._get_funded_amounts(max(shown, default=None))
        for month, rows in months.items():
            in_full = self._get_paying_in_full(month, rows, left)
            ends = in_full is None
            if ends and month not in one_by_one:
                one_by_one |= self._read_funded_charges(month, months)
            everything = (one_by_one if ends else shown).get(month, charges.browse())
            for charge in everything:
                kind = charge.corrected_kind or charge.kind
                rests = left if ends else in_full
                for agreement, amount in self._split_charge(
                    kind, month, charge.funded_amount, rests
                ):
                    agreement = agreement or self.env["coworking.funding.agreement"]
                    if agreement and ends:
                        left[agreement] -= amount
                    if charge.id in own_ids:
                        result[agreement] += amount
        return result

    def _read_funded_charges(self, first, months):
        """The charges of a month in which a grant ends, one by one; and those of later months that
        hold corrections, which give back to it.

        :return: dict month -> charges in their order
        """
        wanted = {
            month
            for month, rows in months.items()
            if month == first or (month > first and any(amount < 0 for _, amount, _ in rows))
        }
        charges = self.env["coworking.charge"].search_fetch(
            self._get_funded_domain() & Domain("period", "in", list(wanted)),
            ["period", "kind", "corrected_kind", "funded_amount"],
            order="period, id",
        )
        return charges.grouped("period")

    def _get_funded_domain(self):
        return Domain("program_id", "=", self.id) & Domain("state", "!=", "forecast")

    def _get_funded_amounts(self, last):
        """What was funded month by month: the same amounts once, however many people have them.

        :param last: the last month wanted; none if there is none
        :return: dict month -> list of (kind, amount, how many charges)
        """
        months = defaultdict(list)
        if last:
            for month, kind, corrected, amount, count in self.env["coworking.charge"]._read_group(
                self._get_funded_domain() & Domain("period", "<=", last),
                ["period:month", "kind", "corrected_kind", "funded_amount"],
                ["__count"],
                order="period:month",
            ):
                months[fields.Date.to_date(month)].append((corrected or kind, amount, count))
        return months

    def _split_charge(self, kind, month, amount, left):
        """What is funded of a charge, in parts.

        :param left: dict agreement -> what is left of its grant; ``None``: enough
        :return: list of (agreement, or ``None`` for own funds; amount), no zeros
        """
        parts = self._get_funding_parts(kind, month, left)
        return pricing.split(to_decimal(amount), parts, to_decimal(self.currency_id.rounding))

    def _get_funding_parts(self, kind, month, left):
        return [
            (agreement, to_decimal(agreement.rate), left[agreement])
            for agreement in self.agreement_ids.sorted("date_from")
            if agreement._admits_in(kind, month)
        ]

    def _get_paying_in_full(self, month, rows, left):
        """What is left of each grant for a month after which nothing runs short: ``None`` of what
        lasts for all of it, whose part is taken from ``left``; 0 of what is used up before.

        :return: dict agreement -> ``None`` or 0; nothing where a grant ends within the month, so
            that it matters which charge comes first
        """
        gives_back = any(amount < 0 for _kind, amount, _count in rows)
        in_full = {
            agreement: None if rest or gives_back else Decimal(0)
            for agreement, rest in left.items()
        }
        short = left
        while short:  # what one has no more may fall to others
            taken, returned = defaultdict(Decimal), defaultdict(Decimal)
            for kind, amount, count in rows:
                for agreement, part in self._split_charge(kind, month, amount, in_full):
                    (taken if part > 0 else returned)[agreement] += part * count
            short = [
                agreement
                for agreement, rest in in_full.items()
                if rest is None
                and not agreement._lasts(left[agreement], taken[agreement], returned[agreement])
            ]
            if any(left[agreement] or returned[agreement] for agreement in short):
                return None
            in_full |= dict.fromkeys(short, Decimal(0))
        for agreement, rest in in_full.items():
            if rest is None:
                left[agreement] -= taken[agreement] + returned[agreement]
        return in_full

    # === GENERATION ===#

    def _get_spaces_charged(self, month):
        """Spaces with seats that may cost something in a month and no statement of it, for all
        months of these programs at once: see ``coworking.statement._get_charged_in_domain``.

        :param month: first day of the last month wanted
        :return: dict (program, first day of month) -> ``coworking.space``
        """
        self.env.flush_all()
        self._expect_lookups()
        rows = self.env.execute_query(SQL(SPACES_CHARGED, programs=self.ids, month=month))
        return {
            (self.browse(program_id), day): self.env["coworking.space"].browse(space_ids)
            for program_id, day, space_ids in rows
        }

    # === ACTION METHODS ===#

    def action_open_statements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        action["context"] = {"search_default_program_id": self.id}
        return action
