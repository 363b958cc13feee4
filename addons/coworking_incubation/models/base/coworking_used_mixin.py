from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools import ErrorWithLink, is_ours

# Names of what uses a record, of one kind: the rest is counted.
MOST_NAMES = 5


class CoworkingUsedMixin(models.AbstractModel):
    """Whoever deletes what is still used is told what uses it, with the way there.

    PostgreSQL refuses it as well, but Odoo then speaks of models and constraints.
    """

    _name = "coworking.used.mixin"
    _description = "Deleted When Nothing Uses It"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        refuse_if_used(self, self._get_restricting_fields())

    @api.model
    @tools.ormcache("self._name")
    def _get_restricting_fields(self):
        return find_restricting_fields(self)


def find_restricting_fields(records):
    """(model, name) of the fields whose foreign key keeps their record from being deleted: of
    Odoo's own records those of our models alone.
    """
    return [
        (model._name, field.name)
        for model in records.env.registry.values()
        if model._auto and not model._abstract and (is_ours(records) or is_ours(model))
        for field in model._fields.values()
        if field.type == "many2one"
        and field.store
        and not field.company_dependent
        and field.comodel_name == records._name
        and field.ondelete == "restrict"
    ]


def refuse_if_used(records, references):
    """
    :param references: list of (model, name) of fields that keep these records from being deleted
    :raise UserError: something uses one of them
    """
    used, uses = records.browse(), []
    for model, name in references:
        domain = Domain(name, "in", records.ids)
        if model == records._name:
            domain &= Domain("id", "not in", records.ids)
        # sudo: a foreign key asks nobody's rights either
        found = records.env[model].sudo().with_context(active_test=False).search(domain)
        if found:
            used |= found[name].with_env(records.env)
            uses.append(found)
    if not uses:
        return
    may_read = [found.with_env(records.env)._filtered_access("read") for found in uses]
    message = _describe_uses(used, uses, may_read)
    shown = next(filter(None, may_read), None)
    if not shown:
        raise UserError(message)
    raise ErrorWithLink(message, _open_uses(shown), records.env._("Show what uses it"))


def _describe_uses(used, uses, may_read):
    """What uses some records, a line a kind.

    :param uses: list of recordsets, read as superuser
    :param may_read: list of what the user may read of each: nothing else is named
    """
    env, lines = used.env, []
    for found, named in zip(uses, may_read, strict=True):
        line = f"{env['ir.model']._get(found._name).name} ({len(found)})"
        names = named[:MOST_NAMES].mapped("display_name")
        if names:
            more = ["…"] if len(names) < len(found) else []
            line = env._("%(kind)s: %(names)s", kind=line, names=", ".join(names + more))
        lines.append(f"- {line}")
    way_out = (
        env._("Archive instead, or first change or delete what uses it.")
        if "active" in used._fields
        else env._("First change or delete what uses it.")
    )
    names = ", ".join(used[:MOST_NAMES].mapped("display_name"))
    refusal = env._("%(records)s cannot be deleted, as it is used:", records=names)
    return "\n".join((refusal, *lines, way_out))


def _open_uses(records):
    """The list of what uses a record, or the only one of it."""
    action = {
        "type": "ir.actions.act_window",
        "name": records.env["ir.model"]._get(records._name).name,
        "res_model": records._name,
        "views": [(False, "list"), (False, "form")],
        "domain": [("id", "in", records.ids)],
        "context": {"active_test": False},
    }
    if len(records) == 1:
        action |= {"views": [(False, "form")], "res_id": records.id}
    return action
