from odoo.tests import freeze_time

from ..common import JULY, JUNE, d
from .common import TourCase

MAY = d("1/5")


class TestBilling(TourCase):
    def test_a_seat_confirmed_moved_suspended_and_left_early_reads_true(self):
        """180,00 a month whatever the days, then 140,00 a month by the day, 15 days of notice.

        June: the whole month at the first space, 15 days of 30 at the second. July: 20 days of 31
        less 7 suspended, then 5 more until the end of the notice, the 25th.
        """
        self.tariff.proration = "none"
        self.tariff_b.write({"absence_rule": "credited", "notice_days": 15})
        file = self._hosted("Inès Carpentier")
        seat = self._new_seat("1/6", None, file, state="requested")
        self._tour("seat", self.coordinator, person=file.partner_name, space=self.space_b.name)
        other = file.seat_ids - seat
        self.assertEqual((seat.date_end, other.date_start), (d("15/6"), d("16/6")))
        other.with_user(self.coordinator).action_start()
        self._tour("seat_left", self.coordinator, person=file.partner_name, space=self.space_b.name)
        fields = ("period", "kind", "amount_total")
        june = (JUNE, "regular", 180.0)
        schedule = [
            (JUNE, "regular", 70.0),
            (JULY, "commitment", 22.58),
            (JULY, "regular", 58.71),
        ]
        self.assertAmounts(seat.charge_ids, june, fields=fields)
        self.assertAmounts(other.charge_ids, *schedule, fields=fields)
        july = other.charge_ids.filtered(lambda charge: charge.date_from == JULY)
        self.assertRegex(july.explanation, r"13 .*31 .*140,00")

        with freeze_time("2015-08-03 09:00:00", tick=True):
            statements = self._generate(JUNE) | self._generate(JULY)
        self.assertAmounts(statements.charge_ids & seat.charge_ids, june, fields=fields)
        self.assertAmounts(statements.charge_ids & other.charge_ids, *schedule, fields=fields)
        self.assertEqual(sum(statements.mapped("payable_total")), 331.29)

    def test_a_coordinator_opens_the_month(self):
        self._may()
        self._tour("generate", self.coordinator, space=self.space_b.name)
        statements = self._statements()
        self.assertEqual(statements.space_id, self.space | self.space_b)
        self.assertEqual(statements.mapped("state"), ["draft", "draft"])
        self.assertEqual(sum(statements.mapped("payable_total")), 320.0)

    def test_a_month_of_many_spaces_is_done_while_its_screen_is_looked_at(self):
        self._may()
        for number in range(10):
            space = self._new_space(f"Espace {number}", f"E{number}")
            tariff = self._new_tariff("Nomade", 100.0, space=space)
            self._new_seat("1/5", None, self._hosted(f"Personne {number}"), tariff=tariff)
        self._put_off(tariff, "1/7")
        self._tour("generate_many", self.coordinator, space=space.name, other=self.space_b.name)
        self.assertEqual(len(self._statements()), 11)
        self.assertNotIn(space, self._statements().space_id)
        tariff.price_ids.date_start = MAY
        run = self.env["coworking.month.run"].search([], limit=1)
        run.line_ids[:2].write({"state": "elsewhere", "user_id": self.accountant.id})
        self._tour("generate_again", self.coordinator)
        self.assertEqual(len(self._statements()), 12)
        self.assertIn(space, self._statements().space_id)

    def test_an_accountant_turns_a_confirmed_statement_into_a_bill(self):
        self._may()
        self._generate(MAY).with_user(self.coordinator).action_confirm()
        self._tour("bill", self.accountant, space=self.space.name)
        statement = self._statements().filtered(lambda row: row.space_id == self.space)
        bill = statement.bill_id
        self.assertEqual((statement.state, bill.state), ("billed", "draft"))
        self.assertEqual(bill.partner_id, self.space.operator_id)
        self.assertEqual(bill.amount_total, statement.payable_total)
        self.assertEqual(bill.amount_total, 180.0)

    def _hosted(self, name):
        """In incubation since the beginning of May."""
        return self._new_participant(
            name,
            stage_id=self.stages["incubation"].id,
            move_reason="Reprise",
            date_entry=MAY,
        )

    def _may(self):
        """A month in each space."""
        self._new_seat("1/5", None, self._hosted("Inès Carpentier"))
        self._new_seat("1/5", None, self._hosted("Rayan Diallo"), tariff=self.tariff_b)

    def _statements(self):
        return self.env["coworking.statement"].search(
            [("program_id", "=", self.program.id), ("date_from", "=", MAY)]
        )
