from collections import defaultdict
from contextlib import contextmanager

from odoo import fields, models
from odoo.tools import SQL

from ...tools import to_decimal
from ..base.rare import RareMany2one
from .account_move_month_end import Item

# The entry of a payment or of a bank line that moves just its money: it writes nothing off. Where
# this does not hold ``_coworking_get_money`` says what is money. Of "=" PostgreSQL would expect
# next to nothing, and compare each with each.
MONEY = "ABS(COALESCE(payment.amount_company_currency_signed, bank.amount))"
ALL_MONEY = f"entry.amount_total_signed <= {MONEY} AND entry.amount_total_signed >= {MONEY}"

# What is of each line its own among those of documents made together, where they are alike. Nothing
# that Odoo completes follows from it, but for the side on which their balance stands.
OWN = {
    "amount_currency",
    "balance",
    "coworking_charge_id",
    "extra_tax_data",
    "name",
    "price_subtotal",
    "price_total",
    "price_unit",
}
SIGNED = ("balance", "price_unit")
SIDE = {"credit", "debit", "is_storno"}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    coworking_charge_id = RareMany2one(
        "coworking.charge",
        prefetch="coworking",
        copy=False,
        readonly=True,
        # No check of the company: code alone links a line to a charge, thousands at a time.
        # Only open charges are ever deleted: their lines, if any, are those of a cancelled
        # document.
        ondelete="set null",
        help="Seat and month this line pays.",
        groups="base.group_user",
    )
    coworking_seat_id = RareMany2one(
        "coworking.seat",
        string="Funded Seat",
        prefetch="coworking",
        readonly=True,
        ondelete="restrict",
        help="Seat that this line of a month end is for.",
        groups="base.group_user",
    )
    coworking_bill_line_id = fields.Many2one(
        "account.move.line",
        string="Line of the Bill",
        prefetch="coworking",
        readonly=True,
        # Whenever any line goes PostgreSQL looks for those that lead to it, which it plans once
        # for a condition that holds of whatever is equal to something.
        index="btree_not_null",
        ondelete="set null",
        help="Line of a bill for which a credit note is to come.",
        groups="base.group_user",
    )

    _coworking_charge_idx = models.Index("(coworking_charge_id) WHERE coworking_charge_id > 0")
    _coworking_seat_idx = models.Index("(coworking_seat_id) WHERE coworking_seat_id > 0")

    def _prepare_create_values(self, vals_list):
        """Of lines that are made by the thousand Odoo completes one for all that are alike."""
        if not self.env.context.get("coworking_in_bulk"):
            return super()._prepare_create_values(vals_list)
        follows = {
            field.name
            for name in OWN
            for field in self.pool.get_dependent_fields(self._fields[name])
            if field.precompute and field.model_name == self._name
        }
        own = OWN if follows <= OWN | SIDE else set()
        kinds = defaultdict(list)
        for position, vals in enumerate(vals_list):
            signs = [(vals.get(name, 0) > 0) - (vals.get(name, 0) < 0) for name in SIGNED]
            alike = [name if name in own else (name, value) for name, value in vals.items()]
            kinds[repr((signs, alike))].append(position)
        firsts = super()._prepare_create_values([vals_list[rows[0]] for rows in kinds.values()])
        result = [{} for __ in vals_list]
        for first, positions in zip(firsts, kinds.values(), strict=True):
            self._coworking_complete(first)
            sides = [
                (name, first[name] / first["balance"])
                for name in ("debit", "credit")
                if first.get("balance")
            ]
            for position in positions:
                given, vals = vals_list[position], dict(first)
                vals |= {name: given[name] for name in own & given.keys()}
                vals |= {name: side * vals["balance"] for name, side in sides}
                result[position] = vals
        return result

    def _coworking_complete(self, vals):
        """What Odoo computes once a line is there is inserted with it: it finds it right, and does
        not write the line a second time, which would enter it into all indexes once more.
        """
        move = self.env["account.move"].browse(vals["move_id"])
        is_term = vals["display_type"] == "payment_term"
        if vals["display_type"] != "product":
            vals |= {"price_subtotal": 0.0, "price_total": 0.0}
        vals |= {
            "date": move.date,
            "parent_state": move.state,
            "no_followup": self.new({"move_id": move.id}).no_followup,
            "amount_residual": vals["balance"] if is_term else 0.0,
            "amount_residual_currency": vals["amount_currency"] if is_term else 0.0,
            "reconciled": False,
        }
        vals["__precomputed__"].add(self._fields["no_followup"])

    def _sync_invoice(self, container):
        if self.env.context.get("coworking_in_bulk"):
            left = dict(container)
            return self._coworking_sync_at_once(super()._sync_invoice(left), container, left)
        return super()._sync_invoice(container)

    @contextmanager
    def _coworking_sync_at_once(self, synchronised, container, left):
        """Odoo looks at each amount of each line, twice: of those that are made with both it has
        nothing to do. What waits is computed before Odoo asks for it line by line.

        :param synchronised: Odoo's own context manager
        :param left: the container that it looks at
        """
        before = container["records"]
        amounts = [self._fields["amount_currency"], self._fields["balance"]]
        with synchronised:
            yield
            made = container["records"] - before
            left["records"] = container["records"].filtered(
                lambda line: (
                    line not in made
                    or not all(self.env.is_protected(field, line) for field in amounts)
                )
            )
            lines = made.filtered(lambda line: line.display_type == "product")
            lines._recompute_recordset(["amount_residual"])
            if self.env.context.get("coworking_totals_told"):
                for name in ("price_subtotal", "price_total"):
                    self.env.remove_to_compute(self._fields[name], lines)

    def _coworking_check_totals_told(self):
        """What lines of new documents were told to come to, without and with tax, stands where
        Odoo, which taxes each document as a whole, comes to the same. It taxes others by line, and
        with them what another addon added.
        """
        for move in self.move_id:
            lines = move.line_ids.filtered(lambda line: line.display_type == "product")
            total = sum(line.price_total for line in lines)
            if move.currency_id.compare_amounts(total, move.amount_total) or any(
                line.amount_currency != move.direction_sign * line.price_subtotal for line in lines
            ):
                for name in ("price_subtotal", "price_total"):
                    self.env.add_to_compute(self._fields[name], lines)

    def _check_company(self, fnames=None):
        """Odoo looks at each line by itself: of those made by the thousand that lead to the same
        records, one tells of all.
        """
        if self.env.context.get("coworking_in_bulk"):
            names = [
                name
                for name, field in self._fields.items()
                if name == "company_id" or field.relational and field.check_company
            ]
            # sudo: as Odoo does
            alike = self.sudo().grouped(lambda line: tuple(line[name] for name in names))
            self = self.browse(lines[:1].id for lines in alike.values())
        return super()._check_company(fnames)

    # === PAYMENTS ===#

    def _coworking_get_money(self, amount):
        """Of what this item of a payment or a bank line settled, what is money: not what its entry
        writes off as income or expense, with its tax, such as a discount for who pays early. What
        stands on any other account, such as a deposit that is set off, was paid.

        :param amount: ``Decimal``, above zero
        :return: ``Decimal``; to the cent below where something is written off; all of a payment
            without an entry
        """
        sign = 1 if self.balance > 0 else -1
        settled = off = to_decimal(0)
        for line in self.move_id.line_ids:
            balance = sign * to_decimal(line.balance)
            if line.account_type in ("asset_receivable", "liability_payable"):
                settled += max(balance, 0)
            elif line.account_id.internal_group in ("income", "expense") or line.tax_line_id:
                off -= balance
        if off <= 0:
            return amount
        step = to_decimal(self.company_currency_id.rounding)
        return amount * max(settled - off, 0) / settled // step * step

    def _coworking_get_credited(self, without=()):
        """What posted credit notes of their invoices took back of these lines of participants'
        invoices, without tax: of what their own lines name, or else of all that is left.

        :param without: credit notes that do not count
        :return: list of (line, ``Decimal``)
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line_id, credited
                     FROM UNNEST(%s::integer[]) AS invoice_id,
                          coworking_copayment_credited(invoice_id, %s::integer[])
                    WHERE line_id = ANY(%s)""",
                self.move_id.ids,
                [note.id for note in without],
                self.ids,
            )
        )
        return [(self.browse(line_id), to_decimal(credited)) for line_id, credited in rows]

    def _coworking_get_counting_on(self, notes):
        """Lines of standing invoices that ask again for what was given back of these lines'
        charges, more than is given back of one without these credit notes.
        """
        charges = self.coworking_charge_id
        again = charges._get_asked_elsewhere()
        left = dict.fromkeys(charges, 0)
        for line in again:
            left[line.coworking_charge_id] += to_decimal(line.balance)
        lines = (self | charges._get_invoiced_lines()).filtered("coworking_charge_id")
        for line, amount in lines._coworking_get_credited(without=notes):
            left[line.coworking_charge_id] += amount
        return again.filtered(lambda line: left[line.coworking_charge_id] < 0)

    # === MONTH END ===#

    def action_open_coworking_source(self):
        """What a line of a month end was made for: a bill, or what its seat costs."""
        self.ensure_one()
        if self.coworking_bill_line_id:
            return self.env["coworking.statement"]._action_open_moves(
                self.coworking_bill_line_id.move_id, "in_invoice"
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_charge_action"
        )
        action["domain"] = [("seat_id", "=", self.coworking_seat_id.id)]
        action["context"] = {"create": False}
        return action

    def _coworking_to_items(self):
        return [
            Item(
                account=line.account_id,
                partner=line.partner_id,
                seat=line.coworking_seat_id,
                bill_line=line.coworking_bill_line_id,
                distribution=line.analytic_distribution or {},
                name=line.name,
                balance=to_decimal(line.balance),
            )
            for line in self
        ]
