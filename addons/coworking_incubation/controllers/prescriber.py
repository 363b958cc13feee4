from werkzeug.exceptions import NotFound

from odoo.http import request

from .incubation_portal import MAILS
from .portal import CoworkingPortal
from .visitor import Visitor, page, post


class Adviser(Visitor):
    """Somebody of an organisation that refers people, by their own link or signed in.

    Nobody previews it. ``companies``: the organisations of ours in whose name they see the page:
    those of their links.
    """

    preview_key = None

    def __init__(self):
        super().__init__()
        # sudo: advisers have no rights of their own; this model answers for one contact
        self.prescriber = request.env["coworking.portal.prescriber"].sudo()
        if self.logged_in:
            self.companies = self.prescriber.env["res.company"].search([])
            if not self.partner._coworking_refers_people():
                raise NotFound()
            return
        self.links = self.links.filtered(lambda link: link.purpose == "prescriber")
        self.companies = self.links.company_id
        if not self.links:
            self.turn_away("prescriber")


class PrescriberPortal(CoworkingPortal):
    @page("/my/referrals")
    def referrals(self, **_kw):
        return self._render_referrals(Adviser())

    def _render_referrals(self, visitor, error=None):
        home = visitor.prescriber._prepare_referrals(visitor.partner, visitor.companies)
        return self._render_page(
            "prescriber_home",
            visitor,
            {"page_name": "referrals", "home": home, "companies": visitor.companies},
            error,
        )

    @post("/my/referrals/mails")
    def referrals_oppose(self, mails="", **_kw):
        visitor = Adviser()
        error = self._act_or_explain(
            visitor,
            lambda: (
                mails in MAILS and visitor.prescriber._set_opposed(visitor.partner, MAILS[mails])
            ),
        )
        if error:
            return self._render_referrals(visitor, error)
        return self._redirect_done("/my/referrals", request.env._("Noted."))
