from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .sensitive import ERASED, sensitive_names

# Fields of which each value is a line.
TYPES = ("selection", "many2one", "many2many", "boolean")


class CoworkingBreakdown(models.Model):
    """How the people of an indicator are told apart: by the values of a field of their file, or
    by a list of lines, each with its filter, as the State's reference lists are.
    """

    _name = "coworking.breakdown"
    _description = "Breakdown of Figures"
    _inherit = ["coworking.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("field", "The values of a field"), ("list", "A list of lines")],
        string="Made Of",
        required=True,
        default="list",
    )
    model_name = fields.Char(compute="_compute_model_name", export_string_translation=False)
    field_name = fields.Char(
        string="Field", help="Of the participant: one that is chosen, not typed or computed."
    )
    field_label = fields.Char(string="Values Of", compute="_compute_field_label")
    may_choose = fields.Boolean(compute="_compute_field_label", export_string_translation=False)
    is_partition = fields.Boolean(
        string="Each Person in One Line",
        compute="_compute_is_partition",
        store=True,
        readonly=False,
        help="Somebody who fits several lines counts in the first, who fits none is “Not filled"
        " in”. Otherwise lines may overlap.",
    )
    line_ids = fields.One2many("coworking.breakdown.line", "breakdown_id", copy=True)
    is_sensitive = fields.Boolean(
        string="Personal Situation",
        compute="_compute_is_sensitive",
        help="Asks about the personal situation: its small figures are hidden from those who may"
        " not read it.",
    )

    @api.depends("field_name")
    @api.depends_context("uid", "lang")
    def _compute_field_label(self):
        """What the field is called, for who may not read it and is not offered it either."""
        readable = self.env["coworking.participant"].fields_get(attributes=["string"])
        for breakdown in self:
            field = breakdown._get_field()
            breakdown.field_label = field and field._description_string(self.env)
            breakdown.may_choose = not field or field.name in readable

    def _compute_model_name(self):
        """Of which fields are chosen."""
        self.model_name = "coworking.participant"

    @api.depends("kind", "field_name")
    def _compute_is_partition(self):
        for breakdown in self:
            field = breakdown._get_field()
            if breakdown.kind == "field":
                breakdown.is_partition = not field or field.type != "many2many"

    @api.depends("kind", "field_name", "line_ids.domain", "line_ids.age_from", "line_ids.age_to")
    def _compute_is_sensitive(self):
        for breakdown in self:
            breakdown.is_sensitive = not sensitive_names(self.env).isdisjoint(
                breakdown._get_names()
            )

    @api.constrains("kind", "field_name")
    def _check_field(self):
        for breakdown in self.filtered(lambda row: row.kind == "field"):
            field = breakdown._get_field()
            if not field or not field.store or field.type not in TYPES:
                raise ValidationError(
                    self.env._(
                        "Breakdown %(breakdown)s: “%(field)s” is no field of a participant that"
                        " makes lines. Choose one with a choice of values, kept in the file.",
                        breakdown=breakdown.name,
                        field=breakdown.field_name or "",
                    )
                )
            if field.comodel_name == "res.partner" and "is_company" not in str(field.domain):
                raise ValidationError(
                    self.env._(
                        "Breakdown %(breakdown)s: “%(field)s” would name people in a report."
                        " Choose a field that names nobody.",
                        breakdown=breakdown.name,
                        field=field._description_string(self.env),
                    )
                )

    def _check_may_narrow(self):
        """See ``coworking.indicator``: lines choose of whom a table tells, as filters do.

        :raise UserError: the user may not read the personal situation
        """
        indicators = self.env["coworking.indicator"].with_context(active_test=False)
        if self.env.su or indicators._get_readers()[True]:
            return
        for breakdown in self:
            tables = indicators.search(
                ["|", ("breakdown_ids", "in", breakdown.ids), ("split_id", "in", breakdown.ids)]
            )
            if breakdown.is_sensitive or any(table._is_telling() for table in tables):
                raise UserError(
                    self.env._(
                        "“%s” tells of the personal situation: only who may read that situation"
                        " changes its lines.",
                        breakdown.name,
                    )
                )

    def _get_field(self):
        """The field of the participant, None where it is gone."""
        self.ensure_one()
        return self.env["coworking.participant"]._fields.get(self.field_name or "")

    def _get_names(self):
        """Names of the fields of a file that the breakdown asks about."""
        self.ensure_one()
        if self.kind == "field":
            return {self.field_name}
        return {name for line in self.line_ids for name in line._get_names()}

    def _is_erased(self):
        """Whether it asks about what the end of people's data takes away."""
        return not ERASED.isdisjoint(self._get_names())

    def _is_choosing(self):
        """Whether its lines ask about more than the personal situation: somebody chose whom."""
        self.ensure_one()
        return self.kind == "list" and not sensitive_names(self.env).issuperset(self._get_names())

    def _get_lines(self):
        """What the keys of the figures stand for, in the order of the table.

        :return: list of (key, code, label); a many2one or many2many field has those of its records
            only once they are counted
        """
        self.ensure_one()
        if self.kind == "list":
            return [(line._get_key(), line.code or "", line.name) for line in self.line_ids]
        field = self._get_field()
        if field is None:
            return []
        if field.type == "boolean":
            yes, no = self.env._("Yes"), self.env._("No")
            return [("true", "", yes), ("false", "", no)]
        if field.type == "selection":
            return [(key, "", label) for key, label in field._description_selection(self.env)]
        return []
