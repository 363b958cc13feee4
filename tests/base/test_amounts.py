"""An amount on a screen has its currency beside it: the web client shows none it does not read."""

from lxml import etree

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
