"""The month of a manager by link: whatever the tariff, from who came to the money."""

import json
import re

from lxml import html

from odoo.tests import freeze_time

from ..common import d
from ..matching.received import facturx, pdf
from .common import PortalHttpCase

NOW = "2015-07-02 09:00:00"
JUNE_PAGE = "/my/coworking/month/2015-06"


class LinkCase(PortalHttpCase):
    """A manager who has no account, and the link that was mailed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.manager.partner_id

    def _open(self, record, purpose="month"):
        """The manager opens a link to a record: the page that it shows."""
        self._login(None)
        return self.url_open(f"/my/coworking/l/{self._token(record, purpose)}")

    def _rpc(self, path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        response = self.url_open(
            path, data=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        self.env.invalidate_all()
        return response.json()["result"]

    def _say(self, seat, *half_days):
        """Tap half-days such as '3/6am'."""
        rows = [
            {
                "seat": seat.id,
                "date": f"{d(text[:-2]):%Y-%m-%d}",
                "slot": text[-2:],
                "state": "present",
                "before": "",
            }
            for text in half_days
        ]
        return self._rpc("/my/coworking/presences/save", rows=rows)

    def _confirm(self, statement, **values):
        seen = {f"seen_{statement.id}": statement._get_lines_hash()}
        response = self._post(f"{JUNE_PAGE}/confirm", {**seen, **values})
        self.env.invalidate_all()
        return response

    def _words(self, response):
        """The text of a page, with ordinary spaces."""
        text = html.fromstring(response.text).text_content()
        return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\xa0", " "))


@freeze_time(NOW, tick=True)
class TestMonthForEveryTariff(LinkCase):
    """On 2 July June is over: somebody is paid by the month, somebody by the half-day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly = cls._new_seat(
            "1/6", "31/7", "Inès", tariff=cls._new_tariff("Month", 150.0), state="active"
        )
        cls.half_days = cls._new_tariff("Half-days", 3.6, unit="half_day")

    def _who_came(self, page):
        """The address of the button « Qui est venu en juin 2015 ? »."""
        return html.fromstring(page.text).xpath("//a[contains(., 'Qui est venu')]/@href")

    def test_where_all_are_paid_by_the_month_the_link_asks_who_came(self):
        statement = self._sent()
        (who,) = self._who_came(self._open(statement))
        page = self.url_open(who)
        self.assertIn("Qui est venu en juin 2015", self._words(page))
        answer = self._rpc(
            "/my/coworking/visits/save", seat=self.monthly.id, month="2015-06", came="yes"
        )
        self.assertNotIn("error", answer)
        row = self.env["coworking.seat.month"].search([("seat_id", "=", self.monthly.id)])
        self.assertEqual((row.came, row.partner_id), ("yes", self.partner))
        # Nothing that a price depends on: the month is confirmed at the first tap.
        self._confirm(statement)
        self.assertEqual(statement.state, "confirmed")

    def test_somebody_of_whom_nothing_is_said_is_named_before_the_month_is_confirmed(self):
        seat = self._new_seat("1/6", "31/7", "Nour", tariff=self.half_days, state="active")
        statement = self._sent()
        self.assertEqual(statement.payable_total, 150.0)
        page = self._open(statement)
        self.assertIn("rien n'est compté pour ces personnes : Nour", self._words(page))
        asked = self._confirm(statement)
        self.assertIn("Confirmer quand même", self._words(asked))
        self.assertEqual(statement.state, "sent", "confirmed before it was asked")
        (who,) = self._who_came(page)
        self.assertIn("Nour", self._words(self.url_open(who)))
        days = [f"{day}/6{half}" for day in (1, 2, 3, 4, 5) for half in ("am", "pm")]
        self.assertEqual(len(self._say(seat, *days)["saved"]), 10)
        done = self._post("/my/coworking/presences/done", {"month": "2015-06"})
        self.env.invalidate_all()
        self.assertEqual(statement.payable_total, 186.0)
        self.assertNotIn("rien n'est compté", self._words(done))
        self._confirm(statement)
        self.assertEqual(statement.state, "confirmed")

    def test_what_changes_between_the_two_taps_is_not_confirmed_unseen(self):
        self._new_seat("1/6", "31/7", "Nour", tariff=self.half_days, state="active")
        other = self._new_seat("1/6", "31/7", "Zoé", tariff=self.half_days, state="active")
        statement = self._sent()
        self._open(statement)
        shown = {f"seen_{statement.id}": statement._get_lines_hash()}

        def send(page):
            (form,) = html.fromstring(page.text).xpath("//form[contains(@class, 'o_cw_confirm')]")
            fields_ = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
            page = self.url_open(f"{JUNE_PAGE}/confirm", data=fields_)
            self.env.invalidate_all()
            return page

        # The lines change while the page is open, then it is asked whether they are sure.
        self._new_presences(other, "3/6am")
        statement._refresh_lines()
        self.assertEqual(statement.payable_total, 153.6)
        asked = self._post(f"{JUNE_PAGE}/confirm", shown)
        self.assertIn("Confirmer quand même", self._words(asked))
        refused = send(asked)
        self.assertIn("les lignes viennent de changer", self._words(refused))
        self.assertEqual(statement.state, "sent", "confirmed unseen")
        send(send(refused))
        self.assertEqual(statement.state, "confirmed")

    def test_somebody_who_never_came_is_confirmed_all_the_same(self):
        self._new_seat("1/6", "31/7", "Nour", tariff=self.half_days, state="active")
        statement = self._sent()
        self._open(statement)
        self._confirm(statement, sure="1")
        self.assertEqual((statement.state, statement.payable_total), ("confirmed", 150.0))

    def test_somebody_whose_arrival_nobody_confirmed_is_asked_about_and_has_arrived(self):
        seat = self._new_seat("1/6", "31/7", "Nour", tariff=self.half_days)
        other = self._new_seat("8/6", "31/7", "Sacha", state="confirmed")
        statement = self._sent()
        page = self._open(statement)
        self.assertIn("Nour", self._words(self.url_open(self._who_came(page)[0])))
        self._say(seat, "3/6am")
        self._rpc("/my/coworking/visits/save", seat=other.id, month="2015-06", came="no")
        self.assertEqual((seat.state, other.state), ("active", "confirmed"))
        self._rpc("/my/coworking/visits/save", seat=other.id, month="2015-06", came="yes")
        self.assertEqual(other.state, "active")
        kinds = [("seat_id", "in", (seat | other).ids), ("kind", "=", "arrived")]
        self.assertEqual(self.env["coworking.portal.answer"].search_count(kinds), 2)

    def test_somebody_who_is_to_arrive_is_not_asked_about(self):
        seat = self._new_seat("10/7", "31/7", "Nour", tariff=self.half_days)
        visited = self._new_seat("10/7", "31/7", "Sacha")
        statement = self._sent()
        self._open(statement)
        page = self.url_open(f"/my/coworking/presences/{self.space.id}?month=2015-07")
        self.assertNotIn("Nour", page.text)
        self.assertNotIn("Sacha", page.text)
        self._login(self.manager)
        params = {"seat": visited.id, "month": "2015-07", "came": "yes"}
        self.assertIn("error", self._rpc("/my/coworking/visits/save", **params))
        self.assertFalse(seat.presence_ids)

    def test_a_whole_month_is_one_page_and_one_button(self):
        seat = self._new_seat("1/6", "31/7", "Nour", tariff=self.half_days, state="active")
        self._open(self._sent())
        path = f"/my/coworking/presences/{self.space.id}"
        page = self.url_open(f"{path}?month=2015-06")
        shown = html.fromstring(page.text).xpath("//select[not(@disabled)]/@data-date")
        self.assertEqual((min(shown), max(shown), len(shown)), ("2015-06-01", "2015-06-30", 44))
        values = {"month": "2015-06", "visits_month": "2015-06", "fill": str(seat.id)}
        asked = self._words(self._post(path, values))
        self.assertIn("Nour a été là toutes les demi-journées de juin 2015", asked)
        self.assertFalse(seat.presence_ids)
        filled = self._post(path, {**values, "sure": "1"})
        self.assertTrue(filled.url.endswith("?month=2015-06"))
        self.env.invalidate_all()
        self.assertEqual(len(seat.presence_ids), 44)
        self.assertEqual(set(seat.presence_ids.mapped("source")), {"host_bulk"})

    def test_months_are_turned_one_by_one_and_none_to_come(self):
        self._new_seat("1/5", "31/7", "Nour", tariff=self.half_days, state="active")
        self._login(self.manager)
        path = f"/my/coworking/presences/{self.space.id}"
        links = html.fromstring(self.url_open(f"{path}?month=2015-06").text).xpath("//a/@href")
        for wanted in ("month=2015-05", "month=2015-07", "day=2015-06-30"):
            self.assertIn(f"{path}?{wanted}", links)
        links = html.fromstring(self.url_open(f"{path}?month=2015-07").text).xpath("//a/@href")
        self.assertNotIn(f"{path}?month=2015-08", links)


class TestMonthUnderWay(LinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tariff = cls._new_tariff("Half-days", 10.0, unit="half_day")
        cls.seat = cls._new_seat("1/6", "31/7", "Nour", tariff=tariff, state="active")
        cls._new_seat("1/6", "31/7", "Inès", state="active")
        cls._new_presences(cls.seat, "1/6am", "2/6am")

    @freeze_time("2015-06-20 09:00:00", tick=True)
    def test_a_month_that_is_not_over_warns_then_its_days_to_come_stay_open(self):
        statement = self._sent()
        self._open(statement)
        asked = self._words(self._confirm(statement))
        self.assertIn("Juin 2015 n'est pas fini", asked)
        self.assertEqual(statement.state, "sent")
        self._confirm(statement, sure="1")
        self.assertEqual((statement.state, statement.payable_total), ("confirmed", 200.0))
        with freeze_time("2015-06-24 09:00:00", tick=True):
            page = self._open(statement)
            (who,) = html.fromstring(page.text).xpath("//a[contains(., 'Qui est venu')]/@href")
            half_days = html.fromstring(self.url_open(who).text).xpath(
                "//select[not(@disabled)]/@data-date"
            )
            self.assertEqual((min(half_days), max(half_days)), ("2015-06-22", "2015-06-24"))
            self.assertEqual(len(self._say(self.seat, "22/6am")["saved"]), 1)
            done = self._post("/my/coworking/presences/done", {"month": "2015-06"})
            self.assertIn("compté dans le suivant", self._words(done))
        with freeze_time("2015-08-02 09:00:00"):
            july = self._sent(d("1/7"))
            self.assertIn(10.0, july.charge_ids.mapped("payable_total"))

    @freeze_time("2015-06-25 09:00:00", tick=True)
    def test_a_month_billed_in_advance_is_confirmed_without_a_warning(self):
        advance = self._new_tariff("Advance", 100.0, space=self.space_b, billing_timing="advance")
        self._new_seat("1/7", "31/7", "Sacha", tariff=advance, state="active")
        statement = self._sent(d("1/7"))
        self.assertEqual(statement.space_id, self.space_b)
        self.assertFalse(self.env["coworking.portal.month"]._get_doubts_of(statement))


@freeze_time(NOW, tick=True)
class TestAfterTheInvoice(LinkCase):
    """The space has billed June: what is left is to be paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = cls.env["coworking.space"].search([("company_id", "!=", cls.company.id)])
        others.manager_ids = False
        cls.seat = cls._new_seat("1/6", "31/7", "Inès", state="active")
        cls.statement = cls._sent()
        cls.statement.action_confirm()
        cls.bill = cls._bill(cls.statement)
        cls.bill.write({"ref": "F-77", "invoice_date": d("2/7"), "invoice_date_due": d("31/7")})

    def _pay(self, amount=180.0, day="2015-07-02", **values):
        self.bill.action_post()
        values |= {"payment_date": day, "journal_id": self._new_bank().id, "amount": amount}
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.bill.ids
        ).create(values)._create_payments()
        self.env.flush_all()

    def _run(self):
        """Mails with a link that the scheduled action sends now."""
        links = [("body_html", "ilike", "/my/coworking/l/")]
        before = self.env["mail.mail"].search(links)
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_ask_spaces").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["mail.mail"].search(links) - before

    def test_the_link_shows_what_was_agreed_and_when_it_is_paid_and_changes_nothing(self):
        self.assertIn("en cours de vérification", self._words(self._open(self.statement)))
        self._pay()
        page = self._open(self.statement)
        words = self._words(page)
        for text in ("Ce que dit votre facture", "D'accord", "180,00 € payés le 2 juillet 2015"):
            self.assertIn(text, words)
        for path in ("/confirm", "/withdraw", "/dispute"):
            self.assertNotIn(path, page.text)
        self.assertIn(f"{self.space.name} Payé le 2 juillet 2015", words)
        self.assertNotIn("Facture reçue", words)

    def test_a_document_that_was_typed_and_posted_is_not_said_to_be_dealt_with(self):
        self.bill.write({"ref": False, "invoice_date": False})
        self.statement._receive_invoice("facture.pdf", pdf(), source="portal")
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_read_invoice_files").method_direct_trigger()
        self.assertIn("s'en occupe", self._words(self._open(self.statement)))
        self.bill.write({"ref": "F-77", "invoice_date": d("2/7")})
        self.bill.action_post()
        self.env.flush_all()
        words = self._words(self._open(self.statement))
        self.assertIn("Bien reçue et enregistrée", words)
        self.assertNotIn("s'en occupe", words)

    def test_an_invoice_sent_before_our_draft_is_not_asked_for_again(self):
        self.bill.unlink()
        self.statement._receive_invoice("facture.pdf", pdf(), source="portal")
        self.env.flush_all()
        self.assertEqual(self.statement.state, "confirmed")
        self.assertIn("Facture reçue", self._words(self._open(self.statement)))
        months = self._words(self.url_open("/my/coworking/months"))
        self.assertNotIn("envoyez votre facture", months)
        self.assertIn("Facture reçue", months)

    def test_a_draft_of_ours_is_no_invoice_that_was_received(self):
        self.bill.ref = False
        words = self._words(self._open(self.statement))
        self.assertIn("Envoyer votre facture", words)
        for text in ("Facture reçue", "Ce que dit votre facture", "en cours de vérification"):
            self.assertNotIn(text, words)
        months = self._words(self.url_open("/my/coworking/months"))
        self.assertIn("Confirmé : envoyez votre facture", months)
        self.statement._receive_invoice("facture.pdf", facturx(), source="portal")
        words = self._words(self._open(self.statement))
        self.assertIn("Facture reçue", words)
        self.assertIn("Envoyer un autre document", words)

    def test_the_link_says_what_is_disputed_but_not_what_staff_note(self):
        self.bill.invoice_line_ids.price_unit *= 2
        self.bill.action_post()
        match = self.statement.match_ids.filtered(lambda row: row.move_id == self.bill)
        match.with_user(self.accountant)._record_decision("disputed", "Ils trichent")
        page = self._open(self.statement)
        words = self._words(page)
        self.assertIn("180,00 € de plus que prévu · contesté", words)
        self.assertNotIn("trichent", words)

    def test_they_are_told_once_in_their_language_that_they_are_paid(self):
        self.assertFalse(self._run())
        self._pay(100.0)
        self.assertFalse(self._run(), "told of a part")
        cron = self.env.ref("coworking_incubation.ir_cron_ask_spaces")
        triggers = [("cron_id", "=", cron.id)]
        before = self.env["ir.cron.trigger"].search_count(triggers)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.bill.ids
        ).create({"payment_date": d("2/7"), "amount": 80.0})._create_payments()
        self.env.flush_all()
        self.assertGreater(self.env["ir.cron.trigger"].search_count(triggers), before)
        mail = self._run()
        self.assertEqual(mail.subject, "Vos coworkers en juin 2015\xa0: payé")
        self.assertIn(self.partner.email, mail.email_to)
        body = mail.body_html.replace("\u202f", " ").replace("\xa0", " ")
        self.assertIn("F-77 : 80,00 € payés le 2 juillet 2015", body)
        path = mail.body_html.split('href="')[1].split('"')[0].split("/my/", 1)[1]
        self._login(None)
        self.assertIn("payée", self._words(self.url_open(f"/my/{path}")))
        self.assertFalse(self._run(), "told twice")

    def test_what_the_payment_writes_off_is_not_told_as_paid(self):
        self._pay(
            176.4,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.accounts["income"].id,
        )
        body = self._run().body_html.replace("\u202f", " ").replace("\xa0", " ")
        self.assertIn("F-77 : 176,40 € payés le 2 juillet 2015", body)
        words = self._words(self._open(self.statement))
        self.assertIn("176,40 € payés le 2 juillet 2015", words)
        self.assertNotIn("encore à payer", words)

    def test_what_was_paid_long_ago_is_no_news(self):
        self._pay(day="2015-05-02")
        self.assertFalse(self._run())
        self.assertTrue(self.statement.paid_told_at, "it is looked at each day for ever")

    def test_one_mail_for_all_sites_paid_together(self):
        self.space_b.manager_ids = self.partner
        self._new_seat("1/6", "30/6", "Zoé", tariff=self.tariff_b, state="active")
        other = self._generate() - self.statement
        other.action_confirm()
        bill = self._bill(other)
        bill.write({"ref": "F-78", "invoice_date": d("2/7")})
        (self.bill | bill).action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=(self.bill | bill).ids
        ).create({"payment_date": d("2/7"), "journal_id": self._new_bank().id})._create_payments()
        self.env.flush_all()
        mail = self._run()
        self.assertEqual(len(mail), 1)
        self.assertIn("F-77", mail.body_html)
        self.assertIn("F-78", mail.body_html)

    def test_all_months_and_the_prices_are_read_by_the_link_of_one(self):
        self._pay()
        with freeze_time("2015-08-02 09:00:00", tick=True):
            july = self._sent(d("1/7"))
            self._open(july)
            page = self.url_open("/my/coworking/months")
            words = self._words(page)
            self.assertIn("Payé le 2 juillet 2015", words)
            links = html.fromstring(page.text).xpath("//a/@href")
            self.assertIn("/my/coworking/month/2015-07", links)
            self.assertNotIn(JUNE_PAGE, links)
            self.assertIn("Nomad", self._words(self.url_open("/my/coworking/prices")))

    def test_a_price_proposed_by_link_is_taken_back_before_the_answer(self):
        self._open(self.statement)
        path = f"/my/coworking/prices/{self.tariff.id}"
        self._post(path, {"price": "190", "first": "2015-09-01"})
        proposal = self.env["coworking.tariff.proposal"].search(
            [("tariff_id", "=", self.tariff.id)]
        )
        self.assertEqual((proposal.state, len(proposal.activity_ids)), ("proposed", 1))
        self._post(f"{path}/withdraw")
        self.env.invalidate_all()
        self.assertEqual((proposal.state, len(proposal.activity_ids)), ("withdrawn", 0))
        self.assertIn("attend plus", self._words(self._post(f"{path}/withdraw")))
        with self.assertRefused("answered"):
            proposal.with_user(self.coordinator).action_look()
        self._post(path, {"price": "185", "first": "2015-09-01"})
        self.env.invalidate_all()
        proposals = self.env["coworking.tariff.proposal"].search(
            [("tariff_id", "=", self.tariff.id)]
        )
        self.assertEqual(proposals.mapped("state"), ["proposed", "withdrawn"])


@freeze_time(NOW, tick=True)
class TestLinkThatEnded(LinkCase):
    """Something ends while the page is open: it is said, and what was typed is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tariff = cls._new_tariff("Day", 20.0, unit="day")
        cls.seat = cls._new_seat("1/6", "31/7", "Nour", tariff=tariff, state="active")
        cls._new_presences(cls.seat, "2/6")
        cls.statement = cls._sent()

    def _end_links(self):
        self.Link._revoke_links([("partner_id", "=", self.partner.id)])
        self.env.flush_all()

    def test_a_tap_says_that_the_link_ended_and_the_button_sends_a_new_one(self):
        self._open(self.statement)
        page = self.url_open(f"/my/coworking/presences/{self.space.id}?month=2015-06")
        self.assertIn('formaction="/my/coworking/links/new"', page.text)
        self._end_links()
        answer = self._say(self.seat, "3/6am")
        self.assertTrue(answer["over"])
        self.assertIn("pas enregistrée", answer["error"])
        answer = self._rpc(
            "/my/coworking/visits/save", seat=self.seat.id, month="2015-06", came="yes"
        )
        self.assertTrue(answer["over"])
        self.assertEqual(len(self.seat.presence_ids), 2)
        before = self._mails_to(self.partner)
        asked = self._post("/my/coworking/links/new")
        self.assertIn("Regardez votre messagerie", self._words(asked))
        self.assertEqual(len(self._mails_to(self.partner) - before), 1)

    def test_a_form_says_that_the_link_ended_with_what_was_typed(self):
        self._open(self.statement)
        line = self.statement.charge_ids
        self._end_links()
        response = self._post(
            f"/my/coworking/line/{line.id}/dispute", {"reason": "Mots que je garde"}
        )
        words = self._words(response)
        self.assertIn("Recevoir un nouveau lien", words)
        self.assertIn("Mots que je garde", words)
        self.env.invalidate_all()
        self.assertEqual(line.review, "pending")

    def test_a_page_whose_link_ended_offers_a_new_one(self):
        self._open(self.statement)
        self._end_links()
        self.assertIn("Recevoir un nouveau lien", self._words(self.url_open(JUNE_PAGE)))

    def test_new_links_from_a_page_are_counted_as_well(self):
        self._open(self.statement)
        self._end_links()
        before = self._mails_to(self.partner)
        for __ in range(5):
            self._post("/my/coworking/links/new")
        self.assertEqual(len(self._mails_to(self.partner) - before), 3)
        self._login(None)
        self._post("/my/coworking/links/new")
        self.assertEqual(len(self._mails_to(self.partner) - before), 3)

    def test_an_expired_form_keeps_what_was_typed_and_is_sent_again(self):
        self._open(self.statement)
        line = self.statement.charge_ids
        path = f"/my/coworking/line/{line.id}/dispute"
        response = self.url_open(path, data={"csrf_token": "old", "reason": "Parti le 12"})
        self.assertEqual(response.status_code, 400)
        self.assertIn("Rien n'est encore enregistré", self._words(response))
        self.env.invalidate_all()
        self.assertEqual(line.review, "pending")
        (form,) = html.fromstring(response.text).xpath(f"//form[@action='{path}']")
        fields_ = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
        self.assertEqual(fields_["reason"], "Parti le 12")
        self.url_open(path, data=fields_)
        self.env.invalidate_all()
        self.assertEqual((line.review, line.dispute_reason), ("disputed", "Parti le 12"))

    def test_an_expired_form_of_nobody_known_shows_what_was_typed(self):
        self._login(None)
        path = f"/my/coworking/line/{self.statement.charge_ids.id}/dispute"
        response = self.url_open(path, data={"csrf_token": "old", "reason": "<b>Parti</b>"})
        self.assertEqual(response.status_code, 400)
        self.assertIn("&lt;b&gt;Parti", response.text)
        self.assertNotIn(f'action="{path}"', response.text)

    def test_a_browser_that_refuses_cookies_is_told_so(self):
        self._login(None)
        link = f"/my/coworking/l/{self._token(self.statement)}"
        target = self.url_open(link, allow_redirects=False).headers["Location"]
        self.opener.cookies.clear()
        words = self._words(self.url_open(target))
        self.assertIn("cookies", words)
        self.opener.cookies.clear()
        self.assertIn("/web/login", self.url_open(JUNE_PAGE).url)

    def test_a_report_taken_back_closes_the_activity_and_asks_nothing_anew(self):
        requests = self.env["coworking.portal.request"]
        requests._ask_space(self.partner, [(self.statement, self.statement.sent_at)])
        self._open(self.statement)
        line = self.statement.charge_ids
        self._post(f"/my/coworking/line/{line.id}/dispute", {"reason": "Faux"})
        self.env.invalidate_all()
        self.assertEqual(len(self.statement.activity_ids), 1)
        self._post(f"/my/coworking/line/{line.id}/undispute")
        self.env.invalidate_all()
        self.assertEqual(self.statement.state, "sent")
        self.assertFalse(self.statement.activity_ids)
        mails = self._mails_to(self.partner)
        requests._ask_space(self.partner, [(self.statement, self.statement.sent_at)])
        self.assertEqual(self._mails_to(self.partner), mails)

    def test_a_report_is_taken_back_once(self):
        """A page that stayed open has its button still."""
        self._open(self.statement)
        line = self.statement.charge_ids
        self._post(f"/my/coworking/line/{line.id}/dispute", {"reason": "Faux"})
        self._post(f"/my/coworking/line/{line.id}/undispute")
        again = self._post(f"/my/coworking/line/{line.id}/undispute")
        self.assertIn("est plus signalée", again.text)
        self.env.invalidate_all()
        kinds = self.statement.answer_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["disputed", "undisputed"])

    def test_a_report_taken_back_leaves_what_somebody_planned(self):
        self._open(self.statement)
        line = self.statement.charge_ids
        self._post(f"/my/coworking/line/{line.id}/dispute", {"reason": "Faux"})
        planned = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(self.statement._name),
                "res_id": self.statement.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "summary": f"Call about {line.seat_id.name}",
                "user_id": self.coordinator.id,
            }
        )
        self.env.invalidate_all()
        self.assertEqual(len(self.statement.activity_ids), 2)
        self._post(f"/my/coworking/line/{line.id}/undispute")
        self.env.invalidate_all()
        self.assertEqual(self.statement.activity_ids, planned)


@freeze_time(NOW, tick=True)
class TestCorrections(LinkCase):
    """What a manager announced is theirs to correct."""

    def setUp(self):
        super().setUp()
        self._login(self.manager)
        self.path = f"/my/coworking/space/{self.space.id}"
        self._post(f"{self.path}/hours", {"from_0": "09:00", "to_0": "18:00"})

    def _save(self, what, **values):
        response = self._post(f"{self.path}/{what}", values)
        self.env.invalidate_all()
        return response

    def _closures(self):
        leaves = self.env["resource.calendar.leaves"].search(
            [("calendar_id", "=", self.space.resource_calendar_id.id)]
        )
        sheets = self.env["coworking.portal.space"]
        return {leave: sheets._get_closure_days(leave) for leave in leaves}

    def test_a_closure_is_moved_then_given_up(self):
        self._save("closure", first="2015-08-01", last="2015-08-16", reason="Congés")
        ((closure, days),) = self._closures().items()
        self.assertEqual(days, (d("1/8"), d("16/8")))
        number = str(closure.id)
        wrong = self._save("closure", id=number, first="2015-08-20", last="2015-08-10")
        self.assertEqual(wrong.status_code, 422)
        self.assertIn('value="2015-08-20"', wrong.text)
        self._save("closure", id=number, first="2015-08-03", last="2015-08-09", reason="Travaux")
        self.assertEqual(self._closures(), {closure: (d("3/8"), d("9/8"))})
        self._save("closure", id=number, drop="1")
        self.assertFalse(self._closures())
        self.assertEqual(self._save("closure", id=number, drop="1").status_code, 422)

    def test_a_closure_under_way_ends_earlier_and_keeps_its_days(self):
        self._save("closure", first="2015-07-02", last="2015-07-20")
        ((closure, __),) = self._closures().items()
        number = str(closure.id)
        with freeze_time("2015-07-10 09:00:00", tick=True):
            self._login(self.manager)
            wrong = self._save("closure", id=number, first="2015-07-05", last="2015-07-20")
            self.assertIn("a commencé le 2 juillet 2015", wrong.text)
            wrong = self._save("closure", id=number, first="2015-07-02", last="2015-07-04")
            self.assertEqual(wrong.status_code, 422)
            self._save("closure", id=number, first="2015-07-02", last="2015-07-15")
            self.assertEqual(self._closures(), {closure: (d("2/7"), d("15/7"))})
            self._save("closure", id=number, drop="1")
            self.assertEqual(self._closures(), {closure: (d("2/7"), d("9/7"))})

    def test_a_correction_moves_only_the_day_that_changed(self):
        """Staff noted from two in the afternoon of 1 August to noon of the 16th, in Paris."""
        self._save("closure", first="2015-08-01", last="2015-08-16", reason="Congés")
        ((closure, __),) = self._closures().items()
        hours = {"date_from": "2015-08-01 12:00:00", "date_to": "2015-08-16 10:00:00"}
        closure.write(hours)

        def correct(first, last, **values):
            self._save("closure", id=str(closure.id), first=first, last=last, **values)
            return str(closure.date_from), str(closure.date_to)

        self.assertEqual(
            correct("2015-08-01", "2015-08-16", reason="Travaux"), tuple(hours.values())
        )
        self.assertEqual(closure.name, "Travaux")
        self.assertEqual(
            correct("2015-08-01", "2015-08-20"), (hours["date_from"], "2015-08-20 21:59:59")
        )
        closure.write(hours)
        self.assertEqual(
            correct("2015-08-03", "2015-08-16"), ("2015-08-02 22:00:00", hours["date_to"])
        )
        closure.write(hours)
        with freeze_time("2015-08-10 09:00:00", tick=True):
            self._login(self.manager)
            self._save("closure", id=str(closure.id), drop="1")
        self.assertEqual(str(closure.date_from), hours["date_from"])
        self.assertEqual(str(closure.date_to), "2015-08-09 21:59:59")

    def test_a_closure_of_another_space_is_not_there(self):
        calendar = self.space_b._get_own_calendar()
        theirs = self.env["resource.calendar.leaves"].create(
            {
                "name": "Theirs",
                "calendar_id": calendar.id,
                "date_from": "2015-08-01 00:00:00",
                "date_to": "2015-08-02 00:00:00",
            }
        )
        self.assertEqual(self._save("closure", id=str(theirs.id), drop="1").status_code, 422)
        self.assertTrue(theirs.exists())

    def test_closures_of_several_spaces_say_whom_to_call(self):
        self.space_b.resource_calendar_id = self.space.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Pont",
                "calendar_id": self.space.resource_calendar_id.id,
                "date_from": "2015-07-12 22:00:00",
                "date_to": "2015-07-14 21:59:59",
            }
        )
        self.program.user_id = self.coordinator
        self.coordinator.partner_id.write({"name": "Denis Lefort", "phone": "06 39 98 30 03"})
        self._new_seat("1/6", "31/7", "Inès", state="active")
        page = self.url_open(self.path)
        words = self._words(page)
        self.assertIn("Pont", words)
        self.assertNotIn("Corriger", words)
        self.assertIn("o_cw_shared", page.text)
        self.assertIn("Votre contact : Denis Lefort 06 39 98 30 03", words)

    def test_an_absence_says_who_replaces_and_is_corrected(self):
        self._save("absence", first="2015-07-20", last="2015-07-31", substitute="Paul, 06 11 22")
        absence = self.space.absence_ids
        self.assertEqual(absence.substitute, "Paul, 06 11 22")
        activity = self.space.activity_ids
        self.assertEqual(activity.user_id, self.space._get_responsible())
        self.assertIn("Paul, 06 11 22", activity.note)
        self.assertFalse(self.space.substitute_ids, "a manager gave rights")
        number = str(absence.id)
        self._save(
            "absence", id=number, first="2015-07-02", last="2015-07-25", substitute="Paul, 06 11 22"
        )
        self.assertEqual((absence.date_from, absence.date_to), (d("2/7"), d("25/7")))
        self.assertEqual(len(self.space.activity_ids), 1)
        with freeze_time("2015-07-10 09:00:00", tick=True):
            self._login(self.manager)
            self._save("absence", id=number, drop="1")
        self.assertEqual(absence.date_to, d("9/7"))
        self._login(self.manager)
        self.assertEqual(self._save("absence", id=number, drop="1").status_code, 200)
        self.assertFalse(absence.exists(), "what has not begun is not kept")

    def test_an_absence_of_years_is_refused_and_kept(self):
        wrong = self._save("absence", first="2015-07-20", last="2051-07-31", substitute="Paul")
        self.assertEqual(wrong.status_code, 422)
        self.assertIn("un an au plus", wrong.text)
        self.assertIn('value="Paul"', wrong.text)
        self.assertFalse(self.space.absence_ids)

    def test_hours_out_of_all_reason_are_refused_in_words(self):
        tariff = self._new_tariff("Hour", 4.0, unit="hour")
        seat = self._new_seat("1/6", "31/7", "Zoé", tariff=tariff, state="active")
        row = {"seat": seat.id, "date": "2015-07-01", "slot": "am", "state": "present"}
        for hours in (35, 13, -1):
            answer = self._rpc(
                "/my/coworking/presences/save", rows=[{**row, "before": "", "hours": hours}]
            )
            self.assertIn(f"{hours} heures dans une demi-journée", answer["error"])
        response = self._post(
            f"/my/coworking/presences/{self.space.id}",
            {"day": "2015-07-01", f"h_{seat.id}_2015-07-01_am_": "35"},
        )
        self.assertIn("35 heures dans une demi-journée", response.text)
        self.assertIn('value="35"', response.text)
        self.assertFalse(seat.presence_ids)
