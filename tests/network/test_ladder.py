"""Prices by rank: a new date says what each rank pays, or that it has fewer of them."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time

from ..common import JULY, JUNE, CoworkingCase, d


class LadderCase(CoworkingCase):
    """180.00 for the first seat of a program, 150.00 for the second, 120.00 from the third on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tariff = cls._new_tariff(
            "Ladder",
            180.0,
            prices=[
                {"date_start": "2015-01-01", "price": price, "rank": rank}
                for price, rank in ((150.0, 2), (120.0, 3))
            ],
            included_quantity=20,
        )
        cls.tariff.price_ids.overage_price = 15.0
        cls.seats = [cls._new_seat("1/6", "31/7", name, cls.tariff) for name in "ABC"]

    def _ladder(self, day):
        return [(row.rank, row.price) for row in self.tariff._get_ladder_on(d(day))]


class TestShorterLadder(LadderCase):
    def test_a_new_date_that_leaves_ranks_out_is_refused_with_what_they_would_pay(self):
        new = {"tariff_id": self.tariff.id, "date_start": d("1/7"), "price": 190.0}
        for values in (
            [new],
            [new, {**new, "rank": 2, "price": 160.0}],
        ):
            with (
                self.subTest(ranks=len(values)),
                self.assertRefused("Ladder", "Rank 3", "120", "Fewer Ranks", error=ValidationError),
            ):
                self.env["coworking.tariff.price"].create(values)
        with self.assertRefused("Rank 2", "190", "150", error=ValidationError):
            self.tariff.price_ids = [Command.create({"date_start": d("1/7"), "price": 190.0})]

    def test_a_whole_ladder_is_a_new_price(self):
        self.tariff.price_ids = [
            Command.create({"date_start": d("1/7"), "price": price, "rank": rank})
            for rank, price in ((1, 190.0), (2, 160.0), (3, 130.0), (4, 100.0))
        ]
        self._generate(JULY)
        self.assertEqual(
            [self._charges(seat, JULY).amount_total for seat in self.seats], [190.0, 160.0, 130.0]
        )

    def test_fewer_ranks_are_let_through_when_they_are_meant(self):
        self.tariff.price_ids = [
            Command.create({"date_start": d("1/7"), "price": 140.0, "fewer_ranks": True})
        ]
        self._generate(JULY)
        self.assertEqual(
            [self._charges(seat, JULY).amount_total for seat in self.seats], [140.0] * 3
        )
        # what was meant once does not bind what comes later, nor is it asked again
        self.tariff.price_ids = [Command.create({"date_start": d("1/8"), "price": 145.0})]

    def test_a_rank_neither_leaves_a_ladder_nor_is_added_before_it_unsaid(self):
        self.tariff.price_ids = [
            Command.create({"date_start": d("1/7"), "price": price, "rank": rank})
            for rank, price in ((1, 190.0), (2, 160.0), (3, 130.0))
        ]
        july = self.tariff._get_ladder_on(d("1/7"))
        with self.assertRefused("Rank 3", error=ValidationError):
            july[2].unlink()
        with self.assertRefused("Rank 4", error=ValidationError):
            self.tariff.price_ids = [
                Command.create({"date_start": d("1/1"), "price": 100.0, "rank": 4})
            ]
        july.unlink()
        self.assertEqual(self._ladder("1/7"), [(1, 180.0), (2, 150.0), (3, 120.0)])


@freeze_time("2015-06-20 10:00:00")
class TestNewPriceDialog(LadderCase):
    def _dialog(self, tariff=None, **defaults):
        model = self.env["coworking.tariff.increase"].with_user(self.coordinator)
        tariff = tariff or self.tariff
        defaults = {f"default_{name}": value for name, value in defaults.items()}
        return Form(model.with_context(default_tariff_id=tariff.id, **defaults))

    def test_it_shows_and_fills_the_whole_ladder(self):
        dialog = self._dialog()
        dialog.date_start = JULY
        self.assertEqual((dialog.current_price, dialog.price), (180.0, 180.0))
        self.assertEqual(
            [(row["rank"], row["current_price"], row["price"]) for row in dialog.rank_ids._records],
            [(2, 150.0, 150.0), (3, 120.0, 120.0)],
        )
        self.assertFalse(dialog.lost_ranks)

    def test_accepted_every_rank_has_its_new_price_and_the_rest_of_the_old_one(self):
        dialog = self._dialog()
        dialog.date_start = JULY
        dialog.price = 190.0
        with dialog.rank_ids.edit(0) as row:
            row.price = 160.0
        dialog.save().action_apply()
        self.assertEqual(self._ladder("1/7"), [(1, 190.0), (2, 160.0), (3, 120.0)])
        self.assertEqual(self.tariff._get_ladder_on(JULY).mapped("overage_price"), [15.0] * 3)

    def test_what_was_typed_stays_when_the_day_changes(self):
        dialog = self._dialog()
        dialog.date_start = JULY
        with dialog.rank_ids.edit(1) as row:
            row.price = 125.0
        dialog.date_start = d("1/8")
        self.assertEqual([row["price"] for row in dialog.rank_ids._records], [150.0, 125.0])

    def test_fewer_ranks_ask_first(self):
        dialog = self._dialog()
        dialog.date_start = JULY
        dialog.price = 190.0
        dialog.rank_ids.remove(1)
        dialog.rank_ids.remove(0)
        self.assertIn("Rank 2", dialog.lost_ranks)
        self.assertIn("Rank 3", dialog.lost_ranks)
        wizard = dialog.save()
        with self.assertRefused("Ladder", "Rank 2", "190", "150", "Rank 3", "120"):
            wizard.action_apply()
        wizard.accept_fewer_ranks = True
        wizard.action_apply()
        self.assertEqual(self._ladder("1/7"), [(1, 190.0)])

    def test_a_rank_left_out_in_between_is_refused(self):
        dialog = self._dialog()
        dialog.date_start = JULY
        dialog.rank_ids.remove(0)
        with self.assertRefused("Ladder", "rank 2", error=ValidationError):
            dialog.save().action_apply()

    def test_more_ranks_may_be_added(self):
        dialog = self._dialog()
        dialog.date_start = JULY
        with dialog.rank_ids.new() as row:
            row.rank = dialog.next_rank
            row.price = 100.0
        dialog.save().action_apply()
        self.assertEqual(self._ladder("1/7")[-1], (4, 100.0))

    def test_each_seat_is_counted_at_its_own_rank(self):
        dialog = self._dialog()
        dialog.date_start = JULY
        with dialog.rank_ids.edit(0) as row:
            row.price = 160.0
        lines = dialog.save().line_ids.sorted(lambda line: line.seat_id.id)
        self.assertEqual(lines.mapped("cost_before"), [360.0, 300.0, 240.0])
        self.assertEqual(lines.mapped("extra"), [0.0, 10.0, 0.0])

    def test_a_tariff_without_ranks_asks_one_price(self):
        tariff = self._new_tariff("Plain", 100.0)
        dialog = self._dialog(tariff)
        dialog.date_start = JULY
        self.assertFalse(dialog.rank_ids._records)
        dialog.price = 110.0
        dialog.save().action_apply()
        self.assertEqual(tariff._price_on(JULY).price, 110.0)

    def test_what_a_space_proposed_is_kept(self):
        dialog = self._dialog(price=185.0, date_start=JULY)
        self.assertEqual(dialog.price, 185.0)
        self.assertEqual([row["price"] for row in dialog.rank_ids._records], [150.0, 120.0])

    def test_no_price_is_negative(self):
        dialog = self._dialog()
        dialog.date_start = JULY
        with dialog.rank_ids.edit(1) as row:
            row.price = -1.0
        with self.assertRefused("negative", error=UserError):
            dialog.save().action_apply()

    def test_a_month_that_is_settled_keeps_its_ladder(self):
        self._settle(JUNE)
        dialog = self._dialog()
        dialog.date_start = d("15/6")
        with self.assertRefused("Ladder"):
            dialog.save().action_apply()
