from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools import day_in_words

RISK_DAYS = 30


class CoworkingParticipant(models.Model):
    """The six months: entry, suspensions, extensions, planned exit, and how far one is."""

    _inherit = "coworking.participant"

    date_entry = fields.Date(
        string="Entry", tracking=True, help="Start of the clock of the incubation."
    )
    date_exit_planned = fields.Date(
        string="Planned Exit", compute="_compute_date_exit_planned", store=True
    )
    suspension_ids = fields.One2many("coworking.suspension", "participant_id")
    extension_ids = fields.One2many("coworking.extension", "participant_id", string="Extensions")
    days_elapsed = fields.Integer(compute="_compute_clock")
    days_total = fields.Integer(compute="_compute_clock")
    clock_percent = fields.Integer(compute="_compute_clock")
    clock_label = fields.Char(string="Clock", compute="_compute_clock")
    clock_left = fields.Char(
        string="Time Left", compute="_compute_clock", help="Days until the planned exit, in words."
    )
    clock_state = fields.Selection(
        [("fine", "Fine"), ("risk", "Ends soon"), ("late", "Overdue")],
        compute="_compute_clock",
        search="_search_clock_state",
        help="Of the days until the planned exit. Empty before the entry.",
    )
    clock_words = fields.Char(
        compute="_compute_clock_words", help="The clock in plain words, suspensions included."
    )

    # === COMPUTE METHODS ===#

    @api.depends(
        "date_entry",
        "program_id.duration_months",
        "program_id.date_end",
        "suspension_ids.date_from",
        "suspension_ids.date_to",
        "suspension_ids.extends",
        "extension_ids.state",
        "extension_ids.days",
    )
    def _compute_date_exit_planned(self):
        """Entry + months - 1 day + suspensions that extend + extensions, never past the program's
        end.

        15 June and six months: 14 December.
        """
        for participant in self:
            participant.date_exit_planned = participant._get_planned_exit(
                participant.suspension_ids
            )

    @api.depends("date_entry", "date_exit", "date_exit_planned")
    def _compute_clock(self):
        """How far in the incubation: "day 74 of 182", in words and in percent."""
        today = fields.Date.context_today(self)
        label = self.env._("D %(elapsed)s / %(total)s")
        entered = self.filtered(lambda file: file.date_entry and file.date_exit_planned)
        (self - entered).update(
            {
                "days_elapsed": 0,
                "days_total": 0,
                "clock_percent": 0,
                "clock_label": False,
                "clock_left": False,
                "clock_state": False,
            }
        )
        for participant in entered:
            entry, planned = participant.date_entry, participant.date_exit_planned
            end = participant.date_exit or today
            total = max((planned - entry).days + 1, 1)
            elapsed = max((end - entry).days + 1, 0)
            participant.days_total = total
            participant.days_elapsed = elapsed
            participant.clock_percent = min(100 * elapsed // total, 100)
            participant.clock_label = label % {"elapsed": elapsed, "total": total}
            left = (planned - today).days
            participant.clock_left = not participant.date_exit and self._get_left_words(left)
            if participant.date_exit:
                participant.clock_state = "fine"
            elif left < 0:
                participant.clock_state = "late"
            else:
                participant.clock_state = "risk" if left <= RISK_DAYS else "fine"

    def _get_left_words(self, days):
        """How long it is until the planned exit, or since; one day is not "1 days"."""
        if days in (0, 1):
            return self.env._("last day") if days == 0 else self.env._("1 day left")
        if days > 0:
            return self.env._("%s days left", days)
        return self.env._("1 day over") if days == -1 else self.env._("%s days over", -days)

    def _search_clock_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        entered = Domain("date_entry", "!=", False)
        running = entered & Domain("date_exit", "=", False)
        domains = {
            False: ~entered,
            "late": running & Domain("date_exit_planned", "<", "today"),
            "risk": running
            & Domain("date_exit_planned", ">=", "today")
            & Domain("date_exit_planned", "<=", f"today +{RISK_DAYS}d"),
        }
        domains["fine"] = entered & ~(domains["late"] | domains["risk"])
        return Domain.OR(domains[state] for state in value if state in domains)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """The bar above a column of the board counts the colours of its cards, in one query."""
        if groupby_spec != "clock_state":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields["clock_state"], "read")
        today = fields.Date.context_today(self)
        planned = self._field_to_sql(alias, "date_exit_planned", query)
        return SQL(
            """CASE WHEN %(entry)s IS NULL THEN NULL
                    WHEN %(exit)s IS NOT NULL THEN 'fine'
                    WHEN %(planned)s < %(today)s THEN 'late'
                    WHEN %(planned)s <= %(soon)s THEN 'risk'
                    ELSE 'fine' END""",
            entry=self._field_to_sql(alias, "date_entry", query),
            exit=self._field_to_sql(alias, "date_exit", query),
            planned=planned,
            today=today,
            soon=today + relativedelta(days=RISK_DAYS),
        )

    @api.depends(
        "date_entry",
        "date_exit_planned",
        "date_exit",
        "suspension_ids.date_from",
        "suspension_ids.date_to",
    )
    def _compute_clock_words(self):
        for participant in self:
            if not participant.date_entry or not participant.date_exit_planned:
                participant.clock_words = False
                continue
            words = [
                self.env._(
                    "day %(elapsed)s of %(total)s",
                    elapsed=participant.days_elapsed,
                    total=participant.days_total,
                )
            ]
            suspended = participant.suspension_ids._get_days_that_extend()
            if suspended:
                words.append(
                    self.env._("1 day suspended")
                    if suspended == 1
                    else self.env._("%s days suspended", suspended)
                )
            left = participant.date_exit
            words.append(
                self.env._("exit on %s", day_in_words(self.env, left))
                if left
                else self.env._("until %s", day_in_words(self.env, participant.date_exit_planned))
            )
            participant.clock_words = ", ".join(words)

    # === CONSTRAINT METHODS ===#

    @api.constrains("date_entry", "program_id")
    def _check_entry_within_program(self):
        for participant in self.filtered("date_entry"):
            program = participant.program_id
            if not program.date_start <= participant.date_entry <= program.date_end:
                raise ValidationError(
                    self.env._(
                        "%(participant)s cannot enter on %(date)s: program %(program)s runs from"
                        " %(start)s to %(end)s.",
                        participant=participant.display_name,
                        date=format_date(self.env, participant.date_entry),
                        program=program.name,
                        start=format_date(self.env, program.date_start),
                        end=format_date(self.env, program.date_end),
                    )
                )

    # === BUSINESS METHODS ===#

    def _get_planned_exit(self, suspensions):
        """The last day of the stay with these suspensions; False before the entry."""
        self.ensure_one()
        if not self.date_entry:
            return False
        program = self.program_id
        planned = self.date_entry + relativedelta(months=program.duration_months, days=-1)
        granted = self.extension_ids.filtered(lambda row: row.state == "granted")
        more = suspensions._get_days_that_extend() + sum(granted.mapped("days"))
        return planned + timedelta(days=min(more, (program.date_end - planned).days))

    def _filter_far_from_exit(self):
        """Those in incubation whose planned exit is more than a month away."""
        today = fields.Date.context_today(self)
        return self.filtered(
            lambda file: (
                file.phase == "incubation"
                and not file.date_exit
                and file.date_exit_planned
                and (file.date_exit_planned - today).days > RISK_DAYS
            )
        )
