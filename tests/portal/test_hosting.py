"""The pages on which an agreement is read and signed, as each kind of visitor."""

import json
import re
from urllib.parse import urlsplit

from lxml.html import fromstring

from odoo.http import Request
from odoo.tests import HttpCase, freeze_time
from odoo.tools import SQL

from ..hosting.test_hosting import PNG, HostingCase

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

    def _token(self, signatory, **kwargs):
        url = self.env["coworking.portal.link"]._make_url(
            signatory, "hosting", signatory.partner_id, **kwargs
        )
        return url.rsplit("/", 1)[1]

    def _open(self, signatory):
        """Come by a new link, in a browser that knows nothing; the answer to the link."""
        self._as(None)
        return self._follow(self._token(signatory))

    def _follow(self, token):
        return self.url_open(f"/my/coworking/l/{token}", allow_redirects=False)

    def _get(self, signatory, suffix="", **query):
        url = f"/my/agreements/{signatory if isinstance(signatory, int) else signatory.id}{suffix}"
        return self.url_open(url, params=query, allow_redirects=False)

    def _accept(self, signatory, shown=None, name="Camille", signature=PNG):
        response = self.url_open(
            f"/my/agreements/{signatory.id}/accept?shown={shown or self.hosting.text_hash}",
            data=json.dumps({"params": {"name": name, "signature": signature}}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()["result"]

    def _refusal(self, response, user=None):
        """As a page that never was: nothing tells whether the agreement exists."""
        path = response.headers.get("Location", "").split("?")[0]
        return (response.status_code, path), (303, "/my" if user else "/web/login")

    def _over(self, response):
        """As a page whose link has ended while it was open: a new one is offered."""
        offered = 'action="/my/coworking/links/new"' in response.text
        return (response.status_code, offered), (404, True)

    def test_the_link_opens_the_agreement_and_nothing_else_of_the_file(self):
        answer = self._open(self.participant_row)
        path = answer.headers["Location"].partition("?")[0]
        self.assertEqual(path, f"/my/agreements/{self.participant_row.id}")
        page = self._get(self.participant_row)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Atelier Test", page.text)
        self.assertIn("Camille", page.text)
        for word in CANARIES:
            self.assertNotIn(word, page.text)

    def test_pages_behind_the_link_are_neither_kept_nor_told(self):
        self._open(self.participant_row)
        for suffix in ("", "/document"):
            with self.subTest(suffix=suffix):
                headers = self._get(self.participant_row, suffix).headers
                self.assertEqual(headers["Referrer-Policy"], "no-referrer")
                self.assertEqual(headers["Cache-Control"], "no-store")

    def test_the_link_of_the_own_page_leads_to_the_agreement_of_that_file_alone(self):
        url = self.env["coworking.portal.link"]._make_url(
            self.person, "participant", self.person.partner_id
        )
        self._as(None)
        home = self.url_open(urlsplit(url).path)
        self.assertIn(f'href="/my/agreements/{self.participant_row.id}"', home.text)
        for record in (self.space_row, self.other.signatory_ids[0]):
            self.assertEqual(*self._refusal(self._get(record)))
            self.assertEqual(list(self._accept(record)), ["error"])
        self.assertEqual(self._get(self.participant_row).status_code, 200)
        self.assertNotIn("error", self._accept(self.participant_row))

    def test_no_token_is_kept(self):
        token = self._token(self.participant_row)
        self.env.flush_all()
        for table in ("coworking_hosting_signatory", "coworking_portal_link"):
            self.env.cr.execute(
                SQL(
                    "SELECT COUNT(*) FROM %s AS row WHERE row::text LIKE %s",
                    SQL.identifier(table),
                    f"%{token}%",
                )
            )
            self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_missing_and_other_peoples_agreements_answer_alike(self):
        cases = {
            "of another signatory": self.participant_row,
            "of another agreement": self.other.signatory_ids[0],
            "missing": self.participant_row.id + 10_000,
            "number that no record can have": 2**40,
        }
        for name, record in cases.items():
            for suffix in ("", "/document"):
                for user in (None, self.manager_b, self.employee, self.manager):
                    with self.subTest(user=user and user.login, case=name, suffix=suffix):
                        self._as(user)
                        self.assertEqual(*self._refusal(self._get(record, suffix), user))
                with self.subTest(case=name, suffix=suffix, link="of the manager"):
                    self._open(self.space_row)
                    self.assertEqual(*self._refusal(self._get(record, suffix)))

    def test_addresses_that_hold_a_token_offer_a_new_link_whatever_they_are(self):
        """As links were before they were kept as hashes."""
        answers = set()
        self._as(None)
        for record, token in (
            (self.participant_row, "known"),
            (self.participant_row, self._token(self.participant_row)),
            (self.participant_row, "é"),
            (self.participant_row.id + 10_000, "known"),
        ):
            page = self._get(record, access_token=token)
            self.assertEqual(page.status_code, 404)
            self.assertIn("/my/coworking/l/", page.text)
            text = "\n".join(line for line in page.text.split("\n") if "csrf_token" not in line)
            answers.add(re.sub(r"/my/coworking/l/[^/]+/new", "", text))
        self.assertEqual(len(answers), 1)

    def test_a_link_that_is_over_offers_another_which_opens_the_same_agreement(self):
        token = self._token(self.participant_row)
        self.env["coworking.portal.link"]._find_link(token).date_expiry = "2015-06-01"
        self._as(None)
        page = self._follow(token)
        self.assertEqual(page.status_code, 404)
        self.assertIn(f"/my/coworking/l/{token}/new", page.text)
        before = self.env["mail.mail"].search([])
        self.url_open(f"/my/coworking/l/{token}/new", data={"csrf_token": Request.csrf_token(self)})
        mail = self.env["mail.mail"].search([]) - before
        self.assertIn("camille@example.com", mail.email_to)
        (fresh,) = re.findall(r"/my/coworking/l/([\w-]+)", str(mail.body_html))
        path = self._follow(fresh).headers["Location"].partition("?")[0]
        self.assertTrue(path.endswith(f"/my/agreements/{self.participant_row.id}"))

    def test_a_link_is_worth_nothing_to_whoever_is_signed_in_as_somebody_else(self):
        token = self._token(self.participant_row)
        for user in (self.manager, self.coordinator):
            self._as(user)
            with self.subTest(user=user.login):
                self.assertEqual(self._follow(token).status_code, 404)
                self.assertEqual(*self._refusal(self._get(self.participant_row), user))

    def test_a_coordinator_who_looks_as_a_manager_does_not_sign_for_them(self):
        self._as(self.coordinator)
        self.url_open(f"/my/coworking/preview/{self.space.id}")
        self.assertIn("Manager A", self.url_open("/my/coworking").text)
        self.assertEqual(*self._refusal(self._get(self.space_row), self.coordinator))
        self.assertEqual(list(self._accept(self.space_row)), ["error"])

    def test_the_manager_opens_it_without_a_token_when_signed_in(self):
        self._as(self.manager)
        self.assertEqual(self._get(self.space_row).status_code, 200)
        self.assertEqual(*self._refusal(self._get(self.participant_row), self.manager))
        self.assertEqual(*self._refusal(self._get(self.other.signatory_ids[0]), self.manager))

    def test_a_manager_who_left_the_space_opens_it_no_more_signed_in_either(self):
        self.participant_row._record_signature("Camille", PNG, "192.0.2.7", self.hosting.text_hash)
        self._as(self.manager)
        self.assertEqual(self._get(self.space_row).status_code, 200)
        self.space.manager_ids = self.manager_b.partner_id
        self.assertEqual(*self._refusal(self._get(self.space_row), self.manager))
        self.assertEqual(list(self._accept(self.space_row)), ["error"])
        self.assertEqual(self.space_row.state, "waiting")

    def test_a_cancelled_or_revised_agreement_is_closed(self):
        self._open(self.participant_row)
        self.assertEqual(self._get(self.participant_row).status_code, 200)
        self.hosting.action_revise()
        self.assertEqual(*self._over(self._get(self.participant_row)))
        self.hosting.action_send()
        self.assertEqual(*self._over(self._get(self.participant_row)))
        self._open(self.participant_row)
        self.assertEqual(self._get(self.participant_row).status_code, 200)
        self.hosting.action_cancel()
        self.assertEqual(*self._over(self._get(self.participant_row)))
        self._as(None)
        self.assertEqual(*self._refusal(self._get(self.participant_row)))

    def test_a_link_that_ends_while_the_page_is_open_says_so_and_keeps_what_was_typed(self):
        answer = self._open(self.participant_row)
        csrf = re.search(r'name="csrf_token" value="(\w+)"', self._get(self.participant_row).text)[
            1
        ]
        self.hosting.action_revise()
        for suffix in ("", "/document"):
            with self.subTest(suffix=suffix):
                self.assertEqual(*self._over(self._get(self.participant_row, suffix)))
        page = self.url_open(
            f"/my/agreements/{self.participant_row.id}/decline",
            data={"csrf_token": csrf, "reason": "Words that I keep"},
        )
        self.assertEqual(*self._over(page))
        self.assertIn("Words that I keep", page.text)
        # where cookies are blocked, the page does not know the link
        self._as(None)
        self.opener.cookies.clear()
        self.assertIn("cookies", self.url_open(answer.headers["Location"]).text)

    def test_signing_keeps_name_time_and_address_and_ends_the_links(self):
        mailed = self._token(self.participant_row)
        self._open(self.participant_row)
        answer = self._accept(self.participant_row)
        self.assertTrue(answer["force_refresh"], answer)
        row = self.participant_row
        self.assertEqual(
            (row.state, row.signed_by, row.signed_ip), ("signed", "Camille", "127.0.0.1")
        )
        self.assertTrue(row.signed_on)
        page = self.url_open(answer["redirect_url"], allow_redirects=False)
        self.assertEqual(page.status_code, 200, "who has just signed reads what they signed")
        said = fromstring(page.text).xpath("//div[@role='status']/p")
        self.assertEqual(len(said), 2, "what is recorded, then what comes next, apart")
        nobody = self.env.ref("base.public_partner")
        self.assertNotIn(nobody, self.hosting.message_ids.author_id, "it is Odoo that writes")
        self._as(None)
        self.assertEqual(self._follow(mailed).status_code, 404)
        self.assertEqual(*self._refusal(self._get(self.participant_row)))

    def test_the_browser_in_which_somebody_signed_shows_it_for_a_day(self):
        self._open(self.participant_row)
        self._accept(self.participant_row)
        link = self.env["coworking.portal.link"].search([], limit=1)
        self.assertEqual(link.channel, "signature")
        link.date_expiry = "2015-06-15 08:59:59"
        self.assertEqual(*self._over(self._get(self.participant_row)))

    def test_signing_twice_out_of_turn_or_an_old_text_says_why(self):
        self._open(self.space_row)
        early = self._accept(self.space_row)
        self._open(self.participant_row)
        other = self._accept(self.participant_row, shown="0")
        self.assertEqual(self.hosting.state, "ready_to_sign")
        self._accept(self.participant_row)
        twice = self._accept(self.participant_row)
        self.assertEqual(len({answer["error"] for answer in (early, other, twice)}), 3)
        self.assertEqual(self.hosting.state, "partially_signed")

    def test_nobody_signs_for_another(self):
        for user in (None, self.manager, self.manager_b, self.coordinator):
            self._as(user)
            self.assertEqual(list(self._accept(self.participant_row)), ["error"])
        self._open(self.space_row)
        self.assertEqual(list(self._accept(self.participant_row)), ["error"])
        self._open(self.other.signatory_ids[0])
        self.assertEqual(list(self._accept(self.participant_row)), ["error"])
        self.assertEqual(self.participant_row.state, "waiting")

    def test_what_is_not_a_name_or_a_signature_is_refused_in_words(self):
        self._open(self.participant_row)
        for name, signature in (
            ({}, PNG),
            (["x"], PNG),
            (7, PNG),
            ("", PNG),
            ("x" * 101, PNG),
            ("Camille", {}),
            ("Camille", 7),
            ("Camille", "é"),
            ("Camille", "AAAA"),
            ("Camille", "data:image/svg+xml;base64,AAAA"),
        ):
            with self.subTest(name=name, signature=signature):
                self.assertEqual(
                    list(self._accept(self.participant_row, name=name, signature=signature)),
                    ["error"],
                )
        answer = self._accept(self.participant_row, name="Cam\0ille\r\nBcc: x")
        self.assertNotIn("error", answer)
        self.assertEqual(self.participant_row.signed_by, "Camille Bcc: x")

    def test_reading_writes_nothing(self):
        self._open(self.participant_row)
        for suffix in ("", "/document", "/accept", "/decline"):
            self._get(self.participant_row, suffix, reason="x", name="x", signature=PNG)
        self.assertEqual(self.hosting.state, "ready_to_sign")
        self.assertEqual(self.participant_row.state, "waiting")

    def _decline(self, reason, csrf=True):
        self._open(self.participant_row)
        page = self._get(self.participant_row).text
        data = {"reason": reason}
        if csrf:
            data["csrf_token"] = re.search(r'name="csrf_token" value="(\w+)"', page)[1]
        return self.url_open(f"/my/agreements/{self.participant_row.id}/decline", data=data)

    def test_declining_needs_a_reason_and_keeps_what_was_typed(self):
        page = self._decline("   ")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(self.hosting.state, "ready_to_sign")
        page = self._decline("<b>wrong</b> dates")
        self.assertEqual(self.hosting.state, "rejected")
        self.assertEqual(self.hosting.reject_reason, "<b>wrong</b> dates")
        self.assertNotIn("<b>wrong", page.text)

    def test_declining_from_another_site_is_refused(self):
        page = self._decline("Words that I keep", csrf=False)
        self.assertEqual(page.status_code, 400)
        self.assertIn('value="Words that I keep"', page.text)
        self.assertEqual(self.hosting.state, "ready_to_sign")

    def _sign_all(self):
        for row in self.hosting.signatory_ids:
            self._open(row)
            self._accept(row)

    def test_the_signed_document_is_served_as_a_download_and_its_link_dies(self):
        self._sign_all()
        self.assertEqual(self.hosting.state, "validated")
        self._open(self.participant_row)
        response = self._get(self.participant_row, "/document")
        self.assertEqual(response.content, self.hosting.sealed_attachment_id.raw)
        self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"))
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.hosting.flush_recordset()
        self.env.cr.execute(
            "UPDATE coworking_hosting SET sealed_on = '2015-01-01' WHERE id = %s",
            [self.hosting.id],
        )
        self.hosting.invalidate_recordset()
        self.assertEqual(*self._over(self._get(self.participant_row, "/document")))

    def test_the_file_itself_is_not_open_to_the_public(self):
        self._sign_all()
        attachment = self.hosting.sealed_attachment_id
        for user in (None, self.manager, self.employee):
            self._as(user)
            with self.subTest(user=user and user.login):
                response = self.url_open(f"/web/content/{attachment.id}")
                self.assertNotIn(attachment.raw, response.content)
