from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ..common import JULY, CoworkingCase, d


class TestRoles(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls.env["res.partner"].create({"name": "Operator", "is_company": True})
        cls.space.operator_id = cls.operator
        cls.prescriber = cls.env["res.partner"].create({"name": "Mission", "is_company": True})
        cls.funder = cls.env["res.partner"].create({"name": "Metropolis", "is_company": True})
        cls.env["coworking.funding.agreement"].create(
            {
                "reference": "MEL-2015",
                "partner_id": cls.funder.id,
                "date_from": "2015-01-01",
                "date_to": "2015-12-31",
            }
        )
        cls.person = cls._new_participant("Camille", prescriber_id=cls.prescriber.id)

    def test_each_role_is_shown_and_found(self):
        partners = {
            "is_coworking_space": self.space.partner_id | self.operator,
            "is_coworking_funder": self.funder,
            "is_coworking_prescriber": self.prescriber,
        }
        everybody = (
            self.space.partner_id
            | self.operator
            | self.funder
            | self.prescriber
            | self.person.partner_id
        )
        for name, expected in partners.items():
            with self.subTest(role=name):
                self.assertEqual(everybody.filtered(name), expected)
                self.assertEqual(everybody.search([(name, "=", True)]) & everybody, expected)
                self.assertEqual(
                    everybody.search([(name, "=", False)]) & everybody, everybody - expected
                )

    def test_smart_buttons_count_what_the_user_may_see(self):
        as_coordinator = self.person.partner_id.with_user(self.coordinator)
        self.assertEqual(as_coordinator.coworking_participant_count, 1)
        self.assertEqual(self.operator.with_user(self.coordinator).coworking_space_count, 1)
        self.assertEqual(self.funder.with_user(self.accountant).coworking_agreement_count, 1)
        self.assertEqual(self.prescriber.with_user(self.coordinator).coworking_prescribed_count, 1)
        stranger = self.prescriber.with_user(self.other_accompanist)
        self.assertEqual(stranger.coworking_prescribed_count, 0)

    def test_what_points_at_a_contact_in_two_ways_is_counted_as_it_is_listed(self):
        """A manager's own company runs another site, and is itself on one that another runs."""
        self.space.partner_id = self.operator
        self.space_b.write({"operator_id": self.prescriber.id, "partner_id": self.operator.id})
        third = self._new_space("Third", "THIRD", operator_id=self.operator.id)
        operator = self.operator.with_user(self.coordinator)
        self.assertNotEqual(third.partner_id, self.operator)
        self.assertEqual(operator.coworking_space_count, 3)
        spaces = self.env["coworking.space"].with_user(self.coordinator)
        found = spaces.search(operator.action_open_coworking_spaces()["domain"])
        self.assertEqual(len(found), operator.coworking_space_count)

    def test_nothing_of_the_programme_is_kept_on_the_contact(self):
        """All staff see contacts: of a person they hold the name, e-mail and phone only, and
        whether to write to them.

        Who covers accidents is a fact about a prescriber.
        """
        ours = {
            name
            for name, field in self.env["res.partner"]._fields.items()
            if field._module == "coworking_incubation" or "coworking" in name
        }
        stored = {
            name
            for name in ours
            if self.env["res.partner"]._fields[name].store
            and self.env["res.partner"]._fields[name].column_type
        }
        marks = {"coworking_has_file", "coworking_known"}
        self.assertEqual(stored, {"coworking_accident_cover", "coworking_no_mail", *marks})

    def test_nobody_is_told_who_has_a_file_somewhere(self):
        """Record rules say whose files somebody reads: the mark knows none."""
        for user in (self.other_accompanist, self.coordinator):
            contact = self.person.partner_id.with_user(user)
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    contact.search([("coworking_has_file", "=", True)])
                with self.assertRaises(AccessError):
                    contact.read(["coworking_has_file"])

    def test_who_billed_a_month_as_a_contact_of_a_company_stays_one(self):
        """Else that bill would be of another operator, and the month to bill once more."""
        mother = self.env["res.partner"].create({"name": "Mother", "is_company": True})
        agency = self.env["res.partner"].create({"name": "Agency", "parent_id": mother.id})
        self.space.operator_id = agency
        self._new_seat("1/6", "31/7")
        june = self._settle()
        alone = {"parent_id": False, "is_company": True}
        with self.env.cr.savepoint() as savepoint:
            agency.write(alone)  # nothing of it is billed
            savepoint.close(rollback=True)
        self.env.invalidate_all()
        self._bill(june)
        for contact, values in (
            (agency, alone),
            (agency, {"parent_id": self.operator.id}),
            (mother, {"parent_id": self.operator.id, "is_company": False}),
        ):
            with self.assertRefused("Agency", june.name, "Mother", "another contact"):
                contact.write(values)
        agency.write({"name": "Agency North", "parent_id": mother.id})
        self.space.operator_id = self.env["res.partner"].create(alone | {"name": "Daughter"})
        self.assertEqual(self._bill(self._settle(JULY)).partner_id.name, "Daughter")
        self.assertEqual(june.state, "billed")


class TestMerge(CoworkingCase):
    """Contacts that turn out to be one are merged with Odoo's own wizard."""

    def _merge(self, source, destination):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((source | destination).ids, destination)

    def test_two_managers_who_were_both_asked(self):
        kept, other = self.env["res.partner"].create([{"name": "Kept"}, {"name": "Other"}])
        seat = self._new_seat("1/6", "30/6")
        statement = self._generate()
        Request = self.env["coworking.portal.request"]
        Request.search([]).unlink()
        for partner in (other, kept):
            for asked in ({"statement_id": statement.id}, {"seat_id": seat.id}):
                Request.create(
                    {
                        **asked,
                        "partner_id": partner.id,
                        "space_id": self.space.id,
                        "first_mail_at": "2015-07-02 09:00:00",
                    }
                )
        self._merge(other, kept)
        self.assertFalse(other.exists())
        left = Request.search([("space_id", "=", self.space.id)])
        self.assertEqual(
            (left.partner_id, left.statement_id, left.seat_id), (kept, statement, seat)
        )
        self.assertEqual(len(left), 2)

    def test_two_operators_with_settled_months_and_what_is_settled_stays(self):
        kept, other = self.space_b.operator_id, self.space.operator_id
        self._new_seat("1/6", "31/7")
        charge = self._settle().charge_ids
        self.assertEqual(charge.operator_id, other)
        amounts = charge.read(["amount_total", "payable_total", "date_from", "state"])
        self._merge(other, kept)
        self.assertEqual(charge.operator_id, kept)
        self.assertEqual(
            charge.read(["amount_total", "payable_total", "date_from", "state"]), amounts
        )
        # That it went into the one that is kept was for the merge alone.
        self.space.operator_id = self.env["res.partner"].create({"name": "Another"})
        theirs = self._settle(JULY).charge_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            theirs.operator_id = kept
            theirs.flush_recordset()

    def test_who_billed_for_a_company_is_merged_into_no_contact_of_another(self):
        """Else that bill would be of another operator, and the month to bill once more."""
        mother, other_mother = self.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("Mother", "Other mother")]
        )
        agency, same, another = self.env["res.partner"].create(
            [{"name": "Agency", "parent_id": of.id} for of in (mother, mother, other_mother)]
        )
        self.space.operator_id = agency
        self._new_seat("1/6", "30/6")
        june = self._settle()
        bill = self._bill(june)
        for kept in (another, other_mother):
            with self.assertRefused("Agency", june.name, "Mother", "another contact"):
                self._merge(agency, kept)
        self._merge(agency, same)
        self._merge(another, same)
        self.assertEqual((june.operator_id, bill.partner_id), (same, same))
        self._merge(mother, other_mother)
        self.assertEqual(same.commercial_partner_id, other_mother)
        self.assertEqual(bill.commercial_partner_id, other_mother)
        self.assertFalse(june._get_charges_to_bill())

    def test_two_operators_of_one_month_are_billed_as_one_or_stay_two(self):
        old, new = self.space.operator_id, self.env["res.partner"].create({"name": "New"})
        seat = self._new_seat("1/6", "31/7")
        self._settle()
        self.space.operator_id = new
        seat.date_start = d("16/6")
        july = self._settle(JULY)
        self.assertEqual(july.charge_ids.operator_id, old | new)
        july.action_create_bill()
        bills = july.bill_ids
        self.assertEqual(len(bills), 2)
        with self.assertRefused("are for one statement", error=UserError):
            self._merge(old, new)
        bills.filtered(lambda bill: bill.partner_id == old).button_cancel()
        with self.assertRefused(july.name, old.name, "keep both contacts", error=UserError):
            self._merge(old, new)
        july.bill_ids.button_cancel()
        self._merge(old, new)
        july.action_create_bill()
        self.assertEqual(july.bill_ids.partner_id, new)
        self.assertAlmostEqual(
            july.bill_ids.amount_total, sum(july.charge_ids.mapped("payable_total"))
        )
        self.assertFalse(july._get_charges_to_bill())

    def test_a_bill_that_was_taken_back_keeps_no_two_operators_apart(self):
        old, new = self.space.operator_id, self.env["res.partner"].create({"name": "New"})
        seat = self._new_seat("1/6", "31/7")
        self._settle()
        self.space.operator_id = new
        seat.date_start = d("16/6")
        july = self._settle(JULY)
        july.action_create_bill()
        by_operator = july.bill_ids.grouped("partner_id")
        by_operator[old].button_cancel()
        taken_back = by_operator[new]
        taken_back.write({"invoice_date": d("2/8"), "ref": "F1"})
        taken_back.action_post()
        taken_back._reverse_moves([{"invoice_date": d("3/8"), "ref": "A1"}], cancel=True)
        self._merge(old, new)
        july.action_create_bill()
        bill = july._get_standing_bills()
        self.assertEqual(bill.partner_id, new)
        self.assertAlmostEqual(bill.amount_total, sum(july.charge_ids.mapped("payable_total")))

    def test_a_person_of_two_files_is_invoiced_as_one_or_stays_two(self):
        self.program.funding_rate = 80.0
        first = self._new_seat("1/6", "14/6", who="Camille")
        second = self._new_seat("16/6", "30/6", who="Camille R.")
        june = self._settle()
        old, kept = first.partner_id, second.partner_id
        june.action_create_copayment_invoices()
        self.assertEqual(june.copayment_invoice_ids.partner_id, old | kept)
        first.participant_id.active = False
        with self.assertRefused("are for one statement", error=UserError):
            self._merge(old, kept)
        june.copayment_invoice_ids.filtered(lambda move: move.partner_id == old).button_cancel()
        with self.assertRefused(june.name, old.name, "keep both contacts", error=UserError):
            self._merge(old, kept)
        june.copayment_invoice_ids.button_cancel()
        self._merge(old, kept)
        june.action_create_copayment_invoices()
        self.assertEqual(june.copayment_invoice_ids.partner_id, kept)
        self.assertAlmostEqual(
            june.copayment_invoice_ids.amount_untaxed,
            sum(june.charge_ids.mapped("copayment_amount")),
        )

    def test_a_person_invoiced_by_the_name_of_another_contact_is_invoiced_as_one_too(self):
        self.program.funding_rate = 80.0
        first = self._new_seat("1/6", "14/6", who="Camille")
        second = self._new_seat("16/6", "30/6", who="Camille R.")
        june = self._settle()
        june.action_create_copayment_invoices()
        june.copayment_invoice_ids.filtered(
            lambda move: move.partner_id == second.partner_id
        ).button_cancel()
        first.participant_id.active = False
        first.participant_id.partner_id = self.env["res.partner"].create({"name": "Camille B."})
        with self.assertRefused(june.name, second.partner_id.name, error=UserError):
            self._merge(first.partner_id, second.partner_id)
        june.copayment_invoice_ids.button_cancel()
        self._merge(first.partner_id, second.partner_id)
        june.action_create_copayment_invoices()
        self.assertAlmostEqual(
            june.copayment_invoice_ids.amount_untaxed,
            sum(june.charge_ids.mapped("copayment_amount")),
        )

    def test_two_operators_with_an_equal_number_are_told_what_to_do(self):
        kept, other = self.space.operator_id, self.space_b.operator_id
        bills = self.env["account.move"].create(
            [
                {
                    "move_type": "in_invoice",
                    "partner_id": partner.id,
                    "ref": "F-7",
                    "invoice_date": "2015-07-02",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Seats",
                                "price_unit": 10.0,
                                "tax_ids": [],
                                "account_id": self.accounts["expense"].id,
                            }
                        )
                    ],
                }
                for partner in (kept, other)
            ]
        )
        bills.action_post()
        with self.assertRefused(bills[0].display_name, "have the same number", error=UserError):
            self._merge(other, kept)
        bills[1].button_draft()
        bills[1].button_cancel()
        self._merge(other, kept)
        self.assertEqual(bills.commercial_partner_id, kept)

    def test_one_person_with_two_seats_on_the_same_days_is_told_which(self):
        other = self._new_program("Other", "OTH")
        kept = self._new_seat("1/6", "15/6")
        late = self._new_seat("1/7", None, who=self._new_participant("Camille R.", other))
        seat = self._new_seat("15/6", "20/6", who=late.participant_id, tariff=self.tariff_b)
        with self.assertRefused(kept.name, seat.name, "one seat at a time", error=UserError):
            self._merge(seat.partner_id, kept.partner_id)
        seat.date_start = d("16/6")
        self._merge(seat.partner_id, kept.partner_id)
        self.assertEqual(late.partner_id, kept.partner_id)

    def test_one_person_with_two_open_files_is_told_what_to_do(self):
        kept = self._new_participant("Camille").partner_id
        other = self._new_participant("Camille R.")
        with self.assertRefused("open files of one program", error=UserError):
            self._merge(other.partner_id, kept)
        other.active = False
        self._merge(other.partner_id, kept)
        self.assertEqual(other.partner_id, kept)
