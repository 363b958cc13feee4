"""Two real Odoo processes at work on the same month at the same moment."""

import functools
import json
import pathlib
import socket
import subprocess
import sys

from odoo import Command
from odoo.tools import config

from .common import JUNE, RaceCase

WORKER = pathlib.Path(__file__).with_name("worker.py")
# Any number that no other program locks in this database.
GATE = 20150601


@functools.cache
def load(database, *options):
    """Start the process of which all others are made, once for all classes.

    :return: where it takes orders; it ends with this socket, as this process does
    """
    settings = {"options": options, "database": database, "gate": GATE}
    command = [sys.executable, WORKER, json.dumps(settings)]
    orders, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        subprocess.run(command, stdin=its, start_new_session=True, check=True)
    return orders


class ProcessCase(RaceCase):
    """Odoo processes that are all made from one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = load(cls.env.cr.dbname, *cls._options())

    @classmethod
    def _options(cls):
        """How this process reaches the database, for the others."""
        options = ["--no-http", "--log-level=critical", "-d", cls.env.cr.dbname]
        for name in ("db_host", "db_port", "db_user", "db_password", "data_dir"):
            if config[name]:
                flag = {"data_dir": "--data-dir"}.get(name, f"--{name}")
                options.append(f"{flag}={config[name]}")
        options.append(f"--addons-path={','.join(config['addons_path'])}")
        return options

    def _begin(self, action, ids):
        """A process of its own that says "ready", and waits for the gate.

        :return: what it says, to be read
        """
        ours, its = socket.socketpair()
        with ours, its:
            socket.send_fds(self.orders, [json.dumps([action, ids]).encode()], [its.fileno()])
            ours.settimeout(90)
            return self.enterContext(ours.makefile())

    def _do_until_killed(self, action, ids):
        """It ends without a word."""
        answers = self._begin(action, ids)
        self.assertEqual(answers.read(), "ready\n")

    def _together(self, *calls):
        """Run these (action, ids) in processes of their own, let go at one moment.

        :return: what each said last
        """
        with self.transaction() as gate:
            gate.cr.execute("SELECT pg_advisory_lock(%s)", [GATE])
            begun = [self._begin(action, ids) for action, ids in calls]
            for answers in begun:
                if (line := answers.readline()) != "ready\n":
                    self.fail(line + answers.read())
            gate.cr.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        results = [answers.read().strip() for answers in begun]
        for result in results:
            self.assertTrue(result and "Traceback" not in result, result)
        return results


class TestProcesses(ProcessCase):
    def test_a_month_is_generated_by_two_processes_once(self):
        self.seats(0, 1, 2)
        self.seats(3, space="small")
        ids = {"program": self.ids["program"]}
        results = self._together(("generate", ids), ("generate", ids))
        self.assertTrue(all(result.startswith("done") for result in results), results)
        self.assertEqual(self.count("coworking.statement"), 2)
        self.assertEqual(self.count("coworking.charge", [("state", "=", "open")]), 4)
        with self.transaction() as env:
            statements = env["coworking.statement"].search(
                [("program_id", "in", self.ids["program"])]
            )
            self.assertEqual(sorted(statements.mapped("payable_total")), [180.0, 540.0])

    def test_of_two_who_open_a_month_at_once_none_is_told_that_nothing_is_to_be_charged(self):
        self.seats(0, 1, 2)
        self.seats(3, space="small")
        ids = {"program": self.ids["program"]}
        results = self._together(("open_month", ids), ("open_month", ids))
        self.assertTrue(all(result.startswith("done") for result in results), results)
        self.assertEqual(self.count("coworking.statement"), 2)

    def test_a_month_is_billed_by_two_processes_once(self):
        (statement_id,) = self.statement("action_confirm")
        ids = {"statement": statement_id}
        results = self._together(("bill", ids), ("bill", ids))
        self.assertEqual(
            sorted(result.split()[0] for result in results), ["done", "refused"], results
        )
        with self.transaction() as env:
            bill = env["account.move"].search([("coworking_statement_id", "=", statement_id)])
            self.assertEqual(len(bill), 1)
            self.assertEqual(bill.amount_total, 360.0)
            self.assertEqual(bill.coworking_statement_id.state, "billed")

    def test_the_last_place_is_given_by_two_processes_once(self):
        seats = self.seats(0, 1, space="small", state="requested")
        results = self._together(
            *(("confirm", {"seats": seats, "number": number}) for number in range(2))
        )
        self.assertEqual(
            sorted(result.split()[0] for result in results), ["done", "refused"], results
        )
        self.assertIn("Race small", str(results))
        self.assertEqual(self.count("coworking.seat", [("state", "=", "confirmed")]), 1)


class ManySpacesCase(ProcessCase):
    """24 spaces, each with a seat in June."""

    SPACES = 24

    @classmethod
    def _make(cls, env):
        super()._make(env)
        names = [f"Race {number:02}" for number in range(cls.SPACES)]
        sites = env["res.partner"].create([{"name": name, "is_company": True} for name in names])
        spaces = env["coworking.space"].create(
            [
                {
                    "partner_id": site.id,
                    "company_id": env["coworking.space"].browse(cls.ids["large"]).company_id.id,
                    "code": f"RACE-{number:02}",
                    "seat_capacity": 5,
                    "state": "partner",
                    "date_partner": "2015-01-01",
                }
                for number, site in enumerate(sites)
            ]
        )
        tariffs = env["coworking.tariff"].create(
            [
                {
                    "name": "Nomad",
                    "space_id": space.id,
                    "product_id": cls.ids["products"][0],
                    "price_ids": [Command.create({"date_start": "2015-01-01", "price": 100.0})],
                }
                for space in spaces
            ]
        )
        people = env["coworking.participant"].create(
            [
                {"partner_name": name, "program_id": cls.ids["program"][0], "user_id": False}
                for name in names
            ]
        )
        cls.ids["people"] += people.ids
        cls.ids |= {"many": spaces.ids, "many_tariffs": tariffs.ids}

    @classmethod
    def _get_spaces(cls):
        return super()._get_spaces() + cls.ids["many"]

    def setUp(self):
        super().setUp()
        with self.commit() as env:
            env["coworking.seat"].create(
                [
                    self.values(4 + number, space_id=space, tariff_id=tariff)
                    for number, (space, tariff) in enumerate(
                        zip(self.ids["many"], self.ids["many_tariffs"], strict=True)
                    )
                ]
            )

    def _check_generated(self):
        """Each space has its month, once."""
        self.assertEqual(self.count("coworking.statement"), self.SPACES)
        self.assertEqual(self.count("coworking.charge", [("state", "=", "open")]), self.SPACES)
        with self.transaction() as env:
            statements = env["coworking.statement"].search(
                [("program_id", "in", self.ids["program"])]
            )
            self.assertEqual(set(statements.mapped("payable_total")), {100.0})


class TestDailyRun(ManySpacesCase):
    """Of spaces with few seats the daily run does many at once: 50 of 60, then ten."""

    SPACES = 60

    def test_what_a_killed_run_had_begun_is_done_once_by_the_next_and_by_who_asks_meanwhile(self):
        ids = {"program": self.ids["program"], "now": "2015-07-03 10:00:00"}
        self._do_until_killed("catch_up_until_killed", ids)
        self.assertEqual(self.count("coworking.statement"), 50)
        self._together(("catch_up", ids), ("ask_generate", ids))
        self._check_generated()


class TestManySpaces(ManySpacesCase):
    """Two people ask for the same step of 24 statements at one moment: each space is done once, and
    each is told of all of them.
    """

    def _ask_at_once(self, action, **ids):
        """Two users ask for the same.

        :return: what each was told: dict words -> count
        """
        ids = {"program": self.ids["program"], **ids}
        results = self._together(*((action, {**ids, "user": user}) for user in (1, 2)))
        told = []
        for result in map(json.loads, results):
            self.assertTrue(result, results)
            rows = (row.rsplit(": ", 1) for row in result.split(", "))
            told.append({words: int(count) for words, count in rows})
        return told

    def _check_told(self, told):
        """Together they did each once; what one did not do, the other did, and nothing is left."""
        with self.transaction() as env:
            names = {
                user: f"Already done by {env['res.users'].browse(user).name}" for user in (1, 2)
            }
        for rows, other in zip(told, (2, 1), strict=True):
            self.assertEqual(sum(rows.values()), self.SPACES, told)
            self.assertLessEqual(rows.keys(), {"Done for you", names[other]}, told)

    def test_a_month_of_many_spaces_is_generated_once(self):
        told = self._ask_at_once("ask_generate")
        self._check_told(told)
        self._check_generated()

    def test_many_statements_are_sent_and_billed_once(self):
        with self.commit() as env:
            statements = env["coworking.statement"]._generate(self.record(env, "program"), JUNE)
            ids = statements.ids
        self._check_told(self._ask_at_once("ask_send", statements=ids))
        with self.commit() as env:
            statements = env["coworking.statement"].browse(ids)
            self.assertEqual(set(statements.mapped("state")), {"sent"})
            statements.action_confirm()
        told = self._ask_at_once("ask_bills", statements=ids)
        self._check_told(told)
        self.assertEqual(sum(rows.get("Done for you", 0) for rows in told), self.SPACES)
        with self.transaction() as env:
            bills = env["account.move"].search([("coworking_statement_id", "in", ids)])
            self.assertEqual(len(bills), self.SPACES)
            self.assertEqual(set(bills.mapped("amount_total")), {100.0})
            self.assertEqual(sorted(bills.coworking_statement_id.ids), sorted(ids))
