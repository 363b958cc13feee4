from collections import defaultdict
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html

from ... import pricing
from ..billing.coworking_statement import SETTLED_STATES

# The largest file taken, and what is read to find that one is larger.
MAX_UPLOAD = 10 * 1024 * 1024
# Sent for one month of a space: an invoice, a corrected one, a credit note; not a flood.
MOST_FILES_A_DAY = 10
# What the list goes back, five years.
MOST_MONTHS = 60


class CoworkingPortalMonth(models.AbstractModel):
    """The month of a manager: all sites and programs on one page."""

    _name = "coworking.portal.month"
    _description = "Month of a Manager"
    _inherit = ["coworking.portal"]

    @api.model
    def _get_statements(self, partner, month=None):
        domain = self.env["coworking.statement"]._get_shown_to_domain(partner)
        if month:
            domain &= Domain("date_from", "=", month)
        return self.env["coworking.statement"].search(
            domain, order="date_from desc, space_id, name"
        )

    @api.model
    def _get_statement(self, partner, statement_id):
        return self._find_own(
            "coworking.statement",
            statement_id,
            self.env["coworking.statement"]._get_shown_to_domain(partner),
        )

    @api.model
    def _get_charge(self, partner, charge_id):
        return self._find_own(
            "coworking.charge",
            charge_id,
            Domain(
                "statement_id",
                "any",
                self.env["coworking.statement"]._get_shown_to_domain(partner),
            ),
        )

    # === PAGES ===#

    @api.model
    def _format_totals(self, statements, state=None):
        """What these cost together, currency by currency: ``600,00 CHF + 68,71 €``.

        :param state: only what is in this state counts
        """
        sums = {
            currency: sum(row.payable_total for row in rows if not state or row.state == state)
            for currency, rows in statements.grouped("currency_id").items()
        }
        said = {currency: total for currency, total in sums.items() if total} or dict(
            [*sums.items()][:1]
        )
        return " + ".join(currency.format(total) for currency, total in said.items())

    @api.model
    def _prepare_months(self, partner, months=None):
        """The last months that this contact was shown, with what is left to do.

        :param months: those that can be opened, all by default
        """
        result = []
        statements = self._get_statements(partner)
        paid = statements._get_paid_on()
        for month, rows in [*statements.grouped("date_from").items()][:MOST_MONTHS]:
            states = set(rows.mapped("state"))
            result.append(
                {
                    "key": f"{month:%Y-%m}",
                    "words": self._get_month_words(month).capitalize(),
                    "total": self._format_totals(rows),
                    "todo": "sent" in states,
                    "state": self._get_month_state(
                        rows, {row: paid[row] for row in rows if row in paid}
                    ),
                    "open": months is None or month in months,
                }
            )
        return result

    @api.model
    def _get_month_state(self, statements, paid):
        """:param paid: see ``coworking.statement._get_paid_on``, of these statements"""
        states = set(statements.mapped("state"))
        if "sent" in states:
            return self.env._("To confirm")
        if "disputed" in states:
            return self.env._("We are looking at what you reported")
        if any(map(self._is_invoice_awaited, statements)):
            return self.env._("Confirmed: send your invoice")
        if len(paid) < len(statements):
            return self.env._("Invoice received")
        return self.env._("Paid on %s", self._format_day(max(paid.values())))

    @api.model
    def _is_invoice_awaited(self, statement):
        """Whether the space has not sent its invoice: a draft that we made of the month waits."""
        bills = statement._get_bills_of_all()
        files = statement.invoice_file_ids.filtered(
            lambda file: file.state not in ("refused", "duplicate")
        )
        if files.filtered(lambda file: file.move_id not in statement.bill_ids - bills):
            return False
        if not bills:
            return statement.state != "billed"
        return not any(
            bill.state == "posted" or bill.ref or bill.journal_id.is_self_billing for bill in bills
        )

    @api.model
    def _get_months_to_invoice(self, partner):
        """First days of the months of which this contact has still to send an invoice."""
        own = self.env["coworking.statement"].search(
            self._get_own_domain(partner)
            & Domain("state", "in", ("confirmed", "billed"))
            & Domain("over_since", "=", False)
            & Domain("payable_total", ">", 0),
            order="date_from",
        )
        return list(own.filtered(self._is_invoice_awaited).grouped("date_from"))

    @api.model
    def _prepare_month(self, partner, month):
        """Everything of one month, ready to be shown, or nothing when there is none."""
        statements = self._get_statements(partner, month)
        if not statements:
            return None
        several_programs = len(statements.program_id) > 1
        here = self._get_seats_here(statements)
        unsaid = self._get_unsaid(here)
        invoiced, paid = self._prepare_invoiced(statements), statements._get_paid_on()
        rows = [
            {
                **self._prepare_statement_values(partner, statement, several_programs),
                "state_words": self._get_state_words(statement, paid.get(statement)),
                "invoiced": invoiced[statement],
                "visited": bool(here[statement]),
                "doubts": self._get_doubts(statement, unsaid[statement]),
            }
            for statement in statements
        ]
        return {
            "key": f"{month:%Y-%m}",
            "words": self._get_month_words(month),
            "statements": rows,
            "seen": {
                statement.id: statement._get_lines_hash()
                for statement in statements
                if statement.state == "sent"
            },
            "total": self._format_totals(statements, "sent"),
            "messages": self._get_messages(partner, statements),
            "visits_words": self.env._("Who came in %s?", self._get_month_words(month)),
        }

    @api.model
    def _prepare_statement_values(self, partner, statement, several_programs):
        money = statement.currency_id.format
        charges = statement.charge_ids.sorted(
            lambda charge: (charge.occupant_name or "", charge.period, charge.kind)
        )
        state = statement.state
        return {
            "id": statement.id,
            "name": statement.name,
            "space": statement.space_id.name,
            "space_id": statement.space_id.id,
            "program": statement.program_id.name if several_programs else None,
            "state": state,
            "colour": {"sent": "text-bg-warning", "disputed": "text-bg-danger"}.get(
                state, "text-bg-success"
            ),
            "confirmed": self._get_confirmed_words(partner, statement),
            "changed": statement.changed_since_sent and state in ("sent", "disputed"),
            "pending": bool(statement.pending_changes) and state in ("sent", "disputed"),
            "may_dispute": state in ("sent", "disputed"),
            "may_withdraw": state == "confirmed" and not statement._is_billed_in_part(),
            "may_upload": state in ("confirmed", "billed"),
            "sent_already": not self._is_invoice_awaited(statement),
            "most_bytes": MAX_UPLOAD,
            "lines": [self._prepare_line_values(charge) for charge in charges],
            "untaxed": money(statement.payable_untaxed),
            "tax": money(statement.payable_tax),
            "total": money(statement.payable_total),
            "refund": statement.payable_total < 0,
            "bill_text": self._get_bill_text(statement),
            "files": self._prepare_files(statement),
            "payments": self._prepare_payments(statement),
            "coordinator": self._get_contact_of(statement),
        }

    @api.model
    def _get_seats_here(self, statements):
        """Who could have come in the month of these statements, up to today, in their own space
        and program: priced by use or not, with a line or without.

        :return: dict statement -> ``coworking.seat``
        """
        Seat = self.env["coworking.seat"]
        result = dict.fromkeys(statements, Seat)
        for month, own in statements.grouped("date_from").items():
            seats = Seat.search(
                self.env["coworking.portal.presence"]._get_seats_here_domain(
                    month, pricing.month_last(month)
                )
                & Domain("space_id", "in", own.space_id.ids)
                & Domain("program_id", "in", own.program_id.ids)
            )
            seats = seats.filtered(lambda seat: seat.date_start <= seat.space_id._get_today())
            by_place = seats.grouped(lambda seat: (seat.space_id, seat.program_id))
            for statement in own:
                if month <= statement.space_id._get_today():
                    place = statement.space_id, statement.program_id
                    result[statement] = by_place.get(place, Seat)
        return result

    @api.model
    def _get_unsaid(self, here):
        """Of whom the price depends on presences and the space said nothing yet.

        :param here: see ``_get_seats_here``
        :return: dict statement -> ``coworking.seat``
        """
        by_use = {row: seats._filter_priced_by_use() for row, seats in here.items()}
        seats = self.env["coworking.seat"].union(*by_use.values())
        said = defaultdict(lambda: self.env["coworking.seat"])
        months = [row.date_from for row in here]
        if seats:
            for seat, month in self.env["coworking.presence"]._read_group(
                [
                    ("seat_id", "in", seats.ids),
                    ("date", ">=", min(months)),
                    ("date", "<=", pricing.month_last(max(months))),
                    ("state", "!=", False),
                ],
                ["seat_id", "date:month"],
            ):
                said[fields.Date.to_date(month)] |= seat
        return {row: own - said[row.date_from] for row, own in by_use.items()}

    @api.model
    def _get_doubts(self, statement, unsaid):
        """Why to think twice before this month is confirmed, in words.

        :param unsaid: see ``_get_unsaid``
        """
        if statement.state != "sent":
            return []
        doubts = []
        month = self._get_month_words(statement.date_from)
        last = pricing.month_last(statement.date_from)
        in_advance = all(
            charge.seat_id.tariff_id.billing_timing == "advance" for charge in statement.charge_ids
        )
        if last >= statement.space_id._get_today() and not in_advance:
            doubts.append(
                self.env._(
                    "%(month)s is not over: it ends on %(day)s. What happens in the days to come"
                    " can still be said, and will be counted in the next month.",
                    month=month.capitalize(),
                    day=self._format_day(last),
                )
            )
        if unsaid:
            doubts.append(
                self.env._(
                    "You have said nothing yet of when these people came in %(month)s, and nothing"
                    " is counted for them: %(people)s.",
                    month=month,
                    people=", ".join(unsaid.sorted("occupant_name").mapped("occupant_name")),
                )
            )
        return doubts

    @api.model
    def _get_doubts_of(self, statements):
        """See ``_get_doubts``, of several statements at once."""
        unsaid = self._get_unsaid(self._get_seats_here(statements))
        return [words for row in statements for words in self._get_doubts(row, unsaid[row])]

    @api.model
    def _get_state_words(self, statement, paid):
        """:param paid: see ``coworking.statement._get_paid_on``"""
        state = statement.state
        if state in ("confirmed", "billed"):
            state = "confirmed" if self._is_invoice_awaited(statement) else "billed"
        if state == "billed" and paid:
            return self.env._("Paid on %s", self._format_day(paid))
        return {
            "sent": self.env._("To confirm"),
            "disputed": self.env._("We are looking at what you reported"),
            "confirmed": self.env._("Confirmed"),
            "billed": self.env._("Invoice received"),
        }[state]

    @api.model
    def _get_confirmed_words(self, partner, statement):
        if not statement.confirmed_at:
            return None
        return self.env._(
            "Confirmed by %(person)s on %(date)s",
            person=statement.confirmed_by.name,
            date=self._format_moment(statement.confirmed_at, partner, statement.space_id),
        )

    @api.model
    def _prepare_line_values(self, charge):
        return {
            "id": charge.id,
            "name": charge.occupant_name,
            "seat": charge.seat_id.name,
            "what": charge.explanation,
            "total": charge.currency_id.format(charge.payable_total),
            "other_month": (
                self._get_month_words(charge.period)
                if charge.kind != "adjustment" and charge.period != charge.statement_id.date_from
                else None
            ),
            "disputed": charge.review == "disputed",
            "reason": charge.dispute_reason,
            "answer": charge.dispute_answer,
        }

    @api.model
    def _get_bill_text(self, statement):
        """« Ce que votre facture doit porter », to be copied as it is. Never a name.

        Of a credit note the amounts are the other way round, as such a document writes them. What
        corrects a month that another operator billed is on a document of theirs.
        """
        company = statement.company_id
        others = self._get_charges_of_others(statement)
        charges = statement.charge_ids - statement.charge_ids.browse().union(*others.values())
        untaxed, tax, total = (
            sum(charges.mapped(name))
            for name in ("payable_untaxed", "payable_tax", "payable_total")
        )
        sign = -1 if statement.currency_id.compare_amounts(total, 0) < 0 else 1

        def money(amount):
            return statement.currency_id.format(sign * amount)

        lines = self._get_billed_to_lines(company)
        lines += ["", self.env._("Reference: %s", statement.name), ""]
        names = charges._get_bill_line_names()
        lines += [
            self.env._(
                "%(what)s: %(amount)s excl. VAT",
                what=names[charge],
                amount=money(charge.payable_untaxed),
            )
            for charge in charges.sorted(
                lambda charge: (charge.seat_id.name, charge.period, charge.kind)
            )
            if not charge.currency_id.is_zero(charge.payable_total)
        ]
        lines += [
            "",
            self.env._("Total excl. VAT: %s", money(untaxed)),
            self.env._("VAT: %s", money(tax)),
            self.env._("Total incl. VAT: %s", money(total)),
        ]
        for operator, theirs in others.items():
            lines.append(
                self.env._(
                    "Not on this document: %(amount)s incl. VAT, of months that %(operator)s"
                    " billed, on one of theirs.",
                    amount=statement.currency_id.format(sum(theirs.mapped("payable_total"))),
                    operator=operator.name,
                )
            )
        term = statement.operator_id.with_company(company).property_supplier_payment_term_id
        if term:
            today = fields.Date.context_today(statement)
            due = max(line._get_due_date(today) for line in term.line_ids)
            lines.append(self.env._("To be paid by: %s", self._format_day(due)))
        return "\n".join(lines)

    @api.model
    def _get_charges_of_others(self, statement):
        """dict operator -> the charges that stand on its own document, not the space's."""
        charges = statement.charge_ids
        if statement.state in SETTLED_STATES:
            by_operator = charges.grouped("operator_id")
        else:
            by_operator = defaultdict(charges.browse)
            for (operator, _tax, _rate), rows in charges._get_terms().items():
                by_operator[operator] |= rows
        ours = statement.operator_id.commercial_partner_id
        return {
            operator: rows
            for operator, rows in by_operator.items()
            if operator and operator.commercial_partner_id != ours
        }

    @api.model
    def _get_billed_to_lines(self, company):
        """Name, address and numbers of who is billed, line by line."""
        address = company.partner_id._display_address(without_company=True)
        lines = [
            company.name,
            *[line.strip() for line in address.split("\n") if line.strip()],
        ]
        if company.company_registry:
            lines.append(self.env._("SIREN/SIRET: %s", company.company_registry))
        if company.vat:
            lines.append(self.env._("VAT number: %s", company.vat))
        return lines

    @api.model
    def _prepare_files(self, statement):
        """Invoices that the space sent for this month, and what became of them: nothing is asked
        again that was sent again.
        """
        files = statement.invoice_file_ids
        return [
            {
                "name": file.name,
                "words": file.sender_message,
                "wrong": file.state == "refused",
            }
            for file in files - files._get_sent_again()
        ]

    @api.model
    def _prepare_payments(self, statement):
        """The bills of the month and whether they are paid, in words."""
        states = {
            "not_paid": self.env._("to be paid"),
            "in_payment": self.env._("being paid"),
            "paid": self.env._("paid"),
            "partial": self.env._("partly paid"),
            "reversed": self.env._("cancelled by a credit note"),
        }
        if self._is_invoice_awaited(statement):
            return []
        paid = statement.bill_ids._coworking_payment_facts()
        result = []
        for bill in statement.bill_ids:
            posted = bill.state == "posted"
            words = states.get(bill.payment_state, "") if posted else ""
            due = bill.invoice_date_due
            open_ = posted and bill.payment_state in ("not_paid", "partial")
            result.append(
                {
                    "name": bill.ref or self.env._("Invoice"),
                    "total": bill.currency_id.format(bill.amount_total),
                    "state": words or self.env._("being checked"),
                    "due": self._format_day(due) if due and open_ else None,
                    "paid": self._paid_words(paid[bill], bill.company_currency_id),
                    "left": self.env._(
                        "%s still to be paid", bill.currency_id.format(bill.amount_residual)
                    )
                    if posted and bill.payment_state == "partial"
                    else None,
                }
            )
        return result

    @api.model
    def _prepare_invoiced(self, statements):
        """What the invoices of these months say beside what was expected, in words.

        What staff note of a decision is theirs: the space reads what it is asked to do.

        :return: dict statement -> list of dicts: name, words, wrong
        """
        result = {statement: [] for statement in statements}
        matches = statements.match_ids.filtered(
            lambda match: match.move_id.state == "posted" or (match.decision and match.move_id.ref)
        )
        by_charge = matches.filtered("charge_id").grouped("charge_id")
        for statement in statements:
            if not statement.bill_ids or self._is_invoice_awaited(statement):
                continue
            money = statement.currency_id.format
            for charge in statement.charge_ids.sorted(lambda row: row.occupant_name or ""):
                own = by_charge.get(charge)
                if own:
                    gap = statement.currency_id.round(
                        sum(own.mapped("invoiced")) - charge.payable_total
                    )
                    result[statement].append(
                        {
                            "name": charge.occupant_name,
                            "words": self._get_invoiced_words(own, gap),
                            "amount": money(sum(own.mapped("invoiced"))),
                            "wrong": bool(gap) and not self._is_settled(own),
                        }
                    )
            for match in matches.filtered(
                lambda row, statement=statement: row.statement_id == statement and not row.charge_id
            ):
                result[statement].append(
                    {
                        "name": match.move_line_id.name,
                        "words": self._get_invoiced_words(match, match.invoiced),
                        "amount": money(match.invoiced),
                        "wrong": not self._is_settled(match),
                    }
                )
        return result

    @api.model
    def _is_settled(self, matches):
        return set(matches.mapped("decision")) <= {"matched", "accepted", "reimbursement"}

    @api.model
    def _get_invoiced_words(self, matches, gap):
        """What is thought of some lines of an invoice, for who sent it.

        :param gap: what was invoiced more than expected, less if negative
        """
        decisions = set(matches.mapped("decision"))
        if not gap or self._is_settled(matches):
            return self.env._("Agreed")
        words = {
            "credit_note": self.env._("please send a credit note"),
            "rebilled": self.env._("please invoice the rest"),
            "asked": self.env._("we wrote to you: see the messages"),
            "disputed": self.env._("disputed: we are in touch with you"),
        }
        told = next((text for key, text in words.items() if key in decisions), None)
        difference = matches.currency_id.format(abs(gap))
        if gap > 0:
            difference = self.env._("%s more than expected", difference)
        else:
            difference = self.env._("%s less than expected", difference)
        return f"{difference} · {told or self.env._('we are looking at it')}"

    # === ANSWERS ===#

    @api.model
    def _confirm_month(self, partner, channel, month, seen):
        """Confirm the statements of a month that the manager has seen as they are.

        :param seen: dict statement id -> fingerprint of the lines that the page showed
        :return: (references confirmed, what stands in the way of the others, in words)
        """
        statements = self._get_statements(partner, month).filtered(lambda row: row.id in seen)
        done, problems = [], []
        for statement in statements:
            if statement.state in ("confirmed", "billed"):
                problems.append(
                    self.env._(
                        "%(reference)s was confirmed already: %(how)s. Nothing was changed.",
                        reference=statement.name,
                        how=self._get_confirmed_words(partner, statement),
                    )
                )
                continue
            disputed = statement.charge_ids.filtered(lambda charge: charge.review == "disputed")
            if disputed:
                problems.append(
                    self.env._(
                        "%(reference)s: you reported %(people)s. We answer first, then you"
                        " confirm.",
                        reference=statement.name,
                        people=", ".join(disputed.mapped("occupant_name")),
                    )
                )
                continue
            if statement._confirm_lines(partner, channel, seen):
                problems.append(
                    self.env._(
                        "%(reference)s: the lines have just changed. Look at them, then confirm.",
                        reference=statement.name,
                    )
                )
                continue
            statement._track_set_author(partner)
            done.append(statement.name)
        return done, problems

    @api.model
    def _check_may_dispute(self, statement):
        if statement._is_billed_in_part():
            raise UserError(
                self.env._(
                    "%(reference)s is invoiced: a line is corrected in the next month. Write to us"
                    " below: we will make the correction.",
                    reference=statement.name,
                )
            )
        if statement.state == "confirmed":
            raise UserError(
                self.env._(
                    "%(reference)s is confirmed: withdraw the confirmation, then report the line.",
                    reference=statement.name,
                )
            )

    @api.model
    def _dispute_line(self, partner, channel, charge, reason):
        """A line is wrong: the coordinator is told, and the month waits for the answer."""
        statement = charge.statement_id
        self._check_may_dispute(statement)
        if charge.review == "disputed":
            raise UserError(
                self.env._(
                    "You reported %(person)s already: nothing was changed. To add something, write"
                    " to us below.",
                    person=charge.occupant_name,
                )
            )
        reason = self._clean_text(
            reason,
            self.env._(
                "%(person)s: say in a few words what is wrong.", person=charge.occupant_name
            ),
        )
        shown = statement._get_lines_hash()
        statement._track_set_author(partner)
        charge.write({"review": "disputed", "dispute_reason": reason, "dispute_answer": False})
        statement.dispute_reason = self.env._(
            "%(person)s: %(reason)s", person=charge.occupant_name, reason=reason
        )
        statement.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=statement._speak_to_staff(statement._get_responsible()).env._(
                "%(space)s disputes a line: %(seat)s",
                space=statement.space_id.name,
                seat=charge.seat_id.name,
            ),
            note=plaintext2html(reason),
            user_id=statement._get_responsible().id,
        )
        self.env["coworking.portal.answer"]._log_answer(
            "disputed",
            statement,
            partner,
            channel,
            seat_id=charge.seat_id.id,
            note=reason,
            shown_hash=shown,
        )

    @api.model
    def _undispute_line(self, partner, channel, charge):
        """The manager takes a report back: nobody has to look at it, nor is anything asked anew."""
        statement = charge.statement_id
        self._check_may_dispute(statement)
        if charge.review != "disputed":
            raise UserError(self.env._("This line is not reported any more."))
        statement._track_set_author(partner)
        asked_at = statement.sent_at
        charge.write({"review": "pending", "dispute_reason": False})
        if statement.state == "sent":
            statement.sent_at = asked_at
        statement._get_report_activities(charge.seat_id).unlink()
        self.env["coworking.portal.answer"]._log_answer(
            "undisputed", statement, partner, channel, seat_id=charge.seat_id.id
        )

    @api.model
    def _withdraw_confirmation(self, partner, channel, statement):
        """Take a confirmation back, as long as nothing is invoiced."""
        if statement._is_billed_in_part():
            raise UserError(
                self.env._(
                    "%(reference)s is invoiced: its confirmation cannot be withdrawn. Write to us"
                    " below.",
                    reference=statement.name,
                )
            )
        if statement.state != "confirmed":
            raise UserError(self.env._("%(reference)s is not confirmed.", reference=statement.name))
        shown = statement.confirmed_hash
        statement._track_set_author(partner)
        statement.action_withdraw()
        self.env["coworking.portal.answer"]._log_answer(
            "withdrawn", statement, partner, channel, shown_hash=shown
        )

    @api.model
    def _refresh_month(self, statements):
        """Bring the lines up to date with the presences that were just given."""
        statements.filtered(
            lambda row: row.pending_changes and row.state in ("sent", "disputed")
        )._refresh_lines()

    @api.model
    def _receive_upload(self, partner, channel, statement, filename, content):
        """Keep the invoice that a manager sends; it is read later, by a scheduled action."""
        if not content and filename:
            raise UserError(self.env._("“%s” is empty.", filename))
        if not content:
            raise UserError(self.env._("Choose the file of your invoice first."))
        if len(content) > MAX_UPLOAD:
            raise UserError(self.env._("This file is too large: 10 MB at most."))
        # Files sent at the same moment are counted one after the other: what is written here by one
        # of them makes PostgreSQL start the other again, who then sees the first.
        self.env.cr.execute(
            SQL("UPDATE coworking_statement SET id = id WHERE id = %s", statement.id)
        )
        today = Domain("create_date", ">=", fields.Datetime.now() - timedelta(days=1))
        mine = Domain("statement_id", "=", statement.id) & Domain("source", "=", "portal")
        if self.env["coworking.invoice.file"].search_count(today & mine) >= MOST_FILES_A_DAY:
            raise UserError(
                self.env._(
                    "You have sent %(count)s files for this month since yesterday. Send the next"
                    " one tomorrow, or write to us below.",
                    count=MOST_FILES_A_DAY,
                )
            )
        received = statement._receive_invoice(filename, content, source="portal", sender=partner)
        self.env["coworking.portal.answer"]._log_answer(
            "uploaded", statement, partner, channel, note=filename
        )
        return received

    @api.model
    def _parse_month(self, text):
        """First day of the month named "2015-06", or nothing."""
        try:
            year, month = text.split("-")
            return date(int(year), int(month), 1)
        except (OverflowError, ValueError):
            return None
