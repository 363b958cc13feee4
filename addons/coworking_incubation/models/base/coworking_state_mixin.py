from odoo import models
from odoo.exceptions import UserError


class CoworkingStateMixin(models.AbstractModel):
    """For models with a ``name`` and a ``state`` of which each action needs some."""

    _name = "coworking.state.mixin"
    _description = "Actions of a State"

    def _check_state_in(self, *states):
        """:raise UserError: some of these records are in another state"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in states:
                raise UserError(
                    self.env._(
                        "%(record)s is %(state)s: this can be done when it is %(expected)s.",
                        record=record.name,
                        state=labels[record.state],
                        expected=", ".join(labels[state] for state in states),
                    )
                )
