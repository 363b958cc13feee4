import { patch } from "@web/core/utils/patch";
import { WebClient } from "@web/webclient/webclient";

patch(WebClient.prototype, {
    /** Odoo finds the app of a start screen by its number: ours opens what another action shows, and
     * is found by its address. */
    async loadRouterState() {
        await super.loadRouterState(...arguments);
        const path = this.actionService.currentController?.action.path;
        if (path && !this.menuService.getCurrentApp()) {
            const menu = this.menuService.getAll().find((row) => row.actionPath === path);
            this.menuService.setCurrentMenu(menu?.appID);
        }
    },
});
