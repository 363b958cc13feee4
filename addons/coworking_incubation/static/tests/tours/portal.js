import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

import { data, inState, openApp, picture as screen, press, write as fill } from "./tour_helpers";

/** Taps of a manager over both visits: see the test. */
let taps = 1; // the link in the mail

/** Nothing is wider than the screen, and a thumb hits every button. */
function checkPage() {
    const width = document.documentElement.scrollWidth;
    if (width > window.innerWidth) {
        throw new Error(`wider than the screen: ${width} > ${window.innerWidth}`);
    }
    for (const el of document.querySelectorAll(".o_cw_portal :is(button, .btn, summary)")) {
        const { height, width } = el.getBoundingClientRect();
        if (height && (height < 43.5 || width < 40)) {
            throw new Error(`too small for a thumb: ${el.textContent.trim()} ${width}x${height}`);
        }
    }
}

function see(content, trigger) {
    return { content, trigger, run: checkPage };
}

function tap(content, trigger, unloads = false) {
    taps++;
    return { content, trigger, run: "click", ...(unloads && { expectUnloadPage: true }) };
}

function write(content, trigger, text) {
    taps++;
    return { content, trigger, run: `edit ${text}` };
}

function picture(name) {
    return {
        content: `picture ${name}`,
        trigger: ".o_cw_portal",
        run: () => window.takePicture?.(name, "body"),
    };
}

const slot = (date, half) => `.o_cw_slot[data-date='${date}'][data-slot='${half}']`;

function firstVisit() {
    return [
        see("the month, in words", "h1:contains('Mai 2015')"),
        picture("portal_month"),
        tap("correct the presences", ".o_cw_correct", true),
        see("the last week of May", `${slot("2015-05-27", "am")}[data-state='']`),
        tap("here on Wednesday morning", slot("2015-05-27", "am")),
        see("saved at once", `${slot("2015-05-27", "am")}[data-state='present']:not(.o_cw_unsaved)`),
        tap("and in the afternoon", slot("2015-05-27", "pm")),
        see("saved as well", `${slot("2015-05-27", "pm")}[data-state='present']:not(.o_cw_unsaved)`),
        see("a discreet word", ".o_cw_toast:contains('Enregistré')"),
        picture("portal_presences"),
        tap("done", "button:contains('Terminé')", true),
        see("the lines follow", "[data-line]:contains('jours : 3')"),
        tap("something is wrong", `[data-line='${data().line}'] summary`),
        write(
            "what is wrong",
            `[data-line='${data().line}'] textarea`,
            "Arrivée le 15 seulement"
        ),
        tap("report it", `[data-line='${data().line}'] button:contains('Signaler')`, true),
        see("it is being looked at", ".badge:contains('Nous regardons')"),
        see("nothing to confirm meanwhile", "body:not(:has(.o_cw_confirm))"),
        picture("portal_dispute"),
    ];
}

function secondVisit() {
    return [
        see("our answer", ".alert:contains('Le contrat court dès le 1er')"),
        tap("confirm", ".o_cw_confirm button", true),
        see("confirmed by whom", ".text-muted:contains('Confirmé par')"),
        see("what the invoice must say", ".o_cw_bill:contains('INC-2015-05-ATELIER')"),
        picture("portal_invoice"),
        choose("a scan that is too large", () => new File([new Uint8Array(11e6)], "scan.pdf")),
        see("is not to be sent", "input[name='invoice']:invalid"),
        choose("a photograph that is too large", takePhotograph),
        {
            content: "is made smaller",
            trigger: "input[name='invoice']:valid",
            async run({ anchor }) {
                const [file] = anchor.files;
                if (file.name !== "photo.jpg" || file.size > 10e6) {
                    throw new Error(`${file.name}: ${file.size} bytes`);
                }
                const sheet = new OffscreenCanvas(9, 9).getContext("2d");
                sheet.drawImage(await createImageBitmap(file), 0, 0);
                const [red] = sheet.getImageData(4, 4, 1, 1).data;
                if (red < 250) {
                    throw new Error(`what is transparent became dark: ${red}`);
                }
            },
        },
        choose("a photograph in a form that is not taken", () => toFile(document.createElement("canvas"), "image/webp")),
        {
            content: "becomes one that is",
            trigger: "input[name='invoice']:valid",
            async run({ anchor }) {
                for (let tries = 0; anchor.files[0].type !== "image/jpeg"; tries++) {
                    if (tries > 50) {
                        throw new Error(`it stays what it was: ${anchor.files[0].name}`);
                    }
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
            },
        },
        {
            content: "choose the invoice",
            trigger: "input[name='invoice']",
            run({ anchor }) {
                const bytes = Uint8Array.from(atob(data().invoice), (char) => char.charCodeAt(0));
                const files = new DataTransfer();
                files.items.add(new File([bytes], "facture.pdf", { type: "application/pdf" }));
                anchor.files = files.files;
                checkPage();
            },
        },
        tap("send it", "button:contains('Envoyer la facture')", true),
        see("it has arrived", ".alert-success:contains('est bien arrivée')"),
        see("and is there", ".alert strong:contains('facture.pdf')"),
    ];
}

/** Nothing but noise below some transparent lines: no PNG of it is smaller than what it is made of. */
async function takePhotograph() {
    const canvas = Object.assign(document.createElement("canvas"), { width: 2000, height: 2000 });
    const noise = Uint8ClampedArray.from({ length: 16e6 }, () => Math.random() * 256);
    noise.fill(0, 0, 16 * 4 * 2000);
    canvas.getContext("2d").putImageData(new ImageData(noise, 2000), 0, 0);
    return toFile(canvas, "image/png");
}

async function toFile(canvas, type) {
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, type));
    return new File([blob], `photo.${type.slice(6)}`, { type });
}

function choose(content, makeFile) {
    return {
        content,
        trigger: "input[name='invoice']",
        async run({ anchor }) {
            const files = new DataTransfer();
            files.items.add(await makeFile());
            anchor.files = files.files;
            anchor.dispatchEvent(new Event("change", { bubbles: true }));
        },
    };
}

registry.category("web_tour.tours").add("coworking_incubation_portal_first", {
    steps: firstVisit,
});

registry.category("web_tour.tours").add("coworking_incubation_portal_second", {
    steps: () => {
        taps = 1;
        firstVisit();
        taps += 3; // the second link, and two taps to choose a file
        const steps = secondVisit();
        if (taps >= 20) {
            throw new Error(`${taps} taps`);
        }
        console.log(`taps of the manager: ${taps}`);
        return steps;
    },
});

/** The coordinator finds the disputed statement, and answers its line. */
registry.category("web_tour.tours").add("coworking_incubation_portal_answer", {
    steps: () => [
        {
            content: "what the space says",
            trigger: ".o_form_view .alert:contains('Arrivée le 15 seulement')",
        },
        {
            content: "answer that line",
            trigger: ".o_field_widget[name='charge_ids'] .o_data_row button[name='action_answer']",
            run: "click",
        },
        fill("answer", "Le contrat court dès le 1er, le mois est dû.", ".modal"),
        press("action_apply", ".modal"),
        { ...inState("sent"), content: "it is the space's to confirm again" },
    ],
});

/** The accountant opens the month: the bill that was sent meets what was expected, to the cent. */
registry.category("web_tour.tours").add("coworking_incubation_portal_matched", {
    steps: () => {
        const cell = (name, field, value) => ({
            content: `${name}: ${field} is ${value}`,
            trigger: `.o_list_view .o_data_row:contains("${name}") td[name='${field}']:contains("${value}")`,
        });
        return [
            ...openApp(),
            {
                content: "the space of the month",
                trigger: `.o_list_view .o_group_header:contains("${data().space}")`,
            },
            ...data().people.flatMap(([name, amount]) => [
                cell(name, "expected", amount),
                cell(name, "invoiced", amount),
                cell(name, "gap", "0,00"),
            ]),
            screen("portal_matched"),
            {
                content: "select all",
                trigger: ".o_list_view thead .o_list_record_selector input",
                run: "click",
            },
            press("action_match", ".o_control_panel"),
            ...data().people.map(([name]) => cell(name, "decision", "Rapproché")),
        ];
    },
});

/** What a manager says of a month: radio buttons, half-days, hours. */
function say({ tapped, written, text }) {
    if (tapped) {
        return [
            tap(`tap ${tapped}`, tapped),
            see("saved at once", `:is(.o_cw_presences):not(:has(.o_cw_unsaved))`),
        ];
    }
    return [
        { ...write(`write ${written}`, written, text), run: `edit ${text} && press Tab` },
        see("saved at once", `:is(.o_cw_presences):not(:has(.o_cw_unsaved))`),
    ];
}

/** A month by link for one kind of tariff, from the mail to the confirmation. */
registry.category("web_tour.tours").add("coworking_incubation_portal_journey", {
    steps: () => {
        taps = 1; // the link in the mail
        const { kind, asked, said, total, most } = data();
        const steps = [
            see("the month, in words", "h1:contains('Mai 2015')"),
            see("what is counted so far", `section:contains("${asked}")`),
            picture(`portal_${kind}_before`),
            tap("who came", ".o_cw_correct", true),
            see("the month as a whole", "h1:contains('Présences')"),
            ...said.flatMap(say),
            picture(`portal_${kind}_said`),
            tap("done", "button:contains('Terminé')", true),
            see("the lines follow", `.o_cw_confirm:contains('${total}')`),
            tap("confirm", ".o_cw_confirm button", true),
            see("confirmed by whom", ".text-muted:contains('Confirmé par')"),
        ];
        if (taps >= most) {
            throw new Error(`${taps} taps`);
        }
        console.log(`taps of a month, ${kind}: ${taps}`);
        return steps;
    },
});

/** Nothing that could not be saved is left behind without a word. */
registry.category("web_tour.tours").add("coworking_incubation_portal_unsaved", {
    steps: () => [
        tap("who came", ".o_cw_correct", true),
        tap("left", `label[for='left_${data().monthly}']`),
        see("on which day", ".o_cw_toast_error:not(:empty)"),
        {
            content: "the page is not left",
            trigger: "button:contains('Terminé')",
            run: "click",
        },
        see("it is asked again", ".o_cw_toast_error:not(:empty)"),
        see("still there", ".o_cw_visit.o_cw_unsaved"),
        picture("portal_left"),
        {
            content: "the day",
            trigger: `input[name='saved_l_${data().monthly}']`,
            run({ anchor }) {
                anchor.value = "2015-05-20";
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        see("saved", ".o_cw_visit:not(.o_cw_unsaved)"),
        {
            content: "the link ends meanwhile",
            trigger: ".o_cw_presences",
            async run() {
                const body = new FormData();
                body.append("csrf_token", document.querySelector("[name='csrf_token']").value);
                await fetch("/my/coworking/leave", { method: "POST", body });
            },
        },
        tap("a tap after that", slot("2015-05-27", "am")),
        see("the link ended", ".o_cw_over:visible:contains('Ce lien')"),
        see("and a button for a new one", ".o_cw_over button:contains('Recevoir')"),
        picture("portal_over"),
    ],
});

/** The connection is lost, or is back. */
function connection(isLost) {
    const { XMLHttpRequest } = window;
    return {
        content: isLost ? "the connection is lost" : "the connection is back",
        trigger: ".o_cw_presences",
        run() {
            browser.XMLHttpRequest = isLost
                ? class extends XMLHttpRequest {
                      send() {
                          this.dispatchEvent(new Event("error"));
                      }
                  }
                : XMLHttpRequest;
        },
    };
}

/** Somebody else writes other hours than those that the page shows. */
async function writeElsewhere(hours) {
    const row = { seat: data().hourly, date: "2015-05-27", slot: "am", state: "present" };
    const rows = [{ ...row, before: "present", hours_before: 2, hours }];
    await fetch("/my/coworking/presences/save", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", method: "call", params: { rows } }),
    });
}

registry.category("web_tour.tours").add("coworking_incubation_portal_sent_again", {
    steps: () => {
        const half = (slot) =>
            `[data-seat='${data().seat}'] .o_cw_slot[data-date='2015-05-27'][data-slot='${slot}']`;
        const written = `[data-seat='${data().hourly}'] input[data-date='2015-05-27'][data-slot='am']`;
        const answer = (came) => `label[for='${came}_${data().monthly}']`;
        const done = "button:contains('Terminé')";
        return [
            tap("who came", ".o_cw_correct", true),
            see("the month as a whole", "h1:contains('Présences')"),
            connection(true),
            tap("yes", answer("yes")),
            see("it is not saved", ".o_cw_visit.o_cw_unsaved"),
            see("and why", ".o_cw_toast_error:contains('connexion')"),
            connection(false),
            tap("yes, again", answer("yes")),
            see("saved", ".o_cw_visit:not(.o_cw_unsaved)"),
            connection(true),
            tap("no after all", answer("no")),
            tap("here in the morning", half("am")),
            tap("here in the afternoon", half("pm")),
            tap("no, absent", half("pm")),
            see("neither is saved", `${half("am")}.o_cw_unsaved`),
            tap("done", done),
            see("the page stays", `${half("pm")}[data-state='absent'].o_cw_unsaved`),
            see("and says why", ".o_cw_toast_error:contains('connexion')"),
            connection(false),
            {
                content: "somebody else writes 3.5 hours, where the page shows 2",
                trigger: written,
                async run({ anchor }) {
                    await writeElsewhere(3.5);
                    anchor.value = "4";
                    anchor.dispatchEvent(new Event("change", { bubbles: true }));
                    document.querySelector("button[name='done']").click();
                },
            },
            see("what failed is saved", "body:not(:has(.o_cw_unsaved))"),
            see("what they wrote is shown", ".o_cw_toast_error:contains('Zoé Vasseur')"),
            {
                content: "in place of mine",
                trigger: written,
                run({ anchor }) {
                    if (anchor.value !== "3,5") {
                        throw new Error(anchor.value);
                    }
                },
            },
            {
                content: "an answer on its way arrives before the page is left",
                trigger: done,
                run({ anchor }) {
                    document.querySelector(answer("yes")).click();
                    document.querySelector(answer("no")).click();
                    anchor.click();
                },
                expectUnloadPage: true,
            },
            see("the month, in words", "h1:contains('Mai 2015')"),
        ];
    },
});
