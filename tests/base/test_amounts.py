"""An amount on a screen has its currency beside it: the web client shows none it does not read.
Numbers in sentences are written as the reader writes them.
"""

from lxml import etree

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from ..common import CoworkingCase

SHOWN = ("list", "kanban", "form")


class TestAmounts(CoworkingCase):
    def _find_bare(self, model, view):
        """Amounts of which a view does not read the currency, those of lists within it too."""
        fields = self.env[model]._fields
        depth = len(list(view.iterancestors("field")))
        nodes = [
            node for node in view.iter("field") if len(list(node.iterancestors("field"))) == depth
        ]
        names = {node.get("name") for node in nodes}
        for node in nodes:
            field = fields.get(node.get("name"))
            if field is None:
                continue
            if field.type == "monetary" and not node.get("options"):
                currency = field.get_currency_field(self.env[model])
                if currency not in names and node.get("widget", "monetary") == "monetary":
                    yield f"{model}: {field.name} without {currency}"
            for inner in node:
                if inner.tag in SHOWN:
                    yield from self._find_bare(field.comodel_name, inner)

    def test_every_amount_has_its_currency(self):
        views = self.env["ir.ui.view"].search(
            [("type", "in", SHOWN), ("mode", "=", "primary"), ("model", "!=", False)]
        )
        ours = views.filtered(lambda view: (view.xml_id or "").startswith("coworking_incubation"))
        self.assertGreater(len(ours), 50)
        for view in ours:
            arch = etree.XML(self.env[view.model].get_view(view.id, view.type)["arch"])
            with self.subTest(view.xml_id):
                self.assertFalse(list(self._find_bare(view.model, arch)))

    def test_one_without_is_found(self):
        view = self.env.ref("coworking_incubation.account_move_month_end_view_list")
        arch = etree.XML(self.env["account.move"].get_view(view.id, "list")["arch"])
        (node,) = arch.xpath("//field[@name='company_currency_id']")
        node.getparent().remove(node)
        found = list(self._find_bare("account.move", arch))
        self.assertEqual(found, ["account.move: amount_total_signed without company_currency_id"])


class TestNumbersInSentences(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.french = cls.env(context={**cls.env.context, "lang": "fr_FR"})

    def test_the_rate_of_a_seat(self):
        seat = self._new_seat("1/6", "31/12")
        funding = self.french["coworking.seat.funding"].create(
            {"seat_id": seat.id, "date_from": "2015-07-01", "rate": 62.5}
        )
        self.assertIn("62,5 %", funding.display_name)

    def test_the_rates_of_agreements_that_are_too_many(self):
        for reference in ("F-1", "F-2"):
            agreement = {
                "reference": reference,
                "partner_id": self.env["res.partner"].create({"name": reference}).id,
                "company_id": self.company.id,
                "program_ids": [Command.set(self.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "rate": 62.5,
            }
            if reference == "F-1":
                self.env["coworking.funding.agreement"].create(agreement)
            else:
                with self.assertRefused("F-1 62,5 %", "F-2 62,5 %", error=ValidationError):
                    self.french["coworking.funding.agreement"].create(agreement)

    def test_the_tax_on_top_of_a_price(self):
        words = self.french["coworking.matching"]._describe_tax({"rate": 0.055})
        self.assertIn("5,5", words)

    def test_hours_that_are_too_many(self):
        with self.assertRefused("13,25", error=UserError):
            self.french["coworking.portal.presence"]._check_hours(13.25)

    def test_hours_that_are_no_number(self):
        for typed in ("nan", "inf", "-inf", "1e400", "3h"):
            with self.subTest(typed), self.assertRefused("3,5", error=UserError):
                self.french["coworking.portal.presence"]._parse_hours(typed)
