"""Which bills are ready is told of a list of months by as many queries, however many they are."""

from ..common import JUNE
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
        """:return: how many queries it takes an accountant"""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        statements.with_user(self.accountant).read(FIELDS)
        return self.env.cr.sql_log_count - before

    def test_as_many_queries_however_many_months(self):
        self._read(self.statements)  # what is read once
        few = self._read(self.statements[:2])
        many = self._read(self.statements)
        self.assertEqual(many, few)

    def test_of_drafts_whose_document_has_not_come_nothing_else_is_looked_for(self):
        self.assertEqual(set(self.statements.bill_ids.mapped("state")), {"draft"})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self._count_read("coworking_charge")
        rows = self.statements.with_user(self.accountant).read(["bill_is_ready"])
        self.assertEqual({row["bill_is_ready"] for row in rows}, {False})
        self.assertEqual(self._count_read("coworking_charge"), before)
