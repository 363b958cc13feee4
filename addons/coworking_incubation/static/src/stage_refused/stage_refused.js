import { UncaughtPromiseError } from "@web/core/errors/error_service";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/**
 * A move that is refused or asks first, wherever it was made: the dialog that lists what is missing,
 * each with its link, in place of a message that says the same once more.
 */
function openDialogOfRefusedMove(env, error, originalError) {
    const action =
        originalError instanceof RPCError && originalError.data.context?.coworking_action;
    if (!(error instanceof UncaughtPromiseError) || !action) {
        return false;
    }
    error.unhandledRejectionEvent.preventDefault();
    env.services.action.doAction(action, {
        onClose: (info) => info?.dismiss || env.services.action.doAction("soft_reload"),
    });
    return true;
}

registry
    .category("error_handlers")
    .add("coworking_incubation.stage_refused", openDialogOfRefusedMove, { sequence: 90 });
