import { ConnectionLostError, rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { data, openApp, openMenu, picture } from "./tour_helpers";

const cell = (name, column) =>
    `.o_grid_table tr:has(.o_grid_name:contains("${name}")) td[data-column='${column}']`;

/** Somebody of the staff writes a week down without touching the mouse again. */
registry.category("web_tour.tours").add("coworking_incubation_presence_grid", {
    steps: () => [
        ...openApp(),
        ...openMenu("coworking_incubation_menu_places", "coworking_presence_menu_grid"),
        {
            content: "the week, with its people",
            trigger: `.o_grid_title:contains("Semaine du 15 juin 2015")`,
        },
        {
            content: "the week before",
            trigger: ".o_grid_previous",
            run: "click",
        },
        {
            content: "one cell to begin with",
            trigger: `.o_coworking_grid:has(.o_grid_title:contains("8 juin 2015")) ${cell(
                "Camille",
                "2015-06-08/am"
            )}`,
            run: "click",
        },
        {
            content: "five half-days at once",
            trigger: `${cell("Camille", "2015-06-08/am")}:focus`,
            run: "press Shift+ArrowRight && press Shift+ArrowRight && press Shift+ArrowRight && press Shift+ArrowRight && press p",
        },
        {
            content: "they are present",
            trigger: `${cell("Camille", "2015-06-10/am")}.o_state_present:contains("P")`,
        },
        {
            content: "and it says so",
            trigger: `.o_grid_status:contains("enregistré")`,
        },
        {
            content: "of those five, one",
            trigger: cell("Camille", "2015-06-10/am"),
            run: "click",
        },
        {
            content: "was absent",
            trigger: `${cell("Camille", "2015-06-10/am")}:focus`,
            run: "press a",
        },
        {
            content: "the next person, by the hour",
            trigger: `${cell("Camille", "2015-06-10/am")}.o_state_absent:focus`,
            run: "press ArrowDown && press 3",
        },
        {
            content: "three hours and a half",
            trigger: `${cell("Sacha", "2015-06-10/am")} input`,
            run: "edit 3,5 && press Enter",
        },
        {
            content: "shown as hours",
            trigger: `${cell("Sacha", "2015-06-10/am")}.o_state_present:contains("03:30")`,
        },
        {
            content: "saved",
            trigger: `.o_grid_status:contains("enregistré")`,
        },
        picture("presence_grid"),
        {
            content: "a half-day before the seat is refused, in words",
            trigger: cell("Sacha", "2015-06-08/am"),
            run: "click",
        },
        {
            content: "it does not change",
            trigger: `${cell("Sacha", "2015-06-08/am")}:focus`,
            run: "press p",
        },
        {
            content: "the reason",
            trigger: `.o_notification:contains("${data().outside}")`,
        },
        {
            content: "back to the one that was absent",
            trigger: cell("Camille", "2015-06-09/am"),
            run: "click",
        },
        {
            content: "emptied",
            trigger: `${cell("Camille", "2015-06-09/am")}.o_cursor:focus`,
            run: "press Delete",
        },
        {
            content: "empty",
            trigger: `${cell("Camille", "2015-06-09/am")}:not(.o_state_present)`,
        },
        {
            content: "undone",
            trigger: `${cell("Camille", "2015-06-09/am")}:focus`,
            run: "press Control+z",
        },
        {
            content: "present again, and saved",
            trigger: `.o_coworking_grid:has(.o_grid_status:contains("enregistré")) ${cell(
                "Camille",
                "2015-06-09/am"
            )}.o_state_present`,
        },
    ],
});

/** The network is gone for a while: what was typed stays, and is saved once it is back. */
registry.category("web_tour.tours").add("coworking_incubation_presence_grid_lost", {
    steps: () => {
        const { _rpc } = rpc;
        return [
            {
                content: "one cell, and the network goes",
                trigger: cell("Camille", "2015-06-15/am"),
                run({ anchor }) {
                    rpc._rpc = (url, ...rest) =>
                        url.startsWith("/coworking_incubation/grid")
                            ? Promise.reject(new ConnectionLostError(url))
                            : _rpc(url, ...rest);
                    // Odoo logs it as an error, besides telling it
                    registry.category("error_handlers").add(
                        "lost_in_a_test",
                        (_env, { unhandledRejectionEvent }, error) => {
                            if (error instanceof ConnectionLostError) {
                                unhandledRejectionEvent.preventDefault();
                            }
                        },
                        { sequence: 1 }
                    );
                    anchor.click();
                },
            },
            {
                content: "two half-days are typed",
                trigger: `${cell("Camille", "2015-06-15/am")}:focus`,
                run: "press p && press ArrowRight && press a",
            },
            {
                content: "they are there, and it says that they are not saved",
                trigger: `.o_coworking_grid:has(.o_grid_status:contains("non enregistré")) ${cell(
                    "Camille",
                    "2015-06-15/pm"
                )}.o_state_absent`,
            },
            {
                content: "another week waits for it",
                trigger: ".o_grid_next",
                run: "click",
            },
            {
                content: "the network is back",
                trigger: `${cell("Camille", "2015-06-15/am")}.o_state_present`,
                run() {
                    rpc._rpc = _rpc;
                },
            },
            {
                content: "both were sent, by themselves",
                trigger: `.o_coworking_grid:has(.o_grid_status:not(:contains("non")):contains("enregistré")) ${cell(
                    "Camille",
                    "2015-06-15/pm"
                )}.o_state_absent`,
            },
        ];
    },
});

/** From one space to another, each with its people. */
registry.category("web_tour.tours").add("coworking_incubation_presence_grid_choice", {
    steps: () => [
        {
            content: "one space",
            trigger: ".o_grid_choice",
            run: (helpers) => helpers.select(data().space),
        },
        { content: "its people", trigger: ".o_grid_name:contains('Sacha Roy')" },
        { content: "and nobody else", trigger: ".o_grid_table:not(:contains('Camille Petit'))" },
    ],
});

/** Nobody has a seat yet: there is no list to choose from, and none is spoken of. */
registry.category("web_tour.tours").add("coworking_incubation_presence_grid_empty", {
    steps: () => [
        ...openApp(),
        ...openMenu("coworking_incubation_menu_places", "coworking_presence_menu_grid"),
        {
            content: "what is to be done first",
            trigger: `.o_coworking_grid:not(:has(.o_grid_choice)) .o_view_nocontent:contains("dès qu'elles ont une place")`,
        },
    ],
});

/** On a telephone a long name leaves the days their room, and a cell is tapped. */
registry.category("web_tour.tours").add("coworking_incubation_presence_grid_telephone", {
    steps: () => [
        {
            content: "the week, with its people",
            trigger: cell("Anne-Charlotte", "2015-06-15/am"),
            async run({ anchor }) {
                const { right, top } = anchor.getBoundingClientRect();
                if (right > window.innerWidth || document.elementFromPoint(right - 3, top + 3) !== anchor) {
                    throw new Error("the first half-day is not seen");
                }
            },
        },
        {
            content: "a long name of a space neither",
            trigger: ".o_grid_choice",
            run() {
                for (const name of [".o_grid_choice", ".o_grid_title"]) {
                    const { right } = document.querySelector(name).getBoundingClientRect();
                    if (right > window.innerWidth) {
                        throw new Error(`${name} ends at ${right}`);
                    }
                }
            },
        },
        {
            content: "no key is spoken of that a telephone has not",
            trigger: `.o_grid_legend:contains("Présence"):not(:contains("Maj"))`,
        },
        {
            content: "one tap",
            trigger: cell("Anne-Charlotte", "2015-06-15/am"),
            run: "click",
        },
        {
            content: "she was there",
            trigger: `${cell("Anne-Charlotte", "2015-06-15/am")}.o_state_present`,
        },
        {
            content: "and it says so",
            trigger: `.o_grid_status:contains("enregistré")`,
        },
    ],
});
