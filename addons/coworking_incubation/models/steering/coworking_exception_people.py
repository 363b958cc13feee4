from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, format_date

from ..billing.coworking_dashboard import NOT_USED_SINCE
from ..network.coworking_dashboard import COORDINATOR
from .coworking_exception import LATER, PEOPLE_ROLES, SOON, URGENT, Kind

# So many days before its end a stay should have a next step.
LEAVING_DAYS = 15

PRESENCE = """
    SELECT seat.id, seat.program_id, seat.space_id, seat.participant_id,
           NULL::integer AS partner_id, file.user_id, seat.company_id,
           MIN(presence.date) AS since, NULL::numeric AS amount
      FROM coworking_presence presence
      JOIN coworking_seat seat ON seat.id = presence.seat_id
      JOIN coworking_participant file ON file.id = seat.participant_id
     WHERE presence.to_settle IS TRUE
  GROUP BY seat.id, file.user_id
"""
SEAT = """
    SELECT seat.id, seat.program_id, seat.space_id, seat.participant_id,
           NULL::integer AS partner_id, {user} AS user_id, seat.company_id, {since} AS since,
           {amount} AS amount
      FROM coworking_seat seat
      JOIN coworking_participant file ON file.id = seat.participant_id
      JOIN coworking_program program ON program.id = seat.program_id
     WHERE {condition}
"""
ARRIVAL = SEAT.format(
    user="file.user_id",
    since="seat.date_start",
    amount="NULL::numeric",
    condition="""seat.state = 'confirmed' AND seat.active AND (
           seat.date_start + program.call_after_days <= %(today)s
           OR EXISTS (SELECT FROM coworking_portal_answer
                       WHERE seat_id = seat.id AND kind = 'not_arrived'
                         AND space_id = seat.space_id
                         AND COALESCE(shown_hash, seat.date_start::text)
                             = seat.date_start::text))""",
)
# The same as Pilotage says of seats that somebody took up.
UNUSED = SEAT.format(
    user="file.user_id",
    since="""COALESCE(GREATEST(
               (SELECT MAX(date) FROM coworking_presence
                 WHERE seat_id = seat.id AND date <= %(today)s
                   AND (state = 'present' OR participant_state = 'present')),
               (SELECT MAX(LEAST(COALESCE(date_left,
                        (month + INTERVAL '1 month - 1 day')::date), %(today)s))
                  FROM coworking_seat_month
                 WHERE seat_id = seat.id AND came IN ('yes', 'left'))), seat.date_start)""",
    amount="""(SELECT SUM(payable_total) FROM coworking_charge
                WHERE seat_id = seat.id AND period = %(month)s)""",
    condition=f"""seat.state = 'active' AND seat.date_start <= %(since)s
       AND (seat.date_end IS NULL OR seat.date_end >= %(today)s)
       AND {NOT_USED_SINCE}
       AND NOT EXISTS (
           SELECT FROM coworking_suspension
            WHERE participant_id = seat.participant_id AND date_from <= %(today)s
              AND (date_to IS NULL OR date_to >= %(today)s))
       AND seat.id IN (
           SELECT seat_id FROM coworking_charge WHERE period = %(month)s
         GROUP BY seat_id HAVING SUM(payable_total) > 0)""",  # nosec B608 # of constants
)
SEAT_REQUEST = SEAT.format(
    user="program.user_id",
    since="seat.create_date::date",
    amount="NULL::numeric",
    condition="seat.state = 'requested' AND seat.active",
)
# Nobody is to meet them, no review is planned, no more time was asked for: asked person by person
# (OFFSET), as PostgreSQL, which expects few meetings, would compare each with all there are.
LEAVING = """
    SELECT file.id, file.program_id, NULL::integer AS space_id, file.id AS participant_id,
           NULL::integer AS partner_id, file.user_id, file.company_id,
           file.date_exit_planned - %(days)s AS since, NULL::numeric AS amount
      FROM coworking_participant file
     WHERE file.active AND file.phase = 'incubation' AND file.date_exit IS NULL
       AND file.date_exit_planned <= %(today)s + %(days)s
       AND NOT EXISTS (SELECT FROM coworking_review
                        WHERE participant_id = file.id AND state = 'planned'
                          AND date >= %(today)s)
       AND NOT EXISTS (SELECT FROM coworking_attendance
                        WHERE participant_id = file.id AND state = 'expected'
                          AND kind = 'appointment' AND date >= %(today)s OFFSET 0)
       AND NOT EXISTS (SELECT FROM coworking_extension
                        WHERE participant_id = file.id AND state = 'asked')
"""
EXTENSION = """
    SELECT extension.id, extension.program_id, NULL::integer AS space_id,
           extension.participant_id, NULL::integer AS partner_id, program.user_id,
           extension.company_id, extension.create_date::date AS since, NULL::numeric AS amount
      FROM coworking_extension extension
      JOIN coworking_program program ON program.id = extension.program_id
     WHERE extension.state = 'asked'
"""
PRICE = """
    SELECT proposal.id, NULL::integer AS program_id, proposal.space_id,
           NULL::integer AS participant_id, NULL::integer AS partner_id,
           NULL::integer AS user_id, proposal.company_id, proposal.create_date::date AS since,
           proposal.price AS amount
      FROM coworking_tariff_proposal proposal
     WHERE proposal.state = 'proposed'
"""


class CoworkingException(models.Model):
    """What people and places wait for; and what is asked of a coordinator."""

    _inherit = "coworking.exception"
    _depends = {
        "coworking.attendance": ["date", "kind", "participant_id", "state"],
        "coworking.charge": ["payable_total", "period", "seat_id"],
        "coworking.extension": ["participant_id", "state"],
        "coworking.participant": [
            "active",
            "date_exit",
            "date_exit_planned",
            "phase",
            "user_id",
        ],
        "coworking.portal.answer": ["kind", "seat_id", "shown_hash", "space_id"],
        "coworking.presence": ["date", "participant_state", "seat_id", "state", "to_settle"],
        "coworking.review": ["date", "participant_id", "state"],
        "coworking.seat": ["active", "date_end", "date_start", "participant_id", "state"],
        "coworking.seat.month": ["came", "date_left", "month", "seat_id"],
        "coworking.suspension": ["date_from", "date_to", "participant_id"],
        "coworking.tariff.proposal": ["price", "state"],
    }

    @api.model
    def _get_kinds(self):
        people, places, coordinator = "people", "places", "coordinator"
        coordinate = (COORDINATOR,)
        return [
            *super()._get_kinds(),
            Kind("presence", 11, SOON, people, "coworking.seat", PEOPLE_ROLES),
            Kind("arrival", 12, SOON, places, "coworking.seat", PEOPLE_ROLES),
            Kind("unused", 13, LATER, places, "coworking.seat", PEOPLE_ROLES),
            Kind("leaving", 14, SOON, people, "coworking.participant", PEOPLE_ROLES),
            Kind("seat_request", 15, URGENT, coordinator, "coworking.seat", coordinate),
            Kind("extension", 16, SOON, coordinator, "coworking.extension", coordinate),
            Kind("price", 17, LATER, coordinator, "coworking.tariff.proposal", coordinate),
        ]

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "presence": self.env._("Settle"),
            "arrival": self.env._("Confirm or Cancel"),
            "unused": self.env._("Talk about It"),
            "leaving": self.env._("Plan a Meeting"),
            "seat_request": self.env._("Answer"),
            "extension": self.env._("Answer"),
            "price": self.env._("Answer"),
        }

    # === PRESENCES ===#

    def _select_presence(self):
        return SQL(PRESENCE)

    def _describe_presence(self, seats):
        counts = dict(
            self.env["coworking.presence"]._read_group(
                [("to_settle", "=", True), ("seat_id", "in", seats.ids)], ["seat_id"], ["__count"]
            )
        )
        return {
            seat.id: self.env._(
                "The space and the participant do not say the same (half-days: %s)",
                counts.get(seat, 1),
            )
            for seat in seats
        }

    def _settle_presence(self, seat):
        """Those of the seat first; all of the program are there to be settled together."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_presence_action_settle"
        )
        action["domain"] = [("to_settle", "=", True), ("program_id", "=", seat.program_id.id)]
        action["context"] = {"create": False, "search_default_seat_id": seat.id}
        return action

    # === SEATS ===#

    def _select_arrival(self):
        return SQL(ARRIVAL, today=self._get_today())

    def _describe_arrival(self, seats):
        refused = set(seats._get_refusals().seat_id.ids)
        return {
            seat.id: self.env._("The space says that nobody came")
            if seat.id in refused
            else self.env._("Nobody has said whether they came")
            for seat in seats
        }

    def _get_phones_arrival(self, seats):
        return {seat.id: self._get_space_phone(seat.space_id) for seat in seats}

    def _select_unused(self):
        today = self._get_today()
        days = self.env["ir.config_parameter"]._coworking_get("unused_seat_days")
        return SQL(
            UNUSED, today=today, since=today - timedelta(days=days), month=today.replace(day=1)
        )

    def _describe_unused(self, seats):
        days = self.env["ir.config_parameter"]._coworking_get("unused_seat_days")
        return dict.fromkeys(seats.ids, self.env._("Nobody has come for %s days or more", days))

    def _settle_unused(self, seat):
        return seat.action_talk()

    def _select_seat_request(self):
        return SQL(SEAT_REQUEST)

    def _describe_seat_request(self, seats):
        return {
            seat.id: self.env._(
                "%(seat)s, from %(day)s",
                seat=seat.tariff_id.name or seat.name,
                day=format_date(self.env, seat.date_start),
            )
            for seat in seats
        }

    # === STAYS ===#

    def _select_leaving(self):
        return SQL(LEAVING, today=self._get_today(), days=LEAVING_DAYS)

    def _describe_leaving(self, files):
        today = self._get_today()
        return {
            file.id: (
                self.env._("Was to leave on %s, and is still there")
                if file.date_exit_planned < today
                else self.env._("Leaves on %s: no meeting, no review, no more time asked for")
            )
            % format_date(self.env, file.date_exit_planned)
            for file in files
        }

    def _settle_leaving(self, file):
        return file.action_plan_appointment()

    def _select_extension(self):
        return SQL(EXTENSION)

    def _describe_extension(self, extensions):
        return {
            row.id: self.env._("%(days)s days more: %(reason)s", days=row.days, reason=row.reason)
            for row in extensions
        }

    # === PRICES ===#

    def _select_price(self):
        return SQL(PRICE)

    def _describe_price(self, proposals):
        return {
            row.id: self.env._(
                "%(tariff)s: %(price)s from %(day)s, %(now)s today",
                tariff=row.tariff_id.name,
                price=row.currency_id.format(row.price),
                day=format_date(self.env, row.date_start),
                now=row.price_now,
            )
            for row in proposals
        }
