"""What a company gets with a French chart of accounts, and what its VAT return then says."""

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from odoo.addons.coworking_incubation import post_init_hook

from ..base.test_migration import migrate
from ..common import JULY, CoworkingCase, d

PRODUCTS = {
    "coworking_seat_product_id": ("expense", "613200"),
    "coworking_membership_product_id": ("expense", "628100"),
    "coworking_copayment_product_id": ("income", "706000"),
}


class VatReturn:
    """What was entered on which account, and what the CA3 says of it."""

    @classmethod
    def _load_chart(cls, code, company):
        cls.env["account.chart.template"].try_loading(code, company=company, install_demo=False)

    def _by_account(self, move):
        """Debit less credit of an entry, by account."""
        return {
            code: self.company.currency_id.round(sum(lines.mapped("balance")))
            for code, lines in move.line_ids.grouped(lambda line: line.account_id.code).items()
        }

    def _pay(self, move):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"payment_date": move.invoice_date})._create_payments()

    def _vat_return(self):
        """Grid by grid, as Odoo's own report adds it up: {"20": 30.0}."""
        result = {}
        report = self.env.ref("l10n_fr_account.tax_report")
        for expression in report.line_ids.expression_ids.filtered(
            lambda expression: expression.engine == "tax_tags"
        ):
            tags = expression._get_matching_tags()
            lines = self.env["account.move.line"].search(
                [
                    ("company_id", "=", self.company.id),
                    ("parent_state", "=", "posted"),
                    ("tax_tag_ids", "in", tags.ids),
                ]
            )
            sign = -1 if expression.formula.startswith("-") else 1
            amount = self.company.currency_id.round(sign * sum(lines.mapped("balance")))
            if amount:
                result[expression.formula.lstrip("-")] = amount
        return result


class FrenchCase(VatReturn, CoworkingCase):
    """The small programme, in a company with the French chart of accounts."""

    @classmethod
    def _new_company(cls, name, chart="fr"):
        company = super()._new_company(name)
        cls._load_chart(chart, company)
        return company

    @classmethod
    def _setup_accounts(cls, company):
        codes = {
            "payable": "401100",
            "receivable": "411100",
            "expense": "611000",
            "income": "706000",
            "tax": "445660",
        }
        Account = cls.env["account.account"].with_company(company)
        return {
            key: Account.search([("company_ids", "in", company.ids), ("code", "=", code)])
            for key, code in codes.items()
        }

    def _account(self, product, side):
        product = product.with_company(self.company)
        return product.product_tmpl_id.get_product_accounts()[side]

    def _chart_tax(self, name):
        return self.env.ref(f"account.{self.company.id}_{name}")

    def _copy_without_account(self):
        """As it was done by hand: the chart's own tax, its account taken away."""
        tax = self._chart_tax("tva_acq_normale").copy({"name": "20% sans compte"})
        tax.repartition_line_ids.account_id = False
        return tax

    def _set_vat_recovered(self, recovered):
        self._answer_vat("yes" if recovered else "no")

    def _answer_vat(self, answer):
        """As the accountant does on their screen."""
        form = Form(self.env(user=self.accountant)["coworking.accounting"])
        form.vat_recovered = answer
        form.save().action_apply()

    def _pay_a_month(self, tariff, copayment=False):
        """June of one person, from the seat to the payment of the bill and of their part."""
        self._new_seat("1/6", "31/7", tariff=tariff)
        statement = self._settle()
        bill = self._bill(statement)
        moves = bill
        if copayment:
            statement.action_create_copayment_invoices()
            moves |= statement.copayment_invoice_ids
        bill.ref = "F-1"
        moves.write({"invoice_date": "2015-07-02", "date": "2015-07-02"})
        moves.action_post()
        for move in moves:
            self._pay(move)
        return bill


class TestBeforeAChart(VatReturn, CoworkingCase):
    def test_what_is_missing_to_bill_is_said_a_chart_or_a_product(self):
        company = self._new_company("Not Yet")
        self.coordinator.company_ids |= company
        spaces = self.env(user=self.coordinator)["coworking.space"]
        spaces = spaces.with_context(allowed_company_ids=company.ids)
        space = spaces.create({"name": "L'Atelier"})
        tariff = Command.create({"name": "Nomad", "first_price": 180.0})
        fee = Command.create({"date_start": "2015-01-01", "fee": 10.0})
        for lines in ({"tariff_ids": [tariff]}, {"membership_ids": [fee]}):
            with self.subTest(lines=lines), self.assertRefused("Not Yet has no chart of accounts"):
                space.write(lines)
        self._load_chart("fr", company)
        self.env.invalidate_all()
        space.write({"tariff_ids": [tariff], "membership_ids": [fee]})
        made = space.sudo()
        self.assertEqual(made.tariff_ids.product_id, company.coworking_seat_product_id)
        self.assertEqual(made.membership_ids.product_id, company.coworking_membership_product_id)
        for field in ("coworking_seat_product_id", "coworking_membership_product_id"):
            company[field] = False
        for lines in ({"tariff_ids": [tariff]}, {"membership_ids": [fee]}):
            with self.subTest(chart=True, lines=lines), self.assertRefused("Not Yet", "a product"):
                space.write(lines)


class TestChart(FrenchCase):
    def test_the_french_accounts_of_seats_fees_and_copayments(self):
        for field, (side, code) in PRODUCTS.items():
            with self.subTest(field):
                product = self.company[field]
                self.assertEqual(product.company_id, self.company)
                self.assertEqual(product.type, "service")
                self.assertEqual(self._account(product, side).code, code)
                self.assertFalse(product.taxes_id)
        lost = self.company._coworking_get_lost_tax()
        self.assertEqual(self.company.coworking_seat_product_id.supplier_taxes_id, lost)
        self.assertFalse(self.company.coworking_membership_product_id.supplier_taxes_id)

    def test_the_tax_that_is_not_recovered_has_no_account_and_no_grid(self):
        lost = self.company._coworking_get_lost_tax()
        self.assertEqual((lost.amount, lost.tax_exigibility), (20.0, "on_invoice"))
        self.assertFalse(lost.repartition_line_ids.account_id)
        self.assertFalse(lost.repartition_line_ids.tag_ids)
        self.assertFalse(lost._coworking_is_recovered())
        self.assertTrue(self._chart_tax("tva_acq_encaissement")._coworking_is_recovered())

    def test_names_are_in_the_languages_of_the_database(self):
        for lang in ("en_US", "fr_FR"):
            self.env["res.lang"]._activate_lang(lang)
        company = self._new_company("Second Incubator")
        lost = company._coworking_get_lost_tax()
        self.assertEqual(lost.with_context(lang="en_US").name, "20% VAT not recovered")
        self.assertEqual(lost.with_context(lang="fr_FR").name, "TVA 20 % non récupérée")
        product = company.coworking_seat_product_id.with_context(lang="fr_FR")
        self.assertEqual(product.name, "Place de coworking")

    def test_nothing_else_of_the_company_changes(self):
        company = self.company
        self.assertEqual(company.account_purchase_tax_id, self._chart_tax("tva_acq_normale"))
        self.assertEqual(company.account_sale_tax_id, self._chart_tax("tva_normale"))
        self.assertEqual(company.expense_account_id.code, "607000")
        other = self._new_product("Somebody else's", self._chart_tax("tva_acq_normale"))
        seen = self._everything()
        post_init_hook(self.env)
        self._load_chart("fr", company)
        self.assertEqual(self._everything(), seen)
        self.assertEqual(other.supplier_taxes_id, self._chart_tax("tva_acq_normale"))

    def _everything(self):
        domain = [("company_id", "=", self.company.id)]
        return [
            (record, record[name] if record._name != "account.tax" else record.amount)
            for model, name in (
                ("product.product", "supplier_taxes_id"),
                ("account.tax", "amount"),
                ("account.fiscal.position", "name"),
            )
            for record in self.env[model].with_context(active_test=False).search(domain)
        ]

    def test_a_company_that_was_archived_meanwhile_has_it_once_it_is_there_again(self):
        company = self._new_company("Archived")
        company.coworking_seat_product_id = False
        company.active = False
        post_init_hook(self.env)
        company.active = True
        self.assertTrue(company.coworking_seat_product_id)

    def test_a_choice_of_the_accountant_outlives_the_chart(self):
        chosen = self._new_product("Chosen")
        self.company.coworking_seat_product_id = chosen
        self.company._coworking_prepare_accounting()
        self.assertEqual(self.company.coworking_seat_product_id, chosen)
        self.assertFalse(chosen.supplier_taxes_id)

    def test_another_chart_brings_its_accounts_and_its_tax(self):
        company = self._new_company("Elsewhere", chart="generic_coa")
        product = company.coworking_seat_product_id.with_company(company)
        self.assertTrue(product.product_tmpl_id.get_product_accounts()["expense"])
        self.assertEqual(product.supplier_taxes_id, company._coworking_get_lost_tax())
        self.assertEqual(product.supplier_taxes_id.amount, company.account_purchase_tax_id.amount)
        self._load_chart("fr", company)
        self.env.invalidate_all()
        self.assertEqual(company.coworking_seat_product_id, product)
        self.assertEqual(product.supplier_taxes_id, company._coworking_get_lost_tax())
        self.assertEqual(product.supplier_taxes_id.amount, 20.0)
        self.assertEqual(product.property_account_expense_id.code, "613200")

    def test_a_branch_has_the_products_of_its_company(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.assertFalse(branch.coworking_seat_product_id)
        product = branch._coworking_get_product("seat")
        self.assertEqual(product, self.company.coworking_seat_product_id)


class TestProposed(FrenchCase):
    def test_a_tariff_a_fee_and_a_program_need_no_product(self):
        user = self.coordinator
        tariff = (
            self.env["coworking.tariff"]
            .with_user(user)
            .create({"name": "Nomad", "space_id": self.space.id})
        )
        self.assertEqual(tariff.product_id, self.company.coworking_seat_product_id)
        fee = (
            self.env["coworking.space.membership"]
            .with_user(user)
            .create({"space_id": self.space.id, "date_start": "2015-01-01", "fee": 10.0})
        )
        self.assertEqual(fee.product_id, self.company.coworking_membership_product_id)
        program = (
            self.env["coworking.program"]
            .with_user(user)
            .create(
                {
                    "name": "Next",
                    "code": "NXT",
                    "date_start": "2016-01-01",
                    "date_end": "2016-12-31",
                }
            )
        )
        self.assertEqual(program.copayment_product_id, self.company.coworking_copayment_product_id)
        self.assertEqual(program.funding_base, "total")

    def test_a_program_of_a_company_that_recovers_vat_funds_prices_without_tax(self):
        self._set_vat_recovered(True)
        self.assertTrue(self.company._coworking_recovers_vat())
        self.assertEqual(self.env["coworking.program"].new().funding_base, "untaxed")
        self._set_vat_recovered(False)
        self.assertEqual(self.env["coworking.program"].new().funding_base, "total")

    def test_a_program_whose_copayment_product_was_taken_off_keeps_none(self):
        self.program.copayment_product_id = False
        self.program.name = "Renamed"
        self.assertFalse(self.program.copayment_product_id)


class TestDefaults(FrenchCase):
    """What need not be typed on the first day."""

    def test_a_space_given_by_its_name_has_a_contact_an_operator_and_a_code(self):
        spaces = (
            self.env["coworking.space"]
            .with_user(self.coordinator)
            .create(
                [{"name": "L'Établi"}, {"name": "L'Etabli"}, {"name": "Grande Fabrique de Lille"}]
            )
        )
        self.assertEqual(spaces.mapped("code"), ["LETABLI", "LETABLI2", "GRANDEFABRIQ"])
        for space in spaces:
            self.assertEqual(space.partner_id.name, space.name)
            self.assertEqual(space.operator_id, space.partner_id)
            self.assertTrue(space.partner_id.is_company)

    def test_a_code_that_is_given_stays(self):
        space = self.env["coworking.space"].create({"name": "Ici", "code": "HERE"})
        space.name = "Là"
        self.assertEqual(space.code, "HERE")

    def test_a_program_given_by_its_name_has_a_code_and_lasts_a_year(self):
        programs = self.env["coworking.program"].create([{"name": "Élan"}, {"name": "Elan 2"}])
        self.assertEqual(programs.mapped("code"), ["ELA", "ELA2"])
        start = programs[0].date_start
        self.assertEqual(start.day, 1)
        self.assertEqual(programs[0].date_end, start + relativedelta(years=1, days=-1))

    def test_a_price_holds_from_the_first_day_of_the_running_program(self):
        self.program.write({"date_start": "2015-02-01", "date_end": "2099-12-31"})
        tariff = self._new_tariff("Typed", 0, price_ids=[], first_price=140.0)
        self.assertRecordValues(
            tariff.price_ids, [{"date_start": d("1/2"), "price": 140.0, "rank": 1}]
        )
        form = Form(self.env["coworking.tariff"])
        form.name, form.space_id = "On its form", self.space
        with form.price_ids.new() as row:
            self.assertEqual(str(row.date_start), "2015-02-01")
            row.price = 10.0
        self.assertEqual(form.save().first_price, 10.0)

    def test_a_price_is_not_rewritten_by_its_short_cut(self):
        self.tariff.first_price = 180.0
        with self.assertRefused("New Price"):
            self.tariff.first_price = 190.0

    def test_a_space_without_vat_has_the_fiscal_position_of_its_operator(self):
        space = self.space.with_user(self.coordinator)
        self.assertFalse(space.bills_without_vat)
        space.bills_without_vat = True
        exempt = self.company._coworking_get_exempt_position()
        self.assertEqual(space.operator_id.property_account_position_id, exempt)
        own = self.company.coworking_seat_product_id
        self.assertFalse(space.sudo()._get_purchase_taxes(own))
        space.bills_without_vat = False
        self.assertFalse(space.operator_id.property_account_position_id)

    def test_a_seat_is_proposed_the_only_space_the_only_tariff_and_the_six_months(self):
        self.space_b.state = "prospect"
        file = self._new_participant("Inès")
        form = Form(self.env["coworking.seat"].with_user(self.coordinator))
        form.participant_id = file
        self.assertEqual((form.space_id, form.tariff_id), (self.space, self.tariff))
        form.date_start = "2015-06-15"
        self.assertEqual(str(form.date_end), "2015-12-14")
        late = Form(self.env["coworking.seat"].with_user(self.coordinator))
        late.participant_id = file
        late.date_start = "2015-09-01"
        self.assertEqual(str(late.date_end), "2015-12-31", "the program's last day")

    def test_who_is_there_already_enters_incubation_with_the_seat(self):
        file_id, __ = (
            self.env["coworking.participant"]
            .with_user(self.coordinator)
            .with_context(default_program_id=self.program.id)
            .name_create("Inès Carpentier")
        )
        file = self.env["coworking.participant"].browse(file_id)
        seat = self._new_seat("15/6", "14/12", file, state="draft")
        seat.with_user(self.coordinator).action_welcome()
        self.assertEqual((seat.state, file.phase), ("confirmed", "incubation"))
        self.assertEqual(file.date_entry, d("15/6"))
        self.assertTrue(file.move_ids[-1:].reason or file.move_ids[:1].reason)


class TestVatReturn(FrenchCase):
    """150.00 without tax a month, 180.00 with it."""

    def _new_month(self, name, **values):
        return self._new_tariff(
            name, 180.0, product_id=self.company.coworking_seat_product_id.id, **values
        )

    def test_who_does_not_recover_vat_declares_none(self):
        bill = self._pay_a_month(self._new_month("TTC"))
        self.assertEqual(self._by_account(bill), {"613200": 180.0, "401100": -180.0})
        self.assertEqual(self._vat_return(), {})

    def test_who_is_exempt_declares_none_and_says_why_on_copayment_invoices(self):
        self.program.write(
            {
                "funding_rate": 50.0,
                "copayment_product_id": self.company.coworking_copayment_product_id.id,
            }
        )
        mention = "TVA non applicable, art. 293 B du CGI"
        tariff = self._new_month("TTC")
        for answer in ("yes", "exempt"):
            self._answer_vat(answer)
        bill = self._pay_a_month(tariff, copayment=True)
        self.assertEqual(self._by_account(bill), {"613200": 180.0, "401100": -180.0})
        invoice = bill.coworking_statement_id.copayment_invoice_ids
        self.assertEqual((invoice.amount_untaxed, invoice.amount_tax), (90.0, 0.0))
        self.assertFalse(invoice.line_ids.tax_ids)
        self.assertEqual(self._vat_return(), {})
        self.assertIn(mention, self._print(invoice))
        self.assertNotIn(mention, self._print(bill), "of who bills, not of who is billed")

    def test_who_is_not_exempt_says_nothing_on_copayment_invoices(self):
        self.program.write(
            {
                "funding_rate": 50.0,
                "copayment_product_id": self.company.coworking_copayment_product_id.id,
            }
        )
        tariff = self._new_month("TTC")
        for answer in ("exempt", "no"):
            self._answer_vat(answer)
        bill = self._pay_a_month(tariff, copayment=True)
        invoice = bill.coworking_statement_id.copayment_invoice_ids
        self.assertFalse(invoice.fiscal_position_id)
        self.assertNotIn("293 B", self._print(invoice))

    def _correct_after(self, before, after):
        """June is asked as one answers, and half of it given back with July as one answers then."""
        self.program.write(
            {
                "funding_rate": 50.0,
                "funding_base": "untaxed",
                "copayment_product_id": self.company.coworking_copayment_product_id.id,
            }
        )
        product = self.seat_product_recovered
        tariff = self._new_tariff("HT", 180.0, tax_included=False, product_id=product.id)
        seat = self._new_seat("1/6", "31/7", tariff=tariff)
        self._answer_vat(before)
        june = self._post_copayments(self._settle())
        self._answer_vat(after)
        seat.date_start = d("16/6")
        return june, self._post_copayments(self._settle(JULY), "10/8")

    def test_the_note_stands_wherever_a_line_bears_no_vat(self):
        """Whether it is of this month, or corrects one that was asked so."""
        mention = "TVA non applicable, art. 293 B du CGI"
        for before, after, taxes in (("yes", "exempt", 9.0), ("exempt", "yes", 18.0)):
            with self.subTest(before=before), self.env.cr.savepoint() as savepoint:
                june, july = self._correct_after(before, after)
                self.assertRecordValues(
                    july.invoice_line_ids.sorted("price_unit"),
                    [{"price_subtotal": -45.0}, {"price_subtotal": 90.0}],
                )
                taxed = july.invoice_line_ids.filtered("tax_ids")
                self.assertEqual(taxed.price_unit, -45.0 if before == "yes" else 90.0)
                self.assertEqual(abs(july.amount_tax), taxes)
                self.assertIn(mention, self._print(july))
                self.assertEqual(mention in self._print(june), before == "exempt")
                note = july._reverse_moves([{"invoice_date": d("12/8")}], cancel=True)
                self.assertEqual(note.amount_total, july.amount_total)
                self.assertIn(mention, self._print(note))
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_no_note_stands_where_all_lines_bear_vat(self):
        __, july = self._correct_after("yes", "yes")
        self.assertNotIn("293 B", self._print(july))

    def _print(self, move):
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            "account.account_invoices", move.ids
        )
        return html.decode()

    def test_a_copy_of_the_chart_s_tax_without_its_account_is_declared_all_the_same(self):
        """Why there is a tax of our own: this is what accountants did before."""
        for tax, declared in (
            (self.company._coworking_get_lost_tax(), {}),
            (self._copy_without_account(), {"20": 30.0}),
        ):
            bill = self.env["account.move"].create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.space_b.operator_id.id,
                    "invoice_date": "2015-07-02",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": tax.name,
                                "price_unit": 150.0,
                                "account_id": self.accounts["expense"].id,
                                "tax_ids": [Command.set(tax.ids)],
                            }
                        )
                    ],
                }
            )
            bill.action_post()
            self.assertEqual(self._by_account(bill), {"611000": 180.0, "401100": -180.0})
            self.assertEqual(self._vat_return(), declared)

    def test_who_recovers_vat_declares_it_once_the_bill_is_paid(self):
        self._set_vat_recovered(True)
        self.program.write(
            {
                "funding_base": "untaxed",
                "funding_rate": 50.0,
                "copayment_product_id": self.company.coworking_copayment_product_id.id,
            }
        )
        bill = self._pay_a_month(self._new_month("HT"), copayment=True)
        self.assertEqual(
            self._by_account(bill), {"613200": 150.0, "445640": 30.0, "401100": -180.0}
        )
        invoice = bill.coworking_statement_id.copayment_invoice_ids
        self.assertEqual(invoice.amount_total, 90.0)
        self.assertEqual(self._by_account(invoice)["706000"], -75.0)
        declared = self._vat_return()
        self.assertEqual(declared["20"], 30.0)
        self.assertEqual({declared["A1"], declared["08_base"]}, {75.0})
        self.assertEqual(declared["08_taxe"], 15.0)

    def test_a_space_without_vat_charges_none_and_nothing_is_declared(self):
        """Article 293 B: its fiscal position takes the tax away, whoever recovers VAT."""
        self.space.operator_id.property_account_position_id = (
            self.company._coworking_get_exempt_position()
        )
        bill = self._pay_a_month(self._new_month("293 B"))
        self.assertEqual(self._by_account(bill), {"613200": 180.0, "401100": -180.0})
        self.assertFalse(bill.line_ids.tax_ids)
        self.assertEqual(self._vat_return(), {})


class TestSaidWhenSaved(FrenchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # running, whatever the day
        cls.program.date_end = "2099-12-31"

    def test_a_tax_that_is_not_recovered_but_declared_is_refused(self):
        product = self._new_product("Before", self._copy_without_account())
        lost = self.company._coworking_get_lost_tax()
        with self.assertRefused("20% sans compte", lost.name, error=ValidationError):
            self._new_tariff("Odd", 180.0, product_id=product.id)
        with self.assertRefused("20% sans compte", error=ValidationError):
            self.space.membership_ids = [
                Command.create({"date_start": "2015-01-01", "fee": 9, "product_id": product.id})
            ]

    def test_a_tax_that_no_running_program_may_fund_is_refused(self):
        product = self._new_product("Recovered", self._chart_tax("tva_acq_encaissement"))
        with self.assertRefused("Odd", "20% S", error=ValidationError):
            self._new_tariff("Odd", 180.0, product_id=product.id)
        self._new_program("Recovers", "REC", funding_base="untaxed", date_end="2099-12-31")
        self._new_tariff("For that one", 180.0, product_id=product.id)

    def test_a_program_that_is_over_refuses_nothing(self):
        self.program.date_end = "2015-12-31"
        product = self._new_product("Recovered", self._chart_tax("tva_acq_encaissement"))
        self._new_tariff("HT", 180.0, product_id=product.id)

    def test_a_coordinator_reads_why_without_a_right_on_taxes(self):
        product = self._new_product("Recovered", self._chart_tax("tva_acq_encaissement"))
        with self.assertRefused("20% S", error=ValidationError):
            self.tariff.with_user(self.coordinator).product_id = product

    def test_what_was_saved_before_says_so_on_its_form(self):
        self.assertFalse(self.tariff.accounting_warning)
        self.seat_product.supplier_taxes_id = self._copy_without_account()
        self.tariff.invalidate_recordset()
        self.assertIn("20% sans compte", self.tariff.accounting_warning)
        form = Form(self.tariff.with_user(self.coordinator))
        self.assertIn("20% sans compte", form.accounting_warning)

    def test_a_program_names_the_tariffs_that_it_may_not_use(self):
        self.assertFalse(self.program.billing_warning)
        other = self._new_program("HT", "HT", funding_base="untaxed")
        self.assertIn("Atelier Test · Nomad", other.billing_warning)


class TestScreen(FrenchCase):
    """Billing > Accounts and Taxes, for the accountant."""

    def _open(self, user=None):
        return Form(self.env(user=user or self.accountant)["coworking.accounting"])

    def test_it_shows_what_holds(self):
        form = self._open()
        self.assertEqual(form.vat_recovered, "no")
        self.assertEqual(form.seat_account_id.code, "613200")
        self.assertEqual(form.membership_account_id.code, "628100")
        self.assertEqual(form.copayment_account_id.code, "706000")
        self.assertEqual(form.seat_tax_id, self.company._coworking_get_lost_tax())

    def test_a_company_that_nobody_named_is_asked_its_name_address_and_siret(self):
        self.company.write({"name": "YourCompany", "street": False, "company_registry": False})
        form = self._open()
        self.assertTrue(form.asks_identity)
        self.assertFalse(form.company_name)
        form.company_name = "Incubateur de la Lys"
        form.street, form.zip, form.city = "12 rue de l'Exemple", "59000", "Lille"
        form.company_registry = "12345678200011"
        with self.assertRefused("12345678200011", "SIRET", error=ValidationError):
            form.save().action_apply()
        self.assertEqual(self.company.name, "YourCompany")
        form = self._open()
        form.company_name = "Incubateur de la Lys"
        form.street, form.zip, form.city = "12 rue de l'Exemple", "59000", "Lille"
        form.company_registry = "123 456 782 00010"
        form.save().action_apply()
        self.assertRecordValues(
            self.company,
            [
                {
                    "name": "Incubateur de la Lys",
                    "street": "12 rue de l'Exemple",
                    "zip": "59000",
                    "city": "Lille",
                    "company_registry": "12345678200010",
                }
            ],
        )
        self.assertFalse(self._open().asks_identity)

    def test_a_company_outside_france_is_asked_no_siret(self):
        self.company.write({"street": False, "company_registry": False})
        form = self._open()
        self.assertFalse(form._get_modifier("company_registry", "invisible"))
        self.company.account_fiscal_country_id = self.env.ref("base.be")
        form = self._open()
        self.assertTrue(form.asks_identity, "its address is")
        self.assertTrue(form._get_modifier("company_registry", "invisible"))

    def test_a_company_that_is_known_is_neither_asked_nor_changed(self):
        self.company.write(
            {"street": "1 rue", "city": "Lille", "company_registry": "12345678200010"}
        )
        form = self._open()
        self.assertFalse(form.asks_identity)
        wizard = form.save()
        wizard.company_name = "Other"
        wizard.action_apply()
        self.assertNotEqual(self.company.name, "Other")

    def test_an_accountant_chooses_other_accounts(self):
        form = self._open()
        form.seat_account_id = self.accounts["expense"]
        form.save().action_apply()
        product = self.company.coworking_seat_product_id
        self.assertEqual(self._account(product, "expense"), self.accounts["expense"])
        untouched = self.company.coworking_membership_product_id
        self.assertEqual(self._account(untouched, "expense").code, "628100")

    def test_vat_that_is_recovered_brings_its_taxes(self):
        form = self._open()
        form.vat_recovered = "yes"
        self.assertEqual(form.seat_tax_id, self._chart_tax("tva_acq_encaissement"))
        self.assertEqual(form.copayment_tax_id, self._chart_tax("tva_normale_encaissement"))
        form.save().action_apply()
        self.assertTrue(self.company._coworking_recovers_vat())
        form = self._open()
        self.assertEqual(form.vat_recovered, "yes")
        form.vat_recovered = "no"
        self.assertFalse(form.copayment_tax_id)
        form.save().action_apply()
        self.assertFalse(self.company._coworking_recovers_vat())

    def test_who_is_exempt_as_a_small_business_has_the_taxes_of_no_and_is_remembered(self):
        form = self._open()
        form.vat_recovered = "yes"
        form.vat_recovered = "exempt"
        self.assertEqual(form.vat_recovered, "exempt")
        self.assertEqual(form.seat_tax_id, self.company._coworking_get_lost_tax())
        self.assertFalse(form.copayment_tax_id)
        form.save().action_apply()
        self.assertTrue(self.company.coworking_vat_exempt)
        form = self._open()
        self.assertEqual(form.vat_recovered, "exempt")
        form.seat_tax_id = self._chart_tax("tva_acq_encaissement")
        self.assertEqual(form.vat_recovered, "yes")
        form.save().action_apply()
        self.assertFalse(self.company.coworking_vat_exempt)

    def test_another_product_is_proposed_and_tariffs_keep_theirs(self):
        own = self.company.coworking_seat_product_id
        kept = self._new_tariff("Kept", 10.0, product_id=own.id)
        form = self._open()
        form.seat_product_id = self.seat_product
        form.save().action_apply()
        self.assertEqual(self.company.coworking_seat_product_id, self.seat_product)
        self.assertEqual(kept.product_id, own)

    def test_what_running_tariffs_cannot_have_is_refused_and_nothing_changes(self):
        self.program.date_end = "2099-12-31"
        own = self.company.coworking_seat_product_id
        self._new_tariff("Running", 10.0, product_id=own.id)
        form = self._open()
        form.vat_recovered = "yes"
        advice = f"first sets “Funding Base” to “Price without tax” on {self.program.name}"
        with self.assertRefused("Running", advice, error=UserError):
            form.save().action_apply()
        self.assertEqual(own.supplier_taxes_id, self.company._coworking_get_lost_tax())
        self.program.funding_base = "untaxed"
        form = self._open()
        form.vat_recovered = "yes"
        form.save().action_apply()
        self.assertTrue(own.supplier_taxes_id._coworking_is_recovered())

    def test_vat_is_not_recovered_on_a_product_that_had_no_tax(self):
        own = self.company.coworking_seat_product_id
        own.supplier_taxes_id = False
        form = self._open()
        self.assertFalse(form.vat_recovered)
        form.vat_recovered = "no"
        self.assertEqual(form.seat_tax_id, self.company._coworking_get_lost_tax())
        form.save().action_apply()
        self.assertEqual(own.supplier_taxes_id, self.company._coworking_get_lost_tax())

    def test_a_second_tax_that_is_not_shown_stays(self):
        own = self.company.coworking_membership_product_id
        taxes = self._new_tax("Eco", amount=2.0) | self.company._coworking_get_lost_tax()
        own.supplier_taxes_id = taxes
        self._open().save().action_apply()
        self.assertEqual(own.supplier_taxes_id, taxes)

    def test_one_product_for_seats_and_fees_has_one_account_and_one_tax(self):
        form = self._open()
        form.membership_product_id = form.seat_product_id
        form.membership_account_id = self.accounts["expense"]
        own = self.company.coworking_seat_product_id
        before = self._account(own, "expense")
        with self.assertRefused(own.name, "seats and of membership fees"):
            form.save().action_apply()
        self.assertEqual(self._account(own, "expense"), before)
        form = self._open()
        form.membership_product_id = form.seat_product_id
        form.vat_recovered = "yes"
        self.assertEqual(form.membership_tax_id, form.seat_tax_id)
        form.save().action_apply()
        self.assertEqual(self.company.coworking_membership_product_id, own)

    def test_what_another_company_bills_is_none_of_its_business(self):
        self.program.date_end = "2099-12-31"
        shared = self._new_product("Shared", self.tax_lost, company_id=False)
        self.company.coworking_seat_product_id = shared
        other = self._new_company("Second Incubator")
        there = self.env(context={**self.env.context, "allowed_company_ids": other.ids})
        shared.supplier_taxes_id = self.tax_lost  # the chart gave it its own
        there["coworking.program"].create({"name": "There", "date_end": "2099-12-31"})
        space = there["coworking.space"].create({"name": "There"})
        there["coworking.tariff"].create(
            {"name": "Odd", "space_id": space.id, "product_id": shared.id}
        )
        shared.supplier_taxes_id |= self.env.ref(f"account.{other.id}_tva_acq_encaissement")
        self._open().save().action_apply()

    def test_a_company_that_is_not_mine_is_refused_before_anything(self):
        other = self._new_company("Second Incubator")
        values = {
            f"{purpose}_product_id": other._coworking_get_product(purpose).id
            for purpose in ("seat", "membership", "copayment")
        }
        model = self.env(user=self.accountant)["coworking.accounting"]
        with self.assertRefused("Second Incubator", error=AccessError):
            model.create({**values, "company_id": other.id}).action_apply()

    def test_who_is_in_a_branch_alone_is_told_whose_accounts_they_are(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.accountant.write({"company_ids": branch.ids, "company_id": branch.id})
        env = self.env(
            user=self.accountant, context={**self.env.context, "allowed_company_ids": branch.ids}
        )
        with self.assertRefused(self.company.name, "no access", error=AccessError):
            Form(env["coworking.accounting"])

    def test_it_is_the_accountant_s(self):
        for user in (self.coordinator, self.accompanist):
            with self.assertRaises(AccessError):
                self.env(user=user)["coworking.accounting"].create({})
        with self.assertRaises(AccessError):
            product = self.company.coworking_seat_product_id
            product.with_user(self.accountant).name = "Mine"


class TestUpdate(FrenchCase):
    def test_what_was_used_is_proposed_and_tariffs_keep_theirs(self):
        self._new_tariff("Rare", 10.0, product_id=self.seat_product_recovered.id)
        made = self.company.coworking_membership_product_id
        tariffs = self.env["coworking.tariff"].search([("company_id", "=", self.company.id)])
        before = tariffs.mapped("product_id.id")
        for field in PRODUCTS:
            self.company[field] = False
        self.env.flush_all()
        for __ in range(2):
            migrate(self.env.cr, "19.0.1.2.0", "post-accounting")
            self.env.invalidate_all()
            self.assertEqual(self.company.coworking_seat_product_id, self.seat_product)
            self.assertEqual(self.company.coworking_copayment_product_id, self.copayment_product)
            self.assertEqual(self.company.coworking_membership_product_id, made)
            self.assertEqual(tariffs.mapped("product_id.id"), before)
            self.assertEqual(self.seat_product.supplier_taxes_id, self.tax_lost)
            self.assertEqual(self._account(self.seat_product, "expense"), self.accounts["expense"])
