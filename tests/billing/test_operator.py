"""The legal entity that bills a space changes: settled months stay with the one that ran it."""

from ..common import JULY, JUNE, d
from ..matching.common import MatchingCase


class TestOperatorChanged(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.space.operator_id
        cls.new = cls.env["res.partner"].create({"name": "New operator", "is_company": True})
        cls.seat = cls._new_seat("1/6", "31/7")

    def _change_operator(self):
        self.space.operator_id = self.new
        self.env.flush_all()
        self.env.invalidate_all()

    def test_a_settled_month_keeps_its_operator_and_is_billed_by_it(self):
        june = self._settle()
        self._change_operator()
        self.assertEqual(june.operator_id, self.old)
        self.assertFalse(june.pending_changes)
        self.assertEqual(self._bill(june).partner_id, self.old)
        self.assertEqual(june.operator_id, self.old)
        self.assertEqual(self._settle(JULY).operator_id, self.new)

    def test_an_open_month_follows_the_space_and_is_computed_again(self):
        june = self._generate(JUNE)
        june.action_send()
        position = self._exempt_position()
        self.new.property_account_position_id = position
        self._change_operator()
        self.assertEqual(june.operator_id, self.new)
        self.assertTrue(june.pending_changes)
        self.assertTrue(june.action_confirm(), "settled with lines nobody saw")
        self.assertRecordValues(
            june,
            [{"state": "sent", "payable_untaxed": 180.0, "payable_tax": 0.0}],
        )

    def test_what_the_former_operator_billed_early_leaves_the_rest_to_the_new_one(self):
        self._new_seat("1/6", "31/7", "Farid Benali")
        june = self._generate(JUNE)
        self._receive((self.seat.name, 180.0))
        self.assertEqual((june.not_invoiced_amount, june.gap_amount), (0.0, -180.0))
        self._change_operator()
        lines = self.env["coworking.month.line"].search([("statement_id", "=", june.id)])
        for told in (
            (june.not_invoiced_amount, june.gap_amount),
            (sum(lines.mapped("not_invoiced")), sum(lines.mapped("gap"))),
        ):
            self.assertEqual(told, (180.0, 0.0))

    def test_the_operator_is_frozen_even_when_both_change_at_once(self):
        june = self._generate(JUNE)
        july = self._generate(JULY)
        self.space.operator_id = self.new
        june.action_confirm()
        self.space.operator_id = self.old
        self.env.flush_all()
        self.assertEqual(june.operator_id, self.new)
        self.assertEqual(july.operator_id, self.old)

    def test_a_month_given_back_follows_the_space_again(self):
        june = self._settle()
        self._change_operator()
        june.action_withdraw()
        self.assertEqual(june.operator_id, self.new)

    def test_a_cancelled_month_keeps_the_operator_it_had(self):
        june = self._generate(JUNE)
        june.action_cancel()
        self._change_operator()
        self.assertEqual(june.operator_id, self.old)

    def test_the_bill_of_a_settled_month_has_the_tax_of_its_operator(self):
        june = self._settle()
        self.new.property_account_position_id = self._exempt_position()
        self._change_operator()
        bill = self._bill(june)
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.tax_lost)
        self.assertEqual((bill.amount_untaxed, bill.amount_tax), (150.0, 30.0))

    def test_each_operator_s_bills_are_matched_with_its_own_months(self):
        june = self._settle()
        self._change_operator()
        july = self._settle(JULY)
        theirs = self._receive((self.seat.name, 180.0), partner_id=self.old.id)
        self.assertEqual(self._matches(theirs).statement_id, june)
        ours = self._receive((self.seat.name, 180.0), invoice_date=d("3/8"))
        self.assertEqual(ours.partner_id, self.new)
        self.assertEqual(self._matches(ours).statement_id, july)
        self.assertEqual((june.gap_amount, july.gap_amount), (0.0, 0.0))

    def test_the_new_operator_cannot_be_matched_with_months_of_the_old_one(self):
        june = self._settle()
        self._change_operator()
        bill = self._receive((self.seat.name, 180.0), invoice_origin=june.name)
        self.assertEqual(bill.partner_id, self.new)
        self.assertFalse(self._matches(bill).statement_id)

    def test_the_former_operator_stays_known_to_the_accountant(self):
        self._settle()
        self._change_operator()
        self.assertTrue(self.old.is_coworking_space)
        self.assertIn(self.old, self.old.search([("is_coworking_space", "=", True)]))
        self.assertIn(self.old, self.env["coworking.invoice.file"]._get_operators(self.company))
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "FR7612345", "partner_id": self.old.id}
        )
        self.assertTrue(bank.activity_ids, "a bank account of theirs that nobody verified")
        bill = self._receive((self.seat.name, 180.0), partner_id=self.old.id)
        self.assertTrue(bill.coworking_bank_alert)

    def test_a_mail_of_the_former_operator_is_its_own(self):
        former = self.env["res.partner"].create({"name": "Former", "is_company": True})
        self.space.operator_id = former
        self._settle()
        self._change_operator()
        move = self.env["account.move"].new({"company_id": self.company.id})
        self.assertEqual(move._coworking_operator_of(former), former)
        self.assertEqual(move._coworking_operator_of(self.new), self.new)

    def test_the_list_of_month_end_names_who_bills_the_month(self):
        self._settle()
        self._change_operator()
        month_end = self.env["coworking.month.end"].create(
            {"date": d("30/6"), "program_ids": self.program.ids}
        )
        month_end.action_list()
        lines = month_end.line_ids
        self.assertEqual(lines.operator_id, self.old)

    def _exempt_position(self):
        """Article 293 B: the operator bills without tax."""
        exempt = self._new_tax("0% 293 B", amount=0.0)
        position = self.env["account.fiscal.position"].create(
            {"name": "293 B", "company_id": self.company.id}
        )
        exempt.write({"fiscal_position_ids": position.ids, "original_tax_ids": self.tax_lost.ids})
        return position
