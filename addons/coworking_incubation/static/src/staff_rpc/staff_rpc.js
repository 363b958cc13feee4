import { rpc } from "@web/core/network/rpc";
import { user } from "@web/core/user";

/** Ask one of our own routes, of the companies that are chosen on top of the page. */
export function askServer(route, params) {
    return rpc(route, { ...params, companies: user.context.allowed_company_ids });
}
