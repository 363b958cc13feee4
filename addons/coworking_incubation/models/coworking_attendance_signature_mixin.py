import base64
import binascii
import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formataddr

from .coworking_statement import SETTLED_STATES

LINK_HOURS = 48
MOST_BYTES = 300_000
PNG = b"\x89PNG\r\n\x1a\n"
# What a signature attests, and PostgreSQL keeps: see ``init`` of the model.
ATTESTED = ("state", "event_id", "participant_id", "name", "date", "start", "stop", "duration")
RECORDED = ("signed_at", "signed_how", "signed_by", "noted_by", "noted_at", "sheet_id")


class CoworkingAttendanceSignatureMixin(models.AbstractModel):
    """Attendance that stands up to an audit: who signed, when, how, and nothing changed since.

    A signature is drawn on the staff's tablet or behind a personal link, or is on paper with its
    scan. What it attests cannot be changed while it stands, in code and in PostgreSQL; and a month
    whose statements are all settled is closed.
    """

    _name = "coworking.attendance.signature.mixin"
    _description = "Signed Attendance"

    slot = fields.Selection(
        [("am", "Morning"), ("pm", "Afternoon"), ("day", "Day")],
        string="Half-day",
        compute="_compute_slot",
        store=True,
        help="Of the event, by the border of the half-days.",
    )
    funder_ids = fields.Many2many(
        "res.partner",
        "coworking_attendance_funder_rel",
        "attendance_id",
        "partner_id",
        string="Funders",
        compute="_compute_funder_ids",
        store=True,
        help="Those of the program: each sees all the hours.",
    )
    support_hours = fields.Float(
        string="Hours of Support", compute="_compute_support_hours", store=True
    )
    came_count = fields.Integer(string="Attended", compute="_compute_support_hours", store=True)
    expected_count = fields.Integer(
        string="Attended or Missed", compute="_compute_support_hours", store=True
    )
    noted_by = fields.Many2one("res.partner", string="Noted By", readonly=True, copy=False)
    noted_at = fields.Datetime(string="Noted On", readonly=True, copy=False)
    signed_how = fields.Selection(
        [("tablet", "Tablet"), ("link", "Personal link"), ("paper", "Signed sheet")],
        string="How It Was Signed",
        readonly=True,
        copy=False,
    )
    signed_by = fields.Many2one(
        "res.partner", string="Signature Recorded By", readonly=True, copy=False
    )
    sheet_id = fields.Many2one(
        "ir.attachment", string="Scan of the Sheet", readonly=True, copy=False, ondelete="restrict"
    )
    sign_token_hash = fields.Char(copy=False, groups=fields.NO_ACCESS)
    sign_token_until = fields.Datetime(copy=False, groups=fields.NO_ACCESS)

    @api.depends("start", "stop")
    def _compute_slot(self):
        border = self.env["coworking.space"]._half_day_border()
        for attendance in self:
            if not attendance.start or not attendance.stop:
                attendance.slot = False
                continue
            event = attendance.event_id
            start = event._coworking_local(attendance.start)
            stop = event._coworking_local(attendance.stop)
            begins, ends = start.hour + start.minute / 60, stop.hour + stop.minute / 60
            if stop.date() > start.date() or (begins < border and ends > border + 0.5):
                attendance.slot = "day"
            else:
                attendance.slot = "am" if begins < border else "pm"

    @api.depends("program_id.agreement_ids.partner_id")
    def _compute_funder_ids(self):
        for attendance in self:
            attendance.funder_ids = attendance.program_id.agreement_ids.partner_id

    @api.depends("state", "duration")
    def _compute_support_hours(self):
        for attendance in self:
            came = attendance.state == "present"
            attendance.support_hours = attendance.duration if came else 0.0
            attendance.came_count = int(came)
            attendance.expected_count = int(attendance.state in ("present", "absent"))

    # === WHO MAY CHANGE WHAT === #

    def _has_field_access(self, field, operation):
        """How a signature came is noted by code alone."""
        if operation == "write" and not self.env.su and field.name in RECORDED:
            return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        if not self.env.su:
            attendances._check_month_open()
        return attendances

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_may_change(vals)
        signature = vals.get("signature")
        if signature:
            self._sign(signature, "tablet", self.env.user.partner_id)
            vals = {key: vals[key] for key in vals if key not in ("signature", "state")}
        elif "signature" in vals:
            raise UserError(self.env._("A signature is taken back with its own button."))
        result = super().write(vals)
        if {"state", "duration"} & vals.keys():
            # sudo: see _has_field_access
            self.sudo().write(
                {"noted_by": self.env.user.partner_id.id, "noted_at": fields.Datetime.now()}
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if not self.env.su:
            self._check_may_change(dict.fromkeys(ATTESTED))

    def _check_may_change(self, vals):
        """Nothing that a signature attests is typed over, nor anything of a closed month."""
        names = set(ATTESTED) & vals.keys()
        if "signature" in vals:
            names.add("signature")
        if not names:
            return
        signed = self.filtered("signed_at")[:1]
        if signed:
            raise UserError(
                self.env._(
                    "%(person)s signed for %(event)s on %(date)s: it no longer changes. A"
                    " coordinator can take the signature back first.",
                    person=signed.display_name,
                    event=signed.event_id.name,
                    date=format_date(self.env, signed.signed_at.date()),
                )
            )
        self._check_month_open()

    def _check_month_open(self):
        closed = self._closed_months()
        for attendance in self:
            day = attendance.date
            if day and (attendance.program_id.id, day.replace(day=1)) in closed:
                raise UserError(
                    self.env._(
                        "%(person)s, %(event)s of %(date)s: the month is closed, its statements are"
                        " all settled.",
                        person=attendance.display_name,
                        event=attendance.event_id.name,
                        date=format_date(self.env, day),
                    )
                )

    def _closed_months(self):
        """Months that are over and whose statements are all settled, of these programs.

        :return: set of (program id, first of the month)
        """
        months = {row.date.replace(day=1) for row in self if row.date}
        if not months:
            return set()
        # sudo: whoever notes attendance need not be allowed to read statements
        states = (
            self.env["coworking.statement"]
            .sudo()
            ._read_group(
                [
                    ("program_id", "in", self.program_id.ids),
                    ("date_from", "in", list(months)),
                    ("state", "!=", "cancelled"),
                ],
                ["program_id", "date_from:month"],
                ["state:array_agg"],
            )
        )
        this_month = fields.Date.context_today(self).replace(day=1)
        return {
            (program.id, fields.Date.to_date(month))
            for program, month, found in states
            if set(found) <= set(SETTLED_STATES) and fields.Date.to_date(month) < this_month
        }

    # === SIGNING === #

    def _may_be_signed(self):
        """Whether one person can sign now: on the list, not signed, on the day or after it."""
        self.ensure_one()
        opens = self.start and self.start - timedelta(hours=1)
        return bool(
            not self.signed_at
            and self.state in ("expected", "present")
            and opens
            and opens <= fields.Datetime.now()
            and (self.program_id.id, self.date.replace(day=1)) not in self._closed_months()
        )

    def _sign(self, signature, how, by, sheet=None):
        """Take a signature down: the person was there.

        :param signature: a PNG image in base64; nothing for paper, whose scan is ``sheet``
        :param how: 'tablet', 'link' or 'paper'
        :param by: the partner who signs, or who holds the tablet or types the sheet
        """
        if how != "paper":
            self._check_signature(signature)
        for attendance in self:
            if not attendance._may_be_signed():
                raise UserError(
                    self.env._(
                        "%(person)s cannot sign for %(event)s: one signs once, from an hour before"
                        " it begins, when one is on its list and the month is not closed.",
                        person=attendance.display_name,
                        event=attendance.event_id.name,
                    )
                )
        if not self.env.su:
            self.check_access("write")
        # sudo: see _has_field_access; behind a link there is nobody
        self.sudo().write(
            {
                "state": "present",
                "signature": signature,
                "signed_at": fields.Datetime.now(),
                "signed_how": how,
                "signed_by": by.id,
                "sheet_id": sheet and sheet.id,
                "sign_token_hash": False,
                "sign_token_until": False,
            }
        )

    @api.model
    def _check_signature(self, signature):
        try:
            content = base64.b64decode(signature or "", validate=True)
        except (binascii.Error, TypeError, ValueError):
            content = b""
        if not content.startswith(PNG) or len(content) > MOST_BYTES:
            raise UserError(self.env._("This is not a signature: draw it in the box."))

    def action_unsign(self):
        """A coordinator takes a signature back, which leaves a note on the event."""
        self.check_access("write")
        if not self.env.user.has_group("coworking_incubation.group_coworking_coordinator"):
            raise AccessError(self.env._("Only a coordinator takes a signature back."))
        self._check_month_open()
        for attendance in self.filtered("signed_at"):
            attendance.event_id.message_post(
                body=self.env._(
                    "Signature of %(person)s, signed on %(date)s, taken back.",
                    person=attendance.display_name,
                    date=format_date(self.env, attendance.signed_at.date()),
                ),
                subtype_xmlid="mail.mt_note",
            )
        # sudo: see _has_field_access
        self.sudo().write(
            {
                "signature": False,
                "signed_at": False,
                "signed_how": False,
                "signed_by": False,
                "sheet_id": False,
            }
        )

    def action_sign(self):
        """The box to sign in, to be handed over with the tablet."""
        self.ensure_one()
        view = self.env.ref("coworking_incubation.coworking_attendance_view_form_sign")
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }

    # === PERSONAL LINKS === #

    def _make_sign_url(self):
        """A link, or what a QR code holds, behind which this person alone signs, for some hours.

        Only the hash is kept, and a new link ends the one before.
        """
        self.ensure_one()
        if not self._may_be_signed():
            raise UserError(
                self.env._(
                    "%(person)s cannot sign for %(event)s: one signs once, from an hour before"
                    " it begins, when one is on its list and the month is not closed.",
                    person=self.display_name,
                    event=self.event_id.name,
                )
            )
        self.check_access("write")
        token = secrets.token_urlsafe(24)
        # sudo: nobody reads or writes tokens but code
        self.sudo().write(
            {
                "sign_token_hash": self._hash_sign_token(token),
                "sign_token_until": fields.Datetime.now() + timedelta(hours=LINK_HOURS),
            }
        )
        return f"{self.get_base_url()}/incubation/sign/{self.id}/{token}"

    @api.model
    def _hash_sign_token(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _find_to_sign(self, attendance_id, token):
        """The attendance behind a link that still opens, or nothing: all else answers alike."""
        # sudo: whoever holds the token has no rights of their own
        found = self.sudo().search(
            [
                ("id", "=", attendance_id),
                ("sign_token_hash", "=", self._hash_sign_token(token)),
                ("sign_token_until", ">", fields.Datetime.now()),
            ]
        )
        return found if found and found._may_be_signed() else found.browse()

    def action_sign_link(self):
        """A link and its QR code on the screen, for the person's own telephone."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "coworking.attendance.link",
            "view_mode": "form",
            "target": "new",
            "context": {"default_url": self._make_sign_url()},
        }

    def action_mail_sign_link(self):
        """Each of these people gets their own link by e-mail; those without one are named."""
        without = self.browse()
        for attendance in self:
            partner = attendance.participant_id.partner_id
            email = partner.email or attendance.email
            if not email:
                without |= attendance
                continue
            lang = partner.lang or attendance.lang or self.env.lang
            event = attendance.event_id.with_context(lang=lang)
            body = event.env["ir.qweb"]._render(
                "coworking_incubation.attendance_sign_mail",
                {
                    "event": event,
                    "person": attendance.display_name,
                    "url": attendance._make_sign_url(),
                    "hours": LINK_HOURS,
                },
            )
            # sudo: mails are written by code; deleted once sent, for the link in it
            self.env["mail.mail"].sudo().create(
                {
                    "subject": event.env._("Sign: %s", event.name),
                    "body_html": body,
                    "email_from": attendance.company_id.email_formatted
                    or self.env.user.email_formatted,
                    "email_to": formataddr((attendance.display_name, email)),
                    "auto_delete": True,
                }
            )
        if not without:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "No e-mail for %s: show them the QR code, or hand them the tablet.",
                    ", ".join(without.mapped("display_name")),
                ),
            },
        }

    # === WHAT IS NOT FILLED IN === #

    @api.model
    def _cron_ask_missing(self):
        """Whoever led an event whose list is not filled in the day after is told, once a program.

        The activity goes by itself when everything is filled in.
        """
        missing = self._read_group(
            [
                ("state", "=", "expected"),
                ("date", "<", fields.Date.context_today(self)),
                ("event_id.active", "=", True),
            ],
            ["program_id", "user_id", "event_id"],
            ["__count"],
        )
        wanted = {}
        for program, user, event, count in missing:
            owner = user if user and user.active and not user.share else program.user_id
            if owner:
                wanted.setdefault((program, owner), []).append((event, count))
        kind = self.env.ref("coworking_incubation.mail_activity_type_attendance")
        known = self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])
        for activity in known:
            program = self.env["coworking.program"].browse(activity.res_id)
            if (program, activity.user_id) not in wanted:
                activity.unlink()
        told = {(activity.res_id, activity.user_id.id) for activity in known.exists()}
        for (program, owner), events in wanted.items():
            if (program.id, owner.id) in told:
                continue
            speaking = self.with_context(lang=owner.lang)
            program.activity_schedule(
                "coworking_incubation.mail_activity_type_attendance",
                user_id=owner.id,
                summary=speaking.env._("%s attendance lists to fill in", len(events)),
            )
