"""From nothing to the first right bill, without an administrator, in at most 25 clicks.

``.ci/run`` sets ``EMPTY_DATABASE`` and runs these on a French database that holds Odoo's accounting
and the addon, and nothing else: there, it is the first day of its only company. The tests' own
database holds the demonstration: there, it is the first day of a new company.
"""

import os
import time
from functools import wraps
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, new_test_user

from ..common import ACCOMPANIST, ACCOUNTANT, COORDINATOR, AccountingSetup
from ..network.test_accounting import VatReturn
from .common import BrowserCase

# The name of a program, then of a person, typed into the dialog of their step.
BEGIN = """
window.drawn = (ms) => new Promise((done) => setTimeout(done, ms));
window.found = async (selector) => {
    for (let waited = 0; waited < 20000 && !document.querySelector(selector); waited += 50) {
        await drawn(50);
    }
    return document.querySelector(selector);
};
window.begin = async (step, name, text) => {
    (await found(`.o_coworking_first_day [data-step='${step}'] button`)).click();
    const input = await found(`.modal .o_field_widget[name='${name}'] :is(input, textarea)`);
    input.focus();
    input.value = text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
};
"""
# Samples have bars; the board that takes their place has nobody yet.
BARS = """
(async () => {
    await begin("program", "name", "Incubation 2026");
    (await found(".modal-footer .btn-primary")).click();
    await found(".o_coworking_first_day [data-step='program'][data-done='1']");
    await drawn(2500);
    if (!document.querySelector(".o_kanban_group") || document.querySelector(".progress-bar")) {
        throw new Error("the samples are still counted");
    }
    console.log("test successful");
})()
"""
TYPED = """
(async () => {
    await begin("person", "participant_id", "Camille Roux");
    for (const item of [".o_m2o_dropdown_option_create", ".o_m2o_dropdown_option"]) {
        await drawn(700);
        const option = document.querySelector(item);
        if (option) {
            option.querySelector("a").click();
            break;
        }
    }
    const name = await found(".modal .o_field_widget[name='partner_name'] input");
    if (name?.value !== "Camille Roux" || !(await found(".modal [name='program_id'] input"))) {
        throw new Error(`typed again: ${name?.value}`);
    }
    for (const button of [...document.querySelectorAll(".modal .btn-close")].reverse()) {
        button.click();
        await drawn(700);
    }
    console.log("test successful");
})()
"""
EMPTY = bool(os.environ.get("EMPTY_DATABASE"))
MADE_BY_HAND = ("program", "space", "tariff", "participant", "seat", "statement", "charge")


@freeze_time("2026-03-02 09:00:00", tick=True)
class TestFirstDay(VatReturn, AccountingSetup, BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if EMPTY:
            cls.company = cls.env.ref("base.main_company")
        else:
            cls.company = cls._new_company("My Company")
            cls._load_chart("fr", cls.company)
        cls.user = new_test_user(
            cls.env,
            login="t_alone",
            groups=f"{COORDINATOR},{ACCOUNTANT}",
            name="Denis Lefort",
            lang="fr_FR",
            tz="Europe/Paris",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
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
        self.assertEqual(
            self.company.partner_id.contact_address_inline,
            "Incubateur de la Lys, 12 rue de l'Exemple, 59000 Lille, France",
        )
        self.assertEqual(self.company.company_registry, "12345678200010")
        bill = self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("move_type", "=", "in_invoice")]
        )
        self.assertEqual((len(bill), bill.state), (1, "posted"))
        return bill

    def _run_march(self, program):
        """The month after, by the same person: 12 € a seat, and one of which half is funded."""
        program = program.with_user(self.user).with_company(self.company)
        program.funding_rate = 50.0
        space = program.env["coworking.space"].search([("company_id", "=", self.company.id)])
        space.membership_ids = [Command.create({"date_start": "2026-03-01", "fee": 12.0})]
        people = program.env["coworking.participant"].with_context(default_program_id=program.id)
        seat = program.env["coworking.seat"].create(
            {
                "participant_id": people.name_create("Sacha Petit")[0],
                "space_id": space.id,
                "tariff_id": space.tariff_ids.id,
                "date_start": "2026-03-01",
            }
        )
        seat.action_welcome()
        statement = program.env["coworking.statement"]._generate(program, seat.date_start)
        statement.action_confirm()
        statement.action_create_bill()
        statement.action_create_copayment_invoices()
        bill, invoice = statement.bill_id, statement.copayment_invoice_ids
        bill.ref = "F-2026-03"
        (bill | invoice).write({"invoice_date": "2026-04-01"})
        (bill | invoice).action_post()
        self.env.invalidate_all()
        return bill.sudo(), invoice.sudo()

    def test_nothing_was_there_before(self):
        if EMPTY:
            self.assertEqual(self.company.chart_template, "fr")
            for module in self.env["ir.module.module"].search([("state", "=", "installed")]):
                self.assertFalse(module.demo, module.name)
            for name in MADE_BY_HAND:
                records = self.env[f"coworking.{name}"].with_context(active_test=False)
                self.assertFalse(records.search_count([]), name)
            staff = self.env.ref(ACCOMPANIST).all_user_ids - self.env.ref("base.user_root")
            self.assertEqual(staff, self.env.ref("base.user_admin") | self.user)
        entries = self.env["account.move"].search([("company_id", "=", self.company.id)])
        self.assertFalse(entries)

    def test_an_association_that_does_not_recover_vat(self):
        bill = self._run("first_day")
        self.assertEqual(self._by_account(bill), {"613200": 180.0, "401100": -180.0})
        self.assertEqual(bill.partner_id.name, "L'Atelier")
        seat = bill.coworking_statement_id.charge_ids.seat_id
        self.assertEqual(str(seat.date_end), "2026-07-31")
        file = seat.participant_id
        self.assertEqual((file.phase, file.date_entry), ("incubation", seat.date_start))
        program = file.program_id
        self.assertEqual((program.code, program.funding_base), ("INC", "total"))
        colleague = program.accompanist_ids
        self.assertEqual(colleague.login, "amina@incubateur.example")
        self.assertEqual(colleague.group_ids, self.env.ref(ACCOMPANIST))
        self.assertEqual(colleague.company_ids, self.company)
        self.assertEqual(program.agreement_ids.amount_granted, 9000.0)
        self.assertEqual(str(seat.tariff_id.price_ids.date_start), "2026-02-01")

        march, invoice = self._run_march(program)
        self.assertEqual(
            self._by_account(march), {"613200": 360.0, "628100": 24.0, "401100": -384.0}
        )
        self.assertEqual(self._by_account(invoice), {"411100": 96.0, "706000": -96.0})
        for move in (bill, march, invoice):
            self._pay(move)
        self.assertEqual(self._vat_return(), {})
        entries = self.env["account.move"].search([("company_id", "=", self.company.id)])
        self.assertFalse(entries.line_ids.tax_tag_ids)

    def test_a_company_that_recovers_vat(self):
        bill = self._run("first_day_vat")
        self.assertEqual(
            self._by_account(bill), {"613200": 150.0, "445640": 30.0, "401100": -180.0}
        )
        program = bill.coworking_statement_id.program_id
        self.assertEqual(program.funding_base, "untaxed")
        self._pay(bill)
        self.assertEqual(self._vat_return(), {"20": 30.0})

        march, invoice = self._run_march(program)
        self.assertEqual(
            self._by_account(march),
            {"613200": 300.0, "445640": 60.0, "628100": 24.0, "401100": -384.0},
        )
        self.assertEqual(
            self._by_account(invoice), {"411100": 97.2, "706000": -81.0, "445740": -16.2}
        )

    def test_a_list_that_was_hidden_comes_back_with_its_menu(self):
        self.start_tour("/odoo", "coworking_incubation_first_day_hidden", login=self.user.login)

    def test_a_dialog_closes_before_the_list_is_read_again(self):
        steps = self.registry["coworking.first.day"]
        read = steps.action_get_steps

        @wraps(read)
        def read_slowly(model):
            if model.env["coworking.program"].search_count([], limit=1):
                time.sleep(4)  # long enough for the slowest browser to look meanwhile
            return read(model)

        with patch.object(steps, "action_get_steps", read_slowly):
            self.start_tour(
                "/odoo", "coworking_incubation_first_day_slow_list", login=self.user.login
            )

    def test_the_bars_of_samples_go_with_the_samples(self):
        participants = self.registry["coworking.participant"]
        read = participants.read_progress_bar

        @wraps(read)
        def read_slowly(*args, **kwargs):
            time.sleep(1)  # the columns are there before what their bars count
            return read(*args, **kwargs)

        with patch.object(participants, "read_progress_bar", read_slowly):
            self._run_code(BARS)

    def test_where_several_programs_run_the_name_typed_is_kept(self):
        for name in ("First", "Second"):
            program = self.env["coworking.program"].create({"name": name})
            program.date_start = "2026-03-01"
        self.env["coworking.space"].create(
            {
                "name": "L'Atelier",
                "state": "partner",
                "date_partner": "2026-03-01",
                "seat_capacity": 4,
                "tariff_ids": [
                    Command.create(
                        {
                            "name": "Nomade",
                            "price_ids": [
                                Command.create({"date_start": "2026-03-01", "price": 180.0})
                            ],
                        }
                    )
                ],
            }
        )
        self._run_code(TYPED)

    def _run_code(self, code):
        self.browser_js(
            "/odoo/incubation",
            BEGIN + code,
            "!!document.querySelector('.o_coworking_first_day [data-step] button')",
            login=self.user.login,
            timeout=60,
        )
