import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { ConnectionLostError, rpc } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";

const NEXT = { "": "present", present: "absent", absent: "" };

/**
 * Presences of a week, saved at each tap. Without this script the page is a form with a button
 * that saves; here its choices become buttons. What could not be saved stays on the page, marked, with
 * the reason; it is sent again before the page is left, and nobody leaves it without knowing. What somebody
 * else said meanwhile is shown instead, and can be tapped again. Once the link has ended, the page says so
 * and how to get a new one.
 */
export class CoworkingPresences extends Interaction {
    static selector = ".o_cw_presences";
    dynamicContent = {
        "button.o_cw_slot": {
            "t-on-click": this.onTap,
            "t-att-aria-pressed": (slot) => (slot.dataset.state === "present" ? "true" : "false"),
            "t-att-aria-label": (slot) => `${slot.dataset.name}, ${this.stateInWords(slot)}`,
        },
        "input.o_cw_slot": { "t-on-change": this.onHours },
        ".o_cw_fill_all": { "t-on-click.prevent": this.onFillAll },
        ".o_cw_all_came": { "t-on-click": this.onAllCame },
        "a, button[name='done']": { "t-on-click": this.onLeave },
        // not a change: what is ticked and was not saved is tapped again
        ".o_cw_visit input[type='radio']": { "t-on-click": this.onVisit },
        ".o_cw_left input": { "t-on-change": this.onLeft },
    };

    setup() {
        this.queue = Promise.resolve();
        this.failed = []; // what to send again
        this.toast = this.el.querySelector(".o_cw_toast");
        this.over = this.el.querySelector(".o_cw_over");
        this.el.querySelectorAll("select.o_cw_slot").forEach((select) => this.makeButton(select));
        for (const field of this.el.querySelectorAll(".o_cw_hours, .o_cw_visit input")) {
            // Saved already when the form is sent; radio buttons need a name to be of one group.
            field.name = `saved_${field.name}`;
        }
        this.el.querySelector(".o_cw_save")?.remove();
        for (const el of this.el.querySelectorAll(".o_cw_scripts")) {
            el.classList.remove("d-none");
        }
        for (const slot of this.el.querySelectorAll(".o_cw_slot")) {
            slot.dataset.saved = slot.dataset.state;
        }
        for (const visit of this.el.querySelectorAll(".o_cw_visit")) {
            visit.dataset.saved = JSON.stringify(this.answerOf(visit));
        }
    }

    makeButton(select) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = select.className;
        button.disabled = select.disabled;
        Object.assign(button.dataset, select.dataset);
        button.dataset.name = select.getAttribute("aria-label");
        select.replaceWith(button);
    }

    /** What a screen reader hears of a half-day, besides when it is. */
    stateInWords(slot) {
        return { present: _t("here"), absent: _t("absent") }[slot.dataset.state] || _t("not said");
    }

    say(message, isError) {
        this.toast.textContent = message;
        this.toast.classList.toggle("o_cw_toast_error", Boolean(isError));
        clearTimeout(this.silence);
        this.silence = setTimeout(() => (this.toast.textContent = ""), isError ? 8000 : 1500);
    }

    row(slot) {
        return {
            seat: parseInt(slot.closest(".o_cw_person").dataset.seat),
            date: slot.dataset.date,
            slot: slot.dataset.slot,
            state: slot.dataset.state,
            before: slot.dataset.saved,
            hours: this.hoursOf(slot) || 0,
            hours_before: slot.dataset.hours || 0,
        };
    }

    /** "3,5" and "3.5" are 3.5, nothing is null, other words are NaN; a button has none. */
    hoursOf(slot) {
        const text = slot.value.trim().replace(",", ".");
        return text ? Number(text) : null;
    }

    slotOf(row) {
        return this.el.querySelector(
            `.o_cw_person[data-seat="${row.seat}"] .o_cw_slot[data-date="${row.date}"][data-slot="${row.slot}"]`
        );
    }

    /** One request at a time: two quick taps on a half-day arrive in order. */
    async enqueue(send) {
        this.queue = this.queue.then(async () => {
            if (!(await send())) {
                this.failed.push(send);
            }
        });
        await this.waitFor(this.queue);
    }

    save(slots, bulk) {
        slots.forEach((slot) => slot.classList.add("o_cw_unsaved"));
        return this.enqueue(() => this.send(slots, bulk));
    }

    /** The answer of the server, or nothing: then it was said why. */
    async ask(path, params) {
        let answer;
        try {
            answer = await rpc(path, params, { silent: true });
        } catch (error) {
            this.say(
                error instanceof ConnectionLostError
                    ? _t("Not saved: check the connection, then tap again.")
                    : _t("Not saved: load the page again, then tap again."),
                true
            );
            return;
        }
        if (answer.over) {
            this.over.classList.remove("d-none");
        } else if (answer.error) {
            this.say(answer.error, true);
        } else {
            return answer;
        }
    }

    /** :return: whether the server answered, or there is nothing left to send */
    async send(slots, bulk) {
        const rows = slots
            .filter((slot) => slot.matches(".o_cw_unsaved") && !Number.isNaN(this.hoursOf(slot)))
            .map((slot) => this.row(slot));
        if (!rows.length) {
            return true;
        }
        const answer = await this.ask("/my/coworking/presences/save", { rows, bulk });
        if (!answer) {
            return false;
        }
        for (const row of answer.saved) {
            const slot = this.slotOf(row);
            slot.dataset.saved = row.state;
            slot.dataset.hours = row.hours;
            // unless something else was tapped or written meanwhile
            if (slot.dataset.state === row.state && (this.hoursOf(slot) || 0) === Number(row.hours)) {
                slot.classList.remove("o_cw_unsaved");
            }
        }
        for (const row of answer.conflicts) {
            const slot = this.slotOf(row);
            slot.dataset.saved = slot.dataset.state = row.state;
            slot.dataset.hours = row.hours;
            if (slot.matches("input")) {
                slot.value = row.written;
            }
            slot.classList.remove("o_cw_unsaved");
        }
        if (answer.conflicts.length) {
            this.contradicted = answer.conflicts.map((row) => row.words).join("\n");
            this.say(this.contradicted, true);
        } else {
            this.say(answer.message);
        }
        return true;
    }

    onTap(ev) {
        const slot = ev.currentTarget;
        slot.dataset.state = NEXT[slot.dataset.state];
        return this.save([slot], false);
    }

    onHours(ev) {
        const slot = ev.currentTarget;
        const hours = this.hoursOf(slot);
        if (Number.isNaN(hours)) {
            slot.classList.add("o_cw_unsaved");
            this.askHours();
            return;
        }
        slot.dataset.state = hours === null ? "" : hours === 0 ? "absent" : "present";
        return this.save([slot], false);
    }

    askHours() {
        this.say(_t("Write the hours as 3.5."), true);
    }

    /** The week or the month that is shown: the server says which in the question. */
    onFillAll(ev) {
        const person = ev.currentTarget.closest(".o_cw_person");
        const slots = [...person.querySelectorAll(".o_cw_slot:not(:disabled)")];
        if (!slots.length || !window.confirm(ev.currentTarget.dataset.ask)) {
            return;
        }
        slots.forEach((slot) => (slot.dataset.state = "present"));
        return this.save(slots, true);
    }

    /** What is ticked, and the last day of who left. */
    answerOf(visit) {
        const came = visit.querySelector("input[type='radio']:checked")?.value || "";
        return { came, left: came === "left" ? visit.querySelector(".o_cw_left input").value : "" };
    }

    lacksDay(visit) {
        const { came, left } = this.answerOf(visit);
        return came === "left" && !left;
    }

    onVisit(ev) {
        const visit = ev.currentTarget.closest(".o_cw_visit");
        const isSaved = visit.dataset.saved === JSON.stringify(this.answerOf(visit));
        if (!isSaved || visit.matches(".o_cw_unsaved")) {
            return this.saveVisit(visit);
        }
    }

    askDay(visit) {
        this.say(_t("On which day? Nothing is saved before you say it."), true);
        visit.querySelector(".o_cw_left input").focus();
    }

    onLeft(ev) {
        return this.saveVisit(ev.currentTarget.closest(".o_cw_visit"));
    }

    /** Those who were not asked about yet. */
    async onAllCame() {
        for (const visit of this.el.querySelectorAll(".o_cw_visit")) {
            const yes = visit.querySelector("input[value='yes']");
            if (!yes.disabled && !visit.querySelector("input[type='radio']:checked")) {
                yes.checked = true;
                await this.saveVisit(visit);
            }
        }
    }

    saveVisit(visit) {
        visit.classList.add("o_cw_unsaved");
        if (this.lacksDay(visit)) {
            return this.askDay(visit);
        }
        return this.enqueue(() => this.sendVisit(visit));
    }

    async sendVisit(visit) {
        if (!visit.matches(".o_cw_unsaved") || this.lacksDay(visit)) {
            return true;
        }
        const said = this.answerOf(visit);
        const { seat, month } = visit.dataset;
        const params = { seat: parseInt(seat), month, ...said };
        const answer = await this.ask("/my/coworking/visits/save", params);
        if (!answer) {
            return false;
        }
        visit.dataset.saved = JSON.stringify(said);
        // unless something else was tapped meanwhile
        if (visit.dataset.saved === JSON.stringify(this.answerOf(visit))) {
            visit.classList.remove("o_cw_unsaved");
        }
        this.say(answer.message);
        return true;
    }

    /** What is on its way arrives first, what failed is sent again; what cannot be saved keeps the page open. */
    async onLeave(ev) {
        if (!this.el.querySelector(".o_cw_unsaved")) {
            return;
        }
        ev.preventDefault();
        const target = ev.currentTarget;
        this.contradicted = "";
        await this.waitFor(this.queue);
        for (const send of this.failed.splice(0)) {
            await this.enqueue(send);
        }
        const unsaved = this.el.querySelector(".o_cw_unsaved");
        if (!unsaved && this.contradicted) {
            this.say(this.contradicted, true); // to be read first
            return;
        }
        if (!unsaved) {
            target.click();
            return;
        }
        unsaved.scrollIntoView({ block: "center" });
        if (unsaved.matches(".o_cw_visit") && this.lacksDay(unsaved)) {
            this.askDay(unsaved);
        } else if (unsaved.matches("input") && Number.isNaN(this.hoursOf(unsaved))) {
            this.askHours();
        } else if (this.over.matches(".d-none") && !this.toast.matches(".o_cw_toast_error")) {
            this.say(_t("What is framed is not saved: tap it again."), true);
        } // else it was just said why
    }
}

export class CoworkingCopy extends Interaction {
    static selector = ".o_cw_copy";
    dynamicContent = { _root: { "t-on-click": this.onCopy } };

    async onCopy() {
        const text = this.el.parentElement.querySelector(".o_cw_bill").textContent;
        await this.waitFor(navigator.clipboard.writeText(text));
        this.el.textContent = this.el.dataset.copied;
    }
}

registry.category("public.interactions").add("coworking_incubation.presences", CoworkingPresences);
registry.category("public.interactions").add("coworking_incubation.copy", CoworkingCopy);
