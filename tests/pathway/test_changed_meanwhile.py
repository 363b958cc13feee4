"""Of two people who change the same thing at once, the second is told, and nothing is lost."""

from odoo import Command
from odoo.exceptions import MissingError, UserError
from odoo.tests import Form, freeze_time

from ..common import d
from .common import PathwayCase


@freeze_time("2015-06-15 09:00:00")
class TestChangedMeanwhile(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.participant = cls._new_participant("Camille", phone="0320")
        cls.file = cls.participant.with_user(cls.accompanist)
        cls.theirs = cls.participant.with_user(cls.colleague).sudo()

    def _save(self, values, shown, file=None):
        """As the browser saves a form that showed other values."""
        file = self.file if file is None else file
        return file.with_context(coworking_shown=shown).web_save(values, {"project": {}})

    def test_an_old_page_moves_nobody_and_says_who_did(self):
        self._move_by_colleague("application")
        first, third = self.stages["orientation"], self.stages["info_session"]
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self._save({"stage_id": third.id}, {"stage_id": first.id})
        message = str(caught.exception)
        for fragment in ("Camille", self.stages["application"].name, self.colleague.name):
            self.assertIn(fragment, message)
        now = caught.exception.context["coworking_changed"]
        self.assertEqual(now["stage_id"]["id"], self.stages["application"].id)
        self.assertEqual(self.participant.stage_id, self.stages["application"])

    def test_the_button_goes_where_it_says_alone(self):
        button = self.file.with_context(coworking_shown_next=self.stages["info_session"].id)
        self._move_by_colleague("application")
        with self.assertRefused("Camille", self.colleague.name):
            button.action_next_stage()
        self.assertEqual(self.participant.stage_id, self.stages["application"])

    def test_the_dialog_moves_those_whom_nobody_moved(self):
        other = self._new_participant("Noor", phone="0321")
        model = self.env["coworking.participant.move"].with_user(self.accompanist)
        form = Form(
            model.with_context(
                default_participant_ids=(self.participant | other).ids,
                default_stage_id=self.stages["info_session"].id,
            )
        )
        dialog = form.save()
        self._move_by_colleague("application")
        dialog.action_move()
        self.assertEqual(other.stage_id, self.stages["info_session"])
        self.assertEqual(self.participant.stage_id, self.stages["application"])
        self.assertIn(self.colleague.name, dialog.report)
        dialog.action_move()  # now they know, and the gate answers
        self.assertNotIn(self.colleague.name, dialog.report)

    def test_a_text_that_a_colleague_wrote_is_not_written_over_unseen(self):
        self.theirs.project = "Vélos"
        with self.assertRefused("Project", "Vélos"):
            self._save({"project": "Cargo"}, {"project": False})
        self.assertEqual(self.participant.project, "Vélos")
        self._save({"project": "Cargo"}, {"project": "Vélos"})  # once it was seen
        self.assertEqual(self.participant.project, "Cargo")

    def test_what_is_sensitive_is_not_said_as_refusals_are_written_to_the_log(self):
        self.participant.sudo().disability = "yes"
        file = self.participant.with_user(self.sensitive).sudo()
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self._save({"disability": "no"}, {"disability": False}, file)
        self.assertIn("Disability", str(caught.exception))
        self.assertNotIn("Recognised", str(caught.exception))

    def test_the_day_of_an_exit_is_compared_as_well(self):
        file = self._at("exit", "Noor", date_entry="2015-01-05")
        file.sudo().date_exit = "2015-06-12"
        with self.assertRefused("Noor", "12/06/2015"):
            self._save(
                {"date_exit": "2015-06-14"},
                {"date_exit": "2015-06-15"},
                file.with_user(self.accompanist),
            )

    def test_what_is_as_the_page_showed_it_is_left_as_it_is_now(self):
        """A step that is put back on the page by itself does not put the file back."""
        self._move_by_colleague("application")
        stage = self.stages["orientation"].id
        self._save({"stage_id": stage, "project": "Cargo"}, {"stage_id": stage, "project": False})
        self.assertEqual(self.participant.stage_id, self.stages["application"])
        self.assertEqual(self.participant.project, "Cargo")

    def test_two_who_say_the_same_disturb_nobody(self):
        self.theirs.project = "Vélos"
        self._save({"project": "Vélos"}, {"project": False})

    def test_who_is_named_need_not_be_open_to_the_reader(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        names = ("Mission", "Agency")
        before, now = self.env["res.partner"].create([{"name": name} for name in names])
        self.theirs.prescriber_id = now
        now.company_id = company
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRefused("now Agency"):
            self._save({"prescriber_id": False}, {"prescriber_id": before.id})

    def test_what_is_typed_back_is_not_computed_instead(self):
        """A change proposed another value for a second field, and whoever typed put it back."""
        tariff = self._new_tariff("Desk", 100.0)
        tariff.with_context(coworking_shown={"unit": "month", "uses_place": True}).web_save(
            {"unit": "day", "uses_place": True}, {}
        )
        self.assertEqual((tariff.unit, tariff.uses_place), ("day", True))

    def test_a_row_that_a_colleague_changed_is_not_written_over_unseen(self):
        objective = self.env["coworking.objective"].create(
            {
                "participant_id": self.participant.id,
                "name": "Find clients",
                "action_ids": [Command.create({"name": name}) for name in ("Call", "Write")],
            }
        )
        call, write = objective.action_ids
        call.with_user(self.colleague).sudo().name = "Call three shops"
        write.with_user(self.colleague).sudo().date_deadline = "2015-07-01"
        page = objective.with_user(self.accompanist)
        typed = {
            "action_ids": [
                Command.update(call.id, {"name": "Call back", "done": True}),
                Command.update(write.id, {"name": "Write a page", "date_deadline": False}),
            ]
        }

        def save(name):
            rows = {
                str(call.id): {"name": name, "done": False},
                str(write.id): {"name": "Write", "date_deadline": False},
            }
            page.with_context(coworking_shown={"action_ids": rows}).web_save(typed, {})

        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            save("Call")
        self.assertIn("Call three shops was changed", str(caught.exception))
        self.assertNotIn("Write", str(caught.exception))
        now = caught.exception.context["coworking_changed"]
        self.assertEqual(now["action_ids"][call.id]["name"], "Call three shops")
        self.assertEqual(call.name, "Call three shops")
        save("Call three shops")  # once it was seen
        self.assertEqual(call.name, "Call back")
        self.assertEqual(write.name, "Write a page")
        self.assertEqual(write.date_deadline, d("1/7"), "nobody typed that there is none")

    def test_of_what_a_colleague_deleted_the_page_is_told_so(self):
        self.theirs.unlink()
        with self.assertRaises(MissingError):
            self._save({"project": "Cargo"}, {"project": False})

    def test_a_dialog_is_of_one_person_and_compares_nothing_of_its_own(self):
        dialog = self.env["coworking.participant.move"].create(
            {"participant_ids": self.participant.ids, "stage_id": self.stages["exit"].id}
        )
        dialog.reason = "By phone"
        dialog.with_context(coworking_shown={"reason": False}).web_save({"reason": "Mail"}, {})
        self.assertEqual(dialog.reason, "Mail")

    def test_a_program_that_says_nothing_of_a_page_writes_as_before(self):
        self.theirs.project = "Vélos"
        self.file.web_save({"project": "Cargo"}, {})
        self.file.with_context(coworking_shown="x").web_save({"project": "Cargo 2"}, {})
        self.assertEqual(self.participant.project, "Cargo 2")

    def _move_by_colleague(self, stage):
        self.participant.with_user(self.colleague).sudo().write(
            {"stage_id": self.stages[stage].id, "move_reason": "Seen by phone"}
        )
        self.env.invalidate_all()


@freeze_time("2015-06-15 09:00:00")
class TestSeatChangedMeanwhile(PathwayCase):
    def test_two_who_end_a_seat(self):
        """The dialogs that end a seat or change it do so to the seat that they showed."""
        seat = self._new_seat("1/6", None, state="active")
        seat = seat.with_user(self.coordinator)
        forms = {
            name: Form(
                self.env[f"coworking.seat.{name}"]
                .with_user(self.coordinator)
                .with_context(default_seat_id=seat.id)
            )
            for name in ("leave", "change", "move")
        }
        forms["change"].tariff_id = self._new_tariff("Other", 90.0)
        forms["move"].space_id = self.space_b
        dialogs = {name: form.save() for name, form in forms.items()}
        seat.date_end = "2015-06-20"
        for name, dialog in dialogs.items():
            with self.subTest(name=name), self.assertRefused(seat.name, "20/06/2015"):
                dialog.action_apply()
        self.assertEqual(str(seat.date_end), "2015-06-20")

    def test_a_number_is_said_as_one_reads_it_and_none_is_not_0(self):
        seat = self._new_seat("1/6", None, funding_rate=0.0)
        with self.assertRefused("Funding Rate (%): now 0\n"):
            seat.with_context(coworking_shown={"funding_rate": 50}).web_save(
                {"funding_rate": 80}, {}
            )
