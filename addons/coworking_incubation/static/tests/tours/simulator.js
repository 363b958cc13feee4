import { registry } from "@web/core/registry";

import { choose, data, inState, openApp, openMenu, picture, press } from "./tour_helpers";

/** The accompanist compares the spaces for a person, and asks for the seat of one. */
registry.category("web_tour.tours").add("coworking_incubation_simulator", {
    steps: () => [
        ...openApp(),
        ...openMenu("coworking_incubation_menu_places", "coworking_simulation_menu"),
        ...choose("participant_id", data().person),
        press("action_compare"),
        {
            content: "both spaces are there, with words in French",
            trigger: ".o_field_widget[name='line_ids'] .o_data_row:contains('3 places')",
        },
        picture("simulator"),
        {
            content: "ask for the seat of the space that suits",
            trigger: `.o_data_row:contains("${data().space}") button[name='action_request']`,
            run: "click",
        },
        inState("requested"),
    ],
});
