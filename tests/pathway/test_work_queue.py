"""The work queue: each reason to look at a file, found by the search as it is shown."""

from itertools import count, product

from odoo.fields import Domain

from .common import PathwayCase

FLAGS = (
    "todo_review",
    "todo_exit",
    "todo_proof",
    "todo_call",
    "todo_absent",
    "todo_silent",
    "todo_any",
    "is_ready",
)


class QueueCase(PathwayCase):
    """On 15 June 2015, with the borders on 15 July; an e-mail is known and nothing goes stale."""

    numbers = count()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["coworking.stage"].search([]).rotting_threshold_days = 0

    def _file(self, stage="incubation", name=None, **values):
        # An address of their own: the same name and address are the same person.
        address = f"a{next(self.numbers)}@example.com"
        return self._at(stage, name or stage, **{"email": address, **values})

    def _proof(self, participant, seen):
        """It holds for 90 days from the day it is seen."""
        criterion = self.env["coworking.criterion"].create(
            {"name": "Job seeker", "proof_expected": "Notice", "proof_max_age_days": 90}
        )
        return self.env["coworking.proof"].create(
            {
                "participant_id": participant.id,
                "criterion_id": criterion.id,
                "date_seen": seen,
            }
        )

    def assertFlag(self, participant, name, expected, message=None):
        """Shown, found by each way to ask, and not found by its contrary."""
        self._again(participant)
        self.assertEqual(participant[name], expected, message)
        participants = self.env["coworking.participant"].with_context(active_test=True)
        for operator, value, found in (
            ("=", True, expected),
            ("!=", False, expected),
            ("=", False, not expected),
            ("!=", True, not expected),
        ):
            result = participants.search([("id", "=", participant.id), (name, operator, value)])
            self.assertEqual(bool(result), found, f"{message} {name} {operator} {value}")


class TestFlags(QueueCase):
    def test_a_review_is_due_from_its_day_until_it_is_held(self):
        for day, held, stage, expected in (
            ("2015-06-14", False, "incubation", True),
            ("2015-06-15", False, "incubation", True),
            ("2015-06-16", False, "incubation", False),
            ("2015-06-14", True, "incubation", False),
            ("2015-06-14", False, "selection", True),
            ("2015-06-14", False, "exit", True),
            ("2015-06-14", False, "closed", False),
        ):
            with self.subTest(day=day, held=held, stage=stage):
                participant = self._file(stage)
                review = self.env["coworking.review"].create(
                    {"participant_id": participant.id, "date": day}
                )
                if held:
                    review.line_ids.rating = "3"
                    review.action_done()
                self.assertFlag(participant, "todo_review", expected)

    def test_a_planned_exit_within_30_days_until_the_exit_is_known(self):
        for entry, stage, values, expected in (
            ("2015-01-16", "incubation", {}, True),  # 15 July
            ("2015-01-17", "incubation", {}, False),
            ("2015-01-16", "final_review", {}, True),
            ("2015-01-01", "incubation", {}, True),
            (False, "selection", {}, False),
            ("2015-01-16", "hosting", {}, False),
            ("2015-01-16", "exit", {}, False),
            (
                "2015-01-16",
                "incubation",
                {"date_exit": "2015-07-01", "exit_reason_id": self.exit_reasons["other"].id},
                False,
            ),
        ):
            with self.subTest(entry=entry, stage=stage, values=values):
                participant = self._file(stage, date_entry=entry, **values)
                self.assertFlag(participant, "todo_exit", expected)

    def test_a_suspension_moves_the_planned_exit_out_of_the_queue(self):
        participant = self._file(date_entry="2015-01-16")
        self.env["coworking.suspension"].create(
            {
                "participant_id": participant.id,
                "date_from": "2015-06-01",
                "date_to": "2015-06-01",
                "reason": "Away",
            }
        )
        self.assertFlag(participant, "todo_exit", False)

    def test_a_proof_that_expires_within_30_days_before_the_exit(self):
        for seen, stage, expected in (
            ("2015-04-16", "incubation", True),  # 15 July
            ("2015-04-17", "incubation", False),
            ("2015-01-16", "incubation", True),
            ("2015-04-16", "selection", True),
            ("2015-04-16", "exit", False),
            ("2015-04-16", "closed", False),
        ):
            with self.subTest(seen=seen, stage=stage):
                participant = self._file(stage)
                self._proof(participant, seen)
                self.assertFlag(participant, "todo_proof", expected)

    def test_an_archived_file_is_in_no_queue(self):
        participant = self._file()
        self._proof(participant, "2015-04-16")
        participant.active = False
        archived = self.env["coworking.participant"].with_context(active_test=False)
        self.assertFalse(archived.search([("todo_proof", "=", True)]) & participant)
        self.assertFalse(self._again(participant).with_context(active_test=False).todo_proof)

    def test_a_proof_that_holds_for_ever_does_not_expire(self):
        participant = self._file()
        self._proof(participant, "2015-01-16").criterion_id.proof_max_age_days = 0
        self.assertFlag(participant, "todo_proof", False)

    def test_people_without_an_e_mail_are_to_be_called_up_to_the_exit(self):
        for stage, expected in (
            ("orientation", True),
            ("selection", True),
            ("incubation", True),
            ("exit", False),
            ("closed", False),
        ):
            with self.subTest(stage=stage):
                participant = self._file(stage, email=False)
                self.assertFlag(participant, "todo_call", expected)
                participant.email = "b@example.com"
                self.assertFlag(participant, "todo_call", False)

    def test_requirements_met_and_not_moved(self):
        for stage, values, ready, to_do in (
            ("application", {}, False, False),
            ("application", {"project": "Cheese"}, True, True),
            # nothing is asked for at the information meeting: ready, and nothing is to be done
            ("orientation", {}, True, False),
            # a closed file could be opened again: nothing is to be done
            ("closed", {"phone": "0320"}, True, False),
        ):
            with self.subTest(stage=stage, values=values):
                participant = self._file(stage, **values)
                self.assertFlag(participant, "is_ready", ready)
                self.assertFlag(participant, "todo_any", to_do)
                self.assertEqual("ready to move on" in (participant.todo_label or ""), to_do)

    def test_one_that_went_stale(self):
        """Odoo's rotting counts from the clock of the database, and gives up after a year."""
        for days, expected in ((14, False), (16, True), (300, True), (400, False)):
            with self.subTest(days=days):
                self.stages["selection"].rotting_threshold_days = 15
                participant = self._file("selection", f"{days}")
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE coworking_participant SET date_last_stage_update ="
                    " now() AT TIME ZONE 'UTC' - interval '1 day' * %s WHERE id = %s",
                    (days, participant.id),
                )
                self.env.invalidate_all()
                self.assertFlag(participant, "todo_any", expected)
                # The queue reckons by itself what Odoo's search would list first.
                stale = Domain("id", "=", participant.id) & Domain("is_rotting", "=", True)
                self.assertEqual(bool(participant.search_count(stale)), expected)

    def test_reasons_are_told_in_words(self):
        participant = self._file(email=False, date_entry="2015-01-16")
        self._proof(participant, "2015-04-16")
        self.assertEqual(
            self._again(participant).with_context(lang="en_US").todo_label,
            "leaves within 30 days, no contact for 14 days, a proof expires, no e-mail: call",
        )
        self.assertFalse(self._file("incubation", "Nothing").todo_label)


class TestQueries(QueueCase):
    def _queries(self):
        """Of the queue as it opens: found, counted, in its order, with the reason of each."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["coworking.participant"].with_user(self.accompanist).web_search_read(
            [("todo_any", "=", True)],
            {"todo_label": {}, "todo_reason": {}},
            order="todo_reason, id",
            limit=80,
        )
        return self.env.cr.sql_log_count - before

    def test_as_many_for_many_programs_as_for_few(self):
        self._file("application", "Ready", project="Cheese")
        self._file(email=False)
        self._queries()
        few = self._queries()
        self.assertLessEqual(few, 30)
        for number in range(5):
            self.program.copy({"name": f"Edition {number}", "code": f"E{number}"})
        self.assertEqual(self._queries(), few)


class TestOneStep(QueueCase):
    """Each row of the queue carries the one step that its most urgent reason asks for."""

    def _reviewed(self, *args, **values):
        file = self._file(*args, **values)
        self.env["coworking.review"].create(
            {"participant_id": file.id, "date": "2015-06-14", "state": "planned"}
        )
        return file

    def test_the_most_urgent_comes_first(self):
        ready = self._file("application", "Ready", project="Cheese")
        call = self._file("selection", "No mail", email=False)
        proof = self._file("selection", "Proof")
        self._proof(proof, "2015-04-16")
        silent = self._file("incubation", "Silent", date_entry="2015-04-01")
        leaves = self._file("incubation", "Leaves", date_entry="2015-01-16")
        review = self._reviewed("incubation", "Review", date_entry="2015-06-10")
        self.program.date_start = "2014-01-01"
        late = self._reviewed("incubation", "Late", date_entry="2014-11-01")
        absent = self._file("incubation", "Absent", date_entry="2015-06-01")
        absent.absences_in_row = 3
        expected = [
            (absent, "todo_absent"),
            (late, "is_late"),
            (review, "todo_review"),
            (leaves, "todo_exit"),
            (silent, "todo_silent"),
            (proof, "todo_proof"),
            (ready, "is_ready"),
            (call, "todo_call"),
        ]
        files = self.env["coworking.participant"].with_user(self.accompanist)
        self._again(files)
        found = files.search([("todo_any", "=", True)], order="todo_reason, id")
        self.assertEqual([(file, file.todo_reason) for file in found], expected)
        self.assertNotIn("leaves within", self._again(late).todo_label)
        backwards = files.search([("todo_any", "=", True)], order="todo_reason desc, id")
        self.assertEqual(backwards.mapped("todo_reason"), [name for __, name in expected[::-1]])

    def test_a_review_that_is_due_is_opened(self):
        file = self._reviewed("incubation", date_entry="2015-06-10")
        action = file.with_user(self.accompanist).action_todo()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("coworking.review", file.review_ids.id)
        )

    def test_who_may_move_on_is_asked_about_before_being_moved(self):
        file = self._file("application", project="Cheese")
        action = file.with_user(self.accompanist).action_todo()
        self.assertEqual(action["res_model"], "coworking.participant.move")
        self.assertEqual(action["context"]["default_stage_id"], self.stages["diagnostic"].id)
        self.assertEqual(file.stage_id, self.stages["application"])

    def test_who_is_not_heard_of_gets_an_appointment(self):
        file = self._file("incubation", date_entry="2015-04-01")
        action = file.with_user(self.accompanist).action_todo()
        self.assertEqual((action["res_model"], action["target"]), ("calendar.event", "new"))
        self.assertEqual(action["context"]["default_coworking_participant_id"], file.id)

    def test_who_has_no_e_mail_is_called_and_without_a_phone_the_file_is_completed(self):
        file = self._file("selection", email=False, phone="0320001122")
        self.assertEqual(file.action_todo()["url"], "tel:0320001122")
        file.phone = False
        action = file.action_todo()
        self.assertEqual((action["res_model"], action["res_id"]), (file._name, file.id))


class TestTogether(QueueCase):
    """Every combination of facts: what is shown is what is found."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = cls.env["coworking.participant"]
        case = cls("assertFlag")
        for rank, (stage, email, entry, review, seen) in enumerate(
            product(
                ("application", "incubation", "exit", "closed"),
                ("a@example.com", False),
                ("2015-01-16", "2015-01-17"),
                ("2015-06-15", "2015-06-16"),
                ("2015-04-16", "2015-04-17"),
            )
        ):
            file = cls._at(
                stage,
                f"{rank}",
                email=email,
                date_entry=entry,
                project=rank % 3 and "Cheese",
            )
            cls.env["coworking.review"].create({"participant_id": file.id, "date": review})
            case._proof(file, seen)
            cls.files |= file
        cls._miss_three_dates(cls.files[::5])

    @classmethod
    def _miss_three_dates(cls, files):
        for day in (1, 2, 3):
            event = cls.env["calendar.event"].create(
                {
                    "name": "Workshop",
                    "start": f"2015-06-0{day} 07:00:00",
                    "stop": f"2015-06-0{day} 09:00:00",
                    "coworking_kind": "collective",
                    "coworking_program_id": cls.program.id,
                }
            )
            cls.env["coworking.attendance"].create(
                [
                    {"event_id": event.id, "participant_id": file.id, "state": "absent"}
                    for file in files
                ]
            )

    def _found(self, name, operator, value):
        return self.env["coworking.participant"].search(
            [("id", "in", self.files.ids), (name, operator, value)]
        )

    def test_each_flag_is_found_as_it_is_shown(self):
        self._again(self.files)
        for name in FLAGS:
            shown = self.files.filtered(name)
            with self.subTest(name=name):
                self.assertTrue(0 < len(shown) < len(self.files), len(shown))
                self.assertEqual(self._found(name, "=", True), shown.sorted())
                self.assertEqual(self._found(name, "=", False), (self.files - shown).sorted())
                self.assertEqual(self._found(name, "!=", True), (self.files - shown).sorted())

    def test_to_do_is_any_of_the_reasons(self):
        for file in self._again(self.files):
            reasons = [name for name in FLAGS[:-2] if file[name]]
            ready = file.is_ready and file.readiness_total and file.phase != "closed"
            self.assertEqual(file.todo_any, bool(reasons or ready), file.display_name)
            self.assertEqual(file.todo_any, bool(file.todo_label))
            self.assertEqual(file.todo_any, bool(file.todo_reason))

    def test_each_reason_is_looked_for_among_files_in_progress_alone(self):
        domains = self.files._get_todo_reason_domains()
        self.assertFalse(domains["is_ready"].is_false())
        for name, domain in domains.items():
            if domain.is_false():  # no stage here says after how long a file rots
                continue
            with self.subTest(name=name):
                asked = [row.field_expr for row in domain.iter_conditions()]
                self.assertIn("phase", asked)
                self.assertIn("active", asked)

    def test_the_order_of_the_queue_is_that_of_the_reasons_shown(self):
        files = self._again(self.files).filtered("todo_any")
        ranks = {name: rank for rank, name in enumerate(files._get_todo_labels())}
        found = files.search([("id", "in", files.ids)], order="todo_reason, id")
        self.assertEqual(found, files.sorted(lambda file: (ranks[file.todo_reason], file.id)))

        groups = self.env["coworking.participant"].web_read_group(
            [("id", "in", files.ids)],
            ["stage_id"],
            ["__count"],
            order="todo_reason, date_exit_planned, id",
            auto_unfold=True,
            unfold_read_specification={"todo_reason": {}},
        )["groups"]
        self.assertTrue(groups)
        for group in groups:
            shown = [ranks[row["todo_reason"]] for row in group["__records"]]
            self.assertEqual(shown, sorted(shown))

    def test_the_queue_costs_the_same_number_of_queries_for_4_files_and_for_40(self):
        counts = []
        for files in (self.files[:4], self.files[:40]):
            same = files.filtered(lambda file: file.stage_id == self.files[0].stage_id)
            for warm in (True, False):
                self._again(same)
                before = self.env.cr.sql_log_count
                same.mapped("todo_label")
                if not warm:
                    counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_an_accompanist_is_shown_the_own_queue(self):
        mine = self.env["coworking.participant"].with_user(self.accompanist)
        found = mine.search([("todo_any", "=", True), ("user_id", "=", self.accompanist.id)])
        self.assertEqual(found, self._again(self.files).filtered("todo_any").sorted())
        elsewhere = self.env["coworking.participant"].with_user(self.other_accompanist)
        self.assertFalse(elsewhere.search([("todo_any", "=", True)]))
