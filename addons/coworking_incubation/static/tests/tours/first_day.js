import { registry } from "@web/core/registry";
import { choose, openApp, picture, press, write, writeDate } from "./tour_helpers";

const MOST_CLICKS = 25;
const NOTHING_OPEN = "body:not(:has(.modal))";

/** A step of the checklist above the board: its one button. */
function begin(step) {
    return {
        content: `begin ${step}`,
        trigger: `${NOTHING_OPEN} .o_coworking_first_day [data-step='${step}'] button`,
        run: "click",
    };
}

function isDone(step) {
    return {
        content: `${step} is done`,
        trigger: `${NOTHING_OPEN} .o_coworking_first_day [data-step='${step}'][data-done='1']`,
    };
}

/** Somebody or something that is not there yet, made from its name. */
function make(name, text) {
    return [
        {
            content: `write ${text} into ${name}`,
            trigger: `.modal .o_field_widget[name='${name}'] input`,
            run: `edit ${text}`,
        },
        {
            content: `make ${text}`,
            trigger: ".o-autocomplete--dropdown-item.o_m2o_dropdown_option_create a",
            run: "click",
        },
        {
            content: `${text} is there`,
            trigger: `.modal .o_field_widget[name='${name}'] input:value("${text}")`,
        },
    ];
}

function saveDialog() {
    return {
        content: "save",
        trigger: ".modal .o_form_button_save:enabled",
        run: "click",
    };
}

const program = () => [
    begin("program"),
    write("name", "Incubation 2026", ".modal"),
    ...writeDate("date_start", "01/02/2026", ".modal"),
    picture("first_day_program"),
    saveDialog(),
    isDone("program"),
];

const space = () => [
    begin("space"),
    write("name", "L'Atelier", ".modal"),
    write("seat_capacity", "4", ".modal"),
    {
        content: "its tariff",
        trigger: ".modal .o_field_widget[name='tariff_ids'] .o_field_x2many_list_row_add a",
        run: "click",
    },
    write("name", "Nomade", ".modal .o_selected_row"),
    write("first_price", "180", ".modal .o_selected_row"),
    picture("first_day_space"),
    saveDialog(),
    isDone("space"),
];

const person = () => [
    begin("person"),
    ...make("participant_id", "Camille Durand"),
    {
        content: "there is but one space, and one tariff",
        trigger: ".modal .o_field_widget[name='tariff_id'] input:value('Nomade')",
    },
    ...writeDate("date_start", "01/02/2026", ".modal"),
    {
        content: "what it costs, and until when",
        trigger: ".modal .o_field_widget[name='offer_summary']:contains('180,00')",
    },
    picture("first_day_person"),
    press("action_welcome", ".modal"),
    isDone("person"),
];

const month = () => [
    begin("month"),
    press("action_generate", ".modal"),
    {
        content: "the statement of February",
        trigger: `${NOTHING_OPEN} .o_field_widget[name='charge_ids'] .o_data_row:contains("180,00")`,
    },
    {
        content: "confirm for the space",
        trigger: ".o_statusbar_buttons button[data-hotkey='w']:visible",
        run: "click",
    },
    write("note", "Premier mois : vérifié avec l'espace", ".modal"),
    press("action_confirm", ".modal"),
    { ...press("action_create_bill"), trigger: `${NOTHING_OPEN} button[name='action_create_bill']` },
    ...writeDate("invoice_date", "02/03/2026"),
    picture("first_day_bill"),
    press("action_post"),
    {
        content: "posted",
        trigger: ".o_statusbar_status .o_arrow_button_current[data-value='posted']",
    },
];

/** However the steps are told, no more clicks than promised. */
function counted(steps) {
    const clicks = steps.filter(({ run }) => run === "click").length;
    return [
        ...steps,
        {
            content: `${clicks} clicks`,
            trigger: "body",
            run() {
                if (clicks > MOST_CLICKS) {
                    throw new Error(`${clicks} clicks from nothing to the first bill`);
                }
            },
        },
    ];
}

registry.category("web_tour.tours").add("coworking_incubation_first_day", {
    steps: () =>
        counted([
            ...openApp(),
            {
                content: "nothing is there, and the program comes first",
                trigger:
                    ".o_coworking_first_day [data-step='program'][data-done='0'] .btn-primary",
            },
            picture("first_day"),
            ...program(),
            begin("team"),
            ...choose("accompanist_ids", "Amina Berger", ".modal"),
            saveDialog(),
            isDone("team"),
            begin("funder"),
            ...make("partner_id", "Métropole"),
            write("reference", "MEL 2026-12", ".modal"),
            write("amount_granted", "9000", ".modal"),
            saveDialog(),
            isDone("funder"),
            ...space(),
            ...person(),
            picture("first_day_board"),
            ...month(),
        ]),
});

registry.category("web_tour.tours").add("coworking_incubation_first_day_vat", {
    steps: () =>
        counted([
            ...openApp(),
            begin("accounting"),
            {
                content: "VAT is recovered",
                trigger: ".modal .o_field_widget[name='vat_recovered'] input[data-value='yes']",
                run: "click",
            },
            picture("first_day_accounting"),
            press("action_apply", ".modal"),
            ...program(),
            ...space(),
            ...person(),
            ...month(),
        ]),
});
