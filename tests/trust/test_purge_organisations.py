"""Somebody with files in two organisations of one Odoo: each ends for itself, the contact last."""

from .purge_case import EMAIL, NAME, PHONE, SECRET, PurgeCase


class TestTwoOrganisations(PurgeCase):
    """The same person in another organisation, which keeps its files for longer."""

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
        cls.contact.company_id = False  # of both
        cls.still = cls._gone(
            NAME,
            program=cls.other_program,
            partner_id=cls.contact.id,
            project="Theirs",
            prescriber_contact_id=False,
            user_id=False,
        )

    def _note_elsewhere(self):
        neighbour = self._new_participant("Paul Martin", program=self.other_program, user_id=False)
        return neighbour.message_post(body=f"Came with {NAME}, {PHONE}")

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
        self.assertEqual(
            {table for table, __ in self._found() if table.startswith("coworking_")}, set()
        )
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

    def test_the_dry_run_says_what_becomes_of_the_contact_once_both_have_ended(self):
        self._make_old()
        told = self._row(self.person).action_look()["params"]["message"]
        self.assertNotIn("Other files", told)
        self.other_program.retention_months = 24
        self.other_program.retention_confirmed_on = "2015-01-01"
        for file in (self.person, self.still):
            self._told(file, self._ago(days=30))
        row = self._row(self.person)
        told = row.action_look()["params"]["message"]
        self.assertIn("Contact, as of today: Stays", told)
        self.assertIn("have ended by then: 1. All together: Anonymised,", told)
        self.assertNotIn(self.still.display_name, told.replace(row.participant_id.display_name, ""))


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
