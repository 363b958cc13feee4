import json

from odoo import api, models
from odoo.tools import SQL

from .audited import AUDITED

# One function for all tables: what is audited of each is given to its triggers.
WRITE = """
CREATE OR REPLACE FUNCTION coworking_audit_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    model CONSTANT text := TG_ARGV[0];
    audited CONSTANT jsonb := TG_ARGV[1];
    before jsonb;
    after jsonb;
    line jsonb;
    changed jsonb;
    done text;
    writer integer;
    outside boolean := false;
BEGIN
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
    line := COALESCE(after, before);
%(guards)s
    SELECT jsonb_object_agg(
               name, jsonb_build_array(before -> name, after -> name) ORDER BY name)
      INTO changed
      FROM jsonb_array_elements_text(audited -> 'columns') AS name
     WHERE COALESCE(before -> name, 'null') <> COALESCE(after -> name, 'null')
        OR audited -> 'noted' ? name AND line -> name <> 'null';
    done := CASE TG_OP WHEN 'INSERT' THEN 'made' WHEN 'DELETE' THEN 'deleted' ELSE 'changed' END;
    IF TG_OP <> 'DELETE' THEN
        done := COALESCE((
            SELECT COALESCE(meant.by_value ->> (after ->> meant.name), meant.by_value ->> '*')
              FROM jsonb_each(audited -> 'actions') AS meant (name, by_value)
             WHERE after ->> meant.name IS DISTINCT FROM before ->> meant.name
               AND after ->> meant.name IS NOT NULL
             LIMIT 1), done);
        writer := (after ->> 'write_uid')::integer;
    END IF;
    -- Odoo writes when it wrote: a row that says no other time was changed by something else.
    IF TG_OP = 'DELETE' THEN
        writer := NULLIF(current_setting('coworking.uid', true), '')::integer;
        IF writer IS NULL THEN
            outside := true;
            writer := (before ->> 'write_uid')::integer;
        END IF;
    ELSIF TG_OP = 'INSERT' THEN
        outside := writer IS NULL;
    ELSE
        outside := after ->> 'write_date' IS NOT DISTINCT FROM before ->> 'write_date'
            AND (after ->> 'write_date')::timestamp
                IS DISTINCT FROM date_trunc('second', now() AT TIME ZONE 'UTC')
            AND (after ->> 'write_date')::timestamp IS DISTINCT FROM now() AT TIME ZONE 'UTC';
    END IF;
    INSERT INTO coworking_audit (
        user_id, is_outside, action, res_model, res_id, program_id, company_id, changes)
    VALUES (
        writer, outside, done, model, (line ->> 'id')::integer,
        COALESCE(line ->> 'program_id', line ->> 'coworking_program_id')::integer,
        (line ->> 'company_id')::integer, COALESCE(changed, '{}'));
    RETURN NULL;
END $$;
"""
GUARD = """
    IF model = '%(model)s' AND NOT EXISTS (%(exists)s) THEN
        RETURN NULL;
    END IF;
"""


class CoworkingAudit(models.Model):
    """The triggers that write the trail: on each table of ``AUDITED``, for what it says of it."""

    _inherit = "coworking.audit"

    def init(self):
        super().init()
        # when the tables of all models are there
        self.pool.post_init(self._install_triggers)

    @api.model
    def _install_triggers(self):
        cr = self.env.cr
        guards = "".join(
            GUARD % {"model": model, "exists": audited.exists}
            for model, audited in AUDITED.items()
            if audited.exists
        )
        cr.execute(WRITE.replace("%(guards)s", guards))
        for table, name in self._get_triggers():
            cr.execute(SQL("DROP TRIGGER %s ON %s", SQL.identifier(name), SQL.identifier(table)))
        for model, audited in AUDITED.items():
            for event in audited.on:
                cr.execute(self._get_trigger(model, audited, event))

    @api.model
    def _get_triggers(self):
        """(table, name) of the triggers that PostgreSQL has."""
        self.env.cr.execute(
            """SELECT tgrelid::regclass::text, tgname FROM pg_trigger
                WHERE tgfoid = 'coworking_audit_write'::regproc AND NOT tgisinternal"""
        )
        return self.env.cr.fetchall()

    @api.model
    def _get_trigger(self, model, audited, event):
        """SQL of the trigger for what is made (i), changed (u) or deleted (d).

        What does not concern us is told by PostgreSQL before anything is called: it costs nothing.
        """
        rows = {"i": ["NEW"], "d": ["OLD"], "u": ["OLD", "NEW"]}[event]
        conditions = []
        if audited.where:
            conditions.append(" OR ".join(audited.where.format(row=row) for row in rows))
        if event == "u":
            old, new = (", ".join(f"{row}.{column}" for column in audited.columns) for row in rows)
            conditions.append(f"ROW({old}) IS DISTINCT FROM ROW({new})")
        declared = {
            "columns": list(dict.fromkeys((*audited.columns, *audited.noted))),
            "noted": audited.noted,
            "actions": audited.actions,
        }
        return SQL(
            "CREATE TRIGGER %s AFTER %s ON %s FOR EACH ROW %s"
            " EXECUTE FUNCTION coworking_audit_write(%s, %s)",
            SQL.identifier(f"coworking_audit_{event}_trg"),
            SQL({"i": "INSERT", "u": "UPDATE", "d": "DELETE"}[event]),
            SQL.identifier(self.env[model]._table),
            SQL(f"WHEN ({' AND '.join(f'({one})' for one in conditions)})")
            if conditions
            else SQL(),
            model,
            json.dumps(declared),
        )
