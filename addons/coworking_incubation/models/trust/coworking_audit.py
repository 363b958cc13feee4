import contextlib
import re

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.processing import ACCESS
from .audited import AUDITED

ACTIONS = [
    ("started", "Trail Begun"),
    ("made", "Made"),
    ("changed", "Changed"),
    ("deleted", "Deleted"),
    ("sent", "Sent"),
    ("reminded", "Reminded"),
    ("confirmed", "Confirmed"),
    ("disputed", "Disputed"),
    ("settled", "Settled"),
    ("billed", "Billed"),
    ("reopened", "Opened Again"),
    ("posted", "Posted"),
    ("paid", "Paid"),
    ("cancelled", "Cancelled"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("decided", "Decided"),
    ("overridden", "Overridden"),
    ("signed", "Signed"),
    ("ended", "Ended"),
    ("left", "Exit"),
    ("trusted", "Account Trusted"),
    ("granted", "Right Given"),
    ("withdrawn", "Right Taken Back"),
    ("agreed", "Agreement Given"),
    ("revoked", "Agreement Taken Back"),
    ("exported", "Exported"),
    ("looked", "Looked At"),
    ("purged", "Purged"),
]
# Names of fields, models, formats, rules, days: one word, never what somebody typed or is called.
WORD = re.compile(r"[a-zA-Z0-9_.:/+-]{1,100}")

TABLE = """
CREATE TABLE IF NOT EXISTS coworking_audit (
    id serial PRIMARY KEY,
    date timestamp NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC'),
    user_id integer,
    is_outside boolean NOT NULL DEFAULT false,
    action varchar NOT NULL,
    res_model varchar NOT NULL,
    res_id integer,
    program_id integer,
    company_id integer,
    changes jsonb NOT NULL DEFAULT '{}',
    position integer,
    hash varchar(64),
    CONSTRAINT coworking_audit_sealed CHECK ((position IS NULL) = (hash IS NULL))
);
-- Rows of one act of a person have its time: of a transaction, or what the transaction says where
-- several do what was asked at once (see _in_act). It groups rows and is not sealed.
ALTER TABLE coworking_audit ADD COLUMN IF NOT EXISTS act_at timestamp;
ALTER TABLE coworking_audit ALTER COLUMN act_at SET DEFAULT COALESCE(
    NULLIF(current_setting('coworking.act', true), '')::timestamp, now() AT TIME ZONE 'UTC');
CREATE INDEX IF NOT EXISTS coworking_audit_match_idx
    ON coworking_audit (
        (COALESCE(changes->'statement_id'->>1, changes->'statement_id'->>0)::integer))
    WHERE res_model = 'coworking.match';
CREATE UNIQUE INDEX IF NOT EXISTS coworking_audit_position_uniq
    ON coworking_audit (position) WHERE position IS NOT NULL;
CREATE INDEX IF NOT EXISTS coworking_audit_unsealed_idx
    ON coworking_audit (id) WHERE position IS NULL;
CREATE INDEX IF NOT EXISTS coworking_audit_record_idx ON coworking_audit (res_model, res_id);
-- What staff did is found however much ran by itself: see coworking.touch.
CREATE INDEX IF NOT EXISTS coworking_audit_staff_idx ON coworking_audit (res_model, res_id)
    WHERE act_at IS NOT NULL AND NOT is_outside AND user_id != 1;
-- Whoever reads sensitive data asks this of each look, however long the trail: see _trace_look.
CREATE INDEX IF NOT EXISTS coworking_audit_looked_idx ON coworking_audit (user_id, date)
    WHERE action = 'looked';

-- What is hashed of a row. Its keys are in one order: docs/en/reference-administrator.md.
CREATE OR REPLACE FUNCTION coworking_audit_content(line coworking_audit, place integer)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'position', place, 'id', line.id,
        'date', to_char(line.date, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'user_id', line.user_id, 'is_outside', line.is_outside, 'action', line.action,
        'res_model', line.res_model, 'res_id', line.res_id, 'program_id', line.program_id,
        'company_id', line.company_id, 'changes', line.changes
    )::text
$$;

CREATE OR REPLACE FUNCTION coworking_audit_hash(
    previous text, line coworking_audit, place integer
) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(
        sha256(convert_to(COALESCE(previous, '') || coworking_audit_content(line, place), 'UTF8')),
        'hex')
$$;

CREATE OR REPLACE FUNCTION coworking_audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- the sealing, once, behind the last row
        IF OLD.position IS NULL
           AND to_jsonb(OLD) - '{position,hash}'::text[]
             = to_jsonb(NEW) - '{position,hash}'::text[]
           AND (NEW.position = 1
                OR EXISTS (SELECT FROM coworking_audit WHERE position = NEW.position - 1))
           AND NEW.hash = coworking_audit_hash(
               (SELECT hash FROM coworking_audit WHERE position = NEW.position - 1),
               NEW, NEW.position)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit trail is only added to: % refused', TG_OP USING ERRCODE = '23514';
END $$;
DROP TRIGGER IF EXISTS coworking_audit_keep_trg ON coworking_audit;
CREATE TRIGGER coworking_audit_keep_trg BEFORE UPDATE OR DELETE ON coworking_audit
    FOR EACH ROW EXECUTE FUNCTION coworking_audit_keep();
DROP TRIGGER IF EXISTS coworking_audit_forge_trg ON coworking_audit;
CREATE TRIGGER coworking_audit_forge_trg BEFORE INSERT ON coworking_audit
    FOR EACH ROW WHEN (NEW.position IS NOT NULL) EXECUTE FUNCTION coworking_audit_keep();
DROP TRIGGER IF EXISTS coworking_audit_truncate_trg ON coworking_audit;
CREATE TRIGGER coworking_audit_truncate_trg BEFORE TRUNCATE ON coworking_audit
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_audit_keep();

INSERT INTO coworking_audit (user_id, action, res_model)
SELECT 1, 'started', 'coworking.audit' WHERE NOT EXISTS (SELECT FROM coworking_audit);
"""

READ = SQL(
    """
    SELECT line.id, line.date, users.id AS user_id, line.user_id AS user_number, line.is_outside,
           line.action, line.res_model, line.res_id, program.id AS program_id,
           company.id AS company_id, line.changes, line.position, line.hash
      FROM coworking_audit line
 LEFT JOIN res_users users ON users.id = line.user_id
 LEFT JOIN coworking_program program ON program.id = line.program_id
 LEFT JOIN res_company company ON company.id = line.company_id
    """
)


class CoworkingAudit(models.Model):
    """Who did what to money and decisions, written by PostgreSQL and only ever added to.

    Triggers write it (see ``coworking_audit_trigger.py``), so that neither a context nor raw SQL
    goes past it; what is no change of a row says so with ``_record``. Rows are sealed some minutes
    later, each with the hash of the one before: see ``coworking_audit_chain.py``.

    The table is made by hand: it refers to users, companies and programs by their numbers alone,
    without foreign keys, so that a row that is sealed never changes with what it speaks of. It is
    read without those that are gone, which Odoo's lists could not show (``_table_query``).
    """

    _name = "coworking.audit"
    _description = "Audit Trail"
    _inherit = ["coworking.record.mixin"]
    _processing = ACCESS
    _order = "id desc"
    _auto = False
    _log_access = False
    _allow_sudo_commands = False

    date = fields.Datetime(string="Day and Time", readonly=True)
    user_id = fields.Many2one("res.users", string="Done By", readonly=True)
    user_number = fields.Integer(
        readonly=True, aggregator=None, help="The number of who did it, also when the user is gone."
    )
    is_outside = fields.Boolean(
        string="Outside Odoo",
        readonly=True,
        help="Written in the database past Odoo: who did it is not known. Of a change, who is named"
        " is who changed the record before; of a deletion, nobody is.",
    )
    action = fields.Selection(ACTIONS, readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record Number", model_field="res_model", readonly=True
    )
    program_id = fields.Many2one("coworking.program", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    changes = fields.Json(readonly=True)
    position = fields.Integer(
        string="Place in the Chain",
        readonly=True,
        aggregator=None,
        help="Empty for some minutes, until the row is sealed.",
    )
    hash = fields.Char(string="Seal", readonly=True)
    is_money = fields.Boolean(compute="_compute_is_money", search="_search_is_money")

    def init(self):
        self.env.cr.execute(TABLE)

    @property
    def _table_query(self):
        return READ

    @api.depends("res_model")
    def _compute_is_money(self):
        models = self._get_money_models()
        for line in self:
            line.is_money = line.res_model in models

    def _search_is_money(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("res_model", "in" if True in value else "not in", self._get_money_models())

    @api.model
    def _get_audited(self, without=None):
        """What is audited of the models and columns that are here: addons that are not may have
        added theirs.

        :param without: name of an addon that goes, with its models and columns
        :return: dict model -> ``Audited``
        """
        result = {}
        for model, audited in AUDITED.items():
            fields = self.env[model]._fields if model in self.env else {}
            here = {name for name, field in fields.items() if field._module != without}
            if fields and self.env[model]._original_module != without:
                result[model] = audited._replace(
                    columns=tuple(name for name in audited.columns if name in here),
                    noted=tuple(name for name in audited.noted if name in here),
                    actions={key: row for key, row in audited.actions.items() if key in here},
                )
        return result

    @api.model
    def _get_money_models(self):
        """Of which accountants read the trail."""
        return [model for model, audited in self._get_audited().items() if audited.is_money]

    @api.model
    @contextlib.contextmanager
    def _in_act(self, moment):
        """What is written meanwhile is one act of a person, asked for at that moment, however many
        transactions do it.
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            "SELECT COALESCE(current_setting('coworking.act', true), ''),"
            " set_config('coworking.act', %s, true)",
            [str(moment)],
        )
        before = cr.fetchone()[0]
        yield
        # Not after an exception: what is rolled back takes the setting along.
        self.env.flush_all()
        cr.execute("SELECT set_config('coworking.act', %s, true)", [before])

    @api.model
    def _record(self, action, records, **details):
        """Write down what changes no row: an export, a look, a purge. Whoever asks needs no right.

        One row a company; a single record by its number, several by the list of theirs.

        :param action: one of ``ACTIONS``
        :param records: whose; of a model without records, an empty recordset
        :param details: numbers, booleans, names of fields and the like, or lists of them. The trail
            is never changed: nothing that somebody typed or is called may be in it.
        :raise ValueError: an action that is unknown, or a detail that might be a text
        """
        if action not in dict(ACTIONS):
            raise ValueError(f"{action!r} is no action of the audit trail: see ACTIONS")
        details = {name: self._check_no_text(name, value) for name, value in details.items()}
        # sudo: of whose company and program it is, whoever looks may not be allowed to know
        there = records.sudo().exists()
        by_owner = {}
        for record in there or records.browse():
            by_owner.setdefault(self._get_owner(record), []).append(record.id)
        known = set(there.ids)
        gone = [res_id for res_id in records.ids if res_id not in known]
        if gone or not by_owner:
            by_owner.setdefault((None, None), []).extend(gone)
        for (program_id, company_id), ids in by_owner.items():
            changes = {**details, "ids": ids} if len(ids) > 1 else details
            self.env.cr.execute(
                SQL(
                    "INSERT INTO coworking_audit"
                    " (user_id, action, res_model, res_id, program_id, company_id, changes)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    self.env.uid,
                    action,
                    records._name,
                    ids[0] if len(ids) == 1 else None,
                    program_id,
                    company_id,
                    Json(changes),
                )
            )

    @api.model
    def _get_owner(self, record):
        """Ids of the program and of the company of a record."""
        owners = []
        for name, comodel in (("program_id", "coworking.program"), ("company_id", "res.company")):
            field = record._fields.get(name)
            known = field and field.comodel_name == comodel and record[name].id
            owners.append(known or None)
        return tuple(owners)

    @api.model
    def _check_no_text(self, name, value):
        """The value as JSON takes it."""
        several = isinstance(value, (list, tuple, set, frozenset))
        for one in value if several else [value]:
            if isinstance(one, str) and not WORD.fullmatch(one):
                raise ValueError(f"{name} = {one!r}: the audit trail holds no texts")
            if not isinstance(one, (str, int, float, bool, type(None))):
                raise ValueError(f"{name} = {one!r}: the audit trail holds numbers and names")
        return list(value) if several else value
