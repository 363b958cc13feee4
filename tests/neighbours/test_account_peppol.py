"""Bills that come through an access point are those of the month, as by every other way."""

from unittest.mock import patch

from odoo.addons.coworking_incubation import invoice_reader

from ..common import JUNE
from ..matching.received import OTHER_VAT, ReceivedCase, facturx, ubl
from ..matching.test_bad_files import BOMB


class TestPeppol(ReceivedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_seat("1/6", "30/6")
        cls.june = cls._settle(JUNE)
        cls.company.peppol_purchase_journal_id = cls.env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", cls.company.id)], limit=1
        )
        # Nobody is asked: what came is given to it.
        cls.access_point = cls.env["account_edi_proxy_client.user"].new(
            {"company_id": cls.company.id, "proxy_type": "peppol"}
        )

    def _import(self, content, uuid="uuid-1"):
        attachment = self.env["ir.attachment"].create(
            {"name": "bill.xml", "raw": content, "mimetype": "application/xml"}
        )
        with patch.object(type(self.env.cr), "commit", lambda cr: None):
            return self.access_point._peppol_import_invoice(attachment, "done", uuid)

    def _come(self, content, uuid="uuid-1"):
        answer = self._import(content, uuid)
        self.assertEqual(answer["uuid"], uuid)
        self._read_files()
        return answer["move"]

    def _get_bills(self):
        return self.env["account.move"].search(
            [("partner_id", "=", self.operator.id), ("move_type", "=", "in_invoice")]
        )

    def test_it_completes_the_draft_of_the_month(self):
        draft = self._bill(self.june)
        self._come(ubl(150, 30, note=self.june.name))
        self.assertEqual(self._get_bills(), draft)
        self.assertRecordValues(
            draft,
            [
                {
                    "ref": "F-2015-07",
                    "amount_total": 180.0,
                    "state": "draft",
                    "peppol_message_uuid": "uuid-1",
                    "peppol_move_state": "done",
                }
            ],
        )
        self.assertEqual(self.june.gap_amount, 0.0)
        self.assertTrue(all(draft.invoice_line_ids.mapped("analytic_distribution")))

    def test_of_an_operator_without_numbers_the_month_that_it_quotes_is_completed(self):
        draft = self._bill(self.june)
        self.operator.write({"vat": False, "company_registry": False})
        self._come(ubl(150, 30, note=self.june.name))
        self.assertEqual(self._get_bills(), draft)
        self.assertEqual((draft.ref, self.june.gap_amount), ("F-2015-07", 0.0))

    def test_received_twice_it_is_one_bill_which_the_last_message_is_of(self):
        content = ubl(150, 30, note=self.june.name)
        bill = self._come(content)
        again = self._come(content, uuid="uuid-2")
        self.assertFalse(again)
        self.assertEqual(self._get_bills(), bill)
        self.assertEqual(bill.peppol_message_uuid, "uuid-2")
        self.assertEqual(self.june.invoiced_amount, 180.0)
        came = self.env["ir.attachment"].search([("name", "=", "bill.xml")])
        moves = came.filtered(lambda file: file.res_model == "account.move").mapped("res_id")
        self.assertEqual(set(moves), {bill.id})

    def test_a_bill_that_was_known_before_is_the_one_that_its_message_is_of(self):
        draft = self._bill(self.june)
        file = self._received(facturx(), statement=self.june)
        self.assertEqual(file.move_id, draft)
        draft.action_post()
        self.assertFalse(self._come(ubl(150, 30)).exists())
        self.assertEqual(self._get_bills(), draft)
        self.assertRecordValues(
            draft,
            [
                {
                    "state": "posted",
                    "peppol_message_uuid": "uuid-1",
                    "peppol_move_state": "done",
                }
            ],
        )

    def test_before_a_bill_is_made_it_is_matched(self):
        move = self._come(ubl(150, 30, note=self.june.name))
        self.assertEqual(self._get_bills(), move)
        self.assertEqual((self.june.gap_amount, self.june.invoiced_amount), (0.0, 180.0))

    def test_the_bill_of_another_supplier_is_as_odoo_makes_it(self):
        move = self._come(ubl(150, 30, vat=OTHER_VAT, seller="Papeterie"))
        self.assertFalse(self.Files.search([("move_id", "=", move.id)]))
        self.assertEqual((move.ref, move.amount_total), ("F-2015-07", 180.0))

    def test_a_bill_that_a_customer_makes_in_our_name_is_one_of_our_sales(self):
        sales = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)]
        )
        sales.default_account_id = self.accounts["income"]
        content = ubl(150, 30, vat=OTHER_VAT).replace(b"TypeCode>380<", b"TypeCode>389<")
        self.assertRecordValues(
            self._come(content), [{"journal_id": sales.id, "move_type": "out_invoice"}]
        )

    def test_what_cannot_be_read_is_kept_for_a_person_and_stops_nothing_that_comes_after(self):
        large = ubl(150, 30, note="-" * invoice_reader.MAX_FILE)
        for content, cause in (
            (BOMB.encode(), "hostile"),
            (large, "too_large"),
            (b"", "wrong_type"),
        ):
            with self.subTest(cause):
                known = self.Files.search([])
                self.assertFalse(self._come(content).exists())
                file = self.Files.search([]) - known
                self.assertFile(file, "refused", cause, source="peppol", to_handle=True)
                self.assertFalse(file.move_id)
        self.assertEqual(self._come(ubl(150, 30)).ref, "F-2015-07")

    def test_without_a_journal_a_bill_waits_at_the_access_point(self):
        self.company.peppol_purchase_journal_id = False
        for content in (ubl(150, 30), BOMB.encode()):
            self.assertEqual(self._import(content), {})
