"""History: one row a move that nobody edits, and the delays told by these rows."""

from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import SQL

from .common import PathwayCase


class TestRows(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second, cls.third = cls._own_stages("First", "Second", "Third")

    def test_each_move_is_a_row_with_from_to_days_and_who(self):
        with freeze_time("2015-06-01 08:00:00"):
            participant = self._new_participant(stage_id=self.first.id)
        with freeze_time("2015-06-04 20:00:00"):
            participant.with_user(self.accompanist).stage_id = self.second
        with freeze_time("2015-06-05 08:00:00"):
            participant.with_user(self.coordinator).stage_id = self.third
        self.assertRecordValues(
            participant.move_ids.sorted("id"),
            [
                {
                    "from_stage_id": False,
                    "to_stage_id": self.first.id,
                    "days": 0.0,
                    "user_id": self.env.uid,
                    "program_id": self.program.id,
                },
                {
                    "from_stage_id": self.first.id,
                    "to_stage_id": self.second.id,
                    "days": 3.5,
                    "user_id": self.accompanist.id,
                    "program_id": self.program.id,
                },
                {
                    "from_stage_id": self.second.id,
                    "to_stage_id": self.third.id,
                    "days": 0.5,
                    "user_id": self.coordinator.id,
                    "program_id": self.program.id,
                },
            ],
        )
        last = self._last_move(participant)
        self.assertEqual(str(last.date), "2015-06-05 08:00:00")
        self.assertEqual(last.display_name, "Camille → Third")

    def test_files_moved_together_have_a_row_each(self):
        files = self._new_participant("A", stage_id=self.first.id) | self._new_participant(
            "B", stage_id=self.first.id
        )
        files.with_user(self.accompanist).stage_id = self.second
        self.assertEqual(files.move_ids.filtered("from_stage_id").participant_id, files)

    def test_a_row_tells_when_the_phase_changes(self):
        self.third.phase = "selection"
        participant = self._new_participant(stage_id=self.first.id)
        participant.stage_id = self.second
        participant.stage_id = self.third
        self.assertEqual(
            [
                (row.from_phase, row.to_phase, row.changes_phase)
                for row in participant.move_ids.sorted("id")
            ],
            [
                (False, "recruitment", True),
                ("recruitment", "recruitment", False),
                ("recruitment", "selection", True),
            ],
        )

    def test_rows_follow_the_meaning_of_their_stage(self):
        """So that a funnel over the years is of one meaning."""
        participant = self._new_participant(stage_id=self.first.id)
        self.first.phase = "selection"
        self.assertEqual(participant.move_ids.to_phase, "selection")

    def test_nobody_writes_a_row(self):
        participant = self._new_participant(stage_id=self.first.id)
        participant.stage_id = self.second
        row = self._last_move(participant)

        def attempts(user):
            moves = self.env["coworking.move"].with_user(user)
            values = {
                "participant_id": participant.id,
                "to_stage_id": self.third.id,
                "user_id": user.id,
            }
            yield lambda: moves.create(values)
            yield lambda: row.with_user(user).write({"reason": "Another"})
            yield lambda: row.with_user(user).write({"date": "2015-01-01"})
            yield lambda: row.with_user(user).unlink()
            for command in (
                Command.create(values),
                Command.update(row.id, {"reason": "Another"}),
                Command.delete(row.id),
                Command.clear(),
            ):
                yield lambda command=command: participant.with_user(user).write(
                    {"move_ids": [command]}
                )

        for user in (self.accompanist, self.coordinator):
            with self.subTest(user=user.login):
                self.assertEqual(row.with_user(user).to_stage_id, self.second)
                for attempt in attempts(user):
                    with self.assertRaises(AccessError):
                        attempt()

    def test_a_stage_that_a_row_tells_of_is_not_deleted(self):
        participant = self._new_participant(stage_id=self.first.id)
        participant.stage_id = self.second
        with self.assertRaisesRegex(UserError, "First cannot be deleted"):
            self.first.unlink()
        self.assertTrue(self.first.exists())

    def test_the_days_shown_in_each_stage_are_those_of_the_moves(self):
        self.second.next_stage_ids |= self.first
        with freeze_time("2015-06-01 08:00:00"):
            participant = self._new_participant(stage_id=self.first.id)
        with freeze_time("2015-06-04 20:00:00"):
            participant.stage_id = self.second
        with freeze_time("2015-06-05 08:00:00"):
            participant.stage_id = self.first
        with freeze_time("2015-06-07 08:00:00"):
            days = {
                int(stage): seconds / 86400
                for stage, seconds in self._again(participant).duration_tracking.items()
            }
        self.assertEqual(days, {self.first.id: 5.5, self.second.id: 0.5})


class TestDelays(PathwayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second, cls.third = cls._own_stages("First", "Second", "Third")

    def _stay(self, days, program=None, stage=None):
        with freeze_time("2015-03-01 08:00:00") as clock:
            participant = self._new_participant(
                f"{days} days", program, stage_id=(stage or self.first).id
            )
            clock.tick(days * 86400)
            participant.stage_id = self.second
            return participant

    def _delays(self, user=None, **criteria):
        self.env.flush_all()
        delays = self.env["coworking.stage.delay"].with_user(user or self.coordinator)
        delays.invalidate_model()
        return delays.search([(name, "=", value) for name, value in criteria.items()])

    def test_the_median_is_that_of_the_days_in_the_stage_left(self):
        """1, 2 and 30 days: a median of 2, an average of 11; with 4 more days a median of 3."""
        for days in (30, 1, 2):
            self._stay(days)
        self.assertRecordValues(
            self._delays(stage_id=self.first.id),
            [
                {
                    "program_id": self.program.id,
                    "company_id": self.company.id,
                    "passages": 3,
                    "median_days": 2.0,
                    "average_days": 11.0,
                    "phase": "recruitment",
                }
            ],
        )
        self._stay(4)
        self.assertEqual(self._delays(stage_id=self.first.id).median_days, 3.0)

    def test_those_still_in_the_stage_do_not_count(self):
        self._new_participant(stage_id=self.first.id)
        self.assertFalse(self._delays(stage_id=self.first.id))

    def test_each_stage_and_each_program_has_its_row(self):
        other = self._new_program("Other", "OTH")
        (self.first | self.second | self.third).program_ids |= other
        self._stay(2)
        self._stay(8, other)
        participant = self._stay(4)
        with freeze_time("2015-03-15 08:00:00"):
            participant.stage_id = self.third
        found = {
            (row.stage_id, row.program_id): (row.passages, row.median_days)
            for row in self._delays(phase="recruitment")
            if row.stage_id in (self.first | self.second)
        }
        self.assertEqual(
            found,
            {
                (self.first, self.program): (2, 3.0),
                (self.first, other): (1, 8.0),
                (self.second, self.program): (1, 10.0),
            },
        )

    def test_the_list_counts_them_once(self):
        self._stay(2)
        self.env.flush_all()
        delays = self.env["coworking.stage.delay"].with_user(self.accompanist)
        arch = etree.fromstring(delays.get_view(view_type="list")["arch"])
        asked = {name: {} for name in arch.xpath("//field/@name")}
        fetch = delays._fetch_query
        with patch.object(type(delays), "_fetch_query", side_effect=fetch) as fetched:
            self.assertTrue(delays.web_search_read([], asked)["records"])
        self.assertEqual(fetched.call_count, 1)

    def test_an_accompanist_sees_the_own_programs_only(self):
        other = self._new_program("Other", "OTH", accompanist_ids=False)
        self.first.program_ids |= other
        self.second.program_ids |= other
        self._stay(2)
        self._stay(8, other)
        rows = self._delays(self.accompanist, stage_id=self.first.id)
        self.assertEqual(rows.program_id, self.program)
        self.assertEqual(len(self._delays(stage_id=self.first.id)), 2)
        with self.assertRaises(AccessError):
            self._delays(self.accountant, stage_id=self.first.id)
        with self.assertRaises(AccessError):
            rows.write({"median_days": 0.0})

    def test_the_funnel_counts_moves_between_phases(self):
        self._stay(2)
        self.third.phase = "selection"
        self._stay(3).stage_id = self.third
        counts = dict(
            self.env["coworking.move"]._read_group(
                [("program_id", "=", self.program.id), ("changes_phase", "=", True)],
                ["to_phase"],
                ["__count"],
            )
        )
        self.assertEqual(counts, {"recruitment": 2, "selection": 1})


class TestWhatIsRead(PathwayCase):
    """Programmes that are not asked for are not counted, however the others are asked for."""

    def _read(self, model, column, table):
        """Rows of a table that the database reads to tell a column of this programme."""
        self.env.flush_all()
        for way in ("seqscan", "hashjoin", "mergejoin"):  # of few rows any may be taken
            self.env.cr.execute(SQL("SET LOCAL enable_%s = off", SQL(way)))
        query = self.env[model]._search([("program_id.code", "=", self.program.code)])
        explain = SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", query.select(SQL.identifier(column)))
        nodes = [self.env.execute_query(explain)[0][0][0]["Plan"]]
        read = 0
        for node in nodes:
            nodes += node.get("Plans", ())
            if node.get("Relation Name") == table:
                read += node["Actual Rows"] * node["Actual Loops"]
        return read

    def test_what_others_have_is_not(self):
        other = self._new_program("Other", "OTH")
        moved = {"move_reason": "Step by step", "stage_id": self.stages["selection"].id}
        self._new_participant("Own").write(moved)
        looks = [
            ("coworking.funnel", "files", "coworking_participant"),
            ("coworking.funnel", "files", "coworking_move"),
            ("coworking.stage.delay", "median_days", "coworking_move"),
        ]
        before = [self._read(*look) for look in looks]
        self.assertTrue(all(before))
        for name in "ABCDEFGHIJ":
            self._new_participant(name, other).write(moved)
        for look, own in zip(looks, before, strict=True):
            # What is ours may be read twice, as PostgreSQL plans it; ten others once are more.
            self.assertLess(self._read(*look) - own, 10, look)


class TestFunnel(PathwayCase):
    def _funnel(self, program=None, user=None):
        self.env.flush_all()
        rows = self.env["coworking.funnel"].with_user(user or self.coordinator)
        rows.invalidate_model()
        return rows.search([("program_id", "=", (program or self.program).id)])

    def _steps(self, program=None):
        return [
            (row.phase, row.files, row.from_previous, row.from_start)
            for row in self._funnel(program)
        ]

    def test_a_file_went_as_far_as_its_furthest_passage(self):
        """8 people: 4 of them selected, 2 of those hosted, 1 of those followed after."""
        files = [self._new_participant(f"{rank}") for rank in range(8)]
        selected = {"move_reason": "Step by step", "stage_id": self.stages["selection"].id}
        entered = {"move_reason": "Step by step", "stage_id": self.stages["incubation"].id}
        for file in files[:4]:
            file.write(selected)
        for file in files[:2]:
            file.write(entered)
        files[0].write(
            {
                "move_reason": "Step by step",
                "stage_id": self.stages["exit"].id,
                "exit_reason_id": self.exit_reasons["durable"].id,
            }
        )
        files[4].write({"move_reason": "Gone", "stage_id": self.stages["closed"].id})
        self.assertEqual(
            self._steps(),
            [
                ("recruitment", 8, 0.0, 100.0),
                ("selection", 4, 50.0, 50.0),
                ("incubation", 2, 50.0, 25.0),
                ("followup", 1, 50.0, 12.5),
            ],
        )
        files[1].write(selected)  # a step back is no step less
        self.assertEqual(self._steps()[2][1], 2)

    def test_a_file_taken_over_went_as_far_as_its_dates_say(self):
        self._at("closed", "Left", date_entry="2015-02-02", date_exit="2015-06-01",
                 exit_reason_id=self.exit_reasons["durable"].id)  # fmt: skip
        self._at("closed", "Never came")
        self._at("closed", "Came", date_entry="2015-02-02")
        self.assertEqual([row[1] for row in self._steps()], [3, 2, 2, 1])

    def test_each_program_has_its_own_even_without_anybody(self):
        other = self._new_program("Other", "OTH")
        self._new_participant("Noor", other)
        self.assertEqual([row[1] for row in self._steps()], [0, 0, 0, 0])
        self.assertEqual([row[2:] for row in self._steps()], [(0.0, 0.0)] * 4)
        self.assertEqual([row[1] for row in self._steps(other)], [1, 0, 0, 0])

    def test_an_accompanist_sees_the_own_programs_only(self):
        other = self._new_program("Other", "OTH", accompanist_ids=False)
        self.assertEqual(len(self._funnel(user=self.accompanist)), 4)
        self.assertFalse(self._funnel(other, self.accompanist))
        self.assertEqual(len(self._funnel(other)), 4)
        with self.assertRaises(AccessError):
            self._funnel(user=self.accountant)

    def test_phases_are_grouped_in_the_order_in_which_they_follow(self):
        order = ["recruitment", "selection", "incubation", "followup", "closed"]
        for stage in ("closed", "exit", "incubation", "selection", "orientation"):
            self._at(stage, stage)
        self.env.flush_all()
        for model, field in (
            ("coworking.participant", "phase"),
            ("coworking.move", "to_phase"),
            ("coworking.funnel", "phase"),
        ):
            groups = self.env[model].formatted_read_group(
                [("program_id", "=", self.program.id)], [field], ["__count"]
            )
            found = [group[field] for group in groups]
            with self.subTest(model=model):
                self.assertEqual(found, order[: len(found)])
                self.assertGreaterEqual(len(found), 4)
        pivot = self.env["coworking.move"].formatted_read_grouping_sets(
            [("program_id", "=", self.program.id)], [["to_phase", "from_phase"], ["to_phase"]]
        )
        self.assertEqual([group["to_phase"] for group in pivot[1]], order)
        backwards = self.env["coworking.participant"].formatted_read_group(
            [("program_id", "=", self.program.id)], ["phase"], ["__count"], order="phase desc"
        )
        self.assertEqual([group["phase"] for group in backwards], order[::-1])


class TestFirstSupport(PathwayCase):
    def test_days_to_the_first_support_and_its_class(self):
        for applied, met, days, delay in (
            ("2015-06-01", "2015-06-01", 0, "15"),
            ("2015-06-01", "2015-06-16", 15, "15"),
            ("2015-06-01", "2015-06-17", 16, "30"),
            ("2015-06-01", "2015-07-01", 30, "30"),
            ("2015-06-01", "2015-07-02", 31, "more"),
            ("2015-06-01", "2015-05-20", 0, "15"),
            ("2015-06-01", False, 0, False),
            (False, "2015-06-01", 0, False),
        ):
            with self.subTest(applied=applied, met=met):
                participant = self._new_participant(date_application=applied, date_support=met)
                self.assertRecordValues(
                    participant, [{"days_to_support": days, "support_delay": delay}]
                )

    def test_the_share_met_within_15_days_is_a_count_by_class(self):
        for met in ("2015-06-02", "2015-06-10", "2015-06-20", "2015-07-20"):
            self._new_participant(met, date_application="2015-06-01", date_support=met)
        counts = dict(
            self.env["coworking.participant"]._read_group(
                [("program_id", "=", self.program.id)], ["support_delay"], ["__count"]
            )
        )
        self.assertEqual(counts, {"15": 2, "30": 1, "more": 1})
        self.assertEqual(
            (self.program.met_count, self.program.met_15_rate, self.program.met_30_rate),
            (4, 50.0, 75.0),
        )

    def test_those_who_were_not_met_yet_lower_no_share(self):
        self._new_participant("Waiting", date_application="2015-06-01")
        self.assertFalse(self.program.met_count)
        self._new_participant("Met", date_application="2015-06-01", date_support="2015-06-02")
        self.assertEqual(self.program.met_15_rate, 100.0)


class TestRotting(PathwayCase):
    """Odoo's own mixin; its "now" is the database's, which nothing freezes."""

    def _since(self, stage, days, **values):
        participant = self._at(stage, f"{stage} {days}", **values)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_participant SET date_last_stage_update ="
            " now() AT TIME ZONE 'UTC' - interval '1 day' * %s WHERE id = %s",
            (days, participant.id),
        )
        self.env.invalidate_all()
        return participant

    def test_a_file_goes_stale_after_the_days_of_its_stage(self):
        self.stages["selection"].rotting_threshold_days = 15
        self.stages["hosting"].rotting_threshold_days = 0
        for stage, days, expected in (
            ("selection", 14, False),
            ("selection", 16, True),
            ("hosting", 300, False),
        ):
            with self.subTest(stage=stage, days=days):
                participant = self._since(stage, days)
                self.assertEqual(participant.is_rotting, expected)
                self.assertEqual(participant.rotting_days, days if expected else 0)
                found = self.env["coworking.participant"].search([("is_rotting", "=", True)])
                self.assertEqual(participant in found, expected)

    def test_a_closed_file_never_does(self):
        self.stages["closed"].rotting_threshold_days = 1
        participant = self._since("closed", 30)
        self.assertFalse(participant.is_rotting)
        found = self.env["coworking.participant"].search([("is_rotting", "=", True)])
        self.assertNotIn(participant, found)

    def test_a_move_makes_it_fresh_again(self):
        participant = self._since("hosting", 30, selection_result="admitted")
        self.assertTrue(participant.is_rotting)
        with freeze_time(self.env.cr.now()):
            participant.stage_id = self.stages["space_choice"]
            self.env.flush_all()
        self.assertFalse(self._again(participant).is_rotting)
