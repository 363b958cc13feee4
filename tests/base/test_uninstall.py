"""What Odoo leaves behind of a module that goes. That it goes whole is tried by ``.ci/run``."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.coworking_incubation import SAVED, forget_module

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
            "ir.exports": {"name": "Saved"},
            "ir.filters": {"name": "Saved"},
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

    def test_settings_that_were_typed_go(self):
        parameters = self.env["ir.config_parameter"]
        parameters._coworking_set("unused_seat_days", 99)
        parameters.set_param("coworking.of_others", "1")
        forget_module(self.env, CORE)
        self.assertFalse(parameters.search([("key", "=like", f"{CORE}.%")]))
        self.assertTrue(parameters.get_param("coworking.of_others"))

    def test_names_that_other_modules_gave_to_our_models_and_foreign_keys_go(self):
        self.env.cr.execute(LEFT)
        self.assertTrue(self.env.cr.fetchall())
        for module in self.env["ir.module.module"].search([("state", "=", "to remove")]):
            forget_module(self.env, module.name)
        self.env.cr.execute(LEFT)
        self.assertEqual(self.env.cr.fetchall(), [])
        noted = self.env["ir.model.constraint"].search([("name", "like", "coworking")])
        self.assertNotIn("f", noted.mapped("type"))
