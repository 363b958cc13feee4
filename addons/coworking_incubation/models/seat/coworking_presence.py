from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import period_in_words
from ..base.processing import SEATS
from .coworking_seat import HOLDING_STATES


class CoworkingPresence(models.Model):
    """One half-day of one seat. No row means that nobody filled it in, never that nobody came.

    Two testimonies are kept apart: what the space says (``state``, ``source``, ``host_*``), or
    staff in its name, and what the participant signs (``participant_*``). The price follows the
    space. Where the two differ both stay, and the half-day is "to settle": it proves nothing
    meanwhile.
    """

    _name = "coworking.presence"
    _description = "Presence"
    _processing = SEATS
    _inherit = ["coworking.guard.mixin", "coworking.record.mixin"]
    _order = "date desc, slot, seat_id"
    # What each side said, and how it came: see ``_record_said`` and ``_record_signed``.
    _code_fields = {
        "host_by",
        "host_at",
        "participant_state",
        "participant_signed_at",
        "participant_source",
        "participant_by",
        "scan_id",
    }

    seat_id = fields.Many2one("coworking.seat", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="seat_id.company_id", store=True, precompute=True)
    participant_id = fields.Many2one(
        related="seat_id.participant_id", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(
        related="seat_id.program_id", store=True, precompute=True, index=True
    )
    space_id = fields.Many2one(related="seat_id.space_id", store=True, precompute=True, index=True)
    label = fields.Char(compute="_compute_label", help="Who, and which half of the day.")
    date = fields.Date(required=True, index=True)
    slot = fields.Selection([("am", "Morning"), ("pm", "Afternoon")], required=True, default="am")
    hours = fields.Float(digits=(4, 2), help="For tariffs by the hour.")
    state = fields.Selection(
        [("present", "Present"), ("absent", "Absent")],
        string="Said by the Space",
        default="present",
        index=True,
        help="What the price follows. Empty: the space said nothing yet.",
    )
    source = fields.Selection(
        [
            ("host", "Coworking space"),
            ("host_bulk", "Coworking space, a whole week at once"),
            ("staff", "Staff"),
            ("sheet", "Signed sheet"),
            ("import", "Import"),
        ],
        string="Recorded By",
        default="staff",
        help="How the word of the space came.",
    )
    host_by = fields.Many2one("res.partner", string="Said By", help="Who spoke for the space.")
    host_at = fields.Datetime(string="Said On")
    participant_state = fields.Selection(
        [("present", "Present"), ("absent", "Absent")],
        string="Signed by the Participant",
        help="What the participant signed. Empty: nothing was signed.",
    )
    participant_signed_at = fields.Datetime(string="Signed On")
    participant_source = fields.Selection(
        [
            ("portal", "Own page"),
            ("tablet", "Tablet"),
            ("link", "Personal link"),
            ("paper", "Signed sheet"),
        ],
        string="How It Was Signed",
    )
    participant_by = fields.Many2one(
        "res.partner", string="Signature Recorded By", help="The participant, or who typed a sheet."
    )
    scan_id = fields.Many2one(
        "coworking.presence.scan",
        string="Photographed Sheet",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Where this was typed from.",
    )
    to_settle = fields.Boolean(
        compute="_compute_to_settle",
        store=True,
        precompute=True,
        help="The space and the participant do not say the same.",
    )

    _half_day_uniq = models.Constraint(
        "UNIQUE(seat_id, date, slot)", "This half-day is already filled in for this seat."
    )
    _somebody_said = models.Constraint(
        "CHECK (state IS NOT NULL OR participant_state IS NOT NULL)",
        "Nobody said anything of this half-day: remove it instead.",
    )
    _signed_dated = models.Constraint(
        "CHECK ((participant_state IS NULL) = (participant_signed_at IS NULL))",
        "What a participant signed has a date.",
    )
    # Few are ever to settle: those alone.
    _to_settle_idx = models.Index("(seat_id, date) WHERE to_settle IS TRUE")
    _hours_range = models.Constraint(
        "CHECK (hours >= 0 AND hours <= 24)", "A half-day holds between 0 and 24 hours."
    )

    @api.depends("seat_id.name", "date", "slot")
    @api.depends_context("lang")
    def _compute_display_name(self):
        slots = dict(self._fields["slot"]._description_selection(self.env))
        for presence in self:
            presence.display_name = " ".join(
                filter(
                    None,
                    (
                        presence.seat_id.name,
                        format_date(self.env, presence.date) if presence.date else "",
                        slots.get(presence.slot),
                    ),
                )
            )

    @api.depends("seat_id.occupant_name", "slot")
    @api.depends_context("lang")
    def _compute_label(self):
        slots = dict(self._fields["slot"]._description_selection(self.env))
        for presence in self:
            presence.label = self.env._(
                "%(person)s, %(slot)s",
                person=presence.seat_id.occupant_name,
                slot=slots.get(presence.slot),
            )

    @api.depends("state", "participant_state")
    def _compute_to_settle(self):
        for presence in self:
            said, signed = presence.state, presence.participant_state
            presence.to_settle = bool(said and signed and said != signed)

    @api.model
    def _get_proof_domain(self):
        """Half-days that may be shown to a funder: somebody says present, and nobody absent."""
        return Domain("to_settle", "=", False) & (
            Domain("state", "=", "present") | Domain("participant_state", "=", "present")
        )

    @api.constrains("seat_id", "date")
    def _check_within_seat(self):
        for presence in self:
            seat = presence.seat_id
            if presence.date < seat.date_start or (seat.date_end and presence.date > seat.date_end):
                raise ValidationError(
                    self.env._(
                        "A presence on %(date)s is outside seat %(seat)s (%(period)s).",
                        date=format_date(self.env, presence.date),
                        seat=seat.name,
                        period=period_in_words(self.env, seat.date_start, seat.date_end),
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        presences = super().create(vals_list)
        if not self.env.su:
            presences._check_allowed()
            presences._note_who_said()
        presences._notify_pricing_inputs_changed()
        return presences

    def write(self, vals):
        if not self.env.su:
            self._check_stays(vals)
        typed = not self.env.su and {"seat_id", "date", "slot", "hours", "state", "source"} & set(
            vals
        )
        if typed:
            self._check_open()
        moved = {"seat_id", "date", "slot"} & vals.keys()
        if moved:
            self._notify_pricing_inputs_changed()
        result = super().write(vals)
        if typed:
            self._check_allowed()
            self._note_who_said()
        if moved or {"hours", "state"} & vals.keys():
            self._notify_pricing_inputs_changed()
        return result

    def unlink(self):
        if not self.env.su:
            self._check_open()
        touched = self._get_touched()
        result = super().unlink()
        for participants, day in touched:
            participants._pricing_inputs_changed(day, ranks=False)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        # sudo code takes signatures back with the person's consent, or erases the person
        signed = self.filtered("participant_state")[:1]
        if signed and not self.env.su:
            raise UserError(
                self.env._(
                    "%(presence)s was signed by the participant: it is not deleted. Empty what the"
                    " space says instead.",
                    presence=signed.display_name,
                )
            )

    def _check_stays(self, vals):
        """What was signed, or typed from a sheet, attests its own half-day and no other."""
        places = [self._fields[name] for name in ("seat_id", "date", "slot") if name in vals]
        for presence in self if places else ():
            moved = any(
                field.convert_to_cache(vals[field.name], presence)
                != field.convert_to_cache(presence[field.name], presence)
                for field in places
            )
            if not moved or not (presence.participant_state or presence.scan_id):
                continue
            if presence.participant_state:
                raise UserError(
                    self.env._(
                        "%(presence)s was signed by the participant: it no longer moves to another"
                        " day, slot or seat. Empty what the space says of it, and fill in the right"
                        " half-day.",
                        presence=presence.display_name,
                    )
                )
            raise UserError(
                self.env._(
                    "%(presence)s comes from a photographed sheet: it no longer moves to another"
                    " day, slot or seat. Delete it, and fill in the right half-day.",
                    presence=presence.display_name,
                )
            )

    def _note_who_said(self):
        """Somebody of the staff typed what the space says: it did not come another way."""
        source = "import" if self.env.context.get("import_file") else "staff"
        # sudo: see coworking.guard.mixin
        for said, presences in self.sudo().grouped(lambda row: bool(row.state)).items():
            presences.write(
                {
                    "source": source if said else False,
                    "host_by": self.env.user.partner_id.id if said else False,
                    "host_at": fields.Datetime.now() if said else False,
                }
            )
        self._let_go_of_scans()

    def _let_go_of_scans(self):
        """What was said again another way no longer comes from a photographed sheet."""
        # sudo: see coworking.guard.mixin
        self.sudo().filtered(
            lambda row: row.scan_id and row.source != "sheet" and row.participant_source != "paper"
        ).scan_id = False

    def _get_touched(self):
        """(participants, first day) whose prices depend on these presences, month by month."""
        seats = self.seat_id._filter_priced_by_use()
        used = self.filtered(lambda presence: presence.seat_id in seats)
        return [
            (presences.participant_id, min(presences.mapped("date")))
            for presences in used.grouped(lambda row: row.date.replace(day=1)).values()
        ]

    def _notify_pricing_inputs_changed(self):
        """Prices by use depend on presences."""
        for participants, day in self._get_touched():
            participants._pricing_inputs_changed(day, ranks=False)

    # === BUSINESS METHODS ===#

    @api.model
    def _record_said(self, seats, rows, *, source, by, reason=None, scan=None):
        """Take down what the space says of some half-days: see ``coworking.seat``.

        :param scan: the photographed sheet that it is typed from
        """
        values = {"source": source, "host_by": by.id, "host_at": fields.Datetime.now()}
        kept = {"scan_id": scan.id} if scan else {}

        def prepare(row):
            hours = row.get("hours")
            said = {"state": row["state"], "hours": hours or 0.0 if row["state"] else 0.0}
            how = {**values, **kept} if row["state"] else dict.fromkeys(values, False)
            return {**said, **how}

        presences = self._write_testimonies(
            seats, rows, ("state", "hours", "source"), prepare, reason
        )
        presences._let_go_of_scans()
        return presences

    @api.model
    def _record_signed(self, seats, rows, *, source, by, scan=None):
        """Take down what the participant says of some half-days: see ``coworking.seat``.

        :param scan: the photographed sheet that was signed
        """
        now = fields.Datetime.now()
        kept = {"scan_id": scan.id} if scan else {}

        def prepare(row):
            signed = bool(row["state"])
            return {
                "participant_state": row["state"],
                "participant_signed_at": signed and now,
                "participant_source": signed and source,
                "participant_by": signed and by.id,
                **(kept if signed else {}),
            }

        return self._write_testimonies(seats, rows, ("participant_state",), prepare)

    @api.model
    def _write_testimonies(self, seats, rows, told, prepare, reason=None):
        """Write down one side of some half-days, in a number of queries that does not grow.

        A settled month keeps what the space said, which prices follow, and goes on being signed.

        :param told: fields that tell whether something new is said
        :param prepare: function from a row to the values of its presence
        :param reason: why the half-days of a settled month are corrected, which coordinators may
        :return: the presences that hold what was said
        """
        rows = self._normalise_rows(seats, rows)
        # sudo: testimonies are for code. Who calls may read the seats, and the rules of the
        # presences are checked below.
        Presence = self.sudo()
        known = Presence._get_by_half_day(seats, rows)
        priced = "state" in told
        noted = () if priced else {key for key, row in known.items() if row.state}
        problems = self._get_row_problems(rows, reason, priced, noted)
        if problems:
            raise UserError("\n".join(problems))
        to_create, to_write, gone, kept, changes = self._sort_testimonies(
            rows, known, told, prepare
        )
        if reason:
            self._log_corrections(changes, reason)
        caller = self.env["coworking.presence"]
        if not self.env.su:
            caller.check_access("create")
            caller.browse([*gone, *(i for ids in to_write.values() for i in ids)]).check_access(
                "write"
            )
        for values, ids in to_write.items():
            Presence.browse(ids).write(dict(values))
        Presence.browse(gone).unlink()
        created = Presence.create(to_create)
        result = caller.browse([i for i in kept if i not in set(gone)] + created.ids)
        result.check_access("write")
        return result

    @api.model
    def _sort_testimonies(self, rows, known, told, prepare):
        """What each testimony makes of its half-day.

        :param known: dict (seat id, date, slot) -> presence
        :param told: see ``_write_testimonies``
        :param prepare: see ``_write_testimonies``
        :return: (list of values to create, dict values as items -> ids to write, ids of which
            nothing is left to say, ids that were there, list of (row, state before) that change)
        """
        to_create, to_write, gone, kept, changes = [], defaultdict(list), [], [], []
        for row in rows:
            seat, key = row["seat"], (row["seat"].id, row["date"], row["slot"])
            presence = known.get(key)
            values = prepare(row)
            if presence:
                kept.append(presence.id)
                if not row["state"] and not presence[self._get_other_side(told)]:
                    gone.append(presence.id)
                elif any(name in values and presence[name] != values[name] for name in told):
                    to_write[tuple(sorted(values.items()))].append(presence.id)
                else:
                    continue
                changes.append((row, presence.state))
            elif row["state"]:
                to_create.append(
                    {
                        "state": False,
                        "source": False,
                        **values,
                        "seat_id": seat.id,
                        "date": row["date"],
                        "slot": row["slot"],
                    }
                )
                changes.append((row, False))
        return to_create, to_write, gone, kept, changes

    @api.model
    def _get_other_side(self, told):
        return "state" if "participant_state" in told else "participant_state"

    @api.model
    def _get_by_half_day(self, seats, rows):
        """
        :param rows: dicts with a ``date``
        :return: dict (seat id, date, slot) -> presence that there is on one of these dates
        """
        dates = {row["date"] for row in rows}
        found = self.search([("seat_id", "in", seats.ids), ("date", "in", list(dates))])
        return {(row.seat_id.id, row.date, row.slot): row for row in found}

    @api.model
    def _normalise_rows(self, seats, rows):
        """Rows with a seat, a date, a known slot and a known state."""
        by_id = {seat.id: seat for seat in seats}
        result = []
        for row in rows:
            seat = by_id.get(row.get("seat_id", seats.id if len(seats) == 1 else None))
            day = fields.Date.to_date(row["date"])
            state = row.get("state") or False
            if not seat or not day or row["slot"] not in ("am", "pm"):
                raise ValueError("a row needs one of the seats, a date, and 'am' or 'pm'")
            if state not in ("present", "absent", False):
                raise ValueError("a state is 'present', 'absent', or False to clear it")
            result.append({**row, "seat": seat, "date": day, "state": state})
        return result

    @api.model
    def _get_row_problems(self, rows, reason=None, priced=True, noted=()):
        """Everything that forbids to write something down of these half-days, in words."""
        return [
            self.env._(
                "%(half_day)s: %(problem)s",
                half_day=self._describe_half_day(row["seat"], row["date"], row["slot"]),
                problem=problem,
            )
            for row, problem in self._get_problems_by_row(rows, reason, priced, noted)
        ]

    @api.model
    def _get_problems_by_row(self, rows, reason=None, priced=True, noted=()):
        """(row, what forbids it), in the order of the days, for rows of ``_normalise_rows``.

        :param priced: whether prices follow what is said, so that a settled month is closed to it
        :param noted: keys of those that hold though the space was closed, see ``_get_by_half_day``
        """
        if not rows:
            return []
        seats = self.env["coworking.seat"].union(*(row["seat"] for row in rows))
        first, last = min(row["date"] for row in rows), max(row["date"] for row in rows)
        opened = seats.space_id._open_half_days(first, last)
        closed = seats._get_closed_months(first, last)
        may_correct = reason and self.env.user.has_group(
            "coworking_incubation.group_coworking_coordinator"
        )
        today = {space: space._get_today() for space in seats.space_id}
        states = dict(seats._fields["state"]._description_selection(self.env))
        problems, seen = [], set()
        for row in sorted(rows, key=lambda row: (row["date"], row["slot"])):
            seat, day = row["seat"], row["date"]
            where = opened.get(seat.space_id.id)
            hours = row.get("hours") or 0.0
            key = (seat.id, day, row["slot"])
            if key in seen:
                problem = self.env._("this half-day is given twice.")
            elif seat.state not in HOLDING_STATES:
                problem = self.env._(
                    "seat %(seat)s is %(state)s.", seat=seat.name, state=states[seat.state]
                )
            elif day < seat.date_start:
                problem = self.env._(
                    "the seat begins on %(date)s.", date=format_date(self.env, seat.date_start)
                )
            elif seat.date_end and day > seat.date_end:
                problem = self.env._(
                    "the seat ended on %(date)s.", date=format_date(self.env, seat.date_end)
                )
            elif day > today[seat.space_id]:
                problem = self.env._("this day has not come yet.")
            elif priced and closed.holds(seat, day) and not may_correct:
                problem = self.env._(
                    "the month is closed, its statement was confirmed on %(date)s. A coordinator"
                    " can correct it, and the next statement carries the difference.",
                    date=format_date(self.env, closed.last_day(seat, day)),
                )
            elif row["state"] and key not in noted and where is not None and key[1:] not in where:
                problem = seat.space_id._describe_closed(day)
            elif not 0 <= hours <= 24:
                problem = self.env._("a half-day holds between 0 and 24 hours.")
            else:
                problem = None
            seen.add(key)
            if problem:
                problems.append((row, problem))
        return problems

    @api.model
    def _describe_half_day(self, seat, day, slot):
        slots = dict(self._fields["slot"]._description_selection(self.env))
        return self.env._(
            "%(person)s, %(date)s, %(slot)s",
            person=seat.occupant_name,
            date=format_date(self.env, day),
            slot=slots[slot].lower(),
        )

    def _check_allowed(self):
        """Nobody was there on a day to come, or where the space is closed: as the grid says it."""
        names = ("seat_id", "date", "slot", "state", "hours")
        problems = self._get_row_problems(
            [{name.removesuffix("_id"): row[name] for name in names} for row in self]
        )
        if problems:
            raise UserError("\n".join(problems))

    def _check_open(self):
        """What a settled month was computed from is not typed over."""
        if not self:
            return
        days = self.mapped("date")
        closed = self.seat_id._get_closed_months(min(days), max(days))
        for presence in self:
            seat = presence.seat_id
            if closed.holds(seat, presence.date):
                raise UserError(
                    self.env._(
                        "%(half_day)s: the month is closed, its statement was confirmed on"
                        " %(date)s. A coordinator can correct it, and the next statement carries"
                        " the difference.",
                        half_day=self._describe_half_day(seat, presence.date, presence.slot),
                        date=format_date(self.env, closed.last_day(seat, presence.date)),
                    )
                )

    @api.model
    def _log_corrections(self, changes, reason):
        """A correction of a closed month leaves a note on the seat: what, from what, why."""
        labels = {
            **dict(self._fields["state"]._description_selection(self.env)),
            False: self.env._("not filled in"),
        }
        lines = defaultdict(list)
        for row, before in changes:
            lines[row["seat"]].append(
                self.env._(
                    "%(half_day)s: %(before)s, now %(after)s.",
                    half_day=self._describe_half_day(row["seat"], row["date"], row["slot"]),
                    before=labels[before].lower(),
                    after=labels[row["state"]].lower(),
                )
            )
        for seat, said in lines.items():
            # sudo: money stays correct also where nobody adds to the person's file any more
            seat.sudo().message_post(
                body=self.env._(
                    "Closed month corrected (%(reason)s). %(changes)s",
                    reason=reason,
                    changes=" ".join(said),
                )
            )

    # === ACTION METHODS ===#

    def action_follow_participant(self):
        """The space was wrong: staff say in its name what the participant signed."""
        rows = self.filtered("to_settle")
        self._record_said(
            rows.seat_id,
            [
                {
                    "seat_id": row.seat_id.id,
                    "date": row.date,
                    "slot": row.slot,
                    "state": row.participant_state,
                    "hours": row.hours,
                }
                for row in rows
            ],
            source="staff",
            by=self.env.user.partner_id,
        )
        return True
