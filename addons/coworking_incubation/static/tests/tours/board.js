import { registry } from "@web/core/registry";
import {
    card,
    clickStage,
    column,
    data,
    inStage,
    openApp,
    picture,
    press,
    refused,
    refusedMove,
    save,
    write,
} from "./tour_helpers";

/** The accompanist: somebody new on the board, refused once, then moved on. */
registry.category("web_tour.tours").add("coworking_incubation_board", {
    steps: () => [
        ...openApp(),
        {
            content: "the board, with its columns",
            trigger: `.o_kanban_view ${column(data().stages.info_session?.name)}`,
        },
        {
            content: "somebody new",
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        write("partner_name", "Zoé Lambert", ".o_kanban_quick_create"),
        write("phone", "06 12 34 56 78", ".o_kanban_quick_create"),
        picture("quick_create"),
        {
            content: "add the card",
            trigger: ".o_kanban_add",
            run: "click",
        },
        {
            content: "the card is in the first column that is open",
            trigger: `${column(data().stages.info_session?.name)} ${card("Zoé Lambert")}`,
        },
        write("partner_name", "LAMBERT Zoe", ".o_kanban_quick_create"),
        write("phone", "+33 6 12 34 56 78", ".o_kanban_quick_create"),
        {
            content: "who resembles is shown, with a link to the file",
            trigger:
                ".o_kanban_quick_create [name='similar_html'] a[href*='/incubation-participants/']:contains('Zoé Lambert')",
        },
        picture("similar"),
        {
            content: "the same person, typed again",
            trigger: ".o_kanban_add",
            run: "click",
        },
        ...refused("a déjà un dossier ouvert"),
        {
            content: "what was typed is still there",
            trigger: ".o_kanban_quick_create [name='partner_name'] input:value('LAMBERT Zoe')",
        },
        {
            content: "leave the quick creation",
            trigger: ".o_kanban_quick_create .o_kanban_cancel",
            run: "click",
        },
        {
            content: "open the card",
            trigger: `body:not(:has(.o_kanban_quick_create)) ${card("Zoé Lambert")}`,
            run: "click",
        },
        inStage("info_session"),
        press("action_next_stage"),
        inStage("application"),
        {
            content: "the button of the next stage waits, and the form says what for",
            trigger: `.o_form_view:has(button[name='action_next_stage'].disabled) .o_field_widget[name='missing_html'] li:contains("${data().project}")`,
        },
        picture("missing"),
        clickStage("diagnostic"),
        picture("move_refused", ".modal"),
        ...refusedMove("Zoé Lambert", data().project),
        inStage("application"),
        write("project", "Atelier de reliure"),
        ...save(),
        press("action_next_stage"),
        inStage("diagnostic"),
        press("action_plan_appointment"),
        {
            content: "who it is with is known",
            trigger: ".modal .o_field_widget[name='coworking_participant_id'] input:value('Zoé Lambert')",
        },
        picture("appointment"),
        {
            content: "a page that is left makes no appointment by itself",
            trigger: ".modal .o_field_widget[name='coworking_participant_id'] input:value('Zoé Lambert')",
            run: () => window.location.reload(),
            expectUnloadPage: true,
        },
        {
            content: "after all",
            trigger: "body:not(:has(.modal)) button[name='action_plan_appointment']",
            run: "click",
        },
        {
            content: "a new one",
            trigger: ".modal .o_field_widget[name='coworking_participant_id'] input:value('Zoé Lambert')",
        },
        {
            content: "plan it",
            trigger: ".modal .modal-footer .btn-primary:visible",
            run: "click",
        },
        {
            content: "the file says when",
            trigger: "body:not(:has(.modal)) .o_field_widget[name='date_next_appointment']:contains('15')",
        },
    ],
});
