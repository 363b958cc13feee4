from ..common import CoworkingCase


class TestRoles(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls.env["res.partner"].create({"name": "Operator", "is_company": True})
        cls.space.operator_id = cls.operator
        cls.prescriber = cls.env["res.partner"].create({"name": "Mission", "is_company": True})
        cls.funder = cls.env["res.partner"].create({"name": "Metropolis", "is_company": True})
        cls.env["coworking.funding.agreement"].create(
            {
                "reference": "MEL-2015",
                "partner_id": cls.funder.id,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        cls.person = cls._new_participant("Camille", prescriber_id=cls.prescriber.id)

    def test_each_role_is_shown_and_found(self):
        partners = {
            "is_coworking_space": self.space.partner_id | self.operator,
            "is_coworking_funder": self.funder,
            "is_coworking_prescriber": self.prescriber,
        }
        everybody = (
            self.space.partner_id
            | self.operator
            | self.funder
            | self.prescriber
            | self.person.partner_id
        )
        for name, expected in partners.items():
            with self.subTest(role=name):
                self.assertEqual(everybody.filtered(name), expected)
                self.assertEqual(everybody.search([(name, "=", True)]) & everybody, expected)
                self.assertEqual(
                    everybody.search([(name, "=", False)]) & everybody, everybody - expected
                )

    def test_smart_buttons_count_what_the_user_may_see(self):
        as_coordinator = self.person.partner_id.with_user(self.coordinator)
        self.assertEqual(as_coordinator.coworking_participant_count, 1)
        self.assertEqual(self.operator.with_user(self.coordinator).coworking_space_count, 1)
        self.assertEqual(self.funder.with_user(self.accountant).coworking_agreement_count, 1)
        self.assertEqual(self.prescriber.with_user(self.coordinator).coworking_prescribed_count, 1)
        stranger = self.prescriber.with_user(self.other_accompanist)
        self.assertEqual(stranger.coworking_prescribed_count, 0)

    def test_nothing_of_the_programme_is_kept_on_the_contact(self):
        """All staff see contacts: of a person they hold the name, e-mail and phone only.

        Who covers accidents is a fact about a prescriber.
        """
        ours = {
            name
            for name, field in self.env["res.partner"]._fields.items()
            if field._module == "coworking_incubation" or "coworking" in name
        }
        stored = {
            name
            for name in ours
            if self.env["res.partner"]._fields[name].store
            and self.env["res.partner"]._fields[name].column_type
        }
        self.assertEqual(stored, {"coworking_accident_cover"})
