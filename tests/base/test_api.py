"""docs/api.md does what it says: its calls are run here, as each role, and its names are there."""

import pathlib
import re
import xmlrpc.client
from functools import partial
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, get_db_name, tagged
from odoo.tests.common import Transport
from odoo.tools import mute_logger

from ..common import CoworkingCase

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "api.md"


@tagged("post_install", "-at_install")
class TestApi(HttpCase, CoworkingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.text = PAGE.read_text()
        cls.tariff = cls._new_tariff("Mois", 180.0)

    def _make_key(self, user):
        until = fields.Datetime.to_datetime("2099-12-31")  # PostgreSQL's clock is not frozen
        return self.env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "api", until)

    def _run_page(self):
        """:return: the names that the calls of the page leave"""
        names = {
            "URL": self.base_url(),
            "DATABASE": get_db_name(),
            "PROGRAM": self.program.code,
            "SPACE": self.space.name,
            "ACCOMPANIST": self._make_key(self.accompanist),
            "COORDINATOR": self._make_key(self.coordinator),
            "ACCOUNTANT": self._make_key(self.accountant),
            "ACCOUNTANT_LOGIN": self.accountant.login,
        }
        proxy = partial(xmlrpc.client.ServerProxy, transport=Transport(self))
        for block in re.findall(r"```python\n(.*?)```", self.text, re.DOTALL):
            with (
                patch("requests.Session", lambda: self.opener),
                patch("xmlrpc.client.ServerProxy", proxy),
            ):
                exec(block, names)  # of our own page
        return names

    def test_a_person_a_seat_presences_and_a_month_as_each_role(self):
        names = self._run_page()
        seat = self.env["coworking.seat"].browse(names["seat"])
        self.assertEqual(seat.participant_id.ids, names["person"])
        self.assertEqual(seat.state, "confirmed")
        self.assertEqual(len(self.env["coworking.presence"].search([("seat_id", "=", seat.id)])), 2)
        statement = self.env["coworking.statement"].search([("program_id", "=", self.program.id)])
        self.assertEqual([row["id"] for row in names["statements"]], statement.ids)
        self.assertEqual([row["name"] for row in names["by_xml"]], statement.mapped("name"))
        self.assertEqual([row["amount_total"] for row in names["charges"]], [180.0])

    def test_what_a_rule_refuses_says_so_in_words_and_changes_nothing(self):
        names = self._run_page()
        status, message = names["refused"]
        self.assertEqual(status, 422)
        self.assertIn(self.env["coworking.seat"].browse(names["seat"]).name, message)
        seat = self.env["coworking.seat"].browse(names["seat"])
        self.assertEqual(seat.date_end, fields.Date.to_date("2015-11-30"))

    def test_whatever_the_database_refuses_is_no_error_of_the_server(self):
        key = self._make_key(self.coordinator)
        seat = self._new_seat("1/6", "30/6")
        space, program, tariff = seat.space_id, seat.program_id, seat.tariff_id
        bad = (
            (seat, {"date_end": "2015-05-01"}),
            (seat, {"date_start": False}),
            (seat, {"participant_id": False}),
            (space, {"seat_capacity": -1}),
            (space, {"code": False}),
            (program, {"date_end": "2014-01-01"}),
            (program, {"funding_rate": 150.0}),
            (program, {"name": False}),
            (program, {"duration_months": -1}),
            (tariff, {"name": False}),
            (tariff, {"daily_cap": -1.0}),
            (tariff.price_ids[:1], {"price": -1.0}),
            (seat.participant_id, {"program_id": False}),
        )
        for record, values in bad:
            with self.subTest(model=record._name, values=values), mute_logger("odoo.sql_db"):
                answer = self.url_open(
                    f"/json/2/{record._name}/write",
                    json={"ids": record.ids, "vals": values},
                    headers={"Authorization": f"Bearer {key}"},
                )
                message = answer.json()["message"]
                self.assertEqual(answer.status_code, 422, message)
                self.assertNotIn("null", message)
                self.assertNotIn("singleton", message)

    def test_every_name_that_the_page_promises_is_there(self):
        table = self.text[self.text.index("## Public names") :]
        promised = re.findall(r"^\| `([a-z.]+)`.*?\|.*?\|(.*)\|$", table, re.MULTILINE)
        self.assertGreater(len(promised), 9)
        for model, names in promised:
            for name in re.findall(r"`([a-z_]+)`", names):
                self.assertIn(name, self.env[model]._fields, model)
