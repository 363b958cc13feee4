"""Odoo's own ways for a file to become a bill: its upload button, and files dropped on a bill.

They decode at once, in the process that serves everybody: our bounds hold there as well.
"""

import zlib
from unittest.mock import patch

from odoo.tests import new_test_user

from odoo.addons.account.models import account_document_import_mixin as mixin

from .received import OTHER_VAT, ReceivedCase, cii, facturx, pdf, ubl
from .test_bad_files import (
    BOMB,
    EXTERNAL,
    pdf_with_embedded,
    pdf_with_files,
    pdf_with_packed_objects,
    protected,
    zeros,
)


class TestOdooUpload(ReceivedCase):
    def _attach(self, content, name, **values):
        return (
            self.env["ir.attachment"]
            .with_user(self.accountant)
            .create({"name": name, "raw": content, **values})
        )

    def _upload(self, content, name="facture.pdf", lang="en_US"):
        """By the button over a list of bills."""
        action = self._press_upload(self._attach(content, name), lang=lang)
        return self.env["account.move"].browse(action["res_id"])

    def _press_upload(self, files, journal=None, **context):
        journals = (journal or self.env["account.journal"]).with_user(self.accountant)
        with patch.object(self.registry["ir.cron"], "_commit_progress"):
            return journals.with_context(
                default_move_type="in_invoice", **context
            ).create_document_from_attachment(files.ids)

    def _draft_of_june(self):
        self._new_seat("1/6", "30/6")
        return self._bill(self._settle())

    def assertKept(self, content, name="facture.pdf"):
        """On an empty draft, with what to do; and Odoo's readers have not seen it."""
        with (
            patch.object(mixin, "OdooPdfFileReader", side_effect=AssertionError),
            patch.object(mixin, "etree", None),
        ):
            bill = self._upload(content, name)
        self.assertRecordValues(bill, [{"state": "draft", "amount_total": 0.0}])
        self.assertFalse(bill.invoice_line_ids)
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", bill._name), ("res_id", "=", bill.id)]
        )
        self.assertEqual(kept.raw, content)
        told = "".join(bill.message_ids.mapped("body"))
        self.assertIn(name, told)
        self.assertIn("could harm the computer", told)
        self.assertNotIn("root:", told)

    def test_entities_that_multiply(self):
        self.assertKept(BOMB.encode(), "bombe.xml")

    def test_an_entity_from_outside(self):
        self.assertKept(EXTERNAL.encode(), "externe.xml")

    def test_a_pdf_whose_embedded_file_unpacks_into_gigabytes(self):
        self.assertKept(pdf_with_embedded(zeros(600)))

    def test_a_pdf_whose_objects_unpack_into_gigabytes(self):
        self.assertKept(pdf_with_packed_objects(zeros(1200)))

    def test_an_entity_embedded_in_a_pdf(self):
        bill = self._upload(pdf_with_embedded(zlib.compress(EXTERNAL.encode())))
        self.assertFalse(bill.invoice_line_ids)
        self.assertIn("could harm", "".join(bill.message_ids.mapped("body")))

    def test_a_real_invoice_is_decoded_as_before(self):
        for content, name in ((facturx(vat=self.operator.vat), "f.pdf"), (cii(), "f.xml")):
            with self.subTest(name):
                bill = self._upload(content, name)
                self.assertRecordValues(
                    bill,
                    [
                        {
                            "partner_id": self.operator.id,
                            "ref": "F-2015-07",
                            "amount_untaxed": 150.0,
                            "move_type": "in_invoice",
                        }
                    ],
                )
                bill.unlink()

    def test_a_bill_of_an_operator_completes_the_draft_of_the_month(self):
        draft = self._draft_of_june()
        content = facturx(note=draft.coworking_statement_id.name)
        before = self.env["account.move"].search_count([])
        self.assertEqual(self._upload(content), draft)
        self.assertRecordValues(draft, [{"ref": "F-2015-07", "amount_total": 180.0}])
        self.assertEqual(draft.coworking_statement_id.gap_amount, 0.0)
        with self.subTest("twice"):
            self.assertEqual(self._upload(content), draft)
        self.assertEqual(self.env["account.move"].search_count([]), before)

    def test_one_that_waits_to_be_read_is_read_at_once(self):
        draft = self._draft_of_june()
        content = facturx(note=draft.coworking_statement_id.name)
        files = self.env["coworking.invoice.file"]
        waiting = files._receive_file("f.pdf", content, source="mail", operator=self.operator)
        with (
            self.subTest("by somebody else at this moment"),
            patch.object(self.registry[files._name], "_work_apart", return_value=False),
        ):
            with self.assertRefused("f.pdf: Received. It will be read in a moment."):
                self._upload(content)
            # what else was uploaded is not lost for it
            other = self._attach(facturx(vat="FR40303265045", reference="E-1"), "edf.pdf")
            action = self._press_upload(self._attach(content, "facture.pdf") + other)
            bill = self.env["account.move"].browse(action["res_id"])
            self.assertRecordValues(bill, [{"ref": "E-1", "state": "draft"}])
        self.assertEqual(waiting.state, "waiting")
        self.assertEqual(self._upload(content), draft)
        self.assertEqual(waiting.state, "decoded")

    def test_it_becomes_one_of_the_journal_where_it_was_uploaded(self):
        """The draft of a month stays where it is, with all of its lines."""
        journal = self.env["account.journal"].create(
            {
                "name": "Rents",
                "code": "RENT",
                "sequence": 99,
                "type": "purchase",
                "company_id": self.company.id,
                "default_account_id": self.accounts["expense"].id,
            }
        )
        draft = self._draft_of_june()
        files = self._attach(facturx(reference="A-1"), "a.pdf")
        bill = self.env["account.move"].browse(self._press_upload(files, journal)["res_id"])
        self.assertEqual(bill.journal_id, journal)
        self.assertNotEqual(draft.journal_id, journal)
        content = facturx(
            reference="A-2", lines=((10.0, "June"),), note=draft.coworking_statement_id.name
        )
        self._press_upload(self._attach(content, "b.pdf"), journal)
        self.assertEqual(draft.ref, "A-2")
        self.assertEqual(draft.line_ids.journal_id, draft.journal_id)

    def test_what_quotes_the_month_of_an_operator_without_numbers_completes_its_draft(self):
        draft = self._draft_of_june()
        month = draft.coworking_statement_id
        self.operator.write({"vat": False, "company_registry": False})
        self.assertEqual(self._upload(ubl(150, 30, note=month.name), "bill.xml"), draft)
        self.assertEqual((draft.ref, month.gap_amount), ("F-2015-07", 0.0))

    def test_an_operator_with_numbers_is_known_by_these_alone(self):
        draft = self._draft_of_june()
        note = draft.coworking_statement_id.name
        bill = self._upload(ubl(150, 30, vat=OTHER_VAT, note=note), "bill.xml")
        self.assertNotEqual(bill, draft)

    def test_where_every_operator_has_numbers_no_statement_is_looked_for(self):
        files = self.env["coworking.invoice.file"]
        for place, operator in enumerate(files._get_operators(self.company)):
            operator.company_registry = operator.company_registry or f"80000000{place}"
        note = self._draft_of_june().coworking_statement_id.name
        content = ubl(150, 30, vat=OTHER_VAT, note=note)
        with patch.object(type(files), "_find_quoted_statement", side_effect=AssertionError):
            seller = self.env["account.move"]._coworking_find_seller(content, self.company)
        self.assertFalse(seller)

    def test_equal_totals_of_another_tax_are_told_by_their_tax(self):
        draft = self._draft_of_june()
        file = self.env["coworking.invoice.file"].new({"company_id": self.company.id})
        said = file._describe_replaced(draft, draft.amount_total, 20.0)
        self.assertRegex(said, r"30[.,]00.* of tax instead of .*20[.,]00")
        said = file._describe_replaced(draft, 100.0, draft.amount_tax)
        self.assertRegex(said, r"180[.,]00.* instead of .*100[.,]00")
        self.assertNotIn("tax", said)

    def test_the_file_of_something_else_stays(self):
        draft = self._draft_of_june()
        kept = self._attach(
            facturx(note=draft.coworking_statement_id.name),
            "f.pdf",
            res_model="account.move",
            res_id=self.env["account.move"].create({"move_type": "entry"}).id,
        )
        self._press_upload(kept)
        self.assertTrue(kept.exists())
        self.assertEqual(draft.ref, "F-2015-07")

    def test_beside_other_files_each_becomes_its_own_bill(self):
        draft = self._draft_of_june()
        files = self._attach(facturx(note=draft.coworking_statement_id.name), "facture.pdf")
        files += self._attach(facturx(vat="FR40303265045", reference="E-1"), "edf.pdf")
        bills = self.env["account.move"].search(self._press_upload(files)["domain"])
        self.assertIn(draft, bills)
        self.assertRecordValues(bills - draft, [{"ref": "E-1", "state": "draft"}])

    def test_who_is_of_the_accounts_alone_uploads_as_before(self):
        draft = self._draft_of_june()
        self.accountant = new_test_user(self.env, "accounts", "account.group_account_invoice")
        for content, name in (
            (pdf(), "note.pdf"),
            (facturx(vat="FR40303265045", reference="E-1"), "edf.pdf"),
        ):
            with self.subTest(name):
                self.assertEqual(self._upload(content, name).state, "draft")
        self.assertEqual(self._upload(facturx(note=draft.coworking_statement_id.name)), draft)
        self.assertRecordValues(draft, [{"ref": "F-2015-07", "amount_total": 180.0}])

    def test_an_ordinary_document_is_attached_and_nothing_is_said(self):
        for content, name in ((pdf(pages=60), "long.pdf"), (b"a note", "note.txt")):
            with self.subTest(name):
                bill = self._upload(content, name)
                self.assertFalse(bill.invoice_line_ids)
                self.assertNotIn("could harm", "".join(bill.message_ids.mapped("body")))

    def test_what_opens_without_a_password_and_what_has_other_files_is_decoded(self):
        annexes = [(f"annex {number:02}.csv", b"presences") for number in range(20)]
        for name, content in (
            ("protected.pdf", protected(facturx())),
            ("files.pdf", pdf_with_files(("data.xml", b"<d/>"), *annexes, ("factur-x.xml", cii()))),
        ):
            with self.subTest(name):
                bill = self._upload(content, name)
                self.assertRecordValues(bill, [{"ref": "F-2015-07", "amount_untaxed": 150.0}])
                bill.unlink()

    def test_a_file_that_is_too_large_is_told_in_words_that_fit(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        large = b" " * (10 << 20)
        for name, content in (("facture.pdf", pdf() + large), ("facture.xml", cii() + large)):
            with self.subTest(name):
                bill = self._upload(content, name, lang="fr_FR")
                self.assertFalse(bill.invoice_line_ids)
                self.assertIn(
                    f"{name} dépasse 10 Mo&nbsp;: le fichier est gardé, mais pas lu. Saisissez la"
                    " facture, ou apportez un fichier plus petit&nbsp;: son XML seul, par exemple.",
                    "".join(bill.message_ids.mapped("body")),
                )

    def test_a_file_dropped_on_a_bill(self):
        bill = self.env["account.move"].create({"move_type": "in_invoice"})
        dropped = self._attach(
            EXTERNAL.encode(), "externe.xml", res_model="account.move", res_id=bill.id
        )
        with patch.object(mixin, "etree", None):
            dropped._post_add_create()
        self.assertFalse(bill.invoice_line_ids)
        self.assertIn("could harm", "".join(bill.message_ids.mapped("body")))
