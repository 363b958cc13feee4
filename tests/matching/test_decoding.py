"""The supplier's document completes the draft of the month: one bill, never two."""

import contextlib
from unittest.mock import patch

from odoo.exceptions import AccessError

from odoo.addons.coworking_incubation import invoice_reader

from ..common import JULY, d
from .received import ReceivedCase, cii, facturx, pdf, photo, ubl
from .test_bad_files import EXTERNAL, pdf_with_files, protected


class TestDecoding(ReceivedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/6", "30/6")
        cls.statement = cls._settle()

    def _bills(self):
        return self.env["account.move"].search([("partner_id", "=", self.operator.id)])

    def test_factur_x_that_comes_alone_becomes_a_draft_bill(self):
        file = self._received(facturx())
        self.assertFile(file, "decoded", "decoded", operator_id=self.operator.id)
        self.assertRecordValues(
            file.move_id,
            [
                {
                    "move_type": "in_invoice",
                    "state": "draft",
                    "ref": "F-2015-07",
                    "partner_id": self.operator.id,
                    "company_id": self.company.id,
                    "amount_untaxed": 150.0,
                    "amount_tax": 30.0,
                }
            ],
        )
        self.assertEqual(str(file.move_id.invoice_date), "2015-07-02")
        self.assertEqual(str(file.move_id.invoice_date_due), "2015-08-01")

    def test_a_pdf_that_opens_without_its_password_is_read(self):
        for algorithm in ("RC4-128", "AES-128", "AES-256"):
            with self.subTest(algorithm):
                content = protected(facturx(reference=algorithm), algorithm=algorithm)
                file = self._received(content)
                self.assertFile(file, "decoded", "decoded", operator_id=self.operator.id)
                self.assertEqual(file.move_id.ref, algorithm)

    def test_the_invoice_is_found_among_several_xml_files(self):
        data, order, other = b"<data/>", cii(reference="Order"), cii(reference="Other")
        harmful = ("b.xml", EXTERNAL.encode())
        for reference, files in {
            "name": (("data.xml", data), ("a.xml", other), ("factur-x.xml", cii(reference="name"))),
            "ZUGFeRD": (("a.xml", other), ("ZUGFeRD-invoice.xml", cii(reference="ZUGFeRD"))),
            "XRechnung": (("a.xml", other), ("xrechnung.xml", ubl(150, 30, "XRechnung"))),
            "root": (("a.xml", data), harmful, ("c.xml", ubl(150, 30, "root"))),
            "bill": (("order-x.xml", order), ("z.xml", cii(reference="bill"))),
        }.items():
            with self.subTest(reference):
                file = self._received(pdf_with_files(*files))
                self.assertFile(file, "decoded", "decoded")
                self.assertEqual(file.move_id.ref, reference)

    def test_an_order_is_no_bill(self):
        file = self._received(
            pdf_with_files(("order-x.xml", cii(reference="Order"))), operator=self.operator
        )
        self.assertFile(file, "to_type", "typed")
        self.assertFalse(file.move_id.ref)

    def test_a_bill_with_many_annexes_is_read(self):
        annexes = [(f"annex {number:03}.csv", b"presences") for number in range(60)]
        file = self._received(pdf_with_files(*annexes, ("factur-x.xml", cii())))
        self.assertFile(file, "decoded", "decoded")
        self.assertEqual(file.move_id.ref, "F-2015-07")

    def test_the_file_is_on_the_bill_and_stays_when_the_bill_goes(self):
        content = facturx()
        file = self._received(content)
        self.assertEqual(file.move_id.message_main_attachment_id.raw, content)
        file.move_id.unlink()
        self.assertEqual(file.attachment_id.raw, content)
        self.assertTrue(file.exists())

    def test_equal_totals_complete_the_draft_and_keep_its_lines(self):
        bill = self._bill(self.statement)
        lines = bill.invoice_line_ids
        file = self._received(facturx(), statement=self.statement)
        self.assertFile(file, "decoded", "completed", move_id=bill.id)
        self.assertEqual(self._bills(), bill)
        self.assertEqual(bill.invoice_line_ids, lines)
        self.assertEqual(lines.coworking_charge_id, self.statement.charge_ids)
        self.assertEqual((bill.ref, str(bill.invoice_date)), ("F-2015-07", "2015-07-02"))

    def test_another_total_takes_the_lines_of_the_document(self):
        bill = self._bill(self.statement)
        file = self._received(
            facturx(lines=((150.0, "Seats"), (25.0, "Meeting room"))), statement=self.statement
        )
        self.assertFile(file, "decoded", "replaced", move_id=bill.id)
        self.assertEqual(self._bills(), bill)
        self.assertEqual(bill.amount_total, 210.0)
        self.assertEqual(bill.invoice_line_ids.mapped("price_subtotal"), [150.0, 25.0])
        self.assertEqual(self.statement.bill_id, bill)

    def _kill_after_decoding(self, content, number=1):
        """The process dies once Odoo has decoded the document so many times, and committed."""
        file = self.Files._receive_file(
            "facture.pdf", content, source="upload", statement=self.statement
        )
        moments = [None] * (number - 1) + [KeyboardInterrupt]
        with (
            patch.object(type(self.Files), "_adapt_lines", side_effect=moments),
            patch.object(self.registry["ir.cron"], "_commit_progress"),
            # not assertRaises, which rolls back what Odoo has committed by then
            contextlib.suppress(KeyboardInterrupt),
        ):
            file._read_content()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(file.state, "waiting")
        self.assertTrue(file.move_id.invoice_line_ids)
        return file

    def test_what_a_killed_process_decoded_is_not_decoded_into_a_second_bill(self):
        file = self._kill_after_decoding(facturx())
        decoded = file.move_id
        self._read_files()
        self.assertFile(file, "decoded", "decoded", move_id=decoded.id)
        self.assertEqual(self._bills(), decoded)
        self.assertEqual(decoded.amount_total, 180.0)
        self.assertEqual(decoded.message_main_attachment_id.raw, file.attachment_id.raw)

    def test_nor_if_it_still_had_to_complete_the_draft_of_the_month(self):
        bill = self._bill(self.statement)
        file = self._kill_after_decoding(facturx())
        self._read_files()
        self.assertFile(file, "decoded", "completed", move_id=bill.id)
        self.assertEqual(self._bills(), bill)

    def test_nor_if_its_lines_had_taken_the_place_of_those_expected(self):
        bill = self._bill(self.statement)
        lines = ((150.0, "Seats"), (25.0, "Meeting room"))
        file = self._kill_after_decoding(facturx(lines=lines), number=2)
        self._read_files()
        self.assertEqual((file.state, file.move_id), ("decoded", bill))
        self.assertEqual(self._bills(), bill)
        self.assertEqual(bill.invoice_line_ids.mapped("price_subtotal"), [150.0, 25.0])

    def test_nor_if_somebody_posted_it_before_it_is_read_again(self):
        file = self._kill_after_decoding(facturx())
        decoded = file.move_id
        decoded.action_post()
        self._read_files()
        self.assertFile(file, "duplicate", "same_reference", move_id=decoded.id)
        self.assertEqual(self._bills(), decoded)

    def test_a_bill_without_a_number_takes_no_other_draft_without_one_for_its_own(self):
        bill = self._bill(self.statement)
        file = self.Files._receive_file(
            "facture.xml",
            ubl(150, 30, reference=""),
            source="upload",
            operator=self.operator,
            statement=self.statement,
            move=bill,
        )
        self._read_files()
        self.assertFile(file, "decoded", "completed", move_id=bill.id)
        self.assertEqual(self._bills(), bill)

    def test_the_reference_of_the_statement_is_found_in_the_document(self):
        bill = self._bill(self.statement)
        file = self._received(facturx(note=f"Votre état {self.statement.name}"))
        self.assertFile(file, "decoded", "completed", move_id=bill.id)
        self.assertEqual(file.statement_id, self.statement)

    def test_or_in_the_name_of_the_file(self):
        bill = self._bill(self.statement)
        file = self._received(pdf(), f"facture {self.statement.name}.pdf")
        self.assertFile(file, "to_type", "typed", move_id=bill.id)

    def test_or_in_the_text_of_a_pdf_without_data(self):
        bill = self._bill(self.statement)
        file = self._received(pdf(f"Votre référence : {self.statement.name} page"))
        self.assertFile(file, "to_type", "typed", move_id=bill.id)
        self.assertEqual(file.operator_id, self.operator)

    def test_one_that_names_another_month_than_it_was_handed_in_for_waits_for_who_chooses(self):
        """In each month the same seat costs the same: nothing else would tell them apart."""
        self._bill(self.statement)
        self.seat.date_end = d("31/7")
        own = self._bill(other := self._settle(JULY))
        file = self._received(facturx(note=self.statement.name), statement=other)
        self.assertFile(file, "to_type", "other_statement", move_id=False, to_handle=True)
        self.assertIn(self.statement.name, file.message)
        self.assertFalse(own.ref)
        file.statement_id = self.statement
        file.action_read_again()
        self._read_files()
        self.assertFile(file, "decoded", "completed", move_id=self.statement.bill_ids.id)
        file = self._received(facturx(note=self.statement.name, reference="F-8"), statement=other)
        file.action_read_again()
        self._read_files()
        self.assertEqual((file.cause, file.move_id), ("completed", own), "it was meant so")

    def _settle_july(self):
        """Of the amount of June."""
        self.seat.date_end = d("31/7")
        return self._settle(JULY)

    def test_handed_in_again_for_the_month_that_it_names_it_is_for_that_month(self):
        """Whichever comes first, the second file or who reads the first one."""
        other = self._settle_july()
        for read in (True, False):
            with self.subTest(read=read):
                june, july = self._bill(self.statement), self._bill(other)
                content = facturx(note=self.statement.name, reference=f"F-{read}")
                first = other._receive_invoice("f.pdf", content, source="portal")
                if read:
                    self._read_files()
                    self.assertFile(first, "to_type", "other_statement", to_handle=True)
                    first.active = False  # the space was asked for it by telephone
                again = self.statement._receive_invoice("f.pdf", content, source="portal")
                self._read_files()
                self.assertFile(first, "decoded", "completed", move_id=june.id, active=True)
                self.assertFile(again, "duplicate", "same_file", to_handle=False)
                self.assertEqual((june.ref, july.ref), (f"F-{read}", False))
                self.assertIn(other.name, "".join(first.message_ids.mapped("body")))
                portal = self.env["coworking.portal.month"]
                self.assertTrue(portal._is_invoice_awaited(other), "July's is still to come")
                self.assertFalse(portal._is_invoice_awaited(self.statement))
                (june | july).button_cancel()

    def test_another_file_of_the_same_bill_leaves_nothing_to_choose_of_the_first(self):
        other = self._settle_july()
        june, july = self._bill(self.statement), self._bill(other)
        content = facturx(note=self.statement.name, reference="F-6")
        first = self._received(content, statement=other)
        self.assertFile(first, "to_type", "other_statement", to_handle=True)
        content = ubl(150, 30, "F-6", note=self.statement.name)
        again = self._received(content, "f.xml", statement=self.statement)
        self.assertFile(again, "decoded", "completed", move_id=june.id)
        self._read_files()
        self.assertFile(first, "duplicate", "same_reference", move_id=june.id)
        self.assertIn("another month", first.sender_message)
        self.assertFalse(july.ref)
        self.assertTrue(self.env["coworking.portal.month"]._is_invoice_awaited(other))

    def test_a_number_that_is_posted_with_another_total_is_no_repetition(self):
        bill = self._bill(self.statement)
        self._received(facturx(), statement=self.statement)
        bill.action_post()
        content = facturx(lines=((140.0, "Seats"),))
        file = self._received(content, statement=self.statement)
        self.assertFile(file, "to_type", "same_number", move_id=False, to_handle=True)
        for words in (bill.name, "168", "180"):
            self.assertIn(words, file.message)
            self.assertNotIn(words, file.sender_message)
        again = self._received(ubl(150, 30), "f.xml", statement=self.statement)
        self.assertFile(again, "duplicate", "same_reference", to_handle=False)
        bill.button_cancel()
        file.action_read_again()
        self._read_files()
        self.assertEqual((file.state, file.move_id.amount_total), ("decoded", 168.0))

    def test_one_that_names_a_month_of_another_operator_waits_for_who_chooses(self):
        """Whoever handed it in reads nothing of the other one."""
        self._new_seat("1/6", "30/6", "Farid Benali", self.tariff_b)
        theirs = self._settle().filtered(lambda row: row.space_id == self.space_b)
        bill = self._bill(self.statement)
        data = facturx(note=theirs.name, vat="")
        for name, content in (("f.pdf", data), (f"{theirs.name}.pdf", pdf())):
            with self.subTest(name):
                file = self.statement._receive_invoice(name, content, source="portal")
                self._read_files()
                self.assertFile(file, "to_type", "other_operator", move_id=False, to_handle=True)
                self.assertIn(theirs.name, file.message)
                self.assertNotIn(theirs.name, file.sender_message)
                self.assertFalse(bill.ref)
        file.write({"operator_id": theirs.operator_id.id, "statement_id": theirs.id})
        file.action_read_again()
        self._read_files()
        self.assertEqual((file.cause, file.move_id.partner_id), ("typed", theirs.operator_id))
        both = facturx(note=f"{self.statement.name}, {theirs.name}", reference="F-2")
        file = self._received(both, statement=self.statement)
        self.assertFile(file, "decoded", "completed", move_id=bill.id)

    def test_a_document_to_type_that_came_first_is_on_the_draft_that_is_made_then(self):
        file = self._received(pdf(), statement=self.statement)
        empty = file.move_id
        bill = self._bill(self.statement)
        self.assertFile(file, "to_type", "typed", move_id=bill.id, to_handle=True)
        self.assertFalse(empty.exists())
        self.assertEqual(self._bills(), bill)
        self.assertEqual(bill.message_main_attachment_id.raw, file.attachment_id.raw)

    def test_sent_twice_before_that_draft_it_leaves_no_empty_one_either(self):
        content = pdf()
        file, again = (self._received(content, statement=self.statement) for __ in range(2))
        bill = self._bill(self.statement)
        self.assertEqual(self._bills(), bill)
        self.assertEqual((again.state, (file | again).move_id), ("duplicate", bill))

    def test_of_who_reads_and_who_bills_at_the_same_moment_the_later_begins_again(self):
        """Both write the row of the statement, which PostgreSQL does not let two do."""
        before = self.statement.match_version
        self._received(pdf(), statement=self.statement)
        read = self.statement.match_version
        self.assertGreater(read, before)
        self._bill(self.statement)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertGreater(self.statement.match_version, read)

    def test_nothing_that_lay_beside_the_document_is_lost(self):
        empty = self._received(pdf(), statement=self.statement).move_id
        second = self.env["ir.attachment"].create(
            {
                "name": "page-2.pdf",
                "raw": pdf("2"),
                "res_model": empty._name,
                "res_id": empty.id,
            }
        )
        said = empty.message_post(body="Asked for the number", attachment_ids=second.ids)
        planned = empty.activity_schedule("mail.mail_activity_data_call", user_id=self.env.uid)
        bill = self._bill(self.statement)
        self.assertFalse(empty.exists())
        self.assertIn(said, bill.message_ids)
        self.assertEqual(said.attachment_ids, second)
        self.assertEqual(bill.activity_ids, planned)
        self.assertIn(second, bill.attachment_ids)

    def test_but_what_somebody_began_to_type_on_it_stays(self):
        for begun in ({"ref": "A-1"}, {"partner_id": self.env.ref("base.main_partner").id}):
            with self.subTest(begun):
                file = self._received(pdf(str(begun)), statement=self.statement)
                draft = file.move_id
                draft.write(begun)
                bill = self._bill(self.statement)
                self.assertFile(file, "to_type", "typed", move_id=draft.id)
                self.assertTrue(draft.exists())
                bill.button_cancel()

    def test_a_reference_that_begins_with_another_one_is_the_longer_one(self):
        annex = self._new_space("Annexe", "ATELIER-B")
        annex.operator_id = self.operator
        self._new_seat("1/6", "30/6", "Farid", self._new_tariff("Annex", 50.0, space=annex))
        longer = self._generate().filtered(lambda row: row.space_id == annex)
        self.assertTrue(longer.name.startswith(self.statement.name))
        find = self.Files.new({"company_id": self.company.id})._find_quoted_statement
        self.assertEqual(find(f"Réf. {longer.name}, merci"), longer)
        self.assertEqual(find(f"Réf. {self.statement.name}, merci"), self.statement)
        self.assertEqual(find(longer.name.replace("-", "-\n", 1).replace("-B", "\u2011B")), longer)
        self.assertFalse(find(f"{self.statement.name}X"))

    def test_of_months_that_a_document_does_not_name_no_statement_is_read(self):
        self._new_seat("1/7", "31/7", "Farid")
        july = self._generate(JULY)
        self.assertTrue(july)
        find = self.Files.new({"company_id": self.company.id})._find_quoted_statement
        statements, read = type(self.statement), []
        search_fetch = statements.search_fetch

        def record(self, *args, **kwargs):
            read.append(search_fetch(self, *args, **kwargs))
            return read[-1]

        with patch.object(statements, "search_fetch", record):
            named = f"du 2015-07-01, {self.statement.name}, {self.program.code}-2015-13-A"
            self.assertEqual(find(named), self.statement)
            self.assertEqual(july.browse().union(*read) & (july | self.statement), self.statement)
            read.clear()
            self.assertFalse(find(f"{self.program.code}, juin 2015"))
            self.assertFalse(read)

    def test_a_pdf_whose_text_cannot_be_read_is_kept_all_the_same(self):
        refused = invoice_reader.UploadRefused("hostile")
        run = invoice_reader._run_elsewhere

        def stop(task, content):
            if task == "text":
                raise refused
            return run(task, content)

        with patch.object(invoice_reader, "_run_elsewhere", stop):
            file = self._received(pdf(), operator=self.operator)
        self.assertFile(file, "to_type", "typed")

    def test_a_photo_waits_on_the_draft_to_be_typed(self):
        bill = self._bill(self.statement)
        for kind in ("JPEG", "PNG"):
            with self.subTest(kind=kind):
                # its name and what it claims to be do not count
                file = self._received(photo(kind), "scan.pdf", statement=self.statement)
                self.assertFile(file, "to_type", "typed", move_id=bill.id, to_handle=True)
                kept = invoice_reader.redraw(photo(kind))[
                    1
                ]  # as it is seen: see tests/trust/test_pictures.py
                self.assertIn(kept, bill.attachment_ids.mapped("raw"))

    def test_whoever_handed_a_file_in_sees_when_it_is_read(self):
        self.accountant.lang = "fr_FR"
        self.env["res.lang"]._activate_lang("fr_FR")
        file = (
            self.Files.with_user(self.accountant)
            ._receive_file("f.pdf", facturx(), source="upload", statement=self.statement)
            .sudo()
        )
        told = []

        def send(user, *args):
            told.append((user.login, *args))

        with patch.object(type(self.env["res.users"]), "_bus_send", send):
            self._read_files()
        self.assertIn(("t_accountant", "coworking_incubation/file_read", {"id": file.id}), told)
        (words,) = (args[2] for args in told if args[1] == "simple_notification")
        self.assertEqual((words["title"], words["type"]), ("f.pdf", "success"))
        self.assertTrue(words["message"].startswith("Lue"), words)

    def test_a_pdf_without_data_waits_on_the_draft_to_be_typed(self):
        bill = self._bill(self.statement)
        file = self._received(pdf(), statement=self.statement)
        self.assertFile(file, "to_type", "typed", move_id=bill.id, to_handle=True)
        self.assertFalse(bill.ref)
        self.assertEqual(bill.message_main_attachment_id.raw, file.attachment_id.raw)
        bill.write({"ref": "F-1", "invoice_date": "2015-07-02"})
        bill.action_post()
        self.assertFalse(file.to_handle)

    def test_a_pdf_without_data_before_any_draft_makes_an_empty_one(self):
        file = self._received(pdf(), operator=self.operator)
        self.assertFile(file, "to_type", "typed")
        self.assertRecordValues(
            file.move_id,
            [{"state": "draft", "partner_id": self.operator.id, "invoice_line_ids": []}],
        )

    def test_a_second_bill_of_a_month_is_a_bill_of_its_own_that_says_so(self):
        bill = self._bill(self.statement)
        self._received(facturx(), statement=self.statement)
        bill.action_post()
        file = self._received(
            facturx(reference="F-2", lines=((10.0, "Room"),)), statement=self.statement
        )
        self.assertFile(file, "decoded", "second")
        self.assertIn(bill.name, file.message)
        self.assertEqual(len(self._bills()), 2)

    def test_ubl(self):
        bill = self._bill(self.statement)
        file = self._received(ubl("150.00", "30.00"), "facture.xml", statement=self.statement)
        self.assertFile(file, "decoded", "completed", move_id=bill.id)
        self.assertEqual(bill.ref, "F-2015-07")

    def test_the_operator_is_known_by_its_siren_alone(self):
        self.operator.write({"vat": False, "company_registry": "40483304800022"})
        file = self._received(facturx(vat="", siren="404833048"))
        self.assertFile(file, "decoded", "decoded", operator_id=self.operator.id)

    def test_no_contact_is_made_by_a_document(self):
        """The operator's numbers are not known yet: who sent it is."""
        self.operator.vat = False
        partners = self.env["res.partner"].search_count([])
        file = self._received(facturx(seller="Another Spelling"), operator=self.operator)
        self.assertFile(file, "decoded", "decoded")
        self.assertEqual(file.move_id.partner_id, self.operator)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_it_is_kept_even_without_decoders(self):
        """Odoo without its module of electronic invoices."""
        self.patch(
            self.registry["account.move"], "_get_edi_decoder", lambda *_args, **_values: None
        )
        bill = self._bill(self.statement)
        file = self._received(facturx(), statement=self.statement)
        self.assertFile(file, "to_type", "not_decoded", move_id=bill.id)
        self.assertEqual(self._bills(), bill)

    def test_a_manager_hands_in_for_the_month_and_reads_what_comes_next(self):
        bill = self._bill(self.statement)
        statement = self.statement.with_user(self.manager)
        file = statement._receive_invoice("f.pdf", facturx(), source="portal")
        self.assertEqual(file.sudo().sender_id, self.manager.partner_id)
        self.assertIn("in a moment", file.sudo().sender_message)
        self._read_files()
        self.assertEqual(file.sudo().move_id, bill)
        self.assertEqual(file.sudo().sender_message, "Received and read.")
        with self.assertRaises(AccessError):
            file.with_user(self.manager).read(["name"])

    def test_what_a_file_is_cannot_be_typed(self):
        file = self._received(pdf()).with_user(self.accountant)
        for values in ({"state": "decoded"}, {"move_id": False}, {"attachment_id": False}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                file.write(values)
        file.operator_id = self.operator
        with self.assertRaises(AccessError):
            file.unlink()

    def test_the_accountant_uploads_several_at_once(self):
        attachments = (
            self.env["ir.attachment"]
            .with_user(self.accountant)
            .create([{"name": "a.pdf", "raw": facturx()}, {"name": "b.pdf", "raw": pdf()}])
        )
        wizard = (
            self.env["coworking.invoice.upload"]
            .with_user(self.accountant)
            .create({"attachment_ids": attachments.ids, "operator_id": self.operator.id})
        )
        files = self.Files.search(wizard.action_receive()["domain"])
        self.assertEqual(set(files.mapped("state")), {"waiting"})
        self._read_files()
        self.assertEqual(set(files.mapped("state")), {"decoded", "to_type"})
        self.assertEqual(files.sender_id, self.accountant.partner_id)


class TestMatched(ReceivedCase):
    """What was decoded is matched with what was expected, seat by seat."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seats = cls._new_seat("1/6", "30/6", "A") | cls._new_seat("16/6", "30/6", "B")
        cls.statement = cls._settle()

    def assertMatched(self, bill, *rows):
        """(expected, invoiced, decision) by amount; a received bill waits for a decision."""
        matches = self.statement.match_ids.sorted("expected")
        self.assertEqual(matches.move_id, bill)
        self.assertEqual(
            [(match.expected, match.invoiced, match.decision) for match in matches], list(rows)
        )

    def test_by_seat_when_the_document_quotes_the_seats(self):
        lines = tuple(
            (amount, f"Place {seat.name}")
            for amount, seat in zip((150.0, 75.0), self.seats, strict=True)
        )
        file = self._received(facturx(lines=lines, note=self.statement.name))
        self.assertFile(file, "decoded", "decoded", statement_id=self.statement.id)
        self.assertMatched(file.move_id, (90.0, 90.0, False), (180.0, 180.0, False))
        self.assertEqual(self.statement.state, "billed")

    def test_a_total_alone_matches_all_seats(self):
        file = self._received(facturx(lines=((225.0, "Coworking, juin"),)))
        self.assertMatched(file.move_id, (90.0, 90.0, False), (180.0, 180.0, False))

    def test_the_draft_it_completes_stays_matched_once(self):
        bill = self._bill(self.statement)
        file = self._received(facturx(lines=((225.0, "Juin"),)), statement=self.statement)
        self.assertFile(file, "decoded", "completed", move_id=bill.id)
        self.assertMatched(bill, (90.0, 90.0, "matched"), (180.0, 180.0, "matched"))
        self.assertEqual(self.statement.gap_amount, 0.0)

    def test_the_lines_that_take_the_place_of_those_of_the_draft_are_matched(self):
        bill = self._bill(self.statement)
        lines = ((150.0, f"Place {self.seats[0].name}"), (150.0, f"Place {self.seats[1].name}"))
        file = self._received(facturx(lines=lines), statement=self.statement)
        self.assertFile(file, "decoded", "replaced", move_id=bill.id)
        self.assertEqual(self.statement.match_ids.move_id, bill)
        self.assertEqual((self.statement.invoiced_amount, self.statement.gap_amount), (360.0, 90.0))

    def test_a_credit_note_goes_to_the_month_and_the_seat_it_corrects(self):
        seat = self.seats[1]
        first = self._received(
            facturx(
                lines=((150.0, f"Place {self.seats[0].name}"), (150.0, f"Place {seat.name}")),
                note=self.statement.name,
            )
        )
        first.move_id.action_post()
        note = self._received(
            facturx(
                reference="A-1",
                credit_note=True,
                corrected="F-2015-07",
                lines=((75.0, f"Trop facturé, place {seat.name}"),),
                note=self.statement.name,
            )
        )
        self.assertFile(note, "decoded", "credit_note")
        self.assertRecordValues(
            note.move_id,
            [
                {
                    "move_type": "in_refund",
                    "amount_total": 90.0,
                    "reversed_entry_id": first.move_id.id,
                }
            ],
        )
        matches = self.statement.match_ids.filtered(lambda match: match.move_id == note.move_id)
        self.assertEqual(matches.seat_id, seat)
        self.assertEqual(sum(matches.mapped("invoiced")), -90.0)
        self.assertEqual(self.statement.gap_amount, 0.0)
        # another, which has the number of the bill that it takes back wholly
        content = facturx(
            credit_note=True,
            corrected="F-2015-07",
            lines=((300.0, "Avoir"),),
            note=self.statement.name,
        )
        for expected in (("decoded", "credit_note"), ("duplicate", "same_reference")):
            note = self._received(content)
            self.assertFile(note, *expected)
            self.assertEqual(note.move_id.move_type, "in_refund")
            content = content.replace(b"%%EOF", b"%%EOF ")

    def test_the_credit_note_that_was_expected_is_completed(self):
        """A correction made the month negative: its draft waits for the operator's document."""
        self._received(facturx(lines=((225.0, "Juin"),))).move_id.action_post()
        self.seats[0].date_start = d("16/6")
        self.seats[0].date_end = d("30/6")
        july = self._settle(JULY)
        self.assertEqual(july.payable_total, -90.0)
        draft = self._bill(july)
        self.assertEqual(draft.move_type, "in_refund")
        file = self._received(
            facturx(reference="A-1", credit_note=True, lines=((75.0, "Avoir"),)), statement=july
        )
        self.assertFile(file, "decoded", "completed", move_id=draft.id)
        self.assertEqual((draft.ref, draft.amount_total), ("A-1", 90.0))
        self.assertFalse(draft.coworking_awaited)
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_a_credit_note_on_paper_is_typed_on_the_draft_that_expects_it(self):
        """Its file is on the draft; its number is missing until somebody types it."""
        self._received(facturx(lines=((225.0, "Juin"),))).move_id.action_post()
        self.seats[0].date_start = d("16/6")
        self.seats[0].date_end = d("30/6")
        draft = self._bill(july := self._settle(JULY))
        file = self._received(pdf("Avoir"), statement=july)
        self.assertFile(file, "to_type", "typed", move_id=draft.id)
        draft.invoice_date = d("3/8")
        with self.assertRefused(july.name, "Type its number as the reference."):
            draft.action_post()
        draft.ref = "A-1"
        draft.action_post()
        self.assertFalse(draft.coworking_awaited)


class TestVat(ReceivedCase):
    """What becomes of the tax is for the products of the tariffs to say, not for the decoder."""

    def _lines(self, content):
        file = self._received(content, "facture.xml", operator=self.operator)
        self.assertFile(file, "decoded", "decoded")
        return file.move_id

    def assertBooked(self, bill, untaxed, tax, expense):
        self.assertEqual((bill.amount_untaxed, bill.amount_tax), (untaxed, tax))
        booked = bill.line_ids.filtered(lambda line: line.account_id == self.accounts["expense"])
        self.assertAlmostEqual(sum(booked.mapped("balance")), expense)

    def test_not_recovered_it_follows_the_expense(self):
        bill = self._lines(cii())
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.tax_lost)
        self.assertBooked(bill, 150.0, 30.0, 180.0)

    def test_recovered_it_has_its_own_account(self):
        self.tariff.product_id = self.seat_product_recovered
        bill = self._lines(cii())
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.tax_recovered)
        self.assertBooked(bill, 150.0, 30.0, 150.0)

    def test_franchise_293_b_has_none(self):
        self.operator.property_account_position_id = self.env["account.fiscal.position"].create(
            {"name": "293 B", "company_id": self.company.id}
        )
        bill = self._lines(cii(rate=0))
        self.assertFalse(bill.invoice_line_ids.tax_ids)
        self.assertBooked(bill, 150.0, 0.0, 150.0)

    def test_exempt_has_none_even_if_a_tax_was_expected(self):
        bill = self._lines(cii(rate=0))
        self.assertFalse(bill.invoice_line_ids.tax_ids)
        self.assertBooked(bill, 150.0, 0.0, 150.0)

    def test_tax_on_a_bill_of_a_franchise_is_shown_not_hidden(self):
        self.operator.property_account_position_id = self.env["account.fiscal.position"].create(
            {"name": "293 B", "company_id": self.company.id}
        )
        self.assertBooked(self._lines(cii()), 150.0, 30.0, 180.0)

    def test_cents_that_the_supplier_rounds_otherwise_are_kept(self):
        """79.625 of twelve seats: the tax of the document, not ours."""
        lines = tuple((79.62, f"Seat {number}") for number in range(12))
        self.company.tax_calculation_rounding_method = "round_globally"
        bill = self._lines(cii(lines=lines, tax="191.11"))
        self.assertBooked(bill, 955.44, 191.11, 1146.55)

    def test_the_program_of_the_month_is_on_the_lines(self):
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        file = self._received(cii(), "facture.xml", statement=statement)
        self.assertEqual(
            file.move_id.invoice_line_ids.analytic_distribution,
            {str(self.analytic_account.id): 100.0},
        )
