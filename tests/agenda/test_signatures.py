"""Attendance that stands up to an audit: who signed, when, how, and that nothing changed since."""

import base64
import hashlib
import json
import re
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase
from odoo.tools import SQL, mute_logger

from .common import AgendaCase

PNG = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg"
        "=="
    )
).decode()


class SignatureCase(AgendaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"date_end": "2035-12-31"})
        cls.past = cls._new_event("collective", days=-1, hours=3)
        cls.camille = cls._new_participant("Camille")
        cls.attendance = cls._attend(cls.past, participant_id=cls.camille.id).with_user(
            cls.accompanist
        )

    def _dialog(self, action, user, **values):
        """The record that a dialog makes for a user."""
        return (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create(values)
        )


class TestSignatures(SignatureCase):
    def test_a_signature_says_who_when_and_how(self):
        self.attendance.write({"signature": PNG})
        self.assertRecordValues(
            self.attendance,
            [
                {
                    "state": "present",
                    "signed_how": "tablet",
                    "signed_by": self.accompanist.partner_id.id,
                }
            ],
        )
        self.assertTrue(self.attendance.signature)
        self.assertTrue(self.attendance.signed_at)

    def test_nothing_drawn_is_said_and_the_box_stays_open(self):
        event = self._new_event("appointment", days=-1)
        row = self._attend(event, participant_id=self.camille.id).with_user(self.accompanist)
        for box, save, field in (
            ("action_sign", "action_keep_signature", "signature"),
            ("action_host_sign", "action_keep_host_signature", "host_signature"),
        ):
            with self.subTest(box=box):
                view = self.env["ir.ui.view"].browse(getattr(row, box)()["views"][0][0])
                self.assertIn(f'name="{save}"', view.arch)
                self.assertNotIn('special="save"', view.arch)
                with self.assertRefused("Nothing is drawn yet"):
                    getattr(row, save)()
                row.write({field: PNG})
                self.assertEqual(getattr(row, save)()["type"], "ir.actions.act_window_close")

    def test_who_follows_the_person_signs_for_the_host_without_being_invited(self):
        partners = [Command.set(self.coordinator.partner_id.ids)]
        event = self._new_event(
            "appointment", days=-1, user_id=self.coordinator.id, partner_ids=partners
        )
        row = self._attend(event, participant_id=self.camille.id)
        row.with_user(self.accompanist).action_host_sign()
        with self.assertRefused("who sign for it themselves"):
            row.with_user(self.sensitive).action_host_sign()

    def test_what_is_no_picture_is_no_signature(self):
        for signature in ("abc", base64.b64encode(b"<svg/>").decode(), "A" * 1_000_000):
            with self.subTest(signature=signature[:10]), self.assertRefused("draw it in the box"):
                self.attendance.write({"signature": signature})

    def test_a_signed_appointment_closes_the_activity_it_was_planned_from(self):
        meeting = self.env.ref("mail.mail_activity_data_meeting")
        todo = self.camille.activity_schedule("mail.mail_activity_data_todo", summary="Call")
        planned = self.camille.activity_schedule(
            activity_type_id=meeting.id, summary="Meet", user_id=self.coordinator.id
        )
        event = self._new_event("appointment", days=-1)
        planned.calendar_event_id = event
        row = self._attend(event, participant_id=self.camille.id).with_user(self.accompanist)
        self.assertEqual(self.camille.activity_ids, todo | planned)
        row.write({"signature": PNG})
        self.assertEqual(self.camille.activity_ids, todo)

    def test_nobody_types_how_it_was_signed(self):
        for values in (
            {"signed_at": "2015-06-01 08:00:00"},
            {"signed_how": "link"},
            {"signed_by": self.manager.partner_id.id},
            {"noted_at": "2015-06-01 08:00:00"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.attendance.write(values)

    def test_what_was_signed_does_not_change(self):
        self.attendance.write({"signature": PNG})
        for values in (
            {"state": "absent"},
            {"duration": 8.0},
            {"date": "2015-06-01"},
            {"participant_id": self._new_participant("Other").id},
            {"signature": PNG},
            {"signature": False},
        ):
            with self.subTest(values=values), self.assertRefused("it no longer changes"):
                self.attendance.write(values)
        with self.assertRefused("it no longer changes"):
            self.attendance.unlink()

    @mute_logger("odoo.sql_db")
    def test_the_database_holds_it_whatever_the_way(self):
        self.attendance.write({"signature": PNG})
        self.env.flush_all()
        for column, value in (
            ("state", "absent"),
            ("duration", 9),
            ("signed_at", "2015-06-01"),
            ("date", "2015-06-01"),
        ):
            with self.subTest(column=column), self.assertRaises(CheckViolation):
                self.env.cr.execute(
                    SQL(
                        "UPDATE coworking_attendance SET %s = %s WHERE id = %s",
                        SQL.identifier(column),
                        value,
                        self.attendance.id,
                    )
                )

    def test_the_database_says_it_in_words(self):
        self.attendance.write({"signature": PNG})
        with self.assertRefused("take the signature back first", error=ValidationError):
            self.attendance.sudo().state = "absent"

    def test_a_coordinator_takes_a_signature_back_which_leaves_a_note_on_the_file(self):
        self.attendance.write({"signature": PNG})
        with self.assertRaises(AccessError):
            self.attendance._withdraw_signature("Mine")
        with self.assertRaises(AccessError):
            self._dialog(self.attendance.action_unsign(), self.accompanist, reason="Mine")
        with self.assertRefused("Say why"):
            self.attendance.with_user(self.coordinator)._withdraw_signature("  ")
        action = self.attendance.with_user(self.coordinator).action_unsign()
        self._dialog(action, self.coordinator, reason="Wrong line").action_apply()
        self.assertFalse(self.attendance.signed_at)
        self.assertIn("Wrong line", self.camille.message_ids[:1].body)
        self.attendance.write({"state": "absent"})

    def test_every_employee_reads_the_event_which_tells_no_signature_taken_back(self):
        candidate = self._attend(self.past, name="Sacha").with_user(self.accompanist)
        told = self.past.message_ids
        for attendance in (self.attendance, candidate):
            attendance.write({"signature": PNG})
            attendance.with_user(self.coordinator)._withdraw_signature("Was ill that day")
        self.assertEqual(self.past.message_ids, told)
        self.assertEqual(candidate.signature_ids.taken_back_reason, "Was ill that day")

    def test_nobody_signs_for_a_meeting_to_come_or_when_not_on_the_list(self):
        future = self._attend(self._new_event("collective", days=3), participant_id=self.camille.id)
        cancelled = self._attend(self.past, name="Sacha", state="cancelled")
        for attendance in (future, cancelled):
            with self.assertRefused("cannot sign for"):
                attendance.with_user(self.accompanist).write({"signature": PNG})

    def test_who_notes_a_presence_is_noted(self):
        self.attendance.write({"state": "absent"})
        self.assertEqual(self.attendance.noted_by, self.accompanist.partner_id)
        self.assertTrue(self.attendance.noted_at)

    def test_a_half_day_is_told_from_a_day(self):
        start = self.past.start.replace(hour=7, minute=0)
        for hours, slot in ((3, "am"), (8, "day")):
            self.past.write({"start": start, "stop": start + timedelta(hours=hours)})
            self.assertEqual(self.attendance.slot, slot)

    def test_a_month_whose_statements_are_all_settled_is_closed(self):
        day = self.attendance.date
        last_month = (day.replace(day=1) - timedelta(days=1)).replace(day=15)
        event = self._new_event("collective", days=(last_month - fields.Date.today()).days)
        attendance = self._attend(event, participant_id=self.camille.id)
        values = {
            "program_id": self.program.id,
            "date_from": last_month.replace(day=1),
        }
        settled = self.env["coworking.statement"].create(
            {**values, "space_id": self.space.id, "state": "confirmed"}
        )
        other = self.env["coworking.statement"].create({**values, "space_id": self.space_b.id})
        attendance = attendance.with_user(self.accompanist)
        attendance.state = "absent"
        other.state = "billed"
        self.assertTrue(settled)
        with self.assertRefused("the month is closed"):
            attendance.state = "present"
        with self.assertRefused("the month is closed"):
            attendance.unlink()

    def _attendances_of_last_month(self):
        """Two people with a seat, each in another space, on the 15th of the month before.

        :return: what they attended, the first of that month
        """
        day = (self.attendance.date.replace(day=1) - timedelta(days=1)).replace(day=15)
        first = day.replace(day=1)
        event = self._new_event("collective", days=(day - fields.Date.today()).days)
        result = []
        for person, tariff in ((self.camille, self.tariff), ("Sacha", self.tariff_b)):
            seat = self._new_seat("1/6", who=person, tariff=tariff, date_start=first)
            attendance = self._attend(event, participant_id=seat.participant_id.id)
            result.append(attendance.with_user(self.accompanist))
        return *result, first

    def test_a_month_is_closed_for_whom_it_is_settled(self):
        mine, theirs, month = self._attendances_of_last_month()
        values = {"program_id": self.program.id, "date_from": month}
        for space, state in ((self.space, "confirmed"), (self.space_b, "draft")):
            self.env["coworking.statement"].create({**values, "space_id": space.id, "state": state})
        with self.assertRefused("the month is closed"):
            mine.state = "absent"
        theirs.state = "absent"
        grid = self.env["coworking.attendance.grid"].with_user(self.accompanist)
        rows = grid._read_grid(self.program.id, f"{month}", "month")["rows"]
        locks = {row["name"]: row["cells"][0]["lock"] for row in rows}
        self.assertEqual(locks, {"Camille": "closed", "Sacha": False})

    def test_days_after_a_confirmation_in_advance_are_open_once_the_month_is_over(self):
        mine, theirs, month = self._attendances_of_last_month()
        for space, day in ((self.space, 10), (self.space_b, 20)):
            self.env["coworking.statement"].create(
                {
                    "program_id": self.program.id,
                    "space_id": space.id,
                    "date_from": month,
                    "state": "confirmed",
                    "confirmed_at": fields.Datetime.to_datetime(month.replace(day=day)),
                }
            )
        mine.state = "absent"
        with self.assertRefused("the month is closed"):
            theirs.state = "absent"

    def test_who_has_no_seat_is_closed_when_all_spaces_are(self):
        _mine, _theirs, month = self._attendances_of_last_month()
        guest = self._attend(_mine.event_id, name="Visitor").with_user(self.accompanist)
        values = {"program_id": self.program.id, "date_from": month, "state": "confirmed"}
        self.env["coworking.statement"].create({**values, "space_id": self.space.id})
        last = self.env["coworking.statement"].create(
            {
                **values,
                "space_id": self.space_b.id,
                "confirmed_at": fields.Datetime.to_datetime(month.replace(day=10)),
            }
        )
        guest.state = "absent"
        last.confirmed_at = fields.Datetime.to_datetime(month.replace(day=20))
        with self.assertRefused("the month is closed"):
            guest.state = "present"

    def test_a_signed_paper_is_typed_beside_its_scan(self):
        absent = self._attend(self.past, name="Sacha")
        paper = (
            self.env["coworking.attendance.paper"]
            .with_user(self.accompanist)
            .create({"event_id": self.past.id, "scan": PNG, "scan_name": "sheet.png"})
        )
        marks = {line.attendance_id.id: line for line in paper.line_ids}
        marks[self.attendance.id].mark = "signed"
        marks[absent.id].mark = "absent"
        paper.action_apply()
        self.assertRecordValues(
            self.attendance, [{"state": "present", "signed_how": "paper", "signature": False}]
        )
        self.assertEqual(self.attendance.sheet_id.res_model, "coworking.attendance")
        self.assertEqual(self.attendance.signature_ids.sheet_id, self.attendance.sheet_id)
        self.assertFalse(self.attendance.host_signed_at)
        self.assertEqual(absent.state, "absent")

    def test_a_scan_that_is_none_is_refused(self):
        for content, words in (
            (b"<html><script>alert(1)</script></html>", "PDF or a picture"),
            (b"%PDF-" + b"0" * (10 * 1024 * 1024), "larger than 10 MB"),
        ):
            paper = self.env["coworking.attendance.paper"].create(
                {"event_id": self.past.id, "scan": base64.b64encode(content)}
            )
            paper.line_ids.mark = "signed"
            with self.subTest(words=words), self.assertRefused(words):
                paper.action_apply()
            with self.subTest(words=words, shown=True), self.assertRefused(words):
                paper.read(["scan_kind"])

    def test_a_scan_shows_beside_the_list_as_what_it_is(self):
        for content, kind in ((base64.b64decode(PNG), "png"), (b"%PDF-1.4", "pdf")):
            paper = self.env["coworking.attendance.paper"].create(
                {"event_id": self.past.id, "scan": base64.b64encode(content)}
            )
            self.assertEqual(paper.scan_kind, kind)

    def test_lists_that_are_not_filled_in_are_asked_for_once(self):
        Activity = self.env["mail.activity"]
        kind = self.env.ref("coworking_incubation.mail_activity_type_attendance")

        def asked():
            self.env["coworking.attendance"]._cron_ask_missing()
            return Activity.search(
                [
                    ("activity_type_id", "=", kind.id),
                    ("res_id", "=", self.program.id),
                    ("user_id", "=", self.accompanist.id),
                ]
            )

        self.assertEqual(len(asked()), 1)
        self.assertEqual(len(asked()), 1)
        self.attendance.state = "present"
        self.assertFalse(asked())
        event = self._new_event_last_month("collective")
        self._attend(event, name="Sacha")
        self.assertEqual(len(asked()), 1)
        self._close_month(event)
        self.assertFalse(asked(), "nobody may fill it in any more")

    def test_the_grid_shows_and_writes(self):
        grid = self.env["coworking.attendance.grid"].with_user(self.accompanist)
        other = self._attend(self.past, name="Sacha")
        day = fields.Date.to_string(self.attendance.date)
        data = grid._read_grid(self.program.id, day)
        self.assertEqual([row["name"] for row in data["rows"]], ["Camille", "Sacha"])
        column = str(self.past.id)
        grid._save_grid(
            self.program, [{"row": f"p{self.camille.id}", "column": column, "state": "excused"}]
        )
        self.assertEqual(self.attendance.state, "excused")
        grid._save_grid(
            self.program, [{"row": f"p{self.camille.id}", "column": column, "state": False}]
        )
        self.assertEqual(self.attendance.state, "expected")
        other.with_user(self.accompanist).write({"signature": PNG})
        index = [c["key"] for c in data["columns"]].index(column)
        row = grid._read_grid(self.program.id, day)["rows"][1]
        self.assertEqual(row["cells"][index]["lock"], "signed")

    def test_the_grid_names_what_it_refuses_and_saves_the_rest(self):
        grid = self.env["coworking.attendance.grid"].with_user(self.accompanist)
        future = self._new_event("collective", days=3)
        sacha = self._new_participant("Sacha")
        named = {
            "On the waiting list": self._attend(self.past, name="Wanda", state="waiting"),
            "Cancelled": self._attend(self.past, name="Cyril", state="cancelled"),
            "This day has not come yet": self._attend(future, name="Farid"),
            "Not on the list of this date": self._attend(self.past, name="Sacha"),
        }
        rows = {words: grid._get_row_key(row) for words, row in named.items()}
        named["Not on the list of this date"].participant_id = sacha  # meanwhile
        good = {"row": f"p{self.camille.id}", "column": str(self.past.id), "state": "present"}
        for words, attendance in named.items():
            bad = {
                "row": rows[words],
                "column": str(attendance.event_id.id),
                "state": "present",
            }
            before = attendance.state
            self.attendance.state = "expected"
            with self.subTest(words=words):
                refused = grid._save_grid(self.program, [good, bad])
                self.assertIn(attendance.name, refused)
                self.assertIn(words, refused)
                self.assertEqual(attendance.state, before)
                self.assertEqual(self.attendance.state, "present", "the rest is saved")
        gone = {**good, "row": "a999999999"}
        refused = grid._save_grid(self.program, [gone])
        self.assertIn("Somebody", refused)
        self.assertIn("Not on the list of this date", refused)
        self.assertFalse(grid._save_grid(self.program, [good]))

    def test_the_grid_does_not_write_over_what_a_colleague_noted_meanwhile(self):
        grid = self.env["coworking.attendance.grid"].with_user(self.accompanist)
        change = {"row": f"p{self.camille.id}", "column": str(self.past.id), "state": "present"}
        self.attendance.with_user(self.coordinator).state = "excused"
        refused = grid._save_grid(self.program, [{**change, "shown": False}])
        for fragment in ("Camille", self.coordinator.name, "Excused"):
            self.assertIn(fragment, refused)
        self.assertEqual(self.attendance.state, "excused")
        self.assertFalse(grid._save_grid(self.program, [{**change, "shown": "excused"}]))
        self.assertEqual(self.attendance.state, "present")

    def test_the_grid_takes_no_row_or_state_that_it_does_not_know(self):
        grid = self.env["coworking.attendance.grid"].with_user(self.accompanist)
        good = {"row": f"p{self.camille.id}", "column": str(self.past.id), "state": "present"}
        for wrong in ({"row": "x"}, {"state": "waiting"}):
            with self.subTest(wrong=wrong), self.assertRaises(ValueError):
                grid._save_grid(self.program, [{**good, **wrong}])


class TestSignLink(SignatureCase, HttpCase):
    def _accept(self, url, signature=PNG, shown=None):
        response = self.url_open(
            f"{url}/accept/{shown or self.attendance.sudo()._get_content_digest()}",
            data=json.dumps({"params": {"name": "Camille", "signature": signature}}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()["result"]

    def _url(self):
        return re.sub(r"^https?://[^/]+", "", self.attendance._make_sign_url())

    def test_a_person_signs_behind_their_link_once(self):
        url = self._url()
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Camille", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("redirect_url", self._accept(url))
        self.attendance.invalidate_recordset()
        self.assertRecordValues(
            self.attendance,
            [
                {
                    "state": "present",
                    "signed_how": "link",
                    "signed_by": self.camille.partner_id.id,
                }
            ],
        )
        self.assertRecordValues(
            self.attendance.signature_ids,
            [{"name": "Camille", "address": "127.0.0.1", "how": "link", "intact": True}],
        )
        self.assertIn("error", self._accept(url))

    def test_what_is_signed_is_what_the_page_showed(self):
        url = self._url()
        shown = self.attendance._get_content_digest()
        self.attendance.duration = 1.0
        self.env.flush_all()
        self.assertIn("error", self._accept(url, shown=shown))
        self.assertFalse(self.attendance.signed_at)
        self.assertIn("redirect_url", self._accept(url))  # once it was read again

    def test_a_wrong_old_or_replaced_link_opens_nothing(self):
        old = self._url()
        url = self._url()  # ends the one before
        other = self._attend(self.past, name="Sacha Petit")
        wrong = [old, url[:-3] + "abc", url.replace(str(self.attendance.id), str(other.id)), url]
        self.env["coworking.portal.link"]._find_link(url.rpartition("/")[2]).date_expiry = (
            fields.Datetime.now() - timedelta(minutes=1)
        )
        pages = set()
        for path in wrong:
            with self.subTest(path=path):
                page = self.url_open(path)
                self.assertEqual(page.status_code, 404)
                self.assertNotIn("Camille", page.text)
                self.assertNotIn("Sacha", page.text)
                pages.add(len(page.text))
                self.assertIn("error", self._accept(path))
        self.assertFalse(self.attendance.signed_at)

    def test_ten_megabytes_or_code_are_no_signature(self):
        url = self._url()
        self.assertIn("error", self._accept(url, "PHN2Zz4="))
        response = self.url_open(
            f"{url}/accept/{self.attendance.sudo()._get_content_digest()}",
            data=json.dumps({"params": {"signature": "A" * 10_000_000}}),
            headers={"Content-Type": "application/json"},
        )
        self.assertIn("error", response.json())  # refused before it is read
        self.assertFalse(self.attendance.signed_at)

    def test_only_the_hash_of_the_token_is_kept(self):
        url = self._url()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(l)::text FROM coworking_portal_link l WHERE res_id = %s",
            [self.attendance.id],
        )
        row = self.env.cr.fetchone()[0]
        token = url.rpartition("/")[2]
        self.assertNotIn(token, row)
        self.assertIn(hashlib.sha256(token.encode()).hexdigest(), row)

    def test_links_go_by_mail_and_those_without_one_are_named(self):
        self.camille.partner_id.email = "camille@example.org"
        other = self._attend(self.past, name="Sacha").with_user(self.accompanist)
        answer = (self.attendance | other).action_mail_sign_link()
        self.assertIn("Sacha", answer["params"]["message"])
        mail = self.env["mail.mail"].search([("email_to", "like", "camille@example.org")], limit=1)
        self.assertIn("/incubation/sign/", mail.body_html)

    def test_a_qr_code_is_made_of_the_link(self):
        action = self.attendance.action_sign_link()
        link = (
            self.env["coworking.attendance.link"]
            .with_user(self.accompanist)
            .with_context(**action["context"])
            .new({"url": action["context"]["default_url"]})
        )
        self.assertTrue(base64.b64decode(link.qr_code).startswith(b"\x89PNG"))
