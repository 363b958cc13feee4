"""What the money of funders waits for, in the one list of what waits."""

from freezegun import freeze_time

from odoo.tests import Form, tagged

from .test_overview import OverviewCase


@tagged("post_install", "-at_install")
class TestExceptions(OverviewCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bill = cls._new_bill("Camille Roux")
        cls._pay(cls.bill)
        cls._refresh()
        cls.instalment = cls.env["coworking.funding.instalment"].create(
            {
                "agreement_id": cls.mel.id,
                "kind": "interim",
                "date_planned": "2015-09-30",
                "amount": 500.0,
            }
        )

    def _waiting(self, user, kind):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["coworking.exception"].with_user(user).search([("kind", "=", kind)])

    def test_a_claim_is_to_be_sent_a_month_before_its_instalment_until_it_is(self):
        with freeze_time("2015-08-30"):
            self.assertFalse(self._waiting(self.accountant, "claim_due"))
        with freeze_time("2015-09-01"):
            self.assertFalse(self._waiting(self.accompanist, "claim_due"))
            row = self._waiting(self.accountant, "claim_due")
            self.assertEqual((row.amount, row.partner_id), (500.0, self.mel.partner_id))
            self.assertIn("MEL", row.reason)
            self._sent(self.mel)
            self.assertFalse(self._waiting(self.accountant, "claim_due"))
        with freeze_time("2015-10-20"):
            self.assertFalse(self._waiting(self.accountant, "payment_late"))
        with freeze_time("2015-10-31"):
            row = self._waiting(self.coordinator, "payment_late")
            self.assertEqual(row.action_settle()["res_id"], self.mel.id)
            self.instalment.write({"amount_received": 500.0, "date_received": "2015-10-31"})
            self.assertFalse(self._waiting(self.coordinator, "payment_late"))

    def test_a_claim_to_be_sent_is_settled_on_a_new_one_or_on_that_which_is_prepared(self):
        with freeze_time("2015-09-01"):
            row = self._waiting(self.accountant, "claim_due")
            action = row.action_settle()
            new = Form(
                self.env[action["res_model"]]
                .with_user(self.accountant)
                .with_context(**action["context"])
            )
            self.assertEqual(new.agreement_id, self.mel)
            claim = new.save()
            self.assertEqual(row.action_settle()["res_id"], claim.id)
            later = self.env["coworking.claim"].create({"agreement_id": self.mel.id})
            self.instalment.claim_id = claim
            self.assertGreater(later.date_to, claim.date_to)
            self.assertEqual(row.action_settle()["res_id"], claim.id)

    def test_no_claim_is_to_be_sent_of_what_is_closed_for_good(self):
        with freeze_time("2015-09-01"):
            self.assertTrue(self._waiting(self.accountant, "claim_due"))
            self.mel.action_close_claims()
            self.assertFalse(self._waiting(self.accountant, "claim_due"))
            self.mel.action_open_claims_again()
            self.assertTrue(self._waiting(self.accountant, "claim_due"))

    def test_what_was_sent_for_an_instalment_is_not_to_be_sent_for_it_again(self):
        with freeze_time("2015-09-05"):
            claim = self._sent(self.mel)
            self._accept(claim)
            self.instalment.write(
                {"amount_received": claim.amount_admitted, "date_received": "2015-09-05"}
            )
            self.assertEqual(claim.state, "paid")
            self.assertLess(self.instalment.amount_received, self.instalment.amount)
        with freeze_time("2015-10-31"):
            self.assertFalse(self._waiting(self.accountant, "claim_due"))
            self.assertFalse(self._waiting(self.coordinator, "payment_late"))

    def test_a_funder_is_reminded_only_of_what_it_was_asked_for_a_month_ago(self):
        with freeze_time("2015-07-20"):  # for nothing that is expected in September
            early = self._sent(self.mel)
        with freeze_time("2015-10-31"):
            self.assertFalse(self._waiting(self.coordinator, "payment_late"))
            self.assertTrue(self._waiting(self.accountant, "claim_due"))
            self.instalment.claim_id = early
            self.assertTrue(self._waiting(self.coordinator, "payment_late"))
            self.assertFalse(self._waiting(self.accountant, "claim_due"))

    def test_a_funder_is_not_reminded_of_a_claim_that_it_has_just_got(self):
        with freeze_time("2015-10-30"):
            self._sent(self.mel)
        with freeze_time("2015-10-31"):
            self.assertFalse(self._waiting(self.coordinator, "payment_late"))
            self.assertFalse(self._waiting(self.accountant, "claim_due"))
        with freeze_time("2015-11-30"):
            self.assertTrue(self._waiting(self.coordinator, "payment_late"))

    def test_a_claim_that_the_funder_returned_waits_until_it_is_sent_again(self):
        claim = self._sent(self.mel)
        self.assertFalse(self._waiting(self.accountant, "claim_returned"))
        self._dialog(claim.action_return(), self.coordinator, reason="A signature is missing")
        row = self._waiting(self.accountant, "claim_returned")
        self.assertIn("A signature is missing", row.reason)
        self.assertEqual((row.urgency, row.action_settle()["res_id"]), ("1", claim.id))
        self._send(claim)
        self.assertFalse(self._waiting(self.accountant, "claim_returned"))
