from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time

from ..common import JULY, JUNE, CoworkingCase, d


class StatementCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/6", "31/7", "Camille")
        cls.statement = cls._generate()


class TestReference(StatementCase):
    def test_it_is_program_month_and_space(self):
        self.assertEqual(self.statement.name, "TST-2015-06-ATELIER")
        self.assertEqual(self.statement.display_name, "TST-2015-06-ATELIER")

    def test_it_follows_the_codes_until_somebody_may_quote_it(self):
        self.space.code = "NEW"
        self.assertEqual(self.statement.name, "TST-2015-06-NEW")
        self.statement.action_confirm()
        self.space.code = "NEWER"
        self.program.code = "OTHER"
        self.assertEqual(self.statement.name, "TST-2015-06-NEW")

    def test_once_billed_it_stays(self):
        self.statement.action_confirm()
        self.statement.action_create_bill()
        self.space.code = "NEWER"
        self.assertEqual(self.statement.name, "TST-2015-06-ATELIER")


class TestOnce(StatementCase):
    def test_a_space_has_one_statement_for_a_program_and_a_month(self):
        values = {
            "program_id": self.program.id,
            "space_id": self.space.id,
            "date_from": JUNE,
        }
        with self.assertRefused("already has a statement", error=ValidationError):
            self.statement.create(values)
        self.statement.action_cancel()
        self.env.flush_all()
        self.statement.create(values)

    def test_a_month_is_written_by_its_first_day(self):
        with self.assertRefused("first day", error=ValidationError):
            self.statement.create(
                {
                    "program_id": self.program.id,
                    "space_id": self.space_b.id,
                    "date_from": "2015-06-02",
                }
            )

    def test_a_seat_has_one_charge_of_a_kind_for_a_month(self):
        with self.assertRefused("already has a charge", error=ValidationError):
            self.statement.charge_ids.copy({"state": "open"})

    def test_a_correction_is_made_once_for_a_month_in_a_statement(self):
        charge = self.statement.charge_ids.copy(
            {"state": "open", "kind": "adjustment", "corrected_kind": "regular"}
        )
        with self.assertRefused("already corrects", error=ValidationError):
            charge.copy({"state": "open"})

    def test_a_charge_counts_for_a_month_by_its_first_day(self):
        with self.assertRefused("first day", error=ValidationError):
            self.statement.charge_ids.period = d("2/6")

    def test_a_charge_has_a_statement_unless_it_is_a_forecast(self):
        with self.assertRefused("unless it is a forecast", error=ValidationError):
            self.statement.charge_ids.statement_id = False
        with self.assertRefused("unless it is a forecast", error=ValidationError):
            self.statement.charge_ids.state = "forecast"


class TestCycle(StatementCase):
    @freeze_time("2015-07-02 10:00:00")
    def test_confirming_settles_and_says_who_when_and_what(self):
        statement = self.statement.with_user(self.accountant)
        statement.action_send()
        self.assertEqual(statement.state, "sent")
        statement.action_confirm()
        self.assertRecordValues(
            statement,
            [
                {
                    "state": "confirmed",
                    "confirmed_by": self.accountant.partner_id.id,
                    "confirmed_at": statement._fields["confirmed_at"].to_datetime(
                        "2015-07-02 10:00:00"
                    ),
                    "confirmed_hash": statement._get_lines_hash(),
                }
            ],
        )
        self.assertRecordValues(statement.charge_ids, [{"state": "settled", "review": "confirmed"}])

    def test_they_are_counted_in_the_order_in_which_one_becomes_the_next(self):
        self.statement.action_confirm()
        self._generate(JULY)
        groups = self.statement.formatted_read_group(
            [("program_id", "=", self.program.id)], ["state"], ["__count"]
        )
        self.assertEqual([group["state"] for group in groups], ["draft", "confirmed"])

    def test_a_coordinator_confirms_for_a_space_that_telephoned(self):
        statement = self.statement.with_user(self.coordinator)
        statement.action_send()
        statement.action_confirm()
        self.assertEqual(statement.confirmed_by, self.coordinator.partner_id)

    def test_a_disputed_line_keeps_the_statement_from_being_confirmed(self):
        self.statement.charge_ids.write(
            {"review": "disputed", "dispute_reason": "Left on the 20th"}
        )
        with self.assertRefused(self.statement.name, self.seat.name):
            self.statement.action_confirm()
        self.statement.charge_ids.review = "pending"
        self.statement.action_confirm()

    def test_a_statement_is_disputed_as_long_as_one_of_its_lines_is(self):
        self.statement.action_send()
        self.statement.charge_ids.review = "disputed"
        self.assertEqual(self.statement.state, "disputed")
        self.statement.charge_ids.review = "pending"
        self.assertEqual(self.statement.state, "sent")

    def test_a_dispute_stays_where_a_line_says_the_same_in_other_words(self):
        line, told = self.statement.charge_ids, self.statement.charge_ids.explanation
        self.statement.action_send()
        line.write({"review": "disputed", "dispute_reason": "Left on the 20th"})
        self.company.partner_id.lang = "en_US"
        self._generate()
        self.assertNotEqual(line.explanation, told)
        self.assertEqual((line.review, self.statement.state), ("disputed", "disputed"))
        self.assertFalse(self.statement.changed_since_sent)

    def test_a_line_that_tells_other_facts_at_the_same_price_changed(self):
        """One more presence takes a ticket of the pack that the month pays anyway."""
        pack = self._new_tariff("Pack", 120.0, unit="pack", pack_size=10)
        seat = self._new_seat("1/6", "30/6", "Farid", pack)
        self._new_presences(seat, "3/6")
        self._generate()
        self.statement.action_send()
        line = self._charges(seat)
        line.write({"review": "disputed", "dispute_reason": "Farid came on the 4th as well"})
        told = line.explanation
        self._new_presences(seat, "4/6")
        self._generate()
        self.assertNotEqual(line.explanation, told)
        self.assertRecordValues(line, [{"payable_total": 120.0, "review": "pending"}])
        self.assertRecordValues(self.statement, [{"state": "sent", "changed_since_sent": True}])

    def test_sent_again_what_was_disputed_is_the_space_s_to_agree_with(self):
        self.statement.action_send()
        self.statement.charge_ids.review = "disputed"
        self.statement.action_send()
        self.assertEqual(self.statement.state, "sent")
        self.assertEqual(self.statement.charge_ids.review, "pending")
        self.statement.action_confirm()

    def test_an_empty_statement_is_not_confirmed(self):
        self.statement.action_send()
        self.seat.action_cancel()
        self._generate()
        with self.assertRefused(self.statement.name, "no line"):
            self.statement.action_confirm()

    def test_a_confirmation_is_withdrawn_as_long_as_nothing_is_billed(self):
        self.statement.action_confirm()
        self.statement.action_withdraw()
        self.assertRecordValues(
            self.statement,
            [
                {
                    "state": "sent",
                    "confirmed_by": False,
                    "confirmed_at": False,
                    "confirmed_hash": False,
                }
            ],
        )
        self.assertRecordValues(self.statement.charge_ids, [{"state": "open", "review": "pending"}])
        self.seat.date_start = d("16/6")
        self._generate()
        self.assertEqual(self.statement.payable_total, 90.0)

    def test_an_action_out_of_turn_is_refused_and_names_the_statement(self):
        self.statement.action_confirm()
        self.statement.action_create_bill()
        states = [key for key, _ in self.statement._fields["state"].selection]
        allowed = {
            "action_send": ("draft", "sent", "disputed"),
            "action_confirm": ("draft", "sent", "disputed"),
            "action_withdraw": ("confirmed",),
            "action_cancel": ("draft", "sent", "disputed"),
            "action_create_bill": ("confirmed",),
            "action_create_copayment_invoices": ("confirmed", "billed"),
        }
        for state in states:
            self.statement.state = state
            for action, sources in allowed.items():
                if state not in sources:
                    with (
                        self.subTest(state=state, action=action),
                        self.assertRefused(self.statement.name),
                    ):
                        getattr(self.statement, action)()

    def test_cancelling_gives_up_the_lines_and_forecasts_them_again(self):
        self.statement.action_cancel()
        self.assertFalse(self.statement.charge_ids)
        self.assertEqual(self.statement.payable_total, 0.0)
        self.assertEqual(
            sorted((charge.period, charge.state) for charge in self.seat.charge_ids),
            [(JUNE, "forecast"), (JULY, "forecast")],
        )

    def test_a_statement_that_says_something_is_cancelled_and_never_deleted(self):
        with self.assertRefused(self.statement.name, "cancel"):
            self.statement.unlink()
        self.statement.action_cancel()
        with self.assertRefused(self.statement.name, "cancel"):
            self.statement.unlink()

    def test_the_fingerprint_tells_any_change_of_what_was_shown(self):
        before = self.statement._get_lines_hash()
        for values in (
            {"payable_untaxed": 1.0},
            {"payable_tax": 1.0},
            {"explanation": "Another"},
            {"period": JULY},
            {"kind": "extra"},
        ):
            with self.subTest(values=values):
                self.seat.charge_ids.filtered(lambda charge: charge.state == "forecast").unlink()
                charge = self.statement.charge_ids
                old = charge.read(list(values))[0]
                charge.write(values)
                self.assertNotEqual(self.statement._get_lines_hash(), before)
                charge.write({name: old[name] for name in values})
                self.assertEqual(self.statement._get_lines_hash(), before)


class TestSettledChargesAreFrozen(StatementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_seat = cls._new_seat("1/6", "30/6", "B")
        cls._generate()
        cls.statement.action_confirm()
        cls.charge = cls._charges(cls.seat, JUNE)

    def test_by_the_orm(self):
        for values in (
            {"seat_id": self._new_seat("1/9", "30/9", "C").id},
            {"period": JULY},
            {"kind": "extra"},
            {"date_from": d("2/6")},
            {"date_to": d("29/6")},
            {"amount_untaxed": 1.0},
            {"amount_tax": 1.0},
            {"amount_total": 1.0},
            {"funded_amount": 1.0},
            {"copayment_amount": 1.0},
            {"payable_untaxed": 1.0},
            {"payable_tax": 1.0},
            {"payable_total": 1.0},
        ):
            with (
                self.subTest(values=values),
                self.assertRefused("never rewritten", error=ValidationError),
            ):
                self.charge.write(values)

    def test_by_sql(self):
        for query in (
            "UPDATE coworking_charge SET payable_total = 1 WHERE id = %s",
            "UPDATE coworking_charge SET statement_id = NULL, state = 'forecast' WHERE id = %s",
            "UPDATE coworking_charge SET state = 'open', amount_total = 1 WHERE id = %s",
            "DELETE FROM coworking_charge WHERE id = %s",
        ):
            with (
                self.subTest(query=query),
                self.assertRefused("never rewritten", error=ValidationError),
            ):
                self.env.cr.execute(query, [self.charge.id])

    def test_of_an_open_month_postgresql_compares_nothing_with_what_was_settled(self):
        for settled, called in ((True, 1), (False, 0)):
            if not settled:
                self.statement.action_withdraw()
            self.env.flush_all()
            self.env.cr.execute(
                "EXPLAIN (ANALYZE) UPDATE coworking_charge SET dispute_reason = 'x' WHERE id = %s",
                self.charge.ids,
            )
            plan = "\n".join(line for (line,) in self.env.cr.fetchall())
            self.assertEqual(plan.count("Trigger coworking_charge_frozen_trg"), called, plan)

    def test_deleting_one_names_its_seat(self):
        with self.assertRefused(self.seat.name, "settled"):
            self.charge.unlink()

    def test_withdrawing_opens_them(self):
        self.statement.action_withdraw()
        self.charge.amount_total = 1.0
        self.env.flush_all()


class TestForecast(CoworkingCase):
    def _forecast(self, seat):
        return [
            (charge.period, charge.payable_total)
            for charge in seat.charge_ids.sorted("period")
            if charge.state == "forecast"
        ]

    def test_a_confirmed_seat_has_its_charges_for_the_whole_stay(self):
        seat = self._new_seat("16/6", "31/8", state="requested")
        self.assertFalse(self._forecast(seat))
        seat.action_confirm()
        self.assertEqual(self._forecast(seat), [(JUNE, 90.0), (JULY, 180.0), (d("1/8"), 180.0)])

    def test_a_month_that_opens_takes_them_over(self):
        seat = self._new_seat("16/6", "31/7")
        self._generate()
        self._generate(JULY)
        self.assertAmounts(self._charges(seat), ("regular", 90.0), ("regular", 180.0))
        self.assertFalse(self._forecast(seat))

    def test_they_follow_the_facts(self):
        seat = self._new_seat("16/6", "31/8")
        seat.date_end = d("15/7")
        self.assertEqual(self._forecast(seat), [(JUNE, 90.0), (JULY, 87.1)])
        seat.action_cancel()
        self.assertFalse(self._forecast(seat))

    def test_what_could_not_be_billed_today_is_still_to_come(self):
        seat = self._new_seat("16/6", "31/8")
        self.seat_product.supplier_taxes_id = self.tax_recovered
        seat.date_end = d("15/7")
        self.assertEqual(self._forecast(seat), [(JUNE, 90.0), (JULY, 87.1)])

    def test_nobody_is_priced_of_whose_months_each_has_its_statement(self):
        seat = self._new_seat("16/6", "31/8")
        self._generate()
        self._generate(JULY)
        pricing = type(self.env["coworking.pricing"])
        with patch.object(pricing, "_price_months", side_effect=AssertionError("priced")):
            seat.date_end = d("15/7")
        self.assertFalse(self._forecast(seat))
        seat.date_end = d("1/8")
        self.assertEqual([month for month, _ in self._forecast(seat)], [d("1/8")])

    def test_without_an_end_up_to_the_planned_exit(self):
        person = self._new_participant(date_entry="2015-06-16")
        self.program.duration_months = 2
        seat = self._new_seat("16/6", None, person)
        self.assertEqual([month for month, _ in self._forecast(seat)], [JUNE, JULY, d("1/8")])
