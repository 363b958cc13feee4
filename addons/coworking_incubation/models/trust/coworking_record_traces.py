from odoo import api, models, tools
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
