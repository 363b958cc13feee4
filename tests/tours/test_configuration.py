from ..common import d
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

    def test_a_coordinator_accepts_a_price_that_is_one_for_all_ranks_on_purpose(self):
        tariff = self._new_tariff(
            "Équipe",
            180.0,
            prices=[
                {"date_start": "2015-01-01", "price": price, "rank": rank}
                for price, rank in ((150.0, 2), (120.0, 3))
            ],
        )
        for name in ("Camille Petit", "Farid Benali", "Inès Carpentier"):
            self._new_seat("1/6", "31/8", name, tariff, state="active")
        self._tour("ladder", self.coordinator, url=f"/odoo/m-coworking.tariff/{tariff.id}")
        (price,) = tariff._get_ladder_on(d("1/7"))
        self.assertRecordValues(price, [{"price": 190.0, "rank": 1, "fewer_ranks": True}])
