"""Evidence has a term of its own, and so have people of whom no file was made."""

from datetime import timedelta

from odoo import Command

from .canary import find_in_database
from .common import make_signed_on
from .purge_case import EMAIL, NAME, PHONE, PNG, SECRET, PurgeCase


class TestEvidence(PurgeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls.env["coworking.funding.agreement"].create(
            {
                "reference": "AGR",
                "partner_id": cls.env["res.partner"].create({"name": "Funder"}).id,
                "program_ids": [Command.set(cls.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2045-12-31",
                "evidence_until": cls.today + timedelta(days=100),
            }
        )

    def test_signatures_stay_until_their_own_term_and_then_go(self):
        row = self._attend("appointment", report=f"<p>{SECRET}</p>")
        row.with_user(self.accompanist).write({"signature": PNG})
        signature = row.signature_ids
        self.assertEqual(signature.name, NAME)
        self._make_old_signature(row)
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertTrue(signature.exists().intact, "what was signed is as it was")
        self.assertEqual(self._row(self.person).status, "evidence")
        log = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual(log.evidence_until, self.agreement.evidence_until)
        self.assertEqual(
            self._found(),
            {
                ("coworking_attendance", "report"),  # it was signed
                ("coworking_attendance_signature", "content"),
                ("coworking_attendance_signature", "name"),
            },
            "evidence that must stay, and nothing else",
        )
        self.agreement.evidence_until = self.today
        self._run()
        self.assertTrue(signature.exists(), "its last day")
        self.agreement.evidence_until = self.today - timedelta(days=1)
        self._run()
        self.assertFalse(signature.exists())
        self.assertEqual(self._found(), set())
        self.assertEqual(self._row(self.person).status, "purged")
        self.assertTrue(row.signed_at, "that it was signed is counted")
        rules = self.env["coworking.purge"].search([("participant_id", "=", self.person.id)])
        self.assertEqual(set(rules.mapped("rule")), {"file", "evidence"})

    def test_a_wrong_signature_is_taken_back_also_afterwards(self):
        row = self._attend()
        row.with_user(self.accompanist).write({"signature": PNG})
        self._make_old_signature(row)
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        row.with_user(self.coordinator)._withdraw_signature("Signed on the wrong line")
        self.assertFalse(row.signed_at)
        self.assertEqual(self.person.message_ids.author_id, self.coordinator.partner_id)

    def _make_old_signature(self, row):
        self._make_old()
        make_signed_on(row, self._ago(26))

    def test_without_a_day_on_the_agreement_evidence_stays_and_says_so(self):
        row = self._attend("appointment")
        row.with_user(self.accompanist).write({"signature": PNG})
        self._make_old_signature(row)
        self.agreement.evidence_until = False
        self._purge(self.person)
        self._run()
        self.assertTrue(row.signature_ids)
        self.assertTrue(self._row(self.person).evidence_without_end)

    def test_evidence_of_a_day_that_no_agreement_covers_stays(self):
        row = self._attend("appointment")
        row.with_user(self.accompanist).write({"signature": PNG})
        self._make_old_signature(row)
        self.agreement.write(
            {
                "date_from": self._ago(40),
                "date_to": self._ago(29),  # half of the stay
                "evidence_until": self.today - timedelta(days=1),
            }
        )
        self._purge(self.person)
        self._run()
        self.assertTrue(self.person.purged_on)
        self.assertTrue(self._row(self.person).evidence_without_end)
        self.assertTrue(row.signature_ids)
        self.agreement.copy({"date_from": self._ago(29, days=-1), "date_to": self.today})
        self.assertFalse(self._row(self.person).evidence_without_end)

    def test_scans_and_sealed_agreements_are_evidence_of_their_days_too(self):
        self.agreement.write({"date_from": "2015-06-15", "evidence_until": self._ago(1)})
        self.assertFalse(self._row(self.person).evidence_without_end)
        scan = self.env["coworking.presence.scan"].create(
            {"file": PNG, "space_id": self.seat.space_id.id}
        )
        with self.env.cr.savepoint() as savepoint:
            self.seat.presence_ids[0].sudo().scan_id = scan  # of 10 June
            self.assertTrue(self._row(self.person).evidence_without_end)
            savepoint.rollback()
        self.assertFalse(self._row(self.person).evidence_without_end)
        seat = self._new_seat("1/7", "31/7", self.person)
        hosting = self.env["coworking.hosting"].create({"seat_id": seat.id})
        hosting._seal_document(b"%PDF-1.4 signed", "pdf")
        self.assertFalse(self._row(self.person).evidence_without_end)
        self.agreement.date_from = "2015-07-02"
        self.assertTrue(self._row(self.person).evidence_without_end)
        self.agreement.date_from = "2015-07-01"
        self.assertFalse(self._row(self.person).evidence_without_end)

    def test_where_no_agreement_covers_the_stay_evidence_stays(self):
        row = self._attend("appointment")
        row.with_user(self.accompanist).write({"signature": PNG})
        self._make_old_signature(row)
        self.agreement.write({"date_from": "2001-01-01", "date_to": "2001-12-31"})
        self._purge(self.person)
        self._run()
        self.assertEqual(self._row(self.person).status, "evidence")
        self.assertTrue(self._row(self.person).evidence_without_end)
        self.assertTrue(row.signature_ids)


class TestRegistrations(PurgeCase):
    def _register(self, days, **values):
        return self.env["coworking.attendance"].create(
            {
                "event_id": self._past_event("info_session", **self._hours(days)).id,
                "name": "Odilon Trèsrare",
                "email": "odilon.tresrare@example.org",
                "phone": "06 39 98 44 55",
                "question": "Is there a lift?",
                "state": "present",
                **values,
            }
        )

    def test_people_of_whom_no_file_was_made_are_forgotten_after_the_shorter_term(self):
        old, recent = self._register(400), self._register(300)
        self._run()
        self.assertTrue(old.purged_on)
        self.assertFalse(old.email or old.question or old.phone_key)
        self.assertEqual(old.state, "present", "how many came stays")
        self.assertFalse(recent.purged_on)
        log = self.env["coworking.purge"].search(
            [("rule", "=", "registration"), ("program_id", "=", self.program.id)]
        )
        self.assertEqual(log.mapped("masked_name"), ["O***** T*******"])
        found = find_in_database(self.env, ["odilon"])
        self.assertEqual({row[2] for row in found if row[0] == "coworking_attendance"}, {recent.id})

    def test_their_signatures_stay_until_an_agreement_says_a_day_that_is_over(self):
        row = self._register(400, state="expected")
        row.with_user(self.accompanist).write({"signature": PNG})
        self._run()
        self._run()
        self.assertTrue(row.purged_on)
        self.assertTrue(row.signature_ids, "no agreement covers the day")
        agreement = self.env["coworking.funding.agreement"].create(
            {
                "reference": "AGR",
                "partner_id": self.env["res.partner"].create({"name": "Funder"}).id,
                "program_ids": [Command.set(self.program.ids)],
                "date_from": "2015-01-01",
                "date_to": "2045-12-31",
            }
        )
        self._run()
        self.assertTrue(row.signature_ids, "it does not say until when")
        agreement.evidence_until = self.today - timedelta(days=1)
        logged = self.env["coworking.purge"].search([])
        self._run()
        self.assertFalse(row.signature_ids)
        self.assertRecordValues(
            self.env["coworking.purge"].search([]) - logged,
            [
                {
                    "rule": "evidence",
                    "program_id": self.program.id,
                    "company_id": self.company.id,
                    "masked_name": "O***** T*******",
                    "last_contact": row.date,
                    "record_count": 1,
                }
            ],
        )

    def test_a_registration_of_who_had_a_file_waits_for_its_own_term(self):
        """And is nobody else's, whose name or address would be left wherever it is written."""
        first, *__, last = NAME.split()
        typed = EMAIL.replace("@", "+fair@").upper()
        row = self._register(300, name=f"{last} {first}", email=typed, phone=PHONE)
        by_phone = self._register(300, name=NAME, email=False, phone=PHONE.replace(" ", ""))
        other = self._new_participant("Paul Martin")
        note = other.message_post(body=f"Came with {NAME}, {PHONE}")
        mail = self.env["mail.mail"].create({"email_to": EMAIL, "body_html": "Hello"})
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertFalse(row.purged_on or by_phone.purged_on)
        self.assertEqual(row.email, typed)
        self.assertIn("Came with […], […]", note.body)
        self.assertFalse(mail.exists())

    def test_an_older_registration_goes_first_and_hides_nothing(self):
        """What its holder is called is not somebody else's name, once it is gone."""
        other = self._new_participant("Paul Martin")
        other.project_description = f"<p>With {NAME}</p>"
        row = self._register(500, name=NAME, email=EMAIL, phone=PHONE)
        self._make_old()
        self._purge(self.person)
        self.assertTrue(row.purged_on)
        self.assertEqual(other.project_description, "<p>With […]</p>")
