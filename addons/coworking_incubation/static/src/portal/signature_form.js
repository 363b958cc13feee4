import { SignatureForm } from "@portal/signature_form/signature_form";
import { patch } from "@web/core/utils/patch";

/** After a refusal, Odoo's button goes on turning: here one can draw and send again. */
patch(SignatureForm.prototype, {
    async onClickSubmit() {
        const button = this.rootRef.el.querySelector(".o_portal_sign_submit");
        const icon = button.firstChild;
        await super.onClickSubmit(...arguments);
        if (this.state.error) {
            button.querySelector(".fa-spin").replaceWith(icon);
            button.classList.remove("o_btn_loading", "disabled", "pe-none");
            button.disabled = false;
        }
    },
});
