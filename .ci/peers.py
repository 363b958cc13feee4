"""How Odoo's own tests ended with our addons and without, and what they need of pytest: called by
`.ci/peers`.

    peers.py failing FILE              tests of this run that did not pass, as pytest is asked for
                                       them
    peers.py compare FOLDER EXPLAINED  fails where a test passes without ours and not with them,
                                       and nothing says why

FOLDER has what pytest wrote of each module (MODULE-with.xml), and of what did not pass there, alone
(MODULE-with-alone.xml, MODULE-without-alone.xml). EXPLAINED has a test and its reason a line.

As a plugin (`pytest -p peers`) it gives Odoo's tests the option that they look into.
"""

import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree


def pytest_sessionstart():
    """Some tests look for words in the option --test-tags (SAVE_XML: write what is expected
    instead of comparing) and end with a TypeError where it is not set. Given as an option it would
    make Odoo run tests of its own choice while it loads; "standard" is what it takes where nothing
    is said."""
    from odoo.tools import config

    config["test_tags"] = "+standard"


class Outcome(NamedTuple):
    """How a test ended (passed, skipped, failed, not run), and what it said."""

    state: str
    message: str = ""

    @property
    def passed(self):
        return self.state == "passed"


NOT_RUN = Outcome("not run")


def read(path):
    """Outcomes by test, `module/tests/test_file.py::TestClass::test_name`; by file where it did not
    load.

    A test that is several (subtests) passes when none of them fails.
    """
    results = {}
    for case in ElementTree.parse(path).iter("testcase"):
        bad = [child for child in case if child.tag in ("failure", "error")]
        if bad:
            outcome = Outcome("failed", bad[0].get("message", ""))
        else:
            outcome = Outcome("passed" if case.find("skipped") is None else "skipped")
        name = node_of(case)
        if results.get(name, NOT_RUN).state != "failed":
            results[name] = outcome
    return results


def node_of(case):
    """What pytest calls a test: its results say `mail.tests.test_rtc.TestRtc` of one in a class,
    `mail.tests.test_rtc` of one that is in none, and nothing of a file that did not load."""
    group, name = case.get("classname"), case.get("name")
    names = (group or name).split(".")
    length = max(place for place, part in enumerate(names, 1) if part.startswith("test_"))
    path = "/".join(names[:length]) + ".py"
    return "::".join([path, *names[length:], name] if group else [path])


def read_reasons(path):
    """Why tests do not pass with ours, by `module/tests/test_file.py::TestClass::test_name`."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    return dict(line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))


def read_all(folder, kind):
    """Outcomes by test of all modules."""
    results = {}
    for path in folder.glob(f"*-{kind}.xml"):
        results |= read(path)
    return results


def compare(folder, reasons):
    """Whether each test that passes without ours passes with them, or has its reason."""
    kinds = ("with", "with-alone", "without-alone")
    beside, alone, without = (read_all(folder, kind) for kind in kinds)
    different = []
    for name, outcome in sorted(without.items()):
        before, again = beside.get(name, NOT_RUN), alone.get(name, NOT_RUN)
        if not outcome.passed or before.passed:
            continue
        different.append(name)
        print(f"{name}: {before.state} with ours ({again.state} alone), passed without")
        print(
            f"    {reasons[name] if name in reasons else (again.message or before.message)[:300]}"
        )
    for name in sorted(reasons.keys() & beside.keys()):
        if beside[name].passed:
            print(f"{name} passes with ours: its line can go")
    passed = sum(outcome.passed for outcome in beside.values())
    known = sum(name in reasons for name in different)
    print(
        f"{passed} of {len(beside)} tests of Odoo pass with ours; {len(different)} of the others"
        f" pass without, {known} of them for a known reason."
    )
    return bool(passed) and known == len(different)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["failing", results]:
            for name, outcome in read(Path(results)).items():
                if not outcome.passed:
                    print(name)
        case ["compare", folder, explained]:
            sys.exit(0 if compare(Path(folder), read_reasons(Path(explained))) else 1)
        case _:
            sys.exit(__doc__)
