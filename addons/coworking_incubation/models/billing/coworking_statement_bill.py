from odoo import Command, api, models
from odoo.exceptions import AccessError, UserError

from ...tools import to_decimal
from .coworking_statement import SETTLED_STATES

# Lines of the documents that are created in one go.
LINES_AT_ONCE = 1000


class CoworkingStatement(models.Model):
    """The documents that are made of a month: the bill of the space, the invoices of the people."""

    _inherit = "coworking.statement"

    # === ACTION METHODS ===#

    def action_create_bill(self):
        """Make the draft vendor bill of each confirmed statement, and open what was made."""
        self._check_may_bill()
        self._wait_for_others()
        self._check_state_in("confirmed")
        bills = self.env["account.move"]
        for company, statements in self.grouped("company_id").items():
            known = {"names": statements.charge_ids._get_bill_line_names()}
            bills += self._create_moves(
                company,
                [vals for statement in statements for vals in statement._prepare_bills(known)],
            )
        # All that waits at once: what a query asks for alone would have each row written twice.
        bills.line_ids.flush_model()
        bills.flush_model()
        bills._coworking_check_totals()
        self._on_bills_created(bills)
        return self._action_open_moves(bills, "in_invoice")

    def action_create_copayment_invoices(self):
        """Invoice each participant for their part of settled months, when the program collects
        it.
        """
        self._check_may_bill()
        self._wait_for_others()
        self._check_state_in(*SETTLED_STATES)
        invoices, in_the_way = self.env["account.move"], []
        for company, statements in self.grouped("company_id").items():
            vals_list, known = [], {"in_the_way": in_the_way}
            for statement in statements:
                vals_list += statement._prepare_copayment_invoices(known)
            invoices += self._create_moves(company, vals_list)
        in_the_way = "\n".join(in_the_way)
        if not invoices:
            raise UserError(
                in_the_way
                or self.env._(
                    "Nothing to invoice for %s: no co-payment is due, it is invoiced already, or"
                    " the space collects it.",
                    ", ".join(self.mapped("display_name")),
                )
            )
        action = self._action_open_moves(invoices, "out_invoice")
        return self._warn(in_the_way, action) if in_the_way else action

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
            mail_create_nolog=True, coworking_match=False, coworking_in_bulk=True
        )
        moves, heads, lines = AccountMove, [], []
        for position, vals in enumerate(vals_list, start=1):
            head = {**vals, "journal_id": journals[vals["move_type"]].id}
            lines.append([line for __, __, line in head.pop("invoice_line_ids")])
            heads.append(head)
            if sum(map(len, lines)) >= LINES_AT_ONCE or position == len(vals_list):
                made = bulk.create(heads)
                rows = [
                    {**line, "move_id": move.id}
                    for move, own in zip(made, lines, strict=True)
                    for line in own
                ]
                told = all("price_total" in row for row in rows)
                AccountMoveLine = bulk.env["account.move.line"]
                made_lines = AccountMoveLine.with_context(coworking_totals_told=told).create(rows)
                if told:
                    made_lines._coworking_check_totals_told()
                moves += made
                heads, lines = [], []
        moves = moves.with_env(AccountMove.env)
        moves._message_log_batch({move.id: move._creation_message() for move in moves})
        return moves

    def _prepare_bills(self, known=None):
        """Values of the draft vendor bills: one, unless what another operator billed is corrected.

        :param known: see ``_get_distributions``
        """
        self.ensure_one()
        # The database must know that a bill was taken back before another one is made.
        self.bill_ids.flush_recordset(["payment_state"])
        charges = self._get_charges_to_bill()
        if not charges:
            raise UserError(
                self.env._(
                    "Statement %(statement)s owes nothing to the space: there is no bill to make.",
                    statement=self.name,
                )
            )
        return [
            self._prepare_bill(
                self.operator_id if self.operator_id in own.operator_id else own.operator_id[:1],
                own,
                known,
            )
            for own in charges.grouped(
                lambda charge: charge.operator_id.commercial_partner_id
            ).values()
        ]

    def _get_charges_to_bill(self):
        """What is owed to operators of whom no bill of this month stands."""
        self.ensure_one()
        billed = self._get_bills_of_all().commercial_partner_id
        charges, is_zero = self.charge_ids.browse(), self.currency_id.is_zero
        for operator, own in self.charge_ids.grouped("operator_id").items():
            if (operator or self.operator_id).commercial_partner_id not in billed:
                charges |= own.filtered(lambda charge: not is_zero(charge.payable_total))
        return charges.sorted(lambda charge: (charge.seat_id.name, charge.period, charge.kind))

    def _prepare_bill(self, operator, charges, known=None):
        """Values of a draft vendor bill: one line a charge, with the seat's reference, no name.

        A portal user sees all bills of their commercial partner, hence never a name. The supplier's
        own reference and date are left for the document that comes.

        :param known: see ``_get_distributions``
        """
        self.ensure_one()
        total = sum(charges.mapped("payable_total"))
        refund = self.currency_id.compare_amounts(total, 0) < 0
        sign = -1 if refund else 1
        names = (known or {}).get("names") or charges._get_bill_line_names()
        terms = {
            charge: (charge._get_billing_terms().product_id, charge.tax_id) for charge in charges
        }
        bases = {
            row: self._prepare_bill_line_basis(operator, *row, refund, known)
            for row in set(terms.values())
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

    def _prepare_bill_line_basis(self, operator, product, tax, refund, known=None):
        """What all bill lines of one product and tax have in common.

        :param known: see ``_get_distributions``
        :return: dict of the product, its unit, tax, tax rate (0.20 for 20 %), tax tags, analytic
            distribution and currency
        """
        self.ensure_one()
        known = {} if known is None else known
        key = self.program_id, product, tax, refund, self._get_distribution_kind(operator, known)
        if key not in known:
            account = self.program_id.analytic_account_id
            own = {str(account.id): 100.0} if account else {}
            by_models = self._get_distributions(
                product, "expense", operator, account.root_plan_id, known
            )
            known[key] = {
                "product_id": product.id,
                "product_uom_id": product.uom_id.id,
                "tax": tax,
                # Odoo computes with the rate of today: what it would make of another is told it.
                "tax_rate": to_decimal(sum(tax.mapped("amount"))) / 100,
                "tax_tag_ids": tax.get_tax_tags(refund, "base").ids,
                "analytic_distribution": own | by_models[operator] or False,
                "currency_id": self.currency_id.id,
            }
        return known[key]

    @api.model
    def _get_distribution_kind(self, partner, known):
        """Two partners of one kind get the same answer of ``_get_distributions``."""
        if "special" not in known:
            models = self.env["account.analytic.distribution.model"]
            known["special"] = models.search([("partner_id", "!=", False)]).partner_id
        return partner & known["special"], partner.category_id

    def _get_distributions(self, product, account_type, partners, applied_plans=None, known=None):
        """What Odoo's analytic distribution models say of lines of a product.

        Odoo asks them line by line. Two partners without a model of their own get the same answer,
        if they have the same categories.

        :param account_type: "income" or "expense": which of the product's accounts the lines have
        :param applied_plans: analytic plans for which the distribution is already known
        :param known: answers so far, a dict that the caller keeps for statements of one company;
            with the names of all their bill lines, if these were made at once
        :return: dict partner -> distribution
        """
        self.ensure_one()
        DistributionModel = self.env["account.analytic.distribution.model"]
        applied_plans = applied_plans or self.env["account.analytic.plan"]
        product = product.with_company(self.company_id)
        known = {} if known is None else known
        if (product, account_type) not in known:
            account = self.company_id._coworking_get_account(product, account_type)
            known[product, account_type] = account
        account = known[product, account_type]
        result = {}
        for partner in partners:
            kind = self._get_distribution_kind(partner, known)
            key = product, account, applied_plans, kind
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

    def _get_parts_to_invoice(self):
        """:return: dict partner -> charges, of those whose invoice of this month does not stand;
        and the invoices in the way of others: of contacts of theirs, for the part of another file
        """
        self.ensure_one()
        # The database must know that an invoice was taken back before another one is made.
        self.copayment_invoice_ids.flush_recordset(["payment_state"])
        standing = self.copayment_invoice_ids._coworking_standing()
        asked = standing._coworking_get_files()
        charges = self.charge_ids.filtered(
            lambda charge: (
                not self.currency_id.is_zero(charge.copayment_amount)
                and charge.participant_id not in asked
            )
        )
        by_partner = charges.grouped(lambda charge: charge.seat_id.partner_id)
        # Whom an invoice names that is of somebody else by now may have no other of this month.
        in_the_way = standing.filtered(lambda move: move.partner_id in by_partner)
        for partner in in_the_way.partner_id:
            del by_partner[partner]
        if self.copayment_invoice_ids - standing:
            self._check_not_given_up(charges.browse().union(*by_partner.values()))
        return by_partner, in_the_way

    def _describe_in_the_way(self, invoices):
        """Who is not invoiced because of these, and what to do."""
        self.ensure_one()
        return self.env._(
            "%(statement)s, not invoiced to %(contacts)s: %(invoices)s asks for the part of another"
            " file, of which they were the contact then, and nobody has two invoices of a month."
            " Cancel it, or take it back by a credit note, then invoice both anew.",
            statement=self.name,
            contacts=", ".join(invoices.partner_id.mapped("name")),
            invoices=", ".join(invoices.mapped("display_name")),
        )

    def _prepare_copayment_invoices(self, known=None):
        """One draft customer invoice a participant, for those who do not have it yet.

        :param known: see ``_get_distributions``; ``in_the_way`` takes down who is not invoiced
        """
        self.ensure_one()
        if self.program_id.copayment_collector != "program":
            return []
        known = {} if known is None else known
        by_partner, in_the_way = self._get_parts_to_invoice()
        if in_the_way:
            known.setdefault("in_the_way", []).append(self._describe_in_the_way(in_the_way))
        if not by_partner:
            return []
        charges = self.env["coworking.charge"].union(*by_partner.values())
        product = self._get_copayment_product()
        names = charges._get_bill_line_names()
        given_up = self._get_given_up(charges)
        partners = self.env["res.partner"].union(*by_partner)
        distributions = self._get_distributions(product, "income", partners, known=known)
        asked = {} if self.program_id.funding_base == "total" else charges._get_lines_asked()
        taxes, bases = self._get_copayment_taxes(product), {}
        result = []
        for partner, own in by_partner.items():
            total = self._sum_parts_with_tax(own, given_up, taxes, asked)
            refund = self.currency_id.compare_amounts(total, 0) < 0
            distribution = {"analytic_distribution": distributions[partner] or False}
            position = self._get_copayment_position(taxes, [asked.get(row) for row in own])
            lines = []
            for charge in own:
                line = asked.get(charge)
                of_line = line.tax_ids if line else taxes if position else None
                key = refund, of_line
                if key not in bases:
                    bases[key] = self._prepare_copayment_line_basis(product, *key)
                lines += charge._prepare_copayment_lines(
                    names[charge],
                    -1 if refund else 1,
                    {**bases[key], **distribution, "asked": line},
                    given_up.get(charge, ()),
                )
            result.append(
                {
                    "move_type": "out_refund" if refund else "out_invoice",
                    "company_id": self.company_id.id,
                    "currency_id": self.currency_id.id,
                    "partner_id": partner.id,
                    **({"fiscal_position_id": position.id} if position else {}),
                    "invoice_origin": self.name,
                    "coworking_statement_id": self.id,
                    "invoice_line_ids": list(map(Command.create, lines)),
                }
            )
        return result

    def _sum_parts_with_tax(self, charges, given_up, taxes, asked):
        """What is asked of one person, with tax where there are several: what is more than what is
        given back beside it may be less with the tax of each.

        :param taxes: of what is asked for the first time
        """
        total = 0.0
        for charge in charges:
            amount = charge.copayment_amount
            amount += sum(part for __, part in given_up.get(charge, ()))
            total += amount
            if asked:
                line = asked.get(charge)
                parts, __ = charge._compute_part_taxes(
                    amount, line.tax_ids if line else taxes, line
                )
                total += sum(part for __, part, __ in parts)
        return total

    def _get_copayment_product(self):
        program = self.program_id
        if not program.copayment_product_id:
            raise UserError(
                self.env._(
                    "Program %(program)s collects the participants' part: choose its co-payment"
                    " product first.",
                    program=program.name,
                )
            )
        return program.copayment_product_id

    def _prepare_copayment_line_basis(self, product, refund, asked=None):
        """What all co-payment lines have in common, as ``_prepare_bill_line_basis``.

        What is left of a price with tax is asked as it is, without tax: no ``tax_ids`` leaves the
        taxes of the product to Odoo. Those that are included in its price ask for the price with
        them.

        :param asked: the taxes to ask with, where Odoo would take others
        :return: values of a line, and ``included``: the taxes that its price includes
        """
        self.ensure_one()
        taxes = self._get_copayment_taxes(product) if asked is None else asked
        basis = {
            "display_type": "product",
            "currency_id": self.currency_id.id,
            "product_id": product.id,
            "tax_tag_ids": [Command.set(taxes.get_tax_tags(refund, "base").ids)],
            "included": taxes.filtered("price_include"),
        }
        if self.program_id.funding_base == "total":
            basis["tax_ids"] = [Command.clear()]
        elif asked is not None:
            basis["tax_ids"] = [Command.set(asked.ids)]
        return basis

    def _get_copayment_position(self, taxes, asked):
        """What says on an invoice why what bears no VAT bears none: that of today, or of when it
        was asked. Nothing where all of it bears VAT: Odoo then looks for one.

        :param taxes: of what is asked for the first time
        :param asked: of each line that of an earlier invoice which it corrects, if any
        """
        position = self.company_id._coworking_get_copayment_position()
        if all(line.tax_ids if line else taxes for line in asked):
            return position.browse()
        if not position:
            untaxed = [line.move_id for line in asked if line and not line.tax_ids]
            position = self.env["account.move"].union(*untaxed).fiscal_position_id[:1]
        return position

    def _get_paid_on(self):
        """Since when the space has its money: every bill of the month is posted and paid, or taken
        back by a credit note, and one is paid at least.

        :return: dict statement -> day of the last payment, of those among these that are paid
        """
        facts = self.bill_ids._coworking_payment_facts()
        result = {}
        for statement in self:
            bills = statement.bill_ids.filtered(lambda bill: bill.payment_state != "reversed")
            owed = bills.filtered(lambda bill: bill.move_type == "in_invoice")
            if owed and all(bill._coworking_is_paid(facts[bill]) for bill in bills):
                days = [day for bill in bills for day, __, __ in facts[bill]]
                days += [bill.invoice_date or bill.date for bill in bills if not facts[bill]]
                result[statement] = max(days)
        return result

    def _get_standing_bills(self):
        """Its bills, but for those that were taken back, and what took them back."""
        self.ensure_one()
        return self.bill_ids._coworking_standing()

    def _is_billed_in_part(self):
        """Whether something of what was confirmed is billed: it is confirmed for good."""
        self.ensure_one()
        return self.state in SETTLED_STATES and bool(self._get_standing_bills())

    def _get_bills_of_all(self):
        """Its bills beside which nothing more of the same operator is billed."""
        return self._get_standing_bills()

    def _update_billed(self):
        """Billed as long as one of its bills stands and nothing is left to bill beside; its
        cancellation gives the month back, and so does a credit note of all of it.
        """
        changed = {"billed": self.browse(), "confirmed": self.browse()}
        for statement in self:
            billed = statement._get_standing_bills() and not statement._get_charges_to_bill()
            state = "billed" if billed else "confirmed"
            if statement.state in SETTLED_STATES and statement.state != state:
                changed[state] |= statement
        for state, statements in changed.items():
            if statements:
                statements.state = state
