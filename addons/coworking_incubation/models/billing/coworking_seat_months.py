from odoo import api, fields, models

from ..seat.coworking_seat import HOLDING_STATES

# The months of a seat, from the first that is billed here, or up to which it is marked, to its end
# or to one that is asked: the first days of both, how many they are.
MONTHS_OF_SEAT = """(
    SELECT first, last, 1 + EXTRACT(YEAR FROM AGE(last, first)) * 12
                          + EXTRACT(MONTH FROM AGE(last, first)) AS count
      FROM (SELECT DATE_TRUNC('month', GREATEST(seat.date_start, seat.billed_from,
                                                seat.made_until)::timestamp) AS first,
                   DATE_TRUNC('month', LEAST(seat.date_end, %(month)s)::timestamp)
                       AS last) AS days)"""
# Those of them of which there is a statement; a month has one at most.
STATEMENTS_OF_SEAT = """ARRAY(
    SELECT date_from FROM coworking_statement statement
     WHERE statement.space_id = seat.space_id AND statement.program_id = seat.program_id
       AND statement.date_from BETWEEN span.first::date AND span.last::date
       AND statement.state != 'cancelled')"""
# Whether a seat may cost something in a month in which it is there and which is billed here: it has
# a charge of it, or a forecast, as of what is due after its end, which stands on the month of its
# departure; or
# - priced by use, somebody came: commitment and notice ask for nothing then, nor does what is used
#   of a pack (one that is bought is forecast, until the end that is planned);
# - paid by the week, or by the month from its first day, a week or month begins before its end.
# "period + 0" keeps PostgreSQL from the index on months, of which each has many charges.
MAY_COST = """EXISTS (
    SELECT FROM coworking_tariff tariff
     CROSS JOIN LATERAL (
           SELECT AGE(month::timestamp, DATE_TRUNC('month', seat.date_start::timestamp)) AS time)
           AS since
     WHERE tariff.id = seat.tariff_id AND CASE
           WHEN tariff.unit IN ('hour', 'half_day', 'day', 'pack') THEN EXISTS (
                SELECT FROM coworking_presence presence
                 WHERE presence.seat_id = seat.id AND presence.state = 'present'
                   AND presence.date >= month AND presence.date < month + INTERVAL '1 month'
                   AND (tariff.unit != 'pack' OR presence.date > (
                       SELECT COALESCE(seat.date_end, file.date_exit_planned, program.date_end)
                         FROM coworking_participant file
                         JOIN coworking_program program ON program.id = file.program_id
                        WHERE file.id = seat.participant_id))
                OFFSET 0)
           WHEN seat.date_end IS NULL THEN true
           WHEN tariff.unit = 'week' THEN seat.date_end >= seat.date_start + 7 * CEIL(
                GREATEST(month::date - seat.date_start, 0) / 7.0)::integer
           WHEN tariff.period = 'anniversary' THEN seat.date_end >= seat.date_start + since.time
           ELSE true END
     UNION ALL
    SELECT FROM coworking_charge charge
     WHERE charge.seat_id = seat.id AND charge.period + 0 = month::date OFFSET 0)"""
# Of whom a month may lack that has begun.
MAY_LACK = f"""seat.state IN {HOLDING_STATES}
            AND COALESCE(seat.made_until, '-infinity') < %(month)s::date"""
CLOSE = f"""
    UPDATE coworking_seat
       SET made_until = CASE WHEN date_end < %(month)s THEN 'infinity' ELSE %(month)s::date END
     WHERE id = ANY (ARRAY(
           SELECT seat.id
             FROM coworking_seat seat
            CROSS JOIN LATERAL {MONTHS_OF_SEAT} AS span
            WHERE {MAY_LACK} AND CARDINALITY({STATEMENTS_OF_SEAT}) >= span.count
            LIMIT %(limit)s
              FOR NO KEY UPDATE OF seat SKIP LOCKED))
"""  # nosec B608 # of constants
AT_ONCE = 20_000


class CoworkingSeat(models.Model):
    """Of which seats each month has a statement: so that the daily run looks at the others."""

    _inherit = "coworking.seat"

    # The month up to which that is so; for good, once the seat is over. Set once a day, and taken
    # back by PostgreSQL as soon as something that it follows from changes: see
    # coworking_statement_months.py.
    made_until = fields.Date(
        copy=False,
        readonly=True,
        export_string_translation=False,
        groups=fields.NO_ACCESS,
    )

    _made_until_idx = models.Index(
        f"(COALESCE(made_until, '-infinity')) WHERE state IN {HOLDING_STATES}"
    )

    @api.autovacuum
    def _gc_made_until(self):
        """Mark those of which each month up to this one has a statement.

        Not those of which a month needs none, as where nobody came who pays by use, or where none
        of the months that are paid from the first day begins in the last. That follows from their
        tariff, their presences and the charges of each month, any of which would have to open them
        again: it would cost more by day than they do at night, a thousand in ten milliseconds. An
        update marks none either: that takes thirty times as long as to look at all of them once.

        :return: how many seats were marked, and whether there may be more
        """
        self.env.flush_all()
        month = fields.Date.context_today(self).replace(day=1)
        self.env.cr.execute(CLOSE, {"month": month, "limit": AT_ONCE})
        return self.env.cr.rowcount, self.env.cr.rowcount >= AT_ONCE
