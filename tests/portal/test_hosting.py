"""The pages on which an agreement is read and signed, as each kind of visitor."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time

from ..models.test_hosting import PNG, HostingCase

CANARIES = ("CanaryStreet", "CanaryNote", "CanaryAgency", "CanaryOther")


@freeze_time("2015-06-15 09:00:00", tick=True)
class TestHostingPages(HostingCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        agency = cls.env["res.partner"].create({"name": "CanaryAgency", "is_company": True})
        cls.person.write({"prescriber_id": agency.id, "situation_note": "CanaryNote"})
        cls.person.partner_id.street = "CanaryStreet"
        other = cls._new_seat("15/6", "14/12", who="CanaryOther")
        cls.other = cls.env["coworking.hosting"].create({"seat_id": other.id})
        cls.other.action_send()
        cls.hosting = cls.env["coworking.hosting"].create({"seat_id": cls.seat.id})
        cls.hosting.action_send()
        cls.participant_row = cls.hosting.signatory_ids[0]
        cls.space_row = cls.hosting.signatory_ids[1]
        for user in (cls.manager, cls.manager_b, cls.coordinator, cls.employee):
            user.password = f"{user.login}_password"

    def _as(self, user):
        self.authenticate(*(user and (user.login, f"{user.login}_password") or (None, None)))

    def _get(self, signatory, token=None, suffix="", **query):
        url = f"/my/agreements/{signatory if isinstance(signatory, int) else signatory.id}{suffix}"
        if token:
            query["access_token"] = token
        return self.url_open(url, params=query, allow_redirects=False)

    def _accept(self, signatory, token, shown=None, name="Camille", signature=PNG):
        response = self.url_open(
            f"/my/agreements/{signatory.id}/accept?access_token={token}"
            f"&shown={shown or self.hosting.text_hash}",
            data=json.dumps({"params": {"name": name, "signature": signature}}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()["result"]

    def _refusal(self, response):
        """As a page that never was: nothing tells whether the agreement exists."""
        return (response.status_code, response.headers.get("Location")), (303, "/my")

    def test_the_link_opens_the_agreement_and_nothing_else_of_the_file(self):
        page = self._get(self.participant_row, self.participant_row.access_token)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Atelier Test", page.text)
        self.assertIn("Camille", page.text)
        for word in CANARIES:
            self.assertNotIn(word, page.text)

    def test_pages_whose_address_holds_the_token_are_neither_kept_nor_told(self):
        token = self.participant_row.access_token
        for suffix in ("", "/document"):
            with self.subTest(suffix=suffix):
                headers = self._get(self.participant_row, token, suffix).headers
                self.assertEqual(headers["Referrer-Policy"], "no-referrer")
                self.assertEqual(headers["Cache-Control"], "no-store")

    def test_staff_read_the_link_that_they_hand_over_and_no_token(self):
        row = self.participant_row.with_user(self.coordinator)
        self.assertIn(f"/my/agreements/{row.id}", row.sign_url)
        with self.assertRaises(AccessError):
            row.read(["access_token"])
        with self.assertRaises(AccessError):
            row.search([("access_token", "!=", False)])

    def test_missing_altered_and_other_tokens_answer_alike(self):
        row = self.participant_row
        cases = {
            "no token": (row, None),
            "altered": (row, row.access_token[:-1] + "x"),
            "empty": (row, ""),
            "of other letters": (row, "é"),
            "of other letters, missing record": (row.id + 10_000, "é"),
            "of another signatory": (row, self.space_row.access_token),
            "of another agreement": (row, self.other.signatory_ids[0].access_token),
            "missing record": (row.id + 10_000, row.access_token),
        }
        for user in (None, self.manager_b, self.employee):
            self._as(user)
            for name, (record, token) in cases.items():
                for suffix in ("", "/document"):
                    with self.subTest(user=user and user.login, case=name, suffix=suffix):
                        self.assertEqual(*self._refusal(self._get(record, token, suffix)))

    def test_the_manager_opens_it_without_a_token_when_signed_in(self):
        self._as(self.manager)
        self.assertEqual(self._get(self.space_row).status_code, 200)
        self.assertEqual(*self._refusal(self._get(self.participant_row)))
        self.assertEqual(*self._refusal(self._get(self.other.signatory_ids[0])))

    def test_a_cancelled_or_revised_agreement_is_closed(self):
        token = self.participant_row.access_token
        self.hosting.action_revise()
        self.assertEqual(*self._refusal(self._get(self.participant_row, token)))
        self.hosting.action_send()
        self.assertEqual(*self._refusal(self._get(self.participant_row, token)))
        token = self.participant_row.access_token
        self.assertEqual(self._get(self.participant_row, token).status_code, 200)
        self.hosting.action_cancel()
        self.assertEqual(*self._refusal(self._get(self.participant_row, token)))

    def test_signing_keeps_name_time_and_address(self):
        answer = self._accept(self.participant_row, self.participant_row.access_token)
        self.assertTrue(answer["force_refresh"], answer)
        row = self.participant_row
        self.assertEqual(
            (row.state, row.signed_by, row.signed_ip), ("signed", "Camille", "127.0.0.1")
        )
        self.assertTrue(row.signed_on)
        page = self.url_open(answer["redirect_url"])
        self.assertEqual(page.status_code, 200)

    def test_signing_twice_out_of_turn_or_an_old_text_says_why(self):
        token = self.participant_row.access_token
        early = self._accept(self.space_row, self.space_row.access_token)
        other = self._accept(self.participant_row, token, shown="0")
        self.assertEqual(self.hosting.state, "ready_to_sign")
        self._accept(self.participant_row, token)
        twice = self._accept(self.participant_row, token)
        self.assertEqual(len({answer["error"] for answer in (early, other, twice)}), 3)
        self.assertEqual(self.hosting.state, "partially_signed")

    def test_nobody_signs_for_another(self):
        for user in (None, self.manager, self.manager_b):
            self._as(user)
            for token in (self.space_row.access_token, "", "x"):
                self.assertEqual(list(self._accept(self.participant_row, token)), ["error"])
        self.assertEqual(self.participant_row.state, "waiting")

    def test_reading_writes_nothing(self):
        token = self.participant_row.access_token
        for suffix in ("", "/document", "/accept", "/decline"):
            self._get(self.participant_row, token, suffix, reason="x", name="x", signature=PNG)
        self.assertEqual(self.hosting.state, "ready_to_sign")
        self.assertEqual(self.participant_row.state, "waiting")

    def _decline(self, token, reason, csrf=True):
        self._get(self.participant_row, token)
        data = {"access_token": token, "reason": reason}
        if csrf:
            data["csrf_token"] = Request.csrf_token(self)
        return self.url_open(f"/my/agreements/{self.participant_row.id}/decline", data=data)

    def test_declining_needs_a_reason_and_keeps_what_was_typed(self):
        token = self.participant_row.access_token
        self._as(None)
        page = self._decline(token, "   ")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(self.hosting.state, "ready_to_sign")
        page = self._decline(token, "<b>wrong</b> dates")
        self.assertEqual(self.hosting.state, "rejected")
        self.assertEqual(self.hosting.reject_reason, "<b>wrong</b> dates")
        self.assertNotIn("<b>wrong", page.text)

    def test_declining_from_another_site_is_refused(self):
        self._as(None)
        with patch("odoo.http._logger.warning"):
            page = self._decline(self.participant_row.access_token, "x", csrf=False)
        self.assertEqual(page.status_code, 400)
        self.assertEqual(self.hosting.state, "ready_to_sign")

    def test_the_signed_document_is_served_as_a_download_and_its_link_dies(self):
        for row in self.hosting.signatory_ids:
            self._accept(row, row.access_token)
        self.assertEqual(self.hosting.state, "validated")
        token = self.participant_row.access_token
        response = self._get(self.participant_row, token, "/document")
        self.assertEqual(response.content, self.hosting.sealed_attachment_id.raw)
        self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"))
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.hosting.flush_recordset()
        self.env.cr.execute(
            "UPDATE coworking_hosting SET sealed_on = '2015-01-01' WHERE id = %s",
            [self.hosting.id],
        )
        self.hosting.invalidate_recordset()
        self.assertEqual(*self._refusal(self._get(self.participant_row, token, "/document")))

    def test_the_file_itself_is_not_open_to_the_public(self):
        for row in self.hosting.signatory_ids:
            self._accept(row, row.access_token)
        attachment = self.hosting.sealed_attachment_id
        for user in (None, self.manager, self.employee):
            self._as(user)
            with self.subTest(user=user and user.login):
                response = self.url_open(f"/web/content/{attachment.id}")
                self.assertNotIn(attachment.raw, response.content)
