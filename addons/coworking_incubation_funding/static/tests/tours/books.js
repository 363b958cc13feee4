import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import {
    choose,
    data,
    giveFile,
    openApp,
    openMenu,
    picture,
    press,
} from "@coworking_incubation/../tests/tours/tour_helpers";

function openBooks(menu) {
    return openMenu("coworking_incubation_menu_billing", `coworking_incubation_funding.${menu}`);
}

const row = ".modal .o_data_row:first-child";

/** The accountant: bills leave; an FEC comes back, its one wrong row gets its bill, all is paid. */
registry.category("web_tour.tours").add("coworking_incubation_books", {
    steps: () => [
        ...openApp(),
        ...openBooks("coworking_bill_export_menu"),
        {
            content: "how many documents leave",
            trigger: ".modal .o_field_widget[name='document_count']:contains('2')",
        },
        picture("books-out"),
        {
            content: "remember what is downloaded instead",
            trigger: "body",
            run() {
                const { open } = browser;
                browser.open = (url) => {
                    document.body.dataset.downloaded = url;
                    browser.open = open;
                    return window;
                };
            },
        },
        {
            content: "choose the entries",
            trigger: ".modal .o_field_widget[name='kind'] input[data-value='fec']",
            run: "click",
        },
        press("action_download", ".modal"),
        { content: "it is sent", trigger: "body[data-downloaded$='/fec']" },
        { content: "close", trigger: ".modal .btn[special='cancel']", run: "click" },
        { content: "closed", trigger: "body:not(:has(.modal))" },
        ...openBooks("coworking_payment_import_menu"),
        giveFile("file", "FEC20150630.txt"),
        {
            content: "the file is there",
            trigger: ".modal .o_field_widget[name='file'] input:value('FEC20150630.txt')",
        },
        press("action_read", ".modal"),
        {
            content: "the row that cannot be recorded comes first, with its reason",
            trigger: `${row} td[name='problem']:contains('AC0012')`,
        },
        {
            content: "payments of others are counted",
            trigger: ".modal .alert-info:contains('Imprimerie du Nord')",
        },
        picture("books-in"),
        { content: "enter its bill", trigger: `${row} td[name='move_id']`, run: "click" },
        ...choose("move_id", data().bill, ".modal .o_selected_row"),
        press("action_check", ".modal"),
        { content: "nothing is wrong", trigger: ".modal:not(:has(.alert-warning:visible))" },
        press("action_record", ".modal"),
        {
            content: "all is recorded",
            trigger: ".modal .alert-success:contains('Lignes enregistrées : 2')",
        },
        { content: "close", trigger: ".modal .btn[special='cancel']", run: "click" },
        { content: "closed", trigger: "body:not(:has(.modal))" },
    ],
});
