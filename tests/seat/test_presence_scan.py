"""A photographed presence sheet, typed beside its picture and kept as the proof."""

import base64

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.coworking_incubation.invoice_reader import redraw

from ..common import ACCOMPANIST, CoworkingCase, d

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


class TestPresenceScan(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daily = cls._new_tariff("Day", 20.0, unit="day")
        cls.seat = cls._new_seat("1/6", "30/6", tariff=cls.daily, state="active")
        cls.scan = (
            cls.env["coworking.presence.scan"]
            .with_user(cls.accompanist)
            .create({"space_id": cls.space.id, "date_from": "2015-06-17", "file": PNG})
        )
        cls.grid = (
            cls.env["coworking.presence.grid"]
            .with_user(cls.accompanist)
            .with_context(grid_scan=cls.scan.id)
        )

    def _type(self, state, day="2015-06-01", slot="am"):
        self.grid._save_grid(
            self.space, [{"row": self.seat.id, "column": f"{day}/{slot}", "state": state}]
        )
        return self.seat.presence_ids

    def test_its_month_is_shown_and_chosen_as_a_month(self):
        for name in ("form", "form_new"):
            view = self.env.ref(f"coworking_incubation.coworking_presence_scan_view_{name}")
            arch = etree.fromstring(self.env["coworking.presence.scan"].get_view(view.id)["arch"])
            self.assertEqual(arch.xpath("//field[@name='date_from']/@widget"), ["coworking_month"])

    def test_the_grid_of_its_space_and_month_opens_beside_it(self):
        action = self.scan.action_type()
        self.assertEqual(action["context"], {"grid_scan": self.scan.id})
        data = self.grid._read_grid(None, "2015-01-01", "week")
        self.assertEqual((data["choice"], data["span"]), (self.space.id, "month"))
        self.assertEqual(data["columns"][0]["key"], "2015-06-01/am")
        self.assertEqual(data["scan"]["url"], self.scan._get_picture()["url"])
        self.assertFalse(data["scan"]["pdf"])

    def test_what_is_typed_is_said_by_both_with_the_picture_as_proof(self):
        self.assertRecordValues(
            self._type("present"),
            [
                {
                    "state": "present",
                    "source": "sheet",
                    "host_by": self.accompanist.partner_id.id,
                    "participant_state": "present",
                    "participant_source": "paper",
                    "participant_by": self.accompanist.partner_id.id,
                    "scan_id": self.scan.id,
                    "to_settle": False,
                }
            ],
        )
        self.assertEqual(self.scan.presence_count, 1)

    def test_nobody_signs_an_absence(self):
        self.assertRecordValues(
            self._type("absent"), [{"state": "absent", "participant_state": False}]
        )

    def test_a_wrong_stroke_is_taken_back(self):
        self._type("present")
        self.assertRecordValues(
            self._type("absent"),
            [{"state": "absent", "participant_state": False, "to_settle": False}],
        )
        self.assertFalse(self._type(False))

    def test_what_the_participant_signed_elsewhere_stays(self):
        rows = [{"date": d("1/6"), "slot": "am", "state": "absent"}]
        self.seat._sign_presences(rows, source="portal")
        self.assertRecordValues(
            self._type("present"),
            [
                {
                    "state": "present",
                    "participant_state": "absent",
                    "participant_source": "portal",
                    "to_settle": True,
                }
            ],
        )

    def test_a_sheet_says_nothing_of_another_month(self):
        self.seat.date_end = d("31/7")
        with self.assertRaises(ValueError):
            self._type("present", day="2015-07-01")

    def test_the_picture_is_kept_for_good(self):
        picture = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self.scan._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.scan.id),
                ]
            )
        )
        self.assertEqual(picture.raw, redraw(base64.b64decode(PNG))[1], "as it is seen")
        with self.assertRefused("stays as it was received"):
            self.scan.write({"file": PNG})
        for change in (lambda: picture.write({"datas": PNG}), picture.unlink):
            with self.assertRefused("kept as evidence"):
                change()

    def test_a_sheet_that_proves_something_is_not_deleted(self):
        self._type("present")
        with self.assertRefused("it is not deleted"):
            self.scan.unlink()

    def test_a_sheet_dropped_by_mistake_is_deleted(self):
        self.assertTrue(self.scan.unlink())

    def test_what_is_no_scan_is_refused(self):
        for content, words in (
            (b"<html><script>alert(1)</script></html>", "PDF or a picture"),
            (b"", "PDF or a picture"),
            (b"\x89PNG\r\n\x1a\n" + b"0" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        ):
            with self.assertRefused(words):
                self.env["coworking.presence.scan"].create(
                    {"space_id": self.space.id, "file": base64.b64encode(content)}
                )

    def test_what_is_typed_over_no_longer_comes_from_the_sheet(self):
        absent = self._type("absent").with_user(self.accompanist)
        absent.write({"state": "present", "source": "sheet"})
        self.assertRecordValues(absent, [{"source": "staff", "scan_id": False}])

    def test_what_comes_from_a_sheet_does_not_move_to_another_day(self):
        for state, words in (("absent", "photographed sheet"), ("present", "was signed")):
            presence = self._type(state).with_user(self.accompanist)
            with self.subTest(state=state), self.assertRefused(words, "no longer moves"):
                presence.write({"date": "2015-06-02"})

    def test_the_signature_on_the_sheet_stays_when_the_space_says_otherwise(self):
        presence = self._type("present")
        rows = [{"date": d("1/6"), "slot": "am", "state": "absent"}]
        self.seat._record_presences(rows, source="host", by=self.manager.partner_id)
        self.assertRecordValues(
            presence,
            [
                {
                    "source": "host",
                    "participant_source": "paper",
                    "scan_id": self.scan.id,
                    "to_settle": True,
                }
            ],
        )

    def test_where_it_was_typed_from_is_not_typed(self):
        presence = self.seat._record_presences(
            [{"date": d("1/6"), "slot": "am", "state": "present"}],
            source="host",
            by=self.env.user.partner_id,
        )
        with self.assertRaises(AccessError):
            presence.with_user(self.accompanist).scan_id = self.scan

    def test_a_stranger_sees_no_sheet(self):
        stranger = new_test_user(self.env, "stranger", groups=ACCOMPANIST)
        with self.assertRaises(AccessError):
            self.scan.with_user(stranger).read(["file"])
        with self.assertRaises(UserError):
            self.grid.with_user(stranger)._read_grid()
