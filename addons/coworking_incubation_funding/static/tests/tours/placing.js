import { registry } from "@web/core/registry";
import {
    choose,
    data,
    openApp,
    openMenu,
    press,
    write,
} from "@coworking_incubation/../tests/tours/tour_helpers";

const row = ".o_list_view .o_data_row";

/** The accountant: what a grant left to own funds goes to another funder, with a reason. */
registry.category("web_tour.tours").add("coworking_incubation_placing", {
    steps: () => [
        ...openApp(),
        ...openMenu(
            "coworking_incubation_menu_funding",
            "coworking_incubation_funding.coworking_allocation_menu_to_place"
        ),
        {
            content: "what the used-up grant did not take, and whose it was",
            trigger: `${row} td[name='instead_id']:contains("${data().from}")`,
        },
        press("action_place", row),
        {
            content: "without a reason it stays here",
            trigger: ".modal .o_field_widget[name='reason'].o_required_modifier",
        },
        ...choose("agreement_id", data().to, ".modal"),
        write("reason", data().reason, ".modal"),
        press("action_place", ".modal"),
        { content: "nothing is left to place", trigger: ".o_view_nocontent_smiling_face" },
    ],
});
