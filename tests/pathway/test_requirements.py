"""Requirements are data: what is refused when typed, what blocks, and what the card shows."""

import contextlib

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import PathwayCase

EDITOR = "Make it with the editor of filters"


class RequirementCase(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls._own_stages("First", "Second")
        cls.participant = cls._new_participant("Camille", stage_id=cls.first.id)

    @contextlib.contextmanager
    def assertSameQueries(self, make, read):
        """``read(files)`` costs as many queries for 4 files of ``make(n)`` as for 40."""
        counts = []
        for number in (4, 40):
            files = make(number)
            self.env.flush_all()
            read(files)  # what is cached for the whole registry
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            read(files)
            counts.append(self.env.cr.sql_log_count - before)
        yield counts
        self.assertEqual(counts[0], counts[1])


class TestDomains(RequirementCase):
    def test_what_cannot_be_used_is_refused_when_typed_with_the_reason(self):
        for domain, reason in (
            # broken
            ("[('project', '!=', False)", EDITOR),
            ("[('project', '!=')]", EDITOR),
            ("('project', '!=', False)", EDITOR),
            ("{'project': 1}", EDITOR),
            ("[42]", EDITOR),
            ("5", EDITOR),
            ("'project'", EDITOR),
            ("[('no_such_field', '=', 1)]", EDITOR),
            ("[('partner_id.no_such_field', '=', 1)]", EDITOR),
            ("[('project', 'resembles', 'x')]", EDITOR),
            ("[('date_entry', '<', 'the day after')]", EDITOR),
            ("[('id', '=', 'abc')]", EDITOR),
            ("[('id', '>', [1])]", EDITOR),
            ("[('criteria_met', '=', 1e400)]", EDITOR),
            ("[('clock_words', '!=', False)]", EDITOR),
            ("None", EDITOR),
            ("['|', ('project', '!=', False)]", EDITOR),
            # unsafe
            ("[('id', '=', __import__('os').getpid())]", EDITOR),
            ("[('id', '=', user.id)]", EDITOR),
            ("[('create_uid', '=', uid)]", EDITOR),
            ("[('id', 'in', [i for i in range(9)])]", EDITOR),
            ("(lambda: [])()", EDITOR),
            ("[].__class__", EDITOR),
            # turning in circles
            ("[('is_ready', '=', True)]", "is_ready"),
            ("[('todo_any', '=', True)]", "todo_any"),
            ("[('seat_ids', 'any', [('participant_id.is_ready', '=', True)])]", "is_ready"),
        ):
            with (
                self.subTest(domain=domain),
                self.assertRefused(
                    "requirement Broken", "cannot be used: ", reason, error=ValidationError
                ),
            ):
                self._require(self.second, "Broken", domain)

    def test_a_requirement_that_is_changed_is_checked_too(self):
        requirement = self._require(self.second, "Project", [("project", "!=", False)])
        with self.assertRefused("Project", EDITOR, error=ValidationError):
            requirement.domain = "[('nothing_like_it', '=', 1)]"

    def test_a_coordinator_without_the_group_cannot_ask_about_a_personal_situation(self):
        requirements = self.env["coworking.requirement"].with_user(self.coordinator)
        with self.assertRefused("cannot be used", error=ValidationError):
            requirements.create(
                {
                    "stage_id": self.second.id,
                    "name": "Health",
                    "domain": "[('disability', '=', 'yes')]",
                }
            )

    def test_what_can_be_used(self):
        for domain in (
            "[]",
            "[('project', '!=', False)]",
            "['|', ('partner_id.phone', '!=', False), ('partner_id.email', '!=', False)]",
            "[('seat_ids', 'any', [('state', 'in', ('confirmed', 'active'))])]",
            "[('date_application', '>=', 'today -30d')]",
            "[('selection_result', '=', 'admitted')]",
        ):
            with self.subTest(domain=domain):
                requirement = self._require(self.second, "Fine", domain)
                met = requirement._find_met({requirement: self.participant})[requirement]
                self.assertLessEqual(met, set(self.participant.ids))

    def test_a_relative_date_is_that_of_the_day_of_the_move(self):
        """Applied on 16 May, today is 15 June: 30 days ago."""
        self._require(self.second, "Recent", [("date_application", ">=", "today -30d")])
        for day, met in (("2015-05-16", True), ("2015-05-15", False)):
            with self.subTest(day=day):
                self.participant.date_application = day
                self.assertEqual(self._again(self.participant).is_ready, met)


class TestWhatBlocks(RequirementCase):
    def test_what_blocks_is_named_and_what_warns_is_not(self):
        self._require(self.second, "Blocks", [("project", "!=", False)])
        self._require(self.second, "Warns", [("project_kind", "!=", False)], severity="warning")
        with self.assertRaises(UserError) as caught:
            self.participant.stage_id = self.second
        self.assertIn("• Blocks", str(caught.exception))
        self.assertNotIn("Warns", str(caught.exception))
        self.participant.project = "Cheese"
        self.participant.stage_id = self.second
        self.assertEqual(self.participant.stage_id, self.second)
        self.assertFalse(self._last_move(self.participant).overridden)

    def test_a_warning_alone_does_not_block_but_is_shown(self):
        self._require(self.second, "Warns", [("project", "!=", False)], severity="warning")
        self.assertRecordValues(
            self.participant,
            [
                {
                    "is_ready": True,
                    "readiness_total": 0,
                    "readiness_label": False,
                    "missing_requirements": "Warns",
                }
            ],
        )
        self.assertIn("Warns (not blocking)", self.participant.missing_html)
        self.participant.stage_id = self.second
        self.assertFalse(self._last_move(self.participant).missing)

    def test_one_of_another_program_does_not_count(self):
        other = self._new_program("Other", "OTH")
        self.second.program_ids |= other
        self.first.program_ids |= other
        self._require(
            self.second,
            "Only there",
            [("project", "!=", False)],
            program_ids=[Command.set(other.ids)],
        )
        there = self._new_participant("Noor", other, stage_id=self.first.id)
        self.assertEqual(self.participant.readiness_total, 0)
        self.assertEqual(there.readiness_label, "0/1")
        self.participant.stage_id = self.second
        with self.assertRefused("Noor", "• Only there"):
            there.stage_id = self.second

    def test_an_archived_one_does_not_count(self):
        row = self._require(self.second, "Past", [("project", "!=", False)])
        self.assertEqual(self.participant.readiness_total, 1)
        row.active = False
        self.assertEqual(self._again(self.participant).readiness_total, 0)
        self.participant.stage_id = self.second
        self.assertEqual(self.participant.stage_id, self.second)

    def test_a_condition_the_user_may_not_read_is_still_evaluated(self):
        """Yes or no comes out; the birth date does not."""
        self._require(self.second, "Of age", [("birth_date", "<", "2000-01-01")])
        user = self.participant.with_user(self.accompanist)
        self.assertEqual(user.readiness_label, "0/1")
        with self.assertRefused("• Of age"):
            user.stage_id = self.second
        self.participant.birth_date = "1990-01-01"
        self.assertEqual(self._again(user).readiness_label, "1/1")
        with self.assertRaises(AccessError):
            user.read(["birth_date"])


class TestReadiness(RequirementCase):
    def setUp(self):
        super().setUp()
        self._require(self.second, "A project", [("project", "!=", False)], sequence=1)
        self._require(self.second, "A kind", [("project_kind", "!=", False)], sequence=2)
        self._require(self.second, "Applied", [("date_application", "!=", False)], sequence=3)

    def test_the_card_says_how_many_of_how_many_and_what_is_missing(self):
        for facts, label, missing in (
            ({}, "1/3", "A project\nA kind"),
            ({"project": "Cheese"}, "2/3", "A kind"),
            ({"project_kind": "skills"}, "3/3", ""),
        ):
            with self.subTest(label=label):
                self.participant.write(facts)
                self.assertRecordValues(
                    self._again(self.participant).with_user(self.accompanist),
                    [
                        {
                            "next_stage_id": self.second.id,
                            "readiness_label": label,
                            "missing_requirements": missing,
                            "is_ready": label == "3/3",
                        }
                    ],
                )

    def test_what_is_missing_links_to_where_it_is_settled(self):
        action = self.env["ir.actions.act_window"].create(
            {"name": "Settle", "res_model": "coworking.participant"}
        )
        self.second.requirement_ids[0].action_id = action
        html = str(self.participant.with_user(self.accompanist).missing_html)
        path = f"/odoo/incubation-participants/{self.participant.id}/action-{action.id}"
        self.assertIn(f'<a href="{path}">A project</a>', html)
        self.assertIn("<li>A kind</li>", html)

    def test_a_name_with_markup_is_shown_as_text(self):
        self.second.requirement_ids[0].name = "<b>Bold</b>"
        self.assertIn("&lt;b&gt;Bold", str(self.participant.missing_html))

    def test_files_of_several_stages_and_programs_are_each_told_their_own(self):
        other = self._new_program("Other", "OTH")
        there = self._new_participant("Noor", other)
        here = self._new_participant("Alix", phone="0320")
        last = self._new_participant("Sam", stage_id=self.first.id)
        files = self.participant | there | here | last
        self.assertEqual(
            [(file.next_stage_id.name, file.readiness_label) for file in files],
            [
                ("Second", "1/3"),
                ("Information Meeting", False),
                ("Information Meeting", False),
                ("Second", "1/3"),
            ],
        )

    def test_the_search_of_those_that_are_ready_agrees_with_what_is_shown(self):
        ready = self._new_participant(
            "Sam", stage_id=self.first.id, project="Cheese", project_kind="skills"
        )
        files = self.participant | ready
        for operator, value, expected in (
            ("=", True, ready),
            ("!=", True, self.participant),
            ("=", False, self.participant),
            ("!=", False, ready),
        ):
            with self.subTest(operator=operator, value=value):
                found = files.search([("id", "in", files.ids), ("is_ready", operator, value)])
                self.assertEqual(found, expected)

    def test_a_file_with_no_next_stage_is_ready_for_nothing(self):
        last = self._own_stages("Last", sequence=9000)
        self.participant.write({"stage_id": last.id, "move_reason": "All done"})
        self.assertFalse(self.participant.next_stage_id)
        self.assertFalse(self.participant.is_ready)

    def test_one_of_another_program_keeps_nobody_from_being_found_ready(self):
        other = self._new_program("Other", "OTH")
        (self.first | self.second).program_ids |= other
        self.second.requirement_ids.program_ids = other
        theirs = self._new_participant("Noor", other, stage_id=self.first.id)
        files = self.participant | theirs
        self.assertEqual(files.filtered("is_ready"), self.participant)
        found = files.search([("id", "in", files.ids), ("is_ready", "=", True)])
        self.assertEqual(found, self.participant)

    def test_who_may_not_read_a_condition_still_finds_those_who_meet_it(self):
        self.second.requirement_ids.domain = "[('birth_date', '!=', False)]"
        self.participant.birth_date = "1990-01-01"
        files = self.env["coworking.participant"].with_user(self.accompanist)
        found = files.search([("stage_id", "=", self.first.id), ("is_ready", "=", True)])
        self.assertEqual(found, self.participant)

    def test_it_costs_the_same_number_of_queries_for_4_files_and_for_40(self):
        def make(number):
            return self.env["coworking.participant"].create(
                [
                    {
                        "partner_name": f"{number} {rank}",
                        "program_id": self.program.id,
                        "stage_id": self.first.id,
                        "project": rank % 2 and "Cheese",
                    }
                    for rank in range(number)
                ]
            )

        for name in ("readiness_label", "missing_html"):
            with (
                self.subTest(name),
                self.assertSameQueries(make, lambda files, name=name: files.mapped(name)) as counts,
            ):
                self.assertLess(counts[0], 14)


class TestCoordinatorConfigures(PathwayCase):
    """No code: a stage and a requirement are added, and the board obeys at once."""

    def test_a_stage_and_a_requirement_added_are_obeyed_at_once(self):
        participant = self._at("selection", selection_result="admitted")
        user = participant.with_user(self.accompanist)
        self.assertEqual(user.next_stage_id, self.stages["space_choice"])
        self.assertEqual(user.readiness_label, "1/1")
        stage = (
            self.env["coworking.stage"]
            .with_user(self.coordinator)
            .create(
                {
                    "name": "Trial day",
                    "sequence": 55,
                    "phase": "selection",
                    "previous_stage_ids": [Command.link(self.stages["selection"].id)],
                    "next_stage_ids": [Command.link(self.stages["space_choice"].id)],
                    "requirement_ids": [
                        Command.create(
                            {
                                "name": "The sector of the project",
                                "domain": "[('sector_ids', '!=', False)]",
                            }
                        )
                    ],
                }
            )
        )
        self._again(user)
        self.assertEqual(user.next_stage_id, stage)
        self.assertEqual(user.readiness_label, "0/1")
        board = (
            self.env["coworking.participant"]
            .with_user(self.accompanist)
            .with_context(read_group_expand=True)
            .web_read_group([("program_id", "=", self.program.id)], ["stage_id"], ["__count"])
        )
        self.assertIn(stage.id, [group["stage_id"][0] for group in board["groups"]])
        with self.assertRefused("Camille", "• The sector of the project"):
            user.action_next_stage()
        user.sector_ids = self.env["coworking.sector"].create({"name": "Cheese"})
        user.action_next_stage()
        self.assertEqual(participant.stage_id, stage)
        self.assertEqual(user.next_stage_id, self.stages["space_choice"])

    def test_a_requirement_taken_away_does_not_block_any_more(self):
        participant = self._at("application")
        user = participant.with_user(self.accompanist)
        with self.assertRefused("The project, in one line"):
            user.action_next_stage()
        rows = self.stages["diagnostic"].requirement_ids.with_user(self.coordinator)
        rows.filtered(lambda row: row.severity == "blocking").unlink()
        user.action_next_stage()
        self.assertEqual(participant.stage_id, self.stages["diagnostic"])

    def test_an_arrow_added_can_be_taken(self):
        participant = self._at("application", project="Cheese")
        self.stages["application"].with_user(self.coordinator).next_stage_ids += self.stages[
            "info_session"
        ]
        participant.with_user(self.accompanist).stage_id = self.stages["info_session"]
        self.assertEqual(participant.stage_id, self.stages["info_session"])

    def test_a_number_of_days_to_rot_is_never_negative(self):
        with self.assertRefused("cannot be negative", error=ValidationError):
            self.stages["selection"].rotting_threshold_days = -1
