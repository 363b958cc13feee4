"""Requests that no page of ours makes: refused in words or as not found, never an error of the
server, and nothing is written.
"""

import base64
import io
import json
import pathlib
import re
import struct
import time
import zipfile
import zlib
from datetime import timedelta
from urllib.parse import urlsplit

import openpyxl

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..common import CoworkingCase, d
from ..portal.common import PortalHttpCase

FILE = ("a.txt", b"hello", "text/plain")
LONG = "x" * 300_000
HUGE = "x" * 10_000_000


@freeze_time("2015-07-02 09:00:00", tick=True)
class BadRequestCase(PortalHttpCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        day = cls._new_tariff("Day", 20.0, unit="day")
        cls.seat = cls._new_seat("1/6", "31/12", "Camille Petit", state="active")
        cls.day = cls._new_seat("1/6", "31/12", "Nour Amrani", tariff=day, state="active")
        cls.arrival = cls._new_seat("1/7", "31/12", "Zoé")
        cls._new_presences(cls.day, "2/6")
        cls.statement = cls._sent()
        cls.line = cls.statement.charge_ids[:1]
        cls.may = cls._generate(d("1/5"))

    def setUp(self):
        super().setUp()
        self._login(self.manager)
        self.csrf = self._csrf()
        self.written = self._written()

    def _written(self):
        """How much is kept of what can be said from outside."""
        self.env.flush_all()
        return {
            name: self.env[name].search_count([])
            for name in (
                "coworking.portal.answer",
                "coworking.presence",
                "coworking.seat.month",
                "coworking.tariff.proposal",
                "coworking.space.absence",
                "coworking.invoice.file",
                "coworking.portal.link",
                "resource.calendar.leaves",
                "mail.activity",
                "mail.message",
                "mail.mail",
                "ir.attachment",
            )
        } | {"states": (self.statement.state, *self.statement.charge_ids.mapped("review"))}

    def _post(self, path, data=None, files=None, **kwargs):
        data = {"csrf_token": self.csrf, **(data or {})}
        return self.url_open(path, data=data, files=files, allow_redirects=False, **kwargs)

    def _json(self, path, params, text=None):
        return self.url_open(
            path,
            data=text or json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )

    def assertTurnedAway(self, response, *statuses):
        self.assertIn(response.status_code, statuses or (400, 404, 405, 413, 415, 422))
        self.assertLess(len(response.content), 100_000)
        self.env.invalidate_all()
        self.assertEqual(self._written(), self.written)

    def assertSaid(self, response):
        """An answer of a JSON route that refuses in words or says that there is no such thing."""
        self.assertEqual(response.status_code, 200)
        answer = response.json()
        code = answer.get("error", {}).get("code")
        self.assertTrue(code == 404 or answer.get("result", {}).get("error"), answer)
        self.env.invalidate_all()
        self.assertEqual(self._written(), self.written)

    @property
    def forms(self):
        """(path, names of its fields) of the forms that a manager sends."""
        space = self.space.id
        return [
            (f"/my/coworking/message/space/{space}", ["text"]),
            (f"/my/coworking/message/statement/{self.statement.id}", ["text"]),
            (f"/my/coworking/arrivals/{self.arrival.id}", ["answer", "reason"]),
            (f"/my/coworking/report/{self.seat.id}", ["kind", "day", "note"]),
            ("/my/coworking/presences/done", ["month"]),
            ("/my/coworking/month/2015-06/confirm", [f"seen_{self.statement.id}"]),
            (f"/my/coworking/line/{self.line.id}/dispute", ["reason"]),
            (f"/my/coworking/prices/{self.tariff.id}", ["price", "first", "note"]),
            (f"/my/coworking/space/{space}/hours", ["from_0", "to_0"]),
            (f"/my/coworking/space/{space}/closure", ["first", "last", "reason"]),
            (f"/my/coworking/space/{space}/absence", ["first", "last"]),
        ]


class TestForms(BadRequestCase):
    def test_a_file_where_a_text_is_asked_for_is_nothing(self):
        for path, names in self.forms:
            for name in names:
                with self.subTest(path=path, name=name):
                    self.assertTurnedAway(self._post(path, files={name: FILE}))

    def test_a_text_where_a_file_is_asked_for_is_nothing(self):
        self.statement.action_confirm()
        self.written = self._written()
        for path, name in (
            (f"/my/coworking/statement/{self.statement.id}/upload", "invoice"),
            (f"/my/coworking/space/{self.space.id}/photo", "photo"),
        ):
            with self.subTest(path=path):
                self.assertTurnedAway(self._post(path, {name: "x"}))

    def test_large_bodies_are_refused_before_they_are_read(self):
        for path, names in self.forms:
            for body in (LONG, HUGE):
                with self.subTest(path=path, size=len(body)):
                    self.assertTurnedAway(self._post(path, {names[-1]: body}), 413)

    def test_ten_thousand_fields_are_refused(self):
        fields = {f"field_{number}": "some words in each" for number in range(10_000)}
        for path, __ in self.forms:
            with self.subTest(path=path):
                self.assertTurnedAway(self._post(path, fields), 413)
                parts = {name: (None, value) for name, value in fields.items()}
                self.assertTurnedAway(self._post(path, files=parts), 413)

    def test_files_of_ten_megabytes_and_more_are_refused(self):
        self.statement.action_confirm()
        self.written = self._written()
        for path, name in (
            (f"/my/coworking/statement/{self.statement.id}/upload", "invoice"),
            (f"/my/coworking/space/{self.space.id}/photo", "photo"),
        ):
            for size, status in ((10 * 1024 * 1024 + 1, (413, 422)), (20_000_000, (413,))):
                with self.subTest(path=path, size=size):
                    content = b"%PDF-1.4" + b"x" * size
                    response = self._post(path, files={name: ("f.pdf", content)})
                    self.assertTurnedAway(response, *status)

    @mute_logger("odoo.http")
    def test_other_kinds_of_bodies_are_refused(self):
        for path, __ in self.forms:
            for content, kind in (
                (json.dumps({"text": "x"}), "application/json"),
                ("text=x", "text/plain"),
                ("x", "multipart/form-data"),
                ("<a/>", "application/xml"),
            ):
                with self.subTest(path=path, kind=kind):
                    response = self.url_open(path, data=content, headers={"Content-Type": kind})
                    self.assertTurnedAway(response, 400, 404, 415)

    def test_texts_keep_neither_nulls_nor_halves_of_characters_nor_turned_writing(self):
        self.url_open(
            f"/my/coworking/message/space/{self.space.id}",
            data=f"csrf_token={self.csrf}&text=Bon%00%1Bjour%ED%A0%80%E2%80%AE%F0%9F%98%80",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        message = self.space.message_ids[:1]
        self.assertRegex(message.body, "Bonjour.*😀")
        self.assertNotIn("\u202e", message.body)

    def test_odd_days_months_and_prices(self):
        space, tariff = self.space.id, self.tariff.id
        for path, data in (
            *(
                (f"/my/coworking/space/{space}/closure", {"first": day})
                for day in ("0001-01-01", "9999-12-31", "x", "\0", "2015-13-01", "-1")
            ),
            *(
                (f"/my/coworking/space/{space}/absence", {"first": day, "last": day})
                for day in ("0001-01-01", "x", "\0")
            ),
            *(
                (f"/my/coworking/prices/{tariff}", {"price": price, "first": "2015-09-01"})
                for price in ("nan", "inf", "-1", "1e9", "1_0", "9" * 400, "0x10", "\0")
            ),
            *(
                (f"/my/coworking/report/{self.seat.id}", {"kind": "gone", "day": day})
                for day in ("x", "\0", "2015-02-30")
            ),
            *(
                ("/my/coworking/presences/done", {"month": month})
                for month in ("", "x", "2015", "0000-01", "99999-01", "2015-06-01", "\0")
            ),
        ):
            with self.subTest(path=path, data=data):
                self.assertTurnedAway(self._post(path, data))


class TestRows(BadRequestCase):
    def _row(self, **values):
        return {
            "seat": self.day.id,
            "date": "2015-06-10",
            "slot": "am",
            "state": "present",
            "before": "",
            **values,
        }

    def test_a_row_as_the_page_makes_it_is_kept(self):
        answer = self._json("/my/coworking/presences/save", {"rows": [self._row()]}).json()
        self.assertEqual(len(answer["result"]["saved"]), 1)

    def test_rows_that_no_page_made(self):
        for rows in (
            None,
            7,
            "rows",
            {"seat": 1},
            [],
            [7],
            ["x"],
            [None],
            [[]],
            [{}],
            [self._row()] * 101,
            [self._row(seat=seat) for seat in ("x", None, [], {}, 1e400)],
            *(
                [self._row(seat=seat)]
                for seat in ("x", None, [], {}, 1e400, 10**30, -1, 0, 2**31, 2**31 - 1)
            ),
            *(
                [self._row(date=day)]
                for day in (
                    "0001-01-01",
                    "1999-12-31",
                    "2100-01-01",
                    "9999-12-31",
                    "2015-02-30",
                    "\ud800",
                    7,
                    None,
                    [],
                )
            ),
            *([self._row(slot=slot)] for slot in ("x", None, [], {}, 1)),
            *([self._row(state=state)] for state in ("x", ["present"], {"a": 1}, 1)),
            *([self._row(before=before)] for before in ("x", ["present"], 1)),
            *([self._row(hours=hours)] for hours in ("nan", "inf", -1, 25, "x", [1], {"a": 1})),
        ):
            with self.subTest(rows=rows):
                self.assertSaid(self._json("/my/coworking/presences/save", {"rows": rows}))

    def test_visits_that_no_page_made(self):
        for values in (
            *({"month": month} for month in ("0001-01", "9999-12", "2015-05", "2015-08")),
            *({"month": month} for month in ("", "x", None, 7, [], {"a": 1}, "\ud800", "\0")),
            *({"came": came} for came in ("", "x", None, 7, ["yes"], {"a": 1}, "\ud800")),
            *({"came": "left", "left": day} for day in ("", "x", None, 7, [], "9999-12-31")),
            *({"seat": seat} for seat in ("x", None, [], {}, 10**30, -1, 0, 2**31, 1.5)),
        ):
            params = {"seat": self.seat.id, "month": "2015-06", "came": "yes", **values}
            with self.subTest(params=params):
                self.assertSaid(self._json("/my/coworking/visits/save", params))

    def test_bodies_of_ten_megabytes_are_refused_before_they_are_read(self):
        for path in ("/my/coworking/presences/save", "/my/coworking/visits/save"):
            for text in (HUGE, '{"params": {"rows": [' + "[" * 200_000 + "]" * 200_000 + "]}}"):
                with self.subTest(path=path, size=len(text)):
                    response = self._json(path, None, text)
                    self.assertIn("TooLarge", response.json()["error"]["data"]["name"])
                    self.assertTurnedAway(response, 200)

    def test_only_json_is_json(self):
        for path in ("/my/coworking/presences/save", "/my/coworking/visits/save"):
            for text, kind in (
                (json.dumps({"params": {"rows": [self._row()]}}), "text/plain"),
                ("rows=x", "application/x-www-form-urlencoded"),
                ("{", "application/json"),
                ("[]", "application/json"),
                ('"x"', "application/json"),
            ):
                with self.subTest(path=path, kind=kind, text=text):
                    response = self.url_open(path, data=text, headers={"Content-Type": kind})
                    self.assertTurnedAway(response, 400, 415)


class TestAddresses(BadRequestCase):
    def test_numbers_days_and_words_in_addresses(self):
        huge = "9" * 400
        for path, statuses in (
            (f"/my/coworking/month/{huge}", (404,)),
            ("/my/coworking/month/-0-0", (404,)),
            ("/my/coworking/month/2015-06-01", (404,)),
            (f"/my/coworking/space/{huge}", (404,)),
            (f"/my/coworking/presences/{huge}", (404,)),
            (f"/my/coworking/presences/{self.space.id}?day=%00", (200,)),
            (f"/my/coworking/presences/{self.space.id}?day=0001-01-01", (200,)),
            (f"/my/coworking/presences/{self.space.id}?day=9999-12-31", (200,)),
            ("/my/coworking/l/" + "x" * 101, (404,)),
            ("/my/coworking/l/%00", (404,)),
            ("/my/coworking/l/%ED%A0%80", (404,)),
            (f"/my/agreements/{huge}", (303,)),
            (f"/my/coworking/preview/{huge}", (404,)),
            (f"/incubation/{huge}", (404,)),
            (f"/incubation/p/{huge}/x", (404,)),
            ("/incubation/p/1/%ED%A0%80", (404,)),
        ):
            with self.subTest(path=path[:60]):
                response = self.url_open(path, allow_redirects=False)
                self.assertIn(response.status_code, statuses)

    def test_head_reads_and_writes_nothing(self):
        token = self._token(self.statement)
        self.written = self._written()
        for path in (
            "/my/coworking",
            "/my/coworking/arrivals",
            "/my/coworking/coming",
            "/my/coworking/people",
            "/my/coworking/presences",
            "/my/coworking/month/2015-06",
            "/my/coworking/prices",
            f"/my/coworking/space/{self.space.id}",
            f"/my/coworking/l/{token}",
            *(path for path, __ in self.forms),
        ):
            with self.subTest(path=path):
                response = self.opener.head(
                    self.base_url() + path, allow_redirects=False, timeout=10
                )
                self.assertIn(response.status_code, (200, 303, 404, 405))
                self.assertEqual(self._written(), self.written)


def _png(width, height):
    """A picture that says that it has so many points, and has none."""

    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((width // 8 + 1) * min(height, 3000)), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


class TestPictures(BadRequestCase):
    def _photo(self, content, name="photo.png", kind="image/png"):
        return self._post(
            f"/my/coworking/space/{self.space.id}/photo", files={"photo": (name, content, kind)}
        )

    def test_what_is_not_a_photo_or_too_many_points_is_refused(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
        for name, content in (
            ("svg", svg),
            ("svg after the mark of a PNG", b"\x89PNG\r\n\x1a\n" + svg),
            ("html after the mark of a JPEG", b"\xff\xd8\xff<script>alert(1)</script>"),
            ("RIFF that is no picture", b"RIFF\x00\x00\x00\x00AVI LIST"),
            ("a bomb", _png(60_000, 60_000)),
            ("a wide bomb", _png(2**31 - 1, 1)),
            ("cut", _png(60_000, 60_000)[:40]),
        ):
            with self.subTest(name):
                self.assertTurnedAway(self._photo(content), 422)
                self.assertFalse(self.space.image_1920)


class TestPeople(PortalHttpCase):
    """The public form and the link page take the same oddities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(
            "coworking_incubation.registration_min_seconds", "0"
        )
        cls.event = cls.env["calendar.event"].create(
            {
                "name": "Information meeting",
                "start": "2099-06-15 08:00:00",
                "stop": "2099-06-15 09:00:00",
                "coworking_kind": "info_session",
                "coworking_public": True,
                "coworking_program_id": cls.program.id,
            }
        )

    def setUp(self):
        super().setUp()
        self.form = f"/incubation/{self.event.id}"

    def test_odd_stamps_and_files_in_the_form(self):
        csrf = self._csrf()
        person = {"name": "Camille", "email": "camille@example.com", "csrf_token": csrf}
        stamps = ("", "AQ", "AQA", "AQAA" * 5, "é", "=", "\0", "A" * 3000)
        for stamp in stamps:
            with self.subTest(stamp=stamp):
                response = self.url_open(
                    f"{self.form}/register", data={**person, "stamp": stamp}, timeout=20
                )
                self.assertEqual(response.status_code, 422)
        for name in ("stamp", "name", "email", "by", "website", "question"):
            with self.subTest(file=name):
                data = {key: value for key, value in person.items() if key != name}
                response = self.url_open(f"{self.form}/register", data=data, files={name: FILE})
                self.assertEqual(response.status_code, 422)
        self.assertFalse(self.event.coworking_attendance_ids)

    def test_long_addresses_and_names_are_refused(self):
        csrf = self._csrf()
        for values in (
            {"name": "Camille", "email": "c" * 5000 + "@example.com"},
            {"name": "Camille", "email": "camille@" + "e" * 5000 + ".com"},
            {"name": "C" * 5000, "email": "camille@example.com"},
            {"name": "Camille", "email": "camille@example.com\r\nBcc: other@example.com"},
            {"name": "Camille", "email": "camille@example.com,other@example.com"},
            {"name": "Camille", "email": '"a@b.c" <camille@example.com>, x@y.zz'},
        ):
            with self.subTest(values=str(values)[:60]):
                response = self.url_open(
                    f"{self.form}/register", data={**values, "csrf_token": csrf}
                )
                self.assertEqual(response.status_code, 422)
        self.assertFalse(self.event.coworking_attendance_ids)


class TestSigning(PortalHttpCase):
    """The page on which one person signs for one meeting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        start = fields.Datetime.now() - timedelta(hours=2)
        event = cls.env["calendar.event"].create(
            {
                "name": "Appointment",
                "start": start,
                "stop": start + timedelta(hours=1),
                "coworking_kind": "appointment",
                "coworking_program_id": cls.program.id,
            }
        )
        cls.attendance = cls.env["coworking.attendance"].create(
            {
                "event_id": event.id,
                "participant_id": cls._new_participant("Camille").id,
                "state": "present",
            }
        )
        cls.path = urlsplit(cls.attendance._make_sign_url()).path

    def test_odd_tokens_and_other_peoples_answer_alike(self):
        base = self.path.rsplit("/", 2)[0]
        token = self.path.rsplit("/", 1)[1]
        answers = set()
        for number, odd in (
            (self.attendance.id, "x"),
            (self.attendance.id, token[:-1] + ("A" if token[-1] != "A" else "B")),
            (self.attendance.id, "%C3%A9"),
            (self.attendance.id, "%ED%A0%80"),
            (self.attendance.id + 1, token),
            (2**31 - 2, token),
        ):
            response = self.url_open(f"{base}/{number}/{odd}")
            text = re.sub(r'csrf_token: "\w+"', "", response.text)
            answers.add((response.status_code, text.replace(f"{number}/{odd}", "")))
        self.assertEqual(len(answers), 1)
        self.assertEqual(answers.pop()[0], 404)
        self.assertEqual(self.url_open(self.path).status_code, 200)

    def test_what_is_not_a_signature_is_refused_in_words(self):
        url = f"{self.path}/accept/{self.attendance._get_content_digest()}"
        for params in (
            {},
            {"signature": 7, "name": {}},
            {"signature": ["x"], "name": []},
            {"signature": "\ud800", "name": "\ud800"},
            {"signature": "é", "name": "Camille"},
            {"signature": base64.b64encode(b"<svg/>").decode(), "name": "Camille"},
            {"signature": base64.b64encode(_png(60_000, 60_000)).decode(), "name": "Camille"},
        ):
            with self.subTest(params=str(params)[:60]):
                response = self.url_open(
                    url,
                    data=json.dumps({"params": params}),
                    headers={"Content-Type": "application/json"},
                )
                self.assertIn("error", response.json()["result"])
        self.assertFalse(self.attendance.signed_at)


class TestWorkbooks(CoworkingCase):
    """Sheets that staff were sent: read within bounds, or refused in words."""

    ENTITIES = "".join(
        f'<!ENTITY e{number} "{f"&e{number - 1};" * 10 if number else "x" * 100}">'
        for number in range(9)
    )
    SHEET = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<sheetData>{rows}</sheetData></worksheet>"
    )

    def _book(self, **parts):
        """A workbook of which these parts (by the name of the file) are somebody's own."""
        stream = io.BytesIO()
        book = openpyxl.Workbook()
        book.active.append(["Person", "Date"])
        book.save(stream)
        packed = io.BytesIO()
        with (
            zipfile.ZipFile(stream) as source,
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for part in source.infolist():
                name = pathlib.PurePath(part.filename).stem
                content = parts.pop(name, None) or source.read(part)
                target.writestr(part.filename, content)
            for name, content in parts.items():
                target.writestr(f"xl/media/{name}.bin", content)
        return packed.getvalue()

    def _read(self, content):
        sheet = self.env["coworking.presence.import"].with_user(self.accompanist)
        sheet = sheet.create({"file": base64.b64encode(content), "file_name": "a.xlsx"})
        sheet.action_read()
        return sheet

    def test_bombs_and_broken_workbooks(self):
        many = "<row><c><v>1</v></c></row>" * 400_000
        far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        bomb = f"<?xml version='1.0'?><!DOCTYPE a [{self.ENTITIES}]><a>&e8;</a>"
        cut = self._book()[:-40]
        started = time.process_time()  # whatever else the machine does
        for name, content in {
            "200 MB in a picture": self._book(bomb=b"\0" * 200_000_000),
            "entities of entities": self._book(sheet1=bomb),
            "many rows": self._book(sheet1=self.SHEET.format(rows=many)),
            "a cell at the end of the world": self._book(sheet1=self.SHEET.format(rows=far)),
            "cut": cut,
            "not a workbook": b"PK\3\4" + b"x" * 1000,
            "no sheet": self._book(workbook="<workbook/>"),
            "only separators": b";" * 4_000_000,
            "a null": b"Person;Date\n\0;2015-06-01",
            "6 MB": b"x" * (6 * 1024 * 1024),
        }.items():
            with self.subTest(name), self.assertRaises(UserError):
                self._read(content)
        self.assertLess(time.process_time() - started, 60)

    def test_a_size_that_is_a_lie_is_read_no_further(self):
        """What the archive declares bounds what is unpacked."""
        content = bytearray(self._book(bomb=b"\0" * 60_000_000))
        size = (60_000_000).to_bytes(4, "little")
        while (position := content.find(size)) >= 0:
            content[position : position + 4] = (100).to_bytes(4, "little")
        with zipfile.ZipFile(io.BytesIO(bytes(content))) as packed:
            (part,) = (row for row in packed.infolist() if "bomb" in row.filename)
            self.assertEqual(part.file_size, 100)
            with self.assertRaises(zipfile.BadZipFile):
                packed.read(part)
