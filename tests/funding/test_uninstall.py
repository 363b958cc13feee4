"""What the funders' half leaves behind when it goes: the other one's, and that of other addons."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.coworking_incubation_funding import FUNCTIONS, NAME, uninstall_hook


@tagged("post_install", "-at_install")
class TestUninstall(TransactionCase):
    def _functions(self):
        self.env.cr.execute("SELECT proname FROM pg_proc WHERE starts_with(proname, 'coworking_')")
        return {name for (name,) in self.env.cr.fetchall()}

    def test_who_uninstalls_it_is_told_that_shares_and_files_of_evidence_go_and_nothing_else(self):
        half = self.env["ir.module.module"].search([("name", "=", NAME)])
        gone = self.env["base.module.uninstall"].create({"module_ids": half.ids}).model_ids
        told = set(gone.mapped("model"))
        self.assertLessEqual(
            {"coworking.allocation", "coworking.claim", "coworking.evidence"}, told
        )
        self.assertNotIn("coworking.charge", told)

    def test_its_functions_of_postgresql_go_and_no_other(self):
        self.env.cr.execute(
            "CREATE FUNCTION coworking_funding_of_others() RETURNS integer"
            " LANGUAGE sql AS 'SELECT 1'"
        )
        before = self._functions()
        self.env["ir.module.module"].search([("name", "=", NAME)]).state = "to remove"
        self.env.flush_all()
        uninstall_hook(self.env)
        gone = before - self._functions()
        tables = {model._table for model in self.env.values() if model._original_module == NAME}
        made = {name for name in gone if any(table in name for table in tables)}
        self.assertEqual(gone - made, {f"coworking_{name}" for name in FUNCTIONS.split()} - made)
        left = {name for name in before - gone if any(name.endswith(table) for table in tables)}
        self.assertFalse(left)
        self.assertIn("coworking_funding_of_others", before - gone)
