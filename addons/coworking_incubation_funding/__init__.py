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
    """What Odoo does not know of goes: functions of PostgreSQL, with their triggers, those of the
    audit trail on tables that go included; names that it gave, in the name of the core, to the
    mixins of models that go; the key of the reports' tokens. The trail follows what stays.
    """
    audit = env["coworking.audit"]
    audit._install_triggers(without="coworking_incubation_funding")
    ours = [("key", "=like", "coworking_incubation_funding.%")]
    env["ir.config_parameter"].search(ours).unlink()
    env.cr.execute(
        """
        DELETE FROM ir_model_data named
         USING ir_model_inherit inherit
         WHERE named.model = 'ir.model.inherit' AND named.res_id = inherit.id
           AND named.module != 'coworking_incubation_funding'
           AND EXISTS (SELECT FROM ir_model_data own
                        WHERE own.model = 'ir.model' AND own.res_id = inherit.model_id
                          AND own.module = 'coworking_incubation_funding')
           AND NOT EXISTS (SELECT FROM ir_model_data other
                            WHERE other.model = 'ir.model' AND other.res_id = inherit.model_id
                              AND other.module != 'coworking_incubation_funding')
        """
    )
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
