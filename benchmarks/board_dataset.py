"""Fills a database with files of participants, and with as many leads for CRM to show.

    board_dataset.py COUNT        (called by benchmarks/run)

240 files and 240 leads are made by Odoo, with all that hangs on them; the others are their copies,
made in SQL. CRM gets the columns of our pathway: both have twelve, four of them open, as many cards
in each, and an activity on three cards in ten.
"""

import sys
from datetime import date, timedelta

from bench import boot, read_columns, sql, transaction

from odoo import Command

ORIGINALS = 240
TODAY = date.today()
# Who looks: with a role of ours, and one of the same reach in CRM.
ROLES = {
    "coordinator": (
        "coworking_incubation.group_coworking_coordinator",
        "sales_team.group_sale_manager",
    ),
    "accompanist": (
        "coworking_incubation.group_coworking_accompanist",
        "sales_team.group_sale_salesman_all_leads",
    ),
}
COLLEAGUES = 6
# What is multiplied, each after what it refers to.
TABLES = (
    "res_partner",
    "coworking_participant",
    "coworking_assignment",
    "coworking_criterion_coworking_participant_rel",
    "coworking_document",
    "coworking_followup",
    "coworking_move",
    "coworking_objective",
    "coworking_proof",
    "coworking_review",
    "coworking_seat",
    "crm_lead",
    "crm_tag_rel",
    "mail_activity",
)
# Reached from activities without a foreign key.
DOCUMENTS = {"coworking.participant": "coworking_participant", "crm.lead": "crm_lead"}
# What may be there once has the number of its copy.
ONCE = {
    "account_move": ("name",),
    "coworking_seat": ("name",),
    "coworking_space": ("code",),
    "coworking_statement": ("name",),
}


def fill(registry, count):
    """Everything, committed; ``count`` is a multiple of the originals."""
    with transaction(registry, commit=True) as env:
        users = _users(env)
        stages = env["coworking.stage"].search([])
        setup = _program(env, users)
        starts = next_ids(env.cr, TABLES)
        _files(env, users, stages, *setup)
        make_leads(env, users, stages)
        make_activities(env, users, DOCUMENTS)
        env.flush_all()
        _age(env.cr)
        multiply(env.cr, starts, count // ORIGINALS - 1, TABLES)
    sql(registry, "VACUUM ANALYZE")


def _users(env):
    """One of each role, and accompanists who share the cards with them."""
    roles = {**ROLES, **{f"colleague{n}": ROLES["accompanist"] for n in range(COLLEAGUES)}}
    return env["res.users"].create(
        [
            {
                "name": login.title(),
                "login": login,
                "lang": env["res.lang"].search([], limit=1).code,
                "tz": "Europe/Paris",
                "group_ids": [
                    Command.set([env.ref(name).id for name in ("base.group_user", *groups)])
                ],
            }
            for login, groups in roles.items()
        ]
    )


def _program(env, users):
    """A programme that runs, tariffs of its spaces, and who sends it people."""
    product, copayment = env["product.product"].create(
        [
            {"name": name, "type": "service", "taxes_id": [], "supplier_taxes_id": []}
            for name in ("Coworking seat", "Co-payment")
        ]
    )
    program = env["coworking.program"].create(
        {
            "name": "Bench",
            "code": "BENCH",
            "date_start": TODAY - timedelta(days=700),
            "date_end": TODAY + timedelta(days=365),
            "target_places": 1000,
            "accompanist_ids": [Command.set(users.ids)],
            "copayment_product_id": copayment.id,
        }
    )
    sites = env["res.partner"].create(
        [{"name": f"Space {number}", "is_company": True} for number in range(12)]
    )
    spaces = env["coworking.space"].create(
        [
            {
                "partner_id": site.id,
                "code": f"S{number:02}",
                "seat_capacity": ORIGINALS,
                "state": "partner",
                "date_partner": program.date_start,
            }
            for number, site in enumerate(sites)
        ]
    )
    tariffs = env["coworking.tariff"].create(
        [
            {
                "name": "Desk",
                "space_id": space.id,
                "unit": "month",
                "product_id": product.id,
                "price_ids": [Command.create({"date_start": program.date_start, "price": 195.0})],
            }
            for space in spaces
        ]
    )
    prescribers = env["res.partner"].create(
        [{"name": f"Prescriber {number}", "is_company": True} for number in range(10)]
    )
    return program, tariffs, prescribers


def _columns(env, stages):
    """Stages of CRM like ours."""
    env["crm.stage"].search([]).unlink()
    return env["crm.stage"].create(
        [
            {
                "name": stage.name,
                "sequence": stage.sequence,
                "fold": stage.fold,
                "rotting_threshold_days": stage.rotting_threshold_days,
            }
            for stage in stages
        ]
    )


def next_ids(cr, tables):
    """From which id on what is made from now on is copied: dict of tables."""
    starts = {}
    for table in tables:
        if not table.endswith("_rel"):
            cr.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")
            starts[table] = cr.fetchone()[0]
    return starts


def _files(env, users, stages, program, tariffs, prescribers):
    """As many at each stage, with what was asked for on the way there for four in five."""
    criteria = env["coworking.criterion"].search([], limit=2)
    reason = env["coworking.exit.reason"].search([], limit=1)
    phases = [phase for phase, _ in env["coworking.stage"]._fields["phase"].selection]

    def values(rank):
        stage = stages[rank % len(stages)]
        complete = rank // len(stages) % 5
        step = phases.index(stage.phase)
        entry = TODAY - timedelta(days=(10 + rank % 200 if step == 2 else 400))
        return {
            "partner_name": f"Person {rank:03}",
            "email": f"person{rank}@example.com" if complete else False,
            "phone": f"+33 6 00 00 {rank // 100:02} {rank % 100:02}",
            "program_id": program.id,
            "stage_id": stage.id,
            "move_reason": "Take-over",
            "user_id": users[rank // len(stages) % len(users)].id,
            "project": f"A workshop, number {rank}" if complete > 1 else False,
            "prescriber_id": prescribers[rank % 10].id,
            "criterion_ids": [Command.set(criteria.ids)],
            "date_application": TODAY - timedelta(days=500),
            "date_support": TODAY - timedelta(days=480) if step and complete else False,
            "selection_result": "admitted" if step > 1 or complete > 2 else False,
            "date_entry": entry if step > 1 else False,
            "date_exit": entry + timedelta(days=180) if step > 2 else False,
            "exit_reason_id": reason.id if step > 2 else False,
        }

    files = env["coworking.participant"].create([values(rank) for rank in range(ORIGINALS)])
    env["coworking.proof"].create(
        [{"participant_id": file.id, "criterion_id": criteria[0].id} for file in files[::2]]
    )
    later = files.filtered(lambda file: file.stage_id.sequence >= 60)
    env["coworking.objective"].create(
        [
            {"participant_id": file.id, "name": f"Find {number} clients"}
            for file in later
            for number in (1, 3)
        ]
    )
    env["coworking.review"].create(
        [
            {"participant_id": file.id, "kind": kind}
            for file in later.filtered("date_entry")
            for kind in ("entry", "monthly")
        ]
    )
    for rank, file in enumerate(files):
        if rank % 5:
            file.document_ids.state = "seen"
    env["coworking.seat"].create(
        [
            {
                "participant_id": file.id,
                "space_id": tariff.space_id.id,
                "tariff_id": tariff.id,
                "date_start": file.date_entry or TODAY,
                "date_end": file.date_exit or TODAY + timedelta(days=90),
                "state": "confirmed",
            }
            for rank, file in enumerate(later)
            if rank % 5
            for tariff in tariffs[rank % len(tariffs)]
        ]
    )
    env.flush_all()


def make_leads(env, users, stages):
    """As many at each stage of a pipeline like ours."""
    columns = _columns(env, stages)
    people = env["res.partner"].create(
        [
            {"name": f"Client {rank:03}", "email": f"client{rank}@example.com"}
            for rank in range(ORIGINALS)
        ]
    )
    tags = env["crm.tag"].create([{"name": f"Tag {number}"} for number in range(6)])
    env["crm.lead"].create(
        [
            {
                "name": f"A workshop, number {rank}",
                "type": "opportunity",
                "partner_id": person.id,
                "stage_id": columns[rank % len(columns)].id,
                "user_id": users[rank // len(columns) % len(users)].id,
                "expected_revenue": 100.0 * rank,
                "tag_ids": [Command.set(tags[rank % 6].ids if rank % 3 else [])],
            }
            for rank, person in enumerate(people)
        ]
    )


def make_activities(env, users, models):
    """On three cards in ten, and no others."""
    env["mail.activity"].search([("res_model", "in", list(models))]).unlink()
    for model in models:
        for rank, record in enumerate(env[model].search([], order="id")):
            turn = rank // 12  # a column has every twelfth
            if turn % 10 < 3:
                record.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=TODAY + timedelta(days=5 * (turn % 10 - 1)),
                    summary="Call",
                    user_id=users[turn % len(users)].id,
                )


def _age(cr):
    """Cards came to their column at different times: some are going stale."""
    for table in DOCUMENTS.values():
        cr.execute(
            f"UPDATE {table} SET date_last_stage_update = now() - id * 7 % 45 * interval '1 day'"
        )


def multiply(cr, starts, copies, tables):
    """Copies of the rows of each table from its start on, each hanging on the copies of its
    owners.
    """
    spans = {}
    for table, start in starts.items():
        cr.execute(f"SELECT max(id) - %s + 1 FROM {table}", [start])
        spans[table] = cr.fetchone()[0]
    cr.execute("ALTER TABLE coworking_seat DISABLE TRIGGER USER")  # the places of a space
    # Checks of foreign keys keep the plan of when tables were small: to read them whole, each time.
    cr.execute("SET LOCAL enable_seqscan = off")
    cr.execute("DISCARD PLANS")
    for table in tables:
        columns = {name: owner for name, __, owner in read_columns(cr, table)}

        def shifted(column, owner):
            start, span = starts[owner], spans[owner]
            return f"CASE WHEN {column} >= {start} THEN {column} + copy * {span} ELSE {column} END"

        values = {
            column: shifted(column, owner) if owner in starts else column
            for column, owner in columns.items()
        }
        rows = "TRUE"
        if table in starts:
            values["id"] = f"id + copy * {spans[table]}"
            rows = f"id >= {starts[table]}"
        for name in ONCE.get(table, ()):
            values[name] = f"{name} || '/' || copy"
        if table == "mail_activity":
            cases = (
                f"WHEN '{model}' THEN {shifted('res_id', owner)}"
                for model, owner in DOCUMENTS.items()
                if owner in starts
            )
            values["res_id"] = f"CASE res_model {' '.join(cases)} END"
        cr.execute(
            f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())}"
            f" FROM {table}, generate_series(1, %s) AS copy WHERE {rows}",
            [copies],
        )
        if table in starts:
            cr.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")
    cr.execute("ALTER TABLE coworking_seat ENABLE TRIGGER USER")
    cr.execute("SET LOCAL enable_seqscan = on")


if __name__ == "__main__":
    fill(boot(), int(sys.argv[1]))
