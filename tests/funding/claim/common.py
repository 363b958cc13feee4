"""Claims of the small programme: a seat of June at 180.00, paid on 20 July, with its proofs."""

import base64

from odoo import Command
from odoo.tests import Form
from odoo.tools import format_date

from ...common import d
from ..common import FundingCase

PDF = b"%PDF-1.4 proof\n%%EOF"


class ClaimCase(FundingCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        # Months of tests are 2015's: nothing is open but what a test leaves open.
        cls.claims = cls.env["coworking.claim"].with_user(cls.coordinator)

    @classmethod
    def _new_claim(cls, agreement, first="1/1", last="31/12", user=None):
        """Made on the screen, as a coordinator does."""
        model = cls.env["coworking.claim"].with_user(user or cls.coordinator)
        with Form(model) as form:
            form.agreement_id = agreement
            form.date_from, form.date_to = d(first), d(last)
        return form.record

    @classmethod
    def _attach(cls, *records):
        return cls.env["ir.attachment"].create(
            [
                {
                    "name": f"{record._table}-{record.id}.pdf",
                    "raw": PDF,
                    "res_model": record._name,
                    "res_id": record.id,
                }
                for record in records
            ]
        )

    @classmethod
    def _prove(cls, claim, reason="Signed on paper"):
        """What is missing is handed in: bills, a certificate; the rest is overridden."""
        bills = claim.sudo().line_ids.cost_id.move_id
        has = cls.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "in", bills.ids)]
        )
        cls._attach(*bills.filtered(lambda move: move.id not in has.mapped("res_id")))
        claim.write({"certificate": base64.b64encode(PDF), "certificate_name": "certificate.pdf"})
        claim.invalidate_recordset()
        missing = claim.line_ids.filtered("missing_codes")
        if missing:
            cls._dialog(claim.action_override_all(), claim.env.user, reason=reason)
        claim.invalidate_recordset()

    @classmethod
    def _dialog(cls, action, user, **values):
        model = cls.env[action["res_model"]].with_user(user).with_context(**action["context"])
        dialog = model.create(values)
        return dialog.action_apply()

    @classmethod
    def _send(cls, claim):
        cls._prove(claim)
        if claim.open_months:
            claim.open_months_reason = "What is open is small"
        claim.action_submit()
        cls._check_as_committed()
        claim.invalidate_recordset()
        return claim

    @classmethod
    def _sent(cls, agreement, first="1/1", last="31/12"):
        return cls._send(cls._new_claim(agreement, first, last))

    @classmethod
    def _accept(cls, claim, **rejected):
        """``rejected``: amount of the line with this number, as ``n1=44.0``."""
        for key, amount in rejected.items():
            line = claim.line_ids.filtered(lambda row, n=int(key[1:]): row.number == n)
            line.write(
                {"amount_admitted": line.amount - amount, "admission_reason": "Not eligible"}
            )
        claim.action_accept()
        cls._check_as_committed()
        claim.invalidate_recordset()
        return claim

    @classmethod
    def _credit(cls, bill, share=1 / 3, day="1/9"):
        """A credit note of a part of a bill, refunded ten days later."""
        note = bill._reverse_moves([{"invoice_date": d(day), "date": d(day), "ref": "CN"}])
        for line in note.invoice_line_ids:
            line.price_unit = line.currency_id.round(line.price_unit * share)
        note.action_post()
        cls._pay(note, day=day.replace("1/", "10/", 1))
        return note

    @classmethod
    def _admit_direct(cls, agreement):
        """Other bills are admitted too."""
        cls.env["coworking.funding.heading"].create(
            {"name": "Direct", "kind": "direct", "agreement_id": agreement.id}
        )

    @classmethod
    def _month(cls, day="1/6"):
        """As the language says it that there is."""
        return format_date(cls.env, d(day), date_format="MMMM y")

    def _asked(self, claim):
        return sorted(claim.line_ids.mapped("amount"))

    def _advance(self, agreement, amount, received=True, kind="advance"):
        vals = {"agreement_id": agreement.id, "kind": kind, "amount": amount}
        if received:
            vals |= {"amount_received": amount, "date_received": d("1/2")}
        return self.env["coworking.funding.instalment"].create(vals)

    def _command(self, records):
        return [Command.set(records.ids)]

    def _receive_payment(self, **values):
        """The accountant answers the dialog of the claim of the class."""
        action = self.claim.action_receive()
        model = self.env[action["res_model"]].with_user(self.accountant)
        with Form(model.with_context(**action["context"])) as form:
            for name, value in values.items():
                if name == "payment_ids":
                    form.payment_ids.add(value)
                else:
                    setattr(form, name, value)
        form.record.action_record()
        self.env.flush_all()
        self.env.invalidate_all()
