import { useFirstColumn } from "../first_column/first_column";
import { FirstDay } from "../first_day/first_day";
import { RottingKanbanController } from "@mail/js/rotting_mixin/rotting_kanban_controller";
import { RottingKanbanHeader } from "@mail/js/rotting_mixin/rotting_kanban_header";
import { RottingKanbanRenderer } from "@mail/js/rotting_mixin/rotting_kanban_renderer";
import { rottingKanbanView } from "@mail/js/rotting_mixin/rotting_kanban_view";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import {
    KanbanQuickCreateController,
    KanbanRecordQuickCreate,
} from "@web/views/kanban/kanban_record_quick_create";

/** What the server tells of the columns comes with the counts of the progress bar. */
const placesPatch = {
    getPlacesLeft(group) {
        return this._pbCounts?.places_left?.[group.serverValue];
    },
};

export class ParticipantKanbanController extends RottingKanbanController {
    static template = "coworking_incubation.ParticipantKanbanView";
    static components = { ...RottingKanbanController.components, FirstDay };

    setup() {
        super.setup();
        if (this.progressBarState) {
            patch(this.progressBarState, placesPatch);
        }
    }

    /** The samples of an empty board go, with what their bars counted: somebody may be there now. */
    async onFirstDayChanged() {
        this.model.useSampleModel = false;
        if (this.progressBarState) {
            this.progressBarState._pbCounts = null;
        }
        await this.model.load();
    }
}

export class ParticipantKanbanHeader extends RottingKanbanHeader {
    static template = "coworking_incubation.ParticipantKanbanHeader";

    get placesLeft() {
        return this.props.progressBarState?.getPlacesLeft(this.group);
    }

    get placesLabel() {
        switch (this.placesLeft) {
            case 0:
                return _t("Full");
            case 1:
                return _t("1 place left");
            default:
                return _t("%s places left", this.placesLeft);
        }
    }
}

/** A refusal is told and what was typed stays, where Odoo opens an empty form without a word. */
export class ParticipantQuickCreateController extends KanbanQuickCreateController {
    showFormDialogInError(error) {
        Promise.reject(error);
    }
}

export class ParticipantQuickCreate extends KanbanRecordQuickCreate {
    static components = { KanbanQuickCreateController: ParticipantQuickCreateController };
}

export class ParticipantKanbanRenderer extends RottingKanbanRenderer {
    static template = "coworking_incubation.ParticipantKanbanRenderer";
    static components = {
        ...RottingKanbanRenderer.components,
        KanbanHeader: ParticipantKanbanHeader,
        KanbanRecordQuickCreate: ParticipantQuickCreate,
    };

    setup() {
        super.setup();
        useFirstColumn();
    }

    isEmptyColumn(group) {
        return (
            !group.count &&
            this.props.list.groupByField.name === "stage_id" &&
            group.id !== this.props.quickCreateState.groupId &&
            !this.props.list.model.useSampleModel
        );
    }

    /** What to do with a column that holds nobody: the first one is filled by hand. */
    emptyColumnHelp(group) {
        return group === this.props.list.groups[0]
            ? _t("Nobody here yet. Press + to add the first person.")
            : _t("Nobody at this stage. Drag a card here when the person goes on.");
    }
}

registry.category("views").add("participant_kanban", {
    ...rottingKanbanView,
    Controller: ParticipantKanbanController,
    Renderer: ParticipantKanbanRenderer,
});
