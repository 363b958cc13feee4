from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..base.discussion import QUIETLY
from .coworking_exit_reason import EXIT_CATEGORIES

FOLLOWUP_MONTHS = (3, 6, 12)


class CoworkingParticipant(models.Model):
    """Why and to what somebody leaves, what became of them after, and a return."""

    _inherit = "coworking.participant"

    date_exit = fields.Date(string="Exit", copy=False, tracking=True)
    exit_reason_id = fields.Many2one(
        "coworking.exit.reason", copy=False, ondelete="restrict", index="btree_not_null"
    )
    exit_category = fields.Selection(
        EXIT_CATEGORIES,
        compute="_compute_exit_category",
        store=True,
        help="That of the reason; a job with an end counts by its length, where it is known.",
    )
    job_contract = fields.Selection(
        [
            ("cdi", "Permanent contract"),
            ("cdd_long", "Fixed-term, 6 months or more"),
            ("cdd_short", "Fixed-term, under 6 months"),
            ("apprenticeship", "Apprenticeship"),
            ("subsidised", "Subsidised contract"),
            ("other", "Other"),
        ],
        string="Job Obtained",
        copy=False,
    )
    job_start = fields.Date(copy=False)
    job_months = fields.Integer(
        string="Length of the Job (months)", copy=False, help="Of a job with an end; 0: not known."
    )
    exit_evidence = fields.Char(
        copy=False, help="Contract, payslip, registration of the business, certificate of training."
    )
    stays_in_space = fields.Boolean(
        string="Stays in the Space", copy=False, help="At their own cost, after the program."
    )
    followup_ids = fields.One2many("coworking.followup", "participant_id", string="Follow-ups")

    # === COMPUTE METHODS ===#

    @api.depends(
        "exit_reason_id.category",
        "exit_reason_id.by_duration",
        "job_months",
        "program_id.lasting_months",
    )
    def _compute_exit_category(self):
        for participant in self:
            reason = participant.exit_reason_id
            category = reason.category
            if reason.by_duration and participant.job_months:
                lasting = participant.job_months >= participant.program_id.lasting_months
                category = "durable" if lasting else "transition"
            participant.exit_category = category

    # === CONSTRAINT METHODS ===#

    @api.constrains("date_entry", "date_exit")
    def _check_exit_after_entry(self):
        """As PostgreSQL does, and with the days."""
        for participant in self.filtered(lambda file: file.date_entry and file.date_exit):
            if participant.date_exit < participant.date_entry:
                raise ValidationError(
                    self.env._(
                        "%(participant)s cannot leave before entering: the entry is on %(entry)s,"
                        " the exit on %(exit)s.",
                        participant=participant.display_name,
                        entry=format_date(self.env, participant.date_entry),
                        exit=format_date(self.env, participant.date_exit),
                    )
                )

    @api.constrains("date_exit", "exit_reason_id")
    def _check_exit_has_reason(self):
        for participant in self:
            if participant.date_exit and not participant.exit_reason_id:
                raise ValidationError(
                    self.env._(
                        "Say why %(participant)s leaves: choose an exit reason.",
                        participant=participant.display_name,
                    )
                )

    # === BUSINESS METHODS ===#

    def _plan_followups(self):
        """Follow-ups at 3, 6 and 12 months after the exit, moved when the exit is corrected, and
        cancelled when there is none any more.
        """
        # sudo: follow-ups are planned here alone
        left = self.sudo().filtered("date_exit")
        stale = (self.sudo() - left).followup_ids.filtered(lambda row: row.state == "pending")
        stale.state = "cancelled"
        # those just cancelled make room in the database too
        self.env["coworking.followup"].flush_model(["state"])
        missing = []
        for participant in left:
            for months in FOLLOWUP_MONTHS:
                due = participant.date_exit + relativedelta(months=months)
                known = participant.followup_ids.filtered(
                    lambda row, months=months: row.months == months and row.state != "cancelled"
                )
                if known.filtered(lambda row: row.state == "pending"):
                    known.date_due = due
                elif not known:
                    missing.append(
                        {"participant_id": participant.id, "months": months, "date_due": due}
                    )
        self.env["coworking.followup"].sudo().with_context(**QUIETLY).create(missing)

    def _follow_exit(self, before):
        """The day of an exit is corrected: who is expected at the collective times between the two
        days follows it. What a step back gives back is kept with the step that led out.

        :param before: dict file -> the day of exit that was written before
        """
        for file in self.filtered(lambda file: before[file] not in (False, file.date_exit)):
            move = file._get_exit_move()
            if not move:
                continue
            meetings = (move.effects or {}).get("meetings", [])
            if file.date_exit > before[file]:
                later = file._rejoin_meetings(meetings, file.date_exit)
                meetings = [row for row in meetings if row["id"] in later]
            else:
                meetings = meetings + file._leave_meetings().get(file, [])
            move.effects = {**(move.effects or {}), "meetings": meetings}

    def _get_exit_move(self):
        """The step by which this person left, while they are gone."""
        self.ensure_one()
        # sudo: passages are written by the engine alone
        moves = self.sudo().move_ids.filtered(lambda row: not row.taken_back)
        for move in moves.sorted("id", reverse=True):
            if move.to_stage_id.releases_seats:
                return move
            if move.to_phase not in ("followup", "closed"):
                break
        return self.env["coworking.move"]

    def _reopen_file(self, stage, reason):
        """Somebody comes back: the first entry stays, the exit is kept in words, follow-ups
        stop.
        """
        self.ensure_one()
        earlier = self.env._(
            "Earlier exit on %(date)s: %(exit)s. Back because: %(reason)s",
            date=format_date(self.env, self.date_exit) if self.date_exit else "-",
            exit=self.exit_reason_id.name or "-",
            reason=reason,
        )
        self.message_post(body=earlier)
        self.write(
            {
                "date_exit": False,
                "exit_reason_id": False,
                "job_contract": False,
                "job_start": False,
                "job_months": 0,
                "exit_evidence": False,
                "stays_in_space": False,
                "stage_id": stage.id,
                "move_reason": earlier,
            }
        )
