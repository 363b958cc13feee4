import { onWillUnmount, useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

// How long to wait for what somebody else holds, in milliseconds.
const PAUSE = 1500;

/**
 * Work on a month that is under way: this screen does some spaces at a time and shows how far it is,
 * beside the scheduled action, which goes on when the screen is closed.
 */
export class MonthRunFormController extends FormController {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.isWorking = false;
        this.isOpen = true;
        onWillUnmount(() => (this.isOpen = false));
        useEffect(
            () => {
                this.work();
            },
            () => [this.model.root.resId, this.model.root.data.state],
        );
    }

    async work() {
        if (this.isWorking) {
            return;
        }
        this.isWorking = true;
        try {
            while (this.isOpen && this.model.root.data.state === "running") {
                const ids = [this.model.root.resId];
                const isFree = await this.orm.silent.call(this.props.resModel, "action_work", [ids]);
                if (!isFree) {
                    await new Promise((resolve) => setTimeout(resolve, PAUSE));
                }
                if (this.isOpen) {
                    await this.model.load();
                }
            }
        } finally {
            this.isWorking = false;
        }
    }
}

registry.category("views").add("coworking_month_run_form", {
    ...formView,
    Controller: MonthRunFormController,
});
