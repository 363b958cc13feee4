import { Component, onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/** What is left to do until the first bill, above the board; nothing once it is made. */
export class FirstDay extends Component {
    static template = "coworking_incubation.FirstDay";
    static props = { onChanged: Function };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ steps: [] });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.steps = await this.orm.call("coworking.first.day", "action_get_steps", []);
    }

    async refresh() {
        await this.load();
        await this.props.onChanged();
    }

    /** The one to take now: the first that a bill needs, and that whoever looks may take. */
    get next() {
        return this.state.steps.find((step) => step.needed && !step.done && step.button);
    }

    /** For everybody of the company; the answer says where it comes back. */
    async hide() {
        await this.action.doAction(await this.orm.call("coworking.first.day", "action_hide", []));
        await this.load();
    }

    /** One dialog at a time, however often the button is pressed while it opens. */
    async open(key) {
        if (this.opening) {
            return;
        }
        this.opening = true;
        try {
            const name = `action_open_${key}`;
            const action = await this.orm.call("coworking.first.day", name, []);
            // Odoo waits for what onClose returns before it forgets the dialog: the next one may be open then.
            await this.action.doAction(action, { onClose: () => void this.refresh() });
        } finally {
            this.opening = false;
        }
    }
}
