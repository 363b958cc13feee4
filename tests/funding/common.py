"""A seat of June at 180.00, its bill, and three funders by rate, as the programme's rules need."""

from odoo import Command
from odoo.tests import Form

from ..common import JUNE, CoworkingCase, d


class FundingCase(CoworkingCase):
    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.bank = cls._new_bank()
        cls.env.user.group_ids |= cls.env.ref("account.group_account_invoice")

    @classmethod
    def _new_agreement(cls, reference, rate=0.0, **values):
        funder = cls.env["res.partner"].create({"name": f"{reference} funder", "is_company": True})
        return cls.env["coworking.funding.agreement"].create(
            {
                "reference": reference,
                "partner_id": funder.id,
                "company_id": cls.env.company.id,
                "program_ids": [Command.set(values.pop("programs", cls.program).ids)],
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
                "amount_granted": 10000.0,
                "rate": rate,
                **values,
            }
        )

    @classmethod
    def _enter_grants(cls):
        """Claims have an entry once they are sent, on these two accounts."""
        receivable, income = cls.env["account.account"].create(
            [
                {
                    "name": name,
                    "code": code,
                    "account_type": kind,
                    "company_ids": [Command.set(cls.company.ids)],
                }
                for name, code, kind in (
                    ("Grants receivable", "T441", "asset_current"),
                    ("Grants", "T740", "income"),
                )
            ]
        )
        cls.company.write(
            {
                "coworking_grant_entry": "submitted",
                "coworking_grant_receivable_id": receivable.id,
                "coworking_grant_income_id": income.id,
            }
        )
        return receivable, income

    @classmethod
    def _new_bill(cls, *people, month=JUNE, day="3/7", present=True, **seat):
        """The posted bill of a month of these people, a seat each, who came once."""
        cls.space.seat_capacity = 50
        for person in people:
            taken = cls._new_seat("1/6", "30/6", person, **seat)
            if present:
                cls._new_presences(taken, "10/6")
        return cls._post_bill(cls._bill(cls._settle(month)), day)

    @classmethod
    def _post_bill(cls, bill, day="3/7"):
        """Posted; a credit note of a space with the document of the operator."""
        bill.invoice_date = d(day)
        if bill.move_type == "in_refund":
            bill.ref = f"A-{day}"
            cls.env["ir.attachment"].create(
                {"name": "A.pdf", "raw": b"A", "res_model": bill._name, "res_id": bill.id}
            )
        bill.action_post()
        return bill

    @classmethod
    def _new_direct(cls, *lines, move_type="in_invoice", day="3/7", post=True, **values):
        """A bill of anything else: ``lines`` are (text, amount), on the programme's account."""
        bill = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": cls.env["res.partner"].create({"name": "Printer"}).id,
                "invoice_date": d(day),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": text,
                            "quantity": 1.0,
                            "price_unit": amount,
                            "account_id": cls.accounts["expense"].id,
                            "tax_ids": [Command.clear()],
                            "analytic_distribution": {str(cls.analytic_account.id): 100.0},
                        }
                    )
                    for text, amount in lines
                ],
                **values,
            }
        )
        if post:
            bill.action_post()
        return bill

    @classmethod
    def _pay(cls, moves, amount=None, day="20/7"):
        values = {"payment_date": d(day), "journal_id": cls.bank.id}
        if amount:
            values["amount"] = amount
        return (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create(values)
            ._create_payments()
        )

    @classmethod
    def _receive(cls, agreement, *rows):
        """An instalment that a funder paid in several times: ``rows`` are (amount, day)."""
        payments = cls.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_id": agreement.partner_id.id,
                    "journal_id": cls.bank.id,
                    "amount": amount,
                    "date": d(day),
                }
                for amount, day in rows
            ]
        )
        payments.action_post()
        return cls.env["coworking.funding.instalment"].create(
            {
                "agreement_id": agreement.id,
                "date_planned": d(rows[0][1]),
                "amount": sum(payments.mapped("amount")),
                "payment_ids": [Command.set(payments.ids)],
            }
        )

    @classmethod
    def _refresh(cls):
        """As the scheduled action does, which commits after each piece of work."""
        cls.env["coworking.cost"]._refresh_changed(cls._check_as_committed, 1)

    @classmethod
    def _check_as_committed(cls, _count=0, **_left):
        cls.env["coworking.cost"]._check_kept()
        return True

    @classmethod
    def _costs(cls, *moves):
        ids = [move.id for move in moves]
        return cls.env["coworking.cost"].search(
            [("move_id", "in", ids) if ids else ("program_id", "=", cls.program.id)], order="id"
        )

    def assertShares(self, records, **expected):
        """Reference of an agreement, or reason of own funds -> what it has of these costs, or of
        the costs of these bills.
        """
        self._refresh()
        costs = records if records._name == "coworking.cost" else self._costs(*records)
        self._check_as_committed()
        costs.invalidate_recordset()
        found = {}
        for share in costs.allocation_ids:
            name = share.agreement_id.reference or share.reason
            amount = found.get(name, 0.0) + share.amount_effective
            found[name] = share.currency_id.round(amount)
        self.assertEqual({name: value for name, value in found.items() if value}, expected)
        self.assertAlmostEqual(
            sum(costs.allocation_ids.mapped("amount_effective")), sum(costs.mapped("paid_amount"))
        )

    def _place(self, share, agreement, amount, reason="Agreed", user=None):
        model = self.env["coworking.allocation.place"].with_user(user or self.coordinator)
        with Form(model.with_context(default_allocation_id=share.id)) as form:
            if agreement:
                form.agreement_id = agreement
            form.amount = amount
            form.reason = reason
        return form.record.action_place()
