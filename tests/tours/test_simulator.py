from .common import TourCase


class TestSimulator(TourCase):
    def test_an_accompanist_compares_and_asks_for_a_seat(self):
        person = self._new_participant(
            "Inès Carpentier",
            stage_id=self.stages["space_choice"].id,
            move_reason="Reprise",
            selection_result="admitted",
        )
        self._tour("simulator", self.accompanist, person="Inès Carpentier", space=self.space_b.name)
        self.assertRecordValues(
            person.seat_ids, [{"state": "requested", "space_id": self.space_b.id}]
        )
