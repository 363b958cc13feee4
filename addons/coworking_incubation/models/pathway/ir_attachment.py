from odoo import api, models
from odoo.fields import Domain


class IrAttachment(models.Model):
    """What was attached to a person's file is not for who reads the names of people only."""

    _inherit = "ir.attachment"

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        yield from super()._inaccessible_comodel_records(model_and_ids, operation)
        participants = self.env["coworking.participant"]
        if participants._reads_names_only():
            for participant_id in model_and_ids.get(participants._name, ()):
                yield participants._name, participant_id

    @api.model
    def _search(self, domain, *args, **kwargs):
        participants = self.env["coworking.participant"]
        if participants._reads_names_only() and not kwargs.get("bypass_access"):
            domain = Domain(domain) & Domain("res_model", "!=", participants._name)
        return super()._search(domain, *args, **kwargs)
