"""Every list of the app, in French on a screen of 1440 x 900: its headings can be read."""

import json

from .common import BrowserCase

# Opens one after the other, and names the headings that are cut.
LISTS = """
(async () => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const cut = [];
    for (const id of %s) {
        await action.doAction(id, { clearBreadcrumbs: true, viewType: "list" });
        await new Promise((drawn) => setTimeout(drawn, 300));
        const headings = document.querySelectorAll(".o_list_table thead th[data-name] span");
        if (!headings.length) {
            cut.push(`${id}: no list`);
        }
        for (const heading of headings) {
            if (heading.scrollWidth > heading.clientWidth + 1) {
                cut.push(`${document.title}: ${heading.textContent.trim()}`);
            }
        }
    }
    if (cut.length) {
        throw new Error(cut.join(" | "));
    }
    console.log("test successful");
})();
"""


class TestHeadings(BrowserCase):
    def test_headings_are_not_cut(self):
        actions = self.env["ir.actions.act_window"].search(
            [("path", "=like", "incubation-%"), ("res_model", "not like", "account.%")]
        )
        ids = actions.filtered(lambda row: "list" in row.view_mode).ids
        self.assertGreater(len(ids), 30)
        self.browser_js(
            "/odoo/incubation-participants",
            LISTS % json.dumps(ids),
            "!!document.querySelector('.o_list_table, .o_kanban_renderer')",
            login="coordination",
            timeout=180,
        )
