import re
from collections import defaultdict

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, mute_logger

from . import controllers
from . import models
from . import demo
from . import report
from . import wizard

# What users save about a model, or make for it by hand -> the field that names it.
SAVED = {
    "ir.actions.act_window": "res_model",
    "ir.actions.report": "model",
    "ir.exports": "resource",
    "ir.filters": "model_id",
    "ir.ui.view": "model",
    "mail.message.subtype": "res_model",
    "mail.scheduled.message": "model",
}

# Functions of PostgreSQL, without the prefix of all of them, besides those that are made for each
# model that is followed or marks what it leads to.
FUNCTIONS = """
    attendance_keep_signed attendance_signature_keep audit_content audit_empty audit_hash audit_keep
    audit_rights audit_seal charge_frozen copayment_credited copayment_kept copayment_of_charge
    copayment_of_move copayment_of_person copayment_reopen hosting_keep mark_company match_check
    match_check_charge match_check_line match_check_sums months_of_seat months_of_statement
    over_of_bank over_of_charges over_of_entry over_of_invoice over_of_item over_of_move
    over_of_partial over_of_payment over_of_program over_of_seat over_of_statement over_reopen
    over_reopen_bills over_reopen_settled purge_keep seat_check_capacity
"""

# What bills stand on.
ACCOUNTING = ("product.product", "account.fiscal.position", "account.tax", "account.tax.group")
# What others may use: it stays, as theirs.
LEFT = ("res.partner", "res.users", "calendar.event", "account.analytic.account")

# By which fields people use what came with ours, and would use it no more without being told.
USERS = {
    "product.product": [
        ("account.analytic.distribution.model", "product_id"),
        ("account.analytic.line", "product_id"),
        ("product.pricelist.item", "product_id"),
        ("product.supplierinfo", "product_id"),
    ],
    "account.tax": [
        ("account.account", "tax_ids"),
        ("product.template", "supplier_taxes_id"),
        ("res.company", "account_purchase_tax_id"),
    ],
}


def post_init_hook(env):
    """Companies whose chart of accounts was there before get what the others get with theirs;
    archived ones, too, which nothing would give it to once they are there again.
    """
    companies = env["res.company"].with_context(active_test=False).search([])
    companies.with_env(env)._coworking_prepare_accounting()


def forget_module(env, module):
    """What Odoo leaves behind of a module that goes: of its models, what users saved about them and
    the names that Odoo gave to their mixins and choices for the modules of those; the foreign keys
    that it noted; its parameters. And what it would take along: meetings that were planned on a
    record of ours are in people's calendars.
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
        (saved.search([(field, "in", list(gone.values()))]) - _get_going(env, model)).unlink()
    env.cr.execute(
        "UPDATE calendar_event SET res_model_id = NULL, res_model = NULL, res_id = NULL"
        " WHERE res_model_id = ANY(%s)",
        [list(gone)],
    )
    _forget_fields(env, module)
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


def _forget_fields(env, module):
    """Favourites and exports of Odoo's own lists that name a field which goes: they would fail, and
    a favourite that a list opens with would close that list. A name of ours alone is found on the
    way from elsewhere, too, as "move_id.coworking_statement_id" is.
    """
    env.cr.execute(
        """
        WITH gone AS (
            SELECT field.id, field.model, field.name
              FROM ir_model_fields field
              JOIN ir_model_data own ON own.model = 'ir.model.fields' AND own.res_id = field.id
              JOIN ir_module_module owner ON owner.name = own.module
             GROUP BY field.id
            HAVING BOOL_OR(owner.name = %s) AND BOOL_AND(owner.state = 'to remove'))
        SELECT model, name::text, name ~ 'coworking_' AND NOT EXISTS (
               SELECT FROM ir_model_fields field
                WHERE field.name = gone.name AND field.id NOT IN (SELECT id FROM gone))
          FROM gone
        """,
        [module],
    )
    own, anywhere = defaultdict(set), set()
    for model, name, is_unlike in env.cr.fetchall():
        own[model].add(name)
        if is_unlike:
            anywhere.add(name)
    for saved in env["ir.filters"].with_context(active_test=False).search([]):
        if _names_one(
            f"{saved.domain} {saved.context} {saved.sort}", own[saved.model_id], anywhere
        ):
            saved.unlink()
    for line in env["ir.exports.line"].search([]):
        if _names_one(line.name, own[line.export_id.resource], anywhere):
            line.unlink()


def _names_one(text, *names):
    return not set().union(*names).isdisjoint(re.findall(r"\w+", text or ""))


def _get_going(env, model):
    """The records of a model that go with their modules: Odoo deletes them, in its order."""
    going = env["ir.module.module"].search([("state", "=", "to remove")]).mapped("name")
    data = [("model", "=", model), ("module", "in", going)]
    return env[model].browse(env["ir.model.data"].search(data).mapped("res_id"))


def _keep_rights_of_odoo(env):
    """Who came to rights of Odoo's by a role of ours keeps them: nobody logs in who is no internal
    user any more.
    """
    ours = _get_going(env, "res.groups")
    for group in ours:
        for given in group.implied_ids - ours:
            users = group.with_context(active_test=False).all_user_ids
            users.filtered(lambda user, given=given: given not in user.group_ids).write(
                {"group_ids": [Command.link(given.id)]}
            )


def _forget_accounting(env):
    """Products, taxes and positions that came with ours go where nothing uses them: by the name
    that released versions gave them, too.
    """
    data = env["ir.model.data"].search(
        Domain("module", "=", "coworking_incubation")
        | (Domain("module", "=", "account") & Domain("name", "=like", "%\\_coworking\\_%"))
    )
    own = {model: rows.mapped("res_id") for model, rows in data.grouped("model").items()}
    for model in ACCOUNTING:
        for record in env[model].browse(own.get(model)).exists():
            if _is_used(record):
                continue
            try:
                with env.cr.savepoint(), mute_logger("odoo.sql_db"):
                    record.unlink()
            except (IntegrityError, UserError):
                continue  # used by what is not ours


def _is_used(record):
    """Whether something has it that PostgreSQL would let go with it, or leave without it."""
    if record._name == "account.tax" and record.is_used:
        return True
    for model, field in USERS.get(record._name, ()):
        using = record.env[model].with_context(active_test=False)
        if using.search_count([(field, "in", record.ids)], limit=1):
            return True
    if record._name != "account.fiscal.position":
        return False
    partners = record.env["res.partner"].with_context(active_test=False)
    domain = [("property_account_position_id", "=", record.id)]
    return any(
        partners.with_company(company).search_count(domain, limit=1)
        for company in record.company_id | record.company_id.child_ids
    )


def _drop_foreign_keys(env):
    """Of tables that go, and to them: another addon's, whatever its name, holds what it held."""
    env.cr.execute(
        """
        WITH own AS (
            SELECT REPLACE(model.model, '.', '_') AS name
              FROM ir_model model
              JOIN ir_model_data own ON own.model = 'ir.model' AND own.res_id = model.id
              JOIN ir_module_module owner ON owner.name = own.module
             GROUP BY model.id
            HAVING BOOL_AND(owner.state = 'to remove')
             UNION
            SELECT relation.name
              FROM ir_model_relation relation
              JOIN ir_module_module owner ON owner.id = relation.module
             GROUP BY relation.name
            HAVING BOOL_AND(owner.state = 'to remove'))
        SELECT conrelid::regclass::text, conname
          FROM pg_constraint
         WHERE contype = 'f' AND (conrelid::regclass::text IN (SELECT name FROM own)
                                  OR confrelid::regclass::text IN (SELECT name FROM own))
        """
    )
    for table, name in env.cr.fetchall():
        env.cr.execute(
            SQL("ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(table), SQL.identifier(name))
        )


def drop_functions(env, names, followed, marking):
    """Functions of PostgreSQL, with their triggers: another addon's, whatever its name, stays.

    :param names: of functions, without their prefix, in one text
    :param followed: names of models that the audit trail follows
    :param marking: models that may mark what they lead to
    """
    names = [
        *names.split(),
        *(f"audit_{how}_{env[name]._table}" for name in followed for how in ("on", "all")),
        *(
            f"mark_{model._table}_{name}"
            for model in marking
            for name in getattr(model, "_marks", ())
        ),
    ]
    env.cr.execute(
        "SELECT proname FROM pg_proc"
        " WHERE pronamespace = current_schema::regnamespace AND proname = ANY(%s)",
        [[f"coworking_{name}" for name in names]],
    )
    for (name,) in env.cr.fetchall():
        env.cr.execute(SQL("DROP FUNCTION %s CASCADE", SQL.identifier(name)))


def _leave_to_others(env):
    """What others use stays, without a name of ours, by which Odoo would try to delete it."""
    kinds = (*LEFT, *ACCOUNTING, "product.template")
    env["ir.model.data"].search(
        [("module", "=", "coworking_incubation"), ("model", "in", kinds)]
    ).unlink()


def uninstall_hook(env):
    """What Odoo does not know of goes: functions of PostgreSQL. Our tables go whole, so that their
    rows need not hold one another, or what is Odoo's, on the way.

    Contacts, users, appointments and analytic accounts may be used by others: they stay, as theirs.
    """
    _drop_foreign_keys(env)
    followed = env["coworking.audit"]._get_audited()
    drop_functions(env, FUNCTIONS, followed, env.registry.values())
    _keep_rights_of_odoo(env)
    forget_module(env, "coworking_incubation")
    _forget_accounting(env)
    # Of bills that go, Odoo would delete these one by one, and each time check what is left.
    env.cr.execute("DELETE FROM coworking_match")
    env.invalidate_all()
    _leave_to_others(env)
