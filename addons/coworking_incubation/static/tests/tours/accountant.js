import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

import { data, giveFile, openApp, openMenu, openRow, picture, press } from "./tour_helpers";

const BILLING = "coworking_incubation_menu_billing";

/** Whatever is downloaded leaves its size on the page, where a step can wait for it. */
function watchDownloads() {
    return {
        content: "watch what is downloaded",
        trigger: "body",
        run() {
            delete document.body.dataset.downloaded;
            const { createObjectURL } = URL;
            URL.createObjectURL = (blob) => {
                document.body.dataset.downloaded = blob.size;
                URL.createObjectURL = createObjectURL;
                return createObjectURL.call(URL, blob);
            };
        },
    };
}

function header(...texts) {
    const wanted = texts.map((text) => `:contains("${text}")`).join("");
    return { content: texts.join(", "), trigger: `.o_list_view .o_group_header${wanted}` };
}

/** The accountant hands in a bill that came by post: it waits for the reader. */
registry.category("web_tour.tours").add("coworking_incubation_upload", {
    steps: () => [
        ...openApp(),
        ...openMenu(BILLING, "coworking_invoice_file_menu"),
        {
            content: "hand in bills",
            trigger: ".o_list_view .o_control_panel .btn-primary:contains('Déposer des factures')",
            run: "click",
        },
        giveFile("attachment_ids", data().file, "application/pdf"),
        {
            content: "it is there",
            trigger: `.modal .o_attachment:contains("${data().file}")`,
        },
        picture("upload"),
        press("action_receive", ".modal"),
        {
            content: "it was received, and will be read",
            trigger: ".o_form_view .alert:contains('Elle sera lue dans un instant')",
        },
    ],
});

/** Then she finds it read, looks at the bill, and matches it in the month. */
registry.category("web_tour.tours").add("coworking_incubation_received", {
    steps: () => [
        ...openApp(),
        {
            content: "a file is read while the list is still loading",
            trigger: "body",
            run() {
                const bus = odoo.__WOWL_DEBUG__.root.env.services.bus_service;
                const { subscribe } = bus;
                bus.subscribe = (type, callback) => {
                    subscribe(type, callback);
                    if (type === "coworking_incubation/file_read") {
                        setTimeout(() => callback({ id: 0 }));
                    }
                };
            },
        },
        ...openMenu(BILLING, "coworking_invoice_file_menu"),
        {
            content: "it was read, for the right month",
            trigger: `.o_data_row:contains("${data().file}"):contains("${data().statement}"):contains("Lue")`,
        },
        picture("received"),
        openRow(data().file),
        press("action_open_bill"),
        {
            content: "the draft bill says what the document says",
            trigger: `.o_form_view:has(.o_field_widget[name='ref'] input:value("${data().reference}"))
                .o_field_widget[name='tax_totals']:contains("180,00")`,
        },
        ...openMenu(BILLING, "coworking_month_line_menu"),
        {
            content: "it stands in the month, without a gap",
            trigger: `.o_data_row:contains("${data().person}"):contains("${data().reference}") td[name='gap']:contains("0,00")`,
        },
        {
            content: "select the line",
            trigger: `.o_data_row:contains("${data().person}") .o_list_record_selector input`,
            run: "click",
        },
        press("action_match", ".o_control_panel"),
        {
            content: "matched",
            trigger: `.o_data_row:contains("${data().person}") td[name='decision']:contains("Rapproché")`,
        },
        picture("received_matched"),
    ],
});

/** Month end: what is used and not billed (408), billed and not used (486); exported. */
registry.category("web_tour.tours").add("coworking_incubation_month_end", {
    steps: () => [
        ...openApp(),
        ...openMenu(BILLING, "coworking_month_end_menu"),
        {
            content: "the last day of the month that is over",
            trigger: ".modal .o_field_widget[name='date'] .o_input:contains('31 mai')",
        },
        picture("month_end"),
        press("action_list", ".modal"),
        header("408", data().used),
        header("486", data().prepaid),
        {
            content: "open the programme",
            trigger: `.o_group_header:contains("${data().program}"):contains("${data().used}")`,
            run: "click",
        },
        {
            content: "the seat",
            trigger: `.o_data_row:contains("${data().seat}")`,
        },
        picture("month_end_entries"),
        {
            content: "select all",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "what can be done with them",
            trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle",
            run: "click",
        },
        {
            content: "export",
            trigger: ".o-dropdown--menu .dropdown-item:contains('Exporter')",
            run: "click",
        },
        {
            content: "the columns of the list are chosen",
            trigger: ".o_export_data_dialog .o_export_field:contains('Effet sur les charges')",
        },
        watchDownloads(),
        {
            content: "export them",
            trigger: ".o_export_data_dialog .o_select_button:enabled",
            run: "click",
        },
        { content: "a file came", trigger: "body[data-downloaded]" },
        {
            content: "close",
            trigger: ".o_export_data_dialog .o_form_button_cancel",
            run: "click",
        },
    ],
});

/** The list becomes entries: drafts, looked at, posted, and reversed on the first. */
registry.category("web_tour.tours").add("coworking_incubation_month_end_entries", {
    steps: () => [
        ...openApp(),
        ...openMenu(BILLING, "coworking_month_end_menu"),
        press("action_list", ".modal"),
        header("408", "180,00"),
        header("418", "64,00"),
        header("486", "-67,74"),
        picture("month_end_list"),
        press("action_create_entries", ".o_control_panel"),
        {
            content: "the entry, a draft of the last day",
            trigger: `.o_data_row:contains("31 mai"):contains("Brouillon"):contains("${data().program}")`,
        },
        picture("month_end_drafts"),
        {
            content: "and its reversal on the first",
            trigger: ".o_data_row:contains('1 juin'):contains('Brouillon'):contains('Extourne')",
        },
        openRow("31 mai"),
        {
            content: "each line says what it is for",
            trigger: `.o_field_widget[name='coworking_entry_line_ids'] .o_data_row:contains("${data().seat}"):contains("180,00")`,
        },
        {
            content: "against bills not received",
            trigger: ".o_field_widget[name='coworking_entry_line_ids'] .o_data_row:contains('Factures non parvenues')",
        },
        picture("month_end_entry"),
        press("action_post"),
        {
            content: "posted",
            trigger: ".o_form_view .o_arrow_button_current:contains('Comptabilisé')",
        },
        picture("month_end_posted"),
        {
            content: "back to the two entries",
            trigger: ".o_breadcrumb .o_back_button a, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "the reversal is posted with it",
            trigger: ".o_data_row:contains('1 juin'):contains('Comptabilisé')",
        },
        picture("month_end_reversed"),
        openRow("31 mai"),
        press("action_open_coworking_month_end"),
        header("408", "180,00"),
    ],
});

/** What participants have to pay: due, credited, paid, left. */
registry.category("web_tour.tours").add("coworking_incubation_copayment_accounts", {
    steps: () => [
        ...openApp(),
        ...openMenu(BILLING, "coworking_copayment_menu"),
        {
            content: "open the participant",
            trigger: `.o_group_header:contains("${data().person}")`,
            run: "click",
        },
        {
            content: "four things",
            trigger: `.o_data_row:has(td[name='due']:contains("36,00")):has(td[name='credited']:contains("10,00")):has(td[name='paid']:contains("20,00")):has(td[name='residual']:contains("6,00"))`,
        },
        picture("copayment_accounts"),
    ],
});

/** The reconciliation workbook of the month. */
registry.category("web_tour.tours").add("coworking_incubation_workbook", {
    steps: () => [
        ...openApp(),
        ...openMenu(BILLING, "coworking_month_end_menu"),
        {
            content: "download the workbook",
            trigger: ".modal button[name='action_workbook']:enabled",
            async run({ click }) {
                // What a window of its own would have received: the tour reads it instead.
                const { open } = browser;
                browser.open = (url) => {
                    browser.open = open;
                    fetch(url)
                        .then((answer) => answer.blob())
                        .then((blob) => (document.body.dataset.workbook = blob.size));
                };
                await click(this.anchor);
            },
        },
        { content: "the workbook came", trigger: "body[data-workbook]" },
    ],
});
