"""What corrects a month, or a credit note of another document, is set off against a bill: that pays
it. What takes a bill back is its own credit note.
"""

from ..common import JULY, JUNE, CoworkingCase, d


class TestSetOff(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.funding_rate = 80.0
        cls.seat = cls._new_seat("1/6", "30/6")
        cls.june = cls._settle()

    def _post(self, moves):
        moves.invoice_date = d("10/7")
        for move in moves.filtered(lambda row: row.move_type == "in_refund"):
            move.ref = f"A-{move.id}"
            self.env["ir.attachment"].create(
                {"name": "Credit note", "raw": b"x", "res_model": move._name, "res_id": move.id}
            )
        moves.action_post()
        return moves

    def _bill_and_post(self, statement):
        return self._post(self._bill(statement))

    def _invoice_and_post(self, statement):
        before = statement.copayment_invoice_ids
        statement.action_create_copayment_invoices()
        return self._post(statement.copayment_invoice_ids - before)

    def _set_off(self, *moves):
        items = (
            self.env["account.move"]
            .union(*moves)
            .line_ids.filtered(
                lambda line: line.account_type in ("liability_payable", "asset_receivable")
            )
        )
        items.reconcile()

    def _was_never_there(self):
        self.seat.write({"date_start": d("1/9"), "date_end": d("30/9")})
        return self._settle(JULY)

    def _check(self):
        self.env.flush_all()
        self.assertEqual(self.env["coworking.books"]._check(self.company), [])

    def test_a_bill_is_not_made_again(self):
        bill = self._bill_and_post(self.june)
        note = self._bill_and_post(self._was_never_there())
        self.assertRecordValues(note, [{"move_type": "in_refund", "amount_total": 180.0}])
        self._set_off(bill, note)
        self.assertFalse(bill.amount_residual)
        self.assertEqual(bill.payment_state, "paid")
        self.assertEqual(self.june.state, "billed")
        with self.assertRefused(self.june.name):
            self.june.action_create_bill()
        self._check()

    def test_nor_is_what_a_participant_was_asked_for(self):
        invoice = self._invoice_and_post(self.june)
        note = self._invoice_and_post(self._was_never_there())
        self.assertRecordValues(note, [{"move_type": "out_refund", "amount_total": 36.0}])
        self._set_off(invoice, note)
        self.assertFalse(invoice.amount_residual)
        with self.assertRefused("Nothing to invoice"):
            self.june.action_create_copayment_invoices()
        self._check()

    def test_nor_is_one_that_the_credit_note_of_another_month_pays(self):
        self.seat.date_end = d("31/7")
        july = self._settle(JULY)
        first, second = self._bill_and_post(self.june), self._bill_and_post(july)
        note = first._reverse_moves([{"invoice_date": d("12/7")}])
        note.ref = "A-1"
        note.action_post()
        note.line_ids.remove_move_reconcile()
        self._set_off(second, note)
        self.assertEqual(second.payment_state, "paid")
        self.assertEqual(july.state, "billed")
        self._check()

    def _receive_note(self, bill, name):
        """The operator's own credit note of all of a bill, which names a charge."""
        note = self.env["account.move"].create(
            {
                "move_type": "in_refund",
                "partner_id": bill.partner_id.id,
                "invoice_date": d("12/7"),
                "ref": "A-2",
                "invoice_line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": name,
                            "product_id": self.seat_product.id,
                            "price_unit": line.price_unit,
                            "tax_ids": [(6, 0, line.tax_ids.ids)],
                        },
                    )
                    for line in bill.invoice_line_ids
                ],
            }
        )
        note.action_post()
        self.assertEqual(note.amount_total, bill.amount_total)
        return note

    def test_nor_is_one_that_an_operator_s_credit_note_for_the_correction_pays(self):
        bill = self._bill_and_post(self.june)
        july = self._was_never_there()
        charge = july.charge_ids
        note = self._receive_note(bill, charge._get_bill_line_names()[charge])
        self.assertEqual(july.match_ids.move_id, note)
        self._set_off(bill, note)
        self.assertEqual(bill.payment_state, "paid")
        self.assertEqual(self.june.state, "billed")
        self._check()

    def test_nor_where_it_was_set_off_before_the_correction_was_there(self):
        bill = self._bill_and_post(self.june)
        note = self._receive_note(bill, bill.invoice_line_ids.name)
        self._set_off(bill, note)
        self.assertEqual(bill.payment_state, "reversed", "as far as one knows")
        self.assertEqual(self.june.state, "confirmed")
        july = self._was_never_there()
        self.assertEqual(july.match_ids.move_id, note)
        self.assertEqual(bill.payment_state, "paid")
        self.assertEqual(self.june.state, "billed")
        self.assertEqual(july.state, "billed")
        with self.assertRefused(self.june.name):
            self.june.action_create_bill()
        self._check()

    def test_its_own_credit_note_takes_it_back(self):
        bill = self._bill_and_post(self.june)
        bill._reverse_moves([{"invoice_date": d("12/7")}], cancel=True)
        self.assertEqual(bill.payment_state, "reversed")
        self.assertEqual(self.june.state, "confirmed")
        self.assertEqual(self._bill(self.june).state, "draft")
        self.assertEqual(self.june.date_from, JUNE)
