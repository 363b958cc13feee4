from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from ..common import CoworkingCase, d


class RulesCase(CoworkingCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.other_program = cls._new_program(
            "Other 2015", "OTH", accompanist_ids=cls.other_accompanist.ids
        )
        cls.own = cls._records_of(cls.program, cls.accompanist, "Own")
        cls.colleague = cls._records_of(cls.program, cls.sensitive, "Colleague")
        cls.nobody = cls._records_of(cls.program, None, "Nobody")
        cls.others = cls._records_of(cls.other_program, cls.other_accompanist, "Other")
        cls._generate()
        cls._generate(program=cls.other_program)
        for records in (cls.own, cls.colleague, cls.nobody, cls.others):
            records["coworking.charge"] = records["coworking.seat"].charge_ids

    @classmethod
    def _records_of(cls, program, user, name):
        cls.space.seat_capacity = 10
        person = cls._new_participant(
            name, program, user_id=user and user.id, date_entry="2015-06-01"
        )
        seat = cls._new_seat("1/6", "30/6", person, cls._new_tariff(name, 10.0))
        event = cls.env["calendar.event"].create(
            {
                "name": "Appointment",
                "start": "2015-06-10 08:00:00",
                "stop": "2015-06-10 09:00:00",
                "coworking_kind": "appointment",
                "coworking_program_id": program.id,
            }
        )
        return {
            "coworking.participant": person,
            "coworking.suspension": cls.env["coworking.suspension"].create(
                {
                    "participant_id": person.id,
                    "date_from": "2015-06-20",
                    "date_to": "2015-06-21",
                    "reason": "Training",
                }
            ),
            "coworking.seat": seat,
            "coworking.presence": cls._new_presences(seat, "3/6am"),
            "coworking.attendance": cls.env["coworking.attendance"].create(
                {"event_id": event.id, "participant_id": person.id}
            ),
        }

    def assertSees(self, user, seen, hidden):
        for model in seen[0]:
            mine = self.env[model].concat(*(records[model] for records in seen))
            theirs = self.env[model].concat(*(records.get(model, mine) for records in hidden))
            theirs -= mine
            everything = (mine | theirs).with_user(user)
            with self.subTest(model=model):
                self.assertEqual(everything.search([("id", "in", everything.ids)]), mine)
                if mine:
                    mine.with_user(user).read(["display_name"])
                for record in theirs.with_user(user):
                    with self.assertRaises(AccessError):
                        record.read(["display_name"])


class TestAccompanist(RulesCase):
    def test_reads_what_is_of_the_own_programs(self):
        self.assertSees(self.accompanist, [self.own, self.colleague, self.nobody], [self.others])

    def test_another_reads_the_other_program(self):
        self.assertSees(
            self.other_accompanist, [self.others], [self.own, self.colleague, self.nobody]
        )

    def test_also_reads_a_file_followed_in_another_program_but_not_its_charges(self):
        self.others["coworking.participant"].user_id = self.accompanist
        followed = {
            model: records for model, records in self.others.items() if model != "coworking.charge"
        }
        self.assertSees(self.accompanist, [followed], [])
        with self.assertRaises(AccessError):
            self.others["coworking.charge"].with_user(self.accompanist).read(["amount_total"])

    def test_who_leaves_a_program_sees_nothing_of_it_at_once(self):
        self.program.accompanist_ids = self.sensitive
        self.assertSees(
            self.accompanist,
            [{name: records for name, records in self.own.items() if name != "coworking.charge"}],
            [self.colleague, self.nobody],
        )

    def test_who_comes_to_a_program_sees_it_at_once_and_no_more_once_out_of_it(self):
        for team, seen in (
            (self.accompanist | self.other_accompanist, [self.others, self.own]),
            (self.other_accompanist, [self.own]),
        ):
            self.other_program.accompanist_ids = team
            self.assertSees(self.accompanist, seen, [self.others])

    def test_a_program_that_is_archived_is_still_that_of_its_team(self):
        self._archive_at_once(self.program)
        self.assertSees(self.accompanist, [self.own, self.colleague, self.nobody], [self.others])

    def test_who_is_copied_from_a_counsellor_is_in_no_program(self):
        twin = self.accompanist.sudo().copy({"login": "twin"})
        self.assertFalse(self.program.with_user(twin).counselled_by_me)
        self.assertFalse(self.env["coworking.participant"].with_user(twin).search([]))

    def test_which_programs_are_the_own_is_found_out_once(self):
        """Not joined with every file, half-day and seat while they are counted."""
        for model in self.own:
            query = self.env[model].with_user(self.accompanist)._search([]).select().code
            with self.subTest(model=model):
                self.assertNotIn("accompanist_rel", query)
                self.assertNotIn("coworking_program", query)
        files = self.env["coworking.participant"].with_user(self.accompanist)
        files.search_count([])
        with self.assertQueryCount(2):
            files.search_count([])
            files.search_count([("date_entry", "!=", False)])

    def test_programs_found_as_the_own_are_those_that_say_so(self):
        programs = (self.program | self.other_program).with_user(self.accompanist)
        self.assertEqual(programs.filtered("counselled_by_me"), self.program)
        for wanted, found in ((True, self.program), (False, self.other_program)):
            domain = [("id", "in", programs.ids), ("counselled_by_me", "=", wanted)]
            self.assertEqual(programs.search(domain), found)

    def test_writes_the_own_files_and_those_nobody_follows(self):
        for records, allowed in (
            (self.own, True),
            (self.nobody, True),
            (self.colleague, False),
            (self.others, False),
        ):
            person = records["coworking.participant"].with_user(self.accompanist)
            suspension = records["coworking.suspension"].with_user(self.accompanist)
            for record, values in (
                (person, {"project": "A café"}),
                (suspension, {"reason": "Work"}),
            ):
                with self.subTest(person=person.sudo().display_name, model=record._name):
                    if allowed:
                        record.write(values)
                    else:
                        with self.assertRaises(AccessError):
                            record.write(values)

    def test_takes_an_unfollowed_file_over(self):
        person = self.nobody["coworking.participant"].with_user(self.accompanist)
        person.user_id = self.accompanist
        self.assertEqual(person.user_id, self.accompanist)

    def test_moves_nothing_to_a_file_that_is_out_of_reach(self):
        """Odoo does not check the rules again after a write: its reader would learn the name."""
        for model, records in self.own.items():
            if model in ("coworking.participant", "coworking.charge"):
                continue
            record = records.with_user(self.accompanist)
            if model == "coworking.seat":  # one of which nothing is noted yet
                file = self.own["coworking.participant"]
                record = self._new_seat("1/10", "31/10", file, state="requested")
                record = record.with_user(self.accompanist)
            if model in ("coworking.suspension", "coworking.presence"):
                self.others[model].unlink()  # it is not the database that must refuse
            name = "seat_id" if model == "coworking.presence" else "participant_id"
            target = self.others["coworking.seat" if name == "seat_id" else "coworking.participant"]
            with self.subTest(model=model), self.assertRaises(AccessError):
                record.write({name: target.id})

    def test_makes_nobody_else_the_away_colleague(self):
        """A cover opens the files of who is away: only they, or a coordinator, say so."""
        Cover = self.env["coworking.cover"].with_user(self.accompanist)
        days = {"date_from": "2015-06-01", "date_to": "2099-12-31"}
        with self.assertRaises(AccessError):
            Cover.create(
                {"user_id": self.sensitive.id, "cover_user_id": self.accompanist.id, **days}
            )
        cover = Cover.create({"cover_user_id": self.sensitive.id, **days})
        with self.assertRaises(AccessError):
            cover.write({"user_id": self.sensitive.id, "cover_user_id": self.accompanist.id})
        with self.assertRaises(AccessError):
            self.colleague["coworking.participant"].with_user(self.accompanist).project = "X"

    def test_never_deletes_a_file(self):
        with self.assertRaises(AccessError):
            self.own["coworking.participant"].with_user(self.accompanist).unlink()

    def test_fills_in_the_presences_of_the_own_programs(self):
        for records in (self.own, self.colleague, self.nobody):
            seat = records["coworking.seat"].with_user(self.accompanist)
            presence = seat.env["coworking.presence"].create(
                {"seat_id": seat.id, "date": d("4/6"), "slot": "am"}
            )
            presence.state = "absent"
            presence.unlink()
        seat = self.others["coworking.seat"]
        with self.assertRaises(AccessError):
            self.env["coworking.presence"].with_user(self.accompanist).create(
                {"seat_id": seat.id, "date": d("4/6"), "slot": "am"}
            )
        with self.assertRaises(AccessError):
            self.others["coworking.presence"].with_user(self.accompanist).state = "absent"

    def test_requests_seats_for_the_own_files_and_those_nobody_follows(self):
        for records, allowed in (
            (self.own, True),
            (self.nobody, True),
            (self.colleague, False),
            (self.others, False),
        ):
            person = records["coworking.participant"]
            values = {
                "participant_id": person.id,
                "space_id": self.space_b.id,
                "tariff_id": self.tariff_b.id,
                "date_start": "2015-09-01",
                "state": "requested",
            }
            Seat = self.env["coworking.seat"].with_user(self.accompanist)
            with self.subTest(person=person.display_name):
                if allowed:
                    Seat.create(values).date_start = "2015-09-02"
                else:
                    with self.assertRaises(AccessError):
                        Seat.create(values)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_sees_no_statement(self):
        with self.assertRaises(AccessError):
            self.env["coworking.statement"].with_user(self.accompanist).search([])


class TestOthers(RulesCase):
    def test_a_coordinator_sees_everything(self):
        self.assertSees(self.coordinator, [self.own, self.colleague, self.nobody, self.others], [])
        statements = self.env["coworking.statement"].with_user(self.coordinator)
        self.assertEqual(
            statements.search([("space_id", "=", self.space.id)]).program_id,
            self.program | self.other_program,
        )

    def test_an_accountant_sees_the_seats_and_money_of_everybody(self):
        seen = [
            {
                model: records[model]
                for model in (
                    "coworking.participant",
                    "coworking.seat",
                    "coworking.presence",
                    "coworking.charge",
                )
            }
            for records in (self.own, self.colleague, self.nobody, self.others)
        ]
        self.assertSees(self.accountant, seen, [])


class TestComputedIsNotTyped(RulesCase):
    """Charges and statements are written by generation and by buttons, whoever asks."""

    def test_amounts_of_open_charges_are_not_typed(self):
        charge = self.own["coworking.charge"]
        for user in (self.coordinator, self.accountant):
            for name in ("amount_total", "payable_total", "funded_amount", "state", "explanation"):
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    charge.with_user(user).write({name: charge[name]})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                charge.with_user(user).unlink()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                charge.with_user(user).copy({"kind": "extra", "state": "open"})
            charge.with_user(user).write({"review": "disputed", "dispute_reason": "Left"})
            self.assertEqual(charge.review, "disputed")
            charge.review = "pending"

    def test_steps_of_a_statement_are_not_skipped(self):
        statement = self.own["coworking.charge"].statement_id
        for user in (self.coordinator, self.accountant):
            for values in (
                {"state": "confirmed"},
                {"state": "billed"},
                {"confirmed_by": user.partner_id.id},
                {"confirmed_hash": "x"},
                {"changed_since_sent": False},
                {"date_from": "2015-07-01"},
                {"space_id": self.space_b.id},
                {"name": "X"},
            ):
                with self.subTest(user=user.login, values=values), self.assertRaises(AccessError):
                    statement.with_user(user).write(values)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                statement.with_user(user).create(
                    {
                        "program_id": self.program.id,
                        "space_id": self.space_b.id,
                        "date_from": "2015-06-01",
                        "state": "confirmed",
                    }
                )
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                statement.with_user(user).unlink()

    def test_its_discussion_is_open(self):
        statement = self.own["coworking.charge"].statement_id
        for user in (self.coordinator, self.accountant):
            statement.with_user(user).message_post(body="They called")
            statement.with_user(user).activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id
            )
        self.assertEqual(len(statement.activity_ids), 2)


class TestManager(RulesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat_b = cls._new_seat("1/6", "30/6", "There", cls.tariff_b)
        cls._generate()
        cls.statement = cls.own["coworking.charge"].statement_id
        cls.statement_b = cls.seat_b.charge_ids.statement_id
        (cls.statement | cls.statement_b).action_send()

    def assertReads(self, user, mine, theirs):
        for record in mine:
            self.assertEqual(
                record.with_user(user).search([("id", "in", record.ids)]), record, record
            )
            record.with_user(user).read(["display_name"])
        for record in theirs:
            self.assertFalse(record.with_user(user).search([("id", "in", record.ids)]), record)
            with self.assertRaises(AccessError):
                record.with_user(user).read(["display_name"])

    def _of(self, space, statement):
        return [
            space,
            space.tariff_ids,
            space.tariff_ids.price_ids,
            space.seat_ids,
            statement,
            statement.charge_ids,
        ]

    def test_reads_the_own_space_only(self):
        own = self._of(self.space, self.statement)
        other = self._of(self.space_b, self.statement_b)
        self.assertReads(self.manager, own, other)
        self.assertReads(self.manager_b, other, own)

    def test_who_is_no_longer_manager_reads_nothing_at_once(self):
        self.space.manager_ids = False
        self.assertReads(self.manager, [], self._of(self.space, self.statement))

    def test_a_portal_user_who_manages_nothing_reads_nothing(self):
        self.space.manager_ids = False
        for model in ("space", "tariff", "tariff.price", "seat", "statement", "charge"):
            records = self.env[f"coworking.{model}"].with_user(self.manager)
            self.assertFalse(records.search([]), model)

    def test_sees_seats_from_the_request_on(self):
        for state, seen in (
            ("draft", False),
            ("requested", True),
            ("confirmed", True),
            ("active", True),
            ("ended", True),
            ("refused", False),
            ("cancelled", False),
        ):
            seat = self._new_seat("1/9", "30/9", state, state=state)
            with self.subTest(state=state):
                self.assertReads(self.manager, [seat] * seen, [seat] * (not seen))

    def test_sees_statements_and_charges_from_their_sending_on(self):
        for state, seen in (
            ("draft", False),
            ("sent", True),
            ("disputed", True),
            ("confirmed", True),
            ("billed", True),
            ("cancelled", False),
        ):
            self.statement.state = state
            self.env.flush_all()
            pair = [self.statement, self.statement.charge_ids]
            with self.subTest(state=state):
                self.assertReads(self.manager, pair * seen, pair * (not seen))

    def test_sees_no_forecast(self):
        self._new_seat("1/9", "30/9", "Later")
        charges = self.env["coworking.charge"].with_user(self.manager).search([])
        self.assertEqual(charges, self.statement.charge_ids)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_changes_nothing(self):
        for record, values in (
            (self.space, {"name": "X"}),
            (self.space.tariff_ids[0], {"name": "X"}),
            (self.space.tariff_ids[0].price_ids, {"price": 1.0}),
            (self.space.seat_ids[0], {"state": "active"}),
            (self.statement, {"state": "confirmed"}),
            (self.statement.charge_ids[0], {"review": "confirmed"}),
        ):
            record = record.with_user(self.manager)
            with self.subTest(model=record._name):
                with self.assertRaises(AccessError):
                    record.write(values)
                with self.assertRaises(AccessError):
                    record.unlink()
                with self.assertRaises(AccessError):
                    record.create(values)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_presses_no_button(self):
        seat = self._new_seat("1/9", "30/9", "Soon", state="requested").with_user(self.manager)
        statement = self.statement.with_user(self.manager)
        for record, actions in (
            (seat, ("action_confirm", "action_refuse", "action_cancel")),
            (self.own["coworking.seat"].with_user(self.manager), ("action_start",)),
            (
                statement,
                (
                    "action_send",
                    "action_confirm",
                    "action_withdraw",
                    "action_cancel",
                    "action_create_bill",
                    "action_create_copayment_invoices",
                ),
            ),
        ):
            for action in actions:
                with self.subTest(action=action), self.assertRaises(AccessError):
                    getattr(record, action)()

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_never_reaches_the_participant(self):
        for model in ("participant", "suspension", "presence", "attendance", "program"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[f"coworking.{model}"].with_user(self.manager).search([])
