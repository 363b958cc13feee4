import base64

from odoo.tests import freeze_time

from ..common import d
from ..matching.received import VAT, facturx
from .common import NOW, TourCase

MAY = d("1/5")


class PhoneCase(TourCase):
    """A manager on a telephone, without an account."""

    def _mailed_link(self, manager):
        """The address in the mail that was just sent."""
        before = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_ask_spaces").method_direct_trigger()
        self.env.invalidate_all()
        mail = self.env["mail.mail"].search([("email_to", "ilike", manager.email)]) - before
        self.assertEqual(len(mail), 1)
        return mail.body_html.split('href="')[1].split('"')[0].split("/my/", 1)[1]

    def _visit(self, name, path, **data):
        """The manager, on a telephone."""
        self.tour_data = data
        self.browser_size, self.touch_enabled = "390x844", True
        self.start_tour(f"/my/{path}", f"coworking_incubation_{name}", login=None)
        self.env.invalidate_all()
        self.browser_size, self.touch_enabled = "1440x900", False


@freeze_time(NOW, tick=True)
class TestPortal(PhoneCase):
    """A manager on a telephone, without an account, from the mail to the invoice; the coordinator
    and the accountant at their desks.
    """

    def test_a_month_from_the_mail_to_the_bill_that_is_matched(self):
        manager = self.manager.partner_id
        manager.write({"name": "Julie Lemaire", "lang": "fr_FR", "email": "julie@example.com"})
        operator = self.space.operator_id
        operator.write({"vat": VAT, "country_id": self.env.ref("base.fr").id})
        journal = self.env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", self.company.id)]
        )
        journal.default_account_id = self.accounts["expense"]
        self.env["coworking.invoice.file"].search([("state", "=", "waiting")]).state = "refused"
        tickets = self._new_tariff("Ticket journée", 20.0, unit="day")
        by_day = self._new_seat("1/5", None, "Rayan Diallo", tariff=tickets, state="active")
        by_month = self._new_seat("1/5", None, "Inès Carpentier", state="active")
        self._new_presences(by_day, "25/5", "26/5")
        statement = self._generate(MAY).filtered(lambda row: row.space_id == self.space)
        statement.action_send()
        self.assertEqual(statement.payable_total, 220.0)
        line = statement.charge_ids.filtered(lambda charge: charge.seat_id == by_month)

        # The mail, as the scheduled action sends it.
        self._visit("portal_first", self._mailed_link(manager), line=line.id)
        self.assertEqual(len(by_day.presence_ids), 6)
        self.assertEqual((statement.state, line.review), ("disputed", "disputed"))
        self.assertEqual(statement.payable_total, 240.0)

        # The coordinator answers, and the manager gets a new mail.
        self._tour("portal_answer", self.coordinator, f"/odoo/incubation-statements/{statement.id}")
        self.assertEqual((statement.state, line.review), ("sent", "pending"))
        invoice = facturx(
            lines=((200.0, "Places de mai"),), seller=operator.name, note=statement.name
        )
        self._visit(
            "portal_second",
            self._mailed_link(manager),
            line=line.id,
            invoice=base64.b64encode(invoice).decode(),
        )
        self.assertEqual(statement.state, "confirmed")
        self.assertEqual(statement.confirmed_by, manager)
        self.assertEqual(statement.answer_ids.mapped("channel"), ["link"] * 3)

        # The accountant sees it matched.
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_read_invoice_files").method_direct_trigger()
        self.env.invalidate_all()
        seen = statement.with_user(self.accountant)
        self.assertEqual(seen.invoice_file_ids.state, "decoded")
        self.assertEqual(seen.invoiced_amount, 240.0)
        self.assertEqual(seen.match_ids.charge_id, seen.charge_ids)
        self.assertEqual(set(seen.match_ids.mapped("gap")), {0.0})
        self.assertEqual((seen.gap_amount, seen.state), (0.0, "billed"))
        self._tour(
            "portal_matched",
            self.accountant,
            space=self.space.name,
            people=[("Rayan Diallo", "60,00"), ("Inès Carpentier", "180,00")],
        )
        self.assertEqual(set(seen.match_ids.mapped("decision")), {"matched"})


@freeze_time(NOW, tick=True)
class TestJourneys(PhoneCase):
    """May by link, for each kind of tariff: who came, then the month is confirmed; taps counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.manager.partner_id
        cls.partner.write({"name": "Julie Lemaire", "lang": "fr_FR", "email": "julie@example.com"})

    def _walk(self, kind, said, before, total, most, asked="rien n'est compté"):
        """A month from the mail to the confirmation.

        :param said: what is tapped or written: see the tour
        :param before: what the space would be asked to confirm without it
        :param most: taps, at least one fewer
        """
        statement = self._generate(MAY).filtered(lambda row: row.space_id == self.space)
        statement.action_send()
        self.assertEqual(statement.payable_total, before)
        self._visit(
            "portal_journey",
            self._mailed_link(self.partner),
            kind=kind,
            asked=asked,
            said=said,
            total=f"{total:.2f}".replace(".", ","),
            most=most,
        )
        self.assertEqual((statement.state, statement.payable_total), ("confirmed", total))
        return statement

    def _by_month(self):
        """Somebody whose month is due whatever happens."""
        tariff = self._new_tariff("Nomade", 150.0)
        return self._new_seat("1/5", None, "Inès Carpentier", tariff=tariff, state="active")

    def _half_days(self, *days):
        return [
            {"tapped": f".o_cw_slot[data-date='2015-05-{day:02}'][data-slot='{half}']"}
            for day in days
            for half in ("am", "pm")
        ]

    def test_by_the_month(self):
        seat = self._by_month()
        said = [{"tapped": f"label[for='yes_{seat.id}']"}]
        self._walk("month", said, 150.0, 150.0, 6, asked="150,00")
        row = self.env["coworking.seat.month"].search([("seat_id", "=", seat.id)])
        self.assertEqual(row.came, "yes")

    def test_ten_half_days(self):
        self._by_month()
        tariff = self._new_tariff("Demi-journée", 3.6, unit="half_day")
        self._new_seat("1/5", None, "Nour Amrani", tariff=tariff, state="active")
        self._walk("half_day", self._half_days(4, 5, 6, 7, 11), 150.0, 186.0, 15)

    def test_hours(self):
        self._by_month()
        tariff = self._new_tariff("Heure", 4.0, unit="hour")
        seat = self._new_seat("1/5", None, "Zoé Vasseur", tariff=tariff, state="active")
        said = [
            {
                "written": f".o_cw_person[data-seat='{seat.id}']"
                f" input[data-date='2015-05-{day:02}'][data-slot='am']",
                "text": "3,5",
            }
            for day in (4, 11, 18)
        ]
        self._walk("hour", said, 150.0, 192.0, 8)

    def test_tickets(self):
        self._by_month()
        tariff = self._new_tariff("Carnet de 10", 120.0, unit="pack", pack_size=10)
        self._new_seat("1/5", None, "Rayan Diallo", tariff=tariff, state="active")
        self._walk("ticket", self._half_days(4, 11, 18), 150.0, 270.0, 11)

    def test_what_failed_is_tapped_again_or_sent_again_before_the_page_is_left(self):
        monthly = self._by_month()
        half_days = self._new_tariff("Demi-journée", 3.6, unit="half_day")
        hours = self._new_tariff("Heure", 4.0, unit="hour")
        seat = self._new_seat("1/5", None, "Nour Amrani", tariff=half_days, state="active")
        hourly = self._new_seat("1/5", None, "Zoé Vasseur", tariff=hours, state="active")
        row = {"seat_id": hourly.id, "date": d("27/5"), "slot": "am", "state": "present"}
        hourly._record_presences([{**row, "hours": 2.0}], source="host", by=self.partner)
        statement = self._generate(MAY).filtered(lambda row: row.space_id == self.space)
        statement.action_send()
        link = self._mailed_link(self.partner)
        self._visit("portal_sent_again", link, monthly=monthly.id, seat=seat.id, hourly=hourly.id)
        came = self.env["coworking.seat.month"].search([("seat_id", "=", monthly.id)])
        self.assertEqual(came.came, "no")
        self.assertEqual(
            seat.presence_ids.sorted("slot").mapped(lambda row: (row.date, row.slot, row.state)),
            [(d("27/5"), "am", "present"), (d("27/5"), "pm", "absent")],
        )
        self.assertEqual(hourly.presence_ids.hours, 3.5)

    def test_what_is_not_saved_is_said_and_a_link_that_ended_is_replaced(self):
        seat = self._by_month()
        tariff = self._new_tariff("Demi-journée", 3.6, unit="half_day")
        other = self._new_seat("1/5", None, "Nour Amrani", tariff=tariff, state="active")
        statement = self._generate(MAY).filtered(lambda row: row.space_id == self.space)
        statement.action_send()
        # The link of the mail opens the page, where the manager goes on.
        self.tour_data = {"monthly": seat.id}
        link = self._mailed_link(self.partner)
        self._visit("portal_unsaved", link, **self.tour_data)
        row = self.env["coworking.seat.month"].search([("seat_id", "=", seat.id)])
        self.assertEqual((row.came, row.date_left), ("left", d("20/5")))
        self.assertFalse(other.presence_ids)
