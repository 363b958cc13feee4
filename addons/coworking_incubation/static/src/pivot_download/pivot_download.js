import { patch } from "@web/core/utils/patch";
import { session } from "@web/session";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";

// Data about people is taken out of Odoo by a right of its own: the server refuses it, and so
// nobody else is offered the button.
patch(PivotRenderer.prototype, {
    get coworkingMayDownload() {
        return !(session.coworking_export_refused || []).includes(this.model.metaData.resModel);
    },
});
