"""docs/architecture.md says what the source says: its rooms, its picture, its names, and why it
overrides what it does (``tests/base/test_overrides.py`` makes the lists of that).
"""

import re
from collections import defaultdict
from pathlib import Path

from rooms import FUNDING_MODELS, MODELS, House

ADDONS = (MODELS.parent, FUNDING_MODELS.parent)
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text()
OVERRIDES = re.compile(r"^## What we change of Odoo's own\n(.*?)^## ", re.MULTILINE | re.DOTALL)


def test_every_room_has_its_line_in_order():
    table = re.findall(r"^\| `(\w+)` \|", PAGE, re.M)
    assert tuple(table) == House().rooms


def picture(house):
    """Each room and the uppermost of those it uses; what it sets off above, by its hooks."""
    used = defaultdict(set)
    for ref in house.references():
        used[ref.room].add(ref.target)
    for room in house.rooms[1:]:
        yield f"    {room} --> {max(used[room], key=house.level)}"
    hooks = defaultdict(list)
    for room, hook, above in house.hooks():
        for other in above:
            if hook not in hooks[room, other]:
                hooks[room, other].append(hook)
    for (room, other), names in hooks.items():
        yield f'    {room} -. "{"<br>".join(names)}" .-> {other}'


def test_the_picture_is_that_of_the_source():
    drawn = re.search(r"```mermaid\nflowchart BT\n(.*?)\n```", PAGE, re.S)[1]
    assert drawn == "\n".join(picture(House()))


def test_files_and_names_that_it_mentions_exist():
    house = House()
    source = "".join(path.read_text() for addon in ADDONS for path in addon.rglob("*.py"))
    tests = Path(__file__).parents[1]
    files = {path.name for folder in (*ADDONS, tests) for path in folder.rglob("*.*")}
    for name in set(re.findall(r"`([\w./]+\.(?:py|xml))`", PAGE)):
        assert Path(name).name in files, name
    for name in set(re.findall(r"`(?:[\w.]+\.)?(_?\w+)\(", PAGE)):
        assert f"def {name}(" in source, name
    for model in set(re.findall(r"`(coworking\.[a-z.]+)(?:\._\w+.*?)?`", PAGE)):
        assert model in house.model_room | House(FUNDING_MODELS).model_room, model


def test_each_override_has_its_reason_and_each_reason_its_override():
    rows = re.findall(r"^\| (`.*?) \| (.+) \|$", OVERRIDES.search(PAGE)[1], re.MULTILINE)
    told = {name for names, _reason in rows for name in re.findall(r"`([^`]+)`", names)}
    found = {
        line.split(" ", 1)[0]
        for path in ROOT.glob("tests/base/stored/overrides-*.txt")
        for line in path.read_text().splitlines()
    }
    assert told - found == set(), "no longer overridden: take the line away"
    assert found - told == set(), "without a reason"
