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
        self.ensure_one()
        if not self.program_ids:
            raise UserError(self.env._("Choose at least one program."))
        month = self.date_from.replace(day=1)
        statements = self.env["coworking.statement"]._generate(self.program_ids, month)
        held = self._count_held(month, statements)
        if not statements and not held:
            raise UserError(
                self.env._(
                    "No seat is charged in that month for these programs. Confirm the seats first."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )
        action["context"] = {}
        if not held:
            action["domain"] = [("id", "in", statements.ids)]
            if len(statements) == 1:
                action.update(res_id=statements.id, views=[(False, "form")])
            return action
        action["domain"] = [
            ("program_id", "in", self.program_ids.ids),
            ("date_from", "=", fields.Date.to_string(month)),
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "Somebody else is generating this month at this very moment (statements being"
                    " made: %(count)s). Open the list again in a moment.",
                    count=held,
                ),
                "next": action,
            },
        }

    def _count_held(self, month, statements):
        """How many statements of this month another process is making, not to be seen yet.

        It holds their spaces: see ``coworking.space._claim``. One that has just let go of them
        makes the lock fail, and Odoo starts the call again.

        :param statements: those that are there
        """
        # sudo: as in _generate
        Statement = self.env["coworking.statement"].sudo()
        missing = [
            Statement._get_seats_to_charge(program, month).space_id
            - statements.filtered(
                lambda statement, program=program: statement.program_id == program
            )
            .sudo()
            .space_id
            for program in self.program_ids.sudo()
        ]
        spaces = self.env["coworking.space"].sudo().union(*missing)
        held = spaces - spaces.try_lock_for_update()
        return sum(len(own & held) for own in missing)
