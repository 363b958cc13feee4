import { registry } from "@web/core/registry";
import { data, giveFile, openApp, openMenu, picture, press } from "./tour_helpers";

/** The coordinator: a workbook is read, the one wrong cell mended in the list, the rows recorded. */
registry.category("web_tour.tours").add("coworking_incubation_take_over", {
    steps: () => [
        ...openApp(),
        ...openMenu("coworking_incubation_menu_configuration", "coworking_take_over_menu"),
        {
            content: "the month from which we bill",
            trigger: ".modal .o_field_widget[name='billed_from']:contains('juin 2015')",
        },
        picture("take-over"),
        giveFile("file", "reprise.xlsx"),
        {
            content: "the workbook is there",
            trigger: ".modal .o_field_widget[name='file'] input:value('reprise.xlsx')",
        },
        press("action_read", ".modal"),
        {
            content: "the row that cannot be recorded comes first, and its cell is named",
            trigger: ".modal .o_data_row:first-child td[name='column_label']:contains('Espace')",
        },
        picture("take-over-rows"),
        {
            content: "enter the cell to mend",
            trigger: ".modal .o_data_row:first-child td[name='value']",
            run: "click",
        },
        {
            content: "mend it",
            trigger: ".modal .o_selected_row .o_field_widget[name='value'] input",
            run: `edit ${data().space}`,
        },
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
