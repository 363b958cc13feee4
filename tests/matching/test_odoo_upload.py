"""Odoo's own ways for a file to become a bill: its upload button, and files dropped on a bill.

They decode at once, in the process that serves everybody: our bounds hold there as well.
"""

import zlib
from unittest.mock import patch

from odoo.addons.account.models import account_document_import_mixin as mixin

from .received import ReceivedCase, cii, facturx, pdf, ubl
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
        action = (
            self.env["account.journal"]
            .with_user(self.accountant)
            .with_context(default_move_type="in_invoice", lang=lang)
            .create_document_from_attachment(self._attach(content, name).ids)
        )
        return self.env["account.move"].browse(action["res_id"])

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
                    f"{name} dépasse 10 Mo : le fichier est gardé, mais pas lu. Saisissez la"
                    " facture, ou apportez un fichier plus petit : son XML seul, par exemple.",
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


class TestAccessPoint(ReceivedCase):
    """Ways of Odoo that make a bill first and hold on to it: an access point, its upload button."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.env["account.analytic.plan"].create({"name": "Programs"})
        cls.program.analytic_account_id = cls.env["account.analytic.account"].create(
            {"name": "Programme", "plan_id": cls.plan.id}
        )
        cls.seat = cls._new_seat("1/6", "30/6")
        cls.statement = cls._settle()

    def _arrive(self, content, name="facture.xml"):
        """As account_peppol makes a bill of each document that the access point hands over."""
        attachment = self.env["ir.attachment"].create(
            {"name": name, "raw": content, "mimetype": "application/xml"}
        )
        move = self.env["account.move"].create({"move_type": "in_invoice"})
        file_data = move._to_files_data(attachment)[0]
        move._extend_with_attachments([file_data], new=True)
        attachment.write({"res_model": "account.move", "res_id": move.id})
        return move

    def _bills(self):
        return self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("move_type", "=", "in_invoice")]
        )

    def test_it_takes_the_place_of_the_draft_of_the_month(self):
        draft = self._bill(self.statement)
        draft.message_post(body="Said on the draft")
        draft.activity_schedule("mail.mail_activity_data_todo", user_id=self.accountant.id)
        bill = self._arrive(ubl(150.0, 30.0, note=self.statement.name))
        self.assertEqual(self._bills(), bill)
        self.assertEqual((bill.ref, bill.amount_total), ("F-2015-07", 180.0))
        self.assertEqual(bill.invoice_line_ids.coworking_charge_id.seat_id, self.seat)
        self.assertRecordValues(
            bill.invoice_line_ids,
            [
                {
                    "account_id": self.accounts["expense"].id,
                    "analytic_distribution": {str(self.program.analytic_account_id.id): 100.0},
                }
            ],
        )
        self.assertEqual(self.statement.bill_id, bill)
        self.assertEqual((self.statement.gap_amount, self.statement.state), (0.0, "billed"))
        self.assertIn("Said on the draft", "".join(bill.message_ids.mapped("body")))
        self.assertEqual(bill.activity_ids.user_id, self.accountant)
        file = self.Files.search([("move_id", "=", bill.id)])
        self.assertFile(file, "decoded", "completed", operator_id=self.operator.id)
        bill.invoice_date = bill.invoice_date or self.statement.period
        bill.action_post()
        self.assertEqual(bill.state, "posted")

    def test_another_amount_takes_its_place_with_its_own_lines(self):
        self._bill(self.statement)
        bill = self._arrive(ubl(125.0, 25.0, note=self.statement.name))
        self.assertEqual(self._bills(), bill)
        self.assertEqual(bill.amount_total, 150.0)
        self.assertEqual(bill.coworking_statement_id, self.statement)
        self.assertEqual(self.statement.gap_amount, -30.0)
        self.assertFile(
            self.Files.search([("move_id", "=", bill.id)]), "decoded", "replaced", source="network"
        )

    def test_without_a_draft_it_is_booked_as_seats_are(self):
        wrong = self.accounts["tax"]
        self.env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", self.company.id)]
        ).default_account_id = wrong
        bill = self._arrive(ubl(150.0, 30.0, note=self.statement.name))
        self.assertEqual(bill.invoice_line_ids.account_id, self.accounts["expense"])
        self.assertEqual(
            bill.invoice_line_ids.analytic_distribution,
            {str(self.program.analytic_account_id.id): 100.0},
        )
        self.assertEqual(self.statement.gap_amount, 0.0)

    def test_the_same_number_again_stays_a_second_bill_that_odoo_warns_of(self):
        first = self._arrive(ubl(150.0, 30.0, note=self.statement.name))
        second = self._arrive(ubl(150.0, 30.0, note=self.statement.name + " bis"))
        self.assertEqual(second.ref, first.ref)
        self.assertIn(first, second.duplicated_ref_ids)
