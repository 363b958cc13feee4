from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..network.coworking_dashboard import ACCOUNTANT
from .coworking_exception import SOON, Kind

# Open items of customers. Accounts are a list, as PostgreSQL would else go once an account through
# all that is open in anybody's favour.
RECEIVABLE = """
       item.account_id = ANY (ARRAY(SELECT id FROM account_account
                                     WHERE account_type = 'asset_receivable'))
   AND item.reconciled IS NOT TRUE AND item.parent_state = 'posted'"""
# What is open in favour of whom we invoiced: credit notes, and money that no invoice took. Money
# waits for the next invoice by itself, if one is to come or to be posted, unless there is one to
# pay already. Whom we invoiced has a last invoice, which says of which program they are. It is
# looked for once a person, whatever is open, as most of those people may be Odoo's alone, and so
# is what is to come (OFFSET): PostgreSQL would else read the charges of all. What a payment without
# an entry settles is on its way: the bank line will say so.
OWED = f"""
    SELECT open.id, statement.program_id, NULL::integer AS space_id,
           NULL::integer AS participant_id, person.partner_id, program.user_id, person.company_id,
           LEAST(open.noted, CASE WHEN open.noted IS NULL OR open.due IS NOT NULL
                                  THEN GREATEST(open.since, open.due) END) AS since,
           open.amount
      FROM (
           SELECT DISTINCT item.partner_id, item.company_id
             FROM account_move_line item
            WHERE {RECEIVABLE} AND item.amount_residual < 0) AS person
CROSS JOIN LATERAL (
           SELECT invoice.coworking_statement_id, invoice.partner_id
             FROM res_partner contact
             JOIN account_move invoice ON invoice.partner_id = contact.id
            WHERE contact.commercial_partner_id = person.partner_id
              AND invoice.move_type IN ('out_invoice', 'out_refund')
              AND invoice.coworking_statement_id > 0 AND invoice.state = 'posted'
              AND invoice.company_id = person.company_id
         ORDER BY invoice.id DESC LIMIT 1) AS last
      JOIN coworking_statement statement ON statement.id = last.coworking_statement_id
      JOIN coworking_program program ON program.id = statement.program_id
CROSS JOIN LATERAL (
           SELECT MIN(item.id) FILTER (WHERE item.amount_residual < 0) AS id,
                  MIN(item.date) FILTER (WHERE item.amount_residual < 0) AS since,
                  MIN(item.date) FILTER (WHERE item.amount_residual < 0
                                           AND move.move_type = 'out_refund') AS noted,
                  MIN(item.date) FILTER (WHERE item.amount_residual > 0) AS due,
                  -SUM(item.amount_residual) FILTER (WHERE item.amount_residual < 0) AS amount
             FROM account_move_line item
             JOIN account_move move ON move.id = item.move_id
            WHERE item.partner_id = person.partner_id AND item.company_id = person.company_id
              AND COALESCE(move.payment_state, '') NOT IN ('in_payment', 'paid')
              AND {RECEIVABLE}) AS open
     WHERE open.id IS NOT NULL
       AND (open.noted IS NOT NULL OR open.due IS NOT NULL
            OR NOT EXISTS (
               SELECT FROM coworking_participant file
                 JOIN coworking_program own
                   ON own.id = file.program_id AND own.copayment_collector = 'program'
                 JOIN coworking_charge charge ON charge.participant_id = file.id
                WHERE file.partner_id = last.partner_id AND file.company_id = person.company_id
                  AND charge.copayment_amount > 0
                  AND NOT EXISTS (
                      SELECT FROM account_move_line line
                        JOIN account_move asked ON asked.id = line.move_id
                       WHERE line.coworking_charge_id = charge.id AND line.coworking_charge_id > 0
                         AND asked.move_type IN ('out_invoice', 'out_refund')
                         AND asked.state = 'posted')
               OFFSET 0))
"""  # nosec B608 # of constants


class CoworkingException(models.Model):
    """What is owed to participants: what they paid too much, or in advance, and what credit notes
    give back. It is set against what they still have to pay, else paid back.
    """

    _inherit = "coworking.exception"
    _depends = {
        "account.move": [
            "coworking_statement_id",
            "move_type",
            "partner_id",
            "payment_state",
            "state",
        ],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "company_id",
            "coworking_charge_id",
            "date",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "coworking.charge": ["copayment_amount", "participant_id"],
        "coworking.participant": ["company_id", "partner_id", "program_id"],
        "coworking.program": ["copayment_collector"],
    }

    @api.model
    def _get_kinds(self):
        return [
            *super()._get_kinds(),
            Kind("owed", 31, SOON, "money", "account.move.line", (ACCOUNTANT,)),
        ]

    @api.model
    def _get_labels(self):
        return {**super()._get_labels(), "owed": self.env._("Set Off, or Pay Back")}

    def _select_owed(self):
        return SQL(OWED)

    @api.model
    def _find_open_items(self, items):
        """All that is open of the people of these journal items, in their companies.

        :return: dict item -> (what is in their favour, what they have to pay)
        """
        # sudo: coordinators see what is said of an account, not its entries
        found = items.sudo().search(
            Domain("partner_id", "in", items.sudo().partner_id.ids)
            & Domain("company_id", "in", items.sudo().company_id.ids)
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual", "!=", 0)
            & Domain("move_id.payment_state", "not in", ("in_payment", "paid")),
            order="date, id",
        )
        groups = found.grouped(lambda row: (row.partner_id, row.company_id))
        result = {}
        for item in items.sudo():
            own = groups[item.partner_id, item.company_id]
            owed = own.filtered(lambda row: row.amount_residual < 0)
            result[item.id] = owed.with_env(self.env), (own - owed).with_env(self.env)
        return result

    def _describe_owed(self, items):
        result = {}
        for item_id, (owed, due) in self._find_open_items(items).items():
            owed, due = owed.sudo(), due.sudo()  # sudo: as above
            values = {
                "person": owed.partner_id.name,
                "documents": ", ".join(
                    f"{row.move_id.name} ({row.company_currency_id.format(-row.amount_residual)})"
                    for row in owed
                ),
                "invoices": ", ".join(due.move_id.mapped("name")),
            }
            result[item_id] = (
                self.env._(
                    "%(person)s: %(documents)s in their favour, and %(invoices)s still to be paid:"
                    " add it there",
                    **values,
                )
                if due
                else self.env._(
                    "%(person)s: %(documents)s in their favour, and nothing left to pay: pay it"
                    " back",
                    **values,
                )
            )
        return result

    def _settle_owed(self, item):
        """The invoice, on which Odoo offers what is open; else its dialog that pays it out."""
        owed, due = self._find_open_items(item)[item.id]
        if due:
            return self.env["coworking.statement"]._action_open_moves(due.move_id, "out_invoice")
        return owed.action_register_payment(ctx={"default_group_payment": True})

    def _open_owed(self, item):
        """Their account, for who reads no invoice; also where a file has another contact since."""
        # sudo: as above
        asked = item.sudo().search(
            [
                ("partner_id", "=", item.sudo().partner_id.id),
                ("coworking_charge_id", "!=", False),
                ("move_id.move_type", "in", ("out_invoice", "out_refund")),
            ]
        )
        files = asked.coworking_charge_id.participant_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_copayment_action"
        )
        action["domain"] = [("participant_id", "in", files.ids)]
        action["context"] = {}
        return action
