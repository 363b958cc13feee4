import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { formatFloatTime } from "@web/views/fields/formatters";
import { parseFloatTime } from "@web/views/fields/parsers";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { getDefaultConfig } from "@web/views/view";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { askServer } from "../staff_rpc/staff_rpc";

import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
    useSubEnv,
} from "@odoo/owl";

const RETRY = 3000; // milliseconds

const MOVES = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
};

/**
 * People x half-days, filled in from the keyboard as in a spreadsheet. Each change is saved at once;
 * changes made while another is on its way leave together. What the server refuses is taken back; what
 * it does not hear of stays, and is sent again until it does.
 */
export class CoworkingGrid extends Component {
    static template = "coworking_incubation.Grid";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        useSubEnv({ config: { ...getDefaultConfig(), ...this.env.config } });
        this.notification = useService("notification");
        this.action = useService("action");
        this.table = useRef("table");
        const { context = {}, params = {} } = this.props.action;
        this.kind = params.kind || "presence";
        this.scan = context.grid_scan;
        this.picture = useState({ zoom: 1, turn: 0 });
        const { choice, date, span } = this.props.state || {};
        this.grid = useState({ rows: [], columns: [], groups: [], choices: [], states: [] });
        this.state = useState({
            status: "",
            row: 0,
            column: 0,
            fromRow: 0,
            fromColumn: 0,
            editing: null,
        });
        this.pending = [];
        this.undone = [];
        this.saving = null;
        useSetupAction({
            beforeLeave: () => this.flush(),
            beforeUnload: (ev) => this.pending.length && ev.preventDefault(),
            getLocalState: () => ({
                choice: this.grid.choice,
                date: this.grid.date,
                span: this.grid.span,
            }),
        });
        onWillUnmount(() => browser.clearTimeout(this.retry));
        onWillStart(() =>
            this.load({
                choice: choice || context.grid_choice,
                date: date || context.grid_date,
                span: span || context.grid_span || "week",
            })
        );
        // The cell one is on has the focus, wherever it was drawn again.
        useEffect(
            () => {
                const cell = this.table.el?.querySelector("td.o_cursor");
                (this.state.editing ? cell?.querySelector("input") : cell)?.focus();
            },
            () => [this.state.row, this.state.column, this.state.editing, this.grid.title]
        );
    }

    get params() {
        const { choice, date, span } = this.grid;
        return { kind: this.kind, choice, date, span, scan: this.scan };
    }

    async load(changes = {}) {
        await this.flush();
        const data = await askServer("/coworking_incubation/grid", { ...this.params, ...changes });
        Object.assign(this.grid, data);
        this.undone = [];
        this.state.row = this.state.fromRow = Math.min(
            this.state.row,
            Math.max(data.rows.length - 1, 0)
        );
        if (changes.date || changes.span || changes.choice) {
            const open = data.rows[0]?.cells.findIndex((cell) => !cell.lock) ?? 0;
            this.state.column = this.state.fromColumn = Math.max(open, 0);
        }
        this.state.status = "";
    }

    /** Another space, or another meeting. */
    choose(id) {
        return this.load({ choice: parseInt(id) });
    }

    /** Sheets and register of what is shown. */
    async print() {
        await this.flush();
        this.action.doAction(this.grid.print, {
            additionalContext: {
                default_month: this.grid.date,
                [`default_${this.kind === "presence" ? "space" : "program"}_id`]: this.grid.choice,
            },
        });
    }

    /** A photo or scan of a month's sheet, to be typed beside. */
    async photograph() {
        await this.flush();
        this.action.doAction("coworking_incubation.coworking_presence_scan_action_new", {
            additionalContext: {
                default_date_from: `${this.grid.date.slice(0, 8)}01`,
                default_space_id: this.grid.choice,
            },
        });
    }

    zoom(factor) {
        this.picture.zoom = Math.min(Math.max(this.picture.zoom * factor, 0.5), 6);
    }

    turn() {
        this.picture.turn = (this.picture.turn + 90) % 360;
    }

    get pictureStyle() {
        const { zoom, turn } = this.picture;
        return `width: ${100 * zoom}%; transform: rotate(${turn}deg);`;
    }

    // === What is seen === //

    letter(row, cell) {
        if (!cell.state) {
            return "";
        }
        if (row.hours && cell.state === "present") {
            return cell.hours ? formatFloatTime(cell.hours) : "?";
        }
        return this.grid.states.find((state) => state.value === cell.state)?.letter || "·";
    }

    tip(row, cell) {
        const hours =
            row.hours && cell.state === "present" && !cell.hours ? _t("How many hours?") : "";
        return [cell.tip, hours, cell.lock && this.grid.locks[cell.lock]]
            .filter(Boolean)
            .join(" · ");
    }

    cellClass(rowIndex, columnIndex, cell) {
        const { row, column } = this.state;
        return {
            [`o_state_${cell.state}`]: cell.state,
            o_locked: cell.lock,
            o_settle: cell.settle,
            o_signed: cell.signed,
            o_cursor: rowIndex === row && columnIndex === column,
            o_selected: this.isSelected(rowIndex, columnIndex),
            o_last: this.grid.columns[columnIndex].last,
        };
    }

    isSelected(rowIndex, columnIndex) {
        const { row, column, fromRow, fromColumn } = this.state;
        return (
            rowIndex >= Math.min(row, fromRow) &&
            rowIndex <= Math.max(row, fromRow) &&
            columnIndex >= Math.min(column, fromColumn) &&
            columnIndex <= Math.max(column, fromColumn)
        );
    }

    count(row) {
        return row.cells.filter((cell) => cell.state === "present").length;
    }

    get keys() {
        const letters = this.grid.states.map((state) => ({
            key: state.key.toUpperCase(),
            label: state.label,
        }));
        if (this.env.isSmall) {
            return letters; // what the cells say: they are tapped
        }
        return [
            ...letters,
            { key: _t("Del"), label: _t("Empty") },
            { key: _t("Shift + arrows"), label: _t("several") },
            { key: "Ctrl + Z", label: _t("undo") },
        ];
    }

    // === What is done === //

    onKeydown(ev) {
        if (this.state.editing) {
            return;
        }
        const move = MOVES[ev.key];
        const row = this.grid.rows[this.state.row];
        if (!row) {
            return;
        }
        if (move) {
            this.move(...move, ev.shiftKey);
        } else if (ev.key === "Home" || ev.key === "End") {
            this.goTo(this.state.row, ev.key === "Home" ? 0 : row.cells.length - 1, ev.shiftKey);
        } else if (ev.key === "z" && (ev.ctrlKey || ev.metaKey)) {
            this.undo();
        } else if (ev.ctrlKey || ev.metaKey || ev.altKey) {
            return;
        } else if (ev.key === "Delete" || ev.key === "Backspace") {
            this.set(false);
        } else if (ev.key === " " || ev.key === "Enter") {
            this.cycle();
        } else if (/^\d$/.test(ev.key) && row.hours) {
            this.edit(ev.key);
        } else {
            const state = this.grid.states.find((state) => state.key === ev.key.toLowerCase());
            if (!state) {
                return;
            }
            this.set(state.value);
        }
        ev.preventDefault();
    }

    move(down, right, extend) {
        this.goTo(this.state.row + down, this.state.column + right, extend);
    }

    goTo(row, column, extend) {
        this.state.row = Math.max(0, Math.min(row, this.grid.rows.length - 1));
        this.state.column = Math.max(0, Math.min(column, this.grid.columns.length - 1));
        if (!extend) {
            this.state.fromRow = this.state.row;
            this.state.fromColumn = this.state.column;
        }
    }

    onClick(ev, row, column) {
        const { fromRow, fromColumn } = this.state;
        const again = [this.state.row, fromRow].every((index) => index === row) &&
            [this.state.column, fromColumn].every((index) => index === column);
        this.goTo(row, column, ev.shiftKey);
        if (!ev.shiftKey && (again || this.env.isSmall)) {
            this.cycle();
        }
    }

    selectRow(row) {
        this.goTo(row, this.grid.columns.length - 1);
        this.state.fromColumn = 0;
    }

    selectGroup(index) {
        const before = this.grid.groups.slice(0, index).reduce((sum, group) => sum + group.span, 0);
        this.goTo(this.grid.rows.length - 1, before + this.grid.groups[index].span - 1);
        this.state.fromRow = 0;
        this.state.fromColumn = before;
    }

    cycle() {
        const { row, column } = this.state;
        const cell = this.grid.rows[row].cells[column];
        const values = [false, ...this.grid.states.map((state) => state.value)];
        this.set(values[(values.indexOf(cell.state) + 1) % values.length]);
    }

    edit(first = "") {
        const { row, column } = this.state;
        if (!this.grid.rows[row].cells[column].lock) {
            this.state.editing = { text: first };
        }
    }

    onEditKeydown(ev) {
        if (ev.key === "Escape") {
            this.state.editing = null;
        } else if (["Enter", "Tab", "ArrowDown", "ArrowUp"].includes(ev.key)) {
            this.endEdit(ev.target.value);
            this.move(...(MOVES[ev.key] || [0, 1]));
            ev.preventDefault();
        }
        ev.stopPropagation();
    }

    endEdit(text) {
        if (!this.state.editing) {
            return;
        }
        this.state.editing = null;
        let hours;
        try {
            hours = parseFloatTime(text);
        } catch {
            this.notification.add(_t("“%s” is not a duration: write 3:30 or 3,5.", text), {
                type: "danger",
            });
            return;
        }
        this.set("present", hours);
    }

    /** Write a state into all the selected cells that may be written. */
    set(state, hours) {
        const changes = [];
        this.grid.rows.forEach((row, rowIndex) => {
            row.cells.forEach((cell, columnIndex) => {
                const unchanged =
                    cell.state === state && (hours === undefined || hours === cell.hours);
                if (this.isSelected(rowIndex, columnIndex) && !cell.lock && !unchanged) {
                    changes.push({
                        row: row.id,
                        column: this.grid.columns[columnIndex].key,
                        state,
                        hours: hours ?? (state === "present" ? cell.hours : 0),
                        before: { state: cell.state, hours: cell.hours },
                        cell,
                    });
                }
            });
        });
        if (!changes.length) {
            const cell = this.grid.rows[this.state.row].cells[this.state.column];
            if (cell.lock) {
                this.notification.add(this.grid.locks[cell.lock], { type: "warning" });
            }
            return;
        }
        this.undone.push(
            changes.map(({ row, column, before, cell }) => ({ row, column, ...before, cell }))
        );
        this.send(changes);
    }

    undo() {
        const changes = this.undone.pop();
        if (changes) {
            this.send(changes);
        }
    }

    send(changes) {
        for (const { cell, state, hours } of changes) {
            cell.saved ??= { state: cell.state, hours: cell.hours };
            Object.assign(cell, { state, hours, tip: "" });
        }
        this.pending.push(...changes);
        this.state.status = "saving";
        this.flush();
    }

    flush() {
        this.saving = this.saving || this.save().finally(() => (this.saving = null));
        return this.saving;
    }

    async save() {
        while (this.pending.length) {
            // the last word on a half-day counts
            const last = new Map(
                this.pending.map((change) => [`${change.row}|${change.column}`, change])
            );
            this.pending = [];
            // what a colleague noted since the cell was shown is not written over
            const changes = [...last.values()].map(({ row, column, state, hours, cell }) => ({
                row,
                column,
                state,
                hours,
                shown: cell.saved.state,
                shown_hours: cell.saved.hours,
            }));
            try {
                const data = await askServer("/coworking_incubation/grid/save", {
                    ...this.params,
                    changes,
                });
                for (const { cell, state, hours } of last.values()) {
                    cell.saved = { state, hours };
                }
                if (data.refused) {
                    this.undone = [];
                    this.notification.add(data.refused, { type: "danger", sticky: true });
                }
                if (!this.pending.length) {
                    this.merge(data);
                    this.state.status = data.refused ? "refused" : "saved";
                }
            } catch (error) {
                this.state.status = "refused";
                if (error instanceof ConnectionLostError) {
                    this.pending = [...last.values(), ...this.pending];
                    browser.clearTimeout(this.retry);
                    this.retry = browser.setTimeout(() => this.flush(), RETRY);
                    throw error; // for Odoo to say
                }
                this.pending = [];
                this.undone = [];
                Object.assign(this.grid, await askServer("/coworking_incubation/grid", this.params));
                throw error;
            }
        }
    }

    /** What the server says now; the cells stay the same objects, so that undo finds them. */
    merge(data) {
        const known = new Map(this.grid.rows.map((row) => [row.id, row]));
        const same =
            data.rows.length === known.size &&
            data.columns.length === this.grid.columns.length &&
            data.rows.every((row) => known.has(row.id));
        if (!same) {
            Object.assign(this.grid, data);
            this.undone = [];
            return;
        }
        for (const row of data.rows) {
            row.cells.forEach((cell, index) =>
                Object.assign(
                    known.get(row.id).cells[index],
                    { hours: 0, signed: false, settle: false, tip: "", saved: null },
                    cell
                )
            );
        }
    }
}

registry.category("actions").add("coworking_grid", CoworkingGrid);
