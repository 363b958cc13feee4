"""What two servers answer that share a database and a folder of files: called by `.ci/machines`."""

import sys
import time
from pathlib import Path

import requests

MACHINES = Path(sys.argv[1])
ONE, TWO = "http://127.0.0.1:8480", "http://127.0.0.1:8490"
CONTENT = "WydhZXBoJ10="  # what is attached, in base64


def wait_for(address):
    for __ in range(120):
        try:
            if requests.get(f"{address}/web/health", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(1)
    raise SystemExit(f"NOT SO: {address} answers")


class Browser(requests.Session):
    def ask(self, address, path, **params):
        answer = self.post(f"{address}{path}", json={"params": params}, timeout=60)
        answer.raise_for_status()
        told = answer.json()
        expect(f"{path} answers at {address}", "result" in told, told.get("error"))
        return told["result"]

    def call(self, address, model, method, *args, **kwargs):
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self.ask(address, path, model=model, method=method, args=args, kwargs=kwargs)


def expect(what, so, found=None):
    if not so:
        raise SystemExit(f"NOT SO: {what}: {found}")


def count_asked():
    """How many statements on what is ours the replica was asked."""
    told = (MACHINES / "standby" / "server.log").read_text()
    return sum("coworking_" in statement for statement in told.split("LOG:  statement:"))


def log_in():
    browser = Browser()
    browser.ask(
        ONE,
        "/web/session/authenticate",
        db="coworking_machines",
        login="coordination",
        password="coordination",
    )
    return browser


def read_month(browser):
    month = browser.call(TWO, "coworking.month.line", "web_search_read", [], {"space_id": {}})
    browser.ask(TWO, "/coworking_incubation/dashboard")
    return month["length"]


def check_without_replica():
    """Odoo finds out by the connection that each worker has: one error of each, at most."""
    workers, failed, rows = 4, 0, 0
    while not rows and failed <= workers:
        try:
            rows = read_month(log_in())
        except requests.HTTPError:
            failed += 1
    expect("what is read comes from the primary", rows, f"{failed} errors")
    print(f"ok: without the replica what is read comes from the primary, after {failed} errors")


def check_machines():
    for address in (ONE, TWO):
        wait_for(address)
    browser = log_in()
    info = browser.ask(TWO, "/web/session/get_session_info")
    expect("who logged in at one is known at two", info["username"] == "coordination", info)
    print("ok: who logged in at one is known at two")

    (partner,) = browser.call(ONE, "coworking.participant", "search", [], limit=1)
    (attachment,) = browser.call(
        ONE,
        "ir.attachment",
        "create",
        [
            {
                "name": "note.txt",
                "datas": CONTENT,
                "res_model": "coworking.participant",
                "res_id": partner,
            }
        ],
    )
    (row,) = browser.call(TWO, "ir.attachment", "read", [attachment], ["datas"])
    expect("a file of one is read at two", row["datas"] == CONTENT, row)
    kept = [path for name in ("one", "two") for path in (MACHINES / name).glob("filestore/*/*/*")]
    expect("no file lies on the disk of one alone", not kept, kept)
    print("ok: a file that was handed in at one is read at two")

    before = count_asked()
    rows = read_month(browser)
    time.sleep(1)
    asked = count_asked() - before
    expect("what is only read is asked of the replica", rows and asked > 5, asked)
    print(f"ok: what is only read is asked of the replica ({asked} statements)")

    browser.call(ONE, "ir.attachment", "write", [attachment], {"name": "renamed.txt"})
    (row,) = browser.call(TWO, "ir.attachment", "read", [attachment], ["name"])
    expect("what was written at one is read at two", row["name"] == "renamed.txt", row)
    print("ok: what was written at one is read at two")


if __name__ == "__main__":
    check_without_replica() if "--without-replica" in sys.argv else check_machines()
