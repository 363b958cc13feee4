"""Fills a copy of the demonstration with a national programme and five years of history.

    screens_dataset.py GROUPS        (called by benchmarks/run)

A group is nine spaces, seven stays of the people of 2015 there, one after the other within the
last sixty months, each in another programme, and the people of the programme that runs. All that
hangs on them is copied with them: seats, half-days, meetings, statements, charges, bills, entries,
payments, matches, messages. Then everybody comes on two days of three, and to workshops.

Rows are made by PostgreSQL from those of the demonstration (INSERT ... SELECT), some groups a
transaction and two transactions at a time, with every constraint and trigger on. Nothing is left to
chance: the same number of groups gives the same rows. CRM has as many leads, for its pipeline is
looked at beside ours.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from datetime import date

import board_dataset
from bench import boot, read_columns, sql, transaction
from dateutil.relativedelta import relativedelta

STAYS = 7  # a group, eight months apart: they hold the same places one after the other
APART = 8
COPIES = STAYS + 1  # numbers that a group takes: its spaces and the people of today have the first
BATCH = 4  # groups a transaction
AT_ONCE = 2  # transactions
WORKSHOPS = 6  # a stay
# What is multiplied of CRM, when all else is there.
LEADS = ("res_partner", "crm_lead", "crm_tag_rel", "mail_activity")
# What hangs on what: how often it is copied.
NETWORK, PAST, CURRENT = range(3)
# Of which kind a row of a table is, in SQL; each table after what it refers to.
BY_PROGRAM = "CASE own.program_id WHEN {past} THEN 1 WHEN {current} THEN 2 END"


def by_owner(owner, column):
    """The kind of a row is that of the row that it hangs on."""
    return f"(SELECT bench_kind FROM bench_{owner} owner WHERE owner.id = own.{column})"


def by_document(model, identifier, *tables):
    cases = (
        f"WHEN '{table.replace('_', '.')}' THEN {by_owner(table, identifier)}" for table in tables
    )
    return f"CASE own.{model} {' '.join(cases)} END"


BY_ENTRY = by_owner("account_move", "move_id")
DOCUMENTS = ("coworking_participant", "coworking_seat", "coworking_statement", "account_move")
SOURCES = {
    "res_partner": """
        CASE WHEN own.id IN (SELECT partner_id FROM coworking_participant
                              WHERE program_id = {past}) THEN 1
             WHEN own.id IN (SELECT partner_id FROM coworking_participant
                              WHERE program_id = {current}) THEN 2
             WHEN own.id IN (SELECT partner_id FROM coworking_space
                             UNION SELECT operator_id FROM coworking_space
                             UNION SELECT res_partner_id FROM coworking_space_manager_rel) THEN 0
        END""",
    "coworking_space": "0",
    "coworking_space_manager_rel": "0",
    "coworking_amenity_coworking_space_rel": "0",
    "coworking_sector_coworking_space_rel": "0",
    "coworking_space_membership": "0",
    "coworking_tariff": "0",
    "coworking_tariff_price": "0",
    "coworking_participant": BY_PROGRAM,
    "coworking_assignment": BY_PROGRAM,
    "coworking_criterion_coworking_participant_rel": by_owner(
        "coworking_participant", "coworking_participant_id"
    ),
    "coworking_participant_coworking_sector_rel": by_owner(
        "coworking_participant", "coworking_participant_id"
    ),
    "coworking_document": BY_PROGRAM,
    "coworking_suspension": BY_PROGRAM,
    "coworking_followup": BY_PROGRAM,
    "coworking_move": BY_PROGRAM,
    "coworking_objective": BY_PROGRAM,
    "coworking_objective_action": BY_PROGRAM,
    "coworking_review": BY_PROGRAM,
    "coworking_review_line": BY_PROGRAM,
    "coworking_seat": BY_PROGRAM,
    "coworking_presence": BY_PROGRAM,
    "calendar_event": BY_PROGRAM.replace("program_id", "coworking_program_id"),
    "coworking_attendance": BY_PROGRAM,
    "coworking_statement": BY_PROGRAM,
    "coworking_charge": BY_PROGRAM,
    # bills and invoices, and what paid them
    "account_move": """
        (SELECT min(CASE statement.program_id WHEN {past} THEN 1 WHEN {current} THEN 2 END)
           FROM coworking_statement statement
          WHERE own.state <> 'cancel' AND (
                statement.id = own.coworking_statement_id
             OR statement.id IN (SELECT statement_id FROM coworking_match
                                  WHERE move_id = own.id)
             OR statement.id IN (
                SELECT bill.coworking_statement_id FROM account_move_line line
                  JOIN account_partial_reconcile partial
                    ON line.id IN (partial.debit_move_id, partial.credit_move_id)
                  JOIN account_move_line side
                    ON side.id IN (partial.debit_move_id, partial.credit_move_id)
                  JOIN account_move bill ON bill.id = side.move_id
                 WHERE line.move_id = own.id)))""",
    "account_payment": BY_ENTRY,
    "account_move__account_payment": by_owner("account_move", "invoice_id"),
    "account_full_reconcile": """
        (SELECT min(bench_kind) FROM account_partial_reconcile partial
           JOIN account_move_line line ON line.id = partial.debit_move_id
           JOIN bench_account_move move ON move.id = line.move_id
          WHERE partial.full_reconcile_id = own.id)""",
    "account_move_line": BY_ENTRY,
    "account_move_line_account_tax_rel": by_owner("account_move_line", "account_move_line_id"),
    "account_partial_reconcile": by_owner("account_move_line", "debit_move_id"),
    "account_analytic_line": by_owner("account_move_line", "move_line_id"),
    "coworking_match": by_owner("coworking_statement", "statement_id"),
    "coworking_portal_answer": by_owner("coworking_statement", "statement_id"),
    "mail_activity": by_document("res_model", "res_id", *DOCUMENTS),
    "mail_message": by_document("model", "res_id", *DOCUMENTS),
}
NETWORK_TABLES = {table for table, kind in SOURCES.items() if kind == "0"}
# What may be there once has the number of its copy.
ONCE = {
    "account_move": ("name", "coworking_supplier_ref"),
    "coworking_seat": ("name",),
    "coworking_space": ("code",),
    "coworking_statement": ("name",),
    "res_partner": ("name", "complete_name"),
}
EMPTIED = {
    "account_move": ("origin_payment_id", "access_token"),  # entries come before their payments
    "calendar_event": ("access_token",),
    "mail_message": ("parent_id", "message_id"),
}
# The last days of a month fall together in a shorter one.
MAY_MEET = {"coworking_presence": "ON CONFLICT (seat_id, date, slot) DO NOTHING"}
CHANGED = {
    # several stays overlap in a space, and none closed
    "coworking_space": {"state": "'partner'", "date_closed": "NULL"},
}


class Copier:
    """Copies of the demonstration's rows, each hanging on the copies of its owners.

    A copy has the id of its original and, for each copy before it, as many more as the table had.

    :param aside: how the tables are made that what is copied is kept in; unless they are temporary,
        other connections may copy too, see ``on``
    """

    def __init__(self, env, groups, aside="TEMPORARY"):
        self.cr, self.groups, self.aside, self.spans = env.cr, groups, aside, {}
        self.programs = {
            kind: env.ref(f"coworking_incubation.coworking_program_{name}")
            for kind, name in ((PAST, "2015"), (CURRENT, "current"))
        }
        self._keep_originals()
        self._make_turns()
        self.statements = [self._prepare_copy(table) for table in SOURCES]

    def on(self, cr):
        """:return: one that copies by another connection"""
        other = copy(self)
        other.cr = cr
        return other

    def _keep_originals(self):
        """What is copied, with its kind, aside: copies are not copied again."""
        names = {
            "past": self.programs[PAST].id,
            "current": self.programs[CURRENT].id,
        }
        for table, kind in SOURCES.items():
            self.cr.execute(
                f"CREATE {self.aside} TABLE bench_{table} AS SELECT * FROM"
                f" (SELECT own.*, {kind.format(**names)} AS bench_kind FROM {table} own) found"
                " WHERE bench_kind IS NOT NULL"
            )
            if not table.endswith("_rel") and table != "account_move__account_payment":
                self.cr.execute(f"SELECT max(id) FROM {table}")
                self.spans[table] = self.cr.fetchone()[0]
                self.cr.execute(f"CREATE INDEX ON bench_{table} (id)")
                last = self.spans[table] * COPIES * (self.groups + 1)
                self.cr.execute("SELECT setval(%s, %s)", [f"{table}_id_seq", last])
        self.cr.execute("SELECT bench_kind, array_agg(id) FROM bench_res_partner GROUP BY 1")
        self.people = dict(self.cr.fetchall())

    def _make_turns(self):
        """Which copies there are: of what kind, in which group, in whose spaces, how much later."""
        programs = self._make_programs()
        turns = []
        for group in range(self.groups):
            base = group * COPIES
            for stay in range(STAYS):
                program, months = programs[group % APART + APART * stay]
                turns.append((PAST, group, base + 1 + stay, base, months, program))
            if group:  # the first has the spaces of the demonstration
                current = self.programs[CURRENT].id
                turns += [(kind, group, base, base, 0, current) for kind in (NETWORK, CURRENT)]
        self.cr.execute(
            f"CREATE {self.aside} TABLE bench_turn"
            " (kind int, grp int, copy int, base int, months int, program_id int)"
        )
        self.cr.executemany("INSERT INTO bench_turn VALUES (%s, %s, %s, %s, %s, %s)", turns)
        self.cr.execute("CREATE INDEX ON bench_turn (grp)")

    def _make_programs(self):
        """As that of 2015, one a month, the last of which ended last month.

        :return: list of (id, months later)
        """
        past, now = self.programs[PAST], date.today()
        last = 12 * (now.year - past.date_end.year) + now.month - past.date_end.month - 1
        number = APART * STAYS
        wanted = {
            group % APART + APART * stay for group in range(self.groups) for stay in range(STAYS)
        }
        programs = [None] * number
        for rank in sorted(wanted):
            months = last - number + 1 + rank
            programs[rank] = (
                past.copy(
                    {
                        "name": f"Cohort {rank + 1}",
                        "code": f"C{rank + 1:02}",
                        "date_start": past.date_start + relativedelta(months=months),
                        "date_end": past.date_end + relativedelta(months=months),
                    }
                ).id,
                months,
            )
        past.env.flush_all()
        return programs

    def _prepare_copy(self, table):
        """The statement that copies a table for the groups from ``%(first)s`` to ``%(last)s``."""
        values = {
            name: self._prepare_value(f"own.{name}", kind, owner)
            for name, kind, owner in read_columns(self.cr, table)
        }
        if "id" in values:
            values["id"] = f"own.id + turn.copy * {self.spans[table]}"
        values |= {name: f"own.{name} || ' ' || turn.copy" for name in ONCE.get(table, ())}
        values |= dict.fromkeys(EMPTIED.get(table, ()), "NULL")
        values |= CHANGED.get(table, {})
        for model in ("model", "res_model"):
            if model in values and table.startswith("mail_"):
                cases = " ".join(
                    f"WHEN '{name.replace('_', '.')}' THEN turn.copy * {self.spans[name]}"
                    for name in DOCUMENTS
                )
                values["res_id"] = f"own.res_id + CASE own.{model} {cases} END"
        return (
            table,
            f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())}"
            f" FROM bench_{table} own JOIN bench_turn turn ON turn.kind = own.bench_kind"
            f" WHERE turn.grp BETWEEN %(first)s AND %(last)s {MAY_MEET.get(table, '')}",
        )

    def _prepare_value(self, value, kind, owner):
        if owner == "coworking_program":
            return f"CASE WHEN {value} IS NOT NULL THEN turn.program_id END"
        if owner == "res_partner":
            of_space, past, current = (self.people[kind] for kind in range(3))
            return (
                f"{value} + {self.spans[owner]} * CASE"
                f" WHEN {value} = ANY(ARRAY{past}) THEN turn.copy"
                f" WHEN {value} = ANY(ARRAY{of_space + current}) THEN turn.base ELSE 0 END"
            )
        if owner in self.spans:
            copy = "base" if owner in NETWORK_TABLES else "copy"
            return f"{value} + turn.{copy} * {self.spans[owner]}"
        if kind == "date" or kind.startswith("timestamp"):
            # what was written when the demonstration was made stays
            later = f"({value} + make_interval(months => turn.months))::{kind}"
            return f"CASE WHEN {value} < '2020-01-01' THEN {later} ELSE {value} END"
        return value

    def copy(self, first, last):
        """Some groups, with the half-days and the workshops of their people."""
        # Plans of checks of foreign keys are kept from when tables were small: to read them whole.
        self.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")
        for table, statement in self.statements:
            self.cr.execute(statement, {"first": first, "last": last})
            if table == "coworking_presence":
                # before their months are settled: what comes later goes to the audit trail
                self._come(first, last)
            elif table == "account_payment":
                self._link_payments(first, last)
        self._meet(first, last)

    def forget(self):
        """What was kept aside."""
        tables = ", ".join(f"bench_{table}" for table in (*SOURCES, "turn"))
        self.cr.execute(f"DROP TABLE {tables}")

    def _link_payments(self, first, last):
        span, moves = self.spans["account_payment"], self.spans["account_move"]
        self.cr.execute(
            f"""UPDATE account_move move
                   SET origin_payment_id = own.origin_payment_id + turn.copy * {span}
                  FROM bench_account_move own JOIN bench_turn turn ON turn.kind = own.bench_kind
                 WHERE move.id = own.id + turn.copy * {moves} AND own.origin_payment_id IS NOT NULL
                   AND turn.grp BETWEEN %(first)s AND %(last)s""",
            {"first": first, "last": last},
        )

    def _come(self, first, last):
        """Both halves of two days of three, of whoever pays by the month."""
        self.cr.execute(
            f"""INSERT INTO coworking_presence (
                       seat_id, company_id, participant_id, program_id, space_id, slot, date,
                       state, source, to_settle, create_uid, write_uid, create_date, write_date)
                SELECT seat.id, seat.company_id, seat.participant_id, seat.program_id,
                       seat.space_id, slot, day::date, 'present', 'host', FALSE, 1, 1, day, day
                  FROM bench_coworking_seat own
                  JOIN bench_turn turn ON turn.kind = own.bench_kind
                  JOIN coworking_seat seat
                    ON seat.id = own.id + turn.copy * {self.spans["coworking_seat"]}
                  JOIN coworking_tariff tariff ON tariff.id = seat.tariff_id
            CROSS JOIN generate_series(
                       seat.date_start, least(seat.date_end, CURRENT_DATE - 1), '1 day') day
            CROSS JOIN (VALUES ('am'), ('pm')) half (slot)
                 WHERE turn.grp BETWEEN %(first)s AND %(last)s AND tariff.unit = 'month'
                   AND seat.state IN ('active', 'ended')
                   AND extract(isodow FROM day) < 6
                   AND (seat.id + extract(doy FROM day)::int) %% 3 < 2
           ON CONFLICT (seat_id, date, slot) DO NOTHING""",
            {"first": first, "last": last},
        )

    def _meet(self, first, last):
        """Workshops of each stay, a month apart, to which its people came."""
        events, files = self.spans["calendar_event"], self.spans["coworking_participant"]
        start = events * COPIES * (self.groups + 1)
        number = f"{start} + turn.copy * {WORKSHOPS} + workshop"
        for table, changed, source in (
            (
                "calendar_event",
                {
                    "id": number,
                    "start": "moment",
                    "stop": "moment + interval '3 hours'",
                    "coworking_program_id": "turn.program_id",
                    "coworking_space_id": f"own.coworking_space_id"
                    f" + turn.base * {self.spans['coworking_space']}",
                    "access_token": "NULL",
                },
                "",
            ),
            (
                "coworking_attendance",
                {
                    "id": "nextval('coworking_attendance_id_seq')",
                    "event_id": number,
                    "program_id": "turn.program_id",
                    "participant_id": "file.id",
                    "name_key": "lower(partner.name)",
                    "state": "CASE WHEN (file.id + workshop) % 10 < 9"
                    " THEN 'present' ELSE 'absent' END",
                    "place": "NULL",
                    "start": "moment",
                    "stop": "moment + interval '3 hours'",
                    "date": "moment::date",
                },
                f"""JOIN bench_coworking_participant past ON past.bench_kind = {PAST}
                    JOIN coworking_participant file ON file.id = past.id + turn.copy * {files}
                    JOIN res_partner partner ON partner.id = file.partner_id""",
            ),
        ):
            values = {name: f"own.{name}" for name, *__ in read_columns(self.cr, table)} | changed
            sample = "coworking_kind" if table == "calendar_event" else "kind"
            self.cr.execute(
                f"""INSERT INTO {table} ({", ".join(values)}) SELECT {", ".join(values.values())}
                      FROM (SELECT * FROM bench_{table} WHERE {sample} = 'collective'
                             ORDER BY id LIMIT 1) own
                      JOIN bench_turn turn ON turn.kind = {PAST}
                       AND turn.grp BETWEEN {first} AND {last}
                CROSS JOIN generate_series(0, {WORKSHOPS - 1}) workshop
                CROSS JOIN make_timestamp(2015, 4 + workshop, 7, 9, 0, 0) AS original
                CROSS JOIN LATERAL (SELECT original + make_interval(months => turn.months)
                                        AS moment) shifted
                      {source}"""
            )


def fill(registry, groups):
    """Everything, committed some groups at a time."""
    start = time.monotonic()
    with transaction(registry, commit=True) as env:
        make_room(env)
        copier = Copier(env, groups, aside="UNLOGGED")
    sql(registry, "ANALYZE")

    def copy_some(first):
        with registry.cursor() as cr:
            copier.on(cr).copy(first, min(first + BATCH, groups) - 1)
        print(f"from group {first} of {groups}: {time.monotonic() - start:.0f} s", flush=True)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(copy_some, range(0, groups, BATCH)))
    with transaction(registry, commit=True) as env:
        copier.on(env.cr).forget()
        _make_leads(env)
    for model, close in (
        ("coworking.charge", "_gc_copayment_open"),
        ("coworking.seat", "_gc_made_until"),
        ("coworking.statement", "_gc_over_since"),
    ):
        more = True
        while more:  # as the night does
            with transaction(registry, commit=True) as env:
                __, more = getattr(env[model], close)()
    sql(registry, "VACUUM ANALYZE")


def make_room(env):
    """For all who come to the demonstration's spaces."""
    for space in env["coworking.space"].search([]):
        space.seat_capacity = 40


def _make_leads(env):
    """As many as there are files, for the demonstration's staff, who get their part of CRM."""
    staff = env["res.users"].search([("login", "in", ("coordination", "accompagnement"))])
    env.ref("sales_team.group_sale_manager").user_ids += staff
    starts = board_dataset.next_ids(env.cr, LEADS)
    board_dataset.make_leads(env, staff, env["coworking.stage"].search([]))
    board_dataset.make_activities(env, staff, ["crm.lead"])
    env.flush_all()
    files = env["coworking.participant"].with_context(active_test=False).search_count([])
    board_dataset.multiply(env.cr, starts, files // board_dataset.ORIGINALS - 1, LEADS)


if __name__ == "__main__":
    fill(boot(), int(sys.argv[1]))
