import base64
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...tools import SCAN_MAX_BYTES, day_in_words, get_scan_kind, to_decimal

# How far back half-days are proposed for signature.
SIGN_DAYS = 62
ORDER = ("incubation", "selection", "followup", "recruitment")


class CoworkingPortalPerson(models.AbstractModel):
    """What a participant sees and does on the own page: words and numbers, no records.

    Called with sudo by the pages, because a participant may have no account at all: every method
    takes the contact it answers and finds that contact's file. What is somebody else's is as if it
    did not exist; what staff wrote for themselves is never shown.
    """

    _name = "coworking.portal.person"
    _description = "Page of a Participant"
    _inherit = ["coworking.portal"]

    # === WHAT IS THEIRS ===#

    @api.model
    def _get_file(self, partner):
        """The file of this contact that is under way, or an empty set: of several, the one that
        they opened (``coworking_file`` of the context), else the furthest.
        """
        files = self._get_files(partner)
        opened = self.env.context.get("coworking_file")
        return (files.filtered(lambda file: file.id == opened) or files)[:1]

    @api.model
    def _get_files(self, partner):
        """The files of this contact that are under way, in as many programs; the one alone that
        staff look at.
        """
        if not partner:
            return self.env["coworking.participant"]
        files = self.env["coworking.participant"].search(
            [("partner_id", "=", partner.id), ("phase", "!=", "closed")], order="id desc"
        )
        return self._filter_looked_at(files).sorted(lambda file: ORDER.index(file.phase))

    @api.model
    def _filter_looked_at(self, files):
        """Staff look at one file: they may not read the others."""
        looked_at = self.env.context.get("coworking_looked_at")
        return files.filtered(lambda file: looked_at in (None, file.id))

    @api.model
    def _get_own(self, partner, model, record_id):
        """The record of that id in this contact's file, or an empty set."""
        return self._find_own(
            model, record_id, Domain("participant_id", "in", self._get_files(partner).ids)
        )

    @api.model
    def _tell_accompanist(self, file, summary, note="", kind="mail.mail_activity_data_todo"):
        """Something for the accompanist to do; asked once, it is not asked again."""
        if file.activity_ids.filtered(lambda row: row.summary == summary):
            raise UserError(self.env._("You asked already: your contact will call you."))
        file.activity_schedule(
            kind,
            summary=summary,
            note=plaintext2html(note),
            user_id=file._get_responsible().id,
        )

    # === HOME ===#

    @api.model
    def _prepare_home(self, partner):
        file = self._get_file(partner)
        seat = file.current_seat_id
        upcoming = self._prepare_appointments(partner, only_next=True)
        return {
            "name": partner.name,
            "program": file.program_id.name,
            "others": [(row.id, row.program_id.name) for row in self._get_files(partner) - file],
            "clock": self._describe_clock(file),
            "percent": file.clock_percent if file.date_entry and not file.date_exit else None,
            "contact": self._get_contact_of(file),
            "seat": seat
            and {
                "space": seat.space_id.name,
                "address": ", ".join(
                    filter(
                        None,
                        (
                            seat.space_id.partner_id.street,
                            seat.space_id.partner_id.city,
                        ),
                    )
                ),
                "dates": self._describe_stay(seat),
            },
            "next": upcoming[0] if upcoming else None,
            "todo": self._get_todo(partner, file),
            "coming": self._prepare_coming(partner),
            "may_choose": self._may_choose(file),
            "may_pay": bool(self._get_payable_charges(file)),
        }

    @api.model
    def _describe_stay(self, seat):
        """From when to when the person has this seat, as far as it is to come."""
        first = self._format_day(seat.date_start)
        last = seat.date_end and self._format_day(seat.date_end)
        if seat.date_start <= seat.space_id._get_today():
            return last and self.env._("until %s", last)
        if last:
            return self.env._("from %(first)s to %(last)s", first=first, last=last)
        return self.env._("from %(first)s on", first=first)

    @api.model
    def _describe_clock(self, file):
        """How far the person is, in words: no day counted beyond the last one."""
        planned = file.date_exit_planned
        if file.date_exit:
            return self.env._("Incubation ended on %s", self._format_day(file.date_exit))
        if planned and planned < fields.Date.context_today(self):
            return self.env._("End planned on %s", self._format_day(planned))
        return file.clock_words

    @api.model
    def _get_todo(self, partner, file):
        """What waits for the person, each with the page to do it on."""
        todo = []
        signatories = self.env["coworking.hosting.signatory"].search(
            [
                ("partner_id", "=", partner.id),
                ("participant_id", "=", file.id),
                ("hosting_id.state", "in", ("ready_to_sign", "partially_signed")),
            ]
        )
        for signatory in signatories.filtered(lambda row: row._is_turn()):
            todo.append(
                {
                    "words": self.env._("Sign the hosting agreement"),
                    "url": signatory._get_link_target("hosting"),
                }
            )
        missing = [
            row for row in self._prepare_documents(partner) if row["may_give"] and row["mandatory"]
        ]
        if missing and not file.date_exit:
            todo.append(
                {
                    "words": self.env._("Documents to give: %s", len(missing)),
                    "url": "/my/incubation/documents",
                }
            )
        unsigned = self._get_unsigned(file)
        if unsigned:
            todo.append(
                {
                    "words": self.env._("Half-days to sign: %s", len(unsigned)),
                    "url": "/my/incubation/presences",
                }
            )
        if self._get_followup(partner):
            todo.append(
                {
                    "words": self.env._("Tell us where you are now"),
                    "url": "/my/incubation/followup",
                }
            )
        return todo

    # === OBJECTIVES ===#

    @api.model
    def _prepare_objectives(self, partner):
        objectives = self._get_file(partner).objective_ids.filtered(
            lambda row: row.state != "dropped"
        )
        # what staff write to each other stays theirs: only the person's own words are shown
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "coworking.objective"),
                ("res_id", "in", objectives.ids),
                ("author_id", "=", partner.id),
                ("message_type", "=", "comment"),
            ],
            order="id",
        )
        comments = messages.grouped("res_id")
        return [
            {
                "id": objective.id,
                "name": objective.name,
                "theme": objective.theme_id.name,
                "deadline": objective.date_deadline
                and self.env._("by %s", self._format_day(objective.date_deadline)),
                "late": objective.is_late,
                "open": objective.state == "open",
                "state": dict(objective._fields["state"]._description_selection(self.env))[
                    objective.state
                ],
                "agreed": objective.agreed_on and self._format_day(objective.agreed_on),
                "actions": [
                    {
                        "id": action.id,
                        "name": action.name,
                        "done": action.done,
                        "deadline": action.date_deadline
                        and self.env._("by %s", self._format_day(action.date_deadline)),
                    }
                    for action in objective.action_ids
                ],
                "comments": [
                    {"body": message.body, "date": self._format_day(message.date.date())}
                    for message in comments.get(objective.id, ())
                ],
            }
            for objective in objectives
        ]

    @api.model
    def _tick_action(self, partner, action, done):
        if action.objective_id.state != "open":
            raise UserError(self.env._("This objective is over: nothing can be ticked any more."))
        if action.done != done:
            action.done = done
            words = action.objective_id._speak_to_staff().env
            action.objective_id._message_log(
                body=words._("Done: %s", action.name)
                if done
                else words._("Not done after all: %s", action.name),
                author_id=partner.id,
            )

    @api.model
    def _agree_objective(self, objective):
        if not objective.agreed_on and objective.state == "open":
            objective.agreed_on = fields.Date.context_today(self)

    @api.model
    def _comment_objective(self, partner, objective, text):
        text = self._clean_text(text, self.env._("Write something first."))
        objective.message_post(
            body=plaintext2html(text),
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    # === APPOINTMENTS ===#

    @api.model
    def _prepare_appointments(self, partner, only_next=False):
        """Appointments of late and to come, or the next one alone."""
        file = self._get_file(partner)
        now = fields.Datetime.now()
        since = now if only_next else now - timedelta(days=60)
        kinds = dict(
            self.env["coworking.attendance"]._fields["kind"]._description_selection(self.env)
        )
        rows = self.env["coworking.attendance"].search(
            [
                ("participant_id", "=", file.id),
                ("event_id.active", "=", True),
                ("start", ">=", since),
                "|",
                ("state", "in", ("expected", "present")),
                "&",
                ("state", "=", "waiting"),
                ("start", ">=", now),
            ],
            order="start, id",
            limit=1 if only_next else None,
        )
        asked = rows.filtered(lambda row: row.start >= now)._group_asked_to_move()
        return [
            {
                "id": row.id,
                "title": row.event_id.name if row.kind == "collective" else kinds.get(row.kind),
                "when": row._describe_start(),
                "place": row.event_id.coworking_space_id.name or row.event_id.location,
                "with": row.event_id.user_id.name,
                "ahead": row.start >= now,
                "waiting": row.state == "waiting",
                "may_move": row.start >= now and row.kind == "appointment",
                "may_give_up": (
                    row.start >= now
                    and row.kind != "appointment"
                    and row.state in ("waiting", "expected")
                ),
                "asked": bool(asked.get(row)),
                "ics": (
                    row.start >= now
                    and row.state != "waiting"
                    and f"/my/incubation/appointments/{row.id}/meeting.ics"
                ),
            }
            for row in rows
        ]

    @api.model
    def _ask_to_move(self, attendance, text):
        if attendance.kind != "appointment" or attendance.start < fields.Datetime.now():
            raise UserError(self.env._("This appointment cannot be moved any more."))
        text = self._clean_text(text, self.env._("Say when you could come."))
        file = attendance.participant_id
        staff = self._speak_to_staff(file, file._get_responsible())
        self._tell_accompanist(file, attendance.with_env(staff.env)._get_words_to_move(), text)

    @api.model
    def _give_place_up(self, attendance):
        """They do not come to a meeting of several: whoever waits for a place has theirs."""
        if attendance._is_over():
            raise UserError(self.env._("This meeting has begun, or is over: tell your contact."))
        attendance._cancel_registration()

    # === PRESENCES ===#

    @api.model
    def _get_signable_seats(self, file):
        return file.seat_ids.filtered(lambda seat: seat.state in ("active", "ended"))

    @api.model
    def _get_unsigned_domain(self, today):
        """Half-days of which the space said something and the person nothing, whenever it was.

        A month that the space confirmed stays open to the person: a signature changes no price.
        """
        return (
            Domain("seat_id.state", "in", ("active", "ended"))
            & Domain("date", "<=", today)
            & Domain("state", "!=", False)
            & Domain("participant_state", "=", False)
        )

    @api.model
    def _get_unsigned(self, files):
        """Half-days that wait for the person's signature, the last ones first."""
        today = fields.Date.context_today(self)
        return self.env["coworking.presence"].search(
            self._get_unsigned_domain(today)
            & Domain("participant_id", "in", files.ids)
            & Domain("date", ">=", today - timedelta(days=SIGN_DAYS)),
            order="date desc, slot",
        )

    @api.model
    def _describe_too_late(self, file):
        """What can no longer be signed on the page, in words; nothing where there is nothing."""
        today = fields.Date.context_today(self)
        rows = self.env["coworking.presence"].search(
            self._get_unsigned_domain(today)
            & Domain("participant_id", "=", file.id)
            & Domain("date", "<", today - timedelta(days=SIGN_DAYS)),
            order="date",
        )
        if not rows:
            return None
        return self.env._(
            "%(count)s half-days were never signed, from %(first)s to %(last)s. They are too old to"
            " be signed here: tell your contact, who has them signed on paper.",
            count=len(rows),
            first=self._format_day(rows[0].date),
            last=self._format_day(rows[-1].date),
        )

    @api.model
    def _prepare_presences(self, partner):
        """Half-days to sign, with what the space said; and those signed of late."""
        file = self._get_file(partner)
        today = fields.Date.context_today(self)
        signed = self.env["coworking.presence"].search(
            [
                ("seat_id", "in", self._get_signable_seats(file).ids),
                ("date", ">=", today - timedelta(days=SIGN_DAYS)),
                ("participant_state", "!=", False),
            ],
            order="date desc, slot",
        )
        return {
            "to_sign": [self._prepare_half_day(row) for row in self._get_unsigned(file)],
            "too_late": self._describe_too_late(file),
            "signed": [self._prepare_half_day(row) for row in signed],
        }

    @api.model
    def _prepare_half_day(self, row):
        slot = self.env._("morning") if row.slot == "am" else self.env._("afternoon")
        day = day_in_words(self.env, row.date, "EEEE d MMMM")
        states = {"present": self.env._("there"), "absent": self.env._("not there")}
        return {
            "id": row.id,
            "words": f"{day}, {slot}",
            "space": row.seat_id.space_id.name,
            "said": states.get(row.state),
            "signed": states.get(row.participant_state),
        }

    @api.model
    def _sign_presences(self, partner, channel, answers):
        """Sign half-days that are waiting.

        :param answers: dict presence id -> 'present' or 'absent'
        :return: how many were signed
        """
        rows = self._get_unsigned(self._get_files(partner)).filtered(lambda row: row.id in answers)
        if not rows:
            raise UserError(self.env._("Say for at least one half-day whether you were there."))
        for seat, own in rows.grouped("seat_id").items():
            seat._sign_presences(
                [{"date": row.date, "slot": row.slot, "state": answers[row.id]} for row in own],
                source=channel,
                by=partner,
            )
        return len(rows)

    # === DOCUMENTS ===#

    @api.model
    def _prepare_documents(self, partner):
        return [
            {
                "id": document.id,
                "name": document.type_id.name,
                "mandatory": document.mandatory,
                "seen": document.state == "seen",
                "received": document.state == "missing" and bool(document.filename),
                "may_give": document.state == "missing" and not document.filename,
                "most_bytes": SCAN_MAX_BYTES,
            }
            for document in self._get_file(partner).document_ids
            if document.state != "not_applicable" and document.type_id.on_own_page
        ]

    @api.model
    def _give_document(self, document, content):
        """Keep a copy of a document, for staff to look at: they say whether it is seen.

        The name is made here and the type read from the content: neither is the sender's word.
        """
        if document.state != "missing" or not document.type_id.on_own_page:
            raise UserError(self.env._("This document was given already."))
        if not content:
            raise UserError(self.env._("Choose a file first."))
        if len(content) > SCAN_MAX_BYTES:
            raise UserError(self.env._("This file is too large: 10 MB at most."))
        kind = get_scan_kind(content)
        if not kind:
            raise UserError(
                self.env._("Send a PDF or a picture (PNG, JPEG): this file is something else.")
            )
        document.write(
            {
                "file": base64.b64encode(content),
                "filename": f"{document.type_id.name}.{kind}",
            }
        )
        if not document._get_received_activities():
            self._tell_accompanist(document.participant_id, document._describe_received())

    # === PAYMENTS ===#

    @api.model
    def _get_payable_charges(self, file):
        """What a person pays a part of, month by month."""
        return file.seat_ids.charge_ids.filtered(
            lambda row: (
                row.state != "forecast"
                and row.statement_id
                and not row.currency_id.is_zero(row.copayment_amount)
            )
        )

    @api.model
    def _prepare_payments(self, partner):
        """What the person pays, by month: amounts with tax, whom to pay, and whether it is paid."""
        file = self._get_file(partner)
        charges = self._get_payable_charges(file)
        months = []
        # read with the search: by their ids the accounts of everybody would be computed
        accounts = self.env["coworking.copayment"].search_fetch(
            [("participant_id", "=", file.id)], ["move_id", "due", "credited", "currency_id"]
        )
        own_invoices = charges.statement_id.copayment_invoice_ids.filtered(
            lambda move: move.state == "posted" and file in move._coworking_get_files()
        )
        paid = (own_invoices | own_invoices.reversal_move_ids)._coworking_payment_facts()
        accounts = accounts.filtered("move_id").grouped("move_id")
        for statement, own in charges.grouped("statement_id").items():
            invoices = statement.copayment_invoice_ids & own_invoices
            invoice = (invoices._coworking_standing() or invoices).sorted("id")[-1:]
            figures, left = self._prepare_account_figures(accounts.get(invoice), paid)
            by_space = statement.copayment_collector == "space"
            # Odoo says so of a part too, where the payment has no entry.
            is_paid = (
                bool(invoice) and invoice.payment_state in ("paid", "in_payment") and left <= 0
            )
            months.append(
                {
                    "key": statement.date_from,
                    "month": self._get_month_words(statement.date_from),
                    "space": statement.space_id.name,
                    "amount": statement.currency_id.format(
                        sum(own.mapped(self._get_amount_with_tax))
                    ),
                    "lines": own.mapped("explanation"),
                    "to": self.env._(
                        "To pay to %s",
                        statement.space_id.name if by_space else statement.company_id.name,
                    ),
                    "how": not is_paid and self._describe_how_to_pay(statement, invoice),
                    "paid": is_paid,
                    "late": bool(invoice)
                    and not is_paid
                    and invoice.invoice_date_due < fields.Date.context_today(self),
                    "figures": figures,
                    "payments": self._paid_words(
                        paid.get(invoice, ()), invoice.company_currency_id
                    ),
                    "invoice": invoice
                    and self.env._(
                        "Invoice %(number)s, due on %(day)s",
                        number=invoice.name,
                        day=self._format_day(invoice.invoice_date_due),
                    ),
                }
            )
        return sorted(months, key=lambda row: row["key"], reverse=True)

    @api.model
    def _describe_how_to_pay(self, statement, invoice):
        """When and how a month is paid, in words.

        :param invoice: the posted invoice of this month, if there is one
        """
        if statement.copayment_collector == "space":
            return self.env._(
                "%(space)s asks you for it itself. We are not told whether it is paid: your"
                " receipts say it.",
                space=statement.space_id.name,
            )
        if not invoice:
            return self.env._("Nothing to pay yet: your invoice will say by when.")
        bank = invoice.partner_bank_id
        if not bank:
            return self.env._(
                "Pay as your invoice says, and quote %(number)s.",
                number=invoice.payment_reference or invoice.name,
            )
        return self.env._(
            "By bank transfer to %(account)s, quoting %(number)s.",
            account=bank.acc_number,
            number=invoice.payment_reference or invoice.name,
        )

    @api.model
    def _prepare_account_figures(self, row, payments):
        """What was credited, what was paid and what is left of an invoice, in words.

        :param row: ``coworking.copayment`` record, if there is a posted invoice
        :param payments: see ``account.move._coworking_payment_facts``: those without an entry too
        :return: list of (label, amount), empty as long as nothing changed what is due, and what
            is left as a ``Decimal``
        """
        if not row:
            return [], Decimal(0)
        invoice = row.move_id
        paid = sum(fact[1] for fact in payments.get(invoice, ())) - sum(
            fact[1] for note in invoice.reversal_move_ids for fact in payments.get(note, ())
        )
        credited = to_decimal(row.credited)
        left = to_decimal(row.due) - credited - paid
        if not (paid or credited):
            return [], left
        figures = [
            (label, row.currency_id.format(float(amount)))
            for label, amount in (
                (self.env._("Amount due"), to_decimal(row.due)),
                (self.env._("Credited"), credited),
                (self.env._("Paid"), paid),
                (self.env._("Left to pay"), left),
            )
        ]
        return figures, left

    @api.model
    def _get_amount_with_tax(self, charge):
        """People always see amounts with tax."""
        if charge.program_id.funding_base == "total" or not charge.amount_untaxed:
            return charge.copayment_amount
        return charge.currency_id.round(
            charge.copayment_amount * charge.amount_total / charge.amount_untaxed
        )

    # === FOLLOW-UP ===#

    @api.model
    def _get_due_followup(self, partner):
        return self.env["coworking.followup"].search(
            [
                ("participant_id", "=", self._get_file(partner).id),
                ("state", "=", "pending"),
                ("date_due", "<=", fields.Date.context_today(self) + timedelta(days=15)),
            ],
            order="date_due",
            limit=1,
        )

    @api.model
    def _get_situations_domain(self):
        """What a person may say of themselves; some exits are only staff's to say."""
        return Domain("category", "!=", "withdrawn")

    @api.model
    def _get_followup(self, partner):
        followup = self._get_due_followup(partner)
        return followup and {
            "words": self.env._(
                "You left %s months ago. One question, and that is all.", followup.months
            ),
            "situations": [
                {"id": reason.id, "name": reason.name}
                for reason in self.env["coworking.exit.reason"].search(
                    self._get_situations_domain()
                )
            ],
        }

    @api.model
    def _answer_followup(self, partner, reason_id, in_space, text):
        followup = self._get_due_followup(partner)
        if not followup:
            raise UserError(self.env._("Thank you: we have your answer already."))
        reason = self._find_own("coworking.exit.reason", reason_id, self._get_situations_domain())
        if not reason:
            raise UserError(self.env._("Choose what fits best."))
        text = self._clean_text(text)
        followup.write(
            {
                "exit_reason_id": reason.id,
                "in_space": in_space,
                "note": "\n".join(filter(None, (followup.note, text))) or False,
            }
        )
        followup.action_answered()
        words = followup._speak_to_staff().env
        followup._message_log(body=words._("Answered on the own page."), author_id=partner.id)
