from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class CoworkingStatementGenerate(models.TransientModel):
    """Open a month: make its statements, or bring the open ones up to date."""

    _name = "coworking.statement.generate"
    _description = "Generate Monthly Statements"
    _inherit = ["coworking.record.mixin"]

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
        """Generate the month space by space: see ``coworking.month.run``.

        :return: the statements; how far it is, while some are still to be done, in error, or were
            done by somebody else
        """
        self.ensure_one()
        if not self.program_ids:
            raise UserError(self.env._("Choose at least one program."))
        month = self.date_from.replace(day=1)
        targets = self._prepare_targets(month)
        run = targets and self.env["coworking.month.run"]._start("generate", targets, month)
        statements = self.env["coworking.statement"].search(
            [
                ("program_id", "in", self.program_ids.ids),
                ("date_from", "=", month),
                ("state", "!=", "cancelled"),
            ]
        )
        if not statements and not (run and run.line_ids.filtered(lambda row: row.state != "done")):
            raise UserError(
                self.env._(
                    "No seat is charged in that month for these programs. Confirm the seats first."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        action["context"] = {}
        action["domain"] = [("id", "in", statements.ids)]
        if len(statements) == 1:
            action.update(res_id=statements.id, views=[(False, "form")])
        return run._get_outcome_action(action) if run else action

    def _prepare_targets(self, month):
        """What there is to generate: see ``coworking.month.run._start``."""
        self.env["coworking.statement"].check_access("create")
        self.program_ids.check_access("read")
        # sudo: a month is made of facts that its user may not read or write one by one
        Statement = self.env["coworking.statement"].sudo()
        return [
            {"program_id": program.id, "space_id": space.id, "date_from": month}
            for program in self.program_ids.sudo()
            for space in Statement.with_company(program.company_id)._get_spaces_to_generate(
                program, month
            )
        ]
