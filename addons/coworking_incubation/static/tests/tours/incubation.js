import { registry } from "@web/core/registry";

/** A participant on a telephone: from the page to an objective ticked and a half-day signed. */
registry.category("web_tour.tours").add("coworking_incubation_own_page", {
    steps: () => [
        {
            content: "the clock, in words",
            trigger: ".o_cw_portal .card:contains('Jour 15 sur 183')",
        },
        {
            content: "my objectives",
            trigger: "a[href='/my/incubation/objectives']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "tick the step",
            trigger: "form[action*='/actions/'] button[aria-pressed='false']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is ticked",
            trigger: "form[action*='/actions/'] button[aria-pressed='true']",
        },
        {
            content: "back to my page",
            trigger: "a[href='/my/incubation']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "a half-day waits",
            trigger: ".list-group-item-warning[href='/my/incubation/presences']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "I was there",
            trigger: "form[action='/my/incubation/presences'] label[for^='y_']",
            run: "click",
        },
        {
            content: "sign it",
            trigger: "form[action='/my/incubation/presences'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "signed",
            trigger: ".alert-success:contains('Demi-journées signées')",
        },
    ],
});
