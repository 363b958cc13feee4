import { onWillUnmount, status, useComponent } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/**
 * Files are read by a scheduled action: whoever looks at them sees what became of them at once. While
 * a screen opens, loading it anew would have its own loading never end, and nothing be shown.
 */
function useFilesRead(refresh) {
    const component = useComponent();
    const bus = useService("bus_service");
    const refreshOnceReady = async (file) => {
        await component.model.whenReady;
        if (status(component) === "mounted") {
            await refresh(file);
        }
    };
    bus.subscribe("coworking_incubation/file_read", refreshOnceReady);
    onWillUnmount(() => bus.unsubscribe("coworking_incubation/file_read", refreshOnceReady));
}

export class InvoiceFileListController extends ListController {
    setup() {
        super.setup();
        useFilesRead(async () => {
            // What somebody has chosen stays chosen.
            if (!this.model.root.selection.length) {
                await this.model.load();
            }
        });
    }
}

export class InvoiceFileFormController extends FormController {
    setup() {
        super.setup();
        useFilesRead(async ({ id }) => {
            if (this.model.root.resId === id && !(await this.model.root.isDirty())) {
                await this.model.load();
            }
        });
    }
}

registry.category("views").add("coworking_invoice_file_list", {
    ...listView,
    Controller: InvoiceFileListController,
});
registry.category("views").add("coworking_invoice_file_form", {
    ...formView,
    Controller: InvoiceFileFormController,
});
