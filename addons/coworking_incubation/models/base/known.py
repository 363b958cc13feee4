"""Marks on records of Odoo's: whether something of ours leads to them, or did.

A mark is a boolean, ``coworking_known``, that PostgreSQL sets: see ``_marks`` of
``coworking.record.mixin``. Odoo reads it with the rest of a record, and no other column of ours is
read with it: whoever changes a record that bears no mark asks our tables nothing, see
``tools.filter_known``.

A mark has no default: who makes a user would write it on the contact too, where nobody may. It has
no groups, which Odoo would look up three times whenever it reads a record: everybody may read it,
so that it must not tell what somebody does not want to be known.

These are functions, not a mixin: Odoo looks through all classes of a model whenever it asks one of
its records anything.
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
    """Mark what was there before the mark was, once all columns are. Called by each model's
    ``init``: some of Odoo's do not call those above them.
    """
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
