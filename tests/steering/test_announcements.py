"""What is to come is told once by mail to those concerned, and again when it changes."""

import re
from html import unescape
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import db_connect
from odoo.tests import HttpCase, freeze_time

from odoo.addons.coworking_incubation.tools import hold

from ..base.test_multi_company import TwoCompaniesCase
from ..common import d
from .test_exceptions import NOW, ExceptionCase


@freeze_time(NOW)
class AnnouncementCase(ExceptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        # The demonstration has people and managers to write to as well.
        elsewhere = cls.env["coworking.space"].search([("company_id", "!=", cls.company.id)])
        elsewhere.manager_ids = [Command.clear()]
        others = cls.env["coworking.participant"].search([("company_id", "!=", cls.company.id)])
        others.partner_id.email = False
        for user in (cls.manager, cls.manager_b):
            user.partner_id.write({"email": f"{user.login}@example.com", "lang": "fr_FR"})
        cls.manager_b.partner_id.lang = "en_US"
        cls.boss, cls.boss_b = cls.manager.partner_id, cls.manager_b.partner_id
        (cls.space | cls.space_b).manager_ids = [Command.clear()]
        cls.space.manager_ids = cls.boss
        cls.space_b.manager_ids = cls.boss_b

    def _send(self, day=None):
        """The mails of one run of the scheduled action."""
        before = self.env["mail.mail"].search([])
        self.env.flush_all()
        with (
            freeze_time(f"{d(day)} 10:00:00" if day else NOW),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("coworking_incubation.ir_cron_announce").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["mail.mail"].search([]) - before

    def _run(self, day=None):
        """As ``_send``: dict address -> words of its mail."""
        mails = self._send(day)
        self.assertEqual(len(mails), len(set(mails.mapped("email_to"))), "one mail a person")
        self.mails = mails
        return {
            re.search(r"<(.+)>", mail.email_to)[1]: self._read(mail.body_html) for mail in mails
        }

    def _read(self, body):
        words = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", str(body))))
        return words.replace("\xa0", " ").replace("\u202f", " ")

    def _new_person(self, name, end, start="1/6", tariff=None, **values):
        """A person with an address, in the program, who has a seat."""
        partner = self.env["res.partner"].create(
            {"name": name, "email": f"{name.lower()}@example.com", "lang": "fr_FR"}
        )
        file = self.env["coworking.participant"].create(
            {
                "partner_id": partner.id,
                "program_id": self.program.id,
                "user_id": self.accompanist.id,
                "date_entry": d(start),
                "stage_id": self.env.ref("coworking_incubation.coworking_stage_incubation").id,
                "move_reason": "Entered",
            }
        )
        return self._new_seat(start, end, file, tariff, state="active", **values)

    def _new_price(self, day, price, tariff=None):
        return self.env["coworking.tariff.price"].create(
            {"tariff_id": (tariff or self.tariff).id, "date_start": d(day), "price": price}
        )

    def assertSays(self, words, *texts):
        for text in texts:
            self.assertIn(text, words)


class TestManagers(AnnouncementCase):
    def test_one_mail_gathers_what_comes_with_what_it_costs_in_the_language_of_each(self):
        self.tariff.write({"min_commitment_months": 3, "closure_rule": "credited"})
        self._new_seat("1/7", "31/8", "Camille Roux", state="active")
        self._new_seat("1/6", None, "Farid Benali", state="active")
        self._new_seat("1/6", "31/8", "Lina", self.tariff_b, state="active")
        self._new_price("1/9", 195.0)
        self.space._close(d("3/8"), d("14/8"), "August")
        self.program.date_end = d("2/9")
        told = self._run()
        self.assertEqual(set(told), {self.boss.email, self.boss_b.email})
        words = told[self.boss.email]
        self.assertSays(
            words,
            "Bonjour",
            "3 août 2015 · Fermé jusqu'au 14 août 2015. Non facturé : ",
            "31 août 2015 · Camille Roux : dernier jour de la place. Dû jusqu'au 30 septembre 2015"
            " sans présence : 195,00 €",
            "31 août 2015 · Farid Benali : fin de l'engagement, la place continue à 195,00 €",
            "1er septembre 2015",
            "180,00 €, puis 195,00 €",
            "En tout, par mois : +15,00 € (places : 1)",
            "2 septembre 2015",
            "places qui continuent après : 1",
        )
        self.assertNotIn("Lina", words)
        self.assertSays(told[self.boss_b.email], "Hello", "Lina: last day of the seat")
        self.assertNotIn("Camille", told[self.boss_b.email])

    def test_nothing_is_told_twice_nor_when_there_is_nothing(self):
        self.assertFalse(self._run())
        self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self.assertEqual(len(self._run()), 1)
        self.assertFalse(self._run())
        self.assertFalse(self._run("21/7"))
        self._new_seat("1/6", "1/9", "Lina", state="active")
        words = self._run("22/7")[self.boss.email]
        self.assertIn("Lina", words)
        self.assertNotIn("Camille", words)

    def test_only_who_has_something_to_come_is_looked_at(self):
        seat = self._new_person("Camille", "31/12")
        people = self.boss | seat.partner_id
        announcements = self.env["coworking.announcement"]
        without_end = {"date_end": False}
        ways = {
            "nothing": (lambda: None, False),
            "a seat that ends": (lambda: seat.write({"date_end": d("31/8")}), True),
            "a seat without an end": (lambda: seat.write(without_end), False),
            "a commitment": (
                lambda: seat.write(without_end) and self.tariff.write({"min_commitment_months": 3}),
                True,
            ),
            "a planned end of the stay": (
                lambda: (
                    seat.write(without_end)
                    and seat.participant_id.write({"date_exit_planned": d("31/8")})
                ),
                True,
            ),
            "a price": (lambda: self._new_price("1/9", 200.0), True),
            "a part that the program pays otherwise": (
                lambda: seat.write(
                    {"funding_ids": [Command.create({"date_from": d("1/9"), "rate": 50.0})]}
                ),
                True,
            ),
            "a price much later": (lambda: self._new_price("1/12", 200.0), False),
            "the end of the program": (
                lambda: seat.write(without_end) and self.program.write({"date_end": d("31/8")}),
                True,
            ),
            "a closure": (lambda: self.space._close(d("3/8"), d("14/8"), "August"), True),
        }
        for name, (happen, is_coming) in ways.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                happen()
                looked_at = people & announcements._get_recipients()
                savepoint.rollback()
                self.env.invalidate_all()
                self.assertEqual(looked_at, people if is_coming else people.browse())

    def test_one_mail_a_day_even_where_something_new_comes_within_it(self):
        self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self._run()
        self._new_seat("1/6", "31/8", "Lina", state="active")
        self.assertFalse(self._run())
        self.assertIn("Lina", self._run("21/7")[self.boss.email])

    def test_it_is_told_from_the_45th_day_before_on(self):
        self._new_seat("1/6", "4/9", "Camille Roux", state="active")
        self.assertFalse(self._run())
        self.assertIn("4 septembre 2015", self._run("21/7")[self.boss.email])
        self.assertFalse(self._run("5/9"))

    def test_a_day_that_changes_is_told_again_with_the_one_that_was_announced(self):
        seat = self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self._run()
        seat.date_end = d("20/8")
        words = self._run("21/7")[self.boss.email]
        self.assertSays(words, "20 août 2015 · Camille Roux", "annoncée pour le 31 août 2015")
        self.assertFalse(self._run("22/7"))

    def test_a_seat_that_is_prolonged_is_told_as_long_as_its_end_was_to_come(self):
        seat = self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        other = self._new_seat("1/6", "1/8", "Lina", state="active")
        self._run()
        seat.date_end = d("31/12")
        words = self._run("21/7")[self.boss.email]
        self.assertSays(words, "Camille Roux : la place continue jusqu'au 31 décembre 2015")
        self.assertNotIn("Lina", words)
        self.assertFalse(self._run("22/7"))
        with freeze_time("2015-08-03 10:00:00"):
            other.date_end = d("31/12")
            self.assertFalse(self._run("3/8"))
        self.assertIn("31 décembre", self._run("20/11")[self.boss.email])

    def test_a_seat_that_goes_on_and_then_ends_says_what_was_announced(self):
        self.tariff.min_commitment_months = 3
        seat = self._new_seat("1/6", None, "Camille Roux", state="active")
        self.assertIn("la place continue", self._run()[self.boss.email])
        seat.date_end = d("31/8")
        words = self._run("21/7")[self.boss.email]
        self.assertSays(words, "Camille Roux : dernier jour", "que la place continuait après")
        self.assertEqual(words.count("Camille"), 1)

    def test_a_seat_that_ended_before_is_told_to_have_ended(self):
        seat = self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self._run()
        with freeze_time("2015-07-25 10:00:00"):
            seat.date_end = d("24/7")
        self.assertSays(
            self._run("25/7")[self.boss.email], "la place a pris fin le 24 juillet 2015"
        )

    def test_a_price_that_is_corrected_or_withdrawn_is_told(self):
        self._new_seat("1/6", None, "Camille Roux", state="active")
        price = self._new_price("1/9", 195.0)
        self._run()
        price.price = 190.0
        self.assertSays(self._run("21/7")[self.boss.email], "190,00 €", "corrige ce qui était")
        price.unlink()
        self.assertIn("le prix ne change pas", self._run("22/7")[self.boss.email])
        self.assertFalse(self._run("23/7"))
        self._new_price("1/9", 190.0)
        self.assertIn("190,00 €", self._run("24/7")[self.boss.email])

    def test_a_closure_that_moves_or_is_taken_back_is_told(self):
        self._new_seat("1/6", None, "Camille Roux", state="active")
        leave = self.space._close(d("3/8"), d("14/8"), "August")
        self._run()
        leave.unlink()
        leave = self.space._close(d("3/8"), d("21/8"), "August")
        self.assertSays(self._run("21/7")[self.boss.email], "jusqu'au 21 août", "corrige")
        leave.unlink()
        self.assertIn("la fermeture est annulée", self._run("22/7")[self.boss.email])
        self.assertFalse(self._run("23/7"))

    def test_a_closure_that_holds_is_not_taken_back_when_the_last_one_leaves(self):
        seat = self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self.space._close(d("24/8"), d("28/8"), "August")
        self._run()
        seat.date_end = d("21/8")
        words = self._run("21/7")[self.boss.email]
        self.assertNotIn("fermeture", words)
        self.assertEqual(words.count("août 2015 ·"), 1)

    def test_another_closure_is_no_change_of_one_that_holds(self):
        seat = self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self.space._close(d("24/8"), d("28/8"), "August")
        self._run()
        seat.date_end = d("21/8")
        self.space._close(d("17/8"), d("18/8"), "Works")
        words = self._run("21/7")[self.boss.email]
        self.assertIn("17 août 2015 · Fermé jusqu'au 18 août 2015", words)
        self.assertNotIn("24 août", words)

    def test_what_is_noted_as_known_is_told_to_nobody_and_its_change_is(self):
        seat = self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        with freeze_time(NOW):
            self.env["coworking.announcement"]._note_all()
        self.assertFalse(self._run("21/7"))
        seat.date_end = d("20/8")
        self.assertIn("31 août 2015", self._run("22/7")[self.boss.email])

    def test_a_program_that_goes_on_is_told_and_one_that_seats_nobody_any_more_is_not(self):
        seat = self._new_seat("1/6", None, "Camille Roux", state="active")
        self.program.date_end = d("31/8")
        self.assertIn("Test 2015 se termine", self._run()[self.boss.email])
        self.program.date_end = d("31/12")
        self.assertSays(
            self._run("21/7")[self.boss.email],
            "Test 2015 continue jusqu'au 31 décembre 2015",
            "annoncé pour le 31 août 2015",
        )
        self.program.date_end = d("31/8")
        self.assertIn("Test 2015 se termine", self._run("22/7")[self.boss.email])
        seat.date_end = d("24/7")
        self.assertNotIn("Test 2015", self._run("26/7").get(self.boss.email, ""))

    def test_another_process_that_is_at_it_is_left_alone(self):
        self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        with db_connect(self.cr.dbname).cursor() as other, hold(other, "coworking_announcement"):
            self.assertFalse(self._run())
        self.assertEqual(len(self._run()), 1)

    def test_two_contacts_who_are_one_are_told_once(self):
        twin = self.boss.copy({"email": "twin@example.com"})
        self.space.manager_ids |= twin
        self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self.assertEqual(len(self._run()), 2)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.boss | twin).ids, self.boss)
        rows = self.env["coworking.announcement"].search([("space_id", "=", self.space.id)])
        self.assertEqual(rows.partner_id, self.boss)
        self.assertEqual(len(rows), 1)
        self.assertFalse(self._run("21/7"))

    def test_who_is_away_is_replaced_by_the_second_contact_and_told_once_back(self):
        second = self.env["res.partner"].create({"name": "Second", "email": "s@example.com"})
        self.space.substitute_ids = second
        self.env["coworking.space.absence"].create(
            {
                "space_id": self.space.id,
                "partner_id": self.boss.id,
                "date_from": d("20/7"),
                "date_to": d("22/7"),
            }
        )
        self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self.assertEqual(set(self._run()), {"s@example.com"})
        self.assertFalse(self._run("21/7"))
        self.assertEqual(set(self._run("23/7")), {self.boss.email})

    def test_one_mail_to_who_has_several_spaces_and_none_to_who_has_none_any_more(self):
        self.space_b.manager_ids = self.boss
        self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self._new_seat("1/6", "31/8", "Lina", self.tariff_b, state="active")
        told = self._run()
        self.assertSays(told[self.boss.email], "Camille", "Lina", self.space_b.name)
        self.assertEqual(self.mails.subject, "À venir dans vos espaces")
        self.space.manager_ids = self.boss_b
        told = self._run("21/7")
        self.assertEqual(set(told), {self.boss_b.email})
        self.assertNotIn("Lina", told[self.boss_b.email])

    def test_no_address_an_archived_contact_or_program_is_left_alone(self):
        seat = self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self.boss.email = False
        self.assertFalse(self._run())
        self.boss.email = "back@example.com"
        self._archive_at_once(self.program)
        self.assertFalse(self._run())
        self.program.active = True
        self.assertEqual(set(self._run()), {"back@example.com"})
        self.assertTrue(seat.active)

    def test_one_who_cannot_be_told_keeps_nobody_else_from_it(self):
        self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self._new_seat("1/6", "31/8", "Lina", self.tariff_b, state="active")
        send = type(self.env["coworking.portal.link"])._send_link

        def fail(links, record, purpose, partner, channel="mail"):
            sent = send(links, record, purpose, partner, channel)
            if partner == self.boss:
                raise ValueError("after the mail was queued")
            return sent

        with (
            patch.object(type(self.env["coworking.portal.link"]), "_send_link", fail),
            self.assertLogs(
                "odoo.addons.coworking_incubation.models.steering.coworking_announcement", "ERROR"
            ),
        ):
            self.assertEqual(set(self._run()), {self.boss_b.email})
        rows = self.env["coworking.announcement"].search([("partner_id", "=", self.boss.id)])
        self.assertFalse(rows)
        self.assertEqual(set(self._run()), {self.boss.email})

    def test_what_is_over_is_forgotten(self):
        self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self._run()
        rows = self.env["coworking.announcement"].search([("partner_id", "=", self.boss.id)])
        self.assertEqual(len(rows), 1)
        with freeze_time("2015-09-07 10:00:00"):
            rows._gc_over()
            self.assertTrue(rows.exists())
        with freeze_time("2015-09-08 10:00:00"):
            rows._gc_over()
            self.assertFalse(rows.exists())


class TestManagersOfTwoOrganisations(AnnouncementCase, TwoCompaniesCase):
    def test_each_organisation_writes_of_its_own_spaces(self):
        self.company.email, self.company_b.email = "one@example.com", "two@example.com"
        self.space_second.manager_ids = self.boss
        file = self._new_participant("Lina", self.program_second, user_id=False)
        self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self._new_seat("1/6", "31/8", file, self.tariff_second, state="active")
        mails = self._send()
        self.assertEqual(len(mails), 2)
        for company, name in ((self.company, "Camille Roux"), (self.company_b, "Lina")):
            mail = mails.filtered(lambda mail, name=name: name in mail.body_html)
            self.assertEqual(mail.email_from, company.email_formatted)
            self.assertIn(company.name, mail.body_html)
        self.assertFalse(self._send())


class TestParticipants(AnnouncementCase):
    def setUp(self):
        super().setUp()
        self.boss.email = self.boss_b.email = False

    def test_on_the_day_itself_a_change_of_the_own_part_is_not_taken_back(self):
        self.program.funding_rate = 80
        self._new_person("Camille", "31/12")
        price = self._new_price("1/9", 200.0)
        self.assertIn("Votre part", self._run()["camille@example.com"])
        self.assertFalse(self._run("1/9"))
        price.unlink()
        self.assertIn("ne change pas", self._run("1/9")["camille@example.com"])

    def test_each_is_told_what_is_theirs_and_no_figure_of_the_space(self):
        self.tariff.write({"min_commitment_months": 3, "closure_rule": "credited"})
        self._new_person("Camille", "31/8", "1/7")
        self._new_person("Farid", None)
        self._new_person("Lina", "31/8", tariff=self.tariff_b)
        self._new_price("1/9", 195.0)
        self.space._close(d("3/8"), d("14/8"), "August")
        told = self._run()
        self.assertEqual(
            set(told), {"camille@example.com", "farid@example.com", "lina@example.com"}
        )
        camille, farid, lina = (told[f"{who}@example.com"] for who in ("camille", "farid", "lina"))
        self.assertSays(camille, "Dernier jour de votre place", "Fermé jusqu'au 14 août 2015")
        self.assertSays(farid, "Votre place continue", "Fermé jusqu'au")
        self.assertSays(lina, "Dernier jour de votre place")
        self.assertNotIn("Fermé", lina)
        for words in (camille, farid, lina):
            self.assertNotIn("€", words)
        self.assertFalse(self._run())

    def test_the_own_part_is_told_when_a_price_or_a_funding_changes_it(self):
        self.program.funding_rate = 80
        seat = self._new_person("Camille", "31/12")
        self._new_person("Farid", "31/12", price_guaranteed_until=d("31/12"))
        self._new_price("1/9", 200.0)
        told = self._run()
        self.assertEqual(set(told), {"camille@example.com"})
        self.assertSays(
            told["camille@example.com"],
            "1er septembre 2015 · Votre part du prix : 36,00 €, puis 40,00 € par mois",
        )
        self.env["coworking.seat.funding"].create(
            {"seat_id": seat.id, "date_from": d("1/8"), "rate": 100.0}
        )
        words = self._run("21/7")["camille@example.com"]
        self.assertSays(
            words,
            "1er août 2015 · Votre part du prix : 36,00 €, puis 0,00 € par mois",
            "annoncé pour le 1er septembre 2015",
        )
        seat.funding_ids.unlink()
        self.tariff.price_ids.filtered(lambda row: row.date_start == d("1/9")).unlink()
        words = self._run("22/7")["camille@example.com"]
        self.assertSays(words, "1er août 2015 · Votre part du prix ne change pas ce jour-là")

    def test_a_prolongation_is_told_and_a_seat_that_follows_elsewhere(self):
        seat = self._new_person("Camille", "31/8")
        self._run()
        self._new_seat("1/9", "31/12", seat.participant_id, self.tariff_b)
        seat.date_end = d("30/8")
        words = self._run("21/7")["camille@example.com"]
        self.assertSays(words, "30 août 2015 · Dernier jour", "annoncée pour le 31 août")
        seat.date_end = d("31/8")
        words = self._run("22/7")["camille@example.com"]
        self.assertSays(words, "puis", self.space_b.name)

    def test_who_wants_no_mails_gets_none_and_staff_are_asked_once_to_hand_it_over(self):
        seat = self._new_person("Camille", "31/8")
        seat.partner_id.coworking_no_mail = True
        self.assertFalse(self._run())
        file = seat.participant_id
        said = [unescape(str(body)) for body in file.message_ids.mapped("body")]
        self.assertEqual(len([body for body in said if "À venir pour votre place" in body]), 1)
        before = len(file.message_ids)
        self._run("21/7")
        self.assertEqual(len(file.message_ids), before)

    def test_who_left_is_told_nothing(self):
        seat = self._new_person("Camille", "31/8")
        self._run()
        seat.participant_id.write(
            {
                "stage_id": self.env.ref("coworking_incubation.coworking_stage_closed").id,
                "move_reason": "Over",
            }
        )
        self.space._close(d("3/8"), d("14/8"), "August")
        self.assertFalse(self._run("21/7"))

    def test_who_is_a_manager_too_hears_of_both_on_two_days(self):
        seat = self._new_person("Camille", "31/8")
        self.space.manager_ids = seat.partner_id
        first = self._run()["camille@example.com"]
        self.assertIn("Camille : dernier jour", first)
        self.assertIn("de votre place", self._run("21/7")["camille@example.com"])
        self.assertFalse(self._run("22/7"))

    def test_the_page_shows_it(self):
        self.program.funding_rate = 80
        seat = self._new_person("Camille", None)
        self._new_price("1/9", 200.0)
        self.tariff.min_commitment_months = 3
        home = self.env["coworking.portal.person"].with_context(lang="fr_FR")
        told = [self._read(row["words"]) for row in home._prepare_home(seat.partner_id)["coming"]]
        self.assertEqual(
            told,
            [
                "Votre place continue après ce jour, sans fin fixée. Votre part : 40,00 € par mois",
                "Votre part du prix : 36,00 €, puis 40,00 € par mois",
            ],
        )


@freeze_time(NOW, tick=True)
class TestPages(AnnouncementCase, HttpCase):
    def test_the_link_of_the_mail_opens_what_is_to_come_and_nothing_else(self):
        seat = self._new_seat("1/6", "31/8", "Camille Roux", state="active")
        self._run()
        url = re.search(r'href="[^"]+(/my/coworking/l/[^"]+)"', self.mails.body_html)[1]
        self.authenticate(None, None)
        page = self.url_open(url)
        self.assertTrue(page.url.endswith("/my/coworking/coming?by=link"), page.url)
        self.assertSays(self._read(page.text), "31 août 2015 · Camille Roux : dernier jour")
        for path in ("", "/prices", "/months", "/arrivals", "/people"):
            answer = self.url_open(f"/my/coworking{path}", allow_redirects=False)
            self.assertNotEqual(answer.status_code, 200, path)
        seat.date_end = d("31/12")
        words = self._read(self.url_open("/my/coworking/coming").text)
        self.assertIn("Rien ne change d'ici 45 jours", words)
        self.assertNotIn("Cela se fait tout seul", words)
        self.space.manager_ids = self.boss_b
        self.assertNotIn("Camille", self.url_open("/my/coworking/coming").text)

    def test_the_page_of_the_participant_shows_it(self):
        seat = self._new_person("Camille", "31/8")
        self._run()
        mail = self.mails.filtered(lambda row: "camille@" in row.email_to)
        self.assertEqual(mail.subject, "À venir pour votre place")
        url = re.search(r'href="[^"]+(/my/coworking/l/[^"]+)"', mail.body_html)[1]
        self.authenticate(None, None)
        self.assertSays(self._read(self.url_open(url).text), "31 août 2015 · Dernier jour de votre")
        self.assertEqual(seat.state, "active")
