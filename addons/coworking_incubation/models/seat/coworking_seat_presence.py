from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .closed_months import ClosedMonths


class CoworkingSeat(models.Model):
    """Half-days of a seat: how they are noted, until which day that is closed, what they forbid."""

    _inherit = "coworking.seat"

    # === CRUD METHODS ===#

    def _check_may_cancel(self):
        """A seat on which somebody was is not made one that never was, nor one that was charged."""
        came = self.env["coworking.presence"].search(
            Domain("seat_id", "in", self.ids)
            & (Domain("state", "=", "present") | Domain("participant_state", "=", "present")),
            limit=1,
        )
        if came:
            raise UserError(
                self.env._(
                    "%(person)s was there on %(date)s: give seat %(seat)s an end instead of"
                    " cancelling it.",
                    person=came.seat_id.partner_id.name,
                    date=format_date(self.env, came.date),
                    seat=came.seat_id.name,
                )
            )

    def _check_may_change_person(self):
        """What somebody noted, signed or agreed on is not said of somebody else."""
        for seat in self:
            if seat.presence_ids:
                raise UserError(
                    self.env._(
                        "Seat %(seat)s holds presences of %(person)s and stays theirs: make a seat"
                        " for whoever else comes.",
                        seat=seat.name,
                        person=seat.partner_id.name,
                    )
                )

    # === BUSINESS METHODS ===#

    def _get_closed_months(self, first, last, programs=()):
        """Until which day months are closed: asked wherever something of a day is written down.

        :param first, last: days whose months are asked for
        :param programs: ``coworking.program`` records that are asked about as a whole as well,
            for who has no seat
        :return: ``ClosedMonths`` of the spaces of these seats, and of these programs
        """
        return ClosedMonths(
            self._get_last_closed_days(first, last),
            self._get_last_days_closed_for_all(programs, first, last) if programs else {},
        )

    def _get_last_closed_days(self, first, last):
        """Hook of who settles months: see ``_get_closed_months``.

        :return: dict (program id, space id, first of the month) -> last day that is closed, None
            where a month is not settled
        """
        return {}

    @api.model
    def _get_last_days_closed_for_all(self, programs, first, last):
        """Hook of who settles months: see ``_get_closed_months``.

        :return: dict (program id, first of the month) -> last day that is closed in every space of
            the program that has a statement; months that are not settled everywhere are left out
        """
        return {}

    def _record_presences(self, rows, *, source, by, reason=None):
        """Take down what the space says of half-days of these seats, all or nothing.

        :param rows: list of dicts: ``date``, ``slot`` ('am', 'pm'), ``state`` ('present', 'absent',
            or False to clear what was said), ``hours`` for tariffs by the hour, and ``seat_id``
            where there are several seats
        :param source: how the word came: 'host', 'host_bulk', 'staff', 'sheet' or 'import'
        :param by: the partner who speaks
        :param reason: why a settled month is corrected; coordinators only
        :return: the presences that hold what was said
        :raise UserError: all that is wrong, a line each: outside the stay, closed month, closed
            space, a day to come
        """
        return self.env["coworking.presence"]._record_said(
            self, rows, source=source, by=by, reason=reason
        )

    def _sign_presences(self, rows, *, source, by=None):
        """Take down what the participant says of half-days of this seat, beside the space's word.

        :param rows: as in ``_record_presences``, without hours
        :param source: how it was signed: 'portal', 'tablet', 'link' or 'paper'
        :param by: the partner who signs or who types a signed sheet; the participant by default
        :return: the presences that hold what was signed
        :raise UserError: see ``_record_presences``
        """
        self.ensure_one()
        return self.env["coworking.presence"]._record_signed(
            self, rows, source=source, by=by or self.partner_id
        )
