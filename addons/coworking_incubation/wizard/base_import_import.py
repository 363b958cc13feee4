from odoo import api, models

from odoo.addons.base_import.models.base_import import ImportValidationError

from ..spreadsheet import to_number
from ..tools import PREFIX

# What Odoo's dialog says unless somebody chooses: 140,00 would be fourteen thousand.
UNCHOSEN = (",", ".")


class BaseImportImport(models.TransientModel):
    """A file that Odoo itself imports into our models: numbers with a comma are read as France
    writes them, and refused where they may be two numbers; a test draws no reference.
    """

    _inherit = "base_import.import"

    def _coworking_is_ours(self):
        return (self.res_model or "").startswith(PREFIX)

    def execute_import(self, fields, columns, options, dryrun=False):
        tried = dryrun and self._coworking_is_ours()
        dialog = self.with_context(coworking_trial=True) if tried else self
        return super(BaseImportImport, dialog).execute_import(fields, columns, options, dryrun)

    @api.model
    def _parse_float_from_data(self, data, index, name, options):
        if not self._coworking_is_ours():
            return super()._parse_float_from_data(data, index, name, options)
        chosen = tuple(options.get(f"float_{kind}_separator") for kind in ("thousand", "decimal"))
        for line in data:
            text = line[index]
            try:
                if chosen == UNCHOSEN and "," in text:
                    line[index] = str(to_number(text))  # “None” is no number
                super()._parse_float_from_data([line], index, name, options)
            except ImportValidationError as error:
                raise ImportValidationError(
                    self.env._(
                        "Column %(column)s: %(value)s is no number, or may be two. Write 1234 or"
                        " 1234,50, or choose the separators of this file.",
                        column=self._coworking_get_label(name),
                        value=text,
                    ),
                    field=name,
                ) from error

    def _parse_date_from_data(self, data, index, name, field_type, options):
        """Odoo says in English, and of a name of the database, what is no day."""
        if not self._coworking_is_ours():
            return super()._parse_date_from_data(data, index, name, field_type, options)
        for line in data:
            try:
                super()._parse_date_from_data([line], index, name, field_type, options)
            except ImportValidationError as error:
                raise ImportValidationError(
                    self.env._(
                        "Column %(column)s: %(value)s is no day, or is not written as the dates of"
                        " this file are. Correct it, or choose their format.",
                        column=self._coworking_get_label(name),
                        value=line[index],
                    ),
                    field=name,
                    field_type=field_type,
                ) from error

    def _coworking_get_label(self, path):
        """The column as the dialog names it: what leads to it, and the field there."""
        model, labels = self.res_model, []
        for name in path.split("/"):
            field = self.env[model].fields_get([name], ["string", "relation"])[name]
            labels.append(field["string"])
            model = field.get("relation")
        return " / ".join(labels)
