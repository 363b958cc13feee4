"""A month of nine spaces and thirty seats, from the 1st to paid: the clicks of staff are counted.

Managers answer and spaces bill by code; the tours do what people of the staff do, and fail if they
need one click more or less than the guide says.
"""

from odoo.tests import freeze_time

from ..common import d
from ..matching.received import ReceivedCase, cii
from .common import TourCase

MAY = d("1/5")
SPACES, SEATS = 9, 30
# What four spaces bill otherwise than expected, without tax: on the line of a person, or on a line
# more; and the cause that is found.
CHANGED = {"Personne 02": 127.5, "Personne 04": 137.5}
ADDED = {"Espace 4": ("Place de Ancienne Hôte", 136.67), "Espace 6": ("Salle de réunion", 20.0)}
GAPS = {
    "Espace 3": "price",
    "Espace 4": "departed",
    "Espace 5": "start_day",
    "Espace 6": "not_covered",
}


class TestMonthInClicks(ReceivedCase, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = "fr_FR"
        cls._new_bank()
        cls.tariffs = cls.tariff | cls.tariff_b
        for number in range(3, SPACES + 1):
            space = cls._new_space(f"Espace {number}", f"ESP{number}")
            space.manager_ids = cls.manager.partner_id
            prices = [("2015-05-01", 163.0)] if number == 3 else ()
            price = 153.0 if prices else 160.0 + number
            cls.tariffs |= cls._new_tariff("Nomade", price, space=space, prices=prices)
        cls.tariffs.space_id.write({"seat_capacity": 10})
        for number in range(SEATS):
            first = "16/5" if number == 4 else "1/4"
            cls._new_seat(first, "31/8", f"Personne {number:02}", cls.tariffs[number % SPACES])
        cls._new_seat("1/3", "30/4", "Ancienne Hôte", cls.tariffs[3])
        for operator in cls.tariffs.space_id.operator_id:
            cls.env["res.partner.bank"].create(
                {
                    "acc_number": f"FR76 3000 6000 0112 3456 {operator.id:07}",
                    "partner_id": operator.id,
                    "allow_out_payment": True,
                }
            )

    def _switch(self, on):
        self.program.write(
            dict.fromkeys(("autopilot_send", "autopilot_bill", "autopilot_post"), on)
        )

    def _pass_hour(self, moment):
        with freeze_time(moment):
            for cron in ("generate_statements", "autopilot", "month_runs"):
                with self.enter_registry_test_mode():
                    self.env.ref(f"coworking_incubation.ir_cron_{cron}").method_direct_trigger()
        self.env.invalidate_all()

    def _statements(self):
        return self.env["coworking.statement"].search(
            [("program_id", "=", self.program.id), ("date_from", "=", MAY)]
        )

    def _answer(self):
        """The managers say yes."""
        for statement in self._statements():
            self.assertEqual(statement.state, "sent")
            statement._confirm_lines(partner=self.manager.partner_id, channel="portal")

    def _receive_documents(self, with_gaps=False):
        """Each space sends its bill, a line a seat; four of them make a mistake, if asked to."""
        for statement in self._statements():
            changed = CHANGED if with_gaps else {}
            lines = [
                (
                    round(changed.get(charge.participant_id.partner_id.name, expected), 2),
                    f"{charge.seat_id.name} {charge.participant_id.partner_id.name}",
                )
                for charge in statement.charge_ids
                for expected in (charge.payable_untaxed,)
            ]
            if with_gaps and statement.space_id.name in ADDED:
                text, amount = ADDED[statement.space_id.name]
                lines.append((amount, text))
            tax = round(0.2 * sum(amount for amount, __ in lines), 2)
            if not with_gaps:
                tax = statement.payable_tax
            content = cii(
                lines=lines, reference=f"F-{statement.id}", note=statement.name, vat="", tax=tax
            )
            # of the month after, as the clock of the tour has it
            content = content.replace(b"20150702", b"20150602").replace(b"20150801", b"20150701")
            self.Files._receive_file(
                f"{statement.name}.xml", content, source="portal", statement=statement
            )
        self._read_files()
        self.env.invalidate_all()

    def _check_paid(self):
        statements = self._statements()
        self.assertEqual(len(statements), SPACES)
        self.assertEqual(len(statements.charge_ids), SEATS)
        self.assertEqual(len(statements.bill_ids), SPACES)
        paid = set(statements.mapped("bill_payment_state"))
        self.assertLessEqual(paid, {"paid", "in_payment"})
        self.assertEqual(len(statements._get_paid_on()), SPACES)

    def _do_by_itself(self, with_gaps=False):
        """From the 1st of the month on, as far as nobody is needed."""
        self._switch(True)
        self._pass_hour("2015-06-01 04:00:00")
        self._answer()
        self._pass_hour("2015-06-03 08:00:00")
        self._receive_documents(with_gaps)
        self._pass_hour("2015-06-10 08:00:00")

    def test_with_the_pilot_a_month_is_seven_clicks(self):
        self._do_by_itself()
        bills = self._statements().bill_ids
        self.assertEqual(
            set(bills.mapped("state")), {"posted"}, bills.mapped("coworking_obstacles")
        )
        self._tour("autopilot_pay", self.accountant, spaces=SPACES)
        self._check_paid()

    def test_without_it_the_same_month_is_twenty_three(self):
        self._switch(False)
        self._tour("by_hand_send", self.coordinator, spaces=SPACES)
        self._answer()
        self._tour("by_hand_bill", self.accountant, spaces=SPACES)
        self._receive_documents()
        self._tour("by_hand_pay", self.accountant, spaces=SPACES)
        self._check_paid()

    def test_four_gaps_of_four_causes_are_three_clicks_each(self):
        self._do_by_itself(with_gaps=True)
        bills = self._statements().bill_ids
        self.assertEqual(sorted(bills.mapped("state")), ["draft"] * 4 + ["posted"] * 5)
        matches = self._statements().match_ids.filtered("gap")
        self.assertEqual({row.statement_id.space_id.name: row.cause for row in matches}, GAPS)
        self._tour("autopilot_gaps", self.accountant, gaps=list(GAPS))
        self._pass_hour("2015-06-10 09:00:00")
        self.assertEqual(
            set(bills.mapped("state")), {"posted"}, bills.mapped("coworking_obstacles")
        )
