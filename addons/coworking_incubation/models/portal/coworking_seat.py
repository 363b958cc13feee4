from odoo import models

from ..seat.coworking_seat import HOLDING_STATES
from .coworking_portal_choice import PLACE_WISHED


class CoworkingSeat(models.Model):
    """What spaces are told of arrivals, and what they answer."""

    _inherit = "coworking.seat"

    def write(self, vals):
        """An arrival that was announced is announced anew on another day or at another space; the
        one to which the person does not come any more is told.
        """
        before = {}
        if {"date_start", "space_id", "state"} & vals.keys():
            arriving = self.filtered(lambda seat: seat.state == "confirmed")
            before = {seat: (seat.date_start, seat.space_id) for seat in arriving}
        result = super().write(vals)
        changed = {
            seat: announced
            for seat, announced in before.items()
            if seat.state not in HOLDING_STATES
            or seat.state == "confirmed"
            and announced != (seat.date_start, seat.space_id)
        }
        if changed:
            # sudo: what was asked of a space is written by code
            self.env["coworking.portal.request"].sudo()._announce_anew(changed)
        return result

    def _ask_coordinator(self):
        self._drop_wishes()
        return super()._ask_coordinator()

    def _announce_arrivals(self):
        """The spaces are written to at once; the daily run writes what was not, and reminds."""
        self._drop_wishes()
        # sudo: see above
        self.env["coworking.portal.request"].sudo()._ask_arrivals(self)

    def _drop_wishes(self):
        """Which place the person would like was seen to: this one was asked for, or is theirs."""
        # sudo: whoever answers for a seat need not write the file
        self.sudo().participant_id.activity_unlink([PLACE_WISHED])

    def _get_refusals(self):
        """What spaces answered of arrivals that they do not confirm, the first answer first. One of
        another day than that of today's plan, or of another space, is over.

        :return: ``coworking.portal.answer`` records
        """
        # sudo: whoever follows people reads no answers of spaces; these are about their people
        answers = self.env["coworking.portal.answer"].sudo()
        answers = answers.search(
            [("seat_id", "in", self.ids), ("kind", "=", "not_arrived")], order="id"
        )
        # of those before this version nobody knows which day it was
        return answers.filtered(
            lambda answer: (
                answer.space_id == answer.seat_id.space_id
                and answer.shown_hash in (False, str(answer.seat_id.date_start))
            )
        )
