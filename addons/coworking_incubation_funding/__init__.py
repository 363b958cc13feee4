from odoo.tools import SQL

from . import controllers
from . import models
from . import report
from . import wizard


def post_init_hook(env):
    """What agreements said in words becomes headings and instalments; what was posted before
    becomes costs.
    """
    agreements = env["coworking.funding.agreement"].with_context(active_test=False).search([])
    agreements = agreements.with_context(lang=env.company.partner_id.lang)
    agreements.filtered(lambda agreement: not agreement.heading_ids)._make_headings()
    agreements.filtered(lambda agreement: not agreement.instalment_ids)._make_instalments()
    programs = env["coworking.program"].with_context(active_test=False).search([])
    env["coworking.cost"]._note_lines_of(programs)
    env["coworking.cost"]._note_matched(programs)
    env["coworking.cost"]._refresh_changed()


def uninstall_hook(env):
    """What Odoo does not know of goes: functions of PostgreSQL, with their triggers."""
    env.cr.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = current_schema::regnamespace"
        " AND starts_with(proname, 'coworking_funding_')"
    )
    for (name,) in env.cr.fetchall():
        env.cr.execute(SQL("DROP FUNCTION %s CASCADE", SQL.identifier(name)))
