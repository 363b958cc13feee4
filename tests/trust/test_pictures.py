"""Of a picture that is handed in, what is seen is kept, and nothing that came along with it."""

import base64
import hashlib
import io
import struct
import zlib
from unittest.mock import patch

from PIL import Image, PngImagePlugin

from odoo.exceptions import UserError

from odoo.addons.coworking_incubation import invoice_reader
from odoo.addons.coworking_incubation.tools import drawing_of

from ..agenda.common import AgendaCase
from ..common import picture
from ..matching.received import ReceivedCase, noise

TRAILER = b"<script>alert('behind the end')</script>PK\x03\x04"
WORDS = b"Canon of Camille"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def photo_of_a_telephone(size=(60, 40)):
    """Lying on its side, with the place and the camera, and something behind its end."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned
    exif[0x010F] = WORDS.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return picture(size=size, exif=exif, comment=WORDS, icc_profile=WORDS) + TRAILER


def bomb(width=60_000, height=60_000):
    """A PNG that says that it is so large."""
    head = struct.pack(">II5B", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


class TestRedraw(AgendaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo itself knows few kinds of pictures: those that these tests make are loaded as well.
        from PIL import WebPImagePlugin

        assert WebPImagePlugin.SUPPORTED

    def _redraw(self, content):
        side, drawn = invoice_reader.redraw(content)
        return side, drawn, Image.open(io.BytesIO(drawn))

    def test_place_camera_comment_and_what_stands_behind_the_end_are_gone(self):
        content = photo_of_a_telephone()
        for hidden in (WORDS, TRAILER):
            self.assertIn(hidden, content)
        side, drawn, seen = self._redraw(content)
        for hidden in (WORDS, b"script", b"Exif", b"PK\x03\x04"):
            self.assertNotIn(hidden, drawn)
        self.assertEqual((side, seen.size, seen.format), (40, (40, 60), "JPEG"), "upright")

    def test_texts_in_a_png_are_gone(self):
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", WORDS.decode())
        texts.add_itxt("XML:com.adobe.xmp", WORDS.decode(), zip=False)
        __, drawn, seen = self._redraw(picture("PNG", pnginfo=texts) + TRAILER)
        self.assertNotIn(WORDS, drawn)
        self.assertTrue(drawn.endswith(b"IEND\xaeB`\x82"))
        self.assertEqual((seen.format, seen.size), ("PNG", (60, 40)))

    def test_every_kind_that_cameras_and_scanners_make_is_drawn(self):
        for kind, mode, drawn_as in (
            ("JPEG", "L", "JPEG"),
            ("JPEG", "CMYK", "JPEG"),
            ("PNG", "1", "PNG"),
            ("PNG", "P", "PNG"),
            ("PNG", "LA", "PNG"),
            ("PNG", "RGBA", "PNG"),
            ("PNG", "I;16", "PNG"),
            ("WEBP", "RGB", "JPEG"),
            ("WEBP", "RGBA", "PNG"),
        ):
            with self.subTest(kind=kind, mode=mode):
                self.assertEqual(self._redraw(picture(kind, mode=mode))[2].format, drawn_as)

    def test_a_sheet_stays_readable_and_a_huge_photo_gets_smaller(self):
        self.assertEqual(self._redraw(picture(size=(2480, 3508)))[2].size, (2480, 3508))
        side, __, seen = self._redraw(picture(size=(9000, 6000)))
        self.assertEqual((side, seen.size[0]), (6000, 4000))

    def test_thin_lines_of_a_large_scan_in_black_and_white_stay(self):
        scan = Image.new("1", (9001, 60), 1)
        for left in range(0, 9001, 9):
            scan.paste(0, (left, 0, left + 1, 60))
        stream = io.BytesIO()
        scan.save(stream, "PNG")
        __, __, seen = self._redraw(stream.getvalue())
        row = [seen.convert("L").getpixel((left, 10)) for left in range(seen.width)]
        for left in range(0, 3990, 4):
            self.assertLess(min(row[left : left + 5]), 255, f"no line near {left}")

    def test_a_signature_drawn_twice_is_the_same(self):
        once = self._redraw(picture("PNG", mode="RGBA", color=(0, 0, 0, 128)))[1]
        self.assertEqual(self._redraw(once)[1], once)

    def test_bombs_and_broken_ones_are_refused_before_they_are_drawn(self):
        for content, code in (
            (bomb(), "too_large"),
            (bomb(2**31 - 1, 1), "too_large"),
            (picture(size=(300, 300))[:400], "unreadable"),
            (b"\x89PNG\r\n\x1a\n" + SVG, "unreadable"),
            (b"\xff\xd8\xff<script>", "unreadable"),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "unreadable"),
            (b"GIF89a" + bytes(20), "unreadable"),
            (SVG, "unreadable"),
            (b"", "unreadable"),
            (bytes(invoice_reader.MAX_FILE + 1), "too_large"),
        ):
            with (
                self.subTest(content=content[:20]),
                self.assertRaises(invoice_reader.UploadRefused) as refused,
            ):
                invoice_reader.redraw(content)
            self.assertEqual(refused.exception.code, code)


class TestKeptPictures(AgendaCase):
    def _attach_file(self, content, name="picture.jpg", record=None, **values):
        record = record or self.space
        return self.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": record._name, "res_id": record.id, **values}
        )

    def test_the_picture_of_a_space(self):
        self.space.image_1920 = base64.b64encode(photo_of_a_telephone())
        self.space.flush_recordset()
        self.space.invalidate_recordset()
        for size in ("image_1920", "image_512", "image_128"):
            content = base64.b64decode(self.space[size])
            self.assertNotIn(WORDS, content)
            self.assertNotIn(b"script", content)

    def _keep_sheet(self, content):
        """A presence sheet, and what is kept of it."""
        scan = self.env["coworking.presence.scan"].create(
            {"space_id": self.space.id, "file": base64.b64encode(content)}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return scan, base64.b64decode(scan.file)

    def test_a_presence_sheet_is_readable(self):
        __, kept = self._keep_sheet(photo_of_a_telephone((2600, 2200)))
        self.assertNotIn(WORDS, kept)
        self.assertEqual(Image.open(io.BytesIO(kept)).size, (2200, 2600))

    def test_a_presence_sheet_has_the_fingerprint_of_what_is_kept(self):
        for content in (noise(), picture("PNG") + TRAILER, b"%PDF-1.4\n%%EOF"):
            with self.subTest(content=content[:8]):
                scan, kept = self._keep_sheet(content)
                self.assertEqual(scan.digest, hashlib.sha256(kept).hexdigest())

    def test_a_picture_that_is_checked_is_drawn_once(self):
        with patch.object(invoice_reader, "redraw", side_effect=invoice_reader.redraw) as redraw:
            self._keep_sheet(noise())
            self.assertEqual(redraw.call_count, 1)
            self._keep_sheet(noise())
            self.assertEqual(redraw.call_count, 2, "what came is not what was drawn")

    def test_a_damaged_presence_sheet_is_refused(self):
        with self.assertRaisesRegex(UserError, "take or scan it again"):
            self.env["coworking.presence.scan"].create(
                {"space_id": self.space.id, "file": base64.b64encode(picture()[:200])}
            )

    def test_a_signature_is_drawn_anew_and_its_fingerprint_holds(self):
        drawn = picture("PNG", mode="RGBA") + TRAILER
        self.assertFalse(drawing_of(base64.b64encode(picture("PNG")[:60]), 10**6))
        event = self._new_event("appointment", days=-1)
        attendance = self._attend(event, participant_id=self._new_participant("Zoé").id)
        attendance.sudo()._take_signature(
            base64.b64encode(drawn), "tablet", self.env.user.partner_id
        )
        signature = attendance.signature_ids
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertNotIn(b"script", base64.b64decode(signature.image))
        self.assertTrue(signature.intact)

    def test_what_is_attached_to_a_record_of_ours(self):
        attachment = self._attach_file(photo_of_a_telephone())
        self.assertNotIn(WORDS, attachment.raw)
        self.assertEqual(attachment.mimetype, "image/jpeg")
        attachment.raw = photo_of_a_telephone()
        self.assertNotIn(WORDS, attachment.raw)
        attachment.datas = base64.b64encode(photo_of_a_telephone())
        self.assertNotIn(WORDS, attachment.raw)

    def test_one_that_moves_to_where_files_are_kept_from_now_on_is_not_drawn_anew(self):
        file = self._attach_file(photo_of_a_telephone())
        checksum = file.checksum
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        with patch.object(type(file), "_redraw", side_effect=AssertionError):
            file._migrate()
        self.assertFalse(file.store_fname)
        self.assertEqual(file.checksum, checksum)

    def test_the_type_is_that_of_the_content(self):
        self.assertEqual(self._attach_file(picture("PNG"), "page.html").mimetype, "image/png")
        self.assertEqual(
            self._attach_file(picture(), mimetype="image/svg+xml").mimetype, "image/jpeg"
        )

    def test_what_cannot_be_drawn_is_downloaded_and_never_shown(self):
        for name, content in (
            ("drawing.svg", SVG),
            ("drawing.png", SVG),
            ("half.jpg", picture()[:200]),
            ("bomb.png", bomb()),
            ("page.gif", b"GIF89a" + TRAILER),
        ):
            with self.subTest(name):
                attachment = self._attach_file(content, name)
                self.assertEqual(attachment.mimetype, "application/octet-stream")
                self.assertEqual(attachment.raw, content, "nothing that was handed in is lost")

    def test_other_files_are_kept_as_they_came(self):
        for name, content, kind in (
            ("bill.pdf", b"%PDF-1.4\n%%EOF" + TRAILER, "application/pdf"),
            ("list.csv", b"a;b\n", "text/csv"),
        ):
            attachment = self._attach_file(content, name)
            self.assertEqual((attachment.raw, attachment.mimetype), (content, kind))

    def test_records_of_others_are_left_to_odoo(self):
        content = photo_of_a_telephone()
        self.assertEqual(self._attach_file(content, record=self.env.user.partner_id).raw, content)


class TestPhotographedBills(ReceivedCase):
    def test_it_is_drawn_anew_and_known_again_by_what_came(self):
        content = photo_of_a_telephone((1200, 900))
        Files = self.env["coworking.invoice.file"]
        file = Files._receive_file("facture.jpg", content, source="upload", company=self.company)
        self.assertNotIn(WORDS, file.attachment_id.raw)
        self.assertEqual(file.checksum, hashlib.sha256(content).hexdigest())
        again = Files._receive_file("encore.jpg", content, source="upload", company=self.company)
        self.assertEqual(again.state, "duplicate")

    def test_the_bill_has_the_very_photo_that_was_received_once(self):
        self._new_seat("1/6", "30/6")
        bill = self._bill(self._settle())
        statement = bill.coworking_statement_id
        file = self.env["coworking.invoice.file"]._receive_file(
            "facture.jpg", noise(), source="upload", statement=statement
        )
        for _time in range(2):
            file._attach_to(bill)
            photos = self.env["ir.attachment"].search(
                [("res_model", "=", "account.move"), ("res_id", "=", bill.id)]
            )
            self.assertEqual(photos.mapped("checksum"), [file.attachment_id.checksum])
            self.assertEqual(bill.message_main_attachment_id, photos)

    def test_a_drawing_is_no_bill(self):
        file = self.env["coworking.invoice.file"]._receive_file(
            "facture.png", SVG, source="upload", company=self.company
        )
        file._read_content()
        self.assertEqual((file.state, file.cause), ("refused", "wrong_type"))
        self.assertFalse(file.move_id)
