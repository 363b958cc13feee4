from collections import Counter, defaultdict

from odoo.tools import SQL

# In place of a text that may not be empty.
BLANK = "—"
SIGNED_PICTURES = ("signature", "host_signature")


class EvidenceEraser:
    """Erases by SQL, as ``write`` would track what is to go; first of all what funders may ask for:
    signatures, signed agreements, scans, once their term is over.
    """

    def __init__(self, env):
        self.env = env(su=True)
        self.counts = defaultdict(Counter)  # id of a file -> how many of each kind

    def _fetch_rows(self, query, *args, **kwargs):
        """As ``execute_query``; a query that fails is not logged, as it says who the people are."""
        query = SQL(query, *args, **kwargs)
        self.env.flush_query(query)
        self.env.cr.execute(query, log_exceptions=False)
        return [] if self.env.cr.description is None else self.env.cr.fetchall()

    def _fetch_column(self, query, *args, **kwargs):
        return [row[0] for row in self._fetch_rows(query, *args, **kwargs)]

    def _delete(self, table, where):
        """:return: ids of the rows that went, if the table has some"""
        return self._fetch_rows("DELETE FROM %s WHERE %s RETURNING 1", SQL.identifier(table), where)

    def _find_columns(self, table):
        """Columns of a table that hold words or dates, and may be empty."""
        return self._fetch_column(
            """SELECT attname FROM pg_attribute
                WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
                  AND NOT attnotnull
                  AND atttypid IN ('varchar'::regtype, 'text'::regtype, 'jsonb'::regtype)""",
            table,
        )

    def _references_to(self, table):
        """Foreign keys to a table, as (table, column, what happens on deletion)."""
        return self._fetch_rows(
            """SELECT con.conrelid::regclass::text, att.attname, con.confdeltype::text
                 FROM pg_constraint con
                 JOIN pg_attribute att ON att.attrelid = con.conrelid
                                      AND att.attnum = con.conkey[1]
                WHERE con.contype = 'f' AND con.confrelid = %s::regclass
                  AND att.attname NOT IN ('create_uid', 'write_uid')""",
            table,
        )

    def _empty(self, model, names, where):
        fields = self.env[model]._fields
        self._fetch_rows(
            "UPDATE %s SET %s WHERE %s RETURNING 1",
            SQL.identifier(self.env[model]._table),
            SQL(", ").join(
                SQL(
                    "%s = %s",
                    SQL.identifier(name),
                    BLANK if fields[name].required or name == "occupant_name" else None,
                )
                for name in names
            ),
            where,
        )

    def _erase_attachments(self, model, ids, evidence=False):
        """Files of records, with their text for searches; the filestore is swept by Odoo."""
        # a sheet that others signed too is theirs
        kept = SQL(
            """id IN (SELECT sheet_id FROM coworking_attendance WHERE sheet_id IS NOT NULL
                 UNION ALL SELECT sheet_id FROM coworking_attendance_signature
                            WHERE sheet_id IS NOT NULL)"""
        )
        if not evidence:
            kept = SQL(
                """%s OR res_model = 'coworking.attendance.signature'
                   OR res_model = 'coworking.attendance' AND res_field IN %s
                   OR res_model IN ('coworking.hosting', 'coworking.hosting.signatory')""",
                kept,
                SIGNED_PICTURES,
            )
        gone = self._fetch_rows(
            "DELETE FROM ir_attachment WHERE res_model = %s AND res_id IN %s AND NOT (%s)"
            " RETURNING res_id, store_fname",
            model,
            tuple(ids),
            kept,
        )
        self._forget_files(fname for __, fname in gone)
        for row, __ in gone:
            self.counts[ids[row]]["files"] += 1

    def _forget_files(self, fnames):
        for fname in filter(None, fnames):
            self.env["ir.attachment"]._file_delete(fname)

    def _delete_agreements(self, where):
        """Agreements with their parties and earlier texts, and their files."""
        ids = self._fetch_column("SELECT id FROM coworking_hosting WHERE %s", where)
        if not ids:
            return
        parties = self._fetch_column(
            "SELECT id FROM coworking_hosting_signatory WHERE hosting_id IN %s", tuple(ids)
        )
        documents = self._fetch_column(
            "DELETE FROM coworking_hosting WHERE id IN %s RETURNING sealed_attachment_id",
            tuple(ids),
        )
        fnames = self._fetch_column(
            """DELETE FROM ir_attachment
                WHERE res_model = 'coworking.hosting' AND res_id IN %s
                   OR res_model = 'coworking.hosting.signatory' AND res_id IN %s
                   OR id IN %s RETURNING store_fname""",
            tuple(ids),
            tuple(parties) or (0,),
            tuple(filter(None, documents)) or (0,),
        )
        self._forget_files(fnames)
        self._delete(
            "coworking_portal_link",
            SQL(
                "res_model = 'coworking.hosting.signatory' AND res_id IN %s",
                tuple(parties) or (0,),
            ),
        )

    def erase_evidence(self, files):
        """Signatures and signed agreements of files, once no funder may ask for them."""
        if not files:
            return
        ids = tuple(files.ids)
        self._delete_agreements(SQL("participant_id IN %s", ids))
        self.erase_signed(SQL("participant_id IN %s", ids))
        scans = self._fetch_column(
            "SELECT DISTINCT scan_id FROM coworking_presence"
            " WHERE participant_id IN %s AND scan_id IS NOT NULL",
            ids,
        )
        if scans:
            self._fetch_rows(
                "UPDATE coworking_presence SET scan_id = NULL WHERE participant_id IN %s"
                " RETURNING 1",
                ids,
            )
            gone = self._fetch_column(
                "DELETE FROM coworking_presence_scan scan WHERE id IN %s AND NOT EXISTS ("
                " SELECT FROM coworking_presence WHERE scan_id = scan.id) RETURNING id",
                tuple(scans),
            )
            if gone:
                self._erase_attachments(
                    "coworking.presence.scan", dict.fromkeys(gone, files[0].id), evidence=True
                )

    def erase_signed(self, where):
        """Signatures of attendances, with what was signed; that it was signed stays."""
        rows = self._fetch_rows(
            "SELECT id, participant_id, signed_at, host_signed_at, sheet_id"
            " FROM coworking_attendance WHERE %s",
            where,
        )
        if not rows:
            return
        ids = {row[0]: row[1] for row in rows}
        signatures = self._fetch_rows(
            "DELETE FROM coworking_attendance_signature WHERE attendance_id IN %s"
            " RETURNING id, attendance_id, sheet_id",
            tuple(ids),
        )
        # what is signed cannot change: the signature goes, the words, and the day comes back
        self._fetch_rows(
            "UPDATE coworking_attendance SET signed_at = NULL, host_signed_at = NULL,"
            " report = NULL, decisions = NULL, sheet_id = NULL, signed_by = NULL"
            " WHERE id IN %s RETURNING 1",
            tuple(ids),
        )
        for row_id, __, signed_at, host_signed_at, __ in rows:
            if signed_at or host_signed_at:
                self._fetch_rows(
                    "UPDATE coworking_attendance SET signed_at = %s, host_signed_at = %s"
                    " WHERE id = %s RETURNING 1",
                    signed_at,
                    host_signed_at,
                    row_id,
                )
        self._erase_attachments("coworking.attendance", ids, evidence=True)
        if signatures:
            of_signature = {row: ids[attendance] for row, attendance, __ in signatures}
            self._erase_attachments("coworking.attendance.signature", of_signature, evidence=True)
        sheets = {row[4] for row in rows} | {row[2] for row in signatures}
        sheets = tuple(sheets - {None})
        if sheets:
            self._forget_files(
                self._fetch_column(
                    """DELETE FROM ir_attachment sheet WHERE id IN %s
                        AND NOT EXISTS (SELECT FROM coworking_attendance WHERE sheet_id = sheet.id)
                        AND NOT EXISTS (SELECT FROM coworking_attendance_signature
                                         WHERE sheet_id = sheet.id)
                     RETURNING store_fname""",
                    sheets,
                )
            )
