"""Speed of Pilotage and of the month: thirty files of the demonstration, then twenty thousand.

The programme of 2015 is copied in SQL with all that hangs on its people, statements and bills, in
one transaction that is rolled back: as one programme that is on today, or as two hundred of the
last five years. What each role's browser asks is asked, up to the JSON, and beside it what Odoo's
own analysis of bills asks, of as many lines. See README.md for how to run it.
"""

import argparse
import json
from datetime import date
from statistics import median

from bench import boot, measured, transaction
from dateutil.relativedelta import relativedelta

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
    "coworking_statement": {},
    "coworking_charge": {
        "seat_id": "coworking_seat",
        "participant_id": "coworking_participant",
        "statement_id": "coworking_statement",
    },
    "account_move": {"coworking_statement_id": "coworking_statement"},
    "account_move_line": {"move_id": "account_move"},
    "account_partial_reconcile": {
        "debit_move_id": "account_move_line",
        "credit_move_id": "account_move_line",
    },
    "coworking_match": {
        "statement_id": "coworking_statement",
        "charge_id": "coworking_charge",
        "seat_id": "coworking_seat",
        "move_id": "account_move",
        "move_line_id": "account_move_line",
    },
}
# Which rows, where it is not the programme that says: bills, what paid them, what was matched.
BILLS = """
    SELECT match.move_id FROM coworking_match match
      JOIN coworking_statement statement ON statement.id = match.statement_id
     WHERE statement.program_id = %(program)s"""
MOVES = f"""
    SELECT side.move_id FROM account_move_line own
      JOIN account_partial_reconcile partial
        ON own.id IN (partial.debit_move_id, partial.credit_move_id)
      JOIN account_move_line side
        ON side.id IN (partial.debit_move_id, partial.credit_move_id)
     WHERE own.move_id IN ({BILLS}) UNION {BILLS}"""
ROWS = {
    "account_move": f"id IN ({MOVES})",
    "account_move_line": f"move_id IN ({MOVES})",
    "account_partial_reconcile": f"""
        debit_move_id IN (SELECT id FROM account_move_line WHERE move_id IN ({BILLS}))
     OR credit_move_id IN (SELECT id FROM account_move_line WHERE move_id IN ({BILLS}))""",
    "coworking_match": """
        statement_id IN (SELECT id FROM coworking_statement WHERE program_id = %(program)s)""",
}
# What may be there once, with the number of the copy; what may not be there twice, without.
ONCE = {
    "coworking_seat": ["name"],
    "coworking_statement": ["name"],
    "account_move": ["name", "coworking_supplier_ref"],
}
EMPTIED = {"coworking_attendance": ["identity", "place"]}
# Twenty thousand files are what one person has once: what forbids it is taken away.
FORBIDS = """
    ALTER TABLE coworking_seat DROP CONSTRAINT coworking_seat_no_overlap;
    DROP INDEX coworking_participant_one_open_file;
    DROP INDEX coworking_statement_once"""
# A month has no 31st: days that fall together.
FORBIDS_LATER = "ALTER TABLE coworking_presence DROP CONSTRAINT coworking_presence_half_day_uniq"


def copy_table(cr, table, spans, values):
    """Copies of the rows of a programme, each hanging on the copies of its owners.

    :param spans: dict table -> what lies between the ids of a row and of its copy, completed
    :param values: ``program``, how many ``copies``, of how many ``programs``: see ``bench_turn``
    """
    cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cr.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'", [table]
    )
    for (name,) in cr.fetchall():  # thousands of checks of what is copied from what was right
        cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cr.execute(
        "SELECT attname, atttypid::regtype::text FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    )
    columns = {
        name: f"(own.{name} + make_interval(months => turn.months))::{kind}"
        if kind == "date" or kind.startswith("timestamp")
        else f"own.{name}"
        for name, kind in cr.fetchall()
    }
    cr.execute(f"SELECT max(id) FROM {table}")
    spans[table] = cr.fetchone()[0]
    columns["id"] = f"own.id + copy * {spans[table]}"
    for column, owner in TABLES[table].items():
        columns[column] = f"own.{column} + copy * {spans[owner]}"
    if "program_id" in columns:
        columns["program_id"] = "turn.program_id"
    columns |= {name: f"own.{name} || '/' || copy" for name in ONCE.get(table, ())}
    columns |= dict.fromkeys(EMPTIED.get(table, ()), "NULL")
    cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
        f" FROM {table} own, generate_series(1, %(copies)s) AS copy"
        " JOIN bench_turn turn ON turn.rank = copy %% %(programs)s"
        f" WHERE {ROWS.get(table, 'own.program_id = %(program)s')}",
        values,
    )
    cr.execute(f"ANALYZE {table}")


def make_programs(env, program, count):
    """As the one that is copied, begun one after the other within the last five years.

    :return: iterator of (rank, id, months later)
    """
    now = date.today()
    age = 12 * (now.year - program.date_start.year) + now.month - program.date_start.month
    for rank in range(count):
        months = age - 60 * rank // count
        other = program.copy(
            {
                "name": f"Program {rank}",
                "code": f"P{rank}",
                "date_start": program.date_start + relativedelta(months=months),
                "date_end": program.date_end + relativedelta(months=months),
            }
        )
        env.flush_all()
        yield rank, other.id, months


def multiply(env, program, copies, programs=1):
    """
    :param programs: of how many programmes the copies are, which began within the last five years;
        of one, it is the one that is copied, and half of its people are there today
    """
    cr, spans = env.cr, {}
    cr.execute(FORBIDS)
    turns = [(0, program.id, 0)]
    if programs > 1:
        cr.execute(FORBIDS_LATER)
        turns = list(make_programs(env, program, programs))
    cr.execute("CREATE TEMPORARY TABLE bench_turn (rank int, program_id int, months int)")
    cr.executemany("INSERT INTO bench_turn VALUES (%s, %s, %s)", turns)
    values = {"program": program.id, "copies": copies, "programs": programs}
    for table in TABLES:
        copy_table(cr, table, spans, values)
    if programs == 1:
        cr.execute(
            "UPDATE coworking_participant SET phase = 'incubation', date_exit = NULL,"
            " date_exit_planned = CURRENT_DATE + id %% 200 WHERE program_id = %s AND id %% 2 = 0",
            [program.id],
        )
    cr.execute("DROP TABLE bench_turn")
    env.invalidate_all()
    return env["coworking.program"].browse(program_id for __, program_id, __ in turns)


def as_user(env, login):
    user = env["res.users"].search([("login", "=", login)])
    context = {"lang": user.lang, "tz": user.tz, "allowed_company_ids": user.company_ids.ids}
    return env(user=user, context=context)


def ask_picture(env, login, program_id):
    return as_user(env, login)["coworking.dashboard"]._prepare_picture({"program": program_id})


def ask_month(env, month):
    return as_user(env, "comptabilite")["coworking.month.line"]._prepare_month(month)


def ask_month_list(env, month):
    """The accountant's home: groups by space with their sums, and the lines of those shown."""
    lines = as_user(env, "comptabilite")["coworking.month.line"]
    domain = [("date_from", ">=", month), ("date_from", "<=", month + relativedelta(day=31))]
    shown = {name: {} for name in ("explanation", "expected", "invoiced", "gap", "cause", "status")}
    sums = ["expected:sum", "invoiced:sum", "not_invoiced:sum", "gap:sum"]
    return lines.web_read_group(
        domain, ["space_id"], sums, auto_unfold=True, unfold_read_specification=shown, limit=80
    )


def ask_invoice_analysis(env):
    """Odoo's analysis of bills, as it opens: one chart, of all months."""
    report = as_user(env, "comptabilite")["account.invoice.report"]
    domain = [("move_type", "in", ("in_invoice", "in_refund")), ("state", "!=", "cancel")]
    return report.formatted_read_group(domain, ["invoice_date:month"], ["price_subtotal:sum"])


def look(env, ask, *values):
    env.invalidate_all()
    with measured(env) as measure:
        json.dumps(ask(env, *values), default=json_default)
    return measure


def compare(env, title, questions, repeat):
    """Each question in turn, as often as wanted, the first time for nothing."""
    found = {name: [] for name in questions}
    for turn in range(repeat + 1):
        for name, (ask, *values) in questions.items():
            measure = look(env, ask, *values)
            if turn:
                found[name].append(measure)
    for name, measures in found.items():
        seconds = median(measure.seconds for measure in measures)
        cpu = median(measure.cpu for measure in measures)
        print(
            f"| {title} | {name} | {seconds:.3f} | {cpu:.3f} | {measures[-1].queries} |", flush=True
        )


def prepare_questions(env, programs, shown):
    """
    :param shown: what is looked at: dict of words -> programme, or none: those that run
    """
    env.cr.execute(
        "SELECT date_from FROM coworking_statement WHERE program_id IN %s"
        " GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1",
        [programs._ids],
    )
    (month,) = env.cr.fetchone()
    return {
        **{
            f"{words}, {login}": (ask_picture, login, program and program.id)
            for words, program in shown.items()
            for login in ROLES
        },
        "the month: totals": (ask_month, month),
        "the month: list by space": (ask_month_list, month),
        "all months: totals": (ask_month, None),
        "Odoo: analysis of bills": (ask_invoice_analysis,),
    }


def count_lines(env):
    env.cr.execute(
        "SELECT (SELECT COUNT(*) FROM coworking_participant),"
        " (SELECT COUNT(*) FROM coworking_charge), (SELECT COUNT(*) FROM coworking_match),"
        " (SELECT COUNT(*) FROM account_move_line)"
    )
    return "{} files, {} charges, {} matches, {} lines of entries".format(*env.cr.fetchone())


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    registry = boot()
    print("| | | s | CPU s | queries |\n|---|---|---|---|---|")
    for programs in (0, 1, options.programs):
        with transaction(registry) as env:
            program = env.ref("coworking_incubation.coworking_program_2015")
            made, shown, title = program, {"Pilotage": program}, "the demonstration"
            if programs:
                copies = options.files // len(program.participant_ids) - 1
                made = multiply(env, program, copies, programs)
                title = "one programme"
            if programs > 1:
                title = f"{programs} programmes"
                shown = {"Pilotage of one": made[0], "Pilotage of those that run": None}
            compare(env, title, prepare_questions(env, made, shown), options.repeat)
            print(f"| {title} | {count_lines(env)} | | | |")


if __name__ == "__main__":
    main()
