"""What the accounts need at the end of a month: 408, 4098 and 486, program by program."""

from ..common import JULY, JUNE, CoworkingCase, d


class TestMonthEnd(CoworkingCase):
    def _entries(self, day, programs=None):
        """(entry, seat, cost), and what the accountant would open."""
        wizard = (
            self.env["coworking.month.end"]
            .with_user(self.accountant)
            .create(
                {
                    "date": d(day),
                    "company_id": self.company.id,
                    "program_ids": (programs or self.program).ids,
                }
            )
        )
        action = wizard.action_list()
        lines = self.env["coworking.month.end.line"].search(action["domain"])
        self.assertEqual(lines, wizard.sudo().line_ids)
        return [
            (line.kind, line.seat_id.occupant_name or line.seat_id.name, line.cost)
            for line in lines.sorted(lambda line: (line.kind, line.period, line.charge_id.id))
        ]

    def _posted(self, statement, day):
        bill = self._bill(statement)
        bill.write({"invoice_date": d(day), "date": d(day)})
        bill.action_post()
        return bill

    def _pay(self, bill):
        payments = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        )
        values = {"payment_date": d("10/7"), "journal_id": self._new_bank().id}
        payments.create(values)._create_payments()

    def assertEntries(self, day, *expected, programs=None):
        found = [(kind, cost) for kind, _seat, cost in self._entries(day, programs)]
        self.assertEqual(found, list(expected))

    def test_used_and_not_billed_is_accrued_until_it_is_billed(self):
        self._new_seat("1/6", "30/6")
        june = self._settle()
        self.assertEntries("30/6", ("accrued", 180.0))
        self._posted(june, "2/7")
        self.assertEntries("30/6", ("accrued", 180.0))
        self.assertEntries("31/7")

    def test_a_draft_bill_is_not_a_bill(self):
        self._new_seat("1/6", "30/6")
        self._bill(self._settle())
        self.assertEntries("30/6", ("accrued", 180.0))

    def test_what_is_left_open_is_told_before_it_is_entered_and_leads_to_it(self):
        self._new_seat("1/6", "30/6")
        june = self._generate(JUNE)
        month_end = self.env["coworking.month.end"].with_user(self.accountant)
        month_end = month_end.create({"date": d("30/6"), "program_ids": self.program.ids})

        def count():
            month_end.invalidate_recordset()
            return month_end.open_statement_count, month_end.draft_bill_count

        self.assertEqual(count(), (1, 0))
        action = month_end.action_open_statements()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), june)
        bill = self._bill(self._settle())
        self.assertEqual(count(), (0, 1))
        action = month_end.action_open_bills()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), bill)
        month_end.date = d("31/5")
        self.assertEqual(count(), (0, 0), "of that day")

    def test_a_month_that_nobody_opened_yet_is_used_all_the_same(self):
        self._new_seat("1/6", "30/6")
        self.assertEntries("30/6", ("accrued", 180.0))

    def test_a_program_that_was_archived_before_it_was_billed_is_not_forgotten(self):
        self._new_seat("1/6", "30/6")
        june = self._settle()
        self._archive_at_once(self.program)
        month_end = self.env["coworking.month.end"].with_user(self.accountant)
        self.assertIn(self.program, month_end._default_programs())
        self.env.flush_all()
        wizard = month_end.create({"date": d("30/6"), "program_ids": self.program.ids})
        wizard.invalidate_recordset()
        wizard.action_list()
        self.assertEqual(wizard.line_ids.mapped("cost"), [180.0])
        bill = self._posted(june, "2/7")
        self.assertIn(self.program, month_end._default_programs(), "it is to be paid")
        self._pay(bill)
        self.env["coworking.statement"]._gc_over_since()
        self.assertNotIn(self.program, month_end._default_programs())
        self.program.active = True
        self.assertIn(self.program, month_end._default_programs())

    def test_nor_is_one_that_was_archived_before_its_first_month_was_made(self):
        seat = self._new_seat("1/6", "30/6")
        self._archive_at_once(self.program)
        month_end = self.env["coworking.month.end"].with_user(self.accountant)
        self.assertIn(self.program, month_end._default_programs())
        seat.action_cancel()
        self.assertNotIn(self.program, month_end._default_programs(), "nobody was there")

    def test_who_deletes_a_line_of_a_bill_reads_no_month_end(self):
        """Lists of it stay for a day."""
        self._new_seat("1/6", "30/6")
        bill = self._bill(self._settle())
        self.assertEntries("30/6", ("accrued", 180.0))
        self._expect_many_rows()
        self.env.flush_all()
        before = self._count_read("coworking_month_end_line")
        bill.unlink()
        self.assertEqual(self._count_read("coworking_month_end_line"), before)

    def test_in_the_middle_of_a_month_by_days(self):
        self._new_seat("1/6", "30/6")
        self.assertEntries("15/6", ("accrued", 90.0))

    def test_what_is_billed_before_it_is_used_is_prepaid(self):
        self.tariff.period = "anniversary"
        self._new_seat("16/6", "15/7")
        self._posted(self._settle(), "30/6")
        self.assertEntries("30/6", ("prepaid", -90.0))
        self.assertEntries("31/7")

    def test_tickets_that_are_left_are_prepaid_and_lost_when_they_expire(self):
        tariff = self._new_tariff(
            "Ten days", 120.0, unit="pack", pack_size=10.0, pack_validity_months=2
        )
        seat = self._new_seat("1/6", "30/9", tariff=tariff)
        self._new_presences(seat, "1/6", "2/6", "3/6")
        self.assertEntries("30/6", ("accrued", 36.0))
        self._posted(self._settle(), "30/6")
        self.assertEntries("30/6", ("prepaid", -84.0))
        self.assertEntries("2/6", ("accrued", 24.0))
        self.assertEntries("31/7")

    def test_tickets_of_who_left_are_lost_even_if_they_never_expire(self):
        tariff = self._new_tariff("Ten days", 120.0, unit="pack", pack_size=10.0)
        seat = self._new_seat("1/6", "15/7", tariff=tariff)
        self._new_presences(seat, "1/6")
        self._posted(self._settle(), "30/6")
        self.assertEntries("30/6", ("prepaid", -108.0))
        self.assertEntries("15/7")

    def test_where_vat_is_recovered_without_it(self):
        self.program.funding_base = "untaxed"
        self.tariff.product_id = self.seat_product_recovered
        self._new_seat("1/6", "30/6")
        self.assertEntries("30/6", ("accrued", 150.0))

    def test_a_correction_below_zero_is_a_credit_note_to_come(self):
        seat = self._new_seat("1/6", "30/6")
        self._posted(self._settle(), "30/6")
        seat.date_start = d("16/6")
        self._settle(JULY)
        self.assertEntries("31/7", ("credit", -90.0))

    def test_what_is_billed_in_part_is_accrued_for_the_rest(self):
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("1/6", "30/6", "B")
        june = self._settle()
        bill = self._bill(june)
        bill.invoice_line_ids[0].unlink()
        bill.write({"invoice_date": d("30/6"), "date": d("30/6")})
        bill.action_post()
        self.assertEntries("30/6", ("accrued", 180.0))

    def test_program_by_program(self):
        other = self._new_program("Other", "OTH")
        self._new_seat("1/6", "30/6", "A")
        self._new_seat("1/6", "30/6", self._new_participant("B", other), self.tariff_b)
        self.assertEntries("30/6", ("accrued", 180.0))
        self.assertEntries(
            "30/6", ("accrued", 180.0), ("accrued", 140.0), programs=self.program | other
        )

    def test_a_deposit_is_not_an_expense(self):
        seat = self._new_seat("1/6", "30/6")
        seat.charge_ids.kind = "deposit"
        self.assertEntries("30/6")

    def test_without_a_program_it_says_so(self):
        wizard = self.env["coworking.month.end"].create(
            {"date": d("30/6"), "company_id": self.company.id, "program_ids": []}
        )
        with self.assertRefused("at least one program"):
            wizard.action_list()
