from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import formatLang

from odoo.addons.coworking_incubation.tools import try_domain

from .coworking_indicator import FILTERS
from .figure_row import HIDDEN


class CoworkingIndicator(models.Model):
    """The figures of an indicator, as they come while it is being changed."""

    _inherit = "coworking.indicator"

    preview_program_id = fields.Many2one(
        "coworking.program",
        string="Tried On",
        compute="_compute_preview_scope",
        readonly=False,
        exportable=False,
    )
    preview_from = fields.Date(
        string="Tried From", compute="_compute_preview_scope", readonly=False, exportable=False
    )
    preview_to = fields.Date(
        string="Tried Until", compute="_compute_preview_scope", readonly=False, exportable=False
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False, exportable=False)

    def _compute_preview_scope(self):
        """The program that begins last, from its beginning to the end of this month."""
        program = self.env["coworking.program"].search([], limit=1)
        end = fields.Date.end_of(fields.Date.context_today(self), "month")
        for indicator in self:
            indicator.preview_program_id = program
            indicator.preview_from = program.date_start or end + relativedelta(years=-1, days=1)
            indicator.preview_to = min(program.date_end or end, end)

    @api.depends(
        *FILTERS,
        "basis",
        "has_rate",
        "rate_of",
        "among_label",
        "breakdown_ids",
        "split_id",
        *("preview_program_id", "preview_from", "preview_to"),
    )
    @api.depends_context("uid", "lang")
    def _compute_preview(self):
        for indicator in self:
            indicator.preview = indicator._render_preview()

    def _render_preview(self):
        self.ensure_one()
        if not (self.preview_program_id and self.preview_from and self.preview_to):
            return self._render_warning(self.env._("Choose a program and two days."))
        try:
            self._check_may_try()
            for name in FILTERS:
                try_domain(self.env["coworking.participant"], self[name])
            counter = self._get_counter(
                self.preview_program_id._origin, self.preview_from, self.preview_to
            )
            rows = self._make_rows(self._prepare_figures(counter.count()).values())
        except (ValidationError, AccessError, UserError) as error:
            return self._render_warning(str(error))
        return self.env["ir.qweb"]._render(
            "coworking_incubation_funding.figures_preview",
            {
                "rows": rows,
                "columns": list(rows[0].splits),
                "has_rate": self.has_rate,
                "number": self._format_number,
                "hides": any(row.is_hidden for row in rows),
            },
        )

    def _check_may_try(self):
        """Whoever may not read the lists behind a table does not try it on people or days that they
        choose: what changes from one to the next tells of somebody.

        :raise UserError: what to do instead
        """
        readers = self._get_readers()
        if not readers[False]:
            raise UserError(self.env._("Only a coordinator tries an indicator: reports have it."))
        if readers[True] or not self._is_telling():
            return
        if any(self[name] != (self._origin[name] or "[]") for name in FILTERS):
            self._check_may_narrow(set(FILTERS))
        after = self.preview_to + relativedelta(days=1)
        if self.preview_from.day != 1 or after.day != 1:
            raise UserError(
                self.env._("It tells of the personal situation: try it on whole months.")
            )

    @api.model
    def _render_warning(self, text):
        return self.env["ir.qweb"]._render(
            "coworking_incubation_funding.preview_warning", {"text": text}
        )

    @api.model
    def _format_number(self, value, digits=0):
        """A figure as it is shown: a number, or what stands for one that is hidden."""
        if value is None:
            return ""
        return value if value == HIDDEN else formatLang(self.env, float(value), digits=digits)
