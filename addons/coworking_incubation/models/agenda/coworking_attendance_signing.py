import base64
import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_duration, formataddr, html2plaintext

from ...tools import drawing_of
from ..seat.coworking_seat import HOLDING_STATES
from .coworking_attendance import ATTESTED, PICTURES
from .coworking_attendance_signature import WAYS

LINK_HOURS = 48
MOST_BYTES = 300_000
# Of an appointment, once its report was signed.
REPORTED = {"report", "decisions", "objective_ids", "document_ids"}
# Where a signature is noted on the attendance itself: when, how, by whom.
NOTED = {
    "participant": ("signed_at", "signed_how", "signed_by"),
    "host": ("host_signed_at", "host_signed_how", "host_signed_by"),
}


class CoworkingAttendance(models.Model):
    """Attendance that stands up to an audit: who signed, when, how, and nothing changed since.

    The participant signs, and at an appointment whoever led it too: on the staff's screen, behind
    a personal link, or on paper with its scan. What was signed cannot be changed while a signature
    stands, in code and in PostgreSQL, and each signature is kept for good with what it was given
    for (see ``coworking.attendance.signature``). A month whose statements are all settled is
    closed.
    """

    _inherit = "coworking.attendance"
    # How a signature came.
    _code_fields = {
        "signed_at",
        "signed_how",
        "signed_by",
        "sheet_id",
        "host_signed_at",
        "host_signed_how",
        "host_signed_by",
        "report_signed",
        "noted_by",
        "noted_at",
    }

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
    came_rate = fields.Float(
        string="Attended (%)",
        compute="_compute_support_hours",
        store=True,
        digits=(3, 0),
        aggregator="avg",
        help="Of who attended or was missed: the average is the rate.",
    )
    noted_by = fields.Many2one("res.partner", readonly=True, copy=False)
    noted_at = fields.Datetime(string="Noted On", readonly=True, copy=False)
    signature_ids = fields.One2many(
        "coworking.attendance.signature",
        "attendance_id",
        string="History of the Signatures",
        readonly=True,
        copy=False,
    )
    signature = fields.Binary(
        compute="_compute_signature", help="What is drawn here signs the attendance."
    )
    signed_at = fields.Datetime(string="Signed On", readonly=True, copy=False)
    signed_how = fields.Selection(WAYS, string="How It Was Signed", readonly=True, copy=False)
    signed_by = fields.Many2one(
        "res.partner", string="Signature Recorded By", readonly=True, copy=False
    )
    sheet_id = fields.Many2one(
        "ir.attachment", string="Scan of the Sheet", readonly=True, copy=False, ondelete="restrict"
    )
    host_signature = fields.Binary(
        string="Signature of Who Led It",
        compute="_compute_signature",
        help="What is drawn here signs the attendance.",
    )
    host_signed_at = fields.Datetime(string="Signed by Who Led It On", readonly=True, copy=False)
    host_signed_how = fields.Selection(
        WAYS, string="How Who Led It Signed", readonly=True, copy=False
    )
    host_signed_by = fields.Many2one(
        "res.partner", string="Signature of Who Led It Recorded By", readonly=True, copy=False
    )
    signed_content = fields.Text(string="What Is Signed", compute="_compute_signed_content")
    report_signed = fields.Boolean(
        readonly=True, copy=False, help="A signature that stands was given for the report too."
    )

    @api.depends("signature_ids.taken_back_at")
    def _compute_signature(self):
        for attendance in self:
            standing = attendance.signature_ids.filtered(lambda row: not row.taken_back_at)
            for name, signer in PICTURES.items():
                found = standing.filtered(lambda row, signer=signer: row.signer == signer)
                attendance[name] = found.image

    @api.depends("start", "stop")
    def _compute_slot(self):
        border = self.env["coworking.space"]._get_half_day_border()
        for attendance in self:
            start, stop = attendance.start, attendance.stop
            attendance.slot = (
                start and stop and attendance.event_id._coworking_get_slot(start, stop, border)
            )

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
            attendance.came_rate = 100.0 * came
            attendance.expected_count = int(attendance.state in ("present", "absent"))

    def _compute_signed_content(self):
        for attendance in self:
            attendance.signed_content = attendance._get_signed_content()

    # === WHO MAY CHANGE WHAT === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        """Signed once, it is kept: the history of its signatures hangs on it."""
        self._check_may_change(ATTESTED)
        # sudo: it is enough that there is a history, whoever deletes
        kept = self.sudo().filtered("signature_ids")[:1]
        if kept:
            raise UserError(
                self.env._(
                    "%(person)s signed for %(event)s, and the signature was taken back: both stay"
                    " on record. Put “Cancelled” instead of deleting the line.",
                    person=kept.display_name,
                    event=kept.event_id.name,
                )
            )

    def _on_noted(self, vals, names, drawn):
        """Sign what was drawn, and keep who noted what.

        :param vals: what was written
        :param names: what was checked of it
        :param drawn: pictures of signatures, by field
        """
        if ATTESTED & names:
            self._check_month_open()
        for name, picture in drawn.items():
            if not picture:
                raise UserError(self.env._("A signature is taken back with its own button."))
            self._take_signature(picture, "tablet", self.env.user.partner_id, signer=PICTURES[name])
        if {"state", "duration"} & vals.keys():
            # sudo: see coworking.guard.mixin
            self.sudo().write(
                {"noted_by": self.env.user.partner_id.id, "noted_at": fields.Datetime.now()}
            )

    def _get_names_to_check(self, names):
        """What is written, but for the file of people who had none.

        Who signed may be given one, and so may who came in a month that was closed since.
        """
        names = set(names)
        return set() if names == {"participant_id"} and not self.participant_id else names

    def _check_may_change(self, names):
        """Nothing that a signature attests is typed over, nor anything of a closed month.

        What code deletes by itself, such as addresses that nobody confirmed, goes in a closed
        month too; what was signed never does.
        """
        if names & REPORTED:
            self._refuse_signed(self.filtered("report_signed"))
        if names & ATTESTED:
            self._refuse_signed(self.filtered(lambda row: row.signed_at or row.host_signed_at))
        if names & (ATTESTED | PICTURES.keys()):
            self._refuse_signed(self.filtered(lambda row: "signature" in names and row.signed_at))
            self._refuse_signed(
                self.filtered(lambda row: "host_signature" in names and row.host_signed_at)
            )
            if not self.env.su:
                self._check_month_open()

    def _refuse_signed(self, signed):
        if signed:
            first = signed[0]
            raise UserError(
                self.env._(
                    "%(person)s, %(event)s: this was signed on %(date)s, it no longer changes. A"
                    " coordinator can take the signature back first.",
                    person=first.display_name,
                    event=first.event_id.name,
                    date=format_date(self.env, first.signed_at or first.host_signed_at),
                )
            )

    def _check_month_open(self):
        closed = self._get_closed()
        for attendance in self:
            if attendance.id in closed:
                raise UserError(
                    self.env._(
                        "%(person)s, %(event)s of %(date)s: the month is closed, its statement is"
                        " confirmed.",
                        person=attendance.display_name,
                        event=attendance.event_id.name,
                        date=format_date(self.env, attendance.date),
                    )
                )

    def _get_closed(self):
        """Ids of those whose day is closed: see ``coworking.seat._get_closed_months``.

        It is so for the seat that the person has on that day. Who has none, or no file, depends on
        the program: its day is closed when it is so in all spaces.
        """
        dated = self.filtered("date")
        if not dated:
            return set()
        first, last = min(dated.mapped("date")), max(dated.mapped("date"))
        # sudo: whoever notes attendance need not be allowed to read seats
        Seat = self.env["coworking.seat"].sudo()
        seats = Seat.search(
            [
                ("participant_id", "in", dated.participant_id.ids),
                ("state", "in", HOLDING_STATES),
                ("date_start", "<=", last),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", first),
            ]
        )
        by_participant = seats.grouped("participant_id")
        own = {
            row: [
                seat
                for seat in by_participant.get(row.participant_id._origin, ())
                if seat.program_id == row.program_id._origin
                and seat.date_start <= row.date
                and (not seat.date_end or row.date <= seat.date_end)
            ]
            for row in dated
        }
        seatless = dated.filtered(lambda row: not own[row]).program_id._origin
        closed = seats._get_closed_months(first, last, programs=seatless)

        def is_closed(row):
            if own[row]:
                return any(closed.holds(seat, row.date) for seat in own[row])
            return closed.holds_for_all(row.program_id._origin, row.date)

        return {row.id for row in dated if is_closed(row)}

    # === SIGNING === #

    def _filter_to_sign(self, signer="participant"):
        """Where one person can sign now: on the list, not signed, on the day or after it."""
        begun = fields.Datetime.now() + timedelta(hours=1)
        noted = NOTED[signer][0]
        open_now = self.filtered(
            lambda row: (
                not row[noted]
                and row.state in ("expected", "present")
                and row.start
                and row.start <= begun
            )
        )
        closed = open_now._get_closed()
        return open_now.filtered(lambda row: row.id not in closed)

    def _check_may_be_signed(self, signer="participant"):
        for attendance in self - self._filter_to_sign(signer):
            raise UserError(
                self.env._(
                    "%(person)s cannot sign for %(event)s: one signs once, from an hour before"
                    " it begins, when one is on its list and the month is not closed.",
                    person=attendance.user_id.name if signer == "host" else attendance.display_name,
                    event=attendance.event_id.name,
                )
            )

    def _check_led_it(self):
        """On the screen one signs for oneself: who led the event, or follows the person."""
        user = self.env.user
        for attendance in self:
            hosts = attendance.user_id | attendance.accompanist_id
            if user not in hosts and user.partner_id not in attendance.event_id.partner_ids:
                raise UserError(
                    self.env._(
                        "%(event)s was led by %(hosts)s, who sign for it themselves.",
                        event=attendance.event_id.name,
                        hosts=", ".join(hosts.mapped("name")),
                    )
                )

    def _take_signature(
        self, picture, how, by, *, sheet=None, signer="participant", name=None, address=None
    ):
        """Take a signature down: the person was there.

        :param picture: a PNG image in base64; nothing for paper, whose scan is ``sheet``
        :param how: 'tablet', 'link' or 'paper'
        :param by: the partner who signs, or who holds the tablet or types the sheet
        :param signer: 'participant', or 'host': who led it
        :param name: as the person typed it
        :param address: IP address it came from, behind a link
        """
        proof = sheet.raw if how == "paper" else self._check_signature(picture)
        drawn = False if how == "paper" else base64.b64encode(proof)
        self._check_may_be_signed(signer)
        if signer == "host" and how != "paper":
            self._check_led_it()
        if not self.env.su:
            self.check_access("write")
        now = fields.Datetime.now()
        at, way, recorded_by = NOTED[signer]
        # sudo: see coworking.guard.mixin; behind a link there is nobody
        signed = self.sudo()
        signed.write(
            {
                "state": "present",
                at: now,
                way: how,
                recorded_by: by.id,
                **({"sheet_id": sheet.id} if sheet else {}),
            }
        )
        if signer == "participant":
            self.env["coworking.portal.link"]._revoke_links_to(self, "attendance")
        reported = signed.filtered(lambda row: row._has_report())
        reported.report_signed = True
        self.env["coworking.attendance.signature"]._keep_signature(
            [
                {
                    "attendance_id": row.id,
                    "signer": signer,
                    "name": (name or "").strip()[:100] or row._get_signer_name(signer, by, how),
                    "how": how,
                    "signed_at": now,
                    "recorded_by": by.id,
                    "address": address,
                    "image": drawn,
                    "sheet_id": sheet and sheet.id,
                    "content": row._get_signed_content(),
                    "with_report": row in reported,
                }
                for row in signed
            ],
            proof,
        )

    def _get_signer_name(self, signer, by, how):
        if signer == "participant":
            return self.participant_id.partner_id.name or self.name
        return self.user_id.name or by.name if how == "paper" else by.name

    def _has_report(self):
        """Whether there is a report to sign: what was said, decided or worked on."""
        return self.kind == "appointment" and bool(
            (self.report and html2plaintext(self.report).strip())
            or self.decisions
            or self.objective_ids
            or self.document_ids
        )

    def _get_signed_content(self):
        """What a signature attests, in words: what is shown to who signs, and kept."""
        self.ensure_one()
        row = self.with_context(lang=self._get_lang())
        event = row.event_id
        kind = dict(row._fields["kind"]._description_selection(row.env))[row.kind]
        start, stop = event._coworking_local(row.start), event._coworking_local(row.stop)
        lines = [
            row.participant_id.partner_id.name or row.name,
            event.name if event.name == kind else f"{event.name} ({kind.lower()})",
            row.program_id.name,
            row.env._(
                "%(day)s, %(start)s to %(stop)s (%(duration)s)",
                day=format_date(row.env, row.date, date_format="EEEE d MMMM y"),
                start=event._coworking_hour(start),
                stop=event._coworking_hour(stop),
                duration=format_duration(row.duration),
            ),
            event.coworking_place,
            row.user_id and row.env._("Led by %s", row.user_id.name),
        ]
        return "\n".join(filter(None, lines + row._get_signed_report()))

    def _get_signed_report(self):
        """Lines of the report, for those who sign it."""
        if not self._has_report():
            return []
        told = html2plaintext(self.report or "").strip()
        return [
            told and self.env._("Report: %s", told),
            self.decisions and self.env._("Decisions: %s", self.decisions),
            self.objective_ids
            and self.env._("Objectives: %s", ", ".join(self.objective_ids.mapped("display_name"))),
            self.document_ids
            and self.env._("Documents: %s", ", ".join(self.document_ids.mapped("display_name"))),
        ]

    def _get_content_digest(self):
        """Fingerprint of what is shown to who signs behind a link."""
        return hashlib.sha256(self._get_signed_content().encode()).hexdigest()

    @api.model
    def _check_signature(self, picture):
        """The bytes of a drawn signature."""
        content = drawing_of(picture, MOST_BYTES)
        if not content:
            raise UserError(self.env._("This is not a signature: draw it in the box."))
        return content

    def _withdraw_signature(self, reason):
        """Take the signatures back: they stay on record, with who took them back and why."""
        self.check_access("write")
        if not self.env.user.has_group("coworking_incubation.group_coworking_coordinator"):
            raise AccessError(self.env._("Only a coordinator takes a signature back."))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the signature is taken back: it is kept with it."))
        self._check_month_open()
        # sudo: see coworking.guard.mixin
        signed = self.sudo().filtered(lambda row: row.signed_at or row.host_signed_at)
        standing = signed.signature_ids.filtered(lambda row: not row.taken_back_at)
        standing._take_back(self.env.user.partner_id, reason)
        standing.flush_recordset()
        fields_of_signing = {name for names in NOTED.values() for name in names}
        signed.write(dict.fromkeys(fields_of_signing | {"sheet_id", "report_signed"}, False))
        # On the person's file: every employee reads the event. Without a file, the history says it.
        for attendance in signed.filtered("participant_id"):
            # sudo: evidence that is wrong is taken back after the person's data ended, too
            attendance.participant_id.sudo().message_post(
                body=self.env._(
                    "Signatures for %(event)s of %(date)s taken back: %(reason)s",
                    event=attendance.event_id.name,
                    date=format_date(self.env, attendance.date),
                    reason=reason,
                ),
                subtype_xmlid="mail.mt_note",
            )

    def action_unsign(self):
        """A coordinator takes the signatures back, and says why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take the Signature Back"),
            "res_model": "coworking.attendance.unsign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_attendance_id": self.id},
        }

    def action_sign(self):
        """The box to sign in, to be handed over with the tablet."""
        return self._open_box("coworking_attendance_view_form_sign", "participant")

    def action_host_sign(self):
        """The box of who led the event, on their own screen."""
        self._check_led_it()
        return self._open_box("coworking_attendance_view_form_host_sign", "host")

    def action_keep_signature(self):
        """The form was saved: what was drawn is signed. Where nothing was, it stays open."""
        return self._close_box("participant")

    def action_keep_host_signature(self):
        """The same for who led the event."""
        return self._close_box("host")

    def _close_box(self, signer):
        self.ensure_one()
        if not self[NOTED[signer][0]]:
            raise UserError(
                self.env._("Nothing is drawn yet: touch the box and sign, then save the signature.")
            )
        return {"type": "ir.actions.act_window_close"}

    def _open_box(self, view, signer):
        self.ensure_one()
        self._check_may_be_signed(signer)
        return {
            "type": "ir.actions.act_window",
            "name": self.event_id.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref(f"coworking_incubation.{view}").id, "form")],
            "target": "new",
        }

    # === PERSONAL LINKS === #

    def _make_sign_url(self):
        """See :meth:`_make_sign_link`: the address alone."""
        return self._make_sign_link()[1]

    def _make_sign_link(self):
        """A link, or what a QR code holds, behind which this person alone signs, for some hours.

        Only the hash is kept, and a new link ends the one before.

        :return: the link, and its address
        """
        self.ensure_one()
        self._check_may_be_signed()
        self.check_access("write")
        links = self.env["coworking.portal.link"]
        links._revoke_links_to(self, "attendance")
        link, token = links._add_link(
            self,
            "attendance",
            self.participant_id.partner_id,
            "copy",
            fields.Datetime.now() + timedelta(hours=LINK_HOURS),
        )
        return link, f"{self.get_base_url()}/incubation/sign/{self.id}/{token}"

    @api.model
    def _find_to_sign(self, attendance_id, token):
        """The attendance behind a link that still opens, or nothing: all else answers alike."""
        found, link = self.env["coworking.portal.link"]._find_record(
            token, self.browse(attendance_id), "attendance"
        )
        opens = found and link.date_expiry > fields.Datetime.now()
        return found._filter_to_sign() if opens else self.browse()

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
        without = opposed = self.browse()
        for attendance in self:
            email = attendance.participant_id.partner_id.email or attendance.email
            if not email:
                without |= attendance
            elif not attendance._mail_sign_link(email):
                opposed |= attendance
        told = []
        if without:
            told.append(
                self.env._(
                    "No e-mail for %s: show them the QR code, or hand them the tablet.",
                    ", ".join(without.mapped("display_name")),
                )
            )
        if opposed:
            told.append(
                self.env._(
                    "%s does not want to be written to: show them the QR code, or hand them the"
                    " tablet.",
                    ", ".join(opposed.mapped("display_name")),
                )
            )
        return not told or {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": "\n".join(told),
            },
        }

    def _mail_sign_link(self, email):
        """:return: whether they may be written to"""
        self.ensure_one()
        partner = self.participant_id.partner_id
        if not partner._coworking_may_write_to(email):
            return False
        event = self.event_id.with_context(lang=self._get_lang())
        link, url = self._make_sign_link()
        body = event.env["ir.qweb"]._render(
            "coworking_incubation.attendance_sign_mail",
            {"event": event, "person": self.display_name, "url": url, "hours": LINK_HOURS},
        )
        # sudo: mails are written by code; deleted once sent, for the link in it
        self.env["mail.mail"].sudo().create(
            {
                "subject": event.env._("Sign: %s", event.name),
                "body_html": body,
                "email_from": self.company_id.email_formatted or self.env.user.email_formatted,
                "email_to": formataddr((self.display_name, email)),
                "auto_delete": True,
                "model": link._name,
                "res_id": link.id,
            }
        )
        return True

    # === WHAT IS NOT FILLED IN === #

    @api.model
    def _cron_ask_missing(self):
        """Whoever led an event whose list is not filled in the day after is told, once a program.

        The activity goes by itself when everything is filled in, or nobody may fill it in any more.
        """
        missing = self.search_fetch(
            [
                ("state", "=", "expected"),
                ("date", "<", fields.Date.context_today(self)),
                ("event_id.active", "=", True),
            ],
            ["program_id", "user_id", "event_id", "date"],
        )
        closed = missing._get_closed()
        wanted = {}
        for row in missing:
            program, user = row.program_id, row.user_id
            if row.id in closed:
                continue
            owner = program._get_responsible(user)
            wanted.setdefault((program, owner), set()).add(row.event_id)
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
                summary=speaking.env._("Attendance lists to fill in: %s", len(events)),
            )
