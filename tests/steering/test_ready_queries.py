"""Which bills are ready is told of a list of months by as many queries, however many they are, and
without a look at other months.
"""

from ..common import JUNE, d
from ..matching.common import MatchingCase

FIELDS = ["bill_payment_state", "bill_is_ready"]


class TestReadyQueries(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(6):
            space = cls._new_space(f"Space {number}", f"S{number}")
            tariff = cls._new_tariff(f"T{number}", 180.0, space=space)
            cls._new_seat("1/6", "31/7", f"Person {number}", tariff)
        cls.statements = cls._settle(JUNE)
        for statement in cls.statements:
            person = statement.charge_ids.participant_id.partner_id
            cls._receive((person.name, 180.0), space=statement.space_id, ref=f"F-{statement.id}")

    def _read(self, statements):
        """:return: how many queries it takes an accountant, and how many charges are read"""
        self.env.flush_all()
        self.env.invalidate_all()
        # however few there are here: as if there were many
        self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_mergejoin = off")
        before, read = self.env.cr.sql_log_count, self._count_read()
        statements.with_user(self.accountant).read(FIELDS)
        return self.env.cr.sql_log_count - before, self._count_read() - read

    def _count_read(self):
        self.env.cr.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables"
            " WHERE relname = 'coworking_charge'"
        )
        return self.env.cr.fetchone()[0]

    def test_as_many_queries_however_many_months(self):
        self._read(self.statements)  # what is read once
        few, __ = self._read(self.statements[:2])
        many, __ = self._read(self.statements)
        self.assertEqual(many, few)

    def test_other_months_are_not_read(self):
        __, before = self._read(self.statements)
        self.statements.charge_ids.seat_id.date_end = d("31/10")
        for month in ("1/7", "1/8", "1/9", "1/10"):
            self.assertEqual(len(self._settle(d(month))), 6)
        __, after = self._read(self.statements)
        self.assertEqual(after, before)
