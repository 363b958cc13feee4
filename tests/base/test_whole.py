"""Rows that are read in the query that finds them are those that Odoo finds, in its order."""

from unittest.mock import patch

from odoo import fields

from odoo.addons.coworking_incubation.models.base.whole import WholeOne2many

from ..common import CoworkingCase, d


class TestWholeOne2many(CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._new_seat("1/3", "31/3")
        cls.file = cls.seat.participant_id
        cls.later = cls._new_seat("1/4", "30/4", cls.file, state="ended")
        cls.later.active = False
        cls.other = cls._new_participant("Nobody anywhere")
        cls.tariff.price_ids = [
            fields.Command.create({"date_start": day, "price": 10.0})
            for day in ("2015-09-01", "2015-05-01", "2015-07-01")
        ]

    def _read(self, user, active_test):
        self.env.flush_all()
        self.env.invalidate_all()
        records = [(self.tariff | self.tariff_b, "price_ids"), (self.space, "membership_ids")]
        if user != self.accountant:
            records.append((self.file | self.other, "seat_ids"))
        return [
            row[name].ids
            for record, name in records
            for row in record.with_user(user).with_context(active_test=active_test)
        ]

    def test_they_are_what_odoo_finds_for_whoever_asks(self):
        for user in (self.env.user, self.coordinator, self.accompanist, self.accountant):
            for active_test in (True, False):
                with self.subTest(user=user.login, active_test=active_test):
                    found = self._read(user, active_test)
                    with patch.object(WholeOne2many, "read", fields.One2many.read):
                        self.assertEqual(found, self._read(user, active_test))
                    seats = self.seat if active_test else self.seat | self.later
                    if user != self.accountant:
                        self.assertEqual([sorted(ids) for ids in found[-2:]], [seats.ids, []])

    def test_what_was_changed_and_not_written_yet_stays(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.seat.occupant_name = "Somebody"
        self.assertEqual(self.file.seat_ids.occupant_name, "Somebody")
        self.seat.with_context(active_test=False).date_end = d("30/3")
        self.assertEqual(self.file.new(origin=self.file).seat_ids.date_end, d("30/3"))
