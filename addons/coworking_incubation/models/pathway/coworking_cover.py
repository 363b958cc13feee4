from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..base.processing import NETWORK


class CoworkingCover(models.Model):
    """Between two dates somebody may write the files of a colleague who is away."""

    _name = "coworking.cover"
    _description = "Cover during Leave"
    _processing = NETWORK
    _inherit = ["coworking.record.mixin"]
    _order = "date_from desc"

    user_id = fields.Many2one(
        "res.users", string="Away", required=True, index=True, default=lambda self: self.env.user
    )
    cover_user_id = fields.Many2one("res.users", string="Covered By", required=True, index=True)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)

    _dates = models.Constraint(
        "CHECK (date_to >= date_from)", "A leave cannot end before it starts."
    )

    @api.depends("user_id", "cover_user_id")
    def _compute_display_name(self):
        for cover in self:
            cover.display_name = f"{cover.user_id.name} → {cover.cover_user_id.name}"

    @api.constrains("user_id")
    def _check_own_leave(self):
        """One says who covers oneself, never whom one covers; rules do not see what was written."""
        user = self.env.user
        if user.has_group("coworking_incubation.group_coworking_coordinator"):
            return
        if any(cover.user_id != user for cover in self):
            raise AccessError(self.env._("Only a coordinator says who covers for somebody else."))

    @api.constrains("user_id", "cover_user_id")
    def _check_other_person(self):
        for cover in self:
            if cover.user_id == cover.cover_user_id:
                raise ValidationError(
                    self.env._("%s cannot cover for themselves.", cover.user_id.name)
                )
            # sudo: in which organisations they work, whoever says who covers
            away, covering = cover.sudo().user_id, cover.sudo().cover_user_id
            if not away.company_ids & covering.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(covering)s works in no organisation of %(away)s, and could open none of"
                        " their files. Choose a colleague.",
                        covering=covering.name,
                        away=away.name,
                    )
                )

    @api.constrains("user_id", "cover_user_id")
    def _check_same_team(self):
        """Who counsels another program writes these files, and reads none."""
        for cover in self:
            # sudo: of which programs they are, whoever says who covers
            away, covering = cover.sudo().user_id, cover.sudo().cover_user_id
            files = self.env["coworking.participant"].sudo()
            files = files.search([("user_id", "=", away.id), ("phase", "!=", "closed")])
            programs = files.program_id
            if programs and not any(row._is_read_by(covering) for row in programs):
                raise ValidationError(
                    self.env._(
                        "%(covering)s counsels none of the programs of %(away)s, and could open"
                        " none of their files. Choose a colleague of the team, or add them to it.",
                        covering=covering.name,
                        away=away.name,
                    )
                )

    @api.model
    def _find_in_place_of(self, user, program):
        """Who is told today of what is for that user: whoever covers for them while they are away,
        and may read the files of that program. Who is at work themselves is not.
        """
        if user == self.env.user:
            return user
        today = fields.Date.context_today(self)
        # sudo: who covers whom is for code to know
        covers = self.sudo().search(
            [("user_id", "=", user.id), ("date_from", "<=", today), ("date_to", ">=", today)]
        )
        covering = covers.cover_user_id.filtered(
            lambda row: row.active and program._is_read_by(row)
        )
        return covering[:1].sudo(self.env.su) or user
