from ..common import CoworkingCase


class AuditCase(CoworkingCase):
    """Looks at the rows of the audit trail that are written from a moment on."""

    def setUp(self):
        super().setUp()
        self._from_here()

    def _from_here(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM coworking_audit")
        (self.seen,) = self.env.cr.fetchone()

    def _rows(self, *records, action=None):
        """Rows since then, of these records or of these models (by name), oldest first."""
        self.env.flush_all()
        rows = self.env["coworking.audit"].sudo().search([("id", ">", self.seen)], order="id")
        if records:
            rows = rows.filtered(
                lambda row: any(
                    row.res_model == one
                    if isinstance(one, str)
                    else row.res_model == one._name and row.res_id in one.ids
                    for one in records
                )
            )
        return rows.filtered(lambda row: not action or row.action == action)

    def assertTrail(self, records, *expected):
        """(action, user, part of the changes) of each row, in order."""
        rows = self._rows(records)
        self.assertEqual(
            [(row.action, row.user_id) for row in rows],
            [(action, user) for action, user, _changes in expected],
        )
        for row, (_action, _user, changes) in zip(rows, expected, strict=True):
            self.assertEqual(row.changes, {**row.changes, **changes})
            self.assertFalse(row.is_outside)
