from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CoworkingHostingTemplate(models.Model):
    """The text of the agreements of a program, with words that the records fill in.

    Rendered by Odoo's own engine for mails, in the mode that evaluates nothing: a placeholder is
    one of the names that ``coworking.hosting`` allows, for everybody, administrators included.
    """

    _name = "coworking.hosting.template"
    _description = "Template of Hosting Agreements"
    _inherit = ["mail.render.mixin", "coworking.record.mixin"]
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    body = fields.Html(
        string="Text",
        render_engine="qweb",
        translate=True,
        required=True,
        sanitize="email_outgoing",
    )
    placeholder_help = fields.Html(compute="_compute_placeholder_help", string="Words to Fill In")

    def _compute_render_model(self):
        self.render_model = "coworking.hosting"

    @api.depends_context("lang")
    def _compute_placeholder_help(self):
        self.placeholder_help = self.env["coworking.hosting"]._get_placeholder_list()

    @api.constrains("body")
    def _check_body(self):
        """A placeholder that is not on the list is refused when it is typed, with the list."""
        for template in self:
            try:
                unsafe = self._has_unsafe_expression_template_qweb(
                    template.body, "coworking.hosting"
                )
            except RecursionError as error:
                raise ValidationError(
                    self.env._(
                        "Template %(template)s has formats within formats, hundreds deep: paste its"
                        " text without them.",
                        template=template.name,
                    )
                ) from error
            if unsafe:
                raise ValidationError(
                    self.env._(
                        "Template %(template)s uses something else than the words on offer. Those "
                        "are: %(words)s.",
                        template=template.name,
                        words=", ".join(self.env["coworking.hosting"]._get_placeholders()),
                    )
                )

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        """A translation is looked at like the text itself."""
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        for lang in translations:
            self.with_context(lang=lang)._check_body()
        return result

    def _fill_text(self, hosting):
        """The text for one agreement, filled in, in the language of the context."""
        self.ensure_one()
        return self._render_template_qweb_regex(self.body, hosting._name, hosting.ids)[hosting.id]
