from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common import CoworkingCase, d


class ParticipantCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["coworking.exit.reason"].create(
            {"name": "Found a job", "category": "durable"}
        )
        cls.stage_closed = cls.env.ref("coworking_incubation.coworking_stage_closed")
        cls.stage_incubation = cls.env.ref("coworking_incubation.coworking_stage_incubation")

    def _suspend(self, participant, start, end=None, **values):
        return self.env["coworking.suspension"].create(
            {
                "participant_id": participant.id,
                "date_from": d(start),
                "date_to": end and d(end),
                "reason": "Training",
                **values,
            }
        )


class TestPlannedExit(ParticipantCase):
    def test_six_months_from_15_june_end_on_14_december(self):
        self.assertEqual(
            self._new_participant(date_entry="2015-06-15").date_exit_planned, d("14/12")
        )

    def test_nobody_leaves_after_the_end_of_the_program(self):
        self.assertEqual(
            self._new_participant(date_entry="2015-09-15").date_exit_planned, d("31/12")
        )

    def test_without_an_entry_there_is_no_planned_exit(self):
        self.assertFalse(self._new_participant().date_exit_planned)

    def test_from_the_31st_the_last_day_is_clipped_to_the_month(self):
        self.program.date_end = "2016-12-31"
        participant = self._new_participant(date_entry="2015-08-31")
        self.assertEqual(participant.date_exit_planned, d("28/2/16"))

    def test_days_of_suspension_are_added(self):
        participant = self._new_participant(date_entry="2015-06-01")
        self._suspend(participant, "1/7", "10/7")
        self.assertEqual(participant.date_exit_planned, d("10/12"))

    def test_a_suspension_that_does_not_extend_adds_nothing(self):
        participant = self._new_participant(date_entry="2015-06-01")
        self._suspend(participant, "1/7", "10/7", extends=False)
        self.assertEqual(participant.date_exit_planned, d("30/11"))

    def test_a_suspension_without_end_adds_nothing_until_it_has_one(self):
        participant = self._new_participant(date_entry="2015-06-01")
        suspension = self._suspend(participant, "1/7")
        self.assertEqual(participant.date_exit_planned, d("30/11"))
        suspension.date_to = d("5/7")
        self.assertEqual(participant.date_exit_planned, d("5/12"))

    def test_removing_a_suspension_takes_its_days_back(self):
        participant = self._new_participant(date_entry="2015-06-01")
        self._suspend(participant, "1/7", "10/7").unlink()
        self.assertEqual(participant.date_exit_planned, d("30/11"))

    def test_suspensions_never_push_past_the_end_of_the_program(self):
        participant = self._new_participant(date_entry="2015-06-15")
        self._suspend(participant, "1/7", "31/7")
        self.assertEqual(participant.date_exit_planned, d("31/12"))

    def test_it_follows_the_duration_and_the_end_of_the_program(self):
        participant = self._new_participant(date_entry="2015-06-15")
        self.program.duration_months = 3
        self.assertEqual(participant.date_exit_planned, d("14/9"))
        self.program.date_end = "2015-08-31"
        self.assertEqual(participant.date_exit_planned, d("31/8"))


class TestClock(ParticipantCase):
    def test_27_august_is_day_74_of_183(self):
        participant = self._new_participant(date_entry="2015-06-15")
        with freeze_time("2015-08-27 10:00:00"):
            self.assertEqual((participant.days_elapsed, participant.days_total), (74, 183))
            self.assertEqual(participant.clock_percent, 40)
            self.assertIn("74 / 183", participant.clock_label)

    def test_before_the_entry_no_day_has_elapsed(self):
        participant = self._new_participant(date_entry="2015-06-15")
        with freeze_time("2015-06-01 10:00:00"):
            self.assertEqual((participant.days_elapsed, participant.clock_percent), (0, 0))

    def test_it_stops_at_the_exit(self):
        participant = self._new_participant(
            date_entry="2015-06-15", date_exit="2015-06-30", exit_reason_id=self.reason.id
        )
        with freeze_time("2016-08-27 10:00:00"):
            self.assertEqual(participant.days_elapsed, 16)
            self.assertEqual(participant.clock_state, "fine")

    def test_it_never_shows_more_than_100_percent(self):
        participant = self._new_participant(date_entry="2015-06-15")
        with freeze_time("2016-06-15 10:00:00"):
            self.assertEqual(participant.clock_percent, 100)

    def test_without_an_entry_it_is_empty(self):
        participant = self._new_participant()
        self.assertFalse(participant.clock_label)
        self.assertFalse(participant.clock_left)
        self.assertFalse(participant.clock_state)
        for state in ("fine", "risk", "late"):
            self.assertNotIn(participant, participant.search([("clock_state", "=", state)]))
        self.assertIn(participant, participant.search([("clock_state", "=", False)]))

    def test_the_days_left_are_said_as_people_say_them(self):
        participant = self._new_participant(date_entry="2015-06-15")  # until 14 December
        for day, words in (
            ("2015-06-15", "182 days left"),
            ("2015-12-12", "2 days left"),
            ("2015-12-13", "1 day left"),
            ("2015-12-14", "last day"),
            ("2015-12-15", "1 day over"),
            ("2015-12-24", "10 days over"),
        ):
            with self.subTest(day=day), freeze_time(f"{day} 10:00:00"):
                participant.invalidate_recordset()
                self.assertEqual(participant.with_context(lang="en_US").clock_left, words)

    def test_states_are_found_by_the_search_as_they_are_shown(self):
        """Planned exit on 14 December: a risk from 30 days before, late from the day after."""
        participant = self._new_participant(date_entry="2015-06-15")
        for day, state in (
            ("2015-11-13", "fine"),
            ("2015-11-14", "risk"),
            ("2015-12-14", "risk"),
            ("2015-12-15", "late"),
        ):
            with self.subTest(day=day), freeze_time(f"{day} 10:00:00"):
                participant.invalidate_recordset()
                self.assertEqual(participant.clock_state, state)
                for other in ("fine", "risk", "late"):
                    found = participant.search([("clock_state", "=", other)])
                    self.assertEqual(participant in found, other == state, other)
                self.assertIn(participant, participant.search([("clock_state", "in", [state])]))
                self.assertNotIn(participant, participant.search([("clock_state", "!=", state)]))

    def test_who_left_is_not_late(self):
        participant = self._new_participant(
            date_entry="2015-03-02", date_exit="2015-05-29", exit_reason_id=self.reason.id
        )
        with freeze_time("2015-12-15 10:00:00"):
            participant.invalidate_recordset()
            self.assertEqual(participant.clock_state, "fine")
            for state in ("late", "risk"):
                found = participant.search([("clock_state", "=", state)])
                self.assertNotIn(participant, found)
            self.assertIn(participant, participant.search([("clock_state", "=", "fine")]))


class TestPickers(ParticipantCase):
    """Who can be chosen is offered, and nobody else first."""

    def _offered(self, name="", **context):
        partners = self.env["res.partner"].with_user(self.accompanist)
        found = partners.with_context(coworking_prescribers_first=True, **context).name_search(
            name, [("is_company", "=", True)], limit=8
        )
        return partners.browse(row[0] for row in found)

    def test_referring_organisations_are_offered_and_others_once_typed(self):
        agency, bakery = self.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("Zed Agency", "Zed Bakery")]
        )
        self._new_participant("Camille", prescriber_id=agency.id)
        offered = self._offered()
        self.assertIn(agency, offered)
        self.assertTrue(all(offered.mapped("is_coworking_prescriber")))
        self.assertEqual(self._offered("Zed"), agency | bakery)
        self.assertEqual(self._offered("Zed").mapped("name"), ["Zed Agency", "Zed Bakery"])
        self.assertFalse(self._offered(self.space.partner_id.name))

    def test_counsellors_are_those_who_may_accompany(self):
        form = self.env["coworking.participant"].get_view(view_type="form")["arch"]
        (node,) = etree.fromstring(form).xpath("//group[@name='person']/field[@name='user_id']")
        domain = safe_eval(node.get("domain"), {"company_id": self.company.id})
        found = self.env["res.users"].with_user(self.accompanist).search(domain)
        self.assertIn(self.accompanist, found)
        self.assertIn(self.coordinator, found)
        self.assertFalse(found & (self.accountant | self.employee | self.manager))


class TestFile(ParticipantCase):
    def test_a_name_and_a_phone_are_enough_and_make_a_contact(self):
        participant = self.env["coworking.participant"].create(
            {
                "partner_name": "Sacha",
                "phone": "0320000000",
                "email": "sacha@example.com",
                "program_id": self.program.id,
            }
        )
        self.assertRecordValues(
            participant.partner_id,
            [{"name": "Sacha", "phone": "0320000000", "email": "sacha@example.com"}],
        )
        self.assertEqual(participant.display_name, "Sacha")

    def test_a_known_contact_is_kept(self):
        partner = self.env["res.partner"].create({"name": "Known"})
        before = self.env["res.partner"].search_count([])
        participant = self.env["coworking.participant"].create(
            {
                "partner_id": partner.id,
                "partner_name": "Better known",
                "program_id": self.program.id,
            }
        )
        self.assertEqual(participant.partner_id, partner)
        self.assertEqual(partner.name, "Better known")
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_files_made_together_each_get_their_own_person(self):
        known = self.env["res.partner"].create({"name": "Known"})
        files = self.env["coworking.participant"].create(
            [
                {"partner_name": "A", "program_id": self.program.id},
                {"partner_id": known.id, "program_id": self.program.id},
                {"partner_name": "B", "program_id": self.program.id},
            ]
        )
        self.assertEqual(files.mapped("partner_id.name"), ["A", "Known", "B"])

    def test_what_is_computed_is_not_given_as_a_default_either(self):
        file = (
            self.env["coworking.participant"]
            .with_user(self.accompanist)
            .with_context(default_is_eligible=True, default_date_exit_planned="2099-01-01")
            .create({"partner_name": "Camille", "program_id": self.program.id})
        )
        self.assertEqual((file.is_eligible, file.date_exit_planned), (False, False))

    def test_the_same_person_typed_again_is_the_same_contact(self):
        known = self.env["res.partner"].create(
            {"name": "Chloé Martin-Dupuis", "phone": "+33 6 39 98 02 02"}
        )
        other = self.env["res.partner"].create({"name": "Camille", "email": "camille@example.com"})
        files = self.env["coworking.participant"].create(
            [
                {
                    "program_id": self.program.id,
                    "partner_name": name,
                    "email": email,
                    "phone": phone,
                }
                for name, email, phone in (
                    ("MARTIN DUPUIS Chloe", "chloe@example.com", "0639980202"),
                    ("Camille", "Camille@Example.com", False),
                    ("Camille", False, False),  # a name alone says nothing
                    ("Claire", "camille@example.com", False),  # a mailbox may be shared
                )
            ]
        )
        self.assertEqual(files[:2].partner_id, known | other)
        self.assertFalse(files[2:].partner_id & (known | other))
        self.assertEqual(known.name, "Chloé Martin-Dupuis")
        self.assertEqual(known.email, "chloe@example.com")

    def test_two_contacts_that_are_the_same_are_not_chosen_from(self):
        twins = self.env["res.partner"].create(
            [{"name": "Sam", "email": "sam@example.com"} for __ in range(2)]
        )
        file = self._new_participant("Sam", email="sam@example.com")
        self.assertNotIn(file.partner_id, twins)

    def test_somebody_twice_in_a_list_is_one_contact_as_one_after_the_other(self):
        other = self._new_program("Other", "OTH")
        files = self.env["coworking.participant"].create(
            [
                {"partner_name": name, "email": email, "phone": phone, "program_id": program.id}
                for name, email, phone, program in (
                    ("Chloé Martin", "chloe@example.com", False, self.program),
                    ("Sam", False, "0639980101", self.program),
                    ("MARTIN Chloe", "Chloe@Example.com", "06 39 98 02 02", other),
                    ("Chloé Martin", False, "+33 6 39 98 02 02", self._new_program("3", "3")),
                    ("Claire", "chloe@example.com", False, self.program),  # a shared mailbox
                )
            ]
        )
        chloe, sam, again, third, claire = (file.partner_id for file in files)
        self.assertEqual((again, third), (chloe, chloe))
        self.assertEqual(len(chloe | sam | claire), 3)
        self.assertRecordValues(
            chloe,
            [{"name": "Chloé Martin", "email": "chloe@example.com", "phone": "06 39 98 02 02"}],
        )

    def test_a_known_person_twice_in_a_list_is_one_contact_too(self):
        known = self.env["res.partner"].create({"name": "Sam", "phone": "0639980101"})
        files = self.env["coworking.participant"].create(
            [
                {
                    "partner_name": "Sam",
                    "email": "sam@example.com",
                    "phone": phone,
                    "program_id": program.id,
                }
                for phone, program in (
                    ("0639980101", self.program),
                    (False, self._new_program("Other", "OTH")),
                )
            ]
        )
        self.assertEqual(files.partner_id, known)

    @mute_logger("odoo.sql_db")
    def test_an_import_makes_one_open_file_of_somebody_who_is_in_it_twice(self):
        people = self.env["coworking.participant"].with_user(self.coordinator)
        header = ["partner_name", "email", "program_id/.id"]
        row = ["Chloé Martin", "chloe@example.com", str(self.program.id)]
        result = people.load(header, [row, ["Sam", "", str(self.program.id)], row])
        self.assertFalse(result["ids"])
        (message,) = result["messages"]
        self.assertIn("already has an open file", message["message"])
        self.assertEqual(message["record"], 2)

    def test_a_second_open_file_is_refused_however_the_person_is_typed(self):
        self._new_participant("Camille Martin", phone="+33 6 39 98 02 02")
        with self.assertRefused("already has an open file", error=ValidationError):
            self._new_participant("MARTIN Camille", phone="06 39 98 02 02")

    def test_one_open_file_per_person_and_program(self):
        participant = self._new_participant("Camille")
        values = {"partner_id": participant.partner_id.id, "program_id": self.program.id}
        with self.assertRefused("already has an open file", error=ValidationError):
            participant.create(values)
        participant.write({"stage_id": self.stage_closed.id, "move_reason": "Test"})
        participant.flush_recordset()
        second = participant.create(values)
        with self.assertRefused("already has an open file", error=ValidationError):
            self._back(participant)
        second.active = False
        self._back(participant)

    def test_a_file_with_seats_stays_in_its_program(self):
        """Its charges are on statements of that program."""
        other = self._new_program("Other", "OTH")
        seat = self._new_seat("1/6", "30/6", "Camille")
        with self.assertRefused("Camille", seat.name, "another file"):
            seat.participant_id.program_id = other
        seat.action_cancel()
        seat.participant_id.program_id = other
        self.assertEqual(seat.program_id, other)

    def _back(self, participant):
        participant.write(
            {
                "stage_id": self.stage_incubation.id,
                "move_reason": "Test",
                "date_entry": d("15/6"),
            }
        )

    def test_a_file_is_not_duplicated(self):
        """Dates and figures would be those of another stay; who comes back has a button."""
        files = self.env["coworking.participant"].with_user(self.coordinator)
        for kind in ("form", "list"):
            arch = files.get_view(view_type=kind)["arch"]
            self.assertEqual(etree.fromstring(arch).get("duplicate"), "0", kind)

    def test_the_same_person_may_be_in_two_programs(self):
        participant = self._new_participant("Camille")
        other = self._new_program("Other", "OTH")
        participant.create({"partner_id": participant.partner_id.id, "program_id": other.id})

    def test_leaving_takes_a_reason(self):
        participant = self._new_participant("Camille", date_entry="2015-06-15")
        with self.assertRefused("Camille", "exit reason", error=ValidationError):
            participant.date_exit = "2015-07-01"

    def test_nobody_enters_outside_the_program(self):
        with self.assertRefused("Camille", "Test 2015", error=ValidationError):
            self._new_participant("Camille", date_entry="2016-01-01")

    def test_a_stage_of_another_program_is_refused(self):
        other = self._new_program("Other", "OTH")
        stage = self.env["coworking.stage"].create({"name": "Only other", "program_ids": other.ids})
        with self.assertRefused("Only other", "Test 2015", error=ValidationError):
            self._new_participant("Camille", stage_id=stage.id)

    def test_a_new_file_is_in_the_first_stage_and_followed_by_who_makes_it(self):
        participant = (
            self.env["coworking.participant"]
            .with_user(self.accompanist)
            .create({"partner_name": "Camille", "program_id": self.program.id})
        )
        first = self.env["coworking.stage"].search([("program_ids", "=", False)], limit=1)
        self.assertEqual(participant.stage_id, first)
        self.assertEqual(participant.user_id, self.accompanist)

    def test_the_first_stage_is_one_of_the_program(self):
        own = self.env["coworking.stage"].create(
            {"name": "Own", "sequence": -1, "program_ids": self.program.ids}
        )
        other = self._new_program("Other", "OTH")
        files = self.env["coworking.participant"]
        here = files.with_context(default_program_id=self.program.id)._default_stage_id()
        there = files.with_context(default_program_id=other.id)._default_stage_id()
        self.assertEqual(here, own)
        self.assertFalse(there.program_ids)

    @freeze_time("2015-06-10 10:00:00")
    def test_the_only_program_of_the_day_is_the_default(self):
        Participant = self.env["coworking.participant"]
        self.assertEqual(Participant.create({"partner_name": "A"}).program_id, self.program)
        self._new_program("Ended", "END", date_end="2015-06-09")
        self._new_program("To come", "NEW", date_start="2015-06-11")
        self.assertEqual(Participant._default_program_id(), self.program)
        self._new_program("Second", "SEC")
        self.assertFalse(Participant._default_program_id())

    def test_the_board_shows_stages_that_nobody_is_in(self):
        self._new_participant()
        own = self.env["coworking.stage"].create({"name": "Own", "program_ids": self.program.ids})
        other = self.env["coworking.stage"].create(
            {"name": "Not ours", "program_ids": self._new_program("Other", "OTH").ids}
        )
        board = self.env["coworking.participant"].with_context(read_group_expand=True)
        groups = board.web_read_group(
            [("program_id", "=", self.program.id)], ["stage_id"], ["__count"]
        )["groups"]
        shown = {group["stage_id"][0] for group in groups}
        shared = self.env["coworking.stage"].search([("program_ids", "=", False)])
        self.assertLessEqual({*shared.ids, own.id}, shown)
        self.assertNotIn(other.id, shown)

    def test_a_move_dates_the_stage(self):
        participant = self._new_participant()
        with freeze_time("2015-06-20 08:00:00"):
            participant.write({"stage_id": self.stage_incubation.id, "move_reason": "Test"})
            participant.flush_recordset()
        self.assertEqual(str(participant.date_last_stage_update), "2015-06-20 08:00:00")
        self.assertEqual(participant.phase, "incubation")


@freeze_time("2015-06-10 10:00:00")
class TestCurrentSeat(ParticipantCase):
    def test_it_is_the_seat_of_today(self):
        participant = self._new_participant()
        self._new_seat("1/3", "31/5", participant)
        seat = self._new_seat("1/6", "30/6", participant, self.tariff_b)
        self._new_seat("1/7", None, participant)
        self.assertEqual(participant.current_seat_id, seat)
        self.assertEqual(participant.current_space_id, self.space_b)

    def test_else_it_is_the_next_one(self):
        participant = self._new_participant()
        later = self._new_seat("1/9", None, participant)
        sooner = self._new_seat("1/7", "31/8", participant, self.tariff_b)
        self.assertEqual(participant.current_seat_id, sooner)
        sooner.action_cancel()
        self.assertEqual(participant.current_seat_id, later)

    def test_a_request_is_no_place(self):
        participant = self._new_participant()
        self._new_seat("1/6", None, participant, state="requested")
        self.assertFalse(participant.current_seat_id)

    def test_people_are_found_by_their_space_and_by_having_none(self):
        here, there, nowhere = (self._new_participant(name) for name in "ABC")
        self._new_seat("1/6", None, here)
        self._new_seat("1/6", None, there, self.tariff_b)
        self._new_seat("1/3", "31/5", nowhere)
        self._new_seat("1/6", None, nowhere, state="requested")
        everybody = here | there | nowhere

        def found(operator, value):
            return everybody.search([("current_space_id", operator, value)]) & everybody

        self.assertEqual(found("=", self.space.id), here)
        self.assertEqual(found("in", (self.space | self.space_b).ids), here | there)
        self.assertEqual(found("!=", self.space.id), there | nowhere)
        self.assertEqual(found("=", False), nowhere)
        self.assertEqual(found("!=", False), here | there)
        self.assertEqual(found("in", [False, self.space.id]), here | nowhere)


class TestCostToDate(ParticipantCase):
    def test_it_counts_statements_and_not_forecasts(self):
        seat = self._new_seat("1/6", "31/7")
        participant = seat.participant_id.with_user(self.coordinator)
        self.assertEqual(participant.cost_to_date, 0.0)
        self._generate()
        participant.invalidate_recordset()
        self.assertEqual(participant.cost_to_date, 180.0)


class TestSuspension(ParticipantCase):
    def test_it_must_be_within_the_incubation(self):
        participant = self._new_participant("Camille", date_entry="2015-06-15")
        with self.assertRefused("Camille", "outside the incubation", error=ValidationError):
            self._suspend(participant, "14/6", "20/6")
        participant.write({"date_exit": "2015-09-30", "exit_reason_id": self.reason.id})
        with self.assertRefused("Camille", "outside the incubation", error=ValidationError):
            self._suspend(participant, "29/9", "1/10")

    def test_it_needs_an_entry(self):
        with self.assertRefused("Camille", error=ValidationError):
            self._suspend(self._new_participant("Camille"), "14/6", "20/6")

    def test_two_suspensions_of_one_person_do_not_overlap(self):
        participant = self._new_participant("Camille", date_entry="2015-06-01")
        self._suspend(participant, "10/6", "20/6")
        self._suspend(participant, "21/6", "22/6")
        with self.assertRefused("already suspended", error=ValidationError):
            self._suspend(participant, "20/6", "20/6")
        with self.assertRefused("already suspended", error=ValidationError):
            self._suspend(participant, "1/6")
