"""From one step to the next on the page of a participant: signing, calendar, paying, choosing."""

import html
import re

from odoo import Command
from odoo.tests import freeze_time

from ..common import JULY, JUNE, d
from .test_incubation import IncubationCase

PHOTO = (  # one grey point
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


class TestPayments(IncubationCase):
    def test_several_months_that_no_invoice_asks_for_yet_are_all_there(self):
        with freeze_time("2015-08-03 09:00:00"):
            for month in (JUNE, JULY):
                self._settle(month)
            self._as(self.user)
            page = self._get("/payments")
        self.assertEqual(page.status_code, 200)
        for month in ("Juin 2015", "Juillet 2015"):
            self.assertIn(month, page.text)


class TestSigning(IncubationCase):
    def test_a_month_that_the_space_confirmed_stays_open_to_the_person(self):
        own = self._new_presences(self.seat, "2/6am")
        self._settle()
        charges = self._charges(self.seat).read(["amount_total", "state"])
        self._as(self.user)
        self.assertIn(f'name="p_{own.id}"', self._get("/presences").text)
        self.assertEqual(self._post("/presences", **{f"p_{own.id}": "present"}).status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(own.participant_state, "present")
        self.assertEqual(self._charges(self.seat).read(["amount_total", "state"]), charges)

    def test_nothing_is_ticked_before_the_person_does(self):
        self._new_presences(self.seat, "2/6")
        self._as(self.user)
        page = self._get("/presences").text
        self.assertIn('type="radio"', page)
        self.assertNotIn("checked", page)

    def test_what_can_no_longer_be_signed_is_said(self):
        self._new_presences(self.seat, "2/6", "3/6am")
        with freeze_time("2015-08-20 09:00:00"):
            self._as(self.user)
            page = html.unescape(self._get("/presences").text)
            self.assertNotIn('type="radio"', page)
            self.assertIn("3 demi-journées n'ont jamais été signées, du 2 juin 2015", page)

    def _ask_to_sign(self, day):
        """The mails of a day's run."""
        mails = self.env["mail.mail"]
        known = mails.search([("email_to", "ilike", "camille@example.com")])
        with freeze_time(f"{day} 06:00:00"), self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_ask_to_sign").method_direct_trigger()
        self.env.invalidate_all()
        return mails.search([("email_to", "ilike", "camille@example.com")]) - known

    def test_people_are_asked_to_sign_before_the_month_is_confirmed_and_reminded(self):
        self.user.partner_id.email = "camille@example.com"
        rows = self._new_presences(self.seat, "2/6", "3/6")
        self.assertFalse(self._ask_to_sign("2015-06-20"), "the month is not about to end")
        mail = self._ask_to_sign("2015-06-25")
        self.assertIn("présences à signer", mail.subject)
        self.assertIn("\N{NO-BREAK SPACE}: 4.", mail.body_html)
        self.assertFalse(self._ask_to_sign("2015-06-26"), "a mail a week at most")
        with freeze_time("2015-07-01 09:00:00"):
            self._settle()
        mail = self._ask_to_sign("2015-07-02")
        self.assertIn("Rappel", mail.subject)
        self.seat._sign_presences(
            [{"date": row.date, "slot": row.slot, "state": "present"} for row in rows],
            source="portal",
        )
        self.assertFalse(self._ask_to_sign("2015-07-09"), "nothing is left to sign")


class TestSteps(IncubationCase):
    def test_appointments_go_to_one_s_own_calendar(self):
        self._as(self.user)
        path = f"/appointments/{self.records['attendance'].id}/meeting.ics"
        self.assertIn(path, self._get("/appointments").text)
        answer = self._get(path)
        self.assertEqual(answer.headers["Content-Type"], "text/calendar; charset=utf-8")
        self.assertIn("DTSTART:20150620T080000Z", answer.text)
        self.assertNotIn("Canary", answer.text)
        theirs = f"/appointments/{self.others['attendance'].id}/meeting.ics"
        self.assertEqual(self._get(theirs).status_code, 404)

    def test_appointments_are_said_by_the_clock_of_their_place(self):
        self.space._get_own_calendar().tz = "Europe/Paris"
        self.records["attendance"].event_id.coworking_space_id = self.space
        self.user.tz = "America/Martinique"
        self._as(self.user)
        self.assertIn("amedi 20 juin 2015, 10:00", self._get("/appointments").text)

    def test_a_link_that_ended_says_so_and_gives_back_what_was_written(self):
        objective = self.records["objective"]
        self._by_link()
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', self._get("/objectives").text)[1]
        self.env["coworking.portal.link"]._revoke_links_of(self.person.partner_id)
        page = self.url_open(
            f"/my/incubation/objectives/{objective.id}/comment",
            data={"csrf_token": csrf, "text": "Mes mots à garder"},
        )
        self.assertEqual(page.status_code, 404)
        self.assertIn('action="/my/coworking/links/new"', page.text)
        self.assertIn("Mes mots à garder", page.text)
        self.assertFalse(objective.message_ids.filtered(lambda row: "garder" in row.body))

    def test_a_page_that_expired_gives_back_what_was_written(self):
        self._as(self.user)
        answer = self._post(
            f"/objectives/{self.records['objective'].id}/comment",
            csrf=False,
            csrf_token="over",
            text="Three <b>clients</b>",
        )
        self.assertEqual(answer.status_code, 400)
        self.assertIn("Cette page était ouverte", answer.text)
        self.assertIn("Three &lt;b&gt;clients", answer.text)
        self.assertNotIn("Three", "".join(self.records["objective"].message_ids.mapped("body")))

    def test_what_is_paid_says_when_how_and_whether_it_is(self):
        self.program.copayment_collector = "program"
        statement = self._settle()
        self._as(self.user)
        self.assertIn("Rien à payer pour l", self._get("/payments").text)
        statement.action_create_copayment_invoices()
        invoice = statement.copayment_invoice_ids
        invoice.write({"invoice_date": d("1/7"), "invoice_date_due": d("31/7")})
        invoice.partner_bank_id = self.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": self.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        invoice.action_post()
        account = invoice.partner_bank_id.acc_number
        page = self._get("/payments").text
        self.assertIn(f"Par virement sur le compte {account}", page)
        self.assertIn(invoice.payment_reference or invoice.name, page)
        self.assertNotIn("il reste à payer", page)
        with freeze_time("2015-08-02 09:00:00"):
            self._as(self.user)
            self.assertIn("il reste à payer", self._get("/payments").text)
            self._pay_without_entry(self._new_bank(), invoice, invoice.amount_total, d("1/8"))
            self.env.flush_all()
            page = self._get("/payments").text
        self.assertNotIn(account, page)
        self.assertIn("Payé", page)

    def test_who_pays_the_space_is_told_so(self):
        self.program.copayment_collector = "space"
        self._settle()
        self._as(self.user)
        self.assertIn("Nous ne savons pas si c", self._get("/payments").text)


class TestSpaces(IncubationCase):
    def test_the_choice_is_closed_to_who_has_a_seat(self):
        self._as(self.user)
        self.assertEqual(self._get("/spaces").status_code, 404)
        wish = self._post(f"/spaces/{self.tariff_b.id}", days="2")  # asked before there was one
        self.assertEqual(wish.status_code, 422)
        self.assertIn("plus libre", wish.text)
        self.assertFalse(self.person.activity_ids)

    def test_spaces_are_shown_at_the_price_of_the_person_and_wished_for(self):
        self.seat.write({"state": "ended", "date_end": d("10/6")})
        self.seat.flush_recordset()
        self._as(self.user)
        page = self._get("/spaces?days=2").text
        self.assertIn(self.space_b.name, page)
        # 140.00 at 20 %, 16 days of June of 30, then five months: 14.93 + 140.00
        self.assertRegex(page, r"154[.,]93")
        self.assertNotRegex(page, r"619[.,]73", "what the programme pays is not theirs to see")
        self.assertEqual(self._post(f"/spaces/{self.tariff_b.id}", days="2").status_code, 200)
        activity = self.person.activity_ids
        self.assertIn(self.space_b.name, activity.summary)
        self.assertEqual(activity.user_id, self.accompanist)
        self.assertEqual(self.person.seat_ids, self.seat)
        self.assertEqual(self._post("/spaces/999999").status_code, 422)

    def _choose(self):
        self.seat.write({"state": "ended", "date_end": d("10/6")})
        self.seat.flush_recordset()
        self._as(self.user)

    def test_a_place_that_was_asked_for_is_wished_for_no_longer(self):
        self._choose()
        mine = self.person.activity_schedule("mail.mail_activity_data_todo", summary="Mine")
        for asked in ("action_request", "action_confirm"):
            self._get()
            self._post(f"/spaces/{self.tariff_b.id}", days="2")
            self.assertEqual(len(self.person.activity_ids), 2)
            seat = self._new_seat("15/6", "30/6", self.person, self.tariff, state="draft")
            getattr(seat, asked)()
            self.assertEqual(self.person.activity_ids, mine)
            seat.state = "cancelled"

    def test_who_is_in_two_programs_chooses_for_the_one_of_the_page(self):
        self._choose()
        second = self._new_program("Second 2015", "SEC")
        own = self.user.partner_id
        file = self._new_participant("Camille", second, partner_id=own.id)
        self._get()
        page = self._get("/spaces").text
        self.assertEqual(set(re.findall(r'name="file" value="(\d+)"', page)), {str(self.person.id)})
        self._get(f"?file={file.id}")  # in another window
        path = f"/spaces/{self.tariff_b.id}"
        self._post(path, file=self.person.id)
        self.assertIn(self.space_b.name, self.person.activity_ids.summary)
        self.assertFalse(file.activity_ids)
        self.person.activity_ids.unlink()
        self._get(f"?file={file.id}")
        self.person.with_context(coworking_exit=True).active = False
        refused = self._post(path, file=self.person.id)
        self.assertEqual(refused.status_code, 422)
        self.assertIn("clos entre-temps", refused.text)
        self.assertFalse((file | self.person).activity_ids)

    def test_a_space_is_chosen_for_its_photo_hours_place_and_distance(self):
        site = self.space_b.partner_id
        site.write(
            {
                "street": "75 rue Léon Gambetta",
                "city": "Lille",
                "partner_latitude": 50.63,
                "partner_longitude": 3.06,
            }
        )
        self.user.partner_id.write({"partner_latitude": 50.63, "partner_longitude": 3.2})
        self.space_b.image_1920 = PHOTO
        self.space_b.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Week days",
                "attendance_ids": [
                    Command.create({"name": day, "dayofweek": day, "hour_from": 9, "hour_to": 18})
                    for day in "01234"
                ],
            }
        )
        self._choose()
        page = self._get("/spaces").text
        for words in (
            "Lundi au vendredi, 09:00 – 18:00",
            "9,9 km de chez vous",
            "https://www.openstreetmap.org/search?query=75+rue+L%C3%A9on+Gambetta%2C+Lille",
        ):
            self.assertIn(words, page)
        self.assertNotRegex(page, r"<(?:iframe|script|img)[^>]+openstreetmap")
        photo = f"/spaces/{self.space_b.id}/photo"
        self.assertIn(photo, page)
        self.assertTrue(self._get(photo).headers["Content-Type"].startswith("image/"))
        self._as(self.manager)
        self.assertNotEqual(self._get(photo).status_code, 200)

    def test_spaces_are_filtered_and_ordered(self):
        sector = self.env["coworking.sector"].create({"name": "Craft"})
        amenity = self.env["coworking.amenity"].create({"name": "Kiln"})
        self.space_b.write({"sector_ids": sector.ids, "amenity_ids": amenity.ids})
        self._choose()

        def shown(query):
            page = self._get(f"/spaces?{query}").text
            return [
                name for name in (self.space.name, self.space_b.name) if f">{name}</h2>" in page
            ]

        both = [self.space.name, self.space_b.name]
        self.assertEqual(shown("days=2"), both)
        self.assertEqual(shown(f"sector={sector.id}"), [self.space_b.name])
        self.assertEqual(shown(f"amenity={amenity.id}"), [self.space_b.name])
        self.assertEqual(shown("sector=999999999999999999999"), [])
        self.assertEqual(shown("order=distance&sector=x&amenity="), both)
        self.space_b.partner_id.write({"partner_latitude": 50.63, "partner_longitude": 3.06})
        self.space.partner_id.write({"partner_latitude": 50.63, "partner_longitude": 3.1})
        self.user.partner_id.write({"partner_latitude": 50.63, "partner_longitude": 3.2})
        page = self._get("/spaces?order=distance").text
        self.assertLess(
            page.index(f">{self.space.name}</h2>"), page.index(f">{self.space_b.name}</h2>")
        )
        page = self._get("/spaces?order=price").text
        self.assertGreater(
            page.index(f">{self.space.name}</h2>"), page.index(f">{self.space_b.name}</h2>")
        )
