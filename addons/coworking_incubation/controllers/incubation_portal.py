from functools import partial

from werkzeug.exceptions import NotFound, abort

from odoo.exceptions import UserError
from odoo.http import request

from ..tools import SCAN_MAX_BYTES
from .portal import CoworkingPortal, page, post
from .visitor import FILE_KEY, PERSON_KEY, PREVIEW_KEY, Visitor, make_ics_response, private

DAYS_A_WEEK = 3
# What the form about mails says: whether the person objects.
MAILS = {"0": True, "1": False}
# And the one about their adviser: whether the person agrees to be followed.
AGREED = {"0": False, "1": True}


class Participant(Visitor):
    """Somebody with a file under way, signed in or by their own link. Others are sent away.

    :param rights: whether the page is that of their rights, the one that is left while an adviser
        reads how a closed file ended
    """

    preview_key = PERSON_KEY

    def __init__(self, rights=False):
        # Of several files the one that the page was opened with, which its forms say again.
        if file := request.params.get("file"):
            request.session[FILE_KEY] = parse_number(file)
        # sudo: participants have no rights of their own; this model answers for one contact
        self.person = request.env["coworking.portal.person"].sudo()
        self.person = self.person.with_context(coworking_file=request.session.get(FILE_KEY))
        super().__init__()
        if not self.logged_in:
            self.links = self.links.filtered(lambda link: link.purpose == "participant")
            if not self.links:
                self.turn_away("participant")
        if self.person._get_file(self.partner):
            return
        if not self.person._get_followed_files(self.partner):
            self.turn_stranger_away()
        if not rights:
            abort(private(request.redirect("/my/incubation/rights")))

    def _look_as(self, participant_id):
        """Staff look at the page of somebody whose file they may read."""
        files = request.env["coworking.participant"]
        file = files.browse(participant_id).exists()
        self.person = self.person.with_context(coworking_file=participant_id)
        if (
            request.env.user.has_group("coworking_incubation.group_coworking_accompanist")
            and file.has_access("read")
            # The page may be that of another file of the same person.
            # sudo: which files are one person's, not what is in them
            and (shown := self.person._get_file(file.sudo().partner_id))
            and files.browse(shown.id).has_access("read")
        ):
            self.partner = shown.partner_id
            self.person = self.person.with_context(coworking_looked_at=shown.id)
            self.preview = True

    def check_may_write(self):
        """What is said on a page about one file is noted in no other."""
        file = parse_number(request.params.get("file"))
        person, partner = self.person, self.partner
        files = person._get_files(partner) | person._get_followed_files(partner)
        if file and file not in files.ids:
            raise UserError(
                request.env._("This page was about a file that is closed by now. Nothing is noted.")
            )
        return super().check_may_write()

    def own(self, model, record_id):
        """A record of their file: missing and other people's answer alike."""
        record = self.person._get_own(self.partner, model, record_id)
        if not record:
            raise NotFound()
        return record


def parse_number(text):
    try:
        return int(text)
    except (TypeError, ValueError):
        return 0


class IncubationPortal(CoworkingPortal):
    # === HOME OF THE PORTAL ===#

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        # sudo: see coworking.portal.person, which answers for this contact alone
        person = request.env["coworking.portal.person"].sudo()
        partner = request.env.user.sudo().partner_id
        file = person._get_file(partner)
        if not counters:
            values["coworking_participant"] = bool(person._get_rights_file(partner))
        if "coworking_participant_count" in counters:
            values["coworking_participant_count"] = (
                len(person._get_todo(partner, file)) if file else 0
            )
        return values

    def _render_own_page(self, template, visitor, values, error=None, typed=None):
        return self._render_page(
            template,
            visitor,
            {
                "page_name": "incubation",
                "file_id": visitor.person._get_rights_file(visitor.partner).id,
                **values,
            },
            error,
            typed,
        )

    # === PAGES ===#

    @page("/my/incubation")
    def incubation_home(self, **_kw):
        return self._render_home(Participant())

    def _render_home(self, visitor, error=None):
        home = visitor.person._prepare_home(visitor.partner)
        return self._render_own_page("incubation_home", visitor, {"home": home}, error)

    def _render_closed(self, visitor, error):
        """A page that is not open, or not any more: who sent something from it reads why."""
        if not error:
            raise NotFound()
        return self._render_home(visitor, error)

    @page("/my/incubation/preview/<int:participant_id>", auth="user")
    def incubation_preview(self, participant_id, **_kw):
        """Staff look at the page of a participant; each page checks that they may."""
        request.session[PERSON_KEY] = min(participant_id, 2**31 - 1)
        request.session.pop(PREVIEW_KEY, None)
        try:
            visitor = Participant()
        except NotFound:
            request.session.pop(PERSON_KEY)
            raise
        if not visitor.preview:
            request.session.pop(PERSON_KEY)
            raise NotFound()
        return request.redirect("/my/incubation")

    @page("/my/incubation/objectives")
    def incubation_objectives(self, **_kw):
        return self._render_objectives(Participant())

    def _render_objectives(self, visitor, error=None, typed=None):
        objectives = visitor.person._prepare_objectives(visitor.partner)
        return self._render_own_page(
            "incubation_objectives", visitor, {"objectives": objectives}, error, typed
        )

    @post("/my/incubation/actions/<int:action_id>")
    def incubation_tick(self, action_id, done="", **_kw):
        visitor = Participant()
        action = visitor.own("coworking.objective.action", action_id)
        error = self._act_or_explain(
            visitor, lambda: visitor.person._tick_action(visitor.partner, action, done == "1")
        )
        if error:
            return self._render_objectives(visitor, error)
        return self._redirect_done("/my/incubation/objectives", request.env._("Noted."))

    @post("/my/incubation/objectives/<int:objective_id>/agree")
    def incubation_agree(self, objective_id, **_kw):
        visitor = Participant()
        objective = visitor.own("coworking.objective", objective_id)
        error = self._act_or_explain(visitor, lambda: visitor.person._agree_objective(objective))
        if error:
            return self._render_objectives(visitor, error)
        return self._redirect_done("/my/incubation/objectives", request.env._("Noted."))

    @post("/my/incubation/objectives/<int:objective_id>/comment")
    def incubation_comment(self, objective_id, text="", **_kw):
        visitor = Participant()
        objective = visitor.own("coworking.objective", objective_id)
        error = self._act_or_explain(
            visitor, lambda: visitor.person._comment_objective(visitor.partner, objective, text)
        )
        if error:
            return self._render_objectives(
                visitor, error, {"objective": objective_id, "text": text}
            )
        return self._redirect_done(
            "/my/incubation/objectives", request.env._("Your message is sent.")
        )

    @page("/my/incubation/appointments")
    def incubation_appointments(self, **_kw):
        return self._render_appointments(Participant())

    def _render_appointments(self, visitor, error=None, typed=None):
        rows = visitor.person._prepare_appointments(visitor.partner)
        return self._render_own_page(
            "incubation_appointments", visitor, {"rows": rows}, error, typed
        )

    @post("/my/incubation/appointments/<int:attendance_id>")
    def incubation_move(self, attendance_id, text="", **_kw):
        visitor = Participant()
        attendance = visitor.own("coworking.attendance", attendance_id)
        if attendance.kind == "appointment":
            act = partial(visitor.person._ask_to_move, attendance, text)
            done = request.env._(
                "Your request is sent: the appointment stays until you are answered."
            )
        else:
            act = partial(visitor.person._give_place_up, attendance)
            done = request.env._("Thank you: you are not expected there any more.")
        error = self._act_or_explain(visitor, act)
        if error:
            typed = {"attendance": attendance_id, "text": text}
            return self._render_appointments(visitor, error, typed)
        return self._redirect_done("/my/incubation/appointments", done)

    @page("/my/incubation/appointments/<int:attendance_id>/meeting.ics")
    def incubation_ics(self, attendance_id, **_kw):
        """The meeting alone, for their own calendar."""
        visitor = Participant()
        attendance = visitor.own("coworking.attendance", attendance_id)
        return make_ics_response(attendance._get_ics())

    @page("/my/incubation/presences")
    def incubation_presences(self, **_kw):
        return self._sign_page(Participant())

    def _sign_page(self, visitor, error=None, typed=None):
        values = visitor.person._prepare_presences(visitor.partner)
        return self._render_own_page(
            "incubation_presences", visitor, {"presences": values}, error, typed
        )

    @post("/my/incubation/presences")
    def incubation_sign(self, **answers):
        visitor = Participant()
        wanted = {
            parse_number(name[2:]): value
            for name, value in answers.items()
            if name.startswith("p_") and value in ("present", "absent")
        }
        counts = []
        error = self._act_or_explain(
            visitor,
            lambda: counts.append(
                visitor.person._sign_presences(visitor.partner, visitor.channel, wanted)
            ),
        )
        if error:
            return self._sign_page(visitor, error, answers)
        return self._redirect_done(
            "/my/incubation/presences", request.env._("Signed half-days: %s", counts[0])
        )

    @page("/my/incubation/documents")
    def incubation_documents(self, **_kw):
        return self._render_documents(Participant())

    def _render_documents(self, visitor, error=None, typed=None):
        documents = visitor.person._prepare_documents(visitor.partner)
        return self._render_own_page(
            "incubation_documents", visitor, {"documents": documents}, error, typed
        )

    @post(
        "/my/incubation/documents/<int:document_id>",
        files=("upload",),
        max_content_length=SCAN_MAX_BYTES + 65536,
    )
    def incubation_give(self, document_id, upload=None, **_kw):
        visitor = Participant()
        document = visitor.own("coworking.document", document_id)
        content = self._read_upload(upload, SCAN_MAX_BYTES)
        error = self._act_or_explain(
            visitor, lambda: visitor.person._give_document(document, content)
        )
        if error:
            return self._render_documents(visitor, error, {"document": document_id})
        return self._redirect_done(
            "/my/incubation/documents", request.env._("Thank you: we received your document.")
        )

    @page("/my/incubation/spaces")
    def incubation_spaces(self, **asked):
        return self._render_spaces(Participant(), asked)

    def _parse_days(self, days):
        number = parse_number(days)
        return number if 1 <= number <= 5 else DAYS_A_WEEK

    def _render_spaces(self, visitor, asked, error=None):
        choice = visitor.person._prepare_choice(
            visitor.partner,
            self._parse_days(asked.get("days")),
            sector=parse_number(asked.get("sector")),
            amenity=parse_number(asked.get("amenity")),
            order=asked.get("order"),
        )
        if not choice:
            return self._render_closed(visitor, error)
        return self._render_own_page("incubation_spaces", visitor, {"choice": choice}, error)

    @page("/my/incubation/spaces/<int:space_id>/photo")
    def incubation_space_photo(self, space_id, **_kw):
        visitor = Participant()
        space = visitor.person._get_offered_space(visitor.partner, space_id)
        if not space:
            raise NotFound()
        stream = request.env["ir.binary"]._get_image_stream_from(space, "image_512")
        return stream.get_response()

    @post("/my/incubation/spaces/<int:tariff_id>")
    def incubation_choose(self, tariff_id, **asked):
        visitor = Participant()
        error = self._act_or_explain(
            visitor,
            lambda: visitor.person._choose_tariff(
                visitor.partner, tariff_id, self._parse_days(asked.get("days"))
            ),
        )
        if error:
            return self._render_spaces(visitor, asked, error)
        return self._redirect_done(
            "/my/incubation", request.env._("Your wish is sent: your contact will call you.")
        )

    @page("/my/incubation/payments")
    def incubation_payments(self, **_kw):
        visitor = Participant()
        payments = visitor.person._prepare_payments(visitor.partner)
        return self._render_own_page("incubation_payments", visitor, {"payments": payments})

    @page("/my/incubation/rights")
    def incubation_rights(self, **_kw):
        return self._render_rights(Participant(rights=True))

    def _render_rights(self, visitor, error=None):
        rights = visitor.person._prepare_rights(visitor.partner)
        return self._render_own_page("incubation_rights", visitor, {"rights": rights}, error)

    @post("/my/incubation/rights/data")
    def incubation_ask_for_data(self, **_kw):
        visitor = Participant(rights=True)
        error = self._act_or_explain(visitor, lambda: visitor.person._ask_for_data(visitor.partner))
        if error:
            return self._render_rights(visitor, error)
        return self._redirect_done(
            "/my/incubation/rights",
            request.env._("Your request is noted: your contact hands you a copy within a month."),
        )

    @post("/my/incubation/rights/mails")
    def incubation_oppose(self, mails="", **_kw):
        visitor = Participant(rights=True)
        error = self._act_or_explain(
            visitor,
            lambda: mails in MAILS and visitor.person._set_opposed(visitor.partner, MAILS[mails]),
        )
        if error:
            return self._render_rights(visitor, error)
        return self._redirect_done("/my/incubation/rights", request.env._("Noted."))

    @post("/my/incubation/rights/adviser")
    def incubation_follow(self, agreed="", **_kw):
        visitor = Participant(rights=True)
        error = self._act_or_explain(
            visitor,
            lambda: (
                agreed in AGREED and visitor.person._set_followed(visitor.partner, AGREED[agreed])
            ),
        )
        if error:
            return self._render_rights(visitor, error)
        return self._redirect_done("/my/incubation/rights", request.env._("Noted."))

    @page("/my/incubation/followup")
    def incubation_followup(self, **_kw):
        return self._render_followup(Participant())

    def _render_followup(self, visitor, error=None, typed=None):
        followup = visitor.person._get_followup(visitor.partner)
        if not followup:
            return self._render_closed(visitor, error)
        return self._render_own_page(
            "incubation_followup", visitor, {"followup": followup}, error, typed
        )

    @post("/my/incubation/followup")
    def incubation_answer(self, situation="", in_space="", text="", **_kw):
        visitor = Participant()
        error = self._act_or_explain(
            visitor,
            lambda: visitor.person._answer_followup(
                visitor.partner, parse_number(situation), in_space == "1", text
            ),
        )
        if error:
            typed = {"situation": parse_number(situation), "in_space": in_space, "text": text}
            return self._render_followup(visitor, error, typed)
        return self._redirect_done("/my/incubation", request.env._("Thank you for your answer."))
