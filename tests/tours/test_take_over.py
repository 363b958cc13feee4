"""A program is taken over on the screen: read, mended, recorded."""

import base64
import io

import openpyxl

from ..common import JUNE
from .common import TourCase


class TestTakeOver(TourCase):
    def test_a_workbook_is_read_mended_and_recorded(self):
        self.program.billed_from = JUNE
        book = openpyxl.Workbook()
        book.active.title = "Participants"
        book.active.append(["Nom", "Étape", "Entrée"])
        book.active.append(["Zoé Lambert", "Incubation", "02/02/2015"])
        seats = book.create_sheet("Places financées")
        seats.append(["Participant", "Espace", "Tarif", "Date de début"])
        seats.append(["Zoé Lambert", "L'Ateleir", "Nomade", "02/02/2015"])
        output = io.BytesIO()
        book.save(output)
        self._tour(
            "take_over",
            self.coordinator,
            content=base64.b64encode(output.getvalue()).decode(),
            space=self.space.name,
        )
        seat = self.program.participant_ids.seat_ids
        self.assertEqual((seat.space_id, seat.state), (self.space, "active"))
        self.assertEqual(seat.billed_from, JUNE)
