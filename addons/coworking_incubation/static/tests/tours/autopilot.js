import { registry } from "@web/core/registry";

import { data, openApp, openMenu, picture, press, write } from "./tour_helpers";

const BILLING = "coworking_incubation_menu_billing";

// What people do with a pointer, whatever the steps of a tour are called.
let clicks = 0;
window.addEventListener("pointerdown", () => clicks++, { capture: true });

/** From here on clicks are counted, until there must have been so many. */
function counted(what, expected, steps) {
    let before;
    return [
        { content: `count: ${what}`, trigger: "body", run: () => (before = clicks) },
        ...steps,
        {
            content: `${expected} clicks: ${what}`,
            trigger: "body",
            run() {
                if (clicks - before !== expected) {
                    throw new Error(`${what}: ${clicks - before} clicks instead of ${expected}`);
                }
            },
        },
    ];
}

/** A tour of exactly so many clicks of the staff: the guide tells how many. */
function addCounted(name, expected, getSteps) {
    registry.category("web_tour.tours").add(`coworking_incubation_${name}`, {
        steps: () => counted(name, expected, getSteps()),
    });
}

/** A column that no other list has: the one before stands there until the next is loaded. */
const STATEMENTS = "charge_count";
const BILLS = "coworking_awaited";

/** As many lines are listed as the month has spaces. */
function seeAll(column) {
    const list = `.o_list_view:has(th[data-name='${column}'])`;
    return {
        content: "all of them",
        trigger: `${list} .o_data_row:nth-of-type(${data().spaces})`,
    };
}

function selectAll(column) {
    return [
        seeAll(column),
        {
            content: "select all",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
    ];
}

/** All that is left: what was posted is paid, by Odoo's own dialog. */
function payAll() {
    return [
        {
            content: "pay them",
            trigger: `.o_control_panel button:is([name='action_force_register_payment'],
                [name='action_coworking_pay']):enabled`,
            run: "click",
        },
        press("action_create_payments", ".modal"),
        { content: "paid", trigger: "body:not(:has(.modal))" },
    ];
}

/** With the pilot nothing waits but the payment. */
addCounted("autopilot_pay", 7, () => [
    ...openApp(),
    ...openMenu(BILLING, "account_move_menu_coworking_bill"),
    ...selectAll(BILLS),
    picture("autopilot_bills"),
    ...payAll(),
]);

/** Without it the coordinator opens the month and sends it. */
addCounted("by_hand_send", 8, () => [
    ...openApp(),
    ...openMenu(BILLING, "coworking_statement_menu"),
    {
        content: "generate a month",
        trigger: ".o_list_view .o_control_panel .btn-primary",
        run: "click",
    },
    press("action_generate", ".modal"),
    ...selectAll(STATEMENTS),
    press("action_send_each", ".o_control_panel"),
    {
        content: "sent",
        trigger: `.o_list_view .o_data_row:nth-of-type(${data().spaces}):contains('Envoyé')`,
    },
]);

/** The accountant makes the bills. */
addCounted("by_hand_bill", 6, () => [
    ...openApp(),
    ...openMenu(BILLING, "coworking_statement_menu"),
    ...selectAll(STATEMENTS),
    press("action_create_bill_each", ".o_control_panel"),
    { content: "the bills", trigger: ".o_list_view .o_data_row:contains('Brouillon')" },
]);

/** Then posts and pays them, once the documents of the spaces are there. */
addCounted("by_hand_pay", 9, () => [
    ...openApp(),
    ...openMenu(BILLING, "account_move_menu_coworking_bill"),
    ...selectAll(BILLS),
    press("action_coworking_post_each", ".o_control_panel"),
    {
        content: "posted",
        trigger: ".o_list_view:not(:has(.o_data_row:contains('Brouillon')))",
    },
    ...selectAll(BILLS),
    ...payAll(),
]);

/** A gap is three clicks: its button in the list of what waits, why, and that it is decided. */
addCounted("autopilot_gaps", 15, () => [
    ...openApp(),
    {
        content: "what waits",
        trigger: `.o_menu_sections [data-menu-xmlid='coworking_incubation.coworking_exception_menu']`,
        run: "click",
    },
    ...data().gaps.flatMap((space) => {
        const line = `.o_list_view .o_data_row:contains("Écart"):contains("${space}")`;
        return counted(space, 3, [
            {
                content: `decide on the gap of ${space}`,
                trigger: `${line} button:contains("Décider")`,
                run: "click",
            },
            write("reason", "Vu avec eux", ".modal"),
            press("action_apply", ".modal"),
            { content: "decided", trigger: `body:not(:has(.modal)):not(:has(${line}))` },
        ]);
    }),
]);
