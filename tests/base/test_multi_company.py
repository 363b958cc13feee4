import json
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, JsonRpcException, new_test_user

from ..common import ACCOUNTANT, COORDINATOR, JULY, JUNE, CoworkingCase, d


class TwoCompaniesCase(CoworkingCase):
    """The same programme in a second company, with its own accounts, taxes and people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_b = cls._new_company("Second Incubator")
        env = cls.env
        cls.env = env(context={**env.context, "allowed_company_ids": cls.company_b.ids})
        accounts_a, cls.accounts = cls.accounts, cls._setup_accounts(cls.company_b)
        cls.tax_second = cls._new_tax("20% second")
        product = cls._new_product("Seat of the second", cls.tax_second)
        cls.program_second = cls._new_program(
            "Second 2015",
            "TST",
            user_id=False,
            accompanist_ids=False,
            copayment_product_id=cls._new_product("Co-payment of the second").id,
            analytic_account_id=False,
        )
        cls.space_second = cls._new_space("Atelier of the second", "ATELIER")
        cls.tariff_second = cls._new_tariff(
            "Nomad", 100.0, space=cls.space_second, product_id=product.id
        )
        cls.seat_second = cls._new_seat(
            "1/6",
            "30/6",
            cls._new_participant("B", cls.program_second, user_id=False),
            cls.tariff_second,
        )
        cls.accounts_second, cls.accounts = cls.accounts, accounts_a
        cls.env = env(
            context={**env.context, "allowed_company_ids": (cls.company | cls.company_b).ids}
        )
        cls.seat_first = cls._new_seat("1/6", "30/6", "A")
        cls.both = new_test_user(
            cls.env,
            login="t_both",
            groups=f"{COORDINATOR},{ACCOUNTANT}",
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.company_b).ids)],
        )


class TestTwoCompanies(TwoCompaniesCase):
    def test_codes_are_shared_between_companies(self):
        self.assertEqual(self.program.code, self.program_second.code)
        self.assertEqual(self.space.code, self.space_second.code)

    def test_each_month_is_billed_in_its_company_with_its_accounts(self):
        statements = self.env["coworking.statement"]._generate(
            self.program | self.program_second, JUNE
        )
        self.assertEqual(statements.company_id, self.company | self.company_b)
        statements.action_confirm()
        statements.action_create_bill()
        for statement, accounts, tax in (
            (statements[0], self.accounts, self.tax_lost),
            (statements[1], self.accounts_second, self.tax_second),
        ):
            bill = statement.bill_id
            line = bill.invoice_line_ids
            self.assertEqual(bill.company_id, statement.company_id)
            self.assertEqual(bill.journal_id.company_id, statement.company_id)
            self.assertEqual(line.account_id, accounts["expense"])
            self.assertEqual(line.tax_ids, tax)
            self.assertEqual(bill.amount_total, statement.payable_total)
        self.assertEqual(statements.mapped("payable_total"), [180.0, 100.0])

    def test_what_each_asks_of_a_person_and_has_in_their_favour_is_its_own(self):
        """An advance waits for no invoice of the other; and what each is to ask stands apart."""
        person = self.seat_first.participant_id.partner_id
        person.company_id = False
        self.seat_second.write({"date_start": d("1/7"), "date_end": d("31/7")})
        self.seat_second.participant_id.partner_id = person
        (self.program | self.program_second).funding_rate = 80.0
        (self.seat_first | self.seat_second).funding_rate = 80.0
        june = self._settle()
        self._settle(JULY, self.program_second)
        rows = self.env["coworking.exception"].with_user(self.both)
        kinds = [("kind", "in", ("to_invoice", "owed"))]

        def read():
            self.env.flush_all()
            return {(row.kind, row.company_id.name, row.amount) for row in rows.search(kinds)}

        second = ("to_invoice", "Second Incubator", 20.0)
        self.assertEqual(read(), {("to_invoice", "Test Incubator", 36.0), second})
        invoice = self._post_copayments(june)
        self.assertEqual((invoice.partner_id, read()), (person, {second}))
        bank = self._new_bank()
        for amount in (36.0, 15.0):
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": person.id,
                    "amount": amount,
                    "date": d("12/7"),
                    "journal_id": bank.id,
                }
            )
            payment.action_post()
            if invoice.amount_residual:
                (invoice | payment.move_id).line_ids.filtered(
                    lambda line: line.account_type == "asset_receivable"
                ).reconcile()
        self.assertEqual(read(), {("owed", "Test Incubator", 15.0), second})

    def test_who_looks_for_a_job_is_a_contact_of_the_own_organisation(self):
        """Made by name: on a file, by quick creation of a seat, or from a registration."""
        who = {"partner_name": "Mona Petit", "email": "mona@example.com"}
        files = self.env["coworking.participant"]
        first = files.create({**who, "program_id": self.program.id})
        second = files.create({**who, "program_id": self.program_second.id})
        self.assertEqual(first.partner_id.company_id, self.company)
        self.assertEqual(second.partner_id.company_id, self.company_b)
        quick = files.with_context(default_program_id=self.program.id).name_create("Zoé")
        self.assertEqual(files.browse(quick[0]).partner_id.company_id, self.company)
        env = self.env(
            user=self.coordinator,
            context={**self.env.context, "allowed_company_ids": self.company.ids},
        )
        with self.assertRaises(AccessError):
            second.partner_id.with_env(env).read(["name", "email"])
        self.assertEqual(first.partner_id.with_env(env).name, "Mona Petit")

    def test_who_came_before_the_second_organisation_is_read_by_the_first_alone(self):
        people = (("Zoé", "zoe@example.com"), ("Mona Petit", "mona@example.com"))
        known = self.env["res.partner"].create(dict(zip(("name", "email"), people[1], strict=True)))
        files = self.env["coworking.participant"].create(
            [
                {"partner_name": name, "email": email, "program_id": self.program.id}
                for name, email in people
            ]
        )
        stranger = self.env["res.partner"].create({"name": "No file"})
        files.partner_id.company_id = False
        self.env.flush_all()
        # made before the file, by somebody else
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = create_date - interval '1 day' WHERE id = %s",
            [known.id],
        )
        with patch.object(
            type(self.env["res.company"]), "_coworking_are_several", lambda *__: False
        ):
            self._new_company("Third Incubator")
        self.assertEqual(files[0].partner_id.company_id, self.company)
        self.assertEqual(files[1].partner_id, known)
        self.assertFalse(known.company_id)
        self.assertFalse(stranger.company_id)

    def test_who_is_known_elsewhere_too_stays_a_contact_of_all(self):
        """Odoo refuses whatever leads to a contact of another organisation once it is written."""
        names = ("Zoé", "Mona Petit", "Ida", "Luc", "Ana")
        contacts = (
            self.env["coworking.participant"]
            .create([{"partner_name": name, "program_id": self.program.id} for name in names])
            .partner_id
        )
        contacts.company_id = False
        self.space_second.manager_ids += contacts[0]
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "company_id": self.company_b.id,
                "partner_id": self.env["res.partner"].create({"name": "Supplier"}).id,
                "partner_shipping_id": contacts[1].id,
            }
        )
        self.env["res.company"].create({"name": "Own Firm", "partner_id": contacts[2].id})
        contacts[3].child_ids = [Command.create({"name": "X", "company_id": self.company_b.id})]
        self.env["coworking.contact"]._give_to_companies()
        self.assertFalse(contacts[:4].company_id)
        self.assertEqual(contacts[4].company_id, self.company)
        self.space_second.manager_ids -= self.manager.partner_id

    def test_an_organisation_that_is_archived_may_come_back(self):
        self.env.flush_all()
        # Odoo asks for its users to be archived first
        self.env.cr.execute(
            "UPDATE res_company SET active = false WHERE id != %s", [self.company.id]
        )
        self.env.invalidate_all()
        file = self.env["coworking.participant"].create(
            {"partner_name": "Zoé", "program_id": self.program.id}
        )
        self.assertEqual(file.partner_id.company_id, self.company)

    def test_one_that_has_programs_is_not_deleted_and_what_is_there_is_named(self):
        with self.assertRefused(
            "Second Incubator", "Second 2015", "Atelier of the second", "Archive instead"
        ):
            self.company_b.unlink()
        unused = self._new_company("Third Incubator")
        unused.unlink()
        self.assertFalse(unused.exists())

    def test_the_contact_of_no_organisation_is_taken_up(self):
        known = self.env["res.partner"].create({"name": "Mona Petit", "email": "mona@example.com"})
        file = self.env["coworking.participant"].create(
            {
                "partner_name": "Mona Petit",
                "email": "mona@example.com",
                "program_id": self.program.id,
            }
        )
        self.assertEqual(file.partner_id, known)
        self.assertFalse(known.company_id)

    def test_a_manager_in_both_reads_totals_by_currency(self):
        franc = self.env.ref("base.CHF")
        franc.active = True
        self.company_b.currency_id = franc
        partner = self.manager.partner_id
        self.space_second.manager_ids |= partner
        statements = self.env["coworking.statement"]._generate(
            self.program | self.program_second, JUNE
        )
        statements.action_send()
        pages = self.env["coworking.portal.month"].sudo().with_context(lang="en_US")
        (month,) = pages._prepare_months(partner)
        expected = {self.env.ref("base.EUR").format(180.0), franc.format(100.0)}
        self.assertEqual(set(month["total"].split(" + ")), expected)
        page = pages._prepare_month(partner, JUNE)
        self.assertEqual(set(page["total"].split(" + ")), expected)
        statements.filtered(lambda row: row.company_id == self.company).action_confirm()
        self.assertEqual(pages._prepare_month(partner, JUNE)["total"], franc.format(100.0))

    def test_whatever_the_company_one_looks_at(self):
        env = self.env(
            user=self.both,
            context={
                **self.env.context,
                "allowed_company_ids": (self.company | self.company_b).ids,
            },
        )
        statements = env["coworking.statement"]._generate(
            (self.program_second | self.program).with_env(env), JUNE
        )
        statements.action_confirm()
        statements.action_create_bill()
        self.assertEqual(
            [statement.bill_id.company_id for statement in statements],
            [self.company_b, self.company],
        )

    def test_records_of_two_companies_do_not_mix(self):
        person = self._new_participant("C")
        values = {"participant_id": person.id, "date_start": "2015-06-01"}
        other_product = self.tariff_second.product_id
        for name, act in {
            "seat": lambda: self.env["coworking.seat"].create(
                {**values, "space_id": self.space_second.id, "tariff_id": self.tariff_second.id}
            ),
            "product": lambda: self._new_tariff("Odd", 1.0, product_id=other_product.id),
            "co-payment": lambda: self.program.write({"copayment_product_id": other_product.id}),
            "analytic": lambda: self.program_second.write(
                {"analytic_account_id": self.analytic_account.id}
            ),
            "statement": lambda: self.env["coworking.statement"].create(
                {
                    "program_id": self.program.id,
                    "space_id": self.space_second.id,
                    "date_from": JUNE,
                }
            ),
            "file": lambda: self.seat_first.participant_id.write(
                {"program_id": self.program_second.id}
            ),
        }.items():
            with self.subTest(name), self.assertRaises(UserError):
                act()

    def test_what_programs_of_the_other_company_ask_is_not_asked_here(self):
        stages = self.env["coworking.stage"].create(
            [
                {"name": "Here", "phase": "recruitment", "program_ids": self.program.ids},
                {"name": "There", "phase": "recruitment", "program_ids": self.program_second.ids},
            ]
        )
        self.env["coworking.requirement"].create(
            {
                "name": "A line on the project",
                "domain": "[('project', '!=', False)]",
                "stage_id": stages[0].id,
                "program_ids": self.program_second.ids,
            }
        )
        user = new_test_user(
            self.env, login="t_here", groups=COORDINATOR, company_id=self.company.id
        )
        file = self._new_participant("Camille")
        file.stage_id.next_stage_ids = [Command.clear()]
        self.env.flush_all()
        self.env.invalidate_all()
        file = file.with_user(user).with_context(allowed_company_ids=self.company.ids)
        file.stage_id = stages[0].with_env(file.env)
        self.assertEqual(file.stage_id.name, "Here")
        with self.assertRefused("There", "does not belong to program", error=ValidationError):
            file.stage_id = stages[1].with_env(file.env)

    def test_documents_and_axes_of_other_programs_are_not_asked_here(self):
        """Of the other company's, and of one that is over."""
        over = self.program.copy({"code": "OVER", "active": False})
        there = self.program_second
        for program in (there, over):
            values = {"name": program.code, "program_ids": program.ids}
            for model in ("coworking.document.type", "coworking.review.axis", "coworking.stage"):
                self.env[model].create(values)
        user = new_test_user(
            self.env, login="t_here", groups=COORDINATOR, company_id=self.company.id
        )
        self.env.flush_all()
        self.env.invalidate_all()
        here = self.env(user=user, context={"allowed_company_ids": self.company.ids})
        file = here["coworking.participant"].create(
            {"partner_name": "Camille", "program_id": self.program.id, "user_id": user.id}
        )
        review = here["coworking.review"].create({"participant_id": file.id, "kind": "entry"})
        stages = here["coworking.stage"].search([])._filter_of_program(file.program_id)
        for asked in (file.document_ids.type_id, review.line_ids.axis_id, stages):
            self.assertTrue(asked)
            self.assertFalse({there.code, over.code} & {*asked.mapped("name")}, asked._name)

    def test_people_see_their_own_company(self):
        """Whoever has every right in one company has none in the other."""
        self._generate(JUNE)
        self.env["coworking.statement"]._generate(self.program_second, JUNE)
        models = {
            "coworking.program": self.program_second,
            "coworking.participant": self.seat_second.participant_id,
            "coworking.space": self.space_second,
            "coworking.tariff": self.tariff_second,
            "coworking.tariff.price": self.tariff_second.price_ids,
            "coworking.seat": self.seat_second,
            "coworking.charge": self.seat_second.charge_ids,
            "coworking.statement": self.seat_second.charge_ids.statement_id,
        }
        user = new_test_user(
            self.env,
            login="t_all",
            groups=f"{COORDINATOR},{ACCOUNTANT}",
            company_id=self.company.id,
        )
        env = self.env(
            user=user, context={**self.env.context, "allowed_company_ids": self.company.ids}
        )
        for model, other in models.items():
            with self.subTest(model=model):
                self.assertTrue(other)
                self.assertFalse(env[model].search([("id", "in", other.ids)]))
                self.assertTrue(env[model].search([]))
                with self.assertRaises(AccessError):
                    other.with_env(env).read(["display_name"])


class TestTheCompanyOnTop(TwoCompaniesCase, HttpCase):
    """Our own screens ask for the company that is chosen, whatever the one of the user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        statements = cls.env["coworking.statement"]._generate(
            cls.program | cls.program_second, JUNE
        )
        statements.action_confirm()

    def _ask(self, route, *companies, **params):
        self.authenticate("t_both", "t_both")
        params["companies"] = [company.id for company in companies]
        return self.make_jsonrpc_request(f"/coworking_incubation/{route}", params)

    def test_pilotage_is_that_of_the_company_chosen(self):
        for company, program in (
            (self.company, self.program),
            (self.company_b, self.program_second),
        ):
            picture = self._ask("dashboard", company, program=program.id, tile="expected")
            self.assertEqual([row["name"] for row in picture["programs"]], [program.name])
            (tile,) = picture["groups"][0]["tiles"]
            self.assertEqual(tile["value"], 180 if company == self.company else 100)
        both = self._ask("dashboard", self.company_b, self.company)
        self.assertEqual([row["name"] for row in both["programs"]], ["Second 2015"])

    def test_the_totals_of_the_month_are_too(self):
        for company, amount in ((self.company, "180"), (self.company_b, "100")):
            answer = self._ask("month", company, month="2015-06-01")
            self.assertIn(amount, answer["totals"][0]["text"])

    def test_a_month_of_several_companies_comes_to_what_the_list_shows(self):
        totals = self._ask("month", self.company_b, self.company, domain=[])["totals"]
        self.assertIn("280", totals[0]["text"])
        own = self.env["coworking.statement"].search([("company_id", "=", self.company.id)])
        own.filtered(lambda statement: statement.state == "confirmed").action_withdraw()
        self.company.currency_id = self.env.ref("base.CHF")
        totals = self._ask("month", self.company_b, self.company, domain=[])["totals"]
        self.assertIn("100", totals[0]["text"])

    def test_what_the_list_shows_is_a_domain(self):
        self.authenticate("t_both", "t_both")
        for domain in (
            "[]",
            {"a": 1},
            [["nothing", "=", 1]],
            [["date_from", "=", {"a": 1}]],
            [["date_from", "=", "2015-99-99"]],
            ["&"],
            [[1, 2]],
            [["id", "=", 1]] * 600,
        ):
            with (
                self.subTest(domain=json.dumps(domain)[:60]),
                self.assertRaisesRegex(JsonRpcException, "BadRequest"),
            ):
                self.make_jsonrpc_request("/coworking_incubation/month", {"domain": domain})

    def test_the_grid_offers_the_spaces_of_the_company_chosen(self):
        for company, space in ((self.company, self.space), (self.company_b, self.space_second)):
            answer = self._ask("grid", company, kind="presence", date="2015-06-10")
            self.assertEqual([row["id"] for row in answer["choices"]], space.ids)

    def test_a_company_of_others_is_refused(self):
        other = self._new_company("Elsewhere")
        for route, params in (
            ("dashboard", {}),
            ("month", {}),
            ("grid", {"kind": "presence"}),
            ("grid/save", {"kind": "presence", "changes": []}),
        ):
            for companies in ((other,), (self.company, other)):
                with (
                    self.subTest(route=route),
                    self.assertRaisesRegex(JsonRpcException, "AccessError"),
                ):
                    self._ask(route, *companies, **params)

    def test_companies_are_a_list_of_ids(self):
        self.authenticate("t_both", "t_both")
        for companies in (["1"], [True], [[1]], [0], {"1": 1}, "1", [1] * 200):
            with (
                self.subTest(companies=json.dumps(companies)[:40]),
                self.assertRaisesRegex(JsonRpcException, "BadRequest"),
            ):
                self.make_jsonrpc_request("/coworking_incubation/month", {"companies": companies})
