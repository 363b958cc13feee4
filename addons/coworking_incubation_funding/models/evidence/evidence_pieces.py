import os
from datetime import date
from typing import Any, NamedTuple

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, split_every

from ... import evidence_archive

BATCH = 100
# Bytes that an archive takes to list one piece.
LINES = 2048
# Folders, in their order: which hold bills and payments alone.
AGREEMENT, CRITERIA, PRESENCE = "01_convention", "02_criteres", "03_emargements"
BILLS, PAYMENTS, EXITS, PLACES = "04_factures", "05_paiements", "06_sorties", "07_places"
FOLDERS = (AGREEMENT, CRITERIA, PRESENCE, BILLS, PAYMENTS, EXITS, PLACES)
MONEY_FOLDERS = (AGREEMENT, BILLS, PAYMENTS)
TERMS = (
    *("reference", "partner_id", "commitment_number", "date_from", "date_to", "date_paid_limit"),
    *("amount_granted", "method", "rate", "base_kind", "eligible_without_presence"),
    *("evidence_until", "program_ids"),
)


class Piece(NamedTuple):
    """One line of the list of evidence: a document, a fact without one, or what is missing."""

    folder: str
    title: str
    person: str = ""
    day: date | None = None
    amount: Any = None
    # an attachment, a text to be written, bytes that are JSON, or nothing
    content: Any = None
    # what to know of it; of what is missing, what is to be done
    note: str = ""
    is_missing: bool = False
    # what stands for it in Odoo, where no name may: a token, the number of a bill
    token: str = ""

    def get_size(self):
        """How many bytes it takes in an archive about, with its lines in the lists."""
        content = self.content or b""
        if isinstance(content, str):
            content = content.encode()
        return LINES + (len(content) if isinstance(content, bytes) else content.file_size)


class TooLarge(UserError):
    """More than Odoo can hold as one file. Its words name nobody."""


class EvidencePieces:
    """What proves what an agreement or a person is about, one piece after the other.

    It is read as superuser: what is in does not depend on who asks, but on the scope that was
    asked for and may be taken (``coworking.evidence._check_may_take``).
    """

    def __init__(self, evidence):
        """:param evidence: a ``coworking.evidence``, may be one that is not stored"""
        company = evidence.company_id
        lang = company.partner_id.lang or evidence.env.lang
        # what is sealed by the scheduled action as well says the hours of the organisation
        self.zone = company.resource_calendar_id.tz or evidence.user_id.tz or "UTC"
        # sudo: see above
        self.evidence = evidence.sudo().with_context(
            lang=lang, tz=self.zone, active_test=False, bin_size=False
        )
        self.env = self.evidence.env
        self.is_token = evidence.names == "token"
        self.people = self.env["coworking.participant"]
        self.claim = self.evidence.claim_id._origin
        self.agreement = self.claim.agreement_id or self.evidence.agreement_id._origin
        period = self.claim or self.agreement
        self.since, self.until = period.date_from, period.date_to
        self.cost_ids = self._find_costs().ids
        self.people = self._find_people()
        self.agreements = self.agreement or self._find_agreements()
        self.tokens = self.people._get_tokens(self.people.ids)
        self.veiled = set(self._find_veiled().ids) if self.is_token else set()
        self.certificate = self._find_files(self.claim, "certificate").get(self.claim.id, ())
        self.certified = self._find_certified()

    def get_folders(self):
        return MONEY_FOLDERS if self.evidence.scope == "money" else FOLDERS

    def __iter__(self):
        collect = {
            AGREEMENT: self._collect_agreement,
            CRITERIA: self._collect_criteria,
            PRESENCE: self._collect_presence,
            BILLS: self._collect_bills,
            PAYMENTS: self._collect_payments,
            EXITS: self._collect_exits,
            PLACES: self._collect_places,
        }
        for folder in self.get_folders():
            yield from collect[folder]()

    def check_size(self, size):
        """
        :raise TooLarge: Odoo holds no file of so many bytes
        """
        if size > evidence_archive.MOST_BYTES:
            raise TooLarge(
                self.env._(
                    "This file of evidence would be larger than 2 GB, which no archive in Odoo can"
                    " be: make one of each claim instead, or of each participant."
                )
            )

    # === WHAT IT IS ABOUT ===#

    def _find_costs(self):
        costs = self.env["coworking.cost"]
        if self.claim:
            return self.claim.line_ids.cost_id.sorted(lambda cost: (cost.date, cost.id))
        if self.agreement:
            shares = [("agreement_id", "=", self.agreement.id), ("amount", "!=", 0)]
            return costs.search([("allocation_ids", "any", shares)], order="date, id")
        person = self.evidence.participant_id._origin
        return costs.search([("participant_id", "=", person.id)], order="date, id")

    def _find_certified(self):
        """What the claim was sent with its certificate for, by whatever rule of then: set of
        (document id, day of the payment).
        """
        proofs = self.claim.file_ids.filtered(lambda file: file.kind == "certificate")
        lines = self.claim.line_ids.filtered(lambda line: line.file_ids & proofs)
        return {(line.cost_id.move_id.id, line.date_paid) for line in lines}

    def _find_people(self):
        """Those whom it paid for; of an agreement, also those of its public who were there."""
        if not self.agreement:
            return self.evidence.participant_id._origin
        paid = self.env["coworking.cost"]._read_group(
            [("id", "in", self.cost_ids), ("participant_id", "!=", False)],
            aggregates=["participant_id:recordset"],
        )[0][0]
        if self.claim:
            return paid.sorted("id")
        programs = self.agreement.program_ids
        there = self.people.search(
            Domain("program_id", "in", programs.ids)
            & Domain("date_entry", "<=", self.until)
            & (Domain("date_exit", "=", False) | Domain("date_exit", ">=", self.since))
        )
        counted = self.env["coworking.funding.person"]._look_up(self.agreement, there)
        return (paid | there.filtered(lambda file: self.agreement.id in counted[file.id])).sorted(
            "id"
        )

    def _find_agreements(self):
        """Those whose funders may ask for the proofs of this person."""
        person = self.people
        first = min(
            filter(None, (person.date_application, person.date_support, person.date_entry)),
            default=None,
        )
        covering = Domain("program_ids", "in", person.program_id.ids)
        if person.date_exit:
            covering &= Domain("date_from", "<=", person.date_exit)
        if first:
            covering &= Domain("date_to", ">=", first)
        shared = [("cost_id", "in", self.cost_ids), ("agreement_id", "!=", False)]
        paying = self.env["coworking.allocation"].search(shared).agreement_id
        return (self.env["coworking.funding.agreement"].search(covering) | paying).sorted("id")

    def _get_days_domain(self):
        if not self.since:
            return Domain.TRUE
        return Domain("date", ">=", self.since) & Domain("date", "<=", self.until)

    def get_name(self, person):
        """What stands for a person in the lists."""
        if not person:
            return ""
        return self.get_token(person) if self.is_token else person.display_name

    def get_token(self, person):
        return self.tokens.get(person.id) or person._get_tokens(person.ids)[person.id]

    def _find_veiled(self):
        """Suppliers whose name tells whose file there is, or who worked: participants and staff
        paid by receipt, and whose hours are counted.
        """
        costs = self.env["coworking.cost"]
        ((suppliers,),) = costs._read_group(
            [("id", "in", self.cost_ids)], [], ["partner_id:recordset"]
        )
        files, staff = costs._find_paid_back(suppliers)
        return (files.partner_id | staff).commercial_partner_id

    def is_veiled(self, partner):
        return partner.commercial_partner_id.id in self.veiled

    def get_supplier(self, partner):
        """Who was paid: nobody where tokens stand for people and it is one."""
        return "" if self.is_veiled(partner) else partner.commercial_partner_id.name

    def get_presences(self):
        """Ids of the half-days that the seats of these people were used."""
        half_days = Domain("participant_id", "in", self.people.ids) & self._get_days_domain()
        return self.env["coworking.presence"].search(half_days, order="date, slot, id").ids

    def format_moment(self, moment):
        return format_datetime(self.env, moment, tz=self.zone)

    # === WALKING ===#

    def walk(self, model, ids):
        """Records of a model, by batches that memory forgets, unless somebody fills in the dialog
        meanwhile: what they chose is in memory alone.
        """
        for batch in split_every(BATCH, ids, list):
            yield self.env[model].browse(batch)
            if self.evidence.id:
                self.env.invalidate_all()

    def _find_files(self, records, field=None):
        """Attachments of records, or behind one of their fields; an address proves nothing.

        :return: dict id of a record -> attachments
        """
        domain = Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
        domain &= Domain("type", "!=", "url")
        domain &= Domain("res_field", "=", field) if field else Domain("id", ">", 0)
        found = self.env["ir.attachment"].search(domain, order="id")
        return found.grouped("res_id")

    def _is_there(self, file):
        if file.type != "binary":
            return False
        path = file._get_local_path()
        return os.path.isfile(path) if path else bool(file.raw)

    def _make_piece(self, folder, title, person=None, **values):
        if person:
            values["token"] = self.get_token(person)
        return Piece(folder, title, self.get_name(person), **values)

    def _make_missing(self, folder, title, note, person=None, **values):
        values |= {"note": note, "is_missing": True}
        return self._make_piece(folder, title, person, **values)

    def _make_documents(self, folder, title, files, person=None, **values):
        """A piece for each file, once where several hold the same; what the server lost is
        missing.
        """
        seen = set()
        for file in files:
            if file.checksum and file.checksum in seen:
                continue
            seen.add(file.checksum)
            if self._is_there(file):
                yield self._make_piece(folder, title, person, content=file, **values)
            else:
                lost = self.env._(
                    "The server has lost this file: have it restored from a backup, then make this"
                    " evidence anew."
                )
                yield self._make_missing(folder, title, lost, person, **values)

    # === FOLDERS ===#

    def _collect_agreement(self):
        yield from self._collect_claim()
        for agreement in self.agreements:
            title = self.env._("Terms of agreement %s", agreement.reference)
            yield self._make_piece(AGREEMENT, title, content=self._describe_agreement(agreement))
            title = self.env._("Agreement %s", agreement.reference)
            files = self._find_files(agreement).get(agreement.id, ())
            values = {"token": agreement.reference}
            yield from self._make_documents(AGREEMENT, title, files, **values)
            if not files:
                note = self.env._("Attach the signed agreement to its record in Odoo.")
                yield self._make_missing(AGREEMENT, title, note, **values)

    def _collect_claim(self):
        """Each time that the claim was sent, as it was: its SHA-256 is the seal in Odoo."""
        for sending in self.claim.sending_ids.sorted("number"):
            title = self.env._("%s, as it was sent", self.claim.name)
            yield self._make_piece(
                AGREEMENT,
                title,
                day=sending.date.date(),
                amount=sending.amount,
                content=sending.content.encode(),
                note=self.env._("Seal: %s", sending.digest),
            )
        if self.claim and not self.claim.sending_ids:
            note = self.env._("It was not sent yet.")
            yield self._make_missing(AGREEMENT, self.claim.name, note, token=self.claim.name)

    def find_lost_proofs(self, digests):
        """What was sent with the claim, and is in the archive no more.

        :param digests: set of the SHA-256 of what is in the archive
        """
        kinds = dict(
            self.env["coworking.claim.file"]._fields["kind"]._description_selection(self.env)
        )
        folders = {"bill": BILLS, "payment": PAYMENTS, "certificate": PAYMENTS, "signature": PLACES}
        for proof in self.claim.file_ids:
            folder = folders[proof.kind]
            if proof.digest not in digests and folder in self.get_folders():
                note = self.env._("It was sent with the claim; its SHA-256 is %s.", proof.digest)
                yield self._make_missing(folder, kinds[proof.kind], note)

    def _describe_agreement(self, agreement):
        """The terms, in words, as they are now."""
        labels = agreement.fields_get(TERMS, ["string"])
        lines = [f"{labels[name]['string']}: {self._say(agreement, name)}" for name in TERMS]
        for heading in agreement.heading_ids:
            lines.append(
                self.env._(
                    "Heading %(name)s: planned %(planned)s, ceiling %(ceiling)s",
                    name=heading.name,
                    planned=agreement.currency_id.format(heading.planned),
                    ceiling=agreement.currency_id.format(heading.ceiling),
                )
            )
        for instalment in agreement.instalment_ids:
            lines.append(
                self.env._(
                    "Instalment %(amount)s, received %(received)s: %(condition)s",
                    amount=agreement.currency_id.format(instalment.amount),
                    received=agreement.currency_id.format(instalment.amount_received),
                    condition=instalment.condition or "-",
                )
            )
        return "\r\n".join(lines) + "\r\n"

    def _say(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "date":
            return format_date(self.env, value) or "-"
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "-")
        if field.type == "monetary":
            return record.currency_id.format(value)
        if field.relational:
            return ", ".join(value.mapped("display_name")) or "-"
        return str(value or "-")

    def _collect_criteria(self):
        proofs = self.env["coworking.proof"]
        ids = proofs.search([("participant_id", "in", self.people.ids)], order="participant_id, id")
        for batch in self.walk(proofs._name, ids.ids):
            copies = self._find_files(batch, "copy_file")
            for proof in batch:
                person, title = proof.participant_id, proof.criterion_id.name
                seen = self.env._("Seen by %s", proof.seen_by_id.name)
                files = copies.get(proof.id)
                values = {"day": proof.date_seen, "note": seen}
                if files:
                    yield from self._make_documents(CRITERIA, title, files, person, **values)
                elif proof.keep_copy:
                    yield self._make_missing(
                        CRITERIA,
                        title,
                        self.env._("A copy was to be kept, and there is none."),
                        person,
                        day=proof.date_seen,
                    )
                else:
                    yield self._make_piece(CRITERIA, title, person, **values)

    def _collect_presence(self):
        yield from self._collect_signatures()
        yield from self._collect_scans()
        yield from self._collect_time_sheets()

    def _collect_signatures(self):
        signatures = self.env["coworking.attendance.signature"]
        concerned = Domain("participant_id", "in", self.people.ids) & Domain(
            "attendance_id", "any", list(self._get_days_domain())
        )
        sheets = set()
        for batch in self.walk(signatures._name, signatures.search(concerned, order="id").ids):
            pictures = self._find_files(batch, "image")
            for row in batch:
                person, day = row.participant_id, row.attendance_id.date
                title = self.env._("Attendance signed on %s", self.format_moment(row.signed_at))
                values = {"person": person, "day": day}
                yield self._make_piece(
                    PRESENCE, title, content=self._describe_signature(row), **values
                )
                title = self.env._("Picture of the signature")
                yield from self._make_documents(PRESENCE, title, pictures.get(row.id, ()), **values)
                if row.sheet_id and row.sheet_id.id not in sheets:
                    sheets.add(row.sheet_id.id)
                    title = self.env._("Sheet signed on paper")
                    yield from self._make_documents(PRESENCE, title, row.sheet_id, day=day)

    def _describe_signature(self, row):
        """What was signed, as it was fingerprinted; the text is of those who signed."""
        kinds = dict(row._fields["signer"]._description_selection(self.env))
        ways = dict(row._fields["how"]._description_selection(self.env))
        taken_back = row.taken_back_at and self.env._(
            "Taken back on %(when)s: %(why)s",
            when=self.format_moment(row.taken_back_at),
            why=row.taken_back_reason or "-",
        )
        lines = [
            f"{kinds.get(row.signer)}: {row.name or '-'}",
            f"{ways.get(row.how, '-')}, {self.format_moment(row.signed_at)}",
            f"SHA-256: {row.digest or '-'}",
            taken_back or "",
            "",
            row.content or "",
        ]
        return "\r\n".join(lines) + "\r\n"

    def _collect_scans(self):
        scans = self.env["coworking.presence.scan"]
        half_days = Domain("participant_id", "in", self.people.ids) & self._get_days_domain()
        found = scans.search([("presence_ids", "any", list(half_days))], order="date_from, id")
        for batch in self.walk(scans._name, found.ids):
            files = self._find_files(batch, "file")
            for scan in batch:
                title = self.env._("Presence sheet %s", scan.display_name)
                yield from self._make_documents(
                    PRESENCE, title, files.get(scan.id, ()), day=scan.date_from
                )

    def _collect_time_sheets(self):
        rows = self.env["coworking.cost"].search_fetch(
            [("id", "in", self.cost_ids), ("staff_time_id", "!=", False)], ["staff_time_id"]
        )
        for batch in self.walk("coworking.staff.time", rows.staff_time_id.ids):
            files = self._find_files(batch, "sheet")
            for row in batch:
                month = format_date(self.env, row.month, date_format="MMMM y")
                who = "" if self.is_token else f"{row.partner_id.name}, "
                title = self.env._("Time sheet %s", f"{who}{month}")
                values = {"day": row.month, "amount": row.amount, "token": month}
                if row.id in files:
                    yield from self._make_documents(PRESENCE, title, files[row.id], **values)
                else:
                    note = self.env._("Attach the signed time sheet.")
                    yield self._make_missing(PRESENCE, title, note, **values)

    def _find_bills(self):
        """Ids of the documents of the costs, by date."""
        costs = self.env["coworking.cost"]
        concerned = Domain("id", "in", self.cost_ids) & Domain("move_id", "!=", False)
        moves = costs._read_group(concerned, aggregates=["move_id:recordset"])[0][0]
        return moves.sorted(lambda move: (move.invoice_date or move.date, move.id)).ids

    def _collect_bills(self):
        for batch in self.walk("account.move", self._find_bills()):
            files = self._find_files(batch)
            for move in batch:
                title = self._name_bill(move)
                values = {
                    "day": move.invoice_date or move.date,
                    "amount": abs(move.amount_total_signed),
                    "token": move.name,
                }
                if move.id in files:
                    yield from self._make_documents(BILLS, title, files[move.id], **values)
                else:
                    note = self.env._("No file is attached to it in Odoo: attach the bill.")
                    yield self._make_missing(BILLS, title, note, **values)

    def _name_bill(self, move):
        """Of what is sold, without the customer, who may be one of the people."""
        supplier = move.is_purchase_document() and self.get_supplier(move.partner_id)
        return ", ".join(filter(None, (move.name, supplier)))

    def _collect_payments(self):
        title = self.env._("Certificate of payment")
        yield from self._make_documents(
            PAYMENTS,
            title,
            self.certificate,
            day=self.claim.certificate_on,
        )
        for batch in self.walk("account.move", self._find_bills()):
            facts = batch._coworking_payment_facts()
            files = self._find_payment_files(facts)
            unpaid = self._find_unpaid(batch, facts)
            for move, paid in facts.items():
                for day, amount, line in paid:
                    yield from self._collect_payment(move, day, amount, line, files)
                for day, amount, note in unpaid[move]:
                    title, token = self.env._("Payment of %s", self._name_bill(move)), move.name
                    values = {"day": day, "amount": amount, "note": note, "token": token}
                    yield self._make_piece(PAYMENTS, title, **values)
                if not paid and not unpaid[move]:
                    note = self.env._("Nothing was paid of it yet.")
                    title, token = self._name_bill(move), move.name
                    yield self._make_missing(PAYMENTS, title, note, token=token)

    def _find_unpaid(self, moves, facts):
        """What counts as paid without a payment: dict document -> list of (day, amount, why).

        :param facts: see ``account.move._coworking_payment_facts``
        """
        set_off, entry = (
            self.env._("Credit note"),
            self.env._("An entry is paid on its day: what proves it is attached to it."),
        )
        result = {
            move: [(day, amount, set_off) for day, amount in rows]
            for move, rows in moves._coworking_set_offs().items()
        }
        for move in moves.filtered(lambda row: row.move_type == "entry" and not facts[row]):
            result[move].append((move.date, abs(move.amount_total_signed), entry))
        return result

    def _get_payment(self, move, day, line):
        """:param line: journal item of the payment, empty where it has none"""
        if line:
            return line.move_id.origin_payment_id
        return move.matched_payment_ids.filtered(lambda payment: payment.date == day)

    def _get_payment_owners(self, move, day, line):
        """Records whose files prove a payment: its entry, itself, the bank's statement."""
        entry = line.move_id
        return (entry, self._get_payment(move, day, line), entry.statement_line_id.statement_id)

    def _find_payment_files(self, facts):
        """
        :param facts: see ``account.move._coworking_payment_facts``
        :return: dict (model, id of a record) -> its attachments
        """
        owners = {}
        for move, paid in facts.items():
            for day, _amount, line in paid:
                for owner in self._get_payment_owners(move, day, line):
                    owners[owner._name] = owners.get(owner._name, owner) | owner
        return {
            (name, record_id): files
            for name, records in owners.items()
            for record_id, files in self._find_files(records).items()
        }

    def _collect_payment(self, move, day, amount, line, found):
        """:param found: see ``_find_payment_files``"""
        payment = self._get_payment(move, day, line)
        files = self.env["ir.attachment"]
        for owner in self._get_payment_owners(move, day, line):
            files = files.union(*(found.get((owner._name, one), files) for one in owner.ids))
        title = self.env._("Payment of %s", self._name_bill(move))
        values = {"day": day, "amount": amount, "token": move.name}
        bank = line.move_id.statement_line_id or payment.reconciled_statement_line_ids
        if files:
            yield from self._make_documents(PAYMENTS, title, files, **values)
        elif bank:
            note = self.env._("Reconciled with the bank's line %s", bank[0].move_id.name)
            yield self._make_piece(PAYMENTS, title, note=note, **values)
        elif self.certificate and (
            (move.id, day) in self.certified or self.claim._is_certified(day)
        ):
            note = self.env._("Proven by the certificate of payment")
            yield self._make_piece(PAYMENTS, title, note=note, **values)
        else:
            note = self.env._(
                "Neither reconciled with a bank statement nor proven by a file: reconcile it, or"
                " attach the statement to the payment."
            )
            yield self._make_missing(PAYMENTS, title, note, **values)

    def _collect_exits(self):
        left = self.people.filtered("date_exit")
        for batch in self.walk(left._name, left.ids):
            for person in batch:
                title = self.env._("Exit: %s", person.exit_reason_id.name)
                values = {"person": person, "day": person.date_exit}
                if person.exit_evidence:
                    # what somebody typed may be a name
                    note = "" if self.is_token else person.exit_evidence
                    yield self._make_piece(EXITS, title, note=note, **values)
                else:
                    note = self.env._("Say on the person's file what proves it.")
                    yield self._make_missing(EXITS, title, note, **values)
                for answer in person.followup_ids.filtered(lambda row: row.state == "answered"):
                    title = self.env._(
                        "Answer after %(months)s months: %(situation)s",
                        months=answer.months,
                        situation=answer.exit_reason_id.name,
                    )
                    yield self._make_piece(EXITS, title, person, day=answer.date_answer)

    def _collect_places(self):
        """The hosting agreements that everybody signed."""
        hostings = self.env["coworking.hosting"]
        found = hostings.search(
            [
                ("participant_id", "in", self.people.ids),
                ("state", "in", ("validated", "superseded")),
                ("seat_id.date_start", "<=", self.until or date.max),
                *("|", ("seat_id.date_end", "=", False)),
                ("seat_id.date_end", ">=", self.since or date.min),
            ],
            order="id",
        )
        for batch in self.walk(hostings._name, found.ids):
            for hosting in batch:
                yield from self._make_documents(
                    PLACES,
                    hosting.name if not self.is_token else self.env._("Hosting agreement"),
                    hosting.sealed_attachment_id,
                    hosting.participant_id,
                    day=hosting.date_from,
                )
