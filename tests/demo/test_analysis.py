"""Views of analysis open on the programs that run: years are never mixed unless one asks for it."""

from lxml import etree

from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

# The journal of all that was decided is no picture of anything.
NO_PICTURES = {"coworking.audit"}


@tagged("post_install", "-at_install")
class TestAnalysis(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        user = cls.env["res.users"].search([("login", "=", "coordination")])
        cls.env = cls.env(user=user, context={"lang": "fr_FR", "tz": "Europe/Paris"})
        cls.past = cls.env.ref("coworking_incubation.coworking_program_2015")
        cls.current = cls.env.ref("coworking_incubation.coworking_program_current")

    def _get_actions(self):
        menu = self.env.ref("coworking_incubation.coworking_incubation_menu_analysis")
        children = self.env["ir.ui.menu"].search([("parent_id", "=", menu.id)])
        return [
            action
            # sudo: what the menu opens, Odoo's own way
            for action in (menu.sudo().action for menu in children)
            if action._name == "ir.actions.act_window" and action.res_model not in NO_PICTURES
        ]

    def _get_domain(self, action):
        """What the action shows as it opens: its own domain, and its default filters."""
        context = safe_eval(action.context or "{}", {"uid": self.env.uid})
        model = self.env[action.res_model]
        arch = model.get_view(action.search_view_id.id or None, "search")["arch"]
        filters = {node.get("name"): node for node in etree.fromstring(arch).iter("filter")}
        domain = Domain(safe_eval(action.domain or "[]", {"uid": self.env.uid}))
        for key, value in context.items():
            node = key.startswith("search_default_") and filters[key[len("search_default_") :]]
            if value and node is not False and node.get("domain"):
                domain &= Domain(safe_eval(node.get("domain"), {"uid": self.env.uid}))
        return model.with_context(**context), domain

    def test_they_open_on_the_programs_that_run(self):
        actions = self._get_actions()
        self.assertGreaterEqual(len(actions), 8)
        left_out = 0
        for action in actions:
            with self.subTest(action=action.name):
                model, domain = self._get_domain(action)
                past = Domain("program_id", "=", self.past.id)
                self.assertTrue(model.search_count(domain), "nothing to show")
                self.assertFalse(model.search_count(domain & past))
                # all of it is there for who takes the filter away
                own = Domain(safe_eval(action.domain or "[]", {"uid": self.env.uid}))
                left_out += bool(model.search_count(own & past))
        self.assertGreaterEqual(left_out, 6)
