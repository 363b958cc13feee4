"""Agreements carry their terms as records: headings, instalments, public, order."""

from odoo.exceptions import AccessError
from odoo.tests import Form
from odoo.tools.safe_eval import safe_eval

from ...common import SENSITIVE, d
from ..common import FundingCase


class TestHeadings(FundingCase):
    def test_a_new_agreement_has_a_heading_of_what_the_core_says(self):
        agreement = self._new_agreement("A", 50.0, eligible_kinds="regular,membership")
        self.assertEqual(agreement.heading_ids.mapped("kind"), ["seats"])
        codes = set(agreement.heading_ids.charge_kind_ids.mapped("code"))
        self.assertEqual(codes, {"regular", "membership"})

    def test_what_is_ticked_in_the_core_is_in_the_heading(self):
        agreement = self._new_agreement("A", 50.0)
        agreement.admits_deposit = True
        self.assertIn("deposit", agreement.heading_ids.charge_kind_ids.mapped("code"))
        agreement.admits_regular = False
        self.assertNotIn("regular", agreement.heading_ids.charge_kind_ids.mapped("code"))

    def test_the_core_reads_the_headings(self):
        agreement = self._new_agreement("A", 50.0)
        kind = self.env.ref("coworking_incubation_funding.coworking_charge_kind_deposit")
        self.assertFalse(agreement._admits_in("deposit", d("1/6")))
        agreement.heading_ids.charge_kind_ids |= kind
        self.assertTrue(agreement._admits_in("deposit", d("1/6")))

    def test_a_heading_says_what_it_admits(self):
        agreement = self._new_agreement("A", 50.0)
        with self.assertRefused("say which charges"):
            agreement.heading_ids.charge_kind_ids = False
        heading = {"agreement_id": agreement.id, "name": "General", "kind": "flat"}
        headings = self.env["coworking.funding.heading"]
        with self.assertRefused("General", "say its rate"):
            headings.create(heading)
        other = self._new_agreement("B", 50.0)
        with self.assertRefused("of the same agreement"):
            headings.create(
                {**heading, "flat_rate": 15.0, "flat_heading_ids": other.heading_ids.ids}
            )

    def test_who_takes_first_has_no_rate_to_add_up(self):
        self._new_agreement("A", 100.0)
        with self.assertRefused("more than 100"):
            self._new_agreement("B", 10.0)
        first = self._new_agreement("P", 100.0, method="priority")
        with self.assertRefused("more than 100"):
            first.method = "rate"

    def test_a_public_that_cannot_be_read_is_refused(self):
        agreement = self._new_agreement("A", 50.0)
        with self.assertRefused("A", "choose it again"):
            agreement.public_domain = "[('no_such_field', '=', 1)]"


class TestInstalments(FundingCase):
    def _made(self, text, granted=9000.0):
        agreement = self._new_agreement("A", 50.0, instalments=text, amount_granted=granted)
        agreement._make_instalments()
        return [(row.kind, row.amount, row.condition) for row in agreement.instalment_ids.sorted()]

    def test_a_text_with_a_percentage_becomes_an_advance_and_a_balance(self):
        self.assertEqual(
            self._made("Avance de 50 % à la signature, solde sur justificatifs."),
            [
                ("advance", 4500.0, "Avance de 50 % à la signature"),
                ("balance", 4500.0, "solde sur justificatifs"),
            ],
        )

    def test_a_decimal_comma_parts_nothing(self):
        made = self._made("Avance de 37,5 % à la signature, solde au bilan.", 1000.0)
        self.assertEqual([amount for _kind, amount, _text in made], [375.0, 625.0])

    def test_without_one_nothing_is_made_up(self):
        self.assertEqual(
            self._made("Acompte au 30 juin, solde au bilan."),
            [
                ("interim", 0.0, "Acompte au 30 juin"),
                ("balance", 9000.0, "solde au bilan"),
            ],
        )

    def test_no_text_is_no_instalment(self):
        self.assertEqual(self._made(False), [])

    def _new_payment(self, agreement, amount, date, **values):
        return self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": agreement.partner_id.id,
                "journal_id": self.bank.id,
                "amount": amount,
                "date": date,
                **values,
            }
        )

    def test_what_was_paid_says_when_and_how_much_came(self):
        agreement = self._new_agreement("A", 50.0)
        payment = self._new_payment(agreement, 450.0, "2015-03-27")
        payment.action_post()
        instalment = self.env["coworking.funding.instalment"].create(
            {"agreement_id": agreement.id, "amount": 500.0, "payment_ids": payment.ids}
        )
        self.assertRecordValues(
            instalment, [{"amount_received": 450.0, "date_received": d("27/3")}]
        )
        payment.action_draft()
        payment.action_cancel()
        self.assertRecordValues(instalment, [{"amount_received": 0.0, "date_received": False}])

    def test_what_is_given_back_to_the_funder_is_offered_and_counts_less(self):
        agreement = self._new_agreement("A", 50.0)
        payments = self._new_payment(agreement, 450.0, "2015-03-27")
        payments |= self._new_payment(agreement, 50.0, "2015-09-01", payment_type="outbound")
        of_others = self._new_payment(
            self._new_agreement("B"), 20.0, "2015-09-01", payment_type="outbound"
        )
        payments.action_post()
        instalment = self.env["coworking.funding.instalment"].create(
            {"agreement_id": agreement.id, "amount": 450.0}
        )
        shown = {name: instalment[name].id for name in ("company_id", "funder_id")}
        domain = instalment.fields_get(["payment_ids"])["payment_ids"]["domain"]
        offered = self.env["account.payment"].search(safe_eval(domain, shown))
        self.assertEqual(offered & (payments | of_others), payments)
        instalment.payment_ids = payments
        self.assertRecordValues(instalment, [{"amount_received": 400.0, "date_received": d("1/9")}])

    def test_what_was_given_back_keeps_what_came_from_being_taken_back_first(self):
        agreement = self._new_agreement("A", 50.0)
        came = self._new_payment(agreement, 450.0, "2015-03-27")
        back = self._new_payment(agreement, 50.0, "2015-09-01", payment_type="outbound")
        (came | back).action_post()
        instalment = self.env["coworking.funding.instalment"].create(
            {"agreement_id": agreement.id, "amount": 450.0, "payment_ids": (came | back).ids}
        )
        for refused in (came.action_draft, lambda: instalment.write({"payment_ids": back.ids})):
            with self.assertRefused("A Advance", "50,00\xa0€ more than came", back.name):
                refused()
        back.action_draft()
        came.action_draft()
        self.assertEqual(instalment.amount_received, 0.0)

    def test_a_payment_that_is_deleted_came_no_more(self):
        agreement = self._new_agreement("A", 50.0)
        payments = self._new_payment(agreement, 300.0, "2015-03-27")
        payments |= self._new_payment(agreement, 150.0, "2015-04-10")
        payments.action_post()
        instalment = self.env["coworking.funding.instalment"].create(
            {"agreement_id": agreement.id, "amount": 500.0, "payment_ids": payments.ids}
        )
        self.assertEqual(instalment.amount_received, 450.0)
        for payment, left, day in ((payments[1], 300.0, d("27/3")), (payments[0], 0.0, False)):
            payment.with_user(self.accountant).unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertRecordValues(instalment, [{"amount_received": left, "date_received": day}])

    def test_or_it_is_typed(self):
        agreement = self._new_agreement("A", 50.0)
        with Form(agreement.with_user(self.coordinator)) as form, form.instalment_ids.new() as row:
            row.amount = 500.0
            row.amount_received = 400.0
            row.date_received = d("27/3")
        self.assertEqual(agreement.instalment_ids.amount_received, 400.0)


class TestTypedHeadings(FundingCase):
    def test_a_coordinator_types_each_kind_and_the_list_says_what_it_admits(self):
        agreement = self._new_agreement("A", 50.0)
        agreement.heading_ids.unlink()
        kinds = self.env["coworking.charge.kind"].search([], limit=2)
        with Form(agreement.with_user(self.coordinator)) as form:
            with form.heading_ids.new() as row:
                row.name = "Seats"
                row.charge_kind_ids = kinds
            with form.heading_ids.new() as row:
                row.name = "Rent"
                row.kind = "direct"
        with (
            Form(agreement.with_user(self.coordinator)) as form,
            form.heading_ids.new() as row,
        ):
            row.name = "Overheads"
            row.kind = "flat"
            row.flat_rate = 15.5
            row.flat_heading_ids = agreement.heading_ids[:1]
        french = agreement.with_context(lang="fr_FR").heading_ids
        self.assertEqual(
            french.mapped("terms"),
            [
                ", ".join(french[0].charge_kind_ids.mapped("name")),
                "tous les comptes",
                "15,50 % de Seats",
            ],
        )


class TestPublic(FundingCase):
    def test_people_are_counted_as_they_were_at_their_entry(self):
        agreement = self._new_agreement("A", 100.0, public_domain="[('gender', '=', 'female')]")
        bill = self._new_bill("Camille")
        person = self._costs_people(bill)
        person.write({"gender": "female", "date_entry": "2015-06-01"})
        self._pay(bill)
        self.assertShares(bill, A=180.0)
        person.gender = "other"
        self.env["coworking.cost.change"]._note_programs(self.program)
        self.assertShares(bill, A=180.0)
        agreement.with_user(self.coordinator).action_look_up_public()
        self.assertShares(bill, refused=180.0)

    def test_what_changes_between_the_entry_and_the_first_bill_changes_nothing(self):
        self._new_agreement("A", 100.0, public_domain="[('gender', '=', 'female')]")
        person = self._new_participant("Camille", gender="female")
        person.date_entry = "2015-06-01"
        person.gender = "other"
        late = self._new_participant("Sacha", gender="male", date_entry="2015-06-01")
        late.gender = "female"
        bill = self._new_bill(person, late)
        self._pay(bill)
        self.assertShares(bill, A=180.0, refused=180.0)

    def test_whoever_did_not_enter_after_all_is_looked_at_when_they_do(self):
        self._new_agreement("A", 100.0, public_domain="[('gender', '=', 'female')]")
        person = self._new_participant("Camille", gender="female", date_entry="2015-05-01")
        person.with_user(self.accompanist).date_entry = False
        person.gender = "male"
        person.with_user(self.accompanist).date_entry = "2015-06-01"
        bill = self._new_bill(person)
        self._pay(bill)
        self.assertShares(bill, refused=180.0)

    def test_who_enters_after_their_bill_was_paid_is_shared_out_as_they_entered(self):
        self._new_agreement("A", 100.0, public_domain="[('gender', '=', 'female')]")
        bill = self._new_bill("Camille")
        person = self._costs_people(bill)
        self._pay(bill)
        self.assertShares(bill, refused=180.0)
        person.gender = "female"
        person.with_user(self.accompanist).date_entry = "2015-06-01"
        self.assertShares(bill, A=180.0)
        person.gender = "male"
        person.with_user(self.accompanist).date_entry = False
        self.assertShares(bill, refused=180.0)

    def test_another_day_of_entry_is_no_other_person(self):
        self._new_agreement("A", 100.0, public_domain="[('gender', '=', 'female')]")
        person = self._new_participant("Camille", gender="female", date_entry="2015-05-01")
        person.gender = "male"
        person.date_entry = "2015-06-01"
        bill = self._new_bill(person)
        self._pay(bill)
        self.assertShares(bill, A=180.0)

    def test_the_public_is_told_to_those_who_may_know_it(self):
        agreement = self._new_agreement("A", 100.0, public_domain="[('gender', '=', 'female')]")
        bill = self._new_bill("Camille")
        self._pay(bill)
        self._refresh()
        cost = self._costs(bill)
        self.assertIn("not of the public", cost.refusal_text)
        for user in (self.coordinator, self.accountant):
            with self.subTest(user=user.login):
                self.assertEqual(
                    cost.with_user(user).refusal_text, "A: this expense is not admitted."
                )
                for record, name in ((cost, "refusals"), (agreement, "public_domain")):
                    with self.assertRaises(AccessError):
                        record.with_user(user).read([name])
                with Form(agreement.with_user(user)) as form:
                    self.assertNotIn("public_domain", form._view["fields"])
        self.coordinator.group_ids |= self.env.ref(SENSITIVE)
        self.assertIn("not of the public", cost.with_user(self.coordinator).refusal_text)

    def test_nobody_is_found_by_what_the_writer_may_not_read(self):
        agreement = self._new_agreement("A", 50.0)
        self.coordinator.group_ids |= self.env.ref(SENSITIVE)
        hidden = self.env["coworking.participant"]._fields["gender"]
        self.patch(hidden, "groups", "base.group_system")
        for text in ("[('gender', '=', 'female')]", "[(user.id, '=', 1)]"):
            with self.subTest(text=text), self.assertRefused("choose it again"):
                agreement.with_user(self.coordinator).public_domain = text

    def test_another_public_is_looked_up_at_once(self):
        agreement = self._new_agreement("A", 100.0, public_domain="[('gender', '=', 'female')]")
        bill = self._new_bill("Camille")
        self._costs_people(bill).write({"gender": "male", "date_entry": "2015-06-01"})
        self._pay(bill)
        self.assertShares(bill, refused=180.0)
        agreement.public_domain = False
        self.assertShares(bill, A=180.0)

    def _costs_people(self, bill):
        self._refresh()
        return self._costs(bill).participant_id
