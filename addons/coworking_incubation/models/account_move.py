from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import invoice_reader

# What a bill is recognised by, and what it says.
MATCHED_ON = {
    "currency_id",
    "invoice_date",
    "invoice_line_ids",
    "invoice_origin",
    "line_ids",
    "narration",
    "partner_id",
    "payment_reference",
    "ref",
}


class AccountMove(models.Model):
    _inherit = "account.move"

    coworking_statement_id = fields.Many2one(
        "coworking.statement",
        copy=False,
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Monthly statement this document was made from.",
    )
    # Counted up by PostgreSQL: see coworking.match.
    coworking_match_version = fields.Integer(
        copy=False, readonly=True, export_string_translation=False
    )

    _coworking_bill_once = models.UniqueIndex(
        "(coworking_statement_id) WHERE coworking_statement_id IS NOT NULL AND state != 'cancel'"
        " AND move_type IN ('in_invoice', 'in_refund')",
        "This statement already has its bill.",
    )
    _coworking_copayment_once = models.UniqueIndex(
        "(coworking_statement_id, partner_id) WHERE coworking_statement_id IS NOT NULL"
        " AND state != 'cancel' AND move_type IN ('out_invoice', 'out_refund')",
        "This participant already has the co-payment invoice of this statement.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super(AccountMove, self.with_context(coworking_take_up=False)).create(vals_list)
        moves = moves.with_env(self.env)
        # sudo: see write()
        moves.sudo().coworking_statement_id._update_billed()
        moves._coworking_take_up()
        return moves

    def write(self, vals):
        result = super(AccountMove, self.with_context(coworking_take_up=False)).write(vals)
        if "state" in vals:
            # sudo: whoever posts or cancels a bill need not know the programme's statements
            moves = self.sudo()
            moves._coworking_reopen_matches(vals["state"])
            linked = moves.filtered("coworking_statement_id")
            # The database must know that a bill is cancelled before another one is made.
            linked.flush_recordset(["state"])
            linked.coworking_statement_id._update_billed()
        if MATCHED_ON & vals.keys():
            self._coworking_take_up()
        elif "state" in vals:
            (self - self.sudo()._coworking_matches().move_id)._coworking_take_up()
        return result

    def unlink(self):
        # sudo: see write()
        moves = self.sudo()
        statements = moves.coworking_statement_id | moves._coworking_matches().statement_id
        result = super().unlink()
        statements._matches_changed()
        return result

    def _message_post_after_hook(self, new_message, message_values):
        """Bills that an operator sends to the alias of a journal are received like all others.

        Odoo would decode them at once, whatever is in them, and make a bill of each: here they are
        kept, read within bounds, and complete the draft of the month.
        """
        move = self
        if (
            self.env.context.get("from_alias")
            and self.journal_id.type == "purchase"
            and not self.env.context.get("disable_attachment_import")
            and self._coworking_receive_mail(new_message.attachment_ids)
        ):
            move = self.with_context(disable_attachment_import=True)
        return super(AccountMove, move)._message_post_after_hook(new_message, message_values)

    def _coworking_receive_mail(self, attachments):
        """Receive the attachments of a mail if it comes from an operator, or could do harm.

        :return: whether Odoo's own decoders must not see them
        """
        self.ensure_one()
        Files = self.env["coworking.invoice.file"]
        if not Files._operators(self.company_id):
            return False
        operator = self._coworking_operator_of(self.partner_id)
        candidates, refused = {}, False
        for attachment in attachments:
            if attachment.mimetype.startswith("image/"):
                continue  # signatures and logos
            try:
                document = invoice_reader.read(attachment.raw or b"")
            except invoice_reader.UploadRefused as reason:
                candidates[attachment] = None
                refused |= reason.code != "wrong_type"
                continue
            candidates[attachment] = document
            if not operator and document.is_invoice:
                facts = invoice_reader.describe(document.root)
                operator = Files._operator_by_ids(facts.seller_ids, self.company_id)
        if not candidates or not (operator or refused):
            return False
        # The first one that can be read takes this draft; each other one finds or makes its own.
        order = sorted(candidates, key=lambda row: (candidates[row] is None, row.id))
        for position, attachment in enumerate(order):
            Files._receive(
                attachment.name,
                attachment.raw or b"",
                source="mail",
                operator=operator,
                sender=self.partner_id,
                company=self.company_id,
                move=None if position else self,
            )
        return True

    def _coworking_operator_of(self, partner):
        """The operator that somebody writes for: itself, one of its people, or a manager of a
        space.
        """
        if not partner:
            return partner
        # sudo: the mail gateway acts for whoever owns the alias
        spaces = self.env["coworking.space"].sudo()
        spaces = spaces.search(
            Domain("company_id", "=", self.company_id.id)
            & (
                Domain("operator_id", "in", (partner | partner.commercial_partner_id).ids)
                | Domain("partner_id", "in", (partner | partner.commercial_partner_id).ids)
                | Domain("manager_ids", "in", partner.ids)
            )
        )
        return spaces.operator_id if len(spaces.operator_id) == 1 else partner.browse()

    def _coworking_matches(self):
        return self.env["coworking.match"].search([("move_id", "in", self.ids)])

    def _coworking_reopen_matches(self, state):
        """A cancelled bill pays nothing; what was decided of one that is a draft again is open."""
        matches = self._coworking_matches()
        if state == "cancel":
            matches.unlink()
        elif state == "draft":
            matches.write({"decision": False, "reason": False, "user_id": False})

    def _coworking_take_up(self):
        """Match the bills among these that are an operator's with what was expected of it."""
        if self.env.context.get("coworking_take_up", True):
            # sudo: whoever enters a bill need not know the programme's statements
            self.env["coworking.matching"].sudo()._take_up(self.sudo())

    def _coworking_check_total(self):
        """The bill is the sum of its statement's charges, to the cent, or it is not made."""
        self.ensure_one()
        statement = self.coworking_statement_id
        expected = abs(statement.payable_total)
        if self.currency_id.compare_amounts(self.amount_total, expected):
            raise UserError(
                self.env._(
                    "The bill of %(statement)s would be %(bill)s instead of %(expected)s. Check "
                    "the tax of"
                    " the products of its tariffs.",
                    statement=statement.name,
                    bill=self.currency_id.format(self.amount_total),
                    expected=self.currency_id.format(expected),
                )
            )

    def action_open_coworking_statement(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "coworking.statement",
            "res_id": self.coworking_statement_id.id,
            "view_mode": "form",
        }
