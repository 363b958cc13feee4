import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";

const NEXT = { "": "present", present: "absent", absent: "" };

/**
 * Presences of a week, saved at each tap. Without this script the page is a form with a button
 * that saves; here its choices become buttons. What could not be saved stays on the page, marked, with
 * the reason; what somebody else said meanwhile is shown instead, and can be tapped again.
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
        ".o_cw_fill_week": { "t-on-click.prevent": this.onFillWeek },
        ".o_cw_visit input[type='radio']": { "t-on-change": this.onVisit },
        ".o_cw_left input": { "t-on-change": this.onLeft },
    };

    setup() {
        this.toast = this.el.querySelector(".o_cw_toast");
        this.el.querySelectorAll("select.o_cw_slot").forEach((select) => this.makeButton(select));
        for (const field of this.el.querySelectorAll(".o_cw_hours, .o_cw_visit input")) {
            // Saved already when the form is sent; radio buttons need a name to be of one group.
            field.name = `saved_${field.name}`;
        }
        this.el.querySelector(".o_cw_save")?.remove();
        this.el.querySelector(".o_cw_scripts")?.classList.remove("d-none");
        for (const slot of this.el.querySelectorAll(".o_cw_slot")) {
            slot.dataset.saved = slot.dataset.state;
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
            hours: slot.matches("input") ? parseFloat(slot.value) || 0 : 0,
        };
    }

    slotOf(row) {
        return this.el.querySelector(
            `.o_cw_person[data-seat="${row.seat}"] .o_cw_slot[data-date="${row.date}"][data-slot="${row.slot}"]`
        );
    }

    /** One request at a time: two quick taps on a half-day arrive in order. */
    async save(slots, bulk) {
        slots.forEach((slot) => slot.classList.add("o_cw_unsaved"));
        this.queue = (this.queue || Promise.resolve()).then(() => this.send(slots, bulk));
        await this.waitFor(this.queue);
    }

    async send(slots, bulk) {
        const rows = slots.map((slot) => this.row(slot));
        let answer;
        try {
            answer = await rpc("/my/coworking/presences/save", { rows, bulk }, { silent: true });
        } catch {
            this.say(_t("Not saved: check the connection, then tap again."), true);
            return;
        }
        if (answer.error) {
            this.say(answer.error, true);
            return;
        }
        for (const row of answer.saved) {
            const slot = this.slotOf(row);
            slot.dataset.saved = row.state;
            if (slot.dataset.state === row.state) {
                slot.classList.remove("o_cw_unsaved");
            }
        }
        for (const row of answer.conflicts) {
            const slot = this.slotOf(row);
            slot.dataset.saved = slot.dataset.state = row.state;
            slot.classList.remove("o_cw_unsaved");
        }
        if (answer.conflicts.length) {
            this.say(answer.conflicts.map((row) => row.words).join("\n"), true);
        } else {
            this.say(answer.message);
        }
    }

    onTap(ev) {
        const slot = ev.currentTarget;
        slot.dataset.state = NEXT[slot.dataset.state];
        return this.save([slot], false);
    }

    onHours(ev) {
        const slot = ev.currentTarget;
        const hours = parseFloat(slot.value);
        slot.dataset.state = isNaN(hours) ? "" : hours > 0 ? "present" : "absent";
        return this.save([slot], false);
    }

    onFillWeek(ev) {
        const person = ev.currentTarget.closest(".o_cw_person");
        const name = person.querySelector("strong").textContent;
        const slots = [...person.querySelectorAll(".o_cw_slot:not(:disabled)")];
        if (!slots.length || !window.confirm(_t("%s was here all week?", name))) {
            return;
        }
        slots.forEach((slot) => (slot.dataset.state = "present"));
        return this.save(slots, true);
    }

    async onVisit(ev) {
        const visit = ev.currentTarget.closest(".o_cw_visit");
        const came = ev.currentTarget.value;
        if (came !== "left") {
            await this.saveVisit(visit, came, "");
        } else {
            visit.querySelector(".o_cw_left input").focus();
        }
    }

    onLeft(ev) {
        return this.saveVisit(ev.currentTarget.closest(".o_cw_visit"), "left", ev.currentTarget.value);
    }

    async saveVisit(visit, came, left) {
        let answer;
        visit.classList.add("o_cw_unsaved");
        try {
            const { seat, month } = visit.dataset;
            answer = await this.waitFor(
                rpc(
                    "/my/coworking/visits/save",
                    { seat: parseInt(seat), month, came, left },
                    { silent: true }
                )
            );
        } catch {
            this.say(_t("Not saved: check the connection, then tap again."), true);
            return;
        }
        if (answer.error) {
            this.say(answer.error, true);
            return;
        }
        visit.classList.remove("o_cw_unsaved");
        this.say(answer.message);
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
