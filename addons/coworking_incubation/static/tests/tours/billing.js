import { ORM } from "@web/core/orm_service";
import { registry } from "@web/core/registry";
import {
    choose,
    data,
    inState,
    openApp,
    openMenu,
    openRow,
    openTab,
    picture,
    press,
    save,
    write,
    writeDate,
} from "./tour_helpers";

const SEATS = ["coworking_incubation_menu_places", "coworking_seat_menu"];

/** The coordinator: a seat confirmed, and moved on the 16th. */
registry.category("web_tour.tours").add("coworking_incubation_seat", {
    steps: () => [
        ...openApp(),
        ...openMenu(...SEATS),
        openRow(data().person),
        press("action_confirm"),
        inState("confirmed"),
        press("action_move"),
        ...writeDate("date_from", "16/06/2015", ".modal"),
        ...choose("space_id", data().space, ".modal"),
        {
            content: "what moving before the 1st costs",
            trigger: `.modal .alert:visible .o_field_widget[name='advice']:contains("70,00")`,
        },
        {
            content: "the extra cost",
            trigger: ".modal .o_field_widget[name='extra_cost']:contains('70,00')",
        },
        picture("move"),
        press("action_apply", ".modal"),
        {
            content: "the seat in the other space",
            trigger: `body:not(:has(.modal)) .o_form_saved .o_field_widget[name='space_id'] input:value("${data().space}")`,
        },
        {
            content: "who comes tomorrow has not arrived",
            trigger: ".o_form_view:not(:has(button[name='action_start']))",
        },
    ],
});

/** The same of who has come: suspended a week, left early. */
registry.category("web_tour.tours").add("coworking_incubation_seat_left", {
    steps: () => [
        ...openApp(),
        ...openMenu("coworking_incubation_menu_pathway", "coworking_participant_menu"),
        openRow(data().person),
        openTab("meetings"),
        {
            content: "a suspension",
            trigger: ".o_field_widget[name='suspension_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        ...writeDate("date_from", "06/07/2015", ".o_selected_row"),
        ...writeDate("date_to", "12/07/2015", ".o_selected_row"),
        write("reason", "Une semaine de formation", ".o_selected_row"),
        ...save(),
        ...openMenu(...SEATS),
        openRow(data().space),
        press("action_leave"),
        ...writeDate("date_end", "20/07/2015", ".modal"),
        ...writeDate("notice_date", "10/07/2015", ".modal"),
        {
            content: "what is due after the departure",
            trigger: ".modal .o_field_widget[name='cost_after']:contains('22,58')",
        },
        picture("leave"),
        press("action_apply", ".modal"),
        openTab("charges"),
        {
            content: "the schedule: June, July, and the notice",
            trigger: `.o_field_widget[name='charge_ids']:not(:has(.o_data_row:nth-child(4)))
                .o_data_row:nth-child(3):contains("22,58")`,
        },
        picture("schedule"),
    ],
});

const askForMonth = () => [
    ...openApp(),
    ...openMenu("coworking_incubation_menu_billing", "coworking_statement_menu"),
    {
        content: "generate a month",
        trigger: ".o_list_view .o_control_panel .btn-primary",
        run: "click",
    },
    {
        content: "the month that is over, and its programme",
        trigger: ".modal .o_field_widget[name='program_ids'] .o_tag",
    },
    picture("generate"),
    press("action_generate", ".modal"),
];

/** The coordinator opens the month that is over. */
registry.category("web_tour.tours").add("coworking_incubation_generate", {
    steps: () => [
        ...askForMonth(),
        {
            content: "a statement for each space",
            trigger: `body:not(:has(.modal)) .o_data_row:contains("${data().space}")`,
        },
    ],
});

/** With many spaces the screen does them, shows how far it is, and what is wrong with one. */
registry.category("web_tour.tours").add("coworking_incubation_generate_many", {
    steps: () => [
        ...askForMonth(),
        {
            content: "all but one",
            trigger: ".o_form_view .o_field_widget[name='state']:contains('Fait, sauf erreurs')",
        },
        {
            content: "the one in error, and why",
            trigger: `.o_field_widget[name='failed_line_ids'] .o_data_row:contains("${data().space}")`,
        },
        picture("generate_many"),
        press("action_open_statements"),
        {
            content: "the statements of the others",
            trigger: `.o_list_view .o_data_row:contains("${data().other}")`,
        },
    ],
});

let asked = 0;
let isHeld = true;

/** What was in error is tried again once it is mended; the list of what was asked says all of it. */
registry.category("web_tour.tours").add("coworking_incubation_generate_again", {
    steps: () => [
        ...openApp(),
        ...openMenu("coworking_incubation_menu_billing", "coworking_month_run_menu"),
        {
            content: "what became of it is not cut",
            trigger: ".o_list_view .o_data_row td[name='outcome']:contains('En erreur : 1')",
            run() {
                const text = document.createRange();
                text.selectNodeContents(this.anchor);
                const [said, room] = [text, this.anchor].map((it) => it.getBoundingClientRect().width);
                if (said > room) {
                    throw new Error(`${said} of ${room} pixels`);
                }
            },
        },
        {
            content: "from here on each space is held by somebody else",
            trigger: "body",
            run() {
                const { call } = ORM.prototype;
                ORM.prototype.call = async function (model, method, ...rest) {
                    if (isHeld && method === "action_work") {
                        asked += 1;
                        return true;
                    }
                    return call.call(this, model, method, ...rest);
                };
            },
        },
        openRow("En erreur : 1"),
        press("action_resume"),
        {
            content: "the screen waits between two calls that did nothing, and goes on when it may",
            trigger: ".o_form_view:not(:has(.o_field_widget[name='failed_line_ids'])) .o_progressbar",
            async run() {
                await new Promise((resolve) => setTimeout(resolve, 2000));
                isHeld = false;
                if (!asked || asked > 6) {
                    throw new Error(`Asked ${asked} times in two seconds`);
                }
            },
        },
        {
            content: "nothing is in error any more",
            trigger: `.o_form_view:not(:has(.o_field_widget[name='failed_line_ids'])):has(.o_progressbar:contains('100'))
                .o_field_widget[name='outcome']:contains('Faits pour vous : 10')`,
        },
    ],
});

/** The accountant: from the month to the bill of a space. */
registry.category("web_tour.tours").add("coworking_incubation_bill", {
    steps: () => [
        ...openApp(),
        {
            content: "the month, space by space",
            trigger: `.o_list_view .o_group_header:contains("${data().space}")`,
        },
        ...openMenu("coworking_incubation_menu_billing", "coworking_statement_menu"),
        openRow(data().space),
        {
            content: "the statement, and its lines",
            trigger: ".o_form_view .o_field_widget[name='charge_ids'] .o_data_row",
        },
        press("action_create_bill"),
        {
            content: "the draft bill",
            trigger: ".o_form_view:has(button[name='action_post']) .o_field_widget[name='tax_totals']",
        },
        picture("bill"),
    ],
});
