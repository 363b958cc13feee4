from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools import parse_domain, try_domain


class CoworkingRequirement(models.Model):
    """What a file needs before it enters a stage: a domain on the participant, and a sentence.

    A domain is data: no Python is evaluated, dates may be relative ("today", "-30d").
    """

    _name = "coworking.requirement"
    _description = "Stage Requirement"
    _inherit = ["coworking.of.program.mixin", "coworking.record.mixin"]
    _order = "stage_id, sequence, id"

    stage_id = fields.Many2one("coworking.stage", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="What Is Needed",
        required=True,
        translate=True,
        help="As staff should read it: An interview was held.",
    )
    domain = fields.Char(
        required=True, default="[]", help="Which participants meet it, as an Odoo filter."
    )
    severity = fields.Selection(
        [("blocking", "Blocking"), ("warning", "Warning")],
        required=True,
        default="blocking",
        help="A warning is shown but does not keep anybody from moving.",
    )
    program_ids = fields.Many2many(help="Empty: for all programs.")
    action_id = fields.Many2one(
        "ir.actions.act_window",
        string="Where It Is Settled",
        help="Screen that opens from the list of what is missing. Its domain and context may"
        " use active_id, the participant. Empty: it is settled in the file itself.",
    )
    active = fields.Boolean(default=True)

    @api.constrains("domain")
    def _check_domain(self):
        """A broken or unsafe domain is refused when it is typed, with the reason."""
        for requirement in self:
            try:
                try_domain(self.env["coworking.participant"], requirement.domain)
            except ValidationError as error:
                raise ValidationError(
                    self.env._(
                        "The filter of requirement %(requirement)s cannot be used: %(reason)s",
                        requirement=requirement.name,
                        reason=error,
                    )
                ) from error

    def _parse_domain(self):
        """The domain, from a literal: names, calls and attributes are refused by the parser."""
        self.ensure_one()
        return parse_domain(self.domain)

    @api.model
    def _find_met(self, asked):
        """Who meets which requirement: one query, whatever the number of both.

        :param asked: dict requirement -> ``coworking.participant`` records
        :return: dict requirement -> set of ids, of those of these who meet it
        """
        # sudo: whether a condition holds is the coordinator's rule, not a reading of the field by
        # the user; nothing but yes or no comes out
        files = self.sudo().env["coworking.participant"].with_context(active_test=False)
        return files._find_each(
            {
                row: Domain("id", "in", participants.ids) & row._parse_domain()
                for row, participants in asked.items()
            }
        )

    def _format_link(self, participant, url=None):
        """The sentence, as a link to the screen where this person's file is mended, if any.

        :param url: where to, if it is settled in the file itself; none where that is shown
        """
        self.ensure_one()
        name = self.name
        if self.severity == "warning":
            name = self.env._("%s (not blocking)", name)
        if self.action_id:
            # sudo: only the id of the action, which its own rights protect
            url = f"{participant._get_url()}/action-{self.sudo().action_id.id}"
        return Markup('<a href="%s">%s</a>') % (url, name) if url else escape(name)
