"""The programme of 2015 as the demonstration holds it: figures computed by hand, which never
move.
"""

from collections import Counter
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.tests import TransactionCase, tagged

from odoo.addons.coworking_incubation import invoice_reader
from odoo.addons.coworking_incubation.demo.coworking_program import ACCOUNTANT, Clicks
from odoo.addons.coworking_incubation.tools import to_decimal

# Statement, seat, kind, price with tax, tax, funded, co-payment. In the comments, how it comes
# about.
JUNE_2015 = [
    ("BESQUARE", "07", "regular", 150.00, 25.00, 120.00, 30.00),  # half months: a whole one
    ("BESQUARE", "22", "regular", 150.00, 25.00, 120.00, 30.00),  # the same
    ("COFACTORY", "04", "regular", 170.00, 28.33, 120.00, 50.00),  # 22 working days of 22, cap
    ("COFACTORY", "21", "regular", 170.00, 28.33, 120.00, 50.00),  # the same
    ("ENTOUV", "16", "regular", 140.00, 23.33, 112.00, 28.00),  # weeks of 3, 10, 17, 24 June at 35
    ("ENTOUV", "27", "regular", 105.00, 17.50, 84.00, 21.00),  # weeks of 15, 22, 29 June at 35
    ("GRAPPE", "02", "regular", 120.00, 20.00, 96.00, 24.00),  # 30 days of 30 at 120
    ("GRAPPE", "05", "regular", 56.00, 9.33, 44.80, 11.20),  # 14 days of 30 at 120
    ("GRAPPE", "18", "regular", 120.00, 20.00, 96.00, 24.00),  # 30 days of 30 at 120
    ("GRAPPE", "25", "regular", 60.00, 10.00, 48.00, 12.00),  # 60 with 8 days included
    ("GRAPPE", "25", "overage", 20.00, 3.33, 16.00, 4.00),  # 10 days: 2 beyond, at 10
    ("LMDC-VA", "03", "regular", 150.00, 25.00, 120.00, 30.00),  # the whole month
    ("LMDC-VA", "19", "regular", 63.00, 10.50, 50.40, 12.60),  # 7 half-days at 9
    ("MULTIBURO", "11", "regular", 168.00, 28.00, 120.00, 48.00),  # 140 without tax, from the 16th
    ("MULTIBURO", "26", "regular", 168.00, 28.00, 120.00, 48.00),  # the same, from the 8th
    ("MUTUALAB", "01", "regular", 140.00, 23.33, 112.00, 28.00),  # published: nomad, a month
    ("MUTUALAB", "06", "regular", 74.67, 12.45, 59.74, 14.93),  # 16 days of 30: 74.666...
    ("MUTUALAB", "06", "membership", 10.00, 0.00, 8.00, 2.00),  # published: 10 a year
    ("MUTUALAB", "10", "regular", 140.00, 23.33, 112.00, 28.00),
    ("MUTUALAB", "13", "regular", 180.00, 30.00, 120.00, 60.00),  # published: team, first desk
    ("MUTUALAB", "14", "regular", 150.00, 25.00, 120.00, 30.00),  # second desk
    ("MUTUALAB", "15", "regular", 120.00, 20.00, 96.00, 24.00),  # third desk
    ("MUTUALAB", "20", "regular", 130.00, 21.67, 104.00, 26.00),  # 5 days and 3 halves at 20
    ("MUTUALAB", "24", "regular", 180.00, 30.00, 120.00, 60.00),  # published: resident
    ("MUTUALAB", "24", "membership", 10.00, 0.00, 0.00, 10.00),  # the cap is used up
    ("TEINTUR", "17", "regular", 90.00, 0.00, 72.00, 18.00),  # 12 half-days at 9, at most 90; 293 B
    ("WERESO", "08", "regular", 123.50, 20.58, 98.80, 24.70),  # 19+13.3+19+9.5+19+11.4+19+13.3
    ("WERESO", "23", "regular", 130.00, 21.67, 104.00, 26.00),  # 30 days of 30 at 130
]


@tagged("post_install", "-at_install")
class TestDemo2015(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env["coworking.program"].search([("code", "=", "INC")])
        cls.statements = cls.env["coworking.statement"].search(
            [("program_id", "=", cls.program.id), ("state", "!=", "cancelled")]
        )
        cls.june = cls.statements.filtered(lambda row: row.date_from == date(2015, 6, 1))

    def test_who_refers_covers_work_accidents_but_apec(self):
        """Article L.412-8 11° of the social security code names those that do."""
        covers = {
            name: self.env.ref(f"coworking_incubation.res_partner_{name}").coworking_accident_cover
            for name in ("pole_emploi", "france_travail", "mission_locale", "cap_emploi", "apec")
        }
        self.assertEqual([name for name, covered in covers.items() if not covered], ["apec"])

    def test_june_2015_is_priced_as_computed_by_hand(self):
        found = sorted(
            (
                charge.space_id.code,
                charge.seat_id.name[-2:],
                charge.kind,
                charge.amount_total,
                charge.amount_tax,
                charge.funded_amount,
                charge.copayment_amount,
            )
            for charge in self.june.charge_ids
        )
        self.assertEqual(found, sorted(JUNE_2015))

    def test_each_bill_of_june_adds_up_to_the_tariffs_by_hand(self):
        for statement in self.june:
            expected = sum(row[3] for row in JUNE_2015 if row[0] == statement.space_id.code)
            with self.subTest(statement=statement.name):
                self.assertEqual(len(statement.bill_ids), 1)
                self.assertAlmostEqual(statement.bill_id.amount_total, expected, 2)
                self.assertEqual(statement.bill_id.partner_id, statement.operator_id)

    def test_seats_fees_and_copayments_are_entered_on_their_accounts(self):
        accounts = {"regular": set(), "membership": set()}
        for line in self.statements.bill_ids.invoice_line_ids:
            kind = "membership" if line.coworking_charge_id.kind == "membership" else "regular"
            accounts[kind].add(line.account_id.code)
        self.assertEqual(accounts, {"regular": {"613200"}, "membership": {"628100"}})
        invoices = self.env["coworking.statement"].search([]).copayment_invoice_ids
        self.assertEqual(invoices.invoice_line_ids.account_id.mapped("code"), ["706000"])

    def test_bills_carry_the_seats_reference_and_nobodys_name(self):
        names = set(self.program.participant_ids.partner_id.mapped("name"))
        for line in self.statements.bill_ids.invoice_line_ids:
            self.assertIn(line.coworking_charge_id.seat_id.name, line.name)
            self.assertFalse([name for name in names if name in line.name])

    def test_the_whole_of_2015_is_settled_and_adds_up(self):
        self.assertEqual(set(self.statements.mapped("state")), {"billed"})
        self.assertEqual(len(self.statements), 89)
        totals = {
            name: round(sum(self.statements.mapped(name)), 2)
            for name in ("amount_total", "funded_amount", "copayment_amount")
        }
        self.assertEqual(
            totals,
            {"amount_total": 23048.87, "funded_amount": 17631.57, "copayment_amount": 5417.30},
        )
        self.assertAlmostEqual(
            sum(self.statements.bill_ids.mapped("amount_total")),
            sum(self.statements.mapped("payable_total")),
            2,
        )

    def test_generating_2015_again_changes_nothing(self):
        before = self.statements.charge_ids.read(["write_date", "amount_total", "statement_id"])
        for month in range(1, 13):
            self.env["coworking.statement"]._generate(self.program, date(2015, month, 1))
        after = self.env["coworking.statement"].search(
            [("program_id", "=", self.program.id), ("state", "!=", "cancelled")]
        )
        self.assertEqual(after, self.statements)
        self.assertEqual(
            after.charge_ids.read(["write_date", "amount_total", "statement_id"]), before
        )

    def test_thirty_people_nine_spaces_three_funders_four_prescribers(self):
        people = self.program.participant_ids
        self.assertEqual(len(people), 30)
        self.assertEqual(len(people.prescriber_id), 4)
        self.assertEqual(len(self.program.agreement_ids.partner_id), 3)
        self.assertEqual(len(self.program.criterion_ids), 3)
        self.assertEqual(len(self.statements.space_id), 9)
        self.assertTrue(all(people.mapped("exit_reason_id")))

    def test_la_grappe_is_closed_and_stays_readable(self):
        grappe = self.env["coworking.space"].search([("code", "=", "GRAPPE")])
        self.assertEqual(grappe.state, "closed")
        self.assertEqual(grappe.date_closed.year, 2021)
        self.assertTrue(grappe.seat_ids)


@tagged("post_install", "-at_install")
class TestDemoCurrent(TransactionCase):
    def test_the_board_of_the_current_edition_is_alive_today(self):
        program = self.env["coworking.program"].search([("code", "=", "INCUB")])
        people = program.participant_ids
        self.assertTrue(program.date_start <= date.today() <= program.date_end)
        self.assertEqual(
            set(people.filtered("date_entry").mapped("clock_state")), {"fine", "risk", "late"}
        )
        self.assertTrue(people.filtered(lambda one: one.phase == "recruitment"))
        self.assertTrue(people.current_space_id)

    def test_gaps_with_their_causes_wait_for_the_accountant(self):
        lines = self.env["coworking.month.line"].search([("status", "=", "to_match")])
        found = {
            (line.space_id.code, line.cause, line.gap) for line in lines if line.bill_reference
        }
        self.assertLessEqual(
            {
                ("BESQUARE", "departed", 150.0),
                ("COFACTORY", "not_covered", 24.0),
                ("COFACTORY", "price", -10.0),
                ("MULTIBURO", "tax", -28.0),
            },
            found,
        )

    def test_a_received_file_waits_and_another_one_says_what_to_send_instead(self):
        files = self.env["coworking.invoice.file"].search([])
        waiting = files.filtered(lambda file: file.state in ("waiting", "to_type"))
        self.assertEqual(waiting.operator_id.name, "La Maison du Coworking (groupe)")
        self.assertEqual(waiting.statement_id.space_id.code, "LMDC-VA")
        refused = files.filtered(lambda file: file.state == "refused")
        self.assertEqual((refused.state, refused.cause), ("refused", "wrong_type"))
        self.assertIn("Ni PDF, ni XML", refused.with_context(lang="fr_FR").message)


@tagged("post_install", "-at_install")
class TestDemoMonths(TransactionCase):
    """What people did by hand, and what the automatic pilot did in their place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env.ref("coworking_incubation.coworking_program_current")
        cls.last = date.today().replace(day=1) + relativedelta(months=-2)
        cls.statements = cls.env["coworking.statement"].search(
            [("program_id", "=", cls.program.id), ("state", "!=", "cancelled")]
        )
        cls.tried = cls.statements.filtered(lambda row: row.date_from == cls.last)

    def _touches(self, *domain):
        return self.env["coworking.touch"].search([("program_id", "=", self.program.id), *domain])

    def test_months_before_were_done_by_the_coordinator_and_the_accountant(self):
        by_hand = self._touches(("by_program", "=", False))
        self.assertEqual(set(by_hand.user_id.mapped("login")), {"coordination", "comptabilite"})
        months = self.statements.filtered(lambda row: row.date_from < self.last)
        self.assertEqual(set(by_hand.mapped("month")), set(months.mapped("date_from")))
        for month, touches in by_hand.grouped("month").items():
            steps = Counter(touches.mapped("step"))
            bills = months.filtered(lambda row, day=month: row.date_from == day).bill_ids
            self.assertEqual(steps.pop("post"), len(bills))
            self.assertEqual(steps, dict.fromkeys(("generate", "send", "bill", "pay"), 1))

    def test_of_the_month_with_the_pilot_somebody_paid_and_nothing_else(self):
        touches = self._touches(("by_program", "=", True))
        self.assertEqual(touches.mapped(lambda row: (row.month, row.step)), [(self.last, "pay")])
        self.assertTrue(all(self.tried.mapped("sent_by_program_at")))
        self.assertTrue(all(self.tried.mapped("billed_by_program_at")))
        self.assertTrue(all(self.tried.bill_ids.mapped("coworking_posted_by_program_at")))
        self.assertFalse(
            self.program.autopilot_send
            or self.program.autopilot_bill
            or self.program.autopilot_post
        )

    def test_bills_of_operators_who_gave_other_bank_details_are_kept_out(self):
        left = self.tried.bill_ids.filtered(lambda bill: bill.payment_state == "not_paid")
        self.assertEqual(
            set(left.partner_id.mapped("name")),
            {"Co-Factory", "La Maison du Coworking (groupe)", "Multiburo"},
        )
        accountant = self.env.ref("coworking_incubation.res_users_comptabilite")
        left = left.with_user(accountant)
        action = left.action_coworking_pay()
        wizard = left.env["coworking.bill.payment"].browse(action["res_id"])
        self.assertEqual(wizard.move_ids.partner_id.name, "Multiburo")
        self.assertEqual(len(wizard.line_ids), 2)
        waiting = self.env["coworking.exception"].with_user(accountant)
        waiting = waiting.search([("kind", "=", "bank")])
        self.assertEqual(len(waiting), 2)

    def test_one_that_fails_leaves_the_transaction_to_who_had_it(self):
        before = self.env.transaction.default_env
        with self.assertRaises(ZeroDivisionError), Clicks(self.env, self.last).by(ACCOUNTANT):
            raise ZeroDivisionError
        self.assertIs(self.env.transaction.default_env, before)

    def test_each_operator_has_an_account_that_is_a_valid_iban(self):
        operators = self.env["coworking.space"].search([]).operator_id
        for operator in operators:
            self.assertTrue(operator.bank_ids, operator.name)
            self.assertEqual(set(operator.bank_ids.mapped("acc_type")), {"iban"})

    def test_the_document_of_each_bill_says_what_the_bill_says(self):
        for bill in self.tried.bill_ids:
            file = self.env["coworking.invoice.file"].search([("move_id", "=", bill.id)])
            facts = invoice_reader.describe(invoice_reader.read(file.attachment_id.raw).root)
            self.assertEqual(facts.reference, bill.ref)
            self.assertEqual(facts.total, to_decimal(bill.amount_total))
