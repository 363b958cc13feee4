import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const tile = (name) => `.o_coworking_dashboard [data-tile='${name}']`;
const back = { content: "and back", trigger: ".o_back_button, .breadcrumb-item a", run: "click" };

/** Can we admit one more, targets, grants: each figure opens what it is made of. */
tours.add("coworking_incubation_overview", {
    steps: () => [
        { trigger: `${tile("admission")} .o_tile_value:contains('Oui')` },
        { content: "what stops the next one", trigger: `${tile("admission")}:contains('il manque')` },
        {
            content: "a target is behind",
            trigger: `${tile("funding_targets")} .o_tile_row:contains('En retard')`,
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name='status']:contains('En retard'), .o_data_row:contains('En retard')" },
        back,
        { trigger: `${tile("due")}:contains('appel de fonds à envoyer')` },
        {
            content: "what the funder granted",
            trigger: `${tile("grants")} tr:contains('MEL') td button`,
            run: "click",
        },
        { trigger: ".o_form_view:contains('MEL') .o_field_widget[name='amount_granted'], .o_data_row:contains('MEL')" },
        back,
        { content: "months as a table", trigger: `${tile("cash")} .o_tile_as_table`, run: "click" },
        { trigger: `${tile("cash")} tbody tr` },
    ],
});

/** People, and neither grants nor amounts. */
tours.add("coworking_incubation_overview_counsellor", {
    steps: () => [
        {
            trigger: `${tile("incubated")} .o_tile_value`,
            run() {
                const shown = document.querySelector(".o_dashboard_page").textContent;
                if (shown.includes("€") || document.querySelector("[data-tile='grants']")) {
                    throw new Error("money is shown");
                }
            },
        },
    ],
});
