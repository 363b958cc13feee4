import { registry } from "@web/core/registry";

import { data, openApp, picture, press, write } from "./tour_helpers";

function row(text) {
    return `.o_list_view .o_data_row:contains("${text}")`;
}

function shows(text, field, value) {
    return {
        content: `${text}: ${field} is ${value}`,
        trigger: `${row(text)} td[name='${field}']:contains("${value}")`,
    };
}

function select(text) {
    return {
        content: `select ${text}`,
        trigger: `${row(text)} .o_list_record_selector input`,
        run: "click",
    };
}

/** Decide on one line by a button of the selection, with a reason. */
function decide(text, action, reason, decision) {
    return [
        select(text),
        press(action, ".o_control_panel"),
        write("reason", reason, ".modal"),
        press("action_apply", ".modal"),
        {
            content: "decided",
            trigger: `body:not(:has(.modal)) ${row(text)} td[name='decision']:contains("${decision}")`,
        },
    ];
}

/** The accountant: three errors in a bill for twelve seats, named on the screen she lands on. */
registry.category("web_tour.tours").add("coworking_incubation_matching", {
    steps: () => [
        ...openApp(),
        {
            content: "the month, space by space, with its totals",
            trigger: `.o_list_view .o_group_header:contains("${data().space}"):contains("${data().gap}")`,
        },
        ...data().errors.map(([name, cause]) => shows(name, "cause", cause)),
        picture(data().picture),
        {
            content: "select all",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "match what is tolerated, by the keyboard",
            trigger: ".o_control_panel button[name='action_match']:enabled",
            run: "press alt+m",
        },
        ...data().right.map((name) => shows(name, "decision", "Rapproché")),
        {
            content: "how many are left",
            trigger: ".o_notification:contains('restent')",
        },
        ...decide(data().errors[0][0], "action_dispute", "Arrivée le 17.", "Contesté"),
        ...decide(data().errors[1][0], "action_accept", "Prix reconnu.", "Accepté"),
        ...decide(data().errors[2][0], "action_ask", "Est-elle revenue ?", "Question posée"),
    ],
});
