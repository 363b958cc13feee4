"""Whatever is handed in, made up by hypothesis: it is read, or refused in words, and never breaks.

``HOSTILE=5000 scripts/test tests/security/test_hostile_data.py`` looks for longer.
"""

import base64
import csv
import io
import os
from datetime import date, datetime
from functools import cached_property

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.coworking_incubation import invoice_reader, spreadsheet, tools

from ..agenda.common import AgendaCase
from ..matching.received import cii, facturx, pdf, photo
from ..matching.test_bad_files import BOMB, EXTERNAL

EXAMPLES = int(os.environ.get("HOSTILE") or 25)
hostile = settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# Texts as they are never typed: NUL, halves of characters, turned writing, formulas, markup, paths.
ODD = st.sampled_from(
    [
        "\0",
        "\ud800",
        "\u202egpj.exe",
        "=cmd|'/c calc'!A1",
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "%(name)s %s {0}",
        "../../etc/passwd",
        "C:\\..\\x",
        "'; DROP TABLE res_users; --",
        "9" * 400,
        "-1e999",
        "NaN",
        "31/02/2015",
        "0001-01-01",
        "99999-12-31",
        "\ufeff",
        "é" * 3000,
    ]
)
TEXT = st.one_of(ODD, st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
LINE = TEXT.map(lambda text: "".join(char for char in text if char.isprintable()))


def spoil(draw, content, most=6):
    """The same file, with some bytes changed, and sometimes cut or continued."""
    content = bytearray(content)
    for __ in range(draw(st.integers(1, most))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    end = draw(st.one_of(st.none(), st.integers(0, len(content))))
    return bytes(content[:end]) + draw(st.binary(max_size=20))


class TestFiles(AgendaCase):
    """Bills, photos and what is none."""

    def assertRead(self, read, content):
        try:
            return read(content)
        except invoice_reader.UploadRefused as refused:
            self.assertIn(
                refused.code, ("too_large", "wrong_type", "locked", "hostile", "unreadable")
            )
        return None

    @settings(parent=hostile, max_examples=max(5, EXAMPLES // 5))
    @given(st.data())
    def test_spoiled_pictures(self, data):
        """In the process of their own, where each takes a part of a second."""
        content = photo(data.draw(st.sampled_from(["JPEG", "PNG"])))
        found = self.assertRead(invoice_reader.redraw, spoil(data.draw, content))
        self.assertIsInstance(found, tuple | None)

    @settings(parent=hostile, max_examples=max(5, EXAMPLES // 5))
    @given(st.data())
    def test_spoiled_bills(self, data):
        """In the process of their own, where each takes a part of a second."""
        content = data.draw(st.sampled_from([facturx(), pdf()]))
        self.assertRead(invoice_reader.read, spoil(data.draw, content))

    @hostile
    @given(st.data())
    def test_spoiled_electronic_bills(self, data):
        document = self.assertRead(invoice_reader.read, spoil(data.draw, cii()))
        if document and document.is_invoice:
            invoice_reader.describe(document.root)

    @hostile
    @given(st.binary(max_size=300), TEXT)
    def test_anything_else(self, content, name):
        self.assertRead(invoice_reader.kind_of, content)
        for start in (b"<?xml version='1.0'?>", b"<a>", b"\xff\xfe<\0?\0"):
            self.assertRead(invoice_reader.read, start + content)
        clean = invoice_reader.clean_filename(name)
        self.assertTrue(clean and len(clean) <= 85)
        self.assertFalse(set("/\\\0<>\"'") & set(clean))
        clean.encode()

    def test_bombs_and_entities_in_every_encoding(self):
        for document in (BOMB, EXTERNAL):
            for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "utf-32"):
                text = document.replace('"1.0"', f'"1.0" encoding="{encoding}"')
                with self.subTest(encoding=encoding):
                    self.assertIsNone(
                        self.assertRead(invoice_reader.parse_xml, text.encode(encoding))
                    )

    def test_a_file_of_the_machine_is_never_read(self):
        for body in (
            '<r xmlns:xi="http://www.w3.org/2001/XInclude">'
            '<xi:include href="file:///etc/passwd" parse="text"/></r>',
            '<?xml-stylesheet href="file:///etc/passwd"?><r/>',
        ):
            root = self.assertRead(invoice_reader.parse_xml, body.encode())
            self.assertNotIn(b"root:", etree.tostring(root) if root is not None else b"")


class TestCells(AgendaCase):
    CELL = st.one_of(
        TEXT,
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.dates(),
        st.datetimes(),
        st.times(),
    )

    @hostile
    @given(CELL)
    def test_a_cell_is_what_it_says_or_nothing(self, cell):
        text = spreadsheet.as_text(cell)
        self.assertLessEqual(len(text), spreadsheet.LONGEST_TEXT)
        for read in (spreadsheet.to_day, spreadsheet.to_month):
            day = read(text)
            self.assertTrue(day is None or day.year in spreadsheet.YEARS)
        born = spreadsheet.to_birth_date(text, date(2015, 6, 1))
        self.assertTrue(born is None or born <= date(2015, 6, 1))
        amount = spreadsheet.to_amount(text)
        self.assertTrue(amount is None or 0 <= amount < 10**9)
        hours = spreadsheet.to_hours(text)
        self.assertTrue(hours is None or 0 <= hours < 102)
        self.assertIn(spreadsheet.to_flag(text), (True, False, None))


class TestSheets(AgendaCase):
    """A sheet of presences and a workbook of the take-over that nobody of ours made."""

    HEADINGS = st.sampled_from(["Personne", "Date", "Demi-journée", "Présence", "Heures", "Autre"])
    XLSX_CELL = st.one_of(
        LINE.map(lambda text: text[:200]),
        st.none(),
        st.booleans(),
        st.integers(-(10**18), 10**18),
        st.floats(allow_nan=False, allow_infinity=False),
        st.datetimes(datetime(1900, 3, 1), datetime(2100, 1, 1)),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_seat("1/6", "30/6", "Camille Petit", state="active")

    def _make_xlsx(self, title, rows):
        book = openpyxl.Workbook()
        book.active.title = title
        for row in rows:
            cells = [
                openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell)
                if isinstance(cell, str)
                else cell
                for cell in row
            ]
            book.active.append(cells)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _make_csv(self, rows):
        stream = io.StringIO()
        csv.writer(stream, delimiter=";").writerows(rows)
        return stream.getvalue().encode(errors="surrogatepass")

    def assertImported(self, content, name):
        """Each row is recorded, or stays with what is wrong with it."""
        with self.env.cr.savepoint() as savepoint:
            sheet = self.env["coworking.presence.import"].create(
                {"file": base64.b64encode(content), "file_name": name}
            )
            try:
                sheet.action_read()
                rows = len(sheet.line_ids)
                good = sheet.good_count
                self.assertEqual(good + sheet.problem_count, rows)
                if good:
                    sheet.action_record()
                    self.assertEqual(len(sheet.line_ids), rows - good)
            except UserError as error:
                self.assertTrue(str(error))
            savepoint.rollback()
        self.env.invalidate_all()

    @hostile
    @given(
        st.lists(HEADINGS, min_size=2, max_size=6),
        st.lists(st.lists(XLSX_CELL, max_size=6), max_size=5),
    )
    def test_a_workbook_of_presences(self, headings, rows):
        self.assertImported(self._make_xlsx("Feuille", [headings, *rows]), "a.xlsx")

    @hostile
    @given(
        st.lists(HEADINGS, min_size=2, max_size=6), st.lists(st.lists(TEXT, max_size=6), max_size=5)
    )
    def test_a_csv_file_of_presences(self, headings, rows):
        self.assertImported(self._make_csv([headings, *rows]), "a.csv")

    @cached_property
    def workbook(self):
        """Made once: its length follows the hour that is written in it."""
        return self._make_xlsx("Feuille", [["Personne", "Date"], ["Camille Petit", "8/6/2015"]])

    @hostile
    @given(st.data())
    def test_a_spoiled_workbook(self, data):
        self.assertImported(spoil(data.draw, self.workbook), "a.xlsx")

    @hostile
    @given(st.binary(max_size=400))
    def test_bytes(self, content):
        for start in (b"", b"PK\3\4", b"Personne;Date\n", b"\xff\xfe", b"\xef\xbb\xbf"):
            self.assertImported(start + content or b";", "a.csv")

    @settings(parent=hostile, max_examples=max(5, EXAMPLES // 5))
    @given(st.data())
    def test_the_workbook_of_the_take_over(self, data):
        """Its own headings, with anything below them."""
        take_over = self.env["coworking.take.over"]
        empty = take_over.create({"program_id": self.program.id})
        template = openpyxl.load_workbook(io.BytesIO(empty._make_workbook()))
        for sheet in template.worksheets:
            for __ in range(2):
                cells = data.draw(st.lists(self.XLSX_CELL, max_size=8))
                sheet.append(
                    [
                        openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell)
                        if isinstance(cell, str)
                        else cell
                        for cell in cells
                    ]
                )
        stream = io.BytesIO()
        template.save(stream)
        with self.env.cr.savepoint() as savepoint:
            wizard = take_over.create(
                {
                    "program_id": self.program.id,
                    "file": base64.b64encode(stream.getvalue()),
                    "file_name": "a.xlsx",
                }
            )
            try:
                wizard.action_read()
            except UserError as error:
                self.assertTrue(str(error))
            savepoint.rollback()
        self.env.invalidate_all()


class TestTyped(AgendaCase):
    """Texts of forms, pasted lists, tokens, filters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attendance = cls._attend()

    @hostile
    @given(TEXT)
    def test_a_typed_text_can_be_kept_and_written_to_a_sheet(self, text):
        for clean in (tools.typed_text(text), tools.one_line(text)):
            self.assertNotIn("\0", clean)
            clean.encode()
            self.assertFalse(clean.startswith(("=", "@", "\t", " ")))
        tools.words_of(text), tools.phone_key(text)

    @hostile
    @given(TEXT, TEXT, TEXT, TEXT, st.sampled_from(["public", "prescriber"]))
    def test_a_registration_is_kept_or_says_what_is_wrong(self, name, email, phone, other, by):
        attendances = self.env["coworking.attendance"]
        values = attendances._clean_registration(
            {
                "name": name,
                "email": email,
                "phone": phone,
                "prescriber_name": other,
                "adviser_email": email,
                "question": other,
                "state": "present",
            },
            by,
        )
        self.assertNotIn("state", values)
        if not attendances._get_registration_errors(values):
            with self.env.cr.savepoint() as savepoint:
                attendances._register_person(self.meeting, values, by)
                savepoint.rollback()
            self.env.invalidate_all()

    @hostile
    @given(st.lists(LINE, max_size=8))
    def test_each_line_of_a_pasted_list_is_taken_or_named(self, lines):
        wizard = self.env["coworking.attendance.paste"].new(
            {"event_id": self.meeting.id, "text": "\n".join(lines)}
        )
        good, bad = wizard._read_lines()
        self.assertEqual(len(good) + len(bad), sum(bool(line.strip()) for line in lines))
        self.assertNotIn("<script", wizard.preview or "")

    @hostile
    @given(TEXT, st.integers(-(10**30), 10**30))
    def test_a_token_that_nobody_made_opens_nothing(self, token, number):
        links = self.env["coworking.portal.link"]
        attendance = self.attendance
        for record in (attendance, attendance.browse(number)):
            try:
                found, __ = links._find_record(token[:64], record, "registration")
            except (UnicodeEncodeError, ValueError) as error:
                self.fail(f"{token!r}, {number}: {error}")
            self.assertFalse(found)

    FIELD = st.sampled_from(
        ["name", "stage_id", "user_id.password", "partner_id.user_ids.login", "id", "x" * 70, "", 7]
    )
    OPERATOR = st.sampled_from(["=", "!=", "in", "any", "ilike", "child_of", "=like", ">", "x", 1])
    VALUE = st.recursive(
        st.one_of(TEXT, st.integers(), st.floats(), st.none(), st.booleans(), st.just("-30d")),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=5,
    )

    @mute_logger("odoo.sql_db", "odoo.domains")
    @hostile
    @given(
        st.one_of(
            TEXT,
            st.lists(
                st.one_of(
                    st.sampled_from(["&", "|", "!"]), st.tuples(FIELD, OPERATOR, VALUE), VALUE
                ),
                max_size=4,
            ).map(repr),
            st.sampled_from(
                [
                    "(" * 5000,
                    "[" * 200,
                    "-" * 100_000 + "1",
                    "__import__('os').system('true')",
                    "[(k, '=', 1) for k in 'a']",
                    "{'a': 1}",
                    "b'x'",
                    "[('id', '=', " + "9" * 5000 + ")]",
                    "[('name', '=ilike', '" + "%" * 500 + "')]",
                ]
            ),
        )
    )
    def test_a_filter_of_a_requirement_can_be_used_or_is_refused(self, text):
        stage = self.env["coworking.stage"].search([], limit=1)
        participant = self.env["coworking.participant"].search([], limit=1)
        with self.env.cr.savepoint() as savepoint:
            try:
                requirement = self.env["coworking.requirement"].create(
                    {"name": "A filter", "stage_id": stage.id, "domain": text}
                )
                self.env.flush_all()
                requirement._find_met({requirement: participant})
            except ValidationError:
                pass
            except ValueError as error:  # what PostgreSQL cannot hold, in any field of Odoo
                self.assertTrue({"\0", "\ud800"} & set(text) or _has_halves(text), error)
            savepoint.rollback()
        self.env.invalidate_all()


def _has_halves(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
