"""Every address of ours with what no page makes: never an error of the server, and nothing written.

The addresses are those that the addon declares, so that a new one is attacked without being asked.
"""

import json
import os
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import http
from odoo.tools import mute_logger

from .test_bad_requests import BadRequestCase

MODULE = "coworking_incubation"
EXAMPLES = int(os.environ.get("HOSTILE") or 6)
# As bytes of an address: NUL, half a character, no character at all, paths, markup, what is long.
IN_ADDRESS = (
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%FF%FE",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "-1",
    "0",
    "2147483648",
    "9" * 300,
    "%E2%80%AE",
    "%0d%0aX-Hostile:1",
    "{{7*7}}",
)
QUERY = (
    "?day=%00&month=%ED%A0%80&by=%FF&said=%0d%0a&page=9999999999999999999&db=x&debug=%00"
    "&access_token=%ED%A0%80&next=%00&space_id[]=1"
)
# As bytes of a form.
IN_FORM = (
    "%00",
    "%ED%A0%80",
    "%FF",
    "%C3%A9",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "9" * 400,
    "-1e999",
    "NaN",
    "0000-00-00",
    "99999-12-31",
)
FIELDS = [
    "text",
    "reason",
    "note",
    "answer",
    "kind",
    "day",
    "date",
    "month",
    "price",
    "first",
    "last",
    "from_0",
    "to_0",
    "amenity",
    "seat",
    "slot",
    "name",
    "email",
    "phone",
    "question",
    "adviser_email",
    "event",
    "sure",
    "website",
    "stamp",
    "signature",
    "seen_1",
    "s_1_x_am_",
    "v_1__",
    "by",
    "id",
    "space_id",
    "company_id",
    "access_token",
]
PARAMETER = re.compile(r"<([^>]*)>")


class HostileCase(BadRequestCase):
    def _get_rules(self):
        """(address, its methods, its kind) of everything that the addon answers at."""
        rules = {}
        modules = sorted(self.env.registry._init_modules | {MODULE})
        for url, endpoint in http._generate_routing_rules(modules, nodb_only=False):
            if endpoint.func.__module__.startswith(f"odoo.addons.{MODULE}"):
                routing = endpoint.routing
                rules[url] = (routing.get("methods") or ["GET", "POST"], routing["type"])
        return rules

    def _fill(self, url, value):
        """Each part of an address that may vary, in turn with this value and the others usual."""
        parts = PARAMETER.findall(url)
        for hostile in range(len(parts)):
            numbers = iter(range(len(parts)))

            def replace(match, hostile=hostile, numbers=numbers):
                if next(numbers) == hostile:
                    return value
                return str(self.space.id) if match[1].startswith("int") else "x"

            yield PARAMETER.sub(replace, url)

    def _get_usual(self, url):
        def replace(match):
            converter = match[1]
            if converter.startswith("any("):
                return converter[4:].split(")")[0].split(",")[0].strip()
            return str(self.space.id) if converter.startswith("int") else "x"

        return PARAMETER.sub(replace, url)

    def assertHeld(self, answer):
        self.assertLess(answer.status_code, 500, answer.text[:300])
        self.assertNotIn("X-Hostile", answer.headers)
        self.assertNotIn("<script>alert(1)", answer.text)
        self.assertNotIn("root:x:0:0", answer.text)

    def assertNothingWritten(self):
        self.env.invalidate_all()
        self.assertEqual(self._written(), self.written)


class TestAddresses(HostileCase):
    def test_the_addresses_are_found(self):
        self.assertGreater(len(self._get_rules()), 50)

    @mute_logger("odoo.http")
    def test_parts_of_every_address(self):
        for user in (self.manager, None):
            self._login(user)
            for url, (__, kind) in self._get_rules().items():
                if kind != "http":
                    continue
                for value in IN_ADDRESS:
                    for path in self._fill(url, value):
                        with self.subTest(path=path[:80], user=user and user.login):
                            self.assertHeld(self.url_open(path, allow_redirects=False))
        self.assertNothingWritten()

    @mute_logger("odoo.http")
    def test_what_follows_every_address(self):
        for user in (self.manager, None):
            self._login(user)
            for url, (methods, kind) in self._get_rules().items():
                if kind == "http" and "GET" in methods:
                    with self.subTest(url=url):
                        path = self._get_usual(url)
                        self.assertHeld(self.url_open(path + QUERY, allow_redirects=False))
        self.assertNothingWritten()

    @mute_logger("odoo.http")
    def test_addresses_beside_ours(self):
        """Below a page of ours and no page: not found, where Odoo itself looks for a file."""
        for path in ("/incubation", "/my/coworking", "/my/incubation", "/my/agreements"):
            for value in IN_ADDRESS:
                with self.subTest(path=path, value=value[:20]):
                    self.assertHeld(self.url_open(f"{path}/{value}/y", allow_redirects=False))


class TestForms(HostileCase):
    @mute_logger("odoo.http")
    def test_the_token_of_every_form(self):
        for url, (methods, kind) in self._get_rules().items():
            if kind != "http" or "POST" not in methods:
                continue
            for token in ("", "%00", "%ED%A0%80", "%C3%A9", "%FF", "x" * 5000, "1" * 60 + "o2"):
                with self.subTest(url=url, token=token[:20]):
                    answer = self.url_open(
                        self._get_usual(url),
                        data=f"csrf_token={token}&text=Bonjour",
                        headers={"Content-Type": "application/x-www-form-urlencoded"},
                        allow_redirects=False,
                    )
                    self.assertHeld(answer)
        self.assertNothingWritten()

    @mute_logger("odoo.http")
    def test_every_field_of_every_form(self):
        for url, (methods, kind) in self._get_rules().items():
            if kind != "http" or "POST" not in methods:
                continue
            for value in IN_FORM:
                typed = "&".join(f"{name}={value}" for name in FIELDS)
                with self.subTest(url=url, value=value[:20]):
                    answer = self.url_open(
                        self._get_usual(url),
                        data=f"csrf_token={self.csrf}&{typed}",
                        headers={"Content-Type": "application/x-www-form-urlencoded"},
                        allow_redirects=False,
                    )
                    self.assertHeld(answer)
            self.opener.cookies.set("session_id", self.session.sid)


class TestScripts(HostileCase):
    """Of those who may open each: a manager, and staff."""

    JSON = st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(),
            st.text(max_size=20),
            st.sampled_from(["\0", "\ud800", "9" * 400, "2015-06-31", "present", "am", []]),
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(
                st.sampled_from(
                    [
                        "rows",
                        "bulk",
                        "seat",
                        "date",
                        "slot",
                        "state",
                        "hours",
                        "before",
                        "came",
                        "left",
                        "month",
                        "id",
                        "changes",
                    ]
                ),
                inner,
                max_size=6,
            ),
        ),
        max_leaves=8,
    )
    PARAMETERS = st.dictionaries(
        st.sampled_from(
            [
                "rows",
                "bulk",
                "seat",
                "month",
                "came",
                "left",
                "space_id",
                "grid",
                "changes",
                "programme",
                "access_token",
                "name",
                "signature",
                "context",
                "kwargs",
                "model",
                "domain",
            ]
        ),
        JSON,
        max_size=5,
    )

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(PARAMETERS)
    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http")
    def test_what_no_script_of_ours_sends(self, parameters):
        """An error is one that is meant."""
        scripts = [url for url, (__, kind) in self._get_rules().items() if kind != "http"]
        for user, urls in (
            (self.coordinator, [url for url in scripts if url.startswith("/coworking")]),
            (self.manager, [url for url in scripts if not url.startswith("/coworking")]),
        ):
            self._login(user)
            self._send(urls, parameters)
        self.assertNothingWritten()

    def _send(self, urls, parameters):
        for url in urls:
            answer = self.url_open(
                self._get_usual(url),
                data=json.dumps({"params": parameters}),
                headers={"Content-Type": "application/json"},
            )
            self.assertHeld(answer)
            error = answer.json().get("error")
            if error:
                name = (error.get("data") or {}).get("name", "")
                self.assertRegex(
                    name, r"odoo\.(exceptions|http)\.|werkzeug\.exceptions\.", (url, parameters)
                )
