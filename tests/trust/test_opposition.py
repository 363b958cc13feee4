"""Who does not want to be written to is not, whatever would have written; staff are told.

That whatever makes a mail asks first is read in ``tests/unit/test_mails.py``.
"""

from odoo.fields import Domain
from odoo.tests import Form, new_test_user

from ..agenda.common import AgendaCase
from ..common import JUNE
from .common import EndOfDataCase

ANSWERS = {"confirm", "confirmed", "known"}
# What goes to others, or is refused by its button (tests/billing/test_copayment.py).
NOT_OF_PEOPLE = {"match_question", "attendance_adviser", "copayment_reminder"}


class TestOpposition(AgendaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": False,
                "mail_notrack": False,
                "mail_create_nolog": False,
                "mail_notify_force_send": False,
                "no_reset_password": True,
            }
        )
        cls.file = cls._new_participant("Camille Petit", email="Camille.P@example.org")
        cls.file.with_user(cls.accompanist).is_opposed = True
        cls.partner = cls.file.partner_id
        staff = cls.accompanist | cls.coordinator
        (cls.company.partner_id | staff.partner_id).lang = "en_US"

    # === THE FLAG === #

    def test_it_is_the_contacts_and_found_by_it(self):
        self.assertTrue(self.partner.coworking_no_mail)
        self.assertIn(self.file, self.file.search([("is_opposed", "=", True)]))
        self.file.with_user(self.accompanist).is_opposed = False
        self.assertFalse(self.partner.coworking_no_mail)
        self.assertNotIn(self.file, self.file.search([("is_opposed", "=", True)]))

    def test_colleagues_on_the_portal_do_not_find_it(self):
        employer = self.env["res.partner"].create({"name": "Employer", "is_company": True})
        user = new_test_user(self.env, "colleague", groups="base.group_portal")
        (user.partner_id | self.partner).parent_id = employer
        other = self.env["res.partner"].create({"name": "Alix Durand", "parent_id": employer.id})
        other.coworking_no_mail = True
        self.env.flush_all()
        self.env.invalidate_all()
        contacts = self.env["res.partner"].with_user(user)
        self.assertLessEqual(self.partner | other, contacts.search([]))
        self.assertFalse(contacts.search([("coworking_known", "=", True)]))

    def test_newsletters_stop_as_well_and_do_not_begin_again_by_themselves(self):
        self.assertTrue(self.partner.is_blacklisted)
        self.partner.email = "camille@example.com"
        self.partner.invalidate_recordset()
        self.assertTrue(self.partner.is_blacklisted)
        self.assertTrue(self.file.is_opposed)
        self.file.is_opposed = False
        self.partner.invalidate_recordset()
        self.assertTrue(self.partner.is_blacklisted)

    def test_who_left_a_newsletter_is_written_to_about_their_file(self):
        file = self._new_participant("Nour", email="nour@example.org")
        self.env["mail.blacklist"]._add("nour@example.org")
        self.assertFalse(file.is_opposed)
        links = self.env["coworking.portal.link"]
        self.assertTrue(links._send_link(file, "participant", file.partner_id))
        self.assertTrue(self._new_row(file)._may_write_to("reminder"))

    def test_a_merge_of_contacts_keeps_it(self):
        other = self.env["res.partner"].create({"name": "Camille Petit", "email": "c@example.org"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((other | self.partner).ids, other)
        self.assertTrue(other.coworking_no_mail)
        self.assertTrue(self.file.is_opposed)

    def test_who_changed_it_is_in_the_audit_trail(self):
        line = self.env["coworking.audit"].search(
            [("res_model", "=", self.file._name), ("res_id", "=", self.file.id)], limit=1
        )
        self.assertEqual(line.changes["fields"], ["coworking_no_mail"])
        self.assertEqual(line.user_id, self.accompanist)

    def test_the_person_says_so_on_their_page_and_takes_it_back(self):
        pages = self.env["coworking.portal.person"].sudo()
        self.assertTrue(pages._prepare_rights(self.partner)["opposed"])
        pages._set_opposed(self.partner, False)
        self.assertFalse(self.file.is_opposed)
        pages._set_opposed(self.partner, True)
        self.assertTrue(self.file.is_opposed)
        self.assertIn("Does not want to be written to", self.file.message_ids[0].body)
        self.assertEqual(self.file.message_ids[0].author_id, self.partner)

    def test_the_person_asks_for_their_data_once(self):
        pages = self.env["coworking.portal.person"].sudo()
        self.assertFalse(pages._prepare_rights(self.partner)["asked"])
        pages._ask_for_data(self.partner)
        self.assertTrue(pages._prepare_rights(self.partner)["asked"])
        activity = self.file.activity_ids.filtered(lambda row: "copy of their data" in row.summary)
        self.assertEqual(activity.user_id, self.accompanist)
        for words in ("Everything Held on the Person", "Export of Personal Data"):
            self.assertIn(words, activity.note)
        with self.assertRefused("asked already"):
            pages._ask_for_data(self.partner)

    # === EVERY MAIL === #

    def _get_senders(self):
        """dict name of a mail template -> what sends it to the person."""
        row = self._new_row()

        def stage():
            origin = self.file.stage_id
            target = self.env["coworking.stage"].create({"name": "Written to", "sequence": 99})
            target.mail_template_id = self.env.ref(
                "coworking_incubation.mail_template_stage_application"
            )
            self.env.cr.flush()  # what tracks the file from the beginning of the test
            self.file.write({"stage_id": target.id, "move_reason": "Test"})
            self.env.cr.flush()
            self.file.write({"stage_id": origin.id, "move_reason": "Test"})

        kinds = [
            "confirm",
            "confirmed",
            "known",
            "moved_up",
            "reminder",
            "changed",
            "called_off",
            "invitation",
        ]
        return {
            "stage_application": stage,
            **{f"attendance_{kind}": lambda kind=kind: row._send_mail(kind) for kind in kinds},
        }

    def _new_row(self, file=None):
        return self.env["coworking.attendance"].create(
            {"event_id": self.meeting.id, "participant_id": (file or self.file).id}
        )

    def test_every_template_obeys(self):
        senders = self._get_senders()
        templates = self.env["ir.model.data"].search(
            [("module", "=", "coworking_incubation"), ("model", "=", "mail.template")]
        )
        self.assertEqual(
            {name.removeprefix("mail_template_") for name in templates.mapped("name")},
            set(senders) | NOT_OF_PEOPLE,
            "A new mail: say here what sends it, and see that it obeys.",
        )
        for name, send in senders.items():
            with self.subTest(template=name):
                before = self._mails_ids()
                send()
                sent = self._mails_ids() - before
                if name.removeprefix("attendance_") in ANSWERS:
                    self.assertTrue(sent, "an answer to what they asked for is no contact")
                else:
                    self.assertFalse(sent)

    def _mails_ids(self):
        mails = self.env["mail.mail"].search(
            Domain("recipient_ids", "in", self.partner.ids)
            | Domain("email_to", "ilike", "camille.p@example.org")
        )
        live = mails.filtered(lambda mail: mail.state != "cancel")
        notified = (
            self.env["mail.notification"]
            .search(
                [("res_partner_id", "in", self.partner.ids), ("notification_type", "=", "email")]
            )
            .filtered(lambda row: row.notification_status != "canceled")
        )
        return {("mail", i) for i in live.ids} | {("note", i) for i in notified.ids}

    def test_who_did_not_object_is_written_to(self):
        """The same paths do send: what is tested above is not silence by itself."""
        self.file.is_opposed = False
        for name, send in self._get_senders().items():
            with self.subTest(template=name):
                before = self._mails_ids()
                send()
                self.assertTrue(self._mails_ids() - before)

    # === WHAT IS OWED, AND WHAT OTHERS GET === #

    def test_an_invoice_goes(self):
        self._new_seat("1/6", "30/6", self.file)
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "coworking_statement_id": self._generate(JUNE).id,
                "invoice_date": "2015-07-01",
            }
        )
        invoice.message_post(
            body="Invoice", partner_ids=self.partner.ids, subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(self._mails_ids())

    def test_the_signed_agreement_goes(self):
        seat = self._new_seat("1/6", "31/12", self.file)
        hosting = self.env["coworking.hosting"].create({"seat_id": seat.id})
        hosting.action_send()
        self.assertFalse(self._mails_ids())
        hosting._seal_document(b"%PDF-1.4 signed", "pdf")
        self.assertTrue(self._mails_ids())

    def test_an_answer_to_what_they_wrote_goes(self):
        self.file.message_post(
            body="When?",
            author_id=self.partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.file._message_log(body="Read")
        self.file.message_post(
            body="At ten", partner_ids=self.partner.ids, subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(self._mails_ids())
        self.assertNotIn("Not sent", "".join(self.file.message_ids.mapped("body")))

    def test_a_manager_gets_what_is_about_the_space_all_the_same(self):
        """Also one who is in a program, and one who left a newsletter."""
        reader = self.env["res.partner"].create({"name": "Mona", "email": "mona@example.org"})
        self.env["mail.blacklist"]._add("mona@example.org")
        self.space.manager_ids = self.partner | reader
        self._new_seat("1/6", "30/6", self.file)
        statement = self._generate(JUNE)
        before = self.env["mail.mail"].search([])
        requests = self.env["coworking.portal.request"]
        requests._tell_paid(statement)
        for manager in self.space.manager_ids:
            requests._ask_space(manager, [(statement, statement.create_date)])
        self.assertEqual(len(self.env["mail.mail"].search([]) - before), 4)
        told = self.space.activity_ids.mapped("summary")
        self.assertFalse([summary for summary in told if "no e-mail" in summary])
        before = self._mails_ids()
        statement.message_post_with_source(
            "coworking_incubation.mail_template_match_question",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner.ids,
        )
        self.assertTrue(self._mails_ids() - before)

    def test_an_adviser_hears_of_those_whom_they_registered(self):
        row = self._new_row()
        row.write({"adviser_email": "Camille.P@example.org"})
        row._write_to_adviser("called_off")
        self.assertTrue(self._mails_ids())

    # === LINKS, AND WHAT STAFF ARE TOLD === #

    def test_no_link_is_sent_but_the_one_they_ask_for(self):
        links = self.env["coworking.portal.link"]
        for channel in ("mail", "reminder"):
            self.assertFalse(links._send_link(self.file, "participant", self.partner, channel))
        self.assertFalse(self._mails_ids())
        self.assertIn("does not want to be written to", self.file.message_ids[0].body)
        self.assertTrue(links._send_link(self.file, "participant", self.partner, "renewal"))

    def test_the_dialog_of_the_link_says_what_to_do(self):
        share = (
            self.env["coworking.portal.share"]
            .with_user(self.accompanist)
            .create({"participant_id": self.file.id, "partner_id": self.partner.id})
        )
        with self.assertRefused("Camille Petit", "hand it over"):
            share.action_send()

    def test_an_agreement_to_sign_is_handed_over(self):
        seat = self._new_seat("1/6", "31/12", self.file)
        hosting = self.env["coworking.hosting"].create({"seat_id": seat.id})
        hosting.action_send()
        self.assertFalse(self._mails_ids())
        asked = hosting.activity_ids.filtered(lambda row: "hand the agreement over" in row.summary)
        self.assertEqual(len(asked), 1)
        self.assertIn("Camille Petit", asked.summary)
        with self.assertRefused("Camille Petit", "hand it over"):
            hosting.action_remind()

    def test_who_is_expected_is_to_be_told_by_phone(self):
        row = self._new_row()
        row._notify_people("changed")
        self.assertTrue(row.to_tell)

    def test_a_request_to_sign_an_attendance_names_them(self):
        row = self._new_row()
        action = (row | self._new_row(self._new_participant("Nour"))).action_mail_sign_link()
        told = action["params"]["message"].splitlines()
        self.assertIn("No e-mail for Nour", told[0])
        self.assertIn("Camille Petit does not want to be written to", told[1])
        self.assertFalse(self._mails_ids())

    def test_what_is_said_in_a_discussion_is_not_mailed_and_says_so(self):
        self.file.message_post(
            body="Bonjour", partner_ids=self.partner.ids, subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(self._mails_ids())
        self.assertIn("Not sent by e-mail", "".join(self.file.message_ids.mapped("body")))

    def test_in_another_part_one_gets_what_is_about_others(self):
        """Whose file it is, is not written to; a manager or an adviser who once was, is."""
        other = self._new_participant("Nour", email="nour@example.org")
        seat = self._new_seat("1/6", "30/6", other)
        meeting = self._new_event("collective", name="M")
        self.env["coworking.attendance"].create(
            {"event_id": meeting.id, "participant_id": other.id}
        )
        for record in (other, seat, meeting):
            before = self._mails_ids()
            record.message_post(
                body="About Nour", partner_ids=self.partner.ids, subtype_xmlid="mail.mt_comment"
            )
            with self.subTest(model=record._name):
                self.assertTrue(self._mails_ids() - before)
                self.assertNotIn("Not sent", "".join(record.message_ids.mapped("body")))
        self._new_row(self.file).event_id = meeting
        mine = self._new_seat("1/7", "31/7", self.file)
        for record in (mine, meeting):
            before = self._mails_ids()
            record.message_post(
                body="About you", partner_ids=self.partner.ids, subtype_xmlid="mail.mt_comment"
            )
            with self.subTest(model=record._name):
                self.assertFalse(self._mails_ids() - before)

    def test_it_is_lifted_on_the_contact_too(self):
        """Also once no file is left; no other contact shows it."""
        self.accompanist.group_ids += self.env.ref("base.group_partner_manager")
        left = self.env["res.partner"].create({"name": "Left", "coworking_no_mail": True})
        for partner in (self.partner, left):
            with Form(partner.with_user(self.accompanist)) as form:
                form.coworking_no_mail = False
            self.assertFalse(partner.coworking_no_mail)
        other = self.env["res.partner"].create({"name": "Other"})
        with (
            self.assertRaises(AssertionError),
            Form(other.with_user(self.accompanist)) as form,
        ):
            form.coworking_no_mail = True

    def test_guests_of_an_event_of_ours_are_not_written_to_by_odoo(self):
        for kind, sent in ((False, True), ("appointment", False)):
            event = self._new_event(kind, name="M", partner_ids=[(6, 0, self.partner.ids)])
            before = self._mails_ids()
            event.message_notify(body="Invited", partner_ids=self.partner.ids, subject="I")
            with self.subTest(kind=kind):
                self.assertEqual(bool(self._mails_ids() - before), sent)

    def test_a_contact_of_others_is_written_to_by_odoo_all_the_same(self):
        partner = self.env["res.partner"].create({"name": "Other", "email": "o@example.org"})
        self.env["mail.blacklist"]._add("o@example.org")
        partner.message_post(body="Hello", partner_ids=partner.ids, subtype_xmlid="mail.mt_comment")
        self.assertTrue(self.env["mail.notification"].search([("res_partner_id", "=", partner.id)]))

    def test_what_is_said_about_people_asks_whatever_model_it_is_of(self):
        found = set()
        for name, model in self.env.registry.items():
            ours = name.startswith("coworking.") and "message_ids" in model._fields
            if model._abstract or not ours and not hasattr(model, "_coworking_is_about_people"):
                continue
            found.add(name)
            makers = [cls for cls in model.mro() if "_notify_get_recipients" in vars(cls)]
            self.assertRegex(makers[0].__module__, r"\.coworking_incubation", name)
        self.assertGreater(found, {"coworking.participant", "res.partner", "calendar.event"})

    def test_the_stage_says_it_writes_to_nobody(self):
        template = self.env.ref("coworking_incubation.mail_template_stage_application")
        self.file.next_stage_id.mail_template_id = template
        self.file.invalidate_recordset()
        self.assertFalse(self.file.next_stage_mail)
        self.assertFalse(self.file._filter_written_to(self.file.next_stage_id))


class TestOppositionStays(EndOfDataCase):
    def test_a_contact_that_stays_when_a_file_ends_is_not_written_to_either(self):
        file = self._gone(email="camille@example.org")
        partner = file.partner_id
        self.space.manager_ids |= partner
        file.is_opposed = True
        self._purge(file)
        self.assertTrue(file.purged_on)
        self.assertNotEqual(file.partner_id, partner)
        self.assertTrue(partner.coworking_no_mail)
