from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from .visitor import forget, page, post, private, remember


class CoworkingPortalLink(http.Controller):
    """Links without a password. What is wrong with a link is never told: all answers are alike."""

    @page("/my/coworking/l/<string:token>")
    def open_link(self, token, **_kw):
        link = request.env["coworking.portal.link"]._find_link(token)
        user = request.env.user
        if link and link._is_usable():
            if user._is_public():
                remember(link)
                return private(request.redirect(link._get_record()._get_link_target(link.purpose)))
            # sudo: only to compare it with whom the link is for
            if user.sudo().partner_id == link.partner_id:
                return private(request.redirect(link._get_record()._get_link_target(link.purpose)))
        return self._render_over(token)

    @post("/my/coworking/l/<string:token>/new")
    def renew_link(self, token, **_kw):
        request.env["coworking.portal.link"]._renew_link(token)
        return self._render_over(token, asked=True)

    @post("/my/coworking/leave")
    def leave(self, **_kw):
        """For a shared computer: this browser forgets its links."""
        forget()
        return request.redirect("/web/login")

    def _render_over(self, token, asked=False):
        if len(token) > 100:
            raise NotFound()
        response = request.render(
            "coworking_incubation.portal_link_over", {"token": token, "asked": asked}, status=404
        )
        return private(response)
