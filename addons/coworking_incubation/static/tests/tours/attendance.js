import { registry } from "@web/core/registry";
import { data, openApp, openMenu, picture } from "./tour_helpers";

const cell = (name, column) =>
    `.o_grid_table tr:has(.o_grid_name:contains("${name}")) td[data-column='${column}']`;

/** A stroke of the pen in the box. */
const draw = (inside) => ({
    content: "draw one's name",
    trigger: `${inside} canvas.o_web_sign_signature`,
    async run() {
        const canvas = this.anchor;
        const { left, top, width, height } = canvas.getBoundingClientRect();
        const at = (type, x, y, buttons) =>
            canvas.dispatchEvent(
                new PointerEvent(type, {
                    bubbles: true,
                    pointerId: 1,
                    isPrimary: true,
                    pointerType: "mouse",
                    pressure: 0.5,
                    button: 0,
                    buttons,
                    clientX: left + width * x,
                    clientY: top + height * y,
                })
            );
        at("pointerdown", 0.2, 0.6, 1);
        for (let step = 1; step <= 8; step++) {
            at("pointermove", 0.2 + step * 0.07, step % 2 ? 0.3 : 0.7, 1);
            await new Promise((resolve) => setTimeout(resolve, 30));
        }
        at("pointerup", 0.8, 0.6, 0);
    },
});

/** The attendance of a group on one screen, from the keyboard. */
registry.category("web_tour.tours").add("coworking_incubation_attendance_grid", {
    steps: () => {
        const event = String(data().event);
        return [
            ...openApp(),
            ...openMenu("coworking_incubation_menu_agenda", "coworking_attendance_menu_grid"),
            {
                content: "the first person of the list",
                trigger: cell("Camille", event),
                run: "click",
            },
            {
                content: "two people at once are present",
                trigger: `${cell("Camille", event)}:focus`,
                run: "press Shift+ArrowDown && press p",
            },
            {
                content: "they are present",
                trigger: `${cell("Nadia", event)}.o_state_present:contains("P")`,
            },
            {
                content: "the third one",
                trigger: cell("Sacha", event),
                run: "click",
            },
            {
                content: "is excused",
                trigger: `${cell("Sacha", event)}.o_cursor:focus`,
                run: "press e",
            },
            {
                content: "and it is saved",
                trigger: `.o_coworking_grid:has(.o_grid_status:contains("enregistré")) ${cell(
                    "Sacha",
                    event
                )}.o_state_excused`,
            },
            picture("attendance_grid"),
            {
                content: "who signed already",
                trigger: cell("Yanis", event),
                run: "click",
            },
            {
                content: "does not change",
                trigger: `${cell("Yanis", event)}.o_cursor:focus`,
                run: "press a",
            },
            {
                content: "and the screen says why",
                trigger: `.o_notification:contains("Signé")`,
            },
        ];
    },
});

/** The tablet goes round: each draws in the box below what they sign. */
registry.category("web_tour.tours").add("coworking_incubation_attendance_sign", {
    steps: () => [
        {
            content: "the pencil beside the person",
            trigger: `.o_field_widget[name='coworking_attendance_ids'] .o_data_row:contains("Camille") button[name='action_sign']`,
            run: "click",
        },
        {
            content: "what is signed is above the box",
            trigger: `.modal .o_coworking_signed_content:contains("Atelier réseau")`,
        },
        picture("attendance_sign", ".modal"),
        {
            content: "touch the box",
            trigger: ".modal .o_field_widget[name='signature'] .o_signature",
            run: "click",
        },
        draw(".modal"),
        {
            content: "take it over",
            trigger: ".modal footer .btn-primary:enabled:contains('Adopter')",
            run: "click",
        },
        {
            content: "the signature is in the box",
            trigger: ".modal .o_field_widget[name='signature'] img",
        },
        {
            content: "save it",
            trigger: ".modal footer .btn-primary:contains('Enregistrer la signature')",
            run: "click",
        },
        {
            content: "present, and nobody signs twice",
            trigger: `body:not(:has(.modal)) .o_field_widget[name='coworking_attendance_ids'] .o_data_row:contains("Camille"):contains("Présence"):not(:has(button[name='action_sign']))`,
        },
    ],
});

/** Behind a personal link, on one's own telephone. */
registry.category("web_tour.tours").add("coworking_incubation_attendance_link", {
    steps: () => [
        { content: "what is signed", trigger: `p:contains("Atelier réseau")` },
        draw("main"),
        {
            content: "sign",
            trigger: ".o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "recorded", trigger: ".alert-success:contains('signature est enregistrée')" },
    ],
});

/** A photographed sheet of the month is typed beside its picture. */
registry.category("web_tour.tours").add("coworking_incubation_presence_scan", {
    steps: () => [
        ...openApp(),
        ...openMenu("coworking_incubation_menu_places", "coworking_presence_scan_menu"),
        {
            content: "type beside it",
            trigger: ".o_data_row button[name='action_type']",
            run: "click",
        },
        { content: "the picture is there", trigger: ".o_grid_scan img" },
        {
            content: "larger",
            trigger: ".o_grid_scan_tools button:has(.fa-search-plus)",
            run: "click",
        },
        {
            content: "and turned",
            trigger: ".o_grid_scan_tools button:has(.fa-repeat)",
            run: "click",
        },
        {
            content: "the month is below",
            trigger: cell("Camille", "2015-06-02/am"),
            run: "click",
        },
        {
            content: "present",
            trigger: `${cell("Camille", "2015-06-02/am")}:focus`,
            run: "press p",
        },
        {
            content: "signed, and saved",
            trigger: `.o_coworking_grid:has(.o_grid_status:contains("enregistré")) ${cell(
                "Camille",
                "2015-06-02/am"
            )}.o_state_present.o_signed`,
        },
        picture("presence_scan"),
    ],
});
