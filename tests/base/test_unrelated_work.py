"""What is not ours is asked for little, and is left as Odoo alone would leave it."""

from unittest.mock import patch

from odoo import Command
from odoo.sql_db import Cursor
from odoo.tools import SQL

from ..common import CoworkingCase


class TestUnrelatedWork(CoworkingCase):
    """A vendor who runs no space, a contact without a file: see ``benchmarks/neighbour.py``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Stationer"})
        cls._make_bill(cls).action_post()  # what is asked once is known from here on

    def _make_bill(self):
        line = {"name": "Paper", "price_unit": 10.0, "account_id": self.accounts["expense"].id}
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "invoice_date": "2015-07-01",
                "invoice_line_ids": [Command.create({**line, "tax_ids": []}) for __ in range(3)],
            }
        )

    def _count_ours(self, work):
        """How often our tables are asked; what is asked of others is Odoo's."""
        asked, execute = [], Cursor.execute

        def listen(cr, query, *args, **kwargs):
            text = query.code if isinstance(query, SQL) else str(query)
            if "coworking_" in text.partition(" FROM ")[2] or "coworking_space" in text:
                asked.append(text)
            return execute(cr, query, *args, **kwargs)

        self.env.flush_all()
        with patch.object(Cursor, "execute", listen):
            work()
            self.env.flush_all()
        return len(asked)

    def test_the_bill_of_a_stranger_asks_our_tables_a_few_times(self):
        bill = self._make_bill()
        posted = self._count_ours(bill.action_post)
        self.assertLessEqual(posted, 4)
        self.assertLessEqual(
            self._count_ours(lambda: (bill.button_draft(), bill.button_cancel())), 9
        )
        draft = self._make_bill()
        self.assertLessEqual(self._count_ours(draft.unlink), 5)

    def test_a_contact_and_a_meeting_ask_our_tables_hardly_at_all(self):
        contact = self.env["res.partner"].create({"name": "Somebody"})
        self.assertLessEqual(self._count_ours(lambda: contact.write({"name": "Else"})), 3)
        event = self.env["calendar.event"].create(
            {"name": "Meeting", "start": "2015-07-01 09:00:00", "stop": "2015-07-01 10:00:00"}
        )
        self.assertEqual(self._count_ours(lambda: event.write({"location": "Lyon"})), 0)

    def test_the_file_of_a_contact_is_asked_for_once(self):
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": "res.partner", "res_id": self.vendor.id}
        )
        self.assertLessEqual(self._count_ours(lambda: file.write({"name": "b.txt"})), 1)
