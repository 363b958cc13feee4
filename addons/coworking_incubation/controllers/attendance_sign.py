from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

# A drawn signature is some kilobytes.
MAX_BODY = 512 * 1024
LINK = "/incubation/sign/<int(max=2147483647):attendance_id>/<string(maxlength=64):token>"


class CoworkingAttendanceSign(http.Controller):
    """One person signs for one meeting behind a link of their own, valid for some hours."""

    @http.route(
        LINK,
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def sign_page(self, attendance_id, token, **_kw):
        attendance = request.env["coworking.attendance"]._find_to_sign(attendance_id, token)
        done = request.session.get("coworking_signed") == attendance_id
        response = request.render(
            "coworking_incubation.attendance_sign_page",
            {
                "attendance": attendance,
                "done": done and not attendance,
                "accept_url": f"{request.httprequest.path}/accept",
            },
            status=200 if attendance or done else 404,
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @http.route(
        f"{LINK}/accept",
        type="jsonrpc",
        auth="public",
        website=True,
        max_content_length=MAX_BODY,
    )
    def sign_accept(self, attendance_id, token, name=None, signature=None, **_kw):
        """What Odoo's signature form calls."""
        attendance = request.env["coworking.attendance"]._find_to_sign(attendance_id, token)
        if not attendance:
            return {"error": request.env._("This link is over. Ask for a new one.")}
        partner = attendance.participant_id.partner_id
        try:
            attendance._sign(signature, "link", partner)
        except UserError as error:
            return {"error": str(error)}
        request.session["coworking_signed"] = attendance_id
        path = request.httprequest.path.removesuffix("/accept")
        return {"force_refresh": True, "redirect_url": path}
