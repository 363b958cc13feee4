"""Who looks at a page of ours: somebody logged in, the holder of a link, or staff in preview."""

from functools import wraps

from werkzeug.exceptions import NotFound, abort

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

SESSION_KEY = "coworking_links"
# What a browser keeps between two people that an adviser registers.
ADVISER_KEY = "coworking_adviser"
# Fields in which people write sentences.
TEXTS = ("text", "reason", "note")
# Nobody shows our pages in theirs; forms go to us, addresses are relative to us; nothing is
# embedded, and no event attribute (onclick) runs but one. An address that is a script (javascript:)
# is not covered: Odoo has scripts within its pages, and no policy tells these from others.
POLICY = (
    "frame-ancestors 'self'; base-uri 'self'; form-action 'self'; object-src 'none';"
    # Odoo's own: onerror="__odooAssetError=1"
    " script-src-attr 'unsafe-hashes' 'sha256-8yDIMBSmZv57Ba62SxKgyLxU6rUm3YRxan7K7J0owqQ='"
)
# What the largest form holds without files: what is larger is refused before it is read.
MAX_FORM = 256 * 1024
# Of whom staff look at the pages: the first manager of a space, or a participant.
PREVIEW_KEY = "coworking_preview"
PERSON_KEY = "coworking_preview_person"
# Which of their files somebody looks at who is in several programs.
FILE_KEY = "coworking_file"


class Visitor:
    """The contact for whom a page is made, and what gives them the right to it.

    Looked up anew at each request. ``links`` are the usable links that this browser opened; a link
    is worth nothing to whoever is logged in as somebody else.
    """

    preview_key = PREVIEW_KEY

    def __init__(self):
        user = request.env.user
        # sudo: visitors have no right on links; those of this session are looked up
        links = request.env["coworking.portal.link"].sudo()
        if user._is_public():
            self.links = get_opened_links().filtered(lambda link: link._is_usable())
            self.partner = self.links[-1:].partner_id
            self.links = self.links.filtered(lambda link: link.partner_id == self.partner)
        else:
            self.links = links
            # sudo: only to compare it with those whom records name
            self.partner = user.sudo().partner_id
        set_zone(self.links[-1:].company_id or request.env.company)
        self.logged_in = not user._is_public()
        self.channel = "portal" if self.logged_in else "link"
        self.preview = False
        if user._is_internal() and request.session.get(self.preview_key):
            self._look_as(request.session[self.preview_key])
        if self.partner.lang:
            request.update_context(lang=self.partner.lang)

    def _look_as(self, space_id):
        """A coordinator looks at the pages of the first manager of a space."""
        space = request.env["coworking.space"].browse(space_id).exists()
        if (
            request.env.user.has_group("coworking_incubation.group_coworking_coordinator")
            and space.has_access("read")
            and space.manager_ids
        ):
            # sudo: as for the others
            self.partner = space.sudo().manager_ids[:1]
            self.preview = True

    def check_may_write(self):
        """Whoever sees a page may answer, but for staff who look at it."""
        if self.preview:
            raise UserError(
                request.env._("This is a preview: nothing is saved. They would have saved it.")
            )

    def turn_away(self, *purposes):
        """Say what became of the link to whoever came by one; others log in.

        :param purposes: those of the links that open the page
        :raise LinkOver: where a script asks, which then says so
        """
        if request.dispatcher.routing_type != "http":
            raise LinkOver(
                request.env._("This page is not open any more: the last answer was not saved.")
            )
        opened = get_opened_links()
        if not opened and request.httprequest.args.get("by") == "link":
            abort(render_over(cookies=True))
        if opened.filtered(lambda link: link.purpose in purposes and not link._is_usable()):
            if opened.partner_id.lang:
                request.update_context(lang=opened[-1:].partner_id.lang)
            abort(render_over())
        path = request.httprequest.full_path if request.httprequest.method == "GET" else "/my"
        abort(private(request.redirect_query("/web/login", {"redirect": path})))

    def turn_stranger_away(self):
        """Whoever left, or never came, reads the same.

        :raise NotFound: where a script asks
        """
        if request.dispatcher.routing_type != "http":
            raise NotFound()
        abort(render_over(stranger=True))

    def may(self, record, purpose):
        """Whether this visitor may do a task on a record, logged in or by a link to it."""
        # sudo: who may do it is told by records that they need not read
        if not self.partner or self.partner not in record.sudo()._get_link_holders(purpose):
            return False
        return self.logged_in or any(
            (link.res_model, link.res_id, link.purpose) == (record._name, record.id, purpose)
            for link in self.links
        )


def set_zone(company):
    """What day it is, for who has no time zone of their own: that of the company, never UTC's."""
    # sudo: visitors read no working hours
    zone = company.sudo().resource_calendar_id.tz
    if zone and not request.env.user.tz:
        request.update_context(tz=zone)


class LinkOver(UserError):
    """Whoever taps on a page is not known any more: the link that opened it has ended."""


def get_opened_links():
    """The links that this browser opened, usable or not."""
    # sudo: see Visitor
    links = request.env["coworking.portal.link"].sudo()
    return links.browse(request.session.get(SESSION_KEY, [])).exists()


def remember(link):
    """This browser opened this link: it is looked up again at each page."""
    opened = get_opened_links()
    if link.partner_id not in opened.partner_id:  # what somebody else typed is not theirs
        request.session.pop(ADVISER_KEY, None)
    opened = opened.filtered(lambda other: other.partner_id == link.partner_id) - link
    request.session[SESSION_KEY] = [*opened.ids[-9:], link.id]
    # Whoever knew this browser's session before the link was opened gains nothing.
    request.session.should_rotate = True


def forget():
    """This browser opens no page by link any more, and knows nobody who refers people."""
    request.session.pop(SESSION_KEY, None)
    request.session.pop(ADVISER_KEY, None)


def unframed(response):
    """A page not to be shown inside somebody else's, where what is clicked is not what is seen."""
    # Files have Odoo's own, which is stricter.
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def private(response):
    """A page behind a link is neither kept, nor found, nor told to the next site."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return unframed(response)


def get_typed_texts():
    """What somebody wrote in the form that was sent: never lost, whatever became of the page."""
    form = request.httprequest.form
    return [form[name] for name in TEXTS if form.get(name, "").strip()]


def render_over(**values):
    """What a visitor is told whose page is not open any more, with what they had written."""
    known = dict.fromkeys(("token", "asked", "cookies", "stranger"))
    response = request.render(
        "coworking_incubation.portal_link_over",
        {**known, **values, "texts": get_typed_texts()},
        status=404,
    )
    # It may end a request that has just begun: see Visitor.turn_away.
    response.flatten()
    return private(response)


def render_expired():
    """A form whose page was made for another session: it can be sent again as it is.

    Odoo's own check of the token answers with an error page, where what was typed is lost.
    """
    httprequest = request.httprequest
    known = not request.env.user._is_public() or request.session.get(SESSION_KEY)
    values = {
        "path": httprequest.path,
        "fields": [
            (name, text)
            for name, text in httprequest.form.items(multi=True)
            if name != "csrf_token" and len(text) <= MAX_FORM
        ],
        "texts": get_typed_texts(),
        "files": bool(httprequest.files),
        "known": bool(known),
        "cookies": not httprequest.cookies.get("session_id"),
    }
    return request.render("coworking_incubation.portal_form_expired", values, status=400)


def make_ics_response(content):
    """A meeting for one's own calendar, from ``calendar.event._coworking_ics``."""
    return private(
        request.make_response(
            content,
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", 'attachment; filename="rendez-vous.ics"'),
            ],
        )
    )


def without_files(typed, files=()):
    """What a form sent, less the files in fields where none is expected."""
    return {
        name: value for name, value in typed.items() if name in files or not hasattr(value, "read")
    }


def is_form_ours(typed):
    """Whether a form comes from a page that this browser has open: its token is still good."""
    token = typed.get("csrf_token")
    return isinstance(token, str) and token.isascii() and request.validate_csrf(token)


def page(*paths, methods=("GET",), auth="public", **kwargs):
    """A route of pages behind links: anybody may come, ``Visitor`` says who it is."""
    route = http.route(
        list(paths),
        type="http",
        auth=auth,
        methods=list(methods),
        website=True,
        multilang=False,
        sitemap=False,
        **kwargs,
    )

    def decorate(endpoint):
        @wraps(endpoint)
        def answer(self, *args, **typed):
            set_zone(request.env.company)
            return private(endpoint(self, *args, **typed))

        return route(answer)

    return decorate


def post(*paths, files=(), **kwargs):
    """A form of such a page: small, and without files but in the fields that say so.

    The token against forged requests is checked here, so that whoever left a page open for long
    keeps what they typed: ``csrf=False`` only says that Odoo does not check it as well.
    """
    kwargs.setdefault("max_content_length", MAX_FORM)

    def decorate(endpoint):
        @wraps(endpoint)
        def answer(self, *args, **typed):
            if not is_form_ours(typed):
                return render_expired()
            typed.pop("csrf_token")
            return endpoint(self, *args, **without_files(typed, files))

        return page(*paths, methods=("POST",), csrf=False, **kwargs)(answer)

    return decorate
