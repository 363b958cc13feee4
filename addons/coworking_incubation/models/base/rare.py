"""A field of ours that few records of a large table of Odoo's have."""

from odoo import fields
from odoo.tools import SQL


class RareMany2one(fields.Many2one):
    """A link with an index declared beside it that holds its rows alone: ``WHERE name > 0``.

    Odoo's ``btree_not_null`` costs whoever asks anything about that table, see "What is none of
    ours". Of a number, as whoever deletes what it leads to asks for, PostgreSQL proves this
    condition itself; of a hundred and more, of a query or a join, it is to be said: SQL of ours
    does, and what Odoo searches says it here.
    """

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        found = super().condition_to_sql(field_expr, operator, value, model, alias, query)
        if operator in ("in", "not in"):
            empty = any(one is False or one is None for one in value)
            filled = empty == (operator == "not in")
        else:
            filled = operator in ("any", "any!")
        return SQL("(%s AND %s > 0)", found, SQL.identifier(alias, self.name)) if filled else found
