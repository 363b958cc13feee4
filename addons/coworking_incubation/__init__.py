from odoo.tools import SQL

from . import controllers
from . import models
from . import demo
from . import report
from . import wizard

# What users save about a model -> the field that names it.
SAVED = {
    "ir.exports": "resource",
    "ir.filters": "model_id",
    "mail.message.subtype": "res_model",
    "mail.scheduled.message": "model",
}


def post_init_hook(env):
    """Companies whose chart of accounts was there before get what the others get with theirs."""
    env["res.company"].search([])._coworking_prepare_accounting()


def forget_module(env, module):
    """What Odoo leaves behind of a module that goes: of its models, what users saved about them and
    the names that Odoo gave to their mixins and choices for the modules of those; the foreign keys
    that it noted; its parameters.
    """
    env.cr.execute(
        """
        SELECT model.id, model.model
          FROM ir_model model
          JOIN ir_model_data own ON own.model = 'ir.model' AND own.res_id = model.id
          JOIN ir_module_module owner ON owner.name = own.module
         GROUP BY model.id
        HAVING BOOL_OR(owner.name = %s) AND BOOL_AND(owner.state = 'to remove')
        """,
        [module],
    )
    gone = dict(env.cr.fetchall())
    for model, field in SAVED.items():
        saved = env[model].with_context(active_test=False)
        saved.search([(field, "in", list(gone.values()))]).unlink()
    env["ir.config_parameter"].search([("key", "=like", f"{module}.%")]).unlink()
    env.cr.execute(
        """
        DELETE FROM ir_model_data
         WHERE (model, res_id) IN (
               SELECT 'ir.model.inherit', inherit.id
                 FROM ir_model_inherit inherit WHERE inherit.model_id = ANY(%(gone)s)
               UNION ALL
               SELECT 'ir.model.fields.selection', choice.id
                 FROM ir_model_fields_selection choice
                 JOIN ir_model_fields field ON field.id = choice.field_id
                WHERE field.model_id = ANY(%(gone)s))
           AND module NOT IN (SELECT name FROM ir_module_module WHERE state = 'to remove');
        DELETE FROM ir_model_constraint
         WHERE type = 'f' AND module = (SELECT id FROM ir_module_module WHERE name = %(module)s)
        """,
        {"gone": list(gone), "module": module},
    )


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
    forget_module(env, "coworking_incubation")
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
