"""The accountant: a bill handed in until it is matched, the end of the month, its workbook."""

import base64
import io
from unittest.mock import patch

from openpyxl import load_workbook

from odoo import Command

from odoo.addons.coworking_incubation.models.matching.coworking_reconciliation import (
    CoworkingReconciliation,
)

from ..common import d
from ..matching.received import ReceivedCase, facturx
from .common import TourCase

MAY = d("1/5")


class TestAccountant(ReceivedCase, TourCase):
    def test_a_bill_is_handed_in_read_and_matched(self):
        self._new_seat("1/5", "31/7", "Inès Carpentier")
        statement = self._settle(MAY)
        content = facturx(note=statement.name, reference="F-2015-117")
        file = {"file": "Facture mai.pdf", "content": base64.b64encode(content).decode()}
        self._tour("upload", self.accountant, **file)
        received = self.Files.search([("name", "=", "Facture mai.pdf")])
        self.assertRecordValues(
            received, [{"state": "waiting", "source": "upload", "move_id": False}]
        )
        self._read_files()
        self.assertFile(received, "decoded", "decoded", statement_id=statement.id)
        self._tour(
            "received",
            self.accountant,
            statement=statement.name,
            reference="F-2015-117",
            person="Inès Carpentier",
            **file,
        )
        self.assertRecordValues(
            statement.match_ids,
            [
                {
                    "move_id": received.move_id.id,
                    "expected": 180.0,
                    "invoiced": 180.0,
                    "decision": "matched",
                    "user_id": self.accountant.id,
                }
            ],
        )

    def _end_of_may(self):
        """180.00 used and not billed; 140.00 billed for a month of which 15 days of 31 are left."""
        seat = self._new_seat("1/5", "31/5", "Inès Carpentier")
        self._settle(MAY)
        self.tariff_b.period = "anniversary"
        self._new_seat("16/5", "15/7", "Rayan Diallo", self.tariff_b)
        ahead = self._generate(MAY).filtered(lambda row: row.space_id == self.space_b)
        ahead.action_confirm()
        bill = self._bill(ahead)
        bill.write({"invoice_date": d("20/5"), "date": d("20/5")})
        bill.action_post()
        return seat

    def test_the_end_of_the_month_is_listed_and_exported(self):
        seat = self._end_of_may()
        self._tour(
            "month_end",
            self.accountant,
            used="180,00",
            prepaid="-67,74",
            program=self.program.name,
            seat=seat.name,
        )
        lines = self.env["coworking.month.end.line"].search(
            [("program_id", "=", self.program.id)], order="kind"
        )
        self.assertRecordValues(
            lines, [{"kind": "accrued", "cost": 180.0}, {"kind": "prepaid", "cost": -67.74}]
        )

    def _month_end_accounts(self):
        for kind, code, name, account_type in (
            ("accrued", "408100", "Factures non parvenues", "liability_current"),
            ("credit", "409800", "Avoirs à recevoir", "asset_current"),
            ("prepaid", "486000", "Charges constatées d'avance", "asset_current"),
            ("to_invoice", "418100", "Factures à établir", "asset_current"),
        ):
            self.accounts[kind] = self.env["account.account"].create(
                {
                    "name": name,
                    "code": code,
                    "account_type": account_type,
                    "reconcile": True,
                    "company_ids": [Command.set(self.company.ids)],
                }
            )

    def test_the_end_of_the_month_is_entered_posted_and_reversed(self):
        """On a French chart of accounts, without a setting."""
        self._month_end_accounts()
        self.accounts["expense"].write({"name": "Locations, coworking"})
        self.accounts["income"].write({"name": "Participations"})
        self.seat_product.name = "Place de coworking"
        self.program.funding_rate = 80.0
        seat = self._end_of_may()
        self._tour("month_end_entries", self.accountant, program=self.program.name, seat=seat.name)
        entry = self.env["account.move"].search([("coworking_program_id", "=", self.program.id)])
        self.assertRecordValues(
            entry | entry.reversal_move_ids,
            [
                {"date": d("31/5"), "state": "posted"},
                {"date": d("1/6"), "state": "posted"},
            ],
        )
        self.assertEqual(entry.create_uid, self.accountant)
        expense = entry.line_ids.filtered(lambda line: line.account_id == self.accounts["expense"])
        self.assertEqual(sum(expense.mapped("balance")), 180.0 - 67.74)

    def test_a_participant_s_account_says_what_is_due_credited_paid_and_left(self):
        self.program.funding_rate = 80.0
        self._new_seat("1/5", "31/5", "Inès Carpentier")
        statement = self._settle(MAY)
        statement.action_create_copayment_invoices()
        invoice = statement.copayment_invoice_ids
        invoice.write({"invoice_date": d("2/6"), "invoice_date_due": d("12/6")})
        invoice.action_post()
        note = invoice._reverse_moves([{"invoice_date": d("3/6")}])
        note.invoice_line_ids.price_unit = 10.0
        note.action_post()
        (invoice | note).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self._new_bank()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": d("10/6"), "amount": 20.0})._create_payments()
        self._tour("copayment_accounts", self.accountant, person="Inès Carpentier")

    def test_the_workbook_is_downloaded(self):
        self._end_of_may()
        made = []
        workbook = CoworkingReconciliation._make_workbook

        def keep(model, *args):
            made.append(workbook(model, *args))
            return made[-1]

        with patch.object(CoworkingReconciliation, "_make_workbook", keep):
            self._tour("workbook", self.accountant)
        (content,) = made
        names = load_workbook(io.BytesIO(content)).sheetnames
        self.assertEqual(names, ["Mois", "Par espace", "Définitions"])
