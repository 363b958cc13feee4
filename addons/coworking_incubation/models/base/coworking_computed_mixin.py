from odoo import api, models
from odoo.exceptions import AccessError

from ...tools import without_defaults


class CoworkingComputedMixin(models.AbstractModel):
    """What is computed from facts is not typed, by RPC or import either.

    Odoo keeps a stored compute read-only on screens only, and a value that is written stays until
    what it is computed from changes: whose program, company and month a record is, and amounts.
    """

    _name = "coworking.computed.mixin"
    _description = "Computed Facts"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self = without_defaults(self, is_computed)
        for vals in vals_list:
            self._refuse_computed(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_computed(vals)
        return super().write(vals)

    @api.model
    def _refuse_computed(self, vals):
        if self.env.su:
            return
        computed = [
            field for name in vals if (field := self._fields.get(name)) and is_computed(field)
        ]
        if computed:
            raise AccessError(
                self.env._(
                    "%(model)s, %(fields)s: computed from other facts. Change those.",
                    fields=", ".join(field._description_string(self.env) for field in computed),
                    model=self.env["ir.model"]._get(self._name).name,
                )
            )


def is_computed(field):
    return bool(field.store and field.compute and field.readonly)
