"""What the issue calls bad input: each is refused, with the record's name and what to do."""

from psycopg2.errors import CheckViolation

from odoo import Command, api
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..common import JUNE, CoworkingCase, d


class BadInputCase(CoworkingCase):
    def assertNothingMade(self):
        self.assertFalse(self.env["coworking.seat"].search([("program_id", "=", self.program.id)]))
        self.assertFalse(
            self.env["coworking.statement"].search([("program_id", "=", self.program.id)])
        )


class TestNames(BadInputCase):
    def test_a_record_without_a_name_is_not_called_null(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(ValidationError) as caught,
            self.as_request(),
        ):
            self._new_program(False, "NUL")
        self.assertIn("is missing", str(caught.exception))
        self.assertNotIn("null", str(caught.exception))


class TestSeatDates(BadInputCase):
    def test_a_seat_outside_its_program(self):
        for start, end in (
            ("31/12/14", "30/6"),
            ("1/6", "1/1/16"),
            ("1/1/16", None),
        ):
            with (
                self.subTest(start=start, end=end),
                self.assertRefused("Test 2015", "P-", "2015", error=ValidationError),
            ):
                self._new_seat(start, end)
        self.assertNothingMade()

    def test_an_existing_seat_is_named_by_its_reference(self):
        seat = self._new_seat("1/6", "30/6")
        with self.assertRefused(seat.name, "Test 2015", error=ValidationError):
            seat.date_end = d("1/1/16")

    def test_a_seat_before_its_space_is_a_partner(self):
        self.space.date_partner = d("10/6")
        with self.assertRefused("Atelier Test", "P-", "partner", error=ValidationError):
            self._new_seat("9/6")
        self._new_seat("10/6")

    def test_a_seat_at_a_prospect(self):
        prospect = self._new_space("Le Futur", "FUT", state="prospect", date_partner=False)
        tariff = self._new_tariff("T", 10.0, space=prospect)
        with self.assertRefused("Le Futur", "P-", "partner", error=ValidationError):
            self._new_seat("9/6", tariff=tariff)

    def test_everything_that_is_wrong_is_said_at_once(self):
        self.space.date_partner = d("10/6")
        with self.assertRefused("Test 2015", "Atelier Test", error=ValidationError):
            self._new_seat("1/6", "1/1/16")

    def test_an_end_before_the_start_of_a_new_seat(self):
        with self.assertRefused("P-", "before", error=ValidationError):
            self._new_seat("2/6", "1/6")
        self.assertNothingMade()

    def test_an_end_before_the_start_of_a_seat(self):
        seat = self._new_seat("2/6", "30/6")
        with self.assertRefused(seat.name, "before", error=ValidationError):
            seat.date_end = d("1/6")


class TestOtherEndsBeforeTheirStart(BadInputCase):
    def test_program(self):
        with self.assertRefused("Test 2015", "before", error=ValidationError):
            self.program.date_end = d("31/12/14")

    def test_space(self):
        with self.assertRefused("Atelier Test", "before", error=ValidationError):
            self.space.date_closed = d("31/12/14")

    def test_participant(self):
        reason = self.env["coworking.exit.reason"].create({"name": "Left"})
        person = self._new_participant("Camille", date_entry="2015-06-15")
        with self.assertRefused("Camille", "before", error=ValidationError):
            person.write({"date_exit": "2015-06-14", "exit_reason_id": reason.id})

    def test_suspension(self):
        person = self._new_participant("Camille", date_entry="2015-06-15")
        with self.assertRefused("Camille", "before", error=ValidationError):
            self.env["coworking.suspension"].create(
                {
                    "participant_id": person.id,
                    "date_from": "2015-07-02",
                    "date_to": "2015-07-01",
                    "reason": "Training",
                }
            )

    def test_funding_agreement(self):
        agreement = self.env["coworking.funding.agreement"].create(
            {
                "reference": "MEL-2015",
                "partner_id": self.env["res.partner"].create({"name": "MEL"}).id,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        with self.assertRefused("MEL-2015", "before", error=ValidationError):
            agreement.date_to = "2014-12-31"


class TestPrices(BadInputCase):
    def test_a_tariff_without_a_price_on_the_first_day(self):
        tariff = self._new_tariff("Later", 180.0, since="2015-06-10")
        with self.assertRefused("Atelier Test · Later", "dated price", error=ValidationError):
            self._new_seat("9/6", tariff=tariff)
        self.assertNothingMade()
        self._new_seat("10/6", tariff=tariff)

    def test_a_tariff_that_lost_its_price_when_the_month_is_generated(self):
        seat = self._new_seat("1/6", "30/6")
        self._put_off(self.tariff, "10/6")
        with self.assertRefused("Atelier Test · Nomad", seat.name, "dated price"):
            self._generate()
        self.assertFalse(self.env["coworking.statement"].search([("space_id", "=", self.space.id)]))

    def test_packs_that_lost_their_price_when_the_month_is_generated(self):
        tariff = self._new_tariff("Tickets", 120.0, unit="pack", pack_size=10)
        seat = self._new_seat("1/6", "30/6", tariff=tariff)
        self._new_presences(seat, "2/6")
        self._put_off(tariff, "10/6")
        with self.assertRefused("Atelier Test · Tickets", seat.name, "dated price"):
            self._generate()

    def test_a_negative_price(self):
        for name in ("price", "overage_price", "daily_cap", "monthly_cap"):
            with (
                self.subTest(price=name),
                self.assertRefused("Atelier Test · Nomad", "negative", error=ValidationError),
            ):
                self.tariff.price_ids = [
                    Command.create({"date_start": "2015-07-01", "price": 10.0, name: -1.0})
                ]
            with (
                self.subTest(price=name, existing=True),
                self.assertRefused("Nomad 01/01/2015", "negative", error=ValidationError),
            ):
                self.tariff.price_ids.write({name: -1.0})

    def test_negative_terms(self):
        for name in (
            "daily_cap",
            "monthly_cap",
            "included_quantity",
            "pack_size",
            "pack_validity_months",
            "min_commitment_months",
            "notice_days",
        ):
            with (
                self.subTest(term=name),
                self.assertRefused("Atelier Test · Nomad", error=ValidationError),
            ):
                self.tariff.write({name: -1})


class TestProducts(BadInputCase):
    def _product_without_account(self):
        return self._new_product("No account", self.tax_lost, property_account_expense_id=False)

    def test_a_tariff_whose_product_has_no_expense_account(self):
        product = self._product_without_account()
        with self.assertRefused(
            "No account", "Atelier Test · Odd", "expense account", error=ValidationError
        ):
            self._new_tariff("Odd", 10.0, product_id=product.id)

    def test_a_product_that_lost_its_account_when_a_seat_is_confirmed(self):
        seat = self._new_seat("1/6", "30/6", state="requested")
        self.seat_product.property_account_expense_id = False
        with self.assertRefused("Coworking seat", "expense account", error=ValidationError):
            seat.action_confirm()

    def test_a_product_that_lost_its_account_when_the_month_is_generated(self):
        self._new_seat("1/6", "30/6")
        self.seat_product.property_account_expense_id = False
        with self.assertRefused("Coworking seat", "Atelier Test · Nomad", "expense account"):
            self._generate()

    def test_a_tax_that_is_recovered_where_prices_with_tax_are_funded(self):
        tariff = self._new_tariff("VAT", 10.0, product_id=self.seat_product_recovered.id)
        with self.assertRefused("Atelier Test · VAT", "20% recovered", error=ValidationError):
            self._new_seat("1/6", tariff=tariff)
        self.assertNothingMade()

    def test_a_tax_that_is_not_recovered_where_prices_without_tax_are_funded(self):
        self.program.funding_base = "untaxed"
        with self.assertRefused("Atelier Test · Nomad", "20% not recovered", error=ValidationError):
            self._new_seat("1/6")

    def test_a_program_that_changes_its_base_when_the_month_is_generated(self):
        self._new_seat("1/6", "30/6")
        self.program.funding_base = "untaxed"
        with self.assertRefused("Atelier Test · Nomad", "20% not recovered"):
            self._generate()

    def test_a_request_may_wait_for_the_right_product(self):
        tariff = self._new_tariff("VAT", 10.0, product_id=self.seat_product_recovered.id)
        request = self._new_seat("1/6", tariff=tariff, state="requested")
        with self.assertRefused("20% recovered", error=ValidationError):
            request.action_confirm()
        tariff.product_id = self.seat_product
        request.action_confirm()


class TestRates(BadInputCase):
    def test_of_a_program(self):
        for values in ({"funding_rate": 100.5}, {"funding_rate": -1.0}, {"funding_cap": -1.0}):
            with (
                self.subTest(values=values),
                self.assertRefused("Test 2015", error=ValidationError),
            ):
                self.program.write(values)

    def test_of_a_seat(self):
        seat = self._new_seat("1/6", "30/6")
        for values in ({"funding_rate": 100.5}, {"funding_rate": -1.0}, {"funding_cap": -1.0}):
            with self.subTest(values=values), self.assertRefused(seat.name, error=ValidationError):
                seat.write(values)
            with self.subTest(values=values), self.assertRefused("P-", error=ValidationError):
                self._new_seat("1/6", "30/6", "B", **values)

    def test_from_a_date(self):
        seat = self._new_seat("1/6", "30/6")
        for values in ({"rate": 100.5}, {"rate": -1.0}, {"rate": 50.0, "cap": -1.0}):
            with self.subTest(values=values), self.assertRefused(seat.name, error=ValidationError):
                self.env["coworking.seat.funding"].create(
                    {"seat_id": seat.id, "date_from": "2015-07-01", **values}
                )

    def test_of_a_funding_agreement(self):
        agreement = self.env["coworking.funding.agreement"].create(
            {
                "reference": "MEL-2015",
                "partner_id": self.env["res.partner"].create({"name": "MEL"}).id,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        for values in ({"rate": 100.5}, {"rate": -1.0}, {"amount_granted": -1.0}):
            with (
                self.subTest(values=values),
                self.assertRefused("MEL-2015", error=ValidationError),
            ):
                agreement.write(values)


class TestMonthNotBegun(BadInputCase):
    @freeze_time("2015-05-25 10:00:00")
    def test_it_is_named_with_the_day_from_which_it_may_be(self):
        self._new_seat("1/6", "30/6")
        with self.assertRefused("2015", "20"):
            self._generate(JUNE)
        self.assertFalse(self.env["coworking.statement"].search([("space_id", "=", self.space.id)]))


class TestMisfits(BadInputCase):
    def test_a_tariff_of_another_space(self):
        with self.assertRefused(
            "Fabrique Test · Desk", "Atelier Test", "P-", error=ValidationError
        ):
            self._new_seat("1/6", tariff=self.tariff_b, space_id=self.space.id)
        self.assertNothingMade()

    def test_a_capacity_below_zero(self):
        with self.assertRefused("Atelier Test", "negative", error=ValidationError):
            self.space.seat_capacity = -1


class TestOursAlone(CoworkingCase):
    """What we add to each write and to each refusal of the database: to our models alone."""

    def test_every_model_of_ours_has_it_and_no_other(self):
        mixin = self.registry["coworking.record.mixin"]
        for name, model in self.registry.items():
            if not model._abstract:
                with self.subTest(model=name):
                    self.assertEqual(issubclass(model, mixin), name.startswith("coworking."))

    def test_the_models_of_others_write_as_odoo_does(self):
        ours = "odoo.addons.coworking_incubation"
        for name in ("base", "ir.cron", "account.payment"):
            with self.subTest(model=name):
                added = {
                    method
                    for cls in self.registry[name].mro()
                    for method in ("create", "write", "unlink", "_sql_error_to_message")
                    if cls.__module__.startswith(ours) and method in vars(cls)
                }
                self.assertFalse(added)
        partner = self.registry["res.partner"].mro()
        said = [cls.__module__ for cls in partner if "_sql_error_to_message" in vars(cls)]
        self.assertEqual(said, ["odoo.orm.models"])

    def test_a_record_is_not_given_to_a_file_that_one_may_not_read(self):
        mine = self._new_seat("1/6", "30/6")
        theirs = self._new_participant("Sacha", user_id=self.coordinator.id)
        self.program.accompanist_ids = self.accompanist
        self.assertFalse(theirs.with_user(self.other_accompanist).has_access("read"))
        presence = self._new_presences(mine, "2/6am")
        mine.participant_id.user_id = self.other_accompanist
        hidden = self._new_seat("1/6", "30/6", theirs)
        presence.with_user(self.other_accompanist).state = "absent"
        with self.assertRaises(AccessError):
            presence.with_user(self.other_accompanist).write({"seat_id": hidden.id})

    def test_a_refusal_names_the_record_to_who_may_read_it(self):
        seat = self._new_seat("2/6", "30/6")
        with (
            self.assertRaises(CheckViolation) as caught,
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE coworking_seat SET date_end = date_start - 1 WHERE id = %s", [seat.id]
            )
        said = seat._sql_error_to_message(caught.exception)
        self.assertTrue(said.startswith(f"{seat.name}: "))
        for env in (
            self.env(user=self.manager_b),
            # as a call with a key that failed: its user is not known any more
            api.Environment(self.env.cr, None, {}),
        ):
            with self.subTest(user=env.uid):
                hidden = env["coworking.seat"]._sql_error_to_message(caught.exception)
                self.assertEqual(hidden, said.removeprefix(f"{seat.name}: "))
