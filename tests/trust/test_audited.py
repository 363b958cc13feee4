"""The list of what is audited: that it is what there is, and no name nor text among it."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.coworking_incubation.models.trust.audited import AUDITED
from odoo.addons.coworking_incubation.models.trust.coworking_audit import ACTIONS

SHORT = {"many2one", "selection", "date", "datetime", "boolean", "integer", "float", "monetary"}
# A key, and a number or an hour within bounds: see base/ir_config_parameter.py.
KNOWN_TEXTS = {("ir.config_parameter", "key"), ("ir.config_parameter", "value")}

# Would go with another record that says nothing of who deletes it, were it not deleted just before.
DELETED_BEFORE = {
    ("coworking.match", "charge_id"): "see matching/coworking_charge.py",
    ("coworking.match", "move_line_id"): "see matching/account_move_line.py",
}


@tagged("post_install", "-at_install")
class TestAudited(TransactionCase):
    def _columns(self):
        for model, audited in AUDITED.items():
            for name in (*audited.columns, *audited.noted, *audited.actions):
                yield model, name

    def test_every_column_is_there_and_holds_no_text(self):
        for model, name in self._columns():
            with self.subTest(column=f"{model}.{name}"):
                field = self.env[model]._fields[name]
                self.assertTrue(field.store)
                if (model, name) not in KNOWN_TEXTS:
                    self.assertIn(field.type, SHORT)

    def test_actions_follow_from_columns_and_are_known(self):
        known = dict(ACTIONS)
        for model, audited in AUDITED.items():
            self.assertLessEqual(set(audited.actions), set(audited.columns), model)
            self.assertIn(audited.made, known)
            for name, by_value in audited.actions.items():
                self.assertLessEqual(set(by_value.values()), set(known), model)
                field = self.env[model]._fields[name]
                if field.type == "selection":
                    values = set(field.get_values(self.env)) | {"*"}
                    self.assertLessEqual(set(by_value), values, f"{model}.{name}")

    def test_ours_say_who_deletes_them(self):
        mixin = self.registry["coworking.record.mixin"]
        for model in AUDITED:
            if model.startswith("coworking."):
                self.assertTrue(issubclass(self.registry[model], mixin), model)

    def _says_who_deletes(self, comodel):
        """Whether what PostgreSQL does when a record of this model goes has an author."""
        if issubclass(self.registry[comodel], self.registry["coworking.record.mixin"]):
            audited = AUDITED.get(comodel)
            return bool(audited) and not audited.at_once
        return any(
            "saying_who" in vars(kind)["unlink"].__code__.co_names
            for kind in self.registry[comodel].mro()
            if "unlink" in vars(kind)
        )

    def test_what_is_emptied_when_another_record_goes_is_of_a_model_that_says_who_deletes(self):
        """Else PostgreSQL empties the column, and the trail says that nobody in Odoo did."""
        for model, name in self._columns():
            field = self.env[model]._fields[name]
            if field.type == "many2one" and field.ondelete == "set null":
                with self.subTest(column=f"{model}.{name}"):
                    self.assertTrue(self._says_who_deletes(field.comodel_name))

    def test_what_goes_with_another_record_is_of_a_model_that_says_who_deletes(self):
        silent = {
            (model, name)
            for model, audited in AUDITED.items()
            for name, field in self.env[model]._fields.items()
            if "d" in audited.on and field.store and field.type == "many2one"
            if field.ondelete == "cascade" and not self._says_who_deletes(field.comodel_name)
        }
        self.assertEqual(silent, DELETED_BEFORE.keys())

    def test_a_company_is_known_of_all_that_has_one(self):
        """A row without a company is read in all of them."""
        shared = {model for model in AUDITED if "company_id" not in self.env[model]._fields}
        self.assertEqual(shared, {"ir.config_parameter"})
        for model in AUDITED.keys() - shared:
            self.assertTrue(self.env[model]._fields["company_id"].store, model)

    def test_nothing_holds_what_would_have_to_be_forgotten(self):
        """Names are planted everywhere, and everything is done: none is in the trail."""
        self.env.cr.execute(
            """SELECT string_agg(DISTINCT value::text, ' ')
                 FROM coworking_audit, jsonb_each(changes) AS change (name, value)"""
        )
        texts = self.env.cr.fetchone()[0] or ""
        partners = self.env["res.partner"].search([("coworking_participant_ids", "!=", False)])
        for partner in partners:
            for word in (partner.name, partner.email):
                if word:
                    self.assertNotIn(f'"{word}', texts)
