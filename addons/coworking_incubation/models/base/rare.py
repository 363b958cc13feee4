"""A field of ours that few records of a large table of Odoo's have."""

from odoo import fields
from odoo.tools import SQL


class RareMany2one(fields.Many2one):
    """A link with an index declared beside it that holds its rows alone: ``WHERE name > 0``.

    Odoo's ``btree_not_null`` has PostgreSQL plan longer whatever is asked of that table, see "What
    is none of ours" in docs/architecture.md. This index is used where PostgreSQL knows that the
    value is above 0: by itself for one id, as where what it leads to is deleted, but not for more
    than a hundred, for a subquery or a join. There the query has to say so: our SQL does, and this
    class adds it to what Odoo searches.
    """

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        found = super().condition_to_sql(field_expr, operator, value, model, alias, query)
        if operator in ("in", "not in"):
            empty = any(one is False or one is None for one in value)
            filled = empty == (operator == "not in")
        else:
            filled = operator in ("any", "any!")
        return SQL("(%s AND %s > 0)", found, SQL.identifier(alias, self.name)) if filled else found
