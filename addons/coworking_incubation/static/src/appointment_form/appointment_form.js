import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/** Odoo saves a form whose page is left. An appointment is made by its buttons only: all that it
 * asks for is there from the start, and nobody would know of it.
 */
export class AppointmentFormController extends FormController {
    async beforeUnload() {}
}

registry.category("views").add("coworking_appointment_form", {
    ...formView,
    Controller: AppointmentFormController,
});
