from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class CoworkingStatementGenerate(models.TransientModel):
    """Open a month: make its statements, or bring the open ones up to date."""

    _name = "coworking.statement.generate"
    _description = "Generate Monthly Statements"

    program_ids = fields.Many2many(
        "coworking.program",
        string="Programs",
        required=True,
        default=lambda self: self._default_program_ids(),
    )
    date_from = fields.Date(
        string="Month",
        required=True,
        default=lambda self: self._default_date_from(),
    )

    @api.model
    def _default_date_from(self):
        """The month before: spaces bill when a month is over."""
        return fields.Date.context_today(self).replace(day=1) - relativedelta(months=1)

    @api.model
    def _default_program_ids(self):
        """Programs that run in that month."""
        month = self._default_date_from()
        return self.env["coworking.program"].search(
            [("date_start", "<", month + relativedelta(months=1)), ("date_end", ">=", month)]
        )

    def action_generate(self):
        self.ensure_one()
        if not self.program_ids:
            raise UserError(self.env._("Choose at least one program."))
        month = self.date_from.replace(day=1)
        statements = self.env["coworking.statement"]._generate(self.program_ids, month)
        if not statements:
            raise UserError(
                self.env._(
                    "No seat is charged in that month for these programs. Confirm the seats first."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        action["domain"] = [("id", "in", statements.ids)]
        action["context"] = {}
        return action
