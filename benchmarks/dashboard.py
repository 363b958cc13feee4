"""Speed of Pilotage: thirty files of the demonstration, then twenty thousand, in one transaction.

The programme of 2015 is copied in SQL with all that hangs on its people (seats, half-days, moves,
attendance, charges, matches), half of them made people of today, and everything is rolled back.
What each role's browser asks is asked, up to the JSON. See README.md for how to run it.
"""

import argparse
import json
from statistics import median

from bench import boot, measured, transaction

from odoo.tools import json_default

ROLES = ("coordination", "accompagnement", "comptabilite")
# What is copied, each after what it refers to: table -> columns that are copied along.
TABLES = {
    "coworking_participant": {},
    "coworking_seat": {"participant_id": "coworking_participant"},
    "coworking_presence": {
        "seat_id": "coworking_seat",
        "participant_id": "coworking_participant",
    },
    "coworking_move": {"participant_id": "coworking_participant"},
    "coworking_followup": {"participant_id": "coworking_participant"},
    "coworking_attendance": {"participant_id": "coworking_participant"},
    "coworking_charge": {"seat_id": "coworking_seat", "participant_id": "coworking_participant"},
    "coworking_match": {"charge_id": "coworking_charge", "seat_id": "coworking_seat"},
}


def copy_table(cr, table, owners, program, spans, copies):
    """Copies of the rows of a programme, each hanging on the copies of its owners."""
    cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = ''",
        [table],
    )
    columns = {name: name for (name,) in cr.fetchall()}
    cr.execute(f"SELECT max(id) FROM {table}")
    spans[table] = cr.fetchone()[0]
    columns["id"] = f"id + copy * {spans[table]}"
    for column, owner in owners.items():
        columns[column] = f"{column} + copy * {spans[owner]}"
    if table == "coworking_seat":
        columns["name"] = "name || '/' || copy"
    if table == "coworking_attendance":
        columns["identity"] = columns["place"] = "NULL"
    rows = f"program_id = {program}"
    if table == "coworking_match":
        rows = f"charge_id IN (SELECT id FROM coworking_charge WHERE program_id = {program})"
        rows += f" AND charge_id <= {spans['coworking_charge']}"
    cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
        f" FROM {table}, generate_series(1, %s) AS copy WHERE {rows}",
        [copies],
    )
    cr.execute(f"ANALYZE {table}")


def multiply(env, program, copies):
    """Twenty thousand files are what one person has once: what forbids it is taken away."""
    cr, spans = env.cr, {}
    cr.execute("ALTER TABLE coworking_seat DROP CONSTRAINT coworking_seat_no_overlap")
    cr.execute("DROP INDEX coworking_participant_one_open_file")
    for table, owners in TABLES.items():
        copy_table(cr, table, owners, program.id, spans, copies)
    cr.execute(
        "UPDATE coworking_participant SET phase = 'incubation', date_exit = NULL,"
        " date_exit_planned = CURRENT_DATE + id %% 200 WHERE program_id = %s AND id %% 2 = 0",
        [program.id],
    )
    env.invalidate_all()


def look(env, login, program):
    user = env["res.users"].search([("login", "=", login)])
    context = {"lang": user.lang, "tz": user.tz, "allowed_company_ids": user.company_ids.ids}
    dashboard = env(user=user, context=context)["coworking.dashboard"]
    env.invalidate_all()
    with measured(env) as measure:
        picture = dashboard._prepare_picture({"program": program.id})
        answer = json.dumps(picture, default=json_default)
    return measure, len(answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with transaction(boot()) as env:
        program = env.ref("coworking_incubation.coworking_program_2015")
        few = len(program.participant_ids)
        for files in (few, options.files):
            if files > few:
                multiply(env, program, files // few - 1)
            for login in ROLES:
                look(env, login, program)  # warm
                found = [look(env, login, program) for _turn in range(options.repeat)]
                seconds = median(measure.seconds for measure, __ in found)
                measure, size = found[-1]
                print(
                    f"{files:>7} files  {login:<15} {seconds:6.3f} s"
                    f"  {measure.queries:>3} queries  {size / 1024:6.1f} kB"
                )


if __name__ == "__main__":
    main()
