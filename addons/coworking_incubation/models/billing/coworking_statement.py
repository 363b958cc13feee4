import hashlib
import json
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, float_repr, format_date

from ...tools import KNOWN, to_decimal
from ..base.processing import MONEY

OPEN_STATES = ("draft", "sent", "disputed")
SETTLED_STATES = ("confirmed", "billed")
# For how long a link still opens a month that is paid.
PAID_LINK_DAYS = 31
# What the space sees.
SHOWN_STATES = ("sent", "confirmed", "disputed", "billed")

# Each program runs in few months. Without these statistics PostgreSQL takes program and month for
# independent: it expects a tenth of the statements of a program, and looks them up one by one where
# it could read them all at once.
STATISTICS = """
CREATE STATISTICS IF NOT EXISTS coworking_statement_months (mcv)
       ON program_id, date_from FROM coworking_statement;
ALTER STATISTICS coworking_statement_months SET STATISTICS 1000;
"""


class CoworkingStatement(models.Model):
    """What one space is expected to bill to one program for one month, seat by seat.

    Draft, sent and disputed statements are open: generating the month again brings them up to date.
    Confirmed and billed ones are settled: their charges are never rewritten.
    """

    _name = "coworking.statement"
    _description = "Monthly Statement"
    _processing = MONEY
    _marks = {"operator_id": KNOWN}
    _inherit = [
        "coworking.thread.mixin",
        "mail.activity.mixin",
        "coworking.portal.mixin",
        "coworking.link.mixin",
        "coworking.guard.mixin",
        "coworking.state.mixin",
        "coworking.ordered.selection.mixin",
        "coworking.record.mixin",
    ]
    _ordered_selections = ("state",)
    _order = "date_from desc, name"
    _check_company_auto = True
    # What a statement says is written by its actions alone, so that no step can be skipped.
    _typed_fields = frozenset()

    name = fields.Char(
        string="Reference",
        compute="_compute_name",
        store=True,
        precompute=True,
        index="trigram",
        help="Reference that the space quotes on its bill, such as INC-2015-06-MUTUALAB.",
    )
    # It gives the company: to check it against the company would leave a new one nothing to choose.
    program_id = fields.Many2one(
        "coworking.program", required=True, index=True, ondelete="restrict"
    )
    space_id = fields.Many2one(
        "coworking.space", required=True, index=True, check_company=True, ondelete="restrict"
    )
    contact_words = fields.Char(related="space_id.contact_words")
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
    move_ids = fields.One2many(
        "account.move",
        "coworking_statement_id",
        string="Journal Entries",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
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

    def init(self):
        self.env.cr.execute(STATISTICS)
        return super().init()

    @api.model
    def _get_portal_fields(self):
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

    @api.model
    def _get_typed_names(self, vals):
        return ("dispute_reason",)

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

    # A document says what becomes of it, see account.move: else all that Odoo computes of any
    # document would come by here.
    @api.depends("move_ids")
    def _compute_bills(self):
        matched = self._get_matched_bills()
        together = self.move_ids.union(*matched.values()).ids
        # At once, for those of which nothing was made and nothing came.
        self.bill_ids = self.bill_id = self.bill_payment_state = False
        self.copayment_invoice_ids = False
        self.copayment_invoice_count = self.copayment_standing_count = 0
        for statement in self.filtered(lambda row: row.move_ids or row.id in matched):
            moves = statement.move_ids.filtered(lambda move: move.state != "cancel")
            made = moves.filtered(lambda move: move.is_purchase_document())
            bills = (made | matched.get(statement.id, made)).with_prefetch(together)
            statement.bill_ids = bills
            bill = (made._coworking_standing() or made)[:1] or (bills if len(bills) == 1 else made)
            statement.bill_id = bill
            statement.bill_payment_state = bill.state == "posted" and bill.payment_state
            invoices = moves.filtered(lambda move: move.is_sale_document())
            if not invoices:
                continue
            statement.copayment_invoice_ids = invoices
            statement.copayment_invoice_count = len(invoices)
            statement.copayment_standing_count = len(invoices._coworking_standing())

    # === HOOKS OF THE ROOM ABOVE ===#

    def _get_matched_bills(self):
        """Bills that came from the spaces: dict statement id -> ``account.move``."""
        return {}

    def _on_bills_created(self, bills):
        """These bills were made from these statements."""

    def _on_charges_replaced(self):
        """What these statements expect was computed again."""

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

    # === ACTION METHODS ===#

    def action_send(self):
        self.check_access("write")
        self._check_state_in("draft", "sent", "disputed")
        self._refresh_lines()
        # Sent again, a line that was disputed is the space's to agree with, or to dispute anew.
        disputed = self.charge_ids.filtered(lambda charge: charge.review == "disputed")
        # sudo: see coworking.guard.mixin
        disputed.sudo().review = "pending"
        self.sudo().write(
            {"state": "sent", "changed_since_sent": False, "sent_at": fields.Datetime.now()}
        )
        self._ask_spaces()
        return True

    def _ask_spaces(self):
        """Wake the mails to the managers: one a manager and month, however many are sent."""
        self.env["ir.cron"]._wake("coworking_incubation.ir_cron_ask_spaces")

    def action_refresh(self):
        """Bring the lines of open statements up to date with the facts."""
        self.check_access("write")
        self._check_state_in(*OPEN_STATES)
        self._refresh_lines(may_go=True)
        if self.exists():
            return True
        return self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_action"
        )

    def action_confirm(self):
        """Staff agree with the lines, see ``_confirm_lines``.

        :return: a notification that names the statements that stay open, if any
        """
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        return self._confirm_lines()._warn_of_change(reload) or True

    def _confirm_lines(self, partner=None, channel="staff", seen=None, **answer):
        """Somebody agrees with the lines, which are settled from now on.

        Nobody agrees with lines they did not see: a statement whose lines change when they are
        brought up to date, or are not those that were shown, stays open with its new lines.

        :param partner: who agreed; whoever is logged in by default
        :param channel: how, see ``coworking.portal.answer``
        :param seen: dict statement id -> fingerprint of the lines shown, where that is known
        :param answer: more values of the answer that is kept: note, scan
        :return: the statements that stay open
        """
        self.check_access("write")
        self._wait_for_others()
        self._check_state_in(*OPEN_STATES)
        changed = self._refresh_lines()
        if seen:
            changed |= self.filtered(lambda row: row._get_lines_hash() != seen[row.id])
        (self - changed)._freeze_lines(partner or self.env.user.partner_id, channel, **answer)
        return changed

    def _warn_of_change(self, next_action):
        """A notification that the lines of these statements have just changed, if there are any.

        :param next_action: the action that follows
        """
        if not self:
            return None
        return self._warn(
            self.env._(
                "The lines of %(statements)s have just changed: look at them, then confirm.",
                statements=", ".join(self.mapped("name")),
            ),
            next_action,
        )

    @api.model
    def _warn(self, message, next_action):
        """The action that says something until it is closed, then goes on with another one."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": message,
                "next": next_action,
            },
        }

    def _wait_for_others(self):
        """Of two people who confirm, bill or invoice some of the same months at once, the later
        waits for the first, and begins again if these changed. What each takes first is the oldest
        of its months, in whatever order they were chosen: none waits for who waits for it.
        """
        if len(self) > 1:
            self.env.cr.execute(
                "SELECT FROM coworking_statement WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                [self.ids],
                log_exceptions=False,
            )

    def _freeze_lines(self, partner, channel, **answer):
        """Freeze the lines of these statements, and keep the answer: see ``_confirm_lines``."""
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
        # sudo: see coworking.guard.mixin
        charges = self.charge_ids.sudo()
        positions = (self.sudo().space_id | charges.space_id)._get_fiscal_positions()
        charges._freeze_terms(positions)
        charges.write({"state": "settled", "review": "confirmed"})
        charges._recheck_fees_elsewhere()
        for position, own in self.sudo().grouped(lambda row: positions[row.space_id]).items():
            own.fiscal_position_id = position
        self.sudo().write(
            {
                "state": "confirmed",
                "changed_since_sent": False,
                "dispute_reason": False,
                "confirmed_by": partner.id,
                "confirmed_at": fields.Datetime.now(),
            }
        )
        # With what else is written of each, not by a write of its own.
        with self.env.protecting([self._fields["confirmed_hash"]], self):
            for statement in self.sudo():
                statement.confirmed_hash = statement._get_lines_hash()
        self.env["coworking.portal.answer"]._log_each(
            "confirmed",
            {statement: {**answer, "shown_hash": statement.confirmed_hash} for statement in self},
            partner,
            channel,
        )
        # sudo: see coworking.guard.mixin
        self.sudo()._recheck_those_left_out()
        self.sudo()._update_billed()

    def action_withdraw(self):
        """Take a confirmation back, as long as nothing was billed."""
        self.check_access("write")
        self._check_state_in("confirmed")
        for statement in self:
            bills = statement.sudo()._get_standing_bills()
            if bills:
                raise UserError(
                    self.env._(
                        "Statement %(statement)s is billed in part, by %(bills)s. Bill the rest:"
                        " what changes is corrected in the next month.",
                        statement=statement.name,
                        bills=", ".join(bills.mapped("display_name")),
                    )
                )
            if statement.copayment_standing_count:
                raise UserError(
                    self.env._(
                        "Statement %(statement)s: participants have the invoices of their part."
                        " Cancel those first.",
                        statement=statement.name,
                    )
                )
        # sudo: see coworking.guard.mixin
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
        # Packs that were settled are no longer bought: others may be.
        self.sudo()._get_people_there()._refresh_forecast()
        return True

    def action_cancel(self):
        """Give up an open statement. Generating the month again makes a new one."""
        self.check_access("write")
        self._check_state_in(*OPEN_STATES)
        # sudo: see coworking.guard.mixin
        participants = self.sudo().charge_ids.participant_id | self.sudo()._get_people_there()
        self.sudo().charge_ids._unlink_rechecking_fees()
        self.sudo().state = "cancelled"
        self.sudo()._recheck_later_months()
        participants._refresh_forecast()
        return True

    def action_open_month(self):
        """The lines of this statement as the accountant sees them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_month_line_action"
        )
        action["context"] = {"search_default_statement_id": self.id}
        return action

    # === GENERATION ===#

    def _get_responsible(self, or_admin=True):
        """See the program's."""
        self.ensure_one()
        return self.program_id._get_responsible(or_admin=or_admin)

    def _get_product_tax(self, product):
        """Purchase tax of a product under the fiscal position that this statement was settled
        with.

        :return: (``account.tax``, rate as 0.20)
        """
        self.ensure_one()
        tax = self.space_id._get_purchase_taxes(product, self.fiscal_position_id)
        return tax, to_decimal(sum(tax.mapped("amount"))) / 100

    def _get_settled_tax(self, product):
        """The tax that a product has in this settled statement: that of its lines, if any.

        :return: (``account.tax``, rate as 0.20)
        """
        self.ensure_one()
        for charge in self.charge_ids:
            if charge.kind != "adjustment" and charge._get_billing_terms().product_id == product:
                return charge.tax_id, to_decimal(charge.tax_rate) / 100
        return self._get_product_tax(product)

    # === CORRECTIONS ===#
    # Settled charges belong to a home: the statement that carries them. A person's settled homes
    # should carry what the facts say today; what is missing or too much, less the corrections that
    # are settled already, is owed. It stands on the next open statement of the space after the
    # home, and stays owed until that one is settled.

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

    # === PORTAL ===#

    @api.model
    def _get_shown_to_domain(self, partner):
        """Statements that a contact may look at today.

        Their spaces are found first, not a space for each statement that there is: as an array,
        which PostgreSQL expects to be short, where it takes half of all spaces to be theirs.
        """
        spaces = self.env["coworking.space"].with_context(active_test=False)
        own = spaces._search(spaces._get_managed_by_domain(partner)).subselect()
        in_own = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s = ANY (ARRAY%s)", model._field_to_sql(alias, "space_id", query), own
            )
        )
        return in_own & Domain("state", "in", SHOWN_STATES)

    def _get_link_holders(self, purpose):
        self.ensure_one()
        return self.space_id._get_contacts()

    def _is_link_open(self, purpose, partner):
        """Until all statements of that contact and month are paid, and some weeks more: whoever is
        told that they are paid may look.
        """
        self.ensure_one()
        statements = self.search(
            self._get_shown_to_domain(partner) & Domain("date_from", "=", self.date_from)
        )
        paid = statements._get_paid_on()
        last = fields.Date.context_today(self) - timedelta(days=PAID_LINK_DAYS)
        return any(row not in paid or paid[row] >= last for row in statements)

    @api.model
    def _find_due(self, told):
        """As long as what was to be told then of one of the statements of the month is so."""
        held = [
            mail for mail in told if mail.partner in mail.record._get_link_holders(mail.purpose)
        ]
        partners = self.env["res.partner"].union(*(mail.partner for mail in held))
        months = {mail.record.date_from for mail in held}
        shown = self.search(self._get_shown_to_domain(partners) & Domain("date_from", "in", months))
        unchanged = defaultdict(list)
        for statement in shown:
            for partner in statement.space_id._get_contacts():
                unchanged[statement.date_from, partner].append(statement.confirmed_at)
        return [
            mail
            for mail in held
            if any(
                not confirmed_at or confirmed_at <= mail.made_at
                for confirmed_at in unchanged[mail.record.date_from, mail.partner]
            )
        ]

    def _is_told_with(self, other):
        """One mail a month."""
        return self.date_from == other.date_from

    def _get_link_target(self, purpose):
        self.ensure_one()
        return f"/my/coworking/month/{self.date_from:%Y-%m}"

    def _get_link_words(self, purpose, partner):
        self.ensure_one()
        month = format_date(self.env, self.date_from, date_format="MMMM y")
        if self.state == "confirmed":
            return {
                "subject": self.env._("Your coworkers in %(month)s: your invoice", month=month),
                "text": self.env._(
                    "The month of %(month)s is confirmed. Here is what your invoice must say, and"
                    " where to send it.",
                    month=month,
                ),
                "button": self.env._("Send the invoice"),
            }
        if self.state == "billed":
            return {
                "subject": self.env._("Your coworkers in %(month)s: your invoice", month=month),
                "text": self.env._(
                    "Here is what becomes of your invoice of %(month)s, until it is paid.",
                    month=month,
                ),
                "button": self.env._("See %(month)s", month=month),
            }
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

    def _get_copayment_taxes(self, product):
        """Taxes that are added to participants' parts: none where these are of prices with tax."""
        self.ensure_one()
        if self.program_id.funding_base == "total":
            return self.env["account.tax"]
        return product.taxes_id._filter_taxes_by_company(self.company_id)

    def _update_disputed(self):
        """Disputed as long as one of its lines is, then back with the space."""
        for statement in self.filtered(lambda statement: statement.state in OPEN_STATES):
            disputed = "disputed" in statement.charge_ids.mapped("review")
            if disputed and statement.state != "disputed":
                statement.state = "disputed"
            elif not disputed and statement.state == "disputed":
                statement.write({"state": "sent", "sent_at": fields.Datetime.now()})
                statement._ask_spaces()

    def _get_lines_hash(self):
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
