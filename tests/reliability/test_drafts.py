"""Two accountants at work on one draft bill, at the same moment: nothing is lost of what one did,
and whoever is later is told, or begins again and sees it.
"""

from psycopg2 import DatabaseError

from odoo import Command
from odoo.exceptions import MissingError, UserError

from .common import RaceCase


class TestDrafts(RaceCase):
    """The bill of two people, one of whose lines says 10.00 less than was expected."""

    def _make_draft(self):
        """:return: ids of the bill, and of that line"""
        (statement_id,) = self.statement("action_confirm", "action_create_bill")
        with self.commit() as env:
            bill = env["coworking.statement"].browse(statement_id).bill_id
            line = bill.invoice_line_ids[0]
            bill.invoice_date = "2015-07-02"
            line.price_unit = 170.0
            return bill.id, line.id

    def _remove_bills(self):
        with self.commit() as env:
            bills = env["account.move"].search(
                [("coworking_statement_id.program_id", "in", self.ids["program"])]
            )
            bills.filtered(lambda move: move.state == "posted").button_draft()
            bills.with_context(force_delete=True).unlink()
        self._remove_seats()

    # === What they do, as on their screens === #

    def _do_decide(self, bill, line_id):
        bill._coworking_matches().filtered("gap")._record_decision("accepted", "Seen")

    def _do_post(self, bill, line_id):
        bill.action_post()

    def _do_type(self, bill, line_id):
        bill.write({"invoice_line_ids": [Command.update(line_id, {"price_unit": 175.0})]})

    def _do_part(self, bill, line_id):
        product = self.ids["products"][0]
        parted = {"name": "Parted", "product_id": product, "price_unit": 20.0, "tax_ids": False}
        update = Command.update(line_id, {"price_unit": 150.0})
        bill.write({"invoice_line_ids": [update, Command.create(parted)]})

    def _do_delete(self, bill, line_id):
        bill.unlink()

    def _do(self, env, act, bill_id, line_id):
        """:return: what is said in words, if it is refused"""
        try:
            getattr(self, f"_do_{act}")(env["account.move"].browse(bill_id), line_id)
            env.flush_all()
        except (UserError, MissingError) as error:
            return str(error)
        return None

    def _race(self, first, second):
        """:return: the id of the bill, and what the second is told"""
        ids = self._make_draft()
        with self.transaction() as b:
            self.look(b)
            with self.commit() as a:
                self.assertFalse(self._do(a, first, *ids))
            try:
                told = self._do(b, second, *ids)
                if not told:
                    b.cr.commit()
            except DatabaseError:
                with self.transaction() as again:  # as Odoo does
                    told = self._do(again, second, *ids)
                    if not told:
                        again.cr.commit()
        return ids[0], told

    def _check(self, bill_id, acts, told):
        with self.transaction() as env:
            findings = env["coworking.books"]._check(env.ref("base.main_company"), seconds=0)
            self.assertEqual([row.problem for row in findings], [])
            bill = env["account.move"].browse(bill_id).exists()
            statement = env["coworking.statement"].search(
                [("program_id", "in", self.ids["program"])]
            )
            matched = statement.match_ids.filtered("move_line_id")
            self.assertEqual(sum(matched.mapped("invoiced")), bill.amount_total)
            self.assertEqual(statement.state, "billed" if bill else "confirmed")
            self.assertEqual(bool(bill), "delete" not in acts or acts[0] == "post")
            if "post" in acts and bill:
                self.assertEqual(bill.state, "posted")
            if set(acts) == {"decide", "post"} or acts[1] == "decide" and bill:
                gaps = bill._coworking_matches().filtered("gap")
                self.assertEqual(set(gaps.mapped("decision")), {"accepted"})
            gone = acts[0] == "delete" or acts[0] == "post" and acts[1] != "decide"
            self.assertEqual(bool(told), gone, told)

    def test_of_what_two_do_at_once_nothing_is_lost_and_the_later_is_told(self):
        for acts in (
            ("decide", "post"),
            ("post", "decide"),
            ("decide", "type"),
            ("type", "decide"),
            ("part", "decide"),
            ("decide", "delete"),
            ("delete", "decide"),
            ("post", "type"),
            ("type", "post"),
            ("post", "delete"),
            ("delete", "post"),
            ("delete", "part"),
        ):
            with self.subTest(f"{acts[0]}, then {acts[1]}"):
                try:
                    bill_id, told = self._race(*acts)
                    self._check(bill_id, acts, told)
                finally:
                    self._remove_bills()
