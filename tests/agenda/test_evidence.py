"""What an auditor relies on: nothing of what was signed is rewritten, by whatever way."""

import base64
import io
from datetime import timedelta
from unittest.mock import patch

from PIL import Image
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, mute_logger

from odoo.addons.calendar.models.calendar_event import CalendarEvent

from ..common import picture as draw
from .test_signatures import PNG, SignatureCase

SIGNATURE = "coworking.attendance.signature"


class TestEvidence(SignatureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attendance.write({"signature": PNG})
        cls.kept = cls.attendance.signature_ids

    def test_a_signature_keeps_what_was_signed_in_words(self):
        self.assertRecordValues(
            self.kept,
            [
                {
                    "signer": "participant",
                    "name": "Camille",
                    "how": "tablet",
                    "recorded_by": self.accompanist.partner_id.id,
                    "intact": True,
                    "taken_back_at": False,
                }
            ],
        )
        for words in ("Camille", self.past.name, self.program.name, "03:00"):
            self.assertIn(words, self.kept.content)

    def test_a_wide_drawing_is_kept_as_it_was_drawn(self):
        drawn = io.BytesIO()
        Image.new("RGBA", (2400, 200)).save(drawn, "PNG")
        attendance = self._attend(self.past, name="Sacha").with_user(self.accompanist)
        attendance.write({"signature": base64.b64encode(drawn.getvalue()).decode()})
        self.env.flush_all()
        self.env.invalidate_all()
        kept = attendance.signature_ids
        self.assertEqual(base64.b64decode(kept.image), drawn.getvalue())
        self.assertTrue(kept.intact)

    def test_nobody_writes_or_deletes_a_signature(self):
        for user in (self.accompanist, self.coordinator):
            kept = self.kept.with_user(user)
            for values in ({"name": "Other"}, {"taken_back_at": fields.Datetime.now()}):
                with self.assertRaises(AccessError):
                    kept.write(values)
            with self.assertRaises(AccessError):
                kept.unlink()
            with self.assertRaises(AccessError):
                self.env[SIGNATURE].with_user(user).create(
                    {
                        "attendance_id": self.attendance.id,
                        "signer": "host",
                        "signed_at": fields.Datetime.now(),
                    }
                )
        with self.assertRefused("is kept"):
            self.kept.sudo().unlink()

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_a_signature_as_it_was_given(self):
        self.env.flush_all()
        for column, value in (
            ("name", "Other"),
            ("signed_at", "2015-06-01"),
            ("content", "Other"),
            ("digest", "0" * 64),
            ("how", "paper"),
        ):
            with self.subTest(column=column), self.assertRaises(CheckViolation):
                self.env.cr.execute(
                    SQL(
                        "UPDATE coworking_attendance_signature SET %s = %s WHERE id = %s",
                        SQL.identifier(column),
                        value,
                        self.kept.id,
                    )
                )

    @mute_logger("odoo.sql_db")
    def test_the_database_does_not_empty_the_signatures(self):
        for table in (
            *("coworking_attendance_signature", "coworking_attendance"),
            *("coworking_hosting_signatory", "coworking_hosting_version"),
        ):
            with self.subTest(table=table), self.assertRaises(CheckViolation) as refused:
                self.env.cr.execute(SQL("TRUNCATE %s CASCADE", SQL.identifier(table)))
            self.assertRegex(str(refused.exception), "signatures .*are kept as they were given")

    @mute_logger("odoo.sql_db")
    def test_the_database_clears_no_signature_that_stands(self):
        self.env.flush_all()
        with self.assertRaises(CheckViolation):
            self.env.cr.execute(
                "UPDATE coworking_attendance SET signed_at = NULL WHERE id = %s",
                [self.attendance.id],
            )

    def test_the_picture_of_a_signature_is_not_replaced(self):
        picture = (
            self.env["ir.attachment"]
            .with_user(self.coordinator)
            .search(
                [
                    ("res_model", "=", SIGNATURE),
                    ("res_field", "=", "image"),
                    ("res_id", "=", self.kept.id),
                ]
            )
        )
        self.assertTrue(picture)
        for change in (
            lambda: picture.write({"datas": PNG}),
            lambda: picture.sudo().write({"datas": PNG}),
            lambda: picture.sudo().unlink(),
        ):
            with self.assertRaises(UserError):  # AccessError is one
                change()

    def test_a_changed_picture_shows(self):
        picture = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", SIGNATURE),
                    ("res_field", "=", "image"),
                    ("res_id", "=", self.kept.id),
                ]
            )
        )
        other = picture.copy({"raw": draw("PNG"), "res_id": 0})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = %s WHERE id = %s",
            [other.store_fname, picture.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.kept.intact)

    def test_the_sheet_that_was_signed_is_not_replaced(self):
        other = self._attend(self.past, name="Sacha")
        paper = (
            self.env["coworking.attendance.paper"]
            .with_user(self.accompanist)
            .create({"event_id": self.past.id, "scan": PNG, "host_signed": True})
        )
        paper.line_ids.mark = "signed"
        paper.action_apply()
        sheet = other.sheet_id.with_user(self.accompanist)
        self.assertRecordValues(
            other,
            [{"signed_how": "paper", "host_signed_how": "paper", "signature": False}],
        )
        self.assertEqual(other.signature_ids.mapped("intact"), [True, True])
        with self.assertRefused("kept as evidence"):
            sheet.write({"datas": PNG})
        with self.assertRefused("kept as evidence"):
            sheet.unlink()

    def test_a_taken_back_signature_stays_on_record(self):
        coordinator = self.attendance.with_user(self.coordinator)
        coordinator._withdraw_signature("Signed on the wrong line")
        self.assertFalse(self.attendance.signature)
        self.assertRecordValues(
            self.kept,
            [
                {
                    "taken_back_by": self.coordinator.partner_id.id,
                    "taken_back_reason": "Signed on the wrong line",
                    "intact": True,
                }
            ],
        )
        self.attendance.state = "expected"
        self.attendance.write({"signature": PNG})
        self.assertEqual(len(self.attendance.signature_ids), 2)
        coordinator._withdraw_signature("Again")
        with self.assertRefused("stay on record"):
            self.attendance.unlink()

    def test_the_event_of_a_signed_list_stays_where_it_was(self):
        other = self.program.copy({"name": "Another program"})
        for values in (
            {"start": self.past.start + timedelta(hours=1)},
            {"stop": self.past.stop + timedelta(hours=1)},
            {"coworking_kind": "info_session"},
            {"coworking_program_id": other.id},
            {"coworking_space_id": self.space_b.id},
            {"user_id": self.coordinator.id},
            {"active": False},
        ):
            with self.subTest(values=values), self.assertRefused("People signed"):
                self.past.write(values)
        with self.assertRefused("cannot be deleted"):
            self.past.unlink()
        self.past.write({"start": self.past.start, "description": "What was done"})

    def test_a_synchronised_calendar_moves_the_event_and_nothing_else(self):
        core = CalendarEvent.write

        def write(events, vals):
            # the fields of google_calendar and microsoft_calendar, which need not be installed
            return core(events, {k: v for k, v in vals.items() if not k.startswith("need_sync")})

        other = self.program.copy({"name": "Another program"})
        self.startPatcher(patch.object(CalendarEvent, "write", write))
        for key in ("need_sync", "need_sync_m"):
            for values in (
                {"coworking_kind": "info_session"},
                {"coworking_program_id": other.id},
                {"coworking_space_id": self.space_b.id},
            ):
                with self.subTest(key=key, values=values), self.assertRefused("People signed"):
                    self.past.write({**values, key: False})
        both = self.past | self.meeting
        with self.assertRefused("People signed"):
            both.write({"user_id": self.coordinator.id, "need_sync": False})
        noted = self.attendance.start
        later = self.past.stop + timedelta(hours=1)
        self.past.write({"stop": later, "user_id": self.coordinator.id, "need_sync": False})
        self.assertEqual((self.past.stop, self.past.user_id), (later, self.accompanist))
        self.past.write({"active": False, "need_sync": False})
        self.assertEqual((self.past.active, self.attendance.start), (False, noted))

    def test_a_closed_month_does_not_move_with_its_event(self):
        last_month = fields.Date.today().replace(day=1) - timedelta(days=10)
        event = self._new_event("collective", days=(last_month - fields.Date.today()).days)
        attendance = self._attend(event, participant_id=self.camille.id)
        self.env["coworking.statement"].create(
            {
                "program_id": self.program.id,
                "space_id": self.space.id,
                "date_from": last_month.replace(day=1),
                "state": "confirmed",
            }
        )
        start = attendance.start
        event.write({"start": start + timedelta(hours=2), "stop": event.stop + timedelta(hours=4)})
        self.assertEqual(attendance.start, start)
        with self.assertRefused("the month is closed"):
            attendance.with_user(self.accompanist).write({"duration": 8.0})

    def test_an_import_signs_for_nobody(self):
        fields_ = ["event_id/.id", "participant_id/.id", "signed_at", "signed_how"]
        row = [str(self.past.id), str(self.camille.id), "2015-06-01 08:00:00", "tablet"]
        result = self.env["coworking.attendance"].with_user(self.accompanist).load(fields_, [row])
        self.assertFalse(result["ids"])

    def test_hours_of_support_are_not_typed(self):
        for values in ({"support_hours": 100.0}, {"expected_count": 0}):
            with self.assertRaises(AccessError):
                self._attend(self.past, name="Sacha").with_user(self.accompanist).write(values)

    def test_signing_comes_after_the_list(self):
        with self.assertRefused("signing comes after"):
            self.env["coworking.attendance"].with_user(self.accompanist).create(
                {"event_id": self.past.id, "name": "Sacha", "signature": PNG}
            )

    def test_who_signed_without_a_file_is_given_one_once(self):
        sacha = self._attend(self.past, name="Sacha Petit", phone="06 39 98 01 02")
        sacha = sacha.with_user(self.accompanist)
        sacha.write({"signature": PNG})
        sacha.action_create_participant()
        self.assertEqual(sacha.participant_id.partner_id.name, "Sacha Petit")
        with self.assertRefused("no longer changes"):
            sacha.participant_id = self.camille

    def test_outsiders_read_no_signature(self):
        for user in (self.manager, self.accountant):
            with self.assertRaises(AccessError):
                self.kept.with_user(user).read(["name"])


class TestAppointmentSignatures(SignatureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.event = cls._new_event("appointment", days=-1, user_id=cls.accompanist.id)
        cls.meeting = cls._attend(cls.event, participant_id=cls.camille.id).with_user(
            cls.accompanist
        )
        cls.meeting.write({"report": "<p>We read the contract.</p>", "decisions": "Call the space"})

    def test_both_sign_the_report(self):
        self.meeting.write({"signature": PNG})
        self.meeting.write({"host_signature": PNG})
        self.assertRecordValues(
            self.meeting.signature_ids.sorted("id"),
            [
                {"signer": "participant", "name": "Camille", "with_report": True},
                {"signer": "host", "name": self.accompanist.name, "with_report": True},
            ],
        )
        for words in ("We read the contract.", "Call the space"):
            self.assertIn(words, self.meeting.signature_ids[0].content)
        self.assertTrue(self.meeting.host_signature)

    def test_a_signed_report_does_not_change(self):
        self.meeting.write({"host_signature": PNG})
        objective = self.env["coworking.objective"].create(
            {"name": "Find a place", "participant_id": self.camille.id}
        )
        for values in (
            {"report": "<p>Other</p>"},
            {"decisions": "Other"},
            {"objective_ids": [(4, objective.id)]},
            {"state": "absent"},
        ):
            with self.subTest(values=values), self.assertRefused("no longer changes"):
                self.meeting.write(values)
        self.meeting.date_next = fields.Date.today()  # planning goes on

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_a_signed_report(self):
        self.meeting.write({"signature": PNG})
        self.env.flush_all()
        for column, value in (("report", "Other"), ("decisions", "Other")):
            with self.subTest(column=column), self.assertRaises(CheckViolation):
                self.env.cr.execute(
                    SQL(
                        "UPDATE coworking_attendance SET %s = %s WHERE id = %s",
                        SQL.identifier(column),
                        value,
                        self.meeting.id,
                    )
                )

    def test_a_report_written_after_the_signature_is_still_to_be_signed(self):
        self.meeting.write({"report": False, "decisions": False})
        self.meeting.write({"signature": PNG})
        self.assertFalse(self.meeting.report_signed)
        self.meeting.write({"report": "<p>Typed in the evening.</p>"})
        self.meeting.write({"host_signature": PNG})
        self.assertTrue(self.meeting.report_signed)
        by_signer = {row.signer: row.with_report for row in self.meeting.signature_ids}
        self.assertEqual(by_signer, {"participant": False, "host": True})

    def test_nobody_signs_in_the_place_of_who_led_it(self):
        with self.assertRefused("sign for it themselves"):
            self.meeting.with_user(self.coordinator).write({"host_signature": PNG})
        with self.assertRefused("sign for it themselves"):
            self.meeting.with_user(self.coordinator).action_host_sign()

    def test_taking_back_opens_the_report_again(self):
        self.meeting.write({"signature": PNG})
        self.meeting.write({"host_signature": PNG})
        self.meeting.with_user(self.coordinator)._withdraw_signature("A mistake in the report")
        self.assertFalse(self.meeting.report_signed)
        self.meeting.write({"report": "<p>Better</p>"})
        self.assertEqual(len(self.meeting.signature_ids), 2)

    def test_an_appointment_is_a_contact(self):
        self.meeting.write({"signature": PNG})
        self.assertEqual(self.camille.date_last_contact, self.meeting.date)
