import { _t } from "@web/core/l10n/translation";
import { router } from "@web/core/browser/router";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { getDefaultConfig } from "@web/views/view";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { askServer } from "../staff_rpc/staff_rpc";

import { Component, onMounted, onWillStart, useEffect, useState, useSubEnv } from "@odoo/owl";

// A component for each kind of tile; an addon adds its own under another name.
const tiles = registry.category("coworking_dashboard_tiles");
const FILTERS = ["program", "date_from", "date_to", "user", "tile"];
const SMALL = ["figure", "rate"];
const SENTENCES = ["AccessError", "UserError", "ValidationError"].map(
    (name) => `odoo.exceptions.${name}`
);
const BAD_ADDRESS = "werkzeug.exceptions.BadRequest";
const SESSION_EXPIRED = "odoo.http.SessionExpiredException";

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
        // Back from a list, as it was left; else as the address says, or who opened it. From a
        // menu, the address is still that of the screen before.
        const opened = { program: context.dashboard_program, tile: params.tile };
        const address = router.current.action === this.props.action.path ? router.current : {};
        this.filters = this.props.state?.filters || {
            ...Object.fromEntries(
                FILTERS.map((name) => [name, address[name] || opened[name]])
            ),
        };
        useSetupAction({ getLocalState: () => ({ filters: this.filters }) });
        onWillStart(() => this.load());
        onMounted(() => this.writeAddress());
        useEffect(
            () => {
                this.loadRest();
            },
            () => [this.picture]
        );
        useEffect(
            (isWhole) => {
                if (isWhole && this.isToPrint) {
                    this.print();
                }
            },
            () => [this.picture.is_whole]
        );
    }

    /** What the user may not see, or what is not there, is a sentence in place of the figures. */
    async load(part = "first") {
        this.isToPrint = false;
        try {
            this.state.picture = await this.ask(part);
        } catch (error) {
            this.fail(error);
        }
    }

    ask(part) {
        return this.keepLast.add(
            askServer("/coworking_incubation/dashboard", { ...this.filters, part })
        );
    }

    fail(error) {
        this.isToPrint = false;
        this.state.picture = {
            ...(this.state.picture || { programs: [], users: [] }),
            notes: [],
            filters: error.exceptionName === BAD_ADDRESS ? {} : { ...this.filters },
            groups: [],
            is_whole: true,
            message: this.getMessage(error),
        };
    }

    /** What is further down, of the picture that one sees by now. */
    async loadRest() {
        if (this.picture.is_whole) {
            return;
        }
        try {
            const { groups } = await this.ask("rest");
            this.picture.groups.push(...groups);
            this.picture.is_whole = true;
        } catch (error) {
            this.fail(error);
        }
    }

    /** A sentence for who reads it: of all that the server says, what our rules say alone. */
    getMessage(error) {
        const message = { advice: "", button: _t("Look at the Whole") };
        if (SENTENCES.includes(error.exceptionName)) {
            return { ...message, text: error.data.message };
        }
        if (error.exceptionName === BAD_ADDRESS) {
            return { ...message, text: _t("This address is none of Pilotage.") };
        }
        const passes = error instanceof RPCError || error instanceof ConnectionLostError;
        if (!passes || error.exceptionName === SESSION_EXPIRED) {
            throw error; // for Odoo to say
        }
        return {
            text: _t("The figures cannot be read for now."),
            advice: _t("They may just be computed anew."),
            button: _t("Try Again"),
            isTemporary: true,
        };
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

    chooseUser(id) {
        return this.choose({ user: parseInt(id) || undefined });
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
        await this.action.doAction({
            ...action,
            name: title,
            display_name: title,
            domain: cell.domain,
            // all that was counted: neither a filter of the list, nor a favourite of the user
            context: { search_disable_custom_filters: true },
            views: this.listFirst(action.views),
        });
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
        if (message.isTemporary) {
            return this.load();
        }
        this.filters = {};
        return this.choose({});
    }

    /** One of the ways out of a seat that nobody uses. */
    async act(model, method, id) {
        const action = await this.orm.call(model, method, [[id]]);
        await this.action.doAction(
            { views: [[false, "form"]], ...action },
            // what one came down to stays where it is
            { onClose: () => this.load(this.picture.is_whole ? null : "first") }
        );
    }

    /** All of it: what is still to come is waited for. */
    print() {
        this.isToPrint = !this.picture.is_whole;
        if (!this.isToPrint) {
            window.print();
        }
    }
}

registry.category("actions").add("coworking_dashboard", CoworkingDashboard);
