"""What a version changes of what is stored has its migration and its part of the changelog.

What is stored, a database tells: ``tests/base/test_versions.py``, whose lists are read here.
"""

import ast
import re

import pytest
from rooms import ADDONS

ROOT = ADDONS.parent
STORED = ROOT / "tests/base/stored"
NAMES = sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


def to_numbers(version):
    return [int(number) for number in version.split(".")]


def read_stored(addon):
    """:return: dict version -> {name of the field: how it is stored}, the oldest first"""
    versions = {
        path.stem.removeprefix(f"{addon}-"): dict(
            line.split(" ", 1) for line in path.read_text().splitlines()
        )
        for path in STORED.glob(f"{addon}-*.txt")
    }
    return {version: versions[version] for version in sorted(versions, key=to_numbers)}


@pytest.mark.parametrize("addon", NAMES)
def test_what_goes_or_changes_has_a_migration(addon):
    before = {}
    for version, stored in read_stored(addon).items():
        gone = {name for name, how in before.items() if stored.get(name) != how}
        scripts = [*ADDONS.glob(f"{addon}/migrations/{version}/*-*.py")]
        assert scripts or not gone, f"{version}: {sorted(gone)[:10]}"
        before = stored


def test_what_a_migration_does_is_lost_by_no_update_that_is_cut_short():
    """Odoo keeps the new version with all that an addon's own part of an update does; of what its
    last stage (``end-*.py``) does later, the next update would not know.
    """
    assert [*ADDONS.glob("*/migrations/*/end-*.py")] == []


@pytest.mark.parametrize("addon", NAMES)
def test_every_version_has_its_part_of_the_changelog(addon):
    changelog = (ROOT / "CHANGELOG.md").read_text()
    told = set(re.findall(r"^## .*?(19\.0\.[0-9.]+) ", changelog, re.MULTILINE))
    manifest = ast.literal_eval((ADDONS / addon / "__manifest__.py").read_text())
    assert {manifest["version"], *read_stored(addon)} <= told
