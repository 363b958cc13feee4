"""From nothing to the first right bill, without an administrator, in at most 25 clicks.

The tests' database holds the demonstration. The first day is therefore that of a new company: it
has the French chart of accounts and nothing else, and its user sees no other company. Stages and
settings, which companies share, are those of an installation.
"""

from odoo.tests import freeze_time, new_test_user

from ..common import ACCOMPANIST, ACCOUNTANT, COORDINATOR, AccountingSetup
from ..network.test_accounting import VatReturn
from .common import BrowserCase


@freeze_time("2026-03-02 09:00:00", tick=True)
class TestFirstDay(VatReturn, AccountingSetup, BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._new_company("Incubateur de la Lys")
        cls._load_chart("fr", cls.company)
        cls.user, cls.accompanist = (
            new_test_user(
                cls.env,
                login=login,
                groups=groups,
                name=name,
                lang="fr_FR",
                tz="Europe/Paris",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for login, groups, name in (
                ("t_alone", f"{COORDINATOR},{ACCOUNTANT}", "Denis Lefort"),
                ("t_amina", ACCOMPANIST, "Amina Berger"),
            )
        )
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)

    def _run(self, name):
        """The tour, and the bill that it ends with."""
        self.assertFalse(self.user.has_group("base.group_erp_manager"))
        steps = self.env(user=self.user)["coworking.first.day"]
        self.assertTrue(steps.action_get_steps())
        self.start_tour("/odoo", f"coworking_incubation_{name}", login=self.user.login)
        self.env.invalidate_all()
        self.assertFalse(steps.action_get_steps())
        bill = self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("move_type", "=", "in_invoice")]
        )
        self.assertEqual((len(bill), bill.state), (1, "posted"))
        return bill

    def test_an_association_that_does_not_recover_vat(self):
        bill = self._run("first_day")
        self.assertEqual(self._by_account(bill), {"613200": 180.0, "401100": -180.0})
        self.assertEqual(self._vat_return(), {})
        self.assertEqual(bill.partner_id.name, "L'Atelier")
        seat = bill.coworking_statement_id.charge_ids.seat_id
        self.assertEqual(str(seat.date_end), "2026-07-31")
        file = seat.participant_id
        self.assertEqual((file.phase, file.date_entry), ("incubation", seat.date_start))
        program = file.program_id
        self.assertEqual((program.code, program.funding_base), ("INC", "total"))
        self.assertEqual(program.accompanist_ids, self.accompanist)
        self.assertEqual(program.agreement_ids.amount_granted, 9000.0)
        self.assertEqual(str(seat.tariff_id.price_ids.date_start), "2026-02-01")

    def test_a_company_that_recovers_vat(self):
        bill = self._run("first_day_vat")
        self.assertEqual(
            self._by_account(bill), {"613200": 150.0, "445640": 30.0, "401100": -180.0}
        )
        program = bill.coworking_statement_id.program_id
        self.assertEqual(program.funding_base, "untaxed")
        self._pay(bill)
        self.assertEqual(self._vat_return(), {"20": 30.0})
