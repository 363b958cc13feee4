"""What the benchmarks share: an Odoo environment outside a server, meters, a clean database."""

import contextlib
import gc
import resource
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg2

import odoo.init  # noqa: F401 - before any other part of Odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import connection_info_for
from odoo.tools import config

# Tables that a month's work fills.
TABLES = (
    "account_move",
    "account_move_line",
    "account_move_line_account_tax_rel",
    "account_account_tag_account_move_line_rel",
    "account_partial_reconcile",
    "coworking_charge",
    "coworking_match",
    "coworking_space",
    "coworking_statement",
    "contract_contract",
    "contract_line",
    "mail_followers",
    "mail_message",
    "mail_tracking_value",
)


def boot(db_name=None):
    """The registry of a database, or of that which the configuration (``ODOO_RC``) names."""
    config.parse_config(["--log-level=error", "--no-http", "--max-cron-threads=0"])
    if db_name:
        config["db_name"] = [db_name]
    (db_name,) = config["db_name"]
    return Registry(db_name)


@contextlib.contextmanager
def transaction(registry, commit=False):
    """An environment of Odoo's own user in a new transaction, rolled back unless told otherwise."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        try:
            yield env
            if commit:
                env.flush_all()
                cr.commit()
        finally:
            env.transaction.clear()
            cr.rollback()


def sql(registry, *statements):
    """Statements outside any transaction, such as VACUUM."""
    _, info = connection_info_for(registry.db_name)
    with contextlib.closing(psycopg2.connect(**info)) as connection:
        connection.autocommit = True
        with connection.cursor() as cr:
            for statement in statements:
                cr.execute(statement)


def forbid_autovacuum(registry):
    """It would pass at a random moment, and could leave "empty" as statistics after a rollback."""
    sql(registry, *(f"ALTER TABLE {table} SET (autovacuum_enabled = false)" for table in TABLES))


def vacuum(registry, analyze=False):
    """Away with the rows of transactions rolled back; statistics stay those of what is there.

    Without it every repetition would be slower than the one before, and PostgreSQL could plan
    for tables that it believes empty.
    """
    mode = "VACUUM ANALYZE" if analyze else "VACUUM"
    sql(registry, *(f"{mode} {table}" for table in TABLES))


@dataclass
class Measure:
    """What a piece of work cost."""

    seconds: float = 0.0
    cpu: float = 0.0  # seconds of this process and of its PostgreSQL backend
    queries: int = 0
    peak: float = 0.0  # resident memory of the process, in MB


@contextlib.contextmanager
def measured(env):
    """Yields a ``Measure`` that is filled in at the end of the block."""
    measure = Measure()
    thread = threading.current_thread()
    env.cr.execute("SELECT pg_backend_pid()")
    backend = env.cr.fetchone()[0]
    gc.collect()
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak
    thread.query_count, thread.query_time = 0, 0.0
    cpu, start = read_cpu(backend), time.perf_counter()
    yield measure
    measure.seconds = time.perf_counter() - start
    measure.cpu = read_cpu(backend) - cpu
    measure.queries = thread.query_count
    measure.peak = _peak()


def read_cpu(backend):
    """Processor time up to now, without that of a PostgreSQL on another machine."""
    with contextlib.suppress(OSError):
        nanoseconds = int(Path(f"/proc/{backend}/schedstat").read_text().split()[0])
        return time.process_time() + nanoseconds / 1e9
    return time.process_time()


def read_memory():
    """Resident memory of the process now, in MB, without what nobody refers to."""
    gc.collect()
    return _read_status("VmRSS")


def _read_status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def _peak():
    with contextlib.suppress(OSError):
        return _read_status("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read_columns(cr, table):
    """:return: list of (column, its type, the table that it refers to or none)"""
    cr.execute(
        """SELECT attname, atttypid::regtype::text, confrelid::regclass::text
             FROM pg_attribute
        LEFT JOIN pg_constraint
               ON conrelid = attrelid AND contype = 'f' AND conkey = ARRAY[attnum]
            WHERE attrelid = %s::regclass AND attnum > 0
              AND NOT attisdropped AND attgenerated = ''""",
        [table],
    )
    return cr.fetchall()
