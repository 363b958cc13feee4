import { registry } from "@web/core/registry";

/** What a signatory does on their page, on any screen: read, sign, see that it was recorded. */
function signPage(outcome, ...before) {
    return [
        {
            content: "the text is there",
            trigger: ".o_hosting_text:contains('L\\'Atelier')",
        },
        {
            content: "the page stays where the text begins, once the signature form is there",
            trigger: "body:not(.modal-open):has(#sign canvas) main",
            run() {
                const pane = document.querySelector("#wrapwrap");
                const down = document.scrollingElement.scrollTop + pane.scrollTop;
                if (down || document.activeElement.closest("form")) {
                    throw new Error(`The page opened ${down}px past the text to be read`);
                }
            },
        },
        {
            content: "open the signature",
            trigger: "button[data-bs-target='#sign']:last",
            run: "click",
        },
        ...before,
        {
            content: "the name is drawn",
            trigger: "#sign.show .o_portal_sign_submit:enabled",
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

/** The coordinator opens what all have signed: it is whole, and opening it changes nothing. */
registry.category("web_tour.tours").add("coworking_incubation_hosting_sealed", {
    steps: () => [
        {
            content: "signed by all, the seal is whole",
            trigger: ".o_form_view:not(:has(.alert-danger:visible)) button[name='action_open_document']",
        },
        {
            content: "nothing is refused while it is looked at",
            trigger: ".o-mail-Chatter",
            async run() {
                // The picture of its first page is asked for in the background.
                await new Promise((resolve) => setTimeout(resolve, 3000));
                if (document.querySelector(".o_error_dialog, .modal")) {
                    throw new Error(document.querySelector(".modal").textContent);
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("coworking_incubation_hosting_sign", {
    steps: () => signPage("Votre signature est enregistrée"),
});

registry.category("web_tour.tours").add("coworking_incubation_hosting_sign_again", {
    steps: () =>
        signPage(
            "Votre signature est enregistrée",
            {
                content: "sign, in vain",
                trigger: "#sign.show .o_portal_sign_submit:enabled",
                run: "click",
            },
            {
                content: "why is said, and one may sign again",
                trigger:
                    "#sign:has(.o_portal_sign_error_msg) .o_portal_sign_submit:enabled:not(.disabled) .fa-check",
            }
        ),
});

registry.category("web_tour.tours").add("coworking_incubation_hosting_sign_last", {
    steps: () => signPage("Tout le monde a signé"),
});
