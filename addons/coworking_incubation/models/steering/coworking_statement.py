from odoo import api, fields, models
from odoo.fields import Domain

from ..billing.coworking_statement import SETTLED_STATES
from .coworking_program import SWITCHES

# Ways in which the space itself said yes: not staff in its place.
OF_THE_SPACE = ("portal", "link", "phone", "paper", "meeting")


class CoworkingStatement(models.Model):
    """The automatic pilot: what of a month is due, and what was done without anybody."""

    _inherit = "coworking.statement"

    sent_by_program_at = fields.Datetime(
        string="Sent by the Program",
        readonly=True,
        copy=False,
        help="When the automatic pilot of the program sent it: it does so once.",
    )
    billed_by_program_at = fields.Datetime(
        string="Billed by the Program",
        readonly=True,
        copy=False,
        help="When the automatic pilot of the program made its draft bill: it does so once.",
    )
    done_by_program = fields.Text(
        string="Done without Anybody",
        compute="_compute_done_by_program",
        compute_sudo=True,
        help="What the automatic pilot of the program did of this month, and when.",
    )
    bill_is_ready = fields.Boolean(
        string="Ready to Post",
        compute="_compute_bill_is_ready",
        search="_search_bill_is_ready",
        compute_sudo=True,
        groups="base.group_user",
        help="A draft bill of this month needs nobody any more: it may be posted.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("move_ids.state", "match_ids.decision", "match_ids.move_id")
    def _compute_bill_is_ready(self):
        ready = self.bill_ids._coworking_filter_ready()
        for statement in self:
            statement.bill_is_ready = bool(statement.bill_ids & ready)

    @api.model
    def _search_bill_is_ready(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Odoo does not, where a field says itself how it is searched
        self._check_field_access(self._fields["bill_is_ready"], "read")
        # sudo: whether a bill is ready follows from what its readers may not all see
        ready = self.env["account.move"].sudo().search([("coworking_is_ready", "=", True)])
        ready = ready._coworking_matches().statement_id.ids
        found = Domain.FALSE
        if True in value:
            found |= Domain("id", "in", ready)
        if False in value:
            found |= Domain("id", "not in", ready)
        return found

    @api.depends(
        "sent_by_program_at", "billed_by_program_at", "move_ids.state", "match_ids.move_id"
    )
    @api.depends_context("lang")
    def _compute_done_by_program(self):
        for statement in self:
            moments = [
                (self.env._("Sent"), statement.sent_by_program_at),
                (self.env._("Draft bill made"), statement.billed_by_program_at),
                *(
                    (self.env._("Bill posted"), bill.coworking_posted_by_program_at)
                    for bill in statement.bill_ids
                ),
            ]
            statement.done_by_program = "\n".join(
                statement.company_id._coworking_say_by_program(done, moment)
                for done, moment in moments
                if moment
            )

    def _note_by_program(self, done, field=None):
        """Note that a step was taken by itself, here and in the discussion.

        :param done: what was done, in words
        :param field: name of the field that keeps when
        """
        now = fields.Datetime.now()
        # sudo: see coworking.guard.mixin
        statements = self.sudo()
        if field:
            statements[field] = now
        statements._message_log_batch(
            {row.id: row.company_id._coworking_say_by_program(done, now) for row in statements}
        )

    # === WHAT IS DUE ===#

    @api.model
    def _get_due(self, step, domain=Domain.TRUE):
        """Statements of which the switch of their program lets a step be taken now.

        What the pilot did once, and somebody took back, it does not do again; of a program that was
        archived it does nothing.

        :param step: see ``SWITCHES``
        :param domain: those that are asked about
        """
        domain &= Domain(f"program_id.{SWITCHES[step]}", "=", True)
        domain &= Domain("program_id.active", "=", True)
        return getattr(self, f"_get_due_to_{step}")(domain)

    @api.model
    def _get_due_to_send(self, domain):
        """Drafts with lines, of a month that is over, on its first working day or after."""
        drafts = self.search(
            domain
            & Domain("state", "=", "draft")
            & Domain("charge_count", ">", 0)
            # where a day begins earlier than here the month is over by now
            & Domain("date_from", "<", "today +1d =1d")
            & Domain("date_from", ">=", "today =1d -3m")
        )
        due = drafts.browse()
        for (_company, month), own in drafts.grouped(
            lambda row: (row.company_id, row.date_from)
        ).items():
            spaces = own.space_id._get_spaces_due(month)
            due |= own.filtered(lambda row, spaces=spaces: row.space_id in spaces)
        # What somebody cancelled after it was sent by itself is made again, and is theirs to send.
        again = self.search(
            Domain("sent_by_program_at", "!=", False)
            & Domain("space_id", "in", due.space_id.ids)
            & Domain("date_from", "in", due.mapped("date_from"))
        )
        sent = {(row.program_id, row.space_id, row.date_from) for row in again}
        return due.filtered(lambda row: (row.program_id, row.space_id, row.date_from) not in sent)

    @api.model
    def _get_due_to_bill(self, domain):
        """Months of a year that the space itself confirmed, with something to bill."""
        confirmed = self.search(
            domain
            & Domain("state", "=", "confirmed")
            & Domain("billed_by_program_at", "=", False)
            & Domain("date_from", ">=", "today -1y")
        )
        last = self.env["coworking.portal.answer"].search(
            [("statement_id", "in", confirmed.ids), ("kind", "=", "confirmed")], order="id"
        )
        channels = {answer.statement_id: answer.channel for answer in last}
        return confirmed.filtered(
            lambda row: channels.get(row) in OF_THE_SPACE and row._get_charges_to_bill()
        )

    @api.model
    def _get_due_to_post(self, domain):
        """Months with a bill that is ready."""
        billed = self.search(
            domain
            & Domain("state", "in", SETTLED_STATES)
            & Domain("match_ids.move_id.state", "=", "draft")
        )
        bills = billed.match_ids.move_id._coworking_get_postable()
        return billed.filtered(lambda row: row.match_ids.move_id & bills)
