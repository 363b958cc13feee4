import { WarningDialog } from "@web/core/errors/error_dialogs";
import { UncaughtPromiseError } from "@web/core/errors/error_service";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { Record } from "@web/model/relational_model/record";

import { markRaw } from "@odoo/owl";

/** As COMPARED of models/base/coworking_record_mixin_shown.py. */
const COMPARED = new Set([
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "html",
    "integer",
    "many2one",
    "monetary",
    "selection",
    "text",
]);

const getChangedRows = (list) =>
    Object.values(list._cache).filter((row) => row.resId && Object.keys(row._changes).length);

/**
 * Along with what somebody changed of a record of ours, and of its rows, goes what the page showed
 * in its place: what a colleague changed meanwhile is not written over unseen.
 */
patch(Record.prototype, {
    get context() {
        const { context } = this.config;
        return this._shown ? { ...context, coworking_shown: this._shown } : context;
    },

    async _save(options = {}) {
        if (!this.resId || !this.resModel.startsWith("coworking.")) {
            return super._save(options);
        }
        const { onError } = options;
        const tell = (error, ...rest) => {
            this._noteChanged(error);
            return onError(error, ...rest);
        };
        const sent = this.model._urgentSave && { ...this._changes };
        // nobody reads what is answered to a page that is left: what they typed is kept
        this._shown = sent ? undefined : this._getShown();
        try {
            const saved = await super._save({ ...options, onError: onError && tell });
            this._isBehind = this._isBehind && !saved;
            if (saved && sent) {
                // a link that calls somebody saves as if the page were left, which stays
                this._values = markRaw({ ...this._values, ...sent });
            }
            return saved;
        } catch (error) {
            this._noteChanged(error);
            throw error;
        } finally {
            this._shown = undefined;
        }
    },

    /** The lists in a record, which take its context, are none of what it showed. */
    _setData(...args) {
        this._shown = undefined;
        return super._setData(...args);
    },

    /** Given up for what a colleague wrote, the whole record is read anew. */
    async discard() {
        await super.discard();
        if (this._isBehind) {
            this._isBehind = false;
            await this.load();
        }
    },

    _getShown() {
        const shown = {};
        for (const [name, change] of Object.entries(this._changes)) {
            const { type } = this.fields[name];
            if (type === "one2many") {
                const rows = getChangedRows(change);
                shown[name] = Object.fromEntries(rows.map((row) => [row.resId, row._getShown()]));
            } else if (COMPARED.has(type) && name in this._values) {
                shown[name] = this._formatServerValue(type, this._values[name]);
            }
        }
        return shown;
    },

    _noteChanged(error) {
        const context = error.data?.context;
        if (context?.coworking_changed) {
            this._noteNow(context.coworking_changed);
            this._isBehind = this.isInEdition;
            context.coworking_reload = !this.isInEdition;
        }
    },

    /** From now on the page knows what it would replace; what was typed stays. */
    _noteNow(now) {
        const mine = { ...now };
        for (const [name, change] of Object.entries(this._changes)) {
            if (this.fields[name].type === "one2many" && name in mine) {
                getChangedRows(change).forEach((row) => row._noteNow(mine[name][row.resId] || {}));
                delete mine[name];
            }
        }
        this._values = markRaw({ ...this._values, ...this._parseServerValues(mine) });
    },
});

function tellWhatChanged(env, error, originalError) {
    const context = originalError instanceof RPCError && originalError.data.context;
    if (!(error instanceof UncaughtPromiseError) || !context?.coworking_changed) {
        return false;
    }
    error.unhandledRejectionEvent.preventDefault();
    const reload = context.coworking_reload ?? true;
    env.services.dialog.add(
        WarningDialog,
        { title: _t("Changed meanwhile"), message: originalError.data.message },
        { onClose: () => reload && env.services.action.doAction("soft_reload") }
    );
    return true;
}

registry
    .category("error_handlers")
    .add("coworking_incubation.shown", tellWhatChanged, { sequence: 90 });
