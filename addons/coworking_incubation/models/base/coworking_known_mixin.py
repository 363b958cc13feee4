from odoo import fields, models

from ...tools import KNOWN, KNOWN_PERSON


class CoworkingKnownMixin(models.AbstractModel):
    """A model of Odoo's whose records say whether something of ours leads to them, or did.

    PostgreSQL marks them, see ``coworking.record.mixin._marks``. Odoo reads the mark with the rest
    of a record: whoever changes a stranger's asks our tables nothing, see ``tools.filter_known``.
    """

    _name = "coworking.known.mixin"
    _description = "Record of Odoo That Ours May Lead To"

    # No default, nor on the mark of a file: with a new user it would be written on the contact as
    # by the administrator who makes one, and nobody may.
    coworking_known = fields.Boolean(
        copy=False,
        readonly=True,
        export_string_translation=False,
        groups="base.group_user",
    )

    def write(self, vals):
        """PostgreSQL alone marks: a mark that somebody takes away would let what is kept go."""
        if KNOWN in vals or KNOWN_PERSON in vals:
            vals = {
                name: value for name, value in vals.items() if name not in (KNOWN, KNOWN_PERSON)
            }
        return super().write(vals)
