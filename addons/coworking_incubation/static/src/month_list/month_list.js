import { useBus } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { Domain } from "@web/core/domain";
import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

import { askServer } from "../staff_rpc/staff_rpc";

import { Component, onWillStart, useState } from "@odoo/owl";

const MONTH_FIELD = "date_from";

function getBounds(domain) {
    return domain.filter((leaf) => Array.isArray(leaf) && leaf[0] === MONTH_FIELD);
}

/** The month that a domain is about: the first day of it, or none of several. */
export function getMonth(domain) {
    const bounds = getBounds(domain);
    const months = new Set(bounds.map((leaf) => String(leaf[2]).slice(0, 7)));
    return bounds.length && months.size === 1 ? `${[...months][0]}-01` : false;
}

/** Above the lines of a month: what it comes to, and the way to the months before and after. */
export class MonthBar extends Component {
    static template = "coworking_incubation.MonthBar";
    static props = { model: Object };

    setup() {
        this.keepLast = new KeepLast();
        this.state = useState({ months: [], totals: [] });
        useBus(this.props.model.bus, "update", () => this.load());
        onWillStart(() => this.load());
    }

    async load() {
        const { domain } = this.env.searchModel;
        const answer = askServer("/coworking_incubation/month", { month: getMonth(domain), domain });
        Object.assign(this.state, await this.keepLast.add(answer));
    }

    /** Lines behind a figure stay in its months: no way leads elsewhere. */
    get isFixed() {
        return getBounds(new Domain(this.env.searchModel.globalDomain).toList({})).length > 0;
    }

    get monthLabel() {
        return this.state.months.find((row) => row.month === this.state.month)?.label;
    }

    /** In place of the months that were chosen; every other filter stays. */
    go(month) {
        const { searchModel } = this.env;
        searchModel.blockNotification = true;
        for (const { groupId, domain } of searchModel.facets) {
            if (domain?.includes(MONTH_FIELD)) {
                searchModel.deactivateGroup(groupId);
            }
        }
        searchModel.blockNotification = false;
        const { label } = this.state.months.find((row) => row.month === month);
        const domain = new Domain([[MONTH_FIELD, "=", month]]).toString();
        searchModel.createNewFilters([{ description: label, domain }]);
    }
}

export class MonthListController extends ListController {
    static template = "coworking_incubation.MonthListView";
    static components = { ...ListController.components, MonthBar };
}

registry.category("views").add("coworking_month_list", {
    ...listView,
    Controller: MonthListController,
});
