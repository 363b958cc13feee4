"""Meetings come along with who is expected, who waits and in which order; nobody is written to."""

from odoo.tests import freeze_time

from ..common import SENSITIVE
from .test_take_over import PERSON
from .test_take_over_export import ExportCase

MEETING = {"date": "20/07/2015", "start_time": "14h", "kind": "Information meeting"}
MEETING = {**MEETING, "subject": "Réunion"}
ASKS = {**MEETING, "state": "Expected"}


@freeze_time("2015-06-20 09:00:00")
class TestMeetings(ExportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coordinator.group_ids += cls.env.ref(SENSITIVE)

    def setUp(self):
        super().setUp()
        self._speak_up()

    def _new_meeting(self, name="Réunion", **values):
        return self.env["calendar.event"].create(
            {
                "name": name,
                "coworking_kind": "info_session",
                "coworking_program_id": self.edition.id,
                "start": "2015-07-20 12:00:00",
                "stop": "2015-07-20 14:00:00",
                **values,
            }
        )

    def _register(self, event, *rows):
        return event.coworking_attendance_ids.create(
            [{"event_id": event.id, **values} for values in rows]
        )

    def _get_list(self, program=None):
        """dict name -> (state, whether they have a place)"""
        program = program or self.edition
        rows = self.env["coworking.attendance"].search([("program_id", "=", program.id)])
        return {row.display_name: (row.state, bool(row.place)) for row in rows}

    def _mend(self, take_over, sheet, number, value):
        lines = take_over.line_ids
        lines.filtered(lambda line: (line.sheet, line.number) == (sheet, number)).value = value

    def test_nobody_waits_before_all_who_are_expected_have_their_place(self):
        names = ("Ana", "Bob", "Zoé", "Yann")
        ana, bob, zoe, yann = ({**ASKS, "name": name, "phone": "0612"} for name in names)
        before = self._count()
        take_over = self._read(
            meetings=[{**MEETING, "coworking_capacity": 2}],
            people=[PERSON],
            candidates=[
                ana,
                {**bob, "to_tell": "peut-être"},
                {**zoe, "state": "Waiting List", "waiting_rank": 1},
                {**yann, "date": "21/07/2015"},  # of another meeting
            ],
            appointments=[
                {
                    **MEETING,
                    "participant_id": PERSON["partner_name"],
                    "state": "Waiting List",
                    "waiting_rank": 2,
                }
            ],
        )
        self.assertProblem(take_over, ("candidates", 3), "to_tell")
        self.assertProblem(take_over, ("candidates", 4), False, "line 3", "Candidates")
        self.assertProblem(take_over, ("appointments", 2), False)
        self.assertEqual(take_over.problem_count, 3)
        take_over.action_record()
        self.assertEqual(take_over.problem_count, 3)
        self.assertEqual(self._get_list(), {"Ana": ("expected", True), "Yann": ("expected", False)})
        event = self.env["calendar.event"].search([("coworking_capacity", "=", 2)], limit=1)
        event._coworking_fill_places()  # as once a day
        self._mend(take_over, "candidates", 3, "")
        take_over.action_record()
        self.assertFalse(take_over.line_ids)
        self.assertEqual(
            self._get_list(),
            {
                "Ana": ("expected", True),
                "Bob": ("expected", True),
                "Zoé": ("waiting", False),
                "Camille Roy": ("waiting", False),
                "Yann": ("expected", False),
            },
        )
        self.assertEqual(event.coworking_capacity, 2)
        self.assertEqual(self._count()["mail.mail"], before["mail.mail"])

    def test_a_place_that_is_free_elsewhere_moves_nobody_up(self):
        before = self._count()
        ana = {**ASKS, "name": "Ana", "email": "ana@example.org"}
        zoe = {**ASKS, "name": "Zoé", "email": "zoe@example.org", "state": "Waiting List"}
        self._record(meetings=[{**MEETING, "coworking_capacity": 2}], candidates=[ana, zoe])
        self.assertEqual(self._get_list(), {"Ana": ("expected", True), "Zoé": ("waiting", False)})
        self.assertEqual(self._count()["mail.mail"], before["mail.mail"])

    def test_who_is_expected_has_a_place_though_the_limit_was_lowered(self):
        rows = [{**ASKS, "name": name} for name in ("Ana", "Bob", "Zoé")]
        rows[2]["to_tell"] = "peut-être"
        take_over = self._read(meetings=[{**MEETING, "coworking_capacity": 1}], candidates=rows)
        take_over.action_record()
        self._mend(take_over, "candidates", 4, "")
        take_over.action_record()
        self.assertFalse(take_over.line_ids)
        self.assertEqual(set(self._get_list().values()), {("expected", True)})
        event = self.env["coworking.attendance"].search([("name", "=", "Ana")]).event_id
        self.assertEqual(event.coworking_capacity, 1)
        full = self._read(candidates=[{**ASKS, "name": "Yann"}])
        self.assertProblem(full, ("candidates", 2), "name", "full")

    def test_a_list_waits_for_the_row_of_its_meeting(self):
        take_over = self._read(
            meetings=[{**MEETING, "coworking_capacity": "douze"}],
            candidates=[{**ASKS, "name": "Ana"}],
        )
        self.assertProblem(take_over, ("candidates", 2), False, "line 2", "Meetings")
        self._mend(take_over, "meetings", 2, "12")
        take_over.action_record()
        self.assertFalse(take_over.line_ids)
        self.assertEqual(self._get_list(), {"Ana": ("expected", True)})

    def test_a_meeting_nowhere_is_not_the_one_of_its_hour_at_a_space(self):
        rows = [
            {**MEETING, "coworking_capacity": "douze"},
            {**MEETING, "coworking_space_id": "Atelier Test"},
        ]
        before = self._count()["calendar.event"]
        take_over = self._read(meetings=rows)
        take_over.action_record()
        self._mend(take_over, "meetings", 2, "12")
        take_over.action_record()
        self.assertFalse(take_over.line_ids)
        self.assertEqual(self._count()["calendar.event"], before + 2)
        again = self._read(meetings=[{**rows[0], "coworking_capacity": 12}, rows[1]])
        self.assertFalse(self._problems(again))
        self.assertEqual(again.line_ids.mapped("known"), [True, True])

    def test_a_list_of_people_with_and_without_a_file_comes_back_in_its_order(self):
        event = self._new_meeting(coworking_capacity=1)
        self._register(event, {"name": "Ana", "state": "expected"})
        file = self._new_participant("Zoé Petit", self.edition)
        self._register(event, {"participant_id": file.id, "state": "waiting"})
        self._register(event, *({"name": name, "state": "waiting"} for name in ("Bob", "Yann")))
        __, copy = self.assertComesBack(self.edition, self.coordinator)
        rows = self.env["coworking.attendance"].search([("program_id", "=", copy.id)])
        waiting = rows.filtered("waiting_rank").sorted("waiting_rank")
        self.assertEqual(waiting.mapped("display_name"), ["Zoé Petit", "Bob", "Yann"])

    def test_an_address_that_nobody_confirmed_stays_here(self):
        event = self._new_meeting(start="2015-06-19 12:00:00", stop="2015-06-19 14:00:00")
        public = {"registered_by": "public", "state": "expected"}
        sure = {**public, "confirmed_at": "2015-06-18 10:00:00"}
        self._register(
            event,
            {**public, "name": "Unsure", "email": "unsure@example.org"},
            {**public, "name": "Adviser's", "adviser_email": "unsure@example.org"},
            {**public, "name": "By phone", "phone": "0612345678"},
            {**public, "name": "Came", "email": "came@example.org", "state": "present"},
            {**sure, "name": "Sure", "email": "sure@example.org"},
            {"name": "Noted", "email": "noted@example.org", "state": "expected"},
        )
        sheets, __ = self.assertComesBack(self.edition, self.coordinator)
        names = {row["name"] for row in self._rows("candidates", sheets)}
        self.assertEqual(names, {"By phone", "Came", "Sure", "Noted"})

    def test_candidates_who_leave_are_in_the_audit_trail(self):
        candidates = self._register(self._new_meeting(), {"name": "Ana"}, {"name": "Bob"})
        self._register(
            self._new_meeting("Autre"),
            {"name": "Unsure", "email": "unsure@example.org", "registered_by": "public"},
        )
        trail = self.env["coworking.audit"]
        last = trail.search([], limit=1).id
        self._export()
        line = trail.search(
            [("id", ">", last), ("action", "=", "exported"), ("res_model", "=", candidates._name)]
        )
        self.assertEqual((line.user_id, line.program_id), (self.coordinator, self.edition))
        self.assertEqual((line.changes["format"], line.changes["count"]), ("xlsx", 2))
        self.assertEqual(set(line.changes["ids"]), set(candidates.ids))
        self.assertIn("email", line.changes["fields"])
        self.assertNotIn("Ana", str(line.changes))

    def test_meetings_of_one_hour_at_two_spaces_are_two(self):
        spaces = [self._new_space("Le Quai", "QUAI"), self._new_space("Le Pont", "PONT")]
        for space in (*spaces, self.env["coworking.space"]):
            event = self._new_meeting(coworking_space_id=space.id)
            self._register(event, {"name": f"Of {space.name}"})
        sheets, copy = self.assertComesBack(self.edition, self.coordinator)
        events = self.env["calendar.event"].search([("coworking_program_id", "=", copy.id)])
        self.assertEqual(
            {
                event.coworking_space_id.name: event.coworking_attendance_ids.name
                for event in events
            },
            {"Le Quai": "Of Le Quai", "Le Pont": "Of Le Pont", False: "Of False"},
        )

    def test_of_two_meetings_a_candidate_says_which(self):
        quai, pont = (
            self._new_meeting(coworking_space_id=self._new_space(name, code).id)
            for name, code in (("Le Quai", "QUAI"), ("Le Pont", "PONT"))
        )
        take_over = self._read(candidates=[{**ASKS, "name": "Ana"}])
        self.assertProblem(take_over, ("candidates", 2), "coworking_space_id", "Several meetings")
        self._mend(take_over, "candidates", 2, "Le Pont")
        take_over.action_record()
        self.assertEqual(pont.coworking_attendance_ids.name, "Ana")
        self.assertFalse(quai.coworking_attendance_ids)
