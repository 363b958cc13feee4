"""The list above the board: from the facts alone, in any order, until the first month is billed."""

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time

from odoo.addons.coworking_incubation.models.seat.coworking_seat import HOLDING_STATES

from ..common import d
from ..network.test_accounting import FrenchCase
from .test_take_over import PERSON, SEAT, TakeOverCase

# What agreements and invoices bear of a company.
KNOWN = {"street": "1 rue", "city": "Lille", "company_registry": "12345678200010"}


class TestFirstDay(FrenchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bare = cls._new_company("Nothing Yet")
        cls.bare.write(KNOWN)
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

    def test_the_company_is_to_be_named_and_may_be_addressed_later(self):
        self.bare.write({"name": "My Company", "street": False, "company_registry": False})
        step = self._steps()["accounting"]
        self.assertEqual((step["done"], step["needed"], step["button"]), (False, True, False))
        self.assertIn("Missing: the company's name, its address, its SIRET.", step["text"])
        self.assertIn("613200", step["text"])
        self.assertIn("An accountant completes it.", step["text"])
        self.coordinator.group_ids |= self.env.ref(
            "coworking_incubation.group_coworking_accountant"
        )
        step = self._steps()["accounting"]
        self.assertEqual(step["button"], "Complete")
        self.assertNotIn("An accountant", step["text"])
        self.bare.name = "Nothing Yet"
        step = self._steps()["accounting"]
        self.assertEqual((step["done"], step["needed"]), (False, False))
        self.bare.write(KNOWN)
        step = self._steps()["accounting"]
        self.assertEqual((step["done"], step["button"]), (True, "Change"))

    def test_a_company_elsewhere_has_no_siret(self):
        self.bare.company_registry = False
        self.assertIn("SIRET", self._steps()["accounting"]["text"])
        self.bare.account_fiscal_country_id = self.env.ref("base.be")
        self.assertTrue(self._steps()["accounting"]["done"])

    def test_a_coordinator_hides_it_for_the_company_and_shows_it_again(self):
        def call(user, name):
            model = self.env(user=user)["coworking.first.day"]
            return getattr(model.with_context(allowed_company_ids=self.bare.ids), name)()

        self.accompanist.company_ids |= self.bare
        for name in ("action_hide", "action_show"):
            with self.assertRaises(AccessError):
                call(self.accompanist, name)
        self.assertTrue(self._steps())
        self.assertIn("First Day", call(self.coordinator, "action_hide")["params"]["message"])
        self.assertEqual(self._steps(), {})
        self.assertTrue(self._steps(company=self.company), "each company has its own")
        self.assertEqual(
            call(self.coordinator, "action_show")["res_model"], "coworking.participant"
        )
        self.assertTrue(self._steps())

    def test_shown_again_once_all_is_done_it_says_so(self):
        self._new_seat("1/6", "31/7")
        self._bill(self._settle())
        action = self.env(user=self.coordinator)["coworking.first.day"].action_show()
        self.assertIn("nothing is left", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["res_model"], "coworking.participant")

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
        self.assertEqual(
            self._steps()["month"]["text"],
            f"{statement.name} is confirmed: an accountant makes its bill.",
        )
        self.coordinator.group_ids |= self.env.ref(
            "coworking_incubation.group_coworking_accountant"
        )
        self.assertEqual(
            self._steps()["month"]["text"], f"{statement.name} is confirmed: make its bill."
        )
        statement.action_create_bill()
        self.assertEqual(self._steps(), {})

    def test_a_funder_is_proposed_what_the_others_leave_of_the_program(self):
        env = self.env(
            user=self.coordinator,
            context={**self.env.context, "allowed_company_ids": self.bare.ids},
        )
        program = env["coworking.program"].create({"name": "First"})

        def open_dialog():
            context = env["coworking.first.day"].action_open_funder()["context"]
            return Form(env["coworking.funding.agreement"].with_context(context))

        for name, rate, proposed in (("MEL", 60.0, 100.0), ("Région", 25.0, 40.0)):
            dialog = open_dialog()
            self.assertEqual(dialog.rate, proposed)
            dialog.rate = rate
            dialog.reference = name
            dialog.partner_id = env["res.partner"].create({"name": name, "is_company": True})
            dialog.save()
        self.assertEqual(open_dialog().rate, 15.0)
        over = program.agreement_ids.filtered(lambda row: row.rate == 25.0)
        over.write({"date_from": "2015-01-01", "date_to": "2015-05-31"})
        self.assertEqual(open_dialog().rate, 40.0, "it is over when the program begins")

    def test_it_is_for_coordinators_of_a_company_that_never_billed(self):
        self.assertEqual(self._steps(self.accompanist, self.company), {})
        self.assertEqual(self._steps(self.accountant, self.company), {})
        self.assertTrue(self._steps(self.coordinator, self.company))
        self._new_seat("1/6", "31/7")
        self._bill(self._settle())
        self.assertEqual(self._steps(self.coordinator, self.company), {})

    def test_the_first_month_is_no_month_of_who_left_before_it_is_billed_here(self):
        model = self.env(user=self.coordinator)["coworking.first.day"]
        self._new_seat("1/2", "28/2", state="ended", billed_from=d("1/5"))

        def get_first():
            return model.action_open_month()["context"]["default_date_from"]

        self.assertEqual(get_first(), "2015-05-01", "nobody else")
        self._new_seat("15/6", who="Zoé")
        self.assertEqual(get_first(), "2015-06-15")
        self._new_seat("2/2", who="Ana", billed_from=d("1/6"))
        self.assertEqual(get_first(), "2015-06-01")

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
        people = {
            "people": [PERSON],
            "seats": [{**SEAT, "space_id": "Ici", "tariff_id": "Nomade"}],
        }
        take_over = self._read(**people)
        self.assertEqual(self._problems(take_over), {})
        take_over.action_record()
        proposed = model.with_context(allowed_company_ids=self.company.ids).action_open_month()
        self.assertEqual(
            proposed["context"]["default_date_from"], "2015-06-01", "those before are settled"
        )


class TestFirstDayDialogs(FrenchCase):
    """What need not be typed, through each dialog as the list opens it."""

    def setUp(self):
        super().setUp()
        bare = self._new_company("Nothing Yet")
        bare.write(KNOWN)
        self.coordinator.write({"company_ids": [Command.link(bare.id)]})
        context = {"lang": "en_US", "tz": "Europe/Paris", "allowed_company_ids": bare.ids}
        self.bare_env = self.env(user=self.coordinator, context=context)
        self.bare = bare

    def _open(self, key):
        """The dialog of a step, as its button opens it."""
        action = getattr(self.bare_env["coworking.first.day"], f"action_open_{key}")()
        model = self.bare_env[action["res_model"]].with_context(**action["context"])
        record = model.browse(action.get("res_id") or [])
        return Form(record or model, view=self.env["ir.ui.view"].browse(action["views"][0][0]))

    def _get_step(self, key):
        steps = self.bare_env["coworking.first.day"].action_get_steps()
        return next(step for step in steps if step["key"] == key)

    def _count(self):
        return [
            self.bare_env[f"coworking.{name}"].with_context(active_test=False).search_count([])
            for name in ("program", "space", "tariff", "participant", "seat", "funding.agreement")
        ]

    def test_a_name_or_two_are_all_that_each_dialog_needs(self):
        form = self._open("program")
        form.name = "Élan 2026"
        program = form.save()
        self.assertEqual((program.code, program.funding_rate), ("ELA", 100.0))
        self.assertEqual(program.user_id, self.coordinator)
        self.assertEqual(program.copayment_product_id, self.bare.coworking_copayment_product_id)

        form = self._open("funder")
        form.partner_id = self.bare_env["res.partner"].create({"name": "Métropole"})
        form.reference, form.amount_granted = "MEL 2026-12", 9000
        agreement = form.save()
        self.assertEqual(agreement.program_ids, program)
        self.assertEqual(agreement.date_from, program.date_start)
        self.assertEqual(agreement.date_to, program.date_end)

        form = self._open("space")
        self.assertEqual(form.date_partner, program.date_start)
        form.name, form.seat_capacity = "L'Atelier", 4
        with form.tariff_ids.new() as line:
            line.name, line.first_price = "Nomad", 180.0
        space = form.save()
        self.assertEqual((space.partner_id.name, space.code), ("L'Atelier", "LATELIER"))
        self.assertEqual(space.operator_id, space.partner_id)
        self.assertEqual(space.tariff_ids.price_ids.date_start, program.date_start)
        self.assertEqual(space.tariff_ids.product_id, self.bare.coworking_seat_product_id)

        people = self.bare_env["coworking.participant"]
        form = self._open("person")
        form.participant_id = people.browse(people.name_create("Camille Durand")[0])
        self.assertEqual((form.space_id, form.tariff_id), (space, space.tariff_ids))
        form.date_start = program.date_start
        last = program.date_start + relativedelta(months=6, days=-1)
        self.assertEqual(form.date_end, last)
        seat = form.save()
        seat.action_welcome()
        self.assertIn(seat.state, HOLDING_STATES)
        self.assertEqual(seat.participant_id.phase, "incubation", "stages are there")
        agreement = self.bare_env["coworking.hosting"].browse(
            seat.action_prepare_hosting()["res_id"]
        )
        self.assertIn("Camille Durand", agreement.body, "and the text of the agreement")

    def test_a_dialog_that_is_left_leaves_nothing_and_the_list_goes_on_from_there(self):
        form = self._open("program")
        before = self._count()
        form.name = "Left"
        steps = self.bare_env["coworking.first.day"].action_get_steps()
        self.assertEqual([step["key"] for step in steps if step["done"]], ["accounting"])
        self.assertEqual(self._count(), before)
        form = self._open("program")
        self.assertFalse(form.name)
        form.name = "Taken up again"
        form.save()
        self._open("space")
        self._open("person")
        steps = self.bare_env["coworking.first.day"].action_get_steps()
        done = [step["key"] for step in steps if step["done"]]
        self.assertEqual(done, ["accounting", "program"])

    def test_a_space_of_which_nobody_said_the_places_is_asked_for_them(self):
        """Nobody could be placed there: "No place is left"."""
        self.bare_env["coworking.program"].create({"name": "First"})
        form = self._open("space")
        form.name = "L'Atelier"
        with form.tariff_ids.new() as line:
            line.name, line.first_price = "Nomad", 180.0
        space = form.save()
        step = self._get_step("space")
        self.assertFalse(step["done"])
        self.assertIn("L'Atelier", step["text"])
        self.assertFalse(self._get_step("person")["button"])
        form = self._open("space")
        self.assertEqual(form.name, "L'Atelier")
        form.seat_capacity = 4
        self.assertEqual(form.save(), space)
        self.assertTrue(self._get_step("space")["done"])
        self.assertFalse(self._open("space").name, "another one")

    def test_a_space_made_before_the_program_is_gone_on_with(self):
        """A prospect first; then a partner whose tariff has no price."""
        space = self.bare_env["coworking.space"].create({"name": "Le Hangar"})
        tariff = self.bare_env["coworking.tariff"].create(
            {"space_id": space.id, "name": "Résident", "unit": "month"}
        )
        self.bare_env["coworking.program"].create({"name": "First"})
        step = self._get_step("space")
        self.assertIn("Le Hangar is a prospect", step["text"])
        self.assertFalse(self._open("space").name, "another may be meant")
        space.write({"state": "partner", "date_partner": "2015-06-01", "seat_capacity": 6})
        step = self._get_step("space")
        self.assertEqual((step["done"], step["button"]), (False, "Go on"))
        form = self._open("space")
        self.assertEqual(form.name, "Le Hangar")
        with form.tariff_ids.edit(0) as line:
            line.first_price = 180.0
        form.save()
        self.assertEqual(tariff.price_ids.price, 180.0)
        self.assertTrue(self._get_step("space")["done"])
