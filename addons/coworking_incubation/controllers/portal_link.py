from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from .visitor import FILE_KEY, forget, get_opened_links, page, post, remember, render_over


class CoworkingPortalLink(http.Controller):
    """Links without a password. What is wrong with a link is never told: all answers are alike."""

    @page("/my/coworking/l/<string:token>")
    def open_link(self, token, **_kw):
        link = request.env["coworking.portal.link"]._find_link(token)
        user = request.env.user
        if link and link._is_usable():
            if link.res_model == "coworking.participant":
                request.session[FILE_KEY] = link.res_id
            if user._is_public():
                remember(link)
                # Where cookies are blocked the page does not know the link: it says so.
                target = link._get_record()._get_link_target(link.purpose)
                return request.redirect_query(target, {"by": "link"})
            # sudo: only to compare it with whom the link is for
            if user.sudo().partner_id == link.partner_id:
                return request.redirect(link._get_record()._get_link_target(link.purpose))
        return self._render_over(token)

    @post("/my/coworking/l/<string:token>/new")
    def renew_link(self, token, **_kw):
        request.env["coworking.portal.link"]._find_link(token)._renew_links()
        return self._render_over(token, asked=True)

    @post("/my/coworking/links/new")
    def renew_links(self, **_kw):
        """From a page whose link ended while it was open."""
        get_opened_links()._renew_links()
        return render_over(asked=True)

    @post("/my/coworking/leave")
    def leave(self, **_kw):
        """For a shared computer: this browser forgets its links."""
        forget()
        return request.redirect("/web/login")

    def _render_over(self, token, asked=False):
        if len(token) > 100:
            raise NotFound()
        return render_over(token=token, asked=asked)
