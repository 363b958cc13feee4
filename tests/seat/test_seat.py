from lxml import etree
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time
from odoo.tools import format_date, mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common import CoworkingCase, d


class TestReference(CoworkingCase):
    def test_each_seat_has_a_reference_of_its_own_that_nobody_types(self):
        seats = self._new_seat("1/6", None, "A") | self._new_seat("1/6", None, "B")
        self.assertRegex(seats[0].name, r"^P-\d{4,}$")
        self.assertEqual(len(set(seats.mapped("name"))), 2)
        self.assertEqual(seats[0].display_name, seats[0].name)

    def test_two_seats_of_a_company_never_share_a_reference(self):
        seat = self._new_seat("1/6", "30/6")
        with self.assertRefused("reference is taken", error=ValidationError):
            self._new_seat("1/6", None, "B", name=seat.name)

    def test_a_copy_has_a_reference_of_its_own_and_is_a_draft(self):
        seat = self._new_seat("1/6", "30/6", notice_date=d("2/6"), paper_agreement_date=d("30/5"))
        copy = seat.copy()
        self.assertNotEqual(copy.name, seat.name)
        self.assertEqual(copy.state, "draft")
        self.assertFalse(copy.notice_date, "nobody was told that this one ends")
        self.assertFalse(copy.paper_agreement_date or copy.hosting_state, "nobody signed for it")


class TestDefaults(CoworkingCase):
    def test_rate_and_cap_come_from_the_program_and_may_differ(self):
        self.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        seat = self._new_seat("1/6")
        self.assertRecordValues(seat, [{"funding_rate": 80.0, "funding_cap": 120.0}])
        other = self._new_seat("1/6", None, "B", funding_rate=50.0, funding_cap=0.0)
        self.assertRecordValues(other, [{"funding_rate": 50.0, "funding_cap": 0.0}])

    def test_a_later_change_of_the_program_leaves_seats_as_agreed(self):
        seat = self._new_seat("1/6")
        self.program.write({"funding_rate": 80.0, "funding_cap": 120.0})
        self.assertRecordValues(seat, [{"funding_rate": 100.0, "funding_cap": 0.0}])

    def test_the_manager_sees_the_name_that_staff_choose(self):
        self.assertEqual(self._new_seat("1/6").occupant_name, "Camille")
        self.assertEqual(self._new_seat("1/6", None, "B", occupant_name="C.").occupant_name, "C.")

    def test_the_name_that_the_manager_sees_is_never_empty(self):
        seat = self._new_seat("1/6")
        for nothing in (False, " "):
            with self.assertRefused(seat.name, "is missing", error=ValidationError):
                seat.occupant_name = nothing

    def test_left_blank_in_what_is_imported_it_is_that_of_the_person(self):
        for nothing in (False, " "):
            with self.subTest(nothing):
                seat = self._new_seat("1/6", None, f"Sam{nothing}", occupant_name=nothing)
                self.assertEqual(seat.occupant_name, seat.partner_id.name)

    def test_it_belongs_to_the_program_and_company_of_its_participant(self):
        seat = self._new_seat("1/6")
        self.assertRecordValues(
            seat, [{"program_id": self.program.id, "company_id": self.company.id}]
        )


class TestDeparture(CoworkingCase):
    def test_the_best_last_day_is_never_after_the_planned_exit(self):
        """A whole month is due, whatever its days: but who stays on has left the program."""
        tariff = self._new_tariff("Whole months", 180.0, proration="none")
        person = self._new_participant(date_entry="2015-01-15")
        self.assertEqual(person.date_exit_planned, d("14/7"))
        seat = self._new_seat("15/1", None, person, tariff)
        leave = self.env["coworking.seat.leave"].create(
            {"seat_id": seat.id, "date_end": d("3/7"), "notice_date": False}
        )
        self.assertEqual(leave.date_best, d("14/7"))
        leave.date_end = d("20/7")
        self.assertEqual(leave.date_best, d("20/7"), "never before the day wished either")
        leave.date_end = d("3/7")
        seat.date_end = d("10/7")
        self.assertEqual(leave.date_best, d("10/7"), "what is agreed of the seat goes before")

    def test_what_a_move_costs_is_counted_to_the_planned_exit(self):
        person = self._new_participant(date_entry="2015-02-01")
        self.assertEqual(person.date_exit_planned, d("31/7"))
        seat = self._new_seat("1/2", None, person)
        move = self.env["coworking.seat.move"].create(
            {
                "seat_id": seat.id,
                "date_from": d("1/7"),
                "space_id": self.space_b.id,
                "tariff_id": self.tariff_b.id,
            }
        )
        self.assertEqual(move.cost, 140.0)
        move.date_from = d("1/11")
        self.assertEqual(move.cost, 280.0, "who stays on does so to the end of the program")
        later = self._new_participant("B", date_entry="2015-02-11")
        self.assertEqual(later.date_exit_planned, d("10/8"))
        move.seat_id = self._new_seat("11/2", None, later)
        move.date_from = d("20/8")
        self.assertGreater(move.cost, 4 * 140.0, "so does who moves later in the month of the exit")


class TestChange(CoworkingCase):
    """Another tariff, rate or cap from a day on."""

    def test_the_rate_and_the_cap_in_force_on_the_day_are_proposed(self):
        seat = self._new_seat("1/6", "30/11", funding_rate=100.0)
        seat.funding_ids = [
            Command.create({"date_from": "2015-08-01", "rate": 80.0, "cap": 120.0}),
            Command.create({"date_from": "2015-10-01", "rate": 50.0}),
        ]
        change = self.env["coworking.seat.change"].with_context(default_seat_id=seat.id)
        with freeze_time("2015-08-10"), Form(change) as form:
            form.what = "funding"
            shown = (form.date_from, form.funding_rate, form.funding_cap)
            self.assertEqual(shown, (d("1/9"), 80.0, 120.0))
            form.date_from = d("1/11")
            self.assertEqual((form.funding_rate, form.funding_cap), (50.0, 0.0))
            form.date_from = d("1/7")
            self.assertEqual((form.funding_rate, form.funding_cap), (100.0, 0.0))
            form.date_from = d("1/9")
            form.funding_cap = 100.0
        form.record.action_apply()
        new = seat.funding_ids.filtered(lambda row: row.date_from == d("1/9"))
        self.assertRecordValues(new, [{"rate": 80.0, "cap": 100.0}])

    def test_another_tariff_keeps_the_notice_that_was_given(self):
        """Told on 20 June, three months of 100.00: September is due until the 18th, 60.00."""
        notice = {"notice_days": 90, "notice_rule": "date"}
        before, after = (self._new_tariff(name, 100.0, **notice) for name in ("Desk", "Nook"))
        seat = self._new_seat("1/6", "31/8", tariff=before, notice_date=d("20/6"))
        self.assertEqual(seat.charge_ids.sorted("date_from")[-1].payable_total, 60.0)
        other = seat._replace_from(d("1/8"), {"tariff_id": after.id})
        self.assertEqual(other.notice_date, d("20/6"))
        due = other.charge_ids.sorted("date_from").mapped(lambda row: (row.kind, row.payable_total))
        self.assertEqual(due, [("regular", 100.0), ("commitment", 60.0)])
        elsewhere = other._replace_from(
            d("15/8"), {"space_id": self.space_b.id, "tariff_id": self.tariff_b.id}
        )
        self.assertFalse(elsewhere.notice_date, "another space was told nothing")

    def test_days_on_which_somebody_was_there_stay_with_their_tariff(self):
        seat = self._new_seat("1/6", "30/6")
        self._new_presences(seat, "20/6am")
        other = self._new_tariff("Nook", 100.0)
        with self.assertRefused(seat.name, format_date(self.env, d("20/6")), error=ValidationError):
            seat._replace_from(d("15/6"), {"tariff_id": other.id})
        self.assertTrue(seat._replace_from(d("21/6"), {"tariff_id": other.id}))

    def test_a_tariff_that_seats_have_stays_in_their_space(self):
        seat = self._new_seat("1/6", "30/6")
        with self.assertRefused(
            seat.name, "Duplicate the tariff", self.space_b.name, error=ValidationError
        ):
            self.tariff.space_id = self.space_b
        copy = self.tariff.copy({"space_id": self.space_b.id})
        seat.write({"space_id": self.space_b.id, "tariff_id": copy.id})
        self.assertEqual(copy._price_on(seat.date_start).price, 180.0)
        self._new_tariff("Nook", 100.0).space_id = self.space_b

    def test_what_is_noted_of_one_person_never_becomes_anothers(self):
        seat = self._new_seat("1/6", "30/6", "Camille")
        seat._sign_presences(
            [{"date": "2015-06-03", "slot": "am", "state": "present"}], source="portal"
        )
        with self.assertRefused(seat.name, "Camille"):
            seat.participant_id = self._new_participant("Sacha")
        other_file = self._new_participant(seat.partner_id.name, self._new_program("Next", "NXT"))
        other_file.partner_id = seat.partner_id
        seat.participant_id = other_file  # the same person's
        self.assertEqual(seat.presence_ids.participant_id, other_file)


class TestOccupancy(CoworkingCase):
    def test_what_is_held_today_is_what_spaces_count(self):
        """Tickets take no place: a list of what is taken leaves them out."""
        tickets = self._new_tariff("Tickets", 120.0, unit="pack", pack_size=10)
        self._new_seat("1/6", None, "A")
        self._new_seat("1/6", None, "B", tariff_id=tickets.id)
        arch = self.env["coworking.seat"].get_view(view_type="search")["arch"]
        held = etree.fromstring(arch).find(".//filter[@name='today']").get("domain")
        seats = self.env["coworking.seat"].search(
            [("space_id", "=", self.space.id), *safe_eval(held)]
        )
        self.assertEqual(self.space.seats_today, 1)
        self.assertEqual(len(seats), 1)


@freeze_time("2015-06-15 09:00:00")
class TestOffer(CoworkingCase):
    """Where a seat is asked for, spaces say what they have and what it costs."""

    def _offer(self, space):
        spaces = self.env["coworking.space"].with_user(self.accompanist)
        rows = spaces.with_context(coworking_offer_shown=True).web_name_search(
            space.name, {"display_name": {}}, [("state", "=", "partner")]
        )
        return next(row for row in rows if row["id"] == space.id)

    def test_places_left_and_prices(self):
        self._new_tariff("By the day", 15.0, unit="day")
        for taken, words in ((0, "3 places left today"), (2, "1 place left today"), (3, "full")):
            while self.space.seats_today < taken:
                self._new_seat("1/6", None, f"{self.space.seats_today}")
            with self.subTest(taken=taken):
                row = self._offer(self.space)
                self.assertEqual(row["display_name"], "Atelier Test")
                self.assertIn(words, row["__formatted_display_name"])
                self.assertRegex(row["__formatted_display_name"], "180.00.*a month, 15.00.*a day")

    def test_full_spaces_come_last_even_where_few_are_shown(self):
        spaces = self.env["coworking.space"].with_user(self.accompanist)
        domain = [("id", "in", (self.space | self.space_b).ids)]

        def offered(limit=8, **context):
            rows = spaces.with_context(**context).name_search("", domain, limit=limit)
            return [name for __, name in rows]

        names = [self.space.name, self.space_b.name]
        self.assertEqual(offered(coworking_offer_shown=True), names)
        self.space.seat_capacity = 1
        self._new_seat("1/6", None, "A")
        self.assertEqual(offered(coworking_offer_shown=True), names[::-1])
        self.assertEqual(offered(1, coworking_offer_shown=True), names[1:])
        self.assertEqual(offered(), names, "elsewhere by name")

    def test_elsewhere_a_space_is_its_name(self):
        name = self.space.with_context(formatted_display_name=True).display_name
        self.assertEqual(name, "Atelier Test")

    def test_whom_a_confirmation_writes_to_is_said_before(self):
        self.manager.partner_id.email = "mona@example.com"
        seat = self._new_seat("1/7", state="requested")
        self.assertEqual(seat.contact_words, "Manager A (mona@example.com)")
        self.space.manager_ids = False
        self.assertFalse(seat.contact_words)


class TestLifeCycle(CoworkingCase):
    def test_nobody_is_said_to_have_arrived_before_the_first_day(self):
        """The pages of managers refuse it as well."""
        arch = self.env["coworking.seat"].get_view(view_type="form")["arch"]
        hidden = etree.fromstring(arch).find(".//button[@name='action_start']").get("invisible")
        for today, expected in (("2015-05-31", True), ("2015-06-01", False), ("2015-06-02", False)):
            seat = {"state": "confirmed", "date_start": "2015-06-01", "may_write": True}
            with self.subTest(today=today):
                self.assertEqual(safe_eval(hidden, {**seat, "current_date": today}), expected)

    def test_from_a_draft_to_its_end(self):
        seat = self._new_seat("1/6", "30/6", state="draft")
        for action, state in (
            ("action_request", "requested"),
            ("action_confirm", "confirmed"),
            ("action_start", "active"),
        ):
            getattr(seat, action)()
            self.assertEqual(seat.state, state)

    def test_an_action_out_of_turn_is_refused_and_says_why(self):
        allowed = {
            "action_request": ("draft",),
            "action_confirm": ("draft", "requested"),
            "action_start": ("confirmed",),
            "action_refuse": ("requested",),
            "action_cancel": ("draft", "requested", "confirmed"),
            "action_draft": ("refused", "cancelled"),
        }
        states = [key for key, _ in self.env["coworking.seat"]._fields["state"].selection]
        participant = self._new_participant()
        for state in states:
            seat = self._new_seat("1/6", "30/6", participant, state=state)
            for action, sources in allowed.items():
                if state not in sources:
                    with self.subTest(state=state, action=action), self.assertRefused(seat.name):
                        getattr(seat, action)()
            self.env.cr.execute("DELETE FROM coworking_charge WHERE seat_id = %s", [seat.id])
            self.env.cr.execute("DELETE FROM coworking_seat WHERE id = %s", [seat.id])
            self.env.invalidate_all()

    def test_an_ended_seat_has_an_end(self):
        with self.assertRefused("which day", error=ValidationError):
            self._new_seat("1/6", state="ended")

    def test_a_seat_with_settled_months_is_ended_and_never_cancelled(self):
        seat = self._new_seat("1/6")
        self._settle()
        with self.assertRefused(seat.name, "settled"):
            seat.action_cancel()

    def test_nor_is_it_by_writing_its_state(self):
        seat = self._new_seat("1/6", "30/6")
        self._settle()
        for state in ("cancelled", "refused", "requested", "draft"):
            with self.subTest(state=state), self.assertRefused(seat.name, "give it an end"):
                seat.with_user(self.coordinator).state = state

    def test_a_seat_on_which_somebody_was_is_ended_and_never_cancelled(self):
        seat = self._new_seat("1/6", "30/6", "Camille")
        self._new_presences(seat, "3/6am")
        for cancel in (seat.action_cancel, lambda: seat.write({"state": "cancelled"})):
            with self.assertRefused("Camille", seat.name, format_date(self.env, d("3/6"))):
                cancel()
        seat.presence_ids.state = "absent"  # who never came is cancelled
        seat.action_cancel()
        self.assertEqual(seat.state, "cancelled")

    def test_only_seats_that_never_held_a_place_are_deleted(self):
        for state in ("draft", "refused", "cancelled"):
            self._new_seat("1/6", "30/6", state, state=state).unlink()
        for state in ("requested", "confirmed", "active", "ended"):
            seat = self._new_seat("1/6", "30/6", state)
            seat.state = state
            with self.subTest(state=state), self.assertRefused(seat.name, "cancel it"):
                seat.unlink()
            seat.participant_id.seat_ids.state = "cancelled"

    def test_the_daily_run_ends_active_seats_whose_last_day_is_past_at_the_space(self):
        self.space.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Martinique", "tz": "America/Martinique", "company_id": self.company.id}
        )
        there = self._new_seat("1/6", "30/6", "A", state="active")
        here = self._new_seat("1/6", "30/6", "B", self.tariff_b, state="active")
        self.space_b.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Paris", "tz": "Europe/Paris", "company_id": self.company.id}
        )
        later = self._new_seat("1/6", "1/7", "C", state="active")
        cron = self.env.ref("coworking_incubation.ir_cron_end_seats")
        with freeze_time("2015-07-01 02:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((there | here | later).mapped("state"), ["active", "ended", "active"])
        with freeze_time("2015-07-02 12:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((there | here | later).mapped("state"), ["ended"] * 3)


class TestWhoMay(CoworkingCase):
    def test_an_accompanist_requests(self):
        participant = self._new_participant().with_user(self.accompanist)
        seat = participant.env["coworking.seat"].create(
            {
                "participant_id": participant.id,
                "space_id": self.space.id,
                "tariff_id": self.tariff.id,
                "date_start": "2015-06-01",
            }
        )
        seat.action_request()
        self.assertEqual(seat.state, "requested")

    def test_an_accompanist_never_gives_a_place_by_any_path(self):
        seat = self._new_seat("1/6", "30/6", state="requested").with_user(self.accompanist)
        values = {
            "participant_id": self._new_participant("B").id,
            "space_id": self.space.id,
            "tariff_id": self.tariff.id,
            "date_start": "2015-06-01",
            "date_end": "2015-06-30",
        }
        paths = {
            "button": lambda: seat.action_confirm(),
            "write": lambda: seat.write({"state": "confirmed"}),
            "write active": lambda: seat.write({"state": "active"}),
            "write ended": lambda: seat.write({"state": "ended"}),
            "create": lambda: seat.create({**values, "state": "confirmed"}),
            "default": lambda: seat.with_context(default_state="confirmed").create(values),
            "copy": lambda: seat.copy({"state": "confirmed"}),
            "participant": lambda: seat.participant_id.write(
                {"seat_ids": [(1, seat.id, {"state": "confirmed"})]}
            ),
            "participant create": lambda: seat.participant_id.write(
                {"seat_ids": [(0, 0, {**values, "state": "confirmed"})]}
            ),
        }
        for path, act in paths.items():
            with self.subTest(path=path), self.assertRaises(AccessError):
                act()
        with self.subTest(path="import"):
            result = seat.env["coworking.seat"].load(
                ["participant_id/.id", "space_id/.id", "tariff_id/.id", "date_start", "state"],
                [
                    [
                        str(values["participant_id"]),
                        str(self.space.id),
                        str(self.tariff.id),
                        "2015-06-01",
                        "confirmed",
                    ]
                ],
            )
            self.assertFalse(result["ids"])
        self.assertEqual(seat.state, "requested")

    def test_an_accompanist_does_not_touch_a_seat_that_holds_a_place(self):
        seat = self._new_seat("1/6", "30/6").with_user(self.accompanist)
        for values in ({"date_end": "2015-07-31"}, {"state": "cancelled"}, {"funding_rate": 50.0}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                seat.write(values)

    def test_a_coordinator_confirms(self):
        seat = self._new_seat("1/6", "30/6", state="requested").with_user(self.coordinator)
        seat.action_confirm()
        seat.action_start()
        self.assertEqual(seat.state, "active")

    def test_an_accountant_changes_nothing(self):
        seat = self._new_seat("1/6", "30/6", state="requested").with_user(self.accountant)
        with self.assertRaises(AccessError):
            seat.action_confirm()
        with self.assertRaises(AccessError):
            seat.date_end = "2015-07-31"


class TestOneSeatAtATime(CoworkingCase):
    """The other transaction is in tests/reliability; here, the words and the borders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._new_participant("Camille")
        cls.seat = cls._new_seat("10/6", "20/6", cls.person)

    def assertTaken(self, start, end=None, who=None, **values):
        with self.assertRefused(
            "Camille", self.seat.name, "Atelier Test", "that one first", error=ValidationError
        ):
            self._new_seat(start, end, who or self.person, self.tariff_b, **values)

    def test_days_in_common_are_refused_and_the_other_seat_named(self):
        self.assertTaken("15/6", "25/6")
        self.assertTaken("1/6", "30/6")
        self.assertTaken("12/6", "13/6")

    def test_the_first_and_the_last_day_count(self):
        self.assertTaken("20/6", "30/6")
        self.assertTaken("1/6", "10/6")

    def test_the_days_just_before_and_after_are_free(self):
        self._new_seat("1/6", "9/6", self.person, self.tariff_b)
        self._new_seat("21/6", None, self.person, self.tariff_b)

    def test_an_open_end_takes_every_day_to_come(self):
        self.assertTaken("1/6")
        self.seat.date_end = False
        self.assertTaken("1/12", "2/12")

    def test_another_file_of_the_same_person_changes_nothing(self):
        other = self.env["coworking.participant"].create(
            {
                "partner_id": self.person.partner_id.id,
                "program_id": self._new_program("Other", "OTH").id,
            }
        )
        self.assertTaken("15/6", "25/6", other)

    def test_active_and_ended_seats_take_their_days_too(self):
        for state in ("active", "ended"):
            self.seat.state = state
            self.assertTaken("15/6", "25/6")

    def test_drafts_requests_refusals_and_cancellations_take_none(self):
        for state in ("draft", "requested", "refused", "cancelled"):
            self._new_seat("15/6", "25/6", self.person, self.tariff_b, state=state)

    def test_confirming_or_moving_a_seat_is_checked_like_making_it(self):
        later = self._new_seat("1/7", "31/7", self.person, self.tariff_b)
        request = self._new_seat("15/6", "25/6", self.person, self.tariff_b, state="requested")
        with self.assertRefused("Camille", self.seat.name, error=ValidationError):
            request.action_confirm()
        # who comes back on the last day of a seat has it until the evening
        with self.assertRefused(self.seat.name, "start on 21/06/2015", error=ValidationError):
            later.date_start = d("20/6")

    def test_several_seats_made_together_are_checked_together(self):
        values = {
            "participant_id": self._new_participant("Sacha").id,
            "space_id": self.space_b.id,
            "tariff_id": self.tariff_b.id,
            "date_start": "2015-06-01",
            "state": "confirmed",
        }
        with self.assertRefused("Sacha", "already has a seat", error=ValidationError):
            self.env["coworking.seat"].create([values, values])

    def test_of_many_seats_made_together_the_one_person_that_matters_is_named(self):
        values = {
            "space_id": self.space_b.id,
            "tariff_id": self.tariff_b.id,
            "date_start": "2015-06-01",
            "state": "confirmed",
        }
        self.space_b.seat_capacity = 20
        people = [self._new_participant(f"Person {number}") for number in range(15)]
        with self.assertRaises(ValidationError) as caught:
            self.env["coworking.seat"].create(
                [{**values, "participant_id": person.id} for person in [*people, people[6]]]
            )
        message = str(caught.exception)
        self.assertEqual([row for row in people if f"{row.display_name}:" in message], [people[6]])
        self.assertEqual(message.count("Person"), 1)

    def test_the_database_refuses_it_by_itself(self):
        later = self._new_seat("1/7", "31/7", self.person, self.tariff_b)
        with self.assertRefused("already has a seat", error=ValidationError):
            self.env.cr.execute(
                "UPDATE coworking_seat SET date_start = '2015-06-20' WHERE id = %s", [later.id]
            )


class TestPlaces(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.space.seat_capacity = 2
        cls.first = cls._new_seat("1/6", "30/6", "A")
        cls.second = cls._new_seat("15/6", "15/7", "B")

    def assertFull(self, start, end=None, day="15", **values):
        with self.assertRefused("Atelier Test", "no place left", day, error=ValidationError):
            self._new_seat(start, end, "C", **values)

    def test_the_space_and_the_first_full_day_are_named(self):
        self.assertFull("1/6", "31/7", day="15")
        self.assertFull("20/6", "31/7", day="20")

    def test_days_with_a_place_left_are_given(self):
        self._new_seat("1/6", "14/6", "C")
        self._new_seat("1/7", "31/7", "D")

    def test_last_and_first_days_count(self):
        self.assertFull("30/6", "30/6", day="30")
        self.assertFull("1/5", "15/6")
        self._new_seat("1/5", "14/6", "C")

    def test_an_open_end_takes_a_place_for_ever(self):
        self.first.date_end = False
        self.second.date_end = False
        self.assertFull("1/12", "1/12", day="1")
        self.second.date_end = d("30/11")
        self._new_seat("1/12", "1/12", "C")

    def test_an_open_end_needs_a_place_for_ever(self):
        self._new_seat("1/9", "30/9", "D")
        self._new_seat("1/9", "30/9", "E")
        with self.assertRefused("no place left", error=ValidationError):
            self._new_seat("1/8", None, "C")
        self._new_seat("1/8", "31/8", "C")

    def test_peaks_within_the_stay_count_even_if_both_ends_are_free(self):
        self.assertFull("1/5", "31/7")

    def test_two_people_one_after_the_other_take_one_place(self):
        self.second.date_end = d("20/6")
        self._new_seat("21/6", "30/6", "C")
        with self.assertRefused("no place left", error=ValidationError):
            self._new_seat("19/6", "22/6", "D")

    def test_a_stay_is_shortened_even_when_the_space_is_over_full(self):
        self.space.seat_capacity = 1
        self.second.date_end = d("10/7")
        self.first.date_start = d("5/6")

    def test_lowering_the_places_keeps_those_present_and_forbids_new_ones(self):
        self.space.seat_capacity = 1
        self.assertEqual((self.first | self.second).mapped("state"), ["confirmed"] * 2)
        self.second.action_start()
        self.assertFull("1/7", "1/7", day="1")

    def test_a_stay_is_not_prolonged_into_full_days(self):
        later = self._new_seat("16/7", None, "C")
        self._new_seat("1/7", None, "D")
        for seat, values in (
            (self.first, {"date_end": d("2/7")}),
            (later, {"date_start": d("15/7")}),
            (self.second, {"date_end": False}),
        ):
            with self.assertRefused("no place left", error=ValidationError):
                seat.write(values)

    def test_a_stay_that_moves_leaves_its_own_days(self):
        self.first.write({"date_start": d("16/6"), "date_end": d("31/7")})

    def test_confirming_or_changing_space_is_checked_like_making_it(self):
        request = self._new_seat("20/6", "25/6", "C", state="requested")
        with self.assertRefused("no place left", error=ValidationError):
            request.action_confirm()
        elsewhere = self._new_seat("20/6", "25/6", "D", self.tariff_b)
        with self.assertRefused("no place left", error=ValidationError):
            elsewhere.write({"space_id": self.space.id, "tariff_id": self.tariff.id})

    def test_a_cancelled_seat_gives_its_place_back(self):
        self.second.action_cancel()
        self._new_seat("15/6", "15/7", "C")

    def test_tickets_take_no_place(self):
        tickets = self._new_tariff("Tickets", 20.0, unit="day")
        self._new_seat("1/6", None, "C", tickets)
        with self.assertRefused("No place is left", error=ValidationError):
            tickets.uses_place = True

    def test_a_tariff_that_stops_holding_places_frees_them(self):
        self.tariff.uses_place = False
        for name in "CDE":
            self._new_seat("1/6", None, name)

    def test_several_seats_made_together_are_counted_together(self):
        people = [self._new_participant(name) for name in "CD"]
        values = {
            "space_id": self.space_b.id,
            "tariff_id": self.tariff_b.id,
            "date_start": "2015-06-01",
            "state": "confirmed",
        }
        self.space_b.seat_capacity = 1
        with self.assertRefused("Fabrique Test", error=ValidationError):
            self.env["coworking.seat"].create(
                [{**values, "participant_id": person.id} for person in people]
            )
        self.space_b.seat_capacity = 2
        self.env["coworking.seat"].create(
            [{**values, "participant_id": person.id} for person in people]
        )

    def test_of_many_seats_made_together_the_one_space_that_is_full_is_named(self):
        self.space_b.seat_capacity, self.space.seat_capacity = 1, 3
        for name in "XY":  # who left before take no place
            self._new_seat("1/1", "31/5", name)
        wanted = [(self.tariff, "C"), (self.tariff_b, "D"), (self.tariff_b, "E")]
        with self.assertRaises(ValidationError) as caught:
            self.env["coworking.seat"].create(
                [
                    {
                        "participant_id": self._new_participant(name).id,
                        "space_id": tariff.space_id.id,
                        "tariff_id": tariff.id,
                        "date_start": "2015-06-01",
                        "state": "confirmed",
                    }
                    for tariff, name in wanted
                ]
            )
        self.assertIn("Fabrique Test", str(caught.exception))
        self.assertNotIn("Atelier Test", str(caught.exception))

    def test_the_database_refuses_it_by_itself(self):
        elsewhere = self._new_seat("20/6", "25/6", "D", self.tariff_b)
        with self.assertRefused("No place is left", error=ValidationError):
            self.env.cr.execute(
                "UPDATE coworking_seat SET space_id = %s WHERE id = %s",
                [self.space.id, elsewhere.id],
            )

    def test_what_was_written_before_and_is_refused_is_not_laid_on_the_seat(self):
        person = self._new_participant("Camille")
        with self.assertRaises(CheckViolation) as caught, mute_logger("odoo.sql_db"):
            self.space.date_partner = False
            self.env["coworking.seat"].create(
                {
                    "participant_id": person.id,
                    "space_id": self.space.id,
                    "tariff_id": self.tariff.id,
                    "date_start": "2015-06-01",
                }
            )
        self.assertEqual(caught.exception.diag.constraint_name, "coworking_space_partner_dated")


class TestPresences(CoworkingCase):
    def test_a_half_day_is_filled_in_once(self):
        seat = self._new_seat("1/6", "30/6")
        self._new_presences(seat, "3/6am")
        with self.assertRefused("already filled in", error=ValidationError):
            self._new_presences(seat, "3/6am")
        self._new_presences(seat, "3/6pm")

    def test_it_is_within_the_seat(self):
        seat = self._new_seat("2/6", "30/6")
        for day in ("1/6", "1/7"):
            with self.assertRefused(seat.name, error=ValidationError):
                self._new_presences(seat, day)
        self._new_presences(seat, "2/6", "30/6")
        with self.assertRefused(seat.name, "presence", error=ValidationError):
            seat.date_end = d("29/6")
        with self.assertRefused(seat.name, "presence", error=ValidationError):
            seat.date_start = d("3/6")
        seat.date_end = False

    def test_hours_of_a_half_day_are_possible_hours(self):
        seat = self._new_seat("1/6", "30/6")
        with self.assertRefused("between 0 and 24", error=ValidationError):
            self._new_presences(seat, "3/6am", hours=25)
        with self.assertRefused("between 0 and 24", error=ValidationError):
            self._new_presences(seat, "3/6am", hours=-1)

    def test_only_presences_are_counted(self):
        seat = self._new_seat("1/6", "30/6")
        presences = self._new_presences(seat, "3/6", "4/6am")
        presences[0].state = "absent"
        self.assertEqual(seat.presence_count, 2)


class TestDatedFunding(CoworkingCase):
    def _funding(self, seat, month, **values):
        return self.env["coworking.seat.funding"].create(
            {"seat_id": seat.id, "date_from": month, "rate": 50.0, **values}
        )

    def test_it_begins_on_the_first_of_a_month_once(self):
        seat = self._new_seat("1/6", "31/8")
        with self.assertRefused("first day of a month", error=ValidationError):
            self._funding(seat, "2015-07-02")
        self._funding(seat, "2015-07-01")
        with self.assertRefused("already has a rate", error=ValidationError):
            self._funding(seat, "2015-07-01")

    def test_it_never_rules_a_settled_month(self):
        seat = self._new_seat("1/6", "31/8")
        self._settle()
        with self.assertRefused(seat.name, error=UserError):
            self._funding(seat, "2015-06-01")
        funding = self._funding(seat, "2015-07-01")
        self._settle(d("1/7"))
        for change in (lambda: funding.write({"rate": 60.0}), lambda: funding.unlink()):
            with self.assertRefused(seat.name, error=UserError):
                change()


class TestDaysOfASeat(CoworkingCase):
    """What the program, the space and the tariff say of them."""

    def test_all_that_is_wrong_is_told_at_once(self):
        with self.assertRefused(
            "outside the dates of program Test 2015",
            "is a partner since",
            "has no price on",
            error=ValidationError,
        ):
            self._new_seat("31/12/14", "30/6", state="draft")

    def test_they_are_within_the_program(self):
        self.program.date_start = d("1/2")
        for start, end in (("31/1", "30/6"), ("1/6", "1/1/16"), ("1/1/16", None)):
            with self.assertRefused("outside the dates", error=ValidationError):
                self._new_seat(start, end, state="draft")
        self._new_seat("1/2", "31/12")

    def test_the_space_is_a_partner_on_the_first_one(self):
        prospect = self._new_space("Prospect", "PRO", state="prospect", date_partner=False)
        tariff = self._new_tariff("Desk", 180.0, prospect)
        with self.assertRefused("Prospect is not a partner yet", error=ValidationError):
            self._new_seat("1/6", "30/6", tariff=tariff, state="draft")
        self._new_seat("1/6", "30/6", "Noa", tariff, state="cancelled")
        prospect.write({"state": "partner", "date_partner": d("10/6")})
        with self.assertRefused("partner since", error=ValidationError):
            self._new_seat("9/6", "30/6", "Ana", tariff, state="draft")
        self._new_seat("10/6", "30/6", "Bob", tariff)

    def test_the_space_is_open_on_the_last_one(self):
        self.space.write({"state": "closed", "date_closed": d("30/6")})
        for end in ("1/7", None):
            with self.assertRefused("closed on", "by that day", error=ValidationError):
                self._new_seat("1/6", end, state="draft")
        self._new_seat("1/6", "30/6")

    def test_a_price_that_a_first_day_needs_is_neither_deleted_nor_put_off(self):
        tariff = self._new_tariff("Nook", 100.0, prices=[("2015-06-15", 120.0)])
        seat = self._new_seat("1/6", "30/7", tariff=tariff)
        price = tariff.price_ids.filtered(lambda row: row.date_start == d("1/1"))
        for change in (price.unlink, lambda: price.write({"date_start": "2015-06-02"})):
            with self.assertRefused(seat.name, "has no price on", error=ValidationError):
                change()
        price.date_start = d("1/6")
        seat.action_cancel()
        price.unlink()

    def test_a_price_that_a_first_day_needs_is_replaced_by_another(self):
        seat = self._new_seat("1/6", "30/7", tariff=self._new_tariff("Nook", 100.0))
        price = seat.tariff_id.price_ids
        other = {"date_start": "2015-02-01", "price": 110.0}
        for commands in (
            [Command.delete(price.id), Command.create({**other, "date_start": "2015-06-02"})],
            [Command.delete(price.id)],
        ):
            with self.assertRefused(seat.name, "has no price on", error=ValidationError):
                seat.tariff_id.price_ids = commands
        seat.tariff_id.price_ids = [Command.delete(price.id), Command.create(other)]
        self.assertEqual(seat.tariff_id._price_on(seat.date_start).price, 110.0)

    def test_nor_is_it_given_to_another_tariff(self):
        seat = self._new_seat("1/6", "30/7", tariff=self._new_tariff("Nook", 100.0))
        price = seat.tariff_id.price_ids
        with self.assertRefused(seat.name, "has no price on", error=ValidationError):
            price.tariff_id = self._new_tariff("Desk", 90.0, since="2015-03-01")

    def test_a_space_stays_the_partner_that_it_was_on_their_first_one(self):
        seat = self._new_seat("1/6", "30/6")
        for values, words in (
            ({"state": "prospect"}, "Suspend or close the space"),
            ({"date_partner": "2015-06-02"}, "on that day at the latest"),
        ):
            with (
                self.subTest(values=values),
                self.assertRefused(seat.name, self.space.name, words, error=ValidationError),
            ):
                self.space.write(values)
        self.space.date_partner = d("1/6")
        with self.assertRefused(seat.name, error=ValidationError):
            self.space.date_closed = d("29/6")
        self.space.date_closed = d("30/6")

    def test_the_tariff_has_a_price_on_the_first_one(self):
        tariff = self._new_tariff("Later", 100.0, since="2015-06-10")
        with self.assertRefused("has no price on", "Later", error=ValidationError):
            self._new_seat("9/6", "30/6", tariff=tariff, state="draft")
        self._new_seat("10/6", "30/6", "Noa", tariff)

    def test_who_holds_a_place_has_a_tariff_and_fees_that_the_program_can_be_billed(self):
        other = self._new_program("Untaxed", "UNT", funding_base="untaxed")
        seat = self._new_seat("1/6", "30/6", self._new_participant("A", other), state="draft")
        with self.assertRefused("must be recovered", "Nomad", error=ValidationError):
            seat.action_confirm()
        self.tariff.product_id = self.seat_product_recovered
        fee = self.env["coworking.space.membership"].create(
            {
                "space_id": self.space.id,
                "date_start": "2015-06-30",
                "fee": 12.0,
                "product_id": self.seat_product.id,
            }
        )
        with self.assertRefused("must be recovered", error=ValidationError):
            seat.action_confirm()
        fee.date_start = "2015-07-01"
        seat.action_confirm()
        self.assertEqual(seat.state, "confirmed")

    def test_who_arrives_or_leaves_does_so_whatever_happened_to_taxes_since(self):
        seat = self._new_seat("1/6", "30/6")
        self.seat_product.supplier_taxes_id = self.tax_recovered
        seat.action_start()
        seat.write({"date_end": d("20/6"), "state": "ended"})
        self.assertEqual(seat.state, "ended")
        other = self._new_seat("1/7", "30/7", "Sacha", state="draft")
        with self.assertRefused("must not be recovered", error=ValidationError):
            other.action_confirm()


class TestUndatedTermsOfASettledSeat(CoworkingCase):
    def test_tariff_rate_and_cap_change_from_a_date_only(self):
        seat = self._new_seat("1/6", "31/8")
        other = self._new_tariff("Other", 10.0)
        self._generate()
        seat.funding_rate = 90.0
        self._settle()
        for values in ({"tariff_id": other.id}, {"funding_rate": 50.0}, {"funding_cap": 20.0}):
            with self.subTest(values=values), self.assertRefused(seat.name, "settled"):
                seat.write(values)
        seat.write({"funding_rate": 90.0})
