from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_repr, format_date

from ... import pricing
from ...tools import short_number, to_decimal
from ..base.processing import MONEY
from .coworking_statement import SETTLED_STATES

# Amounts of a charge, named here as in pricing.Charge.
AMOUNT_FIELDS = {
    "amount_untaxed": "untaxed",
    "amount_tax": "tax",
    "amount_total": "total",
    "funded_amount": "funded",
    "copayment_amount": "copayment",
    "payable_untaxed": "payable_untaxed",
    "payable_tax": "payable_tax",
    "payable_total": "payable_total",
}
KINDS = [
    ("regular", "Seat"),
    ("overage", "Days beyond those included"),
    ("pack", "Pack of tickets"),
    ("membership", "Membership fee"),
    ("commitment", "Commitment or notice"),
    ("deposit", "Deposit"),
    ("extra", "Extra"),
]


class CoworkingCharge(models.Model):
    """What one seat costs for one civil month, who bears it, and why, in one line.

    A forecast has no statement; an open one is made again each time its month is generated; a
    settled one is never changed: the database refuses it (see ``init``).
    """

    _name = "coworking.charge"
    _description = "Expected Charge"
    _processing = MONEY
    _inherit = ["coworking.portal.mixin", "coworking.guard.mixin", "coworking.record.mixin"]
    # A charge is computed. People only say whether they agree with it, and why not.
    _typed_fields = {"review", "dispute_reason"}
    _order = "period desc, space_id, seat_id, kind"
    # Its company is its seat's, and code alone links it to a statement: no check a charge.

    seat_id = fields.Many2one("coworking.seat", required=True, index=True, ondelete="restrict")
    participant_id = fields.Many2one(
        related="seat_id.participant_id", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(
        related="seat_id.program_id", store=True, precompute=True, index=True
    )
    space_id = fields.Many2one(related="seat_id.space_id", store=True, precompute=True, index=True)
    tariff_id = fields.Many2one(
        related="seat_id.tariff_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="seat_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    occupant_name = fields.Char(related="seat_id.occupant_name")
    statement_id = fields.Many2one(
        "coworking.statement",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty while the charge is a forecast.",
    )
    bill_payment_state = fields.Selection(
        related="statement_id.bill_payment_state",
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
    period = fields.Date(
        string="Month",
        required=True,
        index=True,
        help="First day of the civil month it counts for.",
    )
    kind = fields.Selection(
        [*KINDS, ("adjustment", "Correction")], required=True, default="regular"
    )
    corrected_kind = fields.Selection(
        KINDS,
        string="Corrects",
        readonly=True,
        help="Of a correction: what it corrects.",
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)
    quantity = fields.Float(digits=(12, 4))
    unit_price = fields.Monetary()
    amount_untaxed = fields.Monetary(string="Untaxed")
    amount_tax = fields.Monetary(string="VAT")
    amount_total = fields.Monetary(string="Price with Tax")
    funded_amount = fields.Monetary(string="Funded")
    copayment_amount = fields.Monetary(string="Co-payment")
    payable_untaxed = fields.Monetary(string="Owed, Untaxed")
    payable_tax = fields.Monetary(string="Owed, Tax")
    payable_total = fields.Monetary(
        string="Owed to the Space", help="What the program owes the space for this charge."
    )
    state = fields.Selection(
        [("forecast", "Forecast"), ("open", "Open"), ("settled", "Settled")],
        required=True,
        default="forecast",
    )
    review = fields.Selection(
        [("pending", "To confirm"), ("confirmed", "Confirmed"), ("disputed", "Disputed")],
        string="Space's Answer",
        required=True,
        default="pending",
    )
    dispute_reason = fields.Char()
    dispute_answer = fields.Char(
        string="Our Answer", readonly=True, help="What the space reads beside its line."
    )
    # Written when the charge is settled, with its amounts: what changes later is not for it.
    operator_id = fields.Many2one("res.partner", readonly=True, copy=False)
    tax_id = fields.Many2one("account.tax", string="Purchase Tax", readonly=True, copy=False)
    tax_rate = fields.Float(string="Tax Rate (%)", digits=(9, 6), readonly=True, copy=False)
    participant_paid_amount = fields.Monetary(
        string="Paid by the Participant",
        copy=False,
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
        help="What the participant paid to the space by mistake, for the program.",
    )
    participant_paid_on = fields.Date(
        string="Paid by the Participant On",
        copy=False,
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
    explanation = fields.Char(help="How the amount comes about, in one line that can be checked.")

    _month_first = models.Constraint(
        "CHECK (EXTRACT(day FROM period) = 1)",
        "A charge counts for a civil month, by its first day.",
    )
    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "A charge cannot end before it starts."
    )
    _once = models.UniqueIndex(
        "(seat_id, period, kind) WHERE kind != 'adjustment'",
        "This seat already has a charge of this kind for this month.",
    )
    _adjustment_once = models.UniqueIndex(
        "(seat_id, period, statement_id, corrected_kind) WHERE kind = 'adjustment'",
        "This statement already corrects this seat for this month.",
    )
    _corrected_kind_iff_adjustment = models.Constraint(
        "CHECK ((kind = 'adjustment') = (corrected_kind IS NOT NULL))",
        "A correction says what it corrects, and nothing else does.",
    )
    _statement_iff_not_forecast = models.Constraint(
        "CHECK ((state = 'forecast') = (statement_id IS NULL))",
        "A charge has a statement, unless it is a forecast.",
    )
    # Never violated by itself: it carries the message of the trigger made in init().
    _settled_frozen = models.Constraint(
        "CHECK (true)",
        "A settled month is never rewritten: what changes becomes a correction in the next month.",
    )

    def init(self):
        """A settled charge keeps its amounts, dates and seat, whatever asks for a change.

        It may become open again when the confirmation of its statement is withdrawn, and follows
        its operator into the contact that this one is merged into.
        """
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION coworking_charge_frozen() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE'
                    OR (NEW.seat_id, NEW.statement_id, NEW.period, NEW.kind,
                        NEW.date_from, NEW.date_to, NEW.amount_untaxed, NEW.amount_tax,
                        NEW.amount_total, NEW.funded_amount, NEW.copayment_amount,
                        NEW.payable_untaxed, NEW.payable_tax, NEW.payable_total, NEW.corrected_kind,
                        CASE WHEN NEW.operator_id::text
                                  = CURRENT_SETTING('coworking.merged_into', true)
                             THEN OLD.operator_id ELSE NEW.operator_id END,
                        NEW.tax_id, NEW.tax_rate)
                    IS DISTINCT FROM
                       (OLD.seat_id, OLD.statement_id, OLD.period, OLD.kind,
                        OLD.date_from, OLD.date_to, OLD.amount_untaxed, OLD.amount_tax,
                        OLD.amount_total, OLD.funded_amount, OLD.copayment_amount,
                        OLD.payable_untaxed, OLD.payable_tax, OLD.payable_total, OLD.corrected_kind,
                        OLD.operator_id, OLD.tax_id, OLD.tax_rate)
                THEN
                    RAISE EXCEPTION 'charge % is settled', OLD.id
                        USING ERRCODE = '23514', TABLE = 'coworking_charge',
                              CONSTRAINT = 'coworking_charge_settled_frozen';
                END IF;
                RETURN COALESCE(NEW, OLD);
            END $$;
            DROP TRIGGER IF EXISTS coworking_charge_frozen_trg ON coworking_charge;
            CREATE TRIGGER coworking_charge_frozen_trg BEFORE UPDATE OR DELETE
                ON coworking_charge FOR EACH ROW WHEN (OLD.state = 'settled')
                EXECUTE FUNCTION coworking_charge_frozen();
            """
        )

    @api.model
    def _get_portal_fields(self):
        return {
            "seat_id",
            "space_id",
            "statement_id",
            "currency_id",
            "occupant_name",
            "period",
            "kind",
            "date_from",
            "date_to",
            "quantity",
            "payable_untaxed",
            "payable_tax",
            "payable_total",
            "review",
            "dispute_reason",
            "explanation",
        }

    @api.depends("seat_id.name", "period")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for charge in self:
            charge.display_name = " ".join(
                filter(
                    None,
                    (
                        charge.seat_id.name,
                        format_date(self.env, charge.period, date_format="MMMM y"),
                    ),
                )
            )

    def write(self, vals):
        result = super().write(vals)
        if "review" in vals:
            # sudo: a statement's state is written by what happens to its lines, not typed
            self.sudo().statement_id._update_disputed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        for charge in self:
            if charge.state == "settled":
                raise UserError(
                    self.env._(
                        "The charge of seat %(seat)s for %(month)s is settled and cannot be "
                        "deleted.",
                        seat=charge.seat_id.name,
                        month=format_date(self.env, charge.period, date_format="MMMM y"),
                    )
                )

    @api.model
    def _get_typed_names(self, vals):
        return ("dispute_reason", "dispute_answer")

    # === BUSINESS METHODS ===#

    def _prepare_bill_line(self, name, sign, basis):
        """Values of the bill line of a charge: one, its own amount, its own tax imposed.

        The tax is given with ``extra_tax_data``, so that the document is the exact sum of its
        charges under both of Odoo's rounding methods; not where it has no fraction of a cent, which
        every rounding leaves as it is. A tax that is included in the price of its product asks for
        the price with tax; what it imposes is the same. Balance, amount in currency, tax tags and
        totals are what Odoo would compute line by line. Where there is a tax it checks them, so
        that a wrong one would cost time, never correctness; where there is none, the balance is the
        price.

        :param name: see ``_get_bill_line_names``
        :param sign: -1 on a credit note
        :param basis: see ``coworking.statement._prepare_bill_line_basis``
        """
        self.ensure_one()
        tax = basis["tax"]
        untaxed, tax_amount = sign * self.payable_untaxed, sign * self.payable_tax
        price = sign * self.payable_total if tax.price_include else untaxed
        vals = {
            "display_type": "product",
            "currency_id": basis["currency_id"],
            "product_id": basis["product_id"],
            "product_uom_id": basis["product_uom_id"],
            "name": name,
            "quantity": 1.0,
            "price_unit": price,
            "discount": 0.0,
            "tax_ids": [Command.set(tax.ids)],
            "coworking_charge_id": self.id,
            "analytic_distribution": basis["analytic_distribution"],
            "balance": sign * untaxed,
            "amount_currency": sign * untaxed,
            "price_subtotal": untaxed,
            "price_total": untaxed + tax_amount,
        }
        if not tax:
            return vals
        vals["tax_tag_ids"] = [Command.set(basis["tax_tag_ids"])]
        if to_decimal(untaxed) * basis["tax_rate"] != to_decimal(tax_amount):
            vals["extra_tax_data"] = {
                "currency_id": basis["currency_id"],
                "price_unit": price,
                "discount": 0.0,
                "quantity": 1.0,
                "rate": 1.0,
                "manual_total_excluded_currency": untaxed,
                "manual_total_excluded": untaxed,
                "manual_tax_amounts": {
                    str(tax.id): {
                        "tax_amount_currency": tax_amount,
                        "tax_amount": tax_amount,
                        "base_amount_currency": untaxed,
                        "base_amount": untaxed,
                    }
                },
            }
        return vals

    def _get_billing_terms(self):
        """The record that says the product and the tax of the bill line: a tariff, or a fee."""
        self.ensure_one()
        if (self.corrected_kind or self.kind) == "membership":
            fees = self.space_id.membership_ids.sorted("date_start")
            month_end = pricing.month_last(self.period)
            return fees.filtered(lambda fee: fee.date_start <= month_end)[-1:] or fees[:1]
        return self.tariff_id

    def _get_bill_line_names(self):
        """Reference and explanation, never a name: ``P-0042, June 2015: 16 days of 30 at 180.00``.

        A correction's explanation begins with its month. All of it is in the language in which
        explanations are written, that of the company.

        :return: dict charge -> text
        """
        lang = self.company_id[:1].partner_id.lang or self.env.lang
        spoken = self.with_context(lang=lang)
        months = {
            period: format_date(spoken.env, period, date_format="MMMM y")
            for period in set(self.mapped("period"))
        }
        told = spoken.env._("%(seat)s, %(month)s: %(explanation)s")
        corrected = spoken.env._("%(seat)s, %(explanation)s")
        return {
            charge: (corrected if charge.kind == "adjustment" else told)
            % {
                "seat": charge.seat_id.name,
                "month": months[charge.period],
                "explanation": charge.explanation,
            }
            for charge in self
        }

    @api.model
    def _prepare_values(self, priced, seat):
        """Field values of a ``pricing.Charge``, its explanation included."""
        values = {
            "seat_id": priced.seat,
            "period": priced.period,
            "kind": priced.kind,
            "corrected_kind": priced.corrected_kind or False,
            "date_from": priced.date_from,
            "date_to": priced.date_to,
            "quantity": float(priced.quantity),
            "unit_price": float(priced.unit_price),
            "explanation": self._explain_line(priced, seat),
        }
        for name, amount in AMOUNT_FIELDS.items():
            values[name] = float(getattr(priced, amount))
        return values

    def _get_key(self):
        """What a charge is, whatever its amounts: seat, month, kind and the kind it corrects."""
        return self.seat_id.id, self.period, self.kind, self.corrected_kind or None

    def _get_settled_homes(self):
        """Which months of the spaces of these charges are settled.

        :return: set of (program, space, month)
        """
        return {
            (statement.program_id, statement.space_id, statement.date_from)
            for statement in self.env["coworking.statement"].search_fetch(
                Domain("program_id", "in", self.program_id.ids)
                & Domain("space_id", "in", self.space_id.ids)
                & Domain("state", "in", SETTLED_STATES),
                ["program_id", "space_id", "date_from"],
            )
        }

    def _get_home_month(self):
        """The month on whose statement this belongs, or what it corrects: see ``pricing``."""
        self.ensure_one()
        if (self.corrected_kind or self.kind) == "commitment" and self.seat_id.date_end:
            return pricing.month_first(self.seat_id.date_end)
        return self.period

    def _recheck_fees_elsewhere(self):
        """A yearly fee is asked once, whichever program pays it: where one of these is settled or
        given back, the person's files in other programs are to be checked.
        """
        for files, day in self._get_fee_sharers():
            files._pricing_inputs_changed(day, ranks=False)

    def _unlink_rechecking_fees(self):
        """Delete these, then have fees checked that were not asked because of theirs: those of
        other programs, and of months of this one that were computed before.
        """
        shared = self._get_fee_sharers()
        fees = self.filtered(lambda row: row.kind == "membership")
        later = [
            Domain("program_id", "=", program.id)
            & Domain("space_id", "=", space.id)
            & Domain("date_from", ">", period)
            & Domain("state", "!=", "cancelled")
            for program, space, period in fees.grouped(
                lambda row: (row.program_id, row.space_id, row.period)
            )
        ]
        if later and self.env["coworking.statement"].search(Domain.OR(later))._mark_outdated():
            fees.participant_id._mark_to_recheck()
        self.unlink()
        for files, day in shared:
            files._pricing_inputs_changed(day, ranks=False)

    def _get_fee_sharers(self):
        """Files in other programs of whom these may have asked the yearly fee.

        :return: list of (``coworking.participant`` records, first month)
        """
        sharers = []
        fees = self.filtered(lambda row: (row.corrected_kind or row.kind) == "membership")
        for (program, space), own in fees.grouped(
            lambda row: (row.program_id, row.space_id)
        ).items():
            others = (
                self.env["coworking.participant"]
                ._with_archived()
                .search(
                    Domain("partner_id", "in", own.seat_id.partner_id.ids)
                    & Domain("program_id", "!=", program.id)
                    & Domain("seat_ids", "any", [("space_id", "=", space.id)])
                )
            )
            if others:
                sharers.append((others, min(own.mapped("period"))))
        return sharers

    def _freeze_terms(self, positions):
        """Take down who bills these charges and with which tax, see ``_get_terms``."""
        for (operator, tax, rate), charges in self._get_terms(positions).items():
            charges.write({"operator_id": operator.id, "tax_id": tax.id, "tax_rate": rate})

    def _get_terms(self, positions=None):
        """Who bills these charges and with which tax: those of today, or for a correction those of
        the month that it corrects.

        :param positions: of their spaces, where they were looked up before: see
            ``coworking.space._get_fiscal_positions``
        :return: dict (operator, tax, its rate in percent) -> charges
        """
        settled, homes = self.browse(), {}
        corrections = self.filtered("corrected_kind")
        if corrections:
            settled = self.search(
                Domain("seat_id", "in", corrections.seat_id.ids)
                & Domain("state", "=", "settled")
                & Domain("id", "not in", self.ids),
                order="id",
            ).grouped(lambda row: row._to_pricing().key)
            homes = {
                (statement.program_id, statement.space_id, statement.date_from): statement
                for statement in self.env["coworking.statement"].search(
                    Domain("program_id", "in", corrections.program_id.ids)
                    & Domain("space_id", "in", corrections.space_id.ids)
                    & Domain("date_from", "in", [row._get_home_month() for row in corrections])
                    & Domain("state", "in", SETTLED_STATES)
                )
            }
        today, terms = {}, defaultdict(list)
        positions = positions or self.space_id._get_fiscal_positions()
        for charge in self:
            product = charge._get_billing_terms().product_id
            known = charge.corrected_kind and settled.get(charge._to_pricing().key)
            home = charge.corrected_kind and homes.get(
                (charge.program_id, charge.space_id, charge._get_home_month())
            )
            if known:
                key = known[0].operator_id, known[0].tax_id, known[0].tax_rate
            elif home:
                tax, rate = home._get_settled_tax(product)
                key = home.operator_id, tax, float(rate * 100)
            else:
                space = charge.space_id
                basis = space.company_id, product, positions[space]
                if basis not in today:
                    tax = space._get_purchase_taxes(product, positions[space])
                    today[basis] = tax, sum(tax.mapped("amount"))
                key = space.operator_id, *today[basis]
            terms[key].append(charge.id)
        return {key: self.browse(ids) for key, ids in terms.items()}

    def _to_pricing(self):
        """This charge as ``pricing.Charge``, to be compared with a new computation."""
        self.ensure_one()
        return pricing.Charge(
            seat=self.seat_id.id,
            period=self.period,
            kind=self.kind,
            date_from=self.date_from,
            date_to=self.date_to,
            quantity=to_decimal(self.quantity),
            unit_price=to_decimal(self.unit_price),
            corrected_kind=self.corrected_kind or None,
            **{amount: to_decimal(self[name]) for name, amount in AMOUNT_FIELDS.items()},
        )

    def _get_differences(self, values):
        """Names of the fields whose stored value is not the one just computed."""
        self.ensure_one()
        result = set()
        for name, value in values.items():
            field = self._fields[name]
            stored = self[name]
            if field.type == "many2one":
                stored = stored.id
            if (stored or None) == (value or None):
                continue
            if field.type in ("monetary", "float"):
                digits = 4 if field.type == "float" else self.currency_id.decimal_places
                if float_repr(stored, digits) == float_repr(value, digits):
                    continue
            result.add(name)
        return result

    def _tells_the_same(self, explanation):
        """Whether another explanation has the figures of this one, in whatever words: languages
        write dates and amounts with the same digits.
        """
        self.ensure_one()
        own, other = (
            sorted(filter(str.isdigit, text or "")) for text in (self.explanation, explanation)
        )
        return own == other

    def _explain_line(self, priced, seat):
        """One line that the space's manager and the participant can check by hand.

        :param priced: a ``pricing.PricedLine`` or ``pricing.Charge``; its ``basis`` holds the facts
        :param seat: the seat, for its currency and tariff
        """
        return getattr(self, f"_explain_{priced.basis['rule']}")(priced, priced.basis, seat)

    def _format_money(self, amount, seat):
        # The lines of a month say the same few prices hundreds of times.
        said = self.env.cr.cache.setdefault("coworking_money", {})
        key = self.env.lang, seat.company_id.id, amount
        if key not in said:
            said[key] = seat.company_id.currency_id.format(float(amount))
        return said[key]

    def _explain_month(self, priced, basis, seat):
        if basis["days"] == basis["month_days"]:
            text = self.env._(
                "1 month at %(price)s", price=self._format_money(basis["price"], seat)
            )
        elif basis["proration"] == "half_month":
            text = self.env._(
                "half a month at %(price)s a month", price=self._format_money(basis["price"], seat)
            )
        else:
            text = self._share_of_month(basis) % {
                "days": basis["days"],
                "month_days": basis["month_days"],
                "price": self._format_money(basis["price"], seat),
            }
        if basis.get("credited"):
            text += self.env._(", %(days)s days not charged", days=basis["credited"])
        return self._add_commitment_words(text, basis)

    def _share_of_month(self, basis):
        """The sentence for some days of a month, one or several, of those that the tariff
        counts.
        """
        one = basis["days"] == 1
        if basis["proration"] == "working_days":
            return (
                self.env._("1 working day of %(month_days)s at %(price)s a month")
                if one
                else self.env._("%(days)s working days of %(month_days)s at %(price)s a month")
            )
        return (
            self.env._("1 day of %(month_days)s at %(price)s a month")
            if one
            else self.env._("%(days)s days of %(month_days)s at %(price)s a month")
        )

    def _explain_anniversary(self, priced, basis, seat):
        text = self.env._(
            "1 month from %(start)s to %(end)s at %(price)s",
            start=format_date(self.env, priced.date_from),
            end=format_date(self.env, priced.date_to),
            price=self._format_money(basis["price"], seat),
        )
        return self._add_commitment_words(text, basis)

    def _explain_week(self, priced, basis, seat):
        text = self.env._(
            "%(weeks)s weeks begun at %(prices)s",
            weeks=basis["weeks"],
            prices=self._describe_prices(basis, seat),
        )
        return self._add_commitment_words(text, basis)

    def _explain_usage(self, priced, basis, seat):
        units = {
            "hour": self.env._("%(count)s hours at %(prices)s"),
            "half_day": self.env._("%(count)s half-days at %(prices)s"),
            "day": self.env._("%(count)s days at %(prices)s"),
        }
        text = units[basis["unit"]] % {
            "count": short_number(self.env, priced.quantity),
            "prices": self._describe_prices(basis, seat),
        }
        if basis.get("daily_capped"):
            text += self.env._(", %(days)s days at the day's limit", days=basis["daily_capped"])
        if basis.get("monthly_cap") is not None:
            text += self.env._(
                ", limited to %(cap)s a month", cap=self._format_money(basis["monthly_cap"], seat)
            )
        return text

    def _explain_overage(self, priced, basis, seat):
        return self.env._(
            "%(used)s used, %(included)s included: %(beyond)s at %(prices)s",
            used=short_number(self.env, basis["used"]),
            included=short_number(self.env, basis["included"]),
            beyond=short_number(self.env, basis["beyond"]),
            prices=self._describe_prices(basis, seat),
        )

    def _explain_pack(self, priced, basis, seat):
        return self.env._(
            "%(count)s packs of %(size)s tickets at %(price)s, %(balance)s left",
            count=len(basis["packs"]),
            size=short_number(self.env, basis["size"]),
            price=self._format_money(basis["price"], seat),
            balance=short_number(self.env, basis["balance"]),
        )

    def _explain_membership(self, priced, basis, seat):
        return self.env._(
            "yearly membership fee, valid until %(until)s",
            until=format_date(self.env, basis["valid_until"]),
        )

    def _explain_adjustment(self, priced, basis, seat):
        month = format_date(self.env, priced.period, date_format="MMMM y")
        if priced.corrected_kind != "regular":
            kinds = dict(self._fields["kind"]._description_selection(self.env))
            month = f"{month}, {kinds[priced.corrected_kind].lower()}"
        # A new rate leaves the price as it was: what is told is what differs.
        told = "total" if len(set(basis["total"])) > 1 else "funded"
        sentence = (
            self.env._("correction of %(month)s: %(fresh)s instead of %(settled)s")
            if told == "total"
            else self.env._(
                "correction of %(month)s, program's part: %(fresh)s instead of %(settled)s"
            )
        )
        if basis["missed"]:
            sentence = self.env._("%(month)s, not charged before: %(fresh)s")
        before, after = (self._format_money(amount, seat) for amount in basis[told])
        text = sentence % {"month": month, "fresh": after, "settled": before}
        if basis["taxed"] and told == "total":
            text = self.env._("%(amounts)s incl. VAT", amounts=text)
        fresh = basis["fresh"]
        # How it comes about, unless that names dates: a line is billed for the month it tells.
        if (
            fresh
            and fresh.basis.get("rule") in ("month", "usage", "overage")
            and not fresh.basis.get("cause")
        ):
            text = self.env._(
                "%(amounts)s (%(explanation)s)",
                amounts=text,
                explanation=self._explain_line(fresh, seat),
            )
        return text

    def _describe_prices(self, basis, seat):
        """``20,00 €``, or ``6 at 20,00 €, 3 at 22,00 €`` when the price changed on the way."""
        prices = basis["prices"]
        if len(prices) == 1:
            return self._format_money(prices[0][1], seat)
        return ", ".join(
            self.env._(
                "%(count)s at %(price)s",
                count=short_number(self.env, count),
                price=self._format_money(price, seat),
            )
            for count, price in prices
        )

    def _add_commitment_words(self, text, basis):
        if basis.get("cause") == "notice":
            return self.env._(
                "notice until %(until)s: %(text)s",
                until=format_date(self.env, basis["until"]),
                text=text,
            )
        if basis.get("cause") == "commitment":
            return self.env._(
                "commitment until %(until)s: %(text)s",
                until=format_date(self.env, basis["until"]),
                text=text,
            )
        return text
