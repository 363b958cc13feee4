import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const tile = (name) => `.o_coworking_dashboard [data-tile='${name}']`;

function check(found, text) {
    if (!found) {
        throw new Error(text);
    }
}

/** A figure opens as many rows as it says; the way back leads to what was looked at. */
tours.add("coworking_incubation_dashboard_coordinator", {
    steps: () => [
        { trigger: `${tile("incubated")} .o_tile_value` },
        {
            content: "choose the program of 2015",
            trigger: ".o_dashboard_program",
            run: (helpers) => helpers.select(window.tourData.program2015),
        },
        { trigger: ".o_dashboard_note:contains('Terminé depuis')" },
        {
            trigger: `${tile("left_to_pay")}:contains('70,30')`,
            run() {
                check(location.search.includes("program="), `no program in ${location.href}`);
                check(!document.querySelector(tile("incubated")), "today of a program that is over");
            },
        },
        { trigger: `${tile("exits")} .o_tile_value:contains('90')` },
        { content: "open the exits", trigger: tile("exits"), run: "click" },
        { trigger: ".breadcrumb-item:contains('Pilotage'), .o_breadcrumb:contains('Pilotage')" },
        { trigger: ".o_pager_limit:contains('30')" },
        { trigger: ".o_data_row" },
        { content: "and back", trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        { trigger: `${tile("exits")} .o_tile_value:contains('90')` },
        { content: "figures as a table", trigger: `${tile("moves")} .o_tile_as_table`, run: "click" },
        { content: "one month of it", trigger: `${tile("moves")} td button:contains('7')`, run: "click" },
        { trigger: ".o_pager_limit:contains('7')" },
        { trigger: ".o_data_row" },
        { content: "and back again", trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "a space in a month",
            trigger: `${tile("places_by_space")} td button:contains('8/10')`,
            run: "click",
        },
        { trigger: ".o_pager_limit:contains('8')" },
    ],
});

/** People and no money; the address of money is a sentence. */
tours.add("coworking_incubation_dashboard_counsellor", {
    steps: () => [
        { trigger: ".o_dashboard_message:contains('coordination et la comptabilité')" },
        { content: "see the rest", trigger: ".o_dashboard_message button", run: "click" },
        {
            trigger: `${tile("incubated")} .o_tile_value`,
            run() {
                check(!document.querySelector("[data-group='money']"), "money is shown");
                check(
                    !document.querySelector(".o_dashboard_page").textContent.includes("€"),
                    "an amount is shown"
                );
            },
        },
        {
            content: "a seat that nobody uses: what can be done",
            trigger: `${tile("unused_seats")} [data-way='action_suspend']`,
            run: "click",
        },
        { trigger: ".modal .o_form_view:contains('Début'), .modal .o_form_view" },
        { content: "not now", trigger: ".modal .btn-close, .modal .o_form_button_cancel", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_coworking_dashboard" },
    ],
});

/** The month before and after, and what each comes to. */
tours.add("coworking_incubation_month_bar", {
    steps: () => [
        { trigger: ".o_coworking_month_bar [data-total='expected'] dd" },
        {
            content: "the month before",
            trigger: ".o_month_previous:not(:disabled)",
            run: "click",
        },
        {
            trigger: `.o_coworking_month_bar [data-total='expected'] dd:contains('${window.tourData?.before}')`,
        },
        { trigger: ".o_facet_value" },
        {
            content: "any month",
            trigger: ".o_month_choice",
            run: (helpers) => helpers.select("2015-12-01"),
        },
        { trigger: ".o_coworking_month_bar [data-total='expected'] dd:contains('505,30')" },
        { trigger: ".o_coworking_month_bar [data-total='paid'] dd:contains('435,00')" },
        { content: "the month before it", trigger: ".o_month_previous", run: "click" },
        { trigger: ".o_coworking_month_bar [data-total='expected'] dd:contains('265,71')" },
        { content: "and after", trigger: ".o_month_next", run: "click" },
        { trigger: ".o_coworking_month_bar [data-total='expected'] dd:contains('505,30')" },
    ],
});
