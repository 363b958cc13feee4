"""What a manager says on the pages: kept as it was said, refused in words where it cannot be."""

import base64
import json
import struct
import zlib
from datetime import timedelta
from io import BytesIO
from unittest.mock import patch

from lxml import html
from PIL import Image

from odoo import Command, fields
from odoo.tests import freeze_time

from ..common import d
from .common import PortalHttpCase

NOW = "2015-07-02 09:00:00"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@freeze_time(NOW, tick=True)
class TestMonthPage(PortalHttpCase):
    """June 2015 is sent to the space on 2 July."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/6", "31/7", "Camille Petit", state="active")
        cls.other = cls._new_seat("15/6", "31/7", "Nour Amrani", state="active")
        cls.statement = cls._sent()
        cls.partner = cls.manager.partner_id
        cls.page = "/my/coworking/month/2015-06"

    def setUp(self):
        super().setUp()
        self._login(self.manager)

    def _line(self, seat):
        return self.statement.charge_ids.filtered(lambda charge: charge.seat_id == seat)

    def _confirm(self, seen=None, **kwargs):
        data = {f"seen_{self.statement.id}": seen or self.statement._get_lines_hash()}
        return self._post(f"{self.page}/confirm", data, **kwargs)

    def test_the_page_says_who_what_and_how_much_in_french(self):
        text = self.url_open(self.page).text
        for words in (
            "Juin 2015",
            "Camille Petit",
            "Nour Amrani",
            "À confirmer",
            "Ce que votre facture doit porter",
            "TST-2015-06-ATELIER",
            "16 jours sur 30",
            "TTC",
        ):
            with self.subTest(words):
                self.assertIn(words, text)

    def test_the_text_to_copy_holds_our_name_the_reference_and_no_name(self):
        self.company.write({"company_registry": "123 456 789"})
        text = self.env["coworking.portal.month"]._get_bill_text(self.statement)
        for words in (
            self.company.name,
            "123 456 789",
            "TST-2015-06-ATELIER",
            self.seat.name,
            self.statement.currency_id.format(self.statement.payable_total),
            self.statement.currency_id.format(self.statement.payable_untaxed),
        ):
            with self.subTest(words):
                self.assertIn(words, text)
        self.assertNotIn("Camille", text)

    def test_a_moment_is_that_of_the_manager_or_else_of_the_space_or_else_of_the_company(self):
        calendar = self.space.resource_calendar_id.create({"name": "Sud", "tz": "Indian/Reunion"})
        self.company.resource_calendar_id.tz = "America/Martinique"
        for zone, own, expected in (
            (False, False, "30/06/2015 18:30"),
            (False, calendar, "01/07/2015 02:30"),
            ("Europe/Paris", calendar, "01/07/2015 00:30"),
        ):
            self.partner.tz, self.space.resource_calendar_id = zone, own
            portal = self.env["coworking.portal"].with_context(lang="fr_FR")
            moment = fields.Datetime.to_datetime("2015-06-30 22:30:00")
            with self.subTest(expected):
                said = portal._format_moment(moment, self.partner, self.space)
                self.assertEqual(said, expected)

    def test_the_text_says_until_when_it_is_paid(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30 days",
                "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})],
            }
        )
        self.space.operator_id.property_supplier_payment_term_id = term
        text = self.env["coworking.portal.month"].with_context(lang="fr_FR")
        self.assertIn("1er août 2015", text._get_bill_text(self.statement))

    def test_confirmed_by_whom_how_when_and_what_was_seen(self):
        seen = self.statement._get_lines_hash()
        response = self._confirm()
        self.assertIn("C'est confirmé", response.text.replace("&#39;", "'"))
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "confirmed")
        self.assertEqual(self.statement.confirmed_by, self.partner)
        self.assertEqual(self.statement.confirmed_hash, seen)
        answer = self.statement.answer_ids
        self.assertRecordValues(
            answer,
            [
                {
                    "kind": "confirmed",
                    "channel": "portal",
                    "partner_id": self.partner.id,
                    "user_id": False,
                    "shown_hash": seen,
                }
            ],
        )

    def test_confirmed_by_link_without_an_account(self):
        self._login(None)
        token = self._token(self.statement)
        response = self.url_open(f"/my/coworking/l/{token}")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Juin 2015", response.text)
        self._confirm()
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "confirmed")
        self.assertEqual(self.statement.confirmed_by, self.partner)
        self.assertEqual(self.statement.answer_ids.channel, "link")

    def test_confirming_twice_is_told_and_changes_nothing(self):
        self._confirm()
        self.env.invalidate_all()
        first = self.statement.confirmed_at
        response = self._confirm()
        self.assertEqual(response.status_code, 422)
        self.assertIn("était déjà confirmé", response.text)
        self.assertIn(self.partner.name, response.text)
        self.env.invalidate_all()
        self.assertEqual(self.statement.confirmed_at, first)
        self.assertEqual(len(self.statement.answer_ids), 1)

    def test_lines_that_changed_since_the_page_was_shown_are_not_confirmed(self):
        response = self._confirm(seen="0" * 64)
        self.assertIn("viennent de changer", response.text)
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "sent")

    def test_facts_that_changed_meanwhile_are_shown_before_they_are_confirmed(self):
        self.other.date_start = d("20/6")
        self.assertTrue(self.statement.pending_changes)
        response = self._confirm()
        self.assertIn("viennent de changer", response.text)
        self.assertIn("11 jours sur 30", response.text)
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "sent")
        self._confirm()
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "confirmed")

    def test_a_line_is_reported_answered_then_confirmed(self):
        line = self._line(self.other)
        self._post(f"/my/coworking/line/{line.id}/dispute", {"reason": "Seulement à partir du 20"})
        self.env.invalidate_all()
        self.assertEqual((line.review, self.statement.state), ("disputed", "disputed"))
        self.assertEqual(line.dispute_reason, "Seulement à partir du 20")
        activity = self.statement.activity_ids
        self.assertEqual(activity.user_id, self.coordinator)
        self.assertIn("Nour Amrani", self._confirm().text)
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "disputed")
        wizard = self.env["coworking.charge.answer"].with_user(self.coordinator)
        wizard.create({"charge_id": line.id, "answer": "Le badge dit le 15."}).action_apply()
        self.assertEqual((line.review, self.statement.state), ("pending", "sent"))
        self.assertFalse(self.statement.activity_ids)
        self.assertIn("Le badge dit le 15.", self.url_open(self.page).text)
        self._confirm()
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "confirmed")
        self.assertEqual(
            self.statement.answer_ids.sorted("id").mapped("kind"), ["disputed", "confirmed"]
        )

    def test_a_line_that_is_reported_twice_is_asked_once(self):
        line = self._line(self.other)
        path = f"/my/coworking/line/{line.id}/dispute"
        self._post(path, {"reason": "Seulement à partir du 20"})
        response = self._post(path, {"reason": "Parti le 25"})
        self.assertEqual(response.status_code, 422)
        self.assertIn("Vous avez déjà signalé Nour Amrani", response.text)
        self.assertIn("Vous aviez écrit\xa0: Parti le 25", response.text)
        self.env.invalidate_all()
        self.assertEqual(line.dispute_reason, "Seulement à partir du 20")
        self.assertEqual(len(self.statement.activity_ids), 1)
        self.assertEqual(len(self.statement.answer_ids), 1)

    def test_the_answer_to_a_line_leaves_what_else_there_is_to_do(self):
        staff = self.statement.with_user(self.coordinator)
        planned = staff.activity_schedule(
            "mail.mail_activity_data_todo",
            automated=False,
            summary="Call them",
            user_id=self.coordinator.id,
        )
        for seat in (self.seat, self.other):
            self._post(f"/my/coworking/line/{self._line(seat).id}/dispute", {"reason": "Faux"})
        self.env.invalidate_all()
        wizard = self.env["coworking.charge.answer"].with_user(self.coordinator)
        wizard.create({"charge_id": self._line(self.other).id, "answer": "Non"}).action_apply()
        self.assertEqual(self.statement.state, "disputed")
        (reported,) = self.statement.activity_ids - planned
        self.assertTrue(reported.summary.endswith(self.seat.name), reported.summary)
        self.assertIn(planned, self.statement.activity_ids)

    def test_sent_again_a_disputed_line_is_the_spaces_to_agree_with(self):
        self._post(f"/my/coworking/line/{self._line(self.other).id}/dispute", {"reason": "Faux"})
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "disputed")
        self.statement.with_user(self.coordinator).action_send()
        self.assertFalse(self.statement.activity_ids)
        self._confirm()
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "confirmed")

    def test_what_is_reported_by_link_is_read_by_staff_of_every_company(self):
        self._login(None)
        self.url_open(f"/my/coworking/l/{self._token(self.statement)}")
        self._post(f"/my/coworking/line/{self._line(self.seat).id}/dispute", {"reason": "Faux"})
        self.env.invalidate_all()
        activity = self.statement.with_user(self.coordinator).activity_ids
        self.assertEqual(activity.user_id, self.coordinator)
        self.assertFalse(activity.create_uid.share)
        self.assertTrue(activity.create_uid.name)

    def test_a_report_without_a_word_is_refused(self):
        line = self._line(self.other)
        response = self._post(f"/my/coworking/line/{line.id}/dispute", {"reason": "  "})
        self.assertEqual(response.status_code, 422)
        self.assertIn("dites en quelques mots", response.text)
        self.env.invalidate_all()
        self.assertEqual(line.review, "pending")

    def test_what_is_billed_is_not_reported_and_what_was_typed_is_kept(self):
        self.statement.action_confirm()
        self._bill(self.statement)
        line = self._line(self.other)
        response = self._post(
            f"/my/coworking/line/{line.id}/dispute", {"reason": "Mots que je garde"}
        )
        self.assertEqual(response.status_code, 422)
        self.assertIn("est facturé", response.text)
        self.assertIn("Vous aviez écrit\xa0: Mots que je garde", response.text)
        self.env.invalidate_all()
        self.assertEqual((line.review, self.statement.state), ("confirmed", "billed"))

    def test_a_confirmation_is_withdrawn_until_it_is_billed(self):
        withdraw = f"/my/coworking/statement/{self.statement.id}/withdraw"
        self._confirm()
        self._post(withdraw)
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "sent")
        self.assertFalse(self.statement.confirmed_by)
        self._confirm()
        self.env.invalidate_all()
        self._bill(self.statement)
        response = self._post(withdraw)
        self.assertIn("ne peut plus être retirée", response.text)
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "billed")

    def _upload(self, name, content):
        return self.url_open(
            f"/my/coworking/statement/{self.statement.id}/upload",
            data={"csrf_token": self._csrf()},
            files={"invoice": (name, content, "application/pdf")},
        )

    def test_an_invoice_arrives_and_says_what_becomes_of_it(self):
        self._confirm()
        response = self._upload("facture.pdf", PDF)
        self.assertIn("est bien arrivée", response.text)
        self.env.invalidate_all()
        file = self.statement.invoice_file_ids
        self.assertEqual(len(file), 1)
        self.assertEqual((file.source, file.sender_id), ("portal", self.partner))
        self.assertIn(file.name, response.text)
        self.assertEqual(self.statement.answer_ids[:1].kind, "uploaded")
        self.statement.action_create_bill()
        self.assertTrue(all(self.statement.match_ids.mapped("decision")))
        page = self.url_open(self.page).text
        self.assertNotIn("Ce que dit votre facture", page, "nobody has read it yet")
        self.statement.bill_ids.ref = "F-1"
        self.assertIn("Ce que dit votre facture", self.url_open(self.page).text)

    def test_a_month_of_which_no_invoice_came_is_on_the_first_page(self):
        self._confirm()
        home = self.url_open("/my/coworking").text
        self.assertIn("Envoyez votre facture", home)
        self._upload("facture.pdf", PDF)
        self.assertIn("Rien ne vous attend", self.url_open("/my/coworking").text)

    def test_html_named_pdf_is_refused_in_words(self):
        self._confirm()
        response = self._upload("facture.pdf", b"<html><script>alert(1)</script></html>")
        self.assertEqual(response.status_code, 422)
        self.env.invalidate_all()
        file = self.statement.invoice_file_ids
        self.assertEqual(file.state, "refused")
        self.assertIn(file.with_context(lang="fr_FR").sender_message[:30], response.text)
        self.assertNotIn("<script>alert(1)", response.text)

    def test_what_was_refused_is_asked_for_until_it_is_sent_again(self):
        self._confirm()
        asked = "Ni PDF, ni XML"
        self.assertIn(asked, self._upload("photo.heic", b"ftypheic").text)
        self.assertIn(asked, self._upload("facture.pdf", PDF).text)
        self.env.invalidate_all()
        kept = self.statement.invoice_file_ids.filtered(lambda file: file.state == "waiting")
        kept._conclude_reading("to_type", "typed")
        self._upload("facture.pdf", PDF)
        page = self.url_open(self.page).text
        self.assertIn("Vous avez déjà envoyé cette facture", page)
        self.assertNotIn(asked, page)
        self.assertNotIn("alert-warning", page)

    def test_a_name_of_file_is_shown_as_text(self):
        self._confirm()
        response = self._upload("<img src=x onerror=alert(1)>.pdf", PDF)
        self.assertNotIn("<img src=x", response.text)

    def test_an_empty_file_is_said_to_be_empty(self):
        self.assertIn("«\xa0facture.pdf\xa0» est vide.", self._upload("facture.pdf", b"").text)

    def test_no_file_and_too_large_a_file_are_refused_in_words(self):
        self._confirm()
        response = self._post(f"/my/coworking/statement/{self.statement.id}/upload")
        self.assertIn("Choisissez d", response.text)
        path = "odoo.addons.coworking_incubation.models.portal.coworking_portal_month.MAX_UPLOAD"
        with patch(path, 10):
            self.assertIn("trop lourd", self._upload("facture.pdf", PDF).text)
        self.env.invalidate_all()
        self.assertFalse(self.statement.invoice_file_ids)

    def test_a_flood_of_files_is_refused_in_words(self):
        self._confirm()
        self.statement._receive_invoice("mail.pdf", PDF + b"mail", source="mail")
        path = "odoo.addons.coworking_incubation.models.portal.coworking_portal_month"
        with patch(f"{path}.MOST_FILES_A_DAY", 2):
            for number in range(2):
                self.assertIn("est bien arrivée", self._upload("f.pdf", PDF + b"%d" % number).text)
            self.assertIn("2 fichiers", self._upload("f.pdf", PDF + b"more").text)
            self.env.cr.execute(
                "UPDATE coworking_invoice_file SET create_date = %s WHERE statement_id = %s",
                [fields.Datetime.now() - timedelta(days=1, minutes=1), self.statement.id],
            )
            self.assertIn("est bien arrivée", self._upload("f.pdf", PDF + b"next day").text)
        self.env.invalidate_all()
        self.assertEqual(len(self.statement.invoice_file_ids), 4)

    def test_several_sites_are_one_page_and_one_confirmation(self):
        self.space_b.manager_ids |= self.partner
        self._new_seat("1/6", "30/6", "Zoé", tariff=self.tariff_b)
        both = self.statement | self._sent()
        page = self.url_open(self.page).text
        for statement in both:
            self.assertIn(statement.name, page)
        self._post(
            f"{self.page}/confirm", {f"seen_{row.id}": row._get_lines_hash() for row in both}
        )
        self.env.invalidate_all()
        self.assertEqual(set(both.mapped("state")), {"confirmed"})

    def test_messages_go_to_the_coordinator_and_back_and_nothing_else_is_read(self):
        path = f"/my/coworking/message/statement/{self.statement.id}"
        self._post(path, {"text": "Bonjour <b>gras</b>"})
        self.env.invalidate_all()
        message = self.statement.message_ids[0]
        self.assertEqual(message.author_id, self.partner)
        self.assertEqual(message.partner_ids, self.coordinator.partner_id)
        staff = self.statement.with_user(self.coordinator)
        staff.message_post(
            body="Réponse du programme",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner.ids,
        )
        staff.message_post(body="Entre nous", message_type="comment", subtype_xmlid="mail.mt_note")
        staff.message_post(
            body="Pour la comptable", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        page = self.url_open(self.page).text
        self.assertIn("Réponse du programme", page)
        self.assertIn("&lt;b&gt;gras", page)
        self.assertNotIn("Entre nous", page)
        self.assertNotIn("Pour la comptable", page)
        self.assertIn("Écrivez d", self._post(path, {"text": " "}).text)

    def test_a_message_keeps_its_lines(self):
        path = f"/my/coworking/message/statement/{self.statement.id}"
        page = self._post(path, {"text": "Bonjour,\nà bientôt"}).text
        self.assertRegex(page, r"Bonjour,<br ?/?>à bientôt")

    def test_the_payment_is_seen_with_its_days_and_what_is_left(self):
        bank = self.env["account.journal"].create(
            {"name": "Bank", "code": "TBNK", "type": "bank", "company_id": self.company.id}
        )
        bank.outbound_payment_method_line_ids.payment_account_id = self.accounts["tax"]
        self.statement.action_confirm()
        self.statement.action_create_bill()
        bill = self.statement.bill_id
        bill.write({"ref": "F-77", "invoice_date": d("2/7"), "invoice_date_due": d("31/7")})
        bill.action_post()
        self.assertIn("F-77", self.url_open(self.page).text)

        def pay(amount, day):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=bill.ids
            ).create(
                {"payment_date": d(day), "journal_id": bank.id, "amount": amount}
            )._create_payments()
            self.env.flush_all()
            text = self.url_open(self.page).text.replace("\u202f", " ").replace("\xa0", " ")
            return text.split("o_cw_payment")[1]

        # 180.00 for the whole month, 96.00 for 16 days of 30.
        self.assertEqual(bill.amount_total, 276.0)
        text = pay(100.0, "10/7")
        for words in ("payée en partie", "100,00 € payés le 10 juillet 2015", "reste 176,00 €"):
            self.assertIn(words, text)
        text = pay(176.0, "20/7")
        for words in (
            "<strong>payée</strong>",
            "100,00 € payés le 10 juillet 2015",
            "176,00 € payés le 20 juillet 2015",
        ):
            self.assertIn(words, text)
        self.assertNotIn("reste", text)

    def test_a_payment_without_an_entry_is_seen(self):
        self.statement.action_confirm()
        self.statement.action_create_bill()
        bill = self.statement.bill_id
        bill.write({"ref": "F-77", "invoice_date": d("2/7"), "invoice_date_due": d("31/7")})
        bill.action_post()
        self._pay_without_entry(self._new_bank(), bill, 100.0, d("10/7"))
        self.env.flush_all()
        response = self.url_open(self.page)
        self.assertEqual(response.status_code, 200)
        text = response.text.replace("\u202f", " ").replace("\xa0", " ")
        self.assertIn("100,00 € payés le 10 juillet 2015", text)

    def test_staff_confirm_for_a_space_and_it_is_known_how(self):
        wizard = self.env["coworking.statement.behalf"].with_user(self.coordinator)
        values = {"statement_ids": self.statement.ids, "partner_id": self.partner.id}
        with self.assertRefused("scan"):
            wizard.create({**values, "channel": "paper"}).action_confirm()
        with self.assertRefused("Manager B"):
            wizard.create({**values, "partner_id": self.manager_b.partner_id.id}).action_confirm()
        page = base64.b64encode(b"<html><script>alert(1)</script></html>")
        with self.assertRefused("scan is a PDF or a picture"):
            wizard.create(
                {**values, "channel": "paper", "scan": page, "scan_name": "signe.pdf"}
            ).action_confirm()
        self.assertEqual(self.statement.state, "sent")
        alone = wizard.create({"statement_ids": self.statement.ids})
        self.assertEqual(alone.partner_id, self.partner, "there is but one manager")
        wizard.create(
            {
                **values,
                "channel": "paper",
                "scan": base64.b64encode(PDF),
                "scan_name": "signe.pdf",
                "date": "2015-07-01 10:00:00",
            }
        ).action_confirm()
        self.assertEqual(self.statement.confirmed_by, self.partner)
        answer = self.statement.answer_ids
        self.assertEqual((answer.channel, answer.user_id), ("paper", self.coordinator))
        self.assertEqual((answer.attachment_id.raw, answer.attachment_id.name), (PDF, "scan.pdf"))
        self.assertEqual(answer.date, fields.Datetime.to_datetime("2015-07-01 10:00:00"))

    def test_lines_that_change_while_staff_confirm_stay_open_to_be_looked_at(self):
        self._new_seat("16/6", "30/6", "Somebody new")
        wizard = self.env["coworking.statement.behalf"].with_user(self.coordinator)
        values = {"statement_ids": self.statement.ids, "partner_id": self.partner.id}
        values |= {"channel": "paper", "scan": base64.b64encode(PDF), "scan_name": "signe.pdf"}
        before = len(self.statement.charge_ids)
        notice = wizard.create(values).action_confirm()
        self.assertIn(self.statement.name, notice["params"]["message"])
        self.assertEqual(self.statement.state, "sent")
        self.assertEqual(len(self.statement.charge_ids), before + 1, "there is nothing to look at")
        scans = [("res_model", "=", self.statement._name), ("res_id", "=", self.statement.id)]
        self.assertFalse(self.env["ir.attachment"].search(scans), "kept for no answer")
        wizard.create(values).action_confirm()
        self.assertEqual(self.statement.confirmed_by, self.partner)

    def test_staff_see_the_pages_and_say_nothing_from_there(self):
        self._login(self.coordinator)
        page = self.url_open(f"/my/coworking/preview/{self.space.id}").text
        self.assertIn("Aperçu", page)
        response = self._confirm()
        self.assertIn("rien n", response.text)
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "sent")
        self._login(self.accompanist)
        preview = self.url_open(f"/my/coworking/preview/{self.space.id}")
        self.assertEqual(preview.status_code, 404)

    def test_a_link_is_given_by_hand_and_on_paper(self):
        share = self.env["coworking.portal.share"].with_user(self.coordinator)
        share = share.create({"statement_id": self.statement.id})
        self.assertEqual(share.partner_id, self.partner)
        url = share.action_copy()["context"]["default_url"]
        token = url.rsplit("/", 1)[1]
        self.assertTrue(self.Link._find_link(token)._is_usable())
        self.assertFalse(share.read(["url"])[0]["url"])
        paper = share._print_paper()
        self.assertTrue(base64.b64decode(paper["picture"]).startswith(b"\x89PNG"))
        self.assertTrue(self.Link._find_link(paper["url"].rsplit("/", 1)[1])._is_usable())
        report = self.env["ir.actions.report"].with_user(self.coordinator)
        report = report.with_context(lang="fr_FR")
        sheet = report._render_qweb_html("coworking_incubation.report_portal_link", share.ids)[0]
        self.assertIn(b"data:image/png", sheet)
        self.assertIn(b"Visez ce carr", sheet)
        share.action_revoke()
        self.assertFalse(self.Link._find_link(token)._is_usable())

    def test_links_are_ended_from_wherever_the_contact_is_known_and_those_of_no_other(self):
        link = self.Link._find_link(self._token(self.statement))
        share = self.env["coworking.portal.share"].with_user(self.coordinator)
        share = share.create({"seat_id": self.seat.id})  # nobody is to arrive any more
        share.partner_id = self.manager_b.partner_id
        with self.assertRefused("nothing left to do"):
            share.action_revoke()
        share.partner_id = self.partner
        self.assertTrue(link._is_usable())
        share.action_revoke()
        self.assertFalse(link._is_usable())


@freeze_time(NOW, tick=True)
class TestPresencePage(PortalHttpCase):
    """Half-days are saved one by one; two managers see each other; closed months stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day_tariff = cls._new_tariff("Day", 20.0, unit="day")
        cls.seat = cls._new_seat(
            "1/6", "31/7", "Camille Petit", tariff=cls.day_tariff, state="active"
        )
        cls.monthly = cls._new_seat("1/6", "31/7", "Nour Amrani", state="active")
        cls.partner = cls.manager.partner_id
        cls.second = cls.env["res.partner"].create({"name": "Second Manager"})
        cls.space.manager_ids |= cls.second
        cls.Presence = cls.env["coworking.portal.presence"]

    def setUp(self):
        super().setUp()
        self._login(self.manager)

    def _rpc(self, path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        response = self.url_open(
            path, data=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        self.env.invalidate_all()
        return response.json()

    def _row(self, day, slot="am", state="present", before="", **values):
        return {
            "seat": self.seat.id,
            "date": f"{d(day):%Y-%m-%d}",
            "slot": slot,
            "state": state,
            "before": before,
            **values,
        }

    def _save(self, *rows, **params):
        return self._rpc("/my/coworking/presences/save", rows=list(rows), **params)["result"]

    def _presence(self, day, slot="am"):
        return self.seat.presence_ids.filtered(lambda row: (row.date, row.slot) == (d(day), slot))

    def test_a_tap_is_saved_at_once(self):
        answer = self._save(self._row("1/7"))
        self.assertEqual(answer["message"], "Enregistré")
        presence = self._presence("1/7")
        self.assertEqual(
            (presence.state, presence.source, presence.host_by),
            ("present", "host", self.partner),
        )
        self._save(self._row("1/7", state="absent", before="present"))
        self.assertEqual(self._presence("1/7").state, "absent")
        self._save(self._row("1/7", state="", before="absent"))
        self.assertFalse(self._presence("1/7"))

    def test_a_whole_week_at_once_is_recorded_as_such(self):
        rows = [
            self._row(f"{day}/6", slot) for day in (22, 23, 24, 25, 26) for slot in ("am", "pm")
        ]
        self._save(*rows, bulk=True)
        self.assertEqual(len(self.seat.presence_ids), 10)
        self.assertEqual(set(self.seat.presence_ids.mapped("source")), {"host_bulk"})

    def test_two_managers_on_the_same_week_see_each_other(self):
        self.Presence._save_presences(self.second, "portal", [self._row("1/7", state="absent")])
        answer = self._save(self._row("1/7"), self._row("30/6"))
        self.assertEqual([row["date"] for row in answer["saved"]], ["2015-06-30"])
        conflict = answer["conflicts"][0]
        self.assertEqual(conflict["state"], "absent")
        self.assertIn("Second Manager", conflict["words"])
        self.assertEqual(self._presence("1/7").state, "absent")
        self._save(self._row("1/7", before="absent"))
        self.assertEqual(self._presence("1/7").state, "present")

    def test_the_same_word_twice_is_no_conflict(self):
        self.Presence._save_presences(self.second, "portal", [self._row("1/7")])
        answer = self._save(self._row("1/7"))
        self.assertFalse(answer["conflicts"])

    def test_a_closed_month_a_day_to_come_and_a_day_outside_are_refused_in_words(self):
        self._new_presences(self.seat, "2/6")
        self._settle()
        for row, words in (
            (self._row("3/6"), "le mois est clos"),
            (self._row("20/7"), "20"),
            (self._row("15/5"), "15"),
        ):
            with self.subTest(row["date"]):
                answer = self._save(row)
                self.assertIn(words, answer["error"])
                self.assertFalse(
                    self.seat.presence_ids.filtered(
                        lambda presence, row=row: f"{presence.date:%Y-%m-%d}" == row["date"]
                    )
                )
        page = self.url_open(f"/my/coworking/presences/{self.space.id}?day=2015-06-03").text
        self.assertIn("mois confirmé ne changent plus", page)

    def test_a_month_confirmed_in_advance_stays_open_for_the_days_to_come(self):
        advance = self._new_tariff("Advance", 100.0, billing_timing="advance")
        self._new_seat("1/7", "31/7", "Sacha", tariff=advance, state="active")
        with freeze_time("2015-06-25 09:00:00"):
            self.assertTrue(self._settle(d("1/7")))
        page = f"/my/coworking/presences/{self.space.id}?day=2015-07-01"
        self.assertIn(self._field("1/7"), self._open_fields(page))
        self.assertNotIn("error", self._save(self._row("1/7")))
        self.assertEqual(self._presence("1/7").state, "present")
        params = {"seat": self.monthly.id, "month": "2015-07"}
        answer = self._rpc("/my/coworking/visits/save", came="yes", **params)["result"]
        self.assertNotIn("error", answer)

    def test_a_month_confirmed_under_way_is_closed_up_to_that_day(self):
        with freeze_time("2015-07-01 09:00:00"):
            self.assertTrue(self._settle(d("1/7")))
        fields_ = self._open_fields(f"/my/coworking/presences/{self.space.id}?day=2015-07-01")
        self.assertNotIn(self._field("1/7"), fields_)
        self.assertIn(self._field("2/7"), fields_)
        self.assertIn("le mois est clos", self._save(self._row("1/7"))["error"])
        self.assertNotIn("error", self._save(self._row("2/7")))

    def _open_fields(self, url):
        """Names of the fields of a page that can be written into."""
        tree = html.fromstring(self.url_open(url).text)
        return set(tree.xpath("//select[not(@disabled)]/@name"))

    def test_rows_that_our_page_did_not_make_are_refused(self):
        for row in (
            {"seat": "x"},
            {**self._row("1/7"), "slot": "night"},
            {**self._row("1/7"), "state": "maybe"},
            {**self._row("1/7"), "date": "31/12"},
            {**self._row("1/7"), "hours": 30},
            {**self._row("1/7"), "hours": "nan"},
            {**self._row("1/7"), "seat": float("inf")},
            "text",
        ):
            with self.subTest(row=row):
                self.assertIn("error", self._save(row))
        self.assertFalse(self.seat.presence_ids)
        self.assertIn("error", self._rpc("/my/coworking/presences/save", rows={"a": 1})["result"])
        self.assertIn("error", self._save(*[self._row("1/7")] * 101))

    def test_the_lines_of_the_month_follow(self):
        self._new_presences(self.seat, "2/6", "3/6")
        statement = self._sent()
        self._save(self._row("4/6"), self._row("4/6", "pm"))
        self._post("/my/coworking/presences/done", {"month": "2015-06"})
        self.env.invalidate_all()
        line = statement.charge_ids.filtered(lambda charge: charge.seat_id == self.seat)
        self.assertEqual(line.payable_total, 60.0)
        self.assertFalse(statement.pending_changes)

    def test_monthly_plans_ask_one_question(self):
        page = self.url_open(f"/my/coworking/presences/{self.space.id}").text
        self.assertIn("Qui est venu en", page)
        params = {"seat": self.monthly.id, "month": "2015-06"}
        self.assertIn(
            "message", self._rpc("/my/coworking/visits/save", came="yes", **params)["result"]
        )
        row = self.env["coworking.seat.month"].search([("seat_id", "=", self.monthly.id)])
        self.assertEqual((row.came, row.partner_id), ("yes", self.partner))
        self.assertFalse(self.monthly.activity_ids)
        answer = self._rpc("/my/coworking/visits/save", came="left", **params)["result"]
        self.assertIn("quel jour", answer["error"])
        answer = self._rpc("/my/coworking/visits/save", came="left", left="2015-06-20", **params)[
            "result"
        ]
        self.assertNotIn("error", answer)
        self.assertEqual((row.came, row.date_left), ("left", d("20/6")))
        self.assertEqual(self.monthly.activity_ids.user_id, self.accompanist)
        self.assertEqual(self.monthly.state, "active", "a manager ended a seat")

    def test_an_hour_tariff_takes_hours(self):
        tariff = self._new_tariff("Hour", 4.0, unit="hour")
        seat = self._new_seat("1/6", "31/7", "Zoé", tariff=tariff, state="active")
        row = {**self._row("1/7"), "seat": seat.id, "hours": 3.5}
        self._save(row)
        self.assertEqual(seat.presence_ids.hours, 3.5)
        self._save({**row, "before": "present", "hours_before": "3.5", "hours": 2.0})
        self.assertEqual(seat.presence_ids.hours, 2.0)

    def test_who_corrects_a_third_of_an_hour_is_not_contradicted_by_themselves(self):
        tariff = self._new_tariff("Hour", 4.0, unit="hour")
        seat = self._new_seat("1/6", "31/7", "Zoé", tariff=tariff, state="active")
        row = {**self._row("1/7"), "seat": seat.id}
        self._save({**row, "hours": 0.333})
        answer = self._save({**row, "before": "present", "hours_before": "0.333", "hours": 1.0})
        self.assertFalse(answer["conflicts"])
        self.assertEqual(seat.presence_ids.hours, 1.0)

    def _hours_of_two(self):
        """What the page of one manager shows, and the second one writes 3.5 meanwhile."""
        tariff = self._new_tariff("Hour", 4.0, unit="hour")
        seat = self._new_seat("1/6", "31/7", "Zoé", tariff=tariff, state="active")
        row = {**self._row("1/7"), "seat": seat.id, "hours": 2.0}
        self._save(row)
        shown = {**row, "before": "present", "hours_before": "2"}
        self.Presence._save_presences(self.second, "portal", [{**shown, "hours": 3.5}])
        return seat, shown

    def test_hours_that_somebody_else_wrote_are_shown_and_not_overwritten(self):
        seat, shown = self._hours_of_two()
        for said in ({"hours": 4}, {"state": "absent", "hours": 0}, {"state": "", "hours": 0}):
            with self.subTest(said=said):
                answer = self._save({**shown, **said})
                self.assertFalse(answer["saved"])
                (row,) = answer["conflicts"]
                self.assertEqual((row["state"], row["hours"]), ("present", "3.5"))
                self.assertIn("Second Manager", row["words"])
                self.assertEqual(seat.presence_ids.hours, 3.5)
        # the same hours are no contradiction, nor what was seen
        self.assertFalse(self._save({**shown, "hours": 3.5})["conflicts"])
        answer = self._save({**shown, "hours_before": "3.5", "hours": 4})
        self.assertEqual(answer["saved"][0]["hours"], "4")
        self.assertEqual(seat.presence_ids.hours, 4.0)

    def test_hours_of_a_tariff_by_the_half_day_contradict_nothing(self):
        self._new_presences(self.seat, "1/7am")
        self._presence("1/7").hours = 3.5
        self.assertFalse(self._save(self._row("1/7", "am", "absent", "present"))["conflicts"])

    # Without scripts: the page is a form.

    def _field(self, day, slot="am", before="", seat=None):
        return f"s_{(seat or self.seat).id}_{d(day):%Y-%m-%d}_{slot}_{before}"

    def _send(self, day="2015-07-01", **fields_):
        values = {"day": day, "visits_month": "2015-07", **fields_}
        response = self._post(f"/my/coworking/presences/{self.space.id}", values)
        self.env.invalidate_all()
        return response

    def test_without_scripts_the_page_is_a_form_that_says_what_it_showed(self):
        self._new_presences(self.seat, "1/7am")
        page = self.url_open(f"/my/coworking/presences/{self.space.id}?day=2015-07-01").text
        for name in (self._field("1/7", before="present"), self._field("1/7", "pm")):
            self.assertIn(f'name="{name}"', page)
        self.assertIn(f'name="v_{self.monthly.id}__"', page)
        self.assertIn("Enregistrer", page)

    def test_without_scripts_only_what_was_changed_is_saved(self):
        self._new_presences(self.seat, "1/7")
        self.seat.presence_ids.host_by = self.second
        response = self._send(
            **{
                self._field("1/7", before="present"): "present",
                self._field("1/7", "pm", "present"): "absent",
                self._field("30/6"): "present",
                self._field("29/6"): "",
            }
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn("Enregistré", response.text)
        self.assertEqual(self._presence("1/7").host_by, self.second)
        self.assertEqual(self._presence("1/7", "pm").state, "absent")
        self.assertEqual(self._presence("30/6").state, "present")
        self.assertFalse(self._presence("29/6"))

    def test_without_scripts_two_managers_see_each_other(self):
        self.Presence._save_presences(self.second, "portal", [self._row("1/7", state="absent")])
        response = self._send(**{self._field("1/7"): "present", self._field("30/6"): "present"})
        self.assertEqual(response.status_code, 422)
        self.assertIn("Second Manager", response.text)
        self.assertEqual(self._presence("1/7").state, "absent")
        self.assertEqual(self._presence("30/6").state, "present")

    def test_without_scripts_hours_that_somebody_else_wrote_are_shown(self):
        seat, __ = self._hours_of_two()
        response = self._send(**{f"h_{seat.id}_2015-07-01_am_2": "4"})
        self.assertEqual(response.status_code, 422)
        self.assertIn("Second Manager", response.text)
        self.assertEqual(seat.presence_ids.hours, 3.5)
        field = html.fromstring(response.text).xpath(
            f"//input[@name='h_{seat.id}_2015-07-01_am_3.5']"
        )
        self.assertEqual(field[0].get("value"), "3,5")
        # sent as it is shown, nothing is said anew
        written = seat.presence_ids.write_date
        self._send(**{f"h_{seat.id}_2015-07-01_am_3.5": "3,5"})
        self.assertEqual(seat.presence_ids.write_date, written)

    def test_without_scripts_a_closed_month_is_refused_and_what_was_typed_is_kept(self):
        self._new_presences(self.seat, "2/6")
        self._settle()
        response = self._send(
            "2015-06-30",
            **{self._field("30/6"): "absent", self._field("1/7"): "present"},
        )
        self.assertEqual(response.status_code, 422)
        self.assertIn("le mois est clos", response.text)
        field = response.text.split(f'name="{self._field("1/7")}"')[1].split("</select>")[0]
        self.assertRegex(field, 'value="present" selected')
        self.assertFalse(self._presence("1/7"))

    def test_without_scripts_a_whole_week_is_asked_once(self):
        asked = self._send(fill=str(self.seat.id))
        self.assertIn("Camille Petit a été là toute la semaine", asked.text)
        self.assertFalse(self.seat.presence_ids)
        self._send(fill=str(self.seat.id), sure="1")
        # From Monday to Thursday 2 July, today.
        self.assertEqual(len(self.seat.presence_ids), 8)
        self.assertEqual(set(self.seat.presence_ids.mapped("source")), {"host_bulk"})

    def test_without_scripts_monthly_plans_and_hours_are_said(self):
        tariff = self._new_tariff("Hour", 4.0, unit="hour")
        seat = self._new_seat("1/6", "31/7", "Zoé", tariff=tariff, state="active")
        hours = f"h_{seat.id}_2015-07-01_am_"
        wrong = self._send(**{hours: "3h"})
        self.assertEqual(wrong.status_code, 422)
        self.assertIn('value="3h"', wrong.text)
        visit = f"v_{self.monthly.id}__"
        left = {visit: "left", f"l_{self.monthly.id}": ""}
        wrong = self._send(**{hours: "3,5", **left})
        self.assertEqual(wrong.status_code, 422)
        self.assertIn("quel jour", wrong.text)
        self.assertFalse(seat.presence_ids, "half of a form was saved")
        left[f"l_{self.monthly.id}"] = "2015-07-01"
        self._send(**{hours: "3,5", **left})
        self.assertEqual(seat.presence_ids.hours, 3.5)
        row = self.env["coworking.seat.month"].search([("seat_id", "=", self.monthly.id)])
        self.assertEqual((row.came, row.date_left), ("left", d("1/7")))

    def test_without_scripts_done_saves_and_shows_the_month(self):
        self._new_presences(self.seat, "2/6")
        statement = self._sent()
        response = self._send("2015-06-03", done="2015-06", **{self._field("3/6"): "present"})
        self.assertTrue(response.url.endswith("/my/coworking/month/2015-06"))
        self.assertEqual(self._presence("3/6").state, "present")
        self.assertFalse(statement.pending_changes)

    def test_without_scripts_a_seat_of_others_is_not_there(self):
        theirs = self._new_seat("1/6", "31/7", "X", tariff=self.tariff_b, state="active")
        field = self._field("1/7", seat=theirs)
        self.assertEqual(self._send(**{field: "present"}).status_code, 404)
        self.assertEqual(self._send(**{f"v_{theirs.id}__": "yes"}).status_code, 404)
        self.assertEqual(self._send(fill=str(theirs.id), sure="1").status_code, 404)
        self.assertFalse(theirs.presence_ids)

    def test_a_link_of_june_writes_june_only(self):
        self._new_presences(self.seat, "2/6")
        statement = self._sent()
        self._login(None)
        self.url_open(f"/my/coworking/l/{self._token(statement)}")
        self.assertEqual(self._save(self._row("4/6"))["message"], "Enregistré")
        self.assertIn("error", self._rpc("/my/coworking/presences/save", rows=[self._row("1/7")]))
        self.assertFalse(self._presence("1/7"))


@freeze_time(NOW, tick=True)
class TestOtherPages(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.manager.partner_id
        cls.seat = cls._new_seat("1/7", "31/12", "Camille Petit")

    def setUp(self):
        super().setUp()
        self._login(self.manager)

    def test_the_card_counts_what_waits(self):
        self._new_seat("1/6", "30/6", "Nour", state="active")
        self._sent()
        self.assertIn("Mes coworkers", self.url_open("/my").text)
        body = {"jsonrpc": "2.0", "params": {"counters": ["coworking_manager_count"]}}
        response = self.url_open(
            "/my/counters",
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        self.assertEqual(response.json()["result"]["coworking_manager_count"], 2)
        self._login(self.employee)
        self.assertNotIn("Mes coworkers", self.url_open("/my").text)

    def test_who_manages_no_space_any_more_is_told_so_and_keeps_what_they_wrote(self):
        self.space.manager_ids -= self.partner
        text = "Camille a perdu son badge"
        path = f"/my/coworking/message/space/{self.space.id}"
        page = self._post(path, {"text": text})
        self.assertEqual(page.status_code, 404)
        self.assertIn("pas la vôtre aujourd'hui", page.text.replace("&#39;", "'"))
        self.assertIn(text, page.text)
        self.assertNotIn(self.space.name, page.text)
        self._login(self.employee)
        never = self.url_open("/my/coworking")
        self.assertEqual(never.status_code, 404)
        self.assertIn("pas la vôtre aujourd", never.text, "the same as a stranger")

    def test_an_arrival_is_confirmed_once(self):
        path = f"/my/coworking/arrivals/{self.seat.id}"
        page = self.url_open("/my/coworking/arrivals").text
        self.assertIn("Camille Petit", page)
        self.assertIn(self.accompanist.name, page)
        self.assertIn("est confirmée", self._post(path, {"answer": "yes"}).text)
        self.env.invalidate_all()
        self.assertEqual(self.seat.state, "active")
        response = self._post(path, {"answer": "yes"})
        self.assertIn("déjà confirmée", response.text)

    def test_an_arrival_to_come_is_not_confirmed_yet(self):
        self.seat.date_start = d("10/7")
        response = self._post(f"/my/coworking/arrivals/{self.seat.id}", {"answer": "yes"})
        self.assertIn("10 juillet 2015", response.text)
        self.env.invalidate_all()
        self.assertEqual(self.seat.state, "confirmed")

    def test_an_arrival_is_refused_with_a_reason_and_staff_decide(self):
        path = f"/my/coworking/arrivals/{self.seat.id}"
        self.assertIn("dites pourquoi", self._post(path, {"answer": "no"}).text)
        self._post(path, {"answer": "no", "reason": "Jamais venue"})
        self.env.invalidate_all()
        self.assertEqual(self.seat.state, "confirmed")
        self.assertEqual(self.seat.activity_ids.user_id, self.accompanist)
        self.assertIn("Jamais venue", self.seat.activity_ids.note)
        self.assertIn("Jamais venue", self.url_open("/my/coworking/arrivals").text)
        self.assertEqual(self.env["coworking.portal"]._get_waiting_count(self.partner), 0)

    def test_by_link_the_last_arrival_is_confirmed_without_a_login(self):
        token = self._token(self.seat, "arrival")
        self._login(None)
        self.url_open(f"/my/coworking/l/{token}")
        response = self._post(f"/my/coworking/arrivals/{self.seat.id}", {"answer": "yes"})
        self.assertEqual(response.status_code, 200)
        self.assertIn("est confirmée", response.text)

    def test_a_report_makes_an_activity_and_ends_nothing(self):
        self.seat.action_start()
        path = f"/my/coworking/report/{self.seat.id}"
        response = self._post(path, {"kind": "gone"})
        self.assertIn("depuis quand", response.text)
        response = self._post(path, {"kind": "gone", "day": "2015-07-03"})
        self.assertIn("choisissez « A annoncé", self._spaced(response.text))
        response = self._post(path, {"kind": "accident", "note": "", "day": "2015-07-02"})
        self.assertEqual(response.status_code, 422)
        self.assertIn('value="2015-07-02"', response.text)
        self._post(path, {"kind": "gone", "day": "2015-07-01", "note": "<b>Plus</b> de nouvelles"})
        self.env.invalidate_all()
        activity = self.seat.activity_ids
        self.assertEqual(activity.user_id, self.accompanist)
        self.assertIn("&lt;b&gt;Plus", activity.note)
        self.assertEqual((self.seat.state, self.seat.date_end), ("active", d("31/12")))

    def test_the_end_of_funding_is_announced_forty_five_days_before(self):
        self.seat.action_start()
        self.seat.date_end = d("16/8")
        people = "/my/coworking/people"
        self.assertIn("Fin de prise en charge le 16 août 2015", self._text(people))
        self.seat.date_end = d("17/8")
        self.assertNotIn("Fin de prise en charge", self._text(people))

    def _text(self, path):
        return " ".join(self.url_open(path).text.split())

    def _spaced(self, text):
        """With ordinary spaces in amounts."""
        return text.replace("\u202f", " ").replace("\xa0", " ")

    def test_a_price_is_proposed_its_cost_is_seen_then_accepted(self):
        path = f"/my/coworking/prices/{self.tariff.id}"
        data = {"price": "190,50", "first": "2015-09-01", "note": "Loyer"}
        for wrong, words in (
            ({"price": "abc"}, "Écrivez le nouveau prix"),
            ({"first": "2015-07-02"}, "un jour à venir"),
            ({"first": ""}, "un jour à venir"),
            ({"price": "999999"}, "999 999,00 € au lieu de 180,00 €"),
            ({"price": "19050"}, "vérifiez le prix"),
            ({"price": "0"}, "vérifiez le prix"),
            ({"price": "180"}, "180,00 € le 1er septembre 2015 : saisissez un autre prix"),
        ):
            with self.subTest(words):
                response = self._post(path, {**data, **wrong})
                self.assertIn(words, self._spaced(response.text))
                self.assertIn('value="Loyer"', response.text)
        self._post(path, data)
        proposal = self.env["coworking.tariff.proposal"].search(
            [("tariff_id", "=", self.tariff.id)]
        )
        self.assertEqual((proposal.price, proposal.date_start), (190.5, d("1/9")))
        self.assertEqual(proposal.activity_ids.user_id, self.coordinator)
        self.assertIn("attend déjà", self._post(path, data).text)
        self.assertEqual(self.tariff._price_on(d("1/9")).price, 180.0)
        staff = proposal.with_user(self.coordinator)
        action = staff.action_look()
        wizard = self.env[action["res_model"]].with_user(self.coordinator)
        wizard = wizard.with_context(**action["context"]).create({"answer": "D'accord"})
        self.assertEqual(wizard.total_extra, 4 * 10.5)
        wizard.action_apply()
        self.assertEqual(proposal.state, "accepted")
        self.assertEqual(self.tariff._price_on(d("1/9")).price, 190.5)
        self.assertIn("accepté", self._mails_to(self.partner).body_html)
        with self.assertRefused("answered"):
            staff.action_refuse()

    def test_a_price_is_refused_with_words(self):
        self._post(
            f"/my/coworking/prices/{self.tariff.id}", {"price": "500", "first": "2015-09-01"}
        )
        proposal = self.env["coworking.tariff.proposal"].search(
            [("tariff_id", "=", self.tariff.id)]
        )
        staff = proposal.with_user(self.coordinator)
        with self.assertRefused("write the answer"):
            staff.action_refuse()
        staff.answer = "Trop cher pour nous"
        staff.action_refuse()
        self.assertIn("Trop cher pour nous", self.url_open("/my/coworking/prices").text)
        self.assertIn("Trop cher pour nous", self._mails_to(self.partner).body_html)

    def test_the_sheet_is_kept_by_the_space(self):
        path = f"/my/coworking/space/{self.space.id}"
        amenity = self.env["coworking.amenity"].search([], limit=1)
        self._post(f"{path}/amenities", {"amenity": str(amenity.id)})
        hours = {f"from_{day}": "09:00" for day in range(4)} | {
            f"to_{day}": "18:30" for day in range(4)
        }
        self._post(f"{path}/hours", hours)
        self._post(
            f"{path}/closure", {"first": "2015-08-01", "last": "2015-08-16", "reason": "Congés"}
        )
        self.env.invalidate_all()
        self.assertEqual(self.space.amenity_ids, amenity)
        calendar = self.space.resource_calendar_id
        self.assertNotEqual(calendar, self.company.resource_calendar_id)
        self.assertEqual(set(calendar.attendance_ids.mapped("dayofweek")), {"0", "1", "2", "3"})
        self.assertEqual(
            calendar.attendance_ids.filtered(lambda row: row.dayofweek == "0").mapped(
                lambda row: (row.hour_from, row.hour_to)
            ),
            [(9.0, 13.5), (13.5, 18.5)],
        )
        self.assertNotIn(
            (d("3/8"), "am"), self.space._open_half_days(d("3/8"), d("3/8"))[self.space.id]
        )
        page = self.url_open(path).text
        self.assertIn("1er août 2015 au 16 août 2015", page)
        self.assertIn("Congés", page)

    def test_what_is_noted_of_a_sheet_is_in_the_language_of_staff(self):
        """The manager reads French, the company and its coordinator English."""
        self.env["res.lang"]._activate_lang("en_US")
        self.company.partner_id.lang = self.coordinator.lang = "en_US"
        path = f"/my/coworking/space/{self.space.id}"
        day = {"first": "2015-08-01", "last": "2015-08-16"}
        self._post(f"{path}/hours", {"from_0": "09:00", "to_0": "18:30"})
        self._post(f"{path}/closure", day)
        self._post(f"{path}/absence", {**day, "substitute": "Paul, 06 39 98 01 01"})
        self.env.invalidate_all()
        summary = f"{self.partner.name} is away: make their substitute a second contact"
        self.assertEqual(self.space.activity_ids.mapped("summary"), [summary])
        self.assertIn("1 August 2015 to 16 August 2015", self.space.activity_ids.note)
        answers = self.env["coworking.portal.answer"].search([("space_id", "=", self.space.id)])
        self.assertEqual(
            answers.sorted("id").mapped("note"),
            [
                "Opening hours",
                "Closed: 1 August 2015 to 16 August 2015",
                "1 August 2015 to 16 August 2015, Paul, 06 39 98 01 01",
            ],
        )

    def test_a_sheet_that_makes_no_sense_is_refused_and_kept(self):
        path = f"/my/coworking/space/{self.space.id}"
        calendar = self.space.resource_calendar_id
        response = self._post(f"{path}/hours", {"from_0": "18:00", "to_0": "09:00"})
        self.assertEqual(response.status_code, 422)
        self.assertIn("Lundi", response.text)
        self.assertIn('value="18:00"', response.text)
        for what, data in (
            ("hours", {"from_0": "never", "to_0": "09:00"}),
            ("hours", {}),
            ("closure", {"first": "2015-07-01"}),
            ("closure", {"first": "2015-08-10", "last": "2015-08-01"}),
            ("closure", {"first": "2015-08-10", "last": "9999-12-31"}),
            ("closure", {"first": "9999-12-31"}),
            ("closure", {"first": "2015-08-10", "last": "2015-08-16", "reason": "x" * 2001}),
            ("closure", {}),
            ("absence", {"first": "2015-08-10"}),
            ("photo", {}),
        ):
            with self.subTest(what=what, data=data):
                self.assertEqual(self._post(f"{path}/{what}", data).status_code, 422)
        self.assertEqual(self._post(f"{path}/owner", {}).status_code, 404)
        self.env.invalidate_all()
        self.assertEqual(self.space.resource_calendar_id, calendar)

    def test_a_price_that_may_be_two_is_asked_again(self):
        path = f"/my/coworking/prices/{self.tariff.id}"
        for text in ("1.234", "1,234", "190,505", "-190", ""):
            response = self._post(path, {"price": text, "first": "2015-09-01"})
            self.assertIn("190 ou 190,50", response.text, text)
        self._post(path, {"price": "1\u202f190,50 €", "first": "2015-09-01"})
        self.env.invalidate_all()
        proposal = self.env["coworking.tariff.proposal"].search(
            [("tariff_id", "=", self.tariff.id)]
        )
        self.assertEqual(proposal.price, 1190.5)

    def test_superscripts_are_neither_prices_nor_amenities(self):
        path = f"/my/coworking/prices/{self.tariff.id}"
        self.assertEqual(self._post(path, {"price": "²", "first": "2015-09-01"}).status_code, 422)
        response = self._post(f"/my/coworking/space/{self.space.id}/amenities", {"amenity": "²"})
        self.assertEqual(response.status_code, 200)

    def test_too_long_a_text_is_refused_and_kept(self):
        long = "x" * 2001
        here = self._new_seat("1/6", "31/12", "Zoé", state="active")
        for path, data in (
            (f"/my/coworking/message/space/{self.space.id}", {"text": long}),
            (f"/my/coworking/arrivals/{self.seat.id}", {"answer": "no", "reason": long}),
            (f"/my/coworking/report/{here.id}", {"kind": "problem", "note": long}),
        ):
            with self.subTest(path=path):
                response = self._post(path, data)
                self.assertEqual(response.status_code, 422)
                self.assertIn("2000", response.text)
                self.assertIn(long, response.text)

    def test_a_text_with_a_null_is_taken_without_it(self):
        path = f"/my/coworking/report/{self.seat.id}"
        response = self._post(path, {"kind": "problem", "note": "Porte\0 fermée"})
        self.assertEqual(response.status_code, 200)
        answer = self.env["coworking.portal.answer"].search([("seat_id", "=", self.seat.id)])
        self.assertIn("Porte fermée", answer.note)

    def test_a_photo_is_a_picture(self):
        path = f"/my/coworking/space/{self.space.id}/photo"

        def send(content):
            return self.url_open(
                path,
                data={"csrf_token": self._csrf()},
                files={"photo": ("photo.png", content, "image/png")},
            )

        picture = BytesIO()
        Image.new("RGB", (40, 30), "red").save(picture, "PNG")
        bomb = bytearray(picture.getvalue())
        bomb[16:24] = struct.pack(">II", 30000, 30000)  # what the header says of its size
        bomb[29:33] = struct.pack(">I", zlib.crc32(bomb[12:29]))
        for content in (
            b"<svg onload='alert(1)'/>",
            b"\x89PNG\r\n\x1a\nnot a picture",
            b"MZ",
            bytes(bomb),
        ):
            with self.subTest(content=content[:30]):
                response = send(content)
                self.assertEqual(response.status_code, 422)
                self.assertIn("pas une photo", response.text)
        self.env.invalidate_all()
        self.assertFalse(self.space.image_1920)
        self.assertEqual(send(picture.getvalue()).status_code, 200)
        self.env.invalidate_all()
        self.assertTrue(self.space.image_1920)

    def test_holidays_hand_over_to_the_second_contact(self):
        second = self.env["res.partner"].create(
            {"name": "Second", "email": "second@example.com", "lang": "fr_FR"}
        )
        self.space.substitute_ids = second
        self._post(
            f"/my/coworking/space/{self.space.id}/absence",
            {"first": "2015-07-01", "last": "2015-07-20"},
        )
        self.env.invalidate_all()
        self.assertEqual(self.space._get_contacts_to_write_to(), second)
        self._login(None)
        self.url_open(f"/my/coworking/l/{self._token(self.seat, 'arrival', second)}")
        self._post(f"/my/coworking/arrivals/{self.seat.id}", {"answer": "yes"})
        self.env.invalidate_all()
        self.assertEqual(self.seat.state, "active")
        answer = self.env["coworking.portal.answer"].search([("seat_id", "=", self.seat.id)])
        self.assertEqual(answer.partner_id, second)

    def test_the_occupancy_is_counted_week_by_week(self):
        weeks = self.env["coworking.portal"]._prepare_occupancy(self.space)
        taken = [week["taken"] for week in weeks]
        self.assertEqual(taken, [0] * 5 + [1] * 8)
        self.assertTrue(weeks[4]["now"])

    def test_numbers_of_records_that_do_not_exist_are_not_errors_of_the_server(self):
        for path in (
            "/my/coworking/space/99999999999999999999",
            "/my/coworking/presences/99999999999999999999",
            "/my/coworking/month/2015-13",
            "/my/coworking/month/0000-00",
            "/my/coworking/month/x",
            "/my/coworking/month/99999999999999999999-1",
            "/my/coworking/preview/99999999999999999999",
        ):
            with self.subTest(path):
                self.assertEqual(self.url_open(path).status_code, 404)
        self.assertEqual(
            self.url_open(f"/my/coworking/presences/{self.space.id}?day=9999-99-99").status_code,
            200,
        )

    def test_last_weeks_of_the_year_are_reached(self):
        for day in ("0001-01-01", "9999-12-31"):
            response = self.url_open(f"/my/coworking/presences/{self.space.id}?day={day}")
            self.assertEqual(response.status_code, 200)
