from odoo.tools import SQL

from . import controllers
from . import models
from . import demo
from . import report
from . import wizard


def post_init_hook(env):
    """Companies whose chart of accounts was there before get what the others get with theirs."""
    env["res.company"].search([])._coworking_prepare_accounting()


def uninstall_hook(env):
    """What Odoo does not know of goes: functions of PostgreSQL, with their triggers. Our tables go
    whole, so that their rows need not hold one another on the way.

    Contacts, users, appointments and analytic accounts may be used by others: they stay, as theirs.
    """
    env.cr.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype = 'f' AND starts_with(confrelid::regclass::text, 'coworking_')"
    )
    for table, name in env.cr.fetchall():
        env.cr.execute(
            SQL("ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(table), SQL.identifier(name))
        )
    env.cr.execute(
        "SELECT proname FROM pg_proc"
        " WHERE pronamespace = current_schema::regnamespace AND starts_with(proname, 'coworking_')"
    )
    for (name,) in env.cr.fetchall():
        env.cr.execute(SQL("DROP FUNCTION %s CASCADE", SQL.identifier(name)))
    # Of bills that go, Odoo would delete these one by one, and each time check what is left.
    env.cr.execute("DELETE FROM coworking_match")
    env.invalidate_all()
    env["ir.model.data"].search(
        [
            ("module", "=", "coworking_incubation"),
            (
                "model",
                "in",
                ["res.partner", "res.users", "calendar.event", "account.analytic.account"],
            ),
        ]
    ).unlink()
