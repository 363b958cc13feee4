from werkzeug.exceptions import HTTPException, NotFound

from odoo import http
from odoo.http import request

from .visitor import get_opened_links, page

HOME = "/my/coworking"


class FormAddress(http.Controller):
    """The address of a form, opened as if it were a page.

    A page that says what is wrong with a form stands at the address of that form: it is opened by
    whoever comes back to the tab, keeps the address or sends it on.
    """

    @page(
        f"{HOME}/<path:form>",
        "/my/incubation/<path:form>",
        "/my/agreements/<path:form>",
        "/my/referrals/mails",
    )
    def go_to_page(self, form=None, **_kw):
        routes = request.env["ir.http"].routing_map().bind_to_environ(request.httprequest.environ)
        path = request.httprequest.path
        if not routes.test(path, "POST"):
            raise NotFound()
        path = path.rpartition("/")[0]
        while not self._is_page(routes, path):
            path = path.rpartition("/")[0]
        links = get_opened_links().filtered(lambda link: link._is_usable())
        if path == HOME and links and request.env.user._is_public():
            # The home takes an account.
            path = links[-1]._get_record()._get_link_target(links[-1].purpose)
        return request.redirect(path)

    def _is_page(self, routes, path):
        try:
            rule, __ = routes.match(path, method="GET", return_rule=True)
        except HTTPException:
            return False
        return not rule.rule.endswith("<path:form>")
