import {
    RottingStatusBarDurationField,
    rottingStatusBarDurationField,
} from "@mail/js/rotting_mixin/rotting_statusbar";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const DAY = 24 * 60 * 60;

/** The whole pathway on a line of its own, with the days spent in each stage.
 *
 * Where a move is refused, the form goes on showing the stage that the file is in.
 */
export class PathwayStatusBarField extends RottingStatusBarDurationField {
    static template = "coworking_incubation.PathwayStatusBarField";

    /** Days alone: months and hours cannot be compared at a glance. */
    getAllItems() {
        const durations = this.props.record.data.duration_tracking || {};
        return super.getAllItems().map((item) => {
            const days = Math.floor((durations[item.value] || 0) / DAY);
            return { ...item, shortTimeInStage: days ? _t("%s d", days) : 0 };
        });
    }

    get rottingLabel() {
        return _t("%s d", this.props.record.data.rotting_days);
    }

    async selectItem(item) {
        const { name, record } = this.props;
        const dirty = await record.isDirty();
        try {
            return await super.selectItem(item);
        } catch (error) {
            if (dirty) {
                // where a colleague moved it meanwhile, there: see shown.js
                await record.update({ [name]: record._values[name] });
                if (!error.data?.context?.coworking_changed) {
                    // What was typed is there when the dialog looks at what is missing.
                    await record.save();
                }
            } else {
                await record.discard();
            }
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
