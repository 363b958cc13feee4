"""Committed data and real transactions: what a test within one transaction cannot show."""

import contextlib
from datetime import date

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

JUNE = date(2015, 6, 1)


@tagged("post_install", "-at_install")
class RaceCase(TransactionCase):
    """A small programme of the main company, committed, and removed afterwards.

    Tests use transactions of their own; that of the class holds no lock. A race is played without
    threads: B looks, A writes and commits, B writes. Odoo's transactions are REPEATABLE READ, so
    that B goes on with what it saw.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = {}
        cls.addClassCleanup(cls._remove)
        with cls.commit() as env:
            cls._make(env)

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger("odoo.sql_db"))  # refusals are what is looked for
        self.addCleanup(self._remove_seats)

    # === Transactions === #

    @classmethod
    @contextlib.contextmanager
    def transaction(cls, user_id=SUPERUSER_ID):
        """A real one, rolled back unless it commits itself. It never waits long for a lock."""
        cr = cls.registry.cursor()
        try:
            cr.execute("SET LOCAL lock_timeout = '5s'")
            yield api.Environment(cr, user_id, {**DISABLED_MAIL_CONTEXT, "lang": "en_US"})
        finally:
            cr.rollback()
            cr.close()

    @classmethod
    @contextlib.contextmanager
    def commit(cls, user_id=SUPERUSER_ID):
        with cls.transaction(user_id) as env:
            yield env
            env.flush_all()
            env.cr.commit()

    def look(self, env):
        """From here on this transaction sees the database as it is now, whatever others commit."""
        env.cr.execute("SELECT 1 FROM coworking_space LIMIT 1")

    def count(self, model, domain=()):
        with self.transaction() as env:
            return env[model].search_count([("program_id", "in", self.ids["program"]), *domain])

    def record(self, env, key):
        model = {"program": "program", "people": "participant"}.get(key, "space")
        return env[f"coworking.{model}"].browse(self.ids[key])

    # === Data === #

    @classmethod
    def _make(cls, env):
        company = env.ref("base.main_company")
        account = env["account.account"].search(
            [("company_ids", "in", company.ids), ("account_type", "=", "expense")], limit=1
        )
        product = env["product.product"].create(
            [
                {
                    "name": f"Race {name}",
                    "type": "service",
                    "company_id": company.id,
                    "supplier_taxes_id": [Command.clear()],
                    "taxes_id": [Command.clear()],
                    "property_account_expense_id": account.id,
                }
                for name in ("seat", "co-payment")
            ]
        )
        program = env["coworking.program"].create(
            {
                "name": "Race 2015",
                "code": "RACE",
                "company_id": company.id,
                "date_start": "2015-01-01",
                "date_end": "2015-12-31",
                "funding_rate": 80.0,
                "copayment_product_id": product[1].id,
            }
        )
        people = env["coworking.participant"].create(
            [
                {"partner_name": f"Race {number}", "program_id": program.id, "user_id": False}
                for number in range(4)
            ]
        )
        cls.ids |= {"program": program.ids, "people": people.ids, "products": product.ids}
        for key, capacity in (("small", 1), ("large", 10)):
            site = env["res.partner"].create({"name": f"Race {key}", "is_company": True})
            space = env["coworking.space"].create(
                {
                    "partner_id": site.id,
                    "company_id": company.id,
                    "code": f"RACE-{key}",
                    "seat_capacity": capacity,
                    "state": "partner",
                    "date_partner": "2015-01-01",
                }
            )
            tariff = env["coworking.tariff"].create(
                {
                    "name": "Nomad",
                    "space_id": space.id,
                    "product_id": product[0].id,
                    "price_ids": [Command.create({"date_start": "2015-01-01", "price": 180.0})],
                }
            )
            cls.ids |= {key: space.ids, f"tariff_{key}": tariff.ids}

    def values(self, person=0, space="large", state="confirmed", **values):
        """Values of a seat in June of one of the four people."""
        return {
            "participant_id": self.ids["people"][person],
            "space_id": self.ids[space][0],
            "tariff_id": self.ids[f"tariff_{space}"][0],
            "date_start": "2015-06-01",
            "date_end": "2015-06-30",
            "state": state,
            **values,
        }

    def seats(self, *people, **values):
        """Committed seats of these people."""
        with self.commit() as env:
            return (
                env["coworking.seat"]
                .create([self.values(person, **values) for person in people])
                .ids
            )

    def statement(self, *actions, people=(0, 1)):
        """A committed statement of June, after these actions."""
        self.seats(*people)
        with self.commit() as env:
            statement = env["coworking.statement"]._generate(self.record(env, "program"), JUNE)
            for action in actions:
                getattr(statement, action)()
            return statement.ids

    @classmethod
    def _remove_seats(cls):
        """What a test made, in whatever state it left it."""
        with cls.commit() as env:
            env["account.move"].search(
                [("coworking_statement_id.program_id", "in", cls.ids["program"])]
            ).unlink()
            env.flush_all()
            # ENABLE and DISABLE are undone by a rollback like anything else.
            env.cr.execute(
                "ALTER TABLE coworking_charge DISABLE TRIGGER coworking_charge_frozen_trg"
            )
            env.cr.execute(
                """
                DELETE FROM coworking_portal_answer
                 WHERE statement_id IN (SELECT id FROM coworking_statement WHERE program_id IN %s)
                    OR seat_id IN (SELECT id FROM coworking_seat WHERE program_id IN %s)
                """,
                [tuple(cls.ids["program"])] * 2,
            )
            env["coworking.month.run"].search(
                [("line_ids.program_id", "in", cls.ids["program"])]
            ).unlink()
            for table in ("charge", "statement", "seat"):
                cls._delete(env, f"coworking.{table}", "program_id", cls.ids["program"])
            env.cr.execute(
                "ALTER TABLE coworking_charge ENABLE TRIGGER coworking_charge_frozen_trg"
            )
            env["coworking.participant"].search(
                [
                    ("program_id", "in", cls.ids["program"]),
                    ("id", "not in", cls.ids["people"]),
                ]
            ).unlink()

    @classmethod
    def _delete(cls, env, model, field, ids):
        env.cr.execute(
            f"DELETE FROM {env[model]._table} WHERE {field} IN %s RETURNING id",
            [tuple(ids)],
        )
        gone = [row[0] for row in env.cr.fetchall()]
        for other, field in (
            ("mail.message", "res_id"),
            ("mail.followers", "res_id"),
            ("mail.activity", "res_id"),
        ):
            domain = [("res_model" if other != "mail.message" else "model", "=", model)]
            env[other].sudo().search([*domain, (field, "in", gone)]).unlink()
        env.invalidate_all()

    @classmethod
    def _remove(cls):
        if not cls.ids:
            return
        cls._remove_seats()
        with cls.commit() as env:
            people = env["coworking.participant"].browse(cls.ids["people"])
            partners = people.partner_id
            people.unlink()
            env["coworking.program"].browse(cls.ids["program"]).unlink()
            spaces = env["coworking.space"].browse(cls._get_spaces())
            partners |= spaces.partner_id
            spaces.unlink()
            partners.unlink()
            env["product.product"].browse(cls.ids["products"]).product_tmpl_id.unlink()

    @classmethod
    def _get_spaces(cls):
        return cls.ids["small"] + cls.ids["large"]
