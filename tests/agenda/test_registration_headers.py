"""What browsers are told with each answer of the public pages of meetings."""

import re
from datetime import timedelta

from odoo import fields, http

from odoo.addons.coworking_incubation.controllers.visitor import POLICY

from ..portal.test_access_matrix import HEADERS, PUBLIC_ROUTES
from .test_registration import CAMILLE, RegistrationCase

FRAMED = {"X-Frame-Options", "X-Content-Type-Options"}


class TestHeaders(RegistrationCase):
    def _ask(self, path, data, status):
        """Each answer is as private as any page behind a link, whatever it says."""
        answer = self.url_open(path, data=data, allow_redirects=False)
        with self.subTest(path, status=status):
            self.assertEqual(answer.status_code, status)
            # the list of meetings is for search engines
            names = FRAMED if path == "/incubation" else {*HEADERS}
            told = {name: answer.headers.get(name) for name in names}
            self.assertEqual(told, {name: HEADERS[name] for name in names})
            self.assertEqual(answer.headers.get("Content-Security-Policy"), POLICY)
        return path

    def test_every_answer_of_every_route_has_them(self):
        meeting = f"/incubation/{self.meeting.id}"
        past = self._new_event("info_session", days=3, coworking_public=True)
        past.start = fields.Datetime.now() - timedelta(hours=1)
        self._register()
        link = self._link()
        form, own = self._fields(meeting), self._fields(link)
        asked = [
            self._ask(path, data, status)
            for path, data, status in (
                ("/incubation", None, 200),
                (meeting, None, 200),
                (f"{meeting}/register", None, 303),
                (f"{link}/confirm", None, 303),
                (f"/incubation/{past.id}", None, 410),
                (f"{meeting}/register", CAMILLE, 400),
                (f"{meeting}/register", {**form, "name": ""}, 422),
                (f"{meeting}/register", {**form, **CAMILLE}, 303),
                (f"/incubation/{past.id}/register", {**form, **CAMILLE}, 410),
                (f"{meeting}/done", None, 200),
                (f"{meeting}/meeting.ics", None, 200),
                (link, None, 200),
                (f"{link}x", None, 404),
                (f"{link}/meeting.ics", None, 200),
                (f"{link}/remind", {"event": "1"}, 400),
                (f"{link}/remind", own, 303),
                (f"{link}x/cancel", own, 404),
                ("/incubation/sign/1/x", None, 404),
            )
        ]
        self.env["ir.config_parameter"].set_param(
            "coworking_incubation.registration_limit_network", "1"
        )
        self._ask(f"{meeting}/register", {**form, **CAMILLE}, 429)
        rules = {
            rule
            for rule, endpoint in http._generate_routing_rules(
                self.registry._init_modules, nodb_only=False
            )
            if rule.startswith(PUBLIC_ROUTES) and endpoint.routing["type"] == "http"
        }
        for rule in rules:
            known = re.compile(re.sub(r"<[^>]*>", "[^/]+", rule) + "$")
            self.assertTrue(any(map(known.match, asked)), f"{rule} is asked by nobody")
