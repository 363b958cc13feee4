"""Information meetings for everybody: no account, no script, and nothing is told of anybody."""

import time

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import hash_sign, verify_hash_signed
from odoo.tools.misc import str2bool

from ..models.agenda.coworking_attendance import KEPT_MINUTES
from .visitor import (
    ADVISER_KEY,
    get_opened_links,
    is_form_ours,
    make_ics_response,
    private,
    unframed,
    without_files,
)

# A form of five short fields: anything larger is refused before it is read.
MAX_BODY = 64 * 1024
FORM_SCOPE = "coworking-registration"
FORM_HOURS = 12
CAPTCHA = "coworking_registration"
OTHER_DATES = 5
OPTIONS = {
    "type": "http",
    "auth": "public",
    "website": True,
    "multilang": False,
    "sitemap": False,
}
EVENT = "<int(max=2147483647):event_id>"
LINK = "/incubation/p/<int(max=2147483647):registration_id>/<string(maxlength=64):token>"


class CoworkingRegistration(http.Controller):
    # === MEETINGS === #

    @http.route("/incubation", methods=["GET"], **{**OPTIONS, "sitemap": True})
    def meetings(self, **_kw):
        response = request.render(
            "coworking_incubation.registration_meetings",
            {
                "meetings": self._get_events()._coworking_prepare_cards(),
                "company": request.env.company.sudo(),  # sudo: how to reach the organiser
            },
        )
        return unframed(response)

    def _get_events(self):
        return request.env["calendar.event"]._coworking_public_events()

    def _find_event(self, event_id):
        """A meeting of the page, past ones too; anything else does not exist."""
        # sudo: the public has no right on events
        events = request.env["calendar.event"].sudo()
        return events.search(
            [
                ("id", "=", event_id),
                ("coworking_kind", "=", "info_session"),
                ("coworking_public", "=", True),
            ]
        )

    def _get_event(self, event_id):
        event = self._find_event(event_id)
        if not event:
            raise NotFound()
        return event

    def _is_open(self, event):
        return bool(event.filtered_domain(event._coworking_public_domain()))

    def _render_message(self, name, status=200, **values):
        """A page that says one thing, with the way back to the meetings."""
        response = request.render(
            "coworking_incubation.registration_message",
            {"message": name, "company": request.env.company.sudo(), **values},  # sudo: as above
            status=status,
        )
        return private(response)

    # === REGISTRATION === #

    @http.route(f"/incubation/{EVENT}", methods=["GET"], **OPTIONS)
    def form(self, event_id, **query):
        event = self._find_event(event_id)
        if not event:
            return self._render_message("gone", NotFound.code)
        if not self._is_open(event):
            return self._render_message("past", 410)
        return self._render_form(event, by=self._parse_by(query))

    # The token is looked at here, so that what was typed is shown again when it is no longer good.
    @http.route(
        f"/incubation/{EVENT}/register",
        methods=["POST"],
        csrf=False,
        max_content_length=MAX_BODY,
        **OPTIONS,
    )
    def register(self, event_id, **typed):
        event = self._find_event(event_id)
        typed = without_files(typed)
        by = self._parse_by(typed)
        attendances = request.env["coworking.attendance"]
        values = attendances._clean_registration(typed, by)
        if not self._is_open(event):
            return self._render_closed(event, values, by)
        if not is_form_ours(typed):
            alert = "expired" if request.httprequest.cookies.get("session_id") else "cookies"
            return self._render_form(event, values, by=by, alert=alert, status=400)
        if typed.get("draft"):  # another date, with what was typed for the one before
            return self._render_form(event, values, by=by)
        if typed.get("website"):  # a field nobody sees: only a robot fills it in
            return self._redirect_done(event, values)
        errors = attendances._get_registration_errors(values)
        if errors:
            return self._render_form(event, values, errors, by=by, status=422)
        alert = self._check_form_age(event, typed.get("stamp"))
        if alert:
            return self._render_form(event, values, by=by, alert=alert, status=422)
        if self._is_too_many(values):
            return self._render_form(event, values, by=by, alert="too_many", status=429)
        if self._has_captcha():
            try:
                request.env["ir.http"]._verify_request_recaptcha_token(CAPTCHA)
            except UserError:
                return self._render_form(event, values, by=by, alert="captcha", status=422)
        adviser = self._get_referrer() if by == "prescriber" else None
        attendances._register_person(event, values, by, adviser)
        return self._redirect_done(event, values)

    def _is_too_many(self, values):
        """Counted once, however often Odoo starts a request again that met another one."""
        known = request.httprequest.environ
        if "coworking.too_many" not in known:
            attendances = request.env["coworking.attendance"]
            known["coworking.too_many"] = request.env[
                "coworking.registration.attempt"
            ]._is_too_many(
                request.httprequest.remote_addr,
                attendances._get_email_key(values["email"])
                or attendances._get_phone_key(values["phone"]),
                attendances._get_email_key(values.get("adviser_email")),
            )
        return known["coworking.too_many"]

    def _render_closed(self, event, values, by):
        """The meeting closed while the form was open: the next one is offered, filled in.

        :param event: empty where it is no longer open to registrations at all
        """
        others = self._get_events().filtered(
            lambda other: not event or other.coworking_program_id == event.coworking_program_id
        )
        if not others:
            return self._render_message("past", 410)
        return self._render_form(
            others[0],
            values,
            by=by,
            alert="closed",
            others=others[1:OTHER_DATES]._coworking_prepare_cards(),
            status=410,
        )

    @http.route(f"/incubation/{EVENT}/done", methods=["GET"], **OPTIONS)
    def done(self, event_id, **query):
        """The same page whoever registered: new, known, or a robot."""
        event = self._get_event(event_id)
        adviser = self._get_adviser()
        return self._render_message(
            "done",
            meeting=event._coworking_prepare_cards()[0],
            by_phone=query.get("by") == "phone",
            adviser=adviser if query.get("by") == "prescriber" else None,
            own_page=bool(self._get_referrer()),
            hours=request.env["coworking.attendance"]._get_hold_hours(),
            minutes=KEPT_MINUTES,
        )

    def _get_adviser(self):
        """What an adviser typed last in this browser, and for whom, for as long as a form is good.

        :return: dict of ``name``, ``email`` (whether the person has one), ``prescriber_name`` and
            ``adviser_email``; or nothing
        """
        kept = request.session.get(ADVISER_KEY)
        if kept and time.time() - kept["at"] < FORM_HOURS * 3600:
            return kept
        request.session.pop(ADVISER_KEY, None)
        return None

    def _get_referrer(self):
        """Who comes from their page as an adviser, signed in or known by their link.

        :return: ``res.partner``, empty where nobody is known
        """
        if not request.env.user._is_public():  # as on their page, links are then worth nothing
            # sudo: which contact the user is, and whether their organisation refers people
            partner = request.env.user.sudo().partner_id
            return partner if partner._coworking_refers_people() else partner.browse()
        links = get_opened_links().filtered(
            lambda link: link.purpose == "prescriber" and link._is_usable()
        )
        return links[-1:].partner_id

    def _prepare_adviser_values(self):
        """What the form knows of who refers: of the contact first, then as it was typed last."""
        typed, referrer = self._get_adviser() or {}, self._get_referrer()
        known = {
            "prescriber_name": referrer.commercial_partner_id.name,
            "adviser_email": referrer.email,
        }
        return {name: value or typed.get(name) or "" for name, value in known.items()}

    @http.route(f"/incubation/{EVENT}/meeting.ics", methods=["GET"], **OPTIONS)
    def ics(self, event_id, **_kw):
        return make_ics_response(self._get_event(event_id)._coworking_ics())

    def _parse_by(self, typed):
        return "prescriber" if typed.get("by") == "prescriber" else "public"

    def _redirect_done(self, event, values):
        query = "" if values["email"] else "?by=phone"
        if "adviser_email" in values:
            # of the person no more than what the next page says
            request.session[ADVISER_KEY] = {
                "name": values["name"],
                "email": bool(values["email"]),
                "prescriber_name": values["prescriber_name"],
                "adviser_email": values["adviser_email"],
                "at": time.time(),
            }
            query = "?by=prescriber"
        return private(request.redirect(f"/incubation/{event.id}/done{query}", code=303))

    def _render_form(
        self, event, values=None, errors=None, by="public", alert=None, others=(), status=200
    ):
        if by == "prescriber" and values is None:
            values = self._prepare_adviser_values()
        # sudo: names of organisations that send people, offered while typing
        prescribers = (
            request.env["res.partner"]
            .sudo()
            .search([("is_company", "=", True), ("is_coworking_prescriber", "=", True)], limit=50)
        )
        response = request.render(
            "coworking_incubation.registration_form",
            {
                "meeting": event._coworking_prepare_cards()[0],
                "values": values or {},
                "errors": errors or {},
                "alert": alert,
                "others": others,
                "by": by,
                "own_page": bool(self._get_referrer()),
                "stamp": self._make_stamp(event),
                "prescribers": sorted(set(prescribers.mapped("name"))),
                "captcha": CAPTCHA if self._has_captcha() else None,
                "company": event.coworking_program_id.company_id,
                "wait_minutes": request.env["ir.config_parameter"]._coworking_get(
                    "registration_limit_minutes"
                ),
            },
            status=status,
        )
        return private(response)

    # === ROBOTS === #

    def _has_captcha(self):
        # sudo: settings are for nobody to read but code
        parameters = request.env["ir.config_parameter"].sudo()
        return str2bool(parameters.get_param("coworking_incubation.registration_captcha", "False"))

    def _make_stamp(self, event):
        """When this form was made, signed: nobody sends a form that we did not make."""
        return hash_sign(
            request.env(su=True), FORM_SCOPE, [event.id, time.time()], expiration_hours=FORM_HOURS
        )

    def _check_form_age(self, event, stamp):
        """What is wrong with the stamp, if anything: the form is shown again, filled in."""
        try:
            signed = verify_hash_signed(request.env(su=True), FORM_SCOPE, stamp or "")
        except ValueError:  # cut or altered
            signed = None
        if not signed or signed[0] != event.id:
            return "old"
        least = request.env["ir.config_parameter"]._coworking_get("registration_min_seconds")
        if time.time() - signed[1] < least:
            return "fast"
        return None

    # === THE PERSONAL LINK === #

    @http.route(LINK, methods=["GET"], **OPTIONS)
    def own(self, registration_id, token, **query):
        registration = self._get_registration(registration_id, token)
        if not registration:
            return self._render_message("no_link", 404)
        if registration._is_over():
            return self._render_message("over_link", 410)
        return self._render_own(registration, token, query.get("said"))

    def _get_registration(self, registration_id, token):
        registration = request.env["coworking.attendance"]._find_by_link(registration_id, token)
        if registration:
            lang = registration._get_lang()
            request.update_context(lang=lang)
            return registration.with_context(lang=lang)
        return registration

    def _path(self, registration, token):
        return f"/incubation/p/{registration.id}/{token}"

    def _render_own(self, registration, token, said=None, status=200, full=None):
        """
        :param full: the date for which a place would be given up, if it is to be asked
        """
        event = registration.event_id
        others = self._get_events() - event
        others = others.filtered(
            lambda other: other.coworking_program_id == event.coworking_program_id
        )
        movable = event.coworking_kind == "info_session"
        in_adviser_hands = registration._is_in_adviser_hands()
        person = registration.display_name
        response = request.render(
            "coworking_incubation.registration_own",
            {
                "registration": registration,
                "meeting": event._coworking_prepare_cards()[0],
                "others": others._coworking_prepare_cards() if movable else [],
                "full": full and full._coworking_prepare_cards()[0],
                # whom the page names: an adviser has the link of each person they registered
                "person": in_adviser_hands and person,
                "told": registration.adviser_email and not in_adviser_hands,
                "path": self._path(registration, token),
                "said": said if said in SAID else None,
                "company": registration.company_id,
                "kept": registration._describe_kept_place(in_adviser_hands and person),
            },
            status=status,
        )
        return private(response)

    @http.route(f"{LINK}/meeting.ics", methods=["GET"], **OPTIONS)
    def own_ics(self, registration_id, token, **_kw):
        registration = self._get_registration(registration_id, token)
        if not registration:
            raise NotFound()
        return make_ics_response(registration.event_id._coworking_ics())

    @http.route(
        f"{LINK}/<any(confirm, cancel, move, remind):task>",
        methods=["POST"],
        csrf=False,
        max_content_length=MAX_BODY,
        **OPTIONS,
    )
    def change(self, registration_id, token, task, **typed):
        registration = self._get_registration(registration_id, token)
        if not registration:
            return self._render_message("no_link", 404)
        if registration._is_over():
            return self._render_message("over_link", 410)
        if not is_form_ours(typed):
            return self._render_own(registration, token, "expired", 400)
        said = task
        if task == "confirm":
            registration._confirm_registration()
        elif task == "cancel":
            registration._cancel_registration()
        elif task == "remind":
            registration.reminder_stopped = not registration.reminder_stopped
        else:
            number = str(typed.get("event", ""))
            event = self._get_events().filtered(lambda event: str(event.id) == number)
            if event.coworking_program_id != registration.program_id or (
                registration.kind != "info_session"
            ):
                return self._render_own(registration, token, "not_open", 410)
            moved = registration._move_to(event, give_up_place=bool(typed.get("sure")))
            if moved == "full":
                return self._render_own(registration, token, status=409, full=event)
            if moved == "twice":
                return self._render_own(registration, token, "twice", 409)
        return private(request.redirect(f"{self._path(registration, token)}?said={said}", code=303))

    @http.route(
        [
            f"/incubation/{EVENT}/register",
            f"{LINK}/<any(confirm, cancel, move, remind):task>",
        ],
        methods=["GET"],
        **OPTIONS,
    )
    def go_to_page(self, **_kw):
        """The address of a form, opened as if it were a page: see ``FormAddress``."""
        return private(request.redirect(request.httprequest.path.rpartition("/")[0]))


SAID = ("confirm", "cancel", "move", "remind", "not_open", "twice", "expired")
