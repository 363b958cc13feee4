"""What Odoo's lint tests have to be told of ours, as they are of Odoo's own: a plugin of pytest."""

COVERED = {
    "account.move.coworking_statement_id",  # covered by first key of _coworking_once
}


def pytest_collection_modifyitems(items):
    for item in items:
        if hasattr(item.module, "BTREE_INDEX_IGNORE_FIELDS"):
            item.module.BTREE_INDEX_IGNORE_FIELDS |= COVERED
