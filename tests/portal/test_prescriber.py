"""Who refers people hears of those who agreed: the step and its dates, and of nobody else."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time

from ..common import CoworkingCase, d
from .prescribers import NOW, PrescriberCase


@freeze_time(NOW, tick=True)
class TestAgreement(PrescriberCase):
    def test_the_tick_is_dated_and_taken_back_by_staff(self):
        file = self.silent.with_user(self.accompanist)
        with Form(file) as form:
            form.prescriber_agreed = True
        self.assertEqual(file.prescriber_agreed_on, d("15/6"))
        self.assertIn("Nour Amrani", self._followed())
        with Form(file) as form:
            form.prescriber_agreed = False
        self.assertFalse(file.prescriber_agreed_on)
        self.assertNotIn("Nour Amrani", self._followed())

    def test_who_gave_it_and_took_it_back_is_in_the_audit_trail(self):
        file = self.silent.with_user(self.accompanist)
        file.prescriber_agreed = True
        self.env.flush_all()
        file.with_user(self.coordinator).prescriber_agreed = False
        self.env.flush_all()
        lines = self.env["coworking.audit"].search(
            [("res_model", "=", file._name), ("res_id", "=", file.id)], order="id"
        )
        self.assertEqual(
            [(line.action, line.user_id) for line in lines],
            [("agreed", self.accompanist), ("revoked", self.coordinator)],
        )

    def test_a_file_that_is_made_with_the_tick_is_in_the_audit_trail_too(self):
        self.env.flush_all()
        line = self.env["coworking.audit"].search(
            [("res_model", "=", "coworking.participant"), ("res_id", "=", self.agreed.id)]
        )
        self.assertEqual(line.action, "agreed")
        self.assertEqual(self.agreed.prescriber_agreed_on, d("15/6"))

    def test_another_organisation_is_to_be_asked_for_anew(self):
        self.agreed.prescriber_id = self.mission
        self.assertFalse(self.agreed.prescriber_agreed)
        self.assertFalse(self.agreed.prescriber_agreed_on)
        self.agreed.write({"prescriber_id": self.agency.id, "prescriber_agreed": True})
        self.assertTrue(self.agreed.prescriber_agreed, "said along with the organisation")
        self.agreed.prescriber_id = self.agency
        self.assertTrue(self.agreed.prescriber_agreed, "the same organisation")

    def test_the_form_unticks_it_and_empties_the_adviser_of_the_other_organisation(self):
        with Form(self.agreed.with_user(self.accompanist)) as form:
            form.prescriber_id = self.mission
            self.assertFalse(form.prescriber_agreed)
            self.assertFalse(form.prescriber_contact_id)

    def test_another_adviser_of_the_organisation_takes_over(self):
        self.agreed.prescriber_contact_id = self.colleague
        self.assertTrue(self.agreed.prescriber_agreed)
        self.assertEqual(self._followed(), [])
        self.assertEqual(self._followed(self.colleague), ["Camille Petit"])

    def test_staff_read_on_the_file_what_the_adviser_reads(self):
        file = self.agreed.with_user(self.accompanist)
        french = file.with_context(lang="fr_FR")
        self.assertEqual(french.prescriber_view, "Candidature reçue\xa0: 1er juin 2015")
        self.assertIn("did not agree", self.silent.prescriber_view)
        self.adviser.parent_id = self.mission
        self.assertIn("Laure is not of Agence Nord any more", file.prescriber_view)
        file.prescriber_contact_id = False
        self.assertFalse(file.prescriber_view)

    def test_the_person_gives_it_and_takes_it_back_on_their_page(self):
        pages = self.env["coworking.portal.person"].sudo().with_context(lang="fr_FR")
        person = self.silent.partner_id
        self.assertFalse(pages._prepare_rights(person)["adviser"]["agreed"])
        pages._set_followed(person, True)
        self.assertEqual(self._followed(), ["Nour Amrani", "Camille Petit"])
        self.assertEqual(self.silent.message_ids[0].author_id, person)
        self.assertIn("15 juin 2015", pages._prepare_rights(person)["adviser"]["words"][0])
        pages._set_followed(person, False)
        self.assertNotIn("Nour Amrani", self._followed())
        self.assertIn("A retiré son accord", self.silent.message_ids[0].body)

    def test_what_the_person_takes_back_is_taken_back_of_their_closed_files_too(self):
        program = self._new_program("Next", "NXT")
        later = self._refer(
            "Camille Petit",
            partner_id=self.agreed.partner_id.id,
            program_id=program.id,
            prescriber_agreed=True,
        )
        self._close(self.agreed)
        self.assertEqual(len(self._followed()), 2)
        archived = self._refer("Camille Petit", partner_id=later.partner_id.id)
        archived.write({"prescriber_agreed": True, "active": False})
        self.env["coworking.portal.person"].sudo()._set_followed(later.partner_id, False)
        self.assertEqual(self._followed(), [])
        self.assertFalse(archived.prescriber_agreed)

    def test_the_person_reads_of_each_file_who_reads_it(self):
        program = self._new_program("Next", "NXT")
        person = self.agreed.partner_id
        self._refer("Camille Petit", self.stranger, partner_id=person.id, program_id=program.id)
        self._close(self.agreed)
        pages = self.env["coworking.portal.person"].sudo()
        rights = pages._prepare_rights(person)["adviser"]
        self.assertTrue(rights["agreed"] and rights["may_agree"])
        first, second = rights["words"]
        self.assertIn("Agence Nord", first)
        self.assertIn("Today it is Laure", first)
        self.assertIn("Next: Sandra, of Mission Sud", second)

    def test_the_person_reads_that_they_agreed_towards_the_organisation(self):
        self.agreed.prescriber_contact_id = self.colleague
        pages = self.env["coworking.portal.person"].sudo().with_context(lang="fr_FR")
        (words,) = pages._prepare_rights(self.agreed.partner_id)["adviser"]["words"]
        self.assertIn("que votre conseiller (Agence Nord) lise", words)
        self.assertIn("Aujourd'hui\xa0: Colas.", words)
        self.colleague.active = False
        (words,) = pages._prepare_rights(self.agreed.partner_id)["adviser"]["words"]
        self.assertIn("personne n'y est nommé", words)

    def test_a_file_names_an_adviser_of_its_organisation(self):
        with self.assertRefused(
            "Sandra, named as the adviser of Camille Petit, is not of Agence Nord"
        ):
            self.agreed.prescriber_contact_id = self.stranger
        with self.assertRefused("Agence Nord"):
            self.agreed.prescriber_contact_id = self.agency
        self.agreed.prescriber_id = self.mission
        self.assertFalse(self.agreed.prescriber_contact_id, "who was of the other organisation")
        self.agreed.write(
            {"prescriber_id": self.agency.id, "prescriber_contact_id": self.colleague.id}
        )
        self.assertEqual(self.agreed.prescriber_contact_id, self.colleague)

    def _close(self, file):
        file.write(
            {
                "stage_id": self.env.ref("coworking_incubation.coworking_stage_closed").id,
                "move_reason": "Moved away",
            }
        )

    def test_without_an_adviser_there_is_nobody_to_agree_with(self):
        self.silent.prescriber_contact_id = False
        pages = self.env["coworking.portal.person"].sudo()
        self.assertIsNone(pages._prepare_rights(self.silent.partner_id)["adviser"])
        with self.assertRefused("do not know who referred you"):
            pages._set_followed(self.silent.partner_id, True)
        pages._set_followed(self.silent.partner_id, False)


@freeze_time(NOW, tick=True)
class TestWhatIsShown(PrescriberCase):
    def _steps(self, file=None):
        file = (file or self.agreed).with_context(lang="fr_FR")
        return [(step["words"], step["day"]) for step in file._get_prescriber_steps()]

    def test_twelve_people_take_as_many_queries_as_two(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._followed()
            return self.cr.sql_log_count - before

        def refer(name):
            self._refer(name, prescriber_agreed=True, selection_result="admitted")

        refer("Zoé")
        count()
        two = count()
        for number in range(10):
            refer(f"Somebody {number}")
        self.assertEqual(count(), two)
        self.assertEqual(len(self._followed()), 12)

    def test_each_adviser_has_their_own_people(self):
        self._refer("Zoé", self.colleague, prescriber_agreed=True)
        self._refer("Yann", self.stranger, prescriber_agreed=True)
        self.assertEqual(self._followed(), ["Camille Petit"])
        self.assertEqual(self._followed(self.colleague), ["Zoé"])
        self.assertEqual(self._followed(self.stranger), ["Yann"])

    def test_an_adviser_who_changes_organisation_follows_nobody_of_the_former_one(self):
        self._refer("Yann", self.stranger, prescriber_agreed=True)
        self.adviser.parent_id = self.mission
        self.assertEqual(self._followed(), [])
        self.adviser.parent_id = self.agency
        self.assertEqual(self._followed(), ["Camille Petit"])

    def test_the_people_of_another_of_our_organisations_are_on_its_own_page(self):
        other = self._new_company("Other Incubator")
        self.assertEqual(self._followed(company=other), [])

    def test_an_archived_file_is_gone(self):
        self.agreed.active = False
        self.assertEqual(self._followed(), [])
        self.assertEqual(self.agreed.prescriber_view, "Nothing: the file is archived.")
        self.agreed.active = True
        self.assertEqual(self._followed(), ["Camille Petit"])

    def test_a_closed_file_is_read_for_sixty_days(self):
        self.agreed.write(
            {
                "stage_id": self.env.ref("coworking_incubation.coworking_stage_closed").id,
                "move_reason": "Moved away",
            }
        )
        self.agreed.date_last_stage_update = "2015-04-17 12:00:00"
        self.assertEqual(self._followed(), ["Camille Petit"])
        self.agreed.date_last_stage_update = "2015-04-15 12:00:00"
        self.assertEqual(self._followed(), [])
        self.assertIn("closed for long", self.agreed.prescriber_view)

    def test_the_steps_in_their_order_with_their_dates(self):
        self.agreed.write({"selection_result": "admitted"})
        self.agreed.sudo().write(
            {
                "stage_id": self.env.ref("coworking_incubation.coworking_stage_incubation").id,
                "date_entry": "2015-06-10",
                "move_reason": "Reprise",
            }
        )
        self.env["coworking.review"].create(
            {
                "participant_id": self.agreed.id,
                "kind": "interim",
                "date": "2015-06-14",
                "user_id": self.accompanist.id,
                "summary": "CanarySummary",
                "line_ids": False,
            }
        ).state = "planned"
        self.assertEqual(
            self._steps(),
            [
                ("Candidature reçue", "1er juin 2015"),
                ("Décision\xa0: admission", "15 juin 2015"),
                ("Début de l'incubation", "10 juin 2015"),
            ],
        )
        review = self.agreed.review_ids
        for line in review.line_ids:
            line.rating = "3"
        review.state = "done"
        self.assertEqual(self._steps()[-1], ("Bilan de mi-parcours fait", "14 juin 2015"))

    def test_the_day_of_the_decision_follows_it_unless_it_is_typed(self):
        self.agreed.selection_result = "waiting"
        self.agreed.date_decision = "2015-06-03"
        self.agreed.selection_result = "waiting"
        self.assertEqual(self.agreed.date_decision, d("3/6"))
        self.agreed.selection_result = "admitted"
        self.assertEqual(self.agreed.date_decision, d("15/6"))
        self.agreed.write({"selection_result": "waiting", "date_decision": "2015-06-12"})
        self.assertEqual(self.agreed.date_decision, d("12/6"))
        self.agreed.selection_result = False
        self.assertFalse(self.agreed.date_decision)

    def test_of_a_file_taken_over_nobody_knows_when_it_was_decided(self):
        file = self._refer("Ana", selection_result="admitted", move_reason="Reprise")
        self.assertFalse(file.date_decision)
        self.assertIn(("Décision\xa0: admission", False), self._steps(file))
        self.assertEqual(self._refer("Ben", selection_result="admitted").date_decision, d("15/6"))

    def test_a_decision_that_is_made_on_the_screen_is_of_today(self):
        with Form(self.agreed.with_user(self.accompanist)) as form:
            form.selection_result = "waiting"
        self.assertEqual(self.agreed.date_decision, d("15/6"))
        self.agreed.date_decision = False
        with Form(self.agreed.with_user(self.accompanist)) as form:
            form.selection_result = "admitted"
            form.date_decision = False
        self.assertEqual(self.agreed.date_decision, d("15/6"))
        file = self._refer("Ben", selection_result="admitted", date_decision=False)
        self.assertEqual(file.date_decision, d("15/6"))

    def test_of_a_refusal_that_was_corrected_the_reason_is_not_told(self):
        self._refuse(self.agreed, is_told=True)
        refused = self.agreed._get_prescriber_steps()[-1]["key"]
        self.agreed.selection_result = "waiting"
        step = self.agreed._get_prescriber_steps()[-1]
        self.assertTrue(refused.split("=")[0].endswith(str(self.agreed.refusal_reason_id.id)))
        self.assertEqual(step["key"], "decision.waiting.=2015-06-15")

    def _is_new(self):
        (row,) = self.env["coworking.portal.prescriber"]._prepare_followed(
            self.adviser, self.company
        )
        return row["is_new"]

    def test_for_who_gets_no_mails_news_are_new_for_a_week(self):
        self.adviser.coworking_no_mail = True
        self.assertTrue(self._is_new(), "agreed today")
        with freeze_time("2015-06-23 09:00:00"):
            self.assertFalse(self._is_new())
            self.agreed.selection_result = "waiting"
            self.assertTrue(self._is_new())
        with freeze_time("2015-07-01 09:00:00"):
            self.assertFalse(self._is_new())
            self.adviser.coworking_no_mail = False
            self.assertTrue(self._is_new(), "waits for the mail of the week")

    def test_a_reason_is_told_where_it_may_be(self):
        self._refuse(self.agreed)
        self.assertIn(("Décision\xa0: refus", "15 juin 2015"), self._steps())
        self.agreed.refusal_reason_id.is_told = True
        self.assertIn(("Décision\xa0: refus (Motif Canari)", "15 juin 2015"), self._steps())

    def test_of_the_reasons_that_come_with_the_addon_those_of_conduct_are_not_told(self):
        told = {
            name: self.env.ref(f"coworking_incubation.coworking_refusal_reason_{name}").is_told
            for name in ("criteria", "project", "place", "elsewhere", "withdrew", "no_show")
        }
        self.assertEqual({name for name in told if not told[name]}, {"withdrew", "no_show"})

    def test_registrations_of_the_adviser_until_there_is_a_file(self):
        page = self.env["coworking.portal.prescriber"]
        event = self.env["calendar.event"].create(
            {
                "name": "Information meeting",
                "start": "2015-06-20 08:00:00",
                "stop": "2015-06-20 09:00:00",
                "coworking_kind": "info_session",
                "coworking_program_id": self.program.id,
            }
        )
        rows = self.env["coworking.attendance"].create(
            [
                {
                    "event_id": event.id,
                    "name": name,
                    "state": "waiting",
                    "registered_by": "prescriber",
                    "prescriber_name": organisation,
                    "adviser_email": email,
                }
                for name, email, organisation in (
                    ("Zoé", "Laure@example.com", "AGENCE NORD"),
                    ("Other", "lauren@example.com", "Agence Nord"),
                    ("Wild", "l_ure@example.com", "Agence Nord"),
                    ("Elsewhere", "laure@example.com", "Mission Sud"),
                    ("Nowhere", "laure@example.com", False),
                )
            ]
        )
        found = page._prepare_registrations(self.adviser, self.company)
        self.assertEqual(
            [(row["name"], row["state"]) for row in found], [("Zoé", "To be confirmed")]
        )
        self.adviser.email = "l_ure@example.com"
        found = page._prepare_registrations(self.adviser, self.company)
        self.assertEqual([row["name"] for row in found], ["Wild"])
        self.adviser.email = "laure@example.com"
        self.assertFalse(page._prepare_registrations(self.adviser, self._new_company("Other")))
        rows[0].state = "expected"
        rows[0].with_user(self.accompanist).action_create_participant()
        file = rows[0].participant_id
        self.assertEqual(
            (file.prescriber_id, file.prescriber_contact_id), (self.agency, self.adviser)
        )
        self.assertFalse(file.prescriber_agreed, "an adviser does not agree for the person")
        self.assertEqual(page._prepare_registrations(self.adviser, self.company), [])

    def test_the_adviser_of_a_registration_is_of_the_organisation_it_names(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Information meeting",
                "start": "2015-06-20 08:00:00",
                "stop": "2015-06-20 09:00:00",
                "coworking_kind": "info_session",
                "coworking_program_id": self.program.id,
            }
        )
        self._refer("Yann", self.stranger)
        row = self.env["coworking.attendance"].create(
            {
                "event_id": event.id,
                "name": "Zoé",
                "prescriber_name": "mission sud",
                "adviser_email": "laure@example.com",
            }
        )
        self.assertFalse(row._find_adviser())
        row.prescriber_name = "AGENCE NORD"
        self.assertEqual(row._find_adviser(), self.adviser)
        row.prescriber_name = False
        self.assertFalse(row._find_adviser(), "an address alone names nobody")
        row.adviser_id = self.adviser
        self.assertEqual(row._find_adviser(), self.adviser)
        row.prescriber_name = "Mission Sud"
        self.assertFalse(row._find_adviser())
        row.write({"prescriber_name": "Agence Nord", "adviser_id": False})
        self.colleague.email = self.adviser.email
        self.assertFalse(row._find_adviser(), "two of them: nobody is sure")


@freeze_time(NOW, tick=True)
class TestDigest(PrescriberCase):
    def test_one_mail_that_names_nobody(self):
        self._refer("Zoé", prescriber_agreed=True, selection_result="admitted")
        self._tell()
        mail = self._digests()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.subject, "Nouvelles des personnes que vous avez orientées")
        self.assertIn("Candidatures reçues\xa0: 2", mail.body_html)
        self.assertIn("Décisions\xa0: 1", mail.body_html)
        self.assertIn("/my/coworking/l/", mail.body_html)
        for word in ("Camille", "Petit", "Zoé", "Nour"):
            self.assertNotIn(word, mail.body_html)
        self.assertTrue(mail.auto_delete)
        self.assertEqual(self.agreed.prescriber_told_on, d("15/6"))
        self.assertFalse(self.silent.prescriber_told_on)

    def test_nothing_without_news(self):
        self._tell()
        self._date_links(days=8)
        self._tell()
        self.assertEqual(len(self._digests()), 1)

    def test_once_a_week_however_much_happens(self):
        self._tell()
        self.agreed.selection_result = "waiting"
        self._date_links(days=6)
        self._tell()
        self.assertEqual(len(self._digests()), 1)
        self._date_links(days=8)
        self._tell()
        self.assertEqual(len(self._digests()), 2)
        self.assertIn("Décisions\xa0: 1", self._digests()[-1].body_html)
        self.assertNotIn("Candidatures", self._digests()[-1].body_html)

    def test_a_week_is_seven_days_whatever_the_hour(self):
        self._tell()
        self.agreed.selection_result = "waiting"
        self._date_links(days=6.999)
        self._tell()
        self.assertEqual(len(self._digests()), 2)

    def test_an_adviser_who_cannot_be_told_keeps_no_other_from_it(self):
        self._refer("Yann", self.stranger, prescriber_agreed=True)
        links = type(self.Link)
        send = links._send_link

        def fail(link, record, *args, **kwargs):
            if record == self.adviser:
                raise UserError("No link")
            return send(link, record, *args, **kwargs)

        with (
            patch.object(links, "_send_link", fail),
            self.assertLogs(
                "odoo.addons.coworking_incubation.models.portal.coworking_contact", "ERROR"
            ),
        ):
            self._tell()
        self.assertFalse(self.agreed.prescriber_told_on)
        self.assertEqual(len(self._digests(self.stranger)), 1)
        self._tell()
        self.assertEqual(len(self._digests()), 1)

    def test_an_adviser_of_a_company_whose_branch_refers_people_is_told(self):
        branch = self.env["res.partner"].create(
            {"name": "Annexe", "parent_id": self.mission.id, "is_company": False}
        )
        self.agreed.write({"prescriber_id": branch.id, "prescriber_contact_id": self.stranger.id})
        self.agreed.prescriber_agreed = True
        self._tell()
        self.assertEqual(len(self._digests(self.stranger)), 1)

    def test_what_was_told_and_is_no_longer_true_is_news(self):
        self.agreed.selection_result = "admitted"
        self._tell()
        self.agreed.selection_result = False
        self._date_links(days=8)
        self._tell()
        self.assertIn("Corrigé depuis notre message\xa0: 1", self._digests()[-1].body_html)
        self._date_links(days=8)
        self._tell()
        self.assertEqual(len(self._digests()), 2)

    def test_who_takes_over_is_told_from_the_beginning(self):
        self._tell()
        self.agreed.prescriber_contact_id = self.colleague
        self._tell()
        self.assertEqual(len(self._digests(self.colleague)), 1)
        self.assertEqual(len(self._digests()), 1)

    def test_what_is_taken_back_before_is_not_told(self):
        self.agreed.prescriber_agreed = False
        self._tell()
        self.assertFalse(self._digests())

    def _waiting(self):
        """What the adviser would be told today; others may be, of the demonstration."""
        digests = self.env["coworking.contact"]._get_digests()
        return [row for row in digests if row[0] == self.adviser]

    def test_nobody_is_written_to_who_is_gone_opposed_or_without_an_address(self):
        for values in (
            {"active": False},
            {"coworking_no_mail": True},
            {"email": False},
            {"parent_id": self.mission.id},
        ):
            with self.subTest(values):
                before = {name: self.adviser[name] for name in values}
                self.adviser.write(values)
                self.assertFalse(self._waiting())
                self.adviser.write(
                    {
                        name: value.id if name == "parent_id" else value
                        for name, value in before.items()
                    }
                )
        self.assertTrue(self._waiting())

    def test_news_wait_for_who_cannot_be_written_to(self):
        self.adviser.coworking_no_mail = True
        self._tell()
        self.assertFalse(self.agreed.prescriber_told_on)
        self.adviser.coworking_no_mail = False
        self._tell()
        self.assertEqual(len(self._digests()), 1)

    def test_a_link_that_staff_sent_is_the_mail_of_the_week(self):
        self.env["coworking.portal.link"]._send_link(self.adviser, "prescriber", self.adviser)
        self._tell()
        self.assertFalse(self.agreed.prescriber_told_on)

    def test_of_two_organisations_of_ours_one_a_week_writes_each_of_its_own(self):
        other = self._new_company("Other Incubator")
        env = self.env(context={**self.env.context, "allowed_company_ids": other.ids})
        program = env["coworking.program"].create(
            {
                "name": "Elsewhere",
                "code": "ELS",
                "company_id": other.id,
                "date_start": "2015-01-01",
                "date_end": "2015-12-31",
            }
        )
        file = self._refer("Ana", program_id=program.id, prescriber_agreed=True)
        self.assertEqual(file.company_id, other)
        self._tell()
        self.assertEqual(len(self._digests()), 1)
        self._date_links(days=8)
        self._tell()
        self.assertEqual(len(self._digests()), 2)
        links = self.Link.search([("partner_id", "=", self.adviser.id)], order="id")
        self.assertEqual(set(links.company_id), {self.company, other})
        self.assertEqual(self._followed(company=other), ["Ana"])
        self.assertEqual(self._followed(), ["Camille Petit"])

    def test_a_link_that_is_asked_for_anew_is_of_the_same_organisation(self):
        other = self._new_company("Other Incubator")
        __, token = self.Link._make_link(
            self.adviser.with_company(other), "prescriber", self.adviser, "mail"
        )
        link = self.Link._find_link(token)
        self.assertEqual(link.company_id, other)
        link.date_expiry = fields.Datetime.now()
        self.assertFalse(link._is_usable())
        link._renew_links()
        newest = self.Link.search([("partner_id", "=", self.adviser.id)], limit=1)
        self.assertEqual((newest.company_id, newest.channel), (other, "renewal"))
        self.assertTrue(newest._is_usable())


@freeze_time(NOW, tick=True)
class TestLinkOfAnAdviser(PrescriberCase):
    def _share(self, user):
        action = self.agreed.with_user(user).action_send_adviser_page()
        share = self.env[action["res_model"]].with_user(user)
        return share.with_context(**action["context"]).create({})

    def test_a_coordinator_sends_it_copies_it_prints_it_and_ends_it(self):
        share = self._share(self.coordinator)
        self.assertEqual((share.partner_id, share.email), (self.adviser, "laure@example.com"))
        share.action_send()
        self.assertEqual(len(self._digests()), 1)
        self.assertIn("Link sent to Laure", self.adviser.message_ids[0].body)
        self.assertIn("/my/coworking/l/", share.action_copy()["context"]["default_url"])
        paper = share._print_paper()
        self.assertEqual(paper["company"], self.company)
        links = self.Link.search([("partner_id", "=", self.adviser.id)])
        self.assertEqual(set(links.mapped("channel")), {"mail", "copy", "paper"})
        self.assertTrue(all(link._is_usable() for link in links))
        share.action_revoke()
        self.assertFalse(any(link._is_usable() for link in links))

    def test_an_accompanist_does_not_hand_over_what_colleagues_people_agreed_to(self):
        with self.assertRaises(AccessError):
            self._share(self.accompanist).action_copy()

    def test_without_an_adviser_of_the_organisation_there_is_nobody_to_give_it_to(self):
        self.adviser.parent_id = self.mission
        with self.assertRaisesRegex(UserError, "Camille Petit, of Agence Nord"):
            self._share(self.coordinator)

    def test_an_archived_adviser_loses_the_link_for_good(self):
        token = self._token(self.adviser, "prescriber", self.adviser)
        link = self.Link._find_link(token)
        self.assertTrue(link._is_usable())
        self.adviser.active = False
        self.assertFalse(link._is_usable())
        self.adviser.active = True
        self.assertFalse(link._is_usable())

    def test_who_is_of_no_organisation_that_refers_people_has_no_page(self):
        with self.assertRefused("Sandra"):
            self.Link._make_url(self.stranger, "prescriber", self.stranger)
        link = self.Link._find_link(self._token(self.adviser, "prescriber", self.adviser))
        self.adviser.parent_id = self.mission
        self.assertFalse(link._is_usable())


class TestCounts(CoworkingCase):
    def test_an_adviser_has_their_people_behind_a_button_as_the_organisation_has(self):
        agency = self.env["res.partner"].create({"name": "Agence Nord", "is_company": True})
        adviser = self.env["res.partner"].create({"name": "Laure", "parent_id": agency.id})
        file = self._new_participant(prescriber_id=agency.id, prescriber_contact_id=adviser.id)
        self._new_participant("Nour", prescriber_id=agency.id)
        for partner, count in ((agency, 2), (adviser, 1)):
            partner = partner.with_user(self.coordinator)
            self.assertEqual(partner.coworking_prescribed_count, count)
            domain = partner.action_open_coworking_prescribed()["domain"]
            self.assertEqual(len(file.search(domain)), count)
