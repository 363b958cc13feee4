"""Everything that can be asked from outside, by everybody, with every kind of link.

The tables below are the reviewed ones: a route or a model that is missing from them fails. Each
question is asked for a record that is theirs, for one that is not and for one that does not exist.
Words planted where a manager has no business are looked for in every answer.
"""

import json
import re
from contextlib import closing
from datetime import timedelta
from itertools import islice
from unittest.mock import patch

from odoo import fields, http
from odoo.fields import Domain
from odoo.tests import freeze_time

from odoo.addons.coworking_incubation.controllers.visitor import POLICY, Visitor

from ..common import get_told_size
from ..hosting.test_hosting import PNG
from .canaries import NOW, MatrixCase

GONE = 2**31 - 2

# (method, path, purposes of the links that open it, data). {x} is an id of the records of the test.
ROUTES = [
    ("GET", "/my/coworking", None, {}),
    ("GET", "/my/coworking/arrivals", "arrival", {}),
    ("GET", "/my/coworking/coming", "coming", {}),
    ("GET", "/my/coworking/people", None, {}),
    ("GET", "/my/coworking/presences", "month", {}),
    ("GET", "/my/coworking/presences/{space}", "month", {}),
    ("GET", "/my/coworking/months", "month", {}),
    ("GET", "/my/coworking/month/{month}", "month", {}),
    ("GET", "/my/coworking/prices", "price month", {}),
    ("GET", "/my/coworking/space/{space}", None, {}),
    ("POST", "/my/coworking/message/space/{space}", None, {"text": "Bonjour"}),
    ("POST", "/my/coworking/message/statement/{statement}", "month", {"text": "Bonjour"}),
    ("POST", "/my/coworking/arrivals/{arrival}", "arrival", {"answer": "yes"}),
    ("POST", "/my/coworking/arrivals/{arrival}", "arrival", {"answer": "no", "reason": "Non"}),
    ("POST", "/my/coworking/report/{seat}", None, {"kind": "problem", "note": "Bruit"}),
    ("POST", "/my/coworking/presences/done", "month", {"month": "{month}"}),
    ("POST", "/my/coworking/presences/{space}", "month", {"s_{day}_2015-06-10_am_": "present"}),
    (
        "POST",
        "/my/coworking/presences/{space}",
        "month",
        {"visits_month": "2015-06", "v_{seat}__": "yes"},
    ),
    ("POST", "/my/coworking/month/{month}/confirm", "month", {"seen_{statement}": "{seen}"}),
    ("POST", "/my/coworking/line/{line}/dispute", "month", {"reason": "Faux"}),
    ("POST", "/my/coworking/line/{disputed}/undispute", "month", {}),
    ("POST", "/my/coworking/statement/{confirmed}/withdraw", "month", {}),
    ("POST", "/my/coworking/statement/{confirmed}/upload", "month", {"invoice": b"%PDF-1.4 x"}),
    (
        "POST",
        "/my/coworking/prices/{tariff}",
        "price month",
        {"price": "190", "first": "2015-09-01"},
    ),
    ("POST", "/my/coworking/prices/{proposed}/withdraw", "price month", {}),
    ("POST", "/my/coworking/space/{space}/hours", None, {"from_0": "09:00", "to_0": "18:00"}),
    ("POST", "/my/coworking/space/{space}/amenities", None, {"amenity": "1"}),
    ("POST", "/my/coworking/space/{space}/closure", None, {"first": "2015-08-01"}),
    ("POST", "/my/coworking/space/{space}/photo", None, {"photo": b"not a photo"}),
    (
        "POST",
        "/my/coworking/space/{space}/absence",
        None,
        {"first": "2015-08-01", "last": "2015-08-02"},
    ),
    (
        "JSON",
        "/my/coworking/presences/save",
        "month",
        {
            "rows": [
                {
                    "seat": "{day}",
                    "date": "2015-06-10",
                    "slot": "am",
                    "state": "present",
                    "before": "",
                }
            ]
        },
    ),
    (
        "JSON",
        "/my/coworking/visits/save",
        "month",
        {"seat": "{seat}", "month": "2015-06", "came": "yes"},
    ),
]
# Covered by test_links and test_pages: they give nothing but what is above.
OTHER_ROUTES = {
    "/my/coworking/l/<string:token>",
    "/my/coworking/l/<string:token>/new",
    "/my/coworking/links/new",
    "/my/coworking/leave",
    "/my/coworking/preview/<int:space_id>",
    "/my/coworking/preview/end",
    "/my/coworking/<path:form>",
}
# What a manager may read over RPC, of the own spaces alone; everything else of ours is closed.
READABLE = {
    "coworking.charge",
    "coworking.seat",
    "coworking.space",
    "coworking.statement",
    "coworking.tariff",
    "coworking.tariff.price",
}
# The same for participants: (method, path, data). The agreement is a page of their own as well.
PERSON_ROUTES = [
    ("GET", "/my/incubation", {}),
    ("GET", "/my/incubation/objectives", {}),
    ("GET", "/my/incubation/appointments", {}),
    ("GET", "/my/incubation/appointments/{attendance}/meeting.ics", {}),
    ("GET", "/my/incubation/presences", {}),
    ("GET", "/my/incubation/documents", {}),
    ("GET", "/my/incubation/payments", {}),
    ("GET", "/my/incubation/followup", {}),
    ("POST", "/my/incubation/actions/{action}", {"done": "1"}),
    ("POST", "/my/incubation/objectives/{objective}/agree", {}),
    ("POST", "/my/incubation/objectives/{objective}/comment", {"text": "Bonjour"}),
    ("POST", "/my/incubation/appointments/{attendance}", {"text": "Lundi"}),
    ("POST", "/my/incubation/presences", {"p_{presence}": "present"}),
    ("POST", "/my/incubation/documents/{document}", {"upload": b"%PDF-1.4 x"}),
    ("POST", "/my/incubation/followup", {"situation": "0", "in_space": "1"}),
    ("GET", "/my/incubation/rights", {}),
    ("POST", "/my/incubation/rights/data", {}),
    ("POST", "/my/incubation/rights/mails", {"mails": "1"}),
    ("POST", "/my/incubation/rights/adviser", {"agreed": "0"}),
    ("GET", "/my/agreements/{signatory}", {}),
    ("GET", "/my/agreements/{signatory}/document", {}),
    (
        "JSON",
        "/my/agreements/{signatory}/accept?shown={shown}",
        {"name": "Camille", "signature": PNG},
    ),
    ("POST", "/my/agreements/{signatory}/decline", {"reason": "Non"}),
]
# The same for advisers who refer people.
ADVISER_ROUTES = [
    ("GET", "/my/referrals", {}),
    ("POST", "/my/referrals/mails", {"mails": "0"}),
]
# Who has a seat chooses no space: these are closed to everybody here. See test_incubation.
CLOSED_ROUTES = {
    "/my/incubation/spaces",
    "/my/incubation/spaces/<int:tariff_id>",
    "/my/incubation/spaces/<int:space_id>/photo",
    "/my/incubation/preview/<int:participant_id>",
}
# They lead from the address of a form to its page.
FORM_ROUTES = {
    "/my/incubation/<path:form>",
    "/my/agreements/<path:form>",
}
# The pages of meetings and of signing there (tests/agenda), and what staff fetch.
PUBLIC_ROUTES = "/incubation"
STAFF_ROUTES = {
    "/coworking_incubation/dashboard",
    "/coworking_incubation/grid",
    "/coworking_incubation/grid/save",
    "/coworking_incubation/month",
    "/coworking_incubation/person/<int:participant_id>/data",
    "/coworking_incubation/reconciliation/<int:month_end_id>",
    "/coworking_incubation/register/<int:sheet_id>",
    "/coworking_incubation/take-over/<int:take_over_id>/<any(empty,examples):kind>",
    "/coworking_incubation/take-over/<int:take_over_id>/export",
}
# Odoo's own, which we guard: see tests/trust/test_exports_traced.py.
ODOO_ROUTES = {"/web/pivot/export_xlsx"}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
# What SECURITY.md calls the cells of this matrix.
WHOLE = "the matrix of pages, links and models"
PARTS = (
    "pages as each visitor",
    "pages with each kind of link",
    "pages of participants as each visitor",
    "those with each kind of link",
    "the page of an adviser as each visitor",
    "that one with each kind of link",
    "what staff fetch",
    "models by RPC",
)
LINKS = ("none", "valid", "expired", "altered", "revoked", "of another record")


@freeze_time(NOW, tick=True)
class TestAccessMatrix(MatrixCase):
    # === ASKING === #

    def _fill(self, value, records):
        ids = {
            name: str(record.id if record else GONE) for name, record in records.items()
        } | self.words
        if isinstance(value, str):
            for name, text in ids.items():
                value = value.replace("{" + name + "}", text)
            return value
        if isinstance(value, list):
            return [self._fill(item, records) for item in value]
        if isinstance(value, dict):
            filled = {
                self._fill(key, records): self._fill(item, records) for key, item in value.items()
            }
            if isinstance(filled.get("seat"), str):
                filled["seat"] = int(filled["seat"])
            return filled
        return value

    def _ask(self, method, path, data, records, month="2015-06"):
        """Status and body of one question."""
        statement = records["statement"]
        self.words = {
            "month": month if "withdraw" not in path else "2015-05",
            "seen": statement._get_lines_hash() if statement else "0" * 64,
        }
        path, data = self._fill(path, records), self._fill(data, records)
        if method == "GET":
            response = self.url_open(path, allow_redirects=False)
        elif method == "JSON":
            body = {"jsonrpc": "2.0", "method": "call", "params": data}
            response = self.url_open(
                path, data=json.dumps(body), headers={"Content-Type": "application/json"}
            )
        else:
            files = {
                key: ("f.pdf", data.pop(key), "application/pdf")
                for key in list(data)
                if isinstance(data[key], bytes)
            }
            response = self.url_open(
                path,
                data={"csrf_token": self.csrf, **data},
                files=files or None,
                allow_redirects=False,
            )
        self.answers += 1
        if method != "JSON" and response.status_code in (200, 303, 422):
            told = {name: response.headers.get(name) for name in HEADERS}
            self.assertEqual(told, HEADERS, path)
            self.assertEqual(response.headers.get("Content-Security-Policy"), POLICY, path)
        text = response.text
        self.heard.append((path, text))
        return response.status_code, self._normal(text, path), response.headers.get("Location", "")

    def _normal(self, text, path):
        """The answer less what differs from one request to the next."""
        text = re.sub(r'csrf_token"? ?(: |value=|" value=)"\w+"', "", text)
        # Ids may be short, and quoted in the address to come back to after the login.
        text = re.sub(r"(/|%2F)\d+", r"\1N", text.replace(path, "PATH"))
        text = re.sub(r"\d{3,}", "N", text)
        return re.sub(r"[0-9a-f]{40,}", "H", text)

    def _passed(self, method, status, text, location):
        """Whether the question was answered, rather than turned away."""
        if method == "JSON":
            return '"result"' in text and '"error"' not in text
        if status == 303:
            return "/web/login" not in location
        return status in (200, 422)

    def assertSeen(self, problems, at_least=1):
        """So many are found; what would come after them is not looked at."""
        with closing(problems):
            self.assertEqual(len([*islice(problems, at_least)]), at_least)

    def _read_now(self, *worlds):
        """These records as they are stored, each field by itself: most have dozens."""
        self.env.invalidate_all()
        return [
            {name: record.with_context(prefetch_fields=False) for name, record in records.items()}
            for records in worlds
        ]

    def _state(self):
        """What could have been changed, whoever asked."""
        result = []
        for records in self._read_now(self.mine, self.theirs, self.annexed):
            result += [
                records["statement"].state,
                records["confirmed"].state,
                records["seat"].state,
                records["arrival"].state,
                records["space"].write_date,
                *records["statement"].charge_ids.mapped("review"),
            ]
        counted = ("portal.answer", "tariff.proposal", "presence", "seat.month", "space.absence")
        result += [self.env[f"coworking.{name}"].search_count([], limit=None) for name in counted]
        result.append(self.env["mail.activity"].search_count([]))
        result.append(self.env["mail.message"].search_count([]))
        return result

    def _link(self, kind, purpose):
        """A link of the manager, in each of its states."""
        records = {
            "month": self.mine["statement"],
            "arrival": self.mine["arrival"],
            "price": self.mine["proposal"],
            "coming": self.manager.partner_id,
        }
        partner = self.manager.partner_id
        if kind == "none" or not purpose:
            return None
        purpose = purpose.split()[0]
        if kind == "of another record":
            records = {
                "month": self.theirs["statement"],
                "arrival": self.theirs["arrival"],
                "price": self.theirs["proposal"],
                "coming": self.manager_b.partner_id,
            }
            return self._token(records[purpose], purpose, self.manager_b.partner_id)
        return self._put_in_state(kind, self._token(records[purpose], purpose, partner))

    def _put_in_state(self, kind, token):
        """:return: the token, which is another one where it was altered"""
        link = self.Link._find_link(token)
        if kind == "expired":
            link.date_expiry = fields.Datetime.now() - timedelta(days=1)
        elif kind == "revoked":
            link.revoked_at = fields.Datetime.now()
        elif kind == "altered":
            token = token[:-1] + ("A" if token[-1] != "A" else "B")
        return token

    # === ROUTES === #

    def _find_wrong_routes(self, visitors=None):
        """Each route as each visitor, logged in; what is wrong, as it is found."""
        for name, user in (visitors or self.visitors).items():
            self._enter(user)
            for method, path, __, data in ROUTES:
                right = name == "manager"
                records = dict(self.mine)
                with self._undone():
                    self._prepare(path)
                    self.env.flush_all()
                    before = None if right else self._state()
                    answer = self._ask(method, path, data, records)
                    passed = self._passed(method, *answer)
                    own = self._own(path, data)
                    if passed != (right or (own and name.startswith("manager"))):
                        yield name, method, path, answer[0]
                    if not right and self._state() != before:
                        yield name, method, path, "something was written"
                    if not right and ("Other A" in answer[1] or "ATELIER" in answer[1]):
                        yield name, method, path, "shows what is not theirs"
                if right or own:
                    continue
                with self._undone():
                    gone = dict.fromkeys(records)
                    absent = self._ask(method, path, data, gone, month="1999-01")
                    if absent[:2] != answer[:2]:
                        yield name, method, path, "tells that it exists"

    def _own(self, path, data):
        """A page that names no record shows each manager what is their own."""
        return not re.search(r"\{(?!month)\w+\}", f"{path} {data}")

    def _prepare(self, path):
        """The record is in the state for which the route is made."""
        if "undispute" in path:
            self.mine["disputed"].write({"review": "disputed", "dispute_reason": "Faux"})

    def test_every_route_is_in_the_table(self):
        found = {
            rule
            for rule, __ in http._generate_routing_rules(
                self.registry._init_modules, nodb_only=False
            )
            if rule.startswith("/my/coworking")
        }
        everything = {
            rule
            for rule, endpoint in http._generate_routing_rules(
                self.registry._init_modules, nodb_only=False
            )
            if "coworking_incubation" in endpoint.func.__module__
        }
        person = {
            re.sub(r"\?.*", "", re.sub(r"\{\w+\}", "X", row[1]))
            for row in PERSON_ROUTES + ADVISER_ROUTES
        }
        reviewed = found | STAFF_ROUTES | CLOSED_ROUTES | ODOO_ROUTES | FORM_ROUTES
        unknown = {
            rule
            for rule in everything - reviewed
            if not rule.startswith(PUBLIC_ROUTES) and re.sub(r"<\w+:\w+>", "X", rule) not in person
        }
        self.assertFalse(unknown, "routes that nobody reviewed")
        self.assertLessEqual(STAFF_ROUTES | CLOSED_ROUTES | ODOO_ROUTES, everything)
        ours = {
            re.sub(r"(/space/X)/\w+$", r"\1", re.sub(r"<\w+:\w+>", "X", rule)) for rule in found
        }
        table = {re.sub(r"\{\w+\}", "X", path) for __, path, *__ in ROUTES}
        table = {re.sub(r"(/space/X)/\w+$", r"\1", path) for path in table}
        self.assertEqual(ours, table | {re.sub(r"<\w+:\w+>", "X", rule) for rule in OTHER_ROUTES})

    def test_each_route_as_each_visitor(self):
        self._listen()
        self.assertFalse([*self._find_wrong_routes()])
        self.assertToldSize("pages as each visitor", len(ROUTES) * len(self.visitors))

    def test_each_route_with_each_kind_of_link(self):
        problems = []
        self._listen()
        for kind in LINKS:
            for method, path, purpose, data in ROUTES:
                with self._undone():
                    self._prepare(path)
                    if "confirmed" in path:
                        self._reopen_may()
                    token = self._link(kind, purpose)
                    self.env.flush_all()
                    self._enter(None, token)
                    before = self._state()
                    answer = self._ask(method, path, data, self._linked_records(path))
                    right = kind == "valid" and purpose is not None
                    own = self._own(path, data)
                    right |= kind == "of another record" and purpose is not None and own
                    if kind != "valid" and ("Other A" in answer[1] or "ATELIER" in answer[1]):
                        problems.append((kind, method, path, "shows what is not theirs"))
                    if self._passed(method, *answer) != right:
                        problems.append((kind, method, path, answer[0]))
                    if not right and self._state() != before:
                        problems.append((kind, method, path, "something was written"))
        self.assertFalse(problems)
        self.assertToldSize("pages with each kind of link", len(ROUTES) * len(LINKS))

    def _linked_records(self, path):
        """The link of June opens June: what is confirmed is confirmed in June."""
        if "confirmed" in path:
            return {**self.mine, "confirmed": self.mine["statement"]}
        return self.mine

    def _reopen_may(self):
        """June is confirmed, for the routes that come after."""
        self.mine["statement"].action_confirm()

    def test_a_link_opens_the_pages_of_its_purpose_alone(self):
        for purpose in ("month", "arrival", "price", "coming"):
            self._enter(None, self._link("valid", purpose))
            self._listen()
            for method, path, wanted, data in ROUTES:
                if method != "GET":
                    continue
                with self.subTest(purpose=purpose, path=path):
                    answer = self._ask(method, path, data, self.mine)
                    opens = purpose in (wanted or "").split()
                    self.assertEqual(self._passed(method, *answer), opens)

    def test_a_link_of_june_opens_no_other_month(self):
        self._enter(None, self._link("valid", "month"))
        self._listen()
        confirmed = self.mine["confirmed"]
        self.assertEqual(
            self.url_open("/my/coworking/month/2015-05", allow_redirects=False).status_code, 303
        )
        for path in (
            f"/my/coworking/statement/{confirmed.id}/withdraw",
            f"/my/coworking/line/{confirmed.charge_ids[:1].id}/dispute",
        ):
            with self.subTest(path):
                answer = self.url_open(path, data={"csrf_token": self.csrf, "reason": "x"})
                self.assertEqual(answer.status_code, 404)

    def test_nothing_is_written_by_get_nor_without_the_page(self):
        self._enter(self.manager)
        self._listen()
        before = self._state()
        for method, path, __, data in ROUTES:
            if method != "POST":
                continue
            with self.subTest(path=path):
                self.words = {"month": "2015-06", "seen": "0"}
                filled = self._fill(path, self.mine)
                # What is the address of a form alone leads to a page.
                self.assertEqual(self.url_open(filled).status_code, 200)
                answer = self.url_open(filled, data={**data, "csrf_token": "x"})
                self.assertEqual(answer.status_code, 400)
        self.assertEqual(self._state(), before)

    # === PAGES OF PARTICIPANTS === #

    def _ask_own(self, method, path, data, records):
        shown = self.own["signatory"].hosting_id.text_hash
        path, data = path.replace("{shown}", shown), dict(data)
        return self._ask(method, path, data, {**records, "statement": None})

    def _answered(self, path, method, status, text, location):
        if path.startswith("/my/agreements") and method != "JSON":
            return status == 200
        return self._passed(method, status, text, location)

    def _own_state(self):
        """What could have been changed in the files of both participants."""
        result = []
        for records in self._read_now(self.own, self.stranger_own):
            result += [
                records["action"].done,
                records["objective"].agreed_on,
                records["presence"].mapped("participant_state"),
                records["document"].filename,
                records["followup"].state,
                records["signatory"].state,
            ]
        result.append(self.env["mail.activity"].search_count([]))
        result.append(self.env["mail.message"].search_count([]))
        return result

    def _find_wrong_person_routes(self, visitors=None):
        for name, user in (visitors or self.visitors).items():
            self._enter(user)
            for method, path, data in PERSON_ROUTES:
                own_page = path.startswith("/my/incubation") and "{" not in path
                right = name == "participant" or (own_page and name == "another participant")
                with self._undone():
                    before = self._own_state()
                    answer = self._ask_own(method, path, data, self.own)
                    if self._answered(path, method, *answer) != right:
                        yield name, method, path, answer[0]
                    if not right and self._own_state() != before:
                        yield name, method, path, "something was written"
                    if not right and "canari" in answer[1]:
                        yield name, method, path, "shows what is not theirs"
                if right:
                    continue
                with self._undone():
                    absent = self._ask_own(method, path, data, dict.fromkeys(self.own))
                    if absent[:2] != answer[:2]:
                        yield name, method, path, "tells that it exists"

    def _person_link(self, kind):
        """A link to the own page, in each of its states."""
        if kind == "none":
            return None
        if kind == "of another record":
            return self._token(self.stranger_file, "participant", self.stranger.partner_id)
        token = self._token(self.file, "participant", self.person.partner_id)
        return self._put_in_state(kind, token)

    def _find_wrong_person_links(self, kinds=LINKS):
        for kind in kinds:
            for method, path, data in PERSON_ROUTES:
                with self._undone():
                    token = self._person_link(kind)
                    self.env.flush_all()
                    self._enter(None, token)
                    before = self._own_state()
                    answer = self._ask_own(method, path, data, self.own)
                    own_page = path.startswith("/my/incubation") and "{" not in path
                    right = kind == "valid" or (own_page and kind == "of another record")
                    if self._answered(path, method, *answer) != right:
                        yield kind, method, path, answer[0]
                    if not right and self._own_state() != before:
                        yield kind, method, path, "something was written"

    def setUp(self):
        super().setUp()
        report = type(self.env["ir.actions.report"])
        self.patch(report, "_render_qweb_pdf", lambda *args, **kwargs: (b"%PDF-1.4 x", "pdf"))

    def test_each_page_of_a_participant_as_each_visitor(self):
        self.answers, self.heard = 0, []
        self.assertFalse([*self._find_wrong_person_routes()])
        size = len(PERSON_ROUTES) * len(self.visitors)
        self.assertToldSize("pages of participants as each visitor", size)

    def test_each_page_of_a_participant_with_each_kind_of_link(self):
        self.answers, self.heard = 0, []
        self.assertFalse([*self._find_wrong_person_links()])
        size = len(PERSON_ROUTES) * len(LINKS)
        self.assertToldSize("those with each kind of link", size)

    # === THE PAGE OF AN ADVISER === #

    def _refer(self, name, file):
        """Somebody of an organisation who referred the person of a file, who agrees."""
        agency = self.env["res.partner"].create({"name": f"Agency {name}", "is_company": True})
        adviser = self.env["res.partner"].create({"name": name, "parent_id": agency.id})
        file.write({"prescriber_id": agency.id, "prescriber_contact_id": adviser.id})
        file.prescriber_agreed = True
        return adviser

    def _set_advisers(self):
        self.adviser = self._refer("Laure", self.file)
        self.other_adviser = self._refer("Sandra", self.stranger_file)

    def _adviser_state(self):
        self.env.invalidate_all()
        advisers = self.adviser | self.other_adviser
        files = self.file | self.stranger_file
        messages = self.env["mail.message"].search_count([])
        return [*advisers.mapped("coworking_no_mail"), *files.mapped("prescriber_agreed"), messages]

    def _adviser_link(self, kind):
        """A link to the page of an adviser, in each of its states."""
        if kind == "none":
            return None
        adviser = self.other_adviser if kind == "of another record" else self.adviser
        return self._put_in_state(kind, self._token(adviser, "prescriber", adviser))

    def _find_wrong_adviser_links(self, kinds=LINKS):
        for kind in kinds:
            for method, path, data in ADVISER_ROUTES:
                with self._undone():
                    token = self._adviser_link(kind)
                    self.env.flush_all()
                    self._enter(None, token)
                    before = self._adviser_state()
                    answer = self._ask(method, path, data, {**self.own, "statement": None})
                    right = kind in ("valid", "of another record")
                    if self._passed(method, *answer) != right:
                        yield kind, method, path, answer[0]
                    if not right and self._adviser_state() != before:
                        yield kind, method, path, "something was written"
                    if ("Camille Petit" in answer[1]) != (kind == "valid" and method == "GET"):
                        yield kind, method, path, "shows what is not theirs, or not"

    def test_the_page_of_an_adviser_as_each_visitor(self):
        problems = []
        self._listen()
        self._set_advisers()
        for name, user in self.visitors.items():
            self._enter(user)
            for method, path, data in ADVISER_ROUTES:
                with self._undone():
                    before = self._adviser_state()
                    answer = self._ask(method, path, data, {**self.own, "statement": None})
                    if self._passed(method, *answer) or self._adviser_state() != before:
                        problems.append((name, method, path, answer[0]))
        self.assertFalse(problems)
        size = len(ADVISER_ROUTES) * len(self.visitors)
        self.assertToldSize("the page of an adviser as each visitor", size)

    def test_the_page_of_an_adviser_with_each_kind_of_link(self):
        self._listen()
        self._set_advisers()
        self.assertFalse([*self._find_wrong_adviser_links()])
        size = len(ADVISER_ROUTES) * len(LINKS)
        self.assertToldSize("that one with each kind of link", size)

    def test_the_page_of_an_adviser_opens_by_no_other_link_and_its_link_opens_no_other_page(self):
        self._listen()
        self._set_advisers()
        for token in (self._link("valid", "month"), self._person_link("valid")):
            self._enter(None, token)
            for method, path, data in ADVISER_ROUTES:
                answer = self._ask(method, path, data, {**self.own, "statement": None})
                self.assertFalse(self._passed(method, *answer), path)
        self._enter(None, self._adviser_link("valid"))
        for method, path, data in PERSON_ROUTES:
            with self.subTest(path=path), self._undone():
                answer = self._ask_own(method, path, data, self.own)
                self.assertFalse(self._answered(path, method, *answer))
        for method, path, __, data in ROUTES:
            with self.subTest(path=path), self._undone():
                answer = self._ask(method, path, data, self.mine)
                self.assertFalse(self._passed(method, *answer))

    def test_three_checks_of_the_adviser_s_page_removed_make_it_fail(self):
        self.answers, self.heard = 0, []
        self._set_advisers()
        link = type(self.env["coworking.portal.link"])
        files = type(self.env["coworking.participant"])
        nobody = self.env["coworking.participant"]
        everybody = self.file | self.stranger_file
        for what, target, name, broken, kinds in (
            ("still usable", link, "_is_usable", lambda self: True, ("expired", "revoked")),
            ("whose people", files, "_get_followed", lambda *args: everybody, LINKS[-1:]),
            ("as far as agreed", files, "_get_followed", lambda *args: nobody, ("valid",)),
        ):
            with self.subTest(what), patch.object(target, name, broken):
                self.assertSeen(self._find_wrong_adviser_links(kinds))

    def test_a_link_of_a_manager_opens_no_page_of_a_participant_and_the_other_way_round(self):
        self.answers, self.heard = 0, []
        for method, path, data in PERSON_ROUTES:
            with self.subTest(path=path), self._undone():
                self._enter(None, self._link("valid", "month"))
                answer = self._ask_own(method, path, data, self.own)
                self.assertFalse(self._answered(path, method, *answer))
        for method, path, __, data in ROUTES:
            with self.subTest(path=path), self._undone():
                self._enter(None, self._person_link("valid"))
                answer = self._ask(method, path, data, self.mine)
                self.assertFalse(self._passed(method, *answer))

    def test_what_staff_fetch_is_closed_to_everybody_else(self):
        sheet = self.env["coworking.presence.sheet"].with_user(self.coordinator)
        sheet = sheet.create({"program_id": self.program.id, "month": "2015-06-01"})
        month_end = self.env["coworking.month.end"].with_user(self.coordinator)
        month_end = month_end.create({"program_ids": self.program.ids})
        take_over = self.env["coworking.take.over"].with_user(self.coordinator)
        take_over = take_over.create({"program_id": self.program.id})
        self.env.flush_all()
        base = "/coworking_incubation"
        asked = [
            (f"{base}/person/{self.file.id}/data", f"{base}/person/{GONE}/data"),
            (f"{base}/take-over/{take_over.id}/empty", f"{base}/take-over/{GONE}/empty"),
            (f"{base}/take-over/{take_over.id}/export", f"{base}/take-over/{GONE}/export"),
            (f"{base}/register/{sheet.id}", f"{base}/register/{GONE}"),
            (f"{base}/reconciliation/{month_end.id}", f"{base}/reconciliation/{GONE}"),
        ]
        grid = {"params": {"kind": "presence", "choice": None, "date": None, "span": "week"}}
        others = {**self.visitors, "accountant": self.accountant, "accompanist": self.accompanist}
        for name, user in others.items():
            self._login(user)
            for path, missing in asked:
                with self.subTest(visitor=name, path=path):
                    answer = self.url_open(path, allow_redirects=False)
                    absent = self.url_open(missing, allow_redirects=False)
                    self.assertIn(answer.status_code, (303, 404))
                    self.assertEqual(answer.status_code, absent.status_code)
                    self.assertNotIn(b"PK", answer.content[:2])
            if name in ("accompanist", "accompanist of another program", "accountant"):
                continue  # they read presences: theirs
            for path in ("/coworking_incubation/grid", "/coworking_incubation/grid/save"):
                with self.subTest(visitor=name, path=path):
                    answer = self.url_open(
                        path,
                        data=json.dumps(grid),
                        headers={"Content-Type": "application/json"},
                        allow_redirects=False,
                    )
                    self.assertNotIn('"result"', answer.text)
        self.assertToldSize("what staff fetch", len(asked) * len(others))

    # === MODELS === #

    def _models(self):
        return sorted(
            name
            for name, model in self.env.items()
            if name.startswith("coworking.") and not model._abstract
        )

    def _call(self, path, model, method, args, kwargs):
        body = {
            "jsonrpc": "2.0",
            "params": {"model": model, "method": method, "args": args, "kwargs": kwargs},
        }
        response = self.url_open(
            path, data=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        self.answers += 1
        self.heard.append((f"{model}.{method}", response.text))
        return response.json()

    def _find_wrong_models(self, visitors=None, models=None):
        """Each model, each operation, as each visitor over the web client's RPC; what is wrong,
        as it is found.
        """
        mine = {
            "coworking.space": self.mine["space"],
            "coworking.tariff": self.mine["tariff"],
            "coworking.tariff.price": self.mine["tariff"].price_ids,
            "coworking.seat": self.mine["seat"],
            "coworking.charge": self.mine["line"],
            "coworking.statement": self.mine["statement"],
        }
        for name, user in (visitors or self.visitors).items():
            if not user or user == self.other_accompanist:
                continue
            self._enter(user)
            for model in models or self._models():
                records = mine.get(model) or self.env[model].search([], limit=1)
                ids = records[:1].ids
                with self._undone():
                    found = self._call(
                        "/web/dataset/call_kw", model, "search_read", [[]], {"fields": ["id"]}
                    )
                    seen = {row["id"] for row in found.get("result") or []}
                    if model in READABLE and name == "manager":
                        if not set(ids) <= seen:
                            yield name, model, "does not see the own"
                        hidden = self._hidden(model) & seen
                    else:
                        hidden = seen & (set(ids) | self._hidden(model, self.mine["space"]))
                    if model not in READABLE and "error" not in found:
                        yield name, model, "reads the model"
                    if hidden and name.startswith(("manager", "participant", "employee")):
                        yield name, model, "sees what is not theirs"
                    for method, args in (
                        ("write", [ids, {}]),
                        ("create", [[{}]]),
                        ("unlink", [ids]),
                    ):
                        answer = self._call("/web/dataset/call_kw", model, method, args, {})
                        if "error" not in answer and ids:
                            yield name, model, method

    def _hidden(self, model, space=None):
        """Ids of a readable model that hang on the spaces of others."""
        if model not in READABLE:
            return set()
        others = (self.space_b | self.annex) if space is None else space
        domain = (
            [("id", "in", others.ids)]
            if model == "coworking.space"
            else [("space_id", "in", others.ids)]
        )
        return set(self.env[model].search(domain).ids)

    def test_each_model_as_each_visitor(self):
        self._listen()
        self.assertFalse([*self._find_wrong_models()])
        self.assertToldSize("models by RPC", self.answers)

    def test_json2_answers_nobody_without_a_key_and_opens_nothing_more_with_one(self):
        self._listen()
        self._login(None)
        for model in self._models():
            with self.subTest(model=model):
                response = self.url_open(
                    f"/json/2/{model}/search_read",
                    data=json.dumps({"domain": []}),
                    headers={"Content-Type": "application/json"},
                )
                self.assertEqual(response.status_code, 401)
        until = fields.Datetime.to_datetime("2099-12-31")  # PostgreSQL's clock is not frozen
        for user in (self.employee, self.manager_b):
            keys = self.env["res.users.apikeys"].with_user(user).sudo()
            key = keys._generate("rpc", "test", until)
            for model in self._models():
                response = self.url_open(
                    f"/json/2/{model}/search_read",
                    data=json.dumps({"domain": [], "fields": ["id"]}),
                    headers={
                        "Content-Type": "application/json",
                        "Authorization": f"Bearer {key}",
                    },
                )
                self.heard.append((model, response.text))
                with self.subTest(user=user.login, model=model):
                    if user == self.manager_b and model in READABLE:
                        self.assertEqual(response.status_code, 200)
                        seen = {row["id"] for row in response.json()}
                        self.assertFalse(seen & self._hidden(model, self.space | self.annex))
                    else:
                        self.assertEqual(response.status_code, 403)

    # === CANARIES === #

    def test_no_page_of_the_manager_says_what_a_space_may_not_know(self):
        self._listen()
        self._enter(self.manager)
        for method, path, __, data in ROUTES:
            if method == "GET":
                status, text, __ = self._ask(method, path, data, self.mine)
                self.assertEqual(status, 200)
                for label in ("rsa", "rqth", "handicap", "prescri", "allocat"):
                    with self.subTest(path=path, label=label):
                        self.assertNotRegex(text.lower(), rf"\b{label}")
        self.assertIn("Camille Petit", "".join(text for __, text in self.heard))

    def test_a_canary_would_be_heard(self):
        self.answers, self.heard = 0, []
        self.mine["seat"].occupant_name = self.canaries[0]
        self._enter(self.manager)
        self._ask("GET", "/my/coworking/people", {}, self.mine)
        with self.assertRaises(AssertionError):
            self._look_for_canaries()

    # === A MATRIX THAT CANNOT FAIL IS WORTH NOTHING === #

    def test_three_rules_removed_one_at_a_time_make_it_fail(self):
        outsiders = {"manager of another space": self.manager_b}
        self.answers, self.heard = 0, []
        for xml_id in (
            "coworking_statement_rule_portal",
            "coworking_seat_rule_portal",
            "coworking_charge_rule_portal",
        ):
            with self.subTest(xml_id), self._undone():
                self.env.ref(f"coworking_incubation.{xml_id}").active = False
                self.env.registry.clear_cache()
                self.assertSeen(self._find_wrong_models(outsiders, sorted(READABLE)))
            self.env.registry.clear_cache()

    def test_pages_that_forgot_whose_space_it_is_would_be_seen(self):
        outsiders = {"manager of another space": self.manager_b}
        self.answers, self.heard = 0, []
        spaces = type(self.env["coworking.space"])
        with patch.object(spaces, "_get_managed_by_domain", lambda self, partner: Domain.TRUE):
            self.assertSeen(self._find_wrong_routes(outsiders), at_least=11)

    def test_three_checks_of_the_participants_pages_removed_make_it_fail(self):
        def own(self, partner, model, record_id):
            return self.env[model].browse(record_id).exists()

        person = type(self.env["coworking.portal.person"])
        link = type(self.env["coworking.portal.link"])
        self.answers, self.heard = 0, []
        for what, target, name, broken, kinds in (
            ("whose file", person, "_get_own", own, None),
            ("which record", Visitor, "may", lambda *args: True, ("of another record",)),
            ("still usable", link, "_is_usable", lambda self: True, ("expired", "revoked")),
        ):
            with self.subTest(what), patch.object(target, name, broken):
                problems = (
                    self._find_wrong_person_links(kinds)
                    if kinds
                    else self._find_wrong_person_routes({"another participant": self.stranger})
                )
                self.assertSeen(problems)

    def test_the_size_that_is_told_is_the_sum_of_its_parts(self):
        whole, *parts = (get_told_size(what) for what in (WHOLE, *PARTS))
        self.assertEqual(whole, sum(parts))
