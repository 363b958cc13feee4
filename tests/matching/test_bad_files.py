"""Whatever comes is kept, and a message says what to do: nothing is half posted."""

import io
import zlib
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    create_string_object,
)

from odoo import fields
from odoo.tests import mute_logger

from .received import OTHER_VAT, ReceivedCase, cii, facturx, pdf, photo

BOMB = """<?xml version="1.0"?>
<!DOCTYPE bomb [
 <!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
 <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
 <!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
 <!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
]><bomb>&e;</bomb>"""
EXTERNAL = """<?xml version="1.0"?>
<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>"""


def zeros(mebibytes):
    """Hundreds of mebibytes in some hundreds of kibibytes: a block, packed once, so many times."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = (mebibytes << 20) % 65521 << 16 | 1  # Adler's, of zeros
    return b"\x78\xda" + block * mebibytes + packer.flush() + checksum.to_bytes(4)


def pdf_with_embedded(raw, filters="/FlateDecode"):
    """A PDF with one embedded file of that content, as it lies in the file."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    stream = StreamObject()
    stream._data = raw
    stream[NameObject("/Filter")] = NameObject(filters)
    spec = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/F"): create_string_object("factur-x.xml"),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): writer._add_object(stream)}),
        }
    )
    names = ArrayObject([create_string_object("factur-x.xml"), writer._add_object(spec)])
    writer._root_object[NameObject("/Names")] = DictionaryObject(
        {NameObject("/EmbeddedFiles"): DictionaryObject({NameObject("/Names"): names})}
    )
    return written(writer)


def written(writer):
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def pdf_with_files(*files):
    """A PDF with these (name, content), in this order, as a program for PDF files embeds them."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf()))
    for name, content in files:
        writer.add_attachment(name, content)
    return written(writer)


def protected(content, password="", algorithm="AES-256"):
    """A PDF that only its owner may change; with a password, that only its owner may open."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(password, "owner", algorithm=algorithm)
    return written(writer)


def pdf_with_packed_objects(raw):
    """A PDF whose catalogue lies in a packed object stream: reading it means unpacking it."""
    body = b"%PDF-1.5\n"
    packed = len(body)
    body += b"1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % (
        len(raw)
    )
    body += raw + b"\nendstream\nendobj\n"
    table = len(body)
    rows = b"\x00\x00\x00\x00\x00" + b"\x01" + packed.to_bytes(4) + b"\x02\x00\x00\x00\x01"
    rows = b"".join(
        (
            bytes([0]) + (0).to_bytes(4) + bytes([0]),
            bytes([1]) + packed.to_bytes(4) + bytes([0]),
            bytes([2]) + (1).to_bytes(4) + bytes([0]),
            bytes([1]) + table.to_bytes(4) + bytes([0]),
        )
    )
    body += (
        b"3 0 obj\n<</Type/XRef/Size 4/W[1 4 1]/Root 2 0 R/Length %d>>\nstream\n" % len(rows)
        + rows
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % table
    )
    return body


class TestBadFiles(ReceivedCase):
    def assertKept(self, content, cause, name="facture.pdf", **values):
        bills = self.env["account.move"].search_count([])
        file = self._received(content, name, operator=self.operator)
        self.assertFile(file, "refused", cause, move_id=False, to_handle=True, **values)
        self.assertEqual(file.attachment_id.raw or b"", content)
        self.assertEqual(self.env["account.move"].search_count([]), bills)
        return file

    def test_entities_that_multiply(self):
        self.assertKept(BOMB.encode(), "hostile", "bombe.xml")

    def test_an_entity_from_outside(self):
        file = self.assertKept(EXTERNAL.encode(), "hostile", "externe.xml")
        self.assertNotIn("root:", file.message)

    def test_a_pdf_whose_embedded_file_unpacks_into_gigabytes(self):
        self.assertKept(pdf_with_embedded(zeros(600)), "hostile")

    def test_a_pdf_whose_objects_unpack_into_gigabytes(self):
        self.assertKept(pdf_with_packed_objects(zeros(1200)), "hostile")

    def test_an_embedded_file_packed_in_another_way(self):
        self.assertKept(pdf_with_embedded(b"<r/>", "/LZWDecode"), "hostile")

    def test_an_embedded_entity(self):
        self.assertKept(pdf_with_embedded(zlib.compress(EXTERNAL.encode())), "hostile")

    def test_something_else_under_the_name_of_a_pdf(self):
        for content in (b"MZ\x90\x00", b"PK\x03\x04", b"", b"<html><script>alert(1)</script>"):
            with self.subTest(content=content):
                self.assertKept(content, "wrong_type")

    def test_half_a_photo(self):
        for content in (photo("JPEG")[:300], photo("PNG")[:45], b"\x89PNG\r\n\x1a\n<script>"):
            with self.subTest(content=content[:8]):
                self.assertKept(content, "unreadable", "facture.jpg")

    def test_a_photo_that_unpacks_into_gigabytes(self):
        self.assertKept(photo("PNG", (20_000, 20_000)), "too_large", "facture.png")

    def test_half_a_pdf(self):
        self.assertKept(pdf()[:300], "unreadable")

    def test_xml_that_does_not_end(self):
        self.assertKept(cii()[:600], "unreadable", "facture.xml")

    def test_a_locked_pdf(self):
        for algorithm in ("RC4-128", "AES-256"):
            with self.subTest(algorithm):
                self.assertKept(protected(pdf(), "secret", algorithm), "locked")

    def test_more_xml_files_than_anybody_embeds(self):
        files = [(f"{number:02}.xml", b"<r/>") for number in range(11)]
        self.assertKept(pdf_with_files(*files), "hostile")

    def test_a_book_instead_of_a_bill(self):
        self.assertKept(pdf(pages=51), "too_large")

    def test_more_than_ten_megabytes(self):
        self.assertKept(pdf() + bytes(10 << 20), "too_large")

    def test_a_path_in_the_name(self):
        for name, expected in (
            ("../../etc/passwd.pdf", "passwd.pdf"),
            ("C:\\Users\\x\\facture.PDF", "facture.pdf"),
            ('"><img src=x onerror=alert(1)>.pdf', "img src=x onerror=alert(1).pdf"),
            ("facture\u202efdp.exe", "facturefdp.exe"),
            ("..", "facture.pdf"),
            ("", "facture.pdf"),
        ):
            with self.subTest(name=name):
                file = self.Files._receive_file(name, name.encode() + b"?", source="upload")
                self.assertEqual((file.name, file.attachment_id.name), (expected, expected))

    def test_refused_twice_it_is_read_again_once(self):
        content = b"MZ\x90\x00"
        files = self.Files.browse(
            self.Files._receive_file(name, content, source="upload").id
            for name in ("a.pdf", "b.pdf")
        )
        self.assertEqual(files.mapped("state"), ["refused", "refused"])
        files.with_user(self.accountant).action_read_again()
        self.env.flush_all()
        first, second = files
        self.assertEqual(first.state, "waiting")
        self.assertFile(
            second, "duplicate", "same_file", detail=first._get_title(), to_handle=False
        )

    def test_refused_once_more_while_the_first_is_read_again(self):
        content = b"MZ\x90\x00"
        first = self.Files._receive_file("a.pdf", content, source="upload")
        second = self.Files._receive_file("b.pdf", content, source="upload")
        first.with_user(self.accountant).action_read_again()
        second.with_user(self.accountant).action_read_again()
        self.env.flush_all()
        self.assertEqual(first.state, "waiting")
        self.assertFile(
            second, "duplicate", "same_file", detail=first._get_title(), to_handle=False
        )

    def test_what_was_refused_waits_for_nobody_once_its_month_was_sent_again(self):
        self._new_seat("1/6", "30/6", "Camille")
        statement = self._generate()
        first, other, kept, late = (
            self._received(content, name, source="portal", statement=own and statement)
            for content, name, own in (
                (b"ftypheic", "photo.heic", True),
                (b"ftypheif", "lost.heic", False),
                (pdf(), "facture.pdf", True),
                (b"ftypmif1", "again.heic", True),
            )
        )
        self.assertEqual(kept.state, "to_type")
        self.assertEqual((first | other | late).filtered("to_handle"), other | late)
        kept._conclude_reading("refused", "unreadable")
        self.assertTrue(first.to_handle, "nothing of the month could be kept")

    def test_the_same_file_at_the_same_moment(self):
        """The row of the other one is not to be seen, but PostgreSQL knows of it."""
        content = pdf()
        self.Files._receive_file("a.pdf", content, source="mail", operator=self.operator)
        draft = self.env["account.move"].create({"move_type": "in_invoice"})
        with (
            patch.object(type(self.Files), "search", lambda files, *_args, **_kw: files.browse()),
            mute_logger("odoo.sql_db"),
        ):
            file = self.Files._receive_file(
                "a.pdf", content, source="mail", operator=self.operator, move=draft
            )
        self.assertFile(
            file, "duplicate", "same_moment", detail=False, move_id=False, to_handle=False
        )
        self.assertFalse(draft.exists())

    def test_an_unknown_operator(self):
        file = self._received(facturx(vat=OTHER_VAT, seller="Nobody We Know"))
        self.assertFile(file, "to_type", "unknown_operator", move_id=False, to_handle=True)
        self.assertIn("Nobody We Know", file.message)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Nobody We Know")]))

    def test_once_the_operator_is_known_it_is_read_again(self):
        file = self._received(facturx(vat=OTHER_VAT, seller="Nobody We Know"))
        self.operator.vat = OTHER_VAT
        file.with_user(self.accountant).action_read_again()
        self.assertEqual(file.state, "waiting")
        self._read_files()
        self.assertFile(file, "decoded", "decoded", operator_id=self.operator.id)

    def test_a_bill_of_somebody_else(self):
        """Sent by the manager of one space, made by another company."""
        file = self._received(
            facturx(vat=OTHER_VAT, seller="The Neighbour"), operator=self.operator
        )
        self.assertFile(file, "to_type", "other_seller", move_id=False)
        self.assertIn("The Neighbour", file.message)

    def test_the_same_file_twice(self):
        content = facturx()
        first = self._received(content)
        second = self._received(content, "autre nom.pdf")
        self.assertFile(second, "duplicate", "same_file", move_id=first.move_id.id, to_handle=False)

    def test_the_same_number_in_another_file(self):
        first = self._received(facturx())
        second = self._received(cii(), "facture.xml")
        self.assertFile(second, "duplicate", "same_reference", move_id=first.move_id.id)
        self.assertEqual(
            self.env["account.move"].search_count([("partner_id", "=", self.operator.id)]), 1
        )

    def test_an_error_inside_the_decoder_leaves_no_line(self):
        decoder = self.registry["account.edi.xml.cii"]
        self.patch(decoder, "_import_fill_invoice", lambda *_args: 1 / 0)
        with mute_logger("odoo.addons.account.models.account_document_import_mixin"):
            file = self._received(facturx())
        self.assertFile(file, "to_type", "not_decoded")
        self.assertRecordValues(file.move_id, [{"state": "draft", "invoice_line_ids": []}])

    def test_another_currency_stays_a_draft(self):
        self.env.ref("base.USD").active = True
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        expected = self._bill(statement)
        file = self._received(facturx(currency="USD"), statement=statement)
        self.assertFile(file, "decoded", "currency", to_handle=True)
        self.assertIn("USD", file.message)
        self.assertEqual(file.move_id.state, "draft")
        self.assertNotEqual(file.move_id, expected)
        self.assertEqual((expected.ref, expected.amount_total), (False, 180.0))

    def test_one_that_breaks_the_reader_does_not_hold_up_the_next(self):
        broken = self.Files._receive_file("a.pdf", facturx(), source="upload")
        fine = self.Files._receive_file("b.pdf", facturx(reference="B"), source="upload")
        original = self.registry[self.Files._name]._read_content

        def read(file):
            return 1 / 0 if file == broken else original(file)

        self.patch(self.registry[self.Files._name], "_read_content", read)
        with mute_logger("odoo.addons.coworking_incubation.models.matching.coworking_invoice_file"):
            self._read_files()
        self.assertFile(broken, "refused", "failed")
        self.assertFile(fine, "decoded", "decoded")

    def test_where_somebody_else_was_faster_it_waits_and_is_read_the_next_time(self):
        file = self.Files._receive_file("a.pdf", facturx(), source="upload")
        with patch.object(
            self.registry[self.Files._name], "_read_bill", side_effect=SerializationFailure
        ):
            self._read_files()
        self.assertRecordValues(file, [{"state": "waiting", "cause": False, "move_id": False}])
        # not told as done, nor left so that Odoo would come back to it without end
        reader = self.env.ref("coworking_incubation.ir_cron_read_invoice_files")
        progress = self.env["ir.cron.progress"].search(
            [("cron_id", "=", reader.id)], order="id DESC", limit=1
        )
        self.assertRecordValues(progress, [{"done": 0, "remaining": 0}])
        soon = fields.Datetime.now() + timedelta(minutes=4)
        self.assertTrue(
            self.env["ir.cron.trigger"].search_count(
                [("cron_id", "=", reader.id), ("call_at", ">", soon)]
            )
        )
        self._read_files()
        self.assertFile(file, "decoded", "decoded")
