from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.matching.coworking_match import DECISIONS


class CoworkingMatchDecide(models.TransientModel):
    """What is done about gaps, and why."""

    _name = "coworking.match.decide"
    _description = "Decision on a Gap"
    _inherit = ["coworking.record.mixin"]
    # As long as the work on many spaces may go on without the screen.
    _transient_max_hours = 24.0

    line_ids = fields.Many2many("coworking.month.line", required=True)
    # What they were when the dialog was opened, by the id of the line.
    gaps_shown = fields.Json(
        compute="_compute_gaps_shown", store=True, export_string_translation=False
    )
    company_id = fields.Many2one("res.company", compute="_compute_line_facts")
    currency_id = fields.Many2one(related="company_id.currency_id")
    gap = fields.Monetary(compute="_compute_line_facts")
    explanation = fields.Text(compute="_compute_line_facts")
    without_charge = fields.Boolean(compute="_compute_line_facts")
    statement_id = fields.Many2one("coworking.statement", compute="_compute_line_facts")
    decision = fields.Selection(
        [row for row in DECISIONS if row[0] != "matched"], required=True, default="accepted"
    )
    reason = fields.Text(help="Kept with the decision; the question, where one is asked.")
    recipients = fields.Char(compute="_compute_recipients")
    refusal_to_ask = fields.Char(
        string="Nobody to Ask",
        compute="_compute_recipients",
        help="Why no question can be sent, before it is typed.",
    )
    charge_id = fields.Many2one(
        "coworking.charge",
        string="It Is For",
        domain="[('statement_id', '=', statement_id)]",
        help="The seat and month that this part of the bill is for, if it was not recognised.",
    )
    participant_paid_amount = fields.Monetary(string="Paid by the Participant")
    participant_paid_on = fields.Date(
        string="Paid by the Participant On", default=fields.Date.context_today
    )

    @api.depends("line_ids")
    def _compute_gaps_shown(self):
        """Once: what lines say follows from bills and matches, which change meanwhile."""
        for wizard in self:
            wizard.gaps_shown = {line.id: line.gap for line in wizard.line_ids}

    @api.depends("line_ids")
    def _compute_line_facts(self):
        for wizard in self:
            lines = wizard.line_ids
            wizard.company_id = lines.company_id[:1] or self.env.company
            wizard.gap = sum(lines.mapped("gap"))
            # of some that even each other out each is told: their sum says nothing
            evened_out = len(lines) > 1 and wizard.currency_id.is_zero(wizard.gap)
            wizard.explanation = "\n".join(
                line.cause_explanation
                if len(lines) == 1
                else self.env._(
                    "%(amount)s: %(why)s",
                    amount=line.currency_id.format(line.gap),
                    why=line.cause_explanation
                    or ", ".join(
                        filter(None, [line.participant_id.display_name, line.statement_id.name])
                    )
                    or line.display_name,
                )
                for line in (lines if evened_out else lines.filtered("cause_explanation"))
            )
            wizard.without_charge = len(lines) == 1 and not lines.charge_id
            wizard.statement_id = lines.statement_id if len(lines.statement_id) == 1 else False

    @api.depends("line_ids")
    def _compute_recipients(self):
        for wizard in self:
            managers = wizard.line_ids.space_id.manager_ids
            wizard.recipients = ", ".join(managers.mapped("name"))
            # of several spaces, the others are asked: see ``_do_month_step``
            alone = len(wizard.line_ids.statement_id) < 2
            wizard.refusal_to_ask = alone and wizard.line_ids._get_refusal_to_ask()

    def action_apply(self):
        self.ensure_one()
        self.line_ids._check_may_decide()
        self._check_answer()
        if self.gaps_shown.keys() - set(map(str, self.line_ids.ids)):
            raise UserError(
                self.env._(
                    "What you chose was matched anew meanwhile, and nothing was decided: close"
                    " this, and choose again."
                )
            )
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        statements = self.line_ids.statement_id
        without = self.line_ids.filtered(lambda line: not line.statement_id)
        if len(statements) + bool(without) < 2:
            if problem := self._find_changed_meanwhile(self.line_ids):
                raise UserError(problem)
            self._apply(self.line_ids)
            return reload
        left_out = self.env._(
            "Of no statement, to be decided alone: %s", ", ".join(without.mapped("display_name"))
        )
        run = statements._run_each("decide", self, left_out if without else "")
        return run._get_outcome_action(reload)

    def _check_answer(self):
        """:raise UserError: what was answered is not enough, or is of one line alone"""
        if self.decision == "asked" and self.refusal_to_ask:
            raise UserError(self.refusal_to_ask)
        if not (self.reason or "").strip():
            raise UserError(
                self.env._("Write the question for the space.")
                if self.decision == "asked"
                else self.env._("Say why: the reason is kept with the decision.")
            )
        is_of_one = len(self.line_ids) == 1 and (self.line_ids.charge_id or self.charge_id)
        if (self.decision == "reimbursement" or self._get_paid_beside()) and not is_of_one:
            raise UserError(
                self.env._("Choose one seat, and say what its participant paid to the space.")
            )

    def _do_month_step(self, statements):
        """See ``coworking.month.run._ask_dialog``."""
        problems = {}
        for statement in statements:
            lines = self.line_ids.filtered(lambda line, own=statement: line.statement_id == own)
            if self.decision == "asked" and (refusal := lines._get_refusal_to_ask()):
                raise UserError(refusal)
            if problem := self._find_changed_meanwhile(lines):
                problems[statement] = problem
            else:
                self._apply(lines)
        return problems

    def _find_changed_meanwhile(self, lines):
        """Why these are not decided on: somebody else did, or their gap is another one by now.

        :return: in words; empty if nothing changed
        """
        for line in lines:
            then = self.gaps_shown[str(line.id)]
            if line.currency_id.compare_amounts(line.gap, then):
                return self.env._(
                    "%(line)s: the gap was %(then)s when you opened this, and is %(now)s by now."
                    " Look at it again.",
                    line=line.display_name,
                    then=line.currency_id.format(then),
                    now=line.currency_id.format(line.gap),
                )
        return self._find_decided_meanwhile(lines)

    def _find_decided_meanwhile(self, lines):
        """What somebody else decided since the dialog was opened is not decided over.

        :return: who decided on which of these, in words; empty if nobody did
        """
        theirs = lines._get_matches().filtered(
            lambda match: (
                match.decision
                and match.user_id != self.env.user
                and match.write_date > self.create_date
            )
        )
        if not theirs:
            return ""
        decided = lines.browse(theirs._get_month_line_ids())
        return self.env._(
            "Decided meanwhile by %(who)s: %(lines)s. Choose again what is still to be decided.",
            who=", ".join(theirs.user_id.mapped("name")),
            lines=", ".join(decided.mapped("display_name")),
        )

    def _apply(self, lines):
        """Do what was decided of these."""
        matches = lines._get_matches_to_decide()
        if self.without_charge and self.charge_id:
            matches._assign_charge(self.charge_id)
        if self.decision == "reimbursement":
            self._create_reimbursement()
            matches = lines._get_matches()
        elif paid := self._get_paid_beside():
            self._record_participant_payment(lines.charge_id or self.charge_id, paid)
        matches._record_decision(self.decision, self.reason.strip())
        if self.decision == "asked":
            self._ask_space(matches)

    def _get_paid_beside(self):
        """What the participant paid of what a credit note is awaited for; nothing where that was
        typed before another decision was chosen, which does not ask for it.
        """
        return self.decision == "credit_note" and self.participant_paid_amount

    def _record_participant_payment(self, charge, amount):
        # sudo: what a participant paid is recorded by this step alone
        charge.sudo().write(
            {
                "participant_paid_amount": amount,
                "participant_paid_on": self.participant_paid_on,
            }
        )

    def _create_reimbursement(self):
        """A draft receipt of the participant, for what the space does not bill any more."""
        charge = self.line_ids.charge_id
        if len(charge) != 1 or not self.participant_paid_amount:
            raise UserError(
                self.env._("Choose one seat, and say what its participant paid to the space.")
            )
        remaining = charge._get_remaining_to_invoice()
        if charge.currency_id.compare_amounts(self.participant_paid_amount, remaining) > 0:
            raise UserError(
                self.env._(
                    "%(remaining)s is left to invoice for %(charge)s: no more can be reimbursed. If"
                    " the space billed it too, wait for its credit note.",
                    remaining=charge.currency_id.format(remaining),
                    charge=charge.display_name,
                )
            )
        # Parts of it may have been reimbursed before, of what was recorded. sudo: see there
        receipts = self.env["coworking.match"].search(
            [("charge_id", "=", charge.id), ("move_id.move_type", "=", "in_receipt")]
        )
        amounts = [*receipts.mapped("expected"), self.participant_paid_amount]
        self._record_participant_payment(
            charge,
            max(charge.sudo().participant_paid_amount, charge.currency_id.round(sum(amounts))),
        )
        receipt = (
            self.env["account.move"]
            .with_company(charge.company_id)
            .with_context(coworking_match=False)
            .create(self._prepare_receipt(charge))
        )
        # the decision kept on the charge that was not invoiced gives way to this match
        charge.statement_id.match_ids.filtered(
            lambda match: match.charge_id == charge and not match.move_line_id
        ).unlink()
        self.env["coworking.match"].create(
            {
                "statement_id": charge.statement_id.id,
                "charge_id": charge.id,
                "move_line_id": receipt.invoice_line_ids.id,
                "company_id": charge.company_id.id,
                "origin": "generated",
                "expected": self.participant_paid_amount,
                "invoiced": self.participant_paid_amount,
                "cause": "already_paid",
            }
        )

    def _prepare_receipt(self, charge):
        """Values of the receipt of who paid the space for a charge, without tax."""
        product = charge._get_billing_terms().product_id
        basis = charge.statement_id._prepare_bill_line_basis(
            charge.operator_id, product, charge.tax_id, refund=False
        )
        return {
            "move_type": "in_receipt",
            "company_id": charge.company_id.id,
            "currency_id": charge.currency_id.id,
            "partner_id": charge.seat_id.partner_id.id,
            "invoice_date": self.participant_paid_on,
            "invoice_origin": charge.statement_id.name,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "name": charge._get_bill_line_names()[charge],
                        "quantity": 1.0,
                        "price_unit": self.participant_paid_amount,
                        "tax_ids": [Command.clear()],
                        "analytic_distribution": basis["analytic_distribution"],
                        "coworking_charge_id": charge.id,
                    }
                )
            ],
        }

    def _ask_space(self, matches):
        """A mail to the managers of each space, which stays in the discussion of its statement."""
        for statement, own in matches.grouped("statement_id").items():
            statement.with_context(
                coworking_question=self.reason, coworking_matches=own.ids
            ).message_post_with_source(
                "coworking_incubation.mail_template_match_question",
                partner_ids=statement.space_id.manager_ids.ids,
                subtype_xmlid="mail.mt_comment",
                email_layout_xmlid="mail.mail_notification_light",
            )
