from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.coworking_incubation.models.base.processing import NETWORK
from odoo.addons.coworking_incubation.spreadsheet import plain
from odoo.addons.coworking_incubation.tools import is_ours

# Of which an export without names has nothing.
WORDS = {"char", "text", "html", "binary", "image", "json", "reference", "properties"}
PSEUDONYM = "funding_token"
# In a path, records that may lead to people.
PEOPLE = {"res.partner", "res.users"}
DEEPEST = 3


class CoworkingExportMappingLine(models.Model):
    """A column of an export: its heading, where it comes from, and the codes of its values."""

    _name = "coworking.export.mapping.line"
    _description = "Column of an Export"
    _inherit = ["coworking.record.mixin"]
    _order = "mapping_id, sequence, id"

    mapping_id = fields.Many2one(
        "coworking.export.mapping", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Column", required=True, translate=True)
    model_name = fields.Char(compute="_compute_model_name", export_string_translation=False)
    path = fields.Char(string="Comes From", required=True, help="A field of the participant.")
    path_text = fields.Char(string="Comes From the Field", compute="_compute_path_text")
    value_ids = fields.One2many(
        "coworking.export.mapping.value", "line_id", string="Codes", copy=True
    )
    other_code = fields.Char(
        string="Code of All Others", help="Empty: a value without a code stops the export."
    )
    codes = fields.Char(string="Values and Codes", compute="_compute_codes")
    problem = fields.Char(compute="_compute_problem")

    def _compute_model_name(self):
        """Of which fields are chosen."""
        self.model_name = "coworking.participant"

    @api.depends("path")
    @api.depends_context("lang")
    def _compute_path_text(self):
        """The fields of the path as they are called; one that is gone by its name."""
        for line in self:
            labels = [field._description_string(self.env) for field in line._get_fields() or ()]
            line.path_text = " ‣ ".join(labels) or line.path

    @api.depends("value_ids.label", "value_ids.code", "other_code")
    @api.depends_context("lang")
    def _compute_codes(self):
        for line in self:
            pairs = [f"{row.label or '∅'} → {row.code or ''}" for row in line.value_ids]
            line.codes = ", ".join(pairs + ([f"… → {line.other_code}"] if line.other_code else []))

    @api.depends("path", "mapping_id.is_pseudonymous")
    @api.depends_context("uid", "lang")
    def _compute_problem(self):
        for line in self:
            line.problem = line._find_problem()

    def _find_problem(self):
        """Why the column cannot be filled, or False."""
        self.ensure_one()
        fields_ = self._get_fields()
        if fields_ is None:
            return self.env._(
                "the field “%s” is gone: choose another, or take the column out", self.path or ""
            )
        if len(fields_) > DEEPEST:
            return self.env._("it is too far from the participant")
        for field in fields_:
            model = self.env[field.model_name]
            try:
                model.check_access("read")
                model._check_field_access(field, "read")
            except AccessError:
                return self.env._("you may not read “%s”", field._description_string(self.env))
        if self.mapping_id.is_pseudonymous and self.path != PSEUDONYM and self._may_name(fields_):
            return self.env._("it may name somebody, which an export without names does not")
        return False

    def _may_name(self, fields_):
        """Whether the values of a path may say whose they are: records are shown by what they are
        called, and those of a person are called by that person's name.
        """
        last = fields_[-1]
        if any({field.comodel_name, field.model_name} & PEOPLE for field in fields_):
            return True
        if last.relational:
            model = self.env[last.comodel_name]
            return not is_ours(model) or model._processing not in (None, NETWORK)
        return last.type in WORDS or last.name == "id"

    def _get_fields(self):
        """The fields of the path, or None where one is gone."""
        model, found = self.env["coworking.participant"], []
        for name in (self.path or "").split("."):
            field = model._fields.get(name) if model is not None else None
            if field is None:
                return None
            found.append(field)
            model = self.env[field.comodel_name] if field.relational else None
        return found

    def _get_root(self):
        return (self.path or "").split(".")[0]

    def _get_writer(self):
        """How the cell of a file is made: a function of (file, dict id -> token)."""
        field, codes = self._get_fields()[-1], self._get_codes()
        by_month = self.mapping_id.is_pseudonymous and field.type in ("date", "datetime")
        labels = self._get_labels(field)

        def write(file, tokens):
            if self.path == PSEUDONYM and tokens:
                return tokens[file.id]
            value, label = self._read(file, field, labels)
            if codes is not None:
                return self._get_code(codes, value, label)
            if field.type in ("date", "datetime") and value:
                day = fields.Date.to_date(value)
                if self.path == "birth_date" and by_month:
                    return str(day.year)
                return f"{day:%Y-%m}" if by_month else day
            if field.type in ("integer", "float", "monetary"):
                return value
            return label

        return write

    def _read(self, file, field, labels):
        """:return: (value as Odoo keeps it, text that the file shows)"""
        values = file.mapped(self.path)
        if field.relational:
            return values.ids, ", ".join(values.mapped(lambda row: row.display_name or ""))
        value = next((each for each in values), False)
        if field.type == "boolean":
            return str(bool(value)), labels[bool(value)]
        if field.type == "selection":
            return value, labels.get(value, "")
        return value, str(value) if value or value == 0 and value is not False else ""

    def _get_labels(self, field):
        if field.type == "boolean":
            return {True: self.env._("Yes"), False: self.env._("No")}
        if field.type == "selection":
            return dict(field._description_selection(self.env))
        return {}

    def _get_codes(self):
        """dict value as it is compared -> code, None where the column has no codes."""
        if not self.value_ids and not self.other_code:
            return None
        known = self._get_values()
        typed = ((plain(row.value), row.code or "") for row in self.value_ids)
        return {known.get(value, value): code for value, code in typed}

    def _get_values(self):
        """What a value may be called, in whatever language it was typed -> as Odoo keeps it."""
        field = self._get_fields()[-1]
        return {
            plain(label): plain(str(key))
            for code, __ in self.env["res.lang"].get_installed()
            for key, label in self.with_context(lang=code)._get_labels(field).items()
        }

    def _get_code(self, codes, value, label):
        """The code of a value; None where it has none."""
        kept = label if value is False or isinstance(value, list) else str(value)
        found = codes.get(plain(kept), codes.get(plain(label)))
        return self.other_code if found is None and self.other_code else found

    def _count_uncoded(self, files):
        """:return: Counter of the values of some files that have no code"""
        left, codes = Counter(), self._get_codes()
        if codes is None:
            return left
        field = self._get_fields()[-1]
        labels = self._get_labels(field)
        for file in files:
            value, label = self._read(file, field, labels)
            if self._get_code(codes, value, label) is None:
                left[label or self.env._("(nothing)")] += 1
        return left
