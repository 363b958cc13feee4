"""Fifty people register for ten places at the same moment: real HTTP, several processes."""

import concurrent.futures
import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config

from .common import RaceCase

PEOPLE = 50
PLACES = 10
WORKERS = 4
START = "import sys; sys.argv = ['odoo', *sys.argv[1:]]; import odoo.cli; odoo.cli.main()"


class Visitor:
    """A browser without scripts: it keeps cookies, and sends what a form holds."""

    def __init__(self, base):
        self.base = base
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def open_form(self, event_id):
        page = self.get(f"/incubation/{event_id}")
        return {
            name: re.search(rf'name="{name}" value="([^"]*)"', page)[1]
            for name in ("csrf_token", "stamp", "by")
        }

    def get(self, path):
        return self.opener.open(self.base + path, timeout=60).read().decode()

    def post(self, path, values):
        """The status after redirections."""
        data = urllib.parse.urlencode(values).encode()
        try:
            return self.opener.open(self.base + path, data, timeout=120).status
        except urllib.error.HTTPError as error:
            return error.code


@tagged("post_install", "-at_install")
class TestRegistrations(RaceCase):
    SETTINGS = {"min_seconds": "0", "limit_network": "1000"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base = cls._start_server()

    @classmethod
    def _make(cls, env):
        super()._make(env)
        start = fields.Datetime.now() + timedelta(days=7)
        cls.ids["event"] = (
            env["calendar.event"]
            .create(
                {
                    "name": "Race",
                    "start": start,
                    "stop": start + timedelta(hours=2),
                    "coworking_kind": "info_session",
                    "coworking_program_id": cls.ids["program"][0],
                    "coworking_capacity": PLACES,
                    "coworking_public": True,
                }
            )
            .ids
        )
        for name, value in cls.SETTINGS.items():
            env["ir.config_parameter"].set_param(f"coworking_incubation.registration_{name}", value)

    @classmethod
    def _remove(cls):
        with cls.commit() as env:
            parameters = env["ir.config_parameter"].search(
                [
                    (
                        "key",
                        "in",
                        [f"coworking_incubation.registration_{name}" for name in cls.SETTINGS],
                    )
                ]
            )
            parameters.unlink()
            cls._remove_registrations(env).unlink()
        super()._remove()

    @classmethod
    def _remove_registrations(cls, env):
        """Empty the meeting, which is archived then: nobody moves up meanwhile."""
        events = env["calendar.event"].browse(cls.ids.get("event"))
        attendances = env["coworking.attendance"].search([("event_id", "in", events.ids)])
        env["mail.mail"].search(
            [("model", "=", "coworking.attendance"), ("res_id", "in", attendances.ids)]
        ).unlink()
        env["coworking.registration.attempt"].search([]).unlink()
        events.active = False
        attendances.unlink()
        return events

    def tearDown(self):
        with self.commit() as env:
            self._remove_registrations(env).active = True
        super().tearDown()

    def _set_limit(self, limit):
        """Of the network; the server is told, as by any process that commits."""
        with self.commit() as env:
            name = "coworking_incubation.registration_limit_network"
            env["ir.config_parameter"].set_param(name, limit)
            env.cr.execute("INSERT INTO orm_signaling_stable DEFAULT VALUES")

    @staticmethod
    def _free_port():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return free.getsockname()[1]

    @classmethod
    def _start_server(cls):
        """With workers, on the database of the tests.

        :return: its address
        """
        port = cls._free_port()
        options = [
            f"--http-port={port}",
            f"--gevent-port={cls._free_port()}",
            "--http-interface=127.0.0.1",
            f"--workers={WORKERS}",
            "--max-cron-threads=0",
            "--log-level=critical",
            f"--db-filter=^{re.escape(cls.cr.dbname)}$",
            f"--database={cls.cr.dbname}",
            f"--addons-path={','.join(config['addons_path'])}",
        ]
        for name in ("db_host", "db_port", "db_user", "db_password", "data_dir"):
            if config[name]:
                flag = "data-dir" if name == "data_dir" else name
                options.append(f"--{flag}={config[name]}")
        server = subprocess.Popen(
            [sys.executable, "-c", START, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # a worker hangs up on who does not write within two seconds: here all do at once
            env={**os.environ, "ODOO_HTTP_SOCKET_TIMEOUT": "60"},
        )
        cls.addClassCleanup(server.wait)
        cls.addClassCleanup(server.terminate)
        base = f"http://127.0.0.1:{port}"
        cls._wait_for(base)
        return base

    @staticmethod
    def _wait_for(base):
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{base}/web/health", timeout=30).read()
                return
            except OSError:
                time.sleep(0.3)
        raise AssertionError(f"{base} does not answer")

    def _register_together(self, emails):
        """The status of each of these registrations, sent at the same moment."""
        event_id = self.ids["event"][0]
        visitors = [Visitor(self.base) for _email in emails]
        together = threading.Barrier(len(emails), timeout=120)

        def register(number):
            visitor = visitors[number]
            form = visitor.open_form(event_id)
            together.wait()  # all forms are open before the first is sent
            return visitor.post(
                f"/incubation/{event_id}/register",
                {
                    **form,
                    "name": f"Person {chr(65 + number % 26)}{chr(65 + number // 26)}",
                    "email": emails[number],
                },
            )

        with concurrent.futures.ThreadPoolExecutor(len(emails)) as pool:
            return list(pool.map(register, range(len(emails))))

    def test_a_burst_for_one_address_stops_at_the_limit(self):
        codes = self._register_together(["victim@example.org"] * 24)
        self.assertEqual(sorted(codes), [200] * 5 + [429] * 19)
        with self.transaction() as env:
            mails = env["mail.mail"].search_count([("email_to", "ilike", "victim@example.org")])
            self.assertLessEqual(mails, 5)

    def test_a_burst_from_one_connection_stops_at_the_limit(self):
        self.addCleanup(self._set_limit, self.SETTINGS["limit_network"])
        self._set_limit("20")
        codes = self._register_together([f"burst{n}@example.org" for n in range(30)])
        self.assertEqual(sorted(codes), [200] * 20 + [429] * 10)

    def test_five_places_are_kept_and_whoever_confirms_has_one_of_ten(self):
        codes = self._register_together([f"race{number}@example.org" for number in range(PEOPLE)])
        event_id = self.ids["event"][0]
        self.assertEqual(codes, [200] * PEOPLE)
        with self.transaction() as env:
            event = env["calendar.event"].browse(event_id)
            attendances = event.coworking_attendance_ids
            states = [attendance.state for attendance in attendances]
            self.assertEqual(
                {state: states.count(state) for state in set(states)},
                {"expected": PLACES // 2, "waiting": PEOPLE - PLACES // 2},
            )
            self.assertEqual(
                sorted(attendances.filtered(lambda a: a.state == "expected").mapped("place")),
                list(range(1, PLACES // 2 + 1)),
            )
            mails = env["mail.mail"].search(
                [
                    ("model", "=", "coworking.attendance"),
                    ("res_id", "in", attendances.ids),
                ]
            )
            self.assertEqual(len(mails), PEOPLE, "one mail each")
            for attendance in attendances.sorted(lambda row: (row.state, row.id), reverse=True):
                attendance._confirm_registration()
            self.assertEqual(attendances.mapped("state").count("expected"), PLACES)
