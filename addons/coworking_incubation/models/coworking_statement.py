import hashlib
import json
import logging
from collections import defaultdict, namedtuple
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import float_repr, format_date

from .. import pricing
from ..tools import to_decimal

_logger = logging.getLogger(__name__)

OPEN_STATES = ("draft", "sent", "disputed")
SETTLED_STATES = ("confirmed", "billed")
# What the space sees.
SHOWN_STATES = ("sent", "confirmed", "disputed", "billed")
# Lines of the documents that are created in one go.
LINES_AT_ONCE = 1000
# Tariffs billed before the month may be generated from this day of the month before.
ADVANCE_DAY = 20

# Whole stays, priced: ``coworking.participant`` records; their settled ``coworking.statement``
# records; list of (home month, seat, ``pricing.Charge``).
Stays = namedtuple("Stays", ["participants", "homes", "priced"])


class CoworkingStatement(models.Model):
    """What one space is expected to bill to one program for one month, seat by seat.

    Draft, sent and disputed statements are open: generating the month again brings them up to date.
    Confirmed and billed ones are settled: their charges are never rewritten.
    """

    _name = "coworking.statement"
    _description = "Monthly Statement"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "coworking.portal.mixin",
        "coworking.link.mixin",
    ]
    _order = "date_from desc, name"
    _check_company_auto = True

    name = fields.Char(
        string="Reference",
        compute="_compute_name",
        store=True,
        precompute=True,
        help="Reference that the space quotes on its bill, such as INC-2015-06-MUTUALAB.",
    )
    # It gives the company: to check it against the company would leave a new one nothing to choose.
    program_id = fields.Many2one(
        "coworking.program", required=True, index=True, ondelete="restrict"
    )
    space_id = fields.Many2one(
        "coworking.space", required=True, index=True, check_company=True, ondelete="restrict"
    )
    operator_id = fields.Many2one(
        "res.partner",
        compute="_compute_operator_id",
        store=True,
        precompute=True,
        index=True,
        help="Legal entity that bills this month: that of the space, frozen with the lines.",
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="That of the operator when the lines were settled.",
    )
    copayment_collector = fields.Selection(related="program_id.copayment_collector")
    date_from = fields.Date(
        string="Month", required=True, index=True, help="First day of the month."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("confirmed", "Confirmed"),
            ("disputed", "Disputed"),
            ("billed", "Billed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    charge_ids = fields.One2many("coworking.charge", "statement_id", readonly=True)
    charge_count = fields.Integer(
        string="Seats", compute="_compute_amounts", store=True, help="Number of charges."
    )
    amount_total = fields.Monetary(string="Price with Tax", compute="_compute_amounts", store=True)
    funded_amount = fields.Monetary(string="Funded", compute="_compute_amounts", store=True)
    copayment_amount = fields.Monetary(string="Co-payments", compute="_compute_amounts", store=True)
    payable_untaxed = fields.Monetary(
        string="Owed, Untaxed", compute="_compute_amounts", store=True
    )
    payable_tax = fields.Monetary(string="Owed, Tax", compute="_compute_amounts", store=True)
    payable_total = fields.Monetary(
        string="Owed to the Space", compute="_compute_amounts", store=True
    )
    funding_split = fields.Text(
        compute="_compute_funding_split",
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
        help="The funded part, spread over the funding agreements at their rates.",
    )
    changed_since_sent = fields.Boolean(
        readonly=True, copy=False, help="A line changed after the statement was sent to the space."
    )
    pending_changes = fields.Integer(
        readonly=True,
        copy=False,
        help="How often facts changed since the lines were computed. They are computed again every"
        " day, and before the statement is sent or confirmed.",
    )
    sent_at = fields.Datetime(
        readonly=True, copy=False, help="When the space was last asked to confirm."
    )
    answer_ids = fields.One2many("coworking.portal.answer", "statement_id", readonly=True)
    dispute_reason = fields.Char(readonly=True, copy=False)
    confirmed_by = fields.Many2one("res.partner", readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    confirmed_hash = fields.Char(
        readonly=True, copy=False, help="Fingerprint of the lines as they were when confirmed."
    )
    invoice_file_ids = fields.One2many(
        "coworking.invoice.file",
        "statement_id",
        readonly=True,
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
    move_ids = fields.One2many(
        "account.move", "coworking_statement_id", string="Journal Entries", readonly=True
    )
    match_ids = fields.One2many("coworking.match", "statement_id", readonly=True)
    # Counted up by PostgreSQL: see coworking.match.
    match_version = fields.Integer(copy=False, readonly=True, export_string_translation=False)
    invoiced_amount = fields.Monetary(
        string="Invoiced",
        compute="_compute_invoiced",
        compute_sudo=True,
        store=True,
        help="What the space has invoiced for this month, less its credit notes.",
    )
    gap_amount = fields.Monetary(
        string="Gap",
        compute="_compute_invoiced",
        compute_sudo=True,
        store=True,
        help="What was invoiced less what was expected; nothing as long as there is no bill.",
    )
    bill_ids = fields.Many2many(
        "account.move",
        compute="_compute_bills",
        compute_sudo=True,
        string="Bills",
        help="Every bill and credit note of which a line was matched with this statement.",
    )
    bill_id = fields.Many2one(
        "account.move",
        compute="_compute_bills",
        compute_sudo=True,
        help="The bill made from here, or the only one.",
    )
    bill_payment_state = fields.Selection(
        lambda self: (
            self.env["account.move"]._fields["payment_state"]._description_selection(self.env)
        ),
        string="Payment",
        compute="_compute_bills",
        compute_sudo=True,
    )
    copayment_invoice_ids = fields.Many2many(
        "account.move", compute="_compute_bills", compute_sudo=True
    )
    copayment_invoice_count = fields.Integer(compute="_compute_bills", compute_sudo=True)
    copayment_standing_count = fields.Integer(
        compute="_compute_bills",
        compute_sudo=True,
        help="Invoices of participants that no credit note took back.",
    )

    _month_first = models.Constraint(
        "CHECK (EXTRACT(day FROM date_from) = 1)", "A statement is for a month, by its first day."
    )
    _once = models.UniqueIndex(
        "(space_id, program_id, date_from) WHERE state != 'cancelled'",
        "This space already has a statement of this program for this month.",
    )

    @api.model
    def _portal_fields(self):
        return {
            "name",
            "space_id",
            "operator_id",
            "currency_id",
            "date_from",
            "state",
            "charge_ids",
            "charge_count",
            "payable_untaxed",
            "payable_tax",
            "payable_total",
            "changed_since_sent",
            "dispute_reason",
            "confirmed_at",
        }

    # === COMPUTE METHODS ===#

    @api.depends("program_id.code", "space_id.code", "date_from")
    def _compute_name(self):
        for statement in self:
            if statement.name and statement.state in SETTLED_STATES:
                continue  # somebody quotes it by now
            statement.name = "-".join(
                (
                    statement.program_id.code or "",
                    f"{statement.date_from:%Y-%m}" if statement.date_from else "",
                    statement.space_id.code or "",
                )
            )

    @api.depends("space_id.operator_id", "state")
    def _compute_operator_id(self):
        for statement in self:
            if statement.operator_id and statement.state not in OPEN_STATES:
                continue  # who billed then bills it still
            statement.operator_id = statement.space_id.operator_id

    @api.depends(
        "charge_ids.amount_total",
        "charge_ids.funded_amount",
        "charge_ids.copayment_amount",
        "charge_ids.payable_untaxed",
        "charge_ids.payable_tax",
        "charge_ids.payable_total",
    )
    def _compute_amounts(self):
        names = (
            "amount_total",
            "funded_amount",
            "copayment_amount",
            "payable_untaxed",
            "payable_tax",
            "payable_total",
        )
        for statement in self:
            charges = statement.charge_ids
            statement.charge_count = len(charges)
            for name in names:
                statement[name] = sum(charges.mapped(name))

    @api.depends("charge_ids.funded_amount", "program_id.agreement_ids.rate")
    def _compute_funding_split(self):
        for statement in self:
            shares = statement.program_id._split_over_funders(statement.charge_ids)
            money = statement.currency_id.format
            statement.funding_split = "\n".join(
                self.env._(
                    "%(funder)s (%(reference)s): %(amount)s",
                    funder=agreement.partner_id.name,
                    reference=agreement.reference,
                    amount=money(float(amount)),
                )
                if agreement
                else self.env._("Own funds: %s", money(float(amount)))
                for agreement, amount in shares.items()
            )

    @api.depends("match_ids.invoiced", "payable_total")
    def _compute_invoiced(self):
        sums = {
            statement.id: (invoiced, bills)
            for statement, invoiced, bills in self.env["coworking.match"]._read_group(
                [("statement_id", "in", self.ids), ("move_line_id", "!=", False)],
                ["statement_id"],
                ["invoiced:sum", "__count"],
            )
        }
        for statement in self:
            invoiced, bills = sums.get(statement.id, (0.0, 0))
            statement.invoiced_amount = invoiced
            statement.gap_amount = bills and statement.currency_id.round(
                invoiced - statement.payable_total
            )

    @api.depends(
        "move_ids.state", "move_ids.move_type", "move_ids.payment_state", "match_ids.move_id"
    )
    def _compute_bills(self):
        matched = {
            statement.id: bills
            for statement, bills in self.env["coworking.match"]._read_group(
                [("statement_id", "in", self.ids), ("move_id", "!=", False)],
                ["statement_id"],
                ["move_id:recordset"],
            )
        }
        for statement in self:
            moves = statement.move_ids.filtered(lambda move: move.state != "cancel")
            made = moves.filtered(lambda move: move.is_purchase_document())
            bills = made | matched.get(statement.id, made)
            statement.bill_ids = bills
            statement.bill_id = made[:1] or (bills if len(bills) == 1 else made)
            statement.bill_payment_state = (
                statement.bill_id.state == "posted" and statement.bill_id.payment_state
            )
            invoices = moves.filtered(lambda move: move.is_sale_document())
            statement.copayment_invoice_ids = invoices
            statement.copayment_invoice_count = len(invoices)
            statement.copayment_standing_count = len(invoices._coworking_standing())

    # === CRUD METHODS ===#

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown(self):
        for statement in self:
            if statement.state != "draft" or statement.charge_ids:
                raise UserError(
                    self.env._(
                        "Statement %(statement)s cannot be deleted: cancel it instead.",
                        statement=statement.name,
                    )
                )

    def _has_field_access(self, field, operation):
        """What a statement says is written by its actions alone, so that no step can be skipped."""
        if operation == "write" and not self.env.su:
            typed = (
                self.env["mail.thread"]._fields.keys()
                | self.env["mail.activity.mixin"]._fields.keys()
            )
            if field.name not in typed:
                return False
        return super()._has_field_access(field, operation)

    # === ACTION METHODS ===#

    def action_send(self):
        self.check_access("write")
        self._check_state_in("draft", "sent", "disputed")
        self._refresh_lines()
        # Sent again, a line that was disputed is the space's to agree with, or to dispute anew.
        disputed = self.charge_ids.filtered(lambda charge: charge.review == "disputed")
        # sudo: see _has_field_access
        disputed.sudo().review = "pending"
        self.sudo().write(
            {"state": "sent", "changed_since_sent": False, "sent_at": fields.Datetime.now()}
        )
        self._ask_spaces()

    def _ask_spaces(self):
        """Wake the mails to the managers: one a manager and month, however many are sent."""
        # sudo: waking a scheduled action is for code
        self.env.ref("coworking_incubation.ir_cron_ask_spaces").sudo()._trigger()

    def action_refresh(self):
        """Bring the lines of open statements up to date with the facts."""
        self.check_access("write")
        self._check_state_in(*OPEN_STATES)
        self._refresh_lines()

    def action_confirm(self):
        """The space, or staff on its behalf, agrees with the lines. They are settled from now
        on.

        Nobody agrees with lines they did not see: a statement whose lines change when they are
        brought up to date stays open, with its new lines.

        :return: a notification that names those statements, if any
        """
        self.check_access("write")
        self._check_state_in(*OPEN_STATES)
        changed = self._refresh_lines()
        (self - changed)._settle()
        if not changed:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "The lines of %(statements)s have just changed: look at them, then confirm.",
                    statements=", ".join(changed.mapped("name")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _settle(self, partner=None, channel="staff", **answer):
        """Freeze the lines of these statements: they were seen and agreed with.

        :param partner: who agreed; whoever is logged in by default
        :param channel: how, see ``coworking.portal.answer``
        :param answer: more values of the answer that is kept: note, scan
        """
        partner = partner or self.env.user.partner_id
        for statement in self:
            disputed = statement.charge_ids.filtered(lambda charge: charge.review == "disputed")
            if disputed:
                raise UserError(
                    self.env._(
                        "Statement %(statement)s has disputed lines: %(seats)s. Answer them first.",
                        statement=statement.name,
                        seats=", ".join(disputed.seat_id.mapped("name")),
                    )
                )
            if not statement.charge_ids:
                raise UserError(
                    self.env._(
                        "Statement %(statement)s has no line: there is nothing to confirm.",
                        statement=statement.name,
                    )
                )
        # sudo: see _has_field_access
        charges = self.charge_ids.sudo()
        charges._freeze_terms()
        charges.write({"state": "settled", "review": "confirmed"})
        positions = self.sudo().space_id._fiscal_positions()
        for statement in self.sudo():
            statement.fiscal_position_id = positions[statement.space_id]
        self.sudo().write(
            {
                "state": "confirmed",
                "changed_since_sent": False,
                "dispute_reason": False,
                "confirmed_by": partner.id,
                "confirmed_at": fields.Datetime.now(),
            }
        )
        for statement in self.sudo():
            statement.confirmed_hash = statement._lines_hash()
        self.env["coworking.portal.answer"]._log_each(
            "confirmed",
            {statement: {**answer, "shown_hash": statement.confirmed_hash} for statement in self},
            partner,
            channel,
        )
        # sudo: see _has_field_access
        self.sudo()._recheck_those_left_out()
        self.sudo()._update_billed()

    def _recheck_those_left_out(self):
        """A statement settled before its month begins leaves out the seats billed after it.

        What they cost in that month is charged in the next statement.
        """
        early = self.filtered(lambda row: row.date_from > fields.Date.context_today(row))
        for statement in early:
            month = statement.date_from
            seats = self.env["coworking.seat"].search(
                self._charged_in(month)
                & Domain("program_id", "=", statement.program_id.id)
                & Domain("space_id", "=", statement.space_id.id)
                & Domain("id", "not in", statement.charge_ids.seat_id.ids)
            )
            seats.participant_id._mark_to_recheck()

    def action_withdraw(self):
        """Take a confirmation back, as long as nothing was billed."""
        self.check_access("write")
        self._check_state_in("confirmed")
        for statement in self:
            if statement.copayment_standing_count:
                raise UserError(
                    self.env._(
                        "Statement %(statement)s: participants have the invoices of their part."
                        " Cancel those first.",
                        statement=statement.name,
                    )
                )
        # sudo: see _has_field_access
        self.charge_ids.sudo().write({"state": "open", "review": "pending"})
        # The database must know that they are open before anything else of them changes.
        self.charge_ids.flush_recordset(["state"])
        self.sudo().write(
            {
                "state": "sent",
                "confirmed_by": False,
                "confirmed_at": False,
                "confirmed_hash": False,
            }
        )
        self.sudo()._recheck_later_months()

    def action_cancel(self):
        """Give up an open statement. Generating the month again makes a new one."""
        self.check_access("write")
        self._check_state_in(*OPEN_STATES)
        participants = self.charge_ids.participant_id
        # sudo: see _has_field_access
        self.sudo().charge_ids.unlink()
        self.sudo().state = "cancelled"
        self.sudo()._recheck_later_months()
        participants._refresh_forecast()

    def action_create_bill(self):
        """Make the draft vendor bill of each confirmed statement, and open what was made."""
        self._check_may_bill()
        self._check_state_in("confirmed")
        bills = self.env["account.move"]
        for company, statements in self.grouped("company_id").items():
            known = {}
            bills += self._create_moves(
                company,
                [vals for statement in statements for vals in statement._prepare_bills(known)],
            )
        for bill in bills:
            bill._coworking_check_total()
        # sudo: what is matched follows from the bills
        self.env["coworking.match"].sudo()._insert_generated(bills)
        return self._action_open_moves(bills, "in_invoice")

    def action_create_copayment_invoices(self):
        """Invoice each participant for their part of settled months, when the program collects
        it.
        """
        self._check_may_bill()
        self._check_state_in(*SETTLED_STATES)
        invoices = self.env["account.move"]
        for company, statements in self.grouped("company_id").items():
            vals_list, known = [], {}
            for statement in statements:
                vals_list += statement._prepare_copayment_invoices(known)
            invoices += self._create_moves(company, vals_list)
        if not invoices:
            raise UserError(
                self.env._("Nothing to invoice: there is no co-payment left on these statements.")
            )
        return self._action_open_moves(invoices, "out_invoice")

    def action_open_month(self):
        """The lines of this statement as the accountant sees them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_month_line_action"
        )
        action["context"] = {"search_default_statement_id": self.id}
        return action

    def action_open_bill(self):
        self.ensure_one()
        return self._action_open_moves(self.bill_id, "in_invoice")

    def action_open_copayment_invoices(self):
        self.ensure_one()
        return self._action_open_moves(self.copayment_invoice_ids, "out_invoice")

    def _action_open_moves(self, moves, move_type):
        xml_id = {
            "in_invoice": "account.action_move_in_invoice_type",
            "out_invoice": "account.action_move_out_invoice_type",
        }[move_type]
        action = self.env["ir.actions.actions"]._for_xml_id(xml_id)
        if len(moves) == 1:
            action["views"] = [(self.env.ref("account.view_move_form").id, "form")]
            action["res_id"] = moves.id
        else:
            action["domain"] = [("id", "in", moves.ids)]
            action["context"] = {}
        return action

    def _check_may_bill(self):
        if not self.env.su and not self.env.user.has_group(
            "coworking_incubation.group_coworking_accountant"
        ):
            raise AccessError(self.env._("Only an accountant of the program makes bills."))

    def _check_state_in(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for statement in self:
            if statement.state not in states:
                raise UserError(
                    self.env._(
                        "Statement %(statement)s is %(state)s: this is for statements that are"
                        " %(expected)s.",
                        statement=statement.name,
                        state=labels[statement.state],
                        expected=", ".join(labels[state] for state in states),
                    )
                )

    # === GENERATION ===#

    @api.model
    def _open_states(self):
        return OPEN_STATES

    @api.model
    def _settled_states(self):
        return SETTLED_STATES

    def _get_product_tax(self, product):
        """Purchase tax of a product under the fiscal position that this statement was settled
        with.

        :return: (``account.tax``, rate as 0.20)
        """
        self.ensure_one()
        tax = self.space_id._purchase_taxes(product, self.fiscal_position_id)
        return tax, to_decimal(sum(tax.mapped("amount"))) / 100

    def _get_settled_tax(self, product):
        """The tax that a product has in this settled statement: that of its lines, if any.

        :return: (``account.tax``, rate as 0.20)
        """
        self.ensure_one()
        for charge in self.charge_ids:
            if charge.kind != "adjustment" and charge._billed_by().product_id == product:
                return charge.tax_id, to_decimal(charge.tax_rate) / 100
        return self._get_product_tax(product)

    @api.model
    def _generate(self, programs, date_from, spaces=None):
        """Make or bring up to date the statements of a month. Running it again changes nothing.

        Settled statements are left as they are; another process that works on the same space at
        the same moment keeps it, and this one goes on with the others.

        :param programs: ``coworking.program`` records
        :param date_from: first day of the month
        :param spaces: only these spaces; all by default
        :return: the open and settled statements of that month
        :raise UserError: the month has not begun, or a seat cannot be priced: every problem is
            named, and nothing was made
        """
        date_from = fields.Date.to_date(date_from)
        if date_from.day != 1:
            raise UserError(
                self.env._(
                    "A month is named by its first day, not %(date)s.",
                    date=format_date(self.env, date_from),
                )
            )
        self.check_access("create")
        programs.check_access("read")
        # sudo: a month is made of facts that its user may not read or write one by one
        statements = self.sudo().browse()
        for program in programs.sudo():
            statements |= (
                self.sudo()
                .with_company(program.company_id)
                ._generate_program(program, date_from, spaces)
            )
        return statements.sudo(self.env.su)

    def _generate_program(self, program, month, spaces=None):
        seats = self._seats_to_charge(program, month, spaces)
        existing = self.search(
            Domain("program_id", "=", program.id)
            & Domain("date_from", "=", month)
            & Domain("state", "!=", "cancelled")
            & (Domain("space_id", "in", spaces.ids) if spaces is not None else Domain.TRUE)
        )
        settled = existing.filtered(lambda statement: statement.state in SETTLED_STATES)
        stays = self._price_stays(program, month, spaces)
        corrections = self._get_corrections(program, month, stays)
        if spaces is not None:
            corrections = {space: rows for space, rows in corrections.items() if space in spaces}
        targets = seats.space_id | existing.space_id
        targets = targets.union(*corrections) - settled.space_id
        if not targets:
            return existing
        claimed = targets._claim()
        seats = seats.filtered(lambda seat: seat.space_id in claimed)
        by_space = defaultdict(list)
        others = seats.participant_id - stays.participants
        priced = list(stays.priced)
        if others:
            priced += self.env["coworking.pricing"]._price(program, others, [month])
        wanted = set(seats.ids)
        for home, seat, charge in priced:
            if home == month and seat.id in wanted:
                by_space[seat.space_id.id].append((seat, charge))
        self._fold_moved_commitments(month, by_space)
        for space, rows in corrections.items():
            if space in claimed:
                by_space[space.id] += rows
        opened = existing.filtered(
            lambda statement: statement.state in OPEN_STATES and statement.space_id in claimed
        )
        missing = claimed.filtered(
            lambda space: by_space.get(space.id) and space not in opened.space_id
        )
        opened |= self.create(
            [
                {"program_id": program.id, "space_id": space.id, "date_from": month}
                for space in missing
            ]
        )
        opened._replace_charges(by_space)
        # Before its month begins, a statement has only the seats that are billed in advance.
        early = int(month > fields.Date.context_today(self))
        opened.filtered(lambda row: row.pending_changes != early).pending_changes = early
        opened.filtered(
            lambda statement: statement.state == "draft" and not statement.charge_ids
        ).unlink()
        return existing.exists() | opened.exists()

    # === CORRECTIONS ===#
    # Settled charges belong to a home: the statement that carries them. A person's settled homes
    # should carry what the facts say today; what is missing or too much, less the corrections that
    # are settled already, is owed. It stands on the next open statement of the space after the
    # home, and stays owed until that one is settled.

    def _price_stays(self, program, month, spaces=None):
        """Price the whole stay of the people of a program whose settled months are to be checked.

        :param month: how far to look at least
        :param spaces: only the people with a seat in these
        :return: ``Stays``
        """
        here = Domain("seat_ids.space_id", "in", spaces.ids) if spaces is not None else Domain.TRUE
        participants = self.env["coworking.participant"].search(
            Domain("program_id", "=", program.id) & Domain("pending_changes", ">", 0) & here
        )
        homes = participants and self.search(
            Domain("program_id", "=", program.id)
            & Domain("space_id", "in", participants.seat_ids.space_id.ids)
            & Domain("state", "in", SETTLED_STATES)
        )
        seats = participants.seat_ids.filtered(lambda seat: seat.state in seat._holding_states())
        priced = []
        if seats:
            first = pricing.month_first(min(seats.mapped("date_start")))
            last = max([month, first, *homes.mapped("date_from")])
            months = [first]
            while months[-1] < last:
                months.append(pricing.add_months(months[-1], 1))
            priced = self.env["coworking.pricing"]._price(program, participants, months, homes)
        return Stays(participants, homes or self.browse(), priced)

    def _get_corrections(self, program, month, stays):
        """Corrections of settled months that stand on the statements of one month.

        Those that an earlier open statement carries are left to it. People of whose settled months
        nothing is owed any more are not looked at again.

        :param stays: see ``_price_stays``
        :return: dict space -> list of (seat, ``pricing.Charge`` of kind adjustment)
        """
        if not stays.participants:
            return {}
        charges = self.env["coworking.charge"].search(
            [("participant_id", "in", stays.participants.ids), ("state", "=", "settled")]
        )
        settled = {(home.space_id, home.date_from) for home in stays.homes}
        fresh, waiting, after = [], {}, defaultdict(lambda: date.min)
        seats = {charge.seat_id.id: charge.seat_id for charge in charges}
        for home, seat, charge in stays.priced:
            seats[seat.id] = seat
            if (seat.space_id, home) in settled:
                fresh.append(charge)
                after[charge.key] = max(after[charge.key], home)
            else:
                waiting[charge.key] = home
        known = []
        for charge in charges:
            row = charge._to_pricing()
            known.append(row)
            home = charge.period if charge.corrected_kind else charge.statement_id.date_from
            after[row.key] = max(after[row.key], home)
        opened = defaultdict(set)
        for statement in self.search(
            Domain("program_id", "=", program.id)
            & Domain("space_id", "in", [seat.space_id.id for seat in seats.values()])
            & Domain("state", "in", OPEN_STATES)
        ):
            opened[statement.space_id].add(statement.date_from)
        closed = {space for space, home in settled if home == month}
        result, pending = defaultdict(list), stays.participants.browse()
        for adjustment in pricing.adjustments(fresh, known):
            seat = seats[adjustment.seat]
            pending |= seat.participant_id
            if adjustment.corrected_kind == "commitment":
                # What moved to a month that is open is settled against it there.
                moved_to = waiting.get(adjustment.key)
                if moved_to == month or moved_to in opened[seat.space_id]:
                    continue
            months = [day for day in opened[seat.space_id] if day > after[adjustment.key]]
            if not months and month > after[adjustment.key] and seat.space_id not in closed:
                months = [month]
            if months and min(months) == month:
                result[seat.space_id].append((seat, adjustment))
        (stays.participants - pending).pending_changes = 0
        return result

    def _fold_moved_commitments(self, month, by_space):
        """A commitment stands on the statement of the departure. One that was settled there before
        the departure moved to this month is charged here by its difference.

        :param by_space: as in ``_replace_charges``; changed in place
        """
        rows = [row for rows in by_space.values() for row in rows if row[1].kind == "commitment"]
        if not rows:
            return
        charges = self.env["coworking.charge"].search(
            Domain("seat_id", "in", [seat.id for seat, __ in rows])
            & Domain("state", "!=", "forecast")
            & Domain("statement_id.date_from", "!=", month)
            & (Domain("kind", "=", "commitment") | Domain("corrected_kind", "=", "commitment"))
        )
        moved = {(seat.id, charge.period) for seat, charge in rows}
        charges = charges.filtered(lambda row: (row.seat_id.id, row.period) in moved)
        # Where it is still open it goes away, or its correction does.
        opened = charges.filtered(lambda row: row.state == "open")
        opened.statement_id._mark_outdated()
        opened.statement_id.filtered(lambda row: row.state != "draft").changed_since_sent = True
        opened.filtered(lambda row: row.kind == "commitment").unlink()
        known = (charges - opened).grouped(lambda row: row._to_pricing().key)
        for space_id, own in by_space.items():
            folded = []
            for seat, charge in own:
                if before := charge.kind == "commitment" and known.get(charge.key):
                    folded += [
                        (seat, adjustment)
                        for adjustment in pricing.adjustments(
                            [charge], [row._to_pricing() for row in before]
                        )
                    ]
                else:
                    folded.append((seat, charge))
            by_space[space_id] = folded

    def _recheck_later_months(self):
        """These statements carry nothing settled any more: what they corrected, and what corrected
        them, is owed anew.
        """
        Charge = self.env["coworking.charge"]
        for statement in self:
            corrected = Charge.search(
                Domain("program_id", "=", statement.program_id.id)
                & Domain("space_id", "=", statement.space_id.id)
                & Domain("kind", "=", "adjustment")
                & Domain("state", "=", "settled")
                & Domain("period", "=", statement.date_from)
            )
            (statement.charge_ids | corrected).participant_id._mark_to_recheck()
            self.search(
                Domain("program_id", "=", statement.program_id.id)
                & Domain("space_id", "=", statement.space_id.id)
                & Domain("date_from", ">=", statement.date_from)
                & Domain("state", "in", OPEN_STATES)
            )._mark_outdated()

    def _seats_to_charge(self, program, month, spaces=None):
        """Seats that may cost something in a month: present in it, or still due after their end.

        Before the month begins, only those on tariffs billed in advance.
        """
        today = fields.Date.context_today(self)
        domain = Domain("program_id", "=", program.id) & self._charged_in(month)
        if spaces is not None:
            domain &= Domain("space_id", "in", spaces.ids)
        if month > today:
            opens = month - relativedelta(months=1) + timedelta(days=ADVANCE_DAY - 1)
            advance = domain & Domain("tariff_id.billing_timing", "=", "advance")
            if today < opens or not self.env["coworking.seat"].search_count(advance, limit=1):
                raise UserError(
                    self.env._(
                        "%(month)s has not begun. Only seats that are billed in advance can be"
                        " generated, from %(opens)s on.",
                        month=format_date(self.env, month, date_format="MMMM y").capitalize(),
                        opens=format_date(self.env, opens),
                    )
                )
            domain = advance
        return self.env["coworking.seat"].search(domain, order="space_id, id")

    def _charged_in(self, month):
        """Domain of the seats that may cost something in a month."""
        return (
            Domain("state", "in", self.env["coworking.seat"]._holding_states())
            & Domain("date_start", "<=", month + relativedelta(months=1, days=-1))
            & (
                Domain("date_end", "=", False)
                | Domain("date_end", ">=", month)
                | Domain("tariff_id.min_commitment_months", ">", 0)
                | Domain("notice_date", "!=", False)
            )
        )

    def _mark_outdated(self):
        """What the lines of these statements were computed from has changed.

        The row is written each time, so that of two transactions, one that changes a fact and one
        that settles the month, the second has to begin again and sees what the first did.

        :return: those that are settled already, which only the next month can correct
        """
        settled = self.filtered(lambda statement: statement.state in SETTLED_STATES)
        for statement in self - settled:
            statement.pending_changes += 1
        return settled

    def _refresh_lines(self):
        """Compute again the lines of the statements that need it.

        :return: those whose lines are no longer what they were
        :raise UserError: a statement is being generated by somebody else at this moment
        """
        # sudo: as in _generate; whoever sends or confirms may do so without the right to generate
        outdated = self.sudo().filtered("pending_changes")
        before = {statement: statement._lines_hash() for statement in outdated}
        for (program, month), statements in outdated.grouped(
            lambda statement: (statement.program_id, statement.date_from)
        ).items():
            self.sudo().with_company(program.company_id)._generate_program(
                program, month, statements.space_id
            )
        gone = outdated - outdated.exists()
        still = (outdated - gone).filtered(
            lambda row: row.pending_changes and row.date_from <= fields.Date.context_today(row)
        )
        if gone or still:
            raise UserError(
                self.env._(
                    "The lines of this month are being computed at this moment, or there are none"
                    " left. Open the statements again in a minute."
                )
            )
        return outdated.filtered(
            lambda statement: statement._lines_hash() != before[statement]
        ).sudo(self.env.su)

    def _replace_charges(self, by_space):
        """Bring the charges of these open statements to what was just priced, touching no more.

        Forecasts of the same seats and months become the charges of the statement. Bills that came
        before are matched with them (sudo: whoever generates need not know the bills).

        :param by_space: dict space id -> list of (seat, ``pricing.Charge``)
        """
        Charge = self.env["coworking.charge"]
        rows = [row for statement in self for row in by_space.get(statement.space_id.id, ())]
        forecasts = {
            charge._key(): charge
            for charge in Charge.search(
                [
                    ("seat_id", "in", [seat.id for seat, __ in rows]),
                    ("period", "in", list({priced.period for __, priced in rows})),
                    ("state", "=", "forecast"),
                ],
                order="id",
            )
        }
        to_create, to_delete = [], Charge
        for statement in self:
            lang = statement.company_id.partner_id.lang or self.env.lang
            explaining = Charge.with_context(lang=lang)
            current = {charge._key(): charge for charge in statement.charge_ids}
            changed, adopted = False, Charge
            for seat, priced in by_space.get(statement.space_id.id, ()):
                values = explaining._values(priced, seat.with_env(explaining.env))
                key = (priced.seat, priced.period, priced.kind, priced.corrected_kind)
                charge = current.pop(key, None) or forecasts.pop(key, None)
                if charge is None:
                    to_create.append({**values, "statement_id": statement.id, "state": "open"})
                    changed = True
                    continue
                if charge._differs_from(values):
                    charge.write({**values, "review": "pending"})
                    changed = True
                if charge.state == "forecast":
                    adopted |= charge
            adopted.write({"statement_id": statement.id, "state": "open"})
            for charge in current.values():
                to_delete |= charge
                changed = True
            if (changed or adopted) and statement.state in ("sent", "disputed"):
                statement.changed_since_sent = True
        to_delete.unlink()
        Charge.create(to_create)
        # sudo: matches follow from what is expected, whoever computes it
        self.env["coworking.matching"].sudo()._statements_changed(self)

    @api.model
    def _cron_generate(self, batch_size=10):
        """Catch up: every program, every month begun and not settled yet, a few spaces a commit.

        Daily, so that a failure or a stop costs nothing: the next run does what is missing. A space
        that cannot be priced is reported on itself and does not hold the others up.
        """
        todo = [
            (program, month, spaces[start : start + batch_size])
            for program, month, spaces in self._months_to_generate()
            for start in range(0, len(spaces), batch_size)
        ]
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for program, month, spaces in todo:
            self._generate_reporting(program, month, spaces)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _months_to_generate(self):
        """What the daily run has to look at: spaces with seats to charge, with lines whose seat may
        be gone, with settled months to correct.

        :return: list of (program, first day of month, spaces without a settled statement)
        """
        today = fields.Date.context_today(self)
        this_month = today.replace(day=1)
        next_month = this_month + relativedelta(months=1)
        programs = self.env["coworking.program"].search([])  # pylint: disable=no-search-all
        rechecked = self.env["coworking.participant"].search(
            [("program_id", "in", programs.ids), ("pending_changes", ">", 0)]
        )
        rechecked = rechecked.grouped("program_id")
        settled, opened = defaultdict(set), defaultdict(self.env["coworking.space"].browse)
        for program, month, state, space in self._read_group(
            [("program_id", "in", programs.ids), ("state", "!=", "cancelled")],
            ["program_id", "date_from:month", "state", "space_id"],
        ):
            if state in SETTLED_STATES:
                settled[program.id, fields.Date.to_date(month)].add(space.id)
            else:
                opened[program, fields.Date.to_date(month)] |= space
        todo = set(opened)
        todo |= {(program, this_month) for program in rechecked}
        for program_id, (first, last) in programs._seat_months().items():
            program = programs.browse(program_id)
            month = first
            while month <= min(last, this_month):
                todo.add((program, month))
                month += relativedelta(months=1)
            if today.day >= ADVANCE_DAY and last >= next_month:
                todo.add((program, next_month))
        result = []
        for program, month in sorted(todo, key=lambda item: (item[0].id, item[1])):
            try:
                spaces = self._seats_to_charge(program, month).space_id
            except UserError:
                continue  # nothing is billed in advance
            spaces |= opened[program, month]
            if program in rechecked:
                spaces |= rechecked[program].seat_ids.space_id
            spaces = spaces.filtered(
                lambda space, key=(program.id, month): space.id not in settled[key]
            )
            if spaces:
                result.append((program, month, spaces))
        return result

    def _generate_reporting(self, program, month, spaces):
        """Generate, space by space when they do not go together; a problem is told on its space."""
        try:
            with self.env.cr.savepoint():
                self._generate(program, month, spaces)
            return
        except UserError as error:
            if len(spaces) == 1:
                _logger.warning(
                    "Month %s of space %s was not generated: it cannot be priced.", month, spaces.id
                )
                spaces._report_problem(program, month, str(error))
                return
        for space in spaces:
            self._generate_reporting(program, month, space)

    # === PORTAL ===#

    @api.model
    def _domain_shown_to(self, partner):
        """Statements that a contact may look at today."""
        return Domain(
            "space_id", "any", self.env["coworking.space"]._domain_managed_by(partner)
        ) & Domain("state", "in", SHOWN_STATES)

    def _link_holders(self, purpose):
        self.ensure_one()
        return self.space_id._contacts()

    def _link_is_open(self, purpose, partner):
        """Until all statements of that contact and month are billed."""
        self.ensure_one()
        return bool(
            self.search_count(
                self._domain_shown_to(partner)
                & Domain("date_from", "=", self.date_from)
                & Domain("state", "!=", "billed"),
                limit=1,
            )
        )

    def _link_target(self, purpose):
        self.ensure_one()
        return f"/my/coworking/month/{self.date_from:%Y-%m}"

    def _link_words(self, purpose, partner):
        self.ensure_one()
        month = format_date(self.env, self.date_from, date_format="MMMM y")
        return {
            "subject": self.env._("Your coworkers in %(month)s: to confirm", month=month),
            "text": self.env._(
                "The month of %(month)s is ready: who was there, and what your bill is to say."
                " Look at the lines, tell us if one is wrong, confirm. It takes five minutes.",
                month=month,
            ),
            "button": self.env._("See %(month)s", month=month),
        }

    # === BILLING ===#

    @api.model
    def _create_moves(self, company, vals_list):
        """Draft documents of a company, a thousand lines at a time, as many as Odoo reads at once.

        Odoo looks for the journal of each document and posts a message on each customer invoice:
        here the journal is looked for once, and the notes are written together. Documents are made
        before their lines, because the last thing Odoo does with a new document is to write on it,
        and for that it looks at all its lines again.
        """
        AccountMove = self.env["account.move"].with_company(company)
        journals = {
            move_type: AccountMove.new(
                {"move_type": move_type, "company_id": company.id}
            ).journal_id
            for move_type in {vals["move_type"] for vals in vals_list}
        }
        bulk = AccountMove.with_context(
            mail_create_nolog=True, coworking_take_up=False, coworking_in_bulk=True
        )
        moves, heads, lines = AccountMove, [], []
        for position, vals in enumerate(vals_list, start=1):
            head = {**vals, "journal_id": journals[vals["move_type"]].id}
            lines.append([line for __, __, line in head.pop("invoice_line_ids")])
            heads.append(head)
            if sum(map(len, lines)) >= LINES_AT_ONCE or position == len(vals_list):
                made = bulk.create(heads)
                bulk.env["account.move.line"].create(
                    [
                        {**line, "move_id": move.id}
                        for move, own in zip(made, lines, strict=True)
                        for line in own
                    ]
                )
                moves += made
                heads, lines = [], []
        moves = moves.with_env(AccountMove.env)
        moves._message_log_batch({move.id: move._creation_message() for move in moves})
        return moves

    def _prepare_bills(self, known=None):
        """Values of the draft vendor bills: one, unless what another operator billed is corrected.

        :param known: see ``_distributions``
        """
        self.ensure_one()
        charges = self.charge_ids.filtered(
            lambda charge: not self.currency_id.is_zero(charge.payable_total)
        ).sorted(lambda charge: (charge.seat_id.name, charge.period, charge.kind))
        if not charges:
            raise UserError(
                self.env._(
                    "Statement %(statement)s owes nothing to the space: there is no bill to make.",
                    statement=self.name,
                )
            )
        return [
            self._prepare_bill(operator, own, known)
            for operator, own in charges.grouped("operator_id").items()
        ]

    def _prepare_bill(self, operator, charges, known=None):
        """Values of a draft vendor bill: one line a charge, with the seat's reference, no name.

        A portal user sees all bills of their commercial partner, hence never a name. The supplier's
        own reference and date are left for the document that comes.

        :param known: see ``_distributions``
        """
        self.ensure_one()
        total = sum(charges.mapped("payable_total"))
        refund = self.currency_id.compare_amounts(total, 0) < 0
        sign = -1 if refund else 1
        names = charges._bill_line_names()
        terms = {
            charge: (charge._billed_by().product_id, charge.tax_id, charge.tax_rate)
            for charge in charges
        }
        bases = {
            row: self._bill_line_basis(operator, *row, refund, known) for row in set(terms.values())
        }
        return {
            "move_type": "in_refund" if refund else "in_invoice",
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "partner_id": operator.id,
            "invoice_origin": self.name,
            "coworking_statement_id": self.id,
            "invoice_line_ids": [
                Command.create(charge._prepare_bill_line(names[charge], sign, bases[row]))
                for charge, row in terms.items()
            ],
        }

    def _bill_line_basis(self, operator, product, tax, tax_rate, refund, known=None):
        """What all bill lines of one product and tax have in common.

        :param tax_rate: that of the charges, 20.0 for 20 %
        :param known: see ``_distributions``
        :return: dict of the product, its unit, tax, tax rate (0.20 for 20 %), tax tags, analytic
            distribution and currency
        """
        self.ensure_one()
        account = self.program_id.analytic_account_id
        own = {str(account.id): 100.0} if account else {}
        by_models = self._distributions(product, "expense", operator, account.root_plan_id, known)
        return {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "tax": tax,
            "tax_rate": to_decimal(tax_rate) / 100,
            "tax_tag_ids": tax.get_tax_tags(refund, "base").ids,
            "analytic_distribution": own | by_models[operator] or False,
            "currency_id": self.currency_id.id,
        }

    def _distributions(self, product, account_type, partners, applied_plans=None, known=None):
        """What Odoo's analytic distribution models say of lines of a product.

        Odoo asks them line by line. Two partners without a model of their own get the same answer,
        if they have the same categories.

        :param account_type: "income" or "expense": which of the product's accounts the lines have
        :param applied_plans: analytic plans for which the distribution is already known
        :param known: answers so far, a dict that the caller keeps for statements of one company
        :return: dict partner -> distribution
        """
        self.ensure_one()
        DistributionModel = self.env["account.analytic.distribution.model"]
        applied_plans = applied_plans or self.env["account.analytic.plan"]
        product = product.with_company(self.company_id)
        account = product.product_tmpl_id.get_product_accounts()[account_type]
        known = {} if known is None else known
        if "special" not in known:
            known["special"] = DistributionModel.search([("partner_id", "!=", False)]).partner_id
        result = {}
        for partner in partners:
            key = (
                product,
                account,
                applied_plans,
                partner & known["special"],
                partner.category_id,
            )
            if key not in known:
                known[key] = DistributionModel._get_distribution(
                    {
                        "product_id": product.id,
                        "product_categ_id": product.categ_id.id,
                        "partner_id": partner.id,
                        "partner_category_id": partner.category_id.ids,
                        "account_prefix": account.code,
                        "company_id": self.company_id.id,
                        "related_root_plan_ids": applied_plans,
                    }
                )
            result[partner] = known[key]
        return result

    def _prepare_copayment_invoices(self, known=None):
        """One draft customer invoice a participant, for those who do not have it yet.

        :param known: see ``_distributions``
        """
        self.ensure_one()
        program = self.program_id
        if program.copayment_collector != "program":
            return []
        charges = self.charge_ids.filtered(
            lambda charge: not self.currency_id.is_zero(charge.copayment_amount)
        )
        by_partner = charges.grouped(lambda charge: charge.seat_id.partner_id)
        # The database must know that an invoice was taken back before another one is made.
        self.copayment_invoice_ids.flush_recordset(["payment_state"])
        for partner in self.copayment_invoice_ids._coworking_standing().partner_id:
            by_partner.pop(partner, None)
        if not by_partner:
            return []
        product = program.copayment_product_id
        if not product:
            raise UserError(
                self.env._(
                    "Program %(program)s collects the participants' part: choose its co-payment"
                    " product first.",
                    program=program.name,
                )
            )
        names = charges._bill_line_names()
        partners = self.env["res.partner"].union(*by_partner)
        distributions = self._distributions(product, "income", partners, known=known)
        bases = {refund: self._copayment_line_basis(product, refund) for refund in (False, True)}
        result = []
        for partner, own in by_partner.items():
            refund = self.currency_id.compare_amounts(sum(own.mapped("copayment_amount")), 0) < 0
            sign = -1 if refund else 1
            basis = {**bases[refund], "analytic_distribution": distributions[partner] or False}
            result.append(
                {
                    "move_type": "out_refund" if refund else "out_invoice",
                    "company_id": self.company_id.id,
                    "currency_id": self.currency_id.id,
                    "partner_id": partner.id,
                    "invoice_origin": self.name,
                    "coworking_statement_id": self.id,
                    "invoice_line_ids": [
                        Command.create(charge._prepare_copayment_line(names[charge], sign, basis))
                        for charge in own
                    ],
                }
            )
        return result

    def _copayment_line_basis(self, product, refund):
        """What all co-payment lines have in common, as ``_bill_line_basis``.

        What is left of a price with tax is asked as it is, without tax: no ``tax_ids`` leaves the
        taxes of the product to Odoo. Those that are included in its price ask for the price with
        them.

        :return: values of a line, and ``included``: the taxes that its price includes
        """
        self.ensure_one()
        taxes = self._copayment_taxes(product)
        basis = {
            "display_type": "product",
            "currency_id": self.currency_id.id,
            "product_id": product.id,
            "tax_tag_ids": [Command.set(taxes.get_tax_tags(refund, "base").ids)],
            "included": taxes.filtered("price_include"),
        }
        if self.program_id.funding_base == "total":
            basis["tax_ids"] = [Command.clear()]
        return basis

    def _copayment_taxes(self, product):
        """Taxes that are added to participants' parts: none where these are of prices with tax."""
        self.ensure_one()
        if self.program_id.funding_base == "total":
            return self.env["account.tax"]
        return product.taxes_id._filter_taxes_by_company(self.company_id)

    def _receive_invoice(self, filename, content, *, source, operator=None, sender=None):
        """Keep a file that the space sends for this month: see ``coworking.invoice.file``.

        :return: ``coworking.invoice.file`` record: its ``message`` says what comes next
        """
        return self.env["coworking.invoice.file"]._receive(
            filename,
            content,
            source=source,
            operator=operator,
            statement=self,
            sender=sender,
        )

    def _update_disputed(self):
        """Disputed as long as one of its lines is, then back with the space."""
        for statement in self.filtered(lambda statement: statement.state in OPEN_STATES):
            disputed = "disputed" in statement.charge_ids.mapped("review")
            if disputed and statement.state != "disputed":
                statement.state = "disputed"
            elif not disputed and statement.state == "disputed":
                statement.write({"state": "sent", "sent_at": fields.Datetime.now()})
                statement._ask_spaces()

    def _update_billed(self):
        """Billed as long as one of its bills stands; its cancellation gives the month back."""
        for statement in self:
            if statement.state not in SETTLED_STATES:
                continue
            state = "billed" if statement.bill_ids else "confirmed"
            if statement.state != state:
                statement.state = state

    def _matches_changed(self):
        """Bring up to date what these statements say of their bills."""
        # sudo: what is invoiced follows from the bills, whoever posts or cancels them
        statements = self.sudo()
        statements.invalidate_recordset(["bill_ids", "bill_id", "bill_payment_state"])
        for name in ("invoiced_amount", "gap_amount"):
            self.env.add_to_compute(self._fields[name], statements)
        statements._update_billed()

    def _lines_hash(self):
        """Fingerprint of what was shown to whoever confirmed: references, periods and amounts."""
        self.ensure_one()
        digits = self.currency_id.decimal_places
        lines = sorted(
            [
                charge.seat_id.name,
                str(charge.period),
                charge.kind,
                float_repr(charge.payable_untaxed, digits),
                float_repr(charge.payable_tax, digits),
                charge.explanation or "",
            ]
            for charge in self.charge_ids
        )
        return hashlib.sha256(json.dumps([self.name, lines]).encode()).hexdigest()
