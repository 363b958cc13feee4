import itertools

from odoo import api, models
from odoo.fields import Domain

PARTICIPANT = "coworking.participant"


class IrAttachment(models.Model):
    """What was attached to a person's file is not for who reads the names of people only."""

    _inherit = "ir.attachment"

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        found = super()._inaccessible_comodel_records(model_and_ids, operation)
        ids = model_and_ids.get(PARTICIPANT)
        if ids and self.env[PARTICIPANT]._reads_names_only():
            return itertools.chain(found, ((PARTICIPANT, row_id) for row_id in ids))
        return found

    @api.model
    def _search(self, domain, *args, **kwargs):
        if self.env[PARTICIPANT]._reads_names_only() and not kwargs.get("bypass_access"):
            domain = Domain(domain) & Domain("res_model", "!=", PARTICIPANT)
        return super()._search(domain, *args, **kwargs)
