import base64
from datetime import datetime
from urllib.parse import urlsplit

from odoo.tests import freeze_time
from odoo.tools import file_open

from .common import NOW, TourCase


class AttendanceTour(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = "fr_FR"
        cls.event = cls.env["calendar.event"].create(
            {
                "name": "Atelier réseau",
                "coworking_kind": "collective",
                "coworking_program_id": cls.program.id,
                "coworking_space_id": cls.space.id,
                "start": datetime(2015, 6, 15, 7, 30),
                "stop": datetime(2015, 6, 15, 10, 30),
                "user_id": cls.accompanist.id,
                "partner_ids": [(6, 0, cls.accompanist.partner_id.ids)],
            }
        )
        cls.camille, *cls.others = (
            cls.env["coworking.attendance"].create(
                {"event_id": cls.event.id, "participant_id": cls._new_participant(name).id}
            )
            for name in ("Camille Petit", "Nadia Roy", "Sacha Lopez", "Yanis Durand")
        )

    @classmethod
    def _picture(cls):
        with file_open("base/static/img/country_flags/fr.png", "rb") as picture:
            return base64.b64encode(picture.read())


class TestAttendance(AttendanceTour):
    def test_a_group_is_noted_down_from_the_keyboard(self):
        nadia, sacha, yanis = self.others
        yanis.with_user(self.accompanist).write({"signature": self._picture()})
        self._tour("attendance_grid", self.accompanist, event=self.event.id)
        self.assertEqual(
            [row.state for row in (self.camille, nadia, sacha, yanis)],
            ["present", "present", "excused", "present"],
        )
        self.assertEqual(self.camille.noted_by, self.accompanist.partner_id)

    def test_people_sign_on_the_tablet(self):
        self._tour("attendance_sign", self.accompanist, f"/odoo/calendar.event/{self.event.id}")
        self.assertRecordValues(
            self.camille,
            [
                {
                    "state": "present",
                    "signed_how": "tablet",
                    "signed_by": self.accompanist.partner_id.id,
                }
            ],
        )
        self.assertTrue(self.camille.signature_ids.intact)

    def test_a_photographed_sheet_is_typed_beside_its_picture(self):
        daily = self._new_tariff("Journée", 20.0, unit="day")
        seat = self._new_seat("1/6", "30/6", who="Camille Martin", tariff=daily, state="active")
        scan = (
            self.env["coworking.presence.scan"]
            .with_user(self.accompanist)
            .create({"space_id": self.space.id, "file": self._picture()})
        )
        self._tour("presence_scan", self.accompanist)
        self.assertRecordValues(
            seat.presence_ids,
            [{"source": "sheet", "participant_source": "paper", "scan_id": scan.id}],
        )


@freeze_time(NOW, tick=True)
class TestAttendanceOnATelephone(AttendanceTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_person_signs_behind_a_personal_link(self):
        url = self.camille.with_user(self.accompanist)._make_sign_url()
        self.start_tour(
            urlsplit(url).path, "coworking_incubation_attendance_link", login=None, timeout=90
        )
        self.env.invalidate_all()
        self.assertEqual(self.camille.signed_how, "link")
        self.assertTrue(self.camille.signature_ids.address)
