"""What the tests of records share: one small programme in a company of its own.

Nothing here leans on demonstration data or on a chart of accounts: the company has its own
accounts, journals and taxes. Everything happens in 2015, so that no figure depends on the day.
"""

import io
import re
from contextlib import contextmanager
from copy import copy
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from PIL import Image
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from . import shared

ACCOMPANIST = "coworking_incubation.group_coworking_accompanist"
COORDINATOR = "coworking_incubation.group_coworking_coordinator"
ACCOUNTANT = "coworking_incubation.group_coworking_accountant"
SENSITIVE = "coworking_incubation.group_coworking_sensitive"

SECURITY = Path(__file__).parents[1] / "SECURITY.md"
JUNE = date(2015, 6, 1)
JULY = date(2015, 7, 1)
# Kind of a month end's counterpart, code and type of its account.
MONTH_END_ACCOUNTS = (
    ("accrued", "T408", "liability_current"),
    ("credit", "T4098", "asset_current"),
    ("prepaid", "T486", "asset_current"),
    ("to_invoice", "T418", "asset_current"),
)


def picture(kind="JPEG", size=(60, 40), mode="RGB", **options):
    """A picture of one colour, as a file."""
    stream = io.BytesIO()
    Image.new(mode, size, options.pop("color", None)).save(stream, kind, **options)
    return stream.getvalue()


def get_told_size(what):
    """How many cells SECURITY.md says that a matrix, or a part of one, has."""
    text = " ".join(SECURITY.read_text().split())
    found = re.findall(rf"(?<!\w){re.escape(what)} \(?([\d,]+)", text)
    assert len(found) == 1, f"SECURITY.md says {len(found)} times how large this is: {what}"
    return int(found[0].replace(",", ""))


def d(text):
    """'15/6' is 15 June 2015; '15/6/16' of 2016."""
    day, month, *year = (int(part) for part in text.split("/"))
    return date(2000 + year[0] if year else 2015, month, day)


class AccountingSetup:
    """Makes companies that can receive and send bills, whatever chart of accounts is installed."""

    @classmethod
    def _new_company(cls, name):
        euro = cls.env.ref("base.EUR")
        if not euro.active:  # writing it has all currencies counted
            euro.active = True
        return (
            cls.env["res.company"]
            .with_context(chart_template_load=True)  # no chart of accounts is loaded
            .create({"name": name, "currency_id": euro.id, "country_id": cls.env.ref("base.fr").id})
        )

    @classmethod
    def _setup_accounts(cls, company):
        """Accounts and journals of a company, as a dict."""
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        accounts = {
            key: env["account.account"].create(
                {
                    "name": key,
                    "code": code,
                    "account_type": account_type,
                    "reconcile": key in ("payable", "receivable"),
                    "company_ids": [Command.set(company.ids)],
                }
            )
            for key, code, account_type in (
                ("payable", "T401", "liability_payable"),
                ("receivable", "T411", "asset_receivable"),
                ("expense", "T613", "expense"),
                ("income", "T706", "income"),
                ("tax", "T445", "asset_current"),
            )
        }
        default = env["ir.default"]
        for field, key in (
            ("property_account_payable_id", "payable"),
            ("property_account_receivable_id", "receivable"),
        ):
            default.set("res.partner", field, accounts[key].id, company_id=company.id)
        for kind, code in (("purchase", "TBILL"), ("sale", "TINV"), ("general", "TMISC")):
            env["account.journal"].create(
                {"name": code, "code": code, "type": kind, "company_id": company.id}
            )
        env["account.tax.group"].create(
            {
                "name": "VAT",
                "company_id": company.id,
                "country_id": company.account_fiscal_country_id.id,
            }
        )
        return accounts

    @classmethod
    def _choose_month_end_accounts(cls):
        """408, 4098, 486 and 418: see ``MONTH_END_ACCOUNTS``."""
        for kind, code, account_type in MONTH_END_ACCOUNTS:
            cls.accounts[kind] = cls.env["account.account"].create(
                {
                    "name": kind,
                    "code": code,
                    "account_type": account_type,
                    "reconcile": True,
                    "company_ids": [Command.set(cls.company.ids)],
                }
            )
            cls.company[f"coworking_{kind}_account_id"] = cls.accounts[kind]

    @classmethod
    def _new_bank(cls):
        """A bank whose payments have an entry, and wait for their bank line."""
        bank = cls.env["account.journal"].create(
            {"name": "Bank", "code": "TBNK", "type": "bank", "company_id": cls.env.company.id}
        )
        bank.suspense_account_id = cls.accounts["tax"]
        outstanding = cls.env["account.account"].create(
            {
                "name": "Outstanding",
                "code": "T512",
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [Command.set(cls.env.company.ids)],
            }
        )
        methods = bank.outbound_payment_method_line_ids | bank.inbound_payment_method_line_ids
        methods.payment_account_id = outstanding
        return bank

    @classmethod
    def _receive_from_bank(cls, bank, items, amount, day):
        """A line of the bank's statement, set against open items of documents, as on screen."""
        line = cls.env["account.bank.statement.line"].create(
            {
                "journal_id": bank.id,
                "date": day,
                "payment_ref": "VIR",
                "partner_id": items.partner_id.id,
                "amount": amount,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = items.account_id
        (items | suspense).reconcile()
        return line

    def _post_copayments(self, statement, day="10/7"):
        """The invoices of participants that a statement makes now, posted."""
        before = statement.copayment_invoice_ids
        statement.action_create_copayment_invoices()
        invoice = statement.copayment_invoice_ids - before
        invoice.invoice_date = d(day)
        invoice.action_post()
        return invoice

    def _pay_without_entry(self, bank, moves, amount, date="2015-08-03"):
        """By a method without an account, where Odoo's accounting app is there: no entry."""
        methods = bank.outbound_payment_method_line_ids | bank.inbound_payment_method_line_ids
        methods.payment_account_id = False
        move_class = self.registry["account.move"]
        with patch.object(move_class, "_get_invoice_in_payment_state", lambda move: "in_payment"):
            wizard = (
                self.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=moves.ids)
                .create(
                    {
                        "payment_date": date,
                        "journal_id": bank.id,
                        "amount": amount,
                        "group_payment": True,
                    }
                )
            )
            payment = wizard._create_payments()
        self.assertFalse(payment.move_id)
        return payment

    @classmethod
    def _new_tax(cls, name, account=None, amount=20.0, included=False, use="purchase", **values):
        """A tax in percent; without an account on its tax line it follows the expense."""
        company = cls.env.company

        def lines():
            return [
                Command.create({"repartition_type": "base"}),
                Command.create(
                    {"repartition_type": "tax", "account_id": account and account.id},
                ),
            ]

        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "amount_type": "percent",
                "type_tax_use": use,
                "company_id": company.id,
                "country_id": company.account_fiscal_country_id.id,
                "price_include_override": "tax_included" if included else "tax_excluded",
                "tax_exigibility": "on_invoice",
                "invoice_repartition_line_ids": lines(),
                "refund_repartition_line_ids": lines(),
                **values,
            }
        )

    @classmethod
    def _new_product(cls, name, tax=None, **values):
        """A service that is bought, on the expense account, with one purchase tax or none."""
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "company_id": cls.env.company.id,
                "supplier_taxes_id": [Command.set(tax.ids if tax else [])],
                "taxes_id": [Command.clear()],
                "property_account_expense_id": cls.accounts["expense"].id,
                "property_account_income_id": cls.accounts["income"].id,
                **values,
            }
        )


@tagged("post_install", "-at_install")
class CoworkingCase(AccountingSetup, shared.RememberingCase, TransactionCase):
    """A programme from January to December 2015, two spaces, a tariff in each, all the roles.

    The programme pays everything, with tax, unless a test says otherwise.
    """

    @classmethod
    def setUpClass(cls):
        with shared.begin(cls, CoworkingCase) as made:
            super().setUpClass()
        if not made:
            before = {**vars(cls)}
            cls._setup_world()
            made = {
                name: value for name, value in vars(cls).items() if before.get(name) is not value
            }
            shared.held.keep(made)
        for name, value in made.items():
            setattr(cls, name, copy(value) if isinstance(value, dict | list) else value)

    @classmethod
    def _gc_filestore(cls):
        """Files of what is shared are in no other transaction: see ``shared.drop``."""
        if not shared.held:
            super()._gc_filestore()

    @classmethod
    def _setup_world(cls):
        cls.env = cls.env(context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        cls.company = cls._new_company("Test Incubator")
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": cls.company.ids,
                "tz": "Europe/Paris",
                "lang": "en_US",
            }
        )
        cls.company = cls.company.with_env(cls.env)
        cls.accounts = cls._setup_accounts(cls.company)
        cls.tax_lost = cls._new_tax("20% not recovered")
        cls.tax_recovered = cls._new_tax("20% recovered", cls.accounts["tax"])
        cls.seat_product = cls._new_product("Coworking seat", cls.tax_lost)
        cls.seat_product_recovered = cls._new_product("Coworking seat, VAT", cls.tax_recovered)
        cls.copayment_product = cls._new_product("Co-payment")
        cls._setup_users()
        cls.analytic_account = cls.env["account.analytic.account"].create(
            {
                "name": "Programme 2015",
                # another plan would be another column of every line that has an account of it
                "plan_id": cls.env.ref("analytic.analytic_plan_projects").id,
                "company_id": cls.company.id,
            }
        )
        cls.program = cls._new_program("Test 2015", "TST")
        cls.space = cls._new_space("Atelier Test", "ATELIER", seat_capacity=3)
        cls.space.manager_ids = cls.manager.partner_id
        cls.space_b = cls._new_space("Fabrique Test", "FABRIQUE", seat_capacity=3)
        cls.space_b.manager_ids = cls.manager_b.partner_id
        cls.tariff = cls._new_tariff("Nomad", 180.0)
        cls.tariff_b = cls._new_tariff("Desk", 140.0, space=cls.space_b)

    @classmethod
    def _setup_users(cls):
        """At once, which takes a third of the time that ``new_test_user`` takes for one by one."""
        groups = {
            "accompanist": (ACCOMPANIST,),
            "other_accompanist": (ACCOMPANIST,),
            "coordinator": (COORDINATOR,),
            "accountant": (ACCOUNTANT,),
            "sensitive": (ACCOMPANIST, SENSITIVE),
            "manager": ("base.group_portal",),
            "manager_b": ("base.group_portal",),
            "employee": ("base.group_user",),
        }
        names = {"manager": "Manager A", "manager_b": "Manager B"}
        # Odoo draws each its initials, in five sizes that become files
        contacts = cls.registry["res.partner"]
        with patch.object(contacts, "_avatar_generate_svg", lambda contact: False):
            users = cls.env["res.users"].create(
                [
                    {
                        "login": f"t_{role}",
                        "password": f"t_{role}",
                        "name": names.get(role, f"t_{role} ({','.join(of_role)})"),
                        "email": "t.t@example.com",
                        "group_ids": [Command.set([cls.env.ref(group).id for group in of_role])],
                        "company_id": cls.company.id,
                        "company_ids": [Command.set(cls.company.ids)],
                    }
                    for role, of_role in groups.items()
                ]
            )
        for role, user in zip(groups, users, strict=True):
            setattr(cls, role, user)

    # === Records: short to write, so that a test shows only what matters to it === #

    @classmethod
    def _new_program(cls, name, code, **values):
        return cls.env["coworking.program"].create(
            {
                "name": name,
                "code": code,
                "company_id": cls.env.company.id,
                "date_start": "2015-01-01",
                "date_end": "2015-12-31",
                "funding_rate": 100.0,
                "user_id": cls.coordinator.id,
                "accompanist_ids": [Command.set((cls.accompanist | cls.sensitive).ids)],
                "copayment_product_id": cls.copayment_product.id,
                "analytic_account_id": cls.analytic_account.id,
                **values,
            }
        )

    @classmethod
    def _new_space(cls, name, code, **values):
        site = cls.env["res.partner"].create({"name": f"{name} (site)", "is_company": True})
        return cls.env["coworking.space"].create(
            {
                "name": name,
                "partner_id": site.id,
                "code": code,
                "seat_capacity": 3,
                "state": "partner",
                "date_partner": "2015-01-01",
                **values,
            }
        )

    @classmethod
    def _new_tariff(cls, name, price, space=None, since="2015-01-01", prices=(), **values):
        """``prices``: more rows, as (date, price) or a dict of values."""
        rows = [(since, price), *prices]
        rows = [
            row if isinstance(row, dict) else {"date_start": row[0], "price": row[1]}
            for row in rows
        ]
        return cls.env["coworking.tariff"].create(
            {
                "name": name,
                "space_id": (space or cls.space).id,
                "unit": "month",
                "product_id": cls.seat_product.id,
                "price_ids": [Command.create(row) for row in rows],
                **values,
            }
        )

    @classmethod
    def _put_off(cls, tariff, day):
        """Its prices begin on a day, as it could be written before seats kept that of their own."""
        tariff.price_ids.flush_recordset()
        cls.env.cr.execute(
            "UPDATE coworking_tariff_price SET date_start = %s WHERE tariff_id = %s",
            [d(day), tariff.id],
        )
        cls.env.invalidate_all()

    @classmethod
    def _new_participant(cls, name="Camille", program=None, **values):
        return cls.env["coworking.participant"].create(
            {
                "partner_name": name,
                "program_id": (program or cls.program).id,
                "user_id": cls.accompanist.id,
                **values,
            }
        )

    @classmethod
    def _archive_at_once(cls, programs):
        """As they were archived before what goes on in them was in the way."""
        model = cls.env.registry["coworking.program"]
        with patch.object(model, "_get_what_goes_on", lambda self: []):
            programs.active = False

    @classmethod
    def _new_seat(cls, start, end=None, who="Camille", tariff=None, state="confirmed", **values):
        """A seat from ``start`` to ``end`` ('15/6'), for a new person unless ``who`` is a file."""
        participant = cls._new_participant(who) if isinstance(who, str) else who
        tariff = tariff or cls.tariff
        return cls.env["coworking.seat"].create(
            {
                "participant_id": participant.id,
                "space_id": tariff.space_id.id,
                "tariff_id": tariff.id,
                "date_start": d(start),
                "date_end": end and d(end),
                "state": state,
                **values,
            }
        )

    @classmethod
    def _new_presences(cls, seat, *days, hours=0.0):
        """'3/6' is the whole day, '3/6am' a half-day."""
        return cls.env["coworking.presence"].create(
            [
                {"seat_id": seat.id, "date": d(text.rstrip("apm")), "slot": slot, "hours": hours}
                for text in days
                for slot in ("am", "pm")
                if text[-1] != "m" or text.endswith(slot)
            ]
        )

    @classmethod
    def _whole_days(cls, count, first):
        start = d(first)
        days = [start + timedelta(days=offset) for offset in range(count)]
        return [f"{day.day}/{day.month}/{day.year - 2000}" for day in days]

    # === The month === #

    @classmethod
    def _generate(cls, month=JUNE, program=None, **values):
        return cls.env["coworking.statement"]._generate(program or cls.program, month, **values)

    @classmethod
    def _settle(cls, month=JUNE, program=None):
        """Generate a month and confirm its statements."""
        statements = cls._generate(month, program).filtered(
            lambda statement: statement.state in ("draft", "sent", "disputed")
        )
        statements.action_confirm()
        return statements

    @classmethod
    def _bill(cls, statements):
        statements.action_create_bill()
        return statements.bill_id

    def _at_once(self, spaces, seats=250):
        """:return: a context in which so many spaces are done at once, or as many as have these
        seats
        """
        return patch.multiple(
            self.registry["coworking.space"], _spaces_at_once=spaces, _seats_at_once=seats
        )

    @classmethod
    def _charges(cls, seat, month=None):
        """Charges of a seat that are on a statement."""
        return seat.charge_ids.filtered(
            lambda charge: charge.state != "forecast" and (not month or charge.period == month)
        ).sorted(lambda charge: (charge.period, charge.kind))

    # === Assertions === #

    @staticmethod
    def _guess(field):
        """A domain that tells something about the value of a field, to whoever may ask."""
        value = {
            "boolean": True,
            "integer": 1,
            "float": 1.0,
            "monetary": 1.0,
            "date": "2015-06-01",
            "datetime": "2015-06-01 00:00:00",
            "many2one": 1,
            "one2many": 1,
            "many2many": 1,
            "many2one_reference": 1,
        }.get(field.type, "a")
        if field.type == "binary":
            return [(field.name, "!=", False)]
        if field.type == "selection":
            value = "active" if callable(field.selection) else field.selection[0][0]
        return [(field.name, "=", value)]

    @contextmanager
    def assertRefused(self, *fragments, error=UserError):
        """Refused with a message that holds these words: the record's name, and what to do.

        Database errors are put into words as Odoo does it at the edge of a request.
        """
        with self.assertRaises(error) as caught, self.as_request():
            yield
        for fragment in fragments:
            self.assertIn(fragment, str(caught.exception))

    def _count_read(self, *tables):
        """Rows that PostgreSQL read of tables in this transaction, whole or by an index."""
        self.env.cr.execute(
            "SELECT SUM(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables"
            " WHERE relname IN %s",
            [tables],
        )
        return self.env.cr.fetchone()[0]

    def _expect_many_rows(self):
        """PostgreSQL plans as where it expects many rows, whatever it knows of these few and
        planned before: it neither loops nor reads a whole table because it is small."""
        self.env.cr.execute(
            "SET LOCAL enable_nestloop = off; SET LOCAL enable_seqscan = off;"
            " SET LOCAL plan_cache_mode = force_custom_plan"
        )

    def assertToldSize(self, what, cells):
        self.assertEqual(get_told_size(what), cells, f"SECURITY.md, {what}")

    def assertNoWay(self, act):
        """Refused for lack of rights; an order or a grouping may be refused as impossible."""
        try:
            with self.env.cr.savepoint():
                act()
        except (AccessError, ValueError):
            return
        self.fail("not refused")

    @contextmanager
    def as_request(self):
        """What a user would be told: see ``odoo.service.model.retrying``."""
        try:
            with self.env.cr.savepoint():
                yield
                self.env.flush_all()
        except IntegrityError as error:
            self.env.transaction.clear()
            table = error.diag.table_name
            model = next(
                self.env[name] for name, cls in self.registry.items() if cls._table == table
            )
            raise ValidationError(model._sql_error_to_message(error)) from error

    def assertAmounts(self, charges, *expected, fields=("kind", "amount_total")):
        """Exact values of these fields of some charges, in order of month and kind."""
        found = [
            tuple(charge[name] for name in fields)
            for charge in charges.sorted(lambda charge: (charge.period, charge.kind, charge.id))
        ]
        self.assertEqual(found, [tuple(row) for row in expected])
