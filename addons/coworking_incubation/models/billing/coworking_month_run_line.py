from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..base.processing import MONEY
from .coworking_statement import SETTLED_STATES


class CoworkingMonthRunLine(models.Model):
    """One space of a month that somebody works on: what became of it, and who did it."""

    _name = "coworking.month.run.line"
    _description = "Space of the Work on a Month"
    _inherit = ["coworking.record.mixin"]
    _order = "id"
    _rec_name = "space_id"
    _processing = MONEY

    run_id = fields.Many2one(
        "coworking.month.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    program_id = fields.Many2one(
        "coworking.program", required=True, readonly=True, ondelete="cascade"
    )
    space_id = fields.Many2one(
        "coworking.space", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date_from = fields.Date(string="Month", required=True, readonly=True)
    statement_id = fields.Many2one(
        "coworking.statement", readonly=True, index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(
        "account.move", string="Bill", readonly=True, index="btree_not_null", ondelete="set null"
    )
    state = fields.Selection(
        [
            ("todo", "To do"),
            ("done", "Done"),
            ("elsewhere", "Done by somebody else"),
            ("moot", "Nothing to do any more"),
            ("failed", "In error"),
        ],
        required=True,
        default="todo",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Done By", readonly=True, help="Who did it meanwhile, if not who asked."
    )
    error = fields.Text(string="What Is Wrong", readonly=True)

    _todo_idx = models.Index("(run_id, id) WHERE state = 'todo'")
    _failed_idx = models.Index("(id) WHERE state = 'failed'")

    def _enter_companies(self):
        """These in the companies of their programs, whichever the screen shows at this moment; who
        does it sees those alone that are theirs.
        """
        # sudo: of which companies they are
        companies = self.sudo().program_id.company_id
        if not self.env.user._is_superuser():
            companies &= self.env.user.company_ids
        return self.with_context(allowed_company_ids=companies.ids) if companies else self

    def _mark_gone(self):
        """Mark those whose statement was deleted meanwhile.

        :return: those
        """
        # sudo: written by code alone
        gone = self.sudo().filtered(
            lambda line: line.run_id.step != "generate" and not line.statement_id
        )
        gone.write(
            {
                "state": "failed",
                "error": self.env._(
                    "The statement was deleted meanwhile. Generate the month again if the space"
                    " still has something to bill."
                ),
            }
        )
        return gone.sudo(self.env.su)

    def _mark_done_elsewhere(self):
        """Mark what somebody else was asked, began and finished since this was asked.

        What they began before may have missed what the author of this one saw.

        :return: those
        """
        if not self:
            return self
        # sudo: what colleagues asked for; it is told that they did it
        lines = self.sudo()
        since = min(lines.run_id.mapped("asked_at"))
        found = {
            (line.run_id.step, *line._get_target()): line
            for line in lines.search(
                Domain("state", "=", "done")
                & Domain("run_id", "not in", lines.run_id.ids)
                & Domain("space_id", "in", lines.space_id.ids)
                & Domain("write_date", ">=", since)
            )
        }
        result = self.browse()
        for line in lines:
            other = found.get((line.run_id.step, *line._get_target()))
            if other and other.write_date > line.run_id.asked_at:
                author = other.run_id.create_uid
            else:
                author = line._get_who_billed() or line._get_who_posted()
            if author:
                line.write({"state": "elsewhere", "user_id": author.id})
                result |= line
        return result.sudo(self.env.su)

    def _get_target(self):
        """What is done once, whoever asks for it. Of a step that may be done again, what another
        run does is something else.
        """
        dialog = self.run_id.step in self._get_steps_done_again() and self.run_id
        return self.program_id, self.space_id, self.date_from, self.move_id, dialog

    @api.model
    def _get_steps_done_again(self):
        """Steps that two people may each ask for, about the same statement."""
        return ()

    def _get_who_billed(self):
        """Who made the bill of a statement of which it was asked; nobody, if it has none, or is
        not confirmed yet: its bill came before.
        """
        statement = self.statement_id
        if (
            self.run_id.step != "bill"
            or statement.state not in SETTLED_STATES
            or statement._get_charges_to_bill()
        ):
            return self.env["res.users"]
        return statement.bill_ids.sorted("id")[-1:].create_uid

    def _get_who_posted(self):
        """Who posted the bill that was to be posted; nobody, if it is a draft."""
        if self.run_id.step != "post" or self.move_id.state != "posted":
            return self.env["res.users"]
        return self.move_id.write_uid

    def _work_apart(self):
        """Do this space alone, for who asked for it: see ``ir.cron._hand_out``."""
        self.ensure_one()
        run = self.run_id._enter_author()
        if run:
            run._try_work(self)
            self.env["ir.cron"]._commit_progress()
            self.env.invalidate_all()  # of those who do the last ones at once, the later tells it
            run._finish()
        return self.state != "todo" or self.run_id.stopped

    # === STEPS ===#

    def _generate(self):
        for (program, month), lines in self.grouped(
            lambda line: (line.program_id, line.date_from)
        ).items():
            statements = self.env["coworking.statement"]._generate(
                program, month, lines.space_id, are_taken=True
            )
            by_space = {statement.space_id: statement for statement in statements.sudo()}
            for line in lines.sudo():  # sudo: written by code alone
                line.statement_id = by_space.get(line.space_id)

    def _send(self):
        self.statement_id.action_send()

    def _confirm(self):
        return self._ask_dialog()

    def _bill(self):
        self.statement_id.action_create_bill()

    def _post(self):
        if len(self.move_id) < len(self):
            raise UserError(self.env._("This bill was deleted meanwhile."))
        self.move_id.action_post()

    def _ask_dialog(self):
        """See that of the run: dict line -> what is wrong with it."""
        problems = self.run_id._ask_dialog(self.statement_id)
        return {line: problems[line.statement_id] for line in self if line.statement_id in problems}

    # === ACTION METHODS ===#

    def action_open(self):
        """The bill that this is about, else the statement, else the space."""
        self.ensure_one()
        self.check_access("read")
        record = self.move_id or self.statement_id or self.space_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
