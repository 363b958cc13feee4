import { registry } from "@web/core/registry";

/** What a signatory does on their page, on any screen: read, sign, see that it was recorded. */
function signPage(outcome) {
    return [
        {
            content: "the text is there",
            trigger: ".o_hosting_text:contains('L\\'Atelier')",
        },
        {
            content: "sign",
            trigger: ".o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "recorded",
            trigger: `.alert-success:contains('${outcome}')`,
        },
    ];
}

registry.category("web_tour.tours").add("coworking_incubation_hosting_prepare", {
    steps: () => [
        {
            content: "prepare the agreement from the seat",
            trigger: ".o_form_statusbar button[name='action_prepare_hosting']",
            run: "click",
        },
        {
            content: "three sign",
            trigger: ".o_field_widget[name='signatory_ids'] .o_data_row:eq(2)",
        },
        {
            content: "send it",
            trigger: ".o_form_statusbar button[name='action_send']",
            run: "click",
        },
        {
            content: "sent, with a link to hand over",
            trigger: ".o_field_widget[name='signatory_ids'] .o_data_row .fa-link",
            run: "click",
        },
        {
            content: "to be copied",
            trigger: ".modal button[name='action_copy']",
            run: "click",
        },
        {
            content: "there it is",
            trigger: ".modal .o_field_widget[name='url']:contains('/my/coworking/l/')",
        },
    ],
});

registry.category("web_tour.tours").add("coworking_incubation_hosting_sign", {
    steps: () => signPage("Votre signature est enregistrée"),
});

registry.category("web_tour.tours").add("coworking_incubation_hosting_sign_last", {
    steps: () => signPage("Tout le monde a signé"),
});
