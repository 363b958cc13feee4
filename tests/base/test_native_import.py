"""Odoo's own import of a file, where it writes into our models."""

from odoo.tests import tagged

from ..common import CoworkingCase, d

UNCHOSEN = {"float_thousand_separator": ",", "float_decimal_separator": "."}
CHOSEN = {"float_thousand_separator": " ", "float_decimal_separator": ","}


@tagged("post_install", "-at_install")
class TestNumbers(CoworkingCase):
    def _import(self, model, fields, row, separators):
        options = {
            "quoting": '"',
            "separator": ";",
            "has_headers": True,
            "encoding": "utf-8",
            "date_format": "%d/%m/%Y",
            **separators,
        }
        content = f"{';'.join(fields)}\n{row}\n"
        values = {"res_model": model, "file": content.encode(), "file_type": "text/csv"}
        dialog = self.env["base_import.import"].with_user(self.coordinator).create(values)
        return dialog.execute_import(fields, fields, options)

    def _price(self, text, separators=UNCHOSEN):
        """The price that a row makes, or what is wrong with it."""
        fields = ["tariff_id/.id", "price", "date_start"]
        row = f"{self.tariff.id};{text};01/05/2015"
        result = self._import("coworking.tariff.price", fields, row, separators)
        made = self.tariff.price_ids.filtered(lambda price: price.date_start == d("1/5"))
        price = made.price
        made.unlink()
        return price if result.get("ids") else result["messages"][0]["message"]

    def test_140_00_is_not_fourteen_thousand(self):
        for text in ("140,00", "140,00 €", "140.00", "140", "140,0"):
            with self.subTest(text):
                self.assertEqual(self._price(text), 140.0)
        self.assertEqual(self._price("1 234,50"), 1234.5)
        self.assertEqual(self._price("1.234,50"), 1234.5)
        self.assertEqual(self._price("1,234.50"), 1234.5)

    def test_what_may_be_two_numbers_is_refused(self):
        self.assertIn("1,234 is no number, or may be two", self._price("1,234"))

    def test_separators_that_somebody_chose_are_theirs(self):
        self.assertEqual(self._price("140,00", CHOSEN), 140.0)
        self.assertEqual(self._price("140,125", CHOSEN), 140.13)

    def test_other_models_are_read_as_odoo_reads_them(self):
        result = self._import("product.template", ["name", "list_price"], "P;140,00", UNCHOSEN)
        self.assertFalse(result.get("ids"), "a coordinator makes no product")
        self.coordinator.group_ids += self.env.ref("product.group_product_manager")
        result = self._import("product.template", ["name", "list_price"], "P;140,00", UNCHOSEN)
        self.assertEqual(self.env["product.template"].browse(result["ids"]).list_price, 14000)
