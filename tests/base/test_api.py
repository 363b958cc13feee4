"""docs/api.md does what it says: its calls are run here, as each role, and its names are there."""

import pathlib
import random
import re
import xmlrpc.client
from functools import partial
from itertools import product
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

    def _call(self, key, model, method, **values):
        """:return: status and answer"""
        with mute_logger("odoo.sql_db"):
            answer = self.url_open(
                f"/json/2/{model}/{method}",
                json=values,
                headers={"Authorization": f"Bearer {key}"},
            )
        return answer.status_code, answer.json()

    def test_whatever_is_refused_is_no_error_of_the_server_and_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.coordinator.lang = "fr_FR"
        key = self._make_key(self.coordinator)
        seat = self._new_seat("1/6", "30/6")
        space, program, tariff = seat.space_id, seat.program_id, seat.tariff_id
        of_no_kind = "n'accepte pas ces valeurs"
        bad = (
            (seat, {"date_end": "2015-05-01"}, "finir avant"),
            (seat, {"date_start": False}, "Il manque"),
            (seat, {"participant_id": False}, "Il manque"),
            (seat, {"participant_id": 999999999}, "désigne ce qui n'existe pas (999999999)"),
            (space, {"seat_capacity": -1}, "négative"),
            (space, {"code": False}, "Il manque"),
            (program, {"date_end": "2014-01-01"}, "sortirait des dates"),
            (program, {"funding_rate": 150.0}, "entre 0 et 100"),
            (program, {"name": False}, "Il manque"),
            (program, {"duration_months": -1}, "au moins un"),
            (tariff, {"name": False}, "Il manque"),
            (tariff, {"daily_cap": -1.0}, "négatif"),
            (tariff.price_ids[:1], {"price": -1.0}, "négatif"),
            (seat.participant_id, {"program_id": False}, "l'autre programme"),
            (seat, {"state": "nothing"}, of_no_kind),
            (seat, {"date_end": "2015-06-31"}, of_no_kind),
            (seat, {"date_end": 12}, of_no_kind),
            (seat, {"participant_id": 10**12}, of_no_kind),
            (seat, {"no_such_field": 1}, of_no_kind),
            (space, {"seat_capacity": "many"}, of_no_kind),
            (program, {"date_end": False}, "Il manque"),
            (program, {"name": "a\0b"}, of_no_kind),
            (program, {"code": ""}, f"{program.name} : Il manque « Code »"),
            (program, {"funding_base": False}, f"{program.name} : Il manque"),
            (program, {"date_start": False}, f"{program.name} : Il manque"),
            (space, {"code": " "}, f"{space.name} : Il manque « Code »"),
            (tariff, {"name": ""}, "Il manque"),
            (space, {"operator_id": 999999999}, "désigne ce qui n'existe pas (999999999)"),
            (space, {"manager_ids": [[4, 999999999]]}, "désigne ce qui n'existe pas (999999999)"),
        )
        for record, values, words in bad:
            with self.subTest(model=record._name, values=values):
                status, answer = self._call(key, record._name, "write", ids=record.ids, vals=values)
                self.assertEqual(status, 422, answer["message"])
                self.assertIn(words, answer["message"].replace("\xa0", " "))
                self.assertNotIn("null", answer["message"])
                self.assertNotIn("singleton", answer["message"])

    def test_who_creates_what_leads_nowhere_is_told_what_is_missing(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.coordinator.lang = "fr_FR"
        key = self._make_key(self.coordinator)
        for model, values, words in (
            ("coworking.hosting", {}, "Il manque « Place »"),
            ("coworking.attendance", {"name": "Camille"}, "Il manque « Événement »"),
            ("coworking.presence", {"seat_id": 999999999}, "désigne ce qui n'existe pas"),
            ("coworking.statement.generate", {"program_ids": [[4, 999999999]]}, "(999999999)"),
        ):
            with self.subTest(model=model, values=values):
                status, answer = self._call(key, model, "create", vals_list=[values])
                self.assertEqual(status, 422, answer["message"])
                self.assertIn(words, answer["message"].replace("\xa0", " "))
                self.assertNotIn("False", answer["message"])

    def test_what_is_called_and_is_not_there_is_named(self):
        self.coordinator.lang = "en_US"
        key = self._make_key(self.coordinator)
        for method, values in (("action_confirm", {}), ("write", {"vals": {"notice_date": False}})):
            status, answer = self._call(key, "coworking.seat", method, ids=[999999999], **values)
            self.assertEqual(status, 404)
            self.assertIn("“Funded Seat” 999999999 is not there", answer["message"])

    def test_what_a_record_cannot_be_called_or_an_index_cannot_hold_is_refused(self):
        self.coordinator.lang = "en_US"
        key = self._make_key(self.coordinator)
        too_long = random.Random(1).randbytes(20000).hex()  # for an index, made short as it may be
        for model, method, sent in (
            ("coworking.simulation", "name_create", {"name": "Camille"}),
            ("coworking.amenity", "create", {"vals_list": [{"name": too_long}]}),
        ):
            status, answer = self._call(key, model, method, **sent)
            self.assertEqual(status, 422, answer["message"])
            self.assertIn("does not take these values", answer["message"])

    def test_a_list_that_is_emptied_hides_no_reference_that_leads_nowhere(self):
        self.coordinator.lang = "en_US"
        seat, key = self._new_seat("1/6", "30/6"), self._make_key(self.coordinator)
        for command in ([5], [0, "virtual_1", {"name": "Bakers"}]):
            with self.subTest(command=command):
                status, answer = self._call(
                    key,
                    "coworking.participant",
                    "write",
                    ids=seat.participant_id.ids,
                    vals={"sector_ids": [command], "stage_id": 999999999},
                )
                self.assertEqual(status, 422, answer["message"])
                self.assertIn("leads to what is not there (999999999)", answer["message"])

    def test_a_dialog_opened_without_its_record_is_empty(self):
        key = self._make_key(self.accountant)
        spec = {name: {} for name in self.env["coworking.match.explain"]._fields}
        status, answer = self._call(
            key,
            "coworking.match.explain",
            "onchange",
            values={},
            field_names=[],
            fields_spec=spec,
        )
        self.assertEqual(status, 200, answer)

    def test_a_method_for_one_record_is_not_called_for_none_or_two(self):
        self.coordinator.lang = "en_US"
        key = self._make_key(self.coordinator)
        people = self._new_participant("A") | self._new_participant("B")
        file, line = "coworking.participant", "coworking.month.end.line"
        for model, method, ids in (
            (file, "action_plan_appointment", []),
            (file, "action_plan_appointment", people.ids),
            (file, "action_reopen", [people[0].id, 999999999]),
            (line, "action_create_entries", []),
        ):
            with self.subTest(model=model, method=method, ids=ids):
                status, answer = self._call(key, model, method, ids=ids)
                self.assertEqual(status, 422, answer["message"])
                self.assertIn("one record at a time", answer["message"])

    def test_who_may_not_write_is_told_so_and_not_of_a_field_that_is_read_before(self):
        self.accountant.lang = "en_US"
        key = self._make_key(self.accountant)
        person = self._new_participant("A")
        status, answer = self._call(
            key, "coworking.participant", "write", ids=person.ids, vals={"user_id": False}
        )
        self.assertEqual(status, 403)
        self.assertIn("modify", answer["message"])

    def test_what_is_missing_by_a_fault_of_ours_is_not_laid_on_the_program(self):
        seat = self._new_seat("1/6", "30/6")
        key = self._make_key(self.coordinator)

        def miss(seats):
            return seats.env["res.partner"].browse(999999999).name

        with patch.object(type(seat), "action_request", miss):
            status, answer = self._call(key, "coworking.seat", "action_request", ids=seat.ids)
        self.assertEqual(status, 404)
        self.assertNotIn(f" {seat.id} ", answer["message"])

    def test_a_refusal_with_a_button_is_its_words_alone(self):
        seat = self._new_seat("1/6", "30/6")
        key = self._make_key(self.coordinator)
        status, answer = self._call(key, "coworking.tariff", "unlink", ids=seat.tariff_id.ids)
        self.assertEqual(status, 422)
        self.assertIn(seat.tariff_id.name, answer["message"])
        self.assertNotIn("ir.actions", answer["message"])

    def test_a_value_of_another_kind_is_refused_before_our_code_sees_it(self):
        """Some of these Odoo would take for an empty field."""
        self.coordinator.lang = "en_US"
        key = self._make_key(self.coordinator)
        seat = self._new_seat("1/6", "30/6")
        person, presence = seat.participant_id, self._new_presences(seat, "2/6am")
        bad = (
            (seat, {"participant_id": {"a": 1}}),
            (seat, {"funding_rate": "half"}),
            (seat, {"funding_cap": [1]}),
            (seat, {"space_id": 1.5}),
            (presence, {"date": "2015-13-45"}),
            (presence, {"date": 5}),
            (presence, {"seat_id": True}),
            (presence, {"slot": 5}),
            (presence, {"hours": "inf"}),
            (person, {"user_id": [self.accompanist.id, "Somebody"]}),
            (person, {"user_id": "abc"}),
            (person, {"project": {"a": 1}}),
            (person, {"seat_ids": [[0, 0, {"no_such_field": 1}]]}),
            (person, {"seat_ids": [[9, 9, 9]]}),
            (self.program, {"duration_months": 2**40}),
            (self.program, {"funding_cap": "nan"}),
            (self.program, {"date_start": "0001-01-01"}),
            (person, {"date_exit": "9999-12-31"}),
            (seat, {"program_id": False}),
            (seat, {"program_id": self.program.id}),
            (self.space, {"image_1920": "é"}),
            (self.space, {"image_1920": "abc"}),
        )
        for (record, values), way in product(
            bad, ({"method": "write"}, {"method": "web_save", "specification": {}})
        ):
            with self.subTest(model=record._name, values=values, **way):
                status, answer = self._call(key, record._name, ids=record.ids, vals=values, **way)
                self.assertEqual(status, 422, answer["message"])
                (name,) = values
                label = record._fields[name]._description_string(self.env)
                self.assertTrue(answer["message"].startswith(f"{label}: "), answer["message"])
                self.assertIn("does not take these values", answer["message"])
        for method, sent in (
            ("create", {"vals_list": "abc"}),
            ("create", {"vals_list": [[1]]}),
            ("create", {"vals_list": None}),
            ("name_create", {"name": {"a": 1}}),
            ("name_create", {"name": "a\0b"}),
            ("write", {"ids": person.ids, "vals": None}),
            ("name_create", {"name": "\ud800"}),
            ("write", {"ids": person.ids, "vals": ["name", "x"]}),
            ("write", {"ids": person.ids, "vals": {"": 1}}),
            ("write", {"ids": [0], "vals": {"phone": False}}),
            ("web_save", {"ids": [], "vals": 5, "specification": {}}),
            ("web_save_multi", {"ids": person.ids, "vals_list": "x", "specification": {}}),
            ("copy", {"ids": person.ids, "default": "x"}),
        ):
            status, answer = self._call(key, "coworking.participant", method, **sent)
            self.assertEqual(status, 422)
            self.assertIn(answer["message"].partition(":")[0], sent)
        self.assertEqual(person.user_id, self.accompanist)

    def test_values_of_every_kind_are_taken(self):
        key = self._make_key(self.coordinator)
        for record, values in (
            (self._new_seat("1/6"), {"date_end": "2015-06-30", "funding_rate": "100"}),
            (self.space, {"seat_capacity": 4, "manager_ids": [[4, self.manager_b.partner_id.id]]}),
            (self.space, {"manager_ids": [[6, 0, self.manager.partner_id.ids]], "active": True}),
            (self.space, {"manager_ids": self.manager.partner_id.ids, "date_closed": None}),
            (self.program, {"user_id": False, "funding_base": "total", "date_end": "2015-12-31"}),
            (self.tariff, {"price_ids": [[1, self.tariff.price_ids.id, {"price": 190}]]}),
        ):
            with self.subTest(model=record._name, values=values):
                status, answer = self._call(key, record._name, "write", ids=record.ids, vals=values)
                self.assertEqual((status, answer), (200, True))

        for method, values in (
            ("create", {"vals_list": [{"partner_name": 2015, "phone": 612345678}]}),
            ("name_create", {"name": 2015}),
        ):
            context = {"default_program_id": self.program.id}
            status, answer = self._call(
                key, "coworking.participant", method, **values, context=context
            )
            self.assertEqual(status, 200, answer)

    def test_a_question_that_is_none_is_refused(self):
        key = self._make_key(self.coordinator)
        for method, arguments, words in (
            ("search_read", {"domain": [["no_such_field", "=", 1]]}, "domain"),
            ("search", {"domain": ["&"]}, "domain"),
            ("search", {"domain": [["id", "~", 1]]}, "domain"),
            ("search", {"domain": [["name", "=", "a\0b"]]}, "domain"),
            ("search_count", {"domain": "[]"}, "domain"),
            ("name_search", {"name": "x", "operator": "none"}, "operator"),
            ("search", {"domain": [], "limit": -1}, "limit"),
            ("search", {"domain": [], "offset": "a"}, "offset"),
            ("search", {"domain": [], "limit": 10**20}, "limit"),
            ("search", {"domain": [], "order": "date_start desc, no_such_field"}, "order"),
            ("search", {"domain": [], "order": 5}, "order"),
            ("name_search", {"name": "x", "domain": [["no_such_field", "=", 1]]}, "domain"),
            ("web_search_read", {"domain": [], "specification": {"x": {}}}, "specification"),
            ("search_read", {"domain": [], "fields": ["no_such_field"]}, "fields"),
            ("read", {"ids": ["a"], "fields": ["name"]}, "ids"),
            ("load", {"fields": ["id", "no_such_field"], "data": [["a", "b"]]}, "fields"),
            (
                "formatted_read_group",
                {"domain": [], "groupby": ["no_such_field"], "aggregates": ["__count"]},
                "groupby",
            ),
            (
                "formatted_read_group",
                {"domain": [], "groupby": ["program_id"], "aggregates": ["no_such_field:sum"]},
                "aggregates",
            ),
            ("formatted_read_group", {"domain": [], "groupby": 5}, "groupby"),
            # what is right beside it is not blamed
            ("search", {"domain": ["&"], "order": "date_start desc, name"}, "domain"),
            (
                "formatted_read_group",
                {"domain": ["&"], "groupby": ["date_start:month"], "aggregates": ["__count"]},
                "domain",
            ),
        ):
            with self.subTest(method=method, arguments=arguments):
                status, answer = self._call(key, "coworking.seat", method, **arguments)
                self.assertEqual(status, 422, answer["message"])
                self.assertEqual(answer["message"].partition(":")[0].strip(), words)

    def test_a_reading_that_odoo_makes_nothing_of_is_refused(self):
        seat = self._new_seat("1/6", "30/6")
        key = self._make_key(self.coordinator)
        bar = {"field": "state", "colors": {"confirmed": "success"}}
        for model, method, arguments in (
            ("seat", "read_progress_bar", {"group_by": 5, "progress_bar": bar}),
            ("seat", "read_progress_bar", {"group_by": "none", "progress_bar": bar}),
            ("seat", "read_progress_bar", {"group_by": "state", "progress_bar": 5}),
            ("seat", "read_progress_bar", {"group_by": "state", "progress_bar": {}}),
            ("participant", "read_progress_bar", {"group_by": [], "progress_bar": "a"}),
            ("participant", "read_progress_bar", {"group_by": "stage_id", "progress_bar": {}}),
            ("participant", "web_read_group", {"groupby": [5]}),
            ("participant", "web_read_group", {"groupby": ["stage_id"], "aggregates": 5}),
            ("seat", "web_search_read", {"specification": {"program_id": {"fields": 5}}}),
            ("seat", "web_search_read", {"specification": {"program_id": 5}}),
            ("seat", "web_search_read", {"specification": 5}),
            ("seat", "search_read", {"fields": 5}),
            ("seat", "load", {"fields": ["name"], "data": 5}),
            ("seat", "load", {"fields": ["name"], "data": [5]}),
            ("seat", "web_read", {"ids": seat.ids, "specification": {"charge_ids": 5}}),
        ):
            if method not in ("load", "web_read"):
                arguments["domain"] = []
            with self.subTest(model=model, method=method, arguments=arguments):
                status, answer = self._call(key, f"coworking.{model}", method, **arguments)
                self.assertEqual(status, 422, answer)

    def test_who_asks_for_another_language_is_told_in_it(self):
        self.coordinator.lang = "fr_FR"
        seat = self._new_seat("1/6", "30/6")
        status, answer = self._call(
            self._make_key(self.coordinator),
            "coworking.seat",
            "write",
            ids=seat.ids,
            vals={"date_end": "2015-05-01"},
            context={"lang": "en_US"},
        )
        self.assertEqual(status, 422)
        self.assertIn("cannot end before it starts", answer["message"])

    def test_an_argument_that_is_not_there_is_refused(self):
        key = self._make_key(self.coordinator)
        for method in ("web_read_group", "read_progress_bar", "web_search_read"):
            with self.subTest(method=method):
                status, __ = self._call(key, "coworking.participant", method, domain=[])
                self.assertEqual(status, 422)

    def test_an_error_of_the_server_stays_one(self):
        seat = self._new_seat("1/6", "30/6")
        key = self._make_key(self.coordinator)

        def fail(seats):
            raise TypeError("of ours")

        with patch.object(type(seat), "action_request", fail), mute_logger("odoo.http"):
            status, __ = self._call(key, "coworking.seat", "action_request", ids=seat.ids)
        self.assertEqual(status, 500)

    def test_what_our_code_or_the_database_lacks_stays_an_error_of_the_server_and_is_logged(self):
        seat = self._new_seat("1/6", "30/6")
        key = self._make_key(self.coordinator)

        def fail(error):
            def fail(*__):
                raise error

            return fail

        def miss(record, vals):
            return record.env["coworking.no.such.model"]

        def ask(query):
            return lambda record, vals: record.env.cr.execute(query)

        wrong = {
            "a method of ours": fail(KeyError("of ours")),
            "what it asks Odoo for": miss,
            "no such column": ask("SELECT no_such_column FROM res_users"),
            "no such table": ask("SELECT FROM no_such_table"),
        }
        for what, written in wrong.items():
            with (
                self.subTest(what),
                patch.object(type(seat), "_get_typed_names", written),
                self.assertLogs("odoo.http", "ERROR"),
            ):
                status, __ = self._call(
                    key, "coworking.seat", "write", ids=seat.ids, vals={"date_end": "2015-06-29"}
                )
                self.assertEqual(status, 500)

    def test_a_reading_that_our_code_cannot_answer_stays_an_error_of_the_server(self):
        participant = self._new_participant("A")
        key = self._make_key(self.coordinator)
        kind = type(participant)

        def divide(records, *__):
            records.env.cr.execute("SELECT 1 / 0")

        for what, asked, name, done in (
            ("it assigns nothing", kind, "_compute_record_counts", lambda people: None),
            ("its SQL fails", type(self.env["coworking.review"]), "_read_group", divide),
        ):
            with (
                self.subTest(what),
                patch.object(asked, name, done),
                self.assertLogs("odoo.http", "ERROR"),
            ):
                status, __ = self._call(
                    key, kind._name, "read", ids=participant.ids, fields=["review_count"]
                )
                self.assertEqual(status, 500)

    def test_pairs_are_a_context_as_odoo_takes_them(self):
        seat = self._new_seat("1/6", "30/6")
        key = self._make_key(self.coordinator)
        status, answer = self._call(
            key,
            "coworking.seat",
            "read",
            ids=seat.ids,
            fields=["state"],
            context=[["lang", "en_US"]],
        )
        self.assertEqual((status, answer[0]["state"]), (200, seat.state))

    def test_a_context_of_which_odoo_takes_no_part_is_refused(self):
        self.coordinator.lang = "en_US"
        key = self._make_key(self.coordinator)
        for context in (
            {"lang": ["fr_FR"]},
            {"tz": 5},
            {"allowed_company_ids": 5},
            {"allowed_company_ids": {"a": 1}},
            {"allowed_company_ids": ["a"]},
            5,
            "en_US",
            ["lang"],
            [["lang", "en_US"], 5],
            [[["lang"], "en_US"]],
            [[5, "en_US"]],
        ):
            with self.subTest(context=context):
                status, answer = self._call(
                    key, "coworking.amenity", "create", vals_list=[{"name": "x"}], context=context
                )
                self.assertEqual(status, 422, answer["message"])
                self.assertTrue(answer["message"].startswith("context: "), answer["message"])

    def test_every_name_that_the_page_promises_is_there(self):
        table = self.text[self.text.index("## Public names") :]
        promised = re.findall(r"^\| `([a-z.]+)`.*?\|.*?\|(.*)\|$", table, re.MULTILINE)
        self.assertGreater(len(promised), 9)
        for model, names in promised:
            for name in re.findall(r"`([a-z_]+)`", names):
                self.assertIn(name, self.env[model]._fields, model)
