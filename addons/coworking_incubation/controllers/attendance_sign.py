from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .visitor import private

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
        page = request.render(
            "coworking_incubation.attendance_sign_page",
            {
                "attendance": attendance,
                "done": done and not attendance,
                "content": attendance and attendance._get_signed_content(),
                "accept_url": attendance
                and f"{request.httprequest.path}/accept/{attendance._get_content_digest()}",
            },
            status=200 if attendance or done else 404,
        )
        return private(page)

    @http.route(
        f"{LINK}/accept/<string(maxlength=64):shown>",
        type="jsonrpc",
        auth="public",
        website=True,
        max_content_length=MAX_BODY,
    )
    def sign_accept(self, attendance_id, token, shown, name=None, signature=None, **_kw):
        """What Odoo's signature form calls: it signs what the page showed, and nothing else."""
        attendance = request.env["coworking.attendance"]._find_to_sign(attendance_id, token)
        if not attendance:
            return {"error": request.env._("This link is over. Ask for a new one.")}
        if shown != attendance._get_content_digest():
            return {
                "error": request.env._(
                    "What you sign was changed since this page was opened. Read it again."
                )
            }
        try:
            attendance._take_signature(
                signature,
                "link",
                attendance.participant_id.partner_id,
                name=name if isinstance(name, str) else None,
                address=request.httprequest.remote_addr,
            )
        except UserError as error:
            return {"error": str(error)}
        request.session["coworking_signed"] = attendance_id
        path = request.httprequest.path.rpartition("/accept/")[0]
        return {"force_refresh": True, "redirect_url": path}
