import base64

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tools import SQL

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


def make_signed_on(attendance, day):
    """As if it had been signed on that day, with a fingerprint that is right."""
    env, signatures = attendance.env, attendance.signature_ids
    tables = "coworking_attendance_signature", "coworking_attendance"
    env.flush_all()
    for table in tables:
        env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", SQL.identifier(table)))
    env.cr.execute(
        "UPDATE coworking_attendance_signature SET signed_at = %s WHERE attendance_id = %s",
        [day, attendance.id],
    )
    signatures.invalidate_recordset()
    for kept in signatures.sudo().with_context(bin_size=False):
        env.cr.execute(
            "UPDATE coworking_attendance_signature SET digest = %s WHERE id = %s",
            [kept._get_fingerprint(kept, base64.b64decode(kept.image)), kept.id],
        )
    for table in tables:
        env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", SQL.identifier(table)))
    env.invalidate_all()


class EndOfDataCase(CoworkingCase):
    """People who left months ago, counted from today: the database counts in its own days, nothing
    here is frozen.
    """

    @classmethod
    def _setup_world(cls):
        super()._setup_world()
        cls.today = fields.Date.today()
        # late in the evening, what people do is of the next day already
        cls.their_today = fields.Date.context_today(cls.program.with_user(cls.coordinator))
        cls.program.write(
            {
                "date_start": "2015-01-01",
                "date_end": "2045-12-31",
                "retention_confirmed_on": "2015-01-01",
            }
        )
        stages = cls.env["coworking.stage"]
        cls.stage = {
            phase: stages.search([("phase", "=", phase), ("program_ids", "=", False)], limit=1)
            for phase in ("recruitment", "incubation", "followup", "closed")
        }
        cls.left = cls.env["coworking.exit.reason"].create({"name": "Left", "category": "other"})

    @classmethod
    def _ago(cls, months=0, days=0):
        return cls.today - relativedelta(months=months, days=days)

    @classmethod
    def _gone(cls, name="Camille Martin", months=25, days=0, **values):
        """Somebody who left so long ago, and of whom nothing was heard since."""
        out = cls._ago(months, days)
        return cls._new_participant(
            name,
            **{
                "stage_id": cls.stage["closed"].id,
                "move_reason": "Take-over",
                "date_application": out - relativedelta(months=8),
                "date_support": out - relativedelta(months=7),
                "date_entry": out - relativedelta(months=6),
                "date_exit": out,
                "exit_reason_id": cls.left.id,
                **values,
            },
        )

    @classmethod
    def _applied(cls, name="Ali Benali", months=13, **values):
        """Somebody who applied so long ago, and never entered."""
        return cls._new_participant(
            name,
            **{
                "stage_id": cls.stage["recruitment"].id,
                "date_application": cls._ago(months),
                **values,
            },
        )

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("coworking_incubation.ir_cron_end_data").method_direct_trigger()
        self.env.invalidate_all()

    def _purge(self, *files):
        """As if the notice had been given thirty days ago."""
        for file in files:
            self._told(file, self._ago(days=30))
        self._run()

    def _told(self, file, day):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coworking_participant SET purge_notice_on = %s WHERE id = %s", [day, file.id]
        )
        self.env.invalidate_all()

    def _row(self, file):
        self.env.flush_all()
        self.env.invalidate_all()
        row = self.env["coworking.retention"].browse(file.id)
        # what a file tells by itself leaves out nothing that goes, whatever happened
        self.assertEqual(row.is_purged, row.status in ("evidence", "purged"))
        self.assertTrue(row.may_go or row.status not in ("notice", "due"))
        self.assertTrue(row.may_go or row.is_purged or row.date_term > self.today)
        self.assertLessEqual(row.not_before, row.date_purge)
        return row

    def _notices(self, *files):
        kind = self.env.ref("coworking_incubation.mail_activity_type_retention")
        return self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", kind.id),
                ("res_id", "in", [file.id for file in files]),
            ]
        )
