"""The record of processing activities is what the models say of themselves: none is forgotten."""

from lxml import etree

from odoo.tests import tagged

from odoo.addons.coworking_incubation.models.base.processing import MONEY, PROCESSINGS

from ..common import CoworkingCase
from ..french import find_english

PEOPLE = {
    *("res.partner", "res.users", "coworking.participant", "coworking.seat"),
    *("coworking.attendance", "coworking.hosting"),
}
TOLD = {"name", "email", "phone", "email_normalized", "phone_key"}


@tagged("post_install", "-at_install")
class TestProcessingRegister(CoworkingCase):
    def _get_models(self):
        return [
            model
            for name, model in self.env.items()
            if name.startswith("coworking.")
            and not model._abstract
            and not model._transient
            and model._is_an_ordinary_table()
        ]

    def test_a_model_with_data_about_people_says_why(self):
        for model in self._get_models():
            pointing = [
                field.name
                for field in model._fields.values()
                if field.store
                and field.comodel_name in PEOPLE
                and field.type != "one2many"
                and field.name not in ("create_uid", "write_uid")
            ]
            typed = TOLD & {name for name, field in model._fields.items() if field.store}
            if pointing or len(typed) > 1:
                with self.subTest(model=model._name):
                    self.assertTrue(
                        getattr(model, "_processing", None) in PROCESSINGS,
                        f"{model._name} holds {pointing + sorted(typed)}: say why (_processing).",
                    )

    def test_each_purpose_says_all_that_the_law_asks(self):
        for processing in PROCESSINGS:
            for name in ("name", "purpose", "basis", "persons", "recipients", "term"):
                self.assertTrue(str(getattr(processing, name)))

    def test_nothing_is_promised_that_nothing_does(self):
        """No scheduled action deletes what was billed: the law asks for it, staff end it."""
        self.assertIn("the organisation deletes them", str(MONEY.term))

    def test_the_register_lists_fields_readers_and_sensitive_data(self):
        values = self.env["report.coworking_incubation.report_processing_register"]
        values = values.with_user(self.coordinator)._get_report_values(self.company.ids)
        models = {model["name"]: model for row in values["processings"] for model in row["models"]}
        declared = [model for model in self._get_models() if getattr(model, "_processing", None)]
        self.assertEqual(len(models), len(declared))
        file = models["Participant"]
        self.assertIn("Birth Date", file["closed"])
        self.assertIn("Referring Organisation", file["fields"])
        self.assertTrue(any("Coordinator" in name for name in file["readers"]))

    def test_in_french_it_has_no_word_of_english(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        register = self.env["report.coworking_incubation.report_processing_register"]
        register = register.with_user(self.coordinator).with_context(lang="fr_FR")
        said = [
            text
            for row in register._get_report_values(self.company.ids)["processings"]
            for model in row["models"]
            for text in (model["name"], *model["fields"], *model["closed"])
        ]
        self.assertGreater(len(said), 300)
        self.assertFalse({text for text in said if find_english(text)})

    def test_it_is_printed(self):
        report = self.env["ir.actions.report"].with_user(self.coordinator)
        html, __ = report._render_qweb_html(
            "coworking_incubation.report_processing_register", self.company.ids
        )
        html = html.decode() if isinstance(html, bytes) else str(html)
        self.assertIn("Record of processing activities", html)
        self.assertIn("Test Incubator", html)
        self.assertIn("For a group of its own", html)

    def test_no_row_is_cut_by_the_end_of_a_page(self):
        """What makes the PDF cuts through the rows of a table, not through a small table."""
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            "coworking_incubation.report_processing_register", self.company.ids
        )
        rows = etree.HTML(html).xpath("//table[contains(@class, 'o_grid')]//tr[td]")
        self.assertGreater(len(rows), 20)
        for row in rows:
            (table,) = row.iterancestors("table")
            self.assertEqual(table.xpath(".//tr"), [row])
            self.assertIn("page-break-inside: avoid", table.get("style"))

    def test_the_menu_prints_it_for_coordinators(self):
        action = self.env.ref("coworking_incubation.processing_register_action")
        result = action.with_user(self.coordinator).run()
        self.assertEqual(result["type"], "ir.actions.report")
