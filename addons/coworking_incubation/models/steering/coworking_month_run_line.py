from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date, plaintext2html


class CoworkingMonthRunLine(models.Model):
    """What a program does by itself of one space, and how that is told."""

    _inherit = "coworking.month.run.line"

    def _mark_done_elsewhere(self):
        """What a program was to do is looked at again at the last moment: somebody did it, took the
        switch back or changed what it was about.
        """
        # sudo: written by code alone
        by_itself = self.sudo().filtered("run_id.by_program")
        moot = by_itself.browse()
        for step, lines in by_itself.grouped(lambda line: line.run_id.step).items():
            due = lines.statement_id._get_due(step, Domain("id", "in", lines.statement_id.ids))
            moot |= lines.filtered(lambda line, due=due: line.statement_id not in due)
        moot.state = "moot"
        rest = self - by_itself
        return moot.sudo(self.env.su) | super(CoworkingMonthRunLine, rest)._mark_done_elsewhere()

    # === STEPS ===#

    def _send(self):
        problems = super()._send()
        if self.run_id.by_program:
            self.statement_id._note_by_program(self.env._("Sent"), "sent_by_program_at")
        return problems

    def _bill(self):
        if not self.run_id.by_program:
            return super()._bill()
        before = self.statement_id.bill_ids
        problems = super()._bill()
        self.statement_id._note_by_program(self.env._("Draft bill made"), "billed_by_program_at")
        made = self.statement_id.bill_ids - before
        made._coworking_note_by_program(self.env._("Draft bill made"))
        return problems

    def _post(self):
        """A bill of several spaces that a program posts is posted with the first of them."""
        if not self.run_id.by_program:
            return super()._post()
        bills = self.statement_id.match_ids.move_id._coworking_get_postable()
        bills._coworking_post_by_program()
        bills._coworking_matches().statement_id._note_by_program(self.env._("Bill posted"))
        return None

    # === WHAT FAILED ===#

    def _report_failure(self):
        """Whoever is responsible has to do it, or to mend what is wrong."""
        for line in self.filtered("statement_id"):
            statement = line.statement_id._speak_to_staff()
            summary = line._say_failure(statement.env)
            if summary in statement.activity_ids.mapped("summary"):
                continue
            if line.run_id.step == "send":
                user = statement._get_responsible()
            else:
                user = statement.company_id._coworking_accountant()
            statement.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=summary,
                note=plaintext2html(line.error),
                user_id=user.id,
            )

    def _forget_failure(self):
        """What was reported of these was done meanwhile, or is no longer to do."""
        for line in self.filtered("statement_id.activity_ids"):
            if not line._is_over():
                continue
            statement = line.statement_id._speak_to_staff()
            summary = line._say_failure(statement.env)
            statement.activity_ids.filtered(lambda row, told=summary: row.summary == told).unlink()

    def _is_over(self):
        """Whether this step was taken, by whomever: a switch turned off leaves it to somebody."""
        if self.state == "done":
            return True
        if self.run_id.step == "post":
            return not self.statement_id.bill_ids.filtered(lambda bill: bill.state == "draft")
        waiting = {"send": "draft", "bill": "confirmed"}
        return self.statement_id.state != waiting[self.run_id.step]

    def _say_failure(self, env):
        steps = {
            "send": env._("The program could not send %s"),
            "bill": env._("The program could not make the bill of %s"),
            "post": env._("The program could not post the bill of %s"),
        }
        month = format_date(env, self.date_from, date_format="MMMM y")
        return steps[self.run_id.step] % month
