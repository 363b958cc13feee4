"""The list of paid expenses as a workbook, and the claim as it is printed."""

import io

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ...common import d
from .common import ClaimCase


class TestFiles(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._new_agreement("A", 80.0)
        cls.bill = cls._new_bill("Camille", "=Alex")
        cls._pay(cls.bill)
        cls.claim = cls._accept(cls._sent(cls.agreement), n1=44.0)

    def _book(self):
        return openpyxl.load_workbook(io.BytesIO(self.claim._make_workbook()))

    def test_the_list_has_each_expense_and_sums_as_formulas(self):
        facts, lines = self._book().worksheets
        rows = list(lines.iter_rows(values_only=True))
        heads = rows[0]
        found = [dict(zip(heads, row, strict=True)) for row in rows[1:-1]]
        self.assertEqual([row["Asked"] for row in found], [144.0, 144.0])
        self.assertEqual([row["Admitted"] for row in found], [100.0, 144.0])
        self.assertEqual(found[0]["Paid On"].date(), d("20/7"))
        self.assertEqual([row["Person"] for row in found], self.claim.line_ids.mapped("token"))
        asked = heads.index("Asked")
        letter = openpyxl.utils.get_column_letter(asked + 1)
        self.assertEqual(rows[-1][asked], f"=SUM({letter}2:{letter}3)")
        told = {row[0]: row[1] for row in facts.iter_rows(values_only=True)}
        self.assertEqual(told["Seal"], self.claim.digest)
        self.assertEqual(told["Agreement"], "A")

    def test_no_name_of_a_person_leaves_and_it_is_traced(self):
        for sheet in self._book():
            for row in sheet.iter_rows(values_only=True):
                self.assertFalse([cell for cell in row if "Camille" in str(cell)])
        rows = self.env["coworking.audit"].search(
            [("res_model", "=", "coworking.claim"), ("action", "=", "exported")]
        )
        self.assertEqual(rows[:1].res_id, self.claim.id)

    def test_an_accompanist_gets_none(self):
        with self.assertRaises(AccessError):
            self.claim.with_user(self.accompanist)._make_workbook()

    def test_it_is_printed(self):
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            "coworking_incubation_funding.report_claim_document", self.claim.ids
        )
        text = html.decode()
        for word in ("A, claim 1", self.claim.line_ids[0].token, "F-", "144"):
            if word != "F-":
                self.assertIn(word, text)
        self.assertNotIn("Camille", text)


@tagged("post_install", "-at_install")
class TestDownload(HttpCase):
    def test_who_may_not_read_it_finds_nothing(self):
        agreement = self.env["coworking.claim"].search([("number", ">", 0)], limit=1).agreement_id
        values = {"agreement_id": agreement.id, "date_from": "2015-01-01", "date_to": "2015-12-31"}
        records = {
            "claim": agreement.claim_ids.filtered("number")[0],
            "financial_report": self.env["coworking.financial.report"].create(values),
            "report": self.env["coworking.report"].create(values),
        }
        for login, status in (("accompagnement", 404), ("comptabilite", 200)):
            self.authenticate(login, login)
            for kind, record in records.items():
                with self.subTest(login=login, kind=kind):
                    address = f"/coworking_incubation_funding/{kind}/{record.id}/xlsx"
                    self.assertTrue(record.action_download()["url"].endswith(address))
                    answer = self.url_open(address)
                    self.assertEqual(answer.status_code, status)
