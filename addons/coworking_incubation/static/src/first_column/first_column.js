import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

import { onMounted, useComponent } from "@odoo/owl";

/** A telephone shows one column at a time: the first with cards that the board shows. */
export function useFirstColumn() {
    const board = useComponent();
    onMounted(() => {
        const { groups, isGrouped } = board.props.list;
        const first = isGrouped && groups.findIndex((row) => row.count && !row.isFolded);
        if (board.env.isSmall && first > 0) {
            const columns = board.rootRef.el.querySelectorAll(".o_kanban_group");
            board.rootRef.el.scrollLeft = columns[first].offsetLeft;
        }
    });
}

export class CoworkingKanbanRenderer extends KanbanRenderer {
    setup() {
        super.setup();
        useFirstColumn();
    }
}

registry.category("views").add("coworking_kanban", { ...kanbanView, Renderer: CoworkingKanbanRenderer });
