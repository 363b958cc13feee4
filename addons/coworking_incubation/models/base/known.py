"""Records of Odoo's that say whether something of ours leads to them, or did.

PostgreSQL marks them, see ``coworking.record.mixin._marks``. Odoo reads the mark, a field
``coworking_known``, with the rest of a record, and of what is ours on it nothing else: whoever
changes a stranger's asks our tables nothing, see ``tools.filter_known``.

It has no default, nor has the mark of a file: with a new user it would be written on the contact as
by the administrator who makes one, and nobody may. No groups either, which Odoo would look up three
times each time that it reads a record: it is public, and nothing that somebody does not want to be
known may stand there. Functions, and no model of which others are made: Odoo would look through it
whenever it asks one of their records anything.
"""

from odoo.tools import SQL

from ...tools import KNOWN, KNOWN_PERSON, with_defaults

# Condition by type where what is empty is not NULL alone.
FILLED = {"boolean": "%s", "integer": "%s != 0"}


def make_known(model, names, vals_list):
    """New records with a value in one of some fields of ours, a default too, are known by that.

    :return: the values as they were given, with the mark
    """
    return [
        {**vals, KNOWN: True} if any(map(whole.get, names)) else vals
        for vals, whole in zip(vals_list, with_defaults(model, vals_list), strict=True)
    ]


def keep_marks(vals, names=()):
    """A mark that somebody takes away would let what is kept go.

    :param names: of the fields of ours by which a record is known
    :return: the values that may be written
    """
    if KNOWN in vals or KNOWN_PERSON in vals:
        vals = {name: value for name, value in vals.items() if name not in (KNOWN, KNOWN_PERSON)}
    return {**vals, KNOWN: True} if any(map(vals.get, names)) else vals


def mark_filled(model, names):
    """Once all columns are there: what was made before. For ``init``: some of Odoo's end there."""
    filled = SQL(" OR ").join(
        SQL(FILLED.get(model._fields[name].type, "%s IS NOT NULL"), SQL.identifier(name))
        for name in names
    )
    model.pool.post_init(
        model.env.cr.execute,
        SQL(
            "UPDATE %s SET coworking_known = true WHERE coworking_known IS NOT true AND (%s)",
            SQL.identifier(model._table),
            filled,
        ),
    )
