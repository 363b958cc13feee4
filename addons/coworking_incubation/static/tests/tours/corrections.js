import { registry } from "@web/core/registry";

import {
    choose,
    data,
    goBack,
    inState,
    openApp,
    openMenu,
    openRow,
    picture,
    press,
    save,
    write,
    writeDate,
} from "./tour_helpers";

const SEATS = ["coworking_incubation_menu_places", "coworking_seat_menu"];
const STATEMENTS = ["coworking_incubation_menu_billing", "coworking_statement_menu"];

/** Lines of a list: [text, value of a field] each. */
function lines(field, expected) {
    return expected.map(([text, value]) => ({
        content: `${text}: ${value}`,
        trigger: `.o_data_row:contains("${text}"):has(td[name='${field}']:contains("${value}"))`,
    }));
}

/** The coordinator learns three things about June, which is settled, then opens July. */
registry.category("web_tour.tours").add("coworking_incubation_corrections", {
    steps: () => [
        ...openApp(),
        ...openMenu(...SEATS),
        openRow(data().moved),
        ...writeDate("date_start", "16/06/2015"),
        ...save(),
        ...openMenu(...SEATS),
        openRow(data().left),
        press("action_leave"),
        ...writeDate("date_end", "10/06/2015", ".modal"),
        ...writeDate("notice_date", "10/06/2015", ".modal"),
        press("action_apply", ".modal"),
        inState("ended"),
        ...openMenu(...SEATS),
        { content: "a new seat", trigger: ".o_list_button_add", run: "click" },
        ...choose("participant_id", data().forgotten),
        ...choose("space_id", data().space),
        ...choose("tariff_id", data().tariff),
        ...writeDate("date_start", "10/06/2015"),
        ...save(),
        press("action_confirm"),
        inState("confirmed"),
        ...openMenu(...STATEMENTS),
        {
            content: "generate a month",
            trigger: ".o_list_view .o_control_panel .btn-primary",
            run: "click",
        },
        {
            content: "the month that is over, and its programme",
            trigger: ".modal .o_field_widget[name='program_ids'] .o_tag",
        },
        press("action_generate", ".modal"),
        { content: "generated", trigger: "body:not(:has(.modal)) .o_list_view" },
        openRow(data().statement),
        ...lines("payable_total", data().lines),
        picture("corrections_statement"),
        press("action_send"),
        inState("sent"),
    ],
});

/** The manager, on a telephone, reads each correction and confirms. */
registry.category("web_tour.tours").add("coworking_incubation_corrections_manager", {
    steps: () => [
        ...data().lines.map(([text, amount]) => ({
            content: `${text}: ${amount}`,
            trigger: `[data-line]:contains("${text}"):contains("${amount}")`,
        })),
        {
            content: "nothing is wider than the screen",
            trigger: ".o_cw_portal",
            run() {
                const width = document.documentElement.scrollWidth;
                if (width > window.innerWidth) {
                    throw new Error(`wider than the screen: ${width} > ${window.innerWidth}`);
                }
            },
        },
        {
            content: "picture corrections_portal",
            trigger: ".o_cw_portal",
            run: () => window.takePicture?.("corrections_portal", "[data-line]"),
        },
        {
            content: "confirm",
            trigger: ".o_cw_confirm button",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "confirmed by whom", trigger: ".text-muted:contains('Confirmé par')" },
    ],
});

/** The accountant makes the bill, completes it with the operator's document and posts it. */
registry.category("web_tour.tours").add("coworking_incubation_corrections_bill", {
    steps: () => [
        ...openApp(),
        ...openMenu(...STATEMENTS),
        openRow(data().statement),
        press("action_create_bill"),
        ...lines("price_subtotal", data().lines),
        picture("corrections_bill"),
        write("ref", "F-2015-71"),
        ...writeDate("invoice_date", "03/08/2015"),
        press("action_post"),
        {
            content: "posted",
            trigger: ".o_form_view .o_arrow_button_current:contains('Comptabilisé')",
        },
    ],
});

/** The month: each correction meets its line, without a gap. */
registry.category("web_tour.tours").add("coworking_incubation_corrections_matched", {
    steps: () => [
        ...openApp(),
        {
            content: "the month, space by space",
            trigger: `.o_list_view .o_group_header:contains("${data().space}")`,
        },
        ...lines("expected", data().lines),
        ...lines("invoiced", data().lines),
        { content: "select all", trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
        press("action_match", ".o_control_panel"),
        ...lines("decision", data().lines.map(([text]) => [text, "Rapproché"])),
        picture("corrections_matched"),
    ],
});

/** What is left is in our favour: a draft credit note that waits for the operator's document. */
registry.category("web_tour.tours").add("coworking_incubation_corrections_credit_note", {
    steps: () => [
        ...openApp(),
        ...openMenu(...STATEMENTS),
        openRow(data().statement),
        ...lines("payable_total", [data().line]),
        picture("corrections_credit_statement"),
        press("action_create_bill"),
        {
            content: "what is expected",
            trigger: `.o_form_view .alert:contains("Avoir attendu de ${data().operator} : ${data().total}")`,
        },
        ...lines("price_subtotal", [[data().line[0], data().untaxed]]),
        picture("corrections_credit_note"),
        goBack(),
    ],
});
