from datetime import date

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.portal.coworking_portal_month import MAX_UPLOAD
from ..models.portal.coworking_portal_space import MAX_PHOTO
from ..spreadsheet import to_amount
from .visitor import (
    MAX_FORM,
    PERSON_KEY,
    PREVIEW_KEY,
    LinkOver,
    Visitor,
    page,
    post,
)

FLASH_KEY = "coworking_flash"


class Manager(Visitor):
    """Somebody who manages a space today. Others are sent away, always in the same way.

    :param purposes: those of the links that open the page; none when it takes an account
    :param month: the month that a link must be for, where it matters
    """

    def __init__(self, *purposes, month=None):
        super().__init__()
        # sudo: managers have no rights of their own; these models answer for one contact
        self.portal = request.env["coworking.portal"].sudo()
        if not self.logged_in:
            self.links = self.links.filtered(lambda link: link.purpose in purposes)
            if month:
                self.links = self.links.filtered(lambda link: link._get_record().date_from == month)
            if not self.links:
                self.turn_away(*purposes)
        if not self.portal._get_spaces(self.partner):
            self.turn_stranger_away()

    @property
    def months(self):
        """The months that may be written: all of them, or those of the links."""
        if self.logged_in:
            return None
        return {link._get_record().date_from for link in self.links if link.purpose == "month"}


class CoworkingPortal(CustomerPortal):
    # === HOME OF THE PORTAL ===#

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        # sudo: see coworking.portal, which answers for this contact alone
        portal = request.env["coworking.portal"].sudo()
        partner = request.env.user.sudo().partner_id
        if not counters:
            values["coworking_manager"] = bool(portal._get_spaces(partner))
        if "coworking_manager_count" in counters:
            values["coworking_manager_count"] = (
                portal._get_waiting_count(partner) if portal._get_spaces(partner) else 0
            )
        return values

    # === HELPERS ===#

    def _get_model(self, name):
        # sudo: managers have no rights of their own; these models answer for one contact
        return request.env[f"coworking.portal.{name}"].sudo()

    def _render_page(self, template, visitor, values, error=None, typed=None):
        """Render a page. After an error what was typed is shown again."""
        flash = request.session.pop(FLASH_KEY, None)
        return request.render(
            f"coworking_incubation.{template}",
            {
                "page_name": "coworking",
                "no_breadcrumbs": not visitor.logged_in,
                "visitor": {
                    "name": visitor.partner.name,
                    "logged_in": visitor.logged_in,
                    "preview": visitor.preview,
                    "by_month": "month" in visitor.links.mapped("purpose"),
                },
                "error": error,
                "typed": typed or {},
                "flash": flash,
                **values,
            },
            status=422 if error else 200,
        )

    def _act_or_explain(self, visitor, act):
        """Do something, all of it or nothing.

        :return: what stands in the way, in words, or nothing
        """
        try:
            visitor.check_may_write()
            request.env["coworking.portal"]._try_to_act(act)
        except UserError as error:
            return str(error)
        return None

    def _redirect_done(self, url, words):
        request.session[FLASH_KEY] = words
        return request.redirect(url)

    def _parse_date(self, text):
        try:
            return date.fromisoformat(text or "")
        except ValueError:
            return None

    def _read_upload(self, upload, limit):
        """What was sent as a file, read no further than what shows that it is too large."""
        return upload.read(limit + 1) if hasattr(upload, "read") else b""

    # === HOME ===#

    @page("/my/coworking")
    def coworking_home(self, **_kw):
        visitor = Manager()
        return self._render_page(
            "portal_home", visitor, {"home": visitor.portal._prepare_home(visitor.partner)}
        )

    @page("/my/coworking/coming")
    def coworking_coming(self, **_kw):
        visitor = Manager("coming")
        portal = visitor.portal
        values = {
            "coming": portal._prepare_coming(visitor.partner),
            "contact": portal._get_contact_of(portal._get_spaces(visitor.partner)[0]),
        }
        return self._render_page("portal_coming", visitor, values)

    @post("/my/coworking/message/space/<int:space_id>")
    def coworking_message_space(self, space_id, text="", **_kw):
        visitor = Manager()
        space = visitor.portal._get_space(visitor.partner, space_id)
        if not space:
            raise NotFound()
        error = self._act_or_explain(
            visitor, lambda: visitor.portal._write_message(visitor.partner, space, text)
        )
        if error:
            home = visitor.portal._prepare_home(visitor.partner)
            return self._render_page("portal_home", visitor, {"home": home}, error, {"text": text})
        return self._redirect_done("/my/coworking", request.env._("Your message is sent."))

    # === ARRIVALS ===#

    @page("/my/coworking/arrivals")
    def coworking_arrivals(self, **_kw):
        return self._render_arrivals(Manager("arrival"))

    def _render_arrivals(self, visitor, error=None, typed=None):
        arrivals = visitor.portal._prepare_arrivals(visitor.partner)
        return self._render_page("portal_arrivals", visitor, {"arrivals": arrivals}, error, typed)

    @post("/my/coworking/arrivals/<int:seat_id>")
    def coworking_arrival(self, seat_id, answer="", reason="", **_kw):
        visitor = Manager("arrival")
        portal = visitor.portal
        seat = portal._get_seat(visitor.partner, seat_id)
        if not seat or answer not in ("yes", "no"):
            raise NotFound()
        if answer == "yes":
            error = self._act_or_explain(
                visitor,
                lambda: portal._confirm_arrival(visitor.partner, visitor.channel, seat),
            )
            words = request.env._("The arrival of %s is confirmed.", seat.occupant_name)
        else:
            error = self._act_or_explain(
                visitor,
                lambda: portal._refuse_arrival(visitor.partner, visitor.channel, seat, reason),
            )
            words = request.env._("Thank you: we take care of it.")
        if error:
            return self._render_arrivals(visitor, error, {"seat": seat_id, "reason": reason})
        if not visitor.logged_in and seat.state == "active":
            # The link may be over with its last arrival.
            arrivals = portal._prepare_arrivals(visitor.partner)
            request.session.pop(FLASH_KEY, None)
            return self._render_page(
                "portal_arrivals", visitor, {"arrivals": arrivals, "flash": words}
            )
        return self._redirect_done("/my/coworking/arrivals", words)

    # === PEOPLE ===#

    @page("/my/coworking/people")
    def coworking_people(self, **_kw):
        return self._render_people(Manager())

    def _render_people(self, visitor, error=None, typed=None):
        portal = visitor.portal
        values = {
            "people": portal._prepare_people(visitor.partner),
            "kinds": portal._get_report_kinds(),
        }
        return self._render_page("portal_people", visitor, values, error, typed)

    @post("/my/coworking/report/<int:seat_id>")
    def coworking_report(self, seat_id, kind="", day="", note="", **_kw):
        visitor = Manager()
        portal = visitor.portal
        seat = portal._get_seat(visitor.partner, seat_id)
        if not seat:
            raise NotFound()
        error = self._act_or_explain(
            visitor,
            lambda: portal._report_something(
                visitor.partner, visitor.channel, seat, kind, self._parse_date(day), note.strip()
            ),
        )
        if error:
            typed = {"seat": seat_id, "kind": kind, "day": day, "note": note}
            return self._render_people(visitor, error, typed)
        return self._redirect_done(
            "/my/coworking/people",
            request.env._("Thank you: whoever follows %s is told.", seat.occupant_name),
        )

    # === PRESENCES ===#

    @page("/my/coworking/presences", "/my/coworking/presences/<int:space_id>")
    def coworking_presences(self, space_id=None, day="", month="", **_kw):
        visitor = Manager("month")
        return self._render_presences(visitor, space_id, (day, month))

    def _render_presences(self, visitor, space_id, shown, error=None, typed=None, sure=None):
        """:param shown: what the address says of the days to show: (day, month)"""
        presence = self._get_model("presence")
        spaces = presence._get_spaces(visitor.partner)
        space = spaces.filtered(lambda row: row.id == space_id) if space_id else spaces[:1]
        if not space:
            raise NotFound()
        period = presence._get_period(*shown, space._get_today())
        values = presence._prepare_presences(visitor.partner, space, *period, visitor.months)
        values = {
            "week": values,
            "sure": [row for row in values["people"] if row["seat"] == sure][:1],
        }
        return self._render_page("portal_presences", visitor, values, error, typed)

    @post("/my/coworking/presences/<int:space_id>")
    def coworking_presences_form(
        self, space_id, day="", month="", fill="", sure="", done="", **post
    ):
        """The page as a form, where it is used without scripts; they save at each tap."""
        visitor = Manager("month")
        presence = self._get_model("presence")
        space = visitor.portal._get_space(visitor.partner, space_id)
        if not space:
            raise NotFound()
        who = visitor.partner, visitor.channel
        seat_id = int(fill) if fill.isascii() and fill.isdecimal() else 0
        shown = day, month
        period = presence._get_period(*shown, space._get_today())
        problems = []

        def save():
            found = presence._save_form(*who, post, visitor.months)
            if found is None:
                raise NotFound()
            problems.extend(found)
            if seat_id and sure:
                saved = presence._save_whole(*who, space, period, seat_id, visitor.months)
                if saved is None:
                    raise NotFound()
                problems.extend(row["words"] for row in saved["conflicts"])

        error = self._act_or_explain(visitor, save) or "\n".join(problems)
        if error:
            return self._render_presences(visitor, space_id, shown, error, post)
        if seat_id and not sure:
            return self._render_presences(visitor, space_id, shown, sure=seat_id)
        if done:
            return self._confirm_presences_given(done)
        query = presence._get_query(*period)
        return self._redirect_done(
            f"/my/coworking/presences/{space.id}?{query}", request.env._("Saved")
        )

    @http.route(
        "/my/coworking/presences/save",
        type="jsonrpc",
        auth="public",
        website=True,
        max_content_length=MAX_FORM,
    )
    def coworking_presences_save(self, rows=None, bulk=False):
        try:
            visitor = Manager("month")
        except LinkOver as over:
            return {"error": str(over), "over": True}
        result = {}

        def save():
            saved = self._get_model("presence")._save_presences(
                visitor.partner, visitor.channel, rows, bool(bulk), visitor.months
            )
            if saved is None:
                raise NotFound()
            result.update(saved)

        error = self._act_or_explain(visitor, save)
        return {"error": error} if error else result

    @http.route(
        "/my/coworking/visits/save",
        type="jsonrpc",
        auth="public",
        website=True,
        max_content_length=MAX_FORM,
    )
    def coworking_visits_save(self, seat=0, month="", came="", left=""):
        try:
            visitor = Manager("month")
        except LinkOver as over:
            return {"error": str(over), "over": True}
        presence = self._get_model("presence")
        first = self._get_model("month")._parse_month(str(month))
        record = isinstance(seat, int) and presence._get_visited(visitor.partner, seat)
        if not record or not first or (visitor.months and first not in visitor.months):
            raise NotFound()
        error = self._act_or_explain(
            visitor,
            lambda: presence._save_visit(
                visitor.partner,
                visitor.channel,
                record,
                first,
                came,
                self._parse_date(left) if isinstance(left, str) else None,
            ),
        )
        return {"error": error} if error else {"message": request.env._("Saved")}

    @post("/my/coworking/presences/done")
    def coworking_presences_done(self, month="", **_kw):
        return self._confirm_presences_given(month)

    def _confirm_presences_given(self, month):
        """The presences are given: the lines of the month follow them."""
        first = self._get_model("month")._parse_month(month)
        visitor = Manager("month", month=first)
        months = self._get_model("month")
        statements = first and months._get_statements(visitor.partner, first)
        if not statements:
            raise NotFound()
        error = self._act_or_explain(visitor, lambda: months._refresh_month(statements))
        words = (
            request.env._("The lines follow the presences you gave.")
            if set(statements.mapped("state")) & {"sent", "disputed"}
            else request.env._(
                "This month is confirmed: what you have just said is counted in the next one."
            )
        )
        return self._redirect_done(f"/my/coworking/month/{first:%Y-%m}", error or words)

    # === MONTHS ===#

    @page("/my/coworking/months")
    def coworking_months(self, **_kw):
        visitor = Manager("month")
        months = self._get_model("month")._prepare_months(visitor.partner, visitor.months)
        return self._render_page("portal_months", visitor, {"months": months})

    @page("/my/coworking/month/<string:month>")
    def coworking_month(self, month, **_kw):
        first = self._get_model("month")._parse_month(month)
        return self._render_month(Manager("month", month=first), first)

    def _render_month(self, visitor, first, error=None, typed=None, doubts=(), seen=None):
        """
        :param doubts: why to think twice before confirming, where that was just asked for
        :param seen: dict statement id -> what was shown when it was asked for: what has changed
            since is not confirmed unseen
        """
        month = first and self._get_model("month")._prepare_month(visitor.partner, first)
        if not month:
            raise NotFound()
        values = {"month": month, "doubts": doubts, "seen": month["seen"] if seen is None else seen}
        return self._render_page("portal_month", visitor, values, error, typed)

    @post("/my/coworking/month/<string:month>/confirm")
    def coworking_confirm(self, month, **post):
        first = self._get_model("month")._parse_month(month)
        visitor = Manager("month", month=first)
        months = self._get_model("month")
        statements = months._get_statements(visitor.partner, first) if first else []
        seen = {row.id: post[f"seen_{row.id}"] for row in statements if f"seen_{row.id}" in post}
        if not seen:
            raise NotFound()
        doubts = months._get_doubts_of(statements.filtered(lambda row: row.id in seen))
        if doubts and not post.get("sure"):
            return self._render_month(visitor, first, doubts=doubts, seen=seen)
        told = {}

        def confirm():
            told["done"], told["problems"] = months._confirm_month(
                visitor.partner, visitor.channel, first, seen
            )

        error = self._act_or_explain(visitor, confirm)
        if error or told["problems"]:
            return self._render_month(visitor, first, error or "\n".join(told["problems"]))
        return self._redirect_done(
            f"/my/coworking/month/{month}",
            request.env._("Confirmed. You can now send your invoice, just below."),
        )

    def _get_line(self, charge_id):
        """(visitor, line) of a route about one line; gone when it is not theirs."""
        visitor = Manager("month")
        charge = self._get_model("month")._get_charge(visitor.partner, charge_id)
        month = charge.statement_id.date_from
        if not charge or (visitor.months is not None and month not in visitor.months):
            raise NotFound()
        return visitor, charge

    @post("/my/coworking/line/<int:charge_id>/dispute")
    def coworking_dispute(self, charge_id, reason="", **_kw):
        visitor, charge = self._get_line(charge_id)
        months, first = self._get_model("month"), charge.statement_id.date_from
        error = self._act_or_explain(
            visitor,
            lambda: months._dispute_line(visitor.partner, visitor.channel, charge, reason),
        )
        if error:
            typed = {"line": charge_id, "reason": reason}
            may_dispute = charge.statement_id.state in ("sent", "disputed")
            if (not may_dispute or charge.review == "disputed") and reason.strip():
                # The form of this line is gone: the words are shown with the message.
                error += "\n" + request.env._("You had written: %s", reason)
            return self._render_month(visitor, first, error, typed)
        return self._redirect_done(
            f"/my/coworking/month/{first:%Y-%m}",
            request.env._("Thank you: we look at it and answer you by mail."),
        )

    @post("/my/coworking/line/<int:charge_id>/undispute")
    def coworking_undispute(self, charge_id, **_kw):
        visitor, charge = self._get_line(charge_id)
        months, first = self._get_model("month"), charge.statement_id.date_from
        error = self._act_or_explain(
            visitor, lambda: months._undispute_line(visitor.partner, visitor.channel, charge)
        )
        if error:
            return self._render_month(visitor, first, error)
        return self._redirect_done(
            f"/my/coworking/month/{first:%Y-%m}", request.env._("Your report is taken back.")
        )

    def _get_statement(self, statement_id):
        """(visitor, statement) of a route about one statement; gone when it is not theirs."""
        visitor = Manager("month")
        statement = self._get_model("month")._get_statement(visitor.partner, statement_id)
        if not statement or (
            visitor.months is not None and statement.date_from not in visitor.months
        ):
            raise NotFound()
        return visitor, statement

    @post("/my/coworking/statement/<int:statement_id>/withdraw")
    def coworking_withdraw(self, statement_id, **_kw):
        visitor, statement = self._get_statement(statement_id)
        months, first = self._get_model("month"), statement.date_from
        error = self._act_or_explain(
            visitor,
            lambda: months._withdraw_confirmation(visitor.partner, visitor.channel, statement),
        )
        if error:
            return self._render_month(visitor, first, error)
        return self._redirect_done(
            f"/my/coworking/month/{first:%Y-%m}",
            request.env._("The confirmation is withdrawn: look at the lines again."),
        )

    @post(
        "/my/coworking/statement/<int:statement_id>/upload",
        files=("invoice",),
        max_content_length=MAX_UPLOAD + 1024 * 1024,
    )
    def coworking_upload(self, statement_id, invoice=None, **_kw):
        visitor, statement = self._get_statement(statement_id)
        months, first = self._get_model("month"), statement.date_from
        name = getattr(invoice, "filename", "") or ""
        content = self._read_upload(invoice, MAX_UPLOAD)
        received = []
        error = self._act_or_explain(
            visitor,
            lambda: received.append(
                months._receive_upload(visitor.partner, visitor.channel, statement, name, content)
            ),
        )
        if not error and received[0].state in ("refused", "duplicate"):
            error = received[0].sender_message
        if error:
            return self._render_month(visitor, first, error)
        return self._redirect_done(
            f"/my/coworking/month/{first:%Y-%m}",
            request.env._("Your invoice has arrived. What becomes of it is written here."),
        )

    @post("/my/coworking/message/statement/<int:statement_id>")
    def coworking_message_statement(self, statement_id, text="", **_kw):
        visitor, statement = self._get_statement(statement_id)
        first = statement.date_from
        error = self._act_or_explain(
            visitor, lambda: visitor.portal._write_message(visitor.partner, statement, text)
        )
        if error:
            return self._render_month(visitor, first, error, {"text": text})
        return self._redirect_done(
            f"/my/coworking/month/{first:%Y-%m}", request.env._("Your message is sent.")
        )

    # === PRICES ===#

    @page("/my/coworking/prices")
    def coworking_prices(self, **_kw):
        return self._render_prices(Manager("price", "month"))

    def _render_prices(self, visitor, error=None, typed=None):
        spaces = self._get_model("space")._prepare_prices(visitor.partner)
        return self._render_page("portal_prices", visitor, {"spaces": spaces}, error, typed)

    @post("/my/coworking/prices/<int:tariff_id>")
    def coworking_propose(self, tariff_id, price="", first="", note="", **_kw):
        visitor = Manager("price", "month")
        sheets = self._get_model("space")
        tariff = sheets._get_tariff(visitor.partner, tariff_id)
        if not tariff:
            raise NotFound()
        amount = to_amount(price)
        amount = None if amount is None else float(amount)
        error = self._act_or_explain(
            visitor,
            lambda: sheets._propose_price(
                visitor.partner, visitor.channel, tariff, amount, self._parse_date(first), note
            ),
        )
        if error:
            typed = {"tariff": tariff_id, "price": price, "first": first, "note": note}
            return self._render_prices(visitor, error, typed)
        return self._redirect_done(
            "/my/coworking/prices",
            request.env._("Your price is proposed: we answer you by mail."),
        )

    @post("/my/coworking/prices/<int:tariff_id>/withdraw")
    def coworking_withdraw_price(self, tariff_id, **_kw):
        visitor = Manager("price", "month")
        sheets = self._get_model("space")
        tariff = sheets._get_tariff(visitor.partner, tariff_id)
        if not tariff:
            raise NotFound()
        error = self._act_or_explain(
            visitor, lambda: sheets._withdraw_price(visitor.partner, visitor.channel, tariff)
        )
        if error:
            return self._render_prices(visitor, error)
        return self._redirect_done(
            "/my/coworking/prices", request.env._("Your price is taken back: nothing changes.")
        )

    # === SPACE ===#

    @page("/my/coworking/space/<int:space_id>")
    def coworking_space(self, space_id, **_kw):
        return self._render_space(Manager(), space_id)

    def _render_space(self, visitor, space_id, error=None, typed=None):
        sheets = self._get_model("space")
        space = sheets._get_space(visitor.partner, space_id)
        if not space:
            raise NotFound()
        values = {"sheet": sheets._prepare_sheet(visitor.partner, space)}
        return self._render_page("portal_space", visitor, values, error, typed)

    @post(
        "/my/coworking/space/<int:space_id>/photo",
        files=("photo",),
        max_content_length=MAX_PHOTO + 1024 * 1024,
    )
    def coworking_space_photo(self, space_id, photo=None, **_kw):
        return self._save_sheet(space_id, "photo", {"photo": photo})

    @post("/my/coworking/space/<int:space_id>/<string:what>")
    def coworking_space_save(self, space_id, what, **post):
        return self._save_sheet(space_id, what, post)

    def _get_corrected(self, visitor, space, what, number):
        """The closure or the absence that the form is about; an empty set when it is over."""
        number = int(number) if number.isascii() and number.isdecimal() else 0
        sheets = self._get_model("space")
        if what == "closure":
            return sheets._get_closure(space, number)
        return sheets._get_absence(visitor.partner, space, number)

    def _save_sheet(self, space_id, what, post):
        visitor = Manager()
        sheets = self._get_model("space")
        space = sheets._get_space(visitor.partner, space_id)
        if not space:
            raise NotFound()
        who = (visitor.partner, visitor.channel, space)
        first, last = (self._parse_date(post.get(name)) for name in ("first", "last"))
        own = None
        if what in ("closure", "absence") and post.get("id"):
            own = self._get_corrected(visitor, space, what, post["id"])
            if not own:
                error = request.env._("This is over, or was taken back already.")
                return self._render_space(visitor, space_id, error)
        acts = {
            "hours": lambda: sheets._save_hours(
                *who,
                {day: (post.get(f"from_{day}"), post.get(f"to_{day}")) for day in "0123456"},
            ),
            "amenities": lambda: sheets._save_amenities(
                *who,
                [
                    int(value)
                    for value in request.httprequest.form.getlist("amenity")
                    if value.isdecimal() and len(value) < 10
                ],
            ),
            "photo": lambda: sheets._save_photo(
                *who, self._read_upload(post.get("photo"), MAX_PHOTO)
            ),
            "closure": lambda: sheets._save_closure(*who, first, last, post.get("reason"), own),
            "absence": lambda: sheets._save_absence(*who, first, last, post.get("substitute"), own),
        }
        if what not in acts:
            raise NotFound()
        if own and post.get("drop"):
            acts = {
                "closure": lambda: sheets._drop_closure(*who, own),
                "absence": lambda: sheets._drop_absence(*who, own),
            }
        error = self._act_or_explain(visitor, acts[what])
        if error:
            return self._render_space(visitor, space_id, error, {**post, "what": what})
        return self._redirect_done(
            f"/my/coworking/space/{space_id}", request.env._("Saved. Thank you.")
        )

    # === PREVIEW ===#

    @page("/my/coworking/preview/<int:space_id>", auth="user")
    def coworking_preview(self, space_id, **_kw):
        """Staff look at the pages of a manager; ``Visitor`` checks at each page that they may."""
        request.session[PREVIEW_KEY] = min(space_id, 2**31 - 1)
        request.session.pop(PERSON_KEY, None)
        visitor = Visitor()
        if not visitor.preview:
            request.session.pop(PREVIEW_KEY)
            raise NotFound()
        return request.redirect("/my/coworking")

    @post("/my/coworking/preview/end", auth="user")
    def coworking_preview_end(self, **_kw):
        person_id = request.session.pop(PERSON_KEY, None)
        space_id = request.session.pop(PREVIEW_KEY, None)
        if person_id:
            return request.redirect(f"/odoo/incubation-participants/{person_id}")
        return request.redirect(f"/odoo/incubation-spaces/{space_id}" if space_id else "/odoo")
