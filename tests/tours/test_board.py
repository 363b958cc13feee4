from .common import TourCase


class TestBoard(TourCase):
    def test_an_accompanist_meets_somebody_and_is_told_what_is_missing(self):
        for name, stage in (("Camille Petit", "info_session"), ("Rayan Diallo", "orientation")):
            self._new_participant(name, stage_id=self.stages[stage].id)
        requirement = self.env.ref("coworking_incubation.coworking_requirement_diagnostic_project")
        self._tour("board", self.accompanist, project=requirement.with_context(lang="fr_FR").name)
        file = self.env["coworking.participant"].search([("partner_id.name", "=", "Zoé Lambert")])
        self.assertEqual(file.stage_id, self.stages["diagnostic"])
        self.assertEqual(file.user_id, self.accompanist)
        self.assertEqual(file.program_id, self.program)
        self.assertEqual((file.phone, file.project), ("06 12 34 56 78", "Atelier de reliure"))
        self.assertEqual(file.date_support.isoformat(), "2015-06-15")
        event = file.attendance_ids.event_id
        self.assertEqual((event.coworking_kind, event.user_id), ("appointment", self.accompanist))
        self.assertNotIn("Zoé", event.name)
