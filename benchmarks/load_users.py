"""Who comes on the first of the month, for locust: see ``load.py``, which runs it.

``LOAD`` names a JSON file with the sessions, the month and the requests of the screens.
"""

import itertools
import json
import os
import re
from pathlib import Path

from locust import HttpUser, between, events, task
from lxml import html

PLAN = json.loads(Path(os.environ["LOAD"]).read_text())
PEOPLE = {kind: itertools.cycle(sessions) for kind, sessions in PLAN["sessions"].items()}
# What was answered, to be compared with what the database holds afterwards.
ANSWERED = {"confirmed": [], "registered": 0, "turned_away": 0, "answers": 0}


@events.request.add_listener
def count(response, **_kw):
    """Each answer that came, those that only lead to another page included."""
    if response is not None and response.status_code:
        ANSWERED["answers"] += 1 + len(response.history)


def failed(answer, words):
    """What went wrong: of a connection, what the system says."""
    answer.failure(f"{answer.error or answer.status_code}: {words}")


class Visitor(HttpUser):
    """Somebody who is logged in: logins take as long with any page, and are made beforehand."""

    abstract = True
    kind = ""

    def on_start(self):
        self.me = next(PEOPLE[self.kind])
        self.client.cookies.set("session_id", self.me["session"])

    def look(self, path, name, words):
        """A page that must be the one that was asked for."""
        with self.client.get(path, name=name, catch_response=True) as answer:
            if answer.status_code != 200 or "/web/login" in answer.url or words not in answer.text:
                failed(answer, f"not the page of {path}")
            return answer.text


class Manager(Visitor):
    """Looks at the month, confirms it once, comes back; and looks at Odoo's own page of bills."""

    kind = "manager"
    fixed_count = PLAN["managers"]
    wait_time = between(*PLAN["pause"])
    confirmed = False

    @task(2)
    def home(self):
        self.look("/my/coworking", "ours: home", self.me["space"])

    @task(3)
    def month(self):
        path = f"/my/coworking/month/{PLAN['month']}"
        text = self.look(path, "ours: month", self.me["space"])
        forms = html.fromstring(text).xpath("//form[contains(@action, '/confirm')]") if text else []
        if self.confirmed or not forms:
            return
        values = dict(forms[0].form_values())
        with self.client.post(
            forms[0].action,
            {**values, "sure": "1"},
            name="ours: confirm",
            allow_redirects=False,
            catch_response=True,
        ) as answer:
            self.confirmed = answer.status_code == 303
            if self.confirmed:
                ANSWERED["confirmed"].append(self.me["login"])
            else:
                failed(answer, "not confirmed")

    @task(2)
    def presences(self):
        self.look("/my/coworking/presences", "ours: presences", "Guest")

    @task(2)
    def bills(self):
        self.look("/my/invoices", "Odoo: /my/invoices", "o_portal_my_doc_table")


class Staff(Visitor):
    """Opens our board and list of the month, and CRM's pipeline and Odoo's list of bills."""

    kind = "staff"
    fixed_count = PLAN["staff"]
    wait_time = between(*PLAN["pause"])

    def call(self, name):
        for model, method, keywords in PLAN["screens"][name]:
            parameters = {"model": model, "method": method, "args": [], "kwargs": keywords}
            with self.client.post(
                f"/web/dataset/call_kw/{model}/{method}",
                json={"jsonrpc": "2.0", "method": "call", "params": parameters},
                name=f"{name}: {method}",
                catch_response=True,
            ) as answer:
                if answer.status_code != 200 or "result" not in answer.json():
                    failed(answer, (answer.text or "")[:300])

    @task(3)
    def board(self):
        self.call("ours: board")

    @task(3)
    def pipeline(self):
        self.call("Odoo: CRM pipeline")

    @task(2)
    def month_list(self):
        self.call("ours: lines of the month")

    @task(2)
    def bill_list(self):
        self.call("Odoo: bills")


class Robot(HttpUser):
    """Registers invented people, one after the other, from one address."""

    fixed_count = 1
    wait_time = between(1, 2)
    number = 0

    @task
    def register(self):
        path = f"/incubation/{PLAN['meeting']}"
        page = html.fromstring(self.client.get(path, name="robot: form").text)
        (form,) = page.xpath("//form[contains(@action, '/register')]")
        self.number += 1
        name = "".join(chr(97 + int(digit)) for digit in str(self.number))
        typed = {"name": f"Robot {name}", "email": f"robot{self.number}@example.org"}
        self.wait()  # a form that is sent at once is shown again
        self.wait()
        self.wait()
        with self.client.post(
            form.action,
            {**dict(form.form_values()), **typed},
            name="robot: register",
            allow_redirects=False,
            catch_response=True,
        ) as answer:
            if answer.status_code == 303:
                ANSWERED["registered"] += 1
            elif answer.status_code == 429:
                ANSWERED["turned_away"] += 1
                answer.success()
            else:
                failed(answer, re.sub("<[^>]*>", "", answer.text or "")[:300])


@events.quitting.add_listener
def tell(environment, **_kw):
    """What came of it, for ``load.py``."""
    Path(PLAN["answers"]).write_text(json.dumps(ANSWERED))
