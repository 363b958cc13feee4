import base64

from odoo.tests import freeze_time

from ..common import d
from ..matching.received import VAT, facturx
from .common import NOW, TourCase

MAY = d("1/5")


@freeze_time(NOW, tick=True)
class TestPortal(TourCase):
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
