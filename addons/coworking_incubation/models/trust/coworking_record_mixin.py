from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from .audited import AUDITED

SENSITIVE = "coworking_incubation.group_coworking_sensitive"


class CoworkingRecordMixin(models.AbstractModel):
    _inherit = "coworking.record.mixin"

    def unlink(self):
        """A row that goes does not say who deletes it: the transaction does."""
        if self and self._name in AUDITED:
            self.env["coworking.audit"]._say_who()
        return super().unlink()

    def action_open_audit(self):
        """The audit trail of these records, and of what belongs to them."""
        domain = Domain.OR(
            Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
            # sudo: numbers alone; whose rows of the trail may be read, the trail says
            for records in (self, *self.sudo()._get_audited_with())
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_audit_action"
        )
        return {**action, "domain": list(domain)}

    def _read_format(self, fnames, load="_classic_read"):
        """Whoever looks at sensitive data of a person leaves a trace: screens and calls read here,
        code does not.
        """
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

    def _get_audited_with(self):
        """Records of other models whose trail is read with that of these."""
        return []
