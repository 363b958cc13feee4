from odoo.tools import SQL

from . import controllers
from . import models
from . import wizard


def uninstall_hook(env):
    """What Odoo does not know of goes: functions of PostgreSQL, with their triggers."""
    env.cr.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = current_schema::regnamespace"
        " AND starts_with(proname, 'coworking_funding_')"
    )
    for (name,) in env.cr.fetchall():
        env.cr.execute(SQL("DROP FUNCTION %s CASCADE", SQL.identifier(name)))
