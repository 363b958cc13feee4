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
        picture("requirement"),
    ],
});
