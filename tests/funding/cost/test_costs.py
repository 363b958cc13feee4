"""Every posted line on the analytic account of a programme is a cost, once, and paid when it is."""

from decimal import Decimal
from unittest.mock import patch

from odoo import Command

from odoo.addons.coworking_incubation_funding.models.cost.coworking_cost_source import Piece

from ...common import d
from ..common import FundingCase


class TestCosts(FundingCase):
    def test_a_seat_line_is_a_cost_of_its_charge(self):
        bill = self._new_bill("Camille")
        self._refresh()
        (cost,) = self._costs(bill)
        self.assertRecordValues(
            cost,
            [
                {
                    "kind": "seats",
                    "charge_kind": "regular",
                    "amount": 180.0,
                    "paid_amount": 0.0,
                    "date": d("3/7"),
                    "date_from": d("1/6"),
                    "date_to": d("30/6"),
                    "program_id": self.program.id,
                    "partner_id": self.space.operator_id.id,
                    "move_line_id": bill.invoice_line_ids.id,
                }
            ],
        )
        self.assertEqual(cost.participant_id.partner_name, "Camille")
        self.assertEqual(cost.company_id, self.company)
        self.assertTrue(cost.presence_proven)

    def test_refreshed_again_nothing_is_made_twice(self):
        bill = self._new_bill("Camille", "Sacha")
        self._refresh()
        before = self._costs(bill)
        self.assertEqual(len(before), 2)
        bill._coworking_note_costs()
        self._refresh()
        self.assertEqual(self._costs(bill), before)

    def test_one_line_for_two_people_is_a_cost_of_each_charge(self):
        self.space.seat_capacity = 5
        for name in ("Camille", "Sacha"):
            self._new_presences(self._new_seat("1/6", "30/6", name), "10/6")
        statement = self._settle()
        bill = self._new_direct(
            ("Two seats in June", 360.0), partner_id=self.space.operator_id.id, post=False
        )
        bill.coworking_statement_id = statement
        line = bill.invoice_line_ids
        matches = self.env["coworking.match"]
        matches.search([("move_line_id", "=", line.id)]).unlink()
        for charge in statement.charge_ids:
            matches.create(
                {
                    "statement_id": statement.id,
                    "charge_id": charge.id,
                    "move_line_id": line.id,
                    "expected": 180.0,
                    "invoiced": 180.0,
                }
            )
        bill.action_post()
        self._pay(bill, 100.0)
        self._refresh()
        costs = self._costs(bill)
        self.assertEqual(costs.mapped("amount"), [180.0, 180.0])
        self.assertEqual(costs.mapped("paid_amount"), [50.0, 50.0])
        self.assertEqual(set(costs.participant_id.mapped("partner_name")), {"Camille", "Sacha"})

    def test_other_lines_are_direct_costs(self):
        bill = self._new_direct(("Flyers", 50.0), ("Posters", 25.0))
        self._refresh()
        self.assertEqual(self._costs(bill).mapped("kind"), ["direct", "direct"])
        self.assertEqual(self._costs(bill).mapped("name"), ["Flyers", "Posters"])
        self.assertEqual(self._costs(bill).mapped("amount"), [50.0, 25.0])

    def test_a_line_on_no_program_is_no_cost(self):
        bill = self._new_direct(("Flyers", 50.0), post=False)
        bill.invoice_line_ids.analytic_distribution = False
        bill.action_post()
        self._refresh()
        self.assertFalse(self._costs(bill))

    def test_a_line_parted_over_programs_is_a_cost_of_each(self):
        other_account = self.analytic_account.copy({"name": "Other"})
        other = self._new_program("Other 2015", "OTH", analytic_account_id=other_account.id)
        bill = self._new_direct(("Flyers", 50.0), post=False)
        bill.invoice_line_ids.analytic_distribution = {
            str(self.analytic_account.id): 60.0,
            str(other_account.id): 30.0,
        }
        bill.action_post()
        self._pay(bill)
        self._refresh()
        costs = {cost.program_id: cost for cost in self._costs(bill)}
        self.assertEqual(costs[self.program].amount, 30.0)
        self.assertEqual(costs[other].amount, 15.0)
        self.assertEqual(costs[other].paid_amount, 15.0)

    def test_halves_of_an_odd_cent_are_together_what_the_line_is(self):
        other_account = self.analytic_account.copy({"name": "Other"})
        other = self._new_program("Other 2015", "OTH", analytic_account_id=other_account.id)
        halves = {str(self.analytic_account.id): 50.0, str(other_account.id): 50.0}
        bill = self._new_direct(("Flyers", 100.01), post=False)
        note = self._new_direct(("Flyers", 100.01), move_type="in_refund", post=False)
        for move in bill | note:
            move.invoice_line_ids.analytic_distribution = halves
            move.action_post()
            self._pay(move)
        self._refresh()
        for move, sign in ((bill, 1), (note, -1)):
            costs = {cost.program_id: cost for cost in self._costs(move)}
            self.assertEqual(costs[self.program].amount, sign * 50.01)
            self.assertEqual(costs[other].amount, sign * 50.0)
            self.assertEqual(costs[other].paid_amount, sign * 50.0)

    def test_of_two_programs_on_one_account_the_one_that_runs_has_it(self):
        self._new_program("Later", "LAT", date_start="2016-01-01", date_end="2016-12-31")
        bill = self._new_direct(("Flyers", 50.0), day="3/7/16")
        self._refresh()
        self.assertEqual(self._costs(bill).program_id.name, "Later")

    def test_a_credit_note_is_below_zero(self):
        note = self._new_direct(("Flyers", 50.0), move_type="in_refund")
        self._refresh()
        self.assertEqual(self._costs(note).amount, -50.0)

    def test_a_posted_line_given_to_a_program_becomes_a_cost(self):
        bill = self._new_direct(("Flyers", 50.0), post=False)
        bill.invoice_line_ids.analytic_distribution = False
        bill.action_post()
        self._refresh()
        bill.invoice_line_ids.analytic_distribution = {str(self.analytic_account.id): 100.0}
        self._refresh()
        self.assertEqual(self._costs(bill).amount, 50.0)

    def test_a_program_on_another_account_has_other_costs(self):
        bill = self._new_direct(("Flyers", 50.0))
        self._refresh()
        account = self.analytic_account
        self.program.analytic_account_id = account.copy({"name": "Other"})
        self._refresh()
        self.assertFalse(self._costs(bill))
        self.program.analytic_account_id = account
        self._refresh()
        self.assertEqual(self._costs(bill).amount, 50.0)

    def test_a_charge_that_is_computed_again_is_paid_again(self):
        """An early bill is matched with a month that is still open."""
        self._new_presences(self._new_seat("1/6", "30/6", "Camille"), "10/6")
        statement = self._generate()
        bill = self._new_direct(
            ("Place Camille juin 2015", 180.0), partner_id=self.space.operator_id.id
        )
        self._pay(bill)
        self._refresh()
        statement.charge_ids.unlink()
        self._refresh()
        self.assertEqual(sum(self._costs(bill).mapped("paid_amount")), 180.0)

    def test_charges_of_one_line_that_go_leave_its_rest_and_are_paid_again(self):
        """An early bill pays two seats of an open month, and a rest; a seat is cancelled."""
        self.space.seat_capacity = 5
        seats = [self._new_seat("1/6", "30/6", name) for name in ("Camille", "Sacha")]
        statement = self._generate()
        bill = self._new_direct(
            ("Two seats in June, and a key", 400.0),
            partner_id=self.space.operator_id.id,
            post=False,
        )
        bill.coworking_statement_id = statement
        matches = self.env["coworking.match"]
        matches.search([("move_line_id", "=", bill.invoice_line_ids.id)]).unlink()
        for charge in statement.charge_ids:
            matches.create(
                {
                    "statement_id": statement.id,
                    "charge_id": charge.id,
                    "move_line_id": bill.invoice_line_ids.id,
                    "expected": 180.0,
                    "invoiced": 180.0,
                }
            )
        bill.action_post()
        self._pay(bill)
        self._refresh()
        self.assertEqual(sorted(self._costs(bill).mapped("amount")), [40.0, 180.0, 180.0])
        statement.charge_ids.filtered(lambda row: row.seat_id == seats[0]).unlink()
        self._refresh()
        self.assertEqual(sum(self._costs(bill).mapped("paid_amount")), 400.0)

    def test_a_bill_reset_to_draft_is_no_cost_any_more(self):
        bill = self._new_bill("Camille")
        self._refresh()
        bill.button_draft()
        self._refresh()
        self.assertFalse(self._costs(bill))
        bill.action_post()
        self._refresh()
        self.assertEqual(self._costs(bill).amount, 180.0)

    def test_a_line_deleted_and_typed_anew_is_paid_once(self):
        """All before the scheduled action saw the draft."""
        bill = self._new_direct(("Flyers", 100.0))
        self._refresh()
        bill.button_draft()
        bill.invoice_line_ids = [
            Command.clear(),
            Command.create(
                {
                    "name": "Flyers, typed anew",
                    "quantity": 1.0,
                    "price_unit": 100.0,
                    "account_id": self.accounts["expense"].id,
                    "tax_ids": [Command.clear()],
                    "analytic_distribution": {str(self.analytic_account.id): 100.0},
                }
            ),
        ]
        bill.action_post()
        self._pay(bill)
        self._refresh()
        self.assertRecordValues(
            self._costs(bill), [{"name": "Flyers, typed anew", "paid_amount": 100.0}]
        )

    def test_a_draft_is_no_cost(self):
        bill = self._new_direct(("Flyers", 50.0), post=False)
        bill._coworking_note_costs()
        self._refresh()
        self.assertFalse(self._costs(bill))

    def _new_entry(self, **values):
        journal = self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", self.company.id)], limit=1
        )
        entry = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": "2015-06-30",
                "line_ids": [
                    Command.create(
                        {
                            "name": "Insurance",
                            "account_id": self.accounts["expense"].id,
                            "debit": 40.0,
                            "analytic_distribution": {str(self.analytic_account.id): 100.0},
                        }
                    ),
                    Command.create({"account_id": self.accounts["tax"].id, "credit": 40.0}),
                ],
                **values,
            }
        )
        entry.action_post()
        self._refresh()
        return entry

    def test_an_entry_of_expense_is_paid_on_its_day(self):
        self.assertRecordValues(
            self._costs(self._new_entry()),
            [{"kind": "direct", "amount": 40.0, "paid_amount": 40.0, "date_paid": d("30/6")}],
        )

    def test_a_fee_that_the_bank_takes_is_a_cost_too(self):
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2015-06-30",
                "payment_ref": "Fee",
                "amount": -12.0,
            }
        )
        fee = line.move_id.line_ids.filtered(
            lambda row: row.account_id != self.bank.default_account_id
        )
        fee.write(
            {
                "account_id": self.accounts["expense"].id,
                "analytic_distribution": {str(self.analytic_account.id): 100.0},
            }
        )
        self._refresh()
        self.assertRecordValues(self._costs(line.move_id), [{"amount": 12.0, "paid_amount": 12.0}])

    def test_a_line_is_a_cost_of_a_program_of_its_own_company(self):
        """A shared analytic account: the program of the other company comes first."""
        self.analytic_account.company_id = False
        other = self._new_company("Elsewhere")
        program = self._new_program(
            "Elsewhere",
            "ELS",
            company_id=other.id,
            analytic_account_id=False,
            copayment_product_id=False,
        )
        program.analytic_account_id = self.analytic_account
        program.date_start = "2014-01-01"
        bill = self._new_direct(("Flyers", 50.0))
        self._refresh()
        self.assertEqual(self._costs(bill).program_id, self.program)

    def test_a_month_end_is_no_cost(self):
        """What it adds on the last of a month it takes back on the first of the next."""
        # of what nobody used either, and without a reversal
        moves = self.registry["account.move"]
        with (
            patch.object(moves, "_coworking_check_month_end"),
            patch.object(moves, "_coworking_check_together"),
        ):
            entry = self._new_entry(coworking_month_end="2015-06-30")
        self.assertFalse(self._costs(entry))

    def test_without_vat_where_the_program_recovers_it(self):
        program = self._new_program("Recovers", "REC", funding_base="untaxed")
        account = self.analytic_account.copy({"name": "Recovers"})
        program.analytic_account_id = account
        bill = self._new_direct(("Flyers", 100.0), post=False)
        bill.invoice_line_ids.write(
            {
                "tax_ids": [Command.set(self.tax_recovered.ids)],
                "analytic_distribution": {str(account.id): 100.0},
            }
        )
        bill.action_post()
        self._pay(bill, 60.0)
        self._refresh()
        self.assertRecordValues(self._costs(bill), [{"amount": 100.0, "paid_amount": 50.0}])

    def test_without_vat_the_charges_of_a_line_cost_together_what_the_line_does(self):
        """3 x 27.78 are 83.34, of which each is a third of 100.01 with VAT."""
        account = self.analytic_account.copy({"name": "Recovers"})
        program = self._new_program(
            "Recovers", "REC", funding_base="untaxed", analytic_account_id=account.id
        )
        self.space.seat_capacity = 5
        tariff = self._new_tariff(
            "VAT", 27.78, product_id=self.seat_product_recovered.id, tax_included=False
        )
        for name in ("Ada", "Ben", "Cleo"):
            self._new_seat("1/6", "30/6", self._new_participant(name, program), tariff)
        june = self._settle(program=program)
        self.assertEqual(june.payable_total, 100.02)
        bill = self._new_direct(
            (f"Three seats {june.name}", 83.34), partner_id=self.space.operator_id.id, post=False
        )
        bill.invoice_line_ids.write(
            {
                "tax_ids": [Command.set(self.tax_recovered.ids)],
                "analytic_distribution": {str(account.id): 100.0},
            }
        )
        bill.action_post()
        self._pay(bill)
        self._refresh()
        costs = self._costs(bill)
        self.assertEqual(costs.charge_id, june.charge_ids)
        self.assertEqual(costs.mapped("amount"), [27.78] * 3)
        self.assertEqual(costs.mapped("paid_amount"), [27.78] * 3)

    def test_without_vat_what_a_line_pays_and_takes_back_is_each_without_vat(self):
        program = self._new_program("Recovers", "REC", funding_base="untaxed")
        bill = self._new_direct(("Seats", 1.0), post=False)
        bill.invoice_line_ids.tax_ids = self.tax_recovered
        bill.action_post()
        charge = self.env["coworking.charge"]
        for amounts, expected in (
            ((180, -180), (150, -150)),
            ((120, "-118.80"), (100, -99)),
        ):
            pieces = [Piece(program, charge, Decimal(amount)) for amount in amounts]
            found = self.env["coworking.cost"]._get_amounts(bill.invoice_line_ids, pieces)
            self.assertEqual(found, [Decimal(amount) for amount in expected])

    def test_what_participants_owe_the_program_is_told(self):
        self.program.funding_rate = 80.0
        bill = self._new_bill("Camille")
        self._refresh()
        self.assertRecordValues(self._costs(bill), [{"amount": 180.0, "copayment_amount": 36.0}])


class TestPayments(FundingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bill = cls._new_direct(("Room", 180.0), ("Flyers", 120.0))

    def assertPaid(self, *amounts):
        self._refresh()
        self.assertEqual(self._costs(self.bill).mapped("paid_amount"), list(amounts))

    def test_a_part_payment_is_spread_over_the_lines(self):
        self._pay(self.bill, 100.0)
        self.assertPaid(60.0, 40.0)
        self.assertEqual(self._costs(self.bill)[0].payments, [["2015-07-20", "60.00"]])

    def test_two_payments_keep_their_days(self):
        self._pay(self.bill, 100.0)
        self._refresh()
        self._pay(self.bill, 200.0, "3/8")
        self.assertPaid(180.0, 120.0)
        cost = self._costs(self.bill)[0]
        self.assertEqual(cost.payments, [["2015-07-20", "60.00"], ["2015-08-03", "120.00"]])
        self.assertEqual(cost.date_paid, d("3/8"))

    def test_a_payment_taken_back_is_none(self):
        payment = self._pay(self.bill)
        self.assertPaid(180.0, 120.0)
        payment.action_draft()
        self.assertPaid(0.0, 0.0)

    def test_a_payment_without_an_entry_pays_too(self):
        self._pay_without_entry(self.bank, self.bill, 300.0)
        self.assertPaid(180.0, 120.0)

    def _pay_less(self, amount, *bills):
        """The rest is written off, as a discount."""
        moves = self.bill.union(*bills)
        model = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        )
        model.create(
            {
                "payment_date": d("20/7"),
                "journal_id": self.bank.id,
                "group_payment": True,
                "amount": amount,
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": self.accounts["expense"].id,
            }
        )._create_payments()
        self.assertEqual(set(moves.mapped("payment_state")), {"paid"})

    def test_what_a_payment_writes_off_was_not_paid(self):
        """300.00 settled by 294.00: no funder takes part in the rest, and nothing more is due."""
        agreement = self._new_agreement("A", 50.0, amount_granted=1000.0)
        heading = {"name": "Direct", "kind": "direct", "agreement_id": agreement.id}
        self.env["coworking.funding.heading"].create(heading)
        self._pay_less(294.0)
        self.assertPaid(176.4, 117.6)
        self.assertShares(self.bill, A=147.0, own=147.0)
        self.env.invalidate_all()
        self.assertEqual(agreement.amount_committed, 147.0)
        scope = self.env["coworking.dashboard"]._choose_scope(self.program, {})[0]
        self.assertFalse(self.env["coworking.dashboard"]._count_due(scope))

    def test_of_several_bills_each_bears_its_part_of_what_was_written_off(self):
        other = self._new_direct(("Chairs", 100.0), partner_id=self.bill.partner_id.id)
        self._pay_less(390.0, other)
        self.assertPaid(175.5, 117.0)
        self.assertEqual(self._costs(other).paid_amount, 97.5)

    def test_what_the_bank_takes_for_a_payment_pays_no_bill(self):
        """Paid 310.00: the bill is paid, no more."""
        self._pay_less(310.0)
        self.assertPaid(180.0, 120.0)

    def test_a_credit_note_set_off_against_the_bill_pays_it_and_is_used_up(self):
        note = self._new_direct(
            ("Flyers", 60.0), move_type="in_refund", partner_id=self.bill.partner_id.id
        )
        lines = (self.bill | note).line_ids
        lines.filtered(lambda line: line.account_type == "liability_payable").reconcile()
        self._pay(self.bill)
        self.assertPaid(180.0, 120.0)
        self.assertEqual(self._costs(note).paid_amount, -60.0)
        self.assertEqual(sum(self._costs(self.bill, note).mapped("paid_amount")), 240.0)

    def test_a_credit_note_pays_and_gives_back_nothing_while_its_bill_is_a_draft_again(self):
        """They stay reconciled."""
        note = self._new_direct(
            ("Flyers", 60.0), move_type="in_refund", partner_id=self.bill.partner_id.id
        )
        lines = (self.bill | note).line_ids
        lines.filtered(lambda line: line.account_type == "liability_payable").reconcile()
        self._refresh()
        self.assertEqual(self._costs(note).paid_amount, -60.0)
        self.bill.button_draft()
        self._refresh()
        self.assertEqual(self._costs(note).paid_amount, 0.0)
        self._post_bill(self.bill, "3/7")
        self._refresh()
        self.assertEqual(self._costs(note).paid_amount, -60.0)

    def test_a_credit_note_nobody_refunded_is_not_paid(self):
        note = self._new_direct(("Flyers", 60.0), move_type="in_refund")
        self._refresh()
        self.assertEqual(self._costs(note).paid_amount, 0.0)


class TestMonth(FundingCase):
    def test_the_copayment_is_net_of_what_the_program_bears(self):
        """The worked example: 180.00 with 36.00 collected."""
        self.program.funding_rate = 80.0
        self._new_agreement("NET", 100.0)
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, NET=144.0, copayment=36.0)

    def test_gross_it_is_a_resource(self):
        self.program.funding_rate = 80.0
        self._new_agreement("GROSS", 100.0, base_kind="gross")
        bill = self._new_bill("Camille")
        self._pay(bill)
        self.assertShares(bill, GROSS=180.0)
