import { onWillUnmount, useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

// How long to wait for what somebody else holds, in milliseconds: at first, as the last spaces are
// done soon, and later on.
const SOON = 250;
const PAUSE = 1500;
// After how many errors in a row the screen gives up: the scheduled action goes on. After so many
// calls that did nothing it waits before each.
const PATIENCE = 3;

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
        let errors = 0;
        let idle = 0;
        try {
            while (this.isOpen && this.model.root.data.state === "running") {
                try {
                    const { todo_count: before } = this.model.root.data;
                    const found = await this.workSome();
                    if (idle >= PATIENCE || !this.model.root.data.is_mine) {
                        await this.pause();
                    } else if (!found) {
                        await this.pause(SOON);
                    }
                    if (this.isOpen) {
                        await this.model.load();
                    }
                    idle = this.model.root.data.todo_count < before ? 0 : idle + 1;
                    errors = 0;
                } catch (error) {
                    errors += 1;
                    if (errors >= PATIENCE) {
                        throw error;
                    }
                    await this.pause();
                }
            }
        } finally {
            this.isWorking = false;
        }
    }

    /**
     * @returns {Promise<boolean>} whether there may be more to do at once; colleagues look on
     */
    async workSome() {
        const { data, resId } = this.model.root;
        return data.is_mine && this.orm.silent.call(this.props.resModel, "action_work", [[resId]]);
    }

    pause(milliseconds = PAUSE) {
        return new Promise((resolve) => setTimeout(resolve, milliseconds));
    }
}

registry.category("views").add("coworking_month_run_form", {
    ...formView,
    Controller: MonthRunFormController,
});
