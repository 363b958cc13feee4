"""Somebody with files in two organisations of one Odoo: each ends for itself, the contact last."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from .canary import find_in_database
from .purge_case import EMAIL, NAME, PHONE, PHONES, SECRET, WORDS, PurgeCase


class OrganisationsCase(PurgeCase):
    """Another organisation in the same Odoo, which keeps its files for longer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls._new_company("Other Incubator")
        cls.other_program = cls._new_program(
            "Elsewhere",
            "ELS",
            company_id=cls.other_company.id,
            date_end="2045-12-31",
            retention_months=36,
            copayment_product_id=False,
            analytic_account_id=False,
            user_id=False,
            accompanist_ids=False,
        )
        cls.other_program.retention_confirmed_on = "2015-01-01"

    @classmethod
    def _new_elsewhere(cls, name, new=None, **values):
        """A file of the other organisation."""
        values = {"prescriber_contact_id": False, **values}
        return (new or cls._gone)(name, program=cls.other_program, user_id=False, **values)

    def _say(self, text, program=None):
        """What is noted of somebody else."""
        other = self._new_participant("Paul Martin", program=program or self.program, user_id=False)
        return other.message_post(body=text)

    def _get_log(self, file):
        return self.env["coworking.purge"].search([("participant_id", "=", file.id)])


class TestTwoContacts(OrganisationsCase):
    """The same person in both, who is a contact of each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact.company_id = cls.company
        cls.theirs = cls._new_elsewhere(NAME, email=EMAIL, phone=PHONE)
        cls.theirs.partner_id.company_id = cls.other_company

    def test_the_contact_of_another_organisation_takes_no_name_from_what_is_masked_here(self):
        self.assertNotEqual(self.theirs.partner_id, self.contact)
        new_test_user(
            self.env,
            login=EMAIL,
            name=NAME,
            groups="base.group_portal",
            partner_id=self.theirs.partner_id.id,
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        here = self._say(f"Came with {NAME}, {EMAIL}, {PHONE}")
        there = self._say(f"Came with {NAME}, {EMAIL}, {PHONE}", self.other_program)
        shared = self._past_event("collective", description=f"With {NAME}, {EMAIL}, {PHONE}")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE calendar_event SET coworking_program_id = NULL WHERE id = %s", [shared.id]
        )
        self.env.invalidate_all()
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        for word in ("Quatrebarbes", EMAIL, PHONE):
            self.assertNotIn(word, here.body)
            self.assertIn(word, there.body)
            self.assertIn(word, shared.description)

    def test_mails_of_no_organisation_may_be_of_the_other_contact(self):
        mails = self.env["mail.mail"].create(
            [
                {"email_to": EMAIL, "body_html": "Hello", "model": model, "res_id": row}
                for model, row in (
                    (False, False),
                    ("coworking.program", self.program.id),
                    ("coworking.program", self.other_program.id),
                )
            ]
        )
        self._make_old()
        self._purge(self.person)
        self.assertEqual(mails.exists(), mails[0] | mails[2])


class TestTwoOrganisations(OrganisationsCase):
    """The same person in both, who is one contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact.company_id = False  # of both
        cls.still = cls._new_elsewhere(NAME, partner_id=cls.contact.id, project="Theirs")

    def _note_elsewhere(self):
        return self._say(f"Came with {NAME}, {PHONE}", self.other_program)

    def test_what_the_first_organisation_holds_goes_at_once(self):
        """Chatter, notes, proofs, files and mails of its own, and what was written of the person
        beside their file.
        """
        self.assertEqual(self.still.partner_id, self.contact)
        other = self._fill_everything()
        self._fill_month()
        theirs = self._note_elsewhere()
        self.still.message_post(body=f"Seen {NAME} {SECRET}")
        self._make_old()
        self._purge(self.person)
        self.assertEqual(self.person.purged_on, self.today)
        self.assertFalse(self.still.purged_on)
        for said in [other.project_description, *other.message_ids.mapped("body")]:
            for word in ("uatrebarbes", "UATREBARBES", EMAIL, PHONE):
                self.assertNotIn(word, said or "")
        self.assertFalse(self.person.message_ids)
        self.assertFalse(self.person.activity_ids)
        self.assertFalse(self.person.sudo().project)
        mine = [("res_model", "=", self.person._name), ("res_id", "=", self.person.id)]
        self.assertFalse(self.env["ir.attachment"].search(mine))
        self.assertFalse(
            self.env["coworking.proof"]
            .search([("participant_id", "=", self.person.id)])
            .filtered("copy_file")
        )
        # of both, or of nobody in particular: the contact with its user and its bank, a mail
        of_contact = {
            "res_partner": "name complete_name email email_normalized phone street city comment",
            "res_partner_bank": "acc_number acc_holder_name",
            "res_users": "login signature",
            "mail_blacklist": "email",
            "mail_mail": "email_to body_html",
            "mail_message": "subject body",
        }
        self.assertEqual(
            self._found(),
            {(table, name) for table, names in of_contact.items() for name in names.split()},
        )
        messages = self.env["mail.message"].browse(
            row_id
            for table, __, row_id, __ in find_in_database(self.env, WORDS, PHONES)
            if table == "mail_message"
        )
        self.assertEqual(messages.filtered("model"), theirs | self.still.message_ids[:1])
        # the other organisation has all of its own
        self.assertEqual(self.still.partner_id, self.contact)
        self.assertEqual(self.contact.name, NAME)
        self.assertIn(NAME, theirs.body)
        self.assertIn(NAME, self.still.message_ids.mapped("body")[0])

    def test_the_contact_goes_with_the_last_file(self):
        theirs = self._note_elsewhere()
        self._make_old()
        self._purge(self.person)
        self.other_program.retention_months = 24
        self.other_program.retention_confirmed_on = "2015-01-01"
        self._purge(self.still)
        self.assertEqual(self.still.purged_on, self.today)
        self.assertNotIn("Quatrebarbes", theirs.body)
        self.assertFalse(self.contact.active)
        self.assertEqual(self._found(), set())

    def test_who_still_has_a_file_or_another_part_in_the_first_one_is_named_there(self):
        other = self._new_participant("Paul Martin")
        said = other.message_post(body=f"Came with {NAME}")
        again = self._gone(NAME, months=2, partner_id=self.contact.id)
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertIn(NAME, said.body)
        self.assertFalse(again.purged_on)

    def test_an_adviser_of_the_first_one_is_named_there(self):
        other = self._applied("Paul Martin", months=2, prescriber_contact_id=self.contact.id)
        said = other.message_post(body=f"Sent by {NAME}")
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertIn(NAME, said.body)

    def test_an_invoice_of_the_first_one_keeps_the_contact_and_no_words(self):
        said = self._say(f"Came with {NAME}, {EMAIL}")
        invoice = self._copayment_invoice()
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertNotIn("Quatrebarbes", said.body)
        self.assertNotIn(EMAIL, said.body)
        self.assertEqual((invoice.partner_id, self.contact.name), (self.contact, NAME))

    def test_a_customer_of_something_else_in_the_first_one_is_named_there(self):
        said = self._say(f"Came with {NAME}")
        self._copayment_invoice()
        self.env["account.payment"].create(
            {
                "partner_id": self.contact.id,
                "journal_id": self._new_bank().id,
                "amount": 20,
            }
        )
        self._make_old()
        self._purge(self.person)
        self.assertTrue(self.person.purged_on)
        self.assertIn(NAME, said.body)

    def test_a_part_in_the_other_one_names_nobody_here(self):
        """As an adviser, and at a meeting that is led there."""
        leader = new_test_user(
            self.env,
            login="leader_elsewhere",
            groups="base.group_user",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        start = fields.Datetime.now() + timedelta(days=9)
        parts = {
            "adviser": lambda: self._new_elsewhere(
                "Ali Benali", self._applied, prescriber_contact_id=self.contact.id
            ),
            "meeting": lambda: self.env["calendar.event"].create(
                {
                    "name": "Fair",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "user_id": leader.id,
                    "partner_ids": [Command.set(self.contact.ids)],
                }
            ),
        }
        for name, take_part in parts.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                take_part()
                said = self._say(f"Came with {NAME}")
                self._make_old()
                self._purge(self.person)
                self.assertTrue(self.person.purged_on)
                self.assertNotIn("Quatrebarbes", said.body)
                log = self._get_log(self.person)
                self.assertEqual((log.contact, log.contact_uses or ""), ("kept", ""))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_who_ends_together_with_whom_they_live_leaves_the_shared_address(self):
        """One ends in the other organisation, where the second is followed, who ends here."""
        partner = self._new_elsewhere("Odilon Rarissime", months=40, email=EMAIL)
        said = self._say(f"Write to {EMAIL}, not to Odilon Rarissime", self.other_program)
        mail = self.env["mail.mail"].create(
            {
                "email_to": EMAIL,
                "body_html": "Hello",
                "model": "coworking.participant",
                "res_id": self.still.id,
            }
        )
        self._make_old()
        self._purge(self.person, partner)
        self.assertTrue(self.person.purged_on and partner.purged_on)
        self.assertFalse(self.still.purged_on)
        self.assertNotIn("Rarissime", said.body)
        self.assertIn(EMAIL, said.body)
        self.assertTrue(mail.exists())

    def test_mails_of_the_other_organisation_stay(self):
        mail = self.env["mail.mail"].create(
            {
                "email_to": EMAIL,
                "body_html": "Hello",
                "model": "coworking.participant",
                "res_id": self.still.id,
            }
        )
        gone = self._gone("Odile Rarissime", email="odile.rare@example.org")
        self._make_old()
        self._purge(self.person, gone)
        self.assertTrue(gone.purged_on)
        self.assertTrue(mail.exists())

    def test_the_dry_run_says_nothing_of_the_files_of_the_other_organisation(self):
        self._make_old()
        self.other_program.retention_months = 24
        self.other_program.retention_confirmed_on = "2015-01-01"
        for file in (self.person, self.still):
            self._told(file, self._ago(days=30))
        row = self._row(self.person).with_user(self.coordinator)
        told = row.action_look()["params"]["message"]
        self.assertIn("Stays: it has another life in this Odoo (used elsewhere).", told)
        self.assertNotIn("Other files", told)
        self._purge(self.person)
        self.assertFalse(self._get_log(self.person).filtered("contact_uses"))

    def test_the_dry_run_says_what_becomes_of_the_contact_to_who_works_in_both(self):
        self.coordinator.company_ids |= self.other_company
        self._make_old()
        self.other_program.retention_months = 24
        self.other_program.retention_confirmed_on = "2015-01-01"
        for file in (self.person, self.still):
            self._told(file, self._ago(days=30))
        row = self._row(self.person).with_user(self.coordinator)
        row = row.with_context(allowed_company_ids=(self.company | self.other_company).ids)
        told = row.action_look()["params"]["message"]
        self.assertIn("Contact, as of today: Stays", told)
        self.assertIn("have ended by then: 1. All together: Anonymised,", told)
        self.assertNotIn("elsewhere", told)


class TestTogether(PurgeCase):
    def _together(self, file):
        return self._row(file).action_look()["params"]["message"].partition("All together: ")[2]

    def test_two_files_of_one_contact_that_end_together_are_announced_as_they_end(self):
        second = self._gone(NAME, partner_id=self.contact.id, prescriber_contact_id=False)
        second.message_post(body="Hello")
        self._make_old()
        for file in (self.person, second):
            self._told(file, self._ago(days=30))
        messages = self.env["mail.message"].search_count(
            [("model", "=", "coworking.participant"), ("res_id", "in", (self.person | second).ids)]
        )
        told = self._together(self.person)
        self.assertIn("Anonymised, ", told)
        self.assertIn(f" {messages} messages.", told)
        self._run()
        log = self.env["coworking.purge"].search(
            [("participant_id", "in", (self.person | second).ids)]
        )
        self.assertEqual(log.mapped("contact"), ["erased"] * 2)

    def test_a_file_that_ends_later_is_not_counted(self):
        later = self._gone(NAME, months=2, partner_id=self.contact.id)
        self._make_old()
        self.assertFalse(self._together(self.person))
        self.assertIn("Anonymised, ", self._together(later))

    def test_a_file_that_stays_is_not_counted(self):
        running = self._new_participant(
            NAME,
            partner_id=self.contact.id,
            stage_id=self.stage["incubation"].id,
            move_reason="Take-over",
            date_entry=self._ago(30),
        )
        self._make_old()
        self.assertEqual(self._row(running).status, "running")
        self.assertFalse(self._together(self.person))
