"""Mails to the managers: one a manager, kind and month, two reminders that stop by themselves."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import freeze_time
from odoo.tools import html2plaintext

from ..common import JULY, d
from .common import PortalCase

SENT = fields.Datetime.to_datetime("2015-07-02 09:00:00")


class TestRequests(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The demonstration has managers to write to as well.
        others = cls.env["coworking.space"].search([("company_id", "!=", cls.company.id)])
        others.manager_ids = [Command.clear()]
        cls.partner = cls.manager.partner_id
        cls.seat = cls._new_seat("1/6", "30/6", "Camille", state="active")
        with freeze_time(SENT):
            cls.statement = cls._sent()

    def _run(self, days):
        """What the scheduled action sends some days after the statement was sent."""
        before = self.env["mail.mail"].search([])
        with freeze_time(SENT + timedelta(days=days)), self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_ask_spaces").method_direct_trigger()
        self.env.invalidate_all()
        links = self.env["mail.mail"].search([("body_html", "ilike", "/my/coworking/l/")])
        return links - before

    def _sent_on(self, days):
        mails = self._run(days)
        return [(mail.email_to, mail.subject) for mail in mails]

    def test_asked_once_reminded_after_5_and_10_days_then_left_alone(self):
        first = self._run(0)
        self.assertEqual(first.subject, "Vos coworkers en juin 2015\xa0: à confirmer")
        self.assertIn(self.partner.email, first.email_to)
        found = {day: self._sent_on(day) for day in range(1, 40)}
        self.assertEqual([day for day, mails in found.items() if mails], [5, 10])
        for day in (5, 10):
            (__, subject) = found[day][0]
            self.assertEqual(subject, "Rappel\xa0: Vos coworkers en juin 2015\xa0: à confirmer")
        links = self.Link.search([("partner_id", "=", self.partner.id)])
        self.assertEqual(sorted(links.mapped("channel")), ["mail", "reminder", "reminder"])

    def test_an_answer_stops_the_reminders(self):
        self._run(0)
        self.statement.action_confirm()
        self.assertFalse(self._run(5))

    def test_a_reported_line_waits_for_us_and_is_asked_anew_with_our_answer(self):
        self._run(0)
        charge = self.statement.charge_ids
        with freeze_time(SENT + timedelta(days=1)):
            self.env["coworking.portal.month"]._dispute_line(self.partner, "portal", charge, "Faux")
        self.assertFalse(self._run(5))
        with freeze_time(SENT + timedelta(days=6)):
            self.env["coworking.charge.answer"].create(
                {"charge_id": charge.id, "answer": "Vu"}
            ).action_apply()
        self.assertEqual(len(self._run(6)), 1)
        self.assertFalse(self._run(7))
        self.assertEqual(len(self._run(11)), 1)

    def test_one_mail_whatever_the_number_of_sites_and_programs(self):
        self.space_b.manager_ids = self.partner
        self._new_seat("1/6", "30/6", "Zoé", tariff=self.tariff_b, state="active")
        program = self._new_program("Other", "OTH")
        file = self._new_participant("Noé", program)
        self._new_seat("1/6", "30/6", file, state="active")
        with freeze_time(SENT):
            self._sent()
            self._sent(program=program)
        self.assertEqual(len(self._run(0)), 1)
        self.assertEqual(len(self._run(5)), 1)

    def test_two_months_are_two_mails(self):
        self._new_seat("1/7", "31/7", "Nina", state="active")
        with freeze_time("2015-08-02 09:00:00"):
            self._sent(JULY)
        self.assertEqual(len(self._run(31)), 2)

    def test_every_manager_is_asked_and_one_answer_is_enough(self):
        other = self.env["res.partner"].create({"name": "Other", "email": "other@example.com"})
        self.space.manager_ids |= other
        self.assertEqual(len(self._run(0)), 2)
        self.statement.action_confirm()
        self.assertFalse(self._run(5))

    def test_somebody_away_is_replaced(self):
        second = self.env["res.partner"].create({"name": "Second", "email": "2@example.com"})
        self.space.substitute_ids = second
        self.env["coworking.space.absence"].create(
            {
                "space_id": self.space.id,
                "partner_id": self.partner.id,
                "date_from": d("1/7"),
                "date_to": d("31/7"),
            }
        )
        self.assertIn("2@example.com", self._run(0).email_to)

    def test_without_an_address_somebody_is_told_to_call_once(self):
        self.partner.email = False
        self.assertFalse(self._run(0))
        self._run(5)
        activity = self.space.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.coordinator)
        self.assertIn("e-mail", activity.summary)

    def test_nothing_is_asked_of_statements_that_nobody_sent(self):
        self.statement.sent_at = False
        self.assertFalse(self._run(0))

    def test_an_arrival_is_announced_then_asked_about_from_its_day_on(self):
        self.statement.action_confirm()
        self._new_seat("20/7", None, "Nina")
        announced = self._run(0)
        self.assertIn("Une arrivée à Atelier Test le 20/07/2015", announced.subject)
        found = {day: len(self._run(day)) for day in range(1, 60)}
        # 20 July is 18 days after the announcement.
        self.assertEqual([day for day, mails in found.items() if mails], [23, 28])

    def _confirm_at_once(self, seats):
        before = self.env["mail.mail"].search([])
        with freeze_time(SENT):
            seats.with_user(self.coordinator).action_confirm()
        return self._mails_to(self.partner) - before

    def test_a_confirmed_arrival_is_announced_at_once_and_once(self):
        self.statement.action_confirm()
        seats = self._new_seat("20/7", None, "Nina", state="requested")
        seats |= self._new_seat("21/7", None, "Zoé", state="requested")
        self.assertFalse(self._run(0))
        mail = self._confirm_at_once(seats)
        self.assertEqual(mail.subject, "Une arrivée à Atelier Test le 20/07/2015")
        self.assertEqual(mail.state, "outgoing")
        self.assertFalse(self._run(0))
        self.assertEqual(len(self._run(23)), 1)

    def test_an_arrival_of_later_months_is_announced_when_it_comes_near(self):
        self.statement.action_confirm()
        seat = self._new_seat("20/8", None, "Nina", state="requested")
        self.assertFalse(self._confirm_at_once(seat))
        self.assertEqual(len(self._run(30)), 1)

    def test_a_move_is_announced_to_the_space_that_receives(self):
        self.statement.action_confirm()
        seat = self._new_seat("1/7", None, "Nina", state="active")
        before = self.env["mail.mail"].search([])
        with freeze_time(SENT):
            seat._replace_from(
                d("10/7"), {"space_id": self.space_b.id, "tariff_id": self.tariff_b.id}
            )
        self.assertFalse(self._mails_to(self.partner) - before)
        mail = self._mails_to(self.manager_b.partner_id) - before
        self.assertIn("Fabrique Test le 10/07/2015", mail.subject)

    def _move(self, seat, day):
        """What is sent as somebody of the staff gives a seat another first day."""
        before = self.env["mail.mail"].search([])
        with freeze_time(SENT):
            seat.with_user(self.coordinator).date_start = d(day)
        return self._mails_to(self.partner) - before

    def _announced(self, name):
        seat = self._new_seat("20/7", None, name)
        self._run(0)
        return seat

    def test_another_day_of_an_arrival_is_told_to_who_was_told_of_the_first(self):
        self.statement.action_confirm()
        seat = self._new_seat("20/7", None, "Nina")
        self.assertFalse(self._move(seat, "21/7"), "nobody was told of the first")
        self._run(0)
        self.assertIn("le 10/07/2015", self._move(seat, "10/7").subject)
        self.assertIn("le 01/09/2015", self._move(seat, "1/9").subject)
        self.assertFalse(self._move(seat, "1/9"))
        self.assertFalse(self._move(self._announced("Zoé"), "31/5"), "too old: staff settle it")
        # 1 September is 61 days after the announcement.
        found = {day: len(self._run(day)) for day in (31, 61, 65, 66, 70, 71, 76)}
        self.assertEqual([day for day, mails in found.items() if mails], [66, 71])

    def test_an_arrival_at_another_space_is_announced_there(self):
        self.statement.action_confirm()
        seat = self._new_seat("20/7", None, "Nina")
        self._run(0)
        before = self.env["mail.mail"].search([])
        with freeze_time(SENT):
            seat.with_user(self.coordinator).write(
                {"space_id": self.space_b.id, "tariff_id": self.tariff_b.id}
            )
        mail = self._mails_to(self.manager_b.partner_id) - before
        self.assertIn("Fabrique Test le 20/07/2015", mail.subject)

    def _told_of_gone(self, change):
        """What the first space is told as somebody does not come there any more."""
        before = self.env["mail.mail"].search([])
        with freeze_time(SENT):
            change()
        mails = self._mails_to(self.partner) - before
        return [" ".join(html2plaintext(mail.body_html).split()) for mail in mails]

    def test_a_space_is_told_that_somebody_does_not_come_any_more(self):
        self.statement.action_confirm()
        there = {"space_id": self.space_b.id, "tariff_id": self.tariff_b.id}
        for name, change in (
            ("Nina", lambda seat: seat.action_cancel()),
            ("Zoé", lambda seat: seat.write(there)),
            ("Ada", lambda seat: seat.write({**there, "date_start": d("22/7")})),
            ("Ivo", lambda seat: seat.write({"state": "draft"})),
        ):
            with self.subTest(name=name):
                seat = self._announced(name).with_user(self.coordinator)
                (told,) = self._told_of_gone(lambda change=change, seat=seat: change(seat))
                self.assertRegex(told, rf"20 juillet.* · {name} ne vient pas Atelier Test")
                self.assertFalse(self._run(0), "told once")

    def test_who_was_not_announced_or_came_or_was_refused_is_told_to_nobody(self):
        self.statement.action_confirm()
        new = self._new_seat("20/7", None, "Nina").with_user(self.coordinator)
        self.assertFalse(self._told_of_gone(new.action_cancel))
        came = self._announced("Zoé").with_user(self.coordinator)
        self.assertFalse(self._told_of_gone(came.action_start))
        for name in ("Ada", "Before this version"):
            refused = self._announced(name).with_user(self.coordinator)
            with freeze_time(SENT):
                self.env["coworking.portal"]._refuse_arrival(
                    self.partner, "portal", refused.sudo(), "Plus de place"
                )
            if name != "Ada":
                answers = self.env["coworking.portal.answer"]
                answers.search([("seat_id", "=", refused.id)]).shown_hash = False
            self.assertFalse(self._told_of_gone(refused.action_cancel))
        old = self._new_seat("25/6", None, "Ivo").with_user(self.coordinator)
        self._run(0)
        before = self.env["mail.mail"].search([])
        with freeze_time(SENT + timedelta(days=40)):
            old.action_cancel()
        self.assertFalse(self._mails_to(self.partner) - before, "too old: staff settle it")

    def test_an_arrival_that_is_back_is_announced_again(self):
        self.statement.action_confirm()
        seat = self._announced("Nina").with_user(self.coordinator)
        self._told_of_gone(seat.action_cancel)
        with freeze_time(SENT):
            seat.action_draft()
        (told,) = self._told_of_gone(seat.action_confirm)
        self.assertIn("vous rejoindre", told)

    def test_who_has_no_address_is_called_as_somebody_does_not_come(self):
        self.statement.action_confirm()
        seat = self._announced("Nina").with_user(self.coordinator)
        self.partner.email = False
        with freeze_time(SENT):
            seat.action_cancel()
        self.assertFalse(self.Link.search([("purpose", "=", "coming")]))
        summaries = self.space.activity_ids.mapped("summary")
        self.assertTrue([words for words in summaries if "Nina" in words], summaries)

    def test_a_seat_whose_end_was_announced_is_told_once_as_it_is_cancelled(self):
        self.statement.action_confirm()
        seat = self._new_seat("20/7", "10/8", "Nina")
        self._run(0)
        with freeze_time(SENT):
            self.env["coworking.announcement"]._announce_to(self.partner)
            self.assertEqual(
                len(self._told_of_gone(seat.with_user(self.coordinator).action_cancel)), 1
            )
        before = self.env["mail.mail"].search([])
        with freeze_time(SENT + timedelta(days=1)):
            self.env["coworking.announcement"]._announce_to(self.partner)
        self.assertFalse(self._mails_to(self.partner) - before)

    def test_a_seat_is_written_whoever_of_its_space_opens_no_page_today(self):
        """It is the 2nd at the space, and the 1st where the coordinator is."""
        self.statement.action_confirm()
        second = self.env["res.partner"].create({"name": "Zoé", "email": "zoe@example.com"})
        self.space.substitute_ids = second
        self.space._get_own_calendar().tz = "Europe/Paris"
        seat = self._announced("Nina").with_user(self.coordinator).with_context(tz="UTC")
        self.space.absence_ids = [
            Command.create(
                {"partner_id": self.partner.id, "date_from": d("2/7"), "date_to": d("9/7")}
            )
        ]
        with freeze_time("2015-07-01 23:00:00"):
            seat.action_cancel()
        self.assertEqual(seat.state, "cancelled")
        self.assertIn("Dire à Zoé que Nina ne vient pas", self.space.activity_ids.mapped("summary"))

    def test_a_refused_arrival_is_asked_about_on_its_new_day(self):
        self.statement.action_confirm()
        seat = self._new_seat("1/7", None, "Nina")
        self._run(0)
        portal = self.env["coworking.portal"]
        with freeze_time(SENT):
            portal._refuse_arrival(self.partner, "portal", seat, "Jamais venue")
            invoice = portal._get_waiting_count(self.partner)
            self.assertFalse(portal._get_arrivals_waiting(self.partner))
            (card,) = portal._prepare_arrivals(self.partner)
            self.assertIn("Jamais venue", card["refused"])
        self.assertEqual(len(self._move(seat, "6/7")), 1)
        with freeze_time(SENT):
            self.assertEqual(portal._get_waiting_count(self.partner), invoice + 1)
            (card,) = portal._prepare_arrivals(self.partner)
            self.assertFalse(card["refused"])
        self.assertEqual(len(self._run(9)), 1)

    def test_an_arrival_that_one_space_refused_is_not_refused_by_the_next(self):
        self.statement.action_confirm()
        seat = self._new_seat("1/7", None, "Nina")
        self._run(0)
        portal, manager = self.env["coworking.portal"], self.manager_b.partner_id
        waits = [("kind", "=", "arrival"), ("res_id", "=", seat.id)]
        exceptions = self.env["coworking.exception"].with_user(self.coordinator)
        with freeze_time(SENT):
            portal._refuse_arrival(self.partner, "portal", seat, "Plus de place")
            self.env.flush_all()
            self.assertTrue(exceptions.search(waits))
            seat.with_user(self.coordinator).write(
                {"space_id": self.space_b.id, "tariff_id": self.tariff_b.id}
            )
            self.env.flush_all()
            self.assertFalse(exceptions.search(waits), "the next space was asked")
            self.assertEqual(portal._get_waiting_count(manager), 1)
            (card,) = portal._prepare_arrivals(manager)
        self.assertFalse(card["refused"], "what a colleague elsewhere wrote is not theirs")

    def test_an_arrival_that_was_refused_is_not_asked_about(self):
        self.statement.action_confirm()
        seat = self._new_seat("1/7", None, "Nina")
        self._run(0)
        self.env["coworking.portal"]._refuse_arrival(self.partner, "portal", seat, "Jamais venue")
        self.assertFalse(self._run(6))

    def test_sending_wakes_the_mails(self):
        cron = self.env.ref("coworking_incubation.ir_cron_ask_spaces")
        trigger = self.env["ir.cron.trigger"]
        before = trigger.search_count([("cron_id", "=", cron.id)])
        self.statement.action_send()
        self.assertEqual(trigger.search_count([("cron_id", "=", cron.id)]), before + 1)
