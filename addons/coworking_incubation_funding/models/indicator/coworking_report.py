import secrets

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ...indicators import THRESHOLD
from .coworking_indicator_figures import COORDINATOR
from .coworking_participant import KEY_PARAMETER

# What may still be said of a report that is final.
STILL_WRITTEN = {"name", "hide_small"}
OPEN_STATES = ("draft", "sent", "disputed")


class CoworkingReport(models.Model):
    """Figures of a period, on a day: a draft until it is finalised, then what it was for good, with
    the list behind each figure.
    """

    _name = "coworking.report"
    _description = "Activity Report"
    _inherit = [
        "coworking.guard.mixin",
        "coworking.thread.mixin",
        "coworking.record.mixin",
    ]
    _order = "date_to desc, id desc"
    _check_company_auto = True
    _code_fields = {"state", "date_counted", "date_final", "user_id", "previous_id"}

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    agreement_id = fields.Many2one(
        "coworking.funding.agreement",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    program_ids = fields.Many2many(
        "coworking.program",
        "coworking_report_program_rel",
        string="Programs",
        compute="_compute_program_ids",
        store=True,
        readonly=False,
        check_company=True,
        context={"active_test": False},  # figures are of what was, as its agreement is
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(string="To", required=True, default=lambda self: self._default_date_to())
    indicator_ids = fields.Many2many(
        "coworking.indicator",
        "coworking_report_indicator_rel",
        string="Indicators",
        default=lambda self: self._default_indicator_ids(),
        check_company=True,
    )
    threshold = fields.Integer(
        string="Small Below",
        default=THRESHOLD,
        help="Figures of fewer people are hidden from those who may not read the list behind them,"
        " along with those that would give them away.",
    )
    hide_small = fields.Boolean(
        string="Hide Small Figures in Files",
        default=True,
        help="Whoever gets the file may not read the list. Switch it off for an authority that is"
        " entitled to exact figures.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("final", "Final")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_counted = fields.Datetime(string="Figures As Of", readonly=True, copy=False)
    date_final = fields.Datetime(string="Finalised On", readonly=True, copy=False)
    user_id = fields.Many2one("res.users", string="Finalised By", readonly=True, copy=False)
    previous_id = fields.Many2one(
        "coworking.report",
        string="Compared With",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The last final report of the same programs and period: what changed since is beside"
        " each figure.",
    )
    figure_ids = fields.One2many("coworking.report.figure", "report_id")
    open_months = fields.Text(
        string="Not Closed",
        compute="_compute_open_months",
        compute_sudo=True,
        help="While a month is not closed, its figures may move: the report cannot be finalised.",
    )
    may_read_all = fields.Boolean(compute="_compute_may_read_all")

    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "A report cannot end before it begins."
    )
    # Never violated by itself: it carries the message of the trigger made in init() of the figures.
    _final_frozen = models.Constraint("CHECK (true)", "A final report stays as it is.")
    _threshold_positive = models.Constraint(
        "CHECK (threshold >= 0)", "What is small is a number of people."
    )

    def init(self):
        """The key of the tokens, made once: see ``coworking.participant._get_tokens``."""
        # sudo: the key is nobody's to read
        parameters = self.env["ir.config_parameter"].sudo()
        if not parameters.get_param(KEY_PARAMETER):
            parameters.set_param(KEY_PARAMETER, secrets.token_hex(32))

    # === DEFAULT METHODS ===#

    @api.model
    def _default_date_from(self):
        """A year before: the day after first, as the year before may have a 29th of February."""
        return self._default_date_to() + relativedelta(days=1) - relativedelta(years=1)

    @api.model
    def _default_date_to(self):
        """The end of the last month."""
        return fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)

    @api.model
    def _default_indicator_ids(self):
        return self.env["coworking.indicator"].search(
            [("in_reports", "=", True), ("company_id", "in", [False, self.env.company.id])]
        )

    # === COMPUTE METHODS ===#

    @api.depends("agreement_id", "program_ids", "date_from", "date_to")
    def _compute_name(self):
        for report in self.filtered(lambda row: row.state != "final"):
            whose = report.agreement_id.reference or ", ".join(report.program_ids.mapped("code"))
            days = [
                format_date(self.env, day, date_format="MM/y")
                for day in (report.date_from, report.date_to)
                if day
            ]
            report.name = self.env._(
                "Activity %(whose)s %(period)s", whose=whose, period="-".join(dict.fromkeys(days))
            )

    @api.depends("agreement_id")
    def _compute_program_ids(self):
        for report in self:
            report.program_ids = report.agreement_id.program_ids or report.program_ids

    @api.depends("program_ids", "date_from", "date_to", "state")
    def _compute_open_months(self):
        for report in self:
            known = report.state == "draft" and report.date_from and report.date_to
            report.open_months = known and "\n".join(report._find_open_months())

    @api.depends_context("uid")
    def _compute_may_read_all(self):
        self.may_read_all = self.env["coworking.indicator"]._get_readers()[True]

    # === CONSTRAINT METHODS ===#

    @api.constrains("date_from", "date_to")
    def _check_months(self):
        """Two periods that differ by a day would tell of who came that day."""
        for report in self:
            if report.date_from.day != 1 or (report.date_to + relativedelta(days=1)).day != 1:
                raise ValidationError(
                    self.env._(
                        "%(report)s: a report is about whole months. Begin on the first of a month"
                        " and end on the last.",
                        report=report.name,
                    )
                )

    @api.constrains("program_ids", "indicator_ids")
    def _check_not_empty(self):
        for report in self:
            if not report.program_ids or not report.indicator_ids:
                raise ValidationError(
                    self.env._("%s: choose at least one program and one indicator.", report.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_final(self):
        for report in self:
            if report.state == "final":
                raise UserError(report._describe_final())

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        reports = super().create(vals_list)
        reports._check_may_show()
        return reports

    def write(self, vals):
        told = vals.keys() - STILL_WRITTEN - set(self.env["mail.thread"]._fields)
        if told and not self.env.su:
            for report in self.filtered(lambda row: row.state == "final"):
                raise UserError(report._describe_final())
        result = super().write(vals)
        if "threshold" in vals:
            self._check_may_show()
        return result

    def _check_may_show(self):
        """
        :raise UserError: smaller figures would show than the user may read the lists of
        """
        if self.env.su or self.env["coworking.indicator"]._get_readers()[True]:
            return
        for report in self:
            if report.threshold < THRESHOLD:
                raise UserError(
                    self.env._(
                        "%(report)s: only who may read the personal situation shows figures of"
                        " fewer than %(threshold)s people. Leave “Small Below” at %(threshold)s"
                        " or more.",
                        report=report.name,
                        threshold=THRESHOLD,
                    )
                )

    def _describe_final(self):
        return self.env._(
            "%(report)s is final since %(date)s: it stays as it is. To see what changed since,"
            " choose “What Changed Since”.",
            report=self.name,
            date=format_date(self.env, self.date_final),
        )

    # === MONTHS ===#

    def _find_open_months(self):
        """What still may move in the months of the report, a line each."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        lines = []
        if self.date_to >= today:
            lines.append(self.env._("The period ends on %s.", format_date(self.env, self.date_to)))
        within = [
            ("program_id", "in", self.program_ids._origin.ids),
            ("date_from", ">=", self.date_from),
            ("date_from", "<=", self.date_to),
        ]
        statements = self.env["coworking.statement"]
        labels = dict(statements._fields["state"]._description_selection(self.env))
        for statement in statements.search([*within, ("state", "in", OPEN_STATES)]):
            lines.append(
                self.env._(
                    "%(statement)s: %(state)s",
                    statement=statement.name,
                    state=labels[statement.state],
                )
            )
        expected = self.env["coworking.charge"]._read_group(
            [
                ("program_id", "in", self.program_ids._origin.ids),
                ("state", "=", "forecast"),
                ("period", ">=", self.date_from),
                ("period", "<=", min(self.date_to, today)),
            ],
            ["program_id", "period:month"],
            ["__count"],
        )
        for program, month, count in expected:
            lines.append(
                self.env._(
                    "%(program)s, %(month)s: %(count)s expected lines are on no monthly statement",
                    program=program.name,
                    month=format_date(self.env, month, date_format="MMMM y"),
                    count=count,
                )
            )
        return lines

    def _check_closed(self):
        """:raise UserError: all that is not closed, a line each"""
        problems = []
        for report in self:
            lines = report.sudo()._find_open_months()  # sudo: months are closed for everybody
            if lines:
                problems += [self.env._("%s cannot be finalised yet:", report.name)]
                problems += [f"- {line}" for line in lines]
        if problems:
            problems.append(self.env._("Close these months first, or end the report before them."))
            raise UserError("\n".join(problems))

    # === ACTION METHODS ===#

    def action_count(self):
        """Count, or count again: a draft has the figures of now."""
        self._check_may_make()
        for report in self:
            if report.state == "final":
                raise UserError(report._describe_final())
            report._count_figures()
        return True

    def action_finalise(self):
        """Counted once more, then for good."""
        self._check_may_make()
        drafts = self.filtered(lambda row: row.state == "draft")
        drafts._check_closed()
        for report in drafts:
            report._count_figures()
        drafts.sudo().write(  # sudo: these are written here alone
            {"state": "final", "date_final": fields.Datetime.now(), "user_id": self.env.uid}
        )
        self.env["coworking.audit"]._record("settled", drafts)
        return True

    def action_compare(self):
        """What changed since: the same counted anew, as a draft beside it."""
        self.ensure_one()
        self._check_may_make()
        if self.state != "final":
            raise UserError(
                self.env._("%s is a draft: finalise it, then see what changes.", self.name)
            )
        drafts = self.search([("previous_id", "=", self.id), ("state", "=", "draft")])
        # one may be of another period by now
        draft = drafts.filtered(lambda row: row._find_previous() == self)[:1]
        if not draft:
            # sudo: with the same small figures, whoever chose these; see coworking.guard.mixin too
            draft = self.sudo().copy({"name": self.env._("%s, since", self.name)})
            draft.previous_id = self
            draft = draft.sudo(self.env.su)
        draft._count_figures()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_report_figure_action"
        )
        return {
            **action,
            "domain": [("report_id", "=", draft.id), ("is_changed", "=", True)],
            "name": self.env._("What Changed Since"),
            "context": {"coworking_changes": True},
        }

    def action_open_figures(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_report_figure_action"
        )
        return {
            **action,
            "domain": [("report_id", "=", self.id)],
            "context": {"search_default_totals": 0, "search_default_group_indicator": 1},
        }

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation_funding/report/{self.id}/xlsx",
            "target": "download",
        }

    def _check_may_make(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(COORDINATOR):
            raise AccessError(self.env._("Only a coordinator makes activity reports."))

    # === COUNTING ===#

    def _count_figures(self):
        """All figures anew, those of an earlier count forgotten."""
        self.ensure_one()
        # sudo: figures are written by code alone
        report = self.sudo()
        report.figure_ids.unlink()
        report.previous_id = report._find_previous()
        report.date_counted = fields.Datetime.now()
        figures = report.figure_ids
        for indicator in report.indicator_ids:
            counter = indicator._get_counter(report.program_ids, report.date_from, report.date_to)
            figures._insert_counted(report, indicator, counter)
        figures._take_over_purged(report)
        figures._complete(report)
        report.invalidate_recordset(["figure_ids"])

    def _find_previous(self):
        """The final report of the same programs, period and agreement with which it is compared
        already, or the last one.
        """
        self.ensure_one()
        reports = self.search(
            [
                ("state", "=", "final"),
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
                ("agreement_id", "=", self.agreement_id.id),
                ("date_from", "=", self.date_from),
                ("date_to", "=", self.date_to),
            ],
            order="date_final desc, id desc",
        )
        same = reports.filtered(lambda row: row.program_ids == self.program_ids)
        return self.previous_id & same or same[:1]
