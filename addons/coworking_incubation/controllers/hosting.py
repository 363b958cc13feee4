import re

from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.portal.coworking_portal import MAX_ID
from .visitor import Visitor, page, post, remember, render_over

# A signature as Odoo's widget sends it, in base64, and some room.
MAX_BODY = 2 * 1024 * 1024


class HostingPortal(CustomerPortal):
    """Where the three parties read and sign a hosting agreement, each by a link of their own."""

    def _get_hosting_signatory(self, signatory_id):
        """The signatory the visitor is, or nothing: missing, closed and wrong answer alike."""
        # sudo: nobody outside has any right on agreements; the link, or who is signed in, decides
        signatories_sudo = request.env["coworking.hosting.signatory"].sudo()
        signatory_sudo = signatories_sudo.browse(min(signatory_id, MAX_ID)).exists()
        user = request.env.user
        if user._is_public():
            opens = signatory_sudo and self._is_open_by_link(Visitor(), signatory_sudo)
        else:
            # who is signed in, and not whom a coordinator looks at pages as
            opens = (
                signatory_sudo
                and user.sudo().partner_id in signatory_sudo._get_link_holders("hosting")
                and signatory_sudo.hosting_id.state not in ("draft", "cancelled")
            )
        return signatory_sudo.with_env(request.env).sudo() if opens else None

    def _is_open_by_link(self, visitor, signatory_sudo):
        """By a link of their own, or by the one of their own page."""
        return visitor.may(signatory_sudo, "hosting") or (
            signatory_sudo.role == "participant"
            and signatory_sudo.partner_id == visitor.partner
            and visitor.may(signatory_sudo.participant_id, "participant")
            and signatory_sudo._is_link_open("hosting", visitor.partner)
        )

    def _turn_away(self, access_token=None):
        """What all answer who are not the signatory, whatever the agreement."""
        if not request.env.user._is_public():
            return request.redirect("/my")
        if access_token:
            # links had their token in the address: they are over
            return render_over(token=access_token[:100])
        return Visitor().turn_away("hosting", "participant")

    def _show_hosting(self, signatory_sudo, **values):
        hosting_sudo = signatory_sudo.hosting_id
        url = f"/my/agreements/{signatory_sudo.id}"
        values = {
            "page_name": "hosting",
            "hosting": hosting_sudo,
            "signatory": signatory_sudo,
            # its headings come right below that of the page; Odoo cleaned it when it was written
            "body": Markup(  # nosec B704
                re.sub(r"<(/?)h[1-6]\b", r"<\1h2", hosting_sudo.body or "")
            ),
            "signatories": hosting_sudo.signatory_ids,
            "may_sign": signatory_sudo._is_turn(),
            "accept_url": f"{url}/accept?shown={hosting_sudo.text_hash}",
            "decline_url": f"{url}/decline",
            "document_url": f"{url}/document",
            "res_company": hosting_sudo.company_id,
            **values,
        }
        return request.render("coworking_incubation.portal_hosting", values)

    @page("/my/agreements/<int:signatory_id>")
    def portal_hosting(self, signatory_id, access_token=None, message=None, **kwargs):
        signatory_sudo = self._get_hosting_signatory(signatory_id)
        if not signatory_sudo:
            return self._turn_away(access_token)
        return self._show_hosting(signatory_sudo, message=message == "signed" and message)

    @page("/my/agreements/<int:signatory_id>/document", readonly=True)
    def portal_hosting_document(self, signatory_id, access_token=None, **kwargs):
        """The sealed document once there is one, else the text as it is to be signed."""
        signatory_sudo = self._get_hosting_signatory(signatory_id)
        if not signatory_sudo:
            return self._turn_away(access_token)
        hosting_sudo = signatory_sudo.hosting_id
        if hosting_sudo.sealed_attachment_id:
            stream = request.env["ir.binary"]._get_stream_from(hosting_sudo.sealed_attachment_id)
            return stream.get_response(as_attachment=True)
        content = hosting_sudo._render_document()
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"{hosting_sudo.name}.pdf")),
            ],
        )

    @route(
        "/my/agreements/<int:signatory_id>/accept",
        type="jsonrpc",
        auth="public",
        website=True,
        max_content_length=MAX_BODY,
    )
    def portal_hosting_accept(self, signatory_id, name=None, signature=None):
        """What Odoo's signature form calls; what was shown is in the address."""
        signatory_sudo = self._get_hosting_signatory(signatory_id)
        if not signatory_sudo:
            return {"error": request.env._("This link does not open an agreement any more.")}
        try:
            with request.env.cr.savepoint():
                signatory_sudo._record_signature(
                    name,
                    signature,
                    request.httprequest.remote_addr,
                    request.httprequest.args.get("shown"),
                )
        except UserError as error:
            return {"error": str(error)}
        if request.env.user._is_public():
            remember(signatory_sudo._make_link_to_read())
        return {
            "force_refresh": True,
            "redirect_url": f"/my/agreements/{signatory_id}?message=signed",
        }

    @post("/my/agreements/<int:signatory_id>/decline")
    def portal_hosting_decline(self, signatory_id, reason=None, **kwargs):
        signatory_sudo = self._get_hosting_signatory(signatory_id)
        if not signatory_sudo:
            return self._turn_away()
        try:
            with request.env.cr.savepoint():
                signatory_sudo._decline_signature(reason)
        except UserError as error:
            return self._show_hosting(signatory_sudo, problem=str(error), reason=reason)
        return self._show_hosting(signatory_sudo, message="declined")
