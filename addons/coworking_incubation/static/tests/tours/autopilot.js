import { registry } from "@web/core/registry";

import { data, openApp, openMenu, picture, press, write } from "./tour_helpers";

const BILLING = "coworking_incubation_menu_billing";

/** A tour of exactly so many clicks of the staff: the guide tells how many. */
function addCounted(name, clicks, getSteps) {
    registry.category("web_tour.tours").add(`coworking_incubation_${name}`, {
        steps: () => {
            const steps = getSteps();
            const found = steps.filter((step) => step.run === "click").length;
            if (found !== clicks) {
                throw new Error(`${found} clicks instead of ${clicks}`);
            }
            return steps;
        },
    });
}

/** As many lines are listed as the month has spaces. */
function seeAll() {
    return {
        content: "all of them",
        trigger: `.o_list_view .o_data_row:nth-of-type(${data().spaces})`,
    };
}

function selectAll() {
    return [
        seeAll(),
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
    ...selectAll(),
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
    ...selectAll(),
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
    ...selectAll(),
    press("action_create_bill_each", ".o_control_panel"),
    { content: "the bills", trigger: ".o_list_view .o_data_row:contains('Brouillon')" },
]);

/** Then posts and pays them, once the documents of the spaces are there. */
addCounted("by_hand_pay", 10, () => [
    ...openApp(),
    ...openMenu(BILLING, "account_move_menu_coworking_bill"),
    ...selectAll(),
    {
        content: "what can be done with them",
        trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle:has(.fa-cog)",
        run: "click",
    },
    {
        content: "post them",
        trigger: ".o-dropdown--menu .dropdown-item:contains('Confirmer les écritures')",
        run: "click",
    },
    {
        content: "posted",
        trigger: ".o_list_view:not(:has(.o_data_row:contains('Brouillon')))",
    },
    ...selectAll(),
    ...payAll(),
]);

/** A gap is three clicks: the line, what is decided, and that it is. */
addCounted("autopilot_gaps", 14, () => [
    ...openApp(),
    ...data().gaps.flatMap((person) => {
        const line = `.o_list_view .o_data_row:contains("${person}")`;
        return [
            {
                content: `select ${person}`,
                trigger: `${line} .o_list_record_selector input`,
                run: "click",
            },
            press("action_accept", ".o_control_panel"),
            write("reason", "Prix reconnu.", ".modal"),
            press("action_apply", ".modal"),
            {
                content: "decided",
                trigger: `body:not(:has(.modal)) ${line} td[name='decision']:contains("Accepté")`,
            },
        ];
    }),
]);
