from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import KNOWN, KNOWN_PERSON, with_defaults

# Condition by type where what is empty is not NULL alone.
FILLED = {"boolean": "%s", "integer": "%s != 0"}


class CoworkingKnownMixin(models.AbstractModel):
    """A model of Odoo's whose records say whether something of ours leads to them, or did.

    PostgreSQL marks them, see ``coworking.record.mixin._marks``. Odoo reads the mark with the rest
    of a record, and of what is ours on it nothing else: whoever changes a stranger's asks our
    tables nothing, see ``tools.filter_known``.
    """

    _name = "coworking.known.mixin"
    _description = "Record of Odoo That Ours May Lead To"
    # Fields of ours on it: what has a value in one of them is known by that. The mark is public:
    # nothing that somebody does not want to be known may stand here.
    _known_by = ()

    # No default, nor on the mark of a file: with a new user it would be written on the contact as
    # by the administrator who makes one, and nobody may. No groups either, which Odoo would look up
    # three times each time that it reads a record: who runs a space is public.
    coworking_known = fields.Boolean(copy=False, readonly=True, export_string_translation=False)

    @api.model
    def _mark_filled(self):
        """Once all columns are there: what was made before. Models with ``_known_by`` call it in
        their own ``init``: some of Odoo's end there.
        """
        filled = SQL(" OR ").join(
            SQL(FILLED.get(self._fields[name].type, "%s IS NOT NULL"), SQL.identifier(name))
            for name in self._known_by
        )
        self.pool.post_init(
            self.env.cr.execute,
            SQL(
                "UPDATE %s SET coworking_known = true WHERE coworking_known IS NOT true AND (%s)",
                SQL.identifier(self._table),
                filled,
            ),
        )

    @api.model_create_multi
    def create(self, vals_list):
        if self._known_by:
            vals_list = [
                {**vals, KNOWN: True} if any(map(vals.get, self._known_by)) else vals
                for vals in with_defaults(self, vals_list)
            ]
        return super().create(vals_list)

    def write(self, vals):
        """A mark that somebody takes away would let what is kept go."""
        if KNOWN in vals or KNOWN_PERSON in vals:
            vals = {
                name: value for name, value in vals.items() if name not in (KNOWN, KNOWN_PERSON)
            }
        if any(map(vals.get, self._known_by)):
            vals = {**vals, KNOWN: True}
        return super().write(vals)
