"""Bills of spaces in payment orders of the OCA, their SEPA file, and what comes back."""

import base64
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import Command, fields
from odoo.tests import new_test_user
from odoo.tools import file_path, format_date

from ..common import JUNE
from ..matching.test_paying import PayingCase
from ..matching.test_posting import IBAN, OTHER_IBAN

OUR_IBAN = "FR76 1027 8060 0000 0206 5554 068"
PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>CAMT-1</MsgId><CreDtTm>2015-08-06T06:00:00</CreDtTm></GrpHdr>
    <Stmt>
      <Id>2015-08-05</Id>
      <CreDtTm>2015-08-06T06:00:00</CreDtTm>
      <Acct><Id><IBAN>{ours}</IBAN></Id><Ccy>EUR</Ccy></Acct>
      <Bal>
        <Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>
        <Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2015-08-05</Dt></Dt>
      </Bal>
      <Bal>
        <Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
        <Amt Ccy="EUR">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2015-08-05</Dt></Dt>
      </Bal>
      {entries}
    </Stmt>
  </BkToCstmrStmt>
</Document>"""
ENTRY = """<Ntry>
        <Amt Ccy="EUR">{amount:.2f}</Amt>
        <CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
        <BookgDt><Dt>2015-08-05</Dt></BookgDt><ValDt><Dt>2015-08-05</Dt></ValDt>
        <AcctSvcrRef>{end_to_end}-B</AcctSvcrRef>
        <BkTxCd/>
        <NtryDtls><TxDtls>
          <Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>
          <RltdPties>
            <Cdtr><Nm>{name}</Nm></Cdtr>
            <CdtrAcct><Id><IBAN>{iban}</IBAN></Id></CdtrAcct>
          </RltdPties>
          <RmtInf><Ustrd>{communication}</Ustrd></RmtInf>
        </TxDtls></NtryDtls>
      </Ntry>"""


class PaymentOrderCase(PayingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # as who imports bank statements has
        cls.accountant.group_ids |= cls.env.ref("account.group_account_user")
        cls.accountant.group_ids |= cls.env.ref("account_payment_order.group_account_payment")
        cls.bank.bank_account_id = cls.env["res.partner.bank"].create(
            {"acc_number": OUR_IBAN, "partner_id": cls.company.partner_id.id}
        )
        method = cls.env.ref("account_banking_sepa_credit_transfer.sepa_credit_transfer")
        cls.bank.outbound_payment_method_line_ids = [
            Command.create({"name": "SEPA", "payment_method_id": method.id})
        ]
        cls.mode = cls._new_mode("SEPA", method)
        cls.operator.supplier_payment_mode_id = cls.mode

    @classmethod
    def _new_mode(cls, name, method):
        return cls.env["account.payment.mode"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "bank_account_link": "fixed",
                "fixed_journal_id": cls.bank.id,
                "payment_method_id": method.id,
                "group_lines": False,
                "default_date_prefered": "now",
            }
        )

    def _shown(self, action):
        self.assertEqual(action["res_model"], "coworking.bill.payment")
        return (
            self.env["coworking.bill.payment"].with_user(self.accountant).browse(action["res_id"])
        )

    def _order(self, bills):
        action = self._shown(self._choose(bills)).action_create_payment_order()
        self.assertEqual(action["res_model"], "account.payment.order")
        return self.env["account.payment.order"].with_user(self.accountant).browse(action["res_id"])

    def _file(self, order):
        """The file for the bank, which its schema allows."""
        order.draft2open()
        file = self.env["ir.attachment"].browse(order.open2generated()["res_id"])
        root = etree.fromstring(file.raw)
        path = file_path("account_banking_sepa_credit_transfer/data/pain.001.001.03.xsd")
        etree.XMLSchema(etree.parse(path)).assertValid(root)
        return root

    def _read(self, root, path):
        return root.xpath(f"//p:{path}/text()", namespaces={"p": PAIN})


class TestPaymentOrder(PaymentOrderCase):
    def test_the_bills_that_are_right_go_into_one_order_and_its_file(self):
        bills = self._right_bill("F-1", 100.0) | self._right_bill("F-2", 50.55)
        order = self._order(bills)
        self.assertEqual(order.payment_line_ids.move_line_id.move_id, bills)
        self.assertEqual(order.total_company_currency, 150.55)
        root = self._file(order)
        self.assertEqual(self._read(root, "InstdAmt"), ["100.00", "50.55"])
        self.assertEqual(set(self._read(root, "CtrlSum")), {"150.55"})
        self.assertEqual(set(self._read(root, "CdtrAcct//p:IBAN")), {IBAN.replace(" ", "")})
        self.assertEqual(self._read(root, "DbtrAcct//p:IBAN"), [OUR_IBAN.replace(" ", "")])
        self.assertEqual(self._read(root, "Ustrd"), ["F-1", "F-2"])

    def test_bank_details_that_nobody_verified_keep_a_bill_out_by_name(self):
        right = self._right_bill("F-1")
        doubtful = self._right_bill("F-2", partner=self.space_b.operator_id, partner_bank_id=False)
        doubtful.payment_mode_id = self.mode
        doubtful.partner_bank_id = self.env["res.partner.bank"].create(
            {"acc_number": OTHER_IBAN, "partner_id": self.space_b.operator_id.id}
        )
        wizard = self._shown(self._choose(right | doubtful))
        self.assertEqual(wizard.line_ids.move_id, doubtful)
        self.assertIn(OTHER_IBAN, wizard.line_ids.reason)
        action = wizard.action_create_payment_order()
        order = self.env["account.payment.order"].browse(action["res_id"])
        self.assertEqual(order.payment_line_ids.move_line_id.move_id, right)

    def test_what_no_order_pays_is_kept_out_by_name(self):
        right = self._right_bill("F-1")
        by_hand = self._right_bill("F-2")
        manual = self.bank.outbound_payment_method_line_ids.payment_method_id.filtered(
            lambda method: method.code == "manual"
        )
        by_hand.payment_mode_id = self._new_mode("By hand", manual)
        by_hand.payment_mode_id.payment_order_ok = False
        by_hand.partner_bank_id = self.account
        wizard = self._shown(self._choose(right | by_hand))
        self.assertFalse(wizard.line_ids)
        again = self._shown(wizard.action_create_payment_order())
        self.assertEqual(again, wizard)
        self.assertEqual(wizard.line_ids.move_id, by_hand)
        self.assertIn("No payment mode that goes into payment orders", wizard.line_ids.reason)
        order = self.env["account.payment.order"].browse(
            wizard.action_create_payment_order()["res_id"]
        )
        self.assertEqual(order.payment_line_ids.move_line_id.move_id, right)

    def test_a_bill_without_a_payment_mode_says_what_it_lacks(self):
        bill = self._right_bill()
        bill.payment_mode_id = False
        bill.partner_bank_id = False
        self.assertKeptOut(bill, "No payment mode", self.operator.name)

    def test_a_bill_in_an_order_is_paid_by_nothing_else(self):
        bill = self._right_bill()
        before = self._shown(self._choose(bill))
        by_hand = self._fill(before.action_register_payment())
        order = self._order(bill)
        self.assertKeptOut(bill, f"Already in payment order {order.name}")
        with self.assertRefused("F-1: Already in payment order"):
            before.action_create_payment_order()
        with self.assertRefused("F-1: Already in payment order"):
            by_hand.action_create_payments()
        with self.assertRefused("F-1: Already in payment order", "Take these bills out"):
            self._fill(
                bill.with_user(self.accountant).action_register_payment()
            ).action_create_payments()
        order.action_cancel()
        self.assertFalse(bill._coworking_get_refusals_to_pay())

    def test_who_pays_by_hand_need_not_know_orders(self):
        bill = self._right_bill()
        self._order(bill)
        payments = self.env.ref("account_payment_order.group_account_payment")
        self.accountant.group_ids -= payments
        self.assertKeptOut(bill, "Already in payment order")

    def test_who_pays_orders_need_not_know_the_incubation(self):
        payer = new_test_user(
            self.env,
            login="t_payer",
            groups="account.group_account_invoice,account_payment_order.group_account_payment",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        bill = self._right_bill()
        order = self._order(bill).with_user(payer)
        self.assertEqual(self._read(self._file(order), "InstdAmt"), ["100.00"])
        order.action_cancel()
        order.cancel2draft()
        self._decide(bill, "disputed")
        with self.assertRefused("F-1: Disputed"):
            order.draft2open()

    def test_a_bank_account_that_changed_after_choosing_stops_the_order(self):
        bill = self._right_bill()
        order = self._order(bill)
        self.account.sudo().allow_out_payment = False
        with self.assertRefused(order.name, "F-1", "nobody has verified", IBAN):
            order.draft2open()
        self.account.sudo().allow_out_payment = True
        order.draft2open()
        bill.partner_bank_id = self._new_account(OTHER_IBAN)
        with self.assertRefused("F-1: The bank account of the bill is not that of the order"):
            order.open2generated()

    def test_what_was_paid_by_hand_meanwhile_stops_the_order(self):
        bill = self._right_bill()
        chosen = self._shown(self._choose(bill))
        order = self._order(bill)
        part = self._fill(bill.with_user(self.accountant).action_register_payment())
        part.amount = 30.0
        part._create_payments()  # as by the bank, which asks nobody
        with self.assertRefused("F-1: Only", self._money(70.0), "is left"):
            order.draft2open()
        order.payment_line_ids.amount_currency = 70.0
        root = self._file(order)
        self.assertEqual(self._read(root, "InstdAmt"), ["70.00"])
        self.assertEqual(chosen.move_ids, bill)

    def test_a_bill_twice_in_an_order_is_more_than_is_left(self):
        order = self._order(self._right_bill())
        order.payment_line_ids.copy({"order_id": order.id})
        with self.assertRefused("F-1: Only", self._money(100.0)):
            order.draft2open()

    def test_a_dispute_that_began_after_choosing_stops_the_order(self):
        bill = self._right_bill()
        order = self._order(bill)
        order.draft2open()
        self._decide(bill, "disputed")
        with self.assertRefused("F-1: Disputed"):
            order.open2generated()

    def test_a_credit_note_in_an_order_is_the_orders_to_take_off(self):
        bill, note = self._right_bill(), self._right_bill("A-1", 30.0, move_type="in_refund")
        note.payment_mode_id = self.mode
        note.partner_bank_id = self.account
        self.mode.group_lines = True
        self.assertIn(bill, bill._coworking_get_refusals_to_pay())
        note.with_user(self.accountant).create_account_payment_line()
        order = self._order(bill)
        self.assertEqual(order.payment_line_ids.move_line_id.move_id, bill | note)
        self.assertEqual(self._read(self._file(order), "InstdAmt"), ["70.00"])

    def test_orders_of_other_suppliers_are_left_to_the_oca(self):
        printer = self.env["res.partner"].create(
            {"name": "Printer", "supplier_payment_mode_id": self.mode.id}
        )
        account = self.env["res.partner.bank"].create(
            {"acc_number": OTHER_IBAN, "partner_id": printer.id}
        )
        bill = self._vendor_bill(partner=printer, partner_bank_id=account.id)
        bill.action_post()
        bill.with_user(self.accountant).create_account_payment_line()
        order = bill.line_ids.payment_line_ids.order_id.with_user(self.accountant)
        self.assertEqual(self._read(self._file(order), "InstdAmt"), ["100.00"])


class TestComesBack(PaymentOrderCase):
    """The bank says that it has paid."""

    def _import(self, order):
        payments = order.payment_ids
        camt = CAMT.format(
            ours=OUR_IBAN.replace(" ", ""),
            closing=f"{1000 - sum(payments.mapped('amount')):.2f}",
            entries="".join(
                ENTRY.format(
                    amount=payment.amount,
                    end_to_end=payment.id,
                    name=payment.partner_id.name,
                    iban=payment.partner_bank_id.sanitized_acc_number,
                    communication=payment.payment_reference,
                )
                for payment in payments
            ),
        )
        wizard = (
            self.env["account.statement.import"]
            .with_user(self.accountant)
            .with_context(_test_account_reconcile_oca=True)  # as outside of tests
            .create(
                {
                    "statement_file": base64.b64encode(camt.encode()),
                    "statement_filename": "camt.xml",
                }
            )
        )
        return wizard._import_file()

    def _month(self, statement):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["coworking.month.line"].search([("statement_id", "=", statement.id)])

    def _bill_of_june(self):
        self._new_seat("1/6", "30/6")
        june = self._settle(JUNE)
        bill = self._bill(june)
        bill.write(
            {"ref": "F-2015-06", "invoice_date": "2015-07-02", "partner_bank_id": self.account.id}
        )
        bill.action_post()
        self._month(june).with_user(self.accountant).action_match()
        return june, bill

    def _pay_june(self):
        june, bill = self._bill_of_june()
        action = self._month(june).with_user(self.accountant).action_pay()
        order = self.env["account.payment.order"].browse(
            self._shown(action).action_create_payment_order()["res_id"]
        )
        self._file(order.with_user(self.accountant))
        order.with_user(self.accountant).generated2uploaded()
        return june, bill, order

    def _facts(self, bill):
        return [
            (str(day), float(amount)) for day, amount, __ in bill._coworking_payment_facts()[bill]
        ]

    def test_the_month_says_paid_once_the_bank_has_told_of_it(self):
        june, bill, order = self._pay_june()
        self.assertTrue(order.payment_ids.move_id)
        self.assertEqual(self._month(june).payment, "in_payment")
        self.assertKeptOut(bill, "Already paid")
        self._import(order)
        line = self._month(june)
        self.assertEqual(line.payment, "paid")
        self.assertTrue(order.payment_ids.is_matched)
        day = format_date(self.env, order.payment_line_ids.date)
        self.assertEqual(line.paid_on, f"{day}: {self._money(180.0)}")

    def test_a_payment_is_of_the_day_on_which_the_bank_is_to_make_it(self):
        june, bill = self._bill_of_june()
        due = fields.Date.today() + relativedelta(days=20)
        bill.line_ids.filtered(lambda item: item.payment_mode_id).date_maturity = due
        self.mode.default_date_prefered = "due"
        order = self._order(bill)
        self._file(order)
        order.generated2uploaded()
        self.assertEqual(self._facts(bill), [(str(due), 180.0)])

    def test_transfers_of_several_bills_at_once_are_found_by_themselves_too(self):
        self.mode.group_lines = True
        bills = self._right_bill("F-1", 100.0) | self._right_bill("F-2", 50.0)
        order = self._order(bills)
        self._file(order)
        order.generated2uploaded()
        self.assertEqual(order.payment_ids.mapped("amount"), [150.0])
        self._import(order)
        self.assertEqual(bills.mapped("payment_state"), ["paid", "paid"])

    def _pay_june_without_entry(self):
        """As where payments wait for their bank line without an entry of their own."""
        self.bank.outbound_payment_method_line_ids.payment_account_id = False
        move_class = self.registry["account.move"]
        with patch.object(move_class, "_get_invoice_in_payment_state", lambda move: "in_payment"):
            june, bill, order = self._pay_june()
            self.assertFalse(order.payment_ids.move_id)
            return june, bill, order

    def test_a_payment_without_an_entry_keeps_its_bill_from_being_paid_again(self):
        june, bill, order = self._pay_june_without_entry()
        self.assertEqual(self._month(june).payment, "in_payment")
        self.assertEqual(bill.amount_residual, 180.0)
        self.assertKeptOut(bill, f"{self._money(180.0)} is under way")
        self._import(order)
        self.assertEqual(self._month(june).payment, "paid")
        self.assertEqual(self._facts(bill), [("2015-08-05", 180.0)])

    def test_an_order_that_is_cancelled_gives_its_bills_back(self):
        june, bill, order = self._pay_june()
        order.with_user(self.accountant).action_uploaded_cancel()
        self.assertEqual(self._month(june).payment, "not_paid")
        self.assertFalse(bill._coworking_get_refusals_to_pay())
