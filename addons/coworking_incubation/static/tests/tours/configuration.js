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
    press,
    refusedMove,
    save,
    write,
    writeDate,
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
            trigger: `.modal .o_field_widget[name='report']:contains("${SENTENCE}")`,
        },
        picture("board_refused"),
        ...refusedMove(SENTENCE),
        {
            content: "the card stays where it was, once the board is brought up to date",
            trigger: `${column(data().stages.info_session?.name)} ${card(data().person)}:contains("0/1")`,
            run: () => new Promise((resolve) => setTimeout(resolve, 1000)),
        },
        {
            content: "open it",
            trigger: `${column(data().stages.info_session?.name)} ${card(data().person)}:contains("0/1")`,
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

const ranks = ".modal .o_field_widget[name='rank_ids']";
const rank = (number) => `${ranks} .o_data_row:nth-child(${number - 1})`;
const removeRank = (number) => ({
    content: `without rank ${number}`,
    trigger: `${rank(number)} .o_list_record_remove`,
    run: "click",
});

/** The coordinator accepts a new price: all ranks are there, and fewer of them are asked about. */
registry.category("web_tour.tours").add("coworking_incubation_ladder", {
    steps: () => [
        press("action_increase"),
        ...writeDate("date_start", "01/07/2015", ".modal"),
        {
            content: "the second rank as it is",
            trigger: `${rank(2)} td[name='price']:contains("150,00")`,
        },
        {
            content: "the third rank as it is",
            trigger: `${rank(3)} td[name='price']:contains("120,00")`,
        },
        write("price", "190", ".modal"),
        picture("ladder"),
        removeRank(3),
        removeRank(2),
        {
            content: "what the others would pay",
            trigger: `.modal .alert:visible .o_field_widget[name='lost_ranks']:contains("Rang 2 : 190,00"):contains("150,00"):contains("Rang 3")`,
        },
        picture("ladder_fewer_ranks"),
        press("action_apply", ".modal"),
        {
            content: "refused, until it is meant",
            trigger: `.o_error_dialog:contains("Rang 3"):contains("c'est voulu")`,
        },
        {
            content: "close the refusal",
            trigger: ".o_error_dialog .modal-footer .btn:last-child",
            run: "click",
        },
        {
            content: "it is meant",
            trigger:
                "body:not(:has(.o_error_dialog)) .modal .o_field_widget[name='accept_fewer_ranks'] input",
            run: "check",
        },
        press("action_apply", ".modal"),
        {
            content: "one price from July on",
            trigger: `body:not(:has(.modal)) .o_field_widget[name='price_ids'] .o_data_row:contains("190,00")`,
        },
        picture("ladder_prices"),
    ],
});
