import { registry } from "@web/core/registry";
import {
    card,
    choose,
    column,
    data,
    goBack,
    inStage,
    openApp,
    openMenu,
    picture,
    refused,
    save,
    write,
} from "./tour_helpers";

const STAGE = "Semaine d'essai";
const SENTENCE = "Le projet est écrit en une ligne";

// The board is first shown as it was last seen, then brought up to date: wait for the readiness.
const drop = (readiness) => ({
    content: "drop the card into the new stage",
    trigger: `${column(data().stages.info_session?.name)} ${card(data().person)}:contains("${readiness}")`,
    run: ({ drag_and_drop }) => drag_and_drop(column(STAGE)),
});

/** The coordinator adds a stage and what it takes to enter it; the board obeys at once. */
registry.category("web_tour.tours").add("coworking_incubation_stage", {
    steps: () => [
        ...openApp(),
        ...openMenu("coworking_incubation_menu_configuration", "coworking_stage_menu"),
        {
            content: "a stage",
            trigger: ".o_list_button_add",
            run: "click",
        },
        write("name", STAGE),
        write("sequence", "25"),
        ...choose("previous_stage_ids", data().stages.info_session?.name),
        {
            content: "a requirement",
            trigger: ".o_field_widget[name='requirement_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        write("name", SENTENCE, ".modal"),
        {
            content: "a rule",
            trigger: ".modal .o_field_widget[name='domain'] .o_tree_editor a",
            run: "click",
        },
        {
            content: "choose the field",
            trigger: ".modal .o_tree_editor_condition .o_model_field_selector",
            run: "click",
        },
        {
            content: "the project",
            trigger:
                ".o_model_field_selector_popover_item[data-name='project'] .o_model_field_selector_popover_item_name",
            run: "click",
        },
        {
            content: "it is set",
            trigger: ".modal .o_tree_editor_condition select",
            run: 'select "set"',
        },
        picture("requirement"),
        {
            content: "keep the requirement",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "the requirement is there",
            trigger: `.o_field_widget[name='requirement_ids'] .o_data_row:contains("${SENTENCE}")`,
        },
        ...save(),
        picture("stage"),
        ...openMenu("coworking_incubation_menu_pathway", "coworking_participant_menu_board"),
        drop("0/1"),
        {
            content: "refused, in the coordinator's words",
            trigger: `.o_error_dialog:contains("${SENTENCE}")`,
        },
        picture("board_refused"),
        ...refused(SENTENCE),
        {
            content: "the card stays where it was",
            trigger: `${column(data().stages.info_session?.name)} ${card(data().person)}`,
            run: "click",
        },
        inStage("info_session"),
        write("project", "Atelier de reliure"),
        ...save(),
        goBack(),
        drop("1/1"),
        {
            content: "the card is in the new stage",
            trigger: `${column(STAGE)} ${card(data().person)}`,
        },
        picture("board_accepted"),
    ],
});
