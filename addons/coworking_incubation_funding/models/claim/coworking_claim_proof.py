import hashlib
from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class Paying(NamedTuple):
    """How a part of a document was paid on a day.

    :param means: words
    :param records: the payments, whose attachments prove it
    :param by_bank: a line of a bank statement says so, or a credit note that stands by itself
    """

    means: str
    records: models.BaseModel
    by_bank: bool


class CoworkingClaim(models.Model):
    """The proofs of what is claimed: files of bills and payments, signed documents."""

    _inherit = "coworking.claim"

    def _get_payings(self, moves):
        """How these documents were paid.

        :return: dict (move id, day) -> list of ``Paying``
        """
        result = {}
        # sudo: how it was paid; whoever makes claims need not keep the books
        nothing = self.env["account.payment"].sudo()
        for move, facts in moves._coworking_payment_facts().items():
            for day, _amount, item in facts:
                payment = item.move_id.origin_payment_id or nothing
                if not item:
                    payment = move.matched_payment_ids.filtered(
                        lambda row, day=day: row.date == day
                    )
                journal = payment.journal_id[:1] or item.journal_id
                means = ", ".join(filter(None, (self._name_method(payment), journal.name)))
                by_bank = bool(item.move_id.statement_line_id) or any(payment.mapped("is_matched"))
                result.setdefault((move.id, day), []).append(Paying(means, payment, by_bank))
        for move, facts in moves._coworking_set_offs().items():
            for day, _amount in facts:
                words = self.env._("Credit note")
                result.setdefault((move.id, day), []).append(Paying(words, nothing, True))
        return result

    def _name_method(self, payment):
        """How a payment was made: as the journal names it, which keeps English where nobody did."""
        line = payment.payment_method_line_id[:1]
        method = line.payment_method_id
        return method.name if line.name == method.with_context(lang="en_US").name else line.name

    def _get_payment_means(self, shares):
        """How each share was paid, in words: dict share -> text, or ``False``."""
        payings = self._get_payings(shares.move_id)
        result = {}
        for share in shares:
            rows = payings.get((share.move_id.id, share.date_paid), ())
            words = " + ".join(dict.fromkeys(row.means for row in rows if row.means))
            if not words and share.cost_id.kind == "staff":
                words = self.env._("Salary")
            result[share] = words or False
        return result

    def _find_proofs(self):
        """The files that prove the lines of a claim, as they are now.

        :return: dict line -> dict: "bill", "payment", "signature" -> ``ir.attachment``; "paid" ->
            whether the bank, or a file, says that it was paid
        """
        self.ensure_one()
        # sudo: whether a file is there; whoever makes claims need not keep the books
        claim = self.sudo()
        lines = claim.line_ids
        moves = lines.cost_id.move_id
        payings = self._get_payings(moves)
        payments = self.env["account.payment"].sudo()
        for rows in payings.values():
            for row in rows:
                payments |= row.records
        files = self._get_files(
            {"account.move": moves | payments.move_id, "account.payment": payments}
        )
        sheets = self._get_field_files(lines.cost_id.staff_time_id, "sheet")
        certificate = self._get_field_files(claim, "certificate").get(claim.id)
        signed = self._get_signed(lines.cost_id.seat_id)
        nothing = self.env["ir.attachment"].sudo()
        result = {}
        for line in lines:
            cost = line.cost_id
            rows = payings.get((cost.move_id.id, line.date_paid), ())
            proof = nothing
            if certificate and claim._is_certified(line.date_paid):
                proof = certificate
            if cost.move_id.move_type == "entry":  # paid on its day, by what it says itself
                proof |= files.get(("account.move", cost.move_id.id), nothing)
            for row in rows:
                for payment in row.records:
                    proof |= files.get(("account.payment", payment.id), nothing)
                    proof |= files.get(("account.move", payment.move_id.id), nothing)
            result[line] = {
                "bill": files.get(("account.move", cost.move_id.id), nothing),
                "payment": proof,
                "signature": sheets.get(cost.staff_time_id.id)
                or signed.get(cost.seat_id.id)
                or nothing,
                "paid": bool(proof) or (bool(rows) and all(row.by_bank for row in rows)),
            }
        return result

    def _is_certified(self, day):
        """Whether the certificate is about what was paid on a day: of what was paid after that of
        its signature, nobody knew.
        """
        return not self.certificate_on or day <= self.certificate_on

    def _get_files(self, by_model):
        """Files of records, of which there is a fingerprint: dict (model, id) -> attachments."""
        domain = Domain("type", "=", "binary") & Domain.OR(
            Domain("res_model", "=", model) & Domain("res_id", "in", records.ids)
            for model, records in by_model.items()
        )
        # sudo: see _find_proofs
        files = self.env["ir.attachment"].sudo().search(domain, order="id")
        return dict(files.grouped(lambda file: (file.res_model, file.res_id)))

    def _get_field_files(self, records, name):
        """Files in a field of records: dict id -> ``ir.attachment``."""
        # sudo: see _find_proofs
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", records._name),
                    ("res_field", "=", name),
                    ("res_id", "in", records.ids),
                ]
            )
        )
        return {file.res_id: file for file in files}

    def _get_signed(self, seats):
        """The documents of agreements of these seats that all have signed: dict seat id -> file."""
        # sudo: that it is signed; what it says is not read
        hostings = (
            self.env["coworking.hosting"]
            .sudo()
            .search([("seat_id", "in", seats.ids), ("state", "=", "validated")], order="number, id")
        )
        return {row.seat_id.id: row.sealed_attachment_id for row in hostings}

    def _freeze_files(self):
        """Fingerprint the proofs of a claim, once each, and give them to its lines."""
        self.ensure_one()
        # sudo: written by code alone
        rows = self.sudo().file_ids
        rows.unlink()
        wanted, proofs = {}, self._find_proofs()
        for own in proofs.values():
            for kind in ("bill", "payment", "signature"):
                for file in own[kind]:
                    told = "certificate" if file.res_model == self._name else kind
                    wanted.setdefault(file, told)
        made = rows.create(
            [
                {
                    "claim_id": self.id,
                    "kind": kind,
                    "name": kind == "certificate" and self.certificate_name or file.name,
                    "digest": self._fingerprint(file),
                    "attachment_id": file.id,
                }
                for file, kind in wanted.items()
            ]
        )
        by_file = dict(zip(wanted, made.ids, strict=True))
        pairs = [
            (line.id, by_file[file])
            for line, own in proofs.items()
            for file in own["bill"] | own["payment"] | own["signature"]
        ]
        self._link_files(pairs)

    def _fingerprint(self, file):
        """SHA-256 of a proof.

        :raise UserError: nothing is in it
        """
        content = file.with_prefetch().raw  # memory holds one of them at a time
        file.invalidate_recordset(["raw"])
        if not content:
            raise UserError(
                self.env._(
                    "%(claim)s cannot be sent: “%(file)s”, a proof of it, is empty, or the server"
                    " has lost it. Attach it again, or have it restored from a backup.",
                    claim=self.name,
                    file=file.name,
                )
            )
        return hashlib.sha256(content).hexdigest()

    def _link_files(self, pairs):
        """Which proofs are of which line, in one query for all of them.

        :param pairs: list of (line id, file id); lines have none before
        """
        lines = self.env["coworking.claim.line"]
        lines.flush_model()
        if pairs:
            query = "INSERT INTO coworking_claim_line_file_rel (line_id, file_id) VALUES %s"
            self.env.cr.execute_values(query, pairs, page_size=1000)
        lines.invalidate_model(["file_ids"])
