"""Pilotage: who sees what, what it says where there is nothing to say, and what it costs."""

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import freeze_time
from odoo.tools.safe_eval import safe_eval

from odoo.addons.coworking_incubation.models.seat import coworking_dashboard

from ..common import JULY, JUNE, d
from ..pathway.common import PathwayCase

MONEY_TILES = {
    *("expected", "invoiced", "paid", "left_to_pay", "to_decide", "money_by_month", "gaps"),
    *("forecast", "unanswered"),
}


@freeze_time("2015-06-15 09:00:00")
class DashboardCase(PathwayCase):
    def _picture(self, who=None, **wanted):
        dashboard = self.env["coworking.dashboard"].with_user(who or self.coordinator)
        return dashboard._prepare_picture(wanted)

    def _tiles(self, who=None, **wanted):
        wanted.setdefault("program", self.program.id)
        picture = self._picture(who, **wanted)
        return {tile["name"]: tile for group in picture["groups"] for tile in group["tiles"]}

    def _value(self, name, who=None, **wanted):
        return self._tiles(who, **wanted)[name]["value"]


class TestWhoSeesWhat(DashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/5", "31/8", state="active")
        cls._settle()

    def test_a_counsellor_sees_people_and_no_money(self):
        picture = self._picture(self.accompanist, program=self.program.id)
        tiles = {tile["name"] for group in picture["groups"] for tile in group["tiles"]}
        self.assertIn("incubated", tiles)
        self.assertFalse(tiles & MONEY_TILES)
        self.assertNotRegex(str(picture), r"180[.,]\d")
        self.assertIn("unused_seats", tiles)

    def test_an_accountant_sees_money_and_no_people(self):
        tiles = set(self._tiles(self.accountant))
        self.assertLessEqual(MONEY_TILES, tiles)
        self.assertFalse(tiles & {"incubated", "moves", "exits", "attendance", "overdue"})
        self.assertIn("places", tiles)

    def test_a_coordinator_sees_all_of_it(self):
        names = {tile.name for tile in self.env["coworking.dashboard"]._get_tiles()}
        self.assertEqual(set(self._tiles()), names)

    def test_the_address_of_a_tile_of_money_is_a_sentence_for_a_counsellor(self):
        for name in sorted(MONEY_TILES):
            with (
                self.subTest(tile=name),
                self.assertRefused("coordinators and accountants", error=AccessError),
            ):
                self._picture(self.accompanist, program=self.program.id, tile=name)
        self.assertEqual(list(self._tiles(tile="expected")), ["expected"])

    def test_an_accountant_asks_in_vain_for_people(self):
        with self.assertRefused("not for yours", error=AccessError):
            self._picture(self.accountant, program=self.program.id, tile="incubated")

    def test_a_tile_that_does_not_exist_is_a_sentence(self):
        with self.assertRefused("“prices”", error=UserError):
            self._picture(tile="prices")

    def test_nobody_without_a_role_looks(self):
        for user in (self.employee, self.manager):
            with self.assertRefused("for counsellors", error=AccessError):
                self._picture(user)

    def test_a_counsellor_has_the_own_programs_to_choose_from(self):
        other = self._new_program("Other", "OTH", accompanist_ids=[Command.clear()])
        self.assertNotIn(
            other.id, [row["id"] for row in self._picture(self.accompanist)["programs"]]
        )
        self.assertIn(other.id, [row["id"] for row in self._picture()["programs"]])
        picture = self._picture(self.accompanist, program=other.id)
        self.assertIn("not yours to look at", picture["message"]["text"])
        self._new_participant("Own", program=other)  # follows one of its people
        self.assertIn(other.id, [row["id"] for row in self._picture(self.accompanist)["programs"]])

    def test_another_company_is_out_of_sight(self):
        company = self._new_company("Elsewhere")
        other = self.program.copy(
            {"company_id": company.id, "copayment_product_id": False, "analytic_account_id": False}
        )
        self.assertNotIn(other.id, [row["id"] for row in self._picture()["programs"]])


class TestInParts(DashboardCase):
    def test_what_is_seen_first_and_the_rest_are_the_whole(self):
        self._new_seat("1/5", "31/8", state="active")
        self._settle()
        for user in (self.accompanist, self.coordinator, self.accountant):
            whole, first, rest = (
                self._picture(user, program=self.program.id, part=part)
                for part in (None, "first", "rest")
            )
            self.assertEqual(first["groups"] + rest["groups"], whole["groups"])
            self.assertEqual({group["name"] for group in first["groups"]}, {"today", "places"})
            self.assertEqual(
                [picture["is_whole"] for picture in (whole, first, rest)], [True, False, True]
            )

    def test_one_tile_is_shown_at_once(self):
        self._new_seat("1/5", "31/8", state="active")
        picture = self._picture(program=self.program.id, part="first", tile="expected")
        self.assertEqual([group["name"] for group in picture["groups"]], ["money"])
        self.assertTrue(picture["is_whole"])

    def test_where_nothing_is_seen_first_the_rest_is_looked_at_before_that_is_said(self):
        self._at("exit", date_entry="2015-01-05", date_exit="2015-03-02")
        self.program.date_end = "2015-05-31"
        wanted = {"program": self.program.id, "user": self.accompanist.id, "part": "first"}
        picture = self._picture(**wanted)
        self.assertTrue(picture["is_whole"])
        self.assertIn("people", [group["name"] for group in picture["groups"]])
        picture = self._picture(**wanted, date_from=d("1/4"), date_to=d("30/4"))
        self.assertIn("Nothing was found", picture["message"]["text"])


class TestWhatItSays(DashboardCase):
    def test_an_empty_program_says_what_to_do_first(self):
        for user, button in (
            (self.coordinator, "Open the Board"),
            (self.accompanist, "Open the Board"),
            (self.accountant, ""),
        ):
            picture = self._picture(user, program=self.program.id)
            self.assertIn("Nobody is in Test 2015 yet", picture["message"]["text"])
            self.assertEqual(picture["message"]["button"], button)
            self.assertFalse(picture["groups"])

    def test_without_a_program_that_runs_one_is_asked_to_choose(self):
        self.program.date_end = "2015-05-31"
        message = self._picture()["message"]
        self.assertIn("No program is under way", message["text"])
        self._archive_at_once(self.program)
        self.assertEqual(self._picture()["message"]["button"], "Create a Program")
        self.assertIn("You are in no program", self._picture(self.accompanist)["message"]["text"])

    def test_a_program_that_is_over_says_so_and_nothing_of_today(self):
        self._at("exit", date_entry="2015-01-05", date_exit="2015-05-20")
        self.program.date_end = "2015-05-31"
        picture = self._picture(program=self.program.id)
        self.assertIn("Over since 31/05/2015", picture["notes"][0])
        tiles = {tile["name"] for group in picture["groups"] for tile in group["tiles"]}
        self.assertFalse(tiles & {"incubated", "places_taken", "waiting", "unused_seats"})
        self.assertLessEqual({"moves", "exits", "left_to_pay"}, tiles)

    def test_a_program_to_come_says_when(self):
        self.program.date_start = "2015-07-01"
        self._new_participant()
        self.assertIn("Begins on 01/07/2015", self._picture(program=self.program.id)["notes"][0])

    def test_filters_that_find_nothing_are_a_sentence(self):
        self._at("incubation", date_entry="2015-02-02")
        nobody = self._picture(program=self.program.id, user=self.colleague.id)
        self.assertIn("Nothing was found", nobody["message"]["text"])
        self.assertFalse(self._picture(program=self.program.id)["message"])

    def test_whoever_follows_nobody_here_is_not_named(self):
        self._at("incubation", date_entry="2015-02-02")
        for user in (self.manager, self.other_accompanist, self.env.ref("base.user_admin")):
            picture = self._picture(program=self.program.id, user=user.id)
            self.assertIn("follows nobody here", picture["message"]["text"])
            self.assertFalse(picture["filters"]["user"])
            self.assertNotIn(user.name, str(picture["notes"]))
        gone = self._picture(program=self.program.id, user=987654321)
        self.assertIn("follows nobody here", gone["message"]["text"])

    def test_a_counsellor_who_left_is_still_one_to_choose(self):
        self._at("incubation", date_entry="2015-02-02", user_id=self.colleague.id)
        self.program.accompanist_ids -= self.colleague
        self.colleague.active = False
        picture = self._picture(program=self.program.id, user=self.colleague.id)
        self.assertIn(self.colleague.name, picture["notes"][0])

    def test_dates_the_wrong_way_round_or_too_far_apart_are_a_sentence(self):
        self._new_participant()
        for first, last, words in (
            ("1/6", "1/5", "before it begins"),
            ("1/6/10", "1/6/20", "longer than 60 months"),
        ):
            picture = self._picture(program=self.program.id, date_from=d(first), date_to=d(last))
            self.assertIn(words, picture["message"]["text"])
            self.assertFalse(picture["groups"])

    def test_a_tile_without_figures_is_a_sentence_and_no_chart(self):
        self._new_participant()
        tiles = self._tiles()
        for name in ("moves", "money_by_month", "stage_delays", "gaps", "exit_categories"):
            self.assertTrue(tiles[name]["is_empty"])
            self.assertTrue(tiles[name]["nothing"])
        self.assertEqual(tiles["exits"]["text"], "–")


class TestWhatIsCounted(DashboardCase):
    def test_the_people_of_one_counsellor(self):
        self._at("incubation", "Camille", date_entry="2015-06-01")
        self._at("incubation", "Louison", date_entry="2015-06-01", user_id=self.colleague.id)
        self.assertEqual(self._value("incubated"), 2)
        tiles = self._tiles(user=self.colleague.id)
        self.assertEqual(tiles["incubated"]["value"], 1)
        self.assertNotIn("places", tiles)
        self.assertNotIn("expected", tiles)

    def test_planned_and_real_entries_and_exits(self):
        self._at("incubation", "Now", date_entry="2015-06-01")
        self._at("incubation", "Later", date_entry="2015-07-06")
        self._at("exit", "Gone", date_entry="2015-01-05", date_exit="2015-06-10")
        found = {
            row["label"]: {
                label: cell["value"]
                for label, cell in zip(self._tiles()["moves"]["labels"], row["cells"], strict=True)
                if cell["value"]
            }
            for row in self._tiles()["moves"]["series"]
        }
        self.assertEqual(found["Entries"], {"janv. 15": 1, "juin 15": 1})
        self.assertEqual(found["Entries Planned"], {"juil. 15": 1})
        self.assertEqual(found["Exits"], {"juin 15": 1})
        self.assertEqual(found["Exits Planned"], {"nov. 15": 1, "déc. 15": 1})

    def _moves(self, **wanted):
        """{series: {month: how many}}, what is behind each cell checked."""
        tile = self._tiles(**wanted)["moves"]
        people = self.env["coworking.participant"].with_user(self.coordinator)
        for row in tile["series"]:
            for cell in row["cells"]:
                self.assertEqual(people.search_count(cell["domain"]), cell["rows"])
        return {
            row["label"]: {
                label: cell["value"]
                for label, cell in zip(tile["labels"], row["cells"], strict=True)
                if cell["value"]
            }
            for row in tile["series"]
        }

    def test_a_confirmed_seat_says_when_somebody_is_to_enter(self):
        soon = self._at("hosting", "Soon")
        self._new_seat("6/7", "31/7", who=soon)
        self._new_seat("3/8", who=soon)  # enters once
        self._new_seat("3/8", who=self._at("hosting", "Asked"), state="requested")
        self._new_seat("3/8", who=self._at("incubation", "There", date_entry="2015-05-04"))
        self._new_seat("3/8", who=self._at("hosting", "Other", user_id=self.colleague.id))
        self.assertEqual(self._moves()["Entries Planned"], {"juil. 15": 1, "août 15": 1})
        mine = self._moves(user=self.accompanist.id)
        self.assertEqual(mine["Entries Planned"], {"juil. 15": 1})
        late = self._moves(date_from=d("7/7"), date_to=d("31/8"))
        self.assertEqual(late["Entries Planned"], {"août 15": 1})
        soon.date_entry = "2015-06-10"
        self.assertEqual(self._moves()["Entries Planned"], {"août 15": 1})

    def test_an_exit_that_is_to_come_is_a_planned_one(self):
        self._at("exit", "Leaves", date_entry="2015-01-05", date_exit="2015-07-10")
        found = self._moves()
        self.assertFalse(found["Exits"])
        self.assertEqual(found["Exits Planned"], {"juil. 15": 1})
        tiles = self._tiles()
        self.assertEqual((tiles["exits"]["rows"], tiles["exit_categories"]["is_empty"]), (0, True))
        with freeze_time("2015-07-10 09:00:00"):
            self.assertEqual(self._moves()["Exits"], {"juil. 15": 1})
            self.assertEqual(self._tiles()["exits"]["rows"], 1)

    def test_what_was_keeps_the_files_that_were_archived(self):
        file = self._at("exit", "Put away", date_entry="2015-01-05", date_exit="2015-05-20")
        self._new_seat("5/1", "31/3", who=file, state="ended")
        before = self._tiles()
        file.active = False
        tiles = self._tiles()
        self.assertFalse(file.active)
        self.assertEqual(self._moves()["Exits"], {"mai 15": 1})
        for name in ("exits", "exit_categories", "places", "places_by_space"):
            self.assertEqual(tiles[name], before[name])
        cell = tiles["places"]["series"][0]["cells"][0]
        seats = self.env["coworking.seat"].with_user(self.coordinator)
        self.assertEqual((cell["rows"], seats.search_count(cell["domain"])), (1, 1))

    def test_what_became_of_those_who_answered_at_six_months(self):
        with freeze_time("2015-12-01 09:00:00"):
            files = [
                self._at("exit", f"Left {rank}", date_entry="2015-01-05", date_exit="2015-03-02")
                for rank in range(5)
            ]
            tile = self._tiles()["exits_later"]
            self.assertEqual((tile["text"], tile["rows"], tile["is_empty"]), ("–", 0, True))
            self.assertEqual(tile["note"], "0 answers of 5")
            for file, category in zip(
                files[1:], ("durable", "other", "withdrawn", "transition"), strict=True
            ):
                row = file.followup_ids.filtered(lambda row: row.months == 6)
                row.exit_reason_id = self.exit_reasons[category]
                row.action_answered()
            tile = self._tiles()["exits_later"]
            self.assertEqual((tile["value"], tile["rows"], tile["text"]), (2, 3, "67 %"))
            self.assertEqual(tile["note"], "4 answers of 5")
            answers = self.env["coworking.followup"].with_user(self.coordinator)
            self.assertEqual(answers.search_count(tile["domain"]), 3)
            self.assertTrue(self._tiles(user=self.accompanist.id)["exits_later"]["rows"])
            self._at("incubation", user_id=self.colleague.id, date_entry="2015-06-01")
            other = self._tiles(user=self.colleague.id)["exits_later"]
            self.assertEqual(other["note"], "no follow-up of who left in this period is due")

    def test_a_move_belongs_to_the_day_of_who_looks(self):
        file = self._at("incubation", date_entry="2015-06-01")
        self._leave(file)
        move = self._last_move(file)
        move.flush_recordset()
        self.cr.execute(
            "UPDATE coworking_move SET date = '2015-06-30 22:30' WHERE id = %s", [move.id]
        )
        move.invalidate_recordset()
        june = self._tiles(date_from=d("1/6"), date_to=d("30/6"))["stage_delays"]
        july = self._tiles(date_from=d("1/7"), date_to=d("31/7"))["stage_delays"]
        self.assertEqual((len(june["bars"]), len(july["bars"])), (0, 1))
        self.assertEqual(self.env["coworking.move"].search(july["bars"][0]["domain"]).ids, move.ids)

    def test_a_month_cut_by_the_period_counts_its_days_alone(self):
        self._at("incubation", "Early", date_entry="2015-06-01")
        self._at("incubation", "Late", date_entry="2015-06-12")
        cells = self._tiles(date_from=d("10/6"), date_to=d("30/6"))["moves"]["series"][0]["cells"]
        self.assertEqual([cell["value"] for cell in cells], [1])

    def test_a_place_taken_by_another_program_is_not_free(self):
        other = self._new_program("Other", "OTH", accompanist_ids=[Command.clear()])
        self._new_seat("1/6", state="active")
        self._new_seat("1/6", who=self._new_participant("Elsewhere", program=other), state="active")
        tiles = self._tiles()
        self.assertEqual(tiles["places_taken"]["value"], 1)
        self.assertEqual(tiles["places_free"]["value"], 4)
        self.assertEqual(
            [row["color"] for row in tiles["places"]["series"]], ["main", "other", "calm"]
        )
        # whoever does not see those seats is told how many are free, and no more
        tiles = self._tiles(self.accompanist)
        self.assertEqual(tiles["places_free"]["value"], 4)
        self.assertEqual([row["color"] for row in tiles["places"]["series"]], ["main", "calm"])

    def test_a_seat_counts_on_the_days_that_months_are_counted_on_alone(self):
        """Those of July and August are their last ones; June is counted today."""
        for number, days in enumerate([("16/6", "30/7"), ("31/7", "31/7"), ("1/6", "30/8")]):
            self._new_seat(*days, who=f"Person {number}", state="active")
        self._new_seat("31/8", who="Who stays", state="active")
        taken = self._tiles(date_from=d("1/6"), date_to=d("30/9"))["places"]["series"][0]["cells"]
        self.assertEqual([cell["value"] for cell in taken], [1, 2, 1, 1])
        for cell in taken:
            found = self.env["coworking.seat"].search_count(cell["domain"])
            self.assertEqual(found, cell["value"])

    def test_a_space_offers_places_while_it_is_a_partner(self):
        self._new_participant()
        self.space_b.write({"state": "closed", "date_closed": "2015-08-31"})
        free = self._tiles()["places"]["series"][1]["cells"]
        self.assertEqual([cell["value"] for cell in free], [6] * 8 + [3] * 4)
        self.space.state = "suspended"
        free = self._tiles()["places"]["series"][1]["cells"]
        self.assertEqual([cell["value"] for cell in free], [6] * 5 + [3] * 3 + [0] * 4)
        self.assertEqual(self._value("places_free"), 3)

    def test_a_space_that_pauses_offers_what_is_taken_there(self):
        self._new_seat("1/6", "31/8", state="active")
        self.space.state = "suspended"
        tiles = self._tiles()
        self.assertEqual((tiles["places_taken"]["value"], tiles["places_free"]["value"]), (1, 3))
        self.assertIn("of 4 offered", tiles["places_taken"]["note"])

    def _set_capacities(self, typed, *changes):
        """:param typed: the day on which the space was typed
        :param changes: (number of places, day on which it was written)
        """
        space = self.space.with_context(tracking_disable=False, mail_notrack=False)
        self.env.flush_all()
        self.env.cr.precommit.run()  # what is made in one transaction tells no change
        for capacity, day in changes:
            space.seat_capacity = capacity
            self.env.cr.precommit.run()  # the chatter of the space tells the change
            value = space.message_ids.sudo().tracking_value_ids.sorted("id")[-1:]
            self.assertEqual(value.new_value_integer, capacity)
            self.env.cr.execute(
                "UPDATE mail_tracking_value SET create_date = %s WHERE id = %s", [day, value.id]
            )
        self.env.cr.execute(
            "UPDATE coworking_space SET create_date = %s WHERE id = %s", [typed, space.id]
        )
        self.env.invalidate_all()

    def _get_places(self, tiles):
        lines = {row["label"]: row["cells"] for row in tiles["places_by_space"]["lines"]}
        return [cell["text"].rpartition("/")[2] for cell in lines.pop(self.space.name)]

    def test_a_number_of_places_mended_once_it_is_typed_counts_from_the_beginning(self):
        self._new_participant()
        self._set_capacities("2015-05-19", (40, "2015-05-19"), (6, "2015-05-20"))
        self.assertEqual(self._get_places(self._tiles())[:7], ["6"] * 7)
        self._set_capacities("2015-05-19", (9, "2015-06-10"))
        self.assertEqual(self._get_places(self._tiles())[:7], ["6"] * 5 + ["9"] * 2)

    def test_a_past_month_has_the_places_that_were_offered_then(self):
        self._set_capacities("2015-01-05", (6, "2015-03-10"), (9, "2015-05-20"))
        self._new_participant()
        tiles = self._tiles()
        self.assertEqual(self._get_places(tiles)[:7], ["3", "3", "6", "6", "9", "9", "9"])
        free = [cell["value"] for cell in tiles["places"]["series"][-1]["cells"]]
        self.assertEqual([free[month] - free[0] for month in range(7)], [0, 0, 3, 3, 6, 6, 6])

    def test_of_many_spaces_the_fullest_have_a_line_and_all_others_one(self):
        full = self._new_space("Full", "FULL")
        for rank in range(4):
            self._new_space(f"Empty {rank}", f"E{rank}")
        tariff = self._new_tariff("Desk", 180.0, space=full)
        seats = [
            self._new_seat("1/5", "31/8", who=name, state="active", tariff=tariff)
            for name in ("A", "B")
        ]
        other = self._new_seat("1/5", "31/8", who="C", state="active")
        whole = {row["label"]: row["cells"][5] for row in self._tiles()["places_by_space"]["lines"]}
        self.patch(coworking_dashboard, "MOST_LINES", 1)
        few = {row["label"]: row["cells"][5] for row in self._tiles()["places_by_space"]["lines"]}
        rest = f"{len(whole) - 1} other spaces"
        self.assertEqual(list(few), ["Full", rest])
        self.assertEqual(few["Full"], whole["Full"])
        self.assertEqual(
            self.env["coworking.seat"].search(few["Full"]["domain"]).ids,
            self.env["coworking.seat"].browse(seat.id for seat in seats).sorted().ids,
        )
        self.assertEqual(self.env["coworking.seat"].search(few[rest]["domain"]), other)
        del whole["Full"]
        offered = sum(int(cell["text"].partition("/")[2]) for cell in whole.values())
        self.assertGreaterEqual(offered, 15)
        self.assertEqual(few[rest]["text"], f"1/{offered}")

    def test_seats_that_are_not_used_and_what_can_be_done(self):
        unused = self._new_seat("1/5", "31/8", who="Never", state="active")
        used = self._new_seat("1/5", "31/8", who="Came", state="active")
        self._new_presences(used, "10/6")
        self._new_seat("1/6", "31/8", who="Just begun", state="active")
        tile = self._tiles()["unused_seats"]
        self.assertEqual([seat["id"] for seat in tile["seats"]], unused.ids)
        self.assertEqual(tile["seats"][0]["cost"], "180,00\xa0€")
        self.assertEqual(
            [way["method"] for way in tile["ways"]],
            ["action_talk", "action_suspend", "action_change", "action_leave"],
        )
        for way in tile["ways"]:
            action = getattr(unused.with_user(self.coordinator), way["method"])()
            self.assertEqual(action["target"], "new")
        self.assertFalse(self._tiles(self.accountant)["unused_seats"]["ways"])
        own = self._tiles(self.accompanist)["unused_seats"]
        self.assertEqual(len(own["ways"]), 2)
        self.assertEqual(own["seats"][0]["cost"], "")

    def test_who_never_arrived_is_paid_for_nothing_too(self):
        seat = self._new_seat("1/5", "31/8", who="Awaited")
        tile = self._tiles()["unused_seats"]
        self.assertEqual([row["id"] for row in tile["seats"]], seat.ids)
        self.assertEqual(tile["seats"][0]["used"], "arrival not confirmed, since 45 days")
        for way in tile["ways"]:
            self.assertTrue(getattr(seat.with_user(self.coordinator), way["method"])())

    def test_a_space_that_wrote_nothing_says_not_that_nobody_came(self):
        seat = self._new_seat("1/5", "31/8", who="Untold", state="active")
        self.assertEqual(self._used(), "no presence told, since 45 days")
        self._new_presences(seat, "10/6").state = "absent"
        self.assertEqual(self._used(), "never used, since 45 days")

    def test_a_month_in_which_nobody_came_is_told(self):
        seat = self._new_seat("1/5", "31/8", who="Absent", state="active")
        seat_month = self.env["coworking.seat.month"]
        seat_month._record_answer(seat, d("1/5"), "no", False, self.manager.partner_id)
        self.assertEqual(self._used(), "never used, since 45 days")

    def _used(self):
        return self._tiles()["unused_seats"]["seats"][0]["used"]

    def test_a_seat_used_long_ago_is_told_again(self):
        seat = self._new_seat("1/4", "31/8", state="active")
        self._new_presences(seat, "20/5")
        self.assertEqual(self._value("unused_seats"), 1)
        self._new_presences(seat, "26/5")
        self.assertEqual(self._value("unused_seats"), 0)
        self.env["ir.config_parameter"].set_param("coworking_incubation.unused_seat_days", "10")
        self.assertEqual(self._value("unused_seats"), 1)

    def test_a_month_in_which_somebody_came_counts(self):
        seat = self._new_seat("1/4", "31/8", state="active")
        self.assertEqual(self._value("unused_seats"), 1)
        seat_month = self.env["coworking.seat.month"]
        seat_month._record_answer(seat, d("1/5"), "yes", False, self.manager.partner_id)
        self.assertEqual(self._value("unused_seats"), 0)

    def test_a_suspended_stay_is_taken_care_of(self):
        file = self._at("incubation", date_entry="2015-05-01")
        self._new_seat("1/5", "31/8", who=file, state="active")
        self.assertEqual(self._value("unused_seats"), 1)
        self.env["coworking.suspension"].create(
            {"participant_id": file.id, "date_from": "2015-06-10", "reason": "Ill"}
        )
        for user in (self.coordinator, self.accountant, self.accompanist):
            self.assertEqual(self._value("unused_seats", user), 0)

    def test_a_seat_that_costs_by_use_is_not_paid_for_nothing(self):
        tariff = self._new_tariff("Tickets", 15.0, unit="day")
        self._new_seat("1/4", "31/8", tariff=tariff, state="active")
        self.assertEqual(self._value("unused_seats"), 0)


@freeze_time("2015-09-15 09:00:00")
class TestMoney(DashboardCase):
    """Paid is what left the bank: partly, in the other order, or taken back by a credit note."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls._new_bank()
        for name in ("Camille", "Louison"):
            cls._new_seat("1/6", "31/8", who=name)

    def _posted_bill(self, month=JUNE):
        bill = self._bill(self._settle(month))
        bill.write({"invoice_date": d("2/7"), "date": d("2/7")})
        bill.action_post()
        return bill

    def _pay(self, move, amount, date="2015-07-10"):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {"payment_date": date, "journal_id": self.bank.id, "amount": amount}
        )._create_payments()

    def _money(self, **wanted):
        tiles = self._tiles(self.accountant, **wanted)
        names = ("expected", "invoiced", "paid", "left_to_pay", "forecast")
        return tuple(tiles[name]["value"] for name in names)

    def test_from_forecast_to_paid(self):
        self.assertEqual(self._money(), (0, 0, 0, 0, 1080))
        june = self._generate()
        self.assertEqual(self._money(), (360, 0, 0, 0, 720))
        june.action_confirm()
        bill = self._bill(june)
        self.assertEqual(self._money(), (360, 360, 0, 360, 720))
        bill.write({"invoice_date": d("2/7"), "date": d("2/7")})
        bill.action_post()
        self._pay(bill, 360)
        self.assertEqual(self._money(), (360, 360, 360, 0, 720))

    def test_a_bill_partly_paid(self):
        bill = self._posted_bill()
        self._pay(bill, 100.01)
        self.assertEqual(self._money(), (360, 360, 100.01, 259.99, 720))
        self._pay(bill, 259.99)
        self.assertEqual(self._money(), (360, 360, 360, 0, 720))

    def test_a_payment_without_an_entry(self):
        bill = self._posted_bill()
        self._pay_without_entry(self.bank, bill, 150)
        self.assertEqual(self._money()[2:4], (150, 210))

    def test_a_bill_whose_payment_is_blocked_is_still_to_pay(self):
        bill = self._posted_bill()
        bill.invoice_date_due = d("15/7")
        bill.action_toggle_block_payment()
        self.assertEqual(bill.payment_state, "blocked")
        tile = self._tiles(self.accountant)["left_to_pay"]
        self.assertEqual((tile["value"], tile["rows"]), (360, 2))
        lines = self.env["coworking.month.line"].with_user(self.accountant)
        self.assertEqual(lines.search_count(tile["domain"]), 2)
        arch = etree.fromstring(lines.get_view(view_type="search")["arch"])
        late = safe_eval(arch.find(".//filter[@name='late']").get("domain"))
        self.assertEqual(lines.search_count(late), 2)

    def _take_back(self, bill):
        """A credit note of the whole bill, reconciled with what is left of it."""
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=bill.ids
        )
        reversal.create({"journal_id": bill.journal_id.id, "date": d("5/7")}).refund_moves()
        credit = self.env["account.move"].search([("reversed_entry_id", "=", bill.id)])
        credit.action_post()
        (bill | credit).line_ids.filtered(
            lambda line: line.account_type == "liability_payable" and not line.reconciled
        ).reconcile()

    def test_a_bill_that_a_credit_note_takes_back_was_not_paid(self):
        self._take_back(self._posted_bill())
        expected, invoiced, paid, left, __ = self._money()
        self.assertEqual((paid, left), (0, invoiced))
        self.assertEqual(expected, 360)

    def test_what_a_credit_note_settles_of_a_bill_partly_paid_was_not_paid(self):
        bill = self._posted_bill()
        self._pay(bill, 100.01)
        self._take_back(bill)
        self.assertEqual((bill.payment_state, bill.amount_residual), ("paid", 0))
        self.assertEqual(self._money()[2], 100.01)

    def test_each_month_has_its_own(self):
        self._pay(self._posted_bill(), 360)
        self._pay(self._posted_bill(JULY), 60)
        chart = self._tiles(self.accountant)["money_by_month"]
        found = {
            row["color"]: [cell["value"] for cell in row["cells"][5:8]] for row in chart["series"]
        }
        self.assertEqual(
            found,
            {
                "main": [360, 60, 0],
                "out": [0, 300, 0],
                "calm": [0, 0, 0],
                "other": [0, 0, 360],
                "in": [360, 360, 0],
            },
        )
        self.assertEqual(
            self._money(date_from=d("1/7"), date_to=d("31/7"))[:4], (360, 360, 60, 300)
        )

    def test_the_queries_do_not_grow_with_files_and_months(self):
        users = self.accompanist | self.coordinator | self.accountant
        lines = self.env["coworking.month.line"].with_user(self.accountant)
        screens = {user: lambda user=user: self._tiles(user) for user in users}
        screens |= {
            month: lambda month=month: lines._prepare_month(month) for month in (JUNE, None)
        }

        def cost(screen):
            for _turn in ("warm", "counted"):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                screens[screen]()
            return self.cr.sql_log_count - before

        self.space.seat_capacity = 100
        self._posted_bill()
        few = {screen: cost(screen) for screen in screens}
        for rank in range(30):
            file = self._at("incubation", f"Person {rank}", date_entry="2015-05-04")
            self._new_seat("4/5", "31/8", who=file, state="active")
        self._posted_bill(JULY)
        for screen in screens:
            with self.subTest(screen=screen):
                self.assertLessEqual(cost(screen), few[screen] + 1)

    def test_the_month_has_its_totals_and_the_way_to_the_others(self):
        self._pay(self._posted_bill(), 360)
        self._posted_bill(JULY)
        lines = self.env["coworking.month.line"].with_user(self.accountant)
        bar = lines._prepare_month(JUNE)
        self.assertEqual((bar["previous"], bar["next"]), (False, JULY))
        self.assertEqual([row["month"] for row in bar["months"]], [JULY, JUNE])
        texts = {row["name"]: row["text"].replace("\xa0", " ") for row in bar["totals"]}
        self.assertEqual(texts["paid"], texts["expected"])
        self.assertIn("360", texts["invoiced"])
        self.assertEqual(texts["to_decide"], "0")
        empty = lines._prepare_month(d("1/1"))
        self.assertEqual((empty["previous"], empty["next"]), (False, JUNE))
        self.assertNotIn("360", empty["totals"][0]["text"])
        everything = lines._prepare_month(None)
        self.assertIn("720", everything["totals"][0]["text"])
        with self.assertRaises(AccessError):
            lines.with_user(self.accompanist)._prepare_month(JUNE)

    def test_above_the_list_is_what_the_list_shows(self):
        """As a tile opens it, and as it is filtered then; never the other programs."""
        other = self._new_program("Other", "OTH")
        self._new_seat("1/6", "31/7", who=self._new_participant("Elsewhere", program=other))
        self._pay(self._posted_bill(), 100.01)
        self._posted_bill(JULY)
        self._settle(JUNE, other)
        lines = self.env["coworking.month.line"].with_user(self.accountant)

        def totals(domain, month=None):
            rows = lines._prepare_month(month, domain)["totals"]
            return {row["name"]: row["text"] for row in rows}

        for wanted in ({}, {"date_from": d("1/6"), "date_to": d("30/6")}):
            tiles = self._tiles(self.accountant, **wanted)
            for name in ("expected", "invoiced", "paid"):
                tile = tiles[name]
                self.assertTrue(tile["value"])
                self.assertEqual(totals(tile["domain"])[name], tile["text"])
            month = tiles["money_by_month"]["series"][0]["cells"][0 if wanted else 5]
            self.assertEqual(totals(month["domain"], JUNE)["paid"], month["text"])
        camille, louison = self.program.participant_ids.sorted("display_name")
        one = Domain("participant_id", "=", camille.id)
        both = one | Domain("participant_id", "=", louison.id)
        june = Domain("date_from", "=", JUNE)
        for domain, expected in (
            (one, 360),
            (both, 720),
            (both & june, 360),
            (~june, 360),
            (june | (one & Domain("date_from", "=", JULY)), 720),
            (~(june & one), 720),
            (Domain("date_from", "=", d("1/1")), 0),
        ):
            with self.subTest(domain=str(domain)):
                self.assertEqual(sum(lines.search(domain).mapped("expected")), expected)
                text = self.program.currency_id.format(expected)
                self.assertEqual(totals(domain)["expected"], text)
        with self.assertRaises(AccessError):
            lines.with_user(self.accompanist)._prepare_month(None, one)


class TestWhereOneLands(DashboardCase):
    def test_each_role_lands_on_its_work_unless_somebody_chose(self):
        home = self.env.ref("coworking_incubation.coworking_home_action")
        for user in (self.accompanist, self.coordinator, self.accountant):
            self.assertEqual(user.action_id.id, home.id)
        self.assertFalse(self.employee.action_id)
        self.assertFalse(self.manager.action_id)
        role = self.env.ref("coworking_incubation.group_coworking_accompanist")
        own = self.env.ref("mail.action_discuss")
        self.employee.action_id = own.id
        self.employee.group_ids += role
        self.assertEqual(self.employee.action_id.id, own.id)
        other = self.colleague.copy({"login": "t_other", "group_ids": [Command.clear()]})
        other.action_id = False
        other.group_ids = self.env.ref("base.group_user") | role
        self.assertEqual(other.action_id.id, home.id)

    def test_an_administrator_lands_where_odoo_has_them(self):
        role = self.env.ref("coworking_incubation.group_coworking_accompanist")
        admin = self.employee.copy({"login": "t_admin"})
        admin.group_ids = self.env.ref("base.group_system") | role
        self.assertFalse(admin.action_id)

    def test_a_coordinator_lands_on_the_board_until_a_first_month_is_billed(self):
        home = self.env.ref("coworking_incubation.coworking_home_action").with_user(
            self.coordinator
        )
        action = home.run()
        self.assertEqual(action["res_model"], "coworking.participant")
        self.assertNotIn("search_default_mine", action["context"])
        self._new_seat("1/5", "31/5", state="active")
        self._settle(d("1/5")).action_create_bill()
        self.assertEqual(home.run()["tag"], "coworking_dashboard")

    def test_what_opens_depends_on_the_role_of_today(self):
        self.env["coworking.first.day"].with_user(self.coordinator).action_hide()
        home = self.env.ref("coworking_incubation.coworking_home_action")
        for user, tag in (
            (self.coordinator, "coworking_dashboard"),
            (self.accompanist, "coworking.participant"),
            (self.accountant, "coworking.month.line"),
        ):
            action = home.with_user(user).run()
            self.assertEqual(action.get("tag") or action["res_model"], tag)

    def test_a_counsellor_lands_on_the_own_files(self):
        home = self.env.ref("coworking_incubation.coworking_home_action")
        action = home.with_user(self.accompanist).run()
        self.assertIn("search_default_mine", str(action["context"]))
