"""Hosting agreements: the text, the signatures in their order, the seal that nothing breaks."""

import base64
import hashlib
import re
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time
from odoo.tools import email_normalize, format_date, mute_logger

from ..common import CoworkingCase, d, picture

HEAD = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0\0\1\x2c\0\0\0\x64"
PNG = base64.b64encode(picture("PNG", (300, 100), "RGBA")).decode()
SCAN = base64.b64encode(b"%PDF-1.4 signed by hand").decode()
PAPER = {"scan": SCAN, "scan_filename": "scan.pdf", "paper_date": "2015-06-15"}
DOCUMENT = b"%PDF-1.4 the document"


@freeze_time("2015-06-15 09:00:00")
class HostingCase(CoworkingCase):
    """Camille has a seat at the Atelier from 15 June to 14 December; mails are looked at."""

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.company.partner_id.lang = "en_US"
        cls.person = cls._new_participant("Camille", email="camille@example.com")
        cls.seat = cls._new_seat("15/6", "14/12", cls.person)
        cls.manager.partner_id.email = "manager@example.com"
        cls.coordinator.partner_id.email = "coordinator@example.com"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what a PDF engine makes is looked at elsewhere
        report = type(cls.env["ir.actions.report"])
        cls.startClassPatcher(
            patch.object(report, "_render_qweb_pdf", lambda *args, **kw: (DOCUMENT, "pdf"))
        )

    def _prepare(self, seat=None, user=None):
        seat = (seat or self.seat).with_user(user or self.accompanist)
        action = seat.action_prepare_hosting()
        return self.env["coworking.hosting"].browse(action["res_id"]).with_user(seat.env.user)

    def _sent(self, seat=None):
        hosting = self._prepare(seat)
        hosting.action_send()
        return hosting

    def _sign(self, hosting, *roles):
        for role in roles:
            signatory = hosting.sudo().signatory_ids.filtered(
                lambda row, role=role: row.role == role
            )
            signatory._record_signature(
                signatory.partner_id.name, PNG, "192.0.2.7", hosting.sudo().text_hash
            )

    def _signed(self, seat=None):
        hosting = self._sent(seat)
        self._sign(hosting, "participant", "space", "program")
        return hosting

    def _links(self, hosting):
        return self.env["coworking.portal.link"].search(
            [
                ("res_model", "=", "coworking.hosting.signatory"),
                ("res_id", "in", hosting.sudo().signatory_ids.ids),
            ]
        )

    def _role(self, hosting, role):
        return hosting.sudo().signatory_ids.filtered(lambda row: row.role == role)


class TestText(HostingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")

    def test_it_is_filled_from_the_records(self):
        self.space.partner_id.write({"street": "3 rue du Test", "zip": "59000", "city": "Lille"})
        body = self._prepare().body
        for words in (
            "Camille",
            "Test Incubator",
            "Atelier Test, 3 rue du Test, 59000 Lille",
            "from June 15, 2015 to December 14, 2015",
            "Manager A",
            "180.00",
            self.seat.name,
        ):
            with self.subTest(words=words):
                self.assertIn(words, body)

    def test_what_a_manager_may_not_see_is_not_in_it(self):
        agency = self.env["res.partner"].create({"name": "CanaryAgency", "is_company": True})
        self.person.sudo().write(
            {"prescriber_id": agency.id, "situation_note": "CanaryNote", "disability": "yes"}
        )
        self.person.partner_id.street = "CanaryStreet"
        self.program.write({"funding_rate": 80})
        self.seat.funding_rate = 80
        body = self._prepare().body
        self.assertNotIn("Canary", body)
        self.assertNotIn("36.00", body, "what is left to the person is not the space's business")

    def test_the_part_of_the_person_is_said_where_the_space_collects_it(self):
        self.program.copayment_collector = "space"
        self.seat.funding_rate = 80
        self.assertIn("36.00", self._prepare().body)

    def test_a_name_is_text_whatever_it_holds(self):
        self.person.partner_id.name = "<script>alert(1)</script>{{ 7 * 7 }}"
        body = self._prepare().body
        self.assertNotIn("<script", body)
        self.assertIn("{{ 7 * 7 }}", body)

    def test_a_template_evaluates_nothing_for_anybody(self):
        template = self.env["coworking.hosting.template"]
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        for code in (
            '<p t-out="object.participant_id.disability"/>',
            "<p t-out=\"env['res.users'].search([])\"/>",
            '<p t-if="True">yes</p>',
            '<p t-foreach="[1]" t-as="x">yes</p>',
            '<p t-att-title="object.name"/>',
            '<p t-out="object.seat_id.unlink()"/>',
        ):
            for user in (self.coordinator, admin):
                with (
                    self.subTest(code=code, user=user.login),
                    self.assertRefused("object.space_name", error=ValidationError),
                ):
                    template.with_user(user).create({"name": "Bad", "body": code})

    def test_a_template_that_is_nested_too_deep_is_refused(self):
        template = self.env["coworking.hosting.template"].with_user(self.coordinator)
        with self.assertRaisesRegex(ValidationError, "hundreds deep"):
            template.create({"name": "Pasted", "body": "<div>" * 500})

    def test_a_translation_of_a_template_is_looked_at_too(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env["coworking.hosting.template"].create(
            {"name": "Short", "body": "<p>At <t t-out='object.space_name'/></p>"}
        )
        with self.assertRefused("Short", error=ValidationError):
            template.with_user(self.coordinator).with_context(
                lang="fr_FR"
            ).body = "<p t-out='env.user.login'/>"

    def test_the_programme_has_its_own_template(self):
        self.program.hosting_template_id = self.env["coworking.hosting.template"].create(
            {"name": "Short", "body": "<p>At <t t-out='object.space_name'/></p>"}
        )
        self.assertEqual(self._prepare().body, "<p>At Atelier Test</p>")

    def test_hours_are_said_as_people_say_them(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Hours",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": "x",
                            "dayofweek": str(day),
                            "day_period": "morning",
                            "hour_from": start,
                            "hour_to": stop,
                        }
                    )
                    for day, start, stop in (
                        (0, 9, 13),
                        (0, 13, 18.5),
                        (1, 9, 18.5),
                        (3, 10, 12),
                    )
                ],
            }
        )
        self.space.resource_calendar_id = calendar
        self.assertEqual(
            self._prepare().opening_hours,
            "Monday to Tuesday from 9:00 to 18:30, Thursday from 10:00 to 12:00",
        )

    def test_hours_of_two_weeks_are_those_of_their_days(self):
        calendar = self.env["resource.calendar"].create({"name": "Two weeks"})
        calendar.switch_calendar_type()
        self.space.resource_calendar_id = calendar
        self.assertEqual(self._prepare().opening_hours, "Monday to Friday from 8:00 to 17:00")

    def test_a_manager_of_the_space_where_the_seat_is_now_signs(self):
        hosting = self._prepare()
        self.assertEqual(self._role(hosting, "space").partner_id, self.manager.partner_id)
        self.seat.write({"space_id": self.space_b.id, "tariff_id": self.tariff_b.id})
        hosting.action_fill()
        self.assertEqual(self._role(hosting, "space").partner_id, self.manager_b.partner_id)
        self.assertIn("Manager B", hosting.body)
        self.assertNotIn("Manager A", hosting.body)
        second = self.env["res.partner"].create({"name": "Second of B"})
        self._role(hosting, "space").partner_id = second
        hosting.action_fill()
        self.assertEqual(self._role(hosting, "space").partner_id, second, "whom staff chose stays")

    def _leave(self):
        """The manager leaves the space, and somebody else is left."""
        other = self.env["res.partner"].create({"name": "Zoé", "email": "zoe@example.com"})
        self.space.with_user(self.coordinator).write(
            {"manager_ids": [Command.link(other.id), Command.unlink(self.manager.partner_id.id)]}
        )
        return other

    def test_who_left_the_space_does_not_sign_what_is_being_written(self):
        hosting = self._prepare()
        other = self._leave()
        self.assertEqual(self._role(hosting, "space").partner_id, other)
        (activity,) = hosting.activity_ids
        self.assertEqual(activity.user_id, self.accompanist)
        self.assertIn("Manager A", activity.summary)
        self.assertIn("Zoé", activity.summary)
        hosting.action_fill()
        self.assertIn("Zoé", hosting.body)
        self.assertFalse(hosting.has_left_words)

    def test_who_left_the_space_signs_nothing_that_was_sent_and_staff_take_it_back(self):
        hosting = self._sent()
        self._sign(hosting, "participant")
        asked = self._links(hosting).filtered(
            lambda link: link.partner_id == self.manager.partner_id
        )
        self.assertTrue(asked._is_usable())
        other = self._leave()
        self.assertFalse(asked._is_usable())
        self.assertIn("Manager A", hosting.has_left_words)
        self.assertIn("Manager A", hosting.activity_ids.summary)
        with self.assertRaisesRegex(UserError, "Manager A"):
            hosting.action_remind()
        before = self._links(hosting)
        with freeze_time("2015-07-15 09:00:00"), self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_remind_hostings").method_direct_trigger()
        self.assertEqual(self._links(hosting), before)
        hosting.action_revise()
        self.assertEqual(self._role(hosting, "space").partner_id, other)
        hosting.action_fill()
        hosting.action_send()
        self._sign(hosting, "participant", "space", "program")
        self.assertEqual(hosting.state, "validated")

    def test_who_left_and_is_one_with_who_acts_signs_after_all(self):
        hosting = self._sent()
        self._sign(hosting, "participant")
        gone, other = self.manager.partner_id, self._leave()
        self.assertIn("Manager A", hosting.has_left_words)
        self.env["base.partner.merge.automatic.wizard"]._merge((gone | other).ids, gone)
        self.assertFalse(hosting.has_left_words)
        self.assertFalse(hosting.activity_ids, "nobody need take it back")
        self._sign(hosting, "space", "program")
        self.assertEqual(hosting.state, "validated")

    def test_a_person_signs_before_a_manager_who_left(self):
        hosting = self._sent()
        self._leave()
        self._sign(hosting, "participant")
        self.assertEqual(hosting.state, "partially_signed")

    def test_a_manager_who_is_back_signs_after_all(self):
        hosting = self._sent()
        self._sign(hosting, "participant")
        manager = self.manager.partner_id
        self.manager.active = False
        manager.active = False
        self.assertIn("Manager A", hosting.has_left_words)
        manager.active = True
        self.assertFalse(hosting.has_left_words)
        self.assertFalse(hosting.activity_ids, "nobody need take it back")
        asked = self._links(hosting)[:1]
        self.assertEqual(asked.partner_id, manager)
        self.assertTrue(asked._is_usable())
        hosting.action_revise()
        manager.active = False
        self.assertEqual(self._role(hosting, "space").partner_id, self.space.operator_id)
        self._role(hosting, "space").partner_id = manager
        manager.active = True
        hosting.action_send()
        self._sign(hosting, "participant")
        hosting.action_remind()
        self._sign(hosting, "space", "program")
        self.assertEqual(hosting.state, "validated")

    def test_a_colleague_who_left_signs_nothing_for_the_programme(self):
        hosting = self._sent()
        self._sign(hosting, "participant", "space")
        self.coordinator.action_archive()
        self.assertIn(self.coordinator.name, hosting.has_left_words)
        self.assertIn(self.company.name, hosting.has_left_words)
        self.assertEqual(hosting.activity_ids.user_id, self.accompanist)
        hosting.action_revise()
        self.assertEqual(self._role(hosting, "program").partner_id, self.company.partner_id)
        self._role(hosting, "program").partner_id = self.coordinator.partner_id
        hosting.action_send()
        self.coordinator.active = True
        self._sign(hosting, "participant", "space", "program")
        self.assertEqual(hosting.state, "validated")

    def test_who_signed_before_they_left_has_signed(self):
        hosting = self._sent()
        self._sign(hosting, "participant", "space")
        self._leave()
        self.assertFalse(hosting.has_left_words)
        self._sign(hosting, "program")
        self.assertEqual(hosting.state, "validated")

    def test_who_signed_before_they_left_signs_no_other_text(self):
        hosting = self._sent()
        self._sign(hosting, "participant", "space")
        other = self._leave()
        self.assertFalse(hosting.activity_ids)
        hosting.action_revise()
        self.assertEqual(self._role(hosting, "space").partner_id, other)
        self.assertFalse(hosting.has_left_words)

    def test_an_agreement_whose_manager_and_colleague_left_says_so_of_both(self):
        hosting = self._sent()
        self._leave()
        self.coordinator.action_archive()
        self._sign(hosting, "participant")
        for name in ("Manager A", self.coordinator.name):
            self.assertIn(name, hosting.has_left_words)
        self.assertEqual(len(hosting.activity_ids), 2)
        hosting.action_cancel()
        self.assertFalse(hosting.has_left_words)

    def test_who_left_is_told_once(self):
        hosting = self._sent()
        self.manager.active = False
        for __ in range(2):
            self.manager.partner_id.active = False
        self.assertEqual(len(hosting.activity_ids), 1)

    def test_what_is_there_on_paper_was_signed_by_who_left_since(self):
        hosting, sent = self._prepare(), self._sent(self._new_seat("15/6", "14/12"))
        for row in (hosting, sent):
            row.write(PAPER)
        self._leave()
        for row in (hosting, sent):
            row.action_record_paper()
            signatory = self._role(row, "space")
            self.assertEqual(signatory.partner_id, self.manager.partner_id)
            self.assertEqual(signatory.signed_by, "Manager A")
            self.assertFalse(row.has_left_words)

    def test_an_agreement_that_is_back_with_its_seat_is_signed_by_who_acts_now(self):
        seats = self._new_seat("15/6", "14/12") | self._new_seat("15/6", "14/12")
        draft, sent = self._prepare(seats[0]), self._sent(seats[1])
        seats = seats.with_user(self.coordinator)
        for seat in seats:
            seat.action_cancel()
        other = self._leave()
        self.assertFalse((draft | sent).activity_ids)
        for seat in seats:
            seat.action_draft()
        self.assertEqual(self._role(draft, "space").partner_id, other)
        self.assertIn("Manager A", sent.has_left_words)
        for hosting in (draft, sent):
            self.assertIn("Manager A", hosting.activity_ids.summary)

    def test_a_seat_with_an_agreement_stays_that_of_its_person(self):
        hosting = self._prepare()
        other = self._new_participant("Sacha")
        with self.assertRefused(hosting.name, "Camille", self.seat.name):
            self.seat.participant_id = other
        hosting.action_cancel()
        self.seat.participant_id = other
        self.assertEqual(self._role(self._prepare(), "participant").partner_id, other.partner_id)

    def test_where_all_signed_nobody_is_told_to_cancel_the_agreement(self):
        self._signed()
        with self.assertRaises(UserError) as refused:
            self.seat.participant_id = self._new_participant("Sacha")
        for words in ("signed by all for Camille", self.seat.name):
            self.assertIn(words, str(refused.exception))
        self.assertNotIn("cancel", str(refused.exception))

    def test_a_cancelled_seat_that_was_meant_to_stay_has_its_agreement_back(self):
        for state in ("draft", "ready_to_sign", "partially_signed"):
            for end in ("refused", "cancelled"):
                with self.subTest(state=state, end=end):
                    seat = self._new_seat("15/6", "14/12", state="requested")
                    hosting = self._prepare(seat) if state == "draft" else self._sent(seat)
                    if state == "partially_signed":
                        self._sign(hosting, "participant")
                    seat.with_user(self.coordinator).state = end
                    self.assertEqual(hosting.state, "cancelled")
                    seat.with_user(self.coordinator).action_draft()
                    self.assertEqual(hosting.state, state)
                    self.assertEqual(seat.hosting_todo, "open")
        self._sign(hosting, "space", "program")
        self.assertEqual(hosting.state, "validated", "the signature that was there counts")

    def test_what_somebody_signed_does_not_come_back_for_somebody_else(self):
        hosting = self._sent()
        self._sign(hosting, "participant")
        seat = self.seat.with_user(self.coordinator)
        seat.action_cancel()
        seat.participant_id = self._new_participant("Sacha")
        seat.action_draft()
        self.assertEqual(hosting.state, "cancelled")

    def test_an_agreement_that_was_cancelled_by_hand_stays_so(self):
        hosting = self._sent()
        hosting.action_cancel()
        seat = self.seat.with_user(self.coordinator)
        seat.action_cancel()
        seat.action_draft()
        self.assertEqual(hosting.state, "cancelled")
        other = self._prepare()
        seat.action_cancel()
        seat.action_draft()
        self.assertEqual((hosting.state, other.state), ("cancelled", "draft"))

    def test_an_amendment_comes_back_unless_its_number_was_given_away(self):
        self._signed()
        self.seat.date_end = d("30/6")
        later = self._new_seat("1/7", "14/12", self.person, state="confirmed")
        amendment = self._prepare(later)
        seat = later.with_user(self.coordinator)
        seat.action_cancel()
        seat.action_draft()
        self.assertEqual(amendment.state, "draft")
        seat.action_cancel()
        other = self._prepare(self._new_seat("1/8", "14/12", self.person))
        self.assertEqual(other.number, amendment.number)
        seat.action_draft()
        self.assertEqual((amendment.state, other.state), ("cancelled", "draft"))

    def test_what_is_under_way_goes_with_a_seat_that_comes_to_nothing(self):
        for state in ("draft", "ready_to_sign", "partially_signed"):
            with self.subTest(state=state):
                seat = self._new_seat("15/6", "14/12", state="requested")
                hosting = self._prepare(seat) if state == "draft" else self._sent(seat)
                if state == "partially_signed":
                    self._sign(hosting, "participant")
                self.assertEqual(hosting.state, state)
                seat.with_user(self.coordinator).action_refuse()
                self.assertEqual(hosting.state, "cancelled")
        hosting = self._signed()
        self.seat.with_user(self.coordinator).action_cancel()
        self.assertEqual(hosting.state, "validated", "what all signed stays")

    def test_a_draft_that_the_seat_left_behind_is_not_sent(self):
        hosting = self._prepare()
        self.seat.date_end = d("31/12")
        self.assertTrue(hosting.is_outdated)
        with self.assertRefused(hosting.name, "Fill the text again"):
            hosting.action_send()
        hosting.action_fill()
        self.assertFalse(hosting.is_outdated)
        self.assertIn("December 31, 2015", hosting.body)
        hosting.action_send()
        self.assertEqual(hosting.state, "ready_to_sign")

    def test_an_agreement_signed_on_paper_before_the_take_over_is_asked_for_no_more(self):
        self.assertEqual(self.seat.hosting_todo, "agreement")
        self.seat.paper_agreement_date = d("30/5")
        self.assertFalse(self.seat.hosting_todo)
        self.assertEqual(self.seat.hosting_state, "validated")
        self.assertEqual(self.seat.participant_id.hosting_state, "validated")
        other = self.seat._replace_from(
            d("1/9"), {"space_id": self.space_b.id, "tariff_id": self.tariff_b.id}
        )
        self.assertEqual(other.hosting_todo, "agreement", "the paper was about another space")

    def test_leaving_earlier_asks_for_no_amendment(self):
        hosting = self._signed()
        self.seat.date_end = d("30/9")
        self.assertFalse(hosting.is_outdated)
        self.assertFalse(self.seat.hosting_todo)

    def test_there_is_one_under_way_a_seat(self):
        hosting = self._prepare()
        self.assertEqual(self._prepare(), hosting)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["coworking.hosting"].create({"seat_id": self.seat.id})

    def test_a_seat_that_is_over_has_nothing_to_agree_on(self):
        self.seat.write({"state": "ended"})
        with self.assertRefused(self.seat.name):
            self._prepare()


class TestSignatures(HostingCase):
    def test_each_signs_in_turn_and_the_last_one_seals(self):
        hosting = self._sent()
        for role, state, after in (
            ("participant", "ready_to_sign", "partially_signed"),
            ("space", "partially_signed", "partially_signed"),
            ("program", "partially_signed", "validated"),
        ):
            with self.subTest(role=role):
                self.assertEqual(hosting.state, state)
                self.assertEqual(hosting.next_signatory_id.role, role)
                self._sign(hosting, role)
                self.assertEqual(hosting.state, after)
        self.assertEqual(hosting.sealed_hash, hashlib.sha256(DOCUMENT).hexdigest())
        self.assertEqual(hosting.sudo().sealed_attachment_id.raw, DOCUMENT)
        self.assertEqual(hosting.seal_state, "intact")
        sealed = hosting.message_ids.filtered(lambda row: hosting.sealed_hash in (row.body or ""))
        self.assertEqual(sealed.author_id, self._role(hosting, "program").partner_id)
        hosting.invalidate_recordset()
        hosting.sudo().sealed_attachment_id.invalidate_recordset()
        shown = hosting.with_context(bin_size=True).web_read({"seal_state": {}})
        self.assertEqual(shown[0]["seal_state"], "intact", "as the form asks for it")
        person = self._role(hosting, "participant")
        self.assertRecordValues(
            person,
            [
                {
                    "signed_by": "Camille",
                    "signed_ip": "192.0.2.7",
                    "method": "portal",
                    "shown_hash": hosting.text_hash,
                }
            ],
        )
        self.assertTrue(person.signed_on and person.signature)

    def test_nobody_signs_before_their_turn_or_twice(self):
        hosting = self._sent()
        with self.assertRefused("The participant signs first"):
            self._sign(hosting, "space")
        self._sign(hosting, "participant")
        with self.assertRefused("already"):
            self._sign(hosting, "participant")

    def test_another_text_than_the_one_shown_is_not_signed(self):
        hosting = self._sent()
        with self.assertRefused("Read it again"):
            self._role(hosting, "participant")._record_signature(
                "Camille", PNG, "192.0.2.7", "0" * 64
            )
        self.assertEqual(hosting.state, "ready_to_sign")

    def test_a_signature_is_a_name_and_a_picture(self):
        hosting = self._sent()
        signatory = self._role(hosting, "participant")
        html = base64.b64encode(b"<script>").decode()
        large = base64.b64encode(HEAD + b"0" * 600_000).decode()
        # some kilobytes that the PDF engine would unpack to gigabytes
        bomb = base64.b64encode(HEAD[:16] + b"\0\0\xea\x60" * 2 + b"a bomb").decode()
        bare = base64.b64encode(HEAD[:8] + b"<svg onload='alert(1)'/>").decode()
        for name, drawn, words in (
            ("", PNG, "name"),
            ("x" * 101, PNG, "name"),
            ("Camille", "", "Draw it again"),
            ("Camille", "***", "Draw it again"),
            ("Camille", html, "Draw it again"),
            ("Camille", large, "Draw it again"),
            ("Camille", bomb, "Draw it again"),
            ("Camille", bare, "Draw it again"),
        ):
            with self.subTest(name=name[:10], words=words), self.assertRefused(words):
                signatory._record_signature(name, drawn, "192.0.2.7", hosting.text_hash)

    def test_declining_tells_staff_why(self):
        hosting = self._sent()
        with self.assertRefused("Say in a few words"):
            self._role(hosting, "participant")._decline_signature("  ")
        with self.assertRefused("not waiting for a signature"):  # it is not the space's turn
            self._role(hosting, "space")._decline_signature("No")
        self._role(hosting, "participant")._decline_signature("The dates are wrong")
        self.assertEqual(
            (hosting.state, hosting.reject_reason), ("rejected", "The dates are wrong")
        )
        self.assertEqual(hosting.activity_ids.user_id, self.accompanist)
        self.assertIn("The dates are wrong", hosting.activity_ids.note)

    def test_a_new_text_keeps_the_old_one_and_asks_everybody_again(self):
        hosting = self._sent()
        self._sign(hosting, "participant")
        old_body, old_hash = hosting.body, hosting.text_hash
        links = self._links(hosting)
        self.assertTrue(links)
        hosting.action_revise()
        self.assertEqual((hosting.state, hosting.version), ("draft", 2))
        version = hosting.version_ids
        self.assertEqual((version.body, version.text_hash), (old_body, old_hash))
        self.assertIn("Camille: signed online on", version.signatures)
        self.assertEqual(set(hosting.signatory_ids.mapped("state")), {"waiting"})
        hosting.action_send()
        self.assertFalse(links.filtered(lambda link: link._is_usable()), "an old text is open")
        self.assertFalse(self._role(hosting, "participant").signature)

    def test_a_failing_pdf_engine_loses_no_signature(self):
        hosting = self._sent()
        self._sign(hosting, "participant", "space")
        report = type(self.env["ir.actions.report"])
        with patch.object(report, "_render_qweb_pdf", side_effect=UserError("no engine")):
            self._sign(hosting, "program")
        self.assertEqual(hosting.state, "in_review")
        self.assertEqual(set(hosting.signatory_ids.mapped("state")), {"signed"})
        hosting.with_user(self.coordinator).action_validate()
        self.assertEqual(hosting.state, "validated")

    def test_who_signed_cannot_be_typed(self):
        hosting = self._sent()
        for user in (self.accompanist, self.coordinator):
            signatory = hosting.with_user(user).signatory_ids[:1]
            for vals in (
                {"state": "signed"},
                {"signed_by": "X"},
                {"signature": PNG},
            ):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(AccessError):
                    signatory.write(vals)
        with self.assertRaises(UserError):
            hosting.signatory_ids[:1].partner_id = self.accompanist.partner_id

    def test_defaults_of_a_call_sign_nothing(self):
        hosting = self._prepare()
        signatory = self._role(hosting, "space")
        values = {"hosting_id": hosting.id, "role": "space", "partner_id": signatory.partner_id.id}
        signatory.unlink()
        typed = {"default_state": "signed", "default_signed_by": "X", "default_method": "paper"}
        Signatory = self.env["coworking.hosting.signatory"].with_user(self.accompanist)
        for name, value in typed.items():
            with self.subTest(default=name), self.assertRaises(AccessError):
                Signatory.with_context(**{name: value}).create(values)
        self.assertRecordValues(
            Signatory.create(values).sudo(),
            [{"state": "waiting", "signed_by": False, "method": False}],
        )
        seat = self._new_seat("15/6", "14/12")
        agreement = (
            self.env["coworking.hosting"]
            .with_user(self.coordinator)
            .with_context(default_state="validated", default_sealed_hash="0")
            .create({"seat_id": seat.id})
        )
        self.assertEqual((agreement.state, agreement.sealed_hash), ("draft", False))

    def test_states_and_seals_cannot_be_typed(self):
        hosting = self._prepare()
        for vals in (
            {"state": "validated"},
            {"sealed_hash": "0"},
            {"number": 3},
            {"space_id": self.space_b.id},
            {"version": 9},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                hosting.with_user(self.coordinator).write(vals)
        with self.assertRaises(AccessError):
            self.env["coworking.hosting"].with_user(self.coordinator).create(
                {"seat_id": self.seat.id, "state": "validated"}
            )


class TestPaper(HostingCase):
    def test_the_scan_is_checked_by_a_coordinator_then_sealed(self):
        hosting = self._sent()
        hosting.write(PAPER)
        hosting.action_record_paper()
        self.assertEqual(hosting.state, "in_review")
        self.assertEqual(set(hosting.signatory_ids.mapped("method")), {"paper"})
        self.assertRecordValues(
            hosting.activity_ids,
            [{"summary": "Check the signed paper", "user_id": self.coordinator.id}],
        )
        with self.assertRaises(AccessError):
            hosting.action_validate()
        hosting.with_user(self.coordinator).action_validate()
        self.assertEqual(hosting.state, "validated")
        self.assertEqual(hosting.sealed_hash, hashlib.sha256(base64.b64decode(SCAN)).hexdigest())

    def test_it_was_signed_on_the_day_of_the_paper_by_the_clock_of_the_space(self):
        overseas = {"country_id": self.env.ref("base.fr").id, "zip": "97200"}
        self.space.partner_id.write(overseas)
        hosting = self._sent()
        hosting.write(PAPER)
        hosting.action_record_paper()
        zone = self.space._get_zone()
        self.assertEqual(zone, "America/Martinique")
        person = self._role(hosting, "participant").with_context(tz=zone)
        self.assertIn(format_date(self.env, d("15/6")), person._describe())

    def test_what_all_sign_on_paper_writes_to_nobody(self):
        hosting = self._prepare()
        form = Form(hosting)
        form.scan, form.paper_date = SCAN, "2015-06-15"
        form.save()
        hosting.action_record_paper()
        self.assertEqual(hosting.state, "in_review")
        self.assertEqual(set(hosting.signatory_ids.mapped("method")), {"paper"})
        self.assertFalse(self._links(hosting), "nobody was sent a link")

    def test_a_paper_is_not_signed_on_a_day_to_come(self):
        hosting = self._sent()
        hosting.write({**PAPER, "paper_date": "2015-06-17"})
        with freeze_time("2015-06-16 09:00:00"):
            with self.assertRefused(hosting.name, format_date(self.env, d("17/6"))):
                hosting.action_record_paper()
            hosting.paper_date = "2015-06-16"
            hosting.action_record_paper()
        self.assertEqual(hosting.state, "in_review")

    def test_a_paper_of_a_text_that_is_not_ready_is_not_recorded(self):
        hosting = self._prepare()
        hosting.scan = SCAN
        hosting.signatory_ids.filtered(lambda row: row.role == "space").unlink()
        with self.assertRefused(hosting.name, "who signs"):
            hosting.action_record_paper()
        self.assertEqual(hosting.state, "draft")

    def test_a_scan_is_a_pdf_or_a_picture_whatever_its_name(self):
        hosting = self._sent()
        for content in (b"", b"<html>", b"PK\x03\x04 office", b"MZ"):
            hosting.write({"scan": base64.b64encode(content), "scan_filename": "scan.pdf"})
            with self.subTest(content=content), self.assertRefused(hosting.name, "PDF"):
                hosting.action_record_paper()
        self.assertEqual(hosting.state, "ready_to_sign")

    def test_a_large_scan_is_refused(self):
        hosting = self._sent()
        hosting.scan = base64.b64encode(b"%PDF-" + b"0" * (10 * 1024 * 1024))
        with self.assertRefused("10 MB"):
            hosting.action_record_paper()

    def test_a_coordinator_turns_a_bad_paper_down(self):
        hosting = self._sent()
        hosting.scan = SCAN
        hosting.action_record_paper()
        hosting.with_user(self.coordinator).action_reject()
        self.assertEqual(hosting.state, "rejected")
        hosting.action_revise()
        self.assertFalse(hosting.scan)

    def test_a_paper_of_an_earlier_text_is_not_recorded(self):
        hosting = self._prepare()
        hosting.write(PAPER)
        self.seat.date_end = d("31/12")
        hosting.action_fill()
        self.assertRecordValues(hosting, [dict.fromkeys(PAPER, False)])
        self.assertIn("The scan of the signed paper was removed", hosting.message_ids[0].body)
        with self.assertRefused(hosting.name, "add the scan"):
            hosting.action_record_paper()

    def test_a_paper_saved_with_its_text_stays_until_either_changes(self):
        def write_text(form, number):
            form.body = f"<p>Text {number}</p>"

        def change_manager(form, number):
            partner = (self.accompanist, self.coordinator)[number].partner_id
            with form.signatory_ids.edit(1) as row:
                row.partner_id = partner

        hosting = self._prepare()
        for change in (write_text, change_manager):
            with self.subTest(change=change.__name__):
                with Form(hosting) as form:
                    form.scan = SCAN
                    change(form, 0)
                self.assertEqual(hosting.scan.decode(), SCAN)
                before = hosting.message_ids
                with Form(hosting) as form:
                    change(form, 1)
                self.assertFalse(hosting.scan)
                self.assertIn("was removed", (hosting.message_ids - before).body)

    def test_a_paper_that_nobody_recorded_does_not_replace_online_signatures(self):
        report = type(self.env["ir.actions.report"])
        seats = [self.seat, self._new_seat("15/6", "14/12", self._new_participant("Dominique"))]
        for seat, before_sending in zip(seats, (True, False), strict=True):
            with self.subTest(before_sending=before_sending):
                hosting = self._prepare(seat)
                if before_sending:
                    hosting.write(PAPER)
                hosting.action_send()
                if not before_sending:
                    hosting.write(PAPER)
                with patch.object(report, "_render_qweb_pdf", side_effect=UserError("no engine")):
                    self._sign(hosting, "participant", "space", "program")
                self.assertEqual(hosting.state, "in_review")
                hosting.with_user(self.coordinator).action_validate()
                self.assertEqual(hosting.sudo().sealed_attachment_id.raw, DOCUMENT)

    def test_signed_on_paper_it_is_not_sealed_without_the_paper(self):
        hosting = self._sent()
        hosting.scan = SCAN
        hosting.action_record_paper()
        hosting.scan = False
        with self.assertRefused(hosting.name, "add the scan"):
            hosting.with_user(self.coordinator).action_validate()
        self.assertEqual(hosting.state, "in_review")


class TestSeal(HostingCase):
    def test_what_was_signed_cannot_be_changed_by_anybody(self):
        hosting = self._signed()
        for records in (hosting.with_user(self.coordinator), hosting.sudo()):
            for vals in (
                {"body": "<p>Other</p>"},
                {"sealed_hash": "0"},
                {"date_to": "2016-01-01"},
                {"state": "draft", "sealed_attachment_id": False},
            ):
                with self.subTest(su=records.env.su, vals=vals), self.assertRaises(UserError):
                    records.write(vals)
            with self.assertRaises(UserError):
                records.unlink()

    def test_its_document_cannot_be_changed_or_deleted(self):
        attachment = self._signed().sudo().sealed_attachment_id
        for vals in (
            {"raw": b"other"},
            {"datas": SCAN},
            {"name": "other.pdf"},
            {"res_model": "res.partner"},
            {"res_id": 1},
            {"store_fname": "ab/cd"},
        ):
            with self.subTest(vals=vals), self.assertRefused("signed by all"):
                attachment.write(vals)
        with self.assertRefused("signed by all"):
            attachment.unlink()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env.cr.execute("DELETE FROM ir_attachment WHERE id = %s", [attachment.id])

    def test_its_document_moves_to_where_files_are_kept_from_now_on(self):
        hosting = self._signed()
        attachment = hosting.sudo().sealed_attachment_id
        content = attachment.raw
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        attachment._migrate()
        attachment.invalidate_recordset()
        self.assertFalse(attachment.store_fname)
        self.assertEqual(attachment.raw, content)
        self.assertEqual(hosting.seal_state, "intact")

    def test_a_document_that_the_disk_lost_is_not_replaced_by_an_empty_one(self):
        attachment = self._signed().sudo().sealed_attachment_id
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        attachment.invalidate_recordset()
        with (
            patch.object(type(attachment), "_file_read", lambda *args: b""),
            self.assertRaisesRegex(UserError, "was signed by all"),
        ):
            attachment._migrate()

    def test_other_attachments_are_free(self):
        hosting = self._signed()
        note = self.env["ir.attachment"].create(
            {"name": "note", "raw": b"x", "res_model": hosting._name, "res_id": hosting.id}
        )
        note.name = "other"
        note.unlink()

    @settings(max_examples=50, deadline=None)
    @given(content=st.binary(min_size=1, max_size=64))
    def _any_document(self, content):
        with self.env.cr.savepoint(flush=False) as savepoint:
            hosting = self._sealed_by_hand
            attachment = hosting.sealed_attachment_id
            attachment.invalidate_recordset()
            self.env.cr.execute(
                "UPDATE ir_attachment SET db_datas = %s, store_fname = NULL WHERE id = %s",
                [content, attachment.id],
            )
            hosting.invalidate_recordset(["seal_state"])
            attachment.invalidate_recordset()
            self.assertEqual(hosting.seal_state, "intact" if content == DOCUMENT else "broken")
            savepoint.rollback()

    def test_any_other_content_breaks_the_seal(self):
        self._sealed_by_hand = self._signed().sudo()
        self._any_document()
        self._sealed_by_hand.invalidate_recordset(["seal_state"])
        self._sealed_by_hand.sealed_attachment_id.invalidate_recordset()
        self.assertEqual(self._sealed_by_hand.seal_state, "intact")

    def test_the_database_has_no_signed_agreement_without_a_seal(self):
        hosting = self._sent()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "UPDATE coworking_hosting SET state = 'validated' WHERE id = %s", [hosting.id]
            )


class TestAmendments(HostingCase):
    def test_an_extension_is_an_amendment_that_replaces_once_signed(self):
        first = self._signed()
        self.seat.date_end = d("31/12")
        self.assertEqual(self.seat.hosting_todo, "amendment")
        amendment = self._prepare()
        self.assertEqual((amendment.number, amendment.origin_id), (1, first))
        self.assertIn("Amendment No. 1", amendment.agreement_title)
        with self.assertRefused("say what changes"):
            amendment.action_send()
        amendment.reason = "Two weeks more, at R&D"
        with self.assertRefused("does not say what changes"):
            amendment.action_send()
        amendment.action_fill()
        self.assertIn("Two weeks more", amendment.body)
        amendment.action_send()
        self.assertEqual(self.seat.hosting_state, "validated", "the first one still holds")
        self._sign(amendment, "participant", "space", "program")
        self.assertEqual((first.state, amendment.state), ("superseded", "validated"))
        self.assertEqual(first.seal_state, "intact")

    def test_a_change_of_space_is_an_amendment_of_the_same_agreement(self):
        first = self._signed()
        other = self.seat._replace_from(
            d("1/9"), {"space_id": self.space_b.id, "tariff_id": self.tariff_b.id}
        )
        self.assertEqual(other.hosting_todo, "agreement")
        amendment = self._prepare(other)
        self.assertEqual((amendment.number, amendment.origin_id), (1, first))
        self.assertEqual(self._role(amendment, "space").partner_id, self.manager_b.partner_id)

    def test_a_cancelled_amendment_gives_its_number_back(self):
        self._signed()
        self.seat.date_end = d("31/12")
        amendment = self._prepare()
        amendment.action_cancel()
        self.assertEqual(self._prepare().number, 1)

    def test_another_file_of_the_person_starts_anew(self):
        self._signed()
        self.seat.write({"date_end": d("30/6"), "state": "ended"})
        other = self._new_program("Other", "OTH")
        file = self._new_participant("Camille", other, partner_id=self.person.partner_id.id)
        seat = self._new_seat("1/7", "31/12", file)
        self.assertEqual(self._prepare(seat, self.coordinator).number, 0)


class TestRequirement(HostingCase):
    def test_signed_is_something_a_stage_can_ask_for(self):
        requirement = self.env.ref("coworking_incubation.coworking_requirement_incubation_hosting")
        self.assertFalse(requirement._find_met({requirement: self.person})[requirement])
        hosting = self._sent()
        self.assertFalse(requirement._find_met({requirement: self.person})[requirement])
        self._sign(hosting, "participant", "space", "program")
        met = requirement._find_met({requirement: self.person})[requirement]
        self.assertEqual(met, set(self.person.ids))

    def test_searching_the_state_agrees_with_showing_it(self):
        people = self.person
        self.space.seat_capacity = 9
        seats = {name: self._new_seat("15/6", "14/12", who=name) for name in "ABCDE"}
        self._sent(seats["A"])
        hosting = self._sent(seats["B"])
        hosting.action_cancel()
        self._signed(seats["C"])
        self._signed(seats["E"])
        seats["E"].write({"date_end": d("30/6"), "state": "ended"})
        self._prepare()
        people |= self.env["coworking.seat"].union(*seats.values()).participant_id
        states = [False, "draft", "ready_to_sign", "validated", "in_review", "cancelled"]
        for state in states:
            found = people.search([("id", "in", people.ids), ("hosting_state", "=", state)])
            with self.subTest(state=state):
                self.assertEqual(
                    found, people.filtered(lambda row, state=state: row.hosting_state == state)
                )
        self.assertEqual(
            people.search_count([("id", "in", people.ids), ("hosting_state", "!=", "validated")]), 5
        )


class TestMails(HostingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before = cls.env["mail.mail"].search([])

    def _mails(self):
        return self.env["mail.mail"].search(
            [("id", "not in", self.before.ids), ("body_html", "ilike", "/my/coworking/l/")]
        )

    def _to(self, mails):
        return [email_normalize(mail.email_to) for mail in mails]

    def _link_in(self, mail):
        """The link that a mail holds."""
        (token,) = re.findall(r"/my/coworking/l/([\w-]+)", str(mail.body_html))
        return self.env["coworking.portal.link"]._find_link(token)

    def test_whose_turn_it_is_gets_the_link(self):
        hosting = self._sent()
        mail = self._mails()
        self.assertEqual(self._to(mail), ["camille@example.com"])
        link = self._link_in(mail)
        self.assertEqual(link._get_record(), self._role(hosting, "participant"))
        self.assertTrue(link._is_usable())
        self._sign(hosting, "participant")
        self.assertEqual(self._to(self._mails() - mail), ["manager@example.com"])

    def test_reminders_after_5_and_10_days_hold_the_link_and_stop(self):
        hosting = self._sent()
        sent = self._mails()
        counts = []
        for day in range(16, 31):
            with freeze_time(f"2015-06-{day} 09:00:00"):
                self._remind()
            counts.append(len(self._mails() - sent))
        self.assertEqual(counts, [0] * 4 + [1] * 5 + [2] * 6)
        links = [self._link_in(mail) for mail in self._mails()]
        self.assertEqual(len({link.id for link in links}), 3, "each mail has a link of its own")
        for link in links:
            self.assertEqual(link._get_record(), self._role(hosting, "participant"))
            self.assertTrue(link._is_usable())
        self.assertEqual(hosting.activity_ids.user_id, self.accompanist)
        self.assertEqual(len(hosting.activity_ids), 1)

    def test_links_end_with_the_signature_and_the_last_mail_brings_another(self):
        hosting = self._sent()
        asked = self._link_in(self._mails())
        self._sign(hosting, "participant")
        self.assertFalse(asked._is_usable())
        sent = self._mails()
        self._sign(hosting, "space", "program")
        signed = (self._mails() - sent).filtered(lambda mail: "camille" in mail.email_to)
        self.assertEqual(len(signed), 1)
        link = self._link_in(signed)
        self.assertTrue(link._is_usable())
        with freeze_time("2015-09-20 09:00:00"):
            self.assertFalse(link._is_usable())

    def test_links_end_with_a_refusal_and_with_the_paper(self):
        hosting = self._sent()
        self._role(hosting, "participant")._decline_signature("No")
        self.assertTrue(all(self._links(hosting).mapped("revoked_at")))
        hosting.action_revise()
        hosting.action_send()
        hosting.write({"scan": SCAN, "scan_filename": "scan.pdf"})
        hosting.action_record_paper()
        self.assertTrue(all(self._links(hosting).mapped("revoked_at")))

    def test_a_link_not_used_ends_by_itself(self):
        self._sent()
        link = self._link_in(self._mails())
        with freeze_time("2015-09-12 09:00:00"):
            self.assertTrue(link._is_usable())
        with freeze_time("2015-09-14 09:00:00"):
            self.assertFalse(link._is_usable())

    def test_whom_it_is_sent_to_is_said_before_and_kept_after(self):
        hosting = self._prepare()
        person = hosting.signatory_ids.sorted("sequence")[:1].partner_id
        self.assertEqual(hosting.contact_words, f"{person.name} ({person.email})")
        before = hosting.message_ids
        hosting.action_send()
        self.assertIn(person.email, "".join((hosting.message_ids - before).mapped("body")))
        before = hosting.message_ids
        hosting.action_remind()
        (kept,) = hosting.message_ids - before
        self.assertIn(person.email, kept.body)
        self.assertNotIn("/my/coworking/l/", kept.body)

    def test_who_signed_is_not_reminded(self):
        hosting = self._sent()
        self._sign(hosting, "participant", "space", "program")
        sent = self._mails()
        with freeze_time("2015-07-30 09:00:00"):
            self._remind()
        with self.assertRefused(hosting.name, "Signed by All"):  # on a page that is old by now
            hosting.action_remind()
        self.assertFalse(self._mails() - sent)

    def test_somebody_without_e_mail_is_called_not_forgotten(self):
        self.person.partner_id.email = False
        hosting = self._sent()
        self.assertFalse(self._mails())
        with self.assertRefused("copy the link"):
            hosting.action_remind()
        with freeze_time("2015-06-20 09:00:00"):
            self._remind()
        self.assertIn("Camille", hosting.activity_ids.summary)

    def test_who_was_to_be_called_and_has_signed_is_not_called(self):
        hosting = self._sent()
        called = self.env.ref("mail.mail_activity_data_call")
        for role, day in (("participant", "2015-06-20"), ("space", "2015-07-20")):
            self._role(hosting, role).partner_id.email = False
            with freeze_time(f"{day} 09:00:00"):
                self._remind()
            self.assertEqual(hosting.activity_ids.activity_type_id, called)
            self._sign(hosting, role)
            self.assertFalse(hosting.activity_ids)

    def test_who_turned_it_down_is_not_called_once_the_text_is_another(self):
        hosting = self._sent()
        self._role(hosting, "participant")._decline_signature("The days are wrong")
        self.assertTrue(hosting.activity_ids)
        own = hosting.activity_schedule("mail.mail_activity_data_call", summary="Call the space")
        own.automated = False
        hosting.action_revise()
        self.assertEqual(hosting.activity_ids, own)

    def _remind(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kw: 1000):
            self.env["coworking.hosting"]._cron_remind()


class TestRights(HostingCase):
    def _share(self, hosting, user):
        share = self.env["coworking.portal.share"].with_user(user)
        return share.create({"signatory_id": self._role(hosting, "participant").id})

    def test_the_link_is_handed_over_by_those_who_may_write_the_file(self):
        hosting = self._sent()
        for user in (self.accompanist, self.coordinator):
            with self.subTest(user=user.login):
                share = self._share(hosting, user)
                self.assertEqual(share.partner_id, self.person.partner_id)
                url = share.action_copy()["context"]["default_url"]
                link = self.env["coworking.portal.link"]._find_link(url.rsplit("/", 1)[1])
                self.assertTrue(link._is_usable())
                self.assertEqual(link._get_record(), self._role(hosting, "participant"))
        for user in (self.sensitive, self.other_accompanist):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._share(hosting, user).action_copy()

    def test_the_sheet_with_the_code_says_for_whom_it_is(self):
        share = self._share(self._sent(), self.accompanist)
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html("coworking_incubation.report_portal_link", share.ids)[0]
        self.assertIn(b"Camille", html)
        self.assertIn(b"data:image/png;base64", html)
        self.assertEqual(share._print_paper()["words"]["button"], "Read and sign")

    def test_an_accompanist_hands_over_no_link_of_a_manager(self):
        share = self.env["coworking.portal.share"].with_user(self.accompanist)
        with self.assertRaises(AccessError):
            share.create({"seat_id": self.seat.id}).action_copy()

    def test_only_those_who_may_write_the_file_prepare_its_agreement(self):
        with self.assertRaises(AccessError):
            self._prepare(user=self.other_accompanist)
        with self.assertRaises(AccessError):
            self._prepare(user=self.sensitive)
        self.assertTrue(self._prepare(user=self.accompanist))

    def test_a_seat_asks_for_an_agreement_whoever_may_prepare_it(self):
        for user, todo in (
            (self.accompanist, "agreement"),
            (self.coordinator, "agreement"),
            (self.sensitive, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.seat.with_user(user).hosting_todo, todo)

    def test_what_one_may_not_write_is_shown_as_a_text(self):
        wanted = self._new_seat("15/6", "14/12", self._new_participant("Zoé"), state="requested")
        hosting = self._prepare()
        for record, name, value in (
            (wanted, "date_end", d("30/11")),
            (hosting, "body", "<p>A</p>"),
        ):
            with self.subTest(model=record._name):
                setattr(Form(record.with_user(self.accompanist)), name, value)
                form = Form(record.with_user(self.sensitive))
                with self.assertRaisesRegex(AssertionError, "readonly"):
                    setattr(form, name, value)

    def test_who_reads_is_offered_only_the_buttons_that_write_nothing(self):
        for model, free in (
            ("coworking.seat", {"action_prepare_hosting"}),
            ("coworking.hosting", {"action_sign", "action_open_document"}),
        ):
            arch = etree.fromstring(self.env[model].get_view(view_type="form")["arch"])
            unlocked = {
                button.get("name")
                for button in arch.iterfind(".//header//button")
                if "not may_write" not in button.get("invisible", "")
            }
            self.assertEqual(unlocked, free, model)

    def test_a_colleague_reads_and_cannot_send(self):
        hosting = self._prepare()
        self.assertTrue(hosting.with_user(self.sensitive).body)
        for action in ("action_send", "action_cancel", "action_fill"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(hosting.with_user(self.sensitive), action)()
        with self.assertRaises(AccessError):
            hosting.with_user(self.other_accompanist).read(["body"])

    def test_nobody_outside_reads_any(self):
        hosting = self._signed()
        for user in (
            self.manager,
            self.accountant,
            self.employee,
            self.env.ref("base.public_user"),
        ):
            for records in (hosting, hosting.signatory_ids, hosting.template_id):
                with (
                    self.subTest(user=user.login, model=records._name),
                    self.assertRaises(AccessError),
                ):
                    records.with_user(user).read(["id", "display_name"])

    def test_companies_are_apart(self):
        hosting = self._prepare()
        other = self._new_company("Elsewhere")
        self.coordinator.company_ids |= other
        stranger = hosting.with_user(self.coordinator).with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            stranger.read(["body"])
