"""The board: as many queries for few cards as for many, what is shown on them included."""

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.fields import Domain

from .common import PathwayCase

CARD = {
    name: {}
    for name in (
        "active",
        "activity_exception_decoration",
        "activity_exception_icon",
        "activity_ids",
        "activity_state",
        "activity_summary",
        "activity_type_icon",
        "clock_label",
        "clock_percent",
        "clock_state",
        "display_name",
        "is_rotting",
        "missing_requirements",
        "phase",
        "project",
        "readiness_label",
        "rotting_days",
        "todo_any",
        "todo_label",
        "waiting_rank",
    )
} | {
    name: {"fields": {"display_name": {}}}
    for name in ("current_space_id", "next_stage_id", "stage_id", "user_id")
}


class TestBoard(PathwayCase):
    """An accompanist opens the board of the programme, then of one with ten times as many files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.space.seat_capacity = 200
        cls.program.target_places = 200

    def _files(self, number):
        """Files at every stage, some ready, some with a seat, an activity, a review, a proof."""
        names = (
            "orientation",
            "info_session",
            "application",
            "selection",
            "hosting",
            "incubation",
            "exit",
        )
        files = self.env["coworking.participant"].create(
            [
                {
                    "partner_name": f"{stage} {rank}",
                    "program_id": self.program.id,
                    "user_id": (self.accompanist | self.colleague)[rank % 2].id,
                    "stage_id": self.stages[stage].id,
                    "move_reason": "Take-over",
                    "project": rank % 2 and "Cheese",
                    "selection_result": "waiting" if stage == "selection" else False,
                    "exit_reason_id": self.exit_reasons["other"].id if stage == "exit" else False,
                }
                for stage in names
                for rank in range(number)
            ]
        )
        hosted = files.filtered(lambda file: file.phase == "incubation")
        self.env["coworking.seat"].create(
            [
                {
                    "participant_id": file.id,
                    "space_id": self.space.id,
                    "tariff_id": self.tariff.id,
                    "date_start": "2015-06-15",
                    "state": "confirmed",
                }
                for file in hosted
            ]
        )
        self.env["coworking.review"].create(
            [{"participant_id": file.id, "date": "2015-06-10"} for file in hosted]
        )
        return files

    def _specification(self):
        """The fields above, and those of the installed kanban view."""
        participants = self.env["coworking.participant"]
        arch = etree.fromstring(participants.get_view(view_type="kanban")["arch"])
        specification = dict(CARD)
        for node in arch.iter("field"):
            name = node.get("name")
            field = participants._fields[name]
            if field.type == "many2one":
                specification.setdefault(name, {"fields": {"display_name": {}}})
            else:
                specification.setdefault(name, {})
        return specification

    def _open(self, user, specification):
        return (
            self.env["coworking.participant"]
            .with_user(user)
            .with_context(read_group_expand=True)
            .web_read_group(
                [("program_id", "=", self.program.id)],
                ["stage_id"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification=specification,
                unfold_read_default_limit=80,
            )
        )

    def _cost(self, user):
        """Queries of the board as a first page of a request, and the cards that were read."""
        specification = self._specification()
        for _turn in ("warm", "counted"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            board = self._open(user, specification)
        cards = [card for group in board["groups"] for card in group.get("__records", ())]
        return self.env.cr.sql_log_count - before, cards

    def test_the_number_of_queries_does_not_grow_with_the_cards(self):
        for stage in self.stages.values():
            stage.fold = False
        users = self.accompanist | self.coordinator
        self._files(2)
        few = {user: self._cost(user) for user in users}
        self._files(18)
        for user in users:
            with self.subTest(user=user.login):
                queries, cards = self._cost(user)
                self.assertEqual(len(cards), 10 * len(few[user][1]))
                self.assertEqual(queries, few[user][0])

    def test_what_is_shown_is_what_each_card_is(self):
        self._files(2)
        _cost, cards = self._cost(self.accompanist)
        self.assertTrue(cards)
        for card in cards:
            file = self.env["coworking.participant"].browse(card["id"])
            for name in ("readiness_label", "missing_requirements", "todo_label", "waiting_rank"):
                self.assertEqual(card[name], file.with_user(self.accompanist)[name])
        self.assertTrue(any(card["readiness_label"] for card in cards))

    def _header(self, user, domain=None):
        """What the board reads for the headers of its columns, and what that costs."""
        participants = self.env["coworking.participant"].with_user(user)
        arguments = (
            domain or [("program_id", "=", self.program.id)],
            "stage_id",
            {"field": "clock_state", "colors": dict.fromkeys(("fine", "risk", "late"), "")},
        )
        for _turn in ("warm", "counted"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            header = participants.read_progress_bar(*arguments)
        return header, self.env.cr.sql_log_count - before

    def test_the_bar_above_a_column_counts_the_colours_of_its_cards(self):
        """Whatever is planned, by whoever: a colour means the pace of a person, nothing else."""
        stage = self.stages["incubation"]
        self.program.date_start = "2014-09-01"
        for rank, entry in enumerate(
            ("2015-06-15", "2015-01-16", "2015-01-01", "2014-12-01", "2014-11-03", False)
        ):
            file = self._at("incubation", f"{rank}", date_entry=entry)
            file.activity_schedule("mail.mail_activity_data_todo", user_id=self.colleague.id)
        header, _cost = self._header(self.accompanist)
        board = self._open(self.accompanist, self._specification())
        cards = next(group for group in board["groups"] if group["stage_id"][0] == stage.id)
        colours = [card["clock_state"] for card in cards["__records"]]
        self.assertEqual(
            header[str(stage.id)], {name: colours.count(name) for name in ("fine", "risk", "late")}
        )
        self.assertEqual(
            sorted(map(str, colours)), ["False", "fine", "late", "late", "risk", "risk"]
        )
        for name in ("fine", "risk", "late", False):
            found = self.env["coworking.participant"].search(
                [("stage_id", "=", stage.id), ("clock_state", "=", name)]
            )
            found = found.filtered(lambda file: file.program_id == self.program)
            self.assertEqual(
                set(found.ids),
                {card["id"] for card in cards["__records"] if card["clock_state"] == name},
            )

    def test_the_places_left_are_told_on_the_stages_that_hold_them(self):
        self.program.target_places = 5
        self._files(2)
        for user in (self.accompanist, self.coordinator):
            header, _cost = self._header(user)
            with self.subTest(user=user.login):
                self.assertEqual(header["places_left"][self.stages["incubation"].id], 3)
                self.assertNotIn(self.stages["selection"].id, header["places_left"])
        self.assertEqual(
            set(header["places_left"]),
            set(self.env["coworking.stage"].search([("phase", "=", "incubation")]).ids),
        )

    def test_places_are_those_of_the_programs_shown_whoever_holds_them(self):
        self.program.target_places = 3
        other = self._new_program("Other", "OTH", target_places=7)
        self._new_participant("Elsewhere", other)
        for name in ("A", "B"):
            self._at("incubation", name, user_id=self.colleague.id)
        mine = self._new_participant("Mine", user_id=self.other_accompanist.id)
        stage = self.stages["incubation"].id
        both = [("program_id", "in", (self.program | other).ids)]
        self.assertEqual(self._header(self.coordinator, both)[0]["places_left"][stage], 8)
        own = self._header(self.other_accompanist, [("id", "=", mine.id)])[0]
        self.assertEqual(own["places_left"][stage], 1)
        self.program.target_places = 1  # two are there already
        own = self._header(self.other_accompanist, [("id", "=", mine.id)])[0]
        self.assertEqual(own["places_left"][stage], 0)
        self.assertNotIn("places_left", self._header(self.coordinator, [("id", "=", 0)])[0])

    def test_a_program_that_is_over_has_no_places_left(self):
        self.program.target_places = 3
        other = self._new_program("Over", "OVE", target_places=7)
        self._files(1)
        self._new_participant("There", other)
        yesterday = fields.Date.context_today(self.program) - relativedelta(days=1)
        other.write({"date_start": yesterday - relativedelta(years=1), "date_end": yesterday})
        both = [("program_id", "in", (self.program | other).ids)]
        stage = self.stages["incubation"].id
        self.assertEqual(self._header(self.coordinator, both)[0]["places_left"][stage], 2)
        over = [("program_id", "=", other.id)]
        self.assertNotIn("places_left", self._header(self.coordinator, over)[0])

    def test_a_stage_of_one_program_tells_the_places_of_that_one(self):
        other = self._new_program("Other", "OTH", target_places=7)
        stage = self._own_stages("Half-time", program=other, phase="incubation")
        self._new_participant("Here")
        self._new_participant("There", other)
        header, _cost = self._header(
            self.coordinator, [("program_id", "in", (self.program | other).ids)]
        )
        self.assertEqual(header["places_left"][stage.id], 7)
        self.assertEqual(header["places_left"][self.stages["incubation"].id], 207)

    def test_headers_cost_the_same_number_of_queries_for_more_cards_and_programs(self):
        self._files(2)
        everything = [("company_id", "=", self.company.id)]
        few = self._header(self.coordinator, everything)[1]
        for rank in range(5):
            self._new_participant("One", self._new_program(f"P{rank}", f"P{rank}"))
        self._files(10)
        self.assertEqual(self._header(self.coordinator, everything)[1], few)

    def test_headers_find_their_programs_without_reading_the_files(self):
        """A scan of a hundred thousand files is what made the board slower than CRM's."""
        self._files(3)
        read = []
        participants = self.env["coworking.participant"].with_user(self.accompanist)
        read_group = type(participants)._read_group

        def counted(records, domain=(), groupby=(), *args, **kwargs):
            if records._name == "coworking.participant":
                read.append((list(groupby), "incubation" in str(domain)))
            return read_group(records, domain, groupby, *args, **kwargs)

        self.patch(type(participants), "_read_group", counted)
        header = participants.read_progress_bar(
            [("program_id", "=", self.program.id)],
            "stage_id",
            {"field": "clock_state", "colors": {"fine": "success"}},
        )
        self.assertIn("places_left", header)
        # once for the bars, once for those who hold a place
        self.assertEqual(read[1:], [(["program_id"], True)])

    def test_what_is_asked_of_programs_is_asked_before_their_files_are_looked_through(self):
        """There are ever more programs that are over, and the board opens on those that run."""
        over = self._new_program("Over", "OVER", date_start="2014-01-01", date_end="2014-12-31")
        self._new_participant("Here")
        self._new_participant("Gone", over)
        asked = []
        search = type(over)._search

        def noted(records, domain, *args, **kwargs):
            asked.append(list(Domain(domain)))
            return search(records, domain, *args, **kwargs)

        self.patch(type(over), "_search", noted)
        participants = self.env["coworking.participant"].with_user(self.coordinator)
        ends = ("program_id.date_end", ">=", "2015-01-01")
        named = ("partner_id.name", "in", ("Here", "Gone"))
        self.assertEqual(participants._get_programs_shown([ends, named]), self.program)
        self.assertIn([("date_end", ">=", "2015-01-01")], asked)
        # either of two is not for the programs to say
        asked.clear()
        self.assertEqual(participants._get_programs_shown(["|", ends, named]), self.program | over)
        self.assertIn([(1, "=", 1)], asked)

    def test_cards_carry_no_pictures(self):
        """The client asks a grouped view for whole pictures: cards show theirs by its address."""
        fields = self.env["coworking.participant"]._fields
        kinds = {name: fields[name].type for name in self._specification()}
        self.assertNotIn("binary", kinds.values(), kinds)

    def test_folded_stages_are_counted_and_not_read(self):
        self._files(2)
        board = self._open(self.accompanist, self._specification())
        by_stage = {group["stage_id"][0]: group for group in board["groups"]}
        folded = by_stage[self.stages["application"].id]
        self.assertEqual(folded["__count"], 2)
        self.assertNotIn("__records", folded)
        self.assertEqual(len(by_stage[self.stages["incubation"].id]["__records"]), 2)
        self.assertEqual(set(by_stage), set(self.env["coworking.stage"].search([]).ids))
