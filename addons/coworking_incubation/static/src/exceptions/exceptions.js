import { Component, reactive, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { ViewButton } from "@web/views/view_button/view_button";
import { NavBar } from "@web/webclient/navbar/navbar";

const APP = "coworking_incubation.coworking_incubation_menu";
const MENU = "coworking_incubation.coworking_exception_menu";
// Counted at most so often while somebody works elsewhere, and no further than this.
const PAUSE = 60000;
const MOST = 99;
// What is to come by itself waits for nobody.
const WAITING = [["urgency", "!=", "4"]];

/** How many things wait, beside the name of their menu: one short question now and then. */
export const exceptionCountService = {
    dependencies: ["menu", "orm"],
    start(env, { menu, orm }) {
        const state = reactive({ count: 0 });
        let asked = 0; // when, in milliseconds
        const isOurs = () => menu.getCurrentApp()?.xmlid === APP;
        const hasMenu = () => menu.getAll().some((row) => row.xmlid === MENU);
        async function refresh() {
            asked = Date.now();
            state.count = await orm.silent.call("coworking.exception", "search_count", [WAITING], {
                limit: MOST + 1,
                context: user.context,
            });
        }
        function look() {
            if (isOurs() && hasMenu() && Date.now() - asked > PAUSE) {
                refresh().catch(() => {}); // nobody asked: the next look asks again
            }
        }
        env.bus.addEventListener("MENUS:APP-CHANGED", look);
        env.bus.addEventListener("ACTION_MANAGER:UI-UPDATED", look);
        return { state, refresh };
    },
};
registry.category("services").add("coworking_exception_count", exceptionCountService);

patch(NavBar.prototype, {
    setup() {
        super.setup();
        this.exceptions = useState(useService("coworking_exception_count").state);
        // a badge that comes takes room
        useEffect(
            () => {
                this.adapt();
            },
            () => [this.exceptions.count]
        );
    },

    getBadge(section) {
        const { count } = this.exceptions;
        if (section.xmlid !== MENU || !count) {
            return "";
        }
        return count > MOST ? `${MOST}+` : `${count}`;
    },
});

/** What is shown and what is counted are the same. */
function countWith(params, controller) {
    const onRootLoaded = () => void controller.exceptionCount.refresh();
    const hooks = { ...params.hooks, onRootLoaded };
    return { ...params, hooks };
}

class ExceptionListController extends ListController {
    setup() {
        super.setup();
        this.exceptionCount = useService("coworking_exception_count");
    }

    get modelParams() {
        return countWith(super.modelParams, this);
    }
}

class ExceptionKanbanController extends KanbanController {
    setup() {
        super.setup();
        this.exceptionCount = useService("coworking_exception_count");
    }

    get modelParams() {
        return countWith(super.modelParams, this);
    }
}

registry.category("views").add("coworking_exception_list", {
    ...listView,
    Controller: ExceptionListController,
    // each row has its own action, and there is none for several
    props: (props, view) => ({ ...listView.props(props, view), allowSelectors: false }),
});

registry.category("views").add("coworking_exception_kanban", {
    ...kanbanView,
    Controller: ExceptionKanbanController,
});

/** A button that says what it does for its row; beside it, what else can be done of a mail. */
class ActField extends Component {
    static template = "coworking_incubation.ActField";
    static components = { ViewButton };
    static props = { ...standardFieldProps };

    get label() {
        return this.props.record.data[this.props.name];
    }

    get giveUpLabel() {
        return _t("Give Up");
    }

    get giveUp() {
        const confirm = _t("What could not be sent will not be sent any more. Give it up?");
        return { type: "object", name: "action_give_up", confirm };
    }
}

registry.category("fields").add("coworking_act", {
    component: ActField,
    supportedTypes: ["char"],
});
