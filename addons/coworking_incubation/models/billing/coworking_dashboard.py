from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..network.coworking_dashboard import MONEY, PLACES, Tile

CHARGES = "coworking_incubation.coworking_charge_action"
STATEMENTS = "coworking_incubation.coworking_statement_action"
SEATS = "coworking_incubation.coworking_seat_action"
# Rows of the unused seats on the screen; the list behind has all of them.
MOST_ROWS = 8

# That nobody used a seat in the last days.
NOT_USED_SINCE = """
       NOT EXISTS (
           SELECT FROM coworking_presence
            WHERE seat_id = seat.id AND date > %(since)s AND date <= %(today)s
              AND (state = 'present' OR participant_state = 'present'))
       AND NOT EXISTS (
           SELECT FROM coworking_seat_month
            WHERE seat_id = seat.id AND came IN ('yes', 'left')
              AND LEAST(COALESCE(date_left, (month + INTERVAL '1 month - 1 day')::date),
                        %(today)s) > %(since)s)"""
# The last time that somebody used a seat: a half-day on which the space or the person says so; or
# the end of a month, for a space that says no more than that the person came in it. It is looked
# for once it is known that nobody did in the last days: most seats are used.
LAST_USED = f"""
      WITH paid AS MATERIALIZED (
           SELECT seat_id, SUM(payable_total) AS amount FROM coworking_charge
            WHERE period = %(month)s
         GROUP BY seat_id
           HAVING SUM(payable_total) > 0),
           idle AS MATERIALIZED (
           SELECT seat.id, paid.amount
             FROM coworking_seat seat
             JOIN paid ON paid.seat_id = seat.id
            WHERE seat.id IN %(seats)s AND {NOT_USED_SINCE})
    SELECT idle.id, GREATEST(used.day, came.day) AS last_used, idle.amount,
           used.told OR came.told AS told
      FROM idle
CROSS JOIN LATERAL (
           SELECT MAX(date) FILTER (WHERE state = 'present' OR participant_state = 'present')
                      AS day,
                  COUNT(COALESCE(state, participant_state)) > 0 AS told
             FROM coworking_presence
            WHERE seat_id = idle.id AND date <= %(today)s) AS used
CROSS JOIN LATERAL (
           SELECT MAX(LEAST(COALESCE(date_left, (month + INTERVAL '1 month - 1 day')::date),
                            %(today)s)) FILTER (WHERE came IN ('yes', 'left')) AS day,
                  COUNT(*) > 0 AS told
             FROM coworking_seat_month
            WHERE seat_id = idle.id) AS came
  ORDER BY idle.amount DESC, idle.id
"""  # nosec B608 # of constants


class CoworkingDashboard(models.AbstractModel):
    """What is to be paid later, who did not answer, and what is paid for nothing."""

    _inherit = "coworking.dashboard"

    @api.model
    def _get_tiles(self):
        return [
            *super()._get_tiles(),
            Tile("unanswered", "today", MONEY),
            Tile("forecast", "money", MONEY, today=True, rank=55),
            Tile("unused_seats", "unused", PLACES, of_one=True, today=True),
        ]

    @api.model
    def _format_money(self, scope, amount):
        return scope.programs.currency_id[:1].format(amount)

    @api.model
    def _prepare_amount(self, scope, amount, domain, rows, **more):
        """A sum, and how many records it is the sum of."""
        return self._prepare_cell(amount, domain, rows, self._format_money(scope, amount), **more)

    @api.model
    def _prepare_tile_unanswered(self, scope):
        domain = scope.get_domain() & Domain("state", "=", "sent")
        statements = self.env["coworking.statement"]
        (count, first), *__ = statements._read_group(domain, [], ["__count", "date_from:min"])
        note = ""
        if first:
            oldest = (scope.today - first).days
            note = self.env._("the oldest month began %s days ago", oldest)
        title = self.env._("Months that a Space Has Not Answered")
        cell = self._prepare_cell(count, domain)
        return self._prepare_figure(title, cell, STATEMENTS, note, "warning")

    # === FORECAST ===#

    @api.model
    def _count_forecast(self, scope):
        """:return: (domain of the charges to come, dict month -> (amount, how many))"""
        first = scope.date_from.replace(day=1)
        domain = (
            scope.get_domain("seat_id.user_id")
            & Domain("state", "=", "forecast")
            & Domain("period", ">=", first)
            & Domain("period", "<=", scope.date_to)
        )
        groups = self.env["coworking.charge"]._read_group(
            domain, ["period:month"], ["payable_total:sum", "__count"]
        )
        return domain, {month: (amount, count) for month, amount, count in groups}

    @api.model
    def _prepare_tile_forecast(self, scope):
        domain, months = scope.get_fact("forecast", self._count_forecast)
        amount = scope.programs.currency_id[:1].round(sum(row[0] for row in months.values()))
        cell = self._prepare_amount(scope, amount, domain, sum(row[1] for row in months.values()))
        note = self.env._("in months that have no statement yet")
        return self._prepare_figure(self.env._("Expected Later"), cell, CHARGES, note)

    # === SEATS PAID AND NOT USED ===#

    @api.model
    def _find_unused(self, scope):
        """Seats that cost something this month and that nobody used for some days.

        Those that wait for somebody to arrive cost as much. Those of people whose stay is suspended
        are left out: somebody took care of them.

        :return: list of (seat id, last day of use or None, amount of the month, whether anybody
            ever said who was there), dearest first
        """
        days = self.env["ir.config_parameter"]._coworking_get("unused_seat_days")
        since = scope.today - timedelta(days=days)
        suspended = Domain("date_from", "<=", scope.today) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", scope.today)
        )
        domain = (
            scope.get_domain()
            & Domain("state", "in", ("confirmed", "active"))
            & Domain("date_start", "<=", since)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", scope.today))
            & ~Domain("participant_id.suspension_ids", "any", suspended)
        )
        seats = self.env["coworking.seat"]
        # sudo: an accountant, who reads no suspension, sees the seats all the same
        may_read = self.env["coworking.suspension"].has_access("read")
        own = (seats if may_read else seats.sudo())._search(domain)
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                LAST_USED,
                seats=own.subselect(),
                month=scope.today.replace(day=1),
                today=scope.today,
                since=since,
            )
        )

    @api.model
    def _prepare_tile_unused_seats(self, scope):
        days = self.env["ir.config_parameter"]._coworking_get("unused_seat_days")
        found = self._find_unused(scope)
        with_money = any(self.env.user.has_group(group) for group in MONEY)
        seats = self.env["coworking.seat"].browse(row[0] for row in found)
        total = scope.programs.currency_id[:1].round(sum(row[2] for row in found))
        cell = self._prepare_cell(len(found), Domain("id", "in", seats.ids))
        note = self.env._("nobody came for %s days", days)
        if with_money and found:
            note = self.env._(
                "nobody came for %(days)s days; they cost %(amount)s this month",
                days=days,
                amount=self._format_money(scope, total),
            )
        return {
            "kind": "seats",
            "title": self.env._("Seats Paid and Not Used"),
            "note": note,
            "action": SEATS,
            "seats": [
                self._prepare_unused(scope, seat, row, with_money)
                for seat, row in zip(seats[:MOST_ROWS], found[:MOST_ROWS], strict=True)
            ],
            "ways": self._get_ways(),
            "has_money": with_money,
            "nothing": self.env._("Every seat that is paid was used these %s days.", days),
            "is_empty": not found,
            **cell,
        }

    @api.model
    def _prepare_unused(self, scope, seat, row, with_money):
        __, last_used, amount, told = row
        return {
            "id": seat.id,
            "person": seat.partner_id.name,
            "space": seat.space_id.name,
            "used": self._get_used_words(scope, seat, last_used, told),
            "cost": self._format_money(scope, amount) if with_money else "",
        }

    @api.model
    def _get_used_words(self, scope, seat, last_used, told):
        """When a seat was used last; where it never was, what is known of that."""
        if last_used:
            return self.env._("%s days ago", (scope.today - last_used).days)
        days = (scope.today - seat.date_start).days
        if seat.state == "confirmed":
            return self.env._("arrival not confirmed, since %s days", days)
        if not told:
            return self.env._("no presence told, since %s days", days)
        return self.env._("never used, since %s days", days)

    @api.model
    def _get_ways(self):
        """What the user may do about a seat that nobody uses: a method of the seat each."""
        ways = []
        if self.env["coworking.suspension"].has_access("create"):
            ways += [
                {"method": "action_talk", "label": self.env._("Talk about It")},
                {"method": "action_suspend", "label": self.env._("Suspend")},
            ]
        if self.env.user.has_group("coworking_incubation.group_coworking_coordinator"):
            ways += [
                {"method": "action_change", "label": self.env._("Change the Tariff")},
                {"method": "action_leave", "label": self.env._("End")},
            ]
        return ways
