"""The month's list: groups of lines, of which a page is shown, and the first are open."""

import re
from unittest.mock import patch

from odoo.fields import Domain

from odoo.addons.web.models.models import Base

from ..common import JUNE
from .common import MatchingCase

READ = {
    "participant_id": {"fields": {"display_name": {}}},
    "space_id": {"fields": {"display_name": {}}},
    "status": {},
    "gap": {},
    "bill_is_ready": {},
    "paid_on": {},
}
SPACES = 6


class TestMonthGroups(MatchingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(SPACES):
            space = cls._new_space(f"Space {number}", f"S{number}")
            tariff = cls._new_tariff(f"T{number}", 180.0, space=space)
            for who in ("Camille", "Dominique"):
                cls._new_seat("1/6", "31/7", f"{who} {number}", tariff)
        cls.statements = cls._settle(JUNE)
        for statement in cls.statements:
            people = statement.charge_ids.participant_id.partner_id
            lines = [(person.name, 170.0) for person in people]
            cls._receive(*lines, space=statement.space_id, ref=f"F-{statement.id}")

    def setUp(self):
        super().setUp()
        self.domain = Domain("date_from", "=", JUNE)
        self.lines = self.env["coworking.month.line"].with_user(self.accountant)

    def _open(self, groupby, opened=10, **values):
        """The answer to the client, once nothing is known yet, and how many queries it takes."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        answer = self.lines.with_context(max_number_opened_groups=opened).web_read_group(
            self.domain,
            groupby,
            ["expected:sum", "gap:sum"],
            auto_unfold=True,
            unfold_read_specification=READ,
            **values,
        )
        return answer, self.env.cr.sql_log_count - before

    def test_an_open_group_shows_the_lines_that_it_has_by_itself(self):
        orders = {"space_id": "gap desc, space_id", "participant_id": None, "status": None}
        for name, order in {**orders, "date_from:month": None, "kind": "expected"}.items():
            for limit in (80, 1):
                with self.subTest(groupby=name, limit=limit):
                    answer, __ = self._open([name], order=order, unfold_read_default_limit=limit)
                    within = order or "date_from desc, space_id, participant_id, id"
                    for group in answer["groups"][:10]:  # more are not opened
                        own = self.lines.web_search_read(
                            self.domain & Domain(group["__extra_domain"]),
                            READ,
                            limit=limit,
                            order=f"{within}, date_from desc, space_id, participant_id, id",
                        )
                        self.assertEqual(group["__records"], own["records"])

    def _open_as_odoo(self, groupby, **values):
        names = ("web_read_group", "_open_groups", "_formatted_read_group_with_length")
        with patch.multiple(type(self.lines), **{name: getattr(Base, name) for name in names}):
            return self._open(groupby, **values)[0]

    def test_what_is_shown_is_what_odoo_shows(self):
        """Lines without a seat, a decision, a bill or a statement included, whoever asks."""
        self._receive(("Coffee", 12.0), space=self.statements[0].space_id, ref="F-Coffee")
        self._receive(("Printing", 8.0), ref="F-Printing")
        month, whole = self.domain, Domain.TRUE
        to_match = month & Domain("status", "=", "to_match")
        for user, domain, groupby, order, limits in (
            (self.accountant, whole, ["space_id"], None, {"limit": 3}),
            (self.coordinator, month, ["space_id"], None, {"limit": 4, "offset": 4}),
            (self.accountant, whole, ["participant_id"], "gap desc, id desc", {}),
            (self.coordinator, whole, ["seat_id"], "seat_id desc", {"limit": 3, "offset": 2}),
            (self.accountant, whole, ["statement_id"], None, {"limit": 80}),
            (self.accountant, whole, ["move_id"], "expected", {"limit": 5}),
            (self.coordinator, whole, ["decision"], None, {}),
            (self.accountant, to_match, ["cause"], "cause desc", {}),
            (self.accountant, whole, ["explanation"], None, {"limit": 9}),
            (self.accountant, whole, ["date_from:month"], None, {}),
            (self.accountant, whole, ["program_id", "space_id"], "gap", {}),
            (self.coordinator, whole, ["seat_id", "date_from:month"], None, {"limit": 3}),
            (self.accountant, Domain.FALSE, ["space_id"], None, {"limit": 3}),
        ):
            self.domain, self.lines = domain, self.lines.with_user(user)
            values = {"order": order, "unfold_read_default_limit": 2, **limits}
            with self.subTest(user=user.login, groupby=groupby, **values):
                answer, __ = self._open(groupby, **values)
                self.assertEqual(answer, self._open_as_odoo(groupby, **values))

    def test_groups_within_groups_show_theirs(self):
        first, __ = self._open(["program_id", "space_id"])
        program = first["groups"][0]
        opened = [
            {"value": row["space_id"][0], "folded": False, "limit": 80, "offset": 0}
            for row in program["__groups"]["groups"][:2]
        ]
        values = {"value": program["program_id"][0], "folded": False, "limit": 80, "offset": 0}
        answer, __ = self._open(
            ["program_id", "space_id"], opening_info=[{**values, "groups": opened}]
        )
        groups = answer["groups"][0]["__groups"]["groups"]
        self.assertEqual([len(row.get("__records", ())) for row in groups], [2, 2, 0, 0, 0, 0])

    def test_many_open_groups_take_as_many_queries_as_one(self):
        self._open(["space_id"])  # what is read once
        one, few = self._open(["space_id"], opened=1)
        answer, many = self._open(["space_id"])
        shown = [sum("__records" in row for row in found["groups"]) for found in (one, answer)]
        self.assertEqual(shown, [1, SPACES])
        self.assertEqual(many, few)

    def test_of_groups_that_are_not_shown_nothing_that_was_matched_is_read(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        read = {}
        for limit in (1, SPACES):
            before = self._count_read("coworking_match")
            answer = self.lines.web_read_group(self.domain, ["space_id"], ["gap:sum"], limit=limit)
            read[limit] = self._count_read("coworking_match") - before
            self.assertEqual((len(answer["groups"]), answer["length"]), (limit, SPACES))
        shown = answer["groups"][0]["space_id"][0]
        others = self.env["coworking.match"].search(
            [
                ("charge_id", "!=", False),
                ("statement_id", "in", self.statements.ids),
                ("statement_id.space_id", "!=", shown),
            ]
        )
        self.assertTrue(others)
        # Once or twice each, as PostgreSQL looks for those without a charge among them or not.
        self.assertGreaterEqual(read[SPACES] - read[1], len(others))

    def test_what_groups_come_to_is_the_same_page_by_page(self):
        whole, __ = self._open(["space_id"])
        for offset in range(0, SPACES, 2):
            page, __ = self._open(["space_id"], limit=2, offset=offset)
            self.assertEqual(page["groups"], whole["groups"][offset : offset + 2])
            self.assertEqual(page["length"], SPACES)
        beyond, __ = self._open(["space_id"], limit=2, offset=SPACES)
        self.assertEqual(beyond["groups"], [])

    def _explain(self, *names):
        self.env.cr.execute(f"EXPLAIN SELECT {', '.join(names)} FROM coworking_month_line")
        return "\n".join(row for (row,) in self.env.cr.fetchall())

    def test_whether_a_bill_stands_is_found_out_once_a_line_and_only_if_it_is_asked(self):
        plan = self._explain("not_invoiced", "gap", "cause", "status")
        self.assertEqual(len(re.findall(r"res_partner operator", plan)), 2)
        self.assertNotIn("res_partner", self._explain("id", "expected", "date_from"))
