from odoo import api, models
from odoo.tools import SQL


class CoworkingOrderedSelectionMixin(models.AbstractModel):
    """Groups of a selection come in the order of its values, not in that of their codes.

    The phases of the pathway follow each other: a chart that begins with "Closed" says nothing.
    """

    _name = "coworking.ordered.selection.mixin"
    _description = "Selections in Their Order"
    _ordered_selections = ()

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        ranked = {
            term: SQL(
                "ARRAY_POSITION(%s::varchar[], %s)", self._fields[term].get_values(self.env), sql
            )
            for term, sql in groupby_terms.items()
            if term in self._ordered_selections
        }
        terms = {**groupby_terms, **ranked}
        result = super()._read_group_orderby(order, terms, query)
        groupby_terms.update({term: sql for term, sql in terms.items() if term not in ranked})
        return result
