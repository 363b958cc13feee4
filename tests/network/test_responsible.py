"""Who is told of what happens, in one order everywhere."""

from ..common import JUNE, CoworkingCase


class TestResponsible(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/6", "31/7")
        cls.statement = cls._generate()
        cls.hosting = cls.env["coworking.hosting"].create({"seat_id": cls.seat.id})
        cls.admin = cls.env.ref("base.user_admin")

    def _told(self, **values):
        """Who is told of a file, a seat, an agreement; of a month, a space."""
        persons = (self.seat.participant_id, self.seat, self.hosting)
        for record in persons:
            self.assertEqual(
                record._get_responsible(**values), persons[0]._get_responsible(**values)
            )
        return persons[0]._get_responsible(**values), self.statement._get_responsible(**values)

    def test_the_accompanist_then_the_coordinator_then_the_administrator(self):
        self.assertEqual(self._told(), (self.accompanist, self.coordinator))
        self.seat.participant_id.user_id = False
        self.assertEqual(self._told(), (self.coordinator, self.coordinator))
        self.program.user_id = False
        self.assertEqual(self._told(), (self.admin, self.admin))
        self.assertEqual(self.space._get_responsible(), self.admin)

    def test_who_left_is_passed_over(self):
        self.accompanist.active = False
        self.assertEqual(self._told(), (self.coordinator, self.coordinator))
        self.assertEqual(self.space._get_responsible(), self.coordinator)
        self.coordinator.active = False
        self.assertEqual(self._told(), (self.admin, self.admin))
        self.assertEqual(self.space._get_responsible(), self.admin)

    def test_nobody_outside_is_sent_to_the_administrator(self):
        self.seat.participant_id.user_id = self.program.user_id = False
        nobody = self.env["res.users"]
        self.assertEqual(self._told(or_admin=False), (nobody, nobody))
        self.assertIsNone(self.env["coworking.portal"]._get_contact_of(self.seat))

    def test_a_problem_at_night_reaches_somebody_without_a_coordinator(self):
        self.program.user_id = False
        self.space.with_user(self.env.ref("base.user_root"))._report_problem(
            self.program, JUNE, "No price."
        )
        self.assertEqual(self.space.activity_ids.user_id, self.admin)

    def test_a_message_of_a_manager_reaches_somebody_without_a_coordinator(self):
        self.program.user_id = False
        for record in (self.space, self.statement):
            self.env["coworking.portal"]._write_message(self.manager.partner_id, record, "Hello")
            self.assertIn(self.admin.partner_id, record.message_ids[0].partner_ids)


class TestStates(CoworkingCase):
    def test_an_action_of_another_state_names_the_record_and_its_state(self):
        seat = self._new_seat("1/6", "31/7")
        statement = self._settle()
        hosting = self.env["coworking.hosting"].create({"seat_id": seat.id})
        hosting.sudo().state = "cancelled"
        for record, act, words in (
            (seat, seat.action_draft, "Confirmed: this can be done when it is Refused, Cancelled"),
            (statement, statement.action_cancel, "Confirmed: this can be done when it is Draft"),
            (hosting, hosting.action_send, "Cancelled: this can be done when it is Being Written"),
        ):
            with self.subTest(record=record._name), self.assertRefused(f"{record.name} is {words}"):
                act()
