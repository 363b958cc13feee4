import { registry } from "@web/core/registry";

/** On a telephone: whole ways, whose taps are counted; to write in a field takes one. */

const tours = registry.category("web_tour.tours");

/** Nothing is wider than the screen, and a thumb hits every button. */
function checkPage() {
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error(`wider than the screen: ${document.documentElement.scrollWidth}`);
    }
    for (const el of document.querySelectorAll("#wrap :is(button, .btn, summary)")) {
        const { height } = el.getBoundingClientRect();
        if (height && height < 37) {
            throw new Error(`too small for a thumb: ${el.textContent.trim()} ${height}`);
        }
    }
}

function see(content, trigger) {
    return { content, trigger, run: checkPage };
}

function tap(content, trigger) {
    return { content, trigger, run: "click", taps: 1 };
}

function go(content, trigger) {
    return { ...tap(content, trigger), expectUnloadPage: true };
}

function write(name, text) {
    return { content: `write ${text}`, trigger: `[name='${name}']`, run: `edit ${text}`, taps: 1 };
}

/** A tour that takes no more taps than that; a link in a mail is one of them. */
function addTour(name, most, getSteps) {
    tours.add(`coworking_incubation_${name}`, {
        steps: () => {
            const steps = getSteps();
            const taps = steps.reduce((sum, step) => sum + (step.taps || 0), 0);
            if (taps > most) {
                throw new Error(`${taps} taps`);
            }
            return steps.map(({ taps, ...step }) => step);
        },
    });
}

addTour("adviser_registers_two", 11, () => [
    see("what is to come", "h1:contains('Informations collectives')"),
    go("this date", "a.btn:contains(\"S'inscrire\")"),
    go("I am an adviser", "a[href*='by=prescriber']"),
    write("name", "Zoé Petit"),
    write("phone", "06 39 98 01 02"),
    write("prescriber_name", "France Travail"),
    write("adviser_email", "conseil@example.org"),
    go("register", "form[action$='/register'] button[type='submit']"),
    see("whom", "h1:contains('Zoé Petit')"),
    go("and another one", "a.btn:contains('Inscrire une autre personne')"),
    see("my address is still there", "[name='adviser_email'][value='conseil@example.org']"),
    write("name", "Paul Roy"),
    write("phone", "06 39 98 01 03"),
    go("register", "form[action$='/register'] button[type='submit']"),
    see("whom", "h1:contains('Paul Roy')"),
]);

addTour("adviser_confirms", 1, () => [
    see("whom", "h1:contains('Zoé Petit')"),
    go("confirm", "form[action$='/confirm'] button"),
    see("confirmed, for whom", "h1:contains('Nous attendons Zoé Petit')"),
    see("nobody else is meant", "body:not(:contains('Nous vous attendons'))"),
]);

addTour("person_registers", 4, () => [
    go("this date", "a.btn:contains(\"S'inscrire\")"),
    write("name", "Inès Carpentier"),
    write("email", "ines@example.org"),
    go("register", "form[action$='/register'] button[type='submit']"),
    see("look at your mail", "h1:contains('regardez vos messages')"),
]);

addTour("person_confirms", 1, () => [
    go("confirm", "form[action$='/confirm'] button"),
    see("expected", "h1:contains('Nous vous attendons')"),
    see("for my own calendar", "a[href$='/meeting.ics']"),
]);

addTour("person_signs", 6, () => [
    go("half-days wait", ".list-group-item-warning[href='/my/incubation/presences']"),
    see("nothing is ticked", "form[action$='/presences']:not(:has(input:checked))"),
    ...[1, 2, 3, 4].map((rank) =>
        tap("I was there", `form[action$='/presences'] fieldset:nth-of-type(${rank}) label[for^='y_']`)
    ),
    go("sign", "form[action$='/presences'] button[type='submit']"),
    see("signed", ".alert-success:contains('Demi-journées signées')"),
    see("nothing is left", ".alert-success:contains('Rien à signer')"),
]);
