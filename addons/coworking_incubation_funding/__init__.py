from odoo.tools import SQL

from odoo.addons.coworking_incubation import forget_module

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
    """What Odoo does not know of goes: functions of PostgreSQL, with their triggers, those of the
    audit trail on tables that go included; what it leaves behind, the key of the reports' tokens
    among it. The trail follows what stays.
    """
    audit = env["coworking.audit"]
    audit._install_triggers(without="coworking_incubation_funding")
    forget_module(env, "coworking_incubation_funding")
    ours = audit._get_audited().keys() - audit._get_audited("coworking_incubation_funding").keys()
    names = [f"coworking_audit_{how}_{env[one]._table}" for one in ours for how in ("on", "all")]
    names += [
        f"coworking_mark_{model._table}_{name}"
        for model in env.registry.values()
        if model._original_module == "coworking_incubation_funding"
        for name in getattr(model, "_marks", ())
    ]
    env.cr.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = current_schema::regnamespace"
        " AND (starts_with(proname, 'coworking_funding_') OR proname = ANY(%s))",
        [names],
    )
    for (name,) in env.cr.fetchall():
        env.cr.execute(SQL("DROP FUNCTION %s CASCADE", SQL.identifier(name)))
