from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools import ErrorWithLink


class CoworkingParticipant(models.Model):
    """The same person typed twice: who resembles is shown before, a second open file refused."""

    _inherit = "coworking.participant"

    similar_html = fields.Html(
        string="Looks Like",
        compute="_compute_similar_html",
        help="People who may be the one that is being typed, with links to their files.",
    )

    @api.depends("partner_id", "partner_name", "email", "phone")
    def _compute_similar_html(self):
        partners = self.env["res.partner"]
        for file in self:
            similar = partners
            if not file._origin:
                similar = partners._coworking_find_similar(
                    file.partner_name, file.email, file.phone
                )
            file.similar_html = similar._coworking_format_similar()

    # === ONE OPEN FILE ===#

    @api.model
    def _prepare_files_made(self, vals_list):
        """Open files that are to be made, as in ``_prepare_files_opened``."""
        stages = self.env["coworking.stage"]
        return [
            (vals["partner_id"], vals["program_id"], 0)
            for vals in vals_list
            if vals.get("partner_id")
            and vals.get("program_id")
            and vals.get("active", True)
            and stages.browse(vals.get("stage_id") or []).phase != "closed"
        ]

    def _prepare_files_opened(self, vals):
        """Files that a write is to open, or to open for another person or program.

        :return: list of (id of the person, id of the program, id of the file)
        """
        opened = []
        if not {"partner_id", "program_id", "stage_id", "active"} & vals.keys():
            return opened
        for file in self:
            stage = self.env["coworking.stage"].browse(vals.get("stage_id", file.stage_id.id))
            before = (file.partner_id.id, file.program_id.id)
            after = (vals.get("partner_id", before[0]), vals.get("program_id", before[1]))
            opens = vals.get("active", file.active) and stage.phase != "closed"
            if opens and (after != before or not file.active or file.phase == "closed"):
                opened.append((*after, file.id))
        return opened

    @api.model
    def _check_one_open_file(self, wanted):
        """As PostgreSQL does, before it has to, and with a link to the other file.

        :param wanted: list of (id of the person, id of the program, id of the file or 0)
        """
        if not wanted:
            return
        # sudo: the rule holds for files that the user does not see
        others = self.sudo().search(
            Domain("phase", "!=", "closed")
            & Domain("partner_id", "in", [partner_id for partner_id, __, __ in wanted])
            & Domain("program_id", "in", [program_id for __, program_id, __ in wanted])
        )
        known = {(file.partner_id.id, file.program_id.id): file for file in others}
        for partner_id, program_id, file_id in wanted:
            other = known.get((partner_id, program_id), others.browse())
            if other and other.id != file_id:
                other._refuse_second_file()

    def _refuse_second_file(self):
        """This file is open: there is no second one for the same person and program."""
        self.ensure_one()
        words = {"person": self.display_name, "program": self.program_id.name}
        if not self.sudo(False).has_access("read"):
            raise ValidationError(
                self.env._("%(person)s already has an open file in program %(program)s.", **words)
            )
        raise ErrorWithLink(
            self.env._(
                "%(person)s already has an open file in program %(program)s, at stage %(stage)s.",
                stage=self.stage_id.name,
                **words,
            ),
            {
                "type": "ir.actions.act_window",
                "res_model": self._name,
                "res_id": self.id,
                "views": [(False, "form")],
            },
            self.env._("Open that file"),
        )
