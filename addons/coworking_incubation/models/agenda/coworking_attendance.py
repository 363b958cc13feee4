import re
from datetime import timedelta

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, email_normalize, format_date

from ...tools import phone_key, plain_words, without_defaults, words_of
from ..base.processing import MEETINGS

BY_THE_PUBLIC = ("public", "prescriber")
STATES = [
    ("waiting", "Waiting list"),
    ("expected", "Expected"),
    ("present", "Present"),
    ("absent", "Absent"),
    ("excused", "Excused"),
    ("cancelled", "Cancelled"),
]
# For how long nobody else has the place of an address that is not confirmed yet.
KEPT_MINUTES = 60
# What a place is kept for.
HOLDING = ("expected", "present", "absent")
# What a signature attests, and PostgreSQL keeps: see ``init`` of the model.
ATTESTED = {"state", "event_id", "participant_id", "name", "date", "start", "stop", "duration"}
PICTURES = {"signature": "participant", "host_signature": "host"}
# What a call gives as a default for the event that it makes says nothing of who attends.
EVENT_DEFAULTS = {"name", "start", "stop", "duration"}


class CoworkingAttendance(models.Model):
    """One person at one meeting, appointment or collective time.

    A person who registered for an information meeting is a name, an e-mail and a phone here until
    staff link a participant: somebody who came to listen is a candidate, not a participant.
    """

    _name = "coworking.attendance"
    _description = "Attendance"
    _processing = MEETINGS
    _inherit = [
        "coworking.guard.mixin",
        "coworking.link.mixin",
        "coworking.record.mixin",
    ]
    _order = "date desc, start, id"
    _check_company_auto = True

    event_id = fields.Many2one("calendar.event", required=True, ondelete="restrict", index=True)
    kind = fields.Selection(
        related="event_id.coworking_kind", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(
        related="event_id.coworking_program_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True, precompute=True)
    user_id = fields.Many2one(related="event_id.user_id", string="Led By", store=True)
    participant_id = fields.Many2one(
        "coworking.participant", index="btree_not_null", check_company=True, ondelete="restrict"
    )
    accompanist_id = fields.Many2one(
        related="participant_id.user_id", string="Counsellor", store=True, index="btree_not_null"
    )
    name = fields.Char(help="Name of somebody who is not a participant.")
    email = fields.Char()
    phone = fields.Char()
    email_normalized = fields.Char(
        string="E-mail, Compared",
        compute="_compute_keys",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    phone_key = fields.Char(
        string="Phone, Compared",
        compute="_compute_keys",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    # The name that is shown, as people sort it: É with E, which PostgreSQL may not know.
    name_key = fields.Char(
        string="Name, Sorted", compute="_compute_name_key", store=True, precompute=True
    )
    identity = fields.Char(
        string="Person, Compared", compute="_compute_keys", store=True, precompute=True
    )
    prescriber_name = fields.Char(
        string="Sent By", help="Structure that told the person about the meeting, as they wrote it."
    )
    question = fields.Text()
    date = fields.Date(
        compute="_compute_times", store=True, readonly=False, precompute=True, index=True
    )
    start = fields.Datetime(compute="_compute_times", store=True, readonly=False, precompute=True)
    stop = fields.Datetime(compute="_compute_times", store=True, readonly=False, precompute=True)
    duration = fields.Float(
        compute="_compute_duration",
        store=True,
        readonly=False,
        precompute=True,
        help="In hours.",
    )
    state = fields.Selection(STATES, string="Status", required=True, default="expected")
    place = fields.Integer(
        string="Number of the Place",
        copy=False,
        readonly=True,
        help="Number of the place that is kept. PostgreSQL gives each number of a meeting once.",
    )
    similar_html = fields.Html(
        string="Looks Like",
        compute="_compute_similar_html",
        help="People who may be this one, with links to their files: before a file is made.",
    )
    waiting_rank = fields.Integer(
        string="Place in the Waiting List", compute="_compute_waiting_rank"
    )
    registered_by = fields.Selection(
        [
            ("staff", "Staff"),
            ("public", "The person"),
            ("prescriber", "A referring organisation"),
            ("list", "Pasted list"),
            ("door", "At the door"),
            ("take_over", "Take-over"),
        ],
        required=True,
        readonly=True,
        default="staff",
        copy=False,
    )
    adviser_email = fields.Char(
        string="Adviser's E-mail",
        help="Of the referring organisation's adviser who registered the person.",
    )
    adviser_id = fields.Many2one(
        "res.partner",
        copy=False,
        index="btree_not_null",
        domain="[('is_company', '=', False), ('parent_id.is_coworking_prescriber', '=', True)]",
        help="The contact who registered the person from their own page, or whom you name: they"
        " follow the registration there, until there is a file.",
    )
    registered_at = fields.Datetime(
        readonly=True, required=True, copy=False, default=lambda self: fields.Datetime.now()
    )
    confirmed_at = fields.Datetime(
        readonly=True, copy=False, help="When the person opened the link sent to their address."
    )
    walk_in = fields.Boolean(copy=False, help="Came without having registered.")
    lang = fields.Char(string="Language")
    reminder_stopped = fields.Boolean(
        string="No Reminder", copy=False, help="This person asked not to be reminded."
    )
    reminded_at = fields.Datetime(readonly=True, copy=False)
    invited_at = fields.Datetime(string="Invitation Sent", readonly=True, copy=False)
    to_tell = fields.Boolean(
        string="To Tell by Phone",
        copy=False,
        help="Something changed for a person without an e-mail, or who wants none: call them.",
    )

    _person = models.Constraint(
        "CHECK (participant_id IS NOT NULL OR name IS NOT NULL)",
        "Say who attends: a participant, or a name.",
    )
    # Of the rate by month, which reads what counts for it and nothing else.
    _rate_idx = models.Index(
        "(program_id, date) INCLUDE (kind, company_id, came_rate)"
        " WHERE state IN ('present', 'absent')"
    )
    _participant_uniq = models.UniqueIndex(
        "(event_id, participant_id, date) WHERE participant_id IS NOT NULL",
        "This participant is already on the list for that day.",
    )
    # Never violated by itself: it carries the message of the trigger made in init().
    _signed = models.Constraint(
        "CHECK (true)", "What was signed no longer changes: take the signature back first."
    )
    _place_uniq = models.UniqueIndex(
        "(event_id, place) WHERE place > 0", "This place was just taken."
    )
    _place_held = models.Constraint(
        "CHECK (COALESCE(place, 0) = 0 OR state IN ('expected', 'present', 'absent'))",
        "A place is kept for who is expected only.",
    )
    _identity_uniq = models.UniqueIndex(
        "(event_id, identity) WHERE identity IS NOT NULL AND state != 'cancelled'",
        "This person is already on the list of this meeting.",
    )

    def init(self):
        """What a signature attests stays as it was signed, whoever writes and by whatever way."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION coworking_attendance_keep_signed() RETURNS trigger
            LANGUAGE plpgsql AS $$
            DECLARE
                signed boolean := OLD.signed_at IS NOT NULL AND NEW.signed_at IS NOT NULL;
                led boolean := OLD.host_signed_at IS NOT NULL AND NEW.host_signed_at IS NOT NULL;
            BEGIN
                -- who signed without a file may be given one, and then has that one
                IF (signed OR led) AND (
                        OLD.state, OLD.event_id, OLD.kind, OLD.program_id,
                        OLD.date, OLD.start, OLD.stop, OLD.duration,
                        COALESCE(OLD.participant_id, NEW.participant_id)
                    ) IS DISTINCT FROM (
                        NEW.state, NEW.event_id, NEW.kind, NEW.program_id,
                        NEW.date, NEW.start, NEW.stop, NEW.duration,
                        NEW.participant_id
                    )
                    OR signed AND (OLD.signed_at, OLD.signed_how)
                        IS DISTINCT FROM (NEW.signed_at, NEW.signed_how)
                    OR led AND (OLD.host_signed_at, OLD.host_signed_how)
                        IS DISTINCT FROM (NEW.host_signed_at, NEW.host_signed_how)
                    OR OLD.report_signed AND (signed OR led) AND (
                        NEW.report_signed IS NOT TRUE
                        OR (OLD.report, OLD.decisions)
                            IS DISTINCT FROM (NEW.report, NEW.decisions)
                    )
                    OR EXISTS (
                        SELECT FROM coworking_attendance_signature kept
                         WHERE kept.attendance_id = OLD.id AND kept.taken_back_at IS NULL
                           AND CASE kept.signer WHEN 'host' THEN NEW.host_signed_at
                                                ELSE NEW.signed_at END IS NULL
                    )
                THEN
                    RAISE EXCEPTION 'attendance % is signed', OLD.id
                        USING ERRCODE = '23514', TABLE = 'coworking_attendance',
                              CONSTRAINT = 'coworking_attendance_signed';
                END IF;
                RETURN NEW;
            END $$;
            DROP TRIGGER IF EXISTS coworking_attendance_signed_trg ON coworking_attendance;
            CREATE TRIGGER coworking_attendance_signed_trg
                BEFORE UPDATE ON coworking_attendance FOR EACH ROW
                WHEN (OLD.signed_at IS NOT NULL OR OLD.host_signed_at IS NOT NULL)
                EXECUTE FUNCTION coworking_attendance_keep_signed();
            """
        )

    # === COMPUTE METHODS === #

    @api.depends("participant_id.display_name", "name")
    def _compute_display_name(self):
        for attendance in self:
            attendance.display_name = attendance.participant_id.display_name or attendance.name

    # Of its event's times nothing follows: each change of any event would come by here.
    @api.depends("event_id")
    def _compute_times(self):
        """As the event says, until it is signed or its month is closed."""
        closed = self._get_closed()
        for attendance in self:
            noted = attendance.date and (
                attendance.signed_at or attendance.host_signed_at or attendance.id in closed
            )
            if noted:
                continue
            event = attendance.event_id
            attendance.start = event.start
            attendance.stop = event.stop
            attendance.date = event.start and event._coworking_local(event.start).date()

    @api.depends("start", "stop")
    def _compute_duration(self):
        for attendance in self:
            start, stop = attendance.start, attendance.stop
            attendance.duration = (stop - start).total_seconds() / 3600 if start and stop else 0.0

    @api.depends("name", "email", "phone", "participant_id")
    def _compute_keys(self):
        """How the same person is recognised, however the address or the name is typed."""
        for attendance in self:
            attendance.email_normalized = self._get_email_key(attendance.email)
            attendance.phone_key = self._get_phone_key(attendance.phone)
            contact = attendance.email_normalized or attendance.phone_key
            words = " ".join(sorted(words_of(attendance.name)))
            named = not attendance.participant_id and contact and words
            attendance.identity = f"{contact} {words}" if named else False

    @api.depends("name", "email", "phone", "participant_id")
    def _compute_similar_html(self):
        partners = self.env["res.partner"]
        for attendance in self:
            similar = partners
            if not attendance.participant_id:
                who = (attendance.name, attendance.email, attendance.phone)
                similar = partners._coworking_find_similar(*who)
            attendance.similar_html = similar._coworking_format_similar()

    @api.depends("participant_id.partner_id", "name")
    def _compute_name_key(self):
        for attendance in self:
            name = attendance.participant_id.partner_id.name or attendance.name
            attendance.name_key = " ".join(plain_words(name))

    @api.model
    def _get_email_key(self, email):
        """Small letters, without what follows a + in the name of the mailbox."""
        normalized = email_normalize(email) if email else False
        return re.sub(r"\+[^@]*@", "@", normalized) if normalized else False

    @api.model
    def _get_phone_key(self, phone):
        return phone_key(phone)

    @api.depends("state", "registered_at")
    def _compute_waiting_rank(self):
        waiting = self.search_fetch(
            [("event_id", "in", self.event_id.ids), ("state", "=", "waiting")],
            ["event_id"],
            order="registered_at, id",
        )
        ranks = {}
        for __, queue in waiting.grouped("event_id").items():
            ranks.update({attendance.id: rank for rank, attendance in enumerate(queue, 1)})
        for attendance in self:
            attendance.waiting_rank = ranks.get(attendance._origin.id, 0)

    # === CONSTRAINTS === #

    @api.constrains("event_id")
    def _check_event_kind(self):
        for attendance in self:
            if not attendance.event_id:  # taken away: PostgreSQL has not been told yet
                attendance._refuse_missing(self._fields["event_id"])
            if not attendance.event_id.coworking_kind:
                raise ValidationError(
                    self.env._(
                        "%(event)s is an ordinary meeting: say on it whether it is an information"
                        " meeting, an appointment or a collective time.",
                        event=attendance.event_id.name,
                    )
                )

    @api.constrains("event_id", "participant_id", "name")
    def _check_event_title(self):
        """Titles go to calendars that others read: they carry no name."""
        for attendance in self:
            event = attendance.event_id
            title = words_of(event.name)
            words = words_of(attendance.participant_id.partner_id.name or attendance.name)
            alone = event.coworking_kind == "appointment"
            if words and (
                words <= title or (alone and any(len(word) > 2 for word in words & title))
            ):
                raise ValidationError(
                    self.env._(
                        "The title “%(title)s” names %(person)s: titles are seen in other"
                        " calendars. The name is on the attendance list, and staff see it in the"
                        " agenda.",
                        title=event.name,
                        person=attendance.display_name,
                    )
                )

    @api.constrains("event_id", "email", "participant_id")
    def _check_not_a_guest(self):
        self.event_id._check_coworking_guests()

    @api.constrains("state")
    def _check_day_has_come(self):
        """Nobody was at a meeting that is still to come, at the door neither."""
        for attendance in self.filtered(lambda row: row._is_noted_before_its_day()):
            raise ValidationError(
                self.env._(
                    "%(event)s is on %(date)s: who was there is noted from that day on. That"
                    " %(person)s cannot come is noted as Excused.",
                    event=attendance.event_id.name,
                    date=format_date(self.env, attendance.date),
                    person=attendance.display_name,
                )
            )

    def _check_not_put_off(self, days):
        """What took place is not put off.

        :param days: dict of these -> the day on which their meeting was
        """
        for attendance in self.filtered(lambda row: row._is_noted_before_its_day()):
            raise ValidationError(
                self.env._(
                    "%(event)s keeps what was noted there on %(before)s (%(person)s: %(state)s)."
                    " Plan another one on %(date)s instead of moving it.",
                    event=attendance.event_id.name,
                    before=format_date(self.env, days[attendance]),
                    person=attendance.display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        attendance.state
                    ],
                    date=format_date(self.env, attendance.date),
                )
            )

    def _is_noted_before_its_day(self):
        self.ensure_one()
        if self.state not in ("present", "absent"):
            return False
        return self.date > self.event_id._coworking_local(fields.Datetime.now()).date()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if any(PICTURES.keys() & vals.keys() for vals in vals_list):
            raise UserError(self.env._("Put the person on the list first: signing comes after."))
        self = without_defaults(self, lambda field: field.name in EVENT_DEFAULTS)
        attendances = super().create(vals_list)
        if not self.env.su:
            attendances._check_month_open()
        attendances._hold_places()
        attendances.filtered("walk_in").event_id._check_coworking_room()
        return attendances

    def write(self, vals):
        vals = dict(vals)
        freed = self.env["calendar.event"]
        if "event_id" in vals or vals.get("state", "expected") not in HOLDING:
            freed = self.filtered("place").event_id
            vals["place"] = 0
        written, drawn = vals, {}
        if not self.env.su:
            drawn = {name: vals[name] for name in PICTURES if name in vals}
            if drawn:
                written = {key: vals[key] for key in vals if key not in {*drawn, "state"}}
            names = self._get_names_to_check(written.keys() | drawn.keys())
            self._check_may_change(names)
        asked = self.env["mail.activity"]
        if "participant_id" in vals or vals.get("state") == "cancelled":
            asked = self._find_asked_to_move()
        if "participant_id" in vals:
            self._forget_person(vals["participant_id"])
        result = super().write(written)
        if not self.env.su:
            self._on_noted(written, names, drawn)
        if {"state", "event_id"} & vals.keys():
            self._hold_places()
        freed._coworking_fill_places()
        if vals.get("state") == "present":
            self._complete_activity()
        asked.action_feedback()
        return result

    def unlink(self):
        freed = self.filtered("place").event_id
        self._find_asked_to_move().action_feedback()
        result = super().unlink()
        freed._coworking_fill_places()
        return result

    def _forget_person(self, participant_id):
        """Somebody else comes: links of the person before open nothing any more, and nobody wrote
        to the one who comes yet.

        :param participant_id: who comes
        """
        file = self.env["coworking.participant"].browse(participant_id)
        # sudo: who it was, whoever gives the date away; for the rest, see coworking.guard.mixin
        before = (self.filtered("participant_id") - self._filter_of_person(file)).sudo()
        if before:
            self.env["coworking.portal.link"]._revoke_links(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", before.ids),
                    ("partner_id", "in", before.participant_id.partner_id.ids),
                ]
            )
            before.write({"invited_at": False, "reminded_at": False, "to_tell": False})

    def _filter_of_person(self, file):
        """Those of whose file this is, by whatever file."""
        # sudo: whether it is the same person, whose file one may read or not
        person = file.sudo().partner_id
        return self.filtered(lambda row: row.participant_id.sudo().partner_id == person)

    # === PLACES === #

    def _hold_places(self):
        """A place for each who is expected where places are counted; refused when it is full."""
        for attendance in self:
            if attendance.state != "expected" or attendance.place:
                continue
            event = attendance.event_id
            # whoever is said to be expected by hand has any place, an unsure person too
            if event._coworking_holds_places() and not attendance._take_place(sure=True):
                raise UserError(
                    self.env._(
                        "%(event)s is full: its %(count)s places are taken. Put %(person)s on the"
                        " waiting list, or raise the capacity.",
                        event=event.name,
                        count=event.coworking_capacity,
                        person=attendance.display_name,
                    )
                )

    def _take_place(self, sure=None):
        """Take one of the free places, whatever others do at the same moment.

        A place that another transaction took meanwhile is refused by the unique index as soon as
        that one commits; then the next is tried. Nobody has to start again, and no two have one.

        :param sure: whether this is somebody; as it is known of them by default
        :return: whether there is one
        """
        self.ensure_one()
        sure = self._is_sure() if sure is None else sure
        event = self.event_id
        if not event._coworking_holds_places():
            return True
        self.flush_recordset()
        for number in event._coworking_free_places(self, sure):
            try:
                with self.env.cr.savepoint(flush=False):
                    self._number_place(number, "expected")
            except psycopg2.errors.UniqueViolation:
                continue
            return True
        return not self.place and sure and self._take_over_place()

    def _number_place(self, number, state):
        self.env.cr.execute(
            SQL(
                "UPDATE coworking_attendance SET place = %s, state = %s WHERE id = %s",
                number,
                state,
                self.id,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(["place", "state"], flush=False)
        self.modified(["state"])

    def _take_over_place(self):
        """The place kept longest for an address that nobody confirmed in time: that one waits.

        :return: whether there was one
        """
        event = self.event_id
        if len(event._coworking_taken_places()) > event.coworking_capacity:
            return False  # after a lowered capacity nobody comes in somebody else's stead
        # sudo: a visitor who confirms takes the place of a stranger who did not
        kept = self.sudo().search(
            [("event_id", "=", event.id), ("place", ">", 0), *self._get_kept_too_long_domain()],
            order="registered_at, id",
        )
        for other in kept:
            # who confirms at this very moment keeps theirs
            if other.try_lock_for_update():
                number = other.place
                other._number_place(0, "waiting")
                self._number_place(number, "expected")
                return True
        return False

    def _is_sure(self):
        """Whether this is somebody: staff noted them, or they answered."""
        self.ensure_one()
        return bool(self.confirmed_at) or self.registered_by not in BY_THE_PUBLIC

    @api.model
    def _get_kept_too_long_domain(self):
        """Places kept for an address that was not confirmed in time; who left a phone is called."""
        since = fields.Datetime.now() - timedelta(minutes=KEPT_MINUTES)
        return [
            "&",
            "&",
            "&",
            "&",
            ("state", "=", "expected"),
            ("confirmed_at", "=", False),
            ("registered_by", "in", BY_THE_PUBLIC),
            ("registered_at", "<", since),
            "|",
            ("email", "!=", False),
            ("adviser_email", "!=", False),
        ]

    @api.model
    def _get_may_move_up_domain(self):
        return [("state", "=", "waiting"), *self._get_answering_domain()]

    @api.model
    def _get_answering_domain(self):
        """Who answers: an address that nobody confirmed may not be anybody's."""
        return [
            "|",
            "|",
            ("confirmed_at", "!=", False),
            ("registered_by", "not in", BY_THE_PUBLIC),
            "&",
            ("email", "=", False),
            ("adviser_email", "=", False),
        ]

    @api.model
    def _get_was_told_domain(self, event):
        """Who was written to about an event, or told by phone, and is still to come."""
        return [
            ("event_id", "=", event.id),
            ("state", "in", ("waiting", "expected")),
            "|",
            ("invited_at", "!=", False),
            ("kind", "=", "info_session"),
        ]

    def _move_up(self):
        """From the waiting list to a place."""
        self.state = "expected"
        self._notify_people("moved_up")

    # === MESSAGES === #

    def _get_email(self):
        self.ensure_one()
        return self.participant_id.email or self.email or self.adviser_email

    def _notify_people(self, what):
        """Queue a mail of this template to each; those without an e-mail are to be called."""
        # sudo: what to say to a person is in their file, whoever moved the meeting
        people = self.sudo()
        told = people.filtered(lambda attendance: attendance._may_write_to(what))
        for attendance in told:
            attendance._send_mail(what)
        (people - told).to_tell = True
        told._log_mail(what)

    def _may_write_to(self, what):
        """Whether there is an address for this mail, whose owner did not object."""
        self.ensure_one()
        return self.participant_id.partner_id._coworking_may_write_to(self._get_email(), what)

    def _log_mail(self, what):
        """Keep in the discussion of each file that its person was written to, and where."""
        for attendance in self.filtered("participant_id"):
            file = attendance.participant_id._speak_to_staff()
            event = attendance.event_id.with_env(file.env)
            words = {
                "invitation": file.env._("Invitation"),
                "changed": file.env._("New time or place"),
                "called_off": file.env._("Called off"),
                "moved_up": file.env._("A place became free"),
            }
            file._message_log(
                body=file.env._(
                    "%(what)s, %(event)s, %(when)s: mail sent to %(email)s",
                    what=words[what],
                    event=event.name,
                    when=event._coworking_when(),
                    email=attendance._get_email(),
                )
            )

    def _send_mail(self, what):
        """Queue this mail, with the meeting for one's own calendar."""
        self.ensure_one()
        if not self._may_write_to(what):
            return
        template = self.env.ref(
            f"coworking_incubation.mail_template_attendance_{what}", raise_if_not_found=False
        )
        if template:
            self._drop_unsent(self._get_email())
            mail_id = template.with_context(**self._prepare_mail_values()).send_mail(
                self.id, email_values={"email_to": self._get_email()}
            )
            self._attach_ics(self.env["mail.mail"].browse(mail_id))

    def _drop_unsent(self, email):
        """What is written now to the person, or to their adviser, stands for what did not go."""
        # sudo: mails are written by code
        unsent = (
            self.env["mail.mail"]
            .sudo()
            .search(
                [("state", "=", "exception"), ("model", "=", self._name), ("res_id", "=", self.id)]
            )
        )
        unsent.filtered(lambda mail: self._get_mail_address(mail) == email).unlink()

    @api.model
    def _find_due(self, told):
        """What was written before a meeting is of no use after it."""
        asked = self.union(*(mail.record for mail in told if mail.purpose == "attendance"))
        to_sign, now = asked._filter_to_sign(), fields.Datetime.now()

        def is_due(mail):
            if mail.purpose == "attendance":
                return mail.record in to_sign
            is_gone = mail.partner and not mail.partner.active
            return not is_gone and (mail.made_at >= mail.record.stop or mail.record.stop > now)

        return [mail for mail in told if is_due(mail)]

    def _get_mail_address(self, mail):
        """Where the person is reached today."""
        self.ensure_one()
        return self._get_email()

    def _get_mail_discussion(self):
        """The file, where it is noted what the person was written."""
        return self.participant_id

    def _prepare_mail_values(self, link=True):
        """What the mails say about the meeting, in the words of the person's language.

        :param link: whether the mail holds a personal link, made for it
        """
        self.ensure_one()
        event = self.event_id.with_context(lang=self._get_lang())
        return {
            "lang": self._get_lang(),
            "email": self._get_email(),
            "email_from": self.company_id.email_formatted or self.user_id.email_formatted,
            "when": event._coworking_when(),
            "place": event.coworking_place,
            "map_url": event._coworking_map_url(),
            "url": link and self.get_base_url() + self._make_personal_path(),
            "hours": self._get_hold_hours(),
            "kept": self.with_context(lang=self._get_lang())._describe_kept_place(),
        }

    def _get_lang(self):
        self.ensure_one()
        return (
            self.participant_id.partner_id.lang
            or self.lang
            or self.program_id.company_id.partner_id.lang
            or self.env.lang
        )

    def _attach_ics(self, mail):
        """The meeting alone: not its guests, nor its list."""
        mail.attachment_ids = self.env["ir.attachment"].create(
            {
                "name": "invite.ics",
                "mimetype": "text/calendar",
                "raw": self._get_ics(),
                "res_model": "mail.message",
                "res_id": mail.mail_message_id.id,
            }
        )

    def _get_ics(self):
        self.ensure_one()
        return self.event_id.with_context(lang=self._get_lang())._coworking_ics()
