"""For the whole session. What Odoo's test classes share is in common.py."""

import importlib.util
import os
import shutil

import hypothesis
import pytest

# The examples of CI are the same on every run: it refuses a change, never the luck of the draw.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_configure(config):
    """Without these, Odoo skips the browser tests and the run passes all the same."""
    if importlib.util.find_spec("websocket") is None or not shutil.which("chromium"):
        raise pytest.UsageError("Chromium or websocket-client is missing: run scripts/setup.")
