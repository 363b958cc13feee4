"""An amount on a screen has its currency beside it: the web client shows none that it does not read."""

from lxml import etree

from ..common import CoworkingCase

SHOWN = ("list", "kanban", "form")


class TestAmounts(CoworkingCase):
    def _find_bare(self, model, node, asked=None):
        """Amounts of which the view does not read the currency, those of lists within it too."""
        fields = self.env[model]._fields
        asked = asked if asked is not None else []
        here = []
        for child in node.iter("field"):
            inside = [row for row in child.iterancestors("field") if row in node.iter("field")]
            if inside and inside[0] is not node:
                continue
            here.append(child)
        names = {child.get("name") for child in here}
        for child in here:
            field = fields.get(child.get("name"))
            if field is None:
                continue
            if field.type == "monetary" and not child.get("options"):
                currency = field.get_currency_field(self.env[model])
                if currency not in names and child.get("widget", "monetary") == "monetary":
                    asked.append(f"{model}: {field.name} without {currency}")
            for view in child:
                if view.tag in SHOWN:
                    self._find_bare(field.comodel_name, view, asked)
        return asked

    def test_every_amount_has_its_currency(self):
        bare = []
        views = self.env["ir.ui.view"].search(
            [("type", "in", SHOWN), ("mode", "=", "primary"), ("model", "!=", False)]
        )
        ours = views.filtered(lambda view: (view.xml_id or "").startswith("coworking_incubation"))
        self.assertGreater(len(ours), 50)
        for view in ours:
            arch = self.env[view.model].get_view(view.id, view.type)["arch"]
            bare += [f"{view.xml_id}: {row}" for row in self._find_bare(view.model, etree.XML(arch))]
        self.assertFalse(bare, "\n".join(bare))
