"""What a funder admits, ticked box by box."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form

from ..common import JUNE, CoworkingCase


class TestFundingAgreement(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls.env["coworking.funding.agreement"].create(
            {
                "reference": "MEL-2015",
                "partner_id": cls.env["res.partner"].create({"name": "Metropolis"}).id,
                "program_ids": cls.program.ids,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )

    def test_the_types_of_expense_are_boxes_to_tick(self):
        with Form(self.agreement.with_user(self.coordinator)) as form:
            self.assertTrue(form.admits_regular and form.admits_membership)
            self.assertFalse(form.admits_deposit)
            form.admits_membership = False
            form.admits_deposit = True
        self.assertEqual(self.agreement.eligible_kinds, "regular,overage,pack,deposit")

    def test_a_charge_is_admitted_by_its_box(self):
        self._new_seat("1/6", "30/6")
        charge = self._generate(JUNE).charge_ids
        self.assertTrue(self.agreement._admits_in(charge.kind, charge.period))
        self.agreement.admits_regular = False
        self.assertFalse(self.agreement._admits_in(charge.kind, charge.period))

    def test_what_the_others_leave_is_proposed_and_is_not_too_much(self):
        dates = {"date_from": "2015-01-01", "date_to": "2015-12-31"}
        self.agreement.rate = 22.6
        self.agreement.copy({"reference": "Region", "rate": 4.72, **dates})
        agreements = self.env["coworking.funding.agreement"].with_context(
            default_program_ids=self.program.ids, default_date_from="2015-06-01"
        )
        # as Odoo has it from a list of ids, or from commands
        commands = agreements.with_context(default_program_ids=[Command.set(self.program.ids)])
        for asked in (agreements, commands):
            self.assertEqual(asked.default_get(["rate"]), {"rate": 72.68})
        last = agreements.create(
            {"reference": "State", "partner_id": self.agreement.partner_id.id, **dates}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        rates = self.program.agreement_ids.mapped("rate")
        self.assertEqual(rates, [22.6, 4.72, 72.68])
        self.assertGreater(sum(rates), 100, "as floats")
        last._check_rates()
        with self.assertRefused("more than 100", error=ValidationError):
            last.rate = 72.69

    def test_a_kind_without_a_box_is_kept(self):
        self.agreement.eligible_kinds = "regular, visit"
        self.agreement.admits_pack = True
        self.assertEqual(self.agreement.eligible_kinds, "regular,pack,visit")

    def test_boxes_and_charges_are_called_alike(self):
        kinds = dict(self.env["coworking.charge"]._fields["kind"].selection)
        for name, field in self.agreement._fields.items():
            if name.startswith("admits_"):
                self.assertEqual(field.string, kinds[name.removeprefix("admits_")])

    def test_what_comes_back_from_the_archives_is_not_too_much(self):
        self.agreement.rate = 60
        self.agreement.active = False
        other = self.agreement.copy({"reference": "Region", "active": True, "program_ids": False})
        other.program_ids = self.program
        with self.assertRefused("MEL-2015", "more than 100", error=ValidationError):
            self.agreement.active = True
        program = self._new_program("Next", "NXT", active=False)
        other.program_ids = program
        self.agreement.active = True
        with self.assertRefused("Next", "more than 100", error=ValidationError):
            self.agreement.program_ids |= program  # nor is it, once the program comes back
