"""What Odoo leaves behind of a module that goes. That it goes whole is tried by ``.ci/run``."""

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.coworking_incubation import (
    FUNCTIONS,
    SAVED,
    _drop_foreign_keys,
    _forget_accounting,
    _keep_rights_of_odoo,
    _leave_to_others,
    drop_functions,
    forget_module,
)

CORE = "coworking_incubation"
LEFT = """
SELECT model, module, name FROM ir_model_data
 WHERE model IN ('ir.model.inherit', 'ir.model.fields.selection')
   AND name ~ '__coworking_' AND NOT starts_with(module, 'coworking_')
"""


@tagged("post_install", "-at_install")
class TestUninstall(TransactionCase):
    def setUp(self):
        super().setUp()
        ours = self.env["ir.module.module"].search(
            [("name", "=like", f"{CORE}%"), ("state", "=", "installed")]
        )
        ours.write({"state": "to remove"})
        ours.flush_recordset()

    def _save(self, model):
        """What a user saves about a model."""
        values = {
            "ir.actions.act_window": {"name": "Saved"},
            "ir.actions.report": {"name": "Saved", "report_name": "saved.report"},
            "ir.exports": {"name": "Saved"},
            "ir.filters": {"name": "Saved"},
            "ir.ui.view": {"name": "Saved", "type": "list", "arch": "<list/>"},
            "mail.message.subtype": {"name": "Saved"},
            "mail.scheduled.message": {
                "body": "Saved",
                "author_id": self.env.user.partner_id.id,
                "res_id": self.env[model].search([], limit=1).id,
                "scheduled_date": "2099-01-01 10:00:00",
            },
        }
        return [
            self.env[kind].create({**values[kind], field: model}) for kind, field in SAVED.items()
        ]

    def test_what_users_saved_about_our_models_goes_with_them_and_nothing_else(self):
        ours, others = self._save("coworking.participant"), self._save("res.partner")
        forget_module(self.env, CORE)
        for saved, kept in zip(ours, others, strict=True):
            self.assertFalse(saved.exists(), saved._name)
            self.assertTrue(kept.exists(), kept._name)

    def test_views_that_users_made_on_their_own_go_and_ours_are_left_to_odoo(self):
        """Odoo takes those along that stand on a view of ours; and ours in an order that works."""
        ours = self.env.ref(f"{CORE}.coworking_participant_view_form")
        copied = ours.copy({"name": "Copied"})
        extended = copied.create(
            {
                "name": "Extended",
                "model": copied.model,
                "inherit_id": copied.id,
                "arch": "<form position='inside'><div/></form>",
            }
        )
        forget_module(self.env, CORE)
        self.assertFalse((copied | extended).exists())
        self.assertTrue(ours.exists())

    def test_a_meeting_that_was_planned_on_a_file_stays_in_the_calendar(self):
        """PostgreSQL lets a meeting go with the model that it leads to, and asks nobody."""
        file = self.env["coworking.participant"].search([], limit=1)
        planned = self.env["calendar.event"].with_context(
            active_model=file._name, active_id=file.id
        )
        event = planned.create({"name": "Call", "start": "2099-01-01", "stop": "2099-01-01"})
        self.assertEqual((event.res_model, event.res_id), (file._name, file.id))
        event.flush_recordset()
        forget_module(self.env, CORE)
        event.invalidate_recordset()
        self.assertEqual((event.res_model_id.id, event.res_model, event.res_id), (False, False, 0))

    def test_favourites_and_exports_of_odoos_lists_that_name_our_fields_go(self):
        *saved, kept = self.env["ir.filters"].create(
            [
                {
                    "name": name,
                    "model_id": model,
                    "context": str({"group_by": [field]}),
                    "user_ids": [Command.set([])],
                }
                for name, model, field in (
                    ("Ours", "account.move", "coworking_statement_id"),
                    ("Ours by theirs", "account.move.line", "move_id.coworking_statement_id"),
                    ("Theirs", "account.move", "partner_id"),
                )
            ]
        )
        export = self.env["ir.exports"].create(
            {
                "name": "Bills",
                "resource": "account.move",
                "export_fields": [
                    Command.create({"name": name})
                    for name in ("name", "coworking_statement_id/name")
                ],
            }
        )
        forget_module(self.env, CORE)
        self.assertEqual([row.exists().id for row in saved], [False, False])
        self.assertTrue(kept.exists())
        self.assertEqual(export.export_fields.mapped("name"), ["name"])

    def test_who_works_in_odoo_by_a_role_of_ours_goes_on(self):
        roles = [f"{CORE}.group_coworking_{role}" for role in ("coordinator", "accountant")]
        user = new_test_user(self.env, login="t_role", groups=",".join(roles))
        user.group_ids -= self.env.ref("base.group_user")
        _keep_rights_of_odoo(self.env)
        user.group_ids -= self.env.ref(roles[0]) | self.env.ref(roles[1])
        self.assertTrue(user._is_internal())
        self.assertTrue(user.has_group("account.group_account_invoice"))

    def test_another_addon_whose_name_begins_like_ours_keeps_its_own(self):
        self.env.cr.execute(
            "CREATE TABLE coworking_booking (partner_id integer REFERENCES res_partner)"
        )
        _drop_foreign_keys(self.env)
        self.env.cr.execute(
            "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
            " AND starts_with(conrelid::regclass::text, 'coworking_')"
        )
        self.assertEqual(self.env.cr.fetchall(), [("coworking_booking",)])
        group = self.env["res.groups"].create(
            {"name": "Booking", "implied_ids": [Command.link(self.env.ref("base.group_user").id)]}
        )
        self.env["ir.model.data"].create(
            {"module": "coworking_booking", "name": "g", "model": "res.groups", "res_id": group.id}
        )
        user = new_test_user(self.env, login="t_booking", groups="coworking_booking.g")
        user.group_ids = group
        _keep_rights_of_odoo(self.env)
        self.assertEqual(user.group_ids, group)

    def test_our_functions_of_postgresql_go_and_no_other(self):
        self.env.cr.execute(
            "CREATE FUNCTION coworking_seat_booked() RETURNS integer LANGUAGE sql AS 'SELECT 1'"
        )
        followed = self.env["coworking.audit"]._get_audited()
        drop_functions(self.env, FUNCTIONS, followed, self.registry.values())
        self.env.cr.execute(
            "SELECT proname FROM pg_proc WHERE starts_with(proname, 'coworking_')"
            " AND NOT starts_with(proname, 'coworking_funding_')"  # the other half's: tests/funding
        )
        self.assertEqual(self.env.cr.fetchall(), [("coworking_seat_booked",)])

    def test_a_tax_and_a_product_that_people_set_somewhere_stay(self):
        company = self.env["res.company"].create({"name": "Never Billed"})
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        tax, product = company._coworking_get_lost_tax(), company.coworking_seat_product_id
        own = self.env["product.product"].create(
            {"name": "Paper", "supplier_taxes_id": [Command.set(tax.ids)]}
        )
        model = self.env["account.analytic.distribution.model"].create(
            {"product_id": product.id, "company_id": company.id}
        )
        _forget_accounting(self.env)
        self.assertEqual(own.supplier_taxes_id, tax)
        self.assertTrue(model.exists())
        self.assertTrue(product.exists())

    def test_products_and_taxes_that_nothing_uses_go_and_others_stay(self):
        company = self.env["res.company"].create({"name": "Never Used"})
        charts = self.env["account.chart.template"]
        charts.try_loading("generic_coa", company=company, install_demo=False)
        unused = company.coworking_seat_product_id, company._coworking_get_lost_tax()
        unused += (company._coworking_get_exempt_position(),)
        self.assertTrue(all(unused))
        used = self.env.ref("account.1_coworking_product_seat")
        bill = self.env["account.move"].search([("move_type", "=", "in_invoice")], limit=1)
        bill.copy({"invoice_line_ids": [Command.create({"product_id": used.id})]})
        _forget_accounting(self.env)
        for record in unused:
            self.assertFalse(record.exists(), record._name)
        self.assertTrue(used.exists())

    def test_what_a_released_version_made_goes_unless_bills_use_it_and_has_no_name_of_ours(self):
        products = self.env["product.product"].create([{"name": "Seat"}, {"name": "Fee"}])
        self.env["ir.model.data"].create(
            [
                {"module": CORE, "name": f"released_{row}", "model": row._name, "res_id": row.id}
                for row in (*products, products[0].product_tmpl_id)
            ]
        )
        bill = self.env["account.move"].search([("move_type", "=", "in_invoice")], limit=1)
        bill.copy({"invoice_line_ids": [Command.create({"product_id": products[0].id})]})
        _forget_accounting(self.env)
        _leave_to_others(self.env)
        self.assertEqual(products.exists(), products[0])
        names = [("module", "=", CORE), ("name", "=like", "released%")]
        self.assertFalse(self.env["ir.model.data"].search(names))

    def test_settings_that_were_typed_go(self):
        parameters = self.env["ir.config_parameter"]
        parameters._coworking_set("unused_seat_days", 99)
        parameters.set_param("coworking.of_others", "1")
        forget_module(self.env, CORE)
        self.assertFalse(parameters.search([("key", "=like", f"{CORE}.%")]))
        self.assertTrue(parameters.get_param("coworking.of_others"))

    def test_who_uninstalls_is_told_which_accounts_sealed_documents_and_trail_go(self):
        modules = self.env["ir.module.module"]
        modules.search([("state", "=", "to remove")]).state = "installed"
        core = modules.search([("name", "=", CORE)])
        gone = self.env["base.module.uninstall"].create({"module_ids": core.ids}).model_ids
        told = set(gone.mapped("model"))
        self.assertLessEqual(
            {"coworking.audit", "coworking.attendance.signature", "coworking.charge"}, told
        )
        self.assertNotIn("account.move", told)

    def test_names_that_other_modules_gave_to_our_models_and_foreign_keys_go(self):
        self.env.cr.execute(LEFT)
        self.assertTrue(self.env.cr.fetchall())
        for module in self.env["ir.module.module"].search([("state", "=", "to remove")]):
            forget_module(self.env, module.name)
        self.env.cr.execute(LEFT)
        self.assertEqual(self.env.cr.fetchall(), [])
        noted = self.env["ir.model.constraint"].search([("name", "like", "coworking")])
        self.assertNotIn("f", noted.mapped("type"))
