"""Corrections of settled months, as stories: design 5, points 10 and 15. Figures by hand.

180.00 a month, daily, without tax, unless said.
"""

from collections import defaultdict

from odoo import Command

from ..common import JULY, JUNE, CoworkingCase, d

JANUARY, FEBRUARY, MARCH, APRIL = d("1/1"), d("1/2"), d("1/3"), d("1/4")
AUGUST = d("1/8")


class CorrectionCase(CoworkingCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.position = cls.env["account.fiscal.position"].create(
            {"name": "293 B", "company_id": cls.company.id}
        )
        exempt = cls._new_product("Without tax")
        (cls.tariff | cls.tariff_b).write({"product_id": exempt.id, "tax_included": False})

    @classmethod
    def _new_tariff(cls, name, price, space=None, **values):
        terms = {"tax_included": False}
        if "product_id" not in values and hasattr(cls, "tariff"):
            terms["product_id"] = cls.tariff.product_id.id
        return super()._new_tariff(name, price, space=space, **terms, **values)

    @classmethod
    def _close(cls, calendar, day):
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "company_id": cls.company.id,
                "date_from": f"{d(day)} 00:00:00",
                "date_to": f"{d(day)} 20:00:00",
            }
        )

    def _settle_all(self, *months):
        """Generate and settle these months, one after the other."""
        for month in months:
            self._settle(month)

    def _settle_at(self, month, space):
        """Generate and settle a month of one space; its statement."""
        statement = self._generate(month, spaces=space)
        statement.action_confirm()
        return statement

    def _sum(self, *seats, **where):
        """What the settled and open charges of these seats add up to, by field asked for."""
        charges = self._get_charges(*seats, **where)
        return round(sum(charges.mapped("amount_total")), 2)

    def _get_charges(self, *seats, **where):
        domain = [("seat_id", "in", [seat.id for seat in seats]), ("state", "!=", "forecast")]
        domain += [(name, "=", value) for name, value in where.items()]
        return self.env["coworking.charge"].search(domain, order="period, id")

    def _found(self, seat, statement=None):
        """{(month, kind or corrected kind): total} of one seat, in one statement or in all."""
        found = defaultdict(float)
        charges = self._get_charges(seat)
        for charge in charges.filtered(
            lambda row: statement is None or row.statement_id in statement
        ):
            found[charge.period, charge.corrected_kind or charge.kind] += charge.amount_total
        return {key: round(amount, 2) for key, amount in found.items() if round(amount, 2)}


class TestSettledOnce(CorrectionCase):
    def test_what_is_computed_afresh_and_what_is_known_cover_the_same_months(self):
        first = self._new_seat("1/1", None, "A")
        second = self._new_seat("1/1", None, "B")
        self._new_seat("1/1", None, "C")
        self._settle_all(JANUARY, FEBRUARY, MARCH)
        first.date_start = d("2/1")
        second.date_end = d("20/3")
        april = self._generate(APRIL)
        self.assertEqual(self._found(second, april), {(MARCH, "regular"): -63.87})
        self.assertEqual(
            self._found(first, april),
            {(JANUARY, "regular"): -5.81, (APRIL, "regular"): 180.0},
        )

    def test_somebody_forgotten_stays_owed_while_another_space_is_generated(self):
        self._new_seat("1/2", None, "A")
        self._generate(FEBRUARY)
        self._settle(MARCH)
        late = self._new_seat("10/2", None, "B")
        self._new_seat("1/3", None, "C", self.tariff_b)
        self._generate(MARCH, spaces=self.space_b)
        self._generate(FEBRUARY)
        april = self._generate(APRIL)
        self.assertEqual(self._found(late, april)[MARCH, "regular"], 180.0)
        self.assertEqual(self._sum(late, period=MARCH), 180.0)

    def test_a_commitment_settled_is_not_given_back_when_somebody_else_is_corrected(self):
        bound = self._new_tariff("Bound", 180.0, min_commitment_months=3)
        first = self._new_seat("1/1", None, "A", bound)
        other = self._new_seat("1/1", None, "B", self.tariff_b)
        self._settle(JANUARY)
        first.date_end = d("20/2")
        self._settle(FEBRUARY)
        self.assertEqual(self._sum(first), 540.0)
        self._settle_at(MARCH, self.space_b)
        other.date_end = d("20/3")
        first.date_end = d("21/2")
        first.date_end = d("20/2")
        self._generate(MARCH)
        self._generate(APRIL)
        self.assertEqual(self._sum(first), 540.0)
        self.assertEqual(
            self._found(first),
            {
                (JANUARY, "regular"): 180.0,
                (FEBRUARY, "regular"): 128.57,
                (FEBRUARY, "commitment"): 51.43,
                (MARCH, "commitment"): 180.0,
            },
        )

    def test_a_later_month_is_not_cancelled_on_an_earlier_statement(self):
        seat = self._new_seat("1/1", None, "A")
        self._settle(JANUARY)
        self._generate(FEBRUARY)
        self._settle(MARCH)
        seat.date_start = d("16/1")
        february = self._generate(FEBRUARY)
        self.assertEqual(
            self._found(seat, february),
            {(JANUARY, "regular"): -87.1, (FEBRUARY, "regular"): 180.0},
        )
        self._generate(APRIL)
        self.assertEqual(self._sum(seat, period=MARCH), 180.0)
        self.assertEqual(self._sum(seat, period=JANUARY), 92.9)

    def test_what_corrects_a_month_is_on_none_that_was_before_it(self):
        seat = self._new_seat("1/1", None, "A")
        self._settle(JANUARY)
        self._generate(FEBRUARY)
        self._settle(MARCH)
        seat.date_end = d("20/3")
        february = self._generate(FEBRUARY)
        self.assertEqual(self._found(seat, february), {(FEBRUARY, "regular"): 180.0})
        april = self._generate(APRIL)
        self.assertEqual(self._found(seat, april), {(MARCH, "regular"): -63.87})
        self.assertEqual(self._sum(seat, period=MARCH), 116.13)

    def test_a_correction_goes_to_one_statement_only_and_to_the_first_that_is_open(self):
        seat = self._new_seat("1/1", None, "A")
        self._settle(JANUARY)
        february, march = self._generate(FEBRUARY), self._generate(MARCH)
        seat.date_start = d("16/1")
        self._generate(MARCH)
        self.assertEqual(self._found(seat, march), {(MARCH, "regular"): 180.0})
        march.action_confirm()
        self._generate(FEBRUARY)
        self.assertEqual(self._found(seat, february)[JANUARY, "regular"], -87.1)
        self._generate(APRIL)
        self.assertEqual(self._sum(seat, period=JANUARY), 92.9)

    def test_a_correction_stays_owed_when_the_statement_that_carried_it_is_cancelled(self):
        seat = self._new_seat("1/1", "31/1", "A")
        self._settle(JANUARY)
        seat.date_start = d("16/1")
        february = self._generate(FEBRUARY)
        self.assertEqual(self._found(seat, february), {(JANUARY, "regular"): -87.1})
        february.action_cancel()
        march = self._generate(MARCH)
        self.assertEqual(self._found(seat, march), {(JANUARY, "regular"): -87.1})


class TestWithdrawals(CorrectionCase):
    def test_a_month_withdrawn_takes_its_settled_correction_with_it(self):
        seat = self._new_seat("1/6", None, "A")
        june = self._settle(JUNE)
        seat.date_start = d("16/6")
        self._settle(JULY)
        self.assertEqual(self._sum(seat, period=JUNE), 90.0)
        june.action_withdraw()
        self._generate(JUNE)
        august = self._generate(AUGUST)
        self.assertEqual(self._found(seat, june), {(JUNE, "regular"): 90.0})
        self.assertEqual(self._found(seat, august)[JUNE, "regular"], 90.0)
        self.assertEqual(self._sum(seat, period=JUNE), 90.0)
        june.action_confirm()
        august = self._settle(AUGUST)
        self._generate(d("1/9"))
        self.assertEqual(self._sum(seat, period=JUNE), 90.0)

    def test_who_was_forgotten_in_a_month_that_is_withdrawn_owes_it_once(self):
        self._new_seat("1/6", None, "A")
        june = self._settle(JUNE)
        late = self._new_seat("1/6", None, "B")
        july = self._settle(JULY)
        self.assertEqual(self._found(late, july)[JUNE, "regular"], 180.0)
        self._generate(AUGUST)  # nothing is owed any more
        june.action_withdraw()
        self._generate(JUNE)
        august = self._generate(AUGUST)
        self.assertEqual(self._found(late, june), {(JUNE, "regular"): 180.0})
        self.assertEqual(self._found(late, august)[JUNE, "regular"], -180.0)
        self.assertEqual(self._sum(late, period=JUNE), 180.0)

    def test_a_withdrawn_statement_keeps_the_correction_that_it_carries(self):
        seat = self._new_seat("1/6", None, "A")
        self._settle(JUNE)
        seat.date_start = d("16/6")
        july = self._settle(JULY)
        self._generate(AUGUST)  # nothing is owed any more
        july.action_withdraw()
        self._generate(AUGUST)
        self._generate(JULY)
        self.assertEqual(
            self._found(seat, july), {(JUNE, "regular"): -90.0, (JULY, "regular"): 180.0}
        )
        july.action_cancel()
        self._generate(AUGUST)
        self.assertEqual(self._sum(seat, period=JUNE), 90.0)
        self._generate(JULY)
        self.assertEqual(self._sum(seat, period=JULY), 180.0)

    def test_what_was_withdrawn_is_computed_again_before_it_is_confirmed(self):
        seat = self._new_seat("1/6", None, "A")
        june = self._settle(JUNE)
        seat.date_start = d("16/6")
        june.action_withdraw()
        june.action_confirm()
        self.assertEqual(june.state, "sent")
        june.action_confirm()
        self.assertEqual((june.state, june.payable_total), ("confirmed", 90.0))


class TestStalePrices(CorrectionCase):
    """What is confirmed is what the facts say, whichever fact changed after the statement was
    sent; and the months to come are forecast at it.
    """

    def _assert_outdated(self, statement, total):
        self.assertTrue(statement.pending_changes)
        statement.action_confirm()
        self.assertEqual((statement.state, statement.payable_total), ("sent", total))
        statement.action_confirm()
        self.assertEqual(statement.state, "confirmed")

    def _sent(self):
        statement = self._generate(JUNE)
        statement.action_send()
        return statement

    def test_tariff_of_the_seat(self):
        seat = self._new_seat("1/6", "31/7", "A")
        june = self._sent()
        seat.tariff_id = self._new_tariff("Cheaper", 120.0)
        self.assertEqual(self._forecast(seat, JULY), 120.0)
        self._assert_outdated(june, 120.0)

    def _forecast(self, seat, month):
        charges = seat.charge_ids.filtered(
            lambda row: row.state == "forecast" and row.period == month
        )
        return sum(charges.mapped("amount_total"))

    def test_tax_of_the_operator(self):
        self.tariff.product_id = self._new_product("Taxed", self.tax_lost)
        seat = self._new_seat("1/6", "31/7", "A")
        june = self._sent()
        self.assertEqual(june.payable_total, 216.0)
        self.space.operator_id.property_account_position_id = self.position
        self.assertEqual(self._forecast(seat, JULY), 180.0)
        self._assert_outdated(june, 180.0)

    def test_tax_of_the_product(self):
        self.tariff.product_id = self._new_product("Taxed", self.tax_lost)
        seat = self._new_seat("1/6", "31/7", "A")
        june = self._sent()
        self.tariff.product_id.supplier_taxes_id = [Command.clear()]
        self.assertEqual(self._forecast(seat, JULY), 180.0)
        self._assert_outdated(june, 180.0)

    def test_rate_of_the_tax(self):
        self.tariff.product_id = self._new_product("Taxed", self.tax_lost)
        self._new_seat("1/6", "31/7", "A")
        june = self._sent()
        self.tax_lost.amount = 10.0
        self._assert_outdated(june, 198.0)

    def test_operator_of_the_space(self):
        self.tariff.product_id = self._new_product("Taxed", self.tax_lost)
        self._new_seat("1/6", "31/7", "A")
        june = self._sent()
        exempt = self.env["res.partner"].create(
            {"name": "Exempt", "property_account_position_id": self.position.id}
        )
        self.space.operator_id = exempt
        self._assert_outdated(june, 180.0)

    def test_opening_hours_with_closed_days(self):
        """300.00 a month: 290.00 where one day of June is closed."""
        credited = self._new_tariff("Credited", 300.0, closure_rule="credited")
        self._new_seat("1/6", "30/6", "A", credited)
        june = self._sent()
        calendar = self._new_calendar_closed_on("10/6")
        self.assertFalse(june.pending_changes)
        self.space.resource_calendar_id = calendar
        self._assert_outdated(june, 290.0)

    def test_day_closed_later(self):
        credited = self._new_tariff("Credited", 300.0, closure_rule="credited")
        self.space.resource_calendar_id = self._new_calendar_closed_on()
        self._new_seat("1/6", "30/6", "A", credited)
        june = self._sent()
        self._close(self.space.resource_calendar_id, "10/6")
        self._assert_outdated(june, 290.0)

    def test_membership_fee(self):
        self._new_seat("1/6", "30/6", "A")
        june = self._sent()
        self.env["coworking.space.membership"].create(
            {
                "space_id": self.space.id,
                "date_start": d("1/1"),
                "fee": 10.0,
                "product_id": self.tariff.product_id.id,
            }
        )
        self._assert_outdated(june, 190.0)

    @classmethod
    def _new_calendar_closed_on(cls, *days):
        calendar = cls.env["resource.calendar"].create(
            {"name": "Hours", "tz": "Europe/Paris", "company_id": cls.company.id}
        )
        for day in days:
            cls._close(calendar, day)
        return calendar


class TestWhatACorrectionSays(CorrectionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.company.partner_id.lang = "fr_FR"

    def _explain(self, seat):
        july = self._generate(JULY)
        correction = july.charge_ids.filtered(
            lambda row: row.seat_id == seat and row.corrected_kind
        )
        return correction.explanation.replace("\N{NO-BREAK SPACE}", " ")

    def test_another_price_and_how_it_comes_about(self):
        seat = self._new_seat("1/6", None, "A")
        self._settle(JUNE)
        seat.date_start = d("16/6")
        self.assertEqual(
            self._explain(seat),
            "correction (juin 2015) : 90,00 € au lieu de 180,00 €"
            " (15 jours sur 30 à 180,00 € par mois)",
        )

    def test_with_tax_where_there_is_one(self):
        self.tariff.product_id = self._new_product("Taxed", self.tax_lost)
        seat = self._new_seat("1/6", None, "A")
        self._settle(JUNE)
        seat.date_start = d("16/6")
        self.assertEqual(
            self._explain(seat),
            "correction (juin 2015) : 108,00 € au lieu de 216,00 € TTC"
            " (15 jours sur 30 à 180,00 € par mois)",
        )

    def test_another_part_of_the_same_price(self):
        """A cap of 100.00 a month: 90.00 at the first space left 10.00 for the 70.00 of the second;
        36.00 leave 64.00.
        """
        self.program.funding_cap = 100.0
        person = self._new_participant("A")
        first = self._new_seat("1/6", "15/6", person)
        second = self._new_seat("16/6", "30/6", person, self.tariff_b)
        self._settle(JUNE)
        first.date_start = d("10/6")
        self.assertEqual(
            self._explain(second),
            "correction (juin 2015), part du programme : 64,00 € au lieu de 10,00 €"
            " (15 jours sur 30 à 140,00 € par mois)",
        )

    def test_a_commitment_names_no_second_month(self):
        self.tariff.min_commitment_months = 2
        seat = self._new_seat("1/6", None, "A")
        self._settle(JUNE)
        seat.date_end = d("10/6")
        july = self._generate(JULY)
        charges = july.charge_ids.filtered(lambda row: row.corrected_kind == "commitment")
        names = charges.with_context(lang="fr_FR")._get_bill_line_names()
        self.assertEqual(
            [names[row].replace("\N{NO-BREAK SPACE}", " ") for row in charges.sorted("period")],
            [
                f"{seat.name}, juin 2015, engagement ou préavis, pas encore compté : 120,00 €",
                f"{seat.name}, juillet 2015, engagement ou préavis, pas encore compté : 180,00 €",
            ],
        )


class TestTermsOfThen(CorrectionCase):
    def test_a_month_settled_without_tax_is_corrected_without_tax(self):
        self.tariff.product_id = self._new_product("Taxed", self.tax_lost)
        self.space.operator_id.property_account_position_id = self.position
        seat = self._new_seat("1/6", None, "A")
        self._settle(JUNE)
        self.space.operator_id.property_account_position_id = False
        seat.date_start = d("16/6")
        july = self._generate(JULY)
        correction = july.charge_ids.filtered("corrected_kind")
        self.assertRecordValues(
            correction, [{"amount_untaxed": -90.0, "amount_tax": 0.0, "amount_total": -90.0}]
        )
        self.assertEqual(self._found(seat, july)[JULY, "regular"], 216.0)
        july.action_confirm()
        self.assertFalse(correction.tax_id)
        self.assertEqual(
            (july.charge_ids - correction).tax_id, self.tariff.product_id.supplier_taxes_id
        )

    def test_somebody_forgotten_in_a_month_without_tax_is_charged_without_tax(self):
        self.tariff.product_id = self._new_product("Taxed", self.tax_lost)
        other = self._new_tariff(
            "Other", 90.0, product_id=self._new_product("Other, taxed", self.tax_lost).id
        )
        self.space.operator_id.property_account_position_id = self.position
        self._new_seat("1/6", None, "A")
        self._settle(JUNE)
        self.space.operator_id.property_account_position_id = False
        seat = self._new_seat("1/6", "30/6", "B", other)
        july = self._generate(JULY)
        self.assertEqual(self._found(seat, july), {(JUNE, "regular"): 90.0})

    def test_a_rank_left_gives_the_next_its_price_in_settled_months(self):
        ranked = self._new_tariff(
            "Ranked", 180.0, prices=[{"date_start": "2015-01-01", "price": 150.0, "rank": 2}]
        )
        first = self._new_seat("1/6", None, "A", ranked)
        second = self._new_seat("2/6", None, "B", ranked)
        self._settle(JUNE)
        self.assertEqual(self._found(second), {(JUNE, "regular"): 145.0})
        first.date_start = d("1/7")
        july = self._generate(JULY)
        # B is first from 2 June: 29 days of 30 at 180.00; A is second in July
        self.assertEqual(self._found(second)[JUNE, "regular"], 174.0)
        self.assertEqual(self._found(first)[JULY, "regular"], 150.0)
        self.assertEqual(self._found(first, july)[JUNE, "regular"], -180.0)

    def test_days_credited_to_the_first_change_the_rank_of_the_second(self):
        ranked = self._new_tariff(
            "Ranked",
            180.0,
            prices=[{"date_start": "2015-01-01", "price": 150.0, "rank": 2}],
            absence_rule="credited",
        )
        first = self._new_seat("1/6", None, "A", ranked)
        second = self._new_seat("16/6", None, "B", ranked)
        self._settle(JUNE)
        self.assertEqual(self._found(second), {(JUNE, "regular"): 75.0})
        first.participant_id.date_entry = d("1/6")
        self.env["coworking.suspension"].create(
            {
                "participant_id": first.participant_id.id,
                "date_from": d("15/6"),
                "date_to": d("20/6"),
                "reason": "Mission",
            }
        )
        self._generate(JULY)
        self.assertEqual(self._found(second)[JUNE, "regular"], 90.0)
        self.assertEqual(self._found(first)[JUNE, "regular"], 144.0)

    def test_a_departure_told_late_moves_months_from_the_funder_to_the_program(self):
        """Three months at 50 %: what the participant no longer used is the program's own."""
        self.program.funding_rate = 50.0
        bound = self._new_tariff("Bound", 180.0, min_commitment_months=3)
        seat = self._new_seat("1/1", None, "A", bound)
        self._settle_all(JANUARY, FEBRUARY, MARCH)
        seat.date_end = d("31/1")
        april = self._settle(APRIL)
        self.assertEqual(april.payable_total, 0.0)
        charges = self._get_charges(seat)
        self.assertEqual(sum(charges.mapped("amount_total")), 540.0)
        self.assertEqual(sum(charges.mapped("copayment_amount")), 90.0)
        used = charges.filtered(lambda row: "commitment" not in (row.kind, row.corrected_kind))
        self.assertEqual(sum(used.mapped("funded_amount")), 90.0)
        self.assertEqual(
            self._found(seat),
            {
                (JANUARY, "regular"): 180.0,
                (FEBRUARY, "commitment"): 180.0,
                (MARCH, "commitment"): 180.0,
            },
        )

    def test_a_departure_that_moves_on_is_charged_by_its_difference(self):
        """Settled with an end on 20 February: the true one is 20 March, still not settled."""
        bound = self._new_tariff("Bound", 180.0, min_commitment_months=3)
        seat = self._new_seat("1/1", "20/2", "A", bound)
        self._settle_all(JANUARY, FEBRUARY)
        seat.date_end = d("20/3")
        self._generate(MARCH)
        wanted = {
            (JANUARY, "regular"): 180.0,
            (FEBRUARY, "regular"): 180.0,
            (MARCH, "regular"): 116.13,
            (MARCH, "commitment"): 63.87,
        }
        self.assertEqual(self._found(seat), wanted)
        self._settle(MARCH)
        self._generate(APRIL)
        self.assertEqual(self._found(seat), wanted)

    def test_another_tariff_in_the_same_space_carries_the_commitment_over(self):
        bound = self._new_tariff("Bound", 180.0, min_commitment_months=3)
        free = self._new_tariff("Free", 120.0)
        seat = self._new_seat("1/1", "31/1", "A", bound)
        self._settle(JANUARY)
        self.assertEqual(self._sum(seat), 540.0)
        second = self._new_seat("1/2", "28/2", seat.participant_id, free)
        self._settle(FEBRUARY)
        self._generate(MARCH)
        self.assertEqual(self._found(seat), {(JANUARY, "regular"): 180.0})
        self.assertEqual(
            self._found(second), {(FEBRUARY, "regular"): 120.0, (MARCH, "commitment"): 120.0}
        )

    def test_a_fee_and_a_seat_taken_back_have_each_their_own_tax(self):
        self.tariff.product_id = self._new_product("Taxed", self.tax_lost)
        self.env["coworking.space.membership"].create(
            {
                "space_id": self.space.id,
                "date_start": d("1/1"),
                "fee": 12.0,
                "tax_included": False,
                "product_id": self._new_product("Fee").id,
            }
        )
        seat = self._new_seat("1/6", "30/6", "A")
        self._settle(JUNE)
        seat.write({"date_start": d("1/7"), "date_end": d("31/7")})
        july = self._settle(JULY)
        corrections = july.charge_ids.filtered("corrected_kind").sorted("corrected_kind")
        self.assertRecordValues(
            corrections,
            [
                {
                    "corrected_kind": "membership",
                    "amount_untaxed": -12.0,
                    "amount_tax": 0.0,
                    "tax_id": False,
                },
                {
                    "corrected_kind": "regular",
                    "amount_untaxed": -180.0,
                    "amount_tax": -36.0,
                    "tax_id": self.tax_lost.id,
                },
            ],
        )
        self._generate(AUGUST)
        self.assertEqual(self._found(seat), {(JULY, "regular"): 216.0, (JULY, "membership"): 12.0})


class TestCost(CorrectionCase):
    def test_of_those_who_leave_at_once_who_was_charged_for_longer_is_computed_again(self):
        """From 16 June to 15 July, on the month of June, which the other paid until its end."""
        tariff = self._new_tariff("Anniversary", 200.0, period="anniversary")
        seats = self._new_seat("16/6", None, "A", tariff) | self._new_seat("1/6", None, "B")
        self._settle(JUNE)
        seats.date_end = d("10/7")
        self.assertEqual(seats.participant_id.mapped("pending_changes"), [1, 0])

    def test_only_people_whose_facts_changed_are_computed_again(self):
        seat = self._new_seat("1/6", None, "A")
        other = self._new_seat("1/6", None, "B")
        self._settle(JUNE)
        seat.date_start = d("16/6")
        self.assertTrue(seat.participant_id.pending_changes)
        self.assertFalse(other.participant_id.pending_changes)
        self._settle(JULY)
        self._generate(AUGUST)
        self.assertFalse(seat.participant_id.pending_changes)
