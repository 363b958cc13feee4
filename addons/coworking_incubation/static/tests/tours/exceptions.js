import { registry } from "@web/core/registry";

import { openApp } from "./tour_helpers";

const tours = registry.category("web_tour.tours");
const MENU = "[data-menu-xmlid='coworking_incubation.coworking_exception_menu']";
const badge = (count) => `.o_menu_sections ${MENU} .o_coworking_badge:contains(/^${count}$/)`;
const row = (text) => `.o_data_row:contains('${text}')`;
const card = (text) => `.o_kanban_record:contains('${text}')`;

/** What waits is settled from its list, and counted beside its menu. */
tours.add("coworking_incubation_exceptions_accountant", {
    steps: () => [
        ...openApp(),
        { content: "two things wait", trigger: badge(2) },
        { content: "see them", trigger: `.o_menu_sections ${MENU}`, run: "click" },
        { trigger: `${row("Écart")}:contains('14,00')` },
        { content: "the gap", trigger: `${row("Écart")} button:contains('Décider')`, run: "click" },
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit Vu avec l'espace",
        },
        { content: "apply", trigger: ".modal footer button.btn-primary", run: "click" },
        { content: "one is left", trigger: badge(1) },
        { trigger: `body:not(:has(${row("Écart")}))` },
        { content: "as cards", trigger: "button.o_switch_view.o_kanban", run: "click" },
        {
            content: "what is as expected, by one click",
            trigger: `${card("Facture à rapprocher")} button:contains('Rapprocher')`,
            run: "click",
        },
        { content: "all is well", trigger: ".o_nocontent_help:contains('Tout va bien')" },
        { trigger: `body:not(:has(.o_menu_sections ${MENU} .o_coworking_badge))` },
    ],
});
