import base64
from datetime import datetime, time, timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_time, plaintext2html

from ...invoice_reader import UploadRefused
from ...tools import draw_picture

MAX_PHOTO = 8 * 1024 * 1024
NOON = 13.5
# A new price is not so many times that of today: a comma was forgotten.
UNLIKELY = 10


class CoworkingPortalSpace(models.AbstractModel):
    """The sheet of a space, kept by those who run it: hours, closures, amenities, photo, prices."""

    _name = "coworking.portal.space"
    _description = "Sheet of a Space"
    _inherit = ["coworking.portal"]

    # === SHEET ===#

    @api.model
    def _prepare_sheet(self, partner, space):
        calendar = space.resource_calendar_id or space.company_id.resource_calendar_id
        amenities = self.env["coworking.amenity"].search([])  # pylint: disable=no-search-all
        today = space._get_today()
        closures = self.env["resource.calendar.leaves"].search(
            [
                ("calendar_id", "=", space.resource_calendar_id.id),
                ("resource_id", "=", False),
                ("date_to", ">=", datetime.combine(today, time.min)),
            ],
            order="date_from",
        )
        absences = space.absence_ids.filtered(
            lambda absence: absence.partner_id == partner and absence.date_to >= today
        )
        address = space.partner_id._display_address(without_company=True)
        return {
            "id": space.id,
            "name": space.name,
            "address": [line.strip() for line in address.split("\n") if line.strip()],
            "most_bytes": MAX_PHOTO,
            "photo": space.image_512 and f"data:image/png;base64,{space.image_512.decode()}",
            "days": self._prepare_opening_days(calendar),
            "amenities": [
                {
                    "id": amenity.id,
                    "name": amenity.name,
                    "checked": amenity in space.amenity_ids,
                }
                for amenity in amenities
            ],
            "closures": [self._prepare_closure(leave, space) for leave in closures],
            "own_calendar": space._has_own_calendar(),
            "contact": self._get_contact_of(space),
            "absences": [
                {
                    "id": absence.id,
                    "words": self.env._(
                        "%(first)s to %(last)s",
                        first=self._format_day(absence.date_from),
                        last=self._format_day(absence.date_to),
                    ),
                    "first": f"{absence.date_from:%Y-%m-%d}",
                    "last": f"{absence.date_to:%Y-%m-%d}",
                    "substitute": absence.substitute or "",
                }
                for absence in absences
            ],
            "substitutes": ", ".join(space.substitute_ids.mapped("name")),
            "today": f"{today:%Y-%m-%d}",
            "card": self._prepare_space_card(space),
        }

    @api.model
    def _prepare_closure(self, leave, space):
        """When the space is closed, in words; with the hours where the day is not."""
        start, stop = self._get_closure_bounds(leave)
        first, last = start.date(), stop.date()
        whole = first != last or first in space._get_closed_days().get(space.id, ())
        if first != last:
            words = self.env._(
                "%(first)s to %(last)s", first=self._format_day(first), last=self._format_day(last)
            )
        elif whole:
            words = self._format_day(first)
        else:
            words = self.env._(
                "%(day)s, from %(start)s to %(stop)s",
                day=self._format_day(first),
                start=format_time(self.env, start.time(), time_format="short"),
                stop=format_time(self.env, stop.time(), time_format="short"),
            )
        return {
            "id": leave.id,
            "words": words,
            "name": leave.name,
            "first": f"{first:%Y-%m-%d}",
            "last": f"{last:%Y-%m-%d}",
            # The hours of a part of a day are staff's to change.
            "whole": whole,
        }

    @api.model
    def _get_closure_bounds(self, leave):
        """When a closure begins and ends, in its own time zone."""
        zoned = leave.with_context(tz=leave.calendar_id.tz)
        return [
            fields.Datetime.context_timestamp(zoned, moment)
            for moment in (leave.date_from, leave.date_to)
        ]

    @api.model
    def _get_closure_days(self, leave):
        """(first day, last day) of a closure."""
        return tuple(moment.date() for moment in self._get_closure_bounds(leave))

    @api.model
    def _prepare_opening_days(self, calendar):
        """Monday to Sunday: from when to when, empty where it is closed."""
        names = dict(
            self.env["resource.calendar.attendance"]
            ._fields["dayofweek"]
            ._description_selection(self.env)
        )
        rows = calendar.attendance_ids.filtered(
            lambda row: row.day_period != "lunch" and not row.display_type
        )
        result = []
        for key, name in names.items():
            own = rows.filtered(lambda row, key=key: row.dayofweek == key)
            result.append(
                {
                    "key": key,
                    "name": name,
                    "from": self._format_clock(min(own.mapped("hour_from"))) if own else "",
                    "to": self._format_clock(max(own.mapped("hour_to"))) if own else "",
                }
            )
        return result

    @api.model
    def _format_clock(self, hours):
        minutes = round(hours * 60)
        return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"

    @api.model
    def _parse_clock(self, text, day):
        """ "09:30" is 9.5; nothing is None."""
        text = (text or "").strip()
        if not text:
            return None
        try:
            moment = time.fromisoformat(text)
        except ValueError as error:
            raise UserError(self.env._("%(day)s: write the hours as 09:30.", day=day)) from error
        return moment.hour + moment.minute / 60

    @api.model
    def _save_hours(self, partner, channel, space, hours):
        """Opening hours by day of the week.

        :param hours: dict "0".."6" (Monday is 0) -> (from, to) as "09:30", or empty where closed
        """
        names = dict(
            self.env["resource.calendar.attendance"]
            ._fields["dayofweek"]
            ._description_selection(self.env)
        )
        rows = []
        for key, name in names.items():
            start, stop = (self._parse_clock(text, name) for text in hours.get(key, ("", "")))
            if start is None and stop is None:
                continue
            if start is None or stop is None or start >= stop:
                raise UserError(
                    self.env._("%(day)s: it closes after it opens. Give both hours.", day=name)
                )
            parts = (
                [(start, NOON, "morning"), (NOON, stop, "afternoon")]
                if start < NOON < stop
                else [(start, stop, "morning" if stop <= NOON else "afternoon")]
            )
            rows += [
                {
                    "name": name,
                    "dayofweek": key,
                    "hour_from": first,
                    "hour_to": last,
                    "day_period": period,
                }
                for first, last, period in parts
            ]
        if not rows:
            raise UserError(self.env._("A space is open on one day at least."))
        calendar = space._get_own_calendar()
        calendar.attendance_ids = [Command.clear(), *(Command.create(row) for row in rows)]
        staff = self._speak_to_staff(space)
        staff._log_sheet(partner, channel, space, staff.env._("Opening hours"))

    @api.model
    def _save_amenities(self, partner, channel, space, amenity_ids):
        amenities = self.env["coworking.amenity"].search([("id", "in", amenity_ids)])
        space.amenity_ids = [Command.set(amenities.ids)]
        staff = self._speak_to_staff(space)
        names = ", ".join(amenities.with_env(staff.env).mapped("name"))
        staff._log_sheet(partner, channel, space, staff.env._("Amenities: %s", names))

    @api.model
    def _save_photo(self, partner, channel, space, content):
        if not content:
            raise UserError(self.env._("Choose a photo first."))
        try:
            if len(content) > MAX_PHOTO:
                raise UploadRefused("too_large")
            with self.env.cr.savepoint():
                space.image_1920 = base64.b64encode(draw_picture(self.env, content))
                space.flush_recordset()
        except (UserError, ValueError, OSError, UploadRefused) as error:
            raise UserError(
                self.env._("This is not a photo we can show: JPEG, PNG or WebP, 8 MB at most.")
            ) from error
        staff = self._speak_to_staff(space)
        staff._log_sheet(partner, channel, space, staff.env._("Photo"))

    @api.model
    def _get_closure(self, space, closure_id):
        """A closure of this space alone that is not over, or an empty set."""
        if not space._has_own_calendar():
            return self.env["resource.calendar.leaves"]
        return self._find_own(
            "resource.calendar.leaves",
            closure_id,
            Domain("calendar_id", "=", space.resource_calendar_id.id)
            & Domain("resource_id", "=", False)
            & Domain("date_to", ">=", datetime.combine(space._get_today(), time.min)),
        )

    @api.model
    def _check_closure(self, space, first, last, begun=None):
        """Whether a closure can be announced, or corrected.

        :param begun: its first day so far, where it has begun: that one stays
        """
        today = space._get_today()
        if last < first:
            raise UserError(self.env._("The last day of a closure cannot be before the first."))
        if begun and (first != begun or last < today - timedelta(days=1)):
            raise UserError(
                self.env._(
                    "This closure has begun on %s: change its last day, from yesterday on.",
                    self._format_day(begun),
                )
            )
        if first < today and not begun:
            raise UserError(
                self.env._("Announce closures before they begin; tell us about the past ones.")
            )
        if (last - first).days > 366:
            raise UserError(self.env._("A closure lasts a year at most."))
        if (first - today).days > 731:
            raise UserError(self.env._("Announce closures of the two years to come."))

    @api.model
    def _save_closure(self, partner, channel, space, first, last, reason, closure=None):
        """Days to come on which the space is closed; past ones are for staff.

        :param closure: the one that is corrected: see ``_get_closure``; where its first or last
            day stays, so does the hour
        """
        if not first:
            raise UserError(self.env._("Say on which day you close."))
        last = last or first
        own_first, own_last = self._get_closure_days(closure) if closure else (None, None)
        begun = own_first if closure and own_first < space._get_today() else None
        self._check_closure(space, first, last, begun)
        reason = self._clean_text(reason) or self.env._("Closure")
        if closure:
            start, stop = space._get_bounds_of_closure(first, last)
            closure.write(
                {
                    "name": reason,
                    "date_from": closure.date_from if first == own_first else start,
                    "date_to": closure.date_to if last == own_last else stop,
                }
            )
        else:
            closure = space._close(first, last, reason)
        staff = self._speak_to_staff(space)
        words = staff._prepare_closure(closure, space)["words"]
        staff._log_sheet(partner, channel, space, staff.env._("Closed: %s", words))

    @api.model
    def _drop_closure(self, partner, channel, space, closure):
        """The space is open after all: from today on, where it was closed already."""
        staff = self._speak_to_staff(space)
        words = staff._prepare_closure(closure, space)["words"]
        first, __ = self._get_closure_days(closure)
        today = space._get_today()
        if first < today:
            self._save_closure(
                partner, channel, space, first, today - timedelta(days=1), closure.name, closure
            )
        else:
            closure.unlink()
        staff._log_sheet(partner, channel, space, staff.env._("Open after all: %s", words))

    @api.model
    def _get_absence(self, partner, space, absence_id):
        """An absence of this manager that is not over, or an empty set."""
        return space.absence_ids.filtered(
            lambda absence: (
                absence.id == absence_id
                and absence.partner_id == partner
                and absence.date_to >= space._get_today()
            )
        )

    @api.model
    def _save_absence(self, partner, channel, space, first, last, substitute="", absence=None):
        """Holidays of a manager: the second contacts act and receive the mails meanwhile.

        :param substitute: who replaces them, as they typed it: staff make a second contact of it
        :param absence: the one that is corrected: see ``_get_absence``
        """
        if not first or not last:
            raise UserError(self.env._("Say from which day to which day you are away."))
        if last < first or last < space._get_today():
            raise UserError(self.env._("An absence ends after it starts, and not in the past."))
        if (last - first).days > 366:
            raise UserError(self.env._("An absence lasts a year at most: check the days."))
        if partner not in space.manager_ids:
            raise UserError(self.env._("You replace somebody: only managers announce absences."))
        substitute = self._clean_text(substitute)
        vals = {"date_from": first, "date_to": last, "substitute": substitute}
        before = absence.substitute if absence else False
        if absence:
            absence.write(vals)
        else:
            self.env["coworking.space.absence"].create(
                {**vals, "space_id": space.id, "partner_id": partner.id}
            )
        user = space._get_responsible()
        staff = self._speak_to_staff(space, user)
        days = staff.env._(
            "%(first)s to %(last)s", first=staff._format_day(first), last=staff._format_day(last)
        )
        if substitute and substitute != before:
            space.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=staff.env._(
                    "%s is away: make their substitute a second contact", partner.name
                ),
                note=plaintext2html(f"{substitute}\n{days}"),
                user_id=user.id,
            )
        note = ", ".join(filter(None, (days, substitute)))
        self.env["coworking.portal.answer"]._log_answer(
            "absence", space, partner, channel, note=note
        )

    @api.model
    def _drop_absence(self, partner, channel, space, absence):
        """Back earlier, or not away after all."""
        today = space._get_today()
        staff = self._speak_to_staff(space)
        words = staff.env._("%s: back", staff._format_day(absence.date_from))
        if absence.date_from < today:
            absence.date_to = today - timedelta(days=1)
        else:
            absence.unlink()
        self.env["coworking.portal.answer"]._log_answer(
            "absence", space, partner, channel, note=words
        )

    @api.model
    def _log_sheet(self, partner, channel, space, note):
        """Called in the language of staff, as the note is written."""
        self.env["coworking.portal.answer"]._log_answer("sheet", space, partner, channel, note=note)
        space.message_post(
            body=self.env._("Sheet changed by %(who)s. %(what)s", who=partner.name, what=note),
            author_id=partner.id,
            subtype_xmlid="mail.mt_note",
        )

    # === PRICES ===#

    @api.model
    def _prepare_prices(self, partner):
        """Tariffs with the price of today, those to come, and what was proposed."""
        spaces = self._get_spaces(partner)
        proposals = self.env["coworking.tariff.proposal"].search([("space_id", "in", spaces.ids)])
        latest = {}
        for proposal in proposals:
            latest.setdefault(proposal.tariff_id.id, proposal)
        return [
            {
                "id": space.id,
                "name": space.name,
                "first": f"{space._get_today() + timedelta(days=1):%Y-%m-%d}",
                "tariffs": [
                    self._prepare_tariff_values(tariff, space, latest.get(tariff.id))
                    for tariff in space.tariff_ids
                ],
            }
            for space in spaces
        ]

    @api.model
    def _prepare_tariff_values(self, tariff, space, proposal):
        today = space._get_today()
        coming = tariff.price_ids.filtered(lambda row: row.date_start > today and row.rank == 1)
        states = proposal and dict(proposal._fields["state"]._description_selection(self.env))
        return {
            "id": tariff.id,
            "name": tariff.name,
            "price": tariff.price_summary or self.env._("No price today"),
            "tax": self.env._("incl. VAT") if tariff.tax_included else self.env._("excl. VAT"),
            "symbol": tariff.currency_id.symbol,
            "coming": [
                self.env._(
                    "%(price)s from %(date)s",
                    price=tariff._price_in_words(row),
                    date=self._format_day(row.date_start),
                )
                for row in coming.sorted("date_start")
            ],
            "proposal": proposal
            and {
                "state": proposal.state,
                "words": self.env._(
                    "You proposed %(price)s from %(date)s",
                    price=proposal.currency_id.format(proposal.price),
                    date=self._format_day(proposal.date_start),
                ),
                "state_words": states[proposal.state],
                "answer": proposal.answer,
            },
            "may_propose": not proposal or proposal.state != "proposed",
        }

    @api.model
    def _get_tariff(self, partner, tariff_id):
        return self._find_own("coworking.tariff", tariff_id, self._get_own_domain(partner))

    @api.model
    def _check_new_price(self, tariff, price, first):
        """
        :param price: None where no amount was typed
        :raise UserError: it cannot be asked for, from that day on
        """
        if price is None:
            raise UserError(self.env._("Write the new price, such as 190 or 190,50."))
        today = tariff._price_on(tariff.space_id._get_today()).price
        least, most = (today / UNLIKELY, today * UNLIKELY) if today else (0.01, 10000.0)
        if not least <= price <= most:
            raise UserError(
                self.env._(
                    "%(price)s instead of %(today)s: check the price, or call us if it is right.",
                    price=tariff.currency_id.format(price),
                    today=tariff.price_summary or self.env._("No price today"),
                )
            )
        if not first or first <= tariff.space_id._get_today():
            raise UserError(self.env._("A new price begins on a day to come."))
        then = tariff._price_on(first).price
        if tariff.currency_id.compare_amounts(price, then) == 0:
            raise UserError(
                self.env._(
                    "%(tariff)s costs %(price)s on %(day)s already: type another price.",
                    tariff=tariff.name,
                    price=tariff.currency_id.format(then),
                    day=self._format_day(first),
                )
            )
        if self.env["coworking.tariff.proposal"].search_count(
            [("tariff_id", "=", tariff.id), ("state", "=", "proposed")], limit=1
        ):
            raise UserError(
                self.env._(
                    "A new price of %(tariff)s is already waiting for our answer.",
                    tariff=tariff.name,
                )
            )

    @api.model
    def _propose_price(self, partner, channel, tariff, price, first, note):
        """Ask for a new price; a coordinator sees what it costs, then answers."""
        self._check_new_price(tariff, price, first)
        proposal = self.env["coworking.tariff.proposal"].create(
            {
                "tariff_id": tariff.id,
                "price": price,
                "date_start": first,
                "note": self._clean_text(note),
                "partner_id": partner.id,
            }
        )
        user = tariff.space_id._get_responsible()
        staff = self._speak_to_staff(proposal, user)
        proposal.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=staff.env._(
                "Answer the price that %(space)s proposes", space=tariff.space_id.name
            ),
            user_id=user.id,
        )
        amount = proposal.currency_id.with_env(staff.env).format(price)
        self.env["coworking.portal.answer"]._log_answer(
            "price",
            tariff.space_id,
            partner,
            channel,
            note=f"{tariff.name} · {amount}, {staff._format_day(first)}",
        )
        return proposal

    @api.model
    def _withdraw_price(self, partner, channel, tariff):
        """Take back a price that nobody answered yet."""
        proposal = self.env["coworking.tariff.proposal"].search(
            [("tariff_id", "=", tariff.id), ("state", "=", "proposed")]
        )
        if not proposal:
            raise UserError(
                self.env._("No new price of %s waits for our answer any more.", tariff.name)
            )
        proposal._track_set_author(partner)
        proposal.state = "withdrawn"
        proposal.activity_unlink(["mail.mail_activity_data_todo"])
        self.env["coworking.portal.answer"]._log_answer(
            "price",
            tariff.space_id,
            partner,
            channel,
            note=self._speak_to_staff(proposal).env._("%s: taken back", tariff.name),
        )
