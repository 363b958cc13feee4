"""Who may do what to the models of the pathway: by model, then by record, then by field."""

from itertools import product

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form
from odoo.tools.safe_eval import safe_eval

from ..common import ACCOUNTANT, COORDINATOR
from .common import PathwayCase

# model without "coworking.": accompanist, coordinator, accountant
MATRIX = """
    assignment              r     r     -
    cover                   rwcd  rwcd  -
    document                rwc   rwcd  -
    document.type           r     rwcd  -
    extension               rc    rwcd  -
    followup                rw    rwcd  -
    move                    r     r     -
    objective               rwcd  rwcd  -
    objective.action        rwcd  rwcd  -
    objective.theme         r     rwcd  -
    participant.handover    rwcd  rwcd  -
    participant.move        rwcd  rwcd  -
    participant.reopen      rwcd  rwcd  -
    proof                   rwcd  rwcd  -
    refusal.reason          r     rwcd  -
    requirement             r     rwcd  -
    review                  rwcd  rwcd  -
    review.axis             r     rwcd  -
    review.line             rwc   rwcd  -
    stage                   r     rwcd  -
    funnel                  r     r     -
    stage.delay             r     r     -
"""
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


class TestModels(PathwayCase):
    def test_each_role_has_exactly_these_rights(self):
        for line in MATRIX.strip().split("\n"):
            name, *rights = line.split()
            for user, expected in zip(
                (self.accompanist, self.coordinator, self.accountant), rights, strict=True
            ):
                model = self.env[f"coworking.{name}"].with_user(user)
                found = "".join(
                    letter for letter, name in OPERATIONS.items() if model.has_access(name)
                )
                with self.subTest(model=model._name, user=user.login):
                    self.assertEqual(found or "-", expected)

    def test_nobody_else_has_any(self):
        for line in MATRIX.strip().split("\n"):
            model = self.env[f"coworking.{line.split()[0]}"]
            for user in (self.employee, self.manager, self.env.ref("base.public_user")):
                for operation in OPERATIONS.values():
                    with self.subTest(model=model._name, user=user.login, operation=operation):
                        self.assertFalse(model.with_user(user).has_access(operation))


class TestRecords(PathwayCase):
    """The own file, a colleague's of the same programme, and one of another programme."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls._new_program("Other", "OTH", accompanist_ids=cls.other_accompanist.ids)
        cls.own = cls._records_of("Own")
        cls.theirs = cls._records_of("Theirs", user_id=cls.colleague.id)
        cls.nobodys = cls._records_of("Nobody's", user_id=False)
        cls.elsewhere = cls._records_of(
            "Elsewhere", program=other, user_id=cls.other_accompanist.id
        )

    @classmethod
    def _records_of(cls, name, **values):
        participant = cls._at("exit", name, date_entry="2015-02-02", **values)

        def new(model, **values):
            return cls.env[f"coworking.{model}"].create(
                {"participant_id": participant.id, **values}
            )

        objective = new("objective", name="One")
        action = cls.env["coworking.objective.action"].create(
            {"objective_id": objective.id, "name": "Call"}
        )
        review = new("review")
        cls.env.flush_all()
        criterion = cls.env["coworking.criterion"].search([], limit=1)
        seat = cls._new_seat("1/7", "31/7", participant, state="requested")
        hosting = cls.env["coworking.hosting"].create({"seat_id": seat.id})
        return {
            "participant": participant,
            "objective": objective,
            "objective.action": action,
            "review": review,
            "review.line": review.line_ids[:1],
            "proof": new("proof", criterion_id=criterion.id),
            "document": participant.document_ids[:1],
            "extension": new("extension", days=3, reason="Time"),
            "suspension": new("suspension", date_from="2015-06-01", reason="Away"),
            "followup": participant.followup_ids[:1],
            "move": participant.move_ids[:1],
            "assignment": participant.assignment_ids[:1],
            "seat": seat,
            "hosting": hosting,
            "hosting.signatory": hosting.signatory_ids[:1],
        }

    VALUES = {
        "participant": {"project": "Wine"},
        "objective": {"name": "Two"},
        "objective.action": {"done": True},
        "review": {"summary": "Fine"},
        "review.line": {"rating": "2"},
        "proof": {"copy_filename": "notice.pdf"},
        "document": {"state": "seen"},
        "followup": {"note": "Called"},
        "suspension": {"reason": "Ill"},
        "seat": {"date_end": "2015-07-30"},
        "hosting": {"body": "<p>Other</p>"},
        "hosting.signatory": {"sequence": 5},
    }

    def test_an_accompanist_reads_the_own_programs_and_nothing_else(self):
        for records, seen in (
            (self.own, True),
            (self.theirs, True),
            (self.nobodys, True),
            (self.elsewhere, False),
        ):
            for name, record in records.items():
                mine = record.with_user(self.accompanist)
                if not record:  # nobody's file has no assignment
                    continue
                with self.subTest(model=name, file=records["participant"].display_name):
                    self.assertEqual(bool(mine.search([("id", "=", record.id)])), seen)
                    self.assertEqual(self._passes(lambda mine=mine: mine.read(["id"])), seen)

    def test_an_accompanist_writes_the_own_files_and_those_nobody_follows(self):
        for records, allowed in (
            (self.own, True),
            (self.theirs, False),
            (self.nobodys, True),
            (self.elsewhere, False),
        ):
            for name, values in self.VALUES.items():
                mine = records[name].with_user(self.accompanist)
                with self.subTest(model=name, file=records["participant"].display_name):
                    self.assertEqual(
                        self._passes(lambda mine=mine, values=values: mine.write(values)), allowed
                    )

    def test_an_accompanist_adds_to_the_own_files_only(self):
        for records, allowed in ((self.own, True), (self.theirs, False), (self.elsewhere, False)):
            participant = records["participant"]
            for model, values in (
                ("objective", {"name": "Three"}),
                ("review", {}),
                ("proof", {"criterion_id": records["proof"].criterion_id.id}),
                ("extension", {"days": 2, "reason": "More"}),
            ):
                rows = self.env[f"coworking.{model}"].with_user(self.accompanist)
                with self.subTest(model=model, file=participant.display_name):
                    self.assertEqual(
                        self._passes(
                            lambda rows=rows, values=values, participant=participant: rows.create(
                                {"participant_id": participant.id, **values}
                            )
                        ),
                        allowed,
                    )

    def test_an_accompanist_takes_away_from_the_own_files_only_and_never_a_file(self):
        for name, expected in (
            ("objective", True),
            ("objective.action", True),
            ("review", True),
            ("proof", True),
            ("participant", False),
            ("document", False),
            ("review.line", False),
            ("extension", False),
            ("followup", False),
            ("move", False),
            ("assignment", False),
        ):
            for records, allowed in ((self.own, expected), (self.theirs, False)):
                mine = records[name].with_user(self.accompanist)
                with self.subTest(model=name, file=records["participant"].display_name):
                    self.assertEqual(self._passes(lambda mine=mine: mine.unlink()), allowed)

    def test_what_is_of_the_own_file_is_not_moved_to_another(self):
        """Record rules look at a row before it is written, not after."""
        self.theirs["participant"].document_ids.unlink()
        self.theirs["participant"].followup_ids.unlink()
        self.theirs["review"].line_ids.unlink()
        self.theirs["suspension"].unlink()
        for name, owner in (
            ("objective", "participant"),
            ("objective.action", "objective"),
            ("review", "participant"),
            ("review.line", "review"),
            ("proof", "participant"),
            ("document", "participant"),
            ("followup", "participant"),
            ("suspension", "participant"),
        ):
            row = self.own[name]
            values = {f"{owner}_id": self.theirs[owner].id}
            for user, allowed in ((self.accompanist, False), (self.coordinator, True)):
                mine = row.with_user(user)
                with self.subTest(model=name, user=user.login):
                    self.assertEqual(
                        self._passes(lambda mine=mine, values=values: mine.write(values)), allowed
                    )

    def test_what_is_computed_from_facts_is_not_typed(self):
        """Odoo keeps a stored compute read-only on screens only: the gate relies on these."""
        for name, fields in (
            ("participant", ("phase", "is_eligible", "documents_missing", "date_exit_planned")),
            ("document", ("mandatory",)),
            ("proof", ("date_expiry",)),
            ("review", ("average",)),
            ("review.line", ("rating_value",)),
            ("objective", ("date_closed", "user_id")),
            ("objective.action", ("date_done",)),
            ("followup", ("category",)),
        ):
            for user in (self.accompanist, self.coordinator):
                mine = self.own[name].with_user(user)
                for field in fields:
                    value = mine[field]
                    value = value.id if mine._fields[field].relational else value
                    with self.subTest(model=name, field=field, user=user.login):
                        self.assertFalse(
                            self._passes(
                                lambda mine=mine, values={field: value}: mine.write(values)
                            )
                        )
        for user in (self.accompanist, self.coordinator):
            with self.assertRaises(AccessError):
                self.env["coworking.participant"].with_user(user).create(
                    {"partner_name": "Alix", "program_id": self.program.id, "is_eligible": True}
                )

    def test_a_coordinator_reads_and_writes_all(self):
        for records in (self.own, self.theirs, self.nobodys, self.elsewhere):
            for name, values in self.VALUES.items():
                record = records[name].with_user(self.coordinator)
                with self.subTest(model=name, file=records["participant"].display_name):
                    self.assertTrue(
                        self._passes(lambda record=record, values=values: record.write(values))
                    )
        for name in ("move", "assignment", "extension"):
            record = self.elsewhere[name].with_user(self.coordinator)
            with self.subTest(model=name):
                self.assertEqual(record.search([("id", "=", record.id)]), record)
        self.assertTrue(
            self._passes(
                lambda: self.elsewhere["extension"].with_user(self.coordinator).write({"days": 2})
            )
        )

    def test_who_also_keeps_the_accounts_reads_who_is_in_any_program(self):
        self.accompanist.group_ids |= self.env.ref(ACCOUNTANT)
        self.env.invalidate_all()
        file = self.elsewhere["participant"].with_user(self.accompanist)
        self.assertEqual(file.display_name, "Elsewhere")
        self.assertFalse(self._passes(lambda: file.write({"project": "Wine"})))

    def test_who_leaves_the_program_sees_the_own_files_only(self):
        self.program.accompanist_ids = self.colleague
        for name, record in self.own.items():
            rows = self.env[record._name].with_user(self.accompanist)
            known = [records[name].id for records in (self.own, self.theirs, self.nobodys)]
            with self.subTest(model=name):
                self.assertEqual(rows.search([("id", "in", known)]), record)

    def test_a_leave_opens_each_row_to_who_covers_between_its_days(self):
        """Away from 10 to 20 June; the days of the cover are those of its rules."""
        for start, end, by, allowed in (
            ("2015-06-10", "2015-06-20", self.accompanist, True),
            ("2015-06-16", "2015-06-20", self.accompanist, False),
            ("2015-06-10", "2015-06-14", self.accompanist, False),
            ("2015-06-10", "2015-06-20", self.sensitive, False),
        ):
            cover = self.env["coworking.cover"].create(
                {
                    "user_id": self.colleague.id,
                    "cover_user_id": by.id,
                    "date_from": start,
                    "date_to": end,
                }
            )
            for name, values in self.VALUES.items():
                row = self.theirs[name].with_user(self.accompanist)
                with self.subTest(model=name, start=start, end=end, by=by.login):
                    self.assertEqual(
                        self._passes(lambda row=row, values=values: row.write(values)), allowed
                    )
            asking = self.env["coworking.extension"].with_user(self.accompanist)
            values = {"participant_id": self.theirs["participant"].id, "days": 1, "reason": "-"}
            with self.subTest(model="extension", start=start, end=end, by=by.login):
                self.assertEqual(
                    self._passes(lambda rows=asking, values=values: rows.create(values)), allowed
                )
            cover.unlink()

    def test_an_extension_is_asked_for_a_file_that_nobody_follows(self):
        asking = self.env["coworking.extension"].with_user(self.accompanist)
        values = {"participant_id": self.nobodys["participant"].id, "days": 1, "reason": "-"}
        self.assertTrue(self._passes(lambda: asking.create(values)))

    def test_what_is_computed_and_may_be_corrected_is_typed(self):
        document = self.own["document"].with_user(self.accompanist)
        document.write({"state": "seen", "date_seen": "2015-06-02"})
        self.assertEqual(str(document.date_seen), "2015-06-02")

    def test_another_company_sees_nothing(self):
        company = self._new_company("Elsewhere")
        stranger = self.coordinator.copy(
            {"login": "t_stranger", "company_ids": company.ids, "company_id": company.id}
        )
        self.assertTrue(stranger.has_group(COORDINATOR))
        for name in ("participant", "objective", "objective.action", "review", "review.line",
                     "proof", "document", "suspension", "funnel", "extension",
                     "followup", "move", "assignment", "stage.delay"):  # fmt: skip
            model = self.env[f"coworking.{name}"].with_user(stranger)
            with self.subTest(model=name):
                self.assertFalse(model.with_context(allowed_company_ids=company.ids).search([]))


class TestAccountant(PathwayCase):
    def test_reads_the_name_of_a_participant_and_no_other_field(self):
        participant = self._at("incubation", project="Cheese").with_user(self.accountant)
        self.assertEqual(participant.display_name, "Camille")
        shown = {
            "id", "display_name", "partner_id", "partner_name", "program_id", "company_id",
            "currency_id", "active", "cost_to_date", "may_write",
        }  # fmt: skip
        self.assertEqual(set(participant.fields_get()), shown)
        for name in participant._fields:
            with self.subTest(field=name):
                if name in shown:
                    participant.read([name])
                else:
                    with self.assertRaises(AccessError):
                        participant.read([name])

    def test_learns_nothing_by_searching_or_grouping(self):
        self._at("incubation", project="Cheese")
        participants = self.env["coworking.participant"].with_user(self.accountant)
        for name in ("project", "stage_id", "phase", "exit_reason_id", "is_ready", "todo_any",
                     "readiness_label", "move_ids", "objective_ids"):  # fmt: skip
            field = participants._fields[name]
            with self.subTest(field=name):
                if field.store or field.search:
                    with self.assertRaises(AccessError):
                        participants.search(self._guess(field))
                    with self.assertRaises(AccessError):
                        participants.search([], order=name if field.store else "id, phase")
                if field.store and field.type != "one2many":
                    with self.assertRaises(AccessError):
                        participants.formatted_read_group([], [name], ["__count"])

    def test_moves_no_file(self):
        participant = self._at("application", project="Cheese").with_user(self.accountant)
        for attempt in (
            lambda: participant.write({"stage_id": self.stages["diagnostic"].id}),
            participant.action_next_stage,
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_reads_nothing_of_what_was_said_planned_or_attached(self):
        participant = self._at("incubation")
        message = participant.message_post(body="Ill for long", message_type="comment")
        note = participant.message_post(body="Debts", subtype_xmlid="mail.mt_note")
        activity = participant.activity_schedule(
            "mail.mail_activity_data_todo", note="Call the bank", user_id=self.accompanist.id
        )
        attachment = self.env["ir.attachment"].create(
            {
                "name": "Recognition.txt",
                "raw": b"Health",
                "res_model": participant._name,
                "res_id": participant.id,
            }
        )
        self.env.flush_all()
        for records, field in (
            (message, "body"),
            (note, "body"),
            (activity, "note"),
            (attachment, "raw"),
        ):
            for user, seen in ((self.accountant, False), (self.accompanist, True)):
                self.env.invalidate_all()
                theirs = records.with_user(user)
                with self.subTest(model=records._name, user=user.login):
                    found = theirs.search([("id", "in", records.ids)])
                    self.assertEqual(bool(found), seen)
                    if seen:
                        self.assertTrue(theirs.read([field])[0][field])
                    else:
                        with self.assertRaises(AccessError):
                            theirs.read([field])
        for user, seen in ((self.accountant, False), (self.accompanist, True)):  # as reactions ask
            found = self.env["mail.message"].with_user(user).sudo()._get_with_access(message.id)
            self.assertEqual(bool(found), seen)
        attachment.with_user(self.accompanist).check_access("read")
        with self.assertRaises(AccessError):  # as its address is opened
            attachment.with_user(self.accountant).check_access("read")
        of_files = [("res_model", "=", participant._name), ("res_id", "=", participant.id)]
        attachments = self.env["ir.attachment"]
        self.assertTrue(attachments.with_user(self.accompanist).search(of_files))
        self.assertFalse(attachments.with_user(self.accountant).search(of_files))
        self.assertFalse(
            attachments.with_user(self.accountant).search([("name", "=", "Recognition.txt")])
        )

    def test_still_reads_what_is_attached_to_bills(self):
        bill = self.env["account.move"].create({"move_type": "in_invoice"})
        attachment = self.env["ir.attachment"].create(
            {"name": "bill.txt", "raw": b"-", "res_model": bill._name, "res_id": bill.id}
        )
        theirs = attachment.with_user(self.accountant)
        self.assertEqual(theirs.search([("id", "=", attachment.id)]), theirs)
        self.assertEqual(theirs.read(["raw"])[0]["raw"], b"-")
        self.assertTrue(theirs.search([("res_model", "=", bill._name), ("name", "=", "bill.txt")]))

    def test_is_shown_a_list_of_names_by_whatever_action(self):
        participant = self._at("incubation").with_user(self.accountant)
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "=", participant._name), ("view_mode", "like", "list")]
        )
        self.assertTrue(actions)
        for action in actions.with_user(self.accountant):
            views = action.sudo()._get_action_dict()["views"]
            with self.subTest(action=action.sudo().name):
                self.assertEqual({mode for _id, mode in views}, {"list", "form"})
                shown = participant.get_views([*views, (False, "search"), (False, "kanban")])
                fields = shown["models"][participant._name]["fields"]
                self.assertNotIn("project", fields)
                self.assertNotIn("stage_id", fields)
                for mode in ("list", "kanban", "search"):
                    self.assertNotIn("phase", shown["views"][mode]["arch"])
        whole = self.env["ir.actions.act_window"].with_user(self.accompanist)
        views = whole.browse(actions[0].id).sudo()._get_action_dict()["views"]
        self.assertGreater(len(views), 2)

    def test_reads_the_numbers_of_a_program(self):
        self._at("incubation")
        program = self.program.with_user(self.accountant)
        self.assertRecordValues(
            program, [{"participant_count": 1, "incubated_count": 1, "waiting_count": 0}]
        )
        self.assertEqual(program.places_left, program.target_places - 1)

    def test_each_role_reads_the_whole_of_a_program(self):
        """Rates are those of the program, the same for everybody who may read it."""
        self._leave(self._at("incubation", date_entry="2015-02-02"))
        theirs = self._at("incubation", "Sam", date_entry="2015-02-02", user_id=self.colleague.id)
        self._leave(theirs, "other")
        self.env.flush_all()
        for user in (
            self.accompanist,
            self.other_accompanist,
            self.coordinator,
            self.accountant,
            self.sensitive,
        ):
            self.env.invalidate_all()
            program = self.program.with_user(user)
            with self.subTest(user=user.login):
                program.read(list(program.fields_get()))
                self.assertEqual((program.exit_count, program.dynamic_exit_rate), (2, 50.0))


class TestForms(PathwayCase):
    """What one may not write does not look as if one could."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._at("exit", "Mine")
        cls.theirs = cls._at("exit", "Theirs", user_id=cls.colleague.id)

    def _records_of(self, participant):
        create = {"participant_id": participant.id}
        return (
            participant,
            self.env["coworking.objective"].create({**create, "name": "One"}),
            self.env["coworking.review"].create(create),
            participant.followup_ids[:1],
        )

    def test_who_may_write_a_record_is_known_to_its_form(self):
        for participant, user, expected in (
            (self.mine, self.accompanist, True),
            (self.theirs, self.accompanist, False),
            (self.theirs, self.colleague, True),
            (self.theirs, self.coordinator, True),
        ):
            for record in self._records_of(participant):
                with self.subTest(
                    model=record._name, user=user.login, file=participant.partner_name
                ):
                    self.assertEqual(record.with_user(user).may_write, expected)
        self.assertFalse(self.mine.with_user(self.accountant).may_write)

    def test_a_new_record_may_be_written(self):
        for model in ("participant", "objective", "review"):
            new = self.env[f"coworking.{model}"].with_user(self.accompanist).new({})
            with self.subTest(model=model):
                self.assertTrue(new.may_write)

    def test_a_colleagues_records_open_read_only(self):
        names = ("project", "name", "summary", "note")
        for participant, closed in ((self.mine, False), (self.theirs, True)):
            for record, name in zip(self._records_of(participant), names, strict=True):
                form = Form(record.with_user(self.accompanist))
                with self.subTest(model=record._name, file=participant.partner_name):
                    if closed:
                        with self.assertRaisesRegex(AssertionError, "readonly"):
                            form[name] = "Another"
                    else:
                        form[name] = "Another"

    def test_a_covered_file_opens_to_be_written(self):
        self.env["coworking.cover"].create(
            {
                "user_id": self.colleague.id,
                "cover_user_id": self.accompanist.id,
                "date_from": "2015-06-01",
                "date_to": "2015-06-30",
            }
        )
        with Form(self.theirs.with_user(self.accompanist)) as form:
            form.project = "Wine"
        self.assertEqual(self.theirs.project, "Wine")

    def test_their_buttons_are_hidden(self):
        for record in self._records_of(self.theirs)[1:]:
            arch = etree.fromstring(record.get_view(view_type="form")["arch"])
            buttons = arch.findall(".//header//button")
            with self.subTest(model=record._name):
                self.assertTrue(buttons)
                for button in buttons:
                    self.assertIn("not may_write", button.get("invisible"))

    def test_a_file_has_one_primary_button_at_most(self):
        """The seat where it is what comes next, an appointment during the stay, else the next
        stage.
        """
        arch = etree.fromstring(self.mine.get_view(view_type="form")["arch"])
        buttons = [
            (node.get("name"), node.get("invisible"))
            for node in arch.findall(".//header//button")
            if "btn-primary" in node.get("class", "")
        ]
        self.assertEqual(len(buttons), 3)
        for phase, result, seats, ready, stage, early in product(
            ("recruitment", "selection", "incubation", "followup", "closed"),
            (False, "admitted", "waiting"),
            (0, 1),
            (False, True),
            (False, 1),
            (False, True),
        ):
            values = {
                "id": 1,
                "may_write": True,
                "phase": phase,
                "selection_result": result,
                "seat_count": seats,
                "is_ready": ready,
                "next_stage_id": stage,
                "next_is_early": early,
            }
            shown = [name for name, hidden in buttons if not safe_eval(hidden, values)]
            with self.subTest(**values):
                self.assertLessEqual(len(shown), 1)
                if early:
                    self.assertNotIn("action_next_stage", shown)
