import { registry } from "@web/core/registry";

import { openMenu } from "./tour_helpers";

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

/** Other filters before the rest is there: what comes is of the new ones, first and last. */
tours.add("coworking_incubation_dashboard_hurried", {
    steps: () => [
        {
            content: "of one counsellor, then of all",
            trigger: tile("moves"),
            run: (helpers) => helpers.select("", ".o_dashboard_user"),
        },
        {
            content: "the counsellor again and a print, before the rest is there",
            trigger: ".o_dashboard_end:contains('.')",
            async run(helpers) {
                window.print = () => (window.printed = true);
                await helpers.select(window.tourData.counsellor_id, ".o_dashboard_user");
                document.querySelector(".o_dashboard_print").click();
            },
        },
        { trigger: `.o_dashboard_note:contains('${window.tourData.counsellor}')` },
        {
            content: "all of it, on paper too",
            trigger: `${tile("moves")}`,
            async run() {
                check(!document.querySelector(tile("places_by_space")), "places of all counsellors");
                check(!document.querySelector(tile("touches")), "what all counsellors come to");
                await new Promise((resolve) => setTimeout(resolve, 500));
                check(window.printed, "nothing is printed");
            },
        },
    ],
});

const onlyMoves = {
    trigger: tile("moves"),
    run() {
        const shown = document.querySelectorAll(".o_coworking_dashboard [data-tile]");
        check(shown.length === 1, `${shown.length} tiles in place of one`);
    },
};

/** From one menu to the other: the address of the screen before says nothing to the next one. */
tours.add("coworking_incubation_dashboard_menus", {
    steps: () => [
        onlyMoves,
        ...openMenu("coworking_incubation_menu_analysis", "coworking_dashboard_menu"),
        { trigger: tile("incubated") },
        ...openMenu("coworking_incubation_menu_analysis", "coworking_participant_menu_entry"),
        { trigger: "body:not(:has([data-tile='incubated']))" },
        onlyMoves,
        ...openMenu("coworking_incubation_menu_analysis", "coworking_dashboard_menu"),
        { trigger: tile("incubated") },
    ],
});

/** An address that somebody kept, or sent: dates and counsellor hold. */
tours.add("coworking_incubation_dashboard_address", {
    steps: () => [
        { trigger: ".o_dashboard_dates:contains('01/03/2015 – 31/08/2015')" },
        {
            trigger: `.o_dashboard_note:contains('${window.tourData?.counsellor}')`,
            run() {
                const chosen = document.querySelector(".o_dashboard_user").selectedOptions[0];
                check(chosen.textContent.includes(window.tourData.counsellor), "nobody is chosen");
                check(!document.querySelector(tile("places")), "places of one counsellor");
            },
        },
        { trigger: `${tile("moves")} .o_tile_as_table`, run: "click" },
        {
            trigger: `${tile("moves")} tbody`,
            run() {
                const rows = document.querySelectorAll("[data-tile='moves'] tbody tr");
                check(rows.length === 6, `${rows.length} months`);
            },
        },
        {
            content: "all counsellors",
            trigger: ".o_dashboard_user",
            run: (helpers) => helpers.select(""),
        },
        { trigger: tile("places") },
        {
            content: "one of them again",
            trigger: ".o_dashboard_user",
            run: (helpers) => helpers.select(window.tourData.counsellor_id),
        },
        { trigger: `.o_coworking_dashboard:not(:has([data-tile='places']))` },
    ],
});

/** What cannot be read is a sentence in the reader's language, and what to do. */
tours.add("coworking_incubation_dashboard_refused", {
    steps: () => [
        { trigger: ".o_dashboard_message:contains('Cette adresse n\'est pas une adresse de Pilotage.')" },
        {
            trigger: ".o_dashboard_message button:contains('Voir l\'ensemble')",
            run() {
                const text = document.querySelector(".o_coworking_dashboard").textContent;
                check(!/Bad Request|Invalid/.test(text), text);
            },
        },
        { trigger: ".o_dashboard_message button", run: "click" },
        { trigger: tile("incubated") },
    ],
});

tours.add("coworking_incubation_dashboard_later", {
    steps: () => [
        {
            trigger:
                ".o_dashboard_message:contains('Les chiffres ne peuvent pas être lus pour l\'instant.')",
            run() {
                const text = document.querySelector(".o_coworking_dashboard").textContent;
                check(!text.includes("serialize"), text);
            },
        },
        { trigger: ".o_dashboard_message button:contains('Réessayer')", run: "click" },
        { trigger: tile("incubated") },
    ],
});

/** Behind an amount: its lines, what they come to, and no way to a month that has none of them. */
tours.add("coworking_incubation_dashboard_month", {
    steps: () => [
        {
            content: "money of a month",
            trigger: `${tile("money_by_month")} .o_tile_as_table`,
            run: "click",
        },
        {
            trigger: `${tile("money_by_month")} tr:contains('déc. 15') td button:contains('435,00')`,
            run: "click",
        },
        { trigger: ".o_coworking_month_bar [data-total='paid'] dd:contains('435,00')" },
        {
            trigger: ".o_data_row",
            run() {
                check(!document.querySelector(".o_month_previous"), "a way to an empty list");
                check(!document.querySelector(".o_month_choice"), "a choice of empty lists");
            },
        },
    ],
});

/** Counts without decimals; who was missed is red. */
tours.add("coworking_incubation_count_graph", {
    steps: () => [
        {
            trigger: ".o_graph_renderer canvas",
            run() {
                const { data, scales } = Chart.getChart(
                    document.querySelector(".o_graph_renderer canvas")
                );
                const labels = scales.y.ticks.map((tick) => tick.label);
                check(labels.length > 1, "no scale");
                check(
                    labels.every((label) => new RegExp(window.tourData.ticks).test(label)),
                    `the scale says ${labels}`
                );
                for (const [state, color] of Object.entries(window.tourData.colors)) {
                    const series = data.datasets.find((row) => row.label.includes(state));
                    check(series?.backgroundColor === color, `${state} is ${series?.backgroundColor}`);
                }
            },
        },
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
