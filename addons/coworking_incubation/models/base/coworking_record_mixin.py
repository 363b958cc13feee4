import json
import re
from functools import cache

from markupsafe import Markup
from psycopg2.errors import ForeignKeyViolation, NotNullViolation, RestrictViolation

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL, float_repr
from odoo.tools.json import json_default

from ...tools import (
    KNOWN,
    PREFIX,
    note_marking,
    refuse_number,
    with_defaults,
    without_defaults,
)
from .processing import NOTED

EXPORT_GROUP = "coworking_incubation.group_coworking_export"
TEXTS = ("char", "text", "html")
FILE_NAMES = ("filename", "file_name")
# The class of what an empty list says of making its first record.
TO_MAKE = "o_coworking_to_make"
NAMES = {"display_name", "id", ".id"}
# What Odoo deletes along with a record: the table, and the column that says of which model it is.
HANGING = (
    ("ir_attachment", "res_model"),
    ("ir_model_data", "model"),
    ("mail_activity", "res_model"),
    ("mail_followers", "res_model"),
    ("mail_message", "model"),
    ("mail_scheduled_message", "model"),
)
MARK_TRIGGER = """
CREATE OR REPLACE FUNCTION %(trigger)s() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE %(target)s SET %(mark)s = true WHERE id = NEW.%(column)s %(unless)s;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS %(trigger)s ON %(table)s;
CREATE TRIGGER %(trigger)s AFTER INSERT OR UPDATE OF %(column)s ON %(table)s
    FOR EACH ROW WHEN (NEW.%(column)s IS NOT NULL) EXECUTE FUNCTION %(trigger)s();
"""
MARK_ALL = """
UPDATE %(target)s SET %(mark)s = true
 WHERE %(mark)s IS NOT true AND id IN (SELECT %(column)s FROM %(table)s)
"""


def check_may_be_noted(env, model, ids):
    """Nobody says, plans or files anything on records of ours that are over.

    :param ids: read only where the model is ours
    """
    if (model or "").startswith(PREFIX) and model in env:
        records = env[model].browse({row_id for row_id in ids if row_id}).exists()
        if hasattr(records, "_check_may_be_noted"):  # dialogs are no records
            records._check_may_be_noted()


def describe_lost(model, field, number):
    """A reference that leads nowhere, in words."""
    return model.env._(
        "“%(field)s” of “%(kind)s” leads to what is not there (%(number)s): look up what it"
        " should lead to.",
        field=field._description_string(model.env),
        kind=model.env["ir.model"]._get(model._name).name,
        number=number,
    )


def is_computed(field):
    return bool(field.store and field.compute and field.readonly)


class _RefusedTogetherError(Exception):
    """Rows of an import that are tried one by one next."""


class CoworkingRecordMixin(models.AbstractModel):
    """What every model of ours stored in the database does, and no other model pays for."""

    _name = "coworking.record.mixin"
    _description = "Record of the Incubation"
    _inherit = ["coworking.used.mixin"]
    # Why data about people is kept here, see ``processing.py``; none where it is about nobody.
    _processing = None
    # Stored many2one field -> mark of what it leads to, see ``base/known.py``.
    _marks = {}

    @api.model
    def get_empty_list_help(self, help_message):
        """How to make the first one is said to who may make it; others read who does."""
        help_message = super().get_empty_list_help(help_message)
        # Odoo reads actions with all rights, whoever opens them
        if TO_MAKE not in (help_message or "") or self.sudo(False).has_access("create"):
            return help_message
        makers = self.env["ir.model.access"].group_names_with_access(self._name, "create")
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (
            self.env._("Nothing is here"),
            self.env._("Who adds to it: %s", ", ".join(name.split("/")[-1] for name in makers)),
        )

    def init(self):
        for name, mark in self._marks.items():
            self._install_mark(name, mark)
        return super().init()

    @api.model
    def _install_mark(self, name, mark):
        """PostgreSQL marks what a field leads to, whoever writes it and by whatever way."""
        names = {
            "trigger": SQL.identifier(f"coworking_mark_{self._table}_{name}"),
            "mark": SQL.identifier(mark),
            "table": SQL.identifier(self._table),
            "column": SQL.identifier(name),
            "target": SQL.identifier(self.env[self._fields[name].comodel_name]._table),
        }
        # A mark that may go is written each time: of what takes it away and what sets it at once,
        # PostgreSQL has the later begin again.
        unless = SQL("AND %s IS NOT true", names["mark"]) if mark == KNOWN else SQL()
        self.env.cr.execute(SQL(MARK_TRIGGER, **names, unless=unless))
        # once all columns are there: of what was made before
        self.pool.post_init(self.env.cr.execute, SQL(MARK_ALL, **names))

    @api.model_create_multi
    def create(self, vals_list):
        if self._marks:
            note_marking(self.env)
        self._check_texts_filled(vals_list)
        self._check_no_social_security_number(with_defaults(self, vals_list))
        if not self.env.su:
            self = without_defaults(self, is_computed)
        for vals in vals_list:
            self._refuse_computed(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Odoo checks record rules before a write, not after.

        Who gives a record to another person's file must be allowed to read that file, or would
        learn from the record who it is.
        """
        if self._marks and self:
            note_marking(self.env)
        self._check_texts_filled([vals])
        self._check_no_social_security_number([vals])
        self._refuse_computed(vals)
        result = super().write(vals)
        if not self.env.su:
            for name in ("participant_id", "seat_id"):
                if name in vals:
                    self[name].check_access("read")
        return result

    @api.model
    def _expect_lookups(self):
        """Tell PostgreSQL, once a transaction, that a few rows of many years are looked up.

        It takes each lookup for a reading from the disk, and the query for dearer than it is: it
        would read whole tables instead, compile the query for longer than it runs (``jit``), or
        have several processors read. With more ``work_mem`` it groups what is found in memory.
        """
        if not self.env.cr.cache.get("coworking_lookups"):
            self.env.cr.cache["coworking_lookups"] = True
            self.env.cr.execute(
                "SELECT SET_CONFIG('jit', 'off', true), SET_CONFIG('work_mem', '32MB', true),"
                " SET_CONFIG('random_page_cost', '1.1', true),"
                " SET_CONFIG('max_parallel_workers_per_gather', '0', true)"
            )

    @api.model
    def _insert_computed(self, vals_list, currency):
        """Make rows by the thousand, of values that code computed and nothing else follows from.

        Odoo's ``create`` would look the currency up anew for each amount, in most of its time. No
        default is given, and no message; who reads the new rows from their owner invalidates it.

        :param vals_list: like those of ``create``
        :param currency: of all amounts
        """
        self.check_access("create")
        rounded = cache(lambda amount: float_repr(currency.round(amount), currency.decimal_places))
        columns = [
            field
            for field in self._fields.values()
            if field.store and field.column_type and field.name not in MAGIC_COLUMNS
        ]
        rows = [
            {
                field.name: rounded(vals.get(field.name) or 0.0)
                if field.type == "monetary"
                else field.convert_to_column_insert(vals.get(field.name), self)
                for field in columns
            }
            for vals in vals_list
        ]
        now, uid = self.env.cr.now(), self.env.uid
        table = SQL.identifier(self._table)
        names = SQL(", ").join(SQL.identifier(field.name) for field in columns)
        # one text is read faster than as many values
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (create_uid, create_date, write_uid, write_date, %(names)s)"
                " SELECT %(uid)s, %(now)s, %(uid)s, %(now)s, %(names)s"
                " FROM JSON_POPULATE_RECORDSET(NULL::%(table)s, %(rows)s)",
                table=table,
                names=names,
                uid=uid,
                now=now,
                rows=json.dumps(rows, default=json_default),
            )
        )

    def _filter_bare(self):
        """Those of these on which nothing hangs that Odoo deletes along with a record."""
        if not self:
            return self
        hanging = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT res_id FROM %s WHERE %s = %s AND res_id = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier(model),
                    self._name,
                    self.ids,
                )
                for table, model in HANGING
            )
        )
        return self - self.browse(res_id for (res_id,) in hanging)

    def _delete_computed(self):
        """Delete rows that code computed and on which nothing hangs: no external id, file, message,
        activity or default, and of which nothing else is to be undone: the model's own ``unlink``
        is not called. Odoo's looks for each of these, and then has all that was read forgotten.
        """
        if not self:
            return
        self.check_access("unlink")
        own = self._fields.values()
        for field in own:
            self.env.remove_to_compute(field, self)
        self.env.flush_all()
        with self.env.protecting(own, self):
            self.modified(self._fields, before=True)
        delete = SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(self._table), self.ids)
        self.env.cr.execute(delete)
        self.invalidate_recordset(flush=False)  # of their owners too

    @api.model
    def _load_records(self, data_list, update=False):
        """Rows that are imported and refused together are tried one by one next, each with its own
        message. Odoo would say that of all together too, as if it were the first row's.
        """
        together = len(data_list) > 1 and self.env.context.get("import_file")
        try:
            return super()._load_records(data_list, update)
        except UserError as error:
            if together:
                raise _RefusedTogetherError from error
            raise

    @api.model
    def _sql_error_to_message(self, exc):
        """A database check says what is wrong, and with which record; of what was written along
        with ours, its own model says so.
        """
        table = exc.diag.table_name
        for model in self.env.values() if table and table != self._table else ():
            if model._auto and model._table == table:
                return model._sql_error_to_message(exc)
        # which of the two depends on the version of PostgreSQL
        linked = isinstance(exc, (ForeignKeyViolation, RestrictViolation))
        detail = exc.diag.message_detail or ""
        if linked and "still referenced" in detail:
            return self.env._(
                "“%(kind)s” still uses what was to be deleted, or something that goes with it. Look"
                " there first.",
                kind=self.env["ir.model"]._get(self._name).name,
            )
        missing = linked and re.match(r"Key \((\w+)\)=\((-?\d+)\) is not present", detail)
        if missing and (field := self._fields.get(missing[1])):
            return describe_lost(self, field, missing[2])
        if isinstance(exc, NotNullViolation) and (field := self._fields.get(exc.diag.column_name)):
            message = self._describe_missing(field)
        else:
            message = super()._sql_error_to_message(exc)
        name = self._get_name_of_failing_row(exc.diag.message_detail)
        if not name:
            return message
        return self.env._("%(names)s: %(problem)s", names=name, problem=message)

    @api.model
    def _describe_missing(self, field):
        return self.env._(
            "“%(field)s” of “%(kind)s” is missing: fill it in.",
            field=field._description_string(self.env),
            kind=self.env["ir.model"]._get(self._name).name,
        )

    @api.model
    def _get_name_of_failing_row(self, detail):
        """Name of the record that a check refused, from PostgreSQL's account of it, or ``None``.

        A record that was being made is gone: it has the name it was given, or that of what it
        belongs to.
        """
        if not self.env.uid:
            return None  # who called by a key is not known any more: see Odoo's ``retrying``
        found = re.match(r"Failing row contains \((.*)", detail or "", re.DOTALL)
        if not found:
            return None
        self.env.cr.execute(
            """SELECT attname FROM pg_attribute
                WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
             ORDER BY attnum""",
            [self._table],
        )
        row = {}
        for (column,), value in zip(self.env.cr.fetchall(), found[1].split(", "), strict=False):
            if value == "null":
                continue
            row[column] = value
            field = self._fields.get(column)
            if field and field.type in ("char", "text", "html", "json"):
                break  # a text may hold a comma: what follows is not sure
        record = self.browse(int(row["id"])).exists()
        if not record and self._rec_name in row and not self._fields[self._rec_name].translate:
            return row[self._rec_name]
        owners = (
            self.env[field.comodel_name].browse(int(row[name])).exists()
            for name, field in self._fields.items()
            if field.type == "many2one"
            and field.required
            and field.comodel_name.startswith("coworking.")
            and row.get(name, "").isdigit()
        )
        named = record or next(filter(None, owners), record)
        return named.display_name if named and named.has_access("read") else None

    # === DATA ABOUT PEOPLE ===#

    @api.model
    def _get_person_domain(self, partner, files):
        """What is about one person, among records that are each about one person at most.

        :param partner: their contact
        :param files: their ``coworking.participant`` records
        """
        field = self._fields.get("participant_id")
        if field and field.store:
            return Domain("participant_id", "in", files.ids)
        return Domain.FALSE

    @api.model
    def _check_texts_filled(self, vals_list):
        """Where one is required PostgreSQL refuses none, and takes one without a letter."""
        for vals in vals_list:
            for name, value in vals.items():
                if isinstance(value, str) and not value.strip():
                    field = self._fields.get(name)
                    if field and field.required and field.type in TEXTS:
                        self[:1]._refuse_missing(field)

    def _refuse_missing(self, field):
        names, problem = self.display_name, self._describe_missing(field)
        if names:
            problem = self.env._("%(names)s: %(problem)s", names=names, problem=problem)
        raise ValidationError(problem)

    @api.model
    def _refuse_computed(self, vals):
        """What is computed from facts is not typed, by RPC or import either.

        Odoo keeps a stored compute read-only on screens only, and a value that is written stays
        until what it is computed from changes: whose program, company and month a record is, and
        amounts.
        """
        if self.env.su:
            return
        computed = [
            field for name in vals if (field := self._fields.get(name)) and is_computed(field)
        ]
        if computed:
            raise AccessError(
                self.env._(
                    "%(model)s, %(fields)s: computed from other facts. Change those.",
                    fields=", ".join(field._description_string(self.env) for field in computed),
                    model=self.env["ir.model"]._get(self._name).name,
                )
            )

    @api.model
    def _check_no_social_security_number(self, vals_list):
        """Whatever code writes here of what people typed is looked at as well; what devices call
        their files is not: often a number.
        """
        for vals in vals_list:
            for name in self._get_typed_names(vals):
                value, field = vals.get(name), self._fields.get(name)
                if name.endswith(FILE_NAMES) or not isinstance(value, str):
                    continue
                if field and field.type in TEXTS:
                    refuse_number(self.env, value, field)

    @api.model
    def _get_typed_names(self, vals):
        """Names of the values that somebody may have typed: all where people are noted about; where
        code writes most texts, those that the model says.
        """
        return vals.keys() if self._processing in NOTED else ()

    def _check_may_be_noted(self):
        """Hook of ``check_may_be_noted``.

        :raise UserError: one of these is over
        """

    def _trace(self, action, **details):
        """Somebody took out, looked at or mended the data of people: hook of the audit trail.

        :param details: no values, but counts and names of fields
        """

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Files of people leave Odoo with the right to export personal data only, however the way
        to them begins; each time is traced. Their names may stand in what is exported of others.
        """
        asked = {"/".join(path) for path in fields if path}
        if self and self._processing and not self.env.su and (_is_toplevel_call or asked - NAMES):
            self._check_export_right()
            self._trace_export(asked, _is_toplevel_call)
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    @api.model
    def _is_export_refused(self):
        """Whether this is data about people that the user may not take out of Odoo."""
        guarded = self._processing and self._processing.guarded
        return bool(guarded) and not self.env.user.has_group(EXPORT_GROUP)

    @api.model
    def _check_export_right(self):
        if self._is_export_refused():
            raise AccessError(
                self.env._(
                    "“%(kind)s” is data about people: only the group “Export of Personal Data”"
                    " takes it out of Odoo. Ask an administrator for that right, or leave these"
                    " columns out.",
                    kind=self.env["ir.model"]._get(self._name).name,
                )
            )

    def _trace_export(self, names, whole):
        """One line, also where these are read along with others, one record after the other.

        :param whole: whether these are all that is exported
        """
        if whole:
            self._trace("exported", count=len(self), fields=sorted(names))
            return
        known = self.env.cr.cache.setdefault("coworking_exported", set())
        key = (self.env.uid, self._name, frozenset(names))
        if key not in known:
            known.add(key)
            self.browse()._trace("exported", fields=sorted(names))
