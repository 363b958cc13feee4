"""For the whole session. What Odoo's test classes share is in common.py."""

import importlib.util
import os
import shutil
from pathlib import Path
from unittest.mock import patch

import freezegun
import hypothesis
import pytest
from hypothesis.internal.conjecture import providers

from odoo.tools import config as odoo_config

# The examples of CI are the same on every run: it refuses a change, never the luck of the draw.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")
# It tries what stands in the code as well: in ours, not in the two thousand modules of Odoo, which
# it reads for longer than it tries, and of which a test loads more or fewer.
ADDONS = str(Path(__file__).parents[1] / "addons")
providers.is_local_module_file = lambda path: path.startswith(ADDONS)
# What --durations says of a test that freezes the time is how long it took.
freezegun.configure(extend_ignore_list=["_pytest.timing"])
# Before each freezing it looks whether a module has other names than before: one that has as many
# has the same. To sort the names of three thousand takes longer than most tests.
freezegun.api._get_module_attributes_hash = lambda module: (
    id(module),
    len(getattr(module, "__dict__", ())),
)


def pytest_configure(config):
    """Without these, Odoo skips the browser tests and the run passes all the same."""
    if importlib.util.find_spec("websocket") is None or not shutil.which("chromium"):
        raise pytest.UsageError("Chromium or websocket-client is missing: run scripts/setup.")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """One a core; none where a single file is asked for: only whole files are shared out."""
    (first, *others) = {argument.partition("::")[0] for argument in config.args}
    return 0 if not others and os.path.isfile(first) else len(os.sched_getaffinity(0))


def pytest_collection_modifyitems(items):
    """The long files first and the short ones last: the last is waited for with a single core at
    work. Between them files that begin alike, one after another: that is made once."""
    from .common import CoworkingCase
    from .shared import get_key

    alike, order = {None: 0}, {}
    for item in items:
        if item.path not in order:
            begins = item.cls and issubclass(item.cls, CoworkingCase)
            key = get_key(item.cls, CoworkingCase) if begins else None
            path = str(item.path)
            is_long = any(word in path for word in ("/tours/", "properties"))
            order[item.path] = (not is_long, "/unit/" in path, alike.setdefault(key, len(alike)))
    items.sort(key=lambda item: order[item.path])


@pytest.fixture(scope="session", autouse=True)
def merged_triggers(load_registry):
    """What depends on fields is put together once, not for each record that is made or written."""
    from . import shared

    with patch.object(shared.Registry, "get_trigger_tree", shared.get_trigger_tree):
        yield


@pytest.fixture(scope="session", autouse=True)
def kept_browsers(load_registry):
    """One for the tours of several classes."""
    from .tours import browser

    with browser.kept():
        yield


@pytest.fixture(scope="session", autouse=True)
def own_filestore(load_registry):
    """A worker's database has its own folder of attachments: pytest-odoo gives all of them one,
    and whatever one's database does not know is removed there at the end of each test class
    (``TransactionCase._gc_filestore``). Files of attachments are never changed in place: links
    to them do for a copy."""
    from . import shared  # of Odoo's, which is ready by now
    from .tours import browser

    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        yield
        shared.drop()
        browser.end_all()
        return
    whole = odoo_config.filestore("")
    own = f"{whole}-{worker}"
    shutil.rmtree(own, ignore_errors=True)
    if os.path.isdir(whole):
        shutil.copytree(whole, own, copy_function=os.link)
    with patch.object(odoo_config, "filestore", return_value=own):
        yield
        shared.drop()
        browser.end_all()
    shutil.rmtree(own, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """What classes share is gone before a class without it; so is a browser before a class without
    one."""
    from . import shared
    from .tours import browser

    if not hasattr(item.cls, "_browse"):
        browser.end_all()
    if not hasattr(item.cls, "_setup_world"):
        shared.drop()
        shared.known.clear()  # it may change the database itself
