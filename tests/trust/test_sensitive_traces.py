"""Taking personal data out of Odoo is a right of its own; each time, and each look at what is
sensitive, is traced. Restricted words stay where they were written.
"""

import json
import logging

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..common import COORDINATOR, SENSITIVE, CoworkingCase
from ..security.test_sensitive_fields import FIELDS

EXPORT = "coworking_incubation.group_coworking_export"
CANARY = "canarirestreintzz"
NIR = "2 69 05 49 588 157 80"


class TracesCase(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls._new_participant(
            "Camille Petit", email="camille@example.org", situation_note=CANARY
        )
        allow = "base.group_allow_export"
        cls.chief = new_test_user(
            cls.env,
            login="t_trace_chief",
            groups=f"{COORDINATOR},{SENSITIVE},{allow}",
            company_id=cls.company.id,
        )
        cls.exporter = new_test_user(
            cls.env,
            login="t_trace_exporter",
            groups=f"{COORDINATOR},{SENSITIVE},{allow},{EXPORT}",
            company_id=cls.company.id,
        )
        cls.last = cls.env["coworking.audit"].search([], limit=1).id

    def _trail(self, action):
        return self.env["coworking.audit"].search(
            [("id", ">", self.last), ("action", "=", action)], order="id"
        )


class TestExport(TracesCase):
    def test_files_of_people_need_the_right_to_export_personal_data(self):
        with self.assertRefused("Participant", "Export of Personal Data", error=AccessError):
            self.file.with_user(self.chief).export_data(["partner_name"])
        rows = self.file.with_user(self.exporter).export_data(["partner_name"])["datas"]
        self.assertEqual(rows, [["Camille Petit"]])

    def test_no_way_round_by_a_contact_or_a_program(self):
        for records, path in (
            (self.file.partner_id, "coworking_participant_ids/project"),
            (self.program, "participant_ids/project"),
        ):
            if path.split("/")[0] in records._fields:
                with self.subTest(path=path), self.assertRaises(AccessError):
                    records.with_user(self.chief).export_data([path])

    def test_bills_stay_accountants(self):
        self._new_seat("1/6", "30/6", self.file)
        charges = self._generate().charge_ids.with_user(self.accountant)
        self.assertTrue(charges.export_data(["participant_id", "amount_total"])["datas"])
        self.assertEqual(self._trail("exported").user_id, self.accountant)

    def test_files_read_along_with_others_are_one_line(self):
        partners = self.file.partner_id | self._new_participant("Nour").partner_id
        path = "coworking_participant_ids/project"
        partners.with_user(self.exporter).export_data(["name", path])
        self.assertEqual(self._trail("exported").changes, {"fields": ["project"]})

    def test_of_a_contact_with_a_file_the_name_alone_needs_no_right(self):
        partner = self.file.partner_id.with_user(self.chief)
        self.assertTrue(partner.export_data(["name", "id"])["datas"])
        self.assertFalse(self._trail("exported"))
        for columns in (["name", "email"], ["child_ids/email"], ["user_ids/login"]):
            with (
                self.subTest(columns),
                self.assertRefused("1 of these contacts", columns[-1], error=AccessError),
            ):
                partner.export_data(columns)
        partner.with_user(self.exporter).export_data(["name", "email"])
        line = self._trail("exported")
        self.assertEqual((line.user_id, line.res_id), (self.exporter, self.file.id))
        self.assertEqual(line.changes, {"count": 1, "fields": ["email"]})

    def test_contacts_are_no_way_round_by_whatever_leads_to_them(self):
        """Files that are archived or of another programme count, and who cannot read them too."""
        self.file.active = False
        other = self.env["res.partner"].create({"name": "Lead", "user_id": False})
        self.file.partner_id.parent_id = other
        allowed = self.env.ref("base.group_allow_export")
        self.employee.group_ids |= allowed | self.env.ref("base.group_partner_manager")
        for user in (self.chief, self.employee):
            with self.subTest(user.login), self.assertRaises(AccessError):
                other.with_user(user).export_data(["child_ids/phone"])

    def test_contacts_without_a_file_are_exported_as_odoo_does(self):
        others = self.env["res.partner"].create(
            [{"name": name, "email": f"{name}@example.org"} for name in ("a", "b")]
        )
        columns = ["name", "email", "child_ids/email"]
        rows = others.with_user(self.chief).export_data(columns)["datas"]
        self.assertEqual([row[1] for row in rows], others.mapped("email"))
        self.assertFalse(self._trail("exported"))

    def test_each_time_is_traced_with_who_what_how_many_and_which_fields(self):
        files = self.file | self._new_participant("Nour")
        files.with_user(self.exporter).export_data(["partner_name", "birth_date"])
        line = self._trail("exported")
        self.assertEqual((line.user_id, line.res_model), (self.exporter, files._name))
        self.assertEqual(line.changes["count"], 2)
        self.assertEqual(line.changes["fields"], ["birth_date", "partner_name"])
        self.assertNotIn("Camille", str(line.changes))


class TestLooks(TracesCase):
    def test_the_list_of_sensitive_fields_is_the_reviewed_one(self):
        self.assertEqual(self.file._get_sensitive_names(), set(FIELDS))

    def test_who_looks_is_traced_once_an_hour(self):
        file = self.file.with_user(self.chief)
        for __ in range(3):
            file.web_read({"disability": {}, "project": {}})
        file.read(["birth_date"])
        line = self._trail("looked")
        self.assertEqual((line.user_id, line.res_id), (self.chief, file.id))
        self.assertEqual(line.changes, {"fields": ["disability"]})

    def test_a_list_is_one_line_and_counts_for_each(self):
        files = self.file | self._new_participant("Nour")
        files.with_user(self.chief).search_read([("id", "in", files.ids)], ["birth_date"])
        self.file.with_user(self.chief).web_read({"birth_date": {}})
        line = self._trail("looked")
        self.assertEqual(sorted(line.changes["ids"]), sorted(files.ids))

    def test_another_user_and_another_hour_are_traced_anew(self):
        self.file.with_user(self.chief).read(["disability"])
        self.file.with_user(self.exporter).read(["disability"])
        self.assertEqual(self._trail("looked").user_id, self.chief | self.exporter)

    def test_an_ordinary_look_leaves_no_trace(self):
        self.file.with_user(self.chief).web_read({"project": {}, "partner_name": {}})
        self.file.sudo().read(["disability"])
        self.assertFalse(self._trail("looked"))

    def test_who_may_not_look_leaves_none_either(self):
        with self.assertRaises(AccessError):
            self.file.with_user(self.coordinator).read(["disability"])
        self.assertFalse(self._trail("looked"))

    def test_grouping_by_what_is_sensitive_is_a_look(self):
        files = self.env["coworking.participant"].with_user(self.chief)
        mine = [("id", "in", self.file.ids)]
        for look in (
            lambda: files.formatted_read_group(mine, ["disability"], ["__count"]),
            lambda: files.formatted_read_grouping_sets(
                mine, [["birth_date:year"], []], ["__count"]
            ),
            lambda: files.formatted_read_group(mine, [], ["birth_date:max"]),
            lambda: (
                self.env["coworking.seat"]
                .with_user(self.chief)
                ._read_group([], ["participant_id.disability"], ["__count"])
            ),
        ):
            with self.subTest(), self.env.cr.savepoint() as savepoint:
                for __ in range(2):
                    look()
                line = self._trail("looked")
                self.assertEqual((line.user_id, line.res_model), (self.chief, files._name))
                self.assertFalse(line.res_id)
                self.assertIn(line.changes["fields"], (["disability"], ["birth_date"]))
                savepoint.rollback()

    def test_filtering_and_sorting_by_what_is_sensitive_are_looks(self):
        files = self.env["coworking.participant"].with_user(self.chief)
        seats = self.env["coworking.seat"].with_user(self.chief)
        for look in (
            lambda: files.search_count([("disability", "=", "yes")]),
            lambda: files.search(["!", ("disability", "=", "yes")]),
            lambda: files.web_search_read([], {"partner_name": {}}, order="disability, id"),
            lambda: seats.search([("participant_id.disability", "=", "yes")]),
        ):
            with self.subTest(), self.env.cr.savepoint() as savepoint:
                for __ in range(2):
                    look()
                line = self._trail("looked")
                self.assertEqual((line.user_id, line.res_model), (self.chief, files._name))
                self.assertEqual(line.changes["fields"], ["disability"])
                savepoint.rollback()

    def test_another_field_filtered_by_is_another_look(self):
        files = self.env["coworking.participant"].with_user(self.chief)
        files.search([("disability", "=", "yes")])
        files.search([("disability", "=", "yes"), ("birth_date", ">", "1990-01-01")])
        self.assertEqual(
            [line.changes["fields"] for line in self._trail("looked")],
            [["disability"], ["birth_date"]],
        )

    def test_ordinary_filters_and_those_of_code_leave_no_trace(self):
        files = self.env["coworking.participant"].with_user(self.chief)
        files.web_search_read([("partner_name", "ilike", "x")], {"partner_name": {}})
        files.formatted_read_group([], ["stage_id"], ["__count"])
        files.sudo().search([("disability", "=", "yes")], order="birth_date")
        files.sudo()._read_group([], ["disability"], ["__count"])
        self.assertFalse(self._trail("looked"))

    def test_nested_reading_is_a_look(self):
        seat = self._new_seat("1/6", "30/6", self.file).with_user(self.chief)
        seat.web_read({"participant_id": {"fields": {"disability": {}}}})
        self.assertEqual(self._trail("looked").res_id, self.file.id)


class TestRectification(TracesCase):
    def test_who_mended_what_is_traced_without_the_values(self):
        self.file.with_user(self.chief).write({"partner_name": "Camille Grand"})
        self.file.partner_id.with_user(self.chief).write(
            {"email": "new@example.org", "phone": "06 39 98 01 02", "city": False}
        )
        lines = self._trail("changed").filtered(lambda row: row.res_model == self.file._name)
        self.assertEqual([line.changes["fields"] for line in lines], [["name"], ["email", "phone"]])
        self.assertEqual(lines.user_id, self.chief)
        self.assertNotIn("Petit", str(lines.mapped("changes")))

    def test_a_birth_date_or_a_situation_that_is_mended_is_traced(self):
        file = self.file.with_user(self.chief)
        file.write({"birth_date": "1990-05-04", "disability": "yes", "project": "A bakery"})
        file.write({"birth_date": "1990-05-04", "disability": "no", "situation_note": CANARY})
        file.partner_id.write({"street": "1 rue du Port", "zip": "59000", "city": "Lille"})
        lines = self._trail("changed").filtered(
            lambda row: row.res_model == file._name and "fields" in row.changes
        )
        self.assertEqual(
            [line.changes["fields"] for line in lines],
            [["birth_date", "disability"], ["disability"], ["city", "street", "zip"]],
        )
        self.assertEqual((lines.user_id, set(lines.mapped("res_id"))), (self.chief, {file.id}))
        self.assertNotIn("1990", str(lines.mapped("changes")))

    def test_what_was_wrong_is_not_kept_in_the_tracking(self):
        context = {"tracking_disable": False, "mail_notrack": False, "mail_create_nolog": False}
        partner = self.file.partner_id.with_context(**context)
        other = self.env["res.partner"].with_context(**context).create({"name": "Old Name"})
        self.env.cr.flush()
        (partner | other).write({"name": "New Name", "email": "n@example.org"})
        self.env.cr.flush()
        self.assertFalse(partner.message_ids.tracking_value_ids)
        self.assertIn("Old Name", other.message_ids.tracking_value_ids.mapped("old_value_char"))

    def test_the_same_value_is_no_change(self):
        self.file.partner_id.write({"name": "Camille Petit"})
        self.assertFalse(self._trail("changed"))


class TestNoSocialSecurityNumber(TracesCase):
    def test_it_is_refused_in_every_text_of_a_file(self):
        for name, field in self.file._fields.items():
            if field.type in ("char", "text", "html") and not (field.readonly or field.related):
                with (
                    self.subTest(field=name),
                    self.assertRefused("social security number", "CNIL", error=ValidationError),
                ):
                    self.file.write({name: f"son n° {NIR}"})

    def test_it_is_refused_wherever_people_are_written_about(self):
        refused = {
            "review": lambda: self.env["coworking.review"].create(
                {"participant_id": self.file.id, "kind": "monthly", "summary": NIR}
            ),
            "objective": lambda: self.env["coworking.objective"].create(
                {"participant_id": self.file.id, "name": NIR}
            ),
            "suspension": lambda: self.env["coworking.suspension"].create(
                {"participant_id": self.file.id, "reason": NIR, "date_from": "2015-06-01"}
            ),
            "new file": lambda: self._new_participant(f"Nour {NIR}"),
            "contact": lambda: self.file.partner_id.write({"comment": f"<p>{NIR}</p>"}),
            "phone": lambda: self.file.write({"phone": NIR}),
            "message": lambda: self.file.message_post(body=f"Son n° {NIR}"),
            "default text of a message": lambda: self._speak(default_body=f"Son n° {NIR}"),
            "default subject of a message": lambda: self._speak(default_subject=NIR),
            "message on a default record": lambda: self._speak(
                {"body": NIR}, default_model=self.file._name, default_res_id=self.file.id
            ),
            "default text of an objective": lambda: (
                self.env["coworking.objective"]
                .with_context(default_description=NIR)
                .create({"participant_id": self.file.id, "name": "A job"})
            ),
            "default text of a file": lambda: (
                self.env["coworking.participant"]
                .with_context(default_project=NIR)
                .create({"partner_name": "Nour", "program_id": self.program.id})
            ),
            "edited message": lambda: self.file._message_log(body="x").write({"body": NIR}),
            "activity": lambda: self.file.activity_schedule(
                "mail.mail_activity_data_todo", summary="S", note=f"<b>{NIR}</b>"
            ),
            "appointment": lambda: self.env["calendar.event"].create(
                {
                    "name": "A",
                    "start": "2015-06-01 08:00:00",
                    "stop": "2015-06-01 09:00:00",
                    "coworking_kind": "appointment",
                    "coworking_program_id": self.program.id,
                    "description": NIR,
                }
            ),
            "import": lambda: self._load(NIR),
        }
        for place, act in refused.items():
            with (
                self.subTest(place=place),
                self.assertRefused("social security number", error=UserError),
            ):
                act()

    def _speak(self, vals=None, **defaults):
        place = {"model": self.file._name, "res_id": self.file.id, "message_type": "comment"}
        return self.env["mail.message"].with_context(**defaults).create(vals or place)

    def _load(self, text):
        result = self.env["coworking.participant"].load(
            ["partner_name", "program_id/.id", "project"], [["X", str(self.program.id), text]]
        )
        if not result["ids"]:
            raise UserError(str(result["messages"]))

    def test_it_is_refused_where_money_is_spoken_of(self):
        """What a space disputes or answers, what is decided of a bill, what is said of a month."""
        seat = self._new_seat("1/6", "30/6", self.file)
        statement = self._generate()
        statement.action_send()
        manager = {"partner_id": self.space.partner_id.id, "channel": "phone", "kind": "report"}
        answer = {**manager, "space_id": self.space.id, "seat_id": seat.id, "note": NIR}
        proposal = {"tariff_id": self.tariff.id, "note": NIR}
        refused = {
            "dispute of a line": lambda: statement.charge_ids.write({"dispute_reason": NIR}),
            "answer to it": lambda: statement.charge_ids.write({"dispute_answer": NIR}),
            "dispute of a month": lambda: statement.sudo().write({"dispute_reason": NIR}),
            "discussion": lambda: statement.message_post(body=f"Son n° {NIR}"),
            "answer of a space": lambda: self.env["coworking.portal.answer"].create(answer),
            "decision": lambda: self.env["coworking.match"].create(
                {"statement_id": statement.id, "reason": NIR}
            ),
            "price": lambda: self.env["coworking.tariff.proposal"].create(proposal),
        }
        for place, act in refused.items():
            with (
                self.subTest(place=place),
                self.assertRefused("social security number", error=ValidationError),
            ):
                act()
        sent = {**answer, "kind": "uploaded", "note": "269054958815780.pdf"}
        self.assertTrue(self.env["coworking.portal.answer"].create(sent))
        message = statement.message_post(body=f"n° {NIR}", message_type="email", email_from="a@b.c")
        self.assertNotIn("588", message.body)

    def test_a_mail_that_comes_in_is_kept_without_it(self):
        message = self.file.message_post(
            body=f"Bonjour, mon n° est le {NIR}", message_type="email", email_from="c@example.org"
        )
        self.assertNotIn("588", message.body)
        self.assertIn("Bonjour", message.body)

    def test_a_default_that_a_value_replaces_is_not_looked_at(self):
        message = (
            self.env["mail.message"]
            .with_context(default_body=NIR)
            .create({"model": self.file._name, "res_id": self.file.id, "body": "Hello"})
        )
        self.assertEqual(message.body, "<p>Hello</p>")

    def test_a_mail_whose_text_is_a_default_is_kept_without_it(self):
        message = self._speak(
            {"model": self.file._name, "res_id": self.file.id, "message_type": "email"},
            default_body=f"Bonjour, mon n° est le {NIR}",
        )
        self.assertNotIn("588", message.body)
        self.assertIn("Bonjour", message.body)

    def test_of_a_mail_whose_number_holds_a_tag_the_rest_stays(self):
        message = self.file.message_post(
            body=Markup("<p>Bonjour</p><p>n° <b>2</b> 69 05 49 588 157 80</p><p>Merci</p>"),
            message_type="email",
            email_from="c@example.org",
        )
        self.assertEqual(message.body, "<p>Bonjour</p><p>n° <b>…</b></p><p>Merci</p>")

    def test_names_of_files_are_not_looked_at(self):
        self.file.document_ids.create(
            {
                "participant_id": self.file.id,
                "type_id": self.env["coworking.document.type"].create({"name": "T"}).id,
                "file": "eHl6",
                "filename": "185057800608491.pdf",
            }
        )

    def test_events_of_another_calendar_and_calls_by_video_pass(self):
        event = self.env["calendar.event"].create(
            {
                "name": "A",
                "start": "2015-06-01 08:00:00",
                "stop": "2015-06-01 09:00:00",
                "coworking_kind": "appointment",
                "coworking_program_id": self.program.id,
                "description": f"<p>Teams <a href='https://teams.example/1'>{NIR}</a></p>",
            }
        )
        with self.assertRefused("social security number", error=ValidationError):
            event.description = NIR
        event.with_context(dont_notify=True).description = NIR

    def test_what_is_not_ours_takes_it(self):
        partner = self.env["res.partner"].create({"name": "Other", "comment": NIR})
        partner.write({"comment": f"again {NIR}"})
        self.assertTrue(partner.message_post(body=NIR))
        self.assertTrue(
            self.env["calendar.event"].create(
                {
                    "name": "Lunch",
                    "start": "2015-06-01 08:00:00",
                    "stop": "2015-06-01 09:00:00",
                    "description": NIR,
                }
            )
        )

    def test_telephones_and_accounts_pass(self):
        self.file.write(
            {
                "phone": "+33 6 39 98 01 02",
                "project": "SIRET 732 829 320 00074, FR76 3000 6000 0112 3456 7890 189",
            }
        )


@tagged("post_install", "-at_install")
class TestRestrictedWordsStay(HttpCase, TracesCase):
    """The note on the situation, for who may not read it, by every way out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file.user_id = cls.chief
        cls.seat = cls._new_seat("1/6", "30/6", cls.file)
        event = cls.env["calendar.event"].create(
            {
                "name": "Appointment",
                "start": "2015-06-01 08:00:00",
                "stop": "2015-06-01 09:00:00",
                "coworking_kind": "appointment",
                "coworking_program_id": cls.program.id,
            }
        )
        cls.attendance = cls.env["coworking.attendance"].create(
            {"event_id": event.id, "participant_id": cls.file.id, "restricted_note": CANARY}
        )

    def _rpc(self, login, model, method, *args, **kwargs):
        self.authenticate(login, login)
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {"model": model, "method": method, "args": args, "kwargs": kwargs},
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        return answer.text

    def test_a_look_by_the_screen_is_traced_and_kept(self):
        text = self._rpc(
            "t_trace_chief",
            "coworking.participant",
            "web_read",
            self.file.ids,
            specification={"situation_note": {}},
        )
        self.assertIn(CANARY, text)
        self.assertEqual(self._trail("looked").user_id, self.chief)

    def test_others_get_it_by_no_call(self):
        model = "coworking.participant"
        for method, args, kwargs in (
            ("read", [self.file.ids, ["situation_note"]], {}),
            ("web_read", [self.file.ids], {"specification": {"situation_note": {}}}),
            ("search_read", [[], ["situation_note"]], {}),
            ("name_search", [], {"name": CANARY}),
            ("web_name_search", [], {"name": CANARY, "specification": {"display_name": {}}}),
            ("search_read", [[("situation_note", "like", "%restreint%")], ["partner_name"]], {}),
            ("export_data", [self.file.ids, ["situation_note"]], {}),
            ("web_search_read", [[]], {"specification": {"situation_note": {}}}),
            ("formatted_read_group", [[], ["situation_note"], ["__count"]], {}),
        ):
            with self.subTest(method=method), mute_logger("odoo.http"):
                text = self._rpc("t_coordinator", model, method, *args, **kwargs)
                self.assertNotIn(CANARY, text)
                self.assertNotIn("Camille", text)

    def test_the_note_of_an_appointment_is_as_closed(self):
        for method, args, kwargs in (
            ("read", [self.attendance.ids, ["restricted_note"]], {}),
            ("web_read", [self.attendance.ids], {"specification": {"restricted_note": {}}}),
            ("name_search", [], {"name": CANARY}),
            ("export_data", [self.attendance.ids, ["restricted_note"]], {}),
        ):
            with self.subTest(method=method), mute_logger("odoo.http"):
                text = self._rpc("t_coordinator", "coworking.attendance", method, *args, **kwargs)
                self.assertNotIn(CANARY, text.replace(json.dumps({"name": CANARY}), ""))
        self._rpc(
            "t_trace_chief",
            "coworking.attendance",
            "web_read",
            self.attendance.ids,
            specification={"restricted_note": {}},
        )
        self.assertEqual(self._trail("looked").res_model, "coworking.attendance")

    def test_the_export_pages_refuse_without_the_right(self):
        for login, open_ in (("t_trace_chief", False), ("t_trace_exporter", True)):
            self.authenticate(login, login)
            answer = self.url_open(
                "/web/export/csv",
                data={
                    "csrf_token": Request.csrf_token(self),
                    "data": json.dumps(
                        {
                            "model": "coworking.participant",
                            "fields": [{"name": "situation_note", "label": "Note"}],
                            "ids": self.file.ids,
                            "domain": [],
                            "import_compat": False,
                        }
                    ),
                },
            )
            with self.subTest(login=login):
                self.assertEqual(CANARY in answer.text, open_)
                self.assertEqual(answer.status_code == 200, open_)
        line = self._trail("exported")
        self.assertEqual(line.user_id, self.exporter)
        self.assertEqual(line.changes["fields"], ["situation_note"])

    def test_it_is_in_no_mail_message_bus_or_log(self):
        with self.assertLogs(level=logging.DEBUG) as logged:
            logging.getLogger(__name__).info("begun")
            loggers = logging.getLogger("odoo.sql_db")
            level = loggers.level
            loggers.setLevel(logging.WARNING)  # statements are not logged
            self.file.with_context(
                tracking_disable=False, mail_notrack=False, mail_create_nolog=False
            ).with_user(self.chief).write({"situation_note": f"{CANARY} again"})
            self.file.message_post(body="Bonjour", partner_ids=self.file.partner_id.ids)
            self.env.flush_all()
            self.env.cr.flush()
            loggers.setLevel(level)
        self.assertNotIn(CANARY, "\n".join(logged.output))
        for table in ("mail_message", "mail_mail", "mail_tracking_value", "bus_bus", "ir_logging"):
            found = self.env.execute_query_dict(
                self._sql(f"SELECT count(*) AS n FROM {table} t WHERE t::text ILIKE %s")
            )
            with self.subTest(table=table):
                self.assertEqual(found[0]["n"], 0)

    def _sql(self, text):
        return SQL(text, f"%{CANARY}%")  # pylint: disable=sql-injection

    def test_it_is_in_no_column_but_its_own(self):
        self.env.flush_all()
        holders = set()
        columns = self.env.execute_query_dict(self._columns())
        for column in columns:
            found = self.env.execute_query(
                self._sql(
                    f'SELECT 1 FROM "{column["t"]}" WHERE "{column["c"]}"::text ILIKE %s LIMIT 1'
                )
            )
            if found:
                holders.add((column["t"], column["c"]))
        self.assertEqual(
            holders,
            {
                ("coworking_participant", "situation_note"),
                ("coworking_attendance", "restricted_note"),
            },
        )

    def _columns(self):
        return SQL(
            """SELECT table_name AS t, column_name AS c FROM information_schema.columns
                WHERE table_schema = 'public'
                  AND data_type IN ('text', 'character varying', 'jsonb')
                  AND table_name IN (SELECT relname FROM pg_class WHERE relkind = 'r')"""
        )
