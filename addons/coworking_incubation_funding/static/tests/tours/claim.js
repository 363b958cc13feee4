import { registry } from "@web/core/registry";
import { openTab, picture, press, save, write } from "@coworking_incubation/../tests/tours/tour_helpers";

const ok = { content: "go on", trigger: ".modal .modal-footer .btn-primary", run: "click" };
const closed = { content: "nothing is in the way", trigger: "body:not(:has(.modal))" };
const reached = (state) => ({
    content: `the claim is ${state}`,
    trigger: `.o_statusbar_status .o_arrow_button_current[data-value='${state}']`,
});

/** The accountant: from the agreement to the claim that is sent, admitted in part, and paid. */
registry.category("web_tour.tours").add("coworking_incubation_claim", {
    steps: () => [
        openTab("instalments"),
        press("action_make_claim"),
        {
            content: "the claim is of this agreement",
            trigger: ".o_form_view .o_field_widget[name='partner_id']:contains('A funder')",
        },
        ...save(),
        openTab("gaps"),
        {
            content: "one line is to be completed",
            trigger: ".o_field_widget[name='gap_line_ids'] .o_data_row",
        },
        {
            content: "so it cannot be sent yet",
            trigger: ".o_form_view:not(:has(button[name='action_submit']))",
        },
        picture("claim-gaps"),
        press("action_override", ".o_field_widget[name='gap_line_ids'] .o_data_row"),
        write("reason", "Signed on paper", ".modal"),
        press("action_apply", ".modal"),
        closed,
        press("action_submit"),
        ok,
        reached("submitted"),
        openTab("lines"),
        {
            content: "enter what is admitted",
            trigger: ".o_field_widget[name='line_ids'] .o_data_row td[name='amount_admitted']",
            run: "click",
        },
        write("amount_admitted", "100,00", ".o_field_widget[name='line_ids'] .o_selected_row"),
        write("admission_reason", "Not eligible", ".o_field_widget[name='line_ids'] .o_selected_row"),
        ...save(),
        press("action_accept"),
        ok,
        reached("accepted"),
        press("action_receive"),
        press("action_record", ".modal"),
        reached("paid"),
        picture("claim-paid"),
    ],
});
