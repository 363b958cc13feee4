import logging
from typing import NamedTuple

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, models

_logger = logging.getLogger(__name__)

# Odoo's transactions see what was committed when they began: of two that seal at once, the second
# seals rows that the first has sealed, which PostgreSQL refuses; the lock spares the attempt.
SEAL = """
CREATE OR REPLACE FUNCTION coworking_audit_seal(most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    place integer;
    seal text;
    line coworking_audit;
    done integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('coworking_audit_seal')) THEN
        RETURN 0;
    END IF;
    SELECT position, hash INTO place, seal FROM coworking_audit
     WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1;
    FOR line IN SELECT * FROM coworking_audit WHERE position IS NULL ORDER BY id LIMIT most LOOP
        place := COALESCE(place, 0) + 1;
        seal := coworking_audit_hash(seal, line, place);
        UPDATE coworking_audit SET position = place, hash = seal WHERE id = line.id;
        done := done + 1;
    END LOOP;
    RETURN done;
END $$;
"""
VERIFY = """
SELECT (line).id, place, before
  FROM (SELECT audit AS line, audit.position AS place, lag(audit.hash) OVER chain AS previous,
               COALESCE(lag(audit.position) OVER chain, 0) AS before
          FROM coworking_audit audit
         WHERE audit.position IS NOT NULL
        WINDOW chain AS (ORDER BY audit.position)) AS sealed
 WHERE place <> before + 1 OR (line).hash <> coworking_audit_hash(previous, line, place)
 ORDER BY place
 LIMIT 1
"""


class ChainReport(NamedTuple):
    """What a verification of the chain found.

    :param sealed: number of rows in the chain
    :param unsealed: number of rows that are not in it yet
    :param waits_since: when the oldest of these was written
    :param position: of the last row: to be kept elsewhere, with its hash
    :param hash: of the last row
    :param broken: None, or where the chain breaks first: "changed" (this row is not what was
        sealed), "missing" (rows before this one are gone), "unknown" (the row that was noted
        elsewhere is gone, or another)
    :param broken_position: place of that row in the chain
    :param broken_id: its number
    """

    sealed: int
    unsealed: int
    waits_since: object = None
    position: int = 0
    hash: str = ""
    broken: str | None = None
    broken_position: int | None = None
    broken_id: int | None = None


class CoworkingAudit(models.Model):
    """Rows are sealed after they are committed, apart from the transactions that write them, which
    would otherwise wait for one another: each has the hash of the one before in its own.
    """

    _inherit = "coworking.audit"

    def init(self):
        result = super().init()  # the table
        self.env.cr.execute(SEAL)
        return result

    @api.model
    def _cron_seal(self, batch_size=2000):
        while done := self._seal(batch_size):
            if not self.env["ir.cron"]._commit_progress(done) or done < batch_size:
                break

    @api.model
    def _seal(self, most):
        """Seal the oldest rows that are not yet.

        :return: how many
        """
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute("SELECT coworking_audit_seal(%s)", [most])
                (done,) = self.env.cr.fetchone()
        except (SerializationFailure, UniqueViolation):
            return 0  # sealed meanwhile
        if done:
            report = self._get_head()
            # The log is a second place: whoever shortens the chain does not shorten it too.
            _logger.info("Audit trail sealed up to position %s, hash %s", *report)
        return done

    @api.model
    def _get_head(self):
        """Place and hash of the last row that is sealed."""
        self.env.cr.execute(
            "SELECT position, hash FROM coworking_audit WHERE position IS NOT NULL"
            " ORDER BY position DESC LIMIT 1"
        )
        return self.env.cr.fetchone() or (0, "")

    @api.model
    def _get_chain(self):
        """(place, what is hashed, hash) of all sealed rows: what another tool needs to verify."""
        self.env.cr.execute(
            """SELECT position, coworking_audit_content(audit, position), hash
                 FROM coworking_audit audit WHERE position IS NOT NULL ORDER BY position"""
        )
        return self.env.cr.fetchall()

    @api.model
    def _verify_chain(self, known=None):
        """Calculate the chain again, from its first row.

        :param known: place and hash of a row as they were noted elsewhere: nothing else shows that
            the end of the chain was cut off, or all of it written anew
        :return: a ``ChainReport``
        """
        cr = self.env.cr
        cr.execute(
            "SELECT count(position), count(*) - count(position),"
            " min(date) FILTER (WHERE position IS NULL) FROM coworking_audit"
        )
        report = ChainReport(*cr.fetchone(), *self._get_head())
        cr.execute(VERIFY)
        if found := cr.fetchone():
            broken_id, position, before = found
            return report._replace(
                broken="changed" if position == before + 1 else "missing",
                broken_position=position,
                broken_id=broken_id,
            )
        if known:
            cr.execute("SELECT id, hash FROM coworking_audit WHERE position = %s", [known[0]])
            res_id, found_hash = cr.fetchone() or (None, None)
            if found_hash != known[1]:
                return report._replace(broken="unknown", broken_position=known[0], broken_id=res_id)
        return report
