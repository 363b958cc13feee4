"""Every path a file can move by passes the same gate, which says all that is missing at once."""

from contextlib import contextmanager
from functools import partial

from lxml.html import fromstring

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form

from .common import PathwayCase


class GateCase(PathwayCase):
    """Two stages; the second asks for a project and for a prescriber."""

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.first, cls.second, cls.third = cls._own_stages("First", "Second", "Third")
        cls._require(cls.second, "A project", [("project", "!=", False)])
        cls._require(cls.second, "A referring organisation", [("prescriber_id", "!=", False)])
        cls.prescriber = cls.env["res.partner"].create({"name": "Agency", "is_company": True})
        cls.unready = cls._new_participant("Camille", stage_id=cls.first.id)
        cls.ready = cls._new_participant("Sacha", stage_id=cls.first.id, **cls._facts())

    @classmethod
    def _facts(cls):
        return {"project": "A workshop", "prescriber_id": cls.prescriber.id}

    def assertStopped(self, *fragments, error=UserError):
        return self.assertRefused("Camille", "Second", *fragments, error=error)

    @contextmanager
    def assertLedTo(self, stage):
        """Refused with the sentences, and the dialog where each has its link."""
        with self.assertRaises(UserError) as caught:
            yield
        for fragment in ("Camille", "Second", "• A project", "• A referring organisation"):
            self.assertIn(fragment, str(caught.exception))
        action = caught.exception.context["coworking_action"]
        self.assertEqual(action["res_model"], "coworking.participant.move")
        self.assertEqual(
            action["context"],
            {"default_participant_ids": self.unready.ids, "default_stage_id": stage.id},
        )


class TestPaths(GateCase):
    """Each path: refused with the sentences, and passed once they are settled."""

    def test_a_write_of_the_stage_as_the_board_drags_or_the_status_bar_clicks(self):
        user = self.unready.with_user(self.accompanist)
        with self.assertStopped("• A project", "• A referring organisation"):
            user.write({"stage_id": self.second.id})
        self.assertEqual(self.unready.stage_id, self.first)
        user.write(self._facts())
        user.write({"stage_id": self.second.id})
        self.assertEqual(self.unready.stage_id, self.second)

    def test_the_button_to_the_next_stage(self):
        user = self.unready.with_user(self.accompanist)
        with self.assertLedTo(self.second):
            user.action_next_stage()
        user.write(self._facts())
        user.action_next_stage()
        self.assertEqual(self.unready.stage_id, self.second)

    def test_the_form_of_the_back_office(self):
        with (
            self.assertLedTo(self.second),
            Form(self.unready.with_user(self.accompanist)) as form,
        ):
            form.stage_id = self.second
        self.assertEqual(self._again(self.unready).stage_id, self.first)

    def test_a_call_as_the_web_client_makes_it(self):
        participants = self.env["coworking.participant"].with_user(self.accompanist)
        arguments = [[self.unready.id], {"stage_id": self.second.id}]
        with self.assertStopped("• A project", "• A referring organisation"):
            call_kw(participants, "write", arguments, {})
        with self.assertLedTo(self.second):
            call_kw(participants, "web_save", arguments, {"specification": {}})
        call_kw(participants, "write", [[self.unready.id], self._facts()], {})
        call_kw(participants, "web_save", arguments, {"specification": {}})
        self.assertEqual(self._again(self.unready).stage_id, self.second)

    def test_an_import_that_changes_files(self):
        row = [str(self.unready.id), "Second"]
        result = (
            self.env["coworking.participant"]
            .with_user(self.accompanist)
            .load([".id", "stage_id"], [row])
        )
        self.assertFalse(result["ids"])
        self.assertIn("A project", result["messages"][0]["message"])
        self.assertEqual(self._again(self.unready).stage_id, self.first)

    def test_an_import_of_new_files_at_a_later_stage_takes_a_coordinator_and_a_reason(self):
        fields = ["partner_name", "program_id", "stage_id", "move_reason"]
        rows = [["Alix", "Test 2015", "Second", "Take-over of 2014"]]
        participants = self.env["coworking.participant"]
        for user, columns, expected in (
            (self.accompanist, 4, "Only a coordinator"),
            (self.coordinator, 3, "A project"),
        ):
            with self.subTest(user=user.login):
                result = participants.with_user(user).load(
                    fields[:columns], [row[:columns] for row in rows]
                )
                self.assertFalse(result["ids"])
                self.assertIn(expected, result["messages"][0]["message"])
        result = participants.with_user(self.coordinator).load(fields, rows)
        self.assertTrue(result["ids"], result["messages"])
        taken = participants.browse(result["ids"])
        self.assertEqual((taken.stage_id, taken.display_name), (self.second, "Alix"))
        self.assertEqual(taken.move_ids.reason, "Take-over of 2014")

    def test_a_file_made_in_a_later_stage(self):
        values = {
            "partner_name": "Alix",
            "program_id": self.program.id,
            "stage_id": self.second.id,
        }
        participants = self.env["coworking.participant"].with_user(self.accompanist)
        with self.assertRefused("Alix", "• A project", "• A referring organisation"):
            participants.create(values)
        made = participants.create({**values, **self._facts()})
        self.assertEqual(made.stage_id, self.second)

    def test_the_values_given_are_left_as_they_were(self):
        """Whoever makes two files from one dict gets two people."""
        values = {"partner_name": "Alix", "program_id": self.program.id, "move_reason": "-"}
        first, second = (self.env["coworking.participant"].create(values) for _count in range(2))
        self.assertNotEqual(first.partner_id, second.partner_id)
        self.assertIn("move_reason", values)

    def test_a_new_file_does_not_start_beyond_recruitment(self):
        values = {"partner_name": "Alix", "program_id": self.program.id, "phone": "0320"}
        participants = self.env["coworking.participant"].with_user(self.accompanist)
        with self.assertRefused("Alix", "starts in recruitment, not in Application"):
            participants.create({**values, "stage_id": self.stages["application"].id})

    def test_a_copy_starts_again_from_the_first_stage(self):
        self.ready.stage_id = self.second
        self.ready.active = False
        self.assertEqual(self.ready.copy().stage_id, self.stages["orientation"])

    def test_archived_files_pass_the_same_gate(self):
        (self.unready | self.ready).active = False
        with self.assertStopped("• A project"):
            self.unready.stage_id = self.second
        self.ready.stage_id = self.second
        self.assertEqual(self.ready.stage_id, self.second)

    def test_the_same_stage_again_is_no_move(self):
        self.ready.stage_id = self.second
        self._require(self.second, "Impossible", [("id", "=", 0)])
        moves = self.ready.move_ids
        self.ready.write({"stage_id": self.second.id, "project": "Another"})
        self.assertEqual(self.ready.move_ids, moves)


class TestAllAtOnce(GateCase):
    def test_what_is_missing_and_the_order_of_the_stages_are_said_together(self):
        self._require(self.third, "A birth of an idea", [("project_kind", "!=", False)])
        with self.assertRefused(
            "Camille cannot go to Third yet",
            "from First one goes to: Second",
            "• A birth of an idea",
        ):
            self.unready.stage_id = self.third

    def test_files_moved_together_are_all_named_and_none_moves(self):
        other = self._new_participant("Noor", stage_id=self.first.id, project="Cheese")
        with self.assertRaises(UserError) as caught:
            (self.unready | other | self.ready).stage_id = self.second
        for_each = str(caught.exception).split(" cannot go to Second yet:")
        self.assertEqual(len(for_each), 3)
        for fragment in ("Camille", "• A project", "• A referring organisation", "Noor"):
            self.assertIn(fragment, str(caught.exception))
        self.assertNotIn("Sacha", str(caught.exception))
        self.assertEqual(self._again(self.unready | other | self.ready).stage_id, self.first)

    def test_what_is_written_along_with_the_stage_counts(self):
        self.unready.write({"stage_id": self.second.id, **self._facts()})
        self.assertEqual(self.unready.stage_id, self.second)

    def test_a_refused_move_writes_nothing(self):
        with self.assertStopped("• A referring organisation"):
            self.unready.write({"stage_id": self.second.id, "project": "A workshop"})
        self.assertFalse(self._again(self.unready).project)
        self.assertEqual(len(self.unready.move_ids), 1)


class TestGraph(GateCase):
    def test_a_move_outside_the_graph_is_refused_with_the_stages_one_can_go_to(self):
        with self.assertRefused("Sacha cannot go to Third", "from First one goes to: Second"):
            self.ready.with_user(self.accompanist).stage_id = self.third

    def test_each_arrow_of_the_graph_can_be_taken_and_no_other(self):
        self.second.next_stage_ids = self.first | self.third
        for origin, target, allowed in (
            (self.first, self.second, True),
            (self.first, self.third, False),
            (self.second, self.first, True),
            (self.second, self.third, True),
        ):
            with self.subTest(f"{origin.name} to {target.name}"):
                file = self._new_participant(
                    f"{origin.name} to {target.name}", stage_id=origin.id, **self._facts()
                )
                if allowed:
                    file.stage_id = target
                else:
                    with self.assertRefused("one goes to"):
                        file.stage_id = target
                self.assertEqual(file.stage_id, target if allowed else origin)

    def test_a_stage_without_arrows_goes_anywhere(self):
        self.ready.stage_id = self.second
        self.ready.stage_id = self.third
        self.assertFalse(self.third.next_stage_ids)
        self.ready.stage_id = self.first
        self.assertEqual(self.ready.stage_id, self.first)

    def test_an_arrow_to_a_stage_of_another_program_is_not_there(self):
        elsewhere = self._own_stages("Elsewhere", program=self._new_program("Other", "OTH"))
        self.first.next_stage_ids = elsewhere
        self.ready.stage_id = self.third  # as if there were no arrow
        self.assertEqual(self.ready.stage_id, self.third)

    def test_the_next_stage_is_the_first_allowed_after_this_one(self):
        self.second.next_stage_ids = self.first | self.third
        self.assertEqual(self.second._get_next_for(self.program), self.third)
        self.second.next_stage_ids = self.first
        self.assertEqual(self.second._get_next_for(self.program), self.first)
        self.second.next_stage_ids = False
        self.assertEqual(self.second._get_next_for(self.program), self.third)
        self.assertFalse(self.third._get_next_for(self.program))

    def test_a_closed_file_without_arrow_has_no_next_stage(self):
        self._own_stages("After")[0].sequence = 2000
        self.third.phase = "closed"
        self.ready.stage_id = self.second
        self.ready.stage_id = self.third
        self.assertFalse(self.ready.next_stage_id)
        with self.assertRefused("Sacha", "no next stage"):
            self.ready.action_next_stage()


class TestOverride(GateCase):
    def test_it_takes_a_coordinator(self):
        values = {"stage_id": self.second.id, "move_reason": "Starts on Monday"}
        with self.assertStopped("• A project", "coordinator", error=AccessError):
            self.unready.with_user(self.accompanist).write(values)
        self.unready.with_user(self.coordinator).write(values)
        self.assertEqual(self.unready.stage_id, self.second)

    def test_it_takes_a_reason(self):
        user = self.unready.with_user(self.coordinator)
        for reason in (None, False, "", "   "):
            with self.subTest(reason=reason), self.assertStopped("• A project"):
                user.write({"stage_id": self.second.id, "move_reason": reason})

    def test_it_lets_a_file_out_of_the_graph(self):
        self.ready.with_user(self.coordinator).write(
            {"stage_id": self.third.id, "move_reason": "Was here last year"}
        )
        move = self._last_move(self.ready)
        self.assertTrue(move.overridden)
        self.assertIn("from First one goes to: Second", move.missing)

    def test_it_is_kept_with_what_was_missing(self):
        self.unready.project = "A workshop"
        self.unready.with_user(self.coordinator).write(
            {"stage_id": self.second.id, "move_reason": "Adviser told by phone"}
        )
        self.assertRecordValues(
            self._last_move(self.unready),
            [
                {
                    "overridden": True,
                    "missing": "A referring organisation",
                    "reason": "Adviser told by phone",
                    "user_id": self.coordinator.id,
                }
            ],
        )

    def test_a_reason_given_for_nothing_is_kept_and_is_no_override(self):
        for user in (self.accompanist, self.coordinator):
            with self.subTest(user=user.login):
                file = self._new_participant(user.login, stage_id=self.first.id, **self._facts())
                file.with_user(user).write({"stage_id": self.second.id, "move_reason": "In order"})
                self.assertRecordValues(
                    self._last_move(file),
                    [{"overridden": False, "missing": "", "reason": "In order"}],
                )

    def test_the_reason_of_one_move_does_not_open_the_next(self):
        user = self.unready.with_user(self.coordinator)
        user.write({"stage_id": self.second.id, "move_reason": "Once"})
        self._require(self.third, "A kind of project", [("project_kind", "!=", False)])
        with self.assertRefused("• A kind of project"):
            user.stage_id = self.third

    def test_a_file_made_at_a_later_stage_keeps_the_reason_and_all_that_was_missing(self):
        file = self._at("incubation").move_ids
        self.assertTrue(file.overridden)
        for fragment in (
            "starts in recruitment",
            "A seat is confirmed",
            "All mandatory documents were seen",
            "At least one objective",
        ):
            self.assertIn(fragment, file.missing)


class TestMassMove(GateCase):
    def _wizard(self, files, user=None, **values):
        return (
            self.env["coworking.participant.move"]
            .with_user(user or self.accompanist)
            .with_context(active_model="coworking.participant", active_ids=files.ids)
            .create({"stage_id": self.second.id, **values})
        )

    def test_those_that_can_go_do_and_the_others_are_named_with_what_they_lack(self):
        third = self._new_participant("Noor", stage_id=self.first.id, project="Cheese")
        wizard = self._wizard(self.unready | self.ready | third)
        action = wizard.action_move()
        self.assertEqual(self.ready.stage_id, self.second)
        self.assertEqual((self.unready | third).stage_id, self.first)
        self.assertEqual(action["res_id"], wizard.id)
        moved, camille, noor = fromstring(f"<body>{wizard.report}</body>")
        self.assertIn("Moved to Second: Sacha", moved.text_content())
        self.assertIn("Camille cannot go to Second yet", camille.text_content())
        self.assertEqual(
            [row.text_content() for row in camille.iter("li")],
            ["A project", "A referring organisation"],
        )
        self.assertIn("Noor cannot go to Second yet", noor.text_content())
        self.assertEqual(
            [row.text_content() for row in noor.iter("li")], ["A referring organisation"]
        )

    def test_what_one_person_lacks_is_listed_with_its_links_before_moving(self):
        action = self.env.ref("coworking_incubation.coworking_participant_action")
        self.second.requirement_ids.filtered(lambda row: row.name == "A project").action_id = action
        form = Form(
            self.env["coworking.participant.move"]
            .with_user(self.accompanist)
            .with_context(default_participant_ids=self.unready.ids)
        )
        self.assertFalse(form.report)
        form.stage_id = self.second
        path = f"/odoo/incubation-participants/{self.unready.id}"
        links = [(link.text, link.get("href")) for link in fromstring(form.report).iter("a")]
        self.assertEqual(
            links,
            [
                ("Camille", path),
                ("A project", f"{path}/action-{action.id}"),
                ("A referring organisation", path),
            ],
        )
        form.participant_ids.add(self.ready)
        self.assertIn("A project", form.report)
        self.assertNotIn("Sacha", form.report)
        form.stage_id = self.first
        self.assertFalse(form.report)

    def test_where_one_may_go_is_offered_first_and_all_stages_on_demand(self):
        form = Form(
            self.env["coworking.participant.move"]
            .with_user(self.accompanist)
            .with_context(default_participant_ids=self.unready.ids)
        )
        self.assertEqual(form.stage_ids[:], self.second)
        form.all_stages = True
        self.assertLessEqual(self.second | self.third, form.stage_ids[:])

    def test_the_dialog_says_whom_the_mail_of_the_stage_goes_to(self):
        self.unready.email = "camille@example.com"
        wizard = self._wizard(self.unready | self.ready)
        self.assertFalse(wizard.contact_words)
        self.assertFalse(self.unready.next_stage_mail)
        self.second.mail_template_id = self.env.ref(
            "coworking_incubation.mail_template_stage_application"
        )
        wizard.invalidate_recordset()
        self.assertIn("Camille (camille@example.com)", wizard.contact_words)
        self.assertIn("Sacha (no e-mail)", wizard.contact_words)
        self.unready.is_opposed = True  # nothing is sent to who does not want it
        there = self._new_participant("Noor", stage_id=self.first.id, email="noor@example.com")
        there.write({"stage_id": self.second.id, "move_reason": "Test"})  # nor twice
        wizard.participant_ids |= there
        self.assertEqual(wizard.contact_words, "Sacha (no e-mail)")
        self.unready.is_opposed = False
        self._again(self.unready)
        self.assertEqual(self.unready.next_stage_mail, "camille@example.com")

    def test_those_that_could_not_go_stay_to_be_tried_again(self):
        wizard = self._wizard(self.unready | self.ready)
        wizard.action_move()
        self.assertEqual(wizard.participant_ids, self.unready)
        self.unready.write(self._facts())
        self.assertEqual(wizard.action_move()["type"], "ir.actions.act_window_close")
        self.assertEqual(self.unready.stage_id, self.second)

    def test_the_action_opens_it_for_the_files_chosen(self):
        files = self.unready | self.ready
        action = self.env.ref("coworking_incubation.coworking_participant_move_action")
        self.assertEqual(action.binding_model_id.model, files._name)
        wizard = self.env[action.res_model].with_context(
            active_model=files._name, active_ids=files.ids
        )
        self.assertEqual(wizard.create({"stage_id": self.second.id}).participant_ids, files)

    def test_a_reason_opens_it_for_a_coordinator_only(self):
        wizard = self._wizard(self.unready, reason="All known")
        self.assertFalse(wizard.may_override)
        wizard.action_move()
        self.assertIn("• A project", wizard.report)
        self.assertEqual(self.unready.stage_id, self.first)
        wizard = self._wizard(self.unready, self.coordinator, reason="All known")
        self.assertTrue(wizard.may_override)
        wizard.action_move()
        self.assertEqual(self.unready.stage_id, self.second)
        self.assertEqual(self._last_move(self.unready).reason, "All known")

    def test_nothing_stays_of_a_move_that_is_refused_late(self):
        """The reason of an exit is asked for once the stage has set its day."""
        hosted = self._at("incubation", "Noor") | self._at("incubation", "Alix")
        hosted[1].exit_reason_id = self.exit_reasons["other"]
        wizard = self._wizard(
            hosted, self.coordinator, stage_id=self.stages["exit"].id, reason="End of the year"
        )
        wizard.action_move()
        self.assertIn("Noor", wizard.report)
        self._again(hosted)
        self.assertEqual(hosted[0].stage_id, self.stages["incubation"])
        self.assertFalse(hosted[0].date_exit)
        self.assertEqual(hosted[1].stage_id, self.stages["exit"])

    def test_a_colleagues_file_is_reported_and_does_not_stop_the_others(self):
        theirs = self._new_participant(
            "Noor", stage_id=self.first.id, user_id=self.colleague.id, **self._facts()
        )
        wizard = self._wizard(theirs | self.ready)
        wizard.action_move()
        self.assertEqual(self.ready.stage_id, self.second)
        self.assertEqual(self._again(theirs).stage_id, self.first)
        self.assertIn("Noor", wizard.report)


class TestQueries(GateCase):
    """As many queries for ten files as for eighty, moved or imported at once."""

    def _count(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = act()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def _files(self, number):
        return self.env["coworking.participant"].create(
            [
                {
                    "partner_name": f"Person {number} {rank}",
                    "program_id": self.program.id,
                    "user_id": self.accompanist.id,
                    "stage_id": self.first.id,
                    **self._facts(),
                }
                for rank in range(number)
            ]
        )

    def _import(self, user, number):
        """Files of a sheet, at the second stage; Odoo looks for each name of a cell by itself, so
        that what is asked for is given by its external identifier.
        """
        header = ["partner_name", "email", "program_id/id", "stage_id/id", "project", "move_reason"]
        where = ["coworking_test.program", "coworking_test.second", "A workshop", "Take-over"]
        rows = [
            [f"New {number} {rank}", f"new{number}.{rank}@example.com", *where]
            for rank in range(number)
        ]
        participants = self.env["coworking.participant"]
        result = participants.with_user(user).load(header, rows)
        self.assertEqual(len(result["ids"] or ()), number, result["messages"])
        return participants.browse(result["ids"])

    def test_files_moved_at_once(self):
        counts = {}
        for number in (5, 10, 80):  # the first warms the caches
            files = self._files(number).with_user(self.accompanist)
            counts[number], _moved = self._count(partial(files.write, {"stage_id": self.second.id}))
            self.assertEqual(files.stage_id, self.second)
            self.assertEqual(len(files.move_ids), 2 * number)
        self.assertEqual(counts[80], counts[10])

    def test_files_refused_at_once(self):
        counts = {}
        for number in (5, 10, 80):
            files = self._files(number)
            files.prescriber_id = False
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertRefused(*(f"Person {number} {rank}" for rank in range(number))):
                before = self.env.cr.sql_log_count
                try:
                    files.with_user(self.accompanist).stage_id = self.second
                finally:
                    counts[number] = self.env.cr.sql_log_count - before
        self.assertEqual(counts[80], counts[10])

    def test_files_imported_at_once(self):
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": "coworking_test.program", "record": self.program},
                {"xml_id": "coworking_test.second", "record": self.second},
            ]
        )
        # Odoo inserts a hundred rows at a time: one document a file, so that eighty are one time.
        self.env["coworking.document.type"].search([])[1:].active = False
        counts = {}
        for number in (5, 10, 80):
            counts[number], files = self._count(partial(self._import, self.coordinator, number))
            self.assertEqual(files.stage_id, self.second)
            self.assertEqual(set(files.move_ids.mapped("missing")), {"A referring organisation"})
        self.assertEqual(counts[80], counts[10])
