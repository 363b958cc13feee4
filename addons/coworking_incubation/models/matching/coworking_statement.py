from odoo import api, fields, models
from odoo.exceptions import UserError

# A match of what leaves the rest of the month to be billed: see _get_documents_beside.
IS_BESIDE = """(move.move_type = 'in_receipt' OR move.move_type = 'in_refund'
                  AND match.cause IS DISTINCT FROM 'reversal'
                  AND move.coworking_statement_id IS DISTINCT FROM match.statement_id)"""
# Of a charge of a statement: whether it is to be billed, as _get_charges_to_bill has it.
IS_TO_BILL = f"""(charge.payable_total != 0
       AND NOT EXISTS (
           SELECT FROM account_move move
             JOIN res_partner operator
               ON operator.id = COALESCE(charge.operator_id, statement.operator_id)
            WHERE move.coworking_statement_id = statement.id
              AND move.coworking_statement_id > 0
              AND move.commercial_partner_id = operator.commercial_partner_id
              AND move.state != 'cancel' AND COALESCE(move.payment_state, '') != 'reversed'
              AND move.move_type IN ('in_invoice', 'in_refund'))
       AND NOT EXISTS (
           SELECT FROM coworking_match match
             JOIN account_move move ON move.id = match.move_id
             JOIN res_partner operator
               ON operator.id = COALESCE(charge.operator_id, statement.operator_id)
            WHERE match.statement_id = statement.id
              AND move.coworking_statement_id IS DISTINCT FROM statement.id
              AND COALESCE(move.payment_state, '') != 'reversed'
              AND (move.move_type = 'in_invoice'
                   AND move.commercial_partner_id = operator.commercial_partner_id
                OR match.charge_id = charge.id AND EXISTS (
                   SELECT FROM coworking_match match
                    WHERE match.statement_id = statement.id
                      AND match.move_id = move.id AND {IS_BESIDE}))))"""  # nosec B608


class CoworkingStatement(models.Model):
    """What the bills of a statement's month say of it."""

    _inherit = "coworking.statement"

    invoice_file_ids = fields.One2many(
        "coworking.invoice.file",
        "statement_id",
        readonly=True,
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
    match_ids = fields.One2many("coworking.match", "statement_id", readonly=True)
    # Counted up by PostgreSQL: see coworking.match.
    match_version = fields.Integer(string="Version of the Matching", copy=False, readonly=True)
    invoiced_amount = fields.Monetary(
        string="Invoiced",
        compute="_compute_invoiced",
        compute_sudo=True,
        store=True,
        help="What the space has invoiced for this month, less its credit notes.",
    )
    not_invoiced_amount = fields.Monetary(
        string="Not Invoiced Yet",
        compute="_compute_invoiced",
        compute_sudo=True,
        store=True,
        help="Expected and to be billed: no bill stands for it.",
    )
    gap_amount = fields.Monetary(
        string="Gap",
        compute="_compute_invoiced",
        compute_sudo=True,
        store=True,
        help="What was invoiced, and is not invoiced yet, less what was expected.",
    )

    _gap_idx = models.Index("(id) WHERE gap_amount != 0")

    # === COMPUTE METHODS ===#

    @api.depends("match_ids.invoiced", "operator_id", "payable_total")
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
            expected = statement.payable_total
            statement.invoiced_amount = invoiced
            statement.not_invoiced_amount = (
                sum(statement._get_charges_left_out().mapped("payable_total"))
                if bills
                else expected
            )
            statement.gap_amount = statement.currency_id.round(
                invoiced + statement.not_invoiced_amount - expected
            )

    # === BILLING ===#

    @api.depends("match_ids.move_id")
    def _compute_bills(self):
        return super()._compute_bills()

    def _get_matched_bills(self):
        matched = self.env["coworking.match"]._read_group(
            [("statement_id", "in", self.ids), ("move_id", "!=", False)],
            ["statement_id"],
            ["move_id:recordset"],
        )
        return {statement.id: bills for statement, bills in matched}

    def _get_standing_bills(self):
        bills = super()._get_standing_bills()
        notes = bills and (bills - self.move_ids).filtered(
            lambda bill: bill.move_type == "in_refund"
        )
        if not notes:
            return bills
        kept = self.match_ids.filtered(lambda match: match.cause != "reversal").move_id
        return bills - (notes - kept)

    def _get_documents_beside(self):
        """Beside which the rest of the month is billed: credit notes that came by themselves, for
        corrections that stand on it, and what participants paid themselves.
        """
        documents = self._get_standing_bills() - self.move_ids
        return documents.filtered(lambda bill: bill.move_type != "in_invoice")

    def _get_bills_of_all(self):
        return super()._get_bills_of_all() - self._get_documents_beside()

    def _get_charges_to_bill(self):
        charges = super()._get_charges_to_bill()
        beside = charges and self._get_documents_beside()
        told = beside and self.match_ids.filtered(lambda match: match.move_id in beside).charge_id
        return charges - told if told else charges

    def _prepare_bills(self, known=None):
        if self.bill_ids:  # else nothing of it was matched
            self._check_taken_back()
        return super()._prepare_bills(known)

    def _check_taken_back(self):
        """:raise UserError: a bill that was taken back still pays what is to bill: somebody decided
        that its credit note gives back nothing of it
        """
        matches = self.match_ids.filtered(lambda row: row.move_id.payment_state == "reversed")
        paid = matches.charge_id & self._get_charges_to_bill() if matches else ()
        own, is_zero = self.match_ids.grouped("charge_id"), self.currency_id.is_zero
        held = [charge for charge in paid if not is_zero(sum(own[charge].mapped("expected")))]
        if not held:
            return
        bills = matches.filtered(lambda row: row.charge_id in held and row.expected > 0).move_id
        notes = bills.browse(item.move_id.id for *__, item in bills._coworking_get_settled())
        raise UserError(
            self.env._(
                "%(statement)s: %(bills)s is still what pays %(charges)s, as somebody decided of"
                " %(notes)s, which takes it back, that it is for nobody. Reset %(notes)s to draft"
                " and post it again, so that it is matched anew, then bill the month.",
                statement=self.name,
                bills=", ".join(bills.mapped("display_name")),
                charges=", ".join(charge.display_name for charge in held),
                notes=", ".join(notes.mapped("display_name")),
            )
        )

    def _get_charges_left_out(self):
        """What its bills say nothing of in the end, and is to be billed: it is not missing."""
        self.ensure_one()
        if self.state == "billed":  # as most that have bills
            return self.charge_ids.browse()
        told = self.match_ids.grouped("charge_id")
        return self._get_charges_to_bill().filtered(
            lambda charge: (
                charge not in told or self.currency_id.is_zero(sum(told[charge].mapped("invoiced")))
            )
        )

    def _update_billed(self):
        result = super()._update_billed()
        self._invoiced_changed()
        return result

    def _on_bills_created(self, bills):
        # sudo: what is matched follows from the bills
        self.env["coworking.match"].sudo()._insert_generated(bills)
        self._give_files_to_drafts()
        return super()._on_bills_created(bills)

    def _give_files_to_drafts(self):
        """Documents to type that came before the draft of their month are beside it: one bill,
        never two. What somebody has begun to type on a draft of theirs is left alone.
        """
        # sudo: see coworking.guard.mixin
        files = self.env["coworking.invoice.file"].sudo()
        for file in files.search(
            [*files._get_untouched_domain(), ("statement_id", "in", self.ids)]
        ):
            draft, waiting = file._draft_to_complete(), file.move_id
            if draft - waiting and draft.commercial_partner_id == waiting.commercial_partner_id:
                file._attach_to(draft)
                waiting._coworking_hand_over(draft)
                file._conclude_reading(file.state, file.cause, file.detail, draft)

    def _stop_who_bills(self):
        """Of who makes the draft of these months and who reads a document for them at the same
        moment, the later begins again and sees what the other made: one bill, never two.
        """
        # sudo: as the triggers on matches do, which each draft that is made sets off
        for statement in self.sudo():
            statement.match_version += 1

    def _on_charges_replaced(self):
        # sudo: matches follow from what is expected, whoever computes it
        self.env["coworking.matching"].sudo()._statements_changed(self)
        return super()._on_charges_replaced()

    def _receive_invoice(self, filename, content, *, source, sender=None):
        """Keep a file that the space sends for this month: see ``coworking.invoice.file``.

        :return: ``coworking.invoice.file`` record: its ``message`` says what comes next
        """
        return self.env["coworking.invoice.file"]._receive_file(
            filename,
            content,
            source=source,
            statement=self,
            sender=sender,
        )

    def _matches_changed(self):
        """Bring up to date what these statements say of their bills."""
        # sudo: what is invoiced follows from the bills, whoever posts or cancels them
        statements = self.sudo()
        statements.invalidate_recordset(["bill_ids", "bill_id", "bill_payment_state"])
        statements._update_billed()

    def _invoiced_changed(self):
        """What their bills say of these statements is computed again; the bills are the same."""
        for name in ("invoiced_amount", "not_invoiced_amount", "gap_amount"):
            self.env.add_to_compute(self._fields[name], self)
