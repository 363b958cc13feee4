from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.coworking_incubation.tools import fields_of, parse_domain, try_domain

from .figure_counter import FigureCounter
from .sensitive import ERASED, sensitive_names

FILTERS = ("domain", "among_domain", "answered_domain")
# What decides of whom a table tells what.
TELLING = {*FILTERS, "basis", "breakdown_ids", "split_id"}
# After how many months people are asked what became of them.
FOLLOWUP_MONTHS = 6


class CoworkingIndicator(models.Model):
    """Whom a funder wants counted: a filter on files, and which date puts them in a period."""

    _name = "coworking.indicator"
    _description = "Indicator"
    _inherit = ["coworking.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="As the funder's own list has it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies.", ondelete="cascade"
    )
    description = fields.Text(
        string="Definition", translate=True, help="In words, as reports print it."
    )
    basis = fields.Selection(
        [
            ("applied", "Applied in the period"),
            ("entered", "Entered in the period"),
            ("present", "Present in the period"),
            ("left", "Left in the period"),
            ("followup", "To be asked in the period, six months after the exit"),
        ],
        string="People Who",
        required=True,
        default="entered",
    )
    domain = fields.Char(
        string="Of Whom", default="[]", help="Only these participants, as an Odoo filter."
    )
    has_rate = fields.Boolean(
        string="Is a Rate", help="Part of these people who are in a situation."
    )
    among_label = fields.Char(
        string="Situation", translate=True, help="As the table should say it: Dynamic exits."
    )
    among_domain = fields.Char(
        string="Who Is in It", default="[]", help="Of the people above, as an Odoo filter."
    )
    answered_domain = fields.Char(
        string="Who Answered",
        default="[]",
        help="Of the people above, those of whom one knows: part of them is the response rate.",
    )
    rate_of = fields.Selection(
        [("all", "All of them"), ("answered", "Those who answered")],
        required=True,
        default="all",
    )
    breakdown_ids = fields.Many2many("coworking.breakdown", string="Broken Down By")
    split_id = fields.Many2one(
        "coworking.breakdown",
        string="In Columns By",
        ondelete="restrict",
        domain="[('is_partition', '=', True)]",
        help="Every figure is told for each of these as well.",
    )
    in_reports = fields.Boolean(
        string="In New Reports", default=True, help="Part of a report unless it is taken out."
    )
    is_sensitive = fields.Boolean(compute="_compute_is_sensitive")

    @api.depends("domain", "has_rate", "among_domain", "answered_domain")
    def _compute_is_sensitive(self):
        for indicator in self:
            names = indicator._get_names()
            indicator.is_sensitive = not sensitive_names(self.env).isdisjoint(names)

    @api.constrains(*FILTERS, "basis")
    def _check_filters(self):
        for indicator in self:
            for name in FILTERS:
                try:
                    try_domain(self.env["coworking.participant"], indicator[name])
                except ValidationError as error:
                    raise ValidationError(
                        self.env._(
                            "Indicator %(indicator)s: the filter “%(filter)s” cannot be used:"
                            " %(reason)s",
                            indicator=indicator.name,
                            filter=self._fields[name]._description_string(self.env),
                            reason=error,
                        )
                    ) from error

    @api.constrains("split_id")
    def _check_split(self):
        for indicator in self:
            if indicator.split_id and not indicator.split_id.is_partition:
                raise ValidationError(
                    self.env._(
                        "Indicator %(indicator)s: columns have each person once, which"
                        " “%(breakdown)s” does not. Break down by it instead.",
                        indicator=indicator.name,
                        breakdown=indicator.split_id.name,
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        indicators = super().create(vals_list)
        indicators._check_may_narrow(TELLING)
        return indicators

    def write(self, vals):
        result = super().write(vals)
        self._check_may_narrow(TELLING & vals.keys())
        return result

    def _is_telling(self):
        """Whether its table tells of the personal situation."""
        self.ensure_one()
        told = self.breakdown_ids | self.split_id
        return self.is_sensitive or any(row.is_sensitive for row in told)

    def _is_choosing(self):
        """Whether somebody chose of whom the table tells."""
        self.ensure_one()
        chosen = any(parse_domain(self[name]) != Domain.TRUE for name in FILTERS)
        return chosen or any(row._is_choosing() for row in self.breakdown_ids | self.split_id)

    def _check_may_narrow(self, changed):
        """Tables of the personal situation of people whom somebody chose would tell of them: two
        filters that differ by one person give that person away.

        :raise UserError: the user may not read the personal situation
        """
        if self.env.su or not changed or self._get_readers()[True]:
            return
        for indicator in self:
            if indicator._is_telling() and indicator._is_choosing():
                raise UserError(
                    self.env._(
                        "%s tells of the personal situation of chosen people: only who may read"
                        " that situation changes whom it counts. Leave the filters empty, or take"
                        " the breakdown out.",
                        indicator.name,
                    )
                )

    # === WHO IS COUNTED ===#

    def _get_names(self):
        """Names of the fields of a file that its own filters ask about."""
        self.ensure_one()
        filters = FILTERS if self.has_rate else FILTERS[:1]
        return {name for each in filters for name in fields_of(parse_domain(self[each]))}

    def _get_asked(self, number):
        """The same, of the filters that decide of one number alone.

        :param number: ``count``, ``among`` or ``answered``
        """
        self.ensure_one()
        filters = {"domain"}
        if number != "count":
            filters.add(f"{number}_domain")
        if number == "among" and self.rate_of == "answered":
            filters.add("answered_domain")
        return {name for each in filters for name in fields_of(parse_domain(self[each]))}

    def _is_erased(self):
        """Whether its filters ask about what the end of people's data takes away."""
        return not ERASED.isdisjoint(self._get_names())

    def _get_people(self, programs, date_from, date_to):
        """Domain of the files that are counted in a period, both days included."""
        self.ensure_one()
        within = [(">=", date_from), ("<=", date_to)]
        match self.basis:
            case "present":
                basis = Domain("date_entry", "<=", date_to) & (
                    Domain("date_exit", "=", False) | Domain("date_exit", ">=", date_from)
                )
            case "followup":
                asked = Domain("months", "=", FOLLOWUP_MONTHS) & Domain("state", "!=", "cancelled")
                asked &= Domain.AND(Domain("date_due", *condition) for condition in within)
                basis = Domain("followup_ids", "any", asked)
            case _:
                name = {
                    "applied": "date_application",
                    "entered": "date_entry",
                    "left": "date_exit",
                }[self.basis]
                basis = Domain.AND(Domain(name, *condition) for condition in within)
        return Domain("program_id", "in", programs.ids) & basis & parse_domain(self.domain)

    def _get_counter(self, programs, date_from, date_to):
        return FigureCounter(self, self._get_people(programs, date_from, date_to))

    def _get_axes(self):
        """The breakdowns of its lines, those of the columns left out: they are no lines too."""
        self.ensure_one()
        return self.breakdown_ids._origin - self.split_id._origin

    def _describe(self):
        """What it counts, in a line, as it is defined today."""
        self.ensure_one()
        basis = dict(self._fields["basis"]._description_selection(self.env))[self.basis]
        return f"{basis}. {self.description or ''}".strip()
