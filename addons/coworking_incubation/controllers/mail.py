from werkzeug.exceptions import NotFound

from odoo.http import request

from odoo.addons.mail.controllers.mail import MailController as OdooMailController

from ..tools import is_ours


class MailController(OdooMailController):
    @classmethod
    def _redirect_to_generic_fallback(cls, model, res_id, access_token=None, **kwargs):
        """A link of a mail to what is gone, or is not for who is logged in, says so: Odoo shows the
        last messages instead, without a word.
        """
        env = request.env
        known = model in env and is_ours(env[model])
        if not known or not request.session.uid or not env.user._is_internal():
            return super()._redirect_to_generic_fallback(model, res_id, access_token, **kwargs)
        page = request.render(
            "coworking_incubation.record_not_there", {"kind": env["ir.model"]._get(model).name}
        )
        page.status_code = NotFound.code
        return page
