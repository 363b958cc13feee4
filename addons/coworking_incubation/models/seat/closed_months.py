from odoo import fields


class ClosedMonths:
    """Until which day months are closed: see ``coworking.seat._get_closed_months``.

    A statement closes the days up to that of its confirmation: one confirmed before the end of its
    month, because its tariffs are billed in advance, leaves the days that follow to be lived. What
    changes in days that are closed is a correction, which the next statement carries.
    """

    def __init__(self, by_space, by_program):
        """
        :param by_space: as ``coworking.seat._get_last_closed_days`` answers
        :param by_program: as ``coworking.seat._get_last_days_closed_for_all`` answers
        """
        self._by_space = by_space
        self._by_program = by_program

    def last_day(self, seat, day):
        """The last closed day of the month of a day, for the program and space of a seat."""
        return self._by_space.get((seat.program_id.id, seat.space_id.id, day.replace(day=1)))

    def holds(self, seat, day):
        """Whether a day is closed for a seat."""
        until = self.last_day(seat, day)
        return bool(until and day <= until)

    def holds_month(self, seat, month):
        """Whether nothing of a month is left to be said of a seat.

        :param month: the first day of the month
        """
        last = fields.Date.end_of(month, "month")
        return self.holds(seat, min(last, seat.date_end) if seat.date_end else last)

    def holds_for_all(self, program, day):
        """Whether a day is closed in every space with a statement of a program asked about."""
        until = self._by_program.get((program.id, day.replace(day=1)))
        return bool(until and day <= until)
