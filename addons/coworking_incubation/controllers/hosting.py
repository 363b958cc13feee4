from odoo.exceptions import UserError
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from .visitor import private

# A signature as Odoo's widget sends it, in base64, and some room.
MAX_BODY = 2 * 1024 * 1024


class HostingPortal(CustomerPortal):
    """Where the three parties read and sign a hosting agreement, each by a link of their own."""

    def _get_hosting_signatory(self, signatory_id, access_token):
        """The signatory the visitor is, or nothing: missing, closed and wrong answer alike."""
        # sudo: nobody outside has any right on agreements; the link, or who is signed in, decides
        signatory_sudo = request.env["coworking.hosting.signatory"].sudo().browse(signatory_id)
        if signatory_sudo.exists() and signatory_sudo._opens_with(access_token, request.env.user):
            return signatory_sudo
        return None

    def _show_hosting(self, signatory_sudo, access_token, **values):
        """The page of an agreement: its address holds the token, hence ``private``."""
        hosting_sudo = signatory_sudo.hosting_id
        url = f"/my/agreements/{signatory_sudo.id}"
        query = f"?access_token={access_token}" if access_token else "?"
        values = {
            "page_name": "hosting",
            "hosting": hosting_sudo,
            "signatory": signatory_sudo,
            "body": hosting_sudo.body,
            "signatories": hosting_sudo.signatory_ids,
            "may_sign": signatory_sudo._is_turn(),
            "accept_url": f"{url}/accept{query}&shown={hosting_sudo.text_hash}",
            "decline_url": f"{url}/decline{query}",
            "document_url": f"{url}/document{query}",
            "res_company": hosting_sudo.company_id,
            **values,
        }
        return private(request.render("coworking_incubation.portal_hosting", values))

    @route("/my/agreements/<int:signatory_id>", type="http", auth="public", website=True)
    def portal_hosting(self, signatory_id, access_token=None, message=None, **kwargs):
        signatory_sudo = self._get_hosting_signatory(signatory_id, access_token)
        if not signatory_sudo:
            return request.redirect("/my")
        return self._show_hosting(
            signatory_sudo, access_token, message=message in ("signed", "declined") and message
        )

    @route("/my/agreements/<int:signatory_id>/document", type="http", auth="public", readonly=True)
    def portal_hosting_document(self, signatory_id, access_token=None, **kwargs):
        """The sealed document once there is one, else the text as it is to be signed."""
        signatory_sudo = self._get_hosting_signatory(signatory_id, access_token)
        if not signatory_sudo:
            return request.redirect("/my")
        hosting_sudo = signatory_sudo.hosting_id
        if hosting_sudo.sealed_attachment_id:
            stream = request.env["ir.binary"]._get_stream_from(hosting_sudo.sealed_attachment_id)
            return private(stream.get_response(as_attachment=True))
        content = hosting_sudo._render_document()
        response = request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Disposition", content_disposition(f"{hosting_sudo.name}.pdf")),
            ],
        )
        return private(response)

    @route(
        "/my/agreements/<int:signatory_id>/accept",
        type="jsonrpc",
        auth="public",
        website=True,
        max_content_length=MAX_BODY,
    )
    def portal_hosting_accept(
        self, signatory_id, access_token=None, shown=None, name=None, signature=None
    ):
        """What Odoo's signature form calls; the link and what was shown are in the address."""
        query = request.httprequest.args
        access_token = access_token or query.get("access_token")
        signatory_sudo = self._get_hosting_signatory(signatory_id, access_token)
        if not signatory_sudo:
            return {"error": request.env._("This link does not open an agreement any more.")}
        try:
            with request.env.cr.savepoint():
                signatory_sudo._sign(
                    name,
                    signature,
                    request.httprequest.remote_addr,
                    shown or query.get("shown"),
                )
        except UserError as error:
            return {"error": str(error)}
        url = f"/my/agreements/{signatory_id}?message=signed"
        return {
            "force_refresh": True,
            "redirect_url": f"{url}&access_token={access_token}" if access_token else url,
        }

    @route(
        "/my/agreements/<int:signatory_id>/decline",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_hosting_decline(self, signatory_id, access_token=None, reason=None, **kwargs):
        signatory_sudo = self._get_hosting_signatory(signatory_id, access_token)
        if not signatory_sudo:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                signatory_sudo._decline(reason)
        except UserError as error:
            return self._show_hosting(
                signatory_sudo, access_token, problem=str(error), reason=reason
            )
        return self._show_hosting(signatory_sudo, access_token, message="declined")
