from odoo import api, models

# One function a table, with its columns written out: read from a list, or from the row as JSON,
# they would take ten times as long.
WRITE = """
CREATE OR REPLACE FUNCTION coworking_audit_on_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    outside boolean := false;
    writer integer;
BEGIN
    IF TG_OP = 'INSERT' THEN{insert}
    ELSIF TG_OP = 'UPDATE' THEN{update}
    ELSE{delete}
    END IF;
    RETURN NULL;
END $$;
"""
GUARD = """
        IF NOT EXISTS ({exists}) THEN
            RETURN NULL;
        END IF;"""
# Odoo says when it wrote: a row that says no other time, nor this transaction's, was changed by
# something else. Who deletes, or writes by SQL, the transaction says: see ``tools.saying_who``.
WRITER = {
    "INSERT": """
        writer := NEW.write_uid;
        outside := writer IS NULL;""",
    "UPDATE": """
        writer := NEW.write_uid;
        IF NEW.write_date IS NOT DISTINCT FROM OLD.write_date
            AND NEW.write_date IS DISTINCT FROM now() AT TIME ZONE 'UTC'
        THEN
            outside := COALESCE(current_setting('coworking.uid', true), '') = '';
            IF NOT outside THEN
                writer := current_setting('coworking.uid')::integer;
            END IF;
        END IF;""",
    "DELETE": """
        writer := NULLIF(current_setting('coworking.uid', true), '')::integer;
        outside := writer IS NULL;""",
}
# The same for all rows of a statement, of which no guard is asked. As it was planned for one row,
# the next thousands in the same session would each be set beside each.
WRITE_AT_ONCE = """
CREATE OR REPLACE FUNCTION coworking_audit_all_{table}() RETURNS trigger LANGUAGE plpgsql
SET enable_nestloop = off AS $$
DECLARE
    said CONSTANT text := COALESCE(current_setting('coworking.uid', true), '');
BEGIN
    INSERT INTO coworking_audit (
        user_id, is_outside, action, res_model, res_id, program_id, company_id, changes)
    SELECT CASE WHEN past_odoo AND said <> '' THEN said::integer ELSE line.write_uid END,
           past_odoo AND said = '', {action}, '{model}', line.id, {program}, {company},
           jsonb_strip_nulls(jsonb_build_object(
                {changes}))
      FROM after_rows AS line
      JOIN before_rows AS was ON was.id = line.id
     CROSS JOIN LATERAL (
         SELECT line.write_date IS NOT DISTINCT FROM was.write_date
                AND line.write_date IS DISTINCT FROM now() AT TIME ZONE 'UTC' AS past_odoo
     ) AS writer
     WHERE {when}
     ORDER BY line.id;
    RETURN NULL;
END $$;
CREATE TRIGGER coworking_audit_u_trg AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_audit_all_{table}();
"""
INSERT = """
        INSERT INTO coworking_audit (
            user_id, is_outside, action, res_model, res_id, program_id, company_id, changes)
        VALUES (
            writer, outside, {action}, '{model}', {row}.id, {program}, {company},
            jsonb_strip_nulls(jsonb_build_object(
                {changes})));"""
TRIGGER = """
CREATE TRIGGER coworking_audit_{event}_trg AFTER {event_name} ON {table}
    FOR EACH ROW {when} EXECUTE FUNCTION coworking_audit_on_{table}();
"""
EVENTS = {"i": "INSERT", "u": "UPDATE", "d": "DELETE"}
# All rows taken away at once would be written down by nothing.
EMPTY = """
CREATE OR REPLACE FUNCTION coworking_audit_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail follows the rows of %, which are deleted one by one:'
                    ' TRUNCATE refused', TG_TABLE_NAME USING ERRCODE = '23514';
END $$;
"""
EMPTY_TRIGGER = """
CREATE TRIGGER coworking_audit_empty_trg BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION coworking_audit_empty();
"""
# Rights are pairs: a user and a group of ours, or one that gives one of ours; a group and one of
# these that it gives to all of its users; and, of a user who has one, an organisation.
RIGHTS = """
CREATE OR REPLACE FUNCTION coworking_audit_rights() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line CONSTANT jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    holder CONSTANT integer := line->>TG_ARGV[1];
    given CONSTANT integer := line->>TG_ARGV[2];
    actor CONSTANT integer := NULLIF(current_setting('coworking.uid', true), '');
BEGIN
    INSERT INTO coworking_audit (user_id, is_outside, action, res_model, res_id, changes)
    SELECT actor, actor IS NULL, CASE TG_OP WHEN 'DELETE' THEN 'withdrawn' ELSE 'granted' END,
           TG_ARGV[0], holder, jsonb_build_object(TG_ARGV[3], given)
     WHERE EXISTS (
           WITH RECURSIVE had (id) AS (
                SELECT given WHERE TG_ARGV[3] = 'group_id'
                 UNION
                SELECT gid FROM res_groups_users_rel
                 WHERE uid = holder AND TG_ARGV[3] = 'company_id'
                 UNION
                SELECT hid FROM res_groups_implied_rel JOIN had ON gid = had.id)
           SELECT FROM had JOIN ir_model_data ON res_id = had.id
            WHERE model = 'res.groups' AND module = 'coworking_incubation');
    RETURN NULL;
END $$;
"""
RIGHT = """
DROP TRIGGER IF EXISTS coworking_audit_rights_trg ON {table};
CREATE TRIGGER coworking_audit_rights_trg AFTER INSERT OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION coworking_audit_rights({arguments});
"""
# By table: whose right, the columns of who has it and of what, and what that is called.
RIGHTS_TABLES = {
    "res_groups_users_rel": "'res.users', 'uid', 'gid', 'group_id'",
    "res_groups_implied_rel": "'res.groups', 'gid', 'hid', 'group_id'",
    "res_company_users_rel": "'res.users', 'user_id', 'cid', 'company_id'",
}
RIGHTS_TRIGGERS = "".join(
    RIGHT.format(table=table, arguments=arguments) for table, arguments in RIGHTS_TABLES.items()
)


class CoworkingAudit(models.Model):
    """The triggers that write the trail: on each table of ``AUDITED``, for what it says of it."""

    _inherit = "coworking.audit"

    def init(self):
        # when the tables of all models are there
        self.pool.post_init(self._install_triggers)
        return super().init()

    @api.model
    def _install_triggers(self, without=None):
        """Tables that an addon follows too which an update loads later stay followed as they were:
        whoever goes on without it, where the update was cut short, is written down.

        :param without: name of an addon that goes, of which nothing is followed any more
        """
        cr = self.env.cr
        cr.execute(RIGHTS)
        cr.execute(RIGHTS_TRIGGERS)
        kept = self._get_tables_to_come()
        cr.execute(
            """SELECT format('DROP TRIGGER %%I ON %%s', tgname, tgrelid::regclass)
                 FROM pg_trigger WHERE tgname ~ '^coworking_audit_([iud]|empty)_trg$'
                  AND tgrelid::regclass::text != ALL(%s)""",
            [list(kept)],
        )
        for (query,) in cr.fetchall():
            cr.execute(query)
        cr.execute(EMPTY)
        cr.execute(self._get_empty_triggers(without, kept))
        for model, audited in self._get_audited(without).items():
            if self.env[model]._table in kept:
                continue
            cr.execute(self._get_function(model, audited))
            for event in audited.on:
                at_once = audited.at_once and event == "u"
                make = self._get_trigger_at_once if at_once else self._get_trigger
                cr.execute(make(model, audited, event))

    @api.model
    def _get_tables_to_come(self):
        """Tables with triggers of ours of models that belong to an addon which follows some of its
        own, as Odoo noted when it was installed, and which is not loaded yet.
        """
        self.env.cr.execute(
            """
            SELECT DISTINCT tgrelid::regclass::text
              FROM pg_trigger
              JOIN ir_model model ON REPLACE(model.model, '.', '_') = tgrelid::regclass::text
              JOIN ir_model_data own ON own.model = 'ir.model' AND own.res_id = model.id
              JOIN ir_model_data follower ON follower.module = own.module
             WHERE tgname ~ '^coworking_audit_([iud]|empty)_trg$'
               AND follower.model = 'ir.model' AND follower.name = 'model_coworking_audit'
               AND own.module != ALL(%s)
            """,
            [[*self.pool._init_modules, self.env.context.get("module", "")]],
        )
        return {table for (table,) in self.env.cr.fetchall()}

    @api.model
    def _get_followed_tables(self, without=None):
        """Of which the trail says what is made, changed or deleted."""
        return [*(self.env[model]._table for model in self._get_audited(without)), *RIGHTS_TABLES]

    @api.model
    def _get_empty_triggers(self, without, kept):
        """SQL of the triggers that keep these from being emptied at once, but for those kept."""
        tables = (table for table in self._get_followed_tables(without) if table not in kept)
        return "".join(EMPTY_TRIGGER.format(table=table) for table in tables)

    @api.model
    def _get_owner_columns(self, model, row):
        """SQL of the program and of the company of a row, as the template names them."""
        fields = self.env[model]._fields
        columns = {
            "program": next((n for n in ("program_id", "coworking_program_id") if n in fields), ""),
            "company": "company_id" if "company_id" in fields else "",
        }
        return {key: f"{row}.{name}" if name else "NULL" for key, name in columns.items()}

    @api.model
    def _get_function(self, model, audited):
        """SQL of the function that writes down what happens to a row of a model."""
        bodies = {}
        for event in EVENTS.values():
            row = "OLD" if event == "DELETE" else "NEW"
            bodies[event.lower()] = (
                (GUARD.format(exists=audited.exists.format(row=row)) if audited.exists else "")
                + WRITER[event]
                + INSERT.format(
                    action=self._get_action(audited, event),
                    model=model,
                    row=row,
                    changes=",\n                ".join(self._get_changed(audited, event)),
                    **self._get_owner_columns(model, row),
                )
            )
        return WRITE.format(table=self.env[model]._table, **bodies)

    @api.model
    def _get_action(self, audited, event, old="OLD", new="NEW"):
        """SQL of what it means."""
        if event != "UPDATE":
            return f"'{audited.made if event == 'INSERT' else 'deleted'}'"
        cases = [
            f"WHEN {new}.{name} IS DISTINCT FROM {old}.{name} AND "
            + (f"{new}.{name} IS NOT NULL" if value == "*" else f"{new}.{name}::text = '{value}'")
            + f" THEN '{action}'"
            for name, by_value in audited.actions.items()
            for value, action in sorted(by_value.items(), key=lambda item: item[0] == "*")
        ]
        return f"CASE {' '.join(cases)} ELSE 'changed' END" if cases else "'changed'"

    @api.model
    def _get_changed(self, audited, event, old="OLD", new="NEW"):
        """SQL of the name and of the values of each column, before and after."""
        for name in dict.fromkeys((*audited.columns, *audited.noted)):
            before = "NULL" if event == "INSERT" else f"{old}.{name}"
            after = "NULL" if event == "DELETE" else f"{new}.{name}"
            known = f"COALESCE({after}, {before}) IS NOT NULL"
            if event == "UPDATE" and name not in audited.noted:
                known = f"{after} IS DISTINCT FROM {before}"
            yield f"'{name}', CASE WHEN {known} THEN jsonb_build_array({before}, {after}) END"

    @api.model
    def _get_when(self, audited, rows):
        """SQL of whether a row that changes, is made or goes is concerned; empty: always."""
        conditions = []
        if audited.where:
            conditions.append(" OR ".join(audited.where.format(row=row) for row in rows))
        if len(rows) == 2:
            old, new = (", ".join(f"{row}.{column}" for column in audited.columns) for row in rows)
            conditions.append(f"ROW({old}) IS DISTINCT FROM ROW({new})")
        return " AND ".join(f"({condition})" for condition in conditions)

    @api.model
    def _get_trigger(self, model, audited, event):
        """SQL of the trigger for what is made (i), changed (u) or deleted (d).

        What does not concern us is told by PostgreSQL before anything is called, and what writes
        other columns before it looks at the condition: it costs nothing.
        """
        when = self._get_when(audited, {"i": ["NEW"], "d": ["OLD"], "u": ["OLD", "NEW"]}[event])
        columns = f" OF {', '.join(audited.columns)}" if event == "u" else ""
        return TRIGGER.format(
            event=event,
            event_name=EVENTS[event] + columns,
            table=self.env[model]._table,
            when=f"WHEN ({when})" if when else "",
        )

    @api.model
    def _get_trigger_at_once(self, model, audited, event):
        return WRITE_AT_ONCE.format(
            table=self.env[model]._table,
            model=model,
            action=self._get_action(audited, EVENTS[event], "was", "line"),
            changes=",\n                ".join(
                self._get_changed(audited, EVENTS[event], "was", "line")
            ),
            when=self._get_when(audited, ["was", "line"]),
            **self._get_owner_columns(model, "line"),
        )
