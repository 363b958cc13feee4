import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { Record } from "@web/model/relational_model/record";
import { StaticList } from "@web/model/relational_model/static_list";
import {
    choose,
    clickStage,
    data,
    goBack,
    inState,
    inStage,
    openApp,
    openMenu,
    openRow,
    openTab,
    picture,
    press,
    refusedMove,
    save,
    select,
    selectInRow,
    write,
    writeDate,
} from "./tour_helpers";

/** What a dialog says of a change that was made meanwhile. */
const changed = (...sentences) => [
    ...sentences.map((sentence) => ({
        content: `it says: ${sentence}`,
        trigger: `.modal:contains("Changé entre-temps") main:contains("${sentence}")`,
    })),
    { content: "read it", trigger: ".modal footer .btn-primary", run: "click" },
    { content: "nothing is in the way", trigger: "body:not(:has(.modal))" },
];

const next = (stage) => [press("action_next_stage"), inStage(stage)];

/** The accompanist, from the orientation to the request of a seat; refused before it is confirmed. */
registry.category("web_tour.tours").add("coworking_incubation_pathway_request", {
    steps: () => [
        inStage("orientation"),
        {
            content: "the whole pathway is there at once",
            trigger: ".o_statusbar_status > button[data-value]:visible:eq(11)",
        },
        ...next("info_session"),
        ...next("application"),
        ...next("diagnostic"),
        {
            content: "declare a criterion",
            trigger: `.o_field_widget[name='criterion_ids'] .form-check:contains("${data().criterion}") input`,
            run: "click",
        },
        ...save(),
        ...next("selection"),
        {
            content: "admitted",
            trigger: ".o_field_widget[name='selection_result'] input[data-value='admitted']",
            run: "click",
        },
        ...save(),
        ...next("space_choice"),
        {
            content: "request a seat",
            trigger: ".o_statusbar_buttons button[data-hotkey='q']",
            run: "click",
        },
        ...choose("space_id", data().space),
        ...choose("tariff_id", data().tariff),
        ...writeDate("date_start", "22/06/2015"),
        ...save(),
        picture("seat_request"),
        press("action_request"),
        inState("requested"),
        goBack(),
        // Odoo shows what it read before, first
        inStage("space_choice"),
        ...next("hosting"),
        clickStage("incubation"),
        {
            content: "refused",
            trigger: ".modal .o_field_widget[name='report'] li",
        },
        picture("refused"),
        ...refusedMove(...(data().missing || [])),
        inStage("hosting"),
    ],
});

/** The coordinator confirms the seat. */
registry.category("web_tour.tours").add("coworking_incubation_pathway_confirm", {
    steps: () => [
        ...openApp(),
        ...openMenu("coworking_incubation_menu_places", "coworking_seat_menu"),
        openRow(data().person),
        press("action_confirm"),
        inState("confirmed"),
    ],
});

/** The accompanist: documents, an objective, the entry and its review. */
registry.category("web_tour.tours").add("coworking_incubation_pathway_enter", {
    steps: () => [
        openTab("documents"),
        {
            content: "what the person handed in is opened by its name",
            trigger: `[name='document_ids'] tr.text-warning a.o_form_uri:contains('${data().copy}')`,
        },
        ...[0, 1, 2, 3, 4].flatMap((row) => selectInRow("document_ids", row, "state", 1)),
        ...save(),
        picture("documents", ".o_notebook"),
        openTab("project"),
        {
            content: "an objective",
            trigger: ".o_field_widget[name='objective_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        write("name", "Trouver trois premiers clients", ".modal"),
        {
            content: "keep the objective",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "the objective is there",
            trigger: ".o_field_widget[name='objective_ids'] .o_data_row",
        },
        ...save(),
        ...next("incubation"),
        {
            content: "the clock runs",
            trigger: ".o_field_widget[name='clock_words']:contains('183')",
        },
        picture("incubation"),
        press("action_open_reviews"),
        {
            content: "a review",
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...select("kind", 0),
        ...[2, 1, 3, 2, 4].map((rating, row) => ({
            content: `rate line ${row} in one click`,
            trigger: `.o_field_widget[name='line_ids'] .o_data_row:nth-child(${
                row + 1
            }) .o_coworking_rating[data-value='${rating}']`,
            run: "click",
        })),
        ...save(),
        press("action_done"),
        inState("done"),
        picture("review"),
    ],
});

/** The accompanist, a month later: a step too far asks first, is taken, and taken back. */
registry.category("web_tour.tours").add("coworking_incubation_pathway_early", {
    steps: () => [
        inStage("incubation"),
        {
            content: "what comes next is an appointment",
            trigger: ".o_statusbar_buttons .btn-primary[name='action_plan_appointment']",
        },
        picture("incubation_early"),
        press("action_next_stage"),
        ...refusedMove("Inès Carpentier", "jour 39 sur"),
        inStage("incubation"),
        clickStage("final_review"),
        {
            content: "it asks, and says how far the exit is",
            trigger: ".modal .o_field_widget[name='report']:contains('jour 39 sur')",
        },
        picture("move_early", ".modal"),
        { content: "all the same", trigger: ".modal button[name='action_move']", run: "click" },
        inStage("final_review"),
        clickStage("incubation"),
        inStage("incubation"),
    ],
});

/** The accompanist types why somebody leaves and clicks the stage, without saving in between. */
registry.category("web_tour.tours").add("coworking_incubation_pathway_typed", {
    steps: () => [
        inStage("incubation"),
        {
            content: "a long name leaves the form its width",
            trigger: ".oe_title h1:contains('Haut-Mesnil')",
            run() {
                const sheet = document.querySelector(".o_form_sheet");
                if (sheet.scrollWidth > sheet.clientWidth) {
                    throw new Error(`${sheet.scrollWidth} > ${sheet.clientWidth}`);
                }
            },
        },
        openTab("exit"),
        ...choose("exit_reason_id", data().reason, ".tab-pane.active"),
        clickStage("exit"),
        {
            content: "it asks, and says how far the exit is",
            trigger: ".modal .o_field_widget[name='report']:contains('jour 39 sur')",
        },
        {
            content: "nothing is missing: what was typed is known",
            trigger: ".modal .o_field_widget[name='report']:not(:contains('Le motif de sortie'))",
        },
        { content: "all the same", trigger: ".modal button[name='action_move']", run: "click" },
        inStage("exit"),
    ],
});

/** As another tab, or a colleague, writes into the file, or another record, meanwhile. */
const meanwhile = (values, model = "coworking.participant", id = data().file) => ({
    content: "written in another tab",
    trigger: ".o_form_view",
    async run() {
        const params = { model, method: "write", args: [[id], values], kwargs: {} };
        await rpc(`/web/dataset/call_kw/${model}/write`, params);
    },
});

let page;

async function readProject() {
    const args = [[data().file], ["project"]];
    const params = { model: "coworking.participant", method: "read", args, kwargs: {} };
    return (await rpc("/web/dataset/call_kw/coworking.participant/read", params))[0].project;
}

/** A page that is old by now: each click and each save is told first what was changed meanwhile. */
registry.category("web_tour.tours").add("coworking_incubation_pathway_meanwhile", {
    steps: () => [
        inStage("orientation"),
        meanwhile({ stage_id: data().stages.info_session.id }),
        clickStage("closed"),
        ...changed(data().stages.info_session.name, "Vous n'avez rien déplacé"),
        inStage("info_session"),
        meanwhile({ stage_id: data().stages.orientation.id }),
        press("action_next_stage"),
        ...changed(data().stages.orientation.name),
        inStage("orientation"),
        ...next("info_session"),
        meanwhile({ project: "Des vélos" }),
        write("project", "Une couveuse de vélos"),
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        ...changed("maintenant Des vélos", "toujours là"),
        {
            content: "what was typed is still there",
            trigger: ".o_field_widget[name='project'] input:value('Une couveuse de vélos')",
        },
        {
            content: "what the page showed stays with the page",
            trigger: ".o_form_view",
            run() {
                patch(StaticList.prototype, {
                    _updateContext(context) {
                        if (context.coworking_shown) {
                            console.error("a list in the file has what the page showed");
                        }
                        return super._updateContext(...arguments);
                    },
                });
                patch(Record.prototype, {
                    _save() {
                        page = this;
                        return super._save(...arguments);
                    },
                });
            },
        },
        ...save(),
        write("project", "Des vélos et des remorques"),
        {
            content: "call somebody: the page is saved as if it were left",
            trigger: ".o_form_view",
            async run() {
                await page.urgentSave();
                while ((await readProject()) !== "Des vélos et des remorques") {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
            },
        },
        write("project", "Vélos et remorques"),
        ...save(),
    ],
});

/** Of a row of a form as well: what was typed stays, and is written once the other was read. */
registry.category("web_tour.tours").add("coworking_incubation_row_meanwhile", {
    steps: () => [
        {
            content: "enter the action",
            trigger: ".o_field_widget[name='action_ids'] .o_data_row td[name='name']",
            run: "click",
        },
        write("name", "Rappeler", ".o_selected_row"),
        meanwhile({ name: "Appeler trois magasins" }, "coworking.objective.action", data().action),
        { content: "save", trigger: ".o_form_button_save:visible", run: "click" },
        ...changed("maintenant Appeler trois magasins", "toujours là"),
        {
            content: "what was typed is still there",
            trigger: ".o_selected_row .o_field_widget[name='name'] input:value('Rappeler')",
        },
        ...save(),
    ],
});

/** The accompanist, six months later: the exit, with its reason. */
registry.category("web_tour.tours").add("coworking_incubation_pathway_leave", {
    steps: () => [
        inStage("incubation"),
        ...next("final_review"),
        openTab("exit"),
        ...choose("exit_reason_id", data().reason, ".tab-pane.active"),
        ...save(),
        ...next("exit"),
        write("exit_evidence", "Contrat de travail", ".tab-pane.active"),
        ...select("job_contract", 0),
        ...save(),
        {
            content: "three follow-ups are planned",
            trigger: ".o_field_widget[name='followup_ids'] .o_data_row:eq(2)",
        },
        picture("exit", ".o_notebook"),
        ...next("followup"),
    ],
});

/** The accompanist, six months after the exit: the person answers, the file is closed. */
registry.category("web_tour.tours").add("coworking_incubation_pathway_followup", {
    steps: () => [
        ...openApp(),
        ...openMenu("coworking_incubation_menu_pathway", "coworking_followup_menu"),
        {
            content: "open the follow-up of six months",
            trigger: ".o_data_row:has(td[name='months']:contains('6')) td[name='participant_id']",
            run: "click",
        },
        ...choose("exit_reason_id", data().reason),
        write("note", "Toujours en poste."),
        ...save(),
        press("action_answered"),
        inState("answered"),
        ...openMenu("coworking_incubation_menu_pathway", "coworking_participant_menu"),
        openRow(data().person),
        inStage("followup"),
        ...next("closed"),
    ],
});

/** The accompanist rates on a telephone, each axis by its whole name. */
registry.category("web_tour.tours").add("coworking_incubation_review_phone", {
    steps: () => [
        picture("review_phone", ".o_field_widget[name='line_ids']"),
        {
            content: "no name of an axis is cut",
            trigger: ".o_field_widget[name='line_ids'] .o_data_row td[name='axis_id']",
            run() {
                const names = document.querySelectorAll("[name='line_ids'] td[name='axis_id']");
                for (const el of [...names].flatMap((cell) => [cell, ...cell.querySelectorAll("*")])) {
                    if (el.clientWidth && el.scrollWidth > el.clientWidth) {
                        throw new Error(`cut: ${el.textContent} ${el.scrollWidth} > ${el.clientWidth}`);
                    }
                }
            },
        },
        {
            content: "rate the first one",
            trigger: ".o_field_widget[name='line_ids'] .o_data_row:first-child .o_coworking_rating[data-value='3']",
            run: "click",
        },
        ...save(),
    ],
});
