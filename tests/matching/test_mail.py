"""Bills sent to the alias of the purchase journal, as a mail server hands them over."""

from email.message import EmailMessage
from unittest.mock import patch

from odoo.tools import mute_logger

from .received import ReceivedCase, cii, facturx, noise, pdf, photo
from .test_bad_files import EXTERNAL


class TestMail(ReceivedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "incubator.example"})
        cls.company.alias_domain_id = cls.domain
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", cls.company.id)]
        )
        cls.journal.alias_name = "factures-test"
        cls.operator.email = "compta@atelier.example"
        cls._new_seat("1/6", "30/6")
        cls.statement = cls._settle()

    def _send(
        self,
        *files,
        sender="compta@atelier.example",
        body="Bonjour, notre facture.",
        message_id="<facture-1@atelier.example>",
        signature=None,
    ):
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = "factures-test@incubator.example"
        mail["Subject"] = "Facture de juin"
        mail["Message-Id"] = message_id
        mail.set_content(body)
        if signature:  # a picture in the text
            mail.add_alternative('Bonjour <img src="cid:logo">', subtype="html")
            mail.get_payload()[-1].add_related(
                signature, maintype="image", subtype="png", cid="<logo>", filename="logo.png"
            )
        for name, content in files:
            kind = name.rpartition(".")[2]
            is_image = kind in ("jpeg", "png")
            maintype = "image" if is_image else "application"
            mail.add_attachment(content, maintype=maintype, subtype=kind, filename=name)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process("account.move", mail.as_bytes())
        return self.Files.search([("company_id", "=", self.company.id)])

    def _bills(self):
        return self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("move_type", "in", ("in_invoice", "in_refund"))]
        )

    def test_factur_x_completes_the_draft_of_the_month(self):
        bill = self._bill(self.statement)
        file = self._send(("facture.pdf", facturx(note=self.statement.name)))
        self.assertEqual((file.state, file.source), ("waiting", "mail"))
        self.assertEqual(file.sender_id, self.operator)
        self._read_files()
        self.assertFile(file, "decoded", "completed", move_id=bill.id)
        self.assertEqual(self._bills(), bill)
        self.assertEqual((bill.ref, bill.amount_total), ("F-2015-07", 180.0))

    def test_what_the_mail_says_is_kept_on_the_bill(self):
        bill = self._bill(self.statement)
        self._send(("facture.pdf", facturx(note=self.statement.name)))
        self._read_files()
        self.assertIn("Bonjour, notre facture", " ".join(bill.message_ids.mapped("body")))

    def test_without_a_draft_it_becomes_one(self):
        file = self._send(("facture.pdf", facturx()))
        self._read_files()
        self.assertFile(file, "decoded", "decoded", move_id=self._bills().id)
        self.assertEqual(self.statement.match_ids.move_id, self._bills())
        self.assertEqual(self.statement.gap_amount, 0.0)
        self.assertRecordValues(
            self._bills(), [{"ref": "F-2015-07", "amount_total": 180.0, "state": "draft"}]
        )

    def test_a_manager_of_the_space_writes_for_its_operator(self):
        self.manager.partner_id.email = "camille@ailleurs.example"
        file = self._send(("facture.pdf", pdf()), sender="camille@ailleurs.example")
        self._read_files()
        self.assertFile(file, "to_type", "typed", operator_id=self.operator.id)
        self.assertEqual(len(self._bills()), 1)

    def test_a_bill_that_the_accountant_forwards_is_known_by_what_it_holds(self):
        file = self._send(
            ("facture.pdf", facturx()), sender="x@incubator.example", body="Pour toi."
        )
        self._read_files()
        self.assertFile(file, "decoded", "decoded", operator_id=self.operator.id)

    def test_a_photo_of_a_bill_is_received(self):
        for number, (kind, name) in enumerate((("JPEG", "facture.jpeg"), ("PNG", "facture.png"))):
            with self.subTest(kind=kind):
                before = self.Files.search([])
                content = photo(kind, (900, 1200 + number))
                files = self._send((name, content), message_id=f"<{number}@atelier.example>")
                file = files - before
                self._read_files()
                self.assertFile(file, "to_type", "typed", operator_id=self.operator.id)
                self.assertEqual(file.source, "mail")
                self.assertTrue(file.move_id)

    def test_a_photo_is_on_its_bill_once_and_drawn_anew(self):
        sent = noise((900, 1200))
        file = self._send(("facture.jpeg", sent))
        self._read_files()
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", file.move_id.id)]
        )
        self.assertEqual(attachment.mapped("raw"), [file.attachment_id.raw])
        self.assertNotEqual(attachment.raw, sent)
        self.assertEqual(file.move_id.message_main_attachment_id, attachment)

    def test_a_photo_that_is_too_large_is_kept_as_refused(self):
        content = photo("JPEG", (900, 1200))
        path = "odoo.addons.coworking_incubation.invoice_reader.MAX_FILE"
        with patch(path, len(content) - 1):
            file = self._send(("facture.jpeg", content))
            self._read_files()
        self.assertFile(file, "refused", "too_large", operator_id=self.operator.id)

    def test_a_logo_or_a_picture_in_the_text_is_no_bill(self):
        cases = (
            ((("logo.png", photo("PNG", (1200, 200))),), {}),
            ((("bill.pdf", pdf()), ("logo.jpeg", photo("JPEG", (300, 300)))), {}),
            ((("bill.pdf", pdf("Juin")),), {"signature": photo("PNG", (900, 1200))}),
            # somebody unknown: as Odoo alone
            ((("facture.jpeg", photo("JPEG", (900, 1200))),), {"sender": "x@nowhere.example"}),
            ((("facture.jpeg", photo("JPEG", (900, 1200))[:300]),), {}),
        )
        for number, (files, values) in enumerate(cases):
            with self.subTest(case=number):
                before = self.Files.search([])
                found = self._send(*files, message_id=f"<{number}@atelier.example>", **values)
                names = (found - before).mapped("name")
                self.assertEqual(len(names), int(files[0][0] == "bill.pdf"), names)

    def test_whatever_number_its_file_is_called_a_bill_is_received(self):
        """One that looks like a social security number, to its key, is a number of bills here."""
        name = "185057800608491.pdf"
        file = self._send((name, facturx()), body="Bonjour, notre facture 2 69 05 49 588 157 80.")
        self.assertEqual(file.name, name)
        self._read_files()
        self.assertFile(file, "decoded", "decoded", move_id=self._bills().id)
        self.assertIn("588 157", "".join(self._bills().message_ids.mapped("body")))

    def test_two_bills_in_one_mail(self):
        files = self._send(
            ("a.pdf", facturx(reference="A")), ("b.xml", cii(reference="B", lines=((5.0, "Key"),)))
        )
        self._read_files()
        self.assertEqual(files.mapped("state"), ["decoded", "decoded"])
        self.assertEqual(sorted(self._bills().mapped("ref")), ["A", "B"])

    def test_a_pdf_beside_an_electronic_invoice_is_the_same_bill(self):
        picture = pdf("La même")
        file = self._send(("facture.xml", cii()), ("facture.pdf", picture))
        self._read_files()
        self.assertFile(file, "decoded", "decoded", move_id=self._bills().id)
        self.assertEqual(self._bills().message_main_attachment_id.raw, picture)

    def test_a_photo_beside_an_electronic_invoice_is_on_its_bill_once_and_drawn_anew(self):
        sent = noise((900, 1200))
        file = self._send(("facture.xml", cii()), ("facture.jpeg", sent))
        self._read_files()
        self.assertFile(file, "decoded", "decoded", move_id=self._bills().id)
        photos = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", file.move_id.id),
                ("mimetype", "=", "image/jpeg"),
            ]
        )
        self.assertEqual(len(photos), 1)
        self.assertNotEqual(photos.raw, sent)

    def test_a_harmful_file_is_kept_and_leaves_no_bill(self):
        file = self._send(("facture.xml", EXTERNAL.encode()))
        self._read_files()
        self.assertFile(file, "refused", "hostile", move_id=False)
        self.assertFalse(self._bills())
        self.assertIn("Bonjour, notre facture", " ".join(file.message_ids.mapped("body")))

    def test_a_harmful_file_of_somebody_unknown_is_not_decoded_either(self):
        file = self._send(("facture.xml", EXTERNAL.encode()), sender="x@nowhere.example")
        self._read_files()
        self.assertFile(file, "refused", "hostile", operator_id=False)

    def test_the_same_mail_twice_makes_one_bill(self):
        self._send(("facture.pdf", facturx()))
        self._read_files()
        self.env["mail.message"].search(
            [("message_id", "=", "<facture-1@atelier.example>")]
        ).message_id = "<other@atelier.example>"
        files = self._send(("facture.pdf", facturx(reference="F-2015-07", note="Copie")))
        self._read_files()
        self.assertEqual(sorted(files.mapped("state")), ["decoded", "duplicate"])
        self.assertEqual(len(self._bills()), 1)

    def test_the_same_file_twice_leaves_the_bill_of_the_first(self):
        content = facturx()
        for number in range(2):
            files = self._send(("facture.pdf", content), message_id=f"<{number}@atelier.example>")
            self._read_files()
        bill = self._bills()
        self.assertEqual(len(bill), 1)
        self.assertEqual(sorted(files.mapped("state")), ["decoded", "duplicate"])
        self.assertEqual(files.move_id, bill)
        repeated = files.filtered(lambda file: file.state == "duplicate")
        self.assertIn("Bonjour, notre facture", " ".join(repeated.message_ids.mapped("body")))

    def test_a_file_of_another_type_leaves_no_empty_bill(self):
        file = self._send(("facture.pdf", b"PK\x03\x04"))
        self.assertFile(file, "refused", "wrong_type", move_id=False)
        self.assertFalse(self._bills())
        self.assertIn("Bonjour, notre facture", " ".join(file.message_ids.mapped("body")))

    def test_the_same_file_at_the_same_moment_leaves_no_empty_bill(self):
        """Its row is not to be seen while the other one is being received."""
        content = facturx()
        self._send(("facture.pdf", content))
        original = type(self.Files).search

        def search(files, domain, *args, **kwargs):
            if "checksum" in str(domain):
                return files.browse()
            return original(files, domain, *args, **kwargs)

        with patch.object(type(self.Files), "search", search), mute_logger("odoo.sql_db"):
            files = self._send(("facture.pdf", content), message_id="<facture-2@atelier.example>")
        self._read_files()
        self.assertEqual(sorted(files.mapped("cause")), ["decoded", "same_moment"])
        self.assertEqual(files.filtered("move_id").move_id, self._bills())
        self.assertEqual(self._bills().ref, "F-2015-07")

    def test_bills_of_other_suppliers_are_left_to_odoo(self):
        self.env["res.partner"].create({"name": "Printer", "email": "p@printer.example"})
        files = self._send(("facture.pdf", pdf()), sender="p@printer.example")
        self.assertFalse(files)
        self.assertEqual(self._bills().partner_id.name, "Printer")
        self.assertTrue(self._bills().message_main_attachment_id)
