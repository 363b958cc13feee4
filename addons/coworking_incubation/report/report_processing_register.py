from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.base.processing import PROCESSINGS
from ..models.trust.coworking_person_data import HIDDEN

READERS = ("coworking_incubation.group_coworking_coordinator", "base.group_system")
# What is not data about anybody.
TECHNICAL = {
    "company_id",
    "currency_id",
    "active",
    "color",
    "sequence",
    "create_date",
    "write_date",
}


class ReportProcessingRegister(models.AbstractModel):
    """The record of processing activities, from what each model says of itself: why it keeps data
    about people, its fields, who may read it. Nothing of it is typed for the report.
    """

    _name = "report.coworking_incubation.report_processing_register"
    _description = "Record of Processing Activities"

    @api.model
    def _get_report_values(self, docids, data=None):
        company = self.env["res.company"].browse(docids)[:1] or self.env.company
        if not any(self.env.user.has_group(group) for group in READERS):
            raise AccessError(
                self.env._("Only coordinators and administrators print the record of processing.")
            )
        company.check_access("read")
        return {
            "company": company,
            "day": fields.Date.context_today(self),
            "processings": self._get_processings(),
        }

    @api.model
    def _get_processings(self):
        """A dict a purpose, in the order of ``processing.py``, with the models that serve it."""
        by_purpose = {}
        for model in self.env.registry.values():
            processing = getattr(model, "_processing", None)
            if not processing or model._abstract or model._transient:
                continue
            if self.env[model._name]._is_an_ordinary_table():  # not what shows others' data
                by_purpose.setdefault(processing, []).append(model._name)
        return [
            {
                **{
                    name: processing_text._translate(self.env.lang or "en_US")
                    for name, processing_text in vars(processing).items()
                    if hasattr(processing_text, "_translate")
                },
                "models": [self._describe_model(name) for name in sorted(names)],
            }
            for processing in PROCESSINGS
            if (names := by_purpose.get(processing))
        ]

    @api.model
    def _describe_model(self, name):
        # sudo: which fields there are, and who may read them, not what is in them
        model = self.env[name].sudo()
        described = model.fields_get(attributes=["string"])
        kept = [
            field
            for field in model._fields.values()
            if field.store
            and field.name in described
            and field.name not in TECHNICAL
            and field.type not in ("one2many", "many2one_reference")
            # what no screen names is kept of what one does: an address as it is compared, a version
            and field.export_string_translation
            and not HIDDEN.search(field.name)
        ]
        access = self.env["ir.model.access"].sudo()
        rows = access.search([("model_id.model", "=", name), ("perm_read", "=", True)])
        return {
            "name": self.env["ir.model"]._get(name).name,
            "fields": [described[field.name]["string"] for field in kept if not field.groups],
            "closed": [described[field.name]["string"] for field in kept if field.groups],
            "readers": rows.group_id.mapped("display_name"),
        }
