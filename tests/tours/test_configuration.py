from .common import TourCase


class TestConfiguration(TourCase):
    def test_a_coordinator_adds_a_stage_and_the_board_obeys_at_once(self):
        file = self._new_participant(
            "Camille Petit", stage_id=self.stages["info_session"].id, phone="06 12 34 56 78"
        )
        self._tour("stage", self.coordinator, person=file.partner_name)
        stage = self.env["coworking.stage"].search([("name", "=", "Semaine d'essai")])
        self.assertEqual(file.stage_id, stage)
        self.assertEqual(file.project, "Atelier de reliure")
