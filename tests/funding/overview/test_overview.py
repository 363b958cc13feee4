"""The funders' tiles of Pilotage: grants, cash, targets, what is due, one person more."""

from datetime import date
from decimal import Decimal
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.coworking_incubation_funding.models.overview import coworking_program

from ..claim.common import ClaimCase

TILES = {"admission", "grants", "funding_targets", "due", "cash"}


@tagged("post_install", "-at_install")
class OverviewCase(ClaimCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.program.copayment_collector = "space"
        cls.mel = cls._new_agreement("MEL", 50.0, eligible_without_presence=True)
        cls.region = cls._new_agreement("REG", 30.0, eligible_without_presence=True)
        cls._new_participant("Somebody")  # where nobody is, Pilotage says what to do first

    def _picture(self, user=None, **wanted):
        dashboard = self.env["coworking.dashboard"].with_user(user or self.coordinator)
        return dashboard._prepare_picture({"program": self.program.id, **wanted})

    def _tiles(self, user=None, **wanted):
        return {
            tile["name"]: tile
            for group in self._picture(user, **wanted)["groups"]
            for tile in group["tiles"]
        }

    def _cells(self, tile, label):
        """What the line of this label says, by the title of its column."""
        (line,) = [row for row in tile["lines"] if label in row["label"]]
        titles = [column["label"] for column in tile["columns"]]
        return dict(zip(titles, line["cells"], strict=True))

    def _values(self, tile, label):
        return {title: cell["value"] for title, cell in self._cells(tile, label).items()}

    def _count_behind(self, tile, cell):
        action = self.env.ref(cell.get("action") or tile["action"])
        return self.env[action.res_model].search_count(cell["domain"])


@tagged("post_install", "-at_install")
class TestWho(OverviewCase):
    @freeze_time("2015-06-10")
    def test_coordinators_and_accountants_see_them_and_counsellors_none(self):
        for user in (self.coordinator, self.accountant):
            with self.subTest(user=user.login):
                self.assertLessEqual(TILES, set(self._tiles(user)))
        self.assertFalse(TILES & set(self._tiles(self.accompanist)))
        for name in TILES:
            with (
                self.subTest(name=name),
                mute_logger("odoo.http"),
                self.assertRaises(AccessError),
            ):
                self._picture(self.accompanist, tile=name)

    @freeze_time("2015-06-10")
    def test_a_program_without_funders_says_so_in_sentences(self):
        alone = self._new_program("Alone", "ALO")
        self._new_participant("Other", program=alone)
        tiles = self._tiles(program=alone.id)
        for name in TILES - {"admission"}:
            with self.subTest(name=name):
                self.assertTrue(tiles[name]["is_empty"])
                self.assertTrue(tiles[name]["nothing"])

    @freeze_time("2015-06-10")
    def test_the_number_of_queries_does_not_grow_with_the_agreements(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for name in TILES:
                self._picture(tile=name)
            return self.env.cr.sql_log_count - before

        def add(place):
            agreement = self._new_agreement(f"MORE {place}", 1.0)
            self.env["coworking.funding.instalment"].create(
                {
                    "agreement_id": agreement.id,
                    "kind": "balance",
                    "date_planned": "2015-07-01",
                    "amount": 10.0,
                }
            )

        add("first")
        queries()
        few = queries()
        for place in range(4):
            add(place)
        queries()
        self.assertLessEqual(queries(), few + 2)  # less than one for each


@tagged("post_install", "-at_install")
class TestGrants(OverviewCase):
    @freeze_time("2015-07-25")
    def test_the_parts_sum_to_what_was_granted(self):
        self._pay(self._new_bill("Camille"))
        self._refresh()
        tile = self._tiles()["grants"]
        self.assertEqual(
            self._values(tile, "MEL"),
            {
                "Granted": 10000.0,
                "Committed": 90.0,
                "Asked For": 0.0,
                "Admitted": 0.0,
                "Left": 9910.0,
                "Received": 0.0,
            },
        )
        self.assertEqual(self._values(tile, "REG")["Committed"], 54.0)
        for agreement in (self.mel, self.region):
            values = self._values(tile, agreement.reference)
            parts = [values[name] for name in ("Committed", "Asked For", "Admitted", "Left")]
            self.assertAlmostEqual(sum(parts), values["Granted"], 2)

    @freeze_time("2015-07-25")
    def test_what_was_received_is_beside_and_headings_are_lines_of_their_own(self):
        self.env["coworking.funding.instalment"].create(
            {
                "agreement_id": self.mel.id,
                "kind": "advance",
                "date_planned": "2015-03-15",
                "amount": 4500.0,
                "amount_received": 4500.0,
                "date_received": "2015-03-27",
            }
        )
        self.env["coworking.funding.heading"].create(
            {
                "agreement_id": self.mel.id,
                "name": "Printing",
                "kind": "direct",
                "planned": 800.0,
                "ceiling": 800.0,
            }
        )
        tile = self._tiles()["grants"]
        self.assertEqual(self._values(tile, "MEL")["Received"], 4500.0)
        printing = self._cells(tile, "Printing")
        self.assertEqual((printing["Granted"]["value"], printing["Left"]["value"]), (800.0, 800.0))
        self.assertEqual(printing["Received"]["text"], "")

    @freeze_time("2016-01-20")
    def test_what_was_claimed_then_admitted_opens_the_list_of_it(self):
        self._pay(self._new_bill("Camille", "Dominique"))
        self._refresh()
        claim = self._sent(self.mel)
        asked = self._cells(self._tiles()["grants"], "MEL")
        self.assertEqual((asked["Asked For"]["value"], asked["Asked For"]["rows"]), (180.0, 2))
        self._accept(claim, n1=40.0)
        tile = self._tiles()["grants"]
        cells = self._cells(tile, "MEL")
        self.assertEqual((cells["Asked For"]["value"], cells["Asked For"]["rows"]), (0.0, 0))
        admitted = cells["Admitted"]
        self.assertEqual((admitted["value"], admitted["rows"]), (140.0, 2))
        self.assertEqual(self._count_behind(tile, admitted), 2)
        parts = [cells[name]["value"] for name in ("Committed", "Asked For", "Admitted", "Left")]
        self.assertAlmostEqual(sum(parts), 10000.0, 2)

    @freeze_time("2015-07-25")
    def test_agreements_of_other_years_are_not_shown(self):
        old = self._new_agreement("OLD", 1.0, date_from="2013-01-01", date_to="2013-12-31")
        tile = self._tiles()["grants"]
        self.assertFalse([row for row in tile["lines"] if old.reference in row["label"]])


@tagged("post_install", "-at_install")
class TestOneMore(OverviewCase):
    def _answer(self, **values):
        self.program.write({"duration_months": 6, **values})
        self.space.seat_capacity = 30
        (line,) = self._tiles()["admission"]["lines"]
        return line["text"], line["note"]

    @freeze_time("2015-06-10")
    def test_yes_three_more_and_what_the_fourth_lacks(self):
        """480.00 of a stay at 960.00; 1,710.00 are left: three take 1,440.00."""
        self.mel.amount_granted = 1710.0
        yes, why = self._answer(stay_cost=960.0)
        self.assertEqual(yes, "Yes, 3 more")
        self.assertIn("Number 4: ", why)
        self.assertIn("210.00", why.replace(",", "."))
        self.assertIn("MEL funder", why)

    @freeze_time("2015-06-10")
    def test_what_is_committed_is_not_promised_again(self):
        self.mel.amount_granted = 1000.0
        self.assertEqual(self._answer(stay_cost=960.0)[0], "Yes, 2 more")
        self._pay(self._new_bill("Camille"))
        self._refresh()
        self.assertEqual(self._answer(stay_cost=960.0)[0], "Yes, 1 more")

    @freeze_time("2015-06-10")
    def test_what_is_closed_for_good_promises_nothing(self):
        self.assertIn("Yes", self._answer(stay_cost=960.0)[0])
        self.mel.action_close_claims()
        no, why = self._answer(stay_cost=960.0)
        self.assertEqual(no, "No")
        self.assertRegex(why, r"480[.,]00\D+ are missing: MEL funder")

    @freeze_time("2015-06-10")
    def test_a_stay_costs_the_median_of_those_there_are(self):
        yes, why = self._answer()
        self.assertEqual(yes, "Not known")
        self.assertIn("cost", why)
        self._new_bill("Camille", "Dominique", "Claude")
        self.mel.amount_granted = 10000.0
        amounts = self.program._get_stay_costs()
        self.assertEqual({float(row[0]) for row in amounts.values()}, {180.0})
        self.assertIn("Yes", self._answer()[0])

    @freeze_time("2015-06-10")
    def test_of_a_chosen_cost_people_owe_what_they_owe_of_the_median(self):
        """36.00 of 180.00 are the participant's: of 960.00, 192.00."""
        self.program.copayment_collector = "program"
        self.program.funding_rate = 80.0
        self._new_bill("Camille")
        self.program.stay_cost = 960.0
        self.assertEqual(self.program._get_stay_costs()[self.program], (Decimal(960), Decimal(192)))

    @freeze_time("2015-06-10")
    def test_without_an_agreement_it_says_that_there_is_no_funder(self):
        self.assertNotIn("No funder", self._answer(stay_cost=960.0)[1])
        (self.mel | self.region).active = False
        yes, why = self._answer(stay_cost=960.0)
        self.assertIn("Yes", yes)
        self.assertIn("No funder", why)

    @freeze_time("2015-06-10")
    def test_several_programs_share_places_and_grants_in_turn(self):
        """1,710.00 of the first grant for two programs: two and one, 210.00 missing for each."""
        self.assertNotIn("in turn", self._tiles()["admission"]["note"])
        other = self._new_program("Other", "OTH", analytic_account_id=False)
        self._new_participant("Somebody else", program=other)
        (self.program | other).write({"duration_months": 6, "stay_cost": 960.0})
        (self.mel | self.region).program_ids |= other
        self.mel.amount_granted = 1710.0
        self.space.seat_capacity = 30
        dashboard = self.env["coworking.dashboard"].with_user(self.coordinator)
        (group,) = [
            group
            for group in dashboard._prepare_picture({})["groups"]
            if group["name"] == "funders"
        ]
        (tile,) = [tile for tile in group["tiles"] if tile["name"] == "admission"]
        self.assertIn("in turn", tile["note"])
        lines = {line["label"]: line for line in tile["lines"]}
        told = [lines[program.name]["value"] for program in self.program | other]
        self.assertEqual(sorted(told), [1, 2])
        for line in lines.values():
            self.assertIn("210.00", line["note"].replace(",", "."))

    @freeze_time("2015-06-10")
    def test_who_takes_first_is_who_comes_first(self):
        """Of a grant that takes first 480.00 are left, another one gives the rest."""
        first = {"method": "priority", "rate": 0.0}
        self.mel.write({**first, "sequence": 20, "amount_granted": 10000.0})
        self.region.write({**first, "sequence": 10, "amount_granted": 500.0})
        self.env.invalidate_all()
        with patch.object(coworking_program, "hand_out", wraps=coworking_program.hand_out) as count:
            self._answer(stay_cost=960.0)
        self.assertEqual(
            [one.key for one in count.call_args.args[0][self.program].agreements],
            [self.region.id, self.mel.id],
        )

    @freeze_time("2015-07-10")
    def test_no_where_less_than_the_stay_is_left(self):
        yes, why = self._answer(stay_cost=960.0)
        self.assertEqual(yes, "No")
        self.assertIn("less than 6 months", why)

    @freeze_time("2015-06-10")
    def test_no_where_no_place_is_free_or_no_funder_pays_so_long(self):
        (self.mel | self.region).write({"date_to": "2015-09-30"})
        yes, why = self._answer(stay_cost=960.0)
        self.assertEqual(yes, "No")
        self.assertIn("no funder pays for a whole stay", why)
        (self.mel | self.region).write({"date_to": "2015-12-31"})
        self.env["coworking.space"].search([]).seat_capacity = 0
        (line,) = self._tiles()["admission"]["lines"]
        self.assertEqual((line["text"], line["note"]), ("No", "no place is free."))


@tagged("post_install", "-at_install")
class TestCash(OverviewCase):
    def _months(self, tile):
        return {
            row["label"]: {
                month: cell["value"]
                for month, cell in enumerate(row["cells"], start=1)
                if cell["value"]
            }
            for row in tile["series"]
        }

    @freeze_time("2015-07-10")
    def test_instalments_and_bills_stand_in_the_month_of_their_day(self):
        self.env["coworking.funding.instalment"].create(
            [
                {
                    "agreement_id": self.mel.id,
                    "kind": "advance",
                    "date_planned": "2015-03-15",
                    "amount": 4500.0,
                    "amount_received": 4000.0,
                    "date_received": "2015-04-02",
                },
                {
                    "agreement_id": self.mel.id,
                    "kind": "balance",
                    "date_planned": "2015-11-30",
                    "amount": 5500.0,
                },
            ]
        )
        bill = self._new_bill("Camille")
        bill.invoice_date_due = "2015-08-31"
        self._refresh()
        tile = self._tiles()["cash"]
        months = self._months(tile)
        self.assertEqual(months["Received"], {4: 4000.0})
        self.assertEqual(months["Instalments to Come"], {3: 500.0, 11: 5500.0})
        self.assertEqual(months["Bills to Pay, by Due Date"], {8: 180.0})
        (cell,) = [cell for cell in tile["series"][-1]["cells"] if cell["value"]]
        self.assertEqual(self._count_behind(tile, cell), cell["rows"])
        self._pay(bill)
        self._refresh()
        self.assertFalse(self._months(self._tiles()["cash"])["Bills to Pay, by Due Date"])

    @freeze_time("2016-02-10")
    def test_a_balance_after_the_services_counts_in_its_own_year(self):
        self.program.date_end = "2016-12-31"
        self.env["coworking.funding.instalment"].create(
            [
                {
                    "agreement_id": self.mel.id,
                    "kind": "interim",
                    "date_planned": "2015-12-15",
                    "amount": 1000.0,
                    "amount_received": 1000.0,
                    "date_received": "2016-01-20",
                },
                {
                    "agreement_id": self.mel.id,
                    "kind": "balance",
                    "date_planned": "2016-04-30",
                    "amount": 5500.0,
                },
            ]
        )
        year = {"date_from": date(2016, 1, 1), "date_to": date(2016, 12, 31)}
        months = self._months(self._tiles(**year)["cash"])
        self.assertEqual(months["Received"], {1: 1000.0})
        self.assertEqual(months["Instalments to Come"], {4: 5500.0})

    @freeze_time("2015-07-10")
    def test_each_payment_of_an_instalment_stands_in_its_month(self):
        self._receive(self.mel, (300.0, "10/3"), (200.0, "10/5"))
        months = self._months(self._tiles()["cash"])
        self.assertEqual(months["Received"], {3: 300.0, 5: 200.0})
        self.assertFalse(months.get("Instalments to Come"))


@tagged("post_install", "-at_install")
class TestExpected(OverviewCase):
    def _new_balance(self, day="2015-06-30", kind="balance"):
        return self.env["coworking.funding.instalment"].create(
            {
                "agreement_id": self.mel.id,
                "kind": kind,
                "date_planned": day,
                "amount": 5500.0,
            }
        )

    def _due(self):
        return {bar["label"]: bar["note"] for bar in self._tiles()["due"]["bars"]}

    @freeze_time("2015-06-10")
    def test_a_balance_waits_for_a_claim_and_a_report(self):
        self._new_balance("2015-12-31")
        self.assertEqual(self._due(), {})  # too far ahead
        self._new_balance()
        self.assertEqual(self._due(), {"MEL funder, balance": "claim to send, report to make"})

    @freeze_time("2016-01-20")
    def test_a_report_that_is_final_is_not_asked_again(self):
        self._new_balance("2016-02-28")
        self.program.date_end = "2016-03-31"
        report = self.env["coworking.report"].create(
            {
                "agreement_id": self.mel.id,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "indicator_ids": [
                    Command.set(
                        self.env.ref("coworking_incubation_funding.coworking_indicator_entered").ids
                    )
                ],
            }
        )
        report.action_finalise()
        self.assertEqual(self._due(), {"MEL funder, balance": "claim to send"})

    @freeze_time("2016-01-20")
    def test_a_financial_report_that_is_final_is_a_report(self):
        self._new_balance("2016-02-28")
        self.program.date_end = "2016-03-31"
        report = self.env["coworking.financial.report"].create(
            {"agreement_id": self.mel.id, "date_from": "2015-01-01", "date_to": "2015-12-31"}
        )
        self._refresh()
        report.action_count()
        self.assertEqual(self._due(), {"MEL funder, balance": "claim to send, report to make"})
        report.action_finalise()
        self.assertEqual(self._due(), {"MEL funder, balance": "claim to send"})

    @freeze_time("2016-01-20")
    def test_a_balance_ends_once_all_that_was_spent_is_admitted_and_paid(self):
        """Of 5,500.00 planned only 90.00 were spent: nobody waits for the rest for ever."""
        balance = self._new_balance("2016-02-28")
        self.program.date_end = "2016-03-31"
        self._pay(self._new_bill("Camille"))
        self._refresh()
        self._accept(self._sent(self.mel))
        self.assertEqual(self._due(), {"MEL funder, balance": "report to make"})
        balance.write({"amount_received": 90.0, "date_received": "2016-01-19"})
        self.assertEqual(self._due(), {})
        self._pay(self._new_direct(("Flyers", 60.0), day="3/12"), day="5/12")
        self._admit_direct(self.mel)
        self._refresh()
        self.assertIn("claim to send", self._due()["MEL funder, balance"])

    @freeze_time("2016-01-20")
    def test_a_claim_that_was_returned_is_to_be_sent(self):
        self._new_balance("2016-02-28")
        self.program.date_end = "2016-03-31"
        self._pay(self._new_bill("Camille"))
        self._refresh()
        claim = self._sent(self.mel)
        self.assertEqual(self._due(), {"MEL funder, balance": "report to make"})
        self._dialog(claim.action_return(), self.coordinator, reason="A bill is missing")
        self.assertEqual(self._due(), {"MEL funder, balance": "claim to send, report to make"})

    @freeze_time("2016-01-20")
    def test_of_what_is_closed_for_good_no_claim_is_to_be_sent(self):
        self._new_balance("2016-02-28")
        self.program.date_end = "2016-03-31"
        self.assertEqual(self._due(), {"MEL funder, balance": "claim to send, report to make"})
        self.mel.action_close_claims()
        self.assertEqual(self._due(), {"MEL funder, balance": "report to make"})

    @freeze_time("2016-01-20")
    def test_what_was_received_before_the_take_over_pays_no_claim_of_here(self):
        self._new_balance("2016-02-28")
        self.program.date_end = "2016-03-31"
        self.mel.amount_used_before = 500.0
        self._advance(self.mel, 500.0)
        self._pay(self._new_bill("Camille"))
        self._refresh()
        self._accept(self._sent(self.mel))
        self.assertEqual(self._due(), {"MEL funder, balance": "report to make"})

    @freeze_time("2015-06-10")
    def test_what_was_paid_is_not_waited_for(self):
        balance = self._new_balance()
        balance.write({"amount_received": 5500.0, "date_received": "2015-06-05"})
        self.assertEqual(self._due(), {})

    @freeze_time("2015-06-10")
    def test_targets_are_told_as_far_as_one_may_see_them(self):
        for place in range(3):
            self._new_participant(f"Man {place}", date_entry="2015-03-02", gender="male")
        self.env["coworking.funding.target"].create(
            {
                "agreement_id": self.mel.id,
                "indicator_id": self.env.ref(
                    "coworking_incubation_funding.coworking_indicator_entered"
                ).id,
                "value": 40.0,
            }
        )
        (bar,) = self._tiles()["funding_targets"]["bars"]
        self.assertEqual(bar["text"], "3 / 40")
        self.assertIn("projection", bar["note"])
        (bar,) = self._tiles(self.accountant)["funding_targets"]["bars"]
        self.assertEqual(bar["text"], "fewer than 5 / 40")
        self.assertNotIn("projection", bar["note"])
        self.assertEqual(bar["value"], 0)

    @freeze_time("2015-06-10")
    def test_the_target_of_a_rate_is_written_as_the_reader_writes_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.coordinator.lang = "fr_FR"
        target = self.env["coworking.funding.target"].create(
            {
                "agreement_id": self.mel.id,
                "indicator_id": self.env.ref(
                    "coworking_incubation_funding.coworking_indicator_dynamic"
                ).id,
                "value": 62.5,
            }
        )
        self.assertEqual(target.unit, "%")
        (bar,) = self._tiles()["funding_targets"]["bars"]
        self.assertEqual(bar["text"], "– / 62,5 %")
