from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

SENSITIVE = "coworking_incubation.group_coworking_sensitive"


class CoworkingRecordMixin(models.AbstractModel):
    """Who took out, looked at or mended data of people is in the audit trail."""

    _inherit = "coworking.record.mixin"

    def _read_format(self, fnames, load="_classic_read"):
        """Screens and calls read sensitive data here; code does not."""
        result = super()._read_format(fnames, load)
        looked = self._get_sensitive_names().intersection(fnames)
        if looked and self.ids and not self.env.su:
            self._trace_look(looked)
        return result

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Who filters or sorts by sensitive data sees it."""
        sensitive = frozenset() if self.env.su else self._get_sensitive_names()
        if not sensitive:
            return super()._search(domain, offset, limit, order, **kwargs)
        domain = Domain(domain)
        query = super()._search(domain, offset, limit, order, **kwargs)
        asked = {leaf.field_expr.split(".")[0] for leaf in domain.iter_conditions()}
        asked |= {term.split()[0] for term in (order or "").split(",") if term.strip()}
        self._trace_sight(sensitive & asked)
        return query

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Here the way ends of whatever is grouped by a field of this model."""
        result = super()._read_group_groupby(alias, groupby_spec, query)
        if not self.env.su:
            self._trace_sight(self._get_sensitive_names() & {groupby_spec.split(":")[0]})
        return result

    def _read_group_select(self, aggregate_spec, query):
        result = super()._read_group_select(aggregate_spec, query)
        if not self.env.su:
            self._trace_sight(self._get_sensitive_names() & {aggregate_spec.split(":")[0]})
        return result

    def _trace_sight(self, names):
        """Seen of no record in particular: once an hour for each user and field."""
        if not names:
            return
        known = self.env.execute_query(
            SQL(
                """SELECT DISTINCT jsonb_array_elements_text(changes->'fields')
                     FROM coworking_audit
                    WHERE user_id = %s AND action = 'looked' AND res_model = %s
                      AND res_id IS NULL AND changes->'ids' IS NULL
                      AND date > (clock_timestamp() AT TIME ZONE 'UTC') - INTERVAL '1 hour'""",
                self.env.uid,
                self._name,
            )
        )
        fresh = names - {name for (name,) in known}
        if fresh:
            self.browse()._trace("looked", fields=sorted(fresh))

    @api.model
    @tools.ormcache("self._name")
    def _get_sensitive_names(self):
        return frozenset(
            name for name, field in self._fields.items() if SENSITIVE in (field.groups or "")
        )

    def _trace_look(self, names):
        """Once an hour for each user and record."""
        known = self.env.execute_query(
            SQL(
                """
                WITH looks AS (
                    SELECT res_id, changes FROM coworking_audit
                     WHERE user_id = %s AND action = 'looked' AND res_model = %s
                       AND date > (clock_timestamp() AT TIME ZONE 'UTC') - INTERVAL '1 hour')
                SELECT res_id FROM looks WHERE res_id IS NOT NULL
                 UNION SELECT value::integer FROM looks, jsonb_array_elements_text(changes->'ids')
                """,
                self.env.uid,
                self._name,
            )
        )
        fresh = self.browse(set(self.ids) - {res_id for (res_id,) in known})
        if fresh:
            fresh._trace("looked", fields=sorted(names))

    def _trace(self, action, **details):
        self.env["coworking.audit"]._record(action, self, **details)
        return super()._trace(action, **details)
