import {
    RottingStatusBarDurationField,
    rottingStatusBarDurationField,
} from "@mail/js/rotting_mixin/rotting_statusbar";
import { registry } from "@web/core/registry";

/** Where a move is refused, the form goes on showing the stage that the file is in. */
export class PathwayStatusBarField extends RottingStatusBarDurationField {
    async selectItem(item) {
        const { name, record } = this.props;
        const { dirty, data } = record;
        const stage = data[name];
        try {
            return await super.selectItem(item);
        } catch (error) {
            await (dirty ? record.update({ [name]: stage }) : record.discard());
            throw error;
        }
    }
}

registry.category("fields").add("pathway_statusbar", {
    ...rottingStatusBarDurationField,
    component: PathwayStatusBarField,
    // Odoo's styles go by the name of its own widget.
    additionalClasses: ["o_field_rotting_statusbar_duration"],
});
