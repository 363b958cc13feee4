import hashlib
import json
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_repr, format_date

from ..billing.coworking_statement import SETTLED_STATES
from .coworking_invoice_file import REPEATED_CAUSES, Obstacle

# For how long a bill that somebody has just written on is left to them.
TYPING_MINUTES = 15
# What the pilot posts when it is ready.
POSTED_TYPES = ("in_invoice", "in_refund")
# That is so of each, whatever its journal is for. Odoo has an index of what a journal has by state
# and payment: so asked, PostgreSQL looks the few up that are drafts, or due.
IN_JOURNAL = "journal_id IN (SELECT id FROM account_journal)"


class AccountMove(models.Model):
    """Draft bills and credit notes of spaces that are ready to post: nothing about them needs a
    person any more.
    """

    _inherit = "account.move"

    coworking_is_ready = fields.Boolean(
        string="Ready to Post",
        compute="_compute_coworking_is_ready",
        search="_search_coworking_is_ready",
        compute_sudo=True,
        groups="base.group_user",
        help="The space's own document was read, or typed in and compared, and says what was"
        " expected, or what was decided about it; its bank details are verified.",
    )
    coworking_obstacles = fields.Text(
        string="Before It Is Posted",
        compute="_compute_coworking_is_ready",
        compute_sudo=True,
        groups="base.group_user",
        help="What keeps the bill of a space from being ready to post.",
    )
    coworking_is_to_check = fields.Boolean(
        compute="_compute_coworking_is_ready",
        compute_sudo=True,
        export_string_translation=False,
        groups="base.group_user",
        help="A draft that is not ready to post, for reasons that nothing else in the list of what"
        " waits tells.",
    )
    coworking_posted_by_program_at = fields.Datetime(
        string="Posted by the Program",
        prefetch="coworking",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the automatic pilot of the program posted it: it does so once.",
    )

    # Of lines, matches and files nothing follows: each posting of any bill would come by here.
    @api.depends("invoice_date", "partner_bank_id", "ref", "state")
    @api.depends_context("lang")
    def _compute_coworking_is_ready(self):
        obstacles = self._coworking_get_obstacles()
        for move in self:
            own = obstacles.get(move)
            move.coworking_is_ready = own == []
            move.coworking_is_to_check = bool(own) and not any(row.told_by for row in own)
            move.coworking_obstacles = "\n".join(row.words for row in own or ()) or False

    @api.model
    def _search_coworking_is_ready(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: whether a bill is ready follows from matches, files and bank accounts
        drafts = self.sudo().search(
            Domain("state", "=", "draft")
            & Domain("move_type", "in", POSTED_TYPES)
            & Domain("journal_id", "any", [("type", "!=", False)])  # all: see IN_JOURNAL
            & Domain("ref", "!=", False)
            & Domain("invoice_date", "!=", False)
        )
        ready = drafts._coworking_filter_ready().ids
        found = Domain.FALSE
        if True in value:
            found |= Domain("id", "in", ready)
        if False in value:
            found |= Domain("id", "not in", ready)
        return found

    # === WHAT IS STILL OPEN ===#

    def _coworking_filter_ready(self):
        """Those that are ready to post. What else keeps one from it is not looked for where its
        document does: of most drafts that has not come.
        """
        drafts = self._coworking_filter_drafts()._coworking_matched()
        documents = drafts._coworking_get_document_obstacles()
        obstacles = drafts.filtered(lambda move: not documents[move])._coworking_get_obstacles()
        return drafts.filtered(lambda move: obstacles.get(move) == [])

    def _coworking_filter_drafts(self):
        """Draft bills and credit notes among these."""
        return self.filtered(lambda move: move.state == "draft" and move.move_type in POSTED_TYPES)

    def _coworking_get_obstacles(self):
        """What keeps draft bills and credit notes of spaces from being posted: nothing of those
        that are ready.

        :return: dict move -> list of ``Obstacle``, of the drafts among these that are matched
        """
        matches = self._coworking_filter_drafts()._coworking_matches()
        drafts = matches.move_id
        if not drafts:
            return {}
        documents = drafts._coworking_get_document_obstacles()
        open_lines = self.env["coworking.month.line"]._get_open_lines(matches)
        return {
            move: [
                *documents[move],
                *move._coworking_get_match_obstacles(own, open_lines),
                *move._coworking_get_bank_obstacles(),
            ]
            for move, own in matches.grouped("move_id").items()
        }

    def _coworking_get_document_obstacles(self):
        """:return: dict move -> list of ``Obstacle`` about the document of the space"""
        files = self._coworking_get_received_files().filtered(
            lambda file: file.cause not in REPEATED_CAUSES
        )
        files = files.grouped("move_id")
        result = defaultdict(list)
        for move in self:
            own = files.get(move, self.env["coworking.invoice.file"])
            words = []
            if not own and move.move_type == "in_refund":
                words.append(self.env._("The space's own credit note has not come."))
            elif not own:
                words.append(self.env._("The space's own bill has not come."))
            if not move.ref:
                words.append(self.env._("The number of the bill is missing."))
            if not move.invoice_date:
                words.append(self.env._("The date of the bill is missing."))
            result[move] += [Obstacle(text) for text in words]
            result[move] += own._get_obstacles(move)
        return result

    def _coworking_get_match_obstacles(self, matches, open_lines):
        """:param matches: all of this bill
        :param open_lines: ``coworking.month.line`` records that wait for somebody
        :return: list of ``Obstacle`` about what its lines say
        """
        self.ensure_one()
        result = []
        invoiced = defaultdict(float)
        sign = -1 if self.move_type == "in_refund" else 1
        for match in matches:
            invoiced[match.move_line_id] += sign * match.invoiced
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        if any(self.currency_id.compare_amounts(row.price_total, invoiced[row]) for row in lines):
            result.append(Obstacle(self.env._("Lines of the bill are not matched yet.")))
        statements = matches.statement_id
        unsettled = statements.filtered(lambda row: row.state not in SETTLED_STATES)
        if unsettled:
            words = self.env._(
                "%(statements)s: not confirmed.", statements=", ".join(unsettled.mapped("name"))
            )
            result.append(Obstacle(words, "unanswered"))
        waiting = open_lines.filtered(
            lambda line: line.move_id == self or line.statement_id in statements
        ).with_prefetch(open_lines.ids)
        if waiting:
            words = self.env._(
                "Lines of the month that wait for somebody: %(lines)s.",
                lines=", ".join(waiting.mapped("display_name")),
            )
            result.append(Obstacle(words, "gap"))
        return result

    def _coworking_get_bank_obstacles(self):
        """Nothing is paid of a credit note."""
        if self.move_type == "in_refund":
            return []
        refusal = self._coworking_get_refusal_of_account()
        told_by = "bank" if self._coworking_accounts_to_verify().filtered("active") else ""
        return [Obstacle(refusal, told_by)] if refusal else []

    def _coworking_describe_due(self, program):
        """Bills of this program that are due, or soon, in words."""
        day = format_date(self.env, min(row.invoice_date_due or row.date for row in self))
        if len(self) == 1:
            return self.env._(
                "%(operator)s, %(bill)s: to pay by %(day)s",
                operator=self.commercial_partner_id.name,
                bill=self.ref or self.display_name,
                day=day,
            )
        return self.env._(
            "%(program)s: %(count)s bills to pay, the first by %(day)s",
            program=program.name,
            count=len(self),
            day=day,
        )

    # === POSTED BY THE PROGRAM ===#

    def _coworking_get_postable(self):
        """Those of these that are ready and that the pilot may post: each program of which they are
        lets it, nobody is at work on them, it did not post them before, and what they say was read
        from the space's own document: what somebody typed is theirs to post.
        """
        since = self.env.cr.now() - timedelta(minutes=TYPING_MINUTES)
        left_alone = self.filtered(
            lambda move: move.write_uid._is_superuser() or move.write_date <= since
        )
        return left_alone._coworking_filter_ready()._coworking_filter_pilot()

    def _coworking_filter_pilot(self):
        """Those of these, which are ready, that the pilot posts by itself: see above."""
        fresh = self.filtered(lambda move: not move.coworking_posted_by_program_at)
        files = fresh._coworking_get_received_files()
        read = fresh & files.filtered(lambda file: file.state == "decoded").move_id
        matches = read._coworking_matches().grouped("move_id")
        return read.filtered(
            lambda move: all(
                program.autopilot_post and program.active
                for program in (row.statement_id.program_id for row in matches[move])
            )
        )

    def _coworking_post_by_program(self):
        """Post these, which are ready: what differs within the tolerance is matched by that."""
        matches = self._coworking_matches().filtered(lambda match: not match.decision)
        matches._record_decision("matched")
        # One by one, bills first: of several credit notes of one bill, posted together, Odoo takes
        # off one alone.
        for move in self.sorted("move_type"):
            move.action_post()
        self.coworking_posted_by_program_at = fields.Datetime.now()
        self._coworking_note_by_program(self.env._("Bill posted"))

    def _coworking_note_by_program(self, done):
        """Note in the discussion of these that nobody did it.

        :param done: what was done, in words
        """
        now = fields.Datetime.now()
        self._message_log_batch(
            {move.id: move.company_id._coworking_say_by_program(done, now) for move in self}
        )

    def _coworking_get_hash(self):
        """Fingerprint of what a draft bill asks for: whose it is, its number, date, account and
        amounts.
        """
        self.ensure_one()
        digits = self.currency_id.decimal_places
        lines = sorted(
            (line.id, float_repr(line.price_subtotal, digits), float_repr(line.price_total, digits))
            for line in self.invoice_line_ids
        )
        facts = [
            *(self.partner_id.id, self.currency_id.id, self.ref or "", str(self.invoice_date)),
            *(self.partner_bank_id.id, float_repr(self.amount_total, digits), lines),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
