"""The pathway that is loaded by default, walked as an accompanist does, from contact to closing."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time

from .common import STAGES, PathwayCase


class TestDefaultPathway(PathwayCase):
    def test_it_is_loaded_once(self):
        """What staff change stays as it is when the module is updated."""
        models = (
            "coworking.stage",
            "coworking.requirement",
            "coworking.review.axis",
            "coworking.document.type",
            "coworking.objective.theme",
            "coworking.refusal.reason",
            "coworking.exit.reason",
            "mail.activity.plan",
            "mail.template",
        )
        for model in models:
            rows = self.env["ir.model.data"].search(
                [("module", "=", "coworking_incubation"), ("model", "=", model)]
            )
            with self.subTest(model=model):
                self.assertTrue(rows)
                self.assertTrue(all(rows.mapped("noupdate")))

    def test_the_stages_come_in_this_order_and_each_leads_to_the_next(self):
        stages = self.env["coworking.stage"].search(
            [("id", "in", [s.id for s in self.stages.values()])]
        )
        self.assertEqual(list(stages), [self.stages[name] for name in STAGES])
        for stage, following in zip(stages[:-1], stages[1:], strict=True):
            with self.subTest(stage=stage.name):
                self.assertEqual(stage._get_next_for(self.program), following)

    def test_every_phase_has_a_stage(self):
        phases = [self.stages[name].phase for name in STAGES]
        self.assertEqual(
            phases,
            sorted(
                phases, key=["recruitment", "selection", "incubation", "followup", "closed"].index
            ),
        )
        self.assertEqual(len(set(phases)), 5)

    def test_one_can_be_refused_at_any_stage_before_the_entry_and_not_after(self):
        for name in STAGES[:-1]:
            before = name in STAGES[: STAGES.index("incubation")]
            allowed = self.stages["closed"] in self.stages[name].next_stage_ids
            with self.subTest(stage=name):
                self.assertEqual(allowed, before or name == "followup")

    def test_every_requirement_can_be_evaluated(self):
        participant = self._new_participant()
        for requirement in self.env["coworking.requirement"].search([]):
            with self.subTest(requirement=requirement.name):
                met = requirement._find_met({requirement: participant})[requirement]
                self.assertLessEqual(met, set(participant.ids))

    def test_each_stage_asks_for_these_and_no_others(self):
        asked = {
            name: [
                (row.name, row.severity)
                for row in self.stages[name].requirement_ids.with_context(lang="en_US")
            ]
            for name in STAGES
        }
        self.assertEqual(
            {name: rows for name, rows in asked.items() if rows},
            {
                "application": [("A telephone number or an e-mail", "blocking")],
                "diagnostic": [
                    ("The project, in one line", "blocking"),
                    ("The information notice was given", "warning"),
                ],
                "selection": [
                    ("A first individual support was held", "blocking"),
                    ("The person is eligible: enough criteria, with their proofs", "blocking"),
                ],
                "space_choice": [("The person is admitted", "blocking")],
                "hosting": [("A seat was requested or confirmed", "blocking")],
                "incubation": [
                    ("A seat is confirmed", "blocking"),
                    ("All mandatory documents were seen", "blocking"),
                    ("At least one objective", "blocking"),
                    ("The hosting agreement is signed by all", "warning"),
                    ("The referring organisation covers work accidents", "warning"),
                ],
                "exit": [
                    ("A final review was held", "warning"),
                    ("The reason of the exit", "blocking"),
                ],
                "followup": [("The day of the exit", "blocking")],
                "closed": [
                    (
                        "An answer to the six-month follow-up, or why the person did not enter",
                        "blocking",
                    )
                ],
            },
        )

    def test_what_the_walk_does_not_meet_is_asked_for_too(self):
        """A file taken over without its days; and the notice, which is one document of several."""
        unmet = self._at("diagnostic", "Alix", date_support=False)
        with self.assertRefused("• A first individual support was held"):
            unmet.stage_id = self.stages["selection"]
        gone = self._at("exit", "Sam", date_exit=False)
        with self.assertRefused("• The day of the exit"):
            gone.stage_id = self.stages["followup"]
        sentence = "The information notice was given"
        file = self._at("application", "Noor")
        notice = self.env.ref("coworking_incubation.coworking_document_type_notice")
        for documents, missing in (
            (file.document_ids.filtered(lambda row: row.type_id != notice), True),
            (file.document_ids.filtered(lambda row: row.type_id == notice), False),
        ):
            documents.state = "seen"
            self.assertEqual(sentence in self._again(file).missing_requirements, missing)

    def test_from_the_first_contact_to_the_closing_of_the_file(self):
        user = (
            self.env["coworking.participant"]
            .with_user(self.accompanist)
            .create({"partner_name": "Camille", "program_id": self.program.id})
        )
        self.assertEqual(user.stage_id, self.stages["orientation"])
        self.assertEqual(user.user_id, self.accompanist)

        def go(stage, *refused):
            """Refused with these sentences and no others, or passed."""
            target = self.stages[stage]
            if refused:
                with self.assertRefused(*(f"• {sentence}" for sentence in refused)):
                    user.stage_id = target
                found = user._get_stage_problems({user: user.stage_id}, {user: target})[user]
                self.assertEqual(len(found), len(refused))
            else:
                self.assertEqual(self._again(user).next_stage_id, target)
                self.assertTrue(user.is_ready)
                user.action_next_stage()
                self.assertEqual(user.stage_id, target)

        go("info_session")
        go("application", "A telephone number or an e-mail")
        user.phone = "+33 3 20 00 00 00"
        go("application")
        go("diagnostic", "The project, in one line")
        user.project = "A cheese shop"
        go("diagnostic")
        self.assertEqual(user.date_support, date(2015, 6, 15))
        go("selection", "The person is eligible: enough criteria, with their proofs")
        user.criterion_ids = [
            Command.link(self.env.ref("coworking_incubation.coworking_criterion_project").id)
        ]
        go("selection")
        go("space_choice", "The person is admitted")
        user.selection_result = "admitted"
        go("space_choice")
        go("hosting", "A seat was requested or confirmed")
        seat = (
            self.env["coworking.seat"]
            .with_user(self.accompanist)
            .create(
                {
                    "participant_id": user.id,
                    "space_id": self.space.id,
                    "tariff_id": self.tariff.id,
                    "date_start": "2015-06-15",
                    "state": "requested",
                }
            )
        )
        go("hosting")
        go(
            "incubation",
            "A seat is confirmed",
            "All mandatory documents were seen",
            "At least one objective",
        )
        self.assertEqual(self._again(user).readiness_label, "0/3")
        seat.with_user(self.coordinator).action_confirm()
        user.document_ids.filtered("mandatory").state = "seen"
        self.env["coworking.objective"].with_user(self.accompanist).create(
            {"participant_id": user.id, "name": "Find three clients"}
        )
        go("incubation")
        self.assertEqual(user.date_entry, date(2015, 6, 15))
        self.assertEqual(user.date_exit_planned, date(2015, 12, 14))
        self.assertEqual(len(user.activity_ids), 7)
        self.assertEqual(len(user.review_ids), 7)
        with freeze_time("2015-12-01 09:00:00"):
            go("final_review")
            review = user.review_ids.filtered(lambda row: row.kind == "final")
            review.line_ids.rating = "4"
            review.action_done()
            self.assertNotIn(review, user.activity_ids.coworking_review_id)
        with freeze_time("2015-12-14 09:00:00"):
            go("exit", "The reason of the exit")
            user.exit_reason_id = self.exit_reasons["durable"]
            go("exit")
            self.assertEqual(user.date_exit, date(2015, 12, 14))
            self.assertEqual(seat.date_end, date(2015, 12, 14))
            go("followup")
        with freeze_time("2016-06-14 09:00:00"):
            go(
                "closed",
                "An answer to the six-month follow-up, or why the person did not enter",
            )
            followup = user.followup_ids.filtered(lambda row: row.months == 6)
            self.assertEqual(followup.date_due, date(2016, 6, 14))
            followup.action_attempt()
            followup.exit_reason_id = self.exit_reasons["durable"]
            followup.action_answered()
            go("closed")
        self.assertEqual(
            [row.to_stage_id for row in user.move_ids.sorted("id")],
            [self.stages[name] for name in STAGES],
        )
        self.assertFalse(any(user.move_ids.mapped("overridden")))
        self.assertRecordValues(
            self._again(self.program),
            [{"exit_count": 1, "dynamic_exit_rate": 100.0, "incubated_count": 0}],
        )
