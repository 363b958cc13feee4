"""What Odoo's lint tests have to be told of ours, as they are of Odoo's own: a plugin of pytest."""

from pathlib import Path
from unittest.mock import patch

import pytest

ADDONS = Path(__file__).parents[1] / "addons"
COVERED = {
    "account.move.coworking_statement_id",  # covered by first key of _coworking_once
}


def pytest_collection_modifyitems(items):
    for item in items:
        if hasattr(item.module, "BTREE_INDEX_IGNORE_FIELDS"):
            item.module.BTREE_INDEX_IGNORE_FIELDS |= COVERED


@pytest.fixture(scope="session", autouse=True)
def ours_alone(load_registry):
    """Odoo's own six hundred addons are for Odoo to look at: it took most of the time."""
    from odoo.modules import Manifest

    ours = [row for row in Manifest.all_addon_manifests() if ADDONS in Path(row.path).parents]
    assert len(ours) == len(list(ADDONS.glob("*/__manifest__.py")))
    with patch.object(Manifest, "all_addon_manifests", staticmethod(lambda: ours)):
        yield
