"""Objectives: agreed with the person, dated, closed, with their actions and their history."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .common import PathwayCase


class TestObjectives(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._at("incubation")
        cls.objective = cls._objective("Find three clients")

    @classmethod
    def _objective(cls, name, **values):
        return cls.env["coworking.objective"].create(
            {"participant_id": cls.participant.id, "name": name, **values}
        )

    def test_the_person_agrees_once_on_a_day(self):
        objective = self.objective.with_user(self.accompanist)
        self.assertFalse(objective.agreed_on)
        objective.action_agree()
        self.assertEqual(objective.agreed_on, date(2015, 6, 15))
        with self.assertRefused("Find three clients", "already agreed"):
            objective.action_agree()

    def test_late_after_its_day_while_it_is_in_progress(self):
        for deadline, state, late in (
            ("2015-06-14", "open", True),
            ("2015-06-15", "open", False),
            ("2015-06-16", "open", False),
            (False, "open", False),
            ("2015-06-14", "reached", False),
            ("2015-06-14", "partly", False),
            ("2015-06-14", "dropped", False),
        ):
            with self.subTest(deadline=deadline, state=state):
                objective = self._objective("One", date_deadline=deadline, state=state)
                self.assertEqual(objective.is_late, late)

    def test_the_day_it_was_closed_is_kept_and_taken_back(self):
        self.objective.action_reached()
        self.assertRecordValues(
            self.objective, [{"state": "reached", "date_closed": date(2015, 6, 15)}]
        )
        with freeze_time("2015-07-01 09:00:00"):
            self.objective.state = "partly"
            self.assertEqual(self.objective.date_closed, date(2015, 6, 15))
            self.objective.state = "open"
            self.assertFalse(self.objective.date_closed)
            self.objective.state = "dropped"
            self.assertEqual(self.objective.date_closed, date(2015, 7, 1))

    def test_its_actions_are_counted(self):
        self.assertFalse(self.objective.actions_label)
        first, second = self.env["coworking.objective.action"].create(
            [{"objective_id": self.objective.id, "name": name} for name in ("Call", "Write")]
        )
        self.assertEqual(self.objective.actions_label, "0/2")
        first.done = True
        self.assertEqual(self.objective.actions_label, "1/2")
        self.assertRecordValues(
            first | second,
            [
                {"date_done": date(2015, 6, 15), "participant_id": self.participant.id},
                {"date_done": False, "participant_id": self.participant.id},
            ],
        )
        second.done = True
        first.done = False
        self.assertEqual(self.objective.actions_label, "1/2")
        self.assertFalse(first.date_done)

    def test_saying_again_that_an_action_is_done_changes_no_day(self):
        action = self.env["coworking.objective.action"].create(
            {"objective_id": self.objective.id, "name": "Call", "done": True}
        )
        self.env.flush_all()
        with freeze_time("2015-07-01 09:00:00"):
            action.done = True
            self.env.flush_all()
        self.assertEqual(action.date_done, date(2015, 6, 15))

    def test_what_is_computed_is_refused_in_the_words_of_who_types_it(self):
        objective = self.objective.with_user(self.accompanist).with_context(lang="fr_FR")
        with self.assertRaisesRegex(AccessError, "Objectif"):
            objective.date_closed = date(2015, 6, 1)

    def test_a_default_of_the_call_types_no_day_that_is_computed(self):
        days = {"default_date_closed": "2014-01-01", "default_date_done": "2014-01-01"}
        env = self.env(user=self.accompanist, context={**self.env.context, **days})
        values = {"participant_id": self.participant.id, "name": "Rent", "state": "reached"}
        objective = env["coworking.objective"].create(values)
        action = objective.action_ids.create({"objective_id": objective.id, "name": "Call"})
        self.assertEqual((objective.date_closed, action.date_done), (date(2015, 6, 15), False))

    def test_its_history_is_kept(self):
        theme = self.env["coworking.objective.theme"].create({"name": "Network"})
        objective = self._with_mail(self.objective).with_user(self.accompanist)
        self.env.cr.flush()
        objective.write(
            {
                "state": "partly",
                "date_deadline": "2015-09-01",
                "theme_id": theme.id,
                "name": "Find two clients",
                "agreed_on": "2015-06-12",
            }
        )
        self.env.flush_all()
        self.env.cr.flush()
        tracked = objective.message_ids.sudo().tracking_value_ids
        self.assertEqual(
            set(tracked.field_id.mapped("name")),
            {"state", "date_deadline", "theme_id", "name", "agreed_on"},
        )
        self.assertEqual(tracked.mail_message_id.author_id, self.accompanist.partner_id)

    def test_they_are_shown_with_those_in_progress_first_and_the_nearest_day_first(self):
        late = self._objective("Late", date_deadline="2015-07-01")
        soon = self._objective("Soon", date_deadline="2015-06-20")
        done = self._objective("Done", date_deadline="2015-06-01", state="reached")
        found = self.env["coworking.objective"].search([("id", "in", (late | soon | done).ids)])
        self.assertEqual(found, soon | late | done)

    def test_the_accompanist_of_the_objective_is_that_of_the_file(self):
        self.assertEqual(self.objective.user_id, self.accompanist)
        self.participant.user_id = self.colleague
        self.assertEqual(self.objective.user_id, self.colleague)

    def test_a_colleague_reads_it_and_does_not_write_it(self):
        objective = self.objective.with_user(self.colleague)
        self.assertEqual(objective.name, "Find three clients")
        for attempt in (
            lambda: objective.write({"name": "Another"}),
            objective.action_agree,
            objective.action_reached,
            objective.unlink,
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_they_are_opened_from_the_file(self):
        action = self.env["ir.actions.act_window"].create(
            {"name": "Objectives", "res_model": "coworking.objective"}
        )
        if not self.env.ref("coworking_incubation.coworking_objective_action", False):
            self.env["ir.model.data"].create(
                {
                    "module": "coworking_incubation",
                    "name": "coworking_objective_action",
                    "model": action._name,
                    "res_id": action.id,
                }
            )
        opened = self.participant.with_user(self.accompanist).action_open_objectives()
        self.assertEqual(opened["domain"], [("participant_id", "=", self.participant.id)])
        self.assertEqual(opened["context"], {"default_participant_id": self.participant.id})
