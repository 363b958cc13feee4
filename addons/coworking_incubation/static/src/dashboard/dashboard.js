import { _t } from "@web/core/l10n/translation";
import { router } from "@web/core/browser/router";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { getDefaultConfig } from "@web/views/view";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onMounted, onWillStart, useState, useSubEnv } from "@odoo/owl";

// A component for each kind of tile; an addon adds its own under another name.
const tiles = registry.category("coworking_dashboard_tiles");
const FILTERS = ["program", "date_from", "date_to", "user", "tile"];
const SMALL = ["figure", "rate"];

/** Pilotage: what a program, or all that run, come to. Every figure opens what it counts. */
export class CoworkingDashboard extends Component {
    static template = "coworking_incubation.Dashboard";
    static components = { Layout, DateTimeInput };
    static props = { ...standardActionServiceProps };

    setup() {
        useSubEnv({ config: { ...getDefaultConfig(), ...this.env.config } });
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ picture: null });
        const { context = {}, params = {} } = this.props.action;
        // Back from a list, as it was left; else as the address says, or who opened it.
        const opened = { program: context.dashboard_program, tile: params.tile };
        this.filters = this.props.state?.filters || {
            ...Object.fromEntries(
                FILTERS.map((name) => [name, router.current[name] || opened[name]])
            ),
        };
        useSetupAction({ getLocalState: () => ({ filters: this.filters }) });
        onWillStart(() => this.load());
        onMounted(() => this.writeAddress());
    }

    /** What the user may not see, or what is not there, is a sentence in place of the figures. */
    async load() {
        try {
            this.state.picture = await this.keepLast.add(
                rpc("/coworking_incubation/dashboard", this.filters)
            );
        } catch (error) {
            const text = error.data?.message;
            if (!text) {
                throw error;
            }
            this.state.picture = {
                ...(this.state.picture || { programs: [], users: [], notes: [] }),
                filters: { ...this.filters },
                groups: [],
                message: { text, advice: "", button: _t("Look at the Whole") },
            };
        }
    }

    get picture() {
        return this.state.picture;
    }

    get title() {
        const { programs, filters } = this.picture;
        const chosen = programs.find((program) => program.id === filters.program);
        return chosen ? chosen.name : _t("All the programs that run");
    }

    /** In words, for the sheet of paper: the filters are not printed. */
    get dates() {
        const [first, last] = ["date_from", "date_to"].map((name) => this.getDate(name));
        return first && last ? `${formatDate(first)} – ${formatDate(last)}` : "";
    }

    async choose(changes) {
        Object.assign(this.filters, changes);
        await this.load();
        this.writeAddress();
    }

    /** Other dates belong to another program, and other people. */
    chooseProgram(id) {
        return this.choose({
            program: parseInt(id) || undefined,
            date_from: undefined,
            date_to: undefined,
            user: undefined,
            tile: undefined,
        });
    }

    chooseDate(name, date) {
        return this.choose({ [name]: date ? serializeDate(date) : undefined });
    }

    getDate(name) {
        const date = this.picture.filters[name];
        return date ? deserializeDate(date) : false;
    }

    writeAddress() {
        this.props.updateActionState(
            Object.fromEntries(FILTERS.map((name) => [name, this.filters[name] || undefined]))
        );
    }

    getTile(kind) {
        return tiles.get(kind);
    }

    isSmall(tile) {
        return SMALL.includes(tile.kind);
    }

    /** The list behind a figure: Odoo's own, with exactly what was counted. */
    async open(tile, cell = tile) {
        const action = await this.action.loadAction(cell.action || tile.action);
        const title = cell === tile ? tile.title : `${tile.title} (${cell.label})`;
        await this.action.doAction(
            {
                ...action,
                name: title,
                display_name: title,
                domain: cell.domain,
                context: {},
                views: this.listFirst(action.views),
            },
            { additionalContext: { search_default_running: 0 } }
        );
    }

    listFirst(views) {
        const order = (view) => ["list", "kanban"].indexOf(view[1]);
        const lists = views.filter((view) => order(view) >= 0);
        lists.sort((one, other) => order(one) - order(other));
        return [...lists, ...views.filter((view) => order(view) < 0)];
    }

    async follow(message) {
        if (message.action) {
            return this.action.doAction(message.action);
        }
        this.filters = {};
        return this.choose({});
    }

    /** One of the ways out of a seat that nobody uses. */
    async act(model, method, id) {
        const action = await this.orm.call(model, method, [[id]]);
        await this.action.doAction(
            { views: [[false, "form"]], ...action },
            { onClose: () => this.load() }
        );
    }

    print() {
        window.print();
    }
}

registry.category("actions").add("coworking_dashboard", CoworkingDashboard);
