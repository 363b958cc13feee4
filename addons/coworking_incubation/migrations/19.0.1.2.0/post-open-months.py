"""Open months are computed once more, by the next daily run: this version may price otherwise."""


def migrate(cr, version):
    cr.execute(
        "UPDATE coworking_statement SET pending_changes = COALESCE(pending_changes, 0) + 1"
        " WHERE state IN ('draft', 'sent', 'disputed')"
    )
