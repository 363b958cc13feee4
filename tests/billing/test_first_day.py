"""The list above the board: from the facts alone, in any order, until the first month is billed."""

from odoo import Command
from odoo.tests import freeze_time

from ..network.test_accounting import FrenchCase
from .test_take_over import TakeOverCase


class TestFirstDay(FrenchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bare = cls._new_company("Nothing Yet")
        cls.coordinator.write({"company_ids": [Command.link(cls.bare.id)]})

    def _steps(self, user=None, company=None):
        model = self.env(user=user or self.coordinator)["coworking.first.day"]
        model = model.with_context(allowed_company_ids=(company or self.bare).ids)
        return {step["key"]: step for step in model.action_get_steps()}

    def _done(self):
        return {key for key, step in self._steps().items() if step["done"]}

    def test_it_begins_with_the_program_and_says_what_is_there(self):
        self.assertEqual(self._done(), {"accounting"})
        steps = self._steps()
        self.assertIn("613200", steps["accounting"]["text"])
        self.assertFalse(steps["accounting"]["button"], "for accountants")
        buttons = {key: step["button"] for key, step in steps.items()}
        self.assertIsInstance(buttons.pop("program"), str)
        self.assertEqual(set(buttons.values()), {False}, "the program comes first")

    def test_each_step_is_done_by_what_it_makes_however_it_was_made(self):
        env = self.env(
            user=self.coordinator,
            context={**self.env.context, "allowed_company_ids": self.bare.ids},
        )
        program = env["coworking.program"].create({"name": "First"})
        self.assertEqual(self._done(), {"accounting", "program"})
        space = env["coworking.space"].create(
            {
                "name": "Here",
                "seat_capacity": 1,
                "state": "partner",
                "date_partner": program.date_start,
                "tariff_ids": [Command.create({"name": "Nomad", "first_price": 180.0})],
            }
        )
        self.assertEqual(self._done(), {"accounting", "program", "space"})
        seat = env["coworking.seat"].create(
            {
                "participant_id": env["coworking.participant"].name_create("Inès")[0],
                "space_id": space.id,
                "tariff_id": space.tariff_ids.id,
                "date_start": program.date_start,
            }
        )
        self.assertEqual(self._done(), {"accounting", "program", "space"}, "a draft")
        seat.action_welcome()
        self.assertEqual(self._done(), {"accounting", "program", "space", "person"})
        program.accompanist_ids = self.accompanist
        self.assertIn("team", self._done())
        statement = self._generate(program.date_start, program.sudo()).sudo()
        self.assertIn(statement.name, self._steps()["month"]["text"])
        statement.action_confirm()
        self.assertIn(statement.name, self._steps()["month"]["text"])
        statement.action_create_bill()
        self.assertEqual(self._steps(), {})

    def test_it_is_for_coordinators_of_a_company_that_never_billed(self):
        self.assertEqual(self._steps(self.accompanist, self.company), {})
        self.assertEqual(self._steps(self.accountant, self.company), {})
        self.assertTrue(self._steps(self.coordinator, self.company))
        self._new_seat("1/6", "31/7")
        self._bill(self._settle())
        self.assertEqual(self._steps(self.coordinator, self.company), {})

    def test_every_button_opens_something(self):
        model = self.env(user=self.coordinator)["coworking.first.day"]
        for key in (*self._steps(), "sheet"):
            with self.subTest(key):
                action = getattr(model, f"action_open_{key}")()
                self.assertIn(action["res_model"], self.env)


@freeze_time("2015-06-20 09:00:00")
class TestFirstDaySheet(TakeOverCase):
    def test_spaces_and_their_tariffs_come_from_the_take_over_s_workbook(self):
        (self.space | self.space_b).state = "prospect"
        self.edition.date_start = "2015-02-01"
        model = self.env(user=self.coordinator)["coworking.first.day"]

        def get_step():
            return next(step for step in model.action_get_steps() if step["key"] == "space")

        self.assertFalse(get_step()["done"])
        self.assertTrue(get_step()["sheet"])
        action = model.action_open_sheet()
        self.assertEqual(action["res_model"], "coworking.take.over")
        self.assertEqual(action["context"]["default_program_id"], self.edition.id)
        take_over = self._read(
            spaces=[{"name": "Ici", "seat_capacity": 4}, {"name": "Là", "seat_capacity": 2}],
            tariffs=[
                {"space_id": "Ici", "name": "Nomade", "unit": "Month", "price": "180,00"},
                {"space_id": "Là", "name": "Bureau", "unit": "Month", "price": "140,00"},
            ],
        )
        self.assertEqual(self._problems(take_over), {})
        take_over.action_record()
        self.assertTrue(get_step()["done"])
