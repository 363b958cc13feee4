import base64
import hashlib

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from odoo.addons.coworking_incubation.models.base.processing import MONEY

FROZEN_TRIGGERS = """
CREATE OR REPLACE FUNCTION coworking_funding_report_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    report integer := CASE TG_OP WHEN 'INSERT' THEN NEW.report_id ELSE OLD.report_id END;
BEGIN
    IF EXISTS (SELECT FROM coworking_financial_report WHERE id = report AND state = 'final') THEN
        RAISE EXCEPTION 'financial report % is final', report
            USING ERRCODE = '23514', TABLE = 'coworking_financial_report_line',
                  CONSTRAINT = 'coworking_financial_report_line_final_stays';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE OR REPLACE FUNCTION coworking_funding_report_sealed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR
       (NEW.state, NEW.file_hash, NEW.agreement_id, NEW.date_from, NEW.date_to,
        NEW.amount_granted, NEW.amount_received, NEW.funder_name, NEW.program_names)
       IS DISTINCT FROM
       (OLD.state, OLD.file_hash, OLD.agreement_id, OLD.date_from, OLD.date_to,
        OLD.amount_granted, OLD.amount_received, OLD.funder_name, OLD.program_names)
    THEN
        RAISE EXCEPTION 'financial report % is final', OLD.id
            USING ERRCODE = '23514', TABLE = 'coworking_financial_report',
                  CONSTRAINT = 'coworking_financial_report_final_stays';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS coworking_funding_report_sealed_trg ON coworking_financial_report;
CREATE TRIGGER coworking_funding_report_sealed_trg BEFORE UPDATE OR DELETE
    ON coworking_financial_report FOR EACH ROW WHEN (OLD.file_hash IS NOT NULL)
    EXECUTE FUNCTION coworking_funding_report_sealed();
DROP TRIGGER IF EXISTS coworking_funding_report_frozen_trg ON coworking_financial_report_line;
CREATE TRIGGER coworking_funding_report_frozen_trg BEFORE INSERT OR UPDATE OR DELETE
    ON coworking_financial_report_line
    FOR EACH ROW EXECUTE FUNCTION coworking_funding_report_frozen();
-- A sealed file may be kept elsewhere: in the database, where its content has to be the one of the
-- seal, or in an object store. In Odoo's own folder it has the name that its checksum gives it.
CREATE OR REPLACE FUNCTION coworking_funding_is_changed(before ir_attachment, after ir_attachment)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (before.checksum, before.file_size, before.res_model, before.res_field, before.res_id,
            before.type, before.public, before.name, before.mimetype)
           IS DISTINCT FROM
           (after.checksum, after.file_size, after.res_model, after.res_field, after.res_id,
            after.type, after.public, after.name, after.mimetype)
        OR (before.store_fname IS DISTINCT FROM after.store_fname
            AND COALESCE(after.store_fname, '://') NOT LIKE '%://%'
            AND after.store_fname != left(after.checksum, 2) || '/' || after.checksum)
        OR (before.db_datas IS DISTINCT FROM after.db_datas
            AND before.store_fname IS NOT DISTINCT FROM after.store_fname)
$$;
CREATE OR REPLACE FUNCTION coworking_funding_keep_report() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    report integer := CASE TG_OP WHEN 'INSERT' THEN NEW.res_id ELSE OLD.res_id END;
    field text := CASE TG_OP WHEN 'INSERT' THEN NEW.res_field ELSE OLD.res_field END;
BEGIN
    IF field IS DISTINCT FROM 'file' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND NOT coworking_funding_is_changed(OLD, NEW)
       AND (NEW.store_fname IS NOT NULL
            OR encode(sha256(COALESCE(NEW.db_datas, '')), 'hex')
               = (SELECT file_hash FROM coworking_financial_report WHERE id = report))
    THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM coworking_financial_report
                WHERE id = report AND file_hash IS NOT NULL) THEN
        RAISE EXCEPTION 'the file of financial report % is sealed: % refused', report, TG_OP
            USING ERRCODE = '23514', TABLE = 'coworking_financial_report',
                  CONSTRAINT = 'coworking_financial_report_final_stays';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
DROP TRIGGER IF EXISTS coworking_funding_keep_report_trg ON ir_attachment;
CREATE TRIGGER coworking_funding_keep_report_trg BEFORE UPDATE OR DELETE ON ir_attachment
    FOR EACH ROW WHEN (OLD.res_model = 'coworking.financial.report')
    EXECUTE FUNCTION coworking_funding_keep_report();
DROP TRIGGER IF EXISTS coworking_funding_one_report_trg ON ir_attachment;
CREATE TRIGGER coworking_funding_one_report_trg BEFORE INSERT ON ir_attachment
    FOR EACH ROW WHEN (NEW.res_model = 'coworking.financial.report')
    EXECUTE FUNCTION coworking_funding_keep_report();
"""


class CoworkingFinancialReport(models.Model):
    """Budget beside what was paid, by class of the chart of accounts, of the programs of an
    agreement in a period; with the list of all that was paid. The layout is that of the form Cerfa
    15059*02.

    A draft is counted anew as often as one likes. Final, it stays: its lines, and the file with the
    list behind them, of which the seal is kept.
    """

    _name = "coworking.financial.report"
    _description = "Financial Report"
    _processing = MONEY
    _inherit = ["coworking.guard.mixin", "coworking.thread.mixin", "coworking.record.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True
    _code_fields = {
        *("amount_granted", "amount_received", "date_counted", "date_final", "file", "file_hash"),
        *("funder_name", "program_names", "state", "user_id"),
    }

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    agreement_id = fields.Many2one(
        "coworking.funding.agreement",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
    )
    date_from = fields.Date(
        string="From", required=True, compute="_compute_dates", store=True, readonly=False
    )
    date_to = fields.Date(
        string="To", required=True, compute="_compute_dates", store=True, readonly=False
    )
    state = fields.Selection(
        [("draft", "Draft"), ("final", "Final")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many("coworking.financial.report.line", "report_id")
    shared_text = fields.Char(
        string="Budget to Type",
        compute="_compute_shared_text",
        help="Grants of which only a part is for these programs.",
    )
    # What it says of its agreement: once final, it says the same for good.
    funder_name = fields.Char(string="Funder", readonly=True, copy=False)
    program_names = fields.Char(string="Programs", readonly=True, copy=False)
    amount_granted = fields.Monetary(string="Granted", readonly=True, copy=False)
    amount_received = fields.Monetary(
        string="Received of the Grant",
        readonly=True,
        copy=False,
        help="Instalments that this funder paid until the end of the period.",
    )
    explanation = fields.Text(
        string="Why It Differs", help="What the funder is told of the gaps with the budget."
    )
    date_counted = fields.Datetime(string="Figures As Of", readonly=True, copy=False)
    date_final = fields.Datetime(string="Finalised On", readonly=True, copy=False)
    user_id = fields.Many2one("res.users", string="Finalised By", readonly=True, copy=False)
    file = fields.Binary(attachment=True, readonly=True, copy=False)
    file_hash = fields.Char(string="Seal (SHA-256)", readonly=True, copy=False)
    open_facts = fields.Text(
        string="Not Closed",
        compute="_compute_open_facts",
        compute_sudo=True,
        help="While these are open the figures may move: the report cannot be finalised.",
    )

    changes = fields.Text(
        string="What Changed Since",
        compute="_compute_changes",
        help="Figures that would be others if the report were counted today.",
    )

    # Never violated by itself: it carries the message of the trigger, see FROZEN_TRIGGERS.
    _final_stays = models.Constraint(
        "CHECK (true)", "A financial report that is final stays as it is."
    )
    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "A financial report cannot end before it begins."
    )

    # === COMPUTE METHODS ===#

    @api.depends("agreement_id", "date_from", "date_to")
    def _compute_name(self):
        for report in self.filtered(lambda row: row.state != "final"):
            days = [
                format_date(self.env, day, date_format="MM/y")
                for day in (report.date_from, report.date_to)
                if day
            ]
            report.name = self.env._(
                "Financial report %(agreement)s %(period)s",
                agreement=report.agreement_id.reference or "",
                period="-".join(dict.fromkeys(days)),
            )

    @api.depends("agreement_id")
    def _compute_dates(self):
        for report in self.filtered(lambda row: row.agreement_id and not row.date_from):
            report.date_from = report.agreement_id.date_from.replace(day=1)
            last = report.agreement_id.date_paid_limit or report.agreement_id.date_to
            report.date_to = last.replace(day=1) + relativedelta(months=1, days=-1)

    @api.depends("agreement_id", "date_from", "date_to", "state")
    def _compute_open_facts(self):
        for report in self:
            known = report.state == "draft" and report.date_from and report.date_to
            report.open_facts = known and "\n".join(report._find_open_facts())

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_changes(self):
        for report in self:
            report.changes = report.state == "final" and "\n".join(
                self.env._(
                    "%(figure)s: %(before)s in the report, %(now)s today (%(change)s)",
                    figure=name,
                    before=report.currency_id.format(float(before)),
                    now=report.currency_id.format(float(now)),
                    change=report._format_change(now - before),
                )
                for name, before, now in report._find_changes()
            )

    def _format_change(self, change):
        """``+60,00 €``"""
        return ("+" if change > 0 else "") + self.currency_id.format(float(change))

    @api.depends("line_ids.is_shared", "line_ids.display_name")
    @api.depends_context("lang")
    def _compute_shared_text(self):
        for report in self:
            shared = report.line_ids.filtered("is_shared")
            report.shared_text = bool(shared) and self.env._(
                "%s: also pays for other programs. Its part of the budget is the one that was"
                " typed.",
                ", ".join(shared.mapped("display_name")),
            )

    # === CONSTRAINT METHODS ===#

    @api.constrains("agreement_id")
    def _check_programs(self):
        for report in self:
            if not report._get_programs():
                raise ValidationError(
                    self.env._(
                        "Agreement %(agreement)s is for no program: name one on the agreement"
                        " first, its expenses are those of the report.",
                        agreement=report.agreement_id.reference,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_final(self):
        self._check_draft()

    # === CRUD METHODS ===#

    def write(self, vals):
        if vals.keys() - set(self.env["mail.thread"]._fields) and not self.env.su:
            self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        for report in self:
            if report.state == "final":
                raise UserError(
                    self.env._(
                        "%(report)s is final since %(date)s: it stays as it is. For what changed"
                        " since, make another one of the same period.",
                        report=report.name,
                        date=format_date(self.env, report.date_final),
                    )
                )

    # === PERIMETER ===#

    def _get_programs(self):
        """With their archived agreements too: what was paid stays paid."""
        return self.agreement_id.with_context(active_test=False).program_ids

    def _get_agreements(self):
        """All that pay for these programs, archived ones too: its own first."""
        return self.agreement_id | self._get_programs().agreement_ids

    # === WHAT IS OPEN ===#

    def _find_open_facts(self):
        """What still may move, a line each."""
        self.ensure_one()
        programs = self._get_programs()
        months = programs.env["coworking.report"].new(
            {
                "program_ids": programs.ids,
                "date_from": self.date_from,
                "date_to": self.date_to,
            }
        )
        lines = months._find_open_months()
        waiting = self.env["coworking.cost.change"].search_count(
            [
                "|",
                ("program_id", "in", programs.ids),
                ("move_id.company_id", "=", self.company_id.id),
            ]
        )
        if waiting:
            lines.append(
                self.env._(
                    "%(count)s changes of bills or payments are being read: wait some minutes",
                    count=waiting,
                )
            )
        return lines

    # === ACTION METHODS ===#

    def action_count(self):
        """Count, or count again: a draft has the figures of now. What was typed stays."""
        self.check_access("write")
        self._check_draft()
        for report in self:
            report._count()
        return True

    def action_finalise(self):
        """Counted once more, then for good, with the file that has the list behind it."""
        self.check_access("write")
        self._check_draft()
        for report in self:
            # sudo: months are closed for everybody
            if lines := report.sudo()._find_open_facts():
                raise UserError(
                    "\n".join(
                        (
                            self.env._("%s cannot be finalised yet:", report.name),
                            *(f"- {line}" for line in lines),
                            self.env._("Close these months first, or end the report before them."),
                        )
                    )
                )
            report._count()
            # sudo: these are written here alone
            report.sudo().write({"date_final": fields.Datetime.now(), "user_id": self.env.uid})
            report.sudo().state = "final"
            lang = report.company_id.partner_id.lang or self.env.lang
            content = report.with_context(lang=lang)._make_workbook()
            report.sudo().file = base64.b64encode(content)
            report.sudo().file_hash = hashlib.sha256(content).hexdigest()
        self.env["coworking.audit"]._record("settled", self)
        return True

    def _is_as_sealed(self):
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        return hashlib.sha256(content).hexdigest() == self.file_hash

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/coworking_incubation_funding/financial_report/{self.id}/xlsx",
            "target": "download",
        }

    def action_open_shares(self):
        """What is behind: all shares of what was paid in the period."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation_funding.coworking_allocation_action"
        )
        return {
            **action,
            "domain": [
                ("program_id", "in", self._get_programs().ids),
                ("date_paid", ">=", self.date_from),
                ("date_paid", "<=", self.date_to),
            ],
        }
