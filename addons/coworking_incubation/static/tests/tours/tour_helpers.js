import { stepUtils } from "@web_tour/tour_utils";

const addon = "coworking_incubation";

/** What the test tells its tour: ids, and the names that people read in their language. */
export function data() {
    return window.tourData || { stages: {} };
}

export function openApp() {
    return [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the application",
            trigger: `.o_app[data-menu-xmlid='${addon}.${addon}_menu']`,
            run: "click",
        },
    ];
}

/** Menus by their external ids; those of another addon with its name. */
export function openMenu(section, menu) {
    const id = (name) => (name.includes(".") ? name : `${addon}.${name}`);
    return [
        {
            content: `open the section ${section}`,
            trigger: `.o_menu_sections [data-menu-xmlid='${id(section)}']`,
            run: "click",
        },
        {
            content: `open the menu ${menu}`,
            trigger: `.o-dropdown--menu [data-menu-xmlid='${id(menu)}']`,
            run: "click",
        },
    ];
}

/** Write into a field of a form, or of the line that is being edited. */
export function write(name, text, inside = "") {
    const field = `${inside} .o_field_widget[name='${name}']`;
    return {
        content: `write ${text} into ${name}`,
        trigger: `${field} input, ${field} textarea`,
        run: `edit ${text}`,
    };
}

/** Dates are buttons until one enters them; the text is in the user's format. */
export function writeDate(name, text, inside = "") {
    const field = `${inside} .o_field_widget[name='${name}']`;
    return [
        {
            content: `enter ${name}`,
            trigger: `${field} [data-field='${name}']`,
            run: "click",
        },
        {
            content: `write ${text} into ${name}`,
            trigger: `${field} input[data-field='${name}']`,
            run: `edit ${text} && press Enter`,
        },
    ];
}

/** Choose a record by its name, which the test made. */
export function choose(name, text, inside = "") {
    return [
        {
            content: `look for ${text} in ${name}`,
            trigger: `${inside} .o_field_widget[name='${name}'] input`,
            run: `edit ${text}`,
        },
        {
            content: `choose ${text} in ${name}`,
            trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) a:contains("${text}")`,
            run: "click",
        },
    ];
}

/** Choose the nth value of a selection, from 0: labels are translated. */
export function select(name, rank, inside = "") {
    return [
        {
            content: `open the values of ${name}`,
            trigger: `${inside} .o_field_widget[name='${name}'] .o_select_menu_toggler`,
            run: "click",
        },
        {
            content: `choose value ${rank} of ${name}`,
            trigger: `.o_select_menu_menu .o_select_menu_item:eq(${rank})`,
            run: "click",
        },
        { content: "the values are closed", trigger: "body:not(:has(.o_select_menu_menu))" },
    ];
}

/** The same, in a line of a list, from 0: enter it, and wait until it can be written. */
export function selectInRow(list, row, name, rank) {
    const line = `.o_field_widget[name='${list}'] .o_data_row:nth-child(${row + 1})`;
    return [
        {
            content: `enter the line ${row}`,
            trigger: `${line} td[name='${name}']`,
            run: "click",
        },
        ...select(name, rank, `${line}.o_selected_row`),
    ];
}

/** A button of the page, or of the dialog when one is open. */
export function press(name, inside = ".o_form_view") {
    return {
        content: `press ${name}`,
        trigger: `${inside} button[name='${name}']:enabled:not(.disabled)`,
        run: "click",
    };
}

/** Give a file to a field of the dialog; what is in it, the test told. */
export function giveFile(field, name, type) {
    return {
        content: `give ${name}`,
        trigger: `.modal .o_field_widget[name='${field}']`,
        run() {
            const bytes = Uint8Array.from(atob(data().content), (sign) => sign.charCodeAt(0));
            const chosen = new DataTransfer();
            chosen.items.add(new File([bytes], name, { type }));
            const input = this.anchor.querySelector("input[type='file']");
            input.files = chosen.files;
            input.dispatchEvent(new Event("change", { bubbles: true }));
        },
    };
}

export function openTab(name) {
    return {
        content: `open the tab ${name}`,
        trigger: `.o_notebook .nav-link[name='${name}']`,
        run: "click",
    };
}

export function save() {
    return [
        { content: "save", trigger: ".o_form_button_save:enabled", run: "click" },
        { content: "saved", trigger: ".o_form_saved" },
    ];
}

/** Refused, in words: each of these is in the dialog, which is then closed. */
export function refused(...sentences) {
    return [
        ...sentences.map((sentence) => ({
            content: `refused: ${sentence}`,
            trigger: `.o_error_dialog:contains("${sentence}")`,
        })),
        {
            content: "close the refusal",
            trigger: ".o_error_dialog .modal-footer .btn:last-child",
            run: "click",
        },
        { content: "nothing is in the way", trigger: "body:not(:has(.modal))" },
    ];
}

/** A move that is refused, or asks first: the dialog that lists why, and is left as it is. */
export function refusedMove(...sentences) {
    return [
        ...sentences.map((sentence) => ({
            content: `the dialog says: ${sentence}`,
            trigger: `.modal .o_field_widget[name='report']:contains("${sentence}")`,
        })),
        {
            content: "leave the dialog",
            trigger: ".modal .modal-footer .btn-secondary",
            run: "click",
        },
        { content: "nothing is in the way", trigger: "body:not(:has(.modal))" },
    ];
}

/** Open the line of a list that holds this text. */
export function openRow(text) {
    return {
        content: `open ${text}`,
        trigger: `.o_list_view .o_data_row:contains("${text}") .o_data_cell:eq(0)`,
        run: "click",
    };
}

export function goBack() {
    return { content: "go back", trigger: ".o_back_button", run: "click" };
}

export function card(name) {
    return `.o_kanban_record:contains("${name}")`;
}

export function column(title) {
    return `.o_kanban_group:has(.o_column_title:contains("${title}"))`;
}

/** The form shows this stage as the one the file is in, even where the bar has no room for it. */
export function inStage(key) {
    const stage = data().stages[key];
    return {
        content: `in the stage ${key}`,
        trigger: `.o_form_saved:visible .o_statusbar_status .o_arrow_button_current[data-value='${stage?.id}']`,
    };
}

/** The same, for a status. */
export function inState(state) {
    return {
        content: `in the state ${state}`,
        trigger: `.o_form_saved:visible .o_statusbar_status .o_arrow_button_current[data-value='${state}']`,
    };
}

/** Choose a stage in the bar: a button, or an entry of one of its menus where room is short. */
export function clickStage(key) {
    const stage = data().stages[key];
    return {
        content: `click the stage ${key}`,
        trigger: ".o_statusbar_status",
        async run({ click, animationFrame, queryAll, queryFirst }) {
            const button = queryFirst(
                `.o_statusbar_status > button[data-value='${stage.id}']:visible`
            );
            if (button) {
                return click(button);
            }
            for (const menu of queryAll(".o_statusbar_status > .dropdown-toggle:visible")) {
                await click(menu);
                await animationFrame();
                const entry = queryFirst(`.o-dropdown--menu .dropdown-item:contains("${stage.name}")`);
                if (entry) {
                    return click(entry);
                }
                await click(menu);
                await animationFrame();
            }
            throw new Error(`${stage.name} is not in the bar`);
        },
    };
}

/** For the documentation, when it is asked for: see tests/tours/common.py. */
export function picture(name, top = ".o_control_panel") {
    return {
        content: `picture ${name}`,
        trigger: "body",
        run: () => window.takePicture?.(name, top),
    };
}
