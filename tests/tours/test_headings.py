"""Every list of the app, in French on a screen of 1440 x 900: it is seen whole, its headings can be
read, those of the lists inside its forms as well. On a telephone, what a review asks can be.
"""

import base64
import json

from odoo.tools.safe_eval import safe_eval

from .common import BrowserCase

# Opens one after the other, and names the headings that are cut.
SCREENS = """
(async () => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const cut = [];
    const drawn = (ms) => new Promise((done) => setTimeout(done, ms));
    // A list is shown before its records are read, and drawn once they are.
    const appeared = async (selector) => {
        for (let waited = 0; waited < 20000 && !document.querySelector(selector); waited += 50) {
            await drawn(50);
        }
        await drawn(250);
        return document.querySelector(selector);
    };
    const read = (headings, where) => {
        for (const heading of headings) {
            // half a pixel too little cuts a letter, and is rounded away in scrollWidth
            const text = document.createRange();
            text.selectNodeContents(heading);
            const width = (rect) => rect.getBoundingClientRect().width;
            if (heading.offsetParent && width(text) > width(heading) + 0.05) {
                cut.push(`${where}: ${heading.textContent.trim()}`);
            }
        }
    };
    for (const [id, resId] of %s) {
        const viewType = resId ? "form" : "list";
        const props = resId ? { resId } : {};
        await action.doAction(id, { clearBreadcrumbs: true, viewType, props });
        const there = await appeared(resId ? ".o_form_view" : ".o_list_table");
        const shown = () => document.querySelectorAll(".o_list_table thead th[data-name] span");
        if (!there) {
            cut.push(`${id}: no ${viewType}`);
        }
        read(shown(), document.title);
        // lists inside forms may be scrolled
        const list = document.querySelector(".o_list_view .o_list_renderer");
        if (!resId && list && list.scrollWidth > list.clientWidth) {
            cut.push(`${document.title}: ${list.scrollWidth} of ${list.clientWidth} pixels`);
        }
        for (const tab of document.querySelectorAll(".o_notebook_headers .nav-link:not(.active)")) {
            tab.click();
            await drawn(150);
            read(shown(), `${document.title}, ${tab.textContent.trim()}`);
        }
    }
    if (cut.length) {
        throw new Error(cut.join(" | "));
    }
    console.log("test successful");
})();
"""

# Of the month: how wide what was decided, and why, would be in one piece.
BADGES = """
(async () => {
    await odoo.__WOWL_DEBUG__.root.env.services.action.doAction(
        "coworking_incubation.coworking_month_line_action",
        { clearBreadcrumbs: true, additionalContext: { search_default_date_from: 0 } }
    );
    const decided = () => [...document.querySelectorAll(".o_field_badge[name] .badge")];
    for (let waited = 0; waited < 20000 && !decided().length; waited += 50) {
        await new Promise((done) => setTimeout(done, 50));
    }
    const badges = decided();
    const cut = badges.filter((badge) => badge.scrollWidth > badge.clientWidth);
    if (!badges.some((badge) => badge.textContent === "Participant remboursé") || cut.length) {
        throw new Error(cut.map((badge) => badge.textContent).join(" | ") || "no decision shown");
    }
    console.log("test successful");
})();
"""


# Names what is cut of some cells.
CELLS = """
(() => {
    const cut = [...document.querySelectorAll("%s")]
        .filter((cell) => cell.offsetParent && cell.scrollWidth > cell.clientWidth)
        .map((cell) => cell.textContent.trim());
    if (cut.length) {
        throw new Error(cut.join(" | "));
    }
    console.log("test successful");
})()
"""


class TestHeadings(BrowserCase):
    def _read(self, screens, login="coordination"):
        self.browser_js(
            "/odoo/incubation",
            SCREENS % json.dumps(screens),
            "!!document.querySelector('.o_action_manager .o_control_panel')",
            login=login,
            timeout=180,
        )

    def _actions(self, view):
        """Those of the menus, and those that have an address."""
        root = self.env.ref("coworking_incubation.coworking_incubation_menu")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        actions = self.env["ir.actions.act_window"].search([("path", "=like", "incubation-%")])
        for menu in menus:
            if menu.action and menu.action._name == actions._name:
                actions |= menu.action
        return actions.filtered(lambda row: view in row.view_mode and row.target != "new")

    def test_headings_of_lists_are_not_cut(self):
        actions = self._actions("list")
        self.assertGreater(len(actions), 35)
        bills = actions.filtered(lambda row: row.res_model.startswith("account."))
        self._read([(action.id, None) for action in actions - bills])
        self._read([(action.id, None) for action in bills], login="comptabilite")

    def test_headings_inside_forms_are_not_cut(self):
        """Of the newest record of each list."""
        user = self.env["res.users"].search([("login", "=", "coordination")])
        screens = []
        for action in self._actions("form"):
            Model = self.env[action.res_model].with_user(user)
            if Model._transient or Model._name.startswith("account."):
                continue
            domain = safe_eval(action.domain or "[]", {"uid": user.id})
            record = Model.search(domain, limit=1, order="id desc")
            if record:
                screens.append((action.id, record.id))
        self.assertGreater(len(screens), 20)
        self._read(screens)

    def test_headings_of_the_simulator_are_not_cut(self):
        user = self.env["res.users"].search([("login", "=", "accompagnement")])
        file = self.env.ref("coworking_incubation.coworking_participant_current_10")
        simulation = (
            self.env["coworking.simulation"].with_user(user).create({"participant_id": file.id})
        )
        simulation.action_compare()
        self.assertTrue(simulation.line_ids)
        action = self.env.ref("coworking_incubation.coworking_simulation_action")
        self._read([(action.id, simulation.id)], login="accompagnement")

    def test_headings_of_an_imported_sheet_are_not_cut(self):
        user = self.env["res.users"].search([("login", "=", "accompagnement")])
        sheet = "Nom;Date;Demi-journée;Présence\nCamille Inconnue;01/06/2015;matin;présent\n"
        wizard = (
            self.env["coworking.presence.import"]
            .with_user(user)
            .create({"file_name": "a.csv", "file": base64.b64encode(sheet.encode())})
        )
        wizard.action_read()
        self.assertTrue(wizard.line_ids.problem)
        action = self.env.ref("coworking_incubation.coworking_presence_import_action")
        self._read([(action.id, wizard.id)], login="accompagnement")

    def test_the_list_of_attendance_is_seen_whole_on_a_small_screen(self):
        self.browser_size = "1024x768"
        action = self.env.ref("coworking_incubation.coworking_attendance_action")
        self._read([(action.id, None)], login="accompagnement")

    def test_telephones_of_who_registered_for_a_meeting_are_read_whole(self):
        registration = self.env["coworking.attendance"].search(
            [("phone", "!=", False), ("event_id.coworking_kind", "=", "info_session")], limit=1
        )
        phone = ".o_data_row td[name='phone']"
        self.browser_js(
            f"/odoo/incubation-info-sessions/{registration.event_id.id}",
            CELLS % phone,
            f'!!document.querySelector("{phone}")',
            login="coordination",
        )

    def test_decisions_of_the_month_are_read_whole(self):
        matches = self.env["coworking.match"].search([("gap", "!=", 0)], limit=2)
        for match, decision in zip(matches, ("accepted", "reimbursement"), strict=True):
            match.write({"decision": decision, "reason": "As agreed"})
        self.browser_js(
            "/odoo/incubation",
            BADGES,
            "!!document.querySelector('.o_list_view .o_data_row')",
            login="comptabilite",
            timeout=60,
        )


# The axes of a review are named in full, with the last rating underlined among the buttons.
AXES = """
const rows = [...document.querySelectorAll(".o_field_widget[name='line_ids'] .o_data_row")];
const wrong = rows.filter((row) => {
    const name = row.querySelector("[name='axis_id']");
    const { right } = row.querySelector(".o_coworking_rating:last-child").getBoundingClientRect();
    const before = row.querySelector(".o_coworking_before")?.dataset.value;
    return name.scrollWidth > name.clientWidth || right > window.innerWidth || before !== "3";
});
if (wrong.length) {
    throw new Error(wrong.map((row) => row.textContent).join(" | "));
}
console.log("test successful");
"""


class TestReviewOnATelephone(BrowserCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_axes_are_named_in_full_with_the_last_rating(self):
        file = self.env.ref("coworking_incubation.coworking_participant_current_10")
        review = file.review_ids.filtered(lambda row: row.state == "planned")[:1]
        self.assertEqual(set(review.line_ids.mapped("rating_before")), {"3"})
        self.browser_js(
            f"/odoo/incubation-reviews/{review.id}",
            AXES,
            "!!document.querySelector('.o_data_row .o_coworking_rating')",
            login="accompagnement",
        )


# What is read of a list is not crushed, and a review says which line is which axis.
CRUSHED = """
(async () => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const found = [];
    const drawn = (ms) => new Promise((done) => setTimeout(done, ms));
    for (const [id, name] of %s) {
        await action.doAction(id, { clearBreadcrumbs: true, viewType: "list" });
        const words = `.o_list_view td[name='${name}']`;
        for (let waited = 0; waited < 20000 && !document.querySelector(words); waited += 50) {
            await drawn(50);
        }
        await drawn(250);
        const width = document.querySelector(words)?.clientWidth || 0;
        if (width < 220) {
            found.push(`${document.title}: ${name} has ${width} pixels`);
        }
    }
    if (found.length) {
        throw new Error(found.join(" | "));
    }
    console.log("test successful");
})();
"""
LEGEND = """
(() => {
    const { legend } = Chart.getChart(document.querySelector(".o_field_review_chart canvas"));
    if (legend.position !== "bottom") {
        throw new Error(`the axes are named at the ${legend.position}`);
    }
    console.log("test successful");
})()
"""
# How an amount comes about, and why another was billed, are read whole.
WHOLE = """
(() => {
    const cells = document.querySelectorAll("td[name='explanation'], td[name='cause_explanation']");
    const cut = [...cells].filter((cell) =>
        [cell, ...cell.querySelectorAll("*")].some(
            (box) => box.clientWidth && box.scrollWidth > box.clientWidth + 1
        )
    );
    if (cut.length) {
        throw new Error(cut.map((cell) => cell.innerText).join(" | "));
    }
    console.log("test successful");
})()
"""
# The first column in sight, and who is in it.
COLUMN = """
(() => {
    const shown = [...document.querySelectorAll(".o_kanban_group")].find(
        (group) => group.getBoundingClientRect().right > window.innerWidth / 2
    );
    if (!shown.querySelector(".o_kanban_record:not(.o_kanban_ghost)")) {
        throw new Error(`first comes ${shown.innerText}`);
    }
    console.log("test successful");
})()
"""


class TestMonthOnADesk(BrowserCase):
    def test_what_lines_of_the_month_explain_is_read_whole(self):
        self.browser_js(
            "/odoo/incubation-matching",
            WHOLE,
            "!!document.querySelector('.o_data_row td[name=cause_explanation]')?.innerText",
            login="comptabilite",
        )


class TestBackOfficeOnATelephone(BrowserCase):
    browser_size = "390x844"
    touch_enabled = True

    def _run(self, path, code, ready, login="accompagnement"):
        self.browser_js(path, code, f'!!document.querySelector("{ready}")', login=login, timeout=60)

    def test_words_of_lists_keep_their_width(self):
        actions = (
            ("coworking_invoice_file_action", "message"),
            ("coworking_audit_action", "changes_label"),
            ("coworking_month_line_action", "explanation"),
            ("coworking_month_line_action", "cause_explanation"),
        )
        screens = [
            (self.env.ref(f"coworking_incubation.{action}").id, name) for action, name in actions
        ]
        self._run(
            "/odoo/incubation", CRUSHED % json.dumps(screens), ".o_control_panel", "comptabilite"
        )

    def test_the_axes_of_the_reviews_are_named_below_their_lines(self):
        file = self.env.ref("coworking_incubation.coworking_participant_current_08")
        tab = "[...document.querySelectorAll('.nav-link')].find((tab) => tab.name === 'reviews')"
        wait = "new Promise((done) => setTimeout(done, 1500))"
        self._run(
            f"/odoo/incubation-participants/{file.id}",
            f"{tab}.click(); {wait}.then(() => {{ {LEGEND.strip()} }})",
            ".o_notebook_headers .nav-link",
        )

    def test_boards_begin_with_the_first_people_they_show(self):
        for path in ("incubation", "incubation-seats"):
            with self.subTest(path):
                self._run(f"/odoo/{path}", COLUMN, ".o_kanban_group .o_kanban_record")
